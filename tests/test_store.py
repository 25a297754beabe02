"""What is kept stays kept, in one place, for several processes."""

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flipchart.gui.store import STALE_SECONDS, Lost, Sketch, Store
from flipchart.renderers.problem import Missing, Problem

CHART = {"kind": "chart", "id": "chart1", "title": "Sales rose"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    opened.converse("c", "Sales")
    yield opened
    opened.close()


def sketch(status: str = "done", title: str = "Sales rose") -> Sketch:
    return Sketch("v", "chart1", "chart", title, status, CHART | {"title": title})


def asked(store: Store, id: str = "r") -> None:
    store.begin(id, "c", {"text": "How are we doing?"}, "me")


def test_what_was_written_is_there_when_the_directory_is_opened_again(store: Store) -> None:
    asked(store)
    store.append("r", "me", [("A", {"say": "naïve 漢字 \U0001f600 \ud800"})], [sketch()])
    store.end("r", "me", "done", {"text": "fine"}, [("B", {})])
    again = Store(store.home)
    assert [(e.seq, e.type, e.payload) for e in again.events("r")] == [
        (1, "A", {"say": "naïve 漢字 \U0001f600 \ud800"}),
        (2, "B", {}),
    ]
    assert again.run("r").outcome == {"text": "fine"}
    assert again.visual("v").spec == CHART
    assert [(c.id, c.title, c.visual) for c in again.conversations()] == [("c", "Sales", "v")]
    again.close()


def test_one_key_is_one_run_however_often_it_is_asked(store: Store) -> None:
    asked(store)
    again, fresh = store.begin("r", "c", {"text": "something else"}, "you")
    assert not fresh
    assert again.request == {"text": "How are we doing?"}
    assert again.process == "me"


def test_a_key_of_another_conversation_is_refused(store: Store) -> None:
    asked(store)
    store.converse("d", "Other")
    with pytest.raises(Problem, match="belongs to another conversation"):
        store.begin("r", "d", {}, "me")


def test_events_are_counted_without_gaps_by_many_threads(store: Store) -> None:
    asked(store)
    threads = [threading.Thread(target=lambda: [store.append("r", "me", [("A", {})]) for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.seq for e in store.events("r")] == list(range(1, 161))


def test_only_its_process_writes_to_a_run_and_only_until_it_ends(store: Store) -> None:
    asked(store)
    with pytest.raises(Lost):
        store.append("r", "you", [("A", {})])
    store.end("r", "me", "done", {})
    with pytest.raises(Lost):
        store.append("r", "me", [("A", {})])
    assert store.events("r") == []


def test_a_run_is_an_orphan_only_once_its_heartbeat_is_old(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(store)
    assert store.orphans() == []
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + STALE_SECONDS + 1)
    (run,) = store.orphans()
    assert store.interrupt(run, {"text": "half"}, [("RUN_ERROR", {"code": "interrupted"})])
    assert store.run("r").status == "interrupted"
    assert not store.interrupt(run, {}, [])


def test_a_run_that_beats_again_is_not_interrupted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(store)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + STALE_SECONDS + 1)
    (run,) = store.orphans()
    store.beat("me")
    assert not store.interrupt(run, {}, [])
    assert store.run("r").status == "queued"


def test_growing_keeps_one_version_and_changes_add_versions(store: Store) -> None:
    asked(store)
    for title in ("S", "Sales", "Sales rose"):
        store.append("r", "me", [], [sketch("growing", title)])
    store.append("r", "me", [], [sketch("done")])
    assert (store.visual("v").n, store.visual("v").newest, store.visual("v").title) == (1, 1, "Sales rose")
    changed = store.change("v", CHART | {"title": "Sales fell"}, seen=1)
    assert (changed.n, changed.newest, changed.title) == (2, 2, "Sales fell")


def test_undo_and_redo_walk_the_versions_and_stop_at_their_ends(store: Store) -> None:
    asked(store)
    store.append("r", "me", [], [sketch()])
    store.change("v", CHART | {"title": "two"}, seen=1)
    store.change("v", CHART | {"title": "three"}, seen=2)
    assert [store.step("v", -1).title for _ in range(3)] == ["two", "Sales rose", "Sales rose"]
    assert [store.step("v", 1).title for _ in range(3)] == ["two", "three", "three"]
    store.step("v", -1)
    assert store.change("v", CHART | {"title": "other"}, seen=2).newest == 3
    assert store.step("v", 1).title == "other"


def test_a_change_of_what_someone_else_changed_is_refused(store: Store) -> None:
    asked(store)
    store.append("r", "me", [], [sketch()])
    store.change("v", CHART | {"title": "two"}, seen=1)
    with pytest.raises(Problem, match="look at it again"):
        store.change("v", CHART | {"title": "mine"}, seen=1)


def test_a_cut_off_visual_stays_as_far_as_it_got(store: Store) -> None:
    asked(store)
    store.append("r", "me", [], [sketch("growing", "Sales")])
    store.end("r", "me", "interrupted", {})
    assert (store.visual("v").status, store.visual("v").title) == ("partial", "Sales")


def test_bytes_are_kept_once_under_their_hash(store: Store) -> None:
    blob = store.keep(b"pixels")
    assert store.keep(b"pixels") == blob
    assert store.path(blob).read_bytes() == b"pixels"
    assert [p.name for p in (store.home / "blobs").rglob("*") if p.is_file()] == [blob[9:]]


@pytest.mark.parametrize("evil", ["../../etc/passwd", "sha256:../../x", "sha256:" + "a" * 63 + "/", ""])
def test_a_blob_is_named_by_nothing_but_its_hash(store: Store, evil: str) -> None:
    with pytest.raises(Missing):
        store.path(evil)


def test_a_deleted_conversation_takes_its_bytes_along_but_for_what_others_show(store: Store) -> None:
    shared, own = store.keep(b"shared"), store.keep(b"own")
    asked(store)
    store.append("r", "me", [], [Sketch("v", "image1", "image", "", "done", {"kind": "image", "blob": own, "also": shared})])
    store.converse("d", "Other")
    store.begin("s", "d", {}, "me")
    store.append("s", "me", [], [Sketch("w", "image1", "image", "", "done", {"kind": "image", "blob": shared})])
    store.forget("c")
    assert [c.id for c in store.conversations()] == ["d"]
    assert store.path(shared).exists()
    with pytest.raises(Missing):
        store.path(own)
    with pytest.raises(Missing):
        store.visual("v")


def test_a_full_disk_is_told_in_a_sentence_and_nothing_half_is_kept(store: Store) -> None:
    asked(store)
    with store._engine.connect() as db:
        raw = db.connection.driver_connection
        assert raw is not None
        raw.execute(f"PRAGMA max_page_count={raw.execute('PRAGMA page_count').fetchone()[0]}")
    with pytest.raises(Problem, match=r"full.*free some room"):
        store.append("r", "me", [("A", {"long": "x" * 200_000}), ("B", {})])
    assert store.events("r") == []


def test_a_place_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Problem, match=r"cannot be written.*FLIPCHART_HOME"):
        Store(tmp_path / "file" / "home")


def test_a_file_that_may_only_be_read_is_told_in_a_sentence(store: Store) -> None:
    reader = Store(store.home, f"sqlite:///file:{store.home}/flipchart.db?mode=ro&uri=true")
    with pytest.raises(Problem, match=r"readonly.*FLIPCHART_HOME"):
        reader.converse("d", "Other")
    assert [c.id for c in reader.conversations()] == ["c"]
    reader.close()


def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "flipchart.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(Problem, match=r"damaged.*move it away"):
        Store(tmp_path)


def test_a_file_of_a_newer_program_is_refused(store: Store) -> None:
    with sqlite3.connect(store.home / "flipchart.db") as db:
        db.execute("UPDATE tables SET version = 99")
    db.close()
    with pytest.raises(Problem, match="newer Flipchart"):
        Store(store.home)


def test_two_processes_write_to_one_directory_at_once(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom flipchart.gui.store import Store\nme = sys.argv[2]\nstore = Store(Path(sys.argv[1]))\n"
        "store.converse('c', 'Shared')\nstore.begin(me, 'c', {}, me)\n"
        "for i in range(40):\n    store.append(me, me, [('A', {'i': i})])\nstore.end(me, me, 'done', {})\n"
    )
    both = [subprocess.Popen([sys.executable, "-W", "error", "-c", code, str(tmp_path), name]) for name in ("one", "two")]
    assert [process.wait(60) for process in both] == [0, 0]
    store = Store(tmp_path)
    assert [(run.ordinal, run.status, run.seq) for run in store.runs("c")] == [(1, "done", 40), (2, "done", 40)]
    assert [e.payload["i"] for e in store.events("one")] == list(range(40))
    store.close()


KILLS = """
import os, random, signal, sys, time
from pathlib import Path
from flipchart.gui.store import Sketch, Store

random.seed(7)
home = Path(sys.argv[1])
Store(home).converse("c", "Killed")
for turn in range(12):
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        store = Store(home)
        store.begin(f"r{turn}", "c", {}, "me")
        for i in range(10_000):
            spec = {"kind": "text", "markdown": "x" * i}
            seq = store.append(f"r{turn}", "me", [("A", {"i": i})], [Sketch(f"v{turn}", "text1", "text", "", "growing", spec)])
            os.write(told, b"%d " % seq)
    os.close(told)
    first = os.read(heard, 1)
    time.sleep(random.random() * 0.12)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    rest = b""
    while piece := os.read(heard, 65536):
        rest += piece
    os.close(heard)
    print(turn, (first + rest).split()[-1].decode())
"""


def test_a_killed_writer_loses_nothing_it_had_confirmed_and_breaks_nothing(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLS, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60)
    with sqlite3.connect(tmp_path / "flipchart.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    store = Store(tmp_path)
    confirmed = [line.split() for line in done.stdout.splitlines()]
    assert len(confirmed) == 12
    for turn, seq in confirmed:
        events = store.events(f"r{turn}")
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert len(events) >= int(seq)
        assert len(store.visual(f"v{turn}").spec["markdown"]) == len(events) - 1, "an event and its visual are kept together"
    store.close()


def test_what_a_person_changed_is_remembered(store: Store) -> None:
    asked(store)
    store.learn("override", "r", {"from": "chart", "to": "slides"})
    assert [(one["kind"], one["value"]) for one in store.feedback()] == [("override", {"from": "chart", "to": "slides"})]
