"""Wishes about the whole of a visual: in another language, for other people, in another tone, or the same with other content.

Words are written anew one by one, each in its place, so that the structure, the ids and the figures that are no words stay as they are.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flipchart import assets
from flipchart.models import amend, compose
from flipchart.models.critique import told
from flipchart.models.events import Request
from flipchart.models.language import detect
from flipchart.models.llm import Message
from flipchart.models.restyle import leftover, spelt, understood
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.skeleton import begun, holder
from flipchart.renderers.spec import S, Spec, parse_json, patch, prefix, walk

AT_ONCE = 16  # texts that a model writes in one answer: of more, a small one loses its place
LONGEST = 90  # characters of a wish about the whole; more says what is to be there
READ = 6_000  # characters of an answer that is written anew
SAME = 0.7  # share of texts that may stay as they were before it counts as not having been done


@dataclass(frozen=True, slots=True)
class Recast:
    """What is wished of the whole: its words in `lang`, as `told`; `anew` is for other content under the same question."""

    told: str
    lang: str
    anew: bool = False


def wished(spec: Spec, words: str) -> Recast | None:
    """What `words` wish of all of `spec`; None where they wish something else, or of a part alone."""
    line = " ".join(words.split())
    low = line.lower()
    if not line or len(line) > LONGEST or amend.titled(line) or amend.added(line):
        return None
    meant = understood(line)
    if meant.place or "remove" in meant.named:
        return None
    lang = spec.lang or detect(" ".join(said for _, said in told(spec)))
    tongues = {code for code, cue in _languages().items() if cue.search(low)}
    cues = [name for name in ("tone", "level", "other") if _cue(name).search(low)]
    left = low
    for cue in (*_languages().values(), *(_cue(name) for name in ("tone", "level", "other", "whole"))):
        left = cue.sub(" ", left)
    if leftover(amend.unverbed(left)):
        return None
    if len(tongues) == 1 and not cues:
        (code,) = tongues
        name = compose.LANGUAGES[code]
        return Recast(f"Translate each text into natural {name}.", code) if code != lang.split("-")[0] else None
    if tongues or not cues or form(spec.kind).retouched is not None:  # "more playful" is painted, not written
        return None
    keyed = any("answer" in type(part).model_fields and getattr(part, "options", ()) for part in walk(spec))
    anew = "other" in cues or ("level" in cues and keyed)
    return Recast(f"Write each text anew as this wishes: {line}.", lang, anew)


def reworded(request: Request) -> Recast | None:
    """What is wished of the answer in words that came last, whole; None where a visual came, or something else is wished."""
    if request.form not in {None, "text"} or not request.history:
        return None
    last = request.history[-1]
    if last.visuals or not last.answer.strip() or len(request.text) > LONGEST:
        return None
    lang = detect(last.answer)
    wish = understood(request.text)
    if wish.named == {"shorter"} and not wish.rest and not wish.number:
        return Recast("Say what matters most of it in two short sentences.", lang)
    cast = wished(form("text").spec.model_validate({"markdown": last.answer, "lang": lang}), request.text)
    return cast if cast is not None and not cast.anew else None


def rewording(cast: Recast, answer: str) -> list[Message]:
    """What asks a model for `answer` in other words."""
    told = cast.told.replace("each text", "the text")
    return [
        Message("system", f"You write a text anew. {told} Keep its figures and names. Answer with the text alone."),
        Message("user", f"{answer[:READ].strip()}\n\n({told})"),
    ]


@cache
def _languages() -> dict[str, re.Pattern[str]]:
    """By code, the names of each language in many."""
    return {code: spelt(names) for code, names in json.loads(assets.text("edits.json"))["languages"].items()}


@cache
def _cue(name: str) -> re.Pattern[str]:
    return spelt(json.loads(assets.text("edits.json"))["recast"][name])


def texts(spec: Spec) -> dict[str, str]:
    """Every text of `spec` that a reader sees, by its place ("item2.label"); what is no more than figures or signs is left out."""
    found = dict(told(spec))
    for part in walk(spec):
        name = getattr(part, "name", "")
        if name and getattr(part, "label", None) == "":  # a box without a label shows its name
            found[f"{part.id}.label"] = name
    return {place: words for place, words in found.items() if re.search(r"[^\W\d_]{2}|[\u3040-\u9fff]", words)}


def asked(spec: Spec, cast: Recast) -> Iterator[tuple[tuple[str, ...], list[Message], dict[str, Any]]]:
    """The places that are written in one answer, what asks a model for them, and the schema of its answer; as often as it takes."""
    said = list(texts(spec).items())
    parts = -(-len(said) // AT_ONCE)
    each = -(-len(said) // parts) if parts else 1
    for start in range(0, len(said), each):
        some = said[start : start + each]
        keys = _keys([place for place, _ in some])
        system = (
            f"You write the texts of a {spec.kind} anew. {cast.told} Each stays in its place, about as long as it is, with its figures and "
            "names. Answer with the same keys."
        )
        given = json.dumps(dict(zip(keys, (words for _, words in some), strict=True)), ensure_ascii=False)
        properties: dict[str, Any] = {key: {"type": "string", "minLength": 1} for key in keys}
        schema: dict[str, Any] = {"type": "object", "properties": properties, "required": keys, "additionalProperties": False}
        if cast.lang.split("-")[0] in compose.HELD:
            schema = compose.in_letters(schema, cast.lang, given)
        yield tuple(place for place, _ in some), [Message("system", system), Message("user", given)], schema


def tokens(places: Sequence[str], spec: Spec) -> int:
    """Tokens that the answer for these places may take: one for each character there is, enough in any script, and some for the keys."""
    there = texts(spec)
    return 60 + 12 * len(places) + sum(len(there[place]) for place in places)


def written(places: Sequence[str], answer: str) -> dict[str, str]:
    """The texts by their places, as a model wrote them; raises SpecProblem where they are not all there."""
    found = parse_json(answer)
    keys = _keys(places)
    if not isinstance(found, dict) or not all(str(found.get(key) or "").strip() for key in keys):
        raise SpecProblem("not every text was written")
    return {place: str(found[key]).strip() for key, place in zip(keys, places, strict=True)}


def _keys(places: Sequence[str]) -> list[str]:
    """Short names that say what each text is: "label2" of the second part, "options2_1" of its first choice."""
    parts = list(dict.fromkeys(place.partition(".")[0] for place in places))
    split = [place.split(".") for place in places]
    return [f"{name}{parts.index(id) + 1}{'_' + at[0] if at else ''}" for id, name, *at in split]


def translating(english: Sequence[str], lang: str) -> tuple[list[Message], dict[str, Any]]:
    """What asks a model for texts in `lang`, and the schema of its answer: each behind its English, lest a small one leave it so."""
    name = compose.LANGUAGES[lang.split("-")[0]]
    own: dict[str, Any] = {"type": "string", "minLength": 1}
    pairs = [holder(English={"const": words}, **{name: own}) for words in english]
    listed: dict[str, Any] = {"type": "array", "prefixItems": pairs, "minItems": len(pairs), "maxItems": len(pairs)}
    return [Message("system", f"You translate English into natural {name}."), Message("user", "\n".join(english))], holder(said=listed)


def translated(english: Sequence[str], answer: str, lang: str) -> dict[str, str]:
    """The texts in `lang` by their English, as far as a model wrote them."""
    found, name = prefix(answer).get("said"), compose.LANGUAGES[lang.split("-")[0]]
    told = [str(pair.get(name) or "").strip() for pair in found if isinstance(pair, Mapping)] if isinstance(found, list) else []
    return {words: begun(new) if words[:1].isupper() else new for words, new in zip(english, told, strict=False) if new}


def recast(spec: S, new: Mapping[str, str], lang: str) -> S:
    """`spec` with these texts in their places; raises SpecProblem where most of them are what they were."""
    there = texts(spec)
    kept = sum(words.casefold().strip(" .") == there[place].casefold().strip(" .") for place, words in new.items())
    if kept > SAME * len(new):
        raise SpecProblem("the texts were not written anew")
    edits: dict[str, dict[str, str]] = {}
    for place, words in new.items():
        id, _, field = place.partition(".")
        if words != there[place]:
            edits.setdefault(id, {})[field] = words
    changed = patch(spec, [{"id": id, "set": fields} for id, fields in edits.items()], "model")
    return changed.model_copy(update={"lang": lang})
