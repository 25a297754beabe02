"""Boards that a person arranged: every box where they put it, arrows along their own points or the clearest way between two boxes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from flipchart.renderers.drawing import Box, Path
from flipchart.renderers.graph import Plan, Point, Rect
from flipchart.renderers.graph_straight import SMALL
from flipchart.renderers.shapes import border
from flipchart.renderers.style import SMALLEST, Style
from flipchart.renderers.typeset import clean, measure, place
from flipchart.renderers.whiteboard_canvas import Canvas, Made, Setting, behind, picture, shrunk
from flipchart.renderers.whiteboard_ink import STICKY, Face, edge, face, fitted, label_text, put, readable, set_text, shift
from flipchart.renderers.whiteboard_parts import Board, Card

USUAL = 16.0  # px, the size of type that nobody chose
BESIDE = 12.0  # px, between a box and an arrow that runs along it
LOOP = 14.0  # px that an arrow from a box to itself stands out of its corner
LANES = 32  # ways tried past the boxes that are in an arrow's way
ROOM = 28.0  # px, kept free round a box that finds a place by itself
Drawn = tuple[tuple[Point, ...], str, float, str]
"""A line drawn by hand: points, colour, width in px, part."""


@dataclass(frozen=True, slots=True)
class Extent:
    """What an arranged board takes up on its own canvas, and its smallest type, in px."""

    left: float
    top: float
    w: float
    h: float
    size: float

    @property
    def least(self) -> float:
        """The width in px it must be drawn at for its type to be legible (at its own size, if that is smaller)."""
        return self.w * min(1.0, 1.12 * SMALLEST / self.size)


def settled(board: Board, style: Style) -> Board:
    """The board with a place for each box that has none, between or beside the boxes it is joined to, and its group grown around it."""
    places: dict[int, Rect] = {v: card.at for v, card in enumerate(board.cards) if card.at}
    sections = list(board.sections)
    cards = list(board.cards)
    for v, card in enumerate(board.cards):
        if card.at or card.ghost:
            continue
        made = face(card, style, USUAL, 12 * USUAL)
        w, h = max(made.w, 120.0), max(made.h, 52.0)
        before = [places[board.links[i].start] for i in board.into[v] if board.links[i].start in places]
        after = [places[board.links[i].end] for i in board.out[v] if board.links[i].end in places]
        taken = [*places.values(), *(remark.at for remark in board.remarks if remark.at)]
        at = _free(_beside(before, after, taken, w, h), (w, h), taken)
        places[v] = at
        cards[v] = replace(card, at=at)
        for s in board.line(card.section):
            around = sections[s].at
            if around:
                left, top = min(around[0], at[0] - ROOM), min(around[1], at[1] - ROOM)
                right, low = max(around[0] + around[2], at[0] + w + ROOM), max(around[1] + around[3], at[1] + h + ROOM)
                sections[s] = replace(sections[s], at=(left, top, right - left, low - top))
    return replace(board, cards=tuple(cards), sections=tuple(sections))


def _beside(before: Sequence[Rect], after: Sequence[Rect], taken: Sequence[Rect], w: float, h: float) -> Point:
    """Where the middle of a new box would stand best: between what leads to it and what it leads to, past one of them, or below all."""
    middles = [[(x + bw / 2, y + bh / 2) for x, y, bw, bh in some] for some in (before, after)]
    ends = [(sum(x for x, _ in some) / len(some), sum(y for _, y in some) / len(some)) for some in middles if some]
    if len(ends) == 2:
        return (ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2
    xs = [x for x, _, bw, _ in taken for x in (x, x + bw)] or [0.0]
    ys = [y for _, y, _, bh in taken for y in (y, y + bh)] or [0.0]
    if not ends:
        return (min(xs) + max(xs)) / 2, max(ys) + 2 * ROOM + h / 2
    near = (before or after)[0]
    wide = max(xs) - min(xs) > max(ys) - min(ys)
    step = (near[2] / 2 + w / 2 + 3 * ROOM, 0.0) if wide else (0.0, near[3] / 2 + h / 2 + 3 * ROOM)
    side = 1 if before else -1
    return ends[0][0] + side * step[0], ends[0][1] + side * step[1]


def _free(middle: Point, size: tuple[float, float], taken: Sequence[Rect]) -> Rect:
    """The place nearest to `middle` at which a box stands clear of those taken."""
    w, h = size
    for ring in range(80):
        reach = 20.0 * ring
        tries = [(dx * 20.0, dy * 20.0) for dx in range(-ring, ring + 1) for dy in range(-ring, ring + 1) if max(abs(dx), abs(dy)) == ring]
        for dx, dy in sorted(tries, key=lambda t: (math.hypot(*t), t)):
            x, y = middle[0] + dx - w / 2, middle[1] + dy - h / 2
            if all(x + w + ROOM <= bx or bx + bw + ROOM <= x or y + h + ROOM <= by or by + bh + ROOM <= y for bx, by, bw, bh in taken):
                return x, y, w, h
    return middle[0] - w / 2, max((y + bh for _, y, _, bh in taken), default=0.0) + reach, w, h


def extent(canvas: Canvas, strokes: Sequence[Drawn]) -> Extent | None:
    """The extent of the board; None where nothing of it has a place."""
    board = canvas.board
    places = [card.at for card in board.cards] + [remark.at for remark in board.remarks] + [section.at for section in board.sections]
    rects = [at for at in places if at]
    points = [p for drawn, _, _, _ in strokes for p in drawn] + [p for link in board.links for p in link.points]
    for link in board.links:
        at = board.cards[link.start].at
        if at and link.start == link.end and not link.points:
            points.append((at[0] + at[2] + LOOP, at[1] - (2 if link.label else 1) * LOOP))
    xs = [v for x, _, w, _ in rects for v in (x, x + w)] + [x for x, _ in points]
    ys = [v for _, y, _, h in rects for v in (y, y + h)] + [y for _, y in points]
    if not xs:
        return None
    ours = _ours(canvas, 1.0)
    sizes = [card.size or ours for card in board.cards if card.at] + [remark.size or USUAL for remark in board.remarks if remark.at]
    return Extent(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys), max(1.0, min(sizes, default=USUAL)))


def placed(canvas: Canvas, strokes: Sequence[Drawn], whole: Extent) -> Made:
    """The board as it was arranged, scaled to the page."""
    board, style = canvas.board, canvas.style
    left, top, wide, high = whole.left, whole.top, whole.w, whole.h
    share = min(1.0, canvas.w / max(wide, 1.0))

    lift = 0.0

    def at(point: Point) -> Point:
        return (point[0] - left) * share, (point[1] - top) * share + lift

    def rect(given: Rect) -> Rect:
        return (*at((given[0], given[1])), given[2] * share, given[3] * share)

    size = max(SMALLEST, 16.0 * share)
    small = max(SMALLEST, size * 0.85)
    heads = [
        set_text(section.label, max(40.0, section.at[2] * share - 16.0) if section.at else 200.0, small, style, bold=True, align="start")
        for section in board.sections
    ]
    # Where words stand in a section's corner its heading stands above it, as in Excalidraw.
    loose = [rect(at) for at in (*(one.at for one in board.remarks), *(one.at for one in board.cards)) if at]
    corners = {s: (rect(section.at)[0] + 8.0, rect(section.at)[1] + 8.0) for s, section in enumerate(board.sections) if section.at}
    above = frozenset(s for s, (x, y) in corners.items() if board.sections[s].label and not _clear((x, y, heads[s].w, heads[s].h), loose))
    lift = max([0.0, *(heads[s].h + 10.0 - corners[s][1] for s in above)])
    faces = _faces(canvas, share)
    boxes: list[Rect] = [rect(card.at) if card.at else (0.0, 0.0, 0.0, 0.0) for card in board.cards]
    for v, (card, made) in enumerate(zip(board.cards, faces, strict=True)):
        if card.at and card.bare:  # as wide as our type takes
            x, y, w, h = boxes[v]
            boxes[v] = (x - (made.w - w) / 2, y - (made.h - h) / 2, made.w, made.h)
    lines: list[tuple[Point, ...]] = []
    for link in board.links:
        start, end = board.cards[link.start], board.cards[link.end]
        if link.points:
            lines.append(tuple(at(p) for p in link.points))
        elif start.at and end.at:
            lines.append(way(boxes[link.start], boxes[link.end], boxes, lines))
        elif start.at or end.at:
            lines.append(stub(boxes[link.start if start.at else link.end], leaving=bool(start.at)))
        else:
            lines.append(())
    for v, card in enumerate(board.cards):
        ends = [
            line[0 if link.start == v else -1]
            for link, line in zip(board.links, lines, strict=True)
            if line and v in (link.start, link.end)
        ]
        if card.ghost and ends:
            boxes[v] = (*ends[0], 0.0, 0.0)
    labels = [label_text(link.label, style, small, 10 * size) if link.label else None for link in board.links]
    areas = [rect(section.at) if section.at else None for section in board.sections]
    taken = [box for box, card in zip(boxes, board.cards, strict=True) if card.at]
    taken += [rect(remark.at) for remark in board.remarks if remark.at]
    taken += [
        (area[0], area[1] - heads[s].h - 2.0, heads[s].w, heads[s].h) if s in above else (area[0], area[1] + 6.0, area[2], heads[s].h + 4.0)
        for s, area in enumerate(areas)
        if area
    ]
    places: list[Point | None] = []
    for link, line, label in zip(board.links, lines, labels, strict=True):
        if line and label:
            page = wide * share, high * share + lift
            places.append(_aside(line, label.w, label.h, taken, page, loop=link.start == link.end))
        else:
            places.append(_half(line) if line else None)
        if label and (middle := places[-1]):
            taken.append((middle[0] - label.w / 2, middle[1] - label.h / 2, label.w, label.h))
    plan = Plan(boxes, lines, places, areas, wide * share, high * share + lift)
    items = picture(canvas, plan, Setting(size, faces, labels, heads, above))
    step = max([0, *board.steps[0], *board.steps[1]])
    for drawn, ink, width, part in strokes:
        step += 1
        d = (("M", at(drawn[0])), *(("L", at(p)) for p in drawn[1:]))
        items.append(Path(d, None, ink or style.ink, max(0.5, width * share), part=part, step=step))
    for remark in board.remarks:
        if remark.at is None:
            continue
        step += 1
        x, y, w, h = rect(remark.at)
        size = max(SMALLEST, (remark.size or 16.0) * share)
        if remark.fill:
            name, ink = f"remark:{remark.part}", readable(style.ink, remark.fill)
            text = set_text(remark.text, max(24.0, w - 1.6 * size), size, style, align="start", leading=1.32, strict=True)
            rim = edge(style.series[STICKY], style)
            items.append(Box(x, y, w, h, remark.fill, rim, 1.2, shape="note", part=remark.part, step=step, name=name))
            at_x, at_y = x + 0.8 * size, y + max(0.4 * size, (h - text.h) / 2)
            items.append(put(text, at_x, at_y, ink, remark.part, "text", step, role="body", inside=name))
            continue
        ink = remark.ink or readable(style.ink, _ground(canvas, plan, (x + w / 2, y + h / 2)))
        # Our type may run wider than the one it was written in: its words stay whole, and its lines where a little more room does it.
        given = clean(remark.text).split("\n")
        word, line_ = (
            max((measure(words, size, style.sans) for words in some), default=0.0) + 1.0 for some in ("\n".join(given).split(), given)
        )
        room = max(w + 4.0, 28.0, word, min(line_, 1.4 * w))
        text = place(
            "\n".join(given), max(0.0, min(x, wide * share - room)), y, room, max(h, size * 1.3 * len(given)), size=size, smallest=SMALLEST,
            fill=ink, family=style.sans, leading=1.25, part=remark.part, field="text", role="body", step=step,
        )  # fmt: skip
        items.append(text)
    return shrunk((items, wide * share, high * share + lift), canvas)


def _ground(canvas: Canvas, plan: Plan, at: Point) -> str:
    """The colour behind a place: that of the card it is on, or of the section."""
    for card, (x, y, w, h) in zip(reversed(canvas.board.cards), reversed(plan.boxes), strict=True):
        if card.fill and x <= at[0] <= x + w and y <= at[1] <= y + h:
            return card.fill
    return behind(canvas, plan, at)


def _faces(canvas: Canvas, share: float) -> list[Face]:
    """The cards in their own boxes. Type whose size a person chose keeps it (smaller only with the whole board), so what is too long
    leaves its
    box; all other type is of one size."""
    size = _ours(canvas, share)
    return [_face(card, canvas, share, max(SMALLEST, card.size * share) if card.size else size) for card in canvas.board.cards]


def _ours(canvas: Canvas, share: float) -> float:
    """The size in px of type that nobody chose: as large as all boxes hold, up to the usual."""
    size = max(SMALLEST, round(USUAL * share * 2) / 2)
    ours = [card for card in canvas.board.cards if card.at and not card.size and (card.label or card.note)]
    while size - 0.5 >= SMALLEST and not all(_fits(_face(card, canvas, share, size)) for card in ours):
        size -= 0.5
    return size


def _face(card: Card, canvas: Canvas, share: float, size: float) -> Face:
    if card.at is None:
        return Face(card, 0.0, 0.0, "ghost")
    w, h = card.at[2] * share, card.at[3] * share
    if card.bare:
        text = set_text(card.label, 1.3 * w + 8.0, size, canvas.style, bold=False, strict=True)
        return fitted(Face(card, text.w, text.h, card.shape, text), max(w, text.w), max(h, text.h))
    room = max(24.0, w - 10.0 - (size * 2.2 if card.icon or card.shape == "person" else 0.0))
    made = face(card, canvas.style, size, room, bold=not card.size, least=1.0, strict=True)
    if made.label and not made.note and not made.icon and made.shape not in {"table", "store", "queue"}:
        text = set_text(card.label, max(24.0, w - 8.0), size, canvas.style, bold=not card.size, strict=True)
        made = replace(made, label=shift(text, (made.w - text.w) / 2, (made.h - text.h) / 2))
    # The shape is the person's, whatever its words would take.
    return replace(fitted(made, w, h), shape=made.shape if made.shape in {"dot", "ring"} else card.shape)


def _fits(made: Face) -> bool:
    """True where all of a card is inside its box."""
    texts = [text for text in (made.label, made.note) if text]
    lefts = [text.x for text in texts] + ([made.icon[0]] if made.icon else [])
    inside = all(left >= 2 for left in lefts) and all(text.x + text.w <= made.w - 2 for text in texts)
    return inside and all(text.y >= 1 and text.y + text.h <= made.h - 1 for text in texts)


def way(a: Rect, b: Rect, boxes: Sequence[Rect], lines: Sequence[tuple[Point, ...]] = ()) -> tuple[Point, ...]:
    """The clearest of a few plain ways from box a to box b: straight, with one corner, or with two; the one that runs through fewest
    boxes. Where all are blocked it runs round the boxes, past few of the `lines` that are there already."""
    ax, ay, aw, ah = a
    bx, by, bw, bh = b
    ac, bc = (ax + aw / 2, ay + ah / 2), (bx + bw / 2, by + bh / 2)
    if a == b:
        right, inside = ax + aw, min(LOOP, aw / 2, ah / 2)
        return (
            (right - inside, ay),
            (right - inside, ay - LOOP),
            (right + LOOP, ay - LOOP),
            (right + LOOP, ay + inside),
            (right, ay + inside),
        )
    tries: list[tuple[Point, ...]] = []
    east, west = (ax + aw, ac[1]), (ax, ac[1])
    south, north = (ac[0], ay + ah), (ac[0], ay)
    if bx > ax + aw + 12 or bx + bw < ax - 12:
        start, end = (east, (bx, bc[1])) if bx > ax else (west, (bx + bw, bc[1]))
        middle, level = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        aligned = abs(start[1] - end[1]) < min(SMALL, ah / 3, bh / 3)
        tries.append(((start[0], level), (end[0], level)) if aligned else (start, (middle, start[1]), (middle, end[1]), end))
    if by > ay + ah + 12 or by + bh < ay - 12:
        start, end = (south, (bc[0], by)) if by > ay else (north, (bc[0], by + bh))
        middle, level = (start[1] + end[1]) / 2, (start[0] + end[0]) / 2
        aligned = abs(start[0] - end[0]) < min(SMALL, aw / 3, bw / 3)
        tries.append(((level, start[1]), (level, end[1])) if aligned else (start, (start[0], middle), (end[0], middle), end))
    for start, out in ((east, 1), (west, -1)):
        for y, down in ((by, 1), (by + bh, -1)):
            if (bc[0] - start[0]) * out > 14 and (y - start[1]) * down > 14:
                tries += [(start, (bc[0], start[1]), (bc[0], y))]
    for start, out in ((south, 1), (north, -1)):
        for x, on in ((bx, 1), (bx + bw, -1)):
            if (bc[1] - start[1]) * out > 14 and (x - start[0]) * on > 14:
                tries += [(start, (start[0], bc[1]), (x, bc[1]))]
    if not tries:
        return border(Box(*a), bc), border(Box(*b), ac)
    others = [box for box in boxes if box not in (a, b) and box[2] > 0]

    def cost(points: tuple[Point, ...]) -> float:
        hits = sum(_hits(p, q, box) for p, q in pairwise(points) for box in others)
        return hits * 1000 + len(points) * 20 + sum(math.dist(p, q) for p, q in pairwise(points))

    best = min(tries, key=cost)
    if cost(best) < 1000:
        return best
    there = [(min(px, qx), min(py, qy), abs(qx - px), abs(qy - py)) for line in lines for (px, py), (qx, qy) in pairwise(line)]
    grown = [(x - 2, y - 2, w + 4, h + 4) for x, y, w, h in there]
    crossed = {points: sum(_hits(p, q, rect) for p, q in pairwise(points) for rect in grown) for points in (best, *_around(a, b, others))}
    return min(crossed, key=lambda points: cost(points) + 100 * crossed[points])


def _around(a: Rect, b: Rect, others: Sequence[Rect]) -> list[tuple[Point, ...]]:
    """Ways from box a to box b along the sides of other boxes, upright and level."""
    out: list[tuple[Point, ...]] = []
    for axis in (0, 1):
        other = 1 - axis
        middles = [[box[n] + box[n + 2] / 2 for n in (0, 1)] for box in (a, b)]
        lanes = {edge for box in (a, b, *others) for edge in (box[axis] - BESIDE, box[axis] + box[axis + 2] + BESIDE)}
        for lane in sorted(lanes, key=lambda lane: (abs(2 * lane - middles[0][axis] - middles[1][axis]), lane))[:LANES]:
            ends = [box[axis] + box[axis + 2] if lane > box[axis] + box[axis + 2] else box[axis] for box in (a, b)]
            if all(abs(lane - box[axis] - box[axis + 2] / 2) >= box[axis + 2] / 2 + BESIDE for box in (a, b)):
                (start, end), (first, last) = ends, (middles[0][other], middles[1][other])
                points = ((start, first), (lane, first), (lane, last), (end, last))
                out.append(points if axis == 0 else tuple((y, x) for x, y in points))
    return out


def _hits(p: Point, q: Point, box: Rect) -> bool:
    """True where the upright or level line from p to q runs through a box."""
    x, y, w, h = box
    return min(p[0], q[0]) < x + w and max(p[0], q[0]) > x and min(p[1], q[1]) < y + h and max(p[1], q[1]) > y


def stub(box: Rect, *, leaving: bool) -> tuple[Point, ...]:
    """A short arrow that leads nowhere."""
    near, far = (box[0] + box[2], box[1] + box[3] / 2), (box[0] + box[2] + 36.0, box[1] + box[3] / 2)
    return (near, far) if leaving else (far, near)


def _clear(place: Rect, taken: Sequence[Rect]) -> bool:
    """True where nothing of what is taken reaches into a place."""
    x, y, w, h = place
    return not any(a < x + w - 1 and x < a + b - 1 and c < y + h - 1 and y < c + d - 1 for a, c, b, d in taken)


def _aside(line: tuple[Point, ...], w: float, h: float, taken: Sequence[Rect], page: tuple[float, float], *, loop: bool) -> Point:
    """Where an arrow's words stand: in the middle of its longest piece, else on or beside it where they cover nothing; those of an
    arrow back to its box outside of it, on the page."""
    if loop:
        xs, ys = [p[0] for p in line], [p[1] for p in line]
        middle, over = (min(xs) + max(xs)) / 2, line[0][1] - h / 2 - 3.0
        left, right = min(xs) - w / 2 - 6.0, max(xs) + w / 2 + 6.0
        around = [(right, (min(ys) + max(ys)) / 2), (right, over), (left, over), (middle, min(ys) - h / 2 - 2.0)]
        for x, y in around:
            inside = w / 2 <= x <= page[0] - w / 2 and h / 2 <= y <= page[1] - h / 2
            if inside and _clear((x - w / 2, y - h / 2, w, h), taken):
                return x, y
    for piece in sorted(pairwise(line), key=lambda piece: -math.dist(*piece)):
        (px, py), (qx, qy) = piece
        upright = abs(qx - px) < abs(qy - py)
        for off in (0.0, *(sign * float(n) for n in range(1, 6) for sign in (-1, 1))):
            dx, dy = (off * (w / 2 + 6.0), 0.0) if upright else (0.0, off * (h / 2 + 4.0))
            for share in (0.5, 0.38, 0.62, 0.25, 0.75):
                x, y = px + (qx - px) * share + dx, py + (qy - py) * share + dy
                if _clear((x - w / 2, y - h / 2, w, h), taken):
                    return x, y
    return _half(line)


def _half(line: tuple[Point, ...]) -> Point:
    """The middle of a line's longest piece."""
    p, q = max(pairwise(line), key=lambda piece: math.dist(*piece))
    return (p[0] + q[0]) / 2, (p[1] + q[1]) / 2
