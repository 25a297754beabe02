"""Treemaps: shares of a whole as tiles of a rectangle, grouped by series where there are several."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.drawing import Box
from flipchart.renderers.style import mix
from flipchart.renderers.words import number

MOST = 80  # tiles


@dataclass(frozen=True, slots=True)
class Tile:
    """One share and the rectangle that stands for it, in px."""

    at: int
    x: float
    y: float
    w: float
    h: float


def squarified(shares: Sequence[float], x: float, y: float, w: float, h: float) -> list[Tile]:
    """A rectangle for each of `shares` (largest first), as square as can be (Bruls, Huizing, van Wijk)."""
    whole = math.fsum(shares) or 1.0
    areas = [max(share / whole * w * h, 1e-9) for share in shares]  # what is too small to be seen has no square to divide by
    out: list[Tile] = []
    at = 0
    while at < len(areas):
        side = min(w, h)
        row, end = [areas[at]], at + 1
        while end < len(areas) and _worst([*row, areas[end]], side) <= _worst(row, side):
            row.append(areas[end])
            end += 1
        thick = math.fsum(row) / (side or 1.0)
        along = 0.0
        for place, area in enumerate(row, at):
            long = area / (thick or 1.0)
            out.append(Tile(place, x, y + along, thick, long) if w >= h else Tile(place, x + along, y, long, thick))
            along += long
        x, y, w, h = (x + thick, y, w - thick, h) if w >= h else (x, y + thick, w, h - thick)
        at = end
    return out


def _worst(row: list[float], side: float) -> float:
    """How far from a square the least square tile of a row is."""
    whole = math.fsum(row) or 1e-12
    smallest = min(row) or 1e-12
    return max(side**2 * max(row) / whole**2, whole**2 / (side**2 * smallest or 1e-12))


def treemap(pen: Pen) -> tuple[float, str]:
    """Tiles as large as their shares, named where there is room, all with tips; (bottom in px, mark taken)."""
    plot = pen.plot
    found = [(value, row, label) for row in range(len(plot.rows)) for label in range(len(plot.labels)) if (value := pen.value(row, label))]
    found = sorted(found, key=lambda one: -one[0])
    whole = math.fsum(value for value, _, _ in found)
    pen.left_out = max(0, len(found) - MOST)
    found = found[:MOST]
    h = pen.height(0.5, 0.95)
    groups = sorted({row for _, row, _ in found}, key=lambda row: -math.fsum(v for v, r, _ in found if r == row))
    head = pen.line + 4 if len(plot.rows) > 1 else 0.0
    for rank, area in enumerate(
        squarified([math.fsum(v for v, r, _ in found if r == row) for row in groups], pen.room.x, pen.room.y, pen.room.w, h)
    ):
        row = groups[area.at]
        own = [one for one in found if one[1] == row]
        over = head if area.h > 2.2 * pen.line and area.w > 30 else 0.0
        if over and plot.rows[row].name:
            lines = pen.label_lines(plot.rows[row].name, area.w - 8, 1, 600)
            if lines:
                text = pen.text(
                    plot.rows[row].name,
                    area.x + 2,
                    area.y + 1,
                    room=area.w - 6,
                    weight=600,
                    fill=pen.style.ink,
                    step=rank + 1,
                    **pen.named_row(row),
                )
                pen.keep(text, 0.0)
            else:
                over = 0.0
        gap = 2.0 if len(groups) > 1 else 0.0
        room = (area.x + gap / 2, area.y + over, max(0.5, area.w - gap), max(0.5, area.h - over - gap))
        for tile in squarified([value for value, _, _ in own], *room):
            _tile(pen, tile, own[tile.at][1], own[tile.at][2], own[tile.at][0] / whole, own[0][0], rank)
    return pen.room.y + h, plot.mark


def _tile(pen: Pen, tile: Tile, row: int, label: int, share: float, most: float, rank: int) -> None:
    """One tile with its name and share, where they fit in it."""
    plot = pen.plot
    value = pen.value(row, label) or 0.0
    hue = pen.colour(row)
    if plot.stressed:
        hue = pen.style.accent if label in plot.stressed else pen.style.muted
    tone = mix(hue, pen.style.sheet, (0.42 if len(plot.rows) == 1 else 0.6) + (0.58 if len(plot.rows) == 1 else 0.4) * value / most)
    fill, stroke, thick = pen.paint(hue if plot.stressed else tone)
    w, h = max(0.5, tile.w - 2), max(0.5, tile.h - 2)
    step = rank + 1 if len(plot.rows) > 1 else min(tile.at, 11) + 1
    percent = number(share * 100, plot.lang, "%", digits=0 if share >= 0.1 else 1)
    tip = pen.tip(row, label) if plot.unit == "%" else f"{pen.tip(row, label)} ({percent})"
    tag, corner = pen.tag(row, label, tip, step), min(3.0, w / 4, h / 4)
    pen.items.append(Box(tile.x + 1, tile.y + 1, w, h, fill, stroke, thick, corner, part=tag.part, step=step, tip=tip, field=tag.field))
    figure = plot.rows[row].values[label]
    assert figure is not None
    words, inner, ink = pen.write(figure), w - 2 * GAP, pen.ink_on(fill)
    most_lines = int((h - GAP) / pen.line) - 1
    lines = pen.label_lines(plot.labels[label], inner, max(0, most_lines), 600) if inner > 20 and most_lines > 0 else None
    if lines is None or pen.wide(words) > inner:
        pen.unnamed.append((plot.labels[label], words))
        return
    x, y = tile.x + 1 + GAP, tile.y + 1 + GAP * 0.6
    pen.keep(pen.text(plot.labels[label], x, y, room=inner, lines=lines, weight=600, fill=ink, step=step, **pen.named_at(label)), 0.0)
    pen.keep(pen.text(words, x, y + lines * pen.line, fill=ink, role="value", step=step, **pen.where(row, label)), 0.0)
