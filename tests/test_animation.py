"""Animations: every step is a frame, what moves is lit, and a step to nowhere is found."""

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from flipchart.gui.gallery import examples
from flipchart.renderers import render
from flipchart.renderers.animation import Actor, Animation, Step, content, findings, from_content
from flipchart.renderers.drawing import Connector, Text, flat
from flipchart.renderers.style import style


@pytest.mark.parametrize("name", examples("animation"))
@pytest.mark.parametrize("width", [390, 720, 1280])
def test_every_example_and_each_of_its_frames_is_sound(name: str, width: float) -> None:
    spec = examples("animation")[name]
    assert findings(spec) == []
    assert render.check(spec, widths=(width,)) == []


def test_each_step_is_a_frame_in_which_it_alone_is_lit() -> None:
    spec = examples("animation")["water"]
    assert isinstance(spec, Animation)
    frames = render.pages(spec, width=720)
    assert len(frames) == len(spec.steps)
    for step, frame in zip(spec.steps, frames, strict=True):
        ways = [item for item in flat(frame.items) if isinstance(item, Connector)]
        widest = max(ways, key=lambda way: way.stroke_width)
        assert widest.part == step.id


def test_things_that_begin_alike_have_letters_of_their_own() -> None:
    names = ("Xqz hqzzy", "Xqz sqzzy", "Xqz rqzzy", "Zzyx")
    steps = tuple(Step(start=one, end=other, text="on") for one, other in pairwise(names))
    spec = Animation(title="T", things=tuple(Actor(name=name, label=name) for name in names), steps=steps)
    words = {item.words for item in flat(render.draw(spec, style(), 720).items) if isinstance(item, Text)}
    assert {"H", "S", "R", "Z"} <= words and "X" not in words


def test_a_step_to_nowhere_is_found_and_a_near_name_is_understood() -> None:
    things = (Actor(name="sea", label="Sea"), Actor(name="cloud", label="Clouds"))
    spec = Animation(
        title="T", things=things, steps=(Step(start="sea", end="clouds", text="up"), Step(start="cloud", end="moon", text="off"))
    )
    assert [(finding.where, finding.code) for finding in findings(spec)] == [("step2.end", "dangling")]


def test_the_gif_has_a_picture_a_step() -> None:
    spec = examples("animation")["web"]
    assert isinstance(spec, Animation)
    written, mime = render.write(render.Page((spec,)), "gif")
    assert mime == "image/gif"
    assert Image.open(io.BytesIO(written)).n_frames == len(spec.steps)


def test_the_process_is_shared_with_boards_and_comes_back() -> None:
    spec = examples("animation")["order"]
    assert isinstance(spec, Animation)
    shared = content(spec)
    assert shared is not None
    back = from_content(shared)
    assert back is not None
    assert [step.text for step in back.steps] == [step.text for step in spec.steps]


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=24)


@given(st.lists(words, min_size=1, max_size=8), st.data(), st.sampled_from([390.0, 720.0]))
def test_any_process_is_drawn_the_same_twice(labels: list[str], data: st.DataObject, width: float) -> None:
    things = tuple(Actor(name=f"t{i}", label=label) for i, label in enumerate(labels))
    pick = st.integers(0, len(labels) - 1)
    steps = tuple(
        Step(start=f"t{data.draw(pick)}", end=f"t{data.draw(pick)}", text=data.draw(words)) for _ in range(data.draw(st.integers(1, 5)))
    )
    spec = Animation(title="T", things=things, steps=steps)
    assert render.draw(spec, style(), width) == render.draw(spec, style(), width)


@pytest.mark.parametrize("width", [390.0, 720.0, 1280.0])
def test_no_way_comes_in_through_a_label(width: float) -> None:
    names = ("Browser", "Name server", "Web server", "Database")
    ways = [(0, 1), (1, 0), (0, 2), (2, 3), (3, 2), (2, 0)]
    steps = [{"start": names[a], "end": names[b], "text": "It goes on."} for a, b in ways]
    spec = Animation.model_validate({"things": [{"name": name, "label": name} for name in names], "steps": steps})
    drawing = render.draw(spec, width=width)
    labels = [item for item in flat(drawing.items) if isinstance(item, Text) and item.field == "label"]
    assert len(labels) == 4
    for way in (item for item in flat(drawing.items) if isinstance(item, Connector)):
        (x1, y1), (x2, y2) = way.points[-2:]
        for x, y in ((x1 + (x2 - x1) * n / 20, y1 + (y2 - y1) * n / 20) for n in range(8, 21)):
            for line in (line for label in labels for line in label.lines):
                assert not (line.x < x < line.x + line.width and line.y - 12 < y < line.y + 3)
