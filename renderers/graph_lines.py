"""The last stage of a layered layout (after Sugiyama): places across the ranks, arrows' points, groups' rectangles.

Arrows of one source share a trunk; those that run along between two ranks get tracks of their own, in the order in which they cross
least. Not
covered: arrows may cross, and where 100 of them pass through one narrow rank they run on top of each other.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from flipchart.renderers.graph import Arc, Area, Gaps, Plan, Point, Rect, Vertex
from flipchart.renderers.graph_places import Places
from flipchart.renderers.graph_ranks import CORNER, LABEL, LINE, NODE
from flipchart.renderers.graph_straight import plain, straighten


def layered(
    vertices: Sequence[Vertex],
    arcs: Sequence[Arc],
    areas: Sequence[Area] = (),
    *,
    right: bool,
    most: float = math.inf,
    gaps: Gaps | None = None,
    stacked: bool = False,
    lanes: bool = False,
) -> Plan | None:
    """The graph laid out in ranks running down, or to the right; None where it cannot be made at most `most` px wide so.

    `stacked` puts groups one below the other, which always fits a narrow page where the boxes do; `lanes` has the outermost groups run
    along all ranks, side by side in written order.
    """
    if not vertices:
        return Plan([], [()] * len(arcs), [None] * len(arcs), [None] * len(areas))
    flow = Lines(vertices, arcs, areas, right, most, gaps or Gaps(), stacked, lanes)
    if not flow.ranked():
        return None
    flow.order_ranks()
    flow.add_sides()
    return flow.emit() if flow.straighten() else None


class Lines(Places):
    """A graph with all its places and lines."""

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
            x, y = self.page(items[v].x, middle[items[v].rank])
            boxes.append((x - vertex.w / 2, y - vertex.h / 2, vertex.w, vertex.h))
        labels: list[Point | None] = [None] * len(self.arcs)
        for i, chain in self.chains.items():
            for k in chain:
                if items[k].kind == LABEL:
                    labels[i] = self.page(items[k].x, middle[items[k].rank])
        for v, own in self.loops.items():
            self.loop(boxes[v], v, own, lines, labels)
        plan = Plan(boxes, lines, labels, self.rectangles(boxes), broken=self.broken)
        straighten(plan, [(a.start, a.end) for a in self.arcs], [v.pointed for v in self.vertices], [(a.w, a.h) for a in self.arcs])
        return _normal(plan, self.arcs)

    def loop(self, box: Rect, v: int, own: list[int], lines: list[tuple[Point, ...]], labels: list[Point | None]) -> None:
        """Arrows from box v to itself, round its upper right corner."""
        x, y, w, h = box
        top, left = y - self.corner(v)[1], x + w + CORNER - 2.0 + 8.0 * (len(own) - 1)
        for n, i in enumerate(own):
            out = CORNER - 6.0 + 8.0 * n
            inside = min(10.0 + 7.0 * n, w / 2, h / 2)
            # Where only the middle of a side may be touched the way round is longer.
            back, down = (w / 2, h / 2) if self.vertices[v].pointed else (inside, inside)
            lines[i] = (
                (x + w - back, y), (x + w - back, y - out), (x + w + out, y - out), (x + w + out, y + down), (x + w, y + down),
            )  # fmt: skip
            if self.arcs[i].w:
                labels[i] = (left + self.arcs[i].w / 2, top + sum(self.arcs[j].h for j in own[:n]) + self.arcs[i].h / 2)

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
            # Of two trunks that come from one place, the one whose arrows go on to the right is on the right.
            lean = [round(sum(items[self.paths[i][1]].x for i in some) / len(some), 1) for some in ends]
            for some, at in zip(ends, self.along(v, come, [(x, key[1]) for x, key in zip(lean, classes, strict=True)]), strict=True):
                for i in some:
                    self.port[i, v] = at
        for v, some in enter.items():
            nets: dict[float, list[int]] = {}
            for i in some:
                before = self.paths[i][-2]
                nets.setdefault(
                    round(self.port.get((i, before), items[before].x) if before == self.upper[i] else items[before].x, 1), []
                ).append(i)
            for held, at in zip(nets.values(), self.along(v, list(nets), [(0.0, 0)] * len(nets)), strict=True):
                for i in held:
                    self.port[i, v] = at

    def half(self, v: int) -> float:
        return (self.vertices[v].h if self.right else self.vertices[v].w) / 2

    def along(self, v: int, come: Sequence[float], later: Sequence[tuple[float, int]]) -> list[float]:
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
            for u, v in pairwise(path):
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
        for k, j in pairwise(path):
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
        out = plain([self.page(*point) for point in points])
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
            lo_a += lines
            hi_a += lines
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
        return self.banded(out) if self.lanes else out

    def banded(self, areas: list[Rect | None]) -> list[Rect | None]:
        """The lanes grown until they touch, all equally long."""
        lanes = sorted((a for a in self.lanes if areas[a] is not None), key=lambda a: self.span_of(areas, a))
        for before, after in pairwise(lanes):
            (_, end), (start, _) = self.span_of(areas, before), self.span_of(areas, after)
            middle = (end + start) / 2
            self.stretch(areas, before, self.span_of(areas, before)[0], middle)
            self.stretch(areas, after, middle, self.span_of(areas, after)[1])
        return areas

    def span_of(self, areas: Sequence[Rect | None], area: int) -> tuple[float, float]:
        """Where a group begins and ends along the ranks."""
        x, y, w, h = areas[area] or (0.0, 0.0, 0.0, 0.0)
        return (y, y + h) if self.right else (x, x + w)

    def stretch(self, areas: list[Rect | None], area: int, start: float, end: float) -> None:
        """Have a group begin and end there along the ranks."""
        x, y, w, h = areas[area] or (0.0, 0.0, 0.0, 0.0)
        areas[area] = (x, start, w, end - start) if self.right else (start, y, end - start, h)


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
