"""Mermaid's mind maps and columns, read as boards, and its times and figures, read as infographics and charts."""

import re
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.mermaid_text import Graph, Line, Source, board, joined, labelled, words_of
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec, explain


def mindmap(source: Source) -> Spec:
    """A topic and what grows from it."""
    return _indented(source, source.lines, "mindmap")


def tree(source: Source) -> Spec:
    """Folders and what is in them."""
    return _indented(source, source.lines, "tree")


def causes(source: Source) -> Spec:
    """A problem and its causes by kind (a fishbone): the first line is the topic of the others, which may stand as far left as it."""
    return _indented(source, source.lines[:1] + [(number, f"    {line}") for number, line in source.lines[1:]], "mindmap")


_NAME = r"\"[^\"]*\"|[\w-]+"
_CIRCLE = re.compile(rf"(set|union|text)\s+((?:{_NAME})(?:\s*,\s*(?:{_NAME}))*)\s*(?:\[(\"[^\"]*\"|[^\]]*)\])?\s*(?::\s*([\d.]+))?$")


def overlaps(source: Source) -> Spec:
    """Circles that overlap: what stands in each, and what those share."""
    items: dict[str, dict[str, Any]] = {}
    within: list[str] = []
    for number, line in source.lines:
        words = line.strip()
        if titled(source, words) or words.startswith("style "):
            continue
        found = _CIRCLE.match(words)
        names = [words_of(name) for name in re.findall(_NAME, found[2])] if found else []
        if not found or (found[1] == "text" and not within) or (found[1] == "union" and not items.keys() >= set(names)):
            source.fail(number, words)
            continue
        label = words_of(found[3] or "")
        if found[1] == "set":
            items[names[0]] = {"label": label or names[0], "children": [], **({"value": float(found[4])} if found[4] else {})}
        within = within if found[1] == "text" else names
        if found[1] == "text" or (found[1] == "union" and label):
            for name in within:
                items[name]["children"].append({"label": label or names[0]})
    return visual(source, "infographic", family="overlap", items=list(items.values()))


def _indented(source: Source, lines: list[Line], design: str) -> Spec:
    graph = Graph()
    stack: list[tuple[int, str]] = []
    for number, line in joined(lines, r"^\s*[^()\[\]{}]*[(\[{]+[^()\[\]{}]*$"):
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
        elif len(graph.nodes) > 1 and design == "mindmap":
            source.fail(number, words, "a mind map has one topic: indent all else under it")
        stack.append((indent, name))
    return board(source, design=design, **graph.fields())


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
            said = labelled(found[1].strip().strip('"') if found[1].strip().startswith('"') else found[1])
            return said | ({"shape": shape} if shape != "box" else {})
    return labelled(words)


def kanban(source: Source) -> Spec:
    graph = Graph()
    base: int | None = None
    for _, line in source.lines:
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        words = re.sub(r"@\{.*?\}\s*$", "", line.strip())
        found = re.match(r"([^\s\[]*)\[(.*)\]$", words)
        name, label = (found[1], words_of(found[2])) if found else (words, words_of(words))
        base = indent if base is None else base
        if indent <= base:
            graph.open_.clear()
            graph.group(name or label, label)
        else:
            graph.node(f"n{len(graph.nodes) + 1}", label=label)
    return board(source, design="board", **graph.fields())


def visual(source: Source, kind: str, **fields: Any) -> Spec:
    """A spec of this kind; raises SpecProblem for the lines that could not be read, and where it cannot be made."""

    source.done()
    try:
        return form(kind).spec.model_validate({"title": source.title, **fields})
    except ValidationError as error:
        raise SpecProblem(f"this {source.kind} cannot be drawn: {explain(error)}") from None


def titled(source: Source, words: str) -> bool:
    """True where the line is the diagram's title, which is kept."""
    found = re.match(r"title\s+(.+)$", words)
    if found:
        source.title = words_of(found[1])
    return bool(found)


def timeline(source: Source) -> Spec:
    items: list[dict[str, Any]] = []
    section = ""
    for number, line in source.lines:
        words = line.strip()
        if titled(source, words) or re.match(r"direction\s", words):
            continue
        found = re.match(r"section\s+(.+)$", words)
        if found:
            section = words_of(found[1])
            continue
        events = [words_of(event) for event in re.split(r"\s+:\s+|(?<=\S):\s+|\s:(?=\S)", words)]
        if words.startswith(":"):
            if not items:
                source.fail(number, words, "no date stands before it")
                continue
            items[-1]["events"] += [event for event in map(words_of, re.split(r"\s*:\s+", words[1:])) if event]
            continue
        items.append({"when": events[0], "events": [event for event in events[1:] if event], "side": section})
    made = []
    for item in items:
        events = item["events"] or [item["side"] or item["when"]]
        text = "; ".join(events[1:])
        made.append({"when": item["when"], "label": events[0], "text": " · ".join(part for part in (item["side"], text) if part)})
    return visual(source, "infographic", family="timeline", items=made)


def journey(source: Source) -> Spec:
    items: list[dict[str, Any]] = []
    section = ""
    for number, line in source.lines:
        words = line.strip()
        if titled(source, words):
            continue
        found = re.match(r"section\s+(.+)$", words)
        if found:
            section = words_of(found[1])
            continue
        found = re.match(r"(.+?)\s*:\s*(\d+(?:\.\d+)?)\s*(?::\s*(.*))?$", words)
        if not found:
            source.fail(number, words)
            continue
        who = " · ".join(part for part in (section, words_of(found[3] or "")) if part)
        items.append({"label": words_of(found[1]), "text": who, "value": float(found[2]), "unit": "/5"})
    return visual(source, "infographic", family="steps", items=items)


def pie(source: Source) -> Spec:
    labels, values = [], []
    rest = re.sub(r"^showData\b", "", source.rest).strip()
    for number, line in ([(source.number, rest)] if rest else []) + source.lines:
        words = line.strip()
        if words == "showData" or titled(source, words):
            continue
        found = re.match(r'"([^"]*)"\s*:\s*([\d.]+)$', words)
        if not found:
            source.fail(number, words)
            continue
        labels.append(words_of(found[1]))
        values.append(float(found[2]))
    return visual(source, "chart", mark="pie", labels=labels, series=[{"values": values}])


def xychart(source: Source) -> Spec:
    labels: list[str] = []
    series: list[dict[str, Any]] = []
    mark = "column"
    y_title = x_title = ""
    flat = source.rest.startswith("horizontal")
    for number, line in source.lines:
        words = line.strip()
        if words.startswith("title"):
            source.title = words_of(words[5:])
            continue
        found = re.match(r"x-axis\s*(\"[^\"]*\"|[^\[\d]*?)\s*(?:\[(.*)\])?\s*(?:([\d.]+)\s*-->\s*([\d.]+))?$", words)
        if found:
            x_title = words_of(found[1] or "")
            labels = [words_of(part) for part in _listed(found[2])] if found[2] else []
            continue
        found = re.match(r"y-axis\s*(\"[^\"]*\"|[^\d]*?)\s*(?:[\d.-]+\s*-->\s*[\d.-]+)?$", words)
        if found:
            y_title = words_of(found[1] or "")
            continue
        found = re.match(r"(bar|line)\s*(\"[^\"]*\")?\s*\[(.*)\]$", words)
        values = [_figure(part) for part in _listed(found[3])] if found else []
        if not found or any(value is None for value in values):
            source.fail(number, words)
            continue
        if found[1] == "line" and not series:
            mark = "line"
        series.append({"name": words_of(found[2] or ""), "values": values})
    count = max((len(one["values"]) for one in series), default=0)
    labels = labels[:count] or [str(n + 1) for n in range(count)]
    # As Mermaid does: values past the last label are left out.
    series = [one | {"values": one["values"][: len(labels)]} for one in series]
    mark = "bar" if flat and mark == "column" else mark
    return visual(source, "chart", mark=mark, labels=labels, series=series, x_title=x_title, y_title=y_title)


def _listed(words: str) -> list[str]:
    return re.findall(r'\s*("[^"]*"|[^,]+)\s*', words)


def _figure(words: str) -> float | None:
    try:
        return float(words)
    except ValueError:
        return None
