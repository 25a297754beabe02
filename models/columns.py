"""Schemas held to the tables there are: a query can name no column that none of them has."""

from collections.abc import Mapping
from typing import Any

from flipchart.models import tables
from flipchart.models.events import Request
from flipchart.renderers.joins import every

MOST = 120  # names that a grammar is made of
COMPUTED = "computed"


def held(schema: dict[str, Any], request: Request) -> dict[str, Any]:
    """The schema with its query asked for, and every column and table in it one of those there are.

    What a first reading took from words that leave no doubt ("cumulative", "more than 100 orders") stays as it is.
    """
    query = next((one for one in schema.get("properties", {}).get("query", {}).get("anyOf", ()) if "properties" in one), None)
    known = every({file.name: file.table for file in request.files if file.table is not None})
    names = list(dict.fromkeys(column.name for table in known.values() for column in table.columns))
    if query is None or not names or len(names) > MOST:
        return schema
    fields = dict(query["properties"])
    one = {"type": "string", "enum": names}
    for name in ("group", "select"):
        fields[name] = fields[name] | {"items": one}
    computed = {"type": "string", "enum": [*names, COMPUTED]}
    fields["where"] = _item(fields["where"], {"column": one})
    fields["derive"] = _item(fields["derive"], {"name": {"const": COMPUTED}})
    fields["measures"] = _item(fields["measures"], {"column": computed})
    if len(known) > 1:
        fields["table"] = {"type": "string", "enum": list(known)}
    else:
        fields.pop("table")
    if not any(column.kind == "time" for table in known.values() for column in table.columns):
        fields.pop("every")
    read = tables.read(request)
    firm = read.query.model_dump(mode="json", include={"then", "having"}, exclude_defaults=True) if read is not None else {}
    fields |= {name: {"const": value} for name, value in firm.items()}
    query = query | {"required": [*query.get("required", ()), *firm]}
    required = list(dict.fromkeys([*schema.get("required", ()), "query"]))
    return schema | {"properties": schema["properties"] | {"query": query | {"properties": fields}}, "required": required}


def _item(schema: dict[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """A list's schema with fields of its items changed."""
    items = schema["items"]
    return schema | {"items": items | {"properties": items["properties"] | dict(changed)}}
