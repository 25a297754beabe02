"""Slides: a deck of structural pages, each laid out as 16:9, on narrow screens as an upright card.

A slide that does not fit is split, never cut.
"""

from collections.abc import Iterator, Mapping

from flipchart.renderers.deck import Slide, Slides, alt, alt_of, content, from_content, halves, markdown
from flipchart.renderers.drawing import Drawing
from flipchart.renderers.registry import Form
from flipchart.renderers.slides_bodies import body, cover
from flipchart.renderers.slides_page import DESIGNS, finished, page_of
from flipchart.renderers.style import Style

DEEPEST = 6  # a slide is split at most into 2 ** DEEPEST pages


def layout(spec: Slides, style: Style, width: float, height: float | None = None) -> Drawing:
    """The first page."""
    first = spec.slides[0] if spec.slides and spec.slides[0].type == "title" else None
    page = page_of(spec, style, width, height, first, 1)
    return finished(page, cover(page, first), first, alt(spec))


def pages(spec: Slides, style: Style, width: float, height: float | None = None, first: int = 1) -> list[Drawing]:
    """Every page of the deck, cover first; `first` is the cover's number."""
    rest = spec.slides[1:] if spec.slides and spec.slides[0].type == "title" else spec.slides
    return [layout(spec, style, width, height), *slide_pages(spec, rest, style, width, height, first + 1)]


def slide_pages(deck: Slides, slides: tuple[Slide, ...], style: Style, width: float, height: float | None, first: int) -> Iterator[Drawing]:
    """The pages of some slides of a deck, numbered from `first`."""
    number = first
    for slide in slides:
        parts = list(_parts(deck, slide, style, width, height, 0))
        for i, part in enumerate(parts, 1):
            page = page_of(deck, style, width, height, part, number, (i, len(parts)))
            yield finished(page, body(page, part)[0], part, alt_of(part, page.lang))
            number += 1


def _parts(deck: Slides, slide: Slide, style: Style, width: float, height: float | None, depth: int) -> Iterator[Slide]:
    """`slide`, or its halves (and theirs) where it does not fit on a page."""
    page = page_of(deck, style, width, height, slide, 2)
    pair = None if depth == DEEPEST or body(page, slide)[1] else halves(slide)
    if pair is None:
        yield slide
        return
    for half in pair:
        yield from _parts(deck, half, style, width, height, depth + 1)


def _page(spec: Slides, style: Style, blobs: Mapping[str, bytes]) -> str:
    from flipchart.renderers.slides_viewer import viewer

    return viewer(spec, style, blobs)


def _marp(spec: Slides, style: Style, blobs: Mapping[str, bytes]) -> bytes:
    from flipchart.renderers.marp import write

    return write(spec, blobs)


FORM = Form(
    spec=Slides,
    layout=layout,
    markdown=markdown,
    alt=alt,
    pages=pages,
    designs=lambda spec: DESIGNS,
    content=content,
    from_content=from_content,
    writes={"marp.md": ("text/markdown; charset=utf-8", _marp)},
    page=_page,
)
