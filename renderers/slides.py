"""Slides: a deck of structural pages, each laid out as 16:9, on narrow screens as an upright card.

A slide that does not fit is split, never cut.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flipchart.renderers import icons, illustration
from flipchart.renderers.check import Finding
from flipchart.renderers.deck import Slide, Slides, alt, alt_of, content, from_content, halves, markdown, shown_as
from flipchart.renderers.deck_fewer import fewer
from flipchart.renderers.deck_plan import corrected, filling, outlined, planning
from flipchart.renderers.drawing import Drawing, Item
from flipchart.renderers.icons import Scores
from flipchart.renderers.painter import Painter
from flipchart.renderers.registry import Form, Pixels, form
from flipchart.renderers.slides_bodies import body, chart_of, cover
from flipchart.renderers.slides_page import DESIGNS, finished, foot, page_of
from flipchart.renderers.slides_pictures import FEW
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style, style

DEEPEST = 6  # a slide is split at most into 2 ** DEEPEST pages
MOST_ICONS = 6  # points on a slide with more of them have marks
WIDE = 1280.0  # px of a page on which slides are tried
APART = 3  # of so many slides at most one has a picture beside its points


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
        for i, (part, items) in enumerate(parts, 1):
            page = page_of(deck, style, width, height, part, number, (i, len(parts)))
            yield finished(page, [*items, *foot(page, part)], part, alt_of(part, page.lang))
            number += 1


def _parts(deck: Slides, slide: Slide, style: Style, width: float, height: float | None, depth: int) -> Iterator[tuple[Slide, list[Item]]]:
    """`slide` with what stands on its page, or its halves (and theirs) where that does not fit."""
    items, fits = body(page_of(deck, style, width, height, slide, 2), slide)
    pair = None if fits or depth == DEEPEST else halves(slide)
    if pair is None:
        yield slide, items
        return
    for half in pair:
        yield from _parts(deck, half, style, width, height, depth + 1)


def _fewer(spec: Slides, many: int) -> Slides | None:
    """The deck in `many` slides, each of which stands on one page."""
    return fewer(spec, many, lambda slide: body(page_of(spec, style(), WIDE, None, slide, 2), slide)[1])


def findings(spec: Slides) -> list[Finding]:
    """What the slides say of figures that these contradict, and the faults of the visuals they carry."""
    out: list[Finding] = []
    for slide in spec.slides:
        if shown_as(slide) == "chart":
            chart = chart_of(slide, spec).model_copy(update={"title": slide.heading})
            found = form("chart").findings(chart)
            out += [replace(one, where=one.where.replace(f"{slide.id}.title", f"{slide.id}.heading")) for one in found]
        elif slide.visual is not None:
            out += form(slide.visual.kind).findings(slide.visual)
    return out


def illustrate(spec: Slides, scores: Scores) -> Slides:
    """The deck with a picture or an icon on its cover, an icon for each point of a slide where all find one (no two on a slide the same),
    and pictures beside large words and beside points without icons, no two in the deck the same."""
    slides = [_illustrated(slide, scores) for slide in spec.slides]
    cover = next(iter(icons.named([[spec.title]], scores)), "") if not spec.icon else spec.icon
    art = spec.art or illustration.found(spec.title, scores, icon=cover)
    taken, beside = {art.icon} if art else set(), 0
    for i, slide in enumerate(slides):
        kind = shown_as(slide)
        room = kind in {"section", "closing"} and (kind == "section" or not slide.items)
        if not room and (kind != "points" or len(slide.items) > FEW or any(item.icon for item in slide.items) or beside * APART > i):
            continue
        found = slide.art or illustration.found(slide.heading, scores, taken)
        if found is not None:
            slides[i] = slide.model_copy(update={"art": found})
            taken.add(found.icon)
            beside += not room
    return spec.model_copy(update={"slides": tuple(slides), "icon": cover, "art": art})


def _illustrated(slide: Slide, scores: Scores) -> Slide:
    if slide.visual is not None and (illustrator := form(slide.visual.kind).illustrate) is not None:
        return slide.model_copy(update={"visual": illustrator(slide.visual, scores)})
    if shown_as(slide) != "points" or not 2 <= len(slide.items) <= MOST_ICONS or all(item.icon for item in slide.items):
        return slide
    names = icons.named(((item.text, f"{item.text}: {item.detail}") for item in slide.items), scores)
    items = tuple(item.model_copy(update={"icon": name}) for item, name in zip(slide.items, names, strict=False))
    return slide.model_copy(update={"items": items}) if items else slide


def resolve(spec: Slides, tables: Mapping[str, Any]) -> Slides:
    """The deck with its visuals' queries run over the tables."""
    return _carrying(spec, lambda visual: (form(visual.kind).resolve or _as_it_is)(visual, tables))


def _as_it_is(visual: Spec, tables: Mapping[str, Any]) -> Spec:
    return visual


def paint(spec: Slides, painter: Painter, held: Pixels = lambda blob: b"") -> tuple[Slides, Mapping[str, bytes]]:
    """The deck with its illustrations and its visuals' pictures painted, and their pixels."""
    pixels: dict[str, bytes] = {}
    if painter.anew:
        slides = tuple(illustration.painted(slide, painter, pixels) for slide in spec.slides)
        spec = illustration.painted(spec, painter, pixels).model_copy(update={"slides": slides})

    def painted(visual: Spec) -> Spec:
        brush = form(visual.kind).paint
        if brush is None:
            return visual
        fresh, own = brush(visual, painter, held)
        pixels.update(own)
        return fresh

    return _carrying(spec, painted), pixels


def _carrying(spec: Slides, change: Callable[[Spec], Spec]) -> Slides:
    """The deck with each visual it carries changed; the same deck where it carries none."""
    if not any(slide.visual for slide in spec.slides):
        return spec
    slides = tuple(slide.model_copy(update={"visual": change(slide.visual)}) if slide.visual else slide for slide in spec.slides)
    return spec.model_copy(update={"slides": slides})


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
    fewer=_fewer,
    designs=lambda spec: DESIGNS,
    content=content,
    from_content=from_content,
    findings=findings,
    resolve=resolve,
    outlined=outlined,
    planning=planning,
    filling=filling,
    corrected=corrected,
    illustrate=illustrate,
    paint=paint,
    writes={"marp.md": ("text/markdown; charset=utf-8", _marp)},
    page=_page,
)
