"""The router: which form an answer should take, in milliseconds, without a language model.

Three views of a message are weighed by one small trained head: what it says in concepts (`assets/router/concepts.txt`, the same
for every language), how it is spelt (hashed pieces of words), and what it means (sentence embeddings, where their weights are
on disk). What is certain by itself, such as a named form or an attached table, is among the concepts and the circumstances.
"""

import itertools
import json
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from flipchart import assets
from flipchart.models.language import detect
from flipchart.models.weights import home
from flipchart.models.wishes import WORDED
from flipchart.renderers.problem import Missing

FORMS = ("text", "chart", "infographic", "slides", "whiteboard", "app", "image", "animation")
KINDS = ("table", "text", "image", "deck", "other")
ENDINGS = {
    **dict.fromkeys((".csv", ".tsv", ".xlsx", ".xls", ".ods", ".parquet", ".json", ".jsonl"), "table"),
    **dict.fromkeys((".txt", ".md", ".pdf", ".docx", ".html", ".tex", ".rtf", ".odt"), "text"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".webp", ".gif", ".svg", ".heic"), "image"),
    **dict.fromkeys((".pptx", ".ppt", ".key", ".odp"), "deck"),
}  # what kind a file is by its name, where it is not said
BUCKETS = 1 << 16  # places for hashed pieces of words
BEGIN, END = 280, 160  # characters of a long message that are looked at: what is wanted stands first or last
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a message; `columns` are a table's."""

    name: str
    kind: str  # one of KINDS
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: the message, the conversation so far (its last line tells the last answer), its files."""

    text: str
    history: str | None = None
    files: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A form, the chance of each form to be accepted (each on its own, highest first), and one sentence why."""

    form: str
    forms: tuple[tuple[str, float], ...]
    reason: str


# ---- concepts: what people mean, in the words of many languages ----

BARE = {"ru", "pl", "tr", "hi"}  # every entry is the beginning of a word
ANYWHERE = {"zh": 0, "ja": 0, "ko": 1, "ar": 2}  # words are not told apart by blanks, or others stick to them; entries this short begin one
LONG = 5  # letters from which a Latin word counts in a message of a language without entries
VERY_LONG = 7  # and in an English message, for short ones are often taken for English
LATIN = {"en", "es", "pt", "fr", "de", "it", "nl", "pl", "tr", "id"}

TO_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "ı": "i", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا",
     "ى": "ي", "ة": "ه", "ـ": "", "\u093c": ""}
)  # fmt: skip
MARKS = re.compile("[\u0300-\u036f\u064b-\u0655\u0670\u200c\u200d]")
WORD = re.compile(r"[\w\u0300-\u036f\u0900-\u0963\u0980-\u0dff\u0e00-\u0e7f'+#]+")


def plain(text: str) -> str:
    """`text` in small letters, without accents and with one spelling of what is written in several ways."""
    spread = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold()).translate(TO_PLAIN)
    return unicodedata.normalize("NFC", MARKS.sub("", spread))


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """Entries by what they look like: {entry: [(concept, language)]}, and how far to look."""

    names: tuple[str, ...]
    words: dict[str, list[tuple[int, str]]]
    starts: dict[str, list[tuple[int, str]]]
    parts: dict[str, list[tuple[int, str]]]
    reach: int  # characters of the longest entry that begins a word
    stretch: int  # characters of the longest entry that may stand anywhere


@cache
def lexicon() -> _Lexicon:
    """The concepts, read once."""
    names: list[str] = []
    words: dict[str, list[tuple[int, str]]] = {}
    starts: dict[str, list[tuple[int, str]]] = {}
    parts: dict[str, list[tuple[int, str]]] = {}
    for line in assets.text("router/concepts.txt").splitlines():
        if not line or line.startswith("#"):
            continue
        language, colon, entries = line.partition(": ")
        if not colon:
            names.append(line.strip())
            continue
        for entry in entries.split():
            word = plain(entry.strip("*").replace("_", " "))
            within = entry.startswith("*") or len(word) > ANYWHERE.get(language, len(word))
            begins = entry.endswith("*") or language in BARE or language in ANYWHERE
            shelf = parts if within else starts if begins else words
            shelf.setdefault(word.strip() if not within else word, []).append((len(names) - 1, language))
    reach = max(len(word) for shelf in (words, starts) for word in shelf)
    return _Lexicon(tuple(names), words, starts, parts, reach, max(map(len, parts)))


def concepts(text: str, language: str) -> list[tuple[int, int, str]]:
    """What `text` (plain) mentions: (place, concept's number, the entry), in order of place, each concept once."""
    known = lexicon()
    found: list[tuple[int, int, list[tuple[int, str]]]] = []  # from, to, owners
    ends = {match.end() for match in WORD.finditer(text)}
    for start in (match.start() for match in WORD.finditer(text)):
        for end in range(start + 1, min(start + known.reach, len(text)) + 1):
            entry = text[start:end]
            if owners := known.starts.get(entry):
                found.append((start, end, owners))
            if end in ends and (owners := known.words.get(entry)):
                found.append((start, end, owners))
    for start in range(len(text)):
        found += [
            (start, end, owners)
            for end in range(start + 1, min(start + known.stretch, len(text)) + 1)
            if (owners := known.parts.get(text[start:end]))
        ]
    told: dict[int, tuple[int, str]] = {}
    began = covered = 0  # what lies within a longer entry is not meant by itself: "flow" in "flow chart"
    for start, end, owners in sorted(found, key=lambda span: (span[0], -span[1])):
        if end < covered or (end == covered and start > began):
            continue
        if end > covered:
            began, covered = start, end
        for concept, owner in owners:
            if _speaks(owner, language, end - start) and concept not in told:
                told[concept] = (start, text[start:end])
    return sorted((place, concept, entry) for concept, (place, entry) in told.items())


def _speaks(owner: str, language: str, letters: int) -> bool:
    """Whether an entry of the language `owner` counts in a message of `language`."""
    if owner in (language, "any") or owner not in LATIN or language not in LATIN:
        return letters >= LONG or owner not in LATIN or owner in (language, "any")
    return (owner == "en" and letters >= 4) or (language == "en" and letters >= VERY_LONG)


# ---- circumstances: length, numbers, files, what came before ----

NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:[.,:]\d+)*")
PAIRED = re.compile(  # a name and its number: "rent 900,"
    r"[^\W\d_]+['’]?[^\W\d_]*\s*[:=]?\s*[$€£¥₹]?\d+(?:[.,]\d+)*\s*(?:%|°|€|\$|[^\W\d_]+)?\s*"
    r"(?:[,;/]|and|y|e|et|und|и|و|और|$)",
    re.IGNORECASE,
)
LETTERS = re.compile(r"[^\W\d_]")
DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
ARROW = re.compile(r"-+>|=+>|[→←⇒➔]|(?<=\w) > (?=\w)")
CODE = re.compile(r"[{}=;<>]|\w\(|->|```")
QUOTED = re.compile('"[^"]{12,}"|“[^”]{12,}”|«[^»]{12,}»|„[^“”]{12,}[“”]|「[^」]{6,}」')
CLAUSE = re.compile(r"[,;:.!?\n،؛。、；：，！？؟।]+|-+>|=+>|[→←⇒➔]")


PRONOUNS = {
    "i",
    "we",
    "he",
    "she",
    "it",
    "you",
    "they",
    "yo",
    "eu",
    "je",
    "tu",
    "il",
    "elle",
    "on",
    "ich",
    "er",
    "sie",
    "es",
    "wir",
    "io",
    "я",
    "он",
    "мы",
}


def chained(text: str) -> int:
    """How many clauses of `text` (plain) begin with what another one mentions: "a calls b, b writes to c"."""
    clauses = [words for part in CLAUSE.split(text) if (words := [word.split("'")[0] for word in WORD.findall(part)])]
    if not 2 <= len(clauses) <= 40:
        return 0
    count = 0
    for at, words in enumerate(clauses):
        first = words[0] if len(words) == 1 or len(words[0]) != 3 else words[1]  # not the article
        dense = bool(DENSE.search(first))
        head = first[:2] if dense else first
        rest = [other for place, other in enumerate(clauses) if place != at and head not in PRONOUNS]
        count += any(any(word.find(head, 1) > 0 for word in other) if dense else head in other[1:] or other == [head] for other in rest)
    return count


def circumstances(query: Query, text: str) -> Floats:
    """What surrounds the words: (facts,), each 0 to 1."""
    size = len(LETTERS.findall(text)) + 2 * len(DENSE.findall(text))
    numbers = len(NUMBER.findall(text))
    pairs = len(PAIRED.findall(text))
    seen = [
        *(size <= limit for limit in (6, 14, 28, 50, 90, 160, 320)),
        *(len(query.text) > limit for limit in (440, 1000)),
        *(numbers >= count for count in (1, 2, 3, 4, 6)),
        *(pairs >= count for count in (2, 3, 4)),
        "%" in text,
        bool(re.search("[$€£¥₹]", text)),
        bool(re.search("[?？؟;]\\s*$", text)),
        "\n" in query.text.strip(),
        ":" in text or "：" in text,
        bool(re.search('["“«„「]', query.text)),
        bool(CODE.search(query.text)),
        text.count(",") + text.count("،") + text.count("、") >= 2,
        not text[-1:].isalnum(),
        *(len(CODE.findall(query.text)) >= count for count in (3, 8)),
        *(len(ARROW.findall(text)) >= count for count in (1, 2, 4)),
        *(chained(text) >= count for count in (1, 2, 3)),
        *(len([part for part in CLAUSE.split(text) if part.strip()]) >= count for count in (3, 5, 8)),
        *(sum(map(len, QUOTED.findall(query.text))) > share * len(query.text) for share in (0.2, 0.5)),
        bool(re.match(r"[^:：\n]{4,60}[:：]\s*\S.{40}", query.text, re.DOTALL)),  # a task, then what it is about
    ]
    came = last_form(query.history)
    if came:  # what the message shares with what came before
        before = plain(query.history or "")
        own = _content(text)
        shared = sum(word in before for word in own)
        seen += [shared > 0, shared * 3 >= max(1, len(own)), *(len(own) - shared <= few for few in (1, 3, 6))]
    else:
        seen += [False] * 5
    kinds = {file.kind for file in query.files}
    seen.append("table" in kinds and came is None)  # it comes with this message, not with one before
    return np.array([*seen, came is None, *(came == form for form in FORMS), *(kind in kinds for kind in KINDS)], dtype=np.float32)


def _content(text: str) -> set[str]:
    """The words of `text` (plain) that say what it is about: the longer ones, pairs of signs where there are no blanks."""
    words = WORD.findall(text)
    return {word for word in words if len(word) >= 4 and not DENSE.search(word)} | {
        word[i : i + 2] for word in words if DENSE.search(word) for i in range(0, len(word) - 1, 2)
    }


MARKED = re.compile(r"\[(\w+): ")


def last_form(history: str | None) -> str | None:
    """The form of the last answer, from a line that tells of it ("[chart: Sales]", "Bar chart of sales"); None without one."""
    lines = [line for line in (history or "").splitlines() if line.strip()]
    if not lines:
        return None
    marks = [form for form in MARKED.findall(lines[-1]) if form in FORMS]
    if marks:
        return str(marks[-1])
    head = plain(re.match("[^:：]*[:：]?", lines[-1])[0])[:60]  # type: ignore[index]  # it always matches
    if head in ("you:", "text:", ":"):
        return "text"
    told = concepts(head, detect(lines[-1])) + concepts(head, "")  # titles are too short to be sure of their language
    order = {lexicon().names[concept] for place, concept, _ in told if place < 30}
    for name in ("animation", "slides", "infographic", "app", "chart", "whiteboard", "image"):
        if name in order:
            return name
    return "chart" if "table" in order else "infographic" if "timeline" in order else "text"


# ---- spelling: hashed pieces of words ----


def pieces(text: str) -> NDArray[np.int64]:
    """Numbers of the pieces of `text` (plain), each below BUCKETS: words, pairs of words, and runs of letters."""
    words = WORD.findall(text)
    seen: set[str] = {f"w {word}" for word in words}
    seen.update(f"p {one} {two}" for one, two in itertools.pairwise(words))
    for word in words:
        if DENSE.search(word):
            seen.update(f"d {word[i : i + n]}" for n in (1, 2, 3) for i in range(len(word) - n + 1))
        else:
            edged = f"<{word}>"
            seen.update(f"c {edged[i : i + n]}" for n in (3, 4, 5) for i in range(len(edged) - n + 1))
    return np.array(sorted({zlib.crc32(piece.encode()) % BUCKETS for piece in seen}), np.int64)


@dataclass(frozen=True, slots=True)
class View:
    """What the head sees of a query."""

    facts: Floats  # concepts (present, first, last) and circumstances
    pieces: NDArray[np.int64]
    told: tuple[int, ...] = ()  # the concepts mentioned


def asking(text: str) -> str:
    """The part of `text` that says what is wanted: all of it where it is short, else its beginning and its end."""
    whole = text.strip()
    return whole if len(whole) <= BEGIN + END else f"{whole[:BEGIN]}\n{whole[-END:]}"


def look(query: Query) -> View:
    """`query` as numbers."""
    text = plain(asking(query.text))
    language = detect(query.text[: BEGIN + END])
    told = concepts(text, language)
    count = len(lexicon().names)
    present, first, last = (np.zeros(count, np.float32) for _ in range(3))
    for _, concept, _ in told:
        present[concept] = 1.0
    if told:
        first[told[0][1]] = 1.0
        last[told[-1][1]] = 1.0
    asked = requested(told, language)
    facts = np.concatenate([present, first, last, circumstances(query, text), [form in asked for form in FORMS]], dtype=np.float32)
    return View(facts, pieces(text), tuple(concept for _, concept, _ in told))


# ---- sense: sentence embeddings ----


def sensible(text: str) -> str:
    """What of `text` the sentence embeddings are asked about; "" where they would not understand it."""
    part = " ".join(asking(text).split())[:300]
    letters = LETTERS.findall(part)
    return part if letters and sum(letter < "\u0250" for letter in letters) > len(letters) / 2 else ""


# ---- the head ----


def weigh(weights: dict[str, Floats], view: View, senses: Floats | None) -> Floats:
    """How much speaks for each form, (forms,), before calibration.

    weights: facts_weight (hidden, facts), facts_bias (hidden,), senses_weight (hidden, 384), out_weight (forms, hidden),
    out_bias (forms,), straight_weight (forms, facts), pieces_weight (BUCKETS, forms).
    """
    inner = weights["facts_weight"] @ view.facts + weights["facts_bias"]
    if senses is not None:
        inner = inner + weights["senses_weight"] @ senses
    told = weights["out_weight"] @ np.maximum(inner, 0.0) + weights["out_bias"] + weights["straight_weight"] @ view.facts
    if len(view.pieces):
        told = told + weights["pieces_weight"][view.pieces].sum(0) / np.sqrt(len(view.pieces))
    return np.asarray(told, np.float32)


@cache
def _head() -> dict[str, Floats]:
    """The trained weights; the pieces are kept as small whole numbers and a scale each."""
    with np.load(BytesIO(assets.data("router/head.npz"))) as kept:
        found = {name: np.asarray(kept[name], np.float32) for name in kept.files}
    found["pieces_weight"] *= found.pop("pieces_scale")
    return found


NAMED = {  # concepts that name a form
    "chart": "chart",
    "table": "chart",
    "slides": "slides",
    "infographic": "infographic",
    "timeline": "infographic",
    "whiteboard": "whiteboard",
    "app": "app",
    "image": "image",
    "animation": "animation",
}
BEHIND = {"ja", "ko", "hi", "tr"}  # the verb comes last
DOUBT = {"what", "plain", "fact", "why", "purpose", "programme", "software", "code", "how_to", "prose", "reword", "role"}
LEANS = {"edit", "restyle", "colour", "into"}  # concepts by which a message leans on what came before
UNSURE = DOUBT | {"table", "prompting", "summarise", "edit", "motion", "labelled"}
CHILD = re.compile(  # who is shown rather than told
    r"\b\d{1,2}[- ]?years?[- ]?olds?\b|\b(?:to|for) (?:(?:an?|my|our|the|little|small|young) )*"
    r"(?:kids?|child|children|son|daughter|toddlers?)\b"
    r"|\bnin[oa]s?\b|\benfants?\b|\b(?:einem|meinem|fur ein) kind\b|\bkindern\b|\bfur kinder\b|\bcriancas?\b|\bbambin[oi]\b"
    r"|子供|子ども|こども|孩子|小朋友|儿童|बच्च|طفل|اطفال"
)
ASKS = re.compile("[?？؟]\\s*$")
SURE = 0.97
PASTED = 240  # characters from which a message is taken to hold a text besides a wish
SHOWN = 0.7  # a visual this likely to be accepted is shown even where words are likelier


def requested(found: list[tuple[int, int, str]], language: str) -> set[str]:
    """The forms whose name stands next to "make", as in "make a colourful chart"."""
    names = [(place, lexicon().names[concept]) for place, concept, _ in found]
    named = [(place, name) for place, name in names if name not in {"article", "icons", "page", "colour", "style", "restyle"}]
    asked = set()
    for (place, name), (later, other) in itertools.pairwise(named):
        if name == "make" and other in NAMED and later - place <= 24:
            asked.add(NAMED[other])
        elif other == "make" and name in NAMED and later - place <= 16 and language in BEHIND:
            asked.add(NAMED[name])
    return asked


def leads(text: str) -> list[str]:
    """What of a long message may be the whole wish, the rest being what it is about: its first words to a colon, its last line."""
    if len(text) <= PASTED:
        return []
    first = re.match(r"\s*([^\n:：]{4,80}?)\s*(?:[:：]|\n)", text)
    last = re.search(r"\n\s*\n\s*([^\n]{4,80})\s*$", text)
    return [found[1] for found in (first, last) if found]


def certain(query: Query) -> str | None:
    """The form that is beyond doubt, by rule; None where it must be weighed."""
    for lead in leads(query.text):
        if (form := certain(replace(query, text=lead))) not in (None, "text"):
            return form
    text = plain(asking(query.text))
    letters = len(LETTERS.findall(text)) + 2 * len(DENSE.findall(text))
    language = detect(query.text[: BEGIN + END])
    found = concepts(text, language)
    told = {lexicon().names[concept] for _, concept, _ in found}
    named = {NAMED[name] for name in told if name in NAMED}
    if not letters and not NUMBER.search(text):
        return "chart" if any(file.kind == "table" for file in query.files) else None if query.files else "text"
    if "into" in told and len(named) == 1 and letters <= 32 and not told & (DOUBT | {"motion", "arrows", "page", "prompting"}):
        return next(iter(named))
    came = last_form(query.history)
    change = told & {"edit", "restyle", "colour"} and not told & (DOUBT | {"feel", "thanks", "greet", "write"})
    if came and came != "text" and change and not named - {came} and letters <= 30:
        return came
    if came and came != "text" and likewise(query.text) and not named:
        return came
    if _counts_slides(text, found) and not told & {"what", "plain", "fact"}:
        return "slides"
    if "explain" in told and CHILD.search(text) and not (named or came or query.files or told & UNSURE):
        return "infographic"
    asked = requested(found, language)
    if len(asked) == 1 and asked == named and letters >= 16 and not ASKS.search(text) and not told & UNSURE and not (came or query.files):
        return next(iter(asked))
    return "text" if small_talk(query.text) else None


OTHER = re.compile(
    r"^(?:and |but |so )?(?:what|how) about\b|^(?:and|now|(?:do )?(?:the )?same(?: thing)?)(?: again)? (?:for|with|of)\b"
    r"|^¿?y (?:que tal|para|con)\b|^¿?que tal\b|^lo mismo (?:para|con|de)\b|^e (?:que tal|para|com|quanto a)\b|^o mesmo (?:para|com|de)\b"
    r"|^et (?:pour|avec)\b|^qu.en est-il\b|^(?:la )?meme chose (?:pour|avec)\b"
    r"|^und (?:fur|bei|mit|was ist mit)\b|^(?:und )?was ist mit\b|^wie (?:ware|sieht) es (?:mit|bei)\b|^dasselbe (?:fur|mit)\b"
    r"|^(?:那|那么)?.{1,12}呢[?？]?$|^では?.{1,12}は[?？]?$"
)
LIKEWISE = 60  # characters of a question that asks the last one again of something else


def likewise(words: str) -> bool:
    """Whether `words` ask what was asked last of something else: "what about Spain?"."""
    text = plain(words).strip()
    return len(text) <= LIKEWISE and OTHER.search(text) is not None


def mentioned(words: str) -> list[str]:
    """The concepts that `words` mention, in order."""
    return [lexicon().names[concept] for _, concept, _ in concepts(plain(words), detect(words))]


def small_talk(words: str) -> bool:
    """Whether `words` are a thank-you and nothing else."""
    text = plain(words)
    if len(text) > BEGIN:
        return False
    found = concepts(text, detect(words))
    told = {lexicon().names[concept]: place for place, concept, _ in found}
    letters = len(LETTERS.findall(text)) + 2 * len(DENSE.findall(text))
    begins = told.get("thanks", BEGIN) <= 8  # not "end with thanks"
    return begins and letters <= 16 and not told.keys() & {*NAMED, "edit", "restyle", "colour", "into", "make"}


COUNTED = re.compile(r"(?<![\d.,])(\d{1,2})[\s-]*(?:[张張页頁枚장個个]\s*(?:の\s*)?)?$|([^\W\d_]+)[\s-]*$")
OWNED = re.compile(
    r"\b(?:these|those|my|our|your|the|his|her|their|mis|estas|meus|minhas|mes|nos|ces|les|meine|diese|die|unsere)\s+[\w'-]+\s*$"
)


@cache
def _numerals() -> frozenset[str]:
    """Words for numbers, plain."""
    return frozenset(map(plain, WORDED))


def _counts_slides(text: str, found: list[tuple[int, int, str]]) -> bool:
    """Whether `text` (plain) asks for so many slides: their name stands right behind a number, and they are not somebody's already."""
    place = next((place for place, concept, _ in found if lexicon().names[concept] == "slides"), 0)
    counted = COUNTED.search(text[:place])
    return bool(counted and (counted[1] or counted[2] in _numerals()) and not OWNED.search(text[:place]))


def chances(query: Query, senses: bool = True) -> Floats:
    """The chance of each form to be accepted, (forms,); `senses`: with sentence embeddings where they are to be had."""
    return _chances(query, look(query), meaning(sensible(query.text)) if senses else None)


def chosen(likely: Floats) -> int:
    """Which form is shown, by its place in FORMS: the likeliest, but a visual that most accept goes before words."""
    seen = int(likely[1:].argmax()) + 1
    return seen if likely[seen] >= min(SHOWN, float(likely[0])) else 0


def _chances(query: Query, view: View, meant: Floats | None) -> Floats:
    told = leaning(view, meant)
    if own := _own():
        told = told + personal(own, view, meant)
    likely: Floats = np.asarray(1 / (1 + np.exp(-told)), np.float32)
    if form := certain(query):
        likely = np.minimum(likely, 1 - SURE + 0.5 * likely)
        likely[FORMS.index(form)] = max(SURE, float(likely.max()))
    return likely


def leaning(view: View, meant: Floats | None) -> Floats:
    """The calibrated log-odds of each form as everybody's head has them, (forms,)."""
    slope, offset = _head()["platt" if meant is None else "platt_senses"]
    return np.asarray(slope * weigh(_head(), view, meant) + offset, np.float32)


# ---- what this person taught it (`models/router_learn.py`) ----


def taught() -> Path:
    """Where on this machine lies what `flipchart learn` made of the person's own choices."""
    return home() / "router.npz"


def personal(own: dict[str, Floats], view: View, meant: Floats | None) -> Floats:
    """What the person's own choices add to the log-odds of each form, (forms,)."""
    told = own["facts"] @ view.facts + own["bias"]
    return np.asarray(told if meant is None else told + own["senses"] @ meant, np.float32)


def head_mark() -> int:
    """A number that changes with the trained head: what was learned on top of another one does not fit."""
    return zlib.crc32(assets.data("router/head.npz"))


def _own() -> dict[str, Floats] | None:
    try:
        when = taught().stat().st_mtime_ns
    except OSError:
        return None
    return _own_at(taught(), when)


@lru_cache(maxsize=2)
def _own_at(place: Path, when: int) -> dict[str, Floats] | None:
    try:
        with np.load(place) as kept:
            own = {name: np.asarray(kept[name], np.float32) for name in ("facts", "senses", "bias")}
            return own if int(kept["mark"]) == head_mark() else None
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None  # everybody's head does as well


def meaning(text: str) -> Floats | None:
    """The sentence embedding of `text`; None where there is none to ask for or the weights are not on disk."""
    from flipchart.models.embeddings import embed

    if not text:
        return None
    try:
        found: Floats = embed([text])[0]
        return found
    except Missing:  # the rest of the head knows its way without
        return None


def route(query: Query) -> Choice:
    """The form the answer should take. Milliseconds; no language model is asked."""
    view, meant = look(query), meaning(sensible(query.text))
    likely = _chances(query, view, meant)
    order = sorted(range(len(FORMS)), key=lambda form: -float(likely[form]))
    forms = tuple((FORMS[form], round(float(likely[form]), 4)) for form in order)
    form = FORMS[chosen(likely)]
    follows = False  # whether it is the last answer's form because of the last answer
    if form != "text" and last_form(query.history) == form:
        alone = replace(query, history=None)
        names = {lexicon().names[number] for number in view.told}
        leans = bool(names & LEANS) and not names & NAMED.keys()
        follows = leans or FORMS[chosen(_chances(alone, look(alone), meant))] != form
    return Choice(form, forms, _reason(query, form, spoken(view, meant, form), follows))


# ---- the reason ----

# What is given as the reason, by form: each sentence with the concepts that it tells of.
REASONS: dict[str, tuple[tuple[str, str], ...]] = {
    "text": (
        ("asked.text", "plain"),
        ("feel", "feel"),
        ("code", "code"),
        ("write", "prose reword"),
        ("talk", "thanks greet"),
        ("fact", "fact"),
        ("what", "what"),
    ),
    "chart": (("asked.chart", "chart"), ("asked.table", "table"), ("change", "change rise")),
    "infographic": (
        ("asked.infographic", "infographic"),
        ("timeline", "timeline"),
        ("compare", "compare"),
        ("steps", "steps"),
        ("list", "tips list"),
    ),
    "slides": (("asked.slides", "slides"), ("audience", "audience speak")),
    "whiteboard": (
        ("asked.whiteboard", "whiteboard"),
        ("connect", "connect kin system arrows"),
        ("process", "process ifelse"),
        ("works", "works"),
    ),
    "app": (("asked.app", "app"), ("try", "interact score")),
    "image": (("asked.image", "image draw"),),
    "animation": (("asked.animation", "animation watch"), ("works", "works")),
}
WEIGHTY = 0.2  # log-odds from which a concept counts among the reasons


def spoken(view: View, meant: Floats | None, form: str) -> dict[str, float]:
    """How much each concept that the message mentions spoke for the form: the log-odds it would lose without it."""
    weights, row = _head(), FORMS.index(form)
    inner = weights["facts_weight"] @ view.facts + weights["facts_bias"]
    if meant is not None:
        inner = inner + weights["senses_weight"] @ meant
    out = weights["out_weight"][row]
    whole = float(out @ np.maximum(inner, 0.0))
    names = lexicon().names
    found = {}
    for number in view.told:
        at = [number, len(names) + number, 2 * len(names) + number]
        without = out @ np.maximum(inner - weights["facts_weight"][:, at] @ view.facts[at], 0.0)
        found[names[number]] = whole - float(without) + float(weights["straight_weight"][row, at] @ view.facts[at])
    return found


@cache
def _sentences() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(assets.text("router/reasons.json"))
    return found


def _reason(query: Query, form: str, spoke: dict[str, float], follows: bool) -> str:
    """One plain sentence why `form` was chosen, in the language of the message where we have it, else in English."""
    sentence = _sentences()[_key(query, form, spoke, follows)]
    return sentence.get(detect(query.text[: BEGIN + END]), sentence["en"])


def _key(query: Query, form: str, spoke: dict[str, float], follows: bool) -> str:
    text = plain(asking(query.text))
    weight = {key: max((spoke.get(name, 0.0) for name in names.split()), default=0.0) for key, names in REASONS[form]}
    asked = next((key for key in weight if key.startswith("asked") and weight[key] > 0), None)
    if asked:
        return asked
    if follows:
        return "likewise" if likewise(query.text) else "follow"
    if form == "chart" and any(file.kind == "table" for file in query.files):
        return "table"
    if form == "chart" and len(NUMBER.findall(text)) >= 3:
        return "numbers"
    if weight.get("fact") and len(text) > 60:
        del weight["fact"]  # a longer question wants more than one fact
    best = max(weight, key=lambda key: weight[key])
    if weight[best] >= WEIGHTY:
        return best
    return "talk" if form == "text" and len(text) < 14 else f"fits.{form}"
