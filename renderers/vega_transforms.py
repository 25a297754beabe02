"""Vega-Lite's transforms, computed by us as Vega computes them."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cmp_to_key
from random import Random
from typing import Any

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_curves import density, loess, regression
from flipchart.renderers.vega_data import Source
from flipchart.renderers.vega_expression import Formula, compared, constant, formula, numeric, truthy
from flipchart.renderers.vega_rows import (
    AGGREGATES,
    MOST_ROWS,
    Record,
    aggregated,
    binned,
    called,
    figure,
    hashed,
    listed,
    mapping,
    moment,
    quantile,
    sort_key,
    timed,
    unit,
    value_at,
)

Signals = dict[str, Any]


def transformed(rows: list[Record], steps: Sequence[Any], source: Source, signals: Signals) -> list[Record]:
    """The rows after all transforms; raises SpecProblem, naming it, for one that is not computed."""
    for given in steps:
        step = mapping(given)
        name = next((key for key in step if key in _TRANSFORMS), None)
        if name is None:
            unknown = next((key for key in step if key not in {"groupby", "as", "op", "fields"}), "")
            raise SpecProblem(f"Vega-Lite's transform `{unknown}` is not computed; compute it before, and give its rows")
        rows = _TRANSFORMS[name](rows, step, source, signals)
        if len(rows) > MOST_ROWS:
            raise SpecProblem(f"Vega-Lite's transform `{name}` makes over {MOST_ROWS:,} rows; aggregate them before")
    return rows


def grouped(rows: Sequence[Record], by: Sequence[str]) -> dict[tuple[Any, ...], list[Record]]:
    """The rows by the values of some fields, in the order they come."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for row in rows:
        groups.setdefault(tuple(hashed(value_at(row, name)) for name in by), []).append(row)
    return groups


def _names(step: Record, key: str = "groupby") -> list[str]:
    return [str(one) for one in listed(step.get(key))]


def _as(step: Record, *fallback: str) -> list[str]:
    given = [str(one) for one in listed(step.get("as"))]
    return [*given, *fallback[len(given) :]]


def _operation(one: Record, own: Sequence[Record]) -> Any:
    """One aggregate of some rows."""
    how, name = str(one.get("op", "")), str(one.get("field") or "")
    if how in {"argmin", "argmax"}:
        good = [row for row in own if value_at(row, name) is not None]
        pick = min if how == "argmin" else max
        return pick(good, key=lambda row: sort_key(value_at(row, name))) if good else None
    if how == "values":
        return [dict(row) for row in own]
    if how not in AGGREGATES:
        raise SpecProblem(f"Vega-Lite's aggregate `{how[:40]}` is not computed; use one of {', '.join(AGGREGATES)}")
    values = [value_at(row, name) for row in own] if name and name != "*" else [1] * len(own)
    if how in {"min", "max"} and any(isinstance(value, str) and figure(value) is None for value in values):
        return (min if how == "min" else max)((value for value in values if value is not None), key=sort_key)
    return aggregated(how, values)


def _operations(step: Record, key: str) -> list[tuple[str, Record]]:
    told = [mapping(one) for one in listed(step[key])]
    return [(str(one.get("as") or f"{one.get('op')}_{one.get('field') or ''}"), one) for one in told]


def _aggregate(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    by, told = _names(step), _operations(step, "aggregate")
    return [
        {name: value_at(own[0], name) for name in by} | {name: _operation(one, own) for name, one in told}
        for own in grouped(rows, by).values()
    ]


def _joined(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    told = _operations(step, "joinaggregate")
    for own in grouped(rows, _names(step)).values():
        made = {name: _operation(one, own) for name, one in told}
        for row in own:
            row |= made
    return rows


def _filter(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    test = predicate(step["filter"], signals)
    return [row for row in rows if test(row)]


def _calculate(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    made, name = formula(str(step["calculate"]), signals), str(step.get("as", "calculated"))
    for row in rows:
        value = made(row)
        row[name] = None if isinstance(value, float) and not math.isfinite(value) else value
    return rows


def _fold(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    fields, (key, value) = _names(step, "fold"), _as(step, "key", "value")[:2]
    return [row | {key: one, value: value_at(row, one)} for row in rows for one in fields]


def _flatten(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    fields = _names(step, "flatten")
    names = _as(step, *fields)
    out = []
    for row in rows:
        lists = [value if isinstance(value := value_at(row, name), list) else [value] for name in fields]
        for at in range(max((len(one) for one in lists), default=0)):
            out += [row | {name: one[at] if at < len(one) else None for name, one in zip(names, lists, strict=False)}]
        if len(out) > MOST_ROWS:
            break
    return out


def _unit(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    name = str(step.get("field", ""))
    fresh = timed(rows, name, step["timeUnit"])
    wanted = _as(step, fresh)
    for row in rows:
        key = row[fresh]
        row[wanted[0]] = key.order if key else None
        row[wanted[1] if len(wanted) > 1 else f"{wanted[0]}_end"] = key.end if key else None
    return rows


def _bin(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    name = str(step.get("field", ""))
    fresh = binned(rows, name, {key: constant(value, signals) for key, value in mapping(step["bin"]).items()})
    wanted = _as(step, f"bin_{name}")
    for row in rows:
        key = row.pop(fresh)
        row[wanted[0]] = key.order if key else None
        row[wanted[1] if len(wanted) > 1 else f"{wanted[0]}_end"] = key.order + key.wide if key else None
    return rows


def _comparer(sort: Any) -> Callable[[Record], Any] | None:
    """A sort key for a list of {"field", "order"}."""
    told = [(str(one.get("field", "")), one.get("order") == "descending") for one in map(mapping, listed(sort))]
    if not told:
        return None

    def compare(a: Record, b: Record) -> int:
        for name, down in told:
            x, y = sort_key(value_at(a, name)), sort_key(value_at(b, name))
            if x != y:
                return (1 if x > y else -1) * (-1 if down else 1)
        return 0

    return cmp_to_key(compare)


def _window(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    told, order = _operations(step, "window"), _comparer(step.get("sort"))
    frame = [None if one is None else int(numeric(one)) for one in listed(step.get("frame"))] if step.get("frame") else [None, 0]
    before, after = ([*frame, 0, 0])[:2]
    peers = order is not None and not step.get("ignorePeers")
    for own in grouped(rows, _names(step)).values():
        line = sorted(own, key=order) if order else own
        keys = [order(row) for row in line] if order else []
        made = []
        first_of, last_of = _peers(keys) if order else (list(range(len(line))), list(range(len(line))))
        running: dict[str, _Running] = {}
        for at in range(len(line)):
            low, high = 0 if before is None else max(0, at + before), len(line) - 1 if after is None else min(len(line) - 1, at + after)
            if peers and low <= high:
                low, high = first_of[low], last_of[high]
            made.append({name: _windowed(one, line, at, low, high, first_of, running, name) for name, one in told})
        for row, new in zip(line, made, strict=True):
            row |= new
    return rows


def _peers(keys: Sequence[Any]) -> tuple[list[int], list[int]]:
    """The first and the last place of what is equal in the order, for each place."""
    first = list(range(len(keys)))
    for at in range(1, len(keys)):
        if keys[at] == keys[at - 1]:
            first[at] = first[at - 1]
    last = list(range(len(keys)))
    for at in range(len(keys) - 2, -1, -1):
        if keys[at] == keys[at + 1]:
            last[at] = last[at + 1]
    return first, last


class _Running:
    """The figures of a frame that only grows: each is taken once."""

    def __init__(self) -> None:
        self.seen, self.counted, self.total = 0, 0, 0.0

    def take(self, values: Sequence[Any]) -> None:
        """Add what is new."""
        numbers = [number for value in values if (number := figure(value)) is not None]
        self.seen, self.counted, self.total = self.seen + len(values), self.counted + len(numbers), self.total + sum(numbers)

    def value(self, how: str) -> float | None:
        """The count, sum or mean so far."""
        if how == "count":
            return float(self.seen)
        return self.total if how == "sum" else self.total / self.counted if self.counted else None


def _windowed(
    one: Record, line: Sequence[Record], at: int, low: int, high: int, first: Sequence[int], running: dict[str, _Running], name: str
) -> Any:
    how, field = str(one.get("op", "")), str(one.get("field") or "")
    param = int(numeric(one.get("param", 1) or 1))
    match how:
        case "row_number":
            return float(at + 1)
        case "rank":
            return float(first[at] + 1)
        case "dense_rank":
            return float(len({first[i] for i in range(at + 1)})) if at < 2000 else float(sum(first[i] == i for i in range(at + 1)))
        case "percent_rank":
            return first[at] / max(1, len(line) - 1)
        case "cume_dist":
            return (max(i for i in range(at, len(line)) if first[i] == first[at]) + 1) / len(line)
        case "ntile":
            return float(math.ceil(param * (at + 1) / len(line)))
        case "lag" | "lead":
            place = at - param if how == "lag" else at + param
            return value_at(line[place], field) if 0 <= place < len(line) else None
        case "first_value":
            return value_at(line[low], field) if low <= high else None
        case "last_value":
            return value_at(line[high], field) if low <= high else None
        case "nth_value":
            return value_at(line[low + param - 1], field) if low + param - 1 <= high else None
    own = line[max(low, 0) : high + 1]
    if how in {"sum", "count", "mean", "average"} and low == 0:
        held = running.setdefault(name, _Running())
        held.take([value_at(row, field) if field and field != "*" else 1 for row in line[held.seen : high + 1]])
        return held.value(how)
    return _operation(one, own)


def _stack(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    order = _comparer(step.get("sort"))
    low, high = _as(step, f"{step['stack']}_start", f"{step['stack']}_end")[:2]
    stack(grouped(rows, _names(step)).values(), str(step["stack"]), low, high, str(step.get("offset", "zero")), order)
    return rows


def stack(groups: Any, name: str, low: str, high: str, offset: str, order: Callable[[Record], Any] | None = None) -> None:
    """Write where each figure begins and ends on those before it; figures below zero run the other way."""
    sums = []
    for own in groups:
        up = down = 0.0
        for row in sorted(own, key=order) if order else own:
            value = figure(value_at(row, name)) or 0.0
            if value < 0 and offset == "zero":
                row[low], row[high] = down, down + value
                down += value
            else:
                value = abs(value) if offset != "zero" else value
                row[low], row[high] = up, up + value
                up += value
        sums.append((own, up))
    most = max((up for _, up in sums), default=0.0)
    for own, up in sums if offset != "zero" else ():
        for row in own:
            for end in (low, high):
                row[end] = row[end] / up if offset == "normalize" and up else row[end] + (most - up) / 2 if offset == "center" else row[end]


def _impute(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    return imputed(rows, str(step["impute"]), str(step.get("key", "")), _names(step), step)


def imputed(rows: list[Record], name: str, key: str, by: Sequence[str], told: Record) -> list[Record]:
    """The rows with a figure for each key in each group, where there was none."""
    given = told.get("keyvals")
    if isinstance(given, Mapping):
        given = [start["data"] for start in Source({}, None).rows({"sequence": given})]
    keys = list(dict.fromkeys([*(hashed(value_at(row, key)) for row in rows), *(hashed(one) for one in listed(given))]))
    keys.sort(key=sort_key)
    out = []
    frame = [None if one is None else int(numeric(one)) for one in listed(told.get("frame"))] or [None, None]
    for group, own in grouped(rows, by).items():
        held = {hashed(value_at(row, key)): row for row in own}
        line = [held.get(one) for one in keys]
        for at, (one, row) in enumerate(zip(keys, line, strict=True)):
            if row is not None and figure(value_at(row, name)) is not None:
                continue
            low, high = 0 if frame[0] is None else max(0, at + frame[0]), len(keys) if frame[1] is None else at + frame[1] + 1
            near = [value_at(other, name) for other in line[low:high] if other is not None]
            method = str(told.get("method", "value"))
            value = told.get("value") if method == "value" else aggregated(method, near) if method in AGGREGATES else None
            if row is None:
                out.append(dict(zip(by, group, strict=True)) | {key: one, name: value})
            else:
                row[name] = value
        out += own
    return out


def _pivot(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    name, value, by = str(step["pivot"]), str(step.get("value", "")), _names(step)
    found = sorted({hashed(value_at(row, name)) for row in rows}, key=sort_key)
    limit = int(figure(step.get("limit")) or 0)
    out = []
    for own in grouped(rows, by).values():
        made = {one: value_at(own[0], one) for one in by}
        for key in found[: limit or None]:
            part = [row for row in own if hashed(value_at(row, name)) == key]
            made[called(key)] = _operation({"op": step.get("op", "sum"), "field": value}, part) if part else None
        out.append(made)
    return out


def _lookup(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    told = mapping(step.get("from"))
    if "data" not in told:
        raise SpecProblem("Vega-Lite's lookup from a selection is not drawn; look up in data")
    key, fields = str(told.get("key", "")), [str(one) for one in listed(told.get("fields"))]
    held: dict[Any, Record] = {}
    for other in source.rows(told["data"]):
        held[called(value_at(other, key))] = other
    names = _as(step, *fields)
    for row in rows:
        found = held.get(called(value_at(row, str(step["lookup"]))))
        if not fields:
            row[names[0] if names else "lookup"] = found
        for name, one in zip(names, fields, strict=False):
            row[name] = value_at(found, one) if found is not None else step.get("default")
    return rows


def _curve(
    rows: list[Record], step: Record, names: Sequence[str], points: Callable[[Sequence[Record]], list[tuple[Any, ...]]]
) -> list[Record]:
    """For each group, the points of a curve fitted to it."""
    by = _names(step)
    return [
        {one: value_at(own[0], one) for one in by} | dict(zip(names, point, strict=False))
        for own in grouped(rows, by).values()
        for point in points(own)
    ]


def _pairs(own: Sequence[Record], x: str, y: str) -> list[tuple[float, float]]:
    pairs = [(_measure(value_at(row, x)), _measure(value_at(row, y))) for row in own]
    return [(a, b) for a, b in pairs if a is not None and b is not None]


def _measure(value: Any) -> float | None:
    """A figure, a date as milliseconds."""
    return (
        figure(value)
        if isinstance(value, int | float) or value is None
        else figure(numeric(moment(value)))
        if moment(value)
        else figure(value)
    )


def _regression(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    y, x = str(step["regression"]), str(step.get("on", ""))
    extent = [figure(one) for one in listed(step.get("extent"))]

    def points(own: Sequence[Record]) -> list[tuple[Any, ...]]:
        return list(
            regression(
                _pairs(own, x, y), str(step.get("method", "linear")), int(figure(step.get("order")) or 3), extent, bool(step.get("params"))
            )
        )

    return _curve(rows, step, ("coef", "rSquared") if step.get("params") else _as(step, x, y), points)


def _loess(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    y, x = str(step["loess"]), str(step.get("on", ""))
    wide = figure(step.get("bandwidth")) or 0.3
    return _curve(rows, step, _as(step, x, y), lambda own: list(loess(_pairs(own, x, y), wide)))


def _density(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    name = str(step["density"])
    every = [v for row in rows if (v := _measure(value_at(row, name))) is not None]
    extent = [v for one in listed(step.get("extent")) if (v := figure(constant(one, signals))) is not None]
    if not every:
        return []
    low, high = extent if len(extent) == 2 else (min(every), max(every))
    count = int(figure(step.get("steps")) or min(200, figure(step.get("maxsteps")) or 200))

    def points(own: Sequence[Record]) -> list[tuple[Any, ...]]:
        values = [v for row in own if (v := _measure(value_at(row, name))) is not None]
        bandwidth = figure(step.get("bandwidth")) or 0.0
        return list(density(values, low, high, max(2, min(500, count)), bandwidth, bool(step.get("cumulative")), bool(step.get("counts"))))

    return _curve(rows, step, _as(step, "value", "density"), points)


def _quantile(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    name = str(step["quantile"])
    width = min(1.0, max(0.0005, figure(step.get("step")) or 0.01))
    shares = [figure(one) or 0.0 for one in listed(step.get("probs"))] or [width * (i + 0.5) for i in range(round(1 / width))]

    def points(own: Sequence[Record]) -> list[tuple[Any, ...]]:
        values = sorted(v for row in own if (v := _measure(value_at(row, name))) is not None)
        return [(share, quantile(values, min(1.0, max(0.0, share)))) for share in shares] if values else []

    return _curve(rows, step, _as(step, "prob", "value"), points)


def _sample(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    most = int(figure(step["sample"]) or 1000)
    return rows if len(rows) <= most else [rows[i] for i in sorted(Random(7).sample(range(len(rows)), max(0, most)))]


def _extent(rows: list[Record], step: Record, source: Source, signals: Signals) -> list[Record]:
    values = [v for row in rows if (v := figure(value_at(row, str(step["extent"])))) is not None]
    signals[str(step.get("param", ""))] = [min(values), max(values)] if values else [0.0, 0.0]
    return rows


_TRANSFORMS: dict[str, Callable[[list[Record], Record, Source, Signals], list[Record]]] = {
    "filter": _filter, "calculate": _calculate, "aggregate": _aggregate, "joinaggregate": _joined, "window": _window, "stack": _stack,
    "impute": _impute, "pivot": _pivot, "lookup": _lookup, "regression": _regression, "loess": _loess, "density": _density,
    "quantile": _quantile, "sample": _sample, "extent": _extent, "fold": _fold, "flatten": _flatten, "timeUnit": _unit, "bin": _bin,
}  # fmt: skip


# Filters


def predicate(given: Any, signals: Signals) -> Callable[[Record], bool]:
    """A filter, or the test of a condition, as a test of a row."""
    if isinstance(given, str):
        made: Formula = formula(given, signals)
        return lambda row: truthy(made(row))
    told = mapping(given)
    for word, join in (("and", all), ("or", any)):
        if word in told:
            tests = [predicate(one, signals) for one in listed(told[word])]
            return lambda row, join=join, tests=tests: join(test(row) for test in tests)  # type: ignore[misc]
    if "not" in told:
        inner = predicate(told["not"], signals)
        return lambda row: not inner(row)
    if "param" in told or "selection" in told:
        chosen = signals.get(f"\0{told.get('param', told.get('selection'))}")
        everything = told.get("empty", True) is not False
        return lambda row: everything if chosen is None else chosen(row)
    name = str(told.get("field", ""))

    span = unit(told["timeUnit"]) if told.get("timeUnit") else None
    dates = any(isinstance(one, Mapping) and "expr" not in one and "signal" not in one for one in _goals(told))

    def take(value: Any) -> Any:
        if span is not None:
            return span.key(at).order if (at := moment(value)) else None
        return moment(value) if dates else value

    def goal_of(goal: Any) -> Any:
        goal = constant(goal, signals)
        return _unit_goal(span, goal) if span is not None else moment(goal) if dates else goal

    for key, test in _TESTS.items():
        if key in told:
            goal = told[key]
            goal = [goal_of(one) for one in goal] if isinstance(goal, list) else goal_of(goal) if key != "valid" else goal
            return lambda row, test=test, goal=goal: bool(test(take(value_at(row, name)), goal))  # type: ignore[misc]
    raise SpecProblem(f"Vega-Lite's filter {str(given)[:60]} is not computed; use equal, lt, gt, oneOf, range or an expression")


def _goals(told: Record) -> list[Any]:
    return [one for key in _TESTS if key in told for one in listed(told[key])]


def _unit_goal(span: Any, goal: Any) -> Any:
    """What a part of a date is compared to: 2012, "may", or a DateTime."""
    if isinstance(goal, Mapping):
        at = moment(goal)
    elif figure(goal) is not None and (figure(goal) or 0) < 3000:
        at = moment({span.parts[-1]: goal}) if span.parts[-1] != "day" else moment({"year": 2012, "date": 1 + (figure(goal) or 0) % 7})
    elif isinstance(goal, str) and span.parts == ("month",):
        at = moment({"month": goal})
    else:
        at = moment(goal)
    return span.key(at).order if at else None


def _within(value: Any, goal: Any) -> bool:
    if not isinstance(goal, list) or len(goal) != 2:
        return False
    low, high = (None if one is None else compared(value, one) for one in goal)
    if value is None or (low is None and goal[0] is not None) or (high is None and goal[1] is not None):
        return False
    return (low is None or low >= 0) and (high is None or high <= 0)


def _equal(value: Any, goal: Any) -> bool:
    return called(value) == called(goal)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "equal": _equal,
    "lt": lambda value, goal: (found := compared(value, goal)) is not None and found < 0,
    "lte": lambda value, goal: (found := compared(value, goal)) is not None and found <= 0,
    "gt": lambda value, goal: (found := compared(value, goal)) is not None and found > 0,
    "gte": lambda value, goal: (found := compared(value, goal)) is not None and found >= 0,
    "oneOf": lambda value, goal: called(value) in {called(one) for one in listed(goal)},
    "range": _within,
    "valid": lambda value, goal: (value is not None and not (isinstance(value, float) and not math.isfinite(value))) == bool(goal),
}
