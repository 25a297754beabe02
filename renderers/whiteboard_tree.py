"""Boards as trees: org charts from the top down, mind maps round their topic, and stars."""

from collections.abc import Sequence
from dataclasses import replace

from flipchart.renderers.drawing import Box, Connector, Item
from flipchart.renderers.graph import Plan, Point
from flipchart.renderers.shapes import border
from flipchart.renderers.style import mix, on
from flipchart.renderers.trees import Forest, around, both_sides, growing, hanging, outline
from flipchart.renderers.whiteboard_canvas import Canvas, Made, Setting, picture
from flipchart.renderers.whiteboard_flow import as_wide, flow
from flipchart.renderers.whiteboard_ink import Face, Tone, draw, edge, face, frame, land, readable
from flipchart.renderers.whiteboard_parts import Board

LOW = 0.4  # height of a tree in larger type, as a share of the page's width


def _forest(board: Board, faces: Sequence[Face]) -> Forest:
    assert board.forest is not None
    return Forest([(f.w, f.h) for f in faces], board.forest.children, board.forest.roots)


def tree(canvas: Canvas, *, headed: bool = False) -> Made:
    """Levels from the top down; where they are too wide, children hang below their parent. A flow where even that does not fit.
    `headed` lines keep their heads, as those from a hub to its spokes do, and those they reach stand in columns."""
    board = canvas.board
    # A tree's lines need no heads: they all run down.
    links = tuple(replace(link, head="none") if link.head == "arrow" and not headed else link for link in board.links)
    bare = replace(canvas, board=replace(board, links=links))
    large = canvas.large()
    for size in (*large, *canvas.sizes()):
        unit = size / 15.0
        tall = 0.0
        found: list[tuple[float, Plan, list[Face]]] = []
        for n, widest in enumerate((12.0,) if size in large else (12.0, 9.0, 7.0)):
            faces = [face(card, canvas.style, size, min(widest * size, canvas.w - 40)) for card in board.cards]
            if headed:
                faces = as_wide(faces)
            plan = hanging(_forest(board, faces), canvas.w, 22.0 * unit * (1.0 - 0.15 * n), 46.0 * unit, 26.0 * unit)
            if plan.w <= canvas.w + 0.5 and plan.h <= (min(canvas.most, LOW * canvas.w) if size in large else canvas.most):
                # Narrower is no worse where no words break for it.
                tall = tall or sum(f.h for f in faces)
                found.append((plan.h * (1 + 0.2 * n * (sum(f.h for f in faces) > tall)), plan, faces))
        if found:
            _, plan, faces = min(found, key=lambda f: f[0])
            lines = [plan.lines[link.end] for link in board.links]
            plan = Plan(plan.boxes, lines, [None] * len(lines), [], plan.w, plan.h)
            return picture(bare, plan, Setting(size, faces, [None] * len(lines), [])), plan.w, plan.h
    return flow(canvas)


def mindmap(canvas: Canvas) -> Made:
    """The topic in the middle, its branches to both sides, each in a colour of its own; on a narrow page to the right, or as an outline."""
    board = canvas.board
    assert board.forest is not None
    depths = _depths(board)
    ways = [(True, 14.0), (True, 10.0), (True, 7.5), (False, 10.0), (False, 7.5)]
    if len(board.forest.children[board.forest.roots[0]]) in {1, 3}:
        ways.insert(0, (False, 14.0))  # to both sides they would be lopsided
    # Larger than usual only as it reads best.
    for size, tried in [*((size, ways[:1]) for size in canvas.large()), *((size, ways) for size in canvas.sizes())]:
        unit = size / 15.0
        for both, widest in tried:
            if both and canvas.w < 560:
                continue
            faces = _faces(canvas, depths, size, widest)
            forest = _forest(board, faces)
            if both:
                plan = both_sides(forest, 16.0 * unit, 46.0 * unit)
                spare = (canvas.w * 0.9 - plan.w) / (2 * max(1, max(depths)))
                if spare > 0:
                    plan = both_sides(forest, 18.0 * unit, 46.0 * unit + min(38.0, spare))
            else:
                plan = growing(forest, 13.0 * unit, 36.0 * unit)
            if plan.w <= canvas.w and plan.h <= canvas.most:
                return _map(canvas, plan, faces, depths), plan.w, plan.h
        if len(tried) < len(ways):
            continue
        faces = _faces(canvas, depths, size, 16.0)
        plan = outline(_forest(board, faces), canvas.w, 26.0 * unit, 26.0 * unit)
        if plan.w <= canvas.w and plan.h <= canvas.most:
            return _map(canvas, plan, faces, depths, bent=True), plan.w, plan.h
    return tree(canvas)


def star(canvas: Canvas) -> Made:
    """The topic in the middle, what it leads to on rings around it; a mind map where that does not fit."""
    board = canvas.board
    depths = _depths(board)
    for size in canvas.sizes():
        for widest in (9.0, 7.0):
            faces = _faces(canvas, depths, size, widest)
            plan = around(_forest(board, faces), 22.0 * size / 15)
            if plan.w <= canvas.w and plan.h <= min(canvas.most, 1.2 * canvas.w):
                lines = list(plan.lines)
                for link in board.links:
                    a, b = (_box(canvas, plan, faces, v) for v in (link.start, link.end))
                    lines[link.end] = (border(a, _middle(b)), border(b, _middle(a)))
                return _map(canvas, replace(plan, lines=lines), faces, depths), plan.w, plan.h
    return mindmap(canvas)


def _depths(board: Board) -> list[int]:
    assert board.forest is not None
    return board.forest.depths()


def _box(canvas: Canvas, plan: Plan, faces: Sequence[Face], v: int) -> Box:
    x, y, _, _ = plan.boxes[v]
    return frame(faces[v], x, y, Tone("", "", "", ""), canvas.style, 0)


def _middle(box: Box) -> Point:
    return box.x + box.w / 2, box.y + box.h / 2


def _faces(canvas: Canvas, depths: Sequence[int], size: float, widest: float) -> list[Face]:
    """Cards of a mind map: the topic large, its branches bold, the rest plain."""
    out = []
    for card, depth in zip(canvas.board.cards, depths, strict=True):
        shaped = replace(card, shape="start") if depth == 0 and card.shape == "box" else card
        grown = round(size * (1.22, 1.0, 0.92)[min(depth, 2)] * 2) / 2
        out.append(face(shaped, canvas.style, max(11.0, grown), widest * size, bold=depth < 2, least=1.0 if depth else 0.0))
    return out


def _map(canvas: Canvas, plan: Plan, faces: Sequence[Face], depths: Sequence[int], *, bent: bool = False) -> list[Item]:
    """A mind map's lines and cards; `bent` lines have corners, others are curves."""
    board, style = canvas.board, canvas.style
    assert board.forest is not None
    branch = [-1] * len(board.cards)
    for n, top in enumerate(board.forest.children[board.forest.roots[0]]):
        for v in Forest(board.forest.sizes, board.forest.children, [top]).down():
            branch[v] = n
    hues = [style.accent if n < 0 else style.series[n % len(style.series)] for n in branch]
    card_step, link_step = board.steps
    frames: dict[int, Box] = {}
    cards: list[Item] = []
    for v, (x, y, _, _) in enumerate(plan.boxes):
        drawn = draw(faces[v], x, y, _colours(canvas, hues[v], depths[v]), style, card_step[v])
        if drawn is not None:
            cards.append(drawn)
            frames[v] = next(item for item in drawn.items if isinstance(item, Box))
    lines: list[Item] = []
    for i, link in enumerate(board.links):
        points = plan.lines[link.end]
        start, end = frames.get(link.start), frames.get(link.end)
        if bent or len(points) == 2:
            points = land(points, start, end)
        elif len(points) == 4:
            # A curve leaves and enters a side level, wherever it leans in between.
            first, second, third, last = points
            ends = land((first, (second[0], first[1]), (third[0], last[1]), last), start, end)
            points = (ends[0], second, third, ends[-1])
        hue = readable(mix(hues[link.end], style.sheet, 0.75), style.sheet, 3.0)
        wide = style.line * (1.6 if depths[link.end] == 1 else 1.15)
        names = board.cards[link.start].name, board.cards[link.end].name
        lines.append(Connector(points, hue, *names, wide, "none", not bent, link.dashed, link.part, link_step[i]))
    return [*lines, *cards]


def _colours(canvas: Canvas, hue: str, depth: int) -> Tone:
    """A mind map's cards: the topic solid, its branches tinted, the rest faint."""
    style = canvas.style
    if depth == 0 and style.fills:
        solid = readable(hue, on(hue), 4.6)
        return Tone(solid, solid, on(hue), on(hue))
    if depth == 0:
        return Tone(style.sheet, style.ink, style.ink, style.quiet)
    share = (0.20 if style.dark else 0.14) if depth == 1 else (0.08 if style.dark else 0.05)
    fill = mix(hue, style.sheet, share) if style.fills else style.sheet
    line = edge(hue, style) if depth == 1 or style.rough else mix(hue, style.sheet, 0.4)
    return Tone(fill, line, readable(style.ink, fill), readable(style.quiet, fill))
