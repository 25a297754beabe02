"""Where figures are from: found in words, matched against what the person said, marked on the drawing.

A figure is a number with a unit, percent or currency, a numeric field, or a year of when something was; ordinals and counts are none.
"""

from dataclasses import replace

from flipchart.renderers.drawing import ChartFrame, Drawing, Group, Item, Path, TableFrame, Text
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import measure, rtl


def marked(drawing: Drawing, spec: Spec, style: Style) -> Drawing:
    """`drawing` with a dotted line under each figure that comes from a model's memory."""
    doubtful = [key for key, source in spec.sources.items() if source.kind == "model"]
    if not doubtful:
        return drawing
    spans: dict[tuple[str, str], list[tuple[int, int] | None]] = {}
    for key in doubtful:
        place, _, span = key.partition("@")
        part, _, field = place.partition(".")
        first, _, last = span.partition(":")
        spans.setdefault((part, field), []).append((int(first), int(last)) if span else None)
    return replace(drawing, items=tuple(_marked(item, spans, style) for item in drawing.items))


def _marked(item: Item, spans: dict[tuple[str, str], list[tuple[int, int] | None]], style: Style) -> Item:
    match item:
        case Group() | ChartFrame() | TableFrame():
            return replace(item, items=tuple(_marked(inner, spans, style) for inner in item.items))
        case Text():
            # "values" speaks for every "values.3".
            found = spans.get((item.part, item.field)) or spans.get((item.part, item.field.partition(".")[0]))
            lines = _underlines(item, found, style) if found else []
            return Group((item, *lines), step=item.step) if lines else item
    return item


def _underlines(text: Text, spans: list[tuple[int, int] | None], style: Style) -> list[Item]:
    """Dotted lines under the spans of `text` (the whole of it for None), line by line."""
    out: list[Item] = []
    start = 0
    for line in text.lines:
        begin = text.words.find(line.text.rstrip("…"), start)
        begin = start if begin < 0 else begin
        start = begin + len(line.text)
        for span in spans:
            first, last = (begin, start) if span is None else (max(span[0], begin), min(span[1], start))
            if first >= last:
                continue
            before = measure(line.text[: first - begin], text.size, text.family, text.weight)
            wide = measure(line.text[first - begin : last - begin], text.size, text.family, text.weight)
            left = line.x + line.width - before - wide if rtl(line.text) else line.x + before
            y = line.y + text.size * 0.2
            out.append(
                Path(
                    (("M", (left, y)), ("L", (left + wide, y))),
                    None,
                    style.quiet,
                    1.2,
                    (0.1, 3.0),
                    part=text.part,
                    step=text.step,
                )
            )
    return out
