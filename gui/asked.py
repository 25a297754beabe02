"""What is asked, as it comes in and as it is kept, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from flipchart.models.events import Planned, Pointed
from flipchart.renderers.registry import form
from flipchart.renderers.render import Page, write
from flipchart.renderers.spec import Spec, dump
from flipchart.renderers.style import Style, style

LONGEST = 100_000  # characters of a question
NAME = r"^[A-Za-z0-9_-]{1,80}$"


class About(BaseModel):
    """A part of an earlier visual that a question is about, and a place within it; `words` are what it is called where it was shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    visual: str = Field(pattern=NAME)
    part: str = Field(min_length=1, max_length=200)
    field: str = Field(default="", max_length=200)
    words: str = Field(default="", max_length=1000)
    mask: str = Field(default="", max_length=80)
    """A place marked in its picture, as `Session.mark` keeps it."""

    @field_validator("part", "field", "words", mode="before")
    @classmethod
    def _carried(cls, text: object) -> object:
        return sound(text) if isinstance(text, str) else text

    def pointed(self, mask: str = "") -> Pointed:
        """As the planner is told it; `mask` is the hash of the marked place's PNG."""
        return Pointed(self.visual, self.part, self.field, self.words, mask)


class Asked(BaseModel):
    """One question with its settings, as it comes in and as it is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(max_length=LONGEST)
    form: str | None = None
    autonomy: int = Field(default=2, ge=0, le=3)
    effort: Literal["quick", "standard", "deep"] = "standard"
    model: str | None = Field(default=None, max_length=200)
    files: tuple[str, ...] = Field(default=(), max_length=20)
    theme: str = "light"
    lang: str = Field(default="", pattern=r"^[A-Za-z0-9-]{0,35}$")
    into: str = ""
    """The visual that the first drawing replaces."""
    renews: str = ""
    """The earlier file whose charts are drawn again with the one that comes with this."""
    about: About | None = None
    """What the person points at while they ask."""

    @field_validator("text", mode="before")
    @classmethod
    def _carried(cls, text: object) -> object:
        return sound(text) if isinstance(text, str) else text


PAGED = {"pptx", "pdf", "html", "md"}  # formats of many pages


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its text, what was drawn, and how it came about."""

    text: str
    visuals: tuple[Spec, ...]
    plan: Planned | None
    usage: Mapping[str, Any]
    conversation: str
    run: str
    status: str = "done"
    failed: str = ""
    """Why there is no whole answer, in a sentence; empty where there is one."""
    findings: tuple[Mapping[str, Any], ...] = ()
    blobs: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    style: Style = field(default_factory=style, repr=False)
    """How it looks."""

    @property
    def errors(self) -> tuple[Mapping[str, Any], ...]:
        """The faults that could not be repaired."""
        return tuple(finding for finding in self.findings if finding.get("level") == "error")

    def as_dict(self) -> dict[str, Any]:
        """{conversation, run, text, plan, visuals, usage} as JSON values."""
        plan = self.plan and {
            "form": self.plan.form,
            "forms": [{"form": name, "probability": chance} for name, chance in self.plan.forms],
            "reason": self.plan.reason,
            "seconds": self.plan.seconds,
        }
        visuals = [dump(spec) for spec in self.visuals]
        return {
            "conversation": self.conversation,
            "run": self.run,
            "text": self.text,
            "plan": plan,
            "visuals": visuals,
            "usage": dict(self.usage),
        }

    def page(self, ending: str = "") -> Page:
        """What is written to a file: the visuals with the text; where nothing was drawn, the text typeset. In a format of many pages a deck
        that carries all the other visuals stands for them and for the words."""
        deck = carrying(self.visuals) if ending in PAGED else None
        if deck or self.visuals:
            return Page((deck,) if deck else self.visuals, self.style, self.blobs, "" if deck else self.text)
        return Page((prose(self.text),), self.style)

    def save(self, out: str | Path) -> Path:
        """Write it to `out`, whose ending picks the format; the path."""
        from flipchart.renderers.render import ending_of, save

        target = Path(out)
        ending = ending_of(target, self.page().main)
        return save(target, write(self.page(ending), ending)[0])

    def _repr_html_(self) -> str:
        """How a notebook shows it."""
        import base64

        from flipchart.renderers.text import to_html

        shown = [to_html(self.text)] if self.text.strip() else []
        for spec in self.visuals:
            drawn = base64.b64encode(write(Page((spec,), self.style, self.blobs), "svg")[0]).decode()
            shown.append(f'<img alt="" style="max-width:100%" src="data:image/svg+xml;base64,{drawn}">')
        return "".join(shown)


def carrying(visuals: Sequence[Spec]) -> Spec | None:
    """The deck on whose slides all the other visuals stand, so that it says all that they say; None where there is none."""
    for deck in visuals:
        held = {_shown(slide.visual) for slide in getattr(deck, "slides", ()) if slide.visual is not None}
        others = {_shown(spec) for spec in visuals if spec is not deck}
        if others and others <= held:
            return deck
    return None


def _shown(spec: Spec) -> str:
    """What a visual shows under its title, which a slide has above it."""
    return form(spec.kind).markdown(spec.model_copy(update={"title": "", "id": "x"}))


def prose(text: str, title: str = "", lang: str = "") -> Spec:
    """Words as a visual of their own: the form `text`."""
    return form("text").spec.model_validate({"markdown": text, "title": title, "lang": lang})


def sound(words: str) -> str:
    """`words` without lone surrogates and NULs, which no database or wire carries."""
    return words.encode("utf-8", "replace").decode().replace("\x00", "")
