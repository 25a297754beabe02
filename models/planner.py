"""The planner: for each answer it chooses what to show, has it written under a schema while it grows, checks, repairs, and falls
back honestly.

route → compose (each prefix of the stream gives the best spec so far) → check → repair (by rule, then the model, at most twice)
→ what is good of it, or words that say so.
"""

import json
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any, cast

from flipchart.models import compose
from flipchart.models.events import Drawn, Event, Failed, File, Noted, Planned, Request, Said, Used
from flipchart.models.language import detect
from flipchart.models.llm import LLM, Message, Reply
from flipchart.models.mend import mended
from flipchart.models.router import Attachment, Query, route
from flipchart.models.sources import sourced
from flipchart.renderers import render
from flipchart.renderers.check import Finding
from flipchart.renderers.painter import Painter
from flipchart.renderers.problem import ModelProblem, Problem, SpecProblem
from flipchart.renderers.registry import KINDS, form
from flipchart.renderers.spec import Spec, read_prefix
from flipchart.renderers.style import style
from flipchart.renderers.words import say

REPAIRS = {"quick": 0, "standard": 1, "deep": 2}
CANDIDATES = {"quick": 1, "standard": 1, "deep": 3}
GROW_SECONDS = 0.15  # between two looks at what has come
SECOND_BEST = 0.5  # from this chance on, autonomy 3 shows another form too
REMEMBERED = 6  # turns of the conversation the model sees
RATE = 15.0  # tokens a second assumed of a model not yet measured


@dataclass(slots=True)
class _Draft:
    """One candidate while it is written and checked."""

    spec: Spec
    findings: list[Finding]
    blobs: Mapping[str, bytes]

    @property
    def faults(self) -> int:
        return sum(finding.level == "error" for finding in self.findings)


class Planner:
    """Answers requests with a language model, and a painter for pictures. Thread safe."""

    def __init__(self, llm: LLM | Callable[[], LLM], painter: Painter | None = None) -> None:
        self._given, self._painter = llm, painter
        self._rate = RATE
        self._asked = threading.Event()

    @cached_property
    def llm(self) -> LLM:
        """The language model, opened when it is first needed."""
        return self._given() if isinstance(self._given, FunctionType) else cast(LLM, self._given)

    def plan(self, request: Request) -> Planned:
        """Which form the answer takes, and why; the language model is not asked."""
        files = tuple(Attachment(f.name, _attached(f), f.columns) for f in request.files)
        history = _digest(request) or None
        choice = route(Query(request.text, history, files))
        lang = request.lang or detect(request.text)
        if request.form:
            if request.form not in KINDS:
                form(request.form)  # raises, with what there is
            reason = say("reason.asked", lang, form=say(f"form.{request.form}", lang))
            return Planned(request.form, choice.forms, reason, self._seconds(request.form))
        if request.autonomy == 0:
            return Planned("text", choice.forms, say("reason.text_only", lang), self._seconds("text"))
        if request.autonomy == 1 and choice.form != "text":
            reason = say("reason.offer", lang, form=say(f"form.{choice.form}", lang))
            return Planned("text", choice.forms, reason, self._seconds("text"))
        return Planned(choice.form, choice.forms, choice.reason, self._seconds(choice.form))

    def warm(self) -> None:
        """Have the model read each form's instructions ahead, so that answers begin sooner; ends when a question comes."""
        for kind in compose.TOKENS:
            if self._asked.is_set():
                return
            try:
                self.llm.warm(compose.messages(kind, "", "en")[:1], kind)
            except Problem:
                return

    def answer(self, request: Request) -> Iterator[Event]:
        """The answer as it comes. Ends early, without an error, where the request was cancelled; a Problem becomes `Failed`."""
        self._asked.set()
        try:
            planned = self.plan(request)
            yield planned
            kinds = [planned.form]
            if request.autonomy == 3 and not request.form:
                kinds += [kind for kind, chance in planned.forms if chance >= SECOND_BEST and kind not in {*kinds, "text"}][:1]
            for kind in kinds:
                if request.cancel.is_set():
                    return
                yield from self._say(request) if kind == "text" else self._draw(kind, request)
        except Problem as problem:
            yield Failed(str(problem))

    def _seconds(self, kind: str) -> float:
        """Seconds an answer is expected to take: half the tokens it may take, at the pace seen so far."""
        return round(1.0 + compose.TOKENS[kind] / 2 / self._rate, 1)

    def _say(self, request: Request, note: str = "") -> Iterator[Event]:
        """The answer in words; what it remembers of figures is footnoted once."""
        lang = request.lang or detect(request.text)
        context = "\n\n".join(filter(None, [_context(request), note]))
        asked = compose.messages("text", request.text, lang, context=context, history=_digest(request))
        reply = self.llm.stream(asked, max_tokens=compose.TOKENS["text"], temperature=0.4, cancel=request.cancel, label="text")
        for delta in reply:
            yield Said(delta)
        yield self._used(reply)
        words = form("text").spec.model_validate({"markdown": reply.text})
        doubtful = [s for s in sourced(words, _said(request), lang).sources.values() if s.kind == "model"]
        if doubtful:
            yield Said(f"\n\n*{say('source.model', lang)}*")

    def _draw(self, kind: str, request: Request) -> Iterator[Event]:
        """A visual that grows; repaired where the checks find faults; words where nothing can be drawn."""
        lang = request.lang or detect(request.text)
        best: _Draft | None = None
        trouble = ""
        for candidate in range(CANDIDATES[request.effort]):
            draft, trouble = yield from self._compose(kind, request, lang, candidate, show=best is None)
            if draft is not None and (best is None or draft.faults < best.faults):
                best = draft
            if request.cancel.is_set() or (best and not best.faults and request.effort != "deep"):
                break
        if best is None:
            if request.cancel.is_set():
                return
            yield Said(say("fallback.text", lang, form=say(f"form.{kind}", lang)) + "\n\n")
            yield from self._say(request, note=f"(A {kind} could not be made: {trouble}. Answer in words.)")
            return
        yield Drawn(best.spec, "done", best.blobs)
        if best.findings:
            yield Noted(tuple(best.findings), best.spec.id)

    def _compose(
        self, kind: str, request: Request, lang: str, candidate: int, *, show: bool
    ) -> Generator[Event, None, tuple[_Draft | None, str]]:
        """One candidate: written, resolved, checked, and where it has faults written again with them named. Returns it, or None and why."""
        count = compose.asked_count(request.text)
        scope = compose.Scope(any(file.table is not None for file in request.files), not self.llm.name.startswith("embedded"))
        schema = compose.narrowed(kind, count, scope)
        earlier = _edited(kind, request)
        now = f"The {kind} now:\n{json.dumps(compose.of(earlier), ensure_ascii=False)}" if earlier else ""
        context = "\n\n".join(filter(None, [_context(request), now]))
        asked = compose.messages(kind, request.text, lang, context=context, history=_digest(request), count=count, scope=scope)
        ours: dict[str, Any] = {"lang": lang, "seed": candidate}
        best: _Draft | None = None
        trouble = "it was not written"
        for _ in range(1 + REPAIRS[request.effort]):
            reply = self.llm.stream(
                asked, schema=schema, max_tokens=compose.TOKENS[kind], temperature=0.2 + 0.3 * candidate, seed=candidate,
                cancel=request.cancel, label=kind,
            )  # fmt: skip
            yield from self._growing(reply, kind, ours, earlier, show=show and best is None)
            yield self._used(reply)
            draft, trouble = self._checked(reply.text, kind, request, lang, ours)
            if draft and (best is None or draft.faults < best.faults):
                best = draft
            if request.cancel.is_set() or (best and not best.faults):
                break
            faults = trouble or "; ".join(f"{f.where}: {f.found}; {f.do}" for f in (best.findings if best else [])[:5])
            asked = [*asked[:2], Message("assistant", reply.text), Message("user", f"Faults: {faults}. Write it again without them.")]
        return best, trouble

    def _growing(self, reply: Reply, kind: str, ours: Mapping[str, Any], earlier: Spec | None, *, show: bool) -> Iterator[Event]:
        """The visual as far as the stream goes, each time there is more of it to see."""
        one = form(kind)
        model = one.spec
        shown: Spec | None = None
        looked = 0.0
        for _ in reply:
            now = time.monotonic()
            if not show or now - looked < GROW_SECONDS:
                continue
            looked = now
            spec = read_prefix(reply.text, model, ours)
            spec = one.carried(earlier, spec) if earlier and spec else spec
            if spec is not None and spec != shown:
                shown = spec
                yield Drawn(spec, "growing")

    def _checked(self, words: str, kind: str, request: Request, lang: str, ours: Mapping[str, Any]) -> tuple[_Draft | None, str]:
        """The finished candidate with its figures' sources and its faults, or why there is none."""
        one = form(kind)
        spec = read_prefix(words, one.spec, ours)
        if spec is None:
            return None, "what was written cannot be read"
        earlier = _edited(kind, request)
        spec = mended(one.carried(earlier, spec) if earlier else spec, request.text)
        blobs: Mapping[str, bytes] = {}
        try:
            if one.resolve is not None:
                tables = {file.name: file.table for file in request.files if file.table is not None}
                spec = one.resolve(spec, tables)
            if one.headline is not None and not spec.title:
                spec = spec.model_copy(update={"title": one.headline(spec)})
            if one.confirm is not None:
                spec = one.confirm(spec, self._ask_blind)
            spec = sourced(spec, _said(request), lang)
            if one.paint is not None:
                if self._painter is None:
                    raise ModelProblem("there is no painter; install one with the extra `images`")
                spec, blobs = one.paint(spec, self._painter)
            findings = [*one.findings(spec), *render.check(spec, style(), (720.0,))]
        except (SpecProblem, ModelProblem) as problem:
            return None, str(problem)
        return _Draft(spec, findings, blobs), ""

    def _ask_blind(self, question: str, schema: dict[str, Any]) -> str:
        """A short answer under a schema, to check an earlier one by."""
        return self.llm.stream([Message("user", question)], schema=schema, max_tokens=200, temperature=0.0, label="confirm").read()

    def _used(self, reply: Reply) -> Used:
        usage = reply.usage
        if usage is None:
            return Used(0, 0, 0.0)
        writing = usage.seconds - usage.first_token_seconds
        if usage.completion_tokens > 20 and writing > 0.5:
            self._rate += 0.3 * (usage.completion_tokens / writing - self._rate)
        return Used(usage.prompt_tokens, usage.completion_tokens, usage.seconds)


def _attached(file: File) -> Any:
    return {"table": "table", "text": "text", "picture": "image"}.get(file.kind, "other")


def _said(request: Request) -> list[str]:
    """The person's own words: what may be quoted."""
    return [request.text, *(turn.question for turn in request.history), *(_words(file) for file in request.files)]


def _words(file: File, most: int = 60_000) -> str:
    """The words of an attached text; empty for other kinds."""
    if file.kind != "text":
        return ""
    with file.path.open("rb") as stream:
        return stream.read(most).decode("utf-8", "replace")


def _context(request: Request) -> str:
    """What of the files the model sees: of a table its profile, never its rows; of a text its beginning."""
    from flipchart.renderers.table import profile

    parts = []
    for file in request.files:
        if file.table is not None:
            parts.append(f"Table {file.name!r}:\n{profile(file.table)}")
        elif file.kind == "text":
            parts.append(f"File {file.name!r}:\n{_words(file, 6_000)}")
    return "\n\n".join(parts)


def _digest(request: Request) -> str:
    """The conversation so far, a line or two a turn: visuals by what they conclude, never their bodies."""
    lines = []
    for turn in request.history[-REMEMBERED:]:
        lines.append(f"Person: {turn.question[:300]}")
        seen = [f"[{spec.kind}: {spec.title}]" for id in turn.visuals if (spec := request.earlier.get(id))]
        told = " ".join([turn.answer[:300].replace("\n", " "), *seen]).strip()
        lines.append(f"You: {told}")
    return "\n".join(lines)


def _edited(kind: str, request: Request) -> Spec | None:
    """The visual a follow-up is about: the last one, where it has the form that is asked for again."""
    last = list(request.earlier.values())[-1] if request.earlier else None
    if last is None or last.kind != kind or not request.history or not request.history[-1].visuals:
        return None
    # A new subject has more words than a wish about what is there.
    return last if len(request.text.split()) <= 14 else None
