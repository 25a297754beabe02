"""What a deck holds: its slides and their parts, what each slide is shown as, its words, and how it converts.

`slides` lays it out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    FiniteFloat,
    JsonValue,
    PlainSerializer,
    SerializationInfo,
    WithJsonSchema,
    model_validator,
)

from flipchart.renderers import icons
from flipchart.renderers.chart_spec import Label, Unit, Value
from flipchart.renderers.content import Content, Thing
from flipchart.renderers.illustration import Art
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Ours, Part, Source, Spec, walk
from flipchart.renderers.typeset import clean
from flipchart.renderers.words import number, say

Type = Literal["points", "steps", "compare", "numbers", "chart", "table", "quote", "section", "closing", "picture", "text", "title"]
WRITTEN = ("points", "steps", "compare", "numbers", "chart", "table", "quote", "section", "closing")
"""The types a model is offered: the cover is made from the title, pictures are painted when asked for, text comes from Markdown."""
_OTHER_NAMES: dict[str, Type] = {
    "bullets": "points",
    "bullet": "points",
    "content": "points",
    "list": "points",
    "agenda": "points",
    "summary": "points",
    "process": "steps",
    "timeline": "steps",
    "columns": "compare",
    "comparison": "compare",
    "kpi": "numbers",
    "kpis": "numbers",
    "stats": "numbers",
    "metrics": "numbers",
    "image": "picture",
    "end": "closing",
    "conclusion": "closing",
    "cover": "title",
}
Mark = Literal["column", "bar", "line", "area", "pie"]
AT_ONCE = 6  # points dealt to one slide when a list becomes a deck


def _type(given: object) -> object:
    name = given.strip().lower() if isinstance(given, str) else given
    return _OTHER_NAMES.get(name, name) if isinstance(name, str) else name


def _said(given: object) -> object:
    """Bare words stand for a part whose `text` they are; what has a label, as small models are asked for, has its detail as `text`."""
    if given is None or isinstance(given, str | int | float):
        return {"text": "" if given is None else str(given)}
    if isinstance(given, Mapping) and "label" in given:
        return {name: value for name, value in given.items() if name != "label"} | {
            "text": given["label"], "detail": given.get("text", given.get("detail", ""))
        }  # fmt: skip
    return given


def _row(given: object) -> object:
    return {"cells": given} if isinstance(given, list | tuple) else given


def _visual(given: object) -> object:
    """A nested visual from JSON, told apart by its `kind`."""
    if not isinstance(given, Mapping):
        return given
    kind = given.get("kind")
    if not isinstance(kind, str) or kind == "slides":
        raise ValueError("a visual on a slide has a `kind` other than slides")
    try:
        return form(kind).spec.model_validate(given)
    except SpecProblem as problem:
        raise ValueError(str(problem)) from None


def _visual_data(visual: Spec | None, info: SerializationInfo) -> Any:
    """A nested visual as data, its `kind` always with it."""
    if visual is None:
        return None
    return {"kind": visual.kind} | visual.model_dump(mode=info.mode, exclude_defaults=info.exclude_defaults)


def _asked(most: int, given: bool = False) -> dict[str, JsonValue]:
    """What a model is asked for is less than what is read: a grammar with large bounds is slow, and a model without any runs on."""
    return {"maxItems": most, "given": True} if given else {"maxItems": most}


Sign = Annotated[str, AfterValidator(lambda name: (icons.find(name) or "") if name else "")]
"""An icon by name; one that is not shipped is the nearest that is, or none."""


class Point(Part):
    """One thing said."""

    text: str = Field(description="At most six words.")
    detail: str = Field(default="", description="One short sentence that adds a fact.")
    value: FiniteFloat | None = Field(default=None, json_schema_extra={"given": True}, description="numbers only: the figure.")
    unit: str = Field(default="", json_schema_extra={"given": True}, description="numbers only: its unit.")
    icon: Annotated[Sign, Ours] = ""
    """The icon that stands for it, such as "tabler:rocket"."""


_LABELLED: dict[str, JsonValue] = {
    "description": "points, steps: 3; closing: 2 or 3 plain lines.",
    "items": {
        "type": "object",
        "properties": {
            "label": {"type": "string", "description": "Its name, 2 to 4 words, never a question."},
            "text": {"type": "string", "description": "One short sentence that adds a fact."},
        },
        "required": ["label", "text"],
    },
}
"""How a small model writes a point: it keeps a label short, where it makes a `text` a sentence."""


class Row(Part):
    """One row of a table."""

    cells: tuple[Label, ...] = Field(default=(), max_length=12)


class Side(Part):
    """One side of a comparison."""

    heading: str
    items: tuple[Annotated[Point, BeforeValidator(_said), WithJsonSchema({"type": "string"})], ...] = Field(
        default=(), max_length=40, description="2 to 4 short points.", json_schema_extra=_asked(4)
    )


_PHRASE, _SENTENCE = r"^[^.;:!?]+$", r"^[^.!?;]+[.!?。！？।؟]?$"


def _one_type_each(schema: dict[str, Any]) -> None:
    """What a slide of each type must and may have, so that a model that writes under the schema cannot leave a slide empty."""
    words, figure = {"type": "string"}, {"type": "number"}

    def many(least: int, most: int, of: dict[str, Any]) -> dict[str, Any]:
        return {"type": "array", "minItems": least, "maxItems": most, "items": of}

    def holder(required: tuple[str, ...], **fields: Any) -> dict[str, Any]:
        return {"type": "object", "properties": fields, "required": list(required)}

    # A small model runs on where nothing stops it: what names a point ends before a sentence does, what explains it is one.
    named = holder(("label", "text"), label=words | {"pattern": _PHRASE}, text=words | {"pattern": _SENTENCE})
    points = many(3, 4, holder(("text", "detail"), text=words, detail=words)) | {"weak": many(3, 3, named)}
    own: dict[str, dict[str, Any]] = {
        "points": {"items": points},
        "steps": {"items": points},
        "numbers": {"items": many(2, 4, holder(("text", "value"), text=words, value=figure, unit=words))},
        "compare": {"sides": many(2, 3, holder(("heading", "items"), heading=words, items=many(2, 4, words)))},
        "chart": {"labels": many(2, 8, words), "values": many(2, 8, figure), "unit": words, "mark": schema["properties"]["mark"]},
        "table": {"columns": many(2, 5, words), "rows": many(2, 7, many(2, 5, words))},
        "quote": {"text": words, "by": words},
        "section": {"text": words},
        "closing": {"items": many(2, 3, words)},
    }
    schema["required"] = ["type", "heading"]  # of a model; half a slide of a stream is read without
    free = {"unit", "mark", "by"}
    schema["oneOf"] = [
        holder(
            ("type", "heading", *(name for name in fields if name not in free)),
            type={"const": kind}, heading=words, **fields, notes=schema["properties"]["notes"],
        ) | ({"strong": True} if kind in {"quote", "section"} else {"given": True} if kind in {"numbers", "chart", "table"} else {})
        for kind, fields in own.items()
    ]  # fmt: skip


class Slide(Part):
    """One slide: its type says which of the other fields it has."""

    model_config = ConfigDict(json_schema_extra=_one_type_each)

    type: Annotated[Type, BeforeValidator(_type), WithJsonSchema({"enum": list(WRITTEN)})]
    heading: str = Field(
        default="",
        description="What this slide shows, as a full short sentence, not a topic.",
        json_schema_extra={"weak": {"description": ""}},
    )
    text: str = Field(default="", description="section: one line. quote: the words.")
    by: str = Field(default="", json_schema_extra={"strong": True}, description="quote: who said it.")
    items: tuple[Annotated[Point, BeforeValidator(_said)], ...] = Field(
        default=(),
        max_length=60,
        description="points, steps, numbers: 3 to 5; closing: 2 or 3 plain lines.",
        json_schema_extra=_asked(6) | {"weak": _LABELLED},
    )
    sides: tuple[Side, ...] = Field(default=(), max_length=6, description="compare: the two sides.", json_schema_extra=_asked(3))
    columns: tuple[Label, ...] = Field(
        default=(), max_length=12, description="table: names of the columns.", json_schema_extra=_asked(5, given=True)
    )
    rows: tuple[
        Annotated[Row, BeforeValidator(_row), WithJsonSchema({"type": "array", "items": {"type": "string"}, "maxItems": 5})], ...
    ] = Field(default=(), max_length=200, description="table: the rows.", json_schema_extra=_asked(7, given=True))
    labels: tuple[Label, ...] = Field(
        default=(), max_length=200, description="chart: what is compared.", json_schema_extra=_asked(8, given=True)
    )
    values: tuple[Value, ...] = Field(
        default=(), max_length=200, description="chart: a figure for each label.", json_schema_extra=_asked(8, given=True)
    )
    unit: Unit = Field(default="", json_schema_extra={"given": True}, description="chart: unit of the values.")
    mark: Mark = Field(default="column", json_schema_extra={"given": True}, description="chart: how it is drawn.")
    notes: str = Field(default="", json_schema_extra={"strong": True}, description="What the speaker adds, in one sentence.")
    visual: Annotated[Spec | None, BeforeValidator(_visual), PlainSerializer(_visual_data), WithJsonSchema({"type": "object"}), Ours] = None
    """Another visual that stands on this slide."""
    blob: Annotated[str, Ours] = ""
    """Content hash ("sha256:…") of the picture on this slide."""
    alt: Annotated[str, Ours] = ""
    """What that picture shows."""
    art: Annotated[Art | None, Ours] = None
    """The illustration beside its words."""


def _both_required(schema: dict[str, Any]) -> None:
    """A model must write title and slides, though half a deck is read without them; it plans them first, in words that are not kept."""
    schema["required"] = ["title", "outline", "slides"]
    # As far as a model is asked; a deck from elsewhere may have more or fewer.
    slides = schema["properties"].pop("slides") | {"minItems": 4, "maxItems": 8}
    plan = "What each slide says, in a few words, in order; no two alike."
    line = {"type": "string", "weak": {"pattern": r"^[^ .,;:!]+( [^ .,;:!]+){0,8}$"}}
    schema["properties"]["outline"] = {
        "type": "array", "items": line, "minItems": 4, "maxItems": 8, "description": plan, "plan": True,
        "weak": {"description": "The heading of each slide, in order.", "maxItems": 6},
    }  # fmt: skip
    schema["properties"]["slides"] = slides
    schema["weak"] = {
        "description": "A deck to present: a lesson, a pitch, a report. First its plan: the title, and for each slide a heading of 3 to 6 "
        "words, each about another side of the subject, the last one what to remember or do. Then under each heading concrete facts, "
        "reasons, examples or steps that answer it, each with a short name; nothing is said twice."
    }


class Slides(Spec):
    """A deck to present: a lesson, a pitch, a report. The cover is made from the title. Each slide makes one point of its own: its heading
    is a short sentence that says it ("Bread rises because yeast makes gas"), never a topic such as Introduction. Under it stand concrete
    facts, reasons, examples or steps, nothing said twice in the deck. Types vary: steps for how, compare for two sides. The last slide is
    the closing: what to remember or do."""

    UNCOUNTED: ClassVar[int] = 1  # the cover

    kind: Literal["slides"] = "slides"
    title: str = Field(default="", description="Name of the talk.")
    subtitle: str = Field(default="", json_schema_extra={"strong": True}, description="What it promises, in a few words.")
    slides: tuple[Slide, ...] = Field(default=(), max_length=120)
    icon: Annotated[Sign, Ours] = ""
    """The icon that stands for its subject on the cover."""
    art: Annotated[Art | None, Ours] = None
    """The illustration on the cover."""

    model_config = ConfigDict(json_schema_extra=_both_required)

    @model_validator(mode="after")
    def _keep_ids_apart(self) -> Self:
        """Visuals brought from elsewhere keep their ids unless those are taken here."""
        taken = {part.id for part in _own_parts(self)}
        for slide in self.slides:
            if slide.visual is None:
                continue
            ids = [part.id for part in walk(slide.visual)]
            if taken.intersection(ids):
                names = {id: _free(id, slide.id, taken) for id in ids}
                object.__setattr__(slide, "visual", _renamed(slide.visual, names))
                ids = list(names.values())
            taken.update(ids)
        return self


def _own_parts(deck: Slides) -> Iterator[Part]:
    """The deck's parts without those of the visuals it carries."""
    yield deck
    for slide in deck.slides:
        inner = {id(part) for part in walk(slide.visual)}
        yield from (part for part in walk(slide) if id(part) not in inner)


def _free(id: str, slide: str, taken: set[str]) -> str:
    """`id`, or where it is taken, a name of it on this slide."""
    if id not in taken:
        return id
    tried, count = f"{slide}-{id}", 1
    while tried in taken:
        count += 1
        tried = f"{slide}-{id}-{count}"
    return tried


def _renamed(visual: Spec, names: Mapping[str, str]) -> Spec:
    """`visual` with its parts and the sources of their figures called as `names` says."""

    def renamed(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: names.get(value, value) if key == "id" else renamed(value) for key, value in node.items()}
        return [renamed(value) for value in node] if isinstance(node, list) else node

    data = visual.model_dump(mode="json")
    sources = {}
    for key, source in data["sources"].items():
        part, dot, field = key.partition(".")
        sources[names.get(part, part) + dot + field] = source
    return type(visual).model_validate(renamed(data) | {"sources": sources})


def count(deck: Slides) -> int:
    """How many slides the deck has, its cover included."""
    return len(deck.slides) + (0 if deck.slides and deck.slides[0].type == "title" else 1)


def shown_as(slide: Slide) -> str:
    """What the slide is laid out as: its type where it holds what that needs, else what it does hold; "visual" for a nested one."""
    holds = {
        "visual": slide.visual is not None,
        "picture": bool(slide.blob),
        "chart": bool(slide.labels and any(value is not None for value in slide.values)),
        "table": bool(slide.rows),
        "compare": bool(slide.sides),
        "numbers": any(item.value is not None for item in slide.items),
        "steps": bool(slide.items),
        "points": bool(slide.items),
        "quote": bool(slide.text),
        "text": bool(slide.text),
        "section": True,
        "closing": True,
        "title": True,
    }
    if holds["visual"] or holds[slide.type]:
        return "visual" if holds["visual"] else slide.type
    rest = ("picture", "chart", "table", "compare", "numbers", "points", "text", "section")
    return next(kind for kind in rest if holds[kind])


def halves(slide: Slide) -> tuple[Slide, Slide] | None:
    """The slide shared out over two, where it has something to share out; parts keep their ids."""
    kind = shown_as(slide)
    if kind in {"visual", "picture", "chart"}:
        if not slide.items:
            two = None if slide.visual is None else form(slide.visual.kind).halves(slide.visual)
            return two and (slide.model_copy(update={"visual": two[0]}), slide.model_copy(update={"visual": two[1]}))
        apart = {"type": "points", "visual": None, "blob": "", "labels": (), "values": (), "text": ""}
        return slide.model_copy(update={"items": ()}), slide.model_copy(update=apart)
    if kind == "compare":
        return _compare_halves(slide)
    if kind == "table":
        return _cut(slide, "rows", slide.rows, text="") if len(slide.rows) > 1 else None
    if len(slide.items) > 1:
        return _cut(slide, "items", slide.items, text="") if kind not in {"section", "closing"} else _cut(slide, "items", slide.items)
    if kind in {"text", "quote"} and len(slide.text) > 80:
        first, second = torn(slide.text)
        return slide.model_copy(update={"text": first}), slide.model_copy(update={"text": second})
    return None


def _cut(slide: Slide, field: str, held: Sequence[Part], **second: object) -> tuple[Slide, Slide]:
    middle = (len(held) + 1) // 2
    return slide.model_copy(update={field: held[:middle]}), slide.model_copy(update={field: held[middle:], **second})


def _compare_halves(slide: Slide) -> tuple[Slide, Slide] | None:
    most = max(len(side.items) for side in slide.sides)
    if most > 1:
        middle = (most + 1) // 2
        first, second = (
            tuple(side.model_copy(update={"items": side.items[part]}) for side in slide.sides)
            for part in (slice(middle), slice(middle, None))
        )
        return slide.model_copy(update={"sides": first}), slide.model_copy(update={"sides": second, "text": ""})
    return _cut(slide, "sides", slide.sides, text="") if len(slide.sides) > 2 else None


_ENDS = ".!?。！？؟।"


def torn(text: str) -> tuple[str, str]:
    """`text` in two near its middle: between paragraphs, else between sentences, else between words."""
    middle = len(text) // 2
    after_line = [i + 1 for i, c in enumerate(text) if c == "\n"]
    after_sentence = [i + 1 for i, c in enumerate(text) if c in _ENDS and (c not in ".!?" or text[i + 1 : i + 2].isspace())]
    after_word = [i + 1 for i, c in enumerate(text) if c == " "]
    for places in (after_line, after_sentence, after_word, [middle]):
        near = min(places, key=lambda i: abs(i - middle), default=0)
        first, second = text[:near].strip(), text[near:].strip()
        if first and second and abs(near - middle) <= middle * 0.6:
            return first, second
    return text[:middle], text[middle:]


def sources_of(deck: Slides, slide: Slide) -> dict[str, Source]:
    """The sources of the figures that stand on `slide`, those of a visual on it left out (it tells its own)."""
    inner = {id(part) for part in walk(slide.visual)}
    ids = {part.id for part in walk(slide) if id(part) not in inner}
    return {key: source for key, source in deck.sources.items() if key.partition(".")[0] in ids}


# --- in words ---


def figure(item: Point, lang: str) -> str:
    """The figure of a numbers slide as `lang` writes it; the item's words where it has none."""
    if item.value is None:
        return item.text
    if item.unit.startswith("/"):  # 8.4/10
        return figure(item.model_copy(update={"unit": ""}), lang) + item.unit
    if abs(item.value) >= 1e15:
        return number(item.value, lang, item.unit)  # no language has a short form for these
    whole = _exact(item.value, lang, item.unit, most=2)
    return whole if len(whole) <= 10 else number(item.value, lang, item.unit, compact=True)


def alt_of(slide: Slide, lang: str = "en") -> str:
    """What the slide shows, in a few sentences."""
    said = [slide.heading, form(slide.visual.kind).alt(slide.visual) if slide.visual else "", slide.alt, slide.text, slide.by]
    said += [f"{figure(item, lang)} {item.text}" if item.value is not None else item.text for item in slide.items]
    said += [f"{side.heading}: {', '.join(item.text for item in side.items)}" for side in slide.sides]
    said.append(", ".join(slide.columns))
    said += [f"{label} {number(value, lang, slide.unit)}" for label, value in _figures(slide)]
    return ". ".join(_line(words).rstrip(".") for words in said if _line(words))


def _figures(slide: Slide) -> list[tuple[str, float]]:
    return [(label, value) for label, value in zip(slide.labels, slide.values, strict=False) if value is not None]


def alt(deck: Slides) -> str:
    """The deck's name and its headings."""
    said = [deck.title, deck.subtitle, *(slide.heading or slide.text for slide in deck.slides)]
    return ". ".join(_line(words).rstrip(".") for words in said if _line(words))[:600]


def _line(words: str) -> str:
    return clean(words).replace("\n", " ").strip()


def _marked(words: str) -> str:
    """One line of words as Markdown that says just that."""
    plain = re.sub(r"([\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", _line(words))
    return re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", re.sub(r"^([#>+=~-])", r"\\\1", plain))


def markdown(deck: Slides) -> str:
    """The whole deck as Markdown, notes included."""
    lang = deck.lang or "en"
    out = [f"# {_marked(deck.title)}" if deck.title else "", _marked(deck.subtitle)]
    for slide in deck.slides:
        out.append(slide_markdown(slide, lang))
        if slide.notes:
            out.append(f"*{say('slides.notes', lang)}: {_marked(slide.notes)}*")
    return "\n\n".join(words for words in out if words)


def slide_markdown(slide: Slide, lang: str = "en") -> str:
    """One slide as Markdown, its heading included, its notes left out."""
    kind = shown_as(slide)
    out = [f"{'#' if kind in {'section', 'closing', 'title'} else '##'} {_marked(slide.heading)}" if slide.heading else ""]
    lines = [_marked(line) for line in clean(slide.text).split("\n")] if slide.text else []
    by = f"— {_marked(slide.by)}" if slide.by else ""
    if kind == "quote":
        # Two spaces keep the lines of a quotation apart.
        out.append("\n".join(f"> {line}  ".rstrip() if not line else f"> {line}  " for line in (*lines, *([by] if by else []))).rstrip())
    else:
        out += ["  \n".join(lines).replace("  \n  \n", "\n\n"), by]
    out.append(form(slide.visual.kind).markdown(slide.visual) if slide.visual else "")
    out.append(f"*{_marked(slide.alt)}*" if slide.blob and slide.alt else "")
    out.append("\n".join(f"{f'{i}.' if kind == 'steps' else '-'} {_point(item, lang)}" for i, item in enumerate(slide.items, 1)))
    out += ["\n".join([f"### {_marked(side.heading)}", "", *(f"- {_point(item, lang)}" for item in side.items)]) for side in slide.sides]
    if slide.rows:
        out.append(_table([slide.columns, *(row.cells for row in slide.rows)]))
    if _figures(slide):
        out.append(_table([["", slide.unit], *((label, _exact(value, lang)) for label, value in _figures(slide))], figures=True))
    return "\n\n".join(words for words in out if words)


def _exact(value: float, lang: str, unit: str = "", most: int = 9) -> str:
    """The figure with as many decimals as it has, up to `most`, as `lang` writes it."""
    return number(value, lang, unit, digits=len(f"{value:.{most}f}".rstrip("0").partition(".")[2]))


def _point(item: Point, lang: str) -> str:
    words, detail = _marked(item.text), _marked(item.detail)
    if item.value is not None:
        return f"**{_marked(_exact(item.value, lang, item.unit))}** {words}" + (f": {detail}" if detail else "")
    return f"**{words}**: {detail}" if detail else words


def _table(rows: Sequence[Sequence[str]], figures: bool = False) -> str:
    wide = max(len(row) for row in rows)
    lines = ["| " + " | ".join([*(_marked(words).replace("|", "\\|") for words in row), *[""] * (wide - len(row))]) + " |" for row in rows]
    rule = "| --- | ---: |" if figures else "|" + " --- |" * wide
    return "\n".join([lines[0], rule, *lines[1:]])


# --- the same content in other forms ---


def content(deck: Slides) -> Content | None:
    """The deck's outline as a tree: slides, and under each what it says; slides that go on under the same heading are one."""
    things: list[Thing] = []
    for slide in deck.slides:
        children = [_thing(deck, item) for item in slide.items]
        children += [Thing(side.heading, children=tuple(_thing(deck, item) for item in side.items), id=side.id) for side in slide.sides]
        children += [Thing(row.cells[0], " · ".join(row.cells[1:]), id=row.id) for row in slide.rows if row.cells]
        children += [Thing(label, "", value, slide.unit) for label, value in _figures(slide)]
        if slide.heading or slide.text or children:
            words = (slide.heading, slide.text) if slide.heading else (slide.text, "")
            if things and slide.heading and slide.heading == things[-1].label:
                text = "\n".join(filter(None, (things[-1].text, slide.text)))
                things[-1] = replace(things[-1], text=text, children=(*things[-1].children, *children))
            else:
                things.append(Thing(*words, children=tuple(children), id=slide.id))
    if len(things) == 1 and things[0].children:
        return Content(deck.title or things[0].label, things[0].children, ordered=deck.slides[0].type == "steps", lang=deck.lang)
    return Content(deck.title, tuple(things), lang=deck.lang) if things else None


def _thing(deck: Slides, item: Point) -> Thing:
    key = f"{item.id}.value"
    sources = (("value", deck.sources[key]),) if key in deck.sources else ()
    return Thing(item.text, item.detail, item.value, item.unit, item.icon, id=item.id, sources=sources)


def from_content(given: Content) -> Slides | None:
    """A deck of the content: each branch of a tree gets a slide, a list is dealt out, a table stays a table."""
    seen: set[str] = set()
    sources: dict[str, Source] = {}

    def own(id: str) -> str:
        """`id` the first time it comes; afterwards a fresh one is given."""
        fresh = id if id not in seen else ""
        seen.add(id)
        return fresh

    def point(thing: Thing) -> Point:
        id = own(thing.id)
        sources.update({f"{id}.{field}": source for field, source in thing.sources if id})
        inner = ", ".join(child.label for child in thing.children)
        icon = thing.icon if ":" in thing.icon else ""
        return Point(id=id, text=thing.label, detail=thing.text or inner, value=thing.value, unit=thing.unit, icon=icon)

    def deal(things: Sequence[Thing], heading: str, text: str = "", id: str = "") -> Iterator[Slide]:
        pages = -(-len(things) // AT_ONCE)
        for start, end in pairwise(-(-len(things) * page // pages) for page in range(pages + 1)):  # as many on each, the first fuller
            part = things[start:end]
            figures = all(thing.value is not None for thing in part)
            kind: Type = "numbers" if figures else "steps" if given.ordered else "points"
            items = tuple(point(thing) for thing in part)
            yield Slide(type=kind, heading=heading, text=text if not start else "", items=items, id=own(id) if not start else "")

    slides: list[Slide] = []
    loose = tuple(thing for thing in given.things if not thing.children)
    for thing in given.things:
        if thing.children:
            slides += deal(thing.children, thing.label, thing.text, thing.id)
        elif loose and thing is loose[0]:
            slides += deal(loose, given.title)
    if given.rows:
        rows = tuple(Row(cells=tuple(_words(value, given.lang) for value in row[:12])) for row in given.rows[:200])
        slides.append(Slide(type="table", heading=given.title, columns=given.columns[:12], rows=rows))
    return Slides(title=given.title, slides=tuple(slides[:120]), lang=given.lang, sources=sources) if slides else None


def _words(value: str | float | None, lang: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else number(value, lang or "en")
