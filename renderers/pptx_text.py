"""Type that can be typed over: sizes in points, lines where they were measured (by a box that breaks them there, else by line breaks)."""

import math
from html import escape

from flipchart.renderers.drawing import Box, Text
from flipchart.renderers.pptx_canvas import Canvas, Made
from flipchart.renderers.pptx_geometry import words_room
from flipchart.renderers.pptx_theme import face, locale
from flipchart.renderers.typeset import LEADING, break_lines, rtl


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


def paragraphs_of(canvas: Canvas, text: Text, paragraphs: list[list[str]], broken: bool) -> str:
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


def text_shape(canvas: Canvas, text: Text) -> Made:
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
    body = _body("t", wrapped) + paragraphs_of(canvas, text, paragraphs, not wrapped)
    head = f"<p:nvSpPr>{canvas.properties(kind)}{locks}<p:nvPr>{place}</p:nvPr></p:nvSpPr>"
    return f"<p:sp>{head}<p:spPr>{shape}</p:spPr><p:txBody>{body}</p:txBody></p:sp>", bounds


def footer_shapes(canvas: Canvas, text: Text, label: str) -> list[Made]:
    """The footer and the slide's number, which the layout has places for."""
    if label == "source" or canvas.layout == "title":
        return [text_shape(canvas, text)]
    paragraphs = _paragraphs(text)
    x, y, w, h, _ = _text_box(text, paragraphs)
    body = paragraphs_of(canvas, text, paragraphs, False)
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


def words_in(canvas: Canvas, box: Box, text: Text, drawn: bool) -> str:
    """The words of a shape as its own text, where they were set."""
    paragraphs = _paragraphs(text)
    x, y, w, h = words_room(box, drawn)
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
    return f"<p:txBody>{_body('ctr' if centred else 't', wrap, insets)}{paragraphs_of(canvas, text, paragraphs, not wrap)}</p:txBody>"
