"""Figures and dates written as a d3 format says (",.1f", "$.2s", "%b %Y"), as Vega-Lite does."""

import math
import re
from datetime import datetime

_SPEC = re.compile(r"^(?:(.)?[<>^=])?([-+( ])?([$#])?(0)?(\d+)?(,)?(?:\.(\d{1,2}))?(~)?([a-zA-Z%])?$")
_PREFIXES = ("y", "z", "a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y")
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def figured(value: float, how: str) -> str:
    """`value` as the d3 number format `how` writes it; plainly where `how` is none."""
    found = _SPEC.match(how.strip())
    if not math.isfinite(value):
        return str(value)
    if not found or not how.strip():
        return f"{value:.12g}"
    _, sign, money, _, _, comma, digits, trim, kind = found.groups()
    places = int(digits) if digits else None
    size, tail = abs(value), ""
    if kind == "%":
        words = f"{size * 100:.{6 if places is None else places}f}"
        tail = "%"
    elif kind == "p":
        words, tail = _significant(size * 100, places or 6), "%"
    elif kind == "s":
        power = math.floor(math.log10(size)) if size else 0
        step = max(-8, min(8, power // 3))
        words, tail = _significant(size / 10.0 ** (3 * step), places or 6), _PREFIXES[8 + step]
    elif kind == "e":
        words = f"{size:.{6 if places is None else places}e}"
    elif kind == "d":
        words = f"{size:.0f}"
    elif kind in {"r", "g"}:
        words = _significant(size, places or 6)
    elif kind == "f" or places is not None:
        words = f"{size:.{6 if places is None else places}f}" if kind == "f" else f"{size:.{places or 6}g}"
    else:
        words = f"{size:.12g}"
    if (trim or kind is None) and "." in words and "e" not in words:
        words = words.rstrip("0").rstrip(".")
    if comma and "e" not in words:
        whole, dot, rest = words.partition(".")
        words = f"{int(whole):,}{dot}{rest}"
    minus = "−" if value < 0 and re.search(r"[1-9]", words) else "+" if sign == "+" else ""
    return f"{minus}{'$' if money == '$' else ''}{words}{tail}"


def _significant(size: float, digits: int) -> str:
    if not size:
        return f"{0:.{max(0, digits - 1)}f}"
    power = math.floor(math.log10(size))
    return f"{round(size, digits - 1 - power):.{max(0, digits - 1 - power)}f}"


def timed(at: datetime | None, how: str) -> str:
    """`at` as the d3 time format `how` writes it."""
    if at is None:
        return ""
    if not how:
        return str(at)[:10] if (at.hour, at.minute) == (0, 0) else str(at)[:16]
    hour = at.hour % 12 or 12
    weekday, day_of_year = at.isoweekday() % 7, at.timetuple().tm_yday
    parts = {
        "Y": f"{at.year:04d}", "y": f"{at.year % 100:02d}", "m": f"{at.month:02d}", "d": f"{at.day:02d}", "e": f"{at.day:2d}",
        "H": f"{at.hour:02d}", "I": f"{hour:02d}", "M": f"{at.minute:02d}", "S": f"{at.second:02d}", "L": f"{at.microsecond // 1000:03d}",
        "p": "AM" if at.hour < 12 else "PM", "B": _MONTHS[at.month - 1], "b": _MONTHS[at.month - 1][:3], "A": _DAYS[weekday],
        "a": _DAYS[weekday][:3], "q": str((at.month + 2) // 3), "j": f"{day_of_year:03d}", "u": str(at.isoweekday()), "w": str(weekday),
        "x": f"{at.month}/{at.day}/{at.year}", "X": f"{hour}:{at.minute:02d}:{at.second:02d} {'AM' if at.hour < 12 else 'PM'}",
        "c": str(at)[:16], "%": "%", "U": f"{(day_of_year + 6 - weekday) // 7:02d}", "Z": "+0000",
    }  # fmt: skip
    bare = {"d": at.day, "m": at.month, "H": at.hour, "I": hour, "e": at.day, "M": at.minute, "j": day_of_year}
    return re.sub(r"%(-?)([A-Za-z%])", lambda f: str((bare if f[1] else parts).get(f[2], parts.get(f[2], f[0]))), how).strip()
