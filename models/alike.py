"""How alike two pieces of writing are, in any script: what they are about, not how they are put."""

import re
from functools import lru_cache

from flipchart.models.language import WORDS
from flipchart.renderers.words import say

_WORD = re.compile(r"[\u0900-\u0dff]+|[^\W_]+(?:['’][^\W_]+)?")
# Scripts written without spaces are compared by pairs of signs.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


@lru_cache(maxsize=4096)
def subject(words: str, lang: str = "en") -> frozenset[str]:
    """What `words` are about: their words without the small ones of `lang`, endings of English plurals and the like cut."""
    low = words.casefold()
    small = WORDS.get(lang.split("-")[0], frozenset()) - _telling(lang)
    out = {f"{run[i : i + 2]}" for run in _UNSPACED.findall(low) for i in range(max(1, len(run) - 1))}
    for word in _WORD.findall(_UNSPACED.sub(" ", low)):
        if word not in small:
            out.add(re.sub(r"(?<=\w{3})(?:ies|ing|ed|es|s|y)$", "", word) if word.isascii() else word)
    return frozenset(out)


@lru_cache
def _telling(lang: str) -> frozenset[str]:
    """Words that the detector of languages lists since people write them to programs, though they say something."""
    return frozenset(say("compose.forms", lang).split()) | frozenset(say("compose.ordinals", lang).split())


def likeness(a: str, b: str, lang: str = "en") -> float:
    """0 to 1: the share of what either is about that both are about; 0 where one says nothing."""
    left, right = subject(a, lang), subject(b, lang)
    return len(left & right) / len(left | right) if left and right else 0.0


def covered(a: str, by: str, lang: str = "en") -> float:
    """0 to 1: the share of what `a` is about that `by` says too; 0 where `a` says nothing."""
    said = subject(a, lang)
    return len(said & subject(by, lang)) / len(said) if said else 0.0
