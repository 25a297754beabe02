"""Calculators asked for in so many words, drawn at once from the catalogue without a language model: sure, or silent.

Sure is a message of which every word is understood: the calculator's name, its inputs and results, numbers that each have their place,
and words that only ask. Whatever else is said is a demand that the catalogue does not meet, and goes to the model.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from flipchart import assets
from flipchart.models.events import Drawn, Event, Planned, Request, Said
from flipchart.models.language import detect
from flipchart.models.router import Floats, Query, plain, route
from flipchart.renderers import app_catalogue, figures
from flipchart.renderers.app import App, opening
from flipchart.renderers.app_catalogue import MONEY, Calculator, Setting, Unit, conversion, outline, unit_name, units
from flipchart.renderers.problem import Missing, ModelProblem
from flipchart.renderers.registry import form
from flipchart.renderers.words import LANGUAGES, locale, say

KIND = "app"
ACCEPTED = 0.5  # the chance, by the router, from which on an app is what a person expects who was understood wholly
NEAR = 0.55  # from this likeness of meaning on, a calculator helps a model to write another
SHOWN = 3  # results that are told in words
LONGEST = 400  # characters of a message that is looked at
MORE = 5  # words that may be said beside a sum of which every value is given
_SIGNS = {
    **dict.fromkeys("$ usd dollar dollars dolares dolar دولار 美元 ドル डॉलर".split(), "$"),
    **dict.fromkeys("€ eur euro euros يورو 欧元 ユーロ यूरो".split(), "€"),
    **dict.fromkeys("£ gbp pounds_sterling sterling".split(), "£"),
    **dict.fromkeys("¥ jpy cny yen yuan rmb 円 元 块 人民币".split(), "¥"),
    **dict.fromkeys("₹ inr rupees rupee रुपये रुपए".split(), "₹"),
    **dict.fromkeys("r$ brl reais real".split(), "R$"),
    **dict.fromkeys("ريال sar".split(), "ر.س"),
}
_PERCENT = {"%", "percent", "pct", "prozent", "por ciento", "por cento", "pour cent", "٪"}
# One of the first unit is so many of the second, where an input is in the other.
_TIMES = {("yr", "mo"): 12.0, ("d", "h"): 24.0, ("h", "min"): 60.0, ("wk", "d"): 7.0}
_PICTURED = re.compile(
    r"\b(?:draw|sketch|paint|zeichne|male|dibuja|pinta|dessine|peins|desenh[ae])\b|画|描いて|बनाओ चित्र|ارسم", re.IGNORECASE
)
_OPEN, _SHUT = "\ue000", "\ue001"  # stand about the number of a number that was read, where it stood
_COMPOUND = re.compile(r"(?<=[^\W\d_])-?((?:einheiten)?(?:um)?rechner)", re.I)  # "Zinsrechner" is a Rechner
_HIDDEN = {ord(str(digit)): 0xE100 + digit for digit in range(10)}


@dataclass(frozen=True, slots=True)
class Known:
    """A message that was understood: the calculator, its language, the values given, the currency they are in."""

    calculator: Calculator
    lang: str
    given: Mapping[str, float]
    currency: str = ""
    title: str = ""

    @property
    def whole(self) -> bool:
        """Whether all values were given that the calculator has no usual ones for."""
        return bool(self.given) and all(one.name in self.given or one.otherwise is not None for one in self.calculator.inputs)

    def app(self) -> App:
        """The calculator, ready to be drawn."""
        return app_catalogue.drawn(self.calculator, self.lang, self.given, self.currency, self.title)


@dataclass(frozen=True, slots=True)
class _Number:
    """A number in a message, what stands before and after it, and its unit as the catalogue writes it ("" where none is said)."""

    value: float
    unit: str
    before: str
    after: str


def answer(request: Request) -> Iterator[Event] | None:
    """The answer without a language model, or None where one has to be asked."""
    if request.files or request.form not in (None, "text", KIND):
        return None
    known = read(request.text, request.lang) or (stated(request.text, request.lang) if request.form != KIND else None)
    if known is None or (not known.whole and request.form == "text"):
        return None
    whole = known.whole and not _PICTURED.search(request.text)  # not "draw a circle with radius 5"
    asked = request.form == KIND or whole or dict(route(Query(request.text)).forms)[KIND] >= ACCEPTED
    shown = request.form == KIND or (request.form is None and request.autonomy > 1)
    return _told(known, drawn=shown) if asked and (shown or known.whole) else None


def _told(known: Known, *, drawn: bool) -> Iterator[Event]:
    """The result, where all that it takes was given, and the calculator to try other values in."""
    kind = KIND if drawn else "text"
    yield Planned(kind, ((kind, 1.0), ("text" if drawn else KIND, 0.3)), say("reason.known", known.lang), 0.1)
    app = known.app()
    if known.whole and app.outputs:
        yield Said(" · ".join(f"{label}: **{value}**" for label, value in opening(app)[: 1 if known.title else SHOWN]) + "\n\n")
    if drawn:
        yield Drawn(app, "done")


def read(text: str, lang: str = "") -> Known | None:
    """The calculator that `text` asks for and nothing else; None where any of it was not understood."""
    if len(text) > LONGEST or not text.strip():
        return None
    wanted, told = lang.split("-")[0], detect(text).split("-")[0]
    if wanted and wanted not in LANGUAGES:
        return None
    likely = [tongue for tongue in dict.fromkeys((told, wanted, "en")) if tongue in LANGUAGES]
    for tongue in dict.fromkeys((*likely, *LANGUAGES)):
        words = _COMPOUND.sub(r" \1", text) if tongue == "de" else text
        turns = tongue in likely or _turning(tongue).search(plain(words))
        known = (_converted(words, tongue) if turns else None) or _named(words, tongue)
        if known is not None:
            return replace(known, lang=wanted or tongue)
    return None


def stated(text: str, lang: str = "") -> Known | None:
    """The calculator for which `text` gives every value, though it says a few things more; None where there is none, or it may differ."""
    if len(text) > LONGEST:
        return None
    wanted, told = lang.split("-")[0], detect(text).split("-")[0]
    for tongue in dict.fromkeys(one for one in (told, wanted) if one in LANGUAGES):
        if _differing(tongue).search(plain(text)):
            return None
        for name in _candidates(plain(text), tongue):
            one = app_catalogue.catalogue()[name]
            words, numbers, currency = _numbered(text, tongue, _phrases(name, tongue))
            given = _given(_merged(numbers, one.inputs), one, tongue)
            known = Known(one, wanted or tongue, given or {}, currency)
            if known.whole and len(known.given) > 1 and _works(one, known.given) and len(_left(words, _understood(name, tongue))) <= MORE:
                return known
    return None


def hint(kind: str, text: str, lang: str = "en") -> str:
    """The nearest calculator as a model is shown it, where it is to write one; else nothing."""
    if kind != KIND or re.search(form(kind).spec.CUES[1], text, re.I):
        return ""
    near = nearest(text, lang)
    return f"A calculator known to be right, to build on where it fits:\n{outline(near)}" if near else ""


def nearest(text: str, lang: str = "en") -> Calculator | None:
    """The calculator that is named in `text`, else the one nearest in meaning; None where none is near."""
    named = _candidates(plain(text), app_catalogue.spoken(lang))
    if named:
        return app_catalogue.catalogue().get(named[0])
    from flipchart.models.embeddings import embed

    try:
        every, meanings = _meanings()
        likeness = meanings @ embed([text])[0]
    except (Missing, ModelProblem):
        return None
    best = int(likeness.argmax())
    return app_catalogue.catalogue()[every[best]] if likeness[best] >= NEAR else None


@cache
def _meanings() -> tuple[list[str], Floats]:
    from flipchart.models.embeddings import embed

    every = list(app_catalogue.catalogue())
    return every, embed([f"{app_catalogue.names(name, 'en')[0]} calculator" for name in every])


# ---- words ----


@cache
def _asking(lang: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """The words that only ask in `lang`, those that ask for a conversion, and those that make a sum another than the catalogue's."""
    told = dict(line.split(": ") for line in assets.text("calculators/asking.txt").splitlines() if line and not line.startswith("#"))
    only, turning, differing = (frozenset(told[f"{kind}{lang}"].split("|")) for kind in ("", "convert ", "differ "))
    return only, turning, differing


@cache
def _turning(lang: str) -> re.Pattern[str]:
    return _pattern(_asking(lang)[1], lang)


@lru_cache(maxsize=2048)
def _pattern(phrases: frozenset[str], lang: str) -> re.Pattern[str]:
    """A pattern that finds any of `phrases` (plain) as whole words, where `lang` has such; the longest first."""
    bare = sorted({plain(phrase).translate(_HIDDEN) for phrase in phrases if phrase.strip()}, key=len, reverse=True)
    either = "|".join(map(re.escape, bare))
    match lang:
        case "zh" | "ja":
            # Latin words among them are whole words still.
            return re.compile(rf"(?:{either})(?![a-z])")
        case "hi":
            return re.compile(rf"(?<![\w\u0900-\u097f])(?:{either})(?![\w\u0900-\u097f])")
        case "ar":
            return re.compile(rf"(?<!\w)(?:و|ب|ل|لل|ال|بال|وال)?(?:{either})(?!\w)")
        case "de":
            return re.compile(rf"(?<!\w)(?:{either})(?:n|s)?(?!\w)")
    return re.compile(rf"(?<!\w)(?:{either})(?:s|'s)?(?!\w)")


@cache
def _names(lang: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, _pattern(frozenset(app_catalogue.names(name, lang)), lang)) for name in app_catalogue.catalogue())


def _candidates(words: str, lang: str) -> list[str]:
    """The calculators that `words` (plain) name, the one with the longest name first."""
    bare = words.translate(_HIDDEN)
    found = [(max((len(match[0]) for match in pattern.finditer(bare)), default=0), name) for name, pattern in _names(lang)]
    return [name for length, name in sorted(found, key=lambda one: -one[0]) if length]


@cache
def _phrases(name: str, lang: str) -> frozenset[str]:
    """All that may be said of a calculator: its names, and its inputs and results."""
    one = app_catalogue.catalogue()[name]
    parts = [*(i.label for i in one.inputs), *(o.label for o in one.outputs)]
    told = {phrase for part in parts for phrase in app_catalogue.labels(part, lang) if "%" not in phrase}
    return frozenset(app_catalogue.names(name, lang)) | told


@cache
def _understood(name: str, lang: str) -> re.Pattern[str]:
    return _pattern(_phrases(name, lang) | _asking(lang)[0], lang)


@cache
def _unit_names(lang: str) -> dict[str, str]:
    """The unit that each name and sign stands for, in `lang` and as signs: {plain words: sign}."""
    from babel.units import format_unit, get_unit_name

    out: dict[str, str] = {}
    spans = {"yr": "duration-year", "mo": "duration-month"}
    for sign, cldr in (*((one.sign, one.cldr) for one in units().values()), *spans.items()):
        names = {sign, cldr.split("-")[-1] if sign in {"°C", "°F", "K"} else sign, sign.removeprefix("°") if sign != "°C" else sign}
        for where in (lang, "en-GB") if lang == "en" else (lang,):
            place = locale(where)
            for length in ("long", "short"):
                names.add(get_unit_name(cldr, length, place) or "")
                names |= {re.sub(r"[\d٠-٩]", "", format_unit(n, cldr, length, locale=place)) for n in (1, 2, 5)}
        for name in names:
            if len(said := plain(name).strip(" .")) > 0:
                out.setdefault(said, sign)
    return out


def _unit_called(word: str, lang: str) -> str:
    """The sign of the unit that `word` is, a plural's or a case's last letter aside; "" where it is none."""
    known = _unit_names(lang)
    bare = re.sub(r"^(?:و|ب|ل)?(?:ال|لل)", "", word)
    return next((known[form] for form in (word, word[:-1], bare, bare[:-1]) if form in known), "")


@cache
def _unit_pattern(lang: str) -> re.Pattern[str]:
    return _pattern(frozenset(_unit_names(lang)), lang)


# ---- numbers ----


def _numbered(text: str, lang: str, phrases: frozenset[str]) -> tuple[str, list[_Number], str]:
    """`text`, plain, with a mark where each number stood; the numbers; and the currency of the first that has one."""
    for phrase in sorted((phrase for phrase in phrases if re.search(r"\d", phrase)), key=len, reverse=True):
        text = re.sub(re.escape(phrase), lambda found: found[0].translate(_HIDDEN), text, flags=re.I)
    text = re.sub(r"(?<=\d)\s*(?:per ?cent|por ciento|por cento|pour cent|Prozent|प्रतिशत|بالمئة|في المئة)(?!\w)", "%", text, flags=re.I)
    reais = re.search(r"R\$\s?(?=\d)", text)
    text = re.sub(r"R\$\s?(?=\d)", "$", text)
    found = figures.figures(text, lang)
    pieces: list[str] = []
    at, signs = 0, ["R$"] if reais else []
    small = {plain(word) for word in _asking(lang)[0]}
    for n, one in enumerate(found):
        end = one.end
        if plain(one.unit) in small and re.match(r"\s*[\d$€£]", text[end:]):
            # "2500 in 6 years": no inches.
            end, one = end - len(one.unit), figures.Figure(one.value, "", one.start, end - len(one.unit))
        sign = _SIGNS.get(one.unit.casefold(), "")
        pieces += [plain(text[at : one.start]), f" {_OPEN}{n}{_SHUT} "]
        unit = MONEY if sign else "%" if one.unit.casefold() in _PERCENT else _unit_names(lang).get(plain(one.unit), "")
        if not unit and one.unit and one.unit != "×":
            end -= len(one.unit)  # a word such as "people", which the inputs' labels know
        if not unit:
            word = re.match(r"[\s-]*(?:de\s+)?([^\W\d_]+|[$€£¥₹]|R\$)", text[end:])
            sign = _SIGNS.get(plain(word[1]), "") if word else ""
            match = _unit_pattern(lang).match(plain(text[end:]).lstrip(" -"))
            if match and match[0] in small and re.match(r"\s*[\d$€£]", text[end:].lstrip(" -")[len(match[0]) :]):
                match = None
            if sign and word:
                unit, end = MONEY, end + word.end()
            elif match:
                unit = _unit_called(match[0], lang)
                end += len(text[end:]) - len(text[end:].lstrip(" -")) + len(match[0]) if len(plain(text)) == len(text) else 0
        signs.append(sign)
        at = end
        found[n] = figures.Figure(one.value, unit, one.start, end)
    words = "".join([*pieces, plain(text[at:])])
    parts = re.split(rf"{_OPEN}\d+{_SHUT}", words)
    numbers = [_Number(one.value, one.unit, parts[n], parts[n + 1]) for n, one in enumerate(found)]
    return words, numbers, next(filter(None, signs), "")


def _merged(numbers: list[_Number], inputs: tuple[Setting, ...]) -> list[_Number]:
    """The numbers with "5 ft 9 in" and "1 h 30 min" as one, where no input takes the smaller unit."""
    out: list[_Number] = []
    for one in numbers:
        last = out[-1] if out else None
        pair = last is not None and (last.unit, one.unit) in {("ft", "in"), ("h", "min")} and not any(i.unit == one.unit for i in inputs)
        if last is not None and pair:
            small = units()[one.unit].factor / units()[last.unit].factor
            out[-1] = _Number(last.value + one.value * small, last.unit, last.before, one.after)
        else:
            out.append(one)
    return out


def _measure(value: float, unit: str, wanted: str) -> float | None:
    """`value` of `unit` in the unit that is `wanted`; None where the one does not become the other."""
    if unit == wanted:
        return value
    for (large, small), times in _TIMES.items():
        if (unit, wanted) == (large, small):
            return value * times
        if (unit, wanted) == (small, large):
            return value / times
    a, b = units().get(unit), units().get(wanted)
    return (value * a.factor + a.zero - b.zero) / b.factor if a and b and a.quantity == b.quantity else None


@cache
def _called(label: str, lang: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What names an input beside its number, and what leads to it: "from" and "to" tell of the number that follows alone."""
    every = frozenset(app_catalogue.labels(label, lang))
    leading = every & _asking(lang)[0]
    return _pattern(every - leading, lang), _pattern(leading or frozenset({_OPEN}), lang)


def _fits(number: _Number, one: Setting, lang: str) -> tuple[float, float] | None:
    """How well a number is meant for an input, and the value it gives; None where it cannot be."""
    label, leading = _called(one.label, lang)
    after = label.match(re.sub(r"^\s*(?:of|as|de|für|for|the)\s+", "", number.after).strip())
    before = [len(number.before) - match.end() for match in label.finditer(number.before)]
    led = [len(number.before) - match.end() for match in leading.finditer(number.before)]
    said = 3.5 if led and led[-1] <= 2 else 3.0 if after else 2.5 if before and before[-1] <= 12 else 0.0
    if number.unit:
        value = _measure(number.value, number.unit, one.unit)
        if value is None and number.unit == MONEY and not one.unit:
            value = number.value  # a plain amount may well be money
        return None if value is None else (said + (1.5 if number.unit == one.unit else 1.0), value)
    # A bare number is an amount or a count; a rate, a term or a size has to be called so.
    return (said, number.value) if said or one.unit in {"", MONEY} else None


def _given(numbers: list[_Number], one: Calculator, lang: str) -> dict[str, float] | None:
    """The inputs' values; None where a number has no place, or no sense in it."""
    pairs = []
    for n, number in enumerate(numbers):
        for m, setting in enumerate(one.inputs):
            fit = _fits(number, setting, lang)
            if fit is not None:
                pairs.append((-fit[0], n, setting.otherwise is not None, m, fit[1]))
    out: dict[str, float] = {}
    placed: set[int] = set()
    for _, n, _, m, value in sorted(pairs):
        setting = one.inputs[m]
        sense = value >= min(0.0, setting.low or 0.0) and (setting.unit != "%" or value <= max(100.0, setting.high or 0.0))
        if n not in placed and setting.name not in out and sense:
            placed.add(n)
            out[setting.name] = round(value, 4)
    return out if len(placed) == len(numbers) else None


# ---- messages ----


def _rest(words: str, pattern: re.Pattern[str]) -> str:
    """What is left of `words` once all that was understood is taken out."""
    bare = re.sub(rf"{_OPEN}\d+{_SHUT}", " ", words).translate(_HIDDEN)
    return re.sub(r"[^\w\u0900-\u097f\ue100-\ue109]+", "", pattern.sub(" ", bare))


def _left(words: str, pattern: re.Pattern[str]) -> list[str]:
    """The words that are left once all that was understood is taken out."""
    bare = re.sub(rf"{_OPEN}\d+{_SHUT}", " ", words).translate(_HIDDEN)
    return re.findall(r"[\w\u0900-\u097f]+", pattern.sub(" ", bare))


@cache
def _differing(lang: str) -> re.Pattern[str]:
    """What makes a sum another than the catalogue's: instalments by the week, fees, conditions, two things compared."""
    return _pattern(_asking(lang)[2], lang)


_FOR_WHOM = {
    "en": re.compile(
        r" for (?:an? |the |my |our |your )?(?:big |small |new |old )?(?:group|party|restaurant|restaurant bill|bill|dinner|house|home|flat"
        r"|apartment|car|shop|store|business|company|trip|holiday|class|team|office|website|students?|friends|adults)[.!]?$"
    ),
    "de": re.compile(
        r" fur (?:eine?n? |die |das |den |meine?n? |unsere?n? )?(?:gruppe|restaurant|rechnung|haus|wohnung|auto|laden|firma|reise|klasse"
        r"|team)[.!]?$"
    ),
    "fr": re.compile(
        r" pour (?:une? |le |la |mon |ma |notre )?(?:groupe|restaurant|maison|appartement|voiture|magasin|voyage|classe)[.!]?$"
    ),
    "es": re.compile(r" para (?:una? |el |la |mi |nuestr[oa] )?(?:grupo|restaurante|casa|piso|coche|tienda|viaje|clase)[.!]?$"),
    "pt": re.compile(r" para (?:uma? |o |a |meu |minha |nosso )?(?:grupo|restaurante|casa|apartamento|carro|loja|viagem|turma)[.!]?$"),
}
"""Whom or what a calculator is to be for, which makes it no other: "for a group", "for my car"; a dog's BMI would be another."""


def _named(text: str, lang: str) -> Known | None:
    for name in _candidates(plain(text), lang):
        one = app_catalogue.catalogue()[name]
        words, numbers, currency = _numbered(text, lang, _phrases(name, lang))
        understood = _understood(name, lang)
        whom = _FOR_WHOM.get(lang)
        if _rest(words, understood) and (whom is None or _differing(lang).search(words) or _rest(whom.sub("", words), understood)):
            continue
        given = _given(_merged(numbers, one.inputs), one, lang)
        if given is not None and _works(one, given):
            return Known(one, lang, given, currency)
    return None


def _works(one: Calculator, given: Mapping[str, float]) -> bool:
    """Whether every result can be worked out at the values given."""
    return not form(KIND).findings(app_catalogue.drawn(one, "en", given))


def _converted(text: str, lang: str) -> Known | None:
    """A conversion, told by two units of one quantity, or by a quantity beside a word that asks for units to be changed."""
    words, numbers, _ = _numbered(text, lang, frozenset())
    asked, turns, _ = _asking(lang)
    if len(numbers) > 1:
        return None
    pattern = _pattern(asked | turns | frozenset(_unit_names(lang)), lang)
    said: list[Unit] = []
    if numbers and numbers[0].unit in units():
        said.append(units()[numbers[0].unit])
    for match in _unit_pattern(lang).finditer(words):
        sign = _unit_called(match[0], lang)
        # "in", "a" and "م" are small words before they are units.
        if sign in units() and match[0] not in {plain(word) for word in asked}:
            said.append(units()[sign])
    said = list(dict.fromkeys(said))
    if len(said) == 2 and said[0].quantity == said[1].quantity and not _rest(words, pattern):
        return _turned(said[0], said[1], numbers, lang)
    if said or numbers or not _turning(lang).search(words):
        return None
    for quantity in dict.fromkeys(one.quantity for one in units().values()):
        names = frozenset(app_catalogue.names(quantity, lang))
        if _pattern(names, lang).search(words) and not _rest(words, _pattern(names | asked | turns, lang)):
            return Known(conversion(next(one for one in units().values() if one.quantity == quantity)), lang, {})
    return None


def _turned(start: Unit, to: Unit, numbers: list[_Number], lang: str) -> Known:
    first, then = (unit_name(one, lang) for one in (start, to))
    given = {"x": numbers[0].value} if numbers else {}
    return Known(conversion(start, to), lang, given, title=f"{first[:1].upper()}{first[1:]} → {then}")
