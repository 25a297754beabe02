"""Mermaid's own kinds of diagram are read into the forms that draw them, and a board written as Mermaid is the same board."""

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flipchart import assets
from flipchart.renderers import mermaid, render
from flipchart.renderers.chart import Chart
from flipchart.renderers.drawing import Connector, Text, flat
from flipchart.renderers.infographic_spec import Infographic
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.registry import form
from flipchart.renderers.render import draw
from flipchart.renderers.whiteboard import chosen
from flipchart.renderers.whiteboard_names import resolved
from flipchart.renderers.whiteboard_spec import Whiteboard


def flow(text: str) -> Whiteboard:
    spec = mermaid.read(text)
    assert isinstance(spec, Whiteboard)
    return spec


def edges(spec: Whiteboard) -> list[tuple[str, str, str]]:
    return [(edge.start, edge.end, edge.label) for edge in spec.edges]


def shapes(spec: Whiteboard) -> dict[str, tuple[str, str]]:
    return {node.name: (node.shape, node.label) for node in spec.nodes}


# Flowcharts


def test_every_shape_of_a_flowchart_is_read() -> None:
    text = """flowchart TD
      a[Box] --> b(Round) --> c([Start]) --> d[[Part]]
      d --> e[(Store)] & f((Circle)) & g{Sure?} & h{{Prepare}}
      h --> i[/Input/] --> j>Flag] --> k(((End))) --> l@{ shape: cyl, label: "Disk" } --> m:::person
    """
    assert shapes(flow(text)) == {
        "a": ("box", "Box"), "b": ("box", "Round"), "c": ("start", "Start"), "d": ("box", "Part"), "e": ("store", "Store"),
        "f": ("circle", "Circle"), "g": ("decision", "Sure?"), "h": ("hexagon", "Prepare"), "i": ("input", "Input"), "j": ("note", "Flag"),
        "k": ("end", "End"), "l": ("store", "Disk"), "m": ("person", ""),
    }  # fmt: skip


def test_every_link_of_a_flowchart_is_read() -> None:
    text = (
        'graph LR; a --> b; b --- c; c -.-> d; d ==> e; e -- says --> f; f -->|"a | b"| g; '
        "g -. maybe .-> h; h == must ==> i; i --o j; j --x k; k <--> l"
    )
    spec = flow(text)
    assert [edge.label for edge in spec.edges] == ["", "", "", "", "says", "a | b", "maybe", "must", "", "", ""]
    assert [edge.dashed for edge in spec.edges] == [False, False, True, False, False, False, True, False, False, False, False]
    assert [edge.head for edge in spec.edges][1::7] == ["none", "circle"]
    assert (spec.edges[-1].tail, spec.edges[-1].head) == ("arrow", "arrow")
    assert spec.look.design == "flow-right"


def test_several_ends_make_an_arrow_each() -> None:
    assert edges(flow("graph TD\n a & b --> c & d")) == [("a", "c", ""), ("a", "d", ""), ("b", "c", ""), ("b", "d", "")]


def test_subgraphs_become_groups_within_groups() -> None:
    spec = flow("flowchart TB\n subgraph one [First area]\n  a --> b\n  subgraph two\n   c\n  end\n end\n a --> two")
    assert [(group.name, group.label, group.group) for group in spec.groups] == [("one", "First area", ""), ("two", "two", "one")]
    assert {node.name: node.group for node in spec.nodes} == {"a": "one", "b": "one", "c": "two"}
    assert resolved(spec).links[-1].around_end == 1


def test_words_are_plain_whatever_markup_they_had() -> None:
    spec = flow(
        'flowchart TD\n a["`**Bold** words`"] --> b["Line one<br/>line #quot;two#quot; &amp; #35;3"]\n'
        " c[fa:fa-user Person<br/><small>a note</small>]"
    )
    assert shapes(spec)["a"] == ("box", "Bold words")
    assert shapes(spec)["b"] == ("box", 'Line one\nline "two" & #3')
    assert (spec.nodes[2].label, spec.nodes[2].icon, spec.nodes[2].note) == ("Person", "user", "a note")


def test_looks_comments_and_settings_are_left_out() -> None:
    text = """---
title: Orders
config:
  theme: dark
---
%%{init: {"theme": "forest"}}%%
flowchart LR
  %% a comment
  accTitle: not shown
  a:::hot --> b
  classDef hot fill:#f00
  class a,b hot
  style b fill:#bbf
  linkStyle 0 stroke:#f00
  click a "https://example.com"
"""
    spec = flow(text)
    assert (spec.title, edges(spec)) == ("Orders", [("a", "b", "")])


def test_a_fence_and_smart_quotes_are_no_obstacle() -> None:
    assert shapes(flow("```mermaid\ngraph TD\n a[“Quoted”] --> b\n```"))["a"] == ("box", "Quoted")


def test_ids_in_any_script_and_with_hyphens_are_ids() -> None:
    assert edges(flow("graph TD\n 開始-点 --> क्रम.2-->конец")) == [("開始-点", "क्रम.2", ""), ("क्रम.2", "конец", "")]


def test_what_cannot_be_read_is_named_with_its_line() -> None:
    with pytest.raises(SpecProblem, match=r"line 3: 'a --> \[' is not read.*line 4: 'b ->' is not read"):
        mermaid.read("graph TD\n a --> b\n a --> [\n b ->")


def test_a_kind_that_is_not_read_is_named() -> None:
    with pytest.raises(SpecProblem, match=r"line 1: Mermaid's `zenuml` is not read; use one of graph, flowchart"):
        mermaid.read("zenuml\n commit")


def test_it_knows_mermaid_from_other_text() -> None:
    assert mermaid.starts("%% hello\nsequenceDiagram\n a->>b: hi")
    assert mermaid.starts("gitGraph")
    assert not mermaid.starts("graphs are nice")
    assert not mermaid.starts("infographic list")
    assert not mermaid.starts("")


# Sequences


SEQUENCE = """sequenceDiagram
    autonumber
    participant A as Alice
    actor B
    A->>+B: Hello, how are you?
    loop Every minute
        B->>B: Thinks
    end
    Note right of B: Rests<br/>a while
    alt is well
        B-->>-A: Fine
    else is not
        B--xA: Not so fine
    end
    Note over A,B: That was all
"""


def test_a_sequence_keeps_its_messages_notes_and_blocks() -> None:
    spec = flow(SEQUENCE)
    assert spec.design == "sequence"
    assert shapes(spec) == {"A": ("box", "Alice"), "B": ("person", "")}
    said = [(e.label, e.dashed, e.head, e.group, e.spoken) for e in spec.edges]
    assert said == [
        ("1. Hello, how are you?", False, "arrow", "", True), ("2. Thinks", False, "arrow", "loop1", True),
        ("Rests\na while", False, "none", "", False), ("3. Fine", True, "arrow", "alt2", True), ("4. Not so fine", True, "cross", "else3",
        True),
        ("That was all", False, "none", "", False),
    ]  # fmt: skip
    assert [group.label for group in spec.groups] == ["loop Every minute", "alt is well", "else is not"]
    assert not render.check(spec)


def test_a_sequence_written_is_the_same_sequence() -> None:
    spec = flow(SEQUENCE)
    again = flow(mermaid.write(spec))
    assert [(e.label, e.dashed, e.head, e.spoken) for e in again.edges] == [(e.label, e.dashed, e.head, e.spoken) for e in spec.edges]
    assert [group.label for group in again.groups] == [group.label for group in spec.groups]


def test_names_of_people_may_hold_spaces() -> None:
    assert edges(flow("sequenceDiagram\n John Doe->>The bank: asks")) == [("John Doe", "The bank", "asks")]


# States, classes, entities


def test_states_have_starts_ends_choices_and_parts() -> None:
    spec = flow(
        """stateDiagram-v2
        [*] --> Still
        Still --> Moving : go
        state "Out of order" as broken
        Moving --> broken
        state check <<choice>>
        broken --> check
        check --> [*] : beyond repair
        state Moving {
            [*] --> Slow
            Slow --> Fast
        }
        note right of Still : waits
        """
    )
    named = shapes(spec)
    assert named["*start"][0] == "start" and named["*end"][0] == "end" and named["*start Moving"][0] == "start"
    assert named["check"][0] == "decision" and named["broken"] == ("box", "Out of order")
    assert [group.name for group in spec.groups] == ["Moving"]
    assert ("Still", "Moving", "go") in edges(spec)
    assert ("note", "waits") in named.values()


def test_classes_have_members_and_relations() -> None:
    spec = flow(
        """classDiagram
        Animal <|-- Duck
        Animal "1" *-- "many" Leg : has
        Duck ..> Pond
        class Duck {
            <<interface>>
            +String beak
            +swim() bool
        }
        Animal : +int age
        class Box~T~
        """
    )
    assert [(e.start, e.end, e.tail, e.head, e.dashed, e.near_start, e.near_end) for e in spec.edges] == [
        ("Animal", "Duck", "triangle", "none", False, "", ""), ("Animal", "Leg", "diamond", "none", False, "1", "many"),
        ("Duck", "Pond", "none", "arrow", True, "", ""),
    ]  # fmt: skip
    notes = {node.name: node.note for node in spec.nodes}
    assert notes["Duck"] == "«interface»\n+String beak\n+swim() bool"
    assert notes["Animal"] == "+int age"
    assert shapes(spec)["Box"] == ("table", "Box<T>")


def test_entities_have_attributes_and_numbers_at_their_ends() -> None:
    spec = flow(
        'erDiagram\n CUSTOMER ||--o{ ORDER : places\n ORDER }|..|{ "LINE ITEM" : holds\n CUSTOMER {\n  string name PK "full"\n  int age\n }'
    )
    assert [(e.start, e.end, e.tail, e.head, e.dashed) for e in spec.edges] == [
        ("CUSTOMER", "ORDER", "one", "any", False), ("ORDER", "LINE ITEM", "some", "some", True),
    ]  # fmt: skip
    assert spec.nodes[0].note == "name: string (PK) – full\nage: int"
    assert not render.check(spec)


# Trees and columns


def test_attributes_of_an_entity_may_stand_on_its_line() -> None:
    spec = flow('erDiagram\nA { int id PK, FK "the key" string name UK }\nB { int id\n  date born }\nC { }\nA ||--o{ B : has')
    assert [(node.name, node.note.split("\n")) for node in spec.nodes] == [
        ("A", ["id: int (PK, FK) – the key", "name: string (UK)"]), ("B", ["id: int", "born: date"]), ("C", [""]),
    ]  # fmt: skip
    assert edges(spec) == [("A", "B", "has")]
    with pytest.raises(SpecProblem, match="line 2: 'int'"):
        flow("erDiagram\nA { int }")


def test_a_mind_map_keeps_its_tree_icons_and_words_over_two_lines() -> None:
    spec = flow('mindmap\n  root((Trip))\n    Pack\n      ::icon(fa fa-suitcase)\n      Socks\n    id["Two<br/>lines"]\n      )Cloud(')
    assert spec.design == "mindmap"
    labels = {node.name: node.label for node in spec.nodes}
    assert [(labels[e.start], labels[e.end]) for e in spec.edges] == [
        ("Trip", "Pack"), ("Pack", "Socks"), ("Trip", "Two\nlines"), ("Two\nlines", "Cloud"),
    ]  # fmt: skip
    assert (spec.nodes[1].icon, spec.nodes[0].shape, spec.nodes[4].shape) == ("suitcase", "circle", "cloud")


def test_a_second_topic_in_a_mind_map_is_named() -> None:
    with pytest.raises(SpecProblem, match="line 3: 'Other' is not read"):
        mermaid.read("mindmap\n Topic\n Other")


def test_a_kanban_board_has_columns() -> None:
    spec = flow("kanban\n  todo[To do]\n    [Write]\n    a[Draw]@{ assigned: 'K' }\n  Done\n    [Think]")
    assert spec.design == "board"
    assert [(node.label, node.group) for node in spec.nodes] == [("Write", "todo"), ("Draw", "todo"), ("Think", "Done")]


# Other forms


def test_a_timeline_becomes_an_infographic() -> None:
    spec = mermaid.read("timeline\n title Networks\n section Early\n 2002 : LinkedIn\n 2004 : Facebook : Google\n      : Orkut")
    assert isinstance(spec, Infographic)
    assert (spec.title, spec.family) == ("Networks", "timeline")
    assert [(item.when, item.label, item.text) for item in spec.items] == [
        ("2002", "LinkedIn", "Early"),
        ("2004", "Facebook", "Early · Google; Orkut"),
    ]


def runs(text: str) -> list[tuple[str, str, str]]:
    """The bars of a plan: label, start and end, as they are written."""
    spec = mermaid.read("gantt\n" + text)
    assert isinstance(spec, Chart) and spec.mark == "gantt"
    return list(zip(spec.labels, spec.series[0].texts, spec.series[1].texts, strict=True))


def test_a_gantt_chart_becomes_bars_under_their_sections() -> None:
    text = (
        " title Plan\n dateFormat YYYY-MM-DD\n section Build\n Dig :a1, 2024-01-01, 30d\n Pour :after a1, 1w\n"
        " section Use\n Open :milestone, 2024-03-01, 0d\n Clean :20h"
    )
    assert runs(text) == [
        ("Build", "", ""), ("Dig", "2024-01-01", "2024-01-30"), ("Pour", "2024-01-31", "2024-02-06"),
        ("Use", "", ""), ("Open", "2024-03-01", "2024-03-01"), ("Clean", "2024-03-01", "2024-03-01"),
    ]  # fmt: skip
    words = {item.words: item for item in flat(draw(mermaid.read("gantt\n" + text)).items) if isinstance(item, Text)}
    assert words["Build"].weight > words["Dig"].weight and "Build: " not in " ".join(words)


def test_a_plan_without_a_task_is_told_so() -> None:
    with pytest.raises(SpecProblem, match="no task with its dates"):
        mermaid.read("gantt\n title Plan\n dateFormat YYYY-MM-DD")


def test_hours_of_a_plan_are_kept_and_no_day_is_made_up() -> None:
    spec = mermaid.read("gantt\n dateFormat HH:mm\n Meet : milestone, m1, 17:49, 2m\n Talk : 10m\n Rest : after m1, 1h")
    assert isinstance(spec, Infographic)
    assert [(item.when, item.label) for item in spec.items] == [
        ("17:49 – 17:51", "Meet"), ("17:51 – 18:01", "Talk"), ("17:51 – 18:51", "Rest"),
    ]  # fmt: skip
    plan = " dateFormat YYYY-MM-DD HH:mm\n A : 2024-03-01 09:00, 3h\n B : 2024-03-01 22:00, 1d\n C: 2024, 1d"
    assert runs(plan) == [
        ("A", "2024-03-01 09:00", "2024-03-01 12:00"), ("B", "2024-03-01 22:00", "2024-03-02 22:00"),
        ("C", "2024-01-01 00:00", "2024-01-02 00:00"),
    ]  # fmt: skip
    words = {item.words for item in flat(draw(mermaid.read("gantt\n" + plan)).items) if isinstance(item, Text)}
    assert "Mar 1 09:00 – 12:00" in words


def test_days_that_do_not_count_move_the_end_of_a_task() -> None:
    def ends(head: str, task: str = "2024-03-07, 3d") -> str:  # a Thursday
        ((_, start, end),) = runs(f" dateFormat YYYY-MM-DD\n {head}\n A : {task}")
        return f"{start} – {end}"

    assert ends("axisFormat %d") == "2024-03-07 – 2024-03-09"
    assert ends("excludes weekends") == "2024-03-07 – 2024-03-11"
    assert ends("excludes weekends\n weekend friday") == "2024-03-07 – 2024-03-11"
    assert ends("excludes sunday, 2024-03-08") == "2024-03-07 – 2024-03-11"
    assert ends("excludes weekends\n includes 2024-03-09") == "2024-03-07 – 2024-03-10"
    assert ends("excludes weekends", "2024-03-07, 2024-03-10") == "2024-03-07 – 2024-03-09"


def test_pies_and_plain_charts_become_charts_with_their_figures() -> None:
    pie = mermaid.read('pie showData title Pets\n "Dogs" : 386\n "Cats" : 85.9')
    bars = mermaid.read('xychart-beta\n title "Sales"\n x-axis [jan, feb]\n y-axis "Revenue" 0 --> 10\n bar [5, 6.5]')
    assert isinstance(pie, Chart) and isinstance(bars, Chart)
    assert (pie.mark, pie.labels, pie.series[0].values) == ("pie", ("Dogs", "Cats"), (386.0, 85.9))
    assert (bars.mark, bars.labels, bars.series[0].values, bars.y_title) == ("column", ("jan", "feb"), (5.0, 6.5), "Revenue")


def test_a_journey_becomes_steps_with_their_scores() -> None:
    spec = mermaid.read("journey\n title Day\n section Morning\n  Tea: 5: Me, Cat")
    assert isinstance(spec, Infographic)
    assert [(item.label, item.value, item.text) for item in spec.items] == [("Tea", 5.0, "Morning · Me, Cat")]


# There and back


def graph(spec: Whiteboard) -> tuple[list[tuple[str, str, str, str]], list[tuple[object, ...]]]:
    """What a board says, whatever its names are."""
    board = resolved(spec)
    cards = [(card.label, card.note, card.shape, board.sections[card.section].label if card.section >= 0 else "") for card in board.cards]
    links = [(board.cards[i.start].label, board.cards[i.end].label, i.label, i.dashed, i.head, i.tail) for i in board.links]
    return sorted(cards), links


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp", "Zs")), min_size=1, max_size=12).map(
    lambda w: w.strip() or "x"
)
SHAPES = st.sampled_from(
    ("box", "start", "end", "decision", "store", "queue", "person", "cloud", "document", "note", "circle", "hexagon", "input", "table")
)


@st.composite
def boards(draw: st.DrawFn) -> Whiteboard:
    count = draw(st.integers(1, 8))
    nodes = [
        {
            "name": f"{draw(WORDS)} {n}",
            "label": draw(WORDS),
            "shape": draw(SHAPES),
            "note": draw(st.just("") | WORDS),
            "group": draw(st.sampled_from(("", "g1", "g2"))),
        }
        for n in range(count)
    ]
    end = st.sampled_from([node["name"] for node in nodes])
    edge = st.fixed_dictionaries({"start": end, "end": end, "label": st.just("") | WORDS, "dashed": st.booleans()})
    groups = [{"name": "g1", "label": draw(WORDS)}, {"name": "g2", "label": draw(WORDS), "group": draw(st.sampled_from(("", "g1")))}]
    return Whiteboard.model_validate({"nodes": nodes, "edges": draw(st.lists(edge, max_size=12)), "groups": groups})


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(boards())
def test_a_board_written_and_read_is_the_same_graph(spec: Whiteboard) -> None:
    assert graph(flow(mermaid.write(spec))) == graph(spec)


@pytest.mark.parametrize("name", assets.names("examples/whiteboard", ".json"))
def test_an_example_written_and_read_is_the_same_graph(name: str) -> None:
    spec = read(assets.text(name))
    assert isinstance(spec, Whiteboard)
    again = flow(mermaid.write(spec))
    assert [(e.label, e.dashed) for e in again.edges] == [(e.label, e.dashed) for e in spec.edges]
    assert sorted(node.label for node in again.nodes) == sorted(card.label for card in resolved(spec).cards)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(
        (
            "graph TD",
            "sequenceDiagram",
            "stateDiagram-v2",
            "classDiagram",
            "erDiagram",
            "mindmap",
            "timeline",
            "gantt",
            "pie",
            "kanban",
            "xychart-beta",
            "venn-beta",
            "treeView-beta",
            "ishikawa-beta",
            "radar-beta",
        )
    ),
    st.lists(st.text(st.sampled_from("ab [](){}<>|-=.:;\"'`%&~/\\*+@#,\n\t1x日"), max_size=24), max_size=6),
)
def test_any_text_is_read_or_told_off_in_one_sentence(kind: str, lines: list[str]) -> None:
    try:
        spec = mermaid.read("\n".join([kind, *lines]))
    except SpecProblem as problem:
        assert str(problem)
    else:
        assert form(spec.kind).alt(spec) is not None


def test_systems_and_their_relations_are_read() -> None:
    spec = flow(
        """C4Context
        title Bank
        Person(a, "Customer", "Has money")
        Enterprise_Boundary(b, "Bank") {
          SystemDb(s, "Ledger", "Keeps it")
        }
        Rel(a, s, "Uses", "HTTPS")
        BiRel(s, a, "Tells")
        """
    )
    assert spec.title == "Bank"
    assert [(n.label, n.note, n.shape, n.group) for n in spec.nodes] == [
        ("Customer", "Has money", "person", ""),
        ("Ledger", "Keeps it", "store", "b"),
    ]
    assert [(e.label, e.tail) for e in spec.edges] == [("Uses\n[HTTPS]", "none"), ("Tells", "arrow")]


def test_an_architecture_has_services_in_groups() -> None:
    spec = flow(
        """architecture-beta
        group api(cloud)[API]
        service db(database)[Database] in api
        service s(server)[Server] in api
        db:L -- R:s
        s:T --> B:db
        """
    )
    assert [(n.label, n.shape, n.group) for n in spec.nodes] == [("Database", "store", "api"), ("Server", "box", "api")]
    assert [(e.start, e.end, e.head) for e in spec.edges] == [("db", "s", "none"), ("s", "db", "arrow")]
    assert [(g.name, g.label) for g in spec.groups] == [("api", "API")]


def test_flows_of_quantities_carry_their_amounts() -> None:
    spec = flow('sankey-beta\n\n"Coal, brown",Power,75.5\n"The ""grid""",Homes,8\nPower,Homes,12')
    assert edges(spec) == [("Coal, brown", "Power", "75.5"), ('The "grid"', "Homes", "8"), ("Power", "Homes", "12")]
    with pytest.raises(SpecProblem, match=r"line 2: 'A,B' is not read \(a flow is written as source,target,amount\)"):
        flow("sankey\nA,B")


def test_a_packet_is_a_table_of_its_bits() -> None:
    spec = flow('packet-beta\ntitle UDP\n+16: "Source Port"\n+16: "Destination Port"\n32-47: "Length"\n48: "Flag"')
    assert spec.title == "UDP"
    assert [(node.shape, node.note.split("\n")) for node in spec.nodes] == [
        ("table", ["0–15  Source Port", "16–31  Destination Port", "32–47  Length", "48  Flag"])
    ]
    with pytest.raises(SpecProblem, match=r"line 2: '9-3: \"Odd\"' is not read"):
        flow('packet\n9-3: "Odd"')


def test_a_git_history_runs_in_a_lane_for_each_branch() -> None:
    spec = flow(
        """gitGraph
   commit id: "start"
   branch develop order: 2
   commit tag: "v1"
   checkout main
   commit type: HIGHLIGHT
   merge develop id: "joined"
   cherry-pick id: "start\""""
    )
    assert spec.design == "lanes" and [group.name for group in spec.groups] == ["main", "develop"]
    assert [(node.label, node.note, node.group) for node in spec.nodes] == [
        ("start", "", "main"), ("2", "v1", "develop"), ("3", "", "main"), ("joined", "", "main"), ("← start", "", "main"),
    ]  # fmt: skip
    number = {node.name: n for n, node in enumerate(spec.nodes)}
    ends = [(number[edge.start], number[edge.end], edge.dashed) for edge in spec.edges]
    assert ends == [(0, 1, False), (0, 2, False), (2, 3, False), (1, 3, False), (3, 4, False), (0, 4, True)]


def test_requirements_are_tables_held_together() -> None:
    spec = flow(
        'requirementDiagram\nfunctionalRequirement r1 {\n id: 1.1\n text: it "works"\n}\nelement e1 {\n type: test\n}\n'
        "e1 - verifies -> r1\nr1 <- copies - e1"
    )
    assert [(n.name, n.shape, n.note.split("\n")[:2]) for n in spec.nodes] == [
        ("r1", "table", ["«functional requirement»", "id: 1.1"]), ("e1", "table", ["«element»", "type: test"]),
    ]  # fmt: skip
    assert [(e.start, e.end, e.label) for e in spec.edges] == [("e1", "r1", "verifies"), ("e1", "r1", "copies")]


def test_blocks_are_cards_in_groups() -> None:
    spec = flow('block\ncolumns 3\na:3\nblock:g1:2\nb["Two words"] c(("Round"))\nend\nspace:2 d<["to"]>(down)\nc -- "goes" --> a')
    assert [(n.name, n.label, n.shape, n.group) for n in spec.nodes] == [
        ("a", "", "box", ""), ("b", "Two words", "box", "g1"), ("c", "Round", "circle", "g1"), ("d", "to ↓", "box", ""),
    ]  # fmt: skip
    assert [(e.start, e.end, e.label) for e in spec.edges] == [("c", "a", "goes")]


def test_quadrants_radars_and_treemaps_become_charts() -> None:
    spread = mermaid.read("quadrantChart\nx-axis Low --> High\nquadrant-1 Grow\nCampaign A: [0.3, 0.6] radius: 12\nB:::big: [0.8, 0.1]")
    assert isinstance(spread, Chart) and (spread.mark, spread.labels, spread.x_title) == ("scatter", ("Campaign A", "B"), "Low → High")
    assert (spread.series[0].x, spread.series[0].values) == ((0.3, 0.8), (0.6, 0.1))
    profile = mermaid.read('radar-beta\naxis m["Math"], s["Science"], a\ncurve x["Ann"]{85, 90, 80}\ncurve b{a: 1, m: 2, s: 3}\nmax 100')
    assert isinstance(profile, Chart) and (profile.mark, profile.labels) == ("radar", ("Math", "Science", "a"))
    assert [(one.name, one.values) for one in profile.series] == [("Ann", (85, 90, 80)), ("b", (2, 3, 1))]
    shares = mermaid.read('treemap-beta\n"A"\n    "x": 10\n    "y": 20\n"B"\n    "x": 5')
    assert isinstance(shares, Chart) and (shares.labels, shares.series[0].values) == (("A, x", "y", "B, x"), (10, 20, 5))


def test_circles_that_overlap_share_what_their_union_holds() -> None:
    spec = mermaid.read(
        """venn-beta
  title "Team overlap"
  set A["Frontend"]
    text A1["React"]
  set B:12
  union A,B["APIs"]:3
    text X["OpenAPI"]
  style A fill:#ff6b6b"""
    )
    assert isinstance(spec, Infographic) and (spec.family, spec.title) == ("overlap", "Team overlap")
    told = [(item.label, item.value, [child.label for child in item.children]) for item in spec.items]
    assert told == [("Frontend", None, ["React", "APIs", "OpenAPI"]), ("B", 12, ["APIs", "OpenAPI"])]
    spaced = mermaid.read('venn\nset "Team A"\n  text "Item 1"\nset B\nunion "Team A",B["Both"]')
    assert isinstance(spaced, Infographic)
    assert [(item.label, [child.label for child in item.children]) for item in spaced.items] == [
        ("Team A", ["Item 1", "Both"]),
        ("B", ["Both"]),
    ]
    with pytest.raises(SpecProblem, match="line 3"):
        mermaid.read("venn-beta\n set A\n union A,C")


def test_folders_are_a_tree_and_causes_grow_from_their_problem() -> None:
    folders = flow('treeView-beta\n    "packages"\n        "mermaid"\n            "src"\n        "parser"')
    assert folders.design == "tree" and [node.label for node in folders.nodes] == ["packages", "mermaid", "src", "parser"]
    assert [(edge.start, edge.end) for edge in folders.edges] == [("n1", "n2"), ("n2", "n3"), ("n1", "n4")]
    bones = flow("ishikawa-beta\n    Blurry photo\n    Process\n        Out of focus\n    User")
    assert bones.design == "mindmap" and [(edge.start, edge.end) for edge in bones.edges] == [("n1", "n2"), ("n2", "n3"), ("n1", "n4")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("flowchart LR\n a .-> b\n b <.-> c", [("a", "b"), ("b", "c")]),
        ("mindmap\n root((\n The root\n ))\n  [Twig]", [("n1", "n2")]),
        ('stateDiagram-v2\n state "Long name" as S: It waits\n S --> T', [("S", "T")]),
        ("requirementDiagram\n element a {\n type: sim\n }\n class a blue,bold\n a - copies -> b", [("a", "b")]),
        ('erDiagram\n A u--o{ B : "has"\n C 1.-1 D : "is"\n CAR ::: Pine {\n int id PK "first\nsecond"\n }', [("A", "B"), ("C", "D")]),
        ('classDiagram\n class a["]"]\n class b["x] y"]\n a --> b', [("a", "b")]),
    ],
)
def test_rarer_ways_of_writing_are_read(text: str, found: list[tuple[str, str]]) -> None:
    spec = flow(text)
    assert [(edge.start, edge.end) for edge in spec.edges] == found
    assert not [node.label for node in spec.nodes if '"' in node.label or "((" in node.label]


def test_a_curve_of_a_radar_may_run_over_lines() -> None:
    spec = mermaid.read('radar-beta\n axis Agility, Speed\n curve A["Ann"]{\n 2,\n 3\n }')
    assert isinstance(spec, Chart) and [(one.name, list(one.values)) for one in spec.series] == [("Ann", [2, 3])]


def test_half_arrows_and_labels_of_services_are_read() -> None:
    spec = flow("sequenceDiagram\nA-|\\B: top\nA//--B: back\nA()->>B: joined")
    assert [(e.start, e.end, e.head, e.tail, e.dashed) for e in spec.edges] == [
        ("A", "B", "arrow", "none", False), ("A", "B", "none", "arrow", True), ("A", "B", "arrow", "none", False),
    ]  # fmt: skip
    spec = flow("architecture-beta\ntitle Shop\nservice a(server)[A]\nservice b(disk)[B]\na:L -[calls]-> R:b")
    assert (spec.title, spec.edges[0].label, spec.edges[0].head) == ("Shop", "calls", "arrow")


def test_what_a_composite_state_is_called_stands_over_it() -> None:
    spec = flow("stateDiagram-v2\nOuter: The outer\n[*] --> Outer\nstate Outer {\n  a --> b:::loud\n}")
    assert [(g.name, g.label) for g in spec.groups] == [("Outer", "The outer")]
    assert {n.name for n in spec.nodes} == {"*start", "a", "b"}
    assert [(e.start, e.end, e.label) for e in spec.edges] == [("*start", "Outer", ""), ("a", "b", "")]


def test_boxes_and_groups_told_to_be_blank_show_no_words() -> None:
    spec = flow('flowchart LR\n s1@{ shape: sm-circ } --> a[" "]\n subgraph g [" "]\n  b --> s1\n end\n g --> a')
    assert [(n.name, n.label, n.shape, n.group) for n in spec.nodes] == [
        ("*s1", "", "start", "*g"), ("*a", "", "box", ""), ("b", "", "box", "*g"),
    ]  # fmt: skip
    assert [(e.start, e.end) for e in spec.edges] == [("*s1", "*a"), ("b", "*s1"), ("*g", "*a")]
    spec = flow("architecture-beta\nservice a(disk)[A]\njunction j\na:R -- L:j")
    assert [(n.name, n.shape) for n in spec.nodes] == [("a", "store"), ("*j", "start")]


@pytest.mark.parametrize("text", ["classDiagram\n class A {\n +x: int\n }", "block\n a[(Store)] b", "mindmap\n a{{One}}"])
def test_shapes_without_arrows_are_not_hidden_under_paper(text: str) -> None:
    spec = flow(text)
    assert chosen(spec, resolved(spec)) == "flow"


def test_groups_of_lines_without_heads_are_drawn() -> None:
    spec = flow("architecture-beta\ngroup api(cloud)[API]\nservice a(disk)[A] in api\nservice b(disk)[B] in api\na:R -- L:b")
    assert chosen(spec, resolved(spec)) == "flow"
    assert "API" in {item.words for item in flat(draw(spec).items) if isinstance(item, Text)}


CLASSES = """classDiagram
  direction LR
  class A["The_A"] {
    <<interface>>
    +items() List~int~
  }
  class B
  namespace space1["Inner Space"] {
    class C
  }
  A "1" <|-- "0..*" B : extends
  B *.. C
  C o--> A
  note for A "Mind the gap"
"""
ENTITIES = """erDiagram
  direction TB
  USER {
    string name PK "as in the passport"
    int age
  }
  ORDER["Bestellung"]
  USER ||--o{ ORDER : "places"
  ORDER }|..o| USER : ""
"""


@pytest.mark.parametrize("text", [CLASSES, ENTITIES])
def test_tables_are_written_as_the_diagram_they_are(text: str) -> None:
    assert mermaid.write(flow(text)) == text


def test_a_board_of_tables_that_neither_diagram_can_say_is_a_flowchart() -> None:
    spec = flow("erDiagram\n A ||--o{ B : has")
    mixed = spec.model_copy(update={"edges": (*spec.edges, spec.edges[0].model_copy(update={"head": "cross", "id": "edge9"}))})
    assert mermaid.write(mixed).startswith("flowchart")


def test_a_back_arrow_beside_a_trunk_that_leans_is_not_crossed() -> None:
    for way in ("LR", "TB"):
        spec = flow(f"stateDiagram-v2\n direction {way}\n [*] --> A\n A --> [*]\n A --> B\n B --> A\n B --> C\n C --> [*]")
        lines = [[(round(x), round(y)) for x, y in one.points] for one in flat(draw(spec).items) if isinstance(one, Connector)]
        pieces = [(n, *piece) for n, line in enumerate(lines) for piece in pairwise(line)]
        upright = [one for one in pieces if one[1][0] == one[2][0]]
        flat_ = [one for one in pieces if one[1][1] == one[2][1]]
        crossed = [
            (n, m)
            for n, (x, y1), (_, y2) in upright
            for m, (x1, y), (x2, _) in flat_
            if n != m and min(x1, x2) < x < max(x1, x2) and min(y1, y2) < y < max(y1, y2)
        ]
        assert len(lines) == 6 and crossed == []
