"""The planner: for each answer it chooses what to show, has it written under a schema while it grows, checks, repairs, and falls
back honestly.

route → compose (each prefix of the stream gives the best spec so far) → check → repair (by rule, then the model, at most twice)
→ what is good of it, or words that say so.
"""

import re
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from types import FunctionType
from typing import Any, cast

from flipchart.models import addressed, amend, compose, context, outlines, painter_things, pointed, recast, tables, weights
from flipchart.models.carried import carried
from flipchart.models.critique import critique, text_findings
from flipchart.models.drafts import REPAIRS, Draft, Drafting, briefed, painted, remembered, resolved, scoped
from flipchart.models.events import Drawn, Event, Failed, File, Noted, Planned, Pointed, Request, Said, Tried, Used, Withdrawn
from flipchart.models.language import detect
from flipchart.models.llm import LLM, Message, Reply
from flipchart.models.mend import Brief
from flipchart.models.parts import Growing
from flipchart.models.report import quizzed, report, reported
from flipchart.models.reshape import reshaped
from flipchart.models.restyle import leftover, restyled, understood
from flipchart.models.rewire import rewired, shoved
from flipchart.models.router import Attachment, Query, route, small_talk
from flipchart.models.sources import sourced
from flipchart.renderers import render
from flipchart.renderers.check import Finding
from flipchart.renderers.painter import Painter
from flipchart.renderers.problem import Problem, SpecProblem
from flipchart.renderers.registry import KINDS, form
from flipchart.renderers.skeleton import Asked
from flipchart.renderers.spec import Spec, read_prefix, walk
from flipchart.renderers.style import style
from flipchart.renderers.words import number, say

CANDIDATES = {"quick": 1, "standard": 1, "deep": 3}
SECOND_BEST = 0.5  # from this chance on, autonomy 3 shows another form too
LONG = 1400  # characters of an answer in words, past which its end is welcome
HELD = 120  # characters of an answer in words that are held back until their language is known
RATE = 15.0  # tokens a second assumed of a model not yet measured


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
            shaped = reshaped(request)
            if shaped is not None:
                yield from self._reshaped(shaped, planned, request)
                return
            named = addressed.addressed(request)
            earlier = named or _last(request)
            if earlier is not None:
                changed = yield from self._edit(*earlier[:2], planned, named[2] if named else request, named=named is not None)
                if changed:
                    return
            request = carried(request)
            if recast.reworded(request):
                planned = replace(planned, form="text", reason=say("reason.amended", request.lang or detect(request.text)))
            table = reported(request)
            if table is not None:
                yield from self._report(table, planned, request)
                return
            guess = tables.guessed(request, planned.form) if self.llm.name.startswith("embedded") else None
            if guess is not None:
                yield from guess
                return
            yield planned
            kinds = [planned.form]
            if request.autonomy == 3 and not request.form:
                kinds += [kind for kind, chance in planned.forms if chance >= SECOND_BEST and kind not in {*kinds, "text"}][:1]
            for kind in kinds:
                if request.cancel.is_set():
                    return
                outlined = outlines.offered(planned, request) if kind == "text" else ""
                yield from (
                    self._outline(outlined, request) if outlined else self._say(request) if kind == "text" else self._draw(kind, request)
                )
            quiz = quizzed(request)
            if quiz is not None and not request.cancel.is_set():
                yield from self._draw("app", quiz)
        except Problem as problem:
            yield Failed(str(problem))
        finally:
            with self._turn:
                self._answering -= 1
                self._turn.notify_all()

    def _reshaped(self, spec: Spec, planned: Planned, request: Request) -> Iterator[Event]:
        """The last answer as another form; no model is asked."""
        lang = request.lang or detect(request.text)
        yield Planned(spec.kind, planned.forms, say("reason.restyled", lang), 0.1)
        made = sourced(form(spec.kind).settled(spec), briefed(request).said, spec.lang)
        yield Drawn(made)
        found = render.check(made, style(), (720.0,))
        if found:
            yield Noted(tuple(found), made.id)

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

    def _edit(self, id: str, spec: Spec, planned: Planned, request: Request, *, named: bool) -> Generator[Event, None, bool]:
        """The last visual, or the one that is named, as a follow-up wishes it: by rule, else by a patch of the model's. False where it is
        a new question."""
        lang = request.lang or detect(request.text)
        at = request.about if pointed.found(request) else None
        if at and at.mask and not amend.asks(request.text):
            yield Planned(spec.kind, planned.forms, say("reason.amended", lang), self._seconds(spec.kind) / 4)
            yield from self._retouch(id, spec, request, at.mask)
            return True
        picture = form(spec.kind).retouched is not None and not amend.titled(request.text)
        thing = picture and painter_things.wished(getattr(spec, "subjects", ()), request.text)
        done: Spec | None = rewired(spec, request.text, at.part if at else "")
        done = done or (pointed.wished(spec, at, request.text) if at else None) or restyled(spec, request.text)
        if picture and understood(request.text).colour:
            done = None  # of what is painted, not of the page
        if done is not None:
            yield Planned(done.kind, planned.forms, say("reason.restyled", lang), 0.1)
            yield Drawn(resolved(done, request), "done", into=id)
            return True
        if name := shoved(spec, request.text, at.part if at else ""):
            yield Planned("text", planned.forms, "", 0.1)
            yield Said(say("edit.drag", lang, edit=say("chat.board", lang), name=name))
            return True
        cast = recast.wished(spec, request.text) if at is None and request.autonomy else None
        if cast is not None:
            yield from self._recast(id, spec, cast, planned, request)
            return True
        part, rest = addressed.counted(id, spec, request.text) or (None, "")
        counted = part is not None and at is None
        at = at or part
        about = named or at is not None or planned.form == spec.kind or amend.refers(request.text) or bool(amend.added(request.text))
        meant = amend.meant(request.text) or (counted and addressed.remade(spec, request.text))
        if request.autonomy == 0 or not (thing or (about and meant)):
            return False
        yield Planned(spec.kind, planned.forms, say("reason.amended", lang), self._seconds(spec.kind) / 4)
        if picture:
            yield from self._retouch(id, spec, request)
            return True
        if counted and at and addressed.topical(pointed.part_of(spec, at.part), rest):
            yield from self._replaced(id, spec, at, replace(request, text=rest, lang=spec.lang))
            return True
        brief = briefed(request)
        scope = scoped(self.llm, request, brief)
        asked = amend.messages(spec, context.asked(request), at)
        refused = ""
        for again in range(1 + REPAIRS[request.effort]):
            reply = self.llm.stream(
                asked,
                schema=amend.schema(spec, scope, at.part if at else "", request.text),
                max_tokens=amend.TOKENS,
                temperature=0.1 + 0.5 * again,
                cancel=request.cancel,
                label="edit",
            )
            written = reply.read()
            yield self._used(reply)
            if request.cancel.is_set():
                return True
            try:
                patched = resolved(amend.amended(spec, written), request)
                patched = sourced(patched, brief.said, brief.lang)
                refused = amend.refused(spec, patched, request.text)
                if refused:
                    raise SpecProblem(amend.REFUSED[refused])
            except SpecProblem as problem:
                # What it wrote is not shown again: a small model would copy it.
                asked = [asked[0], Message("user", f"{asked[1].content}\n\nFaults of the edits before: {problem}.")]
                continue
            yield Drawn(patched, "done", into=id)
            found = render.check(patched, style(), (720.0,))
            if found:
                yield Noted(tuple(found), patched.id)
            return True
        name = getattr(getattr(spec, "query", None), "table", "")
        yield from [Said(say(refused, lang, name=name))] if refused else self._draw(spec.kind, request, spec, id)
        return True

    def _replaced(self, id: str, spec: Spec, at: Pointed, request: Request) -> Iterator[Event]:
        """The visual with another question of a quiz in the place of this one, written as a quiz of one."""
        lang, one = request.lang or "en", form(spec.kind)
        text = f"Quiz, 1 question {request.text}"
        if len(leftover(request.text.lower())) < 2:  # "harder": of what it is about now
            text = f"{text} ({spec.title}: {at.words})"
        skeleton = one.skeleton(Asked(text, lang, (), 1))
        assert skeleton is not None
        asked = compose.messages(spec.kind, text, lang, skeleton=skeleton)
        made: Spec | None = None
        for again in range(1 + REPAIRS[request.effort]):
            reply = self.llm.stream(
                asked, schema=skeleton.schema, max_tokens=amend.TOKENS, temperature=0.2 + 0.4 * again, cancel=request.cancel, label="edit"
            )
            written = read_prefix(reply.read(), one.spec, {"lang": lang}, skeleton.fields)
            yield self._used(reply)
            if request.cancel.is_set():
                return
            made = addressed.replaced(spec, at.part, written) if written else None
            if made is not None:
                break
        yield Drawn(made, "done", into=id) if made else Said(say("edit.refused", lang))

    def _recast(self, id: str, spec: Spec, cast: recast.Recast, planned: Planned, request: Request) -> Iterator[Event]:
        """The visual with all its words written anew, or other content under the question it answered."""
        lang = request.lang or detect(request.text)
        yield Planned(spec.kind, planned.forms, say("reason.amended", lang), self._seconds(spec.kind) / 2)
        asked = next((turn.question for turn in reversed(request.history) if id in turn.visuals), "")
        if cast.anew and asked:
            other = replace(request, text=f"{asked} ({request.text})", history=(), earlier={}, lang=cast.lang)
            yield from self._draw(spec.kind, other, None, id)
            return
        for again in range(1 + REPAIRS[request.effort]):
            new: dict[str, str] = {}
            try:
                for places, messages, schema in recast.asked(spec, cast):
                    most, warmth = recast.tokens(places, spec), 0.2 + 0.4 * again
                    reply = self.llm.stream(
                        messages, schema=schema, max_tokens=most, temperature=warmth, cancel=request.cancel, label="recast"
                    )
                    written = reply.read()
                    yield self._used(reply)
                    if request.cancel.is_set():
                        return
                    new |= recast.written(places, written)
                made = resolved(recast.recast(spec, new, cast.lang), request)
                if amend.emptied(spec, made, request.text):
                    continue
            except SpecProblem:
                continue
            brief = briefed(request)
            strange = [one for one in critique(made, replace(brief, lang=cast.lang)) if one.code == "language"]
            if strange and again < REPAIRS[request.effort]:
                continue
            yield Drawn(sourced(made, brief.said, cast.lang), "done", into=id)
            yield from self._doubted(cast.lang, strange)
            return
        yield from self._draw(spec.kind, request, spec, id)

    def _retouch(self, id: str, spec: Spec, request: Request, mask: str = "") -> Iterator[Event]:
        """What is painted in the visual, changed as the person wishes, where they marked a place only there."""
        retouched = form(spec.kind).retouched
        assert retouched is not None
        made, blobs = yield from painted(self._painter, retouched(spec, request.text, mask), request, show=False)
        yield Drawn(made, "done", blobs, into=id)

    def _seconds(self, kind: str) -> float:
        """Seconds an answer is expected to take: half the tokens it may take, at the pace seen so far."""
        return round(1.0 + compose.TOKENS[kind] / 2 / self._rate, 1)

    def _outline(self, kind: str, request: Request) -> Iterator[Event]:
        """What a deck would hold, in words, before it is written; a plain answer where none was planned."""
        drafting = Drafting(self.llm, self._painter, self._used, kind, request, show=False)
        settled = yield from drafting.outline()
        if request.cancel.is_set():
            return
        lang = request.lang or detect(request.text)
        yield from [Said(outlines.told(settled, kind, lang))] if settled else self._say(request)

    def _say(self, request: Request, note: str = "") -> Iterator[Event]:
        """The answer in words; what it remembers of figures is footnoted once."""
        brief = briefed(request)
        about = "\n\n".join(filter(None, [context.context(request), note]))
        scope = scoped(self.llm, request, brief)
        history = "" if small_talk(request.text) else remembered(request, scope)
        asked = compose.messages("text", context.asked(request), brief.lang, context=about, history=history, wishes=brief.wishes)
        cast = recast.reworded(request)
        if cast is not None and not note:
            before = request.history[-1].answer
            brief = replace(brief, lang=cast.lang, said=(*brief.said, before))
            asked = recast.rewording(cast, before)
        reply, held = self._begun(asked, request, brief)
        if held:
            yield Said(held if scope.strong else _STUTTER.sub(r"\1", held))
        for delta in reply:
            yield Said(delta)
            if not scope.strong and (_said_enough(reply.text) or _stuck(reply.text)):
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
        warmth = 0.0 if any(file.kind == "text" for file in request.files) else 0.4  # what a document says is said as it says it
        return self.llm.stream(asked, max_tokens=compose.TOKENS["text"], temperature=warmth, cancel=request.cancel, label="text")

    def _draw(self, kind: str, request: Request, now: Spec | None = None, into: str = "") -> Iterator[Event]:
        """A visual that grows; repaired where the checks find faults; words where nothing can be drawn. `now` is what it takes the
        place of."""
        brief = briefed(request)
        best: Draft | None = None
        trouble = ""
        tries: list[Tried] = []
        for candidate in range(CANDIDATES[request.effort]):
            show = not best and not into
            drafting = Drafting(self.llm, self._painter, self._used, kind, request, now, candidate, show=show)
            draft, trouble = yield from drafting.run()
            tries += drafting.tries
            if draft is not None and (best is None or draft.score > best.score):
                best = draft
            if request.cancel.is_set() or (best and not best.faults and request.effort != "deep"):
                break
        yield from (replace(one, shown=best is not None and one is best.tried) for one in tries)
        if best is None:
            if request.cancel.is_set():
                return
            unanswered = tables.unanswered(request, brief.lang) if "query" in form(kind).spec.model_fields else None
            if unanswered is not None:
                yield from unanswered
                return
            yield Withdrawn()
            yield Said(say("fallback.text", brief.lang, form=say(f"form.{kind}", brief.lang)) + "\n\n")
            yield from self._say(request, note=f"(A {kind} could not be made: {trouble}. Answer in words.)")
            return
        spec = form(kind).settled(best.spec)
        if now is not None and amend.emptied(now, spec, request.text):
            yield Said(say("edit.refused", brief.lang))
            return
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
            other = None if self.llm.fluent(lang) else weights.better(lang)
            offer = " " + say("fallback.better", lang, model=other.title, size=number(other.size / 1e9, lang, digits=1)) if other else ""
            yield Said(f"{before}*{say('fallback.language' if left else 'fallback.weak', lang)}{offer}*")

    def _used(self, reply: Reply | Growing) -> Used:
        usage = reply.usage
        if usage is None:
            return Used(0, 0, 0.0)
        writing = usage.seconds - usage.first_token_seconds
        if usage.completion_tokens > 20 and writing > 0.5:
            self._rate += 0.3 * (usage.completion_tokens / writing - self._rate)
        return Used(usage.prompt_tokens, usage.completion_tokens, usage.seconds)


def _said_enough(words: str) -> bool:
    """True where a small model, which does not know when to stop, ends a paragraph of a long answer: not a list, a table, or code."""
    if len(words) < LONG or not words.endswith("\n\n") or words.count("```") % 2:
        return False
    last = words.rstrip().rpartition("\n\n")[2]
    return not re.match(r"\s*(?:[-*+•>|#]|\d+[.)])", last) and not last.rstrip("* ").endswith((":", "："))


def _stuck(words: str) -> bool:
    """True where a small model says the same word or phrase for the third time in a row: "español, español, español"."""
    return _AGAIN.search(words[-STUCK:]) is not None


STUCK = 400  # characters in which that is seen
_STUTTER = re.compile(r"(?<!\w)([^\W\d_][\w' ]{4,60}?)(?:[,;.]?\s+\1(?!\w)){2,}")
_AGAIN = re.compile(r"(?<!\w)([^\W\d_][\w' ]{4,60}?)(?:[,;.]?\s+\1(?!\w)){2}[,;.]?\s*$")


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
