"""Charts that stay charts in an office file: native, with their workbook, in the colours they were drawn in.

Histograms, heat maps and charts of more labels than can be read stay shapes.
"""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flipchart.renderers import times
from flipchart.renderers.axis import is_sign
from flipchart.renderers.chart_spec import Chart, steps
from flipchart.renderers.drawing import Box, ChartFrame, Connector, Path, Text, flat
from flipchart.renderers.pptx_theme import EMU, hexed, office_name, unzipped, zipped
from flipchart.renderers.style import Style, on
from flipchart.renderers.typeset import clean, reads_rtl
from flipchart.renderers.words import say

MOST = 60  # labels; what is longer is read from a picture of all
_KINDS = {
    ("column", ""): "COLUMN_CLUSTERED",
    ("column", "stacked"): "COLUMN_STACKED",
    ("column", "share"): "COLUMN_STACKED_100",
    ("bar", ""): "BAR_CLUSTERED",
    ("bar", "stacked"): "BAR_STACKED",
    ("bar", "share"): "BAR_STACKED_100",
    ("line", ""): "LINE",
    ("area", ""): "AREA",
    ("area", "stacked"): "AREA_STACKED",
    ("area", "share"): "AREA_STACKED_100",
    ("pie", ""): "PIE",
    ("donut", ""): "DOUGHNUT",
    ("scatter", ""): "XY_SCATTER",
    ("waterfall", ""): "COLUMN_STACKED",
}


@dataclass(frozen=True, slots=True)
class _Column:
    """One series of the native chart: values by label, the fill of each ("#rrggbb"), and its own colour."""

    name: str
    values: tuple[float | None, ...]
    fills: tuple[str, ...] = ()
    colour: str = ""
    hidden: bool = False
    xs: tuple[float | None, ...] = ()


def add(part: Any, frame: ChartFrame, style: Style, lang: str, unit: float) -> str | None:
    """A native chart as a part of the slide `part`: its relation id; None where offices have no such chart. `unit`: points per px."""
    from pptx.chart.data import CategoryChartData, XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    chart = frame.chart
    if not isinstance(chart, Chart):
        return None
    kind = _KINDS.get((chart.mark, "" if chart.mark in {"line", "pie", "donut", "scatter", "waterfall"} else chart.stack))
    columns = _columns(chart, frame, style, lang)
    labels = _labels(chart, lang)
    if kind is None or not columns or (chart.mark != "scatter" and not 1 <= len(labels) <= MOST):
        return None
    data: Any
    if chart.mark == "scatter":
        data = XyChartData(number_format=_format(chart))
        for column in columns:
            series = data.add_series(clean(column.name) or clean(chart.y_title) or "y")
            for x, y in zip(column.xs, column.values, strict=False):
                if x is not None and y is not None:
                    series.add_data_point(x, y)
    else:
        data = CategoryChartData(number_format=_format(chart))
        data.categories = labels
        for column in columns:
            data.add_series(clean(column.name) or clean(chart.y_title) or clean(chart.title) or clean(chart.unit) or " ", column.values)
    relation = part.add_chart_part(getattr(XL_CHART_TYPE, kind), data)
    chart_part = part.related_part(relation)
    workbook = chart_part.chart_workbook.xlsx_part
    workbook._blob = _still(workbook.blob)
    _Look(chart, frame, style, lang, unit).dress(chart_part.chart, columns)
    for element in chart_part._element.iter("{*}axId", "{*}crossAx"):
        element.set("val", element.get("val").lstrip("-"))  # ids below zero are against the schema
    return str(relation)


def _still(workbook: bytes) -> bytes:
    """The workbook without the time it was made."""
    parts = unzipped(workbook)
    name = "docProps/core.xml"
    parts[name] = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2000-01-01T00:00:00Z", parts[name])
    return zipped(parts)


def _labels(chart: Chart, lang: str) -> list[str]:
    if chart.mark == "waterfall":
        return [clean(step.label) for step in steps(chart)]
    if chart.moments and chart.mark != "bar":
        return [times.written(moment.at, moment.grain, lang) for moment in chart.moments]
    count = max((len(one.values) for one in chart.series), default=0)
    return [clean(label) for label in chart.labels] or [str(n + 1) for n in range(count)]


def _format(chart: Chart) -> str:
    """The office number format of the chart's figures."""
    values = [abs(v) for one in chart.series for v in one.values if v is not None]
    decimals = max((len(f"{v:.2f}".rstrip("0").partition(".")[2]) for v in values), default=0) if max(values, default=0) < 10_000 else 0
    digits = "#,##0" + ("." + "0" * decimals if decimals else "")
    if not is_sign(chart.unit):
        return digits
    sign = chart.unit.replace('"', "")
    if sign in "$€£¥₹₩₽₺₴₪฿":
        return f'"{sign}"{digits}'
    return f'{digits}"{sign}"' if sign in {"%", "‰", "°"} else f'{digits}" {sign}"'


def _columns(chart: Chart, frame: ChartFrame, style: Style, lang: str) -> list[_Column]:
    """The native chart's series, with the colours they were drawn in."""
    if chart.mark == "waterfall":
        return _waterfall(chart, style, lang)
    wide = len(_labels(chart, lang))
    out = []
    for n, one in enumerate(chart.series):
        drawn = _drawn(frame, one.id)
        values = (*one.values, *(None,) * (wide - len(one.values)))
        shown = [i for i, value in enumerate(values) if value is not None]
        fills = [""] * wide
        if chart.mark in {"pie", "donut"}:
            fills = [style.series[i % len(style.series)] for i in range(wide)]
            if len(drawn) == len([i for i in shown if values[i]]):
                for i, fill in zip([i for i in shown if values[i]], drawn, strict=True):
                    fills[i] = fill
        elif chart.mark in {"column", "bar"} and len(drawn) == len(shown):
            for i, fill in zip(shown, drawn, strict=True):
                fills[i] = fill
        usual = Counter(drawn).most_common(1)[0][0] if drawn else style.series[n % len(style.series)]
        out.append(_Column(one.name, values, tuple(fills), usual, xs=one.x))
    return out


def _drawn(frame: ChartFrame, part: str) -> list[str]:
    """The colours that the marks of a series were drawn in, in order."""
    out = []
    for item in flat(frame.items):
        if isinstance(item, Box | Path) and item.part == part:
            colour = item.fill or item.stroke
            if colour and colour.startswith("#"):
                out.append(colour)
        elif isinstance(item, Connector) and item.part == part:
            out.append(item.stroke)
    return out


def _waterfall(chart: Chart, style: Style, lang: str) -> list[_Column]:
    """Columns that stand on hidden ones; none where the sum falls below zero, which they cannot show."""
    found = steps(chart)
    if not found or any(min(step.start, step.end) < 0 for step in found):
        return []
    kinds = ["total" if step.total else "rise" if step.end >= step.start else "fall" for step in found]
    columns = [_Column(" ", tuple(0.0 if step.total else min(step.start, step.end) for step in found), hidden=True)]
    for kind, key, colour in (("rise", "pptx.rise", style.good), ("fall", "pptx.fall", style.bad), ("total", "chart.total", style.accent)):
        name = say(key, lang)
        values = tuple(abs(step.end - step.start) if one == kind else None for one, step in zip(kinds, found, strict=True))
        if any(value is not None for value in values):
            columns.append(_Column(name, values, (colour,) * len(values), colour))
    return columns


class _Look:
    """Dresses a native chart as it was drawn."""

    def __init__(self, chart: Chart, frame: ChartFrame, style: Style, lang: str, unit: float) -> None:
        self.chart, self.frame, self.style, self.lang = chart, frame, style, lang
        self.texts = [item for item in flat(frame.items) if isinstance(item, Text) and item.lines]
        sizes = Counter(round(text.size, 1) for text in self.texts)
        self.size = max(12.0, (sizes.most_common(1)[0][0] if sizes else 14.0) * unit)
        told = sum(text.role == "value" or text.field.startswith("values") for text in self.texts)
        points = sum(value is not None for one in chart.series for value in one.values)
        self.labelled = points > 0 and told * 2 >= points

    def colour(self, hue: str) -> Any:
        """A colour as the office library takes it."""
        from pptx.dml.color import RGBColor

        return RGBColor.from_string(hexed(hue))

    def dress(self, native: Any, columns: list[_Column]) -> None:
        """Set type, axes, colours and labels."""
        style, chart = self.style, self.chart
        native.has_title = False
        native.font.size = round(self.size * EMU)
        native.font.name = office_name(style.sans)
        native.font.color.rgb = self.colour(style.quiet)
        pie = chart.mark in {"pie", "donut"}
        shown = [column for column in columns if not column.hidden]
        native.has_legend = (len(shown) > 1 and chart.mark != "waterfall") or chart.mark == "donut" or (pie and not self.labelled)
        if native.has_legend:
            from pptx.enum.chart import XL_LEGEND_POSITION

            native.legend.position = XL_LEGEND_POSITION.TOP if not pie else XL_LEGEND_POSITION.RIGHT
            native.legend.include_in_layout = False
        if not pie:
            self._axes(native)
        plot = native.plots[0]
        if chart.mark in {"column", "bar", "waterfall"}:
            plot.gap_width = 55 if chart.mark != "waterfall" else 40
            plot.overlap = 100 if chart.stack or chart.mark == "waterfall" else -5
        for series, column in zip(plot.series, columns, strict=True):
            self._series(series, column)
        if pie:
            self._shares(plot, columns[0])
        elif self.labelled and chart.mark != "area":  # whose figures offices set inside it
            for series, column in zip(plot.series, columns, strict=True):
                self._figures(series, column)

    def _axes(self, native: Any) -> None:
        from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK

        style, chart = self.style, self.chart
        names, figures = native.category_axis, native.value_axis
        names.format.line.color.rgb = self.colour(style.quiet)
        names.format.line.width = EMU
        for axis in (names, figures):
            axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
            axis.has_major_gridlines = False
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        figures.format.line.fill.background()
        bare = self.labelled and chart.mark in {"column", "bar", "waterfall"}
        if bare:
            figures.visible = False
        else:
            figures.has_major_gridlines = True
            figures.major_gridlines.format.line.color.rgb = self.colour(style.rule)
            figures.major_gridlines.format.line.width = EMU * 3 // 4
            figures.tick_labels.number_format, figures.tick_labels.number_format_is_linked = _format(chart), False
        if (
            chart.mark in {"column", "bar", "area", "waterfall"}
            and min((v for one in chart.series for v in one.values if v is not None), default=0.0) >= 0
        ):
            figures.minimum_scale = 0
        # Rows are read from above; pages of right-to-left scripts from the right.
        backwards = reads_rtl(self.lang)
        if chart.mark == "bar":
            names.reverse_order = True
            figures.reverse_order = backwards
        elif backwards:
            names.reverse_order = True
        if chart.mark == "scatter":
            names.tick_labels.number_format, names.tick_labels.number_format_is_linked = "General", False
        if chart.x_title:
            names.has_title = True
            names.axis_title.text_frame.text = clean(chart.x_title)
            run = names.axis_title.text_frame.paragraphs[0].runs[0]
            run.font.size, run.font.bold = round(self.size * EMU), False
            run.font.color.rgb = self.colour(style.quiet)

    def _series(self, series: Any, column: _Column) -> None:
        from pptx.enum.chart import XL_MARKER_STYLE

        mark = self.chart.mark
        if column.hidden:
            series.format.fill.background()
            series.format.line.fill.background()
            return
        hue = self.colour(column.colour or self.style.accent)
        if mark == "line":
            series.smooth = False
            series.format.line.color.rgb = hue
            series.format.line.width = EMU * 5 // 2
            series.marker.style = XL_MARKER_STYLE.NONE
        elif mark == "scatter":
            series.format.line.fill.background()
            series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 8
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = hue
            series.marker.format.line.fill.background()
        else:
            if mark not in {"pie", "donut"}:
                series.format.fill.solid()
                series.format.fill.fore_color.rgb = hue
            for i, fill in enumerate(column.fills):
                if fill and (fill != column.colour or mark in {"pie", "donut"}) and mark != "waterfall":
                    point = series.points[i].format
                    point.fill.solid()
                    point.fill.fore_color.rgb = self.colour(fill)
                    if mark in {"pie", "donut"}:
                        point.line.color.rgb = self.colour(self.style.sheet)
                        point.line.width = EMU * 3 // 2
        if mark in {"column", "bar", "waterfall"}:
            series.invert_if_negative = False

    def _figures(self, series: Any, column: _Column) -> None:
        """The figures beside the marks, or inside them where they are stacked."""
        from pptx.enum.chart import XL_LABEL_POSITION

        if column.hidden:
            return
        chart = self.chart
        labels = series.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = _format(chart), False
        labels.font.size = round(self.size * EMU)
        labels.font.bold = chart.mark in {"column", "bar", "waterfall"}
        inside = bool(chart.stack) or chart.mark == "waterfall"
        labels.font.color.rgb = self.colour(on(column.colour or self.style.accent) if inside else self.style.ink)
        if chart.mark in {"column", "bar"} and not chart.stack:
            labels.position = XL_LABEL_POSITION.OUTSIDE_END
        elif inside and chart.mark != "area":
            labels.position = XL_LABEL_POSITION.CENTER
        elif chart.mark in {"line", "scatter"}:
            labels.position = XL_LABEL_POSITION.ABOVE

    def _shares(self, plot: Any, column: _Column) -> None:
        """A pie's slices, told where they are."""
        from pptx.enum.chart import XL_LABEL_POSITION

        plot.vary_by_categories = True
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = _format(self.chart), False
        labels.font.size = round(self.size * EMU)
        if self.chart.mark == "donut":
            # Each figure in an ink that its own slice carries.
            for i, fill in enumerate(column.fills):
                label = plot.series[0].points[i].data_label
                label.font.size = round(self.size * EMU)
                label.font.color.rgb = self.colour(on(fill))
            return
        labels.show_category_name = True
        labels.font.color.rgb = self.colour(self.style.ink)
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
        after = labels._element.find("{*}showBubbleSize")
        separator = after.makeelement(after.tag.replace("showBubbleSize", "separator"), {})
        separator.text = "\n"
        after.addnext(separator)
