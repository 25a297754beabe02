"""What every infographic design draws with: entries ready to set, a room that measures, and a few shapes.

A design is a function `(panel) -> float | None`: it adds its shapes to the panel and gives back the y where they end, or None where this
content does not fit that structure in this room.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Literal

from flipchart.renderers import rough
from flipchart.renderers.drawing import Align, Box, Command, Connector, Group, Icon, Item, Path, Text, moved
from flipchart.renderers.style import SMALLEST, Style, mix, on, readable
from flipchart.renderers.typeset import measure, place, reads_rtl

GRID = 8.0  # px, of which gaps and margins are multiples
LEADING = 1.24  # of labels; text is set at BODY
BODY = 1.42
COLUMN = 9.0  # type sizes that a column of sentences beside a picture is wide, at least


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it is shown: its words, its figure as its language writes it, and its icon if one fits."""

    id: str
    n: int
    """Its place in its list, from 1."""
    label: str
    text: str = ""
    value: float | None = None
    figure: str = ""
    unit: str = ""
    """What stands beside the figure in small type; signs such as % are in the figure."""
    when: str = ""
    icon: str = ""
    children: tuple["Entry", ...] = ()

    @property
    def said(self) -> bool:
        """True where there is more to it than its label and figure."""
        return bool(self.text or self.children)


@dataclass(frozen=True, slots=True)
class Block:
    """Shapes laid out at the origin, and the room they take in px."""

    items: tuple[Item, ...] = ()
    w: float = 0.0
    h: float = 0.0

    def at(self, x: float, y: float) -> tuple[Item, ...]:
        """The shapes with their top left corner at (x, y)."""
        return tuple(moved(item, x, y) for item in self.items)


@dataclass(slots=True)
class Panel:
    """The room a design fills, and the pen it draws with. Lengths are px, `scale` is that of type and gaps."""

    style: Style
    page: float
    """Width of the whole canvas, which sets the type."""
    x: float
    y: float
    w: float
    h: float | None
    entries: tuple[Entry, ...]
    lang: str = "en"
    marks: Literal["icon", "number", "dot"] = "number"
    heading: float = 28.0
    """Type size of the title."""
    scale: float = 1.0
    spare: float = 0.0
    """Height a design may spread between its parts."""
    forced: bool = False
    """True for the last resort: what does not fit is cut, and says so."""
    out: list[Item] = field(default_factory=list)
    strained: bool = False
    """True once a word had to be broken, or words cut."""

    # Measures

    @property
    def narrow(self) -> bool:
        """True on a phone, or in a column of that width."""
        return self.w < 520

    @property
    def low(self) -> bool:
        """True where the height is given and less than the width: columns are worth more than air."""
        return self.h is not None and self.h < self.w

    @property
    def high(self) -> float:
        """The height there is in px; infinite where the page grows."""
        return math.inf if self.h is None else self.h

    @property
    def tall(self) -> bool:
        """True where the height is given and one column of a few things fills it better than a row of them."""
        return self.h is not None and self.h > 0.8 * self.w

    @property
    def slim(self) -> bool:
        """True for a page like a phone's, where what runs across leaves most of it empty."""
        return self.tall and self.narrow

    @property
    def wide(self) -> bool:
        """True where two columns of text stand side by side at ease."""
        return self.w >= (500 if self.low else 640)

    @property
    def rtl(self) -> bool:
        """True where the finished page is mirrored."""
        return reads_rtl(self.lang)

    def px(self, length: float) -> float:
        """`length` at this panel's scale, on half pixels."""
        return round(length * self.scale * 2) / 2

    def size(self, level: int) -> float:
        """Type size in px of `level` 0 to 4, never under what is legible."""
        least = 12.0 if self.h is not None and self.page >= 720 and not self.forced else SMALLEST
        most = {1: 0.72, 2: 0.86}.get(level, 9.0) * self.heading  # labels and text stay below the title
        return max(least, min(most, round(self.style.size(level, self.page) * self.scale * 2) / 2))

    def even(self, most: int, name: Literal["label", "when"] = "label") -> int:
        """The level at which every item's label (or date) is set: 2 where none has more than `most` letters, else 1 for all."""
        return 2 if all(len(getattr(entry, name)) <= most for entry in self.entries) else 1

    def share(self, parts: int, most: float = 40.0) -> float:
        """The spare height that each of `parts` may add to itself."""
        return max(0.0, min(most * max(1.0, self.scale), self.spare / max(1, parts)))

    def rows(self, most: int) -> list[tuple[Entry, ...]]:
        """The entries in rows of at most `most`, as even as can be, the shorter ones first: where each fills the width, none ends in a
        hole."""
        ends = [0, *accumulate(rows_of(len(self.entries), most))]
        return [self.entries[start:end] for start, end in pairwise(ends)]

    # Colours

    @property
    def accent(self) -> str:
        """The accent as type on the sheet."""
        return readable(self.style.accent, self.style.sheet)

    def tint(self, strength: float) -> str:
        """The accent thinned with the sheet, 0 (sheet) to 1 (accent)."""
        return mix(self.style.accent, self.style.sheet, strength)

    def step_tint(self, i: int, count: int, low: float = 0.12, high: float = 0.4) -> str:
        """Tint of the i-th of `count` parts that grow in weight; ink reads well on all of them."""
        return self.tint(low + (high - low) * (i / (count - 1) if count > 1 else 1.0))

    def rising(self, i: int, count: int, low: float = 0.12, high: float = 0.4) -> str:
        """Fill of the i-th of `count` stages: ever fuller tints, the last one the accent itself."""
        return self.style.accent if i == count - 1 else self.step_tint(i, max(2, count - 1), low, high)

    def column(self, words: Iterable[str], level: int, least: float, most: float) -> float:
        """Width of a column of bold words: as wide as the widest of them, within `least` and `most` px."""
        widest = max((measure(w, self.size(level), self.style.sans, self.style.bold) for w in words if w), default=0.0)
        return max(least, min(most, math.ceil(widest) + 2.0))

    def on(self, fill: str | None) -> tuple[str, str]:
        """Ink and quiet ink that read well on `fill` (None: the sheet)."""
        if fill is None or fill == self.style.sheet:
            return self.style.ink, self.style.quiet
        if on(fill) == on(self.style.sheet):
            return readable(self.style.ink, fill), readable(self.style.quiet, fill)
        ink = on(fill)
        return ink, ink

    # Words

    def measure(self, w: float, most: float = 680.0) -> float:
        """`w`, but no more than a line that reads at ease."""
        return min(w, most * max(1.0, self.scale))

    def field(
        self,
        entry: Entry,
        name: Literal["label", "text", "when"],
        w: float,
        level: int = 1,
        *,
        fill: str = "",
        align: Align = "start",
        inside: str = "",
        lines: int | None = None,
        bold: bool | None = None,
        leading: float = 0.0,
    ) -> Block:
        """One field of `entry` as it is usually set: labels bold in ink, text in quiet ink, dates bold in the accent."""
        label, text = name == "label", name == "text"
        return self.text(
            getattr(entry, name),
            w,
            level,
            bold=not text if bold is None else bold,
            fill=fill or (self.style.ink if label else self.style.quiet if text else self.accent),
            align=align,
            part=entry.id,
            field=name,
            lines=lines,
            leading=LEADING if self.forced else leading or (BODY if text else LEADING),
            inside=inside,
            role="label" if label else "body" if text else "",
            least=max(self.size(0), self.size(level) * 0.84),
        )

    def text(
        self,
        words: str,
        w: float,
        level: int = 1,
        *,
        bold: bool = False,
        fill: str = "",
        align: Align = "start",
        part: str = "",
        field: str = "",
        lines: int | None = None,
        room: float | None = None,
        leading: float = LEADING,
        inside: str = "",
        heading: bool = False,
        role: Literal["", "title", "subtitle", "body", "caption", "label", "value"] = "",
        balance: bool = False,
        least: float | None = None,
    ) -> Block:
        """`words` set in `w` px. Type shrinks rather than break a word; where a word still breaks, or is cut, the panel is strained."""
        if not words:
            return Block()
        size = self.size(level)
        floor = max(self.size(0), least if least is not None else size * 0.7)
        weight = self.style.bold if bold else 400
        family = self.style.heading if heading else self.style.sans
        while True:
            made = place(
                words, 0.0, 0.0, max(w, 8.0), room, size=size, smallest=floor, fill=fill or self.style.ink, family=family, weight=weight,
                align=align, most_lines=lines, leading=leading, balance=balance, part=part, field=field, inside=inside, role=role,
            )  # fmt: skip
            split = _splits(made)
            if not split or made.size <= floor:
                break
            size = max(floor, made.size - max(0.5, size * 0.08))
        self.strained |= made.cut or split
        if 1 < len(made.lines) <= 4 and not balance and made.lines[-1].width < w * 0.3:
            # A last line of one short word: even the lines out.
            even = place(
                words, 0.0, 0.0, w, room, size=made.size, fill=made.fill, family=family, weight=weight, align=align, leading=leading,
                balance=True, part=part, field=field, inside=inside, role=role,
            )  # fmt: skip
            made = made if _splits(even) else even
        return Block((made,), max((line.width for line in made.lines), default=0.0), made.h)

    def figure(
        self, entry: Entry, w: float, level: int = 3, *, fill: str = "", align: Align = "start", quiet: str = "", inside: str = ""
    ) -> Block:
        """The figure of `entry` in large type, its unit beside it (below, where there is no room) in small type."""
        if not entry.figure:
            return Block()
        size = self.size(level)
        unit_w = measure(entry.unit, self.size(1), self.style.sans) if entry.unit else 0.0
        gap = self.px(6.0) if entry.unit else 0.0
        whole = measure(entry.figure, size, self.style.sans, self.style.bold)
        room = w - unit_w - gap
        beside = bool(entry.unit) and room >= whole * 0.62
        number = self.text(
            entry.figure, room if beside else w, level, bold=True, fill=fill or self.accent, align="start" if beside else align,
            part=entry.id, field="value", lines=1 if level > 2 else 3, leading=1.12, inside=inside, role="value", least=size * 0.5,
        )  # fmt: skip
        if not entry.unit:
            return number
        unit = self.text(
            entry.unit, unit_w + 2 if beside else w, 1, fill=quiet or self.style.quiet, align="start" if beside else align,
            part=entry.id, field="unit", inside=inside,
        )  # fmt: skip
        if not beside:
            return pile((number, unit), self.px(2))
        figure_text, unit_text = number.items[0], unit.items[0]
        assert isinstance(figure_text, Text) and isinstance(unit_text, Text)
        drop = figure_text.lines[0].y - unit_text.lines[0].y  # both on one baseline
        wide = number.w + gap + unit.w
        left = {"start": 0.0, "middle": (w - wide) / 2, "end": w - wide}[align]
        return Block((*number.at(left, 0.0), *unit.at(left + number.w + gap, drop)), wide, number.h)

    def words(
        self,
        entry: Entry,
        w: float,
        *,
        label: int = 1,
        body: int = 1,
        align: Align = "start",
        fill: str | None = None,
        inside: str = "",
        figure: bool = True,
        when: bool = True,
        lines: int | None = None,
    ) -> Block:
        """All that `entry` says, one below the other: date, figure, label, text, and the list of what belongs to it.

        `label` and `body` are type levels, `fill` is the ground they stand on (None: the sheet).
        """
        ink, quiet = self.on(fill)
        strong = readable(self.style.accent, fill or self.style.sheet) if ink != quiet else ink
        parts: list[tuple[Block, float]] = []
        if when:
            parts.append((self.field(entry, "when", w, fill=strong, align=align, inside=inside), self.px(3)))
        if figure:
            parts.append((self.figure(entry, w, 2, fill=strong, align=align, quiet=quiet, inside=inside), self.px(3)))
        # A list stands off its heading further than a sentence does.
        below = self.px(8 if entry.children and not entry.text else 4)
        parts.append((self.field(entry, "label", w, label, fill=ink, align=align, inside=inside, lines=lines), below))
        parts.append((self.field(entry, "text", w, body, fill=quiet, align=align, inside=inside), self.px(8)))
        if entry.children:
            parts.append((self.bullets(entry.children, w, body, fill=fill, inside=inside), 0.0))
        return pile_with(parts)

    def bullets(
        self, entries: Sequence[Entry], w: float, level: int = 1, *, fill: str | None = None, inside: str = "", gap: float = 6.0
    ) -> Block:
        """A list with small marks; what belongs to an entry stands indented below it."""
        ink, quiet = self.on(fill)
        indent = self.px(16)
        dot = self.px(5)
        out: list[Item] = []
        y = 0.0
        beside = self.in_line(entries, w - indent, level)
        for entry in entries:
            said = self.line(entry, w - indent, level, ink=ink, quiet=quiet, inside=inside, beside=beside)
            size = self.size(level)
            mark = Box(0.0, y + size * LEADING / 2 - dot / 2, dot, dot, fill=quiet if ink == quiet else self.accent, shape="ellipse")
            out += [mark, *said.at(indent, y)]
            y += said.h
            if entry.children:
                inner = self.bullets(entry.children, w - indent, level, fill=fill, inside=inside, gap=gap * 0.75)
                out += inner.at(indent, y + self.px(gap * 0.5))
                y += inner.h + self.px(gap * 0.5)
            y += self.px(gap)
        return Block(tuple(out), w, y - self.px(gap) if entries else 0.0)

    def in_line(self, entries: Iterable[Entry], w: float, level: int = 1) -> bool:
        """True where the label and the text of each entry go into one line of `w` px."""
        size, bold = self.size(level), self.style.bold
        return all(
            measure(e.label, size, self.style.sans, bold) + measure(e.text, size, self.style.sans) + self.px(10) <= w
            for e in entries
            if e.text and not e.figure and not e.when
        )

    def line(
        self,
        entry: Entry,
        w: float,
        level: int = 1,
        *,
        ink: str = "",
        quiet: str = "",
        inside: str = "",
        bold: bool = False,
        beside: bool = False,
    ) -> Block:
        """A child: label at the start, figure at the end, its text below in quiet ink, or in the same line (`beside`)."""
        ink, quiet = ink or self.style.ink, quiet or self.style.quiet
        figure = Block()
        if entry.figure:
            words = f"{entry.figure}\u00a0{entry.unit}" if entry.unit else entry.figure
            figure = self.text(
                words, w * 0.5, level, bold=True, fill=ink, part=entry.id, field="value", inside=inside, role="value", lines=2
            )
        room = w - (figure.w + self.px(10) if figure.h else 0.0)
        label = self.field(entry, "label", room, level, bold=bold, fill=ink, inside=inside)
        beside = beside and not entry.figure and not entry.when
        text_w = w - label.w - self.px(10) if beside else w
        text = self.field(entry, "text", text_w, level, fill=quiet, leading=LEADING if beside else BODY, inside=inside)
        if entry.when:
            label = pile((self.field(entry, "when", room, level, inside=inside, fill=ink if ink == quiet else ""), label), self.px(1))
        if text.h and beside:
            return Block((*label.items, *text.at(label.w + self.px(10), 0.0)), w, max(label.h, text.h))
        top = max(label.h, figure.h)
        out = [*label.at(0.0, 0.0), *figure.at(w - figure.w, 0.0)]
        if text.h:
            out += text.at(0.0, top + self.px(2))
            top += text.h + self.px(2)
        return Block(tuple(out), w, top)

    # Marks

    def mark(self, entry: Entry, size: float, *, solid: bool = False, number: bool = False, name: str = "") -> Block:
        """What stands before an entry: its icon or number in a disc of `size` px, or a dot; the same kind for all entries of a panel.

        `name` is how connectors refer to the disc.
        """
        kind = "number" if number else self.marks
        fill = self.style.accent if solid else (self.style.soft if self.style.fills else None)
        edge = self.style.accent if self.style.rough or (not solid and not self.style.fills) else None
        ink = on(self.style.accent) if solid else readable(self.style.accent, fill or self.style.sheet)
        if kind == "dot":
            dot = max(8.0, size * 0.26)
            return Block((Box((size - dot) / 2, (size - dot) / 2, dot, dot, fill=self.style.accent, shape="ellipse"),), size, size)
        disc = Box(0.0, 0.0, size, size, fill=fill, stroke=edge, stroke_width=self.style.line, shape="ellipse", name=name)
        if kind == "icon":
            inner = round(size * 0.54)
            return Block((disc, Icon((size - inner) / 2, (size - inner) / 2, inner, entry.icon, ink)), size, size)
        return Block((disc, self.centred(str(entry.n), size / 2, size / 2, size * 0.44, ink)), size, size)

    def sign(self, entry: Entry, size: float, fill: str | None = None) -> Block:
        """What heads a tile whose ground is `fill`: the entry's icon on a rounded square, or its number in large type; nothing for dots."""
        if self.marks == "dot" or (self.marks == "number" and (entry.figure or entry.children)):
            return Block()
        full = fill == self.style.accent
        ink = on(self.style.accent) if full else readable(self.style.accent, fill or self.style.sheet)
        if self.marks == "number":
            return self.text(f"{entry.n:02d}", size * 1.6, 4 if size >= self.px(56) else 3, bold=True, fill=ink, leading=1.0)
        back = mix(on(self.style.accent), self.style.accent, 0.16) if full else self.style.soft if self.style.fills else None
        edge = self.style.accent if self.style.rough or back is None else None
        box = Box(0.0, 0.0, size, size, fill=back, stroke=edge, stroke_width=self.style.line, radius=size * 0.28)
        inner = round(size * 0.58)
        return Block((box, Icon((size - inner) / 2, (size - inner) / 2, inner, entry.icon, ink)), size, size)

    def emblem(self, entry: Entry, cx: float, cy: float, size: float, ink: str) -> tuple[Item, ...]:
        """The entry's icon (or its number) alone, `size` px, centred on (cx, cy)."""
        if self.marks == "icon":
            return (Icon(cx - size / 2, cy - size / 2, size, entry.icon, ink),)
        return (self.centred(str(entry.n), cx, cy, size * 0.72, ink),)

    def centred(self, words: str, cx: float, cy: float, size: float, ink: str, *, part: str = "", field: str = "") -> Text:
        """Bold digits whose height is centred on (cx, cy)."""
        size = max(SMALLEST, round(size * 2) / 2)
        wide = measure(words, size, self.style.sans, self.style.bold)
        room = wide * 1.4 + 8  # another program's face may be wider
        made = place(
            words, cx - room / 2, 0.0, room, size=size, fill=ink, family=self.style.sans, weight=self.style.bold, align="middle",
            part=part, field=field,
        )  # fmt: skip
        drop = cy + size * 0.364 - made.lines[0].y  # digits are 0.727 of the size high
        shifted = moved(made, 0.0, drop)
        assert isinstance(shifted, Text)
        return shifted

    def numeral(self, entry: Entry, level: int = 3) -> Block:
        """The entry's number in large accent type, no disc."""
        return self.text(str(entry.n), self.size(level) * 2.4, level, bold=True, fill=self.accent, leading=1.0)

    def tick(self, x: float, y: float, size: float, ink: str, *, cross: bool = False) -> Path:
        """A tick (or a cross) in a square of `size` px; it is not mirrored with the page."""

        def p(px: float, py: float) -> tuple[float, float]:
            return (x + size * (1.0 - px if self.rtl else px), y + size * py)

        d: tuple[Command, ...] = (("M", p(0.2, 0.54)), ("L", p(0.42, 0.75)), ("L", p(0.82, 0.28)))
        if cross:
            d = (("M", p(0.25, 0.25)), ("L", p(0.75, 0.75)), ("M", p(0.75, 0.25)), ("L", p(0.25, 0.75)))
        return Path(d, None, ink, max(1.6, size * 0.11))

    # Shapes

    def add(self, *items: Item) -> None:
        """Draw `items` on top of what is there."""
        self.out.extend(items)

    def group(self, entry: Entry, *items: Item) -> None:
        """Draw `items` as one thing: this entry, appearing in its turn."""
        self.out.append(Group(tuple(items), part=entry.id, step=entry.n, label=entry.label))

    def card(self, x: float, y: float, w: float, h: float, name: str = "", *, strong: bool = False) -> Box:
        """A calm ground for one entry; `strong` sets it off in the accent's tint."""
        fill = (self.style.soft if strong else self.style.paper) if self.style.fills else None
        edge = self.style.accent if strong and (self.style.rough or not self.style.fills) else None if strong else self.style.rule
        return Box(
            x, y, w, h, fill=fill, stroke=edge, stroke_width=max(1.0, self.style.line * 0.7), radius=self.style.radius,
            name=name,
        )  # fmt: skip

    def lid(self, x: float, y: float, w: float, h: float, fill: str) -> tuple[Path, ...]:
        """A head of a card: its upper corners are round, its foot is straight."""
        r = min(self.style.radius, h)
        k = r * 0.4477
        d: tuple[Command, ...] = (
            ("M", (x, y + h)), ("L", (x, y + r)), ("C", (x, y + k, x + k, y, x + r, y)), ("L", (x + w - r, y)),
            ("C", (x + w - k, y, x + w, y + k, x + w, y + r)), ("L", (x + w, y + h)), ("Z", ()),
        )  # fmt: skip
        return self.shape(d, fill if self.style.fills else None, None if self.style.fills else self.style.accent)

    def ground(self, strong: bool = False) -> str | None:
        """The fill of `card`, for `on`."""
        return (self.style.soft if strong else self.style.paper) if self.style.fills else None

    def rule(self, x1: float, y1: float, x2: float, y2: float, stroke: str = "", width: float = 1.0, dash: bool = False) -> Connector:
        """A straight line; a hairline in the rule's colour unless told otherwise."""
        return Connector(((x1, y1), (x2, y2)), stroke or self.style.rule, stroke_width=width, heads="none", dash=dash)

    def shape(self, d: tuple[Command, ...], fill: str | None, stroke: str | None = None) -> tuple[Path, ...]:
        """A filled shape; on themes drawn by hand its border is drawn by hand too."""
        if self.style.rough:
            edge = rough.strokes(d, self.style.rough, f"{d[0][1]}")
            return Path(d, fill), Path(edge, None, stroke or self.style.accent, self.style.line)
        return (Path(d, fill, stroke, self.style.line),)


@lru_cache(maxsize=8192)
def _whole(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _splits(text: Text) -> bool:
    """True where a line ends inside a word (scripts written without spaces have no such place)."""
    if len(text.lines) < 2:
        return False
    whole = _whole(text.words)
    for line, after in zip(text.lines, text.lines[1:], strict=False):
        if not line.text or not after.text:
            continue
        last = line.text.rsplit(None, 1)[-1]
        end, start = last[-1], after.text[0]
        if last not in whole and end in ".,\u2009\u202f" and start.isdigit():
            return True  # inside a figure
        if last not in whole and end not in "-–—/…" and end.isalnum() and ord(end) < 0x0E00 and ord(start) < 0x0E00:
            return True
    return False


def pile(blocks: Iterable[Block], gap: float) -> Block:
    """Blocks one below the other."""
    return pile_with([(block, gap) for block in blocks])


def pile_with(parts: Sequence[tuple[Block, float]]) -> Block:
    """Blocks one below the other, each with the gap that follows it; empty ones are left out."""
    out: list[Item] = []
    y = wide = gap = 0.0
    for block, after in parts:
        if not block.h:
            continue
        out += block.at(0.0, y + gap)
        y += gap + block.h
        gap, wide = after, max(wide, block.w)
    return Block(tuple(out), wide, y)


def columns_of(count: int, most: int) -> int:
    """How many of at most `most` columns `count` things stand in: one less where that leaves no gap in the last row."""
    most = max(1, min(count, most))
    return most - 1 if most > 2 and count % most and count % (most - 1) == 0 else max(rows_of(count, most))


def rows_of(count: int, most: int) -> list[int]:
    """`count` cards in rows of at most `most`, as even as can be, the shorter rows first."""
    rows = math.ceil(count / max(1, most))
    base, extra = divmod(count, rows)
    return [base] * (rows - extra) + [base + 1] * extra


def flow(heights: Sequence[float], columns: int, gap: float) -> list[int]:
    """How many of the blocks, in order, go to each column so that the tallest column is as short as can be."""
    low, high = max(heights, default=0.0), sum(heights) + gap * len(heights)

    def packed(limit: float) -> list[int]:
        counts, used = [0], 0.0
        for tall in heights:
            if counts[-1] and used + gap + tall > limit + 0.01:
                counts.append(0)
                used = 0.0
            used += tall + (gap if counts[-1] else 0.0)
            counts[-1] += 1
        return counts

    for _ in range(24):
        middle = (low + high) / 2
        if len(packed(middle)) <= columns:
            high = middle
        else:
            low = middle
    return packed(high)


def arc(cx: float, cy: float, r: float, start: float, end: float) -> tuple[Command, ...]:
    """Cubic pieces along a circle from angle `start` to `end` (radians, clockwise on the page), without the first point."""
    pieces = max(1, math.ceil(abs(end - start) / (math.pi / 6)))
    step = (end - start) / pieces
    k = 4 / 3 * math.tan(step / 4) * r
    out: list[Command] = []
    for i in range(pieces):
        a, b = start + i * step, start + (i + 1) * step
        ax, ay, bx, by = cx + r * math.cos(a), cy + r * math.sin(a), cx + r * math.cos(b), cy + r * math.sin(b)
        out.append(("C", (ax - k * math.sin(a), ay + k * math.cos(a), bx + k * math.sin(b), by - k * math.cos(b), bx, by)))
    return tuple(out)


def sector(cx: float, cy: float, outer: float, inner: float, start: float, end: float) -> tuple[Command, ...]:
    """A piece of a ring between two angles (radians, clockwise on the page)."""
    return (
        ("M", (cx + outer * math.cos(start), cy + outer * math.sin(start))),
        *arc(cx, cy, outer, start, end),
        ("L", (cx + inner * math.cos(end), cy + inner * math.sin(end))),
        *arc(cx, cy, inner, end, start),
        ("Z", ()),
    )


def circle(cx: float, cy: float, r: float) -> tuple[Command, ...]:
    """A circle as a path."""
    return (("M", (cx + r, cy)), *arc(cx, cy, r, 0.0, 2 * math.pi), ("Z", ()))


def polygon(*points: tuple[float, float]) -> tuple[Command, ...]:
    """A closed shape through `points`."""
    return (("M", points[0]), *(("L", point) for point in points[1:]), ("Z", ()))
