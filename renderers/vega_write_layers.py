"""Charts of layers and panels as Vega-Lite: each panel a view of layers, in a grid, with its rows inside."""

from typing import Any

from flipchart.renderers.axis import moment_at
from flipchart.renderers.layered import INK, QUIET, Axis, Layer, Layered, Measure, Panel
from flipchart.renderers.style import Style
from flipchart.renderers.vega_rows import Record
from flipchart.renderers.vega_units import PAD

_PLACES: dict[str, Record] = {
    "above": {"dy": -8},
    "below": {"dy": 8},
    "before": {"align": "right", "dx": -5},
    "after": {"align": "left", "dx": 5},
}


def grid(chart: Layered, style: Style) -> Record:
    """The panels as rows of columns."""
    lines: dict[int, list[Record]] = {}
    for at, panel in sorted(enumerate(chart.panels), key=lambda one: (one[1].row, one[1].column)):
        lines.setdefault(panel.row, []).append(_panel(chart, at, panel, style, alone=len(chart.panels) == 1))
    rows = [line[0] if len(line) == 1 else {"hconcat": line} for line in lines.values()]
    return rows[0] if len(rows) == 1 else {"vconcat": rows}


def _panel(chart: Layered, at: int, panel: Panel, style: Style, *, alone: bool) -> Record:
    """One panel: its layers on shared axes."""
    layers = [_layer(chart, panel, layer, style) for layer in chart.layers if layer.panel == at]
    out: Record = {"layer": layers or [{"data": {"values": []}, "mark": "point"}]}
    if panel.title:
        out["title"] = panel.title
    out["width"], out["height"] = ("container", 360) if alone else (240, 180)
    for name, axis in (("width", panel.x), ("height", panel.y)):
        if axis.scale == "names":
            out[name] = {"step": 24}
    return out


def _layer(chart: Layered, panel: Panel, layer: Layer, style: Style) -> Record:
    count = max(len(layer.x), len(layer.y), 1 if layer.mark in {"rule", "text"} else 0)
    rows: list[Record] = [{} for _ in range(count)]
    encoding: Record = {}
    for name, axis in (("x", panel.x), ("y", panel.y)):
        encoding |= _placed(layer, name, axis, rows)
    mark: Record = {"type": "circle" if layer.mark == "point" else layer.mark, "tooltip": True}
    whole = [(axis, getattr(layer, name)) for name, axis in (("x", panel.x), ("y", panel.y)) if axis.scale == "names"]
    if layer.mark == "bar" and any(places and places[0] is not None and places[0] % 1 == 0 for _, places in whole):
        mark["type"] = "rect"
    if 0 <= layer.colour < len(chart.keys):
        for row in rows:
            row["key"] = chart.keys[layer.colour].name
        scale: Record = {"domain": [key.name for key in chart.keys]}
        encoding["color"] = {
            "field": "key",
            "type": "ordinal" if chart.ordered else "nominal",
            "title": chart.key_title or None,
            "scale": scale,
        }
        if not chart.ordered or any(chart.paints):
            scale["range"] = [_paint(chart, at, style) for at in range(len(chart.keys))]
    elif layer.shade and chart.shade:
        _held(rows, "shade", layer.shade)
        encoding["color"] = {"field": "shade", "type": "quantitative", "title": chart.shade.title or None}
        if chart.shade.middle is not None:
            encoding["color"]["scale"] = {"domainMid": chart.shade.middle}
        if chart.shade.paints:
            encoding["color"]["scale"] = {"domain": _stops(chart.shade), "range": list(chart.shade.paints)}
    else:
        mark["color"] = {QUIET: style.quiet, INK: style.ink}.get(layer.colour) or _paint(chart, layer.colour, style)
    if layer.size and chart.size:
        _held(rows, "size", layer.size)
        encoding["size"] = {"field": "size", "type": "quantitative", "title": chart.size.title or None}
    if layer.mark == "text":
        _held(rows, "text", layer.texts)
        encoding["text"] = {"field": "text", "type": "nominal"}
        mark.update(_PLACES.get(layer.beside, {}))
    mark |= {"opacity": layer.strong} if layer.strong < 1 else {}
    mark |= {"strokeDash": [5, 4]} if layer.dashed else {}
    if layer.thick:
        mark["strokeWidth" if layer.mark in {"line", "rule"} else "size"] = layer.thick
    mark |= {"interpolate": "step-after"} if layer.stepped else {}
    mark |= {"clip": True} if layer.clipped else {}
    if layer.mark in {"line", "area"}:
        mark["orient"] = "horizontal" if layer.turned else "vertical"
        for at, row in enumerate(rows):
            row["order"] = at
        encoding["order"] = {"field": "order", "type": "quantitative"}
        if layer.mark == "line" and layer.size:
            mark["type"] = "trail"
    if layer.mark == "tick" and ("x2" in encoding or "y2" in encoding):
        mark["orient"] = "horizontal" if "x2" in encoding else "vertical"
        encoding.pop("x2", None)
        encoding.pop("y2", None)
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _stops(shade: Measure) -> list[float]:
    """The figures that a shade's own colours stand at."""
    last = max(1, len(shade.paints) - 1)
    middle = shade.middle if shade.middle is not None else (shade.low + shade.high) / 2
    shares = [at / last for at in range(len(shade.paints))]
    return [shade.low + 2 * one * (middle - shade.low) if one < 0.5 else middle + (2 * one - 1) * (shade.high - middle) for one in shares]


def _paint(chart: Layered, place: int, style: Style) -> str:
    """The colour at a place: the chart's own, else the theme's."""
    return (chart.paints[place] if place < len(chart.paints) else "") or style.hue(place)


def _held(rows: list[Record], name: str, values: Any) -> None:
    for row, value in zip(rows, values, strict=False):
        row[name] = value


def _placed(layer: Layer, name: str, axis: Axis, rows: list[Record]) -> Record:
    """Where the marks of a layer lie along one axis: fields of its rows, and the channels that read them."""
    first, second = getattr(layer, name), getattr(layer, f"{name}2")
    if not first or (axis.hidden and axis.names == ("",)):
        return {}
    written = {"grid": None if axis.grid else False, "values": list(axis.at), "format": axis.shape, "labelExpr": axis.written}
    told = {key: value for key, value in written.items() if value not in (None, "", [])}
    shown: Record = {"title": axis.title or None} | ({"axis": None} if axis.hidden else {"axis": told} if told else {})
    if axis.scale == "names":
        _held(rows, name, [None if value is None else axis.names[min(len(axis.names) - 1, max(0, int(value + 1e-6)))] for value in first])
        out: Record = {name: {"field": name, "type": "ordinal" if axis.ordered else "nominal", "sort": list(axis.names), **shown}}
        if axis.parts > 1 and layer.mark == "bar":
            step = (1 - 2 * PAD) / axis.parts
            _held(rows, f"{name}Part", [None if value is None else round((value % 1 - PAD) / step) for value in first])
            out[f"{name}Offset"] = {"field": f"{name}Part", "type": "ordinal", "scale": {"domain": list(range(axis.parts))}}
        return out
    if axis.scale == "time":
        _held(rows, name, [_time(value) for value in first])
        _held(rows, f"{name}2", [_time(value) for value in second])
        scale: Record = {"domain": [_time(axis.low), _time(axis.high)]}
        out = {name: {"field": name, "type": "temporal", "scale": scale, **shown}}
    else:
        _held(rows, name, first)
        _held(rows, f"{name}2", second)
        scale = {"type": axis.scale, "zero": axis.low == 0 or axis.low < 0 < axis.high} if axis.scale != "log" else {"type": "log"}
        scale |= {"domain": [axis.low, axis.high]} if axis.fixed else {}
        out = {name: {"field": name, "type": "quantitative", "stack": None, "scale": scale, **shown}}
    if axis.turned:
        scale["reverse"] = True
    if second:
        out[f"{name}2"] = {"field": f"{name}2"}
    return out


def _time(days: float | None) -> str | None:
    return None if days is None else moment_at(days).isoformat()
