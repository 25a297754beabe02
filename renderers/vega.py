"""Vega-Lite in and out: the common subset, each feature that is not drawn named and never silently dropped.

Read are single views with inline data: bar, line, area, point, arc, rect and tick; x, y, colour, theta and offsets; aggregates, bins, time units,
sorting, stacking, and the transforms filter, calculate, aggregate, fold, bin and timeUnit. What would change the figures is refused by name;
what only adds to them (tooltips, parameters, text over bars) is left out and said. Colours, sizes and fonts follow the theme.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from flipchart.renderers import times
from flipchart.renderers.chart_spec import Chart, steps
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import explain, parse_json
from flipchart.renderers.style import Style
from flipchart.renderers.words import say

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
MOST_ROWS = 200_000

Record = dict[str, Any]

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
_AGGREGATES = {"count", "sum", "mean", "average", "median", "min", "max", "distinct", "valid", "missing"}
_LOOKS = {"opacity", "strokeWidth", "strokeOpacity", "fillOpacity", "angle", "size", "shape", "strokeDash"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS: dict[str, tuple[str, Callable[[datetime], tuple[Any, str]]]] = {
    "year": ("time", lambda at: (at.year, f"{at.year:04d}")),
    "yearmonth": ("time", lambda at: ((at.year, at.month), f"{at.year:04d}-{at.month:02d}")),
    "yearquarter": ("time", lambda at: ((at.year, (at.month + 2) // 3), f"Q{(at.month + 2) // 3} {at.year:04d}")),
    "yearmonthdate": ("time", lambda at: (at.date(), f"{at:%Y-%m-%d}" if at.year >= 1000 else str(at)[:10])),
    "quarter": ("part", lambda at: ((at.month + 2) // 3, f"Q{(at.month + 2) // 3}")),
    "month": ("part", lambda at: (at.month, _MONTHS[at.month - 1])),
    "day": ("part", lambda at: ((at.weekday() + 1) % 7, ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")[(at.weekday() + 1) % 7])),
    "date": ("part", lambda at: (at.day, str(at.day))),
    "hours": ("part", lambda at: (at.hour, f"{at.hour:02d}:00")),
}


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


def _one_layer(view: Record, left_out: list[str]) -> Record:
    """The one layer that holds figures, where the others only write them out or mark their points."""
    layers = [layer for layer in view["layer"] if isinstance(layer, dict)]
    shared = {key: value for key, value in view.items() if key not in {"layer", "encoding"}}
    whole = [{**shared, **layer, "encoding": {**_dict(view.get("encoding")), **_dict(layer.get("encoding"))}} for layer in layers]
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
    encoding = _dict(layer.get("encoding"))
    kept = {
        channel: {k: v for k, v in _dict(encoding.get(channel)).items() if k in {"field", "aggregate", "timeUnit", "bin"}}
        for channel in ("x", "y")
    }
    return json.dumps(kept, sort_keys=True)


def _dict(value: Any) -> Record:
    return dict(value) if isinstance(value, Mapping) else {}


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
        self._read_channels(_dict(self.view.get("encoding")))
        self._splitting(_dict(self.view.get("encoding")))
        self.rows = _data(self.view)
        for step in self.view.get("transform") or []:
            self.rows = _transformed(self.rows, _dict(step))
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
            given = _dict(given)
            if "condition" in given:
                raise SpecProblem(f"Vega-Lite's encoding.{name}.condition is not drawn; leave it out")
            if "datum" in given or "repeat" in _dict(given.get("field")):
                raise SpecProblem(f"Vega-Lite's encoding.{name} by datum or repeat is not drawn; name a field")
            if "field" not in given and "aggregate" not in given:
                continue  # a constant colour or place
            self.channels[name] = self._channel(name, given)
        for other in ("fill", "stroke"):
            if other in self.channels and "color" not in self.channels:
                self.channels["color"] = self.channels.pop(other)

    def _look(self, name: str, given: Any) -> None:
        """A channel of looks: constants follow the theme; a field is drawn only where it says what colour says."""
        told = _dict(given)
        if "condition" in told:
            raise SpecProblem(f"Vega-Lite's encoding.{name}.condition is not drawn; leave it out")
        if "field" not in told and "aggregate" not in told:
            return
        colour = _dict(_dict(self.view.get("encoding")).get("color"))
        if name in {"shape", "strokeDash"} and (not colour or colour.get("field") == told.get("field")):
            if not colour:
                self.channels["color"] = self._channel("color", told)
            return
        raise SpecProblem(f"Vega-Lite's encoding `{name}` by a field is not drawn; leave it out, or use color")

    def _channel(self, name: str, given: Record) -> _Channel:
        aggregate = given.get("aggregate") or ""
        if isinstance(aggregate, Mapping) or (aggregate and aggregate not in _AGGREGATES):
            called = next(iter(aggregate), "") if isinstance(aggregate, Mapping) else aggregate
            raise SpecProblem(f"Vega-Lite's aggregate `{called}` is not computed; use one of {', '.join(sorted(_AGGREGATES))}")
        unit = given.get("timeUnit") or ""
        unit = str(unit.get("unit", "")) if isinstance(unit, Mapping) else str(unit)
        unit = unit.removeprefix("utc")
        if unit and unit not in _UNITS:
            raise SpecProblem(f"Vega-Lite's timeUnit `{unit}` is not drawn; use one of {', '.join(_UNITS)}")
        kind = {"O": "ordinal", "N": "nominal", "Q": "quantitative", "T": "temporal"}.get(
            str(given.get("type", "")), str(given.get("type") or "")
        )
        kind = kind or ("quantitative" if aggregate or given.get("bin") or name == "theta" else "temporal" if unit else "nominal")
        for banned in ("impute", "bandPosition"):
            if given.get(banned):
                raise SpecProblem(f"Vega-Lite's encoding.{name}.{banned} is not drawn; leave it out")
        self._scale(name, _dict(given.get("scale")))
        axis = _dict(given.get("axis")) or _dict(given.get("legend"))
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
            _bin(self.rows, channel)
        elif channel.unit:
            kind, write = _UNITS[channel.unit]
            fresh = f"{channel.unit}_{channel.field}"
            for row in self.rows:
                at = _dated(_get(row, channel.field), channel.field)
                key, words = write(at) if at else (None, "")
                row[fresh] = _Key(key, words) if at else None
            channel.title = channel.title or f"{channel.field} ({channel.unit})"
            channel.field = fresh
            channel.kind = "temporal" if kind == "time" else "ordinal"
        elif channel.kind == "temporal" and channel.field:
            fresh = f"\0time {channel.field}"
            found = [_dated(_get(row, channel.field), channel.field) for row in self.rows]
            good = [at for at in found if at]
            grain = (
                "year"
                if all((at.month, at.day, at.hour) == (1, 1, 0) for at in good)
                else "month"
                if all((at.day, at.hour) == (1, 0) for at in good)
                else "day"
            )
            for row, at in zip(self.rows, found, strict=True):
                row[fresh] = None if at is None else _Key(at, _iso(at)[: {"year": 4, "month": 7}.get(grain, 20)])
            channel.title = channel.title or channel.field
            channel.field = fresh

    def _splitting(self, encoding: Record) -> None:
        """Refuse fields of tooltips and texts that Vega-Lite would group the aggregates by."""
        if not any(channel.aggregate for channel in self.channels.values()):
            return
        known = {channel.field for channel in self.channels.values() if not channel.aggregate}
        for name in ("tooltip", "text", "href", "key", "description"):
            given = encoding.get(name)
            for one in given if isinstance(given, list) else [given]:
                told = _dict(one)
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
        if "radius" in _dict(self.view.get("encoding")):
            raise SpecProblem("Vega-Lite's encoding `radius` is not drawn; leave it out")
        if theta is None or colour is None or not theta.measure:
            raise SpecProblem("a Vega-Lite arc needs theta (an amount) and color (the names of its slices)")
        labels, rows = self._table(colour, theta, None, total=True)
        mark = self.view.get("mark")
        hole = _dict(mark).get("innerRadius") if isinstance(mark, Mapping) else None
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
        names = list(dict.fromkeys(_words(_get(row, colour.field)) for row in self.rows)) if colour else [y.titled()]
        series: list[Record] = []
        for name in names:
            own = [row for row in self.rows if colour is None or _words(_get(row, colour.field)) == name]
            pairs = [(_float(_get(row, x.field)), _float(_get(row, y.field))) for row in own]
            good = [(a, b) for a, b in pairs if a is not None and b is not None]
            series.append({"name": name, "x": [a for a, _ in good], "values": [b for _, b in good]})
        return {"mark": "scatter", "series": [one for one in series if one["values"]], "x_title": x.titled(), "y_title": y.titled()}

    def _once(self, label: _Channel) -> bool:
        """True where each label has one row."""
        keys = [_sortable(_get(row, label.field)) for row in self.rows]
        return len(set(keys)) == len(keys)

    # Tables

    def _table(
        self, label: _Channel, measure: _Channel, series: _Channel | None, *, total: bool = False
    ) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
        """Labels, and one row of figures for each series; what stands twice in one place is summed for `total`, else refused."""
        groups: dict[tuple[Any, Any], list[Record]] = {}
        for row in self.rows:
            key = _get(row, label.field)
            if key is None and label.kind in {"temporal", "quantitative"}:
                continue
            groups.setdefault((key, _get(row, series.field) if series else None), []).append(row)
        keys = self._sorted(label, list(dict.fromkeys(key for key, _ in groups)), measure, groups)
        if label.bin and label.sort == "ascending":
            keys = _every_bin(keys)
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
                        f"Vega-Lite: {len(own)} values of `{measure.field}` for {label.titled()} {_words(key)!r}; aggregate them, or add a colour"
                    )
                elif not measure.aggregate:
                    numbers = [v for row in own if (v := _float(_get(row, measure.field))) is not None]
                    values.append(math.fsum(numbers) if numbers else None)
                else:
                    values.append(self._figure(own, measure))
            rows.append((_words(name) if series else measure.titled(), values))
        return [_words(key) for key in keys], rows

    def _figure(self, rows: Sequence[Record], measure: _Channel) -> float | None:
        return _aggregated(measure.aggregate, [_get(row, measure.field) for row in rows] if measure.field else [1] * len(rows))

    def _sorted(
        self, channel: _Channel | None, keys: list[Any], measure: _Channel, groups: Mapping[tuple[Any, Any], list[Record]] | None
    ) -> list[Any]:
        assert channel is not None
        sort = channel.sort
        if sort is None:
            return keys
        if isinstance(sort, list):
            listed = [_words(one) for one in sort]
            return sorted(keys, key=lambda key: (listed.index(_words(key)) if _words(key) in listed else len(listed), _sortable(key)))
        if isinstance(sort, Mapping) or (isinstance(sort, str) and sort.lstrip("-") in {"x", "y", "color", "theta"}):
            return self._sorted_by(channel, keys, sort, measure, groups)
        if sort not in {"ascending", "descending"}:
            raise SpecProblem(
                f"Vega-Lite's sort {str(sort)[:40]!r} of {channel.name} is not drawn; use ascending, descending, a list, x or -y"
            )
        return sorted(keys, key=_sortable, reverse=sort == "descending")

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
            return sorted(keys, key=_sortable, reverse=down)
        field_ = str(told.get("field") or (by.field if by else measure.field))
        how = str(told.get("op") or (by.aggregate if by else "") or ("sum" if by else "mean"))
        if how not in _AGGREGATES:
            raise SpecProblem(f"Vega-Lite's sort by `{how}` is not computed; use sum, mean, count, min, max or median")

        def weight(key: Any) -> float:
            own = [row for row in self.rows if _get(row, channel.field) == key]
            return _aggregated(how, [_get(row, field_) for row in own] if field_ else [1] * len(own)) or 0.0

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
            "mark": mark, "labels": labels, "series": series, "unit": unit, "stack": stack, "y_title": measure.titled() if mark != "heatmap" or measure.title else "",
            "x_title": title if label is not None and (label.title or label.bin) and label.kind != "temporal" else "",
        }  # fmt: skip


# Data


@dataclass(frozen=True, slots=True)
class _Key:
    """A date or a bin: what it is sorted by, and what it is called."""

    order: Any
    words: str
    wide: float = 0.0
    """Width of a bin."""


def _data(view: Record) -> list[Record]:
    """The rows of a spec; raises SpecProblem for data that lies elsewhere."""
    data = _dict(view.get("data"))
    if "url" in data:
        raise SpecProblem(f"Vega-Lite's data.url ({str(data['url'])[:60]}) is not fetched; put the rows in data.values")
    if "name" in data and "values" not in data:
        data["values"] = _dict(view.get("datasets")).get(str(data["name"]))
    for other in ("sequence", "graticule", "sphere"):
        if other in data:
            raise SpecProblem(f"Vega-Lite's data.{other} is not drawn; put the rows in data.values")
    values = data.get("values")
    if isinstance(values, str):
        from flipchart.renderers import table

        read_ = table.read(values.encode(), f"data.{_dict(data.get('format')).get('type', 'csv')}")
        names = [column.name for column in read_.columns]
        values = [
            {n: (str(v)[:10] if isinstance(v, datetime) else v) for n, v in zip(names, row, strict=True)}
            for row in zip(*read_.cells, strict=True)
        ]
    if isinstance(values, Mapping):
        values = [values]
    if not isinstance(values, list):
        raise SpecProblem("this Vega-Lite spec has no inline rows; put them in data.values")
    if len(values) > MOST_ROWS:
        raise SpecProblem(f"this Vega-Lite spec has {len(values):,} rows; at most {MOST_ROWS:,} are drawn")
    return [dict(row) if isinstance(row, Mapping) else {"data": row} for row in values]


def _get(row: Record, name: str) -> Any:
    """The value of a field; "a.b" and "a[0]" reach into it."""
    if name in row:
        return row[name]
    node: Any = row
    for step in re.findall(r"(?:\\.|[^.\[\]])+", name):
        bare = step.replace("\\", "").strip("'\"")
        if isinstance(node, Mapping):
            node = node.get(bare)
        elif isinstance(node, list) and bare.isdigit() and int(bare) < len(node):
            node = node[int(bare)]
        else:
            return None
    return node


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return float(value) if isinstance(value, bool) else None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _words(value: Any) -> str:
    if isinstance(value, _Key):
        return value.words
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _sortable(value: Any) -> tuple[int, Any]:
    """A key that sorts numbers before words, and dates by time."""
    if isinstance(value, _Key):
        return (0, value.order) if not isinstance(value.order, str) else (1, value.order)
    if isinstance(value, bool) or value is None:
        return (2, str(value))
    return (0, float(value)) if isinstance(value, int | float) else (1, str(value))


def _dated(value: Any, name: str) -> datetime | None:
    """The moment a field holds; raises SpecProblem for words that are no date."""
    found = _moment(value)
    if found is None and value not in (None, ""):
        raise SpecProblem(f"Vega-Lite's field `{name}` is temporal, but {str(value)[:40]!r} is no date that is read; write it as 2024-03-31")
    return found


def _moment(value: Any) -> datetime | None:
    if isinstance(value, _Key):
        return value.order if isinstance(value.order, datetime) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 1000 <= value <= 9999 and value == int(value):
            return datetime(int(value), 1, 1)
        try:
            return datetime(1970, 1, 1) + timedelta(milliseconds=value)
        except (ValueError, OverflowError):
            return None
    found = times.read(str(value), "mdy") if value is not None else None
    return found.at if found else None


def _iso(at: datetime) -> str:
    day = str(at)[:10]
    return day if (at.hour, at.minute) == (0, 0) else f"{day} {at:%H:%M}"


def _bin(rows: list[Record], channel: _Channel) -> None:
    """Bins as Vega chooses them: at most ten steps of 1, 2 or 5 times a power of ten."""
    told = _dict(channel.bin)
    values = [v for row in rows if (v := _float(_get(row, channel.field))) is not None]
    if not values:
        raise SpecProblem(f"Vega-Lite's bin of `{channel.field}` finds no figures")
    for banned in ("extent", "anchor", "steps", "minstep", "divide", "base", "binned"):
        if banned in told:
            raise SpecProblem(f"Vega-Lite's bin.{banned} is not drawn; use maxbins or step")
    low, high = min(values), max(values)
    most = max(1, int(_float(told.get("maxbins")) or 10))
    span = (high - low) or abs(low) or 1.0
    step = _float(told.get("step")) or 0.0
    if step <= 0:
        step = 10.0 ** (round(math.log10(span)) - math.ceil(math.log10(most)))
        while math.ceil(span / step) > most:
            step *= 10
        for divisor in (5, 2):
            if span / (step / divisor) <= most:
                step /= divisor
    digits = max(0, -math.floor(math.log10(step))) + 1
    start = math.floor(low / step + 1e-9) * step
    fresh = f"\0bin {channel.field}"
    for row in rows:
        value = _float(_get(row, channel.field))
        if value is None:
            row[fresh] = None
            continue
        place = math.floor((value - start) / step + 1e-9)
        left = round(start + place * step, digits)
        row[fresh] = _Key(left, f"{left:g}–{round(left + step, digits):g}", step)
    channel.title = channel.title or channel.field
    channel.field, channel.kind = fresh, "ordinal"


def _every_bin(keys: list[Any]) -> list[Any]:
    """The bins with the empty ones between them."""
    if len(keys) < 2:
        return keys
    step = keys[0].wide
    count = round((keys[-1].order - keys[0].order) / step) + 1
    known = {round((key.order - keys[0].order) / step): key for key in keys}
    digits = max(0, -math.floor(math.log10(step))) + 1
    out = []
    for place in range(count):
        left = round(keys[0].order + place * step, digits)
        out.append(known.get(place) or _Key(left, f"{left:g}–{round(left + step, digits):g}", step))
    return out


def _aggregated(how: str, values: Sequence[Any]) -> float | None:
    """What `how` makes of the values."""
    if how == "count":
        return float(len(values))
    if how == "missing":
        return float(sum(value is None for value in values))
    if how == "valid":
        return float(sum(_float(value) is not None for value in values))
    if how == "distinct":
        return float(len({_words(value) for value in values}))
    numbers = sorted(v for value in values if (v := _float(value)) is not None)
    if not numbers:
        return None
    match how:
        case "sum":
            return math.fsum(numbers)
        case "min":
            return numbers[0]
        case "max":
            return numbers[-1]
        case "median":
            middle = len(numbers) // 2
            return numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2
        case _:
            return math.fsum(numbers) / len(numbers)


# Transforms


def _transformed(rows: list[Record], step: Record) -> list[Record]:
    """The rows after one transform; raises SpecProblem, naming it, for one that is not computed."""
    if "filter" in step:
        test = _predicate(step["filter"])
        return [row for row in rows if test(row)]
    if "calculate" in step:
        formula = _Expression(str(step["calculate"]))
        name = str(step.get("as", "calculated"))
        for row in rows:
            row[name] = formula.of(row)
        return rows
    if "aggregate" in step:
        return _grouped(rows, step)
    if "fold" in step:
        fields, names = (
            [str(one) for one in step["fold"]],
            [*(step.get("as") or []), "key", "value"][:2] if step.get("as") else ["key", "value"],
        )
        return [row | {names[0]: one, names[1]: _get(row, one)} for row in rows for one in fields]
    if "timeUnit" in step or "bin" in step:
        channel = _Channel("transform", str(step.get("field", "")), bin=step.get("bin"), unit=str(step.get("timeUnit") or ""))
        if channel.unit and channel.unit not in _UNITS:
            raise SpecProblem(f"Vega-Lite's timeUnit `{channel.unit}` is not drawn; use one of {', '.join(_UNITS)}")
        reader = _View({}, rows=rows)
        reader._prepare(channel)
        given = step.get("as")
        name = str(given[0] if isinstance(given, list) else given)
        for row in rows:
            row[name] = row[channel.field]
        return rows
    called = next((key for key in step if key not in {"groupby", "as", "op", "fields"}), "")
    raise SpecProblem(f"Vega-Lite's transform `{called}` is not computed; compute it before, and give its rows")


def _grouped(rows: list[Record], step: Record) -> list[Record]:
    by = [str(one) for one in step.get("groupby") or []]
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for row in rows:
        groups.setdefault(tuple(_get(row, name) for name in by), []).append(row)
    out = []
    for key, own in groups.items():
        made: Record = dict(zip(by, key, strict=True))
        for one in step["aggregate"]:
            how, name = str(one.get("op", "")), str(one.get("field") or "")
            if how not in _AGGREGATES:
                raise SpecProblem(f"Vega-Lite's aggregate `{how}` is not computed; use one of {', '.join(sorted(_AGGREGATES))}")
            made[str(one.get("as") or f"{how}_{name}")] = _aggregated(how, [_get(row, name) for row in own] if name else [1] * len(own))
        out.append(made)
    return out


def _predicate(given: Any) -> Callable[[Record], bool]:
    """A filter as a test of a row."""
    if isinstance(given, str):
        formula = _Expression(given)
        return lambda row: bool(formula.of(row))
    told = _dict(given)
    for word, join in (("and", all), ("or", any)):
        if word in told:
            inner_tests = [_predicate(one) for one in told[word]]
            return lambda row, join=join, inner_tests=inner_tests: join(test(row) for test in inner_tests)  # type: ignore[misc]
    if "not" in told:
        inner = _predicate(told["not"])
        return lambda row: not inner(row)
    if "param" in told or "selection" in told:
        raise SpecProblem("Vega-Lite's filter by a param is not drawn; write the condition itself")
    name = str(told.get("field", ""))
    if told.get("timeUnit"):
        raise SpecProblem("Vega-Lite's filter by a timeUnit is not computed; filter the rows before")
    tests = {
        "equal": lambda value, goal: _words(value) == _words(goal),
        "lt": lambda value, goal: _compared(value, goal) is not None and _compared(value, goal) < 0,
        "lte": lambda value, goal: _compared(value, goal) is not None and _compared(value, goal) <= 0,
        "gt": lambda value, goal: _compared(value, goal) is not None and _compared(value, goal) > 0,
        "gte": lambda value, goal: _compared(value, goal) is not None and _compared(value, goal) >= 0,
        "oneOf": lambda value, goal: _words(value) in {_words(one) for one in goal},
        "range": lambda value, goal: isinstance(goal, list) and len(goal) == 2
        and (goal[0] is None or (_compared(value, goal[0]) or 0) >= 0) and (goal[1] is None or (_compared(value, goal[1]) or 0) <= 0),
        "valid": lambda value, goal: (_float(value) is not None or isinstance(value, str)) == bool(goal),
    }  # fmt: skip
    for key, test in tests.items():
        if key in told:
            return lambda row, test=test, goal=told[key]: bool(test(_get(row, name), goal))  # type: ignore[misc]
    raise SpecProblem(f"Vega-Lite's filter {str(given)[:60]} is not computed; use equal, lt, gt, oneOf, range or an expression")


def _compared(value: Any, goal: Any) -> Any:
    """Less than, equal to or greater than zero, as `value` is to `goal`; None where they cannot be compared."""
    a, b = _float(value), _float(goal)
    if a is not None and b is not None:
        return (a > b) - (a < b)
    if isinstance(value, str) and isinstance(goal, str):
        return (value > goal) - (value < goal)
    return None


_LEXED = re.compile(
    r"\s*(?:(\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(===|!==|==|!=|<=|>=|&&|\|\||[-+*/%<>!?:()\[\].,])|([A-Za-z_$][\w$]*))"
)
_BINDS = {"||": 1, "&&": 2, "==": 3, "===": 3, "!=": 3, "!==": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6}


class _Expression:
    """Vega's expressions as far as arithmetic, comparison and choice over `datum`; read once, run by us for each row."""

    def __init__(self, words: str) -> None:
        self.words, self.at = words, 0
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(words.rstrip()):
            found = _LEXED.match(words, place)
            if not found or len(self.tokens) > 200:
                raise self._refused(words[place : place + 20])
            kind = ("number", "string", "sign", "name")[next(i for i in range(4) if found[i + 1] is not None)]
            self.tokens.append((kind, found[0].strip()))
            place = found.end()
        self.of: Callable[[Record], Any] = self._choice(0)
        if self.at < len(self.tokens):
            raise self._refused(self.tokens[self.at][1])

    def _refused(self, what: str) -> SpecProblem:
        return SpecProblem(
            f"Vega-Lite's expression {self.words[:60]!r} is not computed (at {what[:20]!r}); use arithmetic and comparisons of datum fields"
        )

    def _peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise self._refused("its end")
        self.at += 1
        return self.tokens[self.at - 1]

    def _wanted(self, sign: str) -> None:
        if self._next()[1] != sign:
            raise self._refused(self.tokens[self.at - 1][1])

    def _choice(self, depth: int) -> Callable[[Record], Any]:
        if depth > 20:
            raise self._refused("its depth")
        test = self._binary(1, depth)
        if self._peek() != "?":
            return test
        self._next()
        yes = self._choice(depth + 1)
        self._wanted(":")
        no = self._choice(depth + 1)
        return lambda row: yes(row) if test(row) else no(row)

    def _binary(self, least: int, depth: int) -> Callable[[Record], Any]:
        left = self._unary(depth)
        while (sign := self._peek()) in _BINDS and _BINDS[sign] >= least:
            self._next()
            right = self._binary(_BINDS[sign] + 1, depth + 1)
            left = _joined(sign, left, right)
        return left

    def _unary(self, depth: int) -> Callable[[Record], Any]:
        if depth > 40:
            raise self._refused("its depth")
        kind, token = self._next()
        if token == "(":
            inner = self._choice(depth + 1)
            self._wanted(")")
            return inner
        if token in {"-", "!"}:
            inner = self._unary(depth + 1)
            return (lambda row: not inner(row)) if token == "!" else (lambda row: None if (v := _float(inner(row))) is None else -v)
        if kind == "number":
            return lambda row, value=float(token): value  # type: ignore[misc]
        if kind == "string":
            return lambda row, value=re.sub(r"\\(.)", r"\1", token[1:-1]): value  # type: ignore[misc]
        if token in {"true", "false", "null"}:
            return lambda row, value={"true": True, "false": False, "null": None}[token]: value  # type: ignore[misc]
        if token == "datum":
            if self._peek() == ".":
                self._next()
                name = self._next()[1]
            else:
                self._wanted("[")
                name = self._next()[1].strip("'\"")
                self._wanted("]")
            if self._peek() in {".", "["}:
                raise self._refused(self._peek())
            return lambda row: _get(row, name)
        raise self._refused(token)


def _joined(sign: str, left: Callable[[Record], Any], right: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def arithmetic(row: Record) -> Any:
        a, b = left(row), right(row)
        if sign == "+" and (isinstance(a, str) or isinstance(b, str)):
            return _words(a) + _words(b)
        x, y = _float(a), _float(b)
        if x is None or y is None:
            return None
        match sign:
            case "+":
                return x + y
            case "-":
                return x - y
            case "*":
                return x * y
            case "/":
                return x / y if y else None
            case _:
                return math.fmod(x, y) if y else None

    def comparison(row: Record) -> bool:
        a, b = left(row), right(row)
        if sign.startswith(("==", "!=")):
            same = _words(a) == _words(b)
            return same if sign.startswith("==") else not same
        order = _compared(a, b)
        if order is None:
            return False
        return bool({"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[sign])

    if sign == "&&":
        return lambda row: left(row) and right(row)
    if sign == "||":
        return lambda row: left(row) or right(row)
    return comparison if sign in {"==", "===", "!=", "!==", "<", "<=", ">", ">="} else arithmetic


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
    names = list(labels) if not moments else [_iso(moment.at) if moment.grain == "minute" else str(moment.at)[:10] for moment in moments]
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
