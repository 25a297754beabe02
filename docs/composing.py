"""Holds the exam in composing on the real embedded model and writes docs/composing.md: how each question was
answered, at one effort or several.

python docs/composing.py [standard deep] [--every 3]
"""

import argparse
import json
import statistics
import time
from pathlib import Path

from flipchart import assets
from flipchart.gui.exam_compose import BUDGET, Graded, answered
from flipchart.models.llm import open_llm
from flipchart.models.painter import open_painter
from flipchart.models.planner import Planner

HERE = Path(__file__).parent


def main() -> None:
    """Asks, tells each answer as it comes, and writes the table."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("efforts", nargs="*", default=["standard"])
    reading.add_argument("--model")
    reading.add_argument("--every", type=int, default=1, help="ask only each so many-th question")
    reading.add_argument("--answers", type=Path, help="a folder that gets the answers themselves")
    told = reading.parse_args()
    planner = Planner(open_llm(told.model), open_painter())
    questions = json.loads(assets.text("exam/compose.json"))[:: told.every]
    efforts: dict[str, list[Graded]] = {effort: [] for effort in told.efforts}
    for number, one in enumerate(questions):
        for effort, graded in efforts.items():
            graded.append(answered(planner, Graded(one["form"], one["question"], needs=tuple(one.get("needs", ()))), effort))
            print(time.strftime("%H:%M:%S"), effort, _row(graded[-1]), flush=True)
            if told.answers:
                told.answers.mkdir(parents=True, exist_ok=True)
                spec = graded[-1].spec
                (told.answers / f"{number:02d}-{effort}.json").write_text(spec.model_dump_json() if spec else graded[-1].text)
    (HERE / "composing.md").write_text(_page(efforts, told.model or "the embedded model"))


def _page(efforts: dict[str, list[Graded]], model: str) -> str:
    out = [
        "# How well the planner composes\n",
        (
            "Made by `python docs/composing.py` on the questions of `assets/exam/compose.json`, which name the form they want; "
            f"answered by {model}. `flipchart eval compose` holds the same exam. *Sound*: no check finds an error (layout, contrast, "
            "figures, quotations, repetition, language). *Given*: the figures and names of the question are in the answer. *Wishes*: "
            "asked-for counts, tables and lengths. Tokens are all that were written for it, repairs included.\n"
        ),
        "| effort | questions | in form | sound | in language | given | wishes | warnings | tokens, median | seconds, median |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for effort, all_ in efforts.items():
        wishes = [kept for one in all_ for kept in one.constraints]
        given = [one.given for one in all_ if one.needs]
        out.append(
            f"| {effort} | {len(all_)} | {sum(one.drawn for one in all_)} | {sum(one.sound for one in all_)} "
            f"| {sum(one.in_language for one in all_)} | {sum(given)} of {len(given)} | {sum(wishes)} of {len(wishes)} "
            f"| {sum(one.warnings for one in all_)} | {statistics.median(one.tokens for one in all_):.0f} "
            f"| {statistics.median(one.seconds for one in all_):.1f} |"
        )
    for effort, all_ in efforts.items():
        out += [f"\n## Effort: {effort}\n", "| form | question | kept | tokens | seconds |", "| --- | --- | --- | --- | --- |"]
        out += [_row(one) for one in all_]
    return "\n".join(out) + "\n"


def _row(one: Graded) -> str:
    missed = [*one.errors[:3]]
    missed += [] if one.drawn else ["not drawn"]
    missed += [] if one.in_language else ["another language"]
    missed += [] if one.given else ["not all that was given"]
    missed += [] if all(one.constraints) else ["a wish"]
    missed += ["over its tokens"] if one.form != "text" and one.tokens > BUDGET.get(one.form, 350) else []
    return f"| {one.form} | {one.question} | {', '.join(missed) or 'all'} | {one.tokens} | {one.seconds:.1f} |"


if __name__ == "__main__":
    main()
