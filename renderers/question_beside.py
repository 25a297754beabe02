"""Rows told by those of another table that point to them: "customers without orders", "members who borrowed both Crime and Poetry"."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from flipchart.renderers import roles
from flipchart.renderers.database import Column, Table
from flipchart.renderers.joins import joined, key
from flipchart.renderers.question_filters import Filters
from flipchart.renderers.question_words import Item, Reader, fold, noun, stem

_FILL = set("any a an anything been ever yet the single one placed place made had have has got all de d n se".split())
_SMALL = ("stop", "verb", "which", "who", "list", "count", "since", "to")
_SHOWN = 5  # columns of a list
_BOTH = re.compile(
    r"\b(?:both|as well as|and also|also|sowohl|als auch|tanto|como|ambos|ambas|a la fois|aussi bien|et aussi|y tambien|e tambem)\b"
)
_BUT_NOT = re.compile(r"\b(?:but|aber|pero|mas|mais)\s+(?:\w+\s+){0,2}?(?:not|never|nicht|nie|kein\w*|no|nunca|nao|pas|jamais)\b")
_JOINING = {"and", "not", "lacking", "ge", "with_"}


def beside(question: str, tables: Mapping[str, Table], lang: str) -> tuple[dict[str, Any], bool] | None:
    """The query for rows of a table that some, or none, of another point to, and whether every word has its place in it; else None."""
    said, any_ = fold(question), Reader(next(iter(tables.values())), lang)
    if not (_BOTH.search(said) or _BUT_NOT.search(said) or any(item.says("not", "lacking") for item in any_.items(question))):
        return None
    best = None
    for name, root in tables.items():
        for other, pointing in tables.items():
            if pointing is root or key(pointing, root) is None:
                continue
            rest = [one for one in tables.values() if one is not root]
            whole = joined(pointing, rest) or pointing
            own = joined(root, tables.values()) or root
            pair = Pair(question, Reader(root, lang, [pointing]), Reader(own, lang, [pointing]), Reader(whole, lang, [root]), other)
            if found := pair.lacking() or pair.both():
                query, sure = found[0] | {"table": name}, found[1]
                if sure:
                    return query, sure
                best = best or (query, sure)
    return best


@dataclass
class Pair:
    """A question over one table and another that points to it."""

    question: str
    own: Reader
    wide: Reader
    """The same with what its rows point to."""
    other: Reader
    called: str
    """The name of the table that points."""

    def __post_init__(self) -> None:
        self.items = self.own.items(self.question)
        self.others = self.other.items(self.question)
        self.subjects = [n for n, item in enumerate(self.items) if _named(self.own, item)]
        join, root = self.other.table.join, self.own.table
        known = [one for one in join.tables[1:] if not key(root, one) and not key(one, root)] if join is not None else []
        self.known = frozenset(word for one in known for word in noun(one))
        """What the rows that the other table points to are called: the books of loans."""
        self.names = [named for one in known if (named := roles.naming(one))]

    def lacking(self) -> tuple[dict[str, Any], bool] | None:
        """The query for rows that no row of the other table points to; None where none is meant."""
        denied = next((n for n, item in enumerate(self.items) if item.says("not", "lacking")), -1)
        if not self.subjects or denied < 0 or _BUT_NOT.search(fold(self.question)):
            return None
        end, told = denied + 1, False
        while end < len(self.items):
            item = self.items[end]
            rows = self.rows(item)
            happened = not rows and any(self.other.begins(word) for word in item.words.split())
            small = fold(item.words) in _FILL or item.says("verb", "not") or item.concepts == {"stop"}
            if end in self.subjects or not (rows or happened or small):
                break
            told, end = told or rows or happened, end + 1
        first = self.subjects[0] < denied or (end in self.subjects and all(one.kind == "concept" for one in self.items[:denied]))
        if not told or not first:
            return None  # not members, in "books never borrowed by members"
        rest = [n for n, item in enumerate(self.items) if not denied <= n < end and n not in self.subjects and not self.rows(item)]
        rest, group = self.grouped(rest)
        rest, shown = self.listed(rest)
        rest, where = self.owned(rest, denied)
        tests, sure = self.filters(rest)
        sure = sure and not any(
            re.fullmatch(r"both|beides?|beiden?|ambos|ambas|les deux", fold(item.words)) for item in self.items
        )  # not both, or neither?
        query = {"where": where, "without": [{"table": self.called, "where": tests}]}
        return self.asked(query, rest, shown, group), sure

    def both(self) -> tuple[dict[str, Any], bool] | None:
        """The query for rows that rows of two kinds point to, or those of one kind and none of the other; None where none is meant."""
        said = fold(self.question)
        but = _BUT_NOT.search(said)
        column, ends = self.kinds()
        if column is None or not self.subjects or not (but or _BOTH.search(said)) or self.items[self.subjects[0]].at > ends[0].at:
            return None
        if any(item.says("or") for item in self.others if ends[0].at < item.at < ends[-1].at) or (but and len(ends) > 2):
            return None  # one of them is enough
        spoken = {item.at for item in ends}
        rest = [
            n for n, item in enumerate(self.items)
            if n != self.subjects[0] and item.at not in spoken and not item.says(*_JOINING) and item.columns[:1] != (column,)
            and not self.rows(item) and not (item.kind == "number" and item.value == 1.0) and not _BOTH.fullmatch(fold(item.words))
        ]  # fmt: skip
        named = {item.at for item in self.others if column in item.columns and item.kind == "column"}
        rest, shown = self.listed([n for n in rest if self.items[n].at not in named and fold(self.items[n].words) not in {"but", "aber"}])
        rest, own = self.owned(rest, next(n for n, item in enumerate(self.items) if item.at >= ends[0].at))
        where, sure = self.filters(rest)
        sure = sure and not (but and where)  # "Crime in 2023 but never Poetry": when is Poetry meant?
        tests = [
            {"table": self.called, "where": [{"column": column.name, "value": [_held(item, column)]}, *where]} for item in ends
        ]  # fmt: skip
        query = {"where": own} | ({"with": tests[:1], "without": tests[1:]} if but else {"with": tests})
        return (self.asked(query, rest, shown, []), sure) if sure else None

    def kinds(self) -> tuple[Column | None, list[Item]]:
        """The column that several things said are values of, and all these; None where there is not one such column."""
        values = [item for item in self.others if item.kind == "value"]
        own = {id(column) for column in (*self.wide.table.columns, *self.own.table.columns)}
        for first, second in pairwise(values):
            shared = [column for column in first.columns if column in second.columns and id(column) not in own]
            if shared and _held(first, shared[0]) != _held(second, shared[0]):
                return shared[0], [item for item in values if shared[0] in item.columns]
        return None, []

    def rows(self, item: Item) -> bool:
        """Whether a thing said is what the rows of the other table are called, or those that it points to."""
        words = [stem(fold(word)) for word in item.words.split()]
        if (
            item.kind not in {"unknown", "column"}
            or self.others_at(item).kind not in {"unknown", "column"}
            or len(words) != 1
            or item.at == self.items[self.subjects[0]].at
        ):
            return False
        titled = any(column in self.names for column in self.others_at(item).columns[:1])
        return titled or self.other.calls(words[0]) or any(self.other.means(words[0], one) for one in self.known)

    def others_at(self, item: Item) -> Item:
        """The same thing as the other table understands it."""
        return next((one for one in self.others if one.at == item.at), item)

    def grouped(self, rest: Sequence[int]) -> tuple[list[int], list[str]]:
        """What is left without "by city", and the column of it."""
        for at, n in enumerate(rest[:-1]):
            column = self.items[rest[at + 1]].columns[:1]
            if self.items[n].says("by") and column and column[0].kind == "text" and column[0] in self.own.columns:
                return [*rest[:at], *rest[at + 2 :]], [column[0].name]
        return list(rest), []

    def listed(self, rest: Sequence[int]) -> tuple[list[int], list[str]]:
        """What is left without the columns of which a list is asked for, and their names."""
        if any(self.items[n].says("count") for n in rest):
            return list(rest), []
        named = [n for n in rest if self.items[n].kind == "column" and self.items[n].sure and not roles.identity(self.items[n].columns[0])]
        names = [self.items[n].columns[0].name for n in named]
        return [n for n in rest if n not in named and not (names and self.items[n].says("and"))], list(dict.fromkeys(names))

    def asked(self, query: dict[str, Any], rest: Sequence[int], shown: Sequence[str], group: Sequence[str]) -> dict[str, Any]:
        """The query with what is to be told of the rows: how many there are, or what they are called."""
        if any(self.items[n].says("count") for n in rest) or group:
            return query | {"group": group, "measures": [{"take": "count"}], "sort": "down" if group else ""}
        table = self.own.table
        named = roles.naming(table)
        parts = {value for note in table.remarks if note.key == "named" for _, value in note.values}
        columns = [*shown] or [
            c.name for c in table.columns
            if c is not named and not (named is not None and (roles.identity(c) or {c.name, named.name} <= parts))
        ]  # fmt: skip
        return query | {"select": list(dict.fromkeys([*([named.name] if named is not None else []), *columns]))[:_SHOWN], "limit": 200}

    def owned(self, rest: Sequence[int], until: int) -> tuple[list[int], list[dict[str, Any]]]:
        """What is left without values that are of the rows asked for, and the filters that these are: "Oslo customers without orders".

        Those said before `until` are of these rows, where they can be.
        """
        theirs, whole = {item.at for item in self.others if item.kind == "value"}, self.wide.items(self.question)
        values = {item.at for item in whole if item.kind == "value"}
        found = {self.items[n].at for n in rest if self.items[n].at in values and (n < until or self.items[n].at not in theirs)}
        sentence = Filters(self.wide, self.question, [item for item in whole if item.at in found])
        sentence.bind_values()
        told = {column.name for item in whole if item.at in found for column in item.columns}
        beside = {item.at for item in whole if item.kind == "column" and told & {column.name for column in self.beside(item)}}
        return [n for n in rest if self.items[n].at not in found | beside], sentence.where

    def beside(self, item: Item) -> Sequence[Column]:
        """The columns of the table that a thing said is of, or names the rows of."""
        join, columns = self.wide.table.join, self.wide.table.columns
        if join is None:
            return columns
        at = join.place(columns.index(item.columns[0]))[0]
        return [column for n, column in enumerate(columns) if join.place(n)[0] == at]

    def filters(self, rest: Sequence[int]) -> tuple[list[dict[str, Any]], bool]:
        """Which rows of the other table are meant, and whether nothing else is said."""
        places = {self.items[n].at for n in rest}
        kept = [replace(item, concepts=item.concepts - {"not"}) for item in self.others if item.at in places]
        sentence = Filters(self.other, self.question, kept)
        sentence.bind_dates()
        sentence.bind_values()
        left = [
            item for n, item in enumerate(sentence.items)
            if n not in sentence.used and not item.says(*_SMALL) and fold(item.words) not in _FILL
        ]  # fmt: skip
        return sentence.where, not any(item.kind != "concept" or item.concepts for item in left) and not sentence.assumed


def _named(reader: Reader, item: Item) -> bool:
    """Whether a thing said is what the rows of a table are called."""
    words = [stem(fold(word)) for word in item.words.split()]
    return item.kind in {"unknown", "column"} and len(words) == 1 and reader.calls(words[0])


def _held(item: Item, column: Column) -> str:
    """The value of a column that a thing said is."""
    return str(item.value[column.name])
