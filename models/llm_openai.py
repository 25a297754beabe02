"""Any server that speaks the OpenAI chat API: OpenAI itself, Ollama, vLLM, LM Studio, llama.cpp and many more.

One request is one connection, so that closing it ends the answer on the server too. Nothing is retried here
(see `llm.Reply`), except that a parameter the server refuses is left out from then on.
"""

import contextlib
import email.utils
import functools
import ipaddress
import json
import os
import socket
import ssl
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr, ValidationError

from flipchart.models.llm import LLM, Ask, Connection, Fault, Limits, Piece
from flipchart.models.settings import Settings
from flipchart.renderers.problem import Missing, ModelProblem

if TYPE_CHECKING:
    import httpx2

OPENAI = "https://api.openai.com/v1"
OLLAMA = "127.0.0.1:11434"
LARGEST_EVENT = 16 << 20  # bytes
BUSY = (408, 409, 425, 429, 500, 502, 503, 504, 529)  # answers that another attempt may better

# What a server may refuse by name, and the words by which it does.
_REFUSABLE = {
    "response_format": ("response_format", "json_schema", "grammar", "guided"),
    "max_tokens": ("max_tokens",),
    "temperature": ("temperature",),
    "seed": ("seed",),
    "stream_options": ("stream_options",),
}


class _Delta(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None


class _Cached(BaseModel):
    cached_tokens: int | None = None


class _Tokens(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Cached | None = None


class _Chunk(BaseModel):
    """One event of a stream, or a whole answer from a server that does not stream."""

    choices: list[_Choice] | None = None
    usage: _Tokens | None = None
    error: Any = None


class OpenAI(LLM):
    """A model at an address; `model` may be empty, for a server that has just one."""

    def __init__(self, name: str, address: str, model: str, key: SecretStr | None = None, limits: Limits | None = None) -> None:
        self.name = name
        self.limits = limits or Limits()
        self._address = address.rstrip("/")
        self._model = model
        self._key = key
        self._refused: set[str] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def send(self, ask: Ask, connection: Connection) -> Iterator[Piece]:
        import httpx2

        try:
            with client_of(self._address, self._key, self.limits.connect) as client:
                yield from self._send(client, ask, connection)
        except httpx2.ConnectTimeout:
            raise self._fault(f"did not answer within {self.limits.connect:.0f} s; is it up?", retry=True) from None
        except httpx2.ConnectError as error:
            raise self._fault(f"cannot be reached ({one_line(str(error))}); is it up?", retry=True) from None
        except (httpx2.UnsupportedProtocol, httpx2.InvalidURL):
            raise self._fault("has no proper address; give it as http://HOST:PORT/v1.", retry=False) from None
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            told = one_line(str(error)) or type(error).__name__
            raise self._fault(f"broke the connection off ({told}); try again.", retry=True) from None

    def body(self, ask: Ask) -> dict[str, Any]:
        """The request, without what the server has refused before."""
        messages = [{"role": message.role, "content": message.content} for message in ask.messages]
        body: dict[str, Any] = {
            "model": self._model,
            "messages": messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": ask.temperature,
            "max_tokens": ask.max_tokens,
        }
        if ask.seed is not None:
            body["seed"] = ask.seed
        if ask.schema is not None:
            answer = {"name": "answer", "schema": dict(ask.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": answer}
        if "max_tokens" in self._refused:
            body["max_completion_tokens"] = ask.max_tokens
        if ask.schema is not None and "response_format" in self._refused:
            told = f"Answer with one JSON object and nothing else. It fits this JSON schema: {json.dumps(ask.schema)}"
            body["messages"] = [{"role": "system", "content": told}, *messages]
        for name in self._refused:
            body.pop(name, None)
        return body

    def _send(self, client: "httpx2.Client", ask: Ask, connection: Connection) -> Iterator[Piece]:
        def watch(event: str, info: dict[str, Any]) -> None:
            if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
                held = info["return_value"].get_extra_info("socket")
                connection.on_close(lambda: _shut(held))

        if not self._model:
            self._model = self._only_model(client, watch)
        while True:
            body = self.body(ask)
            request = client.build_request("POST", f"{self._address}/chat/completions", json=body, extensions={"trace": watch})
            response = client.send(request, stream=True)
            try:
                if response.status_code == 200:
                    yield from self._answer(response)
                    return
                self._refuse(response, body)
            finally:
                response.close()

    def _only_model(self, client: "httpx2.Client", watch: Any) -> str:
        listed = client.get(f"{self._address}/models", extensions={"trace": watch})
        try:
            return str(listed.json()["data"][0]["id"])
        except (ValueError, LookupError, TypeError):
            raise self._fault("does not say which models it has; name one: ADDRESS#MODEL.", retry=False) from None

    def _answer(self, response: "httpx2.Response") -> Iterator[Piece]:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "text/event-stream":
            yield from self._unstreamed(response, kind)
            return
        import httpx2

        finish: str | None = None
        tokens = _Tokens()
        for event in httpx2.EventSource(response, LARGEST_EVENT):
            if event.data == "[DONE]":
                finish = finish or "stop"
                break
            chunk = self._chunk(event.data)
            tokens = chunk.usage or tokens
            choice = chunk.choices[0] if chunk.choices else _Choice()
            finish = choice.finish_reason or finish
            yield Piece((choice.delta.content or "") if choice.delta else "")
        if finish is not None:
            yield self._end(finish, tokens)

    def _unstreamed(self, response: "httpx2.Response", kind: str) -> Iterator[Piece]:
        """The answer of a server that sends it whole; raises Fault where it is none."""
        if kind != "application/json":
            raise self._fault(
                f"answered with {kind or 'something without a type'}, not with an answer; check its address, which mostly ends in /v1.",
                retry=False,
            )
        response.read()
        chunk = self._chunk(response.text)
        if not chunk.choices or chunk.choices[0].message is None:
            raise self._fault("answered with JSON that holds no answer; check its address.", retry=False)
        choice = chunk.choices[0]
        yield Piece((choice.message.content or "") if choice.message else "")
        yield self._end(choice.finish_reason or "stop", chunk.usage or _Tokens())

    def _chunk(self, data: str) -> _Chunk:
        try:
            chunk = _Chunk.model_validate_json(data)
        except ValidationError:
            raise self._fault("sent something that is no part of an answer; try again.", retry=True) from None
        if chunk.error:
            raise self._fault(f"failed: {self._told(data)}", retry=_status(chunk.error) in BUSY)
        return chunk

    def _end(self, finish: str, tokens: _Tokens) -> Piece:
        if finish == "content_filter":
            raise self._fault("withheld the answer by its content filter; ask in other words.", retry=False)
        details = tokens.prompt_tokens_details or _Cached()
        return Piece(
            finish="length" if finish == "length" else "stop",
            prompt_tokens=tokens.prompt_tokens,
            completion_tokens=tokens.completion_tokens,
            cached_tokens=details.cached_tokens or 0,
        )

    def _refuse(self, response: "httpx2.Response", body: dict[str, Any]) -> None:
        """Leaves out what the server will not have; raises Fault where that is not it."""
        status = response.status_code
        if response.is_redirect:
            target = response.headers.get("location", "elsewhere")
            raise self._fault(f"sends us on to {one_line(target)}; set that as the address.", retry=False)
        text = response.read().decode("utf-8", "replace")
        if status in (400, 422):
            for name, words in _REFUSABLE.items():
                if name in body and any(word in text.lower() for word in words):
                    self._refused.add(name)
                    return
        if status in (401, 403):
            raise self._fault(f"refused the key ({status}); set the right one{self._where_to_set()}.", retry=False)
        if status == 404:
            raise self._fault(f"has no model {self._model!r}, or is no such server (404); check both names.", retry=False)
        retry = status in BUSY and "insufficient_quota" not in text
        raise self._fault(f"answered {status}: {self._told(text)}", retry=retry, after=_retry_after(response))

    def _where_to_set(self) -> str:
        return " as OPENAI_API_KEY" if self._address == OPENAI else " as FLIPCHART_API_KEY beside FLIPCHART_BASE_URL"

    def _told(self, text: str) -> str:
        """What the server said, in a line, without the key."""
        with contextlib.suppress(ValueError, LookupError, TypeError):
            error = json.loads(text)["error"]
            text = error if isinstance(error, str) else str(error["message"])
        if self._key and self._key.get_secret_value():
            text = text.replace(self._key.get_secret_value(), "…")
        return one_line(text) or "nothing more"

    def _fault(self, told: str, *, retry: bool, after: float | None = None) -> Fault:
        return Fault(f"The model `{self.name}` {told}", retry=retry, after=after)


def at_address(address: str, given: Settings) -> OpenAI:
    """The model at `address`, `http://HOST:PORT/v1#MODEL`; the key set for FLIPCHART_BASE_URL goes there alone."""
    base, _, model = address.partition("#")
    url = address_of(base)
    if url.path in ("", "/"):
        base = f"{base.rstrip('/')}/v1"
    key = given.api_key if given.base_url and origin(given.base_url) == origin(base) else None
    host = f"{url.host}:{url.port}" if url.port else url.host
    return OpenAI(f"{host}#{model}" if model else host, base, model, key, _limits(given))


def at_vendor(vendor: str, model: str, given: Settings) -> OpenAI:
    """`openai` with the key of OPENAI_API_KEY, or `ollama` on this machine (or OLLAMA_HOST), which needs none."""
    if not model:
        raise Missing(f"`{vendor}:` names no model; say e.g. `{vendor}:{'gpt-5' if vendor == 'openai' else 'qwen3'}`.")
    if vendor == "ollama":
        host = os.environ.get("OLLAMA_HOST") or OLLAMA
        base = host if "://" in host else f"http://{host}"
        return OpenAI(f"ollama:{model}", f"{base.rstrip('/')}/v1", model, limits=_limits(given))
    if given.openai_api_key is None:
        raise ModelProblem(f"The model `openai:{model}` needs a key; set OPENAI_API_KEY.")
    return OpenAI(f"openai:{model}", OPENAI, model, given.openai_api_key, _limits(given))


def _limits(given: Settings) -> Limits:
    return Limits(turn=given.turn_seconds) if given.turn_seconds else Limits()


def address_of(address: str) -> "httpx2.URL":
    import httpx2

    try:
        url = httpx2.URL(address)
    except httpx2.InvalidURL:
        url = httpx2.URL("")
    if not url.host:
        raise ModelProblem(f"{address!r} is no address; give it as http://HOST:PORT/v1.")
    return url


def origin(address: str) -> tuple[str, str, int | None]:
    url = address_of(address)
    return url.scheme, url.host, url.port


def _is_here(host: str) -> bool:
    """Whether `host` is this machine."""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


@functools.cache
def _certificates() -> ssl.SSLContext:
    import httpx2

    return httpx2.create_ssl_context()


def client_of(address: str, key: SecretStr | None, connect: float, answer: float | None = None) -> "httpx2.Client":
    """A client that asks no proxy for this machine and follows no redirect; seconds to connect, and to wait for each piece (None: the
    caller sees to that)."""
    import httpx2

    url = address_of(address)
    return httpx2.Client(
        headers={"Authorization": f"Bearer {key.get_secret_value()}"} if key else {},
        timeout=httpx2.Timeout(answer, connect=connect),
        trust_env=not _is_here(url.host),
        verify=_certificates() if url.scheme == "https" else False,
    )


def _shut(held: socket.socket) -> None:
    """Ends a connection so that a thread which reads from it wakes up."""
    with contextlib.suppress(OSError):
        held.shutdown(socket.SHUT_RDWR)


def one_line(text: str) -> str:
    """`text` in one line of at most 200 letters."""
    text = " ".join(text.split())
    return text if len(text) <= 200 else f"{text[:199]}…"


def _status(error: Any) -> int:
    """The HTTP status in an error that came as JSON; 0 where it has none."""
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) else 0


def _retry_after(response: "httpx2.Response") -> float | None:
    """Seconds the server asks us to wait."""
    said = response.headers.get("retry-after", "")
    with contextlib.suppress(ValueError):
        return max(0.0, float(said))
    with contextlib.suppress(ValueError, TypeError):
        return max(0.0, email.utils.parsedate_to_datetime(said).timestamp() - time.time())
    return None
