"""Charts of layers and panels: marks at their places, panels in a grid that share their axes."""

import math
from collections.abc import Callable, Sequence

from flipchart.renderers import axis as axes
from flipchart.renderers.chart_layer_marks import marks
from flipchart.renderers.chart_layer_scale import Plotted, Scale, Stop, legend
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.drawing import Align
from flipchart.renderers.layered import Axis, Layered, Panel
from flipchart.renderers.marks import ticks
from flipchart.renderers.times import Moment
from flipchart.renderers.vega_expression import formula
from flipchart.renderers.vega_format import figured, timed
from flipchart.renderers.vega_rows import called

NARROWEST = 132.0  # px, a panel's plot; narrower ones are set under each other
BETWEEN = 18.0  # px between panels
BAND = 22.0  # px, the height of a name's band


def layers(pen: Pen) -> tuple[float, str]:
    """Panels with their marks, a key above; (bottom in px, mark taken)."""
    chart = pen.plot.layers
    assert chart is not None
    y = legend(pen, chart, pen.room.y)
    grid = _Grid(pen, chart, y)
    for plotted in grid.plotted():
        _frame(pen, plotted)
        marks(pen, chart, plotted)
    return grid.bottom, pen.plot.mark


# The grid of panels


class _Grid:
    """Where each panel lies: columns as wide as each other, rows as tall as their panels need."""

    def __init__(self, pen: Pen, chart: Layered, y: float) -> None:
        self.pen, self.chart, self.y = pen, chart, y
        self.places = self._placed()
        self.columns = max(column for _, column in self.places) + 1
        self.rows = max(row for row, _ in self.places) + 1
        self.bottom = y

    def _placed(self) -> list[tuple[int, int]]:
        """Row and column of each panel: as the spec has it, or as many beside each other as fit."""
        panels = self.chart.panels
        columns = max(panel.column for panel in panels) + 1
        fit = max(1, int((self.pen.room.w + BETWEEN) / (NARROWEST + 34.0 + BETWEEN)))
        if columns <= fit and not (self.chart.wrapped and columns == 1 and fit > 1):
            return [(panel.row, panel.column) for panel in panels]
        grid = columns > 1 and max(panel.row for panel in panels) > 0 and self.pen.room.w / columns > 62
        if grid and not self.chart.wrapped:
            return [(panel.row, panel.column) for panel in panels]
        fit = min(fit, len(panels))
        fit = -(-len(panels) // -(-len(panels) // fit))
        return [(at // fit, at % fit) for at in range(len(panels))]

    def _under(self, at: int) -> bool:
        """True where a panel below it has the same x axis."""
        row, column = self.places[at]
        mine = self.chart.panels[at].x
        return any(r > row and c == column and self.chart.panels[i].x == mine for i, (r, c) in enumerate(self.places))

    def _beside(self, at: int) -> bool:
        """True where a panel on its left has the same y axis."""
        row, column = self.places[at]
        mine = self.chart.panels[at].y
        return any(r == row and c < column and self.chart.panels[i].y == mine for i, (r, c) in enumerate(self.places))

    def plotted(self) -> list[Plotted]:
        """Each panel in its place."""
        pen, panels = self.pen, self.chart.panels
        names_x = [not self._under(at) and not panel.x.hidden for at, panel in enumerate(panels)]
        names_y = [not self._beside(at) and not panel.y.hidden for at, panel in enumerate(panels)]
        tall = self._heights()
        rough_up = [_stops(pen, panel.y, tall[self.places[at][0]], up=True) for at, panel in enumerate(panels)]
        gutters = [0.0] * self.columns
        for at, stops in enumerate(rough_up):
            if names_y[at]:
                column = self.places[at][1]
                most = pen.room.w * (0.3 if self.columns == 1 else 0.22 / self.columns + 0.08)
                wide = max((min(most, max(pen.wide(stop.words), pen.wide(stop.under))) for stop in stops), default=0.0)
                gutters[column] = max(gutters[column], wide + GAP + 2.0)
        between = BETWEEN if self.columns > 1 else 0.0
        tail = self._tail()
        wide = max(24.0, (pen.room.w - sum(gutters) - (between + tail) * (self.columns - 1) - max(6.0, tail)) / self.columns)
        if all(panel.x.hidden and panel.x.names == ("",) for panel in panels) and self.columns == 1:
            wide = min(wide, 140.0)
        lefts = [pen.room.x + sum(gutters[: c + 1]) + c * (wide + between + tail) for c in range(self.columns)]
        across = [_stops(pen, panel.x, wide, up=False) for panel in panels]
        heads = [self._head(row) for row in range(self.rows)]
        feet = [
            max(
                (_foot(pen, panels[at], across[at], wide) for at in range(len(panels)) if self.places[at][0] == row and names_x[at]),
                default=0.0,
            )
            for row in range(self.rows)
        ]
        if pen.room.h is not None:
            spare = pen.room.y + pen.room.h - self.y - sum(heads) - sum(feet) - (self.rows - 1) * BETWEEN
            share = max(0.05, spare / sum(tall))
            tall = [max(16.0, one * share) for one in tall]
        tops, y = [], self.y
        for row in range(self.rows):
            y += heads[row]
            tops.append(y)
            y += tall[row] + feet[row] + BETWEEN
        self.bottom = y - BETWEEN
        out = []
        for at, panel in enumerate(panels):
            row, column = self.places[at]
            left, top = lefts[column], tops[row]
            right, bottom = left + wide, top + tall[row]
            up = _stops(pen, panel.y, tall[row], up=True)
            x = Scale(panel.x, left, right, [] if panel.x.fixed or panel.x.scale in {"names", "time"} else [stop.at for stop in across[at]])
            y_scale = Scale(panel.y, bottom, top, [] if panel.y.fixed or panel.y.scale in {"names", "time"} else [stop.at for stop in up])
            if panel.y.scale == "names":
                y_scale = Scale(panel.y, top, bottom)
            out.append(Plotted(panel, left, top, right, bottom, x, y_scale, across[at], up, names_x[at], names_y[at]))
        return out

    def _tail(self) -> float:
        """Room on the right of a plot for words that stand behind its last marks."""
        most = 0.0
        for layer in self.chart.layers:
            axis = self.chart.panels[layer.panel].x
            if layer.mark == "text" and layer.beside == "after" and axis.high > axis.low:
                late = [
                    word
                    for word, x in zip(layer.texts, layer.x, strict=False)
                    if x is not None and (x - axis.low) / (axis.high - axis.low) > 0.85
                ]
                most = max([most, *(self.pen.wide(word) for word in late)])
        return min(most + 8.0 if most else 0.0, self.pen.room.w / self.columns * 0.3)

    def _head(self, row: int) -> float:
        """Room above a row of panels: their titles, and what y is where the panels differ in it."""
        own = [panel for panel, place in zip(self.chart.panels, self.places, strict=True) if place[0] == row]
        titled, told = any(panel.title for panel in own), any(panel.y.title for panel in own)
        return (self.pen.line if titled else 0.0) + (self.pen.line if told else 0.0) + (4.0 if titled or told else self.pen.line * 0.5)

    def _heights(self) -> list[float]:
        """How tall the plots of each row are, in px."""
        out = []
        for row in range(self.rows):
            own = [panel for panel, place in zip(self.chart.panels, self.places, strict=True) if place[0] == row]
            wide = self.pen.room.w / self.columns
            whole = (
                self.pen.height()
                if self.columns == 1 and self.rows == 1
                else min(260.0, max(84.0, wide * (0.72 if self.columns > 1 else 0.3)))
            )
            banded = [len(panel.y.names) * max(1.0, panel.y.parts * 0.75) for panel in own if panel.y.scale == "names"]
            if banded:
                most = max(banded)
                whole = max(most * (BAND if most <= 40 else 16.0), 56.0) if most > 1 or all(panel.y.hidden for panel in own) else 56.0
                whole = max(whole, 120.0) if 3 <= most <= 5 and self.columns == 1 and self.rows == 1 else whole
            out.append(whole)
        return out


def _stops(pen: Pen, axis: Axis, room: float, *, up: bool) -> list[Stop]:
    """The ticks of an axis that is `room` px long, in the words that the axis tells."""
    stops = _ticked(pen, axis, room, up=up)
    if axis.shape:
        wrote = [_shaped(axis, stop.at) for stop in stops]
        stops = [
            Stop(stop.at, words if at == 0 or words != wrote[at - 1] else "")
            for at, (stop, words) in enumerate(zip(stops, wrote, strict=True))
        ]
    if not axis.written:
        return stops
    make, out = formula(axis.written), []
    for at, stop in enumerate(stops):
        value: object = stop.at
        if axis.scale == "names":
            value = float(stop.words) if stop.words.replace(".", "", 1).isdigit() else stop.words
        elif axis.scale == "time":
            value = axes.moment_at(stop.at)
        made = make({"value": value, "label": stop.words, "index": at / max(1, len(stops) - 1)})
        words, *under = [called(one) if one is not None else "" for one in made] if isinstance(made, list) else [called(made)]
        out.append(Stop(stop.at, words, " ".join(under) or (stop.under if not isinstance(made, list) else "")))
    return out


def _shaped(axis: Axis, at: float) -> str:
    return timed(axes.moment_at(at), axis.shape) if axis.scale == "time" else figured(at, axis.shape)


def _ticked(pen: Pen, axis: Axis, room: float, *, up: bool) -> list[Stop]:
    """The ticks of an axis, in the words of the page."""
    lang = pen.plot.lang
    if axis.scale == "names":
        return [Stop(at + 0.5, words) for at, words in enumerate(axis.names)]
    if axis.at:
        told = [at for at in axis.at if axis.low <= at <= axis.high]
        if axis.scale == "time":
            return [Stop(at, axes.moment_words(at, axis.grain, lang)) for at in told]
        write = axes.stepped(told or [axis.low], axis.unit, lang)
        return [Stop(at, f"{at:.12g}" if axis.plain else write(at)) for at in told]
    if axis.scale == "time":
        first, last = (Moment(axes.moment_at(day), axis.grain) for day in (axis.low, axis.high))
        measure: Callable[[str], float] = (lambda words: pen.line * 1.6) if up else pen.wide
        return (
            [Stop(tick.at, tick.words, tick.under) for tick in axes.time_ticks([first, last], room, measure, lang)]
            if last.at > first.at
            else []
        )
    if axis.scale == "log" and axis.low > 0:
        at = _powers(axis.low, axis.high, max(2, int(room / (44 if up else 64))))
    else:
        largest = max(abs(axis.low), abs(axis.high))
        unit = 10.0 ** math.floor(math.log10(largest)) if largest > axes.HUGE or 0 < largest < 1 / axes.HUGE else 1.0
        at = [tick * unit for tick in ticks(axis.low / unit, axis.high / unit, max(1, int(room / (46 if up else 70))))]
    if axis.fixed:
        slack = (axis.high - axis.low) * 1e-9
        at = [tick for tick in at if axis.low - slack <= tick <= axis.high + slack]
    if axis.scale == "log":
        return [Stop(tick, axes.stepped([tick], axis.unit, lang)(tick)) for tick in at]
    if axis.plain:
        return [Stop(tick, f"{tick:.12g}") for tick in at]
    write = axes.stepped(at, axis.unit, lang)
    return [Stop(tick, write(tick)) for tick in at]


def _powers(low: float, high: float, most: int) -> list[float]:
    """Powers of ten that cover `low` to `high`; with 2 and 5 between them where they are few."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    decades = max(1, last - first)
    steps = (1, 2, 5) if decades * 3 <= most else (1,)
    every = max(1, -(-decades // most))
    found = [step * 10.0**power for power in range(first, last + 1, every) for step in steps]
    lowest = max((tick for tick in found if tick <= low * (1 + 1e-9)), default=found[0])
    highest = min((tick for tick in found if tick >= high * (1 - 1e-9)), default=found[-1])
    return [tick for tick in found if lowest <= tick <= highest]


def _flat(pen: Pen, stops: Sequence[Stop], wide: float) -> bool:
    """True where the names of bands fit beside each other."""
    band = wide / max(1, len(stops))
    return all(pen.label_lines(stop.words, band - 4, 2) for stop in stops)


def _foot(pen: Pen, panel: Panel, stops: Sequence[Stop], wide: float) -> float:
    """Room under a plot: what is written along x, and what x is."""
    axis = panel.x
    title = pen.line if axis.title else 0.0
    if axis.scale != "names":
        return GAP + pen.line * (2 if any(stop.under for stop in stops) else 1) + title
    if not stops or not any(stop.words for stop in stops):
        return title
    if _flat(pen, stops, wide):
        band = wide / len(stops)
        return GAP + pen.line * max(pen.label_lines(stop.words, band - 4, 2) or 1 for stop in stops) + title
    if axis.ordered and not _turned(pen, stops, wide):
        return GAP + pen.line + title
    return GAP + min(96.0, max(pen.wide(stop.words) for stop in stops)) + 6.0 + title


def _turned(pen: Pen, stops: Sequence[Stop], wide: float) -> bool:
    """True where names are set upright: bands wide enough for a line, names too long for their bands."""
    return wide / max(1, len(stops)) >= pen.line * 0.86


def _frame(pen: Pen, plot: Plotted) -> None:
    """Gridlines, what is written along the axes, and the panel's title."""
    panel, top = plot.panel, plot.top
    right = plot.right
    if panel.y.title:
        if plot.names_y or panel.y.hidden:
            pen.keep(pen.text(panel.y.title, plot.left, top - pen.line - 3, room=right - plot.left), 0.0)
        top -= pen.line
    if panel.title:
        pen.keep(
            pen.text(
                panel.title,
                plot.left,
                top - pen.line - 4,
                room=right - plot.left,
                fill=pen.style.ink,
                weight=600,
                part=panel.id,
                field="title",
            ),
            0.0,
        )
    gridded_x = panel.x.scale != "names" and panel.x.grid
    if panel.y.scale != "names" and not panel.y.hidden and panel.y.grid:
        for stop in plot.up:
            y = plot.y.px(stop.at)
            if y is not None and plot.y.inside(y):
                pen.rule(plot.left, y, right, y, pen.grid_colour)
    if gridded_x and not panel.x.hidden:
        for stop in plot.across:
            x = plot.x.px(stop.at)
            if x is not None and plot.x.inside(x):
                pen.rule(x, plot.top, x, plot.bottom, pen.grid_colour)
    if plot.names_y:
        _up(pen, plot)
    if plot.names_x:
        _along(pen, plot)
    zero = plot.y.px(0.0) if panel.y.scale in {"linear", "sqrt", "symlog"} else None
    base = zero if zero is not None and plot.y.inside(zero) else plot.bottom
    pen.rule(plot.left, base, right, base, pen.style.quiet, 1.2)
    side = plot.x.px(0.0) if panel.x.scale in {"linear", "sqrt", "symlog"} else plot.left if panel.y.scale == "names" else None
    if side is not None and plot.x.inside(side) and (panel.y.scale == "names" or plot.x.axis.low < 0):
        pen.rule(side, plot.top, side, plot.bottom, pen.style.quiet, 1.2)


def _up(pen: Pen, plot: Plotted) -> None:
    """What is written along y."""
    room = max(20.0, plot.left - GAP - pen.room.x) if plot.panel.column == 0 else pen.room.w
    banded = plot.panel.y.scale == "names"
    band = (plot.bottom - plot.top) / max(1, len(plot.up))
    every = max(1, math.ceil(pen.line * 0.92 / band)) if banded else 1
    for at, stop in enumerate(plot.up):
        y = plot.y.px(stop.at)
        if y is None or at % every or not plot.y.inside(y) or not stop.words:
            continue
        words = f"{stop.words} {stop.under}".strip()
        lines = max(1, min(2, int(band // pen.line))) if banded else 1
        wide = min(room, pen.wide(words) + 1)
        lines = min(lines, pen.label_lines(words, wide, lines) or lines)
        text = pen.text(
            words,
            plot.left - GAP,
            y - pen.line * lines / 2,
            align="end",
            room=wide,
            lines=lines,
            fill=pen.style.ink if banded else pen.style.quiet,
        )
        pen.try_keep(text, 0.0)


def _along(pen: Pen, plot: Plotted) -> None:
    """What is written along x, and what x is."""
    stops, y, wide = plot.across, plot.bottom + GAP, plot.right - plot.left
    if plot.panel.x.scale == "names":
        band = wide / max(1, len(stops))
        flat = _flat(pen, stops, wide)
        turned = not flat and (_turned(pen, stops, wide) or not plot.panel.x.ordered)
        every = 1
        if not flat and turned:
            every = max(1, math.ceil(pen.line * 0.86 / band))
        elif not flat:
            every = max(1, math.ceil((max(pen.wide(stop.words) for stop in stops) + 10) / band))
        for stop in stops[::every]:
            x = plot.x.px(stop.at) or 0.0
            if turned:
                words = _cut(pen, stop.words, 96.0)
                long = pen.wide(words)
                text = pen.text(words, x + pen.size * 0.34, y - pen.size + long, rotate=-90.0)
                pen.items.append(text)
            else:
                room = band - 2 if flat else pen.wide(stop.words) + 1
                pen.try_keep(
                    pen.nudged(pen.text(stop.words, x, y, align="middle", room=room, lines=2 if flat else 1, fill=pen.style.ink)), 1.0
                )
    else:
        for stop in stops:
            place = plot.x.px(stop.at)
            if place is None or not plot.x.inside(place):
                continue
            words = f"{stop.words}\n{stop.under}" if stop.under else stop.words
            room = max(pen.wide(word) for word in (stop.words, stop.under)) + 1
            pen.try_keep(pen.nudged(pen.text(words, place, y, align="middle", room=room, lines=2)), 3.0)
    if plot.panel.x.title:
        foot = _foot(pen, plot.panel, stops, wide)
        align: Align = "end" if plot.panel.x.scale != "names" else "middle"
        x = plot.right if align == "end" else (plot.left + plot.right) / 2
        pen.items.append(pen.text(plot.panel.x.title, x, plot.bottom + foot - pen.line + 2, align=align, room=wide))


def _cut(pen: Pen, words: str, room: float) -> str:
    while len(words) > 2 and pen.wide(words) > room:
        words = words[:-2].rstrip() + "…"
    return words
