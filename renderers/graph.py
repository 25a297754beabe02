"""Layered layout of graphs: boxes in ranks, arrows that run between them, groups that enclose theirs (after Sugiyama).

A graph goes in as sizes and pairs of indexes, a `Plan` in px comes out. Inside, `a` is the axis along a rank and `r` the axis across ranks:
x and y where the graph runs down, y and x where it runs to the right. Arrows of one source share a trunk; arrows against the ranks run
beside the boxes; nothing is random. Not covered: arrows may cross, and where 100 of them pass through one narrow rank they run on top of
each other.
"""

import itertools
import math
from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, field

Point = tuple[float, float]
Rect = tuple[float, float, float, float]
"""Left, top, width, height in px."""

NODE, LINE, LABEL, SPACE, EDGE = range(5)  # what an item of a rank is: box, piece of an arrow, its label, room of a group, a group's border
CORNER = 22.0  # px that an arrow from a box to itself stands out of the box's corner
STEM = 20.0  # px kept straight before an arrow's head
SWEEPS = 8  # times the ranks are put in order, down and up
TRIES = 40  # attempts at fitting straight arrows on a narrow page


@dataclass(frozen=True, slots=True)
class Vertex:
    """A box to be placed: its size in px, its group (an index, or -1), and whether arrows may touch it only in the middle of a side."""

    w: float
    h: float
    area: int = -1
    pointed: bool = False


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


@dataclass(slots=True)
class _Item:
    """What stands in a rank at place `x` along it: `lo` and `hi` px to either side, `below` and `above` px across."""

    kind: int
    rank: int
    lo: float
    hi: float
    below: float = 0.0
    above: float = 0.0
    area: int = -1
    arc: int = -1
    vertex: int = -1
    trunk: tuple[int, int] = (-1, -1)
    ups: list[int] = field(default_factory=list)
    downs: list[int] = field(default_factory=list)
    x: float = 0.0


def layered(
    vertices: Sequence[Vertex],
    arcs: Sequence[Arc],
    areas: Sequence[Area] = (),
    *,
    right: bool,
    most: float = math.inf,
    gaps: Gaps | None = None,
    stacked: bool = False,
) -> Plan | None:
    """The graph laid out in ranks running down, or to the right; None where it cannot be made at most `most` px wide so.

    `stacked` puts the outermost groups one below the other, which always fits a narrow page where the boxes do.
    """
    flow = _Flow(vertices, arcs, areas, right, most, gaps or Gaps(), stacked)
    return flow.plan()


class _Flow:
    def __init__(
        self, vertices: Sequence[Vertex], arcs: Sequence[Arc], areas: Sequence[Area], right: bool, most: float, gaps: Gaps, stacked: bool
    ) -> None:
        self.vertices, self.arcs, self.areas, self.right, self.gaps, self.stacked = vertices, arcs, areas, right, gaps, stacked
        self.most_a = math.inf if right else most
        self.most_r = most if right else math.inf
        self.above_of = [_line_of(areas, i) for i in range(len(areas))]
        self.own = [i for i, arc in enumerate(arcs) if arc.start == arc.end]
        self.loops: dict[int, list[int]] = {}
        for i in self.own:
            self.loops.setdefault(arcs[i].start, []).append(i)

    def plan(self) -> Plan | None:
        if not self.vertices:
            return Plan([], [()] * len(self.arcs), [None] * len(self.arcs), [None] * len(self.areas))
        self.section = [0] * len(self.vertices)
        self.point_down()
        self.rank()
        if self.stacked and self.areas:
            self.part()
            self.point_down()
            self.rank()
        self.split()
        if not self.itemise():
            return None
        self.order_ranks()
        self.add_sides()
        if not self.straighten():
            return None
        return self.emit()

    # 1. Which arrows run with the ranks.

    def point_down(self) -> None:
        """Turn round the arrows that close a circle: `upper[i]` and `lower[i]` are arc i's ends in the order of the ranks."""
        n = len(self.vertices)
        section = self.section
        out: list[list[int]] = [[] for _ in range(n)]
        flipped = [False] * len(self.arcs)
        for i, arc in enumerate(self.arcs):
            if arc.start == arc.end:
                continue
            if section[arc.start] != section[arc.end]:
                flipped[i] = section[arc.start] > section[arc.end]
            else:
                out[arc.start].append(i)
        state = [0] * n
        for root in range(n):  # in written order: what was written first is where a circle starts
            if state[root]:
                continue
            state[root] = 1
            stack = [(root, iter(out[root]))]
            while stack:
                v, rest = stack[-1]
                for i in rest:
                    w = self.arcs[i].end
                    if state[w] == 1:
                        flipped[i] = True
                    elif state[w] == 0:
                        state[w] = 1
                        stack.append((w, iter(out[w])))
                        break
                else:
                    state[v] = 2
                    stack.pop()
        self.flipped = flipped
        self.upper = [arc.end if flip else arc.start for arc, flip in zip(self.arcs, flipped, strict=True)]
        self.lower = [arc.start if flip else arc.end for arc, flip in zip(self.arcs, flipped, strict=True)]
        self.drawn = [i for i, arc in enumerate(self.arcs) if arc.start != arc.end]
        self.is_tree = len({self.lower[i] for i in self.drawn}) == len(self.drawn)

    def part(self) -> None:
        """Number each box's section, top to bottom: its innermost group, or for boxes in none those of its rank. Groups stay whole."""
        paths = [
            (*(("area", area) for area in reversed(self.above_of[v.area])),) if v.area >= 0 else (("rank", self.of[n]),)
            for n, v in enumerate(self.vertices)
        ]
        held: dict[tuple[tuple[str, int], ...], list[int]] = {}
        for n, path in enumerate(paths):
            for k in range(1, len(path) + 1):
                held.setdefault(path[:k], []).append(self.of[n])
        height = {path: sum(ranks) / len(ranks) for path, ranks in held.items()}

        def key(path: tuple[tuple[str, int], ...]) -> tuple[tuple[float, tuple[str, int]], ...]:
            return tuple((height[path[:k]], path[k - 1]) for k in range(1, len(path) + 1))

        number = {path: n for n, path in enumerate(sorted(set(paths), key=key))}
        self.section = [number[path] for path in paths]

    # 2. The rank of each box.

    def rank(self) -> None:
        n = len(self.vertices)
        downs: list[list[int]] = [[] for _ in range(n)]
        ups: list[list[int]] = [[] for _ in range(n)]
        for i in self.drawn:
            downs[self.upper[i]].append(self.lower[i])
            ups[self.lower[i]].append(self.upper[i])
        left = [len(u) for u in ups]
        line = [v for v in range(n) if not left[v]]
        rank = [0] * n
        for v in line:
            for w in downs[v]:
                rank[w] = max(rank[w], rank[v] + 1)
                left[w] -= 1
                if not left[w]:
                    line.append(w)
        # Shorten arrows: a box with more arrows on one side moves towards them as far as it may.
        for _ in range(6):
            changed = False
            for v in reversed(line):
                if downs[v] and len(downs[v]) > len(ups[v]):
                    new = min(rank[w] for w in downs[v]) - 1
                    changed |= new != rank[v]
                    rank[v] = new
            for v in line:
                if ups[v] and len(ups[v]) > len(downs[v]):
                    new = max(rank[w] for w in ups[v]) + 1
                    changed |= new != rank[v]
                    rank[v] = new
            if not changed:
                break
        self.spread_loose(rank, ups, downs)
        if any(self.section):
            ends: dict[int, int] = {}
            for v in range(n):
                ends[self.section[v]] = max(ends.get(self.section[v], 0), rank[v])
            low: dict[int, int] = {}
            for v in range(n):
                low[self.section[v]] = min(low.get(self.section[v], rank[v]), rank[v])
            base, bases = 0, {}
            for s in sorted(ends):
                bases[s] = base - low[s]
                base += ends[s] - low[s] + 1
            rank = [rank[v] + bases[self.section[v]] for v in range(n)]
        ranks = sorted(set(rank))
        number = {r: i for i, r in enumerate(ranks)}
        self.of = [number[r] for r in rank]

    def spread_loose(self, rank: list[int], ups: list[list[int]], downs: list[list[int]]) -> None:
        """Boxes of a group that no arrow touches are set as a block, beside the ranks its other boxes have."""
        loose: dict[int, list[int]] = {}
        held: dict[int, list[int]] = {}
        for v, vertex in enumerate(self.vertices):
            if vertex.area >= 0:
                (held if ups[v] or downs[v] else loose).setdefault(vertex.area, []).append(v)
        for area, some in loose.items():
            ranks = sorted({rank[v] for v in held.get(area, ())})
            if not ranks:
                across = math.ceil(math.sqrt(len(some))) if len(some) > 3 else (1 if self.right else len(some))
                across = len(some) if self.right and len(some) <= 3 else across
                for k, v in enumerate(some):
                    rank[v] = k // max(1, across)
                continue
            load = {r: sum(rank[v] == r for v in held[area]) for r in ranks}
            for v in some:
                best = min(ranks, key=lambda r: (load[r], r))
                rank[v] = best
                load[best] += 1

    def span(self, v: int) -> tuple[float, float]:
        """Room that box v takes before and after its middle, along its rank."""
        vertex = self.vertices[v]
        half = (vertex.h if self.right else vertex.w) / 2
        if v not in self.loops:
            return half, half
        wide, high, deep = self.corner(v)
        return (half + high, max(half, deep)) if self.right else (half, half + wide)

    def corner(self, v: int) -> tuple[float, float, float]:
        """Room that the arrows from box v to itself take right of it and above it, and from its middle down."""
        own = [self.arcs[i] for i in self.loops[v]]
        reach = CORNER + 8.0 * (len(own) - 1)
        wide = reach + max(arc.w for arc in own) + (6.0 if any(arc.w for arc in own) else 0.0)
        return wide, reach, sum(arc.h for arc in own) - reach - self.vertices[v].h / 2

    def pads(self, area: int) -> tuple[float, float]:
        """Room a group takes at the low and at the high end of its ranks' axis `a`."""
        head = self.areas[area].h + (8.0 if self.areas[area].h else 0.0)
        return (self.gaps.pad + head, self.gaps.pad) if self.right else (self.gaps.pad, self.gaps.pad)

    def split(self) -> None:
        """Give each rank that is wider than the page several rows."""
        self.broken = 0
        if math.isinf(self.most_a):
            return
        rows: list[list[int]] = [[] for _ in range(max(self.of) + 1)]
        for v, r in enumerate(self.of):
            rows[r].append(v)
        fresh = 0
        for row in rows:
            row.sort(key=lambda v: (self.above_of[self.vertices[v].area][::-1] if self.vertices[v].area >= 0 else (), v))
            pieces = 1
            while pieces < len(row):
                size = math.ceil(len(row) / pieces)
                if all(self.room(row[k : k + size]) <= self.most_a for k in range(0, len(row), size)):
                    break
                pieces += 1
            size = math.ceil(len(row) / pieces)
            for k, v in enumerate(row):
                self.of[v] = fresh + k // size
            fresh += math.ceil(len(row) / size)
            self.broken += math.ceil(len(row) / size) - 1

    def room(self, row: Sequence[int]) -> float:
        """Width in px that boxes side by side take, their groups' borders counted, with room for one arrow to pass."""
        total = self.gaps.node * (len(row) - 1) if not self.stacked else self.gaps.node * (len(row) - 1) * 0.8
        total += sum(sum(self.span(v)) for v in row)
        inside: set[int] = set()
        for v in row:
            if self.vertices[v].area >= 0:
                inside.update(self.above_of[self.vertices[v].area])
        return total + sum(sum(self.pads(area)) for area in inside)

    # 3. Items: boxes, and the pieces of arrows that pass through ranks.

    def itemise(self) -> bool:
        last = max(self.of)
        self.beside = self.side_arcs()
        demand: list[list[int]] = [[] for _ in range(last + 1)]
        for i in self.drawn:
            if self.arcs[i].w:
                p, q = self.of[self.upper[i]], self.of[self.lower[i]]
                near = q - 1 if self.flipped[i] else p
                choices = range(q - 1, p - 1, -1) if self.flipped[i] else range(p, q)
                if len(demand[near]) > 3:
                    near = min(choices, key=lambda g: len(demand[g]))
                demand[near].append(i)
        row_of: dict[int, tuple[int, int]] = {}
        extra = [0] * (last + 1)
        for gap, some in enumerate(demand):
            if not some:
                continue
            extra[gap] = 1
            if not math.isinf(self.most_a):
                total = sum(self.arcs[i].w + self.gaps.lane for i in some)
                extra[gap] = max(1, math.ceil(total / (self.most_a * 0.8)))
            for k, i in enumerate(some):
                row_of[i] = (gap, k % extra[gap])
        start, self.final = 0, []
        for r in range(last + 1):
            self.final.append(start)
            start += 1 + extra[r]
        self.height = start - extra[last]
        self.row_of = row_of
        items: list[_Item] = []
        for v, vertex in enumerate(self.vertices):
            lo, hi = self.span(v)
            half = (vertex.w if self.right else vertex.h) / 2
            below = above = half
            if v in self.loops:
                wide, high, deep = self.corner(v)
                below, above = (half, half + wide) if self.right else (half + high, max(half, deep))
            items.append(_Item(NODE, self.final[self.of[v]], lo, hi, below, above, vertex.area, vertex=v))
        self.items = items
        self.reach: dict[int, tuple[int, int]] = {}
        for v, vertex in enumerate(self.vertices):
            for area in self.above_of[vertex.area] if vertex.area >= 0 else ():
                low, high_rank = self.reach.get(area, (10**9, -1))
                rank = items[v].rank
                self.reach[area] = (min(low, rank), max(high_rank, rank))
        self.chains: dict[int, list[int]] = {}
        for i in self.drawn:
            self.chain(i)
        rows: list[list[int]] = [[] for _ in range(self.height)]
        for k, item in enumerate(items):
            rows[item.rank].append(k)
        for area, (low, high_rank) in self.reach.items():
            there = {items[k].rank for k in range(len(items)) if items[k].area >= 0 and area in self.above_of[items[k].area]}
            for r in range(low, high_rank + 1):
                if r not in there:
                    items.append(_Item(SPACE, r, 0.0, 0.0, area=area))
                    rows[r].append(len(items) - 1)
        self.rows = rows
        self.label_rows = {item.rank for item in items if item.kind == LABEL}
        self.starts: list[float] = [0.0] * (self.height + 1)
        self.tails: list[float] = [0.0] * (self.height + 1)
        for r in range(-1, self.height):
            self.tails[r], self.starts[r] = self.end_pads(r)
        if self.right:
            self.lengthen()
        return math.isinf(self.most_r) or self.depth() <= self.most_r

    def lengthen(self) -> None:
        """Make room after groups that are shorter than their labels."""
        deep = self.deep()
        for area, (low, high) in self.reach.items():
            has = sum(deep[low : high + 1]) + sum(self.gap(r, 0) for r in range(low, high)) + 2 * self.gaps.pad
            short = self.areas[area].w + 2 * self.gaps.pad - has
            if short > 0:
                self.tails[high] = max(self.tails[high], self.end_pads(high)[0] + short)

    def deep(self) -> list[float]:
        """What the items of each rank take across it, in px."""
        deep = [0.0] * self.height
        for item in self.items:
            deep[item.rank] = max(deep[item.rank], item.below + item.above)
        return deep

    def side_arcs(self) -> set[int]:
        """Arrows against the ranks that run beside the boxes, from side to side."""
        forward = {(self.upper[i], self.lower[i]) for i in self.drawn if not self.flipped[i]}
        return {
            i
            for i in self.drawn
            if self.flipped[i]
            and (self.upper[i], self.lower[i]) not in forward
            and self.of[self.lower[i]] - self.of[self.upper[i]] >= 2
            and not self.stacked
        }

    def chain(self, i: int) -> None:
        """The items that arc i passes through between its ends."""
        arc, u, v = self.arcs[i], self.upper[i], self.lower[i]
        first, last = self.items[u].rank, self.items[v].rank
        before = u
        out = []
        label_at = self.final[self.row_of[i][0]] + 1 + self.row_of[i][1] if i in self.row_of else -1
        trunk = (u, arc.trunk * 2 + self.flipped[i])
        for r in range(first + 1, last):
            area = self.home(u, v, r)
            if r == label_at:
                wide, tall = (arc.h, arc.w) if self.right else (arc.w, arc.h)
                item = _Item(LABEL, r, wide / 2, wide / 2, tall / 2, tall / 2, area, i, trunk=(-2 - i, 0))
            else:
                item = _Item(LINE, r, 0.0, 0.0, area=area, arc=i, trunk=trunk if label_at < 0 or r < label_at else (-2 - i, 0))
            self.items.append(item)
            here = len(self.items) - 1
            self.items[before].downs.append(here)
            item.ups.append(before)
            out.append(here)
            before = here
        self.items[before].downs.append(v)
        self.items[v].ups.append(before)
        self.chains[i] = out

    def home(self, u: int, v: int, rank: int) -> int:
        """The group whose ground an arrow from u to v passes over at `rank`: it leaves u's groups as they end, and enters v's as they
        start."""
        of_u = self.above_of[self.vertices[u].area] if self.vertices[u].area >= 0 else ()
        of_v = self.above_of[self.vertices[v].area] if self.vertices[v].area >= 0 else ()
        shared = [area for area in of_u if area in of_v]
        for area in of_u:
            if area in shared:
                break
            if rank <= self.reach[area][1]:
                return area
        for area in of_v:
            if area in shared:
                break
            if rank >= self.reach[area][0]:
                return area
        return shared[0] if shared else -1

    def depth(self) -> float:
        """Least px across all ranks."""
        gaps = sum(self.gap(r, 0) for r in range(self.height - 1))
        return sum(self.deep()) + gaps + self.starts[-1] + self.tails[self.height - 1]

    def end_pads(self, r: int) -> tuple[float, float]:
        """Room that groups ending at rank r and groups starting at rank r + 1 take across the ranks."""
        ends = [area for area, (_, high) in self.reach.items() if high == r]
        starts = [area for area, (low, _) in self.reach.items() if low == r + 1]
        strip = 0.0
        for area in starts:
            nested = [inner for inner in self.above_of[area] if inner in starts]
            strip = max(strip, sum(self.gaps.pad + (0.0 if self.right else self.head(inner)) for inner in nested))
        tail = 0.0
        for area in ends:
            nested = [inner for inner in self.above_of[area] if inner in ends]
            tail = max(tail, sum(self.gaps.pad for _ in nested))
        return tail, strip

    def head(self, area: int) -> float:
        return self.areas[area].h + 8.0 if self.areas[area].h else 0.0

    def gap(self, r: int, tracks: int) -> float:
        """Px between rank r and the next, with that many arrows running along between them."""
        here, after = r in self.label_rows, r + 1 in self.label_rows
        base = self.gaps.rank * (0.5 if here or after else 1.0)
        if here and after:
            base = 8.0
        # An arrow that comes off a track still needs a straight stem under its head.
        need = (tracks - 1) * self.gaps.lane + (STEM + 10.0 if tracks else 0.0)
        return max(base, need) + self.tails[r] + self.starts[r]

    # 4. The order within each rank.

    def order_ranks(self) -> None:
        items, rows = self.items, self.rows
        self.squeeze = [self.fit_rank(row) for row in rows]
        for row in rows:
            self.arrange(row, {k: float(n) for n, k in enumerate(row)}, {})
            self.pack(row, dict.fromkeys(row, 0.0))
        best = [row[:] for row in rows]
        fewest = self.crossings()
        stale = 0
        for sweep in range(SWEEPS):
            if not fewest or stale > 3:
                break
            down = sweep % 2 == 0
            middle = self.area_middles()
            for r in range(1, self.height) if down else range(self.height - 2, -1, -1):
                row = rows[r]
                key = {}
                for k in row:
                    near = items[k].ups if down else items[k].downs
                    key[k] = sum(items[j].x for j in near) / len(near) if near else items[k].x
                self.arrange(row, key, middle)
                self.pack(row, key)
            found = self.crossings()
            if found < fewest:
                fewest, best, stale = found, [row[:] for row in rows], 0
            else:
                stale += 1
        for r, row in enumerate(best):
            rows[r][:] = row
            self.pack(row, {k: items[k].x for k in row})
        if fewest:
            for _ in range(3):
                if not self.exchange():
                    break
        self.pull()

    def pull(self) -> None:
        """Move each rank towards what it is joined to, its order kept."""
        items = self.items
        for down in (True, False, True):
            for r in range(self.height) if down else range(self.height - 1, -1, -1):
                row = self.rows[r]
                key = {}
                for k in row:
                    near = items[k].ups + items[k].downs
                    key[k] = sum(items[j].x for j in near) / len(near) if near else items[k].x
                self.pack(row, key)

    def area_middles(self) -> dict[int, float]:
        total: dict[int, float] = {}
        count: dict[int, int] = {}
        for item in self.items:
            if item.area >= 0:
                for area in self.above_of[item.area]:
                    total[area] = total.get(area, 0.0) + item.x
                    count[area] = count.get(area, 0) + 1
        return {area: total[area] / count[area] for area in total}

    def arrange(self, row: list[int], key: dict[int, float], middle: dict[int, float]) -> None:
        """Sort a rank by `key`, the items of a group kept together, groups kept in the same order in every rank."""
        items = self.items
        if not self.areas or all(items[k].area < 0 for k in row):
            row.sort(key=key.__getitem__)
            return

        def level(some: list[int], parent: int) -> list[int]:
            units: dict[tuple[int, int], list[int]] = {}
            for k in some:
                area = items[k].area
                child = -1
                for inner in self.above_of[area] if area >= 0 else ():
                    if inner == parent:
                        break
                    child = inner
                units.setdefault((child, -1) if child >= 0 else (-1, k), []).append(k)
            sized = []
            for n, ((child, single), held) in enumerate(units.items()):
                at = (middle.get(child, float(child)) if middle else float(child)) if child >= 0 else key[single]
                sized.append((at, n, child, held))
            sized.sort(key=lambda unit: unit[:2])
            out: list[int] = []
            for _, _, child, held in sized:
                out += level(held, child) if child >= 0 else held
            return out

        row[:] = level(row, -1)

    def sep(self, a: _Item, b: _Item) -> float:
        """Px kept free between two neighbours of a rank; arrows are squeezed before boxes are."""
        lines, others = self.squeeze[a.rank]
        return self.base(a, b) * (lines if LINE in (a.kind, b.kind) else others)

    def base(self, a: _Item, b: _Item) -> float:
        """Px kept free between two neighbours where there is room."""
        if a.kind == SPACE or b.kind == SPACE:
            return 0.0
        if a.kind == LINE and b.kind == LINE:
            return 0.0 if a.trunk == b.trunk else self.gaps.lane
        if a.kind == NODE and b.kind == NODE:
            return self.gaps.node if not self.stacked else self.gaps.node * 0.8
        if a.arc >= 0 and b.arc >= 0 and self.upper[a.arc] == self.upper[b.arc] and self.lower[a.arc] == self.lower[b.arc]:
            return self.gaps.lane * 0.4  # two arrows between the same boxes
        return self.gaps.lane

    def fit_rank(self, row: Sequence[int]) -> tuple[float, float]:
        """Shares (0-1) of the usual room beside arrows, and between all else, that this rank can afford."""
        if math.isinf(self.most_a) or not row:
            return 1.0, 1.0
        items = [self.items[k] for k in row]
        solid = sum(item.lo + item.hi for item in items) + 0.5
        beside = others = 0.0
        for a, b in itertools.pairwise(items):
            if LINE in (a.kind, b.kind):
                beside += self.base(a, b)
            else:
                others += self.base(a, b)
        left = self.most_a - solid
        if left >= beside + others:
            return 1.0, 1.0
        if left >= others:
            return (left - others) / beside, 1.0
        return 0.0, max(0.0, left / others) if others else 1.0

    def pack(self, row: Sequence[int], want: dict[int, float]) -> None:
        """Places along a rank near those wanted, in its order and without overlap."""
        items = self.items
        if not row:
            return
        high: list[float] = []
        edge = -math.inf
        gaps = [0.0]
        for before, k in itertools.pairwise(row):
            a, b = items[before], items[k]
            gaps.append(a.hi + b.lo + self.sep(a, b))
        for k, gap in zip(row, gaps, strict=True):
            edge = max(want[k], edge + gap)
            high.append(edge)
        edge = math.inf
        gap_after = 0.0
        for n in range(len(row) - 1, -1, -1):
            edge = min(want[row[n]], edge - gap_after)
            items[row[n]].x = (edge + high[n]) / 2
            gap_after = gaps[n]

    def crossings(self) -> int:
        return sum(self.crossings_below(r) for r in range(self.height - 1))

    def crossings_below(self, r: int) -> int:
        items = self.items
        place = {k: n for n, k in enumerate(self.rows[r + 1])}
        seen: list[int] = []
        total = 0
        for k in self.rows[r]:
            ends = sorted([place[j] for j in items[k].downs])
            for end in ends:
                total += len(seen) - bisect_left(seen, end + 1)
            for end in ends:
                insort(seen, end)
        return total

    def exchange(self) -> bool:
        """Swap neighbours where that saves crossings; True where any was swapped."""
        items = self.items
        place = {k: n for row in self.rows for n, k in enumerate(row)}
        better = False
        for row in self.rows:
            for n in range(len(row) - 1):
                a, b = row[n], row[n + 1]
                if items[a].area != items[b].area:
                    continue
                saved = 0
                for near_a, near_b in ((items[a].ups, items[b].ups), (items[a].downs, items[b].downs)):
                    for i in near_a:
                        for j in near_b:
                            saved += (place[i] > place[j]) - (place[i] < place[j])
                if saved > 0:
                    row[n], row[n + 1] = b, a
                    place[a], place[b] = n + 1, n
                    better = True
            self.pack(row, {k: items[k].x for k in row})
        return better

    # 5. Arrows that run beside the boxes.

    def add_sides(self) -> None:
        """Lengthen each arrow of `beside` by a piece next to either end, so that it leaves and enters at the sides; it runs where it
        crosses least."""
        self.side_of: dict[tuple[int, int], tuple[int, int]] = {}  # (arc, vertex) -> (item beside it, -1 left or +1 right)
        for i in sorted(self.beside, key=lambda i: self.of[self.upper[i]] - self.of[self.lower[i]]):
            u, v = self.upper[i], self.lower[i]
            inner = self.chains[i]
            ends = [self.beside_end(i, u, inner[0], top=True), self.beside_end(i, v, inner[-1], top=False)]
            self.chains[i] = [ends[0], *inner, ends[1]]
            kept = {r: row[:] for r, row in enumerate(self.rows)}
            best: tuple[float, dict[int, list[int]], tuple[int, int]] | None = None
            for where in (0, 1, -1):
                sides = (
                    1 if self.items[inner[0]].x >= self.items[u].x - 0.5 else -1,
                    1 if self.items[inner[-1]].x >= self.items[v].x - 0.5 else -1,
                )
                sides = (where, where) if where else sides
                self.put_beside(kept, inner, where)
                for box, end, side in zip((u, v), ends, sides, strict=True):
                    row = self.rows[self.items[box].rank]
                    row.insert(row.index(box) + (1 if side > 0 else 0), end)
                ranks = range(max(0, self.items[u].rank - 1), min(self.height - 1, self.items[v].rank + 1))
                cost = sum(self.crossings_below(r) for r in ranks) + 0.1 * (where != 0) + 0.01 * (where < 0)
                if best is None or cost < best[0]:
                    best = (cost, {r: row[:] for r, row in enumerate(self.rows)}, sides)
            assert best is not None
            for r, row in best[1].items():
                self.rows[r][:] = row
            for box, end, side in zip((u, v), ends, best[2], strict=True):
                self.side_of[i, box] = (end, side)
                self.items[end].x = self.items[box].x + side * (self.items[box].hi + 12.0)
            for k in inner:
                row = self.rows[self.items[k].rank]
                n = row.index(k)
                if n and self.items[k].x < self.items[row[n - 1]].x:
                    self.items[k].x = self.items[row[n - 1]].x + self.items[row[n - 1]].hi
                elif n + 1 < len(row) and self.items[k].x > self.items[row[n + 1]].x:
                    self.items[k].x = self.items[row[n + 1]].x - self.items[row[n + 1]].lo

    def beside_end(self, i: int, v: int, near: int, *, top: bool) -> int:
        """A piece of arc i in the rank of its end v, joined to `near` in v's place."""
        box = self.items[v]
        piece = _Item(LINE, box.rank, 0.0, 0.0, area=box.area, arc=i, trunk=(-2 - i, 0))
        self.items.append(piece)
        new = len(self.items) - 1
        (box.downs if top else box.ups).remove(near)
        back = self.items[near].ups if top else self.items[near].downs
        back[back.index(v)] = new
        (piece.downs if top else piece.ups).append(near)
        return new

    def put_beside(self, kept: dict[int, list[int]], inner: Sequence[int], where: int) -> None:
        """The ranks as in `kept`, with the items of `inner` as they are (0), or last (1) or first (-1) in their groups."""
        for r, row in kept.items():
            self.rows[r][:] = row
        if not where:
            return
        for k in inner:
            row, area = self.rows[self.items[k].rank], self.items[k].area
            row.remove(k)
            held = [n for n, j in enumerate(row) if area < 0 or (self.items[j].area >= 0 and area in self.above_of[self.items[j].area])]
            row.insert((held[-1] + 1 if where > 0 else held[0]) if held else 0, k)

    # 6. Places along the ranks.

    def straighten(self) -> bool:
        """Find every item's place along its rank, as many arrows straight as there is room for; False where the page is too narrow for
        any."""
        self.squeeze = [self.fit_rank(row) for row in self.rows]
        self.with_borders()
        place = {k: n for row in self.full for n, k in enumerate(row)}
        borders = [pair for chain in self.border.values() for pair in itertools.pairwise(chain)]
        inner = [pair for chain in self.chains.values() for pair in itertools.pairwise(chain)]
        pairs = borders
        if not math.isinf(self.most_a):
            self.join(borders, place)
            if not self.tie():
                return False
        wanted = [inner, self.spines(place)]
        self.join([*borders, *inner, *wanted[1]], place)
        if not self.tie():
            # Not all fit: take them in halves, leaving out those that make the page too narrow.
            self.tried = 0
            for some in wanted:
                pairs = self.most_that_fit(pairs, some, place)
            self.join(pairs, place)
            self.tie()
        self.settle()
        return True

    def most_that_fit(self, held: list[tuple[int, int]], some: list[tuple[int, int]], place: dict[int, int]) -> list[tuple[int, int]]:
        """`held` and as many of `some` as the page has room for."""
        if not some or self.tried > TRIES:
            return held
        self.tried += 1
        self.join([*held, *some], place)
        if self.tie():
            return [*held, *some]
        if len(some) == 1:
            return held
        half = len(some) // 2
        return self.most_that_fit(self.most_that_fit(held, some[:half], place), some[half:], place)

    def with_borders(self) -> None:
        """The ranks' items with those of groups' borders between them: `full[r]`; each border is one chain of items."""
        self.full: list[list[int]] = []
        self.border: dict[tuple[int, int], list[int]] = {}
        for r, row in enumerate(self.rows):
            out: list[int] = []
            open_: tuple[int, ...] = ()
            for k in [*row, None]:
                area = self.items[k].area if k is not None else -1
                want = self.above_of[area][::-1] if area >= 0 else ()
                while open_ != want[: len(open_)]:
                    out.append(self.edge_item(r, open_[-1], 1))
                    open_ = open_[:-1]
                for inner in want[len(open_) :]:
                    out.append(self.edge_item(r, inner, 0))
                    open_ = (*open_, inner)
                if k is not None:
                    out.append(k)
            self.full.append(out)

    def edge_item(self, r: int, area: int, end: int) -> int:
        pad = self.pads(area)[end]
        # The outer side of a border keeps its distance by `sep`; the inner side is the group's padding.
        item = _Item(EDGE, r, 0.0 if end == 0 else pad, pad if end == 0 else 0.0, area=area)
        self.items.append(item)
        k = len(self.items) - 1
        chain = self.border.setdefault((area, end), [])
        near = self.rows[r]
        inside = [self.items[j].x for j in near if self.items[j].area >= 0 and area in self.above_of[self.items[j].area]]
        item.x = (min(inside) - pad if end == 0 else max(inside) + pad) if inside else 0.0
        if chain:
            item.ups.append(chain[-1])
        chain.append(k)
        return k

    def join(self, wanted: Sequence[tuple[int, int]], place: dict[int, int]) -> None:
        """Join pairs of items, the first in `wanted` first, into blocks that stand in one straight line; pairs that would cross are
        left out."""
        items = self.items
        down: dict[int, int] = {}
        up: dict[int, int] = {}
        lines: list[list[tuple[int, int]]] = [[] for _ in range(self.height)]
        for u, v in wanted:
            if u in down or v in up or items[v].rank != items[u].rank + 1:
                continue
            pair = (place[u], place[v])
            taken = lines[items[u].rank]
            n = bisect_left(taken, pair)
            if (n > 0 and taken[n - 1][1] >= pair[1]) or (n < len(taken) and taken[n][1] <= pair[1]):
                continue
            taken.insert(n, pair)
            down[u], up[v] = v, u
        self.block_of: dict[int, int] = {}
        self.members: list[list[int]] = []
        for row in self.full:
            for k in row:
                if k in up:
                    continue
                held = [k]
                while held[-1] in down:
                    held.append(down[held[-1]])
                for j in held:
                    self.block_of[j] = len(self.members)
                self.members.append(held)

    def spines(self, place: dict[int, int]) -> list[tuple[int, int]]:
        """Pairs of items, one above the other, that read best in one straight line; the surest first."""
        items = self.items
        count = len(items)
        deep, high = [0] * count, [0] * count
        for row in reversed(self.full):
            for k in row:
                deep[k] = max((deep[j] + 1 for j in items[k].downs), default=0)
        for row in self.full:
            for k in row:
                high[k] = max((high[j] + 1 for j in items[k].ups), default=0)

        def choice(near: list[int], far: list[int]) -> int:
            forward = [j for j in near if items[j].arc < 0 or not self.flipped[items[j].arc]]
            near = forward or near
            if len(near) == 1:
                return near[0]
            ordered = sorted(near, key=place.__getitem__)
            if len(ordered) % 2:
                return ordered[len(ordered) // 2]
            ranked = sorted(ordered, key=lambda j: -far[j])
            if far[ranked[0]] > far[ranked[1]]:
                return ranked[0]
            # Two equal ones in a tree are set to both sides; elsewhere the first written goes straight on.
            return -1 if self.is_tree or len(ordered) > 2 else near[0]

        below = {k: choice(items[k].downs, deep) for row in self.full for k in row if items[k].downs and items[k].kind != EDGE}
        above = {k: choice(items[k].ups, high) for row in self.full for k in row if items[k].ups and items[k].kind != EDGE}
        sure = [(k, j) for k, j in below.items() if above.get(j) == k]
        half = [(k, j) for k, j in below.items() if above.get(j, -1) < 0 <= j]
        half += [(j, k) for k, j in above.items() if below.get(j, -1) < 0 <= j]
        even = {k for k in below if below[k] < 0} | {k for k in above if above[k] < 0}
        return sure + [pair for pair in half if pair[0] not in even and pair[1] not in even]

    def tie(self) -> bool:
        """How far apart the blocks must be, and how far along each may stand; False where the page is too narrow for them."""
        items, block_of = self.items, self.block_of
        count = len(self.members)
        after: list[dict[int, float]] = [{} for _ in range(count)]
        for row in self.full:
            for j, k in itertools.pairwise(row):
                a, b = items[j], items[k]
                # On the inner side of a border there is padding, on the outer side the usual room.
                inner = (a.kind == EDGE and a.hi) or (b.kind == EDGE and b.lo)
                apart = a.hi + b.lo + (0.0 if inner else self.sep(a, b))
                p, q = block_of[j], block_of[k]
                if apart > after[p].get(q, -1.0):
                    after[p][q] = apart
        if not self.right:
            for (area, end), chain in self.border.items():
                if end == 0:
                    p, q = block_of[chain[0]], block_of[self.border[area, 1][0]]
                    least = self.areas[area].w + 2 * self.gaps.pad
                    after[p][q] = max(after[p].get(q, 0.0), least)
        before: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        left = [0] * count
        for p, some in enumerate(after):
            for q, apart in some.items():
                before[q].append((p, apart))
                left[q] += 1
        order = [p for p in range(count) if not left[p]]
        for p in order:
            for q in after[p]:
                left[q] -= 1
                if not left[q]:
                    order.append(q)
        nexts = [list(some.items()) for some in after]
        least = [max(items[k].lo for k in held) for held in self.members]
        for p in order:
            for q, apart in nexts[p]:
                least[q] = max(least[q], least[p] + apart)
        bounded = not math.isinf(self.most_a)
        most = [0.0] * count
        if bounded:
            most = [self.most_a - max(items[k].hi for k in held) for held in self.members]
            for p in reversed(order):
                for q, apart in nexts[p]:
                    most[p] = min(most[p], most[q] - apart)
        self.ties = (order, nexts, before, least, most, bounded)
        return not bounded or all(low <= high + 0.01 for low, high in zip(least, most, strict=True))

    def settle(self) -> None:
        """Find each block's place."""
        items = self.items
        order, nexts, before, least, most, bounded = self.ties
        x = [sum(items[k].x for k in held) / len(held) for held in self.members]
        if bounded:
            shift = self.most_a / 2 - (min(x) + max(x)) / 2
            x = [place + shift for place in x]
        links = self.links()
        x = self.relax(x, order, nexts, before, least, most, links, bounded)
        self.draw_near(x, order, nexts, before, least, most, links, bounded)
        self.snap(x, nexts, before, least, most, links, bounded)
        for p, held in enumerate(self.members):
            for k in held:
                items[k].x = x[p]

    def links(self) -> list[list[tuple[int, float]]]:
        """For each block the blocks its items are joined to by arrows, with weights."""
        items, block_of = self.items, self.block_of
        out: list[list[tuple[int, float]]] = [[] for _ in self.members]
        for row in self.full:
            for k in row:
                if items[k].kind == EDGE:
                    continue
                for j in items[k].downs:
                    p, q = block_of[k], block_of[j]
                    if p != q:
                        weight = 1.0 if items[k].kind == NODE and items[j].kind == NODE else 2.0
                        out[p].append((q, weight))
                        out[q].append((p, weight))
        for k, item in enumerate(items):
            # An arrow at a box's side wants to stay near the box.
            if item.kind == LINE and item.arc in self.beside:
                v = next((v for v in (self.upper[item.arc], self.lower[item.arc]) if self.side_of.get((item.arc, v), (-1, 0))[0] == k), -1)
                if v >= 0:
                    out[block_of[k]].append((block_of[v], 1.0))
        return out

    def relax(
        self,
        x: list[float],
        order: list[int],
        nexts: list[list[tuple[int, float]]],
        before: list[list[tuple[int, float]]],
        least: list[float],
        most: list[float],
        links: list[list[tuple[int, float]]],
        bounded: bool,
    ) -> list[float]:
        """Places near the mean of what each block is joined to, apart as they must be. The mean of pushing all to the right and all to the
        left is itself a fitting set of places, since each demand is linear."""
        items = self.items
        count = len(x)
        borders = [items[held[0]].kind == EDGE for held in self.members]
        rounds = 24 if count < 400 else 12
        for turn in range(rounds):
            share = 0.5 if turn < rounds - 6 else 0.8
            want = x[:]
            for p in range(count):
                if borders[p]:
                    continue
                near = links[p]
                if near:
                    total = weight = 0.0
                    for q, w in near:
                        total += w * x[q]
                        weight += w
                    want[p] += share * (total / weight - x[p])
            for p in range(count):
                if borders[p]:
                    # A border follows what it encloses.
                    if items[self.members[p][0]].hi:
                        want[p] = min((want[q] - apart for q, apart in nexts[p] if not borders[q]), default=want[p])
                    else:
                        want[p] = max((want[q] + apart for q, apart in before[p] if not borders[q]), default=want[p])
            if bounded:
                want = [min(max(w, low), high) for w, low, high in zip(want, least, most, strict=True)]
            to_right = want[:]
            for p in order:
                here = to_right[p]
                for q, apart in nexts[p]:
                    if to_right[q] < here + apart:
                        to_right[q] = here + apart
            to_left = want
            for p in reversed(order):
                here = to_left[p]
                for q, apart in before[p]:
                    if to_left[q] > here - apart:
                        to_left[q] = here - apart
            x = [(a + b) / 2 for a, b in zip(to_right, to_left, strict=True)]
        return x

    def draw_near(
        self,
        x: list[float],
        order: list[int],
        nexts: list[list[tuple[int, float]]],
        before: list[list[tuple[int, float]]],
        least: list[float],
        most: list[float],
        links: list[list[tuple[int, float]]],
        bounded: bool,
    ) -> None:
        """Move one block after the other as near to what it is joined to as its neighbours allow."""
        for sweep in range(4):
            for p in order if sweep % 2 else reversed(order):
                low = max((x[o] + apart for o, apart in before[p]), default=-math.inf)
                high = min((x[o] - apart for o, apart in nexts[p]), default=math.inf)
                if bounded:
                    low, high = max(low, least[p]), min(high, most[p])
                first = self.items[self.members[p][0]]
                if first.kind == EDGE:
                    want = high if first.hi else low
                elif links[p]:
                    want = sum(w * x[q] for q, w in links[p]) / sum(w for _, w in links[p])
                else:
                    continue
                if low <= high and math.isfinite(want):
                    x[p] = min(max(want, low), high)

    def snap(
        self,
        x: list[float],
        nexts: list[list[tuple[int, float]]],
        before: list[list[tuple[int, float]]],
        least: list[float],
        most: list[float],
        links: list[list[tuple[int, float]]],
        bounded: bool,
    ) -> None:
        """Take small steps out of arrows by moving a block into line where there is room."""
        for p in range(len(x)):
            for q, _ in links[p]:
                step = x[q] - x[p]
                if not 0.01 < abs(step) < 14.0:
                    continue
                low = max((x[o] + apart for o, apart in before[p]), default=-math.inf)
                high = min((x[o] - apart for o, apart in nexts[p]), default=math.inf)
                if bounded:
                    low, high = max(low, least[p]), min(high, most[p])
                straight = sum(abs(x[o] - x[p]) < 0.01 for o, _ in links[p])
                if low - 0.001 <= x[q] <= high + 0.001 and not straight:
                    x[p] = x[q]
                    break

    # 7. Places across the ranks, arrows' points, groups' rectangles.

    def emit(self) -> Plan | None:
        items = self.items
        self.paths = {i: [self.upper[i], *self.chains[i], self.lower[i]] for i in self.drawn}
        self.ports()
        tracks = [self.channel(r) for r in range(self.height - 1)]
        below = [0.0] * self.height
        above = [0.0] * self.height
        for item in items:
            below[item.rank] = max(below[item.rank], item.below)
            above[item.rank] = max(above[item.rank], item.above)
        middle: list[float] = []
        zones: list[tuple[float, float]] = []
        at = self.starts[-1]
        for r in range(self.height):
            middle.append(at + below[r])
            at += below[r] + above[r]
            if r < self.height - 1:
                wide = self.gap(r, tracks[r][1])
                zones.append((at + self.tails[r], at + wide - self.starts[r]))
                at += wide
        deepest = at + self.tails[self.height - 1]
        if deepest > self.most_r + 0.01:
            return None
        self.rank_low = [middle[r] - below[r] for r in range(self.height)]
        self.rank_high = [middle[r] + above[r] for r in range(self.height)]
        lines: list[tuple[Point, ...]] = [()] * len(self.arcs)
        for i in self.drawn:
            lines[i] = self.line(i, middle, zones, tracks)
        boxes: list[Rect] = []
        for v, vertex in enumerate(self.vertices):
            a, r = items[v].x, middle[items[v].rank]
            x, y = (r, a) if self.right else (a, r)
            boxes.append((x - vertex.w / 2, y - vertex.h / 2, vertex.w, vertex.h))
        labels: list[Point | None] = [None] * len(self.arcs)
        for i, chain in self.chains.items():
            for k in chain:
                if items[k].kind == LABEL:
                    labels[i] = self.page(items[k].x, middle[items[k].rank])
        for v, own in self.loops.items():
            self.loop(boxes[v], v, own, lines, labels)
        areas = self.rectangles(boxes)
        return _normal(Plan(boxes, lines, labels, areas, broken=self.broken), self.arcs)

    def loop(self, box: Rect, v: int, own: list[int], lines: list[tuple[Point, ...]], labels: list[Point | None]) -> None:
        """Arrows from box v to itself, round its upper right corner."""
        x, y, w, h = box
        for n, i in enumerate(own):
            out = CORNER - 6.0 + 8.0 * n
            inside = min(10.0 + 7.0 * n, w / 2, h / 2)
            # Where only the middle of a side may be touched the way round is longer.
            back, down = (w / 2, h / 2) if self.vertices[v].pointed else (inside, inside)
            lines[i] = (
                (x + w - back, y), (x + w - back, y - out), (x + w + out, y - out), (x + w + out, y + down), (x + w, y + down),
            )  # fmt: skip
            if self.arcs[i].w:
                top = y - CORNER - 8.0 * (len(own) - 1) + sum(self.arcs[j].h for j in own[:n])
                labels[i] = (x + w + CORNER + 8.0 * len(own) + self.arcs[i].w / 2 - 2.0, top + self.arcs[i].h / 2)

    def page(self, a: float, r: float) -> Point:
        return (r, a) if self.right else (a, r)

    def ports(self) -> None:
        """Where along their boxes' sides arrows start and end: `port[arc, vertex]`, a place along the rank."""
        self.port: dict[tuple[int, int], float] = {}
        items = self.items
        leave: dict[int, dict[tuple[int, int], list[int]]] = {}
        enter: dict[int, list[int]] = {}
        for i in self.drawn:
            if i in self.beside:
                continue
            leave.setdefault(self.upper[i], {}).setdefault((self.arcs[i].trunk, int(self.flipped[i])), []).append(i)
            enter.setdefault(self.lower[i], []).append(i)
        for v, classes in leave.items():
            ends = list(classes.values())
            come = [min((items[self.paths[i][1]].x for i in some), key=lambda x: abs(x - items[v].x)) for some in ends]
            if len(ends) == 1 and len(ends[0]) > 1:
                come = [items[v].x]
            for some, at in zip(ends, self.along(v, come, [key[1] for key in classes]), strict=True):
                for i in some:
                    self.port[i, v] = at
        for v, some in enter.items():
            nets: dict[float, list[int]] = {}
            for i in some:
                before = self.paths[i][-2]
                nets.setdefault(
                    round(self.port.get((i, before), items[before].x) if before == self.upper[i] else items[before].x, 1), []
                ).append(i)
            for held, at in zip(nets.values(), self.along(v, list(nets), [0] * len(nets)), strict=True):
                for i in held:
                    self.port[i, v] = at

    def half(self, v: int) -> float:
        return (self.vertices[v].h if self.right else self.vertices[v].w) / 2

    def along(self, v: int, come: Sequence[float], later: Sequence[int]) -> list[float]:
        """Places on a side of box v for lines that come from `come`: straight where they come from inside its width, else near the
        middle."""
        middle = self.items[v].x
        room = self.half(v) - 8.0
        if self.vertices[v].pointed or room <= 0:
            return [middle] * len(come)
        if len(come) == 1:
            return [come[0] if abs(come[0] - middle) <= min(room, 1.5 * self.gaps.port) else middle]
        order = sorted(range(len(come)), key=lambda n: (round(come[n], 1), later[n], n))
        step = min(self.gaps.port, 2 * room / (len(come) - 1))
        if step < 5.0:
            return [middle] * len(come)
        want = [come[n] if abs(come[n] - middle) <= room else middle + math.copysign(0.5, come[n] - middle) for n in order]
        held = min(range(len(order)), key=lambda n: (abs(come[order[n]] - middle), n))
        if abs(come[order[held]] - middle) <= room:
            # One line stays straight; the others keep their distance from it.
            at = want[:]
            for n in range(held - 1, -1, -1):
                at[n] = min(at[n], at[n + 1] - step)
            for n in range(held + 1, len(order)):
                at[n] = max(at[n], at[n - 1] + step)
        else:
            high, low = want[:], want[:]
            for n in range(1, len(order)):
                high[n] = max(high[n], high[n - 1] + step)
            for n in range(len(order) - 2, -1, -1):
                low[n] = min(low[n], low[n + 1] - step)
            at = [(a + b) / 2 for a, b in zip(high, low, strict=True)]
        # All stay on the side: pushed in from its ends.
        edge = middle - room
        for n, x in enumerate(at):
            at[n] = edge = max(x, edge)
            edge += step
        edge = middle + room
        for n in range(len(at) - 1, -1, -1):
            at[n] = edge = min(at[n], edge)
            edge -= step
        out = [0.0] * len(come)
        for n, x in zip(order, at, strict=True):
            out[n] = x
        return out

    def where(self, i: int, k: int) -> float:
        """Place along the rank at which arc i passes item k."""
        return self.port.get((i, k), self.items[k].x)

    def channel(self, r: int) -> tuple[dict[tuple[int, int], int], int]:
        """The tracks of arrows that run along between rank r and the next: (arc, item above) -> track, and how many there are."""
        nets: dict[tuple[tuple[int, int], float], list[tuple[int, int, float, float]]] = {}
        for i, path in self.paths.items():
            for u, v in itertools.pairwise(path):
                if self.items[u].rank != r or self.items[v].rank != r + 1:
                    continue
                top, bottom = self.where(i, u), self.where(i, v)
                if abs(top - bottom) < 0.6:
                    # A straight line takes part, since others must not turn onto it.
                    continue
                key = ((self.upper[i], self.arcs[i].trunk * 2 + self.flipped[i]), round(top, 1))
                nets.setdefault(key, []).append((i, u, top, bottom))
        if not nets:
            return {}, 0
        held = list(nets.values())
        tops = [sorted({round(s[2], 1) for s in some}) for some in held]
        bottoms = [sorted({round(s[3], 1) for s in some}) for some in held]
        spans = [(min(t[0], b[0]), max(t[-1], b[-1])) for t, b in zip(tops, bottoms, strict=True)]
        count = len(held)
        after: list[set[int]] = [set() for _ in range(count)]
        weight: dict[tuple[int, int], int] = {}
        for p in range(count):
            for q in range(p + 1, count):
                if spans[p][1] < spans[q][0] - 4 or spans[q][1] < spans[p][0] - 4:
                    continue
                # Crossings where p runs above q, and where q runs above p; lines on top of each other cost most.
                first = _through(bottoms[p], spans[q], tops[q]) + _through(tops[q], spans[p], bottoms[p])
                second = _through(bottoms[q], spans[p], tops[p]) + _through(tops[p], spans[q], bottoms[q])
                one, other = (p, q) if first < second or (first == second and spans[p][0] <= spans[q][0]) else (q, p)
                after[one].add(other)
                weight[one, other] = abs(first - second)
        level = _levels(after, weight)
        out = {}
        for some, track in zip(held, level, strict=True):
            for i, u, _, _ in some:
                out[i, u] = track
        return out, max(level) + 1

    def line(
        self, i: int, middle: list[float], zones: list[tuple[float, float]], tracks: list[tuple[dict[tuple[int, int], int], int]]
    ) -> tuple[Point, ...]:
        """The points of arc i, from its start to its end."""
        items, path = self.items, self.paths[i]
        u, v = self.upper[i], self.lower[i]
        points: list[Point] = []  # (a, r)
        if i in self.beside:
            side = self.side_of[i, u][1]
            points.append((items[u].x + side * self.half(u), middle[items[u].rank]))
            points.append((items[path[1]].x, middle[items[u].rank]))
            path = path[1:-1]
        else:
            points.append((self.where(i, u), middle[items[u].rank] + self.thick(u)))
        for k, j in itertools.pairwise(path):
            r = items[k].rank
            top, bottom = self.where(i, k), self.where(i, j)
            if abs(top - bottom) >= 0.6:
                low, high = zones[r]
                track, count = tracks[r][0][i, k], tracks[r][1]
                # Tracks share the room evenly; the stem under an arrow's head stays free.
                step = min(self.gaps.lane, (high - low) / (count + 1))
                at = (low + high) / 2 + (track - (count - 1) / 2) * step
                points += [(top, at), (bottom, at)]
        if i in self.beside:
            side = self.side_of[i, v][1]
            points.append((items[path[-1]].x, middle[items[v].rank]))
            points.append((items[v].x + side * self.half(v), middle[items[v].rank]))
        else:
            points.append((self.where(i, v), middle[items[v].rank] - self.thick(v)))
        out = _tidy([self.page(*point) for point in points])
        return tuple(reversed(out)) if self.flipped[i] else tuple(out)

    def thick(self, v: int) -> float:
        return (self.vertices[v].w if self.right else self.vertices[v].h) / 2

    def rectangles(self, boxes: list[Rect]) -> list[Rect | None]:
        """The groups' rectangles, from the ranks they span and the places of their borders."""
        items = self.items
        out: list[Rect | None] = [None] * len(self.areas)
        for area in sorted(self.reach, key=lambda a: -len(self.above_of[a])):
            low, high = self.reach[area]
            inside = [k for k in range(len(items)) if items[k].kind in {NODE, LABEL} and items[k].area >= 0]
            inside = [k for k in inside if items[k].area == area]
            lo_a = [items[k].x - items[k].lo for k in inside]
            hi_a = [items[k].x + items[k].hi for k in inside]
            lo_r, hi_r = [self.rank_low[low]], [self.rank_high[high]]
            lines = [items[k].x for k in range(len(items)) if items[k].kind == LINE and items[k].area == area]
            lo_a += [x - 4.0 for x in lines]
            hi_a += [x + 4.0 for x in lines]
            for inner, found in enumerate(out):
                if found is not None and self.areas[inner].parent == area:
                    x, y, w, h = found
                    lo_a.append(y if self.right else x)
                    hi_a.append(y + h if self.right else x + w)
                    lo_r.append(x if self.right else y)
                    hi_r.append(x + w if self.right else y + h)
            before, after = self.pads(area)
            a0, a1 = min(lo_a) - before, max(hi_a) + after
            r0 = min(lo_r) - self.gaps.pad - (0.0 if self.right else self.head(area))
            r1 = max(hi_r) + self.gaps.pad
            need = self.areas[area].w + 2 * self.gaps.pad
            if self.right:
                r1 = max(r1, r0 + need)
            if not self.right and a1 - a0 < need:
                # The borders were kept that far apart; take what they leave.
                left = items[self.border[area, 0][0]].x
                right = items[self.border[area, 1][0]].x
                spare = need - (a1 - a0)
                lean = min(max(0.0, a0 - left), spare)
                a0 -= lean
                a1 = max(a1, min(right, a0 + need))
            out[area] = (r0, a0, r1 - r0, a1 - a0) if self.right else (a0, r0, a1 - a0, r1 - r0)
        return out


def _line_of(areas: Sequence[Area], area: int) -> tuple[int, ...]:
    """`area` and the groups it is in, innermost first (a circle of groups is cut)."""
    out: list[int] = []
    while 0 <= area < len(areas) and area not in out:
        out.append(area)
        area = areas[area].parent
    return tuple(out)


def _through(stems: list[float], span: tuple[float, float], own: list[float]) -> int:
    """How many of `stems` cross a track that covers `span`; one on top of another's stem counts for many."""
    total = 0
    for x in stems:
        if any(abs(x - other) < 3.0 for other in own):
            total += 20
        elif span[0] - 1.0 < x < span[1] + 1.0:
            total += 1
    return total


def _levels(after: list[set[int]], weight: dict[tuple[int, int], int]) -> list[int]:
    """The track of each net such that those after others come later; circles are cut where it costs least."""
    count = len(after)
    into = [0] * count
    for some in after:
        for q in some:
            into[q] += 1
    left = set(range(count))
    level = [0] * count
    while left:
        free = [p for p in left if not into[p]]
        if not free:
            free = [min(left, key=lambda p: (sum(weight[o, p] for o in left if p in after[o]), p))]
        for p in sorted(free):
            left.discard(p)
            for q in after[p]:
                if q in left:
                    into[q] -= 1
                    level[q] = max(level[q], level[p] + 1)
    return level


def _tidy(points: list[Point]) -> list[Point]:
    """The points without repeats and without those in the middle of a straight piece."""
    out: list[Point] = []
    for point in points:
        if out and math.dist(out[-1], point) < 0.05:
            continue
        while len(out) > 1 and (
            (abs(out[-2][0] - out[-1][0]) < 0.05 and abs(out[-1][0] - point[0]) < 0.05)
            or (abs(out[-2][1] - out[-1][1]) < 0.05 and abs(out[-1][1] - point[1]) < 0.05)
        ):
            out.pop()
        out.append(point)
    return out


def _normal(plan: Plan, arcs: Sequence[Arc]) -> Plan:
    """The plan moved to (0, 0), with its size."""
    rects = [*plan.boxes, *(area for area in plan.areas if area is not None)]
    xs = [x for x, _, w, _ in rects for x in (x, x + w)] + [x for line in plan.lines for x, _ in line]
    ys = [y for _, y, _, h in rects for y in (y, y + h)] + [y for line in plan.lines for _, y in line]
    for arc, label in zip(arcs, plan.labels, strict=True):
        if label is not None:
            xs += [label[0] - arc.w / 2, label[0] + arc.w / 2]
            ys += [label[1] - arc.h / 2, label[1] + arc.h / 2]
    dx, dy = -min(xs), -min(ys)
    return Plan(
        [(x + dx, y + dy, w, h) for x, y, w, h in plan.boxes],
        [tuple((x + dx, y + dy) for x, y in line) for line in plan.lines],
        [None if label is None else (label[0] + dx, label[1] + dy) for label in plan.labels],
        [None if area is None else (area[0] + dx, area[1] + dy, area[2], area[3]) for area in plan.areas],
        max(xs) + dx,
        max(ys) + dy,
        plan.broken,
    )
