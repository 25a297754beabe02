"""Formulas in Markdown: `$…$`, `$$…$$`, `\\(…\\)` and `\\[…\\]`, set by the browser as MathML and elsewhere as plain characters."""

import re
from collections.abc import Callable
from html import escape
from typing import Any

_UNREADABLE = (ValueError, IndexError, KeyError, TypeError, AttributeError, RecursionError, StopIteration)
"""What the readers of formulas raise where they cannot read one."""
_ENDS = {"\\(": "\\)", "\\[": "\\]"}
_ALIGNED = re.compile(r"\\(begin|end)\{(?:aligned|align|split|gathered|gather|equation|eqnarray)\*?\}")
_PRICE = re.compile(r"\d[^\\{}]*?(?:\$|(?<!\w)[^\W\d_]{2,})")
_RAISED, _LOWERED = (re.compile(rf"(?<!\\)\{mark}(?:([0-9n])|\{{([0-9n+\-=()]+)\}})") for mark in "^_")
_HIGH = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOW = str.maketrans("0123456789+-=()n", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙ")


def teach(reader: Any) -> None:
    """Teach a Markdown reader formulas. Prices are none: "$5 and $10" stays as it is."""
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.dollarmath.index import math_inline_dollar

    reader.use(dollarmath_plugin)
    held = math_inline_dollar(allow_space=False, allow_digits=False, allow_double=True)
    reader.inline.ruler.at("math_inline", lambda state, silent: not _priced(state, held) and held(state, silent))
    reader.inline.ruler.before("escape", "math_bracketed", _within)
    reader.block.ruler.before("fence", "math_block_bracketed", _alone, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    rules = reader.renderer.rules
    rules["math_inline"] = lambda tokens, i, options, env: to_mathml(tokens[i].content, "inline")
    for name in ("math_inline_double", "math_block", "math_block_label"):
        rules[name] = lambda tokens, i, options, env: to_mathml(tokens[i].content, "block")


def _priced(state: Any, held: Callable[[Any, bool], bool]) -> bool:
    """Whether what stands between two dollar signs from here on is a price, and words up to the next: "$5 a day, or 6$"."""
    start = state.pos
    inner = state.src[start + 1 : state.pos - 1] if held(state, True) else ""  # `held` moves on
    state.pos = start
    return bool(_PRICE.match(inner))


def _within(state: Any, silent: bool) -> bool:
    """A formula in brackets, where one begins."""
    opener = state.src[state.pos : state.pos + 2]
    end = state.src.find(_ENDS[opener], state.pos + 2) if opener in _ENDS else -1
    inner = state.src[state.pos + 2 : end].strip()
    if end < 0 or not inner:
        return False
    if not silent:
        token = state.push("math_inline" if opener == "\\(" else "math_inline_double", "math", 0)
        token.content, token.markup = inner, opener
    state.pos = end + 2
    return True


def _alone(state: Any, first: int, last: int, silent: bool) -> bool:
    """A formula in brackets on lines of its own, which may hold what would begin a list; one on a line stays in its paragraph."""

    def line(i: int) -> str:
        return str(state.src[state.bMarks[i] + state.tShift[i] : state.eMarks[i]]).strip()

    if state.is_code_block(first) or not line(first).startswith("\\["):
        return False
    end = next((i for i in range(first, last) if "\\]" in line(i)), None)
    if end is None or not line(end).endswith("\\]") or end == first or any(not line(i) for i in range(first, end)):
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.block, token.markup, token.map = True, "\\[", [first, end + 1]
        token.content = "\n".join(line(i) for i in range(first, end + 1))[2:-2].strip()
        state.line = end + 1
    return True


def to_mathml(source: str, display: str) -> str:
    """A formula as MathML, or as code where it cannot be read."""
    from latex2mathml.converter import convert

    try:
        return str(convert(_ALIGNED.sub(r"\\\1{matrix}", source), display=display))
    except _UNREADABLE:
        return f"<code>{escape(source)}</code>"
    except Exception as error:  # its own errors share no base class but Exception
        if type(error).__module__.startswith("latex2mathml"):
            return f"<code>{escape(source)}</code>"
        raise


def to_words(source: str) -> str:
    """A formula as plain characters: "x = (-b ± √(b² - 4ac))/(2a)"."""
    from pylatexenc.latex2text import LatexNodes2Text

    grouped, inner = source.strip(), r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
    grouped = _RAISED.sub(lambda found: str(found[1] or found[2]).translate(_HIGH), grouped)
    grouped = _LOWERED.sub(lambda found: str(found[1] or found[2]).translate(_LOW), grouped)
    before = ""
    while before != grouped:  # fractions in fractions
        before, grouped = grouped, re.sub(r"\\[dt]?frac" + inner + inner, r"(\1)/(\2)", grouped)
    try:
        words = " ".join(str(LatexNodes2Text(math_mode="text").latex_to_text(grouped)).split())
    except _UNREADABLE:
        return source.strip()
    return re.sub(r"\s*([±·×≈≤≥≠÷])\s*(?=\S)", r" \1 ", re.sub(r"\((\d+(?:\.\d+)?|\w)\)(?=/)|(?<=/)\((\d+(?:\.\d+)?|\w)\)", r"\1\2", words))


_CODE = r"(?P<code>```.*?(?:```|\Z)|`[^`\n]*`|\\\\)"
_SET = r"\\\((?P<inline>(?:(?!\n\n).)+?)\\\)|\\\[(?P<block>(?:(?!\n\n).)+?)\\\]"
_BRACKETS = re.compile(rf"{_CODE}|{_SET}", re.S)
_BEGUN = re.compile(rf"{_CODE}|{_SET}|\$\$.+?\$\$|(?P<begun>(?:\\[(\[]|\$\$)(?:(?!\n\n).)*\Z)", re.S)


def in_dollars(markdown: str) -> str:
    """Markdown with its formulas as every reader of Markdown knows them: `$…$` and `$$…$$`; code stays as it is."""

    def dollars(found: re.Match[str]) -> str:
        sign = "$" if found["inline"] else "$$"
        return found[0] if found["code"] else f"{sign}{(found['inline'] or found['block']).strip()}{sign}"

    return _BRACKETS.sub(dollars, markdown)


def ended(markdown: str) -> str:
    """The words up to a formula that has begun and not ended: what is shown of words that are still coming."""
    return next((markdown[: found.start()] for found in _BEGUN.finditer(markdown) if found["begun"]), markdown)
