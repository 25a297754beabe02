"""Calculators that are known to be right, as data: what each needs, its formulas with where they are from, and its words in nine languages.

They lie in `assets/calculators`. Units are converted by their definitions (SI, the international yard and pound, US customary volumes)
and called as CLDR calls them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from flipchart import assets
from flipchart.renderers.app import App, Input, Output
from flipchart.renderers.app_ranges import meeting, sensible
from flipchart.renderers.words import LANGUAGES, locale

ROOM = 10  # times a sum that was given a slider goes to
MONEY = "money"
# A language's usual currency, and how many of it buy about what one dollar or euro does: examples have to be of a likely size.
_CURRENCIES = {"en": "$", "es": "€", "pt": "R$", "fr": "€", "de": "€", "zh": "¥", "ja": "¥", "hi": "₹", "ar": ""}
_WORTH = {("ja", "¥"): 100.0, ("zh", "¥"): 5.0, ("hi", "₹"): 50.0}
_NAMED = {"yr": "duration-year", "mo": "duration-month", "d": "duration-day", "h": "duration-hour", "min": "duration-minute",
          "s": "duration-second"}  # fmt: skip
_SHORTENED = {"km": "length-kilometer", "m": "length-meter", "cm": "length-centimeter", "kg": "mass-kilogram", "L": "volume-liter",
              "km/h": "speed-kilometer-per-hour", "m²": "area-square-meter"}  # fmt: skip
_SCRIPTED = {"hi", "ar"}  # whose readers write units in their own letters


@dataclass(frozen=True, slots=True)
class Setting:
    """An input as the catalogue has it; `otherwise` is where it stands, or which input it is like, once a person gave other values."""

    name: str
    label: str
    value: float
    unit: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    otherwise: float | str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """An output as the catalogue has it."""

    name: str
    label: str
    unit: str
    formula: str


@dataclass(frozen=True, slots=True)
class Calculator:
    """One calculator: `source` names its formula or standard."""

    name: str
    source: str
    inputs: tuple[Setting, ...]
    outputs: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that converts: one of it is `factor` of its quantity's first unit, counted from `zero`; `cldr` is its name there."""

    sign: str
    quantity: str
    factor: float
    zero: float
    cldr: str


@cache
def catalogue() -> dict[str, Calculator]:
    """Every calculator of the catalogue by its name; conversions are made by `conversion`."""
    blocks = "\n".join(line for line in _lines("catalogue") if not line.startswith("#")).split("\n\n")
    return {one.name: one for one in map(_read, filter(None, map(str.strip, blocks)))}


def _lines(name: str) -> list[str]:
    return assets.text(f"calculators/{name}.txt").splitlines()


def _read(block: str) -> Calculator:
    name, source, *lines = block.splitlines()
    inputs, outputs = [], []
    for line in lines:
        head, _, formula = line.removeprefix("> ").partition(" = ")
        called, *told = head.split()
        one, _, label = called.partition(":")
        if line.startswith(">"):
            outputs.append(Result(one, label or one, told[0] if told else "", formula))
        else:
            value, unit, low, high, step, *rest = told
            otherwise = float(rest[0]) if rest and rest[0].isdecimal() else rest[0] if rest else None
            sign = unit.strip("-").replace("_", " ")
            inputs.append(Setting(one, label or one, float(value), sign, float(low), float(high), float(step), otherwise))
    return Calculator(name, source.removeprefix("by "), tuple(inputs), tuple(outputs))


@cache
def _table(name: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """A file of words: for each key and language all it is called, the first being what is shown."""
    out = {}
    for line in _lines(name):
        if not line.startswith("#"):
            key, *columns = line.split(" | ")
            out[key] = {lang: tuple(column.strip().split("; ")) for lang, column in zip(LANGUAGES, columns, strict=True)}
    return out


def names(name: str, lang: str) -> tuple[str, ...]:
    """What a calculator, or a quantity whose units convert, is called in `lang` (English where that is not spoken)."""
    return _table("names")[name][spoken(lang)]


def labels(label: str, lang: str) -> tuple[str, ...]:
    """What an input or result is called in `lang`; the first is shown."""
    return (_capital(unit_name(units()[label], lang)),) if label in units() else _table("labels")[label][spoken(lang)]


def spoken(lang: str) -> str:
    """The language of the catalogue that is nearest to `lang`."""
    short = lang.split("-")[0]
    return short if short in LANGUAGES else "en"


@cache
def units() -> dict[str, Unit]:
    """Every unit that converts, by its sign."""
    out = {}
    for line in _lines("units"):
        if not line.startswith("#"):
            quantity, *every = line.split(" | ")
            for one in every:
                sign, factor, cldr = one.split()
                share, _, zero = factor.partition("+")
                out[sign.replace("_", " ")] = Unit(sign.replace("_", " "), quantity, float(share), float(zero or 0), cldr)
    return out


def unit_name(one: Unit, lang: str) -> str:
    """What CLDR calls a unit in `lang`, such as "miles"."""
    from babel.units import get_unit_name

    where = locale("en-GB" if lang == "en" else lang)  # "kilometres": the spelling that most of the world shares
    return next((name for size in ("long", "short") if (name := get_unit_name(one.cldr, size, where))), one.sign)


def conversion(start: Unit, to: Unit | None = None) -> Calculator:
    """A calculator from one unit to `to` first, then to the others of its quantity."""
    others = [one for one in units().values() if one.quantity == start.quantity and one is not start]
    goals = sorted(others, key=lambda one: one is not to)
    given = Setting("x", start.sign, 20.0 if start.zero or any(one.zero for one in goals) else 10.0, start.sign, step=0.1)
    return Calculator(start.quantity, "the units' definitions", (given,), tuple(_converted(start, one) for one in goals))


def _converted(start: Unit, to: Unit) -> Result:
    scaled = f"x * {start.factor!r} / {to.factor!r}"
    moved = f"(x * {start.factor!r} + {start.zero!r} - {to.zero!r}) / {to.factor!r}" if start.zero or to.zero else scaled
    return Result(re.sub(r"\W+", "_", to.cldr), to.sign, to.sign, moved)


def drawn(one: Calculator, lang: str, given: Mapping[str, float] | None = None, currency: str = "", title: str = "") -> App:
    """The calculator in `lang`, with the values that were `given` by the inputs' names and money in `currency` (else the language's)."""
    given = given or {}
    short = spoken(lang)
    sign = currency or _CURRENCIES[short]
    worth = _WORTH.get((short, sign), 1.0)
    inputs = tuple(_input(setting, short, given, sign, worth) for setting in one.inputs)
    outputs = tuple(
        Output(name=out.name, label=labels(out.label, short)[0], formula=out.formula, unit=_unit(out.unit, short, sign))
        for out in one.outputs
    )
    return App(title=title or _capital(names(one.name, short)[0]), lang=short, inputs=inputs, outputs=outputs)


def _input(one: Setting, lang: str, given: Mapping[str, float], sign: str, worth: float) -> Input:
    times = worth if one.unit == MONEY else 1.0
    value = one.value * times
    if given:
        like = one.otherwise
        spare = value if like is None else given.get(like, value) if isinstance(like, str) else like
        value = given.get(one.name, spare)
    low = high = step = None
    if one.low is not None and one.high is not None and one.step is not None:
        low, high = min(one.low * times, value), one.high * times
        if value > high or (one.unit == MONEY and one.name in given and 0 < value < high / ROOM):
            high = sensible(value)[1]  # near what was given, so that the slider can be set
        step = meeting(one.step * times, low, value)
    shown = _unit(one.unit, lang, sign)
    return Input(name=one.name, label=labels(one.label, lang)[0], value=value, min=low, max=high, step=step, unit=shown)


def _unit(unit: str, lang: str, sign: str) -> str:
    if unit == MONEY:
        return sign
    name = _NAMED.get(unit) or (_SHORTENED.get(unit) if lang in _SCRIPTED else None)
    if name is None:
        return unit
    from babel.units import get_unit_name

    sizes: tuple[Literal["long", "short"], ...] = ("long", "short") if unit in _NAMED else ("short",)
    return next((said for size in sizes if (said := get_unit_name(name, size, locale(lang)))), unit)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def outline(one: Calculator) -> str:
    """The calculator as a model is shown it: names, units and formulas in a few lines."""
    needs = ", ".join(f"{i.name} ({i.unit})" if i.unit else i.name for i in one.inputs)
    return "\n".join([f"inputs: {needs}", *(f"{o.name} = {o.formula}" for o in one.outputs)])
