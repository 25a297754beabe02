"""Matplotlib drawing into our scene: a renderer that records primitives instead of painting pixels.

Display coordinates are the drawing's own px, y growing downwards. No pyplot, no figure, no axes, no global settings: artists are drawn
one by one, which takes a tenth of the time. Not covered: type (our own sets it) and images (charts hold none).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle, Wedge
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D, IdentityTransform, Transform

from flipchart.renderers.drawing import Box, Command, Item, Path

if TYPE_CHECKING:
    from matplotlib.backend_bases import RendererBase

Points = Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Tag:
    """What a mark shows: the part of the spec and the place in it, what is said when it is pointed at, and when it appears."""

    part: str = ""
    tip: str = ""
    step: int = 0
    field: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """One axis: data from `low` to `high` lie between `start` and `end` px."""

    low: float
    high: float
    start: float
    end: float

    def px(self, value: float) -> float:
        """Where `value` lies, in px."""
        return self.start + (value - self.low) / ((self.high - self.low) or 1.0) * (self.end - self.start)


class Stroke:
    """What matplotlib sets before it draws: line, dashes, colour. The rest is taken and dropped."""

    def __init__(self) -> None:
        self.width, self.alpha = 1.0, 1.0
        self.dashes: Any = None
        self.colour: Any = (0.0, 0.0, 0.0, 1.0)

    def set_linewidth(self, width: float) -> None:
        """Width in px."""
        self.width = float(width)

    def set_dashes(self, offset: float, dashes: Any) -> None:
        """Lengths of dashes and gaps in px, None for a whole line."""
        self.dashes = dashes

    def set_foreground(self, colour: Any, isRGBA: bool = False) -> None:  # noqa: N803
        """The line's colour, as red, green, blue and perhaps opacity from 0 to 1."""
        self.colour = colour

    def set_alpha(self, alpha: float | None) -> None:
        """Opacity of all."""
        self.alpha = 1.0 if alpha is None else float(alpha)

    def _dropped(self, *_: Any, **__: Any) -> None:
        """Nothing that we draw with."""

    set_url = set_antialiased = set_joinstyle = set_capstyle = set_snap = set_sketch_params = _dropped
    set_clip_rectangle = set_clip_path = set_hatch = set_hatch_color = set_hatch_linewidth = restore = _dropped


class Recorder:
    """Records what matplotlib's artists draw as primitives of the scene; an artist's gid is the `Tag` (or tags) of what it draws.

    It is no `RendererBase`: that would load matplotlib's type setting, widgets and events, half as much again, for nothing.
    """

    _raster_depth, _rasterizing = 0, False

    def __init__(self, radius: float = 0.0) -> None:
        self.items: list[Item] = []
        self.radius = radius
        self._tags: list[list[Tag]] = []

    def new_gc(self) -> Stroke:
        """A fresh stroke."""
        return Stroke()

    def points_to_pixels(self, points: float) -> float:
        """One px a point."""
        return points

    def open_group(self, s: str, gid: Any = None) -> None:
        """Tags for what is drawn until the group closes."""
        self._tags.append([gid] if isinstance(gid, Tag) else list(gid) if isinstance(gid, tuple) else [])

    def close_group(self, s: str) -> None:
        """The tags of the group before hold again."""
        self._tags.pop()

    def _tag(self) -> Tag:
        """The next tag of the group; the last one holds for all that follow."""
        held = self._tags[-1] if self._tags else []
        return (held.pop(0) if len(held) > 1 else held[0]) if held else Tag()

    def draw_path(self, gc: Stroke, path: Outline, transform: Transform, rgbFace: Any = None) -> None:  # noqa: N803
        """One path, as a `Box` where it is an upright rectangle or an ellipse, else as a `Path`."""
        self._record(gc, _commands(path, transform), rgbFace, path)

    def draw_markers(
        self,
        gc: Stroke,
        marker_path: Outline,
        marker_trans: Transform,
        path: Outline,
        trans: Transform,
        rgbFace: Any = None,  # noqa: N803
    ) -> None:
        """The marker at each vertex of the path, each with its own tag."""
        shape = _commands(marker_path, marker_trans)
        for vertices, _ in path.iter_segments(trans, simplify=False):
            x, y = float(vertices[-2]), float(vertices[-1])
            moved = tuple((c, tuple(n + (y if i % 2 else x) for i, n in enumerate(places))) for c, places in shape)
            self._record(gc, moved, rgbFace, marker_path)

    def _record(self, gc: Stroke, d: tuple[Command, ...], face: Any, path: Outline) -> None:
        tag = self._tag()
        alpha = gc.colour[3] if len(gc.colour) > 3 else 1.0
        stroke = to_hex(gc.colour[:3]) if gc.width > 0 and alpha > 0 else None
        fill = to_hex(tuple(face[:3])) if face is not None and (len(face) < 4 or face[3] > 0) else None
        sheer = face is not None and len(face) == 4 and 0 < face[3] < 1  # how markers tell their opacity
        opacity, wide = float(face[3]) if sheer else gc.alpha, gc.width
        if not d or (fill is None and stroke is None):
            return
        if opacity == 1.0 and gc.dashes is None and (box := _box(d, path)):
            x, y, w, h, shape = box
            radius = self.radius if shape == "rect" else 0.0
            self.items.append(
                Box(x, y, w, h, fill, stroke, wide, radius, shape, part=tag.part, step=tag.step, tip=tag.tip, field=tag.field)
            )
            return
        dash = tuple(float(n) for n in gc.dashes) if gc.dashes is not None else ()
        self.items.append(Path(d, fill, stroke, wide, dash, opacity, tag.part, tag.step, tag.tip, tag.field))


def _commands(path: Outline, transform: Transform) -> tuple[Command, ...]:
    """The path in px as M, L, C, Z; quadratic curves become cubic ones, gaps (NaN) start anew."""
    out: list[Command] = []
    x = y = 0.0
    for vertices, code in path.iter_segments(transform, remove_nans=True, curves=True):
        places = tuple(float(n) for n in vertices)
        if code == Outline.MOVETO:
            out.append(("M", places))
        elif code == Outline.LINETO:
            out.append(("L", places))
        elif code == Outline.CURVE3:
            cx, cy, ex, ey = places
            out.append(("C", (x + (cx - x) * 2 / 3, y + (cy - y) * 2 / 3, ex + (cx - ex) * 2 / 3, ey + (cy - ey) * 2 / 3, ex, ey)))
        elif code == Outline.CURVE4:
            out.append(("C", places))
        elif code == Outline.CLOSEPOLY:
            out.append(("Z", ()))
            continue
        x, y = places[-2], places[-1]
    return tuple(out)


def _box(d: tuple[Command, ...], path: Outline) -> tuple[float, float, float, float, Any] | None:
    """Left, top, width, height and shape of an upright rectangle or ellipse; None for anything else."""
    kinds = "".join(command for command, _ in d)
    points = [(places[-2], places[-1]) for _, places in d if places]
    if kinds in {"MLLLZ", "MLLLLZ"}:
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[:4]
        if abs(y0 - y1) > 1e-6 or abs(x1 - x2) > 1e-6 or abs(y2 - y3) > 1e-6 or abs(x3 - x0) > 1e-6:
            return None
        return min(x0, x2), min(y0, y2), abs(x2 - x0), abs(y2 - y0), "rect"
    if path is _CIRCLE or (len(d) == 10 and kinds == "MCCCCCCCCZ"):
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys), "ellipse"
    return None


_CIRCLE = Outline.unit_circle()
_CLEAR = "none"


class Canvas:
    """Marks given in data units, drawn by matplotlib's artists between two axes."""

    def __init__(self, x: Span, y: Span, radius: float = 0.0) -> None:
        self.x, self.y = x, y
        across, up = (x.end - x.start) / ((x.high - x.low) or 1.0), (y.end - y.start) / ((y.high - y.low) or 1.0)
        self.transform = Affine2D.from_values(across, 0.0, 0.0, up, x.start - x.low * across, y.start - y.low * up)
        self.recorder = Recorder(radius=radius)

    @property
    def items(self) -> list[Item]:
        """What was drawn so far, from back to front."""
        return self.recorder.items

    def _draw(self, artist: Artist, tag: Tag | tuple[Tag, ...]) -> None:
        artist.set_gid(tag)  # type: ignore[arg-type]
        artist.draw(cast("RendererBase", self.recorder))

    def bar(
        self, left: float, base: float, wide: float, tall: float, fill: str, tag: Tag, stroke: str | None = None, width: float = 0.0
    ) -> None:
        """A bar from `base`, `tall` data units long."""
        patch = Rectangle(
            (left, base),
            wide,
            tall,
            transform=self.transform,
            facecolor=fill,
            edgecolor=stroke or _CLEAR,
            linewidth=width if stroke else 0.0,
        )
        self._draw(patch, tag)

    def line(self, xs: Points, ys: Points, colour: str, width: float, tag: Tag, dash: tuple[float, ...] = ()) -> None:
        """A line through the points; None leaves a gap."""
        line = Line2D(
            _floats(xs), _floats(ys), transform=self.transform, color=colour, linewidth=width, linestyle=_dashes(dash, width),
            solid_capstyle="round", solid_joinstyle="round",
        )  # fmt: skip
        self._draw(line, tag)

    def area(self, xs: Points, low: Points, high: Points, fill: str, tag: Tag, opacity: float = 1.0) -> None:
        """The area between two lines, gaps left out."""
        across, under, over = _floats(xs), _floats(low), _floats(high)
        good = ~(np.isnan(under) | np.isnan(over))
        for first, last in _stretches(good):
            piece = slice(first, last)
            outline = np.concatenate([np.column_stack([across[piece], over[piece]]), np.column_stack([across[piece], under[piece]])[::-1]])
            patch = PathPatch(
                Outline(outline, closed=False), transform=self.transform, facecolor=fill, edgecolor=_CLEAR, linewidth=0, alpha=opacity
            )
            self._draw(patch, tag)

    def shape(
        self,
        points: Sequence[tuple[float, float]],
        fill: str | None,
        tag: Tag,
        stroke: str | None = None,
        width: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """A closed shape through the points, in px."""
        patch = PathPatch(
            Outline([*points, points[0]], closed=True), transform=IdentityTransform(), facecolor=fill or _CLEAR, edgecolor=stroke or _CLEAR,
            linewidth=width if stroke else 0.0, alpha=opacity, joinstyle="round",
        )  # fmt: skip
        self._draw(patch, tag)

    def region(self, rings: Sequence[Sequence[tuple[float, float]]], fill: str, tag: Tag, stroke: str, width: float) -> None:
        """Several rings as one shape, in px; rings inside others that turn the other way are holes."""
        outline = Outline.make_compound_path(*(Outline([*ring, ring[0]], closed=True) for ring in rings))
        patch = PathPatch(outline, transform=IdentityTransform(), facecolor=fill, edgecolor=stroke, linewidth=width, joinstyle="round")
        self._draw(patch, tag)

    def dots(
        self,
        xs: Points,
        ys: Points,
        size: float,
        fill: str,
        tags: Sequence[Tag],
        stroke: str | None = None,
        width: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        """Round dots `size` px across, one tag each."""
        kept = [(x, y, tag) for x, y, tag in zip(xs, ys, tags, strict=True) if x is not None and y is not None]
        if not kept:
            return
        dots = Line2D(
            [x for x, _, _ in kept], [y for _, y, _ in kept], transform=self.transform, linestyle="none", marker="o", markersize=size,
            markerfacecolor=fill, markeredgecolor=stroke or fill, markeredgewidth=width if stroke else 0.0, alpha=opacity,
        )  # fmt: skip
        self._draw(dots, tuple(tag for _, _, tag in kept))

    def wedge(
        self,
        centre: tuple[float, float],
        radius: float,
        hole: float,
        start: float,
        end: float,
        fill: str,
        tag: Tag,
        stroke: str,
        width: float,
    ) -> None:
        """A slice in px, from `start` to `end` degrees clockwise from the top, with a hole of that radius."""
        patch = Wedge(
            centre, radius, start - 90.0, end - 90.0, width=radius - hole if hole else None, transform=IdentityTransform(),
            facecolor=fill, edgecolor=stroke, linewidth=width, joinstyle="round",
        )  # fmt: skip
        self._draw(patch, tag)

    def rule(self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dash: tuple[float, ...] = ()) -> None:
        """A straight line in px (axes and grids)."""
        line = Line2D([x1, x2], [y1, y2], transform=IdentityTransform(), color=colour, linewidth=width, linestyle=_dashes(dash, width))
        self._draw(line, Tag())


def _dashes(dash: tuple[float, ...], width: float) -> Any:
    """A dash pattern in px as matplotlib takes it (in line widths)."""
    return (0, tuple(n / width for n in dash)) if dash else "-"


def _floats(values: Points) -> Any:
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def _stretches(good: Any) -> list[tuple[int, int]]:
    """Start and end of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], good, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def decades(low: float, high: float, most: int) -> list[float]:
    """Whole powers of ten (as their exponents) that cover `low` to `high`, at most `most` steps between them."""
    first, last = math.floor(low + 1e-9), math.ceil(high - 1e-9)
    step = max(1, -(-(last - first) // max(1, most)))
    return [float(n) for n in range(first, last + step, step)]


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Round numbers that cover `low` to `high`, at most `most` steps between them; `whole` ones only where nothing lies between."""
    from matplotlib.ticker import MaxNLocator

    found = MaxNLocator(nbins=max(1, most), steps=[1, 2, 2.5, 5, 10], min_n_ticks=2, integer=whole).tick_values(low, high)
    return [float(f"{tick:.12g}") for tick in found]
