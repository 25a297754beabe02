"""Designs whose outline says how things relate: tree, outline, pyramid, funnel, ring."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from flipchart.renderers.drawing import Align, Box, Command, Connector, Item, moved
from flipchart.renderers.infographic_panel import COLUMN, Block, Entry, Panel, arc, flow, pile, polygon
from flipchart.renderers.style import on
from flipchart.renderers.typeset import measure


def _every(entries: Sequence[Entry]) -> list[Entry]:
    return [inner for entry in entries for inner in (entry, *_every(entry.children))]


def _leaves(entry: Entry) -> int:
    return sum(_leaves(child) for child in entry.children) or 1


def _depth(entry: Entry) -> int:
    return 1 + max((_depth(child) for child in entry.children), default=0)


def tree(panel: Panel) -> float | None:
    """Boxes below (or, where the page is too narrow, beside) the box they belong to."""
    if not any(entry.children for entry in panel.entries):
        return None
    leaves = sum(_leaves(entry) for entry in panel.entries)
    depth = max(_depth(entry) for entry in panel.entries)
    if depth > 5 or leaves > 24:
        return None
    gap = panel.px(14)
    slot = (panel.w + gap) / leaves
    if slot - gap >= panel.px(104):
        return _downwards(panel, slot, gap)
    if (panel.w + panel.px(36)) / depth - panel.px(36) >= panel.px(130):
        return _sideways(panel, depth)
    return None


def _node(panel: Panel, entry: Entry, w: float, level: int, name: str, align: Align = "middle") -> tuple[Block, float]:
    """The words of a node and the height of its box."""
    ground = panel.style.accent if level == 0 and panel.style.fills else panel.ground(strong=level == 1)
    ink, quiet = panel.on(ground)
    inner = w - 2 * panel.px(12)
    parts = (
        panel.field(entry, "when", inner, 0, fill=quiet, align=align, inside=name, bold=False),
        panel.figure(entry, inner, 2, fill=ink, quiet=quiet, align=align, inside=name),
        panel.field(entry, "label", inner, fill=ink, align=align, inside=name, bold=level < 2),
        panel.field(entry, "text", inner, 0, fill=quiet, align=align, inside=name, leading=1.34),
    )
    words = pile(parts, panel.px(3))
    return words, words.h + 2 * panel.px(11)


def _box(panel: Panel, x: float, y: float, w: float, h: float, level: int, name: str) -> Box:
    if level == 0:
        fill = panel.style.accent if panel.style.fills else None
        return Box(
            x, y, w, h, fill=fill, stroke=panel.style.accent, stroke_width=panel.style.line, radius=panel.style.radius * 0.75, name=name
        )
    box = panel.card(x, y, w, h, name, strong=level == 1)
    return Box(x, y, w, h, fill=box.fill, stroke=box.stroke, stroke_width=box.stroke_width, radius=panel.style.radius * 0.75, name=name)


def _downwards(panel: Panel, slot: float, gap: float) -> float | None:
    """Root on top, leaves side by side at the foot."""
    single = len(panel.entries) == 1
    tops: dict[int, float] = {}
    tall: dict[int, float] = {}
    widths: dict[str, float] = {}

    def width(entry: Entry, level: int) -> float:
        span = _leaves(entry) * slot - gap
        most = panel.px(240 if level else 280)
        return min(span, max(most, slot - gap) if entry.children else most)

    def visit(entry: Entry, level: int) -> None:
        widths[entry.id] = width(entry, level)
        _, h = _node(panel, entry, widths[entry.id], level + (0 if single else 1), f"{entry.id}.node")
        tall[level] = max(tall.get(level, 0.0), h)
        for child in entry.children:
            visit(child, level + 1)

    for entry in panel.entries:
        visit(entry, 0)
    between = panel.px(44) + panel.share(max(1, len(tall) - 1), 40)
    y = panel.y
    for level in sorted(tall):
        tops[level] = y
        y += tall[level] + between
    counter = [0]

    def draw(entry: Entry, x: float, level: int, above: Box | None) -> None:
        counter[0] += 1
        span = _leaves(entry) * slot - gap
        w = widths[entry.id]
        name = f"{entry.id}.node"
        words, _ = _node(panel, entry, w, level + (0 if single else 1), name)
        left = x + (span - w) / 2
        h = tall[level]
        box = _box(panel, left, tops[level], w, h, level + (0 if single else 1), name)
        items: list[Item] = []
        if above is not None:
            ax, ay, bx, by = above.x + above.w / 2, above.y + above.h, left + w / 2, tops[level]
            turn = by - between / 2
            points = ((ax, ay), (bx, by)) if abs(ax - bx) < 1 else ((ax, ay), (ax, turn), (bx, turn), (bx, by))
            items.append(Connector(points, panel.tint(0.5), above.name, name, heads="none"))
        shown = Entry(entry.id, counter[0], entry.label)
        panel.group(shown, *items, box, *words.at(left + panel.px(12), tops[level] + (h - words.h) / 2))
        for child in entry.children:
            draw(child, x, level + 1, box)
            x += _leaves(child) * slot

    x = panel.x
    for entry in panel.entries:
        draw(entry, x, 0, None)
        x += _leaves(entry) * slot
    return y - between


def _sideways(panel: Panel, depth: int) -> float | None:
    """Root at the start, its branches to the right of it."""
    between = panel.px(36)
    w = (panel.w + between) / depth - between
    gap = panel.px(10)
    single = len(panel.entries) == 1
    counter = [0]

    def need(entry: Entry, level: int) -> float:
        _, h = _node(panel, entry, w, level + (0 if single else 1), f"{entry.id}.node", "start")
        kids = sum(need(child, level + 1) for child in entry.children) + gap * max(0, len(entry.children) - 1)
        return max(h, kids)

    def draw(entry: Entry, y: float, level: int, before: Box | None) -> float:
        counter[0] += 1
        n = counter[0]
        room = need(entry, level)
        name = f"{entry.id}.node"
        words, h = _node(panel, entry, w, level + (0 if single else 1), name, "start")
        x = panel.x + level * (w + between)
        top = y + (room - h) / 2
        box = _box(panel, x, top, w, h, level + (0 if single else 1), name)
        items: list[Item] = []
        if before is not None:
            ax, ay, bx, by = before.x + before.w, before.y + before.h / 2, x, top + h / 2
            points = ((ax, ay), (bx, by)) if abs(ay - by) < 1 else ((ax, ay), (ax + between / 2, ay), (ax + between / 2, by), (bx, by))
            items.append(Connector(points, panel.tint(0.5), before.name, name, heads="none"))
        panel.group(Entry(entry.id, n, entry.label), *items, box, *words.at(x + panel.px(12), top + (h - words.h) / 2))
        kids = sum(need(child, level + 1) for child in entry.children) + gap * max(0, len(entry.children) - 1)
        at = y + (room - kids) / 2
        for child in entry.children:
            at += draw(child, at, level + 1, box) + gap
        return room

    y = panel.y
    more = panel.share(len(panel.entries), 40)
    for entry in panel.entries:
        y += draw(entry, y, 0, None) + panel.px(24) + more
    return y - panel.px(24) - more


def outline(panel: Panel) -> float | None:
    """An indented tree with elbow lines, like the folders of a desk, in columns where the page is wide. Fits any depth."""
    if not any(entry.children for entry in panel.entries):
        return None
    root = panel.entries[0]
    if len(panel.entries) == 1 and any(child.children for child in root.children):
        # One root is a heading over what it holds.
        head = panel.words(replace(root, children=()), panel.measure(panel.w, 720.0), label=1 if panel.narrow else 2)
        below = replace(panel, y=panel.y + head.h + panel.px(18), out=[], entries=root.children)
        below.h = None if panel.h is None else panel.h - head.h - panel.px(18)
        bottom = outline(below)
        if bottom is not None and not below.strained:
            panel.group(root, *head.at(panel.x, panel.y))
            panel.add(*below.out)
            return bottom
    count, between = len(panel.entries), panel.px(40)
    columns = max(1, min(3, count // 2, int((panel.w + between) // (panel.px(320) + between))))
    if columns > 1:
        w = (panel.w - between * (columns - 1)) / columns
        made = [replace(panel, x=0.0, y=0.0, w=w, entries=(entry,), out=[], spare=0.0) for entry in panel.entries]
        beside = panel.in_line(_every([child for entry in panel.entries for child in entry.children]), w - panel.px(96))
        before = [0, *accumulate(len(_every([entry])) for entry in panel.entries)]
        tall = [_outline(inner, beside, n) for inner, n in zip(made, before, strict=False)]
        if not any(inner.strained for inner in made):
            ends = [0, *accumulate(flow(tall, columns, panel.px(22)))]
            more = panel.share(max(b - a for a, b in pairwise(ends)), 32)
            bottom = panel.y
            for column, (a, b) in enumerate(pairwise(ends)):
                y = panel.y
                for inner, h in zip(made[a:b], tall[a:b], strict=True):
                    panel.add(*(moved(item, panel.x + column * (w + between), y) for item in inner.out))
                    bottom = max(bottom, y + h)
                    y += h + panel.px(22) + more
            return bottom
    return _outline(panel, panel.in_line(_every([child for entry in panel.entries for child in entry.children]), panel.w - panel.px(96)))


def _outline(panel: Panel, beside: bool, counter: int = 0) -> float:
    """The tree in one column, texts beside their labels or below them; `counter` is how many points come before it."""
    indent = panel.px(24 if not panel.narrow else 16)
    y = panel.y
    gap = panel.px(8)

    def draw(entry: Entry, level: int, y: float) -> tuple[float, float]:
        """Draws the entry at y; gives back where its subtree ends and the middle of its first line."""
        nonlocal counter
        counter += 1
        n = counter
        x = panel.x + indent * level
        big = 2 if level == 0 and not panel.narrow else 1
        w = panel.x + panel.w - x
        said = Entry(entry.id, n, entry.label, entry.text, entry.value, entry.figure, entry.unit, entry.when)
        shift = panel.px(18) if level else 0.0
        if level == 0:
            words = panel.words(said, panel.measure(w, 720.0), label=big)
        else:
            words = panel.line(said, panel.measure(w - shift, 720.0), 1, bold=bool(entry.children), beside=beside)
        first = y + panel.size(big) * 1.24 / 2
        dot = panel.px(7)
        items: list[Item] = [*words.at(x + shift, y)]
        if level:
            items.append(Box(x - dot / 2 + panel.px(4), first - dot / 2, dot, dot, fill=panel.accent, shape="ellipse"))
        panel.group(said, *items)
        y += words.h + gap
        spine = x + indent * 0.5 - panel.px(8)
        trunk = y - gap + panel.px(2)
        last = trunk
        for child in entry.children:
            y, middle = draw(child, level + 1, y)
            panel.add(panel.rule(spine, middle, x + indent - panel.px(1), middle, panel.tint(0.4), 1.5))
            last = middle
        if entry.children:
            panel.add(panel.rule(spine, trunk, spine, last, panel.tint(0.4), 1.5))
        return y, first

    more = panel.share(len(panel.entries), 32)
    for i, entry in enumerate(panel.entries):
        if i:
            y += panel.px(14) + more
        y, _ = draw(entry, 0, y)
    return y - gap


def _slices(panel: Panel, tops: list[float], shades: list[str], held: str) -> float:
    """Slices one below the other with words beside them. `tops` are the widths at their upper edges (last one: the foot), as shares of the
    widest; each holds its "figure", its "number" or "nothing"."""
    count = len(panel.entries)
    across = panel.w * (0.34 if panel.narrow else 0.4)
    gap = 4.0
    left = panel.x + across + panel.px(14 if panel.narrow else 36)
    w = panel.x + panel.w - left
    level = 1 if panel.narrow or count > 5 else 2
    made = [panel.words(entry, w, label=level, figure=held != "figure") for entry in panel.entries]
    pad = panel.px(14)
    most = max(block.h for block in made) + pad
    more = panel.share(count, 24)
    even = most <= max(panel.px(150), 2.0 * sum(block.h + pad for block in made) / count)
    least = panel.px(34 if panel.low else 56)
    heights = [max(least, most if even else block.h + pad) + more for block in made]
    middle, y = panel.x + across / 2, panel.y
    for i, (entry, block, shade, tall) in enumerate(zip(panel.entries, made, shades, heights, strict=True)):
        a, b = across * tops[i] / 2, across * tops[i + 1] / 2
        b += (a - b) * gap / tall  # the gap is cut off the slope, so that the sides stay on one line
        d = polygon(
            *(((middle - a, y), (middle + a, y)) if a > 0.5 else ((middle, y),)),
            *(((middle + b, y + tall - gap), (middle - b, y + tall - gap)) if b > 0.5 else ((middle, y + tall - gap),)),
        )
        fill = shade if panel.style.fills else None
        items: list[Item] = [*panel.shape(d, fill, None if panel.style.fills else panel.style.accent)]
        share, half = _spot(a, b)
        ink = on(fill) if fill else panel.accent
        cx, cy, size = middle, y + (tall - gap) * share, panel.size(1 if panel.narrow else 2)
        words = {"figure": entry.figure, "number": str(entry.n)}.get(held, "")
        if words:
            fits = size * min(1.0, (2 * half - 6.0) / max(1.0, _bold(panel, words, size)))
            part, field = (entry.id, "value") if held == "figure" else ("", "")
            items.append(panel.centred(words, cx, cy, fits, ink, part=part, field=field))
        edge = middle + (a + b) / 2 + panel.px(8)
        line_y = y + (tall - gap) / 2
        if left - panel.px(10) - edge > 12:
            items.append(panel.rule(edge, line_y, left - panel.px(10), line_y))
        items += block.at(left, y + (tall - gap - block.h) / 2)
        panel.group(entry, *items)
        y += tall
    return y - gap


def _spot(a: float, b: float) -> tuple[float, float]:
    """Where in a slice of half widths `a` (top) and `b` (foot) its figure stands: share of its height, and the half width there."""
    share = 0.66 if a < b * 0.5 else 0.5
    # The figure is as tall as it is: its upper (or lower) corner meets the slope first.
    return share, min(a + (b - a) * (share - 0.16), a + (b - a) * (share + 0.16))


def _bold(panel: Panel, words: str, size: float) -> float:
    return measure(words, size, panel.style.sans, panel.style.bold)


def _held(panel: Panel, tops: list[float], wanted: str) -> str:
    """What the slices can hold in legible type: figures, else numbers, else nothing."""
    across = panel.w * (0.34 if panel.narrow else 0.4)
    halves = [_spot(across * a / 2, across * b / 2)[1] for a, b in pairwise(tops)]
    kinds = {"figure": [entry.figure for entry in panel.entries], "number": [str(entry.n) for entry in panel.entries]}
    for kind in ("figure", "number") if wanted == "figure" else ("number",):
        if all(words and _bold(panel, words, 14.0) <= 2 * half - 6 for words, half in zip(kinds[kind], halves, strict=True)):
            return kind
    return "nothing"


def pyramid(panel: Panel) -> float | None:
    """Levels of a pyramid, the first at the top, words beside them."""
    count = len(panel.entries)
    if not 3 <= count <= 7:
        return None
    tops = [i / count for i in range(count + 1)]
    return _slices(panel, tops, [panel.rising(count - 1 - i, count, 0.2, 0.5) for i in range(count)], _held(panel, tops, "number"))


def funnel(panel: Panel) -> float | None:
    """A funnel, the first and widest stage at the top, words beside it."""
    count = len(panel.entries)
    if not 2 <= count <= 8:
        return None
    numbers = [entry.value for entry in panel.entries if entry.value is not None]
    tops = [1.0 - 0.72 * i / count for i in range(count + 1)]
    if len(numbers) == count and numbers[-1] >= 0 and numbers[0] > 0 and all(a >= b for a, b in pairwise(numbers)):
        # Square roots keep thin stages wide enough for their figure; the figures say the rest.
        widths = [max(0.26, math.sqrt(number / numbers[0])) for number in numbers]
        tops = [*widths, widths[-1] * 0.86]
    return _slices(panel, tops, [panel.rising(i, count, 0.2, 0.5) for i in range(count)], _held(panel, tops, "figure"))


def ring(panel: Panel) -> float | None:
    """Stages round a ring of arrows, where the last leads to the first."""
    count = len(panel.entries)
    if not 3 <= count <= 8:
        return None
    if not panel.wide:
        return _ring_above(panel)
    gap = panel.px(40)
    size = min(panel.px(300), panel.w * 0.34)
    w = (panel.w - size - 2 * gap) / 2
    if panel.tall or w < COLUMN * panel.size(1):
        above = replace(panel, out=[], strained=False)
        bottom = _ring_above(above)
        if bottom is None or w < COLUMN * panel.size(1) or bottom <= panel.y + (panel.h or 0.0):
            panel.out, panel.strained = above.out, above.strained
            return bottom
    # Clockwise from the top: the first half stands at the right, the second at the left, read upwards.
    right = (count + 1) // 2
    made = [panel.words(e, panel.measure(w, 380.0), align="start" if i < right else "end") for i, e in enumerate(panel.entries)]
    space = panel.px(24)

    def tall(blocks: list[Block]) -> float:
        return sum(block.h for block in blocks) + space * max(0, len(blocks) - 1)

    total = max(size, tall(made[:right]), tall(made[right:]))
    cy = panel.y + total / 2 + panel.share(1, 60) / 2
    cx = panel.x + panel.w / 2
    radius = size / 2
    angles = [2 * math.pi * (i + 0.5) / count - math.pi / 2 for i in range(count)]
    wide = panel.measure(w, 380.0)
    tops: dict[int, float] = {}
    for ids in (list(range(right)), list(range(count - 1, right - 1, -1))):
        wanted = [cy + radius * 0.8 * math.sin(angles[i]) - made[i].h / 2 for i in ids]
        placed = _apart([made[i].h for i in ids], wanted, space, panel.y, panel.y + total)
        tops |= dict(zip(ids, placed, strict=True))
    for i, (entry, block) in enumerate(zip(panel.entries, made, strict=True)):
        at_right = i < right
        x = cx + radius + gap if at_right else cx - radius - gap - wide
        line_y = tops[i] + panel.size(1) * 0.62
        end = (cx + (radius + gap - panel.px(10)) * (1 if at_right else -1), line_y)
        # Level with its words where the stage is there, else from the end of the stage that is nearest to them.
        level = math.asin(max(-1.0, min(1.0, (line_y - cy) / (radius + 4))))
        reach = math.pi / count * 0.86
        angle = max(angles[i] - reach, min(angles[i] + reach, level if at_right else math.pi - level))
        tip = (cx + (radius + 4) * math.cos(angle), cy + (radius + 4) * math.sin(angle))
        line = Connector((tip, end), panel.style.rule, heads="none", stroke_width=1.0)
        panel.group(entry, line, *_segment(panel, entry, i, count, cx, cy, radius), *block.at(x, tops[i]))
    return panel.y + total + panel.share(1, 60)


def _apart(heights: list[float], wanted: list[float], gap: float, top: float, bottom: float) -> list[float]:
    """Places as near to `wanted` as can be with `gap` px between blocks and all of them between `top` and `bottom`."""
    out: list[float] = []
    y = top
    for tall, want in zip(heights, wanted, strict=True):
        y = max(y, want)
        out.append(y)
        y += tall + gap
    limit = bottom
    for i in range(len(out) - 1, -1, -1):
        out[i] = min(out[i], limit - heights[i])
        limit = out[i] - gap
    return out


def _segment(panel: Panel, entry: Entry, i: int, count: int, cx: float, cy: float, radius: float) -> list[Item]:
    """One arrow of the ring, with its mark."""
    thick = radius * 0.36
    inner = radius - thick
    middle = radius - thick / 2
    start, end = (2 * math.pi * k / count - math.pi / 2 for k in (i, i + 1))
    trim = 2.0 / middle
    nose = min(0.22, (end - start) * 0.22)
    start, end = start + trim, end - trim

    def at(r: float, angle: float) -> tuple[float, float]:
        return cx + r * math.cos(angle), cy + r * math.sin(angle)

    d: tuple[Command, ...] = (
        ("M", at(radius, start)),
        *arc(cx, cy, radius, start, end),
        ("L", at(middle, end + nose)),
        ("L", at(inner, end)),
        *arc(cx, cy, inner, end, start),
        ("L", at(middle, start + nose)),
        ("Z", ()),
    )
    fill = panel.style.accent if panel.style.fills else None
    shapes: list[Item] = [*panel.shape(d, fill, panel.style.accent if not panel.style.fills else None)]
    mx, my = at(middle, (start + end + nose) / 2)
    ink = on(panel.style.accent) if fill else panel.accent
    if panel.marks == "icon":
        from flipchart.renderers.drawing import Icon

        size = round(thick * 0.5)
        shapes.append(Icon(mx - size / 2, my - size / 2, size, entry.icon, ink))
    else:
        shapes.append(panel.centred(str(entry.n), mx, my, thick * 0.42, ink))
    return shapes


def _ring_above(panel: Panel) -> float | None:
    """On a phone, or a page that is no wider than high: the ring on top, the stages listed below it under the same numbers."""
    size = min(panel.px(240), panel.w * 0.72)
    cx, cy = panel.x + panel.w / 2, panel.y + size / 2
    y = panel.y + size + panel.px(28)
    disc = panel.px(30)
    left = disc + panel.px(14)
    count = len(panel.entries)
    more = panel.share(count, 24)
    for i, entry in enumerate(panel.entries):
        words = panel.words(entry, panel.w - left)
        mark = panel.mark(entry, disc, solid=panel.marks != "icon")
        lead = max(0.0, disc / 2 - panel.size(1) * 0.62)
        line = (panel.rule(panel.x, y - panel.px(12), panel.x + panel.w, y - panel.px(12)),) if i else ()
        panel.group(
            entry, *_segment(panel, entry, i, count, cx, cy, size / 2), *line, *mark.at(panel.x, y), *words.at(panel.x + left, y + lead)
        )
        y += max(disc, words.h + lead) + panel.px(24) + more
    return y - panel.px(24) - more
