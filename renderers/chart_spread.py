"""How figures spread: boxes of quartiles, violins, and curves of density, one for each series."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flipchart.renderers.chart_bands import across, bands, rails
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.chart_spec import quantile
from flipchart.renderers.marks import Canvas, Span, Tag
from flipchart.renderers.style import readable
from flipchart.renderers.words import say

BAND = 52.0  # px, height of a band with its box
MOST_DOTS = 200  # of a box, that lie far from the rest
GRID = 120  # places at which a curve is computed
MOST_KEPT = 4000  # figures a curve is computed from; of more, as many quantiles


@dataclass(frozen=True, slots=True)
class Quartiles:
    """A box: whiskers reach the last figure within one and a half boxes, the rest lie far."""

    low: float
    first: float
    median: float
    third: float
    high: float
    far: tuple[float, ...]


def quartiles(values: Sequence[float]) -> Quartiles:
    """The box of `values` (sorted)."""
    first, median, third = (quantile(values, share) for share in (0.25, 0.5, 0.75))
    reach = 1.5 * (third - first)
    near = [value for value in values if first - reach <= value <= third + reach] or list(values)
    far = tuple(value for value in values if value < near[0] or value > near[-1])
    return Quartiles(near[0], first, median, third, near[-1], far)


def _sorted(pen: Pen) -> list[list[float]]:
    """The figures of each row in scaled units, smallest first."""
    return [sorted(value / pen.scale for value in row.values if value is not None) for row in pen.plot.rows]


def box(pen: Pen) -> tuple[float, str]:
    """A lying box for each series; (bottom in px, mark taken)."""
    plot = pen.plot
    samples = _sorted(pen)
    foot = pen.line + GAP
    found = bands(pen, pen.room.y, BAND, 34.0, rows=True, foot=foot)
    span, at = across([value for one in samples for value in (one[0], one[-1])], found.left + 6, pen.room.x + pen.room.w - 8)
    rails(pen, span, at, found.stretches(pen.room.y))
    for row, strip in enumerate(found.strips):
        one = quartiles(samples[row])
        tall = min(strip.tall, 30.0) * 0.9
        canvas = Canvas(span, Span(-0.5, 0.5, strip.middle - tall / 2, strip.middle + tall / 2), min(3.0, tall / 6))
        colour, part, step = pen.colour(row), plot.rows[row].part, row + 1
        tag = Tag(part, _said(pen, row, one), step)
        for start, end in ((one.low, one.first), (one.third, one.high)):
            canvas.line([start, end], [0.0, 0.0], colour, 1.8, Tag(part, "", step))
        for end in (one.low, one.high):
            canvas.line([end, end], [-0.22, 0.22], colour, 1.8, Tag(part, "", step))
        fill, stroke, thick = pen.paint(colour)
        canvas.bar(one.first, -0.5, one.third - one.first, 1.0, fill, tag, stroke, thick)
        canvas.line([one.median, one.median], [-0.5, 0.5], pen.style.sheet if stroke is None else colour, 2.6, Tag(part, "", step))
        far = one.far[:: max(1, -(-len(one.far) // MOST_DOTS))]
        tags = [Tag(part, pen.figures.said(value * pen.scale), step) for value in far]
        canvas.dots(far, [0.0] * len(far), 5.0, colour, tags)
        pen.items += canvas.items
    _medians(pen, [quantile(one, 0.5) for one in samples], found.strips, span, 15.0)
    return (pen.room.y + pen.room.h if pen.room.h is not None else found.bottom + foot), plot.mark


def _said(pen: Pen, row: int, one: Quartiles) -> str:
    """What is said of a spread: its name, median and middle half."""
    name = pen.plot.rows[row].name
    write = pen.figures.said
    first, median, third = (write(value * pen.scale) for value in (one.first, one.median, one.third))
    words = f"{say('chart.median', pen.plot.lang)} {median} ({first} – {third})"
    return f"{name}: {words}" if name else words


def _medians(pen: Pen, medians: list[float], strips: Sequence[Any], span: Span, above: float) -> None:
    """Each median's figure above its mark, where there is room."""
    for row, strip in enumerate(strips):
        y = strip.middle - above - pen.line + 2.0
        if strip.tall < 28.0 or y < pen.room.y - 4:
            y = max(y, pen.room.y - 4)
        words = pen.figures.short(medians[row] * pen.scale)
        text = pen.text(words, span.px(medians[row]), y, align="middle", weight=600, fill=pen.style.ink, role="value", step=row + 1)
        if strip.tall >= 26.0:
            pen.try_keep(pen.nudged(text), 0.0)


def curve(values: Sequence[float], places: Any) -> Any:
    """The density of `values` (sorted) at `places`, by Gaussian kernels of Silverman's width."""
    kept = np.asarray(values, dtype=float)
    if len(kept) > MOST_KEPT:
        kept = np.quantile(kept, np.linspace(0.0, 1.0, MOST_KEPT))
    spread_ = min(float(kept.std()), (quantile(values, 0.75) - quantile(values, 0.25)) / 1.34 or math.inf) or float(kept.std())
    # Never narrower than what the places can show.
    width = max(0.9 * spread_ * len(kept) ** -0.2, float(places[-1] - places[0]) / (3 * GRID)) or 1.0
    return np.exp(-0.5 * ((places[:, None] - kept[None, :]) / width) ** 2).sum(axis=1) / (len(kept) * width * math.sqrt(2 * math.pi))


def _places(samples: list[list[float]]) -> Any:
    """Places along the axis, a little past the figures at both ends."""
    low, high = min(one[0] for one in samples), max(one[-1] for one in samples)
    beyond = (high - low) * 0.08
    # Amounts that are never below zero have no density there.
    return np.linspace(max(0.0, low - beyond) if low >= 0 else low - beyond, high + beyond, GRID)


def violin(pen: Pen) -> tuple[float, str]:
    """A lying violin for each series, as wide as there are figures, its middle half and median inside; (bottom in px, mark taken)."""
    plot = pen.plot
    samples = _sorted(pen)
    foot = pen.line + GAP
    found = bands(pen, pen.room.y, BAND + 14.0, 46.0, rows=True, foot=foot)
    places = _places(samples)
    span, at = across([float(places[0]), float(places[-1])], found.left + 6, pen.room.x + pen.room.w - 8)
    rails(pen, span, at, found.stretches(pen.room.y))
    curves = [curve(one, places) for one in samples]
    most = max(float(one.max()) for one in curves)
    for row, strip in enumerate(found.strips):
        wide = [float(n) / most for n in curves[row]]
        inside = [i for i, n in enumerate(wide) if n > 0.004]
        canvas = Canvas(span, Span(-1.0, 1.0, strip.top - strip.tall * 0.12, strip.top + strip.tall * 1.12))
        colour, part, step = pen.colour(row), plot.rows[row].part, row + 1
        one = quartiles(samples[row])
        xs = [float(places[i]) for i in inside]
        canvas.area(xs, [-wide[i] for i in inside], [wide[i] for i in inside], colour, Tag(part, _said(pen, row, one), step), 0.35)
        canvas.line([one.first, one.third], [0.0, 0.0], colour, 5.0, Tag(part, "", step))
        canvas.dots([one.median], [0.0], 9.0, pen.style.sheet, [Tag(part, _said(pen, row, one), step)], colour, 2.0)
        pen.items += canvas.items
    _medians(pen, [quantile(one, 0.5) for one in samples], found.strips, span, 9.0)
    return (pen.room.y + pen.room.h if pen.room.h is not None else found.bottom + foot), plot.mark


def density(pen: Pen) -> tuple[float, str]:
    """A curve for each series, each named at its peak; (bottom in px, mark taken)."""
    plot = pen.plot
    samples = _sorted(pen)
    h, foot = pen.height(0.42, 0.66), pen.line + GAP
    y, bottom = pen.room.y, pen.room.y + h - foot
    named = pen.named()
    if len(named) > 4 or any(pen.wide(plot.rows[row].name, 600) > pen.room.w * 0.4 for row in named):
        named, y = [], pen.key(y)
    places = _places(samples)
    span, at = across([float(places[0]), float(places[-1])], pen.room.x + 6, pen.room.x + pen.room.w - 8)
    rails(pen, span, at, [(y, bottom)])
    curves = [curve(one, places) for one in samples]
    most = max(float(one.max()) for one in curves)
    up = Span(0.0, most, bottom, y + (1.4 if named else 0.6) * pen.line)
    canvas = Canvas(span, up)
    xs = [float(place) for place in places]
    for row, one in enumerate(curves):
        ys = [float(n) for n in one]
        tag = Tag(plot.rows[row].part, _said(pen, row, quartiles(samples[row])), row + 1)
        canvas.area(xs, [0.0] * len(xs), ys, pen.colour(row), tag, 0.16)
        canvas.line(xs, ys, pen.colour(row), 2.4, tag)
    pen.items += canvas.items
    pen.rule(span.px(xs[0]), bottom, span.px(xs[-1]), bottom, pen.style.quiet, 1.2)
    for row in sorted(named, key=lambda row: -float(curves[row].max())):
        _named(pen, canvas, xs, curves, row)
    return pen.room.y + h, plot.mark


def _named(pen: Pen, canvas: Canvas, xs: list[float], curves: list[Any], row: int) -> None:
    """A curve's name on its outline, as near its peak as it stands clear of the other curves."""
    name, own = pen.plot.rows[row].name, curves[row]
    half = (min(pen.wide(name, 600), pen.room.w) + 6) / 2
    pixels = [canvas.x.px(x) for x in xs]
    for at in sorted(range(len(xs)), key=lambda i: -own[i]):
        if own[at] < 0.25 * own.max():
            break
        x = min(max(pixels[at], pen.room.x + half), pen.room.x + pen.room.w - half)
        under = [i for i, px in enumerate(pixels) if abs(px - x) <= half]
        base = canvas.y.px(max(float(own[i]) for i in under)) - 3.0
        others = [canvas.y.px(float(one[i])) for n, one in enumerate(curves) if n != row for i in under]
        if any(base - pen.line - 2 < y < base + 2 for y in others):
            continue
        ink = readable(pen.colour(row), pen.style.sheet)
        text = pen.text(name, x, base - pen.line, align="middle", weight=600, fill=ink, step=row + 1, **pen.named_row(row))
        if text.lines[0].y - text.size > pen.room.y - 6 and pen.try_keep(text, 0.0):
            return
