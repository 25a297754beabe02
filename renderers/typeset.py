"""Type that fits: shaping, measuring and breaking text with the very fonts that are shipped.

Widths come from HarfBuzz's shaping of each word in the first shipped font that has its characters. Thai, Lao, Khmer and Burmese are
broken where a syllable is seen to start. Not covered: dictionaries of these languages, and hyphens in long words.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from flipchart import assets
from flipchart.renderers.drawing import Align, Line, Text
from flipchart.renderers.style import RTL, SMALLEST

LEADING = 1.32  # line height, in sizes
ASCENT = 0.94  # first baseline below the top of the block, in sizes
ELLIPSIS = "…"

# Line breaking (after UAX #14, kinsoku): no line starts with these, none ends with those.
_NOT_FIRST = set("!%),.:;?]}¢°’”‰′″℃、。々〉》」』】〕ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮー！％），．：；？］｝…·»")
_NOT_LAST = set("$([{£¥‘“〈《「『【〔（［｛«")
_WIDE = re.compile(
    "[\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_CLUSTERED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")  # scripts written without spaces, broken between clusters
_AHEAD = "เแโใไເແໂໃໄ"  # vowels that are written before the consonant they follow
_BEHIND = "ะาำๅฯๆະາຳຽໆຯ។៕៖ៗ"  # vowels and marks that stand after it, though they are letters to Unicode
_STACKED = "\u17d2\u1039"  # what follows hangs below: Khmer's coeng, Burmese virama
_SILENT = "\u0e4c\u103a"  # the letter before ends a syllable: thanthakhat, asat
_ONSET = frozenset([*(a + b for a in "กขคตปผพ" for b in "รลว"), *("ห" + b for b in "งญนมยรลว")])  # pairs that begin a Thai syllable
_WORDS = re.compile(" +|[^ ]+")
_PICTORIAL = {"Noto Emoji", "Noto Sans Symbols", "Noto Sans Symbols 2", "Noto Sans Math"}  # their spaces are not text spaces
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Font:
    """One shipped font file."""

    file: str
    family: str
    weight: int
    office: str | None
    """The face that offices have with the same metrics."""


@cache
def fonts() -> tuple[Font, ...]:
    """The shipped fonts, in the order in which they stand in for one another."""
    listed = json.loads(assets.text("fonts/fonts.json"))
    return tuple(Font(f["file"], f["family"], int(f["weight"]), f.get("office")) for f in listed)


@cache
def _loaded(file: str) -> tuple[Any, frozenset[int], float]:
    """HarfBuzz font, its code points, and units per em."""
    import uharfbuzz as hb

    face = hb.Face(hb.Blob.from_file_path(str(assets.path(f"fonts/{file}"))))
    return hb.Font(face), frozenset(face.unicodes), float(face.upem)


@cache
def _chain(family: str, weight: int) -> tuple[Font, ...]:
    """Fonts to try for `family`, best first: its own nearest weight, then every other family's nearest weight."""
    order = [family, *(f.family for f in fonts() if f.office is None), *(f.family for f in fonts())]
    out: list[Font] = []
    for name in dict.fromkeys(order):
        own = [f for f in fonts() if f.family == name]
        if own:
            out.append(min(own, key=lambda f: abs(f.weight - weight)))
    return tuple(out)


@lru_cache(maxsize=65536)
def font_for(character: str, family: str, weight: int) -> Font | None:
    """The font that `character` is set in; None where no shipped font has it."""
    for font in _chain(family, weight):
        if ord(character) in _loaded(font.file)[1]:
            return font
    return None


def _joins(character: str) -> bool:
    """True for characters that stay in the font of the one before them (marks, joiners, variation selectors)."""
    return character in "\u200c\u200d\ufe0e\ufe0f" or unicodedata.combining(character) > 0


def _turns(text: str) -> bool:
    """True where `text` has letters that are written from right to left."""
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)


@lru_cache(maxsize=16384)
def runs(text: str, family: str, weight: int) -> tuple[tuple[str, Font], ...]:
    """`text` cut into pieces that are each set in one font; a character no font has is set in the first."""
    first = _chain(family, weight)[0]
    lead = next((font_for(c, family, weight) for c in text if _turns(c)), None)
    out: list[tuple[str, Font]] = []
    for character in text:
        if out and (_joins(character) or (character == " " and out[-1][1].family not in _PICTORIAL)):
            out[-1] = (out[-1][0] + character, out[-1][1])
            continue
        # Digits and marks among right-to-left letters come from the letters' own font: they are one run to whoever orders them.
        own = lead if lead and not character.isalpha() and ord(character) in _loaded(lead.file)[1] else None
        font = own or font_for(character, family, weight) or first
        if out and out[-1][1] == font:
            out[-1] = (out[-1][0] + character, font)
        else:
            out.append((character, font))
    return tuple(out)


def missing(text: str) -> str:
    """The characters of `text` that no shipped font can draw."""
    ignored = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Cs", "Co", "Cn"}
    return "".join(sorted({c for c in text if font_for(c, "Inter", 400) is None and unicodedata.category(c) not in ignored}))


@lru_cache(maxsize=131072)
def _ems(piece: str, font: Font) -> float:
    """Advance of `piece` set in `font`, in sizes (ems)."""
    import uharfbuzz as hb

    shaper, _, upem = _loaded(font.file)
    buffer = hb.Buffer()
    buffer.add_str(piece)
    buffer.guess_segment_properties()
    hb.shape(shaper, buffer)
    return float(sum(p.x_advance for p in buffer.glyph_positions)) / upem


def measure(text: str, size: float, family: str = "Inter", weight: int = 400) -> float:
    """Width of `text` on one line, in px."""
    return size * sum(_ems(piece, font) for words, font in runs(text, family, weight) for piece in _WORDS.findall(words))


def clean(text: str) -> str:
    """`text` without control characters, lone surrogates and direction overrides, its spaces made plain."""
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\t", " ")))


@lru_cache(maxsize=16384)
def _pieces(paragraph: str) -> tuple[str, ...]:
    """The smallest pieces between which a line may break, spaces at the end of a piece; a number keeps its sign of percent."""
    out: list[str] = []
    for word in re.findall(r"(?:[^ \u2009\u3000]|\u2009(?=[%‰]))+[ \u2009\u3000]*|[ \u3000]+", paragraph):
        start = 0
        for i in range(1, len(word)):
            before, after = word[i - 1], word[i]
            wide = (_WIDE.match(before) or _WIDE.match(after)) and not (before.isascii() and after.isascii())
            cluster = _CLUSTERED.match(after) and _starts(word, i)
            hyphen = before in "-–—/" and i > 2 and after.isalpha() and word[i - 2].isalpha()
            if (
                (wide or cluster or hyphen)
                and after not in _NOT_FIRST
                and before not in _NOT_LAST
                and not _joins(after)
                and not after.isspace()
            ):
                out.append(word[start:i])
                start = i
        out.append(word[start:])
    return tuple(out)


def _starts(word: str, i: int) -> bool:
    """True where a syllable is seen to start at place `i` of a word in a script written without spaces."""
    before, here, after = word[i - 1], word[i], word[i + 1 : i + 2]
    if _marks(here) or here in _BEHIND or before in _AHEAD or before in _STACKED or (after and after in _SILENT):
        return False
    if not _CLUSTERED.match(before) or here in _AHEAD:
        return True
    if "\u1000" <= here <= "\u109f":
        return not (after and after in _STACKED)
    if before + here in _ONSET:
        return False
    # A consonant starts one where a vowel or a tone is seen on it; else it may end the one before.
    if here + after in _ONSET:
        after = word[i + 2 : i + 3]
    return bool(after) and (_marks(after) or after in _BEHIND)


def _marks(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc"}


def break_lines(text: str, width: float, size: float, family: str = "Inter", weight: int = 400) -> list[tuple[str, float]]:
    """`text` broken into lines of at most `width` px: (words, width). Words wider than a line break between characters."""
    out: list[tuple[str, float]] = []
    for paragraph in text.split("\n"):
        line, used = "", 0.0
        turns = _turns(paragraph)  # then digits and signs take their font from the line, and a piece alone is not as wide as in it
        for piece in _pieces(paragraph.strip(" ")):
            bare = piece.rstrip()
            wide = measure(bare, size, family, weight)
            if line and (measure(line + bare, size, family, weight) if turns else used + wide) > width + 0.01:
                out.append((line.rstrip(), measure(line.rstrip(), size, family, weight)))
                line, used = "", 0.0
            while wide > width + 0.01 and len(bare) > 1:
                cut = _longest(bare, width, size, family, weight)
                out.append((bare[:cut], measure(bare[:cut], size, family, weight)))
                piece = piece[cut:].lstrip()
                bare = piece.rstrip()
                wide = measure(bare, size, family, weight)
            line += piece
            used += measure(piece, size, family, weight)
        out.append((line.rstrip(), measure(line.rstrip(), size, family, weight)))
    return out


def _longest(word: str, width: float, size: float, family: str, weight: int) -> int:
    """How many characters of `word` fit in `width` px (at least one), not between a character and its marks."""
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(word[:middle], size, family, weight) <= width:
            low = middle
        else:
            high = middle - 1
    cut = low
    while cut > 1 and cut < len(word) and (_joins(word[cut]) or unicodedata.category(word[cut]) in {"Mn", "Mc"}):
        cut -= 1
    return cut


def rtl(text: str) -> bool:
    """True where the first letter with a direction reads from right to left."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return True
        if kind == "L":
            return False
    return False


def place(
    text: str,
    x: float,
    y: float,
    w: float,
    h: float | None = None,
    *,
    size: float,
    fill: str,
    family: str = "Inter",
    weight: int = 400,
    align: Align = "start",
    valign: Align = "start",
    smallest: float | None = None,
    most_lines: int | None = None,
    leading: float = LEADING,
    balance: bool = False,
    **more: Any,
) -> Text:
    """`text` set in the room (x, y, w × h px), as a `Text` whose height is what it takes (`h` None) or the room.

    Where it is too long the type shrinks in half-pixel steps to `smallest` (never under SMALLEST); where even that
    is too long it is cut with an ellipsis and `cut` is True. `balance` evens the line lengths (titles).
    Other fields of `Text` pass through `more`.
    """
    words = clean(text)
    least = max(SMALLEST, smallest if smallest is not None else size)
    tried = size
    while True:
        lines = break_lines(words, w, tried, family, weight)
        fits = (h is None or len(lines) * tried * leading <= h + 0.5) and (most_lines is None or len(lines) <= most_lines)
        if fits or tried - 0.5 < least:
            break
        tried -= 0.5
    cut = False
    if not fits:
        room = len(lines) if h is None else max(1, int((h + 0.5) // (tried * leading)))
        room = min(room, most_lines or room)
        if room < len(lines):
            cut = True
            last = lines[room - 1][0]
            while last and measure(last + ELLIPSIS, tried, family, weight) > w:
                last = last[:-1].rstrip()
            lines = [*lines[: room - 1], (last + ELLIPSIS, measure(last + ELLIPSIS, tried, family, weight))]
    if balance and len(lines) > 1 and not cut:
        lines = _balanced(words, w, tried, family, weight, lines)
    elif len(lines) > 1 and not cut and more.get("role") in {"body", "subtitle"}:
        lines = _together(words, w, tried, family, weight, lines)
    tall = len(lines) * tried * leading
    room_h = tall if h is None else h
    top = y + {"start": 0.0, "middle": (room_h - tall) / 2, "end": room_h - tall}[valign]
    # A right-to-left paragraph hangs on the other side of a room that was given for "start".
    lead = {"start": 0.0, "middle": 0.5, "end": 1.0}[align]
    half = (leading - 1.0) / 2  # the leading is shared above and below the line
    placed = []
    for i, (line, wide) in enumerate(lines):
        # Not every SVG renderer draws leading spaces, so an indent is a place, not characters.
        indent = measure(line[: len(line) - len(line.lstrip())], tried, family, weight) if align == "start" else 0.0
        baseline = top + tried * (half + ASCENT - 0.06) + i * tried * leading
        placed.append(Line(line.lstrip(), x + (w - wide) * lead + indent, baseline, wide - indent))
    return Text(x, y, w, room_h, tuple(placed), tried, fill, family, weight, align, words=words, cut=cut, **more)


def _balanced(words: str, w: float, size: float, family: str, weight: int, lines: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The narrowest setting with as many lines in which no word breaks that is whole in `lines`."""
    whole = max((wide for piece in _pieces(words) if (wide := measure(piece.rstrip(), size, family, weight)) <= w), default=0.0)
    low, high = min(w, max(w * 0.5, whole)), w
    for _ in range(7):
        middle = (low + high) / 2
        if len(break_lines(words, middle, size, family, weight)) <= len(lines):
            high = middle
        else:
            low = middle
    return break_lines(words, high, size, family, weight)


def _together(words: str, w: float, size: float, family: str, weight: int, lines: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """`lines`, or as many a little shorter ones where the last is a short word alone."""

    def alone(set_: list[tuple[str, float]]) -> bool:
        return " " not in set_[-1][0] and set_[-1][1] < w * 0.2

    if not alone(lines) or "\n" in words:
        return lines
    whole = " ".join(line for line, _ in lines).split()
    for share in (0.95, 0.9, 0.85, 0.8):
        shorter = break_lines(words, w * share, size, family, weight)
        if len(shorter) == len(lines) and not alone(shorter):
            kept = " ".join(line for line, _ in shorter).split() == whole or " " not in words
            return shorter if kept else lines
    return lines


def reads_rtl(lang: str) -> bool:
    """True where `lang` (BCP 47) is written from right to left."""
    return lang.split("-")[0] in RTL
