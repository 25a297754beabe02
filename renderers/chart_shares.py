"""Shares of a whole as a ring, and figures over two sets of names as a grid of colours."""

import itertools
import math
from dataclasses import dataclass, replace

from flipchart.renderers.chart_plot import GAP, Pen, spread
from flipchart.renderers.drawing import Align, Box, Item, Path
from flipchart.renderers.marks import Canvas, Span
from flipchart.renderers.rough import strokes
from flipchart.renderers.style import mix
from flipchart.renderers.typeset import LEADING
from flipchart.renderers.words import number

HOLE = 0.62  # of the radius, a donut's hole


@dataclass(frozen=True, slots=True)
class _Slice:
    """One slice: its label's place, its rank, its share, the direction of its middle (degrees from the top), and its words."""

    label: int
    rank: int
    share: float
    middle: float
    name: str
    figure: str

    @property
    def right(self) -> bool:
        """True where it is named on the right."""
        return self.middle < 180.0

    @property
    def lean(self) -> tuple[float, float]:
        """The direction of its middle as x and y of length one."""
        return math.sin(math.radians(self.middle)), -math.cos(math.radians(self.middle))


def pie(pen: Pen) -> tuple[float, str]:
    """Slices clockwise from the top, largest first, each named beside it; (bottom in px, mark taken)."""
    plot = pen.plot
    slices = _slices(pen)
    h = min(pen.height(0.42, 0.8), 460.0 if pen.room.h is None else math.inf)
    room = min(max(max(pen.wide(one.name, 600), pen.wide(one.figure, 600)) for one in slices) + 1.0, pen.room.w * 0.3)
    radius = max(40.0, min(h / 2 - 4, (pen.room.w - 2 * room - 6 * GAP) / 2))
    most = 8
    lines = {one.rank: pen.wrapped(one.name, room, most) for one in slices}
    if pen.room.h is None:
        h = max(min(h, 2 * radius + 3 * pen.line), _tallest(pen, slices, lines))
    else:
        while most > 1 and _tallest(pen, slices, lines) > h:
            most -= 1
            lines = {rank: min(taken, most) for rank, taken in lines.items()}
    centre = (pen.room.x + pen.room.w / 2, pen.room.y + h / 2)
    canvas = Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1))
    hole = radius * HOLE if plot.mark == "donut" else 0.0
    for one in slices:
        fill, stroke, thick = pen.paint(_slice_colour(pen, one.rank, one.label))
        tag = pen.tag(0, one.label, f"{pen.tip(0, one.label)} ({_percent(pen, one.share)})", one.rank + 1)
        first, last = one.middle - one.share * 180.0, one.middle + one.share * 180.0
        canvas.wedge(centre, radius, hole, first, last, fill, tag, stroke or pen.style.sheet, thick or 2.0)
    pen.items += [_by_hand(pen, item) for item in canvas.items]
    for right in (True, False):
        _beside(pen, [one for one in slices if one.right == right], lines, centre, radius, room, h)
    if plot.mark == "donut" and plot.unit != "%":
        _whole(pen, centre, hole)
    return pen.room.y + h, plot.mark


def _slices(pen: Pen) -> list[_Slice]:
    """The slices, largest first."""
    values = [max(0.0, value or 0.0) for value in pen.plot.rows[0].values]
    whole = math.fsum(value / pen.scale for value in values)
    out: list[_Slice] = []
    turn = 0.0
    for rank, label in enumerate(sorted((i for i, value in enumerate(values) if value > 0), key=lambda i: -values[i])):
        share = values[label] / pen.scale / whole
        figure = pen.figures.full(values[label]) if pen.plot.unit == "%" else _percent(pen, share)
        out.append(_Slice(label, rank, share, (turn + share / 2) * 360.0, pen.plot.labels[label], figure))
        turn += share
    return out


def _tallest(pen: Pen, slices: list[_Slice], lines: dict[int, int]) -> float:
    """How tall the words of the fuller side are, in px."""
    return max(math.fsum((lines[one.rank] + 1) * pen.line + 4.0 for one in slices if one.right == right) for right in (True, False))


def _whole(pen: Pen, centre: tuple[float, float], hole: float) -> None:
    """The sum in the middle of a ring, where it fits."""
    whole = math.fsum(value or 0.0 for value in pen.plot.rows[0].values) if pen.scale == 1.0 else math.inf
    words = pen.figures.short(whole)
    size = min(pen.style.size(3, pen.width), hole * 0.55)
    if math.isfinite(whole) and size >= 14 and pen.wide(words, 600, size) < hole * 1.7:
        top = centre[1] - size * LEADING / 2
        pen.items.append(pen.text(words, centre[0], top, align="middle", weight=600, size=size, fill=pen.style.ink, role="value"))


def donut(pen: Pen) -> tuple[float, str]:
    """A pie with the sum in its middle."""
    return pie(pen)


def _by_hand(pen: Pen, item: Item) -> Item:
    """A slice with its outline as a hand draws it, where the style does."""
    if not pen.style.rough or not isinstance(item, Path):
        return item
    return replace(item, d=strokes(item.d, pen.style.rough * 0.6, f"{item.part}{item.tip}", twice=False))


def _slice_colour(pen: Pen, rank: int, label: int) -> str:
    if pen.plot.stressed:
        return pen.style.accent if label in pen.plot.stressed else mix(pen.style.muted, pen.style.sheet, max(0.45, 1.0 - 0.16 * rank))
    return pen.style.hue(rank)


def _percent(pen: Pen, share: float) -> str:
    percent = share * 100
    return number(percent, pen.plot.lang, "%", digits=0 if percent >= 10 or abs(percent - round(percent)) < 0.05 else 1)


def _beside(
    pen: Pen, slices: list[_Slice], lines: dict[int, int], centre: tuple[float, float], radius: float, room: float, h: float
) -> None:
    """Names and figures on one side of the ring, moved apart where they would touch, each with a line to its slice."""
    plot = pen.plot
    slices = sorted(slices, key=lambda one: one.lean[1])
    heights = [(lines[one.rank] + 1) * pen.line for one in slices]
    wanted = [centre[1] + one.lean[1] * (radius + 6) for one in slices]
    for one, y, tall in zip(slices, spread(wanted, heights, 4.0, pen.room.y, pen.room.y + h), heights, strict=True):
        side = 1 if one.right else -1
        x = centre[0] + side * (radius + 2.4 * GAP)
        edge = (centre[0] + one.lean[0] * (radius + 3), centre[1] + one.lean[1] * (radius + 3))
        reach = centre[0] + one.lean[0] * (radius + 10)
        bend = max(reach, x - 6) if one.right else min(reach, x + 6)
        _leader(pen, edge, (bend if abs(bend - x) < radius else x - side * 6, y), (x - side * 3, y))
        align: Align = "start" if one.right else "end"
        stressed = one.label in plot.stressed
        ink, weight = (pen.style.ink, 600) if stressed else (pen.style.quiet if plot.stressed else pen.style.ink, 400)
        name = pen.text(
            one.name, x, y - tall / 2, align=align, room=room + 1, lines=lines[one.rank], fill=ink, weight=weight, step=one.rank + 1,
            **pen.named_at(one.label),
        )  # fmt: skip
        pen.keep(name, 0.0)
        below = y - tall / 2 + len(name.lines) * pen.line
        where = pen.where(0, one.label)
        pen.keep(pen.text(one.figure, x, below, align=align, weight=600, fill=pen.style.ink, role="value", step=one.rank + 1, **where), 0.0)


def _leader(pen: Pen, *points: tuple[float, float]) -> None:
    canvas = Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1))
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        canvas.rule(x1, y1, x2, y2, mix(pen.style.quiet, pen.style.sheet, 0.5), 1.0)
    pen.items += canvas.items


def heatmap(pen: Pen) -> tuple[float, str]:
    """A grid of cells, darker for more; two colours where figures run both ways; (bottom in px, mark taken)."""
    plot, style = pen.plot, pen.style
    rows, columns = len(plot.rows), len(plot.labels)
    gutter = min(max((pen.wide(row.name) for row in plot.rows), default=0.0), pen.room.w * 0.3) + GAP
    band = (pen.room.w - gutter) / max(1, columns)
    heads = [pen.label_lines(words, band - 4, 2) for words in plot.shown]
    every = 1 if all(heads) else max(1, math.ceil((max(pen.wide(words) for words in plot.shown) + 10) / band))
    head = (max(lines or 1 for lines in heads) if every == 1 else 1) * pen.line + 6
    y = pen.room.y
    needed = max((pen.wrapped(row.name, gutter - GAP, 6) for row in plot.rows), default=1) * pen.line + 4.0
    tall = (pen.room.h - head) / rows if pen.room.h is not None else max(min(56.0, max(26.0, pen.room.w * 0.5 / rows)), needed)
    for label in range(0, columns, every):
        text = pen.text(
            plot.shown[label],
            pen.room.x + gutter + (label + 0.5) * band,
            y,
            align="middle",
            room=max(band - 2, pen.wide(plot.shown[label]) + 1 if every > 1 else 0),
            lines=2 if every == 1 else 1,
            part=plot.part,
            field=f"labels.{plot.place(label)}",
        )
        pen.try_keep(pen.nudged(text), 1.0)
    figures = [value for row in plot.rows for value in row.values if value is not None]
    low, high = min(figures), max(figures)
    both = low < 0 < high
    reach = max(abs(low), abs(high)) or 1.0
    words = [[("" if v is None else pen.write(v)) for v in row.values] for row in plot.rows]
    if max(pen.wide(word) for line in words for word in line) > band - 6:
        words = [[("" if v is None else pen.figures.short(v)) for v in row.values] for row in plot.rows]
    told = max(pen.wide(word) for line in words for word in line) <= band - 4 and tall >= pen.line
    for row, one in enumerate(plot.rows):
        top = y + head + row * tall
        lines = min(6, max(1, int(tall // pen.line)))
        height = min(lines, pen.label_lines(one.name, gutter - GAP, lines) or lines) * pen.line
        name = pen.text(
            one.name,
            pen.room.x + gutter - GAP,
            top + (tall - height) / 2,
            align="end",
            room=gutter - GAP,
            lines=lines,
            fill=style.ink,
            part=one.part,
            field="name",
        )
        pen.items.append(name)
        for label, value in enumerate(one.values):
            left = pen.room.x + gutter + label * band
            fill = style.paper if value is None else _shade(pen, value, low, high, reach, both)
            gap, tag = 1.0 if min(band, tall) > 12 else 0.3, pen.tag(row, label, step=row + 1)
            pen.items.append(
                Box(
                    left + gap,
                    top + gap,
                    max(0.5, band - 2 * gap),
                    max(0.5, tall - 2 * gap),
                    fill,
                    None,
                    0,
                    3.0 if gap == 1.0 else 0.0,
                    part=tag.part,
                    step=tag.step,
                    tip=tag.tip,
                    field=tag.field,
                )
            )
            if told and words[row][label]:
                pen.items.append(
                    pen.text(
                        words[row][label],
                        left + band / 2,
                        top + (tall - pen.line) / 2,
                        align="middle",
                        fill=pen.ink_on(fill),
                        role="value",
                        step=row + 1,
                        **pen.where(row, label),
                    )
                )
    return y + head + rows * tall, plot.mark


def _shade(pen: Pen, value: float, low: float, high: float, reach: float, both: bool) -> str:
    """From a tint to the accent; the second colour below zero."""
    style = pen.style
    if both or high <= 0 > low:
        share = abs(value / reach)
        return mix(style.accent if value >= 0 else style.series[1], style.sheet, 0.08 + 0.87 * share)
    scaled_low, scaled_high = low / pen.scale, high / pen.scale
    share = (value / pen.scale - scaled_low) / ((scaled_high - scaled_low) or 1.0) if high > low else 0.5
    return mix(style.accent, style.sheet, 0.08 + 0.87 * share)
