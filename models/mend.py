"""Repairs by rule: what weak models get wrong in ways that need no model to mend."""

import re
from difflib import SequenceMatcher
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.spec import S, written_schema


def mended(spec: S, question: str = "") -> S:
    """`spec` without items said twice, empty items, explanations that only repeat their label, or a title that repeats the question."""
    data = spec.model_dump(mode="json")
    _mend(data, written_schema(type(spec)))
    if question and isinstance(data.get("title"), str):
        data["title"] = _titled(data["title"], question)
    try:
        return type(spec).model_validate(data)
    except ValidationError:
        return spec


def _titled(title: str, question: str) -> str:
    """A title that is the question over again is cut to its subject; what is left stands as a heading."""
    if SequenceMatcher(None, title.casefold(), question.casefold()).ratio() < 0.72:
        return title
    subject = re.split(r"[:：?？.。]", title.strip(), maxsplit=1)[0].strip()
    subject = re.sub(
        r"^(please\s+)?(what (are|is)|map|draw|show( me)?|make( me)?|create|give me|tell me|list|explain|can you)\s+",
        "",
        subject,
        flags=re.I,
    )
    return subject[:1].upper() + subject[1:] if subject else title


def _mend(value: Any, schema: dict[str, Any]) -> None:
    if not isinstance(value, dict):
        return
    for name, inner in schema.get("properties", {}).items():
        if inner.get("type") != "array" or "properties" not in inner.get("items", {}) or not isinstance(value.get(name), list):
            continue
        seen: set[str] = set()
        kept = []
        for item in value[name]:
            _restated(item)
            key = _key(item)
            if key and key in seen:
                continue
            seen.add(key)
            kept.append(item)
            _mend(item, inner["items"])
        if len(kept) >= inner.get("minItems", 0):
            value[name] = kept


def _key(item: dict[str, Any]) -> str:
    """What makes an item the same as another: all its words and figures."""
    said = [str(v).casefold().strip(" .!") for k, v in item.items() if k not in {"id", "icon"} and v not in (None, "", [], 0, False)]
    return "|".join(said)


def _restated(item: dict[str, Any]) -> None:
    """Clear words that only say again what the item's first words say."""
    said = [(name, value) for name, value in item.items() if name not in {"id", "icon"} and isinstance(value, str) and value]
    for name, value in said[1:]:
        if value.casefold().strip(" .:!") == said[0][1].casefold().strip(" .:!"):
            item[name] = ""
