"""Answers as jobs: each is written to a stored event log before anyone sees it, so that any page can join late or again.

The events are AG-UI's. A job runs in a thread of this process and outlives whoever asked for it. Not covered: killing a thread
that does not heed `stop`; its run is closed and what it says later is dropped.
"""

import contextlib
import logging
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from flipchart.gui.store import Entry, Lost, Run, Sketch, Status, Store, Stored
from flipchart.models.events import Drawn, Event, Failed, Noted, Offered, Planned, Said, Tried, Used, Withdrawn
from flipchart.renderers.problem import Problem
from flipchart.renderers.spec import dump
from flipchart.renderers.words import say

ACTIVITY = "flipchart"  # the activityType of a visual
AT_ONCE = 16  # answers written at the same time
MOST = 64  # answers running or waiting
TEXT_SECONDS = 0.04  # between two pieces of text
VISUAL_SECONDS = 0.1  # between two states of one visual
BEAT_SECONDS = 2.0
STOP_SECONDS = 1.5  # how long a stopped answer may take to heed it
POLL_SECONDS = 0.25  # how often another process's log is looked at
ENDS = ("RUN_FINISHED", "RUN_ERROR")

log = logging.getLogger("flipchart")


class Busy(Problem):
    """Too many questions at once; `after` is when to try again, in seconds."""

    after = 5


@dataclass(frozen=True, slots=True)
class Told:
    """Something the session itself tells of an answer, e.g. that the model is still on its way."""

    name: str
    value: Mapping[str, Any]


Answer = Callable[[Run, threading.Event], Iterator[Event | Told]]


@dataclass(slots=True)
class Job:
    """One answer as it is written; it holds one of the places for answers written at the same time while `placed`."""

    run: Run
    cancel: threading.Event = field(default_factory=threading.Event)
    cancelled_at: float = 0.0
    placed: bool = False
    over: bool = False


class Jobs:
    """The answers this process writes. `answer` yields the events of one."""

    def __init__(self, store: Store, answer: Answer, *, at_once: int = AT_ONCE, most: int = MOST) -> None:
        self.store = store
        self.process = secrets.token_hex(8)
        self._answer, self._most = answer, most
        self._places = threading.Semaphore(at_once)
        self._lock = threading.Lock()
        self._logs: dict[str, _Log] = {}
        self._closing = False
        self._watchers: defaultdict[str, set[Callable[[], None]]] = defaultdict(set)
        self._wake = threading.Event()
        self._pulse = threading.Thread(target=self._beat, name="flipchart-pulse", daemon=True)
        self._pulse.start()

    def start(self, id: str, conversation: str, request: Mapping[str, Any]) -> Run:
        """The run `id`, begun unless it is there already. Raises Busy where too many are waiting."""
        with self._lock:
            known = id in self._logs
            if not known and (self._closing or len(self._logs) >= self._most) and not self._stored(id):
                raise Busy("too many questions are waiting; try again in a few seconds")
            run, fresh = self.store.begin(id, conversation, request, self.process)
            if not fresh:
                return run
            self._logs[id] = written = _Log(self.store, Job(run), self.process, self._told)
        try:
            written.open()
        except Problem as problem:
            self._end(written, "failed", str(problem))
            raise
        threading.Thread(target=self._write, args=(written,), name=f"flipchart-{id[:16]}", daemon=True).start()
        self._wake.set()
        return run

    def _stored(self, id: str) -> bool:
        with contextlib.suppress(Problem):
            return bool(self.store.run(id))
        return False

    def stop(self, id: str) -> None:
        """Let the run end with what it has; whichever process writes it."""
        self.store.run(id)
        with self._lock:
            written = self._logs.get(id)
        if written is None:
            self.store.ask_stop(id)
        else:
            written.stop()
            self._wake.set()

    def follow(self, id: str, after: int = 0) -> Iterator[Stored]:
        """The run's events from number `after` + 1 to its end, as they come."""
        self.store.run(id)
        fresh = threading.Event()
        with self.watching(id, fresh.set):
            while True:
                fresh.clear()
                for event in self.store.events(id, after):
                    yield event
                    after = event.seq
                    if event.type in ENDS:
                        return
                if self.ended(id, after):
                    return
                fresh.wait(POLL_SECONDS)

    def ended(self, id: str, after: int) -> bool:
        """True where the run is closed and has no event past `after`."""
        run = self.store.run(id)
        return run.status not in ("queued", "running") and run.seq <= after

    @contextlib.contextmanager
    def watching(self, id: str, told: Callable[[], None]) -> Iterator[None]:
        """Calls `told`, from any thread, whenever this process wrote to the run."""
        with self._lock:
            self._watchers[id].add(told)
        try:
            yield
        finally:
            with self._lock:
                self._watchers[id].discard(told)
                if not self._watchers[id]:
                    del self._watchers[id]

    def load(self) -> tuple[int, int]:
        """How many answers are being written, and how many wait."""
        with self._lock:
            running = sum(written.job.placed for written in self._logs.values())
            return running, len(self._logs) - running

    def close(self, seconds: float = 10.0) -> None:
        """Take nothing more, let what runs finish for so long, then keep what there is as interrupted."""
        self._closing = True
        until = time.monotonic() + seconds
        while self._logs and time.monotonic() < until:
            time.sleep(0.02)
        with self._lock:
            left = list(self._logs.values())
        for written in left:
            written.job.cancel.set()
            self._end(written, "interrupted")
        self._wake.set()
        self._pulse.join(5.0)

    # -- the threads ------------------------------------------------------------------------------------------------------

    def _write(self, written: "_Log") -> None:
        """One answer from its first to its last event, whatever happens on the way."""
        job = written.job
        self._places.acquire()
        job.placed = True
        message = "the answer broke off; ask again"
        status: Status = "failed"
        try:
            if not job.cancel.is_set():
                for event in self._answer(job.run, job.cancel):
                    if isinstance(event, Failed):
                        message = event.message
                        return
                    written.tell(event)
            status = "stopped" if job.cancel.is_set() else "done"
        except Lost:
            status = "stopped"
        except Problem as problem:
            message = str(problem)
        finally:
            self._end(written, status, message)

    def _end(self, written: "_Log", status: Status, message: str = "") -> None:
        try:
            written.end(status, message)
        except Lost:
            pass
        except Problem as problem:
            log.error("an answer could not be closed: %s", problem)
        finally:
            with self._lock:
                self._logs.pop(written.job.run.id, None)
                if written.job.placed:
                    written.job.placed = False
                    self._places.release()
            self._told(written.job.run.id)

    def _told(self, id: str) -> None:
        with self._lock:
            watchers = list(self._watchers.get(id, ()))
        for told in watchers:
            told()

    def _beat(self) -> None:
        """Writes what was held back, says that this process lives, and closes what dead processes left."""
        beaten = 0.0
        while not (self._closing and not self._logs):
            with self._lock:
                logs = list(self._logs.values())
            self._wake.wait(TEXT_SECONDS if logs else BEAT_SECONDS)
            self._wake.clear()
            for written in logs:
                if written.overdue():
                    self._end(written, "stopped")
                else:
                    written.flush()
            if time.monotonic() - beaten >= BEAT_SECONDS:
                beaten = time.monotonic()
                try:
                    stops = self.store.beat(self.process) if logs else []
                    self.sweep()
                except Problem as problem:
                    log.error("the heartbeat could not be written: %s", problem)
                    continue
                for written in logs:
                    if written.job.run.id in stops:
                        written.stop()

    def sweep(self) -> None:
        """Close the runs whose process has died, keeping what they had written."""
        for run in self.store.orphans():
            events = self.store.events(run.id)
            closing = _closing(events, run, "interrupted", say("job.interrupted", str(run.request.get("lang", ""))))
            if self.store.interrupt(run, outcome(events), closing):
                self._told(run.id)


class _Log:
    """One answer's events on their way to the store: little ones are held back a moment and written together."""

    def __init__(self, store: Store, job: Job, process: str, told: Callable[[str], None]) -> None:
        self.store, self.job, self.process, self.told = store, job, process, told
        self._lock = threading.RLock()
        self._began = time.monotonic()
        self._text = ""  # held back
        self._message = ""  # the open text message
        self._messages = 0
        self._said_at = 0.0
        self._ids: dict[str, str] = {}  # public id of each visual by its spec's id
        self._drawn: dict[str, Drawn] = {}  # held back
        self._drawn_at: dict[str, float] = {}
        self._shown: dict[str, dict[str, Any]] = {}  # content as last written
        self._passing: dict[str, set[str]] = {}  # previews, which the next state of the visual makes needless
        self._calls: list[Used] = []
        self._tried: list[Tried] = []

    def open(self) -> None:
        """Write the first event, so that a page has something to show at once."""
        from ag_ui.core import RunStartedEvent

        run = self.job.run
        self._append([_entry(RunStartedEvent(thread_id=run.conversation, run_id=run.id))], status="queued")

    def stop(self) -> None:
        """Ask the answer to end, once."""
        if not self.job.cancel.is_set():
            self.job.cancelled_at = time.monotonic()
            self.job.cancel.set()

    def overdue(self) -> bool:
        """True where a stopped answer has not heeded it in time."""
        at = self.job.cancelled_at
        return bool(at) and not self.job.over and time.monotonic() - at > STOP_SECONDS

    def tell(self, event: Event | Told) -> None:
        """Write the event, or hold it back for a moment where it is one of many."""
        with self._lock:
            match event:
                case Said():
                    self._text += event.delta
                    self._write_held(time.monotonic())
                case Drawn():
                    if event.spec.id not in self._ids:
                        self._write_text()
                        self._close_message()
                    self._drawn[event.spec.id] = event
                    self._write_held(time.monotonic() if event.status == "growing" else None)
                case Withdrawn():
                    self._write_held(None)
                    self._withdraw()
                case Planned():
                    forms = [{"form": form, "probability": chance} for form, chance in event.forms]
                    self._custom("plan", {"form": event.form, "forms": forms, "reason": event.reason, "seconds": event.seconds})
                case Noted():
                    self._write_held(None)
                    found = [finding.as_dict() for finding in event.findings]
                    self._custom("findings", {"visual": self._ids.get(event.visual, ""), "findings": found})
                case Offered():
                    self._write_held(None)
                    self._custom("asks", {"questions": list(event.questions)})
                case Used():
                    self._calls.append(event)
                case Tried():
                    self._tried.append(event)
                case Told():
                    self._custom(event.name, dict(event.value))

    def _withdraw(self) -> None:
        """Take back what is still growing; what it was to take the place of stays."""
        growing = [name for name, content in self._shown.items() if content["status"] == "growing"]
        for name in growing:
            id = self._ids[name]
            if id == self.job.run.request.get("into"):
                continue
            del self._ids[name], self._shown[name]
            for passed in self._passing.pop(name, set()):
                self.store.drop(passed)
            self.store.withdraw(id)
            self._custom("withdrawn", {"visual": id})

    def flush(self) -> None:
        """Write what has been held back long enough."""
        with self._lock, contextlib.suppress(Problem):  # the answer's own thread meets the same trouble and tells it
            if not self.job.over:
                self._write_held(time.monotonic())

    def end(self, status: Status, message: str) -> None:
        """Write what is held back and close the run; nothing where that was done."""
        with self._lock:
            if self.job.over:
                return
            self.job.over = True
            self._write_held(None)
            run = self.job.run
            self._custom("usage", self._usage())
            events = self.store.events(run.id)
            told = message if status == "failed" else say("job.interrupted", str(run.request.get("lang", "")))
            self.store.end(run.id, self.process, status, outcome(events), _closing(events, run, status, told))

    def _usage(self) -> dict[str, Any]:
        return {
            "prompt_tokens": sum(call.prompt_tokens for call in self._calls),
            "completion_tokens": sum(call.completion_tokens for call in self._calls),
            "model_seconds": round(sum(call.seconds for call in self._calls), 3),
            "seconds": round(time.monotonic() - self._began, 3),
            "calls": len(self._calls),
            **({"tried": [asdict(one) for one in self._tried]} if self._tried else {}),
        }

    def _append(self, entries: Sequence[Entry], sketches: Sequence[Sketch] = (), status: Status = "running") -> None:
        self.store.append(self.job.run.id, self.process, entries, sketches, status=status)
        self.told(self.job.run.id)

    def _custom(self, name: str, value: dict[str, Any]) -> None:
        from ag_ui.core import CustomEvent

        self._append([_entry(CustomEvent(name=name, value=value))])

    def _write_held(self, now: float | None) -> None:
        """Write what is held back: all of it for None, else what is due."""
        for name, drawn in list(self._drawn.items()):
            if now is None or now - self._drawn_at.get(name, 0.0) >= VISUAL_SECONDS:
                del self._drawn[name]
                self._draw(drawn)
                self._drawn_at[name] = time.monotonic()
        if self._text and (now is None or now - self._said_at >= TEXT_SECONDS):
            self._write_text()

    def _write_text(self) -> None:
        from ag_ui.core import TextMessageContentEvent, TextMessageStartEvent

        if not self._text:
            return
        entries = []
        if not self._message:
            self._messages += 1
            self._message = f"{self.job.run.id}-{self._messages}"
            entries.append(_entry(TextMessageStartEvent(message_id=self._message, role="assistant")))
        entries.append(_entry(TextMessageContentEvent(message_id=self._message, delta=self._text)))
        self._append(entries)
        self._text, self._said_at = "", time.monotonic()

    def _close_message(self) -> None:
        from ag_ui.core import TextMessageEndEvent

        if self._message:
            self._append([_entry(TextMessageEndEvent(message_id=self._message))])
            self._message = ""

    def _draw(self, drawn: Drawn) -> None:
        from ag_ui.core import ActivityDeltaEvent, ActivitySnapshotEvent

        spec, name = dump(drawn.spec), drawn.spec.id
        for blob in drawn.blobs.values():
            self.store.keep(blob)
        into = drawn.into or (str(self.job.run.request.get("into") or "") if not self._ids else "")
        id = self._ids.setdefault(name, into or secrets.token_urlsafe(12))
        content = {"id": id, "form": drawn.spec.kind, "status": drawn.status, "spec": spec, "url": f"/v/{id}"}
        before = self._shown.get(name)
        if content == before:
            return
        snapshot = _entry(ActivitySnapshotEvent(message_id=id, activity_type=ACTIVITY, content=content))
        entry = snapshot
        if before is not None:
            change = difference(before, content)
            if len(str(change)) < len(str(content)):
                entry = _entry(ActivityDeltaEvent(message_id=id, activity_type=ACTIVITY, patch=change))  # type: ignore[arg-type]
        self._append([entry], [Sketch(id, name, drawn.spec.kind, drawn.spec.title, drawn.status, spec)])
        self._shown[name] = content
        for passed in self._passing.pop(name, set()) - set(drawn.blobs):
            self.store.drop(passed)
        if drawn.status == "growing":
            self._passing[name] = set(drawn.blobs)


def difference(old: Any, new: Any, path: str = "") -> list[dict[str, Any]]:
    """An RFC 6902 patch that turns `old` into `new` (JSON values)."""
    if isinstance(old, dict) and isinstance(new, dict):
        out = [{"op": "remove", "path": f"{path}/{_step(key)}"} for key in old if key not in new]
        for key, value in new.items():
            where = f"{path}/{_step(key)}"
            out += difference(old[key], value, where) if key in old else [{"op": "add", "path": where, "value": value}]
        return out
    if isinstance(old, list) and isinstance(new, list):
        shared = min(len(old), len(new))
        out = [step for i in range(shared) for step in difference(old[i], new[i], f"{path}/{i}")]
        out += [{"op": "remove", "path": f"{path}/{i}"} for i in range(len(old) - 1, shared - 1, -1)]
        return out + [{"op": "add", "path": f"{path}/-", "value": value} for value in new[shared:]]
    same = old == new and type(old) is type(new)
    return [] if same else [{"op": "replace", "path": path, "value": new}]


def _step(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def outcome(events: Sequence[Stored]) -> dict[str, Any]:
    """What an answer came to, folded from its log: its `blocks` in reading order ({"text"} or {"visual", "form"}), the whole
    `text`, the `plan`, `findings`, and `usage`."""
    blocks: list[dict[str, Any]] = []
    out: dict[str, Any] = {"blocks": blocks, "text": "", "plan": None, "findings": [], "usage": {}, "asks": []}
    seen: set[str] = set()
    for event in events:
        told = event.payload
        match event.type:
            case "TEXT_MESSAGE_START":
                blocks.append({"text": ""})
            case "TEXT_MESSAGE_CONTENT":
                blocks[-1]["text"] += told["delta"]
            case "ACTIVITY_SNAPSHOT" if told["messageId"] not in seen:
                seen.add(told["messageId"])
                blocks.append({"visual": told["messageId"], "form": told["content"]["form"]})
            case "CUSTOM" if told["name"] == "findings":
                out["findings"] += told["value"]["findings"]
            case "CUSTOM" if told["name"] == "withdrawn":
                blocks[:] = [block for block in blocks if block.get("visual") != told["value"]["visual"]]
            case "CUSTOM" if told["name"] == "asks":
                out["asks"] = told["value"]["questions"]
            case "CUSTOM" if told["name"] in {"plan", "usage"}:
                out[told["name"]] = told["value"]
    out["text"] = "\n\n".join(block["text"] for block in blocks if "text" in block)
    return out


def _closing(events: Sequence[Stored], run: Run, status: Status, message: str) -> list[Entry]:
    """The events that end the run: an open message is closed, then the run is finished or failed."""
    from ag_ui.core import RunErrorEvent, RunFinishedEvent, TextMessageEndEvent

    entries: list[Entry] = []
    starts = [event for event in events if event.type in {"TEXT_MESSAGE_START", "TEXT_MESSAGE_END"}]
    if starts and starts[-1].type == "TEXT_MESSAGE_START":
        entries.append(_entry(TextMessageEndEvent(message_id=starts[-1].payload["messageId"])))
    if status in {"failed", "interrupted"}:
        entries.append(_entry(RunErrorEvent(message=message, code=status)))
    else:
        entries.append(_entry(RunFinishedEvent(thread_id=run.conversation, run_id=run.id, result={"status": status})))
    return entries


def _entry(event: Any) -> Entry:
    """An AG-UI event as it is stored and sent."""
    payload: dict[str, Any] = event.model_dump(mode="json", by_alias=True, exclude_none=True)
    return payload["type"], payload
