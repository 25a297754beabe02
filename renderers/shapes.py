"""Geometry shared by the outputs: outlines of boxes, lines of connectors, arrow heads, and where a line meets a border."""

import math
from dataclasses import replace
from functools import lru_cache
from typing import Any

from flipchart.renderers.drawing import Box, Command, Connector

K = 0.5522847498  # cubic Bézier handle for a quarter circle, in radii
HEAD = 9.0  # px, length of an arrow head at 1.5 px strokes


def outline(box: Box) -> tuple[Command, ...]:
    """The border of `box` as path commands in px."""
    if box.flip:
        middle = 2 * box.x + box.w
        return tuple((c, tuple(n if i % 2 else middle - n for i, n in enumerate(p))) for c, p in outline(replace(box, flip=False)))
    x, y, w, h = box.x, box.y, box.w, box.h
    match box.shape:
        case "ellipse":
            return _ellipse(x + w / 2, y + h / 2, w / 2, h / 2)
        case "diamond":
            return _polygon(((x + w / 2, y), (x + w, y + h / 2), (x + w / 2, y + h), (x, y + h / 2)))
        case "hexagon":
            inset = min(w * 0.2, h / 2)
            return _polygon(
                (
                    (x + inset, y),
                    (x + w - inset, y),
                    (x + w, y + h / 2),
                    (x + w - inset, y + h),
                    (x + inset, y + h),
                    (x, y + h / 2),
                )
            )
        case "parallelogram":
            inset = min(w * 0.18, h * 0.5)
            return _polygon(((x + inset, y), (x + w, y), (x + w - inset, y + h), (x, y + h)))
        case "chevron":
            inset = min(w * 0.25, h * 0.4)
            return _polygon(
                (
                    (x, y),
                    (x + w - inset, y),
                    (x + w, y + h / 2),
                    (x + w - inset, y + h),
                    (x, y + h),
                    (x + inset, y + h / 2),
                )
            )
        case "note":
            fold = min(16.0, w * 0.2, h * 0.3)
            return _polygon(((x, y), (x + w, y), (x + w, y + h - fold), (x + w - fold, y + h), (x, y + h)))
        case "cylinder":
            lid = min(h * 0.14, 12.0)
            left, right, top, bottom = x, x + w, y + lid, y + h - lid
            rx = w / 2
            return (
                ("M", (left, top)),
                ("C", (left, top - lid * 1.33, right, top - lid * 1.33, right, top)),
                ("L", (right, bottom)),
                ("C", (right, bottom + lid * 1.33, left, bottom + lid * 1.33, left, bottom)),
                ("Z", ()),
                # The lid's front edge runs backwards, so that the lid is filled like the rest.
                ("M", (right, top)),
                ("C", (right - rx * 0.1, top + lid * 1.25, left + rx * 0.1, top + lid * 1.25, left, top)),
            )
        case "cloud":
            return _cloud(x, y, w, h)
        case "stadium":
            return _rounded(x, y, w, h, min(w, h) / 2)
        case _:
            return _rounded(x, y, w, h, min(box.radius, w / 2, h / 2))


def _polygon(points: tuple[tuple[float, float], ...]) -> tuple[Command, ...]:
    return (("M", points[0]), *(("L", point) for point in points[1:]), ("Z", ()))


def _ellipse(cx: float, cy: float, rx: float, ry: float) -> tuple[Command, ...]:
    kx, ky = rx * K, ry * K
    return (
        ("M", (cx + rx, cy)),
        ("C", (cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry)),
        ("C", (cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy)),
        ("C", (cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry)),
        ("C", (cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy)),
        ("Z", ()),
    )


def _rounded(x: float, y: float, w: float, h: float, r: float) -> tuple[Command, ...]:
    if r <= 0:
        return _polygon(((x, y), (x + w, y), (x + w, y + h), (x, y + h)))
    k = r * (1 - K)
    return (
        ("M", (x + r, y)),
        ("L", (x + w - r, y)),
        ("C", (x + w - k, y, x + w, y + k, x + w, y + r)),
        ("L", (x + w, y + h - r)),
        ("C", (x + w, y + h - k, x + w - k, y + h, x + w - r, y + h)),
        ("L", (x + r, y + h)),
        ("C", (x + k, y + h, x, y + h - k, x, y + h - r)),
        ("L", (x, y + r)),
        ("C", (x, y + k, x + k, y, x + r, y)),
        ("Z", ()),
    )


def _cloud(x: float, y: float, w: float, h: float) -> tuple[Command, ...]:
    bumps = 10  # even, so that a cloud is its own mirror image
    points = []
    for i in range(bumps + 1):
        angle = 2 * math.pi * i / bumps
        points.append((x + w / 2 + w * 0.42 * math.cos(angle), y + h / 2 + h * 0.38 * math.sin(angle)))
    out: list[Command] = [("M", points[0])]
    for i in range(bumps):
        angle = 2 * math.pi * (i + 0.5) / bumps
        bx, by = x + w / 2 + w * 0.56 * math.cos(angle), y + h / 2 + h * 0.58 * math.sin(angle)
        (x0, y0), (x1, y1) = points[i], points[i + 1]
        out.append(("C", ((x0 + 2 * bx) / 3, (y0 + 2 * by) / 3, (x1 + 2 * bx) / 3, (y1 + 2 * by) / 3, x1, y1)))
    out.append(("Z", ()))
    return tuple(out)


def connector_path(connector: Connector) -> tuple[Command, ...]:
    """The line of a connector: straight pieces with rounded corners, or a smooth curve through its points."""
    points = connector.points
    if len(points) < 2:
        return ()
    if connector.curved:
        return smooth(points)
    out: list[Command] = [("M", points[0])]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(10.0, math.dist(before, corner) / 2, math.dist(corner, after) / 2)
        if radius < 1:
            out.append(("L", corner))
            continue
        a, b = toward(corner, before, radius), toward(corner, after, radius)
        out += [("L", a), ("C", (*toward(a, corner, radius * K), *toward(b, corner, radius * K), *b))]
    out.append(("L", points[-1]))
    return tuple(out)


def smooth(points: tuple[tuple[float, float], ...]) -> tuple[Command, ...]:
    """A smooth cubic through `points` (Catmull-Rom, tension 1/6)."""
    out: list[Command] = [("M", points[0])]
    for i in range(len(points) - 1):
        p0, p1, p2, p3 = points[max(0, i - 1)], points[i], points[i + 1], points[min(len(points) - 1, i + 2)]
        c1 = (p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6)
        c2 = (p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6)
        out.append(("C", (*c1, *c2, *p2)))
    return tuple(out)


def toward(start: tuple[float, float], end: tuple[float, float], distance: float) -> tuple[float, float]:
    """The point `distance` px from `start` towards `end`."""
    whole = math.dist(start, end) or 1.0
    return start[0] + (end[0] - start[0]) * distance / whole, start[1] + (end[1] - start[1]) * distance / whole


def arrow_head(connector: Connector) -> list[tuple[Command, ...]]:
    """The filled arrow heads of a connector, each a triangle whose tip is the connector's end."""
    points = connector.points
    if connector.heads == "none" or len(points) < 2:
        return []
    long = HEAD * (0.7 + 0.2 * connector.stroke_width)
    ends = []
    if connector.heads in {"end", "both"}:
        ends.append((points[-2], points[-1]))
    if connector.heads in {"start", "both"}:
        ends.append((points[1], points[0]))
    out = []
    for before, tip in ends:
        angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
        wings = [(tip[0] - long * math.cos(angle + turn), tip[1] - long * math.sin(angle + turn)) for turn in (-0.42, 0.42)]
        out.append(_polygon((tip, wings[0], wings[1])))
    return out


def border(box: Box, toward_point: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle of `box` to `toward_point` crosses its border."""
    cx, cy = box.x + box.w / 2, box.y + box.h / 2
    dx, dy = toward_point[0] - cx, toward_point[1] - cy
    if dx == 0 and dy == 0:
        return cx, box.y
    rx, ry = max(box.w / 2, 1e-6), max(box.h / 2, 1e-6)
    match box.shape:
        case "ellipse":
            scale = 1 / math.hypot(dx / rx, dy / ry)
        case "diamond":
            scale = 1 / (abs(dx) / rx + abs(dy) / ry)
        case "cloud" | "cylinder" | "hexagon" | "parallelogram" | "stadium":
            scale = _reach(box, cx, cy, dx, dy)
        case _:
            scale = min(rx / abs(dx) if dx else math.inf, ry / abs(dy) if dy else math.inf)
            # Near a round corner the border is further in.
            if box.radius > 2 and rx - abs(dx * scale) < box.radius and ry - abs(dy * scale) < box.radius:
                scale = _reach(box, cx, cy, dx, dy)
    x, y = cx + dx * scale, cy + dy * scale
    return _beside_fold(box, x, y) if box.shape == "note" else (x, y)


def _beside_fold(box: Box, x: float, y: float) -> tuple[float, float]:
    """A point of a sheet's rectangle, moved off its folded corner."""
    fold = min(16.0, box.w * 0.2, box.h * 0.3)
    low, inset = box.y + box.h - fold, x - box.x if box.flip else box.x + box.w - x
    if y <= low or inset >= fold:
        return x, y
    return (x, low) if inset < 1e-6 else (box.x + fold if box.flip else box.x + box.w - fold, y)


def _reach(box: Box, cx: float, cy: float, dx: float, dy: float) -> float:
    """How many times (dx, dy) the outline of `box` is away from its middle."""
    far = 0.0
    for (ax, ay), (bx, by) in sides(box):
        # Where the middle's ray crosses this side: middle + t (dx, dy) = a + s (b - a).
        ex, ey = bx - ax, by - ay
        cross = dx * ey - dy * ex
        if abs(cross) < 1e-9:
            continue
        t = ((ax - cx) * ey - (ay - cy) * ex) / cross
        s = ((ax - cx) * dy - (ay - cy) * dx) / cross
        if t > 0 and -1e-9 <= s <= 1 + 1e-9:
            far = max(far, t)
    return far or 1.0


def sides(box: Box) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The outline of `box` as straight pieces in px (curves in twelve)."""
    pieces = _sides(box.shape, box.w, box.h, box.radius, box.flip)
    return [((ax + box.x, ay + box.y), (bx + box.x, by + box.y)) for (ax, ay), (bx, by) in pieces]


@lru_cache(maxsize=2048)
def _sides(shape: Any, w: float, h: float, radius: float, flip: bool) -> tuple[tuple[tuple[float, float], tuple[float, float]], ...]:
    out: list[tuple[tuple[float, float], tuple[float, float]]] = []
    here = first = (0.0, 0.0)
    for command, p in outline(Box(0.0, 0.0, w, h, radius=radius, shape=shape, flip=flip)):
        if command == "M":
            here = first = (p[0], p[1])
        elif command == "C":
            before = here
            for n in range(1, 13):
                after = cubic(before, p, n / 12)
                out.append((here, after))
                here = after
        else:
            end = first if command == "Z" else (p[0], p[1])
            out.append((here, end))
            here = end
    return tuple(out)


def cubic(start: tuple[float, float], handles: tuple[float, ...], t: float) -> tuple[float, float]:
    """The point at share `t` of a cubic curve from `start`: two handles and its end in `handles`, as a path's "C" has them."""
    (x, y), p, s = start, handles, 1 - t
    return (
        s**3 * x + 3 * s * s * t * p[0] + 3 * s * t * t * p[2] + t**3 * p[4],
        s**3 * y + 3 * s * s * t * p[1] + 3 * s * t * t * p[3] + t**3 * p[5],
    )


def gap_to_border(box: Box, point: tuple[float, float]) -> float:
    """Distance in px from `point` to the border of `box` along the line to its middle (negative inside)."""
    x, y = border(box, point)
    cx, cy = box.x + box.w / 2, box.y + box.h / 2
    return math.dist((cx, cy), point) - math.dist((cx, cy), (x, y))
