"""How far an app's input goes, and in what steps, where nobody says: told from its unit, where it starts and what it is called."""

import math
import re

from flipchart.renderers.words import say

Range = tuple[float, float, float]
"""Lowest number, highest number, size of a step."""

# Lowest and highest of what people set, and the step, for inputs that start within: (units, from, to, low, high, step). First that fits.
_KNOWN: tuple[tuple[str, float, float, float, float, float], ...] = (
    ("%", 0, 5, 0, 10, 0.1),
    ("%", 5, 10, 0, 15, 0.1),
    ("%", 10, 15, 0, 30, 0.5),
    ("%", 15, 25, 0, 50, 1),
    ("%", 25, 100, 0, 100, 1),
    ("years year yrs años anos ans jahre лет 年 साल वर्ष سنوات سنة", 1, 15, 1, 30, 1),
    ("years year yrs años anos ans jahre лет 年 साल वर्ष سنوات سنة", 15, 40, 5, 40, 1),
    ("months month mos meses mois monate месяцев 月 个月 ヶ月 महीने أشهر شهر", 1, 24, 1, 60, 1),
    ("months month mos meses mois monate месяцев 月 个月 ヶ月 महीने أشهر شهر", 24, 360, 6, 480, 6),
    ("cm см 厘米 सेमी سم", 120, 220, 120, 220, 1),
    ("m м 米 मीटर متر", 1.2, 2.2, 1.2, 2.2, 0.01),
    ("kg кг 公斤 किग्रा كجم كغ", 35, 200, 30, 200, 1),
    ("lb lbs pounds", 80, 400, 70, 450, 1),
    ("°c", -20, 50, -20, 50, 1),
    ("°f", -10, 120, -10, 120, 1),
    ("hours hour hrs h horas heures stunden часов 小时 時間 घंटे ساعات", 0, 24, 0, 24, 0.5),
    ("days day días dias jours tage дней 天 日 दिन أيام", 1, 31, 1, 60, 1),
)  # fmt: skip
_AGE = (0.0, 100.0, 1.0)
NICE = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def sensible(value: float, unit: str = "", called: str = "", lang: str = "en") -> Range:
    """A range around `value` whose ends are round and whose steps meet it: 6.5 % goes to 15 % by 0.1, 300 000 € from 30 000 to 600 000."""
    unit = unit.strip().casefold()
    if 0 <= value <= 100 and value == int(value) and any(re.search(_word(stem), called.casefold()) for stem in _ages(lang)):
        return _AGE
    for units, start, end, low, high, step in _KNOWN:
        if unit in units.split() and start <= value <= end:
            return low, high, meeting(step, low, value)
    if not 1e-9 < abs(value) < 1e15:
        return min(0.0, value), max(100.0, value), 1.0
    if value < 0:
        low, high, step = sensible(-value, unit, "", lang)
        return -high, high, step
    whole = value == int(value)
    high = _nice(2 * value)
    if whole and value < 20:
        return (1.0, max(high, 10.0), 1.0) if value >= 1 else (0.0, high, 1.0)
    # What is far from zero never comes near it; there, formulas that divide by it would leave the page.
    low = -_nice(-value / 10) if value >= 20 else 0.0
    step = _step((high - low) / 100)
    if whole:
        step = max(1.0, step)
    low = math.floor(low / step) * step
    return low, high, meeting(step, low, value)


def _ages(lang: str) -> list[str]:
    return [stem for tongue in dict.fromkeys((lang or "en", "en")) for stem in say("app.age", tongue).split()]


def _word(stem: str) -> str:
    return rf"\b{stem}\b" if stem.isascii() else re.escape(stem)


def _nice(number: float) -> float:
    """The nearest round number that is not smaller; for a negative one, not smaller either."""
    size = 10.0 ** math.floor(math.log10(abs(number)))
    if number < 0:
        return -max(float(f"{nice * size:.6g}") for nice in NICE if nice * size <= -number * (1 + 1e-9))
    return min(float(f"{nice * size:.6g}") for nice in NICE if nice * size >= number * (1 - 1e-9))


def _step(number: float) -> float:
    size = 10.0 ** math.floor(math.log10(number))
    return max(step for step in (1.0, 2.0, 5.0) if step * size <= number * (1 + 1e-9)) * size


def meeting(step: float, low: float, value: float) -> float:
    """`step`, or a part of it that counts from `low` to `value` without a rest: a slider stands only on its steps."""
    for part in (1, 2, 4, 5, 10, 20, 100):
        steps = (value - low) / (step / part)
        if abs(steps - round(steps)) < 1e-6:
            return step / part
    return step / 100
