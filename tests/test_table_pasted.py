"""A table in the words of a message is a table, and prose with commas is none."""

from pathlib import Path

import pytest

from flipchart.gui.asked import Asked
from flipchart.gui.minds import always
from flipchart.gui.session import Session
from flipchart.gui.store import Store
from flipchart.models.llm_scripted import Scripted
from flipchart.models.planner import Planner
from flipchart.renderers.table_pasted import parted

CELLS = "Product\tQ1\tQ4\nEspresso machines\t1.2k\t2.3k\nKettles\t900\t1,300\nTotal\t2.1k\t3,600"


@pytest.mark.parametrize(
    ("text", "words", "rows"),
    [
        (f"{CELLS}\n\nwhich product grew the most from Q1 to Q4?", "which product grew the most from Q1 to Q4?", 4),
        (f"Here it is:\n{CELLS}\nsum of Q4", "Here it is: sum of Q4", 4),
        ("Chart this\n| City | Rain |\n|---|---|\n| Oslo | 76 |\n| Bergen | 240 |", "Chart this", 4),
        ("region,sales\nNorth,100\nSouth,200\nEast,150\nwhich is best?", "which is best?", 4),
        ("Name, Age\r\nAda, 31\r\nBo, 40\r\naverage age?", "average age?", 3),
        ("Stadt;Regen\nOslo;76,2\nBergen;240,1\nmehr?", "mehr?", 3),
        (CELLS, "", 4),
    ],
)
def test_a_table_is_told_apart_from_the_words_around_it(text: str, words: str, rows: int) -> None:
    found = parted(text)
    assert found is not None and found[0] == words and len(found[1].split("\n")) == rows


@pytest.mark.parametrize(
    "text",
    [
        "Dear all,\nI would like to say, that we, too, are here.\nBest, Ada\nand Bo, Cato",
        "def f(a, b):\n    return a, b\nprint(f(1, 2))",
        "Buy milk, 2 eggs\nbread, 3 rolls\ncheese, 1 pack",
        "first this; then that\nsecond; third\nand so on; end",
        "```\na,b\n1,2\n3,4\n```",
        "one line, two cells",
        "a | b in logic means or\nand c | d too",
        "graph LR\n  A[1,2] --> B[3,4]\n  B --> C",
    ],
)
def test_words_are_no_table(text: str) -> None:
    assert parted(text) is None


def test_a_question_with_its_table_is_answered_from_it(tmp_path: Path) -> None:
    session = Session(Store(tmp_path), always(Planner(Scripted([]))))
    answer = session.ask(Asked(text=f"{CELLS}\n\nwhich product grew the most from Q1 to Q4?"))
    (chart,) = answer.visuals
    assert dict(zip(chart.labels, chart.series[0].values, strict=True)) == pytest.approx(  # type: ignore[attr-defined]
        {"Espresso machines": 100 * 1100 / 1200, "Kettles": 100 * 400 / 900}
    )
    assert session.store.runs(answer.conversation)[0].request["text"] == "which product grew the most from Q1 to Q4?"
    session.close(0.0)
