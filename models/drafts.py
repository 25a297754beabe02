"""One visual as a model drafts it: it grows while it is written, is checked, and is written again where it has faults."""

import json
import re
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any

from flipchart.models import amend, calculators, columns, compose, context, icon_meanings, outlines, recast
from flipchart.models.alike import covered
from flipchart.models.critique import coverage, critique, language_fault, sameness, unfinished
from flipchart.models.events import Drawn, Event, Request, Tried, Used
from flipchart.models.language import WORDS, detect
from flipchart.models.llm import LLM, Message, Reply
from flipchart.models.mend import Brief, mended
from flipchart.models.painter import Watched
from flipchart.models.painter_safety import Refused
from flipchart.models.parts import Growing, Parts
from flipchart.models.router import likewise, mentioned
from flipchart.models.sources import sourced
from flipchart.models.wishes import wishes
from flipchart.renderers import render
from flipchart.renderers.check import Finding
from flipchart.renderers.figures import figures
from flipchart.renderers.painter import Painter
from flipchart.renderers.problem import ModelProblem, SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.skeleton import Asked, Skeleton
from flipchart.renderers.spec import Spec, prefix, read_prefix
from flipchart.renderers.style import style

REPAIRS = {"quick": 0, "standard": 1, "deep": 2}
GROW_SECONDS = 0.15  # between two looks at what has come
GROW_REST = 4.0  # times as long as a look took, until the next: who draws must not take the model's time
CLOSE, FREE = 0.2, 0.45  # temperature where figures are to be copied, and where a cold model would repeat itself
YEARS = range(1500, 2101)  # a figure without a unit that is rather a date
OLD = 4_000  # characters of a visual that is written anew
FEW = 3  # words in English, from which on they are translated: fewer may be names
KEPT = 0.8  # share of a text's words that stand in the English, from which on it was not translated
MOST = 24  # texts that are translated one by one
SHORT = 20  # words of a question; a longer one may say what its parts need


@dataclass(slots=True)
class Draft:
    """One candidate when it is written and checked."""

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


class Drafting:
    """The writing of one candidate for a visual; `now` is the visual that it takes the place of, `tries` tells what was written."""

    def __init__(
        self,
        llm: LLM,
        painter: Painter | None,
        used: Callable[[Reply | Growing], Used],
        kind: str,
        request: Request,
        now: Spec | None = None,
        seed: int = 0,
        *,
        show: bool = True,
    ) -> None:
        self._llm, self._painter, self._used = llm, painter, used
        self._kind, self._form, self._request, self._now, self._seed, self._show = kind, form(kind), request, now, seed, show
        self._brief = briefed(request)
        self._scope = scoped(llm, request, self._brief)
        self._history = remembered(request, self._scope)
        self._ours: dict[str, Any] = {"lang": self._brief.lang, "seed": seed}
        self._skeleton: Skeleton | None = None
        self._english = ""  # what was thought in English, before it was translated
        self.tries: list[Tried] = []

    def run(self) -> Generator[Event, None, tuple[Draft | None, str]]:
        """Written, resolved, checked, and where it has faults written again with them named. Returns it, or None and why."""
        kind, request, brief, scope = self._kind, self._request, self._brief, self._scope
        settles = not scope.strong and not scope.table and self._now is None
        self._skeleton = self._form.skeleton(_asked(request, brief, scope)) if settles else None
        whole = schema = self._schema()
        begun = asked = self._messages()
        free = not scope.given and not request.files
        if self._skeleton and self._skeleton.worded and free and brief.lang.split("-")[0] in compose.TRANSLATED:
            begun = asked = (yield from self._thought(self._skeleton)) or asked
        parts: Parts | None = None
        if settles and not scope.given and self._skeleton is None:  # figures that were given want types of parts that no heading tells
            parts = yield from self._planned(asked, schema)
            self._skeleton = parts.skeleton() if parts else None
        bare = len(request.text.split()) <= SHORT and not self._history and not request.files
        about = compose.named(self._ours, brief.lang) if bare else begun[1].content
        best: Draft | None = None
        trouble = "it was not written"
        for _ in range(1 + REPAIRS[request.effort]):
            warmth = (CLOSE if scope.given else FREE) + 0.2 * self._seed
            send = partial(self._send, temperature=warmth)
            reply = parts.stream(send, begun[0], about) if parts else send(asked, schema=schema)
            yield from self._growing(reply)
            yield self._used(reply)
            draft, trouble = yield from self._checked(reply.text)
            self.tries.append(_tried(kind, self._seed, draft, trouble))
            if draft:
                draft.tried = self.tries[-1]
            if draft and (best is None or draft.score > best.score):
                best = draft
            if request.cancel.is_set() or (best and not best.faults):
                break
            self._show = self._show and best is None
            if best and any(finding.code == "language" for finding in best.findings):
                schema = compose.in_letters(whole, brief.lang, request.text)
            if isinstance(reply, Growing) and parts and draft:
                parts.again(reply, draft.findings, draft.spec)
            asked = _again(begun, reply.text, trouble, best.findings if best else [], brief)
        if best and unfinished(best.spec, best.findings):
            return None, "; ".join(one.found for one in best.findings if one.where == best.spec.id)
        return best, trouble

    def _send(self, asked: list[Message], **given: Any) -> Reply:
        told: dict[str, Any] = {"max_tokens": compose.TOKENS[self._kind], "seed": self._seed, "label": self._kind} | given
        return self._llm.stream(asked, cancel=self._request.cancel, **told)

    def _schema(self) -> dict[str, Any]:
        """What the model writes under: no more than this question leaves open to a model of its strength."""
        kind, request, brief, scope = self._kind, self._request, self._brief, self._scope
        schema = self._skeleton.schema if self._skeleton else compose.narrowed(kind, brief.wishes, scope, request.text)
        if not scope.strong and brief.lang.split("-")[0] in compose.HELD:
            schema = compose.in_letters(schema, brief.lang, request.text)
        return columns.held(schema, request) if scope.table and not scope.strong else schema

    def _messages(self) -> list[Message]:
        kind, request, brief = self._kind, self._request, self._brief
        known = calculators.hint(kind, request.text, brief.lang) if self._now is None else ""
        outline = outlines.agreed(request) if self._scope.strong else None
        plan = f"The outline that was agreed on:\n{json.dumps(outline, ensure_ascii=False)}" if outline else ""
        there = f"The {kind} now:\n{json.dumps(compose.of(self._now), ensure_ascii=False)[:OLD]}" if self._now else ""
        return compose.messages(
            kind, context.asked(request), brief.lang, context="\n\n".join(filter(None, [context.context(request), known, plan, there])),
            history=self._history, wishes=brief.wishes, scope=self._scope, skeleton=self._skeleton,
        )  # fmt: skip

    def _thought(self, skeleton: Skeleton) -> Generator[Event, None, list[Message] | None]:
        """What asks the model to translate the visual, which it has written in English; None where that came to nothing."""
        kind, request, brief = self._kind, self._request, self._brief
        question = context.asked(request)
        told = compose.messages(kind, question, "en", history=self._history, wishes=brief.wishes, skeleton=skeleton)
        asked, schema = compose.in_english(told, skeleton.schema)
        reply = self._send(asked, schema=schema, temperature=FREE, label="english")
        written = prefix(reply.read())
        yield self._used(reply)
        written.pop("question", None)
        if request.cancel.is_set() or not written or language_fault(" ".join(compose.words(written)), "en"):
            return None
        self._english = " ".join(compose.words(written))
        return compose.translating(written, question, brief.lang)

    def _translated(self, spec: Spec) -> Generator[Event, None, Spec]:
        """`spec` with what a small model left in English said in the person's language, each text in its place."""
        lang, said = self._brief.lang, recast.texts(spec)
        every = language_fault(" ".join(said.values()), lang) == "en"
        if not self._english and not every:
            return spec
        left = {
            place: words
            for place, words in said.items()
            if place != f"{spec.id}.title" and (every or covered(words, self._english, "en") >= KEPT)
        }
        english = list(dict.fromkeys(left.values()))[:MOST]
        if sum(len(words.split()) for words in english) < FEW or self._request.cancel.is_set():
            return spec
        asked, schema = recast.translating(english, lang)
        reply = self._send(asked, schema=schema, max_tokens=60 + 3 * sum(map(len, english)), temperature=CLOSE, label="translate")
        answer = reply.read()
        yield self._used(reply)
        new = recast.translated(english, answer, lang)
        try:
            done = recast.recast(spec, {place: new[words] for place, words in left.items() if words in new}, lang)
        except SpecProblem:
            return spec
        return done.model_copy(update={"sources": spec.sources, "version": spec.version})

    def outline(self) -> Generator[Event, None, dict[str, Any]]:
        """The plan alone: the title and the parts with their headings; empty where nothing came of it."""
        return (yield from self._settled(self._messages(), self._schema()))

    def _planned(self, asked: list[Message], schema: dict[str, Any]) -> Generator[Event, None, Parts | None]:
        """The parts that are to be written, after the model has planned the visual, where its form is filled in part by part: a small
        model that writes all at once runs on, and chooses the first type of part each time. What is known of the whole becomes ours."""
        brief, one = self._brief, self._form
        if one.outlined is None or one.filling is None:
            return None
        plan = outlines.agreed(self._request)
        if plan:
            settled = one.outlined(plan, self._request.text, brief.lang, len(plan["outline"]))
        else:
            settled = yield from self._settled(asked, schema)
        if not settled:
            return None
        name, known = next((name, value) for name, value in settled.items() if isinstance(value, list))
        schemas = [one.filling(part, brief.lang) for part in known]
        if brief.lang.split("-")[0] in compose.HELD:
            schemas = [compose.in_letters(one, brief.lang, self._request.text) for one in schemas]
        self._ours |= {name: value for name, value in settled.items() if isinstance(value, str)}
        return Parts(name, known, schemas)

    def _settled(self, asked: list[Message], schema: dict[str, Any]) -> Generator[Event, None, dict[str, Any]]:
        """What the model plans of the visual: twice where it plans too little, or in another language."""
        kind, request, brief, one = self._kind, self._request, self._brief, self._form
        settled: dict[str, Any] = {}
        assert one.outlined is not None
        under = compose.planning(kind, schema)
        asked = [*asked[:-1], Message("user", f"{asked[-1].content}\n\n{one.planning(brief.lang)}".strip())]
        for again in range(2):
            reply = self._send(asked, schema=under, max_tokens=compose.PLAN_TOKENS, temperature=FREE + 0.2 * again, seed=self._seed + again)
            if not again:
                yield from self._growing(reply)
            else:
                reply.read()
            yield self._used(reply)
            plan = prefix(reply.text)
            settled = one.outlined(plan, request.text, brief.lang, compose.wanted(brief.wishes, kind))
            strange = language_fault(" ".join(compose.words(plan)), brief.lang)
            if request.cancel.is_set() or (compose.enough(settled, brief.wishes, kind) and not strange):
                break
            if strange:
                asked = [asked[0], Message("user", f"{asked[1].content}\n\n{compose.language(brief.lang, strictly=True)}")]
        return settled

    def _read(self, words: str) -> Spec | None:
        """The best spec of what is written so far."""
        spec = read_prefix(words, self._form.spec, self._ours, self._skeleton.fields if self._skeleton else None)
        return self._form.carried(self._now, spec) if self._now and spec else spec

    def _illustrated(self, spec: Spec) -> Spec:
        return icon_meanings.illustrated(self._form.corrected(spec, "\n".join((self._brief.question, *self._brief.said))))

    def _growing(self, reply: Reply | Growing) -> Iterator[Event]:
        """The visual as far as the stream goes, each time there is more of it to see."""
        shown: Spec | None = None
        due = 0.0
        for _ in reply:
            begun = time.monotonic()
            if not self._show or begun < due:
                continue
            spec = self._read(reply.text)
            spec = self._illustrated(self._as_many(mended(spec, self._brief))) if spec else spec
            if spec is not None and spec != shown:
                shown = spec
                yield Drawn(spec, "growing")
            ended = time.monotonic()
            due = ended + max(GROW_SECONDS, GROW_REST * (ended - begun))

    def _checked(self, words: str) -> Generator[Event, None, tuple[Draft | None, str]]:
        """The finished candidate with its figures' sources and its faults, or why there is none."""
        one, request, brief = self._form, self._request, self._brief
        spec = self._read(words)
        if spec is None:
            return None, "what was written cannot be read"
        spec = mended(spec, brief)
        if not self._scope.strong and brief.lang.split("-")[0] in compose.TRANSLATED:
            spec = yield from self._translated(spec)
        spec = self._illustrated(spec)
        try:
            if one.resolve is not None:
                spec = resolved(spec if self._scope.strong else columns.mended(spec, request), request)
            if one.headline is not None and not spec.title:
                spec = spec.model_copy(update={"title": one.headline(spec)})
            if one.confirm is not None:
                spec = one.confirm(spec, self._ask_blind)
            spec = sourced(self._as_many(spec), brief.said, brief.lang)
            spec, blobs = yield from painted(self._painter, spec, request, show=self._show)
            findings = [*critique(spec, brief), *one.findings(spec), *render.check(spec, style(), (720.0,))]
        except Refused:
            raise
        except (SpecProblem, ModelProblem) as problem:
            return None, str(problem)
        return Draft(spec, findings, blobs, coverage(spec, brief), sameness(spec, brief.lang)), ""

    def _as_many(self, spec: Spec) -> Spec:
        """The spec with as many points as were wished for, without the one to spare."""
        spare, count = self._skeleton.spare if self._skeleton else "", self._brief.wishes.count
        return spec.model_copy(update={spare: getattr(spec, spare)[:count]}) if spare and count else spec

    def _ask_blind(self, question: str, schema: dict[str, Any]) -> str:
        """A short answer under a schema, to check an earlier one by."""
        return self._llm.stream([Message("user", question)], schema=schema, max_tokens=200, temperature=0.0, label="confirm").read()


def briefed(request: Request) -> Brief:
    """What the request asks for, in which language, with what was said before."""
    return Brief(request.text, request.lang or detect(request.text), tuple(context.said(request)), wishes(request.text))


def scoped(llm: LLM, request: Request, brief: Brief) -> compose.Scope:
    """How much is left to this model: what is attached, how strong it is, and whether figures were given."""
    table = any(file.table is not None for file in request.files)
    # How many points are wished for is not a figure to show, nor is a year since which.
    told = [figure for words in brief.said for figure in figures(words, brief.lang) if figure.value != brief.wishes.count]
    years = [figure for figure in told if not figure.unit and figure.value in YEARS]
    given = table or len(told) > len(years) or len(years) > 2
    return compose.Scope(table, not llm.name.startswith("embedded"), given)


def remembered(request: Request, scope: compose.Scope) -> str:
    """What the model hears of the conversation. A small one writes of what was said whatever it is asked now: it hears of the last turn,
    and only where the question leans on it."""
    if scope.strong:
        return context.digest(request)
    last, lang = context.digest(request, 1), request.lang or detect(request.text)
    topic = _bare(request.text, lang) and not covered(request.text, last, lang) and not amend.points(request.text)
    return last if amend.leans(request.text) and not topic else ""  # "pizza recipe" after a chart of cars is a topic of its own


_ONE = re.compile(r"^(?:an?|eine?|une?|uma?|una)\s+")
_LINK = re.compile(r"(?<=\w)\s+(?:of|for|in|on|with|from|für|mit|von|im|aus|para|con|de|del|em|com|do|da|pour|avec|du|des|au|à)(?=\s+\w)")
_OF_WHAT = re.compile(  # names that say nothing without what they are of
    r"(?:examples?|benefits?|advantages?|risks?|alternatives?|reasons?|costs?|prices?|uses?|tips|options?|versions?|details?|sources?|"
    r"beispiele?|vorteile?|nachteile?|risiken|alternativen|gründe|kosten|preise?|ejemplos?|ventajas|riesgos|alternativas|razones|costos?|"
    r"precios?|exemples?|avantages|risques|raisons|coûts?|prix|exemplos?|vantagens|riscos|razões|custos?|preços?)\b"
)


def _bare(words: str, lang: str) -> bool:
    """Whether words are a few names and no sentence ("a pizza recipe", "Rezept für Pizza"): none of them is a small word, as a wish that
    goes on from something has, but for what joins two names."""
    low = _ONE.sub("", words.lower().strip())
    found = re.findall(r"[^\W_]+", low if _OF_WHAT.match(low) else _LINK.sub(" ", low))
    small = WORDS["en"] | WORDS.get(lang.split("-")[0], frozenset())
    return all(letter < "\u0250" for letter in words) and sum(map(str.isalpha, found)) > 1 and small.isdisjoint(found)


def resolved(spec: Spec, request: Request) -> Spec:
    """The spec with its query run again over the person's tables; raises SpecProblem where it cannot be."""
    resolve = form(spec.kind).resolve
    return spec if resolve is None else resolve(spec, {file.name: file.table for file in request.files if file.table is not None})


def painted(
    painter: Painter | None, spec: Spec, request: Request, *, show: bool
) -> Generator[Event, None, tuple[Spec, Mapping[str, bytes]]]:
    """The spec with its pictures painted, and their pixels; while they form they are shown, and a stopped request stops them."""
    one = form(spec.kind)
    if one.paint is None:
        return spec, {}
    if painter is None:
        if one.forming is None:  # nothing but a picture is as good without
            return spec, {}
        raise ModelProblem("there is no painter; install one with the extra `images`")
    news: SimpleQueue[tuple[int, int, bytes | None] | None] = SimpleQueue()
    left = threading.Event()

    def progress(step: int, steps: int, preview: bytes | None) -> bool:
        news.put((step, steps, preview))
        return not (request.cancel.is_set() or left.is_set())

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(one.paint, spec, Watched(painter, progress), request.pixels)
        done.add_done_callback(lambda _: news.put(None))
        try:
            while (told := news.get()) is not None:
                if show and told[2] and one.forming is not None:
                    growing, blobs = one.forming(spec, told[2], told[0], told[1])
                    yield Drawn(growing, "growing", blobs)
        finally:
            left.set()
    return done.result()


def _asked(request: Request, brief: Brief, scope: compose.Scope) -> Asked:
    """The question as a form sees it; one that asks the last again of something else has the last one's structure."""
    again = request.history and likewise(request.text)
    question = f"{request.history[-1].question}\n{brief.question}" if again else brief.question
    count = brief.wishes.count or (wishes(request.history[-1].question).count if again else None)
    return Asked(question, brief.lang, tuple(mentioned(question)), count, scope.given)


def _tried(kind: str, candidate: int, draft: Draft | None, trouble: str) -> Tried:
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
