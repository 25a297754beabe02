"""Boards of tables written as Mermaid's class and entity diagrams."""

import re
from collections.abc import Mapping
from typing import Any

from flipchart.renderers.mermaid_text import escaped, quoted

_LEFT = {"triangle": "<|", "diamond": "*", "hollow": "o", "arrow": "<", "none": "", "circle": "()"}
_RIGHT = {"triangle": "|>", "diamond": "*", "hollow": "o", "arrow": ">", "none": "", "circle": "()"}
_FIRST = {"maybe": "|o", "one": "||", "any": "}o", "some": "}|"}
_LAST = {"maybe": "o|", "one": "||", "any": "o{", "some": "|{"}
_ROW = re.compile(r"([^\s:\"]+): ([^\s\"]+)(?: \(((?:PK|FK|UK)(?:\s*,\s*(?:PK|FK|UK))*)\))?(?: – ([^\"]*))?")


def tables(spec: Any, board: Any, ids: Mapping[str, str]) -> str:
    """The board as a class or an entity diagram; empty where it is neither."""
    if not any(card.shape == "table" for card in board.cards) or any(card.ghost for card in board.cards):
        return ""
    head = {"flow-right": "  direction LR\n", "flow-down": "  direction TB\n"}.get(spec.look.design, "")
    return _entities(spec, board, ids, head) or _classes(spec, board, ids, head)


def _entities(spec: Any, board: Any, ids: Mapping[str, str], head: str) -> str:
    from flipchart.renderers.whiteboard_spec import shown

    ends = all(link.tail in _FIRST and link.head in _LAST and not link.near_start and not link.near_end for link in board.links)
    plain = not board.sections and not spec.notes and all(card.shape == "table" for card in board.cards)
    rows = [[_ROW.fullmatch(row) for row in card.note.split("\n") if row] for card in board.cards]
    if not (ends and plain) or not all(all(one) for one in rows) or not (board.links or any(rows)):
        return ""
    out = ["erDiagram"]
    for card, found in zip(board.cards, rows, strict=True):
        name = ids[card.name]
        said = f"  {name}" + (f"[{quoted(card.label)}]" if card.label != shown(name) else "")
        lines = [f"    {row[2]} {row[1]}" + (f" {row[3]}" if row[3] else "") + (f' "{row[4]}"' if row[4] else "") for row in found if row]
        out += [f"{said} {{", *lines, "  }"] if lines else [said]
    for link in board.links:
        line = f"{_FIRST[link.tail]}{'..' if link.dashed else '--'}{_LAST[link.head]}"
        out.append(f"  {ids[board.cards[link.start].name]} {line} {ids[board.cards[link.end].name]} : {quoted(link.label)}")
    return "\n".join([out[0], *([head.rstrip()] if head else []), *out[1:]]) + "\n"


def _classes(spec: Any, board: Any, ids: Mapping[str, str], head: str) -> str:
    from flipchart.renderers.whiteboard_spec import shown

    remarks = {v for v, card in enumerate(board.cards) if card.shape == "note" and not card.note}
    ties = [link for link in board.links if link.end in remarks]
    kept = [link for link in board.links if link.end not in remarks]
    flat = all(section.parent < 0 for section in board.sections)
    known = all(link.tail in _LEFT and link.head in _RIGHT and link.start not in remarks for link in kept)
    bound = all(link.dashed and link.head == "none" and not link.label for link in ties)
    shaped = all(card.shape == "table" for v, card in enumerate(board.cards) if v not in remarks)
    around = any(link.around_start >= 0 or link.around_end >= 0 for link in board.links)
    if not (known and bound and shaped and flat) or around or any("\n" in link.label or link.label.startswith(":") for link in kept):
        return ""
    if any(re.search(r"[{}]", card.note) for card in board.cards):
        return ""
    out = ["classDiagram", *([head.rstrip()] if head else [])]

    def put(card: Any, deep: str) -> None:
        said = f"{deep}class {ids[card.name]}" + (f"[{quoted(card.label)}]" if card.label != shown(ids[card.name]) else "")
        members = [f"{deep}  {_member(line)}" for line in card.note.split("\n") if line.strip()]
        out.extend([f"{said} {{", *members, f"{deep}}}"] if members else [said])

    for v, card in enumerate(board.cards):
        if card.section < 0 and v not in remarks:
            put(card, "  ")
    for s, section in enumerate(board.sections):
        inner = [card for v, card in enumerate(board.cards) if card.section == s and v not in remarks]
        if inner:
            out.append(f"  namespace space{s + 1}[{quoted(section.label)}] {{")
            for card in inner:
                put(card, "    ")
            out.append("  }")
    for link in kept:
        near = [f' "{escaped(words)}"' if words else "" for words in (link.near_start, link.near_end)]
        line = f"{_LEFT[link.tail]}{'..' if link.dashed else '--'}{_RIGHT[link.head]}"
        words = f" : {escaped(link.label)}" if link.label else ""
        out.append(f"  {ids[board.cards[link.start].name]}{near[0]} {line}{near[1]} {ids[board.cards[link.end].name]}{words}")
    tied = {link.end: ids[board.cards[link.start].name] for link in ties}
    out += [f"  note {f'for {tied[v]} ' if v in tied else ''}{quoted(board.cards[v].label)}" for v in sorted(remarks)]
    out += [f"  note {quoted(note.text)}" for note in spec.notes]
    return "\n".join(out) + "\n"


def _member(words: str) -> str:
    """A line of a class as Mermaid writes it: «kind» and generics with its own signs."""
    words = re.sub(r"^«(.+)»$", r"<<\1>>", words.strip())
    return words if words.startswith("<<") else re.sub(r"<([^<>]+)>", r"~\1~", words)
