"""Edits by the model: a wish about a visual that is there becomes a patch of its parts, never the visual written again."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from flipchart import assets
from flipchart.models import compose
from flipchart.models.critique import told
from flipchart.models.events import Pointed
from flipchart.models.llm import Message
from flipchart.models.restyle import ASKING, RENAMED, TITLE, leftover, spelt, understood
from flipchart.models.wishes import asked_count
from flipchart.renderers.figures import figures
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.skeleton import begun, holder
from flipchart.renderers.spec import Part, S, Spec, parse_json, patch, walk, written_schema
from flipchart.renderers.words import LANGUAGES, say

TOKENS = 320  # a patch may take; most take under 80
LONGEST = 240  # characters of a wish; more is a new subject
MOST = 12  # steps of one patch
FEW, FEWEST, DENSE = 3, 24, 8  # words, and characters (of scripts without blanks), that are too few for a question of their own
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
KEPT, SHORTER = 0.5, 0.25  # share of its texts that a visual keeps through an edit, and through one that is to shorten it
SHOWN = 4_000  # characters of the visual that the model sees

REFUSED = {
    "edit.refused": "most of what it says would be gone; leave all that is not wished to go",
    "edit.filed": "it tells a figure that the table does not; leave its figures as they are",
}
"""What a model is told of an edit that is not taken."""
_WAYS: tuple[Literal["undo", "redo"], ...] = ("undo", "redo")
_FITTED = {"trend", "forecast", "top", "sort", "up", "down"}  # what is added to a chart, or left of it, without figures of its own
_SAID = {"label", "text", "detail", "heading", "question", "name"}

_SYSTEM = (
    "You change a visual that is there. Answer with the edits alone, as JSON: each names the id of a part and either sets fields of it, "
    "removes it, or adds a new part of the same kind after it. Change only what is wished and leave everything else as it is. Write in the "
    "language of the visual. Never make up figures."
)


def meant(words: str) -> bool:
    """True where `words` wish something of what is there already: a verb of change, first or with what it refers to; no question."""
    low = re.split(r"[?？؟]\s*(?=\w)", words.lower())[-1]  # "what if it fails? add a way back"
    begins = re.match(r"\W*([\w'’]+)", low)
    if len(words) > LONGEST or begins is None or begins[1] in ASKING:
        return False
    verb = _cue("verbs").search(low)
    if verb is not None and len(re.findall(r"\w+", low[: verb.start()])) <= 2:
        return True
    return _cue("about").search(low) is not None and (verb is not None or _cue("soft").search(low) is not None)


def asks(words: str) -> bool:
    """True where `words` are a question, by how they begin or end."""
    begins = re.match(r"\W*([\w'’]+)", words.lower())
    return words.rstrip().endswith(("?", "？", "؟")) or (begins is not None and begins[1] in ASKING)


def titled(words: str) -> bool:
    """True where `words` are about the title."""
    return _cue("title").search(words.lower()) is not None


def refers(words: str) -> bool:
    """True where `words` point at what is there ("it", "the third", "the title")."""
    return _cue("about").search(words.lower()) is not None


def added(words: str) -> str:
    """What `words` begin by wishing to be added; empty where they wish no such thing, or a sum."""
    found = _cue("adding").search(words.lower())
    if found is None or len(re.findall(r"\w+", words[: found.start()])) > 1 or len(re.findall(r"\d[\d.,]*", words)) > 1:
        return ""
    return max(words[: found.start()], words[found.end() :], key=len).strip(" .,!?。！")  # the verb stands first, or last


def stepped(words: str) -> tuple[Literal["undo", "redo", ""], str]:
    """Which way `words` wish to go among the versions of what is there and nothing else, and the language they say it in."""
    low = " ".join(re.sub(r"[.!?,。！？，؟¿¡।]", " ", words.lower()).split()) if len(words) <= FEWEST * 3 else ""
    for way in _WAYS:
        for lang, sayings in json.loads(assets.text("edits.json"))[way].items():
            if low in sayings or (_cue(f"{way}.{lang}").search(low) and not leftover(_cue(f"{way}.{lang}").sub(" ", low))):
                return way, lang
    return "", ""


def entered(words: str, lang: str) -> bool:
    """True where `words` wish a named figure, or a row, to be put among those that are there, or one of these to be another."""
    renamed = next((found for pattern in RENAMED if (found := pattern.match(" ".join(words.split())))), None)
    if renamed is not None and renamed[1].casefold() not in TITLE:
        return bool(figures(renamed[2], lang)) and not leftover(renamed[2].lower())
    low = words.lower()
    found = _cue("adding").search(low)
    if found is None or len(re.findall(r"\w+", low[: found.start()])) > 2 or understood(low).named & _FITTED:
        return False
    rest = f"{low[: found.start()]} {low[found.end() :]}"
    told = [one for one in figures(rest, lang) if one.unit or one.value not in range(1500, 2101)]
    return bool(leftover(rest)) and (bool(told) or _ROW.search(rest) is not None)


def leans(words: str) -> bool:
    """True where `words` say little without what was said before: they point back, go on from it, or are but a few."""
    low = words.lower().lstrip(" \t¿¡\"'“«")
    short = len(low) <= (DENSE if _UNSPACED.search(low) else FEWEST) and len(re.findall(r"\w+", low)) <= FEW
    return points(words) or short


def points(words: str) -> bool:
    """True where `words` point back to what was said before, or go on from it."""
    begins = _cue("leaning").match(words.lower().lstrip(" \t¿¡\"'“«")) is not None
    return begins or refers(words) or meant(words)


def unverbed(low: str) -> str:
    """`low` (in lower case) without the verbs of wishes and what they refer to."""
    for name in ("verbs", "about"):
        low = _cue(name).sub(" ", low)
    return softened(low)


def softened(low: str) -> str:
    """`low` (in lower case) without the verbs that wish no change by themselves ("make", "show")."""
    return _cue("soft").sub(" ", low)


@cache
def _cue(name: str) -> re.Pattern[str]:
    """Any of the words that `edits.json` lists under `name`, or under "name.lang"; of those for the title under "title"."""
    found = json.loads(assets.text("edits.json"))
    name, _, lang = name.partition(".")
    return spelt(TITLE if name == "title" else found[name][lang] if lang else found[name])


def messages(spec: Spec, words: str, at: Pointed | None = None) -> list[Message]:
    """What the model is asked: the parts by their ids, the one that is pointed at, and the wish."""
    lines: dict[str, list[str]] = {}
    for place, said in told(spec):
        id, _, name = place.partition(".")
        lines.setdefault(id, []).append(f"{name}={json.dumps(said, ensure_ascii=False)}")
    for part in walk(spec):
        value = getattr(part, "value", None)
        if isinstance(value, int | float):
            lines.setdefault(part.id, []).append(f"value={value:g}")
    parts = "\n".join(f"{id}: {' '.join(said)}" for id, said in lines.items())[:SHOWN]
    meant = f"The wish is about {at.part} alone, which the person points at: {at.words!r}." if at else ""
    new = f"What is added says nothing that is there already; it is about: {added(words)}." if added(words) else ""
    if rows(spec, words):
        new = f"A row is added: on each side what is so there. It is about: {added(words)}."
    asked = [f"The {spec.kind}:\n{parts}", meant, f"Wish: {words}", new, compose.language(spec.lang or "en")]
    return [Message("system", _SYSTEM), Message("user", "\n\n".join(part for part in asked if part))]


def rows(spec: Spec, words: str) -> list[Part]:
    """The cells behind which the row goes that `words` wish, one of each of the things `spec` sets side by side; empty where none is
    wished."""
    if not _ROW.search(added(words)):
        return []
    for name in type(spec).model_fields:
        sides = getattr(spec, name)
        held: list[tuple[Part, ...]] = [getattr(side, "children", ()) for side in sides] if isinstance(sides, tuple) else []
        heads = {tuple(str(getattr(cell, "label", "")).casefold() for cell in cells) for cells in held}
        if len(held) > 1 and len(heads) == 1 and heads != {()}:
            return [cells[-1] for cells in held]
    return []


def row(words: str) -> str:
    """What a row is called that `words` wish ("add a row about noise"); empty where they do not say it in a few words."""
    topic = _AROUND.sub("", _ROW.split(added(words), maxsplit=1)[-1].strip(" .:,\"'“”«»„"))
    return begun(topic) if 0 < len(topic.split()) <= FEW else ""


_ROW = re.compile(
    r"\b(?:rows?|lines?|criterion|criteria|aspects?|zeile|kriterium|aspekt|fila|criterio|aspecto|ligne|critère|linha|critério)\b"
    r"(?:\s+(?:about|for|on|called|named|with|of|über|für|zu|zum|zur|mit|namens|sobre|para|de|del|do|da|sur|pour|du|des)\b)*", re.I
)  # fmt: skip


_AROUND = re.compile(r"^(?:the|le|la|les|l['’]|el|los|las|o|os|as|der|die|das|den)\s+|\s+(?:hinzu|dazu|ein)$", re.I)


def schema(spec: Spec, scope: compose.Scope, only: str = "", words: str = "") -> dict[str, Any]:
    """What the patch is written under: the ids that there are (or those in `only` one part), with the fields that parts of their kind have;
    for a row that `words` wish, one cell on each side."""
    ways: list[dict[str, Any]] = []
    parts = list(walk(next((part for part in walk(spec) if part.id == only), spec)))
    if last := rows(spec, words):
        named = {"label": {"const": row(words)}} if row(words) else {}
        cell = _scalars(compose.in_scope(written_schema(type(last[0])), scope))
        cells = [
            _step({"const": part.id}, add_after=holder(**{name: cell[name] for name in cell if name in _SAID} | named)) for part in last
        ]
        return _edits({"type": "array", "prefixItems": cells, "minItems": len(cells), "maxItems": len(cells)})
    holders = {type(part): [one.id for one in parts if type(one) is type(part)] for part in parts}
    for kind, ids in holders.items():
        fields = _scalars(compose.in_scope(written_schema(kind), scope))
        if not fields:
            continue
        id = {"enum": ids}
        some = holder(**fields) | {"required": [], "minProperties": 1}
        ways.append(_step(id, set=some))
        if not issubclass(kind, Spec):
            ways += [_step(id, remove={"const": True}), _step(id, add_after=some | {"required": _needed(written_schema(kind), fields)})]
    return _edits({"type": "array", "items": {"anyOf": ways}, "minItems": 1, "maxItems": MOST})


def _edits(steps: dict[str, Any]) -> dict[str, Any]:
    return holder(edits=steps)


def _step(id: dict[str, Any], **what: Any) -> dict[str, Any]:
    return holder(id=id, **what)


def _needed(whole: Mapping[str, Any], fields: Mapping[str, Any]) -> list[str]:
    """What a part that is added must say: what its kind requires, and its remark where it has one."""
    required = [name for name in whole.get("required", ()) if name in fields]
    return list(dict.fromkeys([*required, *(name for name in ("text", "detail") if name in fields)]))


def _scalars(whole: Mapping[str, Any]) -> dict[str, Any]:
    out = {}
    for name, value in whole.get("properties", {}).items():
        inner = next((one for one in value.get("anyOf", ()) if one.get("type") != "null"), value)
        if inner.get("type") in {"string", "number", "integer", "boolean"} or "enum" in inner:
            out[name] = {key: inner[key] for key in ("type", "enum") if key in inner}
    return out


def emptied(before: Spec, after: Spec, words: str) -> bool:
    """True where most of what `before` says is gone from `after`, though `words` wish nothing removed."""
    wish = understood(words.lower())
    named = wish.named
    if "remove" in named:
        return False
    if named == {"shorter"} and (wish.number or wish.place) and _lost(before, after):
        return True  # of slide 2, for which slide 3 is not to go
    least = SHORTER if named & {"shorter", "fewer"} or asked_count(words) else KEPT
    texts = [[said for _, said in told(spec)] for spec in (before, after)]
    # The letters of a script without blanks say as much as three of another; said more plainly, all may take half as many.
    letters = [sum(3 if _UNSPACED.match(sign) else sign.isalnum() for said in held for sign in said) for held in texts]
    return min(len(texts[1]) / max(1, len(texts[0])), 2 * letters[1] / max(1, letters[0])) < least


def _lost(before: Spec, after: Spec) -> bool:
    """Whether one of the things that `before` is a list of is gone."""
    lists = [(value, getattr(after, name, ())) for name, value in before if isinstance(value, tuple)]
    return any(len(now) < len(then) for then, now in lists)


def refused(before: Spec, after: Spec, words: str) -> str:
    """Why an edit is not taken, as what is said of it is called; empty where it is."""
    return "edit.refused" if emptied(before, after, words) else "edit.filed" if invented(before, after) else ""


def left(answer: str) -> bool:
    """True where `answer` says that a visual was left as it was."""
    return bool(answer) and answer.startswith(_left())


@cache
def _left() -> tuple[str, ...]:
    """What such an answer begins with, in every language."""
    return tuple(say(key, lang, name="\n").partition("\n")[0] for key in REFUSED for lang in LANGUAGES)


def invented(before: Spec, after: Spec) -> bool:
    """True where `after` tells a figure from memory that `before` did not, though its figures are those of a table."""
    made = {place for place, source in after.sources.items() if source.kind == "model" and before.sources.get(place) != source}
    return getattr(before, "query", None) is not None and bool(made)


def _words(part: Mapping[str, Any]) -> tuple[str, ...]:
    """What a part says."""
    return tuple(sorted(" ".join(v.casefold().split()) for name, v in part.items() if name in _SAID and isinstance(v, str) and v.strip()))


def amended(spec: S, written: str) -> S:
    """`spec` with the patch the model wrote; raises SpecProblem where it does not fit, changes nothing, or says again what is there."""
    edits = parse_json(written)
    edits = edits.get("edits") if isinstance(edits, dict) else edits
    if not isinstance(edits, list) or not edits:
        raise SpecProblem("no edit was written")
    there = {_words(part.model_dump()) for part in walk(spec)}
    for n, edit in enumerate(edits):
        if isinstance(edit, dict) and isinstance(edit.get("add_after"), dict) and _words(edit["add_after"]) in there:
            raise SpecProblem(f"edits[{n}].add_after: that is there already; write what the wish is about")
    changed = patch(spec, edits, "model")
    # Whether the figures in it are the person's is found out anew.
    sources = {place: source for place, source in changed.sources.items() if source.kind != "model" or spec.sources.get(place) == source}
    if changed.model_copy(update={"version": spec.version, "sources": spec.sources}) == spec:
        raise SpecProblem("the edits change nothing")
    return changed.model_copy(update={"sources": sources})
