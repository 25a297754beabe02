"""Boards written as Mermaid: a sequence diagram, a mind map, or a flowchart."""

import re
from typing import Any

from flipchart.renderers.mermaid_text import OWN, escaped, quoted
from flipchart.renderers.mermaid_uml import BLOCKS, PARTS
from flipchart.renderers.mermaid_write_uml import tables
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import Spec

_BRACKETS = {
    "box": ("[", "]"), "start": ("([", "])"), "end": ("([", "])"), "decision": ("{", "}"), "store": ("[(", ")]"), "circle": ("((", "))"),
    "hexagon": ("{{", "}}"), "input": ("[/", "/]"), "person": ("[", "]"), "cloud": ("(", ")"), "document": ("[", "]"), "queue": ("[[",
    "]]"),
    "note": ("[", "]"), "table": ("[", "]"),
}  # fmt: skip
_LINES = {"arrow": ">", "none": "-", "cross": "x", "circle": "o"}


def written(spec: Spec) -> str:
    """The board as Mermaid text: a sequence diagram, a mind map, an entity or class diagram, or a flowchart. Places are not kept."""
    from flipchart.renderers.whiteboard_names import resolved
    from flipchart.renderers.whiteboard_spec import Whiteboard

    if not isinstance(spec, Whiteboard):
        raise SpecProblem(f"Mermaid is written from a whiteboard, not from a {spec.kind}; convert it first")
    board = resolved(spec)
    title = " ".join(spec.title.split())
    head = f"---\ntitle: {quoted(title)}\n---\n" if title else ""
    if spec.design == "sequence" and board.links:
        return head + _write_sequence(spec)
    forest = board.forest
    plain = all(not e.label and not e.dashed and e.head == "arrow" for e in spec.edges) and not spec.groups
    simple = all(not n.note and n.shape in {"box", "circle", "hexagon", "cloud"} and not n.group for n in spec.nodes)
    if spec.design == "mindmap" and forest is not None and len(forest.roots) == 1 and plain and simple and not spec.notes:
        return head + _write_mindmap(board.cards, forest.children, forest.roots[0])
    made = tables(spec, board, _Names([card.name for card in board.cards]).ids) if spec.design == "flow" else ""
    return head + (made or _write_flow(spec))


class _Names:
    """Safe ids for the names of a board: the name itself where Mermaid takes it."""

    def __init__(self, names: list[str]) -> None:
        self.ids: dict[str, str] = {}
        taken = {"end", "graph", "subgraph", "flowchart", "class", "style", "click", "default", "direction"}
        safe = [
            name for name in names if re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) and name.lower() not in taken and name[0] not in "ox"
        ]
        used = set(safe)
        for name in names:
            if name in self.ids:
                continue
            if name in safe:
                self.ids[name] = name
                continue
            n = len(self.ids) + 1
            while f"n{n}" in used:
                n += 1
            self.ids[name] = f"n{n}"
            used.add(f"n{n}")

    def __getitem__(self, name: str) -> str:
        return self.ids[name]


def _write_flow(spec: Any) -> str:
    from flipchart.renderers.whiteboard_names import resolved

    board = resolved(spec)
    names = _Names(
        [
            *(card.name for card in board.cards),
            *(f"group {section.name}" for section in board.sections),
            *(f"note {n.id}" for n in spec.notes),
        ]
    )
    out = [f"flowchart {'LR' if spec.look.design == 'flow-right' else 'TD'}"]

    def put(card: Any, deep: int) -> None:
        if not card.label and not card.note and card.shape in {"start", "end"}:
            out.append(f"{'  ' * deep}{names[card.name]}@{{ shape: {'sm' if card.shape == 'start' else 'fr'}-circ }}")
            return
        opening, closing = _BRACKETS[card.shape]
        label = quoted(card.label)
        if card.note:
            label = f'"{escaped(card.label)}<br/><small>{escaped(card.note)}</small>"'
        named = f":::{card.shape}" if card.shape in OWN and card.shape not in {"start", "input"} else ""
        out.append(f"{'  ' * deep}{names[card.name]}{opening}{label}{closing}{named}")

    def inside(parent: int, deep: int) -> None:
        for s, section in enumerate(board.sections):
            if section.parent == parent and any(s in board.line(card.section) for card in board.cards):
                out.append(f"{'  ' * deep}subgraph {names[f'group {section.name}']} [{quoted(section.label)}]")
                inside(s, deep + 1)
                for card in board.cards:
                    if card.section == s and not card.ghost:
                        put(card, deep + 1)
                out.append(f"{'  ' * deep}end")

    # Boxes stand in their written order; groups come where their first box does.
    seen: set[int] = set()
    for card in board.cards:
        outer = list(board.line(card.section))[-1:] if card.section >= 0 else []
        if not outer and not card.ghost:
            put(card, 1)
        elif outer and outer[0] not in seen:
            seen.add(outer[0])
            s = outer[0]
            out.append(f"  subgraph {names[f'group {board.sections[s].name}']} [{quoted(board.sections[s].label)}]")
            inside(s, 2)
            for inner in board.cards:
                if inner.section == s and not inner.ghost:
                    put(inner, 2)
            out.append("  end")
    for link in board.links:
        if not (board.cards[link.start].name and board.cards[link.end].name):
            continue  # Mermaid has no arrow whose end stands free
        start = names[f"group {board.sections[link.around_start].name}"] if link.around_start >= 0 else names[board.cards[link.start].name]
        end = names[f"group {board.sections[link.around_end].name}"] if link.around_end >= 0 else names[board.cards[link.end].name]
        head = _LINES.get(link.head, "-")
        tail = {"arrow": "<", "cross": "x", "circle": "o"}.get(link.tail, "")
        line = f"{tail}-.-{head if head != '-' else ''}" if link.dashed else f"{tail}--{head}"
        words = ", ".join(part for part in (link.near_start, link.label, link.near_end) if part)
        out.append(f"  {start} {line}{f'|{quoted(words)}|' if words else ''} {end}")
    out += [f"  {names[f'note {note.id}']}[{quoted(note.text)}]:::note" for note in spec.notes]
    return "\n".join(out) + "\n"


def _write_sequence(spec: Any) -> str:
    from flipchart.renderers.whiteboard_names import resolved
    from flipchart.renderers.whiteboard_spec import shown

    board = resolved(spec)
    names = _Names([card.name for card in board.cards])
    out = ["sequenceDiagram"]
    for card in board.cards:
        label = _spoken(card.label or card.name)
        typed = '@{ "type": "database" }' if card.shape == "store" else ""
        out.append(
            f"  {'actor' if card.shape == 'person' else 'participant'} {names[card.name]}{typed}"
            + (f" as {label}" if label != shown(names[card.name]) else "")
        )
    open_: list[int] = []
    for link in board.links:
        wanted = list(board.line(link.section))[::-1]
        while open_ and open_ != wanted[: len(open_)]:
            closed = open_.pop()
            follows = (
                len(wanted) > len(open_)
                and wanted[: len(open_)] == open_
                and board.sections[wanted[len(open_)]].label.split(" ")[0] in PARTS
            )
            if follows and board.sections[closed].parent == board.sections[wanted[len(open_)]].parent:
                section = wanted[len(open_)]
                out.append(f"{'  ' * (len(open_) + 1)}{_spoken(board.sections[section].label)}")
                open_.append(section)
                break
            out.append(f"{'  ' * (len(open_) + 1)}end")
        for section in wanted[len(open_) :]:
            label = _spoken(board.sections[section].label)
            words = label if label.split(" ")[0] in BLOCKS else f"opt {label}"
            out.append(f"{'  ' * (len(open_) + 1)}{'rect rgb(240, 240, 240)' if words == 'rect' else words}")
            open_.append(section)
        deep = "  " * (len(open_) + 1)
        start, end = names[board.cards[link.start].name], names[board.cards[link.end].name]
        if not link.spoken:
            out.append(f"{deep}Note over {start}{f',{end}' if end != start else ''}: {_spoken(link.label)}")
            continue
        dash = "--" if link.dashed else "-"
        line = (
            f"<<{dash}>>"
            if link.tail == "arrow"
            else f"{dash}x"
            if link.head == "cross"
            else f"{dash}>"
            if link.head == "none"
            else f"{dash}>>"
        )
        out.append(f"{deep}{start}{line}{end}: {_spoken(link.label)}".rstrip())
    while open_:
        open_.pop()
        out.append(f"{'  ' * (len(open_) + 1)}end")
    return "\n".join(out) + "\n"


def _spoken(words: str) -> str:
    """Words of a sequence, which stand without quotation marks."""
    return re.sub(r"(?<!#35)(?<!#quot)(?<!#amp)(?<!#lt)(?<!#gt)(?<!#96)(?<!#92);", "#59;", escaped(words))


def _write_mindmap(cards: Any, children: Any, root: int) -> str:
    out = ["mindmap"]
    brackets = {"circle": ("((", "))"), "hexagon": ("{{", "}}"), "cloud": (")", "(")}

    def put(v: int, deep: int) -> None:
        opening, closing = brackets.get(cards[v].shape, ("[", "]"))
        out.append(f"{'  ' * deep}n{v + 1}{opening}{quoted(cards[v].label)}{closing}")
        for w in children[v]:
            put(w, deep + 1)

    put(root, 1)
    return "\n".join(out) + "\n"
