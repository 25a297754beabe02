"""The session over HTTP, on a real server."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flipchart.gui import server
from flipchart.gui.minds import always
from flipchart.gui.session import Session
from flipchart.gui.store import Store
from flipchart.models.events import Drawn, Event, Planned, Request, Said, Used
from flipchart.renderers.problem import Problem
from flipchart.renderers.render import read

WORDS = "one two three four five six seven eight".split()


def prose(words: str) -> Any:
    return read({"kind": "text", "id": "text1", "title": "Told", "markdown": words})


class Scripted:
    """Answers "slow" slowly, "wait" never, anything else at once."""

    def answer(self, request: Request) -> Iterator[Event]:
        pause = 0.05 if request.text.startswith("slow") else 0.0
        yield Planned("text", (("text", 0.9),), "Words are enough.", 1.0)
        for word in WORDS:
            yield Said(f"{word} ")
            time.sleep(pause)
        for i in range(1, 4):
            yield Drawn(prose("# Told\n\n" + "-" * i), "done" if i == 3 else "growing")
            time.sleep(pause * 4)
        if request.text == "wait":
            request.cancel.wait(30)
        yield Used(10, 20, 0.1)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    opened = Session(Store(tmp_path_factory.mktemp("home")), always(Scripted()))
    yield opened
    opened.close(0.0)


@pytest.fixture(scope="module")
def address(session: Session, serve: Callable[[Any], str]) -> str:
    """Where a real server of the session listens."""
    return serve(server.app(session))


@pytest.fixture
def client(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    monkeypatch.setattr(server, "ASKS", 10_000)
    with httpx.Client(base_url=address, timeout=20) as opened:
        yield opened


def question(run: str, text: str = "Tell me", thread: str = "t", **settings: Any) -> dict[str, Any]:
    """A RunAgentInput."""
    return {
        "threadId": thread,
        "runId": run,
        "messages": [{"id": "m", "role": "user", "content": text}],
        "tools": [],
        "context": [],
        "state": {},
        "forwardedProps": settings,
    }


def events(body: str) -> list[tuple[int, dict[str, Any]]]:
    """The server-sent events of a body, with their numbers."""
    out = []
    for block in body.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "data" in lines:
            out.append((int(lines["id"]), json.loads(lines["data"])))
    return out


def ask(client: httpx.Client, run: str, text: str = "Tell me", **more: Any) -> list[tuple[int, dict[str, Any]]]:
    reply = client.post("/api/ask", json=question(run, text, **more))
    assert reply.status_code == 200, reply.text
    return events(reply.text)


def test_an_answer_streams_as_ag_ui_events(client: httpx.Client) -> None:
    from ag_ui.core import Event as Protocol
    from pydantic import TypeAdapter

    reply = client.post("/api/ask", json=question("stream", form="text", effort="quick", autonomy=1))
    assert reply.headers["content-type"].startswith("text/event-stream")
    told = events(reply.text)
    assert [number for number, _ in told] == list(range(1, len(told) + 1))
    for _, event in told:
        TypeAdapter(Protocol).validate_python(event)
    assert (told[0][1]["type"], told[-1][1]["type"]) == ("RUN_STARTED", "RUN_FINISHED")
    (visual,) = {event["messageId"] for _, event in told if event["type"] == "ACTIVITY_SNAPSHOT"}
    (content,) = [event["content"] for _, event in told if event["type"] == "ACTIVITY_SNAPSHOT"]
    assert content.keys() == {"id", "form", "status", "spec", "url"}
    assert client.get(content["url"]).status_code == 200
    assert (content["id"], content["url"]) == (visual, f"/v/{visual}")


def test_the_settings_reach_the_planner_and_wrong_ones_are_told(client: httpx.Client, session: Session) -> None:
    ask(client, "set", form="chart", autonomy=3, effort="deep", lang="pt")
    assert session.store.run("set").request == {"text": "Tell me", "form": "chart", "autonomy": 3, "effort": "deep", "lang": "pt"}
    wrong: list[tuple[dict[str, Any], str]] = [
        (question("w", autonomy=9), "autonomy"),
        (question("w", effort="heroic"), "effort"),
        (question("w", form="chrat"), "did you mean `chart`"),
        (question("w", ""), "the question is empty"),
        (question("w", model="scripted:/etc/passwd"), "not from a page"),
        (question("w", model="HTTP://169.254.169.254/v1#x"), "not from a page"),
        (question("../../w"), "runId"),
        (question("w", thread="a b"), "threadId"),
        (question("w") | {"messages": []}, "no message of the user"),
        ({"runId": "w"}, "no RunAgentInput"),
    ]
    for body, told in wrong:
        reply = client.post("/api/ask", json=body)
        assert reply.status_code == 422
        assert told in reply.json()["error"]
    assert client.post("/api/ask", content=b"not json", headers={"content-type": "application/json"}).status_code == 422


@pytest.fixture(scope="module")
def whole(address: str) -> list[tuple[int, dict[str, Any]]]:
    with httpx.Client(base_url=address, timeout=20) as opened:
        return ask(opened, "cut", "slow story")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 40), max_size=6))
def test_a_stream_cut_anywhere_and_joined_again_tells_the_same(
    client: httpx.Client, whole: list[tuple[int, dict[str, Any]]], cuts: list[int]
) -> None:
    seen: list[tuple[int, dict[str, Any]]] = []
    for cut in [*sorted(cuts), len(whole)]:
        headers = {"last-event-id": str(seen[-1][0])} if seen else {}
        with client.stream("GET", "/api/runs/cut/events", headers=headers) as reply:
            body = ""
            for piece in reply.iter_text():
                body += piece
                if len(seen) + len(events(body)) >= cut:
                    break
        seen += events(body)[: max(0, cut - len(seen))]
    assert seen == whole


def test_every_single_cut_is_joined_without_gap_or_repeat(client: httpx.Client, whole: list[tuple[int, dict[str, Any]]]) -> None:
    for number, _ in whole[:-1]:
        assert events(client.get("/api/runs/cut/events", headers={"last-event-id": str(number)}).text) == whole[number:]


def test_hanging_up_does_not_stop_an_answer(client: httpx.Client) -> None:
    with client.stream("POST", "/api/ask", json=question("hang", "slow one")) as reply:
        next(reply.iter_text())
    told = events(client.get("/api/runs/hang/events").text)
    assert told[-1][1]["type"] == "RUN_FINISHED"
    assert "".join(event["delta"] for _, event in told if event["type"] == "TEXT_MESSAGE_CONTENT") == "".join(f"{word} " for word in WORDS)


def test_fifty_posts_of_one_key_are_one_answer(client: httpx.Client, session: Session) -> None:
    with ThreadPoolExecutor(50) as pool:
        bodies = list(pool.map(lambda _: client.post("/api/ask", json=question("fifty", "slow fifty")).text, range(50)))
    assert {body.replace(": still here\n\n", "") for body in bodies} == {bodies[0]}
    assert [run.id for run in session.store.runs("t")].count("fifty") == 1


def test_stop_ends_an_answer_for_everyone_and_keeps_it(client: httpx.Client) -> None:
    with ThreadPoolExecutor(2) as pool:
        watching = pool.submit(lambda: ask(client, "stop", "wait"))
        while client.get("/api/runs/stop").status_code != 200 or not client.get("/api/runs/stop").json()["blocks"]:
            time.sleep(0.02)
        assert client.post("/api/runs/stop/stop").status_code == 204
        assert watching.result()[-1][1]["result"] == {"status": "stopped"}
    turn = client.get("/api/runs/stop").json()
    assert (turn["status"], turn["blocks"][0]["text"]) == ("stopped", "".join(f"{word} " for word in WORDS))


def test_the_health_check_answers_while_many_streams_are_open(client: httpx.Client, address: str) -> None:
    streams = [httpx.Client(base_url=address, timeout=20) for _ in range(20)]
    opened = [
        stream.send(stream.build_request("POST", "/api/ask", json=question(f"open{i}", "wait")), stream=True)
        for i, stream in enumerate(streams)
    ]
    assert client.get("/healthz", timeout=15).text == "ok\n"
    for i, (stream, reply) in enumerate(zip(streams, opened, strict=True)):
        client.post(f"/api/runs/open{i}/stop")
        reply.close()
        stream.close()


def test_a_conversation_is_listed_shown_renamed_exported_and_deleted(client: httpx.Client) -> None:
    ask(client, "conv", "Tell me of bees", thread="bees")
    listed = next(one for one in client.get("/api/conversations").json() if one["id"] == "bees")
    assert (listed["title"], listed["lang"]) == ("Tell me of bees", "en")
    assert client.get(listed["thumbnail"]).headers["content-type"] == "image/svg+xml"
    shown = client.get("/api/conversations/bees").json()
    (turn,) = shown["turns"]
    assert (turn["question"], turn["status"]) == ("Tell me of bees", "done")
    assert shown["visuals"][listed["visual"]]["form"] == "text"
    assert client.patch("/api/conversations/bees", json={"title": "Bees"}).json()["title"] == "Bees"
    words = client.get("/api/conversations/bees/export.md")
    assert "## Tell me of bees" in words.text
    assert words.headers["content-disposition"].startswith('attachment; filename="Bees.md"')
    assert client.delete("/api/conversations/bees").status_code == 204
    assert client.get("/api/conversations/bees").status_code == 404
    assert client.get(f"/v/{listed['visual']}").status_code == 404
    assert client.get("/api/runs/conv/events").status_code == 404


def drawn(client: httpx.Client, run: str) -> str:
    return next(str(event["messageId"]) for _, event in ask(client, run) if event["type"] == "ACTIVITY_SNAPSHOT")


def test_a_visual_is_edited_undone_converted_and_restyled(client: httpx.Client) -> None:
    id = drawn(client, "edit")
    state = client.patch(f"/v/{id}", json=[{"id": "text1", "set": {"title": "Retold"}}]).json()
    assert (state["title"], state["n"], state["newest"], state["findings"]) == ("Retold", 2, 2, [])
    assert client.post(f"/v/{id}/undo").json()["title"] == "Told"
    assert client.post(f"/v/{id}/redo").json()["title"] == "Retold"
    assert client.post(f"/v/{id}/look", json={"theme": "dark"}).json()["spec"]["look"] == {"theme": "dark"}
    assert client.post(f"/v/{id}/as/text").status_code == 200
    assert client.post(f"/v/{id}/design", json={"design": "next"}).status_code == 422
    assert client.patch(f"/v/{id}", json=[{"id": "nobody", "set": {"title": "x"}}]).json()["error"].startswith("there is no part `nobody`")
    begun = client.post(f"/v/{id}/as/chart")
    assert begun.status_code == 202
    assert events(client.get(f"/api/runs/{begun.json()['run']}/events").text)[-1][1]["type"] == "RUN_FINISHED"


def test_a_visual_is_fetched_in_every_format_under_its_own_name(client: httpx.Client) -> None:
    id = drawn(client, "formats")
    client.patch(f"/v/{id}", json=[{"id": "text1", "set": {"title": "Größe: 7/8\r\nSet-Cookie: x"}}])
    for ending, mime in (
        ("svg", "image/svg+xml"),
        ("png", "image/png"),
        ("json", "application/json"),
        ("md", "text/markdown"),
        ("html", "text/html"),
    ):
        reply = client.get(f"/v/{id}.{ending}")
        assert reply.status_code == 200, ending
        assert reply.headers["content-type"].startswith(mime)
        assert "set-cookie" not in reply.headers
        assert reply.headers["content-disposition"].startswith('attachment; filename="Gre 7 8')
        assert "filename*=UTF-8''Gr%C3%B6%C3%9Fe%207%208" in reply.headers["content-disposition"]
    assert client.get(f"/v/{id}.exe").json()["error"].startswith("`.exe` cannot be written")


def test_who_looks_at_a_page_is_told_on_a_page(client: httpx.Client) -> None:
    reply = client.get("/v/<nobody>", headers={"accept": "text/html,*/*"})
    assert (reply.status_code, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "there is no visual &#x27;&lt;nobody&gt;&#x27;" in reply.text
    assert client.get("/v/nobody").json()["error"].startswith("there is no visual")


def test_a_file_is_attached_and_described(client: httpx.Client) -> None:
    reply = client.post("/api/files", files={"file": ("sales.csv", b"region,sales\nNorth,120\nSouth,80\n")})
    assert reply.status_code == 201
    told = reply.json()
    assert (told["name"], told["kind"], told["columns"], told["rows"]) == ("sales.csv", "table", ["region", "sales"], 2)
    assert ask(client, "filed", files=[told["id"]])[-1][1]["type"] == "RUN_FINISHED"
    assert client.post("/api/ask", json=question("nofile", files=["nope"])).status_code == 404
    assert "damaged" in client.post("/api/files", files={"file": ("a.pdf", b"%PDF-1.7")}).json()["error"]


def test_status_and_metrics_tell_how_it_goes(client: httpx.Client) -> None:
    ask(client, "metrics")
    status = client.get("/api/status").json()
    assert (status["state"], status["queue"]) == ("ready", 0)
    metrics = client.get("/metrics").text
    assert 'flipchart_runs{status="done"}' in metrics
    assert "flipchart_model_ready 1" in metrics
    for line in metrics.splitlines():
        assert line.startswith("#") or line.split()[-1].replace(".", "").isdigit()


def test_a_thumb_is_kept(client: httpx.Client, session: Session) -> None:
    ask(client, "thumb")
    assert client.post("/api/runs/thumb/thumb", json={"thumb": "up"}).status_code == 204
    assert session.store.feedback()[-1]["value"] == {"thumb": "up"}
    assert client.post("/api/runs/thumb/thumb", json={"thumb": "sideways"}).status_code == 422


def test_who_asks_too_fast_is_told_when_to_come_back(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "ASKS", 0)
    reply = client.post("/api/ask", json=question("fast"))
    assert (reply.status_code, reply.headers["retry-after"]) == (429, "10")


def test_a_full_queue_is_told_as_unavailable(client: httpx.Client, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session.jobs, "_most", 0)
    reply = client.post("/api/ask", json=question("full"))
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")


def test_assets_may_be_kept_for_ever_under_their_marked_address(client: httpx.Client) -> None:
    from flipchart.gui.frames import address

    where = address("web/frame.js")
    first = client.get(where)
    assert "immutable" in first.headers["cache-control"]
    assert client.get("/assets/web/frame.js").headers["cache-control"] == "no-cache"
    assert client.get(where, headers={"if-none-match": first.headers["etag"]}).status_code == 304


def test_other_programs_draw_and_ask_over_mcp(client: httpx.Client) -> None:
    headers = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}

    def call(method: str, **params: Any) -> dict[str, Any]:
        reply = client.post("/mcp", headers=headers, json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        assert reply.status_code == 200, reply.text
        result: dict[str, Any] = reply.json()["result"]
        return result

    call("initialize", protocolVersion="2025-06-18", capabilities={}, clientInfo={"name": "test", "version": "1"})
    tools = {tool["name"]: tool for tool in call("tools/list")["tools"]}
    assert tools.keys() == {"draw", "ask"}
    where = tools["draw"]["_meta"]["ui"]["resourceUri"]
    (page,) = call("resources/read", uri=where)["contents"]
    assert page["mimeType"] == "text/html;profile=mcp-app"
    assert page["_meta"]["ui"]["csp"] == {"connectDomains": [], "resourceDomains": [], "frameDomains": [], "baseUriDomains": []}
    assert "http://" not in page["text"]
    assert "https://" not in page["text"]
    done = call("tools/call", name="draw", arguments={"spec": {"kind": "text", "markdown": "Some **words**"}})
    assert not done["isError"]
    assert done["content"][0]["text"] == "Some **words**"
    assert done["structuredContent"]["visuals"][0]["svg"].startswith("<svg")
    asked = call("tools/call", name="ask", arguments={"question": "Tell me"})
    assert asked["structuredContent"]["text"] == "".join(f"{word} " for word in WORDS)
    assert call("tools/call", name="draw", arguments={"spec": {"kind": "chrat"}})["isError"]


def test_the_machine_does_not_stand_open_by_mistake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLIPCHART_HOME", str(tmp_path))
    monkeypatch.delenv("FLIPCHART_TOKEN", raising=False)
    for host in ("0.0.0.0", "::", "192.168.1.5", "example.com"):
        with pytest.raises(Problem, match="FLIPCHART_TOKEN"):
            server.serve(host=host, port=0)
    monkeypatch.setenv("FLIPCHART_EMBED_ORIGINS", "https://good.example,*")
    with pytest.raises(Problem, match="is no origin"):
        server.serve(port=0)


def test_a_taken_port_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLIPCHART_HOME", str(tmp_path))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Problem, match="--port"):
            server.serve(port=taken.getsockname()[1])


# -- a killed server ----------------------------------------------------------------------------------------------------------

SERVER = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    import uvicorn
    from flipchart.gui import jobs, server, store
    from flipchart.gui.minds import always
    from flipchart.gui.session import Session
    from flipchart.gui.store import Store
    from flipchart.models.events import Drawn, Planned, Said
    from flipchart.renderers.render import read

    store.STALE_SECONDS, jobs.BEAT_SECONDS, server.DRAIN_SECONDS = 1.5, 0.3, 0.5

    class Scripted:
        def answer(self, request):
            yield Planned("text", (("text", 1.0),), "", 9.0)
            for i in range(400):
                yield Said(f"{i} ")
                time.sleep(0.02)
                if i == 10:
                    yield Drawn(read({"kind": "text", "id": "text1", "title": "Half", "markdown": "so far"}), "growing")

    uvicorn.run(server.app(Session(Store(Path(sys.argv[1])), always(Scripted()))), port=int(sys.argv[2]), log_level="critical")
    """
)


class Process:
    """A server in a process of its own; it is there once `ready` returns."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = os.environ | {"PYTHONWARNINGS": "error"}
        self.process = subprocess.Popen([sys.executable, "-c", SERVER, str(home), str(port)], env=environment)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)

    def ready(self) -> "Process":
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                self.client.get("/healthz")
                return self
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server did not start")

    def end(self, how: signal.Signals) -> int:
        self.client.close()
        self.process.send_signal(how)
        return self.process.wait(20)


def told(client: httpx.Client, run: str) -> str:
    return "".join(block.get("text", "") for block in client.get(f"/api/runs/{run}").json()["blocks"])


def begun(client: httpx.Client, run: str, thread: str) -> str:
    """Ask, and hang up once there is something to lose; the text that was seen."""
    body = ""
    with client.stream("POST", "/api/ask", json=question(run, "count", thread=thread)) as reply:
        for piece in reply.iter_text():
            body += piece
            if len(events(body)) > 30:
                break
    return "".join(event["delta"] for _, event in events(body) if event["type"] == "TEXT_MESSAGE_CONTENT")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Process, Process, Path]]:
    """Two servers over one data directory, and where that is."""
    home = tmp_path_factory.mktemp("shared")
    first, second = Process(home), Process(home)
    yield first.ready(), second.ready(), home
    for process in (first, second):
        if process.process.poll() is None:
            process.end(signal.SIGKILL)


def test_servers_over_one_directory_leave_each_other_s_answers_alone(both: tuple[Process, Process, Path]) -> None:
    first, second, _ = both
    begun(first.client, "mine", "mine")
    time.sleep(2.0)
    assert second.client.get("/api/runs/mine").json()["status"] == "running"
    followed = []
    with second.client.stream("GET", "/api/runs/mine/events") as reply:
        for piece in reply.iter_text():
            followed.append(piece)
            if len(followed) == 5:
                second.client.post("/api/runs/mine/stop")
    assert events("".join(followed))[-1][1]["result"] == {"status": "stopped"}


def test_what_a_killed_server_had_told_is_there_on_the_other_and_after_a_restart(both: tuple[Process, Process, Path]) -> None:
    first, second, home = both
    seen = begun(first.client, "killed", "counting")
    first.end(signal.SIGKILL)
    kept = told(second.client, "killed")
    assert len(seen) > 20
    assert kept.startswith(seen)
    last = events(second.client.get("/api/runs/killed/events").text)[-1][1]
    assert (last["type"], last["code"]) == ("RUN_ERROR", "interrupted")
    assert told(second.client, "killed") == kept
    again = Session(Store(home), always(Scripted()))
    assert [turn["status"] for turn in again.history("counting")] == ["interrupted"]
    assert [visual.status for visual in again.store.visuals("counting")] == ["partial"]
    assert again.answer("killed").failed.startswith("This answer was cut off")
    assert events_of(again, again.again("killed").id)[-1] == "RUN_FINISHED"
    again.close(0.0)


def events_of(session: Session, run: str) -> list[str]:
    return [event.type for event in session.jobs.follow(run)]


def test_a_server_told_to_end_keeps_what_it_was_telling(both: tuple[Process, Process, Path]) -> None:
    _, second, home = both
    seen = begun(second.client, "ended", "ending")
    assert second.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    store = Store(home)
    assert store.run("ended").status == "interrupted"
    assert "".join(block.get("text", "") for block in store.run("ended").outcome["blocks"]).startswith(seen)
    store.close()
