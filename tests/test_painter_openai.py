"""A picture server over real HTTP: what is asked, what it refuses, and that the key goes nowhere else."""

import base64
import io
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from PIL import Image
from pydantic import SecretStr

from flipchart.models.painter import Chain, open_painter
from flipchart.models.painter_openai import remote
from flipchart.models.painter_worker import Stopped
from flipchart.models.settings import Settings
from flipchart.renderers.painter import Wish
from flipchart.renderers.problem import ModelProblem

KEY = "sk-very-secret-0123456789"


def png(colour: str, width: int = 40, height: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


class Server:
    """Answers as it is told, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any], dict[str, str], bytes]] = []
        self.answers: list[Any] = []
        self.app = FastAPI()
        self.hold = threading.Event()
        self.hold.set()

        @self.app.post("/v1/images/{task}")
        async def images(task: str, request: Request) -> Response:
            import asyncio
            import json

            body = await request.body()
            told = json.loads(body) if "json" in request.headers["content-type"] else dict(await request.form())
            self.asked.append((f"{request.url}", told, dict(request.headers), body))
            while not self.hold.is_set():
                await asyncio.sleep(0.01)
            status, answer = self.answers.pop(0) if self.answers else (200, {"data": [{"b64_json": base64.b64encode(png("red")).decode()}]})
            return Response(json.dumps(answer), status, headers={"location": "http://127.0.0.1:9/"} if status == 302 else {})


@pytest.fixture(scope="module")
def running(serve: Callable[[Any], str]) -> tuple[Server, str]:
    server = Server()
    return server, serve(server.app)


@pytest.fixture
def server(running: tuple[Server, str]) -> tuple[Server, str]:
    running[0].asked.clear()
    running[0].answers.clear()
    return running


def painter(address: str, **more: Any) -> Any:
    return remote(f"{address}/v1#brush", Settings(painter_api_key=SecretStr(KEY), **more))


def test_a_server_paints_to_size_and_is_named(server: tuple[Server, str]) -> None:
    told: list[int] = []
    painting = painter(server[1]).paint(Wish("a red fox", 60, 40, seed=3, style="flat"), lambda step, *_: not told.append(step))
    picture = Image.open(io.BytesIO(painting.png))
    assert picture.size == (60, 40)
    assert picture.text["ai_generated"] == "true"
    assert painting.painter.endswith("#brush")
    assert "seed" not in painting.facts  # whether the server heeded it is not known
    (url, body, headers, _) = server[0].asked[0]
    assert body["prompt"] == "a red fox, flat style"
    assert (body["size"], body["model"], body["seed"]) == ("60x40", "brush", 3)
    assert headers["authorization"] == f"Bearer {KEY}"
    assert told[-1] == 1
    assert KEY not in url


def test_what_a_server_will_not_have_is_left_out(server: tuple[Server, str]) -> None:
    server[0].answers += [(400, {"error": {"message": f"Unknown parameter: '{name}'"}}) for name in ("response_format", "seed", "size")]
    one = painter(server[1])
    one.paint(Wish("a fox", 960, 640))
    assert server[0].asked[-1][1] == {"model": "brush", "prompt": "a fox", "n": 1, "size": "1536x1024"}
    one.paint(Wish("a fox", 640, 896))
    assert server[0].asked[-1][1]["size"] == "1024x1536"
    assert len(server[0].asked) == 5


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ((401, {"error": {"message": f"bad key {KEY}"}}), "refused the key"),
        ((404, {}), "no picture model 'brush'"),
        ((429, {}), "busy"),
        ((500, {"error": f"it broke with {KEY}"}), "answered 500: it broke with …"),
        ((302, {}), "sends us on"),
        ((200, {"data": [{"url": "http://127.0.0.1:9/picture.png"}]}), "no picture in its answer"),
        ((200, {"data": [{"b64_json": base64.b64encode(b"junk").decode()}]}), "no picture in its answer"),
        ((200, {"data": [{"b64_json": base64.b64encode(png("red", 6000, 5000)).decode()}]}), "too large"),
        ((200, []), "no picture in its answer"),
    ],
)
def test_what_goes_wrong_is_said_without_the_key(
    server: tuple[Server, str], answer: Any, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    server[0].answers.append(answer)
    with pytest.raises(ModelProblem, match=told) as problem:
        painter(server[1]).paint(Wish("a fox", 40, 40))
    assert KEY not in str(problem.value) + caplog.text + repr(painter(server[1]))


def test_a_server_that_is_not_there_leaves_it_to_the_icons() -> None:
    painting = Chain(painter("http://127.0.0.1:9"), open_painter("icons")).paint(Wish("a red fox", subjects=("fox",)))
    assert painting.painter == "icons"
    assert "cannot be reached" in painting.facts["instead_of"][0]


def test_waiting_for_a_server_can_be_stopped(server: tuple[Server, str]) -> None:
    server[0].hold.clear()
    try:
        with pytest.raises(Stopped):
            painter(server[1]).paint(Wish("a fox", 40, 40), lambda *_: False)
    finally:
        server[0].hold.set()


def test_a_picture_is_changed_within_its_mask(server: tuple[Server, str]) -> None:
    mask = Image.new("L", (40, 40), 0)
    mask.paste(255, (20, 0, 40, 40))
    held = io.BytesIO()
    mask.save(held, "PNG")
    painting = painter(server[1]).paint(Wish("a fox", 40, 40, source=png("blue"), mask=held.getvalue(), change="make it red"))
    picture = Image.open(io.BytesIO(painting.png)).convert("RGB")
    assert [picture.getpixel((x, 5)) for x in (5, 30)] == [(0, 0, 255), (255, 0, 0)]
    url, fields, _, body = server[0].asked[0]
    assert url.endswith("/images/edits")
    assert fields["prompt"] == "a fox, make it red"
    sent = Image.open(io.BytesIO(body[body.rindex(b"\x89PNG") :]))
    assert [sent.getpixel((x, 5))[3] for x in (5, 30)] == [255, 0]


def test_keys_go_to_their_own_host_alone() -> None:
    from flipchart.models.painter_openai import Remote

    def key(name: str, **given: Any) -> str:
        made: Remote = remote(name, Settings(**given))
        return made._key.get_secret_value() if made._key else ""

    assert key("http://127.0.0.1:1/v1#x", base_url="http://127.0.0.1:1/v1", api_key=SecretStr("a")) == "a"
    assert key("http://127.0.0.1:2/v1#x", base_url="http://127.0.0.1:1/v1", api_key=SecretStr("a")) == ""
    assert key("http://127.0.0.1:2#x", openai_api_key=SecretStr("b")) == ""
    assert key("openai:x", openai_api_key=SecretStr("b")) == "b"
    with pytest.raises(ModelProblem, match="OPENAI_API_KEY"):
        key("openai:x")
