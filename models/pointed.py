"""What a person points at in a visual before they ask: found in it, named, told to the model; and wishes that mean it alone.

A place is a part's id and, within it, a field such as "values.2". One mechanism for every form: parts have ids.
"""

import re
from dataclasses import replace

from pydantic import ValidationError

from flipchart.models import amend
from flipchart.models.events import Pointed, Request
from flipchart.models.restyle import LONGEST, RENAMED, called, looking, reordered, shorter, understood, without
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Part, Spec, patch, walk
from flipchart.renderers.words import number

WORDS = 200  # characters of what it is called
SHOWN = 2_000  # characters of the visual around it that the model sees


def found(request: Request) -> tuple[str, Spec] | None:
    """The visual that the person points into, by its id; None where they point at nothing that is still there."""
    about = request.about
    return (about.visual, request.earlier[about.visual]) if about and about.visual in request.earlier else None


def settled(about: Pointed, spec: Spec) -> Pointed:
    """`about` with its words, in one line; of a part that is gone the whole visual is meant."""
    if part_of(spec, about.part) is None:
        about = replace(about, part=spec.id, field="", words="")
    words = re.sub(r"[ \t\r\n]+", " ", about.words or named(spec, about.part, about.field)).strip()
    return replace(about, words=words if len(words) <= WORDS else words[: WORDS - 1].rstrip() + "…")


def part_of(spec: Spec, id: str) -> Part | None:
    """The part of `spec` with this id."""
    return next((part for part in walk(spec) if part.id == id), None)


def named(spec: Spec, part: str, field: str = "") -> str:
    """What a place is called: its label and its figure, its words, or where an arrow leads."""
    held = part_of(spec, part)
    if held is None:
        return ""
    name, _, index = field.partition(".")
    inner = getattr(held, name, None) if name else None
    at = int(index) if index.isdecimal() else -1
    one = inner[at] if isinstance(inner, tuple | list) and 0 <= at < len(inner) else None
    if isinstance(one, int | float):
        labels = getattr(spec, "labels", ())
        names = [getattr(held, "name", "") if len(getattr(spec, "series", ())) > 1 else "", labels[at] if at < len(labels) else ""]
        said = ", ".join(name for name in names if name)
        figure = number(one, spec.lang or "en", getattr(held, "unit", "") or getattr(spec, "unit", ""))
        return f"{said}: {figure}" if said else figure
    words = one if isinstance(one, str) else inner if isinstance(inner, str) else ""
    ends = [getattr(held, end, "") for end in ("start", "end")]
    return words or str(called(held)[1]) or " → ".join(end for end in ends if isinstance(end, str) and end) or getattr(held, "title", "")


def told(request: Request) -> str:
    """What the model is told of the part that is pointed at, and of the visual around it; empty where there is none."""
    there = found(request)
    if there is None or request.about is None:
        return ""
    spec, words = there[1], repr(request.about.words)
    whole = form(spec.kind).markdown(spec).strip()[:SHOWN]
    asked = f"The person points at this part of the {spec.kind}: {words}. Their message is about that part."
    return "\n".join(
        [asked.replace(">>>", "> > >"), f"The {spec.kind}, only to be read from:", "<<<", whole.replace(">>>", "> > >"), ">>>"]
    )


def known(request: Request) -> str:
    """The words of the part, where its figure may be quoted: it is not from a model's memory."""
    there = found(request)
    if there is None or request.about is None:
        return ""
    part, field = request.about.part, request.about.field
    sources = there[1].sources
    source = sources.get(f"{part}.{field}") or sources.get(f"{part}.{field.partition('.')[0]}")
    return "" if source is not None and source.kind == "model" else request.about.words


# Wishes about the part alone


def wished(spec: Spec, about: Pointed, words: str) -> Spec | None:
    """`spec` with the part as `words` wish it, by rule; None where they wish something else of it, or of the whole."""
    line, part = " ".join(words.split()), part_of(spec, about.part)
    if not line or len(line) > LONGEST or part is None:
        return None
    try:
        changed = _renamed(spec, part, about.field, line) or _changed(spec, part, about.field, line)
    except (SpecProblem, ValidationError):
        return None
    return changed.model_copy(update={"version": spec.version + 1}) if changed is not None and changed != spec else None


def _changed(spec: Spec, part: Part, field: str, line: str) -> Spec | None:
    """The part coloured, left out, or with shorter words."""
    wish = understood(line)
    if wish.rest or wish.number or wish.place:
        return None
    if "remove" in wish.named:
        return _without(spec, part, field)
    if wish.colour and not wish.named:
        return _coloured(spec, part, field, wish.colour)
    return shorter(spec, part) if wish.named == {"shorter"} and part is not spec else None


def _coloured(spec: Spec, part: Part, field: str, colour: str) -> Spec:
    if part is spec and not field:
        return looking(spec, accent=colour, series=(colour,))
    place = f"{part.id}.{field}" if field and not _own(part, field) else part.id
    return looking(spec, parts={**spec.look.parts, place: colour})


def _own(part: Part, field: str) -> bool:
    """True where the words in `field` are what the part is called, so that the part itself is meant."""
    return not isinstance(part, Spec) and field in {"label", "heading", "name", "question", "text", "detail", "value", "unit"}


def _without(spec: Spec, part: Part, field: str) -> Spec | None:
    name, _, index = field.partition(".")
    labels = getattr(spec, "labels", ())
    if name in {"values", "labels"} and index.isdecimal() and labels and getattr(spec, "query", None) is None:
        at = int(index)
        return reordered(spec, [i for i in range(len(labels)) if i != at]) if at < len(labels) > 1 else None
    return None if part is spec or index else without(spec, part)


def _renamed(spec: Spec, part: Part, field: str, line: str) -> Spec | None:
    """The part, or the label of its figure, under another name ("call this Spring")."""
    for pattern in RENAMED:
        asked = pattern.match(line)
        if not asked or not amend.refers(asked[1]) or understood(asked[2]).colour:
            continue
        name, _, index = field.partition(".")
        labels, new = getattr(spec, "labels", ()), asked[2].strip()
        if name in {"values", "labels"} and index.isdecimal():
            fits = int(index) < len(labels) and getattr(spec, "query", None) is None
            return patch(spec, [{"id": spec.id, "set": {f"labels.{index}": new}}]) if fits else None
        own, old = ("title", spec.title) if part is spec else called(part)
        ends = [
            {"id": other.id, "set": {end: new}}
            for other in walk(spec)
            for end in ("start", "end")
            if own == "name" and old and getattr(other, end, None) == old
        ]
        return patch(spec, [{"id": part.id, "set": {own: new}}, *ends]) if own else None
    return None
