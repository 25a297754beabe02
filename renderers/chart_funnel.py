"""Funnels: steps that each keep a part of the one before, as bars about one middle."""

from itertools import pairwise

from flipchart.renderers.chart_bands import bands
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.marks import Canvas, Span, Tag
from flipchart.renderers.style import mix
from flipchart.renderers.words import number, say

BAND = 46.0  # px, height of a step


def funnel(pen: Pen) -> tuple[float, str]:
    """One centred bar for each step with its figure, and what share of the step before it keeps; (bottom in px, mark taken)."""
    plot = pen.plot
    found = bands(pen, pen.room.y, BAND, 30.0)
    values = [pen.value(0, label) or 0.0 for label in range(len(plot.labels))]
    kept = [
        "",
        *(number(b / a * 100, plot.lang, "%", digits=0 if b >= a * 0.1 else 1) if a else "" for a, b in pairwise(values)),
    ]
    told = [say("chart.kept", plot.lang, share=share) if share else "" for share in kept]
    tail = max(pen.wide(words) for words in told) + GAP
    if tail > pen.room.w * 0.36:
        told, tail = kept, max(pen.wide(words) for words in kept) + GAP
    left, right = found.left, pen.room.x + pen.room.w - tail
    most = max(values) or 1.0
    span = Span(-most / 2, most / 2, left, right)
    for label, strip in enumerate(found.strips):
        if plot.rows[0].values[label] is None:
            continue
        value = values[label]
        tone = pen.bar_colour(0, label) if plot.stressed else mix(pen.style.accent, pen.style.sheet, max(0.45, 1.0 - 0.11 * label))
        fill, stroke, thick = pen.paint(tone)
        canvas = Canvas(span, Span(0.0, 1.0, strip.top, strip.top + strip.tall), pen.style.radius / 6)
        kept_of = f" ({say('chart.kept', plot.lang, share=kept[label])})" if kept[label] else ""
        tag = pen.tag(0, label, pen.tip(0, label) + kept_of, label + 1)
        canvas.bar(-value / 2, 0.0, value, 1.0, fill, tag, stroke, thick)
        following = values[label + 1] if label + 1 < len(found.strips) else None
        if following is not None and not found.above:
            below, edge = found.strips[label + 1].top, strip.top + strip.tall
            slope = Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1))
            tint = mix(tone, pen.style.sheet, 0.18)
            half, next_half = span.px(value / 2) - span.px(0.0), span.px(following / 2) - span.px(0.0)
            mid = (left + right) / 2
            corners = [(mid - half, edge), (mid + half, edge), (mid + next_half, below), (mid - next_half, below)]
            slope.shape(corners, tint, Tag("", "", label + 1))
            pen.items += slope.items
        pen.items += canvas.items
        words = pen.write(plot.rows[0].values[label] or 0.0)
        wide, middle, top = abs(span.px(value) - span.px(0.0)), (left + right) / 2, strip.middle - pen.line / 2
        inside = pen.wide(words, 600) <= wide - 10 and strip.tall >= pen.line
        x, ink = (middle, pen.ink_on(fill)) if inside else (middle + wide / 2 + 6, pen.style.ink)
        where = pen.where(0, label)
        text = pen.text(words, x, top, align="middle" if inside else "start", weight=600, fill=ink, role="value", step=label + 1, **where)
        pen.keep(text, 0.0)
        if told[label]:
            pen.try_keep(pen.text(told[label], pen.room.x + pen.room.w, top, align="end", step=label + 1), 0.0)
    return (pen.room.y + pen.room.h if pen.room.h is not None else found.bottom), plot.mark
