"""An infographic in other words: as Markdown, as a sentence, and as content that other forms can take."""

from collections.abc import Sequence
from dataclasses import replace

from flipchart.renderers.content import Content, Thing
from flipchart.renderers.infographic_compare import shared_rows
from flipchart.renderers.infographic_panel import Entry
from flipchart.renderers.infographic_spec import MOST, ORDERED, Family, Infographic, Leaf, entries, figure
from flipchart.renderers.spec import Source
from flipchart.renderers.typeset import clean


def alt(spec: Infographic) -> str:
    """The title and what the items are called."""
    labels = ", ".join(
        " ".join(part for part in (item.when, item.label, *(figure(item, spec.lang or "en"))) if part) for item in spec.items[:12]
    )
    return f"{spec.title}: {labels}" if spec.title else labels


def markdown(spec: Infographic) -> str:
    """The title as a heading, the items as a list (numbered where they are in order), or a table where they share their points."""
    lang = spec.lang or "en"
    out = [f"## {_flat(spec.title)}"] if spec.title else []
    if spec.subtitle:
        out.append(_flat(spec.subtitle))
    shown = entries(spec, lang)
    rows = shared_rows(shown)
    if rows:
        told = [[_cell(next((c for c in e.children if c.label == row), None)) for e in shown] for row in rows]
        table = [
            ["", *(e.label for e in shown)],
            ["---"] * (len(shown) + 1),
            *([row, *cells] for row, cells in zip(rows, told, strict=True)),
        ]
        out.append("\n".join("| " + " | ".join(_flat(cell).replace("|", "\\|") for cell in line) + " |" for line in table))
    else:
        out.append("\n".join(_listed(shown, 0, spec.family in ORDERED)))
    return "\n\n".join(out)


def _flat(words: str) -> str:
    return " ".join(clean(words).split())


def _cell(entry: Entry | None) -> str:
    return "–" if entry is None else " ".join(part for part in (entry.figure, entry.unit, entry.text) if part)


def _listed(entries: Sequence[Entry], level: int, numbered: bool) -> list[str]:
    out = []
    for entry in entries:
        mark = f"{entry.n}." if numbered else "-"
        figure = " ".join(part for part in (entry.figure, entry.unit) if part)
        head = " ".join(part for part in (entry.when, f"**{_flat(entry.label)}**" if entry.label else "") if part)
        head = f"{head}: {figure}" if figure and head else head or figure
        said = f"{head}. {_flat(entry.text)}" if entry.text and head[-3:-2] not in ".!?。！？؟" else f"{head} {_flat(entry.text)}".rstrip()
        out.append("   " * level + f"{mark} {said}")
        out += _listed(entry.children, level + 1, False)
    return out


def content(spec: Infographic) -> Content:
    """Its points as things (dates stand before their labels), and as a table where the items share their points or are counted."""

    def thing(leaf: Leaf) -> Thing:
        sources = tuple(
            (key[len(leaf.id) + 1 :], source) for key, source in spec.sources.items() if key.startswith(f"{leaf.id}.")
        )  # fmt: skip
        label = f"{leaf.when}: {leaf.label}" if leaf.when else leaf.label
        return Thing(
            label, leaf.text, leaf.value, leaf.unit, leaf.icon, tuple(thing(child) for child in leaf.children), leaf.id, sources
        )  # fmt: skip

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | float | None, ...], ...] = ()
    shown = entries(spec, spec.lang or "en")
    labels = shared_rows(shown)
    if labels:
        columns = ("", *(item.label for item in spec.items))
        rows = tuple(
            (label, *(_value(next((c for c in item.children if c.label == label), None)) for item in spec.items)) for label in labels
        )
    elif all(item.value is not None for item in spec.items):
        units = {item.unit for item in spec.items}
        columns = ("", units.pop() if len(units) == 1 else "")
        rows = tuple((item.when or item.label, item.value) for item in spec.items)
    ordered = spec.family in ORDERED or all(item.when for item in spec.items)
    return Content(spec.title, tuple(thing(item) for item in spec.items), (), ordered, columns, rows, spec.lang)


def _value(leaf: Leaf | None) -> str | float | None:
    if leaf is None:
        return None
    return leaf.value if leaf.value is not None else leaf.text or None


def from_content(given: Content) -> Infographic | None:
    """An infographic of another visual's things, or of a small table; None where it is a web of links or too much for one picture."""
    sources: dict[str, Source] = {}
    things = given.things or _of_rows(given)
    if not things or sum(1 for _ in _things(things)) > MOST:
        return None
    if given.links:
        grown = _grown(given)
        if grown is None:
            return None
        things = grown
    ids = [thing.id for thing in _things(things) if thing.id]
    keep = len(ids) == len(set(ids))

    def fields(thing: Thing) -> dict[str, object]:
        if keep and thing.id:
            sources.update({f"{thing.id}.{name}": source for name, source in thing.sources})
        return {
            "id": thing.id if keep else "", "label": thing.label or thing.text or "–", "text": thing.text if thing.label else "",
            "value": thing.value, "unit": thing.unit, "icon": thing.icon, "children": [fields(child) for child in thing.children],
        }  # fmt: skip

    items = [fields(thing) for thing in things]
    family: Family = "steps" if given.ordered else "list"
    if all(thing.value is not None for thing in things):
        family = "stats"
    elif any(child.children for thing in things for child in thing.children) or (len(things) == 1 and things[0].children):
        family = "hierarchy"
    return Infographic.model_validate({"title": given.title, "lang": given.lang, "family": family, "items": items, "sources": sources})


def _things(things: Sequence[Thing]) -> list[Thing]:
    out: list[Thing] = []
    for thing in things:
        out.append(thing)
        out += _things(thing.children)
    return out


def _of_rows(given: Content) -> tuple[Thing, ...]:
    """A table as things: one column of figures gives a thing a row, several give a thing a column."""
    if len(given.columns) < 2 or not 1 <= len(given.rows) <= 40:
        return ()
    if len(given.columns) == 2:
        return tuple(_told(str(row[0] if row[0] is not None else "–"), row[1], given.columns[1]) for row in given.rows)
    if len(given.columns) > 8 or len(given.rows) > 14:
        return ()
    return tuple(
        Thing(name or "–", children=tuple(_told(str(row[0] if row[0] is not None else "–"), row[i], "") for row in given.rows))
        for i, name in enumerate(given.columns[1:], 1)
    )


def _told(label: str, cell: str | float | None, unit: str) -> Thing:
    if isinstance(cell, int | float):
        return Thing(label, value=float(cell), unit=unit if len(unit) <= 4 else "")
    return Thing(label, text="–" if cell is None else str(cell))


def _grown(given: Content) -> tuple[Thing, ...] | None:
    """The things as a chain or a forest, as their links say; None where a thing has two ways in, or they run in a circle."""
    by_id = {thing.id: thing for thing in given.things}
    below: dict[str, list[str]] = {}
    above: dict[str, str] = {}
    for link in given.links:
        if link.start not in by_id or link.end not in by_id or link.end in above or link.start == link.end:
            return None
        above[link.end] = link.start
        below.setdefault(link.start, []).append(link.end)
    roots = [thing.id for thing in given.things if thing.id not in above]
    if len(roots) == 1 and all(len(ends) == 1 for ends in below.values()):
        chain, at = [], roots[0]
        while at:
            chain.append(by_id[at])
            at = below.get(at, [""])[0]
        return tuple(chain) if len(chain) == len(by_id) else None
    seen: set[str] = set()

    def grow(id: str) -> Thing:
        seen.add(id)
        return replace(by_id[id], children=(*by_id[id].children, *(grow(end) for end in below.get(id, []))))

    grown = tuple(grow(root) for root in roots)
    return grown if len(seen) == len(by_id) else None
