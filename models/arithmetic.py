"""Sums and percents asked for in words or signs, reckoned exactly without a language model: "17.5% of 2,480", "what is 12 × (3 + 4)?".

Sure is a message that is nothing but the sum and words that ask; everything else is left to others.
"""

import ast
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache

from flipchart import assets
from flipchart.models.events import Event, Planned, Request, Said
from flipchart.models.language import detect
from flipchart.models.router import plain
from flipchart.renderers import figures
from flipchart.renderers.words import LANGUAGES, number, say

LONGEST = 120  # characters of a message that is looked at
LARGEST = 10**30  # of numbers that are reckoned with
DIGITS = 10  # places shown of a result without an end
_SIGNS: Mapping[str, str] = {
    "×": " * ", "·": " * ", "∙": " * ", "✕": " * ", "÷": " / ", "−": " - ", "–": " - ", "^": " ** ", "²": " **2 ", "³": " **3 ", "√": " √ ",
    "٪": " % ", "％": " % ", "＋": " + ", "－": " - ", "＊": " * ", "／": " / ", "＝": "=", "（": "(", "）": ")",
}  # fmt: skip
_MEANINGS = ("ask", "+", "-", "*", "/", "**2", "**3", "**", "√", "%", "of", "off", "ratio")
_NUMBER = r"\s*n(\d+)\s*"
_PERCENTS = (
    (re.compile(rf"{_NUMBER}%\s*of{_NUMBER}"), r"(n\1*n\2/100)"),
    (re.compile(rf"{_NUMBER}(?:of)\s*n(\d+)\s*%"), r"(n\1*n\2/100)"),  # the order of Chinese, Japanese and Hindi
    (re.compile(rf"{_NUMBER}%\s*off{_NUMBER}"), r"(n\2*(1-n\1/100))"),
    (re.compile(rf"{_NUMBER}ratio{_NUMBER}"), r"(100*n\1/n\2)"),
    (re.compile(rf"%\s*of{_NUMBER}n(\d+)"), r"(100*n\2/n\1)"),  # what percent of 60 is 45
)
_SUM = re.compile(r"(?:[\s()+\-*/√]|n\d+|\*\*[23]?|\b100\b|\b1(?=-))+")  # 100 and 1 are those of percents


def answer(request: Request) -> Iterator[Event] | None:
    """The answer in one line, or None where no sum is asked for."""
    if request.files or request.form not in (None, "text"):
        return None
    told = reckoned(request.text, request.lang)
    return None if told is None else _told(told, request.lang or detect(request.text))


def _told(told: str, lang: str) -> Iterator[Event]:
    yield Planned("text", (("text", 1.0), ("app", 0.3)), say("reason.reckoned", lang), 0.0)
    yield Said(told)


def reckoned(text: str, lang: str = "") -> str | None:
    """The sum as it was asked with its result, in Markdown: "17.5% of 2,480 = **434**"; None where `text` is anything else."""
    text = " ".join(text.split())
    if not 2 < len(text) <= LONGEST or not any(letter.isdigit() for letter in text):
        return None
    likely = (lang.split("-")[0], detect(text).split("-")[0], *LANGUAGES)
    for tongue in dict.fromkeys(one for one in likely if one in LANGUAGES):
        asked = _asked(text, tongue)
        try:
            value = None if asked is None else _value(ast.parse(asked[0].strip(), mode="eval").body, asked[1])
        except (SyntaxError, ValueError, ZeroDivisionError, RecursionError):
            continue
        if asked is not None and value is not None:
            signs = re.findall(r"[$€£¥₹]", text)
            if len(set(signs)) > 1:
                return None  # no rate between them is known
            plainly = len(signs) > 1 and not set(asked[0]) <= set("n0123456789+-() ")  # dollars by dollars are none
            return _shown(asked[2], value, lang or tongue, "%" if asked[3] else "" if plainly else "".join(signs[:1]))
    return None


def _asked(text: str, lang: str) -> tuple[str, Sequence[Fraction], str, bool] | None:
    """The sum in `text` as an expression of numbers n0, n1 …, these, the sum as it is shown, and whether it tells a percent."""
    spans = [match.span() for match in re.finditer(r"(?<![A-Za-zÀ-ɏ.\d])\d(?:[\d.,'’\u00a0\u202f]*\d)?(?![A-Za-zÀ-ɏ])", text)]
    numbers: list[Fraction] = []
    pieces, at = [], 0
    for start, end in spans:
        found = figures.figures(text[start:end], lang)
        if len(found) != 1 or found[0].unit or not math.isfinite(found[0].value):
            return None
        pieces += [text[at:start], f" n{len(numbers)} "]
        numbers.append(Fraction(Decimal(repr(found[0].value))))
        at = end
    said = plain(" ".join(part for part in (*pieces, text[at:])))
    for sign, meant in _SIGNS.items():
        said = said.replace(sign, meant)
    said = re.sub(r"(?<=\d)\s+x\s+(?=n\d)", " * ", said)
    asks = bool(re.search(r"[=?؟？]\s*$", said))
    said = re.sub(r"[?¿!=؟？:،。]|[$€£¥₹]|(?<!\w),|\.\s*$", " ", said)
    for pattern, meaning in _words(lang):
        again = pattern.sub(" " if meaning == "ask" else f" {meaning} ", said)
        asks, said = asks or (meaning == "ask" and again != said), again
    percent = "ratio" in said or bool(_PERCENTS[-1][0].search(said))
    for percents, meant in _PERCENTS:
        said = percents.sub(meant, said)
    sure = asks or bool(re.search(r"[+*√]", said))  # "10-20" and "24/7" alone are no sums
    if not numbers or not _SUM.fullmatch(said) or not re.search(r"[+\-*/√]", said) or not sure:
        return None
    if percent and len(spans) == 2:
        part, whole = sorted((0, 1), key=lambda n: said.replace(" ", "").find(f"n{n}"))
        return said, numbers, f"{text[slice(*spans[part])]} ÷ {text[slice(*spans[whole])]}", percent
    root = re.sub(r"√\s*(n\d+|\([^()]*\))", r"root(\1)", said)
    if "√" in said or "**" in said:
        shown = re.sub(r"n(\d+)", lambda found: text[slice(*spans[int(found[1])])], re.sub(r"\s+", "", said))
        for meant, sign_ in (("**2", "²"), ("**3", "³"), ("**", "^"), ("*", " × "), ("/", " ÷ "), ("+", " + ")):
            shown = shown.replace(meant, sign_)
        return root, numbers, shown, percent
    first = min([spans[0][0], *(text.find(mark) for mark in "√(-−$€£¥₹" if -1 < text.find(mark) < spans[0][0])])
    tail = re.match(r"\s*[%٪％€)]*", text[spans[-1][1] :])
    return root, numbers, text[first : spans[-1][1] + (tail.end() if tail else 0)].strip(), percent


@cache
def _words(lang: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What words mean in a sum, the longest first; those that only ask mean nothing."""
    told = dict(line.split(": ", 1) for line in assets.text("calculators/sums.txt").splitlines() if ": " in line and line[0] != "#")
    every = [(phrase, meaning) for meaning in _MEANINGS for phrase in told.get(f"{lang} {meaning}", "").split("|") if phrase]
    every.sort(key=lambda one: -len(one[0]))
    edge = (r"", r"") if lang in {"zh", "ja"} else (r"(?<![^\W_])", r"(?![^\W_])")
    return tuple((re.compile(edge[0] + re.escape(plain(phrase)) + edge[1]), meaning) for phrase, meaning in every)


def _value(tree: ast.expr, numbers: Sequence[Fraction]) -> Fraction:
    """What an expression is worth. Raises ValueError for what is no sum of ours, ZeroDivisionError, SyntaxError."""
    match tree:
        case ast.Constant(value=int(whole)):
            return Fraction(whole)
        case ast.Name(id=name) if name[0] == "n":
            return numbers[int(name[1:])]
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=inner):
            return -_value(inner, numbers) if isinstance(sign, ast.USub) else _value(inner, numbers)
        case ast.BinOp(left=left, op=sign, right=right):
            return _bounded(_paired(_value(left, numbers), sign, _value(right, numbers)))
        case ast.Call(func=ast.Name(id="root"), args=[inner]) if (value := _value(inner, numbers)) >= 0:
            root = Fraction(math.isqrt(value.numerator), math.isqrt(value.denominator))
            return root if root * root == value else Fraction(math.sqrt(value))
    raise ValueError(ast.dump(tree))


def _paired(one: Fraction, sign: ast.operator, other: Fraction) -> Fraction:
    match sign:
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
        case ast.Mult():
            return one * other
        case ast.Div():
            return one / other
        case ast.Pow() if other.denominator == 1 and abs(other) <= 100 and (not one or abs(math.log10(abs(one)) * other) < 30):
            return Fraction(one ** int(other))
    raise ValueError(sign)


def _bounded(value: Fraction) -> Fraction:
    if abs(value) > LARGEST:
        raise ValueError(value)
    return value


def _shown(sum_: str, value: Fraction, lang: str, unit: str) -> str:
    """The sum and its result, with ≈ where that has no end."""
    places = DIGITS if abs(value) < 1000 else 6
    ends = 2 if unit and unit != "%" else places
    rounded = Fraction(round(value * 10**ends), 10**ends)
    written = number(float(value), lang, unit, digits=places if unit in {"", "%"} or value.denominator == 1 else 2)
    if abs(value) >= 1e15:
        written = f"{unit}{int(value):,}" if lang == "en" else f"{unit}{int(value)}"
    return f"{sum_} {'=' if rounded == value else '≈'} **{written}**"
