"""Shares of a whole as a ring, and figures over two sets of names as a grid of colours."""

import itertools
import math
from dataclasses import replace

from flipchart.renderers.chart_lines import apart
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.drawing import Align, Box, Item, Path
from flipchart.renderers.marks import Canvas, Span, Tag
from flipchart.renderers.rough import strokes
from flipchart.renderers.style import mix
from flipchart.renderers.words import number

HOLE = 0.62  # of the radius, a donut's hole


def pie(pen: Pen) -> tuple[float, str]:
    """Slices clockwise from the top, largest first, each named beside it; (bottom in px, mark taken)."""
    plot = pen.plot
    values = [max(0.0, value or 0.0) for value in plot.rows[0].values]
    whole = math.fsum(v / pen.scale for v in values)
    order = sorted((i for i, value in enumerate(values) if value > 0), key=lambda i: -values[i])
    h = min(pen.height(0.42, 0.8), 460.0 if pen.room.h is None else math.inf)
    names = [_slice_words(pen, i, values[i] / pen.scale / whole) for i in order]
    side = max(max(pen.wide(name, 600), pen.wide(figure)) for name, figure in names)
    room = min(side, pen.room.w * 0.3)
    radius = max(40.0, min(h / 2 - 4, (pen.room.w - 2 * room - 6 * GAP) / 2))
    if pen.room.h is None:
        h = min(h, max(2 * radius + 3 * pen.line, (len(order) // 2 + 1) * 2.6 * pen.line))
    centre = (pen.room.x + pen.room.w / 2, pen.room.y + h / 2)
    canvas = Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1))
    turn, middles = 0.0, []
    hole = radius * HOLE if plot.mark == "donut" else 0.0
    for rank, i in enumerate(order):
        share = values[i] / pen.scale / whole * 360.0
        fill, stroke, thick = pen.paint(_slice_colour(pen, rank, i))
        tag = Tag(plot.rows[0].part, f"{pen.tip(0, i)} ({_percent(pen, share / 360)})", rank + 1)
        canvas.wedge(centre, radius, hole, turn, turn + share, fill, tag, stroke or pen.style.sheet, thick or 2.0)
        middles.append(turn + share / 2)
        turn += share
    pen.items += [_by_hand(pen, item) for item in canvas.items]
    _around(pen, order, middles, names, centre, radius, room, h)
    if plot.mark == "donut" and plot.unit != "%":
        words = pen.figures.short(math.fsum(values)) if math.isfinite(sum(values)) else ""
        size = min(pen.style.size(3, pen.width), hole * 0.55)
        if words and size >= 14 and pen.wide(words, 600, size) < hole * 1.7:
            pen.items.append(
                pen.text(words, centre[0], centre[1] - size * 0.66, align="middle", weight=600, size=size, fill=pen.style.ink, role="value")
            )
    return pen.room.y + h, plot.mark


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
        return pen.style.accent if label in pen.plot.stressed else mix(pen.muted, pen.style.sheet, max(0.45, 1.0 - 0.16 * rank))
    return pen.style.series[rank % len(pen.style.series)]


def _percent(pen: Pen, share: float) -> str:
    percent = share * 100
    return number(percent, pen.plot.lang, "%", digits=0 if percent >= 10 or abs(percent - round(percent)) < 0.05 else 1)


def _slice_words(pen: Pen, label: int, share: float) -> tuple[str, str]:
    """A slice's name and its figure (its share where the figures are not percent already)."""
    value = pen.plot.rows[0].values[label]
    assert value is not None
    figure = pen.figures.full(value) if pen.plot.unit == "%" else f"{_percent(pen, share)}"
    return pen.plot.labels[label], figure


def _around(
    pen: Pen,
    order: list[int],
    middles: list[float],
    names: list[tuple[str, str]],
    centre: tuple[float, float],
    radius: float,
    room: float,
    h: float,
) -> None:
    """Names and figures beside the ring, left and right, moved apart where they would touch, each with a line to its slice."""
    plot = pen.plot
    lines = {i: 1 + pen.wrapped(name, room, 8) for i, (name, _) in zip(order, names, strict=True)}
    for right in (True, False):
        own = [k for k in range(len(order)) if (middles[k] % 360 < 180) == right]
        own.sort(key=lambda k: -math.cos(math.radians(middles[k])))
        tall = max((lines[order[k]] * pen.line for k in own), default=0.0)
        wanted = [centre[1] - math.cos(math.radians(middles[k])) * (radius + 6) for k in own]
        half = tall / 2
        for y, k in zip(apart(wanted, tall + 4.0, pen.room.y + half, pen.room.y + h - half), own, strict=True):
            label, angle = order[k], math.radians(middles[k])
            edge = (centre[0] + math.sin(angle) * (radius + 3), centre[1] - math.cos(angle) * (radius + 3))
            side = 1 if right else -1
            x = centre[0] + side * (radius + 2.4 * GAP)
            reach = centre[0] + math.sin(angle) * (radius + 10)
            bend = max(reach, x - 6) if right else min(reach, x + 6)
            _leader(pen, edge, (bend if abs(bend - x) < radius else x - side * 6, y), (x - side * 3, y))
            top = y - lines[label] * pen.line / 2
            align: Align = "start" if right else "end"
            name, figure = names[k]
            stressed = label in plot.stressed
            text = pen.text(
                name,
                x,
                top,
                align=align,
                room=room + 1,
                lines=lines[label] - 1,
                fill=pen.style.ink if stressed or not plot.stressed else pen.style.quiet,
                weight=600 if stressed else 400,
                part=plot.part,
                field=f"labels.{plot.place(label)}",
                step=k + 1,
            )
            pen.keep(text, 0.0)
            top += len(text.lines) * pen.line
            pen.keep(
                pen.text(figure, x, top, align=align, weight=600, fill=pen.style.ink, role="value", step=k + 1, **pen.where(0, label)),
                0.0,
            )


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
    tall = (pen.room.h - head) / rows if pen.room.h is not None else min(56.0, max(26.0, pen.room.w * 0.5 / rows))
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
        lines = min(3, max(1, int(tall // pen.line)))
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
            gap = 1.0 if min(band, tall) > 12 else 0.3
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
                    part=one.part,
                    step=row + 1,
                    tip=pen.tip(row, label),
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
