"""Vega-Lite's composite marks as the plain marks they are made of: box plots, error bars and error bands."""

from collections.abc import Mapping
from typing import Any

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_channels import channel
from flipchart.renderers.vega_rows import Record, aggregated, figure, listed, mapping, quantile, value_at
from flipchart.renderers.vega_transforms import grouped

Parts = list[tuple[Record, list[Record], Record]]
"""Views (their mark), their rows, and their encodings."""
_KEPT = ("color", "fill", "stroke", "xOffset", "yOffset", "detail", "opacity", "strokeDash")


def composed(mark: str, told: Record, rows: list[Record], encoding: Record, signals: Record) -> Parts:
    """The plain views that a composite mark is drawn as."""
    axis = _axis(told, encoding, signals)
    other = "y" if axis == "x" else "x"
    kept = {name: encoding[name] for name in (other, *_KEPT) if name in encoding and encoding[name] is not None}
    measure = mapping(encoding[axis])
    title = measure.get("title", mapping(measure.get("axis")).get("title", measure.get("field")))
    plain = {"type": measure.get("type", "quantitative"), "title": title, "scale": measure.get("scale", {})}
    if isinstance(measure.get("axis"), Mapping) or "axis" in measure:
        plain["axis"] = measure["axis"]
    if mark == "boxplot":
        return _boxes(told, rows, axis, measure, kept, plain, signals)
    return _errors(mark, told, rows, encoding, axis, measure, kept, plain, signals)


def _axis(told: Record, encoding: Record, signals: Record) -> str:
    """The axis that figures run along."""
    runs = []
    for name in ("x", "y"):
        given = mapping(encoding.get(name))
        if given and ("field" in given or "aggregate" in given):
            one = channel(name, given, signals)
            if one.kind == "quantitative" and not one.bin:
                runs.append(name)
    if len(runs) == 2:
        return "x" if told.get("orient") == "horizontal" else "y"
    if not runs:
        raise SpecProblem("a Vega-Lite box plot, error bar or band needs an amount on x or y; set its type to quantitative")
    return runs[0]


def _fields(kept: Record) -> list[str]:
    return list(dict.fromkeys(str(told["field"]) for one in kept.values() for each in listed(one) if (told := mapping(each)).get("field")))


def _boxes(told: Record, rows: list[Record], axis: str, measure: Record, kept: Record, plain: Record, signals: Record) -> Parts:
    name, second = str(measure.get("field", "")), f"{axis}2"
    extent = told.get("extent", 1.5)
    boxes, outliers = [], []
    for own in grouped(rows, _fields(kept)).values():
        values = sorted(v for row in own if (v := figure(value_at(row, name))) is not None)
        if not values:
            continue
        q1, middle, q3 = (quantile(values, share) for share in (0.25, 0.5, 0.75))
        low, high = values[0], values[-1]
        reach = figure(extent)
        if extent != "min-max" and reach is not None:
            inside = [v for v in values if q1 - reach * (q3 - q1) <= v <= q3 + reach * (q3 - q1)]
            low, high = inside[0], inside[-1]
            outliers += [row for row in own if (v := figure(value_at(row, name))) is not None and not low <= v <= high]
        boxes.append(dict(own[0]) | {"\0low": low, "\0q1": q1, "\0middle": middle, "\0q3": q3, "\0high": high})

    def ranged(low: str, high: str) -> Record:
        return kept | {axis: plain | {"field": low}, second: {"field": high}}

    ink = {key: value for key, value in kept.items() if key not in {"color", "fill", "stroke"}} | {"color": {"value": "black"}}
    detail = [mapping(kept[key]) for key in ("color", "fill", "stroke") if "field" in mapping(kept.get(key))]
    if detail:
        ink["detail"] = detail
    tick = {"type": "tick", "color": "black", "orient": "vertical" if axis == "x" else "horizontal"}
    return [
        *(
            ({"mark": {"type": "rule", "color": "black"}}, boxes, ink | {axis: plain | {"field": low}, second: {"field": high}})
            for low, high in (("\0low", "\0q1"), ("\0q3", "\0high"))
        ),
        ({"mark": {"type": "bar"}}, boxes, ranged("\0q1", "\0q3")),
        ({"mark": tick}, boxes, ink | {axis: plain | {"field": "\0middle"}}),
        *([({"mark": {"type": "point"}}, outliers, kept | {axis: plain | {"field": name}})] if outliers else []),
    ]  # fmt: skip


def _errors(
    mark: str, told: Record, rows: list[Record], encoding: Record, axis: str, measure: Record, kept: Record, plain: Record, signals: Record
) -> Parts:
    name, second = str(measure.get("field", "")), f"{axis}2"
    errors = [mapping(encoding[key]) for key in (f"{axis}Error", f"{axis}Error2") if key in encoding]
    made = []
    if second in encoding:
        end = str(mapping(encoding[second]).get("field", ""))
        made = [dict(row) | {"\0low": value_at(row, name), "\0high": value_at(row, end)} for row in rows]
    elif errors:
        for row in rows:
            middle, up = figure(value_at(row, name)), figure(value_at(row, str(errors[0].get("field", ""))))
            down = figure(value_at(row, str(errors[-1].get("field", "")))) if len(errors) > 1 else -(up or 0.0)
            if middle is not None and up is not None:
                made.append(dict(row) | {"\0low": middle + (down or 0.0), "\0high": middle + up})
    else:
        made = _summed(told, rows, kept, name, signals)
    ends = {axis: plain | {"field": "\0low"}, second: {"field": "\0high"}}
    if mark == "errorband":
        if not any(name in kept for name in ("x", "y")):
            return [({"mark": {"type": "rect", "opacity": 0.3}}, made, kept | ends)]
        parts: Parts = [
            ({"mark": {"type": "area", "opacity": 0.3, "orient": "horizontal" if axis == "x" else "vertical"}}, made, kept | ends)
        ]
        if told.get("borders"):
            line = {"type": "line", "strokeWidth": 1, **mapping(told["borders"]), "orient": "horizontal" if axis == "x" else "vertical"}
            parts += [({"mark": line}, made, kept | {axis: plain | {"field": field}}) for field in ("\0low", "\0high")]
        return parts
    colour = {key: told[key] for key in ("color",) if isinstance(told.get(key), str)}
    parts = [({"mark": {"type": "rule", **colour}}, made, kept | ends)]
    if told.get("ticks"):
        tick = {"type": "tick", "orient": "vertical" if axis == "x" else "horizontal", **colour}
        parts += [({"mark": tick}, made, kept | {axis: plain | {"field": field}}) for field in ("\0low", "\0high")]
    return parts


def _summed(told: Record, rows: list[Record], kept: Record, name: str, signals: Record) -> list[Record]:
    """The ends of each group's error."""
    from flipchart.renderers.vega_channels import prepared

    extent = str(told.get("extent") or ("iqr" if told.get("center") == "median" else "stderr"))
    if extent not in {"ci", "stderr", "stdev", "iqr"}:
        raise SpecProblem(f"Vega-Lite's error extent `{extent[:20]}` is not computed; use ci, stderr, stdev or iqr")
    rows, by = [dict(row) for row in rows], []
    for key, one in kept.items():
        for each in listed(one):
            by += [prepared(rows, channel(key, mapping(each), signals)).field] if mapping(each).get("field") else []
    out = []
    for own in grouped(rows, by).values():
        values: list[Any] = [value_at(row, name) for row in own]
        middle = aggregated("median" if extent == "iqr" else "mean", values)
        if middle is None:
            continue
        if extent in {"ci", "iqr"}:
            low, high = (aggregated(how, values) for how in (("ci0", "ci1") if extent == "ci" else ("q1", "q3")))
        else:
            off = aggregated(extent, values) or 0.0
            low, high = middle - off, middle + off
        out.append(dict(own[0]) | {"\0low": low, "\0high": high})
    return out
