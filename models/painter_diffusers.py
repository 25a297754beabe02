"""Painting by diffusion, with any text-to-image pipeline of diffusers that is on this machine: an alias, a hub id, a folder.

Pictures can also be changed: by instruction where the model takes one, else from the picture (and within a mask). A seed gives the
same picture again, to the bit, alone or among others on the same device.
"""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flipchart.models.painter_kept import Kept, address, signed
from flipchart.models.painter_models import find, opened
from flipchart.models.painter_pipeline import OutOfMemory, Pipeline, size
from flipchart.models.painter_safety import Refused
from flipchart.models.painter_worker import Order, Progress, Worker, owner
from flipchart.renderers.painter import Painting, Wish
from flipchart.renderers.problem import Missing, ModelProblem

LONGEST = 2_000  # characters of a prompt; models read less


class Diffusers:
    """Paints with one model, loaded when it is first needed: on the least busy GPU where there is one, else on the CPU. Thread safe."""

    anew = True
    marks = True

    def __init__(
        self,
        model: str,
        *,
        steps: int | None = None,
        guidance: float | None = None,
        batch: int | None = None,
        restricted: bool = False,
        rungs: Sequence[str] = (),
        devices: Sequence[str] = (),
    ) -> None:
        self.model = find(model)
        self.name = f"diffusers:{self.model.name}"
        self._steps, self._guidance, self._batch, self._restricted = steps, guidance, batch, restricted
        self._devices = tuple(devices)
        self._rungs = tuple(rungs)
        self._pipelines: dict[str, Pipeline] = {}
        self._kept = Kept()
        self._lock = threading.Lock()

    def paint(self, wish: Wish, progress: Progress | None = None) -> Painting:
        """The picture after all steps. Raises ModelProblem where there is nothing to paint, the line is full, or the model fails."""
        wish = tidied(wish)
        at = address(wish, model=self.model.repository, steps=self._steps, guidance=self._guidance)
        kept = self._kept.get(at)
        if kept is not None:
            return kept
        worker = min(self._workers(), key=lambda one: one.waiting)
        batch = self._together(worker.device)
        like = (id(self), size(wish), bool(wish.source), bool(wish.mask), wish.strength, bool(wish.negative))
        order = Order(like, wish, lambda orders: self._painted(worker.device, orders), self._steps or self.model.steps or 1, batch)
        painting: Painting | None = worker.wait(order, progress)
        if painting is None:
            raise Refused(f"the checker that comes with {self.model.name} withheld the picture as unsafe; say it otherwise")
        self._kept.put(at, painting)
        return painting

    def _together(self, device: str) -> int:
        """How many pictures are painted in one go: several only where starting a step takes longer than the step."""
        return self._batch or (self.model.batch if device.startswith("cuda") else 1)

    def _workers(self) -> list[Worker]:
        with self._lock:
            self._devices = self._devices or devices()
        return [owner(device) for device in self._devices]

    def _painted(self, device: str, orders: Sequence[Order]) -> list[Painting | None]:
        """In the owner's thread: the paintings, with more and more spared where memory runs out."""
        while True:
            try:
                if device not in self._pipelines:
                    found = opened(self.model, restricted=self._restricted)
                    self._pipelines[device] = Pipeline(self.model, found, device, self._together(device), self._rungs)
                pipeline = self._pipelines[device]
                pictures = pipeline.paint(orders, self._steps, self._guidance)
            except OutOfMemory:
                held = self._pipelines.get(device)
                if held is None or not held.spare():
                    self._pipelines.pop(device, None)
                    spared = f", even {', '.join(held.spared)}" if held and held.spared else ""
                    raise ModelProblem(f"memory ran out{spared}; choose a smaller model or picture") from None
                continue
            return [self._signed(pipeline, picture, order) for picture, order in zip(pictures, orders, strict=True)]

    def _signed(self, pipeline: Pipeline, picture: Any, order: Order) -> Painting | None:
        if picture is None:
            return None
        wish: Wish = order.wish
        guidance = self._guidance if self._guidance is not None else self.model.guidance
        facts: dict[str, Any] = {
            "ai_generated": True,
            "model": self.model.name if self.model.folder is not None else self.model.repository,
            "revision": pipeline.found.folder.name if self.model.folder is None else "",
            "seed": wish.seed,
            "steps": pipeline.steps(wish, self._steps),
            "guidance": guidance,
            "licence": pipeline.found.licence,
            "licence_warning": pipeline.found.warning,
            "device": pipeline.device.partition(":")[0],
            "spared": list(pipeline.spared),
            "rungs": list(pipeline.rungs),
            "edited": bool(wish.source),
        }
        facts = {name: value for name, value in facts.items() if value not in (None, "", [], False)}
        return Painting(signed(picture, self.name, wish, facts), self.name, facts)


def devices() -> tuple[str, ...]:
    """The devices that paint here: every GPU, else the CPU. Raises Missing where torch is not installed."""
    try:
        import torch
    except ImportError:
        raise Missing("painting by diffusion needs torch and diffusers; pip install 'flipchart[images]'") from None
    if torch.cuda.is_available():
        return tuple(f"cuda:{i}" for i in range(torch.cuda.device_count()))
    return ("mps",) if torch.backends.mps.is_available() else ("cpu",)


def tidied(wish: Wish) -> Wish:
    """The wish with its words in one line, without what no tokenizer reads, cut at a word where they are many.

    Raises ModelProblem where none are left.
    """

    def plain(said: str) -> str:
        line = " ".join("".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else " " for c in said).split())
        return line if len(line) <= LONGEST else line[:LONGEST].rsplit(" ", 1)[0]

    wish = replace(wish, prompt=plain(wish.prompt), change=plain(wish.change), negative=plain(wish.negative))
    if not wish.prompt and not (wish.source and wish.change):
        raise ModelProblem("there is nothing to paint; say what is to be seen")
    return wish
