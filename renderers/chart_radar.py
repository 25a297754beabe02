"""Radars: the profile of each series over the same few measures, as a web."""

import math

from flipchart.renderers import axis
from flipchart.renderers.chart_bars import column
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.drawing import Align
from flipchart.renderers.marks import Canvas, Span, Tag, ticks

MOST_LINES = 4  # of a name at its spoke; longer ones would run into each other


def radar(pen: Pen) -> tuple[float, str]:
    """A web with a spoke for each label from the top clockwise, and a shape for each series, or columns where names are too long for that;
    (bottom in px, mark taken)."""
    plot, count = pen.plot, len(pen.plot.labels)
    turns = [2 * math.pi * n / count for n in range(count)]
    leans = [(math.sin(turn), -math.cos(turn)) for turn in turns]
    most = pen.room.w * (0.24 if pen.width < 520 else 0.28)
    room = [min(most, pen.wide(words, 600) + 2) if abs(leans[n][0]) > 0.2 else pen.room.w * 0.7 for n, words in enumerate(plot.labels)]
    lines = [pen.wrapped(words, room[n] - 1, 12) for n, words in enumerate(plot.labels)]
    if max(lines) > MOST_LINES:
        return column(pen)
    y = pen.key(pen.room.y) if pen.named() else pen.room.y
    h = pen.room.y + (pen.room.h if pen.room.h is not None else pen.height(0.58, 1.02) + (y - pen.room.y)) - y
    over = max((lines[n] * pen.line for n in range(count) if leans[n][1] < -0.8), default=pen.line)
    under = max((lines[n] * pen.line for n in range(count) if leans[n][1] > 0.8), default=pen.line)
    sides = max((room[n] for n in range(count) if abs(leans[n][0]) > 0.2), default=0.0)
    radius = max(30.0, min((h - over - under) / 2 - GAP, pen.room.w / 2 - sides - 1.5 * GAP))
    centre = (pen.room.x + pen.room.w / 2, y + over + GAP / 2 + radius)
    values = [v for row in range(len(plot.rows)) for label in range(count) if (v := pen.value(row, label)) is not None]
    rings = [tick for tick in ticks(0.0, max(values), max(2, int(radius / 34))) if tick >= 0]
    out = Span(0.0, rings[-1], 0.0, radius)
    canvas = Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1))

    def spot(label: int, value: float) -> tuple[float, float]:
        reach = out.px(value)
        return centre[0] + leans[label][0] * reach, centre[1] + leans[label][1] * reach

    for ring in rings[1:]:
        canvas.shape([spot(label, ring) for label in range(count)], None, Tag(), pen.grid_colour, 1.0)
    for label in range(count):
        canvas.rule(*centre, *spot(label, rings[-1]), pen.grid_colour, 1.0)
    order = sorted(range(len(plot.rows)), key=lambda row: row == plot.stressed_row)
    for row in order:
        good = [label for label in range(count) if pen.value(row, label) is not None]
        points = [spot(label, pen.value(row, label) or 0.0) for label in good]
        strong = plot.stressed_row in {None, row}
        tag = Tag(plot.rows[row].part, plot.rows[row].name, row + 1)
        if len(points) > 2 and len(good) == count:
            canvas.shape(points, pen.colour(row), tag, None, 0.0, 0.14 if strong else 0.05)
            canvas.shape(points, None, tag, pen.colour(row), 2.4 if strong else 1.6)
        tags = [pen.tag(row, label, step=row + 1) for label in good]
        pixels = Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1))
        pixels.dots([p[0] for p in points], [p[1] for p in points], 7.0, pen.colour(row), tags, pen.style.sheet, 1.0)
        canvas.recorder.items += pixels.items
    pen.items += canvas.items
    for label, words in enumerate(plot.labels):
        x, top = spot(label, rings[-1])
        lean, tall = leans[label], lines[label] * pen.line
        align: Align = "middle" if abs(lean[0]) <= 0.2 else "start" if lean[0] > 0 else "end"
        x += GAP * (0 if align == "middle" else 1 if align == "start" else -1)
        top += -tall - 4 if lean[1] < -0.8 else 4 if lean[1] > 0.8 else -tall / 2
        stressed = label in plot.stressed
        text = pen.text(
            words, x, top, align=align, room=room[label], lines=lines[label], weight=600 if stressed else 400, fill=pen.style.ink,
            step=1, **pen.named_at(label),
        )  # fmt: skip
        pen.keep(pen.nudged(text), 0.0)
    write = axis.stepped([ring * pen.scale for ring in rings], plot.unit, plot.lang)
    for ring in rings[1:]:
        x, top = spot(0, ring)
        pen.try_keep(pen.text(write(ring * pen.scale), x + 4, top - pen.line / 2, size=max(11.0, pen.size - 1)), 0.0)
    return (pen.room.y + pen.room.h if pen.room.h is not None else centre[1] + radius + under + GAP / 2), plot.mark
