"""AntV infographic syntax: read into the form that its template's family asks for, and written from an infographic.

Not covered: what only concerns AntV's own drawing (items, gaps, fonts, widths). Templates that are unknown are read by their first word.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from flipchart.renderers import cells
from flipchart.renderers.infographic_choice import ranked
from flipchart.renderers.infographic_spec import Infographic, Leaf
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import DEEPEST, LONGEST, Spec, explain
from flipchart.renderers.typeset import clean

Node = dict[str, Any] | list[Any] | str

_LISTS = ("lists", "sequences", "compares", "items", "values", "nodes", "root")
_PAIR = re.compile(r"([^:\s=]+)\s*[:=]\s*(.*)$")
_SPACED = re.compile(r"(\S+)\s+(.*)$")
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})(?=$|[0-9a-fA-F]{1,2}$)")
_FIELDS = {
    "label", "title", "name", "desc", "description", "text", "content", "value", "icon", "time", "date", "year", "unit", "children", "id",
    "group", "category", "illus", "attributes", "from", "to", "direction", "step", "when",
}  # fmt: skip

# By the start of a template's name, longest first: the family, and the design where it names one of ours.
_TEMPLATES: tuple[tuple[str, str, str], ...] = (
    ("list-column-done", "list", "checklist"),
    ("list-column-vertical-icon-arrow", "timeline", ""),
    ("list-column-simple-vertical-arrow", "timeline", ""),
    ("list-column", "list", "rows"),
    ("list-grid-done", "list", "checklist"),
    ("list-grid-circular-progress", "stats", "rings"),
    ("list-grid-progress", "stats", "kpi"),
    ("list-grid-ribbon", "list", "alternating"),
    ("list-grid", "list", ""),
    ("list-row-circular-progress", "stats", "rings"),
    ("list-row-simple-illus", "list", "puzzle"),
    ("list-pyramid", "hierarchy", "pyramid"),
    ("list-sector", "list", "fan"),
    ("list-waterfall", "list", "bento"),
    ("list-zigzag", "list", "alternating"),
    ("list", "list", ""),
    ("sequence-timeline", "timeline", ""),
    ("sequence-roadmap", "timeline", ""),
    ("sequence-horizontal-zigzag", "timeline", "milestones"),
    ("sequence-zigzag", "steps", "winding"),
    ("sequence-funnel", "funnel", "funnel"),
    ("sequence-filter-mesh", "funnel", ""),
    ("sequence-circ", "cycle", "ring"),
    ("sequence-cylinders", "hierarchy", "layers"),
    ("sequence-pyramid", "hierarchy", "pyramid"),
    ("sequence-stairs", "steps", "ladder"),
    ("sequence-ascending", "steps", "climb"),
    ("sequence-mountain", "steps", "journey"),
    ("sequence-snake", "steps", "snake"),
    ("sequence-color-snake", "steps", "winding"),
    ("sequence-steps-badge-card", "steps", "chevrons"),
    ("sequence-steps", "steps", "track"),
    ("sequence", "steps", ""),
    ("compare-swot", "quadrant", "quadrant"),
    ("compare-quadrant", "quadrant", "quadrant"),
    ("quadrant", "quadrant", "quadrant"),
    ("compare-hierarchy-row", "compare", ""),
    ("compare", "compare", ""),
    ("hierarchy-tree", "hierarchy", "tree"),
    ("hierarchy-mindmap", "hierarchy", "mindmap"),
    ("hierarchy-structure", "hierarchy", ""),
    ("hierarchy", "hierarchy", ""),
    ("chart-wordcloud", "stats", ""),
)

# What each of our designs is called there, and the name of its list.
_WRITTEN: dict[str, tuple[str, str]] = {
    "cards": ("list-grid-badge-card", "lists"),
    "bento": ("list-waterfall-badge-card", "lists"),
    "rows": ("list-column-simple-vertical-arrow", "lists"),
    "rail": ("list-grid-simple", "lists"),
    "numerals": ("list-grid-simple", "lists"),
    "alternating": ("list-zigzag-down-compact-card", "lists"),
    "faq": ("list-grid-simple", "lists"),
    "honeycomb": ("list-grid-compact-card", "lists"),
    "puzzle": ("list-row-simple-illus", "lists"),
    "groups": ("compare-hierarchy-row-letter-card-compact-card", "compares"),
    "checklist": ("list-column-done-list", "lists"),
    "index": ("list-grid-compact-card", "lists"),
    "quote": ("list-grid-simple", "lists"),
    "hub": ("list-sector-simple", "lists"),
    "fan": ("list-sector-half-plain-text", "lists"),
    "venn": ("compare-binary-horizontal-simple-vs", "compares"),
    "path": ("sequence-roadmap-vertical-simple", "sequences"),
    "track": ("sequence-steps-simple", "sequences"),
    "chevrons": ("sequence-steps-badge-card", "sequences"),
    "ladder": ("sequence-stairs-front-simple", "sequences"),
    "climb": ("sequence-ascending-steps", "sequences"),
    "journey": ("sequence-mountain-underline-text", "sequences"),
    "snake": ("sequence-snake-steps-simple", "sequences"),
    "winding": ("sequence-color-snake-steps-horizontal-icon-line", "sequences"),
    "timeline": ("sequence-timeline-simple", "sequences"),
    "milestones": ("sequence-horizontal-zigzag-simple-horizontal-arrow", "sequences"),
    "dates": ("sequence-timeline-plain-text", "sequences"),
    "roadmap": ("sequence-timeline-rounded-rect-node", "sequences"),
    "places": ("sequence-roadmap-vertical-badge-card", "sequences"),
    "versus": ("compare-binary-horizontal-simple-fold", "compares"),
    "sides": ("compare-binary-horizontal-simple-vs", "compares"),
    "before-after": ("compare-binary-horizontal-simple-arrow", "compares"),
    "bridge": ("compare-binary-horizontal-badge-card-arrow", "compares"),
    "iceberg": ("compare-binary-horizontal-underline-text-vs", "compares"),
    "table": ("compare-hierarchy-row-letter-card-compact-card", "compares"),
    "quadrant": ("compare-swot", "compares"),
    "figures": ("list-grid-badge-card", "lists"),
    "kpi": ("list-grid-progress-card", "lists"),
    "bars": ("list-grid-badge-card", "lists"),
    "columns": ("list-grid-badge-card", "lists"),
    "podium": ("list-grid-badge-card", "lists"),
    "bubbles": ("list-grid-badge-card", "lists"),
    "share": ("list-grid-badge-card", "lists"),
    "donut": ("list-grid-badge-card", "lists"),
    "waffle": ("list-grid-circular-progress", "lists"),
    "rings": ("list-grid-circular-progress", "lists"),
    "gauges": ("list-row-circular-progress", "lists"),
    "pictogram": ("list-grid-circular-progress", "lists"),
    "tree": ("hierarchy-tree-curved-line-rounded-rect-node", "root"),
    "mindmap": ("hierarchy-mindmap-branch-gradient-compact-card", "root"),
    "outline": ("hierarchy-structure", "root"),
    "pyramid": ("sequence-pyramid-simple", "sequences"),
    "layers": ("sequence-cylinders-3d-simple", "sequences"),
    "target": ("list-pyramid-compact-card", "lists"),
    "funnel": ("sequence-funnel-simple", "sequences"),
    "ring": ("sequence-circular-simple", "sequences"),
}
_BINARY = ("versus", "sides", "before-after", "bridge", "iceberg", "venn")  # what needs two sides with points there


def read(text: str) -> Spec:
    """The visual in `text`: an infographic, a chart for chart-*, a whiteboard for relation-* and sequence-interaction-*.

    Raises SpecProblem, one sentence, where there is nothing to show.
    """
    if len(text) > LONGEST:
        raise SpecProblem(f"the infographic has {len(text):,} characters; at most {LONGEST:,} are read")
    tree = _parse(text)
    head = tree.get("infographic")
    template = _scalar(head) or _scalar(tree.get("template")) or _bare(tree)
    inner = head if isinstance(head, dict) else {}
    data = tree.get("data", inner.get("data"))
    if not isinstance(data, dict):
        raise SpecProblem("the infographic has no `data`; add a block `data` with a title and a list")
    look = _look(tree.get("theme", inner.get("theme")))
    common = {"title": _scalar(data.get("title")) or "", "look": look, "lang": _language(_all_words(data))}
    reader: Callable[[str, Mapping[str, Node], dict[str, Any]], Spec] = _infographic
    if template.startswith("chart-") and not template.startswith("chart-wordcloud"):
        reader = _chart
    elif template.startswith(("relation", "sequence-interaction")) or (data.get("relations") and not template):
        reader = _board
    try:
        return reader(template, data, common)
    except ValidationError as error:
        raise SpecProblem(f"this infographic cannot be read: {explain(error)}") from None


# The syntax


def _parse(text: str) -> dict[str, Node]:
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
            holder[key].append({"": words} if key == "relations" and _ARROW.search(words) else _inline(words))
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


def _scalar(node: Node | None) -> str:
    """The words of a node; empty where it holds none."""
    if isinstance(node, dict):
        node = node.get("", "")
    return node.strip() if isinstance(node, str) else ""


def _bare(tree: Mapping[str, Node]) -> str:
    """A template's name that stands alone on the first line."""
    first = next(iter(tree), "")
    return first if "-" in first and tree[first] == "" else ""


def _all_words(node: Node) -> str:
    if isinstance(node, str):
        return node
    inner = node.values() if isinstance(node, dict) else node
    return " ".join(_all_words(one) for one in inner)


# Scripts that tell the language of words well enough to set them: their direction, their figures, their fonts.
_SCRIPTS = (
    ("ja", "[\u3040-\u30ff]"), ("ko", "[\uac00-\ud7af]"), ("zh", "[\u4e00-\u9fff]"), ("ar", "[\u0600-\u06ff]"),
    ("he", "[\u0590-\u05ff]"), ("hi", "[\u0900-\u097f]"), ("ru", "[\u0400-\u04ff]"),
)  # fmt: skip


def _language(words: str) -> str:
    letters = sum(c.isalpha() for c in words) or 1
    shares = {lang: len(re.findall(script, words)) / letters for lang, script in _SCRIPTS}
    if shares["ja"] > 0.08:
        return "ja"
    best = max(shares, key=lambda lang: shares[lang])
    return best if shares[best] > 0.3 else ""


# Families


def _infographic(template: str, data: Mapping[str, Node], common: dict[str, Any]) -> Spec:
    family, design = next(((family, design) for start, family, design in _TEMPLATES if template.startswith(start)), ("list", ""))
    items = [_item(node) for node in _listed(data)]
    items = [item for item in items if item["label"] or item["text"] or item["children"]]
    if not items:
        raise SpecProblem(f"the infographic has no items; add `{_WRITTEN['cards'][1]}` with a line `- label …` for each")
    # A root without a name of its own, or with the title's, only holds the items.
    if len(items) == 1 and items[0]["children"] and items[0]["label"] in ("", common["title"]):
        items = items[0]["children"]
    if _scalar(data.get("order")) == "desc":
        items = items[::-1]
    if design and not common["look"].get("design"):
        common = common | {"look": common["look"] | {"design": design}}
    subtitle = _scalar(data.get("desc")) or _scalar(data.get("subtitle"))
    return Infographic.model_validate(common | {"subtitle": subtitle, "family": family, "items": items})


def _listed(data: Mapping[str, Node]) -> list[Node]:
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


def _item(node: Node) -> dict[str, Any]:
    if isinstance(node, str):
        return {"label": clean(node), "text": "", "children": []}
    if isinstance(node, list):
        return {"label": "", "text": "", "children": [_item(inner) for inner in node]}

    def first(*names: str) -> str:
        return next((words for name in names if (words := _scalar(node.get(name)))), "")

    below = node.get("children", [])
    icon = first("icon").split("_")[0]
    out: dict[str, Any] = {
        "label": first("label", "title", "name", "", "id"),
        "text": first("desc", "description", "text", "content"),
        "value": first("value") or None,
        "unit": first("unit"),
        "when": first("time", "date", "year", "when"),
        "icon": icon.replace("/", ":") if "/" in icon else icon,
        "children": [_item(inner) for inner in (below if isinstance(below, list) else [below] if below else [])],
    }
    return {name: value for name, value in out.items() if value not in ("", None) or name in ("label", "text", "children")}


def _chart(template: str, data: Mapping[str, Node], common: dict[str, Any]) -> Spec:
    mark = next((m for m in ("pie", "bar", "line", "column", "area", "scatter") if f"-{m}" in template), "column")
    mark = "donut" if "donut" in template else mark
    labels: list[str] = []
    series: dict[str, dict[str, float | None]] = {}
    units: set[str] = set()
    for node in _listed(data):
        item = _item(node)
        read = cells.read(item.get("value") or "", loose=True)
        name = _scalar(node.get("category")) or _scalar(node.get("group")) if isinstance(node, dict) else ""
        if item["label"] not in labels:
            labels.append(item["label"])
        series.setdefault(name, {})[item["label"]] = read.value if read else None
        units |= {unit for unit in (item.get("unit", ""), read.unit if read else "") if unit}
    if not labels:
        raise SpecProblem("the chart has no values; add `values` with a line `- label …` and a line `value …` for each")
    rows = [{"name": name, "values": [values.get(label) for label in labels]} for name, values in series.items()]
    unit = units.pop() if len(units) == 1 else ""
    written = {"mark": mark, "labels": labels, "series": rows, "unit": unit, "note": _scalar(data.get("desc"))}
    return form("chart").spec.model_validate(common | written)


def _board(template: str, data: Mapping[str, Node], common: dict[str, Any]) -> Spec:
    lanes = template.startswith("sequence-interaction")
    nodes: dict[str, dict[str, Any]] = {}
    owner: dict[str, str] = {}
    for raw in _listed(data):
        item = _item(raw)
        name = (_scalar(raw.get("id")) if isinstance(raw, dict) else "") or item["label"]
        group = _scalar(raw.get("group")) if isinstance(raw, dict) else ""
        nodes[name] = {"name": name, "label": item["label"], "note": item["text"], "icon": item.get("icon", ""), "group": group}
        below = raw.get("children") if isinstance(raw, dict) else None
        for child in below if isinstance(below, list) else []:
            for key in {_item(child)["label"], _scalar(child.get("id")) if isinstance(child, dict) else ""} - {""}:
                owner[key] = name
    edges: list[dict[str, str]] = []
    relations = data.get("relations")
    for relation in relations if isinstance(relations, list) else [relations] if relations else []:
        if isinstance(relation, dict) and "from" in relation:
            start, end, label, direction = (_scalar(relation.get(name)) for name in ("from", "to", "label", "direction"))
            edges.append(_edge(start, end, label, direction))
        else:
            found, named = _relations(_scalar(relation))
            edges += found
            for name, label in named.items():
                nodes.setdefault(name, {"name": name, "label": label})
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
    design = "sequence" if lanes else "flow"
    written = {"design": design, "groups": groups, "nodes": list(nodes.values()), "edges": edges}
    return form("whiteboard").spec.model_validate(common | written)


_BOX = re.compile(r"\s*(?P<name>(?:[^\s\[(@|<>-]|-(?![-<>]))+)(?:@\{[^}]*\})?\s*(?:\[(?P<square>[^\]]*)\]|\(\[?(?P<round>[^\])]*)\]?\))?")
_ARROW = re.compile(r"<?(?:-\.+-|-+|=+)>|<(?:-\.+-|-+|=+)(?:[ox](?!\w))?|(?:-\.+-|--+|==+)(?:[ox](?!\w))?")
_PIPED = re.compile(r"\s*\|([^|]*)\|")


def _relations(words: str) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The arrows in a line such as "A - goes to -> B -> C[Label]", and the boxes it names with their labels."""
    edges: list[dict[str, str]] = []
    named: dict[str, str] = {}

    def box(at: int) -> tuple[str, int]:
        found = _BOX.match(words, at)
        if not found:
            return "", at
        label = _unquoted(found["square"] or found["round"] or "")
        if label or found["name"] not in named:
            named[found["name"]] = label or found["name"]
        return found["name"], found.end()

    before, at = box(0)
    while before and (arrow := _ARROW.search(words, at)):
        label = _unquoted(words[at : arrow.start()].strip().lstrip("-=. "))
        left, right, at = "<" in arrow[0], arrow[0][-1] in ">ox", arrow.end()
        second = _ARROW.search(words, at) if left and not right else None
        if second and ">" in second[0] and words[at : second.start()].strip():
            # "A <- words -> B" is one arrow with two heads.
            label, right, at = _unquoted(words[at : second.start()]), True, second.end()
        piped = _PIPED.match(words, at)
        if piped:
            label, at = _unquoted(piped[1]) or label, piped.end()
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


def _unquoted(words: str) -> str:
    return words.strip().strip("\"'").strip()


def _look(theme: Node | None) -> dict[str, Any]:
    """The theme and the accent that are asked for, as far as ours go."""
    out: dict[str, Any] = {}
    if isinstance(theme, str):
        theme = {"": theme}
    if not isinstance(theme, dict):
        return out
    kind = f"{_scalar(theme)} {_scalar(theme.get('type'))}"
    stylize = _scalar(theme.get("stylize"))
    if "hand-drawn" in kind or stylize.startswith("rough"):
        out["theme"] = "chalk"
    elif "dark" in kind:
        out["theme"] = "dark"
    palette = theme.get("palette", "")
    words = [_scalar(one) for one in palette] if isinstance(palette, list) else re.split(r"[\s,\[\]]+", _scalar(palette))
    primary = [found[0] for word in (_scalar(theme.get("colorPrimary")), *words) if (found := _HEX.match(word))]
    if primary:
        out["accent"] = primary[0]
    return out


# Writing


def write(spec: Infographic) -> str:
    """The infographic in AntV's syntax, with the template nearest to its design."""
    chosen = ranked(spec)[0].name
    if chosen in _BINARY and (len(spec.items) != 2 or not all(item.children for item in spec.items)):
        chosen = "cards" if chosen == "venn" else "table"
    template, field = _WRITTEN[chosen]
    if chosen == "quadrant" and not any(item.children for item in spec.items):
        template = "compare-quadrant-quarter-simple-card"
    out = [f"infographic {template}", "data"]
    if _flat(spec.title):
        out.append(f"  title {_flat(spec.title)}")
    if _flat(spec.subtitle):
        out.append(f"  desc {_flat(spec.subtitle)}")
    if field == "root":
        root: Leaf | None = spec.items[0] if len(spec.items) == 1 else None
        out.append("  root")
        out += _fields(root, "    ") if root else [f"    label {_flat(spec.title) or '–'}"]
        below: Sequence[Leaf] = root.children if root else spec.items
        out += ["    children", *_dashed(below, "      ")] if below else []
    else:
        out += [f"  {field}", *_dashed(spec.items, "    ")]
    theme = []
    if spec.look.accent:
        theme.append(f"  colorPrimary {spec.look.accent}")
    if spec.look.theme == "chalk":
        theme.append("  stylize rough")
    if theme or spec.look.theme == "dark":
        out += ["theme dark" if spec.look.theme == "dark" else "theme", *theme]
    return "\n".join(out) + "\n"


def _dashed(leaves: Sequence[Leaf], indent: str) -> list[str]:
    out = []
    for leaf in leaves:
        first, *rest = _fields(leaf, indent + "  ")
        out += [f"{indent}- {first.strip()}", *rest]
        if leaf.children:
            out += [f"{indent}  children", *_dashed(leaf.children, indent + "    ")]
    return out


def _fields(leaf: Leaf, indent: str) -> list[str]:
    value = "" if leaf.value is None else f"{leaf.value:.10f}".rstrip("0").rstrip(".")
    told = (
        ("label", leaf.label), ("value", value), ("unit", leaf.unit if value else ""), ("time", leaf.when), ("desc", leaf.text),
        ("icon", leaf.icon),
    )  # fmt: skip
    return [f"{indent}{name} {_flat(words)}" for name, words in told if _flat(words) or name == "label"]


def _flat(words: str) -> str:
    return " ".join(clean(words).split())
