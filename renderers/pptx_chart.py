"""Charts that stay charts in an office file: native, with their workbook, in the colours they were drawn in.

What offices have no chart for (heat maps, boxes, violins, tree maps, maps), and charts of more labels than can be read, stay shapes.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from flipchart.renderers.axis import few, whole
from flipchart.renderers.chart_spec import Chart
from flipchart.renderers.drawing import ChartFrame, Text, flat
from flipchart.renderers.marks import ticks
from flipchart.renderers.pptx_chart_data import Column, Native, native, number_format
from flipchart.renderers.pptx_theme import EMU, hexed, office_name, unzipped, zipped
from flipchart.renderers.style import SMALLEST, Style, on, readable
from flipchart.renderers.typeset import LEADING, clean, measure, reads_rtl

MOST = 60  # labels; what is longer is read from a picture of all
WIDE = 20.0  # between the least and the largest figure, from where on a step of the axis is one or more
MOST_ALONG = 1000  # labels of what runs along time, whose names are not all written


def add(part: Any, frame: ChartFrame, style: Style, lang: str, unit: float) -> str | None:
    """A native chart as a part of the slide `part`: its relation id; None where offices have no such chart. `unit`: points per px."""
    from pptx.enum.chart import XL_CHART_TYPE

    chart = frame.chart
    if not isinstance(chart, Chart):
        return None
    made = native(chart, frame, style, lang)
    if made is None:
        return None
    count = len(made.labels)
    if made.family != "dots" and not 1 <= count <= (MOST_ALONG if made.family in {"candles", "lines", "areas"} else MOST):
        return None
    data = _data(chart, made)
    data._workbook_writer._open_worksheet = _worded
    relation = part.add_chart_part(getattr(XL_CHART_TYPE, made.kind), data)
    chart_part = part.related_part(relation)
    workbook = chart_part.chart_workbook.xlsx_part
    workbook._blob = _still(workbook.blob)
    _Look(chart, made, frame, style, lang, unit).dress(chart_part.chart)
    for element in chart_part._element.iter("{*}axId", "{*}crossAx"):
        element.set("val", element.get("val").lstrip("-"))  # ids below zero are against the schema
    return str(relation)


def _data(chart: Chart, made: Native) -> Any:
    """The figures as the office library takes them."""
    from pptx.chart.data import BubbleChartData, CategoryChartData, XyChartData

    usual, data = number_format(chart), None
    if made.family == "dots":
        sized = made.kind == "BUBBLE"
        data = (BubbleChartData if sized else XyChartData)(number_format=usual)
        for column in made.columns:
            series = data.add_series(clean(column.name) or clean(chart.y_title) or "y")
            for at, (x, y) in enumerate(zip(column.xs, column.values, strict=False)):
                size = column.sizes[at] if at < len(column.sizes) else None
                if x is not None and y is not None and not (sized and size is None):
                    series.add_data_point(x, y, size) if sized else series.add_data_point(x, y)
        return data
    data = CategoryChartData(number_format=usual)
    data.categories = made.labels
    for column in made.columns:
        name = clean(column.name) or clean(chart.y_title) or clean(chart.title) or clean(chart.unit) or " "
        data.add_series(name if not column.hidden or column.name.strip() else " ", column.values, column.format or usual)
    return data


@contextmanager
def _worded(file: Any) -> Iterator[tuple[Any, Any]]:
    """A workbook and its sheet in which words stay words: left to itself the library makes formulas and links of them."""
    from xlsxwriter import Workbook

    workbook = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    yield workbook, workbook.add_worksheet()
    workbook.close()


def _still(workbook: bytes) -> bytes:
    """The workbook without the time it was made."""
    parts = unzipped(workbook)
    name = "docProps/core.xml"
    parts[name] = re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"2000-01-01T00:00:00Z", parts[name])
    return zipped(parts)


class _Look:
    """Dresses a native chart as it was drawn."""

    def __init__(self, chart: Chart, made: Native, frame: ChartFrame, style: Style, lang: str, unit: float) -> None:
        self.chart, self.made, self.style, self.lang = chart, made, style, lang
        texts = [item for item in flat(frame.items) if isinstance(item, Text) and item.lines]
        sizes = Counter(round(text.size, 1) for text in texts)
        self.size = max(12.0, (sizes.most_common(1)[0][0] if sizes else 14.0) * unit)
        told = sum(text.role == "value" or text.field.startswith("values") for text in texts)
        points = sum(value is not None for one in chart.series for value in one.values)
        self.labelled = (points > 0 and told * 2 >= points) or (made.family == "bars" and made.gap > 300)
        self.rows = [column for column in made.columns if not column.hidden]
        self.unit, self.high = unit, frame.h * unit
        self.beside = self._beside(texts, frame.w)
        self.ends = self._apart() if made.kind == "LINE_MARKERS" else set()

    def colour(self, hue: str) -> Any:
        """A colour as the office library takes it."""
        from pptx.dml.color import RGBColor

        return RGBColor.from_string(hexed(hue))

    def _beside(self, texts: list[Text], w: float) -> float:
        """The share of the width that the names at the ends of lines take as drawn; 0.0 where they stand elsewhere, or had to make way."""
        if self.made.kind != "LINE" or self.made.family != "lines" or len(self.rows) < 2:
            return 0.0
        ids = {one.id for one in self.chart.series}
        names = sorted((text for text in texts if text.field == "name" and text.part in ids), key=lambda text: text.y)
        if len(names) != len(self.rows) or len({round(text.x if text.align == "start" else text.x + text.w) for text in names}) > 1:
            return 0.0
        apart = all(b.y - a.y > a.size * LEADING + 3.0 for a, b in pairwise(names))
        if not apart:
            return 0.0
        size = self.size / self.unit
        widest = max(measure(clean(one.name), size, self.style.sans, self.style.bold) for one in self.rows)
        # Half a step of the axis is free beside the last figure anyway.
        return min(0.4, max(0.02, widest * 1.15 / w - 0.35 / max(1, len(self.made.labels))))

    def _apart(self) -> set[tuple[str, int]]:
        """The ends of a slope's lines that can be told without touching one another: what stands out first, by name and side."""
        every = [value for column in self.rows for value in column.values if value is not None]
        each = (max(every, default=0.0) - min(every, default=0.0)) / max(1.0, self.high * 0.8) * self.size * LEADING
        order = sorted(self.rows, key=lambda column: column.colour.lower() != self.style.accent.lower())
        out: set[tuple[str, int]] = set()
        for side in (0, 1):
            told: list[float] = []
            for column in order:
                value = column.values[side] if side < len(column.values) else None
                if value is not None and all(abs(value - other) >= each for other in told):
                    told.append(value)
                    out.add((column.name, side))
        return out

    def dress(self, native_chart: Any) -> None:
        """Set type, axes, colours and labels."""
        style, made = self.style, self.made
        native_chart.has_title = False
        native_chart.font.size = round(self.size * EMU)
        native_chart.font.name = office_name(style.sans)
        native_chart.font.color.rgb = self.colour(style.quiet)
        slices = made.family == "slices"
        named = bool(self.ends) and all((column.name, 1) in self.ends for column in self.rows)
        several = len(self.rows) > 1 and made.legend and not self.beside and not named
        native_chart.has_legend = several or made.kind == "DOUGHNUT" or (slices and not self.labelled)
        if native_chart.has_legend:
            self._legend(native_chart)
        if not slices:
            self._axes(native_chart)
        plot = native_chart.plots[0]
        if made.family == "bars":
            plot.gap_width, plot.overlap = made.gap, made.over
        for series, column in zip(plot.series, made.columns, strict=True):
            self._series(series, column)
        if slices:
            self._shares(plot, made.columns[0])
        elif self.labelled and made.family in {"bars", "lines"}:
            for series, column in zip(plot.series, made.columns, strict=True):
                self._figures(series, column)
        if self.beside:
            self._names(native_chart, plot)
        if made.kind == "BUBBLE":
            plot.bubble_scale = 60
        for series, column in zip(plot.series, made.columns, strict=True):
            self._beyond(series._element, column)
        if made.log:
            scaling = native_chart.value_axis._element.find(_tag("scaling"))
            scaling.insert(0, scaling.makeelement(_tag("logBase"), {"val": "10"}))
        if made.family == "candles":
            self._candles(native_chart)

    def _beyond(self, series: Any, column: Column) -> None:
        """The ranges of figures as error bars, and the trend as a trend line, both the office's own."""
        chart, made = self.chart, self.made
        before = next((child for child in series if child.tag in {_tag("cat"), _tag("xVal")}), None)
        if before is None or column.hidden or chart.stack:
            return
        if chart.trend == "line" and made.kind in {"LINE", "XY_SCATTER"}:
            paint = f"<c:spPr>{_stroke(self.style.quiet, 'dash')}</c:spPr>"
            kind = '<c:trendlineType val="linear"/>'
            told = '<c:dispRSqr val="0"/><c:dispEq val="0"/>'
            before.addprevious(_element(f"<c:trendline {_NAMES}>{paint}{kind}{told}</c:trendline>"))
        whole = list(zip(column.lows, column.values, column.highs, strict=False))
        if made.kind in {"COLUMN_CLUSTERED", "BAR_CLUSTERED", "LINE", "XY_SCATTER"} and any(None not in one for one in whole):
            over = [0.0 if high is None or value is None else max(0.0, high - value) for _, value, high in whole]
            under = [0.0 if low is None or value is None else max(0.0, value - low) for low, value, _ in whole]
            way = '<c:errDir val="y"/>' if made.kind in {"XY_SCATTER", "LINE"} else ""
            ends = f"<c:plus>{_numbers(over)}</c:plus><c:minus>{_numbers(under)}</c:minus>"
            paint = f"<c:spPr>{_stroke(self.style.ink)}</c:spPr>"
            kinds = f'{way}<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
            before.addprevious(_element(f"<c:errBars {_NAMES}>{kinds}{ends}{paint}</c:errBars>"))

    def _legend(self, native_chart: Any) -> None:
        """The names of the series above; of slices on the right. What is hidden has a blank for a name."""
        from pptx.enum.chart import XL_LEGEND_POSITION

        legend = native_chart.legend
        legend.position = XL_LEGEND_POSITION.RIGHT if self.made.family == "slices" else XL_LEGEND_POSITION.TOP
        legend.include_in_layout = False

    def _axes(self, native_chart: Any) -> None:
        from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK

        style, chart, made = self.style, self.chart, self.made
        names, figures = native_chart.category_axis, native_chart.value_axis
        values = [value for column in self.rows for value in column.values if value is not None] or [0.0]
        names.format.line.color.rgb = self.colour(style.quiet)
        names.format.line.width = EMU
        for axis in (names, figures):
            axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
            axis.has_major_gridlines = False
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        figures.format.line.fill.background()
        dated = bool(made.axis_format) and made.legend is False
        if (self.labelled and made.family == "bars" and not dated) or made.kind.startswith("LINE_MARKERS"):
            figures.visible = False
        else:
            figures.has_major_gridlines = True
            figures.major_gridlines.format.line.color.rgb = self.colour(style.rule)
            figures.major_gridlines.format.line.width = EMU * 3 // 4
            # Steps of a wide axis are whole, whatever the figures are.
            usual = number_format(chart)
            usual = re.sub(r"\.0+", "", usual) if max(values) - min(values) >= WIDE else usual
            figures.tick_labels.number_format = made.axis_format or usual
            figures.tick_labels.number_format_is_linked = False
        if made.lowest is not None:
            figures.minimum_scale = made.lowest
        elif made.family == "lines" and not made.log and made.kind == "LINE":
            # As few steps as are drawn: offices set twice as many.
            low, high = min(values), max(values)
            low = 0.0 if 0 <= low < 0.45 * high or few(values) else low
            at = ticks(low, high if high > low else low + 1.0, max(2, int(self.high / 75)), whole=whole(values))
            figures.major_unit = at[1] - at[0]
            if low != 0.0:  # else they begin at nought, with many more steps
                figures.minimum_scale = at[0]
        ends = [high for column in made.columns for high in column.highs if high is not None]
        if ends and made.family == "bars" and max(ends) > 0:
            figures.maximum_scale = max(ends) * 1.05  # offices leave error bars out when they scale
        # Rows are read from above; pages of right-to-left scripts from the right.
        backwards = reads_rtl(self.lang)
        if made.kind.startswith("BAR"):
            names.reverse_order = True
            room = 0.6 * self.high / max(1, len(made.labels))
            if room < self.size:  # offices leave out every second name where they stand close
                names.tick_labels.font.size = round(max(SMALLEST, room) * EMU)
            figures.reverse_order = backwards
            figures.tick_label_position = XL_TICK_LABEL_POSITION.HIGH
        elif backwards and made.family != "web":
            names.reverse_order = True
        if made.family == "dots":
            far = max((abs(x) for column in made.columns for x in column.xs if x is not None), default=0.0) >= 10_000
            names.tick_labels.number_format, names.tick_labels.number_format_is_linked = "#,##0" if far else "General", False
        # Every row is named; along a line some of many are.
        many = made.family in {"lines", "areas", "candles"} and len(made.labels) > 12
        each = -(-len(made.labels) // 8) if many else 1 if made.kind.startswith("BAR") and len(made.labels) <= 40 else None
        last = names._element.find(_tag("noMultiLvlLbl"))
        if each is not None and last is not None:
            last.addprevious(last.makeelement(_tag("tickLblSkip"), {"val": str(each)}))
        if chart.x_title and made.family != "web":
            names.has_title = True
            names.axis_title.text_frame.text = clean(chart.x_title)
            run = names.axis_title.text_frame.paragraphs[0].runs[0]
            run.font.size, run.font.bold = round(self.size * EMU), False
            run.font.color.rgb = self.colour(style.quiet)

    def _series(self, series: Any, column: Column) -> None:
        from pptx.enum.chart import XL_MARKER_STYLE

        made = self.made
        if column.hidden or made.family == "candles":
            series.format.line.fill.background()
            if made.family == "bars":
                series.format.fill.background()
            else:
                series.marker.style = XL_MARKER_STYLE.NONE
            return
        hue = self.colour(column.colour or self.style.accent)
        if made.family in {"lines", "web"}:
            if made.family == "lines":
                series.smooth = False
            series.format.line.color.rgb = hue
            series.format.line.width = EMU * 5 // 2
            if column.dash:
                from pptx.enum.dml import MSO_LINE_DASH_STYLE

                series.format.line.dash_style = MSO_LINE_DASH_STYLE.DASH
                series.format.line.width = EMU * 3 // 2
            dotted = made.kind == "LINE_MARKERS" or made.family == "web"
            series.marker.style = XL_MARKER_STYLE.CIRCLE if dotted else XL_MARKER_STYLE.NONE
            if dotted:
                series.marker.size = 7
                series.marker.format.fill.solid()
                series.marker.format.fill.fore_color.rgb = hue
                series.marker.format.line.fill.background()
            return
        if column.names:
            self._named(series, column)
        if made.kind == "XY_SCATTER":
            series.format.line.fill.background()
            series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 8
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = hue
            series.marker.format.line.fill.background()
            return
        slices = made.family == "slices"
        if not slices:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = hue
        for i, fill in enumerate(column.fills):
            if fill and column.values[i] is not None and (fill != column.colour or slices):
                point = series.points[i].format
                point.fill.solid()
                point.fill.fore_color.rgb = self.colour(fill)
                if slices:
                    point.line.color.rgb = self.colour(self.style.sheet)
                    point.line.width = EMU * 3 // 2
        if made.family == "bars":
            series.invert_if_negative = False

    def _figures(self, series: Any, column: Column) -> None:
        """The figures beside the marks, or inside them where they are stacked."""
        from pptx.enum.chart import XL_LABEL_POSITION

        if column.hidden or not column.told:
            return
        made = self.made
        labels = series.data_labels
        labels.show_value = True
        labels.number_format, labels.number_format_is_linked = column.format or number_format(self.chart), False
        labels.font.size = round(self.size * EMU)
        ranged = made.family == "bars" and any(low is not None for low in column.lows)
        within = made.inside or ranged
        strong = Counter(one for one in column.strong if one is not None)
        labels.font.bold = strong[True] >= strong[False] if strong else made.family == "bars"
        ink = on(column.colour or self.style.accent) if within else self.style.ink if labels.font.bold else self.style.quiet
        labels.font.color.rgb = self.colour(ink)
        if made.kind == "LINE_MARKERS":
            labels.show_value = False
            self._ends(series, column)
        elif within:
            labels.position = XL_LABEL_POSITION.INSIDE_BASE if ranged else XL_LABEL_POSITION.CENTER
        else:
            labels.position = XL_LABEL_POSITION.OUTSIDE_END if made.family == "bars" else XL_LABEL_POSITION.ABOVE
        for at, one in enumerate(column.strong if not within else ()):
            if one is not None and one != labels.font.bold:
                label = series.points[at].data_label
                label.font.bold, label.font.size = one, round(self.size * EMU)
                label.font.color.rgb = self.colour(self.style.ink if one else self.style.quiet)
                label.position = labels.position
        for at, value in reversed(list(enumerate(column.values))):
            if made.inside and value is not None and value < made.least:
                gone = f'<c:dLbl {_NAMES}><c:idx val="{at}"/><c:delete val="1"/></c:dLbl>'
                labels._element.insert(0, _element(gone))

    def _names(self, native_chart: Any, plot: Any) -> None:
        """Each line's name at its end, in its colour, and room for it beside the plot."""
        backwards = reads_rtl(self.lang)
        size = round(self.size * 100)
        for series, column in zip(plot.series, self.made.columns, strict=True):
            at = max((i for i, value in enumerate(column.values) if value is not None), default=None)
            if at is None:
                continue
            hue = hexed(readable(column.colour or self.style.accent, self.style.sheet))
            fill = f'<a:solidFill><a:srgbClr val="{hue}"/></a:solidFill>'
            words = f'<a:p><a:pPr><a:defRPr sz="{size}" b="1">{fill}</a:defRPr></a:pPr><a:endParaRPr lang="en-US"/></a:p>'
            shown = "".join(
                f'<c:{name} val="{int(name == "showSerName")}"/>'
                for name in ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize")
            )
            label = f'<c:idx val="{at}"/><c:txPr><a:bodyPr wrap="none"/><a:lstStyle/>{words}</c:txPr>'
            label += f'<c:dLblPos val="{"l" if backwards else "r"}"/>{shown}'
            labels = series.data_labels
            labels.show_value = False
            labels._element.insert(0, _element(f"<c:dLbl {_NAMES}>{label}</c:dLbl>"))
        tall = 1.0 - (2.2 * self.size / self.high if self.chart.x_title else 0.0)
        places = "".join(f'<c:{name} val="{value:.4f}"/>' for name, value in
            (("x", self.beside if backwards else 0.0), ("y", 0.02), ("w", 1.0 - self.beside), ("h", tall - 0.02)))  # fmt: skip
        modes = '<c:layoutTarget val="outer"/><c:xMode val="edge"/><c:yMode val="edge"/>'
        area = native_chart._chartSpace.find(".//{*}plotArea")
        for old in area.findall("{*}layout"):
            area.remove(old)
        area.insert(0, _element(f"<c:layout {_NAMES}><c:manualLayout>{modes}{places}</c:manualLayout></c:layout>"))

    def _named(self, series: Any, column: Column) -> None:
        """Each dot's name beside it."""
        from pptx.enum.chart import XL_LABEL_POSITION

        kept = [at for at, (x, y) in enumerate(zip(column.xs, column.values, strict=False)) if x is not None and y is not None]
        for point, at in enumerate(kept):
            if at < len(column.names) and column.names[at]:
                label = series.points[point].data_label
                label.has_text_frame = True
                label.text_frame.text = column.names[at]
                label.position = XL_LABEL_POSITION.RIGHT
                label.font.size = round(self.size * EMU)

    def _ends(self, series: Any, column: Column) -> None:
        """A slope's figures: at its left end alone, at its right end with its name."""
        from pptx.enum.chart import XL_LABEL_POSITION

        for at, place in ((0, XL_LABEL_POSITION.LEFT), (1, XL_LABEL_POSITION.RIGHT)):
            if (column.name, at) not in self.ends:
                continue
            label = series.points[at].data_label
            label.position = place
            label.font.size = round(self.size * EMU)
            label.font.color.rgb = self.colour(readable(column.colour or self.style.accent, self.style.sheet))
            if at:
                label._dLbl.find(_tag("showSerName")).set("val", "1")
                last = label._dLbl.find(_tag("showBubbleSize"))
                separator = last.makeelement(_tag("separator"), {})
                separator.text = " "
                last.addnext(separator)

    def _candles(self, native_chart: Any) -> None:
        """The lines of openings, highs, lows and closes as candles: the office library has no such chart."""
        area = native_chart._chartSpace.find(".//{*}plotArea")
        line = area.find("{*}lineChart")
        stock = line.makeelement(_tag("stockChart"), {})
        for element in list(line):
            name = element.tag.rsplit("}")[-1]
            if name == "ser":
                for smooth in element.findall("{*}smooth"):
                    element.remove(smooth)
            if name in {"ser", "axId"}:
                stock.append(element)
        at = stock.find("{*}axId")
        rises, falls = (
            self._bar("upBars", self.style.sheet, self.style.accent),
            self._bar("downBars", self.style.series[1], self.style.series[1]),
        )
        bars = f'<c:upDownBars {_NAMES}><c:gapWidth val="60"/>{rises}{falls}</c:upDownBars>'
        high_low = f"<c:hiLowLines {_NAMES}><c:spPr>{_stroke(self.style.quiet)}</c:spPr></c:hiLowLines>"
        for words in (high_low, bars):
            at.addprevious(_element(words))
        area.replace(line, stock)

    def _bar(self, name: str, fill: str, line: str) -> str:
        paint = f'<a:solidFill><a:srgbClr val="{hexed(fill)}"/></a:solidFill>'
        return f"<c:{name}><c:spPr>{paint}{_stroke(line)}</c:spPr></c:{name}>"

    def _shares(self, plot: Any, column: Column) -> None:
        """A pie's slices, told where they are."""
        from pptx.enum.chart import XL_LABEL_POSITION

        plot.vary_by_categories = True
        plot.has_data_labels = True
        labels = plot.data_labels
        told = self.chart.unit == "%"  # else each slice tells its share, as drawn
        labels.show_value, labels.show_percentage = told, not told
        labels.number_format, labels.number_format_is_linked = number_format(self.chart) if told else "0%", False
        labels.font.size = round(self.size * EMU)
        if self.made.kind == "DOUGHNUT":
            # Each figure in an ink that its own slice carries.
            for i, fill in enumerate(column.fills):
                label = plot.series[0].points[i].data_label
                label.font.size = round(self.size * EMU)
                label.font.color.rgb = self.colour(on(fill))
                for name, shown in (("showVal", told), ("showPercent", not told)):
                    label._dLbl.find(_tag(name)).set("val", str(int(shown)))
            return
        labels.show_category_name = True
        labels.font.color.rgb = self.colour(self.style.ink)
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
        after = labels._element.find("{*}showBubbleSize")
        separator = after.makeelement(after.tag.replace("showBubbleSize", "separator"), {})
        separator.text = "\n"
        after.addnext(separator)


_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_NAMES = f'xmlns:c="{_C}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'


def _tag(name: str) -> str:
    return f"{{{_C}}}{name}"


def _element(words: str) -> Any:
    from pptx.oxml import parse_xml

    return parse_xml(words)


def _stroke(colour: str, dash: str = "solid") -> str:
    return f'<a:ln w="12700"><a:solidFill><a:srgbClr val="{hexed(colour)}"/></a:solidFill><a:prstDash val="{dash}"/></a:ln>'


def _numbers(values: list[float]) -> str:
    """Figures that stand in the chart itself."""
    points = "".join(f'<c:pt idx="{at}"><c:v>{value!r}</c:v></c:pt>' for at, value in enumerate(values))
    return f'<c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numLit>'
