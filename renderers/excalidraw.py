"""Excalidraw in: a file as a board that keeps its places.

What is ours carries `customData.flipchart`, so that our own files come back as they were. Not kept: pictures, fills of free lines,
roundness, opacity.
"""

import math
import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.drawing import Box
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.shapes import gap_to_border
from flipchart.renderers.spec import Spec, explain, parse_json
from flipchart.renderers.style import mix

Point = tuple[float, float]
Element = dict[str, Any]
OWN = {"rect": "rectangle", "stadium": "rectangle", "ellipse": "ellipse", "diamond": "diamond"}
NEAR = 12.0  # px from a box's border within which an arrow's end counts as touching it
HATCHED = {"hachure": 0.45, "zigzag": 0.45, "cross-hatch": 0.65}  # how much of its colour such a filling shows
INK = "#1e1e1e"  # Excalidraw's own ink


def way_of(points: Sequence[Point]) -> list[int]:
    """Marks of where a line runs between its ends, and of where it ends: a moved box changes the latter alone."""
    return [zlib.crc32(repr([(round(x), round(y)) for x, y in some]).encode()) for some in (points[1:-1], [points[0], points[-1]])]


def _straight(points: list[Point]) -> list[Point]:
    """The line without the points in the middle of its straight pieces."""
    out = points[:1]
    for p, q in pairwise(points[1:] + points[-1:]):
        a = out[-1]
        if p == q or abs((p[0] - a[0]) * (q[1] - a[1]) - (p[1] - a[1]) * (q[0] - a[0])) > 0.5 * max(1.0, math.dist(a, q)):
            out.append(p)
    return out


def read(text: str) -> Spec:
    """The board in an Excalidraw file; raises SpecProblem where it is none."""
    value = parse_json(text.strip())
    if not isinstance(value, dict):
        raise SpecProblem(f"an Excalidraw file is a JSON object, not {type(value).__name__}")
    return read_values(value)


def read_values(value: Mapping[str, Any]) -> Spec:
    """The board in an Excalidraw file's values, every box, arrow, free text and free line where it was."""
    from flipchart.renderers.whiteboard_spec import Whiteboard

    given = value.get("elements")
    if not isinstance(given, list):
        raise SpecProblem("the Excalidraw file has no list of `elements`; give a file saved by Excalidraw")
    elements = [
        _whole(e, n) for n, e in enumerate(given) if isinstance(e, dict) and not e.get("isDeleted") and isinstance(e.get("type"), str)
    ]
    scene = _Scene([e for e in elements if e])
    try:
        return Whiteboard.model_validate(scene.fields())
    except ValidationError as error:
        raise SpecProblem(f"this Excalidraw file cannot be drawn: {explain(error)}") from None


def _whole(e: Element, n: int) -> Element:
    """The element with an id, and a place and size that are numbers; empty where those it has are none."""
    numbers = {key: _number(e.get(key, 0)) for key in ("x", "y", "width", "height")}
    if any(value is None for value in numbers.values()):
        return {}
    return {**e, **numbers, "id": str(e.get("id") or f"element{n}")}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) else None


def _colour(value: object, usual: str = "") -> str:
    """A colour as "#rrggbb"; empty for none, the usual one, and what is written another way."""
    words = value.lower() if isinstance(value, str) else ""
    words = words[:7] if words.startswith("#") and len(words) == 9 else words
    hexadecimal = words.startswith("#") and len(words) in {4, 7} and all(c in "0123456789abcdef" for c in words[1:])
    return words if hexadecimal and words != usual else ""


class _Scene:
    """The elements of a file, sorted into what a board knows."""

    def __init__(self, elements: list[Element]) -> None:
        self.by_id = {e["id"]: e for e in elements}
        self.decor = {e["id"] for e in elements if self.ours(e).get("role") in {"decor", "caption"}}
        self.elements = [e for e in elements if e["id"] not in self.decor]
        self.held: dict[str, list[Element]] = {}
        for e in self.elements:
            if e["type"] == "text":
                holder = e.get("containerId") or self.ours(e).get("of")
                if isinstance(holder, str) and holder in self.by_id:
                    self.held.setdefault(holder, []).append(e)
        self.shapes = [e for e in self.elements if e["type"] in {"rectangle", "ellipse", "diamond", "image"}]
        self.loose_in_groups()
        self.areas = [e for e in self.elements if e["type"] in {"frame", "magicframe"}] + [e for e in self.shapes if self.is_area(e)]
        self.parts: set[str] = set()
        self.boxes = [e for e in self.shapes if not any(e is area for area in self.areas) and self.ours(e).get("role") != "remark"]

    @staticmethod
    def ours(e: Element) -> dict[str, Any]:
        """What we said of an element when we wrote it."""
        data = e.get("customData")
        said = data.get("flipchart") if isinstance(data, dict) else None
        return said if isinstance(said, dict) else {}

    def loose_in_groups(self) -> None:
        """A free text that is grouped with one shape and stands in it is that shape's."""
        for e in self.elements:
            groups = e.get("groupIds")
            if e["type"] != "text" or e.get("containerId") or self.ours(e) or not isinstance(groups, list) or not groups:
                continue
            near = [s for s in self.shapes if isinstance(s.get("groupIds"), list) and groups[0] in s["groupIds"] and _inside(e, s)]
            if len(near) == 1:
                self.held.setdefault(str(near[0]["id"]), []).append(e)

    def is_area(self, e: Element) -> bool:
        """True for a rectangle around two other shapes or more."""
        role = self.ours(e).get("role")
        if role:
            return bool(role == "section")
        return e["type"] == "rectangle" and sum(s is not e and _inside(s, e) for s in self.shapes) >= 2

    def words(self, e: Element) -> str:
        """The words of a text element, as they were typed."""
        words = e.get("originalText") or e.get("text") or ""
        return words.strip() if isinstance(words, str) else ""

    def fields(self) -> dict[str, Any]:
        """The board's fields."""
        held = {id(text) for texts in self.held.values() for text in texts}
        free = [e for e in self.elements if e["type"] == "text" and id(e) not in held and self.words(e)]
        title = next((self.words(e) for e in free if self.ours(e).get("role") == "title"), "")
        free = [e for e in free if self.ours(e).get("role") != "title"]
        arrows = [e for e in self.elements if e["type"] == "arrow"]
        bound = {str(b.get("elementId")) for e in arrows for b in (e.get("startBinding"), e.get("endBinding")) if isinstance(b, dict)}
        boxed = [e for e in free if e["id"] in bound]
        remarks = [e for e in free if e["id"] not in bound]
        self.names = self.named([*self.boxes, *boxed, *self.areas], {str(e["id"]) for e in boxed})
        groups = [self.group(e) for e in self.areas]
        if any(self.kept(e).get("design") == "sequence" for e in self.boxes):
            return self.sequence(title, groups, arrows)
        nodes = [self.node(e) for e in self.boxes] + [self.node(e, own=True) for e in boxed]
        edges: list[dict[str, Any]] = []
        strokes: list[dict[str, Any]] = []
        for e in arrows:
            self.arrow(e, edges, strokes)
        for e in self.elements:
            if e["type"] in {"line", "freedraw"}:
                strokes += self.stroke(e)
        notes = [self.sticky(e) for e in self.shapes if self.ours(e).get("role") == "remark" and self.held.get(e["id"])]
        # Words of ours that stand free come last, and are in no ink of their own.
        free_words = [(e, self.ours(e).get("role") == "text") for e in remarks]
        notes += [
            self.free(e) | ({} if drawn else {"ink": _colour(e.get("strokeColor"), INK)})
            for e, drawn in sorted(free_words, key=lambda one: one[1])
        ]
        notes += self.unsaid([title, *(str(value) for part in (*groups, *nodes, *edges, *notes) for value in part.values())])
        return {"kind": "whiteboard", "title": title, "groups": groups, "nodes": nodes, "edges": edges, "notes": notes, "strokes": strokes}

    def unsaid(self, said: Sequence[str]) -> list[dict[str, Any]]:
        """Words that no box, arrow or group has taken, such as those on an arrow that leads nowhere, as notes where they stand."""
        whole = "\n".join(["", *said, ""])
        return [self.free(e) for e in self.elements if e["type"] == "text" and self.words(e) and f"\n{self.words(e)}\n" not in whole]

    def free(self, e: Element) -> dict[str, Any]:
        """A free text as a note; one that was never measured is as wide as its words."""
        size, words = _number(e.get("fontSize")) or 0.0, self.words(e)
        guess = 0.55 * (size or 16.0) * max(len(line) for line in words.split("\n"))
        place = _place(e)
        if e.get("autoResize", True) is not False and place["w"] < 0.5 * guess:
            place["w"] = guess
        return {"text": words, **place, "size": size}

    def sequence(self, title: str, groups: list[dict[str, Any]], arrows: list[Element]) -> dict[str, Any]:
        """A sequence of ours: messages from top to bottom between the lines they run between; its places are not kept."""
        cast: dict[str, tuple[float, dict[str, Any]]] = {}
        for e in self.boxes:
            node = self.node(e)
            kept = {k: v for k, v in node.items() if k in {"name", "label", "note", "shape", "icon"}}
            cast.setdefault(node["name"], (e["x"] + e["width"] / 2, kept))

        def nearest(x: float) -> str:
            return min(cast, key=lambda name: abs(cast[name][0] - x))

        said: list[tuple[float, dict[str, Any]]] = []
        for e in arrows:
            points = points_of(e)
            if len(points) > 1:
                edges: list[dict[str, Any]] = []
                self.arrow(
                    e | {"startBinding": {"elementId": nearest(points[0][0])}, "endBinding": {"elementId": nearest(points[-1][0])}},
                    edges,
                    [],
                )
                said += [(points[0][1], edge | {"points": []}) for edge in edges]
        for e in self.shapes:
            if self.ours(e).get("role") == "remark" and self.held.get(e["id"]):
                ends = nearest(e["x"] + 20.0), nearest(e["x"] + e["width"] - 20.0)
                said.append((e["y"], {"start": ends[0], "end": ends[1], "label": self.label(e)[0], "head": "none", "spoken": False}))
        for y, edge in said:
            around = [area for area in self.areas if area["y"] <= y <= area["y"] + area["height"]]
            if around:
                edge["group"] = self.names[str(min(around, key=lambda a: a["height"])["id"])]
        plain = [{k: v for k, v in group.items() if k not in {"x", "y", "w", "h"}} for group in groups]
        edges = [edge for _, edge in sorted(said, key=lambda pair: pair[0])]
        return {
            "kind": "whiteboard",
            "design": "sequence",
            "title": title,
            "groups": plain,
            "nodes": [n for _, n in cast.values()],
            "edges": edges,
        }

    def named(self, elements: Sequence[Element], own: set[str]) -> dict[str, str]:
        """How arrows call each element, by its id: as they did before, else by its words; where those name another, by its id
        after a star, which says that the name is not shown."""
        out: dict[str, str] = {}
        taken: set[str] = set()
        for e in sorted(elements, key=lambda e: not self.kept(e).get("name")):
            words = " ".join((self.words(e) if e["id"] in own else self.label(e)[0] or str(e.get("name") or "")).split())
            name = str(self.kept(e).get("name") or (words if len(words) <= 60 else ""))
            # In a sequence each line has its name at both ends.
            name = name if name and (name not in taken or self.kept(e).get("design")) else f"*{e['id']}"
            taken.add(name)
            out[e["id"]] = name
        return out

    def part(self, e: Element) -> dict[str, str]:
        """The id of the part an element was drawn for, unless another has it: copies are new parts."""
        part = str(self.ours(e).get("part") or "")
        if not part or part in self.parts:
            return {}
        self.parts.add(part)
        return {"id": part}

    def sticky(self, e: Element) -> dict[str, Any]:
        """A remark of ours on its paper."""
        return {"text": self.label(e)[0], **self.part(e), **_place(e), "fill": _colour(self.ours(e).get("fill"))}

    def kept(self, e: Element) -> dict[str, Any]:
        """What we kept with an element when we wrote it."""
        kept = self.ours(e).get("kept")
        return kept if isinstance(kept, dict) else {}

    def label(self, e: Element) -> tuple[str, str, Element | None]:
        """An element's label and note, and the text they stand in."""
        texts = self.held.get(e["id"], [])
        if not texts:
            return "", "", None
        texts = sorted(texts, key=lambda t: (self.ours(t).get("role") == "note", _number(t.get("y")) or 0.0))
        return self.words(texts[0]), "\n".join(self.words(t) for t in texts[1:]), texts[0]

    def node(self, e: Element, *, own: bool = False) -> dict[str, Any]:
        """A shape with its words as a node; `own`: a free text that arrows end at."""
        label, note, text = (self.words(e), "", e) if own else self.label(e)
        shapes = {"ellipse": "circle", "diamond": "decision"}
        ours = {
            "cylinder": "store", "hexagon": "hexagon", "parallelogram": "input", "cloud": "cloud", "note": "note", "stadium": "start",
            "ellipse": "circle",
            "diamond": "decision",
        }  # fmt: skip
        said = self.ours(e)
        drawn = str(said.get("shape", ""))
        if said and OWN.get(drawn, "rectangle") != e["type"]:
            said = {}  # the person gave it another shape
        inside = [area for area in self.areas if _inside(e, area)]
        area = min(inside, key=lambda a: a["width"] * a["height"]) if inside else None
        fill = "" if own else _colour(e.get("backgroundColor"))
        if fill and e.get("fillStyle") in HATCHED:
            fill = mix(fill, "#ffffff", HATCHED[e["fillStyle"]])
        if said and (fill == str(said.get("fill", "")).lower() or drawn not in OWN):
            fill = ""
        ink = "" if text is None or self.ours(text) else _colour(text.get("strokeColor"), INK)
        out = {
            "name": self.names[e["id"]], "label": label, "note": note, "shape": ours.get(drawn,
            "box") if said else shapes.get(e["type"], "box"),
            "group": self.names[str(area["id"])] if area else "", "fill": fill, "ink": ink,
            "size": self.size(text) if text else 0.0, **_place(e), **self.part(e), **({"bare": True} if own else {}),
        } | {k: v for k, v in self.kept(e).items() if k in {"icon", *(("shape", "bare") if said else ())}}  # fmt: skip
        return {k: v for k, v in out.items() if v not in ("", 0.0) or k in {"x", "y"}}

    def size(self, text: Element) -> float:
        """The size of type that a person chose; 0 where it is still ours."""
        size = _number(text.get("fontSize")) or 0.0
        return 0.0 if size == self.ours(text).get("size") else size

    def group(self, e: Element) -> dict[str, Any]:
        """A frame, or a rectangle around others, as a group."""
        label, _, _ = self.label(e)
        label = label or (str(e["name"]) if isinstance(e.get("name"), str) else "")
        outer = [a for a in self.areas if a is not e and _inside(e, a)]
        parent = min(outer, key=lambda a: a["width"] * a["height"]) if outer else None
        return {
            "name": self.names[e["id"]],
            "label": label or " ",
            "group": self.names[str(parent["id"])] if parent else "",
            **_place(e),
            **self.part(e),
        }

    def arrow(self, e: Element, edges: list[dict[str, Any]], strokes: list[dict[str, Any]]) -> None:
        """An arrow as an edge between what it is tied to or touches, an end that touches nothing left free where it is; one with two such
        ends is a line drawn by hand."""
        points = points_of(e)
        if len(points) < 2:
            return
        ends: list[str] = []
        for key, at in (("startBinding", 0), ("endBinding", -1)):
            binding = e.get(key)
            held = str(binding.get("elementId") or "") if isinstance(binding, dict) else ""
            held = str(self.by_id.get(held, {}).get("containerId") or held)  # words are their box's
            named = self.names.get(held) or (held if held in self.names.values() else "")
            ends.append(named or self.touched(points[at]) or held)
        if not any(ends):
            strokes += self.stroke(e)
            return
        label, _, _ = self.label(e)
        start, end = (self.at(name) if name else None for name in ends)
        true = all(box is None or abs(gap_to_border(box, points[at])) <= NEAR for box, at in ((start, 0), (end, -1)))
        heads: dict[Any, str] = {
            None: "none",
            "": "none",
            "dot": "circle",
            "circle": "circle",
            "circle_outline": "circle",
            "bar": "cross",
            "diamond": "diamond",
            "diamond_outline": "hollow",
            "triangle_outline": "triangle",
            "crowfoot_one": "one",
            "crowfoot_many": "many",
            "crowfoot_one_or_many": "some",
        }
        kept = self.kept(e)
        said = self.ours(e)
        if said:
            now = "both" if e.get("startArrowhead") and e.get("endArrowhead") else "start" if e.get("startArrowhead") else "none"
            now = "end" if now == "none" and e.get("endArrowhead") else now
            kept = kept if now == said.get("heads") else {k: v for k, v in kept.items() if k not in {"head", "tail"}}
            heads |= {"triangle": "arrow"}
            if e.get("strokeColor") != said.get("stroke", e.get("strokeColor")):  # the person gave it another colour
                kept = kept | {"ink": _colour(e.get("strokeColor"))}
            # A moved box took its arrow along: the arrow finds a way of its own again.
            inner, outer = way_of(points)
            before = said.get("way")
            true = true and not (isinstance(before, list) and len(before) == 2 and before[0] == inner and before[1] != outer)
            if now == said.get("heads"):
                kept = {"head": kept.get("head", "arrow"), "tail": kept.get("tail", "none")} | kept
        out = {
            **self.part(e), "start": ends[0], "end": ends[1], "label": label, "dashed": e.get("strokeStyle") in {"dashed", "dotted"},
            "head": heads.get(e.get("endArrowhead", "arrow"), "arrow"), "tail": heads.get(e.get("startArrowhead"), "arrow"),
            "points": _straight(points) if true or not all(ends) else [], "ink": "" if said else _colour(e.get("strokeColor"), INK),
        }  # fmt: skip
        edges.append({k: v for k, v in (out | kept).items() if v not in ("", [], False) or k in {"spoken", "start", "end"}})

    def touched(self, point: Point) -> str:
        """The name of the box whose border a free end is at, the smallest first; empty where there is none."""
        for e in sorted(self.boxes, key=lambda b: b["width"] * b["height"]):
            if abs(gap_to_border(_box(e), point)) <= NEAR:
                return self.names.get(e["id"], "")
        return ""

    def at(self, name: str) -> Box | None:
        """The box that arrows call `name`."""
        return next((_box(self.by_id[id]) for id, known in self.names.items() if known == name), None)

    def stroke(self, e: Element) -> list[dict[str, Any]]:
        """A line, a sketch or a free arrow as strokes."""
        points = points_of(e)
        if len(points) < 2:
            return []
        look = {"ink": _colour(e.get("strokeColor"), INK), "width": min(64.0, max(0.5, _number(e.get("strokeWidth")) or 1.5))}
        out: list[dict[str, Any]] = [{"points": points[:2000], **look}]
        if e["type"] == "arrow" and e.get("endArrowhead", "arrow"):
            (px, py), (x, y) = points[-2], points[-1]
            angle = math.atan2(y - py, x - px)
            wings = [(x - 14 * math.cos(angle + turn), y - 14 * math.sin(angle + turn)) for turn in (-0.42, 0.42)]
            out.append({"points": [wings[0], (x, y), wings[1]], **look})
        return out


def _box(e: Element) -> Box:
    shape = {"ellipse": "ellipse", "diamond": "diamond"}.get(e["type"], "rect")
    return Box(e["x"], e["y"], e["width"], e["height"], shape=shape)  # type: ignore[arg-type]


def _place(e: Element) -> dict[str, float]:
    return {"x": float(e["x"]), "y": float(e["y"]), "w": abs(float(e.get("width", 0))), "h": abs(float(e.get("height", 0)))}


def _inside(e: Element, holder: Element) -> bool:
    """True where the middle of an element is in another that is larger."""
    x, y = e["x"] + e["width"] / 2, e["y"] + e["height"] / 2
    larger = holder["width"] * holder["height"] > e["width"] * e["height"]
    return bool(larger and holder["x"] <= x <= holder["x"] + holder["width"] and holder["y"] <= y <= holder["y"] + holder["height"])


def points_of(e: Element) -> list[Point]:
    """An arrow's or line's points on the canvas."""
    given = e.get("points")
    out: list[Point] = []
    for point in given if isinstance(given, list) else []:
        if isinstance(point, list | tuple) and len(point) >= 2:
            x, y = _number(point[0]), _number(point[1])
            if x is not None and y is not None:
                out.append((float(e["x"]) + x, float(e["y"]) + y))
    return out
