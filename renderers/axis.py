"""Axes that read well: few round ticks, figures written alike in the reader's language, dates at natural steps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from flipchart.renderers.times import Grain, Moment, finest, written
from flipchart.renderers.words import number

SIGNS = "%$€£¥₹₩₽₺₴₪฿‰"
HUGE = 1e100  # past this, spans overflow: geometry is done in a scaled-down unit

FEW = 10  # from here on a share of so many things says something
LARGEST = 1e15  # from here on figures are written as powers of ten


def from_zero(low: float, high: float) -> bool:
    """True where an axis of figures begins at zero because they come near it."""
    return 0 <= low < 0.35 * high


def whole(values: Sequence[float | None]) -> bool:
    """True where all figures are whole ones, none below zero, as things are counted: nothing lies between 1 and 2 people."""
    return all(value is None or (value >= 0 and float(value).is_integer()) for value in values)


def few(values: Sequence[float | None]) -> bool:
    """True where figures count a handful of things: their axis begins at zero, and a change of them is no matter of percent."""
    return whole(values) and max((value for value in values if value is not None), default=FEW) < FEW


@lru_cache(maxsize=16384)
def _written(value: float, lang: str, unit: str = "", *, compact: bool = False, digits: int | None = None, fixed: bool = False) -> str:
    return number(value, lang, unit, compact=compact and abs(value) < LARGEST, digits=digits, fixed=fixed)


@dataclass(frozen=True, slots=True)
class Figures:
    """How the figures of one chart are written: all with the same unit, and as many decimals as they need."""

    unit: str
    lang: str
    decimals: int
    compact_decimals: int

    @property
    def mark(self) -> str:
        """The unit where it is a sign that stands at each figure; "" where it is a word that is said once."""
        return self.unit if is_sign(self.unit) else ""

    def full(self, value: float) -> str:
        """All of it: "120,000", "€3.40"."""
        return _written(value, self.lang, self.mark, digits=self.decimals, fixed=True)

    def short(self, value: float) -> str:
        """As short as can be: "120K", "€3.4"."""
        if abs(value) < 10_000:
            return self.full(value)
        return _written(value, self.lang, self.mark, compact=True, digits=self.compact_decimals)

    def said(self, value: float | None) -> str:
        """With its unit in words, for tips and tables: "120 people"; a dash where there is none."""
        if value is None:
            return "–"
        return _written(value, self.lang, self.unit, digits=max(self.decimals, _decimals(value, _most(abs(value)))))


def is_sign(unit: str) -> bool:
    """True for units that are written at each figure: currency signs, percent, degrees; words and letters are said once."""
    return bool(unit) and (
        unit in SIGNS or unit in {"US$", "R$", "A$", "C$", "°C", "°F"} or (len(unit) <= 3 and not any(c.isalnum() for c in unit))
    )


def figures(values: Sequence[float | None], unit: str = "", lang: str = "en") -> Figures:
    """How to write `values` alike: at most four significant digits are shown, and enough to tell them apart."""
    shown = [value for value in values if value is not None]
    largest = max((abs(value) for value in shown), default=0.0)
    most = _most(largest)
    decimals = max((_decimals(value, most) for value in shown), default=0)
    long = sorted({value for value in shown if abs(value) >= 10_000}, key=abs)
    compact = _compact_decimals([*long[:20], *long[-20:]], lang or "en", 2 if len(long) < 40 else 1)
    return Figures(unit, lang or "en", decimals, compact)


def _most(size: float) -> int:
    """How many decimals a figure of this size has at most."""
    return 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 4


def _compact_decimals(values: Sequence[float], lang: str, most: int) -> int:
    """How many decimals short figures need (1.2M; thousands, lakhs and 万 differ by language), at most `most`."""
    exact = [_written(value, lang, compact=True, digits=most) for value in values]
    return next(
        (n for n in range(most) if all(_written(v, lang, compact=True, digits=n) == e for v, e in zip(values, exact, strict=True))), most
    )


def _decimals(value: float, most: int) -> int:
    """How many decimals `value` needs, at most `most`."""
    for places in range(most):
        if abs(round(value, places) - value) <= abs(value) * 1e-9:
            return places
    return most


def stepped(first: Sequence[float], unit: str = "", lang: str = "en") -> Callable[[float], str]:
    """How to write the ticks `first`: short, and with enough decimals that no two read alike."""
    step = min((abs(b - a) for a, b in pairwise(first)), default=1.0)
    largest = max((abs(tick) for tick in first), default=0.0)
    sign = unit if is_sign(unit) else ""
    if largest < 100_000:
        decimals = _decimals(step, 6)
        return lambda value: _written(value, lang, sign, digits=decimals, fixed=True)
    places = _compact_decimals([tick for tick in first if abs(tick) >= 10_000], lang, 4)
    return lambda value: _written(value, lang, sign, compact=True, digits=places if abs(value) >= 10_000 else 0)


def position(at: datetime) -> float:
    """A moment as days, for geometry."""
    return at.toordinal() + (at.hour * 60 + at.minute) / 1440


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick of a time axis: where (days), its words, and the larger unit that begins with it."""

    at: float
    words: str
    under: str = ""


_STEPS: tuple[tuple[Grain, int], ...] = (
    ("minute", 60),
    ("minute", 180),
    ("minute", 360),
    ("minute", 720),
    ("day", 1),
    ("day", 2),
    ("day", 7),
    ("day", 14),
    ("month", 1),
    ("quarter", 3),
    ("month", 3),
    ("month", 6),
    ("year", 1),
    ("year", 2),
    ("year", 5),
    ("year", 10),
    ("year", 20),
    ("year", 25),
    ("year", 50),
    ("year", 100),
    ("year", 200),
    ("year", 500),
    ("year", 1000),
)
_COARSE: dict[Grain, int] = {"minute": 0, "week": 1, "day": 1, "month": 2, "quarter": 3, "year": 4}


def time_ticks(moments: Sequence[Moment], room: float, measure: Callable[[str], float], lang: str) -> list[Tick]:
    """Ticks at natural steps that fit in `room` px, never finer than the data."""
    grain = finest(moments)
    first, last = moments[0].at, moments[-1].at
    days = max(position(last) - position(first), 1e-6)
    for unit, step in _STEPS:
        if _COARSE[unit] < _COARSE[grain] or (unit == "quarter") != (grain == "quarter" and step == 3):
            continue
        rough = {"minute": 1440, "day": 1, "month": 1 / 30.44, "quarter": 1 / 30.44, "year": 1 / 365.25}[unit] * days / step
        if rough > 13:
            continue
        found = _stops(first, last, unit, step)
        if len(found) < 2:
            continue
        ticks = _worded(found, unit, lang)
        widest = max(max(measure(tick.words), measure(tick.under)) for tick in ticks)
        gap = min(b.at - a.at for a, b in pairwise(ticks)) / days * room
        if gap >= widest + 14:
            return ticks
    ends = [Tick(position(at), written(at, grain, lang)) for at in (first, last)]
    return ends if measure(ends[0].words) + measure(ends[1].words) + 20 < room else ends[:1]


def _stops(first: datetime, last: datetime, unit: Grain, step: int) -> list[datetime]:
    """The moments between `first` and `last` at natural steps of `unit`."""
    out = []
    match unit:
        case "minute":
            at = first.replace(minute=0, hour=first.hour // max(1, step // 60) * max(1, step // 60))
            delta = timedelta(minutes=step)
        case "day":
            at, delta = first.replace(hour=0, minute=0), timedelta(days=step)
        case _:
            months = step * 12 if unit == "year" else step
            count = first.year * 12 + first.month - 1
            count = -(-count // months) * months if months > 1 else count
            while count // 12 < 1:
                count += months
            while count // 12 <= 9999:
                at = datetime(count // 12, count % 12 + 1, 1)
                if at > last:
                    break
                if at >= first.replace(day=1, hour=0, minute=0):
                    out.append(at)
                count += months
            return out
    while at <= last:
        if at >= first.replace(minute=0):
            out.append(at)
        try:
            at += delta
        except OverflowError:
            break
    return out


def _worded(stops: list[datetime], unit: Grain, lang: str) -> list[Tick]:
    out = []
    before: datetime | None = None
    for at in stops:
        if unit == "minute":
            under = written(at, "day", lang, year=False) if before is None or at.date() != before.date() else ""
            out.append(Tick(position(at), f"{at:%H:%M}", under))
        elif unit == "year":
            out.append(Tick(position(at), written(at, "year", lang)))
        else:
            under = written(at, "year", lang) if before is None or at.year != before.year else ""
            out.append(Tick(position(at), written(at, unit, lang, year=False), under))
        before = at
    return out


def moment_at(days: float) -> datetime:
    """The moment that lies `days` after the start of the calendar; the nearest one it has."""
    days = min(max(days, 1.0), 3652058.99999)
    return datetime.fromordinal(int(days)) + timedelta(seconds=round((days % 1) * 86400))


def moment_words(days: float, grain: Grain, lang: str) -> str:
    """A place on a time axis in words."""
    at = moment_at(days)
    return written(at, "minute" if grain == "day" and (at.hour or at.minute) else grain, lang)
