"""Designs that compare: two sides, many sides, four fields, before and after."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from flipchart.renderers.drawing import Align, Box, Connector, Item, TableFrame, Text
from flipchart.renderers.infographic_panel import Block, Entry, Panel, pile, pile_with
from flipchart.renderers.style import on, readable
from flipchart.renderers.words import say


def bent(label: str, lang: str) -> str:
    """ "good" or "bad" where the label names a side for or against something (pros, don'ts), else empty."""
    for key, kind in (("infographic.bad", "bad"), ("infographic.good", "good")):
        if any(_bare(label) in _listed(key, tongue) for tongue in {lang or "en", "en"}):
            return kind
    return ""


def _bare(label: str) -> str:
    return " ".join("".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in label.casefold()).split())


@cache
def _listed(key: str, lang: str) -> frozenset[str]:
    """The words of a list among the program's own words, in their bare form."""
    return frozenset(_bare(word) for word in say(key, lang).split(","))


def versus(panel: Panel) -> float | None:
    """Two sides face to face, their points below them."""
    sides = panel.entries
    if len(sides) not in (2, 3) or not any(side.said for side in sides):
        return None
    if len(sides) == 3 and not panel.wide:
        return None
    gap = panel.px(40)
    stacked = panel.w < 480
    w = panel.w if stacked else (panel.w - gap * (len(sides) - 1)) / len(sides)
    kinds = [bent(side.label, panel.lang) for side in sides]
    if len(sides) == 2 and sorted(kinds) == ["", "bad"]:
        kinds = ["good" if kind == "" else kind for kind in kinds]
    marked = any(kinds)
    colours = [
        readable(
            {"good": panel.style.good, "bad": panel.style.bad}.get(kind, panel.style.accent if i == 0 else panel.style.ink),
            panel.style.sheet,
        )
        for i, kind in enumerate(kinds)
    ]
    y, bottom = panel.y, panel.y
    tops: list[tuple[float, float]] = []
    for i, (side, colour) in enumerate(zip(sides, colours, strict=True)):
        x = panel.x if stacked else panel.x + i * (w + gap)
        level = panel.even(59)
        head = panel.field(side, "label", w, level, fill=colour)
        figure = panel.figure(side, w, 3, fill=colour)
        top = pile((panel.field(side, "when", w, fill=panel.style.quiet), head, figure), panel.px(4))
        tops.append((x, top.h))
        if stacked and i:
            y = bottom + panel.px(32)
        panel.group(side, *top.at(x, y))
        if stacked:
            bottom = _points(panel, side, colour, kinds[i], marked, x, y + top.h, w)
    if stacked:
        return bottom
    tall = max(h for _, h in tops)
    ends = [
        _points(panel, side, colour, kinds[i], marked, tops[i][0], y + tall, w)
        for i, (side, colour) in enumerate(zip(sides, colours, strict=True))
    ]
    for i in range(1, len(sides)):
        x = tops[i][0] - gap / 2
        panel.add(panel.rule(x, panel.y, x, max(ends)))
    return max(ends)


def _points(panel: Panel, side: Entry, colour: str, kind: str, marked: bool, x: float, y: float, w: float) -> float:
    """The bar under a side's name and the points below it; gives back where they end."""
    y += panel.px(10)
    items: list[Item] = [Box(x, y, w, panel.px(3), fill=colour)]
    y += panel.px(3)
    if side.text:
        text = panel.field(side, "text", w)
        items += text.at(x, y + panel.px(14))
        y += panel.px(14) + text.h
    size = panel.px(20)
    left = size + panel.px(10)
    pad = panel.px(12)
    more = panel.share(max(1, max(len(s.children) for s in panel.entries)), 24) / 2
    for i, child in enumerate(side.children):
        if i or side.text:
            y += 0.0 if i else pad
            items.append(panel.rule(x, y, x + w, y))
        said = panel.line(child, w - left, 1, quiet=panel.style.quiet)
        block = pile((said, panel.bullets(child.children, w - left)), panel.px(6))
        top = y + pad + more
        first = panel.size(1) * 1.24 / 2
        if marked and kind:
            items.append(panel.tick(x, top + first - size / 2, size, colour, cross=kind == "bad"))
        else:
            dot = panel.px(7)
            items.append(Box(x + (size - dot) / 2, top + first - dot / 2, dot, dot, fill=colour, shape="ellipse"))
        items += block.at(x + left, top)
        y = top + block.h + pad + more
    panel.group(side, *items)
    return y - (pad + more if side.children else 0.0)


def shared_rows(entries: Sequence[Entry]) -> list[str]:
    """The labels that most of the entries have among their children, in order of first appearance; empty where they share too few,
    and where one has a label twice, for a cell holds one child."""
    if len(entries) < 2:
        return []
    counts: dict[str, int] = {}
    for entry in entries:
        labels = [child.label for child in entry.children]
        if len(set(labels)) < len(labels):
            return []
        for label in labels:
            counts[label] = counts.get(label, 0) + 1
    most = [label for label, count in counts.items() if count * 2 >= len(entries) and count > 1]
    told = all(child.text or child.figure for entry in entries for child in entry.children if child.label in most)
    return list(counts) if most and len(most) * 5 >= len(counts) * 4 and told else []


def table(panel: Panel) -> float | None:
    """A table: one column a side, one row a point they share."""
    labels = shared_rows(panel.entries)
    if not labels or any(child.children for entry in panel.entries for child in entry.children):
        return None
    count = len(panel.entries)
    first = panel.column(labels, 1, panel.w * 0.12, panel.w * (0.3 if count < 4 else 0.22)) + panel.px(16)
    w = (panel.w - first) / count
    if w < panel.px(78):
        return None
    pad = panel.px(12)
    side = panel.px(20)
    items: list[Item] = []
    heads = [
        pile_with(
            [
                (panel.field(e, "when", w - side, 0, fill=panel.style.quiet), panel.px(2)),
                (panel.field(e, "label", w - side, fill=panel.accent), panel.px(2)),
                (panel.figure(e, w - side, 2), panel.px(2)),
                (panel.field(e, "text", w - side, 0), 0.0),
            ]
        )
        for e in panel.entries
    ]
    y = panel.y
    tall = max(head.h for head in heads)
    for i, (entry, head) in enumerate(zip(panel.entries, heads, strict=True)):
        panel.group(entry, *head.at(panel.x + first + i * w + side, y + tall - head.h))
    items += panel.out
    panel.out.clear()
    y += tall + panel.px(10)
    items.append(panel.rule(panel.x, y, panel.x + panel.w, y, panel.style.ink, 1.5))
    words: list[tuple[str, ...]] = [("", *(entry.label for entry in panel.entries))]
    aligns: list[Align] = ["start"] * (count + 1)
    more = panel.share(len(labels), 24) / 2
    for row, label in enumerate(labels):
        cells = [next((child for child in entry.children if child.label == label), None) for entry in panel.entries]
        owner = next(cell for cell in cells if cell is not None)
        name = panel.field(owner, "label", first - side, fill=panel.style.quiet, bold=False)
        made = [_cell(panel, cell, w - side) for cell in cells]
        top = y + pad + more
        items += name.at(panel.x, top)
        for i, block in enumerate(made):
            items += block.at(panel.x + first + i * w + side, top)
        y = top + max(name.h, *(block.h for block in made)) + pad + more
        if row < len(labels) - 1:
            items.append(panel.rule(panel.x, y, panel.x + panel.w, y))
        words.append((label, *(_cell_words(cell) for cell in cells)))
    panel.add(
        TableFrame(
            panel.x, panel.y, panel.w, y - panel.y, tuple(words), (first, *([w] * count)), tuple(aligns), tuple(items), step=1
        )
    )  # fmt: skip
    return y - pad / 2


def _cell(panel: Panel, cell: Entry | None, w: float) -> Block:
    if cell is None:
        return panel.text("–", w, 1, fill=panel.style.quiet)
    figure = panel.text(
        f"{cell.figure}\u00a0{cell.unit}" if cell.unit else cell.figure, w, 1, bold=True, part=cell.id, field="value", role="value"
    )
    return pile((figure, panel.field(cell, "text", w, fill=panel.style.ink, leading=1.32)), panel.px(2))


def _cell_words(cell: Entry | None) -> str:
    if cell is None:
        return "–"
    return " ".join(part for part in (cell.figure, cell.unit, cell.text) if part)


def changes(labels: Sequence[str], lang: str) -> bool:
    """True where two labels name what was and what is: before and after, old and new."""
    return _called(labels, ("before", "after"), lang)


def sinks(labels: Sequence[str], lang: str) -> bool:
    """True where two labels name what is seen and what is not."""
    return _called(labels, ("seen", "hidden"), lang)


def solves(labels: Sequence[str], lang: str) -> bool:
    """True where two labels name a problem and its solution."""
    return _called(labels, ("problem", "solution"), lang)


def _called(labels: Sequence[str], names: tuple[str, str], lang: str) -> bool:
    known = [{w for t in {lang or "en", "en"} for w in _listed(f"infographic.{name}", t)} for name in names]
    return len(labels) == 2 and all(_bare(label) in words for label, words in zip(labels, known, strict=True))


def before_after(panel: Panel) -> float | None:
    """Two panels and the way from one to the other; the second is set off."""
    return _two(panel, arrow=True)


def sides(panel: Panel) -> float | None:
    """Two equal panels side by side."""
    return _two(panel, arrow=False)


def _two(panel: Panel, arrow: bool) -> float | None:
    if len(panel.entries) != 2:
        return None
    gap = panel.px(16 if not arrow else 64 if not panel.narrow else 56)
    pad = panel.px(24 if not panel.narrow else 18)
    across = panel.w >= 560 and (panel.h is None or panel.h <= panel.w)
    w = (panel.w - gap) / 2 if across else panel.w
    made = []
    for i, entry in enumerate(panel.entries):
        ground = panel.ground(strong=arrow and i == 1)
        figure = panel.figure(
            entry, w - 2 * pad, 4, fill=readable(panel.style.accent, ground or panel.style.sheet), quiet=panel.on(ground)[1]
        )
        words = panel.words(entry, w - 2 * pad, label=panel.even(79), fill=ground, inside=f"{entry.id}.side", figure=False)
        mark = panel.mark(entry, panel.px(48)) if panel.marks == "icon" and not arrow else Block()
        made.append(pile_with([(mark, panel.px(16)), (figure, panel.px(8)), (words, 0.0)]))
    more = panel.share(1 if across else 2, 72)
    y = panel.y
    if across:
        h = max(block.h for block in made) + 2 * pad + more
        places = [(panel.x, y, h), (panel.x + w + gap, y, h)]
    else:
        h1, h2 = (block.h + 2 * pad + more for block in made)
        places = [(panel.x, y, h1), (panel.x, y + h1 + gap, h2)]
    boxes = []
    for i, (entry, block, (x, top, h)) in enumerate(zip(panel.entries, made, places, strict=True)):
        box = panel.card(x, top, w, h, f"{entry.id}.side", strong=arrow and i == 1)
        boxes.append(box)
        panel.group(entry, box, *block.at(x + pad, top + pad))
    if not arrow:
        return max(box.y + box.h for box in boxes)
    a, b = boxes
    size = panel.px(40)
    if across:
        middle = (a.x + a.w + gap / 2, a.y + min(a.h, b.h) / 2)
        ends = ((middle[0] - size * 0.26, middle[1]), (middle[0] + size * 0.26, middle[1]))
    else:
        middle = (a.x + a.w / 2, a.y + a.h + gap / 2)
        ends = ((middle[0], middle[1] - size * 0.26), (middle[0], middle[1] + size * 0.26))
    panel.add(
        Box(middle[0] - size / 2, middle[1] - size / 2, size, size, fill=panel.style.accent, shape="ellipse"),
        Connector(ends, on(panel.style.accent), stroke_width=2.0),
    )
    return max(box.y + box.h for box in boxes)


def quadrant(panel: Panel) -> float | None:
    """Four fields, two by two, each with its points."""
    if len(panel.entries) != 4:
        return None
    gap = panel.px(12)
    across = panel.w >= 480
    w = (panel.w - gap) / 2 if across else panel.w
    pad = panel.px(22 if not panel.narrow else 16)
    size = panel.px(40)
    made = []
    for entry in panel.entries:
        inside = f"{entry.id}.field"
        ground = panel.ground()
        mark = _initial(panel, entry, size)
        left = size + panel.px(14) if mark.h else 0.0
        ink = panel.on(ground)[0]
        head = panel.field(entry, "label", w - 2 * pad - left, panel.even(39), fill=ink, inside=inside)
        top = Block((*mark.at(0.0, 0.0), *head.at(left, max(0.0, (mark.h - head.h) / 2))), w - 2 * pad, max(mark.h, head.h))
        rest = panel.words(replace(entry, label=""), w - 2 * pad, fill=ground, inside=inside)
        bar = Block((Box(0.0, 0.0, panel.px(28), panel.px(4), fill=panel.style.accent, radius=2.0),), panel.px(28), panel.px(4))
        made.append(pile_with([(Block() if mark.h else bar, panel.px(12)), (top, panel.px(14)), (rest, 0.0)]))
    y = panel.y
    columns = 2 if across else 1
    more = panel.share(4 // columns, 80)
    for at in range(0, 4, columns):
        row = made[at : at + columns]
        h = max(block.h for block in row) + 2 * pad + more
        for i, block in enumerate(row):
            entry = panel.entries[at + i]
            x = panel.x + i * (w + gap)
            panel.group(entry, panel.card(x, y, w, h, f"{entry.id}.field"), *block.at(x + pad, y + pad))
        y += h + gap
    return y - gap


def _initial(panel: Panel, entry: Entry, size: float) -> Block:
    """The first letter of the label in a disc (S, W, O, T), the entry's icon, or nothing where letters do not tell the fields apart."""
    letters = [other.label[:1].upper() for other in panel.entries]
    if panel.marks == "icon":
        return panel.mark(entry, size)
    if len(set(letters)) < 4 or not all(letter.isascii() and letter.isalpha() for letter in letters):
        return Block()
    disc = Box(0.0, 0.0, size, size, fill=panel.style.accent, stroke=panel.style.accent if panel.style.rough else None, shape="ellipse")
    letter = panel.centred(entry.label[:1].upper(), size / 2, size / 2, size * 0.46, on(panel.style.accent))
    assert isinstance(letter, Text)
    return Block((disc, letter), size, size)
