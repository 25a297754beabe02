"""A board in other words: as a sentence, as Markdown, and as content that other forms can take or give."""

import itertools
from typing import Any

from flipchart.renderers.content import Content, Thing
from flipchart.renderers.content import Link as ContentLink
from flipchart.renderers.typeset import clean
from flipchart.renderers.whiteboard_names import resolved
from flipchart.renderers.whiteboard_parts import Board
from flipchart.renderers.whiteboard_spec import MOST, Whiteboard
from flipchart.renderers.words import say


def alt(spec: Whiteboard) -> str:
    """The title, the boxes and the first arrows, as a sentence."""
    return told(spec, resolved(spec))


def told(spec: Whiteboard, board: Board) -> str:
    """The same of a board that is resolved already."""
    lang = spec.lang or "en"
    boxes = [card.label.replace("\n", " ") for card in board.cards if card.label and not card.ghost]
    ends = [(_said(board, link.start), _said(board, link.end)) for link in board.links]
    arrows = [f"{start} → {end}" for start, end in ends if start and end]
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
            if board.cards[link.end].name
        ]
        words = ". ".join(part for part in (_flat(card.note), "; ".join(ends)) if part)
        listed.append(f"{'  ' if card.section >= 0 else ''}- {_flat(card.label)}" + (f": {words}" if words else ""))
    listed += [f"- {_flat(remark.text)}" for remark in board.remarks]
    if listed:
        out.append("\n".join(listed))
    return "\n\n".join(out)


def _flat(words: str) -> str:
    return " ".join(clean(words).split())


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
    """A board of another visual's things: linked things as a flow, ordered ones as a chain, others as a mind map round the title they
    share; loose notes where they have none."""
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
    loose = not nested and not given.links and not given.ordered
    root = add(Thing(given.title, id="root"), "") if (nested or loose) and len(given.things) > 1 and given.title else ""
    tops = [add(thing, root) for thing in given.things]
    if len(nodes) > MOST or len(edges) > MOST:
        return None
    design = "mindmap" if nested or root else "board" if loose else "flow"
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
