"""A chart as data: its figures, the mark that suits them, and what they are called.

A chart holds its figures (labels and series), or a `query` over a person's table that the program runs and whose rows it keeps.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, field_validator, model_validator

from flipchart.renderers import axis, cells, chart_marks, layered, times
from flipchart.renderers.chart_marks import SLICES as SLICES
from flipchart.renderers.chart_marks import Traits
from flipchart.renderers.claims import Facts, Point, told
from flipchart.renderers.layered import Layered
from flipchart.renderers.places import located
from flipchart.renderers.query import Query
from flipchart.renderers.spec import Ours, Part, Spec
from flipchart.renderers.words import say

Stack = Literal["", "stacked", "share"]

MARKS = tuple(chart_marks.MARKS)
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

UNIT = 40  # characters; what is longer is no unit but a remark, and leaves no room for the figures
Unit = Annotated[str, Field(max_length=UNIT)]


def _known(mark: str) -> str:
    if mark in chart_marks.MARKS:
        return mark
    near = get_close_matches(mark, MARKS, 1)
    raise ValueError(f"there is no mark `{mark[:40]}`; " + (f"did you mean `{near[0]}`?" if near else f"there are {', '.join(MARKS)}"))


Mark = Annotated[str, AfterValidator(_known), WithJsonSchema({"type": "string", "enum": list(MARKS)})]
"""How figures are drawn: a name of the table of marks."""


class Series(Part):
    """One line, or one set of bars."""

    name: Annotated[Label, Field(description="What the values are, e.g. a product or a place.")] = ""
    values: tuple[Value, ...] = Field(default=(), max_length=MOST_LABELS, description="One value for each label; null where there is none.")
    x: tuple[Value, ...] = Field(
        default=(),
        max_length=MOST_LABELS,
        json_schema_extra={"strong": True},
        description="Only for scatter and bubble: the x of each value.",
    )
    size: tuple[Value, ...] = Field(
        default=(), max_length=MOST_LABELS, json_schema_extra={"strong": True}, description="Only for bubble: how large each dot is."
    )
    low: tuple[Value, ...] = Field(
        default=(),
        max_length=MOST_LABELS,
        json_schema_extra={"strong": True},
        description="Lower end of each value's range, for error bars.",
    )
    high: tuple[Value, ...] = Field(
        default=(), max_length=MOST_LABELS, json_schema_extra={"strong": True}, description="Upper end of each value's range."
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


_USUAL = (
    "column: amounts or few periods. bar: ranking, long names. line: trend. area: trend of a sum. scatter: relation of two"
    " measures. pie: up to six shares. histogram: spread. heatmap: a grid. waterfall: what adds up to a total. number: one big figure."
)

_RARE = (
    "lollipop, dumbbell (two values a label), slope (two periods). box, violin, density: the spread of each series, without labels. funnel:"
    " steps that lose some. treemap: many shares. bubble: scatter with sizes. radar: profiles over 3 to 12 measures. diverging: two groups"
    " back to back, or answers from against to for. multiples, sparklines: many series over time. gantt: tasks as labels, series of starts"
    " and ends. candlestick: open, high, low, close. map: countries as labels."
)


class Chart(Spec):
    """Figures drawn: amounts compared, a trend over time, shares of a whole, a relation, a spread."""

    kind: Literal["chart"] = "chart"
    mark: Mark = Field(
        default="column",
        description=f"{_USUAL} {_RARE}",
        json_schema_extra={"weak": {"enum": [name for name, one in chart_marks.MARKS.items() if one.usual], "description": _USUAL}},
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
    unit: Unit = Field(default="", description="Unit of the figures: $, €, %, km, people.")
    stack: Stack = Field(
        default="", json_schema_extra={"strong": True}, description="stacked: series add up. share: each as a share of 100 %."
    )
    trend: Literal["", "line", "forecast"] = Field(
        default="",
        json_schema_extra={"strong": True},
        description="line: a straight trend through a line or scatter. forecast: carried on.",
    )
    bin: float = Field(
        default=0.0, ge=0, allow_inf_nan=False, json_schema_extra={"strong": True}, description="histogram: how wide a bin is; 0: as fits."
    )
    x_title: str = Field(default="", json_schema_extra={"strong": True}, description="What the labels are, if not plain.")
    y_title: str = Field(default="", description="What the figures measure, in few words.")
    size_title: str = Field(default="", json_schema_extra={"strong": True}, description="Only for bubble: what the sizes are.")
    highlight: str = Field(default="", json_schema_extra={"strong": True}, description="The one label or series to stress.")
    note: str = Field(default="", json_schema_extra={"strong": True}, description="One short remark under the chart.")
    query: Query | None = Field(
        default=None,
        json_schema_extra={"table": True},
        description="What to compute from the attached table, in place of labels and series.",
    )
    layers: Annotated[Layered | None, Ours] = None
    """Panels and layers drawn in place of labels and series, where those cannot say what is drawn (charts read from elsewhere)."""
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
        marking = chart_marks.MARKS[self.mark]
        if not self.unit and len(units) == 1 and self.mark != "table":
            object.__setattr__(self, "unit", units.pop())
        for place, one in enumerate(self.series):
            if one.texts and not marking.worded:
                wrong = next(words for words, value in zip(one.texts, one.values, strict=False) if value is None and not cells.blank(words))
                raise ValueError(f"series[{place}].values: {wrong[:40]!r} is not a number; write figures only, or use the mark `table`")
            if self.labels and len(one.values) > len(self.labels) and not marking.free:
                raise ValueError(f"series[{place}].values: {len(one.values)} values for {len(self.labels)} labels; give one for each label")
            for name in ("x", "size", "low", "high"):
                if getattr(one, name) and len(getattr(one, name)) != len(one.values):
                    wrong = f"series[{place}].{name}: {len(getattr(one, name))} for {len(one.values)} values"
                    raise ValueError(f"{wrong}; give one for each value")
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
    if chart.layers:
        return chart
    design = chart.look.design
    if design in ("stacked", "share"):
        chart = chart.model_copy(update={"mark": "bar" if chart.mark == "bar" else "column", "stack": design})
    elif design in MARKS:
        chart = chart.model_copy(
            update={"mark": design, "stack": "" if design in {"column", "bar"} and chart.mark not in {"column", "bar"} else chart.stack}
        )
    if chart_marks.MARKS[chart.mark].placed:
        chart = _scattered(chart)
    if chart.mark in {"box", "violin", "density"}:
        chart = _grouped(chart)
    mark, stack = suited(chart), chart.stack
    if stack and (mark not in {"column", "bar", "area"} or len(chart.series) < 2):
        stack = ""
    if mark == "area" and len(chart.series) > 1:
        stack = stack or "stacked"
    if stack == "share" and min(every(chart), default=0.0) < 0:
        stack = "stacked"
    return chart if (mark, stack) == (chart.mark, chart.stack) else chart.model_copy(update={"mark": mark, "stack": stack})


def suited(chart: Chart) -> str:
    """The mark that can show these figures: a pie cannot show negatives, a line cannot show one point."""
    mark = chart.mark
    if not every(chart) and not chart_marks.MARKS[mark].worded:
        return mark
    traits = _traits(chart)
    for _ in chart_marks.MARKS:
        instead = chart_marks.MARKS[mark].instead(traits)
        if not instead:
            break
        mark = instead
    return mark


def _traits(chart: Chart) -> Traits:
    """What decides which marks can show the figures of `chart`."""
    figured = [sum(value is not None for value in one.values) for one in chart.series]
    return Traits(
        rows=len(chart.series),
        count=length(chart),
        values=every(chart),
        fewest=min(figured, default=0),
        ordered=ordered(chart),
        dated=bool(chart.moments),
        unit=chart.unit,
        stack=chart.stack,
        placed=any(one.x for one in chart.series),
        sized=any(one.size for one in chart.series),
        words=any(one.texts for one in chart.series),
        spans=bool(tasks(chart)),
        falling=bool(chart.series) and all(a >= b for a, b in pairwise(v for v in chart.series[0].values if v is not None)),
        candles=_candles(chart),
        located=chart.mark == "map" and located(chart.labels, chart.lang or "en"),
    )


def _scattered(chart: Chart) -> Chart:
    """Series of x and y where a scatter was written as two series, or with its x as labels."""
    if any(one.x for one in chart.series):
        return chart
    if len(chart.series) == 2 or (len(chart.series) == 3 and chart.mark == "bubble"):
        first, second, *third = chart.series
        values = second.values[: len(first.values)]
        sizes = third[0].values[: len(values)] if third and len(third[0].values) >= len(values) else ()
        pair = second.model_copy(update={"x": first.values[: len(values)], "values": values, "size": sizes})
        titles = {"x_title": chart.x_title or first.name, "y_title": chart.y_title or second.name}
        if sizes:
            titles["size_title"] = chart.size_title or third[0].name
        return chart.model_copy(update={"series": (pair,), **titles})
    read = [cells.read(words) for words in chart.labels]
    if len(chart.series) == 1 and read and all(read) and len(read) == len(chart.series[0].values):
        only = chart.series[0].model_copy(update={"x": tuple(one.value for one in read if one)})
        return chart.model_copy(update={"series": (only,), "labels": ()})
    return chart


def _candles(chart: Chart) -> bool:
    """True where the second of four series is never below, and the third never above, the others."""
    if len(chart.series) != 4:
        return False
    whole = [four for four in zip(*(one.values for one in chart.series), strict=False) if None not in four]
    return bool(whole) and all(four[1] == max(four) and four[2] == min(four) for four in whole)


def _grouped(chart: Chart) -> Chart:
    """A series for each label, where one series was written with a label for each of its figures and labels come again."""
    if len(chart.series) != 1 or not chart.labels or len(set(chart.labels)) * 2 > len(chart.labels):
        return chart
    only = chart.series[0]
    names = dict.fromkeys(chart.labels)
    values = {name: tuple(v for word, v in zip(chart.labels, only.values, strict=False) if word == name) for name in names}
    series = tuple(Series(id=f"{only.id}.{n}", name=name, values=values[name]) for n, name in enumerate(names, 1))
    return chart.model_copy(update={"series": series, "labels": ()})


def quantile(values: Sequence[float], share: float) -> float:
    """The figure below which `share` of `values` (sorted) lie."""
    at = (len(values) - 1) * share
    low = math.floor(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def length(chart: Chart) -> int:
    """How many labels it has, or values where they have no labels."""
    return len(chart.labels) or max((len(one.values) for one in chart.series), default=0)


def every(chart: Chart) -> list[float]:
    return [value for one in chart.series for value in one.values if value is not None]


def logged(values: Sequence[float]) -> bool:
    """True where figures above zero span three decades and most are small beside the largest, so that equal steps would hide them."""
    if len(values) < 3 or min(values) <= 0:
        return False
    return max(values) / min(values) >= 1000 and quantile(sorted(values), 0.5) < 0.05 * max(values)


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


@dataclass(frozen=True, slots=True)
class Task:
    """One bar of a plan: from when to when it runs, in days where `tasks` are dated, else in its own figures."""

    at: int
    start: float
    end: float


def tasks(chart: Chart) -> tuple[Task, ...]:
    """The tasks of a plan: two series are starts and ends, both dates or both figures, or dates and how many days; else empty."""
    if len(chart.series) < 2 or not chart.labels:
        return ()
    starts, ends = chart.series[0], chart.series[1]
    dated = bool(starts.texts)
    if dated:
        order = times.order_of(starts.texts)
        first = [_day(words, order) for words in starts.texts]
        last = [_day(words, order, end=True) for words in ends.texts] if ends.texts else [
            None if day is None or days is None else day + days for day, days in zip(first, ends.values, strict=False)
        ]  # fmt: skip
    else:
        first, last = list(starts.values), list(ends.values)
    pairs = zip(first[: len(chart.labels)], last, strict=False)
    return tuple(Task(at, a, b) for at, (a, b) in enumerate(pairs) if a is not None and b is not None and b >= a)


def _day(words: str, order: times.Order, *, end: bool = False) -> float | None:
    """A date as days; the end of the day, month or year it names where `end`."""
    found = times.read(words, order)
    if found is None:
        return None
    day = axis.position(found.at)
    if not end:
        return day
    long = {"year": 365.0, "quarter": 91.0, "month": 30.0, "week": 7.0, "day": 1.0, "minute": 0.0}
    return day + long[found.grain]


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
    if chart.layers:
        return layered.table(chart.layers, say("chart.label", lang))
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


_DAY = re.compile(r"\d{4}-\d\d(?:-\d\d)?")


def written_labels(chart: Chart, lang: str) -> list[str]:
    """Dates written out, for tips and tables, in whatever order they come; empty where not all labels are dates."""
    moments = chart.moments
    if not moments and chart.labels and all(_DAY.fullmatch(label) for label in chart.labels):
        read = [times.read(label) for label in chart.labels]
        moments = tuple(moment for moment in read if moment) if all(read) else ()
    return [times.written(moment.at, moment.grain, lang) for moment in moments]


def worded(name: str) -> str:
    """The name of a column as people write it: "median_income" is median income."""
    return re.sub(r"(?<=\w)_+(?=\w)", " ", name)


def spoken(chart: Chart, place: int) -> set[str]:
    """How a label may be called in a sentence, in lower case."""
    label = chart.labels[place]
    out = {label.strip().casefold()}
    lang = chart.lang or "en"
    if _DAY.fullmatch(label) and (read := times.read(label)):
        out.add(times.written(read.at, read.grain, lang).casefold())
    if chart.moments:
        moment = chart.moments[place]
        out.add(times.written(moment.at, moment.grain, lang).casefold())
        if moment.grain == "month" and len({one.at.year for one in chart.moments}) == 1:
            out.add(times.month(moment.at, lang).casefold())
    return out
