"""The list of forms, one word each: the file of that name holds the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from flipchart.renderers.check import Finding
from flipchart.renderers.content import Content
from flipchart.renderers.drawing import Drawing
from flipchart.renderers.painter import Painter
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.skeleton import Asked, Schema, Skeleton
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style

if TYPE_CHECKING:
    from flipchart.renderers.icons import Scores

KINDS = ("text", "chart", "infographic", "slides", "whiteboard", "app", "image", "animation")

Layout = Callable[[Any, Style, float, float | None], Drawing]
Pixels = Callable[[str], bytes]
Write = Callable[[Any, Style, Mapping[str, bytes]], bytes]


@dataclass(frozen=True, slots=True)
class Form:
    """One form: its spec, how it is laid out, and what else it can be written as. Each form's file ends with its `FORM`."""

    spec: type[Spec]
    layout: Layout
    """(spec, style, width px, height px or None for what it takes) -> Drawing. Several pages: the first."""
    markdown: Callable[[Any], str]
    """The whole content as Markdown: what a person without the picture reads."""
    alt: Callable[[Any], str]
    """What it shows in one or two sentences."""
    pages: Callable[[Any, Style, float], list[Drawing]] | None = None
    """Every page, for forms that have several (slides, key frames)."""
    flows: bool = False
    """True for typeset words, which go on over as many pages as they take and are never made small to fit one."""
    untitled: Callable[[Any], Spec] = lambda spec: spec.model_copy(update={"title": ""})
    """It under a title that is set elsewhere, with what its own title had decided, such as the bar that it names."""
    elastic: Callable[[Any], bool] = lambda spec: False
    """Whether it may be laid out lower than it would be by itself, to be seen whole."""
    halves: Callable[[Any], tuple[Spec, Spec] | None] = lambda spec: None
    """It in two, for pages on which all of it would be too small to read; None: it stays whole."""
    fewer: Callable[[Any, int], Spec | None] = lambda spec, many: None
    """It in so many of its parts, as a person counts them, where it has more and says as well with fewer; None: it does not."""
    designs: Callable[[Any], tuple[str, ...]] = lambda spec: ()
    """Names of the designs that fit this content, best first (the current one included)."""
    content: Callable[[Any], Content | None] = lambda spec: None
    """Its content without its form, where other forms can take it."""
    from_content: Callable[[Content], Spec | None] | None = None
    """A spec of this form from another's content; None where it does not fit."""
    writes: Mapping[str, tuple[str, Write]] = field(default_factory=dict)
    """Its own exports by ending: (media type, write), e.g. "csv", "mmd", "excalidraw"."""
    resolve: Callable[[Any, Mapping[str, Any]], Spec] | None = None
    """The spec with what only the program may fill in, from tables by name; raises SpecProblem where that fails."""
    headline: Callable[[Any], str] | None = None
    """A title told from its content alone, where that says more than a weak model does; empty where there is none."""
    findings: Callable[[Any], list[Finding]] = lambda spec: []
    """Faults of its content that can be told without a model, such as a claim its own figures contradict."""
    confirm: Callable[[Any, Callable[[str, dict[str, Any]], str]], Spec] | None = None
    """The spec without what a model, asked again blind (question, JSON schema -> JSON), does not agree on."""
    corrected: Callable[[Any, str], Spec] = lambda spec, said: spec
    """The spec with what a model got wrong in it put right by rules that only this form knows, such as a well-known formula; from all
    that the person said."""
    settled: Callable[[Any], Spec] = lambda spec: spec
    """The spec without what is still faulty in it after its repair and can be left out, such as an input that nothing uses."""
    outlined: Callable[[Mapping[str, Any], str, str, int | None], dict[str, Any]] | None = None
    """What a plan, the question, its language and the number of parts wished for settle of the spec, as far as its parts are known; a
    small model then fills these in one by one. None: it writes all at once."""
    planning: Callable[[str], str] = lambda lang: ""
    """What a small model is told beside the question as it plans, in the language."""
    filling: Callable[[Mapping[str, Any], str], Schema] | None = None
    """The schema under which it fills in one of these parts, from what is known of the part and the language."""
    skeleton: Callable[[Asked], Skeleton | None] = lambda asked: None
    """What a question settles of the structure, so that a small model has only the words to write; None: the model chooses."""
    illustrate: "Callable[[Any, Scores], Spec] | None" = None
    """The spec with an icon named for each thing that has none, found by meaning; the same where not all find one."""
    paint: Callable[[Any, Painter, Pixels], tuple[Spec, Mapping[str, bytes]]] | None = None
    """The spec with its pictures painted, and their pixels by "sha256:…"; raises ModelProblem where that fails. The third argument
    finds the pixels of a picture that is changed."""
    forming: Callable[[Any, bytes, int, int], tuple[Spec, Mapping[str, bytes]]] | None = None
    """The spec while it is painted, from a preview (PNG), the step and the number of steps; and the preview by its hash."""
    retouched: Callable[[Any, str, str], Spec] | None = None
    """The spec as a wish in plain words changes what is painted in it, all of it or where a mask (its hash) is white; not painted yet."""
    redrawn: Callable[[Any, str], Spec] | None = None
    """The spec as a person drew it anew in Excalidraw, from the editor's file; None: not open to that.
    Raises SpecProblem for another file."""
    carried: Callable[[Any, Any], Spec] = lambda before, after: after
    """What a person did to the spec before by hand, kept in the one a model wrote in its place."""
    page: Callable[[Any, Style, Mapping[str, bytes]], str] | None = None
    """HTML body for a page of its own where it is more than its drawing (a player, an app, a deck viewer)."""


@cache
def form(kind: str) -> Form:
    """The form called `kind`; raises SpecProblem where there is none."""
    if kind not in KINDS:
        from difflib import get_close_matches

        near = get_close_matches(kind, KINDS, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(KINDS)}"
        raise SpecProblem(f"there is no form `{kind}`; {hint}")
    found = import_module(f"flipchart.renderers.{kind}").FORM
    assert isinstance(found, Form)
    return found
