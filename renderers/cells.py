"""What one cell says: "120k", "€3,4 Mio", "12 %", "(1,234.50)", "१,२०,०००" and "3.2亿" read as a number and its unit.

Stricter than `figures`, which finds figures inside sentences: here the whole cell is one figure or none.
"""

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Decimal = Literal[".", ","]

CURRENCIES = {
    "usd": "$", "us$": "$", "eur": "€", "euro": "€", "euros": "€", "gbp": "£", "jpy": "¥", "cny": "¥", "rmb": "¥", "inr": "₹", "rs": "₹", "krw": "₩",
    "rub": "₽", "руб": "₽", "try": "₺", "uah": "₴", "ils": "₪", "thb": "฿", "dollar": "$", "dollars": "$", "r$": "R$", "brl": "R$",
    "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN", "czk": "CZK", "aud": "A$", "cad": "C$", "a$": "A$", "c$": "C$",
    "mxn": "MX$", "zar": "ZAR", "aed": "AED", "sar": "SAR", "egp": "EGP",
}  # fmt: skip
_SIGNS = "$€£¥₹₩₽₺₴₪฿￥＄"
_MAGNITUDES = {
    "k": 1e3, "thousand": 1e3, "thousands": 1e3, "tsd": 1e3, "tausend": 1e3, "mille": 1e3, "тыс": 1e3, "千": 1e3, "हज़ार": 1e3, "ألف": 1e3, "الف": 1e3,
    "m": 1e6, "mn": 1e6, "mm": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6, "millionen": 1e6, "millón": 1e6, "millones": 1e6, "milhão": 1e6,
    "milhões": 1e6, "mi": 1e6, "млн": 1e6, "مليون": 1e6, "ملايين": 1e6,
    "b": 1e9, "bn": 1e9, "bio": 1e12, "billion": 1e9, "billions": 1e9, "mrd": 1e9, "md": 1e9, "mld": 1e9, "milliard": 1e9, "milliards": 1e9,
    "milliarden": 1e9, "mil millones": 1e9, "bilhão": 1e9, "bilhões": 1e9, "bi": 1e9, "млрд": 1e9, "مليار": 1e9,
    "tn": 1e12, "trn": 1e12, "trillion": 1e12, "trillions": 1e12, "трлн": 1e12,
    "万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12, "lakh": 1e5, "lakhs": 1e5, "लाख": 1e5, "crore": 1e7, "crores": 1e7, "cr": 1e7, "करोड़": 1e7,
}  # fmt: skip
_UNITS = {
    "km", "m", "cm", "mm", "mi", "ft", "in", "kg", "g", "mg", "t", "lb", "lbs", "oz", "°c", "°f", "°", "h", "hr", "hrs", "min", "s", "sec", "ms", "d",
    "kwh", "mwh", "gwh", "twh", "kw", "mw", "gw", "w", "v", "a", "hz", "mhz", "ghz", "kb", "mb", "gb", "tb", "l", "ml", "ha", "m²", "km²", "m2", "km2",
    "m³", "mph", "km/h", "kcal", "cal", "ppm", "pts", "pp", "bps", "px", "pcs", "x", "円", "元", "人", "个", "台", "件",
}  # fmt: skip
_PERCENT = {"%", "٪", "％", "percent", "pct", "per cent", "prozent", "por ciento", "pour cent", "процент", "процентов"}
_BLANK = {
    "",
    "-",
    "–",
    "—",
    "−",
    ".",
    "..",
    "...",
    "…",
    "n/a",
    "na",
    "n.a.",
    "nan",
    "null",
    "none",
    "nil",
    "#n/a",
    "#div/0!",
    "#value!",
    "#ref!",
    "?",
    "x",
    "inf",
    "-inf",
}
_SPACES = re.compile(r"[\s\u00a0\u2009\u200a\u202f\u2007'’٬_](?=\d)")
_SHAPE = re.compile(
    r"^(?P<open>\()?\s*(?P<sign>[-+−–‒]?)\s*(?P<before>[^\d\s().,+\-−–]{0,4}?\.?)\s*(?P<sign2>[-+−–‒]?)\s*"
    r"(?P<digits>\d[\d.,]*(?:e[-+]?\d{1,3})?|[.,]\d+)\s*(?P<after>[^\d()]{0,24}[²³2]?)\s*(?P<close>\))?(?P<sign3>-?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it was meant, and its unit: "€3.4 Mio" is (3 400 000, "€"), "12 %" is (12, "%")."""

    value: float
    unit: str = ""


def blank(words: str) -> bool:
    """True for what people write where a figure is missing."""
    return words.strip().lower() in _BLANK


@lru_cache(maxsize=65536)
def read(words: str, decimal: Decimal | None = None, *, loose: bool = False) -> Quantity | None:
    """The figure that `words` are, or None where they are no figure (dates, names, ranges).

    `decimal` is the decimal mark where it is known; `loose` takes any short word for a unit.
    """
    if len(words) > 48:
        return None
    plain = _plain(words)
    shape = _SHAPE.match(plain)
    if not shape or bool(shape["open"]) != bool(shape["close"]):
        return None
    value = _number(shape["digits"], decimal)
    if value is None:
        return None
    before = _currency(shape["before"])
    if shape["before"] and not before:
        return None
    scale, unit = _after(shape["after"].strip(), bool(before), plain, loose)
    if scale is None:
        return None
    value *= scale
    if not math.isfinite(value):
        return None
    negative = shape["open"] or any(sign in "-−–‒" for sign in (shape["sign"], shape["sign2"], shape["sign3"]) if sign)
    return Quantity(-value if negative else value, before or unit)


def _plain(words: str) -> str:
    """Digits of every script as ASCII, spaces and apostrophes between digits gone."""
    out = []
    for character in words.strip():
        digit = unicodedata.digit(character, None) if not character.isascii() and character not in "²³" else None
        out.append(str(digit) if digit is not None else {"٫": ".", "．": ".", "，": ",", "−": "-"}.get(character, character))
    return (
        re.sub(_SPACES, "", "".join(out))
        if re.search(r"\d[\s\u00a0\u2009\u200a\u202f\u2007'’٬_]\d{3}(?!\d)", "".join(out))
        else "".join(out)
    )


def _number(digits: str, decimal: Decimal | None) -> float | None:
    """The value of digits with points and commas; None where they are grouped as no number is (1.2.3, 12,34,5)."""
    mantissa, _, exponent = digits.lower().partition("e")
    points, commas = mantissa.count("."), mantissa.count(",")
    if points and commas:
        last = "." if mantissa.rfind(".") > mantissa.rfind(",") else ","
        if (points if last == "." else commas) > 1:
            return None
        group = "," if last == "." else "."
    elif commas:
        group = "," if (decimal != "," and _grouped(mantissa, ",")) else "."
    elif points:
        group = "." if (points > 1 or decimal == ",") and _grouped(mantissa, ".") else ","
    else:
        group = ","
    other = "." if group == "," else ","
    whole, _, rest = mantissa.partition(other)
    if other in rest or group in rest or (group in whole and not _grouped(whole, group)):
        return None
    try:
        return float(f"{whole.replace(group, '') or '0'}.{rest or '0'}{'e' + exponent if exponent else ''}")
    except ValueError:
        return None


def _grouped(digits: str, mark: str) -> bool:
    """True for thousands in threes (1,234,567) or in twos as in India (12,34,567)."""
    m = re.escape(mark)
    return bool(re.match(rf"^\d{{1,3}}(?:{m}\d{{3}})+$|^\d{{1,2}}(?:{m}\d{{2}})+{m}\d{{3}}$", digits))


def _currency(words: str) -> str:
    bare = words.strip().rstrip(".").lower()
    if bare in {"￥", "＄"}:
        return {"￥": "¥", "＄": "$"}[bare]
    return bare if bare and bare in _SIGNS else CURRENCIES.get(bare, "")


def _after(words: str, money: bool, whole: str, loose: bool) -> tuple[float | None, str]:
    """Scale and unit of what follows the digits; scale None where it is neither."""
    if not words:
        return 1.0, ""
    bare = words.rstrip(".").strip()
    low = bare.lower()
    if low in _PERCENT:
        return 1.0, "%"
    if sign := _currency(bare):
        return 1.0, sign
    # "1.2m" and "€3 m" are millions, "12 m" is a length.
    attached = not re.search(r"\d\s+\S+\.?\)?$", whole)
    if low in _MAGNITUDES and not (low in _UNITS and not money and not attached):
        return _MAGNITUDES[low], ""
    for cut in (
        re.match(r"^(\S+?)\.?\s+(.+)$", bare),
        re.match(r"^([kKmMbB万億亿千]|bn|mn|Mio|Mrd)\.?\s*([€$£¥₹₩₽%元円人].*|[A-Z]{3})$", bare),
    ):
        if cut and cut[1].lower() in _MAGNITUDES:
            scale, unit = _after(cut[2], money, " " + cut[2], loose)
            return (None, "") if scale is None else (_MAGNITUDES[cut[1].lower()], unit)
    if low in _UNITS or (loose and re.match(r"^[^\W\d_][^\d]{0,15}$", bare)):
        return 1.0, bare
    return None, ""


def unit(words: str) -> str:
    """A unit as it is shown: "EUR" is "€", "percent" is "%"."""
    bare = words.strip()
    low = bare.lower()
    return "%" if low in _PERCENT else CURRENCIES.get(low, bare)
