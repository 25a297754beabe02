"""The embedded model: llama.cpp's own server in one child process a machine.

Whoever needs the engine first starts it (`python -m flipchart.models.llm_embedded MODEL`); everyone finds it
through `engine.json` in the data directory, readable by its owner alone, and shares it. It listens on loopback
behind a random key, ends itself when nobody has asked for a while, and outlives whoever started it. A prompt's
beginning that it has read before, in whichever slot, is kept in memory and not read again, so that requests
need not be tied to slots.
"""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from flipchart.models import weights
from flipchart.models.llm import LLM, Ask, Connection, Fault, Limits, Message, Piece, Schema
from flipchart.models.llm_openai import OpenAI
from flipchart.models.settings import settings
from flipchart.renderers.problem import Missing, ModelProblem

MODULE = "flipchart.models.llm_embedded"
SLOTS = 2  # answers at the same time
CONTEXT = 6144  # tokens, question and answer, of each
KEPT_PROMPTS_MB = 1024
START_SECONDS = 180.0  # to load the weights from a cold disk
BUSY_SECONDS = 120.0  # how long another model may go on answering before it has to make room
# How often a thread that waits for another looks before it sleeps. OpenMP's own number suits a machine that does nothing else: where
# another program takes a core, its threads spin while the one they wait for has none. With two cores, one of them taken, the 1.5B wrote
# 4.9 tokens a second with this number and 2.1 without.
SPINS = "10000"
LOOK_SECONDS = 5.0  # how often the engine looks whether it is idle
# Reading a long prompt on a slow processor, behind others, takes minutes; the engine says that it is at work.
LIMITS = Limits(connect=5.0, first_token=300.0, between_tokens=60.0, turn=900.0)

# The keywords a grammar is made of. Not among them: limits on letters, which end a text inside a word.
_SHAPING = {"type", "items", "prefixItems", "pattern", "anyOf", "oneOf", "allOf", "additionalProperties", "$ref"}
_SHAPING |= {"required", "enum", "const", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
LONGEST_LIST = 100  # a longer limit makes a grammar too large to be used, and no answer comes near it


class Embedded(LLM):
    """The model called `model`, or the best that is on disk; raises Missing where its weights are not."""

    limits = LIMITS

    def __init__(self, model: str = "") -> None:
        self._model, self._file = _on_disk(model)
        self.name = f"embedded:{self._model}"

    def send(self, ask: Ask, connection: Connection) -> Iterator[Piece]:
        try:
            engine = running(self._model, self._file, connection)
        except OSError as error:
            told = f"The embedded model cannot use {str(weights.home())!r} ({error.strerror or error})"
            raise Fault(f"{told}; set FLIPCHART_HOME to a folder that can be written to.", retry=False) from None
        yield from _Chat(self.name, engine).send(ask, connection)

    def fluent(self, lang: str) -> bool:
        return lang.split("-")[0] in next(item.languages for item in weights.models() if item.name == self._model)

    def warm(self, messages: Sequence[Message], label: str = "", cancel: threading.Event | None = None) -> None:
        for _ in self.stream(messages, max_tokens=0, label=label, cancel=cancel):
            pass


class Engine(BaseModel):
    """What `engine.json` says of the process that runs."""

    pid: int
    port: int
    key: SecretStr
    model: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


class _Chat(OpenAI):
    """The engine's side of the OpenAI API, with what only it knows."""

    def __init__(self, name: str, engine: Engine) -> None:
        super().__init__(name, engine.address, engine.model, engine.key, LIMITS)

    def body(self, ask: Ask) -> dict[str, Any]:
        body = super().body(ask)
        body |= {"cache_prompt": True, "return_progress": True, **_SAMPLING}
        if any(message.role == "user" and len(message.content) > RETOLD for message in ask.messages):
            body["dry_multiplier"] = 0.0
        if body.pop("response_format", None) and ask.schema is not None:
            body["grammar"] = grammar(ask.schema)
        return body


RETOLD = 600  # characters of a message from which it holds what is to be told again word for word, which DRY would alter: 2036 for 2026
# A small model falls into repeating itself; DRY stops that inside a text and leaves JSON's own repetitions alone.
_SAMPLING = {"top_p": 0.9, "dry_multiplier": 0.8, "dry_allowed_length": 5, "dry_penalty_last_n": 512}


def grammar(schema: Schema) -> str:
    """The grammar of the JSON that fits `schema`, without blanks between the tokens: a third fewer to write."""
    shape = {"x-guidance": {"whitespace_flexible": False, "coerce_one_of": True}, **_shape(schema)}
    return "%llguidance {}\nstart: %json " + json.dumps(shape, ensure_ascii=False)


def _shape(schema: Any) -> Any:
    """The schema with nothing but what shapes the answer; no keys but those it names."""
    if isinstance(schema, list):
        return [_shape(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    shape: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in ("properties", "$defs"):
            shape[keyword] = {name: _shape(inner) for name, inner in value.items()}
        elif keyword in ("const", "enum", "required"):
            shape[keyword] = value
        elif keyword in _SHAPING and not (keyword == "maxItems" and value > LONGEST_LIST):
            shape[keyword] = _shape(value)
    if "properties" in shape:
        shape.setdefault("additionalProperties", False)
    return shape


def _on_disk(model: str) -> tuple[str, Path]:
    """The name and the file of the model, by default the best of those on disk."""
    there = [item.name for item in weights.models() if item.kind == "llm"]
    if model and model not in there:
        known = ", ".join(f"`embedded:{name}`" for name in there)
        raise Missing(f"There is no embedded model called {model!r}; there are {known}.")
    wanted = model or weights.default().name
    if file := weights.path(wanted):
        return wanted, file
    raise Missing(f"The model `{wanted}` is not on this machine yet; run `flipchart models pull {wanted}`.")


def _record() -> Path:
    return weights.home() / "engine.json"


def _log() -> Path:
    return weights.home() / "engine.log"


def running(model: str, file: Path, connection: Connection | None = None) -> Engine:
    """The engine with this model, started unless it runs; raises ModelProblem where it cannot be.

    An engine with another model is ended first, once it has nothing to do.
    """
    from filelock import FileLock, Timeout

    connection = connection or Connection()
    engine = _found()
    if engine and engine.model == model:
        return engine
    lock = FileLock(weights.home() / "engine.lock")
    while not lock.is_locked:
        if connection.closed:
            raise Fault("The answer was ended before the embedded model was ready.", retry=False)
        with contextlib.suppress(Timeout):
            lock.acquire(timeout=0.2)
    try:
        engine = _found()
        if engine and engine.model == model:
            return engine
        if engine:
            _make_room(engine, connection)
        return _start(model, file)
    finally:
        lock.release()


def _found() -> Engine | None:
    """The engine that is up and ours; a record that no process stands behind is removed."""
    try:
        engine = Engine.model_validate_json(_record().read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
    if _get(engine, "models") is not None:
        return engine
    if _is_engine(engine.pid):  # it hangs
        with contextlib.suppress(ProcessLookupError):
            os.kill(engine.pid, signal.SIGKILL)
    _record().unlink(missing_ok=True)
    return None


def _get(engine: Engine, what: str) -> Any:
    """What the engine answers for `what`, read as JSON; None where it does not."""
    import httpx2

    headers = {"Authorization": f"Bearer {engine.key.get_secret_value()}"}
    address = f"{engine.address.removesuffix('/v1')}/{what}"
    try:
        reply = httpx2.get(address, headers=headers, timeout=10.0, trust_env=False, verify=False)
        return reply.json() if reply.is_success else None
    except (httpx2.HTTPError, ValueError):
        return None


def _is_engine(pid: int) -> bool:
    """Whether the process `pid` is an engine: a number is given again once its process has ended."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
    except OSError:
        if Path("/proc/self").exists():
            return False
        asked = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
        command = asked.stdout
    return MODULE in command


def _make_room(engine: Engine, connection: Connection) -> None:
    """Ends the engine, as soon as it answers nobody or has had its time."""
    until = time.monotonic() + BUSY_SECONDS
    while time.monotonic() < until and not connection.closed:
        slots = _get(engine, "slots")
        if not slots or not any(slot["is_processing"] for slot in slots):
            break
        time.sleep(0.5)
    with contextlib.suppress(ProcessLookupError):
        os.kill(engine.pid, signal.SIGTERM)
    _record().unlink(missing_ok=True)


def end() -> None:
    """End the engine, if one runs, whatever it does."""
    if engine := _found():
        with contextlib.suppress(ProcessLookupError):
            os.kill(engine.pid, signal.SIGTERM)
        _record().unlink(missing_ok=True)


def _start(model: str, file: Path) -> Engine:
    idle = settings().engine_idle_seconds
    with _log().open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", MODULE, model, str(file), str(idle)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ | {"GOMP_SPINCOUNT": SPINS},
            start_new_session=True,  # so that a Ctrl-C or the end of a terminal does not end it
        )
    threading.Thread(target=process.wait, daemon=True).start()  # else it would stay as a zombie
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with contextlib.suppress(FileNotFoundError, ValidationError):
            engine = Engine.model_validate_json(_record().read_bytes())
            if engine.pid == process.pid:
                return engine
        if process.poll() is not None:
            break
        time.sleep(0.05)
    process.kill()
    raise ModelProblem(f"The embedded model `{model}` could not be started ({_last_words()}); see {str(_log())!r}, or pick another model.")


def _last_words() -> str:
    lines = [line.strip() for line in _log().read_text("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:160] if lines else "it said nothing"


def cores() -> int:
    """Physical cores that this process may use."""
    try:
        usable = os.sched_getaffinity(0)
    except AttributeError:
        usable = set(range(os.cpu_count() or 1))
    return len({_siblings(cpu) for cpu in usable})


def _siblings(cpu: int) -> str:
    try:
        return Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list").read_text("ascii")
    except OSError:
        return str(cpu)


def serve(model: str, file: str, idle_seconds: float) -> None:
    """Be the engine until nobody has asked for anything for `idle_seconds`."""
    os.umask(0o077)
    import xllamacpp

    key = secrets.token_urlsafe(32)
    params = xllamacpp.CommonParams()
    params.model.path = file
    # Read into memory, not mapped: most weights are laid out anew for the processor anyway, and a mapped page that rests is taken away.
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.n_ctx = SLOTS * CONTEXT
    params.n_parallel = SLOTS
    params.cache_ram_mib = KEPT_PROMPTS_MB
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = cores()
    # Waiting threads sleep rather than spin: beside a browser at work, spinning stalls the answer and the browser alike.
    params.cpuparams.poll = params.cpuparams_batch.poll = 0
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [key]
    params.cors_origins = ""
    params.cors_credentials = False
    params.endpoint_metrics = True
    params.ui = False
    params.verbosity = 1
    server = xllamacpp.Server(params)
    port = int(server.listening_address.rpartition(":")[2])
    engine = Engine(pid=os.getpid(), port=port, key=SecretStr(key), model=model)
    signal.signal(signal.SIGTERM, lambda *_: _leave(engine))
    _write(engine)
    _wait_until_idle(engine, idle_seconds)
    _leave(engine)


def _write(engine: Engine) -> None:
    """Writes the record whole, readable by its owner alone."""
    told = {**engine.model_dump(), "key": engine.key.get_secret_value()}
    draft = _record().with_suffix(f".{engine.pid}")
    draft.touch(0o600, exist_ok=False)
    draft.write_text(json.dumps(told), "utf-8")
    draft.replace(_record())


def _wait_until_idle(engine: Engine, idle_seconds: float) -> None:
    """Returns when no tokens were read or written for so long, or when the record names another engine."""
    last_work = ""
    last_time = time.monotonic()
    while time.monotonic() - last_time < idle_seconds:
        time.sleep(min(LOOK_SECONDS, idle_seconds))
        if not _is_record_of(engine):
            return
        work = _work(engine)
        if work != last_work:
            last_work, last_time = work, time.monotonic()


def _work(engine: Engine) -> str:
    """Counts that change whenever the engine works."""
    import httpx2

    headers = {"Authorization": f"Bearer {engine.key.get_secret_value()}"}
    address = engine.address.removesuffix("v1") + "metrics"
    try:
        told = httpx2.get(address, headers=headers, timeout=60.0, trust_env=False, verify=False).text
    except httpx2.HTTPError:
        return str(time.monotonic())  # too busy to answer
    counts = ("prompt_tokens_total", "tokens_predicted_total", "requests_processing", "requests_deferred")
    return "\n".join(line for line in told.splitlines() if line.partition(" ")[0].partition(":")[2] in counts)


def _is_record_of(engine: Engine) -> bool:
    try:
        return Engine.model_validate_json(_record().read_bytes()).pid == engine.pid
    except (FileNotFoundError, ValidationError):
        return False


def _leave(engine: Engine) -> None:
    """Ends this process at once; the record goes first, so that nobody is sent here."""
    if _is_record_of(engine):
        _record().unlink(missing_ok=True)
    os._exit(0)


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], float(sys.argv[3]))
