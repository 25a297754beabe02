"""The shipped icons: finding one that fits some words, its markup, and its outlines for programs that draw shapes.

Two styles: "line" (one colour, one stroke weight, drawn in currentColor) and "flat" (small coloured pictures).
Finding is strict: an icon is taken only where its name, its tags or the curated concepts say so, else there is none.
"""

import re
import sqlite3
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product
from math import ceil, radians, sqrt
from typing import Any, Literal
from xml.etree import ElementTree

from flipchart import assets
from flipchart.renderers.problem import Missing

Style = Literal["line", "flat"]
Scores = Callable[[str], Mapping[str, float]]
"""Likeness by meaning of the icons it knows to some words: names with -1..1. Who judges it, this file does not know."""

SURE = 0.5  # a score from which an icon is taken
SURELY = 0.98  # a score from which the words are the icon's own
STRONG = 0.9  # a word that means the icon for sure may carry a title whose other words it leaves open
CARRIED = 0.33
ABROAD = 0.3  # the share of a title that a known word of another language must make up
OPEN = 0.3  # words that weigh less may go unanswered
# By meaning, measured on tests/icon_phrases.tsv: means the words; so much more that it is taken instead; does not mean them.
MEANT, MEANT_MORE, MORE, STRANGE = 0.45, 0.48, 0.25, 0.1
RELATED = 0.38  # the same, from which an icon is of the same matter: enough beside others that fit
PLAIN = ("tabler:circle-check", "tabler:bulb", "tabler:star", "tabler:flag", "tabler:bookmark")
READ = 200  # characters of a title that are read
LONGEST = 5  # words of the longest phrase that is looked up

_STOP = frozenset(
    "a all an and any are as at be but by can do does for from get had has have how i icon icons in into is it its let"
    " ahead every me more most my of on one or our over per should so some such symbol than that the their them then there these"
    " they this those through to under us via was we what when where which who will with within would you your".split()
)
_PREPOSITIONS = frozenset("about against at between by during for from in into of on over per through to under via with".split())
_AND = frozenset("and or vs versus plus".split())
_SHUNNING = frozenset("avoid stop quit skip ban eliminate".split())
_NOT = frozenset("no not non without never dont isnt cannot cant lacking".split())
# Words that say little about the picture: the words beside them say more.
_LIGHT = frozenset(
    "actual activities activity additional advanced aspect based basic better big business common core current daily day"
    " days different driven effective enhanced every example factor final first full general good great high higher"
    " important improved inc initiative item key large level life long low lower main major management market method"
    " modern monthly multiple needs new offering other overall phase plan possible potential process program programme"
    " project rate real related rollout service short small smart solution special specific stage standard state step"
    " strategy strong system times top total type use used using various way weekly well yearly".split()
)
# Prefixes and endings that other icon sets put around the word itself.
_FOREIGN_SET = re.compile(
    r"^(?:(?:fa[sbrl]?|mdi|bx)-|(?:mdi|fa[sbrl]?|bi|ph|ri|ion|ic|uil|lucide|tabler|feather|heroicons|carbon|octicon|fluent|bx|ep|gg|"
    r"material-symbols|ant-design|simple-icons|logos|solar|iconoir|mingcute|icon-park)[:/])",
    re.IGNORECASE,
)
_AWESOME = re.compile(r"^fa(?:[srlbd]|-\w+) (?=fa-)")
_FOREIGN_ENDING = re.compile(
    r"[-_ ](?:outline|outlined|filled|fill|bold|solid|regular|duotone|rounded|thin|linear|sharp|icon|24px|24|20|16)$",
    re.IGNORECASE,
)
_LINED = re.compile(r"(?<=^mingcute[:/])(.+)-line$|(?<=^ri[:/])(.+)-line$", re.IGNORECASE)  # drawn in lines, not a line
_ELISION = re.compile(r"\b(?:[ldjcmnstq]|qu|un|all|dell|nell|sull)['’]", re.IGNORECASE)  # l’eau, dell’acqua
# Plurals of German, French, Italian, Portuguese and Spanish: an ending, and what may stand in its place in the singular.
_PLURALS: tuple[tuple[str, str], ...] = (
    ("ões", "ão"), ("ães", "ão"), ("ones", "ón"), ("ces", "z"), ("ais", "al"), ("éis", "el"), ("ns", "m"), ("s", ""), ("es", ""),
    ("aux", "al"), ("x", ""), ("chi", "co"), ("che", "ca"), ("i", "o"), ("i", "io"), ("i", "e"), ("ungen", "ung"), ("ionen", "ion"),
    ("n", ""), ("er", ""), ("e", ""), ("", ""),
)  # fmt: skip
_UMLAUTS = str.maketrans("äöü", "aou")
_SINGULAR = 0.93  # how faithful the singular is to a plural that is not known
_HEAD_LAST = re.compile("[\u0900-\u0dff\u3040-\u9fff\uac00-\ud7a3]")  # scripts whose languages put the main word last
_NO_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class IconArt:
    """One icon: its markup stands in a box from 0 0 to width height, with currentColor where it takes a colour."""

    name: str
    width: float
    height: float
    body: str
    licence: str
    author: str
    set: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """One shape of an icon, in the icon's own box: commands M, L, C and Z with absolute coordinates.

    Colours are "#rrggbb", a CSS name or "currentColor"; `width` is that of the stroke, whose ends and corners are
    round in the line set.
    """

    d: tuple[tuple[str, tuple[float, ...]], ...]
    fill: str | None
    stroke: str | None
    width: float
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    weight: float
    negates: bool


@dataclass(slots=True)
class _Hit:
    """How well one icon answers: the best weight per word of the question."""

    name: str
    best: dict[int, float]
    phrase: int = 1

    def score(self, words: list[_Word]) -> float:
        """0..1, and a little more where several words are one known phrase."""
        total = sum(word.weight for word in words)
        reached = sum(words[place].weight * weight for place, weight in self.best.items())
        return reached / total + 0.01 * (self.phrase - 1) if total else 0.0


LEAD = re.compile(
    r"(?:(?:an?|the|my|your|una?|uma?|une?|ein|eine|la|les|los|las|os|die|le|l['’])\s*)?(?:(?:short|brief|quick|gentle|first)\s+)?(?:"
    r"(?:introduction|intro|primer|guide|beginner['’]s guide|getting started|first steps|introduction aux?)\s+(?:to|with|in|into)|"
    r"(?:guide|overview|basics|fundamentals|essentials|world)\s+(?:of|to|for)|(?:everything|all)\s+about|"
    r"introducción\s+(?:al?|a\s+l[oa]s?)|introdução\s+(?:ao?s?|à)|guía\s+(?:de|del|para)|guia\s+(?:de|do|da|para)|introduction\s+(?:à|aux?)|"
    r"guide\s+(?:de|du|des)|einführung\s+in(?:\s+(?:die|das|den))?|grundlagen\s+(?:der|des|von))\s+(?=\S)",
    re.I,
)
"""How titles begin before they say what they are about."""


def find(words: str, *, style: Style = "line", scores: Scores | None = None) -> str | None:
    """The icon that fits `words` best, such as "tabler:rocket"; None where none fits.

    Takes a title, a keyword, an emoji, or an icon's name in this or another set. With `scores`, what the words find must also mean them,
    and where they find nothing (or much less) it is found by meaning.
    """
    if lead := LEAD.match(words.strip()):
        return find(words.strip()[lead.end() :], style=style, scores=scores)
    said = _find(words, style)
    if scores is None or _by_name(words.strip()[:READ], style):
        return said
    meant = scores(words.strip()[:READ])
    if not meant:
        return said
    best = min(meant, key=lambda name: (-meant[name], name))
    if said is None and lacks(words, style):
        return None
    if said is not None and (said not in meant or (_means(said, words, style) and not _called(best, words))):
        return said  # nothing is known of it, or it is meant for sure
    if said is not None and meant[best] - meant[said] > MORE and meant[best] >= MEANT_MORE:
        return best
    if said is None or meant[said] < STRANGE:
        return best if meant[best] >= MEANT else None
    return said


def lacks(words: str, style: Style = "line") -> bool:
    """Whether `words` name one thing that no icon of the style shows: what is near it in meaning is another thing."""
    said = [word.text for word in _weighed(words.strip()[:READ]) if word.weight]
    forms = [form for form, _ in _variants(said[0])] if len(said) == 1 else [" ".join(said)]
    return bool(_rows(f"SELECT 1 FROM lacking WHERE style = ? AND term IN ({','.join('?' * len(forms))})", style, *forms))


def _means(name: str, words: str, style: Style) -> bool:
    """Whether the icon answers all of the words, each surely."""
    asked = _weighed(words.strip()[:READ])
    hit = _hits(asked, style).get(name)
    return hit is not None and hit.score(asked) >= SURELY


def _called(name: str, words: str) -> bool:
    """Whether an icon's own name is just these words."""
    return _plain(name.partition(":")[2]) == _plain(words)


def named(things: Iterable[Iterable[str]], scores: Scores | None = None) -> list[str]:
    """An icon for each thing, no two the same: what its words find, else what is nearest to their meaning, else, for one in three, a sign
    that says nothing of its own; empty where that is not enough."""
    told = []
    for thing in things:
        said = [words for words in thing if words.strip(" :")]
        lost = tuple(words for words in said if lacks(words))  # "Lion: the king of beasts" is still a lion
        told.append([words for words in said if not (lost and words.startswith(lost))])
    out: list[str] = []
    plain = 0
    for words in told:
        name = next((name for one in words if (name := find(one, scores=scores)) and name not in out), None)
        name = name or (_nearest(words, out, scores) if scores else None)
        if name is None:
            plain += 1
            name = next((sign for sign in PLAIN if sign not in out), PLAIN[0])
        out.append(name)
    return out if plain <= len(told) // 3 else []


def _nearest(told: Sequence[str], taken: Sequence[str], scores: Scores) -> str | None:
    """The icon that none has taken whose meaning is nearest to some words, where it is near enough to be of the same matter."""
    meant = [(score, name) for words in told for name, score in scores(words.strip()[:READ]).items() if score >= RELATED]
    return max((pair for pair in meant if pair[1] not in taken), default=(0.0, None))[1]


@lru_cache(maxsize=4096)
def _find(words: str, style: Style) -> str | None:
    words = words.strip()[:READ]
    named = _by_name(words, style)
    if named:
        return named
    asked = _weighed(words)
    refused = [place for place, word in enumerate(asked) if word.negates]
    hits = _hits(asked, style)
    ranked = _ranked(hits, asked)
    if refused and not any(_answers_no(hits[name], asked) for name, _ in ranked[:1] if name in hits):
        return _turned_off(asked, style)
    if len(asked) > 1 and asked[0].text in _SHUNNING and not any(0 in hits[name].best for name, _ in ranked[:1] if name in hits):
        rest = " ".join(word.text for word in asked[1:])
        return _by_name(f"{_find(rest, style)}-off", style) or _find(rest, style)
    for name, score in ranked[:25]:
        answered = hits[name].best if name in hits else {}
        complete = all(place in answered for place, word in enumerate(asked) if word.weight >= OPEN)
        strong = max(answered.values(), default=0.0) >= STRONG
        if (score >= SURE and complete) or (score >= CARRIED and strong):
            return name
    if words.isascii() and (ranked or _hits(asked, "flat" if style == "line" else "line")):
        return None  # English, though with nothing that fits
    abroad = _elsewhere(words, style)
    return abroad[0][0] if abroad and not refused else None


def search(words: str, limit: int = 10, style: Style = "line") -> list[tuple[str, float]]:
    """Up to `limit` icons that have to do with `words`, best first, with scores (about 0..1)."""
    words = words.strip()[:READ]
    named = _by_name(words, style)
    asked = _weighed(words)
    ranked = _ranked(_hits(asked, style), asked)
    if not ranked or ranked[0][1] < SURE:
        ranked = sorted({**dict(ranked), **dict(_elsewhere(words, style))}.items(), key=_order)
    if named:
        ranked = [(named, 1.0), *(pair for pair in ranked if pair[0] != named)]
    return ranked[:limit]


def line_of(flat: str) -> str:
    """The line icon that says the same as a flat picture; empty where there is none."""
    rows = _rows("SELECT l.name FROM pairs p JOIN icons f ON f.id = p.flat JOIN icons l ON l.id = p.line WHERE f.name = ?", flat)
    return str(rows[0][0]) if rows else ""


@cache
def spoken(word: str) -> bool:
    """Whether one English word, or a form of it, names or describes any icon: it is a word then."""
    forms = [form for form, _ in _variants(word)]
    return bool(_rows(f"SELECT 1 FROM terms WHERE term IN ({','.join('?' * len(forms))}) LIMIT 1", *forms))


def worded(name: str, words: str) -> bool:
    """Whether `words` hold each word of the icon's name, in any of its forms."""
    said = {form for text in _plain(words).split() for form, _ in _variants(text)}
    return set(_plain(name.partition(":")[2]).split()) <= said


def catalogue(style: Style = "line") -> list[tuple[str, str]]:
    """Every icon of a style with the words it stands for, such as ("tabler:rocket", "rocket: launch, startup")."""
    rows = _rows("SELECT name, label, words FROM icons WHERE style = ? ORDER BY id", style)
    return [(name, f"{label}: {words}" if words else label) for name, label, words in rows]


@lru_cache(maxsize=1024)
def svg_body(name: str) -> IconArt:
    """The markup of an icon; raises Missing where there is none of that name."""
    rows = _rows(
        "SELECT i.name, i.style, i.width, i.height, i.body, s.licence, s.author, s.title FROM icons i"
        " JOIN sets s ON s.prefix = substr(i.name, 1, instr(i.name, ':') - 1)"
        " WHERE i.name = ? OR i.id = (SELECT icon FROM aliases WHERE name = ?)",
        name,
        name,
    )
    if not rows:
        raise Missing(f"There is no icon {name!r} among the shipped ones; look for one that fits by other words.")
    own, style, width, height, packed, licence, author, title = rows[0]
    unpacked = zlib.decompressobj(-15, zdict=_dictionary(style)).decompress(packed).decode()
    # Pictures share one page: what they define for themselves is named after them.
    body = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{own.replace(':', '-')}-", unpacked)
    return IconArt(own, width, height, body, licence, author, title)


@lru_cache(maxsize=512)
def outlines(name: str) -> tuple[Stroke, ...]:
    """The shapes of an icon from back to front, every curve as cubics; raises Missing where there is none.

    Gradients become their middle colour; clips, masks and filters are left out.
    """
    art = svg_body(name)
    root = ElementTree.fromstring(f'<svg xmlns:xlink="http://www.w3.org/1999/xlink">{art.body}</svg>')
    known = {element.get("id", ""): element for element in root.iter()}
    return tuple(_shapes(root, known, _Look()))


# --- finding


def _weighed(words: str) -> list[_Word]:
    """The words of a question with how much each says: in a title the last word before "of", "for", … says most."""
    texts = _plain(re.sub(r"(?<=\w{3})\s*[&/+]\s*(?=\w{3})", " and ", words)).split()[:24]
    weights: list[float] = []
    segment: list[str] = []
    after, joined = False, False

    def close() -> None:
        telling = [place for place, text in enumerate(segment) if not _light(text)] or [len(segment) - 1]
        for place, text in enumerate(segment):
            head = place == telling[-1]
            weight = (0.6 if head else 0.4) if after else (0.9 if joined else 1.0) if head else 0.55
            weights.append(weight if head or not _light(text) else 0.25)
        segment.clear()

    content: list[bool] = []
    for text in texts:
        said = text not in _STOP or text in _NOT
        content.append(said)
        if text in _PREPOSITIONS or text in _AND:
            close()
            after, joined = after or text in _PREPOSITIONS, joined or text in _AND
            if text in _AND:
                after = False
        if said:
            segment.append(text)
    close()
    if not any(content):
        return [_Word(text, 1.0, False) for text in texts]
    given = iter(weights)
    asked = [_Word(text, next(given) if said else 0.0, text in _NOT) for text, said in zip(texts, content, strict=True)]
    if len(asked) > 1 and asked[-1].text == "free":  # "sugar free" is no sugar
        asked[-1] = _Word("free", 0.9, True)
    return asked


def _light(text: str) -> bool:
    return text in _LIGHT or text.removesuffix("s") in _LIGHT


def _hits(words: list[_Word], style: Style) -> dict[str, _Hit]:
    """Every icon that answers to some of the words."""
    looked: defaultdict[str, list[tuple[int, int, float]]] = defaultdict(list)  # term: (from, to, faithfulness)
    for start in range(len(words)):
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            span = words[start:end]
            if not any(word.weight for word in span) or (len(span) > 1 and not span[-1].weight and not span[0].weight):
                continue
            for term, faith in _terms([word.text for word in span]):
                looked[term].append((start, end, faith))
    hits: dict[str, _Hit] = {}
    for term, name, weight in _answers(list(looked), style):
        hit = hits.setdefault(name, _Hit(name, {}))
        for start, end, faith in looked[term]:
            for place in range(start, end):
                hit.best[place] = max(hit.best.get(place, 0.0), weight / 100 * faith)
            hit.phrase = max(hit.phrase, end - start)
    return hits


def _answers(terms: list[str], style: Style) -> Iterator[tuple[str, str, int]]:
    for first in range(0, len(terms), 500):
        some = terms[first : first + 500]
        yield from _rows(
            "SELECT t.term, i.name, t.weight FROM terms t JOIN icons i ON i.id = t.icon"
            f" WHERE t.term IN ({','.join('?' * len(some))}) AND i.style = ?",
            *some,
            style,
        )


def _terms(texts: list[str]) -> Iterator[tuple[str, float]]:
    """The ways in which a phrase may be written in the index, with how faithful each is to what was asked."""
    if len(texts) == 1:
        yield from _variants(texts[0])
        return
    few = [_variants(text)[:3] for text in texts]
    for combination in product(*few) if len(texts) <= 3 else [tuple(one[0] for one in few)]:
        faith = min(faith for _, faith in combination)
        forms = [text for text, _ in combination]
        yield " ".join(forms), faith
        if len(forms) <= 3:
            yield "+".join(sorted(forms)), faith
        if len(forms) == 2:
            yield "".join(forms), faith * 0.97


@cache
def _variants(text: str) -> tuple[tuple[str, float], ...]:
    """A word and its singular, plural and base forms, each with its faithfulness."""
    found = {text: 1.0}

    def also(form: str, faith: float) -> None:
        if len(form) > 2:
            found.setdefault(form, faith)

    if not text.isascii() or len(text) < 3:
        return tuple(found.items())
    if text.endswith("ies"):
        also(text[:-3] + "y", 0.99)
    if text.endswith(("ches", "shes", "sses", "xes", "zes", "oes")):
        also(text[:-2], 0.99)
    if text.endswith("ves"):
        also(text[:-3] + "f", 0.98)
        also(text[:-3] + "fe", 0.98)
    if text.endswith("s") and not text.endswith(("ss", "us", "is")):
        also(text[:-1], 0.99)
    for british, american in (("isation", "ization"), ("ising", "izing"), ("ise", "ize"), ("our", "or"), ("tre", "ter")):
        if text.endswith(british):
            also(text.removesuffix(british) + american, 0.97)
    for ending in ("ing", "ed"):
        if text.endswith(ending) and len(text) > len(ending) + 3:
            base = text.removesuffix(ending)
            also(base, 0.94)
            also(base + "e", 0.94)
            if base[-1] == base[-2]:
                also(base[:-1], 0.94)
    also(text + "s", 0.97)
    if len(text) > 4:
        also((text[:-1] if text.endswith("e") else text) + "ing", 0.92)
    return tuple(found.items())


def _ranked(hits: dict[str, _Hit], asked: list[_Word]) -> list[tuple[str, float]]:
    """Icon names with their scores, best first."""
    return sorted(((name, hit.score(asked)) for name, hit in hits.items()), key=_order)


def _order(pair: tuple[str, float]) -> tuple[float, int, str]:
    """The better score first, then the shorter name, which is the more ordinary icon."""
    return -round(pair[1], 4), len(pair[0]), pair[0]


def _answers_no(hit: _Hit, asked: list[_Word]) -> bool:
    """Whether an icon stands for the "no" of a question too, such as the one for "no internet"."""
    refused = {place for place, word in enumerate(asked) if word.negates}
    return refused <= hit.best.keys() and (hit.phrase > 1 or asked[-1].text != "free")


def _turned_off(asked: list[_Word], style: Style) -> str | None:
    """The struck-out icon for "no …"; None where there is none, for the plain one would say the opposite."""
    rest = " ".join(word.text for word in asked if not word.negates)
    positive = _find(rest, style) if rest else None
    return _by_name(f"{positive}-off", style) if positive and style == "line" else None


def _by_name(words: str, style: Style) -> str | None:
    """The icon that is called just so, here ("tabler:rocket", "rocket") or in another set ("mdi:rocket-launch")."""
    words = _AWESOME.sub("", words)
    if " " in words or not words.isascii():
        return None
    bare = _FOREIGN_ENDING.sub("", _LINED.sub(r"\1\2", words.lower()))
    for name in dict.fromkeys((words.lower(), bare)):
        for row in _rows(
            "SELECT name FROM icons WHERE style = ?1 AND (name = ?2 OR id = (SELECT icon FROM aliases WHERE name = ?2))",
            style,
            name,
        ):
            return str(row[0])
    if _FOREIGN_SET.match(bare):
        return _find(_FOREIGN_SET.sub("", bare).replace("-", " "), style)
    return None


def _elsewhere(words: str, style: Style) -> list[tuple[str, float]]:
    """Icons by emoji characters and words of other languages, best first; only where enough of the words is covered."""
    looked: dict[str, tuple[float, float]] = dict.fromkeys(_emoji(words), (1.0, 0.0))  # term: share covered, bonus of its place
    texts = _plain(_ELISION.sub("", words)).split()[:16]
    letters = sum(map(len, texts))
    last = bool(_HEAD_LAST.search(words))
    done = 0
    for start, text in enumerate(texts):
        for end in range(start + 1, min(start + 4, len(texts)) + 1):
            term = " ".join(texts[start:end])
            share = max((end - start) / len(texts), sum(map(len, texts[start:end])) / letters)
            if len(term) > 3 or not term.isascii():
                looked[term] = (share, 0.02 * (end / len(texts) if last else 1 - start / len(texts)))
        if _NO_SPACES.search(text):
            # A Thai word is several signs, and shorter words stand in longer ones by chance.
            for size in range(2 if last else ceil(0.7 * letters), min(len(text), 9)):
                for at in range(len(text) - size + 1):
                    looked[text[at : at + size]] = (size / letters, 0.02 * (done + at + size) / letters)
        done += len(text)
    found = _shown(looked, style)
    if not found:
        forms = {text: _singulars(text) for text in texts if text in looked}
        some = [form for listed in forms.values() for form in listed]
        known = {term for (term,) in _rows(f"SELECT DISTINCT term FROM elsewhere WHERE term IN ({','.join('?' * len(some))})", *some)}
        likeliest = {next((form for form in listed if form in known), ""): looked[text] for text, listed in forms.items()}
        found = {name: score * _SINGULAR for name, score in _shown(likeliest, style).items()}
    return sorted(found.items(), key=_order)


def _shown(looked: Mapping[str, tuple[float, float]], style: Style) -> dict[str, float]:
    """The icons that terms of other languages stand for, given the share that each covers and the bonus of its place."""
    if not looked:
        return {}
    rows = _rows(
        "SELECT e.term, e.weight, i.style, i.name, i.label, l.name FROM elsewhere e JOIN icons i ON i.id = e.icon"
        " LEFT JOIN pairs p ON p.flat = i.id LEFT JOIN icons l ON l.id = p.line"
        f" WHERE e.term IN ({','.join('?' * len(looked))})",
        *looked,
    )
    found: dict[str, float] = {}
    for term, weight, own, name, label, paired in rows:
        share, bonus = looked[term]
        if share < (ABROAD if weight >= 100 * STRONG else SURE) or weight < 100 * SURE or (own == "line" and style == "flat"):
            continue
        score = min(1.0, weight / 100 * share + bonus)
        if own != style:  # a flat picture that a line icon is wanted for
            name = paired
            score *= 0.99
        if name is None:
            asked = _weighed(label)
            same = _ranked(_hits(asked, style), asked)
            if not same or same[0][1] < 0.9:
                continue
            name, score = same[0][0], score * same[0][1]
        found[name] = max(found.get(name, 0.0), score)
    return found


def _singulars(text: str) -> list[str]:
    """What a word may be the plural of, the likeliest first; German ones may turn their vowel. Short ones are other words too often."""
    forms = [text.removesuffix(end) + last for end, last in _PLURALS if text.endswith(end)]
    plain = [form.translate(_UMLAUTS) for form in forms if text[-1] in "elrn"]
    return [form for form in dict.fromkeys(forms + plain) if form != text and (len(form) > 3 or form[-1:] == "z" or not form.isascii())]


def _emoji(words: str) -> list[str]:
    """The emoji characters in a text, joined ones whole, without presentation marks."""
    return re.findall(
        "[\U0001f1e6-\U0001f1ff]{2}|[\u2190-\u2bff\u3030-\u3299\U0001f000-\U0001faff](?:\u200d?[\u2640-\u2bff\U0001f000-\U0001faff])*",
        words.replace("\ufe0f", ""),
    )


def _plain(words: str) -> str:
    """Lower-case words of letters and digits with single spaces, as the index has them."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", words))  # camelCase
    folded = split.casefold().replace("i\u0307", "i").replace("c++", "cpp").replace("c#", "c sharp").replace("'", "").replace("’", "")
    return " ".join("".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in folded).split())


# --- the file


@cache
def _store() -> sqlite3.Connection:
    place = assets.path("icons/icons.sqlite")
    if not place.is_file():
        raise Missing("The icons are not there: install the whole package, or run assets/icons/build.py.")
    # Read only and never changed: no locks, and SQLite's own serialised mode makes it safe for every thread.
    return sqlite3.connect(f"{place.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


def _rows(question: str, *values: object) -> list[Any]:
    return _store().execute(question, values).fetchall()


@cache
def _dictionary(style: str) -> bytes:
    return bytes(_rows("SELECT bytes FROM dictionaries WHERE style = ?", style)[0][0])


# --- outlines


@dataclass(frozen=True, slots=True)
class _Look:
    """What an element takes over from those around it."""

    fill: str = "#000000"
    stroke: str = "none"
    width: float = 1.0
    opacity: float = 1.0
    place: tuple[float, float, float, float, float, float] = (1, 0, 0, 1, 0, 0)

    def within(self, element: ElementTree.Element) -> "_Look":
        return _Look(
            element.get("fill", self.fill),
            element.get("stroke", self.stroke),
            float(element.get("stroke-width", self.width)),
            self.opacity * float(element.get("opacity", 1)) * float(element.get("fill-opacity", 1)),
            _moved(self.place, element.get("transform", "")),
        )


def _moved(place: tuple[float, ...], transform: str) -> tuple[float, float, float, float, float, float]:
    """The matrix that applies an SVG transform list within `place`."""
    from fontTools.misc.transform import Transform

    matrix = Transform(*place)
    for kind, listed in re.findall(r"(\w+)\s*\(([^)]*)\)", transform):
        values = [float(value) for value in re.findall(r"[-+]?(?:\d*\.\d+|\d+)(?:e[-+]?\d+)?", listed)]
        if kind == "matrix":
            matrix = matrix.transform(values)
        elif kind == "translate":
            matrix = matrix.translate(*values)
        elif kind == "scale":
            matrix = matrix.scale(*values)
        elif kind == "rotate":
            around = values[1:] or [0.0, 0.0]
            matrix = matrix.translate(*around).rotate(radians(values[0])).translate(-around[0], -around[1])
    return tuple(matrix)


_UNDRAWN = {"defs", "clipPath", "mask", "filter", "linearGradient", "radialGradient", "symbol"}


def _shapes(element: ElementTree.Element, known: dict[str, ElementTree.Element], look: _Look) -> Iterator[Stroke]:
    """The shapes in an element, back to front."""
    inner = look.within(element)
    if element.tag == "use":
        href = element.get("href") or element.get("{http://www.w3.org/1999/xlink}href") or ""
        if (meant := known.get(href[1:])) is not None:
            yield from _shapes(meant, known, inner)
    elif element.tag in ("svg", "g", "symbol"):
        for child in element:
            if child.tag not in _UNDRAWN:
                yield from _shapes(child, known, inner)
    else:
        d = _commands(element, inner)
        fill, stroke = _colour(inner.fill, known), _colour(inner.stroke, known)
        if d and (fill or stroke):
            a, b, c, e, _, _ = inner.place
            yield Stroke(d, fill, stroke, inner.width * sqrt(abs(a * e - b * c)), round(inner.opacity, 3))


def _colour(paint: str, known: dict[str, ElementTree.Element]) -> str | None:
    """A paint as one colour: of a gradient its middle stop; None for none."""
    if paint.startswith("url("):
        gradient = known.get(paint[5:-1].strip("'\""))
        while gradient is not None and len(gradient) == 0:
            gradient = known.get((gradient.get("href") or gradient.get("{http://www.w3.org/1999/xlink}href") or "#")[1:])
        stops = [stop for stop in gradient if stop.get("stop-opacity", "1") != "0"] if gradient is not None else []
        return stops[len(stops) // 2].get("stop-color", "#000000") if stops else None
    return None if paint in ("none", "transparent") else paint


def _commands(element: ElementTree.Element, look: _Look) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """An element's outline as absolute M, L, C and Z; empty where it has none."""
    from fontTools.pens.recordingPen import RecordingPen
    from fontTools.pens.transformPen import TransformPen
    from fontTools.svgLib.path import parse_path
    from fontTools.svgLib.path.shapes import PathBuilder

    builder = PathBuilder()
    attributes = {key: value for key, value in element.attrib.items() if key != "transform"}  # that is in the look
    if not builder.add_path_from_element(ElementTree.Element(element.tag, attributes)):
        return ()
    pen = RecordingPen()
    parse_path(builder.paths[-1], TransformPen(pen, look.place))
    commands: list[tuple[str, tuple[float, ...]]] = []
    here = (0.0, 0.0)
    for operation, points in pen.value:
        if operation in ("closePath", "endPath"):
            if operation == "closePath":
                commands.append(("Z", ()))
            continue
        if operation == "qCurveTo":
            (cx, cy), end = points
            points = (*((x + 2 / 3 * (cx - x), y + 2 / 3 * (cy - y)) for x, y in (here, end)), end)
        letter = {"moveTo": "M", "lineTo": "L"}.get(operation, "C")
        commands.append((letter, tuple(round(number, 3) for point in points for number in point)))
        here = points[-1]
    return tuple(commands)
