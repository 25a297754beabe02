"""Layout of networks, things related without direction: distances on the page follow those in the graph.

Stress is brought down by stochastic gradient descent over all pairs (Zheng, Pawar, Goodman: "Graph Drawing by Stochastic Gradient
Descent"), always in the same order for the same graph; then boxes are pushed apart, and off the lines they do not belong to.
"""

import math
import random
from collections.abc import Sequence
from itertools import combinations

from flipchart.renderers.drawing import Box
from flipchart.renderers.graph import Arc, Plan, Point, Rect, Vertex
from flipchart.renderers.shapes import border

ROUNDS = 18  # of bringing stress down
PUSHES = 90  # rounds of pushing apart, at most
CLEAR = 9.0  # px between a line and a box it passes


def network(vertices: Sequence[Vertex], arcs: Sequence[Arc], most: float, high: float, gap: float) -> Plan | None:
    """The graph with straight lines, at most `most` px wide and `high` px high, `gap` px between boxes; None where boxes, lines or
    labels would lie on each other."""
    count = len(vertices)
    far = _distances(count, arcs)
    at = _stressed(far)
    xs, ys = [x for x, _ in at], [y for _, y in at]
    wide, tall = max(max(xs) - min(xs), 0.5), max(max(ys) - min(ys), 0.5)
    biggest_w, biggest_h = max(v.w for v in vertices), max(v.h for v in vertices)
    step_w = biggest_w + gap + max((arc.w for arc in arcs), default=0.0)
    step_h = biggest_h + gap + 1.5 * max((arc.h for arc in arcs), default=0.0) + 24.0
    for share in (0.75, 0.95, 1.2, 1.6):
        sx = min(step_w * share, (most - biggest_w) / wide)
        sy = min(step_h * share * 1.5, (high - biggest_h) / tall) if math.isfinite(high) else step_h * share * 1.5
        if sx <= 0 or sy <= 0:
            return None
        places = [((x - min(xs)) * sx + biggest_w / 2, (y - min(ys)) * sy + biggest_h / 2) for x, y in at]
        places = _apart(places, vertices, arcs, gap)
        plan = _plan(places, vertices, arcs)
        if plan is not None and plan.w <= most and plan.h <= high:
            return plan
    return None


def _distances(count: int, arcs: Sequence[Arc]) -> list[list[float]]:
    """Steps between each two boxes along the arcs; those that are not joined are further apart than any that are."""
    near: list[list[int]] = [[] for _ in range(count)]
    for arc in arcs:
        if arc.start != arc.end:
            near[arc.start].append(arc.end)
            near[arc.end].append(arc.start)
    out = []
    for v in range(count):
        row = [math.inf] * count
        row[v] = 0.0
        line = [v]
        for u in line:
            for w in near[u]:
                if row[w] == math.inf:
                    row[w] = row[u] + 1.0
                    line.append(w)
        out.append(row)
    longest = max((d for row in out for d in row if d < math.inf), default=1.0)
    return [[d if d < math.inf else longest + 1.0 for d in row] for row in out]


def _stressed(far: list[list[float]]) -> list[Point]:
    """Places whose distances are as near as they get to those given."""
    count = len(far)
    radius = max(1.0, max(max(row) for row in far) / 2)
    x = [radius * math.cos(2 * math.pi * v / count) for v in range(count)]
    y = [radius * math.sin(2 * math.pi * v / count) for v in range(count)]
    pairs = list(combinations(range(count), 2))
    chance = random.Random(count)
    longest = max(max(row) for row in far) if count > 1 else 1.0
    first, last = longest**2, 0.1
    for turn in range(ROUNDS):
        rate = first * (last / first) ** (turn / (ROUNDS - 1))
        chance.shuffle(pairs)
        for i, j in pairs:
            d = far[i][j]
            dx, dy = x[i] - x[j], y[i] - y[j]
            length = math.hypot(dx, dy) or 1e-6
            push = min(1.0, rate / (d * d)) * (length - d) / (2 * length)
            x[i] -= push * dx
            y[i] -= push * dy
            x[j] += push * dx
            y[j] += push * dy
    # Turned so that it lies wide.
    mx, my = sum(x) / count, sum(y) / count
    sxx = sum((v - mx) ** 2 for v in x)
    syy = sum((v - my) ** 2 for v in y)
    sxy = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    turned = -0.5 * math.atan2(2 * sxy, sxx - syy)
    c, s = math.cos(turned), math.sin(turned)
    return [((a - mx) * c - (b - my) * s, (a - mx) * s + (b - my) * c) for a, b in zip(x, y, strict=True)]


def _apart(places: list[Point], vertices: Sequence[Vertex], arcs: Sequence[Arc], gap: float) -> list[Point]:
    """The places with boxes pushed off one another and off lines that are not theirs."""
    x, y = [p[0] for p in places], [p[1] for p in places]
    lines = sorted({(min(a.start, a.end), max(a.start, a.end)) for a in arcs if a.start != a.end})
    for turn in range(PUSHES):
        moved = False
        for i, j in combinations(range(len(x)), 2):
            over_x = (vertices[i].w + vertices[j].w) / 2 + gap - abs(x[i] - x[j])
            over_y = (vertices[i].h + vertices[j].h) / 2 + gap - abs(y[i] - y[j])
            if over_x <= 0.1 or over_y <= 0.1:
                continue
            moved = True
            if over_x < over_y:
                push = math.copysign(over_x / 2, x[i] - x[j])
                x[i] += push
                x[j] -= push
            else:
                push = math.copysign(over_y / 2, y[i] - y[j])
                y[i] += push
                y[j] -= push
        if turn % 2:
            continue
        for a, b in lines:
            for v in range(len(x)):
                if v in (a, b):
                    continue
                dx, dy = x[b] - x[a], y[b] - y[a]
                length = math.hypot(dx, dy) or 1e-6
                along = ((x[v] - x[a]) * dx + (y[v] - y[a]) * dy) / length**2
                if not 0 < along < 1:
                    continue
                # How far the box reaches across the line, and how far its middle is from it.
                nx, ny = -dy / length, dx / length
                off = (x[v] - x[a]) * nx + (y[v] - y[a]) * ny
                reach = (vertices[v].w * abs(nx) + vertices[v].h * abs(ny)) / 2 + CLEAR + 1.0
                if abs(off) < reach:
                    moved = True
                    push = math.copysign((reach - abs(off)) * 0.6, off or 1.0)
                    x[v] += nx * push
                    y[v] += ny * push
                    x[a] -= nx * push * 0.3
                    y[a] -= ny * push * 0.3
                    x[b] -= nx * push * 0.3
                    y[b] -= ny * push * 0.3
        if not moved:
            break
    return list(zip(x, y, strict=True))


def _plan(places: Sequence[Point], vertices: Sequence[Vertex], arcs: Sequence[Arc]) -> Plan | None:
    boxes: list[Rect] = [(x - v.w / 2, y - v.h / 2, v.w, v.h) for (x, y), v in zip(places, vertices, strict=True)]
    for a, b in combinations(boxes, 2):
        if _meet(a, b, 4.0):
            return None
    lines: list[tuple[Point, Point]] = []
    seen: dict[tuple[int, int], int] = {}
    for arc in arcs:
        if arc.start == arc.end:
            return None
        pair = (min(arc.start, arc.end), max(arc.start, arc.end))
        if pair in seen:
            return None
        seen[pair] = 1
        line = border(Box(*boxes[arc.start]), places[arc.end]), border(Box(*boxes[arc.end]), places[arc.start])
        if any(crosses(line, box, 2.0) for v, box in enumerate(boxes) if v not in pair):
            return None
        lines.append(line)
    labels: list[Point | None] = []
    taken: list[Rect] = []
    for arc, line in zip(arcs, lines, strict=True):
        if not arc.w:
            labels.append(None)
            continue
        (px, py), (qx, qy) = line
        for share in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74):
            at = px + (qx - px) * share, py + (qy - py) * share
            own = (at[0] - arc.w / 2, at[1] - arc.h / 2, arc.w, arc.h)
            others = (other for other in lines if other is not line)
            if any(_meet(own, rect, 3.0) for rect in (*boxes, *taken)) or any(crosses(other, own, 1.0) for other in others):
                continue
            taken.append(own)
            labels.append(at)
            break
        else:
            return None
    left, top = min(x for x, _, _, _ in boxes), min(y for _, y, _, _ in boxes)
    wide, high = max(x + w for x, _, w, _ in boxes) - left, max(y + h for _, y, _, h in boxes) - top
    return Plan(
        [(x - left, y - top, w, h) for x, y, w, h in boxes],
        [tuple((x - left, y - top) for x, y in line) for line in lines],
        [None if at is None else (at[0] - left, at[1] - top) for at in labels],
        [],
        wide,
        high,
    )


def _meet(a: Rect, b: Rect, gap: float) -> bool:
    return a[0] < b[0] + b[2] + gap and b[0] < a[0] + a[2] + gap and a[1] < b[1] + b[3] + gap and b[1] < a[1] + a[3] + gap


def crosses(line: tuple[Point, ...], box: Rect, gap: float) -> bool:
    """True where the straight line passes through the box, grown by `gap` px."""
    (px, py), (qx, qy) = line
    low, high = 0.0, 1.0
    for p, q, start, end in ((px, qx, box[0] - gap, box[0] + box[2] + gap), (py, qy, box[1] - gap, box[1] + box[3] + gap)):
        d = q - p
        if abs(d) < 1e-9:
            if not start < p < end:
                return False
            continue
        one, two = sorted(((start - p) / d, (end - p) / d))
        low, high = max(low, one), min(high, two)
    return low < high
