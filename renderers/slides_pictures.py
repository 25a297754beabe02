"""Pictures on slides: over half a page, on its cover and its pages of large words, or beside a few points that have no icons."""

from dataclasses import replace

from flipchart.renderers import illustration
from flipchart.renderers.deck import Slide
from flipchart.renderers.drawing import Icon, Item, Picture
from flipchart.renderers.illustration import Art
from flipchart.renderers.slides_page import Page, Room, below, cut, fitted, heading
from flipchart.renderers.slides_points import OPTICAL, Fitted, lines, points
from flipchart.renderers.style import SMALLEST

FEW = 4  # points that a picture may stand beside


def picture(page: Page, slide: Slide) -> Fitted:
    """A picture over half the page, the words beside it (upright: below)."""
    half = page.width * 0.5
    if page.upright:
        shown = Picture(0.0, 0.0, page.width, page.height * 0.46, slide.blob, alt=slide.alt or slide.heading, part=slide.id)
        x, y, w = page.edge, shown.h + page.gap, page.width - 2 * page.edge
    else:
        shown = Picture(page.width - half, 0.0, half, page.height, slide.blob, alt=slide.alt or slide.heading, part=slide.id)
        x, y, w = page.edge, page.px(48), half - page.edge - page.px(36)
    head = heading(page, slide, w, x, y)
    if not slide.items:
        return [shown, *head], not cut(head)
    top = below(head, y) + page.gap
    items, fits = fitted(Room(x, top, w, page.foot - top), lambda room, share: lines(page, slide.items, room, share))
    return [shown, *head, *items], fits and not cut(head)


def emblem(page: Page) -> list[Item]:
    """What the deck is about, on the discs in the corner of the cover: its picture, else its icon; nothing where there is neither."""
    art = page.deck.art
    if art is not None:
        size, told = max(SMALLEST, page.px(11 if page.upright else 12)), illustration.credit(art, page.lang)
        y = page.height - page.px(14 if page.upright else 24) - size
        said = [page.set(told, page.edge, y, page.width * 0.66, size=size, fill=page.colours.quiet, role="caption")] if told else []
        return [*spot(page, art), *said]
    if not page.deck.icon:
        return []
    short = min(page.width, page.height)
    size = round(short * (0.22 if page.upright else 0.28))
    middle = short * (0.17 if page.upright else 0.22)
    ink = page.colours.ink if page.style.fills else page.colours.accent
    return [Icon(page.width - middle - size / 2, middle - size / 2, size, page.deck.icon, ink)]


def spot(page: Page, art: Art | None, *, low: bool = False) -> list[Item]:
    """The picture on the discs of a page of large words, in the corner they stand in; nothing where there is none."""
    if art is None:
        return []
    short = min(page.width, page.height)
    size = round(short * (0.34 if page.upright else 0.46))
    inset = short * (0.07 if page.upright else 0.1)
    y = page.height - inset - size if low else inset
    return [_drawn(page, art, page.width - inset - size, y, size)]


def aside(page: Page, slide: Slide, room: Room) -> Fitted:
    """Points, with the slide's picture to their right where it has one and they are set as large beside it."""
    few = len(slide.items) <= FEW and not any(item.icon for item in slide.items)
    if slide.art is None or page.upright or not few:
        return points(page, slide, room)
    size, gap = min(room.w * 0.27, room.h * 0.8), page.px(40)
    narrow = replace(room, w=room.w - size - gap)
    items, fits = fitted(narrow, lambda room, share: lines(page, slide.items, room, share), lines=3)
    if not fits:
        return points(page, slide, room)
    shown = _drawn(page, slide.art, room.x + room.w - size, room.y + (room.h - size) * OPTICAL, size)
    return [*items, shown], True


def _drawn(page: Page, art: Art, x: float, y: float, size: float) -> Item:
    colours = page.colours
    return illustration.drawn(art, x, y, size, illustration.ramp(colours.ground, colours.ink, colours.accent))
