"""A brand's colours, from wherever they come, make a style that reads as well as a shipped one, and restyles any visual."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from pptx import Presentation
from typer.testing import CliRunner

from flipchart import assets
from flipchart.gui.cli import app
from flipchart.renderers import brand, render
from flipchart.renderers.check import check
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.style import contrast, style

EXAMPLE = "examples/infographic/sleep-tips.json"


def pptx(theme: str = "") -> bytes:
    """A PowerPoint file, its theme replaced by `theme` where that is given."""
    made = io.BytesIO()
    Presentation().save(made)
    if not theme:
        return made.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, theme if name == "ppt/theme/theme1.xml" else old.read(name))
    return out.getvalue()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}"), min_size=1, max_size=8), st.sampled_from(["light", "dark"]))
def test_any_colours_make_a_style_that_reads(colours: list[str], base: str) -> None:
    look = brand.styled(brand.typed(" ".join(colours)).model_copy(update={"base": base}))
    assert contrast(look.accent, look.sheet) >= 4.5
    assert contrast(look.on_accent, look.accent) >= 4.5
    assert contrast(look.quiet, look.soft) >= 4.5
    assert contrast(look.ink, look.soft) >= 7
    assert len(look.series) >= 6
    assert all(contrast(colour, look.sheet) >= 3 for colour in look.series)


def test_a_readable_colour_is_kept_as_it_is() -> None:
    assert brand.styled(brand.typed("#0B5678")).accent == "#0b5678"


def test_a_visual_in_a_brand_is_sound() -> None:
    spec = read(json.loads(assets.text(EXAMPLE)))
    for colours in ("#ffe600", "#00ff00,#ff00ff", "#000000"):
        assert check(render.draw(spec, brand.styled(brand.typed(colours)), 720)) == []


def test_a_logo_gives_its_colours_most_of_it_first() -> None:
    logo = Image.new("RGB", (200, 100), "white")
    pen = ImageDraw.Draw(logo)
    pen.rectangle((0, 0, 120, 100), fill="#c8102e")
    pen.rectangle((130, 0, 160, 100), fill="#003da5")
    out = io.BytesIO()
    logo.save(out, "PNG")
    assert brand.of_picture(out.getvalue()).colours == ("#c8102e", "#003da5")
    grey = io.BytesIO()
    Image.new("RGB", (20, 20), "#777777").save(grey, "PNG")
    with pytest.raises(SpecProblem, match="only black, white and grey"):
        brand.of_picture(grey.getvalue())


def test_a_presentation_gives_its_colours_and_faces() -> None:
    found = brand.of_pptx(pptx())
    assert found.colours[:2] == ("#4f81bd", "#c0504d")
    assert (found.heading, found.body) == ("Calibri", "Calibri")
    assert brand.styled(found).sans == "Carlito"


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04nothing", pptx("<not xml"), pptx('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'), pptx("<x/>")]
)
def test_a_file_that_holds_no_theme_is_one_sentence(content: bytes) -> None:
    with pytest.raises(SpecProblem, match="PowerPoint"):
        brand.of_pptx(content)


@pytest.mark.parametrize("words", ["", "red", "#12", "#0b5678, blue"])
def test_what_is_no_colour_is_said(words: str) -> None:
    with pytest.raises(SpecProblem, match="is no colour"):
        brand.typed(words)


def test_faces_are_those_that_are_shipped() -> None:
    look = brand.styled(brand.of_json('{"colours": ["#0b5678"], "heading": "Georgia", "body": "Helvetica Neue"}'))
    assert (look.heading, look.sans) == ("Source Serif 4", "Arimo")
    assert brand.styled(brand.of_json('{"colours": ["#0b5678"], "body": "Gotham"}')).sans == style().sans


def test_the_command_takes_colours_a_file_or_a_logo(tmp_path: Path) -> None:
    spec = str(assets.path(EXAMPLE))
    (tmp_path / "brand.json").write_text('{"colours": ["#7a0c3c"]}', "utf-8")
    (tmp_path / "deck.pptx").write_bytes(pptx())
    Image.new("RGB", (30, 30), "#116644").save(tmp_path / "logo.png")
    for theme, colour in (("#7a0c3c", "#7a0c3c"), (tmp_path / "brand.json", "#7a0c3c"), (tmp_path / "logo.png", "#116644")):
        out = tmp_path / "out.svg"
        assert CliRunner().invoke(app, ["render", spec, "-o", str(out), "--theme", str(theme)]).exit_code == 0
        assert colour in out.read_text("utf-8")
    done = CliRunner().invoke(app, ["render", spec, "-o", str(tmp_path / "deck.svg"), "--theme", str(tmp_path / "deck.pptx")])
    assert done.exit_code == 0
