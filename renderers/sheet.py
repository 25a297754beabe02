"""The sheet every drawn form stands on: title above, picture in the middle, one quiet line of sources below, a brand's logo at its end."""

from dataclasses import dataclass, replace

from flipchart.renderers import logo
from flipchart.renderers.drawing import Drawing, Item, Text, mirrored, moved
from flipchart.renderers.illustration import Art, credit, drawn, ramp
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import place, reads_rtl
from flipchart.renderers.words import say

ROOMY = 560.0  # px from which a picture stands beside a title
_TOLD = ("data", "quoted", "computed", "edited", "model")


@dataclass(frozen=True, slots=True)
class Room:
    """What a form may draw in, in px."""

    x: float
    y: float
    w: float
    h: float | None
    """None: as tall as it takes."""


def margin(width: float, height: float | None = None) -> float:
    """The outer margin in px: at least 5 % of the short side, on the 8 px grid, 16 at the least."""
    short = min(width, height) if height else width
    return max(16.0, min(48.0, 8.0 * round(short * 0.05 / 8.0)))


def head(
    spec: Spec, style: Style, width: float, height: float | None = None, *, level: int = 3, art: Art | None = None
) -> tuple[list[Item], Room, list[Item]]:
    """The title's items, the room below it, and the sources' items already set at the foot (for a fixed `height`).

    For `height` None call `foot` with where the picture ends. `art` stands at the end of the title where that needs no line more for it.
    """
    gap = margin(width, height)
    items: list[Item] = []
    y = gap
    if spec.title:

        def titled(beside: float, most: int = 3) -> Text:
            return place(
                spec.title, gap, y, width - 2 * gap - beside, None if height is None else height * 0.3,
                size=style.size(level, width), smallest=style.size(max(1, level - 2), width), fill=style.ink, family=style.heading,
                weight=style.bold, most_lines=most, leading=1.22, balance=True, part=spec.id, field="title", role="title",
            )  # fmt: skip

        # A title is set in few lines, but never cut for that.
        title = next((made for most in (3, 6) if not (made := titled(0.0, most)).cut), None) or titled(0.0, 12)
        tall = len(title.lines) * title.size * 1.22
        if art is not None and width >= ROOMY:
            size = max(2.2 * style.size(level, width), tall)
            narrow = titled(size + gap)
            if len(narrow.lines) == len(title.lines) and narrow.size == title.size:
                title = replace(narrow, lines=tuple(replace(line, y=line.y + (size - tall) / 2) for line in narrow.lines))
                items.append(drawn(art, width - gap - size, y, size, ramp(style.sheet, style.ink, style.accent)))
                tall = size
        items.append(title)
        y += tall + style.size(1, width)
    feet, tall = _feet(spec, style, width, 0.0, gap)
    room_h = None
    below: list[Item] = []
    if height is not None:
        tall += 8.0 if feet else 0.0
        below = _feet(spec, style, width, height - gap * 0.7 - tall + 8.0, gap)[0]
        room_h = height - y - gap - (tall if feet else 0.0)
    return items, Room(gap, y, width - 2 * gap, room_h), below


def foot(spec: Spec, style: Style, width: float, y: float) -> tuple[list[Item], float]:
    """The quiet line of sources below a picture that ends at `y`, and the whole height of the sheet in px."""
    gap = margin(width)
    feet, tall = _feet(spec, style, width, y + 14.0, gap)
    return feet, y + 14.0 + tall + gap * 0.7 if feet else y + gap


def _feet(spec: Spec, style: Style, width: float, y: float, gap: float) -> tuple[list[Item], float]:
    """What stands below a picture from `y` on, sources and logo side by side, `gap` px from its sides, and how tall it is in px."""
    words, size = told(spec), style.size(0, width)
    wide, high = logo.room(style, size * 1.7, min(220.0, 0.36 * (width - 2 * gap)))
    line = width - 2 * gap - (wide + 16.0 if wide else 0.0)
    text = place(words, gap, y, line, size=size, fill=style.quiet, family=style.sans, role="caption") if words else None
    tall = max(high, text.h if text else 0.0)
    out: list[Item] = []
    if text is not None:
        out.append(moved(text, 0.0, (tall - text.h) / 2))
    mark = logo.drawn(style, style.sheet, width - gap, y + tall / 2, size * 1.7, min(220.0, 0.36 * (width - 2 * gap)))
    return [*out, *([mark] if mark else [])], tall


def told(spec: Spec) -> str:
    """Where the figures and the picture of `spec` are from, in its language, as one line; empty where there is nothing to say."""
    found: dict[str, str] = {}
    for source in spec.sources.values():
        found.setdefault(source.kind, source.detail if source.kind == "data" else "")
    lang = spec.lang or "en"
    said = [say(f"source.{kind}", lang, detail=found[kind]) for kind in _TOLD if kind in found]
    return " · ".join(filter(None, [*said, credit(getattr(spec, "art", None), lang)]))


def finish(spec: Spec, style: Style, width: float, height: float, items: list[Item], alt: str, **more: object) -> Drawing:
    """The drawing of `items`, mirrored where the words read from right to left."""
    if reads_rtl(spec.lang or style.lang):
        items = [mirrored(item, width) for item in items]
    return Drawing(
        width,
        round(height),
        tuple(items),
        style.sheet,
        alt=alt,
        lang=spec.lang or style.lang,
        rough=style.rough,
        seed=spec.seed,
        **more,  # type: ignore[arg-type]
    )
