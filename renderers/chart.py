"""Charts: figures as marks, exact by construction.

Which mark suits is told in `chart_spec`, what is shown of its figures in `chart_decided`; `chart_plot` and its sisters lay it out.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

from pydantic import ValidationError

from flipchart.renderers import cells, chart_marks, claims, claims_checked, times
from flipchart.renderers.axis import figures
from flipchart.renderers.chart_decided import measured_in, plotted, stressed
from flipchart.renderers.chart_marks import MOST_COLUMNS, SLICES
from flipchart.renderers.chart_skeletons import skeleton
from flipchart.renderers.chart_spec import (
    MARKS,
    MOST_BARS,
    UNIT,
    Chart,
    Mark,
    Series,
    called,
    every,
    facts,
    length,
    ordered,
    rows,
    shown,
    spoken,
    steps,
    suited,
    value_of,
)
from flipchart.renderers.chart_tables import apart, correlated, headline, questions, resolve, rule_charts
from flipchart.renderers.check import Finding
from flipchart.renderers.content import Content, Thing
from flipchart.renderers.drawing import ChartFrame, Drawing, Group, Item, Text, moved
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.question_words import mark_named
from flipchart.renderers.registry import Form
from flipchart.renderers.sheet import Room, finish, foot, head
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import LEADING, place
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
    plot, notes = plotted(chart, lang)
    top = room.y
    measured = measured_in(chart)
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
    if pen.left_out:  # said within the chart's own room: an office's chart leaves nothing out
        pen.items.append(moved(told[0], 0.0, bottom + 4.0 - told[0].y))
        bottom += told.pop(0).h
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


def untitled(chart: Chart) -> Chart:
    """The chart under a title set elsewhere: what its own title stresses stays stressed."""
    labels, row = stressed(chart)
    named = chart.series[row].name if row is not None else chart.labels[min(labels)] if len(labels) == 1 else ""
    return chart.model_copy(update={"title": "", "highlight": chart.highlight or named})


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
