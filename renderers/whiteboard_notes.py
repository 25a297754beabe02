"""Boards of loose notes: sticky notes on a wall, or in columns under the headings of their groups."""

from collections.abc import Sequence
from dataclasses import replace

from flipchart.renderers.drawing import Box, Connector, Item
from flipchart.renderers.graph import Rect
from flipchart.renderers.shapes import border
from flipchart.renderers.whiteboard_canvas import Canvas, Made, shrunk
from flipchart.renderers.whiteboard_ink import STICKY, Face, Tone, draw, edge, face, fitted, paper, readable, set_text

GAP = 16.0
PAD = 10.0  # px between a column's border and its notes


def wall(canvas: Canvas) -> Made:
    """The cards as sticky notes: in a column for each group, or side by side in rows."""
    made: Made | None = None
    for size in canvas.sizes():
        made = _columns(canvas, size) if canvas.board.sections else _rows(canvas, size)
        if made[2] <= canvas.most:
            break
    assert made is not None
    return shrunk(made, canvas)


def _note(canvas: Canvas, v: int, size: float, wide: float) -> Face:
    """A card as a sticky note `wide` px across."""
    card = canvas.board.cards[v]
    room = wide - 2.0 * size - (2.1 * size if card.icon else 0.0)
    made = face(replace(card, shape="note"), canvas.style, size, room, bold=bool(card.note), strict=True)
    return fitted(made, wide, max(made.h, size * 3.4))


def _tone(canvas: Canvas, number: int) -> Tone:
    style = canvas.style
    fill = paper(style, number)
    return Tone(fill, edge(style.series[number % len(style.series)], style), readable(style.ink, fill), readable(style.quiet, fill))


def _rows(canvas: Canvas, size: float) -> Made:
    """Notes of equal size in rows."""
    cards = canvas.board.cards
    count = len(cards)
    least = size * (9.5 if max(len(card.label) + len(card.note) for card in cards) < 60 else 13.0)
    columns = max(1, min(count, int((canvas.w + GAP) // (least + GAP))))
    if canvas.w > 560:
        columns = min(columns, max(3, round(count**0.5 * 1.5)))
    columns = -(-count // -(-count // columns))
    wide = min((canvas.w - GAP * (columns - 1)) / columns, size * 17)
    faces = [_note(canvas, v, size, wide) for v in range(count)]
    boxes: list[Rect] = []
    y = 0.0
    for k in range(0, count, columns):
        tall = max(wide * 0.42, *(f.h for f in faces[k : k + columns]))
        boxes += [(n * (wide + GAP), y, wide, tall) for n in range(len(faces[k : k + columns]))]
        y += tall + GAP
    return _drawn(canvas, faces, boxes, [STICKY] * count), columns * (wide + GAP) - GAP, y - GAP


def _columns(canvas: Canvas, size: float) -> Made:
    """A column for each outermost group under its heading, then one for what is in none."""
    board = canvas.board
    tops = [s for s, section in enumerate(board.sections) if section.parent < 0]
    order = [(s, [v for v, card in enumerate(board.cards) if s in board.line(card.section)]) for s in tops]
    loose = [v for v, card in enumerate(board.cards) if card.section < 0]
    order += [(-1, loose)] if loose else []
    columns = max(1, min(len(order), int((canvas.w + GAP) // (size * 9.0 + 2 * PAD + GAP))))
    columns = -(-len(order) // -(-len(order) // columns))
    wide = min((canvas.w - GAP * (columns - 1)) / columns, size * 22)
    faces = [_note(canvas, v, size, wide - 2 * PAD) for v in range(len(board.cards))]
    boxes: list[Rect] = [(0.0, 0.0, 0.0, 0.0)] * len(board.cards)
    numbers = [STICKY] * len(board.cards)
    items: list[Item] = []
    y = 0.0
    for k in range(0, len(order), columns):
        row = order[k : k + columns]
        heads = [
            set_text(board.sections[s].label if s >= 0 else " ", wide - 2 * PAD, size, canvas.style, bold=True, align="start", strict=True)
            for s, _ in row
        ]
        top = y + max(head.h for head in heads) + 22.0
        bottom = top
        for n, (s, some) in enumerate(row):
            at = top
            for v in some:
                boxes[v] = (n * (wide + GAP) + PAD, at, wide - 2 * PAD, faces[v].h)
                numbers[v] = tops.index(s) if s >= 0 else STICKY
                at += faces[v].h + PAD
            bottom = max(bottom, at)
        for n, ((s, _), head) in enumerate(zip(row, heads, strict=True)):
            if s >= 0:
                x, step = n * (wide + GAP), canvas.first(s)
                items += [canvas.area(s, (x, y, wide, bottom - y), step), canvas.heading(s, head, x + PAD + 2, y + 11.0, step)]
        y = bottom + GAP
    return [*items, *_drawn(canvas, faces, boxes, numbers)], columns * (wide + GAP) - GAP, y - GAP


def _drawn(canvas: Canvas, faces: Sequence[Face], boxes: Sequence[Rect], numbers: Sequence[int]) -> list[Item]:
    """The notes on their paper, and what arrows there are straight between them."""
    board, style = canvas.board, canvas.style
    items: list[Item] = []
    for i, link in enumerate(board.links):
        a, b = Box(*boxes[link.start]), Box(*boxes[link.end])
        ends = border(a, (b.x + b.w / 2, b.y + b.h / 2)), border(b, (a.x + a.w / 2, a.y + a.h / 2))
        names = board.cards[link.start].name, board.cards[link.end].name
        items.append(Connector(ends, style.quiet, *names, style.line, dash=link.dashed, part=link.part, step=board.steps[1][i]))
    for v, (made, (x, y, w, h)) in enumerate(zip(faces, boxes, strict=True)):
        drawn = draw(fitted(made, w, h), x, y, _tone(canvas, numbers[v]), style, board.steps[0][v])
        items += [drawn] if drawn else []
    return items
