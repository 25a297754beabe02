"""The brand over HTTP, on the command line and in the chat: given, worn by every visual past and to come, and taken back."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw
from pptx import Presentation
from typer.testing import CliRunner

from flipchart import assets
from flipchart.gui import brands, chat, gallery, pictures, server
from flipchart.gui.asked import Asked
from flipchart.gui.brands import Brands
from flipchart.gui.cli import app
from flipchart.gui.minds import Minds
from flipchart.gui.session import Session
from flipchart.gui.store import Store
from flipchart.renderers.problem import Problem
from flipchart.renderers.style import Brand

EXAMPLE = str(assets.path("examples/infographic/sleep-tips.json"))
NAVY, ORANGE = "#0b2a5b", "#f28c28"


def png(picture: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def logo(kind: str = "PNG") -> bytes:
    picture = Image.new("RGB", (300, 100), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((20, 20, 80, 80), fill=ORANGE)
    pen.rectangle((100, 30, 280, 70), fill=NAVY)
    return png(picture, kind)


SVG = f"""<?xml version="1.0"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://elsewhere.example/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 300 100" onload="alert(1)">
<style>@import url(http://elsewhere.example/a.css); .a{{fill:{NAVY}}}</style><script>alert(2)</script>
<image xlink:href="SECRET" x="0" y="0" width="300" height="100"/><foreignObject><p>hidden</p></foreignObject>
<rect x="20" y="20" width="60" height="60" fill="{ORANGE}"/><rect x="100" y="30" width="180" height="40" fill="{NAVY}"/></svg>"""


def template() -> bytes:
    out = io.BytesIO()
    Presentation().save(out)
    made = io.BytesIO()
    with zipfile.ZipFile(out) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"4F81BD", b"116644").replace(b"C0504D", b"C9772B"))
    return made.getvalue()


# -- kept -------------------------------------------------------------------------------------------------------------------


def test_a_brand_is_kept_and_undone_and_done_again(tmp_path: Path) -> None:
    kept = Brands(tmp_path)
    assert (kept.now, kept.steps) == (None, (0, 0))
    first, second = (Brand(colours=(colour,)) for colour in ("#0b5678", "#c8102e"))
    kept.wear(first)
    kept.wear(second)
    kept.wear(second)
    assert (Brands(tmp_path).now, kept.steps) == (second, (2, 0)), "another process sees it"
    assert kept.step(-1) == first
    assert kept.step(-1) is None
    assert kept.step(-1) is None
    assert kept.step(1) == first
    kept.wear(None)
    assert (kept.now, kept.steps) == (None, (2, 0)), "what was undone is forgotten"


def test_only_the_last_brands_are_kept(tmp_path: Path) -> None:
    kept = Brands(tmp_path)
    for n in range(30):
        kept.wear(Brand(colours=(f"#0000{n:02x}",)))
    assert kept.steps == (brands.MOST - 1, 0)
    assert kept.now == Brand(colours=("#00001d",))


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "brand.json").write_text('{"at": 0, "kept": ["x"]}', "utf-8")
    with pytest.raises(Problem, match="cannot be read; remove the file"):
        _ = Brands(tmp_path).now


# -- read -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [logo(), logo("JPEG"), SVG.encode()])
def test_a_logo_may_be_png_jpeg_or_svg(content: bytes) -> None:
    made = brands.given("C:\\logos\\Acme.png", content)
    assert made.name == "Acme"
    assert made.logo is not None
    near = [tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5)) for colour in made.colours]
    assert any(sum(abs(a - b) for a, b in zip(one, (0x0B, 0x2A, 0x5B), strict=True)) < 24 for one in near)


def test_an_svg_shows_nothing_from_outside(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(png(Image.new("RGB", (300, 100), "#ff00ff")))
    for where in (str(secret), secret.as_uri(), "http://elsewhere.example/p.png"):
        drawn = pictures.redrawn(SVG.replace("SECRET", where).encode())
        with Image.open(io.BytesIO(drawn)) as opened:
            shown = opened.convert("RGBA")
        assert shown.width == pictures.DRAWN
        assert shown.getpixel((5, 5)) == (0, 0, 0, 0)
    cleaned = pictures.ElementTree.tostring(pictures.cleaned(SVG.encode()), encoding="unicode")
    for word in ("elsewhere", "alert", "onload", "hidden", "SECRET", "image"):
        assert word not in cleaned


@pytest.mark.parametrize(
    "svg",
    [
        "<svg xmlns='http://www.w3.org/2000/svg'><rect",
        "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>",
        "<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 10 10'>" + "<g/>" * 30_000 + "</svg>",
        "<html><svg></svg></html>",
    ],
)
def test_an_svg_that_cannot_be_drawn_is_one_sentence(svg: str) -> None:
    with pytest.raises(Problem, match="SVG") as told:
        brands.given("a.svg", svg.encode())
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.png", b"", "is empty"),
        ("a.png", logo()[:300], "damaged|cannot be opened"),
        ("a.png", png(Image.new("RGB", (1, 1))), "1 × 1 px"),
        ("a.png", png(Image.new("RGB", (90, 90), "white")), "nothing is to be seen"),
        ("a.png", logo() + b"\x00" * 40_000_000, "40 MB; at most 30 MB"),
        ("a.pptx", b"PK\x03\x04broken", "no PowerPoint file"),
        ("a.pptx", template()[:9000], "no PowerPoint file"),
        ("a.exe", b"MZ\x90\x00", "no logo and no PowerPoint file"),
        ("a.json", b'{"colours": ["blue"]}', "is no colour"),
        ("a.json", b'{"colors": []}', "cannot be read"),
    ],
)
def test_what_is_no_brand_is_one_sentence(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Problem, match=said) as told:
        brands.given(name, content)
    assert "\n" not in str(told.value)


def test_what_a_file_does_not_say_stays_as_it_was() -> None:
    before = Brand(colours=("#116644",), body="Arial")
    black = png(_black())
    after = brands.given("mark.png", black, before)
    assert (after.colours, after.body, after.logo is not None) == (("#116644",), "Arial", True)
    fresh = brands.given("firm.pptx", template(), after)
    assert (fresh.colours[:2], fresh.body, fresh.logo) == (("#116644", "#c9772b"), "Calibri", after.logo)
    assert brands.edited(fresh, {"colours": "#7a0c3c", "logo": None}) == fresh.model_copy(update={"colours": ("#7a0c3c",), "logo": None})
    assert brands.edited(Brand(colours=("#7a0c3c",)), {"colours": ""}) is None


def _black() -> Image.Image:
    picture = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    ImageDraw.Draw(picture).rectangle((20, 20, 280, 80), fill="#111111")
    return picture


@pytest.mark.parametrize("lang", list(chat.LANGUAGES))
def test_what_was_moved_is_said_in_the_readers_language(lang: str) -> None:
    (note, *_) = brands.told(Brand(colours=("#ffd500",)), "light", lang)["notes"]
    assert "#ffd500" in note
    assert brands.told(Brand(colours=("#ffd500",)), "light", lang)["palette"]["accent"] in note
    ours = brands.told(brands.given("a.png", png(_black())), "dark", lang)["notes"]
    assert len(ours) == 2, "no colour in it, and set in one ink"


# -- over HTTP --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = Session(Store(tmp_path), Minds(lambda name, _: gallery.Replay((name or "").removeprefix(gallery.MODEL))))
    yield made
    made.close(0.0)


@pytest.fixture
def web(session: Session) -> Iterator[TestClient]:
    with TestClient(server.app(session), base_url="http://127.0.0.1:7860") as opened:
        yield opened


def shown(session: Session, name: str = "infographic/sleep-tips") -> str:
    """A visual in a conversation; its id."""
    run = session.ask(Asked(text=name, model=gallery.MODEL + name), "one").run
    return str(session.store.run(run).outcome["blocks"][-1]["visual"])


def test_every_visual_past_and_to_come_wears_it_and_undo_brings_the_old_look_back(web: TestClient, session: Session) -> None:
    past = shown(session)
    addresses = [f"/v/{past}", f"/v/{past}.svg", f"/v/{past}.png?size=square", f"/v/{past}.pptx", "/api/conversations/one/export.pdf"]
    before = [web.get(address) for address in addresses]
    tagged = web.get(f"/v/{past}?fragment=1")
    told = web.post("/api/brand", files={"file": ("Acme.png", logo())}).json()
    assert told["brand"]["colours"] == [ORANGE, NAVY]
    assert told["brand"]["logo"].startswith("data:image/png;base64,")
    assert [one["was"] for one in told["moved"]] == [ORANGE]
    assert (told["undo"], told["redo"]) == (True, False)
    for address, old in zip(addresses, before, strict=True):
        assert web.get(address).content != old.content, address
    assert NAVY in web.get(f"/v/{past}.svg").text
    fresh = web.get(f"/v/{past}?fragment=1", headers={"if-none-match": tagged.headers["etag"]})
    assert fresh.status_code == 200
    assert f"--accent:{NAVY}" in fresh.json()["style"]
    to_come = shown(session, "chart/heat-pumps")
    assert NAVY in web.get(f"/v/{to_come}.svg").text
    undone = web.post("/api/brand/undo").json()
    assert (undone["brand"], undone["undo"], undone["redo"]) == (None, False, True)
    assert NAVY not in web.get(f"/v/{to_come}.svg").text
    session.store.forget("one")
    past = shown(session)


def test_undo_gives_the_same_bytes(web: TestClient, session: Session) -> None:
    past = shown(session)
    addresses = [f"/v/{past}.{ending}" for ending in ("svg", "png", "pdf", "pptx", "html", "json")] + ["/api/conversations/one/export.pptx"]
    before = [web.get(address).content for address in addresses]
    web.patch("/api/brand", json={"colours": "#c8102e"})
    web.post("/api/brand", files={"file": ("firm.pptx", template())})
    worn = [web.get(address).content for address in addresses]
    assert [new != old for new, old in zip(worn, before, strict=True)] == [True, True, True, True, True, False, True]
    web.post("/api/brand/undo")
    web.post("/api/brand/undo")
    assert [web.get(address).content for address in addresses] == before
    web.post("/api/brand/redo")
    web.post("/api/brand/redo")
    assert [web.get(address).content for address in addresses] == worn
    web.delete("/api/brand")
    assert [web.get(address).content for address in addresses] == before


def test_what_one_visual_was_given_stays_its_own(web: TestClient, session: Session) -> None:
    past = shown(session)
    web.post(f"/v/{past}/look", json={"accent": "#7a0c3c"})
    web.patch("/api/brand", json={"colours": "#116644"})
    words = web.get(f"/v/{past}.svg").text
    assert "#7a0c3c" in words


def test_colours_are_shown_before_they_are_worn(web: TestClient) -> None:
    draft = web.get("/api/brand", params={"colours": "#116644"}).json()
    assert (draft["palette"]["accent"], draft["mark"], draft["undo"]) == ("#116644", "", False)
    assert "#116644" in web.get("/api/brand/preview.svg", params={"colours": "#116644"}).text
    assert "#116644" in web.get("/api/brand/preview.svg", params={"colours": "#116644", "form": "slides"}).text
    assert web.get("/api/brand").json()["brand"] is None


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"colours": "blue"}, "is no colour"),
        ({"colours": ["#12"]}, "is no colour"),
        ({"paper": "#fff"}, "`paper` cannot be set"),
        ({"logo": "x"}, "`logo` cannot be set"),
    ],
)
def test_a_brand_that_cannot_be_is_refused_and_the_old_one_stays(web: TestClient, values: dict[str, Any], said: str) -> None:
    web.patch("/api/brand", json={"colours": "#116644"})
    answer = web.patch("/api/brand", json=values)
    assert answer.status_code == 422
    assert said in answer.json()["error"]
    assert web.get("/api/brand").json()["brand"]["colours"] == ["#116644"]


def test_a_file_of_40_mb_is_refused(web: TestClient) -> None:
    answer = web.post("/api/brand", files={"file": ("a.png", logo() + b"\x00" * 40_000_000)})
    assert answer.status_code == 413
    assert "32 MB" in answer.json()["error"]


def test_another_site_cannot_change_the_brand(web: TestClient) -> None:
    assert web.patch("/api/brand", json={"colours": "#116644"}, headers={"origin": "http://elsewhere.example"}).status_code == 403


def test_the_widget_wears_it(web: TestClient) -> None:
    web.patch("/api/brand", json={"colours": "#116644"})
    assert "--accent:#116644" in web.get("/embed", params={"ask": "why"}).text


# -- on the command line ----------------------------------------------------------------------------------------------------


def run(*words: str) -> str:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return str(done.stdout)


def test_the_command_gives_tells_and_takes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIPCHART_HOME", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "Acme.svg").write_text(SVG, "utf-8")
    assert run("brand") == "no brand\n"
    assert json.loads(run("brand", "#7a0c3c"))["colours"] == ["#7a0c3c"]
    told = json.loads(run("brand", str(tmp_path / "Acme.svg")))
    assert (told["name"], told["logo"], sorted(told["colours"])) == ("Acme", True, [NAVY, ORANGE])
    out = tmp_path / "out.svg"
    run("render", EXAMPLE, "-o", str(out), "--theme", "brand")
    assert NAVY in out.read_text("utf-8")
    assert json.loads(run("brand", "--undo"))["colours"] == ["#7a0c3c"]
    assert json.loads(run("brand", "--redo"))["name"] == "Acme"
    assert run("brand", "--none") == "no brand\n"


def test_a_theme_may_be_colours_a_file_or_a_logo(tmp_path: Path) -> None:
    (tmp_path / "brand.json").write_text('{"colours": ["#7a0c3c"]}', "utf-8")
    (tmp_path / "deck.pptx").write_bytes(template())
    (tmp_path / "logo.png").write_bytes(logo())
    out = tmp_path / "out.html"
    for theme, colour in (("#7a0c3c", "#7a0c3c"), ("brand.json", "#7a0c3c"), ("logo.png", NAVY), ("deck.pptx", "#116644")):
        run("render", EXAMPLE, "-o", str(out), "--theme", theme if theme.startswith("#") else str(tmp_path / theme))
        assert colour in out.read_text("utf-8")


# -- in the chat ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, serve: Callable[[Any], str]) -> Iterator[str]:
    made = Session(Store(tmp_path_factory.mktemp("home")), Minds(lambda name, _: gallery.Replay((name or "").removeprefix(gallery.MODEL))))
    shown(made, "chart/heat-pumps")
    shown(made)
    where = serve(server.app(made, chat=chat.mount))
    assert httpx.get(f"{where}/page/config", timeout=120.0).is_success  # Gradio has loaded: it may take longer than a page waits
    yield where
    made.close(0.0)


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US", color_scheme="light")
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith((address, "data:", "blob:")) else None)
    opened.goto(f"{address}/#one")
    opened.wait_for_selector("body.ready")
    opened.wait_for_selector(".branding", state="attached")
    loaded(opened)
    yield opened
    context.close()
    assert not wrong


def loaded(page: Any) -> None:
    """Go past both visuals, so that each has its page in its frame."""
    page.wait_for_function("document.querySelectorAll('iframe.frame').length === 2")
    for n in (1, 0):
        page.evaluate(f"document.querySelectorAll('iframe.frame')[{n}].scrollIntoView()")
        page.wait_for_function(f"document.querySelectorAll('iframe.frame')[{n}].contentDocument?.getElementById('look')")


def wearing(page: Any, accent: str) -> None:
    """Wait until both visuals are in this accent."""
    page.wait_for_function(
        """accent => [...document.querySelectorAll('iframe.frame')].every(
            one => one.contentDocument?.getElementById('look')?.textContent.includes(`--accent:${accent}`))""",
        arg=accent,
    )


def test_a_dropped_logo_restyles_the_conversation_and_undo_takes_it_back(page: Any) -> None:
    blue = "#2F5BD8"
    wearing(page, blue)
    page.click(".entry[aria-haspopup=dialog]")
    page.wait_for_selector("#settings.shown .branding .place")
    assert not page.is_visible(".branding .pictures img")
    drop = page.evaluate_handle(
        """bytes => {
            const held = new DataTransfer();
            held.items.add(new File([new Uint8Array(bytes)], 'Acme.png', { type: 'image/png' }));
            return held;
        }""",
        list(logo()),
    )
    page.dispatch_event(".branding .place", "drop", {"dataTransfer": drop})
    wearing(page, NAVY)
    page.wait_for_selector(".branding .mark img[alt=Acme]")
    assert page.eval_on_selector_all(".branding .swatches i", "all => all.length") == 2
    assert f"{ORANGE} is too faint here" in page.inner_text(".branding .told")
    page.wait_for_function("[...document.querySelectorAll('.branding .pictures img')].every(one => one.naturalWidth > 0)")
    assert not page.query_selector_all(".chip"), "it is no file to ask about"
    frame = page.query_selector("iframe.frame").content_frame()
    assert frame.eval_on_selector_all("#visual image", "all => all.length") == 1
    page.click(".branding [data-step=undo]")
    wearing(page, blue)
    page.wait_for_function("!document.querySelector('iframe.frame').contentDocument.querySelector('#visual image')")
    page.click(".branding [data-step=redo]")
    wearing(page, NAVY)
    page.click(".branding [data-step=none]")
    wearing(page, blue)
    with page.expect_file_chooser() as chosen:
        page.click(".branding .place")
    chosen.value.set_files({"name": "Acme.svg", "mimeType": "image/svg+xml", "buffer": SVG.encode()})
    wearing(page, NAVY)
    page.click(".branding [data-step=none]")
    wearing(page, blue)


def test_colours_are_previewed_while_they_are_typed_and_worn_when_told(page: Any) -> None:
    page.click(".entry[aria-haspopup=dialog]")
    page.wait_for_selector("#settings.shown .branding .place")
    page.fill(".branding .colours", "#116644")
    page.wait_for_selector(".branding .swatches i[aria-label='#116644']")
    assert "116644" in page.get_attribute(".branding .pictures img", "src")
    wearing(page, "#2F5BD8")
    page.fill(".branding .colours", "#11")
    page.wait_for_selector(".branding .told .wrong")
    assert page.inner_text(".branding .told") == "'#11' is no colour; write colours as #rrggbb, with commas between them"
    page.fill(".branding .colours", "#116644")
    page.press(".branding .colours", "Enter")
    wearing(page, "#116644")
    page.reload()
    page.wait_for_selector("body.ready")
    loaded(page)
    wearing(page, "#116644")
    page.evaluate("fetch('/api/brand', { method: 'DELETE' })")
