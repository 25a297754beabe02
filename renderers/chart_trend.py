"""What follows from a row of figures: its straight trend, and where that leads with a band of how far it may be off."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from flipchart.renderers.times import Moment

LEAST = 6  # figures, of which fewer tell no trend worth carrying on
TRENDED = ("line", "scatter", "bubble")  # marks that a trend can be drawn through
Z = 1.2816  # of the normal distribution: eight of ten lie within


def trends(mark: str, rows: int) -> tuple[str, ...]:
    """The trends that a mark of so many series takes."""
    return () if mark not in TRENDED else ("line", "forecast") if mark == "line" and rows == 1 else ("line",)


@dataclass(frozen=True, slots=True)
class Trend:
    """A line by least squares, the share of the variation that it explains, and how far figures lie from it."""

    slope: float
    height: float
    share: float
    middle: float
    spread: float
    off: float
    count: int

    def at(self, x: float) -> float:
        """The line at `x`."""
        return self.height + self.slope * (x - self.middle)

    def reach(self, x: float) -> float:
        """How far eight of ten figures lie from the line at `x`."""
        free = self.count - 2
        t = Z + (Z**3 + Z) / (4 * free) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * free**2)
        return t * self.off * math.sqrt(1 + 1 / self.count + (x - self.middle) ** 2 / self.spread)


def trend(xs: Sequence[float], ys: Sequence[float]) -> Trend | None:
    """The line through the figures; None where they are too few, or all at one place."""
    count = len(xs)
    if count < 3:
        return None
    middle, height = math.fsum(xs) / count, math.fsum(ys) / count
    spread = math.fsum((x - middle) ** 2 for x in xs)
    if spread <= 0 or not math.isfinite(spread):
        return None
    slope = math.fsum((x - middle) * (y - height) for x, y in zip(xs, ys, strict=True)) / spread
    rest = math.fsum((y - height - slope * (x - middle)) ** 2 for x, y in zip(xs, ys, strict=True))
    whole = math.fsum((y - height) ** 2 for y in ys)
    share = 1.0 - rest / whole if whole > 0 else 1.0
    return Trend(slope, height, share, middle, spread, math.sqrt(rest / (count - 2)), count)


def carried_on(ys: Sequence[float], ahead: int, around: int) -> list[tuple[float, float, float]]:
    """The next `ahead` figures after `ys`, each with the lower and upper end of its band; seasons of `around` figures come again.

    Empty where there is no trend to carry on.
    """
    xs = [float(n) for n in range(len(ys))]
    found = trend(xs, ys)
    if found is None or len(ys) < LEAST:
        return []
    seasons = [0.0] * max(1, around)
    if around > 1 and len(ys) >= 2 * around:
        apart: list[list[float]] = [[] for _ in range(around)]
        for x, y in zip(xs, ys, strict=True):
            apart[int(x) % around].append(y - found.at(x))
        seasons = [math.fsum(one) / len(one) for one in apart]
        found = trend(xs, [y - seasons[int(x) % around] for x, y in zip(xs, ys, strict=True)]) or found
    out = []
    for n in range(len(ys), len(ys) + ahead):
        y, reach = found.at(n) + seasons[n % len(seasons)], found.reach(n)
        out.append((y, y - reach, y + reach))
    return out


def following(moments: Sequence[Moment], ahead: int) -> list[Moment]:
    """The next moments after evenly spaced ones; empty where they are not even."""
    last, grain = moments[-1], moments[-1].grain
    if any(one.grain != grain for one in moments):
        return []
    months = {"year": 12, "quarter": 3, "month": 1}.get(grain)
    out = []
    if months:
        steps = {(b.at.year - a.at.year) * 12 + b.at.month - a.at.month for a, b in pairwise(moments)}
        if len(steps) != 1:
            return []
        step = steps.pop()
        for n in range(1, ahead + 1):
            whole = last.at.year * 12 + last.at.month - 1 + step * n
            if whole // 12 > 9999:
                return []
            out.append(Moment(last.at.replace(year=whole // 12, month=whole % 12 + 1, day=1), grain))
        return out
    gaps = {b.at - a.at for a, b in pairwise(moments)}
    if len(gaps) != 1:
        return []
    gap: timedelta = gaps.pop()
    try:
        return [Moment(last.at + gap * n, grain) for n in range(1, ahead + 1)]
    except OverflowError:
        return []
