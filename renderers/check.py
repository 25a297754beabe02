"""What is wrong with a drawing, as data: nothing may overflow, overlap, leave the page, be too small, too faint, or lack a glyph.

Not covered: type on photographs (no contrast is computed there), and overlap of strokes with type.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Literal

from flipchart.renderers.drawing import Box, ChartFrame, Connector, Drawing, Group, Icon, Item, Path, Picture, TableFrame, Text, flat
from flipchart.renderers.logo import GROUP
from flipchart.renderers.shapes import gap_to_border
from flipchart.renderers.style import SMALLEST, contrast
from flipchart.renderers.typeset import missing

LARGE = 24.0  # px: from here on, 3:1 is enough (WCAG 2.2, 1.4.3); 18.66 px where bold
LEAST, LEAST_LARGE = 4.5, 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what it is, where, what was found, and what to do."""

    code: Literal[
        "overflow", "overlap", "off-page", "too-small", "contrast", "glyph", "dangling", "spec",
        "language", "count", "hollow", "title", "quoted",
    ]  # fmt: skip
    where: str
    found: str
    do: str
    level: Literal["error", "warning"] = "error"

    def as_dict(self) -> dict[str, str]:
        """The finding as JSON values."""
        return asdict(self)


def check(drawing: Drawing) -> list[Finding]:
    """Every fault of `drawing`, worst kinds first; an empty list where it is sound."""
    items = list(flat(drawing.items))
    texts = [item for item in items if isinstance(item, Text) and item.lines]
    return [
        *_overflow(texts, items),
        *_dangling(items),
        *_off_page(drawing, items),
        *_overlap(texts),
        *_covered(drawing),
        *_small(texts),
        *_contrast(drawing, items),
        *_glyphs(texts),
    ]


def _where(text: Text) -> str:
    place = ".".join(name for name in (text.part, text.field) if name)
    words = (text.words or text.lines[0].text)[:40]
    return f"{place} {words!r}" if place else repr(words)


def ink(text: Text) -> list[tuple[float, float, float, float]]:
    """The rectangles (left, top, right, bottom in px) that the lines of `text` cover."""
    out = []
    for line in text.lines:
        left, top, right, bottom = (
            line.x,
            line.y - text.size * 0.76,
            line.x + line.width,
            line.y + text.size * 0.22,
        )
        if text.rotate:
            turn = math.radians(text.rotate)
            corners = [
                (
                    line.x + (px - line.x) * math.cos(turn) - (py - line.y) * math.sin(turn),
                    line.y + (px - line.x) * math.sin(turn) + (py - line.y) * math.cos(turn),
                )
                for px, py in ((left, top), (right, top), (left, bottom), (right, bottom))
            ]
            left, right = min(c[0] for c in corners), max(c[0] for c in corners)
            top, bottom = min(c[1] for c in corners), max(c[1] for c in corners)
        out.append((left, top, right, bottom))
    return out


def _overflow(texts: list[Text], items: list[Item]) -> Iterator[Finding]:
    boxes = {item.name: item for item in items if isinstance(item, Box) and item.name}
    for text in texts:
        if text.cut:
            yield Finding(
                "overflow",
                _where(text),
                f"{len(text.words)} characters do not fit",
                "shorten it, or split it in two",
            )
            continue
        wide = max(line.width for line in text.lines)
        tall = len(text.lines) * text.size
        if not text.rotate and (wide > text.w + 1 or tall > text.h + 1):
            found = f"{wide:.0f} × {tall:.0f} px of type in a room of {text.w:.0f} × {text.h:.0f} px"
            yield Finding("overflow", _where(text), found, "shorten it, or give it more room")
        box = boxes.get(text.inside)
        if box:
            for left, top, right, bottom in ink(text):
                if left < box.x - 1 or right > box.x + box.w + 1 or top < box.y - 1 or bottom > box.y + box.h + 1:
                    yield Finding(
                        "overflow",
                        _where(text),
                        f"it leaves its box {box.name}",
                        "shorten it, or widen the box",
                    )
                    break


def _dangling(items: list[Item]) -> Iterator[Finding]:
    boxes = {item.name: item for item in items if isinstance(item, Box) and item.name}
    for item in items:
        if not isinstance(item, Connector) or not item.points:
            continue
        for end, name, point in (("start", item.start, item.points[0]), ("end", item.end, item.points[-1])):
            if not name:
                continue
            if name not in boxes:
                yield Finding(
                    "dangling",
                    item.part or "connector",
                    f"its {end} is `{name}`, which is not drawn",
                    f"add `{name}` or remove the arrow",
                )
            elif abs(gap_to_border(boxes[name], point)) > 12:
                away = gap_to_border(boxes[name], point)
                yield Finding(
                    "dangling",
                    item.part or "connector",
                    f"its {end} is {away:.0f} px off `{name}`",
                    "end it on the border",
                )


def _off_page(drawing: Drawing, items: list[Item]) -> Iterator[Finding]:
    for item in items:
        if isinstance(item, Text):
            spots = ink(item)
            where = _where(item) if item.lines else ""
        elif isinstance(item, Box | Picture):
            spots = [(item.x, item.y, item.x + item.w, item.y + item.h)]
            where = item.part or "a shape"
        else:
            continue
        for left, top, right, bottom in spots:
            if left < -1 or top < -1 or right > drawing.width + 1 or bottom > drawing.height + 1:
                found = f"({left:.0f}, {top:.0f}) to ({right:.0f}, {bottom:.0f}) on a page of {drawing.width:.0f} × {drawing.height:.0f} px"
                yield Finding("off-page", where, found, "move it onto the page")
                break


def _overlap(texts: list[Text]) -> Iterator[Finding]:
    spots = sorted(
        ((left, top, right, bottom, text) for text in texts for left, top, right, bottom in ink(text) if right > left),
        key=lambda spot: spot[1],
    )
    told: set[tuple[int, int]] = set()
    for i, (left, top, right, bottom, text) in enumerate(spots):
        for left2, top2, right2, bottom2, other in spots[i + 1 :]:
            if top2 >= bottom - 1.5:
                break
            if other is text or left2 >= right - 1.5 or right2 <= left + 1.5 or bottom2 <= top + 1.5:
                continue
            pair = (id(text), id(other))
            if pair not in told:
                told.add(pair)
                yield Finding(
                    "overlap",
                    _where(text),
                    f"it runs into {_where(other)}",
                    "shorten one of them, or move them apart",
                )


def _covered(drawing: Drawing) -> Iterator[Finding]:
    """What a logo lies on: it may lie on the page, and within a larger shape."""
    for mark in drawing.items:
        if not isinstance(mark, Group) or mark.label != GROUP:
            continue
        spots = [(item.x, item.y, item.x + item.w, item.y + item.h) for item in mark.items if isinstance(item, Box | Picture)]
        left, top = min(spot[0] for spot in spots), min(spot[1] for spot in spots)
        right, bottom = max(spot[2] for spot in spots), max(spot[3] for spot in spots)
        if left < -1 or top < -1 or right > drawing.width + 1 or bottom > drawing.height + 1:
            yield Finding("off-page", "the logo", "it leaves the page", "make it smaller")
        others = tuple(item for item in drawing.items if item is not mark and not (isinstance(item, Group) and item.label == "ornament"))
        for item in flat(others):
            if isinstance(item, Text):
                rooms, where = ink(item), _where(item) if item.lines else ""
            elif isinstance(item, Icon):
                rooms, where = [(item.x, item.y, item.x + item.size, item.y + item.size)], f"the icon {item.name}"
            elif isinstance(item, Box | Picture | ChartFrame | TableFrame):
                rooms, where = [(item.x, item.y, item.x + item.w, item.y + item.h)], item.part or "a shape"
            else:
                continue
            for x0, y0, x1, y1 in rooms:
                around = isinstance(item, Box) and x0 <= left and y0 <= top and x1 >= right and y1 >= bottom
                if not around and x0 < right - 1 and x1 > left + 1 and y0 < bottom - 1 and y1 > top + 1:
                    yield Finding("overlap", "the logo", f"it covers {where}", "move it, or make it smaller")
                    return


def _small(texts: list[Text]) -> Iterator[Finding]:
    for text in texts:
        if text.size < SMALLEST - 0.01:
            yield Finding("too-small", _where(text), f"{text.size:.1f} px", f"set it in at least {SMALLEST:.0f} px")


def _contrast(drawing: Drawing, items: list[Item]) -> Iterator[Finding]:
    grounds: list[Box | Path | Picture] = []
    for item in items:
        if (isinstance(item, Box | Path) and item.fill and item.fill.startswith("#")) or isinstance(item, Picture):
            grounds.append(item)
        elif isinstance(item, Text) and item.lines and item.lines[0].text:
            left, top, right, bottom = ink(item)[0]
            middle = ((left + right) / 2, (top + bottom) / 2)
            under = next((ground for ground in reversed(grounds) if _covers(ground, middle)), None)
            if isinstance(under, Picture):
                continue
            ground = under.fill if under is not None and under.fill else drawing.background
            least = LEAST_LARGE if item.size >= LARGE or (item.weight >= 600 and item.size >= 18.66) else LEAST
            found = contrast(item.fill, ground)
            if found < least - 0.05:
                yield Finding(
                    "contrast",
                    _where(item),
                    f"{item.fill} on {ground} is {found:.1f}:1",
                    f"use a colour of at least {least}:1",
                )


def _covers(item: Box | Path | Picture, point: tuple[float, float]) -> bool:
    x, y = point
    if isinstance(item, Box | Picture):
        return item.x <= x <= item.x + item.w and item.y <= y <= item.y + item.h
    if item.opacity < 0.9:
        return False
    corners = [(places[-2], places[-1]) for _, places in item.d if places]
    inside = False
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _glyphs(texts: list[Text]) -> Iterator[Finding]:
    for text in texts:
        lacking = missing("".join(line.text for line in text.lines))
        if lacking:
            yield Finding("glyph", _where(text), f"no shipped font has {lacking[:12]!r}", "write it in other characters")
