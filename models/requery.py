"""Follow-ups to a chart of a table: its query with what the words change ("only the north", "by product instead", "what about units?")."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flipchart.models import amend
from flipchart.models.restyle import spelt
from flipchart.renderers.query import Query
from flipchart.renderers.question import Reading, read
from flipchart.renderers.words import listed

FEW = 3  # words, of which the language is not asked for


def followed(spec: Any, words: str, tables: Mapping[str, Any], lang: str) -> Reading | None:
    """The question of `spec` to its table, with what `words` change of it; None where they ask something of their own."""
    before: Query | None = getattr(spec, "query", None)
    if before is None or not amend.leans(words):
        return None
    low = words.lower()
    said = {name: spelt(listed(f"question.{name}", lang)) for name in ("again", "instead", "split", "whole")}
    bare = low
    for name in ("again", "instead", "split"):
        bare = said[name].sub(" ", bare)
    found = read(" ".join(bare.split()), tables, lang)
    if found is None or found.missed or before.table not in {"", found.query.table}:
        return None
    told = found.query
    if said["whole"].search(low) and not any(one.take == "share" for one in told.measures):
        return None
    if told.then or told.having or told.derive or told.without or told.with_ or told.each:
        return None
    where = _with(before, told)
    named = bool(told.measures) and _names(told, bare, tables)
    if told.select:  # words that only say which rows
        return Reading(before.model_copy(update={"where": where}), str(spec.mark)) if told.where else None
    if told.group and named:
        return None  # a question of its own
    if told.group:
        return _grouped(spec, before.model_copy(update={"where": where}), found, added=bool(said["split"].search(low)))
    if not told.measures:
        return None
    measures = told.measures if named else tuple(one.model_copy(update={"take": told.measures[0].take}) for one in before.measures)
    if not measures or before.select or (measures == before.measures and where == before.where):
        return None
    return Reading(before.model_copy(update={"where": where, "measures": measures, "rows": told.rows or before.rows}), str(spec.mark))


def _with(before: Query, told: Query) -> tuple[Any, ...]:
    """The filters there were, but for those on a column that is spoken of again, and the new ones."""
    again = {one.column for one in told.where}
    return (*(one for one in before.where if one.column not in again), *told.where)


def _names(told: Query, words: str, tables: Mapping[str, Any]) -> bool:
    """Whether the words name a figure, rather than leaving which one open: those they group by alone would find another."""
    without = " ".join(word for word in words.split() if not any(word in column.lower() for column in told.group))
    found = read(without, tables) if without else None
    return found is not None and found.sure and bool(found.query.measures)


def _grouped(spec: Any, query: Query, found: Reading, *, added: bool) -> Reading | None:
    """The same figures by what the words name: beside what they were by where that is wished for or where time comes to it."""
    told = found.query
    if query.select:
        return None
    if set(told.group) <= set(query.group):
        stepped = told.every and query.every and told.every != query.every
        return Reading(query.model_copy(update={"every": told.every, "limit": 0}), str(spec.mark)) if stepped else None
    steps = bool(told.every) and not query.every
    if len(query.group) == 1 and len(told.group) == 1 and (added or steps):
        group = (*told.group, *query.group) if steps else (*query.group, *told.group)
        every = told.every or query.every
        changed = query.model_copy(update={"group": group, "every": every, "sort": "" if every else query.sort, "limit": 0, "place": 0})
        return Reading(changed, "line" if every else "column")
    kept = {"group": told.group, "every": told.every, "sort": told.sort, "limit": told.limit, "place": 0, "apart": False}
    return replace(found, query=query.model_copy(update=kept), sure=True)
