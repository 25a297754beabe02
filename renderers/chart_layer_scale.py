"""What layers are drawn by: axes laid in px, colours, shades and sizes, and the key that names them."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from flipchart.renderers import axis as axes
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.drawing import Box
from flipchart.renderers.layered import INK, QUIET, Axis, Layered, Measure, Panel
from flipchart.renderers.marks import Span, ticks
from flipchart.renderers.style import mix, readable

FAINTEST = 1.4  # contrast of a colour that a spec gives itself, on the sheet


@dataclass(frozen=True, slots=True)
class Stop:
    """A tick: where, its words, and what stands under them."""

    at: float
    words: str
    under: str = ""


class Scale:
    """One axis laid between two places in px."""

    def __init__(self, axis: Axis, start: float, end: float, stops: Sequence[float] = ()) -> None:
        self.axis = axis
        self.unit = (
            10.0 ** math.floor(math.log10(max(abs(axis.low), abs(axis.high)))) if max(abs(axis.low), abs(axis.high)) > axes.HUGE else 1.0
        )
        low, high = self._bent(min([axis.low, *stops])), self._bent(max([axis.high, *stops]))
        if axis.turned:
            start, end = end, start
        self.span = Span(low, high if high > low else low + 1.0, start, end)

    def _bent(self, value: float) -> float:
        match self.axis.scale:
            case "log":
                return math.log10(value) if value > 0 else -math.inf
            case "sqrt":
                return math.copysign(math.sqrt(abs(value)), value)
            case "symlog":
                return math.copysign(math.log1p(abs(value)), value)
        return value / self.unit

    def px(self, value: float | None) -> float | None:
        """Where `value` lies, in px; None where it has no place."""
        if value is None:
            return None
        bent = self._bent(value)
        return self.span.px(bent) if math.isfinite(bent) else None

    def inside(self, px: float | None, slack: float = 0.5) -> bool:
        """True where a place lies between the axis' ends."""
        low, high = sorted((self.span.start, self.span.end))
        return px is not None and low - slack <= px <= high + slack

    def held(self, px: float) -> float:
        """A place moved between the axis' ends."""
        low, high = sorted((self.span.start, self.span.end))
        return min(max(px, low), high)


@dataclass
class Plotted:
    """One panel in its place: its plot's corners, its scales, and which of its axes are written."""

    panel: Panel
    left: float
    top: float
    right: float
    bottom: float
    x: Scale
    y: Scale
    across: list[Stop]
    up: list[Stop]
    names_x: bool
    names_y: bool


# Colours, shades and sizes


def tint(pen: Pen, chart: Layered, colour: int, strong: float = 1.0) -> str:
    """The colour of a place among the keys."""
    style = pen.style
    if colour == INK:
        return style.ink
    if colour == QUIET:
        return mix(style.quiet, style.sheet, 0.7 * strong)
    if colour < len(chart.paints) and chart.paints[colour]:
        base = readable(chart.paints[colour], style.sheet, FAINTEST)
        return mix(base, style.sheet, max(0.45, strong)) if strong < 0.9 else base
    if chart.ordered and len(chart.keys) > 1 and colour < len(chart.keys):
        return ramp(pen, colour / (len(chart.keys) - 1))
    base = style.accent if not chart.keys and colour == 0 else style.hue(colour)
    return mix(base, style.sheet, max(0.45, strong)) if strong < 0.9 else base


def ramp(pen: Pen, share: float) -> str:
    """From a tint of the accent to the accent and past it into ink."""
    style = pen.style
    if share <= 0.75:
        return mix(style.accent, style.sheet, 0.22 + 0.78 * share / 0.75)
    return mix(style.ink, style.accent, (share - 0.75) / 0.25 * 0.55)


def shaded(pen: Pen, measure: Measure, value: float | None) -> str:
    """The shade that stands for a figure."""
    style = pen.style
    if value is None:
        return mix(style.quiet, style.sheet, 0.25)
    if measure.paints:
        return _run(measure, value)
    if measure.middle is not None:
        reach = max(abs(measure.high - measure.middle), abs(measure.low - measure.middle)) or 1.0
        share = min(1.0, abs(value - measure.middle) / reach)
        return mix(style.accent if value >= measure.middle else style.series[1], style.sheet, 0.1 + 0.9 * share)
    span = measure.high - measure.low
    return ramp(pen, min(1.0, max(0.0, (value - measure.low) / span)) if 0 < span < math.inf else 0.5)


def _run(measure: Measure, value: float) -> str:
    """The colour of a figure among colours that run evenly from low to high, the middle one at the measure's middle."""
    low, high, middle = measure.low, measure.high, measure.middle
    if middle is not None and low < middle < high:
        at = 0.5 * (value - low) / (middle - low) if value < middle else 0.5 + 0.5 * (value - middle) / (high - middle)
    else:
        at = (value - low) / (high - low) if high > low else 0.5
    place = min(1.0, max(0.0, at)) * (len(measure.paints) - 1)
    first = min(int(place), len(measure.paints) - 1)
    return mix(measure.paints[min(first + 1, len(measure.paints) - 1)], measure.paints[first], place - first)


def share(measure: Measure, value: float | None) -> float:
    """Size of a figure as a share of the largest."""
    return 0.0 if value is None or measure.high <= 0 else min(1.0, max(0.0, value / measure.high))


def legend(pen: Pen, chart: Layered, y: float) -> float:
    """Keys, shades and sizes, one after the other in lines; returns where they end."""
    x, start = pen.room.x, pen.room.x
    end, drawn = pen.room.x + pen.room.w, False
    dot = round(pen.size * 0.8)

    def room(wide: float) -> None:
        nonlocal x, y
        if x > start and x + wide > end:
            x, y = start, y + pen.line + 2

    def said(words: str, part: str = "", field: str = "", fill: str = "") -> None:
        nonlocal x
        wide = min(pen.wide(words), end - x)
        pen.items.append(pen.text(words, x, y, room=wide + 1, fill=fill or pen.style.quiet, part=part, field=field))
        x += wide

    used = {layer.colour for layer in chart.layers}
    keyed = [at for at in range(len(chart.keys)) if at in used]
    first = y
    if not chart.unkeyed and (len(keyed) > 1 or (keyed and chart.key_title)):
        drawn = True
        if chart.key_title:
            said(chart.key_title, chart.id, "key_title")
            x += GAP * 1.25
        for at in keyed:
            key = chart.keys[at]
            name = key.name or "–"
            room(dot + 6 + min(pen.wide(name), pen.room.w - dot - 6))
            if y - first > 7 * pen.line:
                said("…")
                break
            fill, stroke, thick = pen.paint(tint(pen, chart, at))
            pen.items.append(Box(x, y + (pen.line - dot) / 2, dot, dot, fill, stroke, thick, 3.0, part=key.id, field="name"))
            x += dot + 6
            said(name, key.id, "name", pen.style.ink)
            x += 2 * GAP
    for measure, sized in ((chart.shade, False), (chart.size, True)):
        if measure is None:
            continue
        values = [measure.low, measure.high] if not sized else list(_round(measure.high))
        words = [
            axes.moment_words(v, "day", pen.plot.lang) if measure.time else axes.figures(values, measure.unit, pen.plot.lang).short(v)
            for v in values
        ]
        wide = pen.wide(measure.title) + sum(pen.wide(word) for word in words) + (110 if not sized else 40 * len(values)) + 3 * GAP
        room(wide)
        drawn = True
        if measure.title:
            said(measure.title, measure.id, "title")
            x += GAP
        if sized:
            for value, word in zip(values, words, strict=True):
                across = max(3.0, min(pen.line, 16.0 * math.sqrt(share(measure, value))))
                pen.items.append(Box(x, y + (pen.line - across) / 2, across, across, None, pen.style.quiet, 1.2, 0.0, "ellipse"))
                x += across + 5
                said(word, fill=pen.style.ink)
                x += GAP * 1.25
        else:
            said(words[0], fill=pen.style.ink)
            x += 6
            for step in range(24):
                value = measure.low + (measure.high - measure.low) * (step + 0.5) / 24
                pen.items.append(Box(x + step * 4, y + (pen.line - dot) / 2, 4.2, dot, shaded(pen, measure, value), None, 0.0))
            x += 24 * 4 + 6
            said(words[1], fill=pen.style.ink)
        x += 2 * GAP
    return y + pen.line + GAP if drawn else y


def _round(high: float) -> list[float]:
    """Three round sizes up to the largest."""
    if not 0 < high < axes.HUGE:
        return [high]
    found = [tick for tick in ticks(0.0, high, 4) if 0 < tick <= high * 1.0001]
    return found[bisect_left(found, high / 12) :][-3:] or [high]
