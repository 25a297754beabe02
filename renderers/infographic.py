"""Infographics: one list of points, set in the design that its shape asks for.

The model writes what is said and how it belongs together; the design is chosen from how many points there are, how long they are, and
whether they are ordered, dated, counted or nested. What does not fit one design is set in the next: nothing is cut while another holds it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

from flipchart.renderers import illustration, sheet
from flipchart.renderers.drawing import Box, Drawing, Icon, Item, Path, Text, flat, moved
from flipchart.renderers.icons import Scores
from flipchart.renderers.infographic_choice import BY_NAME, Design, ranked
from flipchart.renderers.infographic_content import alt, content, from_content, markdown
from flipchart.renderers.infographic_list import index
from flipchart.renderers.infographic_panel import Entry, Panel
from flipchart.renderers.infographic_skeletons import skeleton
from flipchart.renderers.infographic_spec import Infographic, entries
from flipchart.renderers.registry import Form
from flipchart.renderers.style import Style
from flipchart.renderers.style import style as theme
from flipchart.renderers.typeset import place

SCALES = (2.0, 1.75, 1.5, 1.3, 1.15, 1.0, 0.92, 0.85, 0.78, 0.72)  # of type and gaps, where the height is given
FILLED, LOW = 0.55, 0.42  # shares of the height that leave no half page empty; on a page wider than high a row is enough
NEAR, CALM = 0.93, 0.9  # as well as the best; type that is hardly smaller than usual
EASY = 0.85  # another design is tried before type gets smaller than this


def layout(spec: Infographic, style: Style, width: float, height: float | None) -> Drawing:
    """The infographic in the best design that holds it in `width` × `height` px; for `height` None it is as tall as it takes."""
    level = 4 if height is not None and height >= 0.9 * width else 3
    items, room, feet = sheet.head(spec, style, width, height, level=level, art=spec.art)
    top = room.y
    if spec.subtitle.strip():
        top -= style.size(1, width) * 0.5 if spec.title else 0.0
        said = place(
            spec.subtitle, room.x, top, min(room.w, 720.0 * max(1.0, width / 960)), None if height is None else style.size(1, width) * 3,
            size=style.size(1, width), smallest=style.size(0, width), fill=style.quiet, family=style.sans, leading=1.42, part=spec.id,
            field="subtitle", role="subtitle",
        )  # fmt: skip
        items.append(said)
        top += len(said.lines) * said.size * 1.42 + style.size(1, width)
    if spec.title or spec.subtitle:
        top += 8.0 if height is None else max(8.0, min(32.0, height * 0.025))
    space = None if height is None or room.h is None else max(24.0, room.y + room.h - top)
    blank = _blank(spec, style, width, sheet.Room(room.x, top, room.w, space), level)
    panel, bottom = _fitted(ranked(spec), blank, () if spec.look.design in BY_NAME else ranked(spec, NEAR)[:3])
    items += panel.out
    if height is None:
        feet, height = sheet.foot(spec, style, width, bottom)
    return sheet.finish(spec, style, width, height, [*items, *feet], alt(spec))


def _blank(spec: Infographic, style: Style, width: float, room: sheet.Room, level: int = 3) -> Panel:
    """The empty room with the items ready to be set in it; `level` is that of the title."""
    lang = spec.lang or style.lang
    found = _icons(spec) if len(spec.items) <= 16 else {}
    marks: Literal["icon", "number", "dot"] = "icon" if found else "number" if len(spec.items) > 2 else "dot"
    points = entries(spec, lang, found)
    return Panel(style, width, room.x, room.y, room.w, room.h, points, lang, marks, style.size(level, width))


def _fitted(designs: Sequence[Design], blank: Panel, near: Sequence[Design] = ()) -> tuple[Panel, float]:
    """The first design that holds the content with its type at ease, then the first that holds it at all; else as much as goes in. On a
    page of given height that one of those which suit as well (`near`) comes first that also fills it."""
    if blank.h is None:
        for design in designs:
            panel, bottom = _drawn(design, blank, 1.0)
            if bottom is not None and not panel.strained:
                return panel, bottom
        panel, bottom = _drawn(BY_NAME["rows"], blank, 1.0)
        assert bottom is not None
        return panel, bottom
    last = [BY_NAME["rows"], BY_NAME["index"]]
    if _crowded(blank) < 1.0:
        for design in near:
            made = _sized(design, blank, CALM)
            if made and _filled(*made) >= (FILLED if blank.tall else LOW):
                return made
        for least, tried in ((EASY, designs[:6]), (SCALES[-1], designs[:3])):
            for design in (*tried, *(other for other in last if other not in tried)):
                made = _sized(design, blank, least)
                if made:
                    return made
    panel = replace(blank, out=[], scale=SCALES[-1], forced=True)
    bottom = index(panel)
    assert bottom is not None
    return panel, bottom


def _filled(panel: Panel, bottom: float) -> float:
    """The share of the panel's height from the top of what is drawn to its `bottom`."""
    assert panel.h is not None
    tops = [top for item in flat(tuple(panel.out)) if (top := _top(item)) is not None]
    return (bottom - min(tops, default=panel.y)) / panel.h


def _top(item: Item) -> float | None:
    match item:
        case Box() | Text() | Icon():
            return item.y
        case Path():
            return min((y for _, places in item.d for y in places[1::2]), default=None)
        case _:
            return None


def _crowded(panel: Panel) -> float:
    """About how much of the panel its words cover at the smallest type, as a share."""
    assert panel.h is not None
    size = panel.style.size(0, panel.page)

    def ink(entry: Entry) -> float:
        ems = sum(1.0 if ord(c) > 0x2E80 else 0.52 for c in entry.label + entry.text + entry.when)
        return ems * size * size * 1.3 + sum(ink(child) for child in entry.children)

    return sum(ink(entry) for entry in panel.entries) / max(1.0, panel.w * panel.h)


def _drawn(design: Design, blank: Panel, scale: float, spare: float = 0.0) -> tuple[Panel, float | None]:
    panel = replace(blank, out=[], scale=scale, spare=spare)
    return panel, design.draw(panel)


def _sized(design: Design, blank: Panel, least: float) -> tuple[Panel, float] | None:
    """The design at the largest scale (at least `least`) at which it goes into the panel's height, its parts spread over what is left."""
    assert blank.h is not None
    room = blank.y + blank.h + 0.5
    usable = [scale for scale in SCALES if scale >= least]
    at, top = usable.index(1.0), 0
    best: tuple[Panel, float] | None = None
    for _ in range(6):
        panel, bottom = _drawn(design, blank, usable[at])
        if bottom is not None and not panel.strained and bottom <= room:
            best = (panel, bottom)
            filled = (bottom - blank.y) / blank.h
            if filled > 0.85 or at <= top:
                break
            # Type and lines grow together, so the height grows with the square of the scale.
            wanted = usable[at] * math.sqrt(1 / max(filled, 0.05))
            at = max(top, min(at - 1, next((i for i, scale in enumerate(usable) if scale <= wanted), at - 1)))
        else:
            top = at + 1  # nothing larger fits
            if top >= len(usable) or (best is not None and usable[top] <= best[0].scale):
                break
            over = 1.0 if bottom is None or panel.strained else (bottom - blank.y) / blank.h
            wanted = usable[at] / math.sqrt(max(1.0, over)) * 1.04
            at = max(top, next((i for i, scale in enumerate(usable) if scale <= wanted), len(usable) - 1))
    if best is None:
        return None
    panel, bottom = best
    left = blank.y + blank.h - bottom
    if left > 8:
        spread, lower = _drawn(design, blank, panel.scale, left)
        if lower is not None and not spread.strained and lower <= blank.y + blank.h + 0.5:
            panel, bottom = spread, lower
    left = blank.y + blank.h - bottom
    if left > blank.h * 0.1:
        # What is left goes above and below, a little more below: the optical middle.
        panel.out = [moved(item, 0.0, left * 0.42) for item in panel.out]
        bottom += left * 0.42
    return panel, bottom


def _icons(spec: Infographic) -> dict[str, str]:
    """An icon for each item by id; empty unless every item has a fitting one and no two are the same."""
    from flipchart.renderers import icons

    found: dict[str, str] = {}
    for item in spec.items:
        name = (icons.find(item.icon) if item.icon.strip() else None) or icons.find(item.label)
        if not name or name in found.values():
            return {}
        found[item.id] = name
    return found


def illustrate(spec: Infographic, scores: Scores) -> Infographic:
    """The infographic with a picture beside its title where one surely fits, and an icon named for each item, no two the same, where all
    find one."""
    from flipchart.renderers import icons

    spec = spec.model_copy(update={"art": spec.art or illustration.found(spec.title, scores)})
    if _icons(spec):
        return spec
    names = icons.named(((item.icon, item.label, f"{item.label}: {item.text}") for item in spec.items), scores)
    if not names:
        return spec
    items = tuple(item.model_copy(update={"icon": name}) for item, name in zip(spec.items, names, strict=True))
    return spec.model_copy(update={"items": items})


@lru_cache(maxsize=256)
def _fitting(key: str) -> tuple[str, ...]:
    spec = Infographic.model_validate_json(key)
    blank = _blank(spec, theme(), 720.0, sheet.Room(36.0, 80.0, 648.0, None))
    out: list[str] = []
    for design in ranked(spec):
        panel, bottom = _drawn(design, blank, 1.0)
        if bottom is not None and not panel.strained:
            out.append(design.name)
        if len(out) == 8:
            break
    return tuple(out or ["rows"])


def designs(spec: Infographic) -> tuple[str, ...]:
    """Names of the designs that hold this content, best first, at most eight."""
    current = spec.look.design
    free = spec.model_copy(update={"look": spec.look.model_copy(update={"design": ""})})
    names = _fitting(free.model_dump_json())
    return names if not current or current in names or current not in BY_NAME else (*names[:7], current)


def _antv(spec: Infographic, style: Style, blobs: Mapping[str, bytes]) -> bytes:
    from flipchart.renderers import antv

    return antv.write(spec).encode()


def _fewer(spec: Infographic, many: int) -> Infographic | None:
    """A list with its first entries; of steps, dates and sides that are compared none can be missing."""
    whole = spec.family == "list" and 0 < many < len(spec.items)
    return spec.model_copy(update={"items": spec.items[:many]}) if whole else None


FORM = Form(
    spec=Infographic,
    layout=layout,
    markdown=markdown,
    alt=alt,
    designs=designs,
    fewer=_fewer,
    illustrate=illustrate,
    paint=illustration.paint,
    skeleton=skeleton,
    content=content,
    from_content=from_content,
    writes={"infographic": ("text/plain; charset=utf-8", _antv)},
)
