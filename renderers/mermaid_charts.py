"""Mermaid's quadrants, radars and treemaps, read as charts."""

import re
from typing import Any

from flipchart.renderers.mermaid_lists import titled, visual
from flipchart.renderers.mermaid_text import LOOKS, Source, joined, words_of
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import Spec

_POINT = re.compile(r"(\"[^\"]+\"|[^:\[\]]+?)\s*(?::::?\w+)?\s*:\s*\[\s*([\d.]+)\s*,\s*([\d.]+)\s*\]")


def quadrants(source: Source) -> Spec:
    """Points on two measures as a scatter; without points, the four fields as a matrix of notes."""
    labels: list[str] = []
    xs: list[float] = []
    ys: list[float] = []
    axes = {"x": "", "y": ""}
    fields: dict[int, str] = {}
    for number, line in source.lines:
        words = line.strip()
        if titled(source, words) or LOOKS.match(words):
            continue
        axis = re.match(r"([xy])-axis\s+(.+?)(?:\s*-->\s*(.*))?$", words)
        field = re.match(r"quadrant-([1-4])\s+(.+)$", words)
        point = _POINT.match(words)
        if axis:
            axes[axis[1]] = " → ".join(words_of(part) for part in (axis[2], axis[3] or "") if part.strip())
        elif field:
            fields[int(field[1])] = words_of(field[2])
        elif point:
            labels.append(words_of(point[1]))
            xs.append(float(point[2]))
            ys.append(float(point[3]))
        else:
            source.fail(number, words)
    if not labels:
        # Read like a page: above left, above right, below left, below right.
        groups = [{"label": fields.get(n) or "–"} for n in (2, 1, 3, 4)]
        return visual(source, "infographic", family="quadrant", items=groups)
    # What a field is called is said where nothing else says it.
    note = " · ".join(f"{sign} {fields[n]}" for n, sign in ((2, "↖"), (1, "↗"), (3, "↙"), (4, "↘")) if n in fields)
    series = [{"x": xs, "values": ys}]
    return visual(source, "chart", mark="scatter", labels=labels, series=series, x_title=axes["x"], y_title=axes["y"], note=note)


def radar(source: Source) -> Spec:
    """Profiles over several measures."""
    axes: dict[str, str] = {}
    series: list[dict[str, Any]] = []
    for number, line in joined(source.lines, r"\{[^}]*$"):
        words = line.strip()
        if titled(source, words) or re.match(r"(max|min|ticks|graticule|showLegend)\b", words):
            continue
        verb, _, rest = words.partition(" ")
        if verb == "axis":
            for name, label in re.findall(r"([\w-]+)(?:\[(\"[^\"]*\"|[^\]]*)\])?", rest):
                axes[name] = words_of(label) or name
            continue
        curves = re.findall(r"([\w-]+)\s*(?:\[(\"[^\"]*\"|[^\]]*)\])?\s*\{([^}]*)\}", rest) if verb == "curve" else []
        if not curves:
            source.fail(number, words)
        for name, label, listed in curves:
            named = dict(re.findall(r"([\w-]+)\s*:\s*([\d.-]+)", listed))
            plain = re.findall(r"[\d.-]+", listed)
            values = [named.get(axis) for axis in axes] if named else plain
            series.append({"name": words_of(label) or name, "values": [None if v is None else float(v) for v in values]})
    return visual(source, "chart", mark="radar", labels=list(axes.values()), series=series)


def treemap(source: Source) -> Spec:
    """The leaves and their shares; what they are in stands before their names where two are called alike."""
    path: list[tuple[int, str]] = []
    leaves: list[tuple[list[str], float]] = []
    for number, line in source.lines:
        words = re.sub(r":::\w+\s*$", "", line).strip()
        indent = len(line) - len(line.lstrip())
        if titled(source, words) or LOOKS.match(words):
            continue
        found = re.match(r"(\"[^\"]*\"|'[^']*'|[^:]+?)\s*(?:[:,]\s*([\d.,]+))?$", words)
        if not found:
            source.fail(number, words)
            continue
        while path and path[-1][0] >= indent:
            path.pop()
        name = words_of(found[1].strip("'"))
        if found[2]:
            leaves.append(([part for _, part in path] + [name], float(found[2].replace(",", ""))))
        else:
            path.append((indent, name))
    if not leaves:
        source.done()
        raise SpecProblem('this treemap has no figures; write a leaf as `"name": 10`')
    names = [steps[-1] for steps, _ in leaves]
    labels = [name if names.count(name) == 1 else ", ".join(steps[-2:]) for name, (steps, _) in zip(names, leaves, strict=True)]
    return visual(source, "chart", mark="treemap", labels=labels, series=[{"values": [value for _, value in leaves]}])
