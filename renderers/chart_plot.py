"""What every chart's layout shares: the decided data (`Plot`) and the pen that sets its words and colours without overlap.

The marks' own layouts are `chart_bars`, `chart_lines`, `chart_shares` and `chart_words`; all are left to right, the sheet mirrors them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from flipchart.renderers import axis
from flipchart.renderers.axis import Figures
from flipchart.renderers.drawing import UNSEEN, Align, Box, Command, Item, Path, Text, moved
from flipchart.renderers.layered import Layered
from flipchart.renderers.marks import Canvas, Span, Tag
from flipchart.renderers.sheet import Room
from flipchart.renderers.style import Style, contrast, mix, on
from flipchart.renderers.times import Moment
from flipchart.renderers.typeset import LEADING, break_lines, measure, place
from flipchart.renderers.words import say

GAP = 8.0  # px, the grid
POINTED = 400  # points, up to which each can be pointed at
UNBROKEN = 1e5  # px, a room in which no line is broken


@dataclass(frozen=True, slots=True)
class Row:
    """One series: its figures by label, and the part of the spec they come from."""

    name: str
    values: tuple[float | None, ...]
    part: str = ""
    xs: tuple[float | None, ...] = ()
    unit: str = ""
    texts: tuple[str, ...] = ()
    fixed: frozenset[int] = frozenset()
    """Labels whose figure was computed for the picture and stands nowhere in the spec."""
    homes: tuple[tuple[str, str], ...] = ()
    """Part and field of each figure, where they are not those of one series."""
    home: tuple[str, str] = ("", "")
    """Part and field of the name, where it is not a series' own."""
    sizes: tuple[float | None, ...] = ()
    lows: tuple[float | None, ...] = ()
    highs: tuple[float | None, ...] = ()
    """The range given with each figure."""
    ahead: tuple[float | None, ...] = ()
    """Where the trend leads after the last figure; the first of them is that figure."""


@dataclass(frozen=True, slots=True)
class Plot:
    """What is drawn, all decisions made but those that need room."""

    mark: str
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    part: str = ""
    places: tuple[int, ...] = ()
    """Where each label stands in the spec."""
    moments: tuple[Moment, ...] = ()
    numbers: tuple[float, ...] = ()
    """The labels as figures, where they are ones that grow: a line stands at their true distances."""
    ordered: bool = False
    """True where the labels have an order of their own (dates, steps), so that every other one may be left out."""
    unit: str = ""
    stack: str = ""
    trend: str = ""
    x_title: str = ""
    y_title: str = ""
    stressed: frozenset[int] = frozenset()
    """Labels to stress."""
    stressed_row: int | None = None
    totals: frozenset[int] = frozenset()
    """Labels of a waterfall that are totals."""
    added: frozenset[int] = frozenset()
    """Labels that stand nowhere in the spec (a waterfall's last total)."""
    runs: tuple[tuple[float, float] | None, ...] = ()
    """From when to when each task of a plan runs."""
    edges: tuple[float, ...] = ()
    """Borders of a histogram's bins, one more than its labels."""
    shown: tuple[str, ...] = ()
    """The labels as they are set: dates in the reader's language."""
    homes: tuple[tuple[str, str], ...] = ()
    """Part and field of each label, where they are not the chart's labels."""
    layers: Layered | None = None
    """Panels and layers, drawn in place of rows."""
    lang: str = "en"

    def place(self, label: int) -> int:
        """Where the label stands in the spec."""
        return self.places[label] if self.places else label


@dataclass
class Pen:
    """Sets one plot in a room: words where nothing else lies, colours by what is stressed."""

    plot: Plot
    style: Style
    width: float
    room: Room
    items: list[Item] = field(default_factory=list)
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)
    left_out: int = 0
    unnamed: list[tuple[str, str]] = field(default_factory=list)
    """What is drawn too small for its name, with its figure."""
    log: bool = False
    """True where each step up the axis is ten times as much."""
    hues: dict[int, str] = field(default_factory=dict)
    """Colours of rows that a mark chose itself."""

    # What the whole picture shares

    @cached_property
    def size(self) -> float:
        """Type size of labels, in px."""
        return self.style.size(0, self.width) + 1.0

    @cached_property
    def line(self) -> float:
        """Height of a line of labels, in px."""
        return self.size * LEADING

    @cached_property
    def figures(self) -> Figures:
        """How all figures are written."""
        return axis.figures([value for row in self.plot.rows for value in row.values], self.plot.unit, self.plot.lang)

    @cached_property
    def grid_colour(self) -> str:
        """The colour of gridlines: the theme's rule, lightened where it is as dark as ink."""
        rule, sheet = self.style.rule, self.style.sheet
        return mix(rule, sheet, 0.25) if contrast(rule, sheet) > 4.5 else rule

    @cached_property
    def scale(self) -> float:
        """What figures are divided by before geometry, so that spans neither overflow nor vanish."""
        largest = max((abs(v) for row in self.plot.rows for v in (*row.values, *row.xs) if v is not None), default=0.0)
        return 10.0 ** math.floor(math.log10(largest)) if largest > axis.HUGE or 0 < largest < 1 / axis.HUGE else 1.0

    @cached_property
    def whole(self) -> bool:
        """Whether all figures are counted in whole ones, and drawn as they are."""
        return self.scale == 1.0 and not self.log and axis.whole([value for row in self.plot.rows for value in row.values])

    def height(self, wide: float = 0.5, narrow: float = 0.82) -> float:
        """The picture's height in px: the room's, or a good share of its width."""
        if self.room.h is not None:
            return self.room.h
        share = narrow if self.width < 520 else (wide + 0.06) if self.width < 860 else wide
        return round(self.room.w * share)

    def along(self) -> list[float]:
        """Where each label stands along a line: in days, in its own figures, or one after the other."""
        if self.plot.moments:
            return [axis.position(moment.at) for moment in self.plot.moments]
        return list(self.plot.numbers) or [float(i) for i in range(len(self.plot.labels))]

    def value(self, row: int, label: int) -> float | None:
        """A figure in the units of geometry, None where there is none."""
        values = self.plot.rows[row].values
        return self.scaled(values[label] if label < len(values) else None)

    def scaled(self, value: float | None) -> float | None:
        """`value` in the units of geometry."""
        if value is None or (self.log and value / self.scale <= 0):
            return None
        return math.log10(value / self.scale) if self.log else value / self.scale

    def told(self, tick: float) -> float:
        """The figure that a place in the units of geometry stands for."""
        return 10.0**tick * self.scale if self.log else tick * self.scale

    def wide(self, words: str, weight: int = 400, size: float | None = None) -> float:
        """Width of `words` set as a label, in px."""
        return max(measure(line, size or self.size, self.style.sans, weight) for line in words.split("\n"))

    def colour(self, row: int) -> str:
        """The colour of a row: its own, or grey where another is stressed."""
        if row in self.hues:
            return self.hues[row]
        stressed = self.plot.stressed_row
        if stressed is not None:
            rank = row - (row > stressed)
            fade = 1.0 if self.plot.mark == "line" else max(0.34, 1.0 - 0.33 * rank)
            return self.style.accent if row == stressed else mix(self.style.muted, self.style.sheet, fade)
        return self.style.accent if len(self.plot.rows) == 1 else self.style.hue(row)

    def bar_colour(self, row: int, label: int) -> str:
        """The colour of one bar."""
        if len(self.plot.rows) == 1 and self.plot.stressed:
            return self.style.accent if label in self.plot.stressed else self.style.muted
        return self.colour(row)

    def ink_on(self, fill: str) -> str:
        """Black or white, whichever reads better on `fill` (at least 4.5:1 on any colour)."""
        return max((on(fill), "#000000", "#FFFFFF"), key=lambda ink: contrast(ink, fill))

    def write(self, value: float) -> str:
        """A figure as all figures of the chart are written at their marks: in full, or short where full is long."""
        if self.log:
            return axis.figures([value], self.plot.unit, self.plot.lang).short(value)
        return self.figures.full(value) if self.in_full else self.figures.short(value)

    @cached_property
    def in_full(self) -> bool:
        """True where every figure is short enough to be written in full."""
        return all(len(self.figures.full(v)) <= 8 for row in self.plot.rows for v in row.values if v is not None)

    def paint(self, colour: str) -> tuple[str, str | None, float]:
        """Fill, stroke and stroke width of an area of `colour`: solid, or light with an outline on paper and by hand."""
        if self.style.rough:
            return mix(colour, self.style.sheet, 0.28), colour, self.style.line
        if not self.style.fills:
            return mix(colour, self.style.sheet, 0.34), colour, 1.0
        return colour, None, 0.0

    def text(
        self,
        words: str,
        x: float,
        y: float,
        *,
        align: Align = "start",
        room: float | None = None,
        fill: str = "",
        weight: int = 400,
        size: float | None = None,
        lines: int | None = 1,
        **more: Any,
    ) -> Text:
        """`words` set with their anchor (start, middle or end) at x and the top of their first line at y."""
        size = size or self.size
        w = room if room is not None else UNBROKEN
        left = x - {"start": 0.0, "middle": w / 2, "end": w}[align]
        text = place(
            words,
            left,
            y,
            w,
            size=size,
            fill=fill or self.style.quiet,
            family=self.style.sans,
            weight=weight,
            align=align,
            most_lines=lines,
            **{"role": "label", **more},
        )
        if room is not None:
            return text
        return replace(text, x=min(line.x for line in text.lines), w=max(line.width for line in text.lines))

    def free(self, text: Text, pad: float = 2.0) -> bool:
        """True where nothing that was kept lies under `text`."""
        left, top, right, bottom = _extent(text, pad)
        if left + pad < self.room.x - 2 or right - pad > self.room.x + self.room.w + 2:
            return False
        return not any(
            left < other_right and right > other_left and top < other_bottom and bottom > other_top
            for other_left, other_top, other_right, other_bottom in self.taken
        )

    def keep(self, text: Text, pad: float = 2.0) -> None:
        """Set `text`; nothing else may lie there."""
        self.items.append(text)
        self.taken.append(_extent(text, pad))

    def try_keep(self, text: Text, pad: float = 2.0) -> bool:
        """Set `text` where nothing else lies; says whether it was."""
        if not self.free(text, pad):
            return False
        self.keep(text, pad)
        return True

    def tip(self, row: int, label: int) -> str:
        """What is said of one figure: "North, March: 90,000"."""
        one = self.plot.rows[row]
        names = [
            name for name in (one.name if len(self.plot.rows) > 1 else "", self.plot.labels[label] if self.plot.labels else "") if name
        ]
        figures = replace(self.figures, unit=one.unit) if one.unit else self.figures
        return f"{', '.join(names)}: {figures.said(one.values[label])}" if names else figures.said(one.values[label])

    def where(self, row: int, label: int) -> dict[str, Any]:
        """The place in the spec that a figure shows."""
        one = self.plot.rows[row]
        if one.homes:
            return dict(zip(("part", "field"), one.homes[label], strict=True))
        return {"part": one.part, "field": "" if label in one.fixed else f"values.{self.plot.place(label)}"}

    def tag(self, row: int, label: int, tip: str = "", step: int = 0) -> Tag:
        """What the mark of one figure shows; `tip` and `step` where they are not the usual ones."""
        shown = self.where(row, label)
        return Tag(shown["part"], tip or self.tip(row, label), step or self.order(row, label), shown["field"] or f"drawn.{label}")

    def unseen(self, row: int, label: int, left: float, top: float, right: float, bottom: float) -> Path:
        """A place that cannot be seen, only pointed at, for a figure that has no mark of its own."""
        tag = self.tag(row, label)
        d: tuple[Command, ...] = (("M", (left, top)), ("L", (right, top)), ("L", (right, bottom)), ("L", (left, bottom)), ("Z", ()))
        return Path(d, self.style.sheet, None, 0.0, opacity=UNSEEN, part=tag.part, tip=tag.tip, field=tag.field)

    def named_at(self, label: int) -> dict[str, Any]:
        """The place in the spec that a label shows."""
        if label in self.plot.added:
            return {"part": self.plot.part}
        if self.plot.homes:
            return dict(zip(("part", "field"), self.plot.homes[label], strict=True))
        return {"part": self.plot.part, "field": f"labels.{self.plot.place(label)}"}

    def named_row(self, row: int) -> dict[str, Any]:
        """The place in the spec that a row's name shows."""
        one = self.plot.rows[row]
        part, field = one.home if one.home[0] else (one.part, "name")
        return {"part": part, "field": field}

    def order(self, row: int, label: int) -> int:
        """When a mark appears: one by one where they are few, else row by row."""
        return label + 1 if len(self.plot.labels) <= 12 else row + 1

    # Pieces of charts

    def key(self, y: float, rows: Iterable[int] | None = None) -> float:
        """A line (or lines) of names with their colours from y on; returns where it ends."""
        chosen = list(rows) if rows is not None else range(len(self.plot.rows))
        x, dot = self.room.x, round(self.size * 0.8)
        for row in chosen:
            name = self.plot.rows[row].name or "–"
            most = self.room.w - dot - 6
            wide = min(self.wide(name), most)
            lines = self.wrapped(name, most + 1, 8)
            if x > self.room.x and (lines > 1 or x + dot + 6 + wide > self.room.x + self.room.w):
                x, y = self.room.x, y + self.line + 2
            fill, stroke, thick = self.paint(self.colour(row))
            top = y + (self.line - dot) / 2
            part = self.plot.rows[row].part
            self.items.append(Box(x, top, dot, dot, fill, stroke, thick, 3.0, part=part, field="name"))
            self.items.append(self.text(name, x + dot + 6, y, room=wide + 1, lines=lines, fill=self.style.ink, part=part, field="name"))
            x, y = x + dot + 6 + wide + 2 * GAP, y + (lines - 1) * self.line
        return y + self.line + GAP

    def named(self) -> list[int]:
        """Rows that have a name to be told apart by."""
        return [i for i, row in enumerate(self.plot.rows) if row.name] if len(self.plot.rows) > 1 else []

    def label_lines(self, words: str, room: float, most: int, weight: int = 400) -> int | None:
        """How many lines `words` take in `room` px; None where they do not fit in `most` without breaking a word."""
        if any(self.wide(word, weight) > room for word in words.split()) and not _unspaced(words):
            return None
        lines = len(break_lines(words, room, self.size, self.style.sans, weight))
        return lines if lines <= most else None

    def nudged(self, text: Text) -> Text:
        """`text` moved inside the room where it stands over its edge."""
        right = max((line.x + line.width for line in text.lines), default=0.0)
        left = min((line.x for line in text.lines), default=0.0)
        over = min(0.0, self.room.x + self.room.w - right) or max(0.0, self.room.x - left)
        inside = moved(text, over, 0.0) if over else text
        assert isinstance(inside, Text)
        return inside

    def grid(self, at: Sequence[float], span: Span, right: float | None = None) -> float:
        """Horizontal gridlines up to `right` with their figures in a gutter on the left; returns where the plot begins, in px."""
        write = axis.stepped([self.told(tick) for tick in at], self.plot.unit, self.plot.lang)
        words = [write(self.told(tick)) for tick in at]
        left = self.room.x + max(self.wide(word) for word in words) + GAP
        for tick, word in zip(at, words, strict=True):
            y = span.px(tick)
            self.keep(self.text(word, left - GAP, y - self.line / 2, align="end"), 0.0)
            self.rule(left, y, self.room.x + self.room.w if right is None else right, y, self.grid_colour)
        return left

    def rule(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.0) -> None:
        """A straight line in px (axes and grids)."""
        canvas = Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1))
        canvas.rule(x1, y1, x2, y2, colour, width)
        self.items += canvas.items

    def title_below(self, y: float, left: float, right: float, align: Align = "middle") -> None:
        """The words for what runs along the bottom."""
        x = {"start": left, "middle": (left + right) / 2, "end": right}[align]
        words = self.plot.x_title
        self.items.append(self.text(words, x, y, align=align, room=right - left, part=self.plot.part, field="x_title"))

    def wrapped(self, words: str, room: float, most: int) -> int:
        """How many lines `words` take in `room` px, words broken where they must be; at most `most`."""
        return min(most, max(len(break_lines(words, room, self.size, self.style.sans, weight)) for weight in (400, 600)))

    def empty(self) -> float:
        """A quiet line where there are no figures yet; returns where it ends."""
        h = min(self.height(), 240.0)
        y = self.room.y + h * 0.82
        self.rule(self.room.x, y, self.room.x + self.room.w, y, self.style.rule)
        self.items.append(
            self.text(say("chart.empty", self.plot.lang), self.room.x + self.room.w / 2, self.room.y + h * 0.4, align="middle")
        )
        return self.room.y + h


def spread(wanted: Sequence[float], heights: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Middles of blocks as near `wanted` (sorted) as can be, `gap` px apart, between `low` and `high` where they fit."""
    out: list[float] = []
    floor = low
    for want, tall in zip(wanted, heights, strict=True):
        out.append(max(want, floor + tall / 2))
        floor = out[-1] + tall / 2 + gap
    ceiling = high
    for at in range(len(out) - 1, -1, -1):
        out[at] = min(out[at], ceiling - heights[at] / 2)
        ceiling = out[at] - heights[at] / 2 - gap
    return out


def _extent(text: Text, pad: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of what the lines of `text` cover, in px."""
    left = min(line.x for line in text.lines)
    right = max(line.x + line.width for line in text.lines)
    return left - pad, text.lines[0].y - text.size * 0.8 - pad / 2, right + pad, text.lines[-1].y + text.size * 0.25 + pad / 2


def _unspaced(words: str) -> bool:
    """True for scripts that break between any two characters."""
    return any("\u2e80" <= c <= "\u9fff" or "\u0e00" <= c <= "\u0eff" or "\uac00" <= c <= "\ud7ff" for c in words)
