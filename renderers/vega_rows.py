"""The rows of a Vega-Lite spec: read, transformed, binned and aggregated as Vega does, by us and without running its code."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flipchart.renderers import table, times
from flipchart.renderers.problem import SpecProblem

MOST_ROWS = 200_000

Record = dict[str, Any]

AGGREGATES = {"count", "sum", "mean", "average", "median", "min", "max", "distinct", "valid", "missing"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TIME_UNITS: dict[str, tuple[str, Callable[[datetime], tuple[Any, str]]]] = {
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


def mapping(value: Any) -> Record:
    return dict(value) if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Key:
    """A date or a bin: what it is sorted by, and what it is called."""

    order: Any
    words: str
    wide: float = 0.0
    """Width of a bin."""


def inline_rows(view: Record) -> list[Record]:
    """The rows of a spec; raises SpecProblem for data that lies elsewhere."""
    data = mapping(view.get("data"))
    if "url" in data:
        raise SpecProblem(f"Vega-Lite's data.url ({str(data['url'])[:60]}) is not fetched; put the rows in data.values")
    if "name" in data and "values" not in data:
        data["values"] = mapping(view.get("datasets")).get(str(data["name"]))
    for other in ("sequence", "graticule", "sphere"):
        if other in data:
            raise SpecProblem(f"Vega-Lite's data.{other} is not drawn; put the rows in data.values")
    values = data.get("values")
    if isinstance(values, str):
        read_ = table.read(values.encode(), f"data.{mapping(data.get('format')).get('type', 'csv')}")
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


def value_at(row: Record, name: str) -> Any:
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


def figure(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return float(value) if isinstance(value, bool) else None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def called(value: Any) -> str:
    if isinstance(value, Key):
        return value.words
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def sort_key(value: Any) -> tuple[int, Any]:
    """A key that sorts numbers before words, and dates by time."""
    if isinstance(value, Key):
        return (0, value.order) if not isinstance(value.order, str) else (1, value.order)
    if isinstance(value, bool) or value is None:
        return (2, str(value))
    return (0, float(value)) if isinstance(value, int | float) else (1, str(value))


def dated(value: Any, name: str) -> datetime | None:
    """The moment a field holds; raises SpecProblem for words that are no date."""
    found = _moment(value)
    if found is None and value not in (None, ""):
        raise SpecProblem(
            f"Vega-Lite's field `{name}` is temporal, but {str(value)[:40]!r} is no date that is read; write it as 2024-03-31"
        )
    return found


def _moment(value: Any) -> datetime | None:
    if isinstance(value, Key):
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


def iso(at: datetime) -> str:
    day = str(at)[:10]
    return day if (at.hour, at.minute) == (0, 0) else f"{day} {at:%H:%M}"


def timed(rows: list[Record], name: str, unit: str) -> str:
    """Write each row's date as its `unit`; returns the name of the field that holds it."""
    if unit not in TIME_UNITS:
        raise SpecProblem(f"Vega-Lite's timeUnit `{unit}` is not drawn; use one of {', '.join(TIME_UNITS)}")
    write, fresh = TIME_UNITS[unit][1], f"{unit}_{name}"
    for row in rows:
        at = dated(value_at(row, name), name)
        row[fresh] = Key(*write(at)) if at else None
    return fresh


def days(rows: list[Record], name: str) -> str:
    """Write each row's date as finely as its field needs; returns the name of the field that holds it."""
    fresh = f"\0time {name}"
    found = [dated(value_at(row, name), name) for row in rows]
    good = [at for at in found if at]
    yearly = all((at.month, at.day, at.hour) == (1, 1, 0) for at in good)
    monthly = all((at.day, at.hour) == (1, 0) for at in good)
    for row, at in zip(rows, found, strict=True):
        row[fresh] = None if at is None else Key(at, iso(at)[: 4 if yearly else 7 if monthly else 20])
    return fresh


def binned(rows: list[Record], name: str, how: Any) -> str:
    """Write each row's bin, as Vega chooses them: at most ten steps of 1, 2 or 5 times a power of ten; returns the field that holds it."""
    told = mapping(how)
    values = [v for row in rows if (v := figure(value_at(row, name))) is not None]
    if not values:
        raise SpecProblem(f"Vega-Lite's bin of `{name}` finds no figures")
    for banned in ("extent", "anchor", "steps", "minstep", "divide", "base", "binned"):
        if banned in told:
            raise SpecProblem(f"Vega-Lite's bin.{banned} is not drawn; use maxbins or step")
    low, high = min(values), max(values)
    most = max(1, int(figure(told.get("maxbins")) or 10))
    span = (high - low) or abs(low) or 1.0
    step = figure(told.get("step")) or 0.0
    if step <= 0:
        step = 10.0 ** (round(math.log10(span)) - math.ceil(math.log10(most)))
        while math.ceil(span / step) > most:
            step *= 10
        for divisor in (5, 2):
            if span / (step / divisor) <= most:
                step /= divisor
    digits = max(0, -math.floor(math.log10(step))) + 1
    start = math.floor(low / step + 1e-9) * step
    fresh = f"\0bin {name}"
    for row in rows:
        value = figure(value_at(row, name))
        left = 0.0 if value is None else round(start + math.floor((value - start) / step + 1e-9) * step, digits)
        row[fresh] = None if value is None else Key(left, f"{left:g}–{round(left + step, digits):g}", step)
    return fresh


def every_bin(keys: list[Any]) -> list[Any]:
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
        out.append(known.get(place) or Key(left, f"{left:g}–{round(left + step, digits):g}", step))
    return out


def aggregated(how: str, values: Sequence[Any]) -> float | None:
    """What `how` makes of the values."""
    if how == "count":
        return float(len(values))
    if how == "missing":
        return float(sum(value is None for value in values))
    if how == "valid":
        return float(sum(figure(value) is not None for value in values))
    if how == "distinct":
        return float(len({called(value) for value in values}))
    numbers = sorted(v for value in values if (v := figure(value)) is not None)
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


def transformed(rows: list[Record], step: Record) -> list[Record]:
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
        return [row | {names[0]: one, names[1]: value_at(row, one)} for row in rows for one in fields]
    if "timeUnit" in step or "bin" in step:
        name = str(step.get("field", ""))
        fresh = timed(rows, name, str(step["timeUnit"]).removeprefix("utc")) if "timeUnit" in step else binned(rows, name, step["bin"])
        given = step.get("as")
        wanted = str(given[0] if isinstance(given, list) else given)
        for row in rows:
            row[wanted] = row[fresh]
        return rows
    unknown = next((key for key in step if key not in {"groupby", "as", "op", "fields"}), "")
    raise SpecProblem(f"Vega-Lite's transform `{unknown}` is not computed; compute it before, and give its rows")


def _grouped(rows: list[Record], step: Record) -> list[Record]:
    by = [str(one) for one in step.get("groupby") or []]
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for row in rows:
        groups.setdefault(tuple(value_at(row, name) for name in by), []).append(row)
    out = []
    for key, own in groups.items():
        made: Record = dict(zip(by, key, strict=True))
        for one in step["aggregate"]:
            how, name = str(one.get("op", "")), str(one.get("field") or "")
            if how not in AGGREGATES:
                raise SpecProblem(f"Vega-Lite's aggregate `{how}` is not computed; use one of {', '.join(sorted(AGGREGATES))}")
            made[str(one.get("as") or f"{how}_{name}")] = aggregated(how, [value_at(row, name) for row in own] if name else [1] * len(own))
        out.append(made)
    return out


def _predicate(given: Any) -> Callable[[Record], bool]:
    """A filter as a test of a row."""
    if isinstance(given, str):
        formula = _Expression(given)
        return lambda row: bool(formula.of(row))
    told = mapping(given)
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
        "equal": lambda value, goal: called(value) == called(goal),
        "lt": lambda value, goal: _compared(value, goal) is not None and _compared(value, goal) < 0,
        "lte": lambda value, goal: _compared(value, goal) is not None and _compared(value, goal) <= 0,
        "gt": lambda value, goal: _compared(value, goal) is not None and _compared(value, goal) > 0,
        "gte": lambda value, goal: _compared(value, goal) is not None and _compared(value, goal) >= 0,
        "oneOf": lambda value, goal: called(value) in {called(one) for one in goal},
        "range": lambda value, goal: isinstance(goal, list) and len(goal) == 2
        and (goal[0] is None or (_compared(value, goal[0]) or 0) >= 0) and (goal[1] is None or (_compared(value, goal[1]) or 0) <= 0),
        "valid": lambda value, goal: (figure(value) is not None or isinstance(value, str)) == bool(goal),
    }  # fmt: skip
    for key, test in tests.items():
        if key in told:
            return lambda row, test=test, goal=told[key]: bool(test(value_at(row, name), goal))  # type: ignore[misc]
    raise SpecProblem(f"Vega-Lite's filter {str(given)[:60]} is not computed; use equal, lt, gt, oneOf, range or an expression")


def _compared(value: Any, goal: Any) -> Any:
    """Less than, equal to or greater than zero, as `value` is to `goal`; None where they cannot be compared."""
    a, b = figure(value), figure(goal)
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
            return (lambda row: not inner(row)) if token == "!" else (lambda row: None if (v := figure(inner(row))) is None else -v)
        if kind == "number":
            return lambda row, value=float(token): value  # type: ignore[misc]
        if kind == "string":
            said = re.sub(r"\\(.)", r"\1", token[1:-1])
            return lambda row: said
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
            return lambda row: value_at(row, name)
        raise self._refused(token)


def _joined(sign: str, left: Callable[[Record], Any], right: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def arithmetic(row: Record) -> Any:
        a, b = left(row), right(row)
        if sign == "+" and (isinstance(a, str) or isinstance(b, str)):
            return called(a) + called(b)
        x, y = figure(a), figure(b)
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
            same = called(a) == called(b)
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
