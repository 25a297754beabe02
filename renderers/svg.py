"""Drawings as SVG: real <text>, no foreignObject, no script, and the fonts it uses inside where it stands alone."""

import base64
from collections.abc import Mapping
from html import escape

from flipchart import assets
from flipchart.renderers import rough
from flipchart.renderers.drawing import (
    Box,
    ChartFrame,
    Connector,
    Drawing,
    Group,
    Icon,
    Item,
    Line,
    Path,
    Picture,
    TableFrame,
    Text,
    flat,
)
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.shapes import arrow_head, connector_path, outline
from flipchart.renderers.typeset import Font, clean, measure, rtl, runs

Blobs = Mapping[str, bytes]


def write(drawing: Drawing, blobs: Blobs | None = None, *, fonts: bool = True, live: bool = False, only: str = "") -> str:
    """The drawing as one SVG element. `fonts` embeds the characters it uses as subset fonts; `live` adds what a page needs to
    make it editable and let it draw itself (data attributes, order of appearance); `only` keeps its ids apart from others' on a page."""
    pen = _Pen(drawing, blobs or {}, live, only)
    body = "".join(pen.draw(item) for item in drawing.items)
    width, height = number(drawing.width), number(drawing.height)
    style = f"<style>{font_faces(drawing)}</style>" if fonts else ""
    lang = f' xml:lang="{escape(drawing.lang, quote=True)}"' if drawing.lang else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" role="img" aria-label="{attribute(drawing.alt)}"{lang}>'
        f'{style}<rect width="{width}" height="{height}" fill="{drawing.background}"/>{body}</svg>'
    )


def number(value: float) -> str:
    """`value` with at most two decimals and no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def attribute(text: str) -> str:
    """`text` escaped for an attribute."""
    return escape(clean(text).replace("\n", " "), quote=True)


def _quoted(family: str) -> str:
    """A family name as CSS reads it: a word that begins with a digit ("Source Serif 4") must be quoted."""
    return attribute(family if all(word[:1].isalpha() for word in family.split()) else f"'{family}'")


class _Pen:
    def __init__(self, drawing: Drawing, blobs: Blobs, live: bool, only: str) -> None:
        self.drawing, self.blobs, self.live, self.only = drawing, blobs, live, only
        self.clips = 0

    def draw(self, item: Item) -> str:
        match item:
            case Group() | ChartFrame() | TableFrame():
                return f"<g{self._hooks(item)}>{''.join(self.draw(inner) for inner in item.items)}</g>"
            case Box():
                return self._box(item)
            case Path():
                return self._path(item)
            case Text():
                return self._text(item)
            case Icon():
                return self._icon(item)
            case Picture():
                return self._picture(item)
            case Connector():
                return self._connector(item)

    def _hooks(self, item: Item) -> str:
        """Where it came from and when it appears, for pages that are alive."""
        if not self.live:
            return ""
        out = f' data-part="{attribute(item.part)}"' if item.part else ""
        if isinstance(item, Text) and item.field:
            out += f' data-field="{attribute(item.field)}" data-words="{attribute(item.words)}"'
        elif isinstance(item, Box | Path) and item.field:
            out += f' data-at="{attribute(item.field)}"'
        out += f' class="s" style="--s:{item.step}"' if item.step else ""
        return out

    def _tip(self, tip: str) -> str:
        return f"<title>{escape(clean(tip))}</title>" if tip else ""

    def _paint(self, fill: str | None, stroke: str | None, width: float, dash: tuple[float, ...] = ()) -> str:
        out = f' fill="{fill or "none"}"'
        if stroke and width > 0:
            out += f' stroke="{stroke}" stroke-width="{number(width)}" stroke-linecap="round" stroke-linejoin="round"'
            out += f' stroke-dasharray="{" ".join(number(d) for d in dash)}"' if dash else ""
        return out

    def _box(self, box: Box) -> str:
        dash = (6.0, 5.0) if box.dash else ()
        if self.drawing.rough and (box.stroke or box.shape != "rect"):
            fill = f'<path d="{path_data(outline(box))}"{self._paint(box.fill, None, 0)}/>' if box.fill else ""
            strokes = rough.strokes(outline(box), self.drawing.rough, f"{box.x:.0f},{box.y:.0f}")
            drawn = ' pathLength="1" class="draw"' if self.live and not dash else ""
            ink = f'<path d="{path_data(strokes)}"{self._paint(None, box.stroke, box.stroke_width, dash)}{drawn}/>' if box.stroke else ""
            return f"<g{self._hooks(box)}>{self._tip(box.tip)}{fill}{ink}</g>"
        paint = self._paint(box.fill, box.stroke, box.stroke_width, dash)
        if box.shape == "rect":
            radius = f' rx="{number(min(box.radius, box.w / 2, box.h / 2))}"' if box.radius else ""
            head = f'<rect x="{number(box.x)}" y="{number(box.y)}" width="{number(box.w)}" height="{number(box.h)}"{radius}'
        elif box.shape == "ellipse":
            head = (
                f'<ellipse cx="{number(box.x + box.w / 2)}" cy="{number(box.y + box.h / 2)}"'
                f' rx="{number(box.w / 2)}" ry="{number(box.h / 2)}"'
            )
        else:
            head = f'<path d="{path_data(outline(box))}"'
        hooks = self._hooks(box)
        return f"{head}{paint}{hooks}>{self._tip(box.tip)}{_close(head)}" if box.tip else f"{head}{paint}{hooks}/>"

    def _path(self, path: Path) -> str:
        opacity = f' opacity="{number(path.opacity)}"' if path.opacity < 1 else ""
        paint = self._paint(path.fill, path.stroke, path.stroke_width, path.dash)
        head = f'<path d="{path_data(path.d)}"{paint}{opacity}{self._hooks(path)}'
        return f"{head}>{self._tip(path.tip)}</path>" if path.tip else f"{head}/>"

    def _connector(self, connector: Connector) -> str:
        d = connector_path(connector)
        if self.drawing.rough:
            d = rough.strokes(d, self.drawing.rough * 0.6, f"{connector.points[0]}", twice=False)
        dash = (6.0, 5.0) if connector.dash else ()
        heads = "".join(
            f'<path d="{path_data(head)}"{self._paint(connector.stroke, connector.stroke, 1)}/>' for head in arrow_head(connector)
        )
        line = f'<path d="{path_data(d)}"{self._paint(None, connector.stroke, connector.stroke_width, dash)}'
        line += ' pathLength="1" class="draw"/>' if self.live and not dash else "/>"
        return f"<g{self._hooks(connector)}>{line}{heads}</g>"

    def _text(self, text: Text) -> str:
        if not text.lines:
            return ""
        out = []
        for line in text.lines:
            backwards = rtl(line.text)
            # Each face is set apart at its measured place: where one element mixes faces, resvg may set all of it in a stand-in.
            cursor = line.x + line.width if backwards else line.x
            for piece, font in runs(line.text, text.family, text.weight):
                wide = measure(piece, text.size, text.family, text.weight)
                left = cursor - wide if backwards else cursor
                cursor = left if backwards else cursor + wide
                if piece.strip():
                    out.append(self._run(piece, font, text, (left, wide), line))
        weight = f' font-weight="{text.weight}"' if text.weight != 400 else ""
        italic = ' font-style="italic"' if text.italic else ""
        hooks = self._hooks(text)
        head = f'<g font-family="{_quoted(text.family)}" font-size="{number(text.size)}" fill="{text.fill}"{weight}{italic}{hooks}>'
        return f"{head}{''.join(out)}</g>"

    def _turn(self, text: Text, x: float, y: float) -> str:
        return f' transform="rotate({number(text.rotate)} {number(x)} {number(y)})"' if text.rotate else ""

    def _run(self, piece: str, font: Font, text: Text, place: tuple[float, float], line: Line) -> str:
        """Words in one face at (left, width) px."""
        left, wide = place
        lead = measure(piece[: len(piece) - len(piece.lstrip())], text.size, text.family, text.weight)
        tail = measure(piece[len(piece.rstrip()) :], text.size, text.family, text.weight)
        backwards = rtl(piece)
        if backwards:
            # Browsers and resvg disagree on which side a right-to-left line starts from, and resvg orders it from the left:
            # both centre it alike, and right-to-left marks around it give numbers their place in both.
            x, side, mark = left + tail + (wide - lead - tail) / 2, ' direction="rtl" text-anchor="middle"', "&#8207;"
        else:
            x, side, mark = left + lead, "", ""
        face = "" if font.family == text.family else f' font-family="{_quoted(font.family)}"'
        turn = self._turn(text, line.x, line.y)
        return f'<text x="{number(x)}" y="{number(line.y)}"{side}{face}{turn}>{mark}{escape(piece.strip())}{mark}</text>'

    def _icon(self, icon: Icon) -> str:
        from flipchart.renderers import icons

        art = icons.svg_body(icon.name)
        scale = icon.size / max(art.width, art.height)
        return (
            f'<g{self._hooks(icon)} color="{icon.fill}" transform="translate({number(icon.x)} {number(icon.y)})'
            f' scale({scale:.5g})">{art.body.replace("currentColor", icon.fill)}</g>'
        )

    def _picture(self, picture: Picture) -> str:
        pixels = self.blobs.get(picture.blob)
        if pixels is None:
            raise SpecProblem(f"the picture {picture.blob[:19]} of {picture.part or 'this visual'} is not stored; paint it again")
        mime = "image/png" if pixels[:4] == b"\x89PNG" else "image/jpeg" if pixels[:2] == b"\xff\xd8" else "image/webp"
        self.clips += 1
        clip = f"{self.only}clip{self.clips}-{number(picture.x)}-{number(picture.y)}"
        x, y, w, h = number(picture.x), number(picture.y), number(picture.w), number(picture.h)
        fit = "slice" if picture.fit == "cover" else "meet"
        return (
            f'<g{self._hooks(picture)}><clipPath id="{clip}"><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{number(picture.radius)}"/>'
            f'</clipPath><image x="{x}" y="{y}" width="{w}" height="{h}" preserveAspectRatio="xMidYMid {fit}" clip-path="url(#{clip})"'
            f' href="data:{mime};base64,{base64.b64encode(pixels).decode()}"><title>{escape(clean(picture.alt))}</title></image></g>'
        )


def _close(head: str) -> str:
    return f"</{head[1 : head.index(' ')]}>"


def path_data(d: tuple[tuple[str, tuple[float, ...]], ...]) -> str:
    """The `d` attribute of a path."""
    return "".join(f"{command}{' '.join(number(n) for n in places)}" for command, places in d)


def characters(drawing: Drawing) -> dict[Font, set[str]]:
    """The characters each font sets in the drawing."""
    used: dict[Font, set[str]] = {}
    for item in flat(drawing.items):
        if isinstance(item, Text):
            for line in item.lines:
                for piece, font in runs(line.text, item.family, item.weight):
                    used.setdefault(font, set()).update(piece)
    return used


def font_faces(drawing: Drawing) -> str:
    """CSS @font-face rules with the characters the drawing uses, as data."""
    out = []
    for font, letters in sorted(characters(drawing).items(), key=lambda pair: pair[0].file):
        data = base64.b64encode(subset(font.file, "".join(sorted(letters)))).decode()
        out.append(
            f"@font-face{{font-family:'{font.family}';font-weight:{font.weight};src:url(data:font/ttf;base64,{data}) format('truetype')}}"
        )
    return "".join(out)


def subset(file: str, letters: str) -> bytes:
    """The shipped font `file` with only the glyphs that `letters` need (their shaping rules kept)."""
    import uharfbuzz as hb

    wanted = hb.SubsetInput()
    wanted.unicode_set.update(ord(c) for c in letters)
    wanted.unicode_set.add(0x20)
    wanted.flags = hb.SubsetFlags.NO_HINTING
    face = hb.Face(hb.Blob.from_file_path(str(assets.path(f"fonts/{file}"))))
    cut: bytes = hb.subset(face, wanted).blob.data
    return cut
