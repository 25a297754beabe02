"""Maps that shade each country by its figure, every country as large as it is."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from flipchart.renderers import axis, places
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.chart_spec import quantile
from flipchart.renderers.drawing import Box, mirrored
from flipchart.renderers.globe import view, within, world
from flipchart.renderers.marks import Canvas, Span, Tag, ticks
from flipchart.renderers.style import mix
from flipchart.renderers.typeset import reads_rtl
from flipchart.renderers.words import say

CLASSES = 5
SMALL = 3.5  # px, a country that is smaller is a dot
SKEWED = 0.12  # of the span, where the median lies low enough for classes of equal counts


def map(pen: Pen) -> tuple[float, str]:
    """The world, or the part of it that the figures are from; (bottom in px, mark taken)."""
    plot = pen.plot
    found = {places.code(label, plot.lang): at for at, label in enumerate(plot.labels) if pen.value(0, at) is not None}
    found.pop("", None)
    values = sorted(pen.value(0, at) or 0.0 for at in found.values())
    borders = _borders(values)
    y = _key(pen, borders, len(found) < len(places.outlines()) - 60)
    project, bounds, near = view(list(found))
    shape = (bounds[3] - bounds[1]) / (bounds[2] - bounds[0])
    h = pen.room.y + pen.room.h - y if pen.room.h is not None else min(pen.room.w * min(max(shape, 0.4), 1.1), 620.0)
    scale = min(pen.room.w / (bounds[2] - bounds[0]), h / (bounds[3] - bounds[1]))
    left = pen.room.x + (pen.room.w - (bounds[2] - bounds[0]) * scale) / 2
    top = y + (h - (bounds[3] - bounds[1]) * scale) / 2
    # Near maps fill their room to its edges; the world ends where it ends.
    frame = (pen.room.x, y, pen.room.x + pen.room.w, y + h) if near else (left, top, left + (bounds[2] - bounds[0]) * scale, y + h)
    canvas, dots = Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1)), Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1))
    blank = mix(pen.style.quiet, pen.style.sheet, 0.16)
    stressed = {code for code, at in found.items() if at in plot.stressed}
    for country in sorted(places.outlines(), key=lambda code: (code in stressed, code in found)):
        at = found.get(country)
        if at is None and country == "AQ":
            continue
        flat = [project(ring) for ring in places.outlines()[country]] if near else world()[country]
        rings = within(flat, (bounds[0], bounds[1], left, top, scale), frame)
        figure = None if at is None else pen.value(0, at)
        if figure is None or at is None:
            fill, tag = blank, Tag()
        else:
            fill, tag = _shade(pen, figure, borders), pen.tag(0, at, step=1)
        if not rings:
            continue
        largest = max(rings, key=lambda ring: float(np.ptp(ring[:, 0]) * np.ptp(ring[:, 1])))
        if at is not None and max(np.ptp(largest[:, 0]), np.ptp(largest[:, 1])) < SMALL:
            middle = largest.mean(axis=0)
            dots.dots([float(middle[0])], [float(middle[1])], SMALL + 3.0, fill, [tag], pen.style.sheet, 0.7)
            continue
        big = [ring for ring in rings if len(ring) > 3]
        if big:
            line, width = (pen.style.ink, 1.6) if country in stressed else (pen.style.sheet, 0.7)
            canvas.region([[(float(px), float(py)) for px, py in ring] for ring in big], fill, tag, line, width)
    drawn = [*canvas.items, *dots.items]
    # Sheets that read from the right are mirrored, the world is not: turned once here, it comes out as it is.
    pen.items += [mirrored(item, pen.width) for item in drawn] if reads_rtl(plot.lang) else drawn
    return y + h, plot.mark


def _borders(values: list[float]) -> list[float]:
    """Round figures between the classes: even steps, or classes of equal counts where most figures are small beside the largest."""
    low, high = values[0], values[-1]
    if low == high:
        return []
    if low >= 0 and quantile(values, 0.5) - low < SKEWED * (high - low):
        cuts = [float(f"{quantile(values, n / CLASSES):.2g}") for n in range(1, CLASSES)]
        return [cut for cut in dict.fromkeys(cuts) if low < cut < high]
    return [tick for tick in ticks(low, high, CLASSES) if low < tick < high]


def _shade(pen: Pen, value: float, borders: Sequence[float]) -> str:
    """The colour of a figure's class; figures below zero have one of their own where both are there."""
    if any(border <= 0 for border in borders) and borders[-1] > 0:
        both = [abs(border) for border in (borders[0], borders[-1])]
        share = min(1.0, abs(value) / (max(both) or 1.0))
        return mix(pen.style.accent if value >= 0 else pen.style.series[1], pen.style.sheet, 0.25 + 0.75 * share)
    at = bisect_right(borders, value)
    least = 0.34 if pen.style.dark else 0.22
    return mix(pen.style.accent, pen.style.sheet, least + (1.0 - least) * at / max(1, len(borders)))


def _key(pen: Pen, borders: Sequence[float], gaps: bool) -> float:
    """The classes with the figures between them; returns where it ends."""
    x, y, plot = pen.room.x, pen.room.y, pen.plot
    write = axis.stepped([border * pen.scale for border in borders], plot.unit, plot.lang)
    words = [write(border * pen.scale) for border in borders]
    wide = max(38.0, max((pen.wide(word) for word in words), default=0.0) + 10.0)
    step = borders[1] - borders[0] if len(borders) > 1 else 1.0
    middles = [border + step / 2 for border in (borders[0] - step, *borders)] if borders else [0.0]
    if len(borders) > 1:
        middles[1:-1] = [(a + b) / 2 for a, b in pairwise(borders)]
    for n, middle in enumerate(middles):
        pen.items.append(Box(x + n * wide, y, wide - 1, 10.0, _shade(pen, middle, borders)))
    for n, word in enumerate(words, 1):
        pen.try_keep(pen.text(word, x + n * wide - 0.5, y + 12.0, align="middle"), 0.0)
    end = x + wide * len(middles) + 2 * GAP
    none = say("chart.no_figure", plot.lang)
    if gaps and end + 20 + pen.wide(none) < pen.room.x + pen.room.w:
        pen.items.append(Box(end, y, 14.0, 10.0, mix(pen.style.quiet, pen.style.sheet, 0.16)))
        pen.keep(pen.text(none, end + 20, y + 5.0 - pen.line / 2), 0.0)
    return y + 12.0 + pen.line + GAP * 1.5
