"""Countries: found by their codes or by their names in nine languages, and their outlines (Natural Earth, public domain)."""

import json
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from flipchart import assets
from flipchart.renderers.words import LANGUAGES, locale

_ALSO = {
    "usa": "US", "us": "US", "america": "US", "united states of america": "US", "uk": "GB", "great britain": "GB", "britain": "GB",
    "england": "GB", "korea": "KR", "republic of korea": "KR", "czech republic": "CZ", "turkey": "TR", "holland": "NL", "uae": "AE",
    "ivory coast": "CI", "burma": "MM", "russian federation": "RU", "viet nam": "VN", "iran islamic rep": "IR", "swaziland": "SZ",
    "cape verde": "CV", "macedonia": "MK", "bolivia plurinational state of": "BO", "dr congo": "CD", "drc": "CD",
    "democratic republic of the congo": "CD", "republic of the congo": "CG", "congo": "CG", "east timor": "TL", "palestine": "PS",
    "taiwan": "TW", "hong kong": "HK", "macau": "MO", "vatican": "VA", "bosnia": "BA", "eeuu": "US", "ee uu": "US", "etats unis": "US",
    "u s": "US", "u s a": "US", "u k": "GB", "elfenbeinkuste": "CI", "korea rep": "KR", "korea dem people s rep": "KP",
    "egypt arab rep": "EG", "venezuela rb": "VE", "yemen rep": "YE", "slovak republic": "SK", "kyrgyz republic": "KG", "lao pdr": "LA",
    "gambia the": "GM", "bahamas the": "BS", "hong kong sar china": "HK", "macao sar china": "MO", "congo dem rep": "CD",
    "congo rep": "CG", "syrian arab republic": "SY", "royaume uni": "GB", "grossbritannien": "GB", "england und wales": "GB",
}  # fmt: skip


def _folded(words: str) -> str:
    """A name as it is looked up: small letters without accents or points."""
    bare = "".join(c for c in unicodedata.normalize("NFD", words.casefold()) if unicodedata.category(c) != "Mn")
    return re.sub(r"\s+", " ", re.sub(r"[.,'’()\-]", " ", bare)).strip().removeprefix("the ")


@cache
def _names(lang: str) -> dict[str, str]:
    """Codes by name in `lang`."""
    territories = locale(lang).territories
    return {_folded(str(territories[code])): code for code in _atlas()["shapes"] if code in territories}


@cache
def _codes() -> dict[str, str]:
    """Two-letter codes by three-letter ones."""
    from babel.core import get_global

    return {long: found[0] for long, found in get_global("territory_aliases").items() if len(long) == 3 and long.isalpha()}


def code(words: str, lang: str = "en") -> str:
    """The two-letter code of the country that `words` name, in `lang` or another of our languages; "" where they name none."""
    bare = words.strip()
    if re.fullmatch(r"[A-Z]{2,3}", bare):
        found = _codes().get(bare, bare if len(bare) == 2 else "")
        if found in _atlas()["shapes"]:
            return found
    name = _folded(bare)
    if not name:
        return ""
    # To load a language takes long: what is called "UK" or "USA" anywhere is looked up before another is.
    own = _names(lang.split("-")[0]).get(name) or _ALSO.get(name)
    return own or next((known[name] for known in map(_names, LANGUAGES) if name in known), "")


@lru_cache(maxsize=4096)
def country_names(words: str, lang: str = "en") -> tuple[str, ...]:
    """What the country that `words` name is called in `lang` and in English; empty where they name none."""
    from babel import Locale

    found = code(words, lang)
    known = [Locale.parse(one, sep="-").territories.get(found, "") for one in dict.fromkeys((lang.split("-")[0], "en"))] if found else []
    return tuple(name for name in dict.fromkeys(known) if name and name != words)


def located(labels: Sequence[str], lang: str = "en") -> bool:
    """True where most of `labels`, and at least two of the first forty, are countries."""
    tried = labels[:40]
    found = sum(bool(code(label, lang)) for label in tried)
    return found >= 2 and found >= 0.6 * len(tried)


@cache
def _atlas() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(assets.text("maps/countries.json"))
    return found


@cache
def outlines() -> dict[str, list[Any]]:
    """The rings of each country by code: arrays of longitude and latitude in degrees."""
    import numpy as np

    atlas = _atlas()
    scale, start = np.asarray(atlas["scale"]), np.asarray(atlas["start"])
    arcs = [np.cumsum(np.asarray(arc), axis=0) * scale + start for arc in atlas["arcs"]]
    return {
        country: [np.concatenate([arcs[at] if at >= 0 else arcs[~at][::-1] for at in ring]) for ring in rings]
        for country, rings in atlas["shapes"].items()
    }
