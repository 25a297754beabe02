"""Mermaid in and out: diagrams become boards, timelines and plans infographics, figures charts; a board is written as Mermaid.

Read: flowchart, sequence, state, class, entity, mind map, kanban, timeline, journey, gantt, pie, quadrant-free basics of XY charts. Looks
(`classDef`, `style`, `linkStyle`, `click`, themes) are left out; any other line that cannot be read is named with its number.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec, explain

Line = tuple[int, str]
"""A line's number in the file, and its words."""

_KINDS = (
    "graph", "flowchart", "flowchart-elk", "sequenceDiagram", "stateDiagram", "stateDiagram-v2", "classDiagram", "classDiagram-v2",
    "erDiagram",
    "mindmap", "timeline", "gantt", "pie", "kanban", "journey", "xychart-beta", "xychart",
)  # fmt: skip
_OTHERS = (
    "gitGraph", "quadrantChart", "requirementDiagram", "C4Context", "C4Container", "C4Component", "C4Dynamic", "C4Deployment", "zenuml",
    "sankey-beta", "sankey", "block-beta", "block", "packet-beta", "packet", "architecture-beta", "architecture", "radar-beta", 
    "treemap-beta", "treemap", "info", "swimlane",
)  # fmt: skip
_FIRST = re.compile(r"^(" + "|".join(sorted((re.escape(k) for k in (*_KINDS, *_OTHERS)), key=len, reverse=True)) + r")(?![\w-])")
_LOOKS = re.compile(r"^(classDef|class(?=\s+[\w,\s-]+\s+\w+;?$)|style|linkStyle|click|accTitle|accDescr|links?\s)\b")


def starts(text: str) -> bool:
    """True where the first words that count are those of a Mermaid diagram."""
    try:
        lines = _lines(text)[0]
    except SpecProblem:
        return False
    return bool(lines) and bool(_FIRST.match(lines[0][1].strip()))


def read(text: str) -> Spec:
    """The diagram in `text` as a spec of the form that draws it; raises SpecProblem, which names what cannot be read."""
    lines, title = _lines(text)
    if not lines:
        raise SpecProblem("the Mermaid text is empty; start it with a word such as `flowchart LR`")
    number, first = lines[0][0], lines[0][1].strip()
    found = _FIRST.match(first)
    if not found:
        raise SpecProblem(f"line {number}: {first[:40]!r} starts no Mermaid diagram; start it with one of {', '.join(_KINDS)}")
    kind = found[1]
    if kind in _OTHERS:
        raise SpecProblem(f"line {number}: Mermaid's `{kind}` is not read; use one of {', '.join(_KINDS)}")
    reader = _READERS[kind.split("-")[0]]
    rest = first[found.end() :].strip()
    return reader(_Source(kind, number, rest, lines[1:], title))


@dataclass(slots=True)
class _Source:
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


def _lines(text: str) -> tuple[list[Line], str]:
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
        if not bare or bare.startswith(("%%", "```")):
            continue
        out.append((n + 1, rows[n].rstrip()))
    return out, title


def _words(text: str) -> str:
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


def _board(source: _Source, **fields: Any) -> Spec:
    from pydantic import ValidationError

    source.done()
    try:
        return form("whiteboard").spec.model_validate({"title": source.title, **fields})
    except ValidationError as error:
        raise SpecProblem(f"this {source.kind} cannot be drawn: {explain(error)}") from None


# Flowcharts

_LETTER = r"[^\s\[\](){}<>|;&\"'`~=@:%,-]"
_ID = re.compile(rf"{_LETTER}(?:{_LETTER}|(?<!:):(?!:)|-(?![-.>=]))*")
_SHAPES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("(((", (")))",), "end"), ("((", ("))",), "circle"), ("([", ("])",), "start"), ("(-", ("-)",), "circle"), ("[[", ("]]",), "box"),
    ("[(", (")]",), "store"), ("[/", ("/]", "\\]"), "input"), ("[\\", ("\\]", "/]"), "input"), ("{{", ("}}",), "hexagon"), ("{", ("}",),
    "decision"),
    ("(", (")",), "box"), ("[", ("]",), "box"), (">", ("]",), "note"),
)  # fmt: skip
_NAMED = {
    "rect": "box", "proc": "box", "process": "box", "rounded": "box", "event": "box", "stadium": "start", "pill": "start", "terminal":
    "start",
    "diam": "decision", "diamond": "decision", "decision": "decision", "question": "decision", "cyl": "store", "cylinder": "store", "db":
    "store",
    "database": "store", "lin-cyl": "store", "disk": "store", "h-cyl": "queue", "das": "queue", "horizontal-cylinder": "queue", "circle":
    "circle",
    "circ": "circle", "sm-circ": "start", "f-circ": "start", "fr-circ": "end", "stop": "end", "dbl-circ": "end", "hex": "hexagon",
    "hexagon": "hexagon",
    "prepare": "hexagon", "lean-r": "input", "lean-right": "input", "in-out": "input", "lean-l": "input", "out-in": "input", "doc":
    "document",
    "document": "document", "docs": "document", "documents": "document", "lin-doc": "document", "tag-doc": "document", "cloud": "cloud",
    "bang": "cloud", "odd": "note", "card": "note", "notch-rect": "note", "brace": "note", "comment": "note", "delay": "queue", "text":
    "box",
}  # fmt: skip
_CLOSED = {
    "solid": re.compile(r"\s*([<xo]?)(--+)([->xo])"),
    "thick": re.compile(r"\s*([<xo]?)(==+)([=>xo])"),
    "dotted": re.compile(r"\s*([<xo]?)(-\.+-)([>xo]?)"),
    "hidden": re.compile(r"\s*()(~~~+)()"),
}
_OPEN = {
    "solid": re.compile(r"\s*([<xo]?)--\s*(?=[^\s>-])"),
    "thick": re.compile(r"\s*([<xo]?)==\s*(?=[^\s=>])"),
    "dotted": re.compile(r"\s*([<xo]?)-\.\s*(?=[^\s.-])"),
}
_CLOSING = {"solid": re.compile(r"(--+)([->xo])"), "thick": re.compile(r"(==+)([=>xo])"), "dotted": re.compile(r"(\.+-)([>xo]?)")}
_HEADS = {">": "arrow", "<": "arrow", "x": "cross", "o": "circle", "": "none", "-": "none", "=": "none"}


@dataclass(slots=True)
class _Graph:
    """What a diagram has said so far."""

    nodes: dict[str, dict[str, Any]] = field(default_factory=dict)
    edges: list[dict[str, Any]] = field(default_factory=list)
    groups: list[dict[str, Any]] = field(default_factory=list)
    open_: list[str] = field(default_factory=list)

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
        """The graph as a board's fields. What is a group is no box too."""
        named = {group["name"] for group in self.groups}
        nodes = [node for name, node in self.nodes.items() if name not in named or set(node) - {"name", "group"}]
        return {"groups": self.groups, "nodes": nodes, "edges": self.edges}


def _flowchart(source: _Source) -> Spec:
    graph = _Graph()
    way = re.match(r"(TB|TD|BT|LR|RL)\b", source.rest)
    design = "flow-right" if way and way[1] in {"LR", "RL"} else "flow-down" if way else ""
    rest = source.rest[way.end() :].lstrip("; ") if way else source.rest.lstrip("; ")
    lines: list[Line] = ([(source.number, rest)] if rest else []) + source.lines
    for number, line in _joined(lines):
        for statement in _statements(line):
            if not _flow_statement(graph, statement):
                source.fail(number, statement)
    return _board(source, design="flow", look={"design": design}, **graph.fields())


def _joined(lines: list[Line]) -> Iterator[Line]:
    """Lines whose quotation marks are still open run on in the next."""
    held: Line | None = None
    for number, line in lines:
        held = (held[0], f"{held[1]}\n{line}") if held else (number, line)
        if held[1].count('"') % 2 == 0:
            yield held
            held = None
    if held:
        yield held


def _statements(line: str) -> Iterator[str]:
    """A line's statements, split at semicolons outside quotation marks and entities."""
    if '"' not in line:
        line = re.sub("[“”„‟]", '"', line)
    piece, quoted = "", False
    for n, c in enumerate(line):
        if c == '"':
            quoted = not quoted
        if c == ";" and not quoted and not re.search(r"[#&]\w+$", line[:n]):
            if piece.strip():
                yield piece.strip()
            piece = ""
        else:
            piece += c
    if piece.strip():
        yield piece.strip()


def _flow_statement(graph: _Graph, words: str) -> bool:
    if _LOOKS.match(words) or words.startswith("direction "):
        return True
    if words == "end":
        if graph.open_:
            graph.open_.pop()
        return True
    found = re.match(r"subgraph\b\s*(.*)$", words, re.DOTALL)
    if found:
        title = re.match(r'([^\s"\[]+)\s*\[(.*)\]$', found[1].strip(), re.DOTALL)
        label = _words(title[2]) if title else _words(found[1])
        name = title[1] if title else label or f"group{len(graph.groups) + 1}"
        graph.group(name, label)
        return True
    if re.match(r"class\s+[\w,\s-]+?\s+\w+$", words):
        return True
    if re.match(r"[\w-]+@\{\s*(?:animat|curve)", words):
        return True
    return _chain(graph, words)


def _chain(graph: _Graph, words: str) -> bool:
    """Nodes and the links between them: `a & b --> c -- words --> d`."""
    at = 0
    left: list[str] = []
    link: dict[str, Any] | None = None
    while True:
        found = _nodes(graph, words, at)
        if found is None:
            return False
        names, at = found
        if link is not None:
            for start in left:
                for end in names:
                    if not link["hidden"]:
                        graph.edges.append({"start": start, "end": end, **{k: v for k, v in link.items() if k != "hidden"}})
        if not words[at:].strip():
            return True
        linked = _link(words, at)
        if linked is None:
            return False
        link, at = linked
        left = names


def _nodes(graph: _Graph, words: str, at: int) -> tuple[list[str], int] | None:
    names = []
    while True:
        at += len(words[at:]) - len(words[at:].lstrip())
        found = _ID.match(words, at)
        if not found:
            return None
        name, at = found[0], found.end()
        said: dict[str, Any] = {}
        while True:
            shaped = _shape(words, at)
            if shaped is None:
                return None
            more, after = shaped
            if after == at:
                break
            said |= more
            at = after
        graph.node(name, **said)
        names.append(name)
        amp = re.match(r"\s*&\s*", words[at:])
        if not amp:
            return names, at
        at += amp.end()


def _shape(words: str, at: int) -> tuple[dict[str, Any], int] | None:
    """What stands right behind a node's name: its shape with words, `@{…}`, or `:::class`. None where a bracket is not closed."""
    if words.startswith("@{", at):
        close = words.find("}", at)
        if close < 0:
            return None
        said: dict[str, Any] = {}
        for key, quoted, bare in re.findall(r"([\w-]+)\s*:\s*(?:\"([^\"]*)\"|([^,}\n]+))", words[at + 2 : close]):
            value = (quoted or bare).strip()
            if key == "shape":
                said["shape"] = _NAMED.get(value, "box")
                if value in {"sm-circ", "f-circ", "fr-circ", "stop"}:
                    said["label"] = said.get("label", "")
            elif key == "label":
                said |= _labelled(value)
            elif key == "icon":
                said["icon"] = value.split(":")[-1].replace("-", " ")
        return said, close + 1
    found = re.match(r":::([\w-]+)", words[at:])
    if found:
        return ({"shape": found[1]} if found[1] in _OWN else {}), at + found.end()
    for opening, closings, shape in _SHAPES:
        if not words.startswith(opening, at):
            continue
        start = at + len(opening)
        quoted = re.match(r'\s*"([^"]*)"\s*', words[start:])
        if quoted:
            end = start + quoted.end()
            closing = next((c for c in closings if words.startswith(c, end)), None)
            if closing is None:
                continue
            return _labelled(quoted[1]) | {"shape": shape}, end + len(closing)
        ends = [(words.find(c, start), c) for c in closings if words.find(c, start) >= 0]
        if not ends:
            continue
        end, closing = min(ends)
        return _labelled(words[start:end]) | {"shape": shape}, end + len(closing)
    return None if at < len(words) and words[at] in "([{" else ({}, at)


def _labelled(text: str) -> dict[str, Any]:
    """A node's words: its label, its small print as a note, its picture."""
    said: dict[str, Any] = {}
    icon = re.search(r"\bfa[brsl]?:fa-([\w-]+)", text)
    if icon:
        said["icon"] = icon[1].replace("-", " ")
        text = text.replace(icon[0], "")
    small = re.search(r"(?:<br\s*/?>)?\s*<small>(.*)</small>\s*$", text, re.IGNORECASE | re.DOTALL)
    if small:
        said["note"] = _words(small[1])
        text = text[: small.start()]
    said["label"] = _words(text)
    return said


def _link(words: str, at: int) -> tuple[dict[str, Any], int] | None:
    """The link at a place: its looks and words, and where it ends."""
    named = re.match(r"\s*[\w-]+@(?=[-=.<~ox])", words[at:])
    if named:
        at += named.end()
    for kind, closed in _CLOSED.items():
        found = closed.match(words, at)
        if not found:
            continue
        at = found.end()
        label = ""
        told = re.match(r"\s*\|(\"[^\"]*\"|[^|]*)\|", words[at:])
        if told:
            label, at = _words(told[1]), at + told.end()
        return _edge(kind, found[1], found[3], label), at
    for kind, opened in _OPEN.items():
        found = opened.match(words, at)
        if not found:
            continue
        quoted = re.match(r'\s*"[^"]*"', words[found.end() :])
        closing = _CLOSING[kind].search(words, found.end() + (quoted.end() if quoted else 0))
        if closing:
            return _edge(kind, found[1], closing[2], _words(words[found.end() : closing.start()])), closing.end()
    return None


def _edge(kind: str, tail: str, head: str, label: str) -> dict[str, Any]:
    out: dict[str, Any] = {"hidden": kind == "hidden", "label": label, "head": _HEADS[head], "dashed": kind == "dotted"}
    if tail:
        out["tail"] = _HEADS[tail]
    return out


# Sequences

_MESSAGE = re.compile(
    r"^(?P<a>.+?)\s*(?P<line><<-->>|<<->>|-->>|->>|--x|-x|--\)|-\)|-->|->)\s*(?P<on>[+-]?)\s*(?P<b>[^:+-][^:]*?)\s*(?::\s*(?P<words>.*))?$",
    re.DOTALL,
)
_BLOCKS = ("loop", "alt", "opt", "par", "critical", "break", "rect")
_PARTS = ("else", "and", "option")


def _sequence(source: _Source) -> Spec:
    graph = _Graph()
    edges = graph.edges
    numbered = 0
    boxes = 0
    for number, line in source.lines:
        words = line.strip().rstrip(";")
        found = re.match(r"(?:create\s+)?(participant|actor)\s+(.+?)(?:\s+as\s+(.+))?$", words)
        if found:
            name = found[2].strip()
            typed = re.match(r"(.+?)@\{(.*)\}$", name)
            name = typed[1].strip() if typed else name
            person = found[1] == "actor" or bool(typed and "actor" in typed[2])
            store = bool(typed and "database" in typed[2])
            graph.node(name, label=_words(found[3]) if found[3] else "", shape="person" if person else "store" if store else "")
            continue
        if re.match(r"(activate|deactivate|destroy|link|links|properties|details)\b", words) or _LOOKS.match(words):
            continue
        if re.match(r"autonumber\b", words):
            numbered = 0 if "off" in words else 1
            continue
        found = re.match(r"title\s*:?\s*(.+)$", words)
        if found:
            source.title = _words(found[1])
            continue
        if re.match(r"box\b", words):
            boxes += 1
            continue
        if words == "end":
            if graph.open_:
                graph.open_.pop()
            elif boxes:
                boxes -= 1
            else:
                source.fail(number, words, "nothing is open")
            continue
        found = re.match(rf"({'|'.join(_BLOCKS)}|{'|'.join(_PARTS)})\b\s*(.*)$", words)
        if found:
            if found[1] in _PARTS and graph.open_:
                graph.open_.pop()
            label = found[1] if found[1] == "rect" else " ".join(part for part in (found[1], _words(found[2])) if part)
            graph.group(f"{found[1]}{len(graph.groups) + 1}", label)
            continue
        found = re.match(r"note\s+(?:(right of|left of|over))\s+([^:]+):\s*(.*)$", words, re.IGNORECASE | re.DOTALL)
        if found:
            ends = [end.strip() for end in found[2].split(",")]
            for end in ends:
                _actor(graph, end)
            edges.append(
                {"start": ends[0], "end": ends[-1], "label": _words(found[3]), "head": "none", "spoken": False, "group": _inner(graph)}
            )
            continue
        found = _MESSAGE.match(words)
        if found:
            a, b, way = found["a"].strip(), found["b"].strip(), found["line"]
            _actor(graph, a)
            _actor(graph, b)
            label = _words(found["words"] or "")
            if numbered:
                label, numbered = f"{numbered}. {label}".strip(), numbered + 1
            head = "none" if way in {"->", "-->"} else "cross" if way.endswith("x") else "arrow"
            edges.append(
                {
                    "start": a, "end": b, "label": label, "dashed": "--" in way, "head": head, "tail": "arrow" if way.startswith("<<")
                    else "none",
                    "group": _inner(graph),
                }
            )  # fmt: skip
            continue
        source.fail(number, words)
    for node in graph.nodes.values():
        node.pop("group", None)
    return _board(source, design="sequence", groups=graph.groups, nodes=list(graph.nodes.values()), edges=edges)


def _inner(graph: _Graph) -> str:
    return graph.open_[-1] if graph.open_ else ""


def _actor(graph: _Graph, name: str) -> None:
    graph.nodes.setdefault(name, {"name": name})


# States


def _states(source: _Source) -> Spec:
    graph = _Graph()
    design = ""
    note: tuple[str, list[str]] | None = None
    for number, line in source.lines:
        words = line.strip().rstrip(";")
        if note is not None:
            if re.match(r"end\s*note$", words, re.IGNORECASE):
                _beside(graph, note[0], "\n".join(note[1]))
                note = None
            else:
                note[1].append(words)
            continue
        found = re.match(r"direction\s+(\w+)", words)
        if found:
            design = design or ("flow-right" if found[1] in {"LR", "RL"} else "flow-down")
            continue
        if _LOOKS.match(words) or words in {"--", "hide empty description"} or re.match(r"scale\s", words):
            continue
        found = re.match(r"note\s+(?:right|left)\s+of\s+([^:\s]+)\s*(?::\s*(.*))?$", words, re.IGNORECASE)
        if found:
            if found[2]:
                _beside(graph, found[1], found[2])
            else:
                note = (found[1], [])
            continue
        if words == "}":
            if graph.open_:
                graph.open_.pop()
            else:
                source.fail(number, words, "nothing is open")
            continue
        found = re.match(r'state\s+"([^"]+)"\s+as\s+([^\s{]+)\s*(\{?)$', words)
        if found:
            if found[3]:
                graph.group(found[2], _words(found[1]))
            else:
                graph.node(found[2], label=_words(found[1]))
            continue
        found = re.match(r"state\s+([^\s{<]+)\s*(?:<<(\w+)>>|\[\[(\w+)\]\])?\s*(\{?)(\}?)$", words)
        if found:
            kind = found[2] or found[3]
            if found[4] and not found[5]:
                graph.group(found[1], _words(found[1]))
            elif kind == "choice":
                graph.node(found[1], shape="decision")
            else:
                graph.node(found[1], shape="hexagon" if kind else "")
            continue
        found = re.match(r"(\[\*\]|[^\s:]+?)(?::::?\w+)?\s*-->\s*(\[\*\]|[^\s:]+?)(?:::\w+)?\s*(?::\s*(.*))?$", words)
        if found:
            start, end = _state(graph, found[1], "start"), _state(graph, found[2], "end")
            graph.edges.append({"start": start, "end": end, "label": _words(found[3] or "")})
            continue
        found = re.match(r"([^\s:]+)\s*:\s*(.+)$", words)
        if found:
            node = graph.node(found[1])
            if node.get("label"):
                node["note"] = "\n".join(part for part in (node.get("note", ""), _words(found[2])) if part)
            else:
                node["label"] = _words(found[2])
            continue
        if re.match(r"^[^\s:]+(:::\w+)?$", words):
            graph.node(words.split(":::")[0])
            continue
        source.fail(number, words)
    return _board(source, design="flow", look={"design": design}, **graph.fields())


def _state(graph: _Graph, name: str, shape: str) -> str:
    if name != "[*]":
        if name not in {group["name"] for group in graph.groups}:
            graph.node(name)
        return name
    fresh = f"*{shape}" + (f" {graph.open_[-1]}" if graph.open_ else "")
    graph.node(fresh, shape=shape)
    return fresh


def _beside(graph: _Graph, name: str, words: str) -> None:
    """A remark tied to a node."""
    fresh = f"note {len(graph.nodes) + 1}"
    graph.node(fresh, label=_words(words.replace("\n", "<br>")), shape="note")
    graph.edges.append({"start": name, "end": fresh, "head": "none", "dashed": True})


# Classes and entities

_LEFT = {"<|": "triangle", "*": "diamond", "o": "hollow", "<": "arrow", "": "none", "()": "circle"}
_RIGHT = {"|>": "triangle", "*": "diamond", "o": "hollow", ">": "arrow", "": "none", "()": "circle"}
_RELATION = re.compile(
    r'^(?P<a>[^\s"<|*]+?)\s*(?:"(?P<na>[^"]*)")?\s*(?P<l><\||\*|o|<|\(\))?(?P<line>--|\.\.)(?P<r>\|>|\*|o|>|\(\))?\s*(?:"(?P<nb>[^"]*)")?\s*(?P<b>[^\s":|>*]+)'
    r"\s*(?::\s*(?P<words>.*))?$"
)


def _classes(source: _Source) -> Spec:
    graph = _Graph()
    design, notes = "", 0
    inside = ""
    for number, line in source.lines:
        words = line.strip().rstrip(";")
        if inside:
            if words == "}":
                inside = ""
            else:
                _member(graph, inside, words)
            continue
        found = re.match(r"direction\s+(\w+)", words)
        if found:
            design = "flow-right" if found[1] in {"LR", "RL"} else "flow-down"
            continue
        found = re.match(
            r"class\s+([^\s{\[:<]+)\s*(?:\[\"?([^\"\]]*)\"?\])?\s*(?:<<([^<>]+)>>)?\s*(?::::?\s*[\w-]+)?\s*(\{)?\s*(.*?)\s*(\})?$", words
        )
        if found and not re.match(r"class\s+[\w,\s-]+\s+\w+$", words):
            name = _class(graph, found[1], _words(found[2] or ""))
            if found[3]:
                _member(graph, name, f"<<{found[3]}>>")
            for member in re.split(r"\s*;\s*", found[5] or ""):
                _member(graph, name, member)
            inside = name if found[4] and not found[6] else ""
            continue
        if _LOOKS.match(words) or re.match(r"cssClass|callback|link\s", words):
            continue
        found = re.match(r"namespace\s+([^\s{]+)\s*\{$", words)
        if found:
            graph.group(found[1], found[1])
            continue
        if words == "}":
            if graph.open_:
                graph.open_.pop()
            else:
                source.fail(number, words, "nothing is open")
            continue
        found = re.match(r"<<([^<>]+)>>\s+(\S+)$", words)
        if found:
            _member(graph, _class(graph, found[2]), f"<<{found[1]}>>")
            continue
        found = re.match(r'note\s+for\s+(\S+)\s+"([^"]*)"$', words)
        if found:
            _beside(graph, _class(graph, found[1]), found[2])
            continue
        found = re.match(r'note\s+"([^"]*)"$', words)
        if found:
            notes += 1
            graph.node(f"note {notes}", label=_words(found[1]), shape="note")
            continue
        found = _RELATION.match(words)
        if found:
            edge = {
                "start": _class(graph, found["a"]), "end": _class(graph, found["b"]), "label": _words(found["words"] or ""),
                "dashed": found["line"] == "..", "tail": _LEFT[found["l"] or ""], "head": _RIGHT[found["r"] or ""],
                "near_start": _words(found["na"] or ""), "near_end": _words(found["nb"] or ""),
            }  # fmt: skip
            graph.edges.append(edge)
            continue
        found = re.match(r"([^\s:]+)\s*:\s*(.+)$", words)
        if found:
            _member(graph, _class(graph, found[1]), found[2])
            continue
        if re.match(r"^[^\s:{}]+$", words):
            _class(graph, words)
            continue
        source.fail(number, words)
    return _board(source, design="flow", look={"design": design}, **graph.fields())


def _class(graph: _Graph, name: str, label: str = "") -> str:
    bare = name.split(":::")[0].strip("`")
    generic = re.match(r"(.+?)~(.+)~$", bare)
    bare, shown = (generic[1], f"{generic[1]}<{generic[2].replace('~', '<', 1).replace('~', '>')}>") if generic else (bare, "")
    graph.node(bare, shape="table", label=label or shown)
    return bare


def _member(graph: _Graph, name: str, words: str) -> None:
    words = words.strip().rstrip(";")
    if not words:
        return
    words = re.sub(r"~([^~]+)~", r"<\1>", words)
    words = re.sub(r"<<([^<>]+)>>", r"«\1»", words)
    node = graph.node(name, shape="table")
    node["note"] = "\n".join(part for part in (node.get("note", ""), words) if part)


_ENDS = {"|o": "maybe", "||": "one", "}o": "any", "}|": "some", "o|": "maybe", "o{": "any", "|{": "some"}
_ENTITY = r"(?:\"[^\"]+\"|[^\s\"{}\[\]:|]+)"
_TIED = re.compile(rf"^({_ENTITY})\s*(\|o|\|\||\}}o|\}}\|)(--|\.\.)(o\||\|\||o\{{|\|\{{)\s*({_ENTITY})\s*(?::\s*(.*))?$")


def _entities(source: _Source) -> Spec:
    graph = _Graph()
    inside = ""
    design = ""
    for number, line in source.lines:
        words = line.strip()
        if inside:
            if words == "}":
                inside = ""
                continue
            found = re.match(r"(\S+)\s+(\S+)\s*((?:PK|FK|UK)(?:\s*,\s*(?:PK|FK|UK))*)?\s*(?:\"([^\"]*)\")?$", words)
            if not found:
                source.fail(number, words)
                continue
            node = graph.nodes[inside]
            row = " ".join(part for part in (f"{found[2]}: {found[1]}", found[3] and f"({found[3]})") if part)
            row += f" – {found[4]}" if found[4] else ""
            node["note"] = "\n".join(part for part in (node.get("note", ""), row) if part)
            continue
        found = re.match(r"direction\s+(\w+)", words)
        if found:
            design = "flow-right" if found[1] in {"LR", "RL"} else "flow-down"
            continue
        if _LOOKS.match(words):
            continue
        found = re.match(r"title\s+(.+)$", words)
        if found and not _TIED.match(words):
            source.title = _words(found[1])
            continue
        found = _TIED.match(words)
        if found:
            a, b = found[1].strip('"'), found[5].strip('"')
            graph.node(a, shape="table")
            graph.node(b, shape="table")
            graph.edges.append(
                {
                    "start": a,
                    "end": b,
                    "label": _words(found[6] or ""),
                    "dashed": found[3] == "..",
                    "tail": _ENDS[found[2]],
                    "head": _ENDS[found[4]],
                }
            )
            continue
        found = re.match(rf"({_ENTITY})\s*(?:\[\s*\"?([^\"\]]+)\"?\s*\])?\s*(?::::[\w,-]+)?\s*(\{{)?\s*(\}})?$", words)
        if found:
            name = found[1].strip('"')
            graph.node(name, shape="table", label=_words(found[2] or ""))
            inside = name if found[3] and not found[4] else ""
            continue
        source.fail(number, words)
    return _board(source, design="flow", look={"design": design}, **graph.fields())


# Trees and columns


def _mindmap(source: _Source) -> Spec:
    graph = _Graph()
    stack: list[tuple[int, str]] = []
    for number, line in _joined(source.lines):
        words = line.strip()
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        found = re.match(r"::icon\(([^)]*)\)", words)
        if found or words.startswith(":::"):
            if found and stack:
                graph.nodes[stack[-1][1]]["icon"] = re.sub(r"^(?:fa[brsl]?|mdi)\s+(?:fa|mdi)-", "", found[1]).replace("-", " ").strip()
            continue
        said = _twig(words)
        name = f"n{len(graph.nodes) + 1}"
        graph.node(name, **said)
        while stack and stack[-1][0] >= indent:
            stack.pop()
        if stack:
            graph.edges.append({"start": stack[-1][1], "end": name})
        elif len(graph.nodes) > 1:
            source.fail(number, words, "a mind map has one topic: indent all else under it")
        stack.append((indent, name))
    return _board(source, design="mindmap", **graph.fields())


def _twig(words: str) -> dict[str, Any]:
    """A mind map's node: its words and its shape."""
    words = re.sub(r":::\S+$", "", words).strip()
    for opening, closing, shape in (
        ("((", "))", "circle"),
        ("))", "((", "cloud"),
        (")", "(", "cloud"),
        ("{{", "}}", "hexagon"),
        ("[", "]", "box"),
        ("(", ")", "box"),
    ):
        found = re.match(rf"^[^()\[\]{{}}]*?{re.escape(opening)}(.*){re.escape(closing)}$", words, re.DOTALL)
        if found:
            said = _labelled(found[1].strip().strip('"') if found[1].strip().startswith('"') else found[1])
            return said | ({"shape": shape} if shape != "box" else {})
    return _labelled(words)


def _kanban(source: _Source) -> Spec:
    graph = _Graph()
    base: int | None = None
    for _, line in source.lines:
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        words = re.sub(r"@\{.*?\}\s*$", "", line.strip())
        found = re.match(r"([^\s\[]*)\[(.*)\]$", words)
        name, label = (found[1], _words(found[2])) if found else (words, _words(words))
        base = indent if base is None else base
        if indent <= base:
            graph.open_.clear()
            graph.group(name or label, label)
        else:
            graph.node(f"n{len(graph.nodes) + 1}", label=label)
    return _board(source, design="board", **graph.fields())


# What is no board


def _made(source: _Source, kind: str, **fields: Any) -> Spec:
    from pydantic import ValidationError

    source.done()
    try:
        return form(kind).spec.model_validate({"title": source.title, **fields})
    except ValidationError as error:
        raise SpecProblem(f"this {source.kind} cannot be drawn: {explain(error)}") from None


def _titled(source: _Source, words: str) -> bool:
    found = re.match(r"title\s+(.+)$", words)
    if found:
        source.title = _words(found[1])
    return bool(found)


def _timeline(source: _Source) -> Spec:
    items: list[dict[str, Any]] = []
    section = ""
    for number, line in source.lines:
        words = line.strip()
        if _titled(source, words) or re.match(r"direction\s", words):
            continue
        found = re.match(r"section\s+(.+)$", words)
        if found:
            section = _words(found[1])
            continue
        events = [_words(event) for event in re.split(r"\s+:\s+|(?<=\S):\s+|\s:(?=\S)", words)]
        if words.startswith(":"):
            if not items:
                source.fail(number, words, "no date stands before it")
                continue
            items[-1]["events"] += [event for event in map(_words, re.split(r"\s*:\s+", words[1:])) if event]
            continue
        items.append({"when": events[0], "events": [event for event in events[1:] if event], "side": section})
    made = []
    for item in items:
        events = item["events"] or [item["side"] or item["when"]]
        text = "; ".join(events[1:])
        made.append({"when": item["when"], "label": events[0], "text": " · ".join(part for part in (item["side"], text) if part)})
    return _made(source, "infographic", family="timeline", items=made)


def _journey(source: _Source) -> Spec:
    items: list[dict[str, Any]] = []
    section = ""
    for number, line in source.lines:
        words = line.strip()
        if _titled(source, words):
            continue
        found = re.match(r"section\s+(.+)$", words)
        if found:
            section = _words(found[1])
            continue
        found = re.match(r"(.+?)\s*:\s*(\d+(?:\.\d+)?)\s*(?::\s*(.*))?$", words)
        if not found:
            source.fail(number, words)
            continue
        who = " · ".join(part for part in (section, _words(found[3] or "")) if part)
        items.append({"label": _words(found[1]), "text": who, "value": float(found[2]), "unit": "/5"})
    return _made(source, "infographic", family="steps", items=items)


_LONG = {"ms": 0.0, "s": 0.0, "m": 0.0, "h": 0.0, "d": 1.0, "w": 7.0, "M": 30.0, "y": 365.0}


def _gantt(source: _Source) -> Spec:
    items: list[dict[str, Any]] = []
    ends: dict[str, date] = {}
    begins: dict[str, date] = {}
    before: date | None = None
    section, pattern = "", "YYYY-MM-DD"
    for number, line in source.lines:
        words = line.strip()
        if _titled(source, words):
            continue
        found = re.match(r"dateFormat\s+(.+)$", words)
        if found:
            pattern = found[1].strip()
            continue
        if re.match(
            r"(axisFormat|tickInterval|excludes|includes|todayMarker|inclusiveEndDates|topAxis|weekday|weekend|displayMode|click)\b", words
        ):
            continue
        found = re.match(r"section\s+(.+)$", words)
        if found:
            section = _words(found[1])
            continue
        found = re.match(r"(.+?)\s*:\s*(.*)$", words)
        if not found:
            source.fail(number, words)
            continue
        fields = [part.strip() for part in found[2].split(",") if part.strip()]
        tags = [part for part in fields if part in {"done", "active", "crit", "milestone", "vert"}]
        fields = [part for part in fields if part not in tags]
        name = fields.pop(0) if len(fields) == 3 else ""
        if len(fields) == 2 and not name and _when(fields[0], pattern, ends, begins) is None:
            name = fields.pop(0)
        start = _when(fields[0], pattern, ends, begins) if len(fields) == 2 else before
        end = _until(fields[-1], start, pattern, ends, begins) if fields else None
        if len(fields) == 1 and end is None and _when(fields[0], pattern, ends, begins):
            start = end = _when(fields[0], pattern, ends, begins)
        if start is None or end is None:
            source.fail(number, words, "its dates")
            continue
        if name:
            ends[name], begins[name] = end, start
        before = end
        last = end - timedelta(days=1) if end > start else end
        when = start.isoformat() if last <= start else f"{start.isoformat()} – {last.isoformat()}"
        items.append({"when": when, "label": _words(found[1]), "text": section, "at": start})
    items.sort(key=lambda item: item["at"])
    return _made(source, "infographic", family="timeline", items=[{k: v for k, v in item.items() if k != "at"} for item in items])


def _when(words: str, pattern: str, ends: dict[str, date], begins: dict[str, date]) -> date | None:
    found = re.match(r"(after|until)\s+(.+)$", words)
    if found:
        known = [(ends if found[1] == "after" else begins)[name] for name in found[2].split() if name in ends]
        return max(known) if known else None
    places = [
        ("YYYY", r"(?P<y>\d{4})"),
        ("YY", r"(?P<yy>\d{2})"),
        ("MM", r"(?P<m>\d{2})"),
        ("DD", r"(?P<d>\d{2})"),
        ("M", r"(?P<m>\d{1,2})"),
        ("D", r"(?P<d>\d{1,2})"),
    ]
    expression, at = "", 0
    while at < len(pattern):
        for token, group in places:
            if pattern.startswith(token, at):
                expression += group
                at += len(token)
                break
        else:
            expression += r"\d+" if pattern[at] in "HhmsSaAX" else re.escape(pattern[at])
            at += 1
    match = re.match(expression.replace(r"\d+\d+", r"\d+") + "$", words)
    if not match:
        return None
    got = match.groupdict()
    try:
        year = int(got.get("y") or (2000 + int(got["yy"]) if got.get("yy") else 2000))
        return date(year, int(got.get("m") or 1), int(got.get("d") or 1))
    except ValueError:
        return None


def _until(words: str, start: date | None, pattern: str, ends: dict[str, date], begins: dict[str, date]) -> date | None:
    found = re.match(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w|M|y)$", words)
    if found and start is not None:
        return start + timedelta(days=round(float(found[1]) * _LONG[found[2]]))
    return _when(words, pattern, ends, begins)


def _pie(source: _Source) -> Spec:
    labels, values = [], []
    rest = re.sub(r"^showData\b", "", source.rest).strip()
    for number, line in ([(source.number, rest)] if rest else []) + source.lines:
        words = line.strip()
        if words == "showData" or _titled(source, words):
            continue
        found = re.match(r'"([^"]*)"\s*:\s*([\d.]+)$', words)
        if not found:
            source.fail(number, words)
            continue
        labels.append(_words(found[1]))
        values.append(float(found[2]))
    return _made(source, "chart", mark="pie", labels=labels, series=[{"values": values}])


def _xychart(source: _Source) -> Spec:
    labels: list[str] = []
    series: list[dict[str, Any]] = []
    mark = "column"
    y_title = x_title = ""
    flat = source.rest.startswith("horizontal")
    for number, line in source.lines:
        words = line.strip()
        if words.startswith("title"):
            source.title = _words(words[5:])
            continue
        found = re.match(r"x-axis\s*(\"[^\"]*\"|[^\[\d]*?)\s*(?:\[(.*)\])?\s*(?:([\d.]+)\s*-->\s*([\d.]+))?$", words)
        if found:
            x_title = _words(found[1] or "")
            labels = [_words(part) for part in _listed(found[2])] if found[2] else []
            continue
        found = re.match(r"y-axis\s*(\"[^\"]*\"|[^\d]*?)\s*(?:[\d.-]+\s*-->\s*[\d.-]+)?$", words)
        if found:
            y_title = _words(found[1] or "")
            continue
        found = re.match(r"(bar|line)\s*(\"[^\"]*\")?\s*\[(.*)\]$", words)
        values = [_figure(part) for part in _listed(found[3])] if found else []
        if not found or any(value is None for value in values):
            source.fail(number, words)
            continue
        if found[1] == "line" and not series:
            mark = "line"
        series.append({"name": _words(found[2] or ""), "values": values})
    count = max((len(one["values"]) for one in series), default=0)
    labels = labels or [str(n + 1) for n in range(count)]
    mark = "bar" if flat and mark == "column" else mark
    return _made(source, "chart", mark=mark, labels=labels, series=series, x_title=x_title, y_title=y_title)


def _listed(words: str) -> list[str]:
    return re.findall(r'\s*("[^"]*"|[^,]+)\s*', words)


def _figure(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None


_READERS: dict[str, Callable[[_Source], Spec]] = {
    "graph": _flowchart, "flowchart": _flowchart, "sequenceDiagram": _sequence, "stateDiagram": _states, "classDiagram": _classes,
    "erDiagram": _entities, "mindmap": _mindmap, "kanban": _kanban, "timeline": _timeline, "journey": _journey, "gantt": _gantt, "pie":
    _pie,
    "xychart": _xychart,
}  # fmt: skip

# Out

_OWN = {"person", "cloud", "document", "queue", "note", "table", "end", "start", "input"}
_BRACKETS = {
    "box": ("[", "]"), "start": ("([", "])"), "end": ("([", "])"), "decision": ("{", "}"), "store": ("[(", ")]"), "circle": ("((", "))"),
    "hexagon": ("{{", "}}"), "input": ("[/", "/]"), "person": ("[", "]"), "cloud": ("(", ")"), "document": ("[", "]"), "queue": ("[[",
    "]]"),
    "note": ("[", "]"), "table": ("[", "]"),
}  # fmt: skip
_LINES = {"arrow": ">", "none": "-", "cross": "x", "circle": "o"}


def write(spec: Spec) -> str:
    """The board as Mermaid text: a sequence diagram, a mind map, an entity or class diagram, or a flowchart. Places are not kept."""
    from flipchart.renderers.whiteboard import Whiteboard, resolved

    if not isinstance(spec, Whiteboard):
        raise SpecProblem(f"Mermaid is written from a whiteboard, not from a {spec.kind}; convert it first")
    board = resolved(spec)
    title = " ".join(spec.title.split())
    head = f"---\ntitle: {_quoted(title)}\n---\n" if title else ""
    if spec.design == "sequence" and board.links:
        return head + _write_sequence(spec)
    forest = board.forest
    plain = all(not e.label and not e.dashed and e.head == "arrow" for e in spec.edges) and not spec.groups
    simple = all(not n.note and n.shape in {"box", "circle", "hexagon", "cloud"} and not n.group for n in spec.nodes)
    if spec.design == "mindmap" and forest is not None and len(forest.roots) == 1 and plain and simple and not spec.notes:
        return head + _write_mindmap(board.cards, forest.children, forest.roots[0])
    return head + _write_flow(spec)


def _quoted(words: str) -> str:
    """`words` in quotation marks, as Mermaid reads them."""
    return f'"{_escaped(words)}"'


def _escaped(words: str) -> str:
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
    from flipchart.renderers.whiteboard import resolved

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
        opening, closing = _BRACKETS[card.shape]
        label = _quoted(card.label)
        if card.note:
            label = f'"{_escaped(card.label)}<br/><small>{_escaped(card.note)}</small>"'
        named = f":::{card.shape}" if card.shape in _OWN and card.shape not in {"start", "input"} else ""
        out.append(f"{'  ' * deep}{names[card.name]}{opening}{label}{closing}{named}")

    def inside(parent: int, deep: int) -> None:
        for s, section in enumerate(board.sections):
            if section.parent == parent and any(s in board.line(card.section) for card in board.cards):
                out.append(f"{'  ' * deep}subgraph {names[f'group {section.name}']} [{_quoted(section.label)}]")
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
            out.append(f"  subgraph {names[f'group {board.sections[s].name}']} [{_quoted(board.sections[s].label)}]")
            inside(s, 2)
            for inner in board.cards:
                if inner.section == s and not inner.ghost:
                    put(inner, 2)
            out.append("  end")
    for link in board.links:
        start = names[f"group {board.sections[link.around_start].name}"] if link.around_start >= 0 else names[board.cards[link.start].name]
        end = names[f"group {board.sections[link.around_end].name}"] if link.around_end >= 0 else names[board.cards[link.end].name]
        head = _LINES.get(link.head, "-")
        tail = {"arrow": "<", "cross": "x", "circle": "o"}.get(link.tail, "")
        line = f"{tail}-.-{head if head != '-' else ''}" if link.dashed else f"{tail}--{head}"
        words = ", ".join(part for part in (link.near_start, link.label, link.near_end) if part)
        out.append(f"  {start} {line}{f'|{_quoted(words)}|' if words else ''} {end}")
    out += [f"  {names[f'note {note.id}']}[{_quoted(note.text)}]:::note" for note in spec.notes]
    return "\n".join(out) + "\n"


def _write_sequence(spec: Any) -> str:
    from flipchart.renderers.whiteboard import resolved

    board = resolved(spec)
    names = _Names([card.name for card in board.cards])
    out = ["sequenceDiagram"]
    for card in board.cards:
        label = _spoken(card.label or card.name)
        out.append(
            f"  {'actor' if card.shape == 'person' else 'participant'} {names[card.name]}"
            + (f" as {label}" if label != names[card.name] else "")
        )
    open_: list[int] = []
    for link in board.links:
        wanted = list(board.line(link.section))[::-1]
        while open_ and open_ != wanted[: len(open_)]:
            closed = open_.pop()
            follows = (
                len(wanted) > len(open_)
                and wanted[: len(open_)] == open_
                and board.sections[wanted[len(open_)]].label.split(" ")[0] in _PARTS
            )
            if follows and board.sections[closed].parent == board.sections[wanted[len(open_)]].parent:
                section = wanted[len(open_)]
                out.append(f"{'  ' * (len(open_) + 1)}{_spoken(board.sections[section].label)}")
                open_.append(section)
                break
            out.append(f"{'  ' * (len(open_) + 1)}end")
        for section in wanted[len(open_) :]:
            label = _spoken(board.sections[section].label)
            words = label if label.split(" ")[0] in _BLOCKS else f"opt {label}"
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
    return re.sub(r"(?<!#35)(?<!#quot)(?<!#amp)(?<!#lt)(?<!#gt)(?<!#96)(?<!#92);", "#59;", _escaped(words))


def _write_mindmap(cards: Any, children: Any, root: int) -> str:
    out = ["mindmap"]
    brackets = {"circle": ("((", "))"), "hexagon": ("{{", "}}"), "cloud": (")", "(")}

    def put(v: int, deep: int) -> None:
        opening, closing = brackets.get(cards[v].shape, ("[", "]"))
        out.append(f"{'  ' * deep}n{v + 1}{opening}{_quoted(cards[v].label)}{closing}")
        for w in children[v]:
            put(w, deep + 1)

    put(root, 1)
    return "\n".join(out) + "\n"
