"""Scales of a Vega-Lite spec's panels: what each axis covers, what each colour stands for; the marks laid on them."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

from flipchart.renderers.axis import moment_at
from flipchart.renderers.layered import BAD, GOOD, INK, QUIET, Axis, Key, Layer, Layered, LayerMark, Measure, Panel
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.times import Grain
from flipchart.renderers.vega_channels import PLOTTED, Channel, sorted_keys, unit_of
from flipchart.renderers.vega_format import timed
from flipchart.renderers.vega_looks import Token
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


def laid(drafts: list[Draft], wrapped: bool, left_out: list[str]) -> Layered:
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
    axes = {key: scale.axis(left_out) for key, scale in scales.items()}
    for key, axis in axes.items():
        scales[key].ends = (axis.low, axis.high)
    colours = _Colours(drafts, left_out)
    sizes = _measure(drafts, "size", left_out)
    panels = tuple(
        Panel(title=draft.title, row=draft.row, column=draft.column, x=axes["x", draft.groups["x"]], y=axes["y", draft.groups["y"]])
        for draft in drafts
    )
    layers = []
    for at, draft in enumerate(drafts):
        x, y = scales["x", draft.groups["x"]], scales["y", draft.groups["y"]]
        for one in draft.units:
            layers += [_layer(made, at, x, y, colours.place(made.colour), one) for made in one.made]
    shade = _measure(drafts, "color", left_out)
    return Layered(
        panels=panels, layers=tuple(layers), keys=tuple(Key(name=name) for name in colours.names),
        key_title=colours.title, ordered=colours.ordered,
        unkeyed=colours.unkeyed, shade=shade, size=sizes, wrapped=wrapped,
    )  # fmt: skip


def _layer(made: Made, panel: int, x: "_Scale", y: "_Scale", colour: int, one: Unit) -> Layer:
    ends = {name: (x if name.startswith("x") else y).places(held) for name, held in made.ends.items()}
    looks: dict[str, Any] = ends | made.looks
    if colour == QUIET and "strong" not in looks:
        looks["strong"] = _darkness(made.colour[1])
    return Layer(
        mark=cast(LayerMark, made.mark), panel=panel, colour=colour, shade=tuple(made.shade),
        size=tuple(made.size), texts=tuple(made.texts), tips=tuple(made.tips), **looks,
    )  # fmt: skip


# Axes


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
                or (told.get("zero") is None and not self.binned and None in ends and 0 < low < 0.35 * high)
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


# Colours


class _Colours:
    """Which place among the colours each key and each plain colour has."""

    def __init__(self, drafts: Sequence[Draft], left_out: list[str]) -> None:
        found: dict[str, list[str]] = {}
        channels: dict[str, tuple[Unit, Channel]] = {}
        plain: list[str] = []
        every = [(one, made) for draft in drafts for one in draft.units for made in one.made]
        for one, made in every:
            if made.colour[0] == "key":
                found.setdefault(made.colour[1], [])
                if made.colour[2] not in found[made.colour[1]]:
                    found[made.colour[1]].append(made.colour[2])
                if (given := one.every.get("color")) is not None:
                    channels.setdefault(made.colour[1], (one, given))
            elif made.colour[0] == "plain" and made.colour[1] not in plain:
                plain.append(made.colour[1])
        self.tokens: dict[Token, int] = {}
        self.names: list[str] = []
        for title, names in found.items():
            for name in self._sorted(title, names, channels):
                self.tokens["key", title, name] = len(self.names)
                self.names.append(name)
        told = [channel for _, channel in channels.values()]
        self.ordered = (
            len(found) == 1
            and bool(told)
            and (told[0].kind == "ordinal" or bool(told[0].bin))
            and len(self.names) > 2
            and not _named(told[0])
        )
        self.unkeyed = bool(told) and all(not _legend(held) for held in channels.values())
        titles = [title for title in found if title and _legend(channels.get(title))]
        self.title = titles[0] if len(found) == 1 and titles else ""
        ranks = {colour: _shade_of(colour) or _hue_of(colour) for colour in plain}
        if not {GOOD, BAD} <= set(ranks.values()):  # a green or a red alone means nothing
            ranks = {colour: 0 if rank in {GOOD, BAD} else rank for colour, rank in ranks.items()}
        colourful = [colour for colour in plain if ranks[colour] == 0]
        for colour in plain:
            rank = ranks[colour]
            if rank:
                self.tokens["plain", colour] = rank
            else:
                self.tokens["plain", colour] = len(self.names) + colourful.index(colour) if self.names or len(colourful) > 1 else 0

    @staticmethod
    def _sorted(title: str, names: list[str], channels: Mapping[str, tuple[Unit, Channel]]) -> list[str]:
        if title not in channels:
            return names
        one, given = channels[title]
        domain = mapping(given.scale).get("domain")
        if isinstance(domain, list) and domain and not given.bin:
            listed_ = [called(each) for each in domain]
            return sorted(names, key=lambda name: listed_.index(name) if name in listed_ else len(listed_))
        values: dict[str, Any] = {}
        for row in one.rows:
            values.setdefault(called(value_at(row, given.field)), value_at(row, given.field))
        keys = sorted_keys(given, [values.get(name, name) for name in names], one.rows, dict(one.every))
        return [called(key) for key in keys]

    def place(self, token: Token) -> int:
        """The place of a colour."""
        return self.tokens.get(token, 0)


def _named(given: Channel) -> bool:
    """True where the spec gives names their own colours."""
    return isinstance(mapping(given.scale).get("range"), list)


def _legend(held: tuple[Unit, Channel] | None) -> bool:
    return held is None or held[1].axis is not None


def _shade_of(colour: str) -> int:
    """Ink, quiet grey, or 0 for a colour."""
    bare = colour.strip().lower()
    if bare in {"black", "#000", "#000000", "#222", "#333", "#111"}:
        return INK
    if bare in {
        "gray",
        "grey",
        "lightgray",
        "lightgrey",
        "darkgray",
        "darkgrey",
        "silver",
        "white",
        "gainsboro",
        "whitesmoke",
        "dimgray",
        "transparent",
    }:
        return QUIET
    if bare.startswith("#") and len(bare) in {4, 7}:
        try:
            parts = [int(bare[i] * 2, 16) for i in (1, 2, 3)] if len(bare) == 4 else [int(bare[i : i + 2], 16) for i in (1, 3, 5)]
        except ValueError:
            return 0
        return QUIET if max(parts) - min(parts) < 12 else 0
    return 0


def _hue_of(colour: str) -> int:
    """The theme's green or red for a green or a red, else 0."""
    bare = colour.strip().lower()
    if bare in {"green", "red", "darkgreen", "darkred", "firebrick", "crimson", "forestgreen", "seagreen"}:
        return GOOD if "green" in bare else BAD
    if re.fullmatch(r"#[0-9a-f]{6}", bare):
        red, green, blue = (int(bare[i : i + 2], 16) for i in (1, 3, 5))
        if green > 1.25 * red and green > 1.1 * blue:
            return GOOD
        return BAD if red > 1.6 * green and red > 1.5 * blue else 0
    return 0


def _darkness(colour: str) -> float:
    """How strong a grey is: 1 for a middle one, less for a light one."""
    bare = colour.strip().lower()
    if bare.startswith("#"):
        level = int(bare[1] * 2 if len(bare) == 4 else bare[1:3], 16)
    else:
        level = {
            "lightgray": 211,
            "lightgrey": 211,
            "silver": 192,
            "white": 250,
            "gainsboro": 220,
            "whitesmoke": 245,
            "transparent": 245,
        }.get(bare, 128)
    return min(1.0, max(0.15, (255 - level) / 127))


def _measure(drafts: Sequence[Draft], name: str, left_out: list[str]) -> Measure | None:
    """What a shade or a size stands for, over all panels."""
    found: list[tuple[Channel, list[float]]] = []
    for draft in drafts:
        for one in draft.units:
            values = [v for made in one.made for v in (made.shade if name == "color" else made.size) if v is not None]
            if values and (given := one.every.get(name)) is not None:
                found.append((given, values))
    if not found:
        return None
    titles = list(dict.fromkeys(given.titled() for given, _ in found))
    if len(titles) > 1 and name == "color":
        raise SpecProblem(
            f"Vega-Lite's colours by several amounts ({', '.join(titles)[:60]}) in one picture are not drawn; give one spec for each"
        )
    given = found[0][0]
    told = mapping(given.scale)
    values = [v for _, own in found for v in own]
    low, high = min(values), max(values)
    domain = told.get("domain")
    if isinstance(domain, list) and len(domain) >= 2 and all(figure(one) is not None for one in domain):
        low, high = figure(domain[0]) or 0.0, figure(domain[-1]) or 0.0
    middle = figure(told.get("domainMid"))
    scheme = told.get("scheme")
    scheme = str(mapping(scheme).get("name") if isinstance(scheme, Mapping) else scheme or "").lower()
    if middle is None and low < 0 < high and (scheme in _DIVERGING or name == "color"):
        middle = 0.0
    if told.get("type") in {"quantize", "quantile", "threshold", "bin-ordinal"}:
        left_out.append(f"encoding.{name}.scale.type {told['type']} (shaded evenly)")
    elif told.get("type") in {"log", "sqrt", "pow", "symlog"}:
        left_out.append(f"encoding.{name}.scale.type {told['type']}")
    unit_, factor = unit_of(given.format)
    time = given.kind == "temporal"
    if time:
        moment_at(low)
    title = "" if name == "color" and given.axis is None else given.titled()
    return Measure(title=title, low=min(low, high), high=max(low, high), unit=unit_ if factor == 1.0 else "", middle=middle, time=time)


_DIVERGING = {
    "blueorange",
    "brownbluegreen",
    "purplegreen",
    "pinkyellowgreen",
    "purpleorange",
    "redblue",
    "redgrey",
    "redyellowblue",
    "redyellowgreen",
    "spectral",
}
