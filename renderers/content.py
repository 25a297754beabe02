"""What forms share: a title with a list, tree, table or graph of things. Forms convert into each other through it, without a model."""

from dataclasses import dataclass

from flipchart.renderers.spec import Source


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing said: a label, what is said of it, and perhaps a figure. `children` make a tree."""

    label: str
    text: str = ""
    value: float | None = None
    unit: str = ""
    icon: str = ""
    children: tuple["Thing", ...] = ()
    id: str = ""
    """Id of the part it came from."""
    sources: tuple[tuple[str, Source], ...] = ()
    """Where its figures are from, by field name ("value")."""


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow from one thing to another, by id."""

    start: str
    end: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of one visual, without its form."""

    title: str
    things: tuple[Thing, ...] = ()
    links: tuple[Link, ...] = ()
    ordered: bool = False
    """True where the things are steps or dates."""
    columns: tuple[str, ...] = ()
    """Names of a table's columns; the first names the rows."""
    rows: tuple[tuple[str | float | None, ...], ...] = ()
    lang: str = ""
