"""The checker finds each fault that is planted, and nothing in a sound drawing."""

from dataclasses import replace

import pytest

from flipchart.renderers.check import check
from flipchart.renderers.drawing import Box, Connector, Drawing, Item, Path, Text, mirrored
from flipchart.renderers.typeset import place


def words(text: str, x: float = 20, y: float = 20, w: float = 200, h: float | None = None, **more: object) -> Text:
    return place(text, x, y, w, h, **({"size": 16.0, "fill": "#1C1B1F", "part": "item1", "field": "label"} | more))  # type: ignore[arg-type]


def page(*items: Item) -> Drawing:
    return Drawing(400, 300, items, "#FFFFFF")


def codes(*items: Item) -> list[str]:
    return [finding.code for finding in check(page(*items))]


A, B = Box(20, 20, 100, 50, name="a"), Box(220, 20, 100, 50, name="b")


def test_a_sound_drawing_has_no_findings() -> None:
    arrow = Connector(((120, 45), (220, 45)), "#000000", "a", "b")
    assert codes(A, B, words("Start", 30, 35, 80, inside="a"), arrow) == []


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ((words("far too many words for so small a room " * 3, 20, 20, 80, 30),), "overflow"),
        ((replace(words("word"), w=10.0),), "overflow"),
        ((A, words("this leaves the box", 60, 35, 200, inside="a")), "overflow"),
        ((words("one"), words("two", 24, 22)), "overlap"),
        ((words("off", 390, 20),), "off-page"),
        ((Box(350, 20, 100, 20),), "off-page"),
        ((words("tiny") and replace(words("tiny"), size=9.0),), "too-small"),
        ((words("faint", fill="#BBBBBB"),), "contrast"),
        ((Box(0, 0, 300, 100, fill="#1C1B1F"), words("dark on dark")), "contrast"),
        ((words("\u0f73\U00011a00"),), "glyph"),
        ((A, Connector(((120, 45), (220, 45)), "#000000", "a", "nowhere")), "dangling"),
        ((A, B, Connector(((120, 45), (180, 120)), "#000000", "a", "b")), "dangling"),
    ],
)
def test_a_planted_fault_is_found(items: tuple[Item, ...], code: str) -> None:
    assert code in codes(*items)


def test_type_on_a_dark_shape_is_judged_on_that_shape() -> None:
    dark = Path((("M", (0, 0)), ("L", (300, 0)), ("L", (300, 100)), ("L", (0, 100)), ("Z", ())), "#1C1B1F")
    assert codes(dark, words("light", fill="#FFFFFF")) == []


def test_a_mirrored_drawing_is_as_sound_and_mirrors_back() -> None:
    items = (A, B, words("Start", 30, 35, 80, inside="a"), Connector(((120, 45), (220, 45)), "#000000", "a", "b"))
    turned = tuple(mirrored(item, 400) for item in items)
    assert codes(*turned) == []
    assert tuple(mirrored(item, 400) for item in turned) == items
