"""The rows that a question's SQL finds, as labels and series, and the question in words."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from flipchart.renderers import roles, times
from flipchart.renderers.database import Table
from flipchart.renderers.problem import NoRows
from flipchart.renderers.query import MOST_ROWS, STEPS, Every, Filter, Measure, Query, Result, find
from flipchart.renderers.query_plan import CYCLES, Plan, grain_of, missable
from flipchart.renderers.words import number, say

MOST_SERIES = 12
ADDED = {"sum", "count", "share"}  # what a rest can be added up of


class Answer(Plan):
    """One query over one table as SQL, and what its rows say."""

    def result(self, rows: Sequence[tuple[Any, ...]]) -> Result:
        """The rows as labels and series."""
        if not rows:
            raise self._none()
        if self.query.select:
            return self._selected(rows)
        measures = self.query.measures or (Measure(take="count"),)
        measures = tuple(m for m in measures if m.take == "growth") or measures
        groups = len(self.query.group)
        unit = self._unit(measures)
        words = [self._measure_words(measure) for measure in measures]
        if not groups and rows[0] and all(value is None for value in rows[0]):
            raise self._none()
        if not groups:
            return self._made(
                [say("query.all", self.lang)], [(words[n], [_figure(rows[0][n])]) for n in range(len(measures))], unit, measures
            )
        timed = self._is_time(self.query.group[0]) and not self._ranked()
        begun: list[Any] = []
        if self.query.apart and groups == 2:
            labels = [": ".join(self._label(key, self._is_time(self.query.group[n])) for n, key in enumerate(row[:2])) for row in rows]
            return self._made(labels, [(words[0], [_figure(row[2]) for row in rows])], unit, measures[:1])
        keys = list(dict.fromkeys(row[0] for row in rows))
        if timed and self.bucket not in CYCLES and len(keys) > 1:
            whole = all(m.take in {"sum", "count"} for m in measures) and not self.query.having
            keys = _filled(keys, self.bucket) if whole else keys
            begun = self._begun(keys) if whole else []
            self.notes += [say("query.incomplete", self.lang, period=times.written(key, grain_of(self.bucket), self.lang)) for key in begun]
        if groups == 1:
            found = {row[0]: row[1:] for row in rows}
            gap = 0.0 if timed and all(m.take == "count" for m in measures) else None
            series = [(words[n], [_figure(found[key][n]) if key in found else gap for key in keys]) for n in range(len(measures))]
        else:
            keys, series = self._pivoted(rows, keys, timed)
        if self.query.limit and not timed:
            cut = len(keys) - self.query.limit
            keys = keys[: self.query.limit]
            if cut > 0 and self.query.rest and not self.query.then and all(measure.take in ADDED for measure in measures):
                series = [
                    (name, [*values[: len(keys)], math.fsum(v for v in values[len(keys) :] if v is not None)]) for name, values in series
                ]
                labels = [*(self._label(key, timed) for key in keys), say("query.rest", self.lang, count=number(cut, self.lang))]
                return self._made(labels, series, unit, measures, timed)
        elif self.query.limit:
            keys = keys[-self.query.limit :]
            series = [(name, values[-self.query.limit :]) for name, values in series]
        series = [(name, values[: len(keys)]) for name, values in series]
        cyclic = timed or (self._ranked() and self._is_time(self.query.group[0]))
        made = self._made([self._label(key, cyclic) for key in keys], series, unit, measures, timed)
        return replace(made, begun=tuple(self._label(key, cyclic) for key in begun))

    def _begun(self, keys: Sequence[Any]) -> list[Any]:
        """The first and the last period, where the data begin late in it, or end early."""
        column = self.column(self.query.group[0], "group")
        low, high, missed = column.low, column.high, missable(column, self.bucket)
        if not missed or not isinstance(low, datetime) or not isinstance(high, datetime):
            return []
        first, last = keys[0], keys[-1]
        late = first <= low < times.after(times.Moment(first, grain_of(self.bucket))) and (low - first).days > missed
        end = times.after(times.Moment(last, grain_of(self.bucket)))
        early = last <= high < end and (end - high).days - 1 > missed
        return [*([first] if late else []), *([last] if early else [])]

    def _none(self) -> NoRows:
        asked = described_query(self.query, self.table, self.lang, self.bucket)
        return NoRows(f"query: no row of {self.table.name} is left; widen the filters", asked)

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
            derived = any(find(name, [known]) for known in self.derived)
            kinds.append("number" if derived else self.column(name, "select").kind)
        names = [name if any(find(name, [k]) for k in self.derived) else self.column(name, "select").name for name in self.query.select]
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
            measure=self._measure_words(measures[0]) if len(measures) == 1 else "",
            pivoted=len(self.query.group) > 1 and not self.query.apart,
            ordered=timed, said=tuple(self.notes),
            detail=described_query(self.query, self.table, self.lang, self.bucket),
        )  # fmt: skip

    def _label(self, key: Any, timed: bool, *, exact: bool = False) -> str:
        """A key of a group as a label: dates as they are read back."""
        if isinstance(key, datetime) and self.bucket == "decade" and not exact:
            return say("query.decade", self.lang, year=str(key.year))
        if isinstance(key, datetime):
            grain = "day" if exact and (key.hour, key.minute) == (0, 0) else "minute" if exact else grain_of(self.bucket)
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
        if timed and self.bucket == "month of year":
            return str(times.month(datetime(2000, int(key), 1), self.lang))
        if timed and self.bucket == "hour of day":
            return f"{int(key)}:00"
        if isinstance(key, float):
            return str(int(key)) if key.is_integer() and abs(key) < 1e15 else f"{key:g}"
        return str(key)

    def _unit(self, measures: Sequence[Measure]) -> str:
        units = set()
        for measure in measures:
            derived = next((one for one in self.query.derive if find(measure.column, [one.name])), None) if measure.column else None
            if measure.take in {"share", "growth"} or measure.percent or self.query.then in {"percent", "index"}:
                units.add("%")
            elif measure.take in {"ratio", "count", "distinct"} or measure.per or self.query.then == "rank" or not measure.column:
                units.add("")
            elif derived is not None:
                units.add(derived.unit)
            else:
                units.add(self.column(measure.column, "measures").unit if self._is_figure(measure.column) else "")
        return units.pop() if len(units) == 1 else ""

    def _measure_words(self, measure: Measure) -> str:
        name = measure.column
        if name and not any(find(name, [known]) for known in self.derived):
            name = self.column(name, "measures").name
        said = self._taken_words(measure, name or (_counted(self.query, self.lang) if self.query.each else ""))
        if self.query.each:
            said = say("query.each", self.lang, what=said, each=_each(self.query, self.lang))
        return _followed(self.query, said, self.lang) if self.query.group else said

    def _taken_words(self, measure: Measure, name: str) -> str:
        """What a figure is, in words, and of which rows: "mean of pay: men − women"."""
        rows = "" if measure.take == "share" else _rows(measure)
        return self._take_words(measure, name) + (f": {rows}" if rows else "")

    def _single_rows(self) -> bool:
        """Whether each label is one row's, whose figure is a mean of nothing but itself."""
        name = find(self.query.group[0], list(self.names)) if len(self.query.group) == 1 and not self.query.each else None
        return name is not None and self.names[name].kind == "text" and self.names[name].distinct == self.table.rows

    def _take_words(self, measure: Measure, name: str) -> str:
        if measure.take == "sum" or (measure.take in {"mean", "median", "min", "max"} and self._single_rows()):
            return name
        if measure.take == "ratio":
            return f"{name} / {measure.over or _counted(self.query, self.lang)}"
        if measure.take == "share" and measure.only:
            return say("query.share", self.lang, column=_called(measure.only))
        return say(f"query.{measure.take}", self.lang, column=name) if name else _counted(self.query, self.lang)


def _counted(query: Query, lang: str) -> str:
    """What is counted where rows are: "number of patients"."""
    return say("query.count", lang, column=query.rows) if query.rows else say("query.rows_counted", lang)


def described_query(query: Query, table: Table, lang: str, bucket: Every = "") -> str:
    """The query in words, with its file: "sales.csv: sum of revenue by region, only year = 2024"."""
    if query.select:
        what = ", ".join(query.select)
    else:
        measures = query.measures or (Measure(take="count"),)
        what = ", ".join(dict.fromkeys(_described(m, query, lang) for m in measures))
    if query.each:
        what = say("query.each", lang, what=what, each=_each(query, lang))
    parts = [what]
    if query.group:
        parts[0] = say("query.by", lang, what=what, group=" × ".join(query.group))
    parts[0] = _followed(query, parts[0], lang)
    if query.where:
        parts.append(_tests(query.where))
    for way, besides in (("with", query.with_), ("without", query.without)):
        parts += [say(f"query.{way}", lang, table=f"{one.table}{f' ({_tests(one.where)})' if one.where else ''}") for one in besides]
    counted = say("query.rows_counted", lang)
    parts += [f"{f'{counted} ' if one.rows else ''}{one.is_} {one.than or f'{one.value:g}'}" for one in query.having]
    parts += [f"{derived.name} = {derived.formula.replace('`', '')}" for derived in query.derive]
    return f"{table.name}{f': {table.sheet}' if table.sheet else ''}: {', '.join(parts)}"


def _described(measure: Measure, query: Query, lang: str) -> str:
    """A figure in words, with the rows that it is of."""
    rows = _rows(measure) if measure.column or measure.take != "share" else ""
    if measure.take == "ratio":
        said = f"{measure.column} / {measure.over or say('query.rows_counted', lang)}"
    elif measure.column or measure.take == "share" or query.each:
        counted = say(f"query.{'rows_counted' if query.each else 'all'}", lang)
        said = say(f"query.{measure.take}", lang, column=measure.column or _tests(measure.only) or counted)
    else:
        said = _counted(query, lang)
    return f"{said} ({rows})" if rows else said


def _followed(query: Query, what: str, lang: str) -> str:
    """What is told of figures along with those before them, in words: "sales, change on the year before"."""
    said = say(f"query.then.{query.then}", lang, what=what, count=number(query.span, lang)) if query.then else what
    return say("query.ago.year", lang, what=said) if query.then and query.ago else said


def _each(query: Query, lang: str) -> str:
    """What figures are first added up for each of, in words: "month", "customer"."""
    return say(f"query.step.{query.each}", lang) if query.each in STEPS else query.each


def _tests(filters: Sequence[Filter]) -> str:
    """Filters as they are read: "region = South, date between 2023, 2024"."""
    said = []
    for one in filters:
        value = ", ".join(str(int(v)) if isinstance(v, float) and v.is_integer() else str(v) for v in one.value)
        said.append(" ".join(part for part in (one.column, one.is_, value) if part) if one.is_ != "filled" else one.column)
    return ", ".join(said)


def _rows(measure: Measure) -> str:
    """The rows that a figure is of, and those it is set against: "men − women"; empty where it is of all."""
    only, minus, per = (_plainly(tests) for tests in (measure.only, measure.minus, measure.per))
    said = f"{only} − {minus}" if minus else only
    return f"{said} / {per}" if per else said


def _plainly(filters: Sequence[Filter]) -> str:
    """Rows as a person would call them, with the column where they are told apart by yes and no."""
    answers = roles.YES | roles.NO
    if any(len(one.value) == 1 and str(one.value[0]).casefold() in answers for one in filters):
        return ", ".join(f"{one.column} {one.value[0]}" for one in filters)
    return _called(filters)


def _called(filters: Sequence[Filter]) -> str:
    """Rows as a person would call them: "returned", "South", where that says it all; else the filters as they are read."""
    if any(one.is_ != "=" or len(one.value) != 1 or not isinstance(one.value[0], str) for one in filters):
        return _tests(filters)
    return ", ".join(one.column if str(one.value[0]).casefold() in roles.YES else str(one.value[0]) for one in filters)


def _figure(value: Any) -> float | None:
    if value is None or isinstance(value, str | datetime):
        return None
    found = float(value)
    return float(f"{found:.15g}") if math.isfinite(found) else None  # 4060.82, not the 4060.8200000000006 that adding up leaves


def _filled(keys: Sequence[Any], every: Every) -> list[Any]:
    """Dates with those between them that no row has, so that a gap shows as one (at most as many again)."""
    if every not in {"decade", "year", "quarter", "month"} or not all(isinstance(key, datetime) for key in keys):
        return list(keys)
    out: list[datetime] = []
    at = keys[0]
    while at <= keys[-1] and len(out) <= 2 * len(keys) + 12:
        out.append(at)
        at = at.replace(year=at.year + 10) if every == "decade" else times.after(times.Moment(at, grain_of(every)))
    return out if out[-1] == keys[-1] else list(keys)
