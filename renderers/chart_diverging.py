"""Bars that run both ways from one middle: two groups back to back, or answers from against to for."""

import math

from flipchart.renderers.chart_bands import THINNEST, Band, bands
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.marks import Canvas, Span
from flipchart.renderers.style import mix


def diverging(pen: Pen) -> tuple[float, str]:
    """The first half of the series runs to the left, the second to the right, one between astride; (bottom in px, mark taken)."""
    plot, rows = pen.plot, len(pen.plot.rows)
    pen.hues = _hues(pen)
    y = pen.key(pen.room.y) if pen.named() else pen.room.y
    found = bands(pen, y, 30.0 if rows > 2 else 26.0, 18.0, least=THINNEST)
    runs = [_runs([pen.value(row, label) for row in range(rows)]) for label in range(len(plot.labels))]
    low = min((run[0] for line in runs for run in line if run), default=0.0)
    high = max((run[1] for line in runs for run in line if run), default=1.0)
    aside = (
        max((pen.wide(pen.write(v), 600) for row in plot.rows for v in row.values if v is not None), default=0.0) + GAP
        if rows == 2
        else 0.0
    )
    span = Span(low, high if high > low else low + 1.0, found.left + aside, pen.room.x + pen.room.w - aside)
    pen.rule(span.px(0.0), y + 2, span.px(0.0), found.bottom - 2, pen.style.quiet, 1.2)
    for label, strip in enumerate(found.strips):
        canvas = Canvas(span, Span(0.0, 1.0, strip.top, strip.top + strip.tall), pen.style.radius / 6)
        for row, run in enumerate(runs[label]):
            if run is None:
                continue
            fill, stroke, thick = pen.paint(pen.colour(row))
            tag = pen.tag(row, label)
            canvas.bar(run[0], 0.0, run[1] - run[0], 1.0, fill, tag, stroke, thick)
        pen.items += canvas.items
        for row, run in enumerate(runs[label]):
            if run is not None:
                _figure(pen, row, label, span.px(run[0]), span.px(run[1]), strip)
    return (pen.room.y + pen.room.h if pen.room.h is not None else found.bottom), plot.mark


def _hues(pen: Pen) -> dict[int, str]:
    """The outer series strong, the inner ones faint, grey in the middle."""
    rows = len(pen.plot.rows)
    half = rows // 2
    out = {half: mix(pen.style.quiet, pen.style.sheet, 0.34)} if rows % 2 else {}
    for n in range(half):
        strength = 1.0 - 0.5 * n / max(1, half - 1) if half > 1 else 1.0
        out[n] = mix(pen.style.series[1], pen.style.sheet, strength)
        out[rows - 1 - n] = mix(pen.style.accent, pen.style.sheet, strength)
    return out


def _runs(values: list[float | None]) -> list[tuple[float, float] | None]:
    """From where to where each series' bar runs, the middle at zero."""
    half, odd = len(values) // 2, len(values) % 2
    middle = (values[half] or 0.0) if odd else 0.0
    at = -math.fsum(value or 0.0 for value in values[:half]) - middle / 2
    out: list[tuple[float, float] | None] = []
    for value in values:
        out.append(None if value is None else (at, at + value))
        at += value or 0.0
    return out


def _figure(pen: Pen, row: int, label: int, start: float, end: float, strip: Band) -> None:
    """A figure in its bar where it fits, or outside where there are only two."""
    value = pen.plot.rows[row].values[label]
    assert value is not None
    y, where = strip.middle - pen.line / 2, pen.where(row, label)
    if len(pen.plot.rows) == 2:
        x, align = (start - 6, "end") if row == 0 else (end + 6, "start")
        text = pen.text(
            pen.write(value), x, y, align="end" if align == "end" else "start", weight=600, fill=pen.style.ink, role="value",
            step=pen.order(row, label), **where,
        )  # fmt: skip
        pen.try_keep(text, 0.0)
        return
    fill = pen.paint(pen.colour(row))[0]
    for words in (pen.write(value), pen.figures.short(value)):
        if pen.wide(words) <= end - start - 6 and strip.tall >= pen.line - 2:
            ink = pen.ink_on(fill)
            pen.keep(
                pen.text(words, (start + end) / 2, y, align="middle", fill=ink, role="value", step=pen.order(row, label), **where), 0.0
            )
            return
