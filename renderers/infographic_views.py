"""Designs that are a picture of the idea: what is under water, what overlaps, what spans a gap, what stands round a core."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from flipchart.renderers.drawing import Align, Box, Command, Connector, Item, Path
from flipchart.renderers.infographic_panel import COLUMN, Block, Entry, Panel, circle, flow, pile, pile_with, polygon, sector
from flipchart.renderers.style import on, readable


def iceberg(panel: Panel) -> float | None:
    """What is seen above the water, and what carries it below."""
    if len(panel.entries) < 2:
        return None
    above, below = panel.entries[0], panel.entries[1:]
    wide = panel.w >= 520
    pad = panel.px(20)
    across = min(panel.w * (0.36 if wide else 0.3), panel.high / 1.4)
    left = panel.x + across + panel.px(28 if wide else 10)
    w = panel.x + panel.w - left - pad
    level = 2 if wide else 1
    words = panel.words(above, w, label=level)
    water = panel.tint(0.14) if panel.style.fills else None
    columns = 2 if w >= panel.px(560) and len(below) > 3 else 1
    gap, between = panel.px(18), panel.px(32)
    room = (w - between * (columns - 1)) / columns
    deep = [panel.words(e, room, label=level if len(below) < 3 else 1, fill=water, inside="iceberg.water") for e in below]
    counts = flow([block.h for block in deep], columns, gap)
    ends = [0, *accumulate(counts)]
    rest = max(sum(block.h + gap for block in deep[a:b]) - gap for a, b in pairwise(ends))
    more = panel.share(2, 90)
    top_h = max(words.h + panel.px(32), across * 0.42) + more * 0.6
    deep_h = max(rest + 2 * panel.px(28), across * 0.9) + more * 1.4
    line = panel.y + top_h
    sea = Box(panel.x, line, panel.w, deep_h, fill=water, stroke=None if water else panel.style.rule, radius=0.0, name="iceberg.water")
    if panel.style.rough:
        sea = replace(sea, stroke=panel.style.accent, stroke_width=panel.style.line)
    cx = panel.x + across / 2 + (pad * 0.5 if wide else 4.0)
    half = across / 2
    tip_top, floor = line - min(top_h - 4.0, across * 0.9), line + deep_h - panel.px(20)
    reach = line - tip_top
    tip = polygon(
        (cx - half * 0.62, line),
        (cx - half * 0.4, line - reach * 0.56),
        (cx - half * 0.12, line - reach * 0.72),
        (cx + half * 0.06, tip_top),
        (cx + half * 0.3, line - reach * 0.48),
        (cx + half * 0.64, line),
    )
    drop = floor - line
    body = polygon(
        (cx - half * 0.62, line), (cx + half * 0.64, line), (cx + half * 0.96, line + drop * 0.26), (cx + half * 0.62, line + drop * 0.66),
        (cx + half * 0.1, floor), (cx - half * 0.34, line + drop * 0.78), (cx - half * 0.92, line + drop * 0.34),
    )  # fmt: skip
    shade = polygon(
        (cx + half * 0.06, tip_top), (cx + half * 0.3, line - reach * 0.48), (cx + half * 0.64, line), (cx + half * 0.1, line),
    )  # fmt: skip
    edge = None if panel.style.fills else panel.style.accent
    panel.add(sea, *panel.shape(body, panel.style.accent if panel.style.fills else None, edge))
    panel.add(*panel.shape(tip, panel.tint(0.3) if panel.style.fills else None, edge))
    if panel.style.fills:
        panel.add(Path(shade, panel.tint(0.45)))
    panel.add(panel.rule(panel.x, line, panel.x + panel.w, line, panel.style.accent, 2.0))
    panel.group(above, *words.at(left, panel.y + max(0.0, (top_h - words.h) / 2)))
    for column, (start, end) in enumerate(pairwise(ends)):
        y = line + (deep_h - rest) / 2
        for entry, block in zip(below[start:end], deep[start:end], strict=True):
            panel.group(entry, *block.at(left + column * (room + between), y))
            y += block.h + gap
    return line + deep_h


def bridge(panel: Panel) -> float | None:
    """From one side to the other over a bridge; what stands between them is written on it."""
    count = len(panel.entries)
    if count not in (2, 3) or panel.w < 480:
        return None
    first, last = panel.entries[0], panel.entries[-1]
    gap = panel.w * (0.3 if count == 3 else 0.2)
    w = (panel.w - gap) / 2
    pad = panel.px(20)
    level = 2 if max(len(first.label), len(last.label)) <= 36 else 1
    ends = []
    for entry in (first, last):
        fill = panel.ground(strong=entry is last)
        words = panel.words(entry, w - 2 * pad, label=level, fill=fill, inside=f"{entry.id}.card")
        ends.append(words)
    middle = panel.words(panel.entries[1], gap - panel.px(24), align="middle") if count == 3 else Block()
    deck = panel.px(14)
    arch_h = panel.px(76) + panel.share(1, 70)
    h = max(max(block.h for block in ends) + 2 * pad, middle.h + panel.px(20)) + panel.share(1, 60)
    road = panel.y + h + panel.px(8)
    foot = road + deck + arch_h
    for entry, words, x in ((first, ends[0], panel.x), (last, ends[1], panel.x + panel.w - w)):
        card = panel.card(x, panel.y + h - (words.h + 2 * pad), w, words.h + 2 * pad, f"{entry.id}.card", strong=entry is last)
        panel.group(entry, card, *words.at(x + pad, panel.y + h - words.h - pad))
    a, b = panel.x + w * 0.86, panel.x + panel.w - w * 0.86
    slope = panel.px(26)
    fills = (panel.tint(0.3), panel.style.accent)
    cliffs = (
        polygon((panel.x, road), (a, road), (a - slope * 0.4, road + arch_h * 0.5), (a - slope, foot), (panel.x, foot)),
        polygon((panel.x + panel.w, road), (b, road), (b + slope * 0.4, road + arch_h * 0.5), (b + slope, foot), (panel.x + panel.w, foot)),
    )
    for d, fill in zip(cliffs, fills, strict=True):
        panel.add(*panel.shape(d, fill if panel.style.fills else None, None if panel.style.fills else panel.style.accent))
    ink = panel.style.ink
    panel.add(Box(a - panel.px(10), road, b - a + panel.px(20), deck * 0.6, fill=ink, radius=2.0))
    y = road + deck * 0.6
    reach = arch_h * 0.6
    arch: tuple[Command, ...] = (
        ("M", (a - slope * 0.2, y + reach)),
        ("C", (a + (b - a) * 0.25, y, b - (b - a) * 0.25, y, b + slope * 0.2, y + reach)),
    )
    posts = [panel.rule(x, y, x, y + reach * _hang(t), ink, 2.0) for t in (0.12, 0.28, 0.72, 0.88) for x in (a + (b - a) * t,)]
    panel.add(Path(arch, None, ink, 3.0), *posts)
    if count == 3:
        panel.group(panel.entries[1], *middle.at(panel.x + w + panel.px(12), road - panel.px(12) - middle.h))
    else:
        panel.add(
            Connector(
                ((panel.x + w + panel.px(14), road - panel.px(16)), (panel.x + panel.w - w - panel.px(14), road - panel.px(16))),
                panel.accent,
                stroke_width=3.0,
            )
        )
    return foot


def _hang(t: float) -> float:
    """How far under the deck the arch runs at the share `t` of its span."""
    return (1 - t) ** 3 + t**3


def venn(panel: Panel) -> float | None:
    """Two or three circles that overlap; what two sides share stands where they do."""
    count = len(panel.entries)
    if count not in (2, 3):
        return None
    return _two_circles(panel) if count == 2 else _three_circles(panel)


def _disc(panel: Panel, cx: float, cy: float, r: float, strong: bool = False) -> list[Item]:
    d = circle(cx, cy, r)
    ground = [Path(d, panel.style.accent, opacity=0.24 if strong else 0.14)] if panel.style.fills else []
    return [*ground, *panel.shape(d, None, panel.style.accent)]


def _two_circles(panel: Panel) -> float | None:
    one, two = panel.entries
    common = [child for child in one.children if child.label in {c.label for c in two.children} and not child.said and not child.figure]
    names = {child.label for child in common}
    r = min(panel.w / (3.25 if common else 3.5), panel.px(230))
    if panel.w < 480:
        r = panel.w / 3.25
    r = min(r, panel.high / 2)
    lap = r * (0.75 if common else 0.5)
    cx = panel.x + panel.w / 2
    centres = (cx - r + lap / 2, cx + r - lap / 2)
    w = (2 * r - lap) * 0.66
    blocks = []
    for entry in (one, two):
        rest = replace(entry, children=tuple(c for c in entry.children if c.label not in names))
        blocks.append(panel.words(rest, w, label=1 if panel.narrow else panel.even(12), align="middle" if not rest.children else "start"))
    shared = _stacked(panel, common, lap * 0.86)
    if max(block.h for block in blocks) > r * 1.1 or shared.h > r * 1.15:
        return None
    cy = panel.y + r + panel.share(1, 40) / 2
    for entry, block, x, sign in zip((one, two), blocks, centres, (-1, 1), strict=True):
        left = x + sign * lap * 0.5 - w / 2 + (-sign) * r * 0.02
        panel.group(entry, *_disc(panel, x, cy, r), *block.at(left, cy - block.h / 2))
    if common:
        panel.group(one, *shared.at(cx - lap * 0.43, cy - shared.h / 2))
    return panel.y + 2 * r + panel.share(1, 40)


def _stacked(panel: Panel, entries: Sequence[Entry], w: float) -> Block:
    return pile([panel.field(entry, "label", w, fill=panel.style.ink, align="middle") for entry in entries], panel.px(8))


def _three_circles(panel: Panel) -> float | None:
    r = min(panel.w / (3.4 if panel.narrow else 4.2), panel.px(170), panel.high / 3.2)
    if any(entry.children or entry.figure for entry in panel.entries):
        return None
    reach = r * 0.78
    cx = panel.x + panel.w / 2
    angles = (-math.pi / 2, math.pi * 5 / 6, math.pi / 6)
    top = panel.y + r + panel.share(1, 40) / 2
    cy = top + reach
    w = r * 1.02
    for entry, angle in zip(panel.entries, angles, strict=True):
        x, y = cx + reach * math.cos(angle), cy + reach * math.sin(angle)
        block = panel.words(entry, w, align="middle", label=1 if panel.narrow else panel.even(22))
        if block.h > r * 0.95:
            return None
        # Words keep to the part of the circle that is its own.
        tx, ty = cx + (reach + r * 0.36) * math.cos(angle), cy + (reach + r * (0.3 if angle < 0 else 0.42)) * math.sin(angle)
        panel.group(entry, *_disc(panel, x, y, r), *block.at(tx - w / 2, ty - block.h / 2))
    return panel.y + 2 * r + reach * 1.5 + panel.share(1, 40)


def layers(panel: Panel) -> float | None:
    """Plates one above the other, words beside each."""
    count = len(panel.entries)
    if not 2 <= count <= 7:
        return None
    wide = panel.w >= 520
    across = panel.w * (0.42 if wide else 0.3)
    left = panel.x + across + panel.px(40 if wide else 16)
    w = panel.x + panel.w - left
    depth = across * 0.24
    thick = panel.px(12)
    words = [panel.words(e, panel.measure(w), label=panel.even(30) if wide else 1) for e in panel.entries]
    more = panel.share(count, 40)
    pitch = max(panel.px(44), *(block.h + panel.px(16) for block in words)) + more
    top = panel.y + max(0.0, (depth + thick - pitch) / 2)
    total = pitch * (count - 1) + max(pitch, depth + thick)
    cx = panel.x + across / 2
    half = across / 2
    for i in reversed(range(count)):
        entry, block = panel.entries[i], words[i]
        y = top + pitch * i + max(0.0, pitch - depth - thick) / 2
        fill = panel.rising(count - 1 - i, count, 0.2, 0.55)
        near, rim_y = y + depth, y + depth / 2
        plate = polygon((cx, y), (cx + half, rim_y), (cx, near), (cx - half, rim_y))
        rim = polygon(
            (cx - half, rim_y), (cx, near), (cx + half, rim_y), (cx + half, rim_y + thick), (cx, near + thick), (cx - half, rim_y + thick)
        )
        dark = readable(fill, fill, 1.5)
        items: list[Item] = []
        if panel.style.fills:
            items += [*panel.shape(rim, dark), *panel.shape(plate, fill)]
        else:
            items += [*panel.shape(rim, panel.style.sheet, panel.style.accent), *panel.shape(plate, panel.style.sheet, panel.style.accent)]
        size = min(depth * 0.5, panel.px(28))
        ink = on(fill) if panel.style.fills else panel.accent
        items += panel.emblem(entry, cx, y + depth / 2, size, ink)
        middle = y + (depth + thick) / 2
        if wide:
            items.append(panel.rule(cx + half + panel.px(6), y + depth / 2, left - panel.px(10), y + depth / 2))
            middle = y + depth / 2
        panel.group(entry, *items, *block.at(left, middle - block.h / 2))
    return panel.y + total


def hub(panel: Panel) -> float | None:
    """What stands round a core, each at the end of its spoke."""
    count = len(panel.entries)
    if not 3 <= count <= 8 or not panel.wide:
        return None
    gap = panel.px(20)
    size = panel.px(52)
    radius = min(panel.px(170), panel.w * 0.19)
    w = (panel.w - 2 * radius - size) / 2 - gap
    if w < COLUMN * panel.size(1):
        return None
    right = (count + 1) // 2
    level = 2 if all(len(e.label) <= 18 for e in panel.entries) and w > 200 else 1
    made = [
        panel.words(e, panel.measure(w, 360.0), label=level, align="start" if i < right else "end") for i, e in enumerate(panel.entries)
    ]
    tall = max(size, *(block.h for block in made))
    reach = max((tall + panel.px(20)) * (right - 1) / 2, radius * 0.9) + panel.share(1, 80) / 2
    total = 2 * reach + tall
    cx, cy = panel.x + panel.w / 2, panel.y + total / 2
    core = radius * 0.44
    panel.add(*_core(panel, cx, cy, core))
    for i, (entry, block) in enumerate(zip(panel.entries, made, strict=True)):
        at_right = i < right
        # From the top down at the right, then from the foot up at the left; heights are even, so that words stand at even distances.
        n, many = (i, right) if at_right else (count - 1 - i, count - right)
        height = 2 * n / (many - 1) - 1 if many > 1 else 0.0
        bulge = radius * math.sqrt(1 - (0.72 * height) ** 2)
        x, y = cx + (bulge if at_right else -bulge), cy + reach * height
        long = math.hypot(x - cx, y - cy)
        ux, uy = (x - cx) / long, (y - cy) / long
        spoke = panel.rule(
            cx + ux * (core + 4), cy + uy * (core + 4), x - ux * (size / 2 + 3), y - uy * (size / 2 + 3), panel.tint(0.45), 2.0
        )
        mark = panel.mark(entry, size, number=panel.marks != "icon")
        left = x + size / 2 + gap * 0.8 if at_right else x - size / 2 - gap * 0.8 - panel.measure(w, 360.0)
        panel.group(entry, spoke, *mark.at(x - size / 2, y - size / 2), *block.at(left, y - block.h / 2))
    return panel.y + total


def _core(panel: Panel, cx: float, cy: float, r: float) -> list[Item]:
    """The core of a hub: how many parts there are."""
    fill = panel.style.accent if panel.style.fills else None
    items: list[Item] = [*panel.shape(circle(cx, cy, r), fill, None if fill else panel.style.accent)]
    ink = on(fill) if fill else panel.accent
    return [*items, panel.centred(str(len(panel.entries)), cx, cy, r * 0.9, ink)]


def fan(panel: Panel) -> float | None:
    """Points along the rim of a half disc, words to their right."""
    count = len(panel.entries)
    if not 3 <= count <= 8 or panel.narrow:
        return None
    size = panel.px(44)
    radius = min(panel.w * 0.26, panel.px(240))
    level = panel.even(30)
    bend = radius * 0.3
    left0 = panel.x + radius + size / 2 + panel.px(16)
    made = [panel.words(e, panel.measure(panel.x + panel.w - left0, 560.0), label=level) for e in panel.entries]
    pitch = max(size, *(block.h for block in made)) + panel.px(14) + panel.share(count, 40)
    total = pitch * count
    cy = panel.y + total / 2
    # A flat arc: its middle bulges by `bend`.
    half = total / 2
    big = (half * half + bend * bend) / (2 * bend)
    cx = panel.x + radius - big
    core = min(radius * 0.66, total * 0.32)
    for i, (entry, block) in enumerate(zip(panel.entries, made, strict=True)):
        y = panel.y + pitch * (i + 0.5)
        x = cx + math.sqrt(max(0.0, big * big - (y - cy) ** 2))
        mark = panel.mark(entry, size, solid=True, number=panel.marks != "icon")
        start = (panel.x + core * math.cos(math.atan2(y - cy, x - panel.x)), cy + core * math.sin(math.atan2(y - cy, x - panel.x)))
        spoke = panel.rule(start[0], start[1], x - size / 2, y, panel.tint(0.4), 1.5)
        panel.group(entry, spoke, *mark.at(x - size / 2, y - size / 2), *block.at(x + size / 2 + panel.px(16), y - block.h / 2))
    d = sector(panel.x, cy, core, 0.01, -math.pi / 2, math.pi / 2)
    fill = panel.style.accent if panel.style.fills else None
    panel.add(*panel.shape(d, fill, None if fill else panel.style.accent))
    ink = on(fill) if fill else panel.accent
    panel.add(panel.centred(str(count), panel.x + core * 0.45, cy, core * 0.62, ink))
    return panel.y + total


def target(panel: Panel) -> float | None:
    """Rings round a centre: the first is the core, each next one holds the ones before it."""
    count = len(panel.entries)
    if not 2 <= count <= 6:
        return None
    wide = panel.w >= 520
    r = min(panel.px(170), panel.w * (0.24 if wide else 0.3))
    left = panel.x + 2 * r + panel.px(40) if wide else panel.x
    w = panel.x + panel.w - left
    level = 2 if wide and all(len(e.label) <= 30 for e in panel.entries) else 1
    number = panel.px(28) if not wide else 0.0
    words = [panel.words(e, panel.measure(w - number - (panel.px(8) if number else 0.0)), label=level) for e in panel.entries]
    gap = panel.px(16)
    more = panel.share(count, 36)
    need = sum(block.h for block in words) + (gap + more) * (count - 1)
    total = max(2 * r, need) if wide else 2 * r + panel.px(24) + need
    cx = panel.x + (r if wide else panel.w / 2)
    cy = panel.y + (total / 2 if wide else r)
    radii = [r * (i + 1) / count for i in range(count)]
    for i in reversed(range(count)):
        fill = panel.rising(count - 1 - i, count, 0.14, 0.6) if panel.style.fills else None
        panel.add(*panel.shape(circle(cx, cy, radii[i]), fill, panel.style.sheet if fill else panel.style.accent))
    y = panel.y + (max(0.0, (total - need) / 2) if wide else 2 * r + panel.px(24))
    for i, (entry, block) in enumerate(zip(panel.entries, words, strict=True)):
        fill = panel.rising(count - 1 - i, count, 0.14, 0.6) if panel.style.fills else None
        ring = radii[i] - (radii[i - 1] if i else 0.0)
        spot = cy - (radii[i] - ring / 2 if i else 0.0)
        ink = panel.on(fill)[0] if fill else panel.accent
        items: list[Item] = [panel.centred(str(entry.n), cx, spot, min(panel.size(2), ring * 0.62), ink)] if ring >= 20 else []
        if wide:
            first = y + panel.size(level) * 0.62
            angle = math.atan2(first - cy, left - panel.px(10) - cx)
            reach = radii[i] - ring / 2
            near = (cx + reach * math.cos(angle), cy + reach * math.sin(angle))
            dot = panel.px(6)
            items.append(Connector((near, (left - panel.px(10), first)), panel.style.quiet, heads="none", stroke_width=1.0))
            items.append(Box(near[0] - dot / 2, near[1] - dot / 2, dot, dot, fill=panel.style.ink, shape="ellipse"))
            panel.group(entry, *items, *block.at(left, y))
        else:
            label = panel.text(str(entry.n), number, 1, bold=True, fill=panel.accent)
            panel.group(entry, *items, *label.at(left, y), *block.at(left + number + panel.px(8), y))
        y += block.h + gap + more
    return panel.y + total


def mindmap(panel: Panel) -> float | None:
    """A topic in the middle, its branches on both sides."""
    if not panel.wide:
        return None
    root = panel.entries[0] if len(panel.entries) == 1 and panel.entries[0].children else None
    branches = root.children if root else panel.entries
    if not 2 <= len(branches) <= 10 or any(leaf.children for branch in branches for leaf in branch.children):
        return None
    if not root and not any(branch.children for branch in branches):
        return None
    core_w = panel.w * (0.19 if root else 0.095)
    gap = panel.px(44 if panel.w > 800 else 28)
    w = (panel.w - core_w) / 2 - gap
    # What the branches' names leave is for what they hold.
    mid_w = panel.column((branch.label for branch in branches), 1, panel.px(60), min(w * 0.48, panel.px(170)) - panel.px(20)) + panel.px(20)
    leaf_gap = panel.px(16)
    if panel.h is not None and w - mid_w - leaf_gap < 0.7 * COLUMN * panel.size(1) and panel.scale > 1.0:
        return None  # no larger type than what a branch holds has room for
    # Which branches stand at the right is told from about how much each says.
    right = _half([1.0 + len(branch.children) + len(branch.text) / 30 for branch in branches])
    blocks = []
    for i, branch in enumerate(branches):
        inside = f"{branch.id}.node"
        name = panel.field(
            branch, "label", mid_w - panel.px(20), fill=panel.on(panel.ground(strong=True))[0], align="middle", inside=inside
        )
        rest = _leaf_words(panel, branch, w - mid_w - leaf_gap, i < right)
        blocks.append((name, rest))
    heights = [max(name.h + panel.px(18), rest.h) for name, rest in blocks]
    space = panel.px(20) + panel.share(max(right, len(branches) - right), 40)
    sums = [sum(h) + space * (len(h) - 1) for h in (heights[:right], heights[right:])]
    core = root or None
    label = core.label if core else ""
    fill = panel.style.accent if panel.style.fills else None
    ink = on(panel.style.accent) if fill else panel.accent
    if core:
        words = pile_with(
            [
                (
                    panel.field(
                        core, "label", core_w - panel.px(24), 2 if len(label) <= 18 else 1, fill=ink, align="middle", inside="mindmap.core"
                    ),
                    panel.px(3),
                ),
                (panel.field(core, "text", core_w - panel.px(24), 0, fill=ink, align="middle", inside="mindmap.core"), 0.0),
            ]
        )
    else:
        words = Block()
    size = core_w
    box_h = words.h + panel.px(28) if core else size
    box_w = core_w if core else size
    total = max(*sums, panel.px(96), box_h)
    cy = panel.y + total / 2
    cx = panel.x + panel.w / 2
    box = Box(
        cx - box_w / 2, cy - box_h / 2, box_w, box_h, fill=fill, stroke=panel.style.accent, stroke_width=panel.style.line,
        radius=min(box_h / 2, panel.style.radius * 1.4), name="mindmap.core",
    )  # fmt: skip
    for at_right, part, tall in ((True, slice(0, right), sums[0]), (False, slice(right, None), sums[1])):
        y = cy - tall / 2
        for branch, (name, rest), h in list(zip(branches, blocks, heights, strict=True))[part]:
            middle = y + h / 2
            node_h = name.h + panel.px(18)
            x = cx + core_w / 2 + gap if at_right else cx - core_w / 2 - gap - mid_w
            node = panel.card(x, middle - node_h / 2, mid_w, node_h, f"{branch.id}.node", strong=True)
            start = (cx + (box_w / 2 if at_right else -box_w / 2), cy)
            end = (x if at_right else x + mid_w, middle)
            bow = (start[0] + end[0]) / 2
            curve: tuple[Command, ...] = (("M", start), ("C", (bow, start[1], bow, end[1], *end)))
            leaf_x = x + mid_w + leaf_gap if at_right else panel.x
            panel.group(
                branch, Path(curve, None, panel.tint(0.55), 2.5), node, *name.at(x + panel.px(10), middle - name.h / 2),
                *rest.at(leaf_x if at_right else panel.x, middle - rest.h / 2),
            )  # fmt: skip
            y += h + space
    if core:
        panel.group(core, box, *words.at(cx - core_w / 2 + panel.px(12), cy - words.h / 2))
    else:
        panel.add(*_core(panel, cx, cy, size / 2))
    return panel.y + total


def _leaf_words(panel: Panel, branch: Entry, w: float, at_right: bool) -> Block:
    """What a branch says beside its name: its date, figure and text, and the points it holds, each on lines of its own."""
    align: Align = "start" if at_right else "end"
    head = panel.words(replace(branch, label="", children=()), w, align=align)
    points = []
    for child in branch.children:
        said = " ".join(part for part in (child.figure, child.unit) if part)
        points.append(
            pile(
                (
                    panel.field(child, "when", w, 0, align=align),
                    panel.field(child, "label", w, bold=False, align=align, fill=panel.style.ink),
                    panel.text(said, w, 1, bold=True, align=align, part=child.id, field="value", role="value"),
                    panel.field(child, "text", w, 0, align=align),
                ),
                panel.px(1),
            )
        )
    return pile((head, *points), panel.px(6))


def _half(heights: Sequence[float]) -> int:
    """How many of the blocks stand at the right so that both sides are about as tall."""
    best, at = math.inf, 1
    for n in range(1, len(heights)):
        cost = abs(sum(heights[:n]) - sum(heights[n:])) - (0.1 if n >= len(heights) / 2 else 0.0)
        if cost < best:
            best, at = cost, n
    return at
