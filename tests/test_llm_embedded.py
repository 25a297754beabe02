"""The real engine with the smaller real model; each engine here has a data directory of its own."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import httpx2
import pytest
from pydantic import BaseModel, ConfigDict, Field

from flipchart.models import llm, llm_embedded, weights
from flipchart.models.llm import Message, open_llm
from flipchart.models.llm_embedded import Embedded, Engine, grammar

NAME = "qwen2.5-coder-0.5b"
RULES = " ".join(f"Rule {number}: keep part {number * 7} short, clear and kind." for number in range(12))
ASK = [Message("system", "You answer in one short sentence."), Message("user", "Say hello.")]


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid")
    label: str = Field(max_length=3, description="two to four words")
    share: float | None = None


class Tips(BaseModel):
    """Tips, as data."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["tips"]
    title: str
    items: list[Item] = Field(min_length=2, max_length=3)


@pytest.fixture(scope="module")
def model_folder() -> Path:
    return weights.pull(NAME).parent


@pytest.fixture(scope="module")
def home(model_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory with the real weights under two names."""
    home = tmp_path_factory.mktemp("home")
    (home / "models").mkdir()
    twin = weights.find(NAME).model_dump(mode="json") | {"name": "twin"}
    (home / "models.json").write_text(json.dumps({"models": [twin]}))
    for name in (NAME, "twin"):
        (home / "models" / name).symlink_to(model_folder, target_is_directory=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIPCHART_HOME", str(home))
        yield home
        llm_embedded.end()


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(llm, "_breakers", {})


@pytest.fixture
def model() -> Embedded:
    return Embedded(NAME)


def engine(home: Path) -> Engine:
    return Engine.model_validate_json((home / "engine.json").read_bytes())


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def within(seconds: float, what: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.05)
    return what()


def test_an_answer_streams_and_reports_its_usage(model: Embedded) -> None:
    reply = model.stream(ASK, max_tokens=24, seed=1)
    deltas = list(reply)
    assert len(deltas) > 2 and "".join(deltas) == reply.text
    assert "hello" in reply.text.lower()
    assert reply.usage is not None and not reply.usage.estimated
    assert 1 < reply.usage.completion_tokens <= 24 and reply.usage.prompt_tokens > 15


def test_an_answer_fits_its_schema_without_blanks_and_uncut(model: Embedded) -> None:
    asked = [Message("system", "Answer as short JSON."), Message("user", "Two tips for better sleep, in two words each.")]
    reply = model.stream(asked, schema=Tips.model_json_schema(), max_tokens=400, temperature=0)
    told = json.loads(reply.read())
    assert reply.finish_reason == "stop"
    assert list(told)[:3] == ["kind", "title", "items"]
    assert 2 <= len(told["items"]) <= 3
    assert any(len(item["label"]) > 3 for item in told["items"]), "a limit on letters must not cut words"
    assert json.dumps(told, ensure_ascii=False, separators=(",", ":")) == reply.text


def test_a_prompt_read_ahead_is_not_read_again(model: Embedded) -> None:
    prompts = [f"You draw a {form}. {RULES}" for form in ("chart", "board", "deck")]
    for prompt in prompts:
        model.warm([Message("system", prompt)])
    for prompt in prompts:  # more of them than there are slots
        reply = model.stream([Message("system", prompt), Message("user", "Hi")], max_tokens=1)
        reply.read()
        assert reply.usage is not None
        assert reply.usage.cached_tokens > 0.9 * (reply.usage.prompt_tokens - 12)


def test_every_process_shares_one_engine(model: Embedded, home: Path) -> None:
    model.warm(ASK)
    pid = engine(home).pid
    code = f"from flipchart.models.llm import *; open_llm('{NAME}').stream([Message('user', 'Hi')], max_tokens=2).read()"
    others = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [other.wait(60) for other in others] == [0, 0]
    assert engine(home).pid == pid


def test_only_its_owner_can_reach_the_engine(model: Embedded, home: Path) -> None:
    model.warm(ASK)
    found = engine(home)
    assert stat.S_IMODE((home / "engine.json").stat().st_mode) == 0o600
    assert found.key.get_secret_value() not in repr(found) + str(found)
    body = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}
    from_a_page = {"Origin": "https://evil.example", "Authorization": "Bearer guess"}
    refused = httpx2.post(f"{found.address}/chat/completions", json=body, headers=from_a_page)
    assert refused.status_code == 401
    assert refused.headers.get("access-control-allow-origin", "") == ""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", found.port), timeout=1)


def test_a_cancel_frees_the_engine(model: Embedded, home: Path) -> None:
    reply = model.stream([Message("user", "Count from one to a thousand in words.")], max_tokens=2000)
    deltas = iter(reply)
    next(deltas)
    reply.cancel()
    for _ in deltas:
        pass
    assert reply.finish_reason == "cancelled"
    slots = lambda: llm_embedded._get(engine(home), "slots")  # noqa: E731
    assert within(20, lambda: not any(slot["is_processing"] for slot in slots()))


def test_two_answers_are_written_at_the_same_time(model: Embedded) -> None:
    times: list[tuple[float, float]] = []

    def ask(what: str) -> None:
        stamps = [time.monotonic() for _ in model.stream([Message("user", what)], max_tokens=30)]
        times.append((stamps[0], stamps[-1]))

    threads = [threading.Thread(target=ask, args=(what,)) for what in ("Name ten birds.", "Name ten fish.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (first_begin, first_end), (second_begin, second_end) = times
    assert first_begin < second_end and second_begin < first_end


def test_a_killed_engine_is_replaced(model: Embedded, home: Path) -> None:
    model.warm(ASK)
    pid = engine(home).pid
    os.kill(pid, signal.SIGKILL)
    assert model.stream(ASK, max_tokens=3).read()
    assert engine(home).pid != pid


def test_a_record_of_a_process_that_is_none_of_ours_harms_nobody(model: Embedded, home: Path) -> None:
    model.warm(ASK)
    true = engine(home)
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        stranger.close()
        false = {"pid": os.getpid(), "port": port, "key": "k", "model": NAME}
        (home / "engine.json").write_text(json.dumps(false))
        assert model.stream(ASK, max_tokens=3).read()
    assert engine(home).pid not in (os.getpid(), true.pid)
    assert within(10, lambda: not alive(true.pid)), "an engine that lost its record ends"


def test_another_model_takes_the_place_of_the_first(model: Embedded, home: Path) -> None:
    model.warm(ASK)
    first = engine(home).pid
    assert open_llm("embedded:twin").stream(ASK, max_tokens=3).read()
    assert engine(home).model == "twin"
    assert within(5, lambda: not alive(first))


def test_an_engine_outlives_its_starter_and_ends_when_idle(home: Path) -> None:
    llm_embedded.end()
    code = f"from flipchart.models.llm import *; open_llm('{NAME}').warm([Message('user', 'Hi')])"
    idle = {**os.environ, "FLIPCHART_ENGINE_IDLE_SECONDS": "2"}
    subprocess.run([sys.executable, "-c", code], check=True, env=idle)
    pid = engine(home).pid
    assert alive(pid)
    assert within(12, lambda: not alive(pid))
    assert not (home / "engine.json").exists()


def test_weights_that_are_none_are_told(home: Path) -> None:
    llm_embedded.end()
    broken = home / "models" / "broken"
    broken.mkdir(exist_ok=True)
    (broken / "broken.gguf").write_bytes(b"GGUF nonsense")
    entry = weights.find("twin").model_dump(mode="json")
    entry |= {"name": "broken", "files": [{"name": "broken.gguf", "size": 13, "sha256": "0" * 64}]}
    registry = json.loads((home / "models.json").read_text())
    (home / "models.json").write_text(json.dumps({"models": [*registry["models"], entry]}))
    with pytest.raises(llm.ModelProblem, match=r"`broken` could not be started \(.+\); see '.*engine\.log'"):
        open_llm("embedded:broken").stream(ASK).read()


def test_a_grammar_has_what_shapes_an_answer_and_nothing_else() -> None:
    class Wide(BaseModel):
        """A name that is also a keyword stays."""

        title: str = Field(max_length=9, pattern="^[a-z]+$", description="words")
        format: Literal["wide", "tall"] = "wide"
        values: list[float] = Field(default=[], max_length=200_000, json_schema_extra={"ours": True})

    head, _, told = grammar(Wide.model_json_schema()).partition("start: %json ")
    assert head == "%llguidance {}\n"
    assert json.loads(told) == {
        "x-guidance": {"whitespace_flexible": False, "coerce_one_of": True},
        "type": "object",
        "properties": {
            "title": {"pattern": "^[a-z]+$", "type": "string"},
            "format": {"enum": ["wide", "tall"], "type": "string"},
            "values": {"items": {"type": "number"}, "type": "array"},
        },
        "required": ["title"],
        "additionalProperties": False,
    }


def test_what_stands_in_a_text_is_told_as_it_stands_there(model: Embedded) -> None:
    sentence = "The second electric ferry, which the board ordered in April, is to be delivered in the autumn of 2026."
    asked = f"File 'report.txt', only to be read from:\n<<<\n{' '.join([sentence] * 8)}\n>>>\n\nWhen is the second ferry to be delivered?"
    said = model.stream([ASK[0], Message("user", asked)], max_tokens=60, temperature=0.0).read()
    assert "2026" in said
