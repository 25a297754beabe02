"""A brand's colours, faces and logo, from wherever they come, make a style that reads as well as a shipped one."""

import io
import json
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.shapes.picture import CT_Picture

from flipchart import assets
from flipchart.gui.gallery import examples
from flipchart.renderers import brand, brand_pptx, logo, render
from flipchart.renderers.check import check
from flipchart.renderers.drawing import Box, Drawing, Group, Picture
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.registry import KINDS
from flipchart.renderers.style import Brand, Logo, contrast, repairs, stand_ins, style, themes
from flipchart.renderers.typeset import place

EXAMPLE = json.loads(assets.text("examples/infographic/sleep-tips.json"))
THEME = "ppt/theme/theme1.xml"


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def drawn(*boxes: tuple[tuple[int, int, int, int], str], ground: str | None = None, size: tuple[int, int] = (300, 100)) -> bytes:
    """A picture of boxes, see-through where there is no ground."""
    picture = Image.new("RGBA", size, ground or (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    for box, colour in boxes:
        pen.rectangle(box, fill=colour)
    return png(picture)


TWO = drawn(((20, 20, 80, 80), "#f28c28"), ((100, 30, 280, 70), "#0b2a5b"))
BLACK = drawn(((20, 20, 280, 80), "#111111"))


def pptx(theme: str = "") -> bytes:
    """A PowerPoint file, its theme replaced by `theme` where that is given."""
    made = io.BytesIO()
    Presentation().save(made)
    return swapped(made.getvalue(), {THEME: theme.encode()}) if theme else made.getvalue()


def swapped(file: bytes, parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
    return out.getvalue()


def template(picture: bytes = TWO) -> bytes:
    """A deck of a firm: its theme's colours and faces changed, its logo on the master, a large picture behind it."""
    deck = Presentation()
    part = deck.slide_master.part
    for id, (pixels, wide) in enumerate(((drawn(((0, 0, 299, 99), "#dddddd"), ground="#eeeeee"), 9_000_000), (picture, 1_200_000)), 100):
        _, relation = part.get_or_add_image_part(io.BytesIO(pixels))
        deck.slide_master.shapes._spTree.append(CT_Picture.new_pic(id, "Picture", "", relation, 0, 0, wide, wide // 3))
    theme = part.part_related_by(RELATIONSHIP_TYPE.THEME)
    words = theme.blob.decode()
    words = words.replace('<a:accent1><a:srgbClr val="4F81BD"/>', '<a:accent1><a:srgbClr val="0B5678"/>')
    words = words.replace('<a:accent2><a:srgbClr val="C0504D"/>', '<a:accent2><a:srgbClr val="C9772B"/>')
    words = words.replace('<a:majorFont><a:latin typeface="Calibri"/>', '<a:majorFont><a:latin typeface="Georgia"/>')
    words = words.replace('<a:minorFont><a:latin typeface="Calibri"/>', '<a:minorFont><a:latin typeface="Arial"/>')
    made = io.BytesIO()
    deck.save(made)
    return swapped(made.getvalue(), {THEME: words.encode()})


# -- colours ----------------------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}"), min_size=1, max_size=8), st.sampled_from(themes()))
def test_any_colours_make_a_style_that_reads(colours: list[str], base: str) -> None:
    look = style(base).wearing(brand.typed(" ".join(colours)))
    assert contrast(look.accent, look.sheet) >= 4.5
    assert contrast(look.on_accent, look.accent) >= 4.5
    assert contrast(look.quiet, look.soft) >= 4.5
    assert contrast(look.ink, look.soft) >= 7
    assert len(look.series) >= 6
    assert all(contrast(colour, look.sheet) >= 3 for colour in look.series)


def test_a_readable_colour_is_kept_as_it_is() -> None:
    look = style().wearing(brand.typed("#0B5678, #c9772b"))
    assert (look.accent, look.series[:2]) == ("#0b5678", ("#0b5678", "#c9772b"))
    assert repairs(brand.typed("#0b5678, #c9772b"), style()) == []


def test_a_colour_that_is_too_faint_is_moved_and_said() -> None:
    (moved,) = repairs(brand.typed("#ffd500"), style())
    assert (moved.was, moved.found, moved.least) == ("#ffd500", 1.4, 4.5)
    assert contrast(moved.now, style().sheet) >= 4.5
    assert moved.now == style().wearing(brand.typed("#ffd500")).accent
    assert repairs(brand.typed("#ffd500"), style("dark")) == []


def test_the_accent_is_a_colour_that_reads_as_it_is_where_the_first_would_be_another() -> None:
    both = brand.typed("#f28c28 #0b2a5b")
    assert style().wearing(both).accent == "#0b2a5b"
    assert style("dark").wearing(both).accent == "#f28c28"


def test_black_and_white_change_places() -> None:
    assert style("dark").wearing(brand.typed("#000000")).accent == style("dark").ink
    assert style().wearing(brand.typed("#ffffff")).accent == style().ink


def test_high_contrast_stays_high() -> None:
    for colours in ("#ffd500", "#c8102e", "#7fb2e5"):
        look = style("contrast").wearing(brand.typed(colours))
        assert contrast(look.accent, look.sheet) >= 7


@pytest.mark.parametrize("words", ["", "red", "#12", "#0b5678, blue"])
def test_what_is_no_colour_is_said(words: str) -> None:
    with pytest.raises(SpecProblem, match="is no colour"):
        brand.typed(words)


def test_faces_are_those_that_are_shipped_and_a_stand_in_is_said() -> None:
    given = brand.of_json('{"colours": ["#0b5678"], "heading": "Georgia", "body": "Helvetica Neue"}')
    look = style().wearing(given)
    assert (look.heading, look.sans) == ("Source Serif 4", "Arimo")
    assert stand_ins(given, style()) == [("Georgia", "Source Serif 4")], "Arimo has the measures of Helvetica"
    other = brand.of_json('{"colours": ["#0b5678"], "body": "Gotham"}')
    assert style().wearing(other).sans == style().sans
    assert stand_ins(other, style()) == [("Gotham", "Inter")]


def test_a_brand_is_worn_over_the_theme_that_one_visual_has() -> None:
    spec = read(EXAMPLE | {"look": {"theme": "chalk"}})
    worn = style().wearing(brand.typed("#116644")).with_look(spec.look, "en")
    assert (worn.name, worn.accent, worn.rough > 0) == ("chalk", "#116644", True)
    assert worn.sans == style("chalk").sans, "what is drawn by hand is written by hand"


# -- logos ------------------------------------------------------------------------------------------------------------------


def test_a_logo_gives_its_colours_most_of_it_first() -> None:
    made = brand.of_picture(drawn(((0, 0, 120, 100), "#c8102e"), ((130, 0, 160, 100), "#003da5"), ground="white"))
    assert made.colours == ("#c8102e", "#003da5")
    assert made.logo is not None
    assert made.logo.ground == "#ffffff" or made.logo.ground == ""


def test_a_logo_is_cut_to_what_is_seen() -> None:
    made = brand.of_picture(TWO).logo
    assert made is not None
    assert (made.width, made.height, made.plain) == (261, 61, False)


def test_a_logo_without_colour_keeps_the_themes() -> None:
    made = brand.of_picture(BLACK)
    assert made.colours == ()
    assert made.logo is not None
    assert made.logo.plain
    look = style().wearing(made)
    assert (look.accent, look.series) == (style().accent, style().series)


def test_one_colour_alone_is_that_colour_and_no_logo() -> None:
    assert brand.of_picture(png(Image.new("RGB", (30, 30), "#116644"))) == Brand(colours=("#116644",))


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (Image.new("RGB", (1, 1), "#116644"), "1 × 1 px"),
        (Image.new("RGB", (200, 200), "white"), "nothing is to be seen"),
        (Image.new("RGB", (200, 200), "black"), "nothing is to be seen"),
        (Image.new("RGBA", (200, 200), (255, 0, 0, 0)), "nothing is to be seen"),
    ],
)
def test_a_picture_that_is_no_logo_is_one_sentence(picture: Image.Image, said: str) -> None:
    with pytest.raises(SpecProblem, match=said):
        brand.of_picture(png(picture))


def logo_of(picture: bytes) -> Logo:
    made = brand.of_picture(picture).logo
    assert made is not None
    return made


def test_a_logo_is_recoloured_or_set_on_a_plate_where_it_is_not_seen() -> None:
    two, black = logo_of(TWO), logo_of(BLACK)
    assert logo.on_ground(two, "#ffffff") == (two.png, "")
    assert logo.on_ground(two, "#1d1f25") == (two.png, "#ffffff")
    assert logo.on_ground(black, "#ffffff") == (black.png, "")
    assert logo.on_ground(black, "#2F5BD8")[0] == logo.inked(black.png, "#ffffff"), "black on blue can be seen, but not read"
    light, plate = logo.on_ground(black, "#1d1f25")
    assert plate == ""
    with Image.open(io.BytesIO(light)) as opened:
        assert opened.convert("RGBA").getpixel((10, 10)) == (255, 255, 255, 255)
    tile = logo_of(drawn(((100, 20, 200, 80), "#c8102e"), ground="white"))
    assert logo.on_ground(tile, "#1d1f25") == (tile.png, "#ffffff")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "picture", [TWO, BLACK, drawn(((5, 5, 290, 20), "#c8102e"), size=(300, 24)), drawn(((5, 5, 90, 90), "#0a7"), size=(100, 100))]
)
def test_the_logo_is_on_every_visual_and_covers_nothing(kind: str, picture: bytes) -> None:
    worn = style("dark" if picture is TWO else "light").wearing(brand.of_picture(picture))
    spec = next(iter(examples(kind).values()))
    for width, height in ((390.0, None), (720.0, None), (960.0, 540.0), (450.0, 800.0)):
        pages = render.pages(spec, worn, width) if height is None else [render.draw(spec, worn, width, height)]
        for page in pages:
            (mark,) = [item for item in page.items if isinstance(item, Group) and item.label == logo.GROUP]
            assert any(isinstance(item, Picture) for item in mark.items)
            assert [finding for finding in check(page) if finding.where == "the logo"] == [], (width, height)
            if height is not None:
                assert (page.width, page.height) == (width, height)


def test_a_visual_within_a_slide_has_no_logo_of_its_own() -> None:
    worn = style().wearing(brand.of_picture(TWO))
    deck = read({"kind": "slides", "title": "A", "slides": [{"type": "points", "heading": "B", "visual": EXAMPLE}]})
    for page in render.pages(deck, worn, 960.0):
        assert sum(isinstance(item, Picture) for item in _all(page)) == 1


def _all(drawing: Drawing) -> list[Any]:
    from flipchart.renderers.drawing import flat

    return list(flat(drawing.items))


def test_the_checker_finds_a_logo_that_covers_something() -> None:
    words = place("Some words that matter", 10, 10, 200, size=16, fill="#000000", family="Inter")
    mark = Group((Box(20, 12, 60, 20, fill="#ffffff"),), label=logo.GROUP)
    (found,) = [one for one in check(Drawing(300, 100, (words, mark), "#ffffff")) if one.where == "the logo"]
    assert found.code == "overlap"
    out = Group((Box(280, 12, 60, 20, fill="#ffffff"),), label=logo.GROUP)
    assert [one.code for one in check(Drawing(300, 100, (out,), "#ffffff")) if one.where == "the logo"] == ["off-page"]


def test_a_page_from_right_to_left_has_its_logo_at_the_left() -> None:
    worn = style().wearing(brand.of_picture(TWO))
    (mark,) = [item for item in _all(render.draw(read(EXAMPLE | {"lang": "ar"}), worn, 720.0)) if isinstance(item, Picture)]
    assert mark.x < 100


# -- PowerPoint -------------------------------------------------------------------------------------------------------------


def test_a_presentation_gives_its_colours_and_faces() -> None:
    found = brand_pptx.read(template())
    assert found.colours[:2] == ("#0b5678", "#c9772b")
    assert (found.heading, found.body, found.ink, found.sheet) == ("Georgia", "Arial", "#000000", "#ffffff")


def test_a_presentation_gives_the_logo_of_its_master_not_what_lies_behind() -> None:
    (found,) = list(brand_pptx.logos(template()))
    assert logo_of(found) == logo_of(TWO)


def test_a_presentation_without_a_logo_has_none() -> None:
    assert list(brand_pptx.logos(pptx())) == []


def test_nothing_outside_the_file_is_a_logo() -> None:
    rels = "ppt/slideMasters/_rels/slideMaster1.xml.rels"
    whole = template()
    with zipfile.ZipFile(io.BytesIO(whole)) as held:
        words = held.read(rels).decode()
    for name in ("image1.png", "image2.png"):
        words = words.replace(f'Target="../media/{name}"', f'TargetMode="External" Target="http://elsewhere.example/{name}"')
    assert list(brand_pptx.logos(swapped(whole, {rels: words.encode()}))) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04nothing",
        pptx()[:4000],
        pptx("<not xml"),
        pptx('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
        pptx("<x/>"),
        swapped(pptx(), {THEME: '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16")}),
    ],
)
def test_a_file_that_holds_no_theme_is_one_sentence(content: bytes) -> None:
    with pytest.raises(SpecProblem, match="PowerPoint"):
        brand_pptx.read(content)


def test_a_file_that_unpacks_to_far_more_than_it_should_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr(THEME, b" " * 60_000_000)
    with pytest.raises(SpecProblem, match="unpacks to far more"):
        brand_pptx.read(out.getvalue())


# -- written ----------------------------------------------------------------------------------------------------------------


def deck_of(page: render.Page) -> Any:
    return Presentation(io.BytesIO(render.write(page, "pptx")[0]))


def test_a_deck_wears_the_brand_in_its_theme_master_and_layouts() -> None:
    given = brand_pptx.read(template()).model_copy(update={"logo": logo_of(TWO), "name": "Acme"})
    page = render.Page(tuple(next(iter(examples(kind).values())) for kind in ("slides", "chart")), style().wearing(given), title="Both")
    deck = deck_of(page)
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob.decode()
    assert '<a:accent1><a:srgbClr val="0B5678"/>' in theme
    assert '<a:accent2><a:srgbClr val="C9772B"/>' in theme
    assert '<a:majorFont><a:latin typeface="Times New Roman"/>' in theme
    assert '<a:minorFont><a:latin typeface="Arial"/>' in theme
    master, *bold = [deck.slide_master, *(one for one in deck.slide_layouts if one.name in {"Title Slide", "Section Header", "Closing"})]
    for holder in (master, *bold):
        (mark,) = holder._element.xpath(".//p:pic")
        assert mark.xpath(".//p:cNvPr/@descr") == ["Acme"]
    (mark,) = master._element.xpath(".//p:pic")
    place = mark.xpath(".//a:off")[0]
    assert int(place.get("x")) > 0.8 * deck.slide_width
    assert int(place.get("y")) > 0.85 * deck.slide_height
    number = next(shape for shape in deck.slide_master.placeholders if "Number" in shape.name)
    assert number.left + number.width <= int(place.get("x"))
    for slide in deck.slides:
        assert slide._element.xpath(".//p:pic[p:nvPicPr/p:cNvPr/@descr='Acme']") == [], "the master has it"


def test_a_slide_on_another_ground_brings_a_logo_that_is_seen_there() -> None:
    given = brand.of_picture(BLACK).model_copy(update={"name": "Acme"})
    dark = read({"kind": "infographic", "title": "Dark", "items": [{"label": "A"}, {"label": "B"}], "look": {"theme": "dark"}})
    deck = deck_of(render.Page((read(EXAMPLE), dark), style().wearing(given), title="Two"))
    last = list(deck.slides)[-1]
    assert last._element.get("showMasterSp") == "0"
    assert len(last._element.xpath(".//p:pic")) == 1


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_what_is_text_carries_the_logo_as_data(ending: str) -> None:
    worn = style().wearing(brand.of_picture(TWO))
    words = render.write(render.Page((read(EXAMPLE),), worn), ending)[0].decode()
    assert logo.data(logo_of(TWO).png) in words
    assert "#0b2a5b" in words


def test_a_pdf_and_a_png_show_the_logo() -> None:
    plain, worn = style().wearing(brand.typed("#f28c28 #0b2a5b")), style().wearing(brand.of_picture(TWO))
    assert b"/Subtype /Image" not in render.write(render.Page((read(EXAMPLE),), plain), "pdf")[0]
    assert b"/Subtype /Image" in render.write(render.Page((read(EXAMPLE),), worn), "pdf")[0]
    with Image.open(io.BytesIO(render.write(render.Page((read(EXAMPLE),), worn), "png")[0])) as shown:
        corner = shown.convert("RGB").crop((shown.width - 360, shown.height - 110, shown.width, shown.height))
        seen = {colour for count, colour in corner.getcolors(100_000) if count > 50}
    assert {(0xF2, 0x8C, 0x28), (0x0B, 0x2A, 0x5B)} <= seen


def test_what_is_edited_or_exchanged_carries_no_logo() -> None:
    worn = style().wearing(brand.of_picture(TWO))
    board = next(iter(examples("whiteboard").values()))
    assert json.loads(render.write(render.Page((board,), worn), "excalidraw")[0])["files"] == {}
    assert "blobs" not in json.loads(render.write(render.Page((board,), worn), "json")[0])


def test_the_same_brand_gives_the_same_bytes() -> None:
    page = render.Page((read(EXAMPLE),), style().wearing(brand.of_picture(TWO)))
    for ending in ("svg", "png", "pdf", "pptx", "html"):
        assert render.write(page, ending) == render.write(page, ending)
