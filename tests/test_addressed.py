"""Wishes that name the visual they are about, or count its parts, however long ago it came."""

from typing import Any

import pytest

from flipchart.models.addressed import addressed, counted
from flipchart.models.events import Drawn, Request, Turn
from flipchart.models.llm_scripted import Line, Scripted
from flipchart.models.planner import Planner
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec


def made(kind: str, **fields: Any) -> Spec:
    return form(kind).spec.model_validate({"lang": "en"} | fields)


def question(number: int) -> dict[str, Any]:
    return {"question": f"Which is {number}?", "options": ["a", "b", "c", "d"], "answer": 1, "why": "It is."}


BOARD = made("whiteboard", title="Water cycle", edges=["Sea -> Cloud", "Cloud -> Rain", "Rain -> River"])
OTHER = made("whiteboard", title="Signing up", edges=["Email -> Plan", "Plan -> Dashboard"])
QUIZ = made("app", title="Water", questions=[question(n) for n in range(1, 6)])
TALK = (
    Turn("draw the water cycle", "", ("v1",)), Turn("how people sign up", "", ("v2",)), Turn("a quiz on water", "", ("v3",)),
    Turn("why is the sea salty?", "Rivers bring salt."),
)  # fmt: skip


def asked(text: str) -> Request:
    return Request(text, history=TALK, earlier={"v1": BOARD, "v2": OTHER, "v3": QUIZ})


@pytest.mark.parametrize(
    ("words", "id", "rest"),
    [
        ("on the board, connect the last step back to the first one", "v2", "connect the last step back to the first one"),
        ("connect rain to sea on the water cycle board", "v1", "connect rain to sea"),
        ("on the first board, remove the rain", "v1", "remove the rain"),
        ("Auf der Tafel, verbinde Plan mit Email", "v2", "verbinde Plan mit Email"),
        ("en la pizarra, quita plan", "v2", "quita plan"),
        ("dans le diagramme, supprime Plan", "v2", "supprime Plan"),
        ("in the quiz, make question 5 about rain", "v3", "make question 5 about rain"),
        ("make question 5 of the quiz harder", "v3", "make question 5 harder"),
        ("on the board", "", ""),
        ("in the chart, make it red", "", ""),
        ("on the museum board, remove the rain", "", ""),
        ("how do boards help teams?", "", ""),
    ],
)
def test_the_visual_is_the_one_that_is_named(words: str, id: str, rest: str) -> None:
    found = addressed(asked(words))
    assert (found[0], found[2].text) == (id, rest) if found else id == ""


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("question 5", 4),
        ("the third question", 2),
        ("the last question is", 4),
        ("question 9", None),
        ("questions 2 and 3", None),
        ("question 2 like question 4", None),
        ("5 more", None),
    ],
)
def test_parts_are_counted(words: str, part: int | None) -> None:
    found = counted("v3", QUIZ, words)
    assert (found[0].part if found else None) == (QUIZ.questions[part].id if part is not None else None)  # type: ignore[attr-defined]


def answers(text: str, *lines: dict[str, Any]) -> list[Drawn]:
    events = Planner(Scripted([Line.model_validate(line) for line in lines], name="embedded:test")).answer(asked(text))
    return [event for event in events if isinstance(event, Drawn)]


def test_a_board_of_before_is_changed_and_no_model_asked() -> None:
    (drawn,) = answers("on the board, connect the last step back to the first one")
    assert drawn.into == "v2"
    assert drawn.spec.model_dump()["edges"][-1]["start"] == "Dashboard"


def test_one_question_of_a_quiz_is_another_and_the_rest_stays() -> None:
    new = {
        "question": "Why is rain not salty?",
        "right": "Salt stays behind",
        "wrong": ["It is", "Wind", "Sugar"],
        "why": "Only water rises.",
    }
    quiz = {"title": "Rain", "topics": ["Salt"], "questions": [new]}
    (drawn,) = answers("in the quiz, make question 5 about why rain is not salty", {"label": "edit", "answer": quiz})
    assert drawn.into == "v3"
    before, after = QUIZ.model_dump(), drawn.spec.model_dump()
    assert after["questions"][:4] == before["questions"][:4]
    assert after["questions"][4]["question"] == "Why is rain not salty?"
    assert after["questions"][4]["options"][after["questions"][4]["answer"] - 1] == "Salt stays behind"
    assert (after["title"], after["questions"][4]["id"], after["version"]) == ("Water", "question5", 2)


def test_an_edit_of_one_part_may_reach_what_is_in_it_and_nothing_else() -> None:
    slides = [{"type": "points", "heading": word, "items": [f"{word} one", f"{word} two"]} for word in ("Sea", "Rain")]
    deck = made("slides", title="Water", slides=slides)
    edits = {"edits": [{"id": "point3", "set": {"label": "Rain costs"}}]}
    lines = [{"label": "edit", "answer": edits}]
    request = Request(
        "in the slides, make slide 3 about costs",
        history=(*TALK, Turn("a talk", "", ("v4",)), *TALK[:1]),
        earlier={"v4": deck, "v1": BOARD},
    )
    drawn = [e for e in Planner(Scripted([Line.model_validate(line) for line in lines])).answer(request) if isinstance(e, Drawn)]
    assert [event.into for event in drawn] == ["v4"]
    assert "Rain costs" in str(drawn[0].spec)
