"""What a brand says of its looks, read from colours typed as hex, from a JSON file, or from a logo."""

import io
import re

from pydantic import ValidationError

from flipchart.renderers import logo
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import explain
from flipchart.renderers.style import GREY, SERIES, Brand, apart, rgb
from flipchart.renderers.typeset import clean

LEAST, LARGE = 24, 2048  # px: a smaller picture is no logo, a larger one is made smaller first
LONGEST = 80  # characters of a name
LITTLE = 0.02  # a colour that makes up less of a logo is none of the brand's
HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")


def typed(words: str) -> Brand:
    """A brand of colours typed one after the other ("#0b5678, #c9772b"); raises SpecProblem where there is none."""
    parts = [part for part in re.split(r"[\s,;]+", words.strip()) if part]
    wrong = next((part for part in parts if not HEX.fullmatch(part)), None)
    if wrong is not None or not parts:
        raise SpecProblem(f"{(wrong or words)[:40]!r} is no colour; write colours as #rrggbb, with commas between them")
    return Brand(colours=tuple(apart([plain(part) for part in parts])[:SERIES]))


def of_json(words: str) -> Brand:
    """The brand in a JSON file {"colours": […], "heading": …, "body": …}; raises SpecProblem where it cannot be read."""
    try:
        given = Brand.model_validate_json(words)
    except ValidationError as error:
        raise SpecProblem(f"the brand cannot be read: {explain(error)}") from None
    read = {name: typed(value).colours[0] for name in ("ink", "sheet") if (value := getattr(given, name))}
    read |= {name: clean(getattr(given, name)).strip()[:LONGEST] for name in ("name", "heading", "body")}
    return given.model_copy(update=read | {"colours": typed(",".join(given.colours)).colours if given.colours else ()})


def of_picture(png: bytes) -> Brand:
    """The colours that make up a logo, most of it first, and the logo; takes pixels that were decoded safely.

    A picture of one colour alone is that colour. Raises SpecProblem where there is nothing to be seen in it.
    """
    from PIL import Image

    with Image.open(io.BytesIO(png)) as opened:
        opened.draft("RGB", (LARGE, LARGE))
        picture = opened.convert("RGBA")
    picture.thumbnail((LARGE, LARGE), Image.Resampling.BOX)
    if min(picture.size) < LEAST:
        raise SpecProblem(f"the logo has {picture.width} × {picture.height} px; give one of at least {LEAST} × {LEAST} px")
    found = [colour for colour, share in logo.colours(picture) if is_colour(colour) and share >= LITTLE]
    colours = tuple(apart(found)[:SERIES])
    if logo.blank(picture):
        if not colours:
            raise SpecProblem("nothing is to be seen in this logo but one shade of grey; give another, or type the colours as #rrggbb")
        return Brand(colours=colours)
    return Brand(colours=colours, logo=logo.made(picture))


def is_colour(colour: str) -> bool:
    """True for what is neither black, white nor grey."""
    return max(rgb(colour)) - min(rgb(colour)) >= GREY


def plain(colour: str) -> str:
    """A "#rgb" or "rrggbb" colour as "#rrggbb"."""
    return "#" + "".join(f"{part:02x}" for part in rgb(colour))
