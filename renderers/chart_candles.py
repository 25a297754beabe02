"""Candlesticks: where a price opened, how far it ran, and where it closed."""

from bisect import bisect_left

from flipchart.renderers import axis
from flipchart.renderers.chart_lines import dates
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.marks import Canvas, Span, Tag, ticks

WIDEST = 22.0  # px


def candlestick(pen: Pen) -> tuple[float, str]:
    """A candle for each label: hollow where it rose, filled where it fell; (bottom in px, mark taken)."""
    plot = pen.plot
    h = pen.height(0.48, 0.8)
    whole: list[tuple[int, float, float, float, float]] = []
    for label in range(len(plot.labels)):
        opened, highest, lowest, closed = (pen.value(row, label) for row in range(4))
        if opened is not None and highest is not None and lowest is not None and closed is not None:
            whole.append((label, opened, highest, lowest, closed))
    low, high = min(one[3] for one in whole), max(one[2] for one in whole)
    below = (2 if plot.moments else 1) * pen.line + GAP * 1.25
    top, bottom = pen.room.y + pen.line * 0.7, pen.room.y + h - below
    if high <= low:
        low, high = low - abs(low) * 0.1 - 1e-9, high + abs(high) * 0.1 + 1e-9
    at = ticks(low, high, max(2, int((bottom - top) / 62)))
    up = Span(min(low, at[0]), max(high, at[-1]), bottom, top)
    left = pen.grid(at, up)
    # Trading days stand side by side: nights and weekends take no room.
    count = len(plot.labels)
    canvas = Canvas(Span(-0.5, count - 0.5, left, pen.room.x + pen.room.w), up)
    band = (canvas.x.end - canvas.x.start) / count
    wide = min(WIDEST, band * 0.66) / band
    names = [row.name for row in plot.rows]
    for label, opened, highest, lowest, closed in whole:
        rose = closed >= opened
        colour = pen.style.accent if rose else pen.style.series[1]
        told = ", ".join(f"{name} {pen.figures.said(plot.rows[row].values[label])}".strip() for row, name in enumerate(names))
        tag = Tag(plot.part, f"{plot.labels[label]}: {told}", pen.order(0, label), pen.named_at(label)["field"])
        canvas.line([label, label], [lowest, highest], colour, 1.4, tag)
        fill = pen.style.sheet if rose else colour
        start, end = min(opened, closed), max(opened, closed)
        least = abs(up.high - up.low) / abs(up.end - up.start)
        canvas.bar(label - wide / 2, start, wide, max(end - start, least), fill, tag, colour, 1.4)
    pen.items += canvas.items
    days = [axis.position(moment.at) for moment in plot.moments]
    dates(pen, canvas, [float(n) for n in range(count)], bottom + GAP, at=lambda day: float(bisect_left(days, day)))
    return pen.room.y + h, plot.mark
