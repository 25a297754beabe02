"""Mermaid's C4 and architecture diagrams, flows of quantities and packets, read as boards."""

import csv
import re

from flipchart.renderers.mermaid_text import Graph, Source, board, words_of
from flipchart.renderers.spec import Spec

_CALL = re.compile(r"(\w+)\s*\((.*)\)\s*(\{)?$", re.DOTALL)
_ARGUMENT = re.compile(r"\s*(?:\$\w+\s*=\s*(?:\"[^\"]*\"|[^,]*)|(\"[^\"]*\"|[^,]+))\s*(?:,|$)")


def c4(source: Source) -> Spec:
    """People, systems, containers and the relations between them; boundaries are groups."""
    graph = Graph()
    for number, line in source.lines:
        words = line.strip()
        found = re.match(r"title\s+(.+)$", words)
        if found:
            source.title = words_of(found[1])
            continue
        if words in {"}", "{"} or words.startswith("Update"):
            if words == "}" and graph.open_:
                graph.open_.pop()
            continue
        call = _CALL.match(words)
        said = [words_of(m[1]) for m in _ARGUMENT.finditer(call[2]) if m[1]] if call else []
        if not call or not said:
            source.fail(number, words)
            continue
        kind = call[1]
        if kind.endswith("Boundary") or "Node" in kind:
            graph.group(said[0], said[1] if len(said) > 1 else said[0])
        elif re.match(r"(Bi)?Rel", kind):
            ends = said[1:] if kind == "RelIndex" else said
            if len(ends) < 2:
                source.fail(number, words, "it has one end")
                continue
            label = "\n".join([*ends[2:3], *(f"[{tech}]" for tech in ends[3:4])])
            turned = kind == "Rel_Back"
            start, end = (ends[1], ends[0]) if turned else (ends[0], ends[1])
            graph.edges.append({"start": start, "end": end, "label": label, "tail": "arrow" if kind.startswith("Bi") else "none"})
        else:
            shape = "person" if kind.startswith("Person") else "store" if "Db" in kind else "queue" if "Queue" in kind else "box"
            technical = kind.startswith(("Container", "Component"))
            notes = [f"[{said[2]}]", *said[3:4]] if technical and len(said) > 2 else said[2:3]
            graph.node(said[0], label=said[1] if len(said) > 1 else "", note="\n".join(notes), shape=shape)
    return board(source, design="flow", **graph.fields())


_SHAPES = {"database": "store", "disk": "store", "cloud": "cloud", "internet": "cloud"}
_PART = re.compile(r"(group|service|junction)\s+([\w-]+)\s*(?:\(([^)]*)\))?\s*(?:\[([^\]]*)\])?\s*(?:in\s+([\w-]+))?$")
_TIE = re.compile(r"([\w-]+)(\{group\})?\s*:\s*[LRTB]\s*(<)?-(?:\[(.*)\])?-(>)?\s*[LRTB]\s*:\s*([\w-]+)(\{group\})?$")


def architecture(source: Source) -> Spec:
    """Services in groups, and what joins them."""
    graph = Graph()
    home: dict[str, str] = {}
    for number, line in source.lines:
        words = line.strip()
        found = re.match(r"title\s+(.+)$", words)
        if found:
            source.title = words_of(found[1])
            continue
        found = _PART.match(words)
        if found:
            kind, name, icon, label, inside = found[1], found[2], found[3] or "", words_of(found[4] or ""), found[5] or ""
            home[name] = inside
            if kind == "group":
                graph.groups.append({"name": name, "label": label, "group": inside})
            else:
                plain = icon.split(":")[-1].replace("-", " ")
                shape = "start" if kind == "junction" else _SHAPES.get(icon, "")
                graph.node(name, label=label, shape=shape, icon="" if icon in _SHAPES else plain, group=inside)
                if kind == "junction":
                    graph.blank.add(name)
            continue
        found = _TIE.match(words)
        if not found:
            source.fail(number, words)
            continue
        start = home.get(found[1], found[1]) if found[2] else found[1]
        end = home.get(found[6], found[6]) if found[7] else found[6]
        heads = {"tail": "arrow" if found[3] else "none", "head": "arrow" if found[5] else "none"}
        graph.edges.append({"start": start, "end": end, "label": words_of(found[4] or ""), **heads})
    return board(source, design="flow", **graph.fields())


def quantities(source: Source) -> Spec:
    """What flows from where to where, with its amount on the arrow; how thick a flow is drawn is not kept."""
    graph = Graph()
    for number, line in source.lines:
        said = [words_of(cell) for cell in next(csv.reader([line.strip()], skipinitialspace=True), [])]
        if len(said) != 3 or not all(said) or not re.fullmatch(r"[\d.]+", said[2]):
            source.fail(number, line, "a flow is written as source,target,amount")
            continue
        for name in said[:2]:
            graph.node(name)
        graph.edges.append({"start": said[0], "end": said[1], "label": said[2]})
    return board(source, design="flow", **graph.fields())


def packet(source: Source) -> Spec:
    """The fields of a packet as a table, each with the bits it takes."""
    rows: list[str] = []
    bit = 0
    for number, line in source.lines:
        words = line.strip()
        if found := re.match(r"title\s+(.+)$", words):
            source.title = words_of(found[1])
            continue
        found = re.match(r"(?:\+(\d+)|(\d+)(?:\s*-\s*(\d+))?)\s*:\s*(\"[^\"]*\"|\S.*)$", words)
        start = bit if found and found[1] else int(found[2]) if found else 0
        end = start + int(found[1]) - 1 if found and found[1] else int(found[3] or start) if found else -1
        if not found or end < start:
            source.fail(number, words)
            continue
        rows.append(f"{start}{f'–{end}' if end > start else ''}  {words_of(found[4])}")
        bit = end + 1
    table = {"name": "Bits", "shape": "table", "note": "\n".join(rows)}
    return board(source, design="flow", nodes=[table] if rows else [])
