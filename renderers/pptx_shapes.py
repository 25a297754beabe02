"""A drawing as the shapes of one slide: native shapes, connectors that hold on, text that can be typed over, tables and charts.

Type is exact: sizes in points, lines where they were measured (by a box that breaks them there, else by line breaks), nothing fits itself.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import pairwise

from flipchart.renderers import icons, rough
from flipchart.renderers.drawing import (
    Box,
    ChartFrame,
    Command,
    Connector,
    Drawing,
    Group,
    Icon,
    Item,
    Path,
    Picture,
    TableFrame,
    Text,
    flat,
)
from flipchart.renderers.pptx_theme import WIDE, face, hexed, locale, names_of
from flipchart.renderers.shapes import connector_path, outline
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import LEADING, break_lines, clean, rtl

Bounds = tuple[float, float, float, float]
"""Left, top, right, bottom in px."""
Made = tuple[str, Bounds]

_PRESETS = {
    "ellipse": "ellipse", "diamond": "diamond", "cylinder": "can", "hexagon": "hexagon", "parallelogram": "parallelogram", "cloud": "cloud",
    "note": "foldedCorner", "chevron": "chevron",
}  # fmt: skip
# Where a shape's connection sites are, as shares of its width and height, in the order of their numbers.
_FOUR = ((0.5, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 0.5))
_CORNER = 0.1464
_SITES = {
    "ellipse": (
        (0.5, 0.0), (_CORNER, _CORNER), (0.0, 0.5), (_CORNER, 1 - _CORNER), (0.5, 1.0), (1 - _CORNER, 1 - _CORNER), (1.0, 0.5),
        (1 - _CORNER, _CORNER),
    ),
}  # fmt: skip
_OWN_SITES = {"cylinder", "hexagon", "parallelogram", "cloud", "chevron"}
"""Shapes whose sites programs number differently: where arrows end on them they are drawn with sites of their own."""
_ORNAMENT = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative'
    ' xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)
_NEAR = 6.0  # px that a native connector may stray from the line that was drawn


@dataclass(slots=True)
class Canvas:
    """One slide being drawn: what it is written in, and what it needs from its part."""

    drawing: Drawing
    style: Style
    layout: str
    add_picture: Callable[[str], str | None]
    """(blob) -> relation id; None where the pixels are not stored."""
    add_chart: Callable[[ChartFrame], str | None]
    """(frame) -> relation id; None where offices have no such chart."""
    size_of: Callable[[str], tuple[int, int]]
    """(blob) -> its width and height in pixels."""
    ids: dict[str, int] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    ports: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """Where connectors end on shapes, for those whose own sites are elsewhere: shares of width and height."""
    worded: dict[str, Text] = field(default_factory=dict)
    """Text to be written inside the shape of this name."""
    skipped: set[int] = field(default_factory=set)
    last: int = 1
    titled: bool = False
    placed: bool = False
    """True once the content placeholder is taken."""
    names: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def emu(self) -> float:
        """EMU per px of the drawing."""
        return WIDE / self.drawing.width

    def units(self, px: float) -> int:
        """`px` in EMU."""
        return round(px * self.emu)

    def points(self, px: float) -> int:
        """`px` in hundredths of a point."""
        return round(px * self.emu / 127)

    def next_id(self) -> int:
        """An id no other shape of the slide has."""
        self.last += 1
        return self.last

    def frame(self, x: float, y: float, w: float, h: float, attributes: str = "", tag: str = "a:xfrm") -> str:
        """A place and size as XML."""
        return (
            f'<{tag}{attributes}><a:off x="{self.units(x)}" y="{self.units(y)}"/>'
            f'<a:ext cx="{max(0, self.units(w))}" cy="{max(0, self.units(h))}"/></{tag}>'
        )

    def colour(self, colour: str, opacity: float = 1.0) -> str:
        """A colour, by the theme's name where it has one."""
        value = hexed(colour)
        alpha = f'<a:alpha val="{round(opacity * 100000)}"/>' if opacity < 1 else ""
        name = self.names.get(value)
        tag, said = ("schemeClr", name) if name else ("srgbClr", value)
        return f'<a:{tag} val="{said}">{alpha}</a:{tag}>' if alpha else f'<a:{tag} val="{said}"/>'

    def fill(self, colour: str | None, opacity: float = 1.0) -> str:
        """A fill, or none."""
        return f"<a:solidFill>{self.colour(colour, opacity)}</a:solidFill>" if colour else "<a:noFill/>"

    def line(self, colour: str | None, width: float, dash: tuple[float, ...] = (), heads: str = "none", opacity: float = 1.0) -> str:
        """A stroke `width` px wide, or none; with arrow heads at its ends."""
        if not colour or width <= 0:
            return "<a:ln><a:noFill/></a:ln>"
        dotted = bool(dash) and dash[0] < 1
        kind = f'<a:prstDash val="{"sysDot" if dotted else "dash"}"/>' if dash else ""
        ends = ""
        size = "lg" if width < 2.4 else "med"
        if heads in {"start", "both"}:
            ends += f'<a:headEnd type="triangle" w="{size}" len="{size}"/>'
        if heads in {"end", "both"}:
            ends += f'<a:tailEnd type="triangle" w="{size}" len="{size}"/>'
        return f'<a:ln w="{self.units(width)}" cap="rnd">{self.fill(colour, opacity)}{kind}<a:round/>{ends}</a:ln>'

    def properties(self, kind: str, said: str = "", ornament: bool = False, id: int | None = None) -> str:
        """Id, name and words of a shape; an ornament is passed over by screen readers."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        words = f' descr="{_quoted(said)}"' if said else ""
        head = f'<p:cNvPr id="{id or self.next_id()}" name="{kind} {self.counts[kind]}"{words}'
        return f"{head}>{_ORNAMENT}</p:cNvPr>" if ornament and not said else f"{head}/>"


def _quoted(words: str) -> str:
    return escape(clean(words).replace("\n", " "), quote=True)


def shapes(canvas: Canvas) -> str:
    """Everything on the slide, from back to front, as XML."""
    drawing = canvas.drawing
    canvas.names = names_of(canvas.style)
    every = list(flat(drawing.items))
    inside: dict[str, list[Text]] = {}
    for item in every:
        if isinstance(item, Box) and item.name and item.name not in canvas.ids:
            canvas.ids[item.name] = canvas.next_id()
            canvas.boxes[item.name] = item
        elif isinstance(item, Text) and item.inside and item.lines:
            inside.setdefault(item.inside, []).append(item)
    for item in every:
        if isinstance(item, Connector) and len(item.points) > 1:
            _port(canvas, item.start, item.points[0])
            _port(canvas, item.end, item.points[-1])
    for name, texts in inside.items():
        box = canvas.boxes.get(name)
        # A shape holds its words where they are all it has; else they lie over it.
        if box is not None and len(texts) == 1 and not texts[0].rotate and texts[0].role != "title":
            canvas.worded[name] = texts[0]
            canvas.skipped.add(id(texts[0]))
    return "".join(xml for item in drawing.items for xml, _ in _made(canvas, item))


def _made(canvas: Canvas, item: Item) -> list[Made]:
    """The shapes of one item, each with the room it takes."""
    match item:
        case Group():
            return _group(canvas, item)
        case ChartFrame():
            return _chart(canvas, item)
        case TableFrame():
            return [_table(canvas, item)]
        case Text():
            return [_text(canvas, item)] if item.lines and id(item) not in canvas.skipped and item.words.strip() else []
        case Box():
            return [_box(canvas, item)]
        case Path():
            return [_path(canvas, item)] if len(item.d) > 1 else []
        case Connector():
            return _connector(canvas, item)
        case Icon():
            return _icon(canvas, item)
        case Picture():
            return _picture(canvas, item)


def _around(bounds: Sequence[Bounds]) -> Bounds:
    return min(b[0] for b in bounds), min(b[1] for b in bounds), max(b[2] for b in bounds), max(b[3] for b in bounds)


def _group(canvas: Canvas, group: Group) -> list[Made]:
    if group.label in {"footer", "number", "source"} and len(group.items) == 1 and isinstance(group.items[0], Text):
        return _foot(canvas, group.items[0], group.label)
    if group.label == "ornament":
        return []  # the layout has it
    made = [one for item in group.items for one in _made(canvas, item)]
    # Offices do not group tables; a placeholder stands on the slide itself; LibreOffice loses hold of shapes from inside groups.
    apart = any(
        isinstance(i, ChartFrame | TableFrame)
        or (isinstance(i, Text) and i.role == "title")
        or (isinstance(i, Connector) and bool(i.start or i.end))
        for i in flat(group.items)
    )
    if len(made) < 2 or apart:
        return made
    return [_grouped(canvas, "Group", made, group.label)]


def _grouped(canvas: Canvas, kind: str, made: Sequence[Made], said: str) -> Made:
    """Shapes as one that can be moved as a whole."""
    x0, y0, x1, y1 = bounds = _around([bounds for _, bounds in made])
    place = f'<a:off x="{canvas.units(x0)}" y="{canvas.units(y0)}"/><a:ext cx="{canvas.units(x1 - x0)}" cy="{canvas.units(y1 - y0)}"/>'
    inner = place.replace("a:off", "a:chOff").replace("a:ext", "a:chExt")
    head = f"<p:nvGrpSpPr>{canvas.properties(kind, said)}<p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>"
    shape = f"<p:grpSpPr><a:xfrm>{place}{inner}</a:xfrm></p:grpSpPr>"
    return f"<p:grpSp>{head}{shape}{''.join(xml for xml, _ in made)}</p:grpSp>", bounds


# --- text ---


def _paragraphs(text: Text) -> list[list[str]]:
    """The lines of each paragraph."""
    if text.cut or not text.words:
        return [[line.text] for line in text.lines]
    out: list[list[str]] = []
    lines = [line.text for line in text.lines]
    for words in text.words.split("\n"):
        wanted = "".join(words.split())
        taken: list[str] = []
        while lines and (not taken or len("".join("".join(taken).split())) < len(wanted)):
            taken.append(lines.pop(0))
        out.append(taken or [""])
    if lines:
        out[-1] += lines
    return out


def _leading(text: Text) -> float:
    """Line height in sizes."""
    if len(text.lines) > 1:
        return (text.lines[1].y - text.lines[0].y) / text.size
    return LEADING


def _top(text: Text) -> float:
    """Where the first line's room begins, in px."""
    return text.lines[0].y - text.size * ((_leading(text) - 1) / 2 + 0.88)


def _wrapped(text: Text, paragraphs: list[list[str]], width: float | None = None) -> float | None:
    """A width in px at which an office breaks the words where they are broken; None where no width is safe.

    With `width` only that one is tried. Scripts whose office faces have other measures are given all the room there is.
    """
    if text.cut or not text.words:
        return None
    lines = [line for paragraph in paragraphs for line in paragraph]

    def breaks_at(w: float) -> bool:
        return [words for words, _ in break_lines(text.words, w, text.size, text.family, text.weight)] == lines

    widest = max(line.width for line in text.lines)
    if width is not None:
        return width if widest * 1.01 < width and breaks_at(width) else None
    if len(lines) == len(paragraphs):
        return text.w if text.w > widest * 1.04 else None
    for slack in (0.12, 0.06, 0.03):
        if breaks_at(widest * (1 + slack)):
            return widest * (1 + slack / 2)
    return None


def _run_properties(canvas: Canvas, text: Text) -> str:
    style = canvas.style
    bold = ' b="1"' if text.weight >= 600 else ""
    italic = ' i="1"' if text.italic else ""
    name = face(text.family, style)
    font = ""
    if name == "+mj-lt":
        font = '<a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/><a:cs typeface="+mj-cs"/>'
    elif name != "+mn-lt":
        font = f'<a:latin typeface="{escape(name)}"/><a:cs typeface="{escape(name)}"/>'
    lang = locale(canvas.drawing.lang or style.lang)
    return f'lang="{lang}" sz="{max(100, canvas.points(text.size))}"{bold}{italic} dirty="0">{canvas.fill(text.fill)}{font}'


def _runs(canvas: Canvas, text: Text, paragraphs: list[list[str]], broken: bool) -> str:
    """The paragraphs of a text; `broken` ones carry their line breaks."""
    properties = _run_properties(canvas, text)
    leading = max(100, canvas.points(text.size * _leading(text)))
    spacing = f'<a:lnSpc><a:spcPts val="{leading}"/></a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef>'
    side = {"start": "l", "middle": "ctr", "end": "r"}[text.align]
    out = []
    for paragraph in paragraphs:
        words = " ".join(paragraph)
        start = f'<a:p><a:pPr marL="0" indent="0" algn="{side}" rtl="{int(rtl(words))}">{spacing}<a:buNone/></a:pPr>'
        pieces = paragraph if broken else [_joined(text, paragraph)]
        runs = f"<a:br><a:rPr {properties}</a:rPr></a:br>".join(
            f"<a:r><a:rPr {properties}</a:rPr><a:t>{escape(piece)}</a:t></a:r>" if piece else "" for piece in pieces
        )
        out.append(f"{start}{runs}</a:p>" if any(pieces) else f"{start}<a:endParaRPr {properties}</a:endParaRPr></a:p>")
    return "".join(out)


def _joined(text: Text, lines: list[str]) -> str:
    """The words of a paragraph as they were before they were broken (spaces are lost at breaks, but not between all letters)."""
    out, rest = "", text.words.replace("\n", " ")
    at = rest.find(lines[0])
    for line in lines:
        found = rest.find(line, max(at, 0))
        if found < 0:
            return " ".join(lines)
        gap = rest[at:found] if out else ""
        out += (" " if gap.strip(" ") == "" and gap else gap) + line
        at = found + len(line)
    return out


def _body(anchor: str, wrap: bool, insets: tuple[int, int, int, int] = (0, 0, 0, 0)) -> str:
    left, top, right, bottom = insets
    return (
        f'<a:bodyPr wrap="{"square" if wrap else "none"}" lIns="{left}" tIns="{top}" rIns="{right}" bIns="{bottom}" rtlCol="0"'
        f' anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
    )


def _text_box(text: Text, paragraphs: list[list[str]]) -> tuple[float, float, float, float, bool]:
    """Where a text's box is (x, y, w, h in px), and whether the box breaks its lines."""
    width = None if text.rotate else _wrapped(text, paragraphs)
    widest = max(line.width for line in text.lines)
    w = width if width is not None else max(widest, 1.0)
    # Lines hang where they were measured: at the room's start, middle or end.
    left = min(line.x for line in text.lines)
    right = max(line.x + line.width for line in text.lines)
    x = {"start": left, "middle": (left + right - w) / 2, "end": right - w}[text.align]
    return x, _top(text), w, len(text.lines) * text.size * _leading(text), width is not None


def _text(canvas: Canvas, text: Text) -> Made:
    paragraphs = _paragraphs(text)
    x, y, w, h, wrapped = _text_box(text, paragraphs)
    place = ""
    if text.role == "title" and not canvas.titled and canvas.layout != "blank" and not text.rotate:
        canvas.titled = True
        place = '<p:ph type="ctrTitle"/>' if canvas.layout == "title" else '<p:ph type="title"/>'
        kind = "Title"
    elif text.role == "subtitle" and canvas.layout in {"title", "section"} and not canvas.placed:
        canvas.placed = True
        place = '<p:ph type="subTitle" idx="1"/>' if canvas.layout == "title" else '<p:ph type="body" idx="1"/>'
        kind = "Subtitle"
    elif text.role == "body" and canvas.layout == "content" and not canvas.placed:
        canvas.placed = True
        place, kind = '<p:ph idx="1"/>', "Content"
    else:
        kind = "Text"
    turn = ""
    bounds = (x, y, x + w, y + h)
    if text.rotate:
        angle = math.radians(text.rotate)
        px, py = text.lines[0].x, text.lines[0].y
        cx, cy = x + w / 2 - px, y + h / 2 - py
        mx, my = px + cx * math.cos(angle) - cy * math.sin(angle), py + cx * math.sin(angle) + cy * math.cos(angle)
        x, y = mx - w / 2, my - h / 2
        turn = f' rot="{round(text.rotate * 60000) % 21600000}"'
        reach = (abs(w * math.cos(angle)) + abs(h * math.sin(angle))) / 2, (abs(w * math.sin(angle)) + abs(h * math.cos(angle))) / 2
        bounds = (mx - reach[0], my - reach[1], mx + reach[0], my + reach[1])
    locks = '<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>' if place else '<p:cNvSpPr txBox="1"/>'
    shape = canvas.frame(x, y, w, h, turn) + ("" if place else '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>')
    body = _body("t", wrapped) + _runs(canvas, text, paragraphs, not wrapped)
    head = f"<p:nvSpPr>{canvas.properties(kind)}{locks}<p:nvPr>{place}</p:nvPr></p:nvSpPr>"
    return f"<p:sp>{head}<p:spPr>{shape}</p:spPr><p:txBody>{body}</p:txBody></p:sp>", bounds


def _foot(canvas: Canvas, text: Text, label: str) -> list[Made]:
    """The footer and the slide's number, which the layout has places for."""
    if label == "source" or canvas.layout == "title":
        return [_text(canvas, text)]
    paragraphs = _paragraphs(text)
    x, y, w, h, _ = _text_box(text, paragraphs)
    body = _runs(canvas, text, paragraphs, False)
    kind, place = ("Footer", '<p:ph type="ftr" sz="quarter" idx="11"/>')
    if label == "number":
        kind, place = ("Slide Number", '<p:ph type="sldNum" sz="quarter" idx="12"/>')
        number = text.lines[0].text.split(" ")[0]
        said = f"<a:t>{escape(text.lines[0].text)}</a:t></a:r>"
        counted = f"</a:rPr><a:t>{escape(number)}</a:t></a:fld>"
        field_ = body.replace("<a:r>", '<a:fld id="{C1FF6DA9-008F-8B48-92A6-B652298478BF}" type="slidenum">', 1).replace(
            f"</a:rPr>{said}", counted, 1
        )
        body = field_ if counted in field_ else body
        w = max(w, 30.0)
        x = x if text.align == "start" else max(line.x + line.width for line in text.lines) - w
    head = f'<p:nvSpPr>{canvas.properties(kind)}<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>{place}</p:nvPr></p:nvSpPr>'
    shape = f"<p:spPr>{canvas.frame(x, y, w, h)}</p:spPr><p:txBody>{_body('t', True)}{body}</p:txBody>"
    return [(f"<p:sp>{head}{shape}</p:sp>", (x, y, x + w, y + h))]


# --- shapes ---


def _geometry(canvas: Canvas, box: Box) -> str:
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


def _own_geometry(canvas: Canvas, box: Box, strokes: Sequence[Command]) -> str:
    """A box with sites of its own, or drawn by hand: its outline filled and `strokes` over it."""
    sites = "".join(
        f'<a:cxn ang="{_angle(sx, sy)}"><a:pos x="{canvas.units(box.w * sx)}" y="{canvas.units(box.h * sy)}"/></a:cxn>'
        for sx, sy in (*_FOUR, *canvas.ports.get(box.name, ()))
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


def _words_room(box: Box, drawn: bool) -> tuple[float, float, float, float]:
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


def _words_in(canvas: Canvas, box: Box, text: Text, drawn: bool) -> str:
    """The words of a shape as its own text, where they were set."""
    paragraphs = _paragraphs(text)
    x, y, w, h = _words_room(box, drawn)
    tall = len(text.lines) * text.size * _leading(text)
    top = _top(text)
    left, right = min(line.x for line in text.lines), max(line.x + line.width for line in text.lines)
    middle = (left + right) / 2
    width = _wrapped(text, paragraphs)
    # Words in the middle stay there when the shape grows; others keep their distance from its edge.
    centred = abs(top + tall / 2 - (y + h / 2)) < max(3.0, h * 0.06)
    upper = max(0.0, 2 * (top + tall / 2 - (y + h / 2))) if centred else max(0.0, top - y)
    lower = max(0.0, -2 * (top + tall / 2 - (y + h / 2))) if centred else 0.0
    wrap = False
    before = after = 0.0
    if text.align == "middle":
        before, after = max(0.0, 2 * (middle - (x + w / 2))), max(0.0, -2 * (middle - (x + w / 2)))
        wrap = _wrapped(text, paragraphs, w - before - after) is not None
        if not wrap and width is not None and width <= w - before - after:
            spare = (w - before - after - width) / 2
            before, after, wrap = before + spare, after + spare, True
    elif text.align == "start":
        before = max(0.0, left - x)
        room = width if width is not None else w
        after, wrap = max(0.0, x + w - left - room), width is not None and left + width <= x + w + 0.5
    else:
        after = max(0.0, x + w - right)
        room = width if width is not None else w
        before, wrap = max(0.0, right - room - x), width is not None and right - width >= x - 0.5
    insets = canvas.units(before), canvas.units(upper), canvas.units(after), canvas.units(lower)
    return f"<p:txBody>{_body('ctr' if centred else 't', wrap, insets)}{_runs(canvas, text, paragraphs, not wrap)}</p:txBody>"


def _box(canvas: Canvas, box: Box) -> Made:
    text = canvas.worded.get(box.name) if canvas.boxes.get(box.name) is box else None
    id = canvas.ids[box.name] if canvas.boxes.get(box.name) is box else None
    by_hand = canvas.drawing.rough > 0 and (bool(box.stroke) or box.shape != "rect")
    strokes: tuple[Command, ...] = outline(box) if box.stroke else ()
    if by_hand and box.stroke:
        strokes = rough.strokes(strokes, canvas.drawing.rough, f"{box.x:.0f},{box.y:.0f}")
    drawn = by_hand or (id is not None and box.name in canvas.ports)
    geometry = _own_geometry(canvas, box, strokes) if drawn else _geometry(canvas, box)
    look = canvas.fill(box.fill) + canvas.line(box.stroke, box.stroke_width, (6.0, 5.0) if box.dash else ())
    words = _words_in(canvas, box, text, drawn) if text else ""
    properties = canvas.properties("Shape", box.tip, ornament=text is None, id=id)
    xml = (
        f"<p:sp><p:nvSpPr>{properties}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>"
        f"<p:spPr>{canvas.frame(box.x, box.y, box.w, box.h)}{geometry}{look}</p:spPr>"
        f"{words or _NO_WORDS}</p:sp>"
    )
    return xml, (box.x, box.y, box.x + box.w, box.y + box.h)


_NO_WORDS = '<p:txBody><a:bodyPr rtlCol="0" anchor="ctr"/><a:lstStyle/><a:p><a:endParaRPr lang="en-US"/></a:p></p:txBody>'


def _extent(d: Sequence[Command]) -> Bounds:
    """The room a path takes: its points and handles."""
    xs = [n for _, places in d for n in places[0::2]]
    ys = [n for _, places in d for n in places[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


def _path(canvas: Canvas, path: Path) -> Made:
    straight = [command for command, _ in path.d] == ["M", "L"] and not path.fill
    if straight:
        (x1, y1), (x2, y2) = path.d[0][1], path.d[1][1]
        return _straight(
            canvas, ((x1, y1), (x2, y2)), canvas.line(path.stroke, path.stroke_width, path.dash, opacity=path.opacity), "", path.tip
        )
    look = canvas.fill(path.fill, path.opacity) + canvas.line(path.stroke, path.stroke_width, path.dash, opacity=path.opacity)
    return _freeform(canvas, "Freeform", [(path.d, "")], look, path.tip)


def _freeform(canvas: Canvas, kind: str, paths: Sequence[tuple[Sequence[Command], str]], look: str, said: str) -> Made:
    """Paths as one shape of its own geometry."""
    x0, y0, x1, y1 = bounds = _around([_extent(d) for d, _ in paths])
    w, h = max(x1 - x0, 0.01), max(y1 - y0, 0.01)
    size = max(1, canvas.units(w)), max(1, canvas.units(h))
    drawn = "".join(_commands(canvas, d, x0, y0, size, attributes) for d, attributes in paths)
    geometry = (
        f'<a:custGeom><a:avLst/><a:gdLst/><a:ahLst/><a:cxnLst/><a:rect l="0" t="0" r="r" b="b"/><a:pathLst>{drawn}</a:pathLst></a:custGeom>'
    )
    properties = canvas.properties(kind, said, ornament=not said)
    shape = f"<p:spPr>{canvas.frame(x0, y0, w, h)}{geometry}{look}</p:spPr>"
    return f"<p:sp><p:nvSpPr>{properties}<p:cNvSpPr/><p:nvPr/></p:nvSpPr>{shape}{_NO_WORDS}</p:sp>", bounds


def _icon(canvas: Canvas, icon: Icon) -> list[Made]:
    art = icons.svg_body(icon.name)
    share = icon.size / max(art.width, art.height)
    said = icon.name.partition(":")[2].replace("-", " ")

    def placed(d: Sequence[Command]) -> tuple[Command, ...]:
        return tuple((c, tuple(n * share + (icon.y if i % 2 else icon.x) for i, n in enumerate(places))) for c, places in d)

    def paint(colour: str | None) -> str | None:
        return icon.fill if colour == "currentColor" else colour

    # Neighbours painted alike are one shape.
    alike: list[tuple[tuple[str | None, str | None, float, float], list[tuple[Sequence[Command], str]]]] = []
    for shape in icons.outlines(icon.name):
        if len(shape.d) < 2:
            continue
        look = (_hex(paint(shape.fill)), _hex(paint(shape.stroke)), shape.width * share, shape.opacity)
        if not alike or alike[-1][0] != look:
            alike.append((look, []))
        alike[-1][1].append((placed(shape.d), "" if shape.fill else ' fill="none"'))
    made = [
        _freeform(canvas, "Icon", paths, canvas.fill(fill, opacity) + canvas.line(stroke, width, opacity=opacity), said)
        for (fill, stroke, width, opacity), paths in alike
    ]
    return made if len(made) < 2 else [_grouped(canvas, "Icon", made, said)]


_NAMED = {"black": "#000000", "white": "#FFFFFF", "none": None, "transparent": None}


def _hex(colour: str | None) -> str | None:
    """A colour as "#rrggbb"; names that are not known are drawn black."""
    if colour is None or colour.startswith("#"):
        return colour
    return _NAMED.get(colour, "#000000")


def _picture(canvas: Canvas, picture: Picture) -> list[Made]:
    relation = canvas.add_picture(picture.blob)
    if relation is None:
        return []
    wide, tall = canvas.size_of(picture.blob)
    x, y, w, h = picture.x, picture.y, picture.w, picture.h
    crop = "<a:fillRect/>"
    share = min(w / wide, h / tall)
    source = ""
    if picture.fit == "cover":
        share = max(w / wide, h / tall)
        side, end = (1 - w / (wide * share)) / 2, (1 - h / (tall * share)) / 2
        source = f'<a:srcRect l="{round(side * 1e5)}" t="{round(end * 1e5)}" r="{round(side * 1e5)}" b="{round(end * 1e5)}"/>'
    else:
        x, y, w, h = x + (w - wide * share) / 2, y + (h - tall * share) / 2, wide * share, tall * share
    shape = _geometry(canvas, Box(x, y, w, h, radius=picture.radius))
    properties = canvas.properties("Picture", picture.alt or canvas.drawing.alt)
    xml = (
        f'<p:pic><p:nvPicPr>{properties}<p:cNvPicPr><a:picLocks noChangeAspect="1"/></p:cNvPicPr><p:nvPr/></p:nvPicPr>'
        f'<p:blipFill><a:blip r:embed="{relation}"/>{source}<a:stretch>{crop}</a:stretch></p:blipFill>'
        f"<p:spPr>{canvas.frame(x, y, w, h)}{shape}</p:spPr></p:pic>"
    )
    return [(xml, (x, y, x + w, y + h))]


# --- connectors ---

Points = tuple[tuple[float, float], ...]


def _connector(canvas: Canvas, connector: Connector) -> list[Made]:
    """The native connector that runs where the line was drawn, holding on to its shapes; else the line as a shape."""
    points = _corners(connector.points)
    if len(points) < 2:
        return []
    look = canvas.line(connector.stroke, connector.stroke_width, (6.0, 5.0) if connector.dash else (), connector.heads)
    ends = _glue(canvas, connector)
    said = " → ".join(_called(canvas, name) for name in (connector.start, connector.end)) if connector.start and connector.end else ""
    if len(points) == 2:
        return [_straight(canvas, points, look, ends, said)]
    d: Sequence[Command] = connector_path(connector)
    if canvas.drawing.rough:
        d = rough.strokes(tuple(d), canvas.drawing.rough * 0.6, f"{connector.points[0]}", twice=False)
    line = _freeform(canvas, "Arrow", [(d, ' fill="none"')], f"<a:noFill/>{look}", said)
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
    own = _FOUR if canvas.drawing.rough else _SITES.get(box.shape, _FOUR)
    return (*_FOUR, *canvas.ports[name]) if name in canvas.ports else own


def _nearest(box: Box, sites: Sequence[tuple[float, float]], point: tuple[float, float]) -> tuple[int, float]:
    """The number of the site nearest to `point`, and how far it is in px."""
    away = [math.dist((box.x + box.w * sx, box.y + box.h * sy), point) for sx, sy in sites]
    return away.index(min(away)), min(away)


def _port(canvas: Canvas, name: str, point: tuple[float, float]) -> None:
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


def _straight(canvas: Canvas, points: Points, look: str, ends: str, said: str) -> Made:
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


# --- charts and tables ---


def _content_place(canvas: Canvas) -> str:
    if canvas.layout == "content" and not canvas.placed:
        canvas.placed = True
        return '<p:nvPr><p:ph idx="1"/></p:nvPr>'
    return "<p:nvPr/>"


def _chart(canvas: Canvas, frame: ChartFrame) -> list[Made]:
    relation = canvas.add_chart(frame)
    if relation is None:
        return [made for item in frame.items for made in _made(canvas, item)]
    properties = canvas.properties("Chart", canvas.drawing.alt)
    xml = (
        f"<p:graphicFrame><p:nvGraphicFramePr>{properties}<p:cNvGraphicFramePr/>{_content_place(canvas)}</p:nvGraphicFramePr>"
        f"{canvas.frame(frame.x, frame.y, frame.w, frame.h, tag='p:xfrm')}<a:graphic>"
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart'
        f' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="{relation}"/></a:graphicData></a:graphic>'
        "</p:graphicFrame>"
    )
    return [(xml, (frame.x, frame.y, frame.x + frame.w, frame.y + frame.h))]


def _rows_of(frame: TableFrame) -> list[list[Text | None]]:
    """The text of each cell, as far as the frame's texts can be told apart by their words, in reading order."""
    texts = [item for item in flat(frame.items) if isinstance(item, Text)]
    out: list[list[Text | None]] = []
    at = 0
    for row in frame.rows:
        line: list[Text | None] = []
        for words in row:
            wanted = clean(words).strip()
            found = next((i for i in range(at, min(len(texts), at + 3)) if texts[i].words.strip() == wanted), None)
            line.append(texts[found] if found is not None else None)
            at = found + 1 if found is not None else at
        out.append(line)
    return out


def _rules(frame: TableFrame) -> list[Box]:
    """The lines that run across most of the table, as thin boxes."""
    out = []
    for item in flat(frame.items):
        if isinstance(item, Box) and item.h <= 3 and item.fill and item.w > frame.w * 0.5:
            out.append(item)
        elif isinstance(item, Path) and item.stroke and [command for command, _ in item.d] == ["M", "L"]:
            (x1, y1), (x2, y2) = item.d[0][1], item.d[1][1]
            if abs(y1 - y2) < 0.5 and abs(x2 - x1) > frame.w * 0.5:
                out.append(Box(min(x1, x2), y1, abs(x2 - x1), item.stroke_width, fill=item.stroke))
        elif isinstance(item, Connector) and len(item.points) == 2 and abs(item.points[0][1] - item.points[1][1]) < 0.5:
            (x1, y1), (x2, _) = item.points
            if abs(x2 - x1) > frame.w * 0.5:
                out.append(Box(min(x1, x2), y1, abs(x2 - x1), item.stroke_width, fill=item.stroke))
    return out


def _table(canvas: Canvas, frame: TableFrame) -> Made:
    cells = _rows_of(frame)
    rules = sorted(_rules(frame), key=lambda box: box.y)
    edges = [frame.y]
    for r, row in enumerate(cells[:-1]):
        bottom = max((text.y + text.h for text in row if text), default=edges[-1])
        top = min((text.y for text in cells[r + 1] if text), default=bottom)
        between = [rule.y + rule.h for rule in rules if bottom - 8 <= rule.y <= max(top, bottom) + 8]
        edge = between[-1] if between else (bottom + top) / 2
        edges.append(edge if edge > edges[-1] + 4 else frame.y + frame.h * (r + 1) / len(cells))
    edges.append(frame.y + frame.h)
    if any(b - a < 4 for a, b in pairwise(edges)):
        edges = [frame.y + frame.h * r / len(cells) for r in range(len(cells) + 1)]
    sample = next((text for row in cells for text in row if text), None)
    lefts = [frame.x]
    for w in frame.widths:
        lefts.append(lefts[-1] + w)
    body = ""
    for r, row in enumerate(cells):
        rule = min(rules, key=lambda box: abs(box.y + box.h - edges[r + 1]), default=None)
        near = rule is not None and abs(rule.y + rule.h - edges[r + 1]) < 6
        line = canvas.line(rule.fill, rule.h) if rule is not None and near else "<a:ln><a:noFill/></a:ln>"
        under = line.replace("<a:ln", "<a:lnB", 1).replace("</a:ln>", "</a:lnB>")
        body += f'<a:tr h="{canvas.units(edges[r + 1] - edges[r])}">'
        for c, text in enumerate(row):
            body += _cell(canvas, frame, text or (replace(sample, words=frame.rows[r][c]) if sample else None), r, c, lefts, under)
        body += "</a:tr>"
    grid = "".join(f'<a:gridCol w="{canvas.units(w)}"/>' for w in frame.widths)
    said = ". ".join(", ".join(words for words in row if words.strip()) for row in frame.rows[:3])
    flags = ' firstRow="1"' if frame.header else ""
    xml = (
        f'<p:graphicFrame><p:nvGraphicFramePr>{canvas.properties("Table", said)}<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/>'
        '</p:cNvGraphicFramePr>'
        f"{_content_place(canvas)}</p:nvGraphicFramePr>{canvas.frame(frame.x, frame.y, frame.w, frame.h, tag='p:xfrm')}<a:graphic>"
        f'<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr{flags}>'
        f"<a:tableStyleId>{{2D5ABB26-0587-4C30-8999-92F81FD0307C}}</a:tableStyleId></a:tblPr>"
        f"<a:tblGrid>{grid}</a:tblGrid>{body}</a:tbl></a:graphicData>"
        "</a:graphic></p:graphicFrame>"
    )  # fmt: skip
    return xml, (frame.x, frame.y, frame.x + frame.w, frame.y + frame.h)


def _cell(canvas: Canvas, frame: TableFrame, text: Text | None, r: int, c: int, lefts: list[float], under: str) -> str:
    """A cell: its words as they are set, the rule below it."""
    none = "".join(f"<a:{side}><a:noFill/></a:{side}>" for side in ("lnL", "lnR", "lnT"))
    if text is None:
        words = escape(clean(frame.rows[r][c]))
        run = f'<a:r><a:rPr lang="en-US" sz="1400"/><a:t>{words}</a:t></a:r>' if words else '<a:endParaRPr lang="en-US" sz="1400"/>'
        return f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p>{run}</a:p></a:txBody><a:tcPr>{none}{under}<a:noFill/></a:tcPr></a:tc>"
    set_ = replace(text, align=frame.aligns[c])
    lines = _runs(canvas, set_, [[words] for words in (set_.words or " ").split("\n")], False)
    left, right = max(0.0, text.x - lefts[c]), max(0.0, lefts[c + 1] - text.x - text.w)
    if not lefts[c] - 1 <= text.x <= lefts[c + 1]:
        left = right = 6.0
    margins = f'marL="{canvas.units(left)}" marR="{canvas.units(right)}" marT="0" marB="0" anchor="ctr"'
    return f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{lines}</a:txBody><a:tcPr {margins}>{none}{under}<a:noFill/></a:tcPr></a:tc>"
