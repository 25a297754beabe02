"""What the native chart of each mark holds: its kind, its labels, and its series with the very figures."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from flipchart.renderers.axis import figures, is_sign
from flipchart.renderers.chart_decided import bins, foreseen
from flipchart.renderers.chart_spec import Chart, every, logged, steps, tasks, written_labels
from flipchart.renderers.drawing import UNSEEN, Box, ChartFrame, Connector, Item, Path, Text, flat
from flipchart.renderers.marks import ticks
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import clean
from flipchart.renderers.words import say

NAMED = 30  # dots, up to which each is named
EPOCH = 693_594  # the day that offices count from, as Python counts days
EARLIEST = EPOCH + 61  # before March 1900 offices count days otherwise


@dataclass(frozen=True, slots=True)
class Column:
    """One series of the native chart: values by label, the fill of each ("#rrggbb"), and its own colour."""

    name: str
    values: tuple[float | None, ...]
    fills: tuple[str, ...] = ()
    colour: str = ""
    hidden: bool = False
    xs: tuple[float | None, ...] = ()
    sizes: tuple[float | None, ...] = ()
    format: str = ""
    """Its own number format, where it is not the chart's."""
    told: bool = True
    """False where its figures are not written at its marks."""
    dash: bool = False
    names: tuple[str, ...] = ()
    """What its dots are called."""
    strong: tuple[bool | None, ...] = ()
    """Which of its figures were set in bold; None for one that was not written."""
    lows: tuple[float | None, ...] = ()
    highs: tuple[float | None, ...] = ()
    """The range given with each figure."""


@dataclass(frozen=True, slots=True)
class Native:
    """A native chart: its kind by the office library's name, its labels, its series, and how it is dressed."""

    kind: str
    labels: tuple[str, ...]
    columns: tuple[Column, ...]
    family: str = ""
    """How it is dressed: "bars" lie or stand, "lines", "dots", "slices", "web", "candles"."""
    gap: int = 55
    """Percent of a bar's width between bars."""
    over: int = -5
    """Percent by which bars of one label lie over each other."""
    lowest: float | None = None
    """Where the axis of figures starts; None: where the office starts it."""
    axis_format: str = ""
    inside: bool = False
    """True where figures stand inside their bars."""
    legend: bool = True
    log: bool = False
    """True where each step up the axis is ten times as much."""
    least: float = 0.0
    """Figures below it find no room inside their bars."""


Making = Callable[[Chart, ChartFrame, Style, str], Native | None]


def native(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native | None:
    """The native chart of `chart`; None where offices have none that shows the same."""
    make = _MADE.get(chart.mark)
    found = make(chart, frame, style, lang) if make else None
    return found if found and found.columns else None


def number_format(chart: Chart) -> str:
    """The office number format of the chart's figures."""
    if chart.mark in {"line", "scatter", "bubble"} and logged(every(chart)):
        return "General"
    decimals = figures(every(chart), chart.unit).decimals
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    sign = "%" if _percents(chart) else chart.unit.replace('"', "")
    if not is_sign(sign):
        return digits
    if sign in "$€£¥₹₩₽₺₴₪฿":
        return f'"{sign}"{digits}'
    return f'{digits}"{sign}"' if sign in {"%", "‰", "°"} else f'{digits}" {sign}"'


def _percents(chart: Chart) -> bool:
    """Whether the figures of shares are the very percentages that are drawn."""
    sums = [math.fsum(one.values[i] or 0.0 for one in chart.series if i < len(one.values)) for i in range(len(chart.labels))]
    return chart.stack == "share" and not chart.unit and all(abs(whole - 100) < 0.5 for whole in sums)


def _labels(chart: Chart, lang: str, dated: bool = True) -> tuple[str, ...]:
    if (written := written_labels(chart, lang)) and (dated or not chart.moments):
        return tuple(written)
    count = max((len(one.values) for one in chart.series), default=0)
    return tuple(clean(label) for label in chart.labels) or tuple(str(n + 1) for n in range(count))


def _seen(frame: ChartFrame) -> list[Item]:
    """What was drawn to be seen."""
    return [item for item in flat(frame.items) if not (isinstance(item, Path) and item.opacity <= UNSEEN)]


def _drawn(frame: ChartFrame, part: str, style: Style) -> list[str]:
    """The colours that the marks of a series were drawn in, in order; of what is hollow the colour around it."""
    out = []
    for item in _seen(frame):
        if isinstance(item, Box | Path) and item.part == part:
            hollow = item.stroke and (item.fill or "").lower() == style.sheet.lower()
            colour = item.stroke if hollow else item.fill or item.stroke
            if colour and colour.startswith("#"):
                out.append(colour)
        elif isinstance(item, Connector) and item.part == part:
            out.append(item.stroke)
    return out


def _columns(chart: Chart, frame: ChartFrame, style: Style, wide: int) -> tuple[Column, ...]:
    """The series with the colours they were drawn in."""
    out = []
    for n, one in enumerate(chart.series):
        drawn = _drawn(frame, one.id, style)
        values = (*one.values, *(None,) * (wide - len(one.values)))
        shown = [i for i, value in enumerate(values) if value is not None]
        mine = [item for item in _seen(frame) if isinstance(item, Box | Path | Text) and item.part == one.id and item.field]
        placed = {item.field: item.fill or "" for item in mine if not isinstance(item, Text)}
        set_in = {item.field: item.weight >= 600 for item in mine if isinstance(item, Text)}
        fills = [placed.get(f"values.{i}", "") for i in range(len(values))]
        strong = tuple(set_in.get(f"values.{i}") for i in range(len(values)))
        if len(drawn) == len(shown):
            for i, fill in zip(shown, drawn, strict=True):
                fills[i] = fill
        usual = Counter(drawn).most_common(1)[0][0] if drawn else style.hue(n)
        out.append(Column(one.name, values, tuple(fills), usual, xs=one.x, sizes=one.size, lows=one.low, highs=one.high, strong=strong))
    return tuple(out)


def _bars(kind: str) -> Making:
    def make(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
        labels = _labels(chart, lang, dated=kind == "COLUMN")
        stacked = {"": "_CLUSTERED", "stacked": "_STACKED", "share": "_STACKED_100"}[chart.stack]
        lowest = None if min((v for one in chart.series for v in one.values if v is not None), default=0.0) < 0 else 0.0
        columns = _columns(chart, frame, style, len(labels))
        return Native(kind + stacked, labels, columns, "bars", 55, 100 if chart.stack else -5, lowest, inside=bool(chart.stack))

    return make


def _lollipop(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    labels = _labels(chart, lang, dated=False)
    drawn = [item.fill or "" for item in flat(frame.items) if isinstance(item, Box | Path) and item.tip and item.part == chart.series[0].id]
    values = chart.series[0].values
    shown = [i for i, value in enumerate(values) if value is not None]
    fills = [""] * len(labels)
    if len(drawn) == len(shown):
        for i, fill in zip(shown, drawn, strict=True):
            fills[i] = fill
    columns = (Column(chart.series[0].name, (*values, *(None,) * (len(labels) - len(values))), tuple(fills), style.accent),)
    lowest = None if min((v for v in values if v is not None), default=0.0) < 0 else 0.0
    return Native("BAR_CLUSTERED", labels, columns, "bars", 320, 0, lowest)


def _lines(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    labels = _labels(chart, lang)
    columns = _columns(chart, frame, style, len(labels))
    if chart.trend == "forecast" and len(columns) == 1 and (ahead := foreseen(chart, lang)) is not None:
        labels, lines = ahead.labels, (ahead.rows[0].ahead, ahead.rows[0].lows, ahead.rows[0].highs)
        name, blank = say("chart.ahead", lang), (None,) * (len(labels) - len(columns[0].values))
        whole = replace(columns[0], values=(*columns[0].values, *blank), fills=())
        names = (name, f"{name} (min)", f"{name} (max)")
        more = (Column(one, values, (), whole.colour, told=False, dash=True) for one, values in zip(names, lines, strict=True))
        columns = (whole, *more)
    return Native("LINE", labels, columns, "lines", log=logged(every(chart)))


def _slope(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    if len(chart.labels) == 2:
        labels = _labels(chart, lang)
        columns = tuple(Column(one.name, one.values, (), (_drawn(frame, one.id, style) or [style.accent])[0]) for one in chart.series)
        return Native("LINE_MARKERS", labels, columns, "lines")
    first, second = chart.series
    strokes = {item.tip: item.stroke or "" for item in flat(frame.items) if isinstance(item, Path) and item.stroke}
    pairs = zip(chart.labels, first.values, second.values, strict=False)
    columns = tuple(Column(name, (a, b), (), strokes.get(name, style.accent)) for name, a, b in pairs)
    return Native("LINE_MARKERS", (clean(first.name) or "1", clean(second.name) or "2"), columns, "lines")


def _area(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    labels = _labels(chart, lang)
    kind = {"": "AREA", "stacked": "AREA_STACKED", "share": "AREA_STACKED_100"}[chart.stack]
    lowest = None if min((v for one in chart.series for v in one.values if v is not None), default=0.0) < 0 else 0.0
    return Native(kind, labels, _columns(chart, frame, style, len(labels)), "areas", lowest=lowest)


def _slices(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    labels = _labels(chart, lang)
    one = chart.series[0]
    values = (*one.values, *(None,) * (len(labels) - len(one.values)))
    fills = [style.hue(i) for i in range(len(labels))]
    # Slices were drawn largest first.
    order = sorted((i for i, value in enumerate(values) if value), key=lambda i: -(values[i] or 0.0))
    drawn = _drawn(frame, one.id, style)
    if len(drawn) == len(order):
        for i, fill in zip(order, drawn, strict=True):
            fills[i] = fill
    kind = "PIE" if chart.mark == "pie" else "DOUGHNUT"
    return Native(kind, labels, (Column(one.name, values, tuple(fills), style.accent),), "slices")


def _dots(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    columns = _columns(chart, frame, style, 0)
    if len(columns) == 1 and len(chart.labels) <= NAMED:
        columns = (replace(columns[0], names=tuple(clean(label) for label in chart.labels)),)
    return Native("BUBBLE" if chart.mark == "bubble" else "XY_SCATTER", (), columns, "dots", log=logged(every(chart)))


def _histogram(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    labels, counts = bins(chart, lang)
    return Native(
        "COLUMN_CLUSTERED", labels, (Column(chart.series[0].name, counts, (), style.accent, format="#,##0"),), "bars", 4, 0, 0.0, "#,##0"
    )


def _waterfall(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native | None:
    """Columns that stand on hidden ones; none where the sum falls below zero, which they cannot show."""
    found = steps(chart)
    if not found or any(min(step.start, step.end) < 0 for step in found):
        return None
    kinds = ["total" if step.total or not at else "rise" if step.end >= step.start else "fall" for at, step in enumerate(found)]
    columns = [Column(" ", tuple(0.0 if step.total else min(step.start, step.end) for step in found), hidden=True)]
    fills = _drawn(frame, chart.series[0].id, style)
    fills = fills if len(fills) == len(found) else [style.accent] * len(found)
    for kind, key, sign in (("total", "chart.total", ""), ("rise", "pptx.rise", '"+"'), ("fall", "pptx.fall", '"−"')):
        values = tuple(abs(step.end - step.start) if one == kind else None for one, step in zip(kinds, found, strict=True))
        if kind in kinds:
            usual = fills[kinds.index(kind)]
            columns.append(Column(say(key, lang), values, tuple(fills), usual, format=sign + number_format(chart) if sign else ""))
    labels = tuple(clean(step.label) for step in found)
    return Native("COLUMN_STACKED", labels, tuple(columns), "bars", 40, 100, 0.0, inside=True, legend=False)


def _funnel(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    """Bars that lie on hidden ones, so that all have one middle."""
    labels, one = _labels(chart, lang, dated=False), chart.series[0]
    values = [one.values[i] if i < len(one.values) else None for i in range(len(labels))]
    most = max((value for value in values if value is not None), default=0.0)
    pad = tuple((most - (value or 0.0)) / 2 for value in values)
    fills = tuple(_drawn(frame, one.id, style))
    fills = fills if len(fills) == len(labels) else ()
    columns = (Column(" ", pad, hidden=True), Column(one.name, tuple(values), fills, style.accent))
    return Native("BAR_STACKED", labels, columns, "bars", 50, 100, 0.0, inside=True, legend=False, least=most * 0.12)


def _diverging(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    """Stacked bars pushed aside by hidden ones, so that their middles stand one under the other."""
    labels, rows = _labels(chart, lang, dated=False), len(chart.series)
    half, odd = rows // 2, rows % 2
    columns = _columns(chart, frame, style, len(labels))
    left = [
        math.fsum(one.values[i] or 0.0 for one in columns[:half]) + (columns[half].values[i] or 0.0) / 2 * odd for i in range(len(labels))
    ]
    pad = tuple(max(left, default=0.0) - one for one in left)
    whole = max((math.fsum(one.values[i] or 0.0 for one in columns) for i in range(len(labels))), default=0.0)
    padded = (Column(" ", pad, hidden=True), *columns)
    return Native("BAR_STACKED", labels, padded, "bars", 45, 100, 0.0, inside=True, least=whole * 0.05)


def _gantt(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native | None:
    """How long each task takes, on hidden bars as long as when it starts."""
    found = {task.at: task for task in tasks(chart)}
    dated = bool(chart.series[0].texts)
    if dated and min(task.start for task in found.values()) < EARLIEST:
        return None
    shift = EPOCH if dated else 0.0
    labels = _labels(chart, lang, dated=False)
    starts = tuple(found[at].start - shift if at in found else None for at in range(len(labels)))
    lengths = tuple(found[at].end - found[at].start if at in found else None for at in range(len(labels)))
    day = "d mmm yyyy" if dated else ""
    columns = (
        Column(chart.series[0].name, starts, hidden=True, format=day),
        Column(chart.series[1].name, lengths, (), style.accent, format="0" if dated else "", told=False),
    )
    lowest = min(value for value in starts if value is not None)
    return Native("BAR_STACKED", labels, columns, "bars", 60, 100, lowest, "d mmm" if dated else "", legend=False)


def _radar(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    labels = _labels(chart, lang, dated=False)
    strokes = {item.part: item.stroke for item in flat(frame.items) if isinstance(item, Path) and item.stroke and item.part}
    columns = tuple(Column(one.name, one.values, (), strokes.get(one.id) or style.hue(n)) for n, one in enumerate(chart.series))
    return Native("RADAR_MARKERS", labels, columns, "web", lowest=0.0)


def _candles(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> Native:
    labels = _labels(chart, lang)
    columns = tuple(Column(one.name, one.values, (), style.quiet, told=False) for one in chart.series)
    lowest = ticks(min(every(chart)), max(every(chart)), 5)[0]
    return Native("LINE", labels, columns, "candles", lowest=lowest, legend=False)


_MADE: Mapping[str, Making] = {
    "column": _bars("COLUMN"),
    "bar": _bars("BAR"),
    "lollipop": _lollipop,
    "line": _lines,
    "slope": _slope,
    "area": _area,
    "pie": _slices,
    "donut": _slices,
    "scatter": _dots,
    "bubble": _dots,
    "histogram": _histogram,
    "waterfall": _waterfall,
    "funnel": _funnel,
    "diverging": _diverging,
    "gantt": _gantt,
    "radar": _radar,
    "candlestick": _candles,
}
