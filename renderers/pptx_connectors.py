"""Arrows that hold on to their shapes: the native connector that runs where the line was drawn; else the line as a shape."""

import math
from collections.abc import Sequence
from itertools import pairwise

from flipchart.renderers import rough
from flipchart.renderers.drawing import Box, Command, Connector
from flipchart.renderers.pptx_canvas import Canvas, Made
from flipchart.renderers.pptx_geometry import FOUR_SITES, freeform
from flipchart.renderers.shapes import connector_path

_CORNER = 0.1464
_SITES = {
    "ellipse": (
        (0.5, 0.0), (_CORNER, _CORNER), (0.0, 0.5), (_CORNER, 1 - _CORNER), (0.5, 1.0), (1 - _CORNER, 1 - _CORNER), (1.0, 0.5),
        (1 - _CORNER, _CORNER),
    ),
}  # fmt: skip
_OWN_SITES = {"cylinder", "hexagon", "parallelogram", "cloud", "chevron"}
"""Shapes whose sites programs number differently: where arrows end on them they are drawn with sites of their own."""
_NEAR = 6.0  # px that a native connector may stray from the line that was drawn
Points = tuple[tuple[float, float], ...]


def connector_shapes(canvas: Canvas, connector: Connector) -> list[Made]:
    """The native connector that runs where the line was drawn, holding on to its shapes; else the line as a shape."""
    points = _corners(connector.points)
    if len(points) < 2:
        return []
    look = canvas.line(connector.stroke, connector.stroke_width, (6.0, 5.0) if connector.dash else (), connector.heads)
    ends = _glue(canvas, connector)
    said = " → ".join(_called(canvas, name) for name in (connector.start, connector.end)) if connector.start and connector.end else ""
    if len(points) == 2:
        return [straight_connector(canvas, points, look, ends, said)]
    d: Sequence[Command] = connector_path(connector)
    if canvas.drawing.rough:
        d = rough.strokes(tuple(d), canvas.drawing.rough * 0.6, f"{connector.points[0]}", twice=False)
    line = freeform(canvas, "Arrow", [(d, ' fill="none"')], f"<a:noFill/>{look}", said)
    native = _curved(points) if connector.curved else _bent(points)
    if native is None or not ends:
        return [line]
    preset, guides, vertical = native
    held = _preset(canvas, points[0], points[-1], preset, guides, vertical, look, ends, said)
    span = math.dist(points[0], points[-1])
    if len(guides) <= 1 and all(abs(guide - 0.5) * span < 4.0 for guide in guides) and not canvas.drawing.rough:
        return [held]
    # Programs that route such connectors themselves (LibreOffice) show the line where it was drawn.
    xml = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice'
        f' xmlns:cx1="http://schemas.microsoft.com/office/drawing/2015/9/8/chartex" Requires="cx1">{held[0]}</mc:Choice>'
        f"<mc:Fallback>{line[0]}</mc:Fallback></mc:AlternateContent>"
    )
    return [(xml, line[1])]


def _called(canvas: Canvas, name: str) -> str:
    text = canvas.worded.get(name)
    return text.words if text else name


def _corners(points: Points) -> Points:
    """The points without those that lie on the way."""
    out: list[tuple[float, float]] = []
    for point in points:
        if out and math.dist(out[-1], point) < 0.5:
            continue
        if len(out) > 1:
            (ax, ay), (bx, by) = out[-2], out[-1]
            if abs((bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)) < 0.5 * math.dist((ax, ay), point):
                out.pop()
        out.append(point)
    return tuple(out)


def _sites(canvas: Canvas, name: str) -> Sequence[tuple[float, float]]:
    """The connection sites of the shape called `name`, as shares of its width and height, in the order of their numbers."""
    box = canvas.boxes[name]
    own = FOUR_SITES if canvas.drawing.rough else _SITES.get(box.shape, FOUR_SITES)
    return (*FOUR_SITES, *canvas.ports[name]) if name in canvas.ports else own


def _nearest(box: Box, sites: Sequence[tuple[float, float]], point: tuple[float, float]) -> tuple[int, float]:
    """The number of the site nearest to `point`, and how far it is in px."""
    away = [math.dist((box.x + box.w * sx, box.y + box.h * sy), point) for sx, sy in sites]
    return away.index(min(away)), min(away)


def add_site(canvas: Canvas, name: str, point: tuple[float, float]) -> None:
    """Give the shape called `name` a site at `point` where it has none near."""
    box = canvas.boxes.get(name)
    if box is not None and box.shape in _OWN_SITES:
        canvas.ports.setdefault(name, [])
    if box is None or box.w <= 0 or box.h <= 0 or _nearest(box, _sites(canvas, name), point)[1] < 3.0:
        return
    share = (point[0] - box.x) / box.w, (point[1] - box.y) / box.h
    canvas.ports.setdefault(name, []).append((min(1.0, max(0.0, share[0])), min(1.0, max(0.0, share[1]))))


def _glue(canvas: Canvas, connector: Connector) -> str:
    """Which shapes the ends hold on to, and at which of their sites."""
    out = ""
    for tag, name, point in (("stCxn", connector.start, connector.points[0]), ("endCxn", connector.end, connector.points[-1])):
        box = canvas.boxes.get(name)
        if box is not None:
            out += f'<a:{tag} id="{canvas.ids[name]}" idx="{_nearest(box, _sites(canvas, name), point)[0]}"/>'
    return out


def straight_connector(canvas: Canvas, points: Points, look: str, ends: str, said: str) -> Made:
    (x1, y1), (x2, y2) = points[0], points[-1]
    flips = (' flipH="1"' if x2 < x1 else "") + (' flipV="1"' if y2 < y1 else "")
    x, y, w, h = min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)
    preset = "straightConnector1" if ends else "line"
    xml = (
        f"<p:cxnSp><p:nvCxnSpPr>{canvas.properties('Line', said, ornament=not said)}<p:cNvCxnSpPr>{ends}</p:cNvCxnSpPr><p:nvPr/>"
        "</p:nvCxnSpPr>"
        f'<p:spPr>{canvas.frame(x, y, w, h, flips)}<a:prstGeom prst="{preset}"><a:avLst/></a:prstGeom>{look}</p:spPr></p:cxnSp>'
    )
    return xml, (x, y, x + w, y + h)


def _bent(points: Points) -> tuple[str, list[float], bool] | None:
    """The native elbow that runs through `points`, where one does: its name, its guides, and whether it starts upright."""
    if not 3 <= len(points) <= 6:
        return None
    for (ax, ay), (bx, by) in pairwise(points):
        if abs(ax - bx) > 0.6 and abs(ay - by) > 0.6:
            return None
    vertical = abs(points[1][0] - points[0][0]) <= 0.6
    along, across = (1, 0) if vertical else (0, 1)
    start, end = points[0], points[-1]
    spans = end[along] - start[along], end[across] - start[across]
    guides: list[float] = []
    for i in range(1, len(points) - 2):
        # The first bend lies along the first leg, the next across it, and so on in turn.
        axis, span = (along, spans[0]) if i % 2 else (across, spans[1])
        if abs(span) < 1.0:
            return None
        guides.append((points[i][axis] - start[axis]) / span)
    return f"bentConnector{len(points) - 1}", guides, vertical


def _curved(points: Points) -> tuple[str, list[float], bool] | None:
    """The native S curve that stays near the curve through `points`, where one does."""
    start, end = points[0], points[-1]
    w, h = end[0] - start[0], end[1] - start[1]
    if abs(w) < 2 or abs(h) < 2:
        return None
    for vertical in (False, True):
        curve = [_s_curve(start, end, t / 24, vertical) for t in range(25)]
        if all(min(math.dist(point, near) for near in curve) < _NEAR for point in points):
            return "curvedConnector3", [0.5], vertical
    return None


def _s_curve(start: tuple[float, float], end: tuple[float, float], t: float, vertical: bool) -> tuple[float, float]:
    """A point of the S curve that offices draw between two points."""
    w, h = end[0] - start[0], end[1] - start[1]
    if vertical:
        w, h = h, w
    first = t < 0.5
    s = t * 2 if first else t * 2 - 1
    p = (
        [(0.0, 0.0), (w / 4, 0.0), (w / 2, h / 4), (w / 2, h / 2)]
        if first
        else [(w / 2, h / 2), (w / 2, h * 3 / 4), (w * 3 / 4, h), (w, h)]
    )
    b = ((1 - s) ** 3, 3 * s * (1 - s) ** 2, 3 * s * s * (1 - s), s**3)
    x, y = sum(k * q[0] for k, q in zip(b, p, strict=True)), sum(k * q[1] for k, q in zip(b, p, strict=True))
    return (start[0] + y, start[1] + x) if vertical else (start[0] + x, start[1] + y)


def _preset(
    canvas: Canvas,
    start: tuple[float, float],
    end: tuple[float, float],
    preset: str,
    guides: list[float],
    vertical: bool,
    look: str,
    ends: str,
    said: str,
) -> Made:
    """A native connector from `start` to `end`; one that starts upright is the same lying one, turned by a quarter."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    long, wide = (dy, -dx) if vertical else (dx, dy)
    w, h = abs(long), abs(wide)
    turn = ' rot="5400000"' if vertical else ""
    flips = (' flipH="1"' if long < 0 else "") + (' flipV="1"' if wide < 0 else "")
    values = "".join(f'<a:gd name="adj{n}" fmla="val {round(value * 100000)}"/>' for n, value in enumerate(guides, 1))
    xml = (
        f"<p:cxnSp><p:nvCxnSpPr>{canvas.properties('Connector', said, ornament=not said)}<p:cNvCxnSpPr>{ends}</p:cNvCxnSpPr><p:nvPr/>"
        "</p:nvCxnSpPr>"
        f"<p:spPr>{canvas.frame(middle[0] - w / 2, middle[1] - h / 2, w, h, turn + flips)}"
        f'<a:prstGeom prst="{preset}"><a:avLst>{values}</a:avLst></a:prstGeom>{look}</p:spPr></p:cxnSp>'
    )
    return xml, (min(start[0], end[0]), min(start[1], end[1]), max(start[0], end[0]), max(start[1], end[1]))
