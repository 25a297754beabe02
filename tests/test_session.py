"""The whole line, with a planner that says what it is told to: ask, keep, edit, convert, export."""

import io
import json
import logging
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flipchart.gui import attach, pictures
from flipchart.gui.asked import Answer, Asked, carrying
from flipchart.gui.jobs import Told
from flipchart.gui.minds import Mind, Minds, Readiness, always
from flipchart.gui.session import Session, spec_of
from flipchart.gui.store import Run, Store
from flipchart.models import arithmetic, calculators, introduction, llm_scripted, relations
from flipchart.models.events import Drawn, Event, Failed, Noted, Offered, Planned, Request, Said, Used, Withdrawn
from flipchart.models.planner import Planner
from flipchart.renderers.check import Finding
from flipchart.renderers.problem import Missing, ModelProblem, Problem, SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.render import read
from flipchart.renderers.words import say

TIPS = {
    "kind": "infographic",
    "lang": "de",
    "title": "Schlaf wird leichter",
    "items": [
        {"label": "Feste Zeiten", "text": "Jeden Tag gleich.", "value": 7.5, "unit": "h"},
        {"label": "Kühl schlafen", "text": "Etwa 18 °C.", "value": 18, "unit": "°C"},
        {"label": "Kein Kaffee", "text": "Nach Mittag.", "value": 14, "unit": "Uhr"},
    ],
}


class Scripted:
    """A planner that tells one story, and remembers what it was asked."""

    def __init__(self, *story: Event, wait: threading.Event | None = None, error: Exception | None = None) -> None:
        self.story, self.wait, self.error = story, wait, error
        self.asked: list[Request] = []

    def answer(self, request: Request) -> Iterator[Event]:
        self.asked.append(request)
        yield from self.story
        if self.error:
            raise self.error
        while self.wait and not self.wait.is_set() and not request.cancel.wait(0.01):
            pass


STORY = (
    Planned("infographic", (("infographic", 0.9), ("text", 0.3)), "Tips read best side by side.", 3.0),
    Said("Drei Dinge helfen."),
    Drawn(read(TIPS)),
    Noted((Finding("glyph", "x", "y", "z", "warning"),), "infographic1"),
    Used(100, 50, 2.0),
)

Opened = Callable[..., Session]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Sessions over one data directory, closed at the end."""
    made: list[Session] = []

    def open(planner: Any = None, minds: Minds | None = None) -> Session:
        made.append(Session(Store(tmp_path / "home"), minds or always(planner or Scripted(*STORY))))
        return made[-1]

    yield open
    for session in made:
        session.close(0.0)


def visual(session: Session, answer: Answer) -> str:
    return session.store.visuals(answer.conversation)[0].id


def test_an_answer_comes_whole_and_is_kept(opened: Opened) -> None:
    session = opened()
    seen: list[Event | Told] = []
    answer = session.ask(Asked(text="Wie schlafe ich besser?"), on_event=seen.append)
    assert answer.text == "Drei Dinge helfen."
    assert [spec.title for spec in answer.visuals] == ["Schlaf wird leichter"]
    assert answer.plan is not None
    assert (answer.plan.form, answer.plan.forms[0]) == ("infographic", ("infographic", 0.9))
    assert answer.usage["completion_tokens"] == 50
    assert not answer.failed
    assert not answer.errors
    assert [type(event).__name__ for event in seen] == ["Planned", "Said", "Drawn", "Told", "Told"]
    assert json.loads(json.dumps(answer.as_dict())).keys() == {"conversation", "run", "text", "plan", "visuals", "usage"}
    assert session.answer(answer.run) == answer
    (conversation,) = session.conversations()
    assert (conversation.title, conversation.lang) == ("Wie schlafe ich besser?", "de")


def test_the_next_question_sees_what_was_said_and_drawn(opened: Opened) -> None:
    planner = Scripted(*STORY)
    session = opened(planner)
    first = session.ask(Asked(text="Wie schlafe ich besser?"))
    session.ask(Asked(text="Und tagsüber?"), first.conversation)
    (turn,) = planner.asked[1].history
    assert (turn.question, turn.answer) == ("Wie schlafe ich besser?", "Drei Dinge helfen.")
    assert turn.visuals == (visual(session, first),)
    assert planner.asked[1].earlier[turn.visuals[0]].title == "Schlaf wird leichter"
    assert planner.asked[0].history == ()


@pytest.mark.parametrize(
    "wrong", [{"text": "  "}, {"text": "x", "form": "chrat"}, {"text": "x", "theme": "neon"}, {"text": "x", "files": ("no",)}]
)
def test_what_cannot_be_asked_is_told_before_anything_is_kept(opened: Opened, wrong: dict[str, Any]) -> None:
    session = opened()
    with pytest.raises(Problem):
        session.ask(Asked.model_validate(wrong))
    assert session.conversations() == []


def test_words_no_wire_carries_do_not_stop_an_answer(opened: Opened) -> None:
    session = opened(Scripted(Said("a\ud800b\x00c")))
    assert session.ask(Asked(text="\ud83d x\x00y")).text == "a?bc"


def test_what_nobody_expected_is_a_sentence_and_its_log_holds_no_words_of_the_person(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    session = opened(Scripted(Said("half"), error=RuntimeError("secret-of-the-person")))
    with caplog.at_level(logging.DEBUG):
        answer = session.ask(Asked(text="a question with secret-of-the-person"))
    assert answer.text == "half"
    assert answer.failed.startswith("something broke in Flipchart itself")
    id = answer.failed.split()[-4]
    assert f"({id})" in caplog.text
    assert "test_session.py" in caplog.text
    assert "secret-of-the-person" not in caplog.text


def test_a_problem_of_the_model_is_told_as_it_is(opened: Opened) -> None:
    answer = opened(Scripted(Failed("the model has no key; set one"))).ask(Asked(text="x"))
    assert answer.failed == "the model has no key; set one"


# -- editing ------------------------------------------------------------------------------------------------------------------


def test_a_number_typed_in_its_language_becomes_a_number_with_its_past(opened: Opened) -> None:
    session = opened()
    id = visual(session, session.ask(Asked(text="Wie schlafe ich besser?")))
    spec = spec_of(session.edit(id, [{"id": "item1", "set": {"value": "8,25"}}]))
    assert spec.model_dump()["items"][0]["value"] == 8.25
    assert (spec.sources["item1.value"].kind, spec.sources["item1.value"].old) == ("edited", "7.5")


def test_words_that_told_a_figure_tell_the_new_one(opened: Opened) -> None:
    told = TIPS | {
        "lang": "en",
        "title": "Sleep 7.5 h, not 9 h",
        "items": [{"label": "Hours", "value": 7.5, "unit": "h"}, *TIPS["items"][1:]],
    }
    session = opened(Scripted(Drawn(read(told))))
    id = visual(session, session.ask(Asked(text="x")))
    spec = spec_of(session.edit(id, [{"id": "item1", "set": {"value": "8"}}]))
    assert spec.title == "Sleep 8 h, not 9 h"
    assert spec.sources["infographic1.title"].kind == "computed"
    assert session.doubts(id) == []


def test_a_picture_is_painted_again_only_where_its_prompt_changes(opened: Opened) -> None:
    from flipchart.renderers.painter import Painting, Wish
    from flipchart.renderers.registry import form

    wished: list[str] = []

    class Plain:
        name = "plain"
        anew = marks = True

        def paint(self, wish: Wish, progress: Any = None) -> Painting:
            wished.append(wish.prompt)
            return Painting(png(len(wished), 1), self.name)

    given = read({"kind": "image", "title": "A fox", "prompt": "a fox in snow"})
    paint = form("image").paint
    assert paint is not None
    painted, blobs = paint(given, Plain())
    session = opened(Scripted(Drawn(painted, "done", blobs)))
    session.painter = Plain()
    id = visual(session, session.ask(Asked(text="x")))
    first = session.edit(id, [{"id": painted.id, "set": {"title": "The fox"}}]).spec["blob"]
    assert len(wished) == 1
    second = session.edit(id, [{"id": painted.id, "set": {"prompt": "a fox in the rain"}}]).spec["blob"]
    assert wished[1:] == ["a fox in the rain"]
    assert second != first
    assert session.page(id).blobs.keys() == {second}
    assert session.undo(id).spec["blob"] == first


def test_a_figure_computed_from_a_changed_one_is_doubted(opened: Opened) -> None:
    summed = TIPS | {"sources": {"item2.value": {"kind": "computed", "detail": "sum of the figures given"}}}
    session = opened(Scripted(Drawn(read(summed))))
    id = visual(session, session.ask(Asked(text="x")))
    assert session.doubts(id) == []
    session.edit(id, [{"id": "item1", "set": {"value": "8"}}])
    assert [finding.where for finding in session.doubts(id)] == ["item2.value"]


def test_words_where_a_number_stands_are_refused_in_a_sentence(opened: Opened) -> None:
    session = opened()
    id = visual(session, session.ask(Asked(text="x")))
    with pytest.raises(SpecProblem, match=r"item1\.value: 'viel' is not a number"):
        session.edit(id, [{"id": "item1", "set": {"value": "viel"}}])
    assert session.store.visual(id).n == 1


def test_edits_are_undone_and_redone(opened: Opened) -> None:
    session = opened()
    id = visual(session, session.ask(Asked(text="x")))
    session.edit(id, [{"id": "item1", "set": {"label": "Neu"}}])
    session.edit(id, [{"id": "item2", "remove": True}])
    assert len(session.undo(id).spec["items"]) == 3
    assert session.undo(id).spec["items"][0]["label"] == "Feste Zeiten"
    assert session.redo(id).spec["items"][0]["label"] == "Neu"
    assert [one["kind"] for one in session.store.feedback()] == ["edit", "edit"]


def test_what_was_shown_is_still_spoken_of_after_an_aside(opened: Opened) -> None:
    planner = Scripted(*STORY)
    session = opened(planner)
    first = session.ask(Asked(text="Wie schlafe ich besser?"))
    planner.story = (Said(say("edit.refused", "de")),)
    session.ask(Asked(text="mach den Ton anders"), first.conversation)
    planner.story = (Said(say("edit.filed", "en", name="a.csv")),)
    session.ask(Asked(text="correct its figures"), first.conversation)
    session.ask(Asked(text="what can you do?"), first.conversation)
    session.ask(Asked(text="undo"), first.conversation)
    planner.story = (Said("Es hilft wirklich."),)
    for _ in range(2):
        session.ask(Asked(text="Warum?"), first.conversation)
    assert [turn.question for turn in planner.asked[-1].history] == ["Wie schlafe ich besser?", "Warum?"]


@pytest.mark.parametrize(
    ("words", "lang"),
    [
        ("hi! what can you do?", "en"), ("What are you?", "en"), ("help", "en"), ("who are you", "en"), ("Hello there!", "en"),
        ("Hola, ¿qué puedes hacer?", "es"), ("O que você faz?", "pt"), ("Bonjour ! Que peux-tu faire ?", "fr"), ("Was kannst du?", "de"),
        ("你好，你能做什么？", "zh"), ("何ができますか？", "ja"), ("आप क्या कर सकते हैं?", "hi"), ("ماذا يمكنك أن تفعل؟", "ar"),
    ],
)  # fmt: skip
def test_who_asks_what_this_is_is_told_at_once_and_offered_a_beginning(opened: Opened, words: str, lang: str) -> None:
    planner = Scripted(*STORY)
    seen: list[Event | Told] = []
    answer = opened(planner).ask(Asked(text=words), on_event=seen.append)
    assert answer.text == say("introduction.told", lang) and "Flipchart" in answer.text and not planner.asked
    assert [len(event.questions) for event in seen if isinstance(event, Offered)] == [3]


def test_a_beginning_that_is_offered_needs_no_model_but_for_the_last() -> None:
    for lang in introduction.LANGUAGES:
        first, second, _ = say("introduction.questions", lang).split("|")
        asked = Request(second, lang=lang)
        assert calculators.answer(Request(first, lang=lang)) and (relations.answer(asked) or arithmetic.answer(asked)), lang


@pytest.mark.parametrize(
    "words", ["what can you do with cucumbers?", "help me write a letter", "ok", "thanks", "hi, draw a cat", "who are you people in Dune?"]
)
def test_other_questions_are_not_taken_for_that(words: str) -> None:
    assert introduction.asked(words) is None


def test_what_this_is_is_asked_of_what_was_shown() -> None:
    assert introduction.asked("what is this?", first=True) and not introduction.asked("what is this?", first=False)


@pytest.mark.parametrize(
    ("undo", "said"),
    [
        ("undo", "Undone"), ("Undo that.", "Undone"), ("please go back", "Undone"), ("can you revert that change?", "Undone"),
        ("mach das rückgängig", "Rückgängig"), ("deshaz el cambio", "Deshecho"), ("annule ça", "Annulé"), ("desfaça isso", "Desfeito"),
        ("撤销", "已撤销"), ("元に戻して", "元に戻しました"), ("पूर्ववत करें", "पूर्ववत"), ("تراجع", "تم التراجع"),
    ],
)  # fmt: skip
def test_words_undo_the_last_change_and_no_more_than_there_is(opened: Opened, undo: str, said: str) -> None:
    planner = Scripted(*STORY)
    session = opened(planner)
    first = session.ask(Asked(text="Wie schlafe ich besser?"))
    other = session.ask(Asked(text="Und im Sommer?"), first.conversation)
    assert first.visuals and other.visuals
    id = visual(session, first)
    session.edit(id, [{"id": "infographic1", "set": {"title": "Anders"}}])
    session.edit(id, [{"id": "infographic1", "set": {"title": "Ganz anders"}}])
    for title in ("Anders", TIPS["title"]):
        answer = session.ask(Asked(text=undo), first.conversation)
        assert answer.text.startswith(said) and not answer.visuals
        assert session.store.visual(id).title == title
    nothing = session.ask(Asked(text=undo), first.conversation)
    assert nothing.text != answer.text and session.store.visual(id).n == 1
    assert session.ask(Asked(text="redo"), first.conversation).text.startswith("Redone")
    assert session.store.visual(id).title == "Anders"
    assert len(planner.asked) == 2  # no model was asked to undo
    session.ask(Asked(text="auf Deutsch"), first.conversation)
    assert [turn.question for turn in planner.asked[-1].history] == ["Wie schlafe ich besser?", "Und im Sommer?"]


def test_what_is_new_is_not_undone_and_other_words_are_for_the_planner(opened: Opened) -> None:
    planner = Scripted(*STORY)
    session = opened(planner)
    conversation = session.ask(Asked(text="undo")).conversation
    assert "nothing to undo" in session.ask(Asked(text="undo"), conversation).text and not planner.asked
    first = session.ask(Asked(text="Wie schlafe ich besser?"), conversation)
    session.edit(visual(session, first), [{"id": "infographic1", "set": {"title": "Anders"}}])
    session.ask(Asked(text="Und im Sommer?"), conversation)
    assert "nothing to undo" in session.ask(Asked(text="undo"), conversation).text
    for words in ("how do I undo a commit in git?", "go back to school checklist", "redo", "undo the red", "what does revert mean?"):
        before = len(planner.asked)
        session.ask(Asked(text=words), conversation)
        assert len(planner.asked) == before + 1, words


@pytest.mark.parametrize(
    "wrong", [[{"id": "nobody", "set": {"label": "x"}}], [{"id": "item1"}], [{"no": 1}], [{"id": "item1", "set": {"id": "x"}}]]
)
def test_an_edit_that_does_not_fit_changes_nothing(opened: Opened, wrong: list[dict[str, Any]]) -> None:
    session = opened()
    id = visual(session, session.ask(Asked(text="x")))
    with pytest.raises(SpecProblem):
        session.edit(id, wrong)
    assert session.store.visual(id).n == 1


def test_a_form_that_shares_the_content_comes_at_once_without_the_planner(opened: Opened) -> None:
    planner = Scripted(*STORY)
    session = opened(planner)
    id = visual(session, session.ask(Asked(text="x")))
    session.restyle(id, {"theme": "dark"})
    done = session.convert(id, "text")
    assert not isinstance(done, Run)
    assert (done.kind, done.title) == ("text", "Schlaf wird leichter")
    assert "Feste Zeiten" in done.spec["markdown"]
    assert (done.spec["lang"], done.spec["look"]) == ("de", {"theme": "dark"})
    assert len(planner.asked) == 1
    assert session.undo(id).kind == "infographic"
    assert "text" in session.forms(id)
    assert session.store.feedback()[-1]["value"] == {"visual": id, "from": "infographic", "to": "text"}


def test_a_form_that_does_not_is_drawn_anew_in_the_same_place(opened: Opened) -> None:
    planner = Scripted(*STORY)
    session = opened(planner)
    first = session.ask(Asked(text="Wie schlafe ich besser?"))
    id = visual(session, first)
    run = session.convert(id, "image")
    assert isinstance(run, Run)
    list(session.jobs.follow(run.id))
    assert (planner.asked[1].form, planner.asked[1].text, planner.asked[1].history) == ("image", "Wie schlafe ich besser?", ())
    assert [one.id for one in session.store.visuals(first.conversation)] == [id]
    assert session.store.visual(id).n == 2


def test_designs_flip_round_and_back(opened: Opened) -> None:
    session = opened()
    id = visual(session, session.ask(Asked(text="x")))
    names = session.designs(id)
    assert len(names) >= 3
    flipped = [session.flip(id, "next").spec["look"]["design"] for _ in names]
    assert flipped == [*names[1:], names[0]]
    assert session.flip(id, "prev").spec["look"]["design"] == names[-1]
    assert session.flip(id, names[1]).spec["look"]["design"] == names[1]
    with pytest.raises(Problem, match="there are"):
        session.flip(id, "no such design")


def test_a_look_is_changed_field_by_field_and_taken_back(opened: Opened) -> None:
    session = opened()
    id = visual(session, session.ask(Asked(text="x")))
    assert session.restyle(id, {"accent": "#ff0000"}).spec["look"] == {"accent": "#ff0000"}
    assert session.restyle(id, {"theme": "chalk"}).spec["look"] == {"accent": "#ff0000", "theme": "chalk"}
    assert session.restyle(id, {"accent": None}).spec["look"] == {"theme": "chalk"}
    for wrong in ({"accent": "red;}"}, {"theme": "neon"}, {"nothing": 1}):
        with pytest.raises(SpecProblem):
            session.restyle(id, wrong)


# -- going on -----------------------------------------------------------------------------------------------------------------


def test_words_that_were_cut_off_go_on(opened: Opened) -> None:
    planner = Scripted(Said("Der erste Teil"), Failed("der Strom fiel aus"))
    session = opened(planner)
    cut = session.ask(Asked(text="Wie schlafe ich besser?"))
    list(session.jobs.follow(session.again(cut.run).id))
    assert planner.asked[1].text == "Bitte mach dort weiter, wo du aufgehört hast."
    assert planner.asked[1].history[0].answer == "Der erste Teil"


def test_a_visual_that_was_cut_off_is_drawn_whole_in_its_place(opened: Opened) -> None:
    planner = Scripted(Drawn(read(TIPS | {"items": TIPS["items"][:1]}), "growing"), wait=threading.Event())
    session = opened(planner)
    run = session.start(Asked(text="Wie schlafe ich besser?"))
    while not session.store.visuals(run.conversation):
        time.sleep(0.01)
    session.jobs.stop(run.id)
    list(session.jobs.follow(run.id))
    (cut,) = session.store.visuals(run.conversation)
    assert cut.status == "partial"
    planner.story, planner.wait = STORY, None
    list(session.jobs.follow(session.again(run.id).id))
    (whole,) = session.store.visuals(run.conversation)
    assert (whole.id, whole.status, len(whole.spec["items"])) == (cut.id, "done", 3)
    assert planner.asked[1].form == "infographic"


# -- the model on its way -----------------------------------------------------------------------------------------------------


def test_a_question_waits_for_the_model_and_says_so(opened: Opened) -> None:
    here = threading.Event()

    def slowly(name: str | None, report: Callable[[Readiness], None]) -> Scripted:
        report(Readiness("downloading", 10, 100, 9))
        here.wait(10)
        return Scripted(*STORY)

    session = opened(minds=Minds(slowly))
    assert session.minds.of().readiness.state == "loading"
    run = session.start(Asked(text="x"))
    told = []
    for event in session.jobs.follow(run.id):
        if event.payload.get("name") == "waiting":
            told.append(event.payload["value"])
            here.set()
    assert {"state": "downloading", "mb_done": 10, "mb_total": 100, "seconds_left": 9} in told
    assert session.answer(run.id).text == "Drei Dinge helfen."
    assert session.minds.of().readiness.state == "ready"


def test_how_far_the_model_is_counts_all_that_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    from flipchart.gui import minds
    from flipchart.models import llm, weights

    def pulled(name: str, progress: Callable[[weights.Progress], None]) -> None:
        size = weights.find(name).size
        for done in (0, size // 2, size):
            progress(weights.Progress(done, size, (size - done) / 1e7, "hub"))

    told: list[Readiness] = []
    monkeypatch.setattr(weights, "path", lambda name: None)
    monkeypatch.setattr(weights, "pull", pulled)
    monkeypatch.setattr(llm, "open_llm", lambda name: None)
    minds.open_planner("qwen2.5-coder-1.5b", told.append)
    coming = [one for one in told if one.state == "downloading"]
    whole = round((weights.find("qwen2.5-coder-1.5b").size + weights.find("minilm").size) / 1e6)
    assert {one.mb_total for one in coming} == {whole}
    done = [one.mb_done or 0 for one in coming]
    assert done == sorted(done) and done[-1] == whole
    assert [one.seconds_left for one in coming if one.seconds_left] == sorted(
        (one.seconds_left for one in coming if one.seconds_left), reverse=True
    )


def test_a_model_that_cannot_be_had_is_told_and_tried_again_later(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []

    def never(name: str | None, report: Callable[[Readiness], None]) -> Scripted:
        tries.append(name)
        raise ModelProblem("the model cannot be fetched; check the network")

    session = opened(minds=Minds(never, "small"))
    assert session.ask(Asked(text="x")).failed == "the model cannot be fetched; check the network"
    assert session.ask(Asked(text="x")).failed == "the model cannot be fetched; check the network"
    assert tries == ["small"], "not again at once"
    assert session.minds.of().readiness.as_dict() == {"state": "missing", "message": "the model cannot be fetched; check the network"}
    monkeypatch.setattr("flipchart.gui.minds.RETRY_SECONDS", 0.0)
    session.ask(Asked(text="x"))
    assert tries == ["small", "small"]


def test_models_used_long_ago_are_let_go_but_never_the_default() -> None:
    minds = Minds(lambda name, report: Scripted(), "default")
    default, first = minds.of(), minds.of("0")
    for i in range(1, 30):
        minds.of(str(i))
    assert minds.of() is default
    assert minds.of("29") is minds.of("29")
    assert minds.of("0") is not first


def test_a_stopped_question_does_not_wait_on(opened: Opened) -> None:
    hold = threading.Event()

    def stuck(name: str | None, report: Callable[[Readiness], None]) -> Scripted:
        hold.wait(10)
        return Scripted()

    mind = Mind(None, stuck)
    cancel = threading.Event()
    states = mind.wait(cancel)
    assert next(states).state == "loading"
    cancel.set()
    assert list(states) == []
    hold.set()


# -- files --------------------------------------------------------------------------------------------------------------------


def png(width: int = 8, height: int = 8, mode: str = "RGB", **more: Any) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new(mode, (width, height), "red").save(out, more.pop("format", "PNG"), **more)
    return out.getvalue()


def test_a_picture_is_drawn_anew_without_what_it_held_besides(opened: Opened) -> None:
    from PIL import Image, PngImagePlugin

    session = opened()
    about = PngImagePlugin.PngInfo()
    about.add_text("Comment", "home-address-of-the-person")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter
    for given in (png(pnginfo=about), png(20, 10, exif=exif), png(20, 10, format="JPEG", exif=exif), png(9, 9, "RGBA", format="WEBP")):
        kept = session.attach("cat.png", given)
        pixels = session.store.path(kept.blob).read_bytes()
        assert kept.kind == "picture"
        assert b"home-address" not in pixels
        assert b"Exif" not in pixels
    with Image.open(io.BytesIO(pictures.redrawn(png(20, 10, exif=exif)))) as upright:
        assert upright.size == (10, 20)


def test_a_picture_that_would_fill_the_memory_is_refused(opened: Opened) -> None:
    bomb = subprocess.run(
        [sys.executable, "-c", "import sys; from PIL import Image; Image.new('1', (9000, 9000)).save(sys.stdout.buffer, 'PNG')"],
        capture_output=True,
        check=True,
    ).stdout
    with pytest.raises(Problem, match="25 million pixels"):
        opened().attach("bomb.png", bomb)


@pytest.mark.parametrize(
    "broken", [b"\x89PNG\r\n\x1a\n" + b"\x00" * 60, png(400, 400)[:-600], b"\xff\xd8\xff\xe0" + b"x" * 80, b"GIF89a" + b"\xff" * 40]
)
def test_a_broken_picture_is_told_in_a_sentence(opened: Opened, broken: bytes) -> None:
    with pytest.raises(Problem, match=r"; (save it again|save it as one)"):
        opened().attach("x.png", broken)


def test_a_decoder_that_dies_takes_nothing_with_it(opened: Opened, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dying = tmp_path / "python"
    dying.write_text("#!/bin/sh\nkill -SEGV $$\n")
    dying.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(dying))
    with pytest.raises(Problem, match="cannot be opened"):
        opened().attach("x.png", png())


def test_a_file_is_what_its_bytes_are_not_what_its_name_says(opened: Opened) -> None:
    session = opened()
    assert session.attach("notes.png", b"just words").kind == "text"
    assert session.attach("page.html", b"<p>words</p><script>alert(1)</script>").kind == "text"
    assert session.attach("cat.csv", png()).kind == "picture"


def test_a_name_is_only_words(opened: Opened) -> None:
    kept = opened().attach("../../etc/pass\x00wd\u202egnp.txt", b"words")
    assert "/" not in kept.name
    assert "\x00" not in kept.name
    assert "\u202e" not in kept.name
    assert kept.id not in kept.name


def zipped(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.csv", b"", "is empty"),
        ("paper.pdf", b"%PDF-1.7 ...", "damaged"),
        ("prog.exe", b"MZ\x00\x00\x00\x00", "neither a table"),
        ("bundle.zip", zipped({"a.txt": b"a"}), "archive"),
        ("bomb.xlsx", zipped({"xl/workbook.xml": b"0" * 9_000_000}), "unpacks to far more"),
        ("many.xlsx", zipped({f"xl/{i}": b"" for i in range(2100)} | {"xl/workbook.xml": b""}), "unpacks to far more"),
        ("torn.xlsx", b"PK\x03\x04" + b"\x00" * 100, "damaged"),
        ("big.txt", b"x" * (attach.LARGEST + 1), "at most 20 MB"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(opened: Opened, name: str, content: bytes, told: str) -> None:
    with pytest.raises(Problem, match=told) as caught:
        opened().attach(name, content)
    assert name in str(caught.value)


def test_a_file_of_this_machine_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="there is no file"):
        attach.read(tmp_path / "nothing.csv")
    with pytest.raises(Problem, match="is a directory"):
        attach.read(tmp_path)


def test_an_attached_text_is_there_for_every_later_question(opened: Opened) -> None:
    planner = Scripted(Said("ok"))
    session = opened(planner)
    kept = session.attach("notes.txt", b"the words")
    first = session.ask(Asked(text="What does it say?", files=(kept.id,)))
    session.ask(Asked(text="And what else?"), first.conversation)
    for request in planner.asked:
        assert [(file.name, file.kind, file.path.read_bytes()) for file in request.files] == [("notes.txt", "text", b"the words")]


def test_a_table_is_understood_and_kept_for_later_questions(opened: Opened) -> None:
    planner = Scripted(Said("ok"))
    session = opened(planner)
    sales = b"region,sales\nNorth,120\nSouth,80\n"
    one, two = session.attach("sales.csv", sales), session.attach("sales.csv", sales.replace(b"120", b"130"))
    assert (one.kind, one.about["columns"], one.about["rows"]) == ("table", ["region", "sales"], 2)
    first = session.ask(Asked(text="Which region?", files=(one.id,)))
    session.ask(Asked(text="And now?", files=(two.id,)), first.conversation)
    assert [file.name for file in planner.asked[1].files] == ["sales.csv", "sales (2).csv"]
    assert list(session.tables(first.conversation)) == ["sales.csv", "sales (2).csv"]


def test_json_that_is_no_table_is_a_text(opened: Opened) -> None:
    session = opened()
    assert session.attach("a.json", b'[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]').kind == "table"
    assert session.attach("b.json", b'"just words"').kind == "text"


# -- exporting ----------------------------------------------------------------------------------------------------------------


def test_what_came_to_nothing_is_gone_and_words_stand_there(opened: Opened) -> None:
    plan = Planned("infographic", (("infographic", 0.9),), "Tips read best side by side.", 3.0)
    session = opened(Scripted(plan, Drawn(read(TIPS), "growing"), Withdrawn(), Said("In Worten.")))
    seen: list[Event | Told] = []
    answer = session.ask(Asked(text="Wie schlafe ich besser?"), on_event=seen.append)
    assert (answer.text, answer.visuals, session.store.visuals(answer.conversation)) == ("In Worten.", (), [])
    assert [list(block) for block in session.history(answer.conversation)[0]["blocks"]] == [["text", "html"]]
    assert [event.name for event in seen if isinstance(event, Told) and event.name == "withdrawn"] == ["withdrawn"]


def test_a_deck_that_carries_the_other_visuals_is_exported_alone(opened: Opened, tmp_path: Path) -> None:
    session = opened(Planner(llm_scripted.Scripted([])))
    place = tmp_path / "shop sales.csv"
    rows = [f"2024-{month:02},{shop},{month * times}" for month in range(1, 7) for shop, times in (("North", 3), ("South", 5))]
    place.write_text("\n".join(["month,shop,sales", *rows]))
    file = session.attach(place.name, place.read_bytes())
    answer = session.ask(Asked(text="a report on this", files=(file.id,)))
    deck = answer.visuals[-1]
    assert len(answer.visuals) > 2 and carrying(answer.visuals) == deck
    assert carrying((*answer.visuals, read(TIPS))) is None and carrying((deck,)) is None
    for ending in ("pptx", "pdf", "html", "md"):
        page = answer.page(ending)
        assert page.specs == (deck,) and not page.text, ending
    assert answer.page("png").specs == answer.visuals
    pages = len(form("slides").pages(deck, session.style("light"), 1280.0))  # type: ignore[misc]
    for content in (answer.save(tmp_path / "out.pptx").read_bytes(), session.export(answer.conversation, "pptx")[0]):
        with zipfile.ZipFile(io.BytesIO(content)) as held:
            assert len([name for name in held.namelist() if name.startswith("ppt/slides/slide")]) == pages


def test_a_conversation_is_exported_with_all_that_was_said_and_drawn(opened: Opened) -> None:
    session = opened()
    first = session.ask(Asked(text="Wie schlafe ich besser?"))
    session.ask(Asked(text="Und tagsüber?"), first.conversation)
    words = session.export("last", "md")[0].decode()
    assert [words.count(one) for one in ("## Wie schlafe ich besser?", "## Und tagsüber?", "Drei Dinge helfen.", "Feste Zeiten")] == [
        1,
        1,
        2,
        2,
    ]
    page = session.export(first.conversation, "html")[0].decode()
    assert page.count("Drei Dinge helfen.") == 2
    assert page.count("<svg") == 2
    with pytest.raises(Problem, match=r"use \.pptx"):
        session.export(first.conversation, "exe")
    with pytest.raises(Missing):
        session.export("nobody", "md")


def test_an_answer_without_a_visual_is_typeset(opened: Opened, tmp_path: Path) -> None:
    answer = opened(Scripted(Said("Just **words**."))).ask(Asked(text="thanks!"))
    saved = answer.save(tmp_path / "out.svg")
    assert "words" in saved.read_text()
    assert "<strong>words</strong>" in answer._repr_html_()


def test_history_tells_every_turn_with_words_made_safe(opened: Opened) -> None:
    session = opened(Scripted(Said('Hi <img src=x onerror="alert(1)"> ![p](http://evil.example/x.png)'), Drawn(read(TIPS))))
    answer = session.ask(Asked(text="x"))
    (turn,) = session.history(answer.conversation)
    words, drawn = turn["blocks"]
    assert drawn == {"visual": visual(session, answer), "form": "infographic"}
    assert "<img" not in words["html"]
    assert "src=" not in words["html"].replace("src=x", "")
    assert (turn["status"], turn["question"], turn["run"]) == ("done", "x", answer.run)


def test_a_follow_up_changes_the_visual_in_its_place_and_can_be_undone(opened: Opened) -> None:
    from flipchart.models.llm_scripted import Line
    from flipchart.models.llm_scripted import Scripted as Lines
    from flipchart.models.planner import Planner

    tips = {"title": "Schlaf wird leichter", "items": TIPS["items"]}
    session = opened(Planner(Lines([Line(label="infographic", answer=tips)])))
    first = session.ask(Asked(text="3 Tipps für besseren Schlaf", form="infographic"))
    shown = visual(session, first)
    again = session.ask(Asked(text="bitte in Rot"), first.conversation)
    assert [one.id for one in session.store.visuals(first.conversation)] == [shown]
    assert spec_of(session.store.visual(shown)).look.accent == "#C62828"
    assert [block["visual"] for block in session.history(first.conversation)[-1]["blocks"]] == [shown]
    assert again.visuals[0].look.accent == "#C62828"
    assert spec_of(session.undo(shown)).look.accent is None
    assert spec_of(session.redo(shown)).look.accent == "#C62828"


def test_what_was_tried_is_kept_with_what_it_cost(opened: Opened) -> None:
    from flipchart.models.llm_scripted import Line
    from flipchart.models.llm_scripted import Scripted as Lines
    from flipchart.models.planner import Planner

    session = opened(Planner(Lines([Line(answer={"title": "T", "items": TIPS["items"]})])))
    answer = session.ask(Asked(text="3 Tipps für besseren Schlaf", form="infographic", effort="deep"))
    tried = answer.as_dict()["usage"]["tried"]
    assert len(tried) == 3
    assert [one["shown"] for one in tried].count(True) == 1
