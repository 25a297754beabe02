"""The bodies of slides: figures, comparisons, quotations, tables, pictures, and other forms in a fixed room; points are next door.

Each takes (page, slide, room) and gives its items and whether they fit. A size is tried for a whole body, so that equals look equal.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from flipchart.renderers.deck import Point, Side, Slide, Slides, figure, shown_as
from flipchart.renderers.drawing import (
    Align,
    Box,
    Drawing,
    Group,
    Item,
    Path,
    Picture,
    TableFrame,
    Text,
    flat,
    mirrored,
    moved,
    scaled,
)
from flipchart.renderers.registry import form
from flipchart.renderers.sheet import margin
from flipchart.renderers.slides_page import (
    Built,
    Page,
    Room,
    backwards,
    banner,
    below,
    cut,
    discs,
    fitted,
    frame,
    heading,
    large,
    lowest,
    under,
)
from flipchart.renderers.slides_pictures import aside, emblem, picture, spot
from flipchart.renderers.slides_points import OPTICAL, Fitted, lines, pair, put, shift, steps, tall
from flipchart.renderers.spec import Look, Spec
from flipchart.renderers.style import SMALLEST, Style
from flipchart.renderers.tinted import finished
from flipchart.renderers.typeset import clean, measure
from flipchart.renderers.words import say


def body(page: Page, slide: Slide) -> Fitted:
    """Everything on the slide's page but its foot, and whether it fits."""
    match shown_as(slide):
        case "section" | "title":
            items, fits = _section(page, slide)
        case "closing":
            items, fits = _closing(page, slide)
        case "picture":
            items, fits = picture(page, slide)
        case kind:
            behind, head, room = frame(page, slide)
            if room.h < page.px(90):
                return [*behind, *head], False
            inner, fits = _BODIES[kind](page, slide, room)
            items, fits = [*behind, *head, *inner], fits and not cut(head)
    return items, fits


# --- pages of large words ---


def cover(page: Page, slide: Slide | None) -> list[Item]:
    """The deck's title and subtitle; what a title slide says stands in for what the deck does not."""
    deck = page.deck
    words = [(deck.title, deck.id, "title"), (deck.subtitle, deck.id, "subtitle")]
    words += [(slide.heading, slide.id, "heading"), (slide.text, slide.id, "text")] if slide else []
    told = [one for i, one in enumerate(words) if one[0] and one[0] not in [before[0] for before in words[:i]]]
    if deck.title or len(told) < 2:
        first, second = (told[0] if told else ("", "", "")), (told[1] if len(told) > 1 else ("", "", ""))
    else:
        first, second = sorted(told[:2], key=lambda one: one[2] != "heading")
    title = large(page, *first, size=page.size(54, 34))
    return [discs(page), *emblem(page), *banner(page, title, under(page, *second), low=True)]


def _section(page: Page, slide: Slide) -> Fitted:
    words, field = (slide.heading, "heading") if slide.heading else (slide.text, "text")
    title = large(page, words, slide.id, field, size=page.size(46, 30))
    line = under(page, slide.text, slide.id, "text") if slide.heading else None
    fits = not any(text is not None and text.cut for text in (title, line))
    return [discs(page, low=True), *spot(page, slide.art, low=True), *banner(page, title, line, low=False)], fits


def _closing(page: Page, slide: Slide) -> Fitted:
    if not slide.items:
        thanks = say("slides.thanks", page.lang)
        first = (slide.heading, slide.id, "heading") if slide.heading else (slide.text or thanks, slide.id, "text" if slide.text else "")
        title = large(page, *first, size=page.size(46, 30))
        line = under(page, slide.text, slide.id, "text") if slide.heading else None
        fits = not any(text is not None and text.cut for text in (title, line))
        return [discs(page), *spot(page, slide.art), *banner(page, title, line, low=True)], fits
    behind = [] if page.upright else [discs(page)]
    clear = 0.0 if page.upright or not page.style.fills else page.height * 0.34  # the words keep off the innermost disc
    w = page.width - 2 * page.edge - clear
    start = page.px(24 if page.upright else 42)
    for size in (page.size(44, 28), page.size(32, 22)):
        head = heading(page, slide, w, y=start, size=size)
        bar = [page.bar(page.edge, below(head, 0.0) + page.px(12), page.px(56), page.px(4))] if head else []
        top = below(head, start) + page.px(28 if page.upright else 40)
        room = Room(page.edge, top, w, page.foot - top)
        items, fits = fitted(room, lambda room, share: lines(page, slide.items, room, share), lines=2)
        if fits and not cut(head):
            break
    said = [*head, *bar, *items]
    # The last page is read as one statement: all of it stands in the optical middle.
    drop = max(0.0, page.foot - lowest(said)) * OPTICAL
    return [*behind, *(moved(item, 0.0, drop) for item in said)], fits and not cut(head)


# --- figures ---


def _numbers(page: Page, slide: Slide, room: Room) -> Fitted:
    """Figures as large as they go, each over what it counts."""
    n = len(slide.items)
    most = max(1, min(4, int(room.w / page.px(150 if page.upright else 190))))
    columns = n if n <= most else {5: 3, 6: 3}.get(n, most) if most >= 3 else 1 if n == 3 else most

    def grid(room: Room, share: float) -> Built:
        return _figures(page, slide.items, room, share, columns)

    def denser(room: Room, share: float) -> Built:
        return _figures(page, slide.items, room, share, max(columns, 2))

    return fitted(room, grid, denser)


def _figures(page: Page, items: Sequence[Point], room: Room, share: float, columns: int) -> Built:
    n, gap = len(items), page.gap
    stacked = columns == 1 and n > 1  # the figure stands beside its words
    pad = page.px(14 if page.upright else 18 if stacked else 26)
    w = (room.w - gap * (columns - 1)) / columns
    inner = w - 2 * pad
    told = [figure(item, page.lang) for item in items]
    # One size for all: the largest at which the widest is on one line.
    widest = max((measure(clean(words), 100.0, page.style.heading, page.style.bold) for words in told), default=0.0) or 100.0
    left = inner * 0.42 if stacked else inner
    size = min(page.size({1: 64 if stacked else 130, 2: 92}.get(columns, 68), {1: 44}.get(columns, 36), share), left / widest * 99.0)
    size = max(page.size(24, 18), int(size * 2) / 2)
    blocks = []
    for item, words in zip(items, told, strict=True):
        shown = item.value is not None
        block = [
            page.set(
                words, 0.0, 0.0, left, size=size, bold=True, fill=page.colours.accent, leading=1.12, family=page.style.heading,
                part=item.id, field="value" if shown else "text", role="value",
            )
        ]  # fmt: skip
        for text, field in ((item.text if shown else "", "text"), (item.detail, "detail")):
            if text:
                quiet = field == "detail"
                x, y = (left + pad, tall(block[1:])) if stacked else (0.0, tall(block) + page.px(6))
                block.append(
                    page.set(
                        text, x, y, inner - x, size=page.size(16 if quiet else 19, 12.5 if quiet else 14, share),
                        fill=page.colours.quiet if quiet else page.colours.ink, leading=1.34, part=item.id, field=field, role="label",
                    )
                )  # fmt: skip
        if stacked:
            words_h, whole = tall(block[1:]), tall(block)
            block = [*shift(block[:1], (whole - block[0].h) / 2), *shift(block[1:], (whole - words_h) / 2)]
        blocks.append(block)
    rows = -(-n // columns)
    heights = [max(tall(block) for block in blocks[row * columns : (row + 1) * columns]) + 2 * pad for row in range(rows)]
    needed = sum(heights) + gap * (rows - 1)
    spare = min(page.px(60), max(0.0, room.h - needed) / rows)
    y = room.y + max(0.0, room.h - needed - spare * rows) * OPTICAL
    out: list[Item] = []
    for i, (item, block) in enumerate(zip(items, blocks, strict=True)):
        row, column = divmod(i, columns)
        x, top = room.x + column * (w + gap), y + sum(heights[:row]) + (spare + gap) * row
        card = page.card(x, top, w, heights[row] + spare, f"card-{item.id}")
        texts = put(block, x + pad, top + pad + spare * OPTICAL, card.name)
        out.append(Group((card, *texts), part=item.id, step=i + 1, label=f"{told[i]} {item.text}" if item.value is not None else item.text))
    return out, needed


# --- comparisons ---


def _compare(page: Page, slide: Slide, room: Room) -> Fitted:
    """Sides next to each other (upright: one above the other), their points on common lines."""
    n = len(slide.sides)
    columns = (1 if n < 4 else 2) if page.upright else min(n, 2 if room.w < page.px(640) else 4)
    return fitted(room, lambda room, share: _sides(page, slide.sides, room, share, columns), lines=2)


def _sides(page: Page, sides: Sequence[Side], room: Room, share: float, columns: int) -> Built:
    gap, pad = page.gap, page.px(16 if page.upright else 28)
    w = (room.w - gap * (columns - 1)) / columns
    inset, between = page.px(18 if page.upright else 22), page.px(8 if page.upright else 13) * share
    inner = w - 2 * pad
    heads = [
        page.set(
            side.heading, 0.0, 0.0, inner, size=page.size(23, 17, share), bold=True, fill=page.colours.accent, leading=1.2, part=side.id,
            field="heading", role="label",
        )
        for side in sides
    ]  # fmt: skip
    named = any(item.detail for side in sides for item in side.items)  # then all points have the weight of names
    points = [[pair(page, item, inner - inset, share, text=19, detail=15.5, bold=named) for item in side.items] for side in sides]
    tops: list[list[float]] = []  # of the points, by row of sides, from the top of the words
    heights: list[float] = []
    for start in range(0, len(sides), columns):
        band = range(start, min(len(sides), start + columns))
        y = max(heads[i].h for i in band) + page.px(14)
        line: list[float] = []
        for k in range(max(len(points[i]) for i in band)):
            line.append(y)
            y += max(tall(points[i][k]) for i in band if k < len(points[i])) + between
        tops.append(line)
        heights.append(y - (between if line else page.px(14)) + 2 * pad)
    needed = sum(heights) + gap * (len(heights) - 1)
    # Cards grow only as their points move apart; what is left stands around them.
    stretch = min(page.px(18), max(0.0, room.h - needed) / max(1, sum(len(line) for line in tops)))
    heights = [h + stretch * len(line) for h, line in zip(heights, tops, strict=True)]
    first = room.y + max(0.0, room.h - sum(heights) - gap * (len(heights) - 1)) * OPTICAL
    out: list[Item] = []
    for i, side in enumerate(sides):
        row, column = divmod(i, columns)
        x, y = room.x + column * (w + gap), first + sum(heights[:row]) + gap * row
        card = page.card(x, y, w, heights[row], f"card-{side.id}")
        parts: list[Item] = [card, *put([heads[i]], x + pad, y + pad, card.name)]
        for k, (item, block) in enumerate(zip(side.items, points[i], strict=True)):
            top = y + pad + tops[row][k] + stretch * (k + 0.5)
            mark = page.px(7)
            middle = top + block[0].lines[0].y - block[0].size * 0.35
            dot = Box(x + pad, middle - mark / 2, mark, mark, fill=page.colours.accent, radius=mark * 0.25)
            parts.append(Group((dot, *put(block, x + pad + inset, top, card.name)), part=item.id, label=item.text))
        out.append(Group(tuple(parts), part=side.id, step=i + 1, label=side.heading))
    return out, needed


# --- words ---


def _quotation(page: Page, x: float, y: float, size: float) -> list[Item]:
    """A great quotation mark: two slanted strokes, `size` px wide, the same in every language."""
    w, h, lean = size * 0.34, size * 0.66, size * 0.16
    corners = [((left + lean, y), (left + lean + w, y), (left + w, y + h), (left, y + h)) for left in (x, x + size * 0.5)]
    return [Path((("M", a), ("L", b), ("L", c), ("L", d), ("Z", ())), fill=page.colours.accent) for a, b, c, d in corners]


def _quote(page: Page, slide: Slide, room: Room) -> Fitted:
    """The words large, a great quotation mark before them, and who said them."""

    def build(room: Room, share: float) -> Built:
        mark = _quotation(page, room.x, page.px(4), page.px(38 if page.upright else 64))
        inset, y = (0.0, page.px(52)) if page.upright else (page.px(104), 0.0)
        short = len(slide.text) < 140
        words = page.set(
            slide.text, inset, y, room.w - inset - (0.0 if page.upright else page.px(36)), part=slide.id, field="text", role="body",
            size=page.size(34 if short else 26, 21 if short else 17, share), leading=1.36, family=page.style.heading, balance=short,
        )  # fmt: skip
        out: list[Item] = [*mark, moved(words, room.x, 0.0)]
        tall = words.y + words.h
        if slide.by:
            by = page.set(
                slide.by, inset + page.px(52), tall + page.px(18), room.w - inset - page.px(52), size=page.size(18, 14),
                fill=page.colours.quiet, part=slide.id, field="by", role="caption",
            )  # fmt: skip
            middle = by.lines[0].y - by.size * 0.35
            out += [moved(by, room.x, 0.0), page.bar(room.x + inset, middle - page.px(1.5), page.px(36), page.px(3))]
            tall = by.y + by.h
        top = room.y + max(0.0, room.h - tall) * OPTICAL
        return [Group(tuple(moved(item, 0.0, top) for item in out), part=slide.id, step=1, label=slide.text[:80])], tall

    return fitted(room, build)


def _text(page: Page, slide: Slide, room: Room) -> Fitted:
    """Prose in one column, its lines of a good length."""

    def build(room: Room, share: float) -> Built:
        size = page.size(20, 15, share)
        words = page.set(
            slide.text, room.x, room.y, min(room.w, size * 40), size=size, leading=1.45, part=slide.id, field="text", role="body"
        )
        return [words], words.h

    return fitted(room, build)


# --- tables ---


def _table(page: Page, slide: Slide, room: Room) -> Fitted:
    """A ruled table; words to the left, figures to the right."""

    def build(room: Room, share: float) -> Built:
        return _ruled(page, slide, room, share)

    return fitted(room, build)


def _figures_in(cells: Sequence[str]) -> bool:
    """True where a column holds figures: most of them bare, the others with a word or so."""
    filled = [clean(words).replace(" ", "") for words in cells if words.strip()]
    with_digit = [words for words in filled if any(c.isdigit() for c in words)]
    bare = [words for words in with_digit if sum(c.isdigit() for c in words) * 2 >= len(words) - 2]
    return bool(filled) and len(with_digit) == len(filled) and len(bare) * 2 >= len(filled)


def _ruled(page: Page, slide: Slide, room: Room, share: float) -> Built:
    wide = max(len(slide.columns), *(len(row.cells) for row in slide.rows), 1)
    heads = 1 if slide.columns else 0
    given = [slide.columns][:heads] + [row.cells for row in slide.rows]
    places = [(slide.id, "columns")][:heads] + [(row.id, "cells") for row in slide.rows]
    grid = [[clean(words) for words in (*cells, *[""] * (wide - len(cells)))] for cells in given]
    aligns: list[Align] = ["end" if c and _figures_in([row[c] for row in grid[heads:]]) else "start" for c in range(wide)]
    size = page.size(19 if len(grid) <= 6 else 17, 13.5, share)
    pad, above = page.px(8 if page.upright else 14), page.px(6 if page.upright else 9) * share
    widths = _widths(page, grid, room.w, size, pad)
    cells: list[list[Text]] = []
    for r, row in enumerate(grid):
        left, texts = room.x, []
        for c, cell in enumerate(row):
            # Words that follow figures in the last column stand clear of them.
            inset = 0.0 if c == 0 else pad * 2 if c == wide - 1 and (aligns[c - 1], aligns[c]) == ("end", "start") else pad
            after = 0.0 if c == wide - 1 else pad
            texts.append(
                page.set(
                    cell, left + inset, 0.0, widths[c] - inset - after, size=size if r >= heads else max(page.size(15, 11), size * 0.88),
                    bold=r < heads or (c == 0 and wide > 1), fill=page.colours.quiet if r < heads else page.colours.ink, align=aligns[c],
                    part=places[r][0] if c < len(given[r]) else "", field=f"{places[r][1]}.{c}" if c < len(given[r]) else "",
                    leading=1.28, role="label",
                )
            )  # fmt: skip
            left += widths[c]
        cells.append(texts)
    heights = [max(text.h for text in texts) + 2 * above for texts in cells]
    needed = sum(heights)
    spare = min(page.px(18), max(0.0, room.h - needed) / len(grid))
    items: list[Item] = []
    y = room.y
    for r, texts in enumerate(cells):
        h = heights[r] + (spare if r >= heads else 0.0)
        tallest = max(text.h for text in texts)
        items += [moved(text, 0.0, y + (h - tallest) / 2) for text in texts]
        y += h
        thick, paint = (page.px(2), page.colours.accent) if r == heads - 1 else (page.hair, page.colours.rule)
        items.append(Box(room.x, y - thick, room.w, thick, fill=paint))
    table = TableFrame(
        room.x,
        room.y,
        room.w,
        y - room.y,
        tuple(tuple(row) for row in grid),
        tuple(widths),
        tuple(aligns),
        tuple(items),
        header=bool(heads),
        part=slide.id,
        step=1,
    )
    return [table], needed


def _widths(page: Page, grid: list[list[str]], whole: float, size: float, pad: float) -> list[float]:
    """Widths in px of the columns: what fits on one line stays there, long ones share the rest."""
    columns = list(zip(*grid, strict=True))
    wanted = [max(page.long(cell, size, bold=True) for cell in column) + 2 * pad for column in columns]
    if sum(wanted) <= whole:
        return [w + (whole - sum(wanted)) / len(wanted) for w in wanted]
    words = [[word for cell in column for word in cell.split()] for column in columns]
    least = [max((page.long(word, size, bold=True) for word in column), default=0.0) + 2 * pad for column in words]
    out = [0.0] * len(columns)
    left = whole
    order = sorted(range(len(columns)), key=lambda c: wanted[c])
    for done, c in enumerate(order):
        fair = left / (len(columns) - done)
        spare = left - sum(min(least[later], fair) for later in order[done + 1 :])  # what the others' longest words leave
        out[c] = min(wanted[c], max(fair, min(least[c], fair * 1.6, spare)))
        left = max(0.0, left - out[c])
    return [w * whole / sum(out) for w in out]


# --- pictures and other forms ---


def _chart(page: Page, slide: Slide, room: Room) -> Fitted:
    return _beside(page, slide, room, chart_of(slide, page.deck))


def chart_of(slide: Slide, deck: Slides) -> Spec:
    """The chart that a chart slide shows."""
    many = min(len(slide.labels), len(slide.values))
    data = {
        "kind": "chart",
        "id": slide.id,
        "lang": deck.lang,
        "mark": slide.mark,
        "labels": slide.labels[:many],
        # The slide itself is the part whose `labels` and `values` are shown, so that a click on the chart edits the slide.
        "series": [{"id": slide.id, "values": slide.values[:many]}],
        "unit": slide.unit,
        "highlight": _named_in(slide),
    }
    return form("chart").spec.model_validate(data)


def _named_in(slide: Slide) -> str:
    """The one label that the heading names, to be stressed."""
    said = slide.heading.casefold()
    named = [label for label in slide.labels if len(label) > 2 and label.casefold() in said]
    return named[0] if len(named) == 1 else ""


def _nested(page: Page, slide: Slide, room: Room) -> Fitted:
    assert slide.visual is not None
    return _beside(page, slide, room, form(slide.visual.kind).untitled(slide.visual) if slide.heading else slide.visual)


def _beside(page: Page, slide: Slide, room: Room, visual: Spec) -> Fitted:
    """Another form in the room, and what follows from it in a column beside it."""
    if not slide.items:
        # What is not made small goes on over more pages where it can.
        shown, whole = drawn_in(page, visual, room)
        return [shown], _share(page, visual, room) > 0.8 if form(visual.kind).flows else whole and _legible(page, shown)
    if page.upright or room.w < page.px(640):
        return [drawn_in(page, visual, room)[0]], False  # the points get a page of their own
    w, gap = room.w * 0.3, page.px(36)
    aside = Room(room.x + room.w - w, room.y, w, room.h)
    items, fits = fitted(aside, lambda room, share: lines(page, slide.items, room, min(share, 1.0) * 0.9))
    shown, whole = drawn_in(page, visual, replace(room, w=room.w - w - gap))
    return [shown, *items], fits and whole and _legible(page, shown)


def drawn_in(page: Page, visual: Spec, room: Room) -> tuple[Item, bool]:
    """`visual` laid out in `room`, in the deck's colours but its own accent, and whether its groups have their frames."""
    style = _own_style(page, visual)
    drawing, share, outer = _largest(page, visual, style, room)
    items = finished(drawing, visual, style).items
    if backwards(page.deck, page.style):
        # It has mirrored itself where its language asks for that; the page is mirrored as a whole later.
        items = tuple(mirrored(item, drawing.width) for item in items)
    # A form that takes more than its room is made smaller as a whole, in the middle.
    fit = _fit(drawing, share, outer, room)
    x = room.x - outer * share + drawing.width * share * (1 - fit) / 2
    put = tuple(moved(scaled(item, share * fit), x, room.y - outer * share * fit) for item in items)
    return Group(put, part=visual.id, step=1, label=drawing.alt), not drawing.extra.get("unframed")


def _legible(page: Page, shown: Item) -> bool:
    """True where its smallest type may stand on a slide: 12 points, on an upright card 11 px."""
    return _smallest((shown,)) >= page.px(11 if page.upright else 12) - 0.05


def _share(page: Page, visual: Spec, room: Room) -> float:
    """How far `visual` has to be made smaller for `room`: 1 where it fits."""
    drawing, share, outer = _largest(page, visual, _own_style(page, visual), room)
    return _fit(drawing, share, outer, room)


def _fit(drawing: Drawing, share: float, outer: float, room: Room) -> float:
    """How much smaller a drawing has to be made to stand in the room; a hair's breadth is forgiven."""
    fit = (room.h / share + 2 * outer) / _depth(drawing)
    return 1.0 if fit > 0.985 else fit


def _own_style(page: Page, visual: Spec) -> Style:
    """The deck's style with the visual's own accent; the page has the logo."""
    look = Look(accent=visual.look.accent, series=visual.look.series, design=visual.look.design)
    return page.style.with_look(look, visual.lang or page.lang).bare()


def _largest(page: Page, visual: Spec, style: Style, room: Room) -> tuple[Drawing, float, float]:
    """`visual` laid out for `room` with the largest type at which it is sound, how much it is to be enlarged, and its own margin in px."""
    tried: list[tuple[Drawing, float, float]] = []
    for share in (page.unit,) if page.upright else (page.unit * 1.35, page.unit * 1.2, page.unit * 1.1, page.unit):
        w, h = room.w / share, room.h / share
        # The form keeps this margin itself; typeset words go by their width alone.
        outer = margin(w + 80) if form(visual.kind).flows else margin(w + 64, h + 64)
        drawing = form(visual.kind).layout(visual, style, w + 2 * outer, h + 2 * outer)
        tried.append((drawing, share, outer))
        cut = any(isinstance(item, Text) and item.cut for item in flat(drawing.items))
        if (
            not cut
            and not drawing.extra.get("unframed")
            and _depth(drawing) <= h + 2 * outer + 1
            and _smallest(drawing.items) >= SMALLEST - 0.05
        ):
            return tried[-1]
    # None is sound: the one whose type stays largest when it is made to fit.
    return max(tried, key=lambda one: one[1] * _fit(one[0], one[1], one[2], room) * _smallest(one[0].items))


def _smallest(items: tuple[Item, ...]) -> float:
    """The smallest size of its type, in px."""
    return min((item.size for item in flat(items) if isinstance(item, Text) and item.lines), default=SMALLEST)


def _depth(drawing: Drawing) -> float:
    """Where the drawing ends, in px: its height, or the lowest of its shapes and words where they pass it."""
    lowest = [item.y + item.h for item in flat(drawing.items) if isinstance(item, Box | Text | Picture)]
    return max([drawing.height, *lowest])


_BODIES: dict[str, Callable[[Page, Slide, Room], Fitted]] = {
    "points": aside,
    "steps": steps,
    "numbers": _numbers,
    "compare": _compare,
    "quote": _quote,
    "text": _text,
    "table": _table,
    "chart": _chart,
    "visual": _nested,
}
