"""The shipped examples: six of them on the empty chat, all of them in the gallery, each drawn in any theme and width.

None of it needs a model: an opened example is an answer like any other, told by a planner that replays its spec.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flipchart import __version__, assets
from flipchart.gui.brands import Brands, mark
from flipchart.gui.frames import address
from flipchart.models.events import Drawn, Event, Planned, Request
from flipchart.renderers.html import variables
from flipchart.renderers.problem import Missing, SpecProblem
from flipchart.renderers.read import blobs_of, read_file
from flipchart.renderers.registry import KINDS, form
from flipchart.renderers.render import Page, draw
from flipchart.renderers.render import write as written
from flipchart.renderers.spec import Spec, dump, parse_json, read_prefix
from flipchart.renderers.style import Brand, style, themes
from flipchart.renderers.typeset import reads_rtl
from flipchart.renderers.words import say

if TYPE_CHECKING:
    from fastapi import FastAPI

    from flipchart.gui.session import Session

SHOWN = ("chart", "infographic", "whiteboard", "slides", "app", "animation")  # forms of the empty chat
WIDTHS = (390, 720, 1280)
MODEL = "example:"  # what the model that replays an example is called, before its form and name
REPLAY_SECONDS, STEPS = 1.6, 16  # how long a replayed example grows, and in how many steps


@cache
def examples(kind: str) -> dict[str, Spec]:
    """The shipped examples of a form by name, in order of name."""
    folder = f"examples/{kind}"
    if not assets.path(folder).is_dir():
        return {}
    return {Path(name).stem: read_file(assets.path(name)) for name in assets.names(folder, ".json")}


def example(kind: str, name: str) -> Spec:
    """One shipped example; raises Missing where there is none."""
    found = examples(kind).get(name) if kind in KINDS else None
    if found is None:
        raise Missing(f"there is no example {kind[:40]}/{name[:40]}; /gallery shows those there are")
    return found


@cache
def pixels(kind: str, name: str) -> dict[str, bytes]:
    """The pixels an example carries, by "sha256:…"."""
    return blobs_of(parse_json(assets.text(f"examples/{kind}/{name}.json")))


@cache
def page_of(kind: str, name: str, theme: str = "light", width: float = 720.0, design: str = "") -> Page:
    """A shipped example ready to be written, in one of its designs, with the pixels it carries."""
    return Page((designed(example(kind, name), design),), style(theme), pixels(kind, name), width=width)


def designed(spec: Spec, design: str) -> Spec:
    """The spec in the design of that name; raises SpecProblem where it has none of that name."""
    if not design:
        return spec
    can = form(spec.kind).designs(spec)
    if design not in can:
        raise SpecProblem(f"this {spec.kind} has no design {design[:40]!r}; it has {', '.join(can) or 'one only'}")
    return spec.model_copy(update={"look": spec.look.model_copy(update={"design": design})})


def every() -> Iterator[tuple[str, str, Spec]]:
    """Each shipped example: form, name, spec."""
    for kind in KINDS:
        for name, spec in examples(kind).items():
            yield kind, name, spec


@cache
def prompts() -> dict[str, str]:
    """What one asks to get an example, by "form/name", those to be shown first coming first."""
    return dict(json.loads(assets.text("examples/prompts.json")))


def prompt(kind: str, name: str) -> str:
    """What one asks to get this example, in its own language."""
    return prompts().get(f"{kind}/{name}") or example(kind, name).title


def shown(lang: str) -> list[dict[str, str]]:
    """The examples of the empty chat, one a form, in `lang` where there is one: {kind, name, title, prompt, lang}."""
    out = []
    for kind in SHOWN:
        names = sorted(examples(kind), key=lambda name: _rank(kind, name, lang))
        for name in names[:1]:
            spec = examples(kind)[name]
            out.append({"kind": kind, "name": name, "title": spec.title, "prompt": prompt(kind, name), "lang": spec.lang})
    return out


def _rank(kind: str, name: str, lang: str) -> tuple[int, int, str]:
    """Smaller is shown sooner: the reader's language, then English; then the order of the prompts."""
    order = {key: i for i, key in enumerate(prompts())}
    own = examples(kind)[name].lang.split("-")[0]
    return (0 if own == lang else 1 if own in ("en", "") else 2, order.get(f"{kind}/{name}", len(order)), name)


# -- replaying --------------------------------------------------------------------------------------------------------------


class Replay:
    """A planner that answers with one shipped example, which grows as if it were being written."""

    def __init__(self, name: str) -> None:
        """`name` is "form/name" or "form/name/design"; raises Missing where there is no such example."""
        self.kind, self.name, design = (*name.split("/", 2), "", "")[:3]
        self.spec = designed(example(self.kind, self.name), design)

    def answer(self, request: Request) -> Iterator[Event]:
        """The example, piece by piece, then whole."""
        spec, one = self.spec, form(self.kind)
        yield Planned(self.kind, ((self.kind, 1.0),), say("chat.replayed", spec.lang or "en"), REPLAY_SECONDS)
        values = {key: value for key, value in dump(spec).items() if key not in ("sources", "look", "version")}
        words, ours = json.dumps(values, ensure_ascii=False), {"lang": spec.lang, "seed": spec.seed, "id": spec.id}
        for step in range(1, STEPS):
            if request.cancel.wait(REPLAY_SECONDS / STEPS):
                return
            part = read_prefix(words[: len(words) * step // STEPS], one.spec, ours)
            if part is not None:
                yield Drawn(part, "growing")
        yield Drawn(spec, "done", pixels(self.kind, self.name))


def replayed(session: "Session", kind: str, name: str, design: str = "", *, again: bool = False) -> dict[str, str]:
    """Open the example as a conversation of its own, the same each time: {conversation, run, visual}. `again`: have it drawn anew."""
    from flipchart.gui.asked import Asked

    spec = designed(example(kind, name), design)
    id = f"example-{kind}-{name}"
    asked = Asked(text=prompt(kind, name), form=kind, model=f"{MODEL}{kind}/{name}{'/' if design else ''}{design}", lang=spec.lang)
    run = session.start(asked, id, id)
    held = next((visual for visual in session.store.visuals(id) if visual.run == run.id), None)
    if again and held is not None and held.status != "growing":
        run = session.start(asked.model_copy(update={"into": held.id}), id)
    elif design and held is not None and held.status != "growing" and held.kind == kind:
        session.flip(held.id, design)
    return {"conversation": id, "run": run.id, "visual": held.id if held else ""}


# -- the gallery ------------------------------------------------------------------------------------------------------------


def mount(web: "FastAPI", brands: Brands | None = None) -> None:
    """Add `/gallery`, and each example in any format at `/example/{form}/{name}.{ending}`, in the brand whose mark it is asked with."""
    from fastapi import Request
    from fastapi.responses import Response, StreamingResponse

    threading.Thread(target=_warm, name="flipchart-examples", daemon=True).start()

    @web.get("/gallery")
    def gallery(request: Request, theme: str = "light", width: int = 720, form: str = "") -> Response:
        from flipchart.gui.chat import language

        lang = language(request.cookies.get("flipchart-lang", ""), request.headers.get("accept-language", ""))
        width = min(WIDTHS, key=lambda one: abs(one - width))
        theme = theme if theme in themes() else "light"
        shown = page(lang, theme, width, form if form in KINDS else "")
        return StreamingResponse(shown, media_type="text/html; charset=utf-8", headers={"cache-control": "no-cache"})

    @web.get("/example/{kind}/{name}.{ending}")
    def picture(kind: str, name: str, ending: str, theme: str = "light", width: int = 720, design: str = "", brand: str = "") -> Response:
        worn = brands.now if brands and brand and mark(brands.now) == brand else None
        content, mime = drawn(kind, name, ending, theme, max(320, min(1280, width)), design, worn)
        return Response(content, media_type=mime, headers={"cache-control": "public, max-age=86400"})


def _warm() -> None:
    """Draw what the empty chat shows, so that nobody waits for it."""
    for one in shown("en"):
        drawn(one["kind"], one["name"], "svg", "light", 720, "")


@lru_cache(maxsize=600)
def drawn(kind: str, name: str, ending: str, theme: str, width: int, design: str, brand: Brand | None = None) -> tuple[bytes, str]:
    """An example as a file, and its media type."""
    example(kind, name)
    page = page_of(kind, name, theme, float(width), design)
    return written(replace(page, style=page.style.wearing(brand)), ending)


@cache
def height(kind: str, name: str, theme: str, width: int, design: str) -> int:
    """How tall the example is at `width` px."""
    return round(draw(designed(example(kind, name), design), style(theme), float(width)).height)


@cache
def sheets(kind: str) -> list[tuple[str, str]]:
    """What the gallery shows of a form, as (example, design): each design once, on the example it fits best, and each example once."""
    best: dict[str, tuple[int, str]] = {}
    for name, spec in examples(kind).items():
        for place, design in enumerate(form(kind).designs(spec)):
            if design not in best or place < best[design][0]:
                best[design] = (place, name)
    own = {name: (form(kind).designs(spec) or ("",))[0] for name, spec in examples(kind).items()}
    out = [(name, design) for design, (_, name) in best.items()]
    return out + [(name, design) for name, design in own.items() if (name, design) not in out]


def page(lang: str, theme: str, width: int, only: str = "") -> Iterator[str]:
    """The gallery's page, a form after the other; what is shown in which theme and at which width is a link."""
    kinds = sorted((kind for kind in KINDS if examples(kind)), key=lambda kind: (*SHOWN, *KINDS).index(kind))

    def link(label: str, here: bool, **changes: object) -> str:
        query = {"form": only, "theme": theme, "width": width} | changes
        mark = ' aria-current="true"' if here else ""
        return f'<a href="/gallery?{escape(urlencode({k: v for k, v in query.items() if v}))}"{mark}>{escape(label)}</a>'

    forms = [link(say("chat.all", lang), not only, form="")] + [link(say(f"form.{k}", lang), k == only, form=k) for k in kinds]
    dresses = [link(say(f"chat.theme.{name}", lang), name == theme, theme=name) for name in themes()]
    widths = [link(f"{one} px", one == width, width=one) for one in WIDTHS]
    title = escape(say("chat.gallery", lang))
    yield (
        f'<!doctype html>\n<html lang="{lang}" dir="{"rtl" if reads_rtl(lang) else "ltr"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title} · Flipchart</title><link rel="icon" href="{address("web/mark.svg")}">'
        f'<link rel="stylesheet" href="{address("fonts.css")}"><link rel="stylesheet" href="{address("web/gallery.css")}">'
        f"<style>:root{{{variables(style(theme))}}}</style></head><body>"
        f'<header><a class="home" href="/"><img src="{address("web/mark.svg")}" alt="" width="24" height="24">Flipchart</a><h1>{title}</h1>'
        f'<p>{escape(say("chat.gallery.about", lang))}</p><nav aria-label="{title}"><div>{"".join(forms)}</div>'
        f"<div>{''.join(dresses)}</div><div>{''.join(widths)}</div></nav></header><main>"
    )
    for kind in kinds:
        if only in ("", kind):
            yield _section(kind, lang, theme, width)
    yield "</main></body></html>\n"


def _section(kind: str, lang: str, theme: str, width: int) -> str:
    cells = "".join(_cell(kind, name, design, lang, theme, width) for name, design in sheets(kind))
    title = escape(say(f"form.{kind}", lang))
    return f'<section data-width="{width}"><h2>{title[:1].upper()}{title[1:]}</h2><div class="sheets">{cells}</div></section>'


def _cell(kind: str, name: str, design: str, lang: str, theme: str, width: int) -> str:
    spec = example(kind, name)
    query: Mapping[str, Any] = {"theme": theme, "width": width, "v": __version__} | ({"design": design} if design else {})
    source = escape(f"/example/{kind}/{name}.svg?{urlencode(query)}", quote=True)
    label = f"<b>{escape(design.replace('-', ' '))}</b>" if design else ""
    where = f"/#example/{kind}/{name}" + (f"/{design}" if design else "")
    opens, alt = escape(say("chat.open", lang), quote=True), escape(form(kind).alt(spec), quote=True)
    size = f'width="{width}" height="{height(kind, name, theme, width, design)}"'
    return (
        f'<figure lang="{escape(spec.lang or lang, quote=True)}"><a href="{where}" title="{opens}">'
        f'<img src="{source}" alt="{alt}" loading="lazy" decoding="async" {size}></a>'
        f'<figcaption>{label}<span dir="auto">{escape(spec.title or name)}</span></figcaption></figure>'
    )


def write(folder: Path, width: float = 720.0) -> str:
    """Draw each example in each theme as `folder`/<form>-<name>-<theme>.png and all on `folder`/index.html; says how many."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    count = 0
    for kind, name, spec in every():
        cells = []
        for theme in themes():
            file = f"{kind}-{name}-{theme}.png"
            (folder / file).write_bytes(written(page_of(kind, name, theme, width), "png")[0])
            cells.append(f'<img src="{escape(file)}" alt="{escape(theme)}" loading="lazy">')
            count += 1
        rows.append(f"<h2>{escape(kind)} · {escape(spec.title or name)}</h2><div>{''.join(cells)}</div>")
    look = (
        "body{font:15px sans-serif;margin:32px}div{display:flex;gap:12px;overflow-x:auto}"
        "img{width:420px;align-self:start;border:1px solid #ddd}"
    )
    shell = f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{look}</style>{''.join(rows)}"
    (folder / "index.html").write_text(shell, "utf-8")
    return f"{count} pictures in {folder}; open {folder / 'index.html'}"
