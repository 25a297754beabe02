"""The planner's and the renderers' own exam: what share of it holds, measured here and now on questions written for it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flipchart.gui.gallery import every
from flipchart.models.events import Drawn, Failed, File, Request
from flipchart.renderers import render
from flipchart.renderers.database import Table
from flipchart.renderers.problem import Problem
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import style, themes

if TYPE_CHECKING:
    from flipchart.models.planner import Planner

WIDTHS = (390.0, 720.0, 1280.0)  # px


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what was asked of how many, how many held, and what is worth knowing."""

    suite: str
    what: str
    asked: int
    held: int
    note: str = ""


def held(suite: str | None = None, model: str | None = None) -> str:
    """The results as a table; raises Problem for a suite that does not exist."""
    suites: dict[str, Callable[[str | None], Iterator[Line]]] = {"routing": _routing, "layout": _layout}
    suites |= {"edits": _composing("edits")}
    suites |= {name: _composing(name) for name in ("compose", "constraints", "tokens")} | {"fidelity": _fidelity}
    suites["data"] = _data
    if suite is not None and suite not in suites:
        raise Problem(f"there is no suite {suite!r}; there are {', '.join(suites)}")
    lines = [line for name, run in suites.items() if suite in (None, name) for line in run(model)]
    out = [f"{'suite':<10}{'what':<38}{'asked':>7}{'held':>7}{'share':>8}  note"]
    out += [
        f"{line.suite:<10}{line.what:<38}{line.asked:>7}{line.held:>7}{line.held / max(1, line.asked):>8.0%}  {line.note}" for line in lines
    ]
    return "\n".join(out)


def _routing(model: str | None) -> Iterator[Line]:
    """Every voice the router was not trained on: is the form it holds for likeliest among those that people accept?"""
    from flipchart.models.router_exam import examined, groups, milliseconds
    from flipchart.models.router_prompts import VOICES, rows

    for voice in VOICES:
        of = rows(voice)
        exam = examined(of, senses=True)
        pace = f"{milliseconds(of[:: max(1, len(of) // 50)]):.0f} ms median, calibration error {exam.error():.3f}"
        yield Line("routing", f"{voice}: all", len(of), round(exam.right() * len(of)), pace)
        tongues = {f"in {tongue}": [row for row in of if row.language == tongue] for tongue in sorted({row.language for row in of})}
        for name, part in {**groups(of), **tongues}.items():
            if part:
                yield Line("routing", f"{voice}: {name}", len(part), round(exam.right(part) * len(part)))


def _layout(model: str | None) -> Iterator[Line]:
    """Every shipped example in every theme and width: has it a fault?"""
    by_kind: dict[str, list[bool]] = {}
    worst: dict[str, str] = {}
    for kind, name, spec in every():
        for theme in themes():
            for width in WIDTHS:
                faults = [finding for finding in render.check(spec, style(theme), (width,)) if finding.level == "error"]
                by_kind.setdefault(kind, []).append(not faults)
                if faults:
                    worst.setdefault(kind, f"{name} {theme} {width:.0f}: {faults[0].code} {faults[0].where}")
    for kind, sound in by_kind.items():
        yield Line("layout", f"{kind} without a fault", len(sound), sum(sound), worst.get(kind, ""))


def _composing(suite: str) -> Callable[[str | None], Iterator[Line]]:
    """A suite of `exam_compose`: those that ask a model share its answers."""

    def run(model: str | None) -> Iterator[Line]:
        from flipchart.gui import exam_compose

        rows = exam_compose.edits() if suite == "edits" else exam_compose.SUITES[suite](_planner(model))
        for what, asked, held, note in rows:
            yield Line(suite, what, asked, held, note)

    return run


SALES = "region,year,sales\nNorth,2023,120\nNorth,2024,150\nSouth,2023,200\nSouth,2024,190\nWest,2023,80\nWest,2024,128\n"
# Question and what SQL over the file answers, by label.
ASKED: tuple[tuple[str, str], ...] = (
    ("total sales by region", "SELECT region, sum(sales) FROM t GROUP BY region"),
    ("average sales per year", "SELECT year, avg(sales) FROM t GROUP BY year"),
    ("which region sold most in 2024?", "SELECT region, sum(sales) FROM t WHERE year = 2024 GROUP BY region"),
)


def _fidelity(model: str | None) -> Iterator[Line]:
    """Questions to a table: every figure shown is the result of a query, and the same as SQL gives."""
    import tempfile

    import duckdb

    from flipchart.renderers.table import read

    planner = _planner(model)
    path = Path(tempfile.mkdtemp()) / "sales.csv"
    path.write_text(SALES)
    table = read(path, "sales.csv")
    file = File("f1", "sales.csv", "table", path, "", tuple(column.name for column in table.columns), 6, (), table)
    right = sourced = 0
    for question, sql in ASKED:
        with duckdb.connect() as database:
            database.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [str(path)])
            wanted = {str(label): float(value) for label, value in database.execute(sql).fetchall()}
        spec = _drawn(planner, Request(question, form="chart", files=(file,)))
        if spec is None:
            continue
        rows = spec.model_dump()
        shown = dict(zip(rows["labels"], rows["series"][0]["values"], strict=False)) if rows.get("series") else {}
        right += bool(shown) and all(wanted.get(label) == value for label, value in shown.items())
        sourced += bool(spec.sources) and all(source.kind in {"data", "computed"} for source in spec.sources.values())
    yield Line("fidelity", "figures as SQL gives them", len(ASKED), right)
    yield Line("fidelity", "every figure from the data", len(ASKED), sourced)


def _data(model: str | None) -> Iterator[Line]:
    """Questions to tables against SQL written by hand: those the reader is sure of, and what the model makes of the rest."""
    from flipchart.gui import exam_data
    from flipchart.models.language import detect
    from flipchart.renderers import question
    from flipchart.renderers.chart_spec import Chart

    every = exam_data.asked()
    over: dict[tuple[str, ...], dict[str, Table]] = {}
    grades: dict[str, Counter[str]] = {}
    asked_model: list[bool] = []
    for one in every:
        tables = over.setdefault(one.tables, exam_data.tables(one.tables))
        reading = question.read(one.ask, tables, detect(one.ask))
        grade = exam_data.graded(one, reading, tables)
        grades.setdefault(one.set, Counter())[grade] += 1
        if grade != "left":
            continue
        if model is not None:
            files = tuple(
                File(name, name, "table", exam_data.path(name), "", tuple(c.name for c in table.columns), table.rows, (), table)
                for name, table in tables.items()
            )
            spec = _drawn(_planner(model), Request(one.ask, form="chart", files=files))
            query = spec.query if isinstance(spec, Chart) else None
            asked_model.append(query is not None and exam_data.right(one, query, tables))
    for name, found in grades.items():
        yield Line("data", f"{name} set, without a model", found.total(), found["right"], f"{found['wrong']} wrong, {found['left']} left")
    if model is not None:
        right = sum(found["right"] for found in grades.values()) + sum(asked_model)
        yield Line("data", "the whole line", len(every), right, f"{sum(asked_model)} of {len(asked_model)} by the model")


@cache
def _planner(model: str | None) -> "Planner":
    from flipchart.models.llm import open_llm
    from flipchart.models.painter import open_painter
    from flipchart.models.planner import Planner

    return Planner(open_llm(model), open_painter())


def _drawn(planner: "Planner", request: Request) -> Spec | None:
    """The visual that answers the request; None where there is none."""
    spec: Spec | None = None
    for event in planner.answer(request):
        match event:
            case Drawn():
                spec = event.spec
            case Failed():
                raise Problem(event.message)
    return spec
