"""Scales of a Vega-Lite spec's panels: what each axis covers, what each colour stands for; the marks laid on them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from flipchart.renderers.axis import from_zero
from flipchart.renderers.layered import QUIET, Axis, Key, Layer, Layered, LayerMark, Panel
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.times import Grain
from flipchart.renderers.vega_channels import PLOTTED, Channel, sorted_keys, unit_of
from flipchart.renderers.vega_expression import formula
from flipchart.renderers.vega_format import timed
from flipchart.renderers.vega_keys import Colours, darkness, measure
from flipchart.renderers.vega_looks import days_of
from flipchart.renderers.vega_rows import Key as Stretch
from flipchart.renderers.vega_rows import Record, called, figure, hashed, mapping, moment, sort_key, unit, value_at
from flipchart.renderers.vega_units import EDGE, End, Made, Unit


@dataclass
class Draft:
    """A panel before its scales are laid."""

    title: str
    groups: dict[str, str]
    """Which scale each axis shares."""
    row: int = 0
    column: int = 0
    units: list[Unit] = field(default_factory=list)


def laid(drafts: list[Draft], wrapped: bool, left_out: list[str], signals: Record, config: Record) -> Layered:
    """The panels with their axes, layers and keys; raises SpecProblem where there is nothing to draw."""
    drafts = [draft for draft in drafts if any(made.ends or made.texts for one in draft.units for made in one.made)]
    if not drafts:
        raise SpecProblem("this Vega-Lite spec has no rows that can be drawn; put them in data.values")
    if wrapped:  # panels that only follow each other leave no gap where one has nothing to draw
        columns = max(draft.column for draft in drafts) + 1
        for at, draft in enumerate(drafts):
            draft.row, draft.column = divmod(at, columns)
    scales = {(name, draft.groups[name]): _Scale(name) for draft in drafts for name in ("x", "y")}
    for draft in drafts:
        for name in ("x", "y"):
            scale = scales[name, draft.groups[name]]
            for one in draft.units:
                scale.take(one)
    axes = {key: _worded(scale.axis(left_out), scale.channel, left_out) for key, scale in scales.items()}
    for key, axis in axes.items():
        scales[key].ends = (axis.low, axis.high)
    units = [one for draft in drafts for one in draft.units]
    colours = Colours(units, signals, config)
    sizes = measure(units, "size", left_out, signals, config)
    panels = tuple(
        Panel(title=draft.title, row=draft.row, column=draft.column, x=axes["x", draft.groups["x"]], y=axes["y", draft.groups["y"]])
        for draft in drafts
    )
    layers = []
    for at, draft in enumerate(drafts):
        x, y = scales["x", draft.groups["x"]], scales["y", draft.groups["y"]]
        for one in draft.units:
            layers += [_layer(made, at, x, y, colours.place(made.colour), one) for made in one.made]
    shade = measure(units, "color", left_out, signals, config)
    return Layered(
        panels=panels, layers=tuple(layers), keys=tuple(Key(name=name) for name in colours.names), paints=tuple(colours.paints),
        key_title=colours.title, ordered=colours.ordered,
        unkeyed=colours.unkeyed, shade=shade, size=sizes, wrapped=wrapped,
    )  # fmt: skip


def _layer(made: Made, panel: int, x: "_Scale", y: "_Scale", colour: int, one: Unit) -> Layer:
    ends = {name: (x if name.startswith("x") else y).places(held) for name, held in made.ends.items()}
    looks: dict[str, Any] = ends | made.looks
    if colour == QUIET and "strong" not in looks:
        looks["strong"] = darkness(made.colour[1])
    return Layer(
        mark=cast(LayerMark, made.mark), panel=panel, colour=colour, shade=tuple(made.shade),
        size=tuple(made.size), texts=tuple(made.texts), tips=tuple(made.tips), **looks,
    )  # fmt: skip


# Axes


def _worded(axis: Axis, given: Channel | None, left_out: list[str]) -> Axis:
    """The axis with the ticks and the words that the spec tells."""
    told = mapping(given.axis) if given is not None else {}
    if given is None or not told:
        return axis
    changes: dict[str, Any] = {"grid": told.get("grid") is not False}
    if isinstance(told.get("values"), list) and axis.scale != "names":
        moments = [moment(one) for one in told["values"]] if axis.scale == "time" else []
        found = [days_of(at) for at in moments if at] if axis.scale == "time" else [figure(one) for one in told["values"]]
        changes["at"] = tuple(sorted(one for one in found if one is not None))
    if given.format and axis.scale != "names" and not axis.unit and not axis.plain:
        changes["shape"] = given.format
    if given.written:
        try:
            formula(given.written)({"value": 0.0, "label": "0"})
            changes["written"] = given.written
        except SpecProblem:
            left_out.append(f"encoding.{given.name}.axis.labelExpr ({' '.join(given.written.split())[:40]})")
    return axis.model_copy(update=changes)


class _Scale:
    """One axis' scale, shared by all that is drawn on it."""

    def __init__(self, name: str) -> None:
        self.name, self.kind = name, ""
        self.channel: Channel | None = None
        self.keys: dict[Any, Any] = {}
        self.sorts: list[tuple[Unit, Channel]] = []
        self.low, self.high = math.inf, -math.inf
        self.baseline = self.share = self.binned = False
        self.titles: list[str] = []
        self.hidden: list[bool] = []
        self.order: list[Any] = []
        self.factor = 1.0
        self.finest: list[float] = []
        self.ends = (0.0, 1.0)
        """What the axis covers, once it is laid."""

    def take(self, one: Unit) -> None:
        """Add what a unit draws along it."""
        given = one.every.get(self.name)
        if given is None:
            return
        kind = self._kind(given)
        self.kind = self.kind or kind
        if self.kind != kind:
            if {self.kind, kind} <= {"linear", "log", "sqrt", "symlog"}:
                kind = self.kind
            else:
                raise SpecProblem(
                    f"Vega-Lite's layers with two kinds of {self.name} ({self.kind} and {kind}) are not drawn; give both one type"
                )
        if self.channel is None or (not self.channel.scale and given.scale) or (self.channel.datum is not None and given.datum is None):
            self.channel = given
        if given.axis is not None and not (isinstance(given.axis, Mapping) and given.axis.get("labels") is False):
            self.hidden.append(False)
        else:
            self.hidden.append(True)
        if given.datum is None and (title := given.titled()) not in self.titles:
            self.titles.append(title)
        self.baseline |= one.baseline.get(self.name, False)
        self.share |= given.stack == "normalize"
        self.binned |= bool(given.bin)
        if given.datum is None:
            self.sorts.append((one, given))
        for made in one.made:
            for name in (self.name, f"{self.name}2"):
                for end in made.ends.get(name, ()):
                    if isinstance(end, tuple) and end[0] == EDGE:
                        continue
                    if isinstance(end, tuple):
                        self.keys.setdefault(end[0], None)
                    elif end is not None:
                        self.low, self.high = min(self.low, end), max(self.high, end)
        if given.kind == "temporal" and given.unit and self.kind == "time":
            self.finest.append({"year": 366.0, "quarter": 91.0, "month": 30.0}.get(unit(given.unit).parts[-1], 1.0))

    @staticmethod
    def _kind(given: Channel) -> str:
        if given.discrete or (given.kind == "temporal" and given.unit and not unit(given.unit).runs):
            return "names"
        if given.kind == "temporal":
            return "time"
        kind = str(mapping(given.scale).get("type") or "linear")
        if kind not in PLOTTED:
            raise SpecProblem(f"Vega-Lite's encoding.{given.name}.scale.type `{kind}` is not drawn; use linear, log, sqrt, symlog or time")
        if kind == "pow":
            exponent = figure(mapping(given.scale).get("exponent")) or 1.0
            kind = "sqrt" if 0 < exponent < 1 else "linear"
            if exponent > 1:
                raise SpecProblem(f"Vega-Lite's encoding.{given.name}.scale.exponent above 1 is not drawn; use a linear scale")
        return kind if kind in {"log", "sqrt", "symlog"} else "linear"

    def _ordered(self) -> list[Any]:
        """The names in the order the spec gives them."""
        one, given = next(((u, c) for u, c in self.sorts if c.sort != "ascending"), self.sorts[0] if self.sorts else (None, self.channel))
        domain = mapping(given.scale).get("domain") if given is not None else None
        keys = list(self.keys)
        if isinstance(domain, list) and domain:
            known = {called(key): key for key in keys}
            rest = [key for key in keys if called(key) not in {called(one) for one in domain}]
            return [known.get(called(name), called(name)) for name in domain] + sorted(rest, key=sort_key)
        if one is None or given is None:
            return keys
        if given.sort is None:
            seen = {hashed(value_at(row, given.field)): at for at, row in enumerate(reversed(one.rows))}
            return sorted(keys, key=lambda key: -seen.get(key, -1))
        if given.bin and given.sort == "ascending" and all(isinstance(key, Stretch) for key in keys):
            return sorted(keys, key=sort_key)
        return sorted_keys(given, keys, one.rows, dict(one.every.items()) | _raw(one))

    def axis(self, left_out: list[str]) -> Axis:
        """The axis as it is drawn; afterwards `places` knows where things lie."""
        given = self.channel
        if given is None:
            return Axis(scale="names", names=("",), low=0.0, high=1.0, hidden=True)
        title = next((one for one in self.titles if one), "")
        told = mapping(given.scale)
        hidden = all(self.hidden)
        shape = given.format or ""
        if self.kind == "names":
            self.order = self._ordered()
            down = bool(told.get("reverse"))
            self.order = self.order[::-1] if down else self.order
            names = tuple(self._written(key, shape) for key in self.order)
            ordered = given.kind != "nominal" or bool(given.unit)
            if hidden:
                title = ""
            beside = max((_beside(one, f"{self.name}Offset") for one, _ in self.sorts), default=1)
            return Axis(
                scale="names",
                names=names,
                parts=beside,
                low=0.0,
                high=float(max(1, len(names))),
                title=title,
                ordered=ordered,
                hidden=hidden,
            )
        unit_, factor = unit_of(shape)
        if self.share:
            unit_, factor = "%", 100.0
        self.factor = factor if self.kind != "time" else 1.0
        low, high, fixed = self._domain(told, left_out)
        if not low <= high or not math.isfinite(low) or not math.isfinite(high):
            low, high = (0.0, 1.0) if self.kind != "time" else (719163.0, 719528.0)
        turned = bool(told.get("reverse")) or (given.sort == "descending" and self.kind != "names")
        if self.kind == "time":
            if low == high:
                low, high = low - 0.5, high + 0.5
            return Axis(
                scale="time",
                low=low,
                high=high,
                fixed=True,
                grain=self._grain(low, high),
                title=_dateless(title, given),
                turned=turned,
                hidden=hidden,
            )
        scale = cast(Any, self.kind)
        return Axis(
            scale=scale,
            low=low * self.factor,
            high=high * self.factor,
            fixed=fixed,
            title=title,
            unit=unit_,
            plain=shape in {"d", "f", ".0f", "c"},
            turned=turned,
            hidden=hidden,
        )

    def _written(self, key: Any, shape: str) -> str:
        if isinstance(key, Stretch) and shape and isinstance(key.order, datetime):
            return timed(key.order, shape)
        if isinstance(key, Stretch):
            return key.words
        return called(key)

    def _grain(self, low: float, high: float) -> Grain:
        """How finely dates are written."""
        if self.finest:
            return "year" if min(self.finest) > 300 else "month" if min(self.finest) > 20 else "day" if high - low > 2 else "minute"
        return "day" if high - low > 3 else "minute"

    def _domain(self, told: Record, left_out: list[str]) -> tuple[float, float, bool]:
        """What the axis covers: what is drawn, with zero where bars stand on it, or what the spec sets."""
        low, high = self.low, self.high
        given = told.get("domain")
        fixed = False
        ends = [self._end(one) for one in given] if isinstance(given, list) and len(given) == 2 else [None, None]
        ends = [self._end(told[key]) if key in told else end for key, end in zip(("domainMin", "domainMax"), ends, strict=True)]
        if given is not None and ends == [None, None] and given != "unaggregated":
            left_out.append(f"encoding.{self.name}.scale.domain")
        if self.kind == "log":
            low = low if low > 0 else min(1.0, high) if high > 0 else 1.0
        elif self.kind != "time":
            if (
                told.get("zero") is True
                or self.baseline
                or (told.get("zero") is None and not self.binned and None in ends and from_zero(low, high))
            ):
                low, high = min(low, 0.0), max(high, 0.0)
            if self.baseline and told.get("zero") is False:
                left_out.append(f"encoding.{self.name}.scale.zero (bars begin at zero)")
            if low == high:
                low, high = (low - abs(low) * 0.1, high + abs(high) * 0.1) if high else (0.0, 1.0)
            if self.share:
                low, high = min(low, 0.0), max(high, 1.0)
        if ends[0] is not None or ends[1] is not None:
            fixed = True
            low, high = (low if ends[0] is None else ends[0]), (high if ends[1] is None else ends[1])
            if self.baseline and low > 0:
                left_out.append(f"encoding.{self.name}.scale.domain (bars begin at zero)")
                low = 0.0
            if low > high:
                low, high = high, low
        return low, high, fixed or told.get("nice") is False or self.share or (self.binned and self.kind == "linear")

    def _end(self, value: Any) -> float | None:
        if self.kind == "time":
            at = moment(value)
            return None if at is None else float(at.toordinal() + (at - datetime(at.year, at.month, at.day)) / timedelta(days=1))
        return figure(value)

    def places(self, ends: Sequence[End]) -> tuple[float | None, ...]:
        """Where ends lie on the axis."""
        where = {key: float(at) for at, key in enumerate(self.order)}
        out: list[float | None] = []
        for end in ends:
            if isinstance(end, tuple) and end[0] == EDGE:
                share = 1 - end[1] if self.name == "y" and self.kind in {"names", ""} else end[1]
                out.append(self.ends[0] + (self.ends[1] - self.ends[0]) * share)
            elif isinstance(end, tuple):
                place = where.get(end[0])
                out.append(None if place is None else place + end[1])
            else:
                out.append(None if end is None else end * self.factor)
        return tuple(out)


def _beside(one: Unit, name: str) -> int:
    """How many marks lie beside each other in a band."""
    offset = one.every.get(name)
    if offset is None or not offset.discrete:
        return 1 if offset is None else 3
    return min(12, max(1, len({called(value_at(row, offset.field)) for row in one.rows})))


def _raw(one: Unit) -> dict[str, Channel]:
    """The channels by which names are sorted, as they were before they were aggregated."""
    out = {}
    for name, channel in one.every.items():
        if channel.aggregate and isinstance(channel.aggregate, str) and channel.field.startswith("\0"):
            bare = channel.field.split(" ", 2)[2]
            out[name] = replace(channel, field=bare)
    return out


def _dateless(title: str, given: Channel) -> str:
    """The title of a time axis, which speaks for itself unless the spec names it."""
    return title if title.casefold() not in {"date", "time", "year", "month", "day", "datetime", "timestamp"} else ""
