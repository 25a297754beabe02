"""Speed, as medians of several runs beside their budgets (a ratio under 1 keeps it). Not a test: machines differ."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flipchart.gui.gallery import examples, page_of
from flipchart.renderers.problem import Problem
from flipchart.renderers.render import Page, draw, write
from flipchart.renderers.style import style

RUNS = 9


@dataclass(frozen=True, slots=True)
class Bench:
    """One thing timed: what it is, its budget in seconds, and how to do it once."""

    name: str
    budget: float
    once: Callable[[], object]


def measured(name: str | None = None) -> str:
    """A table of what each bench takes (median, fastest, slowest of nine runs after one), its budget, and their ratio."""
    benches = [bench for bench in _benches() if name is None or bench.name.startswith(name)]
    if not benches:
        raise Problem(f"there is no bench {name!r}; there are {', '.join(bench.name for bench in _benches())}")
    lines = [f"{'bench':<28}{'median':>10}{'min':>10}{'max':>10}{'budget':>10}{'ratio':>8}"]
    for bench in benches:
        bench.once()
        times = sorted(_timed(bench.once) for _ in range(RUNS))
        middle = statistics.median(times)
        cells = "".join(f"{1000 * seconds:>7.1f} ms" for seconds in (middle, times[0], times[-1], bench.budget))
        lines.append(f"{bench.name:<28}{cells}{middle / bench.budget:>8.2f}")
    return "\n".join(lines)


def _timed(once: Callable[[], object]) -> float:
    start = time.perf_counter()
    once()
    return time.perf_counter() - start


def _benches() -> Iterator[Bench]:
    """The budgets are DESIGN's; each drawn form is timed over its shipped examples in turn."""
    for kind, budget in (("chart", 0.050), ("infographic", 0.018), ("whiteboard", 0.040), ("slides", 0.018)):
        if examples(kind):
            yield Bench(f"{kind}-svg", budget, _svg(kind))
    decks = list(examples("slides").values())
    if decks:
        yield Bench("deck-pptx", 0.250, lambda: write(Page((decks[0],)), "pptx"))
    from flipchart.models.router import Query, route

    questions = ["7 tips for better sleep", "sales were 12k in May and 15k in June", "how do vaccines work?", "thanks!", "plan my week"]
    asked = iter(range(10**9))
    yield Bench("route", 0.030, lambda: route(Query(f"{questions[next(asked) % 5]} {next(asked)}")))
    yield Bench("cli-version", 0.250, lambda: _command("--version"))
    small = Path(tempfile.mkdtemp()) / "small.json"
    small.write_text('{"kind":"chart","title":"Up","mark":"column","labels":["a","b"],"series":[{"name":"s","values":[1,2]}]}')
    yield Bench("cli-render", 1.0, lambda: _command("render", str(small), "-o", str(small.with_suffix(".svg"))))


def _svg(kind: str) -> Callable[[], object]:
    from flipchart.renderers import svg

    names = list(examples(kind))
    turn = iter(range(10**9))

    def once() -> object:
        page = page_of(kind, names[next(turn) % len(names)])
        return svg.write(draw(page.main, style(), 720.0), page.blobs, fonts=False)

    return once


def _command(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "flipchart", *words], check=True, capture_output=True)
