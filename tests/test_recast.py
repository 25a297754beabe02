"""Wishes about the whole of a visual: other words in the same places, or the same question again."""

import json
from typing import Any

import pytest

from flipchart.models import recast
from flipchart.models.events import Drawn, Event, Planned, Request, Said, Turn
from flipchart.models.llm_scripted import Line, Scripted
from flipchart.models.planner import Planner
from flipchart.renderers.app import App
from flipchart.renderers.infographic_spec import Infographic
from flipchart.renderers.read import read
from flipchart.renderers.spec import Spec

TIPS: dict[str, Any] = {
    "kind": "infographic", "title": "Sleep better", "lang": "en",
    "items": [
        {"label": "Keep one bedtime", "text": "Rise at the same time each day."},
        {"label": "Cool the room", "text": "About 18 °C is best.", "value": 18, "unit": "°C"},
    ],
}  # fmt: skip
QUIZ: dict[str, Any] = {
    "kind": "app", "title": "Planets", "lang": "en",
    "questions": [
        {"question": "Which planet is smallest?", "options": ["Venus", "Earth", "Mercury"], "answer": 3},
        {"question": "Which planet is closest to the sun?", "options": ["Mercury", "Venus", "Mars"], "answer": 1},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        ("now in German", "de"), ("translate it into Spanish", "es"), ("auf Deutsch bitte", "de"), ("用中文", "zh"), ("日本語で", "ja"),
        ("in French?", "fr"), ("بالعربية", "ar"), ("simpler", "en"), ("make it simpler, for kids", "en"), 
        ("Explain it like I'm five", "en"),
        ("more detail please", "en"), ("erkläre es für Kinder", "en"), ("もっと簡単に", "en"), ("更简单一点", "en"),
        ("plus simple s'il te plaît", "en"), ("can you make it funnier", "en"),
    ],
)  # fmt: skip
def test_wishes_about_the_whole_are_understood(words: str, lang: str) -> None:
    cast = recast.wished(read(TIPS), words)
    assert cast is not None and cast.lang == lang and not cast.anew


@pytest.mark.parametrize(
    "words",
    [
        "add German shepherds", "remove German", "make it red", "the title in Spanish", "simpler alternatives to Excel", "now in English",
        "how do I learn Spanish?", "best Spanish restaurants", "a chart of French GDP", "shorter", "make the third simpler", "thanks!",
        "formal dress code tips", "games for kids", "top 5", "a quiz on German history", "Japanese food for beginners",
    ],
)  # fmt: skip
def test_other_wishes_and_new_questions_are_not(words: str) -> None:
    assert recast.wished(read(TIPS), words) is None


def test_a_picture_s_words_are_translated_and_its_mood_is_painted() -> None:
    picture = read({"kind": "image", "title": "A fox in the snow", "prompt": "a red fox in snow", "lang": "en"})
    cast = recast.wished(picture, "in Spanish")
    assert cast is not None and cast.lang == "es" and recast.wished(picture, "make it more playful") is None


def test_harder_is_other_questions_where_there_is_a_key_and_other_words_where_there_is_none() -> None:
    quiz, tips = recast.wished(read(QUIZ), "now make it harder"), recast.wished(read(TIPS), "make it easier")
    assert quiz is not None and quiz.anew and tips is not None and not tips.anew


def answered(spec: Spec, words: str, before: str, *lines: dict[str, Any]) -> list[Event]:
    planner = Planner(Scripted([Line.model_validate(line) for line in lines]))
    return list(planner.answer(Request(words, history=(Turn(before, "", ("v1",)),), earlier={"v1": spec})))


def last(events: list[Event]) -> Drawn:
    return [event for event in events if isinstance(event, Drawn)][-1]


GERMAN = {
    "title1": "Besser schlafen", "label2": "Eine feste Bettzeit", "text2": "Stehen Sie jeden Tag zur selben Zeit auf.",
    "label3": "Das Zimmer kühlen", "text3": "Etwa 18 °C sind am besten.",
}  # fmt: skip


def test_a_translation_keeps_the_place_the_parts_and_the_figures() -> None:
    spec = read(TIPS)
    drawn = last(answered(spec, "now in German", "2 tips for sleep", {"label": "recast", "answer": GERMAN}))
    made = drawn.spec
    assert isinstance(made, Infographic) and drawn.into == "v1" and made.lang == "de" and made.title == "Besser schlafen"
    assert [(item.id, item.label, item.value, item.unit) for item in made.items] == [
        ("item1", "Eine feste Bettzeit", None, ""), ("item2", "Das Zimmer kühlen", 18, "°C"),
    ]  # fmt: skip


def test_what_stayed_as_it_was_is_asked_for_again_and_then_written_whole() -> None:
    spec = read(TIPS)
    same = {
        "title1": spec.title,
        "label2": "Keep one bedtime",
        "text2": "Rise at the same time each day.",
        "label3": "Cool the room",
        "text3": "x",
    }
    whole = {"title": "Sleep", "items": [{"label": "Bed", "text": "Go at nine."}, {"label": "Cold", "text": "Open a window."}]}
    events = answered(
        spec, "make it simpler", "2 tips for sleep", {"label": "recast", "answer": same}, {"label": "infographic", "answer": whole}
    )
    made = last(events).spec
    assert isinstance(made, Infographic) and last(events).into == "v1" and [item.label for item in made.items] == ["Bed", "Cold"]


def test_a_translated_quiz_keeps_its_key() -> None:
    words = recast.texts(read(QUIZ))
    assert "question1.options.0" in words
    new = {place: f"¿{said}?" for place, said in words.items()}
    made = recast.recast(read(QUIZ), new, "es")
    assert isinstance(made, App) and [question.answer for question in made.questions] == [3, 1]
    assert made.questions[0].options == ("¿Venus?", "¿Earth?", "¿Mercury?")


def test_harder_asks_the_question_again_in_the_same_place() -> None:
    harder = {
        "title": "Planets",
        "questions": [QUIZ["questions"][0] | {"question": "Which planet turns backwards?"}, *QUIZ["questions"][1:]],
    }
    when = r"a quiz on planets \(make it harder\)"
    key = {"label": "confirm", "answer": {"1": "Mercury", "2": "Mercury"}}
    events = answered(read(QUIZ), "make it harder", "a quiz on planets", {"label": "app", "when": when, "answer": harder}, key)
    made = last(events).spec
    assert isinstance(made, App) and last(events).into == "v1" and made.questions[0].question == "Which planet turns backwards?"


def test_many_texts_are_written_a_few_at_a_time() -> None:
    items = [{"label": f"Point {n} of all", "text": f"It says thing {n}."} for n in range(20)]
    spec = read(TIPS | {"items": items})
    cast = recast.wished(spec, "in Spanish")
    assert cast is not None
    rounds = list(recast.asked(spec, cast))
    assert len(rounds) > 1 and sum(len(places) for places, _, _ in rounds) == len(recast.texts(spec)) == 41
    assert all(
        len(places) <= recast.AT_ONCE and set(schema["required"]) == set(json.loads(asked[1].content)) for places, asked, schema in rounds
    )


def test_a_board_whose_boxes_have_only_names_is_translated_too() -> None:
    board = read(
        {
            "kind": "whiteboard",
            "title": "Orders",
            "nodes": [{"name": "Shop"}, {"name": "Kitchen"}],
            "edges": [{"start": "Shop", "end": "Kitchen"}],
        }
    )
    assert set(recast.texts(board).values()) >= {"Shop", "Kitchen"}


def test_the_person_is_told_what_was_done_in_their_language() -> None:
    events = answered(read(TIPS), "auf Deutsch bitte", "2 tips for sleep", {"label": "recast", "answer": GERMAN})
    planned = next(event for event in events if isinstance(event, Planned))
    assert planned.form == "infographic" and not [event for event in events if isinstance(event, Said)]


ANSWER = "Canberra is the capital. " * 30


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("now in Spanish", "Spanish"),
        ("shorter", "two short sentences"),
        ("simpler, for kids", "simpler, for kids"),
        ("auf Deutsch bitte", "German"),
    ],
)
def test_the_last_answer_in_words_is_written_anew_whole(words: str, told: str) -> None:
    line = {"when": rf"{ANSWER.strip()}\n\n\([^\n]*{told}", "answer": "La capital es Canberra y nada más."}
    planner = Planner(Scripted([Line.model_validate(line)]))
    events = list(planner.answer(Request(words, history=(Turn("what is the capital of Australia?", ANSWER),))))
    planned = next(event for event in events if isinstance(event, Planned))
    said = "".join(event.delta for event in events if isinstance(event, Said))
    assert planned.form == "text" and said.startswith("La capital es Canberra")


@pytest.mark.parametrize(
    "words", ["what about New Zealand?", "other examples", "a chart of it in red", "thanks!", "how do I learn Spanish?"]
)
def test_new_questions_after_words_are_not_rewordings(words: str) -> None:
    assert recast.reworded(Request(words, history=(Turn("what is the capital of Australia?", ANSWER),))) is None
    assert recast.reworded(Request("shorter", history=(Turn("3 tips", "", ("v1",)),))) is None
