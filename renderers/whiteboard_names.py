"""From a board's names to indexes: which box, or which group, each arrow means."""

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from flipchart.renderers.whiteboard_parts import Board, Card, Link, Remark, Section
from flipchart.renderers.whiteboard_spec import Whiteboard, fold, shown


def resolved(spec: Whiteboard) -> Board:
    """The spec's names looked up: a name that is nearly a box's name or label means that box, any other is a ghost nothing is drawn for,
    and no name is one of its own."""
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
                node.id, name, label, "" if fold(node.note) == fold(label) else node.note, node.shape, _icon(node.icon),
                section_of.get(fold(node.group), -1) if node.group.strip() else -1, at, node.fill, node.ink, node.size,
                away=node.away, bare=node.bare,
            )
        )  # fmt: skip
    for here, node in enumerate(spec.nodes):
        for words in (node.name, node.label):
            if fold(words):
                by_fold.setdefault(fold(words), here)
    # A group without boxes that an arrow names, or that says something, is a box itself.
    held = {s for card in cards if card.section >= 0 for s in _above(sections, card.section)}
    used = {fold(name) for edge in spec.edges for name in (edge.start, edge.end)}
    for s, section in enumerate(sections):
        if s not in held and (fold(section.name) in used and fold(section.name) not in by_fold and spec.design != "sequence"):
            by_fold[fold(section.name)] = by_name[section.name] = len(cards)
            cards.append(Card(section.part, section.name, section.label, section=section.parent))
    first, last = _members(cards, sections)

    def find(name: str, leaving: bool) -> tuple[int, int]:
        """(card, section it stands for or -1)."""
        if not name:  # an end that stands free
            cards.append(Card("", "", "", ghost=True))
            return len(cards) - 1, -1
        if name in by_name:
            return by_name[name], -1
        folded = fold(name)
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
                section_of.get(fold(edge.group), -1) if edge.group else -1, edge.spoken, edge.points, edge.ink,
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
        if fold(group.name) in index:
            continue
        index[fold(group.name)] = len(sections)
        label = group.label.strip() or ("" if group.name.startswith("*") else shown(group.name))
        sections.append(Section(group.id, group.name, label, -1, at, group.turn))
    for group in spec.groups:
        index.setdefault(fold(group.label), index[fold(group.name)])
    for node in spec.nodes:
        if node.group.strip() and fold(node.group) and fold(node.group) not in index:
            near = get_close_matches(fold(node.group), index, 1, 0.85)
            index[fold(node.group)] = index[near[0]] if near else len(sections)
            if not near:
                sections.append(Section("", node.group, shown(node.group)))
    for group in spec.groups:
        here, parent = index[fold(group.name)], index.get(fold(group.group), -1) if group.group.strip() else -1
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
