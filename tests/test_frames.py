"""One visual as a page of its own: laid out for its room, grown in place, typed over, read as text, and safe to frame."""

import html
import inspect
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart import assets
from flipchart.gui import editor, frames, server
from flipchart.gui.asked import Asked
from flipchart.gui.frames import CAGE, Frames, cage, fitting, font_css, inlined, served
from flipchart.gui.minds import always
from flipchart.gui.session import Session
from flipchart.gui.store import Store
from flipchart.models.events import Drawn, Event, Request
from flipchart.renderers.problem import Problem
from flipchart.renderers.render import read
from flipchart.renderers.typeset import fonts

TIPS = {
    "kind": "infographic",
    "title": "Three habits bring better sleep",
    "sources": {"item2.value": {"kind": "model"}, "item1.value": {"kind": "quoted", "detail": "7.5 hours"}},
    "items": [
        {"label": "Keep one bedtime", "text": "Every day the same.", "value": 7.5, "unit": "h"},
        {"label": "Cool the room", "text": "Most sleep best so.", "value": 18, "unit": "°C"},
        {"label": "Stop caffeine", "text": "At noon at the latest.", "value": 12, "unit": "h"},
    ],
}
CALCULATOR = {
    "kind": "app",
    "title": "What a tip comes to",
    "inputs": [{"name": "bill", "label": "Bill", "value": 40, "unit": "$"}, {"name": "share", "label": "Tip", "value": 15, "unit": "%"}],
    "outputs": [{"name": "tip", "label": "You add", "formula": "bill * share / 100", "unit": "$"}],
}
EVIL = '"><img src=x onerror=top.evil=1><script>top.evil=1</script><svg onload=top.evil=1>'
LINKS = """

![p](http://evil.example/p.png) [l](javascript:top.evil=1) <iframe src=//evil.example> ![r]

[r]: http://evil.example/r
"""


BOARD = {
    "kind": "whiteboard",
    "title": "Orders are stored first",
    "nodes": [{"name": "Shop"}, {"name": "注文"}, {"name": "Orders", "shape": "store"}],
    "edges": [{"start": "Shop", "end": "注文", "label": "sends"}, {"start": "注文", "end": "Orders"}],
}


class Slow:
    """Draws what the question names, growing item by item as `on` lets it."""

    def __init__(self) -> None:
        self.on = threading.Semaphore(0)

    def answer(self, request: Request) -> Iterator[Event]:
        spec = {"tips": TIPS, "app": CALCULATOR, "grow": TIPS, "draw": BOARD}.get(request.text) or json.loads(request.text)
        if request.text == "draw":
            yield Drawn(read({"kind": "whiteboard", "title": BOARD["title"]}), "growing")
            self.on.acquire(timeout=20)
        if request.text == "grow":
            for n in (1, 2):
                yield Drawn(read(TIPS | {"items": TIPS["items"][:n]}), "growing")  # type: ignore[index]
                self.on.acquire(timeout=20)
        yield Drawn(read(spec), "done")


@pytest.fixture(scope="module")
def planner() -> Slow:
    return Slow()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory, planner: Slow) -> Iterator[Session]:
    opened = Session(Store(tmp_path_factory.mktemp("home")), always(planner))
    yield opened
    opened.close(0.0)


@pytest.fixture(scope="module")
def address(session: Session, serve: Callable[[Any], str]) -> str:
    return serve(server.app(session))


def drawn(session: Session, text: str = "tips", **more: Any) -> str:
    """The id of a visual drawn for the question."""
    run = session.ask(Asked(text=text, **more)).run
    return next(visual.id for visual in session.store.visuals(session.store.run(run).conversation))


class Elements(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


# -- pages --------------------------------------------------------------------------------------------------------------------


def test_a_page_tells_what_it_shows_in_words_too(session: Session) -> None:
    shown = Frames(session)
    view = shown.view(drawn(session), 720)
    page = shown.page(view)
    assert page.startswith('<!doctype html>\n<html lang="en" dir="ltr">')
    assert "<title>Three habits bring better sleep</title>" in page
    assert "Every day the same." in view["text"]
    assert view["told"] == "Figures from your message · From the model’s memory, not checked"
    assert (view["sources"]["item1.value"]["label"], view["sources"]["item1.value"]["detail"]) == ("Figures from your message", "7.5 hours")


def test_a_page_reads_in_the_direction_of_its_language(session: Session) -> None:
    shown = Frames(session)
    page = shown.page(shown.view(drawn(session, json.dumps(TIPS | {"lang": "ar"})), 720))
    assert '<html lang="ar" dir="rtl">' in page
    assert "كنص" in page


@given(st.floats(0, 4000))
def test_a_layout_never_is_wider_than_its_room(width: float) -> None:
    assert fitting(width) <= max(width, 320)
    assert fitting(width) >= min(width - 40, 1240)


@pytest.mark.parametrize("width", [390, 720, 960, 1280])
def test_the_usual_widths_are_laid_out_as_they_are(width: float) -> None:
    assert fitting(width) == width


def test_a_picture_is_laid_out_anew_for_a_narrow_room(session: Session) -> None:
    id, shown = drawn(session), Frames(session)
    wide, narrow = (shown.view(id, width)["html"] for width in (1280, 390))
    boxes = [re.search(r'viewBox="0 0 (\S+) (\S+)"', markup) for markup in (wide, narrow)]
    (w1, h1), (w2, h2) = ((float(box[1]), float(box[2])) for box in boxes if box)
    assert (w1, w2) == (1280, 390)
    assert h2 > h1


def test_a_theme_asked_for_wins_over_the_conversation_s(session: Session) -> None:
    id, shown = drawn(session, theme="dark"), Frames(session)
    assert "--sheet:#1D1F25" in shown.view(id)["style"]
    assert "--sheet:#FFFFFF" in shown.view(id, theme="light")["style"]


HOSTILE = [
    json.loads(json.dumps(TIPS | {"title": EVIL, "items": [{"label": EVIL, "text": EVIL}] * 3})),
    {"kind": "text", "title": EVIL, "markdown": EVIL + LINKS},
    CALCULATOR
    | {
        "title": EVIL,
        "inputs": [{"name": "bill", "label": EVIL, "value": 40}],
        "outputs": [{"name": "t", "label": EVIL, "formula": "bill * 2"}],
    },
]


@pytest.mark.parametrize("spec", HOSTILE, ids=lambda spec: spec["kind"])
def test_hostile_words_stay_words(session: Session, spec: dict[str, Any]) -> None:
    shown = Frames(session)
    page = shown.page(shown.view(drawn(session, json.dumps(spec)), 720))
    outside = Elements(page).found
    inside = [element for tag, given in outside if tag == "iframe" for element in Elements(given["srcdoc"] or "").found]
    ours = {frames.address("web/frame.js"), frames.address("web/frame_marks.js")}
    for tag, given_here in [*outside, *inside]:
        assert tag not in {"embed", "object", "base", "form"}
        assert not [name for name in given_here if name.startswith("on")]
        assert not (tag == "script" and given_here.get("src") and given_here["src"] not in ours)
        for name in ("src", "href", "srcset", "poster", "action", "background"):
            value = str(given_here.get(name) or "")
            assert not value.startswith(("http", "//", "javascript")), (tag, value)
    assert [tag for tag, _ in outside].count("script") == 3
    assert "<img" not in page.split('id="state"')[0].replace(html.escape("<img"), "")


def test_a_mini_app_sits_in_a_cage(session: Session) -> None:
    shown = Frames(session)
    view = shown.view(drawn(session, "app"), 720)
    assert view["place"] == "app"
    ((_, given_here),) = [element for element in Elements(shown.page(view)).found if element[0] == "iframe"]
    assert given_here["sandbox"] == "allow-scripts"
    assert "src" not in given_here
    document = given_here["srcdoc"] or ""
    assert document.startswith(f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{CAGE}">')
    assert "http://" not in document.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in document


@given(st.text())
def test_a_cage_holds_any_document_byte_for_byte(document: str) -> None:
    (held, (tag, given_here)) = Elements(cage(document, document)).found
    assert held[0] == "template" and tag == "iframe"
    # A parser of HTML makes one kind of line end of all, and of NUL a sign of its own; neither ends the attribute.
    kept = document.replace("\r\n", "\n").replace("\r", "\n")
    assert (given_here["srcdoc"] or "").replace("\r\n", "\n").replace("\r", "\n") == kept
    assert set(given_here) == {"class", "sandbox", "allow", "referrerpolicy", "credentialless", "title", "srcdoc"}


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_in_a_page_cannot_end_its_element(value: Any) -> None:
    written = inlined(value)
    assert "<" not in written
    assert json.loads(written) == value


def test_every_shipped_font_is_named_and_served() -> None:
    css = font_css()
    for font in fonts():
        assert f"font-family:'{font.family}';font-weight:{font.weight};" in css
        assert f"url({frames.address(f'fonts/{font.file}')})" in css
        assert served()[f"fonts/{font.file}"] == "font/ttf"
    assert "http" not in css


def test_what_stands_in_for_a_script_is_fetched_for_its_characters_alone() -> None:
    rules = [rule for rule in font_css().splitlines() if "NotoSansSC-Regular" in rule and "family:'Inter'" in rule]
    assert len(rules) == 1
    ranges = [tuple(int(end, 16) for end in one[2:].split("-")) for one in rules[0].split("unicode-range:")[1].rstrip("}").split(",")]
    covers = [any(one[0] <= point <= one[-1] for one in ranges) for point in (ord("漢"), ord("a"), ord("é"), ord("я"))]
    assert covers == [True, False, False, False]


def test_only_named_assets_are_served() -> None:
    assert "web/frame.js" in served()
    assert not [name for name in served() if name.endswith((".json", ".py", ".txt", ".gguf"))]


def test_a_visual_of_which_nothing_changed_is_not_drawn_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    id, shown = drawn(session), Frames(session)
    first = shown.view(id, 720)
    monkeypatch.setattr(frames, "draw_within", None)
    assert shown.view(id, 720) == first


# -- in a browser -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def context(browser: Any) -> Iterator[Any]:
    opened = browser.new_context(viewport={"width": 900, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def page(context: Any) -> Iterator[Any]:
    """A page on which no script failed and which reached no other host."""
    opened = context.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    opened.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith(("http://127.0.0.1:", "data:", "about:", "blob:"))] == []


def typed(page: Any, selector: str, words: str) -> None:
    page.locator(selector).first.click()
    page.keyboard.press("Control+A")
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_a_word_is_clicked_typed_over_and_taken_back(page: Any, session: Session, address: str) -> None:
    id = drawn(session)
    page.goto(f"{address}/v/{id}")
    typed(page, '[data-part="item1"][data-field="label"]', "One time for bed")
    page.locator('#visual [data-words="One time for bed"]').wait_for()
    assert session.store.visual(id).spec["items"][0]["label"] == "One time for bed"
    page.keyboard.press("Control+Z")
    page.locator('#visual [data-words="Keep one bedtime"]').wait_for()
    page.get_by_role("button", name="Redo").click()
    page.locator('#visual [data-words="One time for bed"]').wait_for()


def test_escape_leaves_all_as_it_was(page: Any, session: Session, address: str) -> None:
    id = drawn(session)
    page.goto(f"{address}/v/{id}")
    page.locator('[data-part="item1"][data-field="label"]').click()
    page.keyboard.type("nothing of this")
    page.keyboard.press("Escape")
    assert page.locator("textarea").count() == 0
    assert session.store.visual(id).n == 1


def test_a_number_typed_wrong_is_told_and_can_be_mended(page: Any, session: Session, address: str) -> None:
    id = drawn(session)
    page.goto(f"{address}/v/{id}")
    typed(page, '[data-field="value"]', "many")
    page.get_by_text("is not a number").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type("8")
    page.keyboard.press("Enter")
    page.locator("textarea").wait_for(state="detached")
    assert session.store.visual(id).n == 2


ORDER = """() => [...document.querySelectorAll('#visual > svg *')].map(node =>
node.tagName + (node.dataset.part || '') + (node.dataset.field || '') + (node.children.length ? '' : node.textContent)).join(' ')"""


def test_what_is_changed_in_place_covers_what_it_covers_when_drawn_anew(page: Any, context: Any, session: Session, address: str) -> None:
    id, anew = drawn(session), context.new_page()
    page.goto(f"{address}/v/{id}")
    page.wait_for_load_state("networkidle")
    designs = session.designs(id)
    assert len(designs) > 4
    for design in designs:
        session.flip(id, design)
        page.evaluate(
            "dispatchEvent(new MessageEvent('message', {source: window, origin: location.origin, data: {type: 'flipchart:changed'}}))"
        )
        anew.goto(f"{address}/v/{id}")
        anew.wait_for_load_state("networkidle")
        page.wait_for_function(f"order => ({ORDER})() === order", arg=anew.evaluate(ORDER))
    anew.close()


def test_all_of_it_works_by_keyboard(page: Any, session: Session, address: str) -> None:
    id = drawn(session)
    page.goto(f"{address}/v/{id}")
    page.wait_for_selector('[data-field][tabindex="0"]')
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    part, field = page.evaluate("[document.activeElement.dataset.part, document.activeElement.dataset.field]")
    page.keyboard.press("Control+A")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.locator('#visual [data-words="By keyboard"]').wait_for()
    page.locator("textarea").wait_for(state="detached")
    assert page.evaluate("[document.activeElement.dataset.part, document.activeElement.dataset.field]") == [part, field]


def test_pointing_at_a_figure_tells_where_it_is_from(page: Any, session: Session, address: str) -> None:
    page.goto(f"{address}/v/{drawn(session)}")
    page.locator('[data-part="item1"][data-field="value"]').first.hover()
    assert page.get_by_role("tooltip").inner_text().splitlines() == ["Figures from your message", "7.5 hours"]


def test_the_same_can_be_read_as_text(page: Any, session: Session, address: str) -> None:
    page.goto(f"{address}/v/{drawn(session)}")
    page.get_by_role("button", name="As text").click()
    assert page.locator("#text").is_visible()
    assert not page.locator("#visual").is_visible()
    assert "Every day the same." in page.locator("#text").inner_text()


FRAMED = """<!doctype html><body style="margin:0"><iframe id="v" src="/v/%s" style="width:700px;height:200px;border:0"></iframe>
<script>window.told=[]; addEventListener('message', e => told.push(e.data))</script>"""


def framed(page: Any, address: str, id: str) -> Any:
    """The visual's frame in a page of the same server, which a test writes."""
    page.route(f"{address}/around", lambda route: route.fulfill(body=FRAMED % id, content_type="text/html"))
    page.goto(f"{address}/around")
    page.wait_for_function("told.some(m => m.type === 'flipchart:ready')")
    return page.frame_locator("#v")


def test_a_growing_visual_keeps_what_is_there_and_its_frame(page: Any, session: Session, address: str, planner: Slow) -> None:
    run = session.start(Asked(text="grow"))
    while not session.store.visuals(run.conversation):
        time.sleep(0.01)
    (visual,) = session.store.visuals(run.conversation)
    frame = framed(page, address, visual.id)
    frame.locator('#visual [data-words="Keep one bedtime"]').wait_for()
    frame.locator('[data-part="item1"][data-field="label"]').evaluate("node => { window.same = document.querySelector('#visual > svg'); }")
    planner.on.release(2)
    list(session.jobs.follow(run.id))
    page.evaluate("document.getElementById('v').contentWindow.postMessage({type: 'flipchart:changed'}, location.origin)")
    frame.locator('#visual [data-words="Stop caffeine"]').wait_for()
    assert frame.locator("#visual").evaluate("main => main.querySelector(':scope > svg') === window.same")
    assert frame.locator("#visual").get_attribute("data-status") == "done"
    heights = page.evaluate("told.filter(m => m.type === 'flipchart:height').map(m => m.height)")
    assert heights
    assert heights[-1] >= heights[0]


def test_what_did_not_change_stays_the_element_it_is(page: Any, session: Session, address: str) -> None:
    id = drawn(session)
    page.goto(f"{address}/v/{id}")
    page.wait_for_selector('[data-field][tabindex="0"]')
    page.wait_for_load_state("networkidle")  # it asks once more, for the width it has
    page.evaluate("for (const node of document.querySelectorAll('[data-field]')) node.mine = true")
    session.edit(id, [{"id": "item2", "set": {"text": "Sleep comes so."}}])
    page.evaluate(
        "dispatchEvent(new MessageEvent('message', {source: window, origin: location.origin, data: {type: 'flipchart:changed'}}))"
    )
    page.locator('#visual [data-words="Sleep comes so."]').wait_for()
    fresh = page.evaluate(
        "[...document.querySelectorAll('[data-field]')].filter(n => !n.mine).map(n => n.dataset.part + '.' + n.dataset.field)"
    )
    assert fresh == ["item2.text"]


def test_nobody_else_can_command_a_frame(page: Any, session: Session, address: str) -> None:
    id = drawn(session)
    framed(page, address, id)
    page.evaluate(
        """id => { const other = document.createElement('iframe'); other.sandbox = 'allow-scripts';
        other.srcdoc = `<script>parent.frames[0].postMessage({type: 'flipchart:text', on: true}, '*')</` + 'script>';
        document.body.append(other); }""",
        id,
    )
    page.wait_for_timeout(400)
    assert page.frame_locator("#v").locator("#visual").is_visible()


def test_a_mini_app_works_and_reaches_nothing_around_it(page: Any, session: Session, address: str) -> None:
    page.goto(f"{address}/v/{drawn(session, 'app')}")
    inner = page.frame_locator("iframe.cage")
    inner.locator("input.figure").first.fill("80")
    inner.get_by_text("$12").wait_for()
    page.wait_for_function("parseInt(document.querySelector('iframe.cage').style.height) > 100")
    reached = inner.locator("body").evaluate(
        """() => ['parent.document', 'localStorage', 'document.cookie', 'top.location.href', 'indexedDB.open("x")'].filter(code => {
        try { eval(code); return true } catch { return false } })"""
    )
    assert reached == []
    blocked = inner.locator("body").evaluate(
        """async origin => { const out = []; for (const url of [origin + '/healthz', 'http://127.0.0.1:9/x']) {
        await fetch(url, {mode: 'no-cors'}).then(() => out.push('fetch ' + url), () => 0);
        await new Promise(done => { const image = new Image(); image.onload = () => { out.push('image'); done() };
        image.onerror = done; image.src = url + '.png' }); }
        return out; }""",
        address,
    )
    assert blocked == []


def test_words_of_a_mini_app_can_be_typed_over_too(page: Any, session: Session, address: str) -> None:
    id = drawn(session, "app")
    page.goto(f"{address}/v/{id}")
    page.frame_locator("iframe.cage").get_by_text("What a tip comes to").click()
    page.locator("textarea").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type("A fair tip")
    page.keyboard.press("Enter")
    page.frame_locator("iframe.cage").get_by_text("A fair tip").wait_for()
    assert session.store.visual(id).title == "A fair tip"


def test_a_mini_app_is_as_wide_as_its_page_and_words_keep_off_the_edge(page: Any, session: Session, address: str) -> None:
    id = drawn(session, "app")
    page.goto(f"{address}/v/{id}?tools=0")
    page.frame_locator("iframe.cage").locator("input.figure").first.wait_for()
    cage, around = (page.locator(one).bounding_box() for one in ("iframe.cage", "#visual"))
    assert cage["x"] - around["x"] <= 1 and around["width"] - cage["width"] <= 2
    page.evaluate("document.querySelector('iframe.cage').style.height = '100px'")  # while it grows, no scrollbar takes of its width
    inner = page.frame_locator("iframe.cage").locator("html")
    assert inner.evaluate("node => node.clientHeight < node.scrollHeight && node.clientWidth === innerWidth")
    page.evaluate(
        "dispatchEvent(new MessageEvent('message', {source: window, origin: location.origin, data: {type: 'flipchart:text', on: true}}))"
    )
    page.locator("#text").wait_for()
    assert (
        min(
            page.locator("#text").evaluate(
                "node => ['Top', 'Left', 'Right'].map(side => parseInt(getComputedStyle(node)['padding' + side]))"
            )
        )
        >= 16
    )


def test_whatever_a_frame_is_made_of_has_a_look() -> None:
    made = set(re.findall(r"""class(?::\s|=|List\.add\()['"]([\w-]+)['"]""", "".join([
        *(assets.text(f"web/{name}") for name in ("frame.js", "frame_marks.js")), inspect.getsource(frames),
    ])))  # fmt: skip
    looks = "".join(assets.text(f"web/{name}.css") for name in ("frame", "page", "view"))
    assert {"cage", "told", "stopped", "sorry", "held"} <= made
    assert {name for name in made - {"caged"} if not re.search(rf"\.{name}\b", looks)} == set()


def test_a_click_before_the_page_listens_is_not_lost(page: Any, session: Session, address: str) -> None:
    page.add_init_script(
        # On a busy machine the script comes when the frame is read already: then it clicks at once.
        "if (self !== top) { const hit = () => document.querySelector('[data-part][data-field]').click();"
        " if (document.readyState === 'loading') addEventListener('DOMContentLoaded', hit); else hit(); }"
    )
    page.goto(f"{address}/v/{drawn(session, 'app')}")
    page.locator("textarea").wait_for()
    assert page.locator("textarea").input_value() == "What a tip comes to"


def test_a_mini_app_that_hangs_is_stopped_and_not_run_again_by_itself(page: Any, session: Session, address: str) -> None:
    page.goto(f"{address}/v/{drawn(session, 'app')}")
    page.wait_for_function("document.querySelector('iframe.cage').style.height")
    page.frame_locator("iframe.cage").locator("body").evaluate("() => { setTimeout(() => { while (true); }, 10); }")
    began = time.monotonic()
    page.evaluate("new Promise(done => setTimeout(done, 200))")
    assert time.monotonic() - began < 10, "the page around it goes on"
    page.get_by_text("does not respond").wait_for(timeout=60_000)
    page.reload()
    assert page.locator("iframe.cage").count() == 0
    page.get_by_role("button", name="Start again").click()
    page.frame_locator("iframe.cage").locator("input.figure").first.wait_for()


@pytest.mark.parametrize("spec", HOSTILE, ids=lambda spec: spec["kind"])
def test_hostile_words_run_nothing(page: Any, session: Session, address: str, spec: dict[str, Any]) -> None:
    page.goto(f"{address}/v/{drawn(session, json.dumps(spec))}")
    page.wait_for_timeout(300)
    page.get_by_role("button", name="As text").click()
    assert page.evaluate("typeof window.evil") == "undefined"


def test_twenty_frames_leave_the_server_free(page: Any, session: Session, address: str) -> None:
    ids = [drawn(session) for _ in range(20)]
    many = "".join(f'<iframe src="/v/{id}" style="width:400px;height:300px"></iframe>' for id in ids)
    script = "<script>window.told = 0; addEventListener('message', e => told += e.data.type === 'flipchart:ready')</script>"
    page.route(f"{address}/many", lambda route: route.fulfill(body=f"<!doctype html>{script}{many}", content_type="text/html"))
    page.goto(f"{address}/many")
    page.wait_for_function("told === 20")
    assert page.evaluate("fetch('/healthz').then(reply => reply.text())") == "ok\n"


def test_less_motion_means_none(browser: Any, session: Session, address: str) -> None:
    calm = browser.new_context(reduced_motion="reduce")
    page = calm.new_page()
    page.goto(f"{address}/v/{drawn(session)}")
    page.wait_for_selector("#visual svg")
    assert page.evaluate("document.getAnimations().length") == 0
    calm.close()


def test_words_shown_as_a_visual_keep_off_the_edge(page: Any, session: Session, address: str) -> None:
    id = drawn(session, json.dumps({"kind": "text", "title": "T", "markdown": "- words"}))
    page.goto(f"{address}/v/{id}?tools=0")
    words, around = (page.locator(one).bounding_box() for one in ("#visual h1", "#visual"))
    assert words["x"] - around["x"] >= 16 and words["y"] - around["y"] >= 16


# -- on someone else's page ---------------------------------------------------------------------------------------------------


@pytest.fixture
def hosted(serve: Callable[[Any], str], tmp_path: Path) -> Callable[[str], tuple[str, str, Session]]:
    """Two foreign pages with the widget and whatever else is given, of which the first is allowed, and the session that answers."""
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Route

    from flipchart.gui.headers import Rules

    def begin(more: str) -> tuple[str, str, Session]:
        flipchart = ""

        def host(_: Any) -> HTMLResponse:
            widget = f'<script src="{flipchart}/widget.js"></script><flip-chart ask="tips"></flip-chart>'
            return HTMLResponse(f"<!doctype html>{widget}{more}")

        site, other = (serve(Starlette(routes=[Route("/", host)])) for _ in range(2))
        inner = Session(Store(tmp_path / "home"), always(Slow()))
        flipchart = serve(server.app(inner, Rules.of((), (site,), "")))
        return site, other, inner

    return begin


def test_an_answer_shows_on_a_foreign_page_that_is_allowed_and_on_no_other(
    browser: Any, hosted: Callable[[str], tuple[str, str, Session]]
) -> None:
    site, other, inner = hosted("")
    context = browser.new_context()
    page = context.new_page()
    page.goto(site)
    page.frame_locator("flip-chart iframe").frame_locator("iframe.visual").locator('#visual [data-words="Keep one bedtime"]').wait_for()
    page.wait_for_function("parseInt(document.querySelector('flip-chart iframe').style.height) > 250")
    page.reload()
    page.frame_locator("flip-chart iframe").frame_locator("iframe.visual").locator('#visual [data-words="Keep one bedtime"]').wait_for()
    assert len(inner.store.runs(inner.conversations()[0].id)) == len(inner.conversations()) == 1
    page.goto(other)
    page.frame_locator("flip-chart iframe").get_by_text(f"Add {other} to FLIPCHART_EMBED_ORIGINS").wait_for()
    assert len(inner.conversations()) == 1
    context.close()


BOMBARD = """<script>
  addEventListener('message', event => (window.heard ??= []).push(JSON.stringify(event.data)));
  const types = ['changed', 'theme', 'undo', 'redo', 'text', 'held', 'port', 'run', 'edited', 'height', 'ready', 'drawn', 'x'];
  const more = { on: true, theme: 'dark', part: 'item1', field: 'text',
    height: 1e9, id: '..', form: 'text', run: 'x', url: 'javascript:alert(1)' };
  setInterval(() => {
    const widget = document.querySelector('flip-chart iframe')?.contentWindow;
    if (!widget) return;
    for (const target of [widget, ...Array.from({ length: widget.length }, (_, n) => widget[n])])
      for (const type of types)
        for (const data of [{ type: `flipchart:${type}`, ...more }, { method: type, ...more }, `flipchart:${type}`, null])
          target.postMessage(data, '*');
  }, 25);
</script>"""


def test_a_hostile_page_around_it_commands_nothing_and_learns_nothing(
    browser: Any, hosted: Callable[[str], tuple[str, str, Session]]
) -> None:
    site, _, inner = hosted(BOMBARD)
    context = browser.new_context()
    page = context.new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(site)
    frame = page.frame_locator("flip-chart iframe").frame_locator("iframe.visual")
    frame.locator('#visual [data-words="Keep one bedtime"]').wait_for()
    page.wait_for_timeout(1500)
    assert frame.locator("#visual").is_visible() and frame.locator("#text").is_hidden() and frame.locator(".held").count() == 0
    assert frame.locator("html").get_attribute("data-theme") != "dark"
    (conversation,) = inner.conversations()
    assert len(inner.store.runs(conversation.id)) == 1
    assert [one.n for one in inner.store.visuals(conversation.id)] == [1]
    assert dialogs == []
    heard = page.evaluate("[...new Set(window.heard.map(one => one.replace(/[0-9.]+/g, '#')))]")
    assert heard == ['{"type":"flipchart:height","height":#}']
    assert 100 < page.evaluate("parseInt(document.querySelector('flip-chart iframe').style.height)") < 5000
    context.close()


def test_a_link_to_an_embedded_question_asks_nothing_by_itself(page: Any, session: Session, address: str) -> None:
    before = len(session.conversations())
    page.goto(f"{address}/embed?ask=tips")
    page.wait_for_timeout(300)
    assert len(session.conversations()) == before
    page.get_by_role("button", name="Ask: tips").click()
    page.frame_locator("iframe.visual").locator('#visual [data-words="Keep one bedtime"]').wait_for()


# -- the board's editor --------------------------------------------------------------------------------------------------------


CARDS = """() => { const { api } = flipchartBoard, { scrollX, scrollY, zoom } = api.getAppState();
return api.getSceneElements().filter(one => one.customData?.flipchart?.role === 'card').map(one => ({
  x: (one.x + scrollX) * zoom.value, y: (one.y + scrollY) * zoom.value, w: one.width, h: one.height, id: one.id })); }"""


@pytest.mark.parametrize("calm", [False, True])
def test_a_board_draws_itself_once_in_the_order_of_the_explanation(
    session: Session, address: str, browser: Any, planner: Slow, calm: bool
) -> None:
    tab = browser.new_page(viewport={"width": 800, "height": 600}, reduced_motion="reduce" if calm else "no-preference")
    tab.add_init_script("""addEventListener('animationstart', event => (window.begun ??= []).push([event.animationName,
      Number(event.target.closest('[style*="--d"]')?.style.getPropertyValue('--d') || 0),
      parseFloat(getComputedStyle(event.target).animationDelay)]), true)""")
    run = session.start(Asked(text="draw"))
    while not session.store.visuals(run.conversation):
        time.sleep(0.01)
    id = session.store.visuals(run.conversation)[0].id
    tab.goto(f"{address}/v/{id}")
    tab.wait_for_timeout(300)
    tab.evaluate("() => { window.begun = [] }")
    planner.on.release()
    while session.store.run(run.id).status == "running":
        time.sleep(0.01)
    tab.evaluate("() => window.postMessage({ type: 'flipchart:changed' }, location.origin)")
    tab.wait_for_selector('#visual [data-part="node3"]')
    tab.wait_for_function("() => !document.querySelector('#visual .new') || matchMedia('(prefers-reduced-motion: reduce)').matches")
    begun = tab.evaluate("() => window.begun ?? []")
    if calm:
        assert not begun
    else:
        assert {name for name, _, _ in begun} == {"enter", "draw"}
        # By when each is due: on a busy machine two turns begin in one picture, in any order.
        due = sorted({(turn, delay) for name, turn, delay in begun if name == "enter"})
        assert len({turn for _, turn, _ in begun}) >= 4 and [delay for _, delay in due] == sorted(delay for _, delay in due)
        assert len({delay for _, delay in due}) > 2
    tab.reload()
    tab.wait_for_selector('#visual [data-part="node3"]')
    assert tab.evaluate("() => [window.begun ?? [], document.getAnimations().length]") == [[], 0]
    tab.close()


def test_only_boards_open_in_the_editor(session: Session) -> None:
    shown = Frames(session)
    with pytest.raises(Problem, match="is not drawn by hand"):
        editor.page(shown.view(drawn(session), 720))
    id = drawn(session, json.dumps(BOARD))
    with pytest.raises(Problem, match="has no list of `elements`"):
        session.redraw(id, "{}", seen=1)
    page = editor.page(shown.view(id, 720))
    assert {given_here["src"] for tag, given_here in Elements(page).found if tag == "script" and "src" in given_here} == {
        frames.address("web/board/editor.js")
    }


def test_a_box_moved_in_the_editor_stays_there(session: Session, address: str, browser: Any) -> None:
    id = drawn(session, json.dumps(BOARD))
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    wrong: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.goto(f"{address}/v/{id}/edit")
    tab.wait_for_selector(".excalidraw canvas")
    tab.wait_for_function("() => flipchartBoard.api?.getSceneElements().length")
    card = tab.evaluate(CARDS)[0]
    tab.click(".corner .done")  # nothing was changed: nothing is kept
    tab.wait_for_url(f"{address}/v/{id}")
    assert session.store.visual(id).n == 1
    tab.click('.tools button[aria-label="Edit the board"]')
    tab.wait_for_selector(".excalidraw canvas")
    tab.wait_for_function("() => flipchartBoard.api?.getSceneElements().length")
    x, y = card["x"] + 8, card["y"] + card["h"] / 2
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x + 20, y + 60, steps=3)
    tab.mouse.move(x + 30, y + 120, steps=3)
    tab.mouse.up()
    tab.click(".corner .done")
    tab.wait_for_url(f"{address}/v/{id}")
    visual = session.store.visual(id)
    assert visual.n == 2
    moved, still = visual.spec["nodes"][:2]
    assert (moved["name"], still["name"]) == ("Shop", "注文")
    assert moved["y"] > still["y"] + 90
    places = {node["name"]: node["y"] for node in visual.spec["nodes"]}
    shown = tab.eval_on_selector_all("svg [data-part] rect", "found => found.length")
    assert shown and places["Shop"] > places["Orders"]
    tab.goto(f"{address}/v/{id}/edit")
    tab.wait_for_selector(".excalidraw canvas")
    again = tab.evaluate(CARDS)
    assert again[0]["y"] > again[1]["y"] + 90
    assert session.undo(id).spec == {**session.store.visual(id).spec}
    assert "x" not in session.store.visual(id).spec["nodes"][0]
    assert not wrong
    assert {url for url in asked if not url.startswith((f"{address}/", "data:", "blob:"))} == set()
    tab.close()
