"""How well the router routes, on prompts it was never trained on: accuracy, calibration and speed, as a table and as a page."""

import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flipchart.models import router
from flipchart.models.router import FORMS, Floats
from flipchart.models.router_prompts import VOICES, Row, rows


@dataclass(frozen=True, slots=True)
class Exam:
    """How the head did on rows."""

    rows: list[Row]
    likely: Floats  # (n, forms)

    def right(self, keep: Sequence[Row] | None = None) -> float:
        """The share of rows (of `keep`) whose highest form is accepted."""
        ids = None if keep is None else {id(row) for row in keep}
        hits = [
            FORMS[int(chance.argmax())] in row.forms
            for row, chance in zip(self.rows, self.likely, strict=True)
            if ids is None or id(row) in ids
        ]
        return float(np.mean(hits)) if hits else float("nan")

    def error(self) -> float:
        """Expected calibration error over all chances of all forms, in ten bins."""
        accepted = np.array([[form in row.forms for form in FORMS] for row in self.rows])
        bins = np.minimum((self.likely * 10).astype(int), 9)
        gaps = [
            abs(self.likely[bins == b].mean() - accepted[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any()
        ]
        return float(sum(gaps))


def examined(of: list[Row], senses: bool) -> Exam:
    """The head on disk on rows, as `route` would see them."""
    router._head.cache_clear()
    return Exam(of, np.stack([router.chances(row.query, senses=senses) for row in of]))


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *lines])


def _share(value: float) -> str:
    return "–" if value != value else f"{value:.1%}"


ABOUT = {
    "held": "looked at while the training prompts grew; the chances are calibrated on it",
    "final": "written apart, in the way of instructions and task collections; its misses were looked at once",
    "wild": "written as many different people, before any of them was scored; its misses were looked at twice",
    "blind": "written as many people ask and tasks are put, before the last training prompts; none of its misses was looked at",
    "hard": "implied needs, traps, follow-ups and files, written with `blind`; none of its misses was looked at",
}


def report(unseen: dict[str, float]) -> str:
    """The page docs/routing.md: what was trained on, and how well it does on other voices and languages."""
    trained = rows("train")
    seen_by = Counter(row.language for row in trained)
    parts = [
        "# How well the router routes",
        (
            "Made by `python -m flipchart.models.router_train`; `flipchart eval routing` holds the same exam. A prompt counts as right "
            "where the highest form is among those accepted. The voices below were written apart from the training prompts and never "
            "trained on. “Alone” is the head without sentence embeddings. The calibration error is the mean gap, over all forms and "
            "in ten bins, between the chance told and the share who accept."
        ),
        (
            f"Trained on {len(trained)} prompts of {len({row.block for row in trained})} blocks: "
            + ", ".join(f"{language} {count}" for language, count in seen_by.most_common())
            + "."
        ),
    ]
    for voice in VOICES:
        of = rows(voice)
        full, alone = examined(of, senses=True), examined(of, senses=False)
        parts.append(f"## Voice `{voice}`: {len(of)} prompts, {ABOUT[voice]}")
        parts.append(
            _table(["", "prompts", "right", "alone"], [[name, *_line(part, full, alone)] for name, part in groups(of).items() if part])
        )
        parts.append(f"Calibration error {full.error():.3f}, alone {alone.error():.3f}.")
        titles = ["language", "prompts", "right", "alone"] + ["right, never trained on"] * (voice == "held" and bool(unseen))
        by_language = []
        for tongue in sorted({row.language for row in of}):
            spoken = [row for row in of if row.language == tongue]
            line = [tongue, *_line(spoken, full, alone)]
            if len(titles) > 4:
                line.append(_share(unseen.get(tongue, float("nan")) if tongue in seen_by else full.right(spoken)))
            by_language.append(line)
        parts.append(_table(titles, by_language))
    return "\n\n".join(parts) + "\n"


def groups(of: Sequence[Row]) -> dict[str, list[Row]]:
    """The parts of an exam that are told of by name."""
    parts = {
        "English": [row for row in of if row.language == "en"],
        "other languages": [row for row in of if row.language != "en"],
        "needs no visual (kept as text)": [row for row in of if row.forms == {"text"}],
        "within a conversation": [row for row in of if row.query.history],
        "with a file": [row for row in of if row.query.files],
    }
    parts |= {f"only {form}": [row for row in of if row.forms == {form}] for form in FORMS[1:]}
    return parts | {"several forms": [row for row in of if len(row.forms) > 1]}


def milliseconds(of: Sequence[Row]) -> float:
    """What routing one of the prompts takes, the median."""
    times = []
    for row in of:
        begun = time.perf_counter()
        router.route(row.query)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def _line(of: list[Row], full: Exam, alone: Exam) -> list[str]:
    return [str(len(of)), _share(full.right(of)), _share(alone.right(of))]
