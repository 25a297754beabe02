"""Words of a question in other ones: those spelt wrong put right, and what tables are called by in another language in English."""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache

from flipchart import assets
from flipchart.renderers import icons
from flipchart.renderers.question_words import Reader, Token, fold, stem, tokens, vocabulary

SHORTEST = 4  # letters of a word that can be told from others when one of them is wrong; a column's name may lack one of them
OWN = 0.06  # what a word of the table is likelier to be meant than another
NEAR = 0.8  # share of letters in order: one wrong of five, two of ten
_SMALL = "the there their many much more than have were their which what with when each most less least does from show list".split()
"""Words of questions so short that one wrong letter is much of them; they are told by their consonants."""

_UNITS = frozenset("inch inches feet foot yards miles pounds ounces gallons litres liters metres meters degrees acres".split())


def respelt(question: str, readers: Iterable[Reader]) -> tuple[str, Mapping[str, str]]:
    """The question with each word that nothing is known of as the only one that is spelt almost like it, and the words that changed."""
    every, put = list(readers), dict[str, str]()
    doubtful = [token for token in tokens(question) if _doubtful(token)]
    strange = frozenset.intersection(*(reader.strange(question) for reader in every)) if doubtful and every else frozenset()
    for token in reversed([token for token in doubtful if token.words in strange]):
        if right := _nearest(token, every):
            question = f"{question[: token.start]}{right}{question[token.end :]}"
            put[token.words] = right
    return question, dict(reversed(put.items()))


@cache
def _terms(lang: str) -> tuple[re.Pattern[str], Mapping[str, str]] | None:
    """What finds the terms of a language, the longest first, and what each is called in English; None where none are known."""
    known: dict[str, str] = {}
    for line in assets.text("languages/terms.txt").splitlines():
        english, _, spoken = line.partition(" = ")
        ours = [one.removeprefix(f"{lang} ") for one in spoken.split(" | ") if one.startswith(f"{lang} ")] if line[:1] != "#" else []
        known |= {_flat(word): english for one in ours for word in one.split("/") if _flat(word) not in known}
    words = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    edge = "" if lang in {"zh", "ja"} else r"\b"
    return (re.compile(f"{edge}(?:{words}){edge}"), known) if known else None


def _flat(words: str) -> str:
    """Words folded letter by letter, so that each stands where it stood: the ß of "groß" stays one letter."""
    return "".join(fold(letter)[:1] or letter for letter in words)


def in_english(question: str, lang: str) -> tuple[str, Mapping[str, str]]:
    """The question with the terms of its language that tables may be called by in English, and these."""
    told, put = _terms(lang.split("-")[0]), dict[str, str]()
    if told is None:
        return question, put
    out, end = "", 0
    for found in told[0].finditer(_flat(question)):
        put[question[found.start() : found.end()]] = told[1][found[0]]
        out += f"{question[end : found.start()]} {told[1][found[0]]} "
        end = found.end()
    return re.sub(r"  +", " ", out + question[end:]).strip(), put


def _doubtful(token: Token) -> bool:
    """Whether a word may be a slip of the fingers: it is written in letters of the alphabet, and is no other word."""
    word = token.folded
    if word in _UNITS:
        return False
    forms = {word, *(word.removesuffix(end) for end in ("er", "est", "ly", "ing", "ed", "es", "s"))}
    forms |= {bare for end in ("r", "st") if (bare := word.removesuffix(end)).endswith("e") and len(bare) > SHORTEST - 1}  # nicer, nicest
    return len(word) >= SHORTEST - 1 and word.isascii() and word.isalpha() and not any(len(one) > 2 and icons.spoken(one) for one in forms)


def _nearest(token: Token, readers: Iterable[Reader]) -> str:
    """The word that is meant; empty where none is near, or two are as near."""
    small = [word for word in _SMALL if word[0] == token.folded[0] and _consonants(word) == _consonants(token.folded)]
    if len(token.folded) <= SHORTEST and len(small) == 1:
        return small[0]
    near: dict[str, tuple[float, float, str]] = {}
    for word, worth in _known(token, readers):
        whole, bare = _alike(token.folded, fold(word)), stem(fold(word))
        ended = token.folded.startswith(token.stem) and fold(word).startswith(bare)
        share = max(whole, _alike(token.stem, bare)) if ended else whole  # "custmers" of "customer"
        if share >= NEAR:
            near[bare] = max(near.get(bare, (0.0, 0.0, "")), (share + worth, whole, word))
    ranked = sorted(near.values(), reverse=True)
    return ranked[0][2] if ranked and (len(ranked) == 1 or ranked[0][:2] > ranked[1][:2]) else ""


def _consonants(word: str) -> str:
    return "".join(letter for letter in word if letter not in "aeiou")


def _known(token: Token, readers: Iterable[Reader]) -> Iterator[tuple[str, float]]:
    """The words of the tables and of questions that begin as the word does, or with its second letter, and are about as long, each with
    what it is worth beside the others."""
    for reader in readers:
        for words, worth in ((reader.words(), OWN), (vocabulary(reader.lang), 0.0)):
            for word in words:
                begins = fold(word[:2])
                swapped = begins == token.folded[1::-1]
                least = SHORTEST if len(token.folded) >= SHORTEST or (worth and len(word) == SHORTEST) else len(word) + 1
                if (begins[:1] == token.folded[0] or swapped) and abs(len(word) - len(token.folded)) <= 2 and len(word) >= least:
                    yield word, worth


def alike(said: str, word: str) -> bool:
    """Whether two words are so near that one need not be told for the other: "Kontinent" and "continent"."""
    return _alike(said, word) >= NEAR


def _alike(said: str, word: str) -> float:
    """The share of the letters of both words that stand in the same order; two that changed places count as one that is wrong."""
    share = SequenceMatcher(None, said, word, autojunk=False).ratio()
    if len(said) == len(word):
        wrong = [n for n, (a, b) in enumerate(zip(said, word, strict=True)) if a != b]
        if len(wrong) == 2 and wrong[1] == wrong[0] + 1 and said[wrong[0]] == word[wrong[1]] and said[wrong[1]] == word[wrong[0]]:
            return max(share, 1 - 0.5 / len(said))
    return share
