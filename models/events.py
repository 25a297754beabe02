"""What a planner is asked, and what it tells while it answers."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from flipchart.renderers.check import Finding
from flipchart.renderers.problem import Missing
from flipchart.renderers.spec import Spec

Effort = Literal["quick", "standard", "deep"]


@dataclass(frozen=True, slots=True)
class File:
    """A file that a person attached."""

    id: str
    """Ours; nothing of the name is in it."""
    name: str
    """What the person calls it: words to show, never a path."""
    kind: Literal["table", "text", "picture"]
    path: Path
    """Where its bytes lie."""
    blob: str
    """"sha256:" and the hash of its bytes."""
    columns: tuple[str, ...] = ()
    rows: int | None = None
    notes: tuple[str, ...] = ()
    table: Any = None
    """The table's profile, where it is one."""
    tables: tuple["File", ...] = ()
    """The tables that stand in a text: only a question that is wholly about them is answered from them."""


@dataclass(frozen=True, slots=True)
class Pointed:
    """What a person points at while they ask: a part of an earlier visual, a place within it, and what it is called."""

    visual: str
    """The visual's id, as in `Request.earlier`."""
    part: str
    field: str = ""
    """Such as "values.2"; empty: the whole part."""
    words: str = ""
    mask: str = ""
    """"sha256:…" of a PNG that is white where a person marked a place in a picture; empty: nothing is marked."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier question with its answer; `visuals` are the ids of what was drawn, `about` what was pointed at, in words."""

    question: str
    answer: str = ""
    visuals: tuple[str, ...] = ()
    about: str = ""


def _nowhere(blob: str) -> bytes:
    raise Missing(f"the bytes {blob[:19]} are not stored; paint them again")


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks: everything an answer depends on."""

    text: str
    history: tuple[Turn, ...] = ()
    files: tuple[File, ...] = ()
    form: str | None = None
    """The form the person wants it shown as; None leaves it to the planner."""
    autonomy: int = 2
    """0 text only, 1 offer, 2 decide, 3 direct."""
    effort: Effort = "standard"
    lang: str = ""
    """BCP 47; empty: the language of `text`."""
    earlier: Mapping[str, Spec] = field(default_factory=dict)
    """Visuals of this conversation by id, oldest first."""
    about: Pointed | None = None
    """What the person points at, in one of these."""
    cancel: threading.Event = field(default_factory=threading.Event)
    """Set when the person pressed stop."""
    pixels: Callable[[str], bytes] = _nowhere
    """The kept bytes of "sha256:…"; raises Missing."""


@dataclass(frozen=True, slots=True)
class Planned:
    """Which form(s) the answer takes: each form's chance to be accepted (0-1, each on its own), why, and expected seconds."""

    form: str
    forms: tuple[tuple[str, float], ...] = ()
    reason: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of the answer's text, in Markdown."""

    delta: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One visual as far as it is; visuals of an answer are told apart by their spec's id. `blobs` are pixels by "sha256:…"."""

    spec: Spec
    status: Literal["growing", "done", "fallback"] = "done"
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    into: str = ""
    """The id of the earlier visual that this one takes the place of; empty: it stands on its own."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was growing came to nothing: words take its place."""


@dataclass(frozen=True, slots=True)
class Noted:
    """What the checks found and could not be repaired; `visual` is the spec's id, empty for the text."""

    findings: tuple[Finding, ...]
    visual: str = ""


@dataclass(frozen=True, slots=True)
class Offered:
    """Questions to go on with, each asked by a click."""

    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Used:
    """What one call of a model cost."""

    prompt_tokens: int
    completion_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Tried:
    """One candidate that was written and what it was worth: the trace of how an answer came about."""

    form: str
    candidate: int
    """Counted from 0; a repair is another try of the same candidate."""
    score: float
    errors: int
    warnings: int
    coverage: float
    """0-1: how much of what the question is about it speaks of."""
    found: tuple[str, ...] = ()
    """Codes and places of its faults, or why there is no visual."""
    shown: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The answer ends here; one sentence says why and what to do."""

    message: str


Event = Planned | Said | Drawn | Withdrawn | Noted | Offered | Used | Tried | Failed
