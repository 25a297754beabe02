"""What is shown of a chart's figures, decided before they are laid out: which labels, how they are written, what is stressed and said."""

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from flipchart.renderers import chart_marks, times
from flipchart.renderers.axis import HUGE, figures, is_sign, position
from flipchart.renderers.chart_spec import (
    MOST_BARS,
    MOST_CELLS,
    MOST_LINES,
    Chart,
    every,
    length,
    logged,
    ordered,
    spoken,
    steps,
    tasks,
    written_labels,
)
from flipchart.renderers.chart_trend import TRENDED, Trend, carried_on, following, trend, trends
from flipchart.renderers.places import code
from flipchart.renderers.typeset import clean
from flipchart.renderers.words import number, say

MOST_BINS = 200  # of a width that is asked for


def measured_in(chart: Chart) -> str:
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


def plotted(chart: Chart, lang: str) -> tuple[Any, list[str]]:
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
    marked, marked_row = stressed(chart)
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
        stressed=marked,
        stressed_row=marked_row,
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
    plot, _ = plotted(chart, lang)
    return plot.labels, plot.rows[0].values


def foreseen(chart: Chart, lang: str) -> Any:
    """A line's plot with what is ahead of it; None where nothing is foreseen."""
    plot, _ = plotted(chart, lang)
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


def stressed(chart: Chart) -> tuple[frozenset[int], int | None]:
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


def _named(word: str, sentence: str) -> bool:
    """True where `sentence` holds `word` as a word."""
    if len(word) < 2:
        return False
    at = sentence.find(word)
    spaced = word[0].isascii() or word[-1].isascii()
    around = sentence[max(0, at - 1) : at] + sentence[at + len(word) : at + len(word) + 1]
    ranged = word.isdecimal() and any(c in "-–—/" for c in around)
    return at >= 0 and not ranged and not (spaced and any(c.isalnum() and c < "\u2e80" for c in around))
