"""A deck is laid out as pages that hold what they say: nothing is cut, overlaps or is lost, in any script, theme or width."""

import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flipchart import assets
from flipchart.renderers import check as checker
from flipchart.renderers import render, svg
from flipchart.renderers.content import Content, Thing
from flipchart.renderers.deck import WRITTEN, Point, Slides, count, halves, shown_as, torn
from flipchart.renderers.drawing import Box, ChartFrame, Drawing, Group, Icon, Text, flat
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.registry import form
from flipchart.renderers.slides import DESIGNS, FORM, illustrate, layout, pages
from flipchart.renderers.spec import Source, dump, patch, read_prefix, walk, written_schema
from flipchart.renderers.style import SMALLEST, style, themes
from flipchart.renderers.typeset import clean

EXAMPLES = assets.names("examples/slides", ".json")
WIDTHS = (390.0, 720.0, 960.0, 1280.0)
NAUGHTY = (
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "<script>alert(1)</script>",
    "a\x00b\x07c\u202e\ufeff d",
    "👩‍👩‍👧‍👦🏳️‍🌈 ☕",
    "שלום עולם 123 abc",
    "\n\n \t",
    "　全角　",
    "ﷺ",
    "'; DROP TABLE slides; --",
    "مرحبا (world) 42%",
    "क्षत्रिय ज्ञान",
    "𝕳𝖊𝖑𝖑𝖔",
)


def example(name: str) -> Slides:
    spec = read(json.loads(assets.text(name)))
    assert isinstance(spec, Slides)
    return spec


def deck(*slides: dict[str, Any], **more: Any) -> Slides:
    return Slides.model_validate({"title": "A talk", "slides": list(slides), **more})


def texts(drawing: Drawing) -> list[Text]:
    return [item for item in flat(drawing.items) if isinstance(item, Text)]


def said(drawings: Sequence[Drawing]) -> str:
    return "\n".join(text.words for drawing in drawings for text in texts(drawing))


def points(*labels: str, detail: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "points", "heading": "A heading", "items": [{"text": label, "detail": detail} for label in labels], **more}


# What is shown


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_sound_in_every_theme(name: str, theme: str) -> None:
    assert render.check(example(name), style(theme), (390.0, 960.0)) == []


@pytest.mark.parametrize("design", DESIGNS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_sound_in_every_design(name: str, design: str) -> None:
    spec = example(name)
    flipped = spec.model_copy(update={"look": spec.look.model_copy(update={"design": design})})
    assert render.check(flipped, widths=(720.0, 1280.0)) == []


def test_landscape_pages_are_sixteen_to_nine_and_narrow_ones_upright() -> None:
    spec = deck(points("one", "two"))
    assert [(page.width, page.height) for page in pages(spec, style(), 1280.0)] == [(1280.0, 720.0)] * 2
    assert all(page.height > page.width for page in pages(spec, style(), 390.0))


def test_a_given_height_is_kept() -> None:
    assert layout(deck(), style(), 800.0, 500.0).height == 500.0


@pytest.mark.parametrize("name", EXAMPLES)
def test_all_landscape_widths_show_the_same_page_larger_or_smaller(name: str) -> None:
    small, large = (pages(example(name), style(), width) for width in (720.0, 1440.0))
    assert [[len(text.lines) for text in texts(page)] for page in small] == [[len(text.lines) for text in texts(page)] for page in large]
    sizes = [[text.size for text in texts(page[1]) if text.role != "caption"] for page in (small, large)]
    assert sizes[0] == pytest.approx([size / 2 for size in sizes[1]], abs=0.3)


def test_no_type_is_under_twelve_points() -> None:
    drawn = [text for name in EXAMPLES for page in pages(example(name), style(), 960.0) for text in texts(page)]
    assert min(text.size for text in drawn) >= 12.0


def test_the_cover_says_title_and_subtitle() -> None:
    spec = deck(subtitle="For beginners")
    assert said([layout(spec, style(), 960.0)]).split("\n") == ["A talk", "For beginners"]


def test_a_title_slide_first_becomes_the_cover() -> None:
    spec = deck({"type": "cover", "heading": "Hello", "text": "A line"}, points("one", "two"), title="")
    drawn = pages(spec, style(), 960.0)
    assert len(drawn) == 2
    assert said(drawn[:1]).split("\n") == ["Hello", "A line"]
    assert count(spec) == 2


def test_the_cover_is_counted() -> None:
    assert count(deck(points("one"), points("two"))) == 3


def test_pages_carry_their_number_and_the_name_of_the_deck() -> None:
    drawn = pages(deck(points("one"), points("two")), style(), 960.0)
    feet = [
        {item.label: item.items[0] for item in page.items if isinstance(item, Group) and item.label in {"number", "footer"}}
        for page in drawn
    ]
    assert [{label: text.words for label, text in foot.items() if isinstance(text, Text)} for foot in feet] == [
        {},
        {"number": "2", "footer": "A talk"},
        {"number": "3", "footer": "A talk"},
    ]


@pytest.mark.parametrize("theme", themes())
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("detail", ["", "It is kept until it is read."])
def test_icons_stand_on_the_cover_and_before_points(theme: str, width: float, detail: str) -> None:
    spec = illustrate(deck(points("Rocket", "Puzzle", "Calendar", detail=detail), title="Release review"), lambda words: {})
    found = [item.icon for item in spec.slides[0].items]
    assert [name.partition("-")[0] for name in found] == ["tabler:rocket", "tabler:puzzle", "tabler:calendar"]
    drawn = [[item.name for item in flat(page.items) if isinstance(item, Icon)] for page in pages(spec, style(theme), width)]
    assert drawn == [[spec.icon], found] and spec.icon.startswith("tabler:message")
    assert render.check(spec, style(theme), (width,)) == []


def test_an_icon_that_is_not_shipped_is_the_nearest_or_none() -> None:
    spec = deck(points("Rocket", "Puzzle"), icon="mdi:rocket-launch")
    given = spec.model_dump(mode="json")
    for item, icon in zip(given["slides"][0]["items"], ("fa-solid:puzzle-piece", "gone:<img>"), strict=True):
        item["icon"] = icon
    spec = deck(*given["slides"], icon="mdi:rocket-launch")
    assert [icon.partition("-")[0] for icon in (spec.icon, *(item.icon for item in spec.slides[0].items))] == [
        "tabler:rocket",
        "tabler:puzzle",
        "",
    ]
    assert len(pages(spec, style(), 1280)) == 2


LONG = "people per square kilometre of land that can be farmed"
CHARTED = {"id": "s1", "type": "chart", "heading": "H", "labels": ["a", "b"], "values": [1, 2]}


def test_a_unit_too_long_is_refused_where_it_comes_in() -> None:
    with pytest.raises(SpecProblem, match=r"slides\[0\]\.unit"):
        read({"kind": "slides", "slides": [CHARTED | {"unit": LONG}]})
    spec = deck(CHARTED | {"unit": "km"})
    with pytest.raises(SpecProblem, match="unit"):
        patch(spec, [{"id": "s1", "set": {"unit": LONG}}])
    assert patch(spec, [{"id": "s1", "set": {"unit": "m"}}]).slides[0].unit == "m"


def test_a_unit_too_long_costs_a_growing_deck_no_slide() -> None:
    spec = read_prefix(json.dumps({"title": "T", "slides": [CHARTED | {"unit": LONG}]}), Slides)
    assert spec is not None and spec.slides[0].unit == "" and spec.slides[0].values == (1.0, 2.0)
    assert len(pages(spec, style(), 960.0)) == 2


@given(unit=st.text(max_size=40))
@settings(max_examples=40, deadline=None)
def test_any_unit_that_is_let_in_is_drawn(unit: str) -> None:
    spec = deck(CHARTED | {"unit": unit})
    assert len(pages(spec, style(), 960.0)) == 2


def test_figures_with_a_remark_for_a_unit_become_a_chart_that_can_be_kept() -> None:
    figures = [{"text": "a", "value": 1, "unit": LONG}, {"text": "b", "value": 2, "unit": LONG}]
    found = FORM.content(deck({"type": "numbers", "heading": "H", "items": figures}))
    made = form("chart").from_content(found)  # type: ignore[misc, arg-type]
    assert made is not None and made.unit == "" and made.series[0].values == (1.0, 2.0)  # type: ignore[attr-defined]
    assert read(dump(made)) == made


def test_without_icons_for_most_of_its_points_a_slide_has_none() -> None:
    spec = illustrate(deck(points("Rocket", "Qwrtzxp", "Vbnmlkj")), lambda words: {})
    assert not any(item.icon for item in spec.slides[0].items)


def parted(page: Drawing, name: str) -> tuple[list[Text], list[Box]]:
    """Words and cards of the part of a page that is called `name`."""
    group = next(item for item in page.items if isinstance(item, Group) and item.label == name)
    inside = list(flat(group.items))
    return [item for item in inside if isinstance(item, Text)], [item for item in inside if isinstance(item, Box) and item.name]


@pytest.mark.parametrize("many", [1, 3])
def test_the_last_page_stands_in_the_middle_under_a_large_heading(many: int) -> None:
    spec = deck(points("one", "two"), points(*("Read it twice", "Ask a friend", "Sleep on it")[:many], type="closing"))
    inner, last = pages(spec, style(), 960.0)[1:]
    heads = [next(text for text in texts(page) if text.role == "title") for page in (inner, last)]
    assert heads[1].size > 1.25 * heads[0].size
    said = [text for text in texts(last) if text.role != "caption"]
    above, under = min(text.y for text in said), last.height - max(text.y + text.h for text in said)
    assert 0.5 < above / under < 1.2


@pytest.mark.parametrize("many", [1, 2, 4])
def test_sides_are_as_tall_as_what_they_say(many: int) -> None:
    items = ["Low first cost", "Silent", "Half the running cost", "Own meter"][:many]
    sides = [{"heading": name, "items": items} for name in ("Now", "Then")]
    page = pages(deck({"type": "compare", "heading": "Two ways", "sides": sides}), style(), 960.0)[1]
    words, (card,) = parted(page, "Now")
    above, under = min(text.y for text in words) - card.y, card.y + card.h - max(text.y + text.h for text in words)
    assert abs(above - under) < 12


def test_statements_stand_in_the_middle_of_their_cards() -> None:
    spec = illustrate(deck(points("Rocket", "Puzzle", "Calendar", "Lock")), lambda words: {})
    page = pages(spec, style(), 960.0)[1]
    words, (card,) = parted(page, "Rocket")
    icon = next(item for item in flat(page.items) if isinstance(item, Icon))
    for middle in (words[0].y + words[0].h / 2, icon.y + icon.size / 2):
        assert middle == pytest.approx(card.y + card.h / 2, abs=4.0)


def test_the_names_on_cards_stay_on_their_line() -> None:
    said = {"Late deliveries": "truck-delivery", "Unclear invoices": "receipt", "Lost passwords": "lock"}
    detail = "Discounts are listed on another page than the total."
    items = [{"text": text, "detail": detail, "icon": f"tabler:{icon}"} for text, icon in said.items()]
    page = pages(deck({"type": "points", "heading": "Three reasons", "items": items}), style(), 960.0)[1]
    assert [len(text.lines) for text in texts(page) if text.field == "text"] == [1, 1, 1]


def test_points_of_a_comparison_weigh_the_same() -> None:
    sides = [
        {"heading": "Chat", "items": [{"text": "Three at a time", "detail": "Each agent serves three."}]},
        {"heading": "Call", "items": ["One"]},
    ]
    page = pages(deck({"type": "compare", "heading": "h", "sides": sides}), style(), 960.0)[1]
    assert len({text.weight for text in texts(page) if text.field == "text"}) == 1


def test_few_steps_stand_in_the_middle_of_the_page() -> None:
    page = pages(deck(points("Listen", "Check", "Offer", "Confirm", "Follow up", "Learn", type="steps")), style(), 960.0)[1]
    head = next(text for text in texts(page) if text.role == "title")
    said = [text for text in texts(page) if text.field == "text"]
    above, under = min(text.y for text in said) - head.y - head.h, page.height - max(text.y + text.h for text in said)
    assert above > 0.4 * under


def test_a_score_is_written_against_what_it_is_out_of() -> None:
    page = pages(deck({"type": "numbers", "heading": "h", "items": [{"text": "Score", "value": 8.4, "unit": "/10"}]}), style(), 960.0)[1]
    assert "8.4/10" in said([page])


def test_words_after_figures_in_the_last_column_stand_clear_of_them() -> None:
    rows = [["Telephone", "21,400", "falling"], ["Chat", "17,900", "rising"]]
    page = pages(deck({"type": "table", "heading": "h", "columns": ["Channel", "Contacts", "Trend"], "rows": rows}), style(), 960.0)[1]
    figure, word = (next(text for text in texts(page) if text.words == words).lines[0] for words in ("21,400", "falling"))
    assert word.x - figure.x - figure.width > 36.0


def test_cards_grow_their_type_rather_than_stand_empty() -> None:
    items = [
        {"text": "The first dose teaches", "detail": "About nine in ten people respond to the jab."},
        {"text": "The second catches the rest", "detail": "Protection rises to 97 %."},
    ]
    page = pages(deck({"type": "points", "heading": "Why two doses", "items": items}), style(), 960.0)[1]
    words, _ = parted(page, "The second catches the rest")
    assert next(text.size for text in words if text.field == "detail") > 17
    assert [len(text.lines) for text in words if text.field == "text"] == [1]


def test_notes_go_with_their_page() -> None:
    assert [page.notes for page in pages(deck(points("one", notes="Say hello")), style(), 960.0)] == ["", "Say hello"]


@pytest.mark.parametrize(
    ("slide", "kind"),
    [
        ({"type": "bullets", "heading": "h", "items": ["one"]}, "points"),
        ({"type": "kpi", "heading": "h", "items": [{"text": "users", "value": 3}]}, "numbers"),
        ({"type": "chart", "heading": "h", "items": ["no figures"]}, "points"),
        ({"type": "chart", "heading": "h", "labels": ["a"], "values": [None]}, "section"),
        ({"type": "quote", "heading": "h", "items": ["no words"]}, "points"),
        ({"type": "table", "heading": "h", "sides": [{"heading": "a"}]}, "compare"),
        ({"type": "points", "heading": "h"}, "section"),
        ({"type": "picture", "heading": "h", "text": "not painted yet"}, "text"),
    ],
)
def test_a_slide_is_shown_as_what_it_holds(slide: dict[str, Any], kind: str) -> None:
    assert shown_as(deck(slide).slides[0]) == kind


def test_figures_are_written_in_the_deck_s_language() -> None:
    spec = deck({"type": "numbers", "heading": "h", "items": [{"text": "Umsatz", "value": 1234.5, "unit": "€"}]}, lang="de")
    assert "1.234,5\u00a0€" in said(pages(spec, style(), 960.0))


def test_a_chart_slide_shows_a_chart_whose_words_edit_the_slide() -> None:
    drawn = pages(
        deck({"type": "chart", "heading": "h", "labels": ["Jan", "Feb"], "values": ["120k", 90000], "unit": "$"}), style(), 960.0
    )[1]
    assert [item.chart.series[0].values for item in flat(drawn.items) if isinstance(item, ChartFrame)] == [(120000.0, 90000.0)]
    assert {(text.part, text.field) for text in texts(drawn)} >= {("slide1", "labels.0"), ("slide1", "values.1")}


def test_a_click_on_a_chart_s_figure_changes_the_slide() -> None:
    spec = deck({"type": "chart", "heading": "h", "labels": ["Jan", "Feb"], "values": [1, 2]})
    edited = patch(spec, [{"id": "slide1", "set": {"values.1": 5}}])
    assert edited.slides[0].values == (1.0, 5.0)
    assert edited.sources["slide1.values.1"] == Source(kind="edited", old="2.0")


def test_cells_know_where_they_stand() -> None:
    drawn = pages(deck({"type": "table", "heading": "h", "columns": ["a", "b"], "rows": [["x", 1], ["y", 2]]}), style(), 960.0)[1]
    assert {(text.part, text.field, text.words) for text in texts(drawn)} >= {("slide1", "columns.1", "b"), ("row2", "cells.0", "y")}


# What does not fit is split


def test_a_long_list_goes_on_over_more_pages_and_loses_nothing() -> None:
    labels = [f"Point {n}: a sentence of some length that says one thing and then a little more of it" for n in range(24)]
    drawn = pages(
        deck(points(*labels, detail="And a detail that takes a line of its own, or even two where the page is narrow")), style(), 960.0
    )
    words = said(drawn)
    assert len(drawn) > 3
    assert [label for label in labels if words.count(label) != 1] == []
    assert checker.check(drawn[1]) == []


def test_split_pages_say_which_part_they_are() -> None:
    drawn = pages(deck({"type": "table", "heading": "Rows", "columns": ["a"], "rows": [[str(n)] for n in range(40)]}), style(), 960.0)
    numbers = [group.items[0].words for page in drawn[1:] for group in page.items if isinstance(group, Group) and group.label == "number"]  # type: ignore[union-attr]
    assert numbers[0] == f"2  ·  1/{len(numbers)}"
    assert len(numbers) > 1


@pytest.mark.parametrize("text", ["First. Second one here.", "no marks at all here", "前半です。後半です。", "a" * 100])
def test_words_are_torn_without_losing_a_letter(text: str) -> None:
    assert "".join(torn(text)).replace(" ", "") == text.replace(" ", "")


def test_halves_keep_the_ids_of_their_parts() -> None:
    slide = deck(points(*"abcde")).slides[0]
    pair = halves(slide)
    assert pair is not None
    assert [[item.id for item in half.items] for half in pair] == [["point1", "point2", "point3"], ["point4", "point5"]]


# Right to left


def test_right_to_left_pages_are_mirrored() -> None:
    slides = [points("one", "two", detail="more")]
    west, east = (pages(deck(*slides, lang=lang), style(), 960.0)[1] for lang in ("en", "ar"))
    first, last = (next(text for text in texts(page) if text.words == "one") for page in (west, east))
    assert first.x < 480 < last.x


def test_a_deck_without_a_language_is_read_by_its_letters() -> None:
    title = layout(deck(title="ماء أقل، راحة أكثر"), style(), 960.0)
    assert min(line.x for line in texts(title)[0].lines) > 480


# Another visual on a slide

BARS = {"kind": "chart", "title": "Sales rose", "labels": ["a", "b"], "series": [{"values": [1, 2]}]}


def test_a_visual_stands_on_its_slide_under_the_slide_s_own_heading() -> None:
    spec = deck({"type": "points", "heading": "Ours", "visual": BARS})
    drawn = pages(spec, style(), 960.0)[1]
    assert any(isinstance(item, ChartFrame) for item in flat(drawn.items))
    assert "Sales rose" not in said([drawn])
    assert checker.check(drawn) == []


def test_two_visuals_with_the_same_ids_are_kept_apart_and_can_be_edited() -> None:
    spec = deck(
        *({"type": "points", "heading": "h", "visual": {**BARS, "sources": {"series1.values.0": {"kind": "model"}}}} for _ in range(2))
    )
    ids = [part.id for part in walk(spec)]
    assert len(ids) == len(set(ids))
    second = spec.slides[1].visual
    assert second is not None
    assert set(second.sources) == {"slide2-series1.values.0"}
    edited = patch(spec, [{"id": "slide2-series1", "set": {"values": [7, 8]}}])
    assert edited.slides[1].visual.series[0].values == (7.0, 8.0)  # type: ignore[union-attr]
    assert edited.slides[0].visual == spec.slides[0].visual


def test_a_deck_on_a_slide_is_refused() -> None:
    with pytest.raises(SpecProblem, match="other than slides"):
        read({"kind": "slides", "slides": [{"type": "points", "heading": "h", "visual": {"kind": "slides"}}]})


def test_points_beside_a_visual_go_to_a_page_of_their_own_where_it_is_narrow() -> None:
    spec = deck({"type": "points", "heading": "h", "visual": BARS, "items": ["so what"]})
    assert len(pages(spec, style(), 960.0)) == 2
    assert len(pages(spec, style(), 390.0)) == 3


def test_a_visual_is_as_legible_as_the_slide() -> None:
    drawn = pages(deck({"type": "points", "heading": "h", "visual": BARS}), style(), 960.0)[1]
    assert min(text.size for text in texts(drawn) if text.part.startswith(("chart", "series"))) >= 15.0


# Sources


def test_figures_from_memory_are_marked_and_told_on_their_slide_alone() -> None:
    numbers = {"type": "numbers", "heading": "h", "items": [{"text": "users", "value": 3}]}
    spec = deck(numbers, points("one"), sources={"point1.value": {"kind": "model"}})
    drawn = render.pages(spec, width=960.0)
    told = ["From the model’s memory, not checked" in said([page]) for page in drawn]
    assert told == [False, True, False]
    assert len(list(flat(drawn[1].items))) > len(list(flat(pages(spec, style(), 960.0)[1].items)))


def test_a_heading_that_its_chart_contradicts_is_found() -> None:
    spec = deck({"type": "chart", "heading": "Sales doubled from Jan to Feb", "labels": ["Jan", "Feb"], "values": [100, 110]})
    assert [finding.where.split()[0] for finding in FORM.findings(spec)] == ["slide1.heading"]


# In other forms and words


def test_a_tree_becomes_a_deck_and_comes_back() -> None:
    source = Source(kind="quoted", detail="120k")
    tree = Content(
        "T", (Thing("Branch", children=(Thing("Leaf", "said of it", 5.0, "%", id="leaf9", sources=(("value", source),)),), id="b1"),)
    )
    made = FORM.from_content(tree)  # type: ignore[misc]
    assert isinstance(made, Slides)
    assert (made.slides[0].heading, made.slides[0].items[0].id, made.sources) == ("Branch", "leaf9", {"leaf9.value": source})
    back = FORM.content(made)
    assert back is not None
    assert back.things[0].sources == (("value", source),)


@pytest.mark.parametrize(("count", "dealt"), [(6, [6]), (7, [4, 3]), (14, [5, 5, 4])])
def test_a_long_list_is_dealt_out_evenly_over_slides_and_comes_back_as_one(count: int, dealt: list[int]) -> None:
    given = Content("T", tuple(Thing(f"t{n}", id=f"i{n}") for n in range(count)))
    made = FORM.from_content(given)  # type: ignore[misc]
    assert isinstance(made, Slides)
    assert [len(slide.items) for slide in made.slides] == dealt
    back = FORM.content(made)
    assert back is not None and back.title == "T" and [thing.label for thing in back.things] == [thing.label for thing in given.things]
    words = form("text").from_content(back)  # type: ignore[misc]
    assert words is not None and form("text").markdown(words).count("T\n") == 1


def test_slides_that_go_on_under_one_heading_are_one_of_several() -> None:
    told = (("A", "a1"), ("A", "a2"), ("B", "b"))
    parts = [{"type": "points", "heading": heading, "items": [{"text": text}]} for heading, text in told]
    found = FORM.content(deck(*parts))
    assert found is not None
    assert [(thing.label, [one.label for one in thing.children]) for thing in found.things] == [("A", ["a1", "a2"]), ("B", ["b"])]


def test_a_table_stays_a_table() -> None:
    made = FORM.from_content(Content("T", columns=("name", "n"), rows=(("a", 1.5), ("b", None)), lang="de"))  # type: ignore[misc]
    assert isinstance(made, Slides)
    assert [row.cells for row in made.slides[0].rows] == [("a", "1,5"), ("b", "")]


@pytest.mark.parametrize("name", EXAMPLES)
def test_markdown_holds_every_heading_and_point(name: str) -> None:
    spec = example(name)
    plain = FORM.markdown(spec).replace("\\", "")
    wanted = [slide.heading for slide in spec.slides] + [part.text for part in walk(spec) if isinstance(part, Point)]
    assert [words for words in wanted if clean(words) not in plain] == []


def test_the_alternative_text_names_what_is_on_the_page() -> None:
    assert pages(deck(points("one", "two")), style(), 960.0)[1].alt == "A heading. one. two"


# What a model writes under


def test_the_cover_is_not_asked_of_a_model_and_ids_never_are() -> None:
    schema = written_schema(Slides)
    slide = schema["properties"]["slides"]["items"]
    assert slide["properties"]["type"]["enum"] == list(WRITTEN)
    assert not {"id", "visual", "blob", "alt"} & set(slide["properties"])
    assert [one["properties"]["type"]["const"] for one in slide["oneOf"]] == list(WRITTEN_ONCE)


WRITTEN_ONCE = ("points", "steps", "numbers", "compare", "chart", "table", "quote", "section", "closing")


def test_every_type_s_schema_asks_only_for_fields_a_slide_has() -> None:
    slide = written_schema(Slides)["properties"]["slides"]["items"]
    assert {name for one in slide["oneOf"] for name in one["properties"]} <= set(slide["properties"])


def test_a_deck_grows_with_every_letter_of_its_stream() -> None:
    written = json.dumps(
        {
            "title": "T",
            "slides": [
                points("one", "two", detail="more"),
                {"type": "compare", "heading": "h", "sides": [{"heading": "a", "items": ["x"]}]},
            ],
        }
    )
    sizes = [len(pages(found, style(), 960.0)) for n in range(len(written)) if (found := read_prefix(written[:n], Slides))]
    assert sizes[0] == 1
    assert max(sizes) == 3
    assert all(after >= before for before, after in pairwise(sizes))


# Hypothesis

plain = st.text(st.characters(blacklist_categories=["Cs", "Co", "Cn"]), max_size=60) | st.sampled_from(NAUGHTY)
short = st.text("abcdefgh äß漢字 مرحبا", max_size=24)
figures = st.floats(allow_nan=False, allow_infinity=False, width=64) | st.integers(-10, 10).map(float)
made_points = st.builds(dict, text=plain, detail=plain | st.just(""), value=st.none() | figures, unit=st.sampled_from(["", "%", "€", "km"]))
made_slides = st.fixed_dictionaries(
    {"type": st.sampled_from([*WRITTEN, "text", "picture", "title"]), "heading": plain},
    optional={
        "text": plain | st.text(max_size=400),
        "by": plain,
        "items": st.lists(made_points, max_size=8),
        "sides": st.lists(st.fixed_dictionaries({"heading": plain, "items": st.lists(plain, max_size=6)}), max_size=5),
        "columns": st.lists(short, max_size=6),
        "rows": st.lists(st.lists(plain, max_size=6), max_size=12),
        "labels": st.lists(short, max_size=8),
        "values": st.lists(figures, max_size=8),
        "notes": plain,
    },
)
made_decks = st.builds(
    dict,
    kind=st.just("slides"),
    title=plain,
    subtitle=plain,
    lang=st.sampled_from(["", "en", "ar", "zh", "hi"]),
    slides=st.lists(made_slides, max_size=4),
)
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


DANUBE = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


@pytest.mark.parametrize("cells", [("", DANUBE, "", "", "00000", DANUBE), (DANUBE,) * 6, ("a", DANUBE)], ids=["two", "six", "one"])
def test_columns_of_words_as_long_share_the_page(cells: tuple[str, ...]) -> None:
    slide = {"type": "points", "heading": "", "columns": ["a", "", "aaa", "a" * 18][: len(cells)], "rows": [cells]}
    spec = Slides.model_validate({"kind": "slides", "slides": [slide]})
    assert [one for one in render.check(spec, style(), (390.0,)) if one.level == "error"] == []


@QUICK
@given(made_decks, st.sampled_from(WIDTHS))
def test_any_deck_draws_and_stays_on_its_pages(data: dict[str, Any], width: float) -> None:
    spec = read(data)
    for page in render.pages(spec, width=width):
        found = [finding for finding in checker.check(page) if finding.code in {"off-page", "too-small", "contrast", "dangling"}]
        assert found == []
        assert min((text.size for text in texts(page)), default=SMALLEST) >= SMALLEST - 0.01
        assert svg.write(page, fonts=False).startswith("<svg")


@QUICK
@given(made_decks)
def test_any_deck_survives_json_and_draws_the_same_twice(data: dict[str, Any]) -> None:
    spec = read(data)
    again = read(json.loads(json.dumps(dump(spec))))
    assert again == spec
    assert [svg.write(page, fonts=False) for page in render.pages(spec)] == [svg.write(page, fonts=False) for page in render.pages(again)]


@QUICK
@given(made_decks)
def test_any_deck_is_told_in_words(data: dict[str, Any]) -> None:
    spec = read(data)
    assert "\x00" not in FORM.markdown(spec) + FORM.alt(spec)
    assert len(FORM.alt(spec)) <= 600


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.text("abcdefghij klmno", min_size=3, max_size=90).filter(str.strip), min_size=2, max_size=16, unique=True),
    st.sampled_from(WIDTHS),
)
def test_no_point_of_a_reasonable_deck_is_cut(labels: list[str], width: float) -> None:
    spec = deck(points(*labels, detail="A sentence that says a little more about it."), points(*labels, type="steps"))
    drawn = pages(spec, style(), width)
    assert [text.words for page in drawn for text in texts(page) if text.cut] == []
    assert [finding for page in drawn for finding in checker.check(page)] == []


# The viewer


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in {"src", "href", "xlink:href", "action"}:
                self.addresses.append(value or "")


def viewed(spec: Slides) -> str:
    assert FORM.page is not None
    return FORM.page(spec, style(), {})


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_viewer_s_ids_are_its_own_and_it_fetches_nothing(name: str) -> None:
    found = _Page()
    found.feed(viewed(example(name)))
    assert len(found.ids) == len(set(found.ids))
    assert found.addresses == []
    assert found.tags.count("section") >= 2 * len(example(name).slides)


def test_words_in_the_viewer_stay_words() -> None:
    found = _Page()
    found.feed(viewed(deck(points("<img src=x onerror=alert(1)>", notes="</div><script>x</script>"), title='"><b>')))
    assert found.tags.count("script") == 1
    assert not {"img", "b"} & set(found.tags)


@pytest.fixture(scope="module")
def shown(browser: Any) -> Any:
    page = browser.new_page(viewport={"width": 1000, "height": 800})
    page.set_content(f"<!doctype html><body>{viewed(example('examples/slides/release-review.json'))}</body>")
    yield page
    page.close()


def test_keys_and_buttons_turn_the_pages(shown: Any) -> None:
    shown.focus(".deck")
    shown.keyboard.press("Home")
    seen = [shown.inner_text(".deck .count")]
    for key in ("ArrowRight", "End", "ArrowLeft"):
        shown.keyboard.press(key)
        seen.append(shown.inner_text(".deck .count"))
    shown.click(".deck [data-act=previous]")
    seen.append(shown.inner_text(".deck .count"))
    last = int(seen[0].split("/")[1])
    assert seen == [f"{n} / {last}" for n in (1, 2, last, last - 1, last - 2)]
    assert shown.locator(".deck .set.wide .slide:visible").count() == 1


def test_notes_are_shown_to_the_speaker(shown: Any) -> None:
    shown.focus(".deck")
    shown.keyboard.press("Home")
    shown.keyboard.press("ArrowRight")
    shown.keyboard.press("n")
    assert "certificate" in shown.inner_text(".deck .told")
    shown.keyboard.press("n")


def test_narrow_screens_get_upright_pages(shown: Any) -> None:
    shown.set_viewport_size({"width": 390, "height": 760})
    shown.wait_for_function("getComputedStyle(document.querySelector('.deck .set.narrow')).display === 'block'")
    box = shown.locator(".deck .set.narrow .slide.now > svg").bounding_box()
    assert box["height"] > box["width"] > 300
    shown.set_viewport_size({"width": 1000, "height": 800})


def test_arrows_turn_round_where_words_run_from_right_to_left(browser: Any) -> None:
    page = browser.new_page()
    page.set_content(f"<!doctype html><body>{viewed(example('examples/slides/home-water.json'))}</body>")
    page.focus(".deck")
    page.keyboard.press("ArrowLeft")
    assert re.match(r"2 / \d+", page.inner_text(".deck .count"))
    page.close()
