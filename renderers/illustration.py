"""Illustrations: what some words are about, as a flat picture in the colours of its page, beside words that are set as type.

It is a shipped vector picture, put into the page's colours as shapes that every output draws, or pixels that a painter made instead. A
picture is taken only where two ways of finding it agree: a wrong one is worse than none.
"""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict

from flipchart.renderers.drawing import Drawing, Group, Item, Path, Picture
from flipchart.renderers.painter import Painter, Wish
from flipchart.renderers.problem import ModelProblem
from flipchart.renderers.style import Style, luminance, mix, style
from flipchart.renderers.words import say

if TYPE_CHECKING:
    from flipchart.renderers.icons import Scores

S = TypeVar("S", bound=BaseModel)
Pixels = Callable[[str], bytes]

SET = "fluent-emoji-flat:"  # one hand for all
SHORT = 4  # words of a title that may mean a picture without naming it
SIDE = 512  # px of a picture that is painted
# Signs are no pictures: beside words they say nothing.
_SIGN = re.compile(
    r"arrow|button|-sign$|mark|circle|square|symbol|input|keycap|speech|thought|synchronize|import|export|warning|:gear|finger|pointing|"
    r"label|bust|globe-with|chart|prohibited|:no-|-only|o-clock|thirty|zodiac|flag|signature|calendar|clipboard|:list|approval|settings|light-bulb|scroll"
)


class Art(BaseModel):
    """A picture beside words: a shipped one by its icon's name; where `blob` is set, the pixels that a painter made instead."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    icon: str
    about: str = ""
    """The words it stands beside."""
    blob: str = ""
    painter: str = ""
    facts: dict[str, Any] = {}
    """How it was painted: model, steps, seed, licence."""


def found(words: str, scores: "Scores | None", taken: Iterable[str] = (), icon: str = "") -> Art | None:
    """The picture of what `words` are about, or of an icon that stands beside them already; None where none surely is, or it is among
    `taken`."""
    from flipchart.renderers import icons

    line = icon or icons.find(words, scores=scores)
    flat = line and icons.find(line.partition(":")[2].replace("-", " "), style="flat")
    if not line or not flat or flat in taken or not flat.startswith(SET) or _SIGN.search(flat):
        return None
    named = icons.worded(line, words) or icons.worded(flat, words)
    alike = icons.line_of(flat) == line and (bool(icon) or named)
    judged = bool(scores and scores(words)) or not words.isascii()  # by words alone "How vaccines work" is about a briefcase
    told = icons.find(words, style="flat") == flat and (named or (judged and len(words.split()) <= SHORT))
    return Art(icon=flat, about=words) if alike or told else None


def painted(spec: S, painter: Painter, kept: dict[str, bytes]) -> S:
    """The spec, or a part of one, with its picture as the painter makes it and its pixels in `kept`; as it is where it has none, or the
    painter has no better one, or fails: what a picture stands beside is as good without."""
    art: Art | None = getattr(spec, "art", None)
    if art is None or art.blob or not painter.anew:
        return spec
    look = style()
    wish = Wish(art.about, SIDE, SIDE, 0, "flat", subjects=(art.about,), transparent=True, palette=(look.accent, look.soft, look.ink))
    try:
        painting = painter.paint(wish)
    except ModelProblem:
        return spec
    if not painting.facts.get("ai_generated"):
        return spec
    blob = f"sha256:{hashlib.sha256(painting.png).hexdigest()}"
    kept[blob] = painting.png
    fresh = art.model_copy(update={"blob": blob, "painter": painting.painter, "facts": painting.facts})
    return spec.model_copy(update={"art": fresh})


def paint(spec: S, painter: Painter, held: Pixels) -> tuple[S, Mapping[str, bytes]]:
    """`painted` as a form's way to have its pictures painted."""
    kept: dict[str, bytes] = {}
    return painted(spec, painter, kept), kept


def credit(art: Art | None, lang: str) -> str:
    """Who painted it, where it was painted; of shipped pictures nothing has to be said."""
    return say("image.generated", lang, painter=art.painter) if art is not None and art.blob else ""


def ramp(ground: str, ink: str, accent: str) -> tuple[str, ...]:
    """The colours of a picture on `ground`, from its darkest to its lightest."""
    dark = luminance(ground) < 0.36
    if ink == accent:  # the page itself is of the accent
        return (
            (mix("#000000", ground, 0.45), mix(ink, ground, 0.38), mix(ink, ground, 0.72), ink)
            if dark
            else (ink, mix(ink, ground, 0.6), mix(ink, ground, 0.3), mix("#FFFFFF", ground, 0.6))
        )
    if dark:
        return mix(accent, ground, 0.42), accent, mix(accent, ink, 0.5), ink
    return mix(ink, accent, 0.5), accent, mix(accent, ground, 0.5), mix(accent, ground, 0.22)


def drawn(art: Art, x: float, y: float, size: float, colours: tuple[str, ...], *, part: str = "", step: int = 0) -> Item:
    """The picture in a square of `size` px, in these colours from dark to light."""
    if art.blob:
        return Picture(x, y, size, size, art.blob, art.about, radius=0 if art.facts.get("transparent") else size / 12, part=part, step=step)
    parts = tuple(
        Path(tuple((c, tuple(n * size + (y if i % 2 else x) for i, n in enumerate(at))) for c, at in d), fill, stroke, width * size,
             opacity=opacity)
        for d, fill, stroke, width, opacity in _shapes(art.icon, colours)
    )  # fmt: skip
    return Group(parts, step=step, label=art.icon.partition(":")[2].replace("-", " "))


def markup(art: Art, style: Style, blobs: Mapping[str, bytes]) -> str:
    """The picture as SVG markup for a page in this style."""
    from flipchart.renderers import svg

    shown = drawn(art, 0, 0, 96, ramp(style.sheet, style.ink, style.accent))
    return svg.write(Drawing(96, 96, (shown,), style.sheet, alt=art.about), blobs, fonts=False)


Shape = tuple[tuple[tuple[str, tuple[float, ...]], ...], str | None, str | None, float, float]


@lru_cache(maxsize=256)
def _shapes(name: str, colours: tuple[str, ...]) -> tuple[Shape, ...]:
    """The shapes of a shipped picture in a square of 1, its lightness told in these colours."""
    from flipchart.renderers import icons

    art = icons.svg_body(name)
    scale = 1 / max(art.width, art.height)
    strokes = [stroke for stroke in icons.outlines(name) if len(stroke.d) > 1]
    retold = _retold((paint for stroke in strokes for paint in (stroke.fill, stroke.stroke) if paint), colours)
    return tuple(
        (
            tuple((c, tuple(n * scale for n in at)) for c, at in stroke.d),
            stroke.fill and retold(stroke.fill),
            stroke.stroke and retold(stroke.stroke),
            stroke.width * scale,
            stroke.opacity,
        )
        for stroke in strokes
    )


def _retold(paints: Iterable[str], colours: tuple[str, ...]) -> Callable[[str], str]:
    """Each paint as one between `colours`: the picture's darkest becomes the first, its lightest the last."""
    light: Mapping[str, float] = {paint: luminance(_hex(paint)) ** 0.5 for paint in paints}
    low, high = min(light.values(), default=0.0), max(light.values(), default=0.0)
    steps = len(colours) - 1

    def one(paint: str) -> str:
        place = (light[paint] - low) / (high - low) * steps if high - low > 0.1 else steps / 2
        at = min(steps - 1, int(place))
        return mix(colours[at + 1], colours[at], place - at)

    return one


def _hex(paint: str) -> str:
    return paint if re.fullmatch(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})", paint) else "#FFFFFF" if paint == "white" else "#000000"
