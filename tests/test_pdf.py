"""PDF pages are vectors whose words can be found and copied in every script; the same page is the same bytes."""

import io
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from flipchart import assets
from flipchart.renderers import bidi, pdf, render
from flipchart.renderers.drawing import Box, Connector, Drawing, Icon, Path, Picture, Text
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.render import Page
from flipchart.renderers.style import themes
from flipchart.renderers.typeset import place

SAMPLES = {
    "Latin": "Größe, naïve, façade – 12 €",
    "Cyrillic": "Москва и Київ",
    "Greek": "Αθήνα, λόγος",
    "Chinese": "我们的客户满意度提高了",
    "Japanese": "お客様の満足度が上がりました",
    "Korean": "고객 만족도가 높아졌습니다",
    "Arabic": "الماء على الأرض لا يضيع",
    "Hebrew": "שביעות רצון הלקוחות",
    "Hindi": "ग्राहक संतुष्टि क्षत्रिय रोहिणी",
    "Bengali": "গ্রাহক সন্তুষ্টি",
    "Tamil": "வாடிக்கையாளர் திருப்தி",
    "Thai": "ความพึงพอใจของลูกค้า",
}


def spec(name: str) -> Any:
    return read(json.loads(assets.text(name)))


def opened(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def drawn(*items: Any, blobs: dict[str, bytes] | None = None, **more: Any) -> bytes:
    book = pdf._Book(blobs or {})
    book.add(Drawing(400.0, 300.0, items, "#FFFFFF", **more))
    return book.write("T", "en")


def said(words: str, **more: Any) -> Text:
    return place(words, 20, 20, 360, size=18, fill="#1C1B1F", **more)


def copied(content: bytes) -> str:
    return "".join(unicodedata.normalize("NFKC", opened(content).pages[0].extract_text()).split())


def inked(content: bytes) -> set[str]:
    """The operators that the first page paints with."""
    stream = opened(content).pages[0].get_contents()
    assert stream is not None
    return {operator.decode() for _, operator in stream.operations}


@pytest.mark.parametrize("script", SAMPLES)
def test_words_of_every_script_can_be_copied(script: str) -> None:
    wanted = "".join(unicodedata.normalize("NFKC", SAMPLES[script]).split())
    assert copied(drawn(said(SAMPLES[script]))) == wanted


def test_fonts_are_inside_and_cut_to_what_is_used() -> None:
    content = drawn(said("漢字"))
    fonts = opened(content).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    descriptors = [font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts.values()]
    assert all("/FontFile2" in descriptor for descriptor in descriptors)
    assert len(content) < 60_000


def test_type_is_vectors_not_pixels() -> None:
    content = drawn(said("Words"), Box(10, 100, 100, 50, fill="#2F5BD8", radius=8))
    assert "/Subtype /Image" not in content.decode("latin-1")
    assert {"TJ", "f"} <= inked(content)


def test_every_primitive_is_drawn() -> None:
    items = (
        Box(10, 10, 50, 50, fill="#2F5BD8", stroke="#000000", dash=True, shape="cloud"),
        Path((("M", (100, 100)), ("C", (120, 80, 140, 80, 160, 100)), ("Z", ())), fill="#2F5BD8", opacity=0.4),
        Connector(((100, 200), (150, 200), (150, 250)), "#000000"),
        Icon(200, 200, 40, "tabler:rocket", "#2F5BD8"),
        said("Turned", rotate=-90.0, italic=True),
    )
    found = inked(drawn(*items))
    assert {"B", "gs", "S", "TJ"} <= found


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_of_every_kind_are_drawn(mode: str, kind: str) -> None:
    out = io.BytesIO()
    image = Image.new(mode, (40, 20), 128 if mode in {"L", "P"} else None)
    (image if kind != "JPEG" else image.convert("RGB")).save(out, kind)
    content = drawn(Picture(10, 10, 100, 100, "sha256:x", alt="x"), blobs={"sha256:x": out.getvalue()})
    images = opened(content).pages[0]["/Resources"]["/XObject"]  # type: ignore[index]
    assert [(image.get_object()["/Width"], image.get_object()["/Height"]) for image in images.values()] == [(40, 20)]


def test_a_picture_that_is_not_stored_is_named() -> None:
    with pytest.raises(SpecProblem, match="paint it again"):
        drawn(Picture(10, 10, 100, 100, "sha256:x", alt="x"))


def test_a_deck_is_a_page_a_slide_with_its_titles_beside() -> None:
    content = render.render(spec("examples/slides/vaccines.json")).bytes("pdf")
    found = opened(content)
    assert {(float(page.mediabox.width), float(page.mediabox.height)) for page in found.pages} == {(720.0, 405.0)}
    assert len(found.outline) == len(found.pages) == 6
    assert found.outline[1].title == "Your immune system remembers what it has met"  # type: ignore[union-attr]


def test_title_and_language_are_told() -> None:
    found = opened(render.render(spec("examples/slides/home-water.json")).bytes("pdf"))
    assert found.metadata is not None
    assert found.metadata.title == "ماء أقل، راحة أكثر"
    assert found.trailer["/Root"]["/Lang"] == "ar"  # type: ignore[index]


def test_the_same_page_is_the_same_bytes() -> None:
    page = Page((spec("examples/slides/release-review.json"), spec("examples/whiteboard/clinic-org.json")), text="# A\n\nWords.")
    assert render.write(page, "pdf") == render.write(page, "pdf")


@pytest.mark.parametrize("theme", themes())
def test_every_theme_is_written(theme: str) -> None:
    assert len(opened(render.render(spec("examples/slides/release-review.json"), theme).bytes("pdf")).pages) == 8


@pytest.mark.parametrize("kind", ["animation", "app", "chart", "image", "infographic", "whiteboard"])
def test_every_form_is_written(kind: str) -> None:
    for name in assets.names(f"examples/{kind}", ".json"):
        assert len(opened(render.render(json.loads(assets.text(name))).bytes("pdf")).pages) >= 1


def test_a_long_answer_goes_on_over_sheets_of_a4_and_loses_nothing() -> None:
    text = "\n\n".join(f"Paragraph {n} says something of its own. " * 4 for n in range(60))
    pages = opened(render.write(Page((), text=text), "pdf")[0]).pages
    assert {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pages} == {(596, 842)}
    whole = " ".join(page.extract_text() for page in pages)
    assert [n for n in range(60) if f"Paragraph {n} " not in whole] == []


# The order of letters


@pytest.mark.parametrize(
    ("line", "backwards", "seen"),
    [
        ("abc def", False, ["abc def"]),
        ("אבג", True, ["<אבג"]),
        ("abc אבג def", False, ["abc ", "<אבג", " def"]),
        ("אבג abc דהו", True, ["< דהו", "abc", "<אבג "]),
        ("אבג 123 דהו", True, ["< דהו", "123", "<אבג "]),
        ("سعر 12.5% فقط", True, ["<% فقط", "12.5", "<سعر "]),
        ("نمو ١٢٫٥", True, ["١٢٫٥", "<نمو "]),
        ("abc אבג 42", False, ["abc ", "42", "<אבג "]),
    ],
)
def test_letters_stand_in_the_order_they_are_read(line: str, backwards: bool, seen: list[str]) -> None:
    assert [f"{'<' if turned else ''}{line[start:end]}" for start, end, turned in bidi.runs(line, backwards)] == seen


@given(st.text(max_size=60), st.booleans())
def test_every_letter_stands_somewhere_once(line: str, backwards: bool) -> None:
    places = [i for start, end, _ in bidi.runs(line, backwards) for i in range(start, end)]
    assert sorted(places) == list(range(len(line)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=80))
def test_any_words_make_a_page_that_opens(words: str) -> None:
    assert len(opened(drawn(said(words))).pages) == 1
