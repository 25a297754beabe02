"""The same small chart again and again: a panel for each series on one scale, and tables with a small line in each row."""

from itertools import pairwise

from flipchart.renderers import axis
from flipchart.renderers import words as wording
from flipchart.renderers.chart_bands import bands
from flipchart.renderers.chart_plot import GAP, POINTED, Pen
from flipchart.renderers.marks import Canvas, Span, Tag, ticks
from flipchart.renderers.style import mix, readable
from flipchart.renderers.typeset import LEADING

BEHIND = 16  # series, up to which each panel shows the others in grey
MOST = 24  # panels


def multiples(pen: Pen) -> tuple[float, str]:
    """A panel for each series, all on one scale, the others in grey behind it; (bottom in px, mark taken)."""
    plot = pen.plot
    rows = [row for row in range(len(plot.rows)) if any(value is not None for value in plot.rows[row].values)]
    pen.left_out, rows = max(0, len(plot.rows) - MOST), rows[:MOST]
    columns = min(len(rows), 2 if pen.width < 520 else 3 if pen.width < 1000 else 4)
    if len(rows) == 4 and columns == 3:
        columns = 2
    gap = 2.5 * GAP
    band = (pen.room.w - gap * (columns - 1)) / columns
    lines = max(pen.wrapped(plot.rows[row].name or "–", band, 3) for row in rows)
    count = -(-len(rows) // columns)
    head, foot = lines * pen.line + 4.0, pen.line + 4.0
    inner = max(48.0, band * 0.5) if pen.room.h is None else (pen.room.h - (count - 1) * GAP) / count - head - foot
    while inner < 24.0 and count > 1:
        count -= 1
        assert pen.room.h is not None
        inner = (pen.room.h - (count - 1) * GAP) / count - head - foot
    pen.left_out += max(0, len(rows) - count * columns)
    rows = rows[: count * columns]
    values = [v for row in rows for label in range(len(plot.labels)) if (v := pen.value(row, label)) is not None]
    low, high = min(values), max(values)
    if 0 <= low < 0.6 * high or (pen.whole and axis.few(values)):
        low = 0.0
    high = high if high > low else low + (abs(low) or 1.0) * 0.1
    at = [tick for tick in ticks(low, high, max(2, int(inner / 34)), whole=pen.whole) if low <= tick <= high] or [low, high]
    write = axis.stepped([tick * pen.scale for tick in at], plot.unit, plot.lang)
    xs, small = pen.along(), max(11.0, pen.size - 1)
    gutter = max(pen.wide(write(tick * pen.scale), size=small) for tick in at) + 6.0
    for n, row in enumerate(rows):
        x, y = pen.room.x + n % columns * (band + gap), pen.room.y + n // columns * (head + inner + foot + GAP)
        first = n % columns == 0
        up = Span(low, high, y + head + inner, y + head + 6.0)
        for tick in at:
            words, py = write(tick * pen.scale), up.px(tick)
            pen.rule(x + (gutter if first else 0.0), py, x + band, py, pen.grid_colour)
            if first:
                pen.keep(pen.text(words, x + gutter - 6.0, py - small * LEADING / 2, align="end", size=small), 0.0)
        _panel(pen, row, rows, Span(xs[0], xs[-1], x + (gutter if first else 0.0) + 3, x + band - 5), up, (x, y, band), lines)
    return (pen.room.y + pen.room.h if pen.room.h is not None else pen.room.y + count * (head + inner + foot + GAP) - GAP), plot.mark


def _panel(pen: Pen, row: int, rows: list[int], across: Span, up: Span, room: tuple[float, float, float], lines: int) -> None:
    """One series' name, last figure and line, and its first and last label; `room`: left, top and width in px."""
    plot, (left, y, wide) = pen.plot, room
    canvas = Canvas(across, up)
    canvas.rule(across.start - 3, up.start, across.end + 5, up.start, pen.style.quiet, 1.0)
    xs, labels = pen.along(), range(len(plot.labels))
    if len(rows) <= BEHIND:
        faint = mix(pen.style.muted, pen.style.sheet, 0.5)
        for other in rows:
            if other != row:
                canvas.line(xs, [pen.value(other, label) for label in labels], faint, 1.0, Tag("", "", row + 1))
    ys = [pen.value(row, label) for label in labels]
    colour = pen.style.muted if plot.stressed_row not in {None, row} else pen.style.accent
    canvas.line(xs, ys, colour, 2.2, Tag(plot.rows[row].part, plot.rows[row].name, row + 1))
    good = [label for label in labels if ys[label] is not None]
    for label in good if len(good) <= 40 else good[-1:]:
        tag = pen.tag(row, label, step=row + 1)
        canvas.dots([xs[label]], [ys[label]], 6.5 if label == good[-1] else 3.0, colour, [tag])
    pen.items += canvas.items
    last = plot.rows[row].values[good[-1]]
    assert last is not None
    words, name = pen.figures.short(last), plot.rows[row].name or "–"
    taken, beside = pen.wide(words, 600), pen.wrapped(name, wide - pen.wide(words, 600) - GAP, 9) if wide > 2 * pen.wide(words, 600) else 9
    if beside <= lines:
        ink = readable(colour, pen.style.sheet) if plot.stressed_row in {None, row} else pen.style.quiet
        where = pen.where(row, good[-1])
        pen.keep(pen.text(words, left + wide, y, align="end", weight=600, fill=ink, role="value", step=row + 1, **where), 0.0)
    named = wide - taken - GAP if beside <= lines else wide
    pen.keep(pen.text(name, left, y, room=named, lines=lines, weight=600, fill=pen.style.ink, step=row + 1, **pen.named_row(row)), 0.0)
    first, end = (" ".join(plot.shown[at].split()) for at in (0, -1))
    small, start = max(11.0, pen.size - 1), across.start - 3
    if pen.wide(first, size=small) + pen.wide(end, size=small) + GAP <= left + wide - start:
        pen.try_keep(pen.text(first, start, up.start + 3, size=small, **pen.named_at(0)), 0.0)
        pen.try_keep(pen.text(end, left + wide, up.start + 3, align="end", size=small, **pen.named_at(len(plot.labels) - 1)), 0.0)


def sparklines(pen: Pen) -> tuple[float, str]:
    """A row for each series: its name, a small line, its last figure, and how it changed; (bottom in px, mark taken)."""
    plot, lang = pen.plot, pen.plot.lang
    small = max(11.0, pen.size - 1)
    changes, lasts = [], []
    for one in plot.rows:
        known = [value for value in one.values if value is not None]
        lasts.append(pen.write(known[-1]) if known else "–")
        fit = len(known) > 1 and known[0] != 0 and abs(known[-1] / known[0]) < 1e4
        change = (known[-1] - known[0]) / abs(known[0]) * 100 if fit else None
        sign = "" if change is None else "+" if change > 0 else ""
        changes.append("–" if change is None else sign + wording.number(change, lang, "%", digits=0 if abs(change) >= 10 else 1))
    heads = (wording.say("chart.last", lang), wording.say("chart.change", lang))
    figure = max(pen.wide(words, 600) for words in (*lasts, heads[0])) + 2 * GAP
    moved = max(pen.wide(words) for words in (*changes, heads[1])) + 2 * GAP
    right = pen.room.x + pen.room.w
    top = pen.room.y + pen.line + GAP
    for words, x in zip(heads, (right - moved, right), strict=True):
        pen.keep(pen.text(words, x, pen.room.y, align="end", size=small), 0.0)
    pen.rule(pen.room.x, top - 4, right, top - 4, pen.style.quiet, 1.2)
    found = bands(pen, top, 38.0, 28.0, rows=True)
    xs = pen.along()
    across = Span(xs[0], xs[-1], found.left, right - figure - moved - GAP)
    for row, strip in enumerate(found.strips):
        ys = [pen.value(row, label) for label in range(len(plot.labels))]
        good = [(value, label) for label, value in enumerate(ys) if value is not None]
        y = strip.middle - pen.line / 2
        if row + 1 < len(found.strips):
            below = (strip.top + strip.tall + found.strips[row + 1].top) / 2 if not found.above else strip.top + strip.tall + 2
            pen.rule(pen.room.x, below, right, below, pen.style.rule)
        if good:
            low, high = min(good), max(good)
            flat = (abs(low[0]) * 1e-3 or 1.0) if high[0] == low[0] else 0.0  # a line that does not move runs through the middle
            canvas = Canvas(across, Span(low[0] - flat, high[0] + flat, strip.top + strip.tall, strip.top))
            dimmed = plot.stressed_row not in {None, row}
            stressed = row == plot.stressed_row
            canvas.line(
                xs,
                ys,
                pen.style.accent if stressed else pen.style.muted,
                2.2 if stressed else 1.8,
                Tag(plot.rows[row].part, plot.rows[row].name, row + 1),
            )
            told = dict.fromkeys([low[1], high[1], good[-1][1]] if high[0] > low[0] else [good[-1][1]])
            if len(plot.rows) * len(plot.labels) <= POINTED:
                ends = [across.px(x) for x in (xs[0], *xs, xs[-1])]
                halves = [(a + b) / 2 for a, b in pairwise(ends)]
                for _, label in good:
                    if label not in told:
                        pen.items.append(pen.unseen(row, label, halves[label], strip.top, halves[label + 1], strip.top + strip.tall))
            for label in told:
                tag = pen.tag(row, label, step=row + 1)
                last = label == good[-1][1]
                canvas.dots(
                    [xs[label]], [ys[label]], 6.5 if last else 4.5, pen.style.accent if last and not dimmed else pen.style.quiet, [tag]
                )
            pen.items += canvas.items
            where = pen.where(row, good[-1][1])
            pen.keep(
                pen.text(lasts[row], right - moved, y, align="end", weight=600, fill=pen.style.ink, role="value", step=row + 1, **where),
                0.0,
            )
        pen.keep(pen.text(changes[row], right, y, align="end", role="label", step=row + 1), 0.0)
    return (pen.room.y + pen.room.h if pen.room.h is not None else found.bottom), plot.mark
