"""The table of marks: which file draws each, and what is drawn where the figures cannot carry it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

SLICES = 6  # a pie with more slices cannot be read
MOST_COLUMNS = 40  # labels in order; more are a line
MOST_BANDS = 60  # labels one under the other; more in order are a line, of others the largest are shown
SPOKES = 12  # of a radar
WEBS = 5  # series of a radar
SAMPLE = 4  # values, of which fewer have no spread worth drawing
SMOOTH = 8  # values, of which fewer make no curve


@dataclass(frozen=True, slots=True)
class Traits:
    """What decides which marks can show some figures."""

    rows: int
    count: int
    values: list[float]
    fewest: int
    """Figures of the series that has fewest."""
    ordered: bool
    dated: bool
    unit: str
    stack: str
    placed: bool
    """True where the figures have an x of their own."""
    sized: bool
    words: bool
    """True where a series holds words."""
    spans: bool
    """True where the series are the starts and ends of tasks."""
    falling: bool
    """True where no figure of the first series is above the one before it."""
    candles: bool
    """True where the four series are an opening, highest, lowest and closing figure."""
    located: bool
    """True where most labels are countries."""

    @property
    def low(self) -> float:
        """The smallest figure."""
        return min(self.values, default=0.0)

    @property
    def high(self) -> float:
        """The largest figure."""
        return max(self.values, default=0.0)

    @property
    def varied(self) -> bool:
        """True where not all figures are equal."""
        return self.low < self.high

    @property
    def whole(self) -> bool:
        """True where the figures are parts of one whole: none below zero, and percentages that make up a hundred."""
        if self.low < 0 or self.high <= 0:
            return False
        return self.unit != "%" or 97.0 <= math.fsum(self.values) <= 103.0


Instead = Callable[[Traits], str]
"""The mark to draw in place of one that the figures cannot carry; empty where they can."""


@dataclass(frozen=True, slots=True)
class Marking:
    """One mark: the file `chart_<file>` whose function of the mark's name lays it out, and what stands in for it."""

    file: str
    instead: Instead
    usual: bool = False
    """True for marks that every model is offered; the rest are offered to strong ones, and to people."""
    free: bool = False
    """True where figures are not tied to labels."""
    placed: bool = False
    """True where each figure has an x of its own."""
    worded: bool = False
    """True where a series may hold words."""
    elastic: bool = False
    """True where its height is a matter of looks: it reads as well in a lower room."""


def _upright(t: Traits) -> str:
    if t.rows == 1 and t.count == 1:
        return "number"
    if t.count > MOST_COLUMNS and t.ordered:
        return "line"
    return _many(t)


def _lying(t: Traits) -> str:
    if t.rows == 1 and t.count == 1:
        return "number"
    if t.count > MOST_BANDS and t.ordered:
        return "area" if t.stack and t.low >= 0 else "line"
    return _many(t)


def _many(t: Traits) -> str:
    """More series than bars side by side can show."""
    if t.stack or t.rows <= 6 or t.count <= 3:
        return ""
    return "line" if t.ordered and t.count > 4 else "heatmap"


def _slices(t: Traits) -> str:
    if t.rows > 1 or t.count > SLICES or not t.whole:
        return "bar" if t.rows == 1 and not t.dated else "column"
    return ""


def _spread(least: int, instead: str) -> Instead:
    """Marks of a spread: each series needs some figures, and not all the same."""
    return lambda t: "" if t.fewest >= least and t.varied else instead


def _unless(holds: Callable[[Traits], bool], otherwise: str) -> Instead:
    return lambda t: "" if holds(t) else otherwise


def _slope(t: Traits) -> str:
    if (t.count == 2 and 1 < t.rows <= MOST_BANDS) or (t.rows == 2 and 1 < t.count <= MOST_BANDS):
        return ""
    return "line" if t.ordered else "column"


MARKS: Mapping[str, Marking] = {
    "column": Marking("bars", _upright, usual=True, elastic=True),
    "bar": Marking("bars", _lying, usual=True),
    "line": Marking("lines", lambda t: "column" if t.count < 2 else "", usual=True, elastic=True),
    "area": Marking("lines", lambda t: "column" if t.count < 2 else "line" if t.low < 0 and t.rows > 1 else "", usual=True, elastic=True),
    "scatter": Marking(
        "scatter", lambda t: "" if t.placed else "line" if t.dated else "column", usual=True, free=True, placed=True, elastic=True
    ),
    "pie": Marking("shares", _slices, usual=True),
    "donut": Marking("shares", _slices, usual=True),
    "histogram": Marking("bars", lambda t: "column" if t.rows > 1 or not t.varied else "", usual=True, free=True, elastic=True),
    "heatmap": Marking("shares", lambda t: "column" if t.rows < 2 or t.count < 2 else "", usual=True),
    "waterfall": Marking("waterfall", lambda t: "column" if t.rows > 1 or not 2 <= t.count <= MOST_BANDS else "", usual=True, elastic=True),
    "number": Marking("words", lambda t: "table" if t.rows > 1 and t.count > 1 else "", usual=True),
    "table": Marking("words", lambda t: "", usual=True, worded=True),
    "lollipop": Marking("dots", _unless(lambda t: t.rows == 1 and 1 < t.count <= MOST_BANDS, "bar")),
    "dumbbell": Marking("dots", _unless(lambda t: 2 <= t.rows <= 5 and t.count <= MOST_BANDS, "bar")),
    "slope": Marking("dots", _slope, elastic=True),
    "box": Marking("spread", _spread(SAMPLE, "column"), free=True),
    "violin": Marking("spread", _spread(SMOOTH, "box"), free=True),
    "density": Marking("spread", _spread(SMOOTH, "box"), free=True, elastic=True),
    "funnel": Marking("funnel", _unless(lambda t: t.rows == 1 and 1 < t.count <= MOST_BANDS and t.falling and t.low >= 0 < t.high, "bar")),
    "treemap": Marking("treemap", _unless(lambda t: t.whole and len(t.values) > 1, "bar"), elastic=True),
    "diverging": Marking("diverging", _unless(lambda t: t.rows > 1 and t.count <= MOST_BANDS and t.low >= 0 < t.high, "bar")),
    "multiples": Marking("multiples", _unless(lambda t: t.rows > 1 and t.count > 1 and t.ordered, "bar")),
    "sparklines": Marking("multiples", _unless(lambda t: t.count > 1, "table")),
    "bubble": Marking("scatter", lambda t: "" if t.placed and t.sized else "scatter", free=True, placed=True, elastic=True),
    "radar": Marking("radar", _unless(lambda t: 3 <= t.count <= SPOKES and t.rows <= WEBS and t.low >= 0 < t.high, "column"), elastic=True),
    "gantt": Marking("gantt", lambda t: "" if t.spans else "table" if t.words else "column", worded=True),
    "candlestick": Marking("candles", _unless(lambda t: t.rows == 4 and t.count > 1 and t.candles, "line"), elastic=True),
    "map": Marking("map", _unless(lambda t: t.located and t.rows == 1, "bar")),
}  # fmt: skip
