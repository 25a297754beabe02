"""Tables as they are held, and the database that queries over them run in: one table, no file beside it, no network, no settings."""

import math
import re
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.times import Grain
from flipchart.renderers.words import number, say

MEMORY = "1GB"
SECONDS = 20.0
MOST_HELD = 40_000_000  # cells of a file that a query reads into memory

MOST_VALUES = 3000  # different values of a column of words that are kept with it

Kind = Literal["number", "time", "text"]
Cell = str | float | datetime | None


@dataclass(frozen=True, slots=True)
class Note:
    """What a person must know of how a table was read."""

    key: str
    values: tuple[tuple[str, str | int], ...] = ()

    def said(self, lang: str = "en") -> str:
        """The note as a sentence."""
        return say(f"table.{self.key}", lang, **{k: number(v, lang) if isinstance(v, int) else v for k, v in self.values})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, what is in it, and in which unit."""

    name: str
    kind: Kind
    unit: str = ""
    grain: Grain = "day"
    """How finely its dates are written."""
    empty: int = 0
    distinct: int = 0
    low: float | datetime | None = None
    high: float | datetime | None = None
    samples: tuple[str, ...] = ()
    """Values seen, the most frequent first."""
    values: tuple[str, ...] = field(default=(), repr=False)
    """All values of a column of words, the most frequent first, where they are not too many to be told apart."""
    whole: bool = False
    """True where all figures are whole numbers."""
    once: bool = False
    """True where each figure stands only with the first of the rows it is told of, so that it is added up once."""
    sql: str = ""
    """For a table that stays in its file: the expression that reads the column."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a database declares: a column here holds what `column` of another table of the file tells apart."""

    here: str
    sheet: str
    column: str


@dataclass(frozen=True, slots=True)
class Join:
    """Tables whose rows belong together, each row of the first with at most one of each other."""

    tables: tuple["Table", ...]
    links: tuple[tuple[int, int, int], ...]
    """For each table but the first: which of those before it knows it, by which column, and by which of its own."""
    called: tuple[str, ...] = ()
    """For each table but the first: what its rows are to those that know it, where it is known twice (home team); else ""."""

    def place(self, n: int) -> tuple[int, int]:
        """The table, and the place in it, of the n-th column of all."""
        for at, table in enumerate(self.tables):
            if n < len(table.columns):
                return at, n
            n -= len(table.columns)
        raise IndexError(n)


@dataclass(frozen=True, eq=False)
class Table:
    """A table read: its columns, and either its cells by column or the file they stay in."""

    name: str
    columns: tuple[Column, ...]
    count: int
    remarks: tuple[Note, ...] = ()
    cells: tuple[tuple[Cell, ...], ...] = ()
    file: Path | None = None
    relation: str = ""
    """For a table that stays in its file: the SQL that reads it, with one `?` for the file's name."""
    join: Join | None = None
    """For several tables read as one: its columns are those of the first, then those of the second, and so on."""
    sheet: str = ""
    """Its own name, where its file holds several."""
    beside: "tuple[Table, ...]" = ()
    """The other tables of its file."""
    keys: tuple[Key, ...] = ()

    def said(self, lang: str = "en") -> list[str]:
        """What a person must know of how it was read, as sentences."""
        return [note.said(lang) for note in self.remarks]

    @property
    def notes(self) -> tuple[str, ...]:
        """The same in English."""
        return tuple(self.said())

    @cached_property
    def rows(self) -> int:
        """How many rows it has; counted in the file where that was not read whole."""
        if self.count >= 0:
            return self.count
        return counted(self)


@contextmanager
def opened(table: Table, needed: Collection[int] | None = None, beside: Sequence[tuple["Table", str, list[int]]] = ()) -> Iterator[Any]:
    """An in-memory database that holds `table` (or the `needed` columns of it, by place) as `t`, its column n called `kn`.

    Tables `beside` it are held under the names given with them, with the columns of the places given.

    It can reach nothing else: no file, no network, no settings. What is needed of a file is read once where it fits in memory.
    """
    import duckdb

    database = duckdb.connect(":memory:", config={"threads": "2", "memory_limit": MEMORY, "max_temp_directory_size": "0KB"})
    try:
        places = sorted(needed or range(len(table.columns))) if needed is None or needed else [0]
        read = [(table, "t", places), *beside]
        parts = [part for one, called, kept in read for part in (_parts(one.join, kept, called) if one.join else [(one, called, kept)])]
        files = [str(part.file).replace("'", "''") for part, _, _ in parts if part.file is not None]
        for part, called, kept in parts:
            if part.file is None:
                _load(database, part, kept, called)
        if files:
            quoted = "', '".join(files)
            database.execute(f"SET allowed_paths=['{quoted}']")
        database.execute("SET enable_external_access=false")
        for part, called, kept in parts:
            if part.file is not None:
                _attach(database, part, kept, called, held=needed is not None)
        for one, called, kept in read:
            if one.join is not None:
                database.execute(_viewed(one.join, kept, called))
        database.execute("SET lock_configuration=true")
        yield database
    except duckdb.Error as error:
        raise SpecProblem(f"{table.name} cannot be queried: {_first_line(error)}") from None
    finally:
        database.close()


def _viewed(join: Join, places: Sequence[int], called: str) -> str:
    """SQL that makes one of the tables of a join."""
    fields = ", ".join(f"{called}j{at}.k{m} AS k{n}" for n in places for at, m in [join.place(n)]) or "1"
    links = enumerate(join.links, 1)
    found = "".join(f" LEFT JOIN {called}j{n} ON {called}j{at}.k{c} = {called}j{n}.k{m}" for n, (at, c, m) in links)
    return f"CREATE VIEW {called} AS SELECT {fields} FROM {called}j0{found}"


def _parts(join: Join, places: Sequence[int], called: str) -> list[tuple[Table, str, list[int]]]:
    """The tables of a join as `tj0`, `tj1` …, each with the columns that are read and those it is joined by."""
    needed: list[set[int]] = [set() for _ in join.tables]
    for n, (at, c, m) in enumerate(join.links, 1):
        needed[at].add(c)
        needed[n].add(m)
    for place in places:
        at, m = join.place(place)
        needed[at].add(m)
    return [(one, f"{called}j{n}", sorted(needed[n] or {0})) for n, one in enumerate(join.tables)]


def _first_line(error: Exception) -> str:
    return str(error).split("\n")[0][:160]


def _attach(database: Any, table: Table, places: Sequence[int], called: str, *, held: bool) -> None:
    """The table in a file as `called`: read once where what is needed of it fits in memory, else where it lies."""
    path = str(table.file).replace("'", "''")
    source = table.relation.replace("?", f"'{path}'", 1)
    fields = ", ".join(f"{table.columns[n].sql} AS k{n}" for n in places)
    kind = "TABLE" if held and 0 <= table.count * len(places) <= MOST_HELD else "VIEW"
    fetched(database, f"CREATE {kind} {called} AS SELECT {fields} FROM {source}", {}, table.name)


def _load(database: Any, table: Table, places: Sequence[int], called: str) -> None:
    """The table's cells as `called`, with our own names for columns."""
    import numpy as np

    held: dict[str, Any] = {}
    for n in places:
        column, values = table.columns[n], table.cells[n]
        if column.kind == "number":
            held[f"k{n}"] = np.array([math.nan if v is None else v for v in values], dtype=np.float64)
        elif column.kind == "time":
            held[f"k{n}"] = np.array([v if isinstance(v, datetime) else None for v in values], dtype="datetime64[us]")
        else:
            held[f"k{n}"] = np.array(values, dtype=object)
    fields = []
    for n in places:
        column = table.columns[n]
        kind = {"number": "DOUBLE", "time": "TIMESTAMP", "text": "VARCHAR"}[column.kind]
        field = f"CASE WHEN isnan(k{n}) THEN NULL ELSE k{n} END" if column.kind == "number" else f"CAST(k{n} AS {kind})"
        fields.append(f"{field} AS k{n}")
    database.register("held", held)
    database.execute(f"CREATE TABLE {called} AS SELECT {', '.join(fields)} FROM held")
    database.unregister("held")


def fetched(database: Any, sql: str, values: Mapping[str, object], name: str) -> list[tuple[Any, ...]]:
    """The rows of a statement of ours, its `$marks` filled from `values`; raises SpecProblem where it takes too long or too much."""
    import duckdb

    timer = threading.Timer(SECONDS, database.interrupt)
    timer.start()
    try:
        found: list[tuple[Any, ...]] = database.execute(sql, {mark: values[mark] for mark in re.findall(r"\$(v\d+)", sql)}).fetchall()
        return found
    except duckdb.InterruptException:
        raise SpecProblem(f"the query over {name} takes more than {SECONDS} seconds; filter it, or group by less") from None
    except duckdb.OutOfMemoryException:
        raise SpecProblem(f"the query over {name} takes more than {MEMORY} of memory; filter it, or group by less") from None
    finally:
        timer.cancel()


def described(file: Path, name: str) -> list[tuple[str, str]]:
    """Names and types of a Parquet file's columns."""
    import duckdb

    quoted = str(file.resolve()).replace("'", "''")
    try:
        with duckdb.connect(":memory:") as database:
            return [(str(row[0]), str(row[1])) for row in database.execute(f"DESCRIBE SELECT * FROM read_parquet('{quoted}')").fetchall()]
    except duckdb.Error as error:
        raise SpecProblem(f"{name} cannot be read as Parquet: {_first_line(error)}") from None


def counted(table: Table) -> int:
    """How many rows the table in a file has."""
    with opened(table) as database:
        return int(fetched(database, "SELECT count(*) FROM t", {}, table.name)[0][0])


def ranges(table: Table) -> Table:
    """The table in a file with its count, and its columns' ranges and samples, by one pass."""
    asked = ["count(*)"]
    for n, column in enumerate(table.columns):
        low_high = [f"min(k{n})", f"max(k{n})"] if column.kind != "text" else ["NULL", "NULL"]
        asked += [*low_high, f"approx_count_distinct(k{n})", f"count(k{n})"]
    with opened(table) as database:
        row = fetched(database, f"SELECT {', '.join(asked)} FROM t", {}, table.name)[0]
        count, columns = int(row[0]), []
        for n, column in enumerate(table.columns):
            low, high, distinct, filled = row[1 + 4 * n : 5 + 4 * n]
            changes: dict[str, Any] = {"low": low, "high": high, "distinct": int(distinct), "empty": count - int(filled)}
            if column.kind == "text":
                first = f"(SELECT k{n} FROM t LIMIT 200000)"
                often = f"SELECT k{n} FROM {first} WHERE k{n} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT {MOST_VALUES + 1}"
                known = tuple(str(found[0]) for found in fetched(database, often, {}, table.name))
                changes["samples"] = tuple(value[:40] for value in known[:8])
                changes["values"] = known if len(known) <= MOST_VALUES else ()
            columns.append(replace(column, **changes))
    return replace(table, columns=tuple(columns), count=count)
