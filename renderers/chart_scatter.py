"""Scatters and bubbles: dots at x and y, the named ones named where there is room."""

import math
from collections.abc import Sequence

from flipchart.renderers import axis
from flipchart.renderers.chart_bands import across
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.chart_spec import logged
from flipchart.renderers.chart_trend import trend
from flipchart.renderers.drawing import Align
from flipchart.renderers.marks import Canvas, Span, Tag, decades, ticks

MOST_POINTS = 3000  # dots, of which more cannot be told apart
MOST_TOLD = 600  # dots that each say what they are
MOST_NAMED = 30  # dots that are all named; of more, the outermost and the largest are
LARGEST = 0.085  # of the shorter side, the largest bubble's radius

Point = tuple[int, int, float, float]
"""A dot: its row, its place in it, and its x and y in scaled units."""


def scatter(pen: Pen) -> tuple[float, str]:
    """Dots at x and y, the named ones named where there is room; (bottom in px, mark taken)."""
    plot = pen.plot
    h = pen.height(0.56, 0.95)
    y = pen.room.y
    if pen.named():
        y = pen.key(y)
    pairs = [(x, y) for one in plot.rows for x, y in zip(one.xs, one.values, strict=False) if x is not None and y is not None]
    pen.log, log_x = logged([y for _, y in pairs]), logged([x for x, _ in pairs])
    points: list[Point] = []
    for row, one in enumerate(plot.rows):
        for label, (x, value) in enumerate(zip(one.xs, one.values, strict=False)):
            up = pen.scaled(value)
            if x is not None and up is not None:
                points.append((row, label, math.log10(x / pen.scale) if log_x else x / pen.scale, up))
    step = -(-len(points) // MOST_POINTS)
    pen.left_out = len(points) - len(points[::step]) if step > 1 else 0
    points = points[:: max(1, step)]
    more = 0.08 if plot.mark == "bubble" else 0.0
    x_low, x_high = _padded([p[2] for p in points], more, zero=not log_x)
    y_low, y_high = _padded([p[3] for p in points], more, zero=not pen.log)
    below = pen.line + GAP * 1.25 + (pen.line if plot.x_title else 0.0)
    top, bottom = y + pen.line * 0.7, pen.room.y + h - below
    most = max(2, int((bottom - top) / 62))
    at = decades(y_low, y_high, most) if pen.log else ticks(y_low, y_high, most)
    span = Span(min(y_low, at[0]), max(y_high, at[-1]), bottom, top)
    left = pen.grid(at, span)
    along, at = across([x_low, x_high], left + 8, pen.room.x + pen.room.w - 10)
    if log_x:
        at = decades(x_low, x_high, max(2, int((along.end - along.start) / 90)))
        along = Span(at[0], at[-1], along.start, along.end)
    canvas = Canvas(along, span)
    where = [(10.0**tick if log_x else tick) * pen.scale for tick in at]
    write = axis.stepped(where, "", plot.lang)
    for tick, figure in zip(at, where, strict=True):
        x = canvas.x.px(tick)
        pen.rule(x, top, x, bottom, pen.grid_colour)
        pen.try_keep(pen.nudged(pen.text(write(figure), x, bottom + GAP, align="middle")), 4.0)
    pen.rule(left, bottom, pen.room.x + pen.room.w, bottom, pen.style.quiet, 1.2)
    if plot.x_title:
        pen.title_below(pen.room.y + h - pen.line, left, pen.room.x + pen.room.w, "end")
    told, xs = len(points) <= MOST_TOLD, axis.figures([x for one in plot.rows for x in one.xs], "", plot.lang)
    usual = 9.0 if len(points) <= 60 else 6.0 if len(points) <= 400 else 4.0
    sizes = _sizes(pen, points, min(pen.room.w, h) * LARGEST) if plot.mark == "bubble" else [usual] * len(points)
    # What is stressed lies on top; of bubbles the small ones.
    for (row, label, x, value), size in sorted(zip(points, sizes, strict=True), key=lambda one: (one[0][1] in plot.stressed, -one[1])):
        tag = pen.tag(row, label, _pair(pen, xs, row, label), row + 1) if told else Tag(plot.rows[row].part, "", row + 1)
        opacity = 0.75 if plot.mark == "bubble" and pen.style.fills else 1.0
        canvas.dots([x], [value], size, pen.bar_colour(row, label), [tag], pen.style.sheet, 1.0, opacity)
    if plot.trend and not (pen.log or log_x):
        _trends(pen, canvas, points)
    pen.items += canvas.items
    _named_dots(pen, canvas, points, sizes)
    return pen.room.y + h, plot.mark


def _trends(pen: Pen, canvas: Canvas, points: Sequence[Point]) -> None:
    """A straight line through each series, from its first dot to its last."""
    for row in range(len(pen.plot.rows)):
        own = sorted((x, y) for r, _, x, y in points if r == row)
        found = trend([x for x, _ in own], [y for _, y in own])
        if found is not None:
            ends = [own[0][0], own[-1][0]]
            canvas.line(ends, [found.at(x) for x in ends], pen.style.quiet, 1.8, Tag("", "", row + 1), (5.0, 4.0))


def bubble(pen: Pen) -> tuple[float, str]:
    """Dots at x and y whose areas tell a third figure; (bottom in px, mark taken)."""
    return scatter(pen)


def _sizes(pen: Pen, points: Sequence[Point], radius: float) -> list[float]:
    """How many px across each bubble is: its area is as its figure, the largest has `radius`."""
    found = [abs(_size(pen, row, label) or 0.0) for row, label, _, _ in points]
    most = max(found, default=0.0) or 1.0
    return [max(4.0, 2 * radius * math.sqrt(one / most)) for one in found]


def _size(pen: Pen, row: int, label: int) -> float | None:
    sizes = pen.plot.rows[row].sizes
    return sizes[label] if label < len(sizes) else None


def _padded(values: Sequence[float], more: float, *, zero: bool) -> tuple[float, float]:
    """The axis' ends: a little past the figures by `more` of their span, from zero where that is near."""
    low, high = min(values), max(values)
    if high <= low:
        return (low - abs(low) * 0.1, high + abs(high) * 0.1) if high else (0.0, 1.0)
    low, high = low - (high - low) * more, high + (high - low) * more
    return (0.0 if zero and axis.from_zero(low, high) else low), high


def _label(pen: Pen, row: int, label: int) -> int | None:
    """Which label is a dot's own; labels may be those of one series, or of all one after the other."""
    rows = pen.plot.rows
    at = label if len(rows) == 1 else sum(len(one.xs) for one in rows[:row]) + label
    whole = len(rows) == 1 or len(pen.plot.labels) == sum(len(one.xs) for one in rows)
    return at if whole and at < len(pen.plot.labels) else None


def _pair(pen: Pen, xs: axis.Figures, row: int, label: int) -> str:
    """What is said of one dot: its name, x and y, and its size."""
    one, at = pen.plot.rows[row], _label(pen, row, label)
    name = pen.plot.labels[at] if at is not None else one.name
    size = _size(pen, row, label)
    told = [xs.said(one.xs[label]), pen.figures.said(one.values[label])]
    if size is not None:
        told.append(axis.figures([size], "", pen.plot.lang).said(size))
    return f"{name}: {', '.join(told)}" if name else ", ".join(told)


def _outer(points: Sequence[Point], sizes: Sequence[float]) -> set[int]:
    """Which dots lie furthest out in each direction, and which are the largest where sizes differ."""
    places = range(len(points))
    found = {pick(places, key=lambda i: points[i][axis]) for pick in (min, max) for axis in (2, 3)}
    if len(set(sizes)) > 1:
        found |= set(sorted(places, key=lambda i: -sizes[i])[:4])
    return found


def _named_dots(pen: Pen, canvas: Canvas, points: Sequence[Point], sizes: Sequence[float]) -> None:
    """Names beside their dots: what is stressed first, then the largest, as many as fit without touching names or dots."""
    plot = pen.plot
    if not plot.labels or len(points) > MOST_TOLD:
        return
    dots = [(canvas.x.px(x), canvas.y.px(y)) for _, _, x, y in points]
    pen.taken += [
        (x - size / 2 - 1, y - size / 2 - 1, x + size / 2 + 1, y + size / 2 + 1) for (x, y), size in zip(dots, sizes, strict=True)
    ]
    order = sorted(range(len(points)), key=lambda i: (points[i][1] not in plot.stressed, -sizes[i], -points[i][3]))
    if len(points) > MOST_NAMED:
        order = [i for i in order if points[i][1] in plot.stressed or i in _outer(points, sizes)]
    for i in order:
        label, reach = _label(pen, points[i][0], points[i][1]), sizes[i] / 2 + 1
        if label is None or not plot.labels[label]:
            continue
        (x, y), stressed = dots[i], label in plot.stressed
        spots: tuple[tuple[Align, float, float], ...] = (
            ("start", reach + 3, -0.5),
            ("end", -reach - 3, -0.5),
            ("middle", 0.0, -1.0 - (reach + 2) / pen.line),
            ("middle", 0.0, (reach + 2) / pen.line),
        )
        for align, dx, dy in spots:
            text = pen.text(
                plot.labels[label],
                x + dx,
                y + dy * pen.line,
                align=align,
                fill=pen.style.ink if stressed or not plot.stressed else pen.style.quiet,
                weight=600 if stressed else 400,
                part=plot.part,
                field=f"labels.{plot.place(label)}",
                step=1,
            )
            if text.lines[0].y < canvas.y.start and pen.try_keep(text, 0.0):
                break
