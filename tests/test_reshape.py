"""The last answer as another form: what it holds is kept, and no model is asked."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipchart.models.events import Drawn, Event, Planned, Request, Turn
from flipchart.models.llm_scripted import Scripted
from flipchart.models.planner import Planner
from flipchart.models.reshape import reshaped, wished
from flipchart.renderers.registry import KINDS, form

STEPS = "To repot a plant:\n\n1. **Water it**: a day before.\n2. **Loosen the roots**\n3. **Fill up** with fresh soil."
HEIGHTS = "The highest:\n\n- **Everest**: 8,849 m\n- **K2**: 8,611 m (Pakistan)\n- **Lhotse**: 8,516 m\n\n*From the model’s memory*"
TABLE = "| City | 2010 | 2020 | Coast |\n|---|---|---|---|\n| Rome | 2.76 kg | 2.81 | yes |\n| Milan | 1.32 kg | 1.40 | 5 km |"
PARTS = "# Party\n\n## Before\n- Invite *all*\n- Order a cake\n\n## 2. After\n- Clean up\n  - the kitchen\n- Say thanks"


def after(answer: str, words: str = "", kind: str | None = None, question: str = "how to repot a plant") -> Request:
    return Request(words or question, history=(Turn(question, answer),), form=kind)


def events(request: Request) -> Sequence[Event]:
    return list(Planner(Scripted([])).answer(request))  # a question to the model would fail


def test_names_in_prose_make_a_map_and_leave_a_deck_to_be_written() -> None:
    named = "The four seasons are: spring, summer, autumn and winter."
    board = reshaped(after(named, "as a diagram"))
    assert board is not None and board.kind == "whiteboard"
    assert reshaped(after(named, "as slides")) is None and reshaped(after(named, "as an infographic")) is None
    told = "- Spring: mild and wet\n- Summer: hot\n- Autumn: leaves fall"
    assert reshaped(after(told, "as slides")) is not None


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("as slides please", "slides"), ("now as a checklist", "infographic"), ("make it a whiteboard", "whiteboard"),
        ("can I have that as an infographic?", "infographic"),
        ("show this as a chart instead", "chart"), ("als Folien", "slides"), ("Mach daraus eine Präsentation", "slides"),
        ("en diapositivas", "slides"), ("faça um infográfico disso", "infographic"), ("comme une infographie", "infographic"),
        ("做成幻灯片", "slides"), ("グラフにして", "chart"), 
        ("इसे स्लाइड में दिखाओ", "slides"), ("इसका चार्ट बनाओ", "chart"), ("اعرضها كشرائح", "slides"), ("حوله إلى رسم بياني", "chart"), 
        ("اجعلها شرائح", "slides"), 
        # a question, a change, a subject of its own, a form beside others
        ("what is a chart?", ""), ("is there a diagram?", ""), ("add a chart", ""), ("delete the diagram", ""), ("shorter text", ""),
        ("a chart of sales", ""), ("as slides for kids", ""), ("a deck and a chart", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_wish_names_a_form_and_nothing_else(words: str, kind: str) -> None:
    assert wished(words) == kind


def test_words_with_a_list_become_an_infographic_of_the_same_words() -> None:
    planned, drawn = events(after(STEPS, "as an infographic"))
    assert isinstance(planned, Planned) and planned.form == "infographic"
    assert isinstance(drawn, Drawn) and drawn.spec.kind == "infographic" and drawn.spec.title == "How to repot a plant"
    told = form("infographic").markdown(drawn.spec)
    assert all(words in told for words in ("Water it", "a day before", "Loosen the roots", "Fill up", "with fresh soil"))


def test_the_same_question_as_another_form_shows_what_was_said() -> None:
    spec = reshaped(after(STEPS, kind="slides"))
    assert spec is not None and spec.kind == "slides" and "Loosen the roots" in form("slides").markdown(spec)
    assert reshaped(after(STEPS, "another question", kind="slides")) is None


def test_figures_of_a_list_are_charted_and_told_as_remembered() -> None:
    (drawn,) = [event for event in events(after(HEIGHTS, "as a chart", question="the highest mountains")) if isinstance(event, Drawn)]
    chart = drawn.spec
    assert (chart.labels, chart.series[0].values, chart.unit) == (("Everest", "K2", "Lhotse"), (8849, 8611, 8516), "m")  # type: ignore[attr-defined]
    assert {source.kind for source in chart.sources.values()} == {"model"}


def test_a_table_keeps_its_columns_and_the_units_in_its_cells() -> None:
    prose = form("text")
    content = prose.content(prose.spec.model_validate({"markdown": TABLE, "lang": "en"}))
    assert content is not None and content.columns == ("City", "2010 (kg)", "2020", "Coast")
    assert content.rows == (("Rome", 2.76, 2.81, "yes"), ("Milan", 1.32, 1.4, "5 km"))


def test_headed_lists_are_branches() -> None:
    prose = form("text")
    content = prose.content(prose.spec.model_validate({"markdown": PARTS}))
    assert content is not None and content.title == "Party"
    before, then = content.things
    assert (before.label, [one.label for one in before.children]) == ("Before", ["Invite all", "Order a cake"])
    assert (then.label, [[inner.label for inner in one.children] for one in then.children]) == ("After", [["the kitchen"], []])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("**Oslo**: -5 °C", ("Oslo", "", -5, "°C")), ("Oslo: −5 °C", ("Oslo", "", -5, "°C")), ("**Oslo** – 5 °C", ("Oslo", "", 5, "°C")),
        ("**-5 °C**: the coldest", ("-5 °C", "the coldest", None, "")), ("**K2**: 8,611 m (Pakistan)", ("K2", "Pakistan", 8611, "m")),
        ("Way: 1.5 km (0.9 mi) long", ("Way", "1.5 km (0.9 mi) long", None, "")), ("Range: 5–10 km", ("Range", "5–10 km", None, "")),
        ("**Loss**: -3% in May", ("Loss", "-3% in May", None, "")), ("**A**: one\n\n  and more", ("A", "one and more", None, "")),
    ],
)  # fmt: skip
def test_a_point_keeps_its_sign_its_unit_and_all_its_words(line: str, told: tuple[str, str, float | None, str]) -> None:
    prose = form("text")
    content = prose.content(prose.spec.model_validate({"markdown": f"- {line}\n- other", "lang": "en"}))
    assert content is not None
    first = content.things[0]
    assert (first.label, first.text, first.value, first.unit) == told


PIECES = [
    "- ",
    "1. ",
    "  - ",
    "# ",
    "## ",
    "| a | b |\n|---|---|\n",
    "| x | 5 |",
    "**b**",
    ": ",
    "-5 °C",
    "\n",
    "\n\n",
    "9 m (3 mi)",
    "> ",
    "—",
]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_an_answer_looks_like_it_is_shown_or_left(answer: str) -> None:
    for kind in KINDS:
        reshaped(after(answer, kind=kind))


def test_a_form_that_is_asked_for_comes_also_where_words_are_preferred() -> None:
    asked = Request("how to repot a plant", history=(Turn("how to repot a plant", STEPS),), form="infographic", autonomy=0)
    assert reshaped(asked) is not None
    assert reshaped(Request("as slides", history=asked.history, autonomy=0)) is None


def test_years_are_no_figures_and_what_has_no_figures_is_no_chart() -> None:
    assert reshaped(after("- Sputnik: 1957\n- Apollo 11: 1969", "as a chart")) is None
    assert reshaped(after(STEPS, "as a chart")) is None


def test_a_list_that_is_little_of_the_answer_does_not_stand_for_it() -> None:
    assert reshaped(after(f"{'Much is to be said of roots. ' * 20}\n\n- one\n- two", "as slides")) is None


def test_an_outline_is_written_out_by_the_model() -> None:
    outline = "**Bees**\n\n1. What they eat\n2. Where they live\n3. How to help\n\n*Draw it as slides, or ask for a change.*"
    assert reshaped(after(outline, kind="slides")) is None
    assert reshaped(after(outline, "as slides")) is None


def test_a_visual_is_shown_as_another_beside_it() -> None:
    shown = form("infographic").spec.model_validate(
        {"title": "Sleep", "family": "list", "lang": "en", "items": [{"label": "Dark", "text": "Darken the room."}, {"label": "Quiet"}]}
    )
    request = Request("make slides from it", history=(Turn("sleep", "", ("v1",)),), earlier={"v1": shown})
    drawn = [event for event in events(request) if isinstance(event, Drawn)]
    assert [(one.spec.kind, one.into) for one in drawn] == [("slides", "")]
    assert "Darken the room" in form("slides").markdown(drawn[0].spec)
    again = Request("as an infographic", history=request.history, earlier=request.earlier)
    assert reshaped(again) is None


LIST = "- **Sleep**: you fall asleep faster\n- **Heart**: it grows stronger\n- **Company**: walk with a friend"


@pytest.mark.parametrize(
    ("answer", "round_it"),
    [
        (LIST, ["Sleep", "Heart", "Company"]),
        ("There are several kinds:\n\n- Oak\n- Elm\n- Ash", ["Oak", "Elm", "Ash"]),
        ("It holds **grains** such as rice, **beans** such as soy, and **fruit** such as apples.", ["Grains", "Beans", "Fruit"]),
        ("**Cirrus** is high.\n\n**Stratus** lies low.\n\n**Cumulus** looks like cotton.", ["Cirrus", "Stratus", "Cumulus"]),
        ("The seasons: spring, summer, autumn and winter. Spring is mild.", ["Spring", "Summer", "Autumn", "Winter"]),
        ("四季分别是：春天、夏天、秋天和冬天。", ["春天", "夏天", "秋天", "冬天"]),
    ],
)
def test_things_in_no_order_become_a_mind_map_round_what_was_asked(answer: str, round_it: list[str]) -> None:
    board = reshaped(after(answer, "as a diagram", question="benefits of walking"))
    assert board is not None and board.design == "mindmap"  # type: ignore[attr-defined]
    root, *rest = board.nodes  # type: ignore[attr-defined]
    assert root.label == "Benefits of walking" and [node.label for node in rest] == round_it
    assert {edge.start for edge in board.edges} == {root.name}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "answer",
    [
        "Rice is a **grain**. It is not a **bean**, nor is it a **fruit** of any kind.",
        "Say this: come in, sit down and have a cup of our very best tea with us.",
        "Paris is the capital of France.",
    ],
)
def test_prose_that_names_no_row_of_things_is_left_to_the_model(answer: str) -> None:
    assert reshaped(after(answer, "as a diagram")) is None
