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

_NAMED = """
$ usd us$ dollar dollars|€ eur euro euros|£ gbp|¥ jpy cny rmb|₹ inr rs|₩ krw
₽ rub руб|₺ try|₴ uah|₪ ils|฿ thb|R$ r$ brl|CHF chf|SEK sek|NOK nok
DKK dkk|PLN pln|CZK czk|A$ a$ aud|C$ c$ cad|MX$ mxn|ZAR zar|AED aed|SAR sar|EGP egp"""
CURRENCIES = {name: words.split()[0] for words in _NAMED.strip().replace("\n", "|").split("|") for name in words.split()[1:]}
CURRENCY_SIGNS = "$€£¥₹₩₽₺₴₪฿￥＄"
_SCALES: tuple[tuple[float, str], ...] = (
    (1e3, "k thousand thousands tsd tausend mil mille тыс 千 हज़ार हजार ألف الف"),
    (1e4, "万 萬"),
    (1e5, "lakh lakhs लाख"),
    (1e6, "m mn mm mio mi million millions millionen millón millones milhão milhões млн 百万 مليون ملايين"),
    (1e7, "crore crores cr करोड़"),
    (1e8, "億 亿"),
    (1e9, "b bn bi billion billions mrd md mld milliard milliards milliarden bilhão bilhões млрд مليار"),
    (1e12, "bio tn trn trillion trillions трлн 兆"),
)
MAGNITUDES = {name: scale for scale, names in _SCALES for name in names.split()} | {"mil millones": 1e9}
_UNITS = set(
    """km m cm mm mi ft in kg g mg t lb lbs oz °c °f ° h hr hrs min s sec ms d kwh mwh gwh twh kw mw gw w v a hz mhz ghz kb mb gb tb l ml
    ha m² km² m2 km2 m³ mph km/h kcal cal ppm pts pp bps px pcs x 円 元 人 个 台 件""".split()
)
_PERCENT = {"%", "٪", "％", "percent", "pct", "per cent", "prozent", "por ciento", "pour cent", "процент", "процентов"}
_BLANK = {"", *"- – — − . .. ... … n/a na n.a. nan null none nil #n/a #div/0! #value! #ref! ? x inf -inf".split()}
_SPACES = re.compile(r"[\s\u00a0\u2009\u200a\u202f\u2007'’٬_](?=\d)")
_SHAPE = re.compile(
    r"^(?P<open>\()?\s*(?P<sign>[-+−–‒]?)\s*(?P<before>(?:[^\d\s().,+\-−–]{1,4}?\.?)?)\s*(?P<sign2>[-+−–‒]?)\s*"
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
    value = number(shape["digits"], decimal)
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


def number(digits: str, decimal: Decimal | None) -> float | None:
    """The value of digits with points and commas; None where they are grouped as no number is (1.2.3, 12,34,5).

    `decimal` settles what "1,234" is where it is known.
    """
    mantissa, _, exponent = digits.lower().partition("e")
    points, commas = mantissa.count("."), mantissa.count(",")
    if points and commas:
        last = "." if mantissa.rfind(".") > mantissa.rfind(",") else ","
        if (points if last == "." else commas) > 1:
            return None
        group = "," if last == "." else "."
    elif commas:
        group = "," if (commas > 1 or decimal != ",") and _grouped(mantissa, ",") else "."
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
    return bare if bare and bare in CURRENCY_SIGNS else CURRENCIES.get(bare, "")


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
    if low in MAGNITUDES and not (low in _UNITS and not money and not attached):
        return MAGNITUDES[low], ""
    for cut in (
        re.match(r"^(\S+?)\.?\s+(.+)$", bare),
        re.match(r"^([kKmMbB万億亿千]|bn|mn|Mio|Mrd)\.?\s*([€$£¥₹₩₽%元円人].*|[A-Z]{3})$", bare),
    ):
        if cut and cut[1].lower() in MAGNITUDES:
            scale, unit = _after(cut[2], money, " " + cut[2], loose)
            return (None, "") if scale is None else (MAGNITUDES[cut[1].lower()], unit)
    if low in _UNITS or (loose and re.match(r"^[^\W\d_][^\d]{0,15}$", bare)):
        return 1.0, bare
    return None, ""


def unit(words: str) -> str:
    """A unit as it is shown: "EUR" is "€", "percent" is "%"."""
    bare = words.strip()
    low = bare.lower()
    return "%" if low in _PERCENT else CURRENCIES.get(low, bare)
