"""Questions to a table: a constrained transform that we compile to SQL and run ourselves, read-only, without files or network."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

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
    take: Take = Field(
        default="sum", description="share: percent of the whole. growth: percent from the first to the last period."
    )


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
