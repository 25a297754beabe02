"""The program's own words, in the languages it speaks, and numbers and dates as each language writes them."""

import json
import math
from datetime import date, datetime
from functools import cache
from typing import Any

from flipchart import assets

THIN = "\u2009"
LANGUAGES = ("en", "es", "pt", "fr", "de", "zh", "ja", "hi", "ar")
"""Those that Flipchart speaks."""


LATIN = {"en", "es", "pt", "fr", "de", "it", "nl", "sv", "da", "no", "fi", "pl", "cs", "ro", "hu", "tr", "id", "vi", "ca"}
"""Languages written in Latin letters."""


@cache
def _said() -> dict[str, dict[str, str]]:
    out: dict[str, dict[str, str]] = {}
    for name in assets.names("words", ".json"):
        out |= json.loads(assets.text(name))
    return out


def say(key: str, lang: str = "en", **values: object) -> str:
    """The sentence `key` in `lang` (English where it is not translated), its {places} filled. Raises KeyError for an unknown key."""
    said = _said()[key]
    words = said.get(lang) or said.get(lang.split("-")[0]) or said["en"]
    return words.format(**values) if values else words


def listed(key: str, lang: str) -> frozenset[str]:
    """The words of a list of the program's (words joined by "-" are one saying), in `lang` and in English."""
    return frozenset(word.replace("-", " ") for tongue in dict.fromkeys((lang or "en", "en")) for word in say(key, tongue).split())


@cache
def locale(lang: str) -> Any:
    """Babel's locale for `lang` (BCP 47), English where it is not known."""
    from babel import Locale, UnknownLocaleError

    for tried in (lang, lang.split("-")[0], "en"):
        try:
            return Locale.parse(tried, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")


def number(value: float, lang: str = "en", unit: str = "", *, compact: bool = False, digits: int | None = None, fixed: bool = False) -> str:
    """`value` as `lang` writes it, with its unit: "€1.2M", "12.5 %", "120,000", "−3". At most 3 significant decimals are shown
    unless `digits` says how many; `compact` shortens thousands and millions; `fixed` keeps zeros at the end."""
    from babel.numbers import format_compact_decimal, format_decimal

    if math.isnan(value) or math.isinf(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    where = locale(lang or "en")
    size = abs(value)
    if compact and size >= 10_000:
        words = format_compact_decimal(value, locale=where, format_type="short", fraction_digits=1 if digits is None else digits)
    elif size >= 1e15 or (0 < size < 1e-4):
        words = f"{value:.3g}".replace("e+", "e")
    else:
        places = digits if digits is not None else 0 if value == int(value) else max(0, min(4, 2 - math.floor(math.log10(size or 1))))
        words = format_decimal(
            value,
            format="#,##0" + ("." + ("0" if fixed else "#") * places if places else ""),
            locale=where,
            decimal_quantization=True,
        )
    words = words.replace("-", "−")
    if not unit:
        return words
    if unit == "%":
        return (
            f"{words}{THIN}%"
            if (lang or "en").split("-")[0] in {"de", "fr", "es", "ru", "pl", "cs", "fi", "sv", "nb", "da"}
            else f"{words}%"
        )
    if unit in "$€£¥₹₩₽₺₴₪฿":
        before = (lang or "en").split("-")[0] in {"en", "zh", "ja", "ko", "hi", "nl", "pt", "tr"}
        sign, bare = ("−", words[1:]) if words.startswith("−") else ("", words)
        return f"{sign}{unit}{bare}" if before else f"{words}\u00a0{unit}"
    if unit.endswith("$"):
        return f"−{unit}\u00a0{words[1:]}" if words.startswith("−") else f"{unit}\u00a0{words}"
    return f"{words}\u00a0{unit}"


def day(value: date | datetime, lang: str = "en", style: str = "medium") -> str:
    """A date as `lang` writes it."""
    from babel.dates import format_date

    return format_date(value, format=style, locale=locale(lang or "en"))
