"""Designs for figures as cards, rings, columns and pictures that are counted."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from flipchart.renderers.drawing import Box, Icon, Item, Line, Text
from flipchart.renderers.infographic_panel import Block, Entry, Panel, circle, columns_of, pile_with, rows_of, sector
from flipchart.renderers.style import mix, on
from flipchart.renderers.typeset import measure

TURN = 2 * math.pi
BASE = 0.77  # where the baseline of a word of a cloud is, as a share of its height
T = TypeVar("T")


def full(entry: Entry) -> float | None:
    """What the figure of `entry` is out of: 100 for a percentage, 5 for "4.7/5"; None where it is out of nothing known."""
    if entry.value is None or entry.value < 0:
        return None
    tail = entry.figure.rsplit("/", 1)[-1].strip() if "/" in entry.figure else ""
    most = 100.0 if "%" in entry.figure or "٪" in entry.figure else float(tail) if tail.isdecimal() and float(tail) > 0 else None
    return most if most is not None and entry.value <= most else None


def kpi(panel: Panel) -> float | None:
    """Cards of one figure each: what it is, the figure, and how it came about."""
    if not any(entry.figure for entry in panel.entries):
        return None
    count = len(panel.entries)
    gap, pad = panel.px(16), panel.px(18 if panel.narrow else 22)
    longest = max(len(entry.figure) + len(entry.unit) * 0.5 for entry in panel.entries)
    least = panel.px(150 if panel.narrow else 190) + max(0.0, longest - 6) * panel.px(12)
    columns = columns_of(count, max(1, min(4, int((panel.w + gap) // (least + gap)))))
    y = panel.y
    lines = panel.rows(columns)
    more = panel.share(len(lines), 56)
    size = panel.px(36)
    for row in lines:
        made = []
        wide = (panel.w - gap * (len(row) - 1)) / len(row)
        for entry in row:
            inside, ground = f"{entry.id}.card", panel.ground()
            ink, quiet = panel.on(ground)
            mark = panel.sign(entry, size) if panel.marks == "icon" else Block()
            label = panel.field(entry, "label", wide - 2 * pad - (size + panel.px(12) if mark.h else 0.0), fill=ink, inside=inside)
            h = max(mark.h, label.h)
            shift = size + panel.px(12) if mark.h else 0.0
            head = Block((*mark.at(0.0, (h - mark.h) / 2), *label.at(shift, (h - label.h) / 2)), wide - 2 * pad, h)
            number = panel.figure(entry, wide - 2 * pad, 4, quiet=quiet, inside=inside)
            rest = panel.words(_bare(entry), wide - 2 * pad, figure=False, fill=ground, inside=inside)
            made.append(pile_with([(head, panel.px(14)), (number, panel.px(8)), (rest, 0.0)]))
        h = max(block.h for block in made) + 2 * pad + more
        for i, (entry, block) in enumerate(zip(row, made, strict=True)):
            x = panel.x + i * (wide + gap)
            panel.group(entry, panel.card(x, y, wide, h, f"{entry.id}.card"), *block.at(x + pad, y + pad))
        y += h + gap
    return y - gap


def _bare(entry: Entry) -> Entry:
    return Entry(entry.id, entry.n, "", entry.text, when=entry.when, children=entry.children)


def rings(panel: Panel) -> float | None:
    """A ring for each share, closed as far as the figure says."""
    return _dials(panel, half=False)


def gauges(panel: Panel) -> float | None:
    """A dial for each score, from nothing at the start to everything at the end."""
    return _dials(panel, half=True)


def _dials(panel: Panel, half: bool) -> float | None:
    count = len(panel.entries)
    wholes = [full(entry) for entry in panel.entries]
    if count > 8 or any(whole is None for whole in wholes):
        return None
    gap = panel.px(28 if not panel.narrow else 16)
    least = panel.px(150 if not panel.narrow else 130)
    columns = 1 if panel.tall and count == 3 else max(1, min(4, count, int((panel.w + gap) // (least + gap))))
    beside = columns == 1 or (panel.narrow and any(entry.text for entry in panel.entries))
    columns = max(rows_of(count, 1 if beside else columns))
    w = (panel.w - gap * (columns - 1)) / columns
    r = min(panel.px(84 if not panel.narrow else 60), w / 2)
    thick = r * 0.22
    tall = r * (1.0 if half else 2.0)
    lines = panel.rows(columns)
    more = panel.share(len(lines), 56)
    y = panel.y
    said = max(panel.words(e, w, label=panel.even(24), figure=False).w for e in panel.entries)
    lead = max(0.0, (w - 2 * r - panel.px(24) - said) / 2) if beside and not panel.narrow else 0.0
    for row in lines:
        blocks = []
        for entry in row:
            room = w - 2 * r - panel.px(24) if beside else w
            words = panel.words(entry, panel.measure(room), label=panel.even(24), align="start" if beside else "middle", figure=False)
            blocks.append(words)
        # A short last row stands in the middle, and so does a column on a page that is wide for it.
        start = panel.x + lead + (panel.w - len(row) * (w + gap) + gap) / 2
        h = 0.0
        for i, (entry, words) in enumerate(zip(row, blocks, strict=True)):
            x = start + i * (w + gap)
            cx = x + r if beside else x + w / 2
            cy = y + r
            share = (entry.value or 0.0) / (full(entry) or 1.0)
            a, b = (math.pi, TURN) if half else (-math.pi / 2, TURN - math.pi / 2)
            items: list[Item] = [*panel.shape(sector(cx, cy, r, r - thick, a, b), mix(panel.style.accent, panel.style.sheet, 0.16))]
            if share > 0.004:
                end = a + (b - a) * min(share, 0.9999)
                items += panel.shape(sector(cx, cy, r, r - thick, a, end), panel.style.accent)
            room = 2 * (r - thick) * (0.78 if not half else 0.7)
            size = min(panel.size(3 if r > panel.px(70) else 2), panel.size(3) * room / max(1.0, _wide(panel, entry.figure, panel.size(3))))
            middle = cy - (r * 0.2 if half else 0.0)
            items.append(panel.centred(entry.figure, cx, middle, size, panel.accent, part=entry.id, field="value"))
            if beside:
                items += words.at(x + 2 * r + panel.px(24), y + max(0.0, (tall - words.h) / 2))
                h = max(h, tall, words.h)
            else:
                items += words.at(x, y + tall + panel.px(14))
                h = max(h, tall + panel.px(14) + words.h)
            if size < panel.size(0):
                panel.strained = True
            panel.group(entry, *items)
        y += h + panel.px(30) + more
    return y - panel.px(30) - more


def _wide(panel: Panel, words: str, size: float) -> float:
    return measure(words, size, panel.style.sans, panel.style.bold)


def _parts(panel: Panel) -> list[float] | None:
    """The figures as parts of their sum; None where they are none."""
    values = [entry.value for entry in panel.entries]
    if any(value is None or value < 0 for value in values) or len({e.unit for e in panel.entries}) > 1:
        return None
    total = sum(value or 0.0 for value in values)
    return [(value or 0.0) / total for value in values] if total > 0 else None


def donut(panel: Panel) -> float | None:
    """A ring cut into its parts, and a list of what each part is."""
    parts = _parts(panel)
    count = len(panel.entries)
    if parts is None or not 2 <= count <= 8:
        return None
    wide = panel.w >= 520
    r = min(panel.px(150), panel.w * (0.22 if wide else 0.32))
    left = panel.x + 2 * r + panel.px(44) if wide else panel.x
    w = panel.x + panel.w - left
    swatch = panel.px(14)
    pad = panel.px(9)
    order = sorted(range(count), key=lambda i: -parts[i])
    shades = {i: panel.tint(1.0 - 0.8 * rank / max(1, count - 1)) for rank, i in enumerate(order)}
    made = []
    for i, entry in enumerate(panel.entries):
        line = panel.line(entry, w - swatch - panel.px(12))
        below = panel.bullets(entry.children, w - swatch - panel.px(12))
        block = pile_with([(line, panel.px(4)), (below, 0.0)])
        box = Box(
            0.0,
            panel.size(1) * 0.62 - swatch / 2,
            swatch,
            swatch,
            fill=shades[i],
            stroke=panel.style.accent if panel.style.rough else None,
            radius=3.0,
        )
        made.append(Block((box, *block.at(swatch + panel.px(12), 0.0)), w, block.h))
    more = panel.share(count, 18)
    step = 2 * pad + more
    total = sum(block.h for block in made) + step * count
    tall = max(2 * r, total) if wide else 2 * r
    cx, cy = (panel.x + r if wide else panel.x + panel.w / 2), panel.y + tall / 2
    angle = -math.pi / 2
    rings: list[tuple[Item, ...]] = []
    trim = 1.5 / r
    for i, part in enumerate(parts):
        end = angle + TURN * part
        slim = min(trim, (end - angle) * 0.3)
        d = sector(cx, cy, r, r * 0.58, angle + slim, max(end - slim, angle + slim + 0.002))
        rings.append(panel.shape(d, shades[i]))
        angle = end
    most = panel.entries[order[0]]
    size = panel.size(4) if r > 90 else panel.size(3)
    size = min(size, size * r * 0.96 / max(1.0, _wide(panel, most.figure, size)))
    heart = panel.centred(most.figure, cx, cy, size, panel.accent)
    if size < panel.size(0):
        panel.strained = True
    panel.add(heart)
    y = panel.y + max(0.0, (tall - total) / 2) if wide else panel.y + tall + panel.px(20)
    for i, (entry, block, ring) in enumerate(zip(panel.entries, made, rings, strict=True)):
        hairline = (panel.rule(left, y, left + w, y),) if i else ()
        panel.group(entry, *ring, *hairline, *block.at(left, y + step / 2))
        y += block.h + step
    return max(panel.y + tall, y)


def columns(panel: Panel) -> float | None:
    """Columns side by side, as tall as their figures are large."""
    values = [entry.value for entry in panel.entries if entry.value is not None]
    count = len(panel.entries)
    if len(values) < count or count < 2 or min(values) < 0 or max(values) <= 0:
        return None
    gap = panel.px(20 if count <= 6 else 12)
    w = (panel.w - gap * (count - 1)) / count
    if w < panel.px(56):
        return None
    w = min(w, panel.px(150))
    start = panel.x + (panel.w - count * (w + gap) + gap) / 2
    numbers = [panel.figure(entry, w, 2 if w > 90 else 1, fill=panel.style.ink, align="middle") for entry in panel.entries]
    words = [panel.words(entry, w, figure=False, align="middle") for entry in panel.entries]
    head, foot = max(block.h for block in numbers), max(block.h for block in words)
    tall = panel.px(200 if not panel.low else 140) + panel.share(1, 240)
    base = panel.y + head + panel.px(8) + tall
    best = max(range(count), key=lambda i: values[i])
    for i, (entry, number, said) in enumerate(zip(panel.entries, numbers, words, strict=True)):
        x, h = start + i * (w + gap), max(2.0, tall * values[i] / max(values))
        fill = panel.style.accent if i == best else mix(panel.style.accent, panel.style.sheet, 0.42)
        edge = panel.style.accent if panel.style.rough else None
        bar = Box(x + w * 0.08, base - h, w * 0.84, h, fill=fill, stroke=edge, stroke_width=panel.style.line, radius=min(4.0, h / 2))
        panel.group(entry, bar, *number.at(x, base - h - panel.px(6) - number.h), *said.at(x, base + panel.px(10)))
    panel.add(panel.rule(start, base, start + count * (w + gap) - gap, base, panel.style.quiet, 1.5))
    return base + panel.px(10) + foot


def podium(panel: Panel) -> float | None:
    """The first three on steps, the others in a list below."""
    count = len(panel.entries)
    values = [entry.value for entry in panel.entries if entry.value is not None]
    if not 3 <= count <= 10 or (values and (len(values) < count or any(a < b for a, b in pairwise(values)))):
        return None
    if any(entry.children for entry in panel.entries):
        return None
    gap = panel.px(10)
    wide = min(panel.w, panel.px(620))
    w = (wide - 2 * gap) / 3
    start = panel.x + (panel.w - wide) / 2
    words: dict[int, Block] = {}
    for n in range(3):
        entry = panel.entries[n]
        figure = panel.figure(entry, w, 3 if n == 0 else 2, align="middle")
        label = panel.words(entry, w, figure=False, align="middle", label=2 if n == 0 and len(entry.label) <= 14 else 1)
        mark = panel.mark(entry, panel.px(44)) if panel.marks == "icon" else Block()
        centred = Block(mark.at((w - mark.w) / 2, 0.0), w, mark.h) if mark.h else Block()
        words[n] = pile_with([(centred, panel.px(8)), (figure, panel.px(2)), (label, 0.0)])
    steps = {0: panel.px(150), 1: panel.px(104), 2: panel.px(72)}
    more = panel.share(1, 120)
    base = panel.y + max(words[n].h + panel.px(12) + steps[n] for n in range(3)) + more
    for place, n in ((1, 0), (0, 1), (2, 2)):
        entry, h = panel.entries[n], steps[n] + more * steps[n] / steps[0]
        x = start + place * (w + gap)
        fill = (panel.style.accent if n == 0 else panel.tint(0.3 if n == 1 else 0.18)) if panel.style.fills else None
        edge = None if fill and not panel.style.rough else panel.style.accent
        box = Box(x, base - h, w, h, fill=fill, stroke=edge, stroke_width=panel.style.line, radius=4.0)
        ink = panel.on(fill)[0] if fill else panel.accent
        numeral = panel.centred(str(n + 1), x + w / 2, base - h / 2, panel.size(4), ink)
        panel.group(entry, box, numeral, *words[n].at(x, base - h - panel.px(12) - words[n].h))
    y = base + panel.px(20)
    pad = panel.px(9)
    left = panel.px(34)
    for entry in panel.entries[3:]:
        said = panel.line(entry, panel.w - left)
        number = panel.text(str(entry.n), left, 1, bold=True, fill=panel.accent)
        line = (panel.rule(panel.x, y, panel.x + panel.w, y),)
        panel.group(entry, *line, *number.at(panel.x, y + pad), *said.at(panel.x + left, y + pad))
        y += said.h + 2 * pad
    return base if count == 3 else y


def pictogram(panel: Panel) -> float | None:
    """Ten figures for each share, as many of them inked as it says."""
    count = len(panel.entries)
    if not 1 <= count <= 6 or any(full(entry) not in (10.0, 100.0) for entry in panel.entries):
        return None
    gap = panel.px(8)
    beside = panel.w >= 600
    label_w = panel.w * 0.36 if beside else panel.w
    room = panel.w - label_w - panel.px(28) if beside else panel.w
    size = min(panel.px(44), (room - 9 * gap) / 10)
    faint = mix(panel.style.accent, panel.style.sheet, 0.24)
    name = {entry.id: entry.icon if panel.marks == "icon" else "tabler:user" for entry in panel.entries}
    more = panel.share(count, 40)
    y = panel.y
    pad = panel.px(18)
    for entry in panel.entries:
        number = panel.figure(entry, label_w, 4)
        words = panel.words(entry, label_w, figure=False)
        head = pile_with([(number, panel.px(2)), (words, 0.0)])
        line = (panel.rule(panel.x, y, panel.x + panel.w, y),) if entry.n > 1 else ()
        top = y + (pad if entry.n > 1 else 0.0) + more / 2
        h = max(head.h, size) if beside else head.h + panel.px(12) + size
        inked = round((entry.value or 0.0) / (full(entry) or 1.0) * 10)
        x = panel.x + panel.w - 10 * (size + gap) + gap if beside else panel.x
        at = top + (h - size) / 2 if beside else top + head.h + panel.px(12)
        icons = [
            Icon(x + n * (size + gap), at, size, name[entry.id], panel.accent if n < inked else faint) for n in range(10)
        ]  # fmt: skip
        panel.group(entry, *line, *head.at(panel.x, top + ((h - head.h) / 2 if beside else 0.0)), *icons)
        y = top + h + pad + more / 2
    return y - pad


def bubbles(panel: Panel) -> float | None:
    """Discs as large as their figures, side by side or (on a phone) one below the other."""
    values = [entry.value for entry in panel.entries if entry.value is not None]
    count = len(panel.entries)
    if len(values) < count or not 2 <= count <= 6 or min(values) <= 0:
        return None
    roots = [math.sqrt(value / max(values)) for value in values]
    if min(roots) < 0.12:
        return None
    across = panel.w >= 560 and not panel.tall
    gap = panel.px(24)
    if across:
        least = panel.px(104)
        most = panel.px(210)
        # The largest disc that leaves every part room for its words.
        for _ in range(24):
            slots = [max(least, most * root) for root in roots]
            if sum(slots) + gap * (count - 1) <= panel.w:
                break
            most *= 0.93
        else:
            return None
        spare = (panel.w - sum(slots) - gap * (count - 1)) / count
        slots = [slot + min(spare, panel.px(60)) for slot in slots]
        words = [panel.words(e, slot, figure=False, align="middle") for e, slot in zip(panel.entries, slots, strict=True)]
        more = panel.share(1, 60)
        base = panel.y + most + more / 2
        x = panel.x + (panel.w - sum(slots) - gap * (count - 1)) / 2
        for entry, root, slot, said in zip(panel.entries, roots, slots, words, strict=True):
            panel.group(
                entry, *_bubble(panel, entry, x + slot / 2, base - most * root / 2, most * root, root), *said.at(x, base + panel.px(14))
            )
            x += slot + gap
        return base + panel.px(14) + max(block.h for block in words) + more / 2
    most = panel.w * 0.34
    if panel.h is not None:
        most = min(most, 0.8 * (panel.h - panel.px(12) * (count - 1)) / sum(roots))
    left = most + panel.px(20)
    more = panel.share(count, 32)
    y = panel.y
    words = [panel.words(entry, panel.w - left) for entry in panel.entries]
    x = panel.x + max(0.0, panel.w - left - max(said.w for said in words)) / 2
    for entry, root, said in zip(panel.entries, roots, words, strict=True):
        h = max(most * root, said.h) + more
        fill = panel.style.accent if root > 0.999 else panel.tint(0.22)
        disc = panel.shape(circle(x + most / 2, y + h / 2, most * root / 2), fill if panel.style.fills else None, panel.style.accent)
        panel.group(entry, *disc, *said.at(x + left, y + (h - said.h) / 2))
        y += h + panel.px(12)
    return y - panel.px(12)


def _bubble(panel: Panel, entry: Entry, cx: float, cy: float, size: float, root: float) -> list[Item]:
    """A disc with its figure in it, or over it where it is too small to hold it."""
    largest = root > 0.999
    fill = (panel.style.accent if largest else panel.tint(0.22)) if panel.style.fills else None
    items: list[Item] = [*panel.shape(circle(cx, cy, size / 2), fill, None if fill else panel.style.accent)]
    shown = f"{entry.figure}\u00a0{entry.unit}" if entry.unit else entry.figure
    ink = (on(fill) if largest else panel.on(fill)[0]) if fill else panel.accent
    fits = min(panel.size(3), size * 0.8 / max(0.1, _wide(panel, shown, 1.0)))
    if fits >= panel.size(0):
        return [*items, panel.centred(shown, cx, cy, fits, ink, part=entry.id, field="value")]
    if _wide(panel, shown, panel.size(1)) > panel.px(110):
        panel.strained = True
    return [
        *items,
        panel.centred(shown, cx, cy - size / 2 - panel.size(1) * 0.8, panel.size(1), panel.style.ink, part=entry.id, field="value"),
    ]


def cloud(panel: Panel) -> float | None:
    """Words as large as their figures, the largest in the middle, each with its figure behind it."""
    values = [entry.value or 0.0 for entry in panel.entries]
    if min(values) <= 0 or any(entry.said or entry.when for entry in panel.entries):
        return None
    small, large = panel.size(0), panel.size(4) * (1.2 if panel.h is not None or panel.narrow else 1.8)
    gap = panel.px(18)
    rows: list[tuple[float, list[tuple[Entry, Block]]]] = [(0.0, [])]
    for entry in sorted(panel.entries, key=lambda entry: -(entry.value or 0.0)):
        share = math.sqrt((entry.value or 0.0) / max(values))
        ink = panel.accent if share > 0.6 else panel.style.ink
        word = _word(panel, entry, max(small, round(2 * large * share) / 2), small, ink)
        # The rows further from the middle are shorter.
        room = panel.w * max(0.5, 1.0 - 0.08 * (len(rows) // 2))
        if word.w > panel.w:
            return None
        used, held = rows[-1]
        if held and used + gap + word.w > room:
            rows.append((word.w, [(entry, word)]))
        else:
            rows[-1] = (used + (gap if held else 0.0) + word.w, [*held, (entry, word)])
    y = panel.y
    more = panel.share(len(rows), 24)
    for used, held in _outwards(rows):
        tall = max(word.h for _, word in held)
        x = panel.x + (panel.w - used) / 2
        for entry, word in _outwards(held):
            panel.group(entry, *word.at(x, y + (tall - word.h) * BASE))
            x += word.w + gap
        y += tall + panel.px(10) + more
    return y - panel.px(10) - more


def _outwards(things: Sequence[T]) -> list[T]:
    """The first in the middle, the next ones by turns before and after it."""
    return [*things[1::2][::-1], *things[::2]]


def _word(panel: Panel, entry: Entry, size: float, small: float, ink: str) -> Block:
    """A word in its size, and its figure in small type behind it."""
    style = panel.style
    words, said = " ".join(entry.label.split()), f"{entry.figure}\u00a0{entry.unit}" if entry.unit else entry.figure
    wide, beside, gap = measure(words, size, style.sans, style.bold), measure(said, small, style.sans), panel.px(4)
    tall = size * 1.2
    base = tall * BASE
    word = Text(0.0, 0.0, wide + 1, tall, (Line(words, 0.0, base, wide),), size, ink, style.sans, style.bold, words=words)
    figure = Text(wide + gap, 0.0, beside + 1, tall, (Line(said, wide + gap, base, beside),), small, style.quiet, style.sans, words=said)
    texts = replace(word, part=entry.id, field="label", role="label"), replace(figure, part=entry.id, field="value", role="value")
    return Block(texts, wide + gap + beside, tall)
