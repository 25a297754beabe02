"""What a graph's layout takes and gives: boxes, arrows and groups as sizes and indexes in, a plan in px out."""

from dataclasses import dataclass, field

Point = tuple[float, float]
Rect = tuple[float, float, float, float]
"""Left, top, width, height in px."""


@dataclass(frozen=True, slots=True)
class Vertex:
    """A box to be placed: its size in px, its group (an index, or -1), and whether arrows may touch it only in the middle of a side."""

    w: float
    h: float
    area: int = -1
    pointed: bool = False
    end: int = 0
    """-1: it stands in the first rank, whatever its arrows say; 1: in the last."""


@dataclass(frozen=True, slots=True)
class Arc:
    """An arrow between two boxes (indexes), with the size of its label in px; arrows of one source and one `trunk` may share a line."""

    start: int
    end: int
    w: float = 0.0
    h: float = 0.0
    trunk: int = 0


@dataclass(frozen=True, slots=True)
class Area:
    """A group: the group it is in (an index, or -1) and the size of its label in px."""

    parent: int = -1
    w: float = 0.0
    h: float = 0.0


@dataclass(frozen=True, slots=True)
class Gaps:
    """Room in px: between boxes of a rank, between ranks, between arrows, from a group's border to what is in it."""

    node: float = 28.0
    rank: float = 52.0
    lane: float = 12.0
    pad: float = 16.0
    port: float = 16.0
    """Between two arrows at one side of a box."""
    stem: float = 15.0
    """Straight piece at either end of an arrow."""


@dataclass(slots=True)
class Plan:
    """Where everything goes, in px from (0, 0): boxes and groups as rectangles, arrows as points, labels by their middle."""

    boxes: list[Rect]
    lines: list[tuple[Point, ...]]
    labels: list[Point | None]
    areas: list[Rect | None]
    w: float = 0.0
    h: float = 0.0
    broken: int = 0
    """How many rows more there are than ranks, since the page is narrow."""
    more: list[tuple[int, Rect]] = field(default_factory=list)
    """Further rectangles of groups that go on in the next row."""
