"""Illustrations: only where a picture surely fits, in the page's colours, in every output, and nothing worse for their absence."""

import io
from typing import Any

import pytest
from PIL import Image as Pixels

from flipchart.renderers import render
from flipchart.renderers.app import App
from flipchart.renderers.check import ink
from flipchart.renderers.deck import Point, Slide, Slides
from flipchart.renderers.drawing import Drawing, Group, Path, Picture, Text, flat
from flipchart.renderers.illustration import Art, drawn, found, painted, ramp
from flipchart.renderers.infographic import Infographic
from flipchart.renderers.painter import Painting, Wish
from flipchart.renderers.problem import ModelProblem
from flipchart.renderers.registry import form
from flipchart.renderers.slides import illustrate, pages
from flipchart.renderers.spec import Spec, dump
from flipchart.renderers.style import contrast, rgb, style, themes

SYRINGE = Art(icon="fluent-emoji-flat:syringe", about="Vaccines")
DECK = Slides(
    title="Vaccines",
    slides=(
        Slide(type="section", heading="Walk the dog"),
        Slide(type="points", heading="The rocket", items=(Point(text="Qwrtzxp"), Point(text="Vbnmlkj wq"))),
        Slide(type="closing", heading="Plant a tree"),
    ),
)


def none(words: str) -> dict[str, float]:
    return {}


@pytest.mark.parametrize(
    ("words", "icon"),
    [
        ("Vaccines", "syringe"), ("Ride a bicycle", "bicycle"), ("The history of the bicycle", None), ("Walk the dog", "dog-face"),
        ("How vaccines work", None), ("Mental health", None),
        ("火箭飞向月球", "rocket"), ("Renewables overtook coal in 2019", None), ("The app learns to work offline this year", None),
        ("Write worries down", None), ("Ask for help", None), ("Stock market", None), ("Slice the onions", "onion"),
        ("", None), ("qzxv", None),
        ("Take breaks", None), ("Release review", None),
    ],
)  # fmt: skip
def test_a_picture_is_taken_only_where_two_ways_agree(words: str, icon: str | None) -> None:
    art = found(words, none)
    assert (art and art.icon) == (icon and f"fluent-emoji-flat:{icon}")


def test_no_picture_is_shown_twice_in_a_deck() -> None:
    deck = illustrate(Slides(title="Walk the dog", slides=DECK.slides), none)
    arts = [one.art.icon for one in (deck, *deck.slides) if one.art]
    assert deck.slides[0].art is None
    assert len(arts) == len(set(arts)) == 3


@pytest.mark.parametrize("theme", ["light", "dark", "chalk", "print"])
@pytest.mark.parametrize("width", [390.0, 960.0])
def test_decks_with_pictures_are_sound_and_their_words_stand_where_they_stood(theme: str, width: float) -> None:
    deck = illustrate(DECK, none)
    bare = deck.model_copy(update={"art": None, "slides": tuple(s.model_copy(update={"art": None}) for s in deck.slides)})
    assert all(one.art for one in (deck, *deck.slides[::2]))
    assert render.check(deck, style(theme), (width,)) == []
    for page, plain in zip(pages(deck, style(theme), width), pages(bare, style(theme), width), strict=True):
        if page.extra["slide"] != "points":
            assert [(text.words, text.x, text.y) for text in texts(page)] == [(text.words, text.x, text.y) for text in texts(plain)]
        for text in texts(page):
            for group in pictured(page):
                left, top, right, bottom = spread(group)
                assert all(x1 <= left or x0 >= right or y1 <= top or y0 >= bottom for x0, y0, x1, y1 in ink(text))


def texts(page: Drawing) -> list[Text]:
    return [item for item in flat(page.items) if isinstance(item, Text)]


def pictured(page: Drawing) -> list[Group]:
    return [item for item in page.items if isinstance(item, Group) and item.label in {"syringe", "dog face", "rocket", "deciduous tree"}]


def spread(group: Group) -> tuple[float, float, float, float]:
    xs = [n for path in group.items if isinstance(path, Path) for _, at in path.d for n in at[::2]]
    ys = [n for path in group.items if isinstance(path, Path) for _, at in path.d for n in at[1::2]]
    return min(xs), min(ys), max(xs), max(ys)


@pytest.mark.parametrize("theme", themes())
def test_a_picture_is_in_the_colours_of_its_page_and_seen_on_it(theme: str) -> None:
    look = style(theme)
    colours = ramp(look.sheet, look.ink, look.accent)
    group = drawn(SYRINGE, 0, 0, 100, colours)
    assert isinstance(group, Group)
    paints = {path.fill for path in group.items if isinstance(path, Path) and path.fill}
    red, _, blue = rgb(look.accent)
    for paint in paints:  # mixed of what the page has: no hue of its own
        r, g, b = rgb(paint)
        assert (blue - red) * (b - r) >= 0 or max(r, g, b) - min(r, g, b) < 24
    assert max(contrast(paint, look.sheet) for paint in paints) >= 3


@pytest.mark.parametrize(
    "spec",
    [
        Infographic(title="The Nordic countries drink the most coffee", items=({"label": "Finland"}, {"label": "Japan"})),
        App(title="How well do you know the planets?", questions=({"question": "Red?", "options": ("Mars", "Sun"), "answer": 1},)),
    ],
    ids=lambda spec: spec.kind,
)  # fmt: skip
def test_a_title_has_a_picture_beside_it_where_there_is_room(spec: Spec) -> None:
    lay, look = form(spec.kind).layout, style()
    illustrator = form(spec.kind).illustrate
    assert illustrator is not None
    with_art = illustrator(spec, none)
    wide, narrow = (lay(with_art, look, width, None) for width in (720.0, 390.0))
    assert next(item.label for item in wide.items if isinstance(item, Group)) in {"hot beverage", "ringed planet"}
    bare = lay(spec, look, 390.0, None)
    assert narrow.items == bare.items
    assert len(next(t for t in texts(wide) if t.role == "title").lines) == 1
    for width in (390.0, 720.0, 1280.0):
        assert render.check(with_art, look, (width,)) == []
    crowded = illustrator(spec.model_copy(update={"title": f"{spec.title} and what that means for all of the others"}), none)
    bare = lay(crowded.model_copy(update={"art": None}), look, 600.0, None)
    lines = [len(next(t for t in texts(one) if t.role == "title").lines) for one in (lay(crowded, look, 600.0, None), bare)]
    assert lines[0] == lines[1]


def test_pictures_come_through_in_every_output() -> None:
    deck = illustrate(DECK, none)
    page = render.Page((deck,))
    for ending in ("svg", "png", "html", "pdf", "pptx", "excalidraw"):
        plain = render.Page((DECK,))
        assert len(render.write(page, ending)[0]) > len(render.write(plain, ending)[0])
    quiz = App(
        title="The planets",
        art=Art(icon="fluent-emoji-flat:ringed-planet"),
        questions=({"question": "Red?", "options": ("a", "b"), "answer": 1},),
    )
    assert b"<header><h1" in (html := render.write(render.Page((quiz,)), "html")[0]) and b"</h1><svg" in html  # fmt: skip


class Brush:
    """Paints see-through squares; or fails."""

    name = "brush"

    def __init__(self, *, anew: bool = True, fails: bool = False) -> None:
        self.anew, self.marks, self.fails = anew, True, fails
        self.wishes: list[Wish] = []

    def paint(self, wish: Wish, progress: Any = None) -> Painting:
        self.wishes.append(wish)
        if self.fails:
            raise ModelProblem("memory ran out")
        out = io.BytesIO()
        Pixels.new("RGBA", (wish.width, wish.height), "#20c04080").save(out, "PNG")
        return Painting(out.getvalue(), self.name, {"ai_generated": True, "transparent": True, "seed": wish.seed})


def test_a_painter_of_its_own_paints_them_and_that_is_said() -> None:
    brush, paint = Brush(), form("slides").paint
    assert paint is not None
    deck, blobs = paint(illustrate(DECK, none), brush, lambda blob: b"")
    assert [wish.prompt for wish in brush.wishes][-1] == "Vaccines"
    assert all(wish.transparent and wish.style == "flat" and wish.palette for wish in brush.wishes)
    shown = [item for page in pages(deck, style(), 960.0) for item in flat(page.items) if isinstance(item, Picture)]
    assert len(shown) >= 3 and {item.blob for item in shown} <= set(blobs)
    for page in pages(deck, style(), 960.0):
        if any(isinstance(item, Picture) for item in flat(page.items)):
            assert any("Painted by AI: brush" in text.words for text in texts(page))
    assert "Painted by AI" not in " ".join(text.words for text in texts(pages(deck, style(), 960.0)[2]) if deck.slides[1].art is None)
    assert render.check(deck, style(), (960.0,)) == []
    for ending in ("svg", "pptx", "pdf", "html"):
        assert render.write(render.Page((deck,), blobs=blobs), ending)[0]
    again, more = paint(deck, brush, lambda blob: b"")
    assert again == deck and not more  # a painting is kept, never made again


@pytest.mark.parametrize("brush", [Brush(anew=False), Brush(fails=True)])
def test_without_a_painter_that_can_the_shipped_picture_stays(brush: Brush) -> None:
    kept: dict[str, bytes] = {}
    spec = Infographic(title="Vaccines", items=({"label": "They teach"},), art=SYRINGE)
    assert painted(spec, brush, kept) == spec and not kept
    assert len(brush.wishes) == int(brush.anew)


def test_a_spec_keeps_its_picture() -> None:
    deck = illustrate(DECK, none)
    assert dump(deck)["art"] == {"icon": "fluent-emoji-flat:syringe", "about": "Vaccines"}
    assert render.read(dump(deck)) == deck
