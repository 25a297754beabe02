"""A brand as a style: colours typed as hex, or read from a logo or a PowerPoint file, made readable; faces mapped to shipped ones."""

import io
import re
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import explain
from flipchart.renderers.style import Style, contrast, luminance, mix, on, readable, rgb, style

MOST = 8  # colours that are kept
LARGEST = 4_000_000  # bytes of a theme inside a PowerPoint file
GREY = 36  # from this difference between its channels on, a colour is one
APART = 60  # colours that differ less (sum over the channels) are one
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_HEX = re.compile(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
# The shipped face that comes nearest, by a word in the wanted face's name.
_FACES = (
    ("Arimo", ("arial", "helvetica", "liberation sans", "verdana", "tahoma", "segoe")),
    ("Carlito", ("calibri", "carlito", "lato", "aptos")),
    (
        "Source Serif 4",
        ("serif 4", "georgia", "times", "garamond", "cambria", "merriweather", "playfair", "baskerville", "didot", "bodoni"),
    ),
    ("Shantell Sans", ("comic", "hand", "marker", "script", "chalk", "shantell")),
)


class Brand(BaseModel):
    """What a brand says of how its pictures look."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    colours: tuple[str, ...] = Field(min_length=1)
    """ "#rrggbb", the main one first."""
    heading: str = ""
    """Face of titles, by any name."""
    body: str = ""
    """Face of everything else."""
    base: str = "light"
    """The theme whose paper, ink and measures it takes."""


def typed(words: str) -> Brand:
    """A brand of colours typed one after the other ("#0b5678, #c9772b"); raises SpecProblem where there is none."""
    parts = [part for part in re.split(r"[\s,;]+", words.strip()) if part]
    wrong = next((part for part in parts if not _HEX.fullmatch(part)), None)
    if wrong is not None or not parts:
        raise SpecProblem(f"{wrong or words!r} is no colour; write colours as #rrggbb, with commas between them")
    return Brand(colours=tuple(_plain(part) for part in parts[:MOST]))


def of_json(words: str) -> Brand:
    """The brand in a JSON file {"colours": […], "heading": …, "body": …, "base": …}; raises SpecProblem where it cannot be read."""
    try:
        given = Brand.model_validate_json(words)
    except ValidationError as error:
        raise SpecProblem(f"the brand cannot be read: {explain(error)}") from None
    return given.model_copy(update={"colours": typed(",".join(given.colours)).colours})


def of_pptx(content: bytes) -> Brand:
    """The colours and faces of a PowerPoint file's theme; raises SpecProblem where it has none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as held:
            name = min(n for n in held.namelist() if re.fullmatch(r"ppt/theme/theme\d+\.xml", n))
            if held.getinfo(name).file_size > LARGEST:
                raise ValueError
            markup = held.read(name)
        if b"<!DOCTYPE" in markup or b"<!ENTITY" in markup:
            raise ValueError
        root = ElementTree.fromstring(markup)
    except (zipfile.BadZipFile, ValueError, KeyError, OSError, RuntimeError, NotImplementedError, ElementTree.ParseError):
        raise SpecProblem("this is no PowerPoint file with a theme; save it again as .pptx, or type the colours") from None
    accents = [f"accent{n}" for n in range(1, 7)]
    found = [value for name in accents if (value := _scheme(root, name))]
    if not found:
        raise SpecProblem("the theme of this PowerPoint file names no colours; type them as #rrggbb")

    def face(kind: str) -> str:
        latin = root.find(f".//{_DRAWING}{kind}/{_DRAWING}latin")
        return latin.get("typeface", "") if latin is not None else ""

    paper = _scheme(root, "lt1") or "#ffffff"
    base = "dark" if luminance(paper) < 0.18 else "light"
    return Brand(colours=tuple(_apart(found)), heading=face("majorFont"), body=face("minorFont"), base=base)


def _scheme(root: ElementTree.Element, name: str) -> str:
    for kind, attribute in (("srgbClr", "val"), ("sysClr", "lastClr")):
        one = root.find(f".//{_DRAWING}clrScheme/{_DRAWING}{name}/{_DRAWING}{kind}")
        if one is not None and _HEX.fullmatch(one.get(attribute, "")):
            return _plain(one.get(attribute, ""))
    return ""


def of_picture(png: bytes) -> Brand:
    """The colours that make up a logo, most of it first; raises SpecProblem where it is all grey. Takes pixels that were decoded safely."""
    from PIL import Image

    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGBA")
    picture.thumbnail((128, 128), Image.Resampling.NEAREST)  # no colours between those that are there
    data = picture.tobytes()
    seen = [tuple(data[i : i + 3]) for i in range(0, len(data), 4) if data[i + 3] > 128]
    # Like colours are counted as one, and it is their mean.
    counts: dict[tuple[int, ...], int] = {}
    totals: dict[tuple[int, ...], list[int]] = {}
    for colour in seen:
        key = tuple(min(255, c // 16 * 16 + 8) for c in colour)
        counts[key] = counts.get(key, 0) + 1
        totals[key] = [a + b for a, b in zip(totals.get(key, [0, 0, 0]), colour, strict=True)]
    strong = [key for key in counts if max(key) - min(key) >= GREY and counts[key] * 50 >= len(seen)]
    strong.sort(key=lambda key: -counts[key] * (max(key) - min(key)))
    found = ["#" + "".join(f"{round(value / counts[key]):02x}" for value in totals[key]) for key in strong]
    if not found:
        raise SpecProblem("there is no colour in this logo, only black, white and grey; type the colours as #rrggbb")
    return Brand(colours=tuple(_apart(found)))


def styled(brand: Brand) -> Style:
    """The brand as a style: its first colour is the accent, all of them the data's, each moved until it reads on the sheet."""
    base = style(brand.base)
    accent = readable(brand.colours[0], base.sheet)
    soft = mix(accent, base.sheet, 0.12)
    own = [accent, *(colour if contrast(colour, base.sheet) >= 3 else readable(colour, base.sheet, 3.0) for colour in brand.colours[1:])]
    series = _apart([*own, *base.series, *(readable(mix(colour, base.ink, 0.5), base.sheet, 3.0) for colour in own)])[:MOST]
    return base.model_copy(
        update={
            "name": "brand",
            "label": "Brand",
            "accent": accent,
            "on_accent": on(accent),
            "soft": soft,
            "quiet": readable(base.quiet, soft),
            "series": tuple(series),
            "sans": _face(brand.body, base.sans, serif=False),
            "heading": _face(brand.heading or brand.body, base.heading, serif=True),
            "bold": 700 if _face(brand.body, base.sans, serif=False) in ("Arimo", "Carlito") else base.bold,
        }
    )


def _face(wanted: str, usual: str, *, serif: bool) -> str:
    """The shipped face nearest to `wanted`; text is not set in a serif."""
    for face, words in _FACES:
        if any(word in wanted.casefold() for word in words) and (serif or face != "Source Serif 4"):
            return face
    return usual


def _plain(colour: str) -> str:
    return "#" + "".join(f"{part:02x}" for part in rgb(colour))


def _apart(colours: Sequence[str]) -> list[str]:
    """The colours in order without those too like an earlier one."""
    out: list[str] = []
    for colour in colours:
        if all(sum(abs(a - b) for a, b in zip(rgb(colour), rgb(other), strict=True)) >= APART for other in out):
            out.append(colour)
    return out[:MOST]
