"""AntV infographic syntax: read into the form that its template's family asks for, and written from an infographic.

Not covered: what only concerns AntV's own drawing (items, gaps, fonts, widths). Templates that are unknown are read by their first word.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from flipchart.renderers import cells
from flipchart.renderers.antv_board import board
from flipchart.renderers.antv_syntax import Node, all_words, bare_of, item_of, listed, parse, scalar
from flipchart.renderers.infographic_choice import ranked
from flipchart.renderers.infographic_spec import Infographic, Leaf
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import LONGEST, Spec, explain
from flipchart.renderers.typeset import clean

_HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})(?=$|[0-9a-fA-F]{1,2}$)")

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
    ("hierarchy-structure", "hierarchy", "groups"),
    ("hierarchy", "hierarchy", ""),
    ("chart-wordcloud", "stats", "cloud"),
    ("relation-circle", "list", "hub"),
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
    "map": ("list-grid-simple", "lists"),
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
    "cloud": ("chart-wordcloud", "values"),
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
    tree = parse(text)
    head = tree.get("infographic")
    template = scalar(head) or scalar(tree.get("template")) or bare_of(tree)
    inner = head if isinstance(head, dict) else {}
    data = tree.get("data", inner.get("data"))
    if not isinstance(data, dict):
        raise SpecProblem("the infographic has no `data`; add a block `data` with a title and a list")
    look = _look(tree.get("theme", inner.get("theme")))
    common = {"title": scalar(data.get("title")) or "", "look": look, "lang": _language(all_words(data))}
    reader: Callable[[str, Mapping[str, Node], dict[str, Any]], Spec] = _infographic
    if template.startswith("chart-") and not template.startswith("chart-wordcloud"):
        reader = _chart
    elif template.startswith("sequence-interaction"):
        reader = board
    elif template.startswith("relation") or not template:
        reader = board if data.get("relations") or (template and _grouped(data)) else _infographic
    try:
        return reader(template, data, common)
    except ValidationError as error:
        raise SpecProblem(f"this infographic cannot be read: {explain(error)}") from None


def _grouped(data: Mapping[str, Node]) -> bool:
    """True where the data puts its things into groups, or names none."""
    things = listed(data)
    return not things or any(isinstance(node, dict) and node.get("group") for node in things)


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
    items = [item_of(node) for node in listed(data)]
    if template.startswith("list-") and family == "timeline" and not any("when" in item for item in items):
        family, design = "list", "rows"
    items = [item for item in items if item["label"] or item["text"] or item["children"]]
    if not items:
        raise SpecProblem(f"the infographic has no items; add `{_WRITTEN['cards'][1]}` with a line `- label …` for each")
    # A root without a name of its own, or with the title's, only holds the items, where it is not the middle of the picture.
    middle = design in {"tree", "mindmap"}
    if len(items) == 1 and items[0]["children"] and items[0]["label"] in ("", "" if middle else common["title"]):
        items = items[0]["children"]
    if "progress" in template and all(_out_of_100(item) for item in items):
        items = [item | {"unit": item.get("unit") or "%"} for item in items]  # how far each has come
    if scalar(data.get("order")) == "desc":
        items = items[::-1]
    if design and not common["look"].get("design"):
        common = common | {"look": common["look"] | {"design": design}}
    subtitle = scalar(data.get("desc")) or scalar(data.get("subtitle"))
    return Infographic.model_validate(common | {"subtitle": subtitle, "family": family, "items": items})


def _out_of_100(item: Mapping[str, Any]) -> bool:
    read = cells.read(item.get("value") or "", loose=True)
    return read is not None and 0 <= read.value <= 100


def _chart(template: str, data: Mapping[str, Node], common: dict[str, Any]) -> Spec:
    mark = next((m for m in ("pie", "bar", "line", "column", "area", "scatter") if f"-{m}" in template), "column")
    mark = "donut" if "donut" in template else mark
    labels: list[str] = []
    series: dict[str, dict[str, float | None]] = {}
    units: set[str] = set()
    said: list[str] = []
    for node in listed(data):
        item = item_of(node)
        if item["text"]:
            said.append(f"{item['label']}: {item['text'].rstrip('.')}.")
        read = cells.read(item.get("value") or "", loose=True)
        name = scalar(node.get("category")) or scalar(node.get("group")) if isinstance(node, dict) else ""
        if item["label"] not in labels:
            labels.append(item["label"])
        series.setdefault(name, {})[item["label"]] = read.value if read else None
        units |= {unit for unit in (item.get("unit", ""), read.unit if read else "") if unit}
    if not labels:
        raise SpecProblem("the chart has no values; add `values` with a line `- label …` and a line `value …` for each")
    rows = [{"name": name, "values": [values.get(label) for label in labels]} for name, values in series.items()]
    unit = units.pop() if len(units) == 1 else ""
    note = " ".join([*([scalar(data.get("desc"))] if data.get("desc") else []), *said])
    written = {"mark": mark, "labels": labels, "series": rows, "unit": unit, "note": note}
    return form("chart").spec.model_validate(common | written)


def _look(theme: Node | None) -> dict[str, Any]:
    """The theme and the accent that are asked for, as far as ours go."""
    out: dict[str, Any] = {}
    if isinstance(theme, str):
        theme = {"": theme}
    if not isinstance(theme, dict):
        return out
    kind = f"{scalar(theme)} {scalar(theme.get('type'))}"
    stylize = scalar(theme.get("stylize"))
    if "hand-drawn" in kind or stylize.startswith("rough"):
        out["theme"] = "chalk"
    elif "dark" in kind:
        out["theme"] = "dark"
    palette = theme.get("palette", "")
    words = [scalar(one) for one in palette] if isinstance(palette, list) else re.split(r"[\s,\[\]]+", scalar(palette))
    primary = [found[0] for word in (scalar(theme.get("colorPrimary")), *words) if (found := _HEX.match(word))]
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
    if spec.family == "list" and chosen == "rows" and any(item.when for item in spec.items):
        template = "list-row-horizontal-icon-arrow"  # a column of dated items would be a timeline
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
