"""Dots that tell amounts by place: on stems, in pairs, and on two uprights joined by slopes."""

import math
from dataclasses import replace
from typing import Any

from flipchart.renderers.chart_bands import across, bands, rails
from flipchart.renderers.chart_plot import GAP, Pen, Plot, Row, spread
from flipchart.renderers.drawing import Align
from flipchart.renderers.marks import Canvas, Span, Tag
from flipchart.renderers.style import readable

DOT = 12.0  # px across
BAND = 34.0  # px, height of a band with its dots
COLOURED = 4  # slopes, of which more are grey but for the steepest


def lollipop(pen: Pen) -> tuple[float, str]:
    """A dot on a stem from zero for each label, its figure behind it; (bottom in px, mark taken)."""
    plot = pen.plot
    figured = [(label, value) for label in range(len(plot.labels)) if (value := pen.value(0, label)) is not None]
    found = bands(pen, pen.room.y, BAND, 20.0)
    words = {label: pen.write(plot.rows[0].values[label] or 0.0) for label, _ in figured}
    tail = max((pen.wide(words[label], 600) for label, value in figured if value >= 0), default=0.0) + DOT
    head = max((pen.wide(words[label], 600) + DOT for label, value in figured if value < 0), default=0.0)
    low, high = min(0.0, *(v for _, v in figured)), max(0.0, *(v for _, v in figured))
    span = Span(low, high if high > low else low + 1.0, found.left + head, pen.room.x + pen.room.w - tail)
    size = min(DOT, found.strips[0].tall)
    for label, value in figured:
        if label >= len(found.strips):
            continue
        y = found.strips[label].middle
        canvas = Canvas(span, Span(0.0, 1.0, y, y + 1.0))
        colour, tag = pen.bar_colour(0, label), pen.tag(0, label)
        canvas.line([0.0, value], [0.0, 0.0], colour, 2.5, replace(tag, tip=""))
        canvas.dots([value], [0.0], size, colour, [tag])
        pen.items += canvas.items
        x, over = span.px(value), value >= 0
        _figure(pen, words[label], 0, label, x + (size / 2 + 5 if over else -size / 2 - 5), y, "start" if over else "end")
    pen.rule(span.px(0.0), pen.room.y + 2, span.px(0.0), found.bottom - 2, pen.style.quiet, 1.2)
    return (pen.room.y + pen.room.h if pen.room.h is not None else found.bottom), plot.mark


def _figure(pen: Pen, words: str, row: int, label: int, x: float, y: float, align: str) -> None:
    """A figure beside its dot, where nothing else stands."""
    plot = pen.plot
    stressed = label in plot.stressed or row == plot.stressed_row
    quiet = bool(plot.stressed or plot.stressed_row is not None) and not stressed
    text = pen.text(
        words, x, y - pen.line / 2, align="start" if align == "start" else "end", weight=400 if quiet else 600,
        fill=pen.style.quiet if quiet else pen.style.ink, role="value", step=pen.order(row, label), **pen.where(row, label),
    )  # fmt: skip
    pen.try_keep(text, 0.0)


def dumbbell(pen: Pen) -> tuple[float, str]:
    """Each label's values as dots on one line, the outer ones with their figures; (bottom in px, mark taken)."""
    plot, rows = pen.plot, range(len(pen.plot.rows))
    y = pen.key(pen.room.y) if pen.named() else pen.room.y
    foot = pen.line + GAP
    found = bands(pen, y, BAND, 20.0, foot=foot)
    values = [v for row in rows for label in range(len(plot.labels)) if (v := pen.value(row, label)) is not None]
    aside = max(pen.wide(pen.write(v), 600) for row in plot.rows for v in row.values if v is not None) + DOT
    span, at = across(values, found.left + aside, pen.room.x + pen.room.w - aside)
    rails(pen, span, at, found.stretches(y))
    size = min(DOT, found.strips[0].tall)
    for label, strip in enumerate(found.strips):
        placed = sorted((v, row) for row in rows if (v := pen.value(row, label)) is not None)
        if not placed:
            continue
        canvas = Canvas(span, Span(0.0, 1.0, strip.middle, strip.middle + 1.0))
        dimmed = bool(plot.stressed) and label not in plot.stressed
        canvas.line(
            [placed[0][0], placed[-1][0]], [0.0, 0.0], pen.style.muted, 2.0 if dimmed else 4.0, Tag(plot.part, "", pen.order(0, label))
        )
        for value, row in placed:
            tag = pen.tag(row, label)
            canvas.dots([value], [0.0], size, pen.colour(row), [tag], pen.style.sheet, 1.0)
        pen.items += canvas.items
        ends = (placed[0], placed[-1]) if len(placed) > 1 else (placed[-1],)
        for (value, row), align in zip(ends, ("end", "start") if len(placed) > 1 else ("start",), strict=True):
            figure = plot.rows[row].values[label]
            assert figure is not None
            x = span.px(value) + (size / 2 + 5 if align == "start" else -size / 2 - 5)
            _figure(pen, pen.write(figure), row, label, x, strip.middle, align)
    return (pen.room.y + pen.room.h if pen.room.h is not None else found.bottom + foot), plot.mark


def slope(pen: Pen) -> tuple[float, str]:
    """Two uprights joined by a line for each series, each named with its figures at both ends; (bottom in px, mark taken)."""
    if len(pen.plot.labels) != 2:
        pen.plot = _turned(pen.plot)
    plot = pen.plot
    lines = [row for row in range(len(plot.rows)) if pen.value(row, 0) is not None and pen.value(row, 1) is not None]
    figures = max((pen.wide(_told(pen, row, label), 600) for row in lines for label in (0, 1)), default=0.0) + GAP * 0.75
    names = max((pen.wide(plot.rows[row].name, 600) for row in lines), default=0.0) + 2.0
    names = min(names, pen.room.w * 0.34 - figures)
    taken = {row: pen.wrapped(plot.rows[row].name, names, 8) for row in lines}
    heads = max(pen.wrapped(" ".join(words.split()), pen.room.w / 2 - GAP - 1, 8) for words in plot.shown)
    y = pen.room.y + heads * pen.line + GAP
    need = math.fsum(lines_ * pen.line + 2.0 for lines_ in taken.values())
    h = pen.room.h if pen.room.h is not None else max(pen.height(0.56, 0.9), need + y - pen.room.y)
    steep = sorted(lines, key=lambda row: (row in plot.stressed or row == plot.stressed_row, abs(_rise(pen, row))), reverse=True)
    while len(steep) > 1 and math.fsum(taken[row] * pen.line + 1.0 for row in steep) > pen.room.y + h - y:
        steep.pop()
    pen.left_out = len(plot.rows) - len(steep)
    lines = sorted(steep)
    if not lines:
        return pen.empty(), plot.mark
    values = [v for row in lines for label in (0, 1) if (v := pen.value(row, label)) is not None]
    low, high = min(values), max(values)
    up = Span(low, high if high > low else low + 1.0, pen.room.y + h - pen.line, y + pen.line / 2)
    aside = names + figures + GAP * 1.5
    left, right = pen.room.x + aside, pen.room.x + pen.room.w - aside
    canvas = Canvas(Span(0.0, 1.0, left, right), up)
    for x, label in ((left, 0), (right, 1)):
        pen.rule(x, y, x, pen.room.y + h - pen.line / 2, pen.grid_colour, 1.2)
        words, room = " ".join(plot.shown[label].split()), pen.room.w / 2 - GAP
        text = pen.text(
            words, x, pen.room.y, align="middle", weight=600, room=min(room, pen.wide(words, 600) + 2), lines=heads, **pen.named_at(label)
        )
        pen.keep(pen.nudged(text), 0.0)
    hues = {row: _hue(pen, row, steep) for row in lines}
    for row in sorted(lines, key=lambda row: hues[row] != pen.style.muted):
        ys, hue = [pen.value(row, label) for label in (0, 1)], hues[row]
        canvas.line([0.0, 1.0], ys, hue, 2.6 if hue != pen.style.muted else 1.8, Tag(plot.rows[row].part, plot.rows[row].name, row + 1))
        tags = [pen.tag(row, label, step=row + 1) for label in (0, 1)]
        canvas.dots([0.0, 1.0], ys, 8.0, hue, tags, pen.style.sheet, 1.0)
    pen.items += canvas.items
    sides: tuple[tuple[float, int, Align, int], ...] = ((left - GAP, 0, "end", -1), (right + GAP, 1, "start", 1))
    for x, label, align, side in sides:
        ends = sorted((up.px(value), row) for row in lines if (value := pen.value(row, label)) is not None)
        tall = [taken[row] * pen.line for _, row in ends]
        for middle, (_, row) in zip(spread([at for at, _ in ends], tall, 1.0, y - 2, pen.room.y + h), ends, strict=True):
            strong, top = hues[row] != pen.style.muted, middle - taken[row] * pen.line / 2
            ink = readable(hues[row], pen.style.sheet) if strong else pen.style.quiet
            look: dict[str, Any] = {"align": align, "weight": 600 if strong else 400, "fill": ink, "step": row + 1}
            figure = pen.text(_told(pen, row, label), x, middle - pen.line / 2, role="value", **look, **pen.where(row, label))
            pen.keep(figure, 0.0)
            if plot.rows[row].name:
                named = pen.text(plot.rows[row].name, x + side * figures, top, room=names, lines=taken[row], **look, **pen.named_row(row))
                pen.keep(named, 0.0)
    return pen.room.y + h, plot.mark


def _turned(plot: Plot) -> Plot:
    """Two series over labels as a line for each label, from the first series to the second."""
    rows = tuple(
        Row(
            name,
            tuple(row.values[at] for row in plot.rows),
            homes=tuple((row.part, f"values.{plot.place(at)}") for row in plot.rows),
            home=(plot.part, f"labels.{plot.place(at)}"),
        )
        for at, name in enumerate(plot.labels)
    )
    names = tuple(row.name for row in plot.rows)
    homes = tuple((row.part, "name") for row in plot.rows)
    only = next(iter(plot.stressed)) if len(plot.stressed) == 1 else None
    return replace(plot, labels=names, shown=names, rows=rows, homes=homes, stressed=frozenset(), stressed_row=only, places=())


def _rise(pen: Pen, row: int) -> float:
    return (pen.value(row, 1) or 0.0) - (pen.value(row, 0) or 0.0)


def _told(pen: Pen, row: int, label: int) -> str:
    value = pen.plot.rows[row].values[label]
    return "–" if value is None else pen.write(value)


def _hue(pen: Pen, row: int, steep: list[int]) -> str:
    """A line's colour: its own where they are few or one is stressed; else only the steepest rise and the steepest fall have one."""
    if pen.plot.stressed_row is not None or len(steep) <= COLOURED:
        return pen.colour(row)
    rises = [one for one in steep if _rise(pen, one) > 0]
    falls = [one for one in steep if _rise(pen, one) < 0]
    if row in rises[:1]:
        return pen.style.accent
    return pen.style.series[1] if row in falls[:1] else pen.style.muted
