"""The embedded painter: a small diffusion model that is shipped, guarded by the icons, which are better wherever one fits.

What the wish names is looked for among the shipped pictures first; where one surely fits, it is taken, carries its icon's name and is
not shown as diffusion. What has none is painted by the model, see-through and small, and put in the same scene.
"""

import base64
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

from flipchart import assets
from flipchart.models.painter_diffusers import Diffusers, tidied
from flipchart.models.painter_icons import Icons, scene
from flipchart.models.painter_kept import signed
from flipchart.renderers import icons
from flipchart.renderers.painter import Painter, Painting, Wish

SIDE = 512  # px of what is painted before it is put in the scene


class Embedded:
    """Paints with icons where they fit, else with the shipped model."""

    name = "embedded"
    anew = False
    marks = False

    def __init__(self, model: Painter | None = None) -> None:
        self._model = model or Diffusers("embedded")
        self._icons = Icons()

    def paint(self, wish: Wish, progress: Callable[[int, int, bytes | None], bool] | None = None) -> Painting:
        """A PNG of the wish's size. A change that asks to have it painted has everything in it painted by the model."""
        painted = paints(wish.change)
        subjects = wish.subjects or (wish.prompt,)
        fitting = {one: None if painted else icons.find(one, style="flat") for one in subjects}
        if wish.mask or (wish.change and not painted) or all(fitting.values()):
            found = self._icons.paint(wish, progress)
            return replace(found, facts=found.facts | {"variant": self.name})
        from PIL import Image
        from resvg_py import svg_to_bytes

        wish = tidied(replace(wish, source=b"", change=""))
        missing = [one for one in fitting if not fitting[one]]
        paintings = dict(zip(missing, self._paintings(missing, wish, progress), strict=True))
        art = [icons.svg_body(name) if (name := fitting[one]) else _art(paintings[one]) for one in fitting]
        png = bytes(svg_to_bytes(svg_string=scene(art, wish), skip_system_fonts=True, width=wish.width))
        facts = paintings[missing[0]].facts | {"painted": missing, "icons": [name for name in fitting.values() if name]}
        return Painting(signed(Image.open(io.BytesIO(png)), self.name, wish, facts), self.name, facts)

    def _paintings(self, subjects: list[str], wish: Wish, progress: Callable[[int, int, bytes | None], bool] | None) -> Iterator[Painting]:
        for place, subject in enumerate(subjects):

            def told(step: int, steps: int, preview: bytes | None, place: int = place) -> bool:
                return progress is None or progress(place * steps + step, len(subjects) * steps, preview)

            one = replace(wish, prompt=subject, subjects=(), width=SIDE, height=SIDE, seed=wish.seed + place, transparent=True)
            yield self._model.paint(one, told if progress else None)


def paints(change: str) -> bool:
    """True where the change asks to have the picture painted rather than put together."""
    return bool(change) and _painting().search(change.casefold()) is not None


@cache
def _painting() -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(words)}" for words in json.loads(assets.text("edits.json"))["painted"]))


def _art(painting: Painting) -> icons.IconArt:
    """What was painted, as something that stands in a scene."""
    shown = base64.b64encode(painting.png).decode()
    body = f'<image width="{SIDE}" height="{SIDE}" href="data:image/png;base64,{shown}"/>'
    return icons.IconArt("painted", SIDE, SIDE, body, str(painting.facts.get("licence", "")), "", painting.painter)
