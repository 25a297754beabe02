"""The web chat in a real browser, over a real server."""

import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from flipchart.gui import chat, gallery, server
from flipchart.gui.asked import Asked
from flipchart.gui.minds import Minds, Planner
from flipchart.gui.session import Session
from flipchart.gui.store import Store
from flipchart.models.events import Drawn, Event, Planned, Request, Said, Used, Withdrawn
from flipchart.renderers.render import read

ELSEWHERE = "http://elsewhere.example"
POISON = (
    f"Read this ![x]({ELSEWHERE}/pixel.png) <img src={ELSEWHERE}/p.png onerror=alert(1)> [go](javascript:alert(2)) "
    f"<script>alert(3)</script> <iframe src={ELSEWHERE}></iframe> <svg onload=alert(4)> [fine](https://fine.example/page)"
)
QUESTIONS = {"sleep": "infographic/sleep-tips", "مياه": "infographic/water-cycle", "mortgage": "app/mortgage"}
POISONED_BOARD: dict[str, Any] = {
    "kind": "infographic",
    "title": f'"><img src={ELSEWHERE}/t.png onerror=alert(5)>',
    "items": [{"label": f"<img src={ELSEWHERE}/l.png onerror=alert(6)>", "text": "</text><script>alert(7)</script>"}] * 3,
}


class Scripted:
    """Draws what the question names, says "poison", counts slowly, or answers in words; "but wait" is held once until it is stopped."""

    def __init__(self) -> None:
        self.held = False

    def answer(self, request: Request) -> Iterator[Event]:
        for word, example in QUESTIONS.items():
            if word in request.text.lower() and request.form in (None, example.split("/")[0]):
                yield Planned(example.split("/")[0], ((example.split("/")[0], 0.9),), "It reads best so.", 4.0)
                for event in gallery.Replay(example).answer(request):
                    if isinstance(event, Drawn):
                        yield event
                        if "but wait" in request.text and not self.held and len(getattr(event.spec, "items", ())) == 2:
                            self.held = request.cancel.wait(30.0)
                yield Used(300, 120, 1.0)
                return
        if "darker" in request.text and request.earlier:
            id, spec = list(request.earlier.items())[-1]
            yield Planned(spec.kind, ((spec.kind, 0.9),), "Changed as you wished.", 0.1)
            yield Drawn(spec.model_copy(update={"title": "In the dark"}), "done", into=id)
            return
        yield Planned(request.form or "text", (("text", 0.9), ("infographic", 0.6)), "Words are enough.", 2.0)
        if "poison" in request.text.lower():
            yield Said(POISON)
            yield Drawn(read(POISONED_BOARD))
        elif "in vain" in request.text:
            yield Drawn(read(POISONED_BOARD), "growing")
            request.cancel.wait(1.0)
            yield Withdrawn()
            yield Said("So in words.")
        elif "formula" in request.text:
            for piece in ("You pay \\[ M = \\fr", "ac{a}{b}", " \\] each", " month, about $5 or $6."):
                yield Said(piece)
                request.cancel.wait(0.6)
        elif "count" in request.text:
            for n in range(1, 40):
                if request.cancel.wait(0.1):
                    return
                yield Said(f"{n} ")
        else:
            yield Said("**You** are welcome.")
        yield Used(30, 12, 0.2)


def opened(name: str | None, _report: Any) -> Planner:
    return gallery.Replay(name.removeprefix(gallery.MODEL)) if name and name.startswith(gallery.MODEL) else Scripted()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    made = Session(Store(tmp_path_factory.mktemp("home")), Minds(opened))
    yield made
    made.close(0.0)


@pytest.fixture(scope="module")
def address(session: Session, serve: Callable[[Any], str]) -> str:
    where = serve(server.app(session, chat=chat.mount))
    assert httpx.get(f"{where}/page/config", timeout=120.0).is_success  # Gradio has loaded: it may take longer than a page waits
    return where


class Tab:
    """One page of the chat, and what went wrong in it."""

    def __init__(self, browser: Any, address: str, **settings: Any) -> None:
        self.address = address
        self.context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}, "locale": "en-US"} | settings))
        self.context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = self.context.new_page()
        self.wrong: list[str] = []
        self.expected: list[str] = []
        self.watch(self.page)

    def watch(self, page: Any) -> None:
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("console", lambda said: self.wrong.append(f"console: {said.text}") if said.type == "error" else None)
        page.on("dialog", self.asked)
        page.on("request", lambda request: self.wrong.append(f"asked of {request.url}") if self.foreign(request.url) else None)

    def asked(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def foreign(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme not in ("data", "blob", "about") and f"{parts.scheme}://{parts.netloc}" != self.address

    def open(self, where: str = "/") -> Any:
        self.page.goto(self.address + where)
        self.page.wait_for_selector("body.ready")
        self.page.wait_for_selector(".composer .words")
        return self.page

    def ask(self, words: str) -> None:
        self.page.fill(".composer .words", words)
        self.page.keyboard.press("Enter")

    def settled(self) -> None:
        """Wait until the last answer is there with its tools."""
        self.page.wait_for_selector(".turn:last-child .cost, .turn.into", state="attached")
        self.page.wait_for_function("!document.querySelector('.growing, [aria-busy]')")

    def frame(self, n: int = -1) -> Any:
        """The last visual's own page."""
        handle = self.page.query_selector_all("iframe.frame")[n]
        frame = handle.content_frame()
        frame.wait_for_selector("#visual > *")
        return frame

    def close(self) -> None:
        self.context.close()
        unexpected = [wrong for wrong in self.wrong if not any(part in wrong for part in self.expected)]
        assert not unexpected, unexpected


@pytest.fixture
def tab(browser: Any, address: str) -> Iterator[Tab]:
    made = Tab(browser, address)
    yield made
    made.close()


@pytest.fixture
def tabs(browser: Any, address: str) -> Iterator[Callable[..., Tab]]:
    """Opens a tab with settings of its own."""
    made: list[Tab] = []

    def begin(**settings: Any) -> Tab:
        made.append(Tab(browser, address, **settings))
        return made[-1]

    yield begin
    for one in made:
        one.close()


def drawn(tab: Tab) -> str:
    """The last visual's drawing, without what its page adds while it is used."""
    marks = re.compile(r' (tabindex|aria-label|class)="[^"]*"')
    drawing = tab.frame().locator("#visual svg").first
    drawing.scroll_into_view_if_needed()  # a browser holds the motion of what is out of sight
    tab.frame().wait_for_function("!document.querySelector('#visual .new')")
    return marks.sub("", str(drawing.evaluate("node => node.outerHTML")))


FRAMED = """() => new Promise(done => {
    const look = () => { if (document.querySelector('.sheet .halt:not([hidden])')) done(); };
    new MutationObserver(look).observe(document.querySelector('.thread'), { childList: true, subtree: true, attributes: true });
    const press = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
    document.querySelector('.composer .words').dispatchEvent(press);
})"""


def test_a_question_is_framed_at_once_even_where_the_server_takes_long(tab: Tab) -> None:
    page = tab.open()

    held: list[Any] = []
    page.route("**/api/ask", lambda route: held.append(route))
    page.fill(".composer .words", "Tips for sleep")
    page.evaluate(FRAMED)
    assert page.locator(".turn .question").inner_text() == "Tips for sleep"
    page.wait_for_timeout(100)
    held[0].continue_()
    tab.settled()


def test_an_answer_grows_in_one_frame_and_says_what_and_why(tab: Tab) -> None:
    page = tab.open()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url) if "/v/" in frame.url else None)
    tab.ask("7 tips for better sleep")
    page.wait_for_selector("iframe.frame")
    assert page.locator(".sheet .form").inner_text() == "Infographic"
    assert page.locator(".sheet .reason").inner_text() == "It reads best so."
    assert re.search(r"of about 4 s", page.locator(".sheet .clock").inner_text())
    parts = []
    while page.locator(".turn .halt:not([hidden])").count():
        parts.append(tab.frame().locator("#visual [data-part]").count())
        page.wait_for_timeout(100)
    tab.settled()
    parts.append(tab.frame().locator("#visual [data-part]").count())
    assert parts == sorted(parts) and parts[0] < parts[-1], "it grows, and never shrinks"
    assert len(loads) == 1, "the frame was loaded once"
    assert tab.frame().locator("#visual").inner_text().count("Keep one bedtime") == 1
    assert "120 tokens" in page.locator(".cost").inner_text()
    for _ in range(30):  # it follows what is in it a moment later
        box = page.locator("iframe.frame").bounding_box()
        inside = tab.frame().evaluate("document.body.getBoundingClientRect().height")
        if box["height"] == pytest.approx(inside, abs=2):
            break
        page.wait_for_timeout(100)
    assert box["height"] == pytest.approx(inside, abs=2), "as tall as what is in it"


def test_a_reload_brings_everything_back(tab: Tab) -> None:
    page = tab.open()
    tab.ask("Sleep, please")
    tab.settled()
    tab.ask("thanks!")
    tab.settled()
    before = drawn(tab)
    page.reload()
    page.wait_for_selector("iframe.frame")
    assert page.locator(".turn .question").all_inner_texts() == ["Sleep, please", "thanks!"]
    assert page.locator(".prose strong").inner_text() == "You"
    page.locator("iframe.frame").scroll_into_view_if_needed()
    after = drawn(tab)
    assert before == after
    listed = page.locator(".items [data-id]").first
    assert listed.locator(".name").inner_text() == "Sleep, please"
    assert listed.locator("img.thumb").evaluate("node => node.decode().then(() => node.naturalWidth)") > 0


def test_a_wish_that_changed_an_earlier_visual_says_so_and_leads_there(tab: Tab) -> None:
    page = tab.open()
    tab.ask("Sleep, please")
    tab.settled()
    tab.ask("count for me")
    tab.settled()
    assert page.locator(".moved").count() == 0, "what an answer draws itself has not moved"
    tab.ask("darker please")
    for _ in range(2):
        moved = page.locator(".turn:last-child .moved")
        moved.wait_for()
        assert moved.inner_text() == "↑ Changed as you wished."
        assert page.locator("iframe.frame").count() == 1
        moved.click()
        page.wait_for_function("document.querySelector('iframe.frame').getBoundingClientRect().top >= 0")
        assert "In the dark" in tab.frame().locator("#visual").inner_text()
        page.reload()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_what_a_wish_changed_comes_into_view_unless_the_person_went_elsewhere(tabs: Callable[..., Tab], motion: str) -> None:
    tab = tabs(viewport={"width": 1280, "height": 1000}, reduced_motion=motion)
    page = tab.open()
    whole = """() => {
        const [box, room] = ['.paper', '.thread'].map(name => document.querySelector(name).getBoundingClientRect());
        return box.bottom <= room.bottom && box.top >= room.top - 1;
    }"""
    tab.ask("Sleep, please")
    tab.settled()
    page.wait_for_function(whole)
    for _ in range(2):
        tab.ask("count for me")
        tab.settled()
    assert not page.evaluate(whole)
    tab.ask("darker please")
    page.locator(".turn:last-child .moved").wait_for()
    page.wait_for_function(whole)
    page.evaluate("document.querySelector('.turn:last-child').scrollIntoView()")
    page.locator(".turn:last-child .moved").press("Enter")
    page.wait_for_function(whole)
    assert page.evaluate("document.activeElement.matches('.sheet')")
    tab.ask("darker please, but count for me")  # while it answers, the person goes to the middle
    page.locator(".turn:nth-child(5) .moved").wait_for()  # the change has come
    page.evaluate("document.querySelector('.turn:nth-child(3)').scrollIntoView({behavior: 'instant'})")
    page.evaluate("flipchart.page.stand([...flipchart.page.sheets.values()][0])")
    page.wait_for_timeout(400)
    assert not page.evaluate(whole)


def test_a_reload_in_the_middle_of_an_answer_joins_it_again(tab: Tab) -> None:
    page = tab.open()
    tab.ask("count for me")
    page.wait_for_function("document.querySelector('.prose')?.textContent.includes('5 ')")
    page.reload()
    page.wait_for_selector(".prose")
    assert page.locator(".halt:not([hidden]), .halting:not([hidden])").count() > 0
    tab.settled()
    assert page.locator(".prose").inner_text().split() == [str(n) for n in range(1, 40)]


def test_an_answer_goes_on_after_the_line_was_cut(tab: Tab) -> None:
    tab.expected.append("Failed to load resource")
    page = tab.open()
    tab.ask("count for me")
    page.wait_for_function("document.querySelector('.prose')?.textContent.includes('3 ')")
    tab.context.set_offline(True)
    page.wait_for_timeout(700)
    tab.context.set_offline(False)
    tab.settled()
    assert page.locator(".prose").inner_text().split() == [str(n) for n in range(1, 40)]


def test_a_stopped_answer_is_kept_and_can_be_continued(tab: Tab) -> None:
    page = tab.open()
    tab.ask("count for me")
    page.wait_for_function("document.querySelector('.prose')?.textContent.includes('4 ')")
    page.click(".halting")
    page.wait_for_selector(".foot .button.first")
    assert page.locator(".prose").inner_text().startswith("1 2 3 4")
    assert "kept" in page.locator(".foot .note").inner_text()
    page.click(".foot .button.first")
    page.wait_for_function("document.querySelectorAll('.turn').length === 2")
    tab.settled()


def test_a_visual_that_was_stopped_is_drawn_whole_in_its_place(tab: Tab) -> None:
    page = tab.open()
    tab.ask("sleep, but wait")
    page.wait_for_selector("iframe.frame")
    tab.frame().wait_for_selector("[data-part=item1]")
    page.click(".sheet .halt")
    page.wait_for_selector(".foot .button.first")
    assert tab.frame().locator("[data-part=item1]").count() and not tab.frame().locator("[data-part=item7]").count()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url) if "/v/" in frame.url else None)
    page.click(".foot .button.first")
    tab.frame().wait_for_selector("[data-part=item7]")
    tab.settled()
    assert page.locator("iframe.frame").count() == 1 and not loads


def test_two_tabs_show_the_same(tab: Tab, address: str) -> None:
    page = tab.open()
    tab.ask("Sleep again")
    tab.settled()
    other = tab.context.new_page()
    tab.watch(other)
    other.goto(page.url)
    other.wait_for_selector("iframe.frame")
    tab.ask("thanks!")
    tab.settled()
    other.wait_for_function("document.querySelectorAll('.turn').length === 2")
    assert other.locator(".prose").inner_text() == "You are welcome."


def test_a_visual_is_edited_undone_flipped_converted_and_exported(tab: Tab, session: Session) -> None:
    page = tab.open()
    tab.ask("sleep tips")
    tab.settled()
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url) if "/v/" in frame.url else None)
    label = tab.frame().locator("[data-part=item1][data-field=label]").first
    label.click()
    field = tab.frame().locator("textarea.typed")
    field.fill("Sleep at ten")
    field.press("Enter")
    page.wait_for_selector("[data-tool=undo]")
    tab.frame().wait_for_function("document.getElementById('visual').textContent.includes('Sleep at ten')")
    page.click("[data-tool=undo]")
    tab.frame().wait_for_function("document.getElementById('visual').textContent.includes('Keep one bedtime')")
    page.wait_for_selector("[data-tool=redo]")

    page.wait_for_selector("[data-tool=next]")
    first = page.locator(".flip .at").inner_text()
    drawn = tab.frame().locator("#visual").inner_html()
    page.click("[data-tool=next]")
    page.wait_for_function("first => document.querySelector('.flip .at').textContent !== first", arg=first)
    tab.frame().wait_for_function("drawn => document.getElementById('visual').innerHTML !== drawn", arg=drawn)

    page.click("[data-tool=as]")
    page.click("[role=menuitem]:has-text('Whiteboard')")
    page.wait_for_function("document.querySelector('.sheet .form').textContent === 'Whiteboard'")
    tab.frame().wait_for_function("document.getElementById('visual').dataset.form === 'whiteboard'")
    assert "Keep one bedtime" in tab.frame().locator("#visual").inner_text()
    assert not loads, "none of it loaded the frame again"

    page.click("[data-tool=download]")
    with page.expect_download() as told:
        page.click("[role=menuitem]:has-text('SVG')")
    saved = Path(told.value.path()).read_text("utf-8")
    assert saved.startswith("<svg") and told.value.suggested_filename.endswith(".svg")

    page.click("[data-tool=look]")
    page.click(".dress:has-text('Dark')")
    tab.frame().wait_for_function("getComputedStyle(document.documentElement).getPropertyValue('--sheet').trim() === '#1D1F25'")
    page.keyboard.press("Escape")

    page.click("[data-tool=embed]")
    dialog = page.locator("dialog[open]")
    sections = dialog.locator("h3").all_inner_texts()
    assert sections[0] == "A copy that needs no server", "what needs nothing is offered first"
    assert "<flip-chart visual=" in dialog.locator("pre").inner_text()
    with page.expect_download() as told:
        dialog.locator("a.first").click()
    assert Path(told.value.path()).read_text("utf-8").startswith("<!doctype html>")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")


def test_what_grew_in_vain_is_gone_and_words_stand_there(tab: Tab) -> None:
    page = tab.open()
    tab.expected.append("404")  # its frame may still be on its way
    tab.ask("draw in vain")
    page.wait_for_selector("iframe.frame", state="attached")
    tab.settled()
    for _ in range(2):
        assert page.locator("iframe.frame").count() == 0
        assert page.locator(".turn .prose").all_inner_texts() == ["So in words."]
        page.reload()
        page.wait_for_selector(".turn .cost")


def test_a_formula_is_set_while_it_comes_and_never_shown_as_its_source(tab: Tab) -> None:
    page = tab.open()
    page.evaluate("""() => { window.seen = new Set(); new MutationObserver(() => {
        for (const node of document.querySelectorAll('.answer .prose')) window.seen.add(node.textContent);
    }).observe(document.body, { childList: true, subtree: true, characterData: true }); }""")
    tab.ask("the formula, please")
    page.wait_for_selector(".answer math mfrac")
    tab.settled()
    seen = page.evaluate("[...window.seen]")
    assert any("…" in words for words in seen) and not [words for words in seen if "\\" in words or "frac" in words]
    assert page.locator(".answer .prose").inner_text().endswith("about $5 or $6.")


def test_words_can_be_shown_as_a_visual(tab: Tab) -> None:
    page = tab.open()
    tab.ask("hello")
    tab.settled()
    page.click(".foot .worded:has-text('Show as')")
    page.click("[role=menuitem]:has-text('Slides')")
    page.wait_for_selector(".question.again")
    tab.settled()
    assert page.locator(".question").nth(1).inner_text() == "The same, as: slides"


def test_where_nothing_can_be_hovered_over_titles_have_room_beside_their_menus(tabs: Callable[..., Tab], session: Session) -> None:
    session.answer(session.start(Asked(text="A question so long that its title fills the whole of the side and goes on and on")).id)
    tab = tabs(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = tab.open()
    page.locator(".bar .toggle").tap()
    name, more = (page.locator(f".items .item >> nth=0 >> {one}") for one in (".name", ".tool.more"))
    more.wait_for()
    assert more.evaluate("node => getComputedStyle(node).opacity") == "1"
    assert name.bounding_box()["x"] + name.bounding_box()["width"] <= more.bounding_box()["x"]


def test_a_conversation_is_renamed_and_deleted(tab: Tab) -> None:
    page = tab.open()
    tab.ask("Something to forget")
    tab.settled()
    item = page.locator(".items [data-id]", has_text="Something to forget")
    item.hover()
    item.locator(".more").click()
    page.click("[role=menuitem]:has-text('Rename')")
    page.fill(".rename", "Kept for a while")
    page.keyboard.press("Enter")
    item = page.locator(".items [data-id]", has_text="Kept for a while")
    item.wait_for()
    assert page.title() == "Kept for a while · Flipchart"
    item.hover()
    item.locator(".more").click()
    page.click("[role=menuitem]:has-text('Delete')")
    page.click("dialog .grave")
    item.wait_for(state="detached")
    page.wait_for_selector(".welcome")


def test_poisoned_answers_files_and_titles_reach_nothing(tab: Tab) -> None:
    page = tab.open()
    table = f'a,"<img src={ELSEWHERE}/c.png onerror=alert(9)>"\n1,2\n3,4\n'.encode()
    name = f"<img src={ELSEWHERE}/f.png onerror=alert(8)>.csv"
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": table})
    page.wait_for_selector(".chip:not(.coming)")
    tab.ask(f"poison <img src={ELSEWHERE}/q.png onerror=alert(10)>")
    tab.settled()
    page.wait_for_selector("iframe.frame")
    tab.frame()
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector("iframe.frame")
    tab.frame()
    page.wait_for_timeout(500)
    links = page.locator(".prose a").evaluate_all("nodes => nodes.map(node => [node.protocol, node.rel])")
    assert links and all(protocol == "https:" and "noopener" in rel for protocol, rel in links)
    assert page.locator(".prose img, .prose script, .prose iframe, .prose svg, .question img, .items .name img").count() == 0


def test_the_dials_are_heeded_and_remembered(tab: Tab) -> None:
    page = tab.open()
    asked: list[dict[str, Any]] = []
    page.on("request", lambda request: asked.append(json.loads(request.post_data)) if request.url.endswith("/api/ask") else None)
    slider = page.locator("#autonomy input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.level').textContent === 'Offers'")
    page.click(".keys [aria-haspopup=dialog]")
    page.click("#effort label:has-text('Quick')")
    page.click("#theme label:has-text('Dark')")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.keyboard.press("Escape")
    tab.ask("say something")
    tab.settled()
    props = asked[0]["forwardedProps"]
    assert (props["autonomy"], props["effort"], props["theme"]) == (1, "quick", "dark")
    page.click(".offers .button.first")
    page.wait_for_selector(".question.again")
    tab.settled()
    page.reload()
    page.wait_for_selector("body.ready")
    page.wait_for_function("document.querySelector('#autonomy input[type=range]')?.value === '1'")
    assert page.locator(".level").inner_text() == "Offers"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.wait_for_function("document.querySelector('#effort label.selected')?.textContent.trim() === 'Quick'")


def test_words_can_be_read_in_the_dark(tab: Tab) -> None:
    page = tab.open()
    page.click(".keys [aria-haspopup=dialog]")
    page.click("#theme label:has-text('Dark')")
    page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    page.keyboard.press("Escape")
    tab.ask("thanks")
    tab.settled()
    shown = "name => getComputedStyle(document.querySelector(name)).color"
    ink = page.evaluate(shown, ".turn .prose")
    assert [page.evaluate(shown, f".turn .prose {name}") for name in ("p", "strong")] == [ink, ink]
    assert min(map(int, re.findall(r"\d+", ink)[:3])) > 150, "light on dark"


def test_a_dropped_table_says_what_it_is_and_what_can_be_asked(tab: Tab) -> None:
    page = tab.open()
    rows = "\n".join(f"2025-{1 + n % 12:02d}-01,{'North South East'.split()[n % 3]},{100 + n}" for n in range(24))
    table = f"month,region,sales\n{rows}\n".encode()
    page.locator("input[type=file]").set_input_files({"name": "sales.csv", "mimeType": "text/csv", "buffer": table})
    page.wait_for_selector(".chip:not(.coming)")
    told = page.locator(".chip").inner_text()
    assert "sales.csv" in told and "24 rows" in told and "3 columns" in told
    page.wait_for_selector(".asks .ask")
    asks = page.locator(".asks .ask")
    assert asks.count() == 4
    words = asks.first.inner_text()
    asks.first.click()
    assert page.locator(".question").inner_text() == words
    assert page.locator(".turn .files").inner_text().strip() == "sales.csv"
    tab.settled()


def test_a_table_alone_is_looked_at_and_the_next_one_renews_its_charts(tab: Tab) -> None:
    page = tab.open()

    def drop(name: str, year: int) -> None:
        rows = "\n".join(f"{year}-{1 + n % 12:02d}-01,{'North South East'.split()[n % 3]},{year - 1900 + n}" for n in range(36))
        table = f"month,region,sales\n{rows}\n".encode()
        page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": table})
        page.wait_for_selector(".chip:not(.coming)")

    drop("sales.csv", 2024)
    page.click(".composer .send")
    page.wait_for_selector(".turn .foot .asks .ask")
    tab.settled()
    assert page.locator(".question").inner_text() == "What is in sales.csv?"
    assert "36 rows and 3 columns" in page.locator(".turn .prose").first.inner_text()
    assert page.locator("iframe.frame").count() == 3 and page.locator(".turn .asks .ask").count() == 4
    drop("sales-next.csv", 2025)
    page.click(".composer .renew")
    page.wait_for_function("document.querySelectorAll('.turn').length === 2")
    tab.settled()
    page.wait_for_function("document.querySelector('.turn:last-child .prose')?.innerText.includes('Updated with sales-next.csv: 3')")


def test_a_model_that_is_on_its_way_is_told_and_not_asked_about_once_it_is_there(tab: Tab) -> None:
    looks: list[float] = []

    def status(route: Any) -> None:
        looks.append(time.monotonic())
        coming = {"state": "downloading", "mb_done": 310, "mb_total": 1117, "seconds_left": 240}
        route.fulfill(json=coming if len(looks) < 3 else {"state": "ready"})

    page = tab.page
    page.route("**/api/status", status)
    tab.open()
    page.wait_for_selector(".status:not([hidden])")
    assert page.locator(".status").inner_text().split("\n")[0] == "Fetching the model: 310 of 1,117 MB · about 4 min left"
    page.wait_for_selector(".status", state="hidden")
    page.wait_for_timeout(2500)
    assert len(looks) == 3, "nothing is polled once the model is ready"
    assert looks[1] - looks[0] > 1.5


def test_the_empty_chat_shows_six_finished_visuals_that_open_replay_and_fill_the_composer(tab: Tab) -> None:
    page = tab.open()
    samples = page.locator(".sample")
    assert samples.count() == 6
    kinds = {name.split("/")[0] for name in samples.evaluate_all("nodes => nodes.map(node => node.dataset.example)")}
    assert len(kinds) == 6
    for n in range(6):
        assert samples.nth(n).locator("img").evaluate("node => (node.loading = 'eager', node.decode()).then(() => node.naturalWidth)") > 0
    infographic = page.locator(".sample[data-example^='infographic/']")
    infographic.locator(".prompt").click()
    assert page.locator(".composer .words").input_value() == "What helps me fall asleep?"
    infographic.locator(".view").click()
    page.wait_for_selector("iframe.frame")
    tab.settled()
    page.wait_for_selector("[data-tool=replay]")
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url) if "/v/" in frame.url else None)
    page.click("[data-tool=replay]")
    page.wait_for_selector(".growing")
    tab.settled()
    assert not loads
    assert "Keep one bedtime" in tab.frame().locator("#visual").inner_text()
    page.wait_for_selector("[data-tool=next]")
    page.go_back()
    page.wait_for_selector(".welcome")


@pytest.mark.parametrize("width", [390, 720, 1920])
def test_the_page_fits_any_width(tabs: Callable[..., Tab], width: int) -> None:
    tab = tabs(viewport={"width": width, "height": 844}, has_touch=width == 390, is_mobile=width == 390)
    page = tab.open()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    tab.ask("sleep tips")
    tab.settled()
    page.wait_for_selector("[data-tool=next]")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.locator(".thread").evaluate("node => node.scrollWidth <= node.clientWidth")
    for tool in ("[data-tool=next]", "[data-tool=as]", "[data-tool=full]", ".composer .send"):
        box = page.locator(tool).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
    if width < 900:
        assert not page.locator(".brand").is_visible()
        page.click(".bar .toggle")
        page.wait_for_selector(".brand", state="visible")
        page.click(".items [data-id] a >> nth=0")
        page.wait_for_selector(".brand", state="hidden")


def test_a_page_in_arabic_is_mirrored(tabs: Callable[..., Tab]) -> None:
    tab = tabs(locale="ar")
    page = tab.open()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    page.wait_for_selector(".brand")
    assert page.locator(".brand").bounding_box()["x"] > 640, "the conversations are at the right"
    send, attach = page.locator(".send").bounding_box(), page.locator(".keys .tool").first.bounding_box()
    assert send["x"] < attach["x"]
    tab.ask("كيف تدور مياه الأرض؟")
    tab.settled()
    page.wait_for_selector("[data-tool=as]")
    assert page.locator(".turn").get_attribute("dir") == "rtl"
    assert page.locator(".sheet .form").bounding_box()["x"] > page.locator("[data-tool=as]").bounding_box()["x"]
    assert page.locator(".sheet .form").inner_text() == "إنفوغرافيك"


def test_the_words_of_a_turn_follow_its_conversation(tab: Tab) -> None:
    page = tab.open()
    tab.ask("كيف تدور مياه الأرض؟")
    tab.settled()
    page.wait_for_function("document.querySelector('.sheet .form').textContent === 'إنفوغرافيك'")
    assert page.locator(".turn").get_attribute("dir") == "rtl"
    assert page.evaluate("document.documentElement.dir") == "ltr"


def test_twenty_visuals_leave_the_server_reachable(tab: Tab, address: str, session: Session) -> None:
    with httpx.Client(base_url=address, timeout=30) as client:
        for n in range(20):
            body = {
                "threadId": "twenty", "runId": f"twenty-{n}", "tools": [], "context": [], "state": {}, "forwardedProps": {},
                "messages": [{"id": "m", "role": "user", "content": "poison" if n % 2 else "mortgage"}],
            }  # fmt: skip
            with client.stream("POST", "/api/ask", json=body) as reply:
                next(reply.iter_lines())
        for run in session.store.runs("twenty"):
            list(session.jobs.follow(run.id))
    page = tab.open("/#twenty")
    page.wait_for_selector("iframe.frame")
    frames = page.locator("iframe.frame")
    assert frames.count() == 20
    slowest = page.evaluate(
        """async () => {
            let slowest = 0;
            for (const frame of document.querySelectorAll('iframe.frame')) {
                frame.loading = 'eager';
                frame.scrollIntoView();
                const begun = performance.now();
                await fetch('/healthz');
                slowest = Math.max(slowest, performance.now() - begun);
            }
            return slowest;
        }"""
    )
    # Far above what a busy machine takes: streams that hold every connection would never let it through.
    assert slowest < 15_000
    assert httpx.get(f"{address}/healthz", timeout=15).text == "ok\n"


def test_nothing_on_the_page_tells_what_it_is_built_with(tab: Tab) -> None:
    page = tab.open()
    assert page.title() == "Flipchart"
    assert "gradio" not in page.inner_text("body").lower()
    assert page.locator("footer:visible").count() == 0
    set_in = "[...document.querySelectorAll('button, input, textarea, h1, label span')].map(node => getComputedStyle(node).fontFamily)"
    faces = page.evaluate(set_in)
    assert all(face.startswith(("Inter", '"Source Serif 4"', '"JetBrains Mono"')) for face in faces), set(faces)
    assert page.evaluate("performance.getEntriesByType('resource').every(one => new URL(one.name).origin === location.origin)")


def test_the_shell_answers_for_nothing_but_its_own_page(address: str) -> None:
    with httpx.Client(base_url=address) as client:
        assert client.get("/page/config").status_code == 200
        shut = "gradio_api/file=/etc/passwd gradio_api/proxy=http://127.0.0.1/ gradio_api/queue/data monitoring assets/../../../etc/passwd"
        for path in ["", *shut.split(), "static/%2e%2e/%2e%2e/x"]:
            assert client.get(f"/page/{path}").status_code in (403, 404), path
        for path in "gradio_api/upload gradio_api/queue/join gradio_api/run/x gradio_api/vibe-edit/ login".split():
            assert client.post(f"/page/{path}", json={}).status_code == 404, path


def test_every_word_is_said_in_nine_languages() -> None:
    from flipchart import assets

    keys: list[str] = []
    said = json.loads(assets.text("words/chat.json"), object_pairs_hook=lambda pairs: keys.extend(key for key, _ in pairs) or dict(pairs))
    assert len({key for key in keys if "." in key}) == sum("." in key for key in keys), "no key is given twice"
    for key, words in said.items():
        assert list(words) == list(chat.LANGUAGES), key
        assert all(words.values()), key
        places = {frozenset(re.findall(r"\{\w+\}", one)) for one in words.values()}
        assert len(places) == 1, key
    scripts = "".join(assets.text(name) for name in assets.names("web", ".js") if name.startswith("web/chat"))
    used = set(re.findall(r"\bsay\('([a-z.]+)'", scripts))
    assert not {word for word in used if f"chat.{word}" not in said and not word.startswith("form.")}


@pytest.mark.parametrize(
    ("chosen", "accepted", "lang"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "xx, ja;q=0.5, fr;q=0.7", "fr"),
        ("ar", "en", "ar"),
        ("nope", "zh-CN", "zh"),
        ("", ";;;q=x,,", "en"),
    ],
)
def test_the_page_speaks_the_first_language_it_knows(chosen: str, accepted: str, lang: str) -> None:
    assert chat.language(chosen, accepted) == lang


def test_the_page_is_served_by_the_command(tmp_path: Path) -> None:
    import os
    import subprocess
    import sys

    script = tmp_path / "script.jsonl"
    script.write_text('{"answer": "Hello."}\n')
    environment = os.environ | {"FLIPCHART_HOME": str(tmp_path / "home"), "FLIPCHART_MODEL": f"scripted:{script}"}
    command = [sys.executable, "-m", "flipchart", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip().removeprefix("Flipchart is at ")
        for _ in range(600):
            try:
                page = httpx.get(address, timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        assert page.status_code == 200 and "<gradio-app" in page.text
        assert "frame-ancestors 'self'" in page.headers["content-security-policy"]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def test_a_visuals_line_tells_all_it_offers(session: Session) -> None:
    told = gallery.replayed(session, "chart", sorted(gallery.examples("chart"))[0])
    list(session.jobs.follow(told["run"]))
    visual = session.store.visuals(told["conversation"])[0]
    facts = chat.facts(session, visual.id)
    assert facts["form"] == "chart" and facts["forms"][0] == "chart" and "csv" in facts["writes"]
    assert replace(visual, n=facts["n"]) == visual
