"""Boards as flows: cards in ranks with arrows between them, running down or to the right, whichever reads best in the room there is."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flipchart.renderers.graph import Arc, Area, Gaps, Plan, Point, Rect, Vertex
from flipchart.renderers.graph_lines import layered
from flipchart.renderers.whiteboard_canvas import Canvas, Made, Setting, picture, shrunk
from flipchart.renderers.whiteboard_ink import Face, face, fitted, label_text, set_text
from flipchart.renderers.whiteboard_parts import Board, Link
from flipchart.renderers.whiteboard_rows import MOST, rows

WIDE = 600.0  # px of room from which boards may run to the right
FULL = 60  # cards and arrows from which only the closest setting is tried, and the roomiest where that leaves much room
SPARE = 0.62  # share of the page's width up to which that is much
PASSING = 1  # arrows that may run from one row to the next where a board may be high instead: of two, one is taken for the other
MANY = 30  # cards up to which a long flow is cut into rows
FEW = 14  # cards up to which a board that leaves room is pulled apart
LOOSE = (1.45, 1.2)  # how far, at most
READ = 0.8  # of the smallest type, at which lanes are still read
ROWS = 9  # in which a long flow is set on a page too small for it
WIDER = (1.3, 1.6, 2.0, 2.6, 4.0)  # pages that a board too full for its own is laid out on, to be drawn smaller
SPOKES = 7  # arrows with words at one card, from which the others stand on both sides of it
PLAIN = {"box", "queue", "person", "document", "store"}  # shapes that may be made wider


@dataclass(frozen=True, slots=True)
class _Mode:
    """One way to lay a flow out: to the right or down, how wide labels may be, how close things stand."""

    right: bool
    widest: float
    """Of a card's words, in type sizes."""
    label: float
    """Of an arrow's words, in type sizes."""
    tight: float = 1.0
    stacked: bool = False
    plain: bool = False
    """True where sections are not enclosed, only coloured."""
    lanes: bool = False


_RIGHT: tuple[_Mode, ...] = (_Mode(True, 13.0, 8.5), _Mode(True, 9.5, 7.0, 0.85), _Mode(True, 7.2, 6.0, 0.7))
_DOWN: tuple[_Mode, ...] = (_Mode(False, 13.0, 10.0), _Mode(False, 9.5, 8.0, 0.85), _Mode(False, 7.2, 6.5, 0.7))
_CUT = _Mode(True, 7.2, 6.0, 0.6)
_NARROW = _Mode(True, 6.0, 5.0, 0.5)
_LOW = _Mode(True, 7.2, 6.0, 0.6, plain=True)
_LAST = (
    _Mode(False, 7.2, 6.5, 0.6, stacked=True),
    _Mode(False, 6.0, 6.0, 0.5, stacked=True),
    _Mode(False, 6.0, 6.0, 0.5, stacked=True, plain=True),
)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A flow laid out, not yet drawn, and what its height counts for beside others' (narrow boxes are harder to read)."""

    plan: Plan
    setting: Setting
    weight: float = 1.0


def flow(canvas: Canvas, way: str = "") -> Made:
    """The board as a flow running `way` ("right", "down", or "" for what fits best); higher than there is room only where nothing fits."""
    best: tuple[float, _Laid] | None = None
    sizes = canvas.sizes()
    if canvas.w >= WIDE and not way and (spoked := next((laid for size in sizes if (laid := _hub(canvas, size))), None)):
        return picture(canvas, spoked.plan, spoked.setting), spoked.plan.w, spoked.plan.h
    full = len(canvas.board.cards) + len(canvas.board.links) > FULL
    for n, size in enumerate(sizes[-1:] if full and canvas.h is not None else sizes):
        for laid in _tries(canvas, size, way):
            cost = laid.plan.h * laid.weight * (1.0 + 0.14 * n)
            if best is None or cost < best[0]:
                best = (cost, laid)
        # Smaller type is worth a try only for a board that is higher than wide, or that had to be cut.
        if best and (full or (best[1].plan.h < 0.7 * canvas.w and best[1].weight < 1.5) or canvas.w < WIDE or way == "down"):
            break
    found = best[1] if best else _last(canvas, sizes[-1])
    return shrunk((picture(canvas, found.plan, found.setting), found.plan.w, found.plan.h), canvas)


def _hub(canvas: Canvas, size: float) -> _Laid | None:
    """One card that many arrows with words tie to all others, which stand on both sides of it; None for another graph, or without room."""
    board = canvas.board
    if len(board.links) < SPOKES or len(board.links) != len(board.cards) - 1 or not board.labelled or board.sections:
        return None
    hub = max(range(len(board.cards)), key=lambda v: sum(v in (link.start, link.end) for link in board.links))
    if len({link.start + link.end - hub for link in board.links if hub in (link.start, link.end)} - {hub}) != len(board.links):
        return None
    out = [i for i, link in enumerate(board.links) if link.start == hub]
    order = [*out, *(i for i, link in enumerate(board.links) if link.end == hub)]
    most, mode = (len(order) + 1) // 2, _RIGHT[0]
    setting = _setting(canvas, size, mode)
    whole = Plan([(0.0, 0.0, 0.0, 0.0)] * len(board.cards), [()] * len(board.links), [None] * len(board.links), [])
    for side, links in ((1, sorted(order[:most])), (-1, sorted(order[most:]))):
        some = [hub, *(board.links[i].start + board.links[i].end - hub for i in links)]
        vertices, arcs, areas = _graph(canvas, some, links, setting, mode)
        # All run away from the middle; what comes in shares no line with what goes out.
        arcs = [replace(arc, start=0, end=arc.start, trunk=-1 - arc.trunk) if arc.start else arc for arc in arcs]
        plan = layered(vertices, arcs, areas, right=True, most=canvas.w, gaps=_gaps(board, size, mode))
        if plan is None:
            return None
        x, y, w, h = plan.boxes[0]
        _add(whole, _turned(plan, 2 * x + w) if side < 0 else plan, some, links, -x - w / 2, -y - h / 2)
    whole.lines = [line[::-1] if link.end == hub else line for link, line in zip(board.links, whole.lines, strict=True)]
    left, top = min(x for x, *_ in whole.boxes), min(y for _, y, *_ in whole.boxes)
    found = Plan(list(whole.boxes), list(whole.lines), list(whole.labels), [])
    _add(found, whole, range(len(board.cards)), range(len(board.links)), -left, -top)
    found.w, found.h = max(x + w for x, _, w, _ in found.boxes), max(y + h for _, y, _, h in found.boxes)
    return _Laid(found, setting) if found.w <= canvas.w and found.h <= canvas.most else None


def _turned(plan: Plan, wide: float) -> Plan:
    """The plan as in a mirror that stands `wide` / 2 px from its left."""
    boxes = [(wide - x - w, y, w, h) for x, y, w, h in plan.boxes]
    lines = [tuple((wide - x, y) for x, y in line) for line in plan.lines]
    return replace(plan, boxes=boxes, lines=lines, labels=[at and (wide - at[0], at[1]) for at in plan.labels])


def lanes(canvas: Canvas) -> Made:
    """The board's groups as lanes that its steps run along, to the right or down; a flow where they are too wide for the page."""
    ways = [[replace(mode, lanes=True) for mode in modes] for modes in (_RIGHT, _DOWN)]
    for size in canvas.sizes():
        found = []
        for modes in ways if canvas.w >= WIDE else ways[1:]:
            laid = [(n, made) for n, mode in enumerate(modes) if (made := _laid(canvas, size, mode)) and not made.plan.broken]
            found += [(made.plan.h * (1.0 + 0.18 * n), n, made) for n, made in laid[:1]]
        if found:
            _, _, best = min(found, key=lambda one: one[0])
            return picture(canvas, best.plan, best.setting), best.plan.w, best.plan.h
    small = _small_lanes(canvas) if canvas.h is not None else None
    return shrunk((picture(canvas, small.plan, small.setting), small.plan.w, small.plan.h), canvas) if small else flow(canvas)


def _small_lanes(canvas: Canvas) -> _Laid | None:
    """The lanes that need shrink least on a page of given height; None where they would be too small to read."""
    pages = [replace(canvas, w=share * canvas.w, h=None) for share in (1.0, *WIDER)]
    modes = [replace(mode, lanes=True) for mode in (_NARROW, *_RIGHT[1:], *_DOWN)]
    found = [laid for page in pages for mode in modes if (laid := _laid(page, canvas.sizes()[-1], mode)) and not laid.plan.broken]
    sized = [(min(canvas.w / laid.plan.w, canvas.most / laid.plan.h), n) for n, laid in enumerate(found)]
    best, at = max(sized, default=(0.0, 0))
    return found[at] if best >= READ else None


def _tries(canvas: Canvas, size: float, way: str) -> Iterator[_Laid]:
    """Flows that fit at this size: the roomiest to the right, the roomiest down, and a chain in rows."""
    wide = canvas.w >= WIDE
    full = len(canvas.board.cards) + len(canvas.board.links) > FULL
    ways: list[tuple[_Mode, ...]] = []
    if way == "right" or (wide and way != "down"):
        ways.append(_RIGHT)
    if way != "right" or not wide:
        ways.append(_DOWN)
    for modes in ways:
        found: list[_Laid] = []
        if full:
            laid = _laid(canvas, size, modes[-1])
            if laid:
                # All else is wider and higher.
                roomy = _laid(canvas, size, modes[0]) if laid.plan.w < SPARE * canvas.w and not laid.plan.broken else None
                yield roomy or replace(laid, weight=1.36)
            continue
        for n, mode in enumerate(modes):
            laid = _laid(canvas, size, mode)
            if laid:
                found.append(replace(laid, weight=1.0 + 0.18 * n))
                if not laid.plan.broken:
                    break
        if found:
            yield min(found, key=lambda laid: (laid.plan.broken, laid.weight))
    if wide and way != "down" and 4 <= len(canvas.board.cards) <= MANY and len(canvas.board.components()) == 1:
        for mode in (_RIGHT[0], _RIGHT[-1]):
            laid = _in_rows(canvas, size, mode)
            if laid:
                yield laid
                break
    if wide and way != "down" and len(canvas.board.chain) > 3:
        laid = _snake(canvas, size)
        if laid:
            yield laid


def _last(canvas: Canvas, size: float) -> _Laid:
    """The flow where room is short: closer, its groups one below the other; where none is low enough, the one that must shrink least."""
    grown = replace(canvas, h=None)
    if canvas.h is None:
        return next(laid for mode in _LAST if (laid := _laid(grown, size, mode)))
    found = []
    # Groups lose their frames only where nothing else fits.
    for mode in (_RIGHT[-1], _CUT, _DOWN[-1], *_LAST[:-1], _LOW, _LAST[-1]):
        laid = _laid(grown, size, mode) or (_in_rows(canvas, size, mode) if mode.right else None)
        if laid and laid.plan.h <= canvas.most:
            return laid
        found += [laid] if laid else []
    chain = len(canvas.board.chain) > 3
    for share in (1.0, *WIDER):
        wide = replace(grown, w=share * canvas.w)
        found += [laid for mode in (_RIGHT[-1], _DOWN[-1], *_LAST[:1]) if share > 1.0 and (laid := _laid(wide, size, mode))]
        found += [laid for mode in (_RIGHT[-1], _CUT) if (laid := _in_rows(wide, size, mode, small=True))]
        found += [laid for laid in [_snake(wide, size) if chain else None] if laid]
    return max(found, key=lambda laid: min(canvas.w / laid.plan.w, canvas.most / laid.plan.h) / (0.9 + 0.1 * laid.weight))


def _setting(canvas: Canvas, size: float, mode: _Mode) -> Setting:
    """The board's type, set for a mode."""
    board, style = canvas.board, canvas.style
    small = canvas.small(size)
    faces = [face(card, style, size, min(mode.widest * size, canvas.w - 60.0)) for card in board.cards]
    # A whole sentence is wider than a word, or it would stand as high as the page.
    wide = [min(mode.label * small * max(1.0, math.sqrt(len(link.label) / 45)), canvas.w / 2) for link in board.links]
    labels = [label_text(link.label, style, small, most) if link.label else None for link, most in zip(board.links, wide, strict=True)]
    heads = [set_text(section.label, min(canvas.w * 0.5, 16 * size), small, style, bold=True, align="start") for section in board.sections]
    faces = as_wide(faces) if mode.tight > 0.8 else faces
    if mode.right and any(map(_marked, board.links)):
        # A box is high enough for the marks at its sides to stand apart.
        most = [max(len(into), len(out)) for into, out in zip(board.into, board.out, strict=True)]
        faces = [fitted(f, f.w, max(f.h, 16.0 + 14.0 * (n - 1))) if n > 1 else f for f, n in zip(faces, most, strict=True)]
    return Setting(size, faces, labels, heads)


def _laid(canvas: Canvas, size: float, mode: _Mode) -> _Laid | None:
    """The flow in one mode; None where it does not fit."""
    board, setting = canvas.board, _setting(canvas, size, mode)
    gaps = _gaps(board, size, mode)
    plan = _plan(canvas, setting, gaps, mode)
    if plan is None or plan.w > canvas.w + 0.5 or plan.h > canvas.most + 0.5:
        return None
    if len(board.cards) <= FEW and plan.w < canvas.w * 0.8:
        for share in LOOSE:
            across = 1.0 + (share - 1.0) / 2 if mode.right else share
            loose = _plan(canvas, setting, replace(gaps, rank=gaps.rank * share, node=gaps.node * across), mode)
            if loose and loose.w <= canvas.w and loose.h <= canvas.most and (mode.right or loose.h <= plan.h * 1.15):
                return _Laid(loose, setting)
    return _Laid(plan, setting)


def _gaps(board: Board, size: float, mode: _Mode) -> Gaps:
    """Room between things, following the size of the type."""
    unit = size / 15.0 * mode.tight
    marked = any(map(_marked, board.links))
    node, rank = (22.0, 58.0) if mode.right else (30.0, 50.0)
    # Of very many arrows, those that run side by side make a board high: they are read as one band.
    least = 6.0 if len(board.links) <= 2 * FULL else 4.0
    return Gaps(
        max(12.0, node * unit), max(30.0, rank * unit), max(least, 2 * least * unit), max(7.0, 16.0 * unit), 22.0 if marked else 16.0,
        15.0 + 9.0 * marked + (22.0 if mode.right else 14.0) * any(link.near_start or link.near_end for link in board.links),
    )  # fmt: skip


def _marked(link: Link) -> bool:
    """True where more than a head stands at the ends of an arrow."""
    return link.tail != "none" or link.head not in {"arrow", "none"}


def as_wide(faces: Sequence[Face]) -> list[Face]:
    """Plain cards made equally wide where that costs little: their edges line up."""
    out = list(faces)
    for alike in (PLAIN, {"store"}, {"box", "person"}):
        widths = [f.w for f in out if f.shape in alike]
        if widths and max(widths) <= 1.7 * min(widths):
            out = [fitted(f, max(widths), f.h) if f.shape in alike else f for f in out]
    return out


def _plan(canvas: Canvas, setting: Setting, gaps: Gaps, mode: _Mode) -> Plan | None:
    """Each connected set of cards laid out, then all of them side by side or in rows."""
    board = canvas.board
    plans: list[tuple[Plan, list[int], list[int]]] = []
    for some in board.components():
        links = [i for i, link in enumerate(board.links) if link.start in set(some)]
        plan = _component(canvas, some, links, setting, gaps, mode)
        if plan is None:
            return None
        plans.append((plan, some, links))
    whole = Plan(
        [(0.0, 0.0, 0.0, 0.0)] * len(board.cards), [()] * len(board.links), [None] * len(board.links), [None] * len(board.sections)
    )
    whole.broken = sum(plan.broken for plan, _, _ in plans)
    gap = gaps.node * 1.4
    rows: list[list[int]] = []
    for n, (plan, _, _) in enumerate(plans):
        if rows and sum(plans[k][0].w + gap for k in rows[-1]) + plan.w <= canvas.w:
            rows[-1].append(n)
        else:
            rows.append([n])
    for row in rows:
        x = 0.0
        for plan, some, links in (plans[n] for n in row):
            _add(whole, plan, some, links, x, whole.h)
            x += plan.w + gap
        whole.w = max(whole.w, x - gap)
        whole.h += max(plans[n][0].h for n in row) + gap
    whole.h -= gap
    return whole


def _add(whole: Plan, plan: Plan, some: Sequence[int], links: Sequence[int], dx: float, dy: float) -> None:
    """Put the plan of some cards and links into the whole, moved by (dx, dy)."""
    for v, (x, y, w, h) in zip(some, plan.boxes, strict=True):
        whole.boxes[v] = (x + dx, y + dy, w, h)
    for i, line, at in zip(links, plan.lines, plan.labels, strict=True):
        whole.lines[i] = tuple((x + dx, y + dy) for x, y in line)
        whole.labels[i] = None if at is None else (at[0] + dx, at[1] + dy)
    for s, area in enumerate(plan.areas):
        if area is not None:
            whole.areas[s] = (area[0] + dx, area[1] + dy, area[2], area[3])


def _component(canvas: Canvas, some: Sequence[int], links: Sequence[int], setting: Setting, gaps: Gaps, mode: _Mode) -> Plan | None:
    """The plan of one connected set of cards."""
    vertices, arcs, areas = _graph(canvas, some, links, setting, mode)
    return layered(vertices, arcs, areas, right=mode.right, most=canvas.w, gaps=gaps, stacked=mode.stacked, lanes=mode.lanes)


def _graph(
    canvas: Canvas, some: Sequence[int], links: Sequence[int], setting: Setting, mode: _Mode
) -> tuple[list[Vertex], list[Arc], list[Area]]:
    """Some cards and links as a graph of sizes."""
    board, faces = canvas.board, setting.faces
    place = {v: n for n, v in enumerate(some)}
    vertices = [Vertex(faces[v].w, faces[v].h, -1 if mode.plain else board.cards[v].section, faces[v].pointed) for v in some]
    trunks: dict[tuple[object, ...], int] = {}
    arcs = []
    for i in links:
        link, text = board.links[i], setting.labels[i]
        # Lines that look different do not share a trunk, nor do those that begin with a mark: it would not be seen whose it is. What
        # leaves a group shares none with what leaves the box in it that it is laid out from.
        alone = i if link.tail not in {"none", "arrow"} else -1
        trunk = trunks.setdefault(
            (link.dashed, alone, link.tail, link.ink, link.near_start or link.near_end, link.around_start), len(trunks)
        )
        w, h = (text.w + 10.0, text.h + 5.0) if text else (0.0, 0.0)
        near = max(len(link.near_start), len(link.near_end))
        if near:
            # Words near an arrow's ends need room before and after its label.
            w, h = (w + near * setting.size * 1.1 + 12.0, max(h, 14.0)) if mode.right else (max(w, 1.0), h + 2.6 * setting.size)
        arcs.append(Arc(place[link.start], place[link.end], w, h, trunk))
    if mode.plain:
        return vertices, arcs, []
    return vertices, arcs, [Area(section.parent, head.w, head.h) for section, head in zip(board.sections, setting.heads, strict=True)]


def _in_rows(canvas: Canvas, size: float, mode: _Mode, *, small: bool = False) -> _Laid | None:
    """The flow to the right in rows: in as many as it takes where it is to be drawn `small`, for a page too small for it."""
    setting = _setting(canvas, size, mode)
    vertices, arcs, areas = _graph(canvas, range(len(canvas.board.cards)), range(len(canvas.board.links)), setting, mode)
    around = any(link.around_start >= 0 or link.around_end >= 0 for link in canvas.board.links)
    found = rows(
        vertices, arcs, areas, canvas.w, _gaps(canvas.board, size, mode), cut=mode is _CUT and not around, high=ROWS if small else MOST
    )
    high = canvas.h is None and not small  # the page may be as high as it takes
    if found is None or found[0].w > canvas.w or found[0].h > canvas.most or (high and found[1] > PASSING):
        return None
    # An arrow that runs back from one row to the next takes some following.
    return _Laid(found[0], setting, 0.8 + 0.4 * found[1])


def _snake(canvas: Canvas, size: float) -> _Laid | None:
    """A plain chain of cards in rows, each read from left to right; None where one row holds them, or two are too wide."""
    board, style, chain = canvas.board, canvas.style, canvas.board.chain
    if board.sections:
        return None
    small = canvas.small(size)
    labels = [label_text(link.label, style, small, 6.5 * small) if link.label else None for link in board.links]
    said = max((text.w + 44.0 for text in labels if text), default=0.0)
    found: list[tuple[tuple[int, int], float, float, int, list[Face]]] = []
    for n, (widest, gap) in enumerate(((11.0, 54.0), (11.0, 38.0), (9.0, 38.0), (7.5, 38.0))):
        faces = [face(card, style, size, widest * size) for card in board.cards]
        wide, between = max(f.w for f in faces), max(gap * size / 15, said)
        fit = min(len(chain), int((canvas.w + between) // (wide + between)))
        rows = math.ceil(len(chain) / max(1, fit))
        per = math.ceil(len(chain) / rows)
        if rows > 1 and per > 1:
            # Few rows, and none with one card alone, in boxes as roomy as that allows.
            found.append(((rows + (len(chain) % per == 1), n), wide, between, per, faces))
    if not found:
        return None
    _, wide, between, per, faces = min(found, key=lambda f: f[0])
    faces = [fitted(f, wide, f.h) if f.shape in PLAIN else f for f in faces]
    tall = [max(faces[v].h for v in chain[k : k + per]) for k in range(0, len(chain), per)]
    drop = max([46.0, *(text.h + 40.0 for text in labels if text)])
    tops = [sum(tall[:row]) + drop * row for row in range(len(tall))]
    boxes: list[Rect] = [(0.0, 0.0, 0.0, 0.0)] * len(board.cards)
    for k, v in enumerate(chain):
        f, row = faces[v], k // per
        boxes[v] = (k % per * (wide + between) + (wide - f.w) / 2, tops[row] + (tall[row] - f.h) / 2, f.w, f.h)
    lines: list[tuple[Point, ...]] = []
    at: list[Point | None] = []
    for link in board.links:
        (ax, ay, aw, ah), (bx, by, bw, bh) = boxes[link.start], boxes[link.end]
        if bx > ax:
            lines.append(((ax + aw, ay + ah / 2), (bx, by + bh / 2)))
            at.append(((ax + aw + bx) / 2 - 3, ay + ah / 2))
        else:
            start, end, bar = ax + aw / 2, bx + bw / 2, tops[chain.index(link.end) // per] - drop / 2
            lines.append(((start, ay + ah), (start, bar), (end, bar), (end, by)))
            at.append(((start + end) / 2, bar))
    plan = Plan(boxes, lines, at, [], per * (wide + between) - between, tops[-1] + tall[-1])
    return _Laid(plan, Setting(size, faces, labels, []), 0.9) if plan.h <= canvas.most and plan.w <= canvas.w else None
