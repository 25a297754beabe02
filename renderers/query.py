"""Questions to a table: a constrained transform that we compile to SQL and run ourselves, read-only, without files or network."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from flipchart.renderers import cells, times
from flipchart.renderers.database import Column, Table, fetched, opened
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.words import number, say

MOST_ROWS = 100_000  # that a query gives back
MOST_SERIES = 12

Take = Literal["sum", "mean", "median", "min", "max", "count", "distinct", "share", "growth"]
Every = Literal["", "year", "quarter", "month", "week", "day", "hour", "weekday"]
Is = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "contains"]


def _listed(given: object) -> object:
    return [given] if isinstance(given, str | int | float) and not isinstance(given, bool) else given


class _Step(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Filter(_Step):
    """Keep only the rows where this holds."""

    column: str
    is_: Is = Field(default="=", alias="is")
    value: Annotated[tuple[str | float, ...], BeforeValidator(_listed)] = Field(
        description="A value or a list of values; dates as 2024-03-31, 2024-03 or 2024."
    )

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Derived(_Step):
    """A new column: + - * / of columns and numbers, e.g. price * quantity."""

    name: str
    formula: str


class Measure(_Step):
    """One figure for each group."""

    column: str = Field(default="", description="The column of numbers; may be left out for count.")
    take: Take = Field(default="sum", description="share: percent of the whole. growth: percent from the first to the last period.")


class Query(_Step):
    """A question to the table: which rows, grouped by what, and which figures of each group."""

    table: str = Field(default="", description="Name of the file, where there are several.")
    where: tuple[Filter, ...] = Field(default=(), max_length=8)
    derive: tuple[Derived, ...] = Field(default=(), max_length=4)
    group: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        default=(), max_length=2, description="The column that gives the labels; a second one gives the series."
    )
    every: Every = Field(default="", description="Step of time, where the labels are dates.")
    measures: tuple[Measure, ...] = Field(default=(), max_length=6)
    select: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        default=(), max_length=12, description="In place of group and measures: columns taken row by row, e.g. the x and y of a scatter."
    )
    sort: Literal["", "down", "up", "label"] = Field(default="", description="down: largest first. up: smallest first.")
    limit: int = Field(default=0, ge=0, le=10_000, description="At most so many labels; 0 for all.")

    @model_validator(mode="after")
    def _says(self) -> "Query":
        if self.select and (self.group or self.measures):
            raise ValueError("give either `select`, or `group` and `measures`")
        return self


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found: labels, series of figures (or of words), and what they are."""

    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    texts: Mapping[int, tuple[str, ...]]
    """Words in place of figures, by the place of their series."""
    xs: tuple[float | None, ...] = ()
    unit: str = ""
    label: str = ""
    """What the labels are."""
    measure: str = ""
    """What the figures are."""
    ordered: bool = False
    """True where the labels are dates."""
    said: tuple[str, ...] = ()
    """What must be known of it: a last month that is not whole, series left out."""
    detail: str = ""
    """The query in words, with the file it ran over."""


def run(query: Query, tables: Mapping[str, Table], lang: str = "en") -> Result:
    """The figures that `query` asks for. Raises SpecProblem, with the names there are, where it asks for what is not there."""
    try:
        table = chosen(query, tables)
        plan = _Plan(query, table, lang)
        with opened(table, plan.needed()) as database:
            rows = fetched(database, plan.sql(database), plan.values, table.name)
        return plan.result(rows)
    except SpecProblem as problem:
        raise SpecProblem(" ".join(str(problem).split())) from None  # names in it may hold line breaks


def chosen(query: Query, tables: Mapping[str, Table]) -> Table:
    """The table that the query names; the only one where it names none."""
    if not tables:
        raise SpecProblem("there is no table to compute from; attach a file, or write labels and series")
    if not query.table:
        if len(tables) > 1:
            known = _column_set(query)
            fit = [table for table in tables.values() if all(_find(name, [c.name for c in table.columns]) for name in known)]
            if len(fit) == 1:
                return fit[0]
            raise SpecProblem(f"there are several tables; set query.table to one of {', '.join(tables)}")
        return next(iter(tables.values()))
    found = _find(query.table, list(tables)) or (next(iter(tables)) if len(tables) == 1 else None)
    if not found:
        raise SpecProblem(f"there is no table `{query.table}`; there are {', '.join(tables)}")
    return tables[found]


def _column_set(query: Query) -> set[str]:
    derived = {one.name for one in query.derive}
    named = {*query.group, *query.select, *(m.column for m in query.measures if m.column), *(f.column for f in query.where)}
    return {name for name in named if name not in derived}


def _find(wanted: str, names: Sequence[str]) -> str | None:
    """The name that is meant: as written, in other letters, without signs, or nearly so."""
    if wanted in names:
        return wanted
    for fold in (str.casefold, lambda name: re.sub(r"[\W_]+", "", name.casefold())):
        found = [name for name in names if fold(name) == fold(wanted)]
        if len(found) == 1 and fold(wanted):
            return found[0]
    near = get_close_matches(wanted.casefold(), [name.casefold() for name in names], 2, 0.86)
    return next((name for name in names if name.casefold() == near[0]), None) if len(near) == 1 else None


class _Plan:
    """One query over one table as SQL with values apart; every name in it is ours."""

    def __init__(self, query: Query, table: Table, lang: str) -> None:
        self.query, self.table, self.lang = query, table, lang
        self.values: list[object] = []
        self.notes: list[str] = []
        self.names = {column.name: column for column in table.columns}
        self.fields = {column.name: f"k{n}" for n, column in enumerate(table.columns)}
        self.derived: dict[str, str] = {}
        for one in query.derive:
            self.derived[one.name] = Formula(one.formula, self.field, one.name).sql()
        self.time: Column | None = None
        self.bucket: Every = ""

    def needed(self) -> set[int]:
        """Places of the columns that the query reads."""
        query, places = self.query, {name: n for n, name in enumerate(self.names)}
        named = [*query.group, *query.select, *(one.column for one in query.where), *(one.column for one in query.measures)]
        found = {name for wanted in named if (name := _find(wanted, list(places)))}
        formulas = " ".join(one.formula for one in query.derive).casefold()
        found |= {name for name in places if name.casefold() in formulas}
        if any(measure.take == "growth" for measure in query.measures):
            found |= {column.name for column in self.table.columns if column.kind == "time"}
        return {places[name] for name in found}

    def column(self, wanted: str, where: str) -> Column:
        """The column that is meant; raises SpecProblem with those there are."""
        found = _find(wanted, list(self.names))
        if found is None:
            have = ", ".join(list(self.names)[:30])
            raise SpecProblem(f"query.{where}: {self.table.name} has no column `{wanted}`; it has {have}")
        return self.names[found]

    def field(self, wanted: str, where: str = "derive") -> str:
        """SQL of a column of figures, or of a derived one."""
        for name, sql in self.derived.items():
            if _find(wanted, [name]):
                return f"({sql})"
        column = self.column(wanted, where)
        if column.kind != "number":
            figures = self._figured() or "none"
            held = "dates" if column.kind == "time" else "words"
            raise SpecProblem(f"query.{where}: `{column.name}` holds {held}, not figures; columns of figures: {figures}")
        return self.fields[column.name]

    def _figured(self) -> str:
        return ", ".join(column.name for column in self.table.columns if column.kind == "number")

    def sql(self, database: Any) -> str:
        """The whole statement; fills `values` in the order of its marks."""
        where = self._where(database)
        if self.query.select:
            picked = []
            for name in self.query.select:
                derived = next((sql for known, sql in self.derived.items() if _find(name, [known])), None)
                picked.append(f"({derived})" if derived else self.fields[self.column(name, "select").name])
            order = (
                f" ORDER BY {len(picked)} {'DESC' if self.query.sort == 'down' else 'ASC'} NULLS LAST"
                if self.query.sort in {"down", "up"}
                else ""
            )
            return f"SELECT {', '.join(picked)} FROM t{where}{order} LIMIT {self.query.limit or MOST_ROWS}"
        return self._grouped(database, where)

    # Filters

    def _where(self, database: Any) -> str:
        parts = [self._test(one, database) for one in self.query.where]
        return f" WHERE {' AND '.join(parts)}" if parts else ""

    def _test(self, one: Filter, database: Any) -> str:
        derived = any(_find(one.column, [name]) for name in self.derived)
        column = None if derived else self.column(one.column, "where")
        field = self.field(one.column) if column is None else self.fields[column.name]
        if not one.value:
            raise SpecProblem(f"query.where: `{one.column}` is compared with nothing; give a value")
        if column is not None and column.kind == "time":
            return self._time_test(field, one)
        if column is not None and column.kind == "text":
            return self._text_test(field, column, one, database)
        numbers = []
        for value in one.value:
            read = value if isinstance(value, int | float) else (found.value if (found := cells.read(str(value), loose=True)) else None)
            if read is None:
                raise SpecProblem(f"query.where: `{one.column}` holds figures; {value!r} is none")
            numbers.append(float(read))
        return self._compare(field, one.is_, numbers)

    def _compare(self, field: str, how: Is, given: Sequence[object]) -> str:
        if how in {"in", "not in"} or len(given) > 1:
            self.values += given
            return f"{field} {'NOT IN' if how in {'not in', '!='} else 'IN'} ({', '.join('?' * len(given))})"
        self.values.append(given[0])
        return f"{field} {'<>' if how == '!=' else '=' if how == 'contains' else how} ?"

    def _time_test(self, field: str, one: Filter) -> str:
        parts = []
        for value in one.value:
            words = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
            moment = times.read(words)
            if moment is None:
                raise SpecProblem(f"query.where: `{one.column}` holds dates; {value!r} is none, write it as 2024-03-31, 2024-03 or 2024")
            start, end = moment.at, _after(moment)
            match one.is_:
                case "<":
                    self.values.append(start)
                    parts.append(f"{field} < ?")
                case "<=":
                    self.values.append(end)
                    parts.append(f"{field} < ?")
                case ">":
                    self.values.append(end)
                    parts.append(f"{field} >= ?")
                case ">=":
                    self.values.append(start)
                    parts.append(f"{field} >= ?")
                case _:
                    self.values += [start, end]
                    parts.append(f"({field} >= ? AND {field} < ?)")
        negated = one.is_ in {"!=", "not in"}
        return f"{'NOT ' if negated else ''}({' OR '.join(parts)})"

    def _text_test(self, field: str, column: Column, one: Filter, database: Any) -> str:
        words = [str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in one.value]
        if one.is_ == "contains":
            self.values += [word.casefold() for word in words]
            return "(" + " OR ".join(f"contains(lower({field}), ?)" for _ in words) + ")"
        if one.is_ in {"<", "<=", ">", ">="}:
            raise SpecProblem(f"query.where: `{column.name}` holds words; compare it with =, !=, in or contains")
        known = [
            str(row[0])
            for row in fetched(
                database, f"SELECT {field} FROM t WHERE {field} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 2000", [], ""
            )
        ]
        meant = []
        for word in words:
            found = _find(word, known)
            if found is None and len(known) < 2000:
                have = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
                raise SpecProblem(f"query.where: `{column.name}` is never {word!r}; it has {have}")
            meant.append(found or word)
        return self._compare(field, one.is_, meant)

    # Groups

    def _grouped(self, database: Any, where: str) -> str:
        growing = any(measure.take == "growth" for measure in self.query.measures)
        groups = [self._group(name, at, database, where) for at, name in enumerate(self.query.group)]
        measures = self.query.measures or (Measure(take="count"),)
        labels = [f"{sql} AS g{n}" for n, sql in enumerate(groups)]
        if growing:
            return self._growth(database, where, groups, measures)
        figures = [f"{self._take(measure)} AS m{n}" for n, measure in enumerate(measures)]
        by = ", ".join(str(n + 1) for n in range(len(groups)))
        having = " WHERE " + " AND ".join(f"g{n} IS NOT NULL" for n in range(len(groups))) if groups else ""
        inner = f"SELECT {', '.join([*labels, *figures])} FROM t{where}" + (f" GROUP BY {by}" if groups else "")
        return f"SELECT * FROM ({inner}){having}{self._order(len(groups))} LIMIT {MOST_ROWS}"

    def _group(self, name: str, at: int, database: Any, where: str) -> str:
        column = self.column(name, "group")
        field = self.fields[column.name]
        if column.kind != "time":
            return field
        every = self.query.every or self._dense(database, field, _natural(column), where)
        if at == 0 or self.time is None:
            self.time, self.bucket = column, every
        return _bucketed(field, every)

    def _dense(self, database: Any, field: str, every: Every, where: str) -> Every:
        """`every`, or a coarser step where most of its periods would be empty."""
        for step in (every, *_COARSER.get(every, ())):
            asked = f"SELECT count(DISTINCT {_bucketed(field, step)}), datediff('{step}', min({field}), max({field})) FROM t{where}"
            filled, spans = fetched(database, asked, list(self.values), self.table.name)[0]
            if not spans or filled >= 0.7 * (spans + 1) or step == "year":
                return step
        return every

    def _take(self, measure: Measure) -> str:
        if measure.take == "count" and (not measure.column or not self._is_figure(measure.column)):
            return f"count({self.fields[self.column(measure.column, 'measures').name]})" if measure.column else "count(*)"
        if measure.take == "distinct":
            return f"count(DISTINCT {self.fields[self.column(measure.column, 'measures').name]})"
        if not measure.column:
            raise SpecProblem(f"query.measures: `{measure.take}` of which column? Name one of {self._figured()}")
        field = self.field(measure.column, "measures")
        match measure.take:
            case "share":
                return f"100.0 * sum({field}) / nullif(sum(sum({field})) OVER (), 0)"
            case "mean":
                return f"avg({field})"
            case _:
                return f"{measure.take}({field})"

    def _is_figure(self, name: str) -> bool:
        return any(_find(name, [known]) for known in self.derived) or self.column(name, "measures").kind == "number"

    def _growth(self, database: Any, where: str, groups: Sequence[str], measures: Sequence[Measure]) -> str:
        """Percent from the first to the last period of each group. Periods that a group lacks are not made up."""
        column = next((c for c in self.table.columns if c.kind == "time"), None)
        if self.time is not None:
            raise SpecProblem("query: growth is told per group, not per date; group by something else, or take the sum by date")
        if column is None:
            raise SpecProblem(f"query: growth needs dates, and {self.table.name} has no column of them")
        field = self.fields[column.name]
        every: Every = self.query.every or _compared(column)
        period = _bucketed(field, every)
        self.time, self.bucket = column, every
        grouped = [measure for measure in measures if measure.take == "growth"]
        labels = [f"{sql} AS g{n}" for n, sql in enumerate(groups)]
        sums = [f"sum({self.field(measure.column, 'measures')}) AS s{n}" for n, measure in enumerate(grouped)]
        dated = f"{where}{' AND' if where else ' WHERE'} {field} IS NOT NULL"
        whole = f"SELECT {', '.join([*labels, f'{period} AS p', *sums])} FROM t{dated} GROUP BY ALL"
        ends = f"SELECT min({period}), max({period}) FROM t{where}"
        first, last = fetched(database, ends, list(self.values), self.table.name)[0]
        if first is None or first == last:
            raise SpecProblem(f"query: growth needs two periods; {self.table.name} has one {every}")
        first, last = self._whole_periods(database, field, every, first, last, where)
        self.notes.append(
            say(
                "query.compared",
                self.lang,
                first=times.written(first, _grain_of(every), self.lang),
                last=times.written(last, _grain_of(every), self.lang),
            )
        )
        figures = [
            f"100.0 * (max(s{n}) FILTER (p = ?) - max(s{n}) FILTER (p = ?)) / nullif(abs(max(s{n}) FILTER (p = ?)), 0) AS m{n}"
            for n in range(len(grouped))
        ]
        names = [f"g{n}" for n in range(len(groups))]
        marks: list[object] = [value for _ in grouped for value in (last, first, first)]
        self.values = [*marks, *self.values]
        by = f" GROUP BY {', '.join(names)}" if names else ""
        having = " HAVING " + " AND ".join(f"{name} IS NOT NULL" for name in names) if names else ""
        return f"WITH w AS ({whole}) SELECT {', '.join([*names, *figures])} FROM w{by}{having}{self._order(len(names))} LIMIT {MOST_ROWS}"

    def _whole_periods(self, database: Any, field: str, every: Every, first: Any, last: Any, where: str) -> tuple[Any, Any]:
        """The first and last period that the dates cover whole, where there are enough of them."""
        low, high = fetched(database, f"SELECT min({field}), max({field}) FROM t{where}", list(self.values), self.table.name)[0]
        days = {"year": 330, "quarter": 80, "month": 24}.get(every, 0)
        column = self.time
        if not days or column is None or column.grain not in {"day", "minute"}:
            return first, last
        begin = times.Moment(last, _grain_of(every))
        if (high - last).days < days and (
            before := fetched(
                database,
                f"SELECT max({_bucketed(field, every)}) FROM t{where}{' AND' if where else ' WHERE'} {field} < ?",
                [*self.values, last],
                "",
            )[0][0]
        ) not in (None, first):
            self.notes.append(say("query.partial", self.lang, period=times.written(begin.at, begin.grain, self.lang)))
            last = before
        after = _after(times.Moment(first, _grain_of(every)))
        if (after - low).days < days and after < last:
            self.notes.append(say("query.partial", self.lang, period=times.written(first, _grain_of(every), self.lang)))
            first = after
        return first, last

    def _order(self, groups: int) -> str:
        if not groups:
            return ""
        if self.time is not None and self.query.group and self._is_time(self.query.group[0]):
            return " ORDER BY 1 ASC" + ("" if groups < 2 else ", 2 ASC")
        if self.query.sort == "label" or (not self.query.sort and groups and self._label_ordered()):
            return " ORDER BY 1 ASC"
        way = "ASC" if self.query.sort == "up" else "DESC"
        return f" ORDER BY m0 {way} NULLS LAST, 1" if groups == 1 else f" ORDER BY sum(m0) OVER (PARTITION BY g0) {way} NULLS LAST, 1, 2"

    def _is_time(self, name: str) -> bool:
        return self.column(name, "group").kind == "time"

    def _label_ordered(self) -> bool:
        """True where the labels have an order of their own: figures, months, weekdays."""
        column = self.column(self.query.group[0], "group")
        return column.kind == "number"

    # Rows back to labels and series

    def result(self, rows: Sequence[tuple[Any, ...]]) -> Result:
        """The rows as labels and series."""
        if not rows:
            raise SpecProblem(f"query: no row of {self.table.name} is left; widen the filters")
        if self.query.select:
            return self._selected(rows)
        measures = self.query.measures or (Measure(take="count"),)
        measures = tuple(m for m in measures if m.take == "growth") or measures
        groups = len(self.query.group)
        unit = self._unit(measures)
        words = [self._measure_words(measure) for measure in measures]
        if not groups:
            return self._made(
                [say("query.all", self.lang)], [(words[n], [_figure(rows[0][n])]) for n in range(len(measures))], unit, measures
            )
        timed = self._is_time(self.query.group[0])
        keys = list(dict.fromkeys(row[0] for row in rows))
        if timed and self.bucket not in {"weekday"} and len(keys) > 1:
            keys = _filled(keys, self.bucket) if all(m.take in {"sum", "count"} for m in measures) else keys
        if groups == 1:
            found = {row[0]: row[1:] for row in rows}
            gap = 0.0 if timed and all(m.take == "count" for m in measures) else None
            series = [(words[n], [_figure(found[key][n]) if key in found else gap for key in keys]) for n in range(len(measures))]
        else:
            keys, series = self._pivoted(rows, keys, timed)
        if self.query.limit and not timed:
            keys = keys[: self.query.limit]
        elif self.query.limit:
            keys = keys[-self.query.limit :]
            series = [(name, values[-self.query.limit :]) for name, values in series]
        series = [(name, values[: len(keys)]) for name, values in series]
        return self._made([self._label(key, timed) for key in keys], series, unit, measures, timed)

    def _pivoted(
        self, rows: Sequence[tuple[Any, ...]], keys: list[Any], timed: bool
    ) -> tuple[list[Any], list[tuple[str, list[float | None]]]]:
        """Rows of two groups as one series for each of the second; the largest series where there are many."""
        second = self._is_time(self.query.group[1])
        found = {(row[0], row[1]): row[2] for row in rows}
        names = sorted({row[1] for row in rows}) if second else list(dict.fromkeys(row[1] for row in rows))
        if not second:
            names.sort(key=lambda name: -sum(abs(_figure(found.get((key, name))) or 0.0) for key in keys))
        most = MOST_SERIES
        if len(names) > most:
            self.notes.append(say("query.series", self.lang, shown=number(most, self.lang), all=number(len(names), self.lang)))
            names = names[-most:] if second else names[:most]
        return keys, [(self._label(name, second), [_figure(found.get((key, name))) for key in keys]) for name in names]

    def _selected(self, rows: Sequence[tuple[Any, ...]]) -> Result:
        """Rows as they are: words first are labels; two columns of figures are x and y."""
        kinds = []
        for name in self.query.select:
            derived = any(_find(name, [known]) for known in self.derived)
            kinds.append("number" if derived else self.column(name, "select").kind)
        names = [name if any(_find(name, [k]) for k in self.derived) else self.column(name, "select").name for name in self.query.select]
        columns = [list(column) for column in zip(*rows, strict=True)]
        first = next((n for n, kind in enumerate(kinds) if kind != "number"), None)
        labels = tuple(self._label(v, kinds[first] == "time", exact=True) for v in columns[first]) if first is not None else ()
        figured = [n for n, kind in enumerate(kinds) if kind == "number"]
        rest = [n for n in range(len(kinds)) if n != first]
        units = {self.column(names[n], "select").unit for n in figured if names[n] in self.names}
        unit = units.pop() if len(units) == 1 else ""
        series = tuple((names[n], tuple(_figure(v) for v in columns[n])) if n in figured else (names[n], (None,) * len(rows)) for n in rest)
        texts = {
            at: tuple("" if v is None else self._label(v, kinds[n] == "time", exact=True) for v in columns[n])
            for at, n in enumerate(rest)
            if n not in figured
        }
        if len(rows) >= MOST_ROWS and not self.query.limit:
            self.notes.append(say("query.rows", self.lang, shown=number(MOST_ROWS, self.lang)))
        return Result(
            labels,
            series,
            texts,
            unit=unit,
            label=names[first] if first is not None else "",
            said=tuple(self.notes),
            detail=described_query(self.query, self.table, self.lang, self.bucket),
        )

    def _made(
        self,
        labels: Sequence[str],
        series: Sequence[tuple[str, Sequence[float | None]]],
        unit: str,
        measures: Sequence[Measure],
        timed: bool = False,
    ) -> Result:
        return Result(
            tuple(labels), tuple((name, tuple(_figure(v) for v in values)) for name, values in series), {}, unit=unit,
            label=self.column(self.query.group[0], "group").name if self.query.group else "",
            measure=self._measure_words(measures[0]) if len(measures) == 1 else "", ordered=timed, said=tuple(self.notes),
            detail=described_query(self.query, self.table, self.lang, self.bucket),
        )  # fmt: skip

    def _label(self, key: Any, timed: bool, *, exact: bool = False) -> str:
        """A key of a group as a label: dates as they are read back."""
        if isinstance(key, datetime):
            grain = "day" if exact and (key.hour, key.minute) == (0, 0) else "minute" if exact else _grain_of(self.bucket)
            match grain:
                case "year":
                    return f"{key.year:04d}"
                case "quarter":
                    return f"Q{(key.month + 2) // 3} {key.year:04d}"
                case "month":
                    return f"{key.year:04d}-{key.month:02d}"
                case "minute":
                    return f"{key:%Y-%m-%d %H:%M}" if key.year >= 1000 else str(key)[:16]
                case _:
                    return str(key)[:10]
        if timed and self.bucket == "weekday":
            return str(times.weekday(int(key), self.lang))
        if isinstance(key, float):
            return str(int(key)) if key.is_integer() and abs(key) < 1e15 else f"{key:g}"
        return str(key)

    def _unit(self, measures: Sequence[Measure]) -> str:
        units = set()
        for measure in measures:
            if measure.take in {"share", "growth"}:
                units.add("%")
            elif measure.take in {"count", "distinct"} or any(_find(measure.column, [name]) for name in self.derived):
                units.add("")
            else:
                units.add(self.column(measure.column, "measures").unit)
        return units.pop() if len(units) == 1 else ""

    def _measure_words(self, measure: Measure) -> str:
        name = measure.column
        if name and not any(_find(name, [known]) for known in self.derived):
            name = self.column(name, "measures").name
        if measure.take == "sum":
            return name
        return say(f"query.{measure.take}", self.lang, column=name) if name else say("query.rows_counted", self.lang)


def described_query(query: Query, table: Table, lang: str, bucket: Every = "") -> str:
    """The query in words, with its file: "sales.csv: sum of revenue by region, only year = 2024"."""
    if query.select:
        what = ", ".join(query.select)
    else:
        measures = query.measures or (Measure(take="count"),)
        what = ", ".join(say(f"query.{m.take}", lang, column=m.column) if m.column else say("query.rows_counted", lang) for m in measures)
    parts = [what]
    if query.group:
        parts[0] = say("query.by", lang, what=what, group=" × ".join(query.group))
    for one in query.where:
        value = ", ".join(str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in one.value)
        parts.append(f"{one.column} {one.is_} {value}")
    parts += [f"{derived.name} = {derived.formula}" for derived in query.derive]
    return f"{table.name}: {', '.join(parts)}"


def _figure(value: Any) -> float | None:
    if value is None or isinstance(value, str | datetime):
        return None
    found = float(value)
    return found if math.isfinite(found) else None


def _after(moment: times.Moment) -> datetime:
    """Where the next period begins."""
    at = moment.at
    months = {"year": 12, "quarter": 3, "month": 1}.get(moment.grain)
    if months:
        count = at.year * 12 + at.month - 1 + months
        return datetime(min(9999, count // 12), count % 12 + 1, 1)
    return at + {"week": timedelta(days=7), "minute": timedelta(minutes=1)}.get(moment.grain, timedelta(days=1))


def _grain_of(every: Every) -> times.Grain:
    grains: dict[str, times.Grain] = {"year": "year", "quarter": "quarter", "month": "month", "week": "week", "hour": "minute"}
    return grains.get(every, "day")


def _bucketed(field: str, every: Every) -> str:
    return f"isodow({field})" if every == "weekday" else f"date_trunc('{every or 'day'}', {field})"


def _natural(column: Column) -> Every:
    """The step of time in which dates are summed where nobody says: as they are written, coarser where they are many."""
    if column.grain in {"year", "quarter", "month"}:
        return column.grain
    days = (column.high - column.low).days if isinstance(column.high, datetime) and isinstance(column.low, datetime) else 0
    if days > 365 * 12:
        return "year"
    if days > 92:
        return "month"
    return "hour" if column.grain == "minute" and days <= 2 else "day"


_COARSER: dict[Every, tuple[Every, ...]] = {
    "hour": ("day",),
    "day": ("week", "month", "quarter", "year"),
    "month": ("quarter", "year"),
    "quarter": ("year",),
}


def _compared(column: Column) -> Every:
    """The periods between which growth is told: years where there are several whole ones, else as `_natural`."""
    days = (column.high - column.low).days if isinstance(column.high, datetime) and isinstance(column.low, datetime) else 0
    if column.grain in {"day", "minute"} and days >= 700:
        return "year"
    return _natural(column)


def _filled(keys: Sequence[Any], every: Every) -> list[Any]:
    """Dates with those between them that no row has, so that a gap shows as one (at most as many again)."""
    if every not in {"year", "quarter", "month"} or not all(isinstance(key, datetime) for key in keys):
        return list(keys)
    out: list[datetime] = []
    at = keys[0]
    while at <= keys[-1] and len(out) <= 2 * len(keys) + 12:
        out.append(at)
        at = _after(times.Moment(at, _grain_of(every)))
    return out if out[-1] == keys[-1] else list(keys)


# Formulas


class Formula:
    """Arithmetic over columns, read by us and written as SQL: numbers, names, + - * / and parentheses."""

    def __init__(self, words: str, field: Callable[[str], str], name: str) -> None:
        self.tokens = [token for found in _TOKEN.finditer(words) if (token := found.group().strip())]
        self.words, self.field, self.name, self.at = words, field, name, 0
        if len(words) > 200 or len(self.tokens) > 60 or "".join(self.tokens).replace(" ", "") != words.replace(" ", ""):
            raise SpecProblem(f"query.derive: {words[:60]!r} is not arithmetic; use column names, numbers, + - * / and parentheses")

    def sql(self) -> str:
        """The formula as SQL; raises SpecProblem where it is no arithmetic over columns there are."""
        out = self._sum()
        if self.at < len(self.tokens):
            raise SpecProblem(f"query.derive: {self.words[:60]!r} does not end where it should; check near {self.tokens[self.at]!r}")
        return out

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _next(self) -> str:
        token = self._peek()
        self.at += 1
        return token

    def _sum(self, depth: int = 0) -> str:
        if depth > 12:
            raise SpecProblem(f"query.derive: {self.words[:60]!r} is nested too deep")
        out = self._product(depth)
        while self._peek() in {"+", "-"}:
            out = f"({out} {self._next()} {self._product(depth)})"
        return out

    def _product(self, depth: int) -> str:
        out = self._atom(depth)
        while self._peek() in {"*", "/"}:
            out = f"({out} * {self._atom(depth)})" if self._next() == "*" else f"({out} / nullif({self._atom(depth)}, 0))"
        return out

    def _atom(self, depth: int) -> str:
        token = self._next()
        if token == "(":
            out = self._sum(depth + 1)
            if self._next() != ")":
                raise SpecProblem(f"query.derive: a parenthesis of {self.words[:60]!r} is not closed")
            return out
        if token == "-":
            return f"(-{self._atom(depth + 1)})"
        if re.fullmatch(r"\d+(?:\.\d+)?", token):
            return f"{float(token)!r}::DOUBLE"
        if not token or token in "+*/)":
            raise SpecProblem(f"query.derive: something is missing in {self.words[:60]!r}")
        return self.field(token.strip("`\"'[]"))


_TOKEN = re.compile(r"`[^`]+`|\"[^\"]+\"|\[[^\]]+\]|\d+(?:\.\d+)?(?![\w.])|[-+*/()]|[^\W\d][\w ]*(?<! )|\s+|[^\s]")
