"""The page a slide stands on: its size, colours and type, its heading and foot, the cover, and how a body is made to fit.

Measures are px on a page 960 px wide, where a px is a point of the deck; other widths are the same page, larger or smaller. Pages narrower
than `UPRIGHT` are upright cards with measures of their own, since a small landscape page would need type that nobody can read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flipchart.renderers import logo
from flipchart.renderers.deck import Slide, Slides, shown_as, sources_of
from flipchart.renderers.drawing import Box, Drawing, Group, Item, Path, Text, flat, mirrored, moved
from flipchart.renderers.sheet import told
from flipchart.renderers.style import SMALLEST, Style, contrast, mix, readable
from flipchart.renderers.typeset import clean, measure, place, reads_rtl, rtl

WIDE, TALL = 960.0, 540.0
CARD, CARD_TALL = 390.0, 488.0
UPRIGHT = 700.0
SIZES = (1.4, 1.2, 1.0, 0.92)  # shares of the full type size, tried in turn for the whole body at once
SMALL_SIZES = (0.86, 0.8)
DESIGNS = ("calm", "aside", "band")


@dataclass(frozen=True, slots=True)
class Room:
    """Where the body of a slide goes, in px."""

    x: float
    y: float
    w: float
    h: float


Built = tuple[list[Item], float]
Build = Callable[[Room, float], Built]
"""(room, share of the full type size) -> items, and the height in px that they need."""


@dataclass(frozen=True, slots=True)
class Colours:
    """What one page is painted in; `card` carries `ink`, `quiet` and `mark` as well as the ground does."""

    ground: str
    ink: str
    quiet: str
    accent: str
    rule: str
    card: str


def colours(style: Style, *, bold: bool = False) -> Colours:
    """The colours of a page; `bold` ones (cover, section, closing) stand on the accent where the style fills pages."""
    if bold and style.fills:
        ground = mix(style.accent, style.sheet, 0.22) if style.dark else style.accent
        ink = style.ink if style.dark else style.on_accent
        accent = readable(style.accent, ground, 3.0) if style.dark else ink
        card, quiet = mix(ink, ground, 0.08), readable(mix(ink, ground, 0.88), mix(ink, ground, 0.12))
        if contrast(ink, card) < 4.5:  # a card goes away from the ink where the ground has no room the other way
            card = mix("#000000" if contrast(ink, "#000000") > contrast(ink, "#ffffff") else "#ffffff", ground, 0.08)
        quiet = quiet if min(contrast(quiet, ground), contrast(quiet, card)) >= 4.5 else ink
        return Colours(ground, ink, quiet, accent, mix(ink, ground, 0.32), card)
    card = style.soft if style.fills else style.sheet
    quiet = readable(readable(style.quiet, style.sheet), card)
    return Colours(style.sheet, style.ink, quiet, readable(readable(style.accent, style.sheet), card), style.rule, card)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: the deck it is of, its size in px, and how many px a px of the 960 (upright: 390) px page is."""

    deck: Slides
    style: Style
    width: float
    height: float
    upright: bool
    unit: float
    colours: Colours
    number: int
    share: tuple[int, int] = (1, 1)
    """Which of how many pages of the same slide."""

    @property
    def lang(self) -> str:
        """The language of its words."""
        return self.deck.lang or self.style.lang

    @property
    def design(self) -> str:
        """The deck's design."""
        return self.deck.look.design if self.deck.look.design in DESIGNS else DESIGNS[0]

    @property
    def edge(self) -> float:
        """Outer margin in px."""
        return self.px(22 if self.upright else 52)

    @property
    def gap(self) -> float:
        """Space between neighbours in px."""
        return self.px(12 if self.upright else 20)

    @property
    def hair(self) -> float:
        """The thinnest rule in px."""
        return max(1.0, self.px(1))

    @property
    def foot(self) -> float:
        """Where bodies end: the foot of the page is below, in px."""
        return self.height - self.px(46 if self.upright else 62)

    def px(self, length: float) -> float:
        """`length` of the model page, on this one."""
        return length * self.unit

    def size(self, wide: float, upright: float, share: float = 1.0) -> float:
        """A size of type in px: `wide` on a landscape page, `upright` on an upright one, times `share`; never under 15 points (11 px)."""
        least = self.px(11 if self.upright else 15)
        return max(SMALLEST, least, self.px(upright if self.upright else wide) * share)

    def set(
        self, words: str, x: float, y: float, w: float, h: float | None = None, *, size: float, bold: bool = False, **more: Any
    ) -> Text:
        """`words` set in the faces and ink of this page; as tall as they are where `h` is None or they are less tall."""
        more.setdefault("fill", self.colours.ink)
        more.setdefault("family", self.style.sans)
        leading = more.setdefault("leading", 1.3)
        text = place(words, x, y, max(8.0, w), h, size=size, weight=self.style.bold if bold else 400, **more)
        return replace(text, h=len(text.lines) * text.size * leading) if more.get("valign", "start") == "start" else text

    def long(self, words: str, size: float, *, bold: bool = False) -> float:
        """Width in px of `words` on one line."""
        return measure(clean(words), size, self.style.sans, self.style.bold if bold else 400)

    def card(self, x: float, y: float, w: float, h: float, name: str) -> Box:
        """A card on this page."""
        edged = self.style.rough > 0 or not self.style.fills or self.style.line >= 2
        return Box(
            x, y, w, h, fill=self.colours.card, stroke=self.colours.rule if edged else None, stroke_width=self.px(self.style.line),
            radius=self.px(self.style.radius), name=name,
        )  # fmt: skip

    def bar(self, x: float, y: float, w: float, h: float) -> Box:
        """A small filled mark in the accent."""
        return Box(x, y, w, h, fill=self.colours.accent, radius=min(w, h) / 2)


def page_of(
    deck: Slides, style: Style, width: float, height: float | None, slide: Slide | None, number: int, share: tuple[int, int] = (1, 1)
) -> Page:
    """The empty page for `slide` (None: the cover), `width` px wide, and as tall as is said or as its kind of page is."""
    upright = width < UPRIGHT if height is None else height > width * 0.9
    tall = height if height is not None else round(width * (CARD_TALL / CARD if upright else TALL / WIDE), 2)
    unit = min(width / CARD, tall / CARD_TALL) if upright else min(width / WIDE, tall / TALL)
    bold = slide is None or shown_as(slide) in {"section", "closing", "title"}
    return Page(deck, style, width, tall, upright, unit, colours(style, bold=bold), number, share)


def backwards(deck: Slides, style: Style) -> bool:
    """True where the deck is read from right to left: by its language, else by its first letters, else by the style's language."""
    if deck.lang:
        return reads_rtl(deck.lang)
    words = " ".join((deck.title, *(slide.heading for slide in deck.slides[:1])))
    return rtl(words) if any(letter.isalpha() for letter in words) else reads_rtl(style.lang)


def finished(page: Page, items: Sequence[Item], slide: Slide | None, words: str) -> Drawing:
    """The drawing of a page, mirrored where its words read from right to left."""
    mark = mark_on(page, cover=slide is None or shown_as(slide) == "title")
    items = [*items, *([mark] if mark else [])]
    if backwards(page.deck, page.style):
        items = [mirrored(item, page.width) for item in items]
    return Drawing(
        page.width, page.height, tuple(items), page.colours.ground, alt=words, lang=page.lang, rough=page.style.rough, seed=page.deck.seed,
        notes=clean(slide.notes) if slide else "", extra={"slide": shown_as(slide) if slide else "title"},
    )  # fmt: skip


# --- making things fit ---


def fitted(room: Room, *builds: Build, lines: int = 0, named: bool = False) -> tuple[list[Item], bool]:
    """What the first of `builds` that fits makes, at the largest size at which it does; the last one at the smallest where none fits.

    A build is given up for the next one before its type becomes small. `lines`: how many lines any text may take for its type to grow;
    0 where it may take none that it does not need. `named`: labels are names, which take no line more.
    """
    for sizes in (SIZES, SMALL_SIZES):
        for build in builds:
            plain = _broken(build(room, 1.0)[0]) if sizes is SIZES else (0, 0)
            for share in sizes:
                items, tall = build(room, share)
                # Type grows only while no label needs another line for it, and nothing that stood on one line needs two.
                now = _broken(items)
                deeper = _deepest(items) <= lines and (now[0] <= plain[0] or not named)
                grown = share <= 1 or all(a <= b for a, b in zip(now, plain, strict=True)) or deeper
                if tall <= room.h + 0.5 and not cut(items) and grown:
                    return items, True
    return builds[-1](room, SMALL_SIZES[-1])[0], False


def _broken(items: Sequence[Item]) -> tuple[int, int]:
    """How many lines the labels take, and how many texts take more than one."""
    texts = [item for item in flat(tuple(items)) if isinstance(item, Text)]
    return sum(len(text.lines) for text in texts if text.role in {"label", "value"}), sum(len(text.lines) > 1 for text in texts)


def _deepest(items: Sequence[Item]) -> int:
    """Lines of the text that takes most."""
    return max((len(item.lines) for item in flat(tuple(items)) if isinstance(item, Text)), default=0)


def cut(items: Sequence[Item]) -> bool:
    """True where words did not fit."""
    return any((isinstance(item, Text) and item.cut) or (isinstance(item, Group) and cut(item.items)) for item in items)


def at(text: Text, x: float, y: float) -> Text:
    """`text` with its room's corner at (x, y)."""
    found = moved(text, x - text.x, y - text.y)
    assert isinstance(found, Text)
    return found


# --- heading, foot, frame ---


def heading(page: Page, slide: Slide, w: float, x: float | None = None, y: float | None = None, size: float | None = None) -> list[Text]:
    """The takeaway, and the line below it where there is one."""
    x, y = page.edge if x is None else x, page.px(24 if page.upright else 42) if y is None else y
    out: list[Text] = []
    if slide.heading:
        out.append(
            page.set(
                slide.heading, x, y, w, page.height * 0.42, size=size or page.size(32, 22), smallest=page.size(20, 15), bold=True,
                leading=1.18, balance=True, family=page.style.heading, part=slide.id, field="heading", role="title",
            )
        )  # fmt: skip
        y += out[0].h + page.px(8)
    if slide.text and shown_as(slide) not in {"quote", "text", "section"}:
        out.append(
            page.set(
                slide.text, x, y, w, page.height * 0.3, size=page.size(19, 15), smallest=page.size(15, 11), fill=page.colours.quiet,
                leading=1.35, part=slide.id, field="text", role="subtitle",
            )
        )  # fmt: skip
    return out


def below(texts: Sequence[Text], otherwise: float) -> float:
    """Where `texts` end, in px."""
    return max((text.y + text.h for text in texts), default=otherwise)


def lowest(items: Sequence[Item]) -> float:
    """Where the lowest shape or word of `items` ends, in px."""
    return max((item.y + item.h for item in flat(tuple(items)) if isinstance(item, Box | Text)), default=0.0)


def frame(page: Page, slide: Slide) -> tuple[list[Item], list[Text], Room]:
    """What lies behind, the heading, and the room for the body, by the deck's design."""
    edge, foot = page.edge, page.foot
    if page.design == "aside" and not page.upright and slide.heading and shown_as(slide) not in {"table", "quote"}:
        w = page.width * 0.27
        head = heading(page, slide, w, y=page.px(60))
        if below(head, 0.0) <= foot and not cut(head):
            x = edge + w + page.px(48)
            top = page.px(48)
            rule: Item = Box(x - page.px(24), top, page.hair, foot - top, fill=page.colours.rule)
            return [page.bar(edge, top, page.px(44), page.px(4)), rule], head, Room(x, top, page.width - edge - x, foot - top)
    if page.design == "band" and not page.upright and slide.heading:
        painted = replace(page, colours=colours(page.style, bold=True))
        head = heading(painted, slide, page.width - 2 * edge, y=page.px(30))
        tall = below(head, 0.0) + page.px(24)
        if tall < page.height * 0.5:
            band: Item = Box(0.0, 0.0, page.width, tall, fill=painted.colours.ground)
            if not page.style.fills:
                band = Box(edge, tall - page.px(3), page.width - 2 * edge, page.px(3), fill=page.colours.accent)
            top = tall + page.px(28)
            return [band], head, Room(edge, top, page.width - 2 * edge, foot - top)
    head = heading(page, slide, page.width - 2 * edge)
    top = below(head, page.px(24)) + page.px(16 if page.upright else 26)
    return [], head, Room(edge, top, page.width - 2 * edge, foot - top)


def foot(page: Page, slide: Slide) -> list[Item]:
    """The page's number, and where the slide's figures are from, else the deck's name."""
    size = max(SMALLEST, page.px(11 if page.upright else 12))
    y = page.height - page.px(18 if page.upright else 30) - size
    part, parts = page.share
    shown = f"{page.number}" if parts == 1 else f"{page.number}  ·  {part}/{parts}"
    taken = mark_room(page)
    wide = page.px(60 if page.upright else 90)
    figure = page.set(
        shown, page.width - page.edge - taken - wide, y, wide, size=size, fill=page.colours.quiet, align="end", role="caption"
    )
    room = page.width - 2 * page.edge - taken - wide - page.gap
    source = told(page.deck.model_copy(update={"sources": sources_of(page.deck, slide), "art": slide.art, "lang": page.lang}))
    if source:
        words = page.set(source, page.edge, y, room, size=size, fill=page.colours.quiet, role="caption")
        # A long source grows upwards.
        return [Group((figure,), label="number"), Group((at(words, words.x, y - (words.h - size * 1.3)),), label="source")]
    name = _one_line(page.deck.title, room, size, page.style.sans)
    if not name:
        return [Group((figure,), label="number")]
    whole = name == clean(page.deck.title)
    words = page.set(name, page.edge, y, room, size=size, fill=page.colours.quiet, role="caption")
    words = replace(words, part=page.deck.id if whole else "", field="title" if whole else "")
    return [Group((figure,), label="number"), Group((words,), label="footer")]


# The logo, on covers large at the top, elsewhere at the end of the foot: its height, and its greatest width, in px of a page.
_LARGE, _SMALL = ((34.0, 220.0), (26.0, 150.0)), ((24.0, 130.0), (17.0, 90.0))


def mark_on(page: Page, *, cover: bool) -> Group | None:
    """The brand's logo on this page; None where there is none."""
    tall, widest = (page.px(length) for length in (_LARGE if cover else _SMALL)[page.upright])
    if cover:
        return logo.drawn(page.style, page.colours.ground, page.edge, page.edge + tall / 2, tall, widest, start=True)
    size = max(SMALLEST, page.px(11 if page.upright else 12))
    middle = page.height - page.px(18 if page.upright else 30) - size * 0.4
    return logo.drawn(page.style, page.colours.ground, page.width - page.edge, middle, tall, widest)


def mark_room(page: Page) -> float:
    """What the logo takes of the foot in px, with the space before it."""
    wide, _ = logo.room(page.style, *(page.px(length) for length in _SMALL[page.upright]))
    return wide + page.gap if wide else 0.0


def _one_line(words: str, room: float, size: float, family: str) -> str:
    """`words`, shortened to what one line holds: a running title may be short, since the cover has it whole."""
    words = clean(words).replace("\n", " ").strip()
    if measure(words, size, family) <= room:
        return words
    while words and measure(words + "…", size, family) > room:
        words = words.rsplit(" ", 1)[0] if " " in words[-20:] else words[:-1]
    return words.rstrip() + "…" if words else ""


# --- pages of large words ---


def banner(page: Page, title: Text | None, words: Text | None, *, low: bool) -> list[Item]:
    """A large title and a line, a short rule between them; `low` on the page, or in its middle."""
    thick, space = page.px(4), page.px(18 if page.upright else 24)
    tall = (title.h + space if title else 0.0) + thick + (space + words.h if words else 0.0)
    y0, y1 = page.edge, page.height - page.edge - page.px(30 if low and page.number > 1 else 12)
    y = y1 - tall if low else y0 + (y1 - y0 - tall) * 0.46
    out: list[Item] = []
    if title:
        out.append(at(title, page.edge, y))
        y += title.h + space
    out.append(page.bar(page.edge, y, page.px(56), thick))
    if words:
        out.append(at(words, page.edge, y + thick + space))
    return out


def large(page: Page, words: str, part: str, field: str, *, size: float) -> Text | None:
    """The title of a page of large words; None where there are none."""
    if not words:
        return None
    return page.set(
        words, 0.0, 0.0, _measure_of(page), _tall(page, 0.35, 0.5), size=size, smallest=page.size(24, 17), bold=True, leading=1.14,
        balance=True, family=page.style.heading, part=part, field=field, role="title",
    )  # fmt: skip


def under(page: Page, words: str, part: str, field: str) -> Text | None:
    """The line below it; None where there is none."""
    if not words:
        return None
    return page.set(
        words, 0.0, 0.0, _measure_of(page), _tall(page, 0.16, 0.26), size=page.size(22, 16), smallest=page.size(15, 11), leading=1.35,
        fill=page.colours.quiet, part=part, field=field, role="subtitle",
    )  # fmt: skip


def _tall(page: Page, marked: float, share: float) -> float:
    """A share of the page's height in px, a lesser one where a logo needs room above the words."""
    return page.height * (marked if page.style.logo else share)


def _measure_of(page: Page) -> float:
    return page.width - 2 * page.edge if page.upright else page.width * 0.66


def discs(page: Page, *, low: bool = False) -> Group:
    """Quarter discs in the right corner, kept on the page; a bar across the top where the style does not fill pages."""
    if not page.style.fills:
        return Group((Box(0.0, 0.0, page.width, page.px(12), fill=page.colours.accent),), label="ornament")
    right, short = page.width, min(page.width, page.height) * (0.72 if page.upright else 1.0)
    y, down = (page.height, -1.0) if low else (0.0, 1.0)
    out: list[Item] = []
    for share, tint in ((0.86, 0.04), (0.6, 0.08), (0.34, 0.12)):
        r = short * share
        k = r * 0.5522847498
        curve = (right - r, y + down * k, right - k, y + down * r, right, y + down * r)
        d = (("M", (right - r, y)), ("C", curve), ("L", (right, y)), ("Z", ()))
        out.append(Path(d, fill=mix(page.colours.ink, page.colours.ground, tint)))
    return Group(tuple(out), label="ornament")
