"""Dates as people write them, in many styles and nine languages, and as a chart's axis writes them.

Years run from 1 to 9999 (the calendar of `datetime`), so dates before 1900 are dates like others.
"""

import itertools
import json
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Literal

from flipchart import assets
from flipchart.renderers.words import locale

Grain = Literal["year", "quarter", "month", "week", "day", "minute"]
Order = Literal["dmy", "mdy", "ymd"]

_ISO = re.compile(
    r"^(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?)?)?$",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"^(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d{2})(?::\d{2})?\s*([ap]\.?m\.?)?)?$", re.IGNORECASE
)
_MONTH_YEAR = re.compile(r"^(\d{1,2})[-/.](\d{4})$")
_EASTERN = re.compile(r"^(\d{4})\s*[年년]\s*(?:(\d{1,2})\s*[月월]\s*(?:(\d{1,2})\s*[日일号]?)?)?$")
_QUARTER = re.compile(
    r"^(?:(?:Q|T|К|第)?\s*([1-4])\s*(?:Q|T|季度|四半期|кв\.?)?[\s\-/']*(\d{4}|\d{2}(?=$)))$|^(\d{4})\s*年?[\s\-/]*(?:Q|T|第)\s*([1-4])\s*(?:季度|四半期)?$",
    re.IGNORECASE,
)
_WEEK = re.compile(r"^(\d{4})-?\s?W(\d{1,2})$|^W(?:eek\s|k\s|\s)?(\d{1,2})[\s\-/]+(\d{4})$", re.IGNORECASE)
_CLOCK = re.compile(r"[,\s]+(\d{1,2}):(\d{2})(?::\d{2})?$")
_BETWEEN = re.compile(r"[\s,./\-]+")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er|º|ª)$")
_FILLERS = {"de", "of", "the", "del", "do", "da", "den", "der", "г", ""}


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, and how finely it was written."""

    at: datetime
    grain: Grain


@cache
def _named_in(what: Literal["months", "weekdays"]) -> dict[str, int]:
    """Months or weekdays by their long and short names, folded, in fifteen languages: CLDR's, kept, since to load a language from it
    takes as long as to draw a chart."""
    return {name: int(number) for number, names in json.loads(assets.text("calendar.json"))[what].items() for name in names}


def _months() -> dict[str, int]:
    return _named_in("months")


def _weekdays() -> dict[str, int]:
    return _named_in("weekdays")


def _folded(name: str) -> str:
    """A name as it is looked up: small letters, no point, no nukta (फ़रवरी is also written फरवरी)."""
    return unicodedata.normalize("NFD", name.lower().rstrip(".॰")).replace("\u093c", "")


@lru_cache(maxsize=65536)
def read(words: str, order: Order = "dmy") -> Moment | None:
    """The moment that `words` are, or None. `order` settles 03/04/2024 where it is not plain."""
    bare = words.strip().rstrip(".")
    if not 4 <= len(bare) <= 40 or not any(c.isdigit() for c in bare):
        return None
    clock = _CLOCK.search(bare)
    try:
        if found := _numeric(bare, order):
            return found
        if clock and (found := _named(bare[: clock.start()])) and found.grain == "day":
            return Moment(found.at + timedelta(hours=int(clock[1]), minutes=int(clock[2])), "minute")
        return _named(bare)
    except (ValueError, OverflowError):
        return None


def _numeric(bare: str, order: Order) -> Moment | None:
    if re.fullmatch(r"[12]\d{3}", bare):
        return Moment(datetime(int(bare), 1, 1), "year")
    if found := _ISO.match(bare) or _EASTERN.match(bare):
        written_year, written_month, written_day, hours, minutes = (*found.groups(default=""), "", "")[:5]
        at = datetime(int(written_year), int(written_month or 1), int(written_day or 1))
        if hours:
            return Moment(at + timedelta(hours=int(hours), minutes=int(minutes or 0)), "minute")
        return Moment(at, "day" if written_day else "month" if written_month else "year")
    if found := _NUMERIC.match(bare):
        first, second, year = int(found[1]), int(found[2]), _full(found[3])
        day, month = (second, first) if (order == "mdy" and first <= 12) or second > 12 else (first, second)
        at = datetime(year, month, day)
        if not found[4]:
            return Moment(at, "day")
        noon = 12 if (found[6] or "").lower().startswith("p") and int(found[4]) < 12 else 0
        return Moment(at + timedelta(hours=int(found[4]) + noon, minutes=int(found[5])), "minute")
    if found := _MONTH_YEAR.match(bare):
        return Moment(datetime(int(found[2]), int(found[1]), 1), "month")
    if (found := _QUARTER.match(bare)) and re.search(r"[^\d\s\-/']", bare):
        quarter, year = int(found[1] or found[4]), _full(found[2] or found[3])
        return Moment(datetime(year, quarter * 3 - 2, 1), "quarter")
    if found := _WEEK.match(bare):
        year, week = int(found[1] or found[4]), int(found[2] or found[3])
        return Moment(datetime.combine(date.fromisocalendar(year, week, 1), datetime.min.time()), "week")
    return None


def _named(bare: str) -> Moment | None:
    """Dates with a month's name: "Jan 2024", "5. Januar 2024", "March 5, 2024", "Jan-24"."""
    parts = [_ORDINAL.sub("", _folded(part)) for part in _BETWEEN.split(bare.lower()) if part not in _FILLERS]
    months = [_months()[part] for part in parts if part in _months()]
    numbers = [part for part in parts if part.isdecimal()]
    if len(months) != 1 or not 1 <= len(numbers) <= 2 or len(months) + len(numbers) != len(parts):
        return None
    if len(numbers) == 1:
        return Moment(datetime(_full(numbers[0]), months[0], 1), "month") if len(numbers[0]) in {2, 4} else None
    year = next((n for n in numbers if len(n) == 4), numbers[1])
    day = numbers[0] if year == numbers[1] else numbers[1]
    return Moment(datetime(_full(year), months[0], int(day)), "day")


def _full(year: str) -> int:
    """The year meant by its last two digits: 1970 to 2069."""
    number = int(year)
    return number if len(year) != 2 else number + (1900 if number >= 70 else 2000)


def order_of(cells: Sequence[str]) -> Order:
    """How the numeric dates in `cells` are written: month first only where a second number over 12 proves it."""
    for words in cells:
        found = _NUMERIC.match(words.strip())
        if found and int(found[2]) > 12:
            return "mdy"
        if found and int(found[1]) > 12:
            return "dmy"
    return "dmy"


def after(moment: Moment) -> datetime:
    """Where the next period begins."""
    at = moment.at
    months = {"year": 12, "quarter": 3, "month": 1}.get(moment.grain)
    if months:
        return _shifted(at, months)
    return at + {"week": timedelta(days=7), "minute": timedelta(minutes=1)}.get(moment.grain, timedelta(days=1))


def _shifted(at: datetime, months: int) -> datetime:
    """The first of the month that lies so many months on."""
    count = max(12, at.year * 12 + at.month - 1 + months)
    return datetime(min(9999, count // 12), count % 12 + 1, 1)


_RELATIVE = re.compile(r"(last|latest|past|previous|this|current)\s+(?:(\d{1,3})\s+)?(year|quarter|month|week|day)s?", re.IGNORECASE)


def relative(words: str, now: datetime) -> tuple[datetime, datetime] | None:
    """From when to when "last 3 months", "this year" or "previous quarter" goes, counted back from `now`, the last date there is.

    The last year is the one that `now` lies in: there is nothing after it.
    """
    found = _RELATIVE.fullmatch(" ".join(words.split()))
    if not found:
        return None
    count, unit = int(found[2] or 1), found[3].lower()
    days, months = {"week": 7, "day": 1}.get(unit, 0), {"year": 12, "quarter": 3, "month": 1}.get(unit, 0)
    day = datetime(now.year, now.month, now.day)
    start = day - timedelta(days=day.weekday() if unit == "week" else 0)
    start = datetime(now.year, (now.month - 1) // (months or 1) * (months or 1) + 1, 1) if months else start

    def back(at: datetime, by: int) -> datetime:
        return _shifted(at, -by * months) if months else at - by * timedelta(days=days)

    if found[1].lower() == "previous":
        return back(start, count), start
    return back(start, count - 1), back(start, -1)


@lru_cache(maxsize=32)
def moments(labels: tuple[str, ...]) -> tuple[Moment, ...]:
    """The moments that all of `labels` are, in order; empty where one is none, or they do not run forwards."""
    order = order_of(labels)
    found = tuple(moment for words in labels if (moment := read(words, order)))
    if len(found) != len(labels) or len(found) < 2 or any(a.at >= b.at for a, b in itertools.pairwise(found)):
        return ()
    return found


@lru_cache(maxsize=4096)
def written(at: datetime, grain: Grain, lang: str, *, year: bool = True) -> str:
    """A moment as `lang` writes it at this grain: "2024", "Q1 2024", "Jan 2024", "Jan 5"; without its year where `year` is False."""
    from babel.dates import format_date, format_skeleton

    where = locale(lang)
    match grain:
        case "year":
            return f"{at.year:04d}" if at.year < 1000 else str(at.year)
        case "quarter":
            return str(format_skeleton("yQQQ", at, locale=where) if year else format_date(at, "QQQ", locale=where))
        case "month":
            return str(format_skeleton("yMMM" if year else "MMM", at, locale=where))
        case "minute":
            day = str(format_skeleton("MMMd", at, locale=where))
            return f"{day} {at:%H:%M}" if year else f"{at:%H:%M}"
        case _:
            return str(format_skeleton("yMMMd" if year else "MMMd", at, locale=where))


def month(at: datetime, lang: str) -> str:
    """The month's name in `lang`, in full."""
    return str(locale(lang).months["stand-alone"]["wide"][at.month])


def weekday(number: int, lang: str) -> str:
    """The name of the weekday `number` (1 is Monday), short."""
    return str(locale(lang).days["stand-alone"]["abbreviated"][number - 1])


_NUMBERED = re.compile(r"^(?:[^\W\d_]{1,6}[.\s-]?)?\s?\d{1,4}(?:\s?[-–/+]\s?\d{0,4})?(?:\s?[^\W\d_%]{0,6}\.?)?$")


def bare_month(words: str) -> int:
    """The number of a month named without a year, in any of our languages; 0 where it is none."""
    return _months().get(_folded(words.strip()), 0)


def month_names(number: int) -> list[str]:
    """Every name of a month."""
    return [name for name, one in _months().items() if one == number]


def ordered(labels: Collection[str]) -> list[str] | None:
    """Labels that have an order of their own in that order: months, weekdays, "Week 1 Week 2"; None where they have none."""
    names = {label: _folded(label.strip()) for label in labels}
    for known in (_months(), _weekdays()):
        if all(name in known for name in names.values()):
            return sorted(labels, key=lambda label: known[names[label]])
    if not all(_NUMBERED.match(name) for name in names.values()):
        return None
    out = sorted(labels, key=lambda label: int(re.findall(r"\d+", label)[0]))
    return out if in_order(out) else None


def in_order(labels: Sequence[str]) -> bool:
    """True where the labels run in an order of their own: months, weekdays, "Q1 Q2 Q3", "Week 1 Week 2", "10-19 20-29"."""
    names = [_folded(label.strip()) for label in labels]
    if all(name in _months() for name in names):
        return _forwards([_months()[name] for name in names], 12)
    if all(name in _weekdays() for name in names):
        return _forwards([_weekdays()[name] for name in names], 7)
    if not all(_NUMBERED.match(name) for name in names):
        return False
    numbers = [int(found[0]) for name in names if (found := re.search(r"\d+", name))]
    return all(a < b for a, b in itertools.pairwise(numbers))


def weekdays(labels: Sequence[str]) -> bool:
    """True where the labels are days of the week."""
    return len(labels) > 1 and all(_folded(label) in _weekdays() for label in labels)


def _forwards(places: Sequence[int], around: int) -> bool:
    """True where each place follows the one before, once round at most."""
    return all((b - a) % around >= 1 for a, b in itertools.pairwise(places)) and sum(
        (b - a) % around for a, b in itertools.pairwise(places)
    ) < max(around, len(places))


def finest(found: Sequence[Moment]) -> Grain:
    """The finest grain among the moments."""
    ranks: tuple[Grain, ...] = ("minute", "day", "week", "month", "quarter", "year")
    return min((moment.grain for moment in found), key=ranks.index)
