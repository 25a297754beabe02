"""Lines and areas: figures as places along labels, each line named at its end where there is room."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from flipchart.renderers import axis, times
from flipchart.renderers.chart_multiples import multiples
from flipchart.renderers.chart_plot import GAP, POINTED, Pen, spread
from flipchart.renderers.chart_spec import logged
from flipchart.renderers.chart_trend import trend
from flipchart.renderers.drawing import Path, Text
from flipchart.renderers.marks import Canvas, Span, Tag, decades, ticks
from flipchart.renderers.style import readable

INSET = 8.0  # px from the figures on the left to the first point
DOTTED = 24  # points, up to which each has its dot


class _Frame:
    """Where the lines lie: their canvas, the x of each label in data units, and the room for names on the right."""

    def __init__(self, canvas: Canvas, xs: list[float], bottom: float, right: float, names: dict[int, str]) -> None:
        self.canvas, self.xs, self.bottom, self.right, self.names = canvas, xs, bottom, right, names
        self.fitted: list[list[float | None]] = []
        """Where trends run: figures keep clear of them."""


def line(pen: Pen) -> tuple[float, str]:
    """Lines over time or along ordered labels; a panel each where there are more than colours tell apart; (bottom in px, mark taken)."""
    plot = pen.plot
    if plot.stressed_row is None and len(pen.named()) > len(pen.style.series) and len(plot.labels) > 1:
        return multiples(pen)
    figures = [v for row in plot.rows for v in (*row.values, *row.lows, *row.highs, *row.ahead) if v is not None]
    pen.log = logged(figures)
    values = [v for figure in figures if (v := pen.scaled(figure)) is not None]
    low, high = min(values), max(values)
    if not pen.log and low >= 0 and (low < 0.45 * high or axis.few(figures)):
        low = 0.0
    frame = _frame(pen, low, high, [[pen.value(row, label) for label in range(len(plot.labels))] for row in range(len(plot.rows))])
    canvas = frame.canvas
    order = sorted(range(len(plot.rows)), key=lambda row: row == plot.stressed_row)
    for row in order:
        _band(pen, frame, row)
    for row in order:
        ys = [pen.value(row, label) for label in range(len(plot.labels))]
        strong = plot.stressed_row in {None, row}
        thick = (2.6 if len(plot.rows) <= 4 else 2.0) if strong else 1.4
        canvas.line(
            frame.xs, ys, pen.colour(row), thick * max(1.0, pen.style.line / 1.5), Tag(plot.rows[row].part, plot.rows[row].name, row + 1)
        )
    if plot.trend == "line" and not pen.log:
        _trends(pen, frame)
    _dots(pen, frame, order)
    pen.items += canvas.items
    _zero(pen, frame)
    _ends(pen, frame)
    _points(pen, frame)
    return frame.bottom, plot.mark


def _band(pen: Pen, frame: _Frame, row: int) -> None:
    """The range given with each figure as a band, and where the trend leads as a dashed line."""
    one, colour = pen.plot.rows[row], pen.colour(row)
    low, high = ([pen.scaled(value) for value in ends] for ends in (one.lows, one.highs))
    count = min(len(low), len(high), len(frame.xs))
    if count:
        frame.canvas.area(frame.xs[:count], low[:count], high[:count], colour, Tag(one.part, "", row + 1), 0.16)
    if any(value is not None for value in one.ahead):
        ahead = [pen.scaled(value) for value in one.ahead]
        frame.fitted.append(ahead)
        frame.canvas.line(frame.xs, ahead, colour, 2.2, Tag(one.part, one.name, row + 1), (5.0, 4.0))
        places = [at for at, value in enumerate(ahead) if value is not None and one.values[at] is None]
        tags = [Tag(one.part, _foreseen(pen, row, at), row + 1, f"drawn.{at}") for at in places]
        frame.canvas.dots([frame.xs[at] for at in places], [ahead[at] for at in places], 5.0, pen.style.sheet, tags, colour, 1.4)


def _trends(pen: Pen, frame: _Frame) -> None:
    """The straight trend of each line, from its first figure to its last."""
    for row in range(len(pen.plot.rows)):
        own = [(frame.xs[at], y) for at in range(len(frame.xs)) if (y := pen.value(row, at)) is not None]
        found = trend([x for x, _ in own], [y for _, y in own])
        if found is not None:
            ends = [own[0][0], own[-1][0]]
            frame.canvas.line(ends, [found.at(x) for x in ends], pen.style.quiet, 1.6, Tag("", "", row + 1), (5.0, 4.0))
            frame.fitted.append([found.at(x) if ends[0] <= x <= ends[1] else None for x in frame.xs])


def _foreseen(pen: Pen, row: int, at: int) -> str:
    """What is said of a figure that is carried on: its label, and its range."""
    one, write = pen.plot.rows[row], pen.figures.said
    return f"{pen.plot.labels[at]}: {write(one.ahead[at])} ({write(one.lows[at])} – {write(one.highs[at])})"


def area(pen: Pen) -> tuple[float, str]:
    """Areas over time, on top of each other where there are several; (bottom in px, mark taken)."""
    plot = pen.plot
    floors = [0.0] * len(plot.labels)
    lows: list[list[float]] = []
    tops: list[list[float | None]] = []
    for row in range(len(plot.rows)):
        lows.append(floors)
        floors = [floor + (pen.value(row, label) or 0.0) for label, floor in enumerate(floors)]
        single = len(plot.rows) == 1
        tops.append([pen.value(row, label) if single else floor for label, floor in enumerate(floors)])
    every = [v for top in tops for v in top if v is not None]
    frame = _frame(pen, min(0.0, *every), max(0.0, *every), tops)
    canvas = frame.canvas
    for row, (low, top) in enumerate(zip(lows, tops, strict=True)):
        colour = pen.colour(row)
        several = len(plot.rows) > 1
        opacity = (0.85 if several else 0.16) if pen.style.fills and not pen.style.rough else (0.4 if several else 0.12)
        tag = Tag(plot.rows[row].part, plot.rows[row].name, row + 1)
        canvas.area(frame.xs, low, top, colour, tag, opacity)
        canvas.line(
            frame.xs, top, pen.style.sheet if several and pen.style.fills and not pen.style.rough else colour, 1.2 if several else 2.4, tag
        )
    if len(plot.rows) == 1:
        _dots(pen, frame, [0])
    pen.items += canvas.items
    _zero(pen, frame)
    middles = [
        [(a + (b or 0.0)) / 2 if b is not None else None for a, b in zip(low, top, strict=True)]
        for low, top in zip(lows, tops, strict=True)
    ]
    _ends(pen, frame, middles if len(plot.rows) > 1 else tops)
    if len(plot.rows) == 1:
        _points(pen, frame)
    return frame.bottom, plot.mark


def _frame(pen: Pen, low: float, high: float, tops: Sequence[Sequence[float | None]]) -> _Frame:
    """Grid, ticks and dates, with room at the right for the lines' names where they are short enough (a key above otherwise)."""
    plot = pen.plot
    h = pen.height()
    y = pen.room.y
    named = pen.named()
    few = len(named) <= max(3, int(h / pen.line / 1.6))
    most = pen.room.w * (0.34 if pen.width < 520 else 0.26)
    names = [_end_words(pen, row) for row in named]
    if names and max(pen.wide(name, 600) for name in names) > most:
        names = [plot.rows[row].name for row in named]
    direct = bool(names) and few and max(pen.wide(name, 600) for name in names) <= most
    if names and not direct:
        # Where names stand apart from their lines, only colours tell the lines from each other.
        told = len(named) <= len(pen.style.series) or plot.stressed_row is None
        pen.plot = plot = replace(plot, stressed_row=None) if told else plot
        y = pen.key(y, named if told else [row for row in named if row == plot.stressed_row])
    right = pen.room.x + pen.room.w - (max(pen.wide(name, 600) for name in names) + GAP * 1.5 if direct else 10.0)
    gutter = max(pen.wide(pen.figures.short(pen.told(value))) for value in (low, high)) + GAP + 2 * INSET  # px, about
    under = 2 if _two_lines(pen) else name_rows(pen, (right - pen.room.x - gutter) / max(1, len(plot.labels) - 1)) or 1
    below = under * pen.line + GAP * 1.25
    if plot.x_title:
        below += pen.line
    top, bottom = y + pen.line * 0.7, pen.room.y + h - below
    if high <= low:
        low, high = (min(0.0, low * 1.2), max(0.0, high * 1.2)) if high else (0.0, 1.0)  # what never moves has only zero to be told from
    most = max(2, int((bottom - top) / 62))
    at = decades(low, high, most) if pen.log else ticks(low, high, most, whole=pen.whole)
    if len(at) > 2 and not pen.log and at[-1] - high > (at[1] - at[0]) * 0.4:
        at = at[:-1]  # a gridline far above all figures is empty paper
    low, high = min(low, at[0]), max(high, at[-1])
    span = Span(low, high, bottom, top)
    left = pen.grid(at, span, right + 2.0 if direct else None)
    xs = pen.along()
    first, last = (xs[0], xs[-1]) if len(xs) > 1 else (-1.0, 1.0)
    canvas = Canvas(Span(first, last, left + INSET, right), span)
    dates(pen, canvas, xs, bottom + GAP, under)
    if plot.x_title:
        pen.title_below(pen.room.y + h - pen.line, left, right)
    return _Frame(canvas, xs, pen.room.y + h, right, dict(zip(named, names, strict=True)) if direct else {})


def _two_lines(pen: Pen) -> bool:
    return bool(pen.plot.moments) and times.finest(pen.plot.moments) != "year"


def _end_words(pen: Pen, row: int) -> str:
    """A line's name with its last figure."""
    one = pen.plot.rows[row]
    last = next((value for value in reversed(one.values) if value is not None), None)
    return one.name if last is None or pen.plot.mark == "area" else f"{one.name} {pen.figures.short(last)}"


def _zero(pen: Pen, frame: _Frame) -> None:
    """The line of zero, or the bottom of the picture where zero is not on it."""
    y = frame.canvas.y
    base = y.px(0.0) if y.low <= 0 <= y.high and not pen.log else y.px(y.low)
    right = frame.right + 2 if frame.names else pen.room.x + pen.room.w
    pen.rule(frame.canvas.x.start - 8.0, base, right, base, pen.style.quiet, 1.2)


def name_rows(pen: Pen, step: float, most: int = 3) -> int | None:
    """How many lines the labels take where they are `step` px apart; None where they do not fit in `most`, or are dates or figures."""
    if pen.plot.moments or pen.plot.numbers:
        return None
    if max((pen.wide(words) for words in pen.plot.shown), default=0.0) + 12 <= step:
        return 1
    found = [pen.label_lines(words, step - 8, most) for words in pen.plot.shown]
    return max((lines or 1 for lines in found), default=1) if None not in found else None


def dates(pen: Pen, canvas: Canvas, xs: list[float], y: float, under: int = 1, at: Callable[[float], float] = lambda day: day) -> None:
    """What stands under the lines, in `under` rows: dates at natural steps, or labels as they fit; `at` tells where a day is."""
    plot = pen.plot
    if plot.moments:
        for tick in axis.time_ticks(plot.moments, canvas.x.end - canvas.x.start, pen.wide, plot.lang):
            x = min(max(canvas.x.px(at(tick.at)), canvas.x.start), canvas.x.end)
            words = f"{tick.words}\n{tick.under}" if tick.under else tick.words
            wide = max(pen.wide(word) for word in (tick.words, tick.under)) + 1
            pen.try_keep(pen.nudged(pen.text(words, x, y, align="middle", room=wide, lines=2)), 3.0)
        return
    if plot.numbers:
        most = max(2, int((canvas.x.end - canvas.x.start) / 90))
        round_ = [figure for figure in ticks(xs[0], xs[-1], most) if xs[0] <= figure <= xs[-1]]
        write = axis.stepped(round_, "", plot.lang)
        for figure in round_:
            pen.try_keep(pen.nudged(pen.text(write(figure), canvas.x.px(figure), y, align="middle")), 3.0)
        return
    step = (canvas.x.end - canvas.x.start) / max(1, len(xs) - 1)
    lines = name_rows(pen, step, under)
    every = 1 if lines else max(1, -(-int(max(pen.wide(words) for words in plot.shown) + 12) // max(1, int(step))))
    for label in range(0, len(xs), every):
        words = plot.shown[label]
        room = max(pen.wide(words) + 1, 1.0) if lines in {None, 1} else step - 6
        text = pen.text(
            words,
            canvas.x.px(xs[label]),
            y,
            align="middle",
            room=min(room, pen.room.w * 0.6),
            lines=lines or 1,
            part=plot.part,
            field=f"labels.{plot.place(label)}",
        )
        if not text.cut:
            pen.try_keep(pen.nudged(text), 3.0)


def _dots(pen: Pen, frame: _Frame, order: Sequence[int]) -> None:
    """A dot on each figure where they are few; else on the last of each line. All can be pointed at."""
    plot = pen.plot
    few = len(plot.labels) <= DOTTED and len(plot.labels) * len(plot.rows) <= 4 * DOTTED
    for row in order:
        ys = [pen.value(row, label) for label in range(len(plot.labels))]
        good = [label for label, value in enumerate(ys) if value is not None]
        shown = good if few else sorted({*_extremes(ys, plot.stressed), *good[-1:]}) if len(plot.rows) == 1 else good[-1:]
        size = 6.5 if plot.stressed_row in {None, row} and len(plot.labels) <= 16 else 5.0
        if not few and len(plot.labels) * len(plot.rows) <= POINTED:
            pen.items += [_unseen(pen, frame, row, label, ys) for label in good if label not in shown]
        tags = [pen.tag(row, label, step=row + 1) for label in shown]
        frame.canvas.dots([frame.xs[i] for i in shown], [ys[i] for i in shown], size, pen.colour(row), tags, pen.style.sheet, 1.2)


def _unseen(pen: Pen, frame: _Frame, row: int, label: int, ys: Sequence[float | None]) -> Path:
    """A place that cannot be seen but pointed at: the whole height of the picture for a single line, else around the figure."""
    across, up, count = frame.canvas.x, frame.canvas.y, len(frame.xs)
    x, y = across.px(frame.xs[label]), up.px(ys[label] or 0.0)
    if len(pen.plot.rows) > 1:
        return pen.unseen(row, label, x - 5.0, y - 5.0, x + 5.0, y + 5.0)
    left, right = (across.px(frame.xs[min(count - 1, max(0, label + step))]) for step in (-1, 1))
    return pen.unseen(row, label, (left + x) / 2, up.end, (x + right) / 2, up.start)


def _extremes(ys: Sequence[float | None], stressed: frozenset[int]) -> list[int]:
    """Where the largest and smallest figures are, and those stressed."""
    good = [(value, label) for label, value in enumerate(ys) if value is not None]
    if not good:
        return []
    top, bottom = max(good, key=lambda one: (one[0], -one[1])), min(good)
    ends = [label for value, label in (top, bottom) if top[0] != bottom[0]]
    return [*(label for label in sorted(stressed) if ys[label] is not None), *ends]


def _ends(pen: Pen, frame: _Frame, tops: Sequence[Sequence[float | None]] | None = None) -> None:
    """Each line's name at its right end, moved apart where they would touch."""
    if not frame.names:
        return
    plot = pen.plot
    ends: list[tuple[float, int]] = []
    for row in pen.named():
        ys = list(tops[row]) if tops else [pen.value(row, label) for label in range(len(plot.labels))]
        last = next((y for y in reversed(ys) if y is not None), None)
        if last is not None:
            ends.append((frame.canvas.y.px(last), row))
    ends.sort()
    top, bottom = pen.room.y, frame.canvas.y.start - pen.line * 0.4
    for y, (_, row) in zip(spread([y for y, _ in ends], [pen.line] * len(ends), 1.0, top, bottom + pen.line / 2), ends, strict=True):
        colour = readable(pen.colour(row), pen.style.sheet) if plot.stressed_row in {None, row} else pen.style.quiet
        text = pen.text(
            frame.names[row], frame.right + GAP, y - pen.line / 2, weight=600 if plot.stressed_row in {None, row} else 400, fill=colour,
            part=plot.rows[row].part, field="name", step=row + 1,
        )  # fmt: skip
        pen.keep(text, 0.0)


def _points(pen: Pen, frame: _Frame) -> None:
    """Figures at a single line's points: all where they fit, else the extremes, the last and what is stressed."""
    plot = pen.plot
    if len(plot.rows) != 1 and plot.stressed_row is None:
        return
    row = plot.stressed_row or 0
    ys = [pen.value(row, label) for label in range(len(plot.labels))]
    good = [label for label, value in enumerate(ys) if value is not None]
    first = [*_extremes(ys, plot.stressed), *good[-1:]]
    level = len({ys[label] for label in good}) == 1
    # All figures, or only those that tell most: some of the rest would look like chance.
    if level or len(good) > 12 or not _labelled(pen, frame, row, ys, list(dict.fromkeys([*first, *good]))):
        _labelled(pen, frame, row, ys, list(dict.fromkeys(first)), some=True)


def _labelled(pen: Pen, frame: _Frame, row: int, ys: Sequence[float | None], labels: Sequence[int], *, some: bool = False) -> bool:
    """Sets the figures of `labels` above or below their points; none of them where one has no room, unless `some` will do."""
    plot = pen.plot
    items, taken = len(pen.items), len(pen.taken)
    extremes = set(_extremes(ys, frozenset()))
    others = [[pen.value(other, at) for at in range(len(plot.labels))] for other in range(len(plot.rows)) if other != row]
    for label in labels:
        value, y = plot.rows[row].values[label], ys[label]
        assert value is not None and y is not None
        weight, fill = (600, pen.style.ink) if label in plot.stressed or label in extremes else (400, pen.style.quiet)
        x, py = frame.canvas.x.px(frame.xs[label]), frame.canvas.y.px(y)
        over, under = py - pen.line - 5.0, py + 5.0
        dips = _dips(ys, label)
        for top in (under, over) if dips else (over, under):
            words = pen.write(value)
            text = pen.nudged(
                pen.text(words, x, top, align="middle", weight=weight, fill=fill, role="value", step=row + 1, **pen.where(row, label))
            )
            if top + pen.line > frame.canvas.y.start + 2 or any(
                _crossed(text, frame, line, label) for line in (ys, *others, *frame.fitted)
            ):
                continue
            if pen.try_keep(text, 1.0):
                break
        else:
            if not some:
                del pen.items[items:], pen.taken[taken:]
                return False
    return True


def _dips(ys: Sequence[float | None], label: int) -> bool:
    """True where the line has a low here, so that the figure stands better below it."""
    here = ys[label]
    around = [ys[i] for i in (label - 1, label + 1) if 0 <= i < len(ys)]
    return here is not None and bool(around) and all(other is not None and other > here for other in around)


def _crossed(text: Text, frame: _Frame, ys: Sequence[float | None], label: int) -> bool:
    """True where the line of `ys` runs through the words at `label`."""
    left, right = text.lines[0].x - 1, text.lines[0].x + text.lines[0].width + 1
    top, bottom = text.lines[0].y - text.size * 0.74, text.lines[0].y + text.size * 0.12
    points = [(frame.canvas.x.px(frame.xs[i]), None if y is None else frame.canvas.y.px(y)) for i, y in enumerate(ys)]
    for i in range(max(0, label - 40), min(len(points) - 1, label + 40)):
        (x1, y1), (x2, y2) = points[i], points[i + 1]
        if y1 is None or y2 is None or x2 < left or x1 > right:
            continue
        share = [(min(max(x, x1), x2) - x1) / ((x2 - x1) or 1.0) for x in (left, right)]
        heights = sorted(y1 + (y2 - y1) * s for s in share)
        if heights[0] < bottom and heights[1] > top:
            return True
    return False
