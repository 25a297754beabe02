"""Pictures: painted once and kept, honest about who painted them; a real diffusion pipeline at a tiny size."""

import io
from pathlib import Path

import pytest
from PIL import Image as Pixels

from flipchart.gui.gallery import examples, page_of
from flipchart.models.painter import Chain, open_painter
from flipchart.models.painter_diffusers import Diffusers
from flipchart.renderers import render
from flipchart.renderers.image import Image, markdown, paint
from flipchart.renderers.painter import Wish
from flipchart.renderers.problem import Missing, ModelProblem, SpecProblem

FOX = Image(title="A fox", prompt="a red fox in a forest at night", subjects=("fox", "tree"))


def test_the_same_wish_gives_the_same_pixels() -> None:
    painter = open_painter("icons")
    first, second = paint(FOX, painter), paint(FOX, painter)
    assert first[0].blob == second[0].blob
    assert Pixels.open(io.BytesIO(next(iter(first[1].values())))).size == (960, 640)


def test_icons_are_named_and_never_pass_for_diffusion() -> None:
    spec, _ = paint(FOX, open_painter("icons"))
    assert spec.facts["ai_generated"] is False
    assert "seed" not in spec.facts
    assert all(":" in name for name in spec.facts["icons"])
    assert "not generated" in markdown(spec)


def test_a_wish_nothing_fits_is_refused_in_a_sentence() -> None:
    with pytest.raises(ModelProblem, match="no shipped picture fits"):
        open_painter("icons").paint(Wish("qzxv wlkj"))


def test_an_unknown_painter_is_named() -> None:
    with pytest.raises(Missing, match="no painter 'crayon'"):
        open_painter("crayon")


@pytest.mark.parametrize("name", examples("image"))
def test_examples_carry_their_pixels_into_every_output(name: str) -> None:
    page = page_of("image", name)
    assert render.check(page.main) == []
    for ending in ("svg", "png", "html", "md"):
        assert render.write(page, ending)[0]


def test_a_picture_that_is_lost_is_said_to_be() -> None:
    spec, _ = paint(FOX, open_painter("icons"))
    with pytest.raises(SpecProblem, match="not stored"):
        render.write(render.Page((spec,)), "svg")


def test_where_a_model_cannot_be_loaded_icons_paint_and_say_why(tmp_path: Path) -> None:
    painting = Chain(Diffusers(str(tmp_path)), open_painter("icons")).paint(Wish("a red fox", subjects=("fox",)))
    assert painting.painter == "icons"
    assert "cannot be loaded" in painting.facts["instead_of"][0]


@pytest.mark.parametrize(
    ("prompt", "icons"),
    [
        ("a red parrot playing the guitar", "parrot guitar"), ("a blue rocket", "rocket"),
        ("a fluffy koala fixing a car", "koala automobile"),
        ("a happy dog", "dog-face"), ("猫が本を読む", "cat open-book"), ("🐱🌙", "cat-face crescent-moon"), 
        ("un gato en la playa", "cat beach-with-umbrella"),
        ("fox " * 2500, "fox"), 
    ],
)  # fmt: skip
def test_each_thing_that_is_named_is_in_the_picture(prompt: str, icons: str) -> None:
    found = open_painter("icons").paint(Wish(prompt, 96, 64)).facts["icons"]
    assert [name.partition(":")[2] for name in found] == icons.split()


@pytest.mark.parametrize("prompt", ["", " \n", "a happy village", "the of and in", "%s%s%n", "a b c", "\ud800", "-" * 300])
def test_what_has_no_picture_gets_none_rather_than_a_wrong_one(prompt: str) -> None:
    with pytest.raises(ModelProblem):
        open_painter("icons").paint(Wish(prompt, 96, 64))
