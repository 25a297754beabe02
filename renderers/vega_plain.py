"""Vega-Lite views that a plain chart says: labels and series as columns, lines, slices, cells or dots."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flipchart.renderers.axis import from_zero
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_channels import Channel, channel, prepared, signals_of, sorted_keys, unit_of
from flipchart.renderers.vega_colours import grey, named, painted, shades
from flipchart.renderers.vega_data import Source
from flipchart.renderers.vega_rows import Record, aggregated, called, every_bin, figure, listed, mapping, unit, value_at
from flipchart.renderers.vega_transforms import transformed
from flipchart.renderers.vega_units import mark_of

_MARKS = {"bar", "line", "area", "point", "circle", "square", "arc", "rect"}
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
_SPLITTING = ("tooltip", "text", "href", "key", "description")


def one_layer(view: Record) -> Record:
    """The one layer that holds figures, where the others only write them out or mark their points; raises SpecProblem for other layers."""
    layers = [layer for layer in listed(view["layer"]) if isinstance(layer, dict)]
    shared = {key: value for key, value in view.items() if key not in {"layer", "encoding"}}
    if any("layer" in layer or "data" in layer or "transform" in layer for layer in layers):
        raise SpecProblem("Vega-Lite's `layer` in a layer is not plain")
    whole = [{**shared, **layer, "encoding": {**mapping(view.get("encoding")), **mapping(layer.get("encoding"))}} for layer in layers]
    figured = [layer for layer in whole if mark_of(layer) != "text"]
    lines = [layer for layer in figured if mark_of(layer) in {"line", "area"}]
    if (
        len(figured) > 1
        and len(lines) == 1
        and all(mark_of(layer) in {"point", "circle"} and _place(layer) == _place(lines[0]) for layer in figured if layer is not lines[0])
    ):
        figured = lines
    if len(figured) != 1 or mark_of(figured[0]) == "rect":
        raise SpecProblem("Vega-Lite's `layer` of several marks is not plain")
    if any(_place(layer) != _place(figured[0]) or not _tells(layer) for layer in whole if mark_of(layer) == "text"):
        raise SpecProblem("Vega-Lite's `layer` of other words is not plain")
    return figured[0]


def _tells(layer: Record) -> bool:
    """True where a layer of text only writes the figures of its marks."""
    encoding = mapping(layer.get("encoding"))
    told = mapping(encoding.get("text"))
    return any(
        told.get("field") == one.get("field") and told.get("aggregate") == one.get("aggregate")
        for name in ("x", "y", "theta")
        if (one := mapping(encoding.get(name))) and (one.get("type") == "quantitative" or one.get("aggregate"))
    )


def _place(layer: Record) -> str:
    encoding = mapping(layer.get("encoding"))
    kept = {
        name: {k: v for k, v in mapping(encoding.get(name)).items() if k in {"field", "aggregate", "timeUnit", "bin", "datum", "value"}}
        for name in ("x", "y", "x2", "y2", "xOffset", "yOffset")
    }
    return json.dumps(kept, sort_keys=True, default=str)


@dataclass
class Plain:
    """One view on its way to a plain chart."""

    view: Record
    source: Source
    config: Record
    left_out: list[str] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    rows: list[Record] = field(default_factory=list)
    signals: Record = field(default_factory=dict)
    told: Record = field(default_factory=dict)

    def chart(self) -> Record:
        """The chart's values; raises SpecProblem for what a plain chart cannot say."""
        mark = mark_of(self.view)
        if mark not in _MARKS:
            raise SpecProblem(f"Vega-Lite's mark `{mark or 'none'}` is not plain")
        told = mapping(self.view.get("mark")) if isinstance(self.view.get("mark"), Mapping) else {}
        if (
            (mark == "area" and (told.get("line") or told.get("point")))
            or told.get("orient")
            or str(told.get("interpolate", "linear")) != "linear"
            or told.get("clip")
            or told.get("invalid", "") in {None, "show", "filter"}
        ):
            raise SpecProblem("Vega-Lite's mark with an overlay, an orient or a curve is not plain")
        signals = signals_of(self.view.get("params"), {})
        if any(mapping(one).get("select") or mapping(one).get("bind") for one in listed(self.view.get("params"))) or self.view.get(
            "selection"
        ):
            self.left_out.append("interaction")
        self._read_channels(mapping(self.view.get("encoding")), signals)
        self._splitting(mapping(self.view.get("encoding")))
        self.rows = self.source.rows(self.view.get("data"))
        self.rows = transformed(self.rows, listed(self.view.get("transform")), self.source, signals)
        if not self.rows:
            raise SpecProblem("this Vega-Lite spec has no rows; put them in data.values")
        self.channels = {name: _titled(prepared(self.rows, one), one) for name, one in self.channels.items()}
        self.signals, self.told = signals, told
        made: Record = {
            "bar": self._bars, "line": self._lines, "area": self._lines, "arc": self._slices, "rect": self._cells,
            "point": self._points, "circle": self._points, "square": self._points,
        }[mark]()  # fmt: skip
        return made | self._looks(mark, made)

    # Channels

    def _read_channels(self, encoding: Record, signals: Record) -> None:
        for name, given in encoding.items():
            if given is None:
                continue
            if name in _LOOKS:
                self._look(name, given, signals)
                continue
            if name == "radius":
                raise SpecProblem("Vega-Lite's encoding `radius` is not drawn; leave it out, or give bars")
            if name not in _CHANNELS:
                raise SpecProblem(f"Vega-Lite's encoding `{str(name)[:30]}` is not plain")
            if name in _SPLITTING:
                if name == "href" and mark_of(self.view) != "text":
                    self.left_out.append("encoding.href")
                continue
            if isinstance(given, list):
                if name != "detail" or len(given) != 1:
                    raise SpecProblem(f"Vega-Lite's encoding `{name}` with several fields is not plain")
                given = given[0]
            told = mapping(given)
            if "condition" in told or "datum" in told:
                raise SpecProblem(f"Vega-Lite's encoding.{name} by a condition or a datum is not plain")
            if "field" not in told and "aggregate" not in told:
                if name in {"x", "y"}:
                    raise SpecProblem(f"Vega-Lite's encoding.{name} without a field is not plain")
                continue  # a constant colour
            self.channels[name] = self._channel(name, told, signals)
        for other in ("fill", "stroke"):
            if other in self.channels and "color" not in self.channels:
                self.channels["color"] = self.channels.pop(other)

    def _look(self, name: str, given: Any, signals: Record) -> None:
        """A channel of looks: constants follow the theme; a field is plain only where it says what colour says."""
        told = mapping(given)
        if "condition" in told:
            raise SpecProblem(f"Vega-Lite's encoding.{name}.condition is not plain")
        if "field" not in told and "aggregate" not in told:
            return
        colour = mapping(mapping(self.view.get("encoding")).get("color"))
        if name in {"shape", "strokeDash"} and (not colour or colour.get("field") == told.get("field")):
            if not colour:
                self.channels["color"] = self._channel("color", told, signals)
            return
        raise SpecProblem(f"Vega-Lite's encoding `{name}` by a field is not plain")

    def _channel(self, name: str, told: Record, signals: Record) -> Channel:
        one = channel(name, told, signals)
        if isinstance(one.aggregate, Mapping) or one.impute or one.place is not None or one.bin == "binned" or one.scale is None:
            raise SpecProblem(f"Vega-Lite's encoding.{name} is not plain")
        if one.unit and (unit(one.unit).step > 1 or str(one.unit).startswith("binned")):
            raise SpecProblem(f"Vega-Lite's encoding.{name}.timeUnit is not plain")
        scale, axis = mapping(one.scale), mapping(one.axis)
        kind = scale.get("type")
        plain = {"linear", "ordinal", "band", "point", "time", "utc", None}
        if (
            kind not in plain
            or scale.get("reverse")
            or (name in {"x", "y"} and any(key in scale for key in ("domain", "domainMin", "domainMax")))
        ):
            raise SpecProblem(f"Vega-Lite's encoding.{name}.scale is not plain")
        if name not in {"x", "y"} and one.measure and any(key in scale for key in ("domain", "domainMid")):
            raise SpecProblem(f"Vega-Lite's encoding.{name}.scale is not plain")
        if name in {"x", "y"} and (one.written or isinstance(axis.get("values"), list)):
            raise SpecProblem(f"Vega-Lite's encoding.{name}.axis is not plain")
        if one.stack == "center":
            raise SpecProblem(f"Vega-Lite's encoding.{name}.stack center is not plain")
        if one.measure and one.sort == "descending":
            raise SpecProblem(f"Vega-Lite's encoding.{name}.sort of an amount is not plain")
        return one

    def _looks(self, mark: str, made: Record) -> Record:
        """The colours that the spec gives; raises SpecProblem where a plain chart cannot have them."""
        colour = self.channels.get("color")
        if colour is None:
            every = mapping(self.view.get("encoding"))
            filled = mark in {"bar", "area", "arc", "rect", "circle", "square"}
            order = ("color", "fill") if filled else ("color", "stroke", "fill")
            words = [mapping(every.get(name)).get("value") for name in order] + [self.told.get(name) for name in order]
            found = next((str(one) for one in words if isinstance(one, str)), "")
            paint = painted(found)
            if paint and grey(found):
                raise SpecProblem(f"Vega-Lite's grey {mark}s are not plain")
            return {"look": {"accent": paint, "series": [paint]}} if paint else {}
        if mark == "rect":
            if shades(colour, self.signals, self.config):
                raise SpecProblem("Vega-Lite's own colours of cells are not plain")
            return {}
        names = list(made["labels"]) if mark == "arc" else [one["name"] for one in made["series"]]
        domain = mapping(colour.scale).get("domain")
        found_ = named(colour, names, [called(one) for one in domain] if isinstance(domain, list) else [], self.signals, self.config)
        if found_ and not all(name in found_ for name in names):
            raise SpecProblem(f"Vega-Lite's own colours of the labels of {mark}s are not plain")
        return {"look": {"series": [found_[name] for name in names]}} if found_ else {}

    def _splitting(self, encoding: Record) -> None:
        """Refuse fields of tooltips and texts that Vega-Lite would group the aggregates by."""
        if not any(one.aggregate for one in self.channels.values()):
            return
        known = {one.field for one in self.channels.values() if not one.aggregate}
        for name in _SPLITTING:
            for given in listed(encoding.get(name)):
                told = mapping(given)
                if told.get("field") and not told.get("aggregate") and str(told["field"]) not in known:
                    raise SpecProblem(f"Vega-Lite's encoding.{name} by another field is not plain")

    # Marks

    def _axes(self, mark: str) -> tuple[Channel | None, Channel]:
        """The channel of labels and the channel of figures."""
        x, y = self.channels.get("x"), self.channels.get("y")
        both = [one for one in (x, y) if one is not None]
        if not both:
            raise SpecProblem(f"a Vega-Lite {mark} needs x and y; give an encoding")
        measures = [one for one in both if one.measure]
        if not measures:
            raise SpecProblem(f"a Vega-Lite {mark} of two names has no figures; set aggregate or type quantitative on x or y")
        if len(measures) == 2:
            summed = [one for one in measures if one.aggregate]
            if len(summed) != 1 and mark == "line" and x is not None and y is not None and not x.aggregate and not y.aggregate:
                return x, y
            if len(summed) != 1 or mark not in {"line", "area"}:
                raise SpecProblem(f"a Vega-Lite {mark} over two amounts is not plain")
            return next(one for one in measures if one is not summed[0]), summed[0]
        return next((one for one in both if one is not measures[0]), None), measures[0]

    def _bars(self) -> Record:
        mark = mark_of(self.view)
        label, measure = self._axes(mark)
        if label is None:
            if not measure.aggregate or self.channels.get("color"):
                raise SpecProblem("a Vega-Lite bar of one channel is not plain")
            return self._made("column", [""], [(measure.titled(), [self._figure(self.rows, measure)])], label, measure)
        if (label.kind == "temporal" and not label.unit) or (label.bin and label.sort != "ascending"):
            raise SpecProblem("Vega-Lite's bars at single dates or turned bins are not plain")
        series = self.channels.get("xOffset") or self.channels.get("yOffset")
        colour = self.channels.get("color")
        if colour is not None and (colour.measure or colour.kind in {"ordinal", "temporal"} or colour.bin):
            raise SpecProblem("Vega-Lite's colour by an amount on bars is not plain")
        across = series is not None
        if series is not None and (series.measure or (colour is not None and colour.field not in {series.field, label.field})):
            raise SpecProblem("Vega-Lite's offset and colour by two fields are not plain")
        if series is None and colour is not None and colour.field != label.field:
            series = colour
        if series is None:
            series = self.channels.get("detail")
        if "detail" in self.channels and series is not self.channels["detail"]:
            raise SpecProblem("Vega-Lite's detail beside a colour on bars is not plain")
        if measure.aggregate in {"min", "max"} and self.channels and series is not None and not across:
            raise SpecProblem("Vega-Lite's stack of extremes is not plain")
        labels, rows = self._table(label, measure, series, total=True)
        if "order" in self.channels and (series is None or self._turns(self.channels["order"], series) != [name for name, _ in rows]):
            raise SpecProblem("Vega-Lite's order of stacked bars is not plain")
        named = {"unset": "stacked", "zero": "stacked", True: "stacked", "normalize": "share"}
        stack = "" if across or len(rows) < 2 else named.get(measure.stack, "") if isinstance(measure.stack, str | bool) else ""
        if len(rows) > 1 and not across and not stack:
            raise SpecProblem("Vega-Lite's stack: null on bars (bars over each other) is not plain")
        if (
            len(rows) > 1
            and not across
            and measure.kind == "quantitative"
            and len({called(value_at(row, label.field)) for row in self.rows}) < 1
        ):
            raise SpecProblem("Vega-Lite's bars have no labels")
        mark = "bar" if self.channels.get("y") is label else "column"
        if label.bin and mark == "bar":
            raise SpecProblem("Vega-Lite's lying bins are not plain")
        return self._made(mark, labels, rows, label, measure, stack)

    def _turns(self, order: Channel, series: Channel) -> list[str]:
        """The names of series in the order that their bars are stacked in; empty where each bar has an order of its own."""
        turns: dict[str, set[float]] = {}
        for row in self.rows:
            turn = figure(value_at(row, order.field))
            turns.setdefault(called(value_at(row, series.field)), set()).add(math.nan if turn is None else turn)
        told = all(len(one) == 1 and not math.isnan(min(one)) for one in turns.values())
        return sorted(turns, key=lambda name: min(turns[name])) if told and order.sort == "ascending" and not order.aggregate else []

    def _lines(self) -> Record:
        mark = mark_of(self.view)
        label, measure = self._axes(mark)
        if label is None or label is self.channels.get("y"):
            raise SpecProblem(f"a Vega-Lite {mark} that runs downwards is not plain")
        series = self.channels.get("color") or self.channels.get("detail")
        if series is not None and (series.measure or series.kind in {"ordinal", "temporal"} or series.bin):
            raise SpecProblem(f"Vega-Lite's colour by an amount on a {mark} is not plain")
        if "color" in self.channels and "detail" in self.channels:
            raise SpecProblem(f"Vega-Lite's colour and detail on a {mark} are not plain")
        order = self.channels.get("order")
        if order is not None and order.field != label.field:
            raise SpecProblem("Vega-Lite's encoding `order` is not plain")
        if label.bin or (
            mark == "area"
            and label.kind == "quantitative"
            and measure.kind == "quantitative"
            and not measure.aggregate
            and series is not None
        ):
            raise SpecProblem(f"a Vega-Lite {mark} over bins is not plain")
        labels, rows = self._table(label, measure, series if series is None or series.field != label.field else None)
        stack = ""
        if mark == "area" and len(rows) > 1:
            if measure.stack in {None, False}:
                raise SpecProblem("Vega-Lite's stack: null on areas (areas over each other) is not plain")
            stack = "share" if measure.stack == "normalize" else "stacked"
        return self._made(mark, labels, rows, label, measure, stack)

    def _slices(self) -> Record:
        theta, colour = self.channels.get("theta"), self.channels.get("color")
        if theta is None or colour is None or not theta.measure or colour.measure:
            raise SpecProblem("a Vega-Lite arc needs theta (an amount) and color (the names of its slices)")
        labels, rows = self._table(colour, theta, None, total=True)
        mark = self.view.get("mark")
        hole = mapping(mark).get("innerRadius") if isinstance(mark, Mapping) else None
        return self._made("donut" if hole else "pie", labels, rows, colour, theta)

    def _cells(self) -> Record:
        x, y, colour = self.channels.get("x"), self.channels.get("y"), self.channels.get("color")
        if x is None or y is None or colour is None or x.measure or y.measure or not colour.measure or x.bin or y.bin:
            raise SpecProblem("a Vega-Lite rect needs names on x and y, and an amount as color")
        if colour.scale and "domainMid" in mapping(colour.scale):
            raise SpecProblem("Vega-Lite's colours around a middle are not plain")
        labels, rows = self._table(x, colour, y)
        return self._made("heatmap", labels, rows, x, colour)

    def _points(self) -> Record:
        x, y, colour = self.channels.get("x"), self.channels.get("y"), self.channels.get("color")
        if x is None or y is None or x.aggregate or y.aggregate or not (x.measure and y.measure):
            raise SpecProblem("Vega-Lite's points over names, dates or aggregates are not plain")
        if colour is not None and (colour.measure or colour.kind in {"ordinal", "temporal"} or colour.bin):
            raise SpecProblem("Vega-Lite's colour by an amount on points is not plain")
        keys = list(dict.fromkeys(value_at(row, colour.field) for row in self.rows)) if colour else [None]
        keys = sorted_keys(colour, keys, self.rows, self.channels) if colour else keys
        for one in (x, y):
            zero, values = mapping(one.scale).get("zero"), [v for row in self.rows if (v := figure(value_at(row, one.field))) is not None]
            if isinstance(zero, bool) and values and zero != from_zero(min(values), max(values)):
                raise SpecProblem("Vega-Lite's points whose axes end elsewhere are not plain")
        series: list[Record] = []
        for key in keys:
            own = [row for row in self.rows if colour is None or value_at(row, colour.field) == key]
            pairs = [(figure(value_at(row, x.field)), figure(value_at(row, y.field))) for row in own]
            good = [(a, b) for a, b in pairs if a is not None and b is not None]
            series.append({"name": called(key) if colour else y.titled(), "x": [a for a, _ in good], "values": [b for _, b in good]})
        return {"mark": "scatter", "series": [one for one in series if one["values"]], "x_title": x.titled(), "y_title": y.titled()}

    # Tables

    def _table(
        self, label: Channel, measure: Channel, series: Channel | None, *, total: bool = False
    ) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
        """Labels, and one row of figures for each series; what stands twice in one place is summed for `total`, else refused."""
        groups: dict[tuple[Any, Any], list[Record]] = {}
        for row in self.rows:
            key = value_at(row, label.field)
            if key is None and label.kind in {"temporal", "quantitative"}:
                continue
            groups.setdefault((key, value_at(row, series.field) if series else None), []).append(row)
        keys = sorted_keys(label, list(dict.fromkeys(key for key, _ in groups)), self.rows, self.channels)
        if label.bin:
            keys = every_bin(keys) or keys
        names = sorted_keys(series, list(dict.fromkeys(name for _, name in groups)), self.rows, self.channels) if series else [None]
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

    def _figure(self, rows: list[Record], measure: Channel) -> float | None:
        return aggregated(str(measure.aggregate), [value_at(row, measure.field) for row in rows] if measure.field else [1] * len(rows))

    def _made(
        self,
        mark: str,
        labels: list[str],
        rows: list[tuple[str, list[float | None]]],
        label: Channel | None,
        measure: Channel,
        stack: str = "",
    ) -> Record:
        unit_, factor = unit_of(measure.format)
        if measure.stack == "normalize" and unit_ == "%":
            unit_, factor = "", 1.0
        return {
            "mark": mark,
            "labels": labels,
            "series": [{"name": name, "values": [None if v is None else v * factor for v in values]} for name, values in rows],
            "unit": unit_,
            "stack": stack,
            "y_title": measure.titled() if mark != "heatmap" or measure.title else "",
            "x_title": label.titled() if label is not None and (label.title or label.bin) and label.kind != "temporal" else "",
        }


def _titled(one: Channel, before: Channel) -> Channel:
    """A prepared channel; a plain chart writes the name of a label only where the spec does."""
    return replace(one, title=before.title) if not before.title and not one.bin else one
