"""Vega-Lite out: a chart as a spec that any Vega-Lite shows, with its rows inside and the theme's colours."""

import json

from flipchart.renderers.chart_spec import Chart, steps
from flipchart.renderers.style import Style
from flipchart.renderers.vega_rows import Record, iso
from flipchart.renderers.words import say

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def write(chart: Chart, style: Style) -> bytes:
    """The chart as a Vega-Lite 6 spec with its rows inside, in the theme's colours."""
    out: Record = {"$schema": SCHEMA}
    if chart.title:
        out["title"] = chart.title
    out["width"], out["height"] = "container" if chart.mark not in {"pie", "donut"} else 360, 360
    out["data"], out["mark"], out["encoding"] = _written(chart)
    ink = {"labelColor": style.quiet, "titleColor": style.quiet, "labelFont": style.sans, "titleFont": style.sans}
    out["config"] = {
        "background": style.sheet,
        "font": style.sans,
        "range": {"category": list(style.series)},
        "mark": {"color": style.accent},
        "view": {"stroke": None},
        "axis": {"gridColor": style.rule, "domainColor": style.quiet, **ink},
        "legend": ink,
        "title": {"color": style.ink, "anchor": "start", "font": style.heading},
    }
    return (json.dumps(out, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def _written(chart: Chart) -> tuple[Record, Record, Record]:
    """Data, mark and encoding."""
    measure = chart.y_title or (chart.series[0].name if len(chart.series) == 1 else "") or "value"
    if chart.unit and chart.unit not in measure:
        measure = f"{measure} ({chart.unit})"
    if chart.mark == "scatter":
        points = [
            {"x": x, "y": y, "series": one.name}
            for one in chart.series
            for x, y in zip(one.x, one.values, strict=True)
            if None not in (x, y)
        ]
        encoding: Record = {
            "x": {"field": "x", "type": "quantitative", "title": chart.x_title or "x", "scale": {"zero": False}},
            "y": {"field": "y", "type": "quantitative", "title": measure, "scale": {"zero": False}},
        }
        if len(chart.series) > 1:
            encoding["color"] = {"field": "series", "type": "nominal", "title": None, "sort": None}
        return {"values": points}, {"type": "point", "filled": True, "tooltip": True}, encoding
    if chart.mark == "histogram" and not chart.labels:
        values = [{"value": value} for value in chart.series[0].values if value is not None]
        across = {"field": "value", "type": "quantitative", "bin": True, "title": measure}
        return {"values": values}, {"type": "bar", "tooltip": True}, {"x": across, "y": {"aggregate": "count", "type": "quantitative"}}
    if chart.mark == "waterfall":
        return _fallen(chart, measure)
    return _by_label(chart, measure)


def _fallen(chart: Chart, measure: str) -> tuple[Record, Record, Record]:
    found = [
        {
            "label": step.label,
            "start": step.start,
            "end": step.end,
            "kind": "total" if step.total else "up" if step.end >= step.start else "down",
        }
        for step in steps(chart)
    ]
    encoding = {
        "x": {"field": "label", "type": "ordinal", "sort": None, "title": chart.x_title or None},
        "y": {"field": "start", "type": "quantitative", "title": measure},
        "y2": {"field": "end"},
        "color": {"field": "kind", "type": "nominal", "legend": None, "sort": ["up", "down", "total"]},
    }
    return {"values": found}, {"type": "bar", "tooltip": True}, encoding


def _by_label(chart: Chart, measure: str) -> tuple[Record, Record, Record]:
    """Charts of labels and series, one row for each figure."""
    labels = chart.labels or tuple(str(n + 1) for n in range(max((len(one.values) for one in chart.series), default=0)))
    moments = chart.moments if chart.mark in {"line", "area"} else ()
    names = list(labels) if not moments else [iso(moment.at) if moment.grain == "minute" else str(moment.at)[:10] for moment in moments]
    named = [
        one.name or (f"{say('chart.label', chart.lang or 'en')} {n + 1}" if len(chart.series) > 1 else measure)
        for n, one in enumerate(chart.series)
    ]
    values: list[Record] = [
        {"label": label, "series": name, "value": one.values[at] if at < len(one.values) else None}
        for name, one in zip(named, chart.series, strict=True)
        for at, label in enumerate(names)
    ]
    if chart.mark in {"table", "number"}:
        words = [row if row["value"] is not None else row | {"value": ""} for row in values]
        cell = {
            "x": {"field": "series", "type": "ordinal", "sort": None, "title": None, "axis": {"orient": "top"}},
            "y": {"field": "label", "type": "ordinal", "sort": None, "title": None},
        }
        for place, one in enumerate(chart.series):
            for at, text in enumerate(one.texts):
                words[place * len(names) + at]["value"] = text
        return {"values": words}, {"type": "text"}, cell | {"text": {"field": "value", "type": "nominal"}}
    along: Record = {"field": "label", "type": "ordinal", "sort": None, "title": chart.x_title or None}
    if moments:
        along = {"field": "label", "type": "temporal", "title": chart.x_title or None}
    up: Record = {"field": "value", "type": "quantitative", "title": measure}
    series: Record = {"field": "series", "type": "nominal", "title": None, "sort": None}
    several = len(chart.series) > 1
    match chart.mark:
        case "pie" | "donut":
            mark = {"type": "arc", "tooltip": True, **({"innerRadius": 90} if chart.mark == "donut" else {})}
            return {"values": values}, mark, {"theta": up | {"stack": True}, "color": along | {"title": None}}
        case "heatmap":
            encoding = {"x": along, "y": series, "color": up}
            return {"values": values}, {"type": "rect", "tooltip": True}, encoding
        case "line" | "area":
            encoding = {"x": along, "y": up}
            if several:
                encoding["color"] = series
            if chart.mark == "area" and several:
                encoding["y"] = up | {"stack": "normalize" if chart.stack == "share" else "zero"}
            return {"values": values}, {"type": chart.mark, "tooltip": True, **({"point": True} if chart.mark == "line" else {})}, encoding
        case _:
            flat = chart.mark == "bar"
            encoding = {"y" if flat else "x": along, "x" if flat else "y": up}
            if several:
                encoding["color"] = series
                if chart.stack:
                    encoding["x" if flat else "y"] = up | {"stack": "normalize" if chart.stack == "share" else "zero"}
                else:
                    encoding["yOffset" if flat else "xOffset"] = series
            return {"values": values}, {"type": "bar", "tooltip": True}, encoding
