"""Repairs by rule: what weak models get wrong in ways that need no model to mend."""

from typing import Any

from pydantic import ValidationError

from flipchart.renderers.spec import S, written_schema


def mended(spec: S) -> S:
    """`spec` without items said twice, empty items, and explanations that only repeat their label."""
    data = spec.model_dump(mode="json")
    _mend(data, written_schema(type(spec)))
    try:
        return type(spec).model_validate(data)
    except ValidationError:
        return spec


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
    """Clear a text that says what the label says."""
    label, text = item.get("label"), item.get("text")
    if isinstance(label, str) and isinstance(text, str) and label.casefold().strip(" .:") == text.casefold().strip(" .:"):
        item["text"] = ""
