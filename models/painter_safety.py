"""What is not painted, and why: told from the words of the wish, before any model sees them.

Words alone: a picture that comes out otherwise than its words is not looked at here, though a checker that a model brings is heeded.
"""

import json
import re
import unicodedata
from functools import cache

from flipchart import assets
from flipchart.renderers.painter import Wish
from flipchart.renderers.problem import ModelProblem

_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


class Refused(ModelProblem):
    """The picture is not painted by anyone; the message says why."""


def check(wish: Wish, *, adult: bool = False) -> None:
    """Raises Refused where the wish is for a sexual picture: of a child always, of others unless `adult` is set."""
    said = unicodedata.normalize("NFKC", " ".join((wish.prompt, wish.change, *wish.subjects))).casefold()
    explicit, nude, child = (_found(kind, said) for kind in ("explicit", "nude", "children"))
    if child and (explicit or nude):
        raise Refused(f"this asks for a sexual picture of a child ({explicit or nude!r} with {child!r}); that is never painted")
    if explicit and not adult:
        raise Refused(
            f"this asks for a sexual picture ({explicit!r}); wish for another, or set FLIPCHART_PAINTER_ADULT=1 on your own machine"
        )


def _found(kind: str, said: str) -> str:
    """The first of the words of this kind in what was said, or ""."""
    match = _pattern(kind).search(said)
    return match.group() if match else ""


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    words = sorted(json.loads(assets.text("unsafe.json"))[kind], key=len, reverse=True)
    whole = [re.escape(word) if _UNSPACED.search(word) else rf"(?<!\w){re.escape(word)}(?![\w\u0900-\u097f])" for word in words]
    return re.compile("|".join(whole))
