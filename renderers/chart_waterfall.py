"""Waterfalls: changes that add up, each bar starting where the last one ended, totals standing on zero."""

from flipchart.renderers.chart_bands import THINNEST
from flipchart.renderers.chart_bars import BAND, STRIP, WIDEST, name_lines, names
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.drawing import Align
from flipchart.renderers.marks import Canvas, Span

Run = tuple[float, float]
"""From where to where a bar runs, in scaled units."""


def waterfall(pen: Pen) -> tuple[float, str]:
    """Upright steps from left to right, or lying ones from top to bottom where names are too long; (bottom in px, mark taken)."""
    count = max(1, len(pen.plot.labels))
    runs, running = [], 0.0
    for label in range(len(pen.plot.labels)):
        value = pen.value(0, label) or 0.0
        start = 0.0 if label in pen.plot.totals else running
        running = value if label in pen.plot.totals else running + value
        runs.append((start, running))
    lines = name_lines(pen, pen.room.w / count)
    room = pen.room.h
    if lines is None and (room is None or room >= THINNEST * count):
        return _lying(pen, runs), pen.plot.mark
    return _upright(pen, runs, lines), pen.plot.mark


def _bounds(runs: list[Run]) -> tuple[float, float]:
    low, high = min(0.0, *(min(run) for run in runs)), max(0.0, *(max(run) for run in runs))
    return low, high if high > low else low + 1.0


def _paint(pen: Pen, label: int, run: Run) -> tuple[str, str | None, float]:
    """Totals are quiet, rises in the accent, falls in the second colour."""
    total = _total(pen, label)
    if total:
        return pen.paint(pen.style.accent if label in pen.plot.stressed else pen.style.muted)
    return pen.paint(pen.style.accent if run[1] >= run[0] else pen.style.series[1])


def _total(pen: Pen, label: int) -> bool:
    return label in pen.plot.totals or label == 0


def _words(pen: Pen, label: int, room: float) -> str:
    """A bar's figure, with its sign where it is a change; empty where there is none, or no room."""
    value = pen.plot.rows[0].values[label]
    if value is None:
        return ""
    sign = "" if _total(pen, label) or value < 0 else "+"
    return next((words for words in (sign + pen.write(value), sign + pen.figures.short(value)) if pen.wide(words, 600) <= room), "")


def _upright(pen: Pen, runs: list[Run], lines: int | None) -> float:
    count = max(1, len(pen.plot.labels))
    low, high = _bounds(runs)
    h = pen.height()
    top, bottom = pen.room.y + pen.line, pen.room.y + h - (lines or 3) * pen.line - GAP
    left, band = pen.room.x, pen.room.w / count
    up = Span(low, high, bottom - (pen.line if low < 0 else 0.0), top)
    canvas = Canvas(Span(0.0, count, left, left + pen.room.w), up, pen.style.radius / 6)
    strip = max(STRIP, 1 - WIDEST / band)
    for label, (start, end) in enumerate(runs):
        fill, stroke, thick = _paint(pen, label, (start, end))
        tag = pen.tag(0, label, step=label + 1)
        canvas.bar(label + strip / 2, start, 1 - strip, end - start, fill, tag, stroke, thick)
        if label + 1 < len(runs):
            y = up.px(end)
            canvas.rule(canvas.x.px(label + 1 - strip / 2), y, canvas.x.px(label + 1 + strip / 2), y, pen.style.quiet, 1.0, (2.0, 3.0))
    pen.items += canvas.items
    for label, (start, end) in enumerate(runs):
        words = _words(pen, label, band - 2)
        if words:
            rising = end >= start or _total(pen, label)
            y = up.px(max(start, end)) - pen.line - 1 if rising else up.px(min(start, end)) + 3
            _figure(pen, label, words, canvas.x.px(label + 0.5), y, "middle")
    pen.rule(left, up.px(0.0), left + pen.room.w, up.px(0.0), pen.style.quiet, 1.2)
    names(pen, left, band, bottom + GAP * 0.75, lines)
    return pen.room.y + h


def _lying(pen: Pen, runs: list[Run]) -> float:
    plot, count = pen.plot, len(pen.plot.labels)
    low, high = _bounds(runs)
    gutter = min(max(pen.wide(words, 600) for words in plot.labels), pen.room.w * 0.36) + 1.5 * GAP
    taken = [pen.wrapped(words, gutter - 1.5 * GAP, 8) for words in plot.labels]
    tail = max(pen.wide(_words(pen, label, pen.room.w), 600) for label in range(count)) + GAP
    band = max(BAND, max(taken) * pen.line + 6.0) if pen.room.h is None else pen.room.h / count
    across = Span(low, high, pen.room.x + gutter, pen.room.x + pen.room.w - tail)
    for label, (start, end) in enumerate(runs):
        top = pen.room.y + label * band
        canvas = Canvas(across, Span(0.0, 1.0, top, top + band), pen.style.radius / 6)
        fill, stroke, thick = _paint(pen, label, (start, end))
        canvas.bar(start, 0.16, end - start, 0.68, fill, pen.tag(0, label, step=label + 1), stroke, thick)
        if label + 1 < count:
            x = across.px(end)
            canvas.rule(x, top + band * 0.84, x, top + band * 1.16, pen.style.quiet, 1.0, (2.0, 3.0))
        pen.items += canvas.items
        height = taken[label] * pen.line
        pen.items.append(
            pen.text(
                plot.labels[label],
                pen.room.x + gutter - 1.5 * GAP,
                top + (band - height) / 2,
                align="end",
                room=gutter - 1.5 * GAP,
                lines=taken[label],
                fill=pen.style.ink,
                weight=600 if _total(pen, label) else 400,
                step=label + 1,
                **pen.named_at(label),
            )
        )
        words = _words(pen, label, pen.room.w)
        if words:
            _figure(pen, label, words, across.px(max(start, end)) + 6.0, top + (band - pen.line) / 2, "start")
    zero = across.px(0.0)
    pen.rule(zero, pen.room.y + 2, zero, pen.room.y + count * band - 2, pen.style.quiet, 1.2)
    return pen.room.y + (pen.room.h if pen.room.h is not None else count * band)


def _figure(pen: Pen, label: int, words: str, x: float, y: float, align: Align) -> None:
    weight = 600 if _total(pen, label) else 400
    text = pen.text(words, x, y, align=align, weight=weight, fill=pen.style.ink, role="value", step=label + 1, **pen.where(0, label))
    pen.try_keep(text, 0.0)
