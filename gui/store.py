"""Everything that lasts: conversations, their answers as event logs, visuals with every version, and files, in one data directory.

Rows live in SQLite (or in any database SQLAlchemy speaks to, by URL), bytes beside it as files named by their hash. Several
processes may share the directory: an answer belongs to the process that writes it for as long as its heartbeat is fresh.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from flipchart.renderers.problem import Missing, Problem

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Table

VERSION = 1  # of the tables; a file made by a newer program is refused
STALE_SECONDS = 10.0  # a run whose heartbeat is older has lost its process
BUSY_SECONDS = 5.0  # how long to wait for another writer
BLOB = re.compile(r"sha256:[0-9a-f]{64}")

Status = Literal["queued", "running", "done", "failed", "stopped", "interrupted"]
OPEN: tuple[Status, ...] = ("queued", "running")
FileKind = Literal["table", "text", "picture"]
Entry = tuple[str, Mapping[str, Any]]
"""One event: its type and its payload."""


class Lost(Problem):
    """The run is no longer ours to write: it ended, was marked interrupted, or was deleted."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation; times are seconds since 1970, `visual` the id of the last thing drawn in it."""

    id: str
    title: str
    created: float
    changed: float
    lang: str
    visual: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One answer: what was asked (`request`), how it stands, and, once it ended, its `outcome`."""

    id: str
    conversation: str
    ordinal: int
    request: Mapping[str, Any]
    status: Status
    process: str
    heartbeat: float
    seq: int
    asked: float
    outcome: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """One event of a run's log; `seq` counts from 1."""

    seq: int
    type: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Visual:
    """One visual as it stands: version `n` of `newest`, the spec as JSON values, whether its answer is still growing it."""

    id: str
    conversation: str
    run: str
    ordinal: int
    kind: str
    title: str
    status: str
    n: int
    newest: int
    spec: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sketch:
    """A visual as a run writes it: `name` is its spec's id, which tells apart what one answer draws."""

    id: str
    name: str
    kind: str
    title: str
    status: str
    spec: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that a person attached."""

    id: str
    name: str
    kind: FileKind
    blob: str
    about: Mapping[str, Any]


class Store:
    """The data directory `home`; `url` names another database than the SQLite file in it. Thread safe."""

    def __init__(self, home: Path, url: str | None = None) -> None:
        self.home = home
        self.url = url or f"sqlite:///{home / 'flipchart.db'}"
        self._writer = threading.Lock()
        with self._troubles():
            home.mkdir(parents=True, exist_ok=True)
            self._settle()

    # -- conversations ----------------------------------------------------------------------------------------------------

    def converse(self, id: str, title: str, lang: str = "") -> Conversation:
        """The conversation `id`, made where there is none."""
        from sqlalchemy import insert, select

        table, now = self._tables["conversations"], time.time()
        with self._writing(durable=True) as db:
            if db.execute(select(table.c.id).where(table.c.id == id)).first() is None:
                db.execute(insert(table).values(id=id, title=title, lang=lang, created=now, changed=now))
        return self.conversation(id)

    def conversation(self, id: str) -> Conversation:
        """The conversation `id`; raises Missing where there is none."""
        found = [c for c in self._conversations(id) if c.id == id]
        if not found:
            raise Missing(f"there is no conversation {id!r}; `flipchart list` names those there are")
        return found[0]

    def conversations(self, most: int = 500) -> list[Conversation]:
        """The conversations, the last changed first."""
        return self._conversations(None, most)

    def _conversations(self, id: str | None, most: int = 1) -> list[Conversation]:
        from sqlalchemy import func, select

        table, visuals, runs = (self._tables[name] for name in ("conversations", "visuals", "runs"))
        latest = (
            select(visuals.c.id)
            .join(runs, runs.c.id == visuals.c.run)
            .where(visuals.c.conversation == table.c.id)
            .order_by(runs.c.ordinal.desc(), visuals.c.ordinal.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = select(table, func.coalesce(latest, "").label("visual")).order_by(table.c.changed.desc(), table.c.id).limit(most)
        if id is not None:
            query = query.where(table.c.id == id)
        with self._reading() as db:
            return [Conversation(**row) for row in db.execute(query).mappings()]

    def rename(self, id: str, title: str) -> Conversation:
        """The conversation with its new title."""
        from sqlalchemy import update

        table = self._tables["conversations"]
        with self._writing(durable=True) as db:
            db.execute(update(table).where(table.c.id == id).values(title=title))
        return self.conversation(id)

    def forget(self, id: str) -> None:
        """Delete the conversation with all it holds, and the bytes that nothing else refers to."""
        from sqlalchemy import delete, select

        self.conversation(id)
        tables = self._tables
        with self._writing(durable=True) as db:
            held = self._blobs_of(db, id)
            db.execute(delete(tables["conversations"]).where(tables["conversations"].c.id == id))
            specs, files = tables["versions"].c.spec, tables["files"].c.blob
            gone = [
                blob
                for blob in held
                if db.execute(select(specs).where(specs.contains(blob, autoescape=True)).limit(1)).first() is None
                and db.execute(select(files).where(files == blob).limit(1)).first() is None
            ]
        for blob in gone:
            with contextlib.suppress(OSError):
                self._place(blob).unlink()

    def _blobs_of(self, db: "Connection", conversation: str) -> set[str]:
        from sqlalchemy import select

        versions, visuals, files = (self._tables[name] for name in ("versions", "visuals", "files"))
        query = select(versions.c.spec).join(visuals, visuals.c.id == versions.c.visual).where(visuals.c.conversation == conversation)
        found = {blob for (spec,) in db.execute(query) for blob in BLOB.findall(spec)}
        return found | {blob for (blob,) in db.execute(select(files.c.blob).where(files.c.conversation == conversation))}

    # -- runs -------------------------------------------------------------------------------------------------------------

    def begin(self, id: str, conversation: str, request: Mapping[str, Any], process: str) -> tuple[Run, bool]:
        """The run `id`, and whether this call made it: the same id asked twice is one run.

        Raises Problem where the id stands for a run of another conversation.
        """
        from sqlalchemy import func, insert, select, update

        runs, conversations, now = self._tables["runs"], self._tables["conversations"], time.time()
        with self._writing(durable=True) as db:
            row = db.execute(select(runs).where(runs.c.id == id)).mappings().first()
            fresh = row is None
            if fresh:
                last = db.execute(select(func.max(runs.c.ordinal)).where(runs.c.conversation == conversation)).scalar() or 0
                db.execute(
                    insert(runs).values(
                        id=id, conversation=conversation, ordinal=last + 1, request=json.dumps(request), status="queued",
                        process=process, heartbeat=now, asked=now, seq=0, outcome="{}", stop=False,
                    )
                )  # fmt: skip
                db.execute(update(conversations).where(conversations.c.id == conversation).values(changed=now))
                row = db.execute(select(runs).where(runs.c.id == id)).mappings().one()
        assert row is not None
        run = _run(row)
        if run.conversation != conversation:
            raise Problem(f"the run {id!r} belongs to another conversation; use a fresh runId")
        return run, fresh

    def run(self, id: str) -> Run:
        """The run `id`; raises Missing where there is none."""
        from sqlalchemy import select

        runs = self._tables["runs"]
        with self._reading() as db:
            row = db.execute(select(runs).where(runs.c.id == id)).mappings().first()
        if row is None:
            raise Missing(f"there is no run {id!r}; ask again")
        return _run(row)

    def runs(self, conversation: str) -> list[Run]:
        """The conversation's runs in the order they were asked."""
        from sqlalchemy import select

        runs = self._tables["runs"]
        with self._reading() as db:
            found = db.execute(select(runs).where(runs.c.conversation == conversation).order_by(runs.c.ordinal)).mappings()
            return [_run(row) for row in found]

    def append(
        self, run: str, process: str, entries: Sequence[Entry], sketches: Sequence[Sketch] = (), *, status: Status = "running"
    ) -> int:
        """Write the events, and the visuals they tell of, whole or not at all; the last event's number.

        Raises Lost where the run is no longer this process's to write.
        """
        with self._writing() as db:
            return self._written(db, run, process, entries, sketches, {"status": status})

    def end(self, run: str, process: str, status: Status, outcome: Mapping[str, Any], entries: Sequence[Entry] = ()) -> int:
        """Write the last events and close the run, safe from power loss once this returns."""
        from sqlalchemy import select, update

        runs, conversations = self._tables["runs"], self._tables["conversations"]
        with self._writing(durable=True) as db:
            seq = self._written(db, run, process, entries, (), {"status": status, "outcome": json.dumps(outcome)})
            self._settle_visuals(db, run)
            conversation = select(runs.c.conversation).where(runs.c.id == run).scalar_subquery()
            db.execute(update(conversations).where(conversations.c.id == conversation).values(changed=time.time()))
            return seq

    def _written(
        self, db: "Connection", run: str, process: str, entries: Sequence[Entry], sketches: Sequence[Sketch], values: Mapping[str, Any]
    ) -> int:
        from sqlalchemy import insert, update

        runs, events = self._tables["runs"], self._tables["events"]
        mine = (runs.c.id == run) & (runs.c.process == process) & runs.c.status.in_(OPEN)
        fresh = update(runs).where(mine).values(heartbeat=time.time(), seq=runs.c.seq + len(entries), **values)
        row = db.execute(fresh.returning(runs.c.seq, runs.c.conversation)).first()
        if row is None:
            raise Lost(f"the answer {run!r} was ended elsewhere")
        first = row.seq - len(entries)
        if entries:
            numbered = [
                {"run": run, "seq": first + i, "type": kind, "payload": json.dumps(payload)} for i, (kind, payload) in enumerate(entries, 1)
            ]
            db.execute(insert(events), numbered)
        for sketch in sketches:
            self._sketch(db, run, row.conversation, sketch)
        last: int = row.seq
        return last

    def _sketch(self, db: "Connection", run: str, conversation: str, sketch: Sketch) -> None:
        """The visual as its run has it so far, in the version the run made: what was edited since stays."""
        from sqlalchemy import func, insert, select, update

        visuals, versions, now = self._tables["visuals"], self._tables["versions"], time.time()
        spec = json.dumps(sketch.spec)
        row = db.execute(select(visuals).where(visuals.c.id == sketch.id)).mappings().first()
        told = {"kind": sketch.kind, "title": sketch.title, "status": sketch.status}
        if row is None:
            last = db.execute(select(func.max(visuals.c.ordinal)).where(visuals.c.run == run)).scalar() or 0
            made = {"id": sketch.id, "conversation": conversation, "run": run, "ordinal": last + 1, "name": sketch.name, "n": 1, "grows": 1}
            db.execute(insert(visuals).values(**made, **told))
            db.execute(insert(versions).values(visual=sketch.id, n=1, spec=spec, at=now))
            return
        if row["status"] == "growing":
            db.execute(update(versions).where((versions.c.visual == sketch.id) & (versions.c.n == row["grows"])).values(spec=spec, at=now))
            db.execute(update(visuals).where(visuals.c.id == sketch.id).values(**told))
        else:
            n = self._add_version(db, sketch.id, row["n"], spec)
            db.execute(update(visuals).where(visuals.c.id == sketch.id).values(grows=n, **told))

    def _settle_visuals(self, db: "Connection", run: str) -> None:
        """What a run left growing stays as far as it got."""
        from sqlalchemy import update

        visuals = self._tables["visuals"]
        db.execute(update(visuals).where((visuals.c.run == run) & (visuals.c.status == "growing")).values(status="partial"))

    def events(self, run: str, after: int = 0) -> list[Stored]:
        """The run's events from number `after` + 1 on."""
        from sqlalchemy import select

        events = self._tables["events"]
        with self._reading() as db:
            found = db.execute(select(events).where((events.c.run == run) & (events.c.seq > after)).order_by(events.c.seq)).mappings()
            return [Stored(row["seq"], row["type"], json.loads(row["payload"])) for row in found]

    def beat(self, process: str) -> list[str]:
        """Say that the process lives; the ids of its runs that someone asked to stop."""
        from sqlalchemy import select, update

        runs = self._tables["runs"]
        mine = (runs.c.process == process) & runs.c.status.in_(OPEN)
        with self._writing() as db:
            db.execute(update(runs).where(mine).values(heartbeat=time.time()))
            return [id for (id,) in db.execute(select(runs.c.id).where(mine & runs.c.stop))]

    def ask_stop(self, run: str) -> None:
        """Ask the process that writes the run, whichever it is, to stop it."""
        from sqlalchemy import update

        runs = self._tables["runs"]
        with self._writing() as db:
            db.execute(update(runs).where(runs.c.id == run).values(stop=True))

    def orphans(self) -> list[Run]:
        """Runs whose process has not been heard of for STALE_SECONDS."""
        from sqlalchemy import select

        runs = self._tables["runs"]
        lost = runs.c.status.in_(OPEN) & (runs.c.heartbeat < time.time() - STALE_SECONDS)
        with self._reading() as db:
            return [_run(row) for row in db.execute(select(runs).where(lost)).mappings()]

    def interrupt(self, run: Run, outcome: Mapping[str, Any], entries: Sequence[Entry]) -> bool:
        """Close an orphan as interrupted, what it had kept; False where it came back to life or another process closed it."""
        from sqlalchemy import insert, update

        runs, events = self._tables["runs"], self._tables["events"]
        still = (runs.c.id == run.id) & runs.c.status.in_(OPEN) & (runs.c.seq == run.seq)
        still &= runs.c.heartbeat < time.time() - STALE_SECONDS
        values = {"status": "interrupted", "outcome": json.dumps(outcome), "seq": run.seq + len(entries)}
        with self._writing(durable=True) as db:
            if db.execute(update(runs).where(still).values(**values)).rowcount == 0:
                return False
            for i, (kind, payload) in enumerate(entries, 1):
                db.execute(insert(events).values(run=run.id, seq=run.seq + i, type=kind, payload=json.dumps(payload)))
            self._settle_visuals(db, run.id)
        return True

    def counts(self) -> dict[str, int]:
        """How many runs there are by status."""
        from sqlalchemy import func, select

        runs = self._tables["runs"]
        with self._reading() as db:
            rows = db.execute(select(runs.c.status, func.count().label("held")).group_by(runs.c.status))
            return {row.status: row.held for row in rows}

    # -- visuals ----------------------------------------------------------------------------------------------------------

    def visual(self, id: str) -> Visual:
        """The visual as it stands; raises Missing where there is none."""
        found = self._visuals(lambda visuals: visuals.c.id == id)
        if not found:
            raise Missing(f"there is no visual {id!r}; it may have been deleted with its conversation")
        return found[0]

    def visuals(self, conversation: str) -> list[Visual]:
        """The conversation's visuals in reading order."""
        return self._visuals(lambda visuals: visuals.c.conversation == conversation)

    def _visuals(self, which: Any) -> list[Visual]:
        from sqlalchemy import func, select

        visuals, versions, runs = (self._tables[name] for name in ("visuals", "versions", "runs"))
        newest = select(func.max(versions.c.n)).where(versions.c.visual == visuals.c.id).correlate(visuals).scalar_subquery()
        current = (versions.c.visual == visuals.c.id) & (versions.c.n == visuals.c.n)
        query = (
            select(visuals, versions.c.spec, newest.label("newest"))
            .join(versions, current)
            .join(runs, runs.c.id == visuals.c.run)
            .where(which(visuals))
            .order_by(runs.c.ordinal, visuals.c.ordinal)
        )
        with self._reading() as db:
            return [
                Visual(
                    row["id"], row["conversation"], row["run"], row["ordinal"], row["kind"], row["title"], row["status"],
                    row["n"], row["newest"], json.loads(row["spec"]),
                )
                for row in db.execute(query).mappings()
            ]  # fmt: skip

    def withdraw(self, id: str) -> None:
        """Forget a visual that is still growing."""
        from sqlalchemy import delete

        visuals = self._tables["visuals"]
        with self._writing() as db:
            db.execute(delete(visuals).where((visuals.c.id == id) & (visuals.c.status == "growing")))

    def change(self, id: str, spec: Mapping[str, Any], *, seen: int) -> Visual:
        """The visual with `spec` as a version of its own after version `seen`; what had been undone is dropped.

        Raises Problem where someone else changed it since `seen`.
        """
        from sqlalchemy import select, update

        visuals = self._tables["visuals"]
        with self._writing(durable=True) as db:
            row = db.execute(select(visuals).where(visuals.c.id == id)).mappings().first()
            if row is None or row["n"] != seen or row["status"] == "growing":
                raise Problem("this visual is being changed; look at it again in a moment, then repeat the change")
            self._add_version(db, id, seen, json.dumps(spec))
            told = {"kind": spec["kind"], "title": spec.get("title", ""), "status": "done"}
            db.execute(update(visuals).where(visuals.c.id == id).values(**told))
        return self.visual(id)

    def _add_version(self, db: "Connection", id: str, current: int, spec: str) -> int:
        from sqlalchemy import delete, insert, update

        visuals, versions = self._tables["visuals"], self._tables["versions"]
        db.execute(delete(versions).where((versions.c.visual == id) & (versions.c.n > current)))
        db.execute(insert(versions).values(visual=id, n=current + 1, spec=spec, at=time.time()))
        db.execute(update(visuals).where(visuals.c.id == id).values(n=current + 1))
        return current + 1

    def step(self, id: str, by: Literal[-1, 1]) -> Visual:
        """The visual one version back (-1, undo) or forth (1, redo); where there is none, as it is."""
        from sqlalchemy import select, update

        visuals, versions = self._tables["visuals"], self._tables["versions"]
        with self._writing(durable=True) as db:
            row = db.execute(select(visuals).where(visuals.c.id == id)).mappings().first()
            to = 0 if row is None or row["status"] == "growing" else row["n"] + by
            spec = db.execute(select(versions.c.spec).where((versions.c.visual == id) & (versions.c.n == to))).scalar()
            if spec is not None:
                values = json.loads(spec)
                db.execute(update(visuals).where(visuals.c.id == id).values(n=to, kind=values["kind"], title=values.get("title", "")))
        return self.visual(id)

    def stepping(self, conversation: str, by: Literal[-1, 1]) -> str:
        """The visual that was changed last, after all that is new in the conversation (-1), or whose change was undone last (1); "" for
        none."""
        from sqlalchemy import select

        visuals, versions = self._tables["visuals"], self._tables["versions"]
        there = visuals.c.n if by < 0 else visuals.c.n + 1
        at = versions.c.at.desc() if by < 0 else versions.c.at
        query = select(visuals.c.id, visuals.c.n).join(versions, (versions.c.visual == visuals.c.id) & (versions.c.n == there))
        with self._reading() as db:
            row = db.execute(query.where(visuals.c.conversation == conversation).order_by(at)).first()
        return row.id if row is not None and (by > 0 or row.n > 1) else ""

    # -- bytes and files --------------------------------------------------------------------------------------------------

    def keep(self, content: bytes) -> str:
        """Store the bytes; "sha256:" and their hash."""
        blob = f"sha256:{hashlib.sha256(content).hexdigest()}"
        place = self._place(blob)
        if place.exists():
            return blob
        with self._troubles():
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary = None
            try:
                with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".new-", delete=False) as file:
                    temporary = Path(file.name)
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(place)
            except OSError:
                if temporary is not None:
                    temporary.unlink(missing_ok=True)
                raise
        return blob

    def drop(self, blob: str) -> None:
        """Forget bytes that were shown for a moment only."""
        with self._troubles():
            self._place(blob).unlink(missing_ok=True)

    def path(self, blob: str) -> Path:
        """Where the bytes lie; raises Missing where they are not stored."""
        place = self._place(blob)
        if not place.is_file():
            raise Missing(f"the bytes {blob[:19]} are not stored any more; attach or paint them again")
        return place

    def _place(self, blob: str) -> Path:
        if not BLOB.fullmatch(blob):
            raise Missing(f"{blob[:40]!r} is no stored file; name it by its hash")
        digest = blob.removeprefix("sha256:")
        return self.home / "blobs" / digest[:2] / digest[2:]

    def blobs(self, specs: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
        """The stored bytes that the specs refer to."""
        found = sorted({blob for spec in specs for blob in BLOB.findall(json.dumps(spec))})
        return {blob: self._place(blob).read_bytes() for blob in found if self._place(blob).is_file()}

    def attach(self, name: str, kind: FileKind, blob: str, about: Mapping[str, Any]) -> Kept:
        """A person's file under an id of ours; it belongs to a conversation once a question refers to it."""
        from sqlalchemy import insert

        id = secrets.token_urlsafe(12)
        with self._writing(durable=True) as db:
            db.execute(
                insert(self._tables["files"]).values(id=id, name=name, kind=kind, blob=blob, about=json.dumps(about), at=time.time())
            )
        return Kept(id, name, kind, blob, about)

    def file(self, id: str) -> Kept:
        """The attached file; raises Missing where there is none."""
        from sqlalchemy import select

        files = self._tables["files"]
        with self._reading() as db:
            row = db.execute(select(files).where(files.c.id == id)).mappings().first()
        if row is None:
            raise Missing(f"there is no file {id!r}; attach it again")
        return Kept(row["id"], row["name"], row["kind"], row["blob"], json.loads(row["about"]))

    def claim(self, files: Sequence[str], conversation: str) -> None:
        """Let the files belong to the conversation."""
        from sqlalchemy import update

        table = self._tables["files"]
        with self._writing() as db:
            db.execute(update(table).where(table.c.id.in_(files) & table.c.conversation.is_(None)).values(conversation=conversation))

    # -- what a person thought of it --------------------------------------------------------------------------------------

    def learn(self, kind: Literal["override", "edit", "thumb"], run: str, value: Mapping[str, Any]) -> None:
        """Keep what a person changed or thought, for training the router on this machine."""
        from sqlalchemy import insert

        with self._writing() as db:
            db.execute(insert(self._tables["feedback"]).values(kind=kind, run=run, value=json.dumps(value), at=time.time()))

    def feedback(self) -> list[dict[str, Any]]:
        """What persons changed or thought, oldest first: {kind, run, value, at}."""
        from sqlalchemy import select

        table = self._tables["feedback"]
        with self._reading() as db:
            rows = db.execute(select(table).order_by(table.c.id)).mappings()
            return [{"kind": row["kind"], "run": row["run"], "value": json.loads(row["value"]), "at": row["at"]} for row in rows]

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    # -- the database -----------------------------------------------------------------------------------------------------

    @cached_property
    def _tables(self) -> "Mapping[str, Table]":
        from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table, Text

        def belongs(name: str, to: str, **more: Any) -> "Column[str]":
            return Column(name, Text, ForeignKey(to, ondelete="CASCADE"), **more)

        meta = MetaData()
        Table("tables", meta, Column("version", Integer, nullable=False))
        Table(
            "conversations", meta, Column("id", Text, primary_key=True), Column("title", Text, nullable=False),
            Column("created", Float, nullable=False), Column("changed", Float, nullable=False), Column("lang", Text, nullable=False),
        )  # fmt: skip
        Table(
            "runs", meta, Column("id", Text, primary_key=True), belongs("conversation", "conversations.id", nullable=False, index=True),
            Column("ordinal", Integer, nullable=False), Column("request", Text, nullable=False),
            Column("status", Text, nullable=False, index=True), Column("process", Text, nullable=False),
            Column("heartbeat", Float, nullable=False), Column("asked", Float, nullable=False), Column("seq", Integer, nullable=False),
            Column("outcome", Text, nullable=False), Column("stop", Boolean, nullable=False),
        )  # fmt: skip
        Table(
            "events", meta, belongs("run", "runs.id", primary_key=True), Column("seq", Integer, primary_key=True, autoincrement=False),
            Column("type", Text, nullable=False), Column("payload", Text, nullable=False),
        )  # fmt: skip
        Table(
            "visuals", meta, Column("id", Text, primary_key=True),
            belongs("conversation", "conversations.id", nullable=False, index=True), belongs("run", "runs.id", nullable=False, index=True),
            Column("ordinal", Integer, nullable=False), Column("name", Text, nullable=False), Column("kind", Text, nullable=False),
            Column("title", Text, nullable=False), Column("status", Text, nullable=False), Column("n", Integer, nullable=False),
            Column("grows", Integer, nullable=False),
        )  # fmt: skip
        Table(
            "versions", meta, belongs("visual", "visuals.id", primary_key=True),
            Column("n", Integer, primary_key=True, autoincrement=False), Column("spec", Text, nullable=False),
            Column("at", Float, nullable=False),
        )  # fmt: skip
        Table(
            "files", meta, Column("id", Text, primary_key=True), belongs("conversation", "conversations.id", index=True),
            Column("name", Text, nullable=False), Column("kind", Text, nullable=False), Column("blob", Text, nullable=False),
            Column("about", Text, nullable=False), Column("at", Float, nullable=False),
        )  # fmt: skip
        Table(
            "feedback", meta, Column("id", Integer, primary_key=True), belongs("run", "runs.id"), Column("kind", Text, nullable=False),
            Column("value", Text, nullable=False), Column("at", Float, nullable=False),
        )  # fmt: skip
        Index("files_by_blob", meta.tables["files"].c.blob)
        return meta.tables

    @cached_property
    def _engine(self) -> "Engine":
        from sqlalchemy import create_engine, event
        from sqlalchemy.exc import ArgumentError

        try:
            engine = create_engine(self.url, pool_size=16, max_overflow=48)
        except ArgumentError:
            raise Problem(
                f"the database address {self.url!r} cannot be read; write it as sqlite:///FILE or postgresql://HOST/NAME"
            ) from None
        if engine.dialect.name == "sqlite":
            # SQLAlchemy's own recipe: the driver may not begin transactions behind our back.
            @event.listens_for(engine, "connect")
            def _opened(raw: Any, _record: Any) -> None:
                raw.isolation_level = None
                for pragma in (f"busy_timeout={int(BUSY_SECONDS * 1000)}", "journal_mode=WAL", "foreign_keys=ON"):
                    raw.execute(f"PRAGMA {pragma}")

            @event.listens_for(engine, "begin")
            def _begun(connection: "Connection") -> None:
                options = connection.get_execution_options()
                connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

        return engine

    def _settle(self) -> None:
        """Make the tables where there are none; refuse those of a newer program."""
        from sqlalchemy import insert, select

        with self._writing(durable=True) as db:
            version = self._tables["tables"]
            self._tables["runs"].metadata.create_all(db)
            found = db.execute(select(version.c.version)).scalar()
            if found is None:
                db.execute(insert(version).values(version=VERSION))
            elif found > VERSION:
                raise Problem(f"the conversations in {self.home} were written by a newer Flipchart; update this one")

    @contextlib.contextmanager
    def _reading(self) -> "Iterator[Connection]":
        with self._troubles(), self._engine.connect() as db:
            yield db

    @contextlib.contextmanager
    def _writing(self, *, durable: bool = False) -> "Iterator[Connection]":
        """One transaction, one writer at a time. `durable`: it survives a power cut, not only a killed process."""
        with self._writer, self._troubles(), self._engine.connect() as plain:
            if plain.dialect.name == "sqlite":
                raw = plain.connection.driver_connection
                assert raw is not None
                raw.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            db = plain.execution_options(writes=True)
            with db.begin():
                yield db

    @contextlib.contextmanager
    def _troubles(self) -> Iterator[None]:
        """Says what the disk or the database refused as one sentence with what to do."""
        from sqlalchemy.exc import DBAPIError, OperationalError

        try:
            yield
        except OSError as error:
            raise Problem(f"{self.home} cannot be written ({error.strerror or error}); {_REMEDY}") from None
        except OperationalError as error:
            told = str(error.orig)
            if "locked" in told:
                raise Problem("another program keeps the conversations locked; close it, then try again") from None
            raise Problem(f"the conversations in {self.home} cannot be kept ({told}); {_REMEDY}") from None
        except DBAPIError as error:
            if "malformed" in str(error.orig) or "not a database" in str(error.orig):
                raise Problem(f"the database in {self.home} is damaged ({error.orig}); move it away, or restore a copy") from None
            raise


_REMEDY = "free some room, or set FLIPCHART_HOME to a folder that can be written to"


def _run(row: Mapping[Any, Any]) -> Run:
    return Run(
        row["id"], row["conversation"], row["ordinal"], json.loads(row["request"]), row["status"], row["process"], row["heartbeat"],
        row["seq"], row["asked"], json.loads(row["outcome"]),
    )  # fmt: skip
