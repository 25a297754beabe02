"""What Flipchart is and does, told at once to who asks that or only greets, in nine languages; no language model is asked."""

import re
from collections.abc import Iterator
from functools import cache

from flipchart.models.events import Event, Offered, Planned, Request, Said
from flipchart.models.language import detect
from flipchart.models.router import plain
from flipchart.renderers.words import LANGUAGES, say

LONGEST = 80  # characters of a message that asks no more than that


def answer(request: Request) -> Iterator[Event] | None:
    """What Flipchart does, with three questions to begin with; None where anything else is asked."""
    lang = None if request.files or request.form not in (None, "text") else asked(request.text, request.lang, first=not request.history)
    return None if lang is None else _told(lang)


def _told(lang: str) -> Iterator[Event]:
    yield Planned("text", (("text", 1.0),), say("reason.introduction", lang), 0.0)
    yield Said(say("introduction.told", lang))
    yield Offered(tuple(say("introduction.questions", lang).split("|")))


def asked(words: str, lang: str = "", *, first: bool = True) -> str | None:
    """The language in which `words` ask what Flipchart does, or greet it and say no more; None where they say anything else. What "this"
    is, they ask of it only where they come `first`."""
    if len(words) > LONGEST:
        return None
    low = _bare(words)
    likely = [one.split("-")[0] for one in (lang, detect(words))]
    for tongue in dict.fromkeys((*(one for one in likely if one in LANGUAGES), *LANGUAGES)):
        left = _greeting(tongue).sub("", low).strip()
        if (
            left in _sayings("introduction.asked", tongue)
            or (first and left in _sayings("introduction.first", tongue))
            or (low and not left)
        ):
            return tongue
    return None


@cache
def _sayings(key: str, lang: str) -> frozenset[str]:
    return frozenset(map(_bare, say(key, lang).split("|")))


@cache
def _greeting(lang: str) -> re.Pattern[str]:
    """What a message in `lang` may begin with."""
    words = "|".join(re.escape(one) for one in sorted(_sayings("introduction.greeting", lang), key=len, reverse=True))
    end = "" if lang in {"zh", "ja"} else r"(?!\S)"
    return re.compile(rf"^(?:(?:{words}){end}\s*)+")


def _bare(words: str) -> str:
    """Words in lower case by their letters, without accents and signs."""
    return " ".join(re.sub(r"[^\w\u0900-\u097f]+", " ", plain(words)).split())
