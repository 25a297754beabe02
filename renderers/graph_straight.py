"""Small steps taken out of arrows: a piece beside a short one moves into line with the piece on its other side where it is free."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from flipchart.renderers.graph import Plan, Point, Rect

SMALL = 12.0  # px up to which a step says nothing
APART = 5.0  # px between two lines that run side by side, at least
CORNER = 5.0  # px between an arrow's end and the corner of its box, at least
ROUNDS = 3


def straighten(plan: Plan, ends: Sequence[tuple[int, int]], pointed: Sequence[bool], sizes: Sequence[tuple[float, float]]) -> None:
    """Take what small steps there are out of the plan's lines. `ends` are each line's boxes, `sizes` those of its words, and a
    `pointed` box is touched only in the middle of a side."""
    for _ in range(ROUNDS):
        moved = False
        for i, line in enumerate(plan.lines):
            for k in _steps(line):
                if any(_moved(plan, i, m, onto, ends[i], pointed, sizes) for m, onto in ((k - 1, line[k + 1]), (k + 1, line[k]))):
                    moved = True
                    break
        if not moved:
            return


def _steps(line: tuple[Point, ...]) -> Iterator[int]:
    """The pieces of a line, by the number of their first point, that are a small step between two that run the same way."""
    for k in range(1, len(line) - 2):
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = line[k - 1 : k + 3]
        if abs(bx - cx) + abs(by - cy) <= SMALL and (bx - ax) * (dx - cx) + (by - ay) * (dy - cy) > 0:
            yield k


def _moved(
    plan: Plan, i: int, m: int, onto: Point, ends: tuple[int, int], pointed: Sequence[bool], sizes: Sequence[tuple[float, float]]
) -> bool:
    """True where piece m of line i was moved sideways onto a place; nothing is changed where something is in its way."""
    line, label = plan.lines[i], plan.labels[i]
    across = _across(line[m], line[m + 1])
    old, new = line[m][across], onto[across]
    touched = [v for v, n in zip(ends, (0, len(line) - 2), strict=True) if n == m]
    sides = [(plan.boxes[v][across], plan.boxes[v][across + 2]) for v in touched]
    if any(pointed[v] for v in touched) or not all(low + CORNER <= new <= low + long - CORNER for low, long in sides):
        return False
    for far in (m - 1, m + 2):  # what runs on from the piece keeps its direction
        if 0 <= far < len(line) and abs(line[far][across] - new) > 0.05 and (line[far][across] - old) * (line[far][across] - new) < 0:
            return False
    if any(_together(line[m : m + 2], piece) for j, other in enumerate(plan.lines) if j != i for piece in pairwise(other)):
        return False

    def shifted(p: Point) -> Point:
        return (new, p[1]) if across == 0 else (p[0], new)

    points = plain([shifted(p) if n in (m, m + 1) else p for n, p in enumerate(line)])
    said = [_around(at, sizes[j]) for j, at in enumerate(plan.labels) if at is not None and j != i]
    carried = label is not None and _meets(_around(label, (0.0, 0.0)), _span(line[m], line[m + 1]), 0.5)
    if carried and label:
        lines = [_span(p, q) for j, other in enumerate(plan.lines) if j != i for p, q in pairwise(other)]
        before = _around(label, sizes[i])
        lines = [run for run in lines if not _meets(before, run, 2.0)]
        after = _around(shifted(label), sizes[i])
        if any(_meets(after, one, 2.0) for one in (*plan.boxes, *said, *lines)):
            return False
        low, high = _extent(plan, sizes, across)
        if after[across] < low or after[across] + after[across + 2] > high:
            return False
    others = [box for v, box in enumerate(plan.boxes) if v not in ends]
    known = set(pairwise(line))
    for piece in pairwise(points):
        if piece not in known and not _clear(plan, i, piece, (*others, *said)):
            return False
    plan.lines[i] = tuple(points)
    if carried and label:
        plan.labels[i] = shifted(label)
    return True


def _extent(plan: Plan, sizes: Sequence[tuple[float, float]], across: int) -> tuple[float, float]:
    """From where to where the plan reaches."""
    said = [_around(at, size) for at, size in zip(plan.labels, sizes, strict=True) if at is not None]
    rects = [*plan.boxes, *said, *(area for area in plan.areas if area)]
    ends = [end for rect in rects for end in (rect[across], rect[across] + rect[across + 2])]
    return min(ends), max(ends)


def _clear(plan: Plan, i: int, piece: tuple[Point, Point], taken: Sequence[Rect]) -> bool:
    """True where a new piece of line i keeps off boxes and words, off groups' borders, and no nearer to other lines than it was."""
    across = _across(*piece)
    at, span = piece[0][across], _span(*piece)
    if any(_meets(span, box, 3.0) for box in taken):
        return False
    if any(area and min(abs(area[across] - at), abs(area[across] + area[across + 2] - at)) < 4.0 for area in plan.areas):
        return False
    own = [(p, q) for p, q in pairwise(plan.lines[i]) if _across(p, q) == across]
    for j, other in enumerate(plan.lines):
        for p, q in pairwise(other):
            if j == i or _across(p, q) != across or abs(p[across] - at) >= APART or not _meets(_span(p, q), span, APART):
                continue
            if all(abs(a[across] - p[across]) > abs(at - p[across]) + 0.01 or not _meets(_span(a, b), _span(p, q), APART) for a, b in own):
                return False
    return True


def _together(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """True where two pieces run on one line for a while, as those of a trunk do."""
    across = _across(one[0], one[1])
    if _across(other[0], other[1]) != across or abs(one[0][across] - other[0][across]) > 0.1:
        return False
    return _meets(_span(one[0], one[1]), _span(other[0], other[1]), 0.5)


def _across(p: Point, q: Point) -> int:
    """The coordinate that is the same all along a piece."""
    return 0 if abs(p[0] - q[0]) < abs(p[1] - q[1]) else 1


def _span(p: Point, q: Point) -> Rect:
    return min(p[0], q[0]), min(p[1], q[1]), abs(p[0] - q[0]), abs(p[1] - q[1])


def _around(middle: Point, size: tuple[float, float]) -> Rect:
    return middle[0] - size[0] / 2, middle[1] - size[1] / 2, size[0], size[1]


def _meets(a: Rect, b: Rect, room: float) -> bool:
    return a[0] < b[0] + b[2] + room and b[0] < a[0] + a[2] + room and a[1] < b[1] + b[3] + room and b[1] < a[1] + a[3] + room


def plain(points: Sequence[Point]) -> list[Point]:
    """The points without repeats and without those in the middle of a straight piece."""
    out: list[Point] = []
    for point in points:
        if out and abs(out[-1][0] - point[0]) + abs(out[-1][1] - point[1]) < 0.05:
            continue
        while len(out) > 1 and any(abs(out[-2][n] - out[-1][n]) < 0.05 and abs(out[-1][n] - point[n]) < 0.05 for n in (0, 1)):
            out.pop()
        out.append(point)
    return out
