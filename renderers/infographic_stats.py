"""Designs for figures: big numbers, lengths, parts of a whole."""

from flipchart.renderers.drawing import Box, Item
from flipchart.renderers.infographic_panel import Block, Panel, columns_of, pile, pile_with
from flipchart.renderers.style import mix, readable


def figures(panel: Panel) -> float | None:
    """Big numbers in columns, each under a line, what it counts below it."""
    if not any(entry.figure for entry in panel.entries):
        return None
    gap = panel.px(32 if not panel.narrow else 20)
    longest = max(len(entry.figure) for entry in panel.entries)
    least = panel.px(130 if panel.narrow or panel.low else 170) + max(0, longest - 6) * panel.px(12)
    most = max(1, min(4, int((panel.w + gap) // (least + gap))))
    columns = columns_of(len(panel.entries), most)
    level = 4
    y = panel.y
    lines = panel.rows(columns)
    more = panel.share(len(lines), 48)
    for row in lines:
        w = (panel.w - gap * (len(row) - 1)) / len(row)
        numbers = [panel.figure(entry, w, level) for entry in row]
        tall = max(number.h for number in numbers)
        made = []
        for entry, number in zip(row, numbers, strict=True):
            words = panel.words(entry, w, figure=False)
            lifted = Block(number.at(0.0, tall - number.h), number.w, tall) if number.h else Block()
            made.append(pile_with([(lifted, panel.px(8)), (words, 0.0)]))
        h = max(block.h for block in made)
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            x = panel.x + i * (w + gap)
            line = panel.rule(x, y, x + w, y, panel.style.ink, 1.5)
            panel.group(entry, line, *block.at(x, y + panel.px(16)))
        y += panel.px(16) + h + panel.px(32) + more
    return y - panel.px(32) - more


def bars(panel: Panel) -> float | None:
    """One bar each, as long as its figure is large; the largest stands out."""
    values = [entry.value for entry in panel.entries if entry.value is not None]
    if len(values) < 2 or len(values) < len(panel.entries):
        return None
    low, high = min(0.0, *values), max(0.0, *values)
    span = (high - low) or 1.0
    thick = panel.px(22)
    shown = [
        panel.text(
            f"{e.figure}\u00a0{e.unit}" if e.unit else e.figure,
            panel.w * 0.3,
            1,
            bold=True,
            part=e.id,
            field="value",
            role="value",
            fill=panel.style.ink,
        )
        for e in panel.entries
    ]
    right = max(block.w for block in shown) + panel.px(10)
    above = panel.narrow or any(entry.said or entry.when for entry in panel.entries)
    label_w = panel.w if above else panel.column((e.label for e in panel.entries), 1, 40.0, panel.w * 0.34)
    left = 0.0 if above else label_w + panel.px(16)
    length = panel.w - left - right * (2 if low < 0 < high else 1)
    if length < panel.px(60):
        return None
    zero = panel.x + left + (right if low < 0 else 0.0) + (0.0 - low) / span * length
    best = max(range(len(values)), key=lambda i: abs(values[i]))
    y = panel.y
    gap = panel.px(14 if len(values) > 8 else 18)
    more = panel.share(len(values), 28)
    start = y
    signed = low < 0
    for i, (entry, block) in enumerate(zip(panel.entries, shown, strict=True)):
        value = values[i]
        label = panel.field(entry, "label", label_w, bold=i == best)
        items: list[Item] = []
        if above:
            top = pile((panel.field(entry, "when", label_w), label), panel.px(2))
            items += top.at(panel.x, y)
            y += top.h + (panel.px(6) if top.h else 0.0)
            h = max(thick, block.h)
        else:
            h = max(thick, label.h, block.h)
            items += label.at(panel.x, y + (h - label.h) / 2)
        long = abs(value) / span * length
        x = zero if value >= 0 else zero - long
        fill = panel.style.accent if i == best else mix(panel.style.accent, panel.style.sheet, 0.42)
        items.append(
            Box(
                x, y + (h - thick) / 2, max(long, 1.5), thick, fill=fill, stroke=panel.style.accent if panel.style.rough else None,
                stroke_width=panel.style.line, radius=panel.px(4),
            )
        )  # fmt: skip
        if above and signed:
            items.append(panel.rule(zero, y, zero, y + h, panel.style.quiet, 1.0))
        items += block.at(x + long + panel.px(8) if value >= 0 else x - panel.px(8) - block.w, y + (h - block.h) / 2)
        y += h
        told = pile((panel.field(entry, "text", panel.measure(panel.w)), panel.bullets(entry.children, panel.w)), panel.px(6))
        if told.h:
            items += told.at(panel.x, y + panel.px(6))
            y += panel.px(6) + told.h
        panel.group(entry, *items)
        y += gap + more
    bottom = y - gap - more
    if not above:
        panel.out.insert(0, panel.rule(zero, start - panel.px(6), zero, bottom + panel.px(6), panel.style.quiet, 1.0))
        bottom += panel.px(6)
    return bottom


def share(panel: Panel) -> float | None:
    """One bar cut into parts, and what each part is."""
    values = [entry.value for entry in panel.entries]
    if any(value is None or value < 0 for value in values) or not 2 <= len(values) <= 8 or len({e.unit for e in panel.entries}) > 1:
        return None
    parts = [value or 0.0 for value in values]
    total = sum(parts)
    if total <= 0:
        return None
    thick = panel.px(56 if not panel.narrow else 44)
    gap = 3.0
    room = panel.w - gap * (len(parts) - 1)
    # A part too thin to see is drawn 4 px wide; the others give way.
    widths = [max(4.0, room * value / total) for value in parts]
    widths = [wide * room / sum(widths) for wide in widths]
    order = sorted(range(len(parts)), key=lambda i: -parts[i])
    shades = {i: panel.tint(1.0 - 0.8 * rank / max(1, len(parts) - 1)) for rank, i in enumerate(order)}
    x = panel.x
    for i, (entry, wide) in enumerate(zip(panel.entries, widths, strict=True)):
        fill = shades[i]
        box = Box(
            x, panel.y, wide, thick, fill=fill, stroke=panel.style.accent if panel.style.rough else None, stroke_width=panel.style.line,
            radius=panel.px(4), tip=f"{entry.label} {entry.figure}", part=entry.id, step=entry.n,
        )  # fmt: skip
        panel.add(box)
        x += wide + gap
    y = panel.y + thick + panel.px(28)
    columns = max(1, min(len(parts), 4, int((panel.w + panel.px(28)) // (panel.px(150) + panel.px(28)))))
    lines = panel.rows(columns)
    swatch = panel.px(14)
    left = swatch + panel.px(10)
    more = panel.share(len(lines), 40)
    for row in lines:
        w = (panel.w - panel.px(28) * (len(row) - 1)) / len(row)
        made = [
            pile_with([(panel.figure(e, w - left, 3, fill=panel.style.ink), panel.px(2)), (panel.words(e, w - left, figure=False), 0.0)])
            for e in row
        ]
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            x = panel.x + i * (w + panel.px(28))
            lift = panel.size(3) * 1.12 / 2 - swatch / 2
            box = Box(
                x, y + lift, swatch, swatch, fill=shades[entry.n - 1], stroke=panel.style.accent if panel.style.rough else None, radius=3.0
            )
            panel.group(entry, box, *block.at(x + left, y))
        y += max(block.h for block in made) + panel.px(24) + more
    return y - panel.px(24) - more


def waffle(panel: Panel) -> float | None:
    """A hundred squares for each share, as many inked as the percentage says."""
    if not 1 <= len(panel.entries) <= 4 or any(e.value is None or not 0 <= e.value <= 100 or "%" not in e.figure for e in panel.entries):
        return None
    count = len(panel.entries)
    gap = panel.px(40 if not panel.narrow else 24)
    across = 1 if panel.tall and count == 3 else columns_of(count, max(1, int((panel.w + gap) // (panel.px(180) + gap))))
    w = (panel.w - gap * (across - 1)) / across
    beside = across == 1 and panel.w >= 300
    side = min(panel.px(180 if count > 1 else 220), w * (0.42 if beside else 1.0))
    said = max(panel.words(entry, w, figure=False).w for entry in panel.entries)
    lead = max(0.0, (w - side - panel.px(28) - said) / 2) if beside and count > 1 and not panel.narrow else 0.0
    cell = side / 10
    y = panel.y
    lines = [panel.entries[i : i + across] for i in range(0, count, across)]
    more = panel.share(len(lines), 40)
    faint = mix(panel.style.accent, panel.style.sheet, 0.16)
    for row in lines:
        tall = 0.0
        for i, entry in enumerate(row):
            x = panel.x + lead + i * (w + gap)
            inked = round(entry.value or 0.0)
            items: list[Item] = []
            for n in range(100):
                # Filled from the bottom, row by row, as a glass fills.
                left, top = x + (n % 10) * cell, y + (9 - n // 10) * cell
                fill = panel.style.accent if n < inked else faint
                items.append(Box(left + cell * 0.1, top + cell * 0.1, cell * 0.8, cell * 0.8, fill=fill, radius=cell * 0.2))
            room = w - side - panel.px(28) if beside else w
            number = panel.figure(entry, room, 4, fill=readable(panel.style.accent, panel.style.sheet))
            words = pile_with([(number, panel.px(6)), (panel.words(entry, room, figure=False), 0.0)])
            if beside:
                items += words.at(x + side + panel.px(28), y + max(0.0, (side - words.h) / 2))
                tall = max(tall, side, words.h)
            else:
                items += words.at(x, y + side + panel.px(16))
                tall = max(tall, side + panel.px(16) + words.h)
            panel.group(entry, *items)
        y += tall + panel.px(28) + more
    return y - panel.px(28) - more
