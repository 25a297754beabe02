"""The deck as a viewer: pages in HTML with buttons, keys, thumbnails and a presenter's view; a column of pages where no script runs."""

from collections.abc import Mapping
from html import escape

from flipchart import assets
from flipchart.renderers import svg
from flipchart.renderers.deck import Slides, alt
from flipchart.renderers.drawing import Drawing
from flipchart.renderers.slides import pages
from flipchart.renderers.slides_page import CARD, backwards
from flipchart.renderers.style import Style
from flipchart.renderers.tinted import finished
from flipchart.renderers.words import say

WIDE = 1280.0  # px, the landscape pages; narrow screens get upright ones
_ICONS = {
    "previous": '<path d="M15 5l-7 7 7 7"/>',
    "next": '<path d="M9 5l7 7-7 7"/>',
    "notes": '<path d="M5 4h14v16H5zM9 9h6M9 13h6"/>',
    "present": '<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5"/>',
}


def viewer(spec: Slides, style: Style, blobs: Mapping[str, bytes]) -> str:
    """HTML for the body of a page, with its style and script; ids begin with the deck's own."""
    lang = spec.lang or style.lang
    sets = "".join(_set(spec, style, name, width, lang, blobs) for name, width in (("wide", WIDE), ("narrow", CARD)))
    side = "rtl" if backwards(spec, style) else "ltr"
    turn, look = "".join(_button(act, lang) for act in ("previous", "next")), "".join(_button(act, lang) for act in ("notes", "present"))
    return (
        f"<style>{assets.text('web/deck.css')}</style>"
        f'<div class="deck" id="{svg.attribute(spec.id)}-deck" tabindex="0" dir="{side}" lang="{svg.attribute(lang)}" role="region"'
        f' aria-roledescription="{_said("slides.deck", lang)}" aria-label="{svg.attribute(alt(spec))}"'
        f' data-none="{_said("slides.none", lang)}">'
        f'{sets}<div class="told"><div><h3>{_said("slides.notes", lang)}</h3><p></p></div>'
        f'<div class="upcoming"><h3>{_said("slides.upcoming", lang)}</h3><figure></figure></div></div>'
        f'<div class="controls">{turn}<span class="count"></span><span class="space"></span>{look}</div>'
        f'<div class="thumbs"></div><div class="spoken" aria-live="polite"></div></div><script>{assets.text("web/deck.js")}</script>'
    )


def _button(act: str, lang: str) -> str:
    words = _said(f"slides.{act}", lang)
    pressed = ' aria-pressed="false"' if act in {"notes", "present"} else ""
    flips = ' class="flip"' if act in {"previous", "next"} else ""
    icon = f'<svg viewBox="0 0 24 24" aria-hidden="true"{flips}>{_ICONS[act]}</svg>'
    return f'<button type="button" data-act="{act}" aria-label="{words}" title="{words}"{pressed}>{icon}</button>'


def _set(spec: Slides, style: Style, name: str, width: float, lang: str, blobs: Mapping[str, bytes]) -> str:
    """The pages of one width."""
    drawn = [finished(drawing, spec, style) for drawing in pages(spec, style, width)]
    slides = (_slide(spec, drawing, f"{name[0]}{n}", n, len(drawn), lang, blobs) for n, drawing in enumerate(drawn, 1))
    return f'<div class="set {name}">{"".join(slides)}</div>'


def _slide(spec: Slides, drawing: Drawing, key: str, n: int, count: int, lang: str, blobs: Mapping[str, bytes]) -> str:
    id = svg.attribute(f"{spec.id}-{key}")
    picture = svg.write(drawing, blobs, fonts=False, live=True, only=f"{id}-").replace("<svg ", f'<svg id="{id}" ', 1)
    place = escape(say("slides.slide", lang, number=n, count=count), quote=True)
    notes = f'<div class="notes">{escape(drawing.notes)}</div>' if drawing.notes else ""
    head = f'<section class="slide" role="group" aria-roledescription="{place}" aria-label="{place}. {svg.attribute(drawing.alt)[:300]}">'
    return f"{head}{picture}{notes}</section>"


def _said(key: str, lang: str) -> str:
    return escape(say(key, lang), quote=True)
