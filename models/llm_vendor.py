"""Models of the vendors that do not speak the OpenAI API, through pydantic-ai: `anthropic:MODEL`, `google:MODEL`, …

The keys are the vendors' own environment variables, which its library reads and sends to that vendor alone.
"""

import asyncio
import concurrent.futures
import functools
import importlib.util
import json
import queue
import threading
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from flipchart.models.llm import LLM, Ask, Connection, Fault, Piece
from flipchart.models.llm_openai import BUSY
from flipchart.renderers.problem import Missing, ModelProblem

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import Model, ModelRequestParameters


class Vendor(LLM):
    """The model `name`, as `vendor:model`; raises Missing where the library is not there, ModelProblem where the
    vendor is unknown or has no key."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._model = _model(name)

    def send(self, ask: Ask, connection: Connection) -> Iterator[Piece]:
        pieces: queue.SimpleQueue[Piece | BaseException | None] = queue.SimpleQueue()
        task = asyncio.run_coroutine_threadsafe(self._carry(ask, pieces), _loop())
        task.add_done_callback(lambda _: pieces.put(_failure(task)))
        connection.on_close(task.cancel)
        while (piece := pieces.get()) is not None:
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    async def _carry(self, ask: Ask, pieces: "queue.SimpleQueue[Piece | BaseException | None]") -> None:
        from pydantic_ai.exceptions import AgentRunError, ModelAPIError, ModelHTTPError, UserError

        try:
            async for piece in self._pieces(ask):
                pieces.put(piece)
        except ModelHTTPError as error:
            pieces.put(self._refused(error.status_code, (error.headers or {}).get("retry-after")))
        except ModelAPIError as error:
            pieces.put(self._fault(f"cannot be reached ({_line(error)}); try again.", retry=True))
        except AgentRunError as error:
            pieces.put(self._fault(f"sent something that is no answer ({_line(error)}); try again.", retry=True))
        except UserError as error:
            pieces.put(self._fault(f"cannot be asked that way: {_line(error)}", retry=False))

    async def _pieces(self, ask: Ask) -> AsyncIterator[Piece]:
        from pydantic_ai.direct import model_request_stream
        from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
        from pydantic_ai.settings import ModelSettings

        # Their newer models take no temperature and no seed.
        settings = ModelSettings(max_tokens=ask.max_tokens, max_retries=0)
        messages, parameters = self._request(ask)
        asked = model_request_stream(self._model, messages, model_settings=settings, model_request_parameters=parameters)
        async with self._model, asked as stream:  # the first closes the connection
            async for event in stream:
                text = ""
                if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
                    text = event.part.content
                elif isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
                    text = event.delta.content_delta
                yield Piece(text)
            if stream.finish_reason == "content_filter":
                raise self._fault("withheld the answer by its content filter; ask in other words.", retry=False)
            used = stream.usage
            yield Piece(
                finish="length" if stream.finish_reason == "length" else "stop",
                prompt_tokens=used.input_tokens or None,
                completion_tokens=used.output_tokens or None,
                cached_tokens=used.cache_read_tokens,
            )

    def _request(self, ask: Ask) -> "tuple[list[ModelMessage], ModelRequestParameters]":
        """The conversation in the library's words, with the schema where the model takes one, else told in it."""
        from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, TextPart, UserPromptPart
        from pydantic_ai.models import ModelRequestParameters
        from pydantic_ai.output import OutputObjectDefinition

        messages: list[ModelMessage] = []
        for message in ask.messages:
            if message.role == "assistant":
                messages.append(ModelResponse([TextPart(message.content)]))
            elif message.role == "system":
                messages.append(ModelRequest([SystemPromptPart(message.content)]))
            else:
                messages.append(ModelRequest([UserPromptPart(message.content)]))
        if ask.schema is None:
            return messages, ModelRequestParameters()
        if self._model.profile.get("supports_json_schema_output"):
            shape = OutputObjectDefinition(json_schema=dict(ask.schema), name="answer")
            return messages, ModelRequestParameters(output_mode="native", output_object=shape)
        told = f"Answer with one JSON object and nothing else. It fits this JSON schema: {json.dumps(ask.schema)}"
        return [ModelRequest([SystemPromptPart(told)]), *messages], ModelRequestParameters()

    def _refused(self, status: int, retry_after: str | None) -> Fault:
        if status in (401, 403):
            return self._fault(f"refused the key ({status}); set the vendor's key in the environment.", retry=False)
        if status == 404:
            return self._fault("is not known to its vendor (404); check the name.", retry=False)
        after = float(retry_after) if retry_after and retry_after.isdecimal() else None
        return self._fault(f"answered {status}; try again or pick another.", retry=status in BUSY, after=after)

    def _fault(self, told: str, *, retry: bool, after: float | None = None) -> Fault:
        return Fault(f"The model `{self.name}` {told}", retry=retry, after=after)


def _model(name: str) -> "Model":
    install = "run `pip install 'flipchart[vendors]'`"
    if importlib.util.find_spec("pydantic_ai") is None:
        raise Missing(f"The model `{name}` needs the vendors' libraries; {install}.")
    from pydantic_ai.exceptions import UserError
    from pydantic_ai.models import infer_model

    try:
        return infer_model(name)
    except ImportError:
        raise Missing(f"The model `{name}` needs its vendor's library; {install}.") from None
    except UserError as error:
        raise ModelProblem(f"The model `{name}` cannot be used: {_line(error)}") from None


def _failure(task: concurrent.futures.Future[None]) -> BaseException | None:
    """What the task raised beyond what it tells itself; None at its end and where it was cancelled."""
    return None if task.cancelled() else task.exception()


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    """The loop in which the library, which is asynchronous, runs: one, for its connections belong to their loop."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="llm vendors", daemon=True).start()
    return loop


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
