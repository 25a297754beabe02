"""The encoding channels of a Vega-Lite view, read once: fields, what is done with them, and how they are written."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_expression import constant, formula
from flipchart.renderers.vega_rows import (
    AGGREGATES,
    Record,
    aggregated,
    binned,
    called,
    days,
    figure,
    listed,
    mapping,
    moment,
    sort_key,
    timed,
    unit,
    value_at,
)

POSITIONS = ("x", "y")
COLOURS = ("color", "fill", "stroke")
_KINDS = {"O": "ordinal", "N": "nominal", "Q": "quantitative", "T": "temporal"}
_SHAPES: dict[str, tuple[type, ...]] = {
    "field": (str,), "type": (str,), "aggregate": (str, dict), "bin": (bool, dict, str), "timeUnit": (str, dict), "sort": (str, list, dict),
    "stack": (bool, str), "scale": (dict, bool), "axis": (dict, bool), "legend": (dict, bool), "title": (str, list),
    "impute": (dict,), "format": (str, dict),
}  # fmt: skip
PLOTTED = {"linear", "log", "pow", "sqrt", "symlog", "time", "utc", "band", "point", "ordinal"}


@dataclass(frozen=True, slots=True)
class Channel:
    """One encoding channel: its field and what is done with it."""

    name: str
    field: str = ""
    kind: str = "nominal"
    aggregate: Any = ""
    bin: Any = None
    unit: Any = ""
    sort: Any = "ascending"
    stack: Any = "unset"
    title: str | None = ""
    """What it is called; None where it is to have no title, "" where nothing is said."""
    format: str = ""
    scale: Any = None
    axis: Any = None
    datum: Any = None
    impute: Any = None
    place: float | None = None
    """Where in its band a mark stands (0 to 1)."""
    written: str = ""
    """The expression that its axis' or its panels' words are made by."""

    @property
    def measure(self) -> bool:
        """True where it is a figure: an amount, not a name or a place in time."""
        return bool(self.aggregate) or (self.kind == "quantitative" and not self.bin)

    @property
    def discrete(self) -> bool:
        """True where it names bands."""
        return self.kind in {"nominal", "ordinal"}

    def titled(self) -> str:
        """What it is called: its title, else what Vega-Lite calls it."""
        if self.title or self.title is None:
            return self.title or ""
        if self.aggregate == "count":
            return "Count of Records"
        bare = self.field.removeprefix("\0time ").removeprefix("\0bin ")
        if isinstance(self.aggregate, Mapping):
            return bare
        return f"{str(self.aggregate).capitalize()} of {bare}" if self.aggregate else bare


def channels(encoding: Record, signals: Record) -> dict[str, Channel]:
    """The channels of a view that have a field or a datum, by name; raises SpecProblem, naming it, for what is not drawn."""
    out: dict[str, Channel] = {}
    for name, given in encoding.items():
        for one in listed(given):
            told = mapping(one)
            if "field" in told or "aggregate" in told or "datum" in told:
                key = name if name not in out else f"{name}\0{len(out)}"
                out[key] = channel(name, told, signals)
    return out


def channel(name: str, given: Record, signals: Record) -> Channel:
    """One channel; raises SpecProblem where it cannot be read."""
    for key, kinds in _SHAPES.items():
        if given.get(key) is not None and not isinstance(given[key], kinds):
            raise SpecProblem(
                f"Vega-Lite's encoding.{name}.{key} cannot be {json.dumps(given[key], default=str)[:40]}; see its documentation"
            )
    aggregate = given.get("aggregate") or ""
    how = next(iter(aggregate), "") if isinstance(aggregate, Mapping) else aggregate
    if how and how not in ({"argmin", "argmax"} if isinstance(aggregate, Mapping) else AGGREGATES):
        raise SpecProblem(f"Vega-Lite's aggregate `{str(how)[:40]}` is not computed; use one of {', '.join(AGGREGATES)}")
    taken = given.get("timeUnit") or ""
    if taken:
        unit(taken)
    datum = constant(given.get("datum"), signals)
    kind = _KINDS.get(str(given.get("type", "")), str(given.get("type") or ""))
    if kind not in {"nominal", "ordinal", "quantitative", "temporal", ""}:
        raise SpecProblem(f"Vega-Lite's encoding.{name}.type {kind[:20]!r} is not drawn; use quantitative, temporal, ordinal or nominal")
    bin_ = given.get("bin")
    if isinstance(bin_, Mapping):
        bin_ = {key: constant(value, signals) for key, value in bin_.items()}
    by_param = isinstance(bin_, Mapping) and isinstance(bin_.get("extent"), Mapping)
    if isinstance(bin_, Mapping) and by_param:
        bin_ = {key: value for key, value in bin_.items() if key != "extent"} or True
    kind = kind or _guessed(name, given, datum)
    axis = given.get("axis", given.get("legend", given.get("header", {})))
    told = mapping(axis)
    title = _title(given, told)
    shape = given.get("format") or told.get("format") or ""
    place = figure(given.get("bandPosition"))
    return Channel(
        name, str(given.get("field") or ""), kind, aggregate, bin_, taken, given.get("sort", "ascending"), given.get("stack", "unset"),
        title, str(shape) if isinstance(shape, str) else "", given.get("scale", {}), axis, datum, given.get("impute"), place,
        str(told.get("labelExpr") or ""),
    )  # fmt: skip


def _guessed(name: str, given: Record, datum: Any) -> str:
    """The type of a channel that does not tell it."""
    if "datum" in given and not given.get("field"):
        return "temporal" if isinstance(datum, Mapping) else "quantitative" if isinstance(datum, int | float) else "nominal"
    if given.get("aggregate") or given.get("bin") or name in {"theta", "radius", "size", "opacity", "x2", "y2"}:
        if given.get("aggregate") and isinstance(given["aggregate"], Mapping):
            return "quantitative"
        return "quantitative"
    if given.get("timeUnit"):
        return "temporal"
    kind = mapping(given.get("scale")).get("type")
    return {
        "time": "temporal",
        "utc": "temporal",
        "linear": "quantitative",
        "log": "quantitative",
        "pow": "quantitative",
        "sqrt": "quantitative",
    }.get(str(kind), "nominal")


def headed(one: Channel, key: Any, left_out: list[str]) -> str:
    """What is written over the panel of a value."""
    if not one.written:
        return called(key)
    try:
        return called(formula(one.written)({"value": key, "label": called(key)}))
    except SpecProblem:
        left_out.append(f"encoding.{one.name}.header.labelExpr ({' '.join(one.written.split())[:40]})")
        return called(key)


def _title(given: Record, axis: Record) -> str | None:
    found = given.get("title", axis.get("title", ""))
    if found is None or ("title" in axis and axis["title"] is None):
        return None
    return " ".join(str(line) for line in found) if isinstance(found, list) else str(found)


def prepared(rows: list[Record], one: Channel) -> Channel:
    """The channel with its bins, time units and dates as a field of their own, which is written to the rows."""
    if one.bin == "binned" or (isinstance(one.bin, Mapping) and one.bin.get("binned")) or not one.field:
        return replace(one, kind="temporal" if one.unit else one.kind)
    if one.bin:
        most = 10 if one.name in {"x", "y"} else 6
        return replace(one, title=_bare(one), field=binned(rows, one.field, one.bin, most))
    if one.unit and not str(one.unit if isinstance(one.unit, str) else one.unit.get("unit")).startswith("binned"):
        return replace(
            one, title=_bare(one), field=timed(rows, one.field, one.unit), kind=one.kind if one.kind != "quantitative" else "temporal"
        )
    if one.kind == "temporal" and not one.aggregate:
        return replace(one, title=_bare(one), field=days(rows, one.field))
    return one


def _bare(one: Channel) -> str | None:
    return one.title if one.title or one.title is None else one.field


def sorted_keys(one: Channel, keys: Sequence[Any], rows: Sequence[Record], every: Mapping[str, Channel]) -> list[Any]:
    """The values of a channel in the order the spec gives them; raises SpecProblem for a sort that is not known."""
    sort, found = one.sort, list(keys)
    domain = mapping(one.scale).get("domain")
    if one.name in COLOURS and isinstance(domain, list) and domain and one.discrete:
        sort = domain
    if sort is None:
        return found
    if isinstance(sort, list):
        listed_ = [called(each) for each in sort]
        return sorted(found, key=lambda key: listed_.index(called(key)) if called(key) in listed_ else len(listed_))
    if isinstance(sort, str) and sort in {"ascending", "descending"}:
        return sorted(found, key=sort_key, reverse=sort == "descending")
    if (
        isinstance(sort, str)
        and sort.lstrip("-") in every
        and sort.lstrip("-") in {"x", "y", "color", "theta", "size", "fill", "text", "radius"}
    ):
        sort = {"encoding": sort.lstrip("-"), "order": "descending" if sort.startswith("-") else "ascending"}
    if not isinstance(sort, Mapping):
        raise SpecProblem(f"Vega-Lite's sort {str(sort)[:40]!r} of {one.name} is not drawn; use ascending, descending, a list, x or -y")
    down = sort.get("order") == "descending"
    by = every.get(str(sort.get("encoding"))) if "encoding" in sort else None
    if (by is not None and by.field == one.field) or ("encoding" not in sort and "field" not in sort and "op" not in sort):
        return sorted(found, key=sort_key, reverse=down)
    name = str(sort.get("field") or (by.field if by else ""))
    how = str(sort.get("op") or (by.aggregate if by and isinstance(by.aggregate, str) else "") or ("sum" if by else "mean"))
    if how not in AGGREGATES:
        raise SpecProblem(f"Vega-Lite's sort by `{how[:40]}` is not computed; use sum, mean, count, min, max or median")
    own: dict[Any, list[Any]] = {}
    for row in rows:
        own.setdefault(_hashed(value_at(row, one.field)), []).append(value_at(row, name) if name else 1)

    def weight(key: Any) -> tuple[int, Any]:
        values = own.get(_hashed(key), [])
        value = aggregated(how, values)
        if value is None and values and how in {"mean", "min", "max"}:
            return sort_key(min(values, key=sort_key))
        return (0, value or 0.0)

    return sorted(found, key=weight, reverse=down)


def _hashed(key: Any) -> Any:
    return str(key) if isinstance(key, list | dict) else key


def unit_of(shape: str) -> tuple[str, float]:
    """The unit that a number format writes, and what figures are multiplied by for it."""
    if re.fullmatch(r"[-+]?\.?\d*[~]?%", shape):
        return "%", 100.0
    return ("$", 1.0) if shape.startswith("$") else ("", 1.0)


def signals_of(params: Any, signals: Record, encoding: Record | None = None) -> Record:
    """The values that parameters begin with, by name; a selection that begins with something chosen is a test, under "\0" and its name."""
    out = dict(signals)
    for given in listed(params):
        told = mapping(given)
        name = str(told.get("name", ""))
        if "select" in told or "selection" in told:
            if told.get("value") is not None and (test := _chosen(told, encoding or {})) is not None:
                out[f"\0{name}"] = test
            continue
        if "value" in told:
            out[name] = told["value"]
        elif "expr" in told:
            try:
                out[name] = formula(str(told["expr"]), out)({})
            except SpecProblem:
                continue
    return out


def _chosen(told: Record, encoding: Record) -> Callable[[Record], bool] | None:
    """A test for what a selection begins with: rows of equal values, or values in a range; None where that cannot be told."""
    select = mapping(told.get("select"))
    fields = [str(one) for one in listed(select.get("fields"))]
    fields += [str(mapping(encoding.get(str(one))).get("field")) for one in listed(select.get("encodings"))]
    wanted = []
    for one in listed(told["value"]):
        if not isinstance(one, Mapping):
            one = {fields[0]: one} if fields else {}
        named = {str(mapping(encoding.get(key)).get("field") or key): value for key, value in one.items()}
        if named:
            wanted.append(named)
    if not wanted:
        return None

    def test(row: Record) -> bool:
        return any(all(_holds(value_at(row, name), goal) for name, goal in one.items()) for one in wanted)

    return test


def _holds(value: Any, goal: Any) -> bool:
    if isinstance(goal, list) and len(goal) == 2 and not isinstance(value, str):
        low, high = sorted(goal, key=lambda one: sort_key(moment(one) if isinstance(one, Mapping) else one))
        found = [sort_key(moment(one) if isinstance(one, Mapping | datetime) else one) for one in (low, value, high)]
        return found[0] <= found[1] <= found[2]
    return called(value) in {called(one) for one in listed(goal)}
