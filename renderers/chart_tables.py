"""Charts from tables: queries run, rows kept, and what a table can be asked, without a model."""

import math
import re
from collections.abc import Mapping, Sequence
from statistics import StatisticsError, correlation
from typing import Any

from pydantic import ValidationError

from flipchart.renderers import roles, times
from flipchart.renderers.axis import few, figures
from flipchart.renderers.chart_marks import MOST_COLUMNS
from flipchart.renderers.chart_spec import SLICES, Chart, Mark, called, every, facts, worded, written_labels
from flipchart.renderers.claims import Facts, Point
from flipchart.renderers.database import Table
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.query import Query
from flipchart.renderers.spec import Source, explain
from flipchart.renderers.words import number, say

MOST_KINDS = 8  # colours of one scatter
FEWEST = 3  # whole periods that something is concluded from
MOST_BESIDE = 6  # columns of a table in one chart
APART = 50  # times as large, from where on figures have no scale in common
STILL = 0.05  # percent: a change that is written as none
MOST_TIED = 3  # labels with the same figure that a title names
SENTENCE = 40  # characters of a column's name, from where on it is no name to ask by
NAMED = 24  # characters of a name that a title begins with


def resolve(spec: Chart, tables: Mapping[str, Table]) -> Chart:
    """The chart with the rows its query finds, what must be said of them, and where they are from; figures a person edited stay.

    Raises SpecProblem where the query asks for what is not there. A chart without a query comes back as it is.
    """
    if spec.query is None:
        return spec
    from flipchart.renderers import query

    lang = spec.lang or "en"
    table = query.chosen(spec.query, tables)
    found, asked = _beside(spec.query, query.run(spec.query, tables, lang), tables, lang)
    kept = _edited(spec)
    series: list[dict[str, Any]] = []
    for at, (name, values) in enumerate(found.series):
        known = spec.series[at].id if at < len(spec.series) else ""
        texts = found.texts.get(at, ())
        fresh = (
            [kept.get((name, label), value) for label, value in zip(found.labels or ("",) * len(values), values, strict=True)]
            if kept
            else values
        )
        series.append({"name": name, "values": fresh, "texts": texts, **({"id": known} if known else {})})
    mark = _mark_for(spec, found)
    labels = found.labels
    if mark == "scatter" and len(series) >= 2 and not any(one["texts"] for one in series[:2]):
        first, second = series[0], series[1]
        titles = {"x_title": spec.x_title or first["name"], "y_title": spec.y_title or second["name"]}
        series = [second | {"x": first["values"], "name": second["name"]}]
        if kinds := _coloured(labels):
            series = [
                {"name": kind, "x": [first["values"][n] for n in rows], "values": [second["values"][n] for n in rows]}
                for kind, rows in kinds.items()
            ]
            labels = ()
    else:
        titles = {
            "x_title": spec.x_title or (found.label if mark == "table" else ""),
            "y_title": spec.y_title or (found.measure if len(series) > 1 else ""),
        }
    data = spec.model_dump(mode="json", exclude={"labels", "series", "sources", "said"})
    told, named = {"totals", "cut", "columns", "unread", "turned", "turned_months"}, query.columns_of(spec.query)
    said = [
        *(note.said(lang) for note in table.remarks if note.key in told or (note.key == "spelt" and dict(note.values)["column"] in named)),
        *found.said,
    ]
    whole = data | titles | {"mark": mark, "labels": labels, "series": series, "unit": spec.unit or found.unit, "said": said}
    try:
        made = Chart.model_validate(whole)
    except ValidationError as error:
        raise SpecProblem(f"query: what it finds is no {mark} chart: {explain(error)}") from None
    edited = {key: source for key, source in spec.sources.items() if source.kind == "edited"}
    sources = {f"{one.id}.values": Source(kind="data", detail=found.detail) for one in made.series} | edited
    made = made.model_copy(update={"sources": sources} | ({"highlight": asked} if asked else {}))
    return made if made.title else made.model_copy(update={"title": headline(_within(made, found.begun))})


def _within(chart: Chart, begun: Sequence[str]) -> Chart:
    """The chart without its first and last label, where these are of periods that the data do not cover: nothing is concluded from them."""
    kept = [n for n, label in enumerate(chart.labels) if label not in begun]
    if len(kept) < FEWEST or len(kept) == len(chart.labels):
        return chart
    series = tuple(one.model_copy(update={"values": tuple(one.values[n] for n in kept)}) for one in chart.series)
    return chart.model_copy(update={"labels": tuple(chart.labels[n] for n in kept), "series": series})


def _beside(asked: Query, found: Any, tables: Mapping[str, Table], lang: str) -> tuple[Any, str]:
    """The rows found and the label that is asked for ("which month was best?", "the second largest town"): what follows one on another
    comes in its own order, all of it, and stands beside its neighbours."""
    from flipchart.renderers import query

    if not 0 < asked.place <= len(found.labels):
        return found, ""
    every = query.run(asked.model_copy(update={"sort": "label", "limit": 0}), tables, lang)
    lasts = every.ordered or times.in_order(every.labels)
    whole = [label for label in found.labels if label not in every.begun]  # a month that has only begun is not the weakest
    named = whole if asked.place <= len(whole) else found.labels
    return (every if lasts and len(every.labels) <= MOST_COLUMNS else found), named[asked.place - 1]


def _coloured(labels: Sequence[str]) -> dict[str, list[int]]:
    """The places of the points of each kind, where their labels tell a few kinds apart rather than each point."""
    kinds: dict[str, list[int]] = {}
    for n, label in enumerate(labels):
        kinds.setdefault(label, []).append(n)
    return kinds if 1 < len(kinds) <= MOST_KINDS and 2 * len(kinds) < len(labels) else {}


def _edited(chart: Chart) -> dict[tuple[str, str], float | None]:
    """Figures that a person typed over, by the names of their series and label."""
    out = {}
    for row, one in enumerate(chart.series):
        for label, words in enumerate(chart.labels):
            source = chart.sources.get(f"{one.id}.values.{label}")
            if source is not None and source.kind == "edited":
                out[one.name, words] = chart.value(row, label)
    return out


def _mark_for(chart: Chart, found: Any) -> Mark:
    """The mark asked for, unless the rows found cannot carry it: words make a table, dates in time a line."""
    if any(found.texts.values()) and chart.mark != "scatter":
        return "table"
    if chart.query is not None and chart.query.place and chart.mark == "bar" and (found.ordered or times.in_order(found.labels)):
        return "column"
    if chart.mark in {"pie", "donut", "bar"} and found.ordered and len(found.labels) > SLICES:
        return "line"
    if chart.mark in {"line", "area"} and not found.ordered and found.labels and not times.in_order(found.labels):
        return apart(len(found.labels))
    return chart.mark


def apart(count: int) -> Mark:
    """The mark for things that do not follow one on another: no line leads from Paris to Rome."""
    return "bar" if count > 6 else "column"


def headline(chart: Chart) -> str:
    """A takeaway told from the figures alone, after which rows it is of; empty where there is none."""
    told = _takeaway(chart)
    of = ", ".join(_meant(chart))
    answered = chart.labels and chart.query is not None and chart.query.group and {*map(str.casefold, chart.labels)} <= roles.YES | roles.NO
    of = (
        ", ".join((worded(chart.query.group[0]), *_meant(chart))) if answered and chart.query is not None else of
    )  # "no" alone says nothing
    told = f"{of}: {told}" if told and of and of.casefold() not in told.casefold() else told
    return told[:1].upper() + told[1:] if told.split(" ", 1)[0].islower() else told  # "electric" begins it; "iPhone" stays


MOST_CHANCE = 8  # points below which a correlation may well be chance
LOOSE = 0.3  # correlation below which two figures hardly go together: a tenth of what one varies
_NAMES = re.compile(r"\d{4}|Q\d \d{4}|(?!(?:mean|median)$)[^\d]*[^\W\d_]{2}[^\d]*")  # a year, a quarter, or words without figures


def _meant(chart: Chart) -> list[str]:
    """The names and times that a query's rows are held to ("North", "2024"), where these are few and say enough by themselves."""
    query = chart.query
    if query is None:
        return []
    held = [one for one in query.where if one.is_ == "=" and len(one.value) == 1 and one.column not in query.group]
    values = [str(one.value[0]).strip() for one in held]
    clear = all(len(value) <= NAMED and value.casefold() not in roles.YES | roles.NO and _NAMES.fullmatch(value) for value in values)
    return values if clear and len(held) == len(query.where) <= 2 else []


def _takeaway(chart: Chart) -> str:
    """The change over time, else who leads."""
    lang, found = chart.lang or "en", facts(chart)
    if chart.query is not None and not chart.query.group and not chart.query.select:
        opposed = [measure for measure in chart.query.measures if measure.minus or measure.per]
        title = ", ".join(one.name for one in chart.series[: 1 if opposed else 3])
        return title[:1].upper() + title[1:]
    if chart.mark == "histogram" and not chart.labels:
        return _spread_title(chart)
    if chart.mark == "scatter":
        return _pair_title(chart)
    if chart.mark in {"histogram", "table"} or not found.highest:
        return ""
    write = figures(every(chart), chart.unit, lang)
    then = chart.query.then if chart.query is not None else ""
    if then == "running" and len(chart.series) == 1:
        name, last = chart.series[0].name, [value for value in chart.series[0].values if value is not None][-1]
        return f"{name[:1].upper()}{name[1:]}: {write.said(last)}"
    ranked = chart.query is not None and (chart.query.sort in {"down", "up"} or bool(chart.query.having))
    apart = then in {"change", "percent", "running"} or ranked or _answers(chart, found)  # no trend by themselves
    if chart.query is not None and then in {"change", "percent"} and chart.query.sort in {"up", "down"} and found.lowest:
        end, key = (found.lowest, "shrank") if chart.query.sort == "up" else (found.highest, "most")
        return say(f"chart.title.{key}", lang, label=called(chart, end), value=("+" if end.value > 0 else "") + write.said(end.value))
    weekly = apart or times.weekdays(chart.labels)  # a Sunday is not what became of a Monday
    moved_most = max(
        (change, row) if change is not None and abs(change) < 1e4 else (-math.inf, row) for row, change in enumerate(found.changes)
    )
    alone = len(chart.series) == 1
    if (
        moved_most[0] > -math.inf
        and len(chart.labels) > 1
        and chart.mark != "waterfall"
        and not weekly
        and (alone or _moves(moved_most[0]))
    ):
        return _moved(chart, *moved_most, lang)
    if alone and not weekly and chart.moments and len(chart.labels) > 2 and found.lowest and found.lowest.value < found.highest.value:
        return _peak(chart, found.highest)
    if chart.query is not None and any(measure.minus for measure in chart.query.measures) and found.lowest:
        end = max(found.highest, found.lowest, key=lambda one: abs(one.value))
        return f"{called(chart, end)}: {'+' if end.value > 0 else ''}{write.said(end.value)}"
    if chart.query is not None and any(measure.take == "growth" for measure in chart.query.measures):
        return say("chart.title.most", lang, label=called(chart, found.highest), value=_percent(found.highest.value, lang, signed=True))
    if len(chart.series) == 1 and len(chart.labels) > 1 and found.lowest is not None and found.lowest.value == found.highest.value:
        return say("chart.title.same", lang, value=write.said(found.highest.value))  # nobody leads
    nth = chart.query.place if chart.query is not None else 0
    if nth > 1 and chart.highlight in chart.labels and (at := chart.value(0, place := chart.labels.index(chart.highlight))) is not None:
        return say("chart.title.place", lang, place=number(nth, lang), label=called(chart, Point(0, place, at)), value=write.said(at))
    least = chart.query is None and found.lowest and _answers(chart, found) and chart.highlight == chart.labels[found.lowest.label]
    below = least or (chart.query is not None and (chart.query.sort == "up" or any(one.is_ in {"<", "<="} for one in chart.query.having)))
    return _first(chart, found.lowest if below and found.lowest else found.highest, below=bool(below))


def _first(chart: Chart, end: Point, *, below: bool) -> str:
    """Who has the highest figure, or the lowest: alone, or with others; one that has no other beside it leads nobody."""
    lang, write = chart.lang or "en", figures(every(chart), chart.unit, chart.lang or "en")
    value = write.short(end.value) if abs(end.value) >= 1e6 else write.said(end.value)
    label = called(chart, end)
    if len(every(chart)) == 1:
        return f"{label}: {value}" if label else value
    alike = [called(chart, Point(s, n, v)) for s, one in enumerate(chart.series) for n, v in enumerate(one.values) if v == end.value]
    if len(alike) > MOST_TIED:
        label = f"{number(len(alike), lang)} / {number(len(every(chart)), lang)}"
    elif len(alike) > 1:
        label = ("; " if any("," in one for one in alike) else ", ").join(alike)
    if below:
        return say("chart.title.least", lang, label=label, value=value)
    if len(alike) > 1:
        return say("chart.title.tied", lang, labels=label, value=value)
    measures = chart.query.measures if chart.query is not None and len(chart.series) == 1 else ()
    if measures and (measures[0].take in {"mean", "median", "min", "max"} or roles.unwelcome(measures[0].column)):
        return say("chart.title.high", lang, label=label, measure=worded(chart.series[0].name), value=value)
    return say("chart.title.leads", lang, label=label, value=value)


def _moves(change: float) -> bool:
    """Whether a change in percent is written as one."""
    return abs(change) >= STILL


def _peak(chart: Chart, highest: Point) -> str:
    """When a series had its highest figure."""
    one = chart.series[highest.series]
    name, lang = worded(one.name or chart.y_title or chart.unit), chart.lang or "en"
    value = figures(one.values, one.unit or chart.unit, lang).said(highest.value)
    label = (written_labels(chart, lang) or chart.labels)[highest.label]
    return say("chart.title.peak", lang, name=name[:1].upper() + name[1:], label=label, value=value)


def _answers(chart: Chart, found: Facts) -> bool:
    """Whether the label that is stressed has the highest or the lowest figure: that is what the chart tells."""
    ends = [end.label for end in (found.highest, found.lowest) if end is not None]
    return len(chart.series) == 1 and any(chart.labels[end : end + 1] == (chart.highlight,) for end in ends)


def _moved(chart: Chart, change: float, row: int, lang: str) -> str:
    """How a series went from its first figure to its last: in percent where its figures are amounts, else from which to which."""
    one = chart.series[row]
    good = [i for i, value in enumerate(one.values) if value is not None]
    values = [value for value in one.values if value is not None]
    long = written_labels(chart, lang) or list(chart.labels)
    name = worded(one.name or chart.y_title or chart.unit)
    told = {"name": name[:1].upper() + name[1:], "first": long[good[0]], "last": long[good[-1]]}
    unit = one.unit or chart.unit
    write = figures(values, unit, lang)
    if not _moves(change) and (peak := max(values)) > min(values):
        return _peak(chart, Point(row, one.values.index(peak), peak))
    if not _moves(change):
        return say("chart.title.same", lang, value=write.said(values[0]))
    if few(values) and change:
        return say(f"chart.title.{'rose' if change > 0 else 'sank'}", lang, low=write.full(values[0]), high=write.full(values[-1]), **told)
    if min(values) > 0 and unit != "%" and not roles.heat(name, unit):
        return say("chart.title.grew" if change >= 0 else "chart.title.fell", lang, change=_percent(change, lang), **told)
    return say(
        "chart.title.rose" if change >= 0 else "chart.title.sank", lang, low=write.said(values[0]), high=write.said(values[-1]), **told
    )


def _percent(change: float, lang: str, *, signed: bool = False) -> str:
    words = number(abs(change), lang, "%", digits=0 if abs(change) >= 10 else 1)
    return words if not signed else f"+{words}" if change >= 0 else f"−{words}"


def rule_charts(table: Table, lang: str = "en") -> list[Chart]:
    """Up to three charts of a table, chosen by rule: over time, by its best group, and how figures relate or spread."""
    figured, dated, grouped = roles.figured(table), roles.dated(table), roles.grouped(table)
    wanted: list[dict[str, Any]] = []
    main = figured[0].name if figured else ""
    measure = {"column": main, "take": roles.taken(figured[0])} if figured else {"take": "count"}
    if dated:
        wanted.append({"mark": "line", "query": {"group": [dated[0].name], "measures": _beside_one_another(table) or [measure]}})
    if grouped and roles.calendar(grouped[0]):
        wanted.append({"mark": "column", "query": {"group": [grouped[0].name], "measures": [measure]}})
    elif grouped:
        limit = {"limit": 12} if grouped[0].distinct > 12 else {}
        wanted.append({"mark": "bar", "query": {"group": [grouped[0].name], "measures": [measure], "sort": "down", **limit}})
    if dated and grouped and grouped[0].distinct <= 8:
        wanted.append({"mark": "line", "query": {"group": [dated[0].name, grouped[0].name], "measures": [measure]}})
    if len(figured) > 1:
        wanted.append({"mark": "scatter", "query": {"select": [figured[1].name, main]}})
    spread: list[dict[str, Any]] = [{"mark": "histogram", "query": {"select": [main]}}] if figured else []
    wanted += spread if table.rows >= roles.SPREAD else []
    if len(grouped) > 1:
        wanted.append({"mark": "bar", "query": {"group": [grouped[1].name], "measures": [measure], "sort": "down", "limit": 12}})
    wanted += spread if table.rows < roles.SPREAD else []
    columns = [column.name for column in table.columns[:6]]
    wanted.append({"mark": "table", "title": say("chart.title.rows", lang, name=table.name), "query": {"select": columns, "limit": 12}})
    out: list[Chart] = []
    even: list[Chart] = []
    for one in wanted:
        try:
            made = resolve(Chart.model_validate({"lang": lang, **one}), {table.name: table})
        except (SpecProblem, ValidationError):
            continue
        if sum(value is not None for series in made.series for value in series.values) < 2 and made.mark != "table":
            continue
        pair = made.mark == "scatter" and not made.title
        title = say("chart.title.pair", lang, a=worded(made.x_title), b=worded(made.y_title)) if pair else made.title or _spread_title(made)
        told = even if one["mark"] in {"bar", "column"} and len(set(every(made))) == 1 else out  # as many of each tell nothing
        told.append(made.model_copy(update={"title": title}))
        if len(out) == 3:
            break
    return (out + even)[:3]


def _beside_one_another(table: Table) -> list[dict[str, str]]:
    """The columns of a table of one row a date that are of one kind, such as a country each; empty where they are not."""
    found, dated = roles.figured(table), roles.dated(table)
    alike = [c for c in found if (c.unit, roles.taken(c)) == (found[0].unit, roles.taken(found[0])) and isinstance(c.high, float)]
    highs = [abs(c.high) for c in alike if isinstance(c.high, float)]
    if roles.grouped(table) or not roles.unique(dated[0], table) or len(alike) < 2 or len(alike) < len(found):
        return []
    if not min(highs) or max(highs) > APART * min(highs):
        return []
    largest = sorted(alike, key=lambda c: -abs(c.high) if isinstance(c.high, float) else 0.0)[:MOST_BESIDE]
    return [{"column": c.name, "take": roles.taken(c)} for c in alike if c in largest]


def correlated(chart: Chart) -> float | None:
    """Pearson's correlation of a scatter's figures; None where there are several kinds of points, too few, or nothing varies."""
    one = chart.series[0] if chart.mark == "scatter" and len(chart.series) == 1 else None
    pairs = [(x, y) for x, y in zip(one.x, one.values, strict=False) if x is not None and y is not None] if one is not None else []
    if len(pairs) < MOST_CHANCE:
        return None
    sides = []
    for side in zip(*pairs, strict=True):
        largest = max(map(abs, side)) or 1.0
        sides.append([value / largest for value in side])  # it stays the same, and no square is too large
    try:
        return correlation(*sides)
    except StatisticsError:
        return None


def _pair_title(chart: Chart) -> str:
    """What a scatter says: how two figures go together; empty where that is not told."""
    r, lang = correlated(chart), chart.lang or "en"
    if r is None:
        return ""
    key = "loose" if abs(r) < LOOSE else "rises" if r > 0 else "falls"
    return say(f"chart.title.{key}", lang, x=worded(chart.x_title), y=worded(chart.y_title), r=number(r, lang, digits=2))


def _spread_title(chart: Chart) -> str:
    """What a histogram says: where half of the values lie."""
    values = sorted(every(chart))
    if not values:
        return chart.y_title
    lang = chart.lang or "en"
    low, high = values[len(values) // 4], values[len(values) * 3 // 4]
    write = figures((low, high), chart.unit, lang)
    name, ends = worded(chart.series[0].name), {"low": write.full(low), "high": write.full(high)}
    return say("chart.title.spread", lang, name=name, **ends) if ends["low"] != ends["high"] else name


def questions(table: Table, lang: str = "en") -> list[str]:
    """Four questions that the table can answer, in `lang`."""
    figured, dated = roles.figured(table), roles.dated(table)
    grouped = sorted(roles.grouped(table), key=lambda c: len(c.name) > SENTENCE or "?" in c.name)  # a survey's own questions last
    out: list[str] = []
    measure = figured[0].name if figured else ""
    group = grouped[0].name if grouped else ""
    if dated and measure:
        out.append(say("chart.ask.trend", lang, measure=measure))
    if group and dated and measure:
        out.append(say("chart.ask.grew", lang, group=group))
    if group and measure:
        out.append(say("chart.ask.most", lang, group=group, measure=measure))
        if roles.taken(figured[0]) == "sum":
            out.append(say("chart.ask.share", lang, group=group, measure=measure))
    if len(figured) > 1:
        out.append(say("chart.ask.relation", lang, a=measure, b=figured[1].name))
    out += [say("chart.ask.count", lang, group=one.name) for one in grouped]
    for column in figured:
        out += [say("chart.ask.spread", lang, measure=column.name), say("chart.ask.largest", lang, measure=column.name)]
    out.append(say("chart.ask.rows", lang, name=table.name))
    return list(dict.fromkeys(out))[:4]
