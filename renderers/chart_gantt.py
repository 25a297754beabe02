"""Plans: tasks as bars from when they start to when they end, one under the other."""

from typing import Any

from flipchart.renderers import axis, times
from flipchart.renderers.chart_bands import across, bands, rails
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.marks import Canvas, Span

BAND = 36.0  # px


def gantt(pen: Pen) -> tuple[float, str]:
    """A bar for each task on one axis of time, its length beside it; (bottom in px, mark taken)."""
    plot = pen.plot
    dated = bool(plot.rows[0].texts)
    foot = (2 if dated else 1) * pen.line + GAP
    runs = plot.runs[: len(plot.labels)]
    headings = frozenset(at for at, run in enumerate(runs) if run is None)  # of the tasks below them
    found = bands(pen, pen.room.y, BAND, 20.0, foot=foot, bold=headings)
    known = [run for run in runs if run is not None]
    low, high = min(run[0] for run in known), max(run[1] for run in known)
    left, right = found.left + 4, pen.room.x + pen.room.w - GAP
    if dated:
        span = Span(low, high if high > low else low + 1.0, left, right)
        _calendar(pen, span, found.stretches(pen.room.y))
    else:
        span, at = across([low, high], left, right)
        rails(pen, span, at, found.stretches(pen.room.y))
    for label, strip in enumerate(found.strips):
        run = runs[label]
        if run is None:
            continue
        tall = min(strip.tall, 22.0)
        canvas = Canvas(span, Span(0.0, 1.0, strip.middle - tall / 2, strip.middle + tall / 2), min(4.0, tall / 4))
        tone = pen.bar_colour(0, label) if plot.stressed else pen.style.accent
        fill, stroke, thick = pen.paint(tone)
        words = _when(pen, *run) if dated else f"{pen.figures.said(run[0])} – {pen.figures.said(run[1])}"
        tag = pen.tag(0, label, f"{plot.labels[label]}: {words}")
        # A milestone has no length, but can be seen.
        least = 6.0 * (span.high - span.low) / (span.end - span.start)
        canvas.bar(run[0], 0.0, max(run[1] - run[0], least), 1.0, fill, tag, stroke, thick)
        pen.items += canvas.items
        _told(pen, label, words, (span.px(run[0]), span.px(max(run[1], run[0] + least))), strip.middle, found.left, fill)
    return (pen.room.y + pen.room.h if pen.room.h is not None else found.bottom + foot), plot.mark


def _told(pen: Pen, label: int, words: str, bar: tuple[float, float], middle: float, left: float, fill: str) -> None:
    """When a task runs: inside its bar, behind it, or before it (not beyond `left`), wherever there is room."""
    start, end = bar
    wide = pen.wide(words) + 12
    look: dict[str, Any] = {"step": pen.order(0, label), "role": "value"}
    if wide <= end - start:
        pen.try_keep(pen.text(words, start + 6, middle - pen.line / 2, fill=pen.ink_on(fill), **look), 0.0)
    elif end + wide <= pen.room.x + pen.room.w:
        pen.try_keep(pen.text(words, end + 6, middle - pen.line / 2, **look), 0.0)
    elif start - wide >= left:
        pen.try_keep(pen.text(words, start - 6, middle - pen.line / 2, align="end", **look), 0.0)


def _when(pen: Pen, start: float, end: float) -> str:
    """From which day to which: "Mar 3 – Apr 14"; the end of a day counts as that day. With hours where it does not run whole days."""
    if any(abs(at - round(at)) > 1e-3 for at in (start, end)):
        first, last = axis.moment_at(start), axis.moment_at(end)
        words = times.written(first, "minute", pen.plot.lang)
        return words if last == first else f"{words} – {times.written(last, 'minute', pen.plot.lang, year=first.date() != last.date())}"
    first, last = axis.moment_at(start), axis.moment_at(end - 1e-4 if end > start else end)
    year = first.year != last.year
    one = times.written(first, "day", pen.plot.lang, year=year)
    return one if first.date() == last.date() else f"{one} – {times.written(last, 'day', pen.plot.lang, year=year)}"


def _calendar(pen: Pen, span: Span, stretches: list[tuple[float, float]]) -> None:
    """Upright lines at natural steps of time, with their dates below."""
    bottom = stretches[-1][1]
    ends = (times.Moment(axis.moment_at(span.low), "day"), times.Moment(axis.moment_at(span.high), "day"))
    for tick in axis.time_ticks(ends, span.end - span.start, pen.wide, pen.plot.lang):
        x = span.px(tick.at)
        if not span.start - 1 <= x <= span.end + 1:
            continue
        for start, end in stretches:
            pen.rule(x, start, x, end, pen.grid_colour)
        words = f"{tick.words}\n{tick.under}" if tick.under else tick.words
        wide = max(pen.wide(word) for word in (tick.words, tick.under)) + 1
        pen.try_keep(pen.nudged(pen.text(words, x, bottom + GAP * 0.5, align="middle", room=wide, lines=2)), 3.0)
