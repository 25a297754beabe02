"""Columns, bars and histograms: amounts as lengths from zero, each figure at its bar where there is room."""

import math

from flipchart.renderers import axis
from flipchart.renderers.chart_bands import THINNEST, Band, bands
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.marks import Canvas, Span, Tag, ticks

STRIP = 0.30  # share of a band left empty between columns
WIDEST = 108.0  # px, a column is no wider
BAND = 30.0  # px, height of a horizontal bar's band with one row


def column(pen: Pen) -> tuple[float, str]:
    """Upright columns, grouped or stacked; (bottom in px, mark taken): bars instead where names are too long to stand under columns."""
    plot, count = pen.plot, max(1, len(pen.plot.labels))
    lines = 1 if plot.edges else name_lines(pen, pen.room.w / count)
    if lines is None and not plot.ordered and plot.mark == "column" and bars_fit(pen):
        return bar(pen)[0], "bar"
    bottoms, tops = _stacks(pen)
    low, high = min(0.0, *(b for b in bottoms)), max(0.0, *(t for t in tops))
    y = pen.room.y
    h = pen.height()
    if pen.named():
        y = pen.key(y)
    told = 1 + max((words.count("\n") for words in plot.shown), default=0) if plot.ordered else 3
    below = (lines or told) * pen.line + GAP + (pen.line if plot.x_title else 0.0)
    top, bottom = y + pen.line, pen.room.y + h - below
    under = pen.line + GAP / 2 if low < 0 else 0.0
    words = _value_words(pen, pen.room.w / count)
    axis_ticks = [] if words else list(ticks(low, high or 1.0, max(2, int((bottom - top) / 64)), whole=pen.whole))
    left = pen.room.x
    if axis_ticks:
        low, high = min(low, axis_ticks[0]), max(high, axis_ticks[-1])
        left = pen.grid(axis_ticks, Span(low, high, bottom - under, top))
    room = pen.room.x + pen.room.w - left
    canvas = Canvas(
        Span(0.0, count, left, left + room), Span(low, high if high > low else low + 1.0, bottom - under, top), pen.style.radius / 6
    )
    _draw_columns(pen, canvas, words, bool(axis_ticks))
    pen.rule(left, canvas.y.px(0.0), pen.room.x + pen.room.w, canvas.y.px(0.0), pen.style.quiet, 1.2)
    names(pen, left, room / count, bottom + GAP * 0.75, lines)
    if plot.x_title:
        pen.title_below(pen.room.y + h - pen.line, left, left + room)
    return pen.room.y + h, plot.mark


def _stacks(pen: Pen) -> tuple[list[float], list[float]]:
    """The lowest and highest point of each label's column, in scaled units."""
    lows, highs = [0.0], [0.0]
    for label in range(len(pen.plot.labels)):
        values = [v for row in range(len(pen.plot.rows)) if (v := pen.value(row, label)) is not None]
        if not pen.plot.stack:
            ends = [*(row.lows[label : label + 1] for row in pen.plot.rows), *(row.highs[label : label + 1] for row in pen.plot.rows)]
            values += [v / pen.scale for end in ends for v in end if v is not None]
        if pen.plot.stack:
            lows.append(sum(v for v in values if v < 0))
            highs.append(sum(v for v in values if v > 0))
        else:
            lows += values
            highs += values
    return lows, highs


def name_lines(pen: Pen, band: float) -> int | None:
    """How many lines the labels take under columns `band` px apart; None where they do not fit."""
    most = 1
    for words in pen.plot.shown:
        lines = pen.label_lines(words, band - 6.0, 3)
        if lines is None:
            return None
        most = max(most, lines)
    return most


def bars_fit(pen: Pen) -> bool:
    """True where every label's bar finds a band in the room's height."""
    each = THINNEST if pen.plot.stack else max(THINNEST, 11.0 * len(pen.plot.rows))
    return pen.room.h is None or pen.room.h >= each * len(pen.plot.labels) + pen.line


def _value_words(pen: Pen, band: float) -> list[list[str]]:
    """The figures' words by row and label where all of them fit at their columns; else nothing."""
    rows = len(pen.plot.rows)
    if pen.plot.stack or not any(v is not None for row in pen.plot.rows for v in row.values):
        return []
    room = band / rows if rows > 1 else band - 2.0
    if rows > 1:
        room = band * (1 - STRIP * 0.8) / rows + 1.0
    for write in (pen.write, pen.figures.short):
        words = [["" if v is None else write(v) for v in row.values] for row in pen.plot.rows]
        if max(pen.wide(word, 600) for row in words for word in row) <= room:
            return words
    return []


def _draw_columns(pen: Pen, canvas: Canvas, words: list[list[str]], gridded: bool) -> None:
    plot, rows = pen.plot, len(pen.plot.rows)
    band = (canvas.x.end - canvas.x.start) / max(1, len(plot.labels))
    strip = max(STRIP if band > 14 else 0.14, 1 - WIDEST * (1 if plot.stack else rows) / band)
    if plot.edges:
        strip = min(0.06, 2.0 / band)
    wide = (1 - strip) / (1 if plot.stack else rows)
    marks = []
    for label in range(len(plot.labels)):
        up = down = 0.0
        for row in range(rows):
            value = pen.value(row, label)
            if value is None:
                continue
            fill, stroke, thick = pen.paint(pen.bar_colour(row, label))
            left = label + strip / 2 + (0.0 if plot.stack else row * wide)
            inner = wide if plot.stack or rows == 1 else wide * 0.94
            base = (up if value >= 0 else down) if plot.stack else 0.0
            canvas.bar(left, base, inner, value, fill, pen.tag(row, label), stroke, thick)
            up, down = (up + value, down) if value >= 0 else (up, down + value)
            marks.append((row, label, left + inner / 2, base, base + value))
    if not plot.stack:
        for row, label, middle, _, _ in marks:
            _whisker(pen, canvas, row, label, middle, wide)
    pen.items += canvas.items
    for label in range(len(plot.labels) if plot.stack == "stacked" and rows > 1 else 0):
        _stack_total(pen, canvas, label, band)
    for row, label, middle, base, end in marks:
        x = canvas.x.px(middle)
        if plot.stack:
            _inside(pen, row, label, x, canvas.y.px(base), canvas.y.px(end), band * (1 - strip))
        elif words:
            _above(pen, words[row][label], row, label, x, canvas.y.px(_tip(pen, row, label, end)), end)
    if gridded and not plot.stack:
        # A figure may be wider than its column: it stays off the neighbours.
        half = canvas.x.px(wide / 2) - canvas.x.px(0.0)
        for _, _, middle, base, end in marks:
            x, ends = canvas.x.px(middle), sorted((canvas.y.px(base), canvas.y.px(end)))
            pen.taken.append((x - half + 1.0, ends[0], x + half - 1.0, ends[1]))
        for row, label in _telling(pen):
            middle, end = next((m, e) for r, n, m, _, e in marks if (r, n) == (row, label))
            value = plot.rows[row].values[label]
            assert value is not None
            _above(pen, pen.figures.short(value), row, label, canvas.x.px(middle), canvas.y.px(_tip(pen, row, label, end)), end)


def _range(pen: Pen, row: int, label: int) -> tuple[float, float] | None:
    """The range given with a figure, in scaled units."""
    one = pen.plot.rows[row]
    low, high = (ends[label] if label < len(ends) else None for ends in (one.lows, one.highs))
    return None if low is None or high is None else (low / pen.scale, high / pen.scale)


def _tip(pen: Pen, row: int, label: int, end: float) -> float:
    """Where a column ends with its range, in scaled units."""
    found = _range(pen, row, label)
    return end if found is None else max(end, found[1]) if end >= 0 else min(end, found[0])


def _whisker(pen: Pen, canvas: Canvas, row: int, label: int, at: float, wide: float) -> None:
    """The range given with a figure, as an upright line across the end of its column."""
    found = _range(pen, row, label)
    if found is None:
        return
    tag, cap = Tag("", "", pen.order(row, label)), min(wide * 0.16, 0.12)
    canvas.line([at, at], list(found), pen.style.ink, 1.4, tag)
    for end in found:
        canvas.line([at - cap, at + cap], [end, end], pen.style.ink, 1.4, tag)


def _above(pen: Pen, words: str, row: int, label: int, x: float, y: float, end: float) -> None:
    """A figure just past the end of its column."""
    stressed = label in pen.plot.stressed or row == pen.plot.stressed_row
    top = y - pen.line - 1.0 if end >= 0 else y + 3.0
    weight, fill = (
        (600, pen.style.ink) if stressed or not (pen.plot.stressed or pen.plot.stressed_row is not None) else (400, pen.style.quiet)
    )
    text = pen.text(
        words, x, top, align="middle", weight=weight, fill=fill, role="value", step=pen.order(row, label), **pen.where(row, label)
    )
    pen.try_keep(text, 0.0)


def _telling(pen: Pen) -> list[tuple[int, int]]:
    """The figures told where not all can be: stressed ones, then the largest and the smallest."""
    found = [(value, row, label) for row, one in enumerate(pen.plot.rows) for label, value in enumerate(one.values) if value is not None]
    out = [(row, label) for _, row, label in found if label in pen.plot.stressed][:6]
    ends = [max(found)[1:], min(found)[1:]] if len(found) > 1 else []
    return [*out, *(place for place in ends if place not in out)]


def _inside(pen: Pen, row: int, label: int, x: float, start: float, end: float, wide: float) -> None:
    """A figure inside its segment where it fits there and can be read."""
    value = pen.plot.rows[row].values[label]
    if value is None or abs(end - start) < pen.line + 2:
        return
    fill = pen.paint(pen.bar_colour(row, label))[0]
    ink = pen.ink_on(fill)
    for words in (pen.write(value), pen.figures.short(value)):
        if pen.wide(words) <= wide - 6:
            top = (start + end) / 2 - pen.line / 2
            pen.keep(
                pen.text(words, x, top, align="middle", fill=ink, role="value", step=pen.order(row, label), **pen.where(row, label)), 0.0
            )
            return


def _stack_total(pen: Pen, canvas: Canvas, label: int, band: float) -> None:
    """The sum of a column's segments above it."""
    values = [v for row in pen.plot.rows if (v := row.values[label]) is not None]
    if not values or min(values) < 0:
        return
    whole = sum(values)
    if not math.isfinite(whole):  # it is past what can be written
        return
    for words in (pen.write(whole), pen.figures.short(whole)):
        if pen.wide(words, 600) <= band - 2:
            y = canvas.y.px(whole / pen.scale) - pen.line - 1.0
            x = canvas.x.px(label + 0.5)
            pen.try_keep(pen.text(words, x, y, align="middle", weight=600, fill=pen.style.ink, role="value", step=label + 1), 0.0)
            return


def names(pen: Pen, left: float, band: float, y: float, lines: int | None) -> None:
    """The labels under their columns: all where they fit, else as many of an ordered axis as do, else cut."""
    plot = pen.plot
    if plot.edges:
        _edges(pen, left, band, y)
        return
    if lines is None and plot.ordered:
        widest = max(pen.wide(words) for words in plot.shown) + 10.0
        every = max(1, -(-int(widest) // max(1, int(band))))
        first = plot.stressed if len(plot.stressed) == 1 else frozenset()  # what the chart is about has its name
        chosen = [*first, *(label for label in range(0, len(plot.labels), every) if label not in first)]
    else:
        chosen = list(range(len(plot.labels)))
    for label in chosen:
        stressed = label in plot.stressed
        words = plot.shown[label]
        text = pen.text(
            words,
            left + (label + 0.5) * band,
            y,
            align="middle",
            room=max(pen.wide(words) + 1, band) if lines is None and plot.ordered else band - 4,
            lines=lines or 3,
            fill=pen.style.ink if stressed else pen.style.quiet,
            weight=600 if stressed else 400,
            step=label + 1 if len(plot.labels) <= 12 else 0,
            **pen.named_at(label),
        )
        text = pen.nudged(text)
        if not text.cut or pen.room.h is not None:
            pen.try_keep(text, 1.0)


def _edges(pen: Pen, left: float, band: float, y: float) -> None:
    """The borders of a histogram's bins, as many as fit."""
    write = axis.stepped(pen.plot.edges, "", pen.plot.lang)
    words = [write(edge) for edge in pen.plot.edges]
    every = max(1, -(-int(max(pen.wide(word) for word in words) + 12) // max(1, int(band))))
    for place, word in enumerate(words):
        if place % every == 0:
            pen.try_keep(pen.nudged(pen.text(word, left + place * band, y, align="middle")), 1.0)


def histogram(pen: Pen) -> tuple[float, str]:
    """Columns that touch, one for each bin, its borders named below."""
    return column(pen)


def bar(pen: Pen) -> tuple[float, str]:
    """Horizontal bars, grouped or stacked, each with its name before it (or above it where names are long) and its figure behind it."""
    plot, rows = pen.plot, len(pen.plot.rows)
    y = pen.room.y
    if pen.named():
        y = pen.key(y)
    thick = 1 if plot.stack else rows
    wanted = max(BAND if rows == 1 else 0.0, thick * (16.0 if rows > 1 else 18.0) + 12.0)
    found = bands(pen, y, wanted, thick * 16.0)
    lows, highs = _stacks(pen)
    low, high = min(lows), max(highs)
    tail = _tail(pen)
    head = (
        max((pen.wide(pen.figures.short(v), 600) + 6 for row in plot.rows for v in row.values if v is not None and v < 0), default=0.0)
        if low < 0
        else 0.0
    )
    left, right = found.left + (0.0 if plot.stack else head), pen.room.x + pen.room.w - tail
    canvas = Canvas(Span(low, high if high > low else low + 1.0, left, right), Span(0.0, 1.0, 0.0, 1.0), pen.style.radius / 6)
    for label, strip in enumerate(found.strips):
        _bar_band(pen, canvas, label, strip)
    zero = canvas.x.px(0.0)
    if low < 0 or not found.above:
        pen.rule(zero, y + 2, zero, found.bottom - 2, pen.style.quiet, 1.2)
    return (pen.room.y + pen.room.h if pen.room.h is not None else found.bottom), "bar"


def _tail(pen: Pen) -> float:
    """Room behind the bars for their figures, in px."""
    if pen.plot.stack == "share":
        return 0.0
    if pen.plot.stack:
        sums = [sum(v for row in pen.plot.rows if (v := row.values[label]) is not None and v > 0) for label in range(len(pen.plot.labels))]
        return max((pen.wide(pen.write(v), 600) for v in sums), default=0.0) + 8.0
    widths = [pen.wide(_bar_words(pen, v), 600) for row in pen.plot.rows for v in row.values if v is not None and v >= 0]
    return max(widths, default=0.0) + 8.0


def _bar_words(pen: Pen, value: float) -> str:
    words = pen.write(value)
    return words if pen.wide(words, 600) <= pen.room.w * 0.2 else pen.figures.short(value)


def _bar_band(pen: Pen, canvas: Canvas, label: int, strip: Band) -> None:
    """One label's bars with their figures."""
    plot, rows = pen.plot, len(pen.plot.rows)
    top, room = strip.top, strip.tall
    thick = room / (1 if plot.stack else rows)
    up = down = 0.0
    for row in range(rows):
        value = pen.value(row, label)
        if value is None:
            continue
        fill, stroke, line = pen.paint(pen.bar_colour(row, label))
        base = (up if value >= 0 else down) if plot.stack else 0.0
        start = top + (0.0 if plot.stack else row * thick)
        inner = thick if plot.stack or rows == 1 else thick * 0.92
        one = Canvas(canvas.x, Span(0.0, 1.0, start, start + inner), pen.style.radius / 6)
        one.bar(base, 0.0, value, 1.0, fill, pen.tag(row, label), stroke, line)
        pen.items += one.items
        up, down = (up + value, down) if value >= 0 else (up, down + value)
        span = None if plot.stack else _range(pen, row, label)
        if span is not None:
            middle = start + inner / 2
            for x1, y1, x2, y2 in ((span[0], 0.0, span[1], 0.0), (span[0], -3.5, span[0], 3.5), (span[1], -3.5, span[1], 3.5)):
                pen.rule(canvas.x.px(x1), middle + y1, canvas.x.px(x2), middle + y2, pen.style.ink, 1.4)
        if plot.stack:
            _inside_bar(pen, row, label, canvas.x.px(base), canvas.x.px(base + value), start, inner)
        else:
            _behind(pen, row, label, canvas.x.px(_tip(pen, row, label, value)), start + inner / 2, value)
    if plot.stack and plot.stack != "share" and rows > 1 and not down:
        whole = sum(v for row in plot.rows if (v := row.values[label]) is not None)
        text = pen.text(pen.write(whole), canvas.x.px(up) + 6, top + room / 2 - pen.line / 2, weight=600, fill=pen.style.ink, role="value")
        pen.try_keep(text, 0.0)


def _behind(pen: Pen, row: int, label: int, x: float, y: float, value: float) -> None:
    """A figure just past the end of its bar."""
    original = pen.plot.rows[row].values[label]
    assert original is not None
    stressed = label in pen.plot.stressed or row == pen.plot.stressed_row
    weight, fill = (
        (600, pen.style.ink) if stressed or not (pen.plot.stressed or pen.plot.stressed_row is not None) else (400, pen.style.quiet)
    )
    words = _bar_words(pen, original) if value >= 0 else pen.figures.short(original)
    text = pen.text(
        words,
        x + (6.0 if value >= 0 else -6.0),
        y - pen.line / 2,
        align="start" if value >= 0 else "end",
        weight=weight,
        fill=fill,
        role="value",
        step=pen.order(row, label),
        **pen.where(row, label),
    )
    pen.try_keep(text, 0.0)


def _inside_bar(pen: Pen, row: int, label: int, start: float, end: float, top: float, tall: float) -> None:
    """A figure inside its segment of a stacked bar, where it fits."""
    value = pen.plot.rows[row].values[label]
    fill = pen.paint(pen.bar_colour(row, label))[0]
    if value is None or tall < pen.line - 2:
        return
    for words in (pen.write(value), pen.figures.short(value)):
        if pen.wide(words) <= abs(end - start) - 8:
            text = pen.text(
                words,
                (start + end) / 2,
                top + tall / 2 - pen.line / 2,
                align="middle",
                fill=pen.ink_on(fill),
                role="value",
                **pen.where(row, label),
            )
            pen.keep(text, 0.0)
            return
