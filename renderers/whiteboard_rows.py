"""Boards in rows: a flow to the right that is too long for the page is cut into rows, read like lines of text.

The ranks are cut where fewest arrows pass, and through a group only where that is asked for: it then has a frame in each row. An arrow
that passes a cut leaves its row at the right, runs back in the room above the row it leads to, and comes in at the left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations, pairwise

from flipchart.renderers.graph import Arc, Area, Gaps, Plan, Point, Rect, Vertex
from flipchart.renderers.graph_lines import layered
from flipchart.renderers.graph_ranks import Ranks

MOST = 4  # rows
PASSING = 6  # arrows that may pass the cuts
LEAST = 0.4  # length of the shortest row, beside the longest
LANE = 10.0  # px between arrows that run back


@dataclass(slots=True)
class _Row:
    """One row: its boxes, the arrows within it, and those that leave or come in (by arc), with where they do in the row's plan."""

    boxes: list[int]
    arcs: list[int] = field(default_factory=list)
    leaving: list[int] = field(default_factory=list)
    coming: list[int] = field(default_factory=list)


def rows(
    vertices: Sequence[Vertex],
    arcs: Sequence[Arc],
    areas: Sequence[Area],
    most: float,
    gaps: Gaps,
    *,
    cut: bool = False,
    high: int = MOST,
) -> tuple[Plan, int] | None:
    """The graph to the right in the fewest rows (up to `high`), at most `most` px wide, and how many arrows pass the cuts; None where no
    cut is clean enough: through no group (unless `cut`), past few arrows."""
    ranks = Ranks(vertices, arcs, areas, True, most, gaps, False)
    ranks.section = [0] * len(vertices)
    ranks.point_down()
    ranks.rank()
    last = max(ranks.of)
    wide = [max((v.w for v, r in zip(vertices, ranks.of, strict=True) if r == k), default=0.0) + gaps.rank for k in range(last + 1)]
    for arc in arcs:
        k = min(ranks.of[arc.start], ranks.of[arc.end])
        wide[k] = max(wide[k], max((v.w for v, r in zip(vertices, ranks.of, strict=True) if r == k), default=0.0) + gaps.rank + arc.w)
    places = _places(vertices, ranks, cut)
    for count in range(2, min(high, last + 1) + 1):
        found: list[tuple[float, int, tuple[int, ...]]] = []
        for cuts in combinations(places, count - 1) if count <= MOST else _even(places, wide, count):
            ends = [0, *cuts, last + 1]
            lengths = [sum(wide[a:b]) for a, b in pairwise(ends)]
            row = [sum(r >= cut for cut in cuts) for r in ranks.of]
            passing = sum(row[arc.start] != row[arc.end] for arc in arcs)
            # A row with next to nothing in it reads worse than a high board.
            few = max(PASSING, 2 * (count - 1))
            if max(lengths) <= most * 1.1 and min(lengths) >= LEAST * max(lengths) and passing <= few:
                parted = len(set(_pieces(vertices, ranks, row))) - len({a for a, _ in _pieces(vertices, ranks, row)})
                found.append((max(lengths) + 60.0 * passing + 30.0 * parted, passing, cuts))
        for _, passing, cuts in sorted(found)[:3]:
            row = [sum(r >= cut for cut in cuts) for r in ranks.of]
            pieces = _pieces(vertices, ranks, row)
            place = {piece: n for n, piece in enumerate(pieces)}
            parts = [Area(place.get((areas[a].parent, n), -1), areas[a].w, areas[a].h) for a, n in pieces]
            own = [replace(v, area=place[v.area, n]) if v.area >= 0 else v for v, n in zip(vertices, row, strict=True)]
            plan = _laid(own, arcs, parts, row, count, most, gaps)
            if plan is not None:
                return _joined(plan, pieces, len(areas)), passing
    return None


def _even(places: Sequence[int], wide: Sequence[float], count: int) -> list[tuple[int, ...]]:
    """The cuts that make `count` rows most nearly as long as one another, of ranks this `wide`; none where there are too few places."""
    starts = [sum(wide[:place]) for place in places]
    share = sum(wide) / count
    cuts = {min(range(len(places)), key=lambda n: abs(starts[n] - k * share)) for k in range(1, count)} if places else set()
    return [tuple(places[n] for n in sorted(cuts))] if len(cuts) == count - 1 else []


def _pieces(vertices: Sequence[Vertex], ranks: Ranks, row: Sequence[int]) -> list[tuple[int, int]]:
    """Each group with each row that it is in."""
    return sorted({(a, n) for v, n in zip(vertices, row, strict=True) if v.area >= 0 for a in ranks.above_of[v.area]})


def _joined(plan: Plan, pieces: Sequence[tuple[int, int]], count: int) -> Plan:
    """The plan of pieces as one of `count` groups: what a group has in later rows is `more`."""
    whole: list[Rect | None] = [None] * count
    for (a, _), rect in zip(pieces, plan.areas, strict=True):
        if rect is not None and whole[a] is None:
            whole[a] = rect
        elif rect is not None:
            plan.more.append((a, rect))
    plan.areas = whole
    return plan


def _places(vertices: Sequence[Vertex], ranks: Ranks, through: bool) -> list[int]:
    """The ranks before which a cut goes through no group; any, where it may go `through` them."""
    out = []
    for cut in range(1, max(ranks.of) + 1):
        before = {a for n, v in enumerate(vertices) if v.area >= 0 and ranks.of[n] < cut for a in ranks.above_of[v.area]}
        after = {a for n, v in enumerate(vertices) if v.area >= 0 and ranks.of[n] >= cut for a in ranks.above_of[v.area]}
        if through or not before & after:
            out.append(cut)
    return out if len(out) <= 14 else out[:: -(-len(out) // 14)]


def _laid(
    vertices: Sequence[Vertex], arcs: Sequence[Arc], areas: Sequence[Area], row_of: Sequence[int], count: int, most: float, gaps: Gaps
) -> Plan | None:
    held = [_Row([v for v, r in enumerate(row_of) if r == n]) for n in range(count)]
    for i, arc in enumerate(arcs):
        start, end = row_of[arc.start], row_of[arc.end]
        if start == end:
            held[start].arcs.append(i)
        else:
            held[start].leaving.append(i)
            held[end].coming.append(i)
    right = LANE * (1 + sum(len(row.leaving) for row in held))
    left = LANE * (1 + sum(len(row.coming) for row in held))
    plans = []
    for row in held:
        made = _row(vertices, arcs, areas, row, most - left - right, gaps)
        if made is None:
            return None
        plans.append(made)
    wide = max(plan.w for plan in plans)
    whole = Plan([(0.0, 0.0, 0.0, 0.0)] * len(vertices), [()] * len(arcs), [None] * len(arcs), [None] * len(areas))
    y = 0.0
    tops: list[float] = []
    exits: dict[int, tuple[Point, ...]] = {}
    entries: dict[int, tuple[Point, ...]] = {}
    for n, (row, plan) in enumerate(zip(held, plans, strict=True)):
        y += (gaps.node + LANE * (len(row.coming) + 1)) if n else LANE * len(row.coming)
        tops.append(y)

        def at(point: Point, y: float = y) -> Point:
            return point[0] + left, point[1] + y

        for v, (bx, by, w, h) in zip(row.boxes, plan.boxes, strict=False):
            whole.boxes[v] = (*at((bx, by)), w, h)
        for k, i in enumerate([*row.arcs, *row.leaving, *row.coming]):
            line = tuple(at(point) for point in plan.lines[k])
            label = plan.labels[k]
            if label is not None:
                whole.labels[i] = at(label)
            if k < len(row.arcs):
                whole.lines[i] = line
            elif k < len(row.arcs) + len(row.leaving):
                exits[i] = line
            else:
                entries[i] = line
        for a, area in enumerate(plan.areas):
            if area is not None:
                whole.areas[a] = (*at((area[0], area[1])), area[2], area[3])
        y += plan.h
    # Arrows that leave or come in at one place run on one line as far as they can.
    lanes_out: dict[tuple[int, float], int] = {}
    lanes_in: dict[tuple[int, float], int] = {}
    for n, row in enumerate(held):
        for k, i in enumerate(sorted(row.coming, key=lambda i: (row_of[arcs[i].start], -exits[i][-1][1]))):
            out, into = exits[i][-1], entries[i][0]
            over = tops[n] - LANE * (k + 1)
            far = left + wide + LANE * (1 + lanes_out.setdefault((row_of[arcs[i].start], round(out[1], 1)), len(lanes_out)))
            near = left - LANE * (1 + lanes_in.setdefault((n, round(into[1], 1)), len(lanes_in)))
            whole.lines[i] = (*exits[i][:-1], (far, out[1]), (far, over), (near, over), (near, into[1]), *entries[i][1:])
    whole.w, whole.h = left + wide + right, y
    return whole


def _row(vertices: Sequence[Vertex], arcs: Sequence[Arc], areas: Sequence[Area], row: _Row, most: float, gaps: Gaps) -> Plan | None:
    """The plan of one row, with a point at its right end for each arrow that leaves and one at its left end for each that comes in."""
    place = {v: n for n, v in enumerate(row.boxes)}
    own = [vertices[v] for v in row.boxes]
    inner = [Arc(place[arcs[i].start], place[arcs[i].end], arcs[i].w, arcs[i].h, arcs[i].trunk) for i in row.arcs]
    ends: dict[tuple[int, int, int], int] = {}

    def end(v: int, i: int, side: int) -> int:
        # Arrows of one box that look alike and say nothing leave together; those that reach one box come in together.
        key = (v, (i if arcs[i].w else -1 - arcs[i].trunk) if side > 0 else 0, side)
        if key not in ends:
            ends[key] = len(own)
            own.append(Vertex(1.0, 1.0, pointed=True, end=side))
        return ends[key]

    inner += [Arc(place[arcs[i].start], end(arcs[i].start, i, 1), arcs[i].w, arcs[i].h, arcs[i].trunk) for i in row.leaving]
    inner += [Arc(end(arcs[i].end, i, -1), place[arcs[i].end]) for i in row.coming]
    return layered(own, inner, areas, right=True, most=most, gaps=gaps)
