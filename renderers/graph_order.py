"""The second stage of a layered layout: the order within each rank that makes arrows cross least, groups kept together.

Barycentres up and down, then swaps of neighbours (Sugiyama; Gansner and others); the same graph always gets the same order.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Sequence
from itertools import pairwise

from flipchart.renderers.graph_ranks import LINE, NODE, SPACE, Item, Ranks

SWEEPS = 12  # times the ranks are put in order, down and up


class Order(Ranks):
    """A graph whose ranks are in order: `rows` from left to right, arrows against the ranks beside the boxes."""

    def order_ranks(self) -> None:
        """Put the ranks in order: swept downwards first and, where arrows still cross, upwards first; the better order stays."""
        self.squeeze_ranks()
        written = [row[:] for row in self.rows]
        best: tuple[int, list[list[int]]] | None = None
        for down in (True, False):
            for r, row in enumerate(written):
                self.rows[r][:] = row
                self.arrange(self.rows[r], {k: float(n) for n, k in enumerate(row)}, {})
                self.pack(self.rows[r], dict.fromkeys(row, 0.0))
            self.sweep(down)
            found = self.crossings()
            if best is None or found < best[0]:
                best = (found, [row[:] for row in self.rows])
            if not best[0]:
                break
        assert best is not None
        for r, row in enumerate(best[1]):
            self.rows[r][:] = row
            self.pack(row, {k: self.items[k].x for k in row})
        self.pull()

    def sweep(self, down: bool) -> None:
        """Sort the ranks by the means of their neighbours above and below in turn, while that helps; then swap neighbours."""
        items, rows = self.items, self.rows
        best = [row[:] for row in rows]
        fewest = self.crossings()
        stale = 0
        for _ in range(SWEEPS):
            if not fewest or stale > 3:
                break
            middle = self.area_middles()
            for r in range(1, self.height) if down else range(self.height - 2, -1, -1):
                row = rows[r]
                key = {}
                for k in row:
                    near = items[k].ups if down else items[k].downs
                    key[k] = sum(items[j].x for j in near) / len(near) if near else items[k].x
                self.arrange(row, key, middle)
                self.pack(row, key)
            down = not down
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
        # Sorted by the groups each is in, outermost first: what is in one group stays together.
        middle = middle | {lane: lane - 1e9 for lane in self.lanes}
        paths = {-1: ()} | {
            a: tuple((middle.get(g, float(g)), g) for g in reversed(self.above_of[a])) for a in {items[k].area for k in row} - {-1}
        }
        row.sort(key=lambda k: (*paths[items[k].area], (key[k], -1)))

    def sep(self, a: Item, b: Item) -> float:
        """Px kept free between two neighbours of a rank; arrows are squeezed before boxes are."""
        lines, others = self.squeeze[a.rank]
        return self.base(a, b) * (lines if LINE in (a.kind, b.kind) else others)

    def base(self, a: Item, b: Item) -> float:
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

    def squeeze_ranks(self) -> None:
        """Find how close the items of each rank must stand."""
        self.squeeze = [self.fit_rank(row) for row in self.rows]
        self.apart: dict[tuple[int, int], float] = {}
        """How far apart the places of two neighbours are, where it has been asked."""

    def fit_rank(self, row: Sequence[int]) -> tuple[float, float]:
        """Shares (0-1) of the usual room beside arrows, and between all else, that this rank can afford."""
        if math.isinf(self.most_a) or not row:
            return 1.0, 1.0
        items = [self.items[k] for k in row]
        solid = sum(item.lo + item.hi for item in items) + 0.5
        beside = others = 0.0
        for a, b in pairwise(items):
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
        known = self.apart
        for pair in pairwise(row):
            gap = known.get(pair)
            if gap is None:
                a, b = items[pair[0]], items[pair[1]]
                gap = known[pair] = a.hi + b.lo + self.sep(a, b)
            gaps.append(gap)
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
        piece = Item(LINE, box.rank, 0.0, 0.0, area=box.area, arc=i, trunk=(-2 - i, 0))
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
            alone = row.index(k)
            row.remove(k)
            held = [n for n, j in enumerate(row) if area < 0 or (self.items[j].area >= 0 and area in self.above_of[self.items[j].area])]
            row.insert((held[-1] + 1 if where > 0 else held[0]) if held else alone, k)
