"""The exam in composing: questions in nine languages answered by the model as a given form, and follow-ups carried out by rule."""

import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from flipchart import assets
from flipchart.gui.gallery import every
from flipchart.models.critique import language_fault, main_list, told
from flipchart.models.events import Drawn, Effort, Noted, Request, Said, Used
from flipchart.models.language import detect
from flipchart.models.planner import Planner
from flipchart.models.restyle import restyled
from flipchart.models.wishes import sentences_in, wishes
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec

Row = tuple[str, int, int, str]
"""What was asked, of how many, how many held, and what is worth knowing."""

BUDGET = {"slides": 900}  # completion tokens (DESIGN: budgets); 350 for the other visuals
WISHES = (
    "in red", "dark", "sort by size", "top 3", "as a table", "shorter", "remove the second", "en azul", "modo oscuro", "in Grün",
    "dunkler", "kürzer", "en vert", "plus court", "em roxo", "mais curto", "换成红色", "删除第二个",
    "赤にして", "短く", "लाल रंग में करो", "باللون الأزرق",
)  # fmt: skip


@dataclass(slots=True)
class Graded:
    """One question as it was answered."""

    form: str
    question: str
    spec: Spec | None = None
    text: str = ""
    errors: list[str] = field(default_factory=list)
    warnings: int = 0
    tokens: int = 0
    seconds: float = 0.0
    needs: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """True where it came in the form that was asked for and no check finds an error in it."""
        return self.drawn and not self.errors

    @property
    def given(self) -> bool:
        """True where all that the question gave is in it."""
        return all(need in self.shown for need in self.needs)

    @property
    def drawn(self) -> bool:
        """True where there is an answer of the form that was asked for."""
        return bool(self.text.strip()) if self.form == "text" else self.spec is not None

    @property
    def shown(self) -> str:
        """All the words and figures of the answer, figures without their commas."""
        held = form(self.form).markdown(self.spec) + self.spec.model_dump_json() if self.spec else self.text
        return held.casefold().replace(",", "")

    @property
    def in_language(self) -> bool:
        """True where the words are in the language of the question, as far as can be told."""
        words = " ".join(words for _, words in told(self.spec)) if self.spec else self.text
        return not language_fault(words, detect(self.question))

    @property
    def constraints(self) -> list[bool]:
        """Whether each wish beside the subject was kept."""
        wish = wishes(self.question)
        out = []
        if wish.count and self.spec is not None and form(self.form).headline is None:
            out.append(len(main_list(self.spec)) + type(self.spec).UNCOUNTED == wish.count)
        if wish.table and self.spec is not None:
            out.append(getattr(self.spec, "mark", "table") == "table")
        if wish.sentences and self.form == "text":
            out.append(sentences_in(self.text.split("\n\n*")[0]) <= wish.sentences)
        return out


@cache
def graded(planner: Planner, first: int = 0) -> tuple[Graded, ...]:
    """The questions answered, all or the `first` so many of each form."""
    seen: dict[str, int] = {}
    out = []
    for one in json.loads(assets.text("exam/compose.json")):
        seen[one["form"]] = seen.get(one["form"], 0) + 1
        if not first or seen[one["form"]] <= first:
            out.append(answered(planner, Graded(one["form"], one["question"], needs=tuple(one.get("needs", ())))))
    return tuple(out)


def answered(planner: Planner, one: Graded, effort: Effort = "standard") -> Graded:
    """The question, now with its answer."""
    begun = time.monotonic()
    for event in planner.answer(Request(one.question, form=one.form, effort=effort)):
        match event:
            case Drawn(status="done"):
                one.spec = event.spec
            case Said():
                one.text += event.delta
            case Noted():
                one.errors += [f"{finding.code} {finding.where}" for finding in event.findings if finding.level == "error"]
                one.warnings += sum(finding.level == "warning" for finding in event.findings)
            case Used():
                one.tokens += event.completion_tokens
    one.seconds = time.monotonic() - begun
    return one


def compose(planner: Planner) -> Iterator[Row]:
    """Drawn, sound, in the person's language, with what was given in it."""
    all_ = graded(planner)
    worst = next((f"{one.question[:40]}: {one.errors[0]}" for one in all_ if one.errors), "")
    yield (
        "answered in the form asked for",
        len(all_),
        sum(one.drawn for one in all_),
        f"{_median(one.seconds for one in all_):.0f} s median",
    )
    yield "all checks passed", len(all_), sum(one.sound for one in all_), worst
    yield "in the person's language", len(all_), sum(one.in_language for one in all_), ""
    given = [one for one in all_ if one.needs]
    yield "what was given is in it", len(given), sum(one.given for one in given), ""
    for kind in dict.fromkeys(one.form for one in all_):
        own = [one for one in all_ if one.form == kind]
        yield f"{kind}: all checks passed", len(own), sum(one.sound for one in own), ""


def constraints(planner: Planner) -> Iterator[Row]:
    """Asked-for counts, tables and lengths."""
    kept = [held for one in graded(planner) for held in one.constraints]
    yield "counts, tables, sentences kept", len(kept), sum(kept), ""


def tokens(planner: Planner) -> Iterator[Row]:
    """What answers took, beside their budgets."""
    all_ = graded(planner)
    for kind in dict.fromkeys(one.form for one in all_ if one.form != "text"):
        own = [one.tokens for one in all_ if one.form == kind]
        most = BUDGET.get(kind, 350)
        yield f"{kind}: within {most} tokens", len(own), sum(spent <= most for spent in own), f"{_median(own):.0f} median"


def edits() -> Iterator[Row]:
    """Follow-ups in nine languages on every example: what a rule carries out, and in what time; no model is asked."""
    done = asked = 0
    spent = []
    for _, _, shown in every():
        for wish in WISHES:
            begun = time.perf_counter()
            done += restyled(shown, wish) is not None
            spent.append((time.perf_counter() - begun) * 1000)
            asked += 1
    yield "follow-ups carried out by rule", asked, done, f"{_median(spent):.1f} ms median, {max(spent):.0f} ms at most"


SUITES = {"compose": compose, "constraints": constraints, "tokens": tokens}
"""The suites that ask a model; they share its answers."""


def _median(values: "Iterator[float] | list[int] | list[float]") -> float:
    held = list(values)
    return statistics.median(held) if held else 0.0
