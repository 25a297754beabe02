"""Vega-Lite out: a chart as a spec that any Vega-Lite shows, with its rows inside and the theme's colours."""

import json
from collections.abc import Sequence

from flipchart.renderers.axis import from_zero, moment_at, position
from flipchart.renderers.chart_decided import foreseen, stressed
from flipchart.renderers.chart_spec import Chart, steps, tasks
from flipchart.renderers.chart_trend import TRENDED, trend, trends
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.style import Style, mix
from flipchart.renderers.times import Moment
from flipchart.renderers.vega_rows import Record, iso
from flipchart.renderers.vega_write_layers import grid
from flipchart.renderers.words import say

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_UNKNOWN = {"treemap": "bar", "radar": "line", "map": "bar"}
"""Marks that Vega-Lite has no standard way to draw, and what it can draw instead."""


def write(chart: Chart, style: Style) -> bytes:
    """The chart as a Vega-Lite 6 spec with its rows inside, in the theme's colours; raises SpecProblem for a mark that Vega-Lite lacks."""
    out: Record = {"$schema": SCHEMA}
    title = {"text": chart.title} | ({"subtitle": chart.note} if chart.note else {})
    if chart.title:
        out["title"] = title if chart.note else chart.title
    if chart.layers:
        out |= grid(chart.layers, style)
    else:
        if chart.mark in _UNKNOWN:
            raise SpecProblem(f"Vega-Lite has no {chart.mark}; show it as `{_UNKNOWN[chart.mark]}` before, or write it as SVG")
        if chart.mark not in {"multiples", "sparklines", "violin"}:
            out["width"], out["height"] = "container" if chart.mark not in {"pie", "donut"} else 360, 360
        out |= _told_apart(_view(chart), chart, style)
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


def _told_apart(view: Record, chart: Chart, style: Style) -> Record:
    """The view with what is stressed in the accent and all else quiet, as it is drawn."""
    labels, row = stressed(chart)
    encoding = view.get("encoding", {})
    if row is not None and encoding.get("color", {}).get("field") == "series":
        names = [one["series"] for one in view["data"]["values"]]
        fades = [1.0 if chart.mark == "line" else max(0.34, 1.0 - 0.33 * rank) for rank in range(len(chart.series))]
        hues = [style.accent if n == row else mix(style.muted, style.sheet, fades[n - (n > row)]) for n in range(len(chart.series))]
        encoding["color"] = encoding["color"] | {"scale": {"domain": list(dict.fromkeys(names)), "range": hues}}
    elif labels and "color" not in encoding and chart.mark in {"column", "bar"}:
        painted = {label: style.accent if n in labels else style.muted for n, label in enumerate(chart.labels)}
        scale = {"domain": list(painted), "range": list(painted.values())}
        view["encoding"] = encoding | {"color": {"field": "label", "type": "nominal", "legend": None, "scale": scale}}
    return view


def _view(chart: Chart) -> Record:
    """Data, and a mark with its encoding or layers of them."""
    measure = chart.y_title or (chart.series[0].name if len(chart.series) == 1 else "") or "value"
    if chart.unit and chart.unit not in measure:
        measure = f"{measure} ({chart.unit})"
    special = {
        "scatter": _dotted, "bubble": _dotted, "waterfall": _fallen, "box": _spread, "violin": _spread, "density": _spread,
        "gantt": _planned, "candlestick": _candles, "lollipop": _stems, "dumbbell": _stems,
    }.get(chart.mark)  # fmt: skip
    if special is not None:
        return special(chart, measure)
    if chart.mark == "histogram" and not chart.labels:
        values = [{"value": value} for value in chart.series[0].values if value is not None]
        across = {"field": "value", "type": "quantitative", "bin": {"step": chart.bin} if chart.bin else True, "title": measure}
        return _single(values, {"type": "bar", "tooltip": True}, {"x": across, "y": {"aggregate": "count", "type": "quantitative"}})
    return _by_label(chart, measure)


def _single(values: list[Record], mark: Record, encoding: Record) -> Record:
    return {"data": {"values": values}, "mark": mark, "encoding": encoding}


def _dotted(chart: Chart, measure: str) -> Record:
    """Dots at x and y, sized where they have sizes, with the range of each where it has one."""
    points: list[Record] = []
    named = len(chart.labels) == sum(len(one.values) for one in chart.series)
    for one in chart.series:
        for at, (x, y) in enumerate(zip(one.x, one.values, strict=True)):
            if x is None or y is None:
                continue
            row: Record = {"x": x, "y": y, "series": one.name}
            row |= {"size": one.size[at]} if one.size else {}
            row |= {"low": one.low[at], "high": one.high[at]} if one.low and one.high else {}
            points.append(row | ({"label": chart.labels[len(points)]} if named and len(chart.series) == 1 else {}))
    encoding: Record = {
        "x": {"field": "x", "type": "quantitative", "title": chart.x_title or "x"},
        "y": {"field": "y", "type": "quantitative", "title": measure},
    }
    for name, one in encoding.items():
        held = [row[name] for row in points]
        one["scale"] = {"zero": bool(held) and from_zero(min(held), max(held))}
    if len(chart.series) > 1:
        encoding["color"] = {"field": "series", "type": "nominal", "title": None, "sort": None}
    dots: Record = {"type": "point", "filled": True, "tooltip": True}
    if any(one.size for one in chart.series):
        sized = encoding | {"size": {"field": "size", "type": "quantitative", "title": chart.size_title or "size"}}
        return _with_trend(chart, _single(points, {"type": "circle", "tooltip": True}, sized), _through(points))
    if any("low" in row for row in points):
        return {"data": {"values": points}, "encoding": encoding, "layer": [_ranged("y"), {"mark": dots}]}
    return _with_trend(chart, _single(points, dots, encoding), _through(points))


def _ranged(axis: str) -> Record:
    """A layer of error bars over figures."""
    return {
        "mark": {"type": "rule", "strokeWidth": 1.5},
        "encoding": {axis: {"field": "low", "type": "quantitative"}, f"{axis}2": {"field": "high"}},
    }


def _spread(chart: Chart, measure: str) -> Record:
    """The spread of each series: boxes, curves of density, or violins."""
    values = [{"series": one.name or measure, "value": value} for one in chart.series for value in one.values if value is not None]
    names = {"field": "series", "type": "nominal", "sort": None, "title": None}
    up = {"field": "value", "type": "quantitative", "title": measure, "scale": {"zero": False}}
    if chart.mark == "box":
        return _single(values, {"type": "boxplot", "extent": 1.5}, {"x": names, "y": up})
    density: Record = {"density": "value", "groupby": ["series"], "as": ["value", "density"]}
    if chart.mark == "violin":
        across = {"field": "density", "type": "quantitative", "stack": "center", "title": None, "axis": None}
        encoding: Record = {"column": names, "x": across, "y": up}
        return {
            "data": {"values": values},
            "transform": [density],
            "width": 90,
            "mark": {"type": "area", "orient": "horizontal"},
            "encoding": encoding,
        }
    curve = {"x": up, "y": {"field": "density", "type": "quantitative", "stack": None, "title": None}, "color": names}
    return {"data": {"values": values}, "transform": [density], "mark": {"type": "area", "opacity": 0.4, "line": True}, "encoding": curve}


def _planned(chart: Chart, measure: str) -> Record:
    """Tasks as bars from their start to their end."""
    dated = bool(chart.series[0].texts)
    found: list[Record] = [
        {"label": chart.labels[task.at], "start": _day(task.start) if dated else task.start, "end": _day(task.end) if dated else task.end}
        for task in tasks(chart)
    ]
    kind = "temporal" if dated else "quantitative"
    encoding = {
        "y": {"field": "label", "type": "ordinal", "sort": None, "title": None},
        "x": {"field": "start", "type": kind, "title": None if dated else measure},
        "x2": {"field": "end"},
    }
    return _single(found, {"type": "bar", "tooltip": True}, encoding)


def _day(days: float) -> str:
    return iso(moment_at(days))


def _candles(chart: Chart, measure: str) -> Record:
    """Candlesticks: how far a price ran as a rule, where it opened and closed as a bar."""
    names = ("open", "high", "low", "close")
    moments = chart.moments
    found = []
    for at, label in enumerate(chart.labels):
        four = [one.values[at] if at < len(one.values) else None for one in chart.series[:4]]
        if None not in four:
            found.append({"label": str(moments[at].at)[:10] if moments else label} | dict(zip(names, four, strict=True)))
    along: Record = {"field": "label", "type": "temporal" if moments else "ordinal", "title": chart.x_title or None}
    if not moments:
        along["sort"] = None
    paint = {"condition": {"test": "datum.open <= datum.close", "value": "#1a7f5a"}, "value": "#b3261e"}
    price = {"type": "quantitative", "title": measure, "scale": {"zero": False}}
    return {
        "data": {"values": found},
        "encoding": {"x": along, "color": paint},
        "layer": [
            {"mark": "rule", "encoding": {"y": price | {"field": "low"}, "y2": {"field": "high"}}},
            {"mark": {"type": "bar", "size": 6, "tooltip": True}, "encoding": {"y": price | {"field": "open"}, "y2": {"field": "close"}}},
        ],
    }


def _stems(chart: Chart, measure: str) -> Record:
    """Dots on stems from zero, or joined where each label has several."""
    values = _values(chart, list(chart.labels), measure)
    label: Record = {"field": "label", "type": "ordinal", "sort": None, "title": chart.x_title or None}
    across: Record = {"field": "value", "type": "quantitative", "title": measure}
    dots: Record = {"mark": {"type": "point", "filled": True, "size": 90, "tooltip": True}, "encoding": {"x": across}}
    if chart.mark == "lollipop":
        return {"data": {"values": values}, "encoding": {"y": label}, "layer": [{"mark": "rule", "encoding": {"x": across}}, dots]}
    dots["encoding"]["color"] = {"field": "series", "type": "nominal", "title": None, "sort": None}
    line = {"mark": {"type": "line", "color": "#aaaaaa"}, "encoding": {"x": across, "detail": {"field": "label", "type": "ordinal"}}}
    return {"data": {"values": values}, "encoding": {"y": label}, "layer": [line, dots]}


def _values(chart: Chart, labels: list[str], measure: str) -> list[Record]:
    """One row for each figure, with its range where it has one."""
    out: list[Record] = []
    for n, one in enumerate(chart.series):
        name = one.name or (f"{say('chart.label', chart.lang or 'en')} {n + 1}" if len(chart.series) > 1 else measure)
        for at, label in enumerate(labels):
            row: Record = {"label": label, "series": name, "value": one.values[at] if at < len(one.values) else None}
            out.append(row | ({"low": one.low[at], "high": one.high[at]} if one.low and one.high and at < len(one.low) else {}))
    return out


def _fallen(chart: Chart, measure: str) -> Record:
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
    return _single(found, {"type": "bar", "tooltip": True}, encoding)


def _by_label(chart: Chart, measure: str) -> Record:
    """Charts of labels and series, one row for each figure."""
    labels = chart.labels or tuple(str(n + 1) for n in range(max((len(one.values) for one in chart.series), default=0)))
    moments = chart.moments if chart.mark in {"line", "area", "slope", "multiples", "sparklines"} else ()
    names = _dated(moments) or list(labels)
    values = _values(chart, names, measure)
    if chart.mark in {"table", "number"}:
        words = [row if row["value"] is not None else row | {"value": ""} for row in values]
        cell = {
            "x": {"field": "series", "type": "ordinal", "sort": None, "title": None, "axis": {"orient": "top"}},
            "y": {"field": "label", "type": "ordinal", "sort": None, "title": None},
        }
        for place, one in enumerate(chart.series):
            for at, text in enumerate(one.texts):
                words[place * len(names) + at]["value"] = text
        return _single(words, {"type": "text"}, cell | {"text": {"field": "value", "type": "nominal"}})
    along: Record = {"field": "label", "type": "ordinal", "sort": None, "title": chart.x_title or None}
    if moments:
        along = {"field": "label", "type": "temporal", "title": chart.x_title or None}
    up: Record = {"field": "value", "type": "quantitative", "title": measure}
    series: Record = {"field": "series", "type": "nominal", "title": None, "sort": None}
    several = len(chart.series) > 1
    match chart.mark:
        case "pie" | "donut":
            mark = {"type": "arc", "tooltip": True, **({"innerRadius": 90} if chart.mark == "donut" else {})}
            return _single(values, mark, {"theta": up | {"stack": True}, "color": along | {"type": "nominal", "title": None}})
        case "heatmap":
            return _single(values, {"type": "rect", "tooltip": True}, {"x": along, "y": series, "color": up})
        case "multiples" | "sparklines":
            panels = {"facet": series | {"columns": 3}} if chart.mark == "multiples" else {"row": series}
            free = {} if chart.mark == "multiples" else {"resolve": {"scale": {"y": "independent"}}}
            height = 120 if chart.mark == "multiples" else 40
            return _single(values, {"type": "line"}, {"x": along, "y": up, **panels}) | {"width": 180, "height": height, **free}
        case "line" | "area" | "slope":
            encoding: Record = {"x": along, "y": up}
            if several:
                encoding["color"] = series
            if chart.mark == "area" and several:
                encoding["y"] = up | {"stack": "normalize" if chart.stack == "share" else "zero"}
            mark = {
                "type": "line" if chart.mark == "slope" else chart.mark,
                "tooltip": True,
                **({"point": True} if chart.mark != "area" else {}),
            }
            return _with_trend(chart, _with_ranges(chart, values, mark, encoding, "y"), _ahead(chart) or _straight(chart, names, values))
        case "funnel":
            encoding = {"y": along, "x": up | {"stack": "center", "axis": None}}
            return _single(values, {"type": "bar", "tooltip": True}, encoding)
        case "diverging" if len(chart.series) == 2:
            first = json.dumps(values[0]["series"]) if values else '""'
            signed = {"calculate": f"datum.series == {first} ? -datum.value : datum.value", "as": "signed"}
            encoding = {"y": along, "x": up | {"field": "signed"}, "color": series}
            return _single(values, {"type": "bar", "tooltip": True}, encoding) | {"transform": [signed]}
        case _:
            flat = chart.mark in {"bar", "diverging"}
            encoding = {"y" if flat else "x": along, "x" if flat else "y": up}
            if several:
                encoding["color"] = series
                if chart.stack or chart.mark == "diverging":
                    encoding["x" if flat else "y"] = up | {"stack": "normalize" if chart.stack == "share" else "zero"}
                    encoding["order"] = {"field": "place", "type": "quantitative"}
                    ranks = {name: n for n, name in enumerate(dict.fromkeys(row["series"] for row in values))}
                    values = [row | {"place": ranks[row["series"]]} for row in values]
                else:
                    encoding["yOffset" if flat else "xOffset"] = series
            return _with_ranges(chart, values, {"type": "bar", "tooltip": True}, encoding, "x" if flat else "y")


def _with_ranges(chart: Chart, values: list[Record], mark: Record, encoding: Record, axis: str) -> Record:
    """A mark, with error bars over it where figures have ranges."""
    if not any("low" in row for row in values):
        return _single(values, mark, encoding)
    shared = {name: one for name, one in encoding.items() if name != axis}
    return {"data": {"values": values}, "encoding": shared, "layer": [{"mark": mark, "encoding": {axis: encoding[axis]}}, _ranged(axis)]}


def _dated(moments: Sequence[Moment]) -> list[str]:
    return [iso(moment.at) if moment.grain == "minute" else str(moment.at)[:10] for moment in moments]


def _with_trend(chart: Chart, view: Record, rows: list[Record]) -> Record:
    """A view with its trend over it as dashed lines, and the band of what is foreseen."""
    if not chart.trend or not rows or chart.mark not in TRENDED:
        return view
    own = {"mark": view.pop("mark")} if "mark" in view else {}
    shared = {name: one for name, one in view["encoding"].items() if name != "size"}
    layers = view.get("layer") or [own | ({"encoding": {"size": view["encoding"]["size"]}} if "size" in view["encoding"] else {})]
    line = {"data": {"values": rows}, "mark": {"type": "line", "strokeDash": [5, 4], "strokeWidth": 1.8}}
    band = {"data": {"values": rows}, "mark": {"type": "area", "opacity": 0.16}}
    up = {"y": shared["y"] | {"field": "low"}, "y2": {"field": "high"}} if any("low" in row for row in rows) else {}
    more = [band | {"encoding": up}, line] if up else [line]
    return view | {"encoding": shared, "layer": [*layers, *more]}


def _through(points: list[Record]) -> list[Record]:
    """The ends of each series' straight trend through its dots."""
    rows: list[Record] = []
    for name in dict.fromkeys(point["series"] for point in points):
        own = [(point["x"], point["y"]) for point in points if point["series"] == name]
        found = trend([x for x, _ in own], [y for _, y in own])
        rows += [{"x": x, "y": found.at(x), "series": name} for x in (min(own)[0], max(own)[0])] if found else []
    return rows


def _straight(chart: Chart, names: list[str], values: list[Record]) -> list[Record]:
    """The ends of each line's straight trend."""
    if chart.trend != "line":
        return []
    places = [position(moment.at) for moment in chart.moments] or [float(at) for at in range(len(names))]
    rows: list[Record] = []
    for name in dict.fromkeys(row["series"] for row in values):
        lined = zip(places, [row for row in values if row["series"] == name], strict=True)
        own = [(x, row) for x, row in lined if row["value"] is not None]
        found = trend([x for x, _ in own], [row["value"] for _, row in own])
        rows += [{"label": row["label"], "series": name, "value": found.at(x)} for x, row in (own[0], own[-1])] if found else []
    return rows


def _ahead(chart: Chart) -> list[Record]:
    """What is foreseen of a line, with its band."""
    plot = (
        foreseen(chart, chart.lang or "en") if chart.trend == "forecast" and "forecast" in trends(chart.mark, len(chart.series)) else None
    )
    if plot is None:
        return []
    row = plot.rows[0]
    told = zip(_dated(plot.moments), row.ahead, row.lows, row.highs, strict=True)
    return [{"label": label, "series": "", "value": v, "low": low, "high": high} for label, v, low, high in told if v is not None]
