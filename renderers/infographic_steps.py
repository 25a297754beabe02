"""Designs for steps and dates: things one after the other."""

from dataclasses import replace

from flipchart.renderers.drawing import Align, Box, Connector, Item
from flipchart.renderers.infographic_panel import LEADING, Block, Entry, Panel, pile, pile_with, polygon

ACROSS = 900.0  # px of room from which a line of dates runs across the page


def path(panel: Panel) -> float | None:
    """Numbered stations on one line that runs down the page."""
    told = any(entry.said for entry in panel.entries)
    size = panel.px(36)
    left = size + panel.px(20)
    columns = panel.w >= 760 and told
    room = panel.w - left
    level = 2 if all(len(e.label) < 40 for e in panel.entries) and len(panel.entries) <= 8 and not panel.narrow else 1
    label_w = panel.column((e.label for e in panel.entries), level, room * 0.12, room * 0.36) + panel.px(40) if columns else room
    gap = panel.px(28)
    more = panel.share(len(panel.entries), 36)
    y = panel.y
    before: str = ""
    previous = (0.0, 0.0)
    for entry in panel.entries:
        if columns:
            head, body_w = label_w - panel.px(38), room - label_w
            label = pile(
                (panel.field(entry, "when", head), panel.field(entry, "label", head, level), panel.figure(entry, head, 2)), panel.px(3)
            )
            text = panel.field(entry, "text", panel.measure(body_w))
            body = pile((text, panel.bullets(entry.children, body_w)), panel.px(8))
            drop = (panel.size(level) - panel.size(1)) * 0.62 if not entry.when else 0.0
            words = Block((*label.at(0, 0), *body.at(label_w, drop)), room, max(label.h, body.h + drop))
        else:
            words = panel.words(entry, panel.measure(room), label=level)
        first = panel.size(level if not entry.when else 1) * 1.24 / 2
        lead = max(0.0, size / 2 - first)
        name = f"{entry.id}.stop"
        mark = panel.mark(entry, size, solid=True, number=True, name=name)
        items: list[Item] = []
        if before:
            line = Connector((previous, (panel.x + size / 2, y)), panel.tint(0.45), before, name, stroke_width=2.0, heads="none")
            items.append(line)
        panel.group(entry, *items, *mark.at(panel.x, y), *words.at(panel.x + left, y + lead))
        before, previous = name, (panel.x + size / 2, y + size)
        y += max(size, lead + words.h) + gap + more
    return y - gap - more


def track(panel: Panel) -> float | None:
    """Numbered stations on lines that run across the page, words below them."""
    gap = panel.px(24)
    least = panel.px(110 if panel.low else 132 if max(len(entry.text) for entry in panel.entries) < 60 else 160)
    most = int((panel.w + gap) // (least + gap))
    if most < 3 or len(panel.entries) < 2 or panel.slim:
        return None
    lines = panel.rows(min(most, 6))
    size = panel.px(40)
    y = panel.y
    more = panel.share(len(lines), 40)
    for row in lines:
        w = (panel.w - gap * (len(row) - 1)) / len(row)
        made = [panel.words(entry, w, label=panel.even(14)) for entry in row]
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            x = panel.x + i * (w + gap)
            name = f"{entry.id}.stop"
            items: list[Item] = []
            last = entry.n == len(panel.entries)
            if not last:
                end = x + w + gap if i < len(row) - 1 else x + w
                into = f"{panel.entries[entry.n].id}.stop" if i < len(row) - 1 else ""
                items.append(
                    Connector(
                        ((x + size, y + size / 2), (end, y + size / 2)), panel.tint(0.45), name, into, stroke_width=2.0,
                        heads="none" if into else "end",
                    )
                )  # fmt: skip
            icons = panel.marks == "icon"
            mark = panel.mark(entry, size, solid=not icons, number=not icons, name=name)
            panel.group(entry, *items, *mark.at(x, y), *block.at(x, y + size + panel.px(16)))
        y += size + panel.px(16) + max(block.h for block in made) + panel.px(36) + more
    return y - panel.px(36) - more


def chevrons(panel: Panel) -> float | None:
    """Arrows that push into one another, each darker than the last, words below."""
    if len(panel.entries) < 2:
        return None
    if panel.narrow:
        return _banners(panel)
    most = int(panel.w // panel.px(120 if panel.low else 150))
    lines = panel.rows(min(most, 6))
    point = panel.px(20)
    gap = panel.px(6)
    y = panel.y
    more = panel.share(len(lines), 40)
    for row in lines:
        w = (panel.w + (point - gap) * (len(row) - 1)) / len(row)
        inner = w - point * 2 - panel.px(16)
        shades = [panel.rising(entry.n - 1, len(panel.entries)) for entry in row]
        labels = []
        for entry, shade in zip(row, shades, strict=True):
            ink = panel.on(shade if panel.style.fills else None)[0]
            labels.append(panel.field(entry, "label", inner, fill=ink, align="middle", lines=3))
        h = max(panel.px(64), max(label.h for label in labels) + panel.px(24))
        texts = [panel.words(replace(entry, label=""), w - point - panel.px(16)) for entry in row]
        for i, (entry, shade, label, text) in enumerate(zip(row, shades, labels, texts, strict=True)):
            x = panel.x + i * (w - point + gap)
            notch = point if entry.n > 1 else 0.0
            d = polygon((x, y), (x + w - point, y), (x + w, y + h / 2), (x + w - point, y + h), (x, y + h), (x + notch, y + h / 2))
            fill = shade if panel.style.fills else None
            arrow = panel.shape(d, fill, panel.style.accent if not panel.style.fills else None)
            words = label.at(x + (w - inner) / 2, y + (h - label.h) / 2)
            panel.group(entry, *arrow, *words, *text.at(x + (0.0 if entry.n == 1 else panel.px(4)), y + h + panel.px(14)))
        tall = max(text.h for text in texts)
        y += h + (panel.px(14) + tall if tall else 0.0) + panel.px(28) + more
    return y - panel.px(28) - more


def _banners(panel: Panel) -> float | None:
    """The same on a phone: arrows that point down, one below the other."""
    point = panel.px(14)
    y = panel.y
    w = panel.w
    more = panel.share(len(panel.entries), 16)
    for entry in panel.entries:
        shade = panel.rising(entry.n - 1, len(panel.entries))
        fill = shade if panel.style.fills else None
        words = panel.words(entry, w - panel.px(40), align="middle", fill=fill)
        notch = point if entry.n > 1 else 0.0
        h = words.h + panel.px(28) + notch + more
        last = entry.n == len(panel.entries)
        d = polygon(
            (panel.x, y), *(((panel.x + w / 2, y + notch),) if notch else ()), (panel.x + w, y), (panel.x + w, y + h),
            (panel.x + w / 2, y + h + (0.0 if last else point)), (panel.x, y + h),
        )  # fmt: skip
        arrow = panel.shape(d, fill, panel.style.accent if not panel.style.fills else None)
        panel.group(entry, *arrow, *words.at(panel.x + panel.px(20), y + notch + (h - notch - words.h) / 2 + (0 if last else point * 0.2)))
        y += h + panel.px(5)
    return y - panel.px(5)


def ladder(panel: Panel) -> float | None:
    """Stairs: each step stands higher than the one before it."""
    count = len(panel.entries)
    if not 2 <= count <= 7:
        return None
    gap = panel.px(8)
    w = (panel.w - gap * (count - 1)) / count
    if w < panel.px(118):
        return _indents(panel) if panel.w < 720 else None
    pad = panel.px(14)
    rise = panel.px(36 if count <= 5 else 28) + panel.share(count, 24)
    shades = [panel.step_tint(i, count, 0.1, 0.26) for i in range(count)]
    made = []
    for entry, shade in zip(panel.entries, shades, strict=True):
        ground = shade if panel.style.fills else None
        number = panel.text(str(entry.n), w, 3, bold=True, fill=panel.on(ground)[0], leading=1.0)
        words = panel.words(entry, w - 2 * pad, fill=ground, inside=f"{entry.id}.step")
        made.append(pile_with([(number, panel.px(10)), (words, 0.0)]))
    # The first stair is as tall as its words need; the others stand on the same ground, each a rise higher.
    h0 = max(block.h + 2 * pad + panel.px(6) - rise * i for i, block in enumerate(made))
    h0 = max(h0, panel.px(96))
    total = h0 + rise * (count - 1)
    for i, (entry, shade, block) in enumerate(zip(panel.entries, shades, made, strict=True)):
        x, h = panel.x + i * (w + gap), h0 + rise * i
        top = panel.y + total - h
        body = Box(
            x, top, w, h, fill=shade if panel.style.fills else None, stroke=panel.style.accent if panel.style.rough else None,
            stroke_width=panel.style.line, name=f"{entry.id}.step",
        )  # fmt: skip
        tread = Box(x, top, w, panel.px(5), fill=panel.style.accent)
        sides = () if panel.style.fills or panel.style.rough else (panel.rule(x, top, x, panel.y + total),)
        panel.group(entry, body, *sides, tread, *block.at(x + pad, top + pad + panel.px(5)))
    panel.add(panel.rule(panel.x, panel.y + total, panel.x + panel.w, panel.y + total, panel.style.ink, 1.5))
    return panel.y + total


def _indents(panel: Panel) -> float | None:
    """Stairs on a phone: each step starts further in, and its tread is longer."""
    count = len(panel.entries)
    indent = min(panel.px(22), panel.w * 0.28 / max(1, count - 1))
    y = panel.y
    more = panel.share(count, 16)
    for i, entry in enumerate(panel.entries):
        x = panel.x + indent * i
        w = panel.x + panel.w - x
        words = panel.words(entry, w - panel.px(36))
        number = panel.text(str(entry.n), panel.px(30), 2, bold=True, fill=panel.accent)
        items: list[Item] = [panel.rule(x, y, panel.x + panel.w, y, panel.style.accent, 2.5)]
        h = max(words.h, number.h) + panel.px(22) + more
        panel.group(entry, *items, *number.at(x, y + panel.px(9)), *words.at(x + panel.px(36), y + panel.px(10)))
        y += h + panel.px(4)
    return y


def snake(panel: Panel) -> float | None:
    """Boxes joined by arrows, turning at the end of each row."""
    count = len(panel.entries)
    gap = panel.px(36)
    if count < 4 or any(entry.children for entry in panel.entries):
        return None
    most = int((panel.w + gap) // (panel.px(150) + gap))
    if most < 2:
        return None
    lines = panel.rows(min(most, 4))
    pad = panel.px(16)
    y = panel.y
    more = panel.share(len(lines), 40)
    before: Box | None = None
    for line, row in enumerate(lines):
        w = (panel.w - gap * (len(row) - 1)) / len(row)
        made = []
        for entry in row:
            ground = panel.ground()
            number = panel.text(str(entry.n), w, 2, bold=True, fill=panel.accent, leading=1.0)
            made.append(pile_with([(number, panel.px(8)), (panel.words(entry, w - 2 * pad, fill=ground, inside=f"{entry.id}.box"), 0.0)]))
        h = max(block.h for block in made) + 2 * pad + more
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            column = i if line % 2 == 0 else len(row) - 1 - i
            x = panel.x + column * (w + gap)
            box = panel.card(x, y, w, h, f"{entry.id}.box")
            items: list[Item] = []
            if before is not None:
                items.append(_turn(panel, before, box))
            panel.group(entry, *items, box, *block.at(x + pad, y + pad))
            before = box
        y += h + gap
    return y - gap


def _turn(panel: Panel, start: Box, end: Box) -> Connector:
    if abs(start.y - end.y) < 1:
        sign = 1 if end.x > start.x else -1
        a = (start.x + start.w if sign > 0 else start.x, start.y + start.h / 2)
        b = (end.x - 4 if sign > 0 else end.x + end.w + 4, start.y + start.h / 2)
    else:
        # Rows of unlike counts have boxes of unlike widths: straight down between both.
        x = (max(start.x, end.x) + min(start.x + start.w, end.x + end.w)) / 2
        a, b = (x, start.y + start.h), (x, end.y - 4)
    return Connector((a, b), panel.accent, start.name, end.name, stroke_width=2.0)


def timeline(panel: Panel) -> float | None:
    """Dates along a line that runs down the page, on a wide page across it or with its dates on both sides in turn."""
    if not panel.wide or len(panel.entries) < 3:
        return _spine(panel)
    before = panel.strained
    if panel.w >= panel.px(ACROSS) and len(panel.entries) <= 9 and (bottom := _across(panel)) is not None:
        return bottom
    panel.strained = before
    middle = panel.x + panel.w / 2
    away = panel.px(36)
    w = panel.w / 2 - away
    wide = panel.measure(w, 420.0)
    ends = [panel.y, panel.y]
    dot = panel.px(14)
    y = panel.y
    more = panel.share(len(panel.entries), 40)
    bottom = y
    places = []
    for i, entry in enumerate(panel.entries):
        side = i % 2  # 0: right, 1: left
        block = _dated(panel, entry, wide, "start" if side == 0 else "end")
        y = max(y, ends[side])
        places.append((entry, block, side, y))
        ends[side] = y + block.h + panel.px(28)
        bottom = max(bottom, y + block.h)
        y += panel.px(44) + more
    first = places[0][3] + panel.size(2) * 0.55
    panel.add(panel.rule(middle, first, middle, bottom, panel.tint(0.45), 2.0))
    for entry, block, side, top in places:
        at = top + panel.size(2) * 0.55
        disc = Box(
            middle - dot / 2, at - dot / 2, dot, dot, fill=panel.style.sheet, stroke=panel.style.accent, stroke_width=3.0, shape="ellipse"
        )
        x = middle + away if side == 0 else middle - away - wide
        arm = (
            panel.rule(middle + dot / 2 + 2, at, middle + away - panel.px(8), at, panel.tint(0.45), 1.5)
            if side == 0
            else panel.rule(middle - away + panel.px(8), at, middle - dot / 2 - 2, at, panel.tint(0.45), 1.5)
        )
        panel.group(entry, arm, disc, *block.at(x, top))
    return bottom


def _across(panel: Panel) -> float | None:
    """Dates along a line across the page, above and below it in turn, each on a stem as a flag is; None where words would break."""
    count, inset, stem = len(panel.entries), panel.px(14), panel.px(22) + panel.share(2, 36)
    slot = (panel.w - panel.px(190)) / (count - 1)
    # A flag reaches over the next stem, which points the other way, up to the one after that.
    rooms = [min(2 * slot, panel.w - slot * i, panel.px(400)) - inset - panel.px(16) for i in range(count)]
    made = [_dated(panel, entry, room, "start") for entry, room in zip(panel.entries, rooms, strict=True)]
    if panel.strained:
        return None
    line = panel.y + max(block.h for block in made[::2]) + stem
    bottom = line + stem + max(block.h for block in made[1::2])
    panel.add(panel.rule(panel.x, line, panel.x + panel.w, line, panel.tint(0.45), 2.0))
    dot = panel.px(14)
    for i, (entry, block) in enumerate(zip(panel.entries, made, strict=True)):
        x = panel.x + slot * i + dot / 2
        top = line - stem - block.h if i % 2 == 0 else line + stem
        disc = Box(
            x - dot / 2, line - dot / 2, dot, dot, fill=panel.style.sheet, stroke=panel.style.accent, stroke_width=3.0, shape="ellipse"
        )
        ends = (top, line - dot / 2 - 2) if i % 2 == 0 else (line + dot / 2 + 2, top + block.h)
        panel.group(entry, panel.rule(x, ends[0], x, ends[1], panel.tint(0.45), 1.5), disc, *block.at(x + inset, top))
    return bottom


def _dated(panel: Panel, entry: Entry, w: float, align: Align) -> Block:
    """The words of an entry under its date in large type."""
    date = panel.field(entry, "when", w, panel.even(16, "when"), align=align, leading=1.1)
    return pile_with([(date, panel.px(5)), (panel.words(entry, w, when=False, align=align), 0.0)])


def _spine(panel: Panel) -> float | None:
    dot = panel.px(14)
    left = dot + panel.px(18)
    made = [_dated(panel, entry, panel.w - left, "start") for entry in panel.entries]
    gap = panel.px(26)
    more = panel.share(len(made), 36)
    middle = panel.x + dot / 2
    total = sum(block.h for block in made) + (gap + more) * (len(made) - 1)
    first = panel.y + panel.size(2) * 0.55
    panel.add(panel.rule(middle, first, middle, panel.y + total, panel.tint(0.45), 2.0))
    y = panel.y
    for entry, block in zip(panel.entries, made, strict=True):
        at = y + panel.size(2) * 0.55
        disc = Box(panel.x, at - dot / 2, dot, dot, fill=panel.style.sheet, stroke=panel.style.accent, stroke_width=3.0, shape="ellipse")
        panel.group(entry, disc, *block.at(panel.x + left, y))
        y += block.h + gap + more
    return y - gap - more


def milestones(panel: Panel) -> float | None:
    """Dates along a line that runs across the page, words above and below it in turn where there are many."""
    count = len(panel.entries)
    gap = panel.px(20)
    if count < 3 or panel.tall:
        return None
    both = panel.w / count < panel.px(150)
    # In turn above and below, words may be nearly two slots wide.
    w = (2 * panel.w - gap * (count - 1)) / (count + 1) if both else panel.w / count - gap
    slot = (panel.w - w) / (count - 1) if both else panel.w / count
    if w < panel.px(116):
        return None
    made = []
    for entry in panel.entries:
        date = panel.field(entry, "when", w, panel.even(8, "when"))
        made.append(pile((date, panel.words(entry, w, when=False)), panel.px(4)))
    dot = panel.px(14)
    stem = panel.px(26)
    above = max((block.h for i, block in enumerate(made) if both and i % 2 == 0), default=0.0)
    below = max((block.h for i, block in enumerate(made) if not both or i % 2), default=0.0)
    more = panel.share(2, 60)
    axis = panel.y + (above + stem if both else 0.0) + dot / 2 + more
    panel.add(
        Connector(((panel.x, axis), (panel.x + panel.w, axis)), panel.tint(0.45), stroke_width=2.0, heads="end"),
    )
    lead = dot / 2 + panel.px(20 if both else 12)
    for i, (entry, block) in enumerate(zip(panel.entries, made, strict=True)):
        x = panel.x + i * slot
        up = both and i % 2 == 0
        disc = Box(x, axis - dot / 2, dot, dot, fill=panel.style.sheet, stroke=panel.style.accent, stroke_width=3.0, shape="ellipse")
        ends = (axis - stem + panel.px(6), axis - dot / 2 - 2) if up else (axis + dot / 2 + 2, axis + dot / 2 + panel.px(16))
        stems = (panel.rule(x + dot / 2, ends[0], x + dot / 2, ends[1], panel.tint(0.45), 1.5),) if both else ()
        panel.group(entry, *stems, disc, *block.at(x, axis - stem - block.h if up else axis + lead))
    return axis + lead + below


def dates(panel: Panel) -> float | None:
    """A ledger of dates: the date in one column, what happened in the next, hairlines between."""
    if not any(entry.when for entry in panel.entries):
        return None
    level = 2 if all(len(entry.when) <= 12 for entry in panel.entries) and not panel.narrow else 1
    shown = [panel.field(entry, "when", panel.w * (0.3 if panel.wide else 0.34), level) for entry in panel.entries]
    left = max(block.w for block in shown) + panel.px(28)
    if left > panel.w * 0.36:
        left = panel.w * 0.36
    pad = panel.px(14)
    more = panel.share(len(shown), 28) / 2
    y = panel.y
    room = panel.w - left
    beside = room >= 600 and all(not entry.children and not entry.figure for entry in panel.entries)
    label_w = panel.column((e.label for e in panel.entries), 1, room * 0.12, room * 0.4)
    for entry, date in zip(panel.entries, shown, strict=True):
        if beside:
            label = panel.field(entry, "label", label_w)
            text = panel.field(entry, "text", room - label_w - panel.px(32), leading=LEADING)
            words = Block((*label.at(0.0, 0.0), *text.at(label_w + panel.px(32), 0.0)), room, max(label.h, text.h))
        else:
            words = panel.words(entry, panel.measure(room), when=False)
        drop = max(0.0, (panel.size(level) - panel.size(1)) * 0.62)
        top = y + pad + more
        line = (panel.rule(panel.x, y, panel.x + panel.w, y),) if entry.n > 1 else ()
        panel.group(entry, *line, *date.at(panel.x, top), *words.at(panel.x + left, top + drop))
        y = top + max(date.h, words.h + drop) + pad + more
    return y - pad
