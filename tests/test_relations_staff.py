"""Org charts said in full: people, titles and teams as they were said, by rule; what is not understood is left to a model."""

import pytest

from flipchart.models import relations, relations_staff
from flipchart.models.events import Drawn, Request
from flipchart.renderers.whiteboard_spec import Whiteboard


def chart(text: str) -> tuple[dict[str, str], set[str]]:
    events = relations.answer(Request(text))
    assert events is not None
    (spec,) = (event.spec for event in events if isinstance(event, Drawn))
    assert isinstance(spec, Whiteboard)
    assert spec.design == "tree"
    return {node.name: node.note for node in spec.nodes if node.note}, {f"{edge.start} > {edge.end}" for edge in spec.edges}


TEAMS = {"Mia > Web team", "Mia > Data team", "Web team > Ana", "Web team > Bo", "Data team > Cy"}


@pytest.mark.parametrize(
    ("text", "titles", "under"),
    [
        (
            "org chart: the CTO Mia leads the web team with Ana and Bo and the data team with Cy; Eli is the CEO and Mia reports to him.",
            {"Mia": "CTO", "Eli": "CEO"},
            TEAMS | {"Eli > Mia"},
        ),
        (
            "org chart: Mia, the CTO, leads the web team (Ana and Bo) and the data team with Cy; Eli is head of sales and reports to Mia",
            {"Mia": "CTO", "Eli": "Head of sales"},
            TEAMS | {"Mia > Eli"},
        ),
        (
            "an org chart of our firm. CEO Eli leads Mia (CTO) and Jo (CFO). Mia leads the web team: Ana and Bo. Jo manages Kim and Lee.",
            {"Eli": "CEO", "Mia": "CTO", "Jo": "CFO"},
            {"Eli > Mia", "Eli > Jo", "Mia > Web team", "Web team > Ana", "Web team > Bo", "Jo > Kim", "Jo > Lee"},
        ),
        (
            "draw an org chart where Eli is the CEO, Mia is the CTO and reports to Eli, and Ana and Bo report to Mia",
            {"Eli": "CEO", "Mia": "CTO"},
            {"Eli > Mia", "Mia > Ana", "Mia > Bo"},
        ),
        (
            "org chart: director Ann Lee manages Bo and Cy Park. Bo leads the shop team with Dee, Flo. Gus is a designer on the shop team.",
            {"Ann Lee": "Director", "Gus": "Designer"},
            {"Ann Lee > Bo", "Ann Lee > Cy Park", "Bo > Shop team", "Shop team > Dee", "Shop team > Flo", "Shop team > Gus"},
        ),
    ],
)
def test_everyone_is_there_as_they_were_said(text: str, titles: dict[str, str], under: set[str]) -> None:
    assert chart(text) == (titles, under)


@pytest.mark.parametrize(
    "text",
    [
        "the CTO Mia leads the web team with Ana and Bo; Eli is on holiday",
        "the CTO Mia leads two teams, design with Bo and research with Cy",
        "Mia leads the web team",
        "how does the CTO Mia lead the web team?",
        "a CEO, a CTO and a CFO",
        "the CEO leads the CTO and the CFO",
        "the gateway leads to the web service, and the web service reports to the log",
        "Ann " + "and Bo " * 200,
    ],
)
def test_what_is_not_wholly_understood_is_not_read(text: str) -> None:
    assert relations_staff.read(text) is None
