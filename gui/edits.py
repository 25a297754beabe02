"""What follows from a person's change: typed words become numbers, words that told a figure tell the new one, the rest is doubted."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.check import Finding
from flipchart.renderers.figures import figures
from flipchart.renderers.figures import read as read_figure
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Edit, Part, Spec, explain, patch, walk
from flipchart.renderers.words import number

PAINTED = {"prompt", "subjects", "style", "aspect", "seed"}  # what a picture is painted from
# Fields whose words may tell a figure.
TELLING = ("title", "subtitle", "text", "label", "detail", "note", "heading", "takeaway")


def applied(spec: Spec, edits: Sequence[Mapping[str, Any]]) -> Spec:
    """The spec with a person's patch applied, and what follows from it; raises SpecProblem where it does not fit."""
    changed = patch(spec, _typed(spec, edits))
    # Which pixels a picture has is no figure, whatever digits are in their name.
    sources = {place: source for place, source in changed.sources.items() if not place.endswith(".blob")}
    return _followed(spec, changed.model_copy(update={"sources": sources}))


def _typed(spec: Spec, edits: Sequence[Mapping[str, Any]]) -> list[Edit]:
    """The patch with words read as numbers where a number stands; a picture whose prompt changes loses its pixels."""
    try:
        steps = [Edit.model_validate(edit) for edit in edits]
    except ValidationError as error:
        raise SpecProblem(f"the edit cannot be read: {explain(error)}") from None
    parts = {part.id: part for part in walk(spec)}
    out = []
    for step in steps:
        part = parts.get(step.id)
        if step.set and part is not None:
            fresh = {name: _value(part, name, new, spec.lang) for name, new in step.set.items()}
            if PAINTED & fresh.keys() and hasattr(part, "blob"):
                empty = {"blob": "", "original": "", "marked": ()}
                fresh |= {name: none for name, none in empty.items() if hasattr(part, name) and name not in fresh}
            step = step.model_copy(update={"set": fresh})
        out.append(step)
    return out


def _value(part: Part, name: str, new: Any, lang: str) -> Any:
    field, _, index = name.partition(".")
    old = getattr(part, field, None)
    if isinstance(old, tuple | list) and index.isdecimal() and int(index) < len(old):
        old = old[int(index)]
    if not isinstance(new, str) or isinstance(old, bool) or not isinstance(old, int | float):
        return new
    meant = read_figure(new, lang or "en")
    if meant is None:
        raise SpecProblem(f"{part.id}.{name}: {new[:40]!r} is not a number; type one such as 1200 or 1.2k")
    return int(meant) if isinstance(old, int) and meant == int(meant) else meant


def unpainted(spec: Spec) -> bool:
    """True where a picture of the spec has no pixels yet."""
    return any(getattr(part, "blob", None) == "" for part in walk(spec))


def _followed(before: Spec, after: Spec) -> Spec:
    """`after`, its words following its figures: where words told a figure that was changed, they tell the new one.

    Only figures that stood in one place of `before` are followed: of two equal ones nobody can say which the words meant.
    """
    old, new = _numbers(before), _numbers(after)
    counts = Counter(old.values())
    moved = {old[place]: new[place] for place in old if place in new and old[place] != new[place] and counts[old[place]] == 1}
    written = _strings(before)
    edits: dict[str, dict[str, Any]] = {}
    for (part, name), words in _strings(after).items():
        if moved and written.get((part, name)) == words:
            told = _retold(words, moved, after.lang or "en")
            if told != words:
                edits.setdefault(part, {})[name] = told
    if not edits:
        return after
    return patch(after, [{"id": part, "set": fields} for part, fields in edits.items()], "computed")


def stale(spec: Spec) -> list[Finding]:
    """Figures that were computed from others which a person has changed since."""
    kinds = {source.kind for place, source in spec.sources.items() if "@" not in place}
    if "edited" not in kinds:
        return []
    found = "it was computed before another figure was changed"
    computed = [place for place, source in spec.sources.items() if source.kind == "computed" and source.old is None]
    return [Finding("spec", place, found, "work it out again", "warning") for place in computed]


def _numbers(spec: Spec) -> dict[tuple[str, str], float]:
    """Every figure of the spec by part and field."""
    out: dict[tuple[str, str], float] = {}
    for part in walk(spec):
        for name in ("value", "values"):
            held = getattr(part, name, None)
            listed = list(enumerate(held)) if isinstance(held, tuple | list) else [("", held)]
            for at, one in listed:
                if isinstance(one, int | float) and not isinstance(one, bool):
                    out[part.id, f"{name}.{at}".rstrip(".")] = float(one)
    return out


def _strings(spec: Spec) -> dict[tuple[str, str], str]:
    """The words of the spec that tell something, by part and field."""
    return {(part.id, name): words for part in walk(spec) for name in TELLING if isinstance(words := getattr(part, name, None), str)}


def _retold(words: str, moved: Mapping[float, float], lang: str) -> str:
    for figure in reversed(figures(words, lang)):
        if figure.value in moved and (digits := re.search(r"\d(?:[\d.,\u00a0\u2009\u202f' ]*\d)?", words[figure.start : figure.end])):
            bare = read_figure(digits.group(), lang)
            if bare:
                start = figure.start + digits.start()
                told = number(moved[figure.value] / (figure.value / bare), lang)
                words = words[:start] + told + words[start + len(digits.group()) :]
    return words


# A table that takes another's place


def requeried(spec: Mapping[str, Any], old: str, new: str, *, only: bool) -> dict[str, Any] | None:
    """The spec with its queries over the table `old` turned to `new`; None where it has none. `only`: there are no other tables."""
    turned = False

    def turn(value: Any) -> Any:
        nonlocal turned
        if isinstance(value, list):
            return [turn(one) for one in value]
        if not isinstance(value, Mapping):
            return value
        out = {key: turn(one) for key, one in value.items()}
        query = value.get("query")
        if isinstance(query, Mapping) and (query.get("table", "") == old or (only and not query.get("table"))):
            turned = True
            out["query"] = {**query, "table": new}
        return out

    made = turn(spec)
    return made if turned else None


def retitled(before: Spec, now: Spec) -> Spec:
    """`now` without its title where that only told the figures of `before`, so that it is told anew."""
    one = form(before.kind)
    if one.headline is None or not before.title:
        return now
    told = before.title == one.headline(before) or any(figure.measured for figure in figures(before.title, before.lang or "en"))
    return now.model_copy(update={"title": ""}) if told else now
