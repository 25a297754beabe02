"""One view of a Vega-Lite spec as marks at places: aggregated, stacked and offset as Vega-Lite does, before any scale is laid."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_channels import COLOURS, Channel, channel, channels, prepared
from flipchart.renderers.vega_expression import constant
from flipchart.renderers.vega_looks import Looks, Token, days_of
from flipchart.renderers.vega_rows import (
    Key,
    Record,
    aggregated,
    called,
    figure,
    hashed,
    listed,
    mapping,
    moment,
    sort_key,
    unit,
    value_at,
)
from flipchart.renderers.vega_transforms import grouped, imputed, predicate, stack

DRAWN = {"bar", "line", "area", "point", "circle", "square", "tick", "rule", "rect", "text", "trail"}
COMPOSITE = {"boxplot", "errorbar", "errorband"}
MOST_MARKS = 40_000
EDGE = "\0edge"
"""Stands in place of a name where a place is a share of the panel."""
PAD = 0.1  # of a band, left free on each side of a bar
_POSITIONS = {"x", "y", "x2", "y2", "xOffset", "yOffset"}
_LOOKS = {*COLOURS, "size", "shape", "opacity", "fillOpacity", "strokeOpacity", "strokeWidth", "strokeDash", "angle"}
_OTHER = {
    "detail",
    "order",
    "tooltip",
    "text",
    "key",
    "href",
    "url",
    "description",
    "xError",
    "xError2",
    "yError",
    "yError2",
    "row",
    "column",
    "facet",
}
_MAPS = {"longitude", "latitude", "longitude2", "latitude2"}

End = float | tuple[Any, float] | None
"""Where a mark ends along one axis: a figure, a place in a name's band, or nowhere."""


@dataclass
class Made:
    """Marks of one kind and colour on one panel, with their ends in data."""

    mark: str
    colour: Token
    ends: dict[str, list[End]] = field(default_factory=dict)
    shade: list[float | None] = field(default_factory=list)
    size: list[float | None] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    tips: list[str] = field(default_factory=list)
    looks: dict[str, Any] = field(default_factory=dict)


@dataclass
class Unit:
    """What one view draws, and the channels it draws by."""

    mark: str
    every: dict[str, Channel]
    rows: list[Record]
    """Its rows before they were aggregated, for sorting."""
    made: list[Made]
    baseline: dict[str, bool] = field(default_factory=dict)
    """Axes that a bar or an area stands on."""


def mark_of(view: Record) -> str:
    """The name of a view's mark."""
    mark = view.get("mark")
    return str(mark.get("type", "")) if isinstance(mark, Mapping) else str(mark or "")


def units(view: Record, rows: list[Record], encoding: Record, signals: Record, left_out: list[str]) -> list[Unit]:
    """What a view draws, one unit for each kind of mark; raises SpecProblem, naming it, for what is not drawn."""
    mark, told = mark_of(view), mapping(view.get("mark")) if isinstance(view.get("mark"), Mapping) else {}
    if mark in COMPOSITE:
        from flipchart.renderers.vega_composite import composed

        return [
            one for part, own, inner in composed(mark, told, rows, encoding, signals) for one in units(part, own, inner, signals, left_out)
        ]
    if mark == "geoshape" or _MAPS & set(encoding):
        raise SpecProblem("Vega-Lite's maps (geoshape, longitude, latitude) are not drawn; give a bar chart of the places")
    if mark == "arc":
        raise SpecProblem(
            "Vega-Lite's arcs are drawn in a view of their own only, with theta and color; take them out of layers and facets"
        )
    if mark not in DRAWN:
        raise SpecProblem(f"Vega-Lite's mark `{mark or 'none'}` is not drawn; use one of {', '.join(sorted(DRAWN | COMPOSITE | {'arc'}))}")
    for name in encoding:
        if name not in _POSITIONS | _LOOKS | _OTHER:
            raise SpecProblem(f"Vega-Lite's encoding `{str(name)[:30]}` is not drawn with {mark}; leave it out")
    out = [_Maker(mark, told, rows, encoding, signals, left_out).unit()]
    for over, wanted in (("point", {"line", "area"}), ("line", {"area"})):
        given = told.get(over)
        if mark in wanted and given and given != "transparent":
            overlay = {"type": over, **mapping(given)}
            out += [_Maker(over, overlay, rows, encoding, signals, left_out, stacked=mark == "area").unit()]
    return out


class _Maker(Looks):
    """One mark of a view on its way to places."""

    def __init__(
        self, mark: str, told: Record, rows: list[Record], encoding: Record, signals: Record, left_out: list[str], *, stacked: bool = False
    ) -> None:
        self.mark, self.told, self.signals, self.left_out = mark, told, signals, left_out
        self.shows = told.get("invalid", "filter") in {None, "show"}
        """True where what has no figure is drawn at zero."""
        asked = any(str(mapping(encoding.get(name)).get("stack")) in {"True", "zero", "normalize", "center"} for name in ("x", "y"))
        self.stacked = mark in {"bar", "area"} or stacked or (asked and mark not in {"rule", "rect"})
        self.conditions: dict[str, list[tuple[Callable[[Record], bool], Any]]] = {}
        self.values: dict[str, Any] = {}
        self.encoding = {
            name: self._effective(name, given)
            for name, given in encoding.items()
            if given is not None and name not in {"row", "column", "facet"}
        }
        self.raw = [dict(row) for row in rows]
        self.every = {name: prepared(self.raw, one) for name, one in channels(self.encoding, signals).items()}
        for name, given in [(name, mapping(given)) for name, held in self.conditions.items() for _, given in held]:
            if given.get("field"):  # what a condition may show tells lines and groups apart, also where it does not hold
                parted: Record = {key: given[key] for key in ("field", "type", "timeUnit", "bin") if key in given}
                self.every.setdefault(f"detail\0{name}", prepared(self.raw, channel("detail", parted, signals)))
        for name in ("fill", "stroke"):
            if name in self.every and "color" not in self.every:
                self.every["color"] = self.every.pop(name)
        self._substitutes()
        self.rows = self._aggregated()
        self.x, self.y = self.every.get("x"), self.every.get("y")
        self.turned = self._turned()

    # Channels

    def _effective(self, name: str, given: Any) -> Any:
        """A channel without its conditions: what holds while nobody has chosen anything; tests of the rows are kept aside."""
        told = mapping(given)
        for one in listed(told.get("condition")):
            condition = mapping(one)
            if "param" in condition or "selection" in condition:
                self.left_out.append("interaction")
                chosen = self.signals.get(f"\0{condition.get('param')}")
                if chosen is None:
                    if condition.get("empty", True) is not False:
                        rest = {key: value for key, value in condition.items() if key not in {"param", "selection", "empty"}}
                        told = {key: value for key, value in told.items() if key in {"scale", "legend", "title"}} | rest
                    continue
                self.conditions.setdefault(name, []).append((chosen, condition))
            elif "test" in condition and _asks(condition["test"]):
                self.left_out.append("interaction")
                if predicate(condition["test"], self.signals)({}):
                    rest = {key: value for key, value in condition.items() if key != "test"}
                    told = {key: value for key, value in told.items() if key in {"scale", "legend", "title"}} | rest
            elif "test" in condition:
                self.conditions.setdefault(name, []).append((predicate(condition["test"], self.signals), condition))
        told.pop("condition", None)
        if "value" in told:
            self.values[name] = constant(told["value"], self.signals)
        return given if isinstance(given, list) else told

    def _substitutes(self) -> None:
        """Looks that are drawn as colour where no colour is set; others are left out and said."""
        for name in ("shape", "strokeDash", "opacity", "fillOpacity", "strokeOpacity", "strokeWidth", "angle"):
            one = self.every.get(name)
            if one is None:
                continue
            colour = self.every.get("color")
            if colour is None:
                self.every["color"] = replace(one, name="color")
            elif colour.field != one.field or colour.aggregate != one.aggregate:
                if name != "strokeDash":
                    self.left_out.append(f"encoding.{name}")
                continue
            if name != "strokeDash":
                del self.every[name]

    def _aggregated(self) -> list[Record]:
        """The rows as they are drawn: grouped by every field that is not aggregated."""
        summed = {name: one for name, one in self.every.items() if one.aggregate}
        if not summed:
            return self.raw
        by = list(dict.fromkeys(one.field for one in self.every.values() if not one.aggregate and one.field))
        for name, one in summed.items():
            self.every[name] = replace(one, field=f"\0{one.name} {one.aggregate} {one.field}", title=one.titled() or None)
        out = []
        for own in grouped(self.raw, by).values():
            row: Record = {name: value_at(own[0], name) for name in by}
            for one in summed.values():
                row[f"\0{one.name} {one.aggregate} {one.field}"] = _summed(one, own)
            out.append(row)
        return out

    def _turned(self) -> bool:
        """True where figures run along x: bars lie, lines and areas run downwards."""
        given = self.told.get("orient")
        if given in {"horizontal", "vertical"} and self.mark in {"bar", "line", "area", "trail", "rule", "tick"}:
            return bool(given == "horizontal") != (self.mark == "tick")
        x, y = self.x, self.y
        if "x2" in self.every and "y2" not in self.every:
            return True if y is None or not (x and x.bin) else y.measure and not y.bin and False
        if "y2" in self.every and "x2" not in self.every:
            return False
        if x is None or y is None:
            return x is not None and _runs(x)
        if _runs(x) and _runs(y):
            if x.kind == "temporal" or y.kind == "temporal":
                return y.kind == "temporal" and x.kind != "temporal"
            if bool(x.aggregate) != bool(y.aggregate):
                return bool(x.aggregate)
            if (x.stack not in {"unset", None, False}) != (y.stack not in {"unset", None, False}):
                return x.stack not in {"unset", None, False}
            return False
        return _runs(x) and not _runs(y)

    # Places

    def unit(self) -> Unit:
        """All marks of the view, by colour."""
        if len(self.rows) > MOST_MARKS:
            raise SpecProblem(f"Vega-Lite: this draws {len(self.rows):,} marks; at most {MOST_MARKS:,} are; aggregate or sample the rows")
        if self.mark in {"line", "area", "trail"}:
            return self._lines()
        pairs = self._stacked()
        stands = self.mark == "bar" and self._measured() and f"{self._measured()}2" not in self.every
        baseline = {self._measured(): True} if stands else {}
        made: dict[Token, Made] = {}
        looks = self._looks()
        if looks.get("strong") == 0:
            return Unit(self.mark, self.every, self.raw, [], baseline)
        for row, ends in pairs:
            if any(ends[name] is None for name in ends if not name.endswith("2")):
                continue
            token, shade = self._colour(row)
            if token is None or (token == ("shade",) and shade is None and not self.shows):
                continue
            size = self._size(row)
            if "size" in self.every and size is None:
                if not self.shows:
                    continue
                size = 0.0
            one = made.setdefault(token, Made(_MARKS.get(self.mark, self.mark), token, {name: [] for name in ends}, looks=looks))
            for name, end in ends.items():
                one.ends[name].append(end)
            if token == ("shade",):
                one.shade.append(shade)
            if "size" in self.every:
                one.size.append(size)
            if self.mark == "text":
                one.texts.append(self._text(row))
            if "tooltip" in self.every:
                one.tips.append(self._tip(row))
        return Unit(self.mark, self.every, self.raw, list(made.values()), baseline)

    def _measured(self) -> str:
        """The axis that figures run along, where the mark stands on one."""
        one = self.x if self.turned else self.y
        return ("x" if self.turned else "y") if one is not None and _runs(one) else ""

    def _stacked(self) -> list[tuple[Record, dict[str, End]]]:
        """Each row with the ends of its mark; bars that share a place stand on each other."""
        name = self._measured() if self.stacked else ""
        measure = self.every.get(name)
        other = self.y if name == "x" else self.x
        held: dict[int, tuple[float, float]] = {}
        if measure is not None and self._stacks(measure, name):
            by = [one.field for key, one in self.every.items() if one.field and key in {"y" if name == "x" else "x", "xOffset", "yOffset"}]
            low, high = "\0low", "\0high"
            if not (other is None and not by) or len(self.rows) > 1:
                groups = grouped(self.rows, by).values()
                for own in groups:
                    own.sort(key=self._order(lying=name == "x"))
                offset = {"normalize": "normalize", "center": "center"}.get(str(measure.stack), "zero")
                stack(groups, measure.field, low, high, offset)
                held = {id(row): (row[low], row[high]) for row in self.rows if figure(value_at(row, measure.field)) is not None}
        return [(row, self._ends(row, held.get(id(row)), name)) for row in self.rows]

    def _stacks(self, measure: Channel, name: str) -> bool:
        scale = mapping(measure.scale).get("type")
        if (
            measure.stack in {None, False}
            or measure.datum is not None
            or f"{name}2" in self.every
            or measure.kind != "quantitative"
            or measure.bin
        ):
            return False
        if scale not in {None, "linear"} and measure.stack == "unset":
            return False
        by = [
            one
            for key, one in self.every.items()
            if key.split("\0")[0] in {"color", "detail", "opacity", "size", "order", "strokeDash", "shape"}
        ]
        return bool(by) or not measure.aggregate or measure.stack not in {"unset"}

    def _order(self, *, lying: bool = False) -> Callable[[Record], Any]:
        """The order that marks on one place stack in: by `order`, else the first name of a colour on top, or at the left."""
        order = [one for key, one in self.every.items() if key.split("\0")[0] == "order"]
        if order:
            return lambda row: tuple(_reversed(sort_key(value_at(row, one.field)), one.sort == "descending") for one in order)
        by = [one for key, one in self.every.items() if key.split("\0")[0] in {"color", "detail", "opacity", "size"}]

        def key(row: Record) -> Any:
            out = []
            for one in by:
                value = value_at(row, one.field)
                if isinstance(one.sort, list):
                    names = [called(each) for each in one.sort]
                    place = names.index(called(value)) if called(value) in names else len(names)
                    out.append(_reversed((0, float(place)), not lying))
                else:
                    out.append(_reversed(sort_key(value), (one.sort != "descending") != lying))
            return tuple(out)

        return key

    def _ends(self, row: Record, stacked: tuple[float, float] | None, measured: str) -> dict[str, End]:
        """Where the mark of a row begins and ends on each axis."""
        out: dict[str, End] = {}
        for name in ("x", "y"):
            one, second = self.every.get(name), self.every.get(f"{name}2")
            if one is None:
                out |= self._fixed(name, second, row)
                continue
            if stacked is not None and name == measured:
                out[name], out[f"{name}2"] = stacked
                if self.mark not in {"bar", "rect", "rule"}:
                    out[name] = stacked[0] + (stacked[1] - stacked[0]) * (1.0 if one.place is None else one.place)
                    del out[f"{name}2"]
                continue
            out |= self._along(name, one, second, row)
        return out

    def _fixed(self, name: str, second: Channel | None, row: Record) -> dict[str, End]:
        """Places that the spec gives in px, as a share of the panel."""
        out: dict[str, End] = {}
        for key in (name, f"{name}2"):
            value = self.values.get(key, constant(self.told.get(key), self.signals))
            share = {"width": 1.0, "height": 0.0}.get(value) if isinstance(value, str) else figure(value)
            if share is None:
                continue
            if not isinstance(value, str):
                share /= self.signals.get("width" if name == "x" else "height") or 300.0
                share = share if name == "x" else 1.0 - share
            out[key] = (EDGE, min(1.0, max(0.0, share)))
        return out if name in out else {}

    def _along(self, name: str, one: Channel, second: Channel | None, row: Record) -> dict[str, End]:
        low, high = self._span(one, row)
        if second is not None and second.field != "" and self.mark not in {"point", "circle", "square", "text"}:
            return {name: low, f"{name}2": self._span(replace(second, kind=one.kind, unit=one.unit), row)[0]}
        if second is not None and second.datum is not None:
            return {name: low, f"{name}2": self._span(replace(second, kind=one.kind), row)[0]}
        offset = self.every.get(f"{name}Offset")
        if one.discrete or isinstance(low, tuple):
            return self._banded(name, low, offset, row)
        ranged = low != high
        if offset is not None and offset.discrete and ranged and isinstance(low, float) and isinstance(high, float):
            names, value = self._offsets(offset), hashed(value_at(row, offset.field))
            step = (high - low) * (1 - 2 * PAD) / max(1, len(names))
            low = low + (high - low) * PAD + (names.index(value) * step if value in names else 0.0)
            high = low + step
        if self.mark in {"bar", "rect"} and ranged:
            return {name: low, f"{name}2": high}
        if (
            self.mark in {"bar", "rule"}
            and not one.bin
            and one.kind == "quantitative"
            and self._measured() == name
            and (self.mark == "bar" or (self.every.get("y" if name == "x" else "x") is not None and self._other(name).discrete))
        ):
            return {name: low, f"{name}2": None if mapping(one.scale).get("type") == "log" else 0.0}
        if second is not None and self.mark in {"point", "circle", "square", "text"} and one.bin == "binned":
            high = self._span(replace(second, kind=one.kind), row)[0]
        place = one.place if one.place is not None else 0.0 if one.kind == "temporal" else 0.5
        if isinstance(low, float) and isinstance(high, float):
            low += (high - low) * place
        return {name: low}

    def _other(self, name: str) -> Channel:
        return self.every["y" if name == "x" else "x"]

    def _banded(self, name: str, low: End, offset: Channel | None, row: Record) -> dict[str, End]:
        """Places in a name's band."""
        if not isinstance(low, tuple):
            return {name: low}
        start, end = (0.0, 1.0)
        wide = self.mark == "rect"
        if offset is not None and offset.field:
            names = self._offsets(offset)
            value = hashed(value_at(row, offset.field))
            if offset.kind == "quantitative" and not offset.bin:
                share = _share(figure(value), names)
                start = end = PAD + (1 - 2 * PAD) * share
            elif value in names:
                step = (1 - 2 * PAD) / len(names)
                start = PAD + names.index(value) * step
                end = start + step
                start, end = (start + step * 0.03, end - step * 0.03) if self.mark == "bar" else (start, end)
        elif not wide:
            start, end = (PAD, 1 - PAD) if self.mark == "bar" else (0.15, 0.85)
        key = low[0]
        across = self.mark == "tick" and self._crossed(name)
        if self.mark == "bar" and self._crossed(name) and figure(self.told.get("size")) and (offset is None or not offset.field):
            return {name: (key, 0.5)}
        if self.mark in {"bar", "rect"} or across:
            return {name: (key, start), f"{name}2": (key, end)}
        place = 0.5 if self._band_place(name) is None else self._band_place(name)
        return {name: (key, start + (end - start) * (place or 0.0))}

    def _band_place(self, name: str) -> float | None:
        one = self.every.get(name)
        return one.place if one is not None else None

    def _crossed(self, name: str) -> bool:
        """True where a tick lies across this axis' bands: its figure is on the other."""
        return ("x" if self.turned else "y") != name

    def _offsets(self, offset: Channel) -> list[Any]:
        if not hasattr(self, "_names"):
            found = list(dict.fromkeys(hashed(value_at(row, offset.field)) for row in self.rows))
            listed_ = offset.sort if isinstance(offset.sort, list) else None
            domain = mapping(offset.scale).get("domain")
            if isinstance(domain, list):
                found = list(dict.fromkeys([*(hashed(one) for one in domain), *found]))
            elif offset.sort is not None:
                order = [called(one) for one in listed_ or []]
                found.sort(key=lambda key: (order.index(called(key)) if called(key) in order else len(order), sort_key(key)))
            self._names = found
        return self._names

    def _span(self, one: Channel, row: Record) -> tuple[End, End]:
        """Where a value begins and ends along its axis."""
        value = one.datum if one.datum is not None and not one.field else value_at(row, one.field)
        if one.discrete:
            if value is None and one.datum is None:
                return ("null", 0.0), ("null", 1.0)
            return (hashed(value), 0.0), (hashed(value), 1.0)
        if value is None or value == "":
            return (0.0, 0.0) if self.shows and one.kind == "quantitative" and not one.bin else (None, None)
        if one.kind == "temporal":
            if one.unit and not unit(one.unit).runs and isinstance(value, Key):
                return (value, 0.0), (value, 1.0)
            if isinstance(value, Key):
                if one.unit and value.end is None:  # binned by whoever made the rows
                    value = unit(one.unit).key(value.order)
                start = days_of(value.order)
                return start, days_of(value.end) if value.end else start
            at = moment(value)
            if at is None:
                return None, None
            if one.unit:
                key = unit(one.unit).key(at)
                return (days_of(key.order), days_of(key.end)) if key.end and unit(one.unit).runs else (days_of(at), days_of(at))
            return days_of(at), days_of(at)
        if isinstance(value, Key):
            return float(value.order), float(value.order) + value.wide
        if isinstance(value, datetime):
            return days_of(value), days_of(value)
        number = figure(value)
        return number, number

    def _lines(self) -> Unit:
        """Lines, areas and trails: points in order, one line for each colour and detail."""
        along = "y" if self.turned else "x"
        across = "x" if self.turned else "y"
        self._imputed(along, across)
        measure, base = self.every.get(across), self.every.get(f"{across}2")
        parts = [one for key, one in self.every.items() if key.split("\0")[0] in {"color", "detail", "strokeDash"} and one.field]
        parts = [one for one in parts if not (one.kind == "quantitative" and not one.bin and self.mark == "trail")]
        if self.mark == "area" and measure is not None and self._stacks(measure, across) and parts:
            self._filled(along, measure, parts)
        pairs = self._stacked()
        if self.told.get("invalid") == "filter":  # the line runs on over what has no figure
            pairs = [(row, ends) for row, ends in pairs if None not in ends.values()]
        made: list[Made] = []
        dashes: dict[Any, bool] = {}
        for own in grouped([row for row, _ in pairs], [one.field for one in parts]).values():
            kept = {id(row) for row in own}
            line = [(row, ends) for row, ends in pairs if id(row) in kept] if len(parts) else pairs
            line = self._in_order(line, along)
            if not line:
                continue
            token, _ = self._colour(line[0][0])
            if token is None:
                continue
            if token == ("shade",):
                token = ("key", self._colour_title(), called(value_at(line[0][0], self.every["color"].field)))
            looks = self._looks()
            dash = self.every.get("strokeDash")
            if dash is not None and dash.field:
                value = hashed(value_at(line[0][0], dash.field))
                dashes.setdefault(value, bool(dashes))
                looks = looks | {"dashed": dashes[value]}
            ends = {name: [end.get(name) for _, end in line] for name in dict.fromkeys(name for _, end in line for name in end)}
            if self.mark == "area" and f"{across}2" not in ends and across in ends:
                stacked = [row for row, _ in line if "\0low" in row]
                ends[f"{across}2"] = [row["\0low"] for row, _ in line] if len(stacked) == len(line) else [0.0] * len(line)
            one = Made("line" if self.mark == "trail" else self.mark, token, ends, looks=looks | {"turned": self.turned})
            if self.mark == "trail":
                one.size = [self._size(row) for row, _ in line]
            if "tooltip" in self.every:
                one.tips = [self._tip(row) for row, _ in line]
            made.append(one)
        return Unit(self.mark, self.every, self.raw, made, {across: True} if self.mark == "area" and base is None else {})

    def _imputed(self, along: str, across: str) -> None:
        """Fill in what the measure's `impute` asks for."""
        measure, one = self.every.get(across), self.every.get(along)
        if measure is None or one is None or not measure.impute:
            return
        by = [each.field for key, each in self.every.items() if key.split("\0")[0] in {"color", "detail", "strokeDash"} and each.field]
        self.rows = imputed(self.rows, measure.field, one.field, by, mapping(measure.impute))

    def _filled(self, along: str, measure: Channel, parts: Sequence[Channel]) -> None:
        """Give every stacked area a figure at every place: zero where it has none."""
        one = self.every.get(along)
        if one is not None and one.field:
            self.rows = imputed(self.rows, measure.field, one.field, [each.field for each in parts], {"value": 0})

    def _in_order(self, line: list[tuple[Record, dict[str, End]]], along: str) -> list[tuple[Record, dict[str, End]]]:
        order = [one for key, one in self.every.items() if key.split("\0")[0] == "order"]
        if order and order[0].field:
            return sorted(
                line, key=lambda pair: tuple(_reversed(sort_key(value_at(pair[0], one.field)), one.sort == "descending") for one in order)
            )
        one = self.every.get(along)
        if "order" in self.values or one is None or one.discrete:
            return line
        return sorted([pair for pair in line if pair[1].get(along) is not None], key=lambda pair: _place_key(pair[1].get(along)))


_MARKS = {"circle": "point", "square": "point", "rect": "bar"}


def _asks(test: Any, depth: int = 0) -> bool:
    """True where a condition asks what a person chose."""
    if isinstance(test, Mapping):
        return "param" in test or "selection" in test or any(_asks(one, depth + 1) for one in test.values() if depth < 12)
    return isinstance(test, list) and any(_asks(one, depth + 1) for one in test if depth < 12)


def _runs(one: Channel) -> bool:
    """True where a channel's axis runs on: figures and dates, not names or bins."""
    if one.bin or one.discrete:
        return False
    return one.kind == "quantitative" or (one.kind == "temporal" and not one.unit)


def _summed(one: Channel, own: Sequence[Record]) -> Any:
    if isinstance(one.aggregate, Mapping):
        how, by = next(iter(one.aggregate.items()))
        good = [row for row in own if value_at(row, str(by)) is not None]
        pick = (min if how == "argmin" else max)(good, key=lambda row: _rank(value_at(row, str(by)))) if good else {}
        return value_at(pick, one.field)
    values = [value_at(row, one.field) for row in own] if one.field else [1] * len(own)
    if one.kind == "temporal" and one.aggregate in {"min", "max", "mean", "median"}:
        moments = sorted(at for value in values if (at := moment(value)))
        return (
            (moments[0] if one.aggregate == "min" else moments[-1] if one.aggregate == "max" else moments[len(moments) // 2])
            if moments
            else None
        )
    if one.aggregate in {"min", "max"} and any(isinstance(value, str | Key | datetime) for value in values):
        known = [value for value in values if value is not None]
        return (min if one.aggregate == "min" else max)(known, key=sort_key) if known else None
    return aggregated(str(one.aggregate), values)


def _rank(value: Any) -> tuple[int, Any]:
    """What a value is compared by: dates in words by their time."""
    at = moment(value) if isinstance(value, str) else None
    return sort_key(at if at is not None else value)


def _reversed(key: tuple[int, Any], down: bool) -> Any:
    return _Down(key) if down else _Up(key)


@dataclass(frozen=True, slots=True)
class _Up:
    key: Any

    def __lt__(self, other: Any) -> bool:
        return bool(self.key < other.key)


@dataclass(frozen=True, slots=True)
class _Down:
    key: Any

    def __lt__(self, other: Any) -> bool:
        return bool(other.key < self.key)


def _place_key(end: End) -> tuple[int, Any]:
    return sort_key(end[0]) if isinstance(end, tuple) else (0, end or 0.0)


def _share(value: float | None, names: Sequence[Any]) -> float:
    numbers = [number for one in names if (number := figure(one)) is not None]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    return (value - low) / (high - low) if value is not None and high > low else 0.5
