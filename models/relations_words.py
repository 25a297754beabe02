"""The words of a description of who does what to whom: tokens, verbs in five languages, and when two names are one thing."""

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cache

from flipchart import assets
from flipchart.models.router import plain

LANGUAGES = ("en", "es", "de", "fr", "pt")
Phrase = tuple[str, ...]

_TOKEN = re.compile(r"[^\W_](?:[\w.+#/&@'’-]*[\w+#])?|&|,|;|\S")
_ELIDED = re.compile(r"(?:l|d|qu|j|s|n)['’]", re.I)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a part of a contraction, or a sign; and where it stands."""

    low: str
    start: int
    end: int

    @property
    def word(self) -> bool:
        return self.low[0].isalnum()


@dataclass(frozen=True, slots=True)
class Frame:
    """What may follow a verb: a thing, a word that leads a thing, or both."""

    thing: bool
    lead: str


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb in the forms that descriptions use; words of a form are told apart by spaces."""

    one: str
    many: str
    done: str
    frames: tuple[Frame, ...]
    rank: str = ""
    """"^": who does it stands above; "v": below; "~": it says only that something moves."""
    last_one: str = ""
    last_many: str = ""
    """How it ends a clause, where the verb comes last there."""

    @property
    def tail(self) -> str:
        """The part that stands at the end of a clause, or ""."""
        return self.one.partition("…")[2]

    @property
    def done_to(self) -> bool:
        """Whether it is done to a thing, so that the thing "is" something "by" who does it."""
        return Frame(True, "") in self.frames

    def form(self, many: bool) -> str:
        """The form as it is said, without its tail."""
        return (self.many if many else self.one).partition("…")[0]


@dataclass(frozen=True)
class Lexicon:
    """A language's words: phrases by what they are for, and verbs by each of their forms."""

    lang: str
    phrases: dict[str, frozenset[Phrase]]
    split: dict[str, Phrase]
    finite: dict[Phrase, tuple[tuple[Verb, bool], ...]]
    """(verb, whether of many) by form."""
    final: dict[Phrase, tuple[tuple[Verb, bool], ...]]
    done: dict[Phrase, tuple[Verb, ...]]
    ones: frozenset[str]
    """Words that are a verb's form of one: no name begins with them unless an article stands before it."""

    def has(self, use: str, word: str) -> bool:
        """Whether a single word is listed for a use."""
        return (word,) in self.phrases.get(use, ())

    def at(self, use: str, tokens: tuple[Token, ...], i: int) -> list[int]:
        """Where the phrases listed for `use` that begin at `i` end, longest first."""
        return ends(self.phrases.get(use, frozenset()), tokens, i)


def ends(phrases: Container[Phrase], tokens: tuple[Token, ...], i: int) -> list[int]:
    """Where the phrases that begin at `i` end, longest first."""
    sizes = range(min(4, len(tokens) - i), 0, -1)
    return [i + size for size in sizes if tuple(token.low for token in tokens[i : i + size]) in phrases]


@cache
def lexicon(lang: str) -> Lexicon:
    """The words of one of LANGUAGES."""
    head, _, verbs = assets.text(f"relations/{lang}.txt").partition("\nverbs:\n")
    told = dict(line.split(": ", 1) for line in head.splitlines() if line and not line.startswith("#"))
    split = {word: tuple(parts.split()) for word, _, parts in (one.partition("=") for one in told.pop("split", "").split("|") if one)}
    phrases = {use: frozenset(_words(phrase) for phrase in line.split("|")) for use, line in told.items()}
    finite: dict[Phrase, list[tuple[Verb, bool]]] = {}
    final: dict[Phrase, list[tuple[Verb, bool]]] = {}
    done: dict[Phrase, list[Verb]] = {}
    for line in verbs.splitlines():
        forms, _, after = line.partition(": ")
        one, many, past, *last = [form.replace("_", " ") for form in forms.split()]
        signs = after.split()
        rank = next((sign for sign in signs if sign in {"~", "^", "v"}), "")
        frames = tuple(Frame(sign.startswith("="), sign.removeprefix("=")) for sign in signs if sign != rank)
        verb = Verb(one, many, past, frames, rank, *(last or (one, many)))
        for several in (False, True):
            finite.setdefault(_words(verb.form(several)), []).append((verb, several))
            final.setdefault(_words(verb.last_many if several else verb.last_one), []).append((verb, several))
        for form in _inflected(past, lang):
            done.setdefault(_words(form), []).append(verb)
    ones = frozenset(form[0] for form, those in finite.items() if any(not several for _, several in those))
    told_by, ending = ({form: tuple(those) for form, those in shelf.items()} for shelf in (finite, final))
    return Lexicon(lang, phrases, split, told_by, ending, {form: tuple(those) for form, those in done.items()}, ones)


def _words(phrase: str) -> Phrase:
    return tuple(phrase.casefold().split())


def _inflected(done: str, lang: str) -> list[str]:
    """A participle as it agrees with what it is said of."""
    if lang in {"es", "pt"} and done.endswith("o"):
        return [done[:-1] + end for end in ("o", "a", "os", "as")]
    return [done + end for end in ("", "e", "s", "es")] if lang == "fr" else [done]


def tokens(text: str, lexis: Lexicon) -> tuple[Token, ...]:
    """The words and signs of `text`; contractions as the words they stand for."""
    return tuple(_cut(text, lexis))


def _cut(text: str, lexis: Lexicon) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        low = match[0].casefold().replace("’", "'")
        if lexis.lang == "fr" and (short := _ELIDED.match(low)) and short.end() < len(low):
            yield Token(low[: short.end()], start, start + short.end())
            start, low = start + short.end(), low[short.end() :]
        if low in lexis.split:
            yield from (Token(part, start, end) for part in lexis.split[low])
        else:
            yield Token(low, start, end)


# ---- names ----


@dataclass(frozen=True, slots=True)
class Name:
    """Something a description speaks of: what it is called, whether a sentence begins with it, and its article."""

    words: str
    begins: bool = False
    article: str = ""

    def key(self, lang: str) -> str:
        """What all mentions of the same thing have in common."""
        return " ".join(singular(word, lang) for word in plain(self.words).replace("-", " ").replace("_", " ").split())


def singular(word: str, lang: str) -> str:
    """A plain word without what makes it a plural, as far as its ending tells; for comparing, not for showing."""
    if len(word) < 4:
        return word
    if lang == "de":
        return re.sub(r"(?:en|n|e|s)$", "", word) if len(word) > 4 else word
    if lang == "pt" and word.endswith(("oes", "aes")):
        return f"{word[:-3]}ao"
    if lang == "fr" and word.endswith("aux") and word != "reseaux":
        return f"{word[:-1]}" if word.endswith("eaux") else f"{word[:-3]}al"
    if lang == "en" and word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if lang == "en" and re.search(r"(?:ss|sh|ch|x|z)es$", word):
        return word[:-2]
    if lang in {"es", "pt"} and re.search(r"[rldnj]es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
