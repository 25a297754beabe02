"""Questions to a table: a constrained transform that we compile to SQL and run ourselves, read-only, without files or network."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from flipchart.renderers.database import Table, fetched, opened
from flipchart.renderers.joins import every, joined, key, pruned
from flipchart.renderers.problem import NoRows, SpecProblem

MOST_ROWS = 100_000  # that a query gives back
STRONG: dict[str, Any] = {"strong": True}  # fields that only a strong model is asked for

Take = Literal["sum", "mean", "median", "min", "max", "count", "distinct", "share", "growth", "ratio"]
Every = Literal["", "year", "quarter", "month", "week", "day", "hour", "weekday", "month of year", "hour of day", "decade"]
STEPS = frozenset(get_args(Every)) - {""}
Is = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in", "between", "outside", "contains", "not contains", "starts", "empty", "filled"]
Then = Literal["", "change", "percent", "index", "running", "average", "rank"]


def _listed(given: object) -> object:
    return [given] if isinstance(given, str | int | float) and not isinstance(given, bool) else given


class _Step(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Filter(_Step):
    """Keep only the rows where this holds."""

    column: str
    is_: Is = Field(default="=", alias="is")
    value: Annotated[tuple[str | float, ...], BeforeValidator(_listed)] = Field(
        default=(),
        description="A value or a list of values; dates as 2024-03-31, 2024-03, 2024 or last 3 months; mean or median of the column.",
    )

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Beside(_Step):
    """Rows of another table that point to those asked for, all or those that its filters leave."""

    table: str
    where: tuple[Filter, ...] = Field(default=(), max_length=4)


class Derived(_Step):
    """A new column: + - * / of columns and numbers, e.g. price * quantity; a date minus a date is days, e.g. finished - started."""

    name: str
    formula: str
    unit: str = Field(default="", max_length=12, json_schema_extra=STRONG)


class Measure(_Step):
    """One figure for each group."""

    column: str = Field(default="", description="The column of numbers; may be left out for count.")
    take: Take = Field(default="sum", description="share: percent of the whole. growth: percent from the first to the last period.")
    over: str = Field(
        default="",
        json_schema_extra=STRONG,
        description="ratio: sum of the column divided by the sum of this one. mean: the column that weighs.",
    )
    percent: bool = Field(default=False, json_schema_extra=STRONG, description="ratio: whether it is told in percent.")
    only: tuple[Filter, ...] = Field(
        default=(), max_length=4, json_schema_extra=STRONG, description="Of these rows only; with share: their percent of each group."
    )
    minus: tuple[Filter, ...] = Field(
        default=(), max_length=4, json_schema_extra=STRONG, description="The same figure of these rows is taken away from that of `only`."
    )
    per: tuple[Filter, ...] = Field(
        default=(), max_length=4, json_schema_extra=STRONG, description="The figure of `only` is divided by the same of these rows."
    )

    @property
    def tested(self) -> tuple[Filter, ...]:
        """All its filters."""
        return (*self.only, *self.minus, *self.per)


class Having(_Step):
    """Keep only the groups whose first figure compares so."""

    is_: Literal["=", "!=", "<", "<=", ">", ">="] = Field(default=">", alias="is")
    value: float = 0.0
    than: Literal["", "mean", "median"] = Field(default="", description="In place of a value: the mean or median of all groups.")
    rows: bool = Field(default=False, description="Compare how many rows the group has, in place of its first figure.")

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)


class Query(_Step):
    """A question to the table: which rows, grouped by what, and which figures of each group."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)

    table: str = Field(default="", description="Name of the file, where there are several.")
    where: tuple[Filter, ...] = Field(default=(), max_length=8)
    with_: tuple[Beside, ...] = Field(
        default=(),
        alias="with",
        max_length=4,
        json_schema_extra=STRONG,
        description="Rows of another table that there must be one of, for each of these: customers with an order in May and one in June.",
    )
    without: tuple[Beside, ...] = Field(
        default=(),
        max_length=2,
        json_schema_extra=STRONG,
        description="Rows of another table that there must be none of: customers without orders.",
    )
    derive: tuple[Derived, ...] = Field(default=(), max_length=4)
    group: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        default=(), max_length=2, description="The column that gives the labels; a second one gives the series."
    )
    every: Every = Field(default="", description="Step of time, where the labels are dates.")
    measures: tuple[Measure, ...] = Field(default=(), max_length=6)
    each: str = Field(
        default="",
        json_schema_extra=STRONG,
        description="A column or a step of time: figures are first added up for each of these, then taken: the mean of monthly sums;"
        " count: how many of these `having` keeps.",
    )
    then: Then = Field(
        default="",
        json_schema_extra=STRONG,
        description="change, percent: against the period before. index: percent against the first. running: added up."
        " average: of the last `span` periods. rank: place.",
    )
    span: int = Field(
        default=3, ge=2, le=366, json_schema_extra=STRONG, description="Of how many periods an average is taken that moves on."
    )
    ago: Literal["", "year"] = Field(
        default="", json_schema_extra=STRONG, description="year: change and percent are against the same period of the year before."
    )
    having: tuple[Having, ...] = Field(default=(), max_length=2, json_schema_extra=STRONG)
    select: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        default=(), max_length=12, description="In place of group and measures: columns taken row by row, e.g. the x and y of a scatter."
    )
    sort: Literal["", "down", "up", "label", "label down"] = Field(
        default="", description="down: largest first. up: smallest first. label: by the labels."
    )
    limit: int = Field(default=0, ge=0, le=10_000, description="At most so many labels; 0 for all.")
    place: int = Field(
        default=0, ge=0, le=100, json_schema_extra=STRONG, description="Which place of the ranking is asked for: 2 for the second largest."
    )
    apart: bool = Field(
        default=False,
        json_schema_extra=STRONG,
        description="Of two groups: whether `limit` counts within each of the first, as for the two best products of each region.",
    )
    rest: bool = Field(default=False, json_schema_extra=STRONG, description="Whether labels past the limit are added up as one more.")
    rows: Annotated[str, Field(max_length=40, json_schema_extra={"ours": True})] = ""
    """What the person calls the rows that are counted: "patients"."""

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
    pivoted: bool = False
    """True where the series are the values of a second group."""
    ordered: bool = False
    """True where the labels are dates."""
    begun: tuple[str, ...] = ()
    """The first or last label, where its month or year lies only partly within the data."""
    said: tuple[str, ...] = ()
    """What must be known of it: a last month that is not whole, series left out."""
    detail: str = ""
    """The query in words, with the file it ran over."""


def run(query: Query, tables: Mapping[str, Table], lang: str = "en") -> Result:
    """The figures that `query` asks for. Raises SpecProblem, with the names there are, where it asks for what is not there."""
    from flipchart.renderers.query_rows import Answer

    try:
        table = chosen(query, tables)
        plan = Answer(query, table, lang, pointing(query, table, every(tables)))
        with opened(table, plan.needed(), plan.beside()) as database:
            rows = fetched(database, plan.sql(database), plan.values, table.name)
            plan.counted(database, len(rows))
        return plan.result(rows)
    except NoRows as found:
        raise NoRows(" ".join(str(found).split()), " ".join(found.query.split())) from None
    except SpecProblem as problem:
        raise SpecProblem(" ".join(str(problem).split())) from None  # names in it may hold line breaks


def chosen(query: Query, tables: Mapping[str, Table]) -> Table:
    """The table that the query names, or whose columns it names; several joined by their keys where it names columns of more than one."""
    if not tables:
        raise SpecProblem("there is no table to compute from; attach a file, or write labels and series")
    files, tables = tables, every(tables)
    known = columns_of(query)
    fit = [table for table in tables.values() if _holds(table, known)]
    named = find(query.table, list(tables)) if query.table else None
    if query.table and not named and len(tables) > 1 and not find(query.table, list(files)):
        raise SpecProblem(f"there is no table `{query.table}`; there are {', '.join(tables)}")
    if named and tables[named] in fit:
        return tables[named]
    only = next(iter(tables.values()))
    if len(tables) == 1 and (fit or not only.keys):
        return only
    if len(fit) == 1 and not named:
        return fit[0]
    if not fit or named:
        for root in [tables[named]] if named else tables.values():
            whole = joined(root, tables.values())
            if whole is not None and _holds(whole, known):
                names = [column.name for column in whole.columns]
                return pruned(whole, {found for name in known if (found := find(name, names))})
    if named or len(tables) == 1:
        return fit[0] if len(fit) == 1 else tables[named] if named else only
    if fit and query.table:
        return fit[0]
    raise SpecProblem(f"there are several tables; set query.table to one of {', '.join(tables)}")


def pointing(query: Query, table: Table, tables: Mapping[str, Table]) -> list[tuple[Table, int, int]]:
    """For each table of which there must be a row, then for each of which there must be none: itself, with what its rows point to where
    its filters are of that, and the places of the columns by which its rows point to `table`."""
    out, root = [], table.join.tables[0] if table.join is not None else table
    for at, one in enumerate((*query.with_, *query.without)):
        name = find(one.table, list(tables))
        ties = [] if name is None else [tables[name], *(other for other in tables.values() if key(other, tables[name]))]
        found = next(((other, known) for other in ties if other is not root and (known := key(other, root))), None)
        if name is None or found is None:
            where = "with" if at < len(query.with_) else "without"
            raise SpecProblem(f"query.{where}: no rows of `{one.table}` point to {root.sheet or root.name}; there are {', '.join(tables)}")
        other, known = found
        wanted = {test.column for test in one.where}
        whole = None if other is tables[name] and _holds(other, wanted) else joined(other, tables.values())
        if whole is not None:
            names = [column.name for column in whole.columns]
            other = pruned(whole, {meant for column in wanted if (meant := find(column, names))})
        out.append((other, *known))
    return out


def _holds(table: Table, names: set[str]) -> bool:
    own = [column.name for column in table.columns]
    return all(find(name, own) for name in names)


def columns_of(query: Query) -> set[str]:
    """Every name in the query that may be a column's."""
    derived = {one.name for one in query.derive}
    formulas = {token for one in query.derive for token in re.findall(r"[^\W\d][\w ]*(?<! )", one.formula)}
    named = {*query.group, *query.select, *({query.each} - STEPS - {""}), *(f.column for f in query.where), *formulas}
    named |= {name for m in query.measures for name in (m.column, m.over, *(f.column for f in m.tested)) if name}
    return {name for name in named if name not in derived}


def find(wanted: str, names: Sequence[str]) -> str | None:
    """The name that is meant: as written, in other letters, without signs, or nearly so."""
    if wanted in names:
        return wanted
    for fold in (str.casefold, lambda name: re.sub(r"[\W_]+", "", name.casefold())):
        found = [name for name in names if fold(name) == fold(wanted)]
        if len(found) == 1 and fold(wanted):
            return found[0]
    near = get_close_matches(wanted.casefold(), [name.casefold() for name in names], 2, 0.86)
    return next((name for name in names if name.casefold() == near[0]), None) if len(near) == 1 else None
