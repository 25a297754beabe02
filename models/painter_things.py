"""What words change in a picture put together from icons: a thing coloured, one more, one less; told by rule, in nine languages."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from flipchart import assets
from flipchart.models import amend
from flipchart.models.restyle import understood
from flipchart.renderers import icons
from flipchart.renderers.icons import IconArt
from flipchart.renderers.style import rgb

MOST = 6  # things in one picture


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing: what it is called, its icon, and what was wished of it since; `late` where it came after the others."""

    said: str
    name: str
    colour: str = ""
    gone: bool = False
    late: bool = False


def changed(things: Sequence[Thing], words: str) -> list[Thing] | None:
    """The things as `words` wish them; None where they wish something else, or more than rules understand."""
    there = [thing for thing in things if not thing.gone]
    wish, less = _read(words)
    new = "" if wish.colour or less else amend.added(words)
    if new:
        name = icons.find(new, style="flat") or icons.find(" ".join(understood(new).rest), style="flat")
        return [*things, Thing(new, name, late=True)] if name and len(there) < MOST else None
    if not (wish.colour or less):
        return list(things) if not (wish.rest or wish.named) else None  # "please" wishes nothing
    meant = meaning(there, wish.rest)
    if less:
        return [replace(one, gone=one.gone or one in meant) for one in things] if 0 < len(meant) < len(there) else None
    aimed = meant or ([] if wish.rest else there[:1])  # "make it red": the main thing
    return [replace(one, colour=wish.colour) if one in aimed else one for one in things] if aimed else None


def aims(words: str) -> bool:
    """True where `words` wish a colour, or something away."""
    wish, less = _read(words)
    return bool(wish.colour or less)


def removes(words: str) -> bool:
    """True where `words` wish something away."""
    return _read(words)[1]


def wished(subjects: Sequence[str], words: str) -> bool:
    """True where `words` wish a colour of one of the subjects of a picture, or the picture without it."""
    things = [Thing(one, icons.find(one, style="flat") or "") for one in subjects]
    return aims(words) and not amend.asks(words) and bool(meaning(things, _read(words)[0].rest))


def meaning(things: Sequence[Thing], words: Sequence[str]) -> list[Thing]:
    """Those of the things that the words name: by their own, or by others that find the same icon."""
    told = {word.casefold() for word in words} | {word.removeprefix("ال") for word in words}
    found = {icons.find(said, style="flat") for said in (*told, " ".join(words)) if said}
    return [thing for thing in things if told & set(understood(thing.said).rest) or (thing.name and thing.name in found)]


def _read(words: str) -> tuple[Any, bool]:
    """What the words wish, and whether they wish something away. A colour counts where it is wished, not in a thing that is described."""
    wish = understood(_without().sub(" ", words.casefold()))
    if _DESCRIBED.search(words):
        wish.colour = ""
    return wish, "remove" in wish.named or _without().search(words.casefold()) is not None


_DESCRIBED = re.compile(r"\b(?:an?|eine?n?|une?|una|uma?)\b", re.I)


@cache
def _without() -> re.Pattern[str]:
    said = "|".join(
        re.escape(one) if one[0] > "\u2fff" else rf"\b{re.escape(one)}\b" for one in json.loads(assets.text("edits.json"))["without"]
    )
    return re.compile(rf"^\W*(?:{said})|(?:{said})\W*$")


def dyed(art: IconArt, colour: str) -> IconArt:
    """The picture in shades of one colour: black stays black, white white."""
    id = f"dye-{art.name.replace(':', '-')}-{colour.removeprefix('#')}"
    shades = "".join(
        f'<feFunc{name} type="table" tableValues="0 {part / 255:.3f} 1"/>' for name, part in zip("RGB", rgb(colour), strict=True)
    )
    filtered = (
        f'<filter id="{id}" color-interpolation-filters="sRGB"><feColorMatrix type="saturate" values="0"/>'
        f"<feComponentTransfer>{shades}</feComponentTransfer></filter>"
    )
    return replace(art, body=f'{filtered}<g filter="url(#{id})">{art.body}</g>')
