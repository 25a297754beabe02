"""Designs for ways: a road, a plan by quarters, a journey, a route through places."""

import math

from flipchart.renderers import shapes
from flipchart.renderers.drawing import Box, Command, Connector, Item, Path
from flipchart.renderers.infographic_panel import Block, Entry, Panel, arc, circle, pile_with, polygon
from flipchart.renderers.style import on


def winding(panel: Panel) -> float | None:
    """Stations on a road that runs across the page and back."""
    count = len(panel.entries)
    if count < 3 or any(entry.children for entry in panel.entries):
        return None
    road = panel.px(24)
    turn = panel.px(34)
    inset = road * 0.5 + turn * 0.4
    gap = panel.px(20)
    least = panel.px(124 if max(len(e.text) for e in panel.entries) < 60 else 160)
    columns = min(4, int((panel.w - 2 * inset + gap) // (least + gap)))
    if columns < 2:
        return None
    lines = panel.rows(columns)
    if len(lines) < 2:
        return None
    widths = [(panel.w - 2 * inset - gap * (len(row) - 1)) / len(row) for row in lines]
    size = panel.px(44)
    more = panel.share(len(lines), 56)
    tops, blocks, y = [], [], panel.y
    for row, w in zip(lines, widths, strict=True):
        made = [panel.words(entry, w, align="middle") for entry in row]
        blocks.append(made)
        tops.append(y + size / 2)
        y += size + panel.px(16) + max(block.h for block in made) + panel.px(36) + more
    bottom = y - panel.px(36) - more
    panel.add(*_road(panel, tops, inset + widths[-1] / 2, turn, road))
    for line, (row, w, made, middle) in enumerate(zip(lines, widths, blocks, tops, strict=True)):
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            column = i if line % 2 == 0 else len(row) - 1 - i
            x = panel.x + inset + column * (w + gap)
            cx = x + w / 2
            # Where a row runs back only numbers tell the order.
            disc = _station(panel, entry, cx, middle, size, numbered=True)
            panel.group(entry, *disc, *block.at(x, middle + size / 2 + panel.px(14)))
    return bottom


def _station(panel: Panel, entry: Entry, cx: float, cy: float, size: float, *, numbered: bool = False) -> list[Item]:
    """A disc on a way, set off from it, with the entry's icon (unless it is to be `numbered`) or number."""
    full = panel.style.fills
    fill = panel.style.accent if full else panel.style.sheet
    edge = panel.style.sheet if full and not panel.style.rough else panel.style.accent
    disc = Box(cx - size / 2, cy - size / 2, size, size, fill=fill, stroke=edge, stroke_width=3.0, shape="ellipse")
    ink = on(fill) if full else panel.accent
    if numbered:
        return [disc, panel.centred(str(entry.n), cx, cy, size * 0.39, ink)]
    return [disc, *panel.emblem(entry, cx, cy, size * 0.54, ink)]


def _road(panel: Panel, tops: list[float], short: float, turn: float, wide: float) -> list[Item]:
    """The road as a broad line with a dashed middle; it ends `short` of the panel's side."""
    near, far = panel.x + wide / 2, panel.x + panel.w - wide / 2
    k = turn * 0.4477
    d: list[Command] = [("M", (panel.x + wide / 2, tops[0]))]
    for line, y in enumerate(tops):
        right = line % 2 == 0
        if line == len(tops) - 1:
            d.append(("L", (panel.x + panel.w - short if right else panel.x + short, y)))
            break
        edge, sign = (far, 1) if right else (near, -1)
        after = tops[line + 1]
        d += [
            ("L", (edge - sign * turn, y)),
            ("C", (edge - sign * k, y, edge, y + k, edge, y + turn)),
            ("L", (edge, after - turn)),
            ("C", (edge, after - k, edge - sign * k, after, edge - sign * turn, after)),
        ]
    path = tuple(d)
    middle = panel.style.sheet if panel.style.fills else panel.style.accent
    ground = [Path(path, None, panel.tint(0.24), wide)] if panel.style.fills else []
    return [*ground, Path(path, None, middle, 2.0, dash=(panel.px(9), panel.px(8)))]


def roadmap(panel: Panel) -> float | None:
    """Columns in order of time: a band of arrows with the dates, what is planned below each."""
    count = len(panel.entries)
    if count < 2 or not all(entry.when for entry in panel.entries):
        return None
    gap = panel.px(14)
    columns = max(1, min(6, count, int((panel.w + gap) // (max(148.0, panel.px(148)) + gap))))
    if columns == 1:
        return _phases(panel)
    pad, point = panel.px(16), panel.px(12)
    lines = panel.rows(columns)
    more = panel.share(len(lines), 64)
    y = panel.y
    for row in lines:
        w = (panel.w - gap * (len(row) - 1)) / len(row)
        shades = [panel.rising(entry.n - 1, count, 0.16, 0.55) for entry in row]
        heads = [
            panel.field(e, "when", w - point * 2 - panel.px(8), panel.even(8, "when"), fill=panel.on(s if panel.style.fills else None)[0])
            for e, s in zip(row, shades, strict=True)
        ]
        bodies = [panel.words(e, w - 2 * pad, when=False, label=panel.even(16), fill=panel.ground(), inside=f"{e.id}.card") for e in row]
        head_h = max(head.h for head in heads) + panel.px(18)
        body_h = max(body.h for body in bodies) + 2 * pad + more
        for i, (entry, shade, head, body) in enumerate(zip(row, shades, heads, bodies, strict=True)):
            x = panel.x + i * (w + gap)
            notch = point if entry.n > 1 else 0.0
            tip = x + w + (gap * 0.6 if i < len(row) - 1 else 0.0)
            side = tip - point
            d = polygon((x, y), (side, y), (tip, y + head_h / 2), (side, y + head_h), (x, y + head_h), (x + notch, y + head_h / 2))
            arrow = panel.shape(d, shade if panel.style.fills else None, None if panel.style.fills else panel.style.accent)
            card = panel.card(x, y + head_h + panel.px(8), w, body_h, f"{entry.id}.card")
            panel.group(
                entry, *arrow, card, *head.at(x + point + panel.px(6), y + (head_h - head.h) / 2),
                *body.at(x + pad, y + head_h + panel.px(8) + pad),
            )  # fmt: skip
        y += head_h + panel.px(8) + body_h + panel.px(24)
    return y - panel.px(24)


def _phases(panel: Panel) -> float:
    """The same on a phone: phases one below the other, each under its date."""
    pad = panel.px(16)
    more = panel.share(len(panel.entries), 32)
    y = panel.y
    for entry in panel.entries:
        shade = panel.rising(entry.n - 1, len(panel.entries), 0.16, 0.55)
        head = panel.field(entry, "when", panel.w - 2 * pad, fill=panel.on(shade if panel.style.fills else None)[0])
        body = panel.words(entry, panel.w - 2 * pad, when=False, label=panel.even(30), fill=panel.ground(), inside=f"{entry.id}.card")
        head_h, body_h = head.h + panel.px(16), body.h + 2 * pad + more
        card = panel.card(panel.x, y, panel.w, head_h + body_h, f"{entry.id}.card")
        lid = panel.lid(panel.x, y, panel.w, head_h, shade)
        panel.group(entry, card, *lid, *head.at(panel.x + pad, y + panel.px(8)), *body.at(panel.x + pad, y + head_h + pad))
        y += head_h + body_h + panel.px(12)
    return y - panel.px(12)


def journey(panel: Panel) -> float | None:
    """Stations on a line that rises and falls, as their figures do where they have any; words below each."""
    count = len(panel.entries)
    gap = panel.px(18)
    w = (panel.w + gap) / count - gap
    if not 3 <= count <= 8 or w < panel.px(112) or any(entry.children for entry in panel.entries):
        return None
    tall, size = panel.px(92), panel.px(44)
    values = [entry.value for entry in panel.entries]
    known = [value for value in values if value is not None]
    told = len(known) == count and max(known) > min(known)
    share = [(v - min(known)) / (max(known) - min(known)) for v in known] if told else [0.15 if i % 2 else 0.85 for i in range(count)]
    more = panel.share(1, 140)
    tall += more
    words = [panel.words(entry, w, align="middle", figure=told) for entry in panel.entries]
    base = panel.y + tall + size
    places = [(panel.x + i * (w + gap) + w / 2, base - size / 2 - s * tall) for i, s in enumerate(share)]
    lead = [(panel.x, places[0][1]), *places, (panel.x + panel.w, places[-1][1])]
    curve = shapes.smooth(tuple(lead))
    floor = base + panel.px(10)
    if panel.style.fills:
        panel.add(Path((*curve, ("L", (panel.x + panel.w, floor)), ("L", (panel.x, floor)), ("Z", ())), panel.tint(0.12)))
    panel.add(Path(curve, None, panel.tint(0.7), 3.0))
    panel.add(panel.rule(panel.x, floor, panel.x + panel.w, floor))
    for entry, (cx, cy), block in zip(panel.entries, places, words, strict=True):
        stem = panel.rule(cx, cy + size / 2 + 2, cx, floor, panel.tint(0.5), 1.0, dash=True)
        stems = (stem,) if floor - cy - size / 2 > 12 else ()
        panel.group(entry, *stems, *_station(panel, entry, cx, cy, size), *block.at(cx - w / 2, floor + panel.px(12)))
    return floor + panel.px(12) + max(block.h for block in words)


def places(panel: Panel) -> float | None:
    """A route: pins on a dashed way, a card for each place."""
    count = len(panel.entries)
    pin = panel.px(34)
    left = pin + panel.px(20)
    pad = panel.px(16)
    columns = 2 if panel.w >= 900 and count >= 6 else 1
    gap = panel.px(32)
    w = (panel.w - gap * (columns - 1)) / columns
    lines = math.ceil(count / columns)
    more = panel.share(lines, 40)
    bottom = panel.y
    for column in range(columns):
        x = panel.x + column * (w + gap)
        y = panel.y
        before = 0.0
        for entry in panel.entries[column * lines : (column + 1) * lines]:
            block = _stop(panel, entry, w - left - 2 * pad)
            h = max(block.h + 2 * pad, pin * 1.5) + more
            tip = y + h / 2 + pin * 0.62
            items: list[Item] = []
            if before:
                items.append(
                    Connector(
                        ((x + pin / 2, before + 4), (x + pin / 2, y + h / 2 - pin * 0.7)),
                        panel.tint(0.6),
                        stroke_width=2.0,
                        heads="none",
                        dash=True,
                    )
                )
            card = panel.card(x + left, y, w - left, h, f"{entry.id}.card")
            panel.group(entry, *items, *_pin(panel, x, tip - pin * 1.24, pin), card, *block.at(x + left + pad, y + (h - block.h) / 2))
            before = tip
            y += h + panel.px(12)
        bottom = max(bottom, y - panel.px(12))
    return bottom


def _stop(panel: Panel, entry: Entry, w: float) -> Block:
    """What is said of a place: its name, what there is, its date at the end."""
    inside, ground = f"{entry.id}.card", panel.ground()
    when = panel.field(entry, "when", w * 0.34, inside=inside)
    if not when.h or panel.narrow or when.w > w * 0.34:
        return panel.words(entry, panel.measure(w), label=panel.even(28), fill=ground, inside=inside)
    room = w - when.w - panel.px(16)
    words = panel.words(entry, panel.measure(room), label=panel.even(28), when=False, fill=ground, inside=inside)
    h = max(words.h, when.h)
    return Block((*words.at(0.0, (h - words.h) / 2), *when.at(w - when.w, panel.px(2))), w, h)


def _pin(panel: Panel, x: float, y: float, size: float) -> list[Item]:
    """A map pin `size` px wide whose tip is at its foot."""
    r, cx, cy = size / 2, x + size / 2, y + size / 2
    a, b = math.radians(150), math.radians(30)
    # Round above, then down to the tip.
    left, right = (cx + r * math.cos(a), cy + r * math.sin(a)), (cx + r * math.cos(b), cy + r * math.sin(b))
    d: tuple[Command, ...] = (
        ("M", left),
        *arc(cx, cy, r, a, b + 2 * math.pi),
        ("C", (right[0] - r * 0.1, right[1] + r * 0.36, cx + r * 0.16, y + size * 1.1, cx, y + size * 1.24)),
        ("C", (cx - r * 0.16, y + size * 1.1, left[0] + r * 0.1, left[1] + r * 0.36, *left)),
        ("Z", ()),
    )
    hole = circle(cx, cy, r * 0.38)
    fill = panel.style.accent if panel.style.fills else None
    return [
        *panel.shape(d, fill, None if fill else panel.style.accent),
        Path(hole, panel.style.sheet, None if fill else panel.style.accent),
    ]


def climb(panel: Panel) -> float | None:
    """Cards that rise along an arrow, from where it starts to where it leads."""
    count = len(panel.entries)
    gap = panel.px(14)
    w = (panel.w + gap) / count - gap
    if not 3 <= count <= 6:
        return None
    if panel.narrow or (panel.h is not None and panel.h > 0.7 * panel.w):
        return _steep(panel)
    if w < panel.px(116):
        return None
    pad = panel.px(14)
    made = [
        pile_with(
            [(panel.sign(e, panel.px(36)), panel.px(10)), (panel.words(e, w - 2 * pad, fill=panel.ground(), inside=f"{e.id}.card"), 0.0)]
        )
        for e in panel.entries
    ]
    h = max(block.h for block in made) + 2 * pad
    rise = panel.px(34) + panel.share(count, 20)
    total = h + rise * (count - 1) + panel.px(30)
    foot = panel.y + total
    for i, (entry, block) in enumerate(zip(panel.entries, made, strict=True)):
        x, top = panel.x + i * (w + gap), foot - panel.px(30) - h - rise * i
        last = i == count - 1
        panel.group(entry, panel.card(x, top, w, h, f"{entry.id}.card", strong=last), *block.at(x + pad, top + pad))
    slope = rise / (w + gap)
    panel.add(*_upwards(panel, (panel.x, foot), (panel.x + panel.w, foot - slope * panel.w)))
    return foot


def _steep(panel: Panel) -> float | None:
    """The same where there is more height than width: wide cards, the last on top, each further along than the one below it."""
    entries, gap, pad, sign = panel.entries, panel.px(12), panel.px(16), panel.px(40)
    w, clear = panel.w * (0.72 if panel.narrow else 0.62), panel.px(18)
    step = (panel.w - w - clear) / (len(entries) - 0.2)
    signs = [panel.sign(entry, sign) for entry in entries]
    left = max(block.w for block in signs) + panel.px(14) if any(block.h for block in signs) else 0.0
    words = [panel.words(e, w - left - 2 * pad, label=panel.even(28), fill=panel.ground(), inside=f"{e.id}.card") for e in entries]
    h = max(block.h for block in (*signs, *words)) + 2 * pad + panel.share(len(entries), 48)
    foot = panel.y + (h + gap) * len(entries) - gap
    for i, (entry, mark, said) in enumerate(zip(entries, signs, words, strict=True)):
        x, top = panel.x + i * step, foot - h - (h + gap) * i
        card = panel.card(x, top, w, h, f"{entry.id}.card", strong=i == len(entries) - 1)
        panel.group(entry, card, *mark.at(x + pad, top + (h - mark.h) / 2), *said.at(x + pad + left, top + (h - said.h) / 2))
    # It runs past the lower corner of every card.
    slope = (h + gap) / step
    start, end = panel.x + w + clear, panel.x + panel.w
    panel.add(*_upwards(panel, (start, foot), (end, foot - slope * (end - start))))
    return foot


def _upwards(panel: Panel, start: tuple[float, float], end: tuple[float, float]) -> tuple[Path, ...]:
    """An arrow that widens from `start` to its head at `end`."""
    head, thick = panel.px(22), panel.px(4)
    run = math.dist(start, end)
    ux, uy = (end[0] - start[0]) / run, (end[1] - start[1]) / run
    px, py = -uy, ux
    base = (end[0] - ux * head, end[1] - uy * head)
    d = polygon(
        start, (base[0] - px * thick, base[1] - py * thick), (base[0] - px * head * 0.5, base[1] - py * head * 0.5), end,
        (base[0] + px * head * 0.5, base[1] + py * head * 0.5), (base[0] + px * thick, base[1] + py * thick),
    )  # fmt: skip
    return panel.shape(d, panel.style.accent)
