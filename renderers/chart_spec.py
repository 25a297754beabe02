"""A chart as data: its figures, the mark that suits them, and what they are called.

A chart holds its figures (labels and series), or a `query` over a person's table that the program runs and whose rows it keeps.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from flipchart.renderers import cells, times
from flipchart.renderers.claims import Facts, Point, told
from flipchart.renderers.query import Query
from flipchart.renderers.spec import Ours, Part, Spec
from flipchart.renderers.words import say

Mark = Literal[
    "column", "bar", "line", "area", "scatter", "pie", "donut", "histogram", "heatmap", "waterfall", "number", "table"
]  # fmt: skip
MARKS: tuple[Mark, ...] = (
    "column",
    "bar",
    "line",
    "area",
    "scatter",
    "pie",
    "donut",
    "histogram",
    "heatmap",
    "waterfall",
    "number",
    "table",
)
Stack = Literal["", "stacked", "share"]

SLICES = 6  # a pie with more slices cannot be read
MOST_COLUMNS = 40  # labels in order; more are a line
MOST_BARS = 30  # labels without an order; the largest are shown
MOST_CELLS = 40  # labels, and rows, of a heat map
MOST_LINES = 40
MOST_LABELS = 200_000  # values a series may hold


def value_of(given: object) -> object:
    """A figure from what a model or a person wrote: a number, "120k", "€3,4 Mio"; None for a blank."""
    if isinstance(given, bool):
        return float(given)
    if isinstance(given, int | float):
        try:
            return float(given) if math.isfinite(given) else None
        except OverflowError:
            return None
    if isinstance(given, str):
        if cells.blank(given):
            return None
        found = cells.read(given, loose=True)
        return found.value if found else given
    return given


Value = Annotated[
    float | None, BeforeValidator(value_of), WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "null"}]})
]
"""A figure; what stands for none is None. Written as a number or as words such as "120k"."""


def _words(given: object) -> object:
    """A label from whatever was written: 2024 is "2024"."""
    if isinstance(given, bool) or given is None:
        return "" if given is None else str(given).lower()
    if isinstance(given, float) and given.is_integer() and abs(given) < 1e15:
        return str(int(given))
    return str(given) if isinstance(given, int | float) else given


Label = Annotated[str, BeforeValidator(_words)]


class Series(Part):
    """One line, or one set of bars."""

    name: Annotated[Label, Field(description="What the values are, e.g. a product or a place.")] = ""
    values: tuple[Value, ...] = Field(default=(), max_length=MOST_LABELS, description="One value for each label; null where there is none.")
    x: tuple[Value, ...] = Field(
        default=(), max_length=MOST_LABELS, json_schema_extra={"strong": True}, description="Only for scatter: the x of each value."
    )
    unit: Annotated[str, Ours] = ""
    """Unit of this series where it is not the chart's (columns of a table)."""
    texts: Annotated[tuple[str, ...], Ours] = ()
    """Words in place of figures: a table's column of words."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        """Take units off written figures, and tell a column of words from one of figures."""
        if not isinstance(given, Mapping) or not isinstance(given.get("values"), list | tuple):
            return given
        values = list(given["values"])
        written = [value for value in values if isinstance(value, str) and not cells.blank(value)]
        read = [cells.read(words, loose=True) for words in written]
        given = dict(given)
        units = {one.unit for one in read if one and one.unit}
        if len(units) == 1 and not given.get("unit"):
            given["unit"] = units.pop()
        if None in read and not given.get("texts"):
            given["texts"] = [str(_words(value) or "") for value in values]
            given["values"] = [value if not isinstance(value_of(value), str) else None for value in values]
        return given


_COUNTED = re.compile(r"([$€£¥₹]?)\s*(k|K|thousands?|tsd\.?|千)\s*([$€£¥₹]|[A-Z]{3})?")  # a unit that only says how figures are written


class Chart(Spec):
    """Figures drawn: amounts compared, a trend over time, shares of a whole, a relation, a spread."""

    kind: Literal["chart"] = "chart"
    mark: Mark = Field(
        default="column",
        description="column: amounts or few periods. bar: ranking, long names. line: trend. area: trend of a sum. scatter: relation of two"
        " measures. pie: up to six shares. histogram: spread. heatmap: a grid. waterfall: what adds up to a total. number: one big figure.",
    )
    labels: tuple[Label, ...] = Field(
        default=(),
        max_length=MOST_LABELS,
        json_schema_extra={"table": False},
        description="Categories or dates along the chart, in order; dates as 2024-03-31, 2024-03 or 2024.",
    )
    series: tuple[Series, ...] = Field(
        default=(),
        max_length=200,
        json_schema_extra={"table": False},
        description="The figures, exactly as given; one series, or a few to compare.",
    )
    unit: str = Field(default="", max_length=40, description="Unit of the figures: $, €, %, km, people.")
    stack: Stack = Field(
        default="", json_schema_extra={"strong": True}, description="stacked: series add up. share: each as a share of 100 %."
    )
    x_title: str = Field(default="", json_schema_extra={"strong": True}, description="What the labels are, if not plain.")
    y_title: str = Field(default="", description="What the figures measure, in few words.")
    highlight: str = Field(default="", json_schema_extra={"strong": True}, description="The one label or series to stress.")
    note: str = Field(default="", json_schema_extra={"strong": True}, description="One short remark under the chart.")
    query: Query | None = Field(
        default=None,
        json_schema_extra={"table": True},
        description="What to compute from the attached table, in place of labels and series.",
    )
    said: Annotated[tuple[str, ...], Ours] = ()
    """What a reader must know of the data: rows skipped, totals left out."""

    @field_validator("unit", mode="after")
    @classmethod
    def _sign(cls, unit: str) -> str:
        return cells.unit(unit)

    @field_validator("stack", mode="before")
    @classmethod
    def _stacked(cls, given: object) -> object:
        if isinstance(given, bool):
            return "stacked" if given else ""
        return {"none": "", "normal": "stacked", "percent": "share", "100%": "share"}.get(given, given) if isinstance(given, str) else given

    @model_validator(mode="before")
    @classmethod
    def _tidy(cls, given: Any) -> Any:
        """Series as a mapping or a bare list become a list of series; null fields are left out."""
        if not isinstance(given, Mapping):
            return given
        out = {key: value for key, value in given.items() if value is not None}
        series = out.get("series")
        if isinstance(series, Mapping):
            named = "values" not in series and all(isinstance(value, list | tuple) for value in series.values())
            out["series"] = [{"name": name, "values": values} for name, values in series.items()] if named else [series]
        elif isinstance(series, list) and series and all(not isinstance(one, Mapping | Part | list) for one in series):
            out["series"] = [{"values": series}]
        return out

    @model_validator(mode="after")
    def _fit(self) -> Self:
        """One unit for all, and no more values than labels; "k" beside a figure is part of the figure, not its unit."""
        counted = _COUNTED.fullmatch(self.unit.strip())
        if counted and counted[2]:
            largest = max((abs(value) for one in self.series for value in one.values if value is not None), default=0.0)
            factor = 1000.0 if largest < 1000 else 1.0
            for one in self.series:
                object.__setattr__(one, "values", tuple(None if value is None else value * factor for value in one.values))
            object.__setattr__(self, "unit", (counted[1] or counted[3] or "").strip())
        units = {one.unit for one in self.series if one.unit}
        if not self.unit and len(units) == 1 and self.mark != "table":
            object.__setattr__(self, "unit", units.pop())
        for place, one in enumerate(self.series):
            if one.texts and self.mark != "table":
                wrong = next(words for words, value in zip(one.texts, one.values, strict=False) if value is None and not cells.blank(words))
                raise ValueError(f"series[{place}].values: {wrong[:40]!r} is not a number; write figures only, or use the mark `table`")
            free = self.mark in {"histogram", "scatter"}
            if self.labels and len(one.values) > len(self.labels) and not free:
                raise ValueError(f"series[{place}].values: {len(one.values)} values for {len(self.labels)} labels; give one for each label")
            if one.x and len(one.x) != len(one.values):
                raise ValueError(f"series[{place}].x: {len(one.x)} for {len(one.values)} values; give one for each value")
        return self

    def value(self, series: int, label: int) -> float | None:
        """The figure at a place, None where there is none."""
        values = self.series[series].values
        return values[label] if label < len(values) else None

    @property
    def moments(self) -> tuple[times.Moment, ...]:
        """The labels as moments, where they are dates that run forwards; else empty."""
        return times.moments(self.labels)


# What is drawn: the mark that suits, in an order that reads


def shown(chart: Chart) -> Chart:
    """`chart` as it is drawn, here and in an office file: with the mark its figures allow, the design flipped to, x and y told apart."""
    design = chart.look.design
    if design in ("stacked", "share"):
        chart = chart.model_copy(update={"mark": "bar" if chart.mark == "bar" else "column", "stack": design})
    elif design in MARKS:
        chart = chart.model_copy(
            update={"mark": design, "stack": "" if design in {"column", "bar"} and chart.mark not in {"column", "bar"} else chart.stack}
        )
    if chart.mark == "scatter":
        chart = _scattered(chart)
    mark, stack = suited(chart), chart.stack
    if stack and (mark not in {"column", "bar", "area"} or len(chart.series) < 2):
        stack = ""
    if mark == "area" and len(chart.series) > 1:
        stack = stack or "stacked"
    if stack == "share" and min(every(chart), default=0.0) < 0:
        stack = "stacked"
    return chart if (mark, stack) == (chart.mark, chart.stack) else chart.model_copy(update={"mark": mark, "stack": stack})


def suited(chart: Chart) -> Mark:
    """The mark that can show these figures: a pie cannot show negatives, a line cannot show one point."""
    mark, values = chart.mark, every(chart)
    rows, count = len(chart.series), length(chart)
    if not values or mark == "table":
        return mark
    if mark in {"pie", "donut"} and (rows > 1 or count > SLICES or not _is_whole(chart, values)):
        mark = "bar" if rows == 1 and not chart.moments else "column"
    if mark == "scatter" and not any(one.x for one in chart.series):
        mark = "line" if chart.moments else "column"
    if mark == "histogram" and (rows > 1 or len(set(values)) < 2):
        mark = "column"
    if mark == "heatmap" and (rows < 2 or count < 2):
        mark = "column"
    if mark == "waterfall" and (rows > 1 or count < 2):
        mark = "column"
    if mark == "area" and min(values) < 0 and rows > 1:
        mark = "line"
    if mark in {"line", "area"} and count < 2:
        mark = "column"
    if mark == "number" and rows > 1 and count > 1:
        mark = "table"
    if mark in {"column", "bar"} and rows == 1 and count == 1:
        return "number"
    if mark == "column" and count > MOST_COLUMNS and ordered(chart):
        return "line"
    if mark in {"column", "bar"} and not chart.stack and rows > 6 and count > 3:
        return "line" if ordered(chart) and count > 4 else "heatmap"
    return mark


def _is_whole(chart: Chart, values: list[float]) -> bool:
    """True where the figures are parts of one whole: none below zero, and percentages that make up a hundred."""
    if min(values) < 0 or max(values) <= 0:
        return False
    return chart.unit != "%" or 97.0 <= math.fsum(values) <= 103.0


def _scattered(chart: Chart) -> Chart:
    """Series of x and y where a scatter was written as two series, or with its x as labels."""
    if any(one.x for one in chart.series):
        return chart
    if len(chart.series) == 2:
        first, second = chart.series
        values = second.values[: len(first.values)]
        pair = second.model_copy(update={"x": first.values[: len(values)], "values": values})
        titles = {"x_title": chart.x_title or first.name, "y_title": chart.y_title or second.name}
        return chart.model_copy(update={"series": (pair,), **titles})
    read = [cells.read(words) for words in chart.labels]
    if len(chart.series) == 1 and read and all(read) and len(read) == len(chart.series[0].values):
        only = chart.series[0].model_copy(update={"x": tuple(one.value for one in read if one)})
        return chart.model_copy(update={"series": (only,), "labels": ()})
    return chart


def length(chart: Chart) -> int:
    """How many labels it has, or values where they have no labels."""
    return len(chart.labels) or max((len(one.values) for one in chart.series), default=0)


def every(chart: Chart) -> list[float]:
    return [value for one in chart.series for value in one.values if value is not None]


def ordered(chart: Chart) -> bool:
    """True where the labels have an order of their own: dates, months, weekdays, quarters, numbers, steps."""
    return bool(chart.moments) or (len(chart.labels) > 1 and times.in_order(chart.labels))


@dataclass(frozen=True, slots=True)
class Step:
    """One column of a waterfall: from where to where it runs."""

    label: str
    start: float
    end: float
    total: bool


def steps(chart: Chart) -> tuple[Step, ...]:
    """The columns of a waterfall: a figure that equals the sum before it is a total; a last total is added where there is none."""
    out: list[Step] = []
    running = 0.0
    values = chart.series[0].values if chart.series else ()
    for place, label in enumerate(chart.labels):
        value = (values[place] if place < len(values) else None) or 0.0
        total = place > 0 and running != 0 and abs(value - running) <= abs(running) * 0.005 and place > 1
        out.append(Step(label, 0.0 if total else running, value if total else running + value, total))
        running = out[-1].end
    if out and not out[-1].total:
        out.append(Step(say("chart.total", chart.lang or "en"), 0.0, running, True))
    return tuple(out)


def facts(chart: Chart) -> Facts:
    """What the figures say, told without a model: extremes, and the change from first to last."""
    return told(tuple(chart.labels), tuple((one.name, one.values) for one in chart.series), ordered(chart))


def called(chart: Chart, point: Point) -> str:
    """What a figure is called: its series and its label."""
    long = written_labels(chart, chart.lang or "en")
    label = (long[point.label] if long else chart.labels[point.label]) if point.label < len(chart.labels) else ""
    name = chart.series[point.series].name if len(chart.series) > 1 else ""
    return ", ".join(word for word in (name, label) if word)


def rows(chart: Chart) -> tuple[list[str], list[list[str | float | None]]]:
    """The table behind the chart: names of its columns, and its rows."""
    lang = chart.lang or "en"
    if any(one.x for one in chart.series):
        named = len(chart.labels) == sum(len(one.values) for one in chart.series)
        heads = [say("chart.label", lang), chart.x_title or "x", chart.y_title or "y"]
        points = [(one.name, x, y) for one in chart.series for x, y in zip(one.x, one.values, strict=True)]
        return heads, [[chart.labels[i] if named else name, x, y] for i, (name, x, y) in enumerate(points)]
    heads = [chart.x_title, *(one.name or chart.y_title or chart.unit for one in chart.series)]
    count = length(chart)
    labels = chart.labels or tuple(str(n + 1) for n in range(count))
    body: list[list[str | float | None]] = []
    for place_, label in enumerate(labels):
        line: list[str | float | None] = [label]
        for one in chart.series:
            words = one.texts[place_] if place_ < len(one.texts) else None
            line.append(words if words is not None else one.values[place_] if place_ < len(one.values) else None)
        body.append(line)
    return heads, body


def written_labels(chart: Chart, lang: str) -> list[str]:
    """Dates written out, for tips and tables."""
    return [times.written(moment.at, moment.grain, lang) for moment in chart.moments]


def spoken(chart: Chart, place: int) -> set[str]:
    """How a label may be called in a sentence, in lower case."""
    label = chart.labels[place]
    out = {label.strip().casefold()}
    if chart.moments:
        moment, lang = chart.moments[place], chart.lang or "en"
        out.add(times.written(moment.at, moment.grain, lang).casefold())
        if moment.grain == "month" and len({one.at.year for one in chart.moments}) == 1:
            out.add(times.month(moment.at, lang).casefold())
    return out
