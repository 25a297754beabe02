"""Parts in colours of their own: what a person had coloured by itself ("make this red"), on the drawing of any form."""

from collections.abc import Mapping
from dataclasses import replace

from flipchart.renderers.drawing import (
    UNSEEN,
    Box,
    ChartFrame,
    Connector,
    Drawing,
    Group,
    Icon,
    Item,
    Path,
    Picture,
    TableFrame,
    Text,
)
from flipchart.renderers.provenance import marked
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style, contrast, mix, readable, rgb

PALE = 0.16  # of a colour, in a ground that words stand on


def finished(drawing: Drawing, spec: Spec, style: Style) -> Drawing:
    """`drawing` as it is shown: parts in their own colours, figures from a model's memory marked."""
    return marked(tinted(drawing, spec, style), spec, style)


def tinted(drawing: Drawing, spec: Spec, style: Style) -> Drawing:
    """`drawing` with each part that has a colour of its own in it; words on it stay readable."""
    if not spec.look.parts:
        return drawing
    pen = _Pen(spec.look.parts, style)
    return replace(drawing, items=tuple(pen.item(item) for item in drawing.items))


class _Pen:
    """Colours items from back to front, knowing what it has coloured below them."""

    def __init__(self, wanted: Mapping[str, str], style: Style) -> None:
        self.wanted, self.style = wanted, style
        self.grounds: list[tuple[Box, str]] = []

    def item(self, item: Item, around: str = "") -> Item:
        """`item` in its own colour, or in that of the part `around` it."""
        field = getattr(item, "field", "")
        own = self.wanted.get(f"{item.part}.{field}", "") if field else ""
        colour = own or self.wanted.get(item.part, "") or around
        match item:
            case Group() | ChartFrame() | TableFrame():
                return replace(item, items=tuple(self.item(inner, colour) for inner in item.items))
            case Text():
                return self._text(item, colour if own or _coloured(item.fill) else "")
            case _ if not colour:
                return item
            case Box():
                box = replace(item, fill=self._fill(item, colour), stroke=self._stroke(item.stroke, colour))
                if box.fill:
                    self.grounds.append((box, box.fill))
                return box
            case Path() if item.opacity > UNSEEN:
                return replace(item, fill=self._fill(item, colour), stroke=self._stroke(item.stroke, colour))
            case Connector():
                return replace(item, stroke=colour)
            case Icon():
                middle = (item.x + item.size / 2, item.y + item.size / 2)
                return replace(item, fill=readable(colour, self._ground(*middle), 3.0))
            case Path() | Picture():
                return item

    def _fill(self, item: Box | Path, colour: str) -> str | None:
        """A mark takes the colour whole; what was only a tint, for words to stand on or beside an outline, stays one."""
        if item.fill is None:
            return None
        outlined = item.stroke is not None and item.stroke != self.style.sheet
        least = 2.0 if outlined else 1.0 if item.tip else 1.35
        return mix(colour, self.style.sheet, PALE * (2 if item.tip else 1)) if contrast(item.fill, self.style.sheet) < least else colour

    def _stroke(self, stroke: str | None, colour: str) -> str | None:
        return stroke if stroke in {None, self.style.sheet} else colour

    def _text(self, text: Text, colour: str) -> Text:
        if not text.lines:
            return text
        left, right = min(line.x for line in text.lines), max(line.x + line.width for line in text.lines)
        ground = self._ground((left + right) / 2, text.lines[0].y - text.size * 0.35)
        if colour and contrast(colour, ground) > 1.1:
            return replace(text, fill=readable(colour, ground))
        return text if ground == self.style.sheet else replace(text, fill=readable(text.fill, ground))

    def _ground(self, x: float, y: float) -> str:
        """The colour of the last coloured box at this place, else the sheet's."""
        for box, fill in reversed(self.grounds):
            if box.x <= x <= box.x + box.w and box.y <= y <= box.y + box.h:
                return fill
        return self.style.sheet


def _coloured(colour: str) -> bool:
    """True for what is neither grey nor near it."""
    return max(rgb(colour)) - min(rgb(colour)) > 60
