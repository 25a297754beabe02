"""Boards as networks: cards joined by straight lines, near what they are related to; a flow where that does not come out clear."""

from dataclasses import replace

from flipchart.renderers.graph import Arc, Plan, Vertex
from flipchart.renderers.graph_force import network as laid
from flipchart.renderers.shapes import border
from flipchart.renderers.whiteboard_canvas import Canvas, Made, Setting, picture
from flipchart.renderers.whiteboard_flow import flow
from flipchart.renderers.whiteboard_ink import Tone, face, frame, label_text

MOST = 60  # cards beyond which a network is a tangle


def network(canvas: Canvas) -> Made:
    """The board's cards and lines, as wide as they take; groups are told by colour alone."""
    board = canvas.board
    # No direction: lines have no heads.
    bare = replace(board, links=tuple(replace(link, head="none") if link.head == "arrow" else link for link in board.links))
    canvas = replace(canvas, board=bare)
    for size in canvas.sizes() if len(board.cards) <= MOST else ():
        small = canvas.small(size)
        labels = [label_text(link.label, canvas.style, small, 8 * small) if link.label else None for link in board.links]
        arcs = [
            Arc(link.start, link.end, text.w + 8.0 if text else 0.0, text.h + 4.0 if text else 0.0)
            for link, text in zip(board.links, labels, strict=True)
        ]
        for widest in (9.5, 7.2):
            faces = [face(card, canvas.style, size, widest * size) for card in board.cards]
            high = canvas.most if canvas.h is not None else 1.5 * canvas.w if canvas.w < 560 else 0.95 * canvas.w
            plan = laid([Vertex(f.w, f.h) for f in faces], arcs, canvas.w, high, 22.0 * size / 15)
            if plan is not None:
                frames = [frame(f, x, y, Tone("", "", "", ""), canvas.style, 0) for f, (x, y, _, _) in zip(faces, plan.boxes, strict=True)]
                middles = [(box.x + box.w / 2, box.y + box.h / 2) for box in frames]
                # The cards' own outlines: round corners, ellipses, diamonds.
                lines = [(border(frames[k.start], middles[k.end]), border(frames[k.end], middles[k.start])) for k in board.links]
                plan = Plan(plan.boxes, [*lines], plan.labels, [None] * len(board.sections), plan.w, plan.h)
                return picture(canvas, plan, Setting(size, faces, labels, [])), plan.w, plan.h
    return flow(canvas)
