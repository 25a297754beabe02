"""An answer is a job: it outlives whoever asked for it, and can be followed from any event on."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart.gui.jobs import Busy, Jobs, Told, difference, outcome
from flipchart.gui.store import STALE_SECONDS, Run, Store, Stored
from flipchart.models.events import Drawn, Event, Failed, Noted, Planned, Said, Used
from flipchart.renderers.check import Finding
from flipchart.renderers.problem import ModelProblem
from flipchart.renderers.text import Prose

Answer = Callable[[Run, threading.Event], Iterator[Event | Told]]


def prose(words: str, id: str = "text1", title: str = "") -> Prose:
    return Prose(id=id, title=title, markdown=words)


def good(run: Run, cancel: threading.Event) -> Iterator[Event | Told]:
    yield Planned("text", (("text", 0.9), ("chart", 0.2)), "Words are enough.", 2.0)
    yield from (Said(word) for word in ("Here ", "it ", "is."))
    yield Drawn(prose("o"), "growing")
    yield Drawn(prose("one", title="One"), "growing")
    yield Drawn(prose("one two", title="One"), "done")
    yield Said("And that was it.")
    yield Noted((Finding("glyph", "text1", "x", "y", "warning"),), "text1")
    yield Used(10, 20, 0.5)
    yield Used(1, 2, 0.25)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path)
    opened.converse("c", "Hello")
    yield opened
    opened.close()


@pytest.fixture
def running(store: Store) -> Iterator[Callable[..., Jobs]]:
    """Jobs with a given answer, closed at the end."""
    made: list[Jobs] = []

    def begin(answer: Answer, **limits: int) -> Jobs:
        made.append(Jobs(store, answer, **limits))
        return made[-1]

    yield begin
    for jobs in made:
        jobs.close(0.0)


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    assert true()


def test_an_answer_tells_its_whole_story_in_order(store: Store, running: Callable[..., Jobs]) -> None:
    jobs = running(good)
    jobs.start("r", "c", {})
    events = list(jobs.follow("r"))
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    kinds = [event.type for event in events]
    assert kinds[0] == "RUN_STARTED"
    assert kinds[-1] == "RUN_FINISHED"
    assert kinds.count("TEXT_MESSAGE_START") == kinds.count("TEXT_MESSAGE_END") == 2
    folded = outcome(events)
    visual = folded["blocks"][1]["visual"]
    assert folded["blocks"] == [{"text": "Here it is."}, {"visual": visual, "form": "text"}, {"text": "And that was it."}]
    assert folded["plan"] == {
        "form": "text",
        "forms": [{"form": "text", "probability": 0.9}, {"form": "chart", "probability": 0.2}],
        "reason": "Words are enough.",
        "seconds": 2.0,
    }
    assert folded["findings"][0]["code"] == "glyph"
    assert (folded["usage"]["prompt_tokens"], folded["usage"]["completion_tokens"], folded["usage"]["calls"]) == (11, 22, 2)
    assert store.run("r").outcome == folded
    assert store.visual(visual).spec == {"kind": "text", "id": "text1", "title": "One", "markdown": "one two"}
    assert store.visual(visual).status == "done"
    assert len(visual) >= 16


def applied(events: list[Stored]) -> dict[str, Any]:
    """Each visual's content after all snapshots and patches, by a patcher of its own."""
    shown: dict[str, Any] = {}
    for event in events:
        if event.type == "ACTIVITY_SNAPSHOT":
            shown[event.payload["messageId"]] = event.payload["content"]
        elif event.type == "ACTIVITY_DELTA":
            shown[event.payload["messageId"]] = patched(shown[event.payload["messageId"]], event.payload["patch"])
    return shown


def patched(value: Any, patch: list[dict[str, Any]]) -> Any:
    value = json.loads(json.dumps({"root": value}))
    for step in patch:
        *way, last = ["root", *(name.replace("~1", "/").replace("~0", "~") for name in step["path"].split("/")[1:])]
        holder = value
        for name in way:
            holder = holder[int(name)] if isinstance(holder, list) else holder[name]
        if isinstance(holder, list):
            at = len(holder) if last == "-" else int(last)
            holder[at : at + (step["op"] != "add")] = [] if step["op"] == "remove" else [step["value"]]
        elif step["op"] == "remove":
            del holder[last]
        else:
            holder[last] = step["value"]
    return value["root"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab/~", max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab/~", max_size=2), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, JSON)
def test_a_difference_turns_one_value_into_the_other(old: Any, new: Any) -> None:
    change = difference(old, new)
    assert json.dumps(patched(old, change), sort_keys=True) == json.dumps(new, sort_keys=True)
    assert change or json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


def test_the_deltas_of_a_visual_add_up_to_it(store: Store, running: Callable[..., Jobs]) -> None:
    words = "the quick brown fox jumps over the lazy dog and then some more of them".split()

    def grow(run: Run, cancel: threading.Event) -> Iterator[Event]:
        for i in range(len(words)):
            yield Drawn(prose(" ".join(words[: i + 1]), title="A long title that stays as it is " * 4), "growing")
            time.sleep(0.03)
        yield Drawn(prose(" ".join(words), title="A long title that stays as it is " * 4), "done")

    jobs = running(grow)
    jobs.start("r", "c", {})
    events = list(jobs.follow("r"))
    (content,) = applied(events).values()
    assert content["spec"]["markdown"] == " ".join(words)
    assert content["status"] == "done"
    assert content["url"] == f"/v/{content['id']}"
    told = [event for event in events if event.type.startswith("ACTIVITY")]
    assert 2 <= len(told) <= 8, "at most ten a second"
    assert [event.type for event in told[1:]] == ["ACTIVITY_DELTA"] * (len(told) - 1)


def test_following_from_every_event_gives_the_same_rest(running: Callable[..., Jobs]) -> None:
    jobs = running(good)
    jobs.start("r", "c", {})
    whole = list(jobs.follow("r"))
    for cut in range(len(whole)):
        assert list(jobs.follow("r", cut)) == whole[cut:]


def test_those_who_join_while_it_runs_see_what_all_see(running: Callable[..., Jobs]) -> None:
    def slow(run: Run, cancel: threading.Event) -> Iterator[Event]:
        for i in range(12):
            yield Said(f"{i} ")
            time.sleep(0.02)

    jobs = running(slow)
    jobs.start("r", "c", {})
    seen: dict[int, list[Stored]] = {}

    def join(name: int) -> None:
        time.sleep(name * 0.02)
        seen[name] = list(jobs.follow("r"))

    threads = [threading.Thread(target=join, args=(name,)) for name in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(seen) == 10
    assert all(events == seen[0] for events in seen.values())
    assert outcome(seen[0])["text"] == "".join(f"{i} " for i in range(12))


def test_fifty_at_once_with_one_key_are_one_job(store: Store, running: Callable[..., Jobs]) -> None:
    called = []

    def counted(run: Run, cancel: threading.Event) -> Iterator[Event]:
        called.append(run.id)
        time.sleep(0.1)
        yield Said("once")

    jobs = running(counted)
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(jobs.start("same", "c", {}).id)) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert results == ["same"] * 50
    assert outcome(list(jobs.follow("same")))["text"] == "once"
    assert called == ["same"]
    assert len(store.runs("c")) == 1


def test_stop_keeps_what_there_is(store: Store, running: Callable[..., Jobs]) -> None:
    def endless(run: Run, cancel: threading.Event) -> Iterator[Event]:
        yield Said("begun")
        yield Drawn(prose("half"), "growing")
        while not cancel.wait(0.01):
            pass

    jobs = running(endless)
    jobs.start("r", "c", {})
    until(lambda: bool(store.visuals("c")))
    jobs.stop("r")
    events = list(jobs.follow("r"))
    assert events[-1].type == "RUN_FINISHED"
    assert events[-1].payload["result"] == {"status": "stopped"}
    assert store.run("r").status == "stopped"
    assert store.run("r").outcome["text"] == "begun"
    assert store.visuals("c")[0].status == "partial"


def test_an_answer_that_does_not_heed_stop_is_closed_all_the_same(store: Store, running: Callable[..., Jobs]) -> None:
    hold = threading.Event()

    def deaf(run: Run, cancel: threading.Event) -> Iterator[Event]:
        yield Said("begun")
        hold.wait(90)
        yield Said("too late")

    jobs = running(deaf, at_once=1)
    jobs.start("r", "c", {})
    until(lambda: store.run("r").seq > 2)
    began = time.monotonic()
    jobs.stop("r")
    assert list(jobs.follow("r"))[-1].type == "RUN_FINISHED"
    assert time.monotonic() - began < 30
    jobs.start("s", "c", {})
    until(lambda: jobs.load() == (1, 0))
    hold.set()
    list(jobs.follow("s"))
    assert store.run("r").outcome["text"] == "begun"


def test_another_process_can_stop_a_run(store: Store, running: Callable[..., Jobs]) -> None:
    def endless(run: Run, cancel: threading.Event) -> Iterator[Event]:
        yield Said("begun")
        cancel.wait(20)

    mine = running(endless)
    other_store = Store(store.home)
    other = Jobs(other_store, good)
    mine.start("r", "c", {})
    other.stop("r")
    assert list(other.follow("r"))[-1].type == "RUN_FINISHED"
    other.close(0.0)
    other_store.close()


def test_another_process_leaves_a_living_run_alone_and_closes_a_dead_one(
    store: Store, running: Callable[..., Jobs], monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin("dead", "c", {"lang": "de"}, "a process that was killed")
    store.append("dead", "a process that was killed", [("TEXT_MESSAGE_START", {"messageId": "m"})])
    store.append("dead", "a process that was killed", [("TEXT_MESSAGE_CONTENT", {"messageId": "m", "delta": "half an ans"})])
    jobs = running(good)
    jobs.sweep()
    assert store.run("dead").status == "running"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + STALE_SECONDS + 1)
    jobs.sweep()
    assert store.run("dead").status == "interrupted"
    assert store.run("dead").outcome["text"] == "half an ans"
    events = list(jobs.follow("dead"))
    assert [event.type for event in events[-2:]] == ["TEXT_MESSAGE_END", "RUN_ERROR"]
    assert events[-1].payload["code"] == "interrupted"
    assert "abgebrochen" in events[-1].payload["message"]


def test_a_failed_answer_says_why_and_keeps_what_there_was(store: Store, running: Callable[..., Jobs]) -> None:
    def failing(run: Run, cancel: threading.Event) -> Iterator[Event]:
        yield Said("The first half")
        yield Failed("the model has no key; set FLIPCHART_API_KEY")

    jobs = running(failing)
    jobs.start("r", "c", {})
    last = list(jobs.follow("r"))[-1]
    assert (last.type, last.payload["message"]) == ("RUN_ERROR", "the model has no key; set FLIPCHART_API_KEY")
    assert store.run("r").status == "failed"
    assert store.run("r").outcome["text"] == "The first half"


def test_a_problem_on_the_way_is_told_like_any_other(running: Callable[..., Jobs]) -> None:
    def raising(run: Run, cancel: threading.Event) -> Iterator[Event]:
        yield Said("x")
        raise ModelProblem("the model did not answer; try again")

    jobs = running(raising)
    jobs.start("r", "c", {})
    assert list(jobs.follow("r"))[-1].payload["message"] == "the model did not answer; try again"


def test_too_many_questions_are_told_to_come_back(store: Store, running: Callable[..., Jobs]) -> None:
    hold = threading.Event()

    def held(run: Run, cancel: threading.Event) -> Iterator[Event]:
        hold.wait(20)
        yield Said("done")

    jobs = running(held, at_once=2, most=4)
    for name in "abcd":
        jobs.start(name, "c", {})
    until(lambda: jobs.load() == (2, 2))
    with pytest.raises(Busy, match="try again"):
        jobs.start("e", "c", {})
    assert jobs.start("a", "c", {}).id == "a", "what is there is not refused"
    assert [run.id for run in store.runs("c")] == ["a", "b", "c", "d"]
    hold.set()
    assert [list(jobs.follow(name))[-1].type for name in "abcd"] == ["RUN_FINISHED"] * 4
    until(lambda: jobs.load() == (0, 0))  # a place is given back a moment after the last event


def test_closing_keeps_what_runs_as_interrupted(store: Store, running: Callable[..., Jobs]) -> None:
    def endless(run: Run, cancel: threading.Event) -> Iterator[Event]:
        yield Said("begun")
        cancel.wait(20)

    jobs = running(endless)
    jobs.start("r", "c", {})
    until(lambda: store.run("r").seq > 2)
    jobs.close(0.05)
    assert store.run("r").status == "interrupted"
    assert store.run("r").outcome["text"] == "begun"
    with pytest.raises(Busy):
        jobs.start("s", "c", {})


def test_a_replacing_answer_draws_into_the_visual_it_replaces(store: Store, running: Callable[..., Jobs]) -> None:
    jobs = running(good)
    jobs.start("r", "c", {})
    list(jobs.follow("r"))
    (visual,) = store.visuals("c")
    jobs.start("s", "c", {"into": visual.id})
    list(jobs.follow("s"))
    (again,) = store.visuals("c")
    assert (again.id, again.n) == (visual.id, 2)
    assert store.step(visual.id, -1).n == 1
