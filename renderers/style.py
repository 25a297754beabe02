"""Styles: every colour, face and measure a drawing uses, as data (a theme is a file of them)."""

import json
import math
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from flipchart import assets
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import COLOUR, Look

SIZES = (12.0, 16.0, 21.0, 28.0, 37.0)  # px at 960 px width, in a ratio of 4:3
SMALLEST = 11.0  # px: no type is smaller
RTL = {"ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb"}
SERIES = 8  # colours for data
GREY = 36  # from this difference between its channels on, a colour is one
FAR = 110  # a colour that is moved further (sum over the channels) is another
APART = 60  # colours that differ less (sum over the channels) are one

Colour = Annotated[str, Field(pattern=COLOUR)]

# The shipped face that comes nearest, by a word in the wanted face's name, and what a deck calls it: a face that offices have and that is
# no wider. Empty: by the wanted name itself, whose measures are the same.
_FACES = (
    ("Arimo", "", ("arial", "helvetica", "liberation sans", "arimo")),
    ("Arimo", "Arial", ("verdana", "tahoma", "segoe", "trebuchet")),
    ("Carlito", "Calibri", ("calibri", "carlito", "lato", "aptos")),
    (
        "Source Serif 4", "Times New Roman",
        ("serif 4", "georgia", "times", "garamond", "cambria", "merriweather", "playfair", "baskerville", "didot", "bodoni", "palatino"),
    ),
    ("Shantell Sans", "", ("comic", "hand", "marker", "script", "chalk", "shantell")),
)  # fmt: skip


class Logo(BaseModel):
    """A brand's logo as pixels (PNG), cut to what is seen of it."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64")
    png: bytes
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    inks: tuple[tuple[Colour, float], ...]
    """The colours it is made of, each with its share of what is seen."""
    ground: str = ""
    """The colour it stands on where it brings a ground of its own; empty where it is see-through."""
    plain: bool = False
    """True where it is see-through and of one colour, so that it may be set in another."""


class Brand(BaseModel):
    """What a brand says of how its pictures look; empty fields follow the theme."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = ""
    colours: tuple[str, ...] = ()
    """ "#rrggbb", the main one first."""
    heading: str = ""
    """Face of titles, by any name."""
    body: str = ""
    """Face of everything else."""
    ink: str = ""
    """What its own pages are written in."""
    sheet: str = ""
    """What its own pages stand on."""
    logo: Logo | None = None

    @property
    def base(self) -> str:
        """The theme whose paper, ink and measures it takes where nobody says."""
        return "dark" if self.sheet and luminance(self.sheet) < 0.18 else "light"


class Moved(BaseModel):
    """A colour of a brand that was moved until it could be read: from, to, its contrast on the sheet, and the least there must be."""

    model_config = ConfigDict(frozen=True)
    was: str
    now: str
    found: float
    least: float


class Style(BaseModel):
    """What a theme says: colours as CSS strings, lengths in px."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    label: str
    dark: bool = False
    paper: str
    sheet: str
    ink: str
    quiet: str
    rule: str
    accent: str
    on_accent: str
    soft: str
    """A tint of the accent that ink reads well on."""
    series: tuple[str, ...]
    """Eight colours for data, told apart by the colour-blind and in grey."""
    good: str
    bad: str
    warn: str
    sans: str = "Inter"
    heading: str = "Inter"
    mono: str = "JetBrains Mono"
    bold: int = 600
    radius: float = 12.0
    line: float = 1.5
    rough: float = 0.0
    fills: bool = True
    """False: nothing larger than a card is filled (for paper)."""
    lang: str = "en"
    office: bool = False
    """True: type is measured in the metric twin of a face that offices have."""
    faces: tuple[tuple[str, str], ...] = ()
    """What a deck calls the faces of a brand: (ours, the name)."""
    brand: Brand | None = None
    """The brand it wears."""
    logo: Logo | None = None
    """The logo its pages carry."""

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Reading direction of the style's language."""
        return "rtl" if self.lang.split("-")[0] in RTL else "ltr"

    def hue(self, place: int) -> str:
        """The colour of the series at `place`: one of the theme's, paler on each of three further turns through them."""
        turn, at = divmod(place, len(self.series))
        return mix(self.series[at], self.sheet, max(0.35, 1 - 0.3 * turn)) if turn else self.series[at]

    @property
    def muted(self) -> str:
        """The quiet grey-blue of what stands beside what is stressed."""
        tint = mix(mix(self.accent, self.quiet, 0.3), self.sheet, 0.55)
        return readable(tint, self.sheet, 3.0 if self.name == "contrast" else 1.9)

    def size(self, level: int, width: float) -> float:
        """Type size in px of `level` 0 (smallest) to 4 (largest) on a canvas `width` px wide; never under SMALLEST."""
        scale = min(1.15, max(0.86, math.pow(width / 960.0, 0.35)))
        return max(SMALLEST, round(SIZES[level] * scale * 2) / 2)

    def for_office(self) -> "Style":
        """The same style set in faces that offices have (Arial, unless a brand has another; measured with its metric twin)."""
        named = dict(self.faces)
        sans, heading = (family if family in named else "Arimo" for family in (self.sans, self.heading))
        return self.model_copy(update={"sans": sans, "heading": heading, "bold": 700, "office": True})

    def wearing(self, brand: Brand | None) -> "Style":
        """This style in the colours, faces and logo of a brand."""
        return _worn(self, brand) if brand else self

    def bare(self) -> "Style":
        """This style without a logo, for what stands on a page that has it."""
        return self.model_copy(update={"logo": None}) if self.logo else self

    def with_look(self, look: Look, lang: str = "") -> "Style":
        """This style with what a person changed about one visual, and its language."""
        base = style(look.theme).wearing(self.brand) if look.theme and look.theme != self.name else self
        changes: dict[str, object] = {"lang": lang or self.lang}
        if look.accent:
            changes |= {
                "accent": look.accent,
                "on_accent": on(look.accent),
                "soft": mix(look.accent, base.sheet, 0.14),
            }
        changes |= {name: value for name, value in (("ink", look.ink), ("sheet", look.sheet)) if value}
        if look.series:
            changes["series"] = (*look.series, *base.series)[: max(8, len(look.series))]
        base = base.model_copy(update=changes)
        base = base if self.logo else base.bare()
        return base.for_office() if self.office and not base.office else base


@cache
def style(name: str = "light") -> Style:
    """The shipped theme `name`; raises SpecProblem where there is none."""
    names = themes()
    if name not in names:
        raise SpecProblem(f"there is no theme `{name}`; there are {', '.join(names)}")
    return Style.model_validate(json.loads(assets.text(f"themes/{name}.json")))


@cache
def themes() -> tuple[str, ...]:
    """Names of the shipped themes, light first."""
    found = [name.split("/")[1].removesuffix(".json") for name in assets.names("themes", ".json")]
    return tuple(sorted(found, key=lambda name: (name != "light", name != "dark", name)))


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue (0-255) of a "#rgb" or "#rrggbb" colour."""
    digits = colour.lstrip("#")
    digits = "".join(c * 2 for c in digits) if len(digits) == 3 else digits
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def mix(colour: str, other: str, share: float) -> str:
    """`share` (0-1) of `colour` over `other`, as "#rrggbb"."""
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in zip(rgb(colour), rgb(other), strict=True))


def luminance(colour: str) -> float:
    """Relative luminance, 0-1 (WCAG 2.2, definition of relative luminance)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (n / 255 for n in rgb(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, other: str) -> float:
    """Contrast ratio, 1-21 (WCAG 2.2, definition of contrast ratio)."""
    high, low = sorted((luminance(colour), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def on(colour: str) -> str:
    """Dark or white ink, whichever reads better on `colour`; black where that alone reaches 4.5:1."""
    best = max(("#1C1B1F", "#FFFFFF"), key=lambda ink: contrast(ink, colour))
    return best if contrast(best, colour) >= 4.5 else "#000000"


def readable(colour: str, ground: str, least: float = 4.5) -> str:
    """`colour` moved towards black or white until its contrast on `ground` is at least `least`."""
    goal = "#000000" if luminance(ground) > 0.18 else "#ffffff"
    for step in range(21):
        tried = mix(goal, colour, step / 20)
        if contrast(tried, ground) >= least:
            return tried
    return goal


# -- a brand, worn ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _worn(base: Style, brand: Brand) -> Style:
    sheet, ink = base.sheet, base.ink
    if base.name in ("light", "dark"):  # other themes are known by theirs
        light = luminance(brand.sheet) if brand.sheet else 0.5
        sheet = brand.sheet if (light < 0.2 if base.dark else light > 0.8) else sheet
        ink = brand.ink if brand.ink and contrast(brand.ink, sheet) >= 7 else ink
        ink = ink if contrast(ink, sheet) >= 7 else on(sheet)
    changes: dict[str, object] = {"sheet": sheet, "ink": ink}
    moved = repairs(brand, base.model_copy(update=changes))
    own = [next((one.now for one in moved if one.was == colour), colour) for colour in brand.colours]
    main = _main(brand.colours, sheet)
    accent = own[main] if own else readable(base.accent, sheet)
    # Ink reads on the tint, however dark the accent.
    share = 0.13 if base.dark else 0.12
    soft = mix(accent, sheet, share)
    while share > 0.03 and contrast(ink, soft) < 7:
        share -= 0.02
        soft = mix(accent, sheet, share)
    if own:
        shades = [shade for colour in own for shade in (mix(colour, ink, 0.5), _lifted(colour, sheet))]
        others = [colour for colour in base.series if all(_far(colour, one) > FAR for one in own)]
        all_of = [accent, *own, *shades, *others, *(mix(colour, ink, 0.5) for colour in base.series)]
        changes["series"] = tuple(apart([readable(colour, sheet, 3.0) for colour in all_of]))[:SERIES]
        changes |= {"accent": accent, "on_accent": on(accent), "soft": soft}
    quiet = readable(readable(base.quiet, sheet), str(changes.get("soft", base.soft)))
    changes |= {"quiet": quiet} | {name: readable(getattr(base, name), sheet) for name in ("good", "bad", "warn")}
    sans, heading = _face(brand.body, serif=False), _face(brand.heading or brand.body, serif=True)
    if base.rough:  # by hand is by hand
        sans = heading = None
    if sans:
        changes |= {"sans": sans[0], "heading": sans[0], "bold": 700 if sans[0] in ("Arimo", "Carlito") else base.bold}
    if heading:
        changes["heading"] = heading[0]
    changes["faces"] = tuple({face[0]: face[1] for face in (sans, heading) if face and face[1]}.items())
    changes |= {"brand": brand, "logo": brand.logo, "label": brand.name or base.label}
    return base.model_copy(update=changes)


def repairs(brand: Brand, base: Style) -> list[Moved]:
    """The brand's colours that cannot be read on the sheet of `base`, and what they become: the main one is type, the others are marks."""
    high = min(contrast(base.quiet, base.sheet), contrast(base.accent, base.sheet)) >= 7  # a theme that promises more
    main = _main(brand.colours, base.sheet)
    out = []
    for i, colour in enumerate(brand.colours):
        least = (7.0 if high else 4.5) if i == main else 4.5 if high else 3.0
        found = contrast(colour, base.sheet)
        if found < least:
            grey = max(rgb(colour)) - min(rgb(colour)) < GREY
            now = base.ink if grey and i == main else _legible(colour, base.sheet, least)  # black and white change places
            out.append(Moved(was=colour, now=now, found=round(found, 1), least=least))
    return out


def _main(colours: Sequence[str], sheet: str) -> int:
    """Which colour is the accent: the first, unless it would have to be moved so far that it is another, and one reads as it is."""
    reads = [i for i, colour in enumerate(colours) if contrast(colour, sheet) >= 4.5]
    if not colours or not reads or reads[0] == 0:
        return 0
    moved = _legible(colours[0], sheet, 4.5)
    return reads[0] if _far(colours[0], moved) > FAR else 0


def _far(colour: str, other: str) -> int:
    """How far colours are apart: the sum over the channels."""
    return sum(abs(a - b) for a, b in zip(rgb(colour), rgb(other), strict=True))


def _legible(colour: str, ground: str, least: float) -> str:
    """`colour` made darker or lighter, its hue kept, until its contrast on `ground` is at least `least`."""
    light, a, b = _oklab(colour)
    to = 0.0 if luminance(ground) > 0.18 else 1.0
    for step in range(1, 41):
        tried = _from_oklab(light + (to - light) * step / 40, a, b)
        if contrast(tried, ground) >= least:
            return tried
    return readable(colour, ground, least)


def _oklab(colour: str) -> tuple[float, float, float]:
    """A colour as lightness (0-1) and two axes of hue, evenly spaced for the eye (Ottosson, 2020)."""
    r, g, b = (n / 12.92 if n <= 0.04045 else ((n + 0.055) / 1.055) ** 2.4 for n in (value / 255 for value in rgb(colour)))
    long, mid, short = (
        math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b),
        math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b),
        math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b),
    )  # fmt: skip
    return (
        0.2104542553 * long + 0.7936177850 * mid - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * mid + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * mid - 0.8086757660 * short,
    )


def _from_oklab(light: float, a: float, b: float) -> str:
    """The colour of that lightness and hue, as strong as a screen shows it."""
    for share in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0):
        long = (light + 0.3963377774 * a * share + 0.2158037573 * b * share) ** 3
        mid = (light - 0.1055613458 * a * share - 0.0638541728 * b * share) ** 3
        short = (light - 0.0894841775 * a * share - 1.2914855480 * b * share) ** 3
        linear = (
            4.0767416621 * long - 3.3077115913 * mid + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * mid - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * mid + 1.7076147010 * short,
        )
        if all(-0.001 <= n <= 1.001 for n in linear):
            break
    plain = (min(1.0, max(0.0, n)) for n in linear)
    return "#" + "".join(f"{round(255 * (12.92 * n if n <= 0.0031308 else 1.055 * n ** (1 / 2.4) - 0.055)):02x}" for n in plain)


def stand_ins(brand: Brand, base: Style) -> list[tuple[str, str]]:
    """The brand's faces that are not shipped, nor one with the same measures, each with the one that stands in for it."""
    look = base.wearing(brand)
    used = ((brand.heading or brand.body, look.heading), (brand.body, look.sans))
    alike = {(wanted, ours) for ours, wanted in look.faces} | {(ours, ours) for _, ours in used}
    return list(dict.fromkeys(pair for pair in used if pair[0] and pair not in alike))


def _face(wanted: str, *, serif: bool) -> tuple[str, str] | None:
    """The shipped face nearest to `wanted` and what a deck calls it; text is not set in a serif. None: the theme's own."""
    for face, name, words in _FACES:
        if wanted and any(word in wanted.casefold() for word in words) and (serif or face != "Source Serif 4"):
            return face, name or ("" if face == "Shantell Sans" else wanted)
    return None


def _lifted(colour: str, sheet: str) -> str:
    """`colour` as near to the sheet as a mark may be."""
    tints = [mix(colour, sheet, share / 20) for share in range(19, 4, -1)]
    return next((tint for tint in reversed(tints) if contrast(tint, sheet) >= 3.0), colour)


def apart(colours: Sequence[str]) -> list[str]:
    """The colours in order without those too like an earlier one."""
    out: list[str] = []
    for colour in colours:
        if all(_far(colour, other) >= APART for other in out):
            out.append(colour)
    return out
