"""Charts: figures as marks, exact by construction.

Which mark suits, which labels fit and what is stressed is decided here and in `chart_spec`; `chart_plot` and its sisters lay it out.
"""

import csv
import io
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from flipchart.renderers import cells, chart_marks, claims, claims_checked, times
from flipchart.renderers.axis import HUGE, figures, is_sign, position
from flipchart.renderers.chart_marks import MOST_COLUMNS, SLICES
from flipchart.renderers.chart_skeletons import skeleton
from flipchart.renderers.chart_spec import (
    MARKS,
    MOST_BARS,
    MOST_CELLS,
    MOST_LINES,
    UNIT,
    Chart,
    Mark,
    Series,
    called,
    every,
    facts,
    length,
    logged,
    ordered,
    rows,
    shown,
    spoken,
    steps,
    suited,
    tasks,
    value_of,
    written_labels,
)
from flipchart.renderers.chart_tables import apart, correlated, headline, questions, resolve, rule_charts
from flipchart.renderers.chart_trend import TRENDED, Trend, carried_on, following, trend, trends
from flipchart.renderers.check import Finding
from flipchart.renderers.content import Content, Thing
from flipchart.renderers.drawing import ChartFrame, Drawing, Group, Item, Text, moved
from flipchart.renderers.places import code
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.question_words import mark_named
from flipchart.renderers.registry import Form
from flipchart.renderers.sheet import Room, finish, foot, head
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import LEADING, clean, place
from flipchart.renderers.words import number, say

__all__ = [
    "FORM",
    "MARKS",
    "Chart",
    "Mark",
    "Series",
    "check_claims",
    "facts",
    "headline",
    "questions",
    "resolve",
    "rows",
    "rule_charts",
    "shown",
    "steps",
]


def layout(spec: Chart, style: Style, width: float, height: float | None = None) -> Drawing:
    """The chart on its sheet: title, what is measured, the marks, remarks, sources."""
    from flipchart.renderers.chart_plot import Pen

    chart = shown(spec)
    items, room, feet = head(spec, style, width, height)
    lang = spec.lang or style.lang
    plot, notes = _plot(chart, lang)
    top = room.y
    measured = _measured(chart)
    size = style.size(0, width)
    if measured:
        field = "y_title" if measured == chart.y_title else ""
        line = place(
            measured,
            room.x,
            top,
            room.w,
            size=size,
            fill=style.quiet,
            family=style.sans,
            most_lines=2,
            part=spec.id,
            field=field,
            role="subtitle",
        )
        items.append(line)
        top += len(line.lines) * size * LEADING + 8.0
    remarks = _remarks(chart, notes, style, width, room)
    below = sum(text.h for text in remarks) + (10.0 if remarks else 0.0)
    inner = Room(room.x, top, room.w, None if room.h is None else max(40.0, room.y + room.h - top - below))
    pen = Pen(plot, style, width, inner)
    bottom, mark = (pen.empty(), chart.mark) if not plot.rows and not plot.layers else _layouts(plot.mark)(pen)
    told = _told(pen, room)
    if told and inner.h is not None:
        pen = Pen(plot, style, width, replace(inner, h=max(40.0, inner.h - sum(text.h for text in told) - (0.0 if remarks else 10.0))))
        bottom, mark = _layouts(plot.mark)(pen)
        told = _told(pen, room)
    remarks += told
    drawn = chart if mark in {chart.mark, "layers"} else chart.model_copy(update={"mark": mark})
    items.append(_framed(drawn, pen, room, top, bottom))
    for text in remarks:
        items.append(moved(text, 0.0, bottom + 10.0 - text.y))
        bottom += text.h
    bottom += 10.0 if remarks else 0.0
    if height is None:
        feet, height = foot(spec, style, width, bottom)
    return finish(spec, style, width, height, [*items, *feet], alt(spec))


def elastic(spec: Chart) -> bool:
    """Whether its height is a matter of looks."""
    return bool(spec.layers) or chart_marks.MARKS[shown(spec).mark].elastic


def _layouts(mark: str) -> Callable[[Any], tuple[float, str]]:
    """The function that lays out `mark`."""
    file = "layers" if mark == "layers" else chart_marks.MARKS[mark].file
    module = import_module(f"flipchart.renderers.chart_{file}")
    found: Callable[[Any], tuple[float, str]] = getattr(module, mark)
    return found


def _framed(chart: Chart, pen: Any, room: Room, top: float, bottom: float) -> Item:
    """What the pen drew, as a chart that stays one in an office file; figures set as type, and tables, stay as they are."""
    whole = Group(tuple(pen.items), part=chart.id, label=chart.mark)
    if chart.mark in {"number", "table"} or not pen.plot.rows or chart.layers:
        return whole
    return ChartFrame(room.x, top, room.w, bottom - top, chart, (whole,), part=chart.id)


def _measured(chart: Chart) -> str:
    """What the figures are, above the picture: "Revenue, € million"."""
    if chart.mark == "histogram" and not chart.labels:  # what is spread stands along the axis; its columns count
        return say("query.rows_counted", chart.lang or "en") if chart.query is not None else ""
    words = chart.y_title if chart.y_title or chart.mark in {"table", "number"} else _single(chart)
    return _with_unit(words, chart)


def _single(chart: Chart) -> str:
    """What the only series is called."""
    return chart.y_title or (chart.series[0].name if len(chart.series) == 1 else "")


def _with_unit(words: str, chart: Chart) -> str:
    """What figures are, with their unit where it is no sign that stands at each of them."""
    if chart.unit and not is_sign(chart.unit) and chart.unit.casefold() not in words.casefold():
        return say("chart.measured", chart.lang or "en", words=words, unit=chart.unit) if words else chart.unit
    return words


def _told(pen: Any, room: Room) -> list[Text]:
    """What the layout left out, or could not name."""
    lang, out = pen.plot.lang, []
    if pen.left_out:
        out.append(say("chart.more", lang, count=number(pen.left_out, lang)))
    if pen.unnamed:
        names = ", ".join(" ".join(one) for one in pen.unnamed[:MOST_UNNAMED])
        out.append(say("chart.unnamed", lang, names=names + (" …" if len(pen.unnamed) > MOST_UNNAMED else "")))
    style, size = pen.style, pen.style.size(0, pen.width)
    return [place(words, room.x, 0.0, room.w, size=size, fill=style.quiet, family=style.sans, role="caption") for words in out]


def _remarks(chart: Chart, notes: Sequence[str], style: Style, width: float, room: Room) -> list[Text]:
    """The note and what must be known of the data, set one under the other."""
    size = style.size(0, width)
    out = []
    if chart.note:
        out.append(
            place(
                chart.note,
                room.x,
                0.0,
                room.w,
                size=size + 1,
                fill=style.ink,
                family=style.sans,
                part=chart.id,
                field="note",
                role="caption",
            )
        )
    said = " ".join([*chart.said, *notes])
    if said:
        out.append(place(said, room.x, 0.0, room.w, size=size, fill=style.quiet, family=style.sans, role="caption"))
    return out


def _plot(chart: Chart, lang: str) -> tuple[Any, list[str]]:
    """The decided data of a chart, and what must be said of it."""
    from flipchart.renderers.chart_plot import Plot, Row

    notes: list[str] = []
    if chart.layers:
        return Plot("layers", (), (), chart.id, layers=chart.layers, lang=lang), notes
    if not every(chart) and not any(one.texts for one in chart.series):
        return Plot(chart.mark, (), (), chart.id, lang=lang), notes
    marking = chart_marks.MARKS[chart.mark]
    if marking.placed and not any(None not in pair for one in chart.series for pair in zip(one.x, one.values, strict=False)):
        return Plot(chart.mark, (), (), chart.id, lang=lang), notes
    count = length(chart)
    labels = tuple(_one_line(label) for label in chart.labels) or tuple(str(n + 1) for n in range(count))
    moments = chart.moments if chart.mark != "bar" and not marking.free else ()
    tied = bool(chart.labels) and not marking.free
    rows = [
        Row(
            _one_line(one.name),
            (*one.values[: len(labels) if tied else None], *(None,) * (len(labels) - len(one.values))),
            one.id,
            one.x,
            one.unit,
            one.texts,
            sizes=one.size,
            lows=one.low,
            highs=one.high,
        )
        for one in chart.series
    ]
    stressed, stressed_row = _stress(chart)
    written = tuple(written_labels(chart, lang)) or labels
    numbers = _numbers(labels) if chart.mark in {"line", "area"} and chart.labels and not moments else ()
    plot = Plot(
        chart.mark,
        written,
        tuple(rows),
        chart.id,
        moments=moments,
        numbers=numbers,
        ordered=ordered(chart) or not chart.labels,
        unit=chart.unit,
        stack=chart.stack,
        trend=chart.trend,
        x_title=_one_line(chart.x_title),
        y_title=chart.y_title,
        stressed=stressed,
        stressed_row=stressed_row,
        shown=tuple(_short(chart, lang)) or written,
        lang=lang,
    )
    plot = _ranged(plot, chart, notes)
    if chart.mark == "bubble" and chart.size_title:
        notes.append(say("chart.size", lang, name=chart.size_title))
    if marking.placed:
        return replace(plot, labels=labels if chart.labels else ()), notes
    if chart.mark == "map":
        unknown = [label for label in labels if not code(label, lang)]
        if unknown:
            notes.append(say("chart.unplaced", lang, names=", ".join(unknown[:6]) + (" …" if len(unknown) > 6 else "")))
        return plot, notes
    if chart.mark == "gantt":
        runs = {task.at: (task.start, task.end) for task in tasks(chart)}
        return replace(plot, runs=tuple(runs.get(at) for at in range(len(labels)))), notes
    if chart.mark == "histogram" and not chart.labels:
        along = _one_line(chart.x_title) or _with_unit(_single(chart), chart)
        return replace(_binned(plot, chart.bin), x_title=along), notes
    if chart.mark == "waterfall":
        return _stepped(plot, chart), notes
    if chart.stack == "share":
        plot = _shared(plot)
    most = MOST_CELLS if chart.mark == "heatmap" else MOST_BARS if chart.mark in {"column", "bar"} and not plot.ordered else 0
    if most and len(plot.labels) > most:
        notes.append(say("chart.largest", lang, shown=number(most, lang), all=number(len(plot.labels), lang)))
        plot = _largest(plot, most)
    if chart.mark == "heatmap" and len(plot.rows) > MOST_CELLS:
        notes.append(say("chart.more", lang, count=number(len(plot.rows) - MOST_CELLS, lang)))
        plot = replace(plot, rows=plot.rows[:MOST_CELLS])
    if chart.mark in {"column", "line", "area"} and len(plot.rows) > MOST_LINES:
        notes.append(say("chart.more", lang, count=number(len(plot.rows) - MOST_LINES, lang)))
        plot = replace(plot, rows=plot.rows[:MOST_LINES])
    return plot, notes


def _ranged(plot: Any, chart: Chart, notes: list[str]) -> Any:
    """The plot with its trend carried on, and what must be said of trends, ranges and scales."""
    lang = plot.lang
    if (
        chart.mark in {"line", "column", "bar"}
        and not chart.stack
        and any(None not in pair for row in plot.rows for pair in zip(row.lows, row.highs, strict=False))
    ):
        notes.append(say("chart.band" if chart.mark == "line" else "chart.ranges", lang))
    if chart.trend and chart.mark in TRENDED:
        plot, told = _trended(plot, chart)
        notes.append(told)
    ys = [v for row in plot.rows for v in row.values if v is not None]
    xs = [v for row in plot.rows for v in row.xs if v is not None]
    if (chart.mark in {"line", "scatter", "bubble"} and logged(ys)) or (chart_marks.MARKS[chart.mark].placed and logged(xs)):
        notes.append(say("chart.log", lang))
    return plot


def _carried(plot: Any) -> Any:
    """The plot of one line with a quarter as many figures foreseen, twelve at most; as it is where nothing can be."""
    row = plot.rows[0]
    values = [value for value in row.values if value is not None]
    if len(values) != len(row.values) or not plot.moments:
        return plot
    ahead = max(2, min(12, round(len(values) / 4)))
    moments = following(plot.moments, ahead)
    around = {"month": 12, "quarter": 4}.get(plot.moments[0].grain, 0)
    largest = max(abs(value) for value in values)
    found = carried_on(values, ahead, around) if moments and largest < HUGE else []
    if not found:
        return plot
    if min(values) >= 0:
        found = [(max(0.0, y), max(0.0, low), high) for y, low, high in found]
    blank, last = (None,) * (len(values) - 1), values[-1]
    lines = [(*blank, last, *(one[n] for one in found)) for n in range(3)]
    row = replace(row, values=(*values, *(None for _ in found)), ahead=lines[0], lows=lines[1], highs=lines[2])
    names = tuple(times.written(moment.at, moment.grain, plot.lang) for moment in moments)
    return replace(plot, rows=(row,), moments=(*plot.moments, *moments), labels=(*plot.labels, *names), shown=(*plot.shown, *names))


def _trended(plot: Any, chart: Chart) -> tuple[Any, str]:
    """The plot with its trend, carried on where that is asked for, and what is said of it, also where none can be drawn."""
    if chart.trend == "forecast" and "forecast" in trends(chart.mark, len(plot.rows)) and not plot.rows[0].lows:
        ahead = _carried(plot)
        return ahead, say("chart.forecast" if ahead is not plot else "chart.trend.none", plot.lang)
    found = [one for row in plot.rows if (one := _fitted(plot, chart, row)) is not None]
    ys = [y for row in plot.rows for y in row.values if y is not None]
    if not found or logged(ys) or (chart.mark == "line" and chart.trend == "forecast"):
        return plot, say("chart.trend.none", plot.lang)
    if len(found) > 1:
        return plot, say("chart.trend.several", plot.lang)
    return plot, say("chart.trend", plot.lang, share=number(found[0].share * 100, plot.lang, "%", digits=0))


def _fitted(plot: Any, chart: Chart, row: Any) -> Trend | None:
    """The straight trend of a series, along the axis as it is drawn."""
    dated = [position(moment.at) for moment in plot.moments]
    along = row.xs if chart.mark != "line" else dated or plot.numbers or [float(n) for n in range(len(row.values))]
    pairs = [(x, y) for x, y in zip(along, row.values, strict=False) if x is not None and y is not None and max(abs(x), abs(y)) < HUGE]
    return trend([x for x, _ in pairs], [y for _, y in pairs])


def _one_line(words: str) -> str:
    """`words` as they are set: clean, on one line."""
    return " ".join(clean(words).split())


def _numbers(labels: Sequence[str]) -> tuple[float, ...]:
    """Labels as figures, where all of them are plain ones that grow; else empty."""
    found = [float(label) for label in labels if re.fullmatch(r"-?\d{1,15}(\.\d+)?", label)]
    return tuple(found) if len(found) == len(labels) > 1 and all(a < b for a, b in pairwise(found)) else ()


def _short(chart: Chart, lang: str) -> list[str]:
    """Dates as an axis writes them: the year only where it begins."""
    out: list[str] = []
    before = 0
    for moment in chart.moments:
        year = moment.at.year
        if moment.grain == "year":
            out.append(times.written(moment.at, "year", lang))
        else:
            words = times.written(moment.at, moment.grain, lang, year=False)
            out.append(f"{words}\n{times.written(moment.at, 'year', lang)}" if year != before else words)
        before = year
    return out


def _binned(plot: Any, wide: float) -> Any:
    """Raw figures counted into bins with round borders, each as wide as is asked for unless that makes too many."""
    from flipchart.renderers.marks import ticks

    values = sorted(value for value in plot.rows[0].values if value is not None)
    largest = max(abs(values[0]), abs(values[-1]))
    scale = largest if largest > HUGE or 0 < largest < 1 / HUGE else 1.0
    scaled = [value / scale for value in values]
    quarter = scaled[len(scaled) * 3 // 4] - scaled[len(scaled) // 4]
    span = scaled[-1] - scaled[0]
    step = 2 * quarter / len(scaled) ** (1 / 3) if quarter else 0.0
    edges: Sequence[float] = ticks(scaled[0], scaled[-1], max(5, min(24, round(span / step) if step else 12, len(scaled))))
    if wide and span * scale / wide <= MOST_BINS:
        first, last = (math.floor(end * scale / wide) for end in (scaled[0], scaled[-1]))
        edges = [at * wide / scale for at in range(first, last + 2)]
    counts = [0] * (len(edges) - 1)
    for value in scaled:
        counts[max(0, min(len(counts) - 1, bisect_right(edges, value) - 1))] += 1
    borders = tuple(edge * scale for edge in edges)
    write = figures(borders, plot.unit, plot.lang)
    labels = tuple(f"{write.full(a)} – {write.full(b)}" for a, b in pairwise(borders))
    row = replace(plot.rows[0], values=tuple(float(n) for n in counts), fixed=frozenset(range(len(counts))))
    return replace(plot, labels=labels, shown=labels, rows=(row,), edges=borders, unit="", ordered=True, stressed=frozenset(), moments=())


def bins(chart: Chart, lang: str) -> tuple[tuple[str, ...], tuple[float | None, ...]]:
    """A histogram's bins as they are drawn: what they are called, and how many figures lie in each."""
    plot, _ = _plot(chart, lang)
    return plot.labels, plot.rows[0].values


def foreseen(chart: Chart, lang: str) -> Any:
    """A line's plot with what is ahead of it; None where nothing is foreseen."""
    plot, _ = _plot(chart, lang)
    return plot if plot.rows and plot.rows[0].ahead else None


def _stepped(plot: Any, chart: Chart) -> Any:
    """A waterfall's columns, with the total at its end."""
    found = steps(chart)
    added = len(found) - len(plot.labels)
    row = plot.rows[0]
    values = (*row.values, *(found[-1].end for _ in range(added)))
    totals = frozenset(place for place, step in enumerate(found) if step.total)
    row = replace(row, values=values, fixed=frozenset({len(plot.labels)} if added else ()))
    names = tuple(step.label for step in found[len(plot.labels) :])
    labels, shown_ = (*plot.labels, *names), (*plot.shown, *names)
    return replace(plot, labels=labels, shown=shown_, rows=(row,), totals=totals, added=row.fixed, ordered=False)


def _shared(plot: Any) -> Any:
    """Figures as percent of their label's sum."""
    largest = max((abs(v) for row in plot.rows for v in row.values if v is not None), default=0.0) or 1.0  # no sum is too large
    sums = [math.fsum((row.values[label] or 0.0) / largest for row in plot.rows) or 1.0 for label in range(len(plot.labels))]
    every = frozenset(range(len(plot.labels)))
    rows = tuple(
        replace(
            row,
            values=tuple(None if v is None else v / largest / whole * 100 for v, whole in zip(row.values, sums, strict=True)),
            fixed=every,
        )
        for row in plot.rows
    )
    return replace(plot, rows=rows, unit="%")


def _largest(plot: Any, most: int) -> Any:
    """The labels with the largest figures, largest first."""
    size = [sum(abs(row.values[label] or 0.0) for row in plot.rows) for label in range(len(plot.labels))]
    kept = (
        sorted(sorted(range(len(plot.labels)), key=lambda label: -size[label])[:most])
        if plot.ordered
        else sorted(range(len(plot.labels)), key=lambda label: -size[label])[:most]
    )
    rows = tuple(replace(row, values=tuple(row.values[i] for i in kept), texts=()) for row in plot.rows)
    stressed = frozenset(kept.index(i) for i in plot.stressed if i in kept)
    return replace(
        plot,
        labels=tuple(plot.labels[i] for i in kept),
        shown=tuple(plot.shown[i] for i in kept),
        rows=rows,
        places=tuple(kept),
        stressed=stressed,
    )


# What is stressed


def _stress(chart: Chart) -> tuple[frozenset[int], int | None]:
    """Labels and the series to stress: those named as highlight, else the only one that the title names."""
    names = [one.name for one in chart.series]
    wanted = chart.highlight.strip().casefold()
    if wanted:
        for row, name in enumerate(names):
            if len(names) > 1 and name.strip().casefold() == wanted:
                return frozenset(), row
        found = {place for place, label in enumerate(chart.labels) if wanted in spoken(chart, place)}
        if found:
            return frozenset(found), None
    title = chart.title.casefold()
    named = [place for place in range(min(len(chart.labels), 60)) if any(_named(word, title) for word in spoken(chart, place))]
    if len(chart.series) == 1 and len(named) == 1 and len(chart.labels) > 2:
        return frozenset(named), None
    rows = [row for row, name in enumerate(names) if len(names) > 2 and _named(name.strip().casefold(), title)]
    return frozenset(), rows[0] if len(rows) == 1 else None


def untitled(chart: Chart) -> Chart:
    """The chart under a title set elsewhere: what its own title stresses stays stressed."""
    labels, row = _stress(chart)
    named = chart.series[row].name if row is not None else chart.labels[min(labels)] if len(labels) == 1 else ""
    return chart.model_copy(update={"title": "", "highlight": chart.highlight or named})


def _named(word: str, sentence: str) -> bool:
    """True where `sentence` holds `word` as a word."""
    if len(word) < 2:
        return False
    at = sentence.find(word)
    spaced = word[0].isascii() or word[-1].isascii()
    around = sentence[max(0, at - 1) : at] + sentence[at + len(word) : at + len(word) + 1]
    ranged = word.isdecimal() and any(c in "-–—/" for c in around)
    return at >= 0 and not ranged and not (spaced and any(c.isalnum() and c < "\u2e80" for c in around))


# In words


def alt(spec: Chart) -> str:
    """What the chart shows, in one or two sentences, with its extremes."""
    lang = spec.lang or "en"
    parts = [spec.title.rstrip(".")] if spec.title else []
    parts.append(say(f"chart.mark.{shown(spec).mark}", lang))
    found = facts(spec)
    if found.highest and found.lowest and found.highest != found.lowest:
        write = figures(every(spec), spec.unit, lang)
        parts.append(
            say(
                "chart.extremes",
                lang,
                high=f"{called(spec, found.highest)} {write.said(found.highest.value)}".strip(),
                low=f"{called(spec, found.lowest)} {write.said(found.lowest.value)}".strip(),
            )
        )
    elif found.highest:
        parts.append(f"{called(spec, found.highest)} {figures(every(spec), spec.unit, lang).said(found.highest.value)}".strip())
    return ". ".join(part for part in parts if part) + "."


def corrected(chart: Chart, said: str) -> Chart:
    """The chart with its axis named for what its figures are, upright where it goes through time and nobody wanted it lying, without a
    line between things that have no order, and without a currency that nobody said."""
    largest = max((abs(value) for one in chart.series for value in one.values if value is not None), default=0.0)
    upright = chart.mark == "bar" and len(chart.labels) <= UPRIGHT and times.in_order(chart.labels) and not _LYING.search(said)
    loose = chart.mark in {"line", "area"} and len(chart.labels) > 1 and not ordered(chart) and mark_named(said, chart.lang) != chart.mark
    mark: dict[str, Any] = {"mark": "column"} if upright else {"mark": apart(len(chart.labels))} if loose else {}
    lang, values = chart.lang or "en", [value for one in chart.series for value in one.values]
    named = claims.unscaled(chart.y_title, largest, said) if claims.measures(chart.y_title, lang) else ""
    unit = chart.unit if chart.query is not None or claims.claimed(chart.unit, values, said, lang) else ""
    if len(chart.series) == 1 and chart.query is None and not claims.measures(chart.series[0].name, lang):
        mark["series"] = (chart.series[0].model_copy(update={"name": ""}),)
    return _asked_for(chart.model_copy(update={"y_title": named, "unit": unit, **mark}), said)


def _asked_for(chart: Chart, said: str) -> Chart:
    """The chart with the label stressed that a question asks for: "which month did best?"."""
    from flipchart.renderers.question import extreme
    from flipchart.renderers.table import read as table

    found = facts(chart)
    if chart.query is not None or chart.layers or len(chart.series) != 1 or chart.highlight or not chart.labels or found.lowest is None:
        return chart
    try:
        way = extreme(said, table(_csv(chart), "chart.csv"), chart.lang or "en")
    except SpecProblem:
        return chart
    end = {"most": found.highest, "least": found.lowest}.get(way)
    return chart if end is None or len(chart.labels) < 2 else chart.model_copy(update={"highlight": chart.labels[end.label]})


MOST_BINS = 200  # of a width that is asked for
MOST_UNNAMED = 8  # names of what is too small to hold its name
UPRIGHT = 14  # labels through time that stand side by side
_LYING = re.compile(r"horizont|waagerecht|横|क्षैतिज|أفقي", re.I)


_R = re.compile(r"\br\s*=\s*([−-]?[01](?:[.,]\d+)?)")


def check_claims(chart: Chart) -> list[Finding]:
    """Claims of the title and the note that the chart's own figures contradict, each with the right figure."""
    lang = chart.lang or "en"
    r = correlated(chart)
    for field in ("title", "note") if r is not None else ():
        told = _R.search(getattr(chart, field))
        value = float(told[1].replace("−", "-").replace(",", ".")) if told else r
        if r is not None and value is not None and abs(value - r) > 0.01:
            right = f"r = {number(r, lang, digits=2)}"
            return [Finding("spec", f"{chart.id}.{field} {told[0] if told else ''!r}", "the figures do not say so", right)]
    if not every(chart) or chart_marks.MARKS[chart.mark].free:
        return []
    called = tuple((label, frozenset(spoken(chart, place) | {label.casefold()})) for place, label in enumerate(chart.labels))
    series = tuple((one.name, one.values) for one in chart.series)
    out = []
    for field in ("title", "note"):
        for found, right in claims_checked.wrong(getattr(chart, field), called, series, chart.unit, lang, ordered(chart)):
            out.append(Finding("spec", f"{chart.id}.{field} {found!r}", "the figures do not say so", right))
    return out


def markdown(spec: Chart) -> str:
    """The title and the table behind the chart (at most 200 rows)."""
    heads, body = rows(spec)
    lang = spec.lang or "en"
    writes = [
        figures(
            [v for row in body if isinstance(v := row[c], float)],
            (spec.series[c - 1].unit if c and c <= len(spec.series) else "") or spec.unit,
            lang,
        )
        for c in range(len(heads))
    ]

    def cell(value: str | float | None, column: int) -> str:
        words = value if isinstance(value, str) else writes[column].said(value)
        return words.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")

    lines = [f"## {spec.title}", ""] if spec.title else []
    if body:
        lines.append("| " + " | ".join(cell(name, 0) or " " for name in heads) + " |")
        lines.append("| " + " | ".join([":--", *("--:" for _ in heads[1:])]) + " |")
        lines += ["| " + " | ".join(cell(value, c) for c, value in enumerate(row)) + " |" for row in body[:200]]
        if len(body) > 200:
            lines += ["", say("chart.more", lang, count=number(len(body) - 200, lang))]
    remarks = [words for words in (spec.note, " ".join(spec.said)) if words]
    return "\n".join([*lines, *(line for words in remarks for line in ("", words))])


def designs(spec: Chart) -> tuple[str, ...]:
    """Marks that fit these figures, best first; the one shown is among them."""
    values, count, several = every(spec), length(spec), len(spec.series) > 1
    now = spec.look.design or shown(spec).mark
    if spec.layers:
        return (now,)
    marking = chart_marks.MARKS[spec.mark]
    if values and marking.free and not marking.placed:
        return (*dict.fromkeys((now, *(name for name in ("histogram", "box", "violin", "density") if _fits(spec, name)))), "table")
    if not values or marking.free or any(one.texts for one in spec.series):
        return (now, *(("table",) if values and now != "table" else ()))
    out: list[str] = [shown(spec.model_copy(update={"look": spec.look.model_copy(update={"design": ""})})).mark]
    if ordered(spec) and count > 1:
        out += ["column", "line", "area"] if count <= MOST_COLUMNS else ["line", "area"]
    if several and min(values) >= 0:
        out += ["stacked"] if spec.stack != "stacked" else ["column"]
    out += ["bar", "column"] if count <= MOST_BARS else ["bar"]
    if several and count == 2:
        out += ["slope"]
    if several and len(spec.series) == 2 and not spec.moments:
        out += ["dumbbell"]
    if len(spec.series) > 2 and count > 2 and ordered(spec):
        out += ["multiples", "sparklines"]
    if not several and count > 3 and not ordered(spec):
        out += ["lollipop", "treemap"]
    if several and count > 1:
        out += ["heatmap"]
    if not several and 2 <= count <= SLICES and min(values) >= 0 and max(values) > 0 and not spec.moments:
        out += ["donut"]
    if not several and count <= 6:
        out += ["number"]
    fit = [name for name in dict.fromkeys([*out, now]) if name in {"stacked", "share", now} or _fits(spec, name)]
    return (*(name for name in fit[:7] if name != "table"), "table")


def _fits(spec: Chart, mark: str) -> bool:
    """True where the figures can carry `mark`."""
    return suited(spec.model_copy(update={"mark": mark, "stack": ""})) == mark


def content(spec: Chart) -> Content | None:
    """The figures without their form: things with values, or a table where there are several series."""
    if not every(spec) and not any(one.texts for one in spec.series):
        return None
    heads, body = rows(spec)
    things: tuple[Thing, ...] = ()
    if len(spec.series) == 1 and spec.labels and not spec.series[0].texts:
        values, source = spec.series[0].values, spec.sources
        things = tuple(
            Thing(
                label,
                "",
                value,
                spec.unit,
                id=f"{spec.series[0].id}.values.{i}",
                sources=tuple(
                    ("value", found)
                    for key in (f"{spec.series[0].id}.values.{i}", f"{spec.series[0].id}.values")
                    if (found := source.get(key))
                )[:1],
            )
            for i, (label, value) in enumerate(zip(spec.labels, values, strict=False))
        )
    return Content(spec.title, things, (), ordered(spec), tuple(heads), tuple(tuple(row) for row in body), spec.lang)


def from_content(content: Content) -> Spec | None:
    """A chart of a table with figures, or of things with values; None where there are none."""
    if content.rows and len(content.columns) > 1:
        labels = tuple(str(row[0] if row[0] is not None else "") for row in content.rows)
        series = []
        for column, name in enumerate(content.columns[1:], 1):
            given = [row[column] if column < len(row) else None for row in content.rows]
            series.append({"name": name, "values": given})
        figured = [one for one in series if any(isinstance(value_of(v), float) for v in one["values"])]
        words = [one for one in series if one not in figured]
        if not figured:
            return None
        mark = "table" if words else ("line" if content.ordered and len(labels) > 6 else "column")
        return _made(content, mark, labels, series if words else figured, content.columns[0])
    valued = [thing for thing in content.things if thing.value is not None]
    if len(valued) < 2:
        return None
    units = {thing.unit if len(thing.unit) <= UNIT else "" for thing in valued}
    chart = _made(content, "column", tuple(thing.label for thing in valued), [{"values": [thing.value for thing in valued]}], "")
    if chart is None:
        return None
    kept = {f"{chart.series[0].id}.values.{i}": found for i, thing in enumerate(valued) for name, found in thing.sources if name == "value"}
    return chart.model_copy(update={"unit": units.pop() if len(units) == 1 else "", "sources": kept})


def _made(content: Content, mark: str, labels: tuple[str, ...], series: list[dict[str, Any]], x_title: str) -> Chart | None:
    try:
        return Chart.model_validate(
            {"title": content.title, "mark": mark, "labels": labels, "series": series, "x_title": x_title, "lang": content.lang}
        )
    except ValidationError:
        return None


# Other files


def write_csv(spec: Chart, style: Style, blobs: Mapping[str, bytes]) -> bytes:
    """The table behind the chart as CSV (UTF-8 with a byte-order mark for offices); words that would run as formulas are made words."""
    return _csv(spec).encode("utf-8-sig")


def _csv(spec: Chart) -> str:
    heads, body = rows(spec)
    heads[0] = heads[0] or next(iter(spec.query.group if spec.query is not None else ()), "") or say("chart.label", spec.lang or "en")
    file = io.StringIO()
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow([harmless(name) for name in heads])
    for row in body:
        out.writerow([harmless(cell) if isinstance(cell, str) else "" if cell is None else _plain(cell) for cell in row])
    return file.getvalue()


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


_FORMULA = re.compile(r"^[\s\u00a0\u3000'\"]*[=+\-@\t\r\n|＝＋－＠]")


def harmless(words: str) -> str:
    """`words` that no office runs as a formula: each line that would begin one gets an apostrophe; plain numbers stay numbers."""
    if cells.read(words) is not None and re.fullmatch(r"[-+]?[\d.,]+%?", words):
        return words
    return "\n".join(f"'{line}" if _FORMULA.match(line) else line for line in re.split(r"\r\n|\r|\n", words))


def write_vega(spec: Chart, style: Style, blobs: Mapping[str, bytes]) -> bytes:
    """The chart as Vega-Lite."""
    from flipchart.renderers import vega_write

    return vega_write.write(shown(spec), style)


FORM = Form(
    spec=Chart,
    layout=layout,
    untitled=untitled,
    elastic=elastic,
    markdown=markdown,
    alt=alt,
    designs=designs,
    content=content,
    from_content=from_content,
    resolve=resolve,
    headline=headline,
    skeleton=skeleton,
    findings=check_claims,
    corrected=corrected,
    writes={"csv": ("text/csv; charset=utf-8", write_csv), "vl.json": ("application/vnd.vegalite.v6+json", write_vega)},
)
