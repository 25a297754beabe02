"""The shipped examples: shown, replayed, and hung in the gallery."""

import json
import threading
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flipchart.gui import gallery, server
from flipchart.gui.minds import Minds
from flipchart.gui.session import Session, spec_of
from flipchart.gui.store import Store
from flipchart.models.events import Drawn, Planned, Request
from flipchart.renderers.problem import Missing, SpecProblem
from flipchart.renderers.registry import KINDS, form
from flipchart.renderers.style import themes

EVERY = [(kind, name) for kind, name, _ in gallery.every()]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    def opened(name: str | None, _report: Any) -> gallery.Replay:
        return gallery.Replay((name or f"{gallery.MODEL}app/mortgage").removeprefix(gallery.MODEL))

    made = Session(Store(tmp_path_factory.mktemp("home")), Minds(opened))
    yield made
    made.close(0.0)


@pytest.fixture(scope="module")
def client(session: Session) -> Any:
    from fastapi.testclient import TestClient

    with TestClient(server.app(session, chat=lambda web, _: gallery.mount(web)), base_url="http://127.0.0.1:7860") as opened:
        yield opened


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_has_six_examples_in_several_languages(kind: str) -> None:
    held = gallery.examples(kind)
    assert len(held) >= 6
    assert len({spec.lang for spec in held.values()}) >= 5
    assert all(spec.title for spec in held.values())


@pytest.mark.parametrize("lang", ["en", "es", "pt", "fr", "de", "zh", "ja", "hi", "ar"])
def test_the_empty_chat_shows_six_forms_in_the_readers_language_or_in_english(lang: str) -> None:
    cards = gallery.shown(lang)
    assert [card["kind"] for card in cards] == list(gallery.SHOWN)
    for card in cards:
        own = {spec.lang.split("-")[0] for spec in gallery.examples(card["kind"]).values()}
        assert card["lang"].split("-")[0] == (lang if lang in own else "en")
        assert card["prompt"].strip() and card["prompt"] != card["title"]


def test_every_prompt_names_an_example() -> None:
    assert set(gallery.prompts()) <= {f"{kind}/{name}" for kind, name in EVERY}


@pytest.mark.parametrize(("kind", "name"), [(kind, min(gallery.examples(kind))) for kind in KINDS])
def test_a_replay_grows_and_ends_as_the_example(kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "REPLAY_SECONDS", 0.0)
    first, *drawn = gallery.Replay(f"{kind}/{name}").answer(Request("anything"))
    assert isinstance(first, Planned) and first.form == kind and first.reason
    steps = [event for event in drawn if isinstance(event, Drawn)]
    assert len(steps) == len(drawn)
    assert steps[-1].spec == gallery.examples(kind)[name] and steps[-1].status == "done"
    assert {step.spec.id for step in steps} == {steps[-1].spec.id}, "it is one visual all along"
    sizes = [len(step.spec.model_dump_json()) for step in steps]
    assert len(set(sizes)) > 2, "it is seen to grow"
    assert all(step.status == "growing" for step in steps[:-1])


def test_a_stopped_replay_stops() -> None:
    cancel = threading.Event()
    cancel.set()
    assert [type(event) for event in gallery.Replay("app/mortgage").answer(Request("x", cancel=cancel))] == [Planned]


def test_an_example_opens_once_and_can_be_drawn_again_and_flipped(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "REPLAY_SECONDS", 0.0)
    told = gallery.replayed(session, "infographic", "sleep-tips")
    answer = session.answer(told["run"]) if list(session.jobs.follow(told["run"])) else None
    assert answer is not None and answer.visuals == (gallery.examples("infographic")["sleep-tips"],)
    same = gallery.replayed(session, "infographic", "sleep-tips")
    assert (same["conversation"], same["run"]) == (told["conversation"], told["run"]) and same["visual"]
    again = gallery.replayed(session, "infographic", "sleep-tips", again=True)
    assert again["run"] != told["run"]
    list(session.jobs.follow(again["run"]))
    assert [visual.id for visual in session.store.visuals(told["conversation"])] == [same["visual"]], "it was drawn in its place"
    other = session.designs(same["visual"])[-1]
    gallery.replayed(session, "infographic", "sleep-tips", other)
    assert spec_of(session.store.visual(same["visual"])).look.design == other


def test_what_is_not_shipped_is_told() -> None:
    for wrong in ("chart/nothing", "nothing/x", "chart/../../x", ""):
        with pytest.raises(Missing, match="gallery"):
            gallery.Replay(wrong)
    with pytest.raises(SpecProblem, match="no design"):
        gallery.Replay("infographic/sleep-tips/nothing")


def test_the_gallery_hangs_every_design_of_every_form_once() -> None:
    for kind in KINDS:
        hung = gallery.sheets(kind)
        assert len(hung) == len(set(hung))
        assert {name for name, _ in hung} == set(gallery.examples(kind))
        designs = {design for spec in gallery.examples(kind).values() for design in form(kind).designs(spec)}
        assert designs <= {design for _, design in hung}


def test_the_gallerys_pictures_are_there_in_every_theme_and_width(client: Any) -> None:
    for kind in KINDS:
        name, design = gallery.sheets(kind)[0]
        for theme in themes():
            for width in gallery.WIDTHS:
                query = {"theme": theme, "width": width} | ({"design": design} if design else {})
                reply = client.get(f"/example/{kind}/{name}.svg", params=query)
                assert reply.status_code == 200 and reply.headers["content-type"] == "image/svg+xml"
                root = ET.fromstring(reply.text)
                assert float(root.attrib["viewBox"].split()[2]) == width
                assert float(root.attrib["viewBox"].split()[3]) == pytest.approx(gallery.height(kind, name, theme, width, design), abs=1)
        assert "max-age" in reply.headers["cache-control"]


def test_the_gallery_is_one_page_of_links_and_lazy_pictures(client: Any) -> None:
    page = client.get("/gallery", params={"theme": "dark", "width": 390}, headers={"accept-language": "de"}).text
    assert page.startswith('<!doctype html>\n<html lang="de"') and page.rstrip().endswith("</html>")
    assert page.count("<img") - 1 == page.count('loading="lazy"') == sum(len(gallery.sheets(kind)) for kind in KINDS)
    assert "<script" not in page
    only = client.get("/gallery", params={"form": "app"}).text
    assert only.count("<section") == 1
    assert client.get("/gallery", params={"theme": "nope", "width": 5, "form": "nope"}).status_code == 200


def test_an_example_is_written_in_other_formats_and_what_is_not_there_is_told(client: Any) -> None:
    assert client.get("/example/chart/" + min(gallery.examples("chart")) + ".pptx").content.startswith(b"PK")
    assert client.get("/example/app/mortgage.png").content.startswith(b"\x89PNG")
    assert client.get("/example/chart/nothing.svg").status_code == 404
    assert client.get("/example/app/mortgage.svg", params={"theme": "nope"}).status_code == 422
    assert client.get("/example/infographic/sleep-tips.svg", params={"design": "<b>"}).status_code == 422
    assert client.get("/example/app/mortgage.exe").status_code == 422


def test_pictures_of_every_example_are_written_to_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gallery, "every", lambda: iter([("text", "tea", gallery.examples("text")["tea"])]))
    told = gallery.write(tmp_path / "out")
    assert told.startswith(f"{len(themes())} pictures")
    assert {file.suffix for file in (tmp_path / "out").iterdir()} == {".png", ".html"}


def test_the_prompts_are_said_in_the_examples_own_language() -> None:
    from flipchart.models.language import detect

    told = json.loads(json.dumps(gallery.prompts()))
    wrong = {
        key: detect(words)
        for key, words in told.items()
        if len(words.split()) > 3 and detect(words) != gallery.example(*key.split("/")).lang.split("-")[0]
    }
    assert not wrong
