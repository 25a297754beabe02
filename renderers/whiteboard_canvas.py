"""What a board is drawn on, and how a laid-out board becomes primitives: sections, arrows, cards, labels, remarks."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flipchart.renderers.drawing import Box, ChartFrame, Connector, Group, Icon, Item, Line, Path, Picture, TableFrame, Text
from flipchart.renderers.graph import Plan, Point, Rect
from flipchart.renderers.style import SMALLEST, Style, mix
from flipchart.renderers.whiteboard_ink import (
    MARK,
    STICKY,
    Face,
    Tone,
    arrow,
    colour,
    draw,
    edge,
    frame,
    label_items,
    label_text,
    land,
    paper,
    put,
    readable,
    set_text,
    tone,
)
from flipchart.renderers.whiteboard_parts import Board

Made = tuple[list[Item], float, float]
"""Items from (0, 0), width and height in px."""
GROWN = 1.35  # how much larger than usual a small board is drawn, at most


@dataclass(frozen=True)
class Canvas:
    """What a board is drawn on: its style, the sheet's width, and the room there is in px."""

    board: Board
    style: Style
    width: float
    w: float
    h: float | None
    """None: it may grow."""

    @property
    def most(self) -> float:
        """The height there is in px; infinite where it may grow."""
        return math.inf if self.h is None else self.h

    def sizes(self) -> list[float]:
        """Type sizes to try, in px, best first: smaller from the start on a full board."""
        base = self.style.size(1, self.width)
        count = len(self.board.cards)
        shares = (0.97, 0.9, 0.82) if count <= 9 else (0.9, 0.82, 0.74) if count <= 22 else (0.82, 0.74)
        sizes = [max(SMALLEST + 0.5, round(base * share * 2) / 2) for share in shares]
        if self.h is not None:
            sizes += [SMALLEST + 0.5, SMALLEST]
        return list(dict.fromkeys(sizes))

    def large(self) -> list[float]:
        """Type sizes to try before these where a board leaves room at its sides, in px, best first."""
        base, usual = self.style.size(1, self.width), self.sizes()[0]
        return [size for share in (1.15, 1.0) if (size := round(base * share * 2) / 2) > usual]

    def small(self, size: float) -> float:
        """Size of what is said on arrows and in sections, beside cards of `size`."""
        return max(SMALLEST, round(size * 0.82 * 2) / 2)

    def hue(self, section: int) -> str:
        """The colour of a section: that of the outermost one it is in."""
        return colour(self.style, self.board.turn(section))

    def ground(self, section: int) -> str:
        """The colour behind what is in a section."""
        if section < 0 or not self.style.fills:
            return self.style.sheet
        depth = len(list(self.board.line(section)))
        return mix(self.hue(section), self.style.sheet, (0.10 if self.style.dark else 0.075) * min(depth, 3))

    def area(self, section: int, rect: Rect, step: int) -> Box:
        """The ground of a section."""
        x, y, w, h = rect
        style, part = self.style, self.board.sections[section].part
        line = mix(self.hue(section), style.sheet, 0.7 if style.rough else 0.32)
        fill = self.ground(section) if style.fills else None
        radius = min(14.0, style.radius * 1.15)
        return Box(x, y, w, h, fill, line, 1.2, radius, dash=not style.fills, part=part, step=step, name=self.named(section))

    def named(self, section: int) -> str:
        """The name of a section's ground, for arrows that end there."""
        return f"section:{self.board.sections[section].name}"

    def heading(self, section: int, text: Text, x: float, y: float, step: int) -> Text:
        """A section's heading, in its colour."""
        ink = readable(mix(self.hue(section), self.style.ink, 0.8), self.ground(section), 4.6)
        return put(text, x, y, ink, self.board.sections[section].part, "label", step)

    def first(self, section: int) -> int:
        """The step at which the first card of a section appears."""
        return min(
            (self.board.steps[0][v] for v, card in enumerate(self.board.cards) if section in self.board.line(card.section)), default=0
        )


@dataclass(frozen=True, slots=True)
class Setting:
    """A board's type, set but not yet placed: cards, arrows' labels, sections' headings, and the size of cards' labels in px."""

    size: float
    faces: list[Face]
    labels: list[Text | None]
    heads: list[Text]
    above: frozenset[int] = frozenset()
    """Sections whose headings stand above them."""


def picture(canvas: Canvas, plan: Plan, setting: Setting) -> list[Item]:
    """The plan's sections, arrows, cards and labels, from back to front."""
    board, style, faces = canvas.board, canvas.style, setting.faces
    card_step, link_step = board.steps
    kept: dict[tuple[object, ...], Tone] = {}
    tones: list[Tone] = []
    for card in board.cards:
        key = (card.shape, card.section, card.fill, card.ink, card.away, card.bare)
        if key not in kept:
            kept[key] = tone(card, canvas.hue(card.section), style, card.section >= 0)
        tones.append(kept[key])
    frames: dict[int, Box] = {}
    for v, (x, y, _, _) in enumerate(plan.boxes):
        if faces[v].shape != "ghost":
            frames[v] = frame(faces[v], x, y, tones[v], style, card_step[v])
    lines: list[tuple[Point, ...]] = []
    arrows: list[Item] = []
    labels = list(plan.labels)
    for i, link in enumerate(board.links):
        points = land(plan.lines[i], frames.get(link.start), frames.get(link.end))
        start, end = board.cards[link.start].name, board.cards[link.end].name
        inner, outer = _area(plan, link.around_start), _area(plan, link.around_end)
        if inner:
            points, start = _clipped(points[::-1], inner)[::-1], canvas.named(link.around_start)
        if outer:
            points, end = _clipped(points, outer), canvas.named(link.around_end)
        lines.append(points)
        text, at = setting.labels[i], labels[i]
        if (inner or outer) and text and at and not any(_on(at, piece) for piece in itertools.pairwise(points)):
            # Its words stand where it is hidden by the group.
            others = [(t, p) for n, (t, p) in enumerate(zip(setting.labels, labels, strict=True)) if n != i]
            labels[i] = _along(text, points, [*plan.boxes, *(_room(t, p) for t, p in others if t and p)])
        if len(points) > 1:
            arrows += arrow(link, points, (start, end), style, link_step[i])
    grounds, headings = _sections(canvas, plan, setting, lines)
    items = [*grounds, *arrows, *headings]
    for v, (x, y, _, _) in enumerate(plan.boxes):
        drawn = draw(faces[v], x, y, tones[v], style, card_step[v])
        if drawn is not None:
            items.append(drawn)
    for i, (text, at) in enumerate(zip(setting.labels, labels, strict=True)):
        if text is not None and at is not None:
            items += label_items(text, at, behind(canvas, plan, at), style, board.links[i].part, link_step[i])
    return items + _ends(canvas, plan, lines, setting.size)


def grown(made: Made, canvas: Canvas) -> Made:
    """The picture larger, type included, where the height is given and it would leave much of the room empty."""
    items, w, h = made
    share = min(GROWN, canvas.most / max(h, 1.0), canvas.w / max(w, 1.0))
    return ([_scaled(item, share) for item in items], w * share, h * share) if canvas.h is not None and share > 1.05 else made


def shrunk(made: Made, canvas: Canvas) -> Made:
    """The picture as it is where it fits the room there is; else all of it smaller, type included (which the checks report)."""
    items, w, h = made
    share = min(1.0, canvas.most / max(h, 1.0), canvas.w / max(w - 0.5, 1.0))
    return made if share == 1.0 else ([_scaled(item, share) for item in items], w * share, h * share)


def _scaled(item: Item, share: float) -> Item:
    """The item as from (0, 0), `share` times its size."""
    match item:
        case Group() | ChartFrame() | TableFrame():
            return replace(item, items=tuple(_scaled(inner, share) for inner in item.items))
        case Path():
            return replace(item, d=tuple((c, tuple(n * share for n in p)) for c, p in item.d), stroke_width=item.stroke_width * share)
        case Connector():
            return replace(item, points=tuple((x * share, y * share) for x, y in item.points), stroke_width=item.stroke_width * share)
        case Text():
            lines = tuple(Line(line.text, line.x * share, line.y * share, line.width * share) for line in item.lines)
            w, h = item.w * share, item.h * share
            return replace(item, x=item.x * share, y=item.y * share, w=w, h=h, lines=lines, size=item.size * share)
        case Icon():
            return replace(item, x=item.x * share, y=item.y * share, size=item.size * share)
        case Box():
            x, y, w, h = item.x * share, item.y * share, item.w * share, item.h * share
            return replace(item, x=x, y=y, w=w, h=h, radius=item.radius * share, stroke_width=item.stroke_width * share)
        case Picture():
            return replace(item, x=item.x * share, y=item.y * share, w=item.w * share, h=item.h * share)


def _area(plan: Plan, section: int) -> Rect | None:
    return plan.areas[section] if 0 <= section < len(plan.areas) else None


def behind(canvas: Canvas, plan: Plan, at: Point) -> str:
    """The colour of the innermost section at a place."""
    inner, small = -1, math.inf
    for s, area in [*enumerate(plan.areas), *plan.more]:
        if area is not None:
            x, y, w, h = area
            if x <= at[0] <= x + w and y <= at[1] <= y + h and w * h < small:
                inner, small = s, w * h
    return canvas.ground(inner)


def _sections(canvas: Canvas, plan: Plan, setting: Setting, lines: Sequence[tuple[Point, ...]]) -> tuple[list[Item], list[Item]]:
    """The sections' grounds, outer ones first, and their headings."""
    grounds: list[Item] = []
    headings: list[Item] = []
    for s, area in sorted([*enumerate(plan.areas), *plan.more], key=lambda one: len(list(canvas.board.line(one[0])))):
        if area is None:
            continue
        x, y, w, _ = area
        head, step = setting.heads[s], canvas.first(s)
        grounds.append(canvas.area(s, area, step))
        if s in setting.above:
            headings.append(canvas.heading(s, head, x, y - head.h - 2.0, step))
            continue
        pad = max(8.0, min(14.0, (w - head.w) / 2))
        # The heading stands in the corner, unless arrows come in there: then in the other, or between them; where it has no room
        # anywhere it covers them.
        bottom = y + 8.0 + head.h
        pieces = [(p, q) for line in lines for p, q in itertools.pairwise(line)]
        upright = [p[0] for p, q in pieces if abs(p[0] - q[0]) < 0.5 and min(p[1], q[1]) < bottom and max(p[1], q[1]) > y]
        beside = [left for px in sorted(upright) for left in (px - 8 - head.w, px + 8) if left + head.w <= x + w - 4]
        places = [left for left in (x + pad, x + w - pad - head.w, x + (w - head.w) / 2, *beside) if left >= x + 4]
        free = [left for left in places if not any(left - 5 < px < left + head.w + 5 for px in upright)]
        left = [*free, x + pad][0]
        if not free:
            part = canvas.board.sections[s].part
            headings.append(Box(left - 3, y + 7, head.w + 6, head.h + 2, canvas.ground(s), None, radius=4, part=part, step=step))
        headings.append(canvas.heading(s, head, left, y + 8.0, step))
    return grounds, headings


def _clipped(line: tuple[Point, ...], area: Rect) -> tuple[Point, ...]:
    """The line up to where it crosses into an area."""
    x, y, w, h = area

    def inside(p: Point) -> bool:
        return x - 0.1 <= p[0] <= x + w + 0.1 and y - 0.1 <= p[1] <= y + h + 0.1

    for n, (p, q) in enumerate(itertools.pairwise(line)):
        if inside(q) and not inside(p):
            upright = abs(p[0] - q[0]) < 0.5
            end = (p[0], y if p[1] < y else y + h) if upright else (x if p[0] < x else x + w, p[1])
            return (*line[: n + 1], end)
    return line


def _on(at: Point, piece: tuple[Point, Point]) -> bool:
    """Whether a place is on a piece of a line, upright or level."""
    (ax, ay), (bx, by) = piece
    return min(ax, bx) - 12 <= at[0] <= max(ax, bx) + 12 and min(ay, by) - 12 <= at[1] <= max(ay, by) + 12


def _room(text: Text, at: Point) -> Rect:
    """The rectangle of words whose middle is at a place."""
    return at[0] - text.w / 2 - 3, at[1] - text.h / 2 - 2, text.w + 6, text.h + 4


def _along(text: Text, line: tuple[Point, ...], taken: Sequence[Rect]) -> Point:
    """Where words go along a line: in the middle of its longest piece that is free, else of its longest."""
    pieces = sorted(itertools.pairwise(line), key=lambda piece: -math.dist(*piece))
    places = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in pieces]

    def free(place: Point) -> bool:
        return not any(_meets(_room(text, place), one) for one in taken)

    return next((place for place in places if free(place)), places[0])


def _ends(canvas: Canvas, plan: Plan, lines: Sequence[tuple[Point, ...]], size: float) -> list[Item]:
    """The words near arrows' ends, as class and entity diagrams have them."""
    items: list[Item] = []
    taken = [(min(px, qx), min(py, qy), abs(px - qx), abs(py - qy)) for line in lines for (px, py), (qx, qy) in itertools.pairwise(line)]
    said: set[tuple[str, Point]] = set()
    small = canvas.small(size)
    for i, link in enumerate(canvas.board.links):
        for words, field, line, v in (
            (link.near_start, "near_start", lines[i], link.start),
            (link.near_end, "near_end", lines[i][::-1], link.end),
        ):
            # Arrows of one trunk that say the same there say it once.
            if not words or len(line) < 2 or (words, line[0]) in said:
                continue
            said.add((words, line[0]))
            text = label_text(words, canvas.style, small, 6 * small)
            rooms = {place: _room(text, place) for place in _near(text, line, plan.boxes[v])}
            at = min(rooms, key=lambda place: sum(_meets(rooms[place], one) for one in taken))
            taken.append(rooms[at])
            ink = readable(canvas.style.quiet, behind(canvas, plan, at))
            step = canvas.board.steps[1][i]
            items.append(put(text, at[0] - text.w / 2, at[1] - text.h / 2, ink, link.part, field, step, role="caption"))
    return items


def _near(text: Text, line: Sequence[Point], box: Rect) -> list[Point]:
    """Where words may stand at the start of a line, best first: beside it, past the mark at its end, on the side that is away from the
    middle of the box; or on the other side, or further off."""
    (x, y), (qx, qy), (left, top, w, h) = line[0], line[1], box
    if abs(x - qx) < 0.5:
        aside = text.w / 2 + 8
        aside = -aside if x < left + w / 2 - 1 and x > aside else aside
        return [(x + side, y + math.copysign(MARK + 4.0 + text.h * off, qy - y)) for off in (0.5, 1.4) for side in (aside, -aside)]
    aside = (text.h / 2 + 3) * (1.0 if y > top + h / 2 + 1 else -1.0)
    return [(x + math.copysign(MARK + 6.0 + text.w * off, qx - x), y + side) for off in (0.5, 1.6) for side in (aside, -aside)]


def _meets(a: Rect, b: Rect) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def sticky(canvas: Canvas, y: float) -> Made:
    """The free remarks as sticky notes in rows, from `y` down."""
    style, remarks = canvas.style, canvas.board.remarks
    size = max(SMALLEST, style.size(1, canvas.width) * 0.84)
    gap, pad = 16.0, size * 0.8
    columns = max(1, min(len(remarks), int((canvas.w + gap) // (size * 14 + gap))))
    wide = min((canvas.w - gap * (columns - 1)) / columns, size * 22)
    step = max([0, *canvas.board.steps[0], *canvas.board.steps[1]])
    fill, line = paper(style, STICKY), edge(style.series[STICKY], style)
    items: list[Item] = []
    for k in range(0, len(remarks), columns):
        row = 0.0
        for n, remark in enumerate(remarks[k : k + columns]):
            step += 1
            x = n * (wide + gap)
            text = set_text(remark.text, wide - 2 * pad, size, style, align="start", leading=1.32, strict=True)
            name = f"remark:{remark.part}"
            items.append(Box(x, y, wide, text.h + 2 * pad, fill, line, 1.2, shape="note", part=remark.part, step=step, name=name))
            items.append(
                put(text, x + pad, y + pad, remark.ink or readable(style.ink, fill), remark.part, "text", step, role="body", inside=name)
            )
            row = max(row, text.h + 2 * pad)
        y += row + gap
    return items, columns * (wide + gap) - gap, y - (gap if remarks else 0.0)
