"""The planner: for each answer it chooses what to show, has it written under a schema while it grows, checks, repairs, and falls
back honestly.

route → compose (each prefix of the stream gives the best spec so far) → check → repair (by rule, then the model, at most twice)
→ what is good of it, or words that say so.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from queue import SimpleQueue
from types import FunctionType
from typing import Any, cast

from flipchart.models import amend, calculators, columns, compose, context, icon_meanings, pointed
from flipchart.models.critique import coverage, critique, language_fault, sameness, text_findings
from flipchart.models.events import Drawn, Event, Failed, File, Noted, Planned, Request, Said, Tried, Used
from flipchart.models.language import detect
from flipchart.models.llm import LLM, Message, Reply
from flipchart.models.mend import Brief, mended
from flipchart.models.painter import Watched
from flipchart.models.painter_safety import Refused
from flipchart.models.parts import Growing, Parts
from flipchart.models.report import quizzed, report, reported
from flipchart.models.restyle import restyled
from flipchart.models.router import Attachment, Query, mentioned, route, small_talk
from flipchart.models.sources import sourced
from flipchart.models.wishes import wishes
from flipchart.renderers import render
from flipchart.renderers.check import Finding
from flipchart.renderers.figures import figures
from flipchart.renderers.painter import Painter
from flipchart.renderers.problem import ModelProblem, Problem, SpecProblem
from flipchart.renderers.registry import KINDS, form
from flipchart.renderers.skeleton import Asked, Skeleton
from flipchart.renderers.spec import Spec, prefix, read_prefix, walk
from flipchart.renderers.style import style
from flipchart.renderers.words import say

REPAIRS = {"quick": 0, "standard": 1, "deep": 2}
CANDIDATES = {"quick": 1, "standard": 1, "deep": 3}
GROW_SECONDS = 0.15  # between two looks at what has come
GROW_REST = 4.0  # times as long as a look took, until the next: who draws must not take the model's time
SECOND_BEST = 0.5  # from this chance on, autonomy 3 shows another form too
LONG = 1400  # characters of an answer in words, past which its end is welcome
HELD = 120  # characters of an answer in words that are held back until their language is known
CLOSE, FREE = 0.2, 0.45  # temperature where figures are to be copied, and where a cold model would repeat itself
OLD = 4_000  # characters of a visual that is written anew
SHORT = 20  # words of a question; a longer one may say what its parts need
RATE = 15.0  # tokens a second assumed of a model not yet measured


@dataclass(slots=True)
class _Draft:
    """One candidate while it is written and checked."""

    spec: Spec
    findings: list[Finding]
    blobs: Mapping[str, bytes]
    coverage: float = 1.0
    sameness: float = 0.0
    tried: Tried | None = None

    @property
    def faults(self) -> int:
        return sum(finding.level == "error" for finding in self.findings)

    @property
    def score(self) -> float:
        """What it is worth, by what can be verified: faults first, then invented figures, then how well it speaks to the question."""
        invented = sum(source.kind == "model" for source in self.spec.sources.values())
        warnings = len(self.findings) - self.faults
        return round(-10.0 * self.faults - warnings - 0.5 * min(invented, 8) + 2 * self.coverage - 2 * self.sameness, 2)


class Planner:
    """Answers requests with a language model, and a painter for pictures. Thread safe."""

    def __init__(self, llm: LLM | Callable[[], LLM], painter: Painter | None = None) -> None:
        self._given, self._painter = llm, painter
        self._rate = RATE
        self._turn = threading.Condition()
        self._answering = 0
        self._interrupt = threading.Event()

    @cached_property
    def llm(self) -> LLM:
        """The language model, opened when it is first needed."""
        return self._given() if isinstance(self._given, FunctionType) else cast(LLM, self._given)

    def plan(self, request: Request) -> Planned:
        """Which form the answer takes, and why; the language model is not asked."""
        choice = route(query(request))
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
        """Have the model read each form's instructions ahead, so that answers begin sooner; a question goes before."""
        left = list(compose.TOKENS)
        while left:
            with self._turn:
                self._turn.wait_for(lambda: not self._answering)
                self._interrupt.clear()
            try:
                self.llm.warm(compose.messages(left[0], "", "en")[:1], left[0], self._interrupt)
            except Problem:
                return
            if not self._interrupt.is_set():
                del left[0]

    def answer(self, request: Request) -> Iterator[Event]:
        """The answer as it comes. Ends early, without an error, where the request was cancelled; a Problem becomes `Failed`."""
        with self._turn:
            self._answering += 1
            self._interrupt.set()
        try:
            planned = self.plan(request)
            earlier = _last(request)
            if earlier is not None:
                changed = yield from self._edit(*earlier, planned, request)
                if changed:
                    return
            table = reported(request)
            if table is not None:
                yield from self._report(table, planned, request)
                return
            yield planned
            kinds = [planned.form]
            if request.autonomy == 3 and not request.form:
                kinds += [kind for kind, chance in planned.forms if chance >= SECOND_BEST and kind not in {*kinds, "text"}][:1]
            for kind in kinds:
                if request.cancel.is_set():
                    return
                yield from self._say(request) if kind == "text" else self._draw(kind, request)
            quiz = quizzed(request)
            if quiz is not None and not request.cancel.is_set():
                yield from self._draw("app", quiz)
        except Problem as problem:
            yield Failed(str(problem))
        finally:
            with self._turn:
                self._answering -= 1
                self._turn.notify_all()

    def _report(self, file: File, planned: Planned, request: Request) -> Iterator[Event]:
        """What stands out in the table, its charts, and a deck of them; no model is asked."""
        lang = request.lang or detect(request.text)
        words, charts, deck = report(file, lang)
        yield Planned(deck.kind, planned.forms, say("report.reason", lang), 1.0)
        yield Said(words)
        for spec in (*charts, deck):
            if request.cancel.is_set():
                return
            yield Drawn(spec)

    def _edit(self, id: str, spec: Spec, planned: Planned, request: Request) -> Generator[Event, None, bool]:
        """The last visual as a follow-up wishes it: by rule, else by a patch of the model's. False where it is a new question."""
        lang = request.lang or detect(request.text)
        at = request.about if pointed.found(request) else None
        done = (pointed.wished(spec, at, request.text) if at else None) or restyled(spec, request.text)
        if done is not None:
            yield Planned(done.kind, planned.forms, say("reason.restyled", lang), 0.1)
            yield Drawn(self._resolved(done, request), "done", into=id)
            return True
        about = at is not None or planned.form == spec.kind or amend.refers(request.text)
        if request.autonomy == 0 or not about or not amend.meant(request.text):
            return False
        yield Planned(spec.kind, planned.forms, say("reason.amended", lang), self._seconds(spec.kind) / 4)
        retouched = form(spec.kind).retouched
        if retouched is not None and not amend.titled(request.text):
            painted, blobs = yield from self._painted(retouched(spec, request.text), request, show=False)
            yield Drawn(painted, "done", blobs, into=id)
            return True
        brief = _brief(request)
        scope = self._scope(request, brief)
        asked = amend.messages(spec, context.asked(request), at)
        for _ in range(1 + REPAIRS[request.effort]):
            reply = self.llm.stream(
                asked,
                schema=amend.schema(spec, scope, at.part if at else ""),
                max_tokens=amend.TOKENS,
                temperature=0.1,
                cancel=request.cancel,
                label="edit",
            )
            written = reply.read()
            yield self._used(reply)
            if request.cancel.is_set():
                return True
            try:
                patched = self._resolved(amend.amended(spec, written), request)
            except SpecProblem as problem:
                asked = [*asked[:2], Message("assistant", written), Message("user", f"Faults: {problem}. Write the edits again.")]
                continue
            patched = sourced(patched, brief.said, brief.lang)
            yield Drawn(patched, "done", into=id)
            found = render.check(patched, style(), (720.0,))
            if found:
                yield Noted(tuple(found), patched.id)
            return True
        yield from self._draw(spec.kind, request, spec, id)
        return True

    def _painted(self, spec: Spec, request: Request, *, show: bool) -> Generator[Event, None, tuple[Spec, Mapping[str, bytes]]]:
        """The spec with its pictures painted, and their pixels; while they form they are shown, and a stopped request stops them."""
        one = form(spec.kind)
        if one.paint is None:
            return spec, {}
        if self._painter is None:
            if one.forming is None:  # nothing but a picture is as good without
                return spec, {}
            raise ModelProblem("there is no painter; install one with the extra `images`")
        news: SimpleQueue[tuple[int, int, bytes | None] | None] = SimpleQueue()
        left = threading.Event()

        def progress(step: int, steps: int, preview: bytes | None) -> bool:
            news.put((step, steps, preview))
            return not (request.cancel.is_set() or left.is_set())

        with ThreadPoolExecutor(1) as thread:
            done = thread.submit(one.paint, spec, Watched(self._painter, progress), request.pixels)
            done.add_done_callback(lambda _: news.put(None))
            try:
                while (told := news.get()) is not None:
                    if show and told[2] and one.forming is not None:
                        growing, blobs = one.forming(spec, told[2], told[0], told[1])
                        yield Drawn(growing, "growing", blobs)
            finally:
                left.set()
        return done.result()

    def _resolved(self, spec: Spec, request: Request) -> Spec:
        """The spec with its query run again over the person's tables."""
        resolve = form(spec.kind).resolve
        return spec if resolve is None else resolve(spec, {file.name: file.table for file in request.files if file.table is not None})

    def _seconds(self, kind: str) -> float:
        """Seconds an answer is expected to take: half the tokens it may take, at the pace seen so far."""
        return round(1.0 + compose.TOKENS[kind] / 2 / self._rate, 1)

    def _say(self, request: Request, note: str = "") -> Iterator[Event]:
        """The answer in words; what it remembers of figures is footnoted once."""
        brief = _brief(request)
        about = "\n\n".join(filter(None, [context.context(request), note]))
        history = "" if small_talk(request.text) else context.digest(request)
        asked = compose.messages("text", context.asked(request), brief.lang, context=about, history=history, wishes=brief.wishes)
        reply, held = self._begun(asked, request, brief)
        small = not self._scope(request, brief).strong
        if held:
            yield Said(held)
        for delta in reply:
            yield Said(delta)
            if small and _said_enough(reply.text):
                reply.cancel()
        yield self._used(reply)
        words = form("text").spec.model_validate({"markdown": reply.text})
        doubtful = [s for s in sourced(words, context.said(request), brief.lang).sources.values() if s.kind == "model"]
        found = text_findings(reply.text, brief)
        if doubtful or any(one.code == "quoted" for one in found):
            yield Said(f"\n\n*{say('source.model', brief.lang)}*")
        yield from self._doubted(brief.lang, found, "\n\n")
        if found:
            yield Noted(tuple(found))

    def _begun(self, asked: list[Message], request: Request, brief: Brief) -> tuple[Reply, str]:
        """An answer in words whose beginning, which has come, is in the person's language if the model can be brought to it."""
        reply, held = self._words(asked, request), ""
        for delta in reply:
            held += delta
            if len(held) >= HELD or "```" in held:
                break
        if request.effort == "quick" or request.cancel.is_set() or not any(f.code == "language" for f in text_findings(held, brief)):
            return reply, held
        reply.cancel()
        again = Message("user", f"{asked[1].content}\n\n{compose.language(brief.lang, strictly=True)}")
        return self._words([asked[0], again], request), ""

    def _words(self, asked: list[Message], request: Request) -> Reply:
        return self.llm.stream(asked, max_tokens=compose.TOKENS["text"], temperature=0.4, cancel=request.cancel, label="text")

    def _draw(self, kind: str, request: Request, now: Spec | None = None, into: str = "") -> Iterator[Event]:
        """A visual that grows; repaired where the checks find faults; words where nothing can be drawn. `now` is what it takes the
        place of."""
        brief = _brief(request)
        best: _Draft | None = None
        trouble = ""
        tries: list[Tried] = []
        for candidate in range(CANDIDATES[request.effort]):
            draft, trouble = yield from self._compose(kind, request, brief, candidate, tries, now, show=not best and not into)
            if draft is not None and (best is None or draft.score > best.score):
                best = draft
            if request.cancel.is_set() or (best and not best.faults and request.effort != "deep"):
                break
        yield from (replace(one, shown=best is not None and one is best.tried) for one in tries)
        if best is None:
            if request.cancel.is_set():
                return
            yield Said(say("fallback.text", brief.lang, form=say(f"form.{kind}", brief.lang)) + "\n\n")
            yield from self._say(request, note=f"(A {kind} could not be made: {trouble}. Answer in words.)")
            return
        spec = form(kind).settled(best.spec)
        gone = {part.id for part in walk(best.spec)} - {part.id for part in walk(spec)}
        findings = [finding for finding in best.findings if finding.where.split(".")[0] not in gone]
        yield Drawn(spec, "done", best.blobs, into)
        yield from self._doubted(brief.lang, findings)
        if findings:
            yield Noted(tuple(findings), spec.id)

    def _doubted(self, lang: str, findings: Sequence[Finding], before: str = "") -> Iterator[Event]:
        """A line where the model left the person's language, or is known to write it badly."""
        left = any(finding.code == "language" for finding in findings)
        if left or not self.llm.fluent(lang):
            yield Said(f"{before}*{say('fallback.language' if left else 'fallback.weak', lang)}*")

    def _compose(
        self, kind: str, request: Request, brief: Brief, candidate: int, tries: list[Tried], now: Spec | None, *, show: bool
    ) -> Generator[Event, None, tuple[_Draft | None, str]]:
        """One candidate: written, resolved, checked, and where it has faults written again with them named. Returns it, or None and why."""
        scope = self._scope(request, brief)
        settles = not scope.strong and not scope.table and now is None
        skeleton = form(kind).skeleton(_asked(brief)) if settles else None
        whole = schema = skeleton.schema if skeleton else compose.narrowed(kind, brief.wishes, scope, request.text)
        if not scope.strong and brief.lang.split("-")[0] in compose.HELD:
            whole = schema = compose.in_letters(schema, brief.lang, request.text)
        if scope.table and not scope.strong:
            whole = schema = columns.held(schema, request)
        known = calculators.hint(kind, request.text, brief.lang) if now is None else ""
        there = f"The {kind} now:\n{json.dumps(compose.of(now), ensure_ascii=False)[:OLD]}" if now else ""
        asked = compose.messages(
            kind, context.asked(request), brief.lang, context="\n\n".join(filter(None, [context.context(request), known, there])),
            history=context.digest(request), wishes=brief.wishes, scope=scope, skeleton=skeleton,
        )  # fmt: skip
        ours: dict[str, Any] = {"lang": brief.lang, "seed": candidate}
        if skeleton and not scope.given and not request.files and brief.lang.split("-")[0] in compose.TRANSLATED:
            asked = (yield from self._thought(kind, request, brief, skeleton, candidate)) or asked
        begun = asked
        parts: Parts | None = None
        if settles and not scope.given and skeleton is None:  # figures that were given want types of parts that no heading tells
            parts, ours = yield from self._planned(kind, request, brief, asked, schema, ours, show=show)
            skeleton = parts.skeleton() if parts else None
        bare = len(request.text.split()) <= SHORT and not request.history and not request.files
        about = compose.named(ours, brief.lang) if bare else begun[1].content
        best: _Draft | None = None
        trouble = "it was not written"
        for _ in range(1 + REPAIRS[request.effort]):
            warmth = (CLOSE if scope.given else FREE) + 0.2 * candidate
            send = partial(
                self.llm.stream, max_tokens=compose.TOKENS[kind], temperature=warmth, seed=candidate, cancel=request.cancel, label=kind
            )
            reply = parts.stream(send, begun[0], about) if parts else send(asked, schema=schema)
            yield from self._growing(reply, kind, brief, ours, now, skeleton, show=show and best is None)
            yield self._used(reply)
            draft, trouble = yield from self._checked(reply.text, kind, request, brief, ours, now, skeleton, show=show and best is None)
            tries.append(_tried(kind, candidate, draft, trouble))
            if draft:
                draft.tried = tries[-1]
            if draft and (best is None or draft.score > best.score):
                best = draft
            if request.cancel.is_set() or (best and not best.faults):
                break
            if best and any(finding.code == "language" for finding in best.findings):
                schema = compose.in_letters(whole, brief.lang, request.text)
            if isinstance(reply, Growing) and parts and draft:
                parts.again(reply, draft.findings, draft.spec)
            asked = _again(begun, reply.text, trouble, best.findings if best else [], brief)
        return best, trouble

    def _thought(
        self, kind: str, request: Request, brief: Brief, skeleton: Skeleton, seed: int
    ) -> Generator[Event, None, list[Message] | None]:
        """What asks the model to translate the visual, which it has written in English; None where that came to nothing."""
        question = context.asked(request)
        told = compose.messages(kind, question, "en", history=context.digest(request), wishes=brief.wishes, skeleton=skeleton)
        asked, schema = compose.in_english(told, skeleton.schema)
        reply = self.llm.stream(
            asked, schema=schema, max_tokens=compose.TOKENS[kind], temperature=FREE, seed=seed, cancel=request.cancel, label="english"
        )
        written = prefix(reply.read())
        yield self._used(reply)
        written.pop("question", None)
        if request.cancel.is_set() or not written or language_fault(" ".join(compose.words(written)), "en"):
            return None
        return compose.translating(written, question, brief.lang)

    def _planned(
        self, kind: str, request: Request, brief: Brief, asked: list[Message], schema: dict[str, Any], ours: dict[str, Any], *, show: bool
    ) -> Generator[Event, None, tuple[Parts | None, dict[str, Any]]]:
        """The parts that are to be written and the known fields, after the model has planned the visual, where its form is filled in part
        by part: a small model that writes all at once runs on, and chooses the first type of part each time."""
        one = form(kind)
        if one.outlined is None or one.filling is None:
            return None, ours
        under = compose.planning(kind, schema)
        asked = [*asked[:-1], Message("user", f"{asked[-1].content}\n\n{one.planning(brief.lang)}".strip())]
        for again in range(2):
            reply = self.llm.stream(
                asked, schema=under, max_tokens=compose.PLAN_TOKENS, temperature=FREE + 0.2 * again, seed=ours["seed"] + again,
                cancel=request.cancel, label=kind,
            )  # fmt: skip
            yield from self._growing(reply, kind, brief, ours, None, None, show=show and not again)
            yield self._used(reply)
            plan = prefix(reply.text)
            settled = one.outlined(plan, request.text, brief.lang, compose.wanted(brief.wishes, kind))
            strange = language_fault(" ".join(compose.words(plan)), brief.lang)
            if request.cancel.is_set() or (compose.enough(settled, brief.wishes, kind) and not strange):
                break
            if strange:
                asked = [asked[0], Message("user", f"{asked[1].content}\n\n{compose.language(brief.lang, strictly=True)}")]
        if not settled:
            return None, ours
        name, known = next((name, value) for name, value in settled.items() if isinstance(value, list))
        schemas = [one.filling(part, brief.lang) for part in known]
        if brief.lang.split("-")[0] in compose.HELD:
            schemas = [compose.in_letters(one, brief.lang, request.text) for one in schemas]
        return Parts(name, known, schemas), ours | {name: value for name, value in settled.items() if isinstance(value, str)}

    def _scope(self, request: Request, brief: Brief) -> compose.Scope:
        table = any(file.table is not None for file in request.files)
        told = [figure.value for words in brief.said for figure in figures(words, brief.lang)]
        given = table or any(value != brief.wishes.count for value in told)  # how many points are wished for is not a figure to show
        return compose.Scope(table, not self.llm.name.startswith("embedded"), given)

    def _growing(
        self,
        reply: Reply | Growing,
        kind: str,
        brief: Brief,
        ours: Mapping[str, Any],
        earlier: Spec | None,
        skeleton: Skeleton | None,
        *,
        show: bool,
    ) -> Iterator[Event]:
        """The visual as far as the stream goes, each time there is more of it to see."""
        one = form(kind)
        model = one.spec
        said = "\n".join((brief.question, *brief.said))
        shown: Spec | None = None
        due = 0.0
        for _ in reply:
            begun = time.monotonic()
            if not show or begun < due:
                continue
            spec = read_prefix(reply.text, model, ours, skeleton.fields if skeleton else None)
            spec = one.carried(earlier, spec) if earlier and spec else spec
            spec = icon_meanings.illustrated(one.corrected(_as_many(mended(spec, brief), brief, skeleton), said)) if spec else spec
            if spec is not None and spec != shown:
                shown = spec
                yield Drawn(spec, "growing")
            ended = time.monotonic()
            due = ended + max(GROW_SECONDS, GROW_REST * (ended - begun))

    def _checked(
        self,
        words: str,
        kind: str,
        request: Request,
        brief: Brief,
        ours: Mapping[str, Any],
        earlier: Spec | None,
        skeleton: Skeleton | None,
        *,
        show: bool,
    ) -> Generator[Event, None, tuple[_Draft | None, str]]:
        """The finished candidate with its figures' sources and its faults, or why there is none."""
        one = form(kind)
        spec = read_prefix(words, one.spec, ours, skeleton.fields if skeleton else None)
        if spec is None:
            return None, "what was written cannot be read"
        spec = mended(one.carried(earlier, spec) if earlier else spec, brief)
        spec = icon_meanings.illustrated(one.corrected(spec, "\n".join((brief.question, *brief.said))))
        try:
            if one.resolve is not None and not self._scope(request, brief).strong:
                spec = columns.mended(spec, request)
            if one.resolve is not None:
                tables = {file.name: file.table for file in request.files if file.table is not None}
                spec = one.resolve(spec, tables)
            if one.headline is not None and not spec.title:
                spec = spec.model_copy(update={"title": one.headline(spec)})
            if one.confirm is not None:
                spec = one.confirm(spec, self._ask_blind)
            spec = _as_many(spec, brief, skeleton)
            spec = sourced(spec, brief.said, brief.lang)
            spec, blobs = yield from self._painted(spec, request, show=show)
            findings = [*critique(spec, brief), *one.findings(spec), *render.check(spec, style(), (720.0,))]
        except Refused:
            raise
        except (SpecProblem, ModelProblem) as problem:
            return None, str(problem)
        return _Draft(spec, findings, blobs, coverage(spec, brief), sameness(spec, brief.lang)), ""

    def _ask_blind(self, question: str, schema: dict[str, Any]) -> str:
        """A short answer under a schema, to check an earlier one by."""
        return self.llm.stream([Message("user", question)], schema=schema, max_tokens=200, temperature=0.0, label="confirm").read()

    def _used(self, reply: Reply | Growing) -> Used:
        usage = reply.usage
        if usage is None:
            return Used(0, 0, 0.0)
        writing = usage.seconds - usage.first_token_seconds
        if usage.completion_tokens > 20 and writing > 0.5:
            self._rate += 0.3 * (usage.completion_tokens / writing - self._rate)
        return Used(usage.prompt_tokens, usage.completion_tokens, usage.seconds)


def _as_many(spec: Spec, brief: Brief, skeleton: Skeleton | None) -> Spec:
    """The spec with as many points as were wished for, without the one to spare."""
    if skeleton is None or not skeleton.spare or not brief.wishes.count:
        return spec
    return spec.model_copy(update={skeleton.spare: getattr(spec, skeleton.spare)[: brief.wishes.count]})


def _said_enough(words: str) -> bool:
    """True where a small model, which does not know when to stop, ends a paragraph of a long answer: not a list, a table, or code."""
    if len(words) < LONG or not words.endswith("\n\n") or words.count("```") % 2:
        return False
    last = words.rstrip().rpartition("\n\n")[2]
    return not re.match(r"\s*(?:[-*+•>|#]|\d+[.)])", last) and not last.rstrip("* ").endswith((":", "："))


def query(request: Request) -> Query:
    """The request as the router sees it."""
    files = tuple(Attachment(file.name, _attached(file), file.columns) for file in request.files)
    return Query(request.text, context.digest(request) or None, files)


def _attached(file: File) -> Any:
    return {"table": "table", "text": "text", "picture": "image"}.get(file.kind, "other")


def _last(request: Request) -> tuple[str, Spec] | None:
    """The visual that is pointed into, else the one the last answer ended with, by its id, where a follow-up may be about it."""
    if pointed.found(request) and not request.form:
        return pointed.found(request)
    shown = [id for id in request.history[-1].visuals if id in request.earlier] if request.history else []
    return (shown[-1], request.earlier[shown[-1]]) if shown and not request.form else None


def _brief(request: Request) -> Brief:
    return Brief(request.text, request.lang or detect(request.text), tuple(context.said(request)), wishes(request.text))


def _asked(brief: Brief) -> Asked:
    return Asked(brief.question, brief.lang, tuple(mentioned(brief.question)), brief.wishes.count)


def _tried(kind: str, candidate: int, draft: _Draft | None, trouble: str) -> Tried:
    if draft is None:
        return Tried(kind, candidate, -100.0, 1, 0, 0.0, (trouble,))
    found = tuple(f"{finding.code} {finding.where}" for finding in draft.findings[:6])
    return Tried(kind, candidate, draft.score, draft.faults, len(draft.findings) - draft.faults, round(draft.coverage, 2), found)


def _again(asked: list[Message], written: str, trouble: str, findings: list[Finding], brief: Brief) -> list[Message]:
    """The question again with what was written and its faults; where that is in another language, only the question, put more strongly."""
    if any(finding.code == "language" for finding in findings):
        return [asked[0], Message("user", f"{asked[1].content}\n\n{compose.language(brief.lang, strictly=True)}")]
    faults = trouble or "; ".join(f"{f.where}: {f.found}; {f.do}" for f in findings[:5])
    return [*asked, Message("assistant", written), Message("user", f"Faults: {faults}. Write it again without them.")]
