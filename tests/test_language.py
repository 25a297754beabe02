"""The language of a message is told from a few words."""

import pytest

from flipchart.models.language import WORDS, detect

MESSAGES = [
    ("en", "Which planets have rings?"),
    ("en", "make me a deck about bees"),
    ("en", "compare rent in five cities"),
    ("en", "thx!"),
    ("en", "quarterly revenue by region"),
    ("en", "plot sales per region"),
    ("es", "¿Cómo funciona un volcán?"),
    ("es", "hazme un resumen de las ventas"),
    ("es", "grafico de barras con las ventas por mes"),
    ("es", "Compara el alquiler en cinco ciudades"),
    ("es", "muchas gracias!"),
    ("pt", "Como funciona um vulcão?"),
    ("pt", "faz um grafico das vendas por mes"),
    ("pt", "Obrigado pela ajuda"),
    ("pt", "Quero uma apresentação sobre abelhas"),
    ("fr", "Comment fonctionne un volcan ?"),
    ("fr", "fais-moi un diagramme du cycle de l'eau"),
    ("fr", "Merci beaucoup"),
    ("fr", "évolution du chiffre d’affaires"),
    ("de", "Wie funktioniert ein Vulkan?"),
    ("de", "mach mir ein diagramm der umsätze"),
    ("de", "Vielen Dank!"),
    ("de", "Zeichne den Wasserkreislauf"),
    ("it", "Come funziona un vulcano?"),
    ("it", "fammi un grafico delle vendite"),
    ("it", "Grazie mille"),
    ("nl", "Hoe werkt een vulkaan?"),
    ("nl", "maak een grafiek van de verkoop per maand"),
    ("sv", "Hur fungerar en vulkan?"),
    ("da", "Hvordan virker en vulkan?"),
    ("no", "Hva er forskjellen mellom en vulkan og et fjell, og hvorfor?"),
    ("fi", "Miten tulivuori toimii?"),
    ("pl", "Jak działa wulkan?"),
    ("cs", "Jak funguje sopka a proč vybuchuje?"),
    ("ro", "Cum funcționează un vulcan?"),
    ("hu", "Hogyan működik egy vulkán?"),
    ("tr", "Bir yanardağ nasıl çalışır?"),
    ("tr", "satışları grafik olarak göster"),
    ("id", "Bagaimana cara kerja gunung berapi?"),
    ("vi", "Núi lửa hoạt động như thế nào?"),
    ("zh", "火山是怎么喷发的？"),
    ("zh", "用 Python 写一个快速排序"),
    ("zh", "比較五個城市的房租"),
    ("ja", "火山はどうやって噴火しますか"),
    ("ja", "グラフにして"),
    ("ja", "PowerPoint のスライドを作って"),
    ("ko", "화산은 어떻게 작동하나요?"),
    ("hi", "ज्वालामुखी कैसे काम करता है?"),
    ("ar", "كيف يعمل البركان؟"),
    ("fa", "آتشفشان چگونه کار می‌کند؟"),
    ("ur", "آتش فشاں کیسے کام کرتا ہے؟"),
    ("he", "איך עובד הר געש?"),
    ("ru", "Как работает вулкан?"),
    ("uk", "Як працює вулкан і чому він вивергається?"),
    ("bg", "Как работи вулканът и защо се пробужда от време на време?"),
    ("en", "Visitors: Mon 320, Tue 410, Wed 380"),
    ("en", "ER diagram of a library: books, authors, members, loans"),
    ("en", "hot air balloons rising over the valley, aerial view"),
    ("es", "mapa mental sobre el cambio climático"),
    ("es", "ventajas e inconvenientes de trabajar por turnos"),
    ("fr", "les bienfaits de la marche"),
    ("de", "Meilen in Kilometer umrechnen"),
    ("it", "mettilo in ordine"),
    ("el", "Πώς λειτουργεί ένα ηφαίστειο;"),
    ("zh", "PowerPoint是什么"),
    ("ar", "docker لا يعمل"),
    ("en", "What does 你好 mean?"),
    ("fr", "c'est quoi un volcan"),
    ("en", "seats: A 112, B 98, C 45"),
    ("th", "ภูเขาไฟทำงานอย่างไร"),
    ("bn", "আগ্নেয়গিরি কীভাবে কাজ করে?"),
    ("ta", "எரிமலை எப்படி வேலை செய்கிறது?"),
]


@pytest.mark.parametrize(("language", "message"), MESSAGES)
def test_the_language_of_a_short_message_is_told(language: str, message: str) -> None:
    assert detect(message) == language


NAMED = {
    "en": "pizza recipe|machine learning mindmap|world war 2|bubble sort animation|solar system animation|keto diet|avocado toast"
    "|volcano eruption|piano chords|avrage arival dealy|pomodoro timer|tiramisu|blockchain infographic|inflation",
    "es": "sistema solar|receta de paella|ventas por región|células animales|agujeros negros",
    "pt": "receita de bolo|guerra fria|juros compostos|tipos de energia|conversor de moedas",
    "fr": "cycle de l'eau|recette de crêpes|trous noirs|types d'énergie|schéma réseau",
    "de": "Sonnensystem|Zinseszins|tierische Zellen|schwarze Löcher|Mondphasen|Kalter Krieg",
    "it": "rivoluzione francese|ricetta della pizza|fasi della luna",
    "sv": "vattnets kretslopp",
}


@pytest.mark.parametrize(("language", "message"), [(lang, one) for lang, every in NAMED.items() for one in every.split("|")])
def test_the_language_of_a_bare_topic_is_told(language: str, message: str) -> None:
    assert detect(message) == language


@pytest.mark.parametrize("message", ["", "   ", "42", "👍", "???", "```\nfür = 1\n```", "1, 2, 3", "asdf qwer zxcv", "hjkl", "asdasd"])
def test_what_has_no_words_reads_as_english(message: str) -> None:
    assert detect(message) == "en"


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", 'What does "où est la gare la plus proche" mean?'),
        ("en", "Translate 你好 into English"),
        ("de", "Was heißt „the early bird catches the worm“ auf Deutsch?"),
        ("ja", "「生日快乐」って日本語で何"),
        ("en", "why does this fail?\n```python\nprint('la casa de los libros es una casa')\n```"),
        ("es", "¿qué hace esto? `for the thing in the list of things`"),
    ],
)
def test_quotations_and_code_do_not_decide(language: str, message: str) -> None:
    assert detect(message) == language


def test_a_quotation_alone_decides() -> None:
    assert detect("«Où est la gare ?»") == "fr"


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_language_recognises_its_own_words(language: str) -> None:
    assert detect(" ".join(sorted(WORDS[language]))) == language


def test_a_long_message_takes_no_time() -> None:
    assert detect("Warum ist der Himmel blau? " * 4000) == "de"
