"""The waist: one visual as data.

A `Spec` is a frozen pydantic model told apart by `kind`. Its fields are *written* (by a language model or a person: docstrings and
descriptions are the prompt) or `Ours` (ids, sources, seeds, resolved rows), which no model is ever asked for.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

import jiter
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from flipchart.renderers.problem import SpecProblem

Ours = Field(json_schema_extra={"ours": True})
"""Marks a field that the program sets: it is left out of the schema a model writes under.

Other marks: {"strong": True} is asked only of strong models, {"table": True} only where a table is attached, {"table": False} only where
none is, {"given": True} of weak models only where figures were given, {"weak": {…}} is what weak models are told instead,
{"figure": False} holds numbers that are no figures, {"means": {concept: value}} is settled by the first such concept that a question
names (`assets/router/concepts.txt`) where the model is a weak one."""

SourceKind = Literal["data", "quoted", "computed", "edited", "model", "given"]

COLOUR = r"^#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$"
DEEPEST = 24  # levels of nesting read from outside; our deepest spec uses nine
LONGEST = 4_000_000  # characters of JSON read from outside


class Source(BaseModel):
    """Where a figure is from: a query over data, the person's words, a formula, an edit, or a model's memory."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: SourceKind
    detail: str = ""
    """The query, the quoted words, or the formula."""
    old: str | None = None
    """What stood there before a person typed over it."""


class Part(BaseModel):
    """A piece of a spec that can be pointed at, edited and traced."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    id: Annotated[str, Ours] = ""


class Look(BaseModel):
    """What a person changed about the looks of one visual; empty fields follow the page."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    theme: str = ""
    accent: Annotated[str, Field(pattern=COLOUR)] | None = None
    ink: Annotated[str, Field(pattern=COLOUR)] | None = None
    sheet: Annotated[str, Field(pattern=COLOUR)] | None = None
    series: tuple[Annotated[str, Field(pattern=COLOUR)], ...] = ()
    design: str = ""
    """The design flipped to, where a form has several."""
    parts: Annotated[dict[str, Annotated[str, Field(pattern=COLOUR)]], Field(max_length=200)] = {}
    """Colours of single parts, by their place: "node3", "series1.values.2"."""


class Spec(Part):
    """One visual, as data."""

    ALTERNATIVES: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Fields of which a writer fills one set and leaves the other sets out; empty: all fields may go together."""
    CUES: ClassVar[tuple[str, ...]] = ()
    """For each alternative, a pattern for questions that mean it; "" where no other is meant. Empty: the writer chooses."""
    UNCOUNTED: ClassVar[int] = 0
    """How many entries the form adds to its main list by itself, such as a deck's cover."""

    kind: str
    version: Annotated[int, Ours] = 1
    lang: Annotated[str, Ours] = ""
    """BCP 47 language of the words in it; empty: not known."""
    seed: Annotated[int, Ours] = 0
    sources: Annotated[dict[str, Source], Ours] = Field(default_factory=dict)
    """Where each figure is from, by place: "item2.value" for a number field, "item2.text@4:9" for a figure inside words."""
    look: Annotated[Look, Ours] = Look()
    title: str = Field(default="", description="What the reader should conclude, as a short sentence.")

    @model_validator(mode="after")
    def _identify(self) -> Self:
        """Give the visual and each part an id of kind + ordinal, in reading order; ids that are there stay."""
        taken = {part.id for part in walk(self) if part.id}
        counts: dict[str, int] = {}
        for part in walk(self):
            if part.id:
                continue
            name = part.kind if isinstance(part, Spec) else type(part).__name__.lower()
            while True:
                counts[name] = counts.get(name, 0) + 1
                fresh = f"{name}{counts[name]}"
                if fresh not in taken:
                    break
            taken.add(fresh)
            object.__setattr__(part, "id", fresh)
        return self


S = TypeVar("S", bound=Spec)


def walk(value: object) -> Iterator[Part]:
    """Each part in `value`, itself first, in reading order."""
    if isinstance(value, Part):
        yield value
        for name in type(value).model_fields:
            yield from walk(getattr(value, name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from walk(inner)


def dump(spec: Spec) -> dict[str, Any]:
    """The spec as JSON values, what equals its default left out (but `kind` and `id`)."""
    data = spec.model_dump(mode="json", exclude_defaults=True)
    return {"kind": spec.kind, "id": spec.id} | data


def written_schema(model: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema of what a model writes for `model`: our own fields, `kind` and titles left out, references inlined."""
    whole = model.model_json_schema()
    definitions = whole.pop("$defs", {})

    def tidy(node: Any, depth: int = 0) -> Any:
        if isinstance(node, list):
            return [tidy(inner, depth) for inner in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            if depth > DEEPEST:
                return {}
            inner = dict(definitions[node["$ref"].rsplit("/", 1)[1]])
            inner |= {k: v for k, v in node.items() if k != "$ref"}
            return tidy(inner, depth + 1)
        out = {k: tidy(v, depth) for k, v in node.items() if k not in {"title", "default", "properties", "discriminator"}}
        if "properties" in node:
            kept = {
                name: tidy(value, depth)
                for name, value in node["properties"].items()
                if not value.get("ours") and not (depth == 0 and name == "kind")
            }
            out["properties"] = kept
            out["required"] = [name for name in node.get("required", []) if name in kept]
            out["additionalProperties"] = False
        return out

    tidied: dict[str, Any] = tidy(whole)
    return tidied


def explain(error: ValidationError) -> str:
    """All that is wrong in one line: where, what was found, what would do."""
    told = []
    for one in error.errors(include_url=False)[:6]:
        where = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in one["loc"]).lstrip(".")
        found = json.dumps(one["input"], ensure_ascii=False, default=str)
        found = found if len(found) <= 60 else found[:57] + "..."
        if one["type"] == "extra_forbidden":
            told.append(f"{where}: no such field; leave it out")
        elif one["type"] == "missing":
            told.append(f"{where}: missing; add it")
        else:
            told.append(f"{where or 'spec'}: {found}: {one['msg'][0].lower()}{one['msg'][1:]}")
    more = error.error_count() - len(told)
    return "; ".join(told) + (f"; and {more} more" if more > 0 else "")


def parse_json(words: str) -> Any:
    """The JSON value in `words`; raises SpecProblem where there is none, or it is too deep or too long."""
    if len(words) > LONGEST:
        raise SpecProblem(f"the JSON has {len(words):,} characters; at most {LONGEST:,} are read")
    try:
        value = jiter.from_json(words.encode("utf-8", "surrogatepass"), catch_duplicate_keys=False)
    except (ValueError, RecursionError) as error:
        raise SpecProblem(f"this is not JSON: {error}") from None
    if _depth(value) > DEEPEST:
        raise SpecProblem(f"the JSON is nested more than {DEEPEST} levels deep; flatten it")
    return value


def _depth(value: Any, most: int = DEEPEST + 1) -> int:
    if most <= 0 or not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(v, most - 1) for v in inner), default=0)


def read_prefix(
    words: str,
    model: type[S],
    ours: Mapping[str, Any] | None = None,
    read: Callable[[Mapping[str, Any]], dict[str, Any]] | None = None,
) -> S | None:
    """The best spec so far in a stream that stops anywhere; None while too little has come. Never raises.

    What does not validate (half a list item, an invented field) is left out, innermost first. `read`: the fields of the spec from what
    was written in another shape.
    """
    value = prefix(words)
    if read is not None:
        value = read(value)
    return salvage(value, model, ours) if value else None


def prefix(words: str) -> dict[str, Any]:
    """The JSON object so far in a stream that stops anywhere; empty where too little has come. Never raises."""
    start = words.find("{")
    if start < 0:
        return {}
    try:
        value = jiter.from_json(words[start:].encode("utf-8", "replace"), partial_mode="trailing-strings")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) and _depth(value) <= DEEPEST else {}


def salvage(value: dict[str, Any], model: type[S], ours: Mapping[str, Any] | None = None) -> S | None:
    """A valid spec from what is good of `value`; None where its required fields are not there."""
    value = value | dict(ours or {})
    for _ in range(200):
        try:
            return model.model_validate(value)
        except ValidationError as error:
            faulty = {place for one in error.errors(include_url=False) if (place := _faulty(value, one["loc"], one["type"]))}
            if not faulty:
                return None
            for place in sorted(faulty, key=lambda place: (len(place), *map(str, place[:-1]), place[-1]), reverse=True):
                _drop(value, place)
        except (ValueError, RecursionError):
            return None
    return None


def _faulty(value: Any, loc: Sequence[int | str], why: str) -> tuple[int | str, ...]:
    """What has to go: the faulty field, or where a field is missing, the list item without it; () for nothing that could."""
    place: tuple[int | str, ...] = ()
    for step in loc:
        if (isinstance(value, dict) and step in value) or (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            place += (step,)
            value = value[step]  # type: ignore[index]
    if why == "missing":
        while place and isinstance(place[-1], str):
            place = place[:-1]
    return place


def _drop(value: Any, place: Sequence[int | str]) -> None:
    for step in place[:-1]:
        value = value[step]
    del value[place[-1]]


class Edit(BaseModel):
    """One step of a patch: exactly one of `set`, `remove`, `add_after`, on the part with this id."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    set: dict[str, Any] | None = None
    remove: bool = False
    add_after: dict[str, Any] | None = None


def patch(spec: S, edits: Sequence[Edit | Mapping[str, Any]], by: SourceKind = "edited") -> S:
    """`spec` with the edits made; figures that changed carry the source `by` and their old value.

    Raises SpecProblem where an id is not in the spec or the result does not validate.
    """
    try:
        steps = [edit if isinstance(edit, Edit) else Edit.model_validate(edit) for edit in edits]
    except ValidationError as error:
        raise SpecProblem(f"the edit cannot be read: {explain(error)}") from None
    data = spec.model_dump(mode="json")
    sources = data["sources"]
    for step in steps:
        place = _place(data, step.id)
        if place is None:
            known = ", ".join(part.id for part in list(walk(spec))[:20])
            raise SpecProblem(f"there is no part `{step.id}` in {spec.id}; its parts are {known}")
        holder, index, node = place
        if step.set is not None:
            for field, new in step.set.items():
                if field in {"id", "kind", "version", "sources"}:
                    raise SpecProblem(f"`{field}` of {step.id} cannot be set")
                name, _, index = field.partition(".")
                inner = node.get(name)
                # "values.3" is one place of a list.
                listed = isinstance(inner, list) and index.isdecimal() and int(index) < len(inner)
                slot: Any = inner if listed else node
                key: Any = int(index) if listed else field
                old = slot[key] if listed else node.get(field)
                if new != old:
                    for stale in [k for k in sources if k == f"{step.id}.{field}" or k.startswith(f"{step.id}.{field}@")]:
                        del sources[stale]
                    if _has_figure(new) or _has_figure(old):
                        sources[f"{step.id}.{field}"] = {"kind": by, "old": None if old is None else str(old)}
                slot[key] = new
        elif step.remove or step.add_after is not None:
            if not isinstance(holder, list):
                raise SpecProblem(f"{step.id} is not in a list, so nothing can be added after it or removed")
            if step.remove:
                del holder[index]
            else:
                holder.insert(index + 1, step.add_after)
        else:
            raise SpecProblem(f"the edit of {step.id} says nothing; give `set`, `remove` or `add_after`")
    data["version"] = spec.version + 1
    try:
        return type(spec).model_validate(data)
    except ValidationError as error:
        raise SpecProblem(f"the edit does not fit: {explain(error)}") from None


def _has_figure(value: Any) -> bool:
    return isinstance(value, int | float | list) or (isinstance(value, str) and bool(re.search(r"\d", value)))


def _place(node: Any, id: str, holder: Any = None, index: Any = None) -> tuple[Any, Any, dict[str, Any]] | None:
    if isinstance(node, dict):
        if node.get("id") == id:
            return holder, index, node
        for key, inner in node.items():
            found = _place(inner, id, node, key) if key != "sources" else None
            if found:
                return found
    elif isinstance(node, list):
        for at, inner in enumerate(node):
            found = _place(inner, id, node, at)
            if found:
                return found
    return None
