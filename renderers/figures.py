"""Figures in words: "120k", "€3,4 Mio", "1.234,5 kg", "33 %", "12万", read as numbers with their place.

A figure is a quantity with a unit, a percent sign or a currency. Years, dates, ordinals, versions and bare counts are numbers, not figures;
years that tell when something was are looked into where sources are told.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

from flipchart.renderers import cells

_CURRENCY = re.escape(cells.CURRENCY_SIGNS)
_OTHER_WORDS = {"bi", "bio", "cr", "md", "mi", "mm"}  # short for a multiple in a cell, something else in a sentence
_MULTIPLES = {name: scale for name, scale in cells.MAGNITUDES.items() if name not in _OTHER_WORDS}
_CASED = {"M": 1e6, "m": None, "B": 1e9, "b": None}  # "5 m" is metres, "5M" is millions
_UNITS = set(
    """% ‰ ° °c °f k km m cm mm nm µm mi ft in kg g mg µg t lb oz l ml dl h hr hrs hour hours min mins minute minutes s sec second
    seconds ms µs day days week weeks month months year years w kw mw gw kwh mwh gwh twh wh j kj kcal cal v a hz khz mhz ghz b kb
    mb gb tb pb bit bits byte bytes km/h mph m/s kbit/s mbit/s gbit/s mb/s gb/s ppm bar pa hpa kpa db usd eur gbp chf jpy cny inr
    people degrees dollars euros percent pct stunden stunde minuten minute sekunden tage tag wochen woche monate jahre jahr prozent
    euro heures heure jours jour semaines mois ans horas hora minutos días día semanas meses años dias anos dólares euros reais
    小时 分钟 秒 天 周 个月 年 元 公里 米 千克 公斤 克 度 人 時間 分 日 週間 ヶ月 円 キロ
    घंटे मिनट दिन ساعة ساعات دقيقة دقائق يوم أيام""".split()
)
_LETTERS = r"(?:[^\W\d_]|[\u0900-\u0963])+"  # the vowel signs of Devanagari count as no letters elsewhere
_NUMBER = re.compile(
    rf"(?P<before>[{_CURRENCY}]|\b(?:USD|EUR|GBP|CHF|JPY|CNY|INR)\s)?\s?(?P<sign>(?<![\w\d])[-−+])?(?<![A-Za-zÀ-ɏ\d_.,])"
    r"(?P<digits>\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,3}(?:[,.\u00a0\u2009\u202f'’ ]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)"
    rf"(?P<after>[\s\u00a0\u2009]?(?:[%‰٪{_CURRENCY}]|°\s?[CF]?|[万萬億亿千百]+[元円]?|{_LETTERS}(?:/{_LETTERS})?\.?)?)",
)
DECIMAL_COMMA = set("de fr es pt it nl ru uk pl cs sk sv nb da fi tr el ro bg hr hu id vi".split())


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in words: its value, its unit ("" for a bare number), and the characters it takes."""

    value: float
    unit: str
    start: int
    end: int

    @property
    def measured(self) -> bool:
        """True for a figure proper: a quantity with a unit, a percent sign, a currency or a multiple such as "k"."""
        return bool(self.unit)


def figures(words: str, lang: str = "en") -> list[Figure]:
    """Every number in `words`, in order. Digits of any script are read; "1,234" is read as `lang` writes numbers."""
    plain = "".join(
        str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() and unicodedata.digit(c, None) is not None else c for c in words
    )
    decimal: cells.Decimal = "," if lang.split("-")[0] in DECIMAL_COMMA else "."
    out = []
    for match in _NUMBER.finditer(plain):
        value = cells.number(re.sub(r"[^\d.,]", "", match["digits"]), decimal)
        if value is None:
            continue
        after = match["after"].strip().rstrip(".")
        unit, end, multiple = _unit(after, match, plain)
        unit = (match["before"] or "").strip() or unit
        sign = -1 if match["sign"] in {"-", "−"} else 1
        start = match.start("before") if match["before"] else match.start("sign") if match["sign"] else match.start("digits")
        out.append(Figure(sign * value * multiple, unit, start, end))
    return out


def _unit(after: str, match: re.Match[str], words: str) -> tuple[str, int, float]:
    """The unit after a number, where it ends, and its multiple."""
    bare = match.end("digits")
    if not after:
        return "", bare, 1.0
    end = bare + len(match["after"].rstrip(". ")) if match["after"].endswith(".") else match.end("after")
    multiple = _CASED.get(after, _MULTIPLES.get(after.lower()))
    if multiple and not (after in {"k", "K"} and match["after"][:1].isspace()):
        beyond = re.match(rf"\s?([{_CURRENCY}%]|euros?|dollars?|usd|eur|people)", words[end:], re.I)
        return (beyond[1] if beyond else "×", end + (beyond.end() if beyond else 0), multiple)
    stem = after.rstrip("元円")
    if stem != after and stem in _MULTIPLES:
        return "元", end, _MULTIPLES[stem]
    if match["before"]:
        return "", bare, 1.0
    if after.lower() in _UNITS or after[0] in "°%‰٪" + cells.CURRENCY_SIGNS:
        return after, end, 1.0
    for unit in ("%", "円", "元", "年", "天", "小时", "分钟", "時間", "分", "人", "度", "公里", "公斤"):
        if after.startswith(unit):
            return unit, bare + match["after"].index(unit) + len(unit), 1.0
    return "", bare, 1.0


def read(words: str, lang: str = "en") -> float | None:
    """The one number that `words` is, e.g. 120000.0 for "120k"; None where it is none or more than a number."""
    one = sole(words, lang)
    return one.value if one is not None else None


def sole(words: str, lang: str = "en") -> Figure | None:
    """The one number that `words` is, with its unit; one in brackets is below zero. None where it is none or more than a number."""
    found, bare = figures(words.strip(), lang), words.strip()
    if len(found) != 1 or (bare[: found[0].start] + bare[found[0].end :]).strip(" ()~≈."):
        return None
    return replace(found[0], value=-found[0].value) if bare.startswith("(") and bare.endswith(")") else found[0]


_MARKS = re.compile(r"^(?:[\s,:]|[–—−-](?!\d))+|[\s,:–—-]+$")


def unmarked(words: str) -> str:
    """`words` without the dashes, commas and colons around them; a sign stays with its figure ("– -5 °C" is "-5 °C")."""
    return _MARKS.sub("", words)
