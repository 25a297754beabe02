import gzip
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from flipchart.models import llm
from flipchart.models.llm import LLM, Limits, Message, open_llm
from flipchart.models.llm_openai import OpenAI
from flipchart.renderers.problem import Missing, ModelProblem, Problem

SECRET = "sk-canary-5f3c9a"
QUICK = Limits(connect=0.5, first_token=0.5, between_tokens=0.5, turn=3.0)
ASK = [Message("system", "Be brief."), Message("user", "Say hello.")]


def event(text: str = "", **choice: Any) -> bytes:
    """One event of a streamed answer."""
    chunk = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None, **choice}]}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


END = event(finish_reason="stop")
USAGE = b'data: {"choices":[],"usage":{"prompt_tokens":11,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":7}}}\n\n'
DONE = b"data: [DONE]\n\n"
HELLO = event("Hel") + event("lo") + END + USAGE + DONE

Fault = Callable[["Handler"], None]


@dataclass
class Server:
    """A server that meets each request with the next of `faults`, and the last of them from then on."""

    faults: list[Fault] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    hung_up: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    address: str = ""

    def llm(self, *faults: Fault, limits: Limits = QUICK) -> OpenAI:
        self.faults = list(faults)
        return OpenAI(f"test {self.address}", self.address, "m", limits=limits)


class Handler(BaseHTTPRequestHandler):
    server: "Http"

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        told = self.rfile.read(int(self.headers["content-length"]))
        rig = self.server.rig
        rig.calls.append(json.loads(told))
        rig.keys.append(self.headers["authorization"])
        try:
            rig.faults[min(len(rig.calls), len(rig.faults)) - 1](self)
        except OSError:
            rig.hung_up.set()

    def do_GET(self) -> None:
        whole(json.dumps({"data": [{"id": "the-only-one"}]}).encode(), "application/json")(self)


class Http(ThreadingHTTPServer):
    daemon_threads = True
    rig: Server


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of the machine, no memory of failures, short waits."""
    for name in [name for name in os.environ if name.startswith(("FLIPCHART_", "OPENAI_", "ANTHROPIC_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FLIPCHART_HOME", str(tmp_path))
    monkeypatch.setattr(llm, "BACKOFF_SECONDS", 0.05)
    monkeypatch.setattr(llm, "_breakers", {})


@pytest.fixture
def server() -> Iterator[Server]:
    http = Http(("127.0.0.1", 0), Handler)
    http.rig = Server(address=f"http://127.0.0.1:{http.server_port}/v1")
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    yield http.rig
    http.rig.released.set()
    http.shutdown()
    http.server_close()


def whole(body: bytes, kind: str = "text/event-stream", status: int = 200, **headers: str) -> Fault:
    def act(handler: Handler) -> None:
        handler.send_response(status)
        handler.send_header("content-type", kind)
        handler.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return act


def status(code: int, message: str = "no", **headers: str) -> Fault:
    return whole(json.dumps({"error": {"message": message}}).encode(), "application/json", code, **headers)


def dribble(*parts: bytes | float, hang: bool = False) -> Fault:
    """Sends the parts one by one, sleeping where a number stands; then hangs, or ends the connection."""

    def act(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.end_headers()
        for part in parts:
            if isinstance(part, float):
                handler.server.rig.released.wait(part)
            else:
                handler.wfile.write(part)
                handler.wfile.flush()
        if hang:
            handler.connection.settimeout(60)
            if handler.connection.recv(1) == b"":
                handler.server.rig.hung_up.set()

    return act


def reset(handler: Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def silence(handler: Handler) -> None:
    handler.server.rig.released.wait(60)


def test_an_answer_streams_and_reports_its_usage(server: Server) -> None:
    reply = server.llm(whole(HELLO)).stream(ASK, seed=7, max_tokens=50)
    assert list(reply) == ["Hel", "lo"]
    assert (reply.text, reply.finish_reason) == ("Hello", "stop")
    assert reply.usage is not None
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.usage.cached_tokens) == (11, 2, 7)
    assert not reply.usage.estimated
    assert server.calls[0]["messages"][1] == {"role": "user", "content": "Say hello."}
    assert (server.calls[0]["seed"], server.calls[0]["max_tokens"]) == (7, 50)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(status(429), id="429"),
        pytest.param(status(429, retry_after="0.1"), id="429 with Retry-After"),
        pytest.param(status(500), id="500"),
        pytest.param(status(503), id="503"),
        pytest.param(reset, id="reset"),
        pytest.param(silence, id="hang before the headers"),
        pytest.param(dribble(hang=True), id="hang before the first token"),
        pytest.param(dribble(), id="nothing after the headers"),
        pytest.param(whole(b"data: {broken\n\n"), id="broken JSON"),
        pytest.param(whole(b'data: {"choices":[]}\n\n' + DONE), id="empty choices"),
        pytest.param(whole(b'data: {"error":{"message":"busy","code":503}}\n\n'), id="an error as an event"),
        pytest.param(whole(b"\x1f\x8b junk", content_encoding="gzip"), id="bad gzip"),
    ],
)
def test_what_may_pass_is_tried_again(server: Server, fault: Fault) -> None:
    assert server.llm(fault, whole(HELLO)).stream(ASK).read() == "Hello"
    assert len(server.calls) == 2


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        pytest.param(status(401), "refused the key (401)", id="401"),
        pytest.param(status(404), "has no model 'm'", id="404"),
        pytest.param(status(400, "prompt too long"), "answered 400: prompt too long", id="400"),
        pytest.param(status(429, retry_after="120"), "answered 429: no", id="a wait that is too long"),
        pytest.param(status(429, "insufficient_quota"), "insufficient_quota", id="no money"),
        pytest.param(status(302, location="http://elsewhere.example/v1"), "sends us on to", id="a redirect"),
        pytest.param(whole(b"<html>", "text/html"), "answered with text/html", id="a web page"),
        pytest.param(whole(b"hi", "text/plain"), "answered with text/plain", id="a wrong content type"),
        pytest.param(whole(b'{"error":{"message":"bad prompt"}}', "application/json"), "failed: bad prompt", id="200 with an error"),
        pytest.param(whole(event(finish_reason="content_filter")), "content filter", id="a content filter"),
    ],
)
def test_what_will_not_pass_is_told_at_once(server: Server, fault: Fault, told: str) -> None:
    with pytest.raises(ModelProblem) as problem:
        server.llm(fault).stream(ASK).read()
    assert told in str(problem.value)
    assert "\n" not in str(problem.value)
    assert len(server.calls) == 1


def test_no_more_than_three_attempts_are_made(server: Server) -> None:
    with pytest.raises(ModelProblem, match="answered 500"):
        server.llm(status(500)).stream(ASK).read()
    assert len(server.calls) == 3


def test_the_server_may_set_the_wait(server: Server) -> None:
    began = time.monotonic()
    assert server.llm(status(503, retry_after="0.7"), whole(HELLO)).stream(ASK).read() == "Hello"
    assert time.monotonic() - began >= 0.7


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        pytest.param(dribble(event("Hel")), "ended its answer in the middle", id="an early end"),
        pytest.param(dribble(event("Hel"), hang=True), "silent for", id="a hang in the middle"),
        pytest.param(dribble(event("Hel"), b"data: {", 9.0), "silent for", id="a drip that is no event"),
        pytest.param(dribble(event("Hel"), b"data: {]\n\n"), "no part of an answer", id="junk in the middle"),
    ],
)
def test_nothing_is_tried_again_once_text_was_shown(server: Server, fault: Fault, told: str) -> None:
    reply = server.llm(fault).stream(ASK)
    with pytest.raises(ModelProblem, match=told):
        reply.read()
    assert reply.text == "Hel"
    assert reply.usage is not None and reply.usage.completion_tokens == 1
    assert len(server.calls) == 1


def test_a_slow_drip_ends_at_the_deadline(server: Server) -> None:
    drip = [part for _ in range(300) for part in (event("x"), 0.2)]
    began = time.monotonic()
    with pytest.raises(ModelProblem, match="not done after 1 s"):
        server.llm(dribble(*drip), limits=Limits(turn=1.0)).stream(ASK).read()
    assert time.monotonic() - began < 20


def test_a_missing_done_is_forgiven(server: Server) -> None:
    assert server.llm(dribble(event("Hello"), END)).stream(ASK).read() == "Hello"


def test_letters_split_between_packets_stay_whole(server: Server) -> None:
    text = "Grüße, 世界 — שלום 🎈"
    data = event(text) + END + DONE
    parts: list[bytes | float] = [data[i : i + 1] for i in range(len(data))]
    assert server.llm(dribble(*parts)).stream(ASK).read() == text


def test_a_line_of_ten_megabytes_is_read(server: Server) -> None:
    assert len(server.llm(whole(event("x" * 10_000_000) + END)).stream(ASK).read()) == 10_000_000


def test_a_packed_answer_is_unpacked(server: Server) -> None:
    assert server.llm(whole(gzip.compress(HELLO), content_encoding="gzip")).stream(ASK).read() == "Hello"


def test_an_answer_cut_at_its_limit_says_so(server: Server) -> None:
    reply = server.llm(whole(event("Hel") + event(finish_reason="length") + DONE)).stream(ASK)
    assert reply.read() == "Hel"
    assert reply.finish_reason == "length"


def test_a_server_that_does_not_stream_is_understood(server: Server) -> None:
    answer = {"choices": [{"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}]}
    assert server.llm(whole(json.dumps(answer).encode(), "application/json")).stream(ASK).read() == "Hello"


def test_a_cancel_closes_the_connection(server: Server) -> None:
    reply = server.llm(dribble(event("Hel"), hang=True), limits=Limits()).stream(ASK)
    deltas = iter(reply)
    assert next(deltas) == "Hel"
    threading.Timer(0.1, reply.cancel).start()
    began = time.monotonic()
    assert list(deltas) == []
    assert time.monotonic() - began < 20
    assert server.hung_up.wait(20)
    assert reply.finish_reason == "cancelled"


def test_a_cancel_reaches_a_server_that_has_not_answered(server: Server) -> None:
    cancel = threading.Event()
    reply = server.llm(silence, limits=Limits()).stream(ASK, cancel=cancel)
    threading.Timer(0.2, cancel.set).start()
    began = time.monotonic()
    assert reply.read() == ""
    assert time.monotonic() - began < 20
    assert len(server.calls) == 1


def test_an_answer_nobody_reads_on_is_closed(server: Server) -> None:
    deltas = iter(server.llm(dribble(event("Hel"), hang=True), limits=Limits()).stream(ASK))
    assert next(deltas) == "Hel"
    deltas.close()  # type: ignore[attr-defined]
    assert server.hung_up.wait(20)


def test_a_model_that_keeps_failing_is_left_alone_for_a_while(server: Server) -> None:
    model = server.llm(status(500))
    for _ in range(2):
        with pytest.raises(ModelProblem, match="answered 500"):
            model.stream(ASK).read()
    calls = len(server.calls)
    with pytest.raises(ModelProblem, match="failed 5 times in a row"):
        model.stream(ASK).read()
    assert len(server.calls) == calls


def test_nobody_at_the_address_is_one_sentence() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ModelProblem) as problem:
        open_llm(f"http://127.0.0.1:{port}/v1#m").stream(ASK).read()
    assert str(problem.value).startswith(f"The model `127.0.0.1:{port}#m` cannot be reached")


def test_what_a_server_refuses_is_left_out(server: Server) -> None:
    schema = {"type": "object", "properties": {"word": {"type": "string"}}}
    model = server.llm(
        status(400, "Unsupported parameter: 'max_tokens'"),
        status(400, "Unsupported value: 'temperature'"),
        status(400, "response_format is not supported"),
        whole(HELLO),
    )
    assert model.stream(ASK, schema=schema).read() == "Hello"
    assert server.calls[0]["response_format"]["json_schema"]["schema"] == schema
    last = server.calls[-1]
    assert "max_tokens" not in last and last["max_completion_tokens"] == 1024
    assert "temperature" not in last and "response_format" not in last
    assert json.dumps(schema) in last["messages"][0]["content"]


def test_a_server_with_one_model_needs_no_name(server: Server) -> None:
    server.faults = [whole(HELLO)]
    assert open_llm(server.address).stream(ASK).read() == "Hello"
    assert server.calls[0]["model"] == "the-only-one"


def test_the_key_goes_only_to_the_host_it_is_for(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIPCHART_API_KEY", SECRET)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    server.faults = [whole(HELLO)]
    open_llm(f"{server.address}#m").stream(ASK).read()
    monkeypatch.setenv("FLIPCHART_BASE_URL", server.address.replace("127.0.0.1", "127.0.0.2"))
    open_llm(f"{server.address}#m").stream(ASK).read()
    monkeypatch.setenv("FLIPCHART_BASE_URL", server.address)
    open_llm(f"{server.address}#m").stream(ASK).read()
    open_llm("m").stream(ASK).read()
    assert server.keys == [None, None, f"Bearer {SECRET}", f"Bearer {SECRET}"]


@pytest.mark.parametrize("code", [400, 401, 404, 500])
def test_no_key_is_ever_shown(server: Server, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    monkeypatch.setenv("FLIPCHART_API_KEY", SECRET)
    monkeypatch.setenv("FLIPCHART_BASE_URL", server.address)
    server.faults = [status(code, f"Incorrect API key provided: {SECRET}")]
    model = open_llm("m")
    with pytest.raises(ModelProblem) as problem:
        model.stream(ASK).read()
    chain: BaseException | None = problem.value
    while chain is not None:
        assert SECRET not in str(chain) + repr(chain)
        chain = chain.__cause__ or (None if chain.__suppress_context__ else chain.__context__)
    assert SECRET not in repr(model) + repr(vars(model))


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("openai:gpt-5", ModelProblem, "needs a key; set OPENAI_API_KEY"),
        ("openai:", Missing, "names no model"),
        ("scripted:none.jsonl", Missing, "There is no script"),
        ("embedded:gpt-9", Missing, "There is no embedded model called 'gpt-9'"),
        ("embedded", Missing, "run `flipchart models pull qwen2.5-coder-1.5b`"),
        ("qwen2.5-coder-0.5b", Missing, "run `flipchart models pull qwen2.5-coder-0.5b`"),
        ("http://", ModelProblem, "is no address"),
        ("nothing", Missing, "There is no model called 'nothing'"),
    ],
)
def test_a_model_that_cannot_be_opened_is_told_in_a_sentence(name: str, kind: type[Problem], told: str) -> None:
    with pytest.raises(kind) as problem:
        open_llm(name)
    assert told in str(problem.value)
    assert "\n" not in str(problem.value)


def test_settings_come_from_the_file_and_the_environment_wins(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flipchart.toml").write_text(f'base_url = "{server.address}"\nmodel = "from-file"\nport = 1\n')
    server.faults = [whole(HELLO)]
    open_llm().stream(ASK).read()
    monkeypatch.setenv("FLIPCHART_MODEL", "from-environment")
    open_llm().stream(ASK).read()
    assert [call["model"] for call in server.calls] == ["from-file", "from-environment"]


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIPCHART_BASE_URL", "localhost")
    with pytest.raises(ModelProblem, match="FLIPCHART_BASE_URL cannot be used"):
        open_llm()
    (tmp_path / "flipchart.toml").write_text("model = ")
    with pytest.raises(ModelProblem, match=r"flipchart\.toml' cannot be read"):
        open_llm()


def test_many_threads_may_ask_one_model(server: Server) -> None:
    model: LLM = server.llm(whole(HELLO), limits=Limits())
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(model.stream(ASK).read())) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert texts == ["Hello"] * 16
