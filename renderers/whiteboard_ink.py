"""How a board's parts look: cards of every shape with their type, arrows with their marks and labels."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from flipchart.renderers.drawing import Align, Box, Command, Connector, Group, Icon, Item, Line, Path, Text
from flipchart.renderers.graph import Point, Rect
from flipchart.renderers.shapes import K, sides
from flipchart.renderers.style import SMALLEST, Style, contrast, mix, on
from flipchart.renderers.style import readable as _readable
from flipchart.renderers.typeset import break_lines, clean, measure, place
from flipchart.renderers.whiteboard_parts import Card, Link, Mark

LEADING = 1.24
ROW = 1.5  # line height of a table's rows, in sizes
STICKY = 1  # the series colour of notes that belong to no group
WHOLE = 9.0  # sizes, the width of a word that is not broken
MARK = 11.0  # px, length of a mark at an arrow's end
DIAMOND = (2.0, 2.1)  # width and height of a diamond, beside its words'
POINTED = {"decision", "circle", "cloud", "hexagon", "dot", "ring", "start", "end", "input", "ghost"}
readable = lru_cache(maxsize=1024)(_readable)
KINDS: dict[str, str] = {
    "decision": "diamond", "hexagon": "hexagon", "input": "parallelogram", "circle": "ellipse", "cloud": "cloud", "store": "cylinder",
    "start": "stadium", "end": "stadium", "document": "note", "note": "note", "dot": "ellipse", "ring": "ellipse",
}  # fmt: skip
"""The box that each shape is drawn as; others are rectangles."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Colours of a card."""

    fill: str
    stroke: str
    ink: str
    quiet: str


@dataclass(frozen=True, slots=True)
class Face:
    """A card with its type set, at (0, 0): its size in px and its pieces."""

    card: Card
    w: float
    h: float
    shape: str
    label: Text | None = None
    note: Text | None = None
    icon: Rect | None = None
    head: float = 0.0
    """Height of a table's head."""

    @property
    def pointed(self) -> bool:
        """True where arrows touch a side only in its middle."""
        return self.shape in POINTED


# Colours


def colour(style: Style, section: int) -> str:
    """The colour of what belongs to an outermost section (an index), or to none (-1)."""
    return style.accent if section < 0 else style.series[section % len(style.series)]


def edge(hue: str, style: Style) -> str:
    """The colour of a border in `hue`: it stands off the sheet, and is drawn with a darker pen by hand."""
    return mix(hue, style.ink, 0.75) if style.rough else readable(mix(hue, style.sheet, 0.6), style.sheet, 3.0)


def paper(style: Style, number: int) -> str:
    """The colour of a sticky note."""
    return mix(style.series[number % len(style.series)], style.sheet, 0.26 if style.dark else 0.17) if style.fills else style.sheet


def tone(card: Card, hue: str, style: Style, inside: bool) -> Tone:
    """The colours of a card: `hue` says where it belongs, the shape what it is; a card on a section's ground is white."""
    share = 0.16 if style.dark or style.rough else 0.10
    if card.away:
        return Tone(style.sheet, mix(style.quiet, style.sheet, 0.55), style.quiet, style.quiet)
    if card.bare:
        return Tone("", "", card.ink or style.ink, card.ink or style.quiet)
    fill, stroke = style.sheet, edge(hue, style)
    if card.shape in {"start", "end"}:
        stroke = readable(hue, on(hue), 4.6) if style.fills else style.ink
        fill = stroke if style.fills else style.sheet
    elif card.shape == "note":
        fill, stroke = paper(style, STICKY), edge(style.series[STICKY], style)
    elif style.fills and card.shape == "store":
        fill = mix(hue, style.sheet, share * 1.7)
    elif style.fills and not inside and card.shape not in {"cloud", "decision"}:
        fill = mix(hue, style.sheet, share)
    if card.fill:
        fill, stroke = card.fill, card.ink or stroke
    dark_on_light = contrast(style.ink, fill) >= 4.5
    ink = card.ink or (style.ink if dark_on_light else on(fill))
    return Tone(fill, stroke, ink, card.ink or (readable(style.quiet, fill) if dark_on_light else ink))


# Type


@lru_cache(maxsize=4096)
def _set(words: str, room: float, size: float, family: str, weight: int, align: Align, leading: float) -> Text:
    """`words` set in a room only as wide as they take (at most `room` px), at (0, 0), in black; its lines about equally long."""
    lines = break_lines(words, room, size, family, weight)
    if len(lines) > 1:
        longest = max((measure(word, size, family, weight) for word in words.split()), default=room)
        low, high = min(max(longest, room * 0.45) + 0.5, room), room
        for _ in range(6):
            middle = (low + high) / 2
            low, high = (low, middle) if len(break_lines(words, middle, size, family, weight)) <= len(lines) else (middle, high)
        room = high
    text = place(words, 0.0, 0.0, room, size=size, fill="#000000", family=family, weight=weight, leading=leading)
    wide = math.ceil(max((line.width for line in text.lines), default=0.0) + 0.5)
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[align]
    return replace(text, lines=tuple(replace(line, x=(wide - line.width) * share) for line in text.lines), w=float(wide), align=align)


def set_text(
    words: str,
    room: float,
    size: float,
    style: Style,
    *,
    bold: bool = False,
    align: Align = "middle",
    leading: float = LEADING,
    strict: bool = False,
) -> Text:
    """`words` in lines of at most `room` px, at (0, 0) (unless `strict`, a word longer than that gets up to 1.3 times as much before
    it is broken, and one of about sixteen letters all it takes)."""
    weight = style.bold if bold else 400
    words = clean(words)
    longest = max((measure(word, size, style.sans, weight) for word in words.split()), default=0.0)
    if not strict and room < longest <= max(room * 1.3, WHOLE * size):
        room = longest + 1.0
    return _set(words, room, size, style.sans, weight, align, leading)


def shift(text: Text, dx: float, dy: float) -> Text:
    """The text moved by (dx, dy) px."""
    lines = tuple(Line(line.text, line.x + dx, line.y + dy, line.width) for line in text.lines)
    return replace(text, x=text.x + dx, y=text.y + dy, lines=lines)


def put(
    text: Text,
    x: float,
    y: float,
    fill: str,
    part: str,
    field: str,
    step: int,
    *,
    role: Literal["body", "caption", "label"] = "label",
    inside: str = "",
) -> Text:
    """Type that was set at (0, 0), placed at (x, y) in its colour, with the place in the spec that it shows."""
    lines = tuple(Line(line.text, line.x + x, line.y + y, line.width) for line in text.lines)
    return replace(text, x=text.x + x, y=text.y + y, lines=lines, fill=fill, part=part, field=field, role=role, step=step, inside=inside)


# Cards


def face(card: Card, style: Style, size: float, widest: float, *, bold: bool = True, least: float = 0.0, strict: bool = False) -> Face:
    """The card with its label in type of `size` px and lines of at most `widest` px, and the box that takes. `strict`: a long word is
    broken
    rather than given more room."""
    if card.ghost:
        return Face(card, 8.0, 8.0, "ghost")
    label, note, shape = clean(card.label).strip(), clean(card.note).strip(), card.shape
    small = max(SMALLEST, round(size * 0.82 * 2) / 2)
    if shape in {"start", "end"} and not label:
        side = round(size * 1.1)
        return Face(card, side, side, "dot" if shape == "start" else "ring")
    if shape == "table":
        return _table(card, label, note, style, size, small, widest)
    if len(label) > 60 and not note:
        bold = False
    glyph = bool(card.icon) or shape == "person"
    align: Align = "start" if glyph else "middle"
    room = widest if strict else widest * (0.85 if shape in {"decision", "circle", "cloud"} else 1.25 if len(label) > 70 else 1.0)
    named = set_text(label, room, size, style, bold=bold, align=align, strict=strict) if label else None
    if shape == "decision" and named and not note:
        tries = [named, *(set_text(label, room * share, size, style, bold=bold) for share in (0.72, 0.5))]
        named = min(tries, key=lambda text: _unlike(DIAMOND[0] * text.w + 26, DIAMOND[1] * text.h + 12, size))
    noted = set_text(note, room, small, style, align=align, leading=1.3, strict=strict) if note else None
    tw = max(named.w if named else 0.0, noted.w if noted else 0.0)
    high = named.h + 2.0 if named and noted else 0.0
    th = high + noted.h if noted else named.h if named else 0.0
    icon = float(round(size * (1.5 if th < size * 2.2 else 1.9))) if glyph else 0.0
    lead = icon + size * 0.6 if icon else 0.0
    inner_w, inner_h = tw + lead, max(th, icon)
    shape, w, h, lift = _frame(shape, inner_w, inner_h, size, least)
    left, top = (w - inner_w) / 2 - (size * 0.55 if shape == "queue" else 0.0), (h - th) / 2 + lift

    def at(text: Text | None, y: float) -> Text | None:
        if text is None:
            return None
        return shift(text, left + lead if glyph else left + (inner_w - text.w) / 2, y)

    spot = (left, (h - icon) / 2 + lift, icon, icon) if icon else None
    return Face(card, w, h, shape, at(named, top), at(noted, top + high), spot)


def _unlike(w: float, h: float, size: float) -> float:
    """How far a diamond of w × h px is from a handsome one: about twice as wide as high, and small."""
    return w * h * (1.0 + abs(math.log(w / h / 1.9))) + (1e6 if w > size * 16.5 else 0.0)


def _frame(shape: str, w: float, h: float, size: float, least: float) -> tuple[str, float, float, float]:
    """The shape that encloses a block of w × h px, its size, and how far the block sits below the middle."""
    px, py = size * 0.9, size * 0.62
    low = max(least, size * 4.4)
    match shape:
        case "decision":
            wide, high = DIAMOND[0] * w + 26.0, DIAMOND[1] * h + 12.0
            if wide > size * 17 or high > size * 9.5:
                return _frame("hexagon", w, h, size, least)
            return shape, _even(max(wide, size * 5)), _even(max(high, size * 3.6)), 0.0
        case "hexagon":
            high = h + 2 * py + 2.0
            return shape, _even((w + px) / 0.7 if (w + px) * 0.2 / 0.7 < high / 2 else w + px + high * 0.9), _even(high), 0.0
        case "input":
            high = h + 2 * py
            return shape, _even(max(w + px * 1.2 + min(0.36 * w / 0.6, high), low)), _even(high), 0.0
        case "circle":
            if h < size * 4 and w < max(size * 4.5, min(2.2 * h, size * 8.5)):
                side = _even(math.hypot(w, h) + size * 0.9)
                return shape, side, side, 0.0
            return shape, _even(w * 1.45 + size), _even(h * 1.45 + size * 0.8), 0.0
        case "cloud":
            wide = _even(max(w / 0.66 + 4.0, size * 6))
            return shape, wide, _even(max(h / 0.52 + 8.0, wide * 0.38)), 0.0
        case "store":
            return shape, max(_grid(w + 2 * px), low), _even(h + 2 * py + 16.0), 7.0
        case "queue":
            return shape, max(_grid(w + 2 * px + size * 1.4), low), _even(h + 2 * py), 0.0
        case "start" | "end":
            high = h + 1.8 * py
            return shape, _even(max(w + px + high * 0.55, low)), _even(high), 0.0
        case "document" | "note":
            return shape, max(_grid(w + 2 * px), low), _even(h + 2 * py + 6.0), -1.0
    return shape, max(_grid(w + 2 * px), low), _even(h + 2 * py), 0.0


def _grid(width: float) -> float:
    """The width rounded up, so that boxes with about as many words are as wide."""
    return math.ceil(width / 16.0) * 16.0


def _even(length: float) -> float:
    return math.ceil(length / 2.0) * 2.0


def _table(card: Card, label: str, note: str, style: Style, size: float, small: float, widest: float) -> Face:
    """A head with the label and a row for each line of the note."""
    named = set_text(label or " ", widest, size, style, bold=True)
    rows = set_text(note, widest * 1.6, small, style, align="start", leading=ROW) if note else None
    pad = size * 0.75
    w = max(_grid(max(named.w, rows.w if rows else 0.0) + 2 * pad), size * 6)
    head = _even(named.h + size * 0.8)
    h = head + (_even(rows.h + size * 0.7) if rows else 0.0)
    below = shift(rows, pad, head + size * 0.35) if rows else None
    return Face(card, w, h, "table", shift(named, (w - named.w) / 2, (head - named.h) / 2), below, head=head)


def fitted(face: Face, w: float, h: float) -> Face:
    """The face in a box of another size, its type kept in the middle."""
    dx, dy = (w - face.w) / 2, (h - face.h) / 2
    icon = (face.icon[0] + dx, face.icon[1] + dy, face.icon[2], face.icon[3]) if face.icon else None
    label = shift(face.label, dx, dy) if face.label else None
    return replace(face, w=w, h=h, label=label, note=shift(face.note, dx, dy) if face.note else None, icon=icon)


def frame(face: Face, x: float, y: float, colours: Tone, style: Style, step: int) -> Box:
    """The card's own box, which arrows end at."""
    radius = 6.0 if face.shape in {"table", "queue"} else min(style.radius * 0.8, face.h / 3)
    fill = colours.stroke if face.shape == "dot" else style.sheet if face.shape == "ring" else colours.fill
    kind = KINDS.get(face.shape, "rect")
    card = face.card
    return Box(x, y, face.w, face.h, fill or None, colours.stroke or None, style.line, radius, kind, card.away, card.part, step, card.name)  # type: ignore[arg-type]


def draw(face: Face, x: float, y: float, colours: Tone, style: Style, step: int) -> Group | None:
    """The card's primitives with its corner at (x, y), its own box first; None for the end of an arrow that leads nowhere."""
    card = face.card
    if face.shape == "ghost":
        return None
    box = frame(face, x, y, colours, style, step)
    items: list[Item] = [box]
    ground = colours.fill or style.sheet
    if face.shape == "ring":
        gap = face.w * 0.22
        items.append(replace(box, x=x + gap, y=y + gap, w=face.w - 2 * gap, h=face.h - 2 * gap, fill=colours.stroke, stroke=None, name=""))
    elif face.shape == "table" and face.note:
        rows = Box(
            x + 1,
            y + face.head,
            face.w - 2,
            face.h - face.head - 1,
            style.sheet,
            None,
            radius=max(0.0, box.radius - 1),
            part=card.part,
            step=step,
        )
        rule = (("M", (x, y + face.head)), ("L", (x + face.w, y + face.head)))
        items += [rows, Path(rule, None, colours.stroke, style.line, part=card.part, step=step)]
        ground = style.sheet
    elif face.shape == "queue":
        for at in (x + face.w - 8.0, x + face.w - 14.0, x + face.w - 20.0):
            tick = (("M", (at, y + face.h * 0.26)), ("L", (at, y + face.h * 0.74)))
            items.append(Path(tick, None, colours.stroke, style.line, part=card.part, step=step))
    elif face.shape in {"note", "document"}:
        items.append(_fold(box, colours, style))
    if face.icon:
        ix, iy, side, _ = face.icon
        hue = readable(colours.stroke or colours.ink, ground, 3.0)
        if card.icon:
            items.append(Icon(x + ix, y + iy, side, card.icon, hue, part=card.part, step=step))
        else:
            items += _person(x + ix, y + iy, side, hue, card.part, step, style.line)
    if face.label:
        items.append(put(face.label, x, y, colours.ink, card.part, "label", step, inside=card.name))
    if face.note:
        ink = readable(style.quiet, ground) if face.shape == "table" else colours.quiet
        items.append(put(face.note, x, y, ink, card.part, "note", step, role="body", inside=card.name))
    return Group(tuple(items), part=card.part, step=step, label=card.label)


def _fold(box: Box, colours: Tone, style: Style) -> Path:
    """The turned corner of a sheet of paper."""
    fold = min(16.0, box.w * 0.2, box.h * 0.3)
    bottom = box.y + box.h
    side, inner = box.x + box.w, box.x + box.w - fold
    corner: tuple[Command, ...] = (("M", (inner, bottom)), ("L", (inner, bottom - fold)), ("L", (side, bottom - fold)), ("Z", ()))
    shade = mix(colours.stroke, colours.fill, 0.25) if style.fills else None
    return Path(corner, shade, colours.stroke, style.line * 0.8, part=box.part, step=box.step)


def _person(x: float, y: float, side: float, hue: str, part: str, step: int, wide: float) -> list[Item]:
    """Head and shoulders in a square."""
    r = side * 0.2
    head = Box(x + side / 2 - r, y + side * 0.08, 2 * r, 2 * r, None, hue, wide, shape="ellipse", part=part, step=step)
    left, right, top, bottom = x + side * 0.14, x + side * 0.86, y + side * 0.6, y + side * 0.92
    k = side * 0.3 * K
    body: tuple[Command, ...] = (
        ("M", (left, bottom)),
        ("C", (left, bottom - k * 1.2, left + side * 0.1, top, x + side / 2, top)),
        ("C", (right - side * 0.1, top, right, bottom - k * 1.2, right, bottom)),
    )
    return [head, Path(body, None, hue, wide, part=part, step=step)]


# Arrows


def on_outline(box: Box, point: Point, inward: Point) -> Point:
    """Where the line from `point`, on the rectangle around `box`, meets the box's own outline going `inward` (a unit vector along an
    axis)."""
    if box.shape == "rect":
        off = min(point[0] - box.x, box.x + box.w - point[0]) if inward[1] else min(point[1] - box.y, box.y + box.h - point[1])
        if off >= box.radius:
            return point
    across = 0 if inward[0] else 1
    other = 1 - across
    best = math.inf
    for a, b in sides(box):
        low, high = min(a[other], b[other]), max(a[other], b[other])
        if not low - 1e-9 <= point[other] <= high + 1e-9:
            continue
        share = 0.0 if high - low < 1e-9 else (point[other] - a[other]) / (b[other] - a[other])
        # The outline may bulge out of the rectangle (a cloud's does): the piece furthest out is the border.
        best = min(best, (a[across] + (b[across] - a[across]) * share - point[across]) * inward[across])
    if math.isinf(best):  # it passes the outline by: beside the corner it comes nearest to
        near = min((a for a, _ in sides(box)), key=lambda a: abs(a[other] - point[other]))
        best = (near[across] - point[across]) * inward[across]
    return point[0] + inward[0] * best, point[1] + inward[1] * best


def land(points: tuple[Point, ...], start: Box | None, end: Box | None) -> tuple[Point, ...]:
    """The line with its ends moved from the boxes' rectangles onto their outlines."""
    if len(points) < 2:
        return points
    out = list(points)
    for box, at, near in ((start, 0, 1), (end, -1, -2)):
        if box is None:
            continue
        (x, y), (nx, ny) = points[at], points[near]
        if abs(x - nx) < 0.5:
            out[at] = on_outline(box, (x, y), (0.0, math.copysign(1.0, y - ny)))
        elif abs(y - ny) < 0.5:
            out[at] = on_outline(box, (x, y), (math.copysign(1.0, x - nx), 0.0))
    return tuple(out)


def arrow(link: Link, points: tuple[Point, ...], names: tuple[str, str], style: Style, step: int, *, stroke: str = "") -> list[Item]:
    """The arrow along `points` between the boxes called `names`, with the marks at its ends."""
    hue = link.ink or stroke or style.quiet
    heads: Literal["none", "end", "start", "both"] = "none"
    if link.head == "arrow":
        heads = "both" if link.tail == "arrow" else "end"
    elif link.tail == "arrow":
        heads = "start"
    items: list[Item] = [Connector(points, hue, names[0], names[1], style.line, heads, False, link.dashed, link.part, step)]
    for mark, at, near in ((link.tail, 0, 1), (link.head, -1, -2)):
        items += _mark(mark, points[at], points[near], hue, style, link.part, step)
    return items


def _mark(mark: Mark, tip: Point, before: Point, hue: str, style: Style, part: str, step: int) -> list[Item]:
    """What stands at an end of an arrow other than a plain head; its tip is at `tip`."""
    whole = math.dist(tip, before) or 1.0
    ux, uy = (before[0] - tip[0]) / whole, (before[1] - tip[1]) / whole
    m = MARK

    def at(along: float, aside: float) -> Point:
        return tip[0] + ux * along - uy * aside, tip[1] + uy * along + ux * aside

    def stroke(*points: Point, fill: str | None = None) -> Path:
        d: tuple[Command, ...] = (("M", points[0]), *(("L", p) for p in points[1:]))
        return Path((*d, ("Z", ())) if fill else d, fill, hue, style.line, part=part, step=step)

    def ring(along: float) -> Box:
        x, y = at(along, 0.0)
        return Box(x - 4.5, y - 4.5, 9.0, 9.0, style.sheet, hue, style.line, shape="ellipse", part=part, step=step)

    foot = stroke(at(0, 6), at(m, 0), at(0, -6))
    match mark:
        case "triangle":
            return [stroke(at(0, 0), at(m * 1.2, m * 0.6), at(m * 1.2, -m * 0.6), fill=style.sheet)]
        case "diamond" | "hollow":
            return [
                stroke(
                    at(0, 0), at(m * 0.8, m * 0.5), at(m * 1.6, 0), at(m * 0.8, -m * 0.5), fill=hue if mark == "diamond" else style.sheet
                )
            ]
        case "circle":
            return [ring(4.5)]
        case "cross":
            return [stroke(at(3, 5), at(11, -5)), stroke(at(3, -5), at(11, 5))]
        case "one":
            return [stroke(at(7, 6), at(7, -6)), stroke(at(11, 6), at(11, -6))]
        case "maybe":
            return [stroke(at(6, 6), at(6, -6)), ring(14.5)]
        case "many":
            return [foot]
        case "any":
            return [foot, ring(m + 4.5)]
        case "some":
            return [foot, stroke(at(m + 3, 6), at(m + 3, -6))]
    return []


def label_text(words: str, style: Style, size: float, widest: float) -> Text:
    """An arrow's label, at (0, 0)."""
    return set_text(words, widest, max(SMALLEST, size), style, leading=1.22)


def label_items(text: Text, middle: Point, ground: str, style: Style, part: str, step: int) -> list[Item]:
    """The label on a small ground of the colour behind it, centred at `middle`."""
    x, y = middle[0] - text.w / 2, middle[1] - text.h / 2
    back = Box(x - 3, y - 0.5, text.w + 6, text.h + 1, ground, None, radius=4, part=part, step=step)
    return [back, put(text, x, y, readable(style.quiet, ground), part, "label", step, role="caption")]
