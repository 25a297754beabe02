"""Markdown decks are read as slides and written back; text answers become slides the same way."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from flipchart import assets
from flipchart.renderers import marp, render
from flipchart.renderers.deck import Point, Slides
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import blobs_in, read, read_file
from flipchart.renderers.spec import walk
from flipchart.renderers.style import style

EXAMPLES = assets.names("examples/slides", ".json")
HEAD = "---\nmarp: true\n---\n"


def slides(text: str) -> list[dict[str, Any]]:
    """The slides of a deck without their ids."""

    def bare(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: bare(value) for key, value in node.items() if key != "id"}
        return [bare(value) for value in node] if isinstance(node, list) else node

    found: list[dict[str, Any]] = bare(json.loads(marp.read(HEAD + text).model_dump_json(exclude_defaults=True))).get("slides", [])
    return found


# Reading


def test_a_first_slide_of_large_words_is_the_cover() -> None:
    deck = marp.read(
        "---\nmarp: true\nlang: de\ntitle: Not this\n---\n<!-- _class: lead -->\n# Der Titel\n\nDie Zeile\n\n---\n\n## Eins\n\n- a\n- b\n"
    )
    assert (deck.title, deck.subtitle, deck.lang, len(deck.slides)) == ("Der Titel", "Die Zeile", "de", 1)


def test_bullets_are_points_and_what_follows_bold_words_is_their_detail() -> None:
    assert slides("## H\n\n- **Fast**: it flies\n- **Small** — fits a pocket\n- plain\n  - nested\n  - twice") == [
        {
            "type": "points",
            "heading": "H",
            "items": [
                {"text": "Fast", "detail": "it flies"},
                {"text": "Small", "detail": "fits a pocket"},
                {"text": "plain", "detail": "nested; twice"},
            ],
        }
    ]


def test_numbered_lists_are_steps() -> None:
    assert [(slide["type"], [item["text"] for item in slide["items"]]) for slide in slides("## H\n\n1. one\n2. two")] == [
        ("steps", ["one", "two"])
    ]


def test_bold_figures_are_numbers() -> None:
    found = slides("## H\n\n- **38 %** faster\n- **€1,200** saved: every month\n- **4.2 M** rows")
    assert found[0]["type"] == "numbers"
    assert [(item["value"], item.get("unit", ""), item["text"]) for item in found[0]["items"]] == [
        (38.0, "%", "faster"),
        (1200.0, "€", "saved"),
        (4200000.0, "", "rows"),
    ]


def test_lists_under_headings_of_their_own_are_compared() -> None:
    found = slides("## H\n\n### Left\n\n- a\n\n### Right\n\n- b\n- c")
    assert found == [
        {
            "type": "compare",
            "heading": "H",
            "sides": [{"heading": "Left", "items": [{"text": "a"}]}, {"heading": "Right", "items": [{"text": "b"}, {"text": "c"}]}],
        }
    ]


@pytest.mark.parametrize("quote", ["> Words.\n> — Ada", "> Words.\n>\n> — Ada", "> Words. — Ada"])
def test_quotations_keep_their_speaker(quote: str) -> None:
    assert slides(quote) == [{"type": "quote", "text": "Words.", "by": "Ada"}]


def test_tables_stay_tables() -> None:
    assert slides("## H\n\n| a | b |\n|---|--:|\n| x | 1 |\n| y \\| z | 2 |") == [
        {"type": "table", "heading": "H", "columns": ["a", "b"], "rows": [{"cells": ["x", "1"]}, {"cells": ["y | z", "2"]}]}
    ]


def test_notes_are_comments_and_directives_are_not() -> None:
    assert (
        slides("<!-- backgroundColor: black -->\n## H\n\n- a\n- b\n\n<!-- Say hello.\nThen wait. -->")[0]["notes"]
        == "Say hello.\nThen wait."
    )


def test_reveal_s_separators_and_notes_are_read() -> None:
    found = slides("## One\n\n- a\n\nNote: Say this\n\n--\n\n## Two\n\n- b\n\n---\n\n## Three\n\n- c")
    assert [slide["heading"] for slide in found] == ["One", "Two", "Three"]
    assert found[0]["notes"] == "Say this"


def test_headings_divide_where_the_deck_says_so() -> None:
    deck = marp.read("---\nmarp: true\nheadingDivider: 2\n---\n## One\n\n- a\n\n## Two\n\n- b\n")
    assert [slide.heading for slide in deck.slides] == ["One", "Two"]


def test_code_is_typeset_as_it_stands() -> None:
    found = slides("## H\n\n```py\nif x:\n    y = 1\n```\n\nAfter.")
    assert found[0]["visual"]["markdown"] == "```py\nif x:\n    y = 1\n```\n\nAfter."


def test_a_heading_alone_is_a_section_and_the_last_one_closes() -> None:
    assert [slide["type"] for slide in slides("## A\n\n- x\n\n---\n\n# Part two\n\n---\n\n## B\n\n- y\n\n---\n\n# Bye")] == [
        "points",
        "section",
        "points",
        "closing",
    ]


def test_html_is_left_out() -> None:
    assert "script" not in json.dumps(slides("## H\n\n- a\n- b\n\n<script>alert(1)</script>\n\n<div>x</div>"))


def test_a_deck_of_marp_is_told_by_its_first_words() -> None:
    assert isinstance(read(HEAD + "## H\n\n- a\n- b"), Slides)


def test_an_empty_deck_is_refused_in_a_sentence() -> None:
    with pytest.raises(SpecProblem, match="has no slides"):
        marp.read(HEAD)


# Pictures


def data_picture() -> tuple[str, bytes]:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#2F5BD8").save(out, "PNG")
    return f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}", out.getvalue()


@pytest.mark.parametrize(
    "source",
    ["pic.png", "https://example.org/a.png", "file:///etc/passwd", "data:image/svg+xml;base64,PHN2Zz4=", "data:image/png;base64,@"],
)
def test_pictures_from_elsewhere_are_refused_by_name(source: str) -> None:
    with pytest.raises(SpecProblem) as problem:
        marp.read(f"{HEAD}## One\n\n- a\n\n---\n\n## H\n\n![bg right:40%]({source})")
    assert str(problem.value) == f"slide 2: the picture {source!r} is not in the file; embed it as data: or leave it out"


def test_pictures_as_data_are_kept_and_drawn(tmp_path: Path) -> None:
    source, pixels = data_picture()
    file = tmp_path / "deck.md"
    file.write_text(f"{HEAD}## H\n\n![bg right:40% A blue card]({source})\n\n- a\n- b\n")
    spec = read_file(file)
    assert isinstance(spec, Slides)
    assert (spec.slides[0].type, spec.slides[0].alt) == ("picture", "A blue card")
    held = blobs_in(file)
    assert held == {spec.slides[0].blob: pixels}
    assert marp.read(marp.write(spec, held).decode()).slides[0].blob == spec.slides[0].blob
    assert render.Rendering(render.Page((spec,), style(), held)).bytes("pptx")


def test_an_answer_s_pictures_become_their_words() -> None:
    assert "A cat" in json.dumps(marp.deck("## H\n\nHere: ![A cat](https://example.org/cat.png)").model_dump(mode="json"))


# Text answers


def test_headings_begin_slides_and_the_title_heads_the_first() -> None:
    deck = marp.deck("Some words first.\n\n## One\n\n- a\n- b\n\n## Two\n\nMore words.", "en", "The answer")
    assert [(slide.heading, slide.type) for slide in deck.slides] == [("The answer", "text"), ("One", "points"), ("Two", "text")]


def test_long_prose_beside_a_list_gets_its_own_slide() -> None:
    deck = marp.deck("## H\n\n" + "Many words. " * 30 + "\n\n- a\n- b")
    assert [slide.type for slide in deck.slides] == ["text", "points"]


# Writing


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "release-review" not in name])
def test_what_is_written_is_read_as_the_same_deck(name: str) -> None:
    spec = read(json.loads(assets.text(name)))
    assert isinstance(spec, Slides)
    again = marp.read(marp.write(spec).decode())
    assert again == without_icons(spec)


def without_icons(spec: Slides) -> Slides:
    """The deck as Markdown holds it: icons are no words."""
    items = [tuple(item.model_copy(update={"icon": ""}) for item in slide.items) for slide in spec.slides]
    slides = tuple(slide.model_copy(update={"items": held}) for slide, held in zip(spec.slides, items, strict=True))
    return spec.model_copy(update={"slides": slides, "icon": ""})


def test_a_visual_is_written_as_its_words() -> None:
    spec = read(json.loads(assets.text("examples/slides/release-review.json")))
    assert isinstance(spec, Slides)
    written = marp.write(spec).decode()
    assert "Pull request" in written
    assert written.count("\n---\n") == len(spec.slides) + 1


def test_marp_is_offered_as_an_export() -> None:
    spec = read(json.loads(assets.text(EXAMPLES[0])))
    content, mime = render.write(render.Page((spec,)), "marp.md")
    assert content.startswith(b"---\nmarp: true\n")
    assert mime.startswith("text/markdown")


words = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40).filter(
    lambda t: t.strip() and t.split() == t.strip().split(" ")
)
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@QUICK
@given(st.lists(words, min_size=1, max_size=4), words, st.sampled_from(["points", "steps"]))
def test_any_words_survive_being_written(labels: list[str], heading: str, kind: str) -> None:
    spec = Slides.model_validate(
        {"title": heading, "slides": [{"type": kind, "heading": heading, "items": [{"text": label} for label in labels]}]}
    )
    again = marp.read(marp.write(spec).decode())
    said = [[" ".join(part.text.split()) for part in walk(one) if isinstance(part, Point)] for one in (spec, again)]
    assert said[1] == [" ".join(marp.clean_lines(text).split()) for text in said[0]]


@QUICK
@given(st.text(max_size=400))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        marp.read(text)
    except SpecProblem as problem:
        assert len(str(problem)) > 10
    assert isinstance(marp.deck(text), Slides)
