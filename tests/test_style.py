"""Every theme reads well: type on each of its grounds, data told from the sheet, and the same fields for all."""

import itertools

import pytest

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.style import contrast, mix, on, readable, style, themes


def test_there_are_nine_themes_light_first() -> None:
    assert len(themes()) >= 9
    assert themes()[:2] == ("light", "dark")


@pytest.mark.parametrize("name", themes())
def test_type_reads_on_every_ground_of_its_theme(name: str) -> None:
    look = style(name)
    for ground in (look.paper, look.sheet, look.soft):
        assert contrast(look.ink, ground) >= 7, ("ink", ground)
        assert contrast(look.quiet, ground) >= 4.5, ("quiet", ground)
    assert contrast(look.on_accent, look.accent) >= 4.5
    assert contrast(on(look.accent), look.accent) >= 4.5
    for told in (look.good, look.bad, look.warn, look.accent):
        assert contrast(told, look.sheet) >= 4.5, told


@pytest.mark.parametrize("name", themes())
def test_data_is_told_from_the_sheet_and_from_other_data(name: str) -> None:
    look = style(name)
    assert len(set(look.series)) == 8
    assert all(contrast(colour, look.sheet) >= 3 for colour in look.series)
    assert look.series[0] == look.accent
    for one, other in itertools.combinations(look.series, 2):
        apart = sum(abs(a - b) for a, b in zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True))
        assert apart >= 40, (one, other)


@pytest.mark.parametrize("ground", ["#FFFFFF", "#000000", "#2F5BD8", "#F3EDE0", "#123057"])
def test_any_colour_is_made_readable(ground: str) -> None:
    for colour in ("#FFFF00", "#FF0000", "#777777", "#00FFAA", ground):
        assert contrast(readable(colour, ground), ground) >= 4.5
        assert contrast(mix(colour, ground, 0.0), ground) == pytest.approx(1.0)


def test_an_unknown_theme_is_named_with_those_there_are() -> None:
    with pytest.raises(SpecProblem, match="light, dark"):
        style("neon")
