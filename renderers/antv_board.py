"""AntV's relations and interactions, read as boards."""

import re
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from flipchart.renderers.antv_syntax import ARROW, Node, item_of, listed, scalar
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec


def board(template: str, data: Mapping[str, Node], common: dict[str, Any]) -> Spec:
    lanes = template.startswith("sequence-interaction")
    nodes: dict[str, dict[str, Any]] = {}
    owner: dict[str, str] = {}
    told: dict[str, str] = {}
    """What is said on a line where messages leave or reach it."""
    for raw in listed(data):
        item = item_of(raw)
        name = (scalar(raw.get("id")) if isinstance(raw, dict) else "") or item["label"]
        group = scalar(raw.get("group")) if isinstance(raw, dict) else ""
        nodes[name] = {"name": name, "label": item["label"], "note": item["text"], "icon": item.get("icon", ""), "group": group}
        below = raw.get("children") if isinstance(raw, dict) else None
        for child in below if isinstance(below, list) else []:
            for key in {item_of(child)["label"], scalar(child.get("id")) if isinstance(child, dict) else ""} - {""}:
                owner[key] = name
                told[key] = item_of(child)["label"]
    edges: list[dict[str, Any]] = []
    relations = data.get("relations")
    for relation in relations if isinstance(relations, list) else [relations] if relations else []:
        if isinstance(relation, dict) and "from" in relation:
            start, end, label, direction = (scalar(relation.get(name)) for name in ("from", "to", "label", "direction"))
            edges.append(_edge(start, end, label, direction))
        else:
            found, named = _relations(scalar(relation))
            edges += found
            for name, label in named.items():
                if name not in owner:
                    nodes.setdefault(name, {"name": name, "label": label})
    if lanes:
        edges = _remarked(edges, owner, told)
    for edge in edges:
        if lanes:
            edge |= {"start": owner.get(edge["start"], edge["start"]), "end": owner.get(edge["end"], edge["end"])}
        for name in (edge["start"], edge["end"]):
            if name and name not in nodes:
                nodes[name] = {"name": name, "label": name}
    edges = [edge for edge in edges if edge["start"] and edge["end"]]
    if not nodes:
        raise SpecProblem("the relations name no boxes; add `nodes`, or lines such as `A -> B` under `relations`")
    groups = [{"name": name} for name in dict.fromkeys(node.get("group", "") for node in nodes.values()) if name]
    design = "sequence" if lanes else "network" if template.startswith("relation-network") else "flow"
    written = {"design": design, "groups": groups, "nodes": list(nodes.values()), "edges": edges}
    return form("whiteboard").spec.model_validate(common | written)


def _remarked(edges: list[dict[str, Any]], owner: Mapping[str, str], told: Mapping[str, str]) -> list[dict[str, Any]]:
    """The messages, with what each line says of itself before or after the first that it sends or gets, in the order it says it."""
    out: list[dict[str, Any]] = []
    said: set[tuple[str, str]] = set()
    """Who said it, and what: another may say the same."""

    linked = {(owner.get(edge[end]), told.get(edge[end])) for edge in edges for end in ("start", "end")}

    def remark(key: str, message: str) -> None:
        words, who = told.get(key, ""), owner.get(key, "")
        for other in takewhile(lambda other: told[other] != words or owner[other] != who, told):
            if owner[other] == who and (who, told[other]) not in said | linked:
                remark(other, "")  # what came before on this line, and no message tells
        if words and words != message and (who, words) not in said:
            out.append({"start": who, "end": who, "label": words, "head": "none", "spoken": False})
        said.add((who, words))

    for edge in edges:
        remark(edge["start"], edge["label"])
        out.append(edge)
        remark(edge["end"], edge["label"])
    for key in told:
        remark(key, "")
    return out


_BOX = re.compile(r"\s*(?P<name>(?:[^\s\[(@|<>-]|-(?![-<>]))+)(?:@\{[^}]*\})?\s*(?:\[(?P<square>[^\]]*)\]|\(\[?(?P<round>[^\])]*)\]?\))?")
_PIPED = re.compile(r"\s*\|([^|]*)\|")


def _relations(words: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The arrows in a line such as "A - goes to -> B -> C[Label]", and the boxes it names with their labels."""
    edges: list[dict[str, str]] = []
    named: dict[str, str] = {}

    def box(at: int) -> tuple[str, int]:
        found = _BOX.match(words, at)
        if not found:
            return "", at
        label = unquoted(found["square"] or found["round"] or "")
        if label or found["name"] not in named:
            named[found["name"]] = label or found["name"]
        return found["name"], found.end()

    before, at = box(0)
    while before and (arrow := ARROW.search(words, at)):
        label = unquoted(words[at : arrow.start()].strip().lstrip("-=. "))
        left, right, at = "<" in arrow[0], arrow[0][-1] in ">ox", arrow.end()
        second = ARROW.search(words, at) if left and not right else None
        if second and ">" in second[0] and words[at : second.start()].strip():
            # "A <- words -> B" is one arrow with two heads.
            label, right, at = unquoted(words[at : second.start()]), True, second.end()
        piped = _PIPED.match(words, at)
        if piped:
            label, at = unquoted(piped[1]) or label, piped.end()
        after, at = box(at)
        if not after:
            break
        start, end = (after, before) if left and not right else (before, after)
        edges.append(_edge(start, end, label, "both" if left and right else "" if left or right else "none"))
        before = after
    return edges, named


def _edge(start: str, end: str, label: str, direction: str) -> dict[str, str]:
    head, tail = {"both": ("arrow", "arrow"), "none": ("none", "none")}.get(direction, ("arrow", "none"))
    return {"start": start, "end": end, "label": label, "head": head, "tail": tail}


def unquoted(words: str) -> str:
    return words.strip().strip("\"'").strip()
