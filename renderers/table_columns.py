"""Cells of one column as figures, dates or words, and what they are told to be: their unit, their grain, their range."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flipchart.renderers import cells, roles, times
from flipchart.renderers.database import MOST_VALUES, Cell, Column

MOST_SPELLINGS = 8  # of yes and no in one column
PLAIN = re.compile(r"^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$")


def column_of(name: str, given: list[Any], *, points: bool = False) -> tuple[Column, list[Cell]]:
    """A column understood by what most of its cells are."""
    filled = [cell for cell in given if not is_blank(cell)]
    words = [cell for cell in filled if isinstance(cell, str)]
    empty = len(given) - len(filled)
    if filled and sum(isinstance(cell, datetime) for cell in filled) >= 0.9 * len(filled):
        values: list[Cell] = [cell if isinstance(cell, datetime) else None for cell in given]
        return told_of(Column(name, "time", grain=_grain(values), empty=empty), values), values
    if not _codes(words) and (decimal := decimal_of(words, points=points)) is not None:
        numbers = [_number(cell, decimal) for cell in given]
        hits = sum(found is not None for found in numbers)
        if filled and hits >= 0.85 * len(filled):
            if _years(name, numbers):
                values = [None if found is None else datetime(int(found[0]), 1, 1) for found in numbers]
                return told_of(Column(name, "time", grain="year", empty=empty), values), values
            if _serial(name, numbers):
                values = [None if found is None else datetime(1899, 12, 30) + timedelta(days=int(found[0])) for found in numbers]
                return told_of(Column(name, "time", grain=_grain(values), empty=empty), values), values
            if (second := _second(name, numbers)) is not None:
                values = [None if found is None else datetime(1970, 1, 1) + timedelta(seconds=found[0] * second) for found in numbers]
                return told_of(Column(name, "time", grain=_grain(values), empty=empty), values), values
            numbers = _alike(numbers)
            values = [None if found is None else found[0] for found in numbers]
            units = Counter(found[1] for found in numbers if found and found[1])
            unit = units.most_common(1)[0][0] if units else named_unit(name)
            return told_of(Column(name, "number", unit, empty=empty), values), values
    order = times.order_of(words[:2000])
    moments = [times.read(cell, order) if isinstance(cell, str) else _moment(cell) for cell in given]
    if filled and sum(found is not None for found in moments) >= 0.9 * len(filled):
        values = [None if found is None else found.at for found in moments]
        grain = times.finest([found for found in moments if found])
        return told_of(Column(name, "time", grain=grain if grain != "day" else _grain(values), empty=empty), values), values
    values = [None if is_blank(cell) and str(cell).strip().lower() != "x" else _worded(cell) for cell in given]  # an x is a word too
    values = _one_case(_answers(values))
    return told_of(Column(name, "text", empty=empty), values), values


def _answers(values: list[Cell]) -> list[Cell]:
    """Words of yes and no in one spelling for each, the most frequent: "Yes", "yes", "Y" and "no", "n"."""
    counted = Counter(value for value in values if value is not None)
    plain = {value: str(value).strip().casefold() for value in counted}
    if not 2 < len(counted) <= MOST_SPELLINGS or not all(word in roles.YES | roles.NO for word in plain.values()):
        return values
    one: dict[Cell, Cell] = {}
    for answer in (roles.YES, roles.NO):
        said = [value for value, _ in counted.most_common() if plain[value] in answer]
        one |= dict.fromkeys(said, said[0] if said else None)
    return [None if value is None else one[value] for value in values]


def _one_case(values: list[Cell]) -> list[Cell]:
    """Words that differ in the case of their letters alone in one spelling, the most frequent: "North" and "north"."""
    counted = Counter(value for value in values if isinstance(value, str))
    folded: dict[str, list[str]] = {}
    for value, _ in sorted(counted.items(), key=lambda one: -one[1] * (2 if one[0][:1].isupper() and not one[0].isupper() else 1)):
        folded.setdefault(" ".join(value.casefold().split()), []).append(value)
    if len(folded) == len(counted) or len(folded) > counted.total() / 2:
        return values  # names, codes or remarks, each row's own
    one = {value: spelt[0] for spelt in folded.values() for value in spelt}
    return [one.get(value, value) if isinstance(value, str) else value for value in values]


def is_blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and cells.blank(cell))


def _moment(cell: Any) -> times.Moment | None:
    return times.Moment(cell, "day") if isinstance(cell, datetime) else None


def _worded(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return times.written(cell, "day", "en") if isinstance(cell, datetime) else str(cell)


def _codes(words: Sequence[str]) -> bool:
    """True for postcodes, classes, telephone and part numbers: digits that begin with zero, or too many of them."""
    lettered = [word for word in words[:2000] if re.fullmatch(r"\d{1,3}[A-Z]", word)]
    if len(lettered) > 0.9 * len(words[:2000]) > 0 and not {word[-1] for word in lettered} <= set("KMB"):
        return True  # classes and seats: 7A, 12C
    letters = {word[-1].lower() for word in words[:2000] if re.fullmatch(r"\d{1,3}[A-Za-z]", word)}
    if len(letters) > 1 and not any(letters <= set(alike) for alike in ("kmbt", "dhms", "gt")):
        return True  # places of a draw: 1, 16a, 16b
    digits = [word for word in words[:2000] if word.isdigit()]
    return bool(digits) and (
        sum(word.startswith("0") and len(word) > 1 for word in digits) > 0.02 * len(digits) or all(len(w) > 15 for w in digits)
    )


def decimal_of(words: Sequence[str], *, points: bool = False) -> cells.Decimal | None:
    """The decimal mark of a column's figures: the one that is proved, else a point."""
    dotted = [word for word in words[:3000] if "." in word]
    if points and len(dotted) > 1 and all(re.fullmatch(r"\D*\d{1,3}(\.\d{3})+\D*", word) for word in dotted):
        return ","
    comma = point = 0
    for word in words[:3000]:
        bare = word.strip().rstrip("%€$£¥ ")
        if re.search(r"\d,\d{1,2}$|\d,\d{4,}$|\.\d{3},", bare):
            comma += 1
        elif re.search(r"\d\.\d{1,2}$|\d\.\d{4,}$|,\d{3}\.", bare):
            point += 1
    return "," if comma > point else "."


def _number(cell: Any, decimal: cells.Decimal) -> tuple[float, str] | None:
    if isinstance(cell, float):
        return cell, ""
    if not isinstance(cell, str):
        return None
    if decimal == "." and PLAIN.match(cell):
        return float(cell), ""
    found = cells.read(cell, decimal)
    return (found.value, found.unit) if found else None


def _years(name: str, numbers: Sequence[tuple[float, str] | None]) -> bool:
    """True for whole numbers that are years, by their range and their column's name."""
    found = [one[0] for one in numbers if one]
    if not found or not all(value.is_integer() and 1500 <= value <= 2150 for value in found):
        return False
    called = bool(
        re.search(
            r"year|yr\b|opened|published|built|founded|released|established|jahr|année|annee|año|ano\b|anno|год|年|वर्ष|साल|سنة|عام|date|period",
            name,
            re.IGNORECASE,
        )
    )
    return called or (
        max(found) - min(found) < 130
        and len(set(found)) > 1
        and min(found) >= 1900
        and max(found) <= 2060
        and len(found) == len(set(found))
    )


def _serial(name: str, numbers: Sequence[tuple[float, str] | None]) -> bool:
    """True for a spreadsheet's dates written as numbers of days: 45292 is the first of January 2024."""
    found = [one[0] for one in numbers if one]
    called = re.search(r"date|datum|fecha|\bdata\b|\bday\b|日期|日付|तारीख|تاريخ", name, re.IGNORECASE)
    return bool(called and found) and all(value.is_integer() and 20_000 <= value <= 80_000 for value in found)


def _second(name: str, numbers: Sequence[tuple[float, str] | None]) -> float | None:
    """What a moment counted from 1970 on, as computers do, is to be multiplied with to give seconds; None where figures are no moments."""
    found = [one[0] for one in numbers if one]
    if not found or not re.search(r"time|date|epoch|created|updated|(?:^|[^a-z])ts$", name, re.IGNORECASE):
        return None
    fits = (unit for unit in (1.0, 1e-3) if all(value.is_integer() and 6.3e8 <= value * unit <= 2.2e9 for value in found))
    return next(fits, None)


_IN = {  # what a unit is in the first of its kind
    "g": ("g", 1.0),
    "kg": ("g", 1e3),
    "t": ("g", 1e6),
    "mg": ("g", 1e-3),
    "lb": ("g", 453.59237),
    "oz": ("g", 28.349523125),
    "m": ("m", 1.0),
    "km": ("m", 1e3),
    "cm": ("m", 1e-2),
    "mm": ("m", 1e-3),
    "mi": ("m", 1609.344),
    "ft": ("m", 0.3048),
    "kb": ("b", 1.0),
    "mb": ("b", 1e3),
    "gb": ("b", 1e6),
    "tb": ("b", 1e9),
    "l": ("l", 1.0),
    "ml": ("l", 1e-3),
    "kwh": ("wh", 1.0),
    "mwh": ("wh", 1e3),
    "gwh": ("wh", 1e6),
    "twh": ("wh", 1e9),
}


def _alike(numbers: Sequence[tuple[float, str] | None]) -> list[tuple[float, str] | None]:
    """Figures of one kind in one unit, the most frequent: 1.5 t among kilograms is 1500 kg."""
    units = Counter(one[1].lower() for one in numbers if one and one[1])
    if len(units) < 2 or len({_IN[unit][0] if unit in _IN else "" for unit in units}) > 1 or not set(units) <= set(_IN):
        return list(numbers)
    unit = units.most_common(1)[0][0]
    shown = next(one[1] for one in numbers if one and one[1].lower() == unit)
    return [(one[0] * _IN[one[1].lower()][1] / _IN[unit][1], shown) if one and one[1] else one for one in numbers]


def named_unit(name: str) -> str:
    """The unit that a column's name carries: "Price (€)", "Weight [kg]", "Share %"."""
    found = re.search(r"[(\[]\s*([^()\[\]]{1,12})\s*[)\]]\s*$|\s(%|€|\$|£)$", name)
    if not found:
        return ""
    unit = cells.unit((found[1] or found[2]).strip())
    return unit if cells.read(f"1 {unit}") else ""


def _grain(values: Sequence[Cell]) -> times.Grain:
    """How finely dates run: yearly where all are a first of January, monthly where all are a first."""
    found = [value for value in values if isinstance(value, datetime)]
    if not found:
        return "day"
    if any((v.hour, v.minute) != (0, 0) for v in found):
        return "minute"
    if all((v.month, v.day) == (1, 1) for v in found) and len({v.year for v in found}) > 1:
        return "year"
    ends = all(v.day >= 28 for v in found) and len({(v.year, v.month) for v in found}) == len({v.date() for v in found})
    if ends or all(v.day == 1 for v in found):
        quarterly = {v.month for v in found} <= {1, 4, 7, 10} or {v.month for v in found} <= {3, 6, 9, 12}
        return "quarter" if quarterly and len({(v.year, v.month) for v in found}) > 2 else "month"
    return "day"


def told_of(column: Column, values: Sequence[Cell]) -> Column:
    """The column with its range, its number of different values, and samples."""
    filled = [value for value in values if value is not None]
    counted = Counter(filled)
    often = counted.most_common(8)
    changes: dict[str, Any] = {"distinct": len(counted), "empty": len(values) - len(filled)}
    if column.kind == "text":
        changes["samples"] = tuple(str(value)[:40] for value, _ in often)
        changes["values"] = tuple(str(value) for value, _ in counted.most_common()) if len(counted) <= MOST_VALUES else ()
    elif filled:
        changes |= {"low": min(filled), "high": max(filled)}
        changes["whole"] = column.kind == "number" and all(isinstance(value, float) and value.is_integer() for value in filled)
    return replace(column, **changes)
