"""Repairs by rule: what weak models get wrong in ways that need no model to mend."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from flipchart.models.alike import covered, likeness, subject
from flipchart.models.language import detect
from flipchart.models.wishes import Wishes
from flipchart.renderers import times
from flipchart.renderers.figures import unmarked
from flipchart.renderers.skeleton import begun
from flipchart.renderers.spec import S, written_schema
from flipchart.renderers.words import LATIN, listed

ASKED_AGAIN = 0.72  # how much alike a title and the question are, where it is the question over again
TITLE = 14  # words of a title, past which it is a paragraph
TOLD = 3  # words from which on a point is something told, not a name that comes again and again
NEGATING = set("no not never without non kein keine keinen ohne sin sem sans pas ningún ninguna nenhum nenhuma aucun aucune".split())
HELPING = "help helps helping ayuda ayudar ajuda ajudar aide aider hilft helfen"  # what anything that is told does
SAME = 0.8  # from this likeness on, two items say one thing
ALIKE = 0.35  # and of two with one name, which need say less alike to be one: "Stir in the flour" and "Stir in the milk" are 0.25
SILENT = {
    "id",
    "icon",
    "kind",
    "type",
    "name",
    "formula",
    "unit",
    "prompt",
    "markdown",
    "start",
    "end",
    "mark",
    "family",
    "style",
    "aspect",
    "shape",
    "group",
}
"""Fields that are not read as sentences: names, symbols, choices."""
_PLACEHOLDER = re.compile(
    r"lorem ipsum|\[(?:insert|your|add|name|topic|date|link|image)\b[^\]]*\]|\byour (?:text|content|title|name) here\b|<[a-z _]+>|"
    r"^\W*(?:tbd|todo|n/a|xxx+|example|placeholder|text|label|string|\.{3}|…)\W*$", re.I
)  # fmt: skip
_NUMBERED = re.compile(r"^\s*(?:\(?(\d{1,2})\)?\s*[.:)\-–—、．：]|[#№]\s?(\d{1,2})[.:]?)\s*(?=\D)")
_QUOTED = re.compile(r"“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|「([^」]+)」|\"([^\"]+)\"")
_ADDRESS = re.compile(r"\(?\b(?:https?://|www\.)[^\s)]+\)?")
QUOTATION = 4  # words between quotation marks, from which on they claim that somebody said them


@dataclass(frozen=True, slots=True)
class Brief:
    """What an answer is held to: the question, its language, all that the person said (files included), and what they wish."""

    question: str = ""
    lang: str = "en"
    said: tuple[str, ...] = ()
    wishes: Wishes = field(default_factory=Wishes)

    def stands(self, words: str) -> bool:
        """True where `words` stand word for word in what the person said."""
        return _bare(words) in _bare("\n".join((self.question, *self.said)))


def mended(spec: S, brief: Brief | str = "") -> S:
    """`spec` without what can be seen to be wrong and be put right by rule: see the functions below, a line each."""
    brief = Brief(brief) if isinstance(brief, str) else brief
    data = spec.model_dump(mode="json")
    schema = written_schema(type(spec))
    data = _without_faults(data, schema, brief)
    _said_before(data, schema, set())
    if spec.title.strip():
        asks = data.get("questions") and data["title"].rstrip().endswith(
            ("?", "？", "؟")
        )  # a quiz is not called after one of its questions
        data["title"] = titled((asks and _subject(brief.question, brief.lang)) or data["title"], brief)
    _filler(data, brief)
    try:
        return type(spec).model_validate(data)
    except ValidationError:
        return spec


def _without_faults(node: dict[str, Any], schema: Mapping[str, Any], brief: Brief) -> dict[str, Any]:
    """One part and those it holds, mended from the inside out."""
    _unsaid(node, brief)
    _words(node, schema, brief)
    _headed(node, brief.lang)
    for name, inner in schema.get("properties", {}).items():
        held = node.get(name)
        if inner.get("type") != "array" or not isinstance(held, list) or not held or not isinstance(held[0], dict):
            continue
        items = inner.get("items", {})
        _unnumbered(held)
        kept: list[dict[str, Any]] = []
        for item in held:
            done = _without_faults(item, items, brief)
            _restated(done, brief)
            if not _empty(done, items) and not _unread(done, brief) and not any(_twice(done, other, brief.lang) for other in kept):
                kept.append(done)
        if node.get("family") == "compare":
            _headers(kept, brief.lang)
        _dated(kept, node)
        _in_order(kept, node)
        _within(kept, str(node.get("family") or ""), brief)
        if kept:
            node[name] = kept
    return node


def _within(items: list[dict[str, Any]], family: str, brief: Brief) -> None:
    """What stands inside items: of sides that are compared, without the side's name before each ("Electric cars cost …" under "Electric
    cars"); of others, without what an earlier one holds already, unless a day of a week is left with less than half of it."""
    seen: set[str] = set()
    weekly = times.weekdays([str(item.get("label") or "") for item in items])
    for item in items:
        inner = item.get("children")
        if not isinstance(inner, list) or not inner:
            continue
        if family == "compare":
            _named_again(item, inner)
        elif family not in ("overlap", "quadrant"):
            said = [" ".join(_saying(one)) for one in inner]
            new = [
                one
                for one, words in zip(inner, said, strict=True)
                # "Squats" may come each day; and what the person said stays.
                if one.get("value") is not None or words.casefold() not in seen or len(words.split()) < TOLD or brief.stands(words)
            ]
            item["children"] = inner if weekly and 2 * len(new) < len(inner) else new
            seen |= {words.casefold() for words in said}


def _headers(sides: list[dict[str, Any]], lang: str) -> None:
    """Sides that are compared, without a row that only heads the others: "Property" with the same word on every side."""
    rows: list[list[dict[str, Any]]] = [side["children"] for side in sides if isinstance(side.get("children"), list)]
    if len(rows) < 2 or len(rows) < len(sides) or any(len(row) < 3 for row in rows):
        return
    first = rows[0][0]
    alike = all(str(row[0].get(name)).casefold() == str(first.get(name)).casefold() for row in rows for name in ("label", "text"))
    if alike and str(first.get("label")).casefold().strip(" :") in listed("compose.headers", lang):
        for side in sides:
            side["children"] = side["children"][1:]


def _named_again(item: Mapping[str, Any], inner: list[dict[str, Any]]) -> None:
    """Texts without the words that all of them begin with, where these name the item."""
    texts = [str(one.get("text") or "") for one in inner]
    split = [words.split() for words in texts]
    if len(texts) < 2 or not all(split):
        return
    shared = 0
    while all(len(words) > shared + 1 and words[shared].casefold() == split[0][shared].casefold() for words in split):
        shared += 1
    names = {word.casefold() for word in str(item.get("label") or "").split()}
    shared = 0 if split[0][0].casefold() in NEGATING else shared  # "No car payments" are no payments
    if {word.casefold() for word in split[0][:shared]} & names:
        for one, words in zip(inner, split, strict=True):
            one["text"] = begun(" ".join(words[shared:]))


def _words(node: dict[str, Any], schema: Mapping[str, Any], brief: Brief) -> None:
    """Each string of a part without placeholders, copied instructions, addresses nobody gave, foreign letters, and claimed quotations."""
    told = instructions_of(schema)
    for name, words in node.items():
        if name in SILENT or not isinstance(words, str) or not words:
            continue
        if _PLACEHOLDER.search(words) or words.casefold().strip(" .") in told:
            words = ""
        words = _ADDRESS.sub(lambda found: found[0] if brief.stands(found[0]) else "", words)
        words = _QUOTED.sub(lambda found: _unclaimed(found, brief), words)
        if _foreign(words, brief):
            words = ""
        node[name] = re.sub(r"[ \t]{2,}", " ", words).strip()


def _unsaid(node: dict[str, Any], brief: Brief) -> None:
    """A quotation that does not stand word for word in what the person said is a plain statement, and nobody's."""
    words = str(node.get("text") or "")
    if node.get("type") == "quote" and not brief.stands(words):
        node |= {"type": "section", "by": ""}
    if node.get("family") == "quote" and not all(brief.stands(" ".join(_saying(item))) for item in node.get("items", ())):
        node["family"] = "list"


def _unread(item: Mapping[str, Any], brief: Brief) -> bool:
    """True for a list of sources that were not read: what is named there stands in nothing the person gave."""
    name = _first(item)
    if str(item.get(name, "")).casefold().strip(" .:") not in listed("compose.sources", brief.lang):
        return False
    named = [words for key, held in item.items() if key != name and isinstance(held, list | str) for words in _saying({"x": held})]
    return not any(brief.stands(words) for words in named if len(words) > 3)


def _said_before(node: dict[str, Any], schema: Mapping[str, Any], said: set[str]) -> None:
    """Remarks that stand elsewhere in the visual already are left out: small models fill what they must with what they just wrote."""
    needed = set(schema.get("required", ()))
    for name, inner in schema.get("properties", {}).items():
        value = node.get(name)
        if isinstance(value, str) and name not in SILENT and name not in {"title", "heading", "label", "question"}:
            bare = _bare(value)
            if len(bare.split()) >= QUOTATION or len(bare) >= 16:
                if bare in said and name not in needed:
                    node[name] = ""
                said.add(bare)
        elif inner.get("type") == "array" and isinstance(value, list) and value and isinstance(value[0], dict):
            items = inner.get("items", {})
            first = next(iter(items.get("required", ())), "text")
            fresh = [
                item for item in value if ("value" in item and item["value"] is not None) or _bare(str(item.get(first, ""))) not in said
            ]
            if "required" in items and len(fresh) >= 2 and first not in SILENT:
                node[name] = value = fresh
            for item in value:
                _said_before(item, items, said)


def _headed(node: dict[str, Any], lang: str) -> None:
    """A heading that says nothing ("Introduction", "Conclusion") gives way to the first thing said under it."""
    heading, items, text = node.get("heading"), node.get("items"), node.get("text")
    if not isinstance(heading, str) or heading.casefold().strip(" .:!?") not in listed("compose.generic", lang):
        return
    if isinstance(items, list) and items and isinstance(items[0], dict) and items[0].get("text"):
        node["heading"] = items[0]["text"]
        if len(items) > 3:
            node["items"] = items[1:]
        else:
            items[0]["text"], items[0]["detail"] = items[0].get("detail") or items[0]["text"], ""
    elif isinstance(text, str) and text and not items:
        first, _, rest = text.partition(". ")
        if len(first) <= 90:
            node["heading"], node["text"] = first.rstrip("."), rest


@lru_cache
def _instructions(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(one.casefold().strip(" .") for one in words if one)


def instructions_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """What the schema says to a model of its fields: none of it is content."""
    return _instructions(tuple(inner.get("description", "") for inner in schema.get("properties", {}).values()))


def _unclaimed(found: re.Match[str], brief: Brief) -> str:
    """Words between quotation marks as they are where the person said them, or they are but a term; else without the marks."""
    inner = next(group for group in found.groups() if group)
    few = len(inner.split()) < QUOTATION and len(inner) < 24
    return found[0] if few or brief.stands(inner) else inner


def _foreign(words: str, brief: Brief) -> bool:
    """True where letters of another script stand inside words of a language that is written in Latin letters, and nobody said them."""
    if brief.lang.split("-")[0] not in LATIN:
        return False
    runs = re.findall(r"[\u0400-\u04ff\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+", words)
    asked = brief.question + "\n".join(brief.said)
    return any(run not in asked for run in runs) and bool(re.search("[A-Za-z]", words))


def _first(item: Mapping[str, Any]) -> str:
    """The field that names an item: the first that holds words."""
    return next((name for name, value in item.items() if name not in SILENT and isinstance(value, str) and value), "")


def _unnumbered(items: list[dict[str, Any]]) -> None:
    """Labels without the ordinal that their place tells already: "Tip 1: Sleep", "2. Eat", "Schritt 3 – Los"."""
    names = [_first(item) for item in items]
    for at, (item, name) in enumerate(zip(items, names, strict=True), 1):
        if not name:
            continue
        bare = unnumbered(item[name], at)
        if bare:
            item[name] = bare
        elif bare == "":
            # "Tip 1" says nothing: what follows is the label.
            rest = next(
                (other for other in item if other not in SILENT and other != name and isinstance(item[other], str) and item[other]), ""
            )
            if rest:
                item[name], item[rest] = item[rest].rstrip(". "), ""


def unnumbered(words: str, at: int) -> str | None:
    """`words` without the ordinal `at` before them; None where there is none, "" where there is nothing else."""
    found = _NUMBERED.match(words) or _ordinal().match(words)
    if not found or int(next(group for group in found.groups() if group)) != at:
        return None
    rest = words[found.end() :].strip()
    return rest[:1].upper() + rest[1:]


@lru_cache
def _ordinal() -> re.Pattern[str]:
    every: set[str] = set()
    for lang in ("en", "es", "pt", "fr", "de", "zh", "ja", "hi", "ar"):
        every |= listed("compose.ordinals", lang)
    stems = "|".join(re.escape(word) for word in sorted(every, key=len, reverse=True))
    return re.compile(rf"^\s*(?:{stems})\s*[#№]?\s*(\d{{1,2}})[步点點]?\s*(?:[.:)\-–—：、]\s*|\s+(?=[^\W\d])|$)", re.I)


def _restated(item: dict[str, Any], brief: Brief) -> None:
    """Clear words that only say again what the item's first words say, or those and the question, and take those off the front of what
    says more."""
    lang = brief.lang
    said = [(name, value) for name, value in item.items() if name not in SILENT and isinstance(value, str) and value]
    for name, value in said[1:]:
        first = said[0][1].strip(" .:!")
        if value.casefold().strip(" .:!") == first.casefold():
            item[name] = ""
        elif (found := re.match(rf"{re.escape(first)}\s*[:–—-]\s+(?=\S)", value, re.I)) is not None:
            rest = value[found.end() :]
            item[name] = rest[:1].upper() + rest[1:]
        elif len(value) < 2 * len(first) and covered(value, first, lang) >= 0.99 and len(subject(value, lang)) > 1:
            item[name] = ""
        elif value.casefold().startswith(first.casefold()) and covered(value[len(first) :], f"{brief.question} {HELPING}", lang) >= 0.99:
            item[name] = ""  # "Exercise regularly to help you sleep better", of tips for better sleep


def _empty(item: Mapping[str, Any], schema: Mapping[str, Any]) -> bool:
    """True where what an item has to say was found to be nothing."""
    needed = [name for name in schema.get("required", ()) if name not in SILENT]
    return any(item.get(name) == "" for name in needed)


def _saying(item: Mapping[str, Any]) -> Iterator[str]:
    for name, value in item.items():
        if name in SILENT or value in (None, "", [], 0, False):
            continue
        if isinstance(value, list):
            for inner in value:
                yield from _saying(inner) if isinstance(inner, dict) else (str(inner),)
        elif isinstance(value, dict):
            yield from _saying(value)
        else:
            yield str(value)


def _twice(item: Mapping[str, Any], other: Mapping[str, Any], lang: str) -> bool:
    """True where two items say one thing: their words or their labels nearly are the same, and no figure or date tells them apart."""
    if "options" in item:  # questions are alike by their nature: the capital of this, the capital of that
        return bool(item.get("question", "").casefold() == other.get("question", "").casefold())
    figures = ("value", "values", "when", "answer", "formula", "start", "end", "type")
    if any(item.get(name) != other.get(name) for name in figures):
        return False
    mine, theirs = " ".join(_saying(item)), " ".join(_saying(other))
    if mine.casefold() == theirs.casefold():
        return item.get("name") == other.get("name")
    if "name" in item or "cells" in item:
        return False
    label = _first(item)
    if item.get(label) != other.get(label) and times.weekdays((str(item.get(label)), str(other.get(label)))):
        return False  # what is done on Monday may be done on Friday
    named = label and item.get(label) == other.get(label)
    if named and (mine.startswith(theirs) or theirs.startswith(mine)):
        return True  # the same again, or on its way to be
    if named and likeness(mine, theirs, lang) >= ALIKE and not any(isinstance(held, list) and held for held in item.values()):
        return True
    numbers = re.findall(r"\d+", mine) == re.findall(r"\d+", theirs)
    return numbers and max(len(mine), len(theirs)) > 12 and (likeness(mine, theirs, lang) >= SAME or _close(mine, theirs))


def _close(a: str, b: str) -> bool:
    return min(len(a), len(b)) > 40 and SequenceMatcher(None, a.casefold(), b.casefold()).ratio() > 0.93


def _dated(items: list[dict[str, Any]], node: dict[str, Any]) -> None:
    """Points that are called after years, one later than the other, are a timeline: the year is the date, what is told the name."""
    found = [_YEAR.fullmatch(str(item.get("label") or "")) for item in items]
    years = [match[2] for match in found if match]
    alike = len({match[1] for match in found if match}) == 1  # "Year 1789", "Year 1791"
    bare = all(item.get("text") and not item.get("when") and not item.get("children") for item in items)
    if node.get("family") in {"list", "steps"} and len(years) == len(items) > 2 and alike and bare and years == sorted(set(years)):
        node["family"] = "timeline"
        for item, year in zip(items, years, strict=True):
            item |= {"when": year, "label": item["text"].rstrip(" .。"), "text": "", "icon": ""}


_YEAR = re.compile(r"((?:[^\W\d_]+\s+)?)((?:1\d|20)\d\d)(?:年|년)?")


def _in_order(items: list[dict[str, Any]], node: Mapping[str, Any]) -> None:
    """A timeline's entries by their dates, where all of these can be read."""
    if node.get("family") != "timeline" or len(items) < 2:
        return
    years = [_year(str(item.get("when", ""))) for item in items]
    known = [year for year in years if year is not None]
    if len(known) == len(items) and known != sorted(known):
        items[:] = [item for _, item in sorted(zip(known, items, strict=True), key=lambda pair: pair[0])]


def _year(when: str) -> float | None:
    """A point in time that can be compared: a date, or a bare year ("1969", "c. 300 BC")."""
    found = re.search(r"(?<!\d)(\d{1,4})\s*(BC|BCE|v\. ?Chr|a\. ?C|av\. ?J)?", when, re.I)
    read = times.read(when.strip())
    if read is not None:
        return read.at.toordinal() / 365.2425
    if found and (found[2] or len(found[1]) >= 3):
        return -float(found[1]) if found[2] else float(found[1])
    return None


def titled(title: str, brief: Brief) -> str:
    """A title that names its form or is the question over again is cut to its subject; what is left stands as a heading."""
    line = title.strip()
    if line.isascii() or brief.lang.split("-")[0] in LATIN:
        for pattern in _naming(brief.lang):
            cut = pattern.sub("", line)
            line = line if _HANGS.search(cut) else cut
    line = unmarked(line)
    if SequenceMatcher(None, line.casefold(), brief.question.casefold()).ratio() >= ASKED_AGAIN:
        # The person spells it better: of a small model's "Wärmepumpegeschwindigkeit" the question's "Wärmepumpe" stays.
        foreign = brief.lang.split("-")[0] != "en"
        line = (foreign and _subject(brief.question, brief.lang)) or _bared(re.split(r"[:：?？.。]", line, maxsplit=1)[0], brief.lang)
    elif brief.lang.split("-")[0] != "en" and len(line.split()) > 2 and line.isascii() and detect(line) == "en":
        line = _subject(brief.question, brief.lang) or line  # the question's own words, where the model left its language
    if len(line.split()) > TITLE:  # a sentence that ran on: its first clause, or else what was asked about
        first = re.split(r"[,;:–—]| (?:that|which|including|followed|que|qui|dass|die|welche) ", line, maxsplit=1)[0].strip()
        line = first if 2 < len(first.split()) <= TITLE else _subject(brief.question, brief.lang) or line
    line = unmarked(line) or title.strip() or _subject(brief.question, brief.lang)
    return begun(line)


_HANGS = re.compile(  # "how people sign up for our", of "… our app"
    r"\b(?:an?|the|our|my|your|their|this|of|for|on|in|to|with|and|der|die|das|den|dem|unserer?|für|und|el|la|un|una|nuestr[ao]|para|de|y|"
    r"le|une|notre|pour|du|et|os?|as?|nossa?|e)$", re.I
)  # fmt: skip


def _bared(words: str, lang: str) -> str:
    """Words without the order, or the question word, that they begin with."""
    line = words.strip(" ¿¡!?")
    openers = sorted(listed("compose.openers", lang), key=len, reverse=True)
    plain = line.casefold().replace("-", " ").replace("’", "'")
    found = next((one for one in openers if plain.startswith(f"{one} ") and len(line) > len(one) + 2), "")
    return _ORDER.sub("", line[len(found) :].strip())


def _subject(question: str, lang: str) -> str:
    """What a short question is about, for where a title came to nothing; else nothing."""
    line = _bared(re.split(r"[:：?？.。!,;\n]", question.strip(" ¿¡"), maxsplit=1)[0], lang)
    return line if 1 < len(line.split()) <= 10 or (2 <= len(line) <= 24 and not line.isascii()) else ""


_ORDER = re.compile(
    r"^(?:please\s+)?(?:what (?:are|is)|map|draw|show(?: me)?|make(?: me)?|create|give me|tell me|list|explain|can you|build|plan|compare|"
    r"design|outline|describe)\s+"
    r"(?:the |an? )?",
    re.I,
)


@lru_cache
def _naming(lang: str) -> tuple[re.Pattern[str], ...]:
    """How a title names its form: "The 5-slide deck on …", "Infographic: …", "… infographic", "Introduction to how …", "The 7 …"."""
    forms = "|".join(re.escape(word) for word in sorted(listed("compose.forms", lang), key=len, reverse=True))
    articles = "the|an?|my|el|la|un|una|o|a|um|uma|le|une|der|die|das|ein|eine"
    links = "on|about|of|for|sobre|de|zum?|über|sur"
    told = (
        rf"^(?:(?:{articles})\s+)?\d{{1,2}}[- ](?:{forms})\b[\s:–—-]*(?:\b(?:{links})\b\s*(?=\w))?",
        rf"^(?:(?:{articles})\s+)?(?:{forms})\s*(?::|–|—|-|\b(?:{links})\b)\s*(?=\w)",
        rf"[\s:–—-]+(?:{forms})$",
        r"^(?:title|topic|intro(?:duction)?|introducción|introdução|einführung|overview)\s*[:–—-]\s*(?=\w)",
        r"^(?:an? |the )?(?:intro(?:duction)?|guide|overview) (?:to|of) (?=how |why |what |the )",
        (
            rf"^(?:(?:{articles})\s+)?(?:[\w-]+\s+){{0,2}}(?:{forms}|flowchart|timeline|map)\s+(?:shows?|depicts|illustrates|visuali[sz]es|zeigt|"
            r"muestra|mostra|montre)\s+(?:that |how )?(?=\w)"
        ),
        r"^the (?=\d+ )",
    )
    return tuple(re.compile(pattern, re.I) for pattern in told)


def _filler(data: dict[str, Any], brief: Brief) -> None:
    """A subtitle that adds nothing to the title and the question is left out."""
    subtitle = data.get("subtitle")
    if isinstance(subtitle, str) and subtitle:
        known = " ".join((str(data.get("title", "")), brief.question, *listed("compose.filler", brief.lang)))
        if covered(subtitle, known, brief.lang) >= 0.75:
            data["subtitle"] = ""


def _bare(words: str) -> str:
    """Words by their letters and digits alone."""
    return " ".join(re.findall(r"\w+", words.casefold()))
