"""Boards as sequences: who says what to whom, in order, on lines that run down from each."""

import itertools
from dataclasses import dataclass, replace

from flipchart.renderers.drawing import Box, Item, Path, Text
from flipchart.renderers.graph import Point
from flipchart.renderers.style import mix
from flipchart.renderers.typeset import measure
from flipchart.renderers.whiteboard_canvas import Canvas, Made, shrunk
from flipchart.renderers.whiteboard_ink import STICKY, Face, arrow, draw, edge, face, fitted, paper, put, readable, set_text, tone
from flipchart.renderers.whiteboard_parts import Link

LOOP = 26.0  # px that a message to oneself stands out
MANY = 10  # messages from which on the heads are repeated at the foot


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who takes part: their faces, where their lines run, and the row of heads each stands in (staggered where the page is narrow)."""

    faces: dict[int, Face]
    x: dict[int, float]
    rows: dict[int, int]
    w: float


@dataclass(slots=True)
class _Open:
    """A section of messages that is not closed yet: where it starts, and the places along x that it must enclose."""

    section: int
    top: float
    used: list[float]


def sequence(canvas: Canvas) -> Made:
    """The messages one below the other between the lines of those who take part."""
    made: Made | None = None
    for size in canvas.sizes():
        for air in (1.0, 0.65, 0.4):
            made = _drawn(canvas, size, air)
            if made[2] <= canvas.most:
                return made
    assert made is not None
    return shrunk(made, canvas)


def _cast(canvas: Canvas, size: float) -> _Cast:
    """Heads and lines, as far apart as what is said between them takes, and as the page allows."""
    board = canvas.board
    order = [v for v, card in enumerate(board.cards) if not card.ghost]
    place = {v: n for n, v in enumerate(order)}
    count, small = len(order), canvas.small(size)
    between = [size * 5.2] * max(0, count - 1)
    right = 0.0
    for link in board.links:
        a, b = place.get(link.start), place.get(link.end)
        if a is None or b is None or not link.label:
            continue
        natural = set_text(link.label, 11 * small, small, canvas.style).w + 30.0
        if a == b == count - 1:
            right = max(right, min(natural + LOOP, 11 * small))
        elif a == b:
            between[a] = max(between[a], min(natural + LOOP, 13 * small))
        for k in range(min(a, b), max(a, b)):
            between[k] = max(between[k], natural / abs(a - b))
    heads = [face(board.cards[v], canvas.style, size, 9 * size) for v in order]
    for k in range(count - 1):
        between[k] = max(between[k], (heads[k].w + heads[k + 1].w) / 2 + 18.0)
    left, right = (heads[0].w / 2, max(heads[-1].w / 2, right)) if heads else (0.0, 0.0)
    rows = 1
    whole = sum(between) + left + right
    if whole <= canvas.w:
        more = min((canvas.w * 0.94 - whole) / max(1, count - 1), size * 9)
        between = [b + max(0.0, more) for b in between]
    else:
        # Heads that need more for a whole word are staggered, so each may be almost as wide as two; the lines keep their distance.
        slim, most = max(4.2 * size, canvas.w / count - 2.6 * size), min(2.0 * canvas.w / count - 3.6 * size, 0.3 * canvas.w)
        words = [[measure(word, size, canvas.style.sans, canvas.style.bold) + 1.0 for word in board.cards[v].label.split()] for v in order]
        heads = [
            face(board.cards[v], canvas.style, size, max(slim, min(most, max(wide, default=0.0))), least=1.0, strict=True)
            for v, wide in zip(order, words, strict=True)
        ]
        left = max(head.w for head in heads) / 2
        right = max(left, min(right, canvas.w * 0.25))
        free = canvas.w - left - right
        even = free / max(1, count - 1)
        while rows < count and any((heads[k].w + heads[k + rows].w) / 2 + 8.0 > even * rows for k in range(count - rows)):
            rows += 1
        floor = min(even, 2 * left + 8.0) if rows == 1 else even
        wish = [max(0.0, b - floor) for b in between]
        spare = free - floor * (count - 1)
        between = [floor + spare * w / sum(wish) if sum(wish) else even for w in wish]
    x, at = {}, left
    for n, v in enumerate(order):
        x[v] = at
        at += between[n] if n < count - 1 else 0.0
    wide = at + right
    for v, card in enumerate(board.cards):
        if card.ghost:
            x[v] = wide - 4.0
    return _Cast(dict(zip(order, heads, strict=True)), x, {v: n % rows for n, v in enumerate(order)}, wide)


def _drawn(canvas: Canvas, size: float, air: float) -> Made:
    """The sequence at one size of type; `air` is the share of the usual room between messages."""
    board, style = canvas.board, canvas.style
    cast, small = _cast(canvas, size), canvas.small(size)
    count = len(board.cards)  # all who take part stand there first, then the messages come
    tall = [max(cast.faces[v].h for v in cast.rows if cast.rows[v] == r) for r in range(max(cast.rows.values(), default=-1) + 1)]
    tops = [sum(tall[:r]) + 8.0 * r for r in range(len(tall))]
    y = (tops[-1] + tall[-1] if tall else 0.0) + size * 1.3
    frames: list[Item] = []
    messages: list[Item] = []
    open_: list[_Open] = []
    for i, link in enumerate(board.links):
        step = count + i + 1
        wanted = list(board.line(link.section))[::-1]
        while open_ and [held.section for held in open_] != wanted[: len(open_)]:
            y = _close(canvas, open_.pop(), y, cast, small, frames, step)
        for section in wanted[len(open_) :]:
            open_.append(_Open(section, y, []))
            y += small * 1.5 + 16.0
        items, y = _message(canvas, cast, link, y, small, step, air)
        messages += items
        for held in open_:
            held.used += [cast.x[link.start], cast.x[link.end]]
            held.used += [x for item in items if isinstance(item, Box) for x in (item.x, item.x + item.w)]
    while open_:
        y = _close(canvas, open_.pop(), y, cast, small, frames, count + len(board.links))
    repeat = len(board.links) > MANY and canvas.h is None and len(tall) == 1
    bottom = y + size * (0.5 if repeat else 0.2)
    lines: list[Item] = []
    cards: list[Item] = []
    for v, made in cast.faces.items():
        card, row = board.cards[v], cast.rows[v]
        colours = tone(card, canvas.hue(card.section), style, False)
        even = fitted(made, made.w, tall[row])
        down = (("M", (cast.x[v], tops[row] + tall[row])), ("L", (cast.x[v], bottom)))
        lines.append(Path(down, None, mix(style.quiet, style.sheet, 0.55), 1.2, (5.0, 5.0), part=card.part, step=v + 1))
        for top, named in ((tops[row], card), (bottom, replace(card, name=f"{card.name}~")))[: 2 if repeat else 1]:
            head = draw(replace(even, card=named), cast.x[v] - made.w / 2, top, colours, style, v + 1)
            cards += [head] if head else []
    wide = max([cast.w, *(box.x + box.w for box in (*frames, *messages) if isinstance(box, Box))])
    return [*frames, *lines, *messages, *cards], wide, bottom + (tall[0] if repeat else 0.0)


def _message(canvas: Canvas, cast: _Cast, link: Link, y: float, small: float, step: int, air: float) -> tuple[list[Item], float]:
    """One message with what it says above its arrow, and where the next may start."""
    if not link.spoken:
        return _remark(canvas, cast, link, y, small, step)
    style = canvas.style
    a, b = cast.x[link.start], cast.x[link.end]
    items: list[Item] = []
    points: tuple[Point, ...]
    if link.start == link.end:
        after = min((x for x in cast.x.values() if x > a + 1), default=canvas.w)
        text = (
            set_text(link.label, max(after - a - LOOP - 12.0, 4.5 * small), small, style, align="start", leading=1.22)
            if link.label
            else None
        )
        high = max(22.0, text.h if text else 0.0)
        if text:
            left = min(a + LOOP + 6.0, canvas.w - text.w)
            items = _said(canvas, link, text, left, y + (high - text.h) / 2, step)
        middle = y + high / 2
        points = ((a, middle - 9), (a + LOOP, middle - 9), (a + LOOP, middle + 9), (a, middle + 9))
        y += high + small * 1.1 * air
    else:
        if link.label:
            text = set_text(link.label, max(abs(b - a) - 22.0, 7.0 * small), small, style, leading=1.22)
            left = min(max((a + b) / 2 - text.w / 2, 0.0), max(0.0, canvas.w - text.w))
            items = _said(canvas, link, text, left, y, step)
            y += text.h + 5.0
        points = ((a, y), (b, y))
        y += small * 1.35 * air
    # An arrow meets the lines it runs between at boxes of no size, which it is glued to.
    names = f"{link.part}:start", f"{link.part}:end"
    ends = (points[0], points[-1])
    ghosts = [canvas.board.cards[v].ghost for v in (link.start, link.end)]
    glue = [
        Box(px, py - 0.5, 0.0, 1.0, part=link.part, step=step, name=name)
        for name, (px, py), ghost in zip(names, ends, ghosts, strict=True)
        if not ghost
    ]
    named = [canvas.board.cards[v].name if ghost else name for v, ghost, name in zip((link.start, link.end), ghosts, names, strict=True)]
    return [*items, *arrow(link, points, (named[0], named[1]), style, step, stroke=style.ink), *glue], y


def _said(canvas: Canvas, link: Link, text: Text, x: float, y: float, step: int) -> list[Item]:
    """What a message says, on a ground that hides the lines behind it."""
    style = canvas.style
    back = Box(x - 2, y, text.w + 4, text.h, style.sheet, None, part=link.part, step=step)
    return [back, put(text, x, y, style.ink, link.part, "label", step, role="caption")]


def _remark(canvas: Canvas, cast: _Cast, link: Link, y: float, small: float, step: int) -> tuple[list[Item], float]:
    """A remark over one line or several."""
    style = canvas.style
    a, b = sorted((cast.x[link.start], cast.x[link.end]))
    text = set_text(link.label or " ", min(max(b - a + 40.0, 9.0 * small), canvas.w) - 16.0, small, style, leading=1.25, strict=True)
    wide = min(max(b - a + 40.0, text.w + 18.0), canvas.w)
    left = min(max((a + b) / 2 - wide / 2, 0.0), max(0.0, canvas.w - wide))
    fill, name = paper(style, STICKY), f"remark:{link.part}"
    box = Box(left, y, wide, text.h + 10.0, fill, edge(style.series[STICKY], style), 1.2, 4.0, part=link.part, step=step, name=name)
    words = put(text, left + (wide - text.w) / 2, y + 5.0, readable(style.ink, fill), link.part, "label", step, role="caption", inside=name)
    return [box, words], y + text.h + 10.0 + small * 1.1


def _close(canvas: Canvas, held: _Open, y: float, cast: _Cast, small: float, out: list[Item], step: int) -> float:
    """Frame the messages of a section that ends at `y`, its heading in a tab; the frame of an inner section is already there."""
    style, part = canvas.style, canvas.board.sections[held.section].part
    depth = len(list(canvas.board.line(held.section)))
    head = set_text(canvas.board.sections[held.section].label, canvas.w * 0.6, small, style, bold=True, align="start", strict=True)
    lines = sorted(cast.x.values())
    inset = min([26.0 - 7.0 * min(depth, 3), *(0.3 * (b - a) for a, b in itertools.pairwise(lines) if b - a > 20)])
    left = max(0.0, min(held.used) - inset)
    right = min(max(cast.w, canvas.w), max(max(held.used) + inset, left + head.w + 30.0))
    left = max(0.0, min(left, right - head.w - 30.0))
    line = mix(canvas.hue(held.section), style.sheet, 0.6)
    out.insert(
        0, Box(left, held.top, right - left, y - held.top, None, line, 1.2, 6.0, part=part, step=step, name=canvas.named(held.section))
    )
    out.append(Box(left, held.top, head.w + 16.0, head.h + 6.0, canvas.ground(held.section), line, 1.2, 6.0, part=part, step=step))
    out.append(canvas.heading(held.section, head, left + 8.0, held.top + 3.0, step))
    return y + small
