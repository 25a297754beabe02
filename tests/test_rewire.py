"""Wishes about the boxes and arrows of a board: carried out by rule, in four languages, with names matched loosely."""

from typing import Any

import pytest

from flipchart.gui.gallery import every
from flipchart.models.events import Drawn, Planned, Request, Said, Turn
from flipchart.models.llm_scripted import Line, Scripted
from flipchart.models.planner import Planner
from flipchart.models.rewire import rewired
from flipchart.renderers.spec import Spec
from flipchart.renderers.whiteboard_spec import Whiteboard

SIGNUP = ["User signs up -> Confirms email: link", "Confirms email -> Picks a plan: yes", "Picks a plan -> Pays", "Pays -> Sees dashboard"]
NEW = ["Confirms email -yes-> Choose a username", "Choose a username --> Picks a plan"]


def board(**fields: Any) -> Whiteboard:
    return Whiteboard.model_validate({"title": "Signing up", "lang": "en", "edges": SIGNUP} | fields)


def arrows(spec: Spec | None) -> list[str]:
    assert isinstance(spec, Whiteboard)
    return [f"{edge.start} -{edge.label}-> {edge.end}" for edge in spec.edges]


def news(wish: str, shown: Whiteboard | None = None) -> list[str]:
    """The arrows that were not there before."""
    shown = shown or board()
    return [arrow for arrow in arrows(rewired(shown, wish)) if arrow not in arrows(shown)]


@pytest.mark.parametrize(
    "wish",
    [
        'add a step "choose a username" between confirms email and picks a plan',
        "add a step 'choose a username' between confirms email and picks a plan",
        "Please add choose a username between Confirms Email and Picks a Plan.",
        "can you insert a step called choose a username between the email step and the plan?",
        "between confirms email and picks a plan, add a step to choose a username",
        "add a step between the email and the plan: choose a username",
        "add choose a username after confirms email",
        "after confirming the email, insert a new step “choose a username”",
        "add a step to the board after confirms email called choose a username",
        "put choose a username right before picks a plan",
        "füge einen Schritt „choose a username“ zwischen Confirms email und Picks a plan ein",
        "Füge nach Confirms email bitte den Schritt choose a username hinzu",
        "ajoute une étape « choose a username » entre confirms email et picks a plan",
        "ajoute une étape choose a username avant picks a plan",
        "añade un paso «choose a username» entre confirms email y picks a plan",
        "añade un paso llamado choose a username después de confirms email",
    ],
)
def test_a_step_goes_into_the_arrow_where_it_is_wished(wish: str) -> None:
    made = rewired(board(), wish)
    assert arrows(made) == [arrows(board())[0], *NEW, *arrows(board())[2:]]
    assert made is not None
    assert [node.name for node in made.nodes][1:4] == ["Confirms email", "Choose a username", "Picks a plan"]


@pytest.mark.parametrize(
    ("wish", "new"),
    [
        ("connect the last step back to the first one", "Sees dashboard --> User signs up"),
        ("connect the dashboard to signs up", "Sees dashboard --> User signs up"),
        ("verbinde den letzten Schritt wieder mit dem ersten", "Sees dashboard --> User signs up"),
        ("relie la dernière étape à la première", "Sees dashboard --> User signs up"),
        ("conecta el último paso con el primero", "Sees dashboard --> User signs up"),
        ("draw an arrow back to the start", "Sees dashboard --> User signs up"),
        ("add a branch from pays to picks a plan", "Pays --> Picks a plan"),
        ("füge einen Pfeil von Pays zurück zu Picks a plan hinzu", "Pays --> Picks a plan"),
        ("ajoute une flèche de pays à picks a plan", "Pays --> Picks a plan"),
        ("añade una flecha de pays a picks a plan", "Pays --> Picks a plan"),
        ('add a branch from pays back to picks a plan labelled "failed"', "Pays -failed-> Picks a plan"),
        ("make pays lead back to picks a plan if the payment fails", "Pays -payment fails-> Picks a plan"),
        ("what if the payment fails? add a branch back to picks a plan", "Pays -payment fails-> Picks a plan"),
        ("if the payment fails, go back to picks a plan", "Pays -payment fails-> Picks a plan"),
        ('add a branch from pays to "contact support"', "Pays --> Contact support"),
    ],
)
def test_an_arrow_leads_where_it_is_wished(wish: str, new: str) -> None:
    assert news(wish) == [new]
    assert set(arrows(board())) <= set(arrows(rewired(board(), wish)))


@pytest.mark.parametrize(
    "wish", ["remove picks a plan", "delete the plan step", "drop the 3rd step", "entferne Picks a plan", "quita el paso picks a plan"]
)
def test_what_led_through_a_box_that_goes_leads_on(wish: str) -> None:
    assert arrows(rewired(board(), wish)) == [arrows(board())[0], "Confirms email -yes-> Pays", arrows(board())[3]]


def test_a_box_with_ways_that_part_goes_with_its_arrows() -> None:
    parted = board(edges=[*SIGNUP, "Confirms email -> Waits: no"])
    assert arrows(rewired(parted, "remove confirms email")) == arrows(parted)[2:4]


def test_a_box_gets_another_name_and_keeps_its_arrows() -> None:
    assert news("rename the email step to “Verifies address”") == [
        "User signs up -link-> Verifies address",
        "Verifies address -yes-> Picks a plan",
    ]


def test_an_arrow_goes_and_two_wishes_are_both_done() -> None:
    assert arrows(rewired(board(), "remove the arrow from pays to the dashboard")) == arrows(board())[:3]
    assert news("add verify phone after confirms email and connect it to pays") == [
        "Confirms email -yes-> Verify phone", "Verify phone --> Picks a plan", "Verify phone --> Pays",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wish",
    ["add a step about inviting friends", 'add a box "inviting friends" at the end', "füge einen Schritt namens inviting friends hinzu"],
)
def test_a_step_without_a_place_comes_last(wish: str) -> None:
    assert news(wish) == ["Sees dashboard --> Inviting friends"]
    assert rewired(board(edges=[*SIGNUP, "Pays -> Leaves"]), wish) is None


def test_after_a_decision_there_is_one_way_more_and_in_a_tree_a_sibling() -> None:
    parted = board(edges=["Paid? -> Ship: yes", "Paid? -> Remind: no"])
    assert news("add call the customer after paid", parted) == ["Paid? --> Call the customer"]
    tree = board(design="tree", edges=["Mia -> Ana", "Mia -> Bo"])
    assert news("add Cy after Ana", tree) == ["Mia --> Cy"]
    assert news("add Cy under Ana", tree) == news("add Cy to Ana", tree) == ["Ana --> Cy"]


def test_a_step_stays_in_the_group_and_places_stay() -> None:
    nodes = [
        {"name": "A", "group": "Shop", "x": 0, "y": 0, "w": 80, "h": 40},
        {"name": "B", "group": "Shop", "x": 300, "y": 0, "w": 80, "h": 40},
    ]
    made = rewired(board(nodes=nodes, groups=["Shop"], edges=["A -> B"]), "add pack after A")
    assert made is not None
    assert [(node.name, node.group, node.x) for node in made.nodes] == [("A", "Shop", 0), ("Pack", "Shop", None), ("B", "Shop", 300)]


@pytest.mark.parametrize(
    "wish",
    [
        "add a step",
        "add a step between pays and the dashboard",
        "add more steps",
        "what about the dashboard?",
        "how do I connect it to my phone?",
        "make it shorter",
        "draw a line from pays to the dashboard",
        "make a flow from signup to payment",
        "back to the plan",
        "add a box plot",
        "add a step that explains refunds",
        "add a question about cost",
        "remove the colours",
        'change the title to "Onboarding"',
        "in red",
        "connect the moon to pays",
        "remove the payment gateway",
        "add a step x after confirms email and make it red",
        "swap pays and picks a plan",
        "remove everything after pays",
        "x" * 500,
    ],
)
def test_what_is_not_wholly_understood_is_left_alone(wish: str) -> None:
    assert rewired(board(), wish) is None


def test_every_board_survives_every_wish() -> None:
    wishes = (
        "add rest after the first",
        "add rest before the last",
        "connect the last to the first",
        "remove the second",
        "rename the first to rest",
    )
    for _, name, shown in every():
        for wish in wishes:
            done = rewired(shown, wish)
            assert done is None or Whiteboard.model_validate(done.model_dump(mode="json")) == done, (name, wish)


def test_it_is_done_at_once_in_the_place_of_what_was_there() -> None:
    for wish in ("what if the payment fails? add a branch back to picks a plan", "add 'choose a username' after confirms email"):
        request = Request(wish, history=(Turn("how people sign up", "", ("v1",)),), earlier={"v1": board()})
        events = list(Planner(Scripted([])).answer(request))
        assert [type(event) for event in events] == [Planned, Drawn]
        assert isinstance(events[1], Drawn)
        assert events[1].into == "v1"


@pytest.mark.parametrize("wish", ["add a step between a and b and " + "c and " * 34, "connect " + "x and " * 38, "add " * 60])
def test_a_wish_that_goes_on_and_on_is_soon_let_go(wish: str) -> None:
    assert rewired(board(), wish) is None


@pytest.mark.parametrize(
    "wish",
    ["move pays before picks a plan", "move the plan after pays", "verschiebe Pays vor Picks a plan", "mueve pays antes de picks a plan"],
)
def test_a_step_moves_in_the_flow(wish: str) -> None:
    made = rewired(board(), wish)
    assert [arrow.replace("-yes->", "-->") for arrow in arrows(made)][1:] == [
        "Confirms email --> Pays", "Pays --> Picks a plan", "Picks a plan --> Sees dashboard",
    ]  # fmt: skip
    assert made is not None
    assert {node.id for node in made.nodes} == {node.id for node in board().nodes}


def arranged() -> Whiteboard:
    nodes = [{"name": name, "x": 300 * at, "y": 0, "w": 120, "h": 60} for at, name in enumerate(("Pays", "Sees dashboard", "Leaves"))]
    return board(nodes=nodes, edges=["Pays -> Sees dashboard"])


def test_a_box_with_a_place_moves_past_what_stands_beside_it() -> None:
    made = rewired(arranged(), "move the dashboard step to the right")
    assert made is not None
    assert [(node.x, node.y) for node in made.nodes] == [(0, 0), (840, 0), (600, 0)]
    made = rewired(arranged(), "bewege Pays ein bisschen nach unten") or rewired(arranged(), "verschiebe Pays nach unten")
    assert made is not None
    assert [(node.x, node.y) for node in made.nodes] == [(0, 120), (300, 0), (600, 0)]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("move the dashboard step to the right", "“Edit the board”"),
        ("schiebe Pays nach links", "„Tafel bearbeiten“"),
        ("mueve pays a la izquierda", "«Editar la pizarra»"),
    ],
)
def test_where_boxes_find_their_places_it_is_said_how_to_move_one(wish: str, said: str) -> None:
    request = Request(wish, history=(Turn("how people sign up", "", ("v1",)),), earlier={"v1": board()})
    events = list(Planner(Scripted([])).answer(request))
    assert [type(event) for event in events] == [Planned, Said]
    assert isinstance(events[1], Said)
    assert said in events[1].delta


def test_a_wish_behind_a_question_is_an_edit_of_what_is_there() -> None:
    edits = {"edits": [{"id": "edge4", "add_after": {"start": "Pays", "end": "Picks a plan", "label": "no funds"}}]}
    request = Request("what if the card is empty? add a way round that", history=(Turn("sign up", "", ("v1",)),), earlier={"v1": board()})
    drawn = [event for event in Planner(Scripted([Line.model_validate({"answer": edits})])).answer(request) if isinstance(event, Drawn)]
    assert [event.into for event in drawn] == ["v1"]
