"""Opening a painter by name, and the one way down when it cannot paint."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from flipchart.models.painter_safety import Refused, check
from flipchart.models.painter_worker import Stopped
from flipchart.models.settings import Settings, settings
from flipchart.renderers.painter import Painter, Painting, Wish
from flipchart.renderers.problem import Missing, ModelProblem


def open_painter(name: str | None = None) -> Painter:
    """The painter called `name`: "icons" (needs nothing), "embedded" (the small model that is shipped, where no icon fits),
    "diffusers:ALIAS", "diffusers:PATH", "diffusers:HUB/ID", "openai:MODEL", or "http://HOST:PORT/v1#MODEL" for a server that speaks the
    OpenAI images API.

    None is the person's setting FLIPCHART_PAINTER, else "icons". Where another painter fails, the icons paint instead, where they have
    nothing either the embedded model, and it is said why.
    """
    given = settings()
    return _opened(name or given.painter or "icons", given)


@cache
def _opened(name: str, given: Settings) -> Painter:
    """One painter for each name, however many ask: a model's weights are loaded once."""
    from flipchart.models.painter_embedded import Embedded
    from flipchart.models.painter_icons import Icons

    kind, _, rest = name.partition(":")
    if kind == "icons":
        return Icons()
    if kind == "embedded":
        return Chain(Embedded(), Icons(), adult=given.painter_adult)
    if kind == "diffusers":
        from flipchart.models.painter_diffusers import Diffusers

        asked = Diffusers(rest, restricted=given.painter_restricted, rungs=_listed(given.painter_rungs))
        return Chain(asked, Icons(), Embedded(), adult=given.painter_adult)
    if kind in ("openai", "http", "https"):
        from flipchart.models.painter_openai import remote

        return Chain(remote(name, given), Icons(), Embedded(), adult=given.painter_adult)
    raise Missing(f"there is no painter {name!r}; use icons, embedded, diffusers:MODEL, openai:MODEL or http://HOST:PORT/v1#MODEL")


def _listed(rungs: str) -> tuple[str, ...]:
    from flipchart.models.painter_rungs import PAINTING

    named = tuple(rung.strip() for rung in rungs.split(",") if rung.strip())
    for rung in named:
        if rung not in PAINTING:
            raise Missing(f"FLIPCHART_PAINTER_RUNGS names {rung!r}; there are {', '.join(PAINTING)}")
    return named


class Watched:
    """A painter whose every picture is watched by the same `progress`."""

    def __init__(self, painter: Painter, progress: Callable[[int, int, bytes | None], bool]) -> None:
        self._painter, self._progress = painter, progress
        self.name, self.anew, self.marks = painter.name, painter.anew, painter.marks

    def paint(self, wish: Wish, progress: Callable[[int, int, bytes | None], bool] | None = None) -> Painting:
        """The painter's picture."""
        return self._painter.paint(wish, progress or self._progress)


class Chain:
    """Paints with the first painter that can, but nothing that must not be painted (`adult`: see `painter_safety.check`)."""

    def __init__(self, *painters: Painter, adult: bool = False) -> None:
        self._painters, self._adult = painters, adult
        self.name, self.anew, self.marks = painters[0].name, painters[0].anew, painters[0].marks

    def paint(self, wish: Wish, progress: Callable[[int, int, bytes | None], bool] | None = None) -> Painting:
        """The first painter's picture; another's where it fails, with the reason among its facts."""
        check(wish, adult=self._adult)
        reasons: list[str] = []
        for painter in self._painters:
            try:
                painting = painter.paint(wish, progress)
            except (Stopped, Refused):
                raise
            except (ModelProblem, Missing) as problem:
                if wish.source:  # another painter would paint another picture
                    raise
                reasons.append(f"{painter.name}: {problem}")
                continue
            return replace(painting, facts=painting.facts | ({"instead_of": reasons} if reasons else {}))
        raise ModelProblem("; ".join(reasons))
