"""The painter that needs no weights: a scene put together from the shipped, openly licensed flat pictures.

It finds, it does not generate: each picture carries the names of its icons, no seed, and is never shown as diffusion.
"""

import math
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Set
from dataclasses import replace

from flipchart.models.painter_things import Thing, aims, changed, dyed
from flipchart.renderers import icons
from flipchart.renderers.painter import UNMARKED, Painting, Wish
from flipchart.renderers.problem import ModelProblem
from flipchart.renderers.style import mix, rgb

LONGEST = 2_000  # characters of a prompt that are read

# Grounds: (words that call for it, top, bottom, floor), chosen by what the wish says; the first is the plain one.
GROUNDS = (
    ((), "#E9EEFB", "#F7F4EC", "#E6E2DA"),
    (("night", "dark", "moon", "star", "space", "midnight", "galaxy", "planet"), "#10182F", "#34406B", "#1B2440"),
    (("sunset", "sunrise", "dusk", "dawn", "autumn", "evening"), "#F7B267", "#FCE3C5", "#C8794A"),
    (("sea", "ocean", "beach", "water", "lake", "river", "fish", "underwater", "coast"), "#CFE9F7", "#EAF7FB", "#8EC5DE"),
    (("snow", "winter", "wintry", "ice", "icy", "icicle", "arctic"), "#DCE8F5", "#F5F9FD", "#FFFFFF"),
    (("forest", "tree", "garden", "grass", "park", "field", "farm", "meadow", "jungle", "nature"), "#DDEFF4", "#F2F6E4", "#A9CC8E"),
    (("mountain",), "#DCE8F5", "#F5F9FD", "#FFFFFF"),
    (("desert", "sand", "dune", "savanna"), "#FBE6BF", "#FDF5E4", "#E8C98B"),
    (("city", "street", "town", "office", "building"), "#DCE3EF", "#F3F2F0", "#C9CCD6"),
)


class Icons:
    """Paints with icons."""

    name = "icons"
    anew = False
    marks = False

    def paint(self, wish: Wish, progress: Callable[[int, int, bytes | None], bool] | None = None) -> Painting:
        """A PNG of the wish's size; raises ModelProblem where no shipped picture fits any of its subjects."""
        from resvg_py import svg_to_bytes

        if wish.mask:
            raise ModelProblem(UNMARKED)
        if not any(c.isprintable() and not c.isspace() for said in (*wish.subjects, wish.prompt) for c in said):
            raise ModelProblem("there is nothing to paint; say what is to be seen")
        told = wish.subjects or _things(wish.prompt)
        # What is named in another language, or by signs alone, is looked for word by word.
        found = _found(told) or _found(_words(wish.prompt))
        if not found:
            raise ModelProblem(f"no shipped picture fits {wish.prompt[:60]!r}; choose a painter with weights (FLIPCHART_PAINTER)")
        things, wish = _changed([Thing(said, name) for name, said in found.items()], wish)
        art = [_art(thing) for thing in things]
        drawn = scene(art, wish, sum(thing.late for thing in things), {at for at, thing in enumerate(things) if thing.gone})
        png = bytes(svg_to_bytes(svg_string=drawn, skip_system_fonts=True, width=wish.width))
        if progress is not None:
            progress(1, 1, png)
        seen = [one for one, thing in zip(art, things, strict=True) if not thing.gone]
        licences = sorted({one.licence for one in seen})
        return Painting(png, self.name, {"icons": [one.name for one in seen], "ai_generated": False, "licences": licences})


_BETWEEN = re.compile(
    r"[,;.]|\b(?:and|with|in|on|at|under|near|over|beside|behind|by|of|drinking|watering|reading|riding|eating|watching|holding)\b"
    # What somebody does with something, but for what is called so itself.
    r"|(?<=\w )(?!building|painting|wedding|evening|morning|ceiling|spring|string)\w{3,}ing"
    r"(?= (?:an?|the|at|on|in|from|with|his|her|its)\b)",
    re.I,
)
_APART = re.compile(r"[\s\u200b,;.:!?()<>/\\\"'。、，！？]+|[のがをにはへでと在和里裡的上下中了]")
_ABROAD = re.compile(r"\b(?:ein|eine|der|die|das|dem|den|im|auf|mit|un|una|une|el|la|le|les|los|con|sous|sur|dans|avec|um|uma|na)\b", re.I)
_UNSEEN = ("circle-flags:", "flat-color-icons:")  # flags and marks of programs are found by two letters, and are no things


def _things(prompt: str) -> tuple[str, ...]:
    """What a prompt names one after the other, the first few, where nobody said what its subjects are."""
    told = tuple(part.strip() for part in _BETWEEN.split(prompt[:LONGEST]) if len(part.strip()) > 2)
    return told[:4] or (prompt[:LONGEST],)


def _words(prompt: str) -> tuple[str, ...]:
    """The signs and words of a prompt that is in another language, the first few."""
    said = prompt[:LONGEST]
    if said.isascii() and not _ABROAD.search(said):
        return ()
    signs = [c for c in said if unicodedata.category(c) == "So"]
    return (*signs[:4], *[word for word in _APART.split(said) if len(word) > (3 if word.isascii() else 0)][:12])


def _found(told: Iterable[str]) -> dict[str, str]:
    """The pictures of what is told, each once, the first four, and what each was told by."""
    names: dict[str, str] = {}
    for one in told:
        if name := _pictured(one):
            names.setdefault(name, one)
    return dict(list(names.items())[:4])


def _changed(things: list[Thing], wish: Wish) -> tuple[list[Thing], Wish]:
    """The things as the wish has them changed, and the wish with what changes the ground alone; raises ModelProblem for other changes."""
    grounds = []
    for said in filter(None, wish.change.split(", ")):
        after = changed(things, said)
        if after is not None:
            things = after
        elif _called(said) and not aims(said):
            grounds.append(said)
        else:
            raise ModelProblem(
                "a picture put together from icons can be changed in its things, their colours and its ground only; "
                "for more choose a painter with weights (FLIPCHART_PAINTER)"
            )
    return things, replace(wish, change=", ".join(grounds))


def _art(thing: Thing) -> icons.IconArt:
    art = icons.svg_body(thing.name)
    return dyed(art, thing.colour) if thing.colour else art


_NEAR = dict.fromkeys(("cabin", "cabins", "chalet", "lodge", "shack", "hütte", "cabaña", "cabane", "cabana"), "hut") | dict.fromkeys(
    ("cottage", "cottages", "villa", "mansion", "farmhouse", "landhaus", "chaumière", "sobrado"), "house with garden"
)
"""Things without a picture of their own, by their last word, and the nearest thing that has one and is of their kind."""


def _pictured(thing: str) -> str | None:
    """The picture of a thing; None where only what is said of it has one: a happy village is no happy face."""
    *_, kind = thing.casefold().split() or [""]
    name = icons.find(_NEAR.get(kind, thing), style="flat")
    if kind in _NEAR:
        return name
    if name is None or (name.startswith(_UNSEEN) and "flag" not in thing.casefold()):
        return None
    said, _, head = thing.strip().rpartition(" ")
    return None if said and icons.find(head, style="flat") is None and icons.find(said, style="flat") == name else name


def scene(art: list[icons.IconArt], wish: Wish, late: int = 0, gone: Set[int] = frozenset()) -> str:
    """SVG of the pictures on a ground: the main one large in the middle, the others beside it, smaller and further back.

    The last `late` came after the others, and those counted in `gone` are left out: the rest stay where they were.
    """
    w, h = float(wish.width), float(wish.height)
    chance = random.Random(f"{wish.prompt}/{wish.seed}")
    top, bottom, floor = _ground(wish)
    horizon = h * 0.72
    sky = (
        f'<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="{top}"/>'
        f'<stop offset="1" stop-color="{bottom}"/></linearGradient></defs><rect width="{w}" height="{h}" fill="url(#g)"/>'
    )
    parts = [sky, _hills(w, h, horizon, floor, bottom, chance)]
    # What belongs in the sky is put there; the first of the rest stands in front.
    first = art[: len(art) - late]
    grounded = sum(not _in_the_sky(one) for one in first)
    chance = random.Random(f"{wish.prompt}/{wish.seed}/places")  # of its own: another ground moves nothing
    below = iter(_places(grounded, late, w, h, horizon, chance))
    above = iter(_sky_places(len(first) - grounded, late, w, h))
    placed = [(at, one, next(above if _in_the_sky(one) else below, None)) for at, one in enumerate(art)]
    # The further back, the earlier drawn.
    shown = [(one, place) for at, one, place in placed if place and at not in gone]
    for one, (x, y, size) in sorted(shown, key=lambda pair: pair[1][1]):
        scale = size / max(one.width, one.height)
        shade = mix("#000000", floor, 0.16)
        if not _in_the_sky(one):
            parts.append(
                f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{size * 0.36:.1f}" ry="{size * 0.06:.1f}" fill="{shade}" opacity="0.55"/>'
            )
        parts.append(f'<g transform="translate({x - size / 2:.1f} {y - size * 0.97:.1f}) scale({scale:.4f})">{one.body}</g>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {w} {h}">{"".join(parts)}</svg>'
    )


_SKY = set("moon sun star planet cloud rainbow comet airplane rocket balloon bird kite satellite globe eagle".split())


def _in_the_sky(art: icons.IconArt) -> bool:
    words = art.name.split(":")[-1].split("-")
    return bool(_SKY & set(words)) and "flower" not in words and "sunflower" not in words


def _sky_places(count: int, late: int, w: float, h: float) -> list[tuple[float, float, float]]:
    """Where what is in the sky hangs (middle of its foot, size in px), and `late` more."""
    size = min(w, h) * (0.56 if count == 1 and w == h else 0.24)
    spots = ((0.8, 0.36), (0.2, 0.42), (0.5, 0.3), (0.35, 0.5))
    return [(w * across, h * down, size) for across, down in spots[: count + late]]


_OTHERWISE = re.compile(r"\b(?:ice[ -]?(?:cream|tea)|iced|sandwich|sandal|season|seat|seal\b|start|stare|parka)")  # no grounds


def _called(said: str) -> tuple[str, str, str] | None:
    """The ground that the words call for."""
    low = _OTHERWISE.sub(" ", said.casefold())
    for words, top, bottom, floor in GROUNDS[1:]:
        if re.search(rf"\b(?:{'|'.join(words)})", low):
            return top, bottom, floor
    return None


def _ground(wish: Wish) -> tuple[str, str, str]:
    for said in (*reversed(wish.change.split(", ")), wish.prompt):
        called = _called(said)
        if called is not None:
            return called
    if wish.palette:
        return mix(wish.palette[0], "#FFFFFF", 0.18), mix(wish.palette[0], "#FFFFFF", 0.06), mix(wish.palette[0], "#FFFFFF", 0.3)
    return GROUNDS[0][1:]


def _hills(w: float, h: float, horizon: float, floor: str, sky: str, chance: random.Random) -> str:
    """Two soft waves of ground, and for a dark sky its stars."""
    out = ""
    if sum(rgb(sky)) < 330:
        out += "".join(
            f'<circle cx="{chance.uniform(0, w):.1f}" cy="{chance.uniform(0, horizon * 0.8):.1f}" r="{chance.uniform(0.8, 2.2):.1f}"'
            f' fill="#FFFFFF" opacity="{chance.uniform(0.4, 0.9):.2f}"/>'
            for _ in range(46)
        )
    for share, lift in ((0.55, 0.10), (1.0, 0.0)):
        level = horizon - h * lift
        turn = chance.uniform(0, math.tau)
        points = [(w * i / 24, level + h * 0.025 * math.sin(turn + i / 24 * math.tau * 1.2)) for i in range(25)]
        path = " ".join(f"L{x:.1f} {y:.1f}" for x, y in points)
        out += f'<path d="M0 {h} {path} L{w} {h}Z" fill="{mix(floor, sky, share)}"/>'
    return out


def _places(count: int, late: int, w: float, h: float, horizon: float, chance: random.Random) -> list[tuple[float, float, float]]:
    """Where each picture stands (middle of its foot, size in px): the first in front, the others, and `late` more, to its sides."""
    main = min(w, h) * (0.62 if count == 1 else 0.5)
    places = [(w * 0.5, h * 0.9 if count > 1 else h * 0.86, main)]
    sides = ((0.2, 0.56), (0.8, 0.52), (0.34, 0.36), (0.66, 0.36))
    for i in range(count + late - 1):
        across, share = sides[i % 4]
        places.append((w * across + chance.uniform(-0.02, 0.02) * w, horizon + h * 0.07, main * (share + 0.1)))
    return places
