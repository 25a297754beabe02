"""The scene every form lays out to, and every output draws: typed primitives in px, y growing downwards.

Coordinates are absolute. `part` and `field` name the place in the spec that a primitive shows (so that it can be clicked,
edited and traced); `step` is its place in the order of appearance.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Align = Literal["start", "middle", "end"]
Command = tuple[str, tuple[float, ...]]
"""One path command, absolute: M (x, y), L (x, y), C (x1, y1, x2, y2, x, y), Z ()."""
SIDED = {"note", "chevron", "parallelogram"}
"""Shapes whose left is not like their right."""
UNSEEN = 0.002  # opacity of what is only there to be pointed at


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, ellipse, diamond or other closed shape that offices know too."""

    x: float
    y: float
    w: float
    h: float
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 1.5
    radius: float = 0.0
    shape: Literal[
        "rect",
        "ellipse",
        "diamond",
        "cylinder",
        "hexagon",
        "parallelogram",
        "cloud",
        "note",
        "chevron",
        "stadium",
    ] = "rect"
    dash: bool = False
    part: str = ""
    step: int = 0
    name: str = ""
    """How connectors and texts refer to it."""
    tip: str = ""
    """What is said when a person points at it."""
    field: str = ""
    """The place within the part that it shows, such as "values.3"."""
    flip: bool = False
    """True where its outline is seen in a mirror."""


@dataclass(frozen=True, slots=True)
class Path:
    """A free shape of absolute M, L, C, Z commands."""

    d: tuple[Command, ...]
    fill: str | None = None
    stroke: str | None = None
    stroke_width: float = 1.5
    dash: tuple[float, ...] = ()
    opacity: float = 1.0
    part: str = ""
    step: int = 0
    tip: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of set type: its words in logical order, left edge and baseline in px, and measured width."""

    text: str
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text's words, marked by where their figure is from."""

    start: int
    end: int
    source: str


@dataclass(frozen=True, slots=True)
class Text:
    """A block of type, already broken into lines, in the room (x, y, w, h) it was given."""

    x: float
    y: float
    w: float
    h: float
    lines: tuple[Line, ...]
    size: float
    fill: str
    family: str
    weight: int = 400
    align: Align = "start"
    part: str = ""
    field: str = ""
    step: int = 0
    role: Literal["", "title", "subtitle", "body", "caption", "label", "value"] = ""
    inside: str = ""
    """Name of the Box it must stay inside, if any."""
    words: str = ""
    """The whole text before it was broken into lines."""
    cut: bool = False
    """True where the words did not fit even at the smallest size and were cut."""
    spans: tuple[Span, ...] = ()
    rotate: float = 0.0
    """Degrees clockwise about the first line's start on its baseline (used by axis labels)."""
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Icon:
    """A vector icon by name ("tabler:rocket") in a square of `size` px; `fill` colours a one-colour icon."""

    x: float
    y: float
    size: float
    name: str
    fill: str
    part: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels by content hash ("sha256:…"), covering its room."""

    x: float
    y: float
    w: float
    h: float
    blob: str
    alt: str
    radius: float = 0.0
    fit: Literal["cover", "contain"] = "cover"
    part: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Connector:
    """A line that ends on the borders of the boxes named `start` and `end`; points in px, ends included."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    start: str = ""
    end: str = ""
    stroke_width: float = 1.5
    heads: Literal["none", "end", "start", "both"] = "end"
    curved: bool = False
    dash: bool = False
    part: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Primitives that belong together: one part of the spec, moved and shown as one."""

    items: tuple["Item", ...]
    part: str = ""
    step: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class ChartFrame:
    """A chart that stays alive in an office file: the spec it shows, and how it is drawn elsewhere."""

    x: float
    y: float
    w: float
    h: float
    chart: Any
    """The Chart spec; typed loosely since the scene knows no form."""
    items: tuple["Item", ...]
    part: str = ""
    step: int = 0


@dataclass(frozen=True, slots=True)
class TableFrame:
    """A table that stays a table in an office file: cell words by row, and how it is drawn elsewhere."""

    x: float
    y: float
    w: float
    h: float
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    aligns: tuple[Align, ...]
    items: tuple["Item", ...]
    header: bool = True
    part: str = ""
    step: int = 0


Item = Box | Path | Text | Icon | Picture | Connector | Group | ChartFrame | TableFrame


@dataclass(frozen=True, slots=True)
class Drawing:
    """One laid-out visual: its size in px, its primitives from back to front, and what it shows in words."""

    width: float
    height: float
    items: tuple[Item, ...]
    background: str
    alt: str = ""
    lang: str = ""
    rough: float = 0.0
    """How hand-drawn its strokes are: 0 clean, 1 by hand."""
    seed: int = 0
    notes: str = ""
    """What a speaker says to it."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What writers and other forms may know of it: "slide", its kind; "unframed", that groups are only coloured for want of room."""


def flat(items: tuple[Item, ...]) -> Iterator[Item]:
    """Every primitive from back to front, groups and frames opened (they come before what they hold)."""
    for item in items:
        yield item
        if isinstance(item, Group | ChartFrame | TableFrame):
            yield from flat(item.items)


def moved(item: Item, dx: float, dy: float) -> Item:
    """`item` shifted by (dx, dy) px."""
    match item:
        case Path():
            return replace(
                item,
                d=tuple((c, tuple(n + (dy if i % 2 else dx) for i, n in enumerate(p))) for c, p in item.d),
            )
        case Connector():
            return replace(item, points=tuple((x + dx, y + dy) for x, y in item.points))
        case Text():
            lines = tuple(replace(line, x=line.x + dx, y=line.y + dy) for line in item.lines)
            return replace(item, x=item.x + dx, y=item.y + dy, lines=lines)
        case Group():
            return replace(item, items=tuple(moved(i, dx, dy) for i in item.items))
        case ChartFrame() | TableFrame():
            return replace(item, x=item.x + dx, y=item.y + dy, items=tuple(moved(i, dx, dy) for i in item.items))
        case _:
            return replace(item, x=item.x + dx, y=item.y + dy)


def mirrored(item: Item, width: float) -> Item:
    """`item` as read from right to left on a page `width` px wide: places mirror, type and icons do not turn round."""
    other: dict[Align, Align] = {"start": "end", "end": "start", "middle": "middle"}
    match item:
        case Path():
            return replace(
                item,
                d=tuple((c, tuple(n if i % 2 else width - n for i, n in enumerate(p))) for c, p in item.d),
            )
        case Connector():
            return replace(item, points=tuple((width - x, y) for x, y in item.points))
        case Text(rotate=0.0):
            lines = tuple(replace(line, x=width - line.x - line.width) for line in item.lines)
            return replace(item, x=width - item.x - item.w, lines=lines, align=other[item.align])
        case Text():
            return moved(item, width - 2 * item.lines[0].x if item.lines else 0.0, 0.0)
        case Icon():
            return replace(item, x=width - item.x - item.size)
        case Group():
            return replace(item, items=tuple(mirrored(i, width) for i in item.items))
        case TableFrame():
            return replace(
                item,
                x=width - item.x - item.w,
                rows=tuple(row[::-1] for row in item.rows),
                widths=item.widths[::-1],
                aligns=tuple(other[a] for a in item.aligns[::-1]),
                items=tuple(mirrored(i, width) for i in item.items),
            )
        case ChartFrame():
            return replace(item, x=width - item.x - item.w, items=tuple(mirrored(i, width) for i in item.items))
        case Box():
            return replace(item, x=width - item.x - item.w, flip=item.flip != (item.shape in SIDED))
        case _:
            return replace(item, x=width - item.x - item.w)


def scaled(item: Item, share: float) -> Item:
    """`item` `share` times as large, about the page's corner; strokes and type grow with it."""
    match item:
        case Path():
            d = tuple((c, tuple(n * share for n in p)) for c, p in item.d)
            return replace(item, d=d, stroke_width=item.stroke_width * share, dash=tuple(n * share for n in item.dash))
        case Connector():
            points = tuple((x * share, y * share) for x, y in item.points)
            return replace(item, points=points, stroke_width=item.stroke_width * share)
        case Text():
            lines = tuple(replace(line, x=line.x * share, y=line.y * share, width=line.width * share) for line in item.lines)
            return replace(
                item, x=item.x * share, y=item.y * share, w=item.w * share, h=item.h * share, lines=lines, size=item.size * share
            )
        case Icon():
            return replace(item, x=item.x * share, y=item.y * share, size=item.size * share)
        case Group():
            return replace(item, items=tuple(scaled(i, share) for i in item.items))
        case _:
            more: dict[str, Any] = {"x": item.x * share, "y": item.y * share, "w": item.w * share, "h": item.h * share}
            if isinstance(item, ChartFrame | TableFrame):
                more["items"] = tuple(scaled(i, share) for i in item.items)
            if isinstance(item, TableFrame):
                more["widths"] = tuple(w * share for w in item.widths)
            if isinstance(item, Box | Picture):
                more["radius"] = item.radius * share
            if isinstance(item, Box):
                more["stroke_width"] = item.stroke_width * share
            return replace(item, **more)
