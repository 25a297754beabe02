"""The planner's and the renderers' own exam: what share of it holds, measured here and now on questions written for it."""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flipchart.gui.gallery import every
from flipchart.models.events import Drawn, Failed, File, Noted, Request, Said, Used
from flipchart.models.wishes import asked_count
from flipchart.renderers import render
from flipchart.renderers.problem import Problem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import style, themes

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
    suites: dict[str, Callable[[str | None], Iterator[Line]]] = {"layout": _layout, "compose": _compose, "fidelity": _fidelity}
    if suite is not None and suite not in suites:
        raise Problem(f"there is no suite {suite!r}; there are {', '.join(suites)}")
    lines = [line for name, run in suites.items() if suite in (None, name) for line in run(model)]
    out = [f"{'suite':<10}{'what':<34}{'asked':>7}{'held':>7}{'share':>8}  note"]
    out += [
        f"{line.suite:<10}{line.what:<34}{line.asked:>7}{line.held:>7}{line.held / max(1, line.asked):>8.0%}  {line.note}" for line in lines
    ]
    return "\n".join(out)


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


# Written for this exam: form, question, what must be among its words or figures.
QUESTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("infographic", "5 habits that keep houseplants alive", ()),
    ("infographic", "4 Schritte zum ersten Marathon", ()),
    ("chart", "Visitors were 4.2k in May, 5.1k in June and 3.9k in July. Show me.", ("4200", "5100", "3900")),
    ("chart", "Ventas: enero 12 000 €, febrero 15 500 €, marzo 9 800 €", ("12000", "15500", "9800")),
    (
        "whiteboard",
        "the shop sends orders to the kitchen, the kitchen tells the driver, the driver delivers to the customer",
        ("kitchen", "driver"),
    ),
    ("slides", "a 4-slide talk on why bees matter", ("bee",)),
    ("app", "a calculator for how much paint a room needs", ()),
    ("animation", "how a letter travels from my house to a friend, step by step", ()),
)


def _compose(model: str | None) -> Iterator[Line]:
    """Questions answered by the model as a given form: drawn, sound, with what was given in it, in what time and length."""
    planner = _planner(model)
    seconds, tokens, first = [], [], []
    drawn = sound = kept = counted = counts = 0
    for kind, question, needed in QUESTIONS:
        begun = time.monotonic()
        spec, faults, spent, began = _answered(planner, Request(question, form=kind))
        seconds.append(time.monotonic() - begun)
        tokens.append(spent)
        drawn += spec is not None
        sound += spec is not None and not faults
        words = (form(kind).markdown(spec) + spec.model_dump_json()).casefold().replace(",", "") if spec else ""
        kept += all(one.casefold() in words for one in needed)
        if began:
            first.append(began - begun)
        count = asked_count(question)
        if count:
            counts += 1
            counted += spec is not None and len(_main_list(spec)) == count - type(spec).UNCOUNTED
    many = len(QUESTIONS)
    pace = f"{statistics.median(seconds):.1f} s median, first content after {statistics.median(first or [0]):.1f} s"
    yield Line("compose", "drawn as the form asked for", many, drawn, pace)
    yield Line("compose", "all checks passed", many, sound, f"{statistics.median(tokens):.0f} tokens median")
    yield Line("compose", "what was given is in it", many, kept)
    yield Line("compose", "asked-for counts kept", counts, counted)


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
        spec, _, _, _ = _answered(planner, Request(question, form="chart", files=(file,)))
        if spec is None:
            continue
        rows = spec.model_dump()
        shown = dict(zip(rows["labels"], rows["series"][0]["values"], strict=False)) if rows.get("series") else {}
        right += bool(shown) and all(wanted.get(label) == value for label, value in shown.items())
        sourced += bool(spec.sources) and all(source.kind in {"data", "computed"} for source in spec.sources.values())
    yield Line("fidelity", "figures as SQL gives them", len(ASKED), right)
    yield Line("fidelity", "every figure from the data", len(ASKED), sourced)


def _planner(model: str | None) -> "object":
    from flipchart.models.llm import open_llm
    from flipchart.models.painter import open_painter
    from flipchart.models.planner import Planner

    return Planner(open_llm(model), open_painter())


def _answered(planner: "object", request: Request) -> tuple[Spec | None, int, int, float]:
    """The visual (None where there is none), its faults, the tokens it took, and when its first content came (0: never)."""
    from flipchart.models.planner import Planner

    assert isinstance(planner, Planner)
    spec: Spec | None = None
    faults = spent = 0
    began = 0.0
    for event in planner.answer(request):
        match event:
            case Drawn():
                spec = event.spec
                began = began or time.monotonic()
            case Noted():
                faults += sum(finding.level == "error" for finding in event.findings)
            case Used():
                spent += event.completion_tokens
            case Said() if spec is None:
                began = began or time.monotonic()
            case Failed():
                raise Problem(event.message)
    return spec, faults, spent, began


def _main_list(spec: Spec) -> tuple[object, ...]:
    """The first list of parts in a spec."""
    from flipchart.renderers.spec import Part

    for name in type(spec).model_fields:
        value = getattr(spec, name)
        if isinstance(value, tuple) and value and isinstance(value[0], Part):
            return value
    return ()
