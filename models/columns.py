"""Queries of a small model held to what there is: columns of the tables, and values and numbers that the question says."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flipchart.models import tables
from flipchart.models.events import Request
from flipchart.models.language import detect
from flipchart.renderers import roles
from flipchart.renderers.database import Table
from flipchart.renderers.joins import every
from flipchart.renderers.query import Filter, Measure, Query
from flipchart.renderers.question_words import Reader, fold
from flipchart.renderers.spec import Spec

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


def mended(spec: Spec, request: Request) -> Spec:
    """The spec with its query rid of filters and limits that the question does not speak of, and with those filters it does."""
    query = getattr(spec, "query", None)
    if not isinstance(query, Query):
        return spec
    known = every({file.name: file.table for file in request.files if file.table is not None})
    read = tables.read(request)
    firm: Sequence[Filter] = read.query.where if read is not None else ()
    said = fold(request.text)
    where = [one for one in query.where if one in firm or one.is_ in {"empty", "filled"} or any(_said(value, said) for value in one.value)]
    where += [one for one in firm if all(one.column != other.column for other in where)]
    measures = [one for one in query.measures if one.column or one.take in {"count", "share"}] or query.measures
    measures = [_averaged(one, known, request) for one in measures]
    limit = read.query.limit if read is not None and read.query.limit else query.limit if _said(query.limit, said) else 0
    changes = {"where": tuple(where)[:8], "measures": tuple(measures), "limit": limit}
    return spec.model_copy(update={"query": query.model_copy(update=changes)})


def _averaged(measure: Measure, known: Mapping[str, Table], request: Request) -> Measure:
    """The measure with rates and marks averaged where nobody asks for their sum."""
    column = next((one for table in known.values() for one in table.columns if one.name == measure.column), None)
    rate = column is not None and column.kind == "number" and roles.taken(column) == "mean"
    if measure.take != "sum" or not rate:
        return measure
    lang = request.lang or detect(request.text)
    table = next(table for table in known.values() if column in table.columns)
    asked = any(item.says("sum") for item in Reader(table, lang).items(request.text))
    return measure if asked else measure.model_copy(update={"take": "mean"})


def _said(value: str | float, question: str) -> bool:
    """Whether the question speaks of a value: a number, or a word that begins alike."""
    words = fold(str(int(value)) if isinstance(value, float) and value.is_integer() else str(value))
    if re.fullmatch(r"\d{1,3}", words) and int(words) <= 10 and any(word in question for word in _NUMBERS[int(words)].split()):
        return True
    parts = re.findall(r"\d+|[^\W\d_]+", words)
    if any(part.isdigit() for part in parts):
        return any(re.search(rf"(?<!\d){part.lstrip('0') or 0}(?!\d)", question) for part in parts if part.isdigit())
    return any(part[:4] in question for part in parts) or any(word in question for word in ("last", "past", "this", "current"))


_NUMBERS = ("zero", "one", "two deux dos zwei", "three trois tres drei", "four", "five cinq cinco", "six", "seven", "eight", "nine", "ten")
