"""From spec to artifact: draw it, check it, write it in any format, save it whole or not at all."""

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from flipchart.renderers import check as checker
from flipchart.renderers import logo
from flipchart.renderers.check import Finding
from flipchart.renderers.drawing import Drawing
from flipchart.renderers.problem import Problem, SpecProblem
from flipchart.renderers.registry import KINDS, form
from flipchart.renderers.spec import Spec, dump
from flipchart.renderers.style import Brand, Style, style
from flipchart.renderers.tinted import finished

WIDTH = 960.0  # px, where nobody says how wide
LOWEST = 0.7  # of the height it would have by itself, that a visual is laid out at to be seen whole
KEEPERS: list[Callable[[Sequence[Mapping[str, Any]]], Mapping[str, bytes]]] = []  # who in this process keeps pixels that specs name


@dataclass(frozen=True, slots=True)
class Size:
    """A page of a given shape: its px, and how many device pixels a PNG has for each."""

    width: float
    height: float
    scale: float


# What screens and networks take; laid out at a width at which the type is as large as they show it.
SIZES: dict[str, Size] = {
    "landscape": Size(960.0, 540.0, 2.0),
    "square": Size(720.0, 720.0, 1.5),
    "portrait": Size(720.0, 900.0, 1.5),
    "story": Size(450.0, 800.0, 2.4),
}


@dataclass(frozen=True, slots=True)
class Page:
    """What is written: visuals in reading order, with the words of the answer and the pixels they refer to."""

    specs: tuple[Spec, ...]
    style: Style = field(default_factory=style)
    blobs: Mapping[str, bytes] = field(default_factory=dict)
    text: str = ""
    title: str = ""
    width: float = WIDTH
    height: float | None = None
    """None: as tall as it takes."""
    scale: float = 2.0
    """Device pixels of a PNG per px."""

    def sized(self, name: str) -> "Page":
        """The page in one of SIZES; raises SpecProblem for another name."""
        if name not in SIZES:
            raise SpecProblem(f"there is no size `{name}`; there are {', '.join(SIZES)}")
        size = SIZES[name]
        return replace(self, width=size.width, height=size.height, scale=size.scale)

    @property
    def pixels(self) -> Mapping[str, bytes]:
        """The blobs, and what the style itself shows."""
        return {**self.blobs, **logo.pixels(self.style)}

    @property
    def main(self) -> Spec:
        """The visual that formats for a single picture show."""
        return self.specs[0]


@dataclass(frozen=True, slots=True)
class Output:
    """A format: its media type, the file of this folder that writes it, and whether it holds every visual of a page."""

    mime: str
    module: str
    many: bool = False


# One line a format: the file `renderers/<module>.py` has `write_page(page: Page) -> bytes`.
OUTPUTS: dict[str, Output] = {
    "svg": Output("image/svg+xml", "render"),
    "png": Output("image/png", "render"),
    "json": Output("application/json", "render", many=True),
    "md": Output("text/markdown; charset=utf-8", "render", many=True),
    "html": Output("text/html; charset=utf-8", "html", many=True),
    "pptx": Output("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx", many=True),
    "pdf": Output("application/pdf", "pdf", many=True),
    "excalidraw": Output("application/json", "excalidraw_write"),
}


def draw(spec: Spec, look: Style | None = None, width: float = WIDTH, height: float | None = None) -> Drawing:
    """The spec laid out at `width` px, parts in their own colours, figures from a model's memory marked."""
    chosen = (look or style()).with_look(spec.look, spec.lang)
    return finished(form(spec.kind).layout(spec, chosen, width, height), spec, chosen)


def draw_within(spec: Spec, look: Style | None, width: float, tall: float) -> Drawing:
    """As `draw`, lower where that makes the whole of it fit `tall` px and it reads as well."""
    drawn = draw(spec, look, width)
    if LOWEST * drawn.height <= tall < drawn.height and form(spec.kind).elastic(spec):
        return draw(spec, look, width, tall)
    return drawn


def pages(spec: Spec, look: Style | None = None, width: float = WIDTH, height: float | None = None) -> list[Drawing]:
    """Every page of the spec (one for most forms)."""
    several = form(spec.kind).pages
    if several is None:
        return [draw(spec, look, width, height)]
    chosen = (look or style()).with_look(spec.look, spec.lang)
    return [finished(page, spec, chosen) for page in several(spec, chosen, width)]


def check(spec: Spec, look: Style | None = None, widths: Sequence[float] = (390.0, 720.0, 1280.0)) -> list[Finding]:
    """Every fault of the spec as laid out at each width, each told once."""
    found: dict[tuple[str, str], Finding] = {}
    for width in widths:
        for page in pages(spec, look, width):
            for finding in checker.check(page):
                found.setdefault((finding.code, finding.where), finding)
    return list(found.values())


def endings(spec: Spec) -> list[str]:
    """The endings the spec can be written with, e.g. ["svg", "png", …, "csv"]."""
    return [*OUTPUTS, *form(spec.kind).writes]


def write(page: Page, ending: str) -> tuple[bytes, str]:
    """The page in the format `ending` ("svg", "pptx", …) and its media type. Raises SpecProblem for an ending nothing writes."""
    ending = ending.lower().lstrip(".")
    own = form(page.main.kind).writes if page.specs else {}
    if ending in own:
        mime, writer = own[ending]
        return writer(page.main, page.style.with_look(page.main.look, page.main.lang), page.pixels), mime
    if ending not in OUTPUTS:
        can = ", ".join(endings(page.main) if page.specs else OUTPUTS)
        raise SpecProblem(f"`.{ending}` cannot be written from {page.main.kind if page.specs else 'this'}; use one of {can}")
    output = OUTPUTS[ending]
    if output.module == "render":
        return _OWN[ending](page), output.mime
    written = import_module(f"flipchart.renderers.{output.module}").write_page(page)
    assert isinstance(written, bytes)
    return written, output.mime


def _svg(page: Page) -> bytes:
    from flipchart.renderers import svg

    return svg.write(draw(page.main, page.style, page.width, page.height), page.pixels).encode()


def _png(page: Page) -> bytes:
    from flipchart.renderers import png

    return png.write(draw(page.main, page.style, page.width, page.height), page.pixels, scale=page.scale)


def _json(page: Page) -> bytes:
    import base64

    out: Any = [dump(spec) for spec in page.specs]
    out = out[0] if len(out) == 1 else {"visuals": out, "text": page.text}
    used = {key: base64.b64encode(value).decode() for key, value in page.blobs.items()}
    return (json.dumps(out | ({"blobs": used} if used else {}), ensure_ascii=False, indent=2) + "\n").encode()


def _markdown(page: Page) -> bytes:
    from flipchart.renderers.sheet import told
    from flipchart.renderers.text_formulas import in_dollars

    parts = [in_dollars(page.text.strip())] if page.text.strip() else []
    for spec in page.specs:
        words = form(spec.kind).markdown(spec).strip()
        note = told(spec)
        parts.append(f"{words}\n\n*{note}*" if note else words)
    return ("\n\n".join(parts) + "\n").encode()


_OWN: dict[str, Callable[[Page], bytes]] = {"svg": _svg, "png": _png, "json": _json, "md": _markdown}


def read(given: object) -> Spec:
    """A spec from one of our classes, a dict, or text (our JSON or a foreign format). Raises SpecProblem where it is none."""
    from flipchart.renderers import read as reader

    return reader.read(given)


class Rendering:
    """One spec, drawn when asked: shows itself in a notebook, saves itself in any format."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.spec = page.main

    def bytes(self, ending: str) -> bytes:
        """The artifact in the format `ending`."""
        return write(self.page, ending)[0]

    def save(self, out: str | os.PathLike[str]) -> Path:
        """Write it to `out`, whose ending picks the format; returns the path. Nothing half-written is left behind."""
        target = Path(out)
        free(target)
        return save(target, self.bytes(ending_of(target, self.spec)))

    def check(self) -> list[Finding]:
        """What is wrong with it."""
        return check(self.spec, self.page.style)

    def _repr_svg_(self) -> str:
        return self.bytes("svg").decode()

    def _repr_markdown_(self) -> str:
        return self.bytes("md").decode()


def render(given: object, theme: str = "light", blobs: Mapping[str, bytes] | None = None, *, brand: Brand | None = None) -> Rendering:
    """`given` (a spec, a dict, or foreign text) ready to show or save, in a theme and a brand; raises Problem where it cannot be drawn."""
    from flipchart.renderers.read import blobs_in, blobs_of

    spec, look = read(given), style(theme).wearing(brand)
    pixels = blobs or (blobs_in(given) if isinstance(given, Path) else blobs_of(given))
    return Rendering(Page((spec,), look, pixels or kept([dump(spec)])))


def kept(specs: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """The pixels that `specs` name, by "sha256:…", as far as anyone in this process keeps them."""
    return {blob: pixels for keeper in KEEPERS for blob, pixels in keeper(specs).items()}


def ending_of(target: Path, spec: Spec | None = None) -> str:
    """The format that the file name asks for, of those `spec` (or any form) can be written in; raises SpecProblem for another."""
    can = endings(spec) if spec else list(dict.fromkeys([*OUTPUTS, *(ending for kind in KINDS for ending in form(kind).writes)]))
    for ending in sorted(can, key=len, reverse=True):
        if target.name.lower().endswith(f".{ending}"):
            return ending
    raise SpecProblem(f"{target.name!r} does not say a format this can be written in; end it with one of {', '.join(can)}")


def free(target: Path) -> None:
    """Raises Problem where `target` cannot be a file: it is a directory, or lies in no folder."""
    if target.is_dir():
        raise Problem(f"{target} is a directory; give a file name such as {target / 'out.svg'}")
    if not target.parent.is_dir():
        raise Problem(f"there is no folder {target.parent}; make it first")


def save(target: Path, content: bytes) -> Path:
    """Write `content` to `target` whole or not at all; raises Problem where that fails."""
    free(target)
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise Problem(f"{target} cannot be written: {error.strerror or error}; choose another place or free some room") from None
    return target
