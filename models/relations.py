"""Boards described in so many words, drawn at once without a language model: who does what to whom, sure or silent.

Sure is a message of which every word is read, in one way only: relations, and beside them nothing but the asking and what it is of.
Whatever else is said goes to the model.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from flipchart import assets
from flipchart.models import amend, relations_clauses, relations_signs, relations_staff
from flipchart.models.events import Drawn, Event, Planned, Request
from flipchart.models.language import detect
from flipchart.models.relations_clauses import Relation, State
from flipchart.models.relations_words import LANGUAGES, Lexicon, Name, lexicon, tokens
from flipchart.models.router import Query, plain, route
from flipchart.models.sources import sourced
from flipchart.renderers.whiteboard_spec import Whiteboard, shape_of
from flipchart.renderers.words import say

KIND = "whiteboard"
LONGEST = 1500  # characters of a message that is looked at
MOST = 40  # boxes of a board drawn this way
_STOP = re.compile(r"(?<=[^\s.])[.!。！](?=\s|$)\s*|(?<=[。！])|\s*\n\s*")
_SEPARATOR = re.compile(r"\s*(?:[:：.\n]|\s[–—-]\s)\s*")


@dataclass(frozen=True, slots=True)
class _Ask:
    """A message without its asking: what it describes, what that is called, and the design asked for."""

    described: str
    title: str = ""
    design: str = ""


def answer(request: Request) -> Iterator[Event] | None:
    """The answer without a language model, or None where one has to be asked."""
    if request.files or request.form not in (None, KIND) or (request.form is None and request.autonomy < 2):
        return None
    follows = request.form is None and bool(request.history and request.history[-1].visuals)
    if follows and amend.meant(request.text):
        return None  # it is about what is there
    spec = read(request.text, request.lang)
    if spec is not None and follows and len(spec.edges) < 2:
        return None  # one relation more may belong to what is there
    if spec is None or (request.form is None and route(Query(request.text)).form != KIND):
        return None
    return _drawn(spec)


def _drawn(spec: Whiteboard) -> Iterator[Event]:
    yield Planned(KIND, ((KIND, 1.0), ("text", 0.3)), say("reason.described", spec.lang or "en"), 0.1)
    yield Drawn(spec, "done")


def read(text: str, lang: str = "") -> Whiteboard | None:
    """The board that `text` describes; None where any of it was not understood."""
    text = text.strip()
    if not text or len(text) > LONGEST or "```" in text:
        return None
    told = detect(text).split("-")[0]
    # A few words may be taken for another language's; arrows are the same in all, so that only sentences are tried in each.
    others = () if relations_signs.arrowed(text) or "\n" in text or ":" in text else LANGUAGES
    for tongue in dict.fromkeys((told, *others)):
        lexis = lexicon(tongue) if tongue in LANGUAGES else None
        for ask in _asks(text, lexis):
            staff = relations_staff.read(ask.described) if tongue == "en" else None
            if staff is not None:
                return Whiteboard.model_validate({"title": ask.title, "lang": lang or tongue} | staff.fields())
            found = _relations(ask.described, lexis)
            if found is not None:
                title, relations, things = found
                made = _board(relations, things, ask.title or title, ask.design, lexis, lang or tongue)
                if made is not None:
                    return sourced(made, [text], made.lang)
    return None


# ---- what is asked ----


def _either(lexis: Lexicon, *uses: str) -> str:
    phrases = {" ".join(phrase) for use in uses for phrase in lexis.phrases.get(use, ())}
    return "(?:" + "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in sorted(phrases, key=len, reverse=True)) + r")(?!\w)"


@cache
def _asking(lexis_of: str) -> re.Pattern[str]:
    """What asks for a drawing: polite words, "draw", and what is to be drawn ("a simple diagram"); each may be left out but one."""
    lexis = lexicon(lexis_of)
    polite = rf"(?P<polite>(?:{_either(lexis, 'polite')}[\s,]*)*)"
    medium = rf"(?:{_either(lexis, 'one')}\s*)?(?:{_either(lexis, 'quick')}\s+)*"
    media = "|".join(f"(?P<{use}>{_either(lexis, use)})" for use in ("sequence", "mindmap", "tree"))
    quick = rf"(?:\s+{_either(lexis, 'quick')})?"
    thing = rf"(?P<medium>{medium}(?:{media}|{_either(lexis, 'media')}){quick})"
    like = rf"{_either(lexis, 'as')}\s+{thing.replace('(?P<', '(?P<as_')}"
    this = rf"(?P<this>{_either(lexis, 'this')}(?:\s+{_either(lexis, 'polite')})*(?:\s+{like})?)"
    draw = rf"(?P<draw>{_either(lexis, 'draw')})[\s,]*(?:{_either(lexis, 'polite')}\s*)*"
    made = rf"{_either(lexis, 'make')}\s+(?:{_either(lexis, 'polite')}\s*)*{thing.replace('(?P<', '(?P<made_')}"
    return re.compile(
        rf"{polite}(?:{draw}(?:{this}|{thing})?|{made}|{thing.replace('(?P<', '(?P<only_')})(?:[\s,]*{_either(lexis, 'polite')})*\s*", re.I
    )


def _asks(text: str, lexis: Lexicon | None) -> Iterator[_Ask]:
    """The ways to tell the asking from what is described; the asking may stand before it, after it, or nowhere."""
    if lexis is None:
        yield from _foreign(text)
        return
    asking = _asking(lexis.lang)
    begun = asking.match(text)
    if begun and begun.end():
        question = text.endswith("?") and bool(begun["polite"])
        rest = text[begun.end() :].rstrip("? ") if question else text[begun.end() :]
        yield from (ask for ask in _headed(rest, lexis, _design(begun)) if "?" not in ask.described)
    for place in re.finditer(r"[.;!?,\n]\s*(?=\S)|(?<=\s)[–—-]\s+", text):
        ended = asking.match(text, place.end())
        if not ended:
            continue
        title = text[ended.end() :].strip(" .!?")
        asks = ended["draw"] or ended["only_medium"] or ended["made_medium"]
        if asks and (not title or _titles(title, lexis)) and (ended["polite"] or not text.endswith("?")):
            yield _Ask(text[: place.start()], _title(title), _design(ended))
    yield _Ask(text)


def _headed(rest: str, lexis: Lexicon, design: str) -> Iterator[_Ask]:
    """What follows the asking: a title and a description, or the description alone."""
    bare = re.match(r"\s*[:：.,\n–—-]?\s*", rest)
    after = rest[bare.end() :] if bare else rest
    led = re.match(rf"\s*{_either(lexis, 'about')}\s*", rest, re.I)
    named = rest[led.end() :] if led else rest
    ends = [*_SEPARATOR.finditer(named), *re.finditer(rf"[\s,]+{_either(lexis, 'where')}\s+", named, re.I)]
    for end in sorted(ends, key=lambda one: one.start()):
        if _titles(named[: end.start()], lexis):
            yield _Ask(named[end.end() :], _title(named[: end.start()]), design)
    yield _Ask(after, "", design)
    for use in ("where", "about", "this"):
        if begun := re.match(rf"\s*{_either(lexis, use)}\s*[:：]?\s*", rest, re.I):
            yield _Ask(rest[begun.end() :], "", design)


def _design(asked: re.Match[str]) -> str:
    told = asked.groupdict()
    return next(
        (use for use in ("sequence", "mindmap", "tree") if any(told.get(f"{how}{use}") for how in ("", "only_", "as_", "made_"))), ""
    )


def _titles(words: str, lexis: Lexicon) -> bool:
    """Whether `words` are no more than what something is called: "our services", "how our shop works"."""
    row = tokens(words.strip(), lexis)
    if not row or lexis.has("draw", row[0].low) or lexis.has("make", row[0].low):
        return False
    for i in lexis.at("how", row, 0):
        row = row[i:]
        last = [n for n in range(len(row)) if len(row) in lexis.at("works", row, n)]
        if not last:
            return False
        row = row[: last[0]]
    while row and (lexis.has("one", row[0].low) or lexis.has("many", row[0].low)):
        row = row[1:]
    names = [n for n, token in enumerate(row) if not (0 < n < len(row) - 1 and (lexis.has("of", token.low) or lexis.has("one", token.low)))]
    return 0 < len(row) <= 6 and all(row[n].word and not lexis.has("stop", row[n].low) for n in names)


def _title(words: str) -> str:
    words = " ".join(words.split())
    return words[:1].upper() + words[1:]


@cache
def _signed() -> tuple[re.Pattern[str], re.Pattern[str]]:
    told = dict(line.split(": ", 1) for line in assets.text("relations/any.txt").splitlines() if line and not line.startswith("#"))
    before, after = ("|".join(map(re.escape, sorted(told[use].split("|"), key=len, reverse=True))) for use in ("before", "after"))
    return re.compile(rf"(?:{before})\s*[:：,，、\n]?\s*", re.I), re.compile(rf"[\s,，。.、]*(?:{after})\s*[。.!！]?$", re.I)


def _foreign(text: str) -> Iterator[_Ask]:
    before, after = _signed()
    rest = after.sub("", text)
    begun = before.match(rest)
    if begun or not re.match("[a-z\u0400-\u04ff]", plain(text)):  # else what heads the arrows may be an asking that is not known
        yield _Ask(rest[begun.end() :] if begun else rest)
    elif not re.search("[:：]", rest):
        yield _Ask(rest)


# ---- what is described ----


def _relations(text: str, lexis: Lexicon | None) -> tuple[str, tuple[Relation, ...], tuple[Name, ...]] | None:
    """A title that heads the description, its relations, and what is only sent about; None where not all of it is read."""
    if re.search("[?？؟]", text):
        return None
    text = text.strip()
    lines = [line for line in text.splitlines() if line.strip()]
    title = ""
    if len(lines) > 1 and lines[0].rstrip().endswith((":", "：")):
        title, lines = lines[0].rstrip(" :："), lines[1:]
    elif lines and (head := re.match(r"\s*([^:：→>]{2,60})[:：]\s*(?=\S)", lines[0])) and len(lines) == 1:
        title, lines = head[1], [lines[0][head.end() :]]
    if title and not (_titles(title, lexis) if lexis else relations_signs.name(title, None, plain=True)):
        if len(lines) > 1 or not relations_signs.arrowed(text):
            return None
        title, lines = "", [text]
    if len(lines) > 1 and all(re.search("[:：]", line) for line in lines):
        listed = relations_signs.listed(lines, lexis)
        if listed:
            return _title(title), listed, ()
    state = State()
    for line in lines:
        for sentence in _STOP.split(relations_signs.bare(line)):
            if sentence and sentence.strip(" .!。"):
                new = _sentence(sentence.strip().rstrip(".!。,;"), lexis, state)
                if new is None:
                    return None
                state = new
    return (_title(title), state.relations, state.things) if state.relations else None


def _sentence(text: str, lexis: Lexicon | None, state: State) -> State | None:
    if relations_signs.arrowed(text):
        drawn = relations_signs.read(text, lexis)
        return None if drawn is None else State((*state.relations, *drawn), things=state.things)
    if lexis is None:
        return None
    return _choice(text, lexis, state) or relations_clauses.read(text, lexis, state)


def _choice(text: str, lexis: Lexicon, state: State) -> State | None:
    """ "If the payment fails, retry, otherwise ship": a question with two ways out."""
    then, other = _either(lexis, "then", "also"), _either(lexis, "else")
    case, yes = rf"{_either(lexis, 'if')}\s+(?P<case>[^,;:]+?)", rf"(?:,\s*(?:{then}\s+)?|\s+{then}\s+)(?P<yes>[^,;:]+?)"
    no = rf"[,;.]?\s+(?:{_either(lexis, 'and')}\s+)?{other},?\s+(?P<no>[^,;:]+)"
    found = re.fullmatch(case + yes + no, text.strip(), re.I)
    if not found:
        return None
    row = tokens(found["case"], lexis)
    row = row[1:] if lexis.has("one", row[0].low) or lexis.has("many", row[0].low) else row
    if not 2 <= len(row) <= 7 or any(not token.word for token in row) or lexis.has("stop", row[0].low):
        return None
    asked = found["case"][row[0].start :].strip()
    question = Name(f"{asked}?")
    lang = lexis.lang
    known = [end for one in state.relations for end in (one.start, one.end)]
    cause = next((end for end in reversed(known) if f"{question.key(lang)} ".startswith(f"{end.key(lang)} ")), None)
    if state.relations and cause is None:
        return None
    out = [] if cause is None else [Relation(cause, question)]
    for use, way in (("yes", found["yes"]), ("no", found["no"])):
        way = re.sub(rf"^{_either(lexis, 'back')}\s+", "", way.strip(), flags=re.I)
        step = relations_signs.name(way, lexis, plain=False)
        if step is None or re.match(_either(lexis, "draw", "make"), way, re.I):
            return None
        out.append(Relation(question, step, " ".join(next(iter(lexis.phrases[use])))))
    return State((*state.relations, *out), things=state.things)


# ---- the board ----


def _board(
    relations: tuple[Relation, ...], things: tuple[Name, ...], title: str, design: str, lexis: Lexicon | None, lang: str
) -> Whiteboard | None:
    """The relations as a board; None where it is not certain which of its names are the same thing."""
    tongue = lexis.lang if lexis else ""
    mentions: dict[str, list[Name]] = {}
    for one in relations:
        for end in (one.start, one.end):
            mentions.setdefault(end.key(tongue), []).append(end)
    if len(mentions) > MOST or any(one.start.key(tongue) == one.end.key(tongue) for one in relations):
        return None
    if any(thing.key(tongue) in mentions for thing in things) or _doubtful(list(mentions), tongue):
        return None
    called = {key: _called(names) for key, names in mentions.items()}
    if len(set(called.values())) < len(called):
        return None
    people = all(name[0].isupper() and _shape(name, lexis) == "box" for name in called.values())
    ranked = all(one.rank == "^" for one in relations) and people
    if design == "tree":
        ranked = all(one.rank in {"^", "v"} for one in relations)
    edges: dict[tuple[str, str, str], dict[str, object]] = {}
    for one in relations:
        above, below = called[one.start.key(tongue)], called[one.end.key(tongue)]
        if ranked and one.rank == "v":
            above, below = below, above
        edge: dict[str, object] = {"start": above, "end": below, "label": "" if ranked else one.label}
        if one.tail:
            edge["tail"] = "arrow"
        edges.setdefault((above, below, one.label), edge)
    nodes = [{"name": name, "shape": _shape(name, lexis)} for name in called.values()]
    return Whiteboard.model_validate(
        {
            "title": title, "lang": lang, "design": design or ("tree" if ranked else "flow"), "nodes": nodes, "edges": list(edges.values()),
        }
    )  # fmt: skip


def _shape(name: str, lexis: Lexicon | None) -> str:
    """The shape of what `name` names, in the language it is named in."""
    row = tokens(name, lexis) if lexis else ()
    told = (use for use in ("store", "queue", "person") if lexis and any(lexis.at(use, row, n) for n in range(len(row))))
    return next(told, shape_of(name))


def _doubtful(keys: list[str], lang: str) -> bool:
    """Whether a name may be another one said in short: "the gateway" beside "API gateway"."""
    first = lang in {"es", "fr", "pt"}
    longer = {key.split()[0 if first else -1] for key in keys if " " in key and not key.split()[-1].isdigit()}
    return any(key in longer for key in keys)


def _called(names: list[Name]) -> str:
    """How the thing is written: as amid a sentence, and with the most capitals that the person gave it."""
    inner = [name for name in names if not name.begins] or names
    return max(inner, key=lambda name: sum(letter.isupper() for letter in name.words)).words
