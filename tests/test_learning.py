"""What a person changed of the answers becomes lessons for the router."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flipchart.gui import learning
from flipchart.gui.asked import Asked
from flipchart.gui.minds import always
from flipchart.gui.session import Session
from flipchart.gui.store import Store
from flipchart.models.events import Drawn, Event, Planned, Request, Said
from flipchart.models.router_learn import Lesson
from flipchart.renderers.render import read

TIPS = {
    "kind": "infographic",
    "title": "Sleep",
    "items": [{"label": "Dark", "text": "No screens."}, {"label": "Cool", "text": "At night."}],
}


class Drawing:
    """A planner that draws the same whatever it is asked."""

    def answer(self, request: Request) -> Iterator[Event]:
        yield Planned("infographic", (("infographic", 0.9),), "Tips.", 1.0)
        yield Said("Two.")
        yield Drawn(read(TIPS))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(Store(tmp_path), always(Drawing()))
    yield made
    made.close(0.0)


def asked(session: Session, question: str, conversation: str = "") -> tuple[str, str, str]:
    """(conversation, run, visual) of an answered question."""
    answer = session.ask(Asked(text=question), conversation)
    (visual,) = [one for one in session.store.visuals(answer.conversation) if one.run == answer.run]
    return answer.conversation, answer.run, visual.id


def taught(session: Session) -> list[tuple[str, set[str], set[str], float]]:
    return [(one.query.text, set(one.yes), set(one.no), one.weight) for one in learning.lessons(session)]


def test_an_override_says_what_was_wanted_and_what_was_not(session: Session) -> None:
    _, _, visual = asked(session, "2 tips for sleep")
    session.convert(visual, "text")
    assert taught(session) == [("2 tips for sleep", {"text"}, {"infographic"}, 1.0)]


def test_the_last_override_counts(session: Session) -> None:
    _, _, visual = asked(session, "2 tips for sleep")
    session.convert(visual, "text")
    session.convert(visual, "infographic")
    assert taught(session) == [("2 tips for sleep", {"infographic"}, {"text"}, 1.0)]


def test_an_edit_and_a_thumb_weigh_less(session: Session) -> None:
    conversation, _, visual = asked(session, "2 tips for sleep")
    session.edit(visual, [{"id": "infographic1", "set": {"title": "Better sleep"}}])
    _, run, _ = asked(session, "2 tips for bees", conversation)
    session.rate(run, "down")
    _, run, _ = asked(session, "2 tips for owls", conversation)
    session.rate(run, "up")
    session.rate(run, "")
    told = taught(session)
    assert told == [
        ("2 tips for sleep", {"infographic"}, set(), learning.EDITED),
        ("2 tips for bees", set(), {"infographic"}, learning.THUMB),
    ]
    later: Lesson = list(learning.lessons(session))[1]
    assert later.query.history is not None
    assert "[infographic: " in later.query.history


def test_without_choices_there_is_nothing_to_learn(session: Session) -> None:
    asked(session, "2 tips for sleep")
    assert taught(session) == []
    assert "nothing to learn from" in learning.learn(session)
