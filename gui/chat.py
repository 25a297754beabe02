"""The web chat: Gradio's Blocks are the shell of the page, what fills it is ours and speaks to the session over HTTP and events.

`/` is a page of our own with Gradio's app in it, so that it shows its colours, language and direction before any of Gradio has loaded.
The thread, the sidebar and the composer live in `gr.HTML` and are set once; the dials are Gradio's components, read in the browser.
No question passes through Gradio: its own routes for queues, files and proxies are shut.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flipchart import __version__, assets
from flipchart.gui import attach, brands, gallery
from flipchart.gui.frames import address, inlined
from flipchart.gui.session import Session, spec_of
from flipchart.renderers import svg
from flipchart.renderers.html import variables
from flipchart.renderers.registry import KINDS, form
from flipchart.renderers.render import SIZES, draw, endings
from flipchart.renderers.sheet import told
from flipchart.renderers.style import style, themes
from flipchart.renderers.typeset import reads_rtl
from flipchart.renderers.words import say

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

LANGUAGES = {
    "en": "English", "es": "Español", "pt": "Português", "fr": "Français", "de": "Deutsch",
    "zh": "中文", "ja": "日本語", "hi": "हिन्दी", "ar": "العربية",
}  # fmt: skip
WHERE = "/page"  # the path Gradio is mounted at
THUMB = 390.0  # px: the width a thumbnail is laid out for
# Of Gradio's own routes, what its page needs to start.
OPEN = re.compile(r"/(assets/.+|static/.+|theme\.css|config|gradio_api/(info|startup-events|app_id))")


def mount(web: "FastAPI", session: Session) -> None:
    """Add the chat at "/", the gallery, and what both read, to the app."""
    _page(web)
    _facts(web, session)
    gallery.mount(web, session.brands)
    _gradio(web)


# -- the page ---------------------------------------------------------------------------------------------------------------


def _page(web: "FastAPI") -> None:
    from fastapi import Request
    from fastapi.responses import HTMLResponse, JSONResponse, Response

    @web.get("/")
    def chat(request: Request) -> Response:
        lang = language(request.cookies.get("flipchart-lang", ""), request.headers.get("accept-language", ""))
        return HTMLResponse(page(lang), headers={"cache-control": "no-cache", "vary": "accept-language, cookie"})

    @web.get("/api/words/{lang}")
    def spoken(lang: str) -> Response:
        return JSONResponse(words(lang if lang in LANGUAGES else "en"), headers={"cache-control": "no-cache"})


def language(chosen: str, accepted: str) -> str:
    """The interface's language: the one chosen, else the first of an Accept-Language header that it speaks, else English."""
    if chosen in LANGUAGES:
        return chosen
    wanted = []
    for i, part in enumerate(accepted.split(",")[:30]):
        name, _, quality = part.partition(";q=")
        weight = float(quality) if re.fullmatch(r"[01](\.\d{0,3})?", quality.strip()) else 1.0
        wanted.append((-weight, i, name.strip().split("-")[0].lower()))
    return next((name for _, _, name in sorted(wanted) if name in LANGUAGES), "en")


@cache
def words(lang: str) -> dict[str, str]:
    """Every word of the interface in `lang`, by its key without "chat."."""
    keys = [key for key in json.loads(assets.text("words/chat.json")) if key.startswith("chat.")]
    out = {key.removeprefix("chat."): say(key, lang) for key in keys}
    return out | {f"form.{kind}": say(f"form.{kind}", lang) for kind in KINDS}


@cache
def page(lang: str) -> str:
    """The chat's page in `lang`."""
    state = {
        "lang": lang,
        "words": {lang: words(lang)},
        "languages": LANGUAGES,
        "themes": {name: {"dark": style(name).dark, "colours": _swatch(name)} for name in themes()},
        "series": list(style().series),
        "forms": list(KINDS),
        "examples": gallery.shown(lang),
        "version": __version__,
    }
    looks = "".join(f':root[data-theme="{name}"]{{{variables(style(name))}}}' for name in themes())
    script, sheet = _entry()
    side = "rtl" if reads_rtl(lang) else "ltr"
    return (
        f'<!doctype html>\n<html lang="{lang}" dir="{side}" data-theme="light"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content">'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
        f'<title>Flipchart</title><link rel="icon" href="{address("web/mark.svg")}">'
        f'<link rel="stylesheet" href="{WHERE}/{sheet}"><link rel="stylesheet" href="./{sheet}" disabled>'
        f'<link rel="stylesheet" href="{address("fonts.css")}"><link rel="stylesheet" href="{address("web/page.css")}">'
        f'<link rel="stylesheet" href="{address("web/chat.css")}"><style>{looks}</style>'
        f"<script>{_FIRST}</script>"
        f'<script type="application/json" id="state">{inlined(state)}</script>'
        f'<script type="module" src="{address("web/chat.js")}"></script><script type="module" src="{WHERE}/{script}"></script></head>'
        f'<body class="fc"><noscript>{escape(say("chat.noscript", lang))}</noscript>'
        '<gradio-app eager="true" embed="false" info="false" container="false" theme_mode="light" control_page_title="false">'
        f"</gradio-app><script>{_THEN}</script></body></html>\n"
    )


# Before anything shows: the theme of last time, or the system's.
_FIRST = (
    "window.__gradio_mode__='app';(()=>{let t='';try{t=localStorage.getItem('flipchart-theme')||''}catch{}"
    "document.documentElement.dataset.theme=t||(matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light')})()"
)
_THEN = f"document.querySelector('gradio-app').setAttribute('src',location.origin+'{WHERE}')"


def _swatch(name: str) -> list[str]:
    look = style(name)
    return [look.sheet, look.ink, look.accent]


@cache
def _entry() -> tuple[str, str]:
    """Gradio's own entry script and style sheet, as paths in its static folder; Gradio itself is not loaded for it."""
    found = find_spec("gradio")
    assert found is not None and found.origin is not None
    index = Path(found.origin).with_name("templates").joinpath("frontend/index.html").read_text("utf-8")
    links = dict(re.findall(r'(src|href)="\./(assets/index-[^"]+)"', index))
    return links["src"], links["href"]


# -- the shell --------------------------------------------------------------------------------------------------------------


def _gradio(web: "FastAPI") -> None:
    """Mount Gradio's app, with all of its routes shut that the page does not need. It takes seconds to load: that goes on beside."""
    later = Later()
    around = web.router.lifespan_context

    @asynccontextmanager
    async def life(app: Any) -> AsyncIterator[Any]:
        async with around(app) as state:
            later.begin()
            try:
                yield state
            finally:
                await later.end()

    web.router.lifespan_context = life
    web.mount(WHERE, Shut(later))


async def _built() -> tuple["ASGIApp", Any]:
    """Gradio's app, and the life it wants to have begun before it is asked and ended after.

    It is made inside a running event loop: where there is none, Gradio makes several and leaves them open.
    """
    import os

    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # it looks for a newer version of itself, too, unless told not to
    import gradio as gr
    from fastapi import FastAPI
    from starlette.middleware.cors import CORSMiddleware

    holder = FastAPI()
    # Gradio sets its own, far too open, rules for other sites unless the app it is part of has some; these allow none.
    holder.add_middleware(CORSMiddleware, allow_origins=[])
    faces = [gr.themes.Font("Inter")]
    gr.mount_gradio_app(
        holder, shell(), path=WHERE, footer_links=[], run_history=False, ssr_mode=False, pwa=False, mcp_server=False,
        enable_monitoring=False, show_error=False,
        theme=gr.themes.Base(font=faces, font_mono=[gr.themes.Font("JetBrains Mono")]),
    )  # fmt: skip
    return cast(Any, holder.router.routes[-1]).app, holder.router.lifespan_context(holder)


class Later:
    """ASGI: Gradio's app, loaded in a thread of its own; a request that comes sooner waits for it."""

    def __init__(self) -> None:
        self._app: asyncio.Future[ASGIApp] | None = None
        self._over: asyncio.Event | None = None
        self._living: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start loading."""
        self._app, self._over = asyncio.get_running_loop().create_future(), asyncio.Event()
        self._living = asyncio.create_task(self._live(self._app, self._over))

    async def _live(self, ready: "asyncio.Future[ASGIApp]", over: asyncio.Event) -> None:
        app, life = await asyncio.to_thread(asyncio.run, _built())
        async with life:
            ready.set_result(app)
            await over.wait()

    async def end(self) -> None:
        """End its life; what it could not do comes out here."""
        if self._over is not None and self._living is not None:
            self._over.set()
            await self._living

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass the request on, once there is somebody to take it."""
        assert self._app is not None and self._living is not None
        either: set[asyncio.Future[Any]] = {self._app, self._living}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not self._app.done():
            self._living.result()  # says why it could not be loaded
        await self._app.result()(scope, receive, send)


def shell() -> Any:
    """The page's parts as Gradio's Blocks."""
    import gradio as gr

    def part(name: str) -> None:
        gr.HTML("", elem_id=name, js_on_load=f"window.flipchart.part({name!r}, element)", apply_default_css=False)

    with gr.Blocks(title="Flipchart", analytics_enabled=False, fill_width=True) as blocks:
        part("side")
        with gr.Column(elem_id="main"):
            part("thread")
            with gr.Column(elem_id="composer"):
                part("ask")
                autonomy = gr.Slider(0, 3, 2, step=1, label="Autonomy", elem_id="autonomy", buttons=[], interactive=True)
        with gr.Column(elem_id="settings"):
            dials = {
                "autonomy": autonomy,
                "effort": gr.Radio(["quick", "standard", "deep"], value="standard", label="Effort", elem_id="effort", interactive=True),
                "theme": gr.Radio(["", *themes()], value="", label="Theme", elem_id="theme", interactive=True),
                "lang": gr.Dropdown(
                    [("", ""), *((name, lang) for lang, name in LANGUAGES.items())], value="", label="Language", elem_id="lang",
                    interactive=True, filterable=False,
                ),
                "model": gr.Dropdown(
                    _models(), value="", label="Model", elem_id="model", allow_custom_value=True, interactive=True,
                ),
            }  # fmt: skip
            part("brand")
        for name, dial in dials.items():
            dial.change(None, [dial], None, js=f"value => {{ window.flipchart.dial({name!r}, value) }}", queue=False)
        # What was chosen last time is put back by the page itself, once the dials are there.
        blocks.load(None, None, list(dials.values()), js="() => window.flipchart.dials()", queue=False)
    return blocks


def _models() -> list[tuple[str, str]]:
    from flipchart.models import weights

    known = [model for model in weights.models() if model.kind == "llm"]
    return [
        ("", ""),
        *((model.title if weights.path(model.name) else f"{model.title} · {model.size / 1e9:.1f} GB ↓", model.name) for model in known),
    ]


class Shut:
    """ASGI: Gradio's app without what the page does not need, such as its queue, uploads, files and proxy."""

    def __init__(self, app: "ASGIApp") -> None:
        self.app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass the request on where it only reads the page's own parts."""
        path = scope.get("path", "").removeprefix(WHERE)
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and OPEN.fullmatch(path) and ".." not in path:
            await self.app(scope, receive, send)
            return
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/json")]})
            await send({"type": "http.response.body", "body": b'{"error": "there is nothing here"}'})


# -- what the page reads ----------------------------------------------------------------------------------------------------


def _facts(web: "FastAPI", session: Session) -> None:
    from fastapi import Request
    from fastapi.responses import Response

    @web.get("/api/visuals/{id}")
    def visual(id: str) -> dict[str, Any]:
        return facts(session, id)

    @web.get("/api/visuals/{id}/named")
    def named(id: str, part: str, field: str = "") -> dict[str, str]:
        return {"words": session.named(id, part, field)}

    @web.get("/thumbs/{id}")
    def thumb(request: Request, id: str, theme: str = "light") -> Response:
        kept = session.store.visual(id)
        look = session.style(theme)
        tag = f'"{kept.n}-{kept.kind}-{kept.status}-{theme}-{brands.mark(look.brand)}-{__version__}"'
        headers = {"etag": tag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        drawing = draw(spec_of(kept), look.bare(), THUMB)
        # Too small to be read: it need not carry fonts.
        return Response(svg.write(drawing, session.store.blobs([kept.spec]), fonts=False), media_type="image/svg+xml", headers=headers)

    @web.get("/api/files/{id}/questions")
    def questions(id: str, lang: str = "en") -> list[str]:
        from flipchart.renderers.chart import questions

        kept = session.store.file(id)
        table = attach.opened(kept, session.store.path(kept.blob)).table
        return questions(table, lang)[:4] if table is not None else []

    @web.post("/api/examples/{kind}/{name}")
    def example(kind: str, name: str, design: str = "", again: bool = False) -> dict[str, str]:
        return gallery.replayed(session, kind, name, design, again=again)


def facts(session: Session, id: str) -> dict[str, Any]:
    """What the line under a visual says and offers, as JSON values."""
    visual = session.store.visual(id)
    spec = spec_of(visual)
    return {
        "id": visual.id,
        "run": visual.run,
        "form": visual.kind,
        "title": spec.title,
        "alt": form(spec.kind).alt(spec),
        "status": visual.status,
        "n": visual.n,
        "newest": visual.newest,
        "design": spec.look.design,
        "theme": spec.look.theme,
        "accent": spec.look.accent or "",
        "forms": session.forms(id),
        "designs": session.designs(id),
        "writes": endings(spec),
        "sizes": [] if form(spec.kind).pages or form(spec.kind).flows else list(SIZES),
        "drawable": form(spec.kind).redrawn is not None,
        "markable": form(spec.kind).retouched is not None and bool(getattr(spec, "blob", "")),
        "told": told(spec),
        "lang": spec.lang,
    }
