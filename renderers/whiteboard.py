"""Whiteboards: how things connect, as a process, an architecture, a tree, a mind map, a conversation or a wall of notes.

The model writes a graph, boxes and arrows by name, never where they go; the layout is chosen from the graph's shape and the width there is.
A board whose boxes carry places (one that a person arranged) keeps them where the page is wide enough to read it.
"""

import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, model_validator

from flipchart.renderers import sheet
from flipchart.renderers.content import Content, Thing
from flipchart.renderers.content import Link as ContentLink
from flipchart.renderers.drawing import Drawing, moved
from flipchart.renderers.registry import Form
from flipchart.renderers.spec import COLOUR, Ours, Part, Spec, walk
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import clean
from flipchart.renderers.whiteboard_canvas import Canvas, Made, sticky
from flipchart.renderers.whiteboard_flow import flow, lanes
from flipchart.renderers.whiteboard_network import network
from flipchart.renderers.whiteboard_notes import wall
from flipchart.renderers.whiteboard_parts import Board, Card, Link, Mark, Remark, Section
from flipchart.renderers.whiteboard_placed import extent, placed, settled
from flipchart.renderers.whiteboard_sequence import sequence
from flipchart.renderers.whiteboard_skeletons import skeleton
from flipchart.renderers.whiteboard_tree import mindmap, star, tree
from flipchart.renderers.words import say

Design = Literal["flow", "lanes", "tree", "mindmap", "sequence", "network", "board"]
Shape = Literal[
    "box", "start", "end", "decision", "store", "queue", "person", "cloud", "document", "note", "circle", "hexagon", "input", "table"
]  # fmt: skip
Colour = Annotated[str, Field(pattern=f"^$|{COLOUR}")]
Px = Annotated[FiniteFloat, Field(ge=-1e6, le=1e6)]

MUCH = 1.6  # how much wider than the page a graph may be drawn that a person arranged
MOST = 600  # boxes, and arrows, on one board
_ARROW = re.compile(r"^\s*(.+?)\s*(?:-{1,2}>|→|=>)\s*([^:]+?)\s*(?::\s*(.*))?$")


class Node(Part):
    """One box."""

    name: str = Field(min_length=1, description="The words in the box, as the person says them.")
    label: str = Field(default="", json_schema_extra={"strong": True}, description="The words in the box, if other than the name.")
    note: str = Field(default="", description="A few more words, only if needed. For a table: one field a line.")
    shape: Shape = Field(default="box", description="What it is.")
    group: str = Field(default="", json_schema_extra={"strong": True}, description="Name of the group it is in.")
    icon: str = Field(default="", description="One English word for a picture of it.")
    x: Annotated[Px | None, Ours] = None
    y: Annotated[Px | None, Ours] = None
    w: Annotated[Px | None, Ours] = None
    h: Annotated[Px | None, Ours] = None
    fill: Annotated[Colour, Ours] = ""
    ink: Annotated[Colour, Ours] = ""
    size: Annotated[FiniteFloat, Ours] = 0.0
    """Type size where a person set it, in px of their canvas; 0: ours."""

    @model_validator(mode="before")
    @classmethod
    def _word(cls, given: Any) -> Any:
        """A bare word is a box of that name; a label alone is its name too."""
        if isinstance(given, str):
            return {"name": given}
        if isinstance(given, dict) and not given.get("name") and given.get("label"):
            return {**given, "name": given["label"]}
        return given


class Edge(Part):
    """One arrow."""

    start: str = Field(description="Name of the box it leaves.")
    end: str = Field(description="Name of the box it reaches.")
    label: str = Field(default="", description="One to four words on the arrow, a verb.")
    dashed: bool = Field(default=False, json_schema_extra={"strong": True}, description="True for replies and weak links.")
    head: Annotated[Mark, Ours] = "arrow"
    tail: Annotated[Mark, Ours] = "none"
    near_start: Annotated[str, Ours] = ""
    near_end: Annotated[str, Ours] = ""
    group: Annotated[str, Ours] = ""
    """In a sequence: the group (a loop, an option) whose message it is."""
    spoken: Annotated[bool, Ours] = True
    """False for a remark over the lines of a sequence."""
    points: Annotated[tuple[tuple[Px, Px], ...], Ours] = ()
    ink: Annotated[Colour, Ours] = ""

    @model_validator(mode="before")
    @classmethod
    def _arrow(cls, given: Any) -> Any:
        """ "a -> b: words" is an arrow too."""
        found = _ARROW.match(given) if isinstance(given, str) else None
        return {"start": found[1], "end": found[2], "label": found[3] or ""} if found else given


class Group(Part):
    """An area around boxes."""

    name: str = Field(min_length=1, description="One short word for it.")
    label: str = Field(default="", description="Its heading, if other than the name.")
    group: Annotated[str, Ours] = ""
    """The group it is in."""
    x: Annotated[Px | None, Ours] = None
    y: Annotated[Px | None, Ours] = None
    w: Annotated[Px | None, Ours] = None
    h: Annotated[Px | None, Ours] = None

    @model_validator(mode="before")
    @classmethod
    def _word(cls, given: Any) -> Any:
        return {"name": given} if isinstance(given, str) else given


class Note(Part):
    """A free remark beside the graph."""

    text: str = Field(min_length=1, description="A short sentence.")
    x: Annotated[Px | None, Ours] = None
    y: Annotated[Px | None, Ours] = None
    w: Annotated[Px | None, Ours] = None
    h: Annotated[Px | None, Ours] = None
    ink: Annotated[Colour, Ours] = ""
    fill: Annotated[Colour, Ours] = ""
    """The colour of its paper where it was put somewhere with it."""
    size: Annotated[FiniteFloat, Ours] = 0.0

    @model_validator(mode="before")
    @classmethod
    def _words(cls, given: Any) -> Any:
        return {"text": given} if isinstance(given, str) else given


class Stroke(Part):
    """A line that a person drew by hand."""

    points: tuple[tuple[Px, Px], ...]
    ink: Colour = ""
    width: Annotated[FiniteFloat, Field(gt=0, le=64)] = 1.5


class Whiteboard(Spec):
    """A drawing of how things connect: a process, a system, a hierarchy, ideas round a topic, or who says what to whom."""

    kind: Literal["whiteboard"] = "whiteboard"
    design: Design = Field(
        default="flow",
        json_schema_extra={"strong": True},
        description="flow: processes and systems. lanes: who does which step, a group for each. tree: hierarchies. "
        "mindmap: ideas round a topic. sequence: messages in order. network: relations without direction. board: loose notes, or cards "
        "in columns by group.",
    )
    groups: tuple[Group, ...] = Field(
        default=(), max_length=MOST, json_schema_extra={"strong": True}, description="Areas, only where boxes belong together."
    )
    nodes: tuple[Node, ...] = Field(
        default=(), max_length=MOST, json_schema_extra={"strong": True}, description="The boxes; without them, what arrows name."
    )
    edges: tuple[Edge, ...] = Field(default=(), max_length=MOST, description="The arrows, in the order they happen.")
    notes: tuple[Note, ...] = Field(
        default=(), max_length=MOST, json_schema_extra={"strong": True}, description="Remarks beside it, rarely needed."
    )
    strokes: tuple[Stroke, ...] = Field(default=(), max_length=20 * MOST, json_schema_extra={"ours": True})

    @model_validator(mode="before")
    @classmethod
    def _boxed(cls, given: Any) -> Any:
        """Where no boxes are written, they are what the arrows name, in the order they name them."""
        if not isinstance(given, dict) or given.get("nodes") or not isinstance(given.get("edges"), list | tuple):
            return given
        ends = [edge.get(end) for edge in given["edges"] if isinstance(edge, dict) for end in ("start", "end")]
        names = {_fold(name): name for name in reversed(ends) if isinstance(name, str) and _fold(name)}
        ordered = dict.fromkeys(_fold(name) for name in ends if isinstance(name, str) and _fold(name))
        return given | {"nodes": [{"name": names[folded], "shape": shape_of(names[folded])} for folded in ordered]}


# From names to indexes


def shown(name: str) -> str:
    """A name as words."""
    return " ".join(re.sub(r"[_\s]+", " ", name).split())


# Words that say what a box stands for.
_SHAPES: dict[str, Shape] = {
    **dict.fromkeys(
        "db database postgres postgresql mysql mariadb sqlite mongo mongodb redis cache storage store s3 bucket warehouse".split(), "store"
    ),
    **dict.fromkeys("queue kafka rabbitmq sqs broker topic stream".split(), "queue"),
    **dict.fromkeys("user users customer client person people visitor buyer patient student teacher employee manager".split(), "person"),
    **dict.fromkeys("internet cloud cdn web".split(), "cloud"),
    **dict.fromkeys("report document invoice form contract file".split(), "document"),
}


def shape_of(name: str) -> Shape:
    """The shape of what `name` names, by its last word that says so; a question is a decision, all else a box."""
    if name.rstrip().endswith(("?", "？")):
        return "decision"
    return next((shape for word in reversed(re.findall(r"\w+", name.casefold())) if (shape := _SHAPES.get(word))), "box")


def _fold(name: str) -> str:
    return re.sub(r"[\W_]+", "", clean(name).casefold())


def resolved(spec: Whiteboard) -> Board:
    """The spec's names looked up: a name that is nearly a box's name or label means that box, any other is a ghost nothing is drawn for."""
    sections, section_of = _sections(spec)
    cards: list[Card] = []
    by_name: dict[str, int] = {}
    by_fold: dict[str, int] = {}
    for node in spec.nodes:
        here = len(cards)
        name = node.name if node.name not in by_name else node.id
        by_name.setdefault(node.name, here)
        at = None if node.x is None or node.y is None else (node.x, node.y, node.w or 0.0, node.h or 0.0)
        label = node.label.strip() or ("" if node.name.startswith("*") else shown(node.name))
        cards.append(
            Card(
                node.id, name, label, "" if _fold(node.note) == _fold(label) else node.note, node.shape, _icon(node.icon),
                section_of.get(_fold(node.group), -1) if node.group.strip() else -1, at, node.fill, node.ink, node.size,
            )
        )  # fmt: skip
    for here, node in enumerate(spec.nodes):
        for words in (node.name, node.label):
            if _fold(words):
                by_fold.setdefault(_fold(words), here)
    # A group without boxes that an arrow names, or that says something, is a box itself.
    held = {s for card in cards if card.section >= 0 for s in _above(sections, card.section)}
    used = {_fold(name) for edge in spec.edges for name in (edge.start, edge.end)}
    for s, section in enumerate(sections):
        if s not in held and (_fold(section.name) in used and _fold(section.name) not in by_fold and spec.design != "sequence"):
            by_fold[_fold(section.name)] = by_name[section.name] = len(cards)
            cards.append(Card(section.part, section.name, section.label, section=section.parent))
    first, last = _members(cards, sections)

    def find(name: str, leaving: bool) -> tuple[int, int]:
        """(card, section it stands for or -1)."""
        if name in by_name:
            return by_name[name], -1
        folded = _fold(name)
        if folded in by_fold:
            return by_fold[folded], -1
        group = section_of.get(folded, -1)
        if group >= 0 and group in first:
            return (last if leaving else first)[group], group
        near = get_close_matches(folded, by_fold, 1, 0.8) if folded else []
        if near:
            return by_fold[near[0]], -1
        by_name[name] = len(cards)
        cards.append(Card("", name, "", ghost=True))
        return by_name[name], -1

    links = []
    for edge in spec.edges:
        start, around_start = find(edge.start, True)
        end, around_end = find(edge.end, False)
        if around_start >= 0 and around_start in _above(sections, cards[end].section):
            around_start = -1
        if around_end >= 0 and around_end in _above(sections, cards[start].section):
            around_end = -1
        links.append(
            Link(
                edge.id, start, end, edge.label, edge.dashed, edge.head, edge.tail, edge.near_start, edge.near_end, around_start,
                around_end,
                section_of.get(_fold(edge.group), -1) if edge.group else -1, edge.spoken, edge.points, edge.ink,
            )
        )  # fmt: skip
    remarks = tuple(
        Remark(note.id, note.text, None if note.x is None or note.y is None else (note.x, note.y, note.w or 0.0, note.h or 0.0), note.ink,
        note.size, note.fill)
        for note in spec.notes
    )  # fmt: skip
    return Board(tuple(cards), tuple(links), tuple(sections), remarks, spec.lang)


def _icon(words: str) -> str:
    from flipchart.renderers import icons

    return (icons.find(words) or "") if words.strip() else ""


def _above(sections: Sequence[Section], section: int) -> list[int]:
    out: list[int] = []
    while section >= 0 and section not in out:
        out.append(section)
        section = sections[section].parent
    return out


def _sections(spec: Whiteboard) -> tuple[list[Section], dict[str, int]]:
    """The groups, those only boxes name included, and their indexes by folded name and label."""
    sections: list[Section] = []
    index: dict[str, int] = {}
    for group in spec.groups:
        at = None if group.x is None or group.y is None else (group.x, group.y, group.w or 0.0, group.h or 0.0)
        if _fold(group.name) in index:
            continue
        index[_fold(group.name)] = len(sections)
        label = group.label.strip() or ("" if group.name.startswith("*") else shown(group.name))
        sections.append(Section(group.id, group.name, label, -1, at))
    for group in spec.groups:
        index.setdefault(_fold(group.label), index[_fold(group.name)])
    for node in spec.nodes:
        if node.group.strip() and _fold(node.group) and _fold(node.group) not in index:
            near = get_close_matches(_fold(node.group), index, 1, 0.85)
            index[_fold(node.group)] = index[near[0]] if near else len(sections)
            if not near:
                sections.append(Section("", node.group, shown(node.group)))
    for group in spec.groups:
        here, parent = index[_fold(group.name)], index.get(_fold(group.group), -1) if group.group.strip() else -1
        if parent >= 0 and here not in _above(sections, parent):
            sections[here] = replace(sections[here], parent=parent)
    return sections, index


def _members(cards: Sequence[Card], sections: Sequence[Section]) -> tuple[dict[int, int], dict[int, int]]:
    """The first and last card in each section."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for v, card in enumerate(cards):
        for section in _above(sections, card.section):
            first.setdefault(section, v)
            last[section] = v
    return first, last


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
        forest = board.forest
        if (
            forest is not None
            and not board.labelled
            and not board.sections
            and len(board.cards) > 2
            and not any(c.ghost for c in board.cards)
        ):
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
    out, w, h = placed(canvas, strokes, whole) if whole else _drawn(design, canvas)
    free = 0.0 if room.h is None else max(0.0, room.h - h) * 0.45
    dx, dy = room.x + max(0.0, (room.w - w) / 2), room.y + free
    items += [moved(item, dx, dy) for item in out]
    if height is None:
        feet, height = sheet.foot(spec, style, width, room.y + h)
    return sheet.finish(spec, style, width, height, [*items, *feet], _told(spec, board))


def _drawn(design: str, canvas: Canvas) -> Made:
    """The picture's items from (0, 0), and its size."""
    board = canvas.board
    if not board.cards:
        return sticky(canvas, 0.0)
    drawn = _DESIGNS.get(design)
    items, w, h = drawn(canvas) if drawn else flow(canvas, design.removeprefix("flow").lstrip("-"))
    if board.remarks:
        more, wide, high = sticky(canvas, h + 20.0)
        return [*items, *more], max(w, wide), high
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


def alt(spec: Whiteboard) -> str:
    """The title, the boxes and the first arrows, as a sentence."""
    return _told(spec, resolved(spec))


def _told(spec: Whiteboard, board: Board) -> str:
    lang = spec.lang or "en"
    boxes = [card.label.replace("\n", " ") for card in board.cards if card.label and not card.ghost]
    arrows = [f"{_said(board, link.start)} → {_said(board, link.end)}" for link in board.links]
    told = (
        [say("whiteboard.boxes", lang, count=len(boxes), names=", ".join(boxes[:12]) + (", …" if len(boxes) > 12 else ""))] if boxes else []
    )
    if arrows:
        told.append(say("whiteboard.arrows", lang, count=len(arrows), names="; ".join(arrows[:12]) + ("; …" if len(arrows) > 12 else "")))
    told += [remark.text for remark in board.remarks[:3]]
    return f"{spec.title}: {' '.join(told)}" if spec.title and told else spec.title or " ".join(told) or say("whiteboard.empty", lang)


def _said(board: Board, v: int) -> str:
    card = board.cards[v]
    return (card.label or card.name).replace("\n", " ")


def markdown(spec: Whiteboard) -> str:
    """The title, the graph as a Mermaid fence, and what its boxes say as a list."""
    from flipchart.renderers import mermaid

    board = resolved(spec)
    out = [f"## {' '.join(spec.title.split())}"] if spec.title else []
    if board.links:
        out.append(f"```mermaid\n{mermaid.write(spec).rstrip()}\n```")
    listed = []
    named: list[int] = []
    for v, card in enumerate(board.cards):
        if card.ghost or not card.label:
            continue
        if card.section >= 0 and card.section not in named:
            named.append(card.section)
            listed.append(f"- **{_flat(board.sections[card.section].label)}**")
        ends = [
            f"{_flat(link.label)} → {_flat(_said(board, link.end))}" if link.label else f"→ {_flat(_said(board, link.end))}"
            for link in (board.links[i] for i in board.out[v])
        ]
        words = ". ".join(part for part in (_flat(card.note), "; ".join(ends)) if part)
        listed.append(f"{'  ' if card.section >= 0 else ''}- {_flat(card.label)}" + (f": {words}" if words else ""))
    listed += [f"- {_flat(remark.text)}" for remark in board.remarks]
    if listed:
        out.append("\n".join(listed))
    return "\n\n".join(out)


def _flat(words: str) -> str:
    return " ".join(clean(words).split())


def designs(spec: Whiteboard) -> tuple[str, ...]:
    """The designs that fit its graph, best first."""
    board = resolved(spec)
    found = _fitting(spec, board)
    return tuple(name for name in found if name != "flow" or "flow-right" not in found)


def content(spec: Whiteboard) -> Content:
    """Its boxes as things and its arrows as links; in order where they make one line."""
    board = resolved(spec)
    things = tuple(
        Thing(card.label or card.name, card.note, id=card.part, icon=node.icon)
        for card, node in zip(board.cards, spec.nodes, strict=False)
        if not card.ghost
    )
    links = tuple(
        ContentLink(board.cards[link.start].part, board.cards[link.end].part, link.label)
        for link in board.links
        if not board.cards[link.start].ghost and not board.cards[link.end].ghost
    )
    chain = board.chain
    if chain and len(chain) == len(things) and len(chain) > 1 and not any(link.label for link in links):
        return Content(spec.title, tuple(things[v] for v in chain), (), True, lang=spec.lang)
    if not links and board.sections and len(things) == len(board.cards):
        return Content(spec.title, _sorted(board, things), lang=spec.lang)
    return Content(spec.title, things, links, lang=spec.lang)


def _sorted(board: Board, things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """Things under the groups they are in."""
    out: list[Thing] = []
    for s, section in enumerate(board.sections):
        own = tuple(thing for thing, card in zip(things, board.cards, strict=True) if card.section == s)
        if own:
            out.append(Thing(section.label, children=own, id=section.part))
    return (*out, *(thing for thing, card in zip(things, board.cards, strict=True) if card.section < 0))


def from_content(given: Content) -> Whiteboard | None:
    """A board of another visual's things: linked things as a flow, nested ones as a mind map, ordered ones as a chain, others as loose
    notes."""
    if not given.things:
        return None
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    sources: dict[str, Any] = {}

    def add(thing: Thing, parent: str) -> str:
        name = thing.id or f"n{len(nodes) + 1}"
        name = name if name not in {n["name"] for n in nodes} else f"n{len(nodes) + 1}"
        if thing.id:
            names[thing.id] = name
        label = thing.label or thing.text or "–"
        note = thing.text if thing.label else ""
        if thing.value is not None:
            from flipchart.renderers.words import number

            figure = number(thing.value, given.lang or "en", thing.unit)
            place = f"node{len(nodes) + 1}.note"
            for field, source in thing.sources:
                if field == "value":
                    sources[f"{place}@0:{len(figure)}"] = source
            note = f"{figure} · {note}" if note else figure
        nodes.append({"id": f"node{len(nodes) + 1}", "name": name, "label": label, "note": note, "icon": thing.icon})
        if parent:
            edges.append({"start": parent, "end": name})
        for child in thing.children:
            add(child, name)
        return name

    nested = any(thing.children for thing in given.things)
    root = add(Thing(given.title, id="root"), "") if nested and len(given.things) > 1 and given.title else ""
    tops = [add(thing, root) for thing in given.things]
    if len(nodes) > MOST or len(edges) > MOST:
        return None
    design = "mindmap" if nested else "flow" if given.links or given.ordered else "board"
    edges += [
        {"start": names[link.start], "end": names[link.end], "label": link.label}
        for link in given.links
        if link.start in names and link.end in names
    ]
    if given.ordered and not given.links and not nested:
        edges += [{"start": a, "end": b} for a, b in itertools.pairwise(tops)]
    return Whiteboard.model_validate(
        {"title": given.title, "lang": given.lang, "design": design, "nodes": nodes, "edges": edges, "sources": sources}
    )


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


def carried(before: Whiteboard, after: Whiteboard) -> Whiteboard:
    """The board a model wrote anew, what is still there of the one before where a person put it, as they made it."""
    if before.design != after.design or not any(node.x is not None for node in before.nodes):
        return after
    places = {"x", "y", "w", "h", "fill", "ink", "size"}

    def keyed(parts: Sequence[Node | Group]) -> dict[str, Node | Group]:
        named = {_fold(part.label): part for part in reversed(parts)} | {_fold(part.name): part for part in reversed(parts)}
        return {name: part for name, part in named.items() if name}

    def placed_like(part: Part, old: Part | None) -> Part:
        fields = {} if old is None else old.model_dump(include=places & type(old).model_fields.keys(), exclude_defaults=True)
        return part.model_copy(update=fields)

    nodes, groups = keyed(before.nodes), keyed(before.groups)
    notes = {note.text: note for note in before.notes}
    lines = {(_fold(edge.start), _fold(edge.end)): edge for edge in before.edges}
    return after.model_copy(
        update={
            "nodes": tuple(placed_like(node, nodes.get(_fold(node.name)) or nodes.get(_fold(node.label))) for node in after.nodes),
            "groups": tuple(placed_like(group, groups.get(_fold(group.name))) for group in after.groups),
            "notes": tuple(placed_like(note, notes.get(note.text)) for note in after.notes),
            "edges": tuple(
                edge.model_copy(update={"points": old.points, "ink": old.ink})
                if (old := lines.get((_fold(edge.start), _fold(edge.end))))
                else edge
                for edge in after.edges
            ),
            "strokes": before.strokes,
        }
    )


def _mermaid(spec: Whiteboard, style: Style, blobs: Any) -> bytes:
    from flipchart.renderers import mermaid

    return mermaid.write(spec).encode()


FORM = Form(
    spec=Whiteboard,
    layout=layout,
    markdown=markdown,
    alt=alt,
    designs=designs,
    content=content,
    from_content=from_content,
    redrawn=redrawn,
    carried=carried,
    skeleton=skeleton,
    writes={"mmd": ("text/vnd.mermaid; charset=utf-8", _mermaid)},
)
