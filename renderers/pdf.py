"""PDF: every page as vectors, its type in embedded fonts so that it can be searched and copied. The same page gives the same bytes.

Slides are pages of their own, other forms one page each at their natural height, the words of an answer on sheets of A4. Not covered: tags.
"""

import io
import math
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

from flipchart import assets
from flipchart.renderers import bidi, icons, render, rough
from flipchart.renderers.drawing import (
    Box,
    ChartFrame,
    Command,
    Connector,
    Drawing,
    Group,
    Icon,
    Item,
    Path,
    Picture,
    TableFrame,
    Text,
    flat,
)
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.shapes import arrow_head, connector_path, outline
from flipchart.renderers.style import rgb
from flipchart.renderers.text import Prose
from flipchart.renderers.typeset import Font, clean, rtl
from flipchart.renderers.typeset import runs as font_runs

POINT = 0.75  # points per px
SHEET = (794.0, 1123.0)  # px, A4
_SHAPING = ("GSUB", "GPOS", "GDEF", "BASE", "kern", "name", "post", "STAT", "DSIG", "MATH", "vhea", "vmtx", "cmap", "OS/2")  # not for PDF
SLANT = 0.21  # tan of the angle that stands in for italics


def write_page(page: render.Page) -> bytes:
    """A PDF file of the words and every visual of the page."""
    book = _Book(page.pixels)
    for drawing in drawings(page):
        book.add(drawing)
    title = page.title or next((spec.title for spec in page.specs if spec.title), "")
    return book.write(title, next((spec.lang for spec in page.specs if spec.lang), page.style.lang))


def drawings(page: render.Page) -> Iterator[Drawing]:
    """The pages: the answer's words on sheets, then each visual."""
    lang = next((spec.lang for spec in page.specs if spec.lang), "")
    if page.text.strip():
        words = Prose(markdown=page.text, title=page.title, lang=lang)
        yield from sheets(render.draw(words, page.style, SHEET[0]), SHEET[1])
    for spec in page.specs:
        if form(spec.kind).flows:
            yield from sheets(render.draw(spec, page.style, SHEET[0]), SHEET[1])
        else:
            yield from render.pages(spec, page.style, page.width, page.height)


def sheets(drawing: Drawing, height: float) -> Iterator[Drawing]:
    """A drawing of type on pages `height` px tall, cut between lines."""
    if drawing.height <= height:
        yield replace(drawing, height=height)
        return
    margin = 40.0
    pieces = [piece for item in drawing.items for piece in _pieces(item)]
    spans = sorted(_span(piece) for piece in pieces)
    top = 0.0
    while top < drawing.height - margin:
        bottom = top + height - margin - (margin if top else 0.0)
        if bottom < drawing.height - margin:
            # The cut goes up to where nothing is cut through; what is taller than a page is cut anyway.
            crossing = [start for start, end in spans if start < bottom < end and end - start < height - 2 * margin and start > top]
            while crossing:
                bottom = min(crossing) - 0.5
                crossing = [start for start, end in spans if start < bottom < end and end - start < height - 2 * margin and start > top]
        else:
            bottom = drawing.height
        held = tuple(piece for piece in pieces if top <= _span(piece)[0] < bottom)
        if held:
            from flipchart.renderers.drawing import moved

            shift = -top + (margin if top else 0.0)
            yield replace(drawing, height=height, items=tuple(moved(piece, 0.0, shift) for piece in held))
        top = bottom


def _pieces(item: Item) -> Iterator[Item]:
    """An item in parts that stay whole: each line of a text, each row of a table."""
    if isinstance(item, Group | TableFrame):
        for inner in item.items:
            yield from _pieces(inner)
    elif isinstance(item, Text):
        yield from (replace(item, lines=(line,), y=line.y - item.size, h=item.size * 1.3) for line in item.lines)
    else:
        yield item


def _span(item: Item) -> tuple[float, float]:
    """From where to where down the page an item reaches."""
    match item:
        case Text():
            return item.lines[0].y - item.size, item.lines[0].y + item.size * 0.3
        case Path():
            ys = [n for _, places in item.d for n in places[1::2]]
            return min(ys), max(ys)
        case Connector():
            return min(y for _, y in item.points), max(y for _, y in item.points)
        case Icon():
            return item.y, item.y + item.size
        case Group():
            spans = [_span(inner) for inner in item.items] or [(0.0, 0.0)]
            return min(a for a, _ in spans), max(b for _, b in spans)
        case _:
            return item.y, item.y + item.h


@dataclass(slots=True)
class _Face:
    """A font in the file: its glyphs so far, and what they say."""

    font: Font
    name: str
    said: dict[int, str] = field(default_factory=dict)
    reference: bytes = b""


@dataclass(frozen=True, slots=True)
class _Glyph:
    """A glyph of a shaped piece: lengths in thousandths of the size."""

    id: int
    advance: float
    x: float
    y: float
    cluster: int


_Clusters = list[tuple[str, list[_Glyph]]]
"""Letters and the glyphs that stand for them, from left to right."""


@lru_cache(maxsize=16)
def _shaper(file: str) -> tuple[Any, float]:
    import uharfbuzz as hb

    face = hb.Face(hb.Blob.from_file_path(str(assets.path(f"fonts/{file}"))))
    return hb.Font(face), float(face.upem)


@lru_cache(maxsize=16384)
def _shaped(piece: str, file: str, backwards: bool) -> tuple[_Glyph, ...]:
    """`piece` shaped in the font `file`, its glyphs from left to right."""
    import uharfbuzz as hb

    font, upem = _shaper(file)
    buffer = hb.Buffer()
    buffer.add_str(piece)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if backwards else "ltr"
    buffer.cluster_level = hb.BufferClusterLevel.MONOTONE_CHARACTERS  # marks keep their own place in the words
    hb.shape(font, buffer)
    k = 1000.0 / upem
    return tuple(
        _Glyph(info.codepoint, place.x_advance * k, place.x_offset * k, place.y_offset * k, info.cluster)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


@lru_cache(maxsize=65536)
def _width(file: str, glyph: int) -> float:
    """The width of a glyph as the font says, in thousandths of the size."""
    font, upem = _shaper(file)
    return float(font.get_glyph_h_advance(glyph)) * 1000.0 / upem


class _Book:
    """The file being written."""

    def __init__(self, blobs: Mapping[str, bytes]) -> None:
        import pydyf

        self.pydyf, self.blobs = pydyf, blobs
        self.pdf = pydyf.PDF()
        self.faces: dict[str, _Face] = {}
        self.pictures: dict[str, Any] = {}
        self.states: dict[float, str] = {}
        self.heads: list[tuple[str, Any]] = []
        self.fonts = pydyf.Dictionary({})
        self.images = pydyf.Dictionary({})
        self.shades = pydyf.Dictionary({})
        self.resources = pydyf.Dictionary({"Font": self.fonts, "XObject": self.images, "ExtGState": self.shades})
        self.pdf.add_object(self.resources)

    def add(self, drawing: Drawing) -> None:
        """Put a drawing on a page of its own."""
        pen = _Pen(self, drawing)
        content = self.pydyf.Stream([pen.page()], compress=True)
        self.pdf.add_object(content)
        page = self.pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": self.pdf.pages.reference,
                "MediaBox": self.pydyf.Array([0, 0, _n(drawing.width * POINT), _n(drawing.height * POINT)]),
                "Contents": content.reference,
                "Resources": self.resources.reference,
            }
        )
        self.pdf.add_page(page)
        titles = [item.words for item in flat(drawing.items) if isinstance(item, Text) and item.role == "title" and item.words]
        if titles:
            self.heads.append((" ".join(titles[0].split()), page))

    def face(self, font: Font) -> _Face:
        """The font's place in the file."""
        if font.file not in self.faces:
            self.faces[font.file] = _Face(font, f"F{len(self.faces) + 1}")
        return self.faces[font.file]

    def state(self, opacity: float) -> str:
        """The name of a graphics state of that opacity."""
        key = round(opacity, 3)
        if key not in self.states:
            self.states[key] = f"G{len(self.states) + 1}"
            shade = self.pydyf.Dictionary({"Type": "/ExtGState", "ca": key, "CA": key})
            self.pdf.add_object(shade)
            self.shades[self.states[key]] = shade.reference
        return self.states[key]

    def picture(self, blob: str) -> tuple[str, int, int]:
        """The name of a stored picture in the file, its width and height in pixels."""
        if blob not in self.pictures:
            pixels = self.blobs.get(blob)
            if pixels is None:
                raise SpecProblem(f"the picture {blob[:19]} is not stored; paint it again")
            self.pictures[blob] = (f"I{len(self.pictures) + 1}", *self._image(pixels, f"I{len(self.pictures) + 1}"))
        found: tuple[str, int, int] = self.pictures[blob]
        return found

    def _image(self, pixels: bytes, name: str) -> tuple[int, int]:
        from PIL import Image

        with Image.open(io.BytesIO(pixels)) as image:
            wide, tall = image.size
            head = {"Type": "/XObject", "Subtype": "/Image", "Width": wide, "Height": tall, "BitsPerComponent": 8, "Interpolate": "true"}
            if image.format == "JPEG" and image.mode in {"RGB", "L"}:
                head |= {"ColorSpace": "/DeviceRGB" if image.mode == "RGB" else "/DeviceGray", "Filter": "/DCTDecode"}
                self._store(name, pixels, head)
                return wide, tall
            if "A" in image.getbands() or "transparency" in image.info:
                through = image.convert("RGBA")
                mask = self.pydyf.Stream(
                    [zlib.compress(through.getchannel("A").tobytes())],
                    {
                        "Type": "/XObject",
                        "Subtype": "/Image",
                        "Width": wide,
                        "Height": tall,
                        "ColorSpace": "/DeviceGray",
                        "BitsPerComponent": 8,
                    }
                    | {"Filter": "/FlateDecode"},
                )
                self.pdf.add_object(mask)
                head["SMask"] = mask.reference
            head |= {"ColorSpace": "/DeviceRGB", "Filter": "/FlateDecode"}
            self._store(name, zlib.compress(image.convert("RGB").tobytes()), head)
            return wide, tall

    def _store(self, name: str, content: bytes, head: Mapping[str, Any]) -> None:
        stream = self.pydyf.Stream([content], dict(head))
        self.pdf.add_object(stream)
        self.images[name] = stream.reference

    def write(self, title: str, lang: str) -> bytes:
        """The bytes of the file, its fonts cut to the glyphs it uses."""
        for face in sorted(self.faces.values(), key=lambda face: face.name):
            self._embed(face)
        self._outline()
        if title:
            self.pdf.info["Title"] = self.pydyf.String(clean(title))
        self.pdf.info["Producer"] = self.pydyf.String("Flipchart")
        self.pdf.catalog["Lang"] = self.pydyf.String(lang or "en")
        self.pdf.catalog["ViewerPreferences"] = self.pydyf.Dictionary({"DisplayDocTitle": "true"})
        out = io.BytesIO()
        self.pdf.write(out, version=b"1.7", compress=True)
        return out.getvalue()

    def _outline(self) -> None:
        """The titles of the pages, for the side of the viewer."""
        if len(self.heads) < 2:
            return
        root = self.pydyf.Dictionary({"Type": "/Outlines", "Count": len(self.heads)})
        self.pdf.add_object(root)
        marks = []
        for words, page in self.heads:
            place = self.pydyf.Array([page.reference, "/Fit"])
            mark = self.pydyf.Dictionary({"Title": self.pydyf.String(words), "Parent": root.reference, "Dest": place})
            self.pdf.add_object(mark)
            marks.append(mark)
        for before, after in pairwise(marks):
            before["Next"], after["Prev"] = after.reference, before.reference
        root["First"], root["Last"] = marks[0].reference, marks[-1].reference
        self.pdf.catalog["Outlines"] = root.reference

    def _embed(self, face: _Face) -> None:
        """Write a font with the glyphs that are used, the widths of these, and what they say."""
        import uharfbuzz as hb

        glyphs = sorted(face.said)
        wanted = hb.SubsetInput()
        wanted.glyph_set.update(glyphs)
        wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.RETAIN_GIDS | hb.SubsetFlags.NO_LAYOUT_CLOSURE
        wanted.drop_table_tag_set.update(int.from_bytes(tag.ljust(4).encode(), "big") for tag in _SHAPING)
        source = hb.Face(hb.Blob.from_file_path(str(assets.path(f"fonts/{face.font.file}"))))
        data = bytes(hb.subset(source, wanted).blob.data)
        file = self.pydyf.Stream([data], {"Length1": len(data)}, compress=True)
        self.pdf.add_object(file)
        font, upem = _shaper(face.font.file)
        extents = font.get_font_extents("ltr")
        k = 1000.0 / upem
        bare = f"{_tag(glyphs)}+{face.font.file.removesuffix('.ttf')}"
        described = self.pydyf.Dictionary(
            {
                "Type": "/FontDescriptor",
                "FontName": f"/{bare}",
                "Flags": 4,
                "FontBBox": self.pydyf.Array([-1000, round(extents.descender * k), 2000, round(extents.ascender * k)]),
                "ItalicAngle": 0,
                "Ascent": round(extents.ascender * k),
                "Descent": round(extents.descender * k),
                "CapHeight": round(extents.ascender * k * 0.75),
                "StemV": 120 if face.font.weight >= 600 else 80,
                "FontFile2": file.reference,
            }
        )
        self.pdf.add_object(described)
        widths = self.pydyf.Array([])
        for glyph in glyphs:
            widths.extend([glyph, self.pydyf.Array([_n(_width(face.font.file, glyph))])])
        inner = self.pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/CIDFontType2",
                "BaseFont": f"/{bare}",
                "CIDSystemInfo": self.pydyf.Dictionary(
                    {"Registry": self.pydyf.String("Adobe"), "Ordering": self.pydyf.String("Identity"), "Supplement": 0}
                ),
                "FontDescriptor": described.reference,
                "W": widths,
                "DW": 0,
                "CIDToGIDMap": "/Identity",
            }
        )
        self.pdf.add_object(inner)
        spoken = self.pydyf.Stream([_to_unicode(face.said)], compress=True)
        self.pdf.add_object(spoken)
        whole = self.pydyf.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type0",
                "BaseFont": f"/{bare}",
                "Encoding": "/Identity-H",
                "DescendantFonts": self.pydyf.Array([inner.reference]),
                "ToUnicode": spoken.reference,
            }
        )
        self.pdf.add_object(whole)
        self.fonts[face.name] = whole.reference


def _tag(glyphs: Sequence[int]) -> str:
    """Six letters that name a subset."""
    number = zlib.crc32(",".join(map(str, glyphs)).encode())
    return "".join(chr(65 + number // 26**i % 26) for i in range(6))


def _to_unicode(said: Mapping[int, str]) -> bytes:
    """The map from glyphs to the words they stand for."""
    lines = [f"<{glyph:04X}> <{_utf16(words)}>" for glyph, words in sorted(said.items()) if words]
    blocks = "".join(
        f"{len(lines[i : i + 100])} beginbfchar\n" + "\n".join(lines[i : i + 100]) + "\nendbfchar\n" for i in range(0, len(lines), 100)
    )
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS)"
        " /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{blocks}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
    ).encode()


def _n(value: float) -> str:
    """A number with at most three decimals."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


class _Pen:
    """Draws one page; y runs downwards in px, the page is turned once."""

    def __init__(self, book: _Book, drawing: Drawing) -> None:
        self.book, self.drawing = book, drawing
        self.out: list[str] = []

    def page(self) -> bytes:
        """The page's content stream."""
        drawing = self.drawing
        self.out.append(f"{_n(POINT)} 0 0 {_n(-POINT)} 0 {_n(drawing.height * POINT)} cm")
        self.out.append(f"{self._paint(drawing.background)} rg 0 0 {_n(drawing.width)} {_n(drawing.height)} re f")
        for item in drawing.items:
            self.draw(item)
        return "\n".join(self.out).encode("ascii")

    def draw(self, item: Item) -> None:
        """One item."""
        match item:
            case Group() | ChartFrame() | TableFrame():
                for inner in item.items:
                    self.draw(inner)
            case Box():
                self._box(item)
            case Path():
                self._shape(item.d, item.fill, item.stroke, item.stroke_width, item.dash, item.opacity)
            case Connector():
                self._connector(item)
            case Text():
                self._text(item)
            case Icon():
                self._icon(item)
            case Picture():
                self._picture(item)

    def _paint(self, colour: str) -> str:
        return " ".join(_n(n / 255) for n in rgb(colour))

    def _shape(
        self,
        d: Sequence[Command],
        fill: str | None,
        stroke: str | None,
        width: float = 1.5,
        dash: Sequence[float] = (),
        opacity: float = 1.0,
    ) -> None:
        drawn = bool(stroke) and width > 0
        if not d or not (fill or drawn):
            return
        out = [] if opacity >= 1 else [f"q /{self.book.state(opacity)} gs"]
        if fill:
            out.append(f"{self._paint(fill)} rg")
        if stroke and drawn:
            marks = " ".join(_n(n) for n in dash)
            out.append(f"{self._paint(stroke)} RG {_n(width)} w 1 J 1 j [{marks}] 0 d")
        for command, n in d:
            places = " ".join(_n(value) for value in n)
            out.append({"M": f"{places} m", "L": f"{places} l", "C": f"{places} c", "Z": "h"}[command])
        out.append("B" if fill and drawn else "f" if fill else "S")
        if opacity < 1:
            out.append("Q")
        self.out.append(" ".join(out))

    def _box(self, box: Box) -> None:
        dash = (6.0, 5.0) if box.dash else ()
        if self.drawing.rough and (box.stroke or box.shape != "rect"):
            self._shape(outline(box), box.fill, None)
            self._shape(
                rough.strokes(outline(box), self.drawing.rough, f"{box.x:.0f},{box.y:.0f}"), None, box.stroke, box.stroke_width, dash
            )
            return
        self._shape(outline(box), box.fill, box.stroke, box.stroke_width, dash)

    def _connector(self, connector: Connector) -> None:
        if len(connector.points) < 2:
            return
        d = connector_path(connector)
        if self.drawing.rough:
            d = rough.strokes(d, self.drawing.rough * 0.6, f"{connector.points[0]}", twice=False)
        self._shape(d, None, connector.stroke, connector.stroke_width, (6.0, 5.0) if connector.dash else ())
        for head in arrow_head(connector):
            self._shape(head, connector.stroke, connector.stroke, 1.0)

    def _icon(self, icon: Icon) -> None:
        art = icons.svg_body(icon.name)
        share = icon.size / max(art.width, art.height)
        for shape in icons.outlines(icon.name):
            d = tuple((c, tuple(n * share + (icon.y if i % 2 else icon.x) for i, n in enumerate(places))) for c, places in shape.d)
            fill, stroke = (icon.fill if colour == "currentColor" else colour for colour in (shape.fill, shape.stroke))
            self._shape(d, _hex(fill), _hex(stroke), shape.width * share, (), shape.opacity)

    def _picture(self, picture: Picture) -> None:
        name, wide, tall = self.book.picture(picture.blob)
        x, y, w, h = picture.x, picture.y, picture.w, picture.h
        share = (max if picture.fit == "cover" else min)(w / wide, h / tall)
        across, down = wide * share, tall * share
        frame = outline(Box(x, y, w, h, radius=picture.radius))
        clip = []
        for command, n in frame:
            places = " ".join(_n(value) for value in n)
            clip.append({"M": f"{places} m", "L": f"{places} l", "C": f"{places} c", "Z": "h"}[command])
        left, top = x + (w - across) / 2, y + (h - down) / 2
        self.out.append(f"q {' '.join(clip)} W n {_n(across)} 0 0 {_n(-down)} {_n(left)} {_n(top + down)} cm /{name} Do Q")

    def _text(self, text: Text) -> None:
        for line in text.lines:
            if line.text.strip():
                self._line(text, line.text, line.x, line.y)

    def _line(self, text: Text, words: str, x: float, y: float) -> None:
        """One line of type, in the order in which it is seen."""
        along = 0.0  # px from the start of the line
        for start, end, backwards in bidi.runs(words, rtl(words)):
            pieces = font_runs(words[start:end], text.family, text.weight)
            for piece, font in pieces[::-1] if backwards else pieces:
                face = self.book.face(font)
                clusters = list(_clusters(piece, _shaped(piece, font.file, backwards)))
                plain = all(
                    len(glyphs) == 1 and not glyphs[0].x and not glyphs[0].y and face.said.setdefault(glyphs[0].id, said) == said
                    for said, glyphs in clusters
                )
                draw = self._set if plain else self._traced
                along = draw(text, face, clusters, x, y, along, backwards)

    def _matrix(self, text: Text, x: float, y: float, along: float, rise: float = 0.0) -> str:
        """Where type stands that is `along` px from the start of a line at (x, y), and `rise` px above it."""
        turn = math.radians(text.rotate)
        cos, sin = math.cos(turn), math.sin(turn)
        slant = SLANT if text.italic else 0.0
        # The page's y runs downwards: the matrix turns the letters back up.
        places = (cos, sin, sin + slant * cos, -cos + slant * sin, x + along * cos + rise * sin, y + along * sin - rise * cos)
        return " ".join(_n(value) for value in places)

    def _set(self, text: Text, face: _Face, clusters: _Clusters, x: float, y: float, along: float, backwards: bool) -> float:
        """Type that says what it shows, a glyph a letter; where the next piece begins, in px."""
        shown = []
        begun = along
        for _, (glyph, *_) in clusters:
            off = _width(face.font.file, glyph.id) - glyph.advance
            shown.append(f"<{glyph.id:04X}>" + (_n(off) if abs(off) > 0.01 else ""))
            along += glyph.advance * text.size / 1000.0
        set_ = f"{self._paint(text.fill)} rg /{face.name} {_n(text.size)} Tf {self._matrix(text, x, y, begun)} Tm [{''.join(shown)}] TJ"
        self.out.append(f"BT {set_} ET")
        return along

    def _traced(self, text: Text, face: _Face, clusters: _Clusters, x: float, y: float, along: float, backwards: bool) -> float:
        """Scripts whose glyphs are not letters (Arabic, Devanagari): their outlines, and over them the letters unseen, to be copied."""
        k = text.size / 1000.0
        begun = along
        drawn = [f"q {self._paint(text.fill)} rg"]
        unseen: list[str] = []
        for said, glyphs in clusters:
            for glyph in glyphs:
                shape = _outlined(face.font.file, glyph.id)
                if shape:
                    place = self._matrix(text, x, y, along + glyph.x * k, glyph.y * k)
                    drawn.append(f"q {place} cm {_n(k)} 0 0 {_n(k)} 0 0 cm {shape} f Q")
                along += glyph.advance * k
            letters = said[::-1] if backwards else said
            room = sum(glyph.advance for glyph in glyphs)
            wide = [unicodedata.category(letter) != "Mn" for letter in letters]
            for letter, takes in zip(letters, wide, strict=True):
                id = _nominal(face.font.file, letter)
                if face.said.setdefault(id, letter) == letter:
                    share = room / sum(wide) if takes else 0.0 if any(wide) else room / len(letters)
                    # Each letter is stretched to the room its glyphs take, so that words are told apart where they are.
                    unseen.append(f"{_n(max(1.0, share * 100 / (_width(face.font.file, id) or 1000.0)))} Tz <{id:04X}> Tj")
        hidden = f"BT 3 Tr /{face.name} {_n(text.size)} Tf {self._matrix(text, x, y, begun)} Tm {' '.join(unseen)} 100 Tz 0 Tr ET"
        self.out.append(" ".join([*drawn, "Q", hidden]))
        return along


@lru_cache(maxsize=65536)
def _nominal(file: str, letter: str) -> int:
    """The glyph of a letter standing alone; 0 where the font has none."""
    return _shaper(file)[0].get_nominal_glyph(ord(letter)) or 0


@lru_cache(maxsize=4096)
def _outlined(file: str, glyph: int) -> str:
    """A glyph's outline as path operators, in thousandths of the size."""
    from fontTools.pens.basePen import BasePen

    font, upem = _shaper(file)
    k = 1000.0 / upem
    out: list[str] = []

    def at(*points: tuple[float, float]) -> str:
        return " ".join(f"{_n(px * k)} {_n(py * k)}" for px, py in points)

    class Pen(BasePen):  # type: ignore[misc]
        def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
            out.append(f"{at(pt)} m")

        def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
            out.append(f"{at(pt)} l")

        def _curveToOne(self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]) -> None:  # noqa: N802
            out.append(f"{at(pt1, pt2, pt3)} c")

        def _closePath(self) -> None:  # noqa: N802
            out.append("h")

    font.draw_glyph_with_pen(glyph, Pen(None))
    return " ".join(out)


def _utf16(words: str) -> str:
    return words.encode("utf-16-be", "replace").hex().upper()


def _clusters(piece: str, glyphs: Sequence[_Glyph]) -> Iterator[tuple[str, list[_Glyph]]]:
    """The glyphs that stand for the same letters, with these letters, from left to right."""
    starts = sorted({glyph.cluster for glyph in glyphs})
    ends = dict(zip(starts, [*starts[1:], len(piece)], strict=True))
    for cluster, held in groupby(glyphs, key=lambda glyph: glyph.cluster):
        yield piece[cluster : ends[cluster]], list(held)


def _hex(colour: str | None) -> str | None:
    """A colour as "#rrggbb"; names that are not known are drawn black."""
    if colour is None or colour in {"none", "transparent"}:
        return None
    return colour if colour.startswith("#") else {"white": "#FFFFFF"}.get(colour, "#000000")
