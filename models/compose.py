"""Prompts made from the specs: what a model is told to write a form, and the schema it writes under."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flipchart.models.language import detect, letters_of
from flipchart.models.llm import Message
from flipchart.models.mend import SILENT
from flipchart.models.router import mentioned
from flipchart.models.wishes import NONE, Wishes
from flipchart.renderers.registry import form
from flipchart.renderers.skeleton import Skeleton, holder, phrase
from flipchart.renderers.spec import Spec, written_schema
from flipchart.renderers.words import say

LANGUAGES = {
    "en": "English", "es": "Spanish", "pt": "Portuguese", "fr": "French", "de": "German", "zh": "Chinese", "ja": "Japanese",
    "hi": "Hindi", "ar": "Arabic", "ru": "Russian", "it": "Italian", "nl": "Dutch", "ko": "Korean", "he": "Hebrew", "tr": "Turkish",
    "pl": "Polish", "el": "Greek", "uk": "Ukrainian", "sv": "Swedish", "cs": "Czech", "fi": "Finnish", "vi": "Vietnamese", "th": "Thai",
    "id": "Indonesian", "fa": "Persian", "bn": "Bengali", "ta": "Tamil", "ro": "Romanian", "hu": "Hungarian", "da": "Danish",
}  # fmt: skip

MOST_ITEMS = 40  # of any list a model writes
# Tokens an answer may take, about twice what a good one does: past it the model is lost, and what is good is kept.
TOKENS = {"text": 700, "chart": 600, "infographic": 800, "slides": 1800, "whiteboard": 800, "app": 900, "image": 220, "animation": 800}
PLAN_TOKENS = 240


@dataclass(frozen=True, slots=True)
class Scope:
    """What decides which fields a model is asked for: whether a table is attached, whether it is a strong model, whether there are
    figures to show."""

    table: bool = False
    strong: bool = False
    given: bool = False


# Languages in which a small model thinks of little that is true, though what it translates into them can be understood.
TRANSLATED = {"es", "fr", "pt", "it", "ja", "de", "ru"}
# Languages that a small model leaves for English unless it is held to their letters; of others, only after it did.
HELD = {
    "ar",
    "hi",
    "fa",
    "ur",
    "he",
    "bn",
    "ta",
    "th",
    "el",
    "uk",
    "mr",
    "te",
    "ml",
    "kn",
    "gu",
    "pa",
    "si",
    "my",
    "km",
    "lo",
    "ka",
    "hy",
    "am",
}


def in_letters(schema: Any, lang: str, question: str = "") -> Any:
    """The schema with its words held to the letters of `lang` and the foreign words in `question`, where that is not a Latin one."""
    letters = letters_of(lang)
    if not letters:
        return schema
    foreign = sorted({re.escape(word) for word in re.findall(r"[A-Za-z][A-Za-z0-9+.-]*", question)}, key=len, reverse=True)
    signs = r"\x20-\x21\x23-\x40\u00a0-\u00bf\u2000-\u206f\u20a0-\u20bf\u3000-\u303f\uff00-\uff0f"
    either = "|".join([f"[{letters}{signs}]", *foreign])
    return _held(schema, f"^(?:{either})+$")  # a pattern of JSON Schema is searched for unless it is anchored


def _held(schema: Any, pattern: str) -> Any:
    if isinstance(schema, list):
        return [_held(inner, pattern) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: _held(value, pattern) for key, value in schema.items() if key != "properties"}
    if out.get("type") == "string" and "enum" not in out and "const" not in out:
        out["pattern"] = pattern
    if "properties" in schema:
        held = schema["properties"]
        # What formulas and painters read is English; what parts call each other by is words where nothing else is.
        plain = SILENT - {"name", "start", "end", "group"} | ({"name"} if {"label", "formula"} & held.keys() else set()) | {"subjects"}
        out["properties"] = {name: value if name in plain else _held(value, pattern) for name, value in held.items()}
    return out


@lru_cache
def instructions(kind: str, scope: Scope = Scope()) -> str:
    """What a model is told to write a `kind`: the same words each time, so that they need to be read once."""
    about = re.sub(r"\s+", " ", in_scope(written_schema(form(kind).spec), scope).get("description", "")).strip()
    return (
        f"You answer by making one {kind}, written as JSON. {about}\n"
        f"Fields:\n{fields(_whole(kind, scope))}\n"
        "Write real, specific, correct content that answers the person, in few plain words, in the language they write in. "
        "Copy figures they give exactly; never make up figures, quotations or sources. No repetition. "
        "A title states the answer in at most ten words; it never repeats the question."
    )


def _whole(kind: str, scope: Scope) -> dict[str, Any]:
    schema = narrowed(kind, scope=scope)
    parts = schema.get("anyOf", [schema])
    always = set.intersection(*(set(part["required"]) for part in parts))
    return {"properties": {name: value for part in parts for name, value in part["properties"].items()}, "required": sorted(always)}


def fields(schema: Mapping[str, Any], indent: str = "") -> str:
    """A schema's fields as a list a model reads at a glance: name, kind of value, what it is for."""
    out = []
    required = set(schema.get("required", ()))
    for name, value in schema.get("properties", {}).items():
        inner = value
        for one in value.get("anyOf", ()):
            inner = one if one.get("type") != "null" else inner
        items = inner.get("items", {}) if inner.get("type") == "array" else {}
        holder = items if items.get("properties") else inner
        words = value.get("description") or inner.get("description") or ""
        if "enum" in inner:
            words = f"{words} One of: {', '.join(map(str, inner['enum']))}.".strip()
        kind = "list of objects" if items.get("properties") else "list" if items else ""
        told = "; ".join(part for part in ("" if name in required else "optional", kind, re.sub(r"\s+", " ", words)) if part)
        out.append(f"{indent}- {name}: {told}" if told else f"{indent}- {name}")
        if holder.get("properties"):
            out.append(fields(holder, indent + "  "))
    return "\n".join(out)


def narrowed(kind: str, wishes: Wishes = NONE, scope: Scope = Scope(), question: str = "") -> dict[str, Any]:
    """The schema a model writes a `kind` under: only what it can fill in and `question` means, the main list as long as was wished for."""
    model = form(kind).spec
    schema = in_scope(written_schema(model), scope)
    if form(kind).headline and not scope.strong:
        del schema["properties"]["title"]
    elif "title" in schema["properties"]:
        if not scope.strong:
            schema["properties"]["title"] = schema["properties"]["title"] | phrase(detect(question), 10)
        schema["required"] = ["title", *(name for name in schema["required"] if name != "title")]
    lists = [v for v in schema["properties"].values() if v.get("type") == "array" and v.get("items", {}).get("properties")]
    if lists:
        # Of fields that exclude each other the last stands alone, as a quiz's questions do; the others are not what is counted.
        main = lists[-1] if model.ALTERNATIVES else lists[0]
        if wishes.count:
            main["minItems"] = main["maxItems"] = max(1, wishes.count - model.UNCOUNTED)
            plans = [
                v for name, v in schema["properties"].items() if name in schema["required"] and v.get("items", {}).get("type") == "string"
            ]
            for plan in plans:
                plan["minItems"] = plan["maxItems"] = main["minItems"]
        elif wishes.most:
            main["maxItems"] = max(1, wishes.most - model.UNCOUNTED)
            main["minItems"] = min(main.get("minItems", 0), main["maxItems"])
    if question and not scope.strong:
        _settle(schema, written_schema(model)["properties"], question)
    marks = schema["properties"].get("mark", {})
    if wishes.table and "table" in marks.get("enum", ()):
        schema["properties"]["mark"] = {"const": "table"}
    if not model.ALTERNATIVES:
        return schema
    every = {name for names in model.ALTERNATIVES for name in names}
    meant = dict(zip(model.ALTERNATIVES, model.CUES, strict=False)) if question else {}
    cued = [names for names, cue in meant.items() if cue and re.search(cue, question, re.I)]
    ways = cued or [names for names, cue in meant.items() if not cue] or model.ALTERNATIVES
    return {"anyOf": [_alternative(schema, names, every - set(names)) for names in ways]}


def _settle(schema: dict[str, Any], whole: Mapping[str, Any], question: str) -> None:
    """Fixes each field whose value follows from what `question` names first, of the concepts that the spec gives it a value for."""
    told = mentioned(question)
    for name in schema["properties"]:
        means = whole[name].get("means", {})
        if value := next((means[concept] for concept in told if concept in means), None):
            schema["properties"][name] = {"const": value}
            schema["required"] = list(dict.fromkeys([*schema["required"], name]))


def in_scope(schema: dict[str, Any], scope: Scope) -> dict[str, Any]:
    """The schema without the fields that are not asked for in `scope`."""
    asked: dict[str, Any] = _asked(schema, scope)
    return asked


def _asked(schema: Any, scope: Scope) -> Any:
    """The schema without the fields that are out of scope, and without list lengths that no answer comes near (grammars choke on them)."""
    if isinstance(schema, list):
        return [_asked(inner, scope) for inner in schema if not isinstance(inner, dict) or _in_scope(inner, scope)]
    if not isinstance(schema, dict):
        return schema
    if not scope.strong:
        schema = schema | schema.get("weak", {})
    marks = {"properties", "strong", "weak", "table", "figure", "given", "means", "plan", "dated"}
    out = {key: _asked(value, scope) for key, value in schema.items() if key not in marks}
    if out.get("maxItems", 0) > MOST_ITEMS:
        out["maxItems"] = MOST_ITEMS
    if "properties" in schema:
        out["properties"] = {name: _asked(value, scope) for name, value in schema["properties"].items() if _in_scope(value, scope)}
        out["required"] = [name for name in schema.get("required", ()) if name in out["properties"]]
        kinds = [one["properties"]["type"]["const"] for one in out.get("oneOf", ()) if "type" in one["properties"]]
        if kinds:
            out["properties"]["type"] = out["properties"]["type"] | {"enum": kinds}
    return out


def _in_scope(value: dict[str, Any], scope: Scope) -> bool:
    given = scope.given or scope.strong or not value.get("given")
    return given and (scope.strong or not value.get("strong")) and value.get("table") in (None, scope.table)


def _alternative(schema: dict[str, Any], names: tuple[str, ...], without: set[str]) -> dict[str, Any]:
    """The schema with the fields `names`, which have to be there, and none of `without`."""
    kept = {name: value for name, value in schema["properties"].items() if name not in without}
    for name in names:
        if kept[name].get("type") == "array":
            kept[name] = {"minItems": 1} | kept[name]
    return schema | {"properties": kept, "required": [*schema["required"], *names]}


def planning(kind: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a `kind`'s schema under which its plan alone is written: the title, and what is marked as a plan."""
    marked = {name for name, value in written_schema(form(kind).spec)["properties"].items() if value.get("plan")}
    kept = {name: value for name, value in schema["properties"].items() if name in {"title", *marked}}
    return {"type": "object", "properties": kept, "required": list(kept), "additionalProperties": False}


def words(plan: Any) -> list[str]:
    """What JSON says, piece by piece."""
    if isinstance(plan, str):
        return [plan]
    inner = plan.values() if isinstance(plan, Mapping) else plan if isinstance(plan, list) else ()
    return [said for value in inner for said in words(value)]


def wanted(wishes: Wishes, kind: str) -> int | None:
    """How many parts were wished for, those that are not written left out."""
    return max(1, wishes.count - form(kind).spec.UNCOUNTED) if wishes.count else None


def enough(settled: Mapping[str, Any], wishes: Wishes, kind: str) -> bool:
    """True where a plan has as many parts as were wished for, else three."""
    least = wanted(wishes, kind) or 3
    return any(len(value) >= least for value in settled.values() if isinstance(value, list))


def in_english(asked: list[Message], schema: Mapping[str, Any]) -> tuple[list[Message], dict[str, Any]]:
    """What asks a model for the answer to `asked` in English, but for its title, and the schema of that: first the question, which else
    holds it back."""
    told = "Write every word in English: first `question`, what is asked, translated; then its answer."
    held = {name: value for name, value in schema["properties"].items() if name != "title"}
    return [*asked[:-1], Message("user", f"{asked[-1].content}\n\n{told}")], holder(question=phrase("en", 16), **held)


def translating(written: Mapping[str, Any], question: str, lang: str) -> list[Message]:
    """What asks a model for the JSON it wrote in English, in `lang` and under a title."""
    name = LANGUAGES[lang.split("-")[0]]
    told = f"You translate into natural {name}. The JSON stays as it is; every value is translated, in short plain words."
    whole = json.dumps({"title": question} | dict(written), ensure_ascii=False)
    return [Message("system", told), Message("user", whole)]


def named(known: Mapping[str, Any], lang: str) -> str:
    """What a model is told of a visual whose name says all that is known of it."""
    return "\n\n".join(
        part for part in (": ".join(str(known[key]) for key in ("title", "subtitle") if known.get(key)), language(lang)) if part
    )


def messages(
    kind: str,
    question: str,
    lang: str,
    *,
    context: str = "",
    history: str = "",
    wishes: Wishes = NONE,
    scope: Scope = Scope(),
    skeleton: Skeleton | None = None,
) -> list[Message]:
    """What a model is asked, to write a `kind` that answers `question`; on `skeleton`, where it settles the structure."""
    model = form(kind).spec
    # Figures have no list that is counted.
    main = max(1, wishes.count - model.UNCOUNTED) if wishes.count and kind != "text" and form(kind).headline is None else None
    asked = [f"Earlier in this conversation:\n{history}" if history else "", context, question]
    if skeleton is not None:
        asked.append(f"This time write these fields:\n{fields(skeleton.schema)}")
    asked += [wishes.told(main), language(lang)]
    system = instructions(kind, scope) if kind != "text" else SAY
    return [Message("system", system), Message("user", "\n\n".join(part for part in asked if part))]


def language(lang: str, strictly: bool = False) -> str:
    """What a model is told to write in `lang`, in that language too where we speak it; nothing for English, unless `strictly`."""
    short = lang.split("-")[0]
    name = LANGUAGES.get(short, lang)
    if short == "en":
        return "Write every word in English." if strictly else ""
    own = say("compose.write_in", short)
    own = own if own != say("compose.write_in", "en") else ""
    told = f"Write all words in {name}." if not strictly else f"Every single word a reader sees must be in {name}, none in English."
    return f"{told} {own}".strip()


SAY = (
    "You answer in Markdown, in the language the person writes in: warm, direct, short. The first sentence is the answer. "
    "A few short paragraphs or one list; headings only in long answers; **bold** for the few words that matter; tables for comparisons; "
    "code in fenced blocks that name the language. Never make up figures, quotations, links or sources; say so when you are not sure."
)


def of(spec: Spec) -> dict[str, Any]:
    """What a model wrote of `spec`: its written fields alone."""
    written: dict[str, Any] = _only(spec.model_dump(mode="json", exclude_defaults=True), written_schema(type(spec)))
    return written


def _only(value: Any, schema: Mapping[str, Any]) -> Any:
    for one in schema.get("anyOf", ()):
        schema = one if one.get("type") != "null" else schema
    if isinstance(value, dict) and "properties" in schema:
        return {k: _only(v, schema["properties"][k]) for k, v in value.items() if k in schema["properties"]}
    if isinstance(value, list) and "items" in schema:
        return [_only(v, schema["items"]) for v in value]
    return value
