"""A message goes to the form people would choose, and says why in its own language."""

import json
import re
import sys
import time
from pathlib import Path
from subprocess import run

import numpy as np
import pytest

from flipchart import assets
from flipchart.models import router
from flipchart.models.language import detect
from flipchart.models.router import FORMS, Attachment, Query, concepts, last_form, lexicon, likewise, plain, route
from flipchart.models.router_learn import Lesson, forget, learn
from flipchart.models.router_prompts import VOICES, rows

TABLE = Attachment("sales.csv", "table", ("month", "region", "revenue"))

ASKED = [
    ("slides", "as slides"),
    ("slides", "make a deck about whales"),
    ("slides", "como diapositivas"),
    ("slides", "als Folien bitte"),
    ("slides", "transforme em slides"),
    ("slides", "fais-moi un powerpoint sur les loups"),
    ("slides", "做成PPT"),
    ("slides", "スライドにして"),
    ("slides", "इसकी स्लाइड बना दो"),
    ("slides", "كشرائح"),
    ("chart", "plot rainfall per month"),
    ("chart", "ein Balkendiagramm der Einwohnerzahlen"),
    ("chart", "gráfico de barras das vendas por mês"),
    ("chart", "trace une courbe des températures par mois"),
    ("chart", "画一个各省人口的柱状图"),
    ("chart", "月別売上の折れ線グラフ"),
    ("whiteboard", "draw a diagram of our login flow"),
    ("whiteboard", "画一张流程图"),
    ("whiteboard", "haz un mapa mental de la Edad Media"),
    ("whiteboard", "जल संरक्षण का माइंड मैप बनाओ"),
    ("whiteboard", "ارسم خريطة ذهنية عن الماء"),
    ("infographic", "make an infographic about tides"),
    ("infographic", "Zeitstrahl der Reformation"),
    ("app", "quiz me on rivers"),
    ("app", "a calculator for tips"),
    ("app", "考考我历史"),
    ("image", "draw a picture of a sleepy bear"),
    ("image", "dessine un chat qui dort"),
    ("animation", "animate a swinging pendulum"),
    ("animation", "anima un péndulo"),
]

WORDS_ONLY = [
    "what is a bar chart?",
    "bar opening hours",
    "explain what PowerPoint is",
    "thanks!",
    "hello",
    "I feel so lonely since she left",
    "write a python function that reverses a list",
    "what is the capital of Peru",
    "translate 'good night' into Italian",
    "write a poem about the first snow",
    "¿qué es un gráfico de barras?",
    "vielen dank!",
    "qui a écrit Candide ?",
    "谢谢",
    "ありがとう",
    "आप कैसे हैं",
    "ما عاصمة بيرو؟",
    "no chart please, just tell me which country is larger",
    "I just lost my mother",
    "fix this: for i in range(10) print(i)",
]


@pytest.mark.parametrize(("form", "text"), ASKED)
def test_a_form_that_is_asked_for_is_chosen(form: str, text: str) -> None:
    assert route(Query(text)).form == form


@pytest.mark.parametrize(
    "text",
    [
        "a 6-slide intro to how batteries work, for beginners",
        "four slides on why the Romans built roads",
        "una introducción en siete diapositivas a cómo funcionan los volcanes",
        "eine Einführung in fünf Folien, wie Bienen tanzen",
        "用6张幻灯片介绍火山",
    ],
)
def test_so_many_slides_are_slides_whatever_else_is_named(text: str) -> None:
    assert router.certain(Query(text)) == "slides"


@pytest.mark.parametrize(
    "text", ["6 tips for better slides", "what do these 12 slides say?", "how many slides for 10 minutes?", "my four slides"]
)
def test_slides_that_are_not_asked_for_are_weighed(text: str) -> None:
    assert router.certain(Query(text)) is None


@pytest.mark.parametrize("text", WORDS_ONLY)
def test_what_needs_no_visual_gets_words(text: str) -> None:
    assert route(Query(text)).form == "text"


@pytest.mark.parametrize(
    "text",
    [
        "we sold 120 in january, 90 in february and 160 in march",
        "alquiler 800, comida 350, ocio 120, transporte 60",
        "一月卖了120，二月90，三月160",
    ],
)
def test_numbers_to_compare_become_a_chart(text: str) -> None:
    assert route(Query(text)).form == "chart"


@pytest.mark.parametrize(
    "text",
    [
        "P calls Q, Q writes to R and S",
        "crawler -> parser -> index, index -> search page",
        "the beekeeper sells to the shop, the shop sells to the guests, the guests return the jars to the beekeeper",
        "Ida is the mother of Finn, Finn is married to Noor",
        "el apicultor vende a la tienda, la tienda vende al cliente",
        "Antrag -> Prüfung -> Bescheid, Prüfung -> Rückfrage",
        "采购通知仓库，仓库通知财务，财务付款给供应商",
    ],
)
def test_a_graph_that_is_described_is_drawn(text: str) -> None:
    assert route(Query(text)).form == "whiteboard"


@pytest.mark.parametrize(
    "text",
    [
        "ounces to grams converter",
        "how many bricks do I need? I'd type in the height and the length",
        "Knoten in km/h umrechnen",
        "pasar onzas a gramos",
        "摄氏度换算成华氏度",
        "I have to learn the bones of the hand, ask me",
    ],
)
def test_what_one_would_enter_or_practise_becomes_an_app(text: str) -> None:
    assert route(Query(text)).form == "app"


@pytest.mark.parametrize(
    "text",
    [
        "explain photosynthesis to a 10 year old",
        "Explain gravity to my kids",
        "explica la fotosíntesis a un niño de 10 años",
        "explique la gravité à un enfant de 8 ans",
        "erkläre einem Kind den Wasserkreislauf",
        "pros et contras de trabajar desde casa",
    ],
)
def test_what_a_child_is_told_or_is_weighed_is_shown(text: str) -> None:
    assert route(Query(text)).form == "infographic"
    assert route(Query(f"{text}, in one sentence")).form == "text"


@pytest.mark.parametrize(
    "text",
    [
        "is a mind map the same as a concept map?",
        "who came up with the pie chart?",
        "write me a prompt for an image generator: a heron in the mist",
        "why is my chart in excel blank",
        "SELECT town, SUM(sales) FROM t GROUP BY town; why do I get the towns of the old table twice",
        "ist ein Histogramm dasselbe wie ein Balkendiagramm?",
        "qué es un mapa mental",
        'proofread: "The graph show that rents has doubled since 2010."',
    ],
)
def test_a_form_that_is_only_spoken_of_is_not_drawn(text: str) -> None:
    assert route(Query(text)).form == "text"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("slides", "create a short presentation about moss"),
        ("infographic", "design a colourful infographic on tides"),
        ("whiteboard", "zeichne und erstelle ein Flussdiagramm der Rückgabe"),
        ("image", "genera una imagen de un faro"),
        ("slides", "苔藓について スライドを作って"),
    ],
)
def test_make_and_a_form_are_beyond_doubt(form: str, text: str) -> None:
    assert router.certain(Query(text)) == form


@pytest.mark.parametrize(
    "text", ["can you make charts?", "make a table", "write code that makes a bar chart", "make a prompt for an image"]
)
def test_make_and_a_form_are_weighed_where_more_may_be_meant(text: str) -> None:
    assert router.certain(Query(text)) is None


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "what is the capital of Peru?"),
        (0, "I think so, I know, I see"),
        (1, "A calls B, B writes to C"),
        (1, "the farmer pays the mill, the mill bakes"),
        (4, "web -> api -> db; api -> mail; db -> backup"),
        (1, "农户通知门店，门店付款给银行"),
    ],
)
def test_clauses_that_take_each_other_up_are_counted(count: int, text: str) -> None:
    assert router.chained(plain(text)) == count


@pytest.mark.parametrize("text", ["which region did best?", "which one is the best?", "wie entwickelt sich der Umsatz", "各地区对比", ""])
def test_a_question_about_a_table_becomes_a_chart(text: str) -> None:
    assert route(Query(text, files=(TABLE,))).form == "chart"


def test_a_table_can_still_become_slides() -> None:
    assert route(Query("make a deck from this for the board", files=(TABLE,))).form == "slides"


@pytest.mark.parametrize(
    ("form", "text", "history"),
    [
        ("chart", "and in red?", "Bar chart of sales per region"),
        ("chart", "und waagerecht?", "Balkendiagramm: Umsatz pro Region"),
        ("chart", "only the top 5", "Person: show sales\nYou: Here they are. [chart: Sales rose in spring]"),
        ("slides", "one more about risks", "Slides: bees for year 6 (8 slides)"),
        ("whiteboard", "connect it to billing", "[whiteboard: Our services]"),
        ("image", "make it darker", "Image: a fox in the snow"),
        ("chart", "as a table", "Bar chart of sales per region"),
        ("slides", "as slides", "Bar chart of sales per region"),
        ("text", "thanks", "Slides: bees for year 6 (8 slides)"),
        ("text", "make it more formal", "Text: a mail to the landlord"),
        ("infographic", "only five please", "Person: habits of good sleepers\nYou: [infographic: 7 habits]"),
        ("whiteboard", "swap the first two", "Person: how we hire\nYou: [whiteboard: Hiring]"),
        ("slides", "in portuguese", "Person: slides on bats\nYou: [slides: Bats at night]"),
        ("slides", "auf Italienisch bitte", "Person: Folien über Moos\nYou: [slides: Moos]"),
        ("slides", "thanks for the graph, now as slides", "Person: rain per month\nYou: [chart: May is driest]"),
        ("text", "why is that?", "Person: rain per month\nYou: [chart: May is driest]"),
    ],
)
def test_a_follow_up_keeps_the_last_form_unless_it_asks_for_another(form: str, text: str, history: str) -> None:
    assert route(Query(text, history)).form == form


@pytest.mark.parametrize(
    "history", ["Person: habits\nYou: [infographic: 7 habits]", "Bar chart of sales per region", "Slides: moss (5 slides)"]
)
@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("whiteboard", "the post office scans it, the depot sorts it, if the address is wrong it goes back, else the van takes it out"),
        ("whiteboard", "nginx sits before the api, the api writes to mysql and puts jobs in a queue for two workers"),
        ("app", "I want to practise the names of the clouds"),
        ("text", "write an email to my landlord about the broken heating"),
        ("text", "what is the capital of Ghana?"),
        ("image", "a heron in the fog, watercolour"),
    ],
)
def test_a_new_subject_is_routed_on_its_own(form: str, text: str, history: str) -> None:
    assert route(Query(text, history)).form == form


@pytest.mark.parametrize(
    ("told", "text"), [(True, "ok thanks"), (True, "vielen dank!"), (False, "end with thanks"), (False, "thanks, add one")]
)
def test_a_thank_you_is_small_talk_where_it_is_all_there_is(told: bool, text: str) -> None:
    assert router.small_talk(text) is told


def test_a_table_from_before_does_not_draw_what_is_not_about_it() -> None:
    history = "Person: which region sold most?\nYou: [chart: The south leads]"
    assert route(Query("thanks, that helps", history, (TABLE,))).form == "text"
    assert route(Query("now only 2023", history, (TABLE,))).form == "chart"


@pytest.mark.parametrize(
    ("form", "history"),
    [
        (None, None),
        (None, "  "),
        ("text", "You: The bar chart was invented by William Playfair."),
        ("text", "Text: about charts"),
        ("chart", "You: Here. [chart: Sales]"),
        ("app", "Person: x [chart: Sales]\nYou: Try it. [image: A] [app: Tips]"),
        ("slides", "Präsentation: Bienen"),
        ("image", "图片：狐狸"),
    ],
)
def test_the_last_form_is_read_from_the_history(form: str | None, history: str | None) -> None:
    assert last_form(history) == form


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "hazme un gráfico de barras de las ventas"),
        ("pt", "obrigado pela ajuda"),
        ("fr", "fais-moi une présentation sur les loups"),
        ("de", "zeichne einen Hund im Regen"),
        ("zh", "画一张流程图"),
        ("ja", "猫の絵を描いて"),
        ("hi", "मछलियों पर इन्फोग्राफिक बनाओ"),
        ("ar", "اختبرني في العواصم"),
        ("en", "animate a bouncing ball"),
    ],
)
def test_the_reason_is_one_sentence_in_the_language_of_the_message(language: str, text: str) -> None:
    reason = route(Query(text)).reason
    sentences = json.loads(assets.text("router/reasons.json"))
    assert reason in {told[language] for told in sentences.values()}
    assert len(re.findall("[.。।]", reason)) == 1


def test_a_language_without_reasons_gets_english() -> None:
    assert route(Query("Сделай презентацию про китов")).reason == "You asked for slides."


def test_every_reason_has_every_language() -> None:
    sentences = json.loads(assets.text("router/reasons.json"))
    languages = {"en", "es", "pt", "fr", "de", "zh", "ja", "hi", "ar"}
    assert {key for key, told in sentences.items() if set(told) != languages} == set()
    used = {key for reasons in router.REASONS.values() for key, _ in reasons} | {f"fits.{form}" for form in FORMS}
    assert used | {"table", "follow", "likewise", "numbers", "talk"} == set(sentences)
    assert {name for reasons in router.REASONS.values() for _, names in reasons for name in names.split()} <= set(lexicon().names)


@pytest.mark.parametrize(
    ("key", "text", "history"),
    [
        ("list", "8 tips for a quieter office", None),
        ("list", "nine facts about eels", None),
        ("compare", "pros and cons of night trains", None),
        ("connect", "draw how these connect: the shop's server, its database, a queue and the mailer", None),
        ("numbers", "we planted 40 trees in 2020, 75 in 2021 and 120 in 2022", None),
        ("follow", "make it narrower", "Person: rain per month\nYou: [chart: May is driest]"),
        ("asked.slides", "slides on moss", "Person: rain per month\nYou: [slides: Rain]"),
        ("code", "write a rust function that counts vowels", None),
        ("feel", "I feel so lonely tonight", None),
        ("asked.table", "a table of knots and what they are for", None),
    ],
)
def test_the_reason_is_what_weighed(key: str, text: str, history: str | None) -> None:
    sentences = json.loads(assets.text("router/reasons.json"))
    assert route(Query(text, history)).reason == sentences[key]["en"]


def test_chances_cover_every_form_highest_first() -> None:
    choice = route(Query("5 tips for better sleep"))
    chances = [chance for _, chance in choice.forms]
    assert {form for form, _ in choice.forms} == set(FORMS)
    assert chances == sorted(chances, reverse=True)
    assert choice.form == choice.forms[0][0]
    assert all(0 <= chance <= 1 for chance in chances)


def test_forms_that_both_fit_both_stand_high() -> None:
    chances = dict(route(Query("7 tips for sleeping better")).forms)
    assert min(chances["infographic"], chances["text"]) > 0.4
    assert max(chances["animation"], chances["image"]) < 0.2


@pytest.mark.parametrize("text", ["", " ", "\n", "👍", "?", "😀😀😀", "…", "a", "\u0000", "۞", "{" * 2000, "ว" * 5000])
def test_odd_messages_are_routed(text: str) -> None:
    assert route(Query(text)).form in FORMS


def test_the_same_message_gets_the_same_choice() -> None:
    query = Query("how does a volcano erupt?")
    assert route(query) == route(query)


def test_the_end_of_a_long_message_counts() -> None:
    story = "The harbour had been quiet for weeks. Nobody spoke of it, and the old men looked at the sea. " * 20
    assert route(Query(f"{story}\n\nTurn this into slides.")).form == "slides"
    assert route(Query(f"Summarise this in one sentence: {story}")).form == "text"


def test_routing_takes_milliseconds() -> None:
    query = "We sold 12 boats in May and 15 in June, 9 in July; how does that look over the year, by region? "
    for extra in ("", " ".join(["more words"] * 500)):
        route(Query(query + extra))
        times = []
        for index in range(9):
            start = time.process_time()
            route(Query(f"{query} {index} {extra}"))
            times.append(time.process_time() - start)
        assert sorted(times)[4] < 0.1  # far above what it takes, for machines that are busy


def test_routing_works_without_the_embeddings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(router, "meaning", lambda text: None)
    assert [route(Query(text)).form for form, text in ASKED] == [form for form, _ in ASKED]


def test_the_router_imports_neither_torch_nor_sklearn() -> None:
    code = (
        "import sys; from flipchart.models.router import Query, route; route(Query('plot rain per month'));"
        "print(sorted({'torch', 'sklearn', 'transformers', 'matplotlib', 'gradio'} & set(sys.modules)))"
    )
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_the_weights_are_small() -> None:
    assert len(assets.data("router/head.npz")) < 3_000_000


def test_the_same_word_means_the_same_in_every_language() -> None:
    names = lexicon().names
    asked = ["a flow chart", "un diagrama de flujo", "ein Flussdiagramm", "流程图", "フローチャート", "फ्लोचार्ट"]
    for text in asked:
        assert "whiteboard" in {names[number] for _, number, _ in concepts(plain(text), detect(text))}, text


def test_accents_and_capitals_do_not_matter() -> None:
    assert plain("GRÁFICO Übersicht Şema İnfografik أعمدة") == "grafico ubersicht sema infografik اعمده"


@pytest.mark.parametrize("voice", ["final", "wild", "blind"])
def test_another_voice_is_understood(voice: str) -> None:
    """Prompts written apart from those it was trained on; the full account is docs/routing.md."""
    exam = rows(voice)
    chosen = np.array([FORMS[int(router.chances(row.query, senses=False).argmax())] in row.forms for row in exam])
    english = np.array([row.language == "en" for row in exam])
    plain_rows = np.array([row.forms == {"text"} for row in exam])
    assert chosen[english].mean() > 0.92
    assert chosen[~english].mean() > 0.9
    assert chosen[plain_rows].mean() > 0.95


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLIPCHART_HOME", str(tmp_path))
    return tmp_path


def test_a_few_choices_shift_the_router_and_can_be_taken_back(at_home: Path) -> None:
    subjects = ("winter cycling", "first aid", "better coffee", "keeping bees")
    asked = [Query(f"{n} tips for {subject}") for n, subject in zip((4, 5, 6, 7), subjects, strict=True)]
    before = {text: route(Query(text)) for text in ("8 tips for quiet neighbours", "plot rain per month", "hello", "draw our login flow")}
    assert before["8 tips for quiet neighbours"].form == "infographic"
    done = learn([Lesson(query, frozenset({"text"}), frozenset({"infographic"})) for query in asked])
    assert done.kept
    assert done.own_after > done.own_before
    assert done.all_after >= done.all_before - 0.01
    assert route(Query("8 tips for quiet neighbours")).form == "text"
    assert all(route(Query(text)).form == choice.form for text, choice in before.items() if "tips" not in text)
    assert forget()
    assert route(Query("8 tips for quiet neighbours")) == before["8 tips for quiet neighbours"]
    assert not forget()


def test_one_choice_does_no_harm(at_home: Path) -> None:
    done = learn([Lesson(Query("thanks a lot"), frozenset({"animation"}), frozenset({"text"}))])
    assert done.all_after >= done.all_before - 0.01
    assert route(Query("thank you!")).form == "text"


def test_what_was_learned_on_another_head_is_left_alone(at_home: Path) -> None:
    plain_choice = route(Query("8 tips for quiet neighbours"))
    np.savez(at_home / "router.npz", facts=np.ones((8, 3)), senses=np.ones((8, 3)), bias=np.ones(8), mark=1)
    assert route(Query("8 tips for quiet neighbours")) == plain_choice
    (at_home / "router.npz").write_bytes(b"broken")
    assert route(Query("8 tips for quiet neighbours")) == plain_choice


def test_no_prompt_is_in_both_voices() -> None:
    trained = {row.query for row in rows("train")}
    told = {row.query for voice in VOICES for row in rows(voice)}
    assert len(trained & told) / len(told) < 0.02


@pytest.mark.parametrize(
    "words", ["what about a cinema?", "And for cats?", "¿Y para niños?", "et pour la France ?", "und was ist mit Spanien?", "那日本呢？"]
)
def test_the_last_question_asked_of_something_else_has_the_form_it_had(words: str) -> None:
    assert likewise(words)
    for form in ("whiteboard", "infographic", "chart"):
        found = route(Query(words, f"Person: org chart of a small theatre\nYou: [{form}: Small theatre]"))
        assert found.form == form
    assert route(Query(words, "Person: why?\nYou: Because.")).reason != found.reason


@pytest.mark.parametrize(
    "words", ["What is about to happen?", "How do vaccines work?", "What do you know about cinemas?", "Wie geht es dir?"]
)
def test_other_questions_do_not_ask_the_last_one_again(words: str) -> None:
    assert not likewise(words)


@pytest.mark.parametrize(
    ("wish", "form"),
    [
        ("Summarise as slides:\n\n{}", "slides"),
        ("summarise this as slides: {}", "slides"),
        ("{}\n\nturn this into a mind map", "whiteboard"),
    ],
)
def test_the_wish_beside_a_pasted_text_is_the_wish(wish: str, form: str) -> None:
    text = "Orders rose from 1,240 in July to 1,610 in September, while the share delivered on time fell from 96% to 88%. " * 4
    assert router.route(router.Query(wish.format(text))).form == form
