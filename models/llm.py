"""Language models: one interface, one place that waits, retries and gives up.

A caller asks an `LLM` to `stream` and iterates over the `Reply`. A backend makes one attempt, in blocking
steps, and knows nothing of time. `Reply` runs it in a thread of its own, so that silence, deadlines and
`cancel` are noticed however the backend waits, and tries again only while nothing was shown.
"""

import queue
import random
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from flipchart.renderers.problem import Missing, ModelProblem

LONGEST_WAIT = 30.0  # seconds a server may ask us to wait before another attempt
BACKOFF_SECONDS = 1.0  # the first wait is up to this, each next up to twice as long
BACKOFF_LIMIT = 8.0
POLL_SECONDS = 0.1  # how soon a cancel is noticed
BREAKER_FAILURES = 5  # failures in a row, within BREAKER_SECONDS, that rest a model for as long
BREAKER_SECONDS = 30.0

Schema = Mapping[str, Any]  # a JSON schema
Cancel = threading.Event
Finish = Literal["stop", "length", "cancelled"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer cost; the tokens are counted from its length where the model did not report them."""

    prompt_tokens: int
    completion_tokens: int
    seconds: float
    cached_tokens: int = 0
    first_token_seconds: float = 0.0
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in seconds, and how often to try."""

    connect: float = 5.0
    first_token: float = 30.0
    between_tokens: float = 20.0
    turn: float = 180.0
    attempts: int = 3


@dataclass(frozen=True, slots=True)
class Ask:
    """What a backend is asked."""

    messages: tuple[Message, ...]
    schema: Schema | None
    max_tokens: int
    temperature: float
    seed: int | None
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What a backend yields: text, the end, or, when empty, a sign that the model is at work."""

    text: str = ""
    finish: Literal["stop", "length"] | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int = 0


class Fault(ModelProblem):
    """An attempt failed; `retry` says whether another may fare better, `after` how many seconds to wait."""

    def __init__(self, sentence: str, *, retry: bool, after: float | None = None) -> None:
        super().__init__(sentence)
        self.retry = retry
        self.after = after


class Connection:
    """What an attempt holds open; closing it, from any thread, ends what the attempt waits for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closers: list[Callable[[], object]] = []
        self.closed = False

    def on_close(self, closer: Callable[[], object]) -> None:
        """Call `closer` when the attempt is over: at once where it is already."""
        with self._lock:
            if not self.closed:
                self._closers.append(closer)
                return
        closer()

    def close(self) -> None:
        with self._lock:
            self.closed = True
            closers, self._closers = self._closers, []
        for closer in reversed(closers):
            closer()


class LLM(ABC):
    """What answers; thread safe. A backend is one function, `send`."""

    name: str
    limits: Limits = Limits()

    def stream(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 1024,
        temperature: float = 0.2,
        seed: int | None = None,
        cancel: Cancel | None = None,
        label: str = "",
    ) -> "Reply":
        """The answer, which begins when it is iterated over; JSON that fits `schema` where one is given.

        `label` names the kind of question, e.g. the form, for backends that tell answers apart by it.
        """
        ask = Ask(tuple(messages), schema, max_tokens, temperature, seed, label)
        return Reply(self.name, self.send, ask, self.limits, cancel)

    def warm(self, messages: Sequence[Message], label: str = "", cancel: threading.Event | None = None) -> None:  # noqa: B027
        """Read a prompt's beginning ahead, so that answers to what starts with it come sooner; ends early where `cancel` is set.

        Does nothing for models that keep nothing between answers.
        """

    def fluent(self, lang: str) -> bool:
        """Whether it writes the language (BCP 47) well, as far as is known."""
        return True

    @abstractmethod
    def send(self, ask: Ask, connection: Connection) -> Iterator[Piece]:
        """One attempt: the pieces of the answer, the last with `finish`; raises Fault."""


class Reply:
    """An answer as it comes: iterate over it for its text, once.

    `text` is what has come so far; `finish_reason` and `usage` are there after the end, also where the answer
    was cancelled or broke off with a ModelProblem.
    """

    def __init__(
        self,
        name: str,
        send: Callable[[Ask, Connection], Iterator[Piece]],
        ask: Ask,
        limits: Limits,
        cancel: Cancel | None = None,
    ) -> None:
        self.text = ""
        self.usage: Usage | None = None
        self.finish_reason: Finish | None = None
        self._name = name
        self._send = send
        self._ask = ask
        self._limits = limits
        self._cancels = [threading.Event(), *([cancel] if cancel else [])]
        self._deltas = self._run()

    def __iter__(self) -> Iterator[str]:
        return self._deltas

    def read(self) -> str:
        """The whole text, once it has come."""
        for _ in self:
            pass
        return self.text

    def cancel(self) -> None:
        """End the answer within a second; iterating then ends without an error. Callable from any thread."""
        self._cancels[0].set()

    @property
    def _cancelled(self) -> bool:
        return any(cancel.is_set() for cancel in self._cancels)

    def _run(self) -> Iterator[str]:
        breaker = _breaker(self._name)
        breaker.check(self._name)
        self._started = time.monotonic()
        self._first: float | None = None  # when the first token came
        self._counted = 0  # pieces of text
        self._end: Piece | None = None
        try:
            for attempt in range(1, self._limits.attempts + 1):
                try:
                    yield from self._attempt()
                except Fault as fault:
                    breaker.failed()
                    if self.text:
                        raise ModelProblem(f"{str(fault).rstrip('.')}; what had come is kept, ask it to go on.") from None
                    wait = self._wait_before_next(fault, attempt)
                    if wait is None:
                        raise
                    if not self._pause(wait):
                        break
                else:
                    breaker.worked()
                    break
        finally:
            self._settle()

    def _wait_before_next(self, fault: Fault, attempt: int) -> float | None:
        """Seconds until another attempt; None where there is to be none."""
        if not fault.retry or attempt == self._limits.attempts:
            return None
        wait = fault.after
        if wait is None:
            wait = random.uniform(0, min(BACKOFF_LIMIT, BACKOFF_SECONDS * 2 ** (attempt - 1)))
        if wait > LONGEST_WAIT or time.monotonic() + wait > self._started + self._limits.turn:
            return None
        return wait

    def _pause(self, seconds: float) -> bool:
        """Sleeps; False where the answer was cancelled meanwhile."""
        until = time.monotonic() + seconds
        while not self._cancelled and time.monotonic() < until:
            time.sleep(min(POLL_SECONDS, max(0.0, until - time.monotonic())))
        return not self._cancelled

    def _attempt(self) -> Iterator[str]:
        connection = Connection()
        pieces: queue.SimpleQueue[Piece | BaseException | None] = queue.SimpleQueue()
        thread = threading.Thread(target=_pump, args=(self._send, self._ask, connection, pieces), name=f"llm {self._name}", daemon=True)
        thread.start()
        try:
            while not self._cancelled:
                piece = self._next(pieces)
                if piece is None:
                    break
                if piece.finish:
                    self._end = piece
                if piece.text:
                    self._first = self._first or time.monotonic()
                    self._counted += 1
                    self.text += piece.text
                    yield piece.text
        finally:
            connection.close()
        if self._cancelled:
            return
        if self._end is None or (self._end.finish == "stop" and not self.text and self._ask.max_tokens):
            told = "ended its answer in the middle" if self.text else "gave an empty answer"
            raise Fault(f"The model `{self._name}` {told}; ask again.", retry=True)

    def _next(self, pieces: "queue.SimpleQueue[Piece | BaseException | None]") -> Piece | None:
        """The next piece, an empty one where the answer was cancelled, None at the end; raises Fault."""
        limits = self._limits
        silence = limits.between_tokens if self.text else limits.first_token
        turn_ends = self._started + limits.turn
        until = min(time.monotonic() + silence, turn_ends)
        while not self._cancelled:
            try:
                piece = pieces.get(timeout=max(0.0, min(POLL_SECONDS, until - time.monotonic())))
            except queue.Empty:
                if time.monotonic() < until:
                    continue
                if until == turn_ends:
                    raise Fault(f"The model `{self._name}` was not done after {limits.turn:.0f} s; ask for less.", retry=False) from None
                raise Fault(
                    f"The model `{self._name}` was silent for {silence:.0f} s; try again or pick another model.",
                    retry=not self.text,
                ) from None
            if isinstance(piece, BaseException):
                raise piece
            return piece
        return Piece()

    def _settle(self) -> None:
        """Sets `finish_reason` and `usage`."""
        now = time.monotonic()
        end = self._end
        if end is not None and end.finish:
            self.finish_reason = end.finish
        elif self._cancelled:
            self.finish_reason = "cancelled"
        estimated = end is None or end.prompt_tokens is None or end.completion_tokens is None
        letters = sum(len(message.content) for message in self._ask.messages)
        self.usage = Usage(
            prompt_tokens=letters // 4 if end is None or end.prompt_tokens is None else end.prompt_tokens,
            completion_tokens=self._counted if end is None or end.completion_tokens is None else end.completion_tokens,
            seconds=now - self._started,
            cached_tokens=end.cached_tokens if end else 0,
            first_token_seconds=(self._first or now) - self._started,
            estimated=estimated,
        )


def _pump(
    send: Callable[[Ask, Connection], Iterator[Piece]],
    ask: Ask,
    connection: Connection,
    pieces: "queue.SimpleQueue[Piece | BaseException | None]",
) -> None:
    """Carries what a backend yields, its end or what it raises into the queue."""
    try:
        for piece in send(ask, connection):
            pieces.put(piece)
            if connection.closed:
                return
        pieces.put(None)
    except BaseException as error:  # raised again where the answer is iterated over
        pieces.put(error)


@dataclass(slots=True)
class _Breaker:
    """Answers at once for a model that has failed again and again, instead of making everyone wait for it."""

    failures: deque[float] = field(default_factory=lambda: deque(maxlen=BREAKER_FAILURES))

    def check(self, name: str) -> None:
        if len(self.failures) == BREAKER_FAILURES:
            rest = self.failures[-1] + BREAKER_SECONDS - time.monotonic()
            if rest > 0 and self.failures[-1] - self.failures[0] < BREAKER_SECONDS:
                raise ModelProblem(
                    f"The model `{name}` failed {BREAKER_FAILURES} times in a row; "
                    f"it is asked again in {rest:.0f} s, or pick another model."
                )

    def failed(self) -> None:
        self.failures.append(time.monotonic())

    def worked(self) -> None:
        self.failures.clear()


_breakers: dict[str, _Breaker] = {}


def _breaker(name: str) -> _Breaker:
    return _breakers.setdefault(name, _Breaker())


def open_llm(name: str | None = None) -> LLM:
    """The model called `name`, by default the one of the settings, else the embedded one.

    `embedded`, `embedded:qwen2.5-coder-0.5b`; `scripted:FILE.jsonl`; `http://HOST:PORT/v1#MODEL`, any server that
    speaks the OpenAI API; `openai:MODEL`; `ollama:MODEL`; `anthropic:MODEL`, `google:MODEL` and the other vendors
    of the extra `vendors`; or a bare name: one of `flipchart models`, else a model at FLIPCHART_BASE_URL.
    Nothing is started or asked yet. Raises Missing where something has to be installed, fetched or set first.
    """
    # Each backend imports this module, and some a large library.
    from flipchart.models.settings import settings

    given = settings()
    name = name or given.model or ("" if given.base_url else "embedded")
    kind, _, rest = name.partition(":")
    if kind in ("http", "https"):
        from flipchart.models.llm_openai import at_address

        return at_address(name, given)
    if kind in ("openai", "ollama"):
        from flipchart.models.llm_openai import at_vendor

        return at_vendor(kind, rest, given)
    if kind == "scripted":
        from flipchart.models.llm_scripted import Scripted

        return Scripted.from_file(rest)
    if kind == "embedded" or _is_embedded(name):
        from flipchart.models.llm_embedded import Embedded

        return Embedded(rest if kind == "embedded" else name)
    if given.base_url:
        from flipchart.models.llm_openai import at_address

        return at_address(f"{given.base_url}#{name}", given)
    if rest:
        from flipchart.models.llm_vendor import Vendor

        return Vendor(name)
    raise Missing(
        f"There is no model called {name!r}; name one of `flipchart models list`, or say `openai:MODEL`, "
        "`ollama:MODEL` or `http://HOST:PORT/v1#MODEL`."
    )


def _is_embedded(name: str) -> bool:
    from flipchart.models import weights

    return any(model.name == name and model.kind == "llm" for model in weights.models())
