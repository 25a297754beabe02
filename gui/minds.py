"""Who answers: a planner for each model, opened in the background, its weights fetched first where they are not here."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from flipchart.models.events import Event, Request
from flipchart.renderers.problem import Missing, Problem

if TYPE_CHECKING:
    from flipchart.models.weights import Progress

MOST = 8  # models kept open; who writes with another keeps it until done
RETRY_SECONDS = 5.0  # a model that could not be had is tried again after this, when someone asks

State = Literal["ready", "downloading", "loading", "missing"]


class Planner(Protocol):
    """What a session needs of whoever answers."""

    def answer(self, request: Request) -> Iterator[Event]:
        """The answer as it comes; ends early where `request.cancel` is set."""
        ...


@runtime_checkable
class Warming(Protocol):
    """A planner that can read ahead what every answer begins with."""

    def warm(self) -> None:
        """Read it; ends early when a question comes."""
        ...


@dataclass(frozen=True, slots=True)
class Readiness:
    """How far the model is: megabytes while it downloads, and why it cannot be had where it is missing."""

    state: State
    mb_done: int | None = None
    mb_total: int | None = None
    seconds_left: int | None = None
    message: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON values, what does not apply left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}


Report = Callable[[Readiness], None]
Open = Callable[[str | None, Report], Planner]


class Mind:
    """One planner: there from the first moment, ready later."""

    def __init__(self, name: str | None, open: Open) -> None:
        self._name, self._open = name, open
        self._change = threading.Condition()
        self._state = Readiness("loading")
        self._planner: Planner | None = None
        self._opening = False
        self._failed_at = 0.0

    @property
    def readiness(self) -> Readiness:
        """How far it is now."""
        return self._state

    def begin(self) -> None:
        """Open the planner in the background, unless it is open, being opened, or failed a moment ago."""
        with self._change:
            rests = self._failed_at and time.monotonic() - self._failed_at < RETRY_SECONDS
            if self._planner is not None or self._opening or rests:
                return
            self._opening = True
            self._state = Readiness("loading")
        threading.Thread(target=self._run, name="flipchart-model", daemon=True).start()

    def _run(self) -> None:
        planner: Planner | None = None
        state = Readiness("missing", message="the model could not be opened; look in the log, then restart")
        try:
            planner = self._open(self._name, self._report)
            state = Readiness("ready")
        except Problem as problem:
            state = replace(state, message=str(problem))
        finally:
            with self._change:
                self._planner, self._opening = planner, False
                self._failed_at = 0.0 if planner else time.monotonic()
            self._report(state)

    def _report(self, state: Readiness) -> None:
        with self._change:
            self._state = state
            self._change.notify_all()

    def wait(self, cancel: threading.Event, every: float = 2.0) -> Iterator[Readiness]:
        """How far it is, at once and then every so many seconds, until it is ready or `cancel` is set.

        Raises Missing where it cannot be had.
        """
        self.begin()
        told = 0.0
        while not cancel.is_set() and self._planner is None:
            state = self._state
            if state.state == "missing":
                raise Missing(state.message)
            if time.monotonic() - told >= every:
                told = time.monotonic()
                yield state
            with self._change:
                self._change.wait(0.1)

    @property
    def planner(self) -> Planner:
        """The planner; only once it is ready."""
        assert self._planner is not None
        return self._planner


class Minds:
    """The planners of a session, one a model. `default` is the model's name where nobody asks for another."""

    def __init__(self, open: Open, default: str | None = None) -> None:
        self._open, self.default = open, default
        self._minds: dict[str | None, Mind] = {}
        self._lock = threading.Lock()

    def of(self, name: str | None = None) -> Mind:
        """The mind of the model called `name`."""
        name = name or self.default
        with self._lock:
            mind = self._minds.pop(name, None) or Mind(name, self._open)
            self._minds[name] = mind  # the last used is last
            for unused in [other for other in self._minds if other not in (name, self.default)][: max(0, len(self._minds) - MOST)]:
                del self._minds[unused]
            return mind


def always(planner: Planner) -> Minds:
    """Minds that are one given planner, whatever model is asked for."""
    return Minds(lambda name, report: planner)


def open_planner(name: str | None, report: Report) -> Planner:
    """The planner over the model called `name`, the weights it needs fetched first; raises Problem where it cannot be had."""
    from flipchart.gui import gallery
    from flipchart.models import weights
    from flipchart.models.llm import open_llm
    from flipchart.models.painter import open_painter
    from flipchart.models.planner import Planner as Real

    if name and name.startswith(gallery.MODEL):
        return gallery.Replay(name.removeprefix(gallery.MODEL))

    needed = embedded(name)
    if needed and weights.path(needed) is None:
        beside = weights.find("minilm").size if weights.path("minilm") is None else 0
        size = weights.find(needed).size
        report(Readiness("downloading", 0, round((size + beside) / 1e6)))
        weights.pull(needed, partial(_fetched, report, 0, size + beside))
        with contextlib.suppress(Problem):  # the router does without them, only not as well
            weights.pull("minilm", partial(_fetched, report, size, size + beside))
    report(Readiness("loading"))
    return Real(open_llm(name), open_painter())


def _fetched(report: Report, before: int, whole: int, now: "Progress") -> None:
    """Tell how far all that is fetched has come, where `before` of `whole` bytes were there before this part."""
    rest, left = whole - before - now.done_bytes, now.total_bytes - now.done_bytes
    seconds = None if now.seconds_left is None or (left == 0 < rest) else round(now.seconds_left * (rest / left if left else 1.0))
    report(Readiness("downloading", round((before + now.done_bytes) / 1e6), round(whole / 1e6), seconds))


def embedded(name: str | None) -> str | None:
    """The weights that the model called `name` (None: the one of the settings) runs on here; None where it runs elsewhere."""
    from flipchart.models import weights
    from flipchart.models.settings import settings

    given = settings()
    name = name or given.model or ("" if given.base_url else "embedded")
    kind, _, rest = name.partition(":")
    known = [model.name for model in weights.models() if model.kind == "llm"]
    if kind == "embedded":
        return rest or weights.default().name
    return name if name in known else None
