"""Plans told in full are drawn as Gantt charts at once; what is not told in full is left to a model."""

from datetime import date
from typing import Any

import pytest

from flipchart.models import plans
from flipchart.models.events import Drawn, Request, Turn
from flipchart.renderers import render


def spans(words: str) -> dict[str, tuple[str, str]]:
    """Start and end by task."""
    spec: Any = plans.read(words)
    assert spec is not None and spec.mark == "gantt"
    return {name: (spec.series[0].texts[n], spec.series[1].texts[n]) for n, name in enumerate(spec.labels)}


@pytest.mark.parametrize(
    ("words", "tasks"),
    [
        (
            "Gantt plan: Design 1 March to 20 March, Build 15 March to 30 April, Launch 15 May 2027",
            {"Design": ("2027-03-01", "2027-03-20"), "Build": ("2027-03-15", "2027-04-30"), "Launch": ("2027-05-15", "2027-05-15")},
        ),
        (
            "Draw a Gantt chart for the kitchen: plans 3 Feb 2025 - 21 Feb 2025; strip out 10.3. – 16.3.",
            {"Plans": ("2025-02-03", "2025-02-21"), "Strip out": ("2025-03-10", "2025-03-16")},
        ),
        (
            "Project schedule:\n- Design: 2027-03-01 to 2027-03-20\n- Build: from 2027-03-15 until 2027-04-30",
            {"Design": ("2027-03-01", "2027-03-20"), "Build": ("2027-03-15", "2027-04-30")},
        ),
        (
            "Projektplan: Entwurf vom 1. März bis 20. März 2027 und Bau 15. März bis 30. April",
            {"Entwurf": ("2027-03-01", "2027-03-20"), "Bau": ("2027-03-15", "2027-04-30")},
        ),
        (
            "Cronograma: diseño del 1 de marzo al 20 de marzo de 2027, obra del 15 de marzo al 30 de abril",
            {"Diseño": ("2027-03-01", "2027-03-20"), "Obra": ("2027-03-15", "2027-04-30")},
        ),
    ],
)
def test_tasks_have_the_dates_that_are_told(words: str, tasks: dict[str, tuple[str, str]]) -> None:
    assert spans(words) == tasks


def test_a_date_without_a_year_is_of_this_year_and_an_end_never_before_its_start() -> None:
    year = date.today().year
    told = spans("Plan: wiring November 10 to February 3, paint January 5 to January 9")
    assert told == {"Wiring": (f"{year}-11-10", f"{year + 1}-02-03"), "Paint": (f"{year}-01-05", f"{year}-01-09")}


@pytest.mark.parametrize(
    "words",
    [
        "Marketing plan: know your customers, set goals, choose channels",
        "plan a trip: Lisbon 3 March to 5 March, Porto 6 March to 9 March",
        "Schedule: meet Anna 3 March, meet Bo 5 March",
        "Gantt: Design 20 March 2027 to 1 March 2027, Build 1 April 2027 to 3 April 2027",
        "Gantt: Design 1 March to 20 March, Build right after it, Launch 15 May",
        "Work plan: wiring November 10 to February 3 2026, paint December 5 to December 9",  # an end with its year stands before its start
        "What is a Gantt chart: explain it",
        "My notes: Design 1 March to 20 March, Build 15 March to 30 April",
    ],
)
def test_what_is_not_told_in_full_is_left_to_a_model(words: str) -> None:
    assert plans.read(words) is None


def test_it_is_answered_at_once_and_fits() -> None:
    words = "Gantt plan: Design 1 March to 20 March, Build 15 March to 30 April 2027"
    drawn = [event.spec for event in plans.answer(Request(text=words)) or () if isinstance(event, Drawn)]
    assert [spec.title for spec in drawn] == ["From Mar 1, 2027 to Apr 30, 2027"]
    assert not render.check(drawn[0])
    assert plans.answer(Request(text=words, form="infographic")) is None
    assert plans.answer(Request(text=words, autonomy=1)) is None
    after = plans.answer(Request(text=words, history=(Turn("hello", "hi"),)))
    assert after is not None


@pytest.mark.parametrize(
    ("words", "title", "items"),
    [
        (
            "Roadmap 2027: Q1 mobile app, Q2 payments, Q3 partners and Q4 going abroad",
            "Roadmap 2027",
            [("Q1", "Mobile app"), ("Q2", "Payments"), ("Q3", "Partners"), ("Q4", "Going abroad")],
        ),
        ("Timeline: 1957 Sputnik; 1961: Gagarin", "Timeline", [("1957", "Sputnik"), ("1961", "Gagarin")]),
        ("Fahrplan: Januar Planung, Mai 2027 – Bau", "Fahrplan", [("Januar", "Planung"), ("Mai 2027", "Bau")]),
        ("Feuille de route : T1 appli mobile, T2 paiements", "Feuille de route", [("T1", "Appli mobile"), ("T2", "Paiements")]),
    ],
)
def test_each_thing_of_a_roadmap_keeps_its_time(words: str, title: str, items: list[tuple[str, str]]) -> None:
    spec: Any = plans.read(words)
    assert spec.family == "timeline" and spec.title == title
    assert [(item.when, item.label) for item in spec.items] == items


def test_what_else_a_quarter_holds_is_a_point_of_it_and_a_road_without_times_is_left_to_a_model() -> None:
    spec: Any = plans.read("draw me a roadmap: Q1: launch beta, hire two people; Q2: open Berlin office")
    assert [(item.label, [child.label for child in item.children]) for item in spec.items] == [
        ("Launch beta", ["Hire two people"]), ("Open Berlin office", []),
    ]  # fmt: skip
    for words in (
        "Roadmap: mobile app, payments, partners",
        "timeline: the history of Rome",
        "Roadmap 2027",
        "We talked: Q1 mobile, Q2 pay",
    ):
        assert plans.read(words) is None
