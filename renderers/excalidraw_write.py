"""Excalidraw out: any drawing as a file whose boxes, words and arrows are tied to one another.

Rectangles, ellipses and diamonds are Excalidraw's own, other shapes are lines around an unseen rectangle that arrows and words hold on to.
"""

import base64
import json
import math
import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from flipchart.renderers.drawing import Box, ChartFrame, Command, Connector, Group, Icon, Item, Path, Picture, TableFrame, Text
from flipchart.renderers.excalidraw import OWN, Element, Point, points_of, way_of
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.render import Page, draw
from flipchart.renderers.shapes import cubic, outline
from flipchart.renderers.spec import Spec

SOURCE = "https://github.com/flipchart/flipchart"
HAND, PLAIN, CODE = 5, 6, 8  # the numbers of the faces that the editor brings along: Excalifont, Nunito, Comic Shanns
PIECES = 8  # straight pieces of a curve


def write_page(page: Page) -> bytes:
    """The page's main visual as an Excalidraw file (UTF-8 JSON)."""
    drawing = draw(page.main, page.style.bare(), page.width, page.height)  # a logo is nothing to be edited
    pen = _Pen(page.blobs, HAND if drawing.rough else PLAIN, 1 if drawing.rough else 0, page.main.id, _kept(page.main))
    pen.strokes = {stroke.id for stroke in getattr(page.main, "strokes", ())}
    pen.all(drawing.items, ())
    pen.tie()
    whole = {
        "type": "excalidraw", "version": 2, "source": SOURCE, "elements": pen.elements,
        "appState": {"viewBackgroundColor": drawing.background, "gridSize": None}, "files": pen.files,
    }  # fmt: skip
    return (json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _kept(spec: Spec) -> dict[str, dict[str, Any]]:
    """By part, what a board says of its boxes and arrows that cannot be seen in the drawing."""
    fields = {
        "nodes": ("name", "shape", "icon", "bare"),
        "edges": ("head", "tail", "near_start", "near_end", "spoken", "ink"),
        "groups": ("name",),
    }
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
        self.strokes: set[str] = set()
        """Parts that a person drew by hand."""

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
        if min(box.w, box.h) < (0.0001 if box.name else 1.5):
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
            "line", x0, y0, max(xs) - min(xs), max(ys) - min(ys), groups, part, "stroke" if part in self.strokes else "decor",
            points=[[_px(x - x0), _px(y - y0)] for x, y in points],
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
            text=words, originalText=text.words or words, fontSize=text.size,
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
        element["customData"]["flipchart"] |= {"heads": connector.heads, "stroke": connector.stroke}
        self.arrows.append((element, connector))

    def tie(self) -> None:
        """Write both sides of every tie: arrows and the boxes they end at, words and the box or arrow they stand in."""
        for element, connector in self.arrows:
            for name, key, at in ((connector.start, "startBinding", 0), (connector.end, "endBinding", -1)):
                if name in self.boxes:
                    held, box = self.boxes[name]
                    x, y = connector.points[at]
                    fixed = [_share((x - box.x) / box.w), _share((y - box.y) / box.h)]
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
            element["customData"]["flipchart"]["way"] = way_of(points_of(element))

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
            start = points[-1]
            points += [cubic(start, p, n / PIECES) for n in range(1, PIECES + 1)]
        elif points:
            out.append(([*points, points[0]], True))
            points = [points[0]]
    if len(points) > 1:
        out.append((points, False))
    return out
