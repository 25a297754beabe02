"""What all of Mermaid's diagrams share: lines with their numbers, words without markup, and the graph that most of them say."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec, explain

Line = tuple[int, str]
"""A line's number in the file, and its words."""

LOOKS = re.compile(r"^(classDef|class(?=\s+[\w,\s-]+\s+[\w,]+;?$)|style|linkStyle|click|links?\s)\b")
"""Lines that say how a diagram looks, which are left out."""
OWN = {"person", "cloud", "document", "queue", "note", "table", "end", "start", "input"}
"""Shapes that are read from, and written as, a class of that name."""


@dataclass(slots=True)
class Source:
    """A diagram's kind, what stands behind it on its first line, and the lines below."""

    kind: str
    number: int
    rest: str
    lines: list[Line]
    title: str
    unread: list[str] = field(default_factory=list)

    def fail(self, number: int, words: str, why: str = "") -> None:
        """Note a line that cannot be read."""
        self.unread.append(f"line {number}: {words.strip()[:60]!r} is not read" + (f" ({why})" if why else ""))

    def done(self) -> None:
        """Raise SpecProblem where any line could not be read."""
        if self.unread:
            more = f"; and {len(self.unread) - 8} more" if len(self.unread) > 8 else ""
            raise SpecProblem(f"{'; '.join(self.unread[:8])}{more}; leave it out or write it another way")


def lines_of(text: str) -> tuple[list[Line], str]:
    """The lines that count, with their numbers, and the title of the front matter."""
    words = text.replace("\r\n", "\n").replace("\r", "\n")
    words = re.sub(r"%%\{.*?\}%%", lambda m: "\n" * m[0].count("\n"), words, flags=re.DOTALL)
    out: list[Line] = []
    title = ""
    rows = words.split("\n")
    start = 0
    while start < len(rows) and (not rows[start].strip() or rows[start].strip().startswith("```")):
        start += 1
    if start < len(rows) and rows[start].strip() == "---":
        for n in range(start + 1, len(rows)):
            if rows[n].strip() == "---":
                start = n + 1
                break
            found = re.match(r"\s*title:\s*(.+)", rows[n])
            if found:
                title = found[1].strip().strip("\"'")
    block = False
    for n in range(start, len(rows)):
        bare = rows[n].strip()
        if block:
            block = "}" not in bare
            continue
        if re.match(r"accDescr\s*\{", bare):
            block = "}" not in bare
            continue
        if not bare or bare.startswith(("%%", "```")) or re.match(r"acc(?:Title|Descr)\s*:", bare):
            continue
        out.append((n + 1, re.sub(r"\s%%(?=[^\"]*$).*", "", rows[n]).rstrip()))
    return out, title


def words_of(text: str) -> str:
    """A label as plain words: entities and line breaks resolved, markup taken off."""
    text = text.strip()
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        text = text[1:-1]
    if text.startswith("`") and text.endswith("`") and len(text) > 1:
        text = re.sub(r"(\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w))", "", text[1:-1])
    text = re.sub(r"<br\s*/?>", "\n", text, flags=re.IGNORECASE)
    text = re.sub(r"</?(?:b|i|u|em|strong|small|sub|sup|span|center|p|div|code|font|h[1-6])(?:\s[^<>]*)?>", "", text, flags=re.IGNORECASE)
    text = re.sub(r"#(\w+);", lambda m: _entity(m[1]), text)
    text = html.unescape(text).replace("\\n", "\n")
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def _entity(name: str) -> str:
    if name.isdigit():
        return chr(int(name)) if 0 < int(name) < 0x110000 and not 0xD800 <= int(name) < 0xE000 else ""
    found = html.unescape(f"&{name};")
    return found if found != f"&{name};" else f"#{name};"


def quoted(words: str) -> str:
    """`words` in quotation marks, as Mermaid reads them."""
    return f'"{escaped(words)}"'


def escaped(words: str) -> str:
    for character, entity in (
        ("#", "#35;"),
        ('"', "#quot;"),
        ("&", "#amp;"),
        ("<", "#lt;"),
        (">", "#gt;"),
        ("`", "#96;"),
        ("\\n", "#92;n"),
    ):
        words = words.replace(character, entity)
    return re.sub(r"\r?\n", "<br/>", words.strip())


def board(source: Source, **fields: Any) -> Spec:
    """A whiteboard of these fields; raises SpecProblem for the lines that could not be read, and where it cannot be made."""
    source.done()
    try:
        return form("whiteboard").spec.model_validate({"title": source.title, **fields})
    except ValidationError as error:
        raise SpecProblem(f"this {source.kind} cannot be drawn: {explain(error)}") from None


@dataclass(slots=True)
class Graph:
    """What a diagram has said so far."""

    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    edges: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    open_: list[str] = field(default_factory=list)
    blank: set[str] = field(default_factory=set)
    """Boxes and groups that are told to show no words."""

    def node(self, name: str, **said: Any) -> dict[str, Any]:
        """The node called `name`, made in the open group where it is new; what is `said` of it is added."""
        node = self.nodes.setdefault(name, {"name": name})
        if self.open_ and "group" not in node:
            node["group"] = self.open_[-1]
        node.update({k: v for k, v in said.items() if v not in (None, "")})
        return node

    def group(self, name: str, label: str) -> None:
        """Open a group."""
        taken = {g["name"] for g in self.groups}
        fresh, n = name, 1
        while fresh in taken:
            n += 1
            fresh = f"{name}_{n}"
        made = {"name": fresh, "label": label}
        if self.open_:
            made["group"] = self.open_[-1]
        self.groups.append(made)
        self.open_.append(fresh)

    def fields(self) -> dict[str, Any]:
        """The graph as a board's fields. What is a group is no box too; a star before a name says that it is not shown."""
        named = {group["name"] for group in self.groups}
        nodes = [node for name, node in self.nodes.items() if name not in named or set(node) - {"name", "group"}]
        starred = {name: f"*{name}" for name in self.blank if not self.nodes.get(name, {}).get("label")}
        held = {"name", "group", "start", "end"}

        def told(one: dict[str, Any]) -> dict[str, Any]:
            return {key: starred.get(value, value) if key in held else value for key, value in one.items()}

        return {
            "groups": [told(one) for one in self.groups],
            "nodes": [told(one) for one in nodes],
            "edges": [told(one) for one in self.edges],
        }


def joined(lines: list[Line], unfinished: str = r"(?!)") -> Iterator[Line]:
    """Lines whose quotation marks are still open, and those that match `unfinished`, run on in the next."""
    held: Line | None = None
    for number, line in lines:
        held = (held[0], f"{held[1]}\n{line}") if held else (number, line)
        if held[1].count('"') % 2 == 0 and not re.search(unfinished, held[1]):
            yield held
            held = None
    if held:
        yield held


def labelled(text: str) -> dict[str, Any]:
    """A node's words: its label, its small print as a note, its picture."""
    said: dict[str, Any] = {}
    icon = re.search(r"\bfa[brsl]?:fa-([\w-]+)", text)
    if icon:
        said["icon"] = icon[1].replace("-", " ")
        text = text.replace(icon[0], "")
    small = re.search(r"(?:<br\s*/?>)?\s*<small>(.*)</small>\s*$", text, re.IGNORECASE | re.DOTALL)
    if small:
        said["note"] = words_of(small[1])
        text = text[: small.start()]
    said["label"] = words_of(text)
    return said


def beside(graph: Graph, name: str, words: str) -> None:
    """A remark tied to a node."""
    fresh = f"note {len(graph.nodes) + 1}"
    graph.node(fresh, label=words_of(words.replace("\n", "<br>")), shape="note")
    graph.edges.append({"start": name, "end": fresh, "head": "none", "dashed": True})
