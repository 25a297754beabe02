"""Designs for lists: things side by side, in no order or a loose one."""

import math
from dataclasses import replace
from itertools import product

from flipchart.renderers.drawing import Box, Command, Item, Text
from flipchart.renderers.infographic_panel import BODY, Block, Entry, Panel, flow, pile, pile_with, rows_of


def cards(panel: Panel) -> float | None:
    """A grid of cards, each with its icon, label and text."""
    count = len(panel.entries)
    gap, pad = panel.px(16), panel.px(16 if panel.narrow else 20)
    long = sum(len(e.text) + sum(len(c.label) + len(c.text) for c in e.children) for e in panel.entries) / count
    least = panel.px(190 if long < 70 else 240 if long < 130 else 300 if long < 240 else 400)
    if panel.narrow and long < 24:
        least = panel.px(140)
    most = max(1, min(5, int((panel.w + gap) // (least + gap))))
    counts = [1, 1, 1] if most == 2 and count == 3 else rows_of(count, most)
    ways = [(counts, max(counts) == 1 or (max(counts) == 2 and panel.w >= 640))]
    if panel.h is not None:
        # In a low room: marks beside the words, then one column more.
        more = rows_of(count, min(6, most + 1)) if panel.w / (most + 1) > panel.px(150) else counts
        ways += [(counts, True), (more, False), (more, True)]
    for counts, beside in ways:
        lines = _grid(panel, counts, beside, gap, pad)
        tall = sum(h for _, _, h in lines) + gap * (len(lines) - 1)
        if panel.h is None or (tall <= panel.h and not panel.strained):
            break
    y = panel.y
    more_h = panel.share(len(lines), 56)
    for row, made, h in lines:
        h += more_h
        w = (panel.w - gap * (len(row) - 1)) / len(row)
        tallest = max(block.h for block in made)
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            x = panel.x + i * (w + gap)
            # Words of about one height stand in the middle; else marks and labels of a row share their line.
            even = all(tallest - other.h < panel.size(1) for other in made)
            drop = (h - 2 * pad - (block.h if even else tallest)) / 2 if beside else 0.0
            panel.group(entry, panel.card(x, y, w, h, f"{entry.id}.card"), *block.at(x + pad, y + pad + drop))
        y += h + gap
    return y - gap


def _grid(panel: Panel, counts: list[int], beside: bool, gap: float, pad: float) -> list[tuple[tuple[Entry, ...], list[Block], float]]:
    """The rows of cards: entries, their words, and the row's height in px."""
    panel.strained = False
    out = []
    at = 0
    for count in counts:
        row = panel.entries[at : at + count]
        at += count
        w = (panel.w - gap * (count - 1)) / count
        made = [_card(panel, entry, w - 2 * pad, beside) for entry in row]
        out.append((row, made, max(block.h for block in made) + 2 * pad))
    return out


def _card(panel: Panel, entry: Entry, w: float, beside: bool) -> Block:
    mark = panel.sign(entry, panel.px(44), panel.ground())
    ground, inside = panel.ground(), f"{entry.id}.card"
    label = 2 if w >= 150 and all(len(e.label) <= 26 for e in panel.entries) else 1
    if beside and mark.h:
        left = mark.w + panel.px(16)
        words = panel.words(entry, w - left, label=label, fill=ground, inside=inside)
        h = max(mark.h, words.h)
        lines_up = (h - words.h) / 2 if words.h < mark.h else 0.0
        return Block((*mark.at(0.0, 0.0), *words.at(left, lines_up)), w, h)
    return pile_with([(mark, panel.px(14)), (panel.words(entry, w, label=label, fill=ground, inside=inside), 0.0)])


def rows(panel: Panel) -> float | None:
    """One row each, set apart by hairlines: mark, label, and on a wide page the text beside it. Fits whatever is said."""
    told = any(entry.said for entry in panel.entries)
    columns = panel.wide and told
    plain = panel.marks == "number"
    disc = panel.px(36 if panel.marks == "icon" else 30 if plain else 14)
    left = disc + panel.px(16 if panel.marks != "dot" else 10)
    before, panel.strained = panel.strained, False
    figures = [panel.figure(entry, panel.w * 0.3, 2) for entry in panel.entries]
    inline = panel.strained  # figures too long for a column of their own stand with the words
    figures = [Block()] * len(figures) if inline else figures
    panel.strained = before
    right = max(block.w for block in figures)
    right += panel.px(16) if right else 0.0
    room = panel.w - left - right
    pad = panel.px(14 if len(panel.entries) > 6 or panel.narrow else 18)
    y = panel.y
    more = panel.share(len(panel.entries), 28) / 2
    big = 2 if columns and len(panel.entries) <= 7 and all(len(e.label) < 60 for e in panel.entries) else 1
    label_w = panel.column((e.label for e in panel.entries), big, room * 0.12, room * 0.38) if columns else room
    for entry, figure in zip(panel.entries, figures, strict=True):
        items: list[Item] = []
        if entry.n > 1:
            items.append(panel.rule(panel.x, y, panel.x + panel.w, y))
        top = y + pad + more
        if columns:
            figure_in = panel.figure(entry, label_w, 2) if inline else Block()
            label = pile((panel.field(entry, "when", label_w), figure_in, panel.field(entry, "label", label_w, big)), panel.px(2))
            body = _body(panel, entry, panel.measure(room - label_w - panel.px(40)))
            # One baseline for the first line of both.
            drop = max(0.0, (panel.size(big) - panel.size(1)) * 0.62) if not entry.when else 0.0
            words = Block((*label.at(0.0, 0.0), *body.at(label_w + panel.px(40), drop)), room, max(label.h, body.h + drop))
        else:
            words = panel.words(entry, room, figure=inline, label=big)
        size = panel.size(big)
        h = max(words.h, figure.h)
        first = size * 1.24 / 2  # middle of the label's first line
        if plain:
            number = panel.text(str(entry.n), left, big, bold=True, fill=panel.accent)
            items += number.at(panel.x, top)
        else:
            # The mark and the first line share their middle.
            lift = max(0.0, disc / 2 - first)
            items += panel.mark(entry, disc).at(panel.x, top + max(0.0, first - disc / 2))
            top += lift
            h = max(h, disc - lift)
        items += words.at(panel.x + left, top)
        items += figure.at(panel.x + panel.w - figure.w, top + max(0.0, first - figure.h / 2))
        panel.group(entry, *items)
        y = top + h + pad + more
    return y - pad * 0.5


def _body(panel: Panel, entry: Entry, w: float) -> Block:
    return pile((panel.field(entry, "text", w), panel.bullets(entry.children, w)), panel.px(8))


def rail(panel: Panel) -> float | None:
    """Two columns of points (three of them in one row), each hung on a short accent rail."""
    columns = 1 if panel.w < 560 or len(panel.entries) < 3 else 3 if len(panel.entries) == 3 and panel.w >= 800 else 2
    gap = panel.px(40)
    left, bar = panel.px(20), panel.px(4)
    level = 2 if all(len(e.label) <= 28 for e in panel.entries) and not panel.narrow else 1
    lines = panel.rows(columns)
    between = panel.px(28)
    # Rows keep both columns on shared lines.
    y = panel.y
    more = panel.share(len(lines), 32)
    for row in lines:
        w = (panel.w - gap * (len(row) - 1)) / len(row)
        made = [panel.words(entry, w - left, label=level) for entry in row]
        h = max(block.h for block in made)
        for column, (entry, block) in enumerate(zip(row, made, strict=True)):
            x = panel.x + column * (w + gap)
            rail_box = Box(x, y + 2, bar, max(bar, h - 2), fill=panel.style.accent, radius=bar / 2)
            panel.group(entry, rail_box, *block.at(x + left, y))
        y += h + between + more
    return y - between - more


def index(panel: Panel) -> float | None:
    """Many short entries in columns, read down. The densest design: on a forced panel what does not fit is cut."""
    gap = panel.px(32)
    most = max(1, int((panel.w + gap) // (panel.px(210) + gap)))
    columns = min(most, max(1, math.ceil(len(panel.entries) / 4)), 4)
    if not panel.forced or panel.h is None:
        return _in_columns(panel, columns, gap, panel.px(14), 1)
    before = panel.strained
    for numbered, columns in product((True, False), range(1, max(1, int(panel.w // 110)) + 1)):
        panel.out, panel.strained = [], False
        bottom = _in_columns(panel, columns, 16.0, 6.0, 0, numbered=numbered)
        if bottom <= panel.y + panel.h:  # a broken word is better than a lost one
            panel.strained = before
            return bottom
    panel.out, panel.strained = [], True
    return _squeezed(panel)


def _in_columns(panel: Panel, columns: int, gap: float, space: float, level: int, *, numbered: bool = True) -> float:
    """The entries in columns of even height, hairlines between; gives back where the tallest ends. Numbers take room of their own."""
    entries = panel.entries
    number_w = panel.px(18 if len(entries) < 10 else 28)
    left = number_w + panel.px(4) if numbered else 0.0
    w = (panel.w - gap * (columns - 1)) / columns
    made: list[Block] = []
    short = not any(entry.children or entry.figure or entry.when for entry in entries) and panel.in_line(entries, w - left, level)
    for entry in entries:
        words = (
            panel.line(entry, w - left, level, bold=True, beside=True) if short else panel.words(entry, w - left, label=level, body=level)
        )
        number = panel.text(str(entry.n), number_w, level, bold=True, fill=panel.accent) if numbered else Block()
        made.append(Block((*number.at(0.0, 0.0), *words.at(left, 0.0)), w, max(words.h, number.h)))
    counts = flow([block.h for block in made], columns, space)
    bottom, at = panel.y, 0
    for column, count in enumerate(counts):
        x, y = panel.x + column * (w + gap), panel.y
        for entry, block in list(zip(entries, made, strict=True))[at : at + count]:
            panel.group(entry, *block.at(x, y))
            y += block.h + space
        at += count
        bottom = max(bottom, y - space)
    for column in range(1, len(counts)):
        x = panel.x + column * (w + gap) - gap / 2
        panel.out.insert(0, panel.rule(x, panel.y, x, bottom))
    return bottom


def _squeezed(panel: Panel) -> float:
    """Cells of one size that fill the room, what is too long for its cell cut at the smallest type; the last cell names what has none."""
    assert panel.h is not None
    count, gap, between = len(panel.entries), 12.0, 4.0
    tight = 1.2
    line = panel.size(0) * tight + 0.5
    most = max(1, int(panel.w // 100))
    columns = next((c for c in range(1, most) if math.ceil(count / c) * (line * 2 + between) <= panel.h), most)
    lines = max(1, min(math.ceil(count / columns), int((panel.h + between) // (line + between))))
    w = (panel.w - gap * (columns - 1)) / columns
    h = (panel.h - between * (lines - 1)) / lines
    cells = columns * lines
    for i, entry in enumerate(panel.entries[:cells]):
        x, y = panel.x + (i // lines) * (w + gap), panel.y + (i % lines) * (h + between)
        rest = panel.entries[i:] if i == cells - 1 else (entry,)
        head = ", ".join(": ".join(part for part in (other.when, other.label) if part) for other in rest)
        room = max(line, h * 0.5 if entry.said else h)
        label = panel.text(head, w, 0, bold=True, part=entry.id, field="label", room=room, leading=tight)
        used = sum(len(item.lines) for item in label.items if isinstance(item, Text)) * line
        items = [*label.at(x, y)]
        told = " ".join(part for part in (entry.figure, entry.unit, entry.text, *(child.label for child in entry.children)) if part)
        if told and h - used >= line:
            body = panel.text(told, w, 0, fill=panel.style.quiet, part=entry.id, field="text", room=h - used, leading=tight)
            items += body.at(x, y + used)
        elif told:
            panel.strained = True
        panel.group(entry, *items)
    return panel.y + panel.h


def checklist(panel: Panel) -> float | None:
    """Ticked boxes with what to do."""
    columns = 2 if panel.wide and len(panel.entries) >= 4 else 1
    gap = panel.px(40)
    w = (panel.w - gap * (columns - 1)) / columns
    size = panel.px(24)
    left = size + panel.px(14)
    made = [panel.words(entry, panel.measure(w - left)) for entry in panel.entries]
    space = panel.px(20)
    counts = flow([block.h for block in made], columns, space) if columns > 1 else [len(made)]
    more = panel.share(max(counts), 28)
    bottom, at = panel.y, 0
    for column, count in enumerate(counts):
        x, y = panel.x + column * (w + gap), panel.y
        for entry, block in list(zip(panel.entries, made, strict=True))[at : at + count]:
            first = panel.size(1) * 1.24 / 2
            box = Box(
                x, y + first - size / 2, size, size, fill=panel.style.soft if panel.style.fills else None, stroke=panel.style.accent,
                stroke_width=panel.style.line, radius=panel.px(6),
            )  # fmt: skip
            panel.group(entry, box, panel.tick(x, y + first - size / 2, size, panel.accent), *block.at(x + left, y))
            y += max(block.h, size) + space + more
        at += count
        bottom = max(bottom, y - space - more)
    return bottom


def quote(panel: Panel) -> float | None:
    """The first entry set large as a quotation; others that are said by someone follow smaller, points as a list."""
    first, rest = panel.entries[0], panel.entries[1:]
    saying, by = (first.text, first.label) if len(first.text) > len(first.label) else (first.label, first.text)
    fields = ("text", "label") if saying is first.text else ("label", "text")
    if len(saying) > 320 or first.children or first.figure:
        return None
    left = panel.px(0 if panel.narrow else 72)
    size = panel.px(72)
    w = panel.measure(panel.w - left, 760.0)
    level = 3 if len(saying) <= (60 if panel.narrow else 140) else 2
    y = panel.y + panel.share(2, 60)
    marks = _quotation(panel, panel.x, y, size * 0.62)
    if panel.narrow:
        y += size * 0.62
    said = panel.text(saying, w, level, heading=True, part=first.id, field=fields[0], leading=1.34, role="title")
    who = pile((panel.text(by, w, 1, fill=panel.style.quiet, part=first.id, field=fields[1]), panel.field(first, "when", w)), panel.px(4))
    block = pile_with([(said, panel.px(16)), (who, 0.0)])
    panel.group(first, *marks, *block.at(panel.x + left, y))
    y += max(block.h, size * 0.6)
    if rest:
        y += panel.px(28)
        panel.add(panel.rule(panel.x + left, y, panel.x + panel.w, y))
        y += panel.px(24)
        inner = replace(panel, x=panel.x + left, y=y, w=panel.w - left, entries=rest, spare=0.0, out=[])
        plain = not any(e.children or e.figure for e in rest)
        spoken = plain and all(0 < len(getattr(e, fields[1])) < len(getattr(e, fields[0])) for e in rest)
        bottom = _sayings(inner, *fields) if spoken else checklist(inner)
        panel.out += inner.out
        panel.strained |= inner.strained
        return bottom
    return y


def _sayings(panel: Panel, saying: str, by: str) -> float:
    """What others said (the field `saying`), smaller, with who said it (the field `by`), in one column or two."""
    columns = 2 if panel.w >= 480 and len(panel.entries) > 1 else 1
    gap, left = panel.px(32), panel.px(16)
    w = (panel.w - gap * (columns - 1)) / columns
    y = panel.y
    for at in range(0, len(panel.entries), columns):
        row = panel.entries[at : at + columns]
        made = [
            pile(
                (
                    panel.text(getattr(e, saying), panel.measure(w - left), 1, part=e.id, field=saying, leading=BODY, role="body"),
                    panel.text(getattr(e, by), w - left, 0, fill=panel.style.quiet, part=e.id, field=by, role="label"),
                    panel.field(e, "when", w - left, 0),
                ),
                panel.px(6),
            )
            for e in row
        ]
        tall = max(block.h for block in made)
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            x = panel.x + i * (w + gap)
            panel.group(entry, panel.rule(x, y, x, y + tall, panel.style.accent, 2.0), *block.at(x + left, y))
        y += tall + panel.px(24)
    return y - panel.px(24)


def _quotation(panel: Panel, x: float, y: float, size: float) -> tuple[Item, ...]:
    """Two commas of ink, as large as `size` px."""
    out: list[Item] = []
    r = size * 0.2
    for i in range(2):
        left = x + i * size * 0.52

        def p(px: float, py: float, left: float = left) -> tuple[float, float]:
            return left + r * (2.0 - px), y + r * (3.9 - py)

        d: tuple[Command, ...] = (
            ("M", p(2, 1)),
            ("C", (*p(2, 2.6), *p(1.3, 3.4), *p(0.2, 3.9))),
            ("C", (*p(0.9, 3.1), *p(1, 2.5), *p(0.9, 2))),
            ("C", (*p(0.2, 1.9), *p(0, 1.5), *p(0, 1))),
            ("C", (*p(0, 0.4), *p(0.4, 0), *p(1, 0))),
            ("C", (*p(1.6, 0), *p(2, 0.4), *p(2, 1))),
            ("Z", ()),
        )
        out += panel.shape(d, panel.style.accent)
    return tuple(out)
