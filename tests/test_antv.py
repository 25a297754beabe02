"""AntV infographic syntax is read as it was meant, and what is written is read back the same."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flipchart import assets
from flipchart.renderers import antv, render
from flipchart.renderers.chart_spec import Chart
from flipchart.renderers.infographic import designs
from flipchart.renderers.infographic_choice import BY_NAME
from flipchart.renderers.infographic_spec import Infographic, Leaf
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.whiteboard_spec import Whiteboard

TIPS = """infographic list-grid-badge-card
data
  title Water your plants well
  desc Three habits
  lists
    - label Morning
      desc Before the sun is high
      icon sun
    - label Deep
      value 12.5
      unit cm
      desc Roots follow the water
    - label Rarely
theme dark
  palette #0f766e #f97316
"""


def infographic(text: str) -> Infographic:
    spec = antv.read(text)
    assert isinstance(spec, Infographic)
    return spec


def lines(template: str, field: str, *labels: str) -> str:
    return "\n".join([f"infographic {template}", "data", f"  {field}", *(f"    - label {label}" for label in labels)])


def test_a_list_is_read_with_its_words_figures_and_colours() -> None:
    spec = infographic(TIPS)
    assert (spec.title, spec.subtitle, spec.family) == ("Water your plants well", "Three habits", "list")
    assert [(item.label, item.text, item.value, item.unit, item.icon) for item in spec.items] == [
        ("Morning", "Before the sun is high", None, "", "sun"),
        ("Deep", "Roots follow the water", 12.5, "cm", ""),
        ("Rarely", "", None, "", ""),
    ]
    assert (spec.look.theme, spec.look.accent) == ("dark", "#0f766e")


@pytest.mark.parametrize(
    ("template", "field", "family", "design"),
    [
        ("list-row-horizontal-icon-arrow", "lists", "list", "honeycomb"),
        ("list-column-done-list", "lists", "list", "checklist"),
        ("sequence-steps-simple", "sequences", "steps", "track"),
        ("sequence-snake-steps-simple", "sequences", "steps", "snake"),
        ("sequence-stairs-front-pill-badge", "sequences", "steps", "ladder"),
        ("sequence-funnel-simple", "sequences", "funnel", "funnel"),
        ("sequence-circular-simple", "sequences", "cycle", "ring"),
        ("sequence-pyramid-simple", "sequences", "hierarchy", "pyramid"),
        ("list-waterfall-badge-card", "lists", "list", "bento"),
        ("list-sector-simple", "lists", "list", "fan"),
        ("sequence-zigzag-pucks-3d-simple", "sequences", "steps", "winding"),
        ("sequence-cylinders-3d-simple", "sequences", "hierarchy", "layers"),
        ("chart-wordcloud-rotate", "values", "stats", "cloud"),
        ("sequence-something-new", "sequences", "steps", "track"),
        ("a-template-of-mine", "items", "list", "honeycomb"),
    ],
)
def test_the_template_gives_the_family_and_its_design(template: str, field: str, family: str, design: str) -> None:
    spec = infographic(lines(template, field, "North", "East", "South", "West", "Centre"))
    assert spec.family == family
    assert (spec.look.design or designs(spec)[0]) == design


def test_four_fields_are_a_quadrant_and_two_roots_a_comparison() -> None:
    swot = infographic(lines("compare-swot", "compares", "Strengths", "Weaknesses", "Opportunities", "Threats"))
    assert (swot.family, designs(swot)[0]) == ("quadrant", "quadrant")
    sides = "infographic compare-binary-horizontal-simple-vs\ndata\n  compares\n"
    sides += "".join(f"    - label {side}\n      children\n        - label one\n        - label two\n" for side in ("Rail", "Road"))
    assert designs(infographic(sides))[0] == "versus"


def test_a_root_is_a_tree_of_any_depth() -> None:
    text = "infographic hierarchy-tree-curved-line-rounded-rect-node\ndata\n  root\n    label a\n"
    for level in range(1, 7):
        text += f"{'    ' * level}children\n{'    ' * level}  - label {'abcdefgh'[level]}\n"
    leaf: Leaf = infographic(text).items[0]
    seen = [leaf.label]
    while leaf.children:
        leaf = leaf.children[0]
        seen.append(leaf.label)
    assert "".join(seen) == "abcdefg"


@pytest.mark.parametrize(("template", "kept"), [("hierarchy-mindmap-branch", 1), ("hierarchy-tree-curved", 1), ("hierarchy-structure", 2)])
def test_a_root_with_the_title_s_name_stays_where_a_picture_has_a_middle(template: str, kept: int) -> None:
    text = f"infographic {template}\ndata\n  title Study\n  root\n    label Study\n    children\n      - label a\n      - label b\n"
    assert len(infographic(text).items) == kept


def test_a_chart_template_becomes_a_chart() -> None:
    spec = antv.read(
        "infographic chart-pie-plain-text\ndata\n  title Bikes\n  values\n    - label Red\n      value 60\n    - label Blue\n      value 40"
    )
    assert isinstance(spec, Chart)
    assert (spec.mark, spec.labels, spec.series[0].values) == ("pie", ("Red", "Blue"), (60.0, 40.0))


def test_relations_become_a_board_with_their_arrows() -> None:
    spec = antv.read(
        """infographic relation-dagre-flow-tb-simple-circle-node
data
  relations
    web - asks -> api -> db[The database]
    api -->|reads from| cache
    db <- backup
    api -- logs
    web <-> user
    - from user
      to shop
      label visits
"""
    )
    assert isinstance(spec, Whiteboard)
    assert [(edge.start, edge.end, edge.label, edge.head, edge.tail) for edge in spec.edges] == [
        ("web", "api", "asks", "arrow", "none"),
        ("api", "db", "", "arrow", "none"),
        ("api", "cache", "reads from", "arrow", "none"),
        ("backup", "db", "", "arrow", "none"),
        ("api", "logs", "", "none", "none"),
        ("web", "user", "", "arrow", "arrow"),
        ("user", "shop", "visits", "arrow", "none"),
    ]
    assert next(node.label for node in spec.nodes if node.name == "db") == "The database"


def test_lanes_become_a_sequence() -> None:
    spec = antv.read(
        """infographic sequence-interaction-compact-animated-badge-card
data
  sequences
    - label Guest
      children
        - label Orders
          id g1
    - label Kitchen
      children
        - label Cooks
          id k1
  relations
    g1 - one soup, please -> k1
"""
    )
    assert isinstance(spec, Whiteboard)
    assert spec.design == "sequence"
    assert [(edge.start, edge.end, edge.label, edge.spoken) for edge in spec.edges] == [
        ("Guest", "Guest", "Orders", False), ("Guest", "Kitchen", "one soup, please", True), ("Kitchen", "Kitchen", "Cooks", False),
    ]  # fmt: skip


def test_what_stands_on_a_lane_is_no_lane_and_two_may_say_the_same() -> None:
    side = "    - label {}\n      children\n        - label {}\n          id {}\n        - label Open\n          id {}\n"
    told = side.format("Client", "Asks", "c1", "c2") + side.format("Server", "Hears", "s1", "s2")
    spec = antv.read(
        f"infographic sequence-interaction-default\ndata\n  sequences\n{told}  relations\n    c1 - hello -> s1\n    c2 <-> s2\n"
    )
    assert isinstance(spec, Whiteboard)
    assert [node.name for node in spec.nodes] == ["Client", "Server"]
    assert [(edge.start, edge.label) for edge in spec.edges if edge.label == "Open"] == [("Client", "Open"), ("Server", "Open")]


def test_what_a_lane_says_without_a_message_keeps_its_place() -> None:
    side = "    - label {}\n      children\n        - label {}\n          id {}\n        - label {}\n          id {}\n"
    told = side.format("Client", "Asks", "c1", "Waits", "c2") + side.format("Server", "Closed", "s1", "Hears", "s2")
    spec = antv.read(f"infographic sequence-interaction-default\ndata\n  sequences\n{told}  relations\n    c1 - hello -> s2\n")
    assert isinstance(spec, Whiteboard)
    assert [edge.label for edge in spec.edges] == ["Asks", "hello", "Closed", "Hears", "Waits"]


def test_a_network_of_relations_has_no_direction() -> None:
    spec = antv.read("infographic relation-network-simple-circle-node\ndata\n  relations\n    A -> B\n    B -> C\n")
    assert isinstance(spec, Whiteboard)
    assert spec.design == "network"


def test_progress_is_out_of_a_hundred() -> None:
    text = "infographic list-grid-circular-progress\ndata\n  lists\n    - label Roof\n      value 40\n    - label Walls\n      value {}\n"
    spec = infographic(text.format("95"))
    assert [leaf.unit for leaf in spec.items] == ["%", "%"]
    assert "rings" in designs(spec)
    assert [leaf.unit for leaf in infographic(text.format("950")).items] == ["", ""]


def test_dotted_keys_comments_fences_tabs_and_crlf_are_read() -> None:
    text = """```infographic
infographic list-grid-simple
# a remark
data
\ttitle: Tabs
\tlists
\t\t- label = One
\t\t- Two words
theme.colorPrimary #123456
```""".replace("\n", "\r\n")
    spec = infographic(text)
    assert spec.title == "Tabs"
    assert [item.label for item in spec.items] == ["One", "Two words"]
    assert spec.look.accent == "#123456"


def test_descending_order_is_turned_round() -> None:
    spec = infographic(lines("sequence-stairs-front-simple", "sequences", "Top", "Middle", "Bottom") + "\n  order desc")
    assert [item.label for item in spec.items] == ["Bottom", "Middle", "Top"]


def test_the_script_of_the_words_sets_the_direction_of_the_page() -> None:
    spec = infographic(lines("list-grid-simple", "lists", "التبخر", "التكاثف", "الهطول"))
    assert spec.lang == "ar"
    assert infographic(lines("list-grid-simple", "lists", "東京へ", "大阪から")).lang == "ja"
    assert infographic(TIPS).lang == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("infographic list-grid-simple", "no `data`"),
        ("infographic list-grid-simple\ndata\n  title Only a title", "no items"),
        ("infographic chart-bar-plain-text\ndata\n  title Only a title", "no values"),
        ("infographic relation-network-simple-circle-node\ndata\n  title x", "no boxes"),
    ],
)
def test_nothing_to_show_is_one_sentence(text: str, told: str) -> None:
    with pytest.raises(SpecProblem, match=told):
        antv.read(text)


@pytest.mark.parametrize("name", assets.names("examples/infographic", ".json"))
def test_what_is_written_is_read_back_the_same(name: str) -> None:
    spec = read(json.loads(assets.text(name)))
    assert isinstance(spec, Infographic)
    written = render.render(spec).bytes("infographic").decode()
    again = read(written)
    assert isinstance(again, Infographic)

    def said(leaf: Leaf) -> object:
        return (leaf.label, leaf.text, leaf.value, leaf.unit, leaf.when, [said(child) for child in leaf.children])

    assert [said(item) for item in again.items] == [said(item) for item in spec.items]
    assert (again.title, again.subtitle) == (spec.title, spec.subtitle)
    assert antv.write(again).split("data", 1)[1].strip() == written.split("data", 1)[1].strip()


def test_every_design_has_a_template_there_that_keeps_its_items() -> None:
    for design in BY_NAME:
        spec = Infographic.model_validate({"items": [{"label": n, "text": "About it", "children": ["one", "two"]} for n in ("A", "B")]})
        written = antv.write(spec.model_copy(update={"look": spec.look.model_copy(update={"design": design})}))
        items = infographic(written).items
        assert [leaf.label for leaf in (items if len(items) > 1 else items[0].children)] == ["A", "B"], design


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from([TIPS, lines("relation-dagre-flow-tb", "nodes", "A", "B") + "\n  relations\n    A - x -> B\n    B <-> C[d]"]),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 40), st.text(max_size=6)), max_size=4),
)
def test_damaged_text_gives_a_visual_or_one_sentence(text: str, cuts: list[tuple[int, int, str]]) -> None:
    for at, length, put in cuts:
        text = text[:at] + put + text[at + length :]
    try:
        spec = antv.read(text)
    except SpecProblem as problem:
        assert "\n" not in str(problem)
    else:
        assert spec.kind in {"infographic", "whiteboard"}


def test_deep_nesting_is_refused_not_followed() -> None:
    deep = "infographic hierarchy-tree\ndata\n  root\n" + "".join(f"{'  ' * n}children\n{'  ' * n}  - label x\n" for n in range(2, 300, 2))
    with pytest.raises(SpecProblem, match="nested more than"):
        antv.read(deep)


def test_what_values_of_a_chart_are_is_said_below_it() -> None:
    spec = antv.read("infographic chart-bar-plain-text\ndata\n  desc In tons\n  values\n    - label A\n      value 3\n      desc Dry year")
    assert isinstance(spec, Chart)
    assert (spec.labels, spec.series[0].values, spec.note) == (("A",), (3,), "In tons A: Dry year.")


@pytest.mark.parametrize("time", ["", "      time 1999\n"])
def test_a_column_is_a_timeline_only_where_dates_say_so(time: str) -> None:
    text = f"infographic list-column-simple-vertical-arrow\ndata\n  lists\n    - label A\n{time}    - label B\n{time}"
    spec = antv.read(text)
    assert isinstance(spec, Infographic) and spec.family == ("timeline" if time else "list")
    again = antv.read(antv.write(spec))
    assert isinstance(again, Infographic) and (again.family, again.items) == (spec.family, spec.items)


def test_a_list_of_dated_rows_stays_a_list() -> None:
    spec = Infographic.model_validate(
        {"family": "list", "look": {"design": "rows"}, "items": [{"label": "A", "when": "1999"}, {"label": "B", "when": "2003"}]}
    )
    again = antv.read(antv.write(spec))
    assert isinstance(again, Infographic) and again.family == "list"


@pytest.mark.parametrize(("template", "design"), [("relation-circle-icon-badge", "hub"), ("relation-network-simple-circle-node", "cards")])
def test_things_that_nothing_joins_are_no_loose_notes(template: str, design: str) -> None:
    text = "\n".join(
        [f"infographic {template}", "data", "  title Who", "  nodes", *(f"    - label {n}\n      desc About {n}" for n in "ABCD")]
    )
    assert design in {infographic(text).look.design, designs(infographic(text))[0]}
