"""Follow-ups about a visual that is there: by rule in nine languages, else as a patch by the model; ids and sources stay."""

import json
import statistics
import time
from typing import Any

import pytest

from flipchart.gui.gallery import every, examples
from flipchart.models import amend
from flipchart.models.compose import Scope
from flipchart.models.critique import told
from flipchart.models.events import Drawn, Event, Planned, Request, Said, Turn, Used
from flipchart.models.llm_scripted import Line, Scripted
from flipchart.models.planner import Planner
from flipchart.models.restyle import restyled
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec, walk
from flipchart.renderers.style import style


def chart(**fields: Any) -> Spec:
    figures = {"labels": ["Ann", "Bo", "Cy", "Di"], "series": [{"name": "Sales", "values": [30, 10, 40, 20]}]}
    sources = {f"series1.values.{i}": {"kind": "quoted", "detail": name} for i, name in enumerate(figures["labels"])}
    return form("chart").spec.model_validate({"title": "Cy leads", "lang": "en", "sources": sources} | figures | fields)


def tips(*labels: str) -> Spec:
    items = [{"label": label, "text": f"{label} helps. It really does."} for label in labels or ("Dark", "Cool", "Quiet")]
    return form("infographic").spec.model_validate({"title": "Sleep well", "lang": "en", "items": items})


def board() -> Spec:
    edges = [{"start": "Shop", "end": "Kitchen"}, {"start": "Kitchen", "end": "Driver"}, {"start": "Driver", "end": "Customer"}]
    return form("whiteboard").spec.model_validate({"title": "Orders", "edges": edges})


RED, DARK = "#C62828", "dark"


@pytest.mark.parametrize(
    "wish",
    [
        "in red",
        "and in red?",
        "Make it red, please",
        "en rojo",
        "em vermelho, por favor",
        "en rouge",
        "bitte in Rot",
        "换成红色",
        "赤にしてください",
        "इसे लाल रंग में करो",
        "باللون الأحمر",
    ],
)
def test_a_colour_is_understood_in_every_language(wish: str) -> None:
    done = restyled(chart(), wish)
    assert done is not None
    assert (done.look.accent, done.look.series, done.version) == (RED, (RED,), 2)


@pytest.mark.parametrize(
    "wish", ["dark", "dark mode", "modo oscuro", "modo escuro", "mode sombre", "dunkler", "深色模式", "ダークモード", "داكن"]
)
def test_the_theme_is_understood_in_every_language(wish: str) -> None:
    done = restyled(tips(), wish)
    assert done is not None
    assert done.look.theme == DARK


def deck(many: int, *, closing: bool = False) -> Spec:
    """A deck of so many slides, its cover counted; each lists three things."""
    things = [{"text": name, "detail": f"{name} is told in one sentence."} for name in ("First", "Second", "Third")]
    slides: list[dict[str, Any]] = [{"type": "points", "heading": f"Side {n} of coffee", "items": things} for n in range(1, many)]
    if closing:
        slides[-1] = {"type": "closing", "heading": "Remember this", "items": ["Drink it"]}
    return form("slides").spec.model_validate({"title": "Coffee", "lang": "en", "slides": slides})


def headings(spec: Spec) -> list[str]:
    return [part.heading for part in walk(spec) if getattr(part, "heading", "")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "wish",
    [
        "make it 3 slides",
        "cut it down to 3 slides",
        "only 3 slides",
        "Just three slides, please",
        "make it 3",
        "redúcelo a 3 diapositivas",
        "solo tres diapositivas",
        "reduza para 3 slides",
        "réduis à 3 diapositives",
        "kürze es auf drei Folien",
        "nur 3 Folien",
        "改成3张幻灯片",
        "改成三张",
        "スライドを3枚にして",
        "तीन स्लाइड बनाओ",
        "اجعلها 3 شرائح",
        "فقط ثلاث شرائح",
    ],
)
def test_a_deck_is_told_in_fewer_slides_and_says_as_much(wish: str) -> None:
    whole = deck(5)
    done = restyled(whole, wish)
    assert done is not None
    assert len(form("slides").pages(done, style(), 1280.0)) == 3  # type: ignore[misc]
    assert headings(done) == headings(whole)
    said = [words for _, words in told(whole) if words.endswith("sentence.")]
    assert [words for _, words in told(done) if words.endswith("sentence.")] == said


def test_a_deck_in_fewer_slides_keeps_its_end_and_what_is_drawn() -> None:
    done = restyled(deck(6, closing=True), "make it 4 slides")
    assert done is not None
    assert headings(done)[-1] == "Remember this"
    for spec in examples("slides").values():
        for many in (2, 3):
            fewer = form("slides").fewer(spec, many)
            assert fewer is None or len(form("slides").pages(fewer, style(), 1280.0)) == many  # type: ignore[misc]


def test_a_list_keeps_its_first_entries_and_steps_are_not_cut() -> None:
    done = restyled(tips("Dark", "Cool", "Quiet", "Early", "Slow"), "make it 3 tips")
    assert done is not None
    assert [item["label"] for item in done.model_dump()["items"]] == ["Dark", "Cool", "Quiet"]
    steps = tips("Dark", "Cool", "Quiet", "Early").model_copy(update={"family": "steps"})
    assert restyled(steps, "make it 3 steps") is None


@pytest.mark.parametrize(
    "wish", ["make it 8 slides", "3 more slides", "make slide 3 shorter", "only slide 3", "make it 3 points", "3 slides on tea"]
)
def test_another_number_is_not_how_many_slides_are_left(wish: str) -> None:
    done = restyled(deck(5), wish)
    assert done is None or len(form("slides").pages(done, style(), 1280.0)) == 5  # type: ignore[misc]


EMPTYING = [{"id": f"point{n}", "remove": True} for n in range(1, 13)]


@pytest.mark.parametrize(("effort", "calls"), [("quick", 1), ("standard", 2)])
def test_an_edit_that_empties_what_is_there_is_refused(effort: Any, calls: int) -> None:
    before = deck(5)
    model = Scripted([Line(answer={"edits": EMPTYING})] * 5)
    request = Request("change the tone of it", history=(Turn("coffee", "", ("v1",)),), earlier={"v1": before}, lang="en", effort=effort)
    events = list(Planner(model).answer(request))
    assert not [event for event in events if isinstance(event, Drawn)]
    assert "left it as it was" in "".join(event.delta for event in events if isinstance(event, Said))
    assert len([event for event in events if isinstance(event, Used)]) == calls


def test_what_is_wished_away_may_go() -> None:
    before = deck(5)
    bare = amend.amended(before, json.dumps({"edits": EMPTYING}))
    assert amend.emptied(before, bare, "move the second one up")
    assert not amend.emptied(before, bare, "delete all the points")
    assert not amend.emptied(before, amend.amended(before, json.dumps({"edits": EMPTYING[:3]})), "move the second one up")


@pytest.mark.parametrize(
    "wish",
    [
        "sort by size",
        "largest first",
        "ordena de mayor a menor",
        "ordene por tamanho",
        "trie par taille",
        "nach Größe sortieren",
        "按大小排序",
        "大きい順に並べて",
        "आकार के अनुसार",
        "رتبها حسب الحجم",
    ],
)
def test_figures_are_sorted_and_keep_their_sources(wish: str) -> None:
    done = restyled(chart(), wish)
    assert done is not None
    data = done.model_dump()
    assert data["labels"] == ("Cy", "Ann", "Di", "Bo")
    assert data["series"][0]["values"] == (40, 30, 20, 10)
    assert [done.sources[f"series1.values.{i}"].detail for i in range(4)] == ["Cy", "Ann", "Di", "Bo"]


@pytest.mark.parametrize("wish", ["top 2", "only the top 2", "los primeros 2", "die ersten 2", "前2个", "上位2件"])
def test_the_largest_are_left(wish: str) -> None:
    done = restyled(chart(), wish)
    assert done is not None
    assert done.model_dump()["labels"] == ("Cy", "Ann")


@pytest.mark.parametrize(
    ("wish", "mark"),
    [
        ("horizontal", "bar"),
        ("as a table", "table"),
        ("en tableau", "table"),
        ("als Tabelle", "table"),
        ("做成表格", "table"),
        ("as a pie chart", "pie"),
        ("折れ線グラフで", "line"),
    ],
)
def test_a_chart_changes_its_mark(wish: str, mark: str) -> None:
    done = restyled(chart(), wish)
    assert done is not None
    assert done.model_dump()["mark"] == mark


@pytest.mark.parametrize(
    "wish", ["remove the third", "quita el tercero", "entferne den dritten Punkt", "删除第三个", "三番目を削除して", "احذف الثالث"]
)
def test_a_part_goes_by_its_place(wish: str) -> None:
    done = restyled(tips(), wish)
    assert done is not None
    assert [part.id for part in walk(done)] == ["infographic1", "item1", "item2"]


def test_the_place_of_a_slide_counts_the_cover() -> None:
    slides = [{"type": "closing", "heading": word} for word in ("One", "Two", "Three")]
    done = restyled(form("slides").spec.model_validate({"title": "T", "slides": slides}), "remove the third slide")
    assert done is not None
    assert [slide["heading"] for slide in done.model_dump()["slides"]] == ["One", "Three"]


def test_a_part_goes_by_its_name_and_arrows_with_it() -> None:
    done = restyled(board(), "remove the driver")
    assert done is not None
    assert [node["name"] for node in done.model_dump()["nodes"]] == ["Shop", "Kitchen", "Customer"]
    assert [(edge["start"], edge["end"]) for edge in done.model_dump()["edges"]] == [("Shop", "Kitchen")]


@pytest.mark.parametrize(
    "wish", ["rename Kitchen to Bakery", "Benenne Kitchen in Bakery um", "renombra Kitchen a Bakery", "把Kitchen改成Bakery"]
)
def test_a_part_gets_another_name_everywhere(wish: str) -> None:
    done = restyled(board(), wish)
    assert done is not None
    data = done.model_dump()
    assert {"Bakery"} == {node["name"] for node in data["nodes"]} - {"Shop", "Driver", "Customer"}
    assert "Kitchen" not in str(data["edges"])


def test_the_title_is_renamed() -> None:
    done = restyled(tips(), 'change the title to "Good nights"')
    assert done is not None
    assert done.title == "Good nights"


def test_shorter_leaves_first_sentences_then_labels() -> None:
    once = restyled(tips(), "shorter")
    assert once is not None
    assert once.model_dump()["items"][0]["text"] == "Dark helps."
    twice = restyled(once, "make it shorter")
    assert twice is not None
    assert twice.model_dump()["items"][0]["text"] == ""


def sides(*rows: str) -> Spec:
    items = [{"label": side, "children": [{"label": row, "text": f"{side}: {row}"} for row in rows]} for side in ("Cats", "Dogs")]
    return form("infographic").spec.model_validate({"title": "Pets", "lang": "en", "family": "compare", "items": items})


def test_a_shorter_comparison_keeps_what_it_says_of_each_side() -> None:
    done = restyled(sides("Care", "Cost", "Noise"), "shorter please")
    assert done is not None
    told = [[(cell["label"], cell["text"]) for cell in side["children"]] for side in done.model_dump()["items"]]
    assert told == [[(row, f"{side}: {row}") for row in ("Care", "Cost")] for side in ("Cats", "Dogs")]
    assert restyled(sides("Care", "Cost"), "shorter please") is None


@pytest.mark.parametrize("wish", ["swap Dark and Quiet", "intercambia Dark y Quiet", "échange dark avec quiet", "tausche Dark mit Quiet"])
def test_two_parts_change_places(wish: str) -> None:
    done = restyled(tips(), wish)
    assert done is not None
    assert [item["label"] for item in done.model_dump()["items"]] == ["Quiet", "Cool", "Dark"]
    assert restyled(tips(), "swap Dark and Loud") is None


def test_days_that_are_swapped_stay_in_order_with_what_they_held() -> None:
    done = restyled(tips("Monday", "Tuesday", "Friday"), "swap Monday and Friday")
    assert done is not None
    told = [(item["label"], item["text"].split()[0]) for item in done.model_dump()["items"]]
    assert told == [("Monday", "Friday"), ("Tuesday", "Tuesday"), ("Friday", "Monday")]
    charted = restyled(chart(), "swap Ann and Di")
    assert charted is not None
    assert charted.model_dump()["labels"] == ("Di", "Bo", "Cy", "Ann")


@pytest.mark.parametrize(
    ("wish", "row"),
    [
        ("add a row about noise", "Noise"),
        ("füge eine Zeile über Lärm hinzu", "Lärm"),
        ("ajoute une ligne sur le bruit", "Bruit"),
        ("add another row", ""),
    ],
)
def test_a_row_goes_to_each_of_the_sides(wish: str, row: str) -> None:
    asked = json.dumps(amend.schema(sides("Care", "Cost"), Scope(), "", wish), ensure_ascii=False)
    assert [f'{{"const": "{cell}"}}' in asked for cell in ("branch1", "branch2", "branch4")] == [False, True, True]
    assert (f'"label": {{"const": "{row}"}}' in asked) == bool(row)
    assert "prefixItems" not in json.dumps(amend.schema(tips(), Scope(), "", wish))
    assert "prefixItems" not in json.dumps(amend.schema(sides("Care"), Scope(), "", "add rabbits"))


@pytest.mark.parametrize(
    "wish",
    [
        "3 tips for focus",
        "why is the sky red?",
        "a red fox in the snow",
        "what is a bar chart?",
        "red wine and health",
        "make a quiz of it",
        "add more about caffeine",
        "remove all jargon and explain caffeine",
        "top 5 beaches in Spain",
        "translate it to German",
        "thanks!",
        "",
        "no",
        "not red",
        "sort out my life",
        "x" * 500,
    ],
)
def test_what_no_rule_wholly_understands_is_left_alone(wish: str) -> None:
    for shown in (chart(), tips(), board()):
        assert restyled(shown, wish) is None


def test_every_example_survives_every_wish() -> None:
    wishes = (
        "in red",
        "dark",
        "sort by size",
        "alphabetically",
        "top 3",
        "horizontal",
        "as a table",
        "shorter",
        "remove the second",
        "another design",
    )
    for _, name, shown in every():
        for wish in wishes:
            done = restyled(shown, wish)
            assert done is None or type(done).model_validate(done.model_dump(mode="json")) == done, (name, wish)


def test_a_rule_takes_no_time() -> None:
    restyled(chart(), "in red")
    spent = []
    for _ in range(9):
        begun = time.process_time()
        restyled(chart(), "sort by size")
        spent.append(time.process_time() - begun)
    assert statistics.median(spent) < 0.05


# -- through the planner ----------------------------------------------------------------------------------------------------------


def follow(shown: Spec, wish: str, *lines: dict[str, Any]) -> list[Event]:
    request = Request(wish, history=(Turn("3 tips", "", ("v1",)),), earlier={"v1": shown})
    return list(Planner(Scripted([Line.model_validate(line) for line in lines])).answer(request))


def test_a_restyling_takes_the_visuals_place_and_asks_no_model() -> None:
    events = follow(chart(), "in red")
    assert [type(event) for event in events] == [Planned, Drawn]
    assert isinstance(events[1], Drawn)
    assert events[1].into == "v1"


def test_another_edit_is_a_patch_by_the_model() -> None:
    edits = [
        {"id": "item2", "set": {"text": "Eighteen degrees."}},
        {"id": "item3", "add_after": {"label": "Calm", "text": "Breathe slowly."}},
    ]
    events = follow(tips(), "say how cool it should be and add a tip on calm", {"label": "edit", "answer": {"edits": edits}})
    drawn = [event for event in events if isinstance(event, Drawn)]
    assert [event.into for event in drawn] == ["v1"]
    items = drawn[0].spec.model_dump()["items"]
    assert [item["id"] for item in items] == ["item1", "item2", "item3", "item4"]
    assert items[1]["text"] == "Eighteen degrees."
    assert items[0]["text"] == "Dark helps. It really does."


def test_a_patch_that_does_not_fit_is_asked_for_again() -> None:
    wrong = {"edits": [{"id": "item9", "set": {"text": "x"}}]}
    right = {"edits": [{"id": "item1", "set": {"label": "Darkness"}}]}
    events = follow(tips(), "correct the first label", {"when": "Faults", "answer": right}, {"label": "edit", "answer": wrong})
    drawn = [event for event in events if isinstance(event, Drawn)]
    assert drawn[-1].spec.model_dump()["items"][0]["label"] == "Darkness"


def test_a_new_question_after_a_visual_is_a_new_visual() -> None:
    answer = {"title": "Focus", "items": [{"label": "Quiet room"}, {"label": "One thing"}, {"label": "Short breaks"}]}
    events = follow(tips(), "3 tips for focus", {"label": "infographic", "answer": answer})
    drawn = [event for event in events if isinstance(event, Drawn)]
    assert drawn
    assert not any(event.into for event in drawn)


def test_figures_the_model_edits_in_are_marked_and_the_persons_own_are_quoted() -> None:
    edits = [{"id": "item1", "set": {"text": "Sleep 8 hours."}}, {"id": "item2", "set": {"text": "Keep it at 18 °C."}}]
    drawn = [
        e
        for e in follow(tips(), "add to the first that 8 hours are best", {"label": "edit", "answer": {"edits": edits}})
        if isinstance(e, Drawn)
    ]
    kinds = {place.partition(".")[0]: source.kind for place, source in drawn[-1].spec.sources.items()}
    assert kinds == {"item1": "quoted", "item2": "model"}


@pytest.mark.parametrize(
    "wish",
    [
        "change the second to something about noise",
        "übersetze es ins Englische",
        "make it more playful",
        "explain it more simply",
        "añade un consejo sobre el café",
        "もっと短くして、例を追加して",
    ],
)
def test_wishes_to_change_are_told_from_questions(wish: str) -> None:
    assert amend.meant(wish)


@pytest.mark.parametrize(
    "question",
    [
        "how do I change it?",
        "how do vaccines work?",
        "3 tips for focus",
        "what is the capital of Peru?",
        "Wie funktioniert eine Wärmepumpe?",
    ],
)
def test_questions_are_not_wishes_to_change(question: str) -> None:
    assert not amend.meant(question)


def test_a_patch_that_changes_nothing_is_refused() -> None:
    with pytest.raises(SpecProblem, match="nothing"):
        amend.amended(tips(), '{"edits":[{"id":"item1","set":{"label":"Dark"}}]}')


def test_the_schema_of_a_patch_names_the_ids_there_are_and_nothing_of_ours() -> None:
    schema = str(amend.schema(tips(), Scope()))
    assert "item3" in schema
    assert "item4" not in schema
    assert "sources" not in schema


def test_a_task_that_only_begins_like_an_edit_is_a_question_of_its_own() -> None:
    events = follow(tips(), "translate 'hello' to French", {"label": "text", "answer": "Bonjour."})
    assert not [event for event in events if isinstance(event, Drawn)]


@pytest.mark.parametrize(
    "wish", ["add the Artemis program", "Ajoute le calcul du prêt", "please include a calculator for tea", "添加一个计算器"]
)
def test_what_is_added_goes_into_what_is_there(wish: str) -> None:
    edits = [{"id": "item3", "add_after": {"label": "Artemis"}}]
    events = follow(tips(), wish, {"label": "edit", "answer": {"edits": edits}})
    assert [event.into for event in events if isinstance(event, Drawn)] == ["v1"]


def test_a_sum_is_not_added_to_a_visual() -> None:
    events = follow(tips(), "add 3 and 17", {"label": "text", "answer": "20"}, {"answer": "20"})
    assert not [event for event in events if isinstance(event, Drawn) and event.into]


@pytest.mark.parametrize(
    ("words", "leans"),
    [
        *(
            (words, True)
            for words in ("and as slides", "what about Spain?", "now for beginners", "the same for cats", "why?", "explain it again")
        ),
        *((words, True) for words in ("und in Frankreich?", "y para niños pequeños", "那日本呢？", "add a row for tea")),
        *((words, False) for words in ("org chart of a small theatre", "How do I tell my boss I'm quitting?", "Compare tea and coffee")),
        *(
            (words, False)
            for words in ("Vor- und Nachteile von Homeoffice", "7 consejos para ahorrar agua en casa", "请画一个用户登录的流程图")
        ),
    ],
)
def test_what_leans_on_what_was_said_is_told_from_a_question_of_its_own(words: str, leans: bool) -> None:
    assert amend.leans(words) is leans


def test_what_is_there_already_is_not_added_again() -> None:
    said = {name: value for name, value in tips().model_dump()["items"][0].items() if name in {"label", "text"}}
    again, new = ({"edits": [{"id": "item3", "add_after": part}]} for part in (said, {"label": "Calm", "text": "Breathe slowly."}))
    with pytest.raises(SpecProblem, match="there already"):
        amend.amended(tips(), json.dumps(again))
    events = follow(tips(), "add a tip on calm", {"when": "there already", "answer": new}, {"label": "edit", "answer": again})
    items = next(event.spec.model_dump()["items"] for event in events if isinstance(event, Drawn))
    assert [item["label"] for item in items][-1] == "Calm" and len(items) == 4


def test_a_slide_made_shorter_costs_no_other_slide() -> None:
    slides = [{"type": "points", "heading": f"Part {n}", "items": [{"text": f"point {i} of part {n}"} for i in range(3)]} for n in range(4)]
    deck = form("slides").spec.model_validate({"title": "Bees", "slides": slides})
    cut = deck.model_copy(update={"slides": (*deck.slides[:2], *deck.slides[3:])})
    assert amend.refused(deck, cut, "make slide 2 shorter") == "edit.refused"
    assert not amend.refused(deck, cut, "make it shorter") and not amend.refused(deck, cut, "remove slide 3")
