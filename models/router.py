"""The router: which form an answer should take, in milliseconds, without a language model.

Three views of a message are weighed by one small trained head: what it says in concepts (`assets/router/concepts.txt`, the same
for every language), how it is spelt (hashed pieces of words), and what it means (sentence embeddings, where their weights are
on disk). What is certain by itself, such as a named form or an attached table, is among the concepts and the circumstances.
"""

import itertools
import json
import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from flipchart import assets
from flipchart.models.language import detect
from flipchart.renderers.problem import Missing

FORMS = ("text", "chart", "infographic", "slides", "whiteboard", "app", "image", "animation")
KINDS = ("table", "text", "image", "deck", "other")
BUCKETS = 1 << 16  # places for hashed pieces of words
BEGIN, END = 280, 160  # characters of a long message that are looked at: what is wanted stands first or last
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that comes with a message; `columns` are a table's."""

    name: str
    kind: Literal["table", "text", "image", "deck", "other"]
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
ANYWHERE = {"zh", "ja", "ko", "ar"}  # words are not told apart by blanks, or have other words stuck to them
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
            within = entry.startswith("*") or language in ANYWHERE
            begins = entry.endswith("*") or language in BARE
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
        bool(re.search(r"[{}=;<>]|\w\(|->|```", query.text)),
        text.count(",") + text.count("،") + text.count("、") >= 2,
        not text[-1:].isalnum(),
    ]
    came = last_form(query.history)
    kinds = {file.kind for file in query.files}
    return np.array([*seen, came is None, *(came == form for form in FORMS), *(kind in kinds for kind in KINDS)], dtype=np.float32)


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
    return View(np.concatenate([present, first, last, circumstances(query, text)]), pieces(text))


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
DOUBT = {"what", "plain", "fact", "why", "purpose", "programme", "software", "code", "how_to", "prose", "reword", "role"}
SURE = 0.97


def certain(query: Query) -> str | None:
    """The form that is beyond doubt, by rule; None where it must be weighed."""
    text = plain(asking(query.text))
    letters = len(LETTERS.findall(text)) + 2 * len(DENSE.findall(text))
    names = lexicon().names
    told = {names[concept] for _, concept, _ in concepts(text, detect(query.text[: BEGIN + END]))}
    named = {NAMED[name] for name in told if name in NAMED}
    if not letters and not NUMBER.search(text):
        return "chart" if any(file.kind == "table" for file in query.files) else None if query.files else "text"
    if "feel" in told and not named and not told & {"make", "draw", "show", "write", "scene", "style"} and letters > 12:
        return "text"
    if "into" in told and len(named) == 1 and letters <= 32 and not told & DOUBT:
        return next(iter(named))
    came = last_form(query.history)
    change = told & {"edit", "restyle", "colour"} and not told & (DOUBT | {"feel", "thanks", "greet", "write"})
    if came and came != "text" and change and not named - {came} and letters <= 30:
        return came
    if "thanks" in told and not named and letters <= 16 and not told & {"edit", "restyle", "colour", "into", "make"}:
        return "text"
    return None


def chances(query: Query, senses: bool = True) -> Floats:
    """The chance of each form to be accepted, (forms,); `senses`: with sentence embeddings where they are to be had."""
    view = look(query)
    weights = _head()
    meant = _senses(sensible(query.text)) if senses else None
    slope, offset = weights["platt" if meant is None else "platt_senses"]
    likely: Floats = 1 / (1 + np.exp(-(slope * weigh(weights, view, meant) + offset)))
    if form := certain(query):
        likely = np.minimum(likely, 1 - SURE + 0.5 * likely)
        likely[FORMS.index(form)] = max(SURE, float(likely.max()))
    return likely


def _senses(text: str) -> Floats | None:
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
    likely = chances(query)
    order = sorted(range(len(FORMS)), key=lambda form: -float(likely[form]))
    forms = tuple((FORMS[form], round(float(likely[form]), 4)) for form in order)
    return Choice(forms[0][0], forms, reason(query, forms[0][0]))


# ---- the reason ----

# What is given as the reason, by form: the first whose concept the message mentions.
REASONS = {
    "text": (
        ("asked.text", "plain"),
        ("feel", "feel"),
        ("code", "code"),
        ("write", "prose"),
        ("write", "reword"),
        ("talk", "thanks"),
        ("talk", "greet"),
        ("fact", "fact"),
        ("what", "what"),
    ),
    "chart": (("asked.chart", "chart"), ("asked.chart", "table"), ("change", "change")),
    "infographic": (
        ("asked.infographic", "infographic"),
        ("timeline", "timeline"),
        ("compare", "compare"),
        ("steps", "steps"),
    ),
    "slides": (("asked.slides", "slides"),),
    "whiteboard": (("asked.whiteboard", "whiteboard"), ("works", "works")),
    "app": (("asked.app", "app"),),
    "image": (("asked.image", "image"),),
    "animation": (("asked.animation", "animation"), ("works", "works")),
}


@cache
def _sentences() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(assets.text("router/reasons.json"))
    return found


def reason(query: Query, form: str) -> str:
    """One plain sentence why `form` was chosen, in the language of the message where we have it, else in English."""
    language = detect(query.text)
    text = plain(asking(query.text))
    names = lexicon().names
    told = {names[concept] for _, concept, _ in concepts(text, language)}
    key = next((key for key, concept in REASONS[form] if concept in told), f"fits.{form}")
    if not key.startswith("asked"):
        if form == "chart" and any(file.kind == "table" for file in query.files):
            key = "table"
        elif form != "text" and last_form(query.history) == form:
            key = "follow"
        elif form == "chart" and len(NUMBER.findall(text)) >= 3:
            key = "numbers"
        elif form == "text" and key == "fits.text" and len(text) < 14:
            key = "talk"
        elif key == "fact" and len(text) > 60:
            key = "fits.text"
    sentence = _sentences()[key]
    return sentence.get(language, sentence["en"])
