"""AntV's infographic syntax as a tree, and what an entry of it says."""

import re
from collections.abc import Mapping
from typing import Any

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import DEEPEST
from flipchart.renderers.typeset import clean

Node = dict[str, Any] | list[Any] | str
_LISTS = ("lists", "sequences", "compares", "items", "values", "nodes", "root")
_PAIR = re.compile(r"([^:\s=]+)\s*[:=]\s*(.*)$")
_SPACED = re.compile(r"(\S+)\s+(.*)$")
ARROW = re.compile(r"<?(?:-\.+-|-+|=+)>|<(?:-\.+-|-+|=+)(?:[ox](?!\w))?|(?:-\.+-|--+|==+)(?:[ox](?!\w))?")
_FIELDS = {
    "label", "title", "name", "desc", "description", "text", "content", "value", "icon", "time", "date", "year", "unit", "children", "id",
    "group", "category", "illus", "attributes", "from", "to", "direction", "step", "when",
}  # fmt: skip


def parse(text: str) -> dict[str, Node]:
    """The tree of an indented text: `key value` lines make objects, `- …` lines lists; a value beside entries is kept under ""."""
    root: dict[str, Any] = {}
    # Each frame: indent, the holder of the node, and its key there, so that an empty object can turn out to be a list.
    stack: list[tuple[int, Any, Any]] = [(-1, [root], 0)]
    for line in text.replace("\r\n", "\n").split("\n"):
        bare = line.strip()
        if not bare or bare.startswith(("#", "//")) or re.fullmatch(r"```[\w-]*", bare):
            continue
        indent = sum(2 if c == "\t" else 1 for c in line[: len(line) - len(line.lstrip())])
        while len(stack) > 1 and indent <= stack[-1][0]:
            stack.pop()
        if len(stack) > DEEPEST:
            raise SpecProblem(f"the infographic is nested more than {DEEPEST} levels deep; flatten it")
        _, holder, key = stack[-1]
        listed = bare == "-" or bare[:2] in ("- ", "-\t")
        if listed or (key == "relations" and re.search(r"[<>=o.x-]{2,}", bare)):
            if not isinstance(holder[key], list):
                if holder[key] not in ({}, ""):
                    continue  # a list beside values: nothing can hold it
                holder[key] = []
            words = bare[1:].strip() if listed else bare
            holder[key].append({"": words} if key == "relations" and ARROW.search(words) else _inline(words))
            stack.append((indent, holder[key], len(holder[key]) - 1))
            continue
        if isinstance(holder[key], str):
            holder[key] = {"": holder[key]} if holder[key] else {}
        if not isinstance(holder[key], dict):
            continue
        name, value = _pair(bare)
        spot = holder[key]
        *path, last = name.split(".") if "" not in name.split(".") else [name]
        for step in path:
            if not isinstance(spot.get(step), dict):
                spot[step] = {}
            spot = spot[step]
        spot[last] = value
        stack.append((indent, spot, last))
    return root


def _pair(words: str) -> tuple[str, str]:
    found = _PAIR.match(words) or _SPACED.match(words)
    return (found[1], found[2].strip()) if found else (words, "")


def _inline(words: str) -> dict[str, Any]:
    """What stands behind a dash: one field, or a bare label."""
    if not words:
        return {}
    key, value = _pair(words)
    return {key: value} if key in _FIELDS and value else {"": words}


def scalar(node: Node | None) -> str:
    """The words of a node; empty where it holds none."""
    if isinstance(node, dict):
        node = node.get("", "")
    return node.strip() if isinstance(node, str) else ""


def bare_of(tree: Mapping[str, Node]) -> str:
    """A template's name that stands alone on the first line."""
    first = next(iter(tree), "")
    return first if "-" in first and tree[first] == "" else ""


def all_words(node: Node) -> str:
    if isinstance(node, str):
        return node
    inner = node.values() if isinstance(node, dict) else node
    return " ".join(all_words(one) for one in inner)


def listed(data: Mapping[str, Node]) -> list[Node]:
    """The nodes of the one main list."""
    for name in _LISTS:
        node = data.get(name)
        if isinstance(node, list) and node:
            return node
        if isinstance(node, dict) and node:
            return [node]
        if isinstance(node, str) and node.strip("[] "):
            return [part for part in re.split(r"[,\s]+", node.strip("[] ")) if part]
    return []


def item_of(node: Node) -> dict[str, Any]:
    if isinstance(node, str):
        return {"label": clean(node), "text": "", "children": []}
    if isinstance(node, list):
        return {"label": "", "text": "", "children": [item_of(inner) for inner in node]}

    def first(*names: str) -> str:
        return next((words for name in names if (words := scalar(node.get(name)))), "")

    below = node.get("children", [])
    icon = first("icon").split("_")[0]
    out: dict[str, Any] = {
        "label": first("label", "title", "name", "", "id"),
        "text": first("desc", "description", "text", "content"),
        "value": first("value") or None,
        "unit": first("unit"),
        "when": first("time", "date", "year", "when"),
        "icon": icon.replace("/", ":") if "/" in icon else icon,
        "children": [item_of(inner) for inner in (below if isinstance(below, list) else [below] if below else [])],
    }
    return {name: value for name, value in out.items() if value not in ("", None) or name in ("label", "text", "children")}
