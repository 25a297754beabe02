"""The bodies of slides that say things: points as cards, rows or lines, with icons where each has one, and steps joined by arrows."""

from collections.abc import Sequence
from dataclasses import replace

from flipchart.renderers.deck import Point, Slide
from flipchart.renderers.drawing import Box, Connector, Group, Icon, Item, Text, moved
from flipchart.renderers.slides_page import Built, Page, Room, below, fitted
from flipchart.renderers.style import SMALLEST, on, readable
from flipchart.renderers.words import number

Fitted = tuple[list[Item], bool]

OPTICAL = 0.4  # where a lower body stands: this share of the spare height is above it
SAID = 110  # characters of a point without a detail that a card still shows as a statement


def points(page: Page, slide: Slide, room: Room) -> Fitted:
    """Points as cards, ruled rows or large lines: whichever suits their number and length."""
    items = slide.items
    n = len(items)
    detailed = sum(bool(item.detail) for item in items)

    def one_column(room: Room, share: float) -> Built:
        return lines(page, items, room, share)

    def two_columns(room: Room, share: float) -> Built:
        return lines(page, items, room, share, columns=2)

    def rows(room: Room, share: float) -> Built:
        return _rows(page, items, room, share)

    if n == 1:
        return fitted(room, lambda room, share: _statement(page, items[0], room, share), one_column)
    if page.upright or room.w < page.px(480):
        return fitted(room, one_column, lines=3)
    columns = {2: 2, 3: 3, 4: 2, 6: 3}.get(n, 0)
    if room.w < page.px(700) and columns == 3:
        columns = 0

    def cards(room: Room, share: float) -> Built:
        return _cards(page, items, room, share, columns)

    if detailed * 2 < n:
        listed = (two_columns, one_column) if n > 6 else (one_column, two_columns) if n > 4 else (one_column,)
        stated = columns and _signed(items) and max(len(item.text) for item in items) <= SAID
        return fitted(room, *((cards,) if stated else ()), *listed, lines=6 if stated else 2)
    # A card's heading takes at most two lines.
    if columns and max(page.long(item.text, page.px(20), bold=True) for item in items) < (room.w / columns - page.px(50)) * 1.8:
        return fitted(room, cards, rows, one_column, lines=5 if _signed(items) else 4, named=True)
    return fitted(room, rows, one_column)


def _signed(items: Sequence[Point]) -> bool:
    """True where each point has an icon."""
    return all(item.icon for item in items)


def _sign(page: Page, name: str, x: float, y: float, size: float) -> list[Item]:
    """An icon on a rounded square; ringed where the style does not fill."""
    filled = page.style.fills
    fill = page.colours.accent if filled else None
    ink = on(page.colours.accent) if filled else readable(page.colours.accent, page.colours.ground)
    box = Box(
        x, y, size, size, fill=fill, stroke=None if filled else page.colours.accent, stroke_width=page.px(page.style.line),
        radius=size * 0.28,
    )  # fmt: skip
    inner = round(size * 0.6)
    return [box, Icon(x + (size - inner) / 2, y + (size - inner) / 2, inner, name, ink)]


def pair(page: Page, item: Point, w: float, share: float, *, text: float, detail: float, bold: bool) -> list[Text]:
    """A point's words and its detail below, from (0, 0)."""
    out = [
        page.set(
            item.text, 0.0, 0.0, w, size=page.size(text, 16, share), bold=bold, leading=1.24, balance=True, part=item.id, field="text",
            role="label",
        )
    ]  # fmt: skip
    if item.detail:
        y = out[0].h + page.px(5)
        out.append(
            page.set(
                item.detail, 0.0, y, w, size=page.size(detail, 13.5, share), fill=page.colours.quiet, leading=1.4, part=item.id,
                field="detail", role="body",
            )
        )  # fmt: skip
    return out


def tall(texts: Sequence[Text]) -> float:
    return below(texts, 0.0)


def put(texts: Sequence[Text], x: float, y: float, inside: str = "") -> list[Item]:
    return [moved(replace(text, inside=inside) if inside else text, x, y) for text in texts]


def _cards(page: Page, items: Sequence[Point], room: Room, share: float, columns: int) -> Built:
    """Cards in a grid, equally large."""
    signed, bare = _signed(items), not any(item.detail for item in items)
    gap, pad, sign = page.gap, page.px(24), page.px(46)
    # Where cards are wide, the icon stands before the words; the words then begin level with it.
    beside = signed and columns == 2
    tick, inset = (0.0, sign + page.px(18)) if beside else (sign + page.px(18) if signed else page.px(24), 0.0)
    w = (room.w - gap * (columns - 1)) / columns
    blocks = [pair(page, item, w - 2 * pad - inset, share, text=20, detail=17, bold=not bare) for item in items]
    rows = -(-len(items) // columns)
    # Details start on one line in each row.
    for row in range(rows):
        band = blocks[row * columns : (row + 1) * columns]
        tallest = max(block[0].h for block in band)
        for block in band:
            block[1:] = shift(block[1:], tallest - block[0].h)
    least = max(sign if beside else 0.0, *(tall(block) for block in blocks)) + 2 * pad + tick
    needed = least * rows + gap * (rows - 1)
    h = max(least, min((room.h - gap * (rows - 1)) / rows, least * 1.16))
    top = room.y + max(0.0, (room.h - h * rows - gap * (rows - 1)) * OPTICAL)
    out: list[Item] = []
    for i, (item, block) in enumerate(zip(items, blocks, strict=True)):
        x, y = room.x + (i % columns) * (w + gap), top + (i // columns) * (h + gap)
        card = page.card(x, y, w, h, f"card-{item.id}")
        # Where the words are all there is, they and their icon stand in the middle of the card.
        first = y + (h - least) / 2 + pad if beside else y + pad
        mark = _sign(page, item.icon, x + pad, first, sign) if signed else [page.bar(x + pad, first, page.px(30), page.px(4))]
        drop = (least - 2 * pad - tall(block)) / 2 if beside and bare else max(0.0, (sign - tall(block)) / 2) if beside else tick
        if beside and bare:
            mark = [moved(part, 0.0, (least - 2 * pad - sign) / 2) for part in mark]
        out.append(Group((card, *mark, *put(block, x + pad + inset, first + drop, card.name)), part=item.id, step=i + 1, label=item.text))
    return out, needed


def shift(texts: Sequence[Text], dy: float) -> list[Text]:
    return [replace(text, y=text.y + dy, lines=tuple(replace(line, y=line.y + dy) for line in text.lines)) for text in texts]


def _rows(page: Page, items: Sequence[Point], room: Room, share: float) -> Built:
    """Ruled rows: the point on the left, its detail on the right."""
    longest = max(page.long(item.text, page.size(20, 16, share), bold=True) for item in items)
    left, between = room.w * (0.34 if longest < room.w * 0.6 else 0.44), page.px(28)
    pad = page.px(12) * share
    blocks = []
    for item in items:
        head = page.set(
            item.text, room.x, 0.0, left, size=page.size(20, 16, share), bold=True, leading=1.24, part=item.id, field="text", role="label"
        )
        block = [head]
        if item.detail:
            block.append(
                page.set(
                    item.detail, room.x + left + between, 0.0, room.w - left - between, size=page.size(17, 13.5, share),
                    fill=page.colours.quiet, leading=1.4, part=item.id, field="detail", role="body",
                )
            )  # fmt: skip
        blocks.append(block)
    heights = [max(text.h for text in block) + 2 * pad + page.hair for block in blocks]
    needed = sum(heights)
    spare = min(page.px(24), max(0.0, room.h - needed) / len(items))
    y = room.y
    out: list[Item] = []
    for i, (item, block) in enumerate(zip(items, blocks, strict=True)):
        h = heights[i] + spare
        rule = Box(room.x, y, room.w, page.hair, fill=page.colours.rule)
        # First lines share a baseline; a row whose texts are one line each is centred.
        tallest = max(text.h for text in block)
        top = y + page.hair + (h - page.hair - tallest) / 2
        base = max(text.lines[0].y - text.y for text in block)
        texts = [moved(text, 0.0, top + base - (text.lines[0].y - text.y)) for text in block]
        out.append(Group((rule, *texts), part=item.id, step=i + 1, label=item.text))
        y += h
    return out, needed


def lines(page: Page, items: Sequence[Point], room: Room, share: float, columns: int = 1) -> Built:
    """Points as large lines, each beside its icon or a mark, ruled apart."""
    signed = _signed(items)
    sign = page.px(34 if page.upright else 42) if signed else 0.0
    gap, inset = page.px(44), sign + page.px(14 if page.upright else 20) if signed else page.px(18 if page.upright else 26)
    w = (room.w - gap * (columns - 1)) / columns
    bold = any(item.detail for item in items)
    blocks = [pair(page, item, w - inset, share, text=21 if bold else 22, detail=17, bold=bold) for item in items]
    per = -(-len(items) // columns)
    pad = page.px(8 if page.upright else 11) * share
    heights = [max(sign, *(tall(block) for block in blocks[row::per])) + 2 * pad + page.hair for row in range(per)]
    needed = sum(heights)
    spare = min(page.px(10 if page.upright else 26), max(0.0, room.h - needed) / per)
    out: list[Item] = []
    for i, (item, block) in enumerate(zip(items, blocks, strict=True)):
        column, row = divmod(i, per)
        x, y = room.x + column * (w + gap), room.y + sum(heights[:row]) + spare * row
        top = y + page.hair + (heights[row] + spare - page.hair - tall(block)) / 2
        mark = page.px(7 if page.upright else 9)
        parts: list[Item] = [Box(x, y, w, page.hair, fill=page.colours.rule)] if row else []
        middle = block[0].lines[0].y - block[0].size * 0.35
        if signed:
            parts += _sign(page, item.icon, x, y + page.hair + (heights[row] + spare - page.hair - sign) / 2, sign)
        else:
            parts.append(Box(x, top + middle - mark / 2, mark, mark, fill=page.colours.accent, radius=mark * 0.25))
        out.append(Group((*parts, *put(block, x + inset, top)), part=item.id, step=i + 1, label=item.text))
    return out, needed


def _statement(page: Page, item: Point, room: Room, share: float) -> Built:
    """One point alone, as large as a statement."""
    head = page.set(
        item.text, 0.0, 0.0, room.w * 0.88, size=page.size(38, 24, share), bold=True, leading=1.18, balance=True, family=page.style.heading,
        fill=page.colours.accent, part=item.id, field="text", role="label",
    )  # fmt: skip
    block = [head]
    if item.detail:
        block.append(
            page.set(
                item.detail, 0.0, head.h + page.px(14), room.w * 0.8, size=page.size(22, 15, share), leading=1.4, part=item.id,
                field="detail", role="body",
            )
        )  # fmt: skip
    top = room.y + max(0.0, room.h - tall(block)) * OPTICAL
    return [Group(tuple(put(block, room.x, top)), part=item.id, step=1, label=item.text)], tall(block)


# --- steps ---


def steps(page: Page, slide: Slide, room: Room) -> Fitted:
    """Steps from left to right where they are few and short, else downwards; numbered, joined by arrows."""
    n = len(slide.items)

    def down(room: Room, share: float) -> Built:
        return _steps_down(page, slide.items, room, share)

    def down_in_two(room: Room, share: float) -> Built:
        return _steps_down(page, slide.items, room, share, columns=2)

    def along(room: Room, share: float) -> Built:
        return _steps_along(page, slide.items, room, share)

    if page.upright or room.w < page.px(480):
        return fitted(room, down)
    if n <= 5 and room.w / n >= page.px(150):
        return fitted(room, along, down, lines=4)
    return fitted(room, *((down_in_two, down) if n > 4 else (down,)))


def _badge(page: Page, item: Point, place: int, x: float, y: float, size: float) -> list[Item]:
    """A step's number in a disc; ringed where the style does not fill."""
    filled = page.style.fills
    disc = Box(
        x, y, size, size, fill=page.colours.accent if filled else page.colours.ground, stroke=page.colours.accent, shape="ellipse",
        stroke_width=page.px(page.style.line), name=f"step-{item.id}",
    )  # fmt: skip
    figure = page.set(
        number(place, page.lang), x, y, size, size, size=max(SMALLEST, size * 0.42), bold=True, align="middle", valign="middle",
        fill=on(page.colours.accent) if filled else page.colours.accent, inside=disc.name, role="value",
    )  # fmt: skip
    return [disc, figure]


def _arrow(page: Page, items: Sequence[Point], i: int, start: tuple[float, float], end: tuple[float, float]) -> Connector:
    """The arrow from step i - 1 to step i."""
    names = f"step-{items[i - 1].id}", f"step-{items[i].id}"
    return Connector((start, end), page.colours.accent, *names, stroke_width=page.px(page.style.line * 1.2), step=i + 1)


def _steps_along(page: Page, items: Sequence[Point], room: Room, share: float) -> Built:
    n = len(items)
    gap, disc, space = page.px(28), page.px(50), page.px(20)
    w = (room.w - gap * (n - 1)) / n
    blocks = [pair(page, item, w, share, text=20, detail=17, bold=True) for item in items]
    needed = disc + space + max(tall(block) for block in blocks)
    top = room.y + max(0.0, room.h - needed) * OPTICAL
    out: list[Item] = []
    for i, (item, block) in enumerate(zip(items, blocks, strict=True)):
        x = room.x + i * (w + gap)
        if i:
            out.append(_arrow(page, items, i, (x - w - gap + disc, top + disc / 2), (x, top + disc / 2)))
        parts = (*_badge(page, item, i + 1, x, top, disc), *put(block, x, top + disc + space))
        out.append(Group(parts, part=item.id, step=i + 1, label=item.text))
    return out, needed


def _steps_down(page: Page, items: Sequence[Point], room: Room, share: float, columns: int = 1) -> Built:
    disc = page.px(28 if page.upright else 36) * max(share, 0.86)
    inset, gap = disc + page.px(12 if page.upright else 20), page.px(44)
    w = (room.w - gap * (columns - 1)) / columns
    blocks = [pair(page, item, w - inset, share, text=20, detail=17, bold=True) for item in items]
    # A block's first line is level with the middle of its disc.
    drops = [max(0.0, disc / 2 - (block[0].lines[0].y - block[0].size * 0.35)) for block in blocks]
    per = -(-len(items) // columns)
    pad = page.px(16) * share
    talls = [drop + tall(block) for drop, block in zip(drops, blocks, strict=True)]
    heights = [max(disc, *talls[row::per]) + pad for row in range(per)]
    needed = sum(heights) - pad
    spare = min(page.px(26), max(0.0, room.h - needed) / per)
    start = room.y + max(0.0, room.h - needed - spare * (per - 1)) * OPTICAL
    tops = [start + sum(heights[:row]) + spare * row for row in range(per)]
    out: list[Item] = []
    for i, (item, block) in enumerate(zip(items, blocks, strict=True)):
        column, row = divmod(i, per)
        x, y = room.x + column * (w + gap), tops[row]
        if row:
            out.append(_arrow(page, items, i, (x + disc / 2, tops[row - 1] + disc), (x + disc / 2, y)))
        parts = (*_badge(page, item, i + 1, x, y, disc), *put(block, x + inset, y + drops[i]))
        out.append(Group(parts, part=item.id, step=i + 1, label=item.text))
    return out, needed
