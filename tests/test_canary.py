"""Answers, files, specs and pages that try all they can to reach another host, or to run: nothing arrives, wherever they are shown.

A canary listens for whatever a browser sends anywhere but to the server (every other name leads to it), TCP and UDP. The same tricks on
a page without any defence are the control: there they must arrive, or the rig is broken.
"""

# ruff: noqa: E501, ISC004  # a trick stands on one line, as it would be sent

import contextlib
import csv
import io
import json
import re
import socket
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.responses import HTMLResponse

from flipchart import assets
from flipchart.gui import brands, chat, server
from flipchart.gui.asked import Asked
from flipchart.gui.headers import Rules
from flipchart.gui.minds import Minds, open_planner
from flipchart.gui.session import Session
from flipchart.gui.store import Store
from flipchart.models.events import Drawn, Event, Request
from flipchart.renderers.problem import Problem
from flipchart.renderers.read import blobs_of, read
from flipchart.renderers.registry import KINDS
from flipchart.renderers.render import write
from flipchart.renderers.spec import dump

FAR = "http://far.example"  # any name leads to the canary

# What may stand in HTML, each trick alone. `pwned` tells the rig that something ran.
TRICKS = (
    f'<img src="{FAR}/img">',
    f'<img srcset="{FAR}/srcset 1x">',
    '<img src="data:," onerror="pwned(\'onerror\')">',
    f'<svg onload="pwned(\'svg\')"><image href="{FAR}/svg-image"></image><image xlink:href="{FAR}/xlink"></image><style>@import url({FAR}/i);</style></svg>',
    f'<svg><foreignObject><iframe src="{FAR}/foreign"></iframe></foreignObject><script>pwned("svg script")</script></svg>',
    f'<svg width="9" height="9"><rect width="9" height="9" filter="url({FAR}/filter#f)" style="fill:url({FAR}/fill#f)"></rect></svg>',
    f'<link rel="stylesheet" href="{FAR}/css">',
    f'<link rel="preload" as="image" href="{FAR}/preload">',
    f'<link rel="modulepreload" href="{FAR}/module.js">',
    f'<link rel="prefetch" href="{FAR}/prefetch"><link rel="dns-prefetch" href="//dns.example"><link rel="preconnect" href="{FAR}:81">',
    f'<style>@import "{FAR}/import";body{{background:url({FAR}/body)}}</style>',
    f'<style>@font-face{{font-family:far;src:url({FAR}/font)}}</style><p style="font-family:far">far</p>',
    f'<div style="background:url({FAR}/style)">.</div>',
    f'<table background="{FAR}/table"><tr><td>.</td></tr></table>',
    f'<iframe src="{FAR}/frame"></iframe>',
    "<iframe srcdoc=\"<script>parent.pwned('srcdoc')</script>\"></iframe>",
    "<iframe src=\"javascript:parent.pwned('javascript')\"></iframe>",
    f'<object data="{FAR}/object"></object><embed src="{FAR}/embed">',
    f'<video src="{FAR}/video" poster="{FAR}/poster" autoplay></video><audio src="{FAR}/audio" autoplay></audio>',
    f'<input type="image" src="{FAR}/input">',
    "<input autofocus onfocus=\"pwned('focus')\">",
    "<details open ontoggle=\"pwned('toggle')\"><summary>.</summary></details>",
    f'<script src="{FAR}/script.js"></script>',
    f'<script>pwned("script");fetch("{FAR}/fetch",{{mode:"no-cors"}}).catch(()=>0);navigator.sendBeacon("{FAR}/beacon");new WebSocket("ws://far.example/ws");'
    f'new Image().src="{FAR}/new-image"</script>',
    '<script>{const c=new RTCPeerConnection({iceServers:[{urls:"stun:127.0.0.1:STUN"}]});c.createDataChannel("x");c.createOffer().then(o=>c.setLocalDescription(o))}</script>',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=pwned(`mutated`)&gt;">',
    '"><img src="data:," onerror="pwned(\'quoted\')">\'><script>pwned("quoted")</script>',
    '</script><script>pwned("ended")</script></style></title></textarea></noscript></template><script>pwned("ended")</script>',
    f'<a id="ping" href="{FAR}/href" ping="{FAR}/ping">a link</a>',
)
# What ends a page of its own accord, so that each needs one.
ENDINGS = (
    f'<meta http-equiv="refresh" content="0;url={FAR}/refresh">',
    f'<script>location="{FAR}/location"</script>',
    f'<base href="{FAR}/"><img src="base">',
)
# What Markdown, formulas and diagrams have of their own.
MARKS = (
    f"![p]({FAR}/md) ![r] ![s][r] [![i]({FAR}/inner)]({FAR}/outer) <{FAR}/auto>\n\n[r]: {FAR}/reference",
    "[j](javascript:pwned('md')) [d](data:text/html,<script>pwned(1)</script>) [v](vbscript:pwned) [x](&#106;avascript:pwned(2)) [t](java\tscript:pwned(3))",
    f"$\\href{{javascript:pwned('math')}}{{x}}$ $\\includegraphics{{{FAR}/tex}}$ $\\unknown{{<img src=x onerror=pwned(4)>}}$ $$<script>pwned(5)</script>$$",
    '```"><img src=x onerror=pwned(6)>\n<script>pwned(7)</script>\n```\n\n```mermaid\ngraph TD\nclick a "javascript:pwned(8)"\n```',
    f"| <img src={FAR}/cell> | b |\n|---|---|\n| [^n] | `<img src={FAR}/code>` |\n\n[^n]: <img src={FAR}/note onerror=pwned(9)>",
)
EVERYTHING = "\n\n".join((*MARKS, *TRICKS))
# In one field: to leave quotes, elements, style sheets, scripts and addresses.
WORD = (
    f"\"'><img src={FAR}/w onerror=pwned('word')><script>pwned('word')</script></style><style>*{{background:url({FAR}/s)}}</style>"
    f"</title></script><script>pwned('end')</script><svg onload=pwned('svg')>;background:url({FAR}/c);}}"
)
# In every other program's format: links, pictures, styles and clicks.
FOREIGN = (
    {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": WORD,
        "data": {"values": [{"a": WORD, "b": 1, "u": f"{FAR}/vega"}, {"a": "b", "b": 2, "u": f"{FAR}/vega2"}]},
        "mark": {"type": "bar", "href": f"{FAR}/mark", "url": f"{FAR}/mark-url", "color": f"url({FAR}/colour)"},
        "encoding": {
            "x": {"field": "a", "title": WORD}, "y": {"field": "b"}, "href": {"field": "u"}, "url": {"field": "u"}, "tooltip": {"field": "a"},
            "color": {"field": "a", "scale": {"range": [f"url({FAR}/range)", "javascript:pwned(1)"]}},
        },
        "config": {"background": f"url({FAR}/config)", "font": f"x;src:url({FAR}/font)"},
    },
    f'graph TD\n  a["{WORD.replace(chr(34), "")}"] -->|"<img src={FAR}/mmd onerror=pwned(1)>"| b[b]\n  click a "javascript:pwned(2)" "tip"\n'
    f'  click b href "{FAR}/click" _self\n  style a fill:url({FAR}/fill),stroke:#f00\n  classDef x fill:url({FAR}/def);\n  class b x\n'
    '  %%{init: {"securityLevel": "loose", "themeCSS": "*{background:url(' + FAR + '/init)}"}}%%',
    f"---\nmarp: true\nbackgroundImage: url({FAR}/marp)\nstyle: '@import url({FAR}/marp-css)'\n---\n\n# {WORD}\n\n![bg]({FAR}/bg)\n\n"
    f"<script>pwned('marp')</script>\n\n---\n\n## b\n\n- <img src={FAR}/point onerror=pwned(1)>\n- [l](javascript:pwned(2))\n\n<style>*{{background:url({FAR}/m)}}</style>",
    f"infographic list-row-simple-illus\ntheme\n  palette url({FAR}/palette)\n  base\n    text\n      font-family x;src:url({FAR}/af)\ndata\n  title {WORD}\n"
    f"  lists\n    - label {WORD}\n      desc <img src={FAR}/antv onerror=pwned(1)>\n      illus {FAR}/illus.svg\n      icon ref:remote:svg:{FAR}/icon\n    - label b\n      desc c\n",
    {
        "type": "excalidraw",
        "elements": [
            {"id": WORD, "type": "rectangle", "x": 0, "y": 0, "width": 200, "height": 80, "link": "javascript:pwned('link')", "strokeColor": f"url({FAR}/x)",
             "backgroundColor": "#fff", "customData": {"flipchart": {"part": WORD, "kept": {"name": WORD, "icon": WORD}}}},
            {"id": "t", "type": "text", "x": 9, "y": 9, "width": 80, "height": 20, "text": WORD, "originalText": WORD, "containerId": WORD, "fontFamily": WORD},
            {"id": "e", "type": "embeddable", "x": 0, "y": 200, "width": 200, "height": 80, "link": f"{FAR}/embeddable"},
            {"id": "f", "type": "iframe", "x": 0, "y": 300, "width": 200, "height": 80, "link": f"{FAR}/iframe"},
            {"id": "i", "type": "image", "x": 300, "y": 0, "width": 80, "height": 80, "fileId": "p", "status": "saved"},
            {"id": "b", "type": "rectangle", "x": 400, "y": 0, "width": 200, "height": 80, "link": f"{FAR}/box"},
        ],
        "files": {"p": {"id": "p", "mimeType": "image/svg+xml", "dataURL": f"{FAR}/file", "created": 1}},
    },
)  # fmt: skip
BRAND = (
    f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 90 40" onload="pwned(1)"><script>pwned(2)</script>'
    f'<style>@import url({FAR}/brand-css);rect{{fill:url({FAR}/brand)}}</style><image href="{FAR}/brand-image" width="9" height="9"/>'
    f'<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="{FAR}/brand-frame"/></foreignObject><a href="javascript:pwned(3)">'
    f'<rect width="60" height="40" fill="#0b5678" onclick="pwned(4)"/></a><use xlink:href="{FAR}/brand-use#x"/><circle cx="70" cy="20" r="15" fill="#c9772b"/></svg>'
)


def poisoned(values: Mapping[str, Any]) -> dict[str, Any]:
    """The spec with every word in it, ids and languages too, as hostile as it can be without being refused."""
    out: dict[str, Any] = json.loads(json.dumps({key: value for key, value in values.items() if key != "blobs"}))
    places: list[tuple[Any, Any]] = []

    def find(node: Any) -> None:
        places.extend((node, key) for key in ("id", "lang") if isinstance(node, dict) and key not in node)
        for key, inner in list(node.items() if isinstance(node, dict) else enumerate(node)):
            if isinstance(inner, dict | list):
                find(inner)
            elif isinstance(inner, str) and key not in ("kind", "blob", "original"):
                places.append((node, key))

    find(out)
    for n, (holder, key) in enumerate(places):
        before = holder[key] if isinstance(holder, list) else holder.get(key)
        holder[key] = f"{WORD}{n}" if key == "id" else WORD
        try:
            read(out)
        except Problem:
            if before is None:
                del holder[key]
            else:
                holder[key] = before
    source = {"kind": "model", "detail": WORD, "old": WORD}
    return dump(read(out | {"sources": {WORD: source}})) | {"blobs": values.get("blobs", {})}


# -- the rig ------------------------------------------------------------------------------------------------------------------


class Canary:
    """Listens on one port for anything that comes, TCP and UDP: `heard` is what was asked for, in one line each."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self._tcp, self._udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._tcp.bind(("127.0.0.1", 0))
        self._tcp.listen(64)
        self.port = self._tcp.getsockname()[1]
        self._udp.bind(("127.0.0.1", self.port))
        for listen in (self._accept, self._receive):
            threading.Thread(target=listen, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self._answer, args=(self._tcp.accept()[0],), daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            line.settimeout(5)
            asked = line.recv(65536)
            host = re.search(rb"(?i)\r\nhost: *([^\r]*)", asked)
            # Or as TLS names it.
            names = [host[1].decode()] if host else [name.decode() for name in re.findall(rb"[a-z0-9-]+(?:\.[a-z0-9-]+)+", asked)]
            # What a browser asks of its maker is its own affair: our tricks name other hosts.
            if any(name.split(":")[0].endswith(".example") for name in names):
                self.heard.append(f"{names[0]} {asked[:80].split(b' HTTP')[0].decode('ascii', 'replace')}")
            line.sendall(b"HTTP/1.1 200 OK\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")

    def _receive(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._udp.recvfrom(2048)
                self.heard.append("a datagram")

    def close(self) -> None:
        """Stop listening."""
        for held in (self._tcp, self._udp):
            held.close()


class Watch:
    """A browser that reaches this machine alone, every other name leading to the canary, and what went on in it."""

    def __init__(self, playwright: Any, canary: Canary, own: tuple[str, ...]) -> None:
        rules = f"--host-resolver-rules=MAP * 127.0.0.1:{canary.port}, EXCLUDE 127.0.0.1"
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", rules]
        self.browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        self.canary, self.own = canary, own
        self.context = self.browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900})
        self.context.expose_binding("pwned", lambda source, *told: self.ran.append(f"{told} in {source['frame'].url[:80]}"))
        self.context.on("page", self._opened)
        self.context.on("request", self._asked)
        self.ran: list[str] = []
        self.asked: list[str] = []
        self.kept_back: list[str] = []

    def _opened(self, page: Any) -> None:
        page.on("console", self._said)
        page.on("dialog", lambda dialog: (self.ran.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def _said(self, said: Any) -> None:
        if said.type == "error" and re.search(r"Refused to|Content Security Policy|NETWORK_ACCESS_REVOKED", said.text):
            self.kept_back.append(said.text[:200])

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about", "file") and f"{parts.scheme}://{parts.netloc}" not in self.own:
            self.asked.append(request.url)

    def page(self, address: str, until: str = "load") -> Any:
        """A new page at the address."""
        page = self.context.new_page()
        page.goto(address, wait_until=until)
        return page

    def quiet(self) -> None:
        """Raises AssertionError where anything ran, was asked of another host, or was only kept back by the last line of defence."""
        told = {"ran": self.ran[:5], "heard": self.canary.heard[:5], "asked": self.asked[:5], "kept back": self.kept_back[:5]}
        self.forget()
        assert not any(told.values()), told

    def forget(self) -> None:
        """Begin anew."""
        for held in (self.ran, self.canary.heard, self.asked, self.kept_back):
            held.clear()


class Given:
    """Draws the very specs it is given, by their number at the end of the question."""

    def __init__(self) -> None:
        self.specs: list[Any] = []

    def answer(self, request: Request) -> Iterator[Event]:
        given = self.specs[int(request.text.rsplit("#")[-1])]
        yield Drawn(read(given), "done", blobs_of(given))


@pytest.fixture(scope="module")
def planner() -> Given:
    return Given()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, planner: Given) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("home")
    lines = [{"label": "text", "answer": EVERYTHING, "chunk": 400}]
    (home / "script.jsonl").write_text("\n".join(map(json.dumps, lines)))
    default = f"scripted:{home / 'script.jsonl'}"
    made = Session(Store(home), Minds(lambda name, report: planner if name == "given" else open_planner(name, report), default))
    yield made
    made.close(0.0)


@pytest.fixture(scope="module")
def site(serve: Callable[[Any], str]) -> str:
    """Another site, which says what it is told to in `#`."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await HTMLResponse(PAGES.get(scope["path"], ""))(scope, receive, send)

    return serve(answer)


PAGES: dict[str, str] = {}


@pytest.fixture(scope="module")
def address(session: Session, site: str, serve: Callable[[Any], str]) -> str:
    return serve(server.app(session, Rules.of([], [site], ""), chat=chat.mount))


@pytest.fixture(scope="module")
def watch(address: str, site: str) -> Iterator[Watch]:
    from playwright.sync_api import sync_playwright

    canary = Canary()
    with sync_playwright() as playwright:
        made = Watch(playwright, canary, (address, site))
        yield made
        made.browser.close()
    canary.close()


@pytest.fixture(scope="module")
def visuals(session: Session, planner: Given) -> list[str]:
    """The ids of a visual of each form, and of each foreign format, in one conversation; the first answer is words."""
    session.attach(f"{WORD}.csv", f'region,"{WORD}"\n"{WORD}",1\nb,2\n'.encode())
    session.ask(Asked(text=f"Tell me of {WORD}", form="text"), "poisoned")
    for kind in KINDS:
        name = assets.names(f"examples/{kind}", ".json")[0]
        planner.specs.append(poisoned(json.loads(assets.text(name))))
    words = [f'=HYPERLINK("{FAR}/x")', "+1+1", "-2+3", "@SUM(1)", f"{FAR}/link", "\t=1", "=cmd|' /C calc'!A0"]
    planner.specs.append({"kind": "chart", "mark": "column", "title": words[0], "labels": words, "unit": "=1",
                          "series": [{"name": word, "values": [1] * len(words)} for word in words]})  # fmt: skip
    planner.specs += FOREIGN
    for n in range(len(planner.specs)):
        session.ask(Asked(text=f"{WORD} #{n}", model="given"), "poisoned")
    return [visual.id for visual in session.store.visuals("poisoned")]


def used(frame: Any) -> None:
    """Does what a person does with a visual: points, opens a word, leaves it, reads it as text, turns pages."""
    frame.wait_for_selector("#visual > *, .sorry", state="attached")
    for selector in (".controls button[data-act=next]", ".controls .play"):
        if frame.locator(selector).count():
            frame.locator(selector).first.click(timeout=30_000)
    word = frame.locator("#visual > svg [data-part][data-field]").first
    if word.count():
        word.hover(force=True)
        word.focus()
        frame.page.keyboard.press("Enter")
        frame.page.keyboard.press("Escape")
    frame.evaluate("document.querySelector('.tools button:last-child')?.click()")
    frame.page.wait_for_timeout(60)


def test_the_canary_hears_every_trick_where_nothing_keeps_it_back(watch: Watch, site: str) -> None:
    tricks = "".join(TRICKS).replace("STUN", str(watch.canary.port))
    PAGES.update({"/raw": f"<!doctype html><body>{tricks}", **{f"/end{n}": f"<!doctype html><body>{end}" for n, end in enumerate(ENDINGS)}})
    page = watch.page(f"{site}/raw")
    page.evaluate("document.getElementById('ping').click()")
    pages = [page, *(watch.page(f"{site}/end{n}", "commit") for n in range(len(ENDINGS)))]
    tricky = set(re.findall(rf"{FAR}/([a-z-]+)", "".join((*TRICKS, *ENDINGS)))) | {"ping", "ws", "base"}
    for _ in range(100):
        page.wait_for_timeout(100)
        told = "\n".join(watch.canary.heard)
        missing = tricky - set(re.findall(r"/([a-z-]+)", told)) - {"filter", "inner"}
        if not missing and "a datagram" in told:
            break
    for page in pages:
        page.close()
    assert not missing
    assert "a datagram" in told
    assert {"onerror", "svg", "svg script", "srcdoc", "javascript", "focus", "toggle", "script", "quoted", "ended"} <= set(
        re.findall(r"'([a-z ]+)'", str(watch.ran))
    )
    watch.forget()


def test_the_chat_its_answers_and_its_files_reach_nothing(watch: Watch, address: str, visuals: list[str]) -> None:
    page = watch.page(f"{address}/#poisoned")
    page.wait_for_selector("body.ready")
    page.wait_for_selector(".prose", state="attached")
    for handle in page.query_selector_all(".sheet"):
        handle.scroll_into_view_if_needed()
        page.wait_for_timeout(60)
    page.wait_for_timeout(500)
    page.set_input_files("input[type=file]", {"name": f"{WORD}.csv", "mimeType": "text/csv", "buffer": f'a,"{WORD}"\n1,2\n3,4\n'.encode()})
    page.wait_for_selector(".chip:not(.coming)")
    page.fill(".composer .words", f"more {WORD}")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    page.close()
    watch.quiet()


def test_a_visual_s_own_page_reaches_nothing(watch: Watch, address: str, visuals: list[str]) -> None:
    page = watch.page("about:blank")
    for id in visuals:
        page.goto(f"{address}/v/{id}")
        used(page.main_frame)
        watch.quiet()
    page.close()


def test_exported_files_reach_nothing_when_they_are_opened(watch: Watch, session: Session, visuals: list[str], tmp_path: Path) -> None:
    (tmp_path / "all.html").write_bytes(session.export("poisoned", "html")[0])
    for n, id in enumerate(visuals):
        for ending in ("html", "svg"):
            (tmp_path / f"{n}.{ending}").write_bytes(write(session.page(id), ending)[0])
    page = watch.page("about:blank")
    for file in sorted(tmp_path.iterdir()):
        page.goto(file.as_uri())
        page.wait_for_timeout(60)
        watch.quiet()
    page.close()


def test_the_editor_reaches_nothing(watch: Watch, address: str, session: Session, visuals: list[str]) -> None:
    boards = [id for id in visuals if session.store.visual(id).kind == "whiteboard"]
    page = watch.page("about:blank")
    for id in boards:
        page.goto(f"{address}/v/{id}/edit")
        page.wait_for_selector(".excalidraw canvas")
        page.wait_for_timeout(500)
        watch.quiet()
    page.close()


def test_a_logo_shows_its_shapes_and_nothing_else(watch: Watch, address: str, session: Session, visuals: list[str]) -> None:
    session.brands.wear(brands.given(f"{WORD}.svg", BRAND.encode()))
    try:
        page = watch.page("about:blank")
        for where in (f"/v/{visuals[0]}", f"/v/{visuals[2]}", "/api/brand/preview.svg", "/gallery"):
            page.goto(address + where)
            page.wait_for_timeout(150)
        page.goto(f"{address}/")
        page.wait_for_selector("body.ready")
        page.wait_for_timeout(300)
        page.close()
    finally:
        session.brands.wear(None)
    watch.quiet()


def test_what_offices_open_fetches_and_runs_nothing(session: Session, visuals: list[str]) -> None:
    for content in (session.export("poisoned", "pptx")[0], *(write(session.page(id), "pptx")[0] for id in visuals)):
        for name, part in parts(content):
            assert not (name.endswith(".rels") and b"External" in part), name
            assert not re.search(rb"<f[ >]|<hyperlink|<ddeLink|<oleLink|vbaProject|macro", part), name
    charts = [id for id in visuals if session.store.visual(id).kind == "chart"]
    for id in charts:
        rows = list(csv.reader(io.StringIO(write(session.page(id), "csv")[0].decode("utf-8-sig"))))
        assert rows
        assert not [cell for row in rows for cell in row if re.match(r"\s*[=+@\t|-](?![\d.,]+$)", cell)]


def parts(content: bytes, inside: str = "") -> Iterator[tuple[str, bytes]]:
    """Every part of an office file, those of the files in it too."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            yield f"{inside}{name}", part
            if part.startswith(b"PK"):
                yield from parts(part, f"{name}!")
