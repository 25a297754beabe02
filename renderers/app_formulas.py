"""The calculators everyone knows, put right: which one an app is, is told from its inputs' units and names, in nine languages.

A formula that a model wrote stays where it comes to the same; where it does not, the right one takes its place.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from flipchart.renderers import formula
from flipchart.renderers.formula import slug
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.words import LANGUAGES, say

CLOSE = 0.005  # how far, as a share, two results may lie apart and be the same
MONEY = set("$ € £ ¥ ₹ ₩ ₽ ₺ ₴ ₪ ฿ usd eur gbp chf jpy cny inr brl r$ ر.س 元 円 dollars euros rupees reais".split())
_YEARS = set("year years yr yrs año años ano anos an ans jahr jahre 年 साल वर्ष سنة سنوات".split())
_MONTHS = set("month months mo mos mes meses mois monat monate 月 个月 ヶ月 महीने शهر شهر أشهر".split())
_METRES = {"cm": 0.01, "m": 1.0, "in": 0.0254, "ft": 0.3048, "см": 0.01, "м": 1.0, "厘米": 0.01, "米": 1.0}
_KILOS = {"kg": 1.0, "lb": 0.45359237, "lbs": 0.45359237, "кг": 1.0, "公斤": 1.0}


@dataclass(frozen=True, slots=True)
class Quantity:
    """An input or an output as the rules see it: its name in formulas, all it is called, its unit, where it starts."""

    name: str
    called: str
    unit: str
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class _Calculator:
    """What it needs (role: words, unit), what it may have, and its results: words, formula."""

    needs: Mapping[str, tuple[str, str]]
    results: Sequence[tuple[str, str]]
    may: Mapping[str, tuple[str, str]]


_MONTHLY = re.compile("month|mes|mois|monat|payment|installment|cuota|parcela|rate[ns]|mensualit")  # in names of terms without a unit
_PARTS = ("calc.out.payment", "calc.out.interest", "calc.out.each")
_LOAN = "pmt({rate} / 12, {months}, {loan})"
CALCULATORS = (
    _Calculator(
        {"loan": ("calc.loan calc.price", "money"), "rate": ("calc.rate", "%"), "months": ("calc.term", "time")},
        (
            ("calc.out.interest", f"{_LOAN} * ({{months}}) - {{loan}}"),
            ("calc.out.payment", _LOAN),
            ("calc.out.paid", f"{_LOAN} * ({{months}})"),
        ),
        {"down": ("calc.down", "")},
    ),
    _Calculator(
        {"initial": ("calc.initial", "money"), "rate": ("calc.rate", "%"), "months": ("calc.term", "time")},
        (("calc.out.balance", "fv({rate} / 12, {months}, {monthly}, {initial})"),
         ("calc.out.interest", "fv({rate} / 12, {months}, {monthly}, {initial}) - {initial} - {monthly} * ({months})")),
        {"monthly": ("calc.monthly", "money")},
    ),
    _Calculator(
        {"kilos": ("calc.weight", "mass"), "metres": ("calc.height", "length")}, (("calc.out.bmi", "{kilos} / ({metres}) ^ 2"),), {}
    ),
    _Calculator(
        {"price": ("calc.price", "money"), "percent": ("calc.percent", "%")},
        (("calc.out.each", "{price} * (1 {sign} {percent}) / {people}"), ("calc.out.part", "{price} * {percent}"),
         ("calc.out.paid", "{price} * (1 {sign} {percent})")),
        {"people": ("calc.people", "")},
    ),
)  # fmt: skip


def corrected(inputs: Sequence[Quantity], outputs: Sequence[tuple[Quantity, str]]) -> dict[str, str]:
    """The formulas to put in place of those in `outputs` (each with its formula), by the output's name; empty where all are right."""
    used = _used(inputs, [words for _, words in outputs])
    for one in CALCULATORS:
        # An input that no formula uses yet may be the very one that the right formula needs, or one too many.
        roles = _roles(one, inputs) or _roles(one, used)
        if roles is None:
            continue
        meant = {}
        for output, _ in outputs:
            found = next((told for key, told in one.results if _says(key, output.called)), None)
            if found:
                meant[output.name] = found
        first = next((told for key, told in one.results if outputs and _says(key, outputs[0][0].called)), None)
        if first is None:
            continue  # another calculator of the same inputs
        return _wrong(roles, meant, inputs, outputs)
    return {}


def contradictions(results: Sequence[tuple[Quantity, float]]) -> list[tuple[str, str]]:
    """Results that cannot both be right: (name of the result, what is wrong). A total is no less than what it is made up of."""
    out = []
    for whole, most in results:
        if not _says("calc.out.paid", whole.called) or any(_says(key, whole.called) for key in (*_PARTS, "calc.out.part")):
            continue
        for part, value in results:
            if part.unit == whole.unit and any(_says(key, part.called) for key in _PARTS) and value > most * (1 + CLOSE) and most >= 0:
                out.append((whole.name, f"it is less than {part.name}, which is a part of it"))
                break
    return out


def _roles(one: _Calculator, inputs: Sequence[Quantity]) -> dict[str, Quantity] | None:
    roles: dict[str, Quantity] = {}
    for role, (keys, kind) in (*one.needs.items(), *one.may.items()):
        fits = [
            i for i in inputs if i not in roles.values() and _of_kind(i.unit, kind) and any(_says(key, i.called) for key in keys.split())
        ]
        if not fits and role in one.needs and kind in {"%", "time"}:
            # A unit that only one thing has names it well enough.
            fits = [i for i in inputs if i not in roles.values() and i.unit.strip() and _of_kind(i.unit, kind)]
        if fits:
            roles[role] = fits[0]
        elif role in one.needs:
            return None
    # What no role accounts for changes the result in a way the rule does not know.
    return roles if len(roles) == len(inputs) else None


def _used(inputs: Sequence[Quantity], formulas: Sequence[str]) -> list[Quantity]:
    try:
        named = {name for words in formulas for name in formula.names(formula.read(words))}
    except SpecProblem:
        return list(inputs)
    return [one for one in inputs if one.name in named]


def _of_kind(unit: str, kind: str) -> bool:
    unit = unit.strip().casefold()
    match kind:
        case "money":
            return unit in MONEY or not unit
        case "time":
            return unit in _YEARS or unit in _MONTHS or not unit
        case "mass":
            return unit in _KILOS
        case "length":
            return unit in _METRES
        case "%":
            return unit in {"%", ""}
    return True


@cache
def _stems(key: str) -> re.Pattern[str]:
    words = {word for lang in LANGUAGES for word in say(key, lang).split()}
    return re.compile("|".join(rf"(?<![^\W_]){re.escape(w)}(?![^\W_])" if w.isascii() else re.escape(w) for w in words), re.I)


def _says(key: str, called: str) -> bool:
    return bool(_stems(key).search(called))


def _wrong(
    roles: Mapping[str, Quantity], meant: Mapping[str, str], inputs: Sequence[Quantity], outputs: Sequence[tuple[Quantity, str]]
) -> dict[str, str]:
    # Percents are shares in formulas unless one of those that stay divides by a hundred itself.
    kept = [words for output, words in outputs if output.name not in meant]
    right = {name: _filled(told, roles, _divided(roles, kept)) for name, told in meant.items()}
    shares = {name: _filled(told, roles, divided=True) for name, told in meant.items()}
    out = {}
    for output, words in outputs:
        if output.name in right and not _same(words, shares[output.name], inputs, outputs):
            out[output.name] = right[output.name]
    # One convention for all: where one is put right, so are those that divide differently.
    return {name: right[name] for name in right} if out else {}


def _divided(roles: Mapping[str, Quantity], kept: Sequence[str]) -> bool:
    percents = [one.name for one in roles.values() if one.unit.strip() == "%"]
    try:
        return any(formula.divides_by_hundred(formula.read(words), name) for words in kept for name in percents)
    except SpecProblem:
        return False


def _filled(told: str, roles: Mapping[str, Quantity], divided: bool) -> str:
    names = {role: one.name for role, one in roles.items()}
    for role, one in roles.items():
        unit = one.unit.strip().casefold()
        if role in {"rate", "percent"} and (divided or unit != "%"):
            names[role] = f"({one.name} / 100)"
        elif role == "months" and unit not in _MONTHS and not _MONTHLY.search(one.name):
            names[role] = f"{one.name} * 12"
        elif role == "metres" and _METRES[unit] != 1:
            names[role] = f"{one.name} * {_METRES[unit]:g}"
        elif role == "kilos" and _KILOS[unit] != 1:
            names[role] = f"{one.name} * {_KILOS[unit]:g}"
    if "down" in roles and "loan" in roles:
        down = roles["down"]
        share = names["loan"] + (f" * {down.name} / 100" if divided else f" * {down.name}") if down.unit.strip() == "%" else down.name
        names["loan"] = f"({names['loan']} - {share})"
    sign = "-" if "percent" in roles and _says("calc.less", roles["percent"].called) else "+"
    return told.format(**({"monthly": "0", "people": "1", "sign": sign} | names))


def _same(words: str, right: str, inputs: Sequence[Quantity], outputs: Sequence[tuple[Quantity, str]]) -> bool:
    """True where both come to the same at the start and a little away from it, however percents are written."""
    try:
        goal = formula.read(right)
        trees = {output.name: formula.read(told) for output, told in outputs} | {"": formula.read(words)}
    except SpecProblem:
        return False
    for shift in (1.0, 1.3):
        known = {one.name: one.value * shift for one in inputs}
        wanted = formula.value(goal, known)
        told = []
        for scale in (1.0, 0.01):
            scaled = {one.name: one.value * shift * (scale if one.unit.strip() == "%" else 1.0) for one in inputs}
            for _ in trees:
                scaled |= {name: formula.value(tree, scaled) for name, tree in trees.items() if name and name not in known}
            told.append(formula.value(trees[""], scaled))
        if not any(math.isfinite(value) and abs(value - wanted) <= CLOSE * max(1e-9, abs(wanted)) for value in told):
            return False
    return True


def quantity(name: str, label: str, unit: str, value: float = 0.0) -> Quantity:
    """An input or output for the rules."""
    return Quantity(slug(name), f"{name.replace('_', ' ')} {label}", unit, value)
