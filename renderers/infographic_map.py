"""The design for places on a map: the countries that the points name, numbered, and what is said of each beside it."""

import math
from collections.abc import Sequence
from functools import lru_cache

from flipchart.renderers import places
from flipchart.renderers.drawing import Box, Command, Item, Path, mirrored
from flipchart.renderers.infographic_panel import Panel, polygon
from flipchart.renderers.style import mix, on

Outline = tuple[Command, ...]
Point = tuple[float, float]


def codes(labels: Sequence[str], lang: str) -> tuple[str, ...]:
    """The country that each label names; empty unless each names another one."""
    found = tuple(places.code(label, lang) for label in labels)
    return found if all(found) and len(set(found)) == len(found) else ()


def atlas(panel: Panel) -> float | None:
    """A map with the places numbered, and beside it (on a narrow or tall page below it) what there is to say of each."""
    known = codes([entry.label for entry in panel.entries], panel.lang)
    if not 2 <= len(known) <= 12 or any(entry.children for entry in panel.entries):
        return None
    beside = panel.w >= 640 and not panel.tall
    gap, disc, between = panel.px(28), panel.px(24), panel.px(14)
    wide = panel.w * 0.6 - gap if beside else panel.w
    left = disc + panel.px(12)
    columns = 1 if beside or panel.w < 520 else 2
    w = (panel.w - wide - gap if beside else (panel.w - gap * (columns - 1)) / columns) - left
    said = [panel.words(entry, w, label=1) for entry in panel.entries]
    lines = math.ceil(len(said) / columns)
    rows = [max([disc, *(block.h for block in said[line::lines])]) for line in range(lines)]
    more = panel.share(lines, 28) if beside else 0.0
    listed = sum(rows) + (between + more) * (lines - 1)
    most = panel.high if beside else panel.high - listed - gap
    if most < panel.px(120):
        return None
    high = min(wide * 0.8, most, max(listed, wide * 0.62) + panel.spare)
    blank, shown, middles = _outlines(known, round(wide), round(high), round(disc) + 3)
    ground = mix(panel.style.quiet, panel.style.sheet, 0.16)
    edge = panel.style.sheet if panel.style.fills else panel.style.rule
    panel.add(*_placed(panel, [Path(blank, ground if panel.style.fills else None, edge, 0.7)], wide))
    x = panel.x + (wide + gap if beside else 0.0)
    top = panel.y + (max(0.0, (high - listed) / 2) if beside else high + gap)
    y = top
    for n, (entry, block) in enumerate(zip(panel.entries, said, strict=True)):
        if n % lines == 0:
            y = top
        lx = x + (n // lines) * (w + left + gap)
        tint = panel.tint(0.4) if panel.style.fills else None
        country: list[Item] = [Path(shown[n], tint, panel.style.accent, 1.2)]
        spot = _disc(panel, entry.n, panel.x + middles[n][0], panel.y + middles[n][1], disc)
        mark = _disc(panel, entry.n, lx + disc / 2, y + disc / 2, disc)
        panel.group(entry, *_placed(panel, country, wide), *_placed(panel, spot, wide, moved=False), *mark, *block.at(lx + left, y + 1))
        y += rows[n % lines] + between + more
    return max(panel.y + high, top + listed)


def _disc(panel: Panel, number: int, cx: float, cy: float, size: float) -> list[Item]:
    fill = panel.style.accent if panel.style.fills else panel.style.sheet
    disc = Box(cx - size / 2, cy - size / 2, size, size, fill=fill, stroke=panel.accent, stroke_width=1.5, shape="ellipse")
    return [disc, panel.centred(str(number), cx, cy, size * 0.54, on(fill) if panel.style.fills else panel.accent)]


def _placed(panel: Panel, items: Sequence[Item], wide: float, *, moved: bool = True) -> list[Item]:
    """Parts of a map this `wide` at its place on the panel. Sheets that read from the right are mirrored, the world is not: turned once
    here, it comes out as it is."""
    put = [_shifted(item, panel.x, panel.y) if moved and isinstance(item, Path) else item for item in items]
    return [mirrored(item, 2 * panel.x + wide) for item in put] if panel.rtl else put


def _shifted(path: Path, dx: float, dy: float) -> Path:
    d = tuple((letter, tuple(n + (dy if at % 2 else dx) for at, n in enumerate(numbers))) for letter, numbers in path.d)
    return Path(d, path.fill, path.stroke, path.stroke_width)


@lru_cache(maxsize=32)
def _outlines(known: tuple[str, ...], wide: int, high: int, apart: int) -> tuple[Outline, tuple[Outline, ...], tuple[Point, ...]]:
    """All other countries as one shape, each of those that are known, and where its number stands, so many px `apart`, in a room of px."""
    from flipchart.renderers.globe import view, within, world

    project, bounds, near = view(known)
    scale = min(wide / (bounds[2] - bounds[0]), high / (bounds[3] - bounds[1]))
    left, top = (wide - (bounds[2] - bounds[0]) * scale) / 2, (high - (bounds[3] - bounds[1]) * scale) / 2
    fit, frame = (bounds[0], bounds[1], left, top, scale), (0.0, 0.0, float(wide), float(high))

    def rings(code: str) -> list[list[Point]]:
        flat = [project(ring) for ring in places.outlines()[code]] if near else world()[code]
        return [[(round(float(x), 1), round(float(y), 1)) for x, y in ring] for ring in within(flat, fit, frame) if len(ring) > 3]

    blank = [ring for code in places.outlines() if code not in known and code != "AQ" for ring in rings(code)]
    own = [rings(code) for code in known]
    shown = tuple(tuple(command for ring in some for command in polygon(*ring)) for some in own)
    return tuple(command for ring in blank for command in polygon(*ring)), shown, _apart([_middle(some) for some in own], wide, high, apart)


def _middle(rings: Sequence[Sequence[Point]]) -> Point:
    """The middle of the largest ring's area."""
    best, middle = -1.0, (0.0, 0.0)
    for ring in rings:
        area = cx = cy = 0.0
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = ax * by - bx * ay
            area, cx, cy = area + cross / 2, cx + (ax + bx) * cross / 6, cy + (ay + by) * cross / 6
        if abs(area) > best:
            best = abs(area)
            middle = (cx / area, cy / area) if area else ring[0]
    return middle


def _apart(places: Sequence[Point], wide: float, high: float, least: float) -> tuple[Point, ...]:
    """The places moved until none are nearer than `least` px to each other, within the map."""
    out = [list(place) for place in places]
    for _ in range(60):
        for a in range(len(out)):
            for b in range(a):
                dx, dy = out[a][0] - out[b][0], out[a][1] - out[b][1]
                far = math.hypot(dx, dy)
                if far < least:
                    ux, uy = (dx / far, dy / far) if far > 0.01 else (1.0, 0.0)
                    push = (least - far) / 2 + 0.1
                    out[a] = [out[a][0] + ux * push, out[a][1] + uy * push]
                    out[b] = [out[b][0] - ux * push, out[b][1] - uy * push]
    half = least / 2
    return tuple((min(max(x, half), wide - half), min(max(y, half), high - half)) for x, y in out)
