"""Excalidraw in and out: any drawing as a file whose boxes, words and arrows are tied to one another; a file as a board that keeps its
places.

Out: rectangles, ellipses and diamonds are Excalidraw's own, other shapes are lines around an unseen rectangle that arrows and words hold
on to.
What is ours carries `customData.flipchart`, so that our own files come back as they were. Not kept on the way in: pictures, fills of free
lines,
roundness, opacity.
"""

import base64
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.drawing import Box, ChartFrame, Command, Connector, Group, Icon, Item, Path, Picture, TableFrame, Text
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.render import Page, draw
from flipchart.renderers.shapes import gap_to_border, outline
from flipchart.renderers.spec import Spec, explain, parse_json

Point = tuple[float, float]
Element = dict[str, Any]

SOURCE = "https://github.com/flipchart/flipchart"
OWN = {"rect": "rectangle", "stadium": "rectangle", "ellipse": "ellipse", "diamond": "diamond"}
HAND, PLAIN, CODE = 5, 6, 8  # the numbers of the faces that the editor brings along: Excalifont, Nunito, Comic Shanns
PIECES = 8  # straight pieces of a curve
NEAR = 12.0  # px from a box's border within which an arrow's end counts as touching it
INK = "#1e1e1e"  # Excalidraw's own ink


# Out


def write_page(page: Page) -> bytes:
    """The page's main visual as an Excalidraw file (UTF-8 JSON)."""
    drawing = draw(page.main, page.style, page.width, page.height)
    pen = _Pen(page.blobs, HAND if drawing.rough else PLAIN, 1 if drawing.rough else 0, page.main.id, _kept(page.main))
    pen.all(drawing.items, ())
    pen.tie()
    whole = {
        "type": "excalidraw", "version": 2, "source": SOURCE, "elements": pen.elements,
        "appState": {"viewBackgroundColor": drawing.background, "gridSize": None}, "files": pen.files,
    }  # fmt: skip
    return (json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _kept(spec: Spec) -> dict[str, dict[str, Any]]:
    """By part, what a board says of its boxes and arrows that cannot be seen in the drawing."""
    fields = {"nodes": ("name", "shape", "icon"), "edges": ("head", "tail", "near_start", "near_end", "spoken"), "groups": ("name",)}
    out: dict[str, dict[str, Any]] = {}
    for name, wanted in fields.items():
        for part in getattr(spec, name, ()):
            out[part.id] = part.model_dump(include=set(wanted), exclude_defaults=True)
            if name == "nodes" and getattr(spec, "design", "") == "sequence":
                out[part.id]["design"] = "sequence"
    return out


class _Pen:
    """Writes a drawing's items as elements, from back to front."""

    def __init__(self, blobs: Mapping[str, bytes], face: int, rough: int, main: str, kept: dict[str, dict[str, Any]]) -> None:
        self.blobs, self.face, self.rough, self.main, self.kept = blobs, face, rough, main, kept
        self.elements: list[Element] = []
        self.files: dict[str, Any] = {}
        self.boxes: dict[str, tuple[Element, Box]] = {}
        self.arrows: list[tuple[Element, Connector]] = []
        self.texts: list[tuple[Element, Text]] = []
        self.grounds: list[tuple[Element, Box]] = []
        self.groups = 0

    def all(self, items: Sequence[Item], groups: tuple[str, ...]) -> None:
        """Write items that are in these groups, innermost first."""
        for item in items:
            match item:
                case Group() | ChartFrame() | TableFrame():
                    self.groups += 1
                    self.all(item.items, (f"g{self.groups}", *groups))
                case Box():
                    self.box(item, groups)
                case Path():
                    self.path(item.d, item, groups)
                case Text() if item.lines:
                    self.text(item, groups)
                case Icon():
                    self.icon(item, groups)
                case Picture():
                    self.picture(item, groups)
                case Connector():
                    self.connector(item, groups)

    def add(self, kind: str, x: float, y: float, w: float, h: float, groups: tuple[str, ...], part: str, role: str, **more: Any) -> Element:
        """A new element with every field that the editor would give it."""
        name = f"f{len(self.elements) + 1}"
        seed = zlib.crc32(f"{name},{x:.1f},{y:.1f}".encode()) & 0x7FFFFFFF
        element: Element = {
            "id": name, "type": kind, "x": _px(x), "y": _px(y), "width": _px(w), "height": _px(h), "angle": 0, "strokeColor": "transparent",
            "backgroundColor": "transparent", "fillStyle": "solid", "strokeWidth": 1.5, "strokeStyle": "solid", "roughness": self.rough,
            "opacity": 100, "groupIds": list(groups), "frameId": None, "roundness": None, "seed": seed, "version": 1, "versionNonce": seed,
            "isDeleted": False, "boundElements": [], "updated": 1, "link": None, "locked": False,
            "customData": {"flipchart": {"role": role, **({"part": part} if part else {})}},
        } | more  # fmt: skip
        if role in {"card", "arrow", "section", "remark"} and self.kept.get(part):
            element["customData"]["flipchart"]["kept"] = self.kept[part]
        self.elements.append(element)
        return element

    def box(self, box: Box, groups: tuple[str, ...]) -> None:
        """A box; shapes that Excalidraw lacks are drawn as lines around an unseen rectangle."""
        if box.w < 1.5 or box.h < 1.5:
            return
        role = _role(box)
        look: dict[str, Any] = {
            "strokeColor": box.stroke or "transparent", "backgroundColor": box.fill or "transparent", "strokeWidth": box.stroke_width,
            "strokeStyle": "dashed" if box.dash else "solid",
        }  # fmt: skip
        if box.shape in OWN:
            round_: dict[str, float] | None = None
            if box.shape == "stadium" or (box.shape == "rect" and box.radius >= 2):
                round_ = {"type": 3, "value": _px(min(box.w, box.h) / 2 if box.shape == "stadium" else box.radius)}
            element = self.add(OWN[box.shape], box.x, box.y, box.w, box.h, groups, box.part, role, roundness=round_, **look)
        else:
            if not groups:
                self.groups += 1
                groups = (f"g{self.groups}",)
            self.path(outline(box), box, groups)
            element = self.add("rectangle", box.x, box.y, box.w, box.h, groups, box.part, role)
        element["customData"]["flipchart"] |= {"shape": box.shape, "fill": box.fill or ""}
        if box.name:
            self.boxes[box.name] = (element, box)
        elif not box.stroke:
            self.grounds.append((element, box))

    def path(
        self, d: tuple[Command, ...], item: Path | Box, groups: tuple[str, ...], scale: float = 1.0, dx: float = 0.0, dy: float = 0.0
    ) -> None:
        """A free shape as one line element a piece, its curves in straight pieces."""
        dash = bool(item.dash)
        for points, closed in _flat(d):
            moved = [(x * scale + dx, y * scale + dy) for x, y in points]
            fill = item.fill if closed or len(moved) > 3 else None
            if fill and moved[0] != moved[-1]:
                moved.append(moved[0])
            opacity = round(item.opacity * 100) if isinstance(item, Path) else 100
            self.polyline(moved, item.stroke, fill, item.stroke_width, dash, opacity, groups, item.part)

    def polyline(
        self,
        points: list[Point],
        stroke: str | None,
        fill: str | None,
        width: float,
        dash: bool,
        opacity: int,
        groups: tuple[str, ...],
        part: str,
    ) -> None:
        """One line element."""
        if len(points) < 2 or not (stroke or fill):
            return
        xs, ys = [x for x, _ in points], [y for _, y in points]
        x0, y0 = points[0]
        self.add(
            "line", x0, y0, max(xs) - min(xs), max(ys) - min(ys), groups, part, "decor", points=[[_px(x - x0), _px(y - y0)] for x,
            y in points],
            strokeColor=stroke or "transparent", backgroundColor=fill or "transparent", strokeWidth=max(0.5, width),
            strokeStyle="dashed" if dash else "solid", opacity=opacity, lastCommittedPoint=None, startBinding=None, endBinding=None,
            startArrowhead=None, endArrowhead=None, polygon=bool(fill),
        )  # fmt: skip

    def text(self, text: Text, groups: tuple[str, ...]) -> None:
        """Set type, one element a block, with its own line breaks."""
        lines = text.lines
        height = (lines[1].y - lines[0].y) / text.size if len(lines) > 1 else 1.25
        wide = max(line.width for line in lines)
        left = {"start": min(line.x for line in lines), "end": max(line.x + line.width for line in lines) - wide}.get(
            text.align, lines[0].x + lines[0].width / 2 - wide / 2
        )
        top = lines[0].y - text.size * ((height - 1) / 2 + 0.88)
        tall = len(lines) * text.size * height
        if text.rotate:
            # Excalidraw turns about the middle, we about the first line's start.
            turn = math.radians(text.rotate)
            ax, ay = lines[0].x, lines[0].y
            mx, my = left + wide / 2 - ax, top + tall / 2 - ay
            left = ax + mx * math.cos(turn) - my * math.sin(turn) - wide / 2
            top = ay + mx * math.sin(turn) + my * math.cos(turn) - tall / 2
        role = "title" if text.role == "title" and text.part == self.main else text.field or text.role or "text"
        words = "\n".join(line.text for line in lines)
        element = self.add(
            "text", left, top, wide, tall, groups, text.part, role, strokeColor=text.fill, angle=round(math.radians(text.rotate), 4),
            text=words, originalText=text.words if not text.cut and text.words else words, fontSize=text.size,
            fontFamily=CODE if "Mono" in text.family else self.face, textAlign={"start": "left", "middle": "center",
            "end": "right"}[text.align],
            verticalAlign="top", containerId=None, lineHeight=round(height, 3), autoResize=True,
        )  # fmt: skip
        element["customData"]["flipchart"]["size"] = text.size
        self.texts.append((element, text))

    def icon(self, icon: Icon, groups: tuple[str, ...]) -> None:
        """A vector icon as lines of one group."""
        from flipchart.renderers import icons

        self.groups += 1
        art = icons.svg_body(icon.name)
        scale = icon.size / max(art.width, art.height)
        for stroke in icons.outlines(icon.name):
            hues = {"currentColor": icon.fill, "none": None}
            path = Path(
                stroke.d, hues.get(stroke.fill or "none", stroke.fill), hues.get(stroke.stroke or "none", stroke.stroke), stroke.width *
                scale,
                opacity=stroke.opacity, part=icon.part,
            )  # fmt: skip
            self.path(path.d, path, (f"g{self.groups}", *groups), scale, icon.x, icon.y)

    def picture(self, picture: Picture, groups: tuple[str, ...]) -> None:
        """Pixels, cut to their room."""
        from io import BytesIO

        from PIL import Image

        pixels = self.blobs.get(picture.blob)
        if pixels is None:
            raise SpecProblem(f"the picture {picture.blob[:19]} of {picture.part or 'this visual'} is not stored; paint it again")
        with Image.open(BytesIO(pixels)) as image:
            (wide, high), mime = image.size, Image.MIME.get(image.format or "", "image/png")
        file = picture.blob.removeprefix("sha256:")[:40]
        self.files[file] = {
            "mimeType": mime,
            "id": file,
            "dataURL": f"data:{mime};base64,{base64.b64encode(pixels).decode()}",
            "created": 1,
        }
        room = picture.w / picture.h
        w, h, x, y, crop = picture.w, picture.h, picture.x, picture.y, None
        if picture.fit == "cover":
            cut_w, cut_h = (high * room, float(high)) if wide / high > room else (float(wide), wide / room)
            crop = {
                "x": (wide - cut_w) / 2,
                "y": (high - cut_h) / 2,
                "width": cut_w,
                "height": cut_h,
                "naturalWidth": wide,
                "naturalHeight": high,
            }
        else:
            scale = min(w / wide, h / high)
            x, y, w, h = x + (w - wide * scale) / 2, y + (h - high * scale) / 2, wide * scale, high * scale
        self.add(
            "image", x, y, w, h, groups, picture.part, "picture", fileId=file, status="saved", scale=[1, 1], crop=crop,
            roundness={"type": 3} if picture.radius else None,
        )  # fmt: skip

    def connector(self, connector: Connector, groups: tuple[str, ...]) -> None:
        """An arrow; what it is tied to is written by `tie`."""
        if len(connector.points) < 2:
            return
        x0, y0 = connector.points[0]
        xs, ys = [x for x, _ in connector.points], [y for _, y in connector.points]
        element = self.add(
            "arrow", x0, y0, max(xs) - min(xs), max(ys) - min(ys), groups, connector.part, "arrow",
            points=[[_px(x - x0), _px(y - y0)] for x, y in connector.points], strokeColor=connector.stroke,
            strokeWidth=connector.stroke_width,
            strokeStyle="dashed" if connector.dash else "solid", roundness={"type": 2} if connector.curved else None, elbowed=False,
            startArrowhead="triangle" if connector.heads in {"start", "both"} else None,
            endArrowhead="triangle" if connector.heads in {"end", "both"} else None, startBinding=None, endBinding=None,
            lastCommittedPoint=None,
        )  # fmt: skip
        element["customData"]["flipchart"]["heads"] = connector.heads
        self.arrows.append((element, connector))

    def tie(self) -> None:
        """Write both sides of every tie: arrows and the boxes they end at, words and the box or arrow they stand in."""
        for element, connector in self.arrows:
            for name, key, at in ((connector.start, "startBinding", 0), (connector.end, "endBinding", -1)):
                if name in self.boxes:
                    held, box = self.boxes[name]
                    (x, y), share = connector.points[at], 1.0
                    fixed = [_share((x - box.x) / box.w * share), _share((y - box.y) / box.h * share)]
                    element[key] = {"elementId": held["id"], "fixedPoint": fixed, "mode": "orbit", "focus": 0, "gap": 1}
                    held["boundElements"].append({"id": element["id"], "type": "arrow"})
        inside: dict[str, list[tuple[Element, Text]]] = {}
        for element, text in self.texts:
            if text.inside in self.boxes and not text.rotate:
                inside.setdefault(text.inside, []).append((element, text))
        for name, held_texts in inside.items():
            holder = self.boxes[name][0]
            if len(held_texts) == 1 and holder["customData"]["flipchart"]["role"] != "section":
                self.bind(holder, held_texts[0][0], "middle")
            else:
                # A box holds one text of its own; several stay beside it in one group.
                for element, _ in held_texts:
                    element["customData"]["flipchart"]["of"] = holder["id"]
        areas = {box.part: held for held, box in self.boxes.values() if box.part and held["customData"]["flipchart"]["role"] == "section"}
        for element, text in self.texts:
            if text.part in areas and not text.inside:
                element["customData"]["flipchart"]["of"] = areas[text.part]["id"]
        self.label_arrows()
        for element, _ in self.arrows:
            element["customData"]["flipchart"]["way"] = _way(_points(element))

    def label_arrows(self) -> None:
        """Tie an arrow's words to it, where they stand on it."""
        by_part = {connector.part: element for element, connector in self.arrows if connector.part}
        for element, text in self.texts:
            arrow = by_part.get(text.part)
            if arrow is None or text.field != "label" or text.inside or any(b["type"] == "text" for b in arrow["boundElements"]):
                continue
            centre = (element["x"] + element["width"] / 2, element["y"] + element["height"] / 2)
            points = _through([(arrow["x"] + x, arrow["y"] + y) for x, y in arrow["points"]], centre)
            if points:
                self.bind(arrow, element, "middle")
                element["textAlign"] = "center"
                arrow["points"] = [[_px(x - arrow["x"]), _px(y - arrow["y"])] for x, y in points]
                under = [ground for ground, box in self.grounds if box.part == text.part]
                self.elements = [one for one in self.elements if not any(one is ground for ground in under)]
            else:
                # Words beside their arrow stay there, in one group with it.
                self.groups += 1
                element["customData"]["flipchart"]["of"] = arrow["id"]
                for one in (arrow, element):
                    one["groupIds"] = [f"g{self.groups}", *one["groupIds"]]

    def bind(self, holder: Element, text: Element, vertical: str) -> None:
        """Tie a text to what holds it, on both sides."""
        text["containerId"] = holder["id"]
        text["verticalAlign"] = vertical
        holder["boundElements"].append({"id": text["id"], "type": "text"})


def _way(points: Sequence[Point]) -> list[int]:
    """Marks of where a line runs between its ends, and of where it ends: a moved box changes the latter alone."""
    return [zlib.crc32(repr([(round(x), round(y)) for x, y in some]).encode()) for some in (points[1:-1], [points[0], points[-1]])]


def _role(box: Box) -> str:
    kind, _, _ = box.name.partition(":")
    return "decor" if not box.name else kind if kind in {"section", "remark"} else "card"


def _px(value: float) -> float:
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _share(value: float) -> float:
    """A place along a side, 0 to 1; never just the middle, which the editor would take for no place."""
    held = min(max(value, 0.0), 1.0)
    return 0.5001 if abs(held - 0.5) < 0.0001 else round(held, 4)


def _through(points: list[Point], centre: Point) -> list[Point]:
    """The line with its middle point at `centre`, where the editor sets an arrow's words; empty where that is not on the line."""
    for n, (p, q) in enumerate(pairwise(points)):
        length = math.dist(p, q)
        share = 0.0 if not length else ((centre[0] - p[0]) * (q[0] - p[0]) + (centre[1] - p[1]) * (q[1] - p[1])) / length**2
        on = (p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share)
        if not 0 < share < 1 or math.dist(on, centre) > 6.0:
            continue
        before, after = points[: n + 1], points[n + 1 :]
        # As many points on either side: those that lack are set on the piece next to the middle.
        lack = len(after) - len(before)
        extra = [((before[-1] if lack > 0 else after[0]), k / (abs(lack) + 1)) for k in range(1, abs(lack) + 1)]
        between = [(a[0] + (on[0] - a[0]) * k, a[1] + (on[1] - a[1]) * k) for a, k in extra]
        return [*before, *between, on, *after] if lack > 0 else [*before, on, *reversed(between), *after]
    return []


def _straight(points: list[Point]) -> list[Point]:
    """The line without the points in the middle of its straight pieces."""
    out = points[:1]
    for p, q in pairwise(points[1:] + points[-1:]):
        a = out[-1]
        if p == q or abs((p[0] - a[0]) * (q[1] - a[1]) - (p[1] - a[1]) * (q[0] - a[0])) > 0.5 * max(1.0, math.dist(a, q)):
            out.append(p)
    return out


def _flat(d: tuple[Command, ...]) -> list[tuple[list[Point], bool]]:
    """A path's pieces as points, and whether each is closed."""
    out: list[tuple[list[Point], bool]] = []
    points: list[Point] = []
    for command, p in d:
        if command == "M":
            if len(points) > 1:
                out.append((points, False))
            points = [(p[0], p[1])]
        elif command == "L":
            points.append((p[0], p[1]))
        elif command == "C":
            x0, y0 = points[-1]
            for n in range(1, PIECES + 1):
                t, s = n / PIECES, 1 - n / PIECES
                points.append(
                    (
                        s**3 * x0 + 3 * s * s * t * p[0] + 3 * s * t * t * p[2] + t**3 * p[4],
                        s**3 * y0 + 3 * s * s * t * p[1] + 3 * s * t * t * p[3] + t**3 * p[5],
                    )
                )
        elif points:
            out.append(([*points, points[0]], True))
            points = [points[0]]
    if len(points) > 1:
        out.append((points, False))
    return out


# In


def read(text: str) -> Spec:
    """The board in an Excalidraw file; raises SpecProblem where it is none."""
    value = parse_json(text.strip())
    if not isinstance(value, dict):
        raise SpecProblem(f"an Excalidraw file is a JSON object, not {type(value).__name__}")
    return read_values(value)


def read_values(value: Mapping[str, Any]) -> Spec:
    """The board in an Excalidraw file's values, every box, arrow, free text and free line where it was."""
    from flipchart.renderers.whiteboard import Whiteboard

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
        notes += [
            {"text": self.words(e), **_place(e), "size": _number(e.get("fontSize")) or 0.0, "ink": _colour(e.get("strokeColor"), INK)}
            for e in remarks
            if self.ours(e).get("role") != "text"
        ]
        notes += [
            {"text": self.words(e), **_place(e), "size": _number(e.get("fontSize")) or 0.0}
            for e in remarks
            if self.ours(e).get("role") == "text"
        ]
        return {"kind": "whiteboard", "title": title, "groups": groups, "nodes": nodes, "edges": edges, "notes": notes, "strokes": strokes}

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
            points = _points(e)
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
        if said and (fill == str(said.get("fill", "")).lower() or drawn not in OWN):
            fill = ""
        ink = "" if text is None or self.ours(text) else _colour(text.get("strokeColor"), INK)
        out = {
            "name": self.names[e["id"]], "label": label, "note": note, "shape": ours.get(drawn,
            "box") if said else shapes.get(e["type"], "box"),
            "group": self.names[str(area["id"])] if area else "", "fill": fill, "ink": ink,
            "size": self.size(text) if text else 0.0, **_place(e), **self.part(e),
        } | {k: v for k, v in self.kept(e).items() if k in {"icon", *(("shape",) if said else ())}}  # fmt: skip
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
        """An arrow as an edge between what it is tied to or touches; one that touches nothing is a line drawn by hand."""
        points = _points(e)
        if len(points) < 2:
            return
        ends: list[str] = []
        for key, at in (("startBinding", 0), ("endBinding", -1)):
            binding = e.get(key)
            if isinstance(binding, dict) and isinstance(binding.get("elementId"), str):
                held = str(binding["elementId"])
                ends.append(self.names.get(held, held))
            else:
                ends.append(self.touched(points[at]))
        if not all(ends):
            strokes += self.stroke(e)
            return
        label, _, _ = self.label(e)
        start, end = (self.at(name) for name in ends)
        true = all(box is None or abs(gap_to_border(box, points[at])) <= NEAR for box, at in ((start, 0), (end, -1)))
        heads: dict[Any, str] = {
            None: "none",
            "": "none",
            "dot": "circle",
            "circle": "circle",
            "circle_outline": "circle",
            "bar": "cross",
            "diamond": "diamond",
        }
        heads |= {
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
            # A moved box took its arrow along: the arrow finds a way of its own again.
            inner, outer = _way(points)
            before = said.get("way")
            true = true and not (isinstance(before, list) and len(before) == 2 and before[0] == inner and before[1] != outer)
            if now == said.get("heads"):
                kept = {"head": kept.get("head", "arrow"), "tail": kept.get("tail", "none")} | kept
        out = {
            **self.part(e), "start": ends[0], "end": ends[1], "label": label, "dashed": e.get("strokeStyle") in {"dashed", "dotted"},
            "head": heads.get(e.get("endArrowhead", "arrow"), "arrow"), "tail": heads.get(e.get("startArrowhead"), "arrow"),
            "points": _straight(points) if true else [], "ink": "" if self.ours(e) else _colour(e.get("strokeColor"), INK),
        }  # fmt: skip
        edges.append({k: v for k, v in (out | kept).items() if v not in ("", [], False) or k == "spoken"})

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
        points = _points(e)
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


def _points(e: Element) -> list[Point]:
    """An arrow's or line's points on the canvas."""
    given = e.get("points")
    out: list[Point] = []
    for point in given if isinstance(given, list) else []:
        if isinstance(point, list | tuple) and len(point) >= 2:
            x, y = _number(point[0]), _number(point[1])
            if x is not None and y is not None:
                out.append((float(e["x"]) + x, float(e["y"]) + y))
    return out
