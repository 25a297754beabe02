"""A brand's logo: made from a picture, and set on a page as it is where it is seen, in one ink where it has one colour, else on a plate.

It is small, in a corner or at the end of the quiet line below a picture, and is never part of what a visual says.
"""

import hashlib
import io
from base64 import b64encode
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

from flipchart.renderers.drawing import Box, Group, Picture
from flipchart.renderers.style import GREY, Brand, Logo, Style, contrast, luminance, on, rgb

if TYPE_CHECKING:
    from PIL.Image import Image

SEEN = 24  # of 255: what is less opaque is not seen
LONGEST = 640  # px of its longer side: it is never shown larger than a third of that
ALIKE = 24  # colours whose channels differ less are one ground
VISIBLE = 1.9  # contrast from which on a part of a logo is seen
LEAST = 4.5  # contrast from which on a black or white one is read
ENOUGH = 0.92  # share of a logo that must be seen
USUAL = 3.0  # width by height of a logo that is as tall as is said; others take the same room
INKS = ("#1c1b1f", "#ffffff")

GROUP = "logo"
"""The label of the group that a logo is in a drawing."""


# -- made from a picture ----------------------------------------------------------------------------------------------------


def blank(picture: "Image") -> bool:
    """True where an RGBA picture is of one colour alone, or nothing."""
    lows, highs = zip(*_extremes(picture), strict=True)
    return lows == highs or highs[3] < SEEN


def made(picture: "Image") -> Logo:
    """An RGBA picture as a logo: cut to what is seen of it, and no larger than it is ever shown."""
    from PIL import Image

    opaque = _extremes(picture)[3][0] > 250
    ground = _ground(picture) if opaque else ""
    box = _seen(picture, ground) if ground or not opaque else None
    if box is not None:
        # What stands on a colour of its own keeps a rim of it.
        rim = round(0.12 * min(box[2] - box[0], box[3] - box[1])) if ground and luminance(ground) < 0.9 else 0
        picture = picture.crop(
            (max(0, box[0] - rim), max(0, box[1] - rim), min(picture.width, box[2] + rim), min(picture.height, box[3] + rim))
        )
    picture = picture.copy()
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    inks = colours(picture, ground)
    plain = not opaque and sum(share for colour, share in inks if _apart(colour, inks[0][0]) < 90) > 0.97
    return Logo(png=_png(picture), width=picture.width, height=picture.height, inks=tuple(inks[:12]), ground=ground, plain=plain)


def colours(picture: "Image", ground: str = "") -> list[tuple[str, float]]:
    """The colours that are seen in an RGBA picture, each with its share, those that tell most first: much of it, and strong."""
    from PIL import Image

    small = picture.copy()
    small.thumbnail((128, 128), Image.Resampling.NEAREST)  # no colours between those that are there
    data = small.tobytes()
    counts: dict[tuple[int, ...], int] = {}
    totals: dict[tuple[int, ...], list[int]] = {}
    back = rgb(ground) if ground else None
    for i in range(0, len(data), 4):
        colour = tuple(data[i : i + 3])
        if data[i + 3] <= 128 or (back and sum(abs(a - b) for a, b in zip(colour, back, strict=True)) < 60):
            continue
        # Like colours are counted as one, and it is their mean.
        key = tuple(min(255, c // 16 * 16 + 8) for c in colour)
        counts[key] = counts.get(key, 0) + 1
        totals[key] = [a + b for a, b in zip(totals.get(key, [0, 0, 0]), colour, strict=True)]
    whole = max(1, sum(counts.values()))
    strongest = sorted(counts, key=lambda key: (-counts[key] * (max(key) - min(key) + 8), key))
    found = [("#" + "".join(f"{round(total / counts[key]):02x}" for total in totals[key]), counts[key] / whole) for key in strongest]
    return [(colour, round(share, 4)) for colour, share in found] or [(INKS[0], 1.0)]


def _extremes(picture: "Image") -> list[tuple[int, int]]:
    """The least and the greatest value of each channel."""
    found = [channel.getextrema() for channel in picture.split()]
    return [(int(low), int(high)) for low, high in found]  # type: ignore[arg-type]


def _ground(picture: "Image") -> str:
    """The colour that all four corners have; empty where they differ."""
    wide, tall = picture.size
    corners = [tuple(picture.crop((x, y, x + 1, y + 1)).tobytes()[:3]) for x in (0, wide - 1) for y in (0, tall - 1)]
    if any(max(values) - min(values) >= ALIKE for values in zip(*corners, strict=True)):
        return ""
    return "#" + "".join(f"{n:02x}" for n in corners[0])


def _seen(picture: "Image", ground: str) -> tuple[int, int, int, int] | None:
    """The part of the picture where something is to be seen."""
    from PIL import Image, ImageChops

    if not ground:
        return picture.getchannel("A").point(lambda n: 255 if n > SEEN else 0).getbbox()
    differs = ImageChops.difference(picture.convert("RGB"), Image.new("RGB", picture.size, rgb(ground)))
    return differs.convert("L").point(lambda n: 255 if n > ALIKE / 2 else 0).getbbox()


def _png(picture: "Image") -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _apart(colour: str, other: str) -> int:
    return sum(abs(a - b) for a, b in zip(rgb(colour), rgb(other), strict=True))


@lru_cache(maxsize=32)
def inked(png: bytes, colour: str) -> bytes:
    """A see-through logo in one colour."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as opened:
        through = opened.convert("RGBA").getchannel("A")
    picture = Image.new("RGBA", through.size, (*rgb(colour), 0))
    picture.putalpha(through)
    return _png(picture)


# -- on a page --------------------------------------------------------------------------------------------------------------


def seen_on(logo: Logo, ground: str) -> bool:
    """True where enough of the logo stands out from `ground` as it is."""
    if logo.ground:
        # A tile of its own colour is seen anywhere; on white it is white, which is seen on light grounds only, as if there were none.
        return luminance(logo.ground) < 0.9 or luminance(ground) > 0.75
    # One ink that is no colour may as well be the other, so it is to be read; a colour is the brand's, and is to be seen.
    grey = logo.plain and max(rgb(logo.inks[0][0])) - min(rgb(logo.inks[0][0])) < GREY
    least = LEAST if grey else VISIBLE
    return sum(share for ink, share in logo.inks if contrast(ink, ground) >= least) >= ENOUGH * sum(share for _, share in logo.inks)


def on_ground(logo: Logo, ground: str) -> tuple[bytes, str]:
    """The logo's pixels on `ground`, and the colour of the plate it needs there; no plate where it is empty."""
    if seen_on(logo, ground):
        return logo.png, ""
    if logo.plain:
        return inked(logo.png, INKS[1] if on(ground) == "#FFFFFF" else INKS[0]), ""
    if logo.ground:
        return logo.png, logo.ground
    plates = [plate for plate in ("#ffffff", INKS[0]) if seen_on(logo, plate)]
    return logo.png, (plates or ["#ffffff"])[0]


def pixels(style: Style) -> Mapping[str, bytes]:
    """What the pages of `style` show beside a visual's own pictures, by "sha256:…"."""
    return _pixels(style.logo) if style.logo else {}


@lru_cache(maxsize=32)
def _pixels(logo: Logo) -> Mapping[str, bytes]:
    every = [logo.png, *(inked(logo.png, ink) for ink in INKS if logo.plain)]
    return {_name(png): png for png in every}


@lru_cache(maxsize=64)
def _name(png: bytes) -> str:
    return f"sha256:{hashlib.sha256(png).hexdigest()}"


def size(logo: Logo, tall: float, widest: float) -> tuple[float, float]:
    """Width and height in px: as much room as a logo of the usual shape takes that is `tall` px high, so that none outweighs another."""
    shape = logo.width / logo.height
    h = min((tall * tall * USUAL / shape) ** 0.5, tall * 1.25)
    w = h * shape
    share = min(1.0, widest / w)
    return round(w * share, 2), round(h * share, 2)


def room(style: Style, tall: float, widest: float) -> tuple[float, float]:
    """The width and height in px that `drawn` takes at most, plate and all; nothing where there is no logo."""
    if style.logo is None:
        return 0.0, 0.0
    rim = 2 * _rim(tall)
    w, h = size(style.logo, tall, widest - rim)
    return w + rim, h + rim


def _rim(tall: float) -> float:
    return round(tall * 0.22, 2)


def drawn(style: Style, ground: str, end: float, middle: float, tall: float, widest: float, *, start: bool = False) -> Group | None:
    """The logo on `ground`, its end (or `start`) at that x, its middle at that y, in px; None where there is none."""
    logo = style.logo
    if logo is None:
        return None
    png, plate = on_ground(logo, ground)
    rim = _rim(tall)
    w, h = size(logo, tall, widest - 2 * rim)
    # A plate takes the room around; without one the logo itself stands at the edge.
    x = (end + (rim if plate else 0.0)) if start else end - w - (rim if plate else 0.0)
    y = middle - h / 2
    behind = (Box(x - rim, y - rim, w + 2 * rim, h + 2 * rim, fill=plate, radius=rim),) if plate else ()
    return Group((*behind, Picture(x, y, w, h, _name(png), called(style.brand), fit="contain")), label=GROUP)


def called(brand: Brand | None) -> str:
    """What the logo is called."""
    return (brand.name if brand else "") or "Logo"


def markup(style: Style) -> str:
    """The logo below a page that is no drawing, as HTML; empty where there is none."""
    if style.logo is None:
        return ""
    png, plate = on_ground(style.logo, style.sheet)
    w, h = size(style.logo, 20.0, 160.0)
    look = f"display:block;width:{w:g}px;height:{h:g}px;margin:16px 0 0;margin-inline-start:auto;box-sizing:content-box"
    look += f";background:{plate};padding:4px;border-radius:4px" if plate else ""
    return f'<img class="logo" alt="{escape(called(style.brand), quote=True)}" style="{look}" src="{data(png)}">'


def data(png: bytes) -> str:
    """Pixels as an address."""
    return f"data:image/png;base64,{b64encode(png).decode()}"
