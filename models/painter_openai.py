"""Painting on a server that speaks the OpenAI images API: a cloud if the person says so, or one of their own.

The key travels in a header to the one host it was set for. A picture comes in the answer itself: an address in it is never followed.
"""

import base64
import binascii
import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import Any

from pydantic import SecretStr

from flipchart.models.llm_openai import OPENAI, address_of, client_of, one_line, origin
from flipchart.models.painter_kept import signed
from flipchart.models.painter_pipeline import within, words
from flipchart.models.painter_worker import BEAT_SECONDS, Progress, Stopped
from flipchart.models.settings import Settings
from flipchart.renderers.painter import Painting, Wish
from flipchart.renderers.problem import Missing, ModelProblem

LARGEST = 64 << 20  # bytes of an answer
PIXELS = 25_000_000  # of a picture
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 300.0
SIZES = ((1024, 1024), (1536, 1024), (1024, 1536))  # px: what servers take that do not take every size
_REFUSABLE = ("response_format", "seed", "negative_prompt", "size")


class Remote:
    """Paints with the model of a server; "" for one that has just one."""

    anew = True
    marks = True

    def __init__(self, address: str, model: str, key: SecretStr | None = None) -> None:
        self._address, self._model, self._key = address.rstrip("/"), model, key
        self._refused: set[str] = set()
        host = address_of(address).host
        self._host = host
        self.name = f"openai:{model}" if self._address == OPENAI else f"{host}#{model}" if model else host

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    def paint(self, wish: Wish, progress: Progress | None = None) -> Painting:
        """The server's picture, brought to the wish's size. Raises ModelProblem where there is none, Stopped where it was stopped."""
        import httpx2

        client = client_of(self._address, self._key, CONNECT_SECONDS, ANSWER_SECONDS)
        left = threading.Event()
        thread = ThreadPoolExecutor(1, thread_name_prefix="flipchart-painter-remote")
        try:
            answer = thread.submit(self._answer, client, wish, left)
            while True:
                try:
                    picture = answer.result(BEAT_SECONDS if progress else None)
                    break
                except NotYet:
                    if progress is not None and not progress(0, 1, None):
                        raise Stopped("painting was stopped") from None
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL) as error:
            told = one_line(self._hidden(str(error))) or type(error).__name__
            raise self._fault(f"cannot be reached or broke off ({told}); is it up?") from None
        finally:
            left.set()
            client.close()
            thread.shutdown(wait=False)
        picture = within(picture, wish)
        if progress is not None:
            progress(1, 1, None)
        facts: dict[str, Any] = {"ai_generated": True, "model": self._model or "unknown", "server": self._host}
        facts |= {"edited": True} if wish.source else {}
        return Painting(signed(picture, self.name, wish, facts), self.name, facts)

    def _answer(self, client: Any, wish: Wish, left: threading.Event) -> Any:
        """The picture (PIL), asked for again without what the server will not have."""
        from PIL import Image, ImageOps, UnidentifiedImageError

        while not left.is_set():
            with client.stream("POST", **self._request(wish)) as response:
                body = b""
                for piece in response.iter_bytes():
                    body += piece
                    if len(body) > LARGEST:
                        raise self._fault(f"sent more than {LARGEST >> 20} MB; ask for a smaller picture")
                if response.status_code == 200:
                    try:
                        found = base64.b64decode(json.loads(body)["data"][0]["b64_json"])
                        picture = Image.open(io.BytesIO(found), formats=("PNG", "JPEG", "WEBP"))
                        if picture.width * picture.height > PIXELS:
                            raise self._fault(f"sent a picture of {picture.width} by {picture.height} px; that is too large")
                        return ImageOps.fit(picture.convert("RGBA" if wish.transparent else "RGB"), (wish.width, wish.height))
                    except (
                        ValueError,
                        LookupError,
                        TypeError,
                        binascii.Error,
                        UnidentifiedImageError,
                        OSError,
                        Image.DecompressionBombError,
                    ):
                        raise self._fault("sent no picture in its answer; choose a model that paints") from None
                self._refuse(response, body.decode("utf-8", "replace"))
        raise Stopped("painting was stopped")

    def _request(self, wish: Wish) -> dict[str, Any]:
        width, height = wish.width, wish.height
        if "size" in self._refused:
            width, height = min(SIZES, key=lambda one: abs(one[0] / one[1] - wish.width / wish.height))
        fields: dict[str, Any] = {"model": self._model, "prompt": words(wish), "n": 1, "size": f"{width}x{height}"}
        fields |= {"response_format": "b64_json", "seed": wish.seed, "negative_prompt": wish.negative}
        fields = {name: value for name, value in fields.items() if value != "" and (name == "size" or name not in self._refused)}
        if not wish.source:
            return {"url": f"{self._address}/images/generations", "json": fields}
        files = {"image": ("image.png", wish.source, "image/png")}
        if wish.mask:
            files["mask"] = ("mask.png", _cut(wish), "image/png")
        return {"url": f"{self._address}/images/edits", "data": {name: str(value) for name, value in fields.items()}, "files": files}

    def _refuse(self, response: Any, text: str) -> None:
        """Notes what the server will not have, to ask without it; raises ModelProblem where that is not it."""
        status = response.status_code
        if response.is_redirect:
            raise self._fault(f"sends us on to {one_line(response.headers.get('location', 'elsewhere'))}; set that as the address")
        try:
            error = json.loads(text)["error"]
            told = error if isinstance(error, str) else str(error["message"])
        except (ValueError, LookupError, TypeError):
            told = text
        if status in (400, 422):
            for name in _REFUSABLE:
                if name not in self._refused and name in told.lower():
                    self._refused.add(name)
                    return
        if status in (401, 403):
            raise self._fault(f"refused the key ({status}); set the right one")
        if status == 404:
            raise self._fault(f"has no picture model {self._model!r}, or is no such server (404); check both names")
        if status == 429:
            raise self._fault("is busy or your quota is used up (429); try again later")
        raise self._fault(f"answered {status}: {one_line(self._hidden(told)) or 'nothing more'}")

    def _hidden(self, text: str) -> str:
        """The text without the key."""
        key = self._key.get_secret_value() if self._key else ""
        return text.replace(key, "…") if key else text

    def _fault(self, told: str) -> ModelProblem:
        return ModelProblem(f"the picture server {self.name} {told}")


def remote(name: str, given: Settings) -> Remote:
    """The painter called `openai:MODEL` or `http://HOST:PORT/v1#MODEL`; the key set for it goes to its host alone."""
    if name.startswith("openai:"):
        key = given.painter_api_key or given.openai_api_key
        if key is None:
            raise ModelProblem(f"the painter {name} needs a key; set OPENAI_API_KEY")
        model = name.removeprefix("openai:")
        if not model:
            raise Missing("`openai:` names no picture model; say e.g. openai:gpt-image-1")
        return Remote(OPENAI, model, key)
    base, _, model = name.partition("#")
    if address_of(base).path in ("", "/"):
        base = f"{base.rstrip('/')}/v1"
    shared = given.api_key if given.base_url and origin(given.base_url) == origin(base) else None
    return Remote(base, model, given.painter_api_key or shared)


def _cut(wish: Wish) -> bytes:
    """The mask as these servers read it: see-through where the picture may change."""
    from PIL import Image, ImageOps

    mask = Image.open(io.BytesIO(wish.mask)).convert("L")
    picture = Image.open(io.BytesIO(wish.source)).convert("RGBA")
    picture.putalpha(ImageOps.invert(mask.resize(picture.size)))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
