"""A board in two, for pages on which all of it would be too small to read; what an arrow reaches on the other page stands there faintly.

A flow is cut where fewest boxes are joined across the cut, in the order in which it is explained; a tree between its branches; a sequence
between its messages; a wall between its groups.
"""

from collections.abc import Callable, Sequence

from flipchart.renderers.trees import Forest
from flipchart.renderers.whiteboard_parts import Board
from flipchart.renderers.whiteboard_spec import Group, Node, Whiteboard, fold

LEAST = 0.3  # share of the boxes that a half has
MOST = 0.9  # share of the boxes that a page shows, those of the other page included


def halves(spec: Whiteboard, board: Board, design: str) -> tuple[Whiteboard, Whiteboard] | None:
    """The first and the second half of the board as it is drawn in `design`; None where no cut makes it smaller."""
    if design == "sequence":
        middle = (len(board.links) + 1) // 2
        if middle < 2:
            return None
        said = range(middle), range(middle, len(board.links))
        first, second = ({v for i in some for v in (board.links[i].start, board.links[i].end)} for some in said)
        return _part(spec, board, first, said[0], last=False), _part(spec, board, second, said[1], last=True)
    if design in {"tree", "mindmap", "star"} and board.forest is not None:
        two = _branches(board.forest)
        return two and _parts(spec, board, two, set.issuperset)
    first = _first(board, design)
    return _parts(spec, board, (first, _own(board) - first), set.intersection) if first else None


def _parts(
    spec: Whiteboard, board: Board, two: tuple[set[int], set[int]], shown: Callable[[set[int], set[int]], object]
) -> tuple[Whiteboard, Whiteboard]:
    """Both halves, each with the links whose ends it has as `shown` says."""
    links = [[i for i, link in enumerate(board.links) if shown(own, {link.start, link.end})] for own in two]
    return _part(spec, board, two[0], links[0], last=False), _part(spec, board, two[1], links[1], last=True)


def _branches(forest: Forest) -> tuple[set[int], set[int]] | None:
    """The tree without its later branches, and those with what leads to them."""
    shared: list[int] = []
    tops = list(forest.roots)
    while len(tops) == 1:
        shared += tops
        tops = list(forest.children[tops[0]])
    if not tops:
        return None
    below = [set(Forest(forest.sizes, forest.children, [top]).down()) for top in tops]
    whole = sum(map(len, below))
    cut = min(range(1, len(tops)), key=lambda n: abs(2 * sum(map(len, below[:n])) - whole))
    return {*shared, *set().union(*below[:cut])}, {*shared, *set().union(*below[cut:])}


def _first(board: Board, design: str) -> set[int]:
    """The cards of the first half; empty where no cut leaves less on each page."""
    every = _own(board)
    orders = [_along(board)] if design == "placed" else [_grouped(board)] if board.sections and design != "lanes" else []
    orders.append([{v} for v in sorted(every, key=lambda v: board.steps[0][v])])
    for order in orders:
        found: list[tuple[float, set[int]]] = []
        own: set[int] = set()
        for some in order[:-1]:
            own = own | some & every
            rest = every - own
            away = [len(_away(board, own)), len(_away(board, rest))]
            most = max(len(own) + away[0], len(rest) + away[1])
            if min(len(own), len(rest)) >= LEAST * len(every) and most <= MOST * len(board.cards):
                found.append((sum(away) + 6 * abs(2 * len(own) / len(every) - 1), own))
        if found:
            return min(found, key=lambda one: one[0])[1]
    return set()


def _own(board: Board) -> set[int]:
    """The cards that stand on no other page."""
    return {v for v, card in enumerate(board.cards) if not card.away}


def _along(board: Board) -> list[set[int]]:
    """The cards one by one along the longer side of a board that a person arranged."""
    middles = {v: (at[0] + at[2] / 2, at[1] + at[3] / 2) for v, card in enumerate(board.cards) if (at := card.at)}
    xs, ys = [x for x, _ in middles.values()], [y for _, y in middles.values()]
    axis = 0 if max(xs) - min(xs) > max(ys) - min(ys) else 1
    return [{v} for v in sorted(range(len(board.cards)), key=lambda v: middles[v][axis] if v in middles else float("inf"))]


def _grouped(board: Board) -> list[set[int]]:
    """The cards by their outermost sections, those without one by one, in the order in which they are explained."""
    held: dict[int, set[int]] = {}
    for v, card in enumerate(board.cards):
        held.setdefault([-1 - v, *board.line(card.section)][-1], set()).add(v)
    return sorted(held.values(), key=lambda some: min(board.steps[0][v] for v in some))


def _away(board: Board, own: set[int]) -> set[int]:
    """The cards that arrows join to some, but that are not among them."""
    return {v for link in board.links if {link.start, link.end} & own for v in (link.start, link.end)} - own


def _part(spec: Whiteboard, board: Board, own: set[int], links: Sequence[int], *, last: bool) -> Whiteboard:
    """The board of some cards and links; the cards at the other ends of these are of another page."""
    edges = [spec.edges[i] for i in links]
    held = [board.links[i] for i in links]
    around = {s for link in held for s in (link.around_start, link.around_end)}
    away = {v for link in held for v, s in ((link.start, link.around_start), (link.end, link.around_end)) if s < 0} - own
    sections = {s for v in own for s in board.line(board.cards[v].section)} | around - {-1}
    # A group has the same colour on every page.
    turns = {fold(board.sections[s].name): board.turn(s) for s in sorted(sections)}
    told = {fold(group.name) for group in spec.groups}
    nodes: list[Node] = []
    for v, node in enumerate(spec.nodes):
        if v in away:
            nodes.append(node.model_copy(update=dict.fromkeys(("note", "icon", "group"), "") | dict.fromkeys("xywh") | {"away": True}))
        elif v in own:
            nodes.append(node)
    groups = [group.model_copy(update={"turn": turns[fold(group.name)]}) for group in spec.groups if fold(group.name) in turns]
    groups += [Group(name=board.sections[s].name, turn=board.turn(s)) for s in sorted(sections) if fold(board.sections[s].name) not in told]
    crossing = {i for i, link in zip(links, held, strict=True) if {link.start, link.end} - own}
    kept = [edge.model_copy(update={"points": ()}) if i in crossing else edge for i, edge in zip(links, edges, strict=True)]
    more = {"notes": spec.notes if last else (), "strokes": spec.strokes if last else ()}
    return spec.model_copy(update={"nodes": tuple(nodes), "edges": tuple(kept), "groups": tuple(groups), **more})
