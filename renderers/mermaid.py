"""Mermaid in and out: diagrams become boards, timelines infographics, plans and figures charts; a board is written as Mermaid.

Read: flowchart, sequence, state, class, entity, requirement, mind map, kanban, block, git history, C4, architecture, timeline, journey,
gantt, pie, XY chart, quadrants, radar, treemap, sankey, packet. Looks
(`classDef`, `style`, `linkStyle`, `click`, themes) are left out; any other line that cannot be read is named with its number.
"""

import re
from collections.abc import Callable

from flipchart.renderers.mermaid_charts import quadrants, radar, treemap
from flipchart.renderers.mermaid_flow import flowchart
from flipchart.renderers.mermaid_gantt import gantt
from flipchart.renderers.mermaid_lists import causes, journey, kanban, mindmap, overlaps, pie, timeline, tree, xychart
from flipchart.renderers.mermaid_systems import architecture, c4, packet, quantities
from flipchart.renderers.mermaid_text import Source, lines_of
from flipchart.renderers.mermaid_uml import classes, entities, sequence, states
from flipchart.renderers.mermaid_work import blocks, history, requirements
from flipchart.renderers.mermaid_write import written
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import Spec

_KINDS = (
    "graph", "flowchart", "flowchart-elk", "sequenceDiagram", "stateDiagram", "stateDiagram-v2", "classDiagram", "classDiagram-v2",
    "erDiagram",
    "mindmap", "timeline", "gantt", "pie", "kanban", "journey", "xychart-beta", "xychart",
    "gitGraph", "requirementDiagram", "block-beta", "block", "quadrantChart", "radar-beta", "radar", "treemap-beta", "treemap",
    "architecture-beta", "architecture", "treeView-beta", "treeView", "ishikawa-beta", "ishikawa", "venn-beta", "venn",
    "sankey-beta", "sankey", "packet-beta", "packet", "C4Context", "C4Container", "C4Component", "C4Dynamic", "C4Deployment",
)  # fmt: skip
_OTHERS = (
    "zenuml", "info", "swimlane", "eventmodeling", "wardley-beta",
)  # fmt: skip
_FIRST = re.compile(r"^(" + "|".join(sorted((re.escape(k) for k in (*_KINDS, *_OTHERS)), key=len, reverse=True)) + r")(?![\w-])")


def starts(text: str) -> bool:
    """True where the first words that count are those of a Mermaid diagram."""
    try:
        lines = lines_of(text)[0]
    except SpecProblem:
        return False
    return bool(lines) and bool(_FIRST.match(lines[0][1].strip()))


def read(text: str) -> Spec:
    """The diagram in `text` as a spec of the form that draws it; raises SpecProblem, which names what cannot be read."""
    lines, title = lines_of(text)
    if not lines:
        raise SpecProblem("the Mermaid text is empty; start it with a word such as `flowchart LR`")
    number, first = lines[0][0], lines[0][1].strip()
    found = _FIRST.match(first)
    if not found:
        raise SpecProblem(f"line {number}: {first[:40]!r} starts no Mermaid diagram; start it with one of {', '.join(_KINDS)}")
    kind = found[1]
    if kind in _OTHERS:
        raise SpecProblem(f"line {number}: Mermaid's `{kind}` is not read; use one of {', '.join(_KINDS)}")
    reader = c4 if kind.startswith("C4") else _READERS[kind.split("-")[0]]
    rest = first[found.end() :].strip()
    return reader(Source(kind, number, rest, lines[1:], title))


def write(spec: Spec) -> str:
    """The board as Mermaid text. Places are not kept; raises SpecProblem for what is no whiteboard."""
    return written(spec)


_READERS: dict[str, Callable[[Source], Spec]] = {
    "graph": flowchart, "flowchart": flowchart, "sequenceDiagram": sequence, "stateDiagram": states, "classDiagram": classes,
    "erDiagram": entities, "mindmap": mindmap, "kanban": kanban, "timeline": timeline, "journey": journey, "gantt": gantt, "pie":
    pie,
    "xychart": xychart, "architecture": architecture, "gitGraph": history, "requirementDiagram": requirements, "block": blocks,
    "quadrantChart": quadrants, "radar": radar, "treemap": treemap, "treeView": tree, "ishikawa": causes, "venn": overlaps,
    "sankey": quantities, "packet": packet,
}  # fmt: skip
