"""One visual as a page of its own: what the chat, the widget and a shared link show.

A page holds our own drawing, or our own player for forms that have one. A mini-app sits in a frame of its own inside, with an opaque
origin and no way out, so that nothing it holds can reach the page around it.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html import escape
from typing import Any

from flipchart import __version__, assets
from flipchart.gui.session import Session, spec_of
from flipchart.renderers import logo, svg
from flipchart.renderers.html import fonts_for, variables
from flipchart.renderers.registry import form
from flipchart.renderers.render import draw_within, pages
from flipchart.renderers.sheet import told
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style, style
from flipchart.renderers.text import to_html
from flipchart.renderers.typeset import Font, fonts, reads_rtl
from flipchart.renderers.words import say

NARROWEST, WIDEST, STEP = 320, 1280, 40  # px: widths a visual is laid out for
SANDBOXED = ("app",)  # forms whose page runs in a frame without origin or network
WORDS = ("edit", "ask", "toggle", "undo", "redo", "as_text", "as_picture", "was", "saved", "hung", "restart", "leave", "slow", "board")

# Of the frame inside: it is the first thing in its document, so nothing that follows can come before it.
CAGE = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; "
    "media-src data: blob:; "
    "connect-src 'none'; frame-src 'none'; child-src 'none'; worker-src 'none'; object-src 'none'; form-action 'none'; base-uri 'none'; "
    "manifest-src 'none'"
)
DENIED = "; ".join(
    f"{feature} 'none'"
    for feature in ("camera", "microphone", "geolocation", "display-capture", "clipboard-read", "clipboard-write", "fullscreen")
)


class Frames:
    """The pages of a session's visuals."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._markup = lru_cache(maxsize=256)(self._drawn)

    def view(self, id: str, width: float | None = None, theme: str = "", tall: float | None = None) -> dict[str, Any]:
        """The visual as it stands, laid out for `width` px and, where it can be, `tall` px at most, as JSON values: what a page needs to
        show and edit it."""
        visual = self.session.store.visual(id)
        spec = spec_of(visual)
        theme = theme or str(self.session.store.run(visual.run).request.get("theme", "light"))
        base = self.session.style(theme)
        look = base.with_look(spec.look, spec.lang)
        wide = fitting(width or 720.0)
        growing = visual.status == "growing"
        one = form(spec.kind)
        lang = spec.lang or look.lang
        place, markup = self._markup(json.dumps(visual.spec), base, wide, tall or math.inf, growing)
        return {
            "id": visual.id,
            "n": visual.n,
            "newest": visual.newest,
            "status": visual.status,
            "drawable": one.redrawn is not None,
            "form": visual.kind,
            "title": spec.title,
            "alt": one.alt(spec),
            "lang": lang,
            "dir": "rtl" if reads_rtl(lang) else "ltr",
            "theme": theme,
            "width": wide,
            "place": place,
            "key": hashlib.sha256(markup.encode("utf-8", "replace")).hexdigest()[:16],
            "html": markup,
            "text": to_html(one.markdown(spec)),
            "told": told(spec),
            "sources": {where: _source(source.model_dump(), lang) for where, source in spec.sources.items()},
            "style": variables(look),
        }

    def _drawn(self, values: str, look: Style, width: float, tall: float, growing: bool) -> tuple[str, str]:
        """Where the visual's markup goes ("drawing", "player", "app") and the markup."""
        given = json.loads(values)
        spec = _read(given)
        blobs = {**self.session.store.blobs([given]), **logo.pixels(look)}
        one = form(spec.kind)
        if growing and one.pages is not None:
            return "drawing", svg.write(pages(spec, look, width)[-1], blobs, fonts=False, live=True)
        if growing or one.page is None:
            return "drawing", svg.write(draw_within(spec, look, width, tall), blobs, fonts=False, live=True)
        chosen = look.with_look(spec.look, spec.lang)
        body = one.page(spec, chosen, blobs)
        if spec.kind in SANDBOXED:
            return "app", cage(_document(spec, chosen, body), spec.title or spec.kind)
        return "player", body

    def page(self, view: dict[str, Any]) -> str:
        """The view as an HTML page."""
        lang = view["lang"]
        words = {word: say(f"frame.{word}", lang) for word in WORDS}
        state = {key: value for key, value in view.items() if key not in ("html", "text", "style")} | {"words": words}
        title = escape(view["title"] or view["alt"] or "Flipchart")
        return (
            f'<!doctype html>\n<html lang="{escape(lang, quote=True)}" dir="{view["dir"]}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>{title}</title>'
            f'<link rel="stylesheet" href="{address("fonts.css")}"><link rel="stylesheet" href="{address("web/page.css")}">'
            f'<link rel="stylesheet" href="{address("web/frame.css")}"><style id="look">:root{{{view["style"]}}}</style>'
            f'<script src="{address("web/frame_marks.js")}" defer></script><script src="{address("web/frame.js")}" defer></script></head>'
            f'<body class="frame"><main id="visual" data-place="{view["place"]}" data-form="{view["form"]}" data-status="{view["status"]}">'
            f"{view['html']}</main>"
            f'<section id="text" class="prose" aria-label="{escape(words["as_text"], quote=True)}" hidden>{view["text"]}'
            f'<p class="told">{escape(view["told"])}</p></section>'
            f'<script type="application/json" id="state">{inlined(state)}</script></body></html>\n'
        )


def sorry(sentence: str) -> str:
    """A page that says why there is nothing to show."""
    return (
        '<!doctype html>\n<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>Flipchart</title><style>:root{{{variables(style())}}}</style>'
        f'<link rel="stylesheet" href="{address("fonts.css")}"><link rel="stylesheet" href="{address("web/page.css")}">'
        f'<link rel="stylesheet" href="{address("web/frame.css")}"></head><body class="frame">'
        f'<p class="sorry">{escape(sentence)}</p></body></html>\n'
    )


def fitting(width: float) -> float:
    """The widest layout that fits `width` px without being scaled down."""
    if 390 <= width < 400:
        return 390.0
    return float(max(NARROWEST, min(WIDEST, int(width) // STEP * STEP)))


def inlined(value: Any) -> str:
    """JSON that may stand inside a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def cage(document: str, title: str) -> str:
    """The one frame that foreign code runs in: no origin, no network, no devices. It stands in a template until `frame.js` watches it."""
    return (
        f'<template class="caged"><iframe class="cage" sandbox="allow-scripts" allow="{DENIED}" referrerpolicy="no-referrer" credentialless'
        f' title="{escape(title, quote=True)}" srcdoc="{escape(document, quote=True)}"></iframe></template>'
    )


def _document(spec: Spec, look: Style, body: str) -> str:
    """The document inside the cage; the first bytes are ours."""
    lang = spec.lang or look.lang
    said = form(spec.kind).markdown(spec) + body
    return (
        f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{CAGE}"><meta charset="utf-8">'
        f'<html lang="{escape(lang, quote=True)}" dir="{"rtl" if reads_rtl(lang) else "ltr"}"><title>{escape(spec.title)}</title>'
        f"<style>{fonts_for(said, look)}:root{{{variables(look)}}}{assets.text('web/page.css')}{assets.text('web/cage.css')}</style>"
        f"<script>{assets.text('web/cage.js')}</script><body>{body}</body></html>"
    )


def _read(values: dict[str, Any]) -> Spec:
    from flipchart.renderers.render import read

    return read(values)


def _source(source: dict[str, Any], lang: str) -> dict[str, str]:
    kind = source["kind"]
    label = "" if kind == "given" else say(f"source.{kind}", lang, detail=source["detail"])
    detail = "" if kind == "data" else source["detail"]
    return {"kind": kind, "label": label, "detail": detail, "old": source["old"] or ""}


# -- what pages load: our own scripts, styles and fonts, under addresses that change with what they hold -----------------------------


@cache
def served() -> dict[str, str]:
    """The assets that may be fetched, and each one's media type."""
    out = {"fonts.css": "text/css; charset=utf-8"}
    for ending, kind in _KINDS.items():
        out |= dict.fromkeys([*assets.names("web", ending), *assets.names("web/board", ending)], kind)
    return out | {f"fonts/{font.file}": "font/ttf" for font in fonts()}


_KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


def asset(name: str) -> bytes:
    """The bytes of a served asset."""
    return font_css().encode() if name == "fonts.css" else assets.data(name)


@cache
def mark(name: str) -> str:
    """What tells this state of the asset from others."""
    if name.startswith("fonts/"):
        return f"{__version__}-{assets.path(name).stat().st_size}"
    return hashlib.sha256(asset(name)).hexdigest()[:12]


def address(name: str) -> str:
    """Where a page finds the asset; the address may be kept for ever."""
    return f"/assets/{name}?v={mark(name)}"


@cache
def font_css() -> str:
    """@font-face rules for every shipped font under its own name, and for each of our faces the fonts that stand in for other scripts.

    A browser fetches a font only once a character of its range is set in it.
    """
    own = [_face(font, font.family, font.weight) for font in fonts()]
    faces = [font for font in fonts() if font.office is None and not font.family.startswith("Noto")]
    # Of several rules for one face the last that has the character is taken: the face itself, then its stand-ins in order.
    stands = [rule for face in faces for rule in reversed(list(_stand_ins(face, face.family)))]
    return "\n".join([*stands, *own]) + "\n"


def renamed(face: Font, family: str) -> str:
    """@font-face rules for `face` and its stand-ins under another name."""
    return "\n".join([*reversed(list(_stand_ins(face, family))), _face(face, family, face.weight)]) + "\n"


def _stand_ins(face: Font, name: str) -> Iterator[str]:
    """Rules for the fonts that stand in for `face`, called `name`, in other scripts."""
    covered = set(_points(face.file))
    for family in dict.fromkeys(font.family for font in fonts() if font.family.startswith("Noto")):
        font = min((one for one in fonts() if one.family == family), key=lambda one: abs(one.weight - face.weight))
        fresh = _points(font.file) - covered
        if fresh:
            covered |= fresh
            yield _face(font, name, face.weight, _ranges(fresh))


def _face(font: Font, family: str, weight: int, ranges: str = "") -> str:
    spread = f";unicode-range:{ranges}" if ranges else ""
    where = address(f"fonts/{font.file}")
    return f"@font-face{{font-family:'{family}';font-weight:{weight};font-display:block;src:url({where}) format('truetype'){spread}}}"


def _points(file: str) -> frozenset[int]:
    """The code points the font has."""
    import uharfbuzz as hb

    return frozenset(hb.Face(hb.Blob.from_file_path(str(assets.path(f"fonts/{file}")))).unicodes)


def _ranges(points: Iterable[int], gap: int = 16) -> str:
    """The points as a CSS unicode-range; gaps of up to `gap` points are filled, which may fetch a font in vain but never lacks one."""
    out: list[list[int]] = []
    for point in sorted(points):
        if out and point - out[-1][1] <= gap:
            out[-1][1] = point
        else:
            out.append([point, point])
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in out)
