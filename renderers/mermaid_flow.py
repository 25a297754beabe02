"""Mermaid's flowcharts, read as boards."""

import re
from collections.abc import Iterator
from typing import Any

from flipchart.renderers.mermaid_text import LOOKS, OWN, Graph, Line, Source, board, joined, labelled, words_of
from flipchart.renderers.spec import Spec

_LETTER = r"[^\s\[\](){}<>|;&\"'`~=@:%,-]"
_ID = re.compile(rf"{_LETTER}(?:{_LETTER}|(?<!:):(?!:)|-(?![-.>=]))*")
_SHAPES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("(((", (")))",), "end"), ("((", ("))",), "circle"), ("([", ("])",), "start"), ("(-", ("-)",), "circle"), ("[[", ("]]",), "box"),
    ("[(", (")]",), "store"), ("[/", ("/]", "\\]"), "input"), ("[\\", ("\\]", "/]"), "input"), ("{{", ("}}",), "hexagon"), ("{", ("}",),
    "decision"),
    ("(", (")",), "box"), ("[", ("]",), "box"), (">", ("]",), "note"),
)  # fmt: skip
_NAMED = {
    "rect": "box", "proc": "box", "process": "box", "rounded": "box", "event": "box", "stadium": "start", "pill": "start",
    "terminal": "start", "diam": "decision", "diamond": "decision", "decision": "decision", "question": "decision", "cyl": "store",
    "cylinder": "store", "db": "store", "database": "store", "lin-cyl": "store", "disk": "store", "h-cyl": "queue", "das": "queue",
    "horizontal-cylinder": "queue", "circle": "circle", "circ": "circle", "sm-circ": "start", "small-circle": "start",
    "framed-circle": "end", "filled-circle": "start", "f-circ": "start", "fr-circ": "end", "stop": "end", "dbl-circ": "end",
    "hex": "hexagon", "hexagon": "hexagon", "prepare": "hexagon", "lean-r": "input", "lean-right": "input", "in-out": "input",
    "lean-l": "input", "out-in": "input", "doc": "document", "document": "document", "docs": "document", "documents": "document",
    "lin-doc": "document", "tag-doc": "document", "cloud": "cloud", "bang": "cloud", "odd": "note", "card": "note", "notch-rect": "note",
    "brace": "note", "comment": "note", "delay": "queue", "text": "box",
}  # fmt: skip
_CLOSED = {
    "solid": re.compile(r"\s*([<xo]?)(--+)([->xo])"),
    "thick": re.compile(r"\s*([<xo]?)(==+)([=>xo])"),
    "dotted": re.compile(r"\s*([<xo]?)(-?\.+-)([>xo]?)"),
    "hidden": re.compile(r"\s*()(~~~+)()"),
}
_OPEN = {
    "solid": re.compile(r"\s*([<xo]?)--\s*(?=[^\s>-])"),
    "thick": re.compile(r"\s*([<xo]?)==\s*(?=[^\s=>])"),
    "dotted": re.compile(r"\s*([<xo]?)-\.\s*(?=[^\s.-])"),
}
_CLOSING = {"solid": re.compile(r"(--+)([->xo])"), "thick": re.compile(r"(==+)([=>xo])"), "dotted": re.compile(r"(\.+-)([>xo]?)")}
HEADS = {">": "arrow", "<": "arrow", "x": "cross", "o": "circle", "": "none", "-": "none", "=": "none"}


def flowchart(source: Source) -> Spec:
    graph = Graph()
    way = re.match(r"(TB|TD|BT|LR|RL)\b", source.rest)
    design = "flow-right" if way and way[1] in {"LR", "RL"} else "flow-down" if way else ""
    rest = source.rest[way.end() :].lstrip("; ") if way else source.rest.lstrip("; ")
    lines: list[Line] = ([(source.number, rest)] if rest else []) + source.lines
    for number, line in joined(lines, r"(?:--+[>xo-]|==+[>=]|-\.+->?|&)\s*$"):
        for statement in statements(line):
            if not _flow_statement(graph, statement):
                source.fail(number, statement)
    return board(source, design="flow", look={"design": design}, **graph.fields())


def statements(line: str) -> Iterator[str]:
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


def _flow_statement(graph: Graph, words: str) -> bool:
    if LOOKS.match(words) or words.startswith("direction "):
        return True
    if words == "end":
        if graph.open_:
            graph.open_.pop()
        return True
    found = re.match(r"subgraph\b\s*(.*)$", words, re.DOTALL)
    if found:
        title = re.match(r'([^\s"\[]+)\s*\[(.*)\]$', found[1].strip(), re.DOTALL)
        label = words_of(title[2]) if title else words_of(found[1])
        name = title[1] if title else label or f"group{len(graph.groups) + 1}"
        graph.group(name, label)
        if title and not label:
            graph.blank.add(graph.open_[-1])
        return True
    if re.match(r"class\s+[\w,\s-]+?\s+[\w-]+$", words):
        return True
    if re.match(r"[\w-]+@\{\s*(?:animat|curve)", words):
        return True
    return chained(graph, words)


def chained(graph: Graph, words: str) -> bool:
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


def _nodes(graph: Graph, words: str, at: int) -> tuple[list[str], int] | None:
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
        if said.get("label") == "":
            graph.blank.add(name)
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
                if value in {"sm-circ", "start", "small-circle", "f-circ", "filled-circle", "fr-circ", "framed-circle", "stop"}:
                    said["label"] = said.get("label", "")
            elif key == "label":
                said |= labelled(value)
            elif key == "icon":
                said["icon"] = value.split(":")[-1].replace("-", " ")
        return said, close + 1
    found = re.match(r":::([\w-]+)", words[at:])
    if found:
        return ({"shape": found[1]} if found[1] in OWN else {}), at + found.end()
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
            return labelled(quoted[1]) | {"shape": shape}, end + len(closing)
        ends = [(words.find(c, start), c) for c in closings if words.find(c, start) >= 0]
        if not ends:
            continue
        end, closing = min(ends)
        return labelled(words[start:end]) | {"shape": shape}, end + len(closing)
    return None if at < len(words) and words[at] in "([{" else ({}, at)


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
            label, at = words_of(told[1]), at + told.end()
        return _edge(kind, found[1], found[3], label), at
    for kind, opened in _OPEN.items():
        found = opened.match(words, at)
        if not found:
            continue
        quoted = re.match(r'\s*"[^"]*"', words[found.end() :])
        closing = _CLOSING[kind].search(words, found.end() + (quoted.end() if quoted else 0))
        if closing:
            return _edge(kind, found[1], closing[2], words_of(words[found.end() : closing.start()])), closing.end()
    return None


def _edge(kind: str, tail: str, head: str, label: str) -> dict[str, Any]:
    out: dict[str, Any] = {"hidden": kind == "hidden", "label": label, "head": HEADS[head], "dashed": kind == "dotted"}
    if tail:
        out["tail"] = HEADS[tail]
    return out
