"""What a board holds once its names are resolved: cards, links between them by index, and sections that enclose cards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from flipchart.renderers.graph import Point, Rect
from flipchart.renderers.trees import Forest

Mark = Literal["arrow", "none", "triangle", "diamond", "hollow", "circle", "cross", "one", "many", "maybe", "any", "some"]
"""What stands at an end of an arrow. The last five are an entity diagram's: 1, *, 0-1, 0-*, 1-*."""


@dataclass(frozen=True, slots=True)
class Card:
    """One box: where it comes from in the spec, how arrows name it, and what it says."""

    part: str
    name: str
    label: str
    note: str = ""
    shape: str = "box"
    icon: str = ""
    section: int = -1
    at: Rect | None = None
    """Where a person put it, in px of their own canvas."""
    fill: str = ""
    ink: str = ""
    size: float = 0.0
    """Type size on that canvas; 0: not known."""
    ghost: bool = False
    """True for the end of an arrow that leads nowhere: nothing is drawn there."""
    away: bool = False
    """True where it stands on another page, and here only at the end of an arrow: it is drawn faintly."""
    bare: bool = False
    """True where only its words are drawn."""


@dataclass(frozen=True, slots=True)
class Link:
    """One arrow between cards (indexes). `around_*` is the section it ends at where it names one, else -1."""

    part: str
    start: int
    end: int
    label: str = ""
    dashed: bool = False
    head: Mark = "arrow"
    tail: Mark = "none"
    near_start: str = ""
    near_end: str = ""
    around_start: int = -1
    around_end: int = -1
    section: int = -1
    spoken: bool = True
    """False for a remark set over a sequence's lines."""
    points: tuple[Point, ...] = ()
    ink: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A group: its label and the section it is in, or -1."""

    part: str
    name: str
    label: str
    parent: int = -1
    at: Rect | None = None
    turn: int | None = None
    """Its turn among the colours; None for its place among the outermost."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A free remark beside the graph."""

    part: str
    text: str
    at: Rect | None = None
    ink: str = ""
    size: float = 0.0
    fill: str = ""


@dataclass(frozen=True)
class Board:
    """All of a board, in written order."""

    cards: tuple[Card, ...]
    links: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()
    remarks: tuple[Remark, ...] = ()
    lang: str = ""
    kept: dict[str, int] = field(default_factory=dict)

    @cached_property
    def out(self) -> list[list[int]]:
        """For each card the links that start there."""
        found: list[list[int]] = [[] for _ in self.cards]
        for i, link in enumerate(self.links):
            found[link.start].append(i)
        return found

    @cached_property
    def into(self) -> list[list[int]]:
        """For each card the links that end there."""
        found: list[list[int]] = [[] for _ in self.cards]
        for i, link in enumerate(self.links):
            found[link.end].append(i)
        return found

    @cached_property
    def labelled(self) -> bool:
        """True where an arrow says something."""
        return any(link.label or link.near_start or link.near_end for link in self.links)

    def line(self, section: int) -> Iterator[int]:
        """`section` and those it is in, innermost first."""
        seen = set()
        while section >= 0 and section not in seen:
            yield section
            seen.add(section)
            section = self.sections[section].parent

    def turn(self, section: int) -> int:
        """Which of the colours a section has: its outermost section's turn; -1 for none."""
        outer = [-1, *self.line(section)][-1]
        if outer < 0 or self.sections[outer].parent >= 0:
            return outer
        told = self.sections[outer].turn
        return sum(one.parent < 0 for one in self.sections[:outer]) if told is None else told

    @cached_property
    def steps(self) -> tuple[list[int], list[int]]:
        """The order in which a person would explain it, from 1: for each card and for each link. From the sources along the arrows: card,
        arrow,
        card; then what is left."""
        cards, links = [0] * len(self.cards), [0] * len(self.links)
        step = 0
        roots = [v for v in range(len(self.cards)) if not any(self.links[i].start != v for i in self.into[v])]
        for root in [*roots, *range(len(self.cards))]:
            if cards[root]:
                continue
            step += 1
            cards[root] = step
            line = [root]
            for v in line:
                for i in self.out[v]:
                    step += 1
                    links[i] = step
                    w = self.links[i].end
                    if not cards[w]:
                        step += 1
                        cards[w] = step
                        line.append(w)
        return cards, links

    @cached_property
    def forest(self) -> Forest | None:
        """The cards as trees along the arrows (sizes still empty); None where a card has two ways in or they run in a circle."""
        parents: dict[int, int] = {}
        children: list[list[int]] = [[] for _ in self.cards]
        for link in self.links:
            if link.start == link.end or link.end in parents or link.around_start >= 0 or link.around_end >= 0:
                return None
            parents[link.end] = link.start
            children[link.start].append(link.end)
        roots = [v for v in range(len(self.cards)) if v not in parents]
        forest = Forest([(0.0, 0.0)] * len(self.cards), children, roots)
        return forest if len(forest.down()) == len(self.cards) else None

    @cached_property
    def chain(self) -> list[int]:
        """The cards in order where the arrows make one plain line through all of them; else an empty list."""
        forest = self.forest
        if forest is None or len(forest.roots) != 1 or any(len(some) > 1 for some in forest.children):
            return []
        return forest.down()

    def components(self) -> list[list[int]]:
        """The cards in sets that no arrow and no shared section joins, in written order."""
        parent = list(range(len(self.cards)))

        def find(v: int) -> int:
            while parent[v] != v:
                parent[v] = parent[parent[v]]
                v = parent[v]
            return v

        for link in self.links:
            parent[find(link.start)] = find(link.end)
        first: dict[int, int] = {}
        for v, card in enumerate(self.cards):
            for section in self.line(card.section):
                if section in first:
                    parent[find(v)] = find(first[section])
                first.setdefault(section, v)
        held: dict[int, list[int]] = {}
        for v in range(len(self.cards)):
            held.setdefault(find(v), []).append(v)
        return sorted(held.values())


def spread(words: Sequence[str]) -> str:
    """The words in one line, empty ones left out."""
    return ", ".join(word for word in words if word)
