"""A question to a table as one SQL statement; every name in it is ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flipchart.renderers import cells, times
from flipchart.renderers.database import Column, Table, fetched
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.query import MOST_ROWS, STEPS, Beside, Every, Filter, Is, Measure, Query, find
from flipchart.renderers.query_formula import Formula
from flipchart.renderers.roles import calendar, dated, taken
from flipchart.renderers.words import number, say

MOST_ORDERED = 400  # words that are put in an order of their own
_LONG: Mapping[str, str] = {
    "year": "1 YEAR", "quarter": "3 MONTH", "month": "1 MONTH", "week": "7 DAY", "day": "1 DAY", "hour": "1 HOUR", "decade": "10 YEAR",
}  # fmt: skip
CYCLES: Mapping[Every, tuple[str, int]] = {"weekday": ("isodow", 1), "month of year": ("month", 1), "hour of day": ("hour", 0)}

MISSED: Mapping[str, int] = {"year": 35, "quarter": 9, "month": 3}
"""Days without rows that a whole period may begin or end with."""


class Plan:
    """One query over one table as SQL with values apart; every name in it is ours."""

    def __init__(self, query: Query, table: Table, lang: str, pointing: Sequence[tuple[Table, int, int]] = (), called: str = "t") -> None:
        """`pointing` are the tables of which a row, or none, must point to a row; `called` is the table's own name in SQL."""
        self.query, self.table, self.lang, self.pointing, self.called = query, table, lang, pointing, called
        self.values: dict[str, object] = {}
        self.notes: list[str] = []
        self.rows = ""
        """SQL that counts the rows that a list is of; empty for figures."""
        self.names = {column.name: column for column in table.columns}
        self.fields = {column.name: f"k{n}" for n, column in enumerate(table.columns)}
        self.derived: dict[str, str] = {}
        for one in query.derive:
            self.derived[one.name] = Formula(one.formula, self._reckoned, self._dated).sql()
        self.time: Column | None = None
        self.bucket: Every = ""

    def needed(self) -> set[int]:
        """Places of the columns that the query reads."""
        query, places = self.query, {name: n for n, name in enumerate(self.names)}
        named = [*query.group, *query.select, *(one.column for one in query.where)]
        named += [name for one in query.measures for name in (one.column, one.over, *(test.column for test in one.tested))]
        found = {name for wanted in named if (name := find(wanted, list(places)))}
        found |= {self.within()[0].name} if query.each else set()
        formulas = " ".join(one.formula for one in query.derive).casefold()
        found |= {name for name in places if name.casefold() in formulas}
        if any(measure.take == "growth" for measure in query.measures):
            found |= {column.name for column in self.table.columns if column.kind == "time"}
        return {places[name] for name in found} | {m for _, _, m in self.pointing}

    def beside(self) -> list[tuple[Table, str, list[int]]]:
        """The other tables that are read, their names, and the places of their columns."""
        out = []
        for n, ((table, at, _), one) in enumerate(zip(self.pointing, self._besides(), strict=True)):
            tested = Plan(Query(where=one.where), table, self.lang).needed()
            out.append((table, f"w{n}", sorted({at, *tested})))
        return out

    def _besides(self) -> tuple[Beside, ...]:
        return (*self.query.with_, *self.query.without)

    def value(self, given: object) -> str:
        """The mark in SQL that stands for a value."""
        self.values[f"v{len(self.values)}"] = given
        return f"$v{len(self.values) - 1}"

    def _fetch(self, database: Any, sql: str) -> list[tuple[Any, ...]]:
        return fetched(database, sql, self.values, self.table.name)

    def column(self, wanted: str, where: str) -> Column:
        """The column that is meant; raises SpecProblem with those there are."""
        found = find(wanted, list(self.names))
        if found is None:
            have = ", ".join(list(self.names)[:30])
            raise SpecProblem(f"query.{where}: {self.table.name} has no column `{wanted}`; it has {have}")
        return self.names[found]

    def field(self, wanted: str, where: str = "derive") -> str:
        """SQL of a column of figures, or of a derived one."""
        for name, sql in self.derived.items():
            if find(wanted, [name]):
                return f"({sql})"
        column = self.column(wanted, where)
        if column.kind != "number":
            figures = self._figured() or "none"
            held = "dates" if column.kind == "time" else "words"
            raise SpecProblem(f"query.{where}: `{column.name}` holds {held}, not figures; columns of figures: {figures}")
        return self.fields[column.name]

    def _each(self, column: Column, where: str) -> Column:
        """The same column; raises SpecProblem where its figures are not told of each row, which nothing can then be kept or reckoned by."""
        if column.once:
            raise SpecProblem(
                f"query.{where}: `{column.name}` is told once for all periods of a row; take its sum or mean, or leave it out"
            )
        return column

    def _reckoned(self, wanted: str) -> str:
        """SQL of a column that a formula names."""
        if (name := find(wanted, list(self.names))) is not None and not any(find(wanted, [known]) for known in self.derived):
            self._each(self.names[name], "derive")
        return self.field(wanted)

    def _dated(self, wanted: str) -> str:
        """SQL of a column of dates; "" where it is another."""
        name = find(wanted, list(self.names))
        return self.fields[name] if name is not None and self.names[name].kind == "time" else ""

    def _figured(self) -> str:
        return ", ".join(column.name for column in self.table.columns if column.kind == "number")

    def sql(self, database: Any) -> str:
        """The whole statement; fills `values` in the order of its marks."""
        where = self._where(database)
        if self.query.select:
            self._selected_alike()
            picked = []
            for name in self.query.select:
                derived = next((sql for known, sql in self.derived.items() if find(name, [known])), None)
                picked.append(f"({derived})" if derived else self.fields[self.column(name, "select").name])
            order = (
                f" ORDER BY {len(picked)} {'DESC' if self.query.sort == 'down' else 'ASC'} NULLS LAST"
                if self.query.sort in {"down", "up"}
                else ""
            )
            self.rows = f"SELECT count(*) FROM t{where}"
            return f"SELECT {', '.join(picked)} FROM t{where}{order} LIMIT {self.query.limit or MOST_ROWS}"
        return self._grouped(database, where)

    def counted(self, database: Any, found: int) -> None:
        """Note of how many rows those found are the first, where they are told as they come and more of them fit."""
        if not self.rows or self.query.sort in {"down", "up"} or found != self.query.limit:
            return
        every = self._fetch(database, self.rows)[0][0]
        if every > found:
            self.notes.append(say("query.listed", self.lang, shown=number(found, self.lang), all=number(every, self.lang)))

    def _selected_alike(self) -> None:
        """Raise SpecProblem where figures of single periods would stand beside those told once for all of them."""
        figured = [column for column in self.table.columns if column.kind == "number"]
        chosen = [self.names[found] for name in self.query.select if (found := find(name, list(self.names)))]
        for column in chosen if figured and figured[-1] in chosen else ():
            self._each(column, "select")

    # Filters

    def _where(self, database: Any) -> str:
        parts = [self._test(one, database) for one in self.query.where if one not in self._of_whole()]
        for n, ((table, at, m), one) in enumerate(zip(self.pointing, self._besides(), strict=True)):
            other = Plan(Query(where=one.where), table, self.lang, called=f"w{n}")
            other.values, other.notes = self.values, self.notes
            tests = [f"w{n}.k{at} = t.k{m}", *(other._test(test, database) for test in one.where)]
            lacking = "" if n < len(self.query.with_) else "NOT "
            parts.append(f"{lacking}EXISTS (SELECT 1 FROM w{n} WHERE {' AND '.join(tests)})")
        return f" WHERE {' AND '.join(parts)}" if parts else ""

    def _of_whole(self) -> dict[Filter, int]:
        """Filters to one label of a group whose share is asked for, and that group's place: it is a share of all labels, not of itself."""
        if not any(one.take == "share" and not one.only for one in self.query.measures):
            return {}
        groups = [find(name, list(self.names)) for name in self.query.group]
        named = {one: groups.index(at) for one in self.query.where if (at := find(one.column, list(self.names))) in groups}
        return {
            one: at for one, at in named.items() if one.is_ == "=" and len(one.value) == 1 and self.names[str(groups[at])].kind == "text"
        }

    def _test(self, one: Filter, database: Any) -> str:
        derived = any(find(one.column, [name]) for name in self.derived)
        column = None if derived else self.column(one.column, "where")
        field = self.field(one.column) if column is None else self.fields[self._each(column, "where").name]
        if one.is_ in {"empty", "filled"}:
            return f"{field} IS {'NOT ' if one.is_ == 'filled' else ''}NULL"
        if not one.value:
            raise SpecProblem(f"query.where: `{one.column}` is compared with nothing; give a value")
        if one.is_ in {"between", "outside"} and len(one.value) != 2:
            raise SpecProblem(f"query.where: `{one.column}` {one.is_} takes two values; give the first and the last")
        if column is not None and column.kind == "time":
            return self._time_test(field, column, one)
        if column is not None and column.kind == "text":
            return self._text_test(field, column, one, database)
        numbers = []
        if one.value in {("mean",), ("median",)} and one.is_ in {"<", "<=", ">", ">="}:
            return f"{field} {one.is_} {self.value(self._middle(database, str(one.value[0]), field, self.called))}"
        for value in one.value:
            read = value if isinstance(value, int | float) else (found.value if (found := cells.read(str(value), loose=True)) else None)
            if read is None:
                raise SpecProblem(f"query.where: `{one.column}` holds figures; {value!r} is none")
            numbers.append(float(read))
        return self._compare(field, one.is_, numbers)

    def _middle(self, database: Any, way: str, field: str, over: str) -> float:
        """The mean or median of figures that others are compared with; said with them."""
        found = self._fetch(database, f"SELECT {'avg' if way == 'mean' else 'median'}({field}) FROM {over}")[0][0]
        if found is None:
            raise SpecProblem(f"query: {self.table.name} has no figures to take a {way} of")
        digits = 0 if abs(found) >= 100 or float(found).is_integer() else 2
        self.notes.append(say(f"query.than.{way}", self.lang, value=number(round(found, digits), self.lang, digits=digits)))
        return float(found)

    def _compare(self, field: str, how: Is, given: Sequence[object]) -> str:
        marks = [self.value(one) for one in given]
        if how == "between":
            return f"{field} BETWEEN {marks[0]} AND {marks[1]}"
        if how == "outside":
            return f"({field} < {marks[0]} OR {field} > {marks[1]})"
        if how in {"in", "not in"} or len(given) > 1:
            return f"{field} {'NOT IN' if how in {'not in', '!='} else 'IN'} ({', '.join(marks)})"
        return f"{field} {'<>' if how == '!=' else '=' if how in {'contains', 'starts'} else how} {marks[0]}"

    def _time_test(self, field: str, column: Column, one: Filter) -> str:
        spans = [self._span(value, column) for value in one.value]
        if one.is_ == "between":
            return f"({field} >= {self.value(spans[0][0])} AND {field} < {self.value(spans[1][1])})"
        if one.is_ == "outside":
            return f"({field} < {self.value(spans[0][0])} OR {field} >= {self.value(spans[1][1])})"
        parts = []
        for start, end in spans:
            match one.is_:
                case "<":
                    parts.append(f"{field} < {self.value(start)}")
                case "<=":
                    parts.append(f"{field} < {self.value(end)}")
                case ">":
                    parts.append(f"{field} >= {self.value(end)}")
                case ">=":
                    parts.append(f"{field} >= {self.value(start)}")
                case _:
                    parts.append(f"({field} >= {self.value(start)} AND {field} < {self.value(end)})")
        negated = one.is_ in {"!=", "not in"}
        return f"{'NOT ' if negated else ''}({' OR '.join(parts)})"

    def _span(self, value: str | float, column: Column) -> tuple[datetime, datetime]:
        """From when to when a written date goes; "last 3 months" counts back from the last date in the data."""
        words = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
        if isinstance(column.high, datetime) and (span := times.relative(words, column.high)):
            self.notes.append(
                say(
                    "query.relative",
                    self.lang,
                    words=words,
                    first=times.written(span[0], "day", self.lang),
                    last=times.written(span[1] - timedelta(days=1), "day", self.lang),
                )
            )
            return span
        moment = times.read(words)
        if moment is None:
            raise SpecProblem(f"query.where: `{column.name}` holds dates; {value!r} is none, write it as 2024-03-31, 2024-03 or 2024")
        return moment.at, times.after(moment)

    def _text_test(self, field: str, column: Column, one: Filter, database: Any) -> str:
        words = [str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in one.value]
        if one.is_ in {"contains", "not contains", "starts"}:
            test = "starts_with" if one.is_ == "starts" else "contains"
            found = " OR ".join(f"{test}(lower({field}), {self.value(word.casefold())})" for word in words)
            return f"{'NOT ' if one.is_ == 'not contains' else ''}({found})"
        if one.is_ in {"<", "<=", ">", ">=", "between", "outside"}:
            raise SpecProblem(f"query.where: `{column.name}` holds words; compare it with =, !=, in or contains")
        return self._compare(field, one.is_, self._meant(words, field, column, database))

    def _meant(self, words: Sequence[str], field: str, column: Column, database: Any) -> list[str]:
        """The words that stand in the column; raises SpecProblem, with some of those that do, for one that never does."""
        often = f"SELECT {field} FROM {self.called} WHERE {field} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 2000"
        known = [str(row[0]) for row in fetched(database, often, {}, self.table.name)]
        meant = []
        for word in words:
            name = find(word, known)
            if name is None and len(known) < 2000:
                have = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
                raise SpecProblem(f"query.where: `{column.name}` is never {word!r}; it has {have}")
            meant.append(name or word)
        return meant

    # Groups

    def _grouped(self, database: Any, where: str) -> str:
        groups = [self._group(name, at, database, where) for at, name in enumerate(self.query.group)]
        measures = self.query.measures or (Measure(take="count"),)
        if any(measure.take == "growth" for measure in measures):
            return self._growth(database, where, groups, measures)
        labels = [f"{sql} AS g{n}" for n, sql in enumerate(groups)]
        counted = any(one.rows for one in self.query.having)
        if counted and self.query.each:
            raise SpecProblem("query.having: rows are not counted beside `each`; leave out one of them")
        if self.query.each:
            found = self._of_sums(labels, measures, database, where)
        else:
            figures = [f"{self._take(measure, database)} AS m{n}" for n, measure in enumerate(measures)] + ["count(*) AS r"] * counted
            by = f" GROUP BY {', '.join(str(n + 1) for n in range(len(groups)))}" if groups else ""
            found = f"SELECT {', '.join([*labels, *figures])} FROM t{where}{by}"
        named = [f"g{n}" for n in range(len(groups))]
        kept = [f"{name} IS NOT NULL" for name in named]
        for alone, at in self._of_whole().items():
            column = self.column(alone.column, "where")
            kept.append(self._compare(f"g{at}", "=", self._meant([str(alone.value[0])], self.fields[column.name], column, database)))
        for one in self.query.having if not (self.query.each and measures[0].take == "count") else ():
            whole = f"({found}) WHERE {' AND '.join(kept or ['true'])}"
            bound = self._middle(database, one.than, "m0", whole) if one.than else one.value
            kept.append(f"{'r' if one.rows else 'm0'} {one.is_} {self.value(bound)}")
        shown = ", ".join([*named, *(f"m{n}" for n in range(len(measures)))])
        found = f"SELECT {shown} FROM ({found})" + (f" WHERE {' AND '.join(kept)}" if kept else "")
        if self.query.then and groups:
            found = self._unbroken(found, len(groups), measures)
            followed = [f"{self._followed(f'm{n}', named)} AS m{n}" for n in range(len(measures))]
            found = f"SELECT {', '.join([*named, *followed])} FROM ({found})"
            found = f"SELECT * FROM ({found}) WHERE m0 IS NOT NULL" if self.query.ago else found
        if self.query.apart and len(groups) == 2:
            way = "ASC" if self.query.sort == "up" else "DESC"
            best = f"rank() OVER (PARTITION BY g0 ORDER BY m0 {way} NULLS LAST) <= {self.query.limit or 1}"
            along = "g0" if self._is_time(self.query.group[0]) else f"first_value(m0) OVER (PARTITION BY g0 ORDER BY m0 {way}) {way}, g0"
            return f"SELECT * FROM ({found}) WHERE m0 IS NOT NULL QUALIFY {best} ORDER BY {along}, m0 {way}, g1 LIMIT {MOST_ROWS}"
        return f"SELECT * FROM ({found}){self._order(len(groups))} LIMIT {MOST_ROWS}"

    def within(self) -> tuple[Column, Every]:
        """What figures are first added up for each of: a column, and the step of time where it holds dates."""
        wanted = self.query.each
        if wanted not in STEPS:
            column = self.column(wanted, "each")
            return column, _natural(column) if column.kind == "time" else ""
        grouped = [c for name in self.query.group if (c := self.column(name, "group")).kind == "time"]
        times_of = [*grouped, *dated(self.table), *(c for c in self.table.columns if c.kind == "time")]
        if not times_of:
            raise SpecProblem(f"query.each: {self.table.name} has no column of dates to add up by {wanted}; name a column")
        step: Every = next(step for step in STEPS if step == wanted)
        return times_of[0], step

    def _of_sums(self, labels: Sequence[str], measures: Sequence[Measure], database: Any, where: str) -> str:
        """Means, medians or ends of figures that are first added up for each of something: the mean of monthly sums."""
        if any(measure.minus or measure.per for measure in measures):
            raise SpecProblem("query.each: two groups are not set against each other in sums; leave out `each`, or `minus` and `per`")
        odd = next((measure.take for measure in measures if measure.take not in {"mean", "median", "min", "max", "count"}), "")
        if odd:
            raise SpecProblem(f"query.each: `{odd}` is not taken of sums; take mean, median, min, max or count, or leave out `each`")
        column, step = self.within()
        field = self.fields[column.name]
        amounts = []
        for n, measure in enumerate(measures):
            tests = [self._test(one, database) for one in measure.only]
            kept = f" FILTER (WHERE {' AND '.join(tests)})" if tests else ""
            amounts.append(f"{self._amount(measure)}{kept} AS a{n}")
        inner = ", ".join([*labels, f"{_bucketed(field, step) if step else field} AS e", *amounts])
        names = [f"g{n}" for n in range(len(labels))]
        having = " AND ".join(f"a0 {one.is_} {self.value(one.value)}" for one in self.query.having) or "true"
        takes = [
            f"count(*) FILTER (WHERE {having}) AS m{n}"
            if measure.take == "count"
            else f"{'avg' if measure.take == 'mean' else measure.take}(a{n}) AS m{n}"
            for n, measure in enumerate(measures)
        ]
        by = f" GROUP BY {', '.join(names)}" if names else ""
        summed = f"SELECT {inner} FROM t{where}{' AND' if where else ' WHERE'} {field} IS NOT NULL GROUP BY ALL"
        return f"SELECT {', '.join([*names, *takes])} FROM ({summed}){by}"

    def _followed(self, figure: str, groups: Sequence[str]) -> str:
        """What follows from a figure and those before it, along the labels, for each series."""
        timed = self._is_time(self.query.group[0])
        apart = f"PARTITION BY {groups[1]} " if len(groups) > 1 else ""
        along = f"({apart}ORDER BY {self._along() if timed or self._label_ordered() else f'{figure} DESC NULLS LAST, {groups[0]}'})"
        before = f"lag({figure}) OVER {along}"
        if self.query.ago:
            if not timed or self.bucket not in {"year", "quarter", "month", "day"}:
                raise SpecProblem("query.ago: a year ago is told by year, quarter, month or day; set `every` to one of these")
            before = f"first_value({figure}) OVER {along[:-1]} RANGE BETWEEN INTERVAL 1 YEAR PRECEDING AND INTERVAL 1 YEAR PRECEDING)"
        match self.query.then:
            case "change":
                return f"{figure} - {before}"
            case "percent":
                return f"100.0 * ({figure} - {before}) / nullif(abs({before}), 0)"
            case "index":
                return f"100.0 * {figure} / nullif(first_value({figure}) OVER {along}, 0)"
            case "running":
                return f"sum({figure}) OVER {along[:-1]} ROWS UNBOUNDED PRECEDING)"
            case "average":
                last = f"OVER {along[:-1]} ROWS {self.query.span - 1} PRECEDING)"
                return f"CASE WHEN count({figure}) {last} = count(*) {last} THEN avg({figure}) {last} END"
            case _:
                return f"rank() OVER ({apart}ORDER BY {figure} DESC NULLS LAST)"

    def _unbroken(self, found: str, groups: int, measures: Sequence[Measure]) -> str:
        """The same with the periods that have no row, so that each follows the one before it: nothing was added up in them, or measured."""
        if not self._is_time(self.query.group[0]) or self.bucket not in _LONG or self.query.then == "rank":
            return found
        every = f"SELECT unnest(generate_series(min(g0), max(g0), INTERVAL {_LONG[self.bucket]})) AS g0 FROM f"
        apart = " CROSS JOIN (SELECT DISTINCT g1 FROM f)" if groups > 1 else ""
        time = self.column(self.query.group[0], "group")
        several = time.grain in {"day", "minute"} and (self.bucket != "day" or (groups == 1 and self.table.rows > time.distinct))
        added = {"count", "sum"} if several else {"count"}  # where dates are those of single sales, a month without one made nothing
        figures = [f"coalesce(m{n}, 0) AS m{n}" if one.take in added else f"m{n}" for n, one in enumerate(measures)]
        named = [f"g{n}" for n in range(groups)]
        return f"WITH f AS ({found}) SELECT {', '.join([*named, *figures])} FROM ({every}){apart} LEFT JOIN f USING ({', '.join(named)})"

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
        if every in CYCLES:
            return every
        for step in (every, *_COARSER.get(every, ())):
            asked = f"SELECT count(DISTINCT {_bucketed(field, step)}), datediff('{step}', min({field}), max({field})) FROM t{where}"
            filled, spans = self._fetch(database, asked)[0]
            if not spans or filled >= 0.7 * (spans + 1) or step == "year":
                return step
        return every

    def _take(self, measure: Measure, database: Any) -> str:
        """SQL of one figure; of two groups of rows, where one is set against the other."""
        if measure.take == "growth" or not (measure.minus or measure.per):
            return self._taken(measure, database)
        one, minus, per = (
            self._taken(measure.model_copy(update={"only": tests}), database) if tests or tests is measure.only else ""
            for tests in (measure.only, measure.minus, measure.per)
        )
        less = f"({one}) - ({minus})" if minus else one
        return f"1.0 * ({less}) / nullif({per}, 0)" if per else less

    def _taken(self, measure: Measure, database: Any) -> str:
        tests = [self._test(one, database) for one in measure.only]
        kept = f" FILTER (WHERE {' AND '.join(tests)})" if tests else ""
        if measure.take == "count" and (not measure.column or not self._is_figure(measure.column)):
            return (f"count({self.fields[self.column(measure.column, 'measures').name]})" if measure.column else "count(*)") + kept
        if measure.take == "distinct":
            return f"count(DISTINCT {self.fields[self.column(measure.column, 'measures').name]}){kept}"
        if measure.take == "share" and (not measure.column or not self._is_figure(measure.column)):
            return self._share("count(*)", kept)
        if not measure.column:
            raise SpecProblem(f"query.measures: `{measure.take}` of which column? Name one of {self._figured()}")
        field = self.field(measure.column, "measures")
        match measure.take:
            case "share":
                return self._share(f"sum({field})", kept)
            case "ratio":
                return f"{'100.0 * ' if measure.percent else ''}sum({field}){kept} / nullif({self._divisor(measure)}{kept}, 0)"
            case "mean" if measure.over:
                weight = f"CASE WHEN {field} IS NOT NULL THEN {self.field(measure.over, 'measures')} END"
                return f"sum({field} * {weight}){kept} / nullif(sum({weight}){kept}, 0)"
            case "mean":
                return f"avg({field}){kept}"
            case _:
                return f"{measure.take}({field}){kept}"

    def _share(self, amount: str, kept: str) -> str:
        """Percent of the whole, of each label where there are series; percent of each group where only some rows are meant."""
        if kept:
            return f"100.0 * coalesce({amount}{kept}, 0) / nullif({amount}, 0)"
        whole = "PARTITION BY g0" if len(self.query.group) > 1 else ""
        return f"100.0 * {amount} / nullif(sum({amount}) OVER ({whole}), 0)"

    def _divisor(self, measure: Measure) -> str:
        if not measure.over:
            return "count(*)"
        if any(find(measure.over, [name]) for name in self.derived) or self.column(measure.over, "measures").kind == "number":
            return f"sum({self.field(measure.over, 'measures')})"
        return f"count(DISTINCT {self.fields[self.column(measure.over, 'measures').name]})"

    def _is_figure(self, name: str) -> bool:
        return any(find(name, [known]) for known in self.derived) or self.column(name, "measures").kind == "number"

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
        sums = [f"{self._amount(measure)} AS s{n}" for n, measure in enumerate(grouped)]
        dated = f"{where}{' AND' if where else ' WHERE'} {field} IS NOT NULL"
        whole = f"SELECT {', '.join([*labels, f'{period} AS p', *sums])} FROM t{dated} GROUP BY ALL"
        ends = f"SELECT min({period}), max({period}) FROM t{where}"
        first, last = self._fetch(database, ends)[0]
        if first is None or first == last:
            raise SpecProblem(f"query: growth needs two periods; {self.table.name} has one {every}")
        first, last = self._whole_periods(database, field, every, first, last, where)
        self.notes.append(
            say(
                "query.compared",
                self.lang,
                first=times.written(first, grain_of(every), self.lang),
                last=times.written(last, grain_of(every), self.lang),
            )
        )
        end, begin = (f"FILTER (p = {self.value(at)})" for at in (last, first))
        figures = [
            f"100.0 * (max(s{n}) {end} - max(s{n}) {begin}) / nullif(abs(max(s{n}) {begin}), 0) AS m{n}" for n in range(len(grouped))
        ]
        names = [f"g{n}" for n in range(len(groups))]
        by = f" GROUP BY {', '.join(names)}" if names else ""
        having = " HAVING " + " AND ".join(f"{name} IS NOT NULL" for name in names) if names else ""
        return f"WITH w AS ({whole}) SELECT {', '.join([*names, *figures])} FROM w{by}{having}{self._order(len(names))} LIMIT {MOST_ROWS}"

    def _amount(self, measure: Measure) -> str:
        """What is added up: the sum of an amount, the mean of a rate, the number of rows, of different words."""
        if not measure.column:
            return "count(*)"
        if not self._is_figure(measure.column):
            return f"count(DISTINCT {self.fields[self.column(measure.column, 'measures').name]})" if self.query.each else "count(*)"
        derived = any(find(measure.column, [name]) for name in self.derived)
        how = "sum" if derived or taken(self.column(measure.column, "measures")) == "sum" else "avg"
        return f"{how}({self.field(measure.column, 'measures')})"

    def _whole_periods(self, database: Any, field: str, every: Every, first: Any, last: Any, where: str) -> tuple[Any, Any]:
        """The first and last period that the dates cover whole, where there are enough of them."""
        low, high = self._fetch(database, f"SELECT min({field}), max({field}) FROM t{where}")[0]
        column = self.time
        missed = missable(column, every) if column is not None else 0
        if not missed:
            return first, last
        begin = times.Moment(last, grain_of(every))
        if (times.after(begin) - high).days - 1 > missed and (
            before := self._fetch(
                database,
                f"SELECT max({_bucketed(field, every)}) FROM t{where}{' AND' if where else ' WHERE'} {field} < {self.value(last)}",
            )[0][0]
        ) not in (None, first):
            self.notes.append(say("query.partial", self.lang, period=times.written(begin.at, begin.grain, self.lang)))
            last = before
        after = times.after(times.Moment(first, grain_of(every)))
        if (low - first).days > missed and after < last:
            self.notes.append(say("query.partial", self.lang, period=times.written(first, grain_of(every), self.lang)))
            first = after
        return first, last

    def _order(self, groups: int) -> str:
        if not groups:
            return ""
        if self.time is not None and self.query.group and self._is_time(self.query.group[0]) and not self._ranked():
            return f" ORDER BY 1 {'DESC' if self.query.sort == 'label down' else 'ASC'}" + ("" if groups < 2 else ", 2 ASC")
        if self.query.sort == "label down":
            return f" ORDER BY {self._along()} DESC"
        if self.query.sort == "label" or (not self.query.sort and groups and self._label_ordered()):
            return f" ORDER BY {self._along()} ASC"
        way = "ASC" if self.query.sort == "up" else "DESC"
        return f" ORDER BY m0 {way} NULLS LAST, 1" if groups == 1 else f" ORDER BY sum(m0) OVER (PARTITION BY g0) {way} NULLS LAST, 1, 2"

    def _ranked(self) -> bool:
        """True where dates are put in the order of their figures: "which month was best"."""
        return len(self.query.group) == 1 and self.query.sort in {"down", "up"} and bool(self.query.limit) and not self.query.then

    def _is_time(self, name: str) -> bool:
        return self.column(name, "group").kind == "time"

    def _label_ordered(self) -> bool:
        """True where the labels have an order of their own: figures, months, weekdays."""
        column = self.column(self.query.group[0], "group")
        return column.kind == "number" or calendar(column)

    def _along(self) -> str:
        """SQL of the first group as it is sorted by: words that have an order of their own by that."""
        column = self.column(self.query.group[0], "group")
        own = times.ordered(column.values) if column.kind == "text" and 2 < len(column.values) <= MOST_ORDERED else None
        return f"list_position({self.value(own)}, g0)" if own else "g0"


def missable(column: Column, every: Every) -> int:
    """How many days without rows a period of `every` that the dates of `column` cover may begin or end with: more where rows are few and
    far between; 0 where that cannot be told."""
    low, high = column.low, column.high
    if every not in MISSED or column.grain not in {"day", "minute"} or not isinstance(low, datetime) or not isinstance(high, datetime):
        return 0
    return max(MISSED[every], round(1.5 * (high - low).days / max(1, column.distinct - 1)))


def grain_of(every: Every) -> times.Grain:
    grains: dict[str, times.Grain] = {
        "year": "year",
        "quarter": "quarter",
        "month": "month",
        "week": "week",
        "hour": "minute",
        "decade": "year",
    }
    return grains.get(every, "day")


def _bucketed(field: str, every: Every) -> str:
    return f"{CYCLES[every][0]}({field})" if every in CYCLES else f"date_trunc('{every or 'day'}', {field})"


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
