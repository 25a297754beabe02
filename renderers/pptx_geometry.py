"""The geometry of shapes: an office's preset with the same proportions, or their own; and the room that words have in each."""

from collections.abc import Sequence

from flipchart.renderers.drawing import Box, Command
from flipchart.renderers.pptx_canvas import Bounds, Canvas, Made, around
from flipchart.renderers.shapes import outline

_PRESETS = {
    "ellipse": "ellipse", "diamond": "diamond", "cylinder": "can", "hexagon": "hexagon", "parallelogram": "parallelogram", "cloud": "cloud",
    "note": "foldedCorner", "chevron": "chevron",
}  # fmt: skip
# Where a shape's connection sites are, as shares of its width and height, in the order of their numbers.
FOUR_SITES = ((0.5, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 0.5))


def preset_geometry(box: Box) -> str:
    """A box as a shape that offices know, with the same proportions."""
    short = min(box.w, box.h) or 1.0
    if box.shape == "rect" and box.radius <= 0.3:
        return '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    if box.shape in {"rect", "stadium"}:
        share = 0.5 if box.shape == "stadium" else min(0.5, box.radius / short)
        return f'<a:prstGeom prst="roundRect"><a:avLst><a:gd name="adj" fmla="val {round(share * 100000)}"/></a:avLst></a:prstGeom>'
    inset = {
        "cylinder": min(box.h * 0.14, 12.0) * 2,
        "hexagon": min(box.w * 0.2, box.h / 2),
        "parallelogram": min(box.w * 0.18, box.h * 0.5),
        "chevron": min(box.w * 0.25, box.h * 0.4),
        "note": min(16.0, box.w * 0.2, box.h * 0.3),
    }.get(box.shape)
    guide = f'<a:gd name="adj" fmla="val {round(inset / short * 100000)}"/>' if inset is not None else ""
    return f'<a:prstGeom prst="{_PRESETS[box.shape]}"><a:avLst>{guide}</a:avLst></a:prstGeom>'


def custom_geometry(canvas: Canvas, box: Box, strokes: Sequence[Command]) -> str:
    """A box with sites of its own, or drawn by hand: its outline filled and `strokes` over it."""
    sites = "".join(
        f'<a:cxn ang="{_angle(sx, sy)}"><a:pos x="{canvas.units(box.w * sx)}" y="{canvas.units(box.h * sy)}"/></a:cxn>'
        for sx, sy in (*FOUR_SITES, *canvas.ports.get(box.name, ()))
    )
    size = (canvas.units(box.w), canvas.units(box.h))
    whole = outline(box)
    first = whole[: next((i for i, (command, _) in enumerate(whole, 1) if command == "Z"), len(whole))]  # a cylinder's lid is a stroke only
    paths = _commands(canvas, first, box.x, box.y, size, ' stroke="0"') if box.fill else ""
    paths += _commands(canvas, strokes, box.x, box.y, size, ' fill="none"') if strokes else ""
    return (
        f"<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst>{sites}</a:cxnLst>"
        f'<a:rect l="0" t="0" r="r" b="b"/><a:pathLst>{paths}</a:pathLst></a:custGeom>'
    )


def _angle(sx: float, sy: float) -> int:
    """The direction a line leaves a site in, in 60000ths of a degree clockwise from the right."""
    sides = ((1 - sx, 0), (1 - sy, 5400000), (sx, 10800000), (sy, 16200000))
    return min(sides)[1]


def _commands(canvas: Canvas, d: Sequence[Command], x0: float, y0: float, size: tuple[int, int], attributes: str = "") -> str:
    """Path commands in EMU from (x0, y0) px."""

    def point(x: float, y: float) -> str:
        return f'<a:pt x="{canvas.units(x - x0)}" y="{canvas.units(y - y0)}"/>'

    out = []
    for command, n in d:
        if command == "M":
            out.append(f"<a:moveTo>{point(n[0], n[1])}</a:moveTo>")
        elif command == "L":
            out.append(f"<a:lnTo>{point(n[0], n[1])}</a:lnTo>")
        elif command == "C":
            out.append(f"<a:cubicBezTo>{point(n[0], n[1])}{point(n[2], n[3])}{point(n[4], n[5])}</a:cubicBezTo>")
        else:
            out.append("<a:close/>")
    return f'<a:path w="{size[0]}" h="{size[1]}"{attributes}>{"".join(out)}</a:path>'


# The middle of the room that offices give words in a shape, as shares of its width and height, and that room's size.
_ROOMS = {
    "ellipse": (0.5, 0.5, 0.7071, 0.7071), "diamond": (0.5, 0.5, 0.5, 0.5), "hexagon": (0.5, 0.5, 0.75, 0.75),
    "parallelogram": (0.5, 0.5, 0.6, 0.6), "cloud": (0.4644, 0.4768, 0.65, 0.65), "chevron": (0.5, 0.5, 0.5, 1.0),
}  # fmt: skip


def words_room(box: Box, drawn: bool) -> tuple[float, float, float, float]:
    """The room (x, y, w, h in px) that an office sets words in."""
    if drawn:
        return box.x, box.y, box.w, box.h
    if box.shape in _ROOMS:
        mx, my, sw, sh = _ROOMS[box.shape]
        return box.x + box.w * (mx - sw / 2), box.y + box.h * (my - sh / 2), box.w * sw, box.h * sh
    if box.shape == "cylinder":
        lid = min(box.h * 0.14, 12.0)
        return box.x, box.y + 2 * lid, box.w, box.h - 3 * lid
    if box.shape == "note":
        return box.x, box.y, box.w, box.h - min(16.0, box.w * 0.2, box.h * 0.3)
    radius = min(box.w, box.h) / 2 if box.shape == "stadium" else min(box.radius, box.w / 2, box.h / 2)
    corner = radius * 0.29289
    return box.x + corner, box.y + corner, box.w - 2 * corner, box.h - 2 * corner


NO_WORDS = '<p:txBody><a:bodyPr rtlCol="0" anchor="ctr"/><a:lstStyle/><a:p><a:endParaRPr lang="en-US"/></a:p></p:txBody>'


def _extent(d: Sequence[Command]) -> Bounds:
    """The room a path takes: its points and handles."""
    xs = [n for _, places in d for n in places[0::2]]
    ys = [n for _, places in d for n in places[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def freeform(canvas: Canvas, kind: str, paths: Sequence[tuple[Sequence[Command], str]], look: str, said: str) -> Made:
    """Paths as one shape of its own geometry."""
    x0, y0, x1, y1 = bounds = around([_extent(d) for d, _ in paths])
    w, h = max(x1 - x0, 0.01), max(y1 - y0, 0.01)
    size = max(1, canvas.units(w)), max(1, canvas.units(h))
    drawn = "".join(_commands(canvas, d, x0, y0, size, attributes) for d, attributes in paths)
    geometry = (
        f'<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst>{drawn}</a:pathLst></a:custGeom>'
    )
    properties = canvas.properties(kind, said, ornament=not said)
    shape = f"<p:spPr>{canvas.frame(x0, y0, w, h)}{geometry}{look}</p:spPr>"
    return f"<p:sp><p:nvSpPr>{properties}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>{shape}{NO_WORDS}</p:sp>", bounds
