"""Styles: every colour, face and measure a drawing uses, as data (a theme is a file of them)."""

import json
import math
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from flipchart import assets
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import Look

SIZES = (12.0, 16.0, 21.0, 28.0, 37.0)  # px at 960 px width, in a ratio of 4:3
SMALLEST = 11.0  # px: no type is smaller
RTL = {"ar", "he", "fa", "ur", "yi", "ps", "sd", "ug", "dv", "ckb"}


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

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Reading direction of the style's language."""
        return "rtl" if self.lang.split("-")[0] in RTL else "ltr"

    def size(self, level: int, width: float) -> float:
        """Type size in px of `level` 0 (smallest) to 4 (largest) on a canvas `width` px wide; never under SMALLEST."""
        scale = min(1.15, max(0.86, math.pow(width / 960.0, 0.35)))
        return max(SMALLEST, round(SIZES[level] * scale * 2) / 2)

    def for_office(self) -> "Style":
        """The same style set in a face that offices have (Arial; measured with its metric twin)."""
        return self.model_copy(update={"sans": "Arimo", "heading": "Arimo", "mono": self.mono, "bold": 700, "office": True})

    def with_look(self, look: Look, lang: str = "") -> "Style":
        """This style with what a person changed about one visual, and its language."""
        base = style(look.theme) if look.theme and look.theme != self.name else self
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
