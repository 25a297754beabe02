"""What renderers need of whoever paints pictures; who that is, they do not know."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

UNMARKED = (
    "a picture put together from icons cannot be changed in a marked place alone; ask without the mark, or choose a painter with weights "
    "(FLIPCHART_PAINTER)"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture to paint: what is on it, its size in px, and the seed that makes it come out the same again."""

    prompt: str
    width: int = 768
    height: int = 768
    seed: int = 0
    style: str = ""
    negative: str = ""
    subjects: tuple[str, ...] = ()
    """The things in it, the main one first, for painters that put pictures of things together."""
    transparent: bool = False
    palette: tuple[str, ...] = ()
    """Colours ("#rrggbb") it should keep to, most used first."""
    source: bytes = b""
    """The picture (PNG) that is to be changed; empty: painted anew."""
    change: str = ""
    """What is to be different from `source`."""
    mask: bytes = b""
    """A PNG, white where `source` may change; the rest stays to the pixel. Empty: anywhere."""
    strength: float = 0.6
    """0-1: how far from `source` it may go, for models that do not take instructions."""


@dataclass(frozen=True, slots=True)
class Painting:
    """A painted picture: PNG bytes, and who painted it how (model, seed, steps, licence; `ai_generated` is true for diffusion)."""

    png: bytes
    painter: str
    facts: dict[str, Any] = field(default_factory=dict)


class Painter(Protocol):
    """What paints."""

    name: str
    anew: bool
    """True where it makes pictures of its own, False where it puts shipped ones together (wherever one fits)."""
    marks: bool
    """True where it can change a marked place and leave the rest of the picture as it is."""

    def paint(self, wish: Wish, progress: Callable[[int, int, bytes | None], bool] | None = None) -> Painting:
        """The picture wished for. `progress(step, steps, preview PNG or None)` is called in the caller's thread while it forms, with
        step 0 while it waits, and stops it by returning False. Raises ModelProblem where it cannot be painted."""
        ...
