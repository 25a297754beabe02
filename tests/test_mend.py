"""Content that deserves its beauty: what is wrong with it is mended by rule, or found and named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart.gui.gallery import examples
from flipchart.models.alike import covered, likeness
from flipchart.models.critique import critique, text_findings, unfinished
from flipchart.models.language import detect
from flipchart.models.mend import Brief, mended, titled, unnumbered
from flipchart.models.wishes import Wishes, wishes
from flipchart.renderers.registry import KINDS, form
from flipchart.renderers.spec import Spec, dump


def spec(kind: str, **fields: Any) -> Spec:
    return form(kind).spec.model_validate({"lang": "en"} | fields)


def tips(*items: dict[str, Any], **fields: Any) -> Spec:
    return spec("infographic", title="T", items=list(items), **fields)


def labels(done: Spec) -> list[tuple[str, str]]:
    return [(item["label"], item.get("text", "")) for item in done.model_dump()["items"]]


@pytest.mark.parametrize(
    ("title", "question", "left"),
    [
        ("The 7 Tips for Better Sleep infographic", "7 tips for better sleep", "7 Tips for Better Sleep"),
        (
            "The 5-Slide Intro to How Vaccines Work for Teenagers",
            "a 5-slide intro to how vaccines work for teenagers",
            "How Vaccines Work for Teenagers",
        ),
        ("Infographic: Bees feed us", "why do bees matter?", "Bees feed us"),
        ("A chart of rainfall in Lima", "rainfall in Lima", "Rainfall in Lima"),
        ("What is the monthly mortgage payment?", "mortgage payment", "What is the monthly mortgage payment?"),
        ("what are 3 tips for sleep?", "what are 3 tips for sleep?", "3 tips for sleep"),
        ("The Kanban Board for Launching a Podcast", "a kanban board for launching a podcast", "Launching a Podcast"),
        ("The comparison of electric and petrol cars", "compare electric and petrol cars", "Electric and petrol cars"),
        ("Plan a 3-Day Trip to Lisbon", "plan a 3-day trip to Lisbon", "3-Day Trip to Lisbon"),
        ("Infografía: Ahorrar agua", "consejos para ahorrar agua", "Ahorrar agua"),
        ("Slide rules and how they worked", "history of calculators", "Slide rules and how they worked"),
        ("Sleep grows with the dark", "tips for sleep", "Sleep grows with the dark"),
        (
            "Erkläre mir wie eine Wärmepumpegeschwindigkeit funktioniert",
            "erkläre mir wie eine Wärmepumpe funktioniert",
            "Wie eine Wärmepumpe funktioniert",
        ),
        (
            "What are the stages of a butterfly's life cycle?",
            "¿cuáles son las etapas del ciclo de vida de una mariposa?",
            "Las etapas del ciclo de vida de una mariposa",
        ),
        ("¿Cuáles son las causas de la inflación?", "¿cuáles son las causas de la inflación?", "Las causas de la inflación"),
        ("Explique-moi comment marche un vaccin", "explique-moi comment marche un vaccin", "Comment marche un vaccin"),
        ("Quais são as vantagens do trabalho remoto?", "quais são as vantagens do trabalho remoto?", "As vantagens do trabalho remoto"),
        ("Brainstorming", "ideas para una tormenta de ideas", "Brainstorming"),
        ("Los cuatro cambios de la mariposa", "¿cómo crece una mariposa?", "Los cuatro cambios de la mariposa"),
    ],
)
def test_a_title_neither_names_its_form_nor_repeats_the_question(title: str, question: str, left: str) -> None:
    assert titled(title, Brief(question, detect(question))) == left


@pytest.mark.parametrize(
    ("words", "at", "left"),
    [
        ("Tip 1: Sleep early", 1, "Sleep early"),
        ("Step 2 - mix it", 2, "Mix it"),
        ("3. Bake", 3, "Bake"),
        ("Schritt 1 – Los", 1, "Los"),
        ("Paso 2: Mezclar", 2, "Mezclar"),
        ("第1步：准备", 1, "准备"),
        ("Tip 4", 4, ""),
        ("3 eggs", 3, None),
        ("Step 2: wrong place", 1, None),
        ("2024: a good year", 1, None),
        ("Number 10 Downing Street", 1, None),
    ],
)
def test_an_ordinal_that_the_place_tells_is_taken_off(words: str, at: int, left: str | None) -> None:
    assert unnumbered(words, at) == left


@pytest.mark.parametrize(
    ("title", "cut"),
    [
        (": How Batteries Work for Beginners", "How Batteries Work for Beginners"),
        ("6-Slide Intro: How Batteries Work for Beginners", "How Batteries Work for Beginners"),
        ("Introduction: How Batteries Work for Beginners", "How Batteries Work for Beginners"),
        ("How Batteries Work: for beginners", "How Batteries Work"),
    ],
)
def test_a_title_keeps_its_subject_and_begins_with_it(title: str, cut: str) -> None:
    assert titled(title, Brief("a 6-slide intro to how batteries work, for beginners")) == cut


def test_a_comparison_has_no_row_that_only_heads_the_others() -> None:
    def sides(first: str, other: str = "Advantages") -> list[dict[str, Any]]:
        rows = [{"label": first, "text": "Advantages"}, {"label": "Battery", "text": "Large"}, {"label": "Cost", "text": "High"}]
        others = [{"label": first, "text": other}, {"label": "Battery", "text": "Small"}, {"label": "Cost", "text": "Low"}]
        return [{"label": "Electric cars", "children": rows}, {"label": "Hybrids", "children": others}]

    def labels(first: str, other: str = "Advantages") -> list[str]:
        given = {"title": "Cars", "family": "compare", "items": sides(first, other)}
        done: Any = mended(form("infographic").spec.model_validate(given), "compare electric cars and hybrids")
        return [row.label for row in done.items[0].children]

    assert labels("Property") == ["Battery", "Cost"]
    assert labels("Comfort") == ["Comfort", "Battery", "Cost"]
    assert labels("Feature", "Drawbacks") == ["Feature", "Battery", "Cost"]


def test_numbers_alone_give_way_to_what_follows_them() -> None:
    done = mended(tips({"label": "Tip 1", "text": "Sleep early."}, {"label": "Tip 2", "text": "Keep it dark."}))
    assert labels(done) == [("Sleep early", ""), ("Keep it dark", "")]


def test_a_label_said_again_is_said_once() -> None:
    done = mended(
        tips(
            {"label": "Exercise regularly", "text": "Exercise regularly: walk half an hour a day."},
            {"label": "Limit screen time", "text": "Limiting the screen time."},
            {"label": "Dark", "text": "A dark room helps the body make melatonin."},
        )
    )
    assert labels(done) == [
        ("Exercise regularly", "Walk half an hour a day."),
        ("Limit screen time", ""),
        ("Dark", "A dark room helps the body make melatonin."),
    ]


def test_what_is_nearly_said_twice_is_said_once() -> None:
    same = {"text": "Vaccines work by stimulating the immune system", "detail": "It recognizes the weakened virus and makes antibodies."}
    points = [
        same,
        same | {"detail": "It recognises the weakened virus and makes antibodies."},
        {"text": "They are safe", "detail": "Tested for years."},
    ]
    done = mended(spec("slides", title="T", slides=[{"type": "points", "heading": "They train the body", "items": points}]))
    assert [item["text"] for item in done.model_dump()["slides"][0]["items"]] == [same["text"], "They are safe"]


def test_points_of_one_name_that_say_much_the_same_are_one() -> None:
    tips = [
        {"label": "Read More", "text": "Read books, articles, and blogs to expand your vocabulary and knowledge."},
        {"label": "Edit", "text": "Strike out every needless word."},
        {"label": "Read More", "text": "Read books, articles, and blogs to improve your writing skills."},
    ]
    steps = [
        {"label": "Stir", "text": "Stir in the flour."},
        {"label": "Bake", "text": "For an hour."},
        {"label": "Stir", "text": "Stir in milk."},
    ]
    for items, kept in ((tips, ["Read More", "Edit"]), (steps, ["Stir", "Bake", "Stir"])):
        done = mended(spec("infographic", title="T", family="steps", items=items))
        assert [item["label"] for item in done.model_dump()["items"]] == kept


def test_what_one_day_holds_is_not_told_again_on_the_next() -> None:
    one, two, three = ({"label": label} for label in ("Walk in Alfama", "See the tower", "Take tram 28"))
    days = [
        {"label": "Day 1", "children": [one, two]},
        {"label": "Day 2", "children": [two, three]},
        {"label": "Day 3", "children": [one, three]},
    ]
    done = mended(tips(*days), "plan a 3-day trip to Lisbon")
    said = [[child["label"] for child in item["children"]] for item in done.model_dump()["items"]]
    assert said == [["Walk in Alfama", "See the tower"], ["Take tram 28"], []]
    assert [(found.code, found.where) for found in critique(done, Brief("plan a trip", "en"))] == [("hollow", "item3")]
    assert mended(tips(*days, family="overlap"), "x").model_dump()["items"][1]["children"][0]["label"] == "See the tower"


def test_what_rightly_comes_each_day_stays() -> None:
    week = [{"label": day, "children": [{"label": "Squats"}, {"label": "A walk along the river"}]} for day in ("Monday", "Friday")]
    plan = tips(*week)
    assert [len(item["children"]) for item in mended(plan, "a training plan").model_dump()["items"]] == [2, 1]
    asked = "a training plan with squats and a walk along the river each day"
    assert [len(item["children"]) for item in mended(plan, asked).model_dump()["items"]] == [2, 2]


def test_no_day_of_a_plan_is_emptied_since_its_meals_come_again() -> None:
    meals = [{"label": "Stir-fry with tofu"}, {"label": "Quinoa salad with beans"}, {"label": "Baked beans on toast"}]
    other = [{"label": "Pasta with tomato sauce"}, *meals[:2]]
    days = [{"label": day, "children": held} for day, held in (("Monday", meals), ("Tuesday", other), ("Friday", meals))]
    items = mended(tips(*days), "a weekly meal plan").model_dump()["items"]
    assert [item["label"] for item in items] == ["Monday", "Tuesday", "Friday"]
    assert [len(item["children"]) for item in items] == [3, 3, 3]


def test_a_remark_that_says_its_label_and_the_question_again_is_left_out() -> None:
    made = tips(
        {"label": "Exercise regularly", "text": "Exercise regularly to help you sleep better."},
        {"label": "Limit screens", "text": "Limit screens an hour before you sleep."},
    )
    told = [item["text"] for item in mended(made, "7 tips for better sleep").model_dump()["items"]]
    assert told == ["", "Limit screens an hour before you sleep."]


def test_points_called_after_years_are_a_timeline() -> None:
    made = tips(*({"label": f"Year {year}", "text": f"It was {year}."} for year in (1789, 1791, 1794)))
    done = mended(made, "a history of the revolution").model_dump()
    assert done["family"] == "timeline"
    first = done["items"][0]
    assert (first["when"], first["label"], first["text"]) == ("1789", "It was 1789", "")
    for labels in (("1789", "1791", "The end"), ("1794", "1789", "1791"), ("1789", "1791")):
        kept = mended(tips(*({"label": label, "text": f"Of {label}."} for label in labels)), "x").model_dump()
        assert kept["family"] == "list" and kept["items"][0]["label"] == labels[0]


def test_a_quiz_is_not_called_after_one_of_its_questions() -> None:
    made = {"title": "Which planet is next?", "questions": [{"question": "Which is red?", "options": ["Mars", "Venus"], "answer": 1}]}
    quiz = form("app").spec.model_validate(made)
    assert mended(quiz, "a quiz about the solar system").title == "A quiz about the solar system"


def test_a_side_that_is_a_negation_keeps_it() -> None:
    sides = [{"label": "No car", "children": [{"label": label, "text": f"No car {label}"} for label in ("payments", "insurance")]}]
    done = mended(tips(*sides, {"label": "Car", "children": [{"label": "payments", "text": "Each month"}]}, family="compare"), "car or not")
    assert done.model_dump()["items"][0]["children"][0]["text"] != "Payments"


def test_the_sides_of_a_comparison_do_not_begin_with_their_name() -> None:
    def side(label: str, *texts: str) -> dict[str, Any]:
        return {"label": label, "children": [{"label": f"Aspect {n}", "text": text} for n, text in enumerate(texts)]}

    sides = (
        side("Electric", "Electric cars use motors", "Electric cars cost less"),
        side("Petrol cars", "Petrol cars burn fuel", "They cost more"),
    )
    done = mended(tips(*sides, family="compare"), "compare electric and petrol cars").model_dump()["items"]
    assert [[child["text"] for child in item["children"]] for item in done] == [
        ["Use motors", "Cost less"],
        ["Petrol cars burn fuel", "They cost more"],
    ]


def test_a_card_stays_in_its_column_whatever_both_are_called() -> None:
    board = spec(
        "whiteboard",
        title="T",
        design="board",
        groups=[{"name": "Ready for launch"}],
        nodes=[{"name": "Prepare for launch", "label": "Prepare for launch", "group": "Ready for launch"}],
    )
    assert mended(board, "a kanban board").model_dump()["nodes"][0]["group"] == "Ready for launch"


def test_what_differs_in_its_figures_is_not_said_twice() -> None:
    items = [{"label": "Revenue of the first quarter", "value": 3}, {"label": "Revenue of the first quarter", "value": 4}]
    assert len(labels(mended(tips(*items)))) == 2


def test_placeholders_copied_instructions_and_foreign_letters_are_left_out() -> None:
    done = mended(
        tips(
            {"label": "Rest", "text": "[insert text here]"},
            {"label": "Eat", "text": "One short sentence, if it adds something."},
            {"label": "Walk", "text": "It can fight the疾病 later."},
            {"label": "Your text here"},
        )
    )
    assert labels(done) == [("Rest", ""), ("Eat", ""), ("Walk", "")]


def test_foreign_words_the_person_used_stay() -> None:
    done = mended(tips({"label": "疾病", "text": "The word 疾病 means illness"}), Brief("what does 疾病 mean?", "en"))
    assert labels(done)[0] == ("疾病", "The word 疾病 means illness")


def test_a_heading_that_says_nothing_gives_way_to_what_stands_under_it() -> None:
    points = [{"text": f"{word} matter", "detail": f"They {word} a lot."} for word in ("bees", "flies", "moths", "wasps")]
    slides = [
        {"type": "points", "heading": "Introduction", "items": points},
        {"type": "closing", "heading": "Conclusion", "text": "Plant flowers. They feed us."},
    ]
    done = mended(spec("slides", title="T", slides=slides)).model_dump()["slides"]
    assert done[0]["heading"] == "bees matter"
    assert len(done[0]["items"]) == 3
    assert (done[1]["heading"], done[1]["text"]) == ("Plant flowers", "They feed us.")


def test_a_remark_stands_once_in_a_deck() -> None:
    shots = "They are usually given as injections or shots."
    told = (("Weakened germs", "Learned defence"), ("Booster after years", "Safety trials"))
    slides = [{"type": "points", "heading": "H", "items": [{"text": text, "detail": shots} for text in texts]} for texts in told]
    done = mended(spec("slides", title="T", slides=slides)).model_dump()["slides"]
    assert [item["detail"] for slide in done for item in slide["items"]] == [shots, "", "", ""]


ONE_ROW = [{"label": side, "children": [{"label": "Place", "text": f"{side} is somewhere"}]} for side in ("Renting", "Buying")]
TWO_ROWS = [{**side, "children": [*side["children"], {"label": "Cost", "text": "It costs"}]} for side in ONE_ROW]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("items", "family", "where"),
    [
        (ONE_ROW, "compare", ["infographic1"]),
        (TWO_ROWS, "compare", []),
        ([{"label": "Rapide", "text": "Dans le temps"}, {"label": "rapide.", "text": "Sur la distance"}], "list", ["infographic1"]),
        ([{"label": "Fast", "text": "One"}, {"label": "Cheap", "text": "Two"}, {"label": "Fast", "text": "Three"}], "list", ["item3"]),
        ([{"label": "War", "text": "One", "when": "1914"}, {"label": "War", "text": "Two", "when": "1939"}], "timeline", []),
        ([{"label": "Fast", "text": "One"}, {"label": "Cheap", "text": "Two"}], "list", []),
    ],
)
def test_what_is_not_finished_is_found(items: list[dict[str, Any]], family: str, where: list[str]) -> None:
    shown = tips(*items, family=family)
    found = critique(shown, Brief("q"))
    assert [one.where for one in found if one.code == "hollow"] == where
    assert unfinished(shown, found) == (where == ["infographic1"])


def test_a_slide_with_one_point_is_found() -> None:
    slides = [{"type": "points", "heading": "Alone", "items": ["Only this"]}, {"type": "closing", "heading": "End of it"}]
    assert [f.where for f in critique(spec("slides", title="T", slides=slides), Brief()) if f.code == "hollow"] == ["slide1"]


def test_filler_under_a_title_is_left_out() -> None:
    filler = tips({"label": "Dark"}, subtitle="A guide to improving your sleep quality").model_copy(update={"title": "Sleep better"})
    assert mended(filler, Brief("tips for better sleep")).model_dump()["subtitle"] == ""
    told = filler.model_copy(update={"subtitle": "From the clinic's study of 300 night nurses"})
    assert mended(told, Brief("tips for better sleep")).model_dump()["subtitle"]


def test_a_timeline_is_put_in_order() -> None:
    items = [{"label": "Moon", "when": "July 1969"}, {"label": "Sputnik", "when": "1957"}, {"label": "Station", "when": "1998"}]
    assert [label for label, _ in labels(mended(tips(*items, family="timeline")))] == ["Sputnik", "Moon", "Station"]
    unread = [{"label": "B", "when": "spring"}, {"label": "A", "when": "1957"}]
    assert [label for label, _ in labels(mended(tips(*unread, family="timeline")))] == ["B", "A"]


def test_quotation_marks_stand_only_around_what_somebody_said() -> None:
    item = {"label": "Hope", "text": 'She said "never give up on a good idea" twice.'}
    assert labels(mended(tips(item)))[0][1] == "She said never give up on a good idea twice."
    said = Brief("quote her", "en", ("My gran: never give up on a good idea!",))
    assert '"never' in labels(mended(tips(item), said))[0][1]


def test_a_quotation_slide_that_nobody_said_is_a_plain_statement() -> None:
    slide = {"type": "quote", "heading": "H", "text": "The best way to predict the future is to make it", "by": "A. Nobody"}
    done = mended(spec("slides", title="T", slides=[slide])).model_dump()["slides"][0]
    assert (done["type"], done["by"]) == ("section", "")
    kept = mended(spec("slides", title="T", slides=[slide]), Brief("use: the best way to predict the future is to make it")).model_dump()
    assert kept["slides"][0]["type"] == "quote"


def test_sources_that_were_not_read_are_left_out() -> None:
    slides = [
        {"type": "points", "heading": "Bees feed us", "items": ["They pollinate", "They make honey", "They live together"]},
        {"type": "points", "heading": "References", "items": ["Smith (2019), Journal of Bees", "https://bees.example/x"]},
    ]
    deck = spec("slides", title="T", slides=slides)
    assert [slide["heading"] for slide in mended(deck).model_dump()["slides"]] == ["Bees feed us"]
    assert len(mended(deck, Brief(said=("Smith (2019), Journal of Bees; https://bees.example/x",))).model_dump()["slides"]) == 2


def codes(shown: Spec, question: str, lang: str) -> list[str]:
    return [finding.code for finding in critique(shown, Brief(question, lang, (), wishes(question)))]


def test_an_answer_in_another_language_is_found() -> None:
    english = tips({"label": "Save money every month", "text": "Put a tenth of your income aside"}, {"label": "Track what you spend"})
    assert "language" in codes(english, "نصائح لتوفير المال", "ar")
    assert "language" in codes(english, "省钱的建议", "zh")
    assert "language" not in codes(english, "tips to save money", "en")
    arabic = tips({"label": "ادخر كل شهر", "text": "ضع عُشر دخلك جانبا كل شهر"}, {"label": "راقب ما تنفقه كل يوم"})
    assert "language" not in codes(arabic, "نصائح لتوفير المال", "ar")


def test_counts_that_were_asked_for_are_checked() -> None:
    three = tips(*({"label": word} for word in ("Dark", "Cool", "Quiet")))
    assert "count" in codes(three, "5 tips for sleep", "en")
    assert "count" not in codes(three, "3 tips for sleep", "en")
    assert "count" in codes(three, "sleep tips, at most 2", "en")


def test_an_answer_in_words_is_checked_too() -> None:
    brief = Brief("in one sentence: why is the sky blue?", "en", (), wishes("in one sentence: why is the sky blue?"))
    assert [f.code for f in text_findings("Air scatters blue. It does so more. See https://made.up/x", brief)] == ["count", "quoted"]
    assert not text_findings("Air scatters blue light more than red.", brief)


@pytest.mark.parametrize(
    ("question", "wish"),
    [
        ("explain tides in one sentence", Wishes(sentences=1)),
        ("Erkläre Ebbe und Flut in zwei Sätzen, ohne Fachbegriffe", Wishes(sentences=2, plain=True)),
        ("benefits of tea, max 3 points", Wishes(most=3)),
        ("no more than 4 slides on rust", Wishes(most=4)),
        ("compare the two plans as a table", Wishes(table=True)),
        ("用表格比较茶和咖啡", Wishes(table=True)),
        ("explain DNA without jargon", Wishes(plain=True)),
        ("٥ نصائح لتوفير المال", Wishes(count=5)),
        ("give me five ideas", Wishes(count=5)),
        ("how was the summer?", Wishes()),
    ],
)
def test_wishes_are_understood(question: str, wish: Wishes) -> None:
    assert wishes(question) == wish


@pytest.mark.parametrize("kind", KINDS)
def test_good_content_is_left_as_it_is(kind: str) -> None:
    for name, shown in examples(kind).items():
        brief = Brief("", shown.lang or "en", (form(kind).markdown(shown),))
        done = mended(shown, brief)
        assert dump(done) == dump(shown), name
        assert [finding for finding in critique(done, brief) if finding.level == "error"] == [], name


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_words_are_mended_into_a_sound_spec(title: str, label: str, text: str) -> None:
    made = spec("infographic", title=title, items=[{"label": label or "x", "text": text}, {"label": "second", "text": "thing"}])
    done = mended(made, Brief(title, "en"))
    assert mended(done, Brief(title, "en")) == done


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_a_share(a: str, b: str) -> None:
    assert 0 <= likeness(a, b) <= 1
    assert likeness(a, b) == likeness(b, a)
    assert covered(a, a) in (0, 1)


def test_a_title_keeps_the_sign_it_begins_with() -> None:
    assert mended(
        spec("infographic", title="-5 °C is the coldest", family="list", items=[{"label": "Oslo"}, {"label": "Bern"}])
    ).title.startswith("-5")
