"""Decks for offices: 16:9 PowerPoint files with real masters, layouts, placeholders, notes, native charts and tables.

Every visual becomes slides: a deck its own, any other form one. The same page gives the same bytes.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

from flipchart.renderers import logo, marp, pptx_chart
from flipchart.renderers.deck import Slide, Slides
from flipchart.renderers.drawing import Box, ChartFrame, Drawing, Group, Item, Picture, TableFrame, Text, flat, mirrored
from flipchart.renderers.pptx_canvas import Canvas
from flipchart.renderers.pptx_shapes import shapes
from flipchart.renderers.pptx_theme import BOLD, LAYOUTS, LOGO, NS, Mark, hexed, package, unzipped, zipped
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.render import Page
from flipchart.renderers.slides import layout as cover_of
from flipchart.renderers.slides import pages, slide_pages
from flipchart.renderers.slides_page import colours, discs, mark_on, mark_room, page_of
from flipchart.renderers.spec import Look, Spec
from flipchart.renderers.style import Style
from flipchart.renderers.tinted import finished
from flipchart.renderers.typeset import clean

WIDTH = 960.0  # px, so that a px is a point
LONGEST = 255  # characters of what a file says of itself


def write_page(page: Page) -> bytes:
    """A PPTX file of every visual of the page, the words of the answer first."""
    langs = {spec.lang for spec in page.specs}
    look = page.style.with_look(page.specs[0].look if len(page.specs) == 1 else Look(), langs.pop() if len(langs) == 1 else "")
    drawn = list(slides_of(page))
    return write(drawn, look.for_office(), page.pixels, page.title or next((spec.title for spec in page.specs), ""))


def write(drawn: Sequence[Drawing], look: Style, blobs: Mapping[str, bytes] | None = None, title: str = "") -> bytes:
    """A PPTX file of the drawings, a slide each, on masters in the colours and faces of `look`."""
    return _Deck(look, blobs or {}).write(drawn, title)


def slides_of(page: Page, office: bool = True) -> Iterator[Drawing]:
    """The page as slides 960 px wide, in reading order and numbered on; `office` sets them in faces that offices have."""
    base = page.style.for_office() if office else page.style
    number = 1
    lang = next((spec.lang for spec in page.specs if spec.lang), "")
    if page.title and len(page.specs) + bool(page.text.strip()) > 1:
        yield cover_of(Slides(title=page.title), base, WIDTH)
        number += 1
    if page.text.strip():
        for drawing in _typeset(page.text, lang, "", base.with_look(Look(), lang), number, page.title):
            yield drawing
            number += 1
    for spec in page.specs:
        chosen = base.with_look(spec.look, spec.lang)
        for drawing in _slides(spec, chosen, number, page.title):
            yield finished(drawing, spec, chosen)
            number += 1


def _slides(spec: Spec, chosen: Style, number: int, title: str) -> Iterator[Drawing]:
    """One visual's slides, numbered from `number`."""
    if form(spec.kind).flows:
        yield from _typeset(form(spec.kind).markdown(spec.model_copy(update={"title": ""})), spec.lang, spec.title, chosen, number, title)
    elif isinstance(spec, Slides):
        yield from pages(spec, chosen, WIDTH, None, number)
    else:
        slide = Slide(type="points", heading=spec.title, visual=spec)
        deck = Slides(title=title if title != spec.title else "", slides=(slide,), lang=spec.lang)
        yield from slide_pages(deck, deck.slides, chosen, WIDTH, None, number)


def _typeset(words: str, lang: str, heading: str, chosen: Style, number: int, title: str) -> Iterator[Drawing]:
    """Markdown as slides without a cover."""
    deck = marp.deck(words, lang, heading).model_copy(update={"title": title})
    yield from slide_pages(deck, deck.slides, chosen, WIDTH, None, number)


class _Deck:
    """A file being written."""

    def __init__(self, look: Style, blobs: Mapping[str, bytes]) -> None:
        from pptx import Presentation

        self.look, self.blobs = look, blobs
        bold = colours(look, bold=True)
        self.grounds = {key: bold.ground if key in BOLD else look.sheet for key in LAYOUTS}
        plain = page_of(Slides(), look, WIDTH, None, None, 2)
        made = package(look, *_bold_colours(look), _ornaments(look), tuple(_marks(look)), mark_room(plain))
        self.file = Presentation(io.BytesIO(made))

    def write(self, drawn: Sequence[Drawing], title: str) -> bytes:
        """The file's bytes."""
        for drawing in drawn:
            self._slide(drawing)
        self._describe(title, drawn[0].lang if drawn else "")
        buffer = io.BytesIO()
        self.file.save(buffer)
        return zipped(_ordered(unzipped(buffer.getvalue())))

    def _describe(self, title: str, lang: str) -> None:
        import datetime

        core = self.file.core_properties
        core.title, core.language, core.author, core.last_modified_by = clean(title)[:LONGEST], lang[:LONGEST], "", ""
        core.created = core.modified = datetime.datetime(2000, 1, 1)
        core.revision = 1

    def _slide(self, drawing: Drawing) -> None:
        key = _layout_for(drawing)
        slide = self.file.slides.add_slide(self.file.slide_layouts[LAYOUTS.index(key)])
        # A page whose logo is another one than its layout's brings its own.
        alone = _told(_mark_of(drawing)) != _told(_mark(self.look, key if key in BOLD else ""))
        if alone:
            slide._element.set("showMasterSp", "0")
        part = slide.part
        unit = WIDTH / drawing.width

        def add_chart(frame: ChartFrame) -> str | None:
            return pptx_chart.add(part, frame, self.look, drawing.lang or self.look.lang, unit)

        def add_picture(blob: str) -> str | None:
            pixels = self.blobs.get(blob)
            if pixels is None:
                raise SpecProblem(f"the picture {blob[:19]} is not stored; paint it again")
            return str(part.get_or_add_image_part(io.BytesIO(_readable(pixels)))[1])

        canvas = Canvas(drawing, self.look, key, add_picture, add_chart, lambda blob: _pixels(self.blobs[blob]), alone=alone)
        xml = shapes(canvas)
        back = ""
        if hexed(drawing.background) != hexed(self.grounds[key]):
            back = f'<p:bg><p:bgPr><a:solidFill><a:srgbClr val="{hexed(drawing.background)}"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'
        _fill(slide, back, xml)
        if drawing.notes:
            self._notes(slide, drawing.notes)

    def _notes(self, slide: Any, words: str) -> None:
        slide.notes_slide.notes_text_frame.text = clean(words)
        presentation = self.file.part._element
        if presentation.find("{*}notesMasterIdLst") is None:
            from pptx.opc.constants import RELATIONSHIP_TYPE
            from pptx.oxml import parse_xml

            relation = next(rel.rId for rel in self.file.part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.NOTES_MASTER)
            listed = parse_xml(f'<p:notesMasterIdLst {NS}><p:notesMasterId r:id="{relation}"/></p:notesMasterIdLst>')
            presentation.find("{*}sldMasterIdLst").addnext(listed)


def _bold_colours(look: Style) -> tuple[str, str, str]:
    """Ground, ink and quiet ink of bold layouts."""
    bold = colours(look, bold=True)
    if hexed(bold.ground) == hexed(look.accent):
        return "accent1", bold.ink, bold.quiet
    return (bold.ground if look.fills else "bg1"), ("tx1" if hexed(bold.ink) == hexed(look.ink) else bold.ink), bold.quiet


@lru_cache(maxsize=32)
def _ornaments(look: Style) -> tuple[tuple[str, str], ...]:
    """What stands behind the words of bold layouts, as XML."""
    page = page_of(Slides(), look, WIDTH, None, None, 1)
    out = []
    for key in ("title", "section", "closing"):
        items: tuple[Item, ...] = tuple(discs(page, low=key == "section").items)
        if look.direction == "rtl":
            items = tuple(mirrored(item, WIDTH) for item in items)
        canvas = Canvas(
            Drawing(WIDTH, page.height, items, look.sheet), look, "blank", lambda blob: None, lambda frame: None, lambda blob: (1, 1)
        )
        canvas.last = 20  # above the ids of the placeholders
        out.append((key, shapes(canvas)))
    return tuple(out)


def _mark(look: Style, key: str) -> Group | None:
    """The logo of a bold layout, or of the master (""), where it stands on a page; None where there is none."""
    page = page_of(Slides(slides=(Slide(type="section", heading="-"),)), look, WIDTH, None, None, 2)
    page = replace(page, colours=colours(look, bold=bool(key)))
    mark = mark_on(page, cover=key == "title")
    turned = mirrored(mark, WIDTH) if mark and look.direction == "rtl" else mark
    assert turned is None or isinstance(turned, Group)
    return turned


def _marks(look: Style) -> Iterator[Mark]:
    """The logo as it stands on the master and on each bold layout."""
    for key in ("", *sorted(BOLD)):
        mark = _mark(look, key)
        if mark is None:
            return
        picture = next(item for item in mark.items if isinstance(item, Picture))
        pixels = logo.pixels(look)[picture.blob]
        drawing = Drawing(WIDTH, 540.0, (mark,), look.sheet)
        measures = _pixels(pixels)
        canvas = Canvas(drawing, look, "blank", lambda blob: LOGO, lambda frame: None, partial(_as_they_are, measures), alone=True)
        canvas.last = 40  # above the ids of placeholders and ornaments
        yield Mark(key, shapes(canvas), pixels)


def _as_they_are(measures: tuple[int, int], _blob: str) -> tuple[int, int]:
    return measures


def _mark_of(drawing: Drawing) -> Group | None:
    return next((item for item in drawing.items if isinstance(item, Group) and item.label == logo.GROUP), None)


def _told(mark: Group | None) -> tuple[object, ...]:
    """What tells a logo on a page from another."""
    items = mark.items if mark else ()
    return tuple((round(i.x), round(i.y), i.fill if isinstance(i, Box) else i.blob) for i in items if isinstance(i, Box | Picture))


def _layout_for(drawing: Drawing) -> str:
    """The layout a slide stands on."""
    kind = str(drawing.extra.get("slide", ""))
    if kind in BOLD:
        return kind
    every = list(flat(drawing.items))
    if not any(isinstance(item, Text) and item.role == "title" and item.lines and item.words for item in every):
        return "blank"
    holds = any(isinstance(item, ChartFrame | TableFrame) for item in every) or kind == "text"
    return "content" if holds else "only"


def _fill(slide: Any, back: str, xml: str) -> None:
    """Put the shapes on the slide in place of the empty placeholders it came with."""
    from pptx.oxml import parse_xml

    tree = slide.shapes._spTree
    for shape in list(tree)[2:]:
        tree.remove(shape)
    wrapped = parse_xml(f"<p:spTree {NS}>{xml}</p:spTree>")
    tree.extend(list(wrapped))
    if back:
        tree.getparent().insert(0, parse_xml(f"<p:cSld {NS}>{back}</p:cSld>")[0])


@lru_cache(maxsize=64)
def _readable(pixels: bytes) -> bytes:
    """The picture in a format that offices read: WebP becomes PNG."""
    if pixels[:4] != b"RIFF":
        return pixels
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(pixels)) as image:
        image.save(out, "PNG")
    return out.getvalue()


@lru_cache(maxsize=64)
def _pixels(pixels: bytes) -> tuple[int, int]:
    """Width and height of a stored picture."""
    from PIL import Image

    with Image.open(io.BytesIO(pixels)) as image:
        return image.size


def _ordered(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with the list of types first, the rest by name."""
    first = "[Content_Types].xml"
    return {first: parts[first]} | {name: parts[name] for name in sorted(parts) if name != first}
