"""Vega's expressions, read once and run by us for each row: arithmetic, comparison, choice and its common functions; never its code."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import Any

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_format import figured, timed
from flipchart.renderers.vega_rows import Record, called, figure, moment, value_at

Formula = Callable[[Record], Any]

_LEXED = re.compile(
    r"\s*(?:(\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+)|('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(===|!==|==|!=|<=|>=|&&|\|\||\*\*|[-+*/%<>!?:()\[\].,{}])|([A-Za-z_$][\w$]*))"
)
_BINDS = {
    "||": 1, "&&": 2, "==": 3, "===": 3, "!=": 3, "!==": 3, "<": 4, "<=": 4, ">": 4, ">=": 4,
    "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "**": 7,
}  # fmt: skip
_CONSTANTS: dict[str, Any] = {
    "true": True, "false": False, "null": None, "undefined": None, "NaN": math.nan, "Infinity": math.inf, "PI": math.pi, "E": math.e,
    "LN2": math.log(2), "LN10": math.log(10), "LOG2E": 1 / math.log(2), "LOG10E": 1 / math.log(10), "SQRT2": math.sqrt(2),
    "SQRT1_2": math.sqrt(0.5), "MAX_VALUE": 1.7976931348623157e308, "MIN_VALUE": 5e-324,
}  # fmt: skip
LONGEST_TEXT = 10_000  # characters a formula may make


def formula(words: str, signals: Mapping[str, Any] | None = None) -> Formula:
    """What `words` compute of a row; raises SpecProblem, naming the place, for what is not computed."""
    return _Reader(words, signals or {}).read()


class _Reader:
    """One expression on its way to a function of a row."""

    def __init__(self, words: str, signals: Mapping[str, Any]) -> None:
        self.words, self.at, self.signals = words, 0, signals
        self.tokens: list[tuple[str, str]] = []
        place = 0
        while place < len(words.rstrip()):
            found = _LEXED.match(words, place)
            if not found or len(self.tokens) > 600:
                raise self._refused(words[place : place + 20])
            kind = ("number", "string", "sign", "name")[next(i for i in range(4) if found[i + 1] is not None)]
            self.tokens.append((kind, found[0].strip()))
            place = found.end()

    def read(self) -> Formula:
        made = self._choice(0)
        if self.at < len(self.tokens):
            raise self._refused(self.tokens[self.at][1])
        return made

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

    def _choice(self, depth: int) -> Formula:
        if depth > 30:
            raise self._refused("its depth")
        test = self._binary(1, depth)
        if self._peek() != "?":
            return test
        self._next()
        yes = self._choice(depth + 1)
        self._wanted(":")
        no = self._choice(depth + 1)
        return lambda row: yes(row) if truthy(test(row)) else no(row)

    def _binary(self, least: int, depth: int) -> Formula:
        left = self._unary(depth)
        while (sign := self._peek()) in _BINDS and _BINDS[sign] >= least and self.tokens[self.at][0] == "sign":
            self._next()
            right = self._binary(_BINDS[sign] + (sign != "**"), depth + 1)
            left = _joined(sign, left, right)
        return left

    def _unary(self, depth: int) -> Formula:
        if depth > 60:
            raise self._refused("its depth")
        if self._peek() in {"-", "!", "+"} and self.tokens[self.at][0] == "sign":
            sign = self._next()[1]
            inner = self._unary(depth + 1)
            if sign == "!":
                return lambda row: not truthy(inner(row))
            factor = -1.0 if sign == "-" else 1.0
            return lambda row: factor * numeric(inner(row))
        made = self._primary(depth)
        while self._peek() in {".", "["} and self.tokens[self.at][0] == "sign":
            made = self._member(made, depth)
        return made

    def _member(self, made: Formula, depth: int) -> Formula:
        if self._next()[1] == ".":
            kind, name = self._next()
            if kind != "name":
                raise self._refused(name)
            return lambda row: _inside(made(row), name)
        key = self._choice(depth + 1)
        self._wanted("]")
        return lambda row: _inside(made(row), key(row))

    def _primary(self, depth: int) -> Formula:
        kind, token = self._next()
        if kind == "number":
            return lambda row, value=float(token): value  # type: ignore[misc]
        if kind == "string":
            said = re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), token[1:-1])
            return lambda row: said
        if token == "(":
            inner = self._choice(depth + 1)
            self._wanted(")")
            return inner
        if token == "[":
            parts = self._listed("]", depth)
            return lambda row: [part(row) for part in parts]
        if kind != "name":
            raise self._refused(token)
        if self._peek() == "(":
            self._next()
            return self._called(token, self._listed(")", depth))
        if token == "datum":
            return lambda row: row
        if token in self.signals:
            return lambda row, value=self.signals[token]: value  # type: ignore[misc]
        if token in _CONSTANTS:
            return lambda row, value=_CONSTANTS[token]: value  # type: ignore[misc]
        raise self._refused(token)

    def _listed(self, end: str, depth: int) -> list[Formula]:
        out: list[Formula] = []
        while self._peek() != end:
            out.append(self._choice(depth + 1))
            if self._peek() != end:
                self._wanted(",")
        self._next()
        return out

    def _called(self, name: str, given: list[Formula]) -> Formula:
        if name == "if" and len(given) == 3:
            test, yes, no = given
            return lambda row: yes(row) if truthy(test(row)) else no(row)
        if name == "random" and not given:
            chance = Random(7)
            return lambda row: chance.random()
        do = _FUNCTIONS.get(name)
        if do is None:
            raise self._refused(name)

        def run(row: Record) -> Any:
            try:
                return do(*(part(row) for part in given))
            except (TypeError, ValueError, OverflowError, ZeroDivisionError, IndexError):
                return None

        return run


# Values as JavaScript has them


def truthy(value: Any) -> bool:
    """What JavaScript takes for true."""
    return (
        value is not None and value is not False and value != "" and not (isinstance(value, float | int) and (value == 0 or value != value))
    )


def numeric(value: Any) -> float:
    """A value as a number; NaN where it is none."""
    if value is None:
        return 0.0
    if isinstance(value, datetime):
        return (value - datetime(1970, 1, 1)) / timedelta(milliseconds=1)
    if isinstance(value, str) and not value.strip():
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _inside(value: Any, key: Any) -> Any:
    if isinstance(value, Mapping):
        return value_at(value, called(key))
    if isinstance(value, list | str):
        if key == "length":
            return float(len(value))
        place = numeric(key)
        return value[int(place)] if place == place and 0 <= place < len(value) else None
    return None


def _joined(sign: str, left: Formula, right: Formula) -> Formula:
    if sign == "&&":
        return lambda row: right(row) if truthy(value := left(row)) else value
    if sign == "||":
        return lambda row: value if truthy(value := left(row)) else right(row)
    if sign in {"==", "===", "!=", "!=="}:
        wanted = sign.startswith("==")
        return lambda row: _same(left(row), right(row)) == wanted
    if sign in {"<", "<=", ">", ">="}:
        return lambda row: _ordered(sign, left(row), right(row))

    def arithmetic(row: Record) -> Any:
        a, b = left(row), right(row)
        if sign == "+" and (isinstance(a, str) or isinstance(b, str)):
            return (called(a) + called(b))[:LONGEST_TEXT]
        x, y = numeric(a), numeric(b)
        try:
            match sign:
                case "+":
                    return x + y
                case "-":
                    return x - y
                case "*":
                    return x * y
                case "/":
                    return x / y if y else math.nan if x == 0 or x != x else math.copysign(math.inf, x)
                case "%":
                    return math.fmod(x, y) if y else math.nan
                case _:
                    return math.pow(x, y)
        except (OverflowError, ValueError):
            return math.nan

    return arithmetic


def _same(a: Any, b: Any) -> bool:
    if a is None or b is None:
        return a is b
    if isinstance(a, str) and isinstance(b, str):
        return a == b
    if isinstance(a, list | dict) or isinstance(b, list | dict):
        return a is b
    return numeric(a) == numeric(b)


def _ordered(sign: str, a: Any, b: Any) -> bool:
    x: Any = a
    y: Any = b
    if not (isinstance(a, str) and isinstance(b, str)):
        x, y = numeric(a), numeric(b)
    return bool({"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[sign])


def _date(*parts: Any) -> Any:
    """A moment from milliseconds, from words, or from year, month (0-11), day, hours, minutes, seconds."""
    if len(parts) < 2:
        return moment(parts[0]) if parts else None
    year, month, *rest = (int(numeric(part)) for part in parts)
    day, hours, minutes, seconds, millis = (*rest, *(1, 0, 0, 0, 0)[len(rest) :])[:5]
    return datetime(year + month // 12, month % 12 + 1, 1) + timedelta(
        days=day - 1, hours=hours, minutes=minutes, seconds=seconds, milliseconds=millis
    )


def _part(take: Callable[[datetime], float]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        at = moment(value)
        return None if at is None else float(take(at))

    return read


_PARTS = {
    "year": _part(lambda at: at.year), "quarter": _part(lambda at: (at.month + 2) // 3), "month": _part(lambda at: at.month - 1),
    "date": _part(lambda at: at.day), "day": _part(lambda at: (at.weekday() + 1) % 7), "hours": _part(lambda at: at.hour),
    "minutes": _part(lambda at: at.minute), "seconds": _part(lambda at: at.second),
    "milliseconds": _part(lambda at: at.microsecond // 1000),
    "dayofyear": _part(lambda at: at.timetuple().tm_yday), "week": _part(lambda at: int(at.strftime("%U"))),
}  # fmt: skip


def _round(value: Any) -> float:
    return float(math.floor(numeric(value) + 0.5))


def _text(value: Any) -> str:
    return called(value)


def _slice(value: Any, start: Any = 0, end: Any = None) -> Any:
    return value[int(numeric(start)) : None if end is None else int(numeric(end))]


def _substring(value: Any, start: Any, end: Any = None) -> str:
    words = _text(value)
    a, b = int(numeric(start)), len(words) if end is None else int(numeric(end))
    a, b = sorted((max(0, a), max(0, b)))
    return words[a:b]


def _found(value: Any, what: Any) -> float:
    if isinstance(value, list):
        return float(next((i for i, one in enumerate(value) if _same(one, what)), -1))
    return float(_text(value).find(_text(what)))


def _whole(value: Any, base: Any = 10) -> float:
    found = re.match(r"\s*[-+]?\d+", _text(value))
    return float(int(found[0])) if found and int(numeric(base)) == 10 else math.nan


def _leading(value: Any) -> float:
    found = re.match(r"\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+)", _text(value))
    return float(found[0]) if found else math.nan


def _sequence(*given: Any) -> list[float]:
    start, stop, step = (0.0, numeric(given[0]), 1.0) if len(given) == 1 else (*(numeric(one) for one in given), 1.0)[:3]
    count = min(10_000, max(0, math.ceil((stop - start) / step)))
    return [start + i * step for i in range(count)]


def _pad(value: Any, length: Any, char: Any = " ", align: Any = "right") -> str:
    words, wide = _text(value), min(1000, int(numeric(length)))
    return words.rjust(wide, _text(char)[:1]) if align == "left" else words.ljust(wide, _text(char)[:1])


def _truncated(value: Any, length: Any, align: Any = "right", mark: Any = "…") -> str:
    words, wide = _text(value), int(numeric(length))
    return words if len(words) <= wide else words[: wide - len(_text(mark))] + _text(mark)


def _shifted(unit: Any, value: Any, step: Any = 1) -> Any:
    at, steps = moment(value), int(numeric(step))
    if at is None:
        return None
    if unit in {"year", "quarter", "month"}:
        months = at.year * 12 + at.month - 1 + steps * {"year": 12, "quarter": 3, "month": 1}[unit]
        return at.replace(year=months // 12, month=months % 12 + 1, day=min(at.day, 28) if at.day > 28 else at.day)
    span = {"week": 7 * 86400, "day": 86400, "date": 86400, "hours": 3600, "minutes": 60, "seconds": 1}[str(unit)]
    return at + timedelta(seconds=span * steps)


def _numbers(do: Callable[..., float]) -> Callable[..., float]:
    return lambda *given: do(*(numeric(one) for one in given))


_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _numbers(getattr(math, name)) for name in ("sqrt", "exp", "sin", "cos", "tan", "asin", "acos", "atan", "atan2", "pow")},
    "abs": _numbers(abs), "ceil": _numbers(lambda v: float(math.ceil(v))), "round": _round,
    "floor": _numbers(lambda v: float(math.floor(v))),
    "log": _numbers(lambda v: math.log(v) if v > 0 else math.nan if v < 0 or v != v else -math.inf),
    "min": _numbers(min), "max": _numbers(max), "clamp": _numbers(lambda v, low, high: min(max(v, low), high)),
    "hypot": _numbers(math.hypot), "sign": _numbers(lambda v: float((v > 0) - (v < 0))),
    "isNaN": lambda v: numeric(v) != numeric(v), "isFinite": lambda v: math.isfinite(numeric(v)),
    "isValid": lambda v: v is not None and not (isinstance(v, float) and v != v), "isDefined": lambda v: v is not None,
    "isDate": lambda v: isinstance(v, datetime), "isNumber": lambda v: isinstance(v, int | float) and not isinstance(v, bool),
    "isString": lambda v: isinstance(v, str), "isArray": lambda v: isinstance(v, list), "isBoolean": lambda v: isinstance(v, bool),
    "isObject": lambda v: isinstance(v, dict | list),
    "toNumber": lambda v: None if v is None or v == "" else numeric(v), "toString": lambda v: None if v is None or v == "" else _text(v),
    "toBoolean": lambda v: None if v is None or v == "" else v not in {False, "false", "0"},
    "toDate": lambda v: moment(v), "parseFloat": _leading, "parseInt": _whole,
    "length": lambda v: float(len(v)), "lower": lambda v: _text(v).lower(), "upper": lambda v: _text(v).upper(),
    "trim": lambda v: _text(v).strip(),
    "slice": _slice, "substring": _substring, "indexof": _found, "lastindexof": lambda v, what: float(_text(v).rfind(_text(what))),
    "replace": lambda v, old, new: _text(v).replace(_text(old), _text(new), 1)[:LONGEST_TEXT],
    "split": lambda v, by, *most: _text(v).split(_text(by)) if _text(by) else list(_text(v)),
    "join": lambda v, by=",": _text(by).join(_text(one) for one in v)[:LONGEST_TEXT], "pad": _pad, "truncate": _truncated,
    "sequence": _sequence, "peek": lambda v: v[-1], "reverse": lambda v: v[::-1], "sort": lambda v: sorted(v),
    "extent": lambda v: [min(v), max(v)], "span": lambda v: numeric(v[-1]) - numeric(v[0]),
    "inrange": lambda v, ends: min(ends) <= numeric(v) <= max(ends), "includes": lambda v, what: _found(v, what) >= 0,
    "lerp": lambda ends, share: numeric(ends[0]) + (numeric(ends[-1]) - numeric(ends[0])) * numeric(share),
    "datetime": _date, "utc": _date, "time": lambda v: numeric(moment(v)), "timeOffset": _shifted, "utcOffset": _shifted,
    **_PARTS, **{f"utc{name}": part for name, part in _PARTS.items()},
    "monthFormat": lambda v: _MONTHS[int(numeric(v)) % 12], "monthAbbrevFormat": lambda v: _MONTHS[int(numeric(v)) % 12][:3],
    "dayFormat": lambda v: _DAYS[int(numeric(v)) % 7], "dayAbbrevFormat": lambda v: _DAYS[int(numeric(v)) % 7][:3],
    "format": lambda v, how: figured(numeric(v), _text(how)),
    "timeFormat": lambda v, how="": timed(moment(v), _text(how)), "utcFormat": lambda v, how="": timed(moment(v), _text(how)),
}  # fmt: skip


def constant(given: Any, signals: Mapping[str, Any]) -> Any:
    """A value of the spec, where it may be given as {"expr": …} or {"signal": …}."""
    if isinstance(given, Mapping) and ("expr" in given or "signal" in given):
        return formula(str(given.get("expr", given.get("signal"))), signals)({})
    return given


def compared(value: Any, goal: Any) -> float | None:
    """Less than, equal to or greater than zero, as `value` is to `goal`; None where they cannot be compared."""
    if isinstance(value, str) and isinstance(goal, str):
        return float((value > goal) - (value < goal))
    a, b = figure(numeric(value)), figure(numeric(goal))
    return None if a is None or b is None or value is None or goal is None else float((a > b) - (a < b))
