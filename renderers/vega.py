"""Vega-Lite in and out: the common subset, each feature that is not drawn named and never silently dropped.

Read are single views with inline data: bar, line, area, point, arc, rect and tick; x, y, colour, theta and offsets; aggregates, bins,
time units, sorting, stacking, and the transforms filter, calculate, aggregate, fold, bin and timeUnit. What would change the figures is
refused by name; what only adds to them (parameters, text over bars) is left out and said. Colours, sizes and fonts follow the theme.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.chart_spec import Chart, steps
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import explain, parse_json
from flipchart.renderers.style import Style
from flipchart.renderers.vega_rows import (
    AGGREGATES,
    TIME_UNITS,
    Record,
    aggregated,
    binned,
    called,
    days,
    every_bin,
    figure,
    inline_rows,
    iso,
    mapping,
    sort_key,
    timed,
    transformed,
    value_at,
)
from flipchart.renderers.words import say

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_COMPOSED = ("hconcat", "vconcat", "concat", "repeat", "facet")
_MARKS = {"bar", "line", "area", "point", "circle", "square", "arc", "rect", "tick"}
_CHANNELS = {
    "x",
    "y",
    "color",
    "fill",
    "stroke",
    "theta",
    "xOffset",
    "yOffset",
    "detail",
    "order",
    "tooltip",
    "key",
    "href",
    "description",
    "text",
}
_LOOKS = {"opacity", "strokeWidth", "strokeOpacity", "fillOpacity", "angle", "size", "shape", "strokeDash"}


_SHAPES: dict[str, tuple[type, ...]] = {
    "field": (str,), "type": (str,), "aggregate": (str, dict), "bin": (bool, dict, str), "timeUnit": (str, dict), "sort": (str, list, dict),
    "stack": (bool, str), "scale": (dict, bool), "axis": (dict, bool), "legend": (dict, bool), "title": (str, list),
}  # fmt: skip


def read(text: str) -> Chart:
    """The chart that Vega-Lite JSON describes; raises SpecProblem, naming the feature, for what is not drawn."""
    value = parse_json(text)
    if not isinstance(value, dict):
        raise SpecProblem(f"a Vega-Lite spec is a JSON object, not {type(value).__name__}")
    return read_values(value)


def read_values(given: Mapping[str, Any]) -> Chart:
    """The same from JSON values."""
    view = dict(given)
    if "vega-lite" not in str(view.get("$schema", "vega-lite")):
        raise SpecProblem("this is Vega, not Vega-Lite; give a Vega-Lite spec")
    for key in _COMPOSED:
        if key in view:
            raise SpecProblem(f"Vega-Lite's `{key}` (several views) is not drawn; give one view, or one spec for each")
    left_out: list[str] = []
    if "layer" in view:
        view = _one_layer(view, left_out)
    reader = _View(view, left_out)
    try:
        return reader.chart()
    except ValidationError as error:
        raise SpecProblem(f"this Vega-Lite spec gives no chart: {explain(error)}") from None
    except SpecProblem as problem:
        raise SpecProblem(" ".join(str(problem).split())) from None  # names in it may hold line breaks


def _one_layer(view: Record, left_out: list[str]) -> Record:
    """The one layer that holds figures, where the others only write them out or mark their points."""
    layers = [layer for layer in view["layer"] if isinstance(layer, dict)]
    shared = {key: value for key, value in view.items() if key not in {"layer", "encoding"}}
    whole = [{**shared, **layer, "encoding": {**mapping(view.get("encoding")), **mapping(layer.get("encoding"))}} for layer in layers]
    if any("layer" in layer for layer in layers):
        raise SpecProblem("Vega-Lite's `layer` in a layer is not drawn; give one view")
    figured = [layer for layer in whole if _mark_of(layer) != "text"]
    lines = [layer for layer in figured if _mark_of(layer) in {"line", "area"}]
    if (
        len(figured) > 1
        and len(lines) == 1
        and all(_mark_of(layer) in {"point", "circle"} and _place(layer) == _place(lines[0]) for layer in figured if layer is not lines[0])
    ):
        figured = lines
    if len(figured) != 1:
        marks = ", ".join(_mark_of(layer) for layer in figured) or "none"
        raise SpecProblem(f"Vega-Lite's `layer` of several marks ({marks}) is not drawn; give the one that holds the figures")
    if len(whole) > 1:
        left_out.append("layer: " + ", ".join(_mark_of(layer) for layer in whole if layer is not figured[0]))
    return figured[0]


def _place(layer: Record) -> str:
    encoding = mapping(layer.get("encoding"))
    kept = {
        channel: {k: v for k, v in mapping(encoding.get(channel)).items() if k in {"field", "aggregate", "timeUnit", "bin"}}
        for channel in ("x", "y")
    }
    return json.dumps(kept, sort_keys=True)


def _mark_of(view: Record) -> str:
    mark = view.get("mark")
    return str(mark.get("type", "")) if isinstance(mark, Mapping) else str(mark or "")


@dataclass
class _Channel:
    """One encoding channel: its field and what is done with it."""

    name: str
    field: str = ""
    kind: str = "nominal"
    aggregate: str = ""
    bin: Any = None
    unit: str = ""
    sort: Any = "ascending"
    stack: Any = "unset"
    title: str = ""
    format: str = ""

    @property
    def measure(self) -> bool:
        """True where it is a figure: an amount, not a name or a place in time."""
        return bool(self.aggregate) or (self.kind == "quantitative" and not self.bin)

    def titled(self) -> str:
        """What it is called: its title, else what Vega-Lite calls it."""
        if self.title:
            return self.title
        if self.aggregate == "count":
            return "Count of Records"
        if self.aggregate:
            return f"{self.aggregate.capitalize()} of {self.field}"
        return self.field


@dataclass
class _View:
    """One view of a spec on its way to a chart."""

    view: Record
    left_out: list[str] = field(default_factory=list)
    channels: dict[str, _Channel] = field(default_factory=dict)
    rows: list[Record] = field(default_factory=list)

    def chart(self) -> Chart:
        """The chart; raises SpecProblem for what is not drawn."""
        mark = _mark_of(self.view)
        if mark not in _MARKS:
            raise SpecProblem(f"Vega-Lite's mark `{mark or 'none'}` is not drawn; use one of {', '.join(sorted(_MARKS))}")
        if self.view.get("params") or self.view.get("selection"):
            self.left_out.append("params")
        self._read_channels(mapping(self.view.get("encoding")))
        self._splitting(mapping(self.view.get("encoding")))
        self.rows = inline_rows(self.view)
        for step in self.view.get("transform") or []:
            self.rows = transformed(self.rows, mapping(step))
        if not self.rows:
            raise SpecProblem("this Vega-Lite spec has no rows; put them in data.values")
        for channel in self.channels.values():
            self._prepare(channel)
        made = {
            "bar": self._bars, "tick": self._bars, "line": self._lines, "area": self._lines, "arc": self._slices, "rect": self._cells,
            "point": self._points, "circle": self._points, "square": self._points,
        }[mark]()  # fmt: skip
        title = self.view.get("title")
        if isinstance(title, Mapping):
            title = title.get("text")
        title = " ".join(str(line) for line in title) if isinstance(title, list) else str(title or "")
        if self.left_out:
            made["said"] = [f"Vega-Lite features left out: {', '.join(dict.fromkeys(self.left_out))}."]
        return Chart.model_validate({"title": title, **made})

    # Channels

    def _read_channels(self, encoding: Record) -> None:
        for name, given in encoding.items():
            if given is None:
                continue
            if name in _LOOKS:
                self._look(name, given)
                continue
            if name not in _CHANNELS:
                raise SpecProblem(f"Vega-Lite's encoding `{name}` is not drawn; leave it out")
            if name in {"tooltip", "key", "href", "description", "text"}:
                continue
            if isinstance(given, list):
                if name == "detail" and len(given) == 1:
                    given = given[0]
                else:
                    raise SpecProblem(f"Vega-Lite's encoding `{name}` with several fields is not drawn; give one")
            given = mapping(given)
            if "condition" in given:
                raise SpecProblem(f"Vega-Lite's encoding.{name}.condition is not drawn; leave it out")
            if "datum" in given or "repeat" in mapping(given.get("field")):
                raise SpecProblem(f"Vega-Lite's encoding.{name} by datum or repeat is not drawn; name a field")
            if "field" not in given and "aggregate" not in given:
                continue  # a constant colour or place
            self.channels[name] = self._channel(name, given)
        for other in ("fill", "stroke"):
            if other in self.channels and "color" not in self.channels:
                self.channels["color"] = self.channels.pop(other)

    def _look(self, name: str, given: Any) -> None:
        """A channel of looks: constants follow the theme; a field is drawn only where it says what colour says."""
        told = mapping(given)
        if "condition" in told:
            raise SpecProblem(f"Vega-Lite's encoding.{name}.condition is not drawn; leave it out")
        if "field" not in told and "aggregate" not in told:
            return
        colour = mapping(mapping(self.view.get("encoding")).get("color"))
        if name in {"shape", "strokeDash"} and (not colour or colour.get("field") == told.get("field")):
            if not colour:
                self.channels["color"] = self._channel("color", told)
            return
        raise SpecProblem(f"Vega-Lite's encoding `{name}` by a field is not drawn; leave it out, or use color")

    def _channel(self, name: str, given: Record) -> _Channel:
        for key, kinds in _SHAPES.items():
            if given.get(key) is not None and not isinstance(given[key], kinds):
                raise SpecProblem(
                    f"Vega-Lite's encoding.{name}.{key} cannot be {json.dumps(given[key], default=str)[:40]}; see its documentation"
                )
        aggregate = given.get("aggregate") or ""
        if isinstance(aggregate, Mapping) or (aggregate and aggregate not in AGGREGATES):
            called = next(iter(aggregate), "") if isinstance(aggregate, Mapping) else aggregate
            raise SpecProblem(f"Vega-Lite's aggregate `{called}` is not computed; use one of {', '.join(sorted(AGGREGATES))}")
        unit = given.get("timeUnit") or ""
        unit = str(unit.get("unit", "")) if isinstance(unit, Mapping) else str(unit)
        unit = unit.removeprefix("utc")
        if unit and unit not in TIME_UNITS:
            raise SpecProblem(f"Vega-Lite's timeUnit `{unit}` is not drawn; use one of {', '.join(TIME_UNITS)}")
        kind = {"O": "ordinal", "N": "nominal", "Q": "quantitative", "T": "temporal"}.get(
            str(given.get("type", "")), str(given.get("type") or "")
        )
        kind = kind or ("quantitative" if aggregate or given.get("bin") or name == "theta" else "temporal" if unit else "nominal")
        for banned in ("impute", "bandPosition"):
            if given.get(banned):
                raise SpecProblem(f"Vega-Lite's encoding.{name}.{banned} is not drawn; leave it out")
        self._scale(name, mapping(given.get("scale")))
        axis = mapping(given.get("axis")) or mapping(given.get("legend"))
        if axis.get("labelExpr"):
            raise SpecProblem(f"Vega-Lite's encoding.{name}.axis.labelExpr is not drawn; leave it out")
        title = given.get("title", axis.get("title"))
        title = " ".join(str(line) for line in title) if isinstance(title, list) else str(title or "")
        sort = given.get("sort", "ascending")
        shape = str(given.get("format") or axis.get("format") or "")
        binned = given.get("bin")
        if binned == "binned":
            raise SpecProblem(f'Vega-Lite\'s encoding.{name}.bin "binned" is not drawn; give the raw values')
        stack = given.get("stack", "unset")
        if stack == "center":
            raise SpecProblem(f'Vega-Lite\'s encoding.{name}.stack "center" is not drawn; use zero or normalize')
        return _Channel(name, str(given.get("field") or ""), kind, str(aggregate), binned, unit, sort, stack, title, shape)

    def _scale(self, name: str, scale: Record) -> None:
        kind = scale.get("type")
        if kind and kind not in {"linear", "ordinal", "band", "point", "time", "utc", "quantize", "threshold", "quantile", "bin-ordinal"}:
            raise SpecProblem(f"Vega-Lite's encoding.{name}.scale.type `{kind}` is not drawn; use a linear scale")
        if scale.get("reverse"):
            raise SpecProblem(f"Vega-Lite's encoding.{name}.scale.reverse is not drawn; leave it out")
        self.left_out += [
            f"encoding.{name}.scale.{key}" for key in ("domain", "domainMin", "domainMax") if key in scale and name in {"x", "y"}
        ]

    def _prepare(self, channel: _Channel) -> None:
        """Bins and time units as fields of their own; dates read."""
        if channel.bin:
            channel.title = channel.title or channel.field
            channel.field, channel.kind = binned(self.rows, channel.field, channel.bin), "ordinal"
        elif channel.unit:
            channel.title = channel.title or f"{channel.field} ({channel.unit})"
            channel.kind = "temporal" if TIME_UNITS[channel.unit][0] == "time" else "ordinal"
            channel.field = timed(self.rows, channel.field, channel.unit)
        elif channel.kind == "temporal" and channel.field:
            channel.title = channel.title or channel.field
            channel.field = days(self.rows, channel.field)

    def _splitting(self, encoding: Record) -> None:
        """Refuse fields of tooltips and texts that Vega-Lite would group the aggregates by."""
        if not any(channel.aggregate for channel in self.channels.values()):
            return
        known = {channel.field for channel in self.channels.values() if not channel.aggregate}
        for name in ("tooltip", "text", "href", "key", "description"):
            given = encoding.get(name)
            for one in given if isinstance(given, list) else [given]:
                told = mapping(one)
                if told.get("field") and not told.get("aggregate") and str(told["field"]) not in known:
                    raise SpecProblem(f"Vega-Lite's encoding.{name} by `{told['field']}` splits the aggregate; leave it out")

    # Marks

    def _axes(self, mark: str) -> tuple[_Channel | None, _Channel]:
        """The channel of labels and the channel of figures."""
        x, y = self.channels.get("x"), self.channels.get("y")
        both = [channel for channel in (x, y) if channel is not None]
        if not both:
            raise SpecProblem(f"a Vega-Lite {mark} needs x and y; give an encoding")
        measures = [channel for channel in both if channel.measure]
        if not measures:
            raise SpecProblem(f"a Vega-Lite {mark} of two names has no figures; set aggregate or type quantitative on x or y")
        if len(measures) == 2:
            aggregated = [channel for channel in measures if channel.aggregate]
            if len(aggregated) != 1 and mark == "line" and x is not None and y is not None and not x.aggregate and not y.aggregate:
                return x, y
            if len(aggregated) != 1:
                raise SpecProblem(f"a Vega-Lite {mark} over two amounts is not drawn; make one of x and y ordinal, or bin it")
            label = next(channel for channel in measures if channel is not aggregated[0])
            label.kind = "ordinal"
            return label, aggregated[0]
        return next((channel for channel in both if channel is not measures[0]), None), measures[0]

    def _bars(self) -> Record:
        label, measure = self._axes(_mark_of(self.view))
        if label is None:
            if not measure.aggregate:
                raise SpecProblem("a Vega-Lite bar of one channel over raw values is not drawn; aggregate it, or give x and y")
            return self._made("column", [""], [(measure.titled(), [self._figure(self.rows, measure)])], label, measure)
        series = self.channels.get("xOffset") or self.channels.get("yOffset")
        colour = self.channels.get("color")
        if colour is not None and colour.measure:
            raise SpecProblem("Vega-Lite's colour by an amount on bars is not drawn; leave it out, or use a rect")
        grouped = series is not None
        if series is not None and colour is not None and colour.field not in {series.field, label.field}:
            raise SpecProblem("Vega-Lite's offset and colour by two fields are not drawn; use one")
        if series is None and colour is not None and colour.field != label.field:
            series = colour
        if series is None:
            series = self.channels.get("detail")
        labels, rows = self._table(label, measure, series, total=True)
        stack = (
            ""
            if grouped or len(rows) < 2
            else {"unset": "stacked", "zero": "stacked", True: "stacked", "normalize": "share"}.get(measure.stack, "")
        )
        if len(rows) > 1 and not grouped and not stack:
            raise SpecProblem("Vega-Lite's stack: null on bars (bars over each other) is not drawn; use xOffset, or stack them")
        mark = "bar" if self.channels.get("y") is label else "column"
        if label.bin and len(rows) == 1:
            mark = "column"
        return self._made(mark, labels, rows, label, measure, stack)

    def _lines(self) -> Record:
        mark = _mark_of(self.view)
        label, measure = self._axes(mark)
        if label is None:
            raise SpecProblem(f"a Vega-Lite {mark} of one channel is not drawn; give x and y")
        if label is self.channels.get("y"):
            raise SpecProblem(f"a Vega-Lite {mark} that runs downwards is not drawn; swap x and y")
        series = self.channels.get("color") or self.channels.get("detail")
        if series is not None and series.measure:
            raise SpecProblem(f"Vega-Lite's colour by an amount on a {mark} is not drawn; leave it out")
        order = self.channels.get("order")
        if order is not None and order.field != label.field:
            raise SpecProblem("Vega-Lite's encoding `order` is not drawn; leave it out")
        if label.kind == "quantitative":
            label.kind = "ordinal"
        labels, rows = self._table(label, measure, series if series is None or series.field != label.field else None)
        stack = ""
        if mark == "area" and len(rows) > 1:
            if measure.stack in {None, False}:
                raise SpecProblem("Vega-Lite's stack: null on areas (areas over each other) is not drawn; use a line, or stack them")
            stack = "share" if measure.stack == "normalize" else "stacked"
        return self._made(mark, labels, rows, label, measure, stack)

    def _slices(self) -> Record:
        theta, colour = self.channels.get("theta"), self.channels.get("color")
        if "radius" in mapping(self.view.get("encoding")):
            raise SpecProblem("Vega-Lite's encoding `radius` is not drawn; leave it out")
        if theta is None or colour is None or not theta.measure:
            raise SpecProblem("a Vega-Lite arc needs theta (an amount) and color (the names of its slices)")
        labels, rows = self._table(colour, theta, None, total=True)
        mark = self.view.get("mark")
        hole = mapping(mark).get("innerRadius") if isinstance(mark, Mapping) else None
        return self._made("donut" if hole else "pie", labels, rows, colour, theta)

    def _cells(self) -> Record:
        x, y, colour = self.channels.get("x"), self.channels.get("y"), self.channels.get("color")
        if x is None or y is None or colour is None or x.measure or y.measure or not colour.measure:
            raise SpecProblem("a Vega-Lite rect needs names on x and y, and an amount as color")
        labels, rows = self._table(x, colour, y)
        return self._made("heatmap", labels, rows, x, colour)

    def _points(self) -> Record:
        x, y, colour = self.channels.get("x"), self.channels.get("y"), self.channels.get("color")
        if x is None or y is None:
            raise SpecProblem("a Vega-Lite point needs x and y")
        if x.aggregate or y.aggregate or not (x.measure and y.measure):
            if x.measure != y.measure and not (colour is not None and colour.field not in {x.field, y.field}):
                label, measure = self._axes("point")
                if label is not None and (measure.aggregate or self._once(label)):
                    labels, rows = self._table(label, measure, None)
                    self.left_out.append("mark point (drawn as bars)")
                    return self._made("bar" if label is y else "column", labels, rows, label, measure)
            raise SpecProblem("Vega-Lite points over names or dates are not drawn; use a bar or a line, or give two amounts")
        if colour is not None and colour.measure:
            raise SpecProblem("Vega-Lite's colour by an amount on points is not drawn; leave it out")
        names = list(dict.fromkeys(called(value_at(row, colour.field)) for row in self.rows)) if colour else [y.titled()]
        series: list[Record] = []
        for name in names:
            own = [row for row in self.rows if colour is None or called(value_at(row, colour.field)) == name]
            pairs = [(figure(value_at(row, x.field)), figure(value_at(row, y.field))) for row in own]
            good = [(a, b) for a, b in pairs if a is not None and b is not None]
            series.append({"name": name, "x": [a for a, _ in good], "values": [b for _, b in good]})
        return {"mark": "scatter", "series": [one for one in series if one["values"]], "x_title": x.titled(), "y_title": y.titled()}

    def _once(self, label: _Channel) -> bool:
        """True where each label has one row."""
        keys = [sort_key(value_at(row, label.field)) for row in self.rows]
        return len(set(keys)) == len(keys)

    # Tables

    def _table(
        self, label: _Channel, measure: _Channel, series: _Channel | None, *, total: bool = False
    ) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
        """Labels, and one row of figures for each series; what stands twice in one place is summed for `total`, else refused."""
        groups: dict[tuple[Any, Any], list[Record]] = {}
        for row in self.rows:
            key = value_at(row, label.field)
            if key is None and label.kind in {"temporal", "quantitative"}:
                continue
            groups.setdefault((key, value_at(row, series.field) if series else None), []).append(row)
        keys = self._sorted(label, list(dict.fromkeys(key for key, _ in groups)), measure, groups)
        if label.bin and label.sort == "ascending":
            keys = every_bin(keys)
        names = self._sorted(series, list(dict.fromkeys(name for _, name in groups)), measure, None) if series else [None]
        rows = []
        for name in names:
            values: list[float | None] = []
            for key in keys:
                own = groups.get((key, name))
                if own is None:
                    values.append(0.0 if measure.aggregate == "count" and label.bin else None)
                elif not measure.aggregate and len(own) > 1 and not total:
                    raise SpecProblem(
                        f"Vega-Lite: {len(own)} values of `{measure.field}` for {called(key)!r}; aggregate them, or add a colour"
                    )
                elif not measure.aggregate:
                    numbers = [v for row in own if (v := figure(value_at(row, measure.field))) is not None]
                    values.append(math.fsum(numbers) if numbers else None)
                else:
                    values.append(self._figure(own, measure))
            rows.append((called(name) if series else measure.titled(), values))
        return [called(key) for key in keys], rows

    def _figure(self, rows: Sequence[Record], measure: _Channel) -> float | None:
        return aggregated(measure.aggregate, [value_at(row, measure.field) for row in rows] if measure.field else [1] * len(rows))

    def _sorted(
        self, channel: _Channel | None, keys: list[Any], measure: _Channel, groups: Mapping[tuple[Any, Any], list[Record]] | None
    ) -> list[Any]:
        assert channel is not None
        sort = channel.sort
        if sort is None:
            return keys
        if isinstance(sort, list):
            listed = [called(one) for one in sort]
            return sorted(keys, key=lambda key: (listed.index(called(key)) if called(key) in listed else len(listed), sort_key(key)))
        if isinstance(sort, Mapping) or (isinstance(sort, str) and sort.lstrip("-") in {"x", "y", "color", "theta"}):
            return self._sorted_by(channel, keys, sort, measure, groups)
        if sort not in {"ascending", "descending"}:
            raise SpecProblem(
                f"Vega-Lite's sort {str(sort)[:40]!r} of {channel.name} is not drawn; use ascending, descending, a list, x or -y"
            )
        return sorted(keys, key=sort_key, reverse=sort == "descending")

    def _sorted_by(
        self, channel: _Channel, keys: list[Any], sort: Any, measure: _Channel, groups: Mapping[tuple[Any, Any], list[Record]] | None
    ) -> list[Any]:
        told = (
            {"encoding": sort.lstrip("-"), "order": "descending" if sort.startswith("-") else "ascending"}
            if isinstance(sort, str)
            else dict(sort)
        )
        down = told.get("order") == "descending"
        by = self.channels.get(str(told.get("encoding"))) if "encoding" in told else None
        if by is channel:
            return sorted(keys, key=sort_key, reverse=down)
        field_ = str(told.get("field") or (by.field if by else measure.field))
        how = str(told.get("op") or (by.aggregate if by else "") or ("sum" if by else "mean"))
        if how not in AGGREGATES:
            raise SpecProblem(f"Vega-Lite's sort by `{how}` is not computed; use sum, mean, count, min, max or median")

        def weight(key: Any) -> float:
            own = [row for row in self.rows if value_at(row, channel.field) == key]
            return aggregated(how, [value_at(row, field_) for row in own] if field_ else [1] * len(own)) or 0.0

        return sorted(keys, key=lambda key: -weight(key) if down else weight(key))

    def _made(
        self,
        mark: str,
        labels: list[str],
        rows: list[tuple[str, list[float | None]]],
        label: _Channel | None,
        measure: _Channel,
        stack: str = "",
    ) -> Record:
        unit, factor = "", 1.0
        if re.fullmatch(r"\.?\d*[~]?%", measure.format):
            unit, factor = "%", 100.0
        elif measure.format.startswith("$"):
            unit = "$"
        series = [{"name": name, "values": [None if v is None else v * factor for v in values]} for name, values in rows]
        title = label.titled().removeprefix("\0time ") if label else ""
        return {
            "mark": mark,
            "labels": labels,
            "series": series,
            "unit": unit,
            "stack": stack,
            "y_title": measure.titled() if mark != "heatmap" or measure.title else "",
            "x_title": title if label is not None and (label.title or label.bin) and label.kind != "temporal" else "",
        }


# Out


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
