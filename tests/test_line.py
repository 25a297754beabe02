"""The whole line on the real embedded model: a question, a drawn answer, a deck that an office suite opens."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flipchart.models import weights

MODEL = "qwen2.5-coder-0.5b"
ASKED = "Visitors were 4200 in May, 5100 in June, 3900 in July and 6100 in August. How did the summer go?"


@pytest.fixture(scope="module")
def model() -> str:
    """The smaller embedded model, its weights fetched once."""
    if weights.path(MODEL) is None:
        weights.pull(MODEL)
    return f"embedded:{MODEL}"


def ask(model: str, *words: str) -> dict[str, object]:
    command = [sys.executable, "-m", "flipchart", "ask", *words, "--model", model, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"FLIPCHART_MODEL": ""}, timeout=600, check=False)
    assert done.stdout, done.stderr
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_a_question_with_figures_becomes_a_chart_that_an_office_suite_opens(model: str, tmp_path: Path) -> None:
    from pptx import Presentation

    deck = tmp_path / "summer.pptx"
    answer = ask(model, ASKED, "--as", "chart", "-o", str(deck))
    visuals = answer["visuals"]
    assert isinstance(visuals, list)
    assert visuals[0]["series"][0]["values"] == [4200, 5100, 3900, 6100]
    assert {source["kind"] for place, source in visuals[0]["sources"].items() if ".values" in place} == {"quoted"}

    charts = [shape.chart for slide in Presentation(str(deck)).slides for shape in slide.shapes if shape.has_chart]
    assert list(charts[0].plots[0].series[0].values) == [4200, 5100, 3900, 6100]

    office = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/office",
        "--convert-to",
        "pdf",
        "--outdir",
        str(tmp_path),
        str(deck),
    ]
    subprocess.run(office, check=True, capture_output=True, timeout=180)
    read = subprocess.run(["pdftotext", str(tmp_path / "summer.pdf"), "-"], capture_output=True, text=True, check=True).stdout
    assert "May" in read
    assert "Aug" in read


@pytest.mark.parametrize(
    ("question", "form"),
    [("4 tips for tidy cables", "infographic"), ("the shop sends orders to the kitchen and the kitchen calls the driver", "whiteboard")],
)
def test_a_plain_question_is_drawn_without_a_fault(model: str, question: str, form: str, tmp_path: Path) -> None:
    answer = ask(model, question, "--as", form, "-o", str(tmp_path / "out.svg"))
    visuals = answer["visuals"]
    assert isinstance(visuals, list)
    assert visuals[0]["kind"] == form
    assert (tmp_path / "out.svg").read_text("utf-8").startswith("<svg")
