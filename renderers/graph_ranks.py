"""The first stage of a layered layout: which arrows run with the ranks, which rank each box is in, and the pieces that arrows are cut into.

`a` is the axis along a rank and `r` the axis across ranks: x and y where the graph runs down, y and x where it runs to the right.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from flipchart.renderers.graph import Arc, Area, Gaps, Vertex

NODE, LINE, LABEL, SPACE, EDGE = range(5)
"""What an item of a rank is: a box, a piece of an arrow, its label, room of a group, a group's border."""
CORNER = 22.0  # px that an arrow from a box to itself stands out of the box's corner


@dataclass(slots=True)
class Item:
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


class Ranks:
    """A graph whose boxes stand in ranks: `rows` holds the items of each, `upper` and `lower` the ends of each arc in the ranks' order."""

    def __init__(
        self,
        vertices: Sequence[Vertex],
        arcs: Sequence[Arc],
        areas: Sequence[Area],
        right: bool,
        most: float,
        gaps: Gaps,
        stacked: bool,
        lanes: bool = False,
    ) -> None:
        self.vertices, self.arcs, self.areas, self.right, self.gaps, self.stacked = vertices, arcs, areas, right, gaps, stacked
        self.lanes = {a for a, area in enumerate(areas) if area.parent < 0} if lanes else set()
        """The groups that run along all ranks, in the order they are written."""
        self.most_a = math.inf if right else most
        self.most_r = most if right else math.inf
        self.above_of = [line_of(areas, i) for i in range(len(areas))]
        self.own = [i for i, arc in enumerate(arcs) if arc.start == arc.end]
        self.loops: dict[int, list[int]] = {}
        for i in self.own:
            self.loops.setdefault(arcs[i].start, []).append(i)

    def ranked(self) -> bool:
        """Give each box its rank and each arrow its pieces; False where the ranks take more than there is room for."""
        self.section = [0] * len(self.vertices)
        self.point_down()
        self.rank()
        if self.stacked and self.areas:
            self.part()
            self.point_down()
            self.rank()
        self.split()
        return self.itemise()

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
                if downs[v] and len(downs[v]) > len(ups[v]) and not self.vertices[v].end:
                    new = min(rank[w] for w in downs[v]) - 1
                    changed |= new != rank[v]
                    rank[v] = new
            for v in line:
                if ups[v] and len(ups[v]) > len(downs[v]) and not self.vertices[v].end:
                    new = max(rank[w] for w in ups[v]) + 1
                    changed |= new != rank[v]
                    rank[v] = new
            if not changed:
                break
        self.spread_loose(rank, ups, downs)
        if any(vertex.end for vertex in self.vertices):
            self.to_ends(rank)
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

    def to_ends(self, rank: list[int]) -> None:
        """Put the boxes that stand in the first or last rank there, past every box that their arrows join them to."""
        inner = [rank[v] for v, vertex in enumerate(self.vertices) if not vertex.end] or [0]
        first, last = min(inner), max(inner)
        before = any(rank[self.lower[i]] <= first for i in self.drawn if self.vertices[self.upper[i]].end < 0)
        after = any(rank[self.upper[i]] >= last for i in self.drawn if self.vertices[self.lower[i]].end > 0)
        for v, vertex in enumerate(self.vertices):
            if vertex.end:
                rank[v] = first - before if vertex.end < 0 else last + after

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
        """Room that the arrows from box v to itself take right of it and above it, and from its middle down. Where arrows leave to the
        right their words stand above the box's edge."""
        own = [self.arcs[i] for i in self.loops[v]]
        reach = CORNER + 8.0 * (len(own) - 1)
        said = sum(arc.h for arc in own)
        high = max(reach, said - 2.0) if self.right else reach
        return reach + max(arc.w for arc in own), high, said - high - self.vertices[v].h / 2

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
        items: list[Item] = []
        for v, vertex in enumerate(self.vertices):
            lo, hi = self.span(v)
            half = (vertex.w if self.right else vertex.h) / 2
            below = above = half
            if v in self.loops:
                wide, high, deep = self.corner(v)
                below, above = (half, half + wide) if self.right else (half + high, max(half, deep))
            items.append(Item(NODE, self.final[self.of[v]], lo, hi, below, above, vertex.area, vertex=v))
        self.items = items
        self.reach: dict[int, tuple[int, int]] = {}
        for v, vertex in enumerate(self.vertices):
            for area in self.above_of[vertex.area] if vertex.area >= 0 else ():
                low, high_rank = self.reach.get(area, (10**9, -1))
                rank = items[v].rank
                self.reach[area] = (0, self.height - 1) if area in self.lanes else (min(low, rank), max(high_rank, rank))
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
                    items.append(Item(SPACE, r, 0.0, 0.0, area=area))
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
                item = Item(LABEL, r, wide / 2, wide / 2, tall / 2, tall / 2, area, i, trunk=(-2 - i, 0))
            else:
                item = Item(LINE, r, 0.0, 0.0, area=area, arc=i, trunk=trunk if label_at < 0 or r < label_at else (-2 - i, 0))
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
        need = (tracks - 1) * self.gaps.lane + (2 * self.gaps.stem if tracks else 0.0)
        return max(base, need) + self.tails[r] + self.starts[r]


def line_of(areas: Sequence[Area], area: int) -> tuple[int, ...]:
    """`area` and the groups it is in, innermost first (a circle of groups is cut)."""
    out: list[int] = []
    while 0 <= area < len(areas) and area not in out:
        out.append(area)
        area = areas[area].parent
    return tuple(out)
