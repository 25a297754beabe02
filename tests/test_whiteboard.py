"""A board is laid out from names alone: boxes apart, words inside them, arrows from border to border, in any script, at any width."""

import json
import math
import random
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flipchart import assets
from flipchart.renderers import check as checker
from flipchart.renderers import render, svg
from flipchart.renderers.content import Content, Link, Thing
from flipchart.renderers.drawing import Box, Connector, Drawing, Group, Path, Text, flat
from flipchart.renderers.graph import Arc, Area, Plan, Vertex
from flipchart.renderers.graph_force import crosses
from flipchart.renderers.graph_lines import layered
from flipchart.renderers.read import read
from flipchart.renderers.registry import form
from flipchart.renderers.shapes import sides
from flipchart.renderers.spec import dump, patch, read_prefix, written_schema
from flipchart.renderers.style import style, themes
from flipchart.renderers.whiteboard import FORM, designs
from flipchart.renderers.whiteboard_names import resolved
from flipchart.renderers.whiteboard_spec import Whiteboard

EXAMPLES = assets.names("examples/whiteboard", ".json")
WIDTHS = (390.0, 720.0, 960.0, 1280.0)
WORDS = (
    "api", "Postgres primary", "Очередь заданий", "缓存服务器", "खाता सत्यापन", "خادم التطبيق", "a", "",
    "Donaudampfschifffahrtsgesellschaftskapitän",
    "😀 ok", "日本語のとても長いラベルがここに入ります", "x" * 60, "check the order and send a receipt to the customer", "ใบเสร็จรับเงิน",
    "\x00\u202e<b>&", "two\nlines",
)  # fmt: skip
SHAPES = ("box", "start", "end", "decision", "store", "queue", "person", "cloud", "document", "note", "circle", "hexagon", "input", "table")


def example(name: str) -> Whiteboard:
    spec = read(json.loads(assets.text(name)))
    assert isinstance(spec, Whiteboard)
    return spec


def board(edges: str, **more: object) -> Whiteboard:
    """A board of arrows such as "a>b b>c:words", its boxes as they are named."""
    cut = [re.fullmatch(r"(.+?)>(.+?)(?::(.+))?", edge) for edge in edges.split()]
    made = [{"start": found[1], "end": found[2], "label": found[3] or ""} for found in cut if found]
    names = list(dict.fromkeys(end for edge in made for end in (edge["start"], edge["end"])))
    return Whiteboard.model_validate({"title": "A title", "nodes": [{"name": name} for name in names], "edges": made} | more)


def cards(drawing: Drawing) -> list[Box]:
    """The boxes of the cards."""
    firsts = [item.items[0] for item in flat(drawing.items) if isinstance(item, Group) and item.items]
    return [box for box in firsts if isinstance(box, Box) and box.name]


def connectors(drawing: Drawing) -> list[Connector]:
    return [item for item in flat(drawing.items) if isinstance(item, Connector)]


def texts(drawing: Drawing) -> list[Text]:
    return [item for item in flat(drawing.items) if isinstance(item, Text)]


def place(drawing: Drawing, name: str) -> Box:
    return next(box for box in cards(drawing) if box.name == name)


# Geometry: an oracle of its own, stricter than the checker


def faults(drawing: Drawing) -> list[str]:
    """Boxes that overlap, words outside their shape or on another's, arrows off a border, through a box or off the page."""
    boxes = cards(drawing)
    return [
        *_overlapping(boxes),
        *_words_outside(drawing, boxes),
        *_arrows_off(drawing),
        *_arrows_through(drawing, boxes),
        *(
            f"{c.part} leaves the page"
            for c in connectors(drawing)
            for x, y in c.points
            if not (-1 <= x <= drawing.width + 1 and -1 <= y <= drawing.height + 1)
        ),
    ]


def _overlapping(boxes: list[Box]) -> list[str]:
    return [
        f"{a.name} overlaps {b.name}"
        for n, a in enumerate(boxes)
        for b in boxes[n + 1 :]
        if a.x < b.x + b.w - 1 and b.x < a.x + a.w - 1 and a.y < b.y + b.h - 1 and b.y < a.y + a.h - 1
    ]


def _words_outside(drawing: Drawing, boxes: list[Box]) -> list[str]:
    by_name = {box.name: box for box in boxes}
    out = []
    for text in texts(drawing):
        for left, top, right, bottom in checker.ink(text):
            box = by_name.get(text.inside)
            corners = [(left, top), (right, top), (left, bottom), (right, bottom)]
            if box is not None and right > left and not all(_within(box, corner) for corner in corners):
                out.append(f"{text.words[:20]!r} leaves the {box.shape} {box.name}")
            if text.role == "caption" and text.field == "label":
                out += [
                    f"{text.words[:20]!r} lies on {b.name}"
                    for b in boxes
                    if left < b.x + b.w - 1 and right > b.x + 1 and top < b.y + b.h - 1 and bottom > b.y + 1
                ]
    return out


def _within(box: Box, point: tuple[float, float], slack: float = 2.0) -> bool:
    """True where a point, moved a little towards the middle, is inside the box's outline."""
    mx, my = box.x + box.w / 2, box.y + box.h / 2
    away = math.dist(point, (mx, my)) or 1.0
    x, y = (p + (m - p) * min(1.0, slack / away) for p, m in zip(point, (mx, my), strict=True))
    hits = 0
    for (ax, ay), (bx, by) in sides(box):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            hits += 1
    return hits % 2 == 1 or box.shape == "cylinder"


def _arrows_off(drawing: Drawing) -> list[str]:
    named = {item.name: item for item in flat(drawing.items) if isinstance(item, Box) and item.name}
    out = []
    for c in connectors(drawing):
        for name, point in ((c.start, c.points[0]), (c.end, c.points[-1])):
            if name in named and _from_border(named[name], point) > 1.5:
                out.append(f"{c.part} ends {_from_border(named[name], point):.1f} px off {name}")
    return out


def _from_border(box: Box, point: tuple[float, float]) -> float:
    return min(_from_piece(a, b, point) for a, b in sides(box))


def _from_piece(a: tuple[float, float], b: tuple[float, float], p: tuple[float, float]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    share = 0.0 if not length else min(1.0, max(0.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length))
    return math.dist(p, (a[0] + dx * share, a[1] + dy * share))


def _arrows_through(drawing: Drawing, boxes: list[Box]) -> list[str]:
    out = []
    for c in connectors(drawing):
        for p, q in pairwise(c.points) if not c.curved else ():
            steps = max(1, round(math.dist(p, q)))
            line = [(p[0] + (q[0] - p[0]) * n / steps, p[1] + (q[1] - p[1]) * n / steps) for n in range(steps + 1)]
            out += [
                f"{c.part} runs through {b.name}"
                for b in boxes
                if b.name not in (c.start, c.end) and any(b.x + 2 < x < b.x + b.w - 2 and b.y + 2 < y < b.y + b.h - 2 for x, y in line)
            ]
    return out


# Examples


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_sound_at_every_width_and_in_every_theme(name: str) -> None:
    spec = example(name)
    for width, theme in [*((width, "light") for width in WIDTHS), *((960.0, theme) for theme in themes() if theme != "light")]:
        drawing = render.draw(spec, style(theme), width)
        assert not checker.check(drawing), (theme, width)
        assert not faults(drawing), (theme, width)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_sound_in_every_design_that_fits_it(name: str) -> None:
    spec = example(name)
    for design in designs(spec):
        flipped = spec.model_copy(update={"look": spec.look.model_copy(update={"design": design})})
        drawing = render.draw(flipped, style(), 720.0)
        assert not checker.check(drawing), design
        assert not faults(drawing), design


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_all_its_words_and_fits_a_slide(name: str) -> None:
    spec = example(name)
    drawing = render.draw(spec, style("print"), 960.0, 540.0)
    assert drawing.height == 540.0
    # Lanes are worth type that is a little smaller.
    assert [found for found in checker.check(drawing) if found.code != "too-small" or spec.design != "lanes"] == []
    said = "\n".join(text.words for text in texts(drawing))
    for node in spec.nodes:
        assert (node.label or node.name).replace("_", " ") in said or node.name.startswith("*"), node.name
    for edge in spec.edges:
        assert edge.label in said


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_comes_back_from_its_json_and_draws_the_same_bytes(name: str) -> None:
    spec = example(name)
    again = Whiteboard.model_validate(json.loads(json.dumps(dump(spec))))
    assert again == spec
    assert svg.write(render.draw(again), fonts=False) == svg.write(render.draw(spec), fonts=False)


def test_examples_speak_at_least_six_languages() -> None:
    assert {"en", "zh", "ar", "hi", "ru"} < {example(name).lang for name in EXAMPLES}


# Any board


def _node(n: int) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {
            "name": st.just(f"n{n}"), "label": st.sampled_from(WORDS), "note": st.sampled_from(("", "", "", *WORDS)),
            "shape": st.sampled_from(("box",) * 8 + SHAPES), "group": st.sampled_from(("", "", "g0", "g1", "g2")),
        }
    )  # fmt: skip


@st.composite
def boards(draw: st.DrawFn, most: int = 60, arrows: int = 120) -> Whiteboard:
    count = draw(st.integers(1, most))
    nodes = [draw(_node(n)) for n in range(count)]
    end = st.sampled_from([f"n{n}" for n in range(count)])
    edge = st.fixed_dictionaries({"start": end, "end": end, "label": st.sampled_from(("", "", *WORDS)), "dashed": st.booleans()})
    edges = draw(st.lists(edge, max_size=min(arrows, count * 3)))
    groups = [
        {"name": "g0", "label": "Edge"},
        {"name": "g1", "group": draw(st.sampled_from(("", "g0")))},
        {"name": "g2", "label": draw(st.sampled_from(WORDS))},
    ]
    design = draw(st.sampled_from(("flow", "flow", "lanes", "tree", "mindmap", "sequence", "network", "board")))
    lang = draw(st.sampled_from(("en", "ar", "zh")))
    return Whiteboard.model_validate({"title": "T", "design": design, "groups": groups, "nodes": nodes, "edges": edges, "lang": lang})


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(boards(), st.sampled_from(WIDTHS))
def test_any_board_is_sound(spec: Whiteboard, width: float) -> None:
    drawing = render.draw(spec, style(), width)
    assert not checker.check(drawing)
    assert not faults(drawing)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(boards(12, 20), st.sampled_from(WIDTHS))
def test_any_board_draws_the_same_bytes_and_comes_back_from_json(spec: Whiteboard, width: float) -> None:
    first = svg.write(render.draw(spec, style("chalk"), width), fonts=False)
    ElementTree.fromstring(first)
    again = Whiteboard.model_validate(json.loads(json.dumps(dump(spec))))
    assert svg.write(render.draw(again, style("chalk"), width), fonts=False) == first
    assert FORM.markdown(spec)
    assert FORM.alt(spec)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(boards(20, 30), st.integers(300, 700), st.integers(600, 1200))
def test_any_board_keeps_the_height_it_is_given(spec: Whiteboard, height: int, width: int) -> None:
    drawing = render.draw(spec, style(), float(width), float(height))
    assert drawing.height == height
    assert not [finding for finding in checker.check(drawing) if finding.code == "off-page"]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=300))
def test_any_start_of_a_stream_gives_a_board_or_nothing(words: str) -> None:
    whole = '{"title": "T", "edges": [{"start": "a", "end": "' + words.replace('"', "").replace("\\", "") + '"}, {"start": "b'
    found = read_prefix(whole, Whiteboard)
    assert found is None or render.draw(found, style(), 390.0).items


# Names


def test_an_arrow_to_a_label_nearly_written_reaches_its_box() -> None:
    spec = Whiteboard.model_validate(
        {"nodes": [{"name": "db", "label": "Orders database"}, {"name": "api"}], "edges": [{"start": "API", "end": "orders-databse"}]}
    )
    link = resolved(spec).links[0]
    assert (link.start, link.end) == (1, 0)


def test_an_arrow_to_nothing_is_drawn_and_found() -> None:
    spec = board("a>b b>c").model_copy(update={"edges": (*board("a>b b>c").edges, board("c>nowhere").edges[0])})
    found = render.check(spec)
    assert [finding.code for finding in found] == ["dangling"]
    assert "`nowhere`" in found[0].found


def test_an_arrow_to_a_group_ends_at_the_groups_border() -> None:
    spec = board(
        "a>b b>c d>inside",
        groups=[{"name": "inside"}],
        nodes=[{"name": "a"}, {"name": "b", "group": "inside"}, {"name": "c", "group": "inside"}, {"name": "d"}],
    )
    drawing = render.draw(spec)
    last = connectors(drawing)[-1]
    assert last.end == "section:inside"
    assert not checker.check(drawing)


@pytest.mark.parametrize("width", [390.0, 720.0, 1280.0])
def test_words_on_an_arrow_from_a_group_stand_where_it_is_seen(width: float) -> None:
    spec = board(
        "still>moving:push moving>still:stop slow>fast:accelerate fast>slow:brake moving>crash:hit",
        groups=[{"name": "moving"}],
        nodes=[{"name": "still"}, {"name": "slow", "group": "moving"}, {"name": "fast", "group": "moving"}, {"name": "crash"}],
    )
    drawing = render.draw(spec, width=width)
    said = {text.part: text for text in texts(drawing) if text.words in {"push", "stop", "hit"}}
    assert len(said) == 3
    for line in connectors(drawing):
        if text := said.get(line.part):
            middle = text.x + text.w / 2, text.y + text.h / 2
            assert min(_from_piece(a, b, middle) for a, b in pairwise(line.points)) < 12
    assert not checker.check(drawing)


def test_a_group_that_only_boxes_name_is_drawn() -> None:
    spec = Whiteboard.model_validate(
        {"nodes": [{"name": "a", "group": "core_services"}, {"name": "b"}], "edges": [{"start": "a", "end": "b"}]}
    )
    assert "core services" in [text.words for text in texts(render.draw(spec))]


def test_two_boxes_of_one_name_are_both_drawn() -> None:
    spec = Whiteboard.model_validate({"nodes": [{"name": "a"}, {"name": "a", "label": "again"}], "edges": [{"start": "a", "end": "a"}]})
    assert len(cards(render.draw(spec))) == 2


def test_an_arrow_written_in_one_line_is_an_arrow() -> None:
    spec = Whiteboard.model_validate({"nodes": ["shop", "bank"], "edges": ["shop -> bank: asks for money"]})
    assert [(e.start, e.end, e.label) for e in spec.edges] == [("shop", "bank", "asks for money")]
    assert [node.name for node in Whiteboard.model_validate({"edges": ["shop -> bank: asks"]}).nodes] == ["shop", "bank"]


# Layout


def test_a_flow_runs_right_where_there_is_room_and_down_on_a_phone() -> None:
    spec = board("a>b b>c c>d")
    wide, narrow = render.draw(spec, width=960.0), render.draw(spec, width=390.0)
    assert place(wide, "b").x > place(wide, "a").x + place(wide, "a").w
    assert place(narrow, "b").y > place(narrow, "a").y + place(narrow, "a").h


def test_a_plain_chain_stands_in_one_straight_line() -> None:
    drawing = render.draw(board("a>b:one b>c c>d:three"), width=390.0)
    middles = {round(box.x + box.w / 2, 1) for box in cards(drawing)}
    assert len(middles) == 1
    assert all(len(c.points) == 2 for c in connectors(drawing))


def test_a_circle_starts_at_what_was_written_first() -> None:
    drawing = render.draw(board("draft>review review>publish publish>draft"), width=390.0)
    assert place(drawing, "draft").y < place(drawing, "review").y < place(drawing, "publish").y


def test_arrows_there_and_back_run_side_by_side() -> None:
    drawing = render.draw(board("a>b b>a"), width=390.0)
    there, back = connectors(drawing)
    assert there.points[0][1] < there.points[-1][1]
    assert back.points[0][1] > back.points[-1][1]
    assert abs(there.points[0][0] - back.points[-1][0]) > 8


def test_an_arrow_to_itself_stands_clear_of_its_box() -> None:
    drawing = render.draw(board("a>b b>b:again"))
    loop = connectors(drawing)[-1]
    box = place(drawing, "b")
    assert max(x for x, _ in loop.points) > box.x + box.w + 8


@pytest.mark.parametrize("width", [390.0, 900.0])
@pytest.mark.parametrize("arranged", [False, True])
def test_the_words_of_an_arrow_to_itself_lie_on_no_line_and_no_box(width: float, arranged: bool) -> None:
    spec = board("a>a:one a>a:the_second,_longer_one a>b:go b>b:tick") if not arranged else board("a>a:wait_a_second a>b:go b>b:tick")
    if arranged:
        nodes = [{"name": name, "x": x, "y": 0, "w": 140, "h": 60} for name, x in (("a", 0), ("b", 300))]
        spec = Whiteboard.model_validate(spec.model_dump() | {"nodes": nodes})
    drawing = render.draw(spec, width=width)
    loops = [line for line in connectors(drawing) if line.start == line.end]
    for text in (item for item in flat(drawing.items) if isinstance(item, Text) and item.part in {line.part for line in loops}):
        (left, top, right, bottom), *_ = checker.ink(text)
        for line in connectors(drawing):
            for (x, y), (u, v) in pairwise(line.points):
                assert max(x, u) < left or min(x, u) > right or max(y, v) < top or min(y, v) > bottom
        assert all(box.x + box.w <= left or box.x >= right or box.y + box.h <= top or box.y >= bottom for box in cards(drawing))
    assert not checker.check(drawing)


def test_a_group_encloses_its_boxes_and_no_others() -> None:
    nodes = [{"name": n, "group": g} for n, g in zip("abcdef", ["one", "one", "two", "two", "", ""], strict=True)]
    spec = board("e>a a>b b>c c>d d>f a>f", nodes=nodes)
    for width in WIDTHS:
        drawing = render.draw(spec, width=width)
        areas = {box.name: box for box in flat(drawing.items) if isinstance(box, Box) and box.name.startswith("section:")}
        for node in nodes:
            box = place(drawing, node["name"])
            held = [
                name
                for name, a in areas.items()
                if a.x <= box.x and box.x + box.w <= a.x + a.w and a.y <= box.y and box.y + box.h <= a.y + a.h
            ]
            assert held == ([f"section:{node['group']}"] if node["group"] else [])


def test_a_planar_graph_is_drawn_without_crossings() -> None:
    arcs = [Arc(a, b) for a, b in ((0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 5), (1, 4))]
    plan = layered([Vertex(80, 40) for _ in range(6)], arcs, right=False)
    assert plan is not None
    assert _crossings(plan) == 0


def _crossings(plan: Plan) -> int:
    pieces = [(i, a, b) for i, line in enumerate(plan.lines) for a, b in pairwise(line)]
    total = 0
    for i, a, b in pieces:
        for j, c, d in pieces:
            level, upright = a[1] == b[1] and a[0] != b[0], c[0] == d[0]
            if (
                i != j
                and level
                and upright
                and min(a[0], b[0]) < c[0] - 0.5 < max(a[0], b[0]) - 1
                and min(c[1], d[1]) + 0.5 < a[1] < max(c[1], d[1]) - 0.5
            ):
                total += 1
    return total


def test_a_tall_graph_in_groups_fits_a_narrow_page_stacked() -> None:
    vertices = [Vertex(100, 40, n % 3) for n in range(12)]
    arcs = [Arc(n, (n * 5 + 1) % 12) for n in range(12)]
    plan = layered(vertices, arcs, [Area(-1, 60, 15)] * 3, right=False, most=360, stacked=True)
    assert plan is not None
    assert plan.w <= 360
    assert all(area is not None for area in plan.areas)


def test_a_graph_too_long_for_the_page_is_refused_to_the_right() -> None:
    arcs = [Arc(n, n + 1) for n in range(9)]
    assert layered([Vertex(100, 40) for _ in range(10)], arcs, right=True, most=600) is None


def test_a_right_to_left_board_is_mirrored() -> None:
    edges = "a>b b>c"
    there, back = render.draw(board(edges)), render.draw(board(edges, lang="ar"))
    assert place(there, "a").x < place(there, "b").x
    assert place(back, "a").x > place(back, "b").x


def test_two_hundred_boxes_stay_apart_and_legible() -> None:
    edges = [{"start": f"service{n // 3}", "end": f"service{n}"} for n in range(1, 200)]
    spec = Whiteboard.model_validate({"title": "Many", "edges": edges})
    drawing = render.draw(spec, width=1280.0)
    assert len(cards(drawing)) == 200
    assert not checker.check(drawing)
    assert not faults(drawing)


def test_many_boxes_in_a_tree_need_no_more_than_two_pages_heights() -> None:
    edges = [{"start": f"service{n // 3}", "end": f"service{n}"} for n in range(1, 200)]
    assert render.draw(Whiteboard.model_validate({"edges": edges}), width=1280.0).height < 2 * 1280.0


def test_a_lopsided_tree_is_packed_on_a_narrow_page() -> None:
    chance = random.Random(3)
    edges = [{"start": f"n{chance.randrange(n)}", "end": f"n{n}"} for n in range(1, 60)]
    drawing = render.draw(Whiteboard.model_validate({"design": "tree", "edges": edges}), width=720.0)
    rows = {round(box.y) for box in cards(drawing)}
    assert len(rows) < 0.75 * 60
    assert not checker.check(drawing) and not faults(drawing)


# Order of appearance


def test_it_is_drawn_in_the_order_of_the_explanation() -> None:
    steps = {item.part: item.step for item in flat(render.draw(board("a>b a>c b>d")).items) if item.part.startswith(("node", "edge"))}
    assert [part for part, _ in sorted(steps.items(), key=lambda pair: pair[1])] == [
        "node1",
        "edge1",
        "node2",
        "edge2",
        "node3",
        "edge3",
        "node4",
    ]


# Trees, mind maps, sequences, notes


def test_a_tree_too_wide_for_the_page_hangs_its_children_below_their_parent() -> None:
    spec = board("boss>a boss>b boss>c a>a1 a>a2 a>a3 b>b1 b>b2 c>c1 c>c2", design="tree")
    wide, narrow = render.draw(spec, width=1280.0), render.draw(spec, width=390.0)
    assert len({round(place(wide, n).y) for n in ("a1", "a2", "b1", "c1")}) == 1
    assert len({round(place(narrow, n).y) for n in ("a1", "a2", "a3")}) == 3


@pytest.mark.parametrize("width", [390.0, 720.0])
def test_branches_too_wide_for_one_row_stand_in_rows_of_columns(width: float) -> None:
    leaves = " ".join(f"{name}>{name}-has-{n}" for name in ("soil", "plants", "water", "tools", "calendar") for n in range(4))
    drawing = render.draw(
        board("garden>soil garden>plants garden>water garden>tools garden>calendar " + leaves, design="tree"), width=width
    )
    tops = [round(place(drawing, n).y) for n in ("soil", "plants", "water", "tools", "calendar")]
    assert tops[0] == tops[1] < tops[-1]
    assert place(drawing, "soil").x < place(drawing, "soil-has-3").x < place(drawing, "plants").x
    assert not checker.check(drawing) and not faults(drawing)


@pytest.mark.parametrize("design", ["mindmap", "tree"])
def test_a_tree_that_leaves_room_on_a_wide_page_is_set_in_the_size_of_text(design: str) -> None:
    leaves = " ".join(f"{name}>{name}{n}" for name in "abcd" for n in range(3))
    drawing = render.draw(board(f"top>a top>b top>c top>d {leaves}", design=design), width=1280.0)
    sizes = {text.words: text.size for text in texts(drawing)}
    assert sizes["a"] >= style().size(1, 1280.0)


def test_a_mind_map_has_branches_on_both_sides_of_its_topic() -> None:
    drawing = render.draw(board("sun>light sun>heat sun>life sun>time", design="mindmap"), width=960.0)
    topic = place(drawing, "sun")
    sides_of = {place(drawing, n).x > topic.x for n in ("light", "heat", "life", "time")}
    assert sides_of == {True, False}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_branch_ends_on_the_outline_of_any_shape(shape: str) -> None:
    nodes = [{"name": name, "shape": shape} for name in ("sun", "light", "heat", "life", "time")]
    edges = [{"start": "sun", "end": name["name"]} for name in nodes[1:]]
    drawing = render.draw(Whiteboard.model_validate({"design": "mindmap", "nodes": nodes, "edges": edges}), width=960.0)
    assert not checker.check(drawing) and not faults(drawing)


def test_a_branch_of_a_cloud_on_a_phone_begins_at_the_cloud() -> None:
    nodes = [{"name": "n0", "label": "<b>bold</b> & co", "shape": "cloud"}] + [{"name": f"n{n}", "label": "x" * 25} for n in range(1, 8)]
    spec = board(" ".join(f"n{n - 1}>n{n}" for n in range(1, 8)), design="mindmap", nodes=nodes)
    assert not [finding for finding in checker.check(render.draw(spec, style(), 390.0)) if finding.code == "dangling"]


def test_messages_run_down_in_their_order() -> None:
    drawing = render.draw(board("user>app:asks app>db:reads db>app:answers app>user:shows", design="sequence"), width=720.0)
    heights = [c.points[0][1] for c in connectors(drawing)]
    assert heights == sorted(heights)
    assert all(c.points[0][1] == c.points[-1][1] for c in connectors(drawing))


def test_notes_without_arrows_become_a_wall_and_groups_its_columns() -> None:
    spec = Whiteboard.model_validate({"nodes": [{"name": f"idea {n}", "group": "good" if n % 2 else "bad"} for n in range(6)]})
    drawing = render.draw(spec, width=960.0)
    good = {round(place(drawing, f"idea {n}").x) for n in (1, 3, 5)}
    assert len(good) == 1
    assert designs(spec)[0] == "board"


@pytest.mark.parametrize(("design", "shape"), [("mindmap", "circle"), ("flow", "decision"), ("network", "box")])
def test_a_word_of_some_letters_is_not_broken(design: str, shape: str) -> None:
    root = {"name": "Opening a neighbourhood bakery", "shape": shape}
    nodes = [root, *({"name": f"Organisational {n}"} for n in range(9))]
    edges = [{"start": root["name"], "end": node["name"]} for node in nodes[1:]]
    spec = Whiteboard.model_validate({"design": design, "nodes": nodes, "edges": edges})
    for width in (560.0, 960.0):
        lines = [line.text for text in texts(render.draw(spec, width=width)) for line in text.lines]
        assert "Organisational" in " ".join(lines).split() and "neighbourhood" in " ".join(lines).split()


def test_a_heading_stands_between_the_arrows_that_come_in_at_both_corners() -> None:
    groups = [{"name": "Core services"}]
    nodes = [{"name": "Gateway"}, *({"name": name, "group": "Core services"} for name in ("Accounts", "Catalogue", "Playback"))]
    edges = [{"start": "Gateway", "end": name} for name in ("Accounts", "Catalogue", "Playback")]
    spec = Whiteboard.model_validate({"design": "flow", "nodes": nodes, "edges": edges, "groups": groups})
    drawing = render.draw(spec, width=960.0)
    head = next(text for text in texts(drawing) if text.words == "Core services")
    left, right = head.lines[0].x, head.lines[0].x + head.lines[0].width
    lines = [item for item in flat(drawing.items) if isinstance(item, Connector)]
    assert lines and not [
        p for line in lines for p, q in pairwise(line.points) if p[0] == q[0] and left - 2 < p[0] < right + 2 and q[1] > head.lines[0].y
    ]


def test_remarks_are_set_below_the_graph() -> None:
    spec = board("a>b", notes=["Mind the gap"])
    drawing = render.draw(spec)
    remark = next(text for text in texts(drawing) if text.words == "Mind the gap")
    assert remark.y > max(box.y + box.h for box in cards(drawing))
    assert (remark.part, remark.field) == ("note1", "text")


@pytest.mark.parametrize("many", [1, 30])
@pytest.mark.parametrize("size", [(1280.0, 720.0), (1080.0, 1080.0)])
def test_a_full_board_leaves_its_remarks_on_a_page_of_given_height(size: tuple[float, float], many: int) -> None:
    spec = board(
        " ".join(f"step{n // 2}>step{n + 1}" for n in range(59)), notes=[f"Mind the gap {n}" + ", always" * 15 for n in range(many)]
    )
    drawing = render.draw(spec, style("light"), *size)
    assert not [one for one in checker.check(drawing) if one.code == "off-page"]


def test_an_empty_board_is_a_sheet_with_its_title() -> None:
    spec = Whiteboard(title="Nothing yet")
    assert [text.words for text in texts(render.draw(spec))] == ["Nothing yet"]
    assert FORM.alt(spec) == "Nothing yet"


# What a person arranged


def _arranged() -> Whiteboard:
    nodes = [{"name": "a", "x": 0, "y": 0, "w": 120, "h": 60}, {"name": "b", "x": 400, "y": 200, "w": 120, "h": 60}]
    return Whiteboard.model_validate({"nodes": nodes, "edges": [{"start": "a", "end": "b", "label": "then"}]})


def test_boxes_stay_where_a_person_put_them() -> None:
    drawing = render.draw(_arranged(), width=960.0)
    a, b = place(drawing, "a"), place(drawing, "b")
    assert (round(b.x - a.x), round(b.y - a.y)) == (400, 200)
    assert not checker.check(drawing)
    assert not faults(drawing)


def test_a_board_arranged_wider_than_can_be_read_is_laid_out_afresh() -> None:
    spec = _arranged()
    wide = spec.model_copy(update={"nodes": tuple(node.model_copy(update={"x": (node.x or 0) * 20}) for node in spec.nodes)})
    drawing = render.draw(wide, width=390.0)
    assert not checker.check(drawing)
    assert place(drawing, "b").y > place(drawing, "a").y


def test_faint_ink_that_a_person_chose_is_found() -> None:
    spec = _arranged()
    faint = spec.nodes[0].model_copy(update={"fill": "#ffec99", "ink": "#ffe066"})
    assert "contrast" in [finding.code for finding in render.check(spec.model_copy(update={"nodes": (faint, spec.nodes[1])}))]


# Other forms, edits, the schema


def test_a_chain_of_steps_becomes_ordered_content_and_comes_back() -> None:
    content = FORM.content(board("buy>cook cook>eat"))
    assert content is not None and content.ordered
    assert [thing.label for thing in content.things] == ["buy", "cook", "eat"]
    assert FORM.from_content is not None
    back = FORM.from_content(content)
    assert isinstance(back, Whiteboard)
    assert [(e.start, e.end) for e in back.edges] == [("node1", "node2"), ("node2", "node3")]


def test_nested_content_becomes_a_mind_map_and_linked_content_a_flow() -> None:
    assert FORM.from_content is not None
    nested = FORM.from_content(Content("Pets", (Thing("Dogs", children=(Thing("Collie"),)), Thing("Cats"))))
    linked = FORM.from_content(Content("Pets", (Thing("Dog", id="d"), Thing("Cat", id="c")), (Link("d", "c", "chases"),)))
    assert isinstance(nested, Whiteboard) and nested.design == "mindmap" and len(nested.edges) == 3
    assert isinstance(linked, Whiteboard) and [(e.start, e.end, e.label) for e in linked.edges] == [("d", "c", "chases")]


def test_an_edit_puts_a_cache_between_two_boxes() -> None:
    spec = board("api>db")
    edits = [
        {"id": "node1", "add_after": {"name": "cache", "shape": "store"}},
        {"id": "edge1", "set": {"end": "cache"}},
        {"id": "edge1", "add_after": {"start": "cache", "end": "db"}},
    ]
    edited = patch(spec, edits)
    assert [(e.start, e.end) for e in edited.edges] == [("api", "cache"), ("cache", "db")]
    assert not render.check(edited)


def test_a_model_is_asked_for_words_and_names_but_never_for_places() -> None:
    schema = written_schema(Whiteboard)["properties"]
    assert set(schema["edges"]["items"]["properties"]) == {"start", "end", "label", "dashed"}
    assert not {"x", "y", "w", "h", "fill", "ink", "size"} & set(schema["nodes"]["items"]["properties"])
    assert "strokes" not in schema


def test_its_markdown_holds_the_graph_and_the_words() -> None:
    words = FORM.markdown(board("api>db:reads", title="Two parts"))
    assert words.startswith("## Two parts")
    assert "```mermaid" in words
    assert "- api: reads → db" in words


def test_forty_boxes_are_laid_out_in_a_moment() -> None:
    import time

    edges = [{"start": f"s{(n * 7 + 3) % n}", "end": f"s{n}", "label": "calls" if n % 3 == 0 else ""} for n in range(1, 40)]
    spec = Whiteboard.model_validate({"title": "Forty", "edges": edges})
    svg.write(render.draw(spec), fonts=False)
    taken = []
    for _ in range(5):
        start = time.process_time()
        svg.write(render.draw(spec), fonts=False)
        taken.append(time.process_time() - start)
    assert min(taken) < 0.2


def test_lanes_touch_are_equally_long_and_hold_their_cards() -> None:
    spec = example("examples/whiteboard/claim-lanes.json")
    for width, right in ((720.0, False), (1280.0, False), (1900.0, True)):
        items = list(flat(render.draw(spec, style(), width).items))
        boxes = {item.name: item for item in items if isinstance(item, Box) and item.name}
        lanes = [boxes[f"section:{group.name}"] for group in spec.groups]
        spans = [(lane.y, lane.h, lane.x, lane.w) if right else (lane.x, lane.w, lane.y, lane.h) for lane in lanes]
        assert len({(round(start), round(long)) for _, _, start, long in spans}) == 1
        for before, after in pairwise(spans):
            assert abs(before[0] + before[1] - after[0]) < 0.1
        for node in spec.nodes:
            card, lane = boxes[node.name], boxes[f"section:{node.group}"]
            assert lane.x <= card.x and card.x + card.w <= lane.x + lane.w
            assert lane.y <= card.y and card.y + card.h <= lane.y + lane.h


@given(st.integers(0, 10_000), st.integers(4, 16), st.sampled_from([390.0, 720.0, 1280.0]))
@settings(max_examples=12)
def test_a_network_s_lines_run_through_no_box(seed: int, count: int, width: float) -> None:
    chance = random.Random(seed)
    edges = [{"start": f"Thing {chance.randrange(n)}", "end": f"Thing {n}"} for n in range(1, count)]
    spec = Whiteboard.model_validate({"design": "network", "edges": edges})
    drawing = render.draw(spec, style(), width)
    assert not checker.check(drawing)
    items = list(flat(drawing.items))
    boxes = {item.name: (item.x, item.y, item.w, item.h) for item in items if isinstance(item, Box) and item.name}
    lines = [item for item in items if isinstance(item, Connector)]
    assert len(lines) == count - 1
    for line in lines:
        for piece in pairwise(line.points):
            assert not [name for name, box in boxes.items() if name not in (line.start, line.end) and crosses(piece, box, -1.0)]


@pytest.mark.parametrize("width", [720.0, 960.0])
def test_a_choice_whose_ways_would_both_run_back_is_drawn_down(width: float) -> None:
    names = [
        "Developer pushes",
        "Lint",
        "Unit tests",
        "Build image",
        "All green?",
        "Deploy to staging",
        "End-to-end tests",
        "Manager agrees",
    ]
    names += ["Deploy to production", "Notify the author"]
    ways = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (4, 5), (4, 9), (5, 6), (6, 7), (7, 8)]
    nodes = [{"name": name, "shape": "decision" if name.endswith("?") else "box"} for name in names]
    edges = [{"start": names[a], "end": names[b], "label": {5: "yes", 9: "no"}.get(b, "")} for a, b in ways]
    spec = Whiteboard.model_validate({"nodes": nodes, "edges": edges})
    for arrow in connectors(render.draw(spec, width=width)):
        turns = {math.copysign(1.0, b[0] - a[0]) for a, b in pairwise(arrow.points) if abs(b[0] - a[0]) > 20.0}
        assert len(turns) < 2


def test_the_lines_of_a_conversation_use_the_page() -> None:
    edges = ["Buyer -> Shop: orders", "Shop -> Bank: asks", "Bank -> Shop: agrees"]
    spec = Whiteboard.model_validate({"design": "sequence", "nodes": ["Buyer", "Shop", "Bank"], "edges": edges})
    boxes = [item for item in flat(render.draw(spec, width=960.0).items) if isinstance(item, Box) and item.part.startswith("node")]
    assert max(box.x + box.w for box in boxes) - min(box.x for box in boxes) > 480.0


def test_what_the_last_says_to_itself_stays_on_a_page_it_grows_into() -> None:
    words = "which nobody should write on an arrow, " * 5
    spec = Whiteboard.model_validate({"design": "sequence", "edges": ["a -> b: go", f"b -> b: {words}"]})
    assert not [finding for finding in checker.check(render.draw(spec, style(), 720.0, 405.0)) if finding.code == "off-page"]


def test_no_word_breaks_over_the_lines_of_a_conversation_on_a_phone() -> None:
    nodes = [{"name": "Customer", "shape": "person"}, "Shop", "Payment provider", "Bank"]
    edges = ["Customer -> Shop: place order", "Shop -> Payment provider: create payment", "Payment provider -> Bank: authorise"]
    drawing = render.draw(Whiteboard.model_validate({"design": "sequence", "nodes": nodes, "edges": edges}), width=390.0)
    said = [" ".join(line.text for line in text.lines) for text in texts(drawing) if text.part.startswith("node")]
    assert {"Customer", "Shop", "Payment provider", "Bank"} <= set(said)
    assert checker.check(drawing) == []


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("Orders database", "store"), ("Postgres primary", "store"), ("customer", "person"), ("Cache for sessions", "store"),
        ("Why people move", "box"), ("User service", "box"), ("send a receipt to the customer", "box"), ("Paid?", "decision"), ("…", "box"),
    ],
)  # fmt: skip
def test_a_box_has_the_shape_of_what_it_is_not_of_what_it_mentions(name: str, shape: str) -> None:
    assert Whiteboard.model_validate({"edges": [{"start": name, "end": "next step"}]}).nodes[0].shape == shape


def test_a_mind_map_of_three_branches_is_not_lopsided() -> None:
    spec = board("topic>one topic>two topic>three", design="mindmap")
    drawing = render.draw(spec, width=1280.0)
    assert all(place(drawing, name).x > place(drawing, "topic").x for name in ("one", "two", "three"))
    more = render.draw(board("topic>one topic>two topic>three topic>four", design="mindmap"), width=1280.0)
    assert place(more, "one").x > place(more, "topic").x > place(more, "four").x


def test_a_small_board_grows_into_the_page_it_is_given() -> None:
    spec = board("a>b b>c")
    usual, square = render.draw(spec, width=720.0), render.draw(spec, width=720.0, height=720.0)
    sizes = [max(text.size for text in texts(drawing) if text.field == "label") for drawing in (usual, square)]
    assert sizes[1] > 1.2 * sizes[0]
    assert not checker.check(square)


@pytest.mark.parametrize("width", [390.0, 720.0, 1280.0])
@pytest.mark.parametrize("edges", ["queue>sync:send sync>queue:verify sync>log queue>log:write", "report>pay:one-or-more pay>report:two"])
def test_no_arrow_takes_a_small_step_where_it_could_run_straight(edges: str, width: float) -> None:
    for line in (item for item in flat(render.draw(board(edges), style(), width).items) if isinstance(item, Connector)):
        for a, b, c, d in zip(line.points, line.points[1:], line.points[2:], line.points[3:], strict=False):
            on = (b[0] - a[0]) * (d[0] - c[0]) + (b[1] - a[1]) * (d[1] - c[1]) > 0
            assert not on or math.dist(b, c) > 8.0


def test_boxes_that_a_person_set_nearly_level_are_joined_by_one_straight_line() -> None:
    spec = board("a>b").model_dump()
    for node, x, y in zip(spec["nodes"], (0, 300), (0, 7), strict=True):
        node |= {"x": x, "y": y, "w": 120, "h": 60}
    (line,) = [item for item in flat(render.draw(Whiteboard.model_validate(spec)).items) if isinstance(item, Connector)]
    assert len(line.points) == 2 and line.points[0][1] == line.points[1][1]


@pytest.mark.parametrize("seed", [48, 105, 122, 136])
def test_arrows_made_straight_keep_the_page(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.randrange(4, 12)
    boxes = [Vertex(chance.uniform(40, 120), 30) for _ in range(count)]
    ends = [(chance.randrange(count), chance.randrange(count), chance.choice((0.0, 60.0, 110.0))) for _ in range(count + 3)]
    plan = layered(boxes, [Arc(a, b, w, 16.0 if w else 0.0) for a, b, w in ends if a != b], right=False, most=300.0)
    assert plan is not None and plan.w <= 300.5


@pytest.mark.parametrize("width", [390.0, 720.0, 1280.0])
def test_no_arrow_runs_through_the_mark_at_another_s_end(width: float) -> None:
    spec = board("order>line order>bill:paid order>user line>good bill>user").model_dump()
    spec["edges"] = [edge | {"head": "any", "tail": "some"} for edge in spec["edges"]]
    drawing = render.draw(Whiteboard.model_validate(spec), style(), width)
    marks = [item for item in flat(drawing.items) if isinstance(item, Path) and item.part.startswith("edge")]
    assert len(marks) >= 3 * len(spec["edges"])
    for mark in marks:
        xs, ys = ([place for _, places in mark.d for place in places[n::2]] for n in (0, 1))
        for line in (line for line in connectors(drawing) if line.part != mark.part):
            for (x, y), (u, v) in pairwise(line.points):
                assert max(x, u) <= min(xs) or min(x, u) >= max(xs) or max(y, v) <= min(ys) or min(y, v) >= max(ys)


@pytest.mark.parametrize("width", [390.0, 1280.0])
def test_words_near_the_ends_of_arrows_keep_off_one_another_and_off_other_arrows(width: float) -> None:
    spec = board("a>b a>c b>c a>d b>d").model_dump()
    spec["edges"] = [edge | {"near_start": "1", "near_end": "0..*", "dashed": n % 2 > 0} for n, edge in enumerate(spec["edges"])]
    drawing = render.draw(Whiteboard.model_validate(spec), style(), width)
    assert not checker.check(drawing)
    for text in (item for item in flat(drawing.items) if isinstance(item, Text) and item.field.startswith("near")):
        ((left, top, right, bottom),) = checker.ink(text)
        for line in connectors(drawing):
            for (x, y), (u, v) in pairwise(line.points):
                assert max(x, u) < left or min(x, u) > right or max(y, v) < top or min(y, v) > bottom


@pytest.mark.parametrize("spokes", [10, 40])
def test_the_spokes_of_a_hub_stand_in_rows_that_begin_alike(spokes: int) -> None:
    drawing = render.draw(board(" ".join(f"hub>spoke_{n}" for n in range(spokes))), style(), 1280.0)
    rows: dict[float, list[float]] = {}
    for box in cards(drawing):
        if box.name != "hub":
            rows.setdefault(round(box.y), []).append(round(box.x))
    assert len(rows) > 1 and len({min(xs) for xs in rows.values()}) == 1
    assert all(line.heads == "end" for line in connectors(drawing)) and not faults(drawing)


def test_a_sentence_on_an_arrow_is_no_column_of_words() -> None:
    words = "The_quick_brown_fox_jumps_over_the_lazy_dog_again_and_again_until_the_whole_paragraph_is_two_hundred_characters_long"
    drawing = render.draw(board(f"a>b:{words} b>c"), style(), 1280.0)
    (text,) = [item for item in texts(drawing) if item.field == "label" and item.part == "edge1"]
    assert len(text.lines) < 8


def test_a_hub_too_full_for_its_page_is_made_no_smaller_than_it_must_be() -> None:
    spec = Whiteboard.model_validate({"title": "T", "edges": [f"hub -> service number {n}: reads from" for n in range(30)]})
    drawing = render.draw(spec, style(), 720.0, 405.0)
    assert min(text.size for text in texts(drawing) if text.part.startswith("node")) > 6.5


@pytest.mark.parametrize("seed", [6, 10, 16, 20, 24])
def test_arrows_that_run_back_leave_the_lanes_side_by_side(seed: int) -> None:
    chance = random.Random(seed)
    lanes = ("one", "two", "three")
    nodes = [{"name": f"n{n}", "group": chance.choice(lanes)} for n in range(8)]
    edges = [f"n{n - 1} -> n{n}" for n in range(1, 8)] + [f"n{chance.randrange(4, 8)} -> n{chance.randrange(0, 4)}" for _ in range(2)]
    spec = Whiteboard.model_validate({"title": "T", "design": "lanes", "groups": lanes, "nodes": nodes, "edges": edges})
    boxes = {item.name: item for item in flat(render.draw(spec, style(), 720.0).items) if isinstance(item, Box) and item.name}
    for node in nodes:
        card = boxes[node["name"]]
        around = [name for name in lanes if (area := boxes.get(f"section:{name}")) and area.x < card.x + card.w / 2 < area.x + area.w]
        assert around == [node["group"]]


def test_what_leaves_a_group_shares_no_line_with_what_leaves_a_box_in_it() -> None:
    nodes = [{"name": "cart", "group": "shop"}, {"name": "till", "group": "shop"}, "bank", "post"]
    spec = Whiteboard.model_validate(
        {"title": "T", "groups": ["shop"], "nodes": nodes, "edges": ["cart -> till", "till -> bank", "shop -> post"]}
    )
    for width in (390.0, 720.0, 1280.0):
        from_box, from_group = (line for line in connectors(render.draw(spec, width=width)) if line.start in {"till", "section:shop"})
        assert {from_box.start, from_group.start} == {"till", "section:shop"}
        assert min(abs(a - b) for a, b in zip(from_box.points[0], from_group.points[0], strict=True)) > 4


def test_an_arrow_does_not_say_again_where_it_goes() -> None:
    told = [
        ("Login page", "Enter password", "enter password"),
        ("Enter password", "Home", "if it is right"),
        ("Home", "Login page", "Home"),
    ]
    edges = [{"start": start, "end": end, "label": label} for start, end, label in told]
    board = form("whiteboard").corrected(form("whiteboard").spec.model_validate({"title": "Login", "edges": edges}), "")
    assert [edge["label"] for edge in board.model_dump()["edges"]] == ["", "if it is right", ""]


@pytest.mark.parametrize(("many", "grouped", "least"), [(20, False, 7.5), (20, True, 6.5), (40, False, 4.5), (40, True, 4.0)])
def test_a_long_process_on_a_small_page_is_cut_into_as_many_rows_as_it_takes(many: int, grouped: bool, least: float) -> None:
    group = [f"Part {n * 3 // many}" if grouped else "" for n in range(many)]
    nodes = [{"name": f"n{n}", "label": f"Check order {n}", "group": group[n]} for n in range(many)]
    lines = [f"n{n} -> n{n + 1}" for n in range(many - 1)] + [f"n{n} -> n{n - 2}: again" for n in range(6, many, 7)]
    spec = Whiteboard.model_validate({"title": "Every order is checked", "nodes": nodes, "edges": lines})
    drawing = render.draw(spec, style(), 720.0, 405.0)
    assert min(text.size for text in texts(drawing) if text.lines) >= least


@pytest.mark.parametrize("size", [(960.0, 540.0), (1280.0, 720.0), (720.0, 900.0)])
def test_a_lane_on_a_page_of_given_height_stays_one_lane(size: tuple[float, float]) -> None:
    drawing = render.draw(example("examples/whiteboard/claim-lanes.json"), style(), *size)
    frames = [item for item in flat(drawing.items) if isinstance(item, Box) and item.name.startswith("section:")]
    assert len(frames) == len({frame.name for frame in frames}) == 4
    assert min(text.size for text in texts(drawing) if text.lines) >= 8.8


@pytest.mark.parametrize("size", [(960.0, None), (960.0, 540.0)])
@pytest.mark.parametrize("into", [0, 3, 9])
def test_what_many_arrows_with_words_tie_to_one_box_stands_on_both_sides_of_it(into: int, size: tuple[float, float | None]) -> None:
    lines = [f"Service {n} -> hub: calls" if n < into else f"hub -> Service {n}: asks" for n in range(9)]
    drawing = render.draw(Whiteboard.model_validate({"title": "T", "edges": lines}), style(), *size)
    boxes = {box.name: box for box in cards(drawing)}
    hub = boxes.pop("hub")
    right = [box for box in boxes.values() if box.x > hub.x + hub.w]
    left = [box for box in boxes.values() if box.x + box.w < hub.x]
    assert (len(right), len(left)) == (5, 4)
    assert sum(line.end == "hub" for line in connectors(drawing)) == into
    assert not faults(drawing) and not checker.check(drawing)
