"""Which visual of the conversation a wish is about where it names one ("on the board", "in the quiz"), and which of its parts where it
counts them ("question 5", "the third slide")."""

import json
import re
from dataclasses import replace
from functools import cache

from flipchart import assets
from flipchart.models.events import Pointed, Request
from flipchart.models.restyle import called, leftover, listed, parts_of, spelt, understood
from flipchart.models.rewire import akin
from flipchart.renderers.spec import Part, Spec

_BEFORE = (
    r"(?:(?:on|in|into|to|of|from|within|auf|in|an|aus|zu|von|en|a|de|sur|dans|à)\s+"
    r"(?:the|this|that|my|our|dem|der|den|das|die|diesem|dieser|el|la|los|las|este|esta|le|les|ce|cette)|im|am|zum|zur|al|del|au|du|aux)"
)


@cache
def names() -> dict[str, list[str]]:
    """By form, what people call it."""
    held = json.loads(assets.text("edits.json"))
    return {kind: [*held["forms"].get(kind, ()), *held["placed"].get(kind, ())] for kind in held["forms"] | held["placed"]}


@cache
def _named() -> dict[str, re.Pattern[str]]:
    """By form, the ways to name one that is there, with what tells it from others of its kind."""
    which = r"\s+(?P<which>(?:[\w'’-]+\s+){0,3}?)"
    return {kind: re.compile(rf"(?<!\w){_BEFORE}{which}(?:{spelt(some).pattern})\s*,?", re.I) for kind, some in names().items()}


def addressed(request: Request) -> tuple[str, Spec, Request] | None:
    """The visual of the conversation that the words name by its form, by its id, and the request without that; None where they name none
    that is there, or nothing else."""
    if request.about or request.form:
        return None
    for kind in dict.fromkeys(spec.kind for spec in reversed([*request.earlier.values()])):
        if kind not in _named() or (found := _named()[kind].search(request.text)) is None:
            continue
        id = _told_apart({id: spec for id, spec in request.earlier.items() if kind in {spec.kind}}, found["which"])
        rest = " ".join(f"{request.text[: found.start()]} {request.text[found.end() :]}".split())
        if id and rest:
            return id, request.earlier[id], replace(request, text=rest)
    return None


def _told_apart(there: dict[str, Spec], which: str) -> str:
    """The one of these that `which` tells by its place or by words of its title; the last where it tells nothing."""
    ids, words = list(there), leftover(which.lower())
    wish = understood(which)
    if wish.place and not wish.rest:
        return ids[wish.place - (wish.place > 0)] if abs(wish.place) <= len(ids) else ""
    hits = [id for id in ids if all(any(akin(word, other) for other in re.findall(r"\w+", there[id].title.lower())) for word in words)]
    return hits[-1] if hits else ""


def counted(id: str, spec: Spec, words: str) -> tuple[Pointed, str] | None:
    """The part of `spec` that `words` count out, and what they say behind that; None where they count none, several, or one that is not
    there."""
    noun = rf"(?:{parts_of(spec.kind).pattern})"
    by_number = rf"{noun}\s*(?:#|no\.?|nr\.?|number|nummer|número|numéro)?\s*(?P<number>\d{{1,2}})(?!\w)"
    found = re.search(by_number, words, re.I) or re.search(rf"(?P<place>[^\s,]+)\s+{noun}", words, re.I)
    if found is None or re.match(r"\s*(?:,|-|–|&|and|or|to|und|oder|bis|y|o|a|et|ou|à|e)\s*\d", words[found.end() :], re.I):
        return None
    if re.search(rf"(?<!\w){noun}(?!\w)", words[found.end() :], re.I):
        return None
    place = int(told) if (told := found.groupdict().get("number")) else understood(found["place"]).place
    parts = listed(spec)[1]
    at = len(parts) - 1 if place < 0 else place - 1 - type(spec).UNCOUNTED
    if not place or not 0 <= at < len(parts):
        return None
    return Pointed(id, parts[at].id, words=called(parts[at])[1]), words[found.end() :].strip(" .,:")


def remade(spec: Spec, words: str) -> bool:
    """True where `words` begin by wishing a part of `spec` that they count to be another ("make question 5 …")."""
    noun = parts_of(spec.kind).pattern
    return re.match(rf"\W*(?:please\s+|bitte\s+)?(?:{_cue('making')})\s+(?:[\w'’]+\s+){{0,2}}?(?:{noun})", words, re.I) is not None


def topical(part: Part | None, words: str) -> bool:
    """True where `words` wish a part, a question with answers to pick from, to ask something else: it can only be written whole."""
    keyed = bool(getattr(part, "options", ())) and hasattr(part, "answer")
    return keyed and re.search(_cue("topic"), words, re.I) is not None


@cache
def _cue(name: str) -> str:
    """Any of the words that `edits.json` lists under `name`."""
    return spelt(json.loads(assets.text("edits.json"))[name]).pattern


def replaced(spec: Spec, part: str, other: Spec) -> Spec | None:
    """`spec` with the first entry of `other`'s main list in the place of this part; None where `other` has none."""
    name, parts = listed(spec)
    made = next(iter(listed(other)[1]), None)
    if made is None or listed(other)[0] != name:
        return None
    new = tuple(made.model_copy(update={"id": part}) if one.id == part else one for one in parts)
    kept = {place: source for place, source in spec.sources.items() if place.partition(".")[0] != part}
    moved = {f"{part}{place.removeprefix(made.id)}": one for place, one in other.sources.items() if place.partition(".")[0] == made.id}
    return spec.model_copy(update={name: new, "sources": kept | moved, "version": spec.version + 1})
