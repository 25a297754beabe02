"""Descriptions of who does what to whom become the board they say, or no board at all."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flipchart.models.events import Drawn, Planned, Request, Turn
from flipchart.models.relations import answer, read
from flipchart.models.relations_words import LANGUAGES, Name, lexicon
from flipchart.renderers import render
from flipchart.renderers.style import style
from flipchart.renderers.whiteboard_spec import Whiteboard

# What a person says, and the arrows it means: "from > to" or "from > to | words".
SAID = {
    "The web app calls the API. The API reads from MySQL and publishes events to Kafka. A billing worker consumes events from Kafka": [
        "web app > API | calls", "API > MySQL | reads from", "API > Kafka | publishes events to",
        "billing worker > Kafka | consumes events from",
    ],
    "Rosa leads Tim, Uma and Viktor; Uma leads Wes": ["Rosa > Tim", "Rosa > Uma", "Rosa > Viktor", "Uma > Wes"],
    "Tim reports to Rosa and Wes reports to Tim": ["Tim > Rosa | reports to", "Wes > Tim | reports to"],
    "org chart: Tim reports to Rosa and Wes reports to Tim": ["Rosa > Tim", "Tim > Wes"],
    "please sketch our delivery chain: the bakery sells bread to the cafe, and the cafe sells sandwiches to students": [
        "bakery > cafe | sells bread to", "cafe > students | sells sandwiches to",
    ],
    "browser -> load balancer -> app server -> database": [
        "browser > load balancer", "load balancer > app server", "app server > database",
    ],
    "cart → checkout; checkout → receipt, refund": ["cart > checkout", "checkout > receipt", "checkout > refund"],
    "billing <- orders -> stock": ["orders > billing", "orders > stock"],
    "lexer --tokens--> parser --tree--> compiler": ["lexer > parser | tokens", "parser > compiler | tree"],
    "editor -> linter: checks": ["editor > linter | checks"],
    "dashboards and alerts depend on metrics": ["dashboards > metrics | depend on", "alerts > metrics | depend on"],
    "The invoice is approved by finance": ["finance > invoice | approves"],
    "Photos are stored in a bucket, thumbnails are stored in Redis": [
        "Photos > bucket | stored in", "thumbnails > Redis | stored in",
    ],
    "Draw this: The phone streams video to the relay that forwards it to viewers.": [
        "phone > relay | streams video to", "relay > viewers | forwards video to",
    ],
    "The scheduler triggers the crawler. It also notifies ops": [
        "scheduler > crawler | triggers", "scheduler > ops | notifies",
    ],
    "bees pollinate flowers, flowers feed caterpillars, and birds eat caterpillars": [
        "bees > flowers | pollinate", "flowers > caterpillars | feed", "birds > caterpillars | eat",
    ],
    "- gateway: auth, users\n- users: mysql\n- auth: mysql": [
        "gateway > auth", "gateway > users", "users > mysql", "auth > mysql",
    ],
    "Module dependencies:\n* core -> log\n* app -> core": ["core > log", "app > core"],
    "1. The buyer pays the shop\n2. The shop ships the parcel to the buyer": [
        "buyer > shop | pays", "shop > buyer | ships the parcel to",
    ],
    "A ticket goes to triage, then to development, then to review and finally to release": [
        "ticket > triage", "triage > development", "development > review", "review > release",
    ],
    "Data flows from the meter to the concentrator to the utility": [
        "meter > concentrator | data", "concentrator > utility | data",
    ],
    "From the farm to the mill to the bakery. Draw that as a flowchart please": ["farm > mill", "mill > bakery"],
    "seed, then sprout, then flower": ["seed > sprout", "sprout > flower"],
    "If the parcel is damaged, refund, otherwise close": [
        "parcel is damaged? > refund | yes", "parcel is damaged? > close | no",
    ],
    "if stock is low then reorder, else wait. make a flowchart": [
        "stock is low? > reorder | yes", "stock is low? > wait | no",
    ],
    "The camera sends frames to the encoder, which writes to and reads from the disk": [
        "camera > encoder | sends frames to", "encoder > disk | writes to and reads from",
    ],
    "The API queries Postgres while the worker polls SQS": ["API > Postgres | queries", "worker > SQS | polls"],
    "I'd like a diagram of our home network: the router connects to the switch and the switch connects to the printer and the TV": [
        "router > switch | connects to", "switch > printer | connects to", "switch > TV | connects to",
    ],
    "Could you draw how our lab is organised: Prof Kim supervises Lea and Omar, and Omar supervises Pia?": [
        "Prof Kim > Lea", "Prof Kim > Omar", "Omar > Pia",
    ],
    "stress causes insomnia and insomnia causes stress": ["stress > insomnia | causes", "insomnia > stress | causes"],
    "Service 1 calls service 2, service 2 calls service 3": [
        "Service 1 > service 2 | calls", "service 2 > service 3 | calls",
    ],
    "mind map: music -> rock, jazz, folk": ["music > rock", "music > jazz", "music > folk"],
    "El cliente llama a la tienda. La tienda envía pedidos al almacén y el almacén notifica al cliente": [
        "cliente > tienda | llama a", "tienda > almacén | envía pedidos a", "almacén > cliente | notifica a",
    ],
    "dibuja nuestro sistema: la app consulta la API, que lee de la base de datos": [
        "app > API | consulta", "API > base de datos | lee de",
    ],
    "La factura es aprobada por finanzas": ["finanzas > factura | aprueba"],
    "Der Kunde bezahlt den Shop, der Shop schickt Pakete an das Lager": [
        "Kunde > Shop | bezahlt", "Shop > Lager | schickt Pakete an",
    ],
    "Zeichne das: Die App ruft den Server auf, und der Server speichert Daten in Redis": [
        "App > Server | ruft auf", "Server > Redis | speichert Daten in",
    ],
    "wenn die Prüfung scheitert, neu versuchen, sonst freigeben": [
        "Prüfung scheitert? > neu versuchen | ja", "Prüfung scheitert? > freigeben | nein",
    ],
    "Le client appelle la boutique et la boutique envoie un colis à l'entrepôt": [
        "client > boutique | appelle", "boutique > entrepôt | envoie un colis à",
    ],
    "dessine notre équipe : Anne dirige Paul et Zoé, Zoé dirige Luc": ["Anne > Paul", "Anne > Zoé", "Zoé > Luc"],
    "O cliente paga a loja": ["cliente > loja | paga"],
    "desenhe nossa rede: o roteador envia pacotes para o servidor, que consulta o banco de dados": [
        "roteador > servidor | envia pacotes para", "servidor > banco de dados | consulta",
    ],
    "手机 → 基站 → 核心网": ["手机 > 基站", "基站 > 核心网"],
    "注文 → 決済 → 発送を図にして": ["注文 > 決済", "決済 > 発送"],
    "фронтенд → шлюз → база": ["фронтенд > шлюз", "шлюз > база"],
    "المستخدم → البوابة → الخادم": ["المستخدم > البوابة", "البوابة > الخادم"],
    "compilateur → éditeur de liens → exécutable": ["compilateur > éditeur de liens", "éditeur de liens > exécutable"],
    "Our team: Nora mentors Finn, Finn mentors Gus": ["Nora > Finn | mentors", "Finn > Gus | mentors"],
    "the mobile app and the website call the gateway; the gateway calls auth, billing and search": [
        "mobile app > gateway | call", "website > gateway | call", "gateway > auth | calls", "gateway > billing | calls",
        "gateway > search | calls",
    ],
    "plane.py imports wings.py and tail.py, wings.py imports math.py": [
        "plane.py > wings.py | imports", "plane.py > tail.py | imports", "wings.py > math.py | imports",
    ],
    "The battery powers the motor, the motor drives the pump, which cools the battery": [
        "battery > motor | powers", "motor > pump | drives", "pump > battery | cools",
    ],
    "Frontend talks to Backend. Backend talks to Postgres, Redis and S3. Visualize it": [
        "Frontend > Backend | talks to", "Backend > Postgres | talks to", "Backend > Redis | talks to", "Backend > S3 | talks to",
    ],
    "The kitchen hands plates to the waiter, and the waiter serves guests. The guests pay the cashier": [
        "kitchen > waiter | hands plates to", "waiter > guests | serves", "guests > cashier | pay",
    ],
    "our data pipeline: sensors push readings to MQTT, MQTT feeds Spark, and Spark writes aggregates to Snowflake": [
        "sensors > MQTT | push readings to", "MQTT > Spark | feeds", "Spark > Snowflake | writes aggregates to",
    ],
    "hey, can you map out our support process: customers email the help desk, the help desk assigns tickets to agents": [
        "customers > help desk | email", "help desk > agents | assigns tickets to",
    ],
    "terraform -> aws\nansible -> aws\njenkins -> terraform, ansible": [
        "terraform > aws", "ansible > aws", "jenkins > terraform", "jenkins > ansible",
    ],
    "producer => topic => consumer": ["producer > topic", "topic > consumer"],
    "ingest, then clean, then train, then deploy - draw that": ["ingest > clean", "clean > train", "train > deploy"],
    "Messages go from the producer through the broker to the consumer": [
        "producer > broker | messages", "broker > consumer | messages",
    ],
    "Traffic flows from the CDN to the edge to the origin. Sketch it on a whiteboard": [
        "CDN > edge | traffic", "edge > origin | traffic",
    ],
    "if the user is new, sign up, otherwise log in": ["user is new? > sign up | yes", "user is new? > log in | no"],
    "Stripe notifies our backend. Our backend updates the ledger and emails the customer": [
        "Stripe > backend | notifies", "backend > ledger | updates", "backend > customer | emails",
    ],
    "Order goes to payment. If the payment fails, go back to order, otherwise ship it": [
        "order > payment", "payment > payment fails?", "payment fails? > order | yes", "payment fails? > ship it | no",
    ],
    "Der Fahrer ruft die Zentrale auf; die Zentrale informiert den Kunden": [
        "Fahrer > Zentrale | ruft auf", "Zentrale > Kunden | informiert",
    ],
    "Der Sensor sendet Messwerte an den Hub, der sie an die Cloud weiterleitet": [
        "Sensor > Hub | sendet Messwerte an", "Hub > Cloud | leitet Messwerte weiter an",
    ],
    "el productor publica mensajes en Kafka y el consumidor lee de Kafka": [
        "productor > Kafka | publica mensajes en", "consumidor > Kafka | lee de",
    ],
    "Fais un schéma : le navigateur appelle la passerelle, la passerelle interroge la base de données": [
        "navigateur > passerelle | appelle", "passerelle > base de données | interroge",
    ],
    "O aplicativo chama a API, que grava dados no Redis": ["aplicativo > API | chama", "API > Redis | grava dados em"],
    "客户端 -> 服务器: 请求": ["客户端 > 服务器 | 请求"],
    "The queue is read by the worker and the worker is monitored by Grafana": ["worker > queue | reads", "Grafana > worker | monitors"],
    "Water flows from the lake to the dam and then to the city": ["lake > dam | water", "dam > city | water"],
    "el gerente dirige a Luis y a Marta": ["gerente > Luis | dirige a", "gerente > Marta | dirige a"],
    "A: B, C\nB: D\nC: D": ["A > B", "A > C", "B > D", "C > D"],
    "la directrice dirige l'équipe et l'équipe contrôle les machines": ["directrice > équipe | dirige", "équipe > machines | contrôle"],
}  # fmt: skip

# What is not wholly such a description, or can be read in two ways.
LEFT = [
    "how does kafka send messages to a consumer?",
    "why does the api call the database twice",
    "does the worker read from the queue?",
    "what happens if the payment fails?",
    "I want to map our feelings",
    "map my mood over the last week",
    "draw our services",
    "draw a diagram of how photosynthesis works",
    "sketch a whiteboard for our kickoff",
    "make an org chart for a 20 person startup",
    "The web app calls the API and add a monitoring system",
    "The web app calls the API. Add a cache and highlight the bottleneck",
    "The web app calls the API. Suggest improvements",
    "draw our services in blue: web -> api",
    "web -> api -> db, and explain each step",
    "web -> api. what is missing?",
    "nginx proxies to the api, the rest is unclear",
    "The API might call the cache",
    "The API does not call the cache",
    "The API calls the cache twice a day",
    "Redis is faster than Postgres",
    "Berlin is bigger than Munich and Hamburg is bigger than Bremen",
    "sales rose from 5 to 9 in May",
    "12 apples cost 5 euros, 3 pears cost 4 euros",
    "My sister loves her new bike and rides it to school",
    "We met at noon, she gave me a book and I went home",
    "Tell me about the French revolution",
    "A calls B and workers ping C",
    "A pings B and workers call D",
    "users open the app and restart servers",
    "each service calls its database",
    "The API calls the gateway, which is slow",
    "the hub sends readings to the cloud, which stores them in S3, and notifies ops",
    "the gateway calls the API gateway",
    "A or B calls C",
    "the sender hands it to the courier",
    "x -> y = 2x + 3",
    "def area(r: float) -> float: return 3.14 * r * r",
    "5 km -> miles",
    "translate hello -> german?",
    "a -> b, c -> d, e",
    "pros: fast, cheap\ncons: ugly, loud",
    "name: Ann\nage: 40\ncity: Rome",
    "Monday: gym, swim\nTuesday: rest",
    "If you like tea, click here",
    "order goes to payment. if the weather is fine, walk, otherwise drive",
    "the server sends requests to the worker. the worker processes requests",
    "compare nginx and apache: nginx serves files, apache serves pages",
    "Anna manages Ben. She thinks he likes Carla",
    "two workers read from the queue",
    "Why? A calls B",
    "¿cómo envía el sensor los datos al hub?",
    "El sensor envía datos al hub y además quiero una lista de riesgos",
    "A llama a B y visita Madrid",
    "La API no llama a la base de datos",
    "wie leitet nginx Anfragen weiter?",
    "Der Shop schickt Pakete an das Lager und füge ein Monitoring hinzu",
    "Die API ruft vielleicht den Server auf",
    "comment la passerelle appelle-t-elle l'API ?",
    "La boutique envoie un colis à l'entrepôt, ajoute un suivi",
    "o sensor talvez envie leituras ao hub",
    "用户为什么离开？",
    "画一个系统架构图",
    "A -> B means what?",
    "draw a picture of a cat, then a dog",
    "what does the gateway call?",
    "nginx sends traffic to the api but not to the db",
    "The boss manages the team badly",
    "The api calls the cache, if it is warm",
    "draw nginx calls api, use red for nginx",
    "The cat eats the mouse because it is hungry",
    "users visit the site; make the boxes round",
    "draw three circles",
    "is redis connected to the api or does the worker use it?",
    "a -> b -> c, highlight b",
    "a -> b, then tell me what is slow",
    "explain: browser -> dns -> server",
    "compare a -> b with a -> c",
    "the team sends 40 emails to customers every week",
    "Paul buys bread and butter",
    "the firm leads the market with 40%",
    "write a story: the fox visits the hen and the hen calls the dog",
    "Sie liebt ihn und er besucht sie",
    "el perro come pan y yo leo un libro",
    "turn this table into a chart: a, b, c",
    "plan my week: monday -> gym, tuesday -> rest, and suggest meals",
    "the api reads postgres faster than redis",
    "all services call the logger",
    "A calls B unless C calls D",
    "let x -> 0, what is sin x / x",
    "from Monday to Friday",
    "flights from Paris to Rome",
    "I go from home to work",
    "translate 'the dog eats the bone' to French",
    "the queue feeds workers, one of them writes to disk",
    "the app uses the camera to scan codes",
    "teachers help students learn maths",
    "draw our org chart",
    "Ben works for Anna",
    "the API calls itself",
    "the worker reads jobs from the queue and retries",
    "api calls cost money",
    "support calls take time and sales calls take longer",
    "the server runs on Monday",
    "x=>x+1",
    "the API (v2) calls the DB",
    "our plan: win",
    "Who manages Ben? Anna manages Ben",
    "A calls B at noon",
    "make api calls faster",
    "a poem about rivers that flow from the mountain to the sea",
]


def arrows(spec: Whiteboard) -> set[str]:
    return {f"{edge.start} > {edge.end}" + (f" | {edge.label}" if edge.label else "") for edge in spec.edges}


@pytest.mark.parametrize("text", SAID)
def test_a_description_becomes_its_arrows(text: str) -> None:
    spec = read(text)
    assert spec is not None
    assert arrows(spec) == set(SAID[text])
    assert not render.check(spec, style(), (390.0, 720.0, 1280.0))


@pytest.mark.parametrize("text", LEFT)
def test_what_is_not_wholly_understood_is_left_to_the_model(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("draw our garden: the pump feeds the beds", "Our garden"),
        ("Can you sketch how the mill works? the river drives the wheel", ""),
        ("Could you sketch how the mill works: the river drives the wheel?", "How the mill works"),
        ("the river drives the wheel. draw this", ""),
        ("the river drives the wheel. Please draw the old mill", "The old mill"),
        ("make a diagram of the old mill where the river drives the wheel", "The old mill"),
        ("The old mill:\n- the river drives the wheel\n- the wheel drives the stones", "The old mill"),
        ("zeichne unsere Mühle: der Fluss versorgt das Rad", "Unsere Mühle"),
        ("dessine notre moulin : la rivière alimente la roue", "Notre moulin"),
        ("系统架构：网关 → 服务", "系统架构"),
    ],
)
def test_a_title_is_the_persons_own(text: str, title: str) -> None:
    spec = read(text)
    assert (spec is None) if text.count("?") and not text.endswith("?") else (spec is not None and spec.title == title)


@pytest.mark.parametrize(
    ("asked", "design"), [("sequence diagram", "sequence"), ("mind map", "mindmap"), ("org chart", "tree"), ("simple diagram", "flow")]
)
def test_the_design_asked_for_is_taken(asked: str, design: str) -> None:
    for text in (f"draw a {asked}: the client calls the server", f"the client calls the server. show it as a {asked}, please"):
        spec = read(text)
        assert spec is not None and spec.design == design


def test_people_above_one_another_are_a_tree_and_machines_are_not() -> None:
    people, machines = read("Rosa manages Tim and Uma"), read("The controller manages the pump and the valve")
    assert people is not None and machines is not None
    assert (people.design, machines.design) == ("tree", "flow")
    assert {edge.label for edge in machines.edges} == {"manages"}


def test_things_are_drawn_as_what_they_are() -> None:
    for text, shapes in {
        "the customer calls the API, the API writes to Postgres and pushes jobs to the queue": ["person", "box", "store", "queue"],
        "la app lee de la base de datos": ["box", "store"],
        "die App schreibt in die Datenbank": ["box", "store"],
    }.items():
        spec = read(text)
        assert spec is not None and [node.shape for node in spec.nodes] == shapes


@pytest.mark.parametrize(
    ("lang", "one", "other"),
    [("en", "API gateways", "api-gateway"), ("en", "queries", "query"), ("en", "boxes", "box"), ("es", "servidores", "servidor"),
     ("pt", "conexões", "conexão"), ("fr", "journaux", "journal"), ("de", "Kunden", "Kunde")],
)  # fmt: skip
def test_one_and_many_are_the_same_thing(lang: str, one: str, other: str) -> None:
    assert Name(one).key(lang) == Name(other).key(lang)


def test_the_chat_draws_it_and_says_why() -> None:
    text = "draw our services: the web app calls the API, the API reads from MySQL"
    planned, drawn = answer(Request(text)) or ()
    assert isinstance(planned, Planned) and isinstance(drawn, Drawn)
    assert planned.form == drawn.spec.kind == "whiteboard"
    assert "no model was needed" in planned.reason
    assert answer(Request(text, form="whiteboard")) and answer(Request("a -> b", form="whiteboard"))
    before = (Turn("?", visuals=("v1",)),)
    assert answer(Request(text, history=before)), "a whole description is a new board, whatever was there before"
    about = [Request(f"change it: {text}", history=before), Request("draw the API calling MySQL", history=before)]
    for other in (Request(text, form="chart"), Request(text, autonomy=1), *about):
        assert answer(other) is None
    assert answer(Request("My dad drives a truck")) is None, "the router sees no board in it"


WORDS = sorted({word for lang in LANGUAGES for use in lexicon(lang).phrases.values() for phrase in use for word in phrase})
VERBS = sorted({" ".join(form) for lang in LANGUAGES for form in lexicon(lang).finite})


@given(st.lists(st.sampled_from([*WORDS, *VERBS, "API", "Ann", "hub", "jobs", ",", ".", ":", "->", "\n", "?"]), min_size=1, max_size=14))
def test_nothing_is_drawn_that_was_not_said(words: list[str]) -> None:
    text = " ".join(words)
    spec = read(text)
    if spec is not None:
        said = re.sub(r"\s+", " ", text).casefold()
        for name in (spec.title, *(node.name.rstrip("?") for node in spec.nodes)):
            assert name.casefold() in said
        assert "?" not in text or text.rstrip().endswith("?")
        names = {node.name for node in spec.nodes}
        assert all({edge.start, edge.end} <= names for edge in spec.edges)


@given(
    st.permutations(["pump", "valve", "tank", "boiler", "Ann", "API"]),
    st.sampled_from(["calls", "uses", "feeds", "depends on", "talks to"]),
)
def test_lists_and_shared_subjects_are_read(names: list[str], verb: str) -> None:
    a, b, c, d, e, _ = names
    spec = read(f"The {a} {verb} the {b}, the {c} and the {d}, and monitors the {e}")
    assert spec is not None
    assert arrows(spec) == {*(f"{a} > {end} | {verb}" for end in (b, c, d)), f"{a} > {e} | monitors"}
