"""Bands that lie one under the other, each named before it (or above it where names are long), and the axis that runs below them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flipchart.renderers import axis
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.marks import Span, ticks

THINNEST = 15.0  # px, a band is no lower
GROWN, WIDE = 6.0, 0.2  # times as high as wanted, and share of the room's width, to which a band grows on a page with room to spare
SHARE = 0.38  # of the width, names before their bands take at most


@dataclass(frozen=True, slots=True)
class Band:
    """One strip that marks lie in: top and height in px."""

    top: float
    tall: float

    @property
    def middle(self) -> float:
        """The strip's middle in px."""
        return self.top + self.tall / 2


@dataclass(frozen=True, slots=True)
class Bands:
    """All strips, where they begin on the left, and where the last one ends."""

    strips: list[Band]
    left: float
    bottom: float
    above: bool

    def stretches(self, top: float) -> list[tuple[float, float]]:
        """From where to where (px) upright lines may run: all the way from `top`, or between names that stand above their strips."""
        return [(strip.top, strip.top + strip.tall) for strip in self.strips] if self.above else [(top, self.bottom)]


def bands(
    pen: Pen,
    y: float,
    wanted: float,
    bars: float,
    *,
    rows: bool = False,
    foot: float = 0.0,
    least: float = THINNEST,
    bold: frozenset[int] = frozenset(),
) -> Bands:
    """Sets the names of labels (or `rows`) one under the other from `y` on, each with a strip for its marks; `foot` px are left below.

    A band is `wanted` px high where there is room, of which `bars` px are for marks where the name stands above. What has no room is
    left out and counted.
    """
    plot = pen.plot
    names = [row.name for row in plot.rows] if rows else list(plot.labels)
    widest = max((pen.wide(words, 600) for words in names), default=0.0)
    above = widest > pen.room.w * SHARE and (widest > pen.room.w * 0.76 or pen.width < 520)
    gutter = 0.0 if above else min(widest, pen.room.w * SHARE) + 1.5 * GAP if widest else 0.0
    lines = [pen.wrapped(words, pen.room.w - 2 if above else gutter - 1.5 * GAP, 6) if words else 1 for words in names]
    heights = [taken * pen.line + bars + GAP * 1.5 if above else max(wanted, taken * pen.line + 6.0) for taken in lines]
    if pen.room.h is not None:
        smallest = [max(least, taken * pen.line + (8.0 if above else 1.0)) for taken in lines]
        space = pen.room.y + pen.room.h - y - foot
        heights = squeezed(heights, smallest, space)
        most = [max(tall, min(GROWN * tall, pen.room.w * WIDE)) for tall in heights]
        share = _share(heights, most, space)
        heights = [tall + (largest - tall) * share for tall, largest in zip(heights, most, strict=True)]
    strips, top = [], y
    for at, tall in enumerate(heights):
        strips.append(_strip(pen, at, names[at], top, tall, lines[at], gutter, above, rows, at in bold))
        top += tall
    pen.left_out = len(names) - len(heights)
    return Bands(strips, pen.room.x + gutter, top, above)


def _share(heights: Sequence[float], most: Sequence[float], space: float) -> float:
    """How far, 0-1, bands may grow towards the most they take, so that all of them have room."""
    spare, wish = space - sum(heights), sum(most) - sum(heights)
    return min(1.0, max(0.0, spare / wish)) if wish > 0 else 0.0


def _strip(pen: Pen, at: int, name: str, top: float, tall: float, lines: int, gutter: float, above: bool, rows: bool, bold: bool) -> Band:
    """One name, and the strip beside or below it."""
    plot = pen.plot
    stressed = at == plot.stressed_row if rows else at in plot.stressed
    dimmed = (plot.stressed_row is not None if rows else bool(plot.stressed)) and not stressed
    step = pen.order(0, at) if rows or len(plot.rows) == 1 else 0
    look: dict[str, Any] = {
        "fill": pen.style.quiet if dimmed else pen.style.ink,
        "weight": 600 if stressed or bold else 400,
        "step": step,
        **({"part": plot.rows[at].part, "field": "name"} if rows else pen.named_at(at)),
    }
    if above:
        if name:
            pen.items.append(pen.text(name, pen.room.x, top, room=pen.room.w, lines=lines, **look))
        return Band(top + lines * pen.line + 1.0, tall - lines * pen.line - GAP)
    if name:
        y = top + (tall - lines * pen.line) / 2
        pen.items.append(pen.text(name, pen.room.x + gutter - 1.5 * GAP, y, align="end", room=gutter - 1.5 * GAP, lines=lines, **look))
    room = tall * (0.72 if tall < 24 else 0.68)
    return Band(top + (tall - room) / 2, room)


def squeezed(wanted: list[float], least: list[float], room: float) -> list[float]:
    """The bands at the height they are given; the last ones are left out where there is no room for them."""
    while len(wanted) > 1 and sum(least[: len(wanted)]) > room:
        wanted = wanted[:-1]
    share = room / (sum(wanted) or 1.0)
    if share >= 1:
        return [band * min(share, 1.6) for band in wanted]
    return [max(low, band * share) for low, band in zip(least, wanted, strict=False)]


def rails(
    pen: Pen, span: Span, at: Sequence[float], stretches: Sequence[tuple[float, float]], write: Callable[[float], str] | None = None
) -> None:
    """Upright gridlines along `stretches` (each from where to where, px), with the figures of `at` (scaled) below them."""
    words = write or _written(pen, at)
    bottom = stretches[-1][1]
    for tick in at:
        x = span.px(tick)
        for start, end in stretches:
            pen.rule(x, start, x, end, pen.grid_colour)
        pen.try_keep(pen.nudged(pen.text(words(tick), x, bottom + GAP * 0.5, align="middle")), 4.0)


def _written(pen: Pen, at: Sequence[float]) -> Callable[[float], str]:
    write = axis.stepped([tick * pen.scale for tick in at], pen.plot.unit, pen.plot.lang)
    return lambda tick: write(tick * pen.scale)


def across(values: Sequence[float], left: float, right: float) -> tuple[Span, list[float]]:
    """An axis from `left` to `right` px that just holds all `values` (places need no zero), and the round ticks that lie on it."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if high <= low:
        low, high = (low - abs(low) * 0.1, high + abs(high) * 0.1) if high else (0.0, 1.0)
    at = ticks(low, high, max(2, int((right - left) / 90)))
    if 0 <= low < (high - low) * 0.2:
        low = 0.0
    inside = [tick for tick in at if low <= tick <= high]
    if len(inside) < 2:
        low, high, inside = min(low, at[0]), max(high, at[-1]), at
    return Span(low, high, left, right), inside
