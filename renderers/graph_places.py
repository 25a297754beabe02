"""The third stage of a layered layout: places along the ranks. As many arrows as possible stand straight, boxes near what they are joined
to.

Items that shall stand in one line are joined into blocks; the demands between blocks are linear, so the mean of pushing all to the right
and all
to the left is itself a fitting set of places.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from flipchart.renderers.graph_order import Order
from flipchart.renderers.graph_ranks import EDGE, LINE, NODE, Item

TRIES = 5  # rounds of making arrows less straight on a narrow page


class Places(Order):
    """A graph whose items have their places along the ranks: `items[k].x`."""

    def straighten(self) -> bool:
        """Find every item's place along its rank, as many arrows straight as there is room for; False where the page is too narrow
        for any."""
        self.squeeze_ranks()
        self.with_borders()
        place = {k: n for row in self.full for n, k in enumerate(row)}
        wanted = [pair for chain in self.border.values() for pair in pairwise(chain)]
        firm = len(wanted)
        wanted += [pair for chain in self.chains.values() for pair in pairwise(chain)]
        wanted += self.spines(place)
        if not self.holds(wanted, place):
            if not self.holds(wanted[:firm], place):
                return False
            # The page is too narrow for all of them: take out the least of those on each way that is too long.
            for _ in range(TRIES):
                number = {pair: n for n, pair in enumerate(wanted) if n >= firm}
                worst = self.least_of_longest(number)
                wanted = [pair for n, pair in enumerate(wanted) if n not in worst]
                if self.holds(wanted, place):
                    break
            else:
                self.holds(self.first_that_hold(wanted, firm, place), place)
        self.settle()
        return True

    def holds(self, wanted: Sequence[tuple[int, int]], place: dict[int, int]) -> bool:
        """Join these pairs; True where the page is wide enough for them."""
        self.join(wanted, place)
        return self.tie()

    def first_that_hold(self, wanted: list[tuple[int, int]], firm: int, place: dict[int, int]) -> list[tuple[int, int]]:
        """As many of `wanted` from the first on as the page has room for (the `firm` ones always), then what else fits, some at a time."""
        low, high = firm, len(wanted)
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self.holds(wanted[:middle], place) else (low, middle - 1)
        held, rest = wanted[:low], wanted[low + 1 :]
        step = max(2, -(-len(rest) // TRIES))
        for n in range(0, len(rest), step):
            if self.holds([*held, *rest[n : n + step]], place):
                held += rest[n : n + step]
        return held

    def least_of_longest(self, number: dict[tuple[int, int], int]) -> set[int]:
        """Of the pairs (numbered) that make a way across the page too long, the last on each way."""
        _, nexts, _, least, most, _ = self.ties
        out: set[int] = set()
        for end in range(len(self.members)):
            if nexts[end] or least[end] <= most[end] + 0.01:
                continue
            p, found = end, -1
            leave = max(self.members[p], key=lambda k: self.items[k].hi)
            while True:
                held = self.members[p]
                enter = self.came[p][2] if p in self.came else max(held, key=lambda k: self.items[k].lo)
                if enter != leave:
                    low, high = sorted((held.index(enter), held.index(leave)))
                    found = max([found, *(number.get(pair, -1) for pair in pairwise(held[low : high + 1]))])
                if p not in self.came:
                    break
                p, leave, _ = self.came[p]
            if found >= 0:
                out.add(found)
        return out

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
        # How far apart each two neighbours must be: on the inner side of a border there is padding, on the outer side the usual room.
        self.steps: list[tuple[int, int, float]] = []
        for row in self.full:
            for j, k in pairwise(row):
                a, b = self.items[j], self.items[k]
                inner = (a.kind == EDGE and a.hi > 0) or (b.kind == EDGE and b.lo > 0)
                self.steps.append((j, k, a.hi + b.lo + (0.0 if inner else self.sep(a, b))))
        if not self.right:
            for (area, end), chain in self.border.items():
                if end == 0:
                    self.steps.append((chain[0], self.border[area, 1][0], self.areas[area].w + 2 * self.gaps.pad))

    def edge_item(self, r: int, area: int, end: int) -> int:
        pad = self.pads(area)[end]
        # The outer side of a border keeps its distance by `sep`; the inner side is the group's padding.
        item = Item(EDGE, r, 0.0 if end == 0 else pad, pad if end == 0 else 0.0, area=area)
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
        items, block_of, members = self.items, self.block_of, self.members
        count = len(members)
        after: list[dict[int, tuple[float, int, int]]] = [{} for _ in range(count)]
        for j, k, apart in self.steps:
            p, q = block_of[j], block_of[k]
            old = after[p].get(q)
            if old is None or apart > old[0]:
                after[p][q] = (apart, j, k)
        left = [0] * count
        before: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        nexts: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        for p, some in enumerate(after):
            for q, (apart, _, _) in some.items():
                before[q].append((p, apart))
                nexts[p].append((q, apart))
                left[q] += 1
        order = [p for p in range(count) if not left[p]]
        least = [max([items[k].lo for k in held]) for held in members]
        self.came: dict[int, tuple[int, int, int]] = {}
        for p in order:
            here = least[p]
            for q, (apart, j, k) in after[p].items():
                if here + apart > least[q]:
                    least[q] = here + apart
                    self.came[q] = (p, j, k)
                left[q] -= 1
                if not left[q]:
                    order.append(q)
        most = [math.inf] * count
        bounded = not math.isinf(self.most_a)
        if bounded:
            most = [self.most_a - max([items[k].hi for k in held]) for held in members]
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
