"""What a whiteboard is as data: boxes, arrows, groups, remarks and lines drawn by hand, by name and never by place."""

import re
from itertools import takewhile
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat, model_validator

from flipchart.renderers.spec import COLOUR, Ours, Part, Spec
from flipchart.renderers.typeset import clean
from flipchart.renderers.whiteboard_parts import Mark

Design = Literal["flow", "lanes", "tree", "mindmap", "sequence", "network", "board"]
Shape = Literal[
    "box", "start", "end", "decision", "store", "queue", "person", "cloud", "document", "note", "circle", "hexagon", "input", "table"
]  # fmt: skip
Colour = Annotated[str, Field(pattern=f"^$|{COLOUR}")]
Px = Annotated[FiniteFloat, Field(ge=-1e6, le=1e6)]

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
    away: Annotated[bool, Ours] = False
    """True where it stands on another page, and here only at the end of an arrow."""
    bare: Annotated[bool, Ours] = False
    """True for words that stand free, with no box drawn round them."""

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
        return _read(given)


def _read(given: Any) -> Any:
    """An arrow written in one line as its fields; anything else as it is."""
    found = _ARROW.match(given) if isinstance(given, str) else None
    return {"start": found[1], "end": found[2], "label": found[3] or ""} if found else given


class Group(Part):
    """An area around boxes."""

    name: str = Field(min_length=1, description="One short word for it.")
    label: str = Field(default="", description="Its heading, if other than the name.")
    group: Annotated[str, Ours] = ""
    """The group it is in."""
    turn: Annotated[int | None, Ours] = None
    """Its turn among the colours where others stand on another page; None for its place."""
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
        ends = [edge.get(end) for edge in map(_read, given["edges"]) if isinstance(edge, dict) for end in ("start", "end")]
        names = {fold(name): name for name in reversed(ends) if isinstance(name, str) and fold(name)}
        ordered = dict.fromkeys(fold(name) for name in ends if isinstance(name, str) and fold(name))
        return given | {"nodes": [{"name": names[folded], "shape": shape_of(names[folded])} for folded in ordered]}


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

_BEFORE = frozenset("for of in to with from on at".split())  # what follows these says more of it, not what it is


def shape_of(name: str) -> Shape:
    """The shape of what `name` names, by the word that says what it is ("orders database of the shop", "Postgres primary", but not
    "why people move"); a question is a decision, all else a box."""
    if name.rstrip().endswith(("?", "？")):
        return "decision"
    words = list(takewhile(lambda word: word not in _BEFORE, re.findall(r"\w+", name.casefold())))
    last = _SHAPES.get(words[-1], "box") if words else "box"
    first = _SHAPES.get(words[0], "box") if len(words) == 2 else "box"
    return last if last != "box" or first == "person" else first


def fold(name: str) -> str:
    """A name as names are compared: its letters and digits alone, in lower case."""
    return re.sub(r"[\W_]+", "", clean(name).casefold())
