"""Designs of tiles: things in cells, bands and pieces that fit together."""

import math
from collections.abc import Sequence

from flipchart.renderers.drawing import Box, Command, Item
from flipchart.renderers.infographic_panel import Block, Entry, Panel, columns_of, pile, pile_with, polygon
from flipchart.renderers.style import on, readable

Cell = tuple[int, int, int, int]
"""Column, row, and how many of each a tile spans."""


def bento(panel: Panel) -> float | None:
    """Tiles of unequal size without a gap between them: the first one large and in full colour."""
    count = len(panel.entries)
    if not 3 <= count <= 9:
        return None
    gap = panel.px(14)
    columns, cells = _cells(count, panel)
    w = (panel.w - gap * (columns - 1)) / columns
    pad = panel.px(18 if panel.narrow else 20)
    made: list[Block] = []
    for entry, (_, _, across, down) in zip(panel.entries, cells, strict=True):
        room = w * across + gap * (across - 1) - 2 * pad
        if down > 1:
            mark, words = _hero(panel, entry, room)
            made.append(Block(w=room, h=mark.h + panel.px(24) + words.h))
            continue
        made.append(_tile(panel, entry, room, first=entry.n == 1, beside=down == 1 and room > panel.px(300)))
    lines = max(row + down for _, row, _, down in cells)
    tall = [panel.px(72)] * lines
    for block, (_, row, _, down) in zip(made, cells, strict=True):
        if down == 1:
            tall[row] = max(tall[row], block.h + 2 * pad)
    for block, (_, row, _, down) in zip(made, cells, strict=True):
        short = block.h + 2 * pad - sum(tall[row : row + down]) - gap * (down - 1)
        if short > 0:
            tall[row : row + down] = [h + short / down for h in tall[row : row + down]]
    more = panel.share(lines, 64)
    tall = [h + more for h in tall]
    for entry, block, (column, row, across, down) in zip(panel.entries, made, cells, strict=True):
        x, y = panel.x + column * (w + gap), panel.y + sum(tall[:row]) + gap * row
        wide, h = w * across + gap * (across - 1), sum(tall[row : row + down]) + gap * (down - 1)
        box = _ground(panel, entry, x, y, wide, h)
        if down > 1:
            words = _hero(panel, entry, wide - 2 * pad)[1]
            # The mark takes up what would be empty.
            free = min(h - 2 * pad - words.h - panel.px(40), (wide - 2 * pad) * 0.5)
            mark, words = _hero(panel, entry, wide - 2 * pad, max(panel.px(88), min(panel.px(180), free)))
            panel.group(entry, box, *mark.at(x + pad, y + pad), *words.at(x + pad, y + h - pad - words.h))
            continue
        drop = (h - 2 * pad - block.h) / 2 if across > 1 or columns == 1 else 0.0
        panel.group(entry, box, *block.at(x + pad, y + pad + drop))
    return panel.y + sum(tall) + gap * (lines - 1)


def _ground(panel: Panel, entry: Entry, x: float, y: float, w: float, h: float) -> Box:
    """A tile's ground: the first in full colour, the others calm."""
    name = f"{entry.id}.card"
    if entry.n > 1 or not panel.style.fills:
        return panel.card(x, y, w, h, name, strong=entry.n == 1)
    edge = panel.style.accent if panel.style.rough else None
    return Box(x, y, w, h, fill=panel.style.accent, stroke=edge, stroke_width=panel.style.line, radius=panel.style.radius, name=name)


def _cells(count: int, panel: Panel) -> tuple[int, list[Cell]]:
    """How many columns there are, and the cell of each tile: every cell of the grid is taken."""
    if panel.w >= 800 and (panel.h is None or panel.low):
        if count == 6:
            return 3, [(0, 0, 2, 2), (2, 0, 1, 1), (2, 1, 1, 1), (0, 2, 1, 1), (1, 2, 1, 1), (2, 2, 1, 1)]
        side: list[Cell] = {3: [(2, 0, 2, 1), (2, 1, 2, 1)], 4: [(2, 0, 2, 1), (2, 1, 1, 1), (3, 1, 1, 1)]}.get(
            count, [(2, 0, 1, 1), (3, 0, 1, 1), (2, 1, 1, 1), (3, 1, 1, 1)]
        )
        below: list[Cell] = {
            7: [(0, 2, 2, 1), (2, 2, 2, 1)],
            8: [(0, 2, 1, 1), (1, 2, 1, 1), (2, 2, 2, 1)],
            9: [(n, 2, 1, 1) for n in range(4)],
        }.get(count, [])
        return 4, [(0, 0, 2, 2), *side, *below]
    terse = all(not e.said and not e.figure and len(e.label) <= 16 for e in panel.entries)
    columns = 2 if panel.w >= 480 or terse else 1
    cells: list[Cell] = [(0, 0, columns, 1)]
    for n in range(count - 1):
        last = n == count - 2 and n % columns == 0
        cells.append((n % columns, 1 + n // columns, columns if last else 1, 1))
    return columns, cells


def _tile(panel: Panel, entry: Entry, w: float, *, first: bool, beside: bool) -> Block:
    """What stands in a tile: the first one's words are larger, on the accent."""
    inside = f"{entry.id}.card"
    ground = panel.style.accent if first and panel.style.fills else panel.ground(strong=first)
    big = first and (len(entry.label) <= 40)
    even = all(len(e.label) <= 26 for e in panel.entries)  # tiles of one size have labels of one size
    label = 3 if big and not panel.narrow else 2 if first or even else 1
    mark = panel.sign(entry, panel.px(56 if first else 40), ground)
    left = mark.w + panel.px(18) if beside and mark.h else 0.0
    room = panel.measure(w - left, 520.0)
    words = panel.words(entry, room, label=label, body=2 if label > 2 and len(entry.text) < 120 else 1, fill=ground, inside=inside)
    if left:
        h = max(mark.h, words.h)
        return Block((*mark.at(0.0, (h - mark.h) / 2), *words.at(left, (h - words.h) / 2)), w, h)
    return pile_with([(mark, panel.px(16 if first else 12)), (words, 0.0)])


def _hero(panel: Panel, entry: Entry, w: float, size: float | None = None) -> tuple[Block, Block]:
    """The mark, `size` px large, and the words of a tile that is as tall as two."""
    ground = panel.style.accent if panel.style.fills else panel.ground(strong=True)
    label = 4 if len(entry.label) <= 24 else 3 if len(entry.label) <= 60 else 2
    body = 2 if len(entry.text) < 160 else 1
    words = panel.words(entry, panel.measure(w, 520.0), label=label, body=body, fill=ground, inside=f"{entry.id}.card")
    return panel.sign(entry, size or panel.px(88), ground), words


def numerals(panel: Panel) -> float | None:
    """Large numerals over their words, in columns, each under a line, as newspapers count."""
    count = len(panel.entries)
    if not 2 <= count <= 12 or any(entry.figure for entry in panel.entries):
        return None
    gap = panel.px(32)
    long = sum(len(e.text) for e in panel.entries) / count
    least = panel.px(160 if long < 80 else 220)
    columns = 1 if panel.narrow else columns_of(count, max(1, min(4, int((panel.w + gap) // (least + gap)))))
    left = panel.px(64) if columns == 1 else 0.0
    level = panel.even(34)
    y = panel.y
    lines = panel.rows(columns)
    more = panel.share(len(lines), 56)
    for row in lines:
        w = (panel.w - gap * (len(row) - 1)) / len(row)
        made = []
        for entry in row:
            number = panel.text(f"{entry.n:02d}", w, 4, bold=True, fill=panel.accent, leading=1.0)
            words = panel.words(entry, panel.measure(w - left), label=level)
            made.append(
                Block((*number.at(0.0, 0.0), *words.at(left, panel.size(4) * 0.1)), w, max(number.h, words.h + panel.size(4) * 0.1))
                if left
                else pile_with([(number, panel.px(8)), (words, 0.0)])
            )
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            x = panel.x + i * (w + gap)
            panel.group(entry, panel.rule(x, y, x + w, y, panel.style.ink, 1.5), *block.at(x, y + panel.px(16)))
        y += panel.px(16) + max(block.h for block in made) + panel.px(30) + more
    return y - panel.px(30) - more


def alternating(panel: Panel) -> float | None:
    """Bands with a coloured end that changes sides from one to the next."""
    count = len(panel.entries)
    if not 2 <= count <= 9:
        return None
    gap, pad = panel.px(12), panel.px(16 if panel.narrow else 20)
    end = panel.px(64 if panel.narrow else 96)
    room = panel.w - end - 2 * pad
    level = 2 if all(len(e.label) <= 40 for e in panel.entries) and not panel.narrow else 1
    more = panel.share(count, 40)
    y = panel.y
    for entry in panel.entries:
        name = f"{entry.id}.band"
        words = panel.words(entry, panel.measure(room), label=level, fill=panel.ground(), inside=name)
        h = max(panel.px(64 if panel.narrow else 84), words.h + 2 * pad) + more
        right = entry.n % 2 == 0 and not panel.narrow
        at = panel.x + panel.w - end if right else panel.x
        fill = panel.style.accent if panel.style.fills else None
        band = panel.card(panel.x, y, panel.w, h, name)
        cap = Box(at, y, end, h, fill=fill, stroke=panel.style.accent, stroke_width=panel.style.line, radius=panel.style.radius)
        mark = panel.emblem(entry, at + end / 2, y + h / 2, panel.px(30 if panel.narrow else 40), on(fill) if fill else panel.accent)
        text_x = panel.x + pad if right else panel.x + end + pad
        panel.group(entry, band, cap, *mark, *words.at(text_x, y + (h - words.h) / 2))
        y += h + gap
    return y - gap


def faq(panel: Panel) -> float | None:
    """Questions with their answers, in one column or two."""
    count = len(panel.entries)
    columns = 2 if panel.w >= 720 and count >= 4 else 1
    gap = panel.px(24 if columns > 1 else 14)
    w = (panel.w - gap * (columns - 1)) / columns
    pad = panel.px(18)
    size = panel.px(32)
    left = size + panel.px(14)
    lines = [panel.entries[at : at + columns] for at in range(0, count, columns)]
    more = panel.share(len(lines), 48)
    y = panel.y
    for row in lines:
        made = []
        for entry in row:
            wide = panel.w if len(row) < columns else w
            inner = panel.measure(wide - 2 * pad - left)
            made.append(panel.words(entry, inner, label=panel.even(48), fill=panel.ground(), inside=f"{entry.id}.card"))
        h = max(max(block.h for block in made), size) + 2 * pad + more
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            x, wide = panel.x + i * (w + gap), panel.w if len(row) < columns else w
            disc = Box(
                x + pad, y + pad, size, size, fill=panel.style.accent if panel.style.fills else None, stroke=panel.style.accent,
                stroke_width=panel.style.line, shape="ellipse",
            )  # fmt: skip
            ink = on(panel.style.accent) if panel.style.fills else panel.accent
            sign = panel.centred(
                "؟" if panel.lang.startswith(("ar", "fa", "ur")) else "?", x + pad + size / 2, y + pad + size / 2, size * 0.56, ink
            )
            lead = max(0.0, size / 2 - panel.size(2) * 0.62)
            panel.group(entry, panel.card(x, y, wide, h, f"{entry.id}.card"), disc, sign, *block.at(x + pad + left, y + pad + lead))
        y += h + panel.px(14)
    return y - panel.px(14)


def honeycomb(panel: Panel) -> float | None:
    """Short words in the cells of a comb."""
    count = len(panel.entries)
    if count < 3 or any(entry.said or entry.figure or entry.when for entry in panel.entries):
        return None
    gap = panel.px(8)
    ratio = 0.62 if panel.h is None else max(0.62, min(1.8, panel.h / panel.w))
    found = _comb(count, (panel.w, panel.h or math.inf), gap, panel.px(104), panel.px(190), ratio)
    if found is None:
        return None
    counts, shifts, side = found
    tall = side * 2 / math.sqrt(3)
    pitch = tall * 0.75 + gap * 0.8
    span = max(shift + count for shift, count in zip(shifts, counts, strict=True)) * (side + gap) - gap
    start = panel.x + (panel.w - span) / 2
    size = panel.px(30 if side > 130 else 24)
    at, y = 0, panel.y
    for shift, cells in zip(shifts, counts, strict=True):
        for i in range(cells):
            entry = panel.entries[at]
            at += 1
            cx, cy = start + (shift + i + 0.5) * (side + gap) - gap / 2, y + tall / 2
            h, w = tall / 2, side / 2
            d = polygon((cx, cy - h), (cx + w, cy - h / 2), (cx + w, cy + h / 2), (cx, cy + h), (cx - w, cy + h / 2), (cx - w, cy - h / 2))
            fill = (panel.style.accent if entry.n == 1 else panel.tint(0.1 + 0.08 * (entry.n % 2))) if panel.style.fills else None
            ink = panel.on(fill)[0]
            level = panel.even(14) if side > 150 else 1
            label = panel.field(entry, "label", side * 0.82, level, fill=ink, align="middle", lines=3)
            if label.h > tall * 0.36:
                panel.strained = True
            mark_ink = ink if entry.n == 1 and fill else readable(panel.accent, fill or panel.style.sheet)
            block_h = size + panel.px(8) + label.h
            top = cy - block_h / 2
            mark = panel.emblem(entry, cx, top + size / 2, size, mark_ink)
            shape = panel.shape(d, fill, panel.style.accent if not fill else None)
            panel.group(entry, *shape, *mark, *label.at(cx - side * 0.41, top + size + panel.px(8)))
        y += pitch
    return y - pitch + tall


def _comb(
    count: int, room: tuple[float, float], gap: float, least: float, most: float, shape: float
) -> tuple[list[int], list[float], float] | None:
    """Cells per row, how far each row is shifted (in cells), and the width of a cell in px; None where cells get too small. `shape` is
    the height that is wished for, as a share of the width."""
    best: tuple[float, list[int], list[float], float] | None = None
    for k in range(1, count + 1):
        for other, shift in ((k, 0.5), (k - 1, 0.5), (k + 1, -0.5)):
            if other < 1:
                continue
            counts: list[int] = []
            while sum(counts) < count:
                counts.append(k if len(counts) % 2 == 0 else other)
            over = sum(counts) - count
            counts[-1] -= over
            shifts = [0.0 if i % 2 == 0 else shift for i in range(len(counts))]
            low = min(shifts)
            shifts = [s - low for s in shifts]
            if over and len(counts) > 1 and over % 2 == 0:
                shifts[-1] += over / 2
            span = max(s + c for s, c in zip(shifts, counts, strict=True))
            # Rows interlock: each is three quarters of a cell further down.
            rows = 0.75 * len(counts) + 0.25
            side = min(most, (room[0] + gap) / span - gap, (room[1] / rows - gap) * math.sqrt(3) / 2)
            # As the page is, no ragged last row, cells as large as they may be.
            cost = (1.5 if over else 0.0) + abs(len(counts) * 0.9 / span - shape) - side / most
            if side >= least and (best is None or cost < best[0]):
                best = (cost, counts, shifts, side)
    return best[1:] if best else None


def puzzle(panel: Panel) -> float | None:
    """Pieces that hold on to one another, words below (on a phone: beside) each."""
    count = len(panel.entries)
    if not 3 <= count <= 6:
        return None
    side = panel.w / count
    if side < panel.px(128):
        return _puzzle_down(panel)
    gap = panel.px(20)
    tall = min(side * 0.72, panel.px(120))
    knob = tall * 0.13
    words = [panel.words(e, side - gap, label=panel.even(18) if side > 190 else 1) for e in panel.entries]
    shades = [panel.rising(i, count, 0.16, 0.6) for i in range(count)]
    more = panel.share(1, 60)
    y = panel.y + more / 2
    # From the last to the first, so that each knob lies on the piece after it.
    for i in reversed(range(count)):
        entry, x = panel.entries[i], panel.x + i * side
        fill = shades[i] if panel.style.fills else None
        d = _piece(x, y, side, tall, knob, socket=i > 0, plug=i < count - 1)
        shape = panel.shape(d, fill, panel.style.sheet if fill else panel.style.accent)
        ink = on(fill) if fill else panel.accent
        mark = panel.emblem(entry, x + side / 2 + (knob * 0.6 if i else 0.0), y + tall / 2, tall * 0.4, ink)
        panel.group(entry, *shape, *mark, *words[i].at(x, y + tall + panel.px(18)))
    return y + tall + panel.px(18) + max(block.h for block in words) + more / 2


def _puzzle_down(panel: Panel) -> float | None:
    count = len(panel.entries)
    side = panel.px(84)
    knob = panel.px(10)
    left = side + panel.px(20)
    level = 2 if all(len(e.label) <= 28 for e in panel.entries) and not panel.narrow else 1
    words = [panel.words(e, panel.measure(panel.w - left), label=level) for e in panel.entries]
    more = panel.share(count, 32)
    tops, y = [], panel.y
    heights = [max(panel.px(80), block.h + panel.px(24)) + more for block in words]
    for h in heights:
        tops.append(y)
        y += h
    for i in reversed(range(count)):
        entry = panel.entries[i]
        shade = panel.rising(i, count, 0.16, 0.6)
        fill = shade if panel.style.fills else None
        flat = _piece(tops[i], panel.x, heights[i], side, knob, socket=i > 0, plug=i < count - 1)
        d = tuple((c, tuple(p[k ^ 1] for k in range(len(p)))) for c, p in flat)  # the same piece, turned
        ink = on(fill) if fill else panel.accent
        mark = panel.emblem(entry, panel.x + side / 2, tops[i] + heights[i] / 2 + (knob * 0.6 if i else 0.0), panel.px(34), ink)
        shape = panel.shape(d, fill, panel.style.sheet if fill else panel.style.accent)
        panel.group(entry, *shape, *mark, *words[i].at(panel.x + left, tops[i] + (heights[i] - words[i].h) / 2))
    return y


def _piece(x: float, y: float, w: float, h: float, knob: float, *, socket: bool, plug: bool) -> tuple[Command, ...]:
    """A piece with a knob at its end and room for one at its start."""
    k = 0.5522847498 * knob
    middle = y + h / 2

    def bump(at: float, down: bool) -> list[Command]:
        sign = 1 if down else -1
        a, b = middle - sign * knob, middle + sign * knob
        tip = at + knob * 1.15
        return [
            ("L", (at, a)),
            ("C", (at + k, a - sign * k * 0.4, tip, a + sign * (knob - k), tip, middle)),
            ("C", (tip, b - sign * (knob - k), at + k, b + sign * k * 0.4, at, b)),
        ]

    out: list[Command] = [("M", (x, y)), ("L", (x + w, y))]
    out += bump(x + w, True) if plug else []
    out += [("L", (x + w, y + h)), ("L", (x, y + h))]
    out += bump(x, False) if socket else []
    return (*out, ("Z", ()))


def groups(panel: Panel) -> float | None:
    """Columns under headed tabs: what each group, plan or option holds."""
    count = len(panel.entries)
    if count < 2 or not any(entry.children for entry in panel.entries):
        return None
    gap = panel.px(16)
    columns = columns_of(count, max(1, min(4, int((panel.w + gap) // (panel.px(170) + gap)))))
    pad = panel.px(18)
    y = panel.y
    lines = panel.rows(columns)
    more = panel.share(len(lines), 64)
    for row in lines:
        w = (panel.w - gap * (len(row) - 1)) / len(row)
        heads = [_tab(panel, entry, w - 2 * pad) for entry in row]
        head_h = max(head.h for head in heads) + 2 * panel.px(12)
        bodies = [_held(panel, entry, w - 2 * pad) for entry in row]
        body_h = max(body.h for body in bodies) + 2 * pad + more
        for i, (entry, head, body) in enumerate(zip(row, heads, bodies, strict=True)):
            x = panel.x + i * (w + gap)
            card = panel.card(x, y, w, head_h + body_h, f"{entry.id}.card")
            tab = panel.lid(x, y, w, head_h, panel.style.accent)
            panel.group(entry, card, *tab, *head.at(x + pad, y + (head_h - head.h) / 2), *body.at(x + pad, y + head_h + pad))
        y += head_h + body_h + gap
    return y - gap


def _tab(panel: Panel, entry: Entry, w: float) -> Block:
    ink = on(panel.style.accent) if panel.style.fills else panel.accent
    size = panel.px(24)
    left = size + panel.px(10) if panel.marks == "icon" else 0.0
    label = panel.field(entry, "label", w - left, panel.even(16), fill=ink)
    if not left:
        return label
    h = max(size, label.h)
    return Block((*panel.emblem(entry, size / 2, h / 2, size, ink), *label.at(left, (h - label.h) / 2)), w, h)


def _held(panel: Panel, entry: Entry, w: float) -> Block:
    ground, inside = panel.ground(), f"{entry.id}.card"
    ink, quiet = panel.on(ground)
    parts = [
        (panel.field(entry, "when", w, inside=inside), panel.px(4)),
        (panel.figure(entry, w, 4, inside=inside, quiet=quiet), panel.px(8)),
        (panel.field(entry, "text", w, fill=quiet, inside=inside), panel.px(12)),
        (_ruled(panel, entry.children, w, ink, quiet, inside), 0.0),
    ]
    return pile_with(parts)


def _ruled(panel: Panel, entries: Sequence[Entry], w: float, ink: str, quiet: str, inside: str) -> Block:
    """Points one below the other with hairlines between."""
    out: list[Item] = []
    y = 0.0
    pad = panel.px(9)
    for i, entry in enumerate(entries):
        if i:
            out.append(panel.rule(0.0, y, w, y))
            y += pad
        said = pile(
            (panel.line(entry, w, ink=ink, quiet=quiet, inside=inside), panel.bullets(entry.children, w, inside=inside)), panel.px(6)
        )
        out += said.at(0.0, y)
        y += said.h + pad
    return Block(tuple(out), w, max(0.0, y - pad))
