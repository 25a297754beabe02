"""The rows of a Vega-Lite spec: values as Vega takes them, its time units, bins and aggregates."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from flipchart.renderers import times
from flipchart.renderers.problem import SpecProblem

MOST_ROWS = 200_000

Record = dict[str, Any]

AGGREGATES = (
    "count", "valid", "missing", "distinct", "sum", "product", "mean", "average", "median", "min", "max", "q1", "q3", "stdev", "stdevp",
    "variance", "variancep", "stderr", "ci0", "ci1",
)  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")
_UNITS = ("year", "quarter", "month", "week", "dayofyear", "date", "day", "hours", "minutes", "seconds", "milliseconds")


def mapping(value: Any) -> Record:
    return dict(value) if isinstance(value, Mapping) else {}


def listed(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty one, anything else as a list of one."""
    return list(value) if isinstance(value, list) else [] if value is None else [value]


@dataclass(frozen=True, slots=True)
class Key:
    """A date, a stretch of time or a bin: what it is sorted by, what it is called, and where it ends."""

    order: Any
    words: str
    wide: float = 0.0
    """Width of a bin."""
    end: datetime | None = None
    """Where a stretch of time ends."""


def value_at(row: Mapping[str, Any], name: str) -> Any:
    """The value of a field; "a.b" and "a[0]" reach into it."""
    if name in row:
        return row[name]
    node: Any = row
    for step in _steps(name):
        if isinstance(node, Mapping):
            node = node.get(step)
        elif isinstance(node, list) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node


@lru_cache(maxsize=1024)
def _steps(name: str) -> tuple[str, ...]:
    return tuple(step.replace("\\", "").strip("'\"") for step in re.findall(r"(?:\\.|[^.\[\]])+", name))


def figure(value: Any) -> float | None:
    """A value as a finite number, None where it is none."""
    if isinstance(value, bool) or value is None:
        return float(value) if isinstance(value, bool) else None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def called(value: Any) -> str:
    """A value as a label."""
    if isinstance(value, Key):
        return value.words
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, list):
        return ",".join(called(one) for one in value[:100])
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def sort_key(value: Any) -> tuple[int, Any]:
    """A key that sorts what is missing first, then numbers and dates, then words."""
    if isinstance(value, Key):
        value = value.order
    if isinstance(value, datetime):
        return (0, (value - datetime(1970, 1, 1)) / timedelta(milliseconds=1))
    if value is None:
        return (-1, "")
    if isinstance(value, bool):
        return (2, str(value))
    return (0, float(value)) if isinstance(value, int | float) and figure(value) is not None else (1, str(value))


def hashed(value: Any) -> Any:
    """A value that can be a key of a dict: lists and mappings as words."""
    return str(value) if isinstance(value, list | dict) else value


# Time


def moment(value: Any) -> datetime | None:
    """The moment a value is: milliseconds, a year, or words."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, Key):
        return value.order if isinstance(value.order, datetime) else None
    if isinstance(value, Mapping):
        return _dict_moment(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 1000 <= value <= 9999 and value == int(value):
            return datetime(int(value), 1, 1)
        try:
            return datetime(1970, 1, 1) + timedelta(milliseconds=value)
        except (ValueError, OverflowError):
            return None
    return _worded(value.strip()) if isinstance(value, str) else None


@lru_cache(maxsize=65536)
def _worded(words: str) -> datetime | None:
    if len(words) >= 8:
        try:
            found = datetime.fromisoformat(words)
        except (ValueError, OverflowError):
            pass
        else:
            try:
                return found.replace(tzinfo=None) - (found.utcoffset() or timedelta())
            except OverflowError:
                return None
    found_ = times.read(re.sub(r"^[A-Za-z]{3,9},\s*", "", words), "mdy")  # "Sun, 01 Jan 2012" as well
    return found_.at if found_ else None


def _dict_moment(given: Mapping[str, Any]) -> datetime | None:
    """Vega-Lite's DateTime: {"year": 2012, "month": "may", …}."""
    month = given.get("month", 1)
    if isinstance(month, str):
        month = next((i + 1 for i, name in enumerate(_MONTHS) if month.lower().startswith(name.lower())), 1)
    if "quarter" in given and "month" not in given:
        month = int(figure(given["quarter"]) or 1) * 3 - 2
    rest = [int(figure(given.get(name)) or 0) for name in ("hours", "minutes", "seconds")]
    try:
        at = datetime(int(figure(given.get("year")) or 2012), int(figure(month) or 1), int(figure(given.get("date")) or 1))
        return at + timedelta(hours=rest[0], minutes=rest[1], seconds=rest[2])
    except (ValueError, OverflowError):
        return None


def dated(value: Any, name: str) -> datetime | None:
    """The moment a field holds; raises SpecProblem for words that are no date."""
    found = moment(value)
    if found is None and value not in (None, "") and not isinstance(value, float):
        raise SpecProblem(
            f"Vega-Lite's field `{name}` is temporal, but {str(value)[:40]!r} is no date that is read; write it as 2024-03-31"
        )
    return found


def iso(at: datetime) -> str:
    """A moment as 2024-03-31, with its hour where it has one."""
    day = str(at)[:10]
    return day if (at.hour, at.minute) == (0, 0) else f"{day} {at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Unit:
    """A time unit: the parts of a date that are kept, in order, and how many of the last one make a step."""

    parts: tuple[str, ...]
    step: int = 1

    @property
    def runs(self) -> bool:
        """True where it is a stretch of time, not a part that comes again each year or day."""
        return self.parts[0] == "year"

    def key(self, at: datetime) -> Key:
        """The stretch or the part that holds `at`."""
        floor = self._floor(at)
        return Key(floor, self._words(floor), end=self._end(floor))

    def _floor(self, at: datetime) -> datetime:
        last, step = self.parts[-1], self.step
        year = at.year if "year" in self.parts else 2012
        if last == "year":
            year -= year % step
        if "week" in self.parts:
            first = datetime(year, 1, 1).isoweekday() % 7
            week = (at.timetuple().tm_yday + 6 - at.isoweekday() % 7) // 7
            return datetime(year, 1, 1) + timedelta(
                days=week // step * step * 7 - (first + 6) % 7 + (at.isoweekday() % 7 if last == "day" else 0)
            )
        if "dayofyear" in self.parts:
            return datetime(year, 1, 1) + timedelta(days=(at.timetuple().tm_yday - 1) // step * step)
        month = at.month if "month" in self.parts else (at.month + 2) // 3 * 3 - 2 if "quarter" in self.parts else 1
        if last == "month":
            month = (month - 1) // step * step + 1
        day = at.day if "date" in self.parts else 1
        if last == "date":
            day = (day - 1) // step * step + 1
        if "day" in self.parts:
            day = 1 + at.isoweekday() % 7
        clock = {"hours": at.hour, "minutes": at.minute, "seconds": at.second, "milliseconds": at.microsecond // 1000}
        kept = {
            name: value // (step if name == last else 1) * (step if name == last else 1)
            for name, value in clock.items()
            if name in self.parts
        }
        return datetime(year, month, min(day, 29) if month == 2 else day) + timedelta(**kept)

    def _end(self, floor: datetime) -> datetime:
        last, step = self.parts[-1], self.step
        months = {"year": 12, "quarter": 3, "month": 1}.get(last, 0) * step
        try:
            if months:
                count = floor.year * 12 + floor.month - 1 + months
                return datetime(count // 12, count % 12 + 1, 1)
            days = {"week": 7, "date": 1, "day": 1, "dayofyear": 1}.get(last, 0) * step
            return floor + (timedelta(days=days) if days else timedelta(**{last: step}))
        except (ValueError, OverflowError):
            return floor

    def _words(self, at: datetime) -> str:
        parts = set(self.parts)
        clock = f"{at:%H:%M:%S}" if "seconds" in parts else f"{at:%H:%M}" if parts & {"hours", "minutes"} else ""
        if "year" in parts:
            day = f"{at.year:04d}"
            if "quarter" in parts:
                day = f"Q{(at.month + 2) // 3} {day}"
            elif parts & {"date", "day", "week", "dayofyear"}:
                day = str(at)[:10]
            elif "month" in parts or clock:
                day = f"{day}-{at.month:02d}"
        else:
            said = {
                "quarter": f"Q{(at.month + 2) // 3}", "month": _MONTHS[at.month - 1], "week": f"W{(at.timetuple().tm_yday + 6) // 7:02d}",
                "date": str(at.day), "day": _DAYS[at.isoweekday() % 7], "dayofyear": str(at.timetuple().tm_yday),
            }  # fmt: skip
            day = " ".join(said[part] for part in self.parts if part in said)
        return f"{day} {clock}".strip()


def unit(given: Any) -> Unit:
    """The time unit a spec names; raises SpecProblem for one that is not drawn."""
    told = mapping(given)
    name = str(told.get("unit", "")) if told else str(given)
    if told.get("maxbins") or not name:
        raise SpecProblem("Vega-Lite's timeUnit by maxbins is not drawn; name a unit such as yearmonth")
    bare, parts, rest = name.removeprefix("binned").removeprefix("utc"), [], ""
    rest = bare
    while rest:
        found = next((one for one in _UNITS if rest.startswith(one)), None)
        if found is None or found == "milliseconds":
            raise SpecProblem(
                f"Vega-Lite's timeUnit `{name[:40]}` is not drawn; use one of year, quarter, month, week, date, day, hours, minutes"
            )
        parts.append(found)
        rest = rest.removeprefix(found)
    return Unit(tuple(parts), max(1, int(figure(told.get("step")) or 1)))


def timed(rows: list[Record], name: str, how: Any) -> str:
    """Write each row's date as its time unit; returns the name of the field that holds it."""
    taken, fresh = unit(how), f"{how if isinstance(how, str) else 'unit'}_{name}"
    known: dict[datetime, Key] = {}
    for row in rows:
        at = dated(value_at(row, name), name)
        if at is not None and at not in known:
            known[at] = taken.key(at)
        row[fresh] = known[at] if at is not None else None
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


# Bins


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of equal width from `start` on."""

    start: float
    stop: float
    step: float

    def key(self, value: float) -> Key:
        """The bin that holds `value`."""
        last = max(0, round((self.stop - self.start) / self.step) - 1)
        place = min(last, max(0, math.floor((value - self.start) / self.step + 1e-9)))
        return self.at(place)

    def at(self, place: int) -> Key:
        """The bin at a place."""
        digits = min(300, max(0, -math.floor(math.log10(self.step))) + 1)
        left = round(self.start + place * self.step, digits)
        return Key(left, f"{left:g}–{round(left + self.step, digits):g}", self.step)


def bins(values: Sequence[float], how: Any, most: int = 10) -> Bins:
    """Bins as Vega chooses them: at most `most` steps of 1, 2 or 5 times a power of ten, where the spec says no other."""
    told = mapping(how)
    extent = [figure(one) for one in listed(told.get("extent"))]
    low, high = (extent[0], extent[1]) if len(extent) == 2 else (min(values), max(values))
    if low is None or high is None or not math.isfinite(high - low):
        raise SpecProblem("Vega-Lite's bin finds figures too far apart; give a narrower extent")
    most = max(1, int(figure(told.get("maxbins")) or most))
    base = figure(told.get("base")) or 10.0
    span = figure(told.get("span")) or (high - low) or abs(low) or 1.0
    step = figure(told.get("step")) or 0.0
    steps = [one for given in listed(told.get("steps")) if (one := figure(given))]
    if step <= 0 and steps:
        step = max((one for one in steps if one <= span / most), default=steps[0])
    if step <= 0:
        least = figure(told.get("minstep")) or 0.0
        step = max(least, base ** (round(math.log(span, base)) - math.ceil(math.log(most, base))))
        while math.ceil(span / step) > most:
            step *= base
        for divisor in [one for given in listed(told.get("divide")) if (one := figure(given))] or [5, 2]:
            if step / divisor >= least and span / (step / divisor) <= most:
                step /= divisor
    if not step or not math.isfinite(step) or span / step > 10_000:
        raise SpecProblem("Vega-Lite's bin makes more than 10,000 bins; give a larger step")
    start, stop = low, high
    if told.get("nice") is not False:
        start = math.floor(low / step + 1e-9) * step
        start = start - step if low < start else start
        stop = math.ceil(high / step - 1e-12) * step
    if (anchor := figure(told.get("anchor"))) is not None:
        shift = anchor - (start + step * math.floor((anchor - start) / step))
        start, stop = start + shift, stop + shift
    return Bins(start, start + step if stop <= start else stop, step)


def binned(rows: list[Record], name: str, how: Any, most: int = 10) -> str:
    """Write each row's bin; returns the name of the field that holds it."""
    values = [v for row in rows if (v := figure(value_at(row, name))) is not None]
    if not values:
        raise SpecProblem(f"Vega-Lite's bin of `{name}` finds no figures")
    made, fresh = bins(values, how, most), f"\0bin {name}"
    for row in rows:
        value = figure(value_at(row, name))
        row[fresh] = None if value is None else made.key(value)
    return fresh


def every_bin(keys: list[Any]) -> list[Any]:
    """The bins with the empty ones between them."""
    keys = [key for key in keys if isinstance(key, Key) and key.wide]
    if len(keys) < 2:
        return keys
    made = Bins(keys[0].order, keys[-1].order + keys[0].wide, keys[0].wide)
    known = {round((key.order - made.start) / made.step): key for key in keys}
    return [known.get(place) or made.at(place) for place in range(round((made.stop - made.start) / made.step))]


# Aggregates


def aggregated(how: str, values: Sequence[Any]) -> float | None:
    """What `how` makes of the values."""
    if how == "count":
        return float(len(values))
    if how == "missing":
        return float(sum(value is None or value == "" for value in values))
    if how == "distinct":
        return float(len({called(value) for value in values}))
    numbers = sorted(v for value in values if value != "" and (v := figure(value)) is not None)
    if how == "valid":
        return float(len(numbers))
    if how == "sum":
        return _sum(numbers)
    if not numbers:
        return None
    count, whole = len(numbers), _sum(numbers)
    match how:
        case "min":
            return numbers[0]
        case "max":
            return numbers[-1]
        case "product":
            return figure(math.prod(numbers))
        case "median":
            return quantile(numbers, 0.5)
        case "q1":
            return quantile(numbers, 0.25)
        case "q3":
            return quantile(numbers, 0.75)
        case "ci0" | "ci1":
            return _bootstrapped(numbers)[how == "ci1"]
        case "mean" | "average":
            return None if whole is None else whole / count
    mean = (whole or 0.0) / count
    try:
        squares = math.fsum((value - mean) ** 2 for value in numbers)
    except OverflowError:
        return None
    if how in {"stdevp", "variancep"}:
        return squares / count if how == "variancep" else math.sqrt(squares / count)
    variance = squares / (count - 1) if count > 1 else 0.0
    return {"variance": variance, "stdev": math.sqrt(variance), "stderr": math.sqrt(variance / count)}.get(how)


def _sum(numbers: Sequence[float]) -> float | None:
    try:
        return math.fsum(numbers)
    except OverflowError:
        return None


def quantile(numbers: Sequence[float], share: float) -> float:
    """The quantile of sorted numbers, between two neighbours where it falls there."""
    place = (len(numbers) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(numbers) - 1)
    return numbers[low] + (numbers[high] - numbers[low]) * (place - low)


def _bootstrapped(numbers: Sequence[float]) -> tuple[float, float]:
    """A 95 % interval of the mean by a thousand draws, the same ones each time."""
    if len(numbers) < 2:
        return numbers[0], numbers[0]
    chance = Random(0)
    means = sorted(math.fsum(chance.choices(numbers, k=len(numbers))) / len(numbers) for _ in range(1000 if len(numbers) <= 2000 else 200))
    return quantile(means, 0.025), quantile(means, 0.975)
