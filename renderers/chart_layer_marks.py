"""The marks of charts of layers: bars, lines, areas, dots, ticks, rules and words at their places."""

import math
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

from flipchart.renderers import axis as axes
from flipchart.renderers.chart_layer_scale import Plotted, shaded, share, tint
from flipchart.renderers.chart_plot import Pen
from flipchart.renderers.drawing import Align, Box, Item, Path
from flipchart.renderers.layered import Layer, Layered
from flipchart.renderers.marks import Canvas, Span, Tag
from flipchart.renderers.style import mix, readable

MOST_TOLD = 1500  # marks that each say what they are
_CLEAR = Span(0.0, 1.0, 0.0, 1.0)  # a canvas in px


def marks(pen: Pen, chart: Layered, plot: Plotted) -> None:
    at = chart.panels.index(plot.panel)
    own = [layer for layer in chart.layers if layer.panel == at]
    told = sum(max(len(layer.x), len(layer.y)) for layer in chart.layers) <= MOST_TOLD
    boxes: list[Box] = []
    texts = [layer for layer in own if layer.mark == "text"]
    for layer in [layer for layer in own if layer.mark != "text"]:
        drawn = _Drawn(pen, chart, plot, layer, told)
        drawn.draw()
        boxes += drawn.boxes
        pen.items += drawn.items
        pen.left_out += drawn.outside
    for layer in texts:
        _words(pen, plot, layer, boxes, _Drawn(pen, chart, plot, layer, told))


class _Drawn:
    """One layer on its panel."""

    def __init__(self, pen: Pen, chart: Layered, plot: Plotted, layer: Layer, told: bool) -> None:
        self.pen, self.chart, self.plot, self.layer, self.told = pen, chart, plot, layer, told
        self.count = max(len(layer.x), len(layer.y))
        self.items: list[Item] = []
        self.boxes: list[Box] = []
        self.outside = 0

    def draw(self) -> None:
        """Draw it."""
        {"bar": self._bars, "line": self._line, "area": self._area, "point": self._points, "tick": self._ticks, "rule": self._rules}[
            self.layer.mark
        ]()

    @cached_property
    def colour(self) -> str:
        """The layer's colour."""
        return tint(self.pen, self.chart, self.layer.colour, self.layer.strong)

    def _fill(self, at: int) -> str:
        if self.layer.shade and self.chart.shade:
            return shaded(self.pen, self.chart.shade, self.layer.shade[at] if at < len(self.layer.shade) else None)
        return self.colour

    def _at(self, name: str, at: int) -> float | None:
        held = getattr(self.layer, name)
        scale = self.plot.x if name.startswith("x") else self.plot.y
        return scale.px(held[at]) if at < len(held) else None

    def _place(self, at: int) -> str:
        """Where a mark stands in its layer."""
        return f"{'y' if self.layer.y else 'x'}.{at}"

    def _tip(self, at: int) -> str:
        """What is said of a mark: what it belongs to, then its figures."""
        if not self.told:
            return ""
        if at < len(self.layer.tips):
            return self.layer.tips[at]
        lang, parts = self.pen.plot.lang, []
        name = self.chart.named(self.layer)
        for held, scale, second in ((self.layer.x, self.plot.x, self.layer.x2), (self.layer.y, self.plot.y, self.layer.y2)):
            value = held[at] if at < len(held) else None
            if value is None:
                continue
            axis, other = scale.axis, second[at] if at < len(second) else None
            if axis.scale == "names":
                parts.append(axis.names[min(len(axis.names) - 1, max(0, int(value + 1e-9)))])
                continue
            write = axes.figures([value, other], axis.unit, lang)
            said = axes.moment_words(value, axis.grain, lang) if axis.scale == "time" else write.said(value)
            if other is not None and axis.scale != "time" and other != value:
                low, high = sorted((value, other))
                said = (
                    write.said(high if low == 0 else low if high == 0 else high)
                    if low == 0 or high == 0
                    else f"{write.said(low)} – {write.said(high)}"
                )
            parts.append(f"{axis.title} {said}".strip())
        for measure, values in ((self.chart.shade, self.layer.shade), (self.chart.size, self.layer.size)):
            value = values[at] if at < len(values) else None
            if measure is not None and value is not None:
                said = axes.moment_words(value, "day", lang) if measure.time else axes.figures([value], measure.unit, lang).said(value)
                parts.append(f"{measure.title} {said}".strip())
        words = ", ".join(part for part in parts if part)
        return f"{name}: {words}" if name else words

    def _bars(self) -> None:
        """Rectangles between two places of each axis, kept inside the plot."""
        pen, plot = self.pen, self.plot
        half = (self.layer.thick or 5.0) / 2
        for at in range(self.count):
            ends = []
            for first, second, scale in (("x", "x2", plot.x), ("y", "y2", plot.y)):
                a = self._at(first, at)
                b = self._at(second, at) if getattr(self.layer, second) else None
                if not getattr(self.layer, first):
                    a, b = scale.span.start, scale.span.end
                    if self.layer.thick:
                        a, b = (a + b) / 2 - half, (a + b) / 2 + half
                elif not getattr(self.layer, second) and a is not None:
                    a, b = a - half, a + half
                if a is None or b is None:
                    if a is None or scale.axis.scale != "log":
                        break
                    b = scale.span.start
                low, high = sorted((a, b))
                if not (scale.inside(low) or scale.inside(high) or (low < min(scale.span.start, scale.span.end) < high)):
                    self.outside += 1
                    break
                single = bool(getattr(self.layer, first)) and not getattr(self.layer, second)
                ends.append((low, high) if single else (scale.held(low), scale.held(high)))
            if len(ends) < 2:
                continue
            (left, right), (top, bottom) = ends
            if self.layer.shade and self.chart.shade and right - left > 6 and bottom - top > 6:
                left, right, top, bottom = left + 0.5, right - 0.5, top + 0.5, bottom - 0.5
            if self.layer.strong < 0.9 and not self.layer.shade:
                corners = (("M", (left, top)), ("L", (right, top)), ("L", (right, bottom)), ("L", (left, bottom)), ("Z", ()))
                solid = tint(pen, self.chart, self.layer.colour)
                self.items.append(
                    Path(corners, solid, None, 0.0, (), max(0.12, self.layer.strong), self.layer.id, 1, self._tip(at), self._place(at))
                )
                continue
            fill, stroke, thick = pen.paint(self._fill(at))
            if stroke is None and min(right - left, bottom - top) > 5 and not self.layer.shade:
                stroke, thick = pen.style.sheet, 0.8
            box = Box(
                left,
                top,
                max(0.6, right - left),
                max(0.6, bottom - top),
                fill,
                stroke,
                thick,
                0.0,
                part=self.layer.id,
                step=1,
                tip=self._tip(at),
                field=self._place(at),
            )
            self.items.append(box)
            self.boxes.append(box)

    def _series(self, name: str) -> list[float | None]:
        return [self._at(name, at) for at in range(self.count)]

    def _line(self) -> None:
        xs, ys = self._series("x"), self._series("y")
        outside = [
            (x is not None and not self.plot.x.inside(x, 2.0)) or (y is not None and not self.plot.y.inside(y, 2.0))
            for x, y in zip(xs, ys, strict=True)
        ]
        self.outside += 0 if self.layer.clipped else sum(outside)
        whole = _stairs(xs, ys) if self.layer.stepped else (xs, ys)
        xs = [None if gone or y is None else x for x, y, gone in zip(xs, ys, outside, strict=True)]
        ys = [None if gone or x is None else y for x, y, gone in zip(xs, ys, outside, strict=True)]
        canvas, thick = Canvas(_CLEAR, _CLEAR), (self.layer.thick or 2.0) * max(1.0, self.pen.style.line / 1.5)
        tag = Tag(self.layer.id, self.chart.named(self.layer), 1)
        dash = (5.0, 4.0) if self.layer.dashed else ()
        if self.layer.size and self.chart.size:
            for at, (a, b) in enumerate(pairwise(zip(xs, ys, strict=True))):
                wide = 1.0 + 9.0 * share(self.chart.size, self.layer.size[at])
                canvas.line([a[0], b[0]], [a[1], b[1]], self.colour, wide, tag)
        else:
            canvas.line(*(_kept(*whole, self.plot) if any(outside) else whole), self.colour, thick, tag, dash)
        alone = [
            at for at, (x, y) in enumerate(zip(xs, ys, strict=True))
            if x is not None and y is not None and (at == 0 or xs[at - 1] is None) and (at + 1 == len(xs) or xs[at + 1] is None)
        ]  # fmt: skip
        canvas.dots([xs[i] for i in alone], [ys[i] for i in alone], 5.0, self.colour, [tag for _ in alone])
        self.items += canvas.items
        if self.told and self.count <= 120 and not self.layer.stepped:
            for at, (x, y) in enumerate(zip(xs, ys, strict=True)):
                if x is not None and y is not None:
                    self.items.append(
                        Box(
                            x - 4,
                            y - 4,
                            8,
                            8,
                            None,
                            None,
                            0,
                            0.0,
                            "ellipse",
                            part=self.layer.id,
                            step=1,
                            tip=self._tip(at),
                            field=self._place(at),
                        )
                    )

    def _area(self) -> None:
        turned = self.layer.turned
        along, over, under = ("y", "x", "x2") if turned else ("x", "y", "y2")
        xs, highs, lows = self._series(along), self._series(over), self._series(under)
        if self.layer.stepped:
            (stairs, highs), (_, lows) = (
                _stairs(xs, highs),
                _stairs(xs, [None if high is None else low for low, high in zip(lows, highs, strict=True)]),
            )
            xs = stairs
        good = [None not in (a, b, c) for a, b, c in zip(xs, highs, lows, strict=True)]
        colour, tag = self.colour, Tag(self.layer.id, self.chart.named(self.layer), 1)
        for first, last in _runs(good):
            edge = (
                list(zip(xs[first:last], highs[first:last], strict=True)) + list(zip(xs[first:last], lows[first:last], strict=True))[::-1]
            )
            points = [(float(b or 0.0), float(a or 0.0)) if turned else (float(a or 0.0), float(b or 0.0)) for a, b in edge]
            if not all(self.plot.x.inside(x) for x, _ in points) or not all(self.plot.y.inside(y) for _, y in points):
                points = _cut_out(points, self.plot)
            d = tuple(("M" if i == 0 else "L", point) for i, point in enumerate(points))
            solid = mix(colour, self.pen.style.sheet, 1.0)
            self.items.append(Path((*d, ("Z", ())), solid, None, 0.0, (), self._solid(), self.layer.id, 1, tag.tip))
        canvas = Canvas(_CLEAR, _CLEAR)
        ridge = _kept(*((highs, xs) if turned else (xs, highs)), self.plot)
        if self._solid() < 0.5 and self.layer.strong >= 0.6:
            canvas.line(*ridge, colour, 2.0, tag)
        elif self._solid() >= 0.5:
            canvas.line(*ridge, self.pen.style.sheet, 0.8, tag)
        self.items += canvas.items

    def _solid(self) -> float:
        """How solid an area is: one alone is light, stacked ones are full."""
        if self.layer.strong < 0.9:
            return max(0.18, self.layer.strong * 0.7)
        several = len({layer.colour for layer in self.chart.layers if layer.mark == "area"}) > 1
        return (0.85 if several else 0.28) if self.pen.style.fills else 0.25

    def _points(self) -> None:
        pen, count = self.pen, sum(len(layer.x) or len(layer.y) for layer in self.chart.layers if layer.mark == "point")
        plain = 9.0 if count <= 60 else 7.0 if count <= 240 else 5.5 if count <= 800 else 4.0
        if len(self.chart.panels) > 2:
            plain = min(plain, 5.5)
        most = min(44.0, 0.22 * min(self.plot.right - self.plot.left, max(60.0, self.plot.bottom - self.plot.top)))
        banded = [
            (s.span.end - s.span.start) / len(s.axis.names) for s in (self.plot.x, self.plot.y) if s.axis.scale == "names" and s.axis.names
        ]
        if banded:
            most = max(7.0, min(most, *(abs(band) * 1.1 for band in banded)))
        found = []
        for at in range(self.count):
            x = self._at("x", at) if self.layer.x else (self.plot.left + self.plot.right) / 2
            y = self._at("y", at) if self.layer.y else (self.plot.top + self.plot.bottom) / 2
            if x is None or y is None:
                continue
            if not (self.plot.x.inside(x, 2.0) and self.plot.y.inside(y, 2.0)):
                self.outside += 1
                continue
            across = plain
            if self.layer.size and self.chart.size:
                size = self.layer.size[at] if at < len(self.layer.size) else None
                if size is None:
                    continue
                across = max(2.5, most * math.sqrt(share(self.chart.size, size)))
            found.append((across, x, y, at))
        for across, x, y, at in sorted(found, key=lambda one: -one[0]) if self.layer.size else found:
            edge = pen.style.sheet if across > 4.5 else None
            self.items.append(
                Box(x - across / 2, y - across / 2, across, across, self._fill(at), edge, 0.8 if edge else 0.0, 0.0, "ellipse",
                    part=self.layer.id, step=1, tip=self._tip(at), field=self._place(at))
            )  # fmt: skip

    def _ticks(self) -> None:
        """Short strokes across the axis their figure lies on."""
        for at in range(self.count):
            x, y, x2, y2 = (self._at(name, at) for name in ("x", "y", "x2", "y2"))
            if self.layer.x2 and x is not None and x2 is not None and y is not None:
                left, right = sorted((x, x2))
                box = (left, y - 0.8, right - left, 1.8)
            elif self.layer.y2 and y is not None and y2 is not None and x is not None:
                top, bottom = sorted((y, y2))
                box = (x - 0.8, top, 1.6, bottom - top)
            elif x is not None and (y is not None or not self.layer.y):
                box = (x - 0.8, (y if y is not None else (self.plot.top + self.plot.bottom) / 2) - 6.0, 1.6, 12.0)
            elif y is not None and not self.layer.x:
                box = ((self.plot.left + self.plot.right) / 2 - 6.0, y - 0.8, 12.0, 1.6)
            else:
                continue
            if not (self.plot.x.inside(box[0] + box[2] / 2, 2.0) and self.plot.y.inside(box[1] + box[3] / 2, 2.0)):
                self.outside += 1
                continue
            self.items.append(Box(*box, self._fill(at), None, 0.0, part=self.layer.id, step=1, tip=self._tip(at), field=self._place(at)))

    def _rules(self) -> None:
        """Straight lines between two places, or across the plot."""
        plot, dash = self.plot, (5.0, 4.0) if self.layer.dashed else ()
        for at in range(self.count):
            ends = []
            for first, second, scale in (("x", "x2", plot.x), ("y", "y2", plot.y)):
                a = self._at(first, at) if getattr(self.layer, first) else None
                b = self._at(second, at) if getattr(self.layer, second) else a
                if not getattr(self.layer, first):
                    a, b = scale.span.start, scale.span.end
                if a is None or b is None:
                    break
                if (
                    not scale.inside(a)
                    and not scale.inside(b)
                    and (a < min(scale.span.start, scale.span.end)) == (b < min(scale.span.start, scale.span.end))
                ):
                    self.outside += 1
                    break
                ends.append((scale.held(a), scale.held(b)))
            if len(ends) < 2:
                continue
            (x1, x2), (y1, y2) = ends
            d = (("M", (x1, y1)), ("L", (x2, y2)))
            self.items.append(
                Path(d, None, self._fill(at), self.layer.thick or 1.5, dash, 1.0, self.layer.id, 1, self._tip(at), self._place(at))
            )


def _words(pen: Pen, plot: Plotted, layer: Layer, boxes: Sequence[Box], drawn: _Drawn) -> None:
    """Texts at their places, where nothing else is written; over a bar in an ink that reads on it."""
    for at, words in enumerate(layer.texts):
        if not words.strip():
            continue
        x = drawn._at("x", at) if layer.x else (plot.left + plot.right) / 2
        y = drawn._at("y", at) if layer.y else (plot.top + plot.bottom) / 2
        if x is None or y is None or not plot.x.inside(x, 2.0) or not plot.y.inside(y, 2.0):
            continue
        align: Align = {"after": "start", "before": "end"}.get(layer.beside, "middle")  # type: ignore[assignment]
        top = y - pen.line / 2 - {"above": pen.line * 0.75, "below": -pen.line * 0.75}.get(layer.beside, 0.0)
        x += {"after": 5.0, "before": -5.0}.get(layer.beside, 0.0)
        text = pen.text(words, x, top, align=align, fill=pen.style.ink, role="value", part=layer.id, field=f"texts.{at}", step=1)
        middle = (text.x + text.w / 2, top + pen.line / 2)
        under = next((box for box in reversed(boxes) if box.x <= middle[0] <= box.x + box.w and box.y <= middle[1] <= box.y + box.h), None)
        if under is not None and under.fill:
            text = pen.text(
                words, x, top, align=align, fill=pen.ink_on(under.fill), role="value", part=layer.id, field=f"texts.{at}", step=1
            )
            if text.w > under.w - 2 and pen.ink_on(under.fill) != pen.ink_on(pen.style.sheet):
                continue
        elif layer.colour >= 0 and drawn.chart.keys:
            text = pen.text(
                words, x, top, align=align, fill=_legible(pen, drawn.colour), role="value", part=layer.id, field=f"texts.{at}", step=1
            )
        if not pen.try_keep(pen.nudged(text), 0.0):
            pen.left_out += 1


def _legible(pen: Pen, colour: str) -> str:
    return readable(colour, pen.style.sheet)


def _stairs(xs: Sequence[float | None], ys: Sequence[float | None]) -> tuple[list[float | None], list[float | None]]:
    """A line that stays level until the next place."""
    out_x: list[float | None] = []
    out_y: list[float | None] = []
    for at, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if at and x is not None and ys[at - 1] is not None:
            out_x.append(x)
            out_y.append(ys[at - 1])
        out_x.append(x)
        out_y.append(y)
    return out_x, out_y


def _kept(xs: Sequence[float | None], ys: Sequence[float | None], plot: Plotted) -> tuple[list[float | None], list[float | None]]:
    """The parts of a line that lie in the plot, with a gap between them."""
    out_x: list[float | None] = []
    out_y: list[float | None] = []
    for (x1, y1), (x2, y2) in pairwise(zip(xs, ys, strict=True)):
        if x1 is None or y1 is None or x2 is None or y2 is None:
            continue
        start, end = 0.0, 1.0
        for low, high, a, b in ((plot.left, plot.right, x1, x2), (plot.top, plot.bottom, y1, y2)):
            low, high = low - 0.5, high + 0.5
            if a == b:
                end = end if low <= a <= high else -1.0
                continue
            first, last = sorted(((low - a) / (b - a), (high - a) / (b - a)))
            start, end = max(start, first), min(end, last)
        if start > end:
            continue
        places = [(x1 + (x2 - x1) * share, y1 + (y2 - y1) * share) for share in (start, end)]
        if not out_x or (out_x[-1], out_y[-1]) != places[0]:
            out_x += [None, places[0][0]] if out_x else [places[0][0]]
            out_y += [None, places[0][1]] if out_y else [places[0][1]]
        out_x.append(places[1][0])
        out_y.append(places[1][1])
    return out_x, out_y


def _cut_out(points: Sequence[tuple[float, float]], plot: Plotted) -> list[tuple[float, float]]:
    """The part of an outline that lies in the plot (Sutherland and Hodgman's way)."""
    kept = list(points)
    for axis, limit, sign in ((0, plot.left, 1), (0, plot.right, -1), (1, plot.top, 1), (1, plot.bottom, -1)):
        before, kept = kept, []
        for a, b in zip(before, before[1:] + before[:1], strict=True):
            off_a, off_b = (a[axis] - limit) * sign, (b[axis] - limit) * sign
            if off_a >= 0:
                kept.append(a)
            if (off_a > 0) != (off_b > 0) and off_a != off_b:
                share = off_a / (off_a - off_b)
                kept.append((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share))
    return kept


def _runs(good: Sequence[bool]) -> list[tuple[int, int]]:
    """Start and end of each run of True."""
    out, start = [], None
    for at, one in enumerate([*good, False]):
        if one and start is None:
            start = at
        elif not one and start is not None:
            out.append((start, at))
            start = None
    return out
