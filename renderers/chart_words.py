"""Figures set as type: one big number with its change, a few side by side, and the table behind every chart."""

from dataclasses import replace
from typing import Any

from flipchart.renderers import axis
from flipchart.renderers import words as wording
from flipchart.renderers.chart_plot import GAP, Pen
from flipchart.renderers.drawing import Align, Item, TableFrame
from flipchart.renderers.marks import Canvas, Span, Tag
from flipchart.renderers.style import readable
from flipchart.renderers.typeset import LEADING, measure

MOST_ROWS = 30  # of a table without a given height
HEAD = 10  # lines of a column's name: a question of a survey
CARDS = 6  # big numbers side by side


def number(pen: Pen) -> tuple[float, str]:
    """One big number with its change and a small line of what came before; or up to six numbers side by side."""
    plot = pen.plot
    series = plot.rows[0].values
    if len(plot.rows) == 1 and (plot.ordered or len(plot.labels) < 2):
        return _one(pen), plot.mark
    if len(plot.rows) > 1 and len(plot.labels) <= 1:
        cells = [(row.name, row.values[0] if row.values else None, i, 0) for i, row in enumerate(plot.rows)]
    else:
        cells = [(plot.labels[label], value, 0, label) for label, value in enumerate(series)]
    shown = cells[:CARDS]
    pen.left_out = len(cells) - len(shown)
    columns = 1 if len(shown) == 1 else 2 if pen.width < 520 or len(shown) in {2, 4} else 3
    band = (pen.room.w - (columns - 1) * 3 * GAP) / columns
    told = ["–" if value is None else _alone(pen, value) for _, value, _, _ in shown]
    size = _fitting(told, band, pen)
    rows = -(-len(shown) // columns)
    lines = max(pen.wrapped(name, band - 1, 6) for name, _, _, _ in shown)
    tall = size * 1.2 + pen.line * (lines + 1.6)
    if pen.room.h is not None:
        tall = pen.room.h / rows
    for place, (name, _value, row, label) in enumerate(shown):
        x, y = pen.room.x + place % columns * (band + 3 * GAP), pen.room.y + place // columns * tall
        pen.rule(x, y, x + band, y, pen.style.rule)
        stressed = label in plot.stressed or not plot.stressed
        words = told[place]
        pen.items.append(
            pen.text(
                words,
                x,
                y + GAP,
                room=band,
                size=size,
                weight=600,
                fill=pen.style.ink if not stressed else readable(pen.style.accent, pen.style.sheet),
                role="value",
                step=place + 1,
                **pen.where(row, label),
            )
        )
        field: dict[str, Any] = (
            {"part": plot.rows[row].part, "field": "name"}
            if len(plot.rows) > 1
            else {"part": plot.part, "field": f"labels.{plot.place(label)}"}
        )
        pen.items.append(pen.text(name, x, y + GAP + size * LEADING, room=band, lines=lines, step=place + 1, **field))
    return pen.room.y + rows * tall, plot.mark


def _alone(pen: Pen, value: float) -> str:
    """A figure written by itself, as long as it is short."""
    write = axis.figures([value], pen.plot.unit, pen.plot.lang)
    full = write.full(value)
    return full if len(full) <= 9 else write.short(value)


def _fitting(words: list[str], room: float, pen: Pen) -> float:
    """The largest type size of a big number at which all of `words` fit in `room` px."""
    size = pen.style.size(4, pen.width) * 1.5
    widest = max((measure(word, 1.0, pen.style.sans, 600) for word in words), default=1.0)
    return max(pen.size, min(size, room / max(widest, 0.1) * 0.98))


def _one(pen: Pen) -> float:
    plot = pen.plot
    values = plot.rows[0].values
    good = [label for label, value in enumerate(values) if value is not None]
    last = good[-1]
    value = values[last]
    assert value is not None
    words = _alone(pen, value)
    size = min(_fitting([words], pen.room.w, pen), (pen.room.h or 1e9) * 0.42)
    y = pen.room.y
    pen.items.append(
        pen.text(
            words,
            pen.room.x,
            y,
            room=pen.room.w,
            size=size,
            weight=600,
            fill=readable(pen.style.accent, pen.style.sheet),
            role="value",
            step=1,
            **pen.where(0, last),
        )
    )
    y += size * LEADING
    label = plot.labels[last] if plot.labels and plot.labels[last] != wording.say("query.all", plot.lang) else ""  # of all rows: no label
    name = " · ".join(dict.fromkeys(word for word in (label, plot.rows[0].name) if word))
    if name:
        field: dict[str, Any] = (
            {"part": plot.part, "field": f"labels.{plot.place(last)}"} if label else {"part": plot.rows[0].part, "field": "name"}
        )
        pen.items.append(pen.text(name, pen.room.x, y, room=pen.room.w, lines=6, **field))
        y += pen.wrapped(name, pen.room.w, 6) * pen.line + 2
    before = values[good[-2]] if len(good) > 1 else None
    if before:
        change = (value - before) / abs(before) * 100
        colour = pen.style.ink if abs(change) < 0.05 else readable(pen.style.accent, pen.style.sheet)
        arrow = "▲ " if change > 0.05 else "▼ " if change < -0.05 else ""
        amount = wording.number(abs(change), plot.lang, "%", digits=0 if abs(change) >= 10 else 1)
        since = wording.say("chart.since", plot.lang, label=plot.labels[good[-2]])
        pen.items.append(pen.text(f"{arrow}{amount} {since}", pen.room.x, y, room=pen.room.w, fill=colour, weight=600, lines=2, step=2))
        y += pen.line + GAP
    if len(good) > 2 and (pen.room.h is None or pen.room.y + pen.room.h - y > 40):
        y = _spark(pen, y + GAP, min(96.0, pen.room.y + pen.room.h - y - GAP if pen.room.h else 96.0))
    return pen.room.y + pen.room.h if pen.room.h is not None else y


def _spark(pen: Pen, y: float, tall: float) -> float:
    """A small line of all values; returns where it ends."""
    plot = pen.plot
    ys = [pen.value(0, label) for label in range(len(plot.labels))]
    good = [value for value in ys if value is not None]
    xs = pen.along()
    wide = min(pen.room.w, 420.0)
    low, high = min(good), max(good)
    canvas = Canvas(
        Span(xs[0], xs[-1], pen.room.x + 4, pen.room.x + wide - 6), Span(low, high if high > low else low + 1, y + tall - 6, y + 6)
    )
    canvas.line(xs, ys, pen.style.muted, 2.0, Tag(plot.rows[0].part, "", 2))
    tags = [pen.tag(0, label, step=2) for label in range(len(ys))]
    canvas.dots(xs[-1:], ys[-1:], 8.0, pen.style.accent, tags[-1:])
    pen.items += canvas.items
    return y + tall


def table(pen: Pen) -> tuple[float, str]:
    """Names and figures in rows, figures aligned at the right; (bottom in px, mark taken). What there is no room for is counted."""
    plot, style = pen.plot, pen.style
    size, pad, gap = pen.size, GAP * 0.75, GAP * (0.75 if pen.width < 520 else 1.5)
    head_rows = bool(any(row.name for row in plot.rows) or plot.x_title)
    cells = _cells(pen)
    widths = [max(measure(row[c], size, style.sans, 600) for row in cells) + 2 * gap + 2 for c in range(len(cells[0]))]
    columns = len(widths)
    least = [min(width, 96.0 if c == 0 else 64.0) for c, width in enumerate(widths)]
    while columns > 2 and sum(least[:columns]) > pen.room.w:
        columns -= 1
    widths = _shared(widths[:columns], least[:columns], pen.room.w)
    cells = [row[:columns] for row in cells]
    sides: list[Align] = ["start" if plot.rows[c - 1].texts else "end" for c in range(1, columns)]
    aligns: tuple[Align, ...] = ("start", *sides)
    y = pen.room.y
    items: list[Item] = []
    shown: list[tuple[str, ...]] = []
    floor = pen.room.y + pen.room.h if pen.room.h is not None else None
    step = size * LEADING
    for at, row in enumerate(cells):
        header = at == 0 and head_rows
        if at == 0 and not head_rows:
            continue
        weight = 600 if header or at - 1 in plot.stressed else 400
        tall_lines, texts = 1, []
        x = pen.room.x
        for c, words in enumerate(row):
            where: dict[str, Any] = {}
            if header and c:
                where = {"part": plot.rows[c - 1].part, "field": "name"}
            elif c and not header:
                where = pen.where(c - 1, at - 1)
            elif not header:
                where = {"part": plot.part, "field": f"labels.{plot.place(at - 1)}"}
            left = x + (gap if c else 0)
            wide = widths[c] - (2 * gap if 0 < c < columns - 1 else gap)
            anchor = left if aligns[c] == "start" else left + wide
            fill = style.quiet if header else style.ink
            text = pen.text(
                words, anchor, y + pad, align=aligns[c], room=wide + 1, size=size, weight=weight, fill=fill,
                lines=HEAD if header else 3, role="value" if c and not header else "label", step=0 if header else min(at, 12), **where,
            )  # fmt: skip
            texts.append(text)
            tall_lines = max(tall_lines, len(text.lines))
            x += widths[c]
        tall = tall_lines * step + 2 * pad
        if (floor is not None and y + tall > floor and shown) or len(shown) > MOST_ROWS:
            pen.left_out = len(cells) - at
            break
        canvas = Canvas(Span(0, 1, 0, 1), Span(0, 1, 0, 1))
        canvas.rule(pen.room.x, y + tall, pen.room.x + pen.room.w, y + tall, style.quiet if header else style.rule, 1.2 if header else 1.0)
        items += [*texts, *canvas.items]
        shown.append(tuple(row))
        y += tall
    whole: tuple[Item, ...] = tuple(items)
    pen.items.append(
        TableFrame(
            pen.room.x, pen.room.y, sum(widths), y - pen.room.y, tuple(shown), tuple(widths), aligns, whole, head_rows, part=plot.part
        )
    )
    return y, plot.mark


def _cells(pen: Pen) -> list[list[str]]:
    """The words of the table, names of columns first."""
    plot = pen.plot
    figures = [replace(axis.figures(row.values, row.unit or plot.unit, plot.lang)) for row in plot.rows]
    out = [[plot.x_title, *(_headed(row.name, row.unit) for row in plot.rows)]]
    for label, name in enumerate(plot.labels):
        line = [name]
        for row, write in zip(plot.rows, figures, strict=True):
            value = row.values[label] if label < len(row.values) else None
            words = row.texts[label] if row.texts and label < len(row.texts) else "–" if value is None else write.full(value)
            line.append(words)
        out.append(line)
    return out


def _headed(name: str, unit: str) -> str:
    """A column's name with its unit, where the unit is a word that does not stand at each figure."""
    return f"{name} ({unit})" if name and unit and not axis.is_sign(unit) else name


def _shared(widths: list[float], least: list[float], room: float) -> list[float]:
    """Column widths that fill `room` px: what they need where that fits, else shared with their least kept."""
    need = sum(widths)
    if need <= room:
        spare = (room - need) / len(widths)
        return [width + spare for width in widths]
    over, give = need - room, sum(width - low for width, low in zip(widths, least, strict=True)) or 1.0
    return [width - (width - low) * min(1.0, over / give) for width, low in zip(widths, least, strict=True)]
