"""One thread that owns a device: wishes wait in a bounded line, like ones are painted together, any can be stopped.

Pipelines are not thread safe, and CUDA graphs live in the thread that made them: so nothing else ever touches a device.
"""

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from queue import Empty, SimpleQueue
from typing import Any

from flipchart.renderers.problem import ModelProblem

LONGEST = 32  # wishes in the line of one device
BEAT_SECONDS = 0.2  # between two questions whether to go on, while nothing comes

Progress = Callable[[int, int, bytes | None], bool]


class Stopped(ModelProblem):
    """Whoever wished for the picture stopped it; nobody else is to paint it instead."""


@dataclass(eq=False, slots=True)
class Order:
    """One wish in the line. Orders of the same `key` may be painted together, `most` at once, by the first one's `work`."""

    key: Hashable
    wish: Any
    work: Callable[[Sequence["Order"]], Sequence[Any]]
    """In the owner's thread: what comes of each order, in their order."""
    steps: int
    most: int = 1
    watched: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    news: "SimpleQueue[tuple[int, int, bytes | None] | None]" = field(default_factory=SimpleQueue)
    """(step, steps, preview) as it goes; None once it is over."""
    done: "Future[Any]" = field(default_factory=Future)

    def tell(self, step: int, steps: int, preview: bytes | None = None) -> None:
        """Say how far it is; whoever waits hears of it in their own thread."""
        self.news.put((step, steps, preview))


class Worker:
    """The owner of one device."""

    def __init__(self, device: str, longest: int = LONGEST) -> None:
        self.device, self._longest = device, longest
        self._line: deque[Order] = deque()
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"flipchart-painter-{device}")

    @property
    def waiting(self) -> int:
        """How many orders stand in the line."""
        return len(self._line)

    def wait(self, order: Order, progress: Progress | None = None) -> Any:
        """What comes of the order. `progress` is called in this thread, with step 0 while it waits; False stops it.

        Raises ModelProblem where the line is full, Stopped where it was stopped, and whatever `work` raised.
        """
        order.watched = progress is not None
        with self._lock:
            if len(self._line) >= self._longest:
                raise ModelProblem(f"the painter is busy: {self._longest} pictures are waiting; try again in a minute")
            self._line.append(order)
        self._thread.submit(self._next)
        step, steps = 0, order.steps
        try:
            while True:
                preview = None
                try:
                    news = order.news.get(timeout=BEAT_SECONDS if progress else None)
                    if news is None:
                        return order.done.result()
                    step, steps, preview = news
                except Empty:
                    pass
                if progress is not None and not progress(step, steps, preview):
                    raise Stopped("painting was stopped")
        finally:
            order.stop.set()  # also where `progress` raised: nobody waits for it any more

    def _next(self) -> None:
        """The first order in the line with those like it, painted."""
        with self._lock:
            orders: list[Order] = []
            rest: list[Order] = []
            for order in self._line:
                alike = not orders or (order.key == orders[0].key and len(orders) < orders[0].most)
                if not order.stop.is_set():
                    (orders if alike else rest).append(order)
            self._line = deque(rest)
        if not orders:
            return
        painted: Future[Sequence[Any]] = Future()
        try:
            painted.set_result(orders[0].work(orders))
        except BaseException as error:  # carried to those who wait, who are told of it there
            painted.set_exception(error)
        for i, order in enumerate(orders):
            broken = painted.exception()
            if broken is not None:
                order.done.set_exception(broken)
            else:
                order.done.set_result(painted.result()[i])
            order.news.put(None)


@cache
def owner(device: str) -> Worker:
    """The one owner of the device in this process."""
    return Worker(device)
