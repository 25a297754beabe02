"""What has no row in another table: "which customers have no orders", "products never sold", "customers who did not order in 2024"."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flipchart.renderers import roles
from flipchart.renderers.database import Table
from flipchart.renderers.joins import key
from flipchart.renderers.question_filters import Filters
from flipchart.renderers.question_words import Item, Reader, fold, stem

_FILL = set("any a an anything been ever yet the single one placed place made had have has got de d n se".split())
_SHOWN = 5  # columns of a list


def lacking(question: str, tables: Mapping[str, Table], lang: str) -> tuple[dict[str, Any], bool] | None:
    """The query for rows that no row of another table points to, and whether every word has its place in it; None where none is meant."""
    for name, root in tables.items():
        for other, pointing in tables.items():
            if pointing is not root and key(pointing, root) is not None:
                found = _read(question, Reader(root, lang, [pointing]), Reader(pointing, lang, [root]), other)
                if found is not None:
                    query, sure = found
                    return query | {"table": name}, sure
    return None


def _read(question: str, reader: Reader, other: Reader, called: str) -> tuple[dict[str, Any], bool] | None:
    """The same for one table and one that points to it."""
    items = reader.items(question)
    own = [n for n, item in enumerate(items) if _named(reader, item)]
    denied = next((n for n, item in enumerate(items) if item.says("not", "lacking")), -1)
    if not own or denied < 0:
        return None
    end, told = denied + 1, False
    while end < len(items):
        item = items[end]
        rows = _named(other, item)
        happened = other.begins(item.words) and not rows
        if end in own or not (rows or happened or fold(item.words) in _FILL or item.says("verb") or item.says("not")):
            break
        told, end = told or rows or happened, end + 1
    if not told:
        return None
    rest = [item for n, item in enumerate(items) if not denied <= n < end and n not in own]
    rest, group = _grouped(rest, reader)
    count = any(item.says("count") for item in rest)
    where, sure = _filters(question, rest, other)
    query: dict[str, Any] = {"without": [{"table": called, "where": where}]}
    if count or group:
        return query | {"group": group, "measures": [{"take": "count"}], "sort": "down" if group else ""}, sure
    named = roles.naming(reader.table)
    columns = [c.name for c in reader.table.columns if c is not named and not roles.identity(c)]
    shown = [named.name, *columns] if named is not None else [c.name for c in reader.table.columns]
    return query | {"select": shown[:_SHOWN], "limit": 200}, sure


def _named(reader: Reader, item: Item) -> bool:
    """Whether a thing said is what the rows of a table are called."""
    words = [stem(fold(word)) for word in item.words.split()]
    return item.kind in {"unknown", "column"} and len(words) == 1 and reader.calls(words[0])


def _grouped(rest: Sequence[Item], reader: Reader) -> tuple[list[Item], list[str]]:
    """What is left without "by city", and the column of it."""
    for n, item in enumerate(rest[:-1]):
        column = rest[n + 1].columns[:1]
        if item.says("by") and column and column[0].kind == "text" and column[0] in reader.columns:
            return [*rest[:n], *rest[n + 2 :]], [column[0].name]
    return list(rest), []


def _filters(question: str, rest: Sequence[Item], other: Reader) -> tuple[list[dict[str, Any]], bool]:
    """Which rows of the other table are not there, and whether nothing else is said."""
    places = {item.at for item in rest}
    whole = other.items(question)
    kept = [replace(item, concepts=item.concepts - {"not"}) for item in whole if item.at in places]
    sentence = Filters(other, question, kept)
    sentence.bind_dates()
    sentence.bind_values()
    small = ("stop", "verb", "which", "who", "list", "count", "since", "to")
    left = [
        item for n, item in enumerate(sentence.items) if n not in sentence.used and not item.says(*small) and fold(item.words) not in _FILL
    ]
    return sentence.where, not any(item.kind != "concept" or item.concepts for item in left) and not sentence.assumed
