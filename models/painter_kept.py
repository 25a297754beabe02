"""What a painted picture says of itself, and the pictures painted lately: the same wish to the same model is not painted twice."""

import hashlib
import io
import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flipchart.renderers.painter import Painting, Wish

ROOM = 256 << 20  # bytes of pictures kept in memory; what is shown is kept in the store, so that deleting it there deletes it


def signed(picture: Any, painter: str, wish: Wish, facts: Mapping[str, Any]) -> bytes:
    """The picture as PNG with its provenance in text chunks: who painted it how; the wish only as a hash, since words may be private."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    told = {"painter": painter, "prompt_sha256": prompt_hash(wish)} | {
        name: facts[name]
        for name in ("ai_generated", "model", "revision", "seed", "steps", "guidance", "licence")
        if facts.get(name) is not None
    }
    for name, value in told.items():
        info.add_itxt(name, value if isinstance(value, str) else json.dumps(value))
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=info)
    return out.getvalue()


def prompt_hash(wish: Wish) -> str:
    """SHA-256 of the words, in hex."""
    return hashlib.sha256(wish.prompt.encode("utf-8", "surrogatepass")).hexdigest()


def address(wish: Wish, **how: Any) -> str:
    """What tells this wish, painted so, from every other: SHA-256 in hex."""
    whole = {name: hashlib.sha256(value).hexdigest() if isinstance(value, bytes) else value for name, value in asdict(wish).items()}
    return hashlib.sha256(json.dumps([whole, how], sort_keys=True, default=str).encode()).hexdigest()


class Kept:
    """Paintings by their address, the least lately used dropped first. Thread safe."""

    def __init__(self, room: int = ROOM) -> None:
        self._room, self._held = room, 0
        self._lock = threading.Lock()
        self._paintings: OrderedDict[str, Painting] = OrderedDict()

    def get(self, address: str) -> Painting | None:
        """The painting, where it is still here."""
        with self._lock:
            if address in self._paintings:
                self._paintings.move_to_end(address)
            return self._paintings.get(address)

    def put(self, address: str, painting: Painting) -> None:
        """Keep it, dropping others until there is room."""
        with self._lock:
            if address in self._paintings:
                return
            self._paintings[address] = painting
            self._held += len(painting.png)
            while self._held > self._room:
                self._held -= len(self._paintings.popitem(last=False)[1].png)
