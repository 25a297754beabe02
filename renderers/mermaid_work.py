"""Mermaid's git histories, requirements and blocks, read as boards."""

import html
import re
from typing import Any

from flipchart.renderers.mermaid_flow import chained, statements
from flipchart.renderers.mermaid_text import LOOKS, Graph, Source, board, joined, words_of
from flipchart.renderers.spec import Spec

_SAID = re.compile(r"(id|tag|msg|type|parent|order)\s*:\s*(\"[^\"]*\"|\S+)")


def history(source: Source) -> Spec:
    """Commits in a lane for each branch, in order; merges and picked commits are arrows between them."""
    graph = Graph()
    tips: dict[str, str] = {"main": ""}
    lanes: list[tuple[float, str]] = [(0.0, "main")]
    here = "main"
    for number, line in source.lines:
        words = line.strip()
        verb, _, rest = words.partition(" ")
        said = {key: words_of(value) for key, value in _SAID.findall(rest)}
        target = words_of(re.sub(_SAID, "", rest).strip())
        if verb in {"checkout", "switch"} and target:
            # A main branch of another name is named in the settings, which are not read.
            lanes += [] if target in tips else [(float(len(lanes)), target)]
            tips.setdefault(target, "")
            here = target
        elif verb == "branch" and target:
            tips[target] = tips[here]
            lanes.append((float(said.get("order", "") or len(lanes)), target))
            here = target
        elif verb in {"commit", "merge", "cherry-pick"} and (verb != "merge" or target in tips):
            name = f"commit {len(graph.nodes) + 1}"
            label = said.get("id", "") if verb != "cherry-pick" else ""
            kind = {"HIGHLIGHT": "box", "REVERSE": "hexagon"}.get(said.get("type", ""), "circle" if len(label) < 9 else "start")
            usual = said.get("msg") or (f"+ {target}" if verb == "merge" else f"← {said.get('id', '')}" if verb == "cherry-pick" else "")
            label = label or target or usual or str(len(graph.nodes) + 1)
            graph.node(name, label=label, note=said.get("tag", ""), shape=kind, group=here)
            if tips[here]:
                graph.edges.append({"start": tips[here], "end": name})
            if verb == "merge" and tips[target]:
                graph.edges.append({"start": tips[target], "end": name})
            if verb == "cherry-pick":
                origin = next((n for n, node in graph.nodes.items() if node.get("label") == said.get("id") and n != name), "")
                graph.edges += [{"start": origin, "end": name, "dashed": True}] if origin else []
            tips[here] = name
        else:
            source.fail(number, words)
    used = {node["group"] for node in graph.nodes.values()}
    groups = [{"name": name, "label": name} for _, name in sorted(lanes) if name in used]
    design = "lanes" if len(groups) > 1 else "flow"
    return board(source, design=design, groups=groups, nodes=list(graph.nodes.values()), edges=graph.edges)


_NEED = re.compile(
    r"(requirement|functionalRequirement|performanceRequirement|interfaceRequirement|physicalRequirement|designConstraint|element)"
    r"\s+(\"[^\"]+\"|[^\s{:]+)(?:::[\w,]+)?(?::::?[\w,]+)?\s*\{$"
)
_BOND = re.compile(r"(\"[^\"]+\"|\S+)\s+(?:-\s*(\w+)\s*->|<-\s*(\w+)\s*-)\s+(\"[^\"]+\"|\S+)$")


def requirements(source: Source) -> Spec:
    """Requirements and what they are met by, as tables; how they hold on to one another, as arrows."""
    graph = Graph()
    held: tuple[str, list[str]] | None = None
    for number, line in source.lines:
        words = line.strip()
        if held is not None:
            if words == "}":
                graph.node(held[0], note="\n".join(held[1]))
                held = None
            else:
                key, _, value = words.partition(":")
                held[1].append(f"{key.strip()}: {words_of(value)}")
            continue
        if LOOKS.match(words) or words.startswith("direction ") or re.match(r"[\w\"-]+:::", words):
            continue
        opened, bond = _NEED.match(words), _BOND.match(words)
        if opened:
            name = words_of(opened[2])
            kind = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", opened[1]).lower()
            graph.node(name, label=name, shape="table")
            held = (name, [f"«{kind}»"])
        elif bond:
            start, end = words_of(bond[1]), words_of(bond[4])
            start, end = (end, start) if bond[3] else (start, end)
            for one in (start, end):
                graph.node(one)
            graph.edges.append({"start": start, "end": end, "label": bond[2] or bond[3], "dashed": True})
        else:
            source.fail(number, words)
    return board(source, design="flow", **graph.fields())


def blocks(source: Source) -> Spec:
    """Blocks as cards, composite ones as groups; where they stand in their grid is not kept."""
    graph = Graph()
    anonymous = 0
    for number, line in joined(source.lines):
        for words in statements(line.strip()):
            found = re.match(r"block(?::([\w-]+))?(?::\d+)?(?:\[(.*)\])?$", words)
            if LOOKS.match(words) or re.match(r"columns\b|space(?::\d+)?$", words):
                continue
            if found:
                anonymous += 1
                graph.group(found[1] or f"*block{anonymous}", words_of(found[2] or "") or " ")
            elif words == "end":
                if graph.open_:
                    graph.open_.pop()
                else:
                    source.fail(number, words, "nothing is open")
            elif not _row(graph, words):
                source.fail(number, words)
    fields: dict[str, Any] = graph.fields()
    shaped = graph.edges or any(node.get("shape", "box") != "box" for node in graph.nodes.values())
    return board(source, design="flow" if shaped else "board", **fields)


_WIDTH = re.compile(r"(?<=[\w)\]}>\"]):\d+(?=\s|$)")
_ARROW = re.compile(r"([\w-]+)<\[\"([^\"]*)\"\]>\(([\w, ]+)\)")
_WAYS = {"right": "→", "left": "←", "up": "↑", "down": "↓", "x": "↔", "y": "↕"}
_SPACE = re.compile(r"(?:^|(?<=\s))space(?::\d+)?(?=\s|$)")


def _pointed(found: re.Match[str]) -> str:
    """An arrow as large as a block, as a block that shows where it points."""
    ways = "".join(_WAYS.get(way.strip(), "") for way in found[3].split(","))
    words = html.unescape(found[2]).strip()
    return f'{found[1]}["{words} {ways}"]' if words else f'{found[1]}["{ways}"]'


def _row(graph: Graph, words: str) -> bool:
    """Blocks in a row, or a link between two of them."""
    words = _SPACE.sub("", _WIDTH.sub("", _ARROW.sub(_pointed, words))).strip()
    if not words:
        return True
    if re.search(r"--|==|-\.|~~~", re.sub(r'"[^"]*"|\[[^\]]*\]|\([^)]*\)', "", words)):
        return chained(graph, words)
    # A row of blocks is a chain without links.
    at = 0
    pieces = []
    depth, quoted = 0, False
    for n, c in enumerate(f"{words} "):
        quoted ^= c == '"'
        depth += (c in "([{") - (c in ")]}") if not quoted else 0
        if c.isspace() and not quoted and depth <= 0:
            pieces += [words[at:n]] if words[at:n].strip() else []
            at = n + 1
    return all(chained(graph, piece.strip()) for piece in pieces)
