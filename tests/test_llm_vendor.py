import importlib.util
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from flipchart.models import llm
from flipchart.models.llm import Message, open_llm
from flipchart.renderers.problem import Missing, ModelProblem

ASK = [Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Yes?"), Message("user", "Hello!")]


def events(*parts: dict[str, Any]) -> bytes:
    return b"".join(f"event: {part['type']}\ndata: {json.dumps(part)}\n\n".encode() for part in parts)


def answer(stop: str = "end_turn") -> bytes:
    usage = {"input_tokens": 12, "output_tokens": 1, "cache_read_input_tokens": 3}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "claude", "content": []}
    message |= {"stop_reason": None, "stop_sequence": None, "usage": usage}
    return events(
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hel"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "lo"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    )


class Handler(BaseHTTPRequestHandler):
    server: "Http"
    protocol_version = "HTTP/1.1"  # connections are kept

    def log_message(self, *_: Any) -> None:
        pass

    def do_POST(self) -> None:
        self.server.calls.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        status, body = self.server.answers[min(len(self.server.calls), len(self.server.answers)) - 1]
        self.send_response(status)
        self.send_header("content-type", "text/event-stream" if status == 200 else "application/json")
        if body:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()
        if not body:
            self.connection.settimeout(10)
            if self.connection.recv(1) == b"":
                self.server.hung_up.set()


class Http(ThreadingHTTPServer):
    daemon_threads = True
    answers: list[tuple[int, bytes]]
    calls: list[dict[str, Any]]
    hung_up: threading.Event


@pytest.fixture
def vendor(monkeypatch: pytest.MonkeyPatch) -> Iterator[Http]:
    """A server that speaks Anthropic's API."""
    http = Http(("127.0.0.1", 0), Handler)
    http.answers, http.calls, http.hung_up = [(200, answer())], [], threading.Event()
    threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    monkeypatch.delenv("FLIPCHART_BASE_URL", raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-canary")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://127.0.0.1:{http.server_port}")
    monkeypatch.setattr(llm, "BACKOFF_SECONDS", 0.05)
    monkeypatch.setattr(llm, "_breakers", {})
    yield http
    http.shutdown()
    http.server_close()


def test_an_answer_streams_and_reports_its_usage(vendor: Http) -> None:
    reply = open_llm("anthropic:claude-sonnet-5-5").stream(ASK, max_tokens=77)
    assert list(reply) == ["Hel", "lo"]
    assert reply.finish_reason == "stop"
    assert reply.usage is not None and reply.usage.completion_tokens == 2 and reply.usage.cached_tokens == 3
    assert vendor.calls[0]["max_tokens"] == 77
    assert [message["role"] for message in vendor.calls[0]["messages"]] == ["user", "assistant", "user"]


def test_a_model_may_be_asked_again(vendor: Http) -> None:
    model = open_llm("anthropic:claude-sonnet-5-5")
    assert [model.stream(ASK).read() for _ in range(3)] == ["Hello"] * 3


def test_a_schema_reaches_the_model(vendor: Http) -> None:
    schema = {"type": "object", "properties": {"headword": {"type": "string"}}, "required": ["headword"]}
    for name in ("anthropic:claude-sonnet-5-5", "anthropic:claude-x"):
        open_llm(name).stream(ASK, schema=schema).read()
        assert "headword" in json.dumps(vendor.calls[-1]), name


def test_what_may_pass_is_tried_again_and_only_by_us(vendor: Http) -> None:
    vendor.answers = [(529, b'{"type":"error","error":{"type":"overloaded_error","message":"busy"}}')]
    with pytest.raises(ModelProblem, match="answered 529"):
        open_llm("anthropic:claude-sonnet-5-5").stream(ASK).read()
    assert len(vendor.calls) == 3


def test_a_refused_key_is_told_at_once(vendor: Http) -> None:
    vendor.answers = [(401, b'{"type":"error","error":{"type":"authentication_error","message":"sk-canary is bad"}}')]
    with pytest.raises(ModelProblem, match=r"refused the key \(401\)") as problem:
        open_llm("anthropic:claude-sonnet-5-5").stream(ASK).read()
    assert "sk-canary" not in str(problem.value)
    assert len(vendor.calls) == 1


def test_a_cancel_closes_the_connection(vendor: Http) -> None:
    vendor.answers = [(200, b"")]
    reply = open_llm("anthropic:claude-sonnet-5-5").stream(ASK)
    threading.Timer(1.0, reply.cancel).start()
    began = time.monotonic()
    assert reply.read() == ""
    assert time.monotonic() - began < 20
    assert vendor.hung_up.wait(20)


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(ModelProblem, match="ANTHROPIC_API_KEY"):
        open_llm("anthropic:claude-sonnet-5-5")
    with pytest.raises(ModelProblem, match="`nobody:model` cannot be used"):
        open_llm("nobody:model")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Missing, match=r"run `pip install 'flipchart\[vendors\]'`"):
        open_llm("anthropic:claude-sonnet-5-5")
