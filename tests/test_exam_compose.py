"""The exam in composing: what holds is counted, what does not is named."""

from typing import Any

import pytest

from flipchart.gui import exam_compose
from flipchart.gui.exam import held
from flipchart.models.llm_scripted import Line, Scripted
from flipchart.models.planner import Planner


def planner(*answers: dict[str, Any]) -> Planner:
    return Planner(Scripted([Line.model_validate(line) for line in answers]))


TIPS = {"title": "Plants live", "items": [{"label": word} for word in ("Water", "Light", "Warmth", "Soil", "Patience")]}


def test_answers_are_graded_by_what_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = (
        '[{"form": "infographic", "question": "5 habits that keep houseplants alive", "needs": ["water"]},'
        ' {"form": "infographic", "question": "4 habits of plants", "needs": ["wine"]},'
        ' {"form": "text", "question": "in one sentence: why is the sky blue?"}]'
    )
    monkeypatch.setattr(
        exam_compose.assets, "text", lambda name, real=exam_compose.assets.text: questions if "exam" in name else real(name)
    )
    mind = planner({"label": "infographic", "answer": TIPS}, {"label": "text", "answer": "Air scatters blue. It does so more than red."})
    rows = {what: (asked, sound) for what, asked, sound, _ in [*exam_compose.compose(mind), *exam_compose.constraints(mind)]}
    assert rows["answered in the form asked for"] == (3, 3)
    assert rows["all checks passed"] == (3, 2)
    assert rows["what was given is in it"] == (2, 1)
    assert rows["counts, tables, sentences kept"] == (3, 1)


def test_follow_ups_are_measured_without_a_model() -> None:
    table = held("edits")
    assert "follow-ups carried out by rule" in table
    share = int(table.split("%")[0].split()[-1])
    assert 30 <= share <= 100
