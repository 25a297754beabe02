"""Whiteboards: how things connect, as a process, an architecture, a tree, a mind map, a conversation or a wall of notes.

The model writes a graph, boxes and arrows by name, never where they go; the layout is chosen from the graph's shape and the width there is.
A board whose boxes carry places (one that a person arranged) keeps them where the page is wide enough to read it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flipchart.renderers import sheet
from flipchart.renderers.drawing import Box, Drawing, moved
from flipchart.renderers.registry import Form
from flipchart.renderers.spec import Part, walk
from flipchart.renderers.style import Style
from flipchart.renderers.trees import Forest
from flipchart.renderers.whiteboard_canvas import Canvas, Made, grown, shrunk, sticky
from flipchart.renderers.whiteboard_content import alt, content, from_content, markdown, told
from flipchart.renderers.whiteboard_flow import FULL, flow, lanes
from flipchart.renderers.whiteboard_halves import halves
from flipchart.renderers.whiteboard_names import resolved
from flipchart.renderers.whiteboard_network import network
from flipchart.renderers.whiteboard_notes import wall
from flipchart.renderers.whiteboard_parts import Board
from flipchart.renderers.whiteboard_placed import extent, placed, settled
from flipchart.renderers.whiteboard_sequence import sequence
from flipchart.renderers.whiteboard_skeletons import skeleton
from flipchart.renderers.whiteboard_spec import Edge, Group, Node, Whiteboard, fold
from flipchart.renderers.whiteboard_tree import mindmap, star, tree

SPOKES = 8  # boxes of a hub that a flow sets in one row
MUCH = 1.6  # how much wider than the page a graph may be drawn that a person arranged


# From board to drawing


def chosen(spec: Whiteboard, board: Board) -> str:
    """The design the board is drawn in: what a person flipped to where it fits, else what the model said where the graph bears it out."""
    fitting = _fitting(spec, board)
    return spec.look.design if spec.look.design in fitting else fitting[0]


def _fitting(spec: Whiteboard, board: Board) -> tuple[str, ...]:
    real = [card for card in board.cards if not card.ghost]
    # Most boxes have places: those that came later find theirs beside what they are joined to.
    arranged = (
        2 * sum(card.at is not None for card in real) > len(real)
        if real
        else bool(spec.strokes) or any(n.x is not None for n in spec.notes)
    )
    if not board.links and not board.sections and not board.cards:
        out = ["board"]
    elif not board.links:
        shaped = spec.design in {"flow", "mindmap"} and any(
            card.shape not in {"box", "note"} for card in real
        )  # papers would hide what they are
        out = ["flow", "board"] if shaped else ["board", "flow"] if len(board.cards) > 1 else ["board"]
    elif spec.design == "sequence":
        out = ["sequence", "flow", "flow-right", "flow-down"]
    else:
        out = ["flow", "flow-right", "flow-down"]
        if sum(section.parent < 0 for section in board.sections) > 1 and 2 * sum(card.section >= 0 for card in real) > len(real):
            out = ["lanes", *out] if spec.design == "lanes" else [*out, "lanes"]
        undirected = not board.sections and all(link.head == link.tail == "none" for link in board.links)
        if len(board.cards) <= 60 and (spec.design == "network" or undirected) and not any(card.ghost for card in board.cards):
            out = ["network", *out]
        if forest := _kin(board):
            kin = ["tree"]
            if len(forest.roots) == 1:
                kin = ["mindmap", "tree"] if spec.design == "mindmap" else ["tree", "mindmap"]
                if 4 <= len(board.cards) <= 30:
                    kin.append("star")
            out = [*kin, *out] if spec.design in {"tree", "mindmap"} else [*out, *kin]
        spoken = sum(bool(link.label) for link in board.links)
        if len(board.cards) <= 8 and spoken >= max(3, 0.8 * len(board.links)) and not board.sections:
            out.append("sequence")
    return ("placed", *out) if arranged else tuple(out)


def _kin(board: Board) -> Forest | None:
    """Its boxes as trees, where they are nothing but trees."""
    plain = not board.labelled and not board.sections and len(board.cards) > 2 and not any(card.ghost for card in board.cards)
    return board.forest if plain else None


def layout(spec: Whiteboard, style: Style, width: float, height: float | None) -> Drawing:
    """The board laid out at `width` px (and in `height` px where that is given). One that a person arranged is drawn wider than that
    where its
    type would be too small to read; on a page much too narrow for it a plain graph is laid out afresh."""
    board = resolved(spec)
    design = chosen(spec, board)
    strokes = [(s.points, s.ink, s.width, s.id) for s in spec.strokes]
    if design == "placed":
        board = settled(board, style)
    whole = extent(Canvas(board, style, width, width, None), strokes) if design == "placed" else None
    if whole and height is None:
        needed = math.ceil(whole.least + 2 * sheet.margin(width))
        graph = len(board.links) > len(board.remarks) + len(strokes)
        if needed > MUCH * width and graph:
            whole, design = None, _fitting(spec, board)[1]
        else:
            width = max(width, needed)
    items, room, feet = sheet.head(spec, style, width, height)
    canvas = Canvas(board, style, width, room.w, room.h)
    out, w, h = placed(canvas, strokes, whole) if whole else grown(_drawn(design, canvas), canvas)
    free = 0.0 if room.h is None else max(0.0, room.h - h) * 0.45
    dx, dy = room.x + max(0.0, (room.w - w) / 2), room.y + free
    items += [moved(item, dx, dy) for item in out]
    if height is None:
        feet, height = sheet.foot(spec, style, width, room.y + h)
    frames = [item.name for item in out if isinstance(item, Box) and item.name.startswith("section:")]
    framed = not board.sections or not design.startswith(("flow", "lanes")) or bool(frames)
    if design == "lanes" and len(set(frames)) < len(frames):
        framed = False  # a lane in pieces is none
    drawing = sheet.finish(spec, style, width, height, [*items, *feet], told(spec, board))
    return drawing if framed else replace(drawing, extra={**drawing.extra, "unframed": True})


def _drawn(design: str, canvas: Canvas) -> Made:
    """The picture's items from (0, 0), and its size."""
    board = canvas.board
    if not board.cards:
        return sticky(canvas, 0.0)
    whole, below = canvas, sticky(canvas, 0.0)[2] + 20.0 if board.remarks else 0.0
    if canvas.h is not None:  # what is left over the remarks, unless they are the most of it
        canvas = replace(canvas, h=max(canvas.h - below, canvas.h / 3))
    drawn = _DESIGNS.get(design)
    made = drawn(canvas) if drawn else flow(canvas, design.removeprefix("flow").lstrip("-"))
    if design == "flow" and (kin := _kin(board)):
        # So many boxes wrap their ranks, and a tree needs none.
        if len(board.cards) > SPOKES and len(kin.children[kin.roots[0]]) == len(board.cards) - 1:
            made = tree(canvas, headed=True)
        elif len(board.cards) > FULL:
            made = min(made, tree(canvas), key=lambda made: made[2])
    items, w, h = made
    if board.remarks:
        more, wide, high = sticky(canvas, h + 20.0)
        return shrunk(([*items, *more], max(w, wide), high), whole)
    return items, w, h


_DESIGNS: dict[str, Callable[[Canvas], Made]] = {
    "board": wall,
    "lanes": lanes,
    "network": network,
    "sequence": sequence,
    "tree": tree,
    "mindmap": mindmap,
    "star": star,
}


def designs(spec: Whiteboard) -> tuple[str, ...]:
    """The designs that fit its graph, best first."""
    board = resolved(spec)
    found = _fitting(spec, board)
    return tuple(name for name in found if name != "flow" or "flow-right" not in found)


def redrawn(spec: Whiteboard, drawn: str) -> Whiteboard:
    """The board as a person drew it in Excalidraw's editor, which had been given this one; raises SpecProblem where `drawn` is no such
    file."""
    from flipchart.renderers import excalidraw

    made = excalidraw.read(drawn)
    assert isinstance(made, Whiteboard)
    kept = {name: getattr(spec, name) for name in ("id", "lang", "seed", "title", "look")}
    parts = {part.id for part in walk(made)}
    sources = {place: source for place, source in spec.sources.items() if place.split(".")[0] in parts | {spec.id}}
    look = spec.look.model_copy(update={"design": ""})
    kept |= {"design": spec.design, "title": made.title or spec.title, "look": look, "sources": sources, "version": spec.version + 1}
    return made.model_copy(update=kept)


def corrected(board: Whiteboard, said: str) -> Whiteboard:
    """The board without words on an arrow that say no more than the box it comes from or goes to does."""
    if board.design == "sequence":
        return board
    named = {fold(node.name): fold(node.label) for node in board.nodes if node.label}

    def plain(edge: Edge) -> Edge:
        ends = {named.get(fold(end), fold(end)) for end in (edge.start, edge.end)}
        return edge.model_copy(update={"label": ""}) if edge.label and fold(edge.label) in ends else edge

    return board.model_copy(update={"edges": tuple(map(plain, board.edges))})


def carried(before: Whiteboard, after: Whiteboard) -> Whiteboard:
    """The board a model wrote anew, what is still there of the one before where a person put it, as they made it."""
    if before.design != after.design or not any(node.x is not None for node in before.nodes):
        return after
    places = {"x", "y", "w", "h", "fill", "ink", "size"}

    def keyed(parts: Sequence[Node | Group]) -> dict[str, Node | Group]:
        named = {fold(part.label): part for part in reversed(parts)} | {fold(part.name): part for part in reversed(parts)}
        return {name: part for name, part in named.items() if name}

    def placed_like(part: Part, old: Part | None) -> Part:
        fields = {} if old is None else old.model_dump(include=places & type(old).model_fields.keys(), exclude_defaults=True)
        return part.model_copy(update=fields)

    nodes, groups = keyed(before.nodes), keyed(before.groups)
    notes = {note.text: note for note in before.notes}
    lines = {(fold(edge.start), fold(edge.end)): edge for edge in before.edges}
    return after.model_copy(
        update={
            "nodes": tuple(placed_like(node, nodes.get(fold(node.name)) or nodes.get(fold(node.label))) for node in after.nodes),
            "groups": tuple(placed_like(group, groups.get(fold(group.name))) for group in after.groups),
            "notes": tuple(placed_like(note, notes.get(note.text)) for note in after.notes),
            "edges": tuple(
                edge.model_copy(update={"points": old.points, "ink": old.ink})
                if (old := lines.get((fold(edge.start), fold(edge.end))))
                else edge
                for edge in after.edges
            ),
            "strokes": before.strokes,
        }
    )


def _mermaid(spec: Whiteboard, style: Style, blobs: Any) -> bytes:
    from flipchart.renderers import mermaid

    return mermaid.write(spec).encode()


def _halves(spec: Whiteboard) -> tuple[Whiteboard, Whiteboard] | None:
    board = resolved(spec)
    return halves(spec, board, chosen(spec, board))


FORM = Form(
    spec=Whiteboard,
    layout=layout,
    halves=_halves,
    markdown=markdown,
    alt=alt,
    designs=designs,
    content=content,
    from_content=from_content,
    redrawn=redrawn,
    carried=carried,
    corrected=corrected,
    skeleton=skeleton,
    writes={"mmd": ("text/vnd.mermaid; charset=utf-8", _mermaid)},
)
