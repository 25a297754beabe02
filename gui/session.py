"""The whole line in one place: a question becomes a plan, a spec, a drawing, something kept, and something shown.

Every face (chat, widget, terminal, notebook, other programs) speaks to a `Session`. It is also the only place that catches what
nobody expected.
"""

import atexit
import contextlib
import logging
import secrets
import struct
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from flipchart.gui import attach, pictures
from flipchart.gui.asked import About, Answer, Asked, carrying, prose, sound
from flipchart.gui.brands import Brands, named
from flipchart.gui.edits import applied, requeried, retitled, stale, unpainted
from flipchart.gui.jobs import ENDS, Jobs, Told
from flipchart.gui.minds import Minds, open_planner
from flipchart.gui.store import Conversation, Kept, Run, Store, Stored, Visual
from flipchart.models import amend, arithmetic, calculators, introduction, plans, pointed, relations, tables
from flipchart.models.events import Drawn, Event, Failed, File, Offered, Planned, Request, Said, Turn
from flipchart.models.language import detect
from flipchart.renderers.check import Finding
from flipchart.renderers.painter import UNMARKED, Painter
from flipchart.renderers.problem import Missing, Problem, SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.render import KEEPERS, Page, read, write
from flipchart.renderers.spec import Look, Spec, dump, explain
from flipchart.renderers.style import Brand, Style, style
from flipchart.renderers.table_pasted import parted
from flipchart.renderers.words import number, say

SAME = 0.6  # share of a table's columns that another must have to take its place
TITLE = 60  # characters of a conversation's title

log = logging.getLogger("flipchart")

Observer = Callable[[Event | Told], None]


class Session:
    """Conversations over one data directory. Thread safe."""

    def __init__(self, store: Store, minds: Minds, *, painter: Painter | None = None) -> None:
        self.store, self.minds, self.painter = store, minds, painter
        self.brands = Brands(store.home)
        self.jobs = Jobs(store, self._answer)

    def close(self, seconds: float = 10.0) -> None:
        """End the answers that run, what they have kept, and let go of the database."""
        self.jobs.close(seconds)
        self.store.close()

    # -- asking -----------------------------------------------------------------------------------------------------------

    def start(self, asked: Asked, conversation: str = "", run: str = "") -> Run:
        """Begin an answer, or find it where the run is there already; it goes on whoever watches."""
        asked = self._parted(asked)
        text = asked.text.strip()
        held = [kept for kept in map(self.store.file, asked.files) if kept.kind == "table"]
        if not text and held:
            text = say("chat.look", asked.lang or "en", name=held[-1].name)
        if not text:
            raise Problem("the question is empty; say what you want to see")
        if asked.form:
            form(asked.form)
        style(asked.theme)
        asked = asked.model_copy(update={"text": text, "lang": asked.lang or detect(text)})
        if asked.renews:
            self.store.file(asked.renews)
        if asked.about:
            asked = asked.model_copy(update={"about": self._pointed(asked.about, conversation)})
        conversation, run = conversation or secrets.token_urlsafe(12), run or secrets.token_urlsafe(12)
        self.store.converse(conversation, _title(text), asked.lang)
        inner = [id for file in asked.files for id in self.store.file(file).about.get("tables", ())]
        self.store.claim([*asked.files, *inner, *([asked.about.mask] if asked.about and asked.about.mask else [])], conversation)
        return self.jobs.start(run, conversation, asked.model_dump(mode="json", exclude_defaults=True) | {"text": text})

    def _parted(self, asked: Asked) -> Asked:
        """The question with a table that stands in its words attached, as if it had been dropped."""
        found = parted(asked.text) if not asked.about else None
        if found is None:
            return asked
        words, rows = found
        lang = asked.lang or detect(words or rows)
        try:
            kept = self.attach(say("chat.file.pasted", lang), rows.encode(), lang)
        except Problem:
            return asked  # words after all
        return asked.model_copy(update={"text": words, "files": (*asked.files, kept.id)})

    def _pointed(self, about: About, conversation: str) -> About:
        """What is pointed at, called by its name; raises Problem where it is in no visual of this conversation."""
        visual = self.store.visual(about.visual)
        if visual.conversation != conversation:
            raise Problem(f"what is pointed at is in another conversation than {conversation[:40]!r}; point at a visual of this one")
        if about.mask and self.store.file(about.mask).about.get("marks") != visual.id:
            raise Problem("the marked place is not in the picture that is asked about; mark one there")
        found = pointed.settled(about.pointed(), spec_of(visual))
        return About(visual=found.visual, part=found.part, field=found.field, words=found.words, mask=about.mask)

    def picture(self, id: str) -> bytes:
        """The visual's picture (PNG) as it is, to mark a place in; raises Problem where there is none, or none that can be changed so."""
        spec = spec_of(self.store.visual(id))
        blob = getattr(spec, "blob", "")
        if form(spec.kind).retouched is None or not blob:
            raise Problem("there is no painted picture in this visual; mark a place in one that has one")
        if self.painter is None or not self.painter.marks:
            raise Problem(UNMARKED)
        return self._pixels(blob)

    def mark(self, id: str, mask: bytes) -> About:
        """A place in the visual's picture, kept so that a question can be about it: `mask` is a picture that is white there.

        Raises Problem where it is no picture, of other proportions, or white nowhere.
        """
        picture = self.picture(id)
        if len(mask) > attach.LARGEST:
            raise Problem(f"the mask has {len(mask) / 1e6:.0f} MB; at most {attach.LARGEST / 1e6:.0f} MB are read, so save it smaller")
        width, height = struct.unpack(">II", picture[16:24])  # a PNG of ours says so at its beginning
        kept = self.store.attach("mask.png", "picture", self.store.keep(pictures.masked(mask, width, height)), {"marks": id})
        spec = spec_of(self.store.visual(id))
        words = say("image.marked", spec.lang or "en", title=spec.title or form(spec.kind).alt(spec))
        return About(visual=id, part=spec.id, words=words, mask=kept.id)

    def named(self, id: str, part: str, field: str = "") -> str:
        """What a place in the visual is called; empty where it has no name."""
        return pointed.named(spec_of(self.store.visual(id)), part, field)

    def ask(self, asked: Asked, conversation: str = "", *, on_event: Observer | None = None) -> Answer:
        """The whole answer, once it is there; `on_event` is told of it as it comes."""
        run = self.start(asked, conversation)
        for stored in self.jobs.follow(run.id):
            event = self._event(stored) if on_event else None
            if on_event and event is not None:
                on_event(event)
        return self.answer(run.id)

    def answer(self, run: str) -> Answer:
        """The answer as it is kept."""
        kept = self.store.run(run)
        told = kept.outcome
        visuals = {visual.id: visual for visual in self.store.visuals(kept.conversation)}
        shown = [visuals[block["visual"]] for block in told.get("blocks", ()) if block.get("visual") in visuals]
        failed = ""
        if kept.status not in ("done", "stopped"):
            ends = [event for event in self.store.events(run) if event.type in ENDS]
            failed = str(ends[-1].payload.get("message", "")) if ends else ""
        return Answer(
            str(told.get("text", "")),
            tuple(spec_of(visual) for visual in shown),
            _planned(told.get("plan")),
            told.get("usage", {}),
            kept.conversation,
            run,
            kept.status,
            failed,
            tuple(told.get("findings", ())),
            self.store.blobs([visual.spec for visual in shown]),
            self.style(str(kept.request.get("theme", "light"))),
        )

    def _event(self, stored: Stored) -> Event | Told | None:
        """A stored event as the planner told it; None for those that only frame others."""
        payload = stored.payload
        match stored.type:
            case "TEXT_MESSAGE_CONTENT":
                return Said(payload["delta"])
            case "ACTIVITY_SNAPSHOT" | "ACTIVITY_DELTA":
                try:
                    visual = self.store.visual(payload["messageId"])
                except Missing:  # it was withdrawn since
                    return None
                return Drawn(spec_of(visual), "growing" if visual.status == "growing" else "done")
            case "CUSTOM" if payload["name"] == "plan":
                return _planned(payload["value"])
            case "CUSTOM" if payload["name"] == "asks":
                return Offered(tuple(payload["value"]["questions"]))
            case "CUSTOM":
                return Told(payload["name"], payload["value"])
            case "RUN_ERROR":
                return Failed(payload["message"])
        return None

    def again(self, run: str) -> Run:
        """Go on with an answer that was cut off: a visual is drawn whole in its place, words go on where they stopped."""
        kept = self.store.run(run)
        asked = Asked.model_validate(kept.request)
        blocks = kept.outcome.get("blocks", ())
        # A planner that is stopped may call what it has done; it is not what was asked for.
        last = blocks[-1].get("visual") if blocks and kept.status in ("stopped", "interrupted") else None
        held = [visual for visual in self.store.visuals(kept.conversation) if visual.id in {block.get("visual") for block in blocks}]
        cut = [visual for visual in held if visual.status == "partial" or visual.id == last]
        if cut:
            asked = asked.model_copy(update={"form": cut[-1].kind, "into": cut[-1].id, "files": ()})
        elif kept.outcome.get("text"):
            asked = asked.model_copy(update={"text": say("job.continue", asked.lang or "en"), "form": "text", "files": ()})
        return self.start(asked, kept.conversation)

    def _answer(self, run: Run, cancel: threading.Event) -> Iterator[Event | Told]:
        """What the planner tells of this run; whatever goes wrong ends it with a sentence."""
        try:
            asked = Asked.model_validate(run.request)
            request = self._request(run, asked, cancel)
            events: Iterator[Event | Told] | None
            if asked.renews:
                events = self._renewed(run, asked, request)
            elif (stepped := self._stepped(run, request)) is not None:
                events = stepped
            elif request.about:
                events = None  # rules read the question alone
            else:
                rules = (introduction, tables, arithmetic, calculators, plans, relations)
                events = next((told for rule in rules if (told := rule.answer(request)) is not None), None)
            if events is None:
                mind = self.minds.of(asked.model)
                for state in mind.wait(cancel):
                    yield Told("waiting", state.as_dict())
                events = mind.planner.answer(request)
            if not cancel.is_set():
                for event in events:
                    yield Said(sound(event.delta)) if isinstance(event, Said) else event
        except Problem as problem:
            yield Failed(str(problem))
        except Exception as error:
            yield Failed(unexpected(error))

    def request(self, run: str) -> Request:
        """What was asked in this run, as the planner was asked it."""
        kept = self.store.run(run)
        return self._request(kept, Asked.model_validate(kept.request), threading.Event())

    def _request(self, run: Run, asked: Asked, cancel: threading.Event) -> Request:
        replaced = self.store.visual(asked.into).run if asked.into else ""
        earlier = [one for one in self.store.runs(run.conversation) if one.ordinal < run.ordinal]
        if replaced:
            earlier = earlier[: next(i for i, one in enumerate(earlier) if one.id == replaced)]
        visuals = [visual for visual in self.store.visuals(run.conversation) if visual.run in {one.id for one in earlier}]
        files = dict.fromkeys(file for one in [*earlier, run] for file in one.request.get("files", ()))
        if replaced:
            files |= dict.fromkeys(self.store.run(replaced).request.get("files", ()))
        return Request(
            text=asked.text,
            history=tuple(turn for turn in map(_turn, earlier) if not _aside(turn)),
            files=self._files(files),
            form=asked.form,
            autonomy=asked.autonomy,
            effort=asked.effort,
            lang=asked.lang,
            earlier=_readable(visuals),
            about=asked.about.pointed(self.store.file(asked.about.mask).blob if asked.about.mask else "") if asked.about else None,
            cancel=cancel,
            pixels=self._pixels,
        )

    def _pixels(self, blob: str) -> bytes:
        return self.store.path(blob).read_bytes()

    # -- files ------------------------------------------------------------------------------------------------------------

    def attach(self, name: str, content: bytes, lang: str = "en") -> Kept:
        """A person's file, checked and kept under an id of ours."""
        return attach.kept(self.store, sound(name), content, lang)

    def _files(self, ids: Iterable[str]) -> tuple[File, ...]:
        """The files in this order; of two with one name the later is told apart by a number."""
        return tuple(self._named(ids, set()))

    def _named(self, ids: Iterable[str], taken: set[str]) -> Iterator[File]:
        for id in dict.fromkeys(ids):
            kept = self.store.file(id)
            name, n = kept.name, 1
            while name in taken:
                n += 1
                name = f"{Path(kept.name).stem} ({n}){Path(kept.name).suffix}"
            taken.add(name)
            tables = tuple(self._named(kept.about.get("tables", ()), taken))
            yield replace(attach.opened(kept, self.store.path(kept.blob)), name=name, tables=tables)

    def tables(self, conversation: str) -> dict[str, Any]:
        """The conversation's tables by the name the person gave them."""
        files = self._files(file for run in self.store.runs(conversation) for file in run.request.get("files", ()))
        return {one.name: one.table for file in files for one in (file, *file.tables) if one.table is not None}

    def renewable(self, conversation: str, id: str) -> Kept | None:
        """The conversation's last table that the file could take the place of: most of its columns are there again; None for none."""
        fresh = set(self.store.file(id).about.get("columns", ()))
        earlier = [file for run in self.store.runs(conversation) for file in run.request.get("files", ()) if file != id]
        for kept in map(self.store.file, reversed(dict.fromkeys(earlier))):
            columns = set(kept.about.get("columns", ()))
            if kept.kind == "table" and columns and len(columns & fresh) >= SAME * len(columns):
                return kept
        return None

    def _renewed(self, run: Run, asked: Asked, request: Request) -> Iterator[Event | Told]:
        """Every chart of the earlier table with its query run over the new one; what changed is said."""
        lang = asked.lang or "en"
        old, new = (next((file for file in request.files if file.id == id), None) for id in (asked.renews, asked.files[-1]))
        if old is None or new is None or new.table is None:
            raise Problem("the file to draw anew with is not among this conversation's tables; attach it again")
        yield Planned("text", (("text", 1.0),), say("reason.renewed", lang), 1.0)
        names = {file.name: file.table for file in request.files if file.table is not None}
        done, kept = 0, []
        for visual in self.store.visuals(run.conversation):
            spec = spec_of(visual)
            resolve = form(spec.kind).resolve
            asking = requeried(dump(spec), old.name, new.name, only=len(names) == 2)
            if resolve is None or asking is None:
                continue
            try:
                made = resolve(retitled(spec, read(asking)), names)
                self.store.change(visual.id, dump(made.model_copy(update={"version": spec.version + 1})), seen=visual.n)
                done += 1
            except Problem as problem:
                kept.append(say("table.kept", lang, title=spec.title, why=str(problem)))
        said = [say("table.renewed", lang, name=new.name, count=number(done, lang)), *kept]
        for key, names_of in (("table.added", set(new.columns) - set(old.columns)), ("table.gone", set(old.columns) - set(new.columns))):
            if names_of:
                said.append(say(key, lang, columns=", ".join(sorted(names_of))))
        yield Said("\n\n".join([*said, *new.notes]))
        yield Told("renewed", {"count": done})

    def _stepped(self, run: Run, request: Request) -> Iterator[Event | Told] | None:
        """The last change of a visual undone, or the undone one made again, as a message wishes; None for other wishes."""
        way, lang = amend.stepped(request.text)
        by: Literal[-1, 1] = -1 if way == "undo" else 1
        id = request.about.visual if request.about else self.store.stepping(run.conversation, by) if way else ""
        return None if not way or run.request.get("files") or (way == "redo" and not id) else self._steps(id, way, by, lang)

    def _steps(self, id: str, way: str, by: Literal[-1, 1], lang: str) -> Iterator[Event | Told]:
        yield Planned("text", (("text", 1.0),), say("reason.restyled", lang), 0.0)
        before = self.store.visual(id).n if id else 0
        visual = self.store.step(id, by) if id else None
        if visual is None or visual.n == before:
            yield Said(say(f"edit.no_{way}", lang))
            return
        yield Said(say(f"edit.{way}", lang, title=visual.title or say(f"form.{visual.kind}", lang)))
        yield Told("renewed", {"count": 1})

    # -- visuals ----------------------------------------------------------------------------------------------------------

    def edit(self, id: str, edits: Sequence[Mapping[str, Any]]) -> Visual:
        """The visual with the patch applied: words typed into a number's place are read as a number of its language."""
        visual = self.store.visual(id)
        spec = spec_of(visual)
        changed = self._resolved(applied(spec, edits), visual.conversation)
        done = self.store.change(id, dump(changed), seen=visual.n)
        self.store.learn("edit", visual.run, {"visual": id, "kind": visual.kind, "parts": [str(edit.get("id")) for edit in edits]})
        return done

    def redraw(self, id: str, drawn: str, *, seen: int) -> Visual:
        """The visual as a person drew it in the editor over version `seen`: `drawn` is the editor's file."""
        visual = self.store.visual(id)
        redrawn = form(visual.kind).redrawn
        if redrawn is None:
            raise Problem(f"a {visual.kind} is not drawn by hand; change its words where they stand")
        done = self.store.change(id, dump(redrawn(spec_of(visual), drawn)), seen=seen)
        self.store.learn("edit", visual.run, {"visual": id, "kind": visual.kind, "parts": []})
        return done

    def doubts(self, id: str) -> list[Finding]:
        """What no longer holds in the visual as it stands, as far as can be told without a model."""
        spec = spec_of(self.store.visual(id))
        return [*form(spec.kind).findings(spec), *stale(spec)]

    def undo(self, id: str) -> Visual:
        """The visual as it was one change before."""
        return self.store.step(id, -1)

    def redo(self, id: str) -> Visual:
        """The visual with the change that was undone."""
        return self.store.step(id, 1)

    def convert(self, id: str, kind: str) -> Visual | Run:
        """The visual as another form: at once where they share their content, else the answer that is drawing it in its place."""
        visual = self.store.visual(id)
        spec, wanted = spec_of(visual), form(kind)
        if kind == visual.kind:
            return visual
        self.store.learn("override", visual.run, {"visual": id, "from": visual.kind, "to": kind})
        content = form(spec.kind).content(spec)
        made = wanted.from_content(content) if content is not None and wanted.from_content is not None else None
        if made is None:
            run = self.store.run(visual.run)
            asked = Asked.model_validate(run.request).model_copy(update={"form": kind, "into": id, "files": ()})
            return self.start(asked, visual.conversation)
        look = Look(theme=spec.look.theme, accent=spec.look.accent, ink=spec.look.ink, sheet=spec.look.sheet, series=spec.look.series)
        made = made.model_copy(update={"lang": made.lang or spec.lang, "seed": spec.seed, "look": look, "version": spec.version + 1})
        return self.store.change(id, dump(self._resolved(made, visual.conversation)), seen=visual.n)

    def forms(self, id: str) -> list[str]:
        """The forms this visual converts to at once, its own included."""
        from flipchart.renderers.registry import KINDS

        visual = self.store.visual(id)
        content = form(visual.kind).content(spec_of(visual))
        out = [visual.kind]
        for kind in KINDS:
            maker = form(kind).from_content
            if kind != visual.kind and content is not None and maker is not None and maker(content) is not None:
                out.append(kind)
        return out

    def designs(self, id: str) -> list[str]:
        """The designs that fit this visual, best first."""
        visual = self.store.visual(id)
        return list(form(visual.kind).designs(spec_of(visual)))

    def flip(self, id: str, design: str) -> Visual:
        """The visual in its "next" or "prev" design, or in the one named."""
        visual = self.store.visual(id)
        spec = spec_of(visual)
        names = form(spec.kind).designs(spec)
        if not names:
            raise Problem(f"a {spec.kind} has one design only; show it as another form instead")
        now = names.index(spec.look.design) if spec.look.design in names else 0
        if design in ("next", "prev"):
            design = names[(now + (1 if design == "next" else -1)) % len(names)]
        if design not in names:
            raise Problem(f"there is no design {design!r} that fits; there are {', '.join(names)}")
        return self.restyle(id, {"design": design})

    def restyle(self, id: str, look: Mapping[str, Any]) -> Visual:
        """The visual with these fields of its look set; null takes one back."""
        visual = self.store.visual(id)
        spec = spec_of(visual)
        known = {name: value for name, value in look.items() if value is not None}
        kept = {name: value for name, value in spec.look.model_dump().items() if name not in look}
        try:
            wanted = Look.model_validate(kept | known)
        except ValidationError as error:
            raise SpecProblem(f"the look cannot be read: {explain(error)}") from None
        if wanted.theme:
            style(wanted.theme)
        return self.store.change(id, dump(spec.model_copy(update={"look": wanted, "version": spec.version + 1})), seen=visual.n)

    def rate(self, run: str, thumb: Literal["up", "down", ""]) -> None:
        """Keep what the person thought of an answer."""
        self.store.run(run)
        self.store.learn("thumb", run, {"thumb": thumb})

    def style(self, theme: str) -> Style:
        """The theme in the brand that is worn."""
        return style(theme).wearing(self.brands.now)

    def page(self, id: str, theme: str = "") -> Page:
        """The visual as it is written to files."""
        visual = self.store.visual(id)
        theme = theme or str(self.store.run(visual.run).request.get("theme", "light"))
        return Page((spec_of(visual),), self.style(theme), self.store.blobs([visual.spec]), title=visual.title)

    def _resolved(self, spec: Spec, conversation: str) -> Spec:
        """The spec with what only the program may fill in made anew."""
        one = form(spec.kind)
        if one.resolve is not None:
            spec = one.resolve(spec, self.tables(conversation))
        if one.paint is not None and self.painter is not None and unpainted(spec):
            spec, blobs = one.paint(spec, self.painter, self._pixels)
            for pixels in blobs.values():
                self.store.keep(pixels)
        return spec

    # -- conversations ----------------------------------------------------------------------------------------------------

    def conversations(self) -> list[Conversation]:
        """The conversations, the last changed first."""
        return self.store.conversations()

    def latest(self, id: str) -> Conversation:
        """The conversation `id`, or the last changed for "last"."""
        if id != "last":
            return self.store.conversation(id)
        found = self.store.conversations(1)
        if not found:
            raise Problem("there is no conversation yet; ask something first")
        return found[0]

    def history(self, id: str) -> list[dict[str, Any]]:
        """The conversation turn by turn, as JSON values: {run, question, files, status, blocks, plan, usage, findings, message}.

        A block is {"text", "html"} (sanitised) or {"visual", "form"}.
        """
        self.store.conversation(id)
        return [self._shown(run) for run in self.store.runs(id)]

    def turn(self, id: str) -> dict[str, Any]:
        """One turn as in `history`, as far as it is."""
        return self._shown(self.store.run(id))

    def _shown(self, run: Run) -> dict[str, Any]:
        from flipchart.gui.jobs import outcome
        from flipchart.renderers.text import to_html
        from flipchart.renderers.text_formulas import ended

        told = dict(run.outcome) or outcome(self.store.events(run.id))

        def shown(block: dict[str, Any]) -> dict[str, Any]:
            text = ended(block["text"]) if run.status == "running" else block["text"]
            return {"text": text, "html": to_html(text)}

        files = [self.store.file(file) for file in run.request.get("files", ())]
        message = ""
        if run.status in ("failed", "interrupted"):
            message = str(self.store.events(run.id, run.seq - 1)[-1].payload.get("message", ""))
        return {
            "run": run.id,
            "question": run.request["text"],
            "form": run.request.get("form"),
            "into": run.request.get("into", ""),
            "about": run.request.get("about"),
            "files": [{"id": file.id, "name": file.name, "kind": file.kind} for file in files],
            "status": run.status,
            "seq": run.seq,
            "message": message,
            "blocks": [shown(block) if "text" in block else block for block in told["blocks"]],
            "plan": told["plan"],
            "usage": told["usage"],
            "findings": told["findings"],
            "asks": told.get("asks", []),
        }

    def export(self, id: str, ending: str) -> tuple[bytes, str]:
        """The whole conversation as a deck ("pptx"), "html", "pdf" or "md", and its media type."""
        conversation = self.latest(id)
        if ending not in ("pptx", "html", "pdf", "md", "json"):
            raise Problem(f"a conversation cannot be written as .{ending}; use .pptx, .html, .pdf or .md")
        answers = [(run, self.answer(run.id)) for run in self.store.runs(conversation.id) if not run.request.get("into")]
        blobs = {name: pixels for _, answer in answers for name, pixels in answer.blobs.items()}
        look = answers[0][1].style if answers else self.style("light")
        if ending == "md":
            parts = [b"# %s\n" % conversation.title.encode()]
            for run, answer in answers:
                question = " ".join(f"{run.request['text']} {_about(run) and f'({_about(run)})'}".split())
                parts.append(write(Page(answer.visuals, look, blobs, f"## {question}\n\n{answer.text}"), "md")[0])
            return b"\n".join(parts), "text/markdown; charset=utf-8"
        specs: list[Spec] = []
        for run, answer in answers:
            deck = carrying(answer.visuals)
            if (answer.text.strip() and not deck) or not answer.visuals:
                specs.append(prose(answer.text or answer.failed, _title(str(run.request["text"])), str(run.request.get("lang", ""))))
            specs += (deck,) if deck else answer.visuals
        if not specs:
            raise Problem("this conversation is empty; ask something first")
        return write(Page(tuple(_apart(specs)), look, blobs, title=conversation.title), ending)


def spec_of(visual: Visual) -> Spec:
    """The visual's spec; raises SpecProblem where this program cannot read it any more."""
    return read(visual.spec)


def unexpected(error: Exception) -> str:
    """Log where it broke, without what was said, and the sentence for the person, with an id to find it by."""
    id = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    log.error("unexpected %s (%s) at %s", type(error).__name__, id, places)
    return f"something broke in Flipchart itself; ask again, or look for {id} in its log"


@contextlib.contextmanager
def surviving(told: Callable[[str], None]) -> Iterator[None]:
    """Ends what nobody expected here: `told` gets the sentence for the person."""
    try:
        yield
    except Problem as problem:
        told(str(problem))
    except Exception as error:
        told(unexpected(error))


def _readable(visuals: Iterable[Visual]) -> dict[str, Spec]:
    """The visuals' specs by id, but for those that this program cannot read any more."""
    out = {}
    for visual in visuals:
        with contextlib.suppress(SpecProblem):
            out[visual.id] = spec_of(visual)
    return out


def _title(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= TITLE else line[: TITLE - 1].rstrip() + "…"


def _apart(specs: Sequence[Spec]) -> Iterator[Spec]:
    """The specs under ids that differ, so that one file can hold all."""
    for i, spec in enumerate(specs, 1):
        yield spec.model_copy(update={"id": f"{spec.kind}{i}"})


def _planned(told: Mapping[str, Any] | None) -> Planned | None:
    if not told:
        return None
    forms = tuple((one["form"], one["probability"]) for one in told["forms"])
    return Planned(told["form"], forms, told["reason"], told["seconds"])


def _turn(run: Run) -> Turn:
    visuals = tuple(block["visual"] for block in run.outcome.get("blocks", ()) if "visual" in block)
    return Turn(str(run.request["text"]), str(run.outcome.get("text", "")), visuals, _about(run))


def _aside(turn: Turn) -> bool:
    """Whether a turn showed and told nothing that the next could be about: what was there before it still is what is spoken of."""
    left = amend.stepped(turn.question)[0] or introduction.asked(turn.question) or amend.left(turn.answer)
    return not turn.visuals and bool(left)


def _about(run: Run) -> str:
    """What was pointed at with a question, in words."""
    return str((run.request.get("about") or {}).get("words", ""))


# -- the door: one session a process, over the person's data directory ----------------------------------------------------------


@cache
def mine() -> Session:
    """The session over the person's data directory, opened once."""
    from flipchart.models.painter import open_painter
    from flipchart.models.weights import home

    session = Session(Store(home()), Minds(open_planner), painter=open_painter())
    atexit.register(session.close, 0.0)
    KEEPERS.append(session.store.blobs)
    return session


def ask(
    question: str,
    files: Sequence[str | Path] = (),
    *,
    conversation: str = "",
    form: str | None = None,
    autonomy: int = 2,
    effort: Literal["quick", "standard", "deep"] = "standard",
    model: str | None = None,
    theme: str = "light",
    mask: str | Path | None = None,
    on_event: Observer | None = None,
) -> Answer:
    """Ask one question and wait for the answer; it is kept like any asked in the chat. Raises Problem where it cannot be asked.

    `mask` is a picture that is white where the conversation's last picture is to be changed; the rest of that stays as it is.
    """
    session = mine()
    about = _last_marked(session, conversation, Path(mask)) if mask is not None else None
    kept = [session.attach(file.name, attach.read(file)) for file in map(Path, files)]
    try:
        asked = Asked(
            text=question, form=form, autonomy=autonomy, effort=effort, model=model, theme=theme, files=tuple(file.id for file in kept),
            about=about,
        )  # fmt: skip
    except ValidationError as error:
        raise Problem(f"this cannot be asked: {explain(error)}") from None
    return session.ask(asked, conversation, on_event=on_event)


def _last_marked(session: Session, conversation: str, mask: Path) -> About:
    for visual in reversed(session.store.visuals(conversation)):
        if form(visual.kind).retouched is not None:
            return session.mark(visual.id, attach.read(mask))
    raise Problem("there is no picture in this conversation to mark a place in; name the conversation that has one")


def brand(what: str | Path | None) -> Brand | None:
    """Have every visual, past and to come, wear colours ("#0b5678,#c9772b") or what a logo, a .pptx or a .json says; None: no brand.

    Hand it to `render` to draw a spec in it. Raises Problem where it cannot be read.
    """
    kept = mine().brands
    return kept.wear(named(str(what), kept.now) if what is not None else None)


def conversations() -> list[Conversation]:
    """The kept conversations, the last changed first."""
    return mine().conversations()


def export(conversation: str, out: str | Path) -> Path:
    """Write a whole conversation (its id, or "last") to `out`, whose ending picks the format; the path."""
    from flipchart.renderers.render import free, save

    target = Path(out)
    free(target)
    return save(target, mine().export(conversation, target.suffix.lstrip(".").lower())[0])
