"""A request that names a form and no subject of its own is about what was spoken of."""

from typing import Any

import pytest

from flipchart.models.carried import carried, subjectless
from flipchart.models.events import Request, Turn
from flipchart.models.llm_scripted import Line, Scripted
from flipchart.models.mend import Brief, titled
from flipchart.models.planner import Planner
from flipchart.renderers.registry import form


@pytest.mark.parametrize(
    "words",
    [
        "make slides for the lesson, 6 slides",
        "now a quiz about it with 5 questions",
        "a quiz, 5 questions please",
        "make slides about this for parents",
        "a mind map of it",
        "mach daraus Folien",
        "haz una presentación sobre esto",
        "fais des diapositives pour la leçon",
    ],
)
def test_a_form_alone_is_no_subject(words: str) -> None:
    assert subjectless(words)


@pytest.mark.parametrize(
    "words",
    ["make slides about bees", "a quiz on the moon", "slides for the board meeting", "draw the water cycle", "what is it?", "thanks"],
)
def test_what_names_its_subject_keeps_it(words: str) -> None:
    assert not subjectless(words)
    assert carried(Request(words, history=(Turn("how does rain form?", "It falls."),))).text == words


def shown(title: str) -> Any:
    return form("whiteboard").spec.model_validate({"title": title, "lang": "en", "edges": ["Sea -> Cloud", "Cloud -> Rain"]})


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("draw the water cycle for 9 year olds", "Water cycle for 9 year olds"),
        ("Draw a board of the water cycle", "The water cycle"),
        ("I teach 9 year olds. Draw the water cycle as a board.", "Water goes round"),
    ],
)
def test_the_subject_is_that_of_the_last_question_that_has_one(question: str, subject: str) -> None:
    talk = (Turn("what is an atom?", "A small thing."), Turn(question, "", ("v1",)), Turn("make a quiz about it", "", ("v2",)))
    request = Request("make slides for the lesson, 6 slides", history=talk, earlier={"v1": shown("Water goes round")})
    assert carried(request).text == f"{subject}: make slides for the lesson, 6 slides"
    assert carried(Request(request.text)).text == request.text


def test_the_model_and_the_title_hear_of_it() -> None:
    heard: list[str] = []

    class Ear(Scripted):
        def send(self, ask: Any, connection: Any) -> Any:
            heard.append(ask.messages[-1].content)
            return super().send(ask, connection)

    items = [{"label": f"Point {n}", "text": "It rains."} for n in range(3)]
    line = Line.model_validate({"answer": {"title": "Infographic for the lesson", "items": items}})
    talk = (Turn("draw the water cycle", "", ("v1",)), Turn("make a quiz about it", ""))
    list(Planner(Ear([line])).answer(Request("make an infographic for the lesson", history=talk, earlier={"v1": shown("Water")})))
    assert "Water cycle: make an infographic for the lesson" in heard[0]


def test_a_title_does_not_end_in_the_air() -> None:
    asked = "a whiteboard of how people sign up for our app"
    assert titled(asked, Brief(asked)) == "How people sign up for our app"
