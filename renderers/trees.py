"""Layout of trees: org charts and mind maps, children beside one another or hung below their parent like an outline.

A tree goes in as sizes in px and lists of children by index, a `Plan` comes out; nothing overlaps, and a page that is too narrow for
children side by
side gets them hung.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flipchart.renderers.graph import Plan, Point, Rect

Size = tuple[float, float]
NEAR = 0.42  # room between boxes that hang one below the other, as a share of that between levels
HIGH, LOWER = 0.8, 0.75  # a tree higher than so much of the page's width is packed where that makes it so much lower


@dataclass(frozen=True, slots=True)
class Forest:
    """Boxes in trees: the size of each in px, the children of each, and the roots, by index."""

    sizes: Sequence[Size]
    children: Sequence[Sequence[int]]
    roots: Sequence[int]

    def depths(self) -> list[int]:
        """How many levels each box is below its root."""
        out = [0] * len(self.sizes)
        stack = list(self.roots)
        while stack:
            v = stack.pop()
            for w in self.children[v]:
                out[w] = out[v] + 1
                stack.append(w)
        return out

    def down(self) -> list[int]:
        """Every box, parents before children, in reading order."""
        out: list[int] = []
        stack = list(reversed(self.roots))
        while stack:
            v = stack.pop()
            out.append(v)
            stack.extend(reversed(self.children[v]))
        return out


@dataclass(slots=True)
class _Block:
    """A subtree laid out from its own (0, 0): places of its boxes, and how far it reaches at each level (left, right)."""

    at: dict[int, Point]
    reach: dict[int, tuple[float, float]]
    middle: float
    """Where its root's middle is."""


def hanging(forest: Forest, most: float, gap: float, drop: float, indent: float) -> Plan:
    """Levels running down, children side by side as far as `most` px allow and hung below their parent from there on. `lines` has one
    line a
    box, from its parent (empty for roots)."""
    depths = forest.depths()
    for hung in range(max(depths, default=0) + 1, 0, -1):
        plan = _levels(forest, depths, hung, gap, drop, indent)
        if plan.w <= most:
            break
    packed = _packed(forest, most, gap, drop, indent) if plan.w > most or plan.h > HIGH * most else None
    if packed and (plan.w > most or packed.h < LOWER * plan.h):
        return packed
    return plan if plan.w <= most else outline(forest, most, drop, indent)


@dataclass(frozen=True, slots=True)
class _Pack:
    """A subtree in a room: its size in px, how many children stand side by side, and theirs."""

    w: float
    h: float
    per: int = 1
    children: tuple["_Pack", ...] = ()


def _packed(forest: Forest, most: float, gap: float, drop: float, indent: float) -> Plan | None:
    """One tree as low as `most` px allow: children indented below their parent, one a row or several; None where it is wider, or there are
    more trees."""
    sizes, children = forest.sizes, forest.children
    near = drop * NEAR
    known: dict[tuple[int, int], _Pack] = {}

    def pack(v: int, room: float) -> _Pack:
        key = (v, round(room))
        if key not in known:
            known[key] = min(ways(v, room), key=lambda way: way.h)
        return known[key]

    def ways(v: int, room: float) -> Iterator[_Pack]:
        w, h = sizes[v]
        some = children[v]
        alone = tuple(pack(c, room - indent) for c in some)
        yield _Pack(max([w, *(indent + one.w for one in alone)]), h + sum(near + one.h for one in alone), 1, alone)
        for per in range(2, len(some) + 1):
            slot = (room - indent - gap * (per - 1)) / per
            if max(sizes[c][0] for c in some) > slot:
                return
            beside = tuple(pack(c, slot) for c in some)
            if max(one.w for one in beside) <= slot:
                lines = [beside[k : k + per] for k in range(0, len(beside), per)]
                wide = max(sum(one.w for one in line) + gap * (len(line) - 1) for line in lines)
                yield _Pack(max(w, indent + wide), h + sum(drop + max(one.h for one in line) for line in lines), per, beside)

    at: dict[int, Point] = {}
    lines: list[tuple[Point, ...]] = [()] * len(sizes)

    def put(v: int, held: _Pack, x: float, y: float) -> None:
        at[v] = (x, y)
        w, h = sizes[v]
        spine, top = x + min(indent / 2, w / 2), y + h
        for k in range(0, len(held.children), held.per):
            top += near if held.per == 1 else drop
            left = x + indent
            for c, one in zip(children[v][k : k + held.per], held.children[k : k + held.per], strict=True):
                put(c, one, left, top)
                middle, bar = left + sizes[c][0] / 2, top - drop / 2
                beside = held.per == 1
                lines[c] = (
                    _branch((x, y, w, h), (left, top, *sizes[c]), indent)
                    if beside
                    else ((spine, y + h), (spine, bar), (middle, bar), (middle, top))
                )
                left += one.w + gap
            top += max(one.h for one in held.children[k : k + held.per])

    if len(forest.roots) > 1:
        return None
    whole = pack(forest.roots[0], most)
    if whole.w > most:
        return None
    put(forest.roots[0], whole, 0.0, 0.0)
    return _plan([(*at[v], *sizes[v]) for v in range(len(sizes))], lines)


def _hung(forest: Forest, v: int, indent: float, drop: float) -> tuple[float, float, dict[int, Point]]:
    """A subtree one box a row from (0, 0): how far it reaches to the right and down, and where its boxes stand."""
    at: dict[int, Point] = {}

    def stack(v: int, x: float, y: float) -> tuple[float, float]:
        at[v] = (x, y)
        right, bottom = x + forest.sizes[v][0], y + forest.sizes[v][1]
        for w in forest.children[v]:
            wide, bottom = stack(w, x + indent, bottom + drop * NEAR)
            right = max(right, wide)
        return right, bottom

    return (*stack(v, 0.0, 0.0), at)


def _branch(parent: Rect, child: Rect, indent: float) -> tuple[Point, ...]:
    """The line from a box to one that hangs below it."""
    (px, py, pw, ph), (cx, cy, cw, ch) = parent, child
    spine = px + min(max(indent / 2, 4.0), pw / 2)
    if cx > spine + 3:
        return (spine, py + ph), (spine, cy + ch / 2), (cx, cy + ch / 2)
    return (px + min(pw, cw) / 2, py + ph), (px + min(pw, cw) / 2, cy)


def outline(forest: Forest, most: float, drop: float, indent: float) -> Plan:
    """One box a row, children indented below their parent, by less where the page is narrower than `most` px."""
    depths = forest.depths()
    for share in (1.0, 0.6, 0.3, 0.0):
        plan = _levels(forest, depths, 0, 0.0, drop, indent * share)
        if plan.w <= most:
            break
    return plan


def _levels(forest: Forest, depths: Sequence[int], hung: int, gap: float, drop: float, indent: float) -> Plan:
    """Boxes of depth under `hung` in rows, their children below them; boxes from there on hang in columns."""
    sizes, children = forest.sizes, forest.children
    tall: dict[int, float] = {}
    stacks: dict[int, tuple[float, float, dict[int, Point]]] = {}

    for v, depth in enumerate(depths):
        if depth == hung:
            stacks[v] = _hung(forest, v, indent, drop)
            bottom = stacks[v][1]
            tall[depth] = max(tall.get(depth, 0.0), bottom)
        elif depth < hung:
            tall[depth] = max(tall.get(depth, 0.0), sizes[v][1])
    top: dict[int, float] = {}
    y = 0.0
    for depth in sorted(tall):
        top[depth] = y
        y += tall[depth] + drop
    blocks: dict[int, _Block] = {}
    for v in reversed(forest.down()):
        depth = depths[v]
        if depth > hung:
            continue
        if depth == hung:
            right, _, places = stacks[v]
            blocks[v] = _Block({w: (x, top[depth] + y) for w, (x, y) in places.items()}, {depth: (0.0, right)}, sizes[v][0] / 2)
        else:
            blocks[v] = _over(v, [blocks.pop(w) for w in children[v]], sizes[v], depth, top[depth], tall[depth], gap)
    # Trees side by side; where only the outline is left they stand one below the other.
    at: dict[int, Point] = {}
    x = y = 0.0
    for root in forest.roots:
        block = blocks[root]
        left = min(low for low, _ in block.reach.values())
        right = max(high for _, high in block.reach.values())
        bottom = max(place[1] + sizes[v][1] for v, place in block.at.items())
        for v, (bx, by) in block.at.items():
            at[v] = (bx + x - left, by + (y if hung == 0 else 0.0))
        if hung == 0:
            y += bottom + drop
        else:
            x += right - left + gap * 1.6
    boxes: list[Rect] = [(*at[v], *sizes[v]) for v in range(len(sizes))]
    lines: list[tuple[Point, ...]] = [()] * len(sizes)
    for v, some in enumerate(children):
        px, py, pw, ph = boxes[v]
        for w in some:
            cx, cy, cw, _ = boxes[w]
            if depths[w] > hung:
                lines[w] = _branch(boxes[v], boxes[w], indent)
            else:
                bar = top[depths[w]] - drop / 2
                start, end = px + pw / 2, cx + cw / 2
                lines[w] = (
                    ((start, py + ph), (start, bar), (end, bar), (end, cy)) if abs(start - end) > 0.5 else ((start, py + ph), (end, cy))
                )
    return _plan(boxes, lines)


def _over(v: int, blocks: list[_Block], size: Size, depth: int, top: float, tall: float, gap: float) -> _Block:
    """Box v above its children's blocks, which stand as near to one another as their outlines allow."""
    at: dict[int, Point] = {}
    reach: dict[int, tuple[float, float]] = {}
    middles = []
    for block in blocks:
        shift = 0.0
        if reach:
            shift = max(reach[level][1] + gap - low for level, (low, _) in block.reach.items() if level in reach)
        for w, (x, y) in block.at.items():
            at[w] = (x + shift, y)
        for level, (low, high) in block.reach.items():
            old = reach.get(level)
            reach[level] = (low + shift, high + shift) if old is None else (min(old[0], low + shift), max(old[1], high + shift))
        middles.append(block.middle + shift)
    middle = (middles[0] + middles[-1]) / 2 if middles else size[0] / 2
    if len(middles) % 2 and len(middles) > 1 and abs(middles[len(middles) // 2] - middle) < gap:
        middle = middles[len(middles) // 2]
    at[v] = (middle - size[0] / 2, top + (tall - size[1]) / 2)
    reach[depth] = (middle - size[0] / 2, middle + size[0] / 2)
    return _Block(at, reach, middle)


def growing(forest: Forest, gap: float, reach: float, *, left: bool = False) -> Plan:
    """One tree growing to the right (or left) from its root, each box right after its parent, children one below the other. `lines` has
    one line
    a box, from its parent, with two points between for a smooth curve."""
    sizes, children = forest.sizes, forest.children
    height: dict[int, float] = {}
    for v in reversed(forest.down()):
        some = children[v]
        inner = sum(height[w] for w in some) + gap * max(0, len(some) - 1) * (1.0 if any(children[w] for w in some) else 0.7)
        height[v] = max(sizes[v][1], inner)
    at: dict[int, Point] = {}

    def put(v: int, x: float, y: float) -> None:
        """Box v with its left edge at x, its subtree's room starting at y."""
        some = children[v]
        between = gap * (1.0 if any(children[w] for w in some) else 0.7)
        inner = sum(height[w] for w in some) + between * max(0, len(some) - 1)
        here = y + (height[v] - inner) / 2
        for w in some:
            put(w, x + sizes[v][0] + reach, here)
            here += height[w] + between
        middles = [at[w][1] + sizes[w][1] / 2 for w in some]
        middle = (middles[0] + middles[-1]) / 2 if middles else y + height[v] / 2
        low, high = y + sizes[v][1] / 2, y + height[v] - sizes[v][1] / 2
        at[v] = (x, min(max(middle, low), high) - sizes[v][1] / 2)

    y = 0.0
    for root in forest.roots:
        put(root, 0.0, y)
        y += height[root] + gap * 2
    widest = max((x + sizes[v][0] for v, (x, _) in at.items()), default=0.0)
    boxes: list[Rect] = []
    for v in range(len(sizes)):
        x, y = at.get(v, (0.0, 0.0))
        boxes.append((widest - x - sizes[v][0] if left else x, y, *sizes[v]))
    lines: list[tuple[Point, ...]] = [()] * len(sizes)
    for v, some in enumerate(children):
        if v not in at:
            continue
        for w in some:
            lines[w] = curve(boxes[v], boxes[w], left=left)
    return _plan(boxes, lines)


def curve(parent: Rect, child: Rect, *, left: bool) -> tuple[Point, ...]:
    """A smooth way from the side of `parent` to the facing side of `child`."""
    px, py, pw, ph = parent
    cx, cy, cw, ch = child
    start = (px, py + ph / 2) if left else (px + pw, py + ph / 2)
    end = (cx + cw, cy + ch / 2) if left else (cx, cy + ch / 2)
    if abs(start[1] - end[1]) < 1.0:
        return start, end
    step = (end[0] - start[0]) * 0.28
    return start, (start[0] + step, start[1] + (end[1] - start[1]) * 0.12), (end[0] - step, end[1] - (end[1] - start[1]) * 0.12), end


def both_sides(forest: Forest, gap: float, reach: float) -> Plan:
    """A mind map: the first root in the middle, its branches shared out to the right and, from the last, to the left, about equally
    high."""
    root = forest.roots[0]
    branches = list(forest.children[root])
    weight = [_height(forest, b, gap) for b in branches]
    best, cut = math.inf, len(branches)
    for k in range(len(branches) + 1):
        uneven = abs(sum(weight[:k]) - sum(weight[k:])) + (1.0 if 2 * k < len(branches) else 0.0)
        if uneven < best:
            best, cut = uneven, k
    sides = [branches[:cut], branches[cut:]]
    plans: list[Plan] = []
    for some in sides:
        own = [list(c) for c in forest.children]
        own[root] = some
        kept = set(Forest(forest.sizes, own, [root]).down())
        plans.append(
            growing(Forest(forest.sizes, [c if v in kept else () for v, c in enumerate(own)], [root]), gap, reach, left=bool(plans))
        )
    boxes: list[Rect] = [(0.0, 0.0, 0.0, 0.0)] * len(forest.sizes)
    lines: list[tuple[Point, ...]] = [()] * len(forest.sizes)
    right, left = plans
    dx = left.boxes[root][0] - right.boxes[root][0]
    dy = (left.boxes[root][1] + left.boxes[root][3] / 2) - (right.boxes[root][1] + right.boxes[root][3] / 2)
    for plan, some, shift in ((right, sides[0], (dx, dy)), (left, sides[1], (0.0, 0.0))):
        for v in Forest(forest.sizes, forest.children, some).down():
            x, y, w, h = plan.boxes[v]
            boxes[v] = (x + shift[0], y + shift[1], w, h)
            lines[v] = tuple((px + shift[0], py + shift[1]) for px, py in plan.lines[v])
    x, y, w, h = left.boxes[root]
    boxes[root] = (x, y, w, h)
    return _plan(boxes, lines)


def _height(forest: Forest, v: int, gap: float) -> float:
    some = forest.children[v]
    return max(forest.sizes[v][1], sum(_height(forest, w, gap) for w in some) + gap * max(0, len(some) - 1)) + gap


def around(forest: Forest, ring: float) -> Plan:
    """A star: the first root in the middle, each level on a ring, every subtree in its own sector; without lines."""
    depths = forest.depths()
    levels: dict[int, list[int]] = {}
    for v in forest.down():
        levels.setdefault(depths[v], []).append(v)
    across = [math.hypot(w, h) for w, h in forest.sizes]
    for grown in range(12):
        air = ring * (1.0 + 0.35 * grown)
        radius = [0.0]
        for depth in range(1, len(levels)):
            # A ring holds its boxes side by side, and stands clear of the one inside it.
            held = sum(across[v] * 0.9 + air * 0.35 for v in levels[depth]) / (2 * math.pi)
            clear = (max(across[v] for v in levels[depth - 1]) + max(across[v] for v in levels[depth])) * 0.4 + air
            radius.append(max(radius[-1] + clear, held))
        boxes = _sectors(forest, depths, radius, [wide * 0.9 + air * 0.35 for wide in across])
        if not any(_meet(a, b) for n, a in enumerate(boxes) for b in boxes[n + 1 :]):
            break
    return _plan(boxes, [()] * len(boxes))


def _sectors(forest: Forest, depths: Sequence[int], radius: Sequence[float], need: Sequence[float]) -> list[Rect]:
    """Boxes on their rings, each subtree in a sector as wide as it needs."""
    root = forest.roots[0]
    share = [0.0] * len(forest.sizes)
    for v in reversed(forest.down()):
        own = need[v] / radius[depths[v]] if depths[v] else 0.0
        share[v] = max(own, sum(share[w] for w in forest.children[v]))
    at: dict[int, Point] = {root: (0.0, 0.0)}
    whole = sum(share[w] for w in forest.children[root]) or 1.0
    first = share[forest.children[root][0]] if forest.children[root] else 0.0
    stack = [(root, -math.pi / 2 - math.pi * first / whole, 2 * math.pi)]
    while stack:
        v, start, sweep = stack.pop()
        total = sum(share[w] for w in forest.children[v]) or 1.0
        for w in forest.children[v]:
            part = sweep * share[w] / total
            angle = start + part / 2
            at[w] = (radius[depths[w]] * math.cos(angle), radius[depths[w]] * math.sin(angle))
            stack.append((w, start, part))
            start += part
    return [(at[v][0] - w / 2, at[v][1] - h / 2, w, h) for v, (w, h) in enumerate(forest.sizes)]


def _meet(a: Rect, b: Rect, gap: float = 8.0) -> bool:
    """True where two boxes are less than `gap` px apart."""
    return a[0] < b[0] + b[2] + gap and b[0] < a[0] + a[2] + gap and a[1] < b[1] + b[3] + gap and b[1] < a[1] + a[3] + gap


def _plan(boxes: list[Rect], lines: list[tuple[Point, ...]]) -> Plan:
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    moved: list[Rect] = [(x - left, y - top, w, h) for x, y, w, h in boxes]
    drawn = [tuple((x - left, y - top) for x, y in line) for line in lines]
    wide, high = max(b[0] + b[2] for b in moved), max(b[1] + b[3] for b in moved)
    return Plan(moved, drawn, [None] * len(lines), [], wide, high)
