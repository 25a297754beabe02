"""A drawing written for Excalidraw is tied together on both sides; a file of Excalidraw's comes back as the board it is."""

import json
from itertools import pairwise
from typing import Any

import pytest

from flipchart import assets
from flipchart.renderers import check as checker
from flipchart.renderers import excalidraw, excalidraw_write, mermaid, render
from flipchart.renderers.drawing import Box, Connector, Drawing, Group, Path, Text, flat
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.render import Page
from flipchart.renderers.style import contrast, style
from flipchart.renderers.whiteboard import FORM
from flipchart.renderers.whiteboard_names import resolved
from flipchart.renderers.whiteboard_spec import Edge, Whiteboard

BOARDS = assets.names("examples/whiteboard", ".json")
OTHERS = [name for form in ("chart", "infographic", "slides", "app") for name in assets.names(f"examples/{form}", ".json")[:3]]


def written(name: str, theme: str = "light") -> dict[str, Any]:
    value = json.loads(excalidraw_write.write_page(Page((read(assets.text(name)),), style(theme))))
    assert isinstance(value, dict)
    return value


def board(elements: list[dict[str, Any]]) -> Whiteboard:
    spec = excalidraw.read(json.dumps({"type": "excalidraw", "version": 2, "elements": elements, "files": {}}))
    assert isinstance(spec, Whiteboard)
    return spec


def shape(id: str, x: float, y: float, kind: str = "rectangle", **more: object) -> dict[str, Any]:
    return {
        "id": id,
        "type": kind,
        "x": x,
        "y": y,
        "width": 160,
        "height": 60,
        "strokeColor": "#1e1e1e",
        "backgroundColor": "transparent",
    } | more


def label(id: str, holder: str, words: str, **more: object) -> dict[str, Any]:
    return {
        "id": id,
        "type": "text",
        "x": 0,
        "y": 0,
        "width": 60,
        "height": 25,
        "text": words,
        "fontSize": 20,
        "containerId": holder,
    } | more


def arrow(id: str, points: list[tuple[float, float]], start: str = "", end: str = "", **more: object) -> dict[str, Any]:
    x, y = points[0]
    tied = {key: {"elementId": name, "focus": 0, "gap": 1} for key, name in (("startBinding", start), ("endBinding", end)) if name}
    return (
        {"id": id, "type": "arrow", "x": x, "y": y, "width": 1, "height": 1, "points": [[px - x, py - y] for px, py in points]}
        | tied
        | more
    )


# Out


@pytest.mark.parametrize("name", [*BOARDS, *OTHERS])
def test_every_tie_is_written_on_both_sides(name: str) -> None:
    elements = written(name)["elements"]
    by_id = {e["id"]: e for e in elements}
    assert len(by_id) == len(elements)
    for e in elements:
        for tie in e["boundElements"]:
            other = by_id[tie["id"]]
            assert tie["type"] == other["type"]
            held = (
                other.get("containerId")
                if tie["type"] == "text"
                else [b["elementId"] for b in (other["startBinding"], other["endBinding"]) if b]
            )
            assert e["id"] in held if isinstance(held, list) else e["id"] == held
        for binding in (e.get("startBinding"), e.get("endBinding")):
            if binding:
                assert {"id": e["id"], "type": "arrow"} in by_id[binding["elementId"]]["boundElements"]
                assert all(0 <= share <= 1 for share in binding["fixedPoint"])
        if e.get("containerId"):
            assert {"id": e["id"], "type": "text"} in by_id[e["containerId"]]["boundElements"]


@pytest.mark.parametrize("name", BOARDS)
def test_every_arrow_between_boxes_is_tied_and_ends_where_it_is_tied(name: str) -> None:
    spec = read(assets.text(name))
    assert isinstance(spec, Whiteboard)
    elements = written(name)["elements"]
    by_id = {e["id"]: e for e in elements}
    tied = [e for e in elements if e["type"] == "arrow" and e["startBinding"] and e["endBinding"]]
    assert len(tied) == (0 if spec.design == "sequence" else len(spec.edges))
    for e in tied:
        for binding, (px, py) in ((e["startBinding"], e["points"][0]), (e["endBinding"], e["points"][-1])):
            holder, (fx, fy) = by_id[binding["elementId"]], binding["fixedPoint"]
            assert abs(holder["x"] + fx * holder["width"] - e["x"] - px) < 1
            assert abs(holder["y"] + fy * holder["height"] - e["y"] - py) < 1


@pytest.mark.parametrize("name", [*BOARDS, *OTHERS])
def test_all_that_is_drawn_is_written(name: str) -> None:
    spec = read(assets.text(name))
    elements = written(name)["elements"]
    said = "\n".join(e.get("originalText", "") for e in elements)
    for item in flat(render.draw(spec).items):
        words = getattr(item, "words", "")
        assert not words or words in said
    assert all(e["points"][0] == [0, 0] for e in elements if e["type"] in {"line", "arrow"})
    assert all(isinstance(e[key], int | float) for e in elements for key in ("x", "y", "width", "height", "seed", "opacity"))


def test_shapes_that_excalidraw_lacks_are_lines_around_an_unseen_box() -> None:
    elements = written("examples/whiteboard/shop-services.json")["elements"]
    store = next(e for e in elements if e.get("customData", {}).get("flipchart", {}).get("shape") == "cylinder")
    assert (store["type"], store["strokeColor"], store["backgroundColor"]) == ("rectangle", "transparent", "transparent")
    assert [e for e in elements if e["type"] == "line" and set(e["groupIds"]) & set(store["groupIds"])]
    assert {tie["type"] for tie in store["boundElements"]} == {"text", "arrow"}


def test_a_hand_drawn_theme_is_rough_and_a_clean_one_is_not() -> None:
    rough, clean = (written("examples/whiteboard/shop-services.json", theme) for theme in ("chalk", "light"))
    assert {e["roughness"] for e in rough["elements"]} == {1}
    assert {e["roughness"] for e in clean["elements"]} == {0}
    assert {e["fontFamily"] for e in rough["elements"] if e["type"] == "text"} == {5}


def test_the_same_page_gives_the_same_bytes() -> None:
    page = Page((read(assets.text("examples/whiteboard/data-platform.json")),))
    assert excalidraw_write.write_page(page) == excalidraw_write.write_page(page)


def test_a_picture_travels_with_its_pixels() -> None:
    from io import BytesIO

    from PIL import Image

    pixels = BytesIO()
    Image.new("RGB", (40, 20), "#336699").save(pixels, "PNG")
    spec = read({"kind": "image", "title": "Blue", "prompt": "blue"}).model_copy(update={"blob": "sha256:ab"})
    if "blob" not in type(spec).model_fields:
        pytest.fail("an image keeps its pixels in `blob`")
    value = json.loads(excalidraw_write.write_page(Page((spec,), style(), {"sha256:ab": pixels.getvalue()})))
    image = next(e for e in value["elements"] if e["type"] == "image")
    assert value["files"][image["fileId"]]["dataURL"].startswith("data:image/png;base64,")


# There and back


@pytest.mark.parametrize("name", BOARDS)
@pytest.mark.parametrize("theme", ["light", "chalk"])
def test_our_own_file_comes_back_as_the_board_it_was(name: str, theme: str) -> None:
    spec, back = read(assets.text(name)), excalidraw.read_values(written(name, theme))
    assert isinstance(spec, Whiteboard) and isinstance(back, Whiteboard)
    one, other = resolved(spec), resolved(back)
    assert back.title == spec.title
    assert sorted((c.name, " ".join(c.label.split())) for c in other.cards) == sorted(
        (c.name, " ".join(c.label.split())) for c in one.cards
    )
    if spec.design in {"flow", "tree", "sequence"}:
        assert {c.name: c.shape for c in other.cards} == {c.name: c.shape for c in one.cards}
    assert sorted((other.cards[i.start].name, other.cards[i.end].name, i.label, i.dashed) for i in other.links) == sorted(
        (one.cards[i.start].name, one.cards[i.end].name, i.label, i.dashed) for i in one.links
    )
    assert {section.label for section in other.sections} == {section.label for section in one.sections}
    assert not back.strokes and not back.notes
    assert not render.check(back)


def test_our_own_file_comes_back_with_its_places() -> None:
    name = "examples/whiteboard/data-platform.json"
    first = render.draw(read(assets.text(name)))
    again = render.draw(excalidraw.read_values(written(name)))

    def places(drawing: Drawing) -> dict[str, tuple[float, float]]:
        boxes = [item.items[0] for item in flat(drawing.items) if isinstance(item, Group) and isinstance(item.items[0], Box)]
        left = min(box.x for box in boxes if isinstance(box, Box))
        return {box.name: (round(box.x - left), round(box.y)) for box in boxes if isinstance(box, Box)}

    there, back = places(first), places(again)
    shifts = {name: (back[name][0] - x, back[name][1] - y) for name, (x, y) in there.items()}
    assert max(x for x, _ in shifts.values()) - min(x for x, _ in shifts.values()) <= 1
    assert max(y for _, y in shifts.values()) - min(y for _, y in shifts.values()) <= 1


# In


def test_shapes_words_arrows_and_remarks_are_read() -> None:
    spec = board(
        [
            shape("a", 0, 0, backgroundColor="#a5d8ff"), label("ta", "a", "Start"), shape("b", 300, 0, "diamond"), label("tb", "b", "OK?"),
            shape("c", 300, 200, "ellipse"), label("tc", "c", "Done"), arrow("e", [(161, 30), (299, 30)], "a", "b"),
            arrow("f", [(380, 61), (380, 199)], "b", "c", strokeStyle="dashed", startArrowhead="dot"), label("tf", "f", "yes"),
            {"id": "n", "type": "text", "x": 0, "y": 200, "width": 90, "height": 25, "text": "A remark", "fontSize": 20},
        ]
    )  # fmt: skip
    assert [(node.label, node.shape, node.fill) for node in spec.nodes] == [
        ("Start", "box", "#a5d8ff"),
        ("OK?", "decision", ""),
        ("Done", "circle", ""),
    ]
    assert [(e.start, e.end, e.label, e.dashed, e.head, e.tail) for e in spec.edges] == [
        ("Start", "OK?", "", False, "arrow", "none"), ("OK?", "Done", "yes", True, "arrow", "circle"),
    ]  # fmt: skip
    assert [(note.text, note.x, note.y) for note in spec.notes] == [("A remark", 0, 200)]
    assert not render.check(spec)


def test_an_arrow_tied_to_what_is_gone_is_found() -> None:
    spec = board([shape("a", 0, 0), label("t", "a", "Start"), arrow("e", [(161, 30), (260, 30)], "a", "gone")])
    assert [(finding.code, finding.found) for finding in render.check(spec)] == [("dangling", "its end is `gone`, which is not drawn")]


def test_words_larger_than_what_holds_them_are_found() -> None:
    spec = board([shape("a", 0, 0, width=60, height=30), label("t", "a", "far too many words for so small a box")])
    assert "overflow" in [finding.code for finding in render.check(spec)]


def test_ink_too_faint_for_its_ground_is_found() -> None:
    spec = board([shape("a", 0, 0, backgroundColor="#ffec99"), label("t", "a", "Faint", strokeColor="#ffe066")])
    assert [finding.code for finding in render.check(spec)] == ["contrast"]


def test_an_arrow_without_ties_joins_the_boxes_it_touches() -> None:
    spec = board([shape("a", 0, 0), shape("b", 300, 0), arrow("e", [(163, 30), (296, 30)])])
    assert [(e.start, e.end) for e in spec.edges] == [("*a", "*b")]


def test_an_arrow_that_touches_nothing_and_a_sketch_are_kept_as_lines() -> None:
    sketch = {
        "id": "s",
        "type": "freedraw",
        "x": 10,
        "y": 20,
        "width": 9,
        "height": 9,
        "points": [[0, 0], [5, 5]],
        "strokeColor": "#e03131",
    }
    spec = board([arrow("e", [(0, 0), (100, 0)]), sketch])
    assert [stroke.points for stroke in spec.strokes][2:] == [((10, 20), (15, 25))]
    assert spec.strokes[0].points == ((0, 0), (100, 0))
    assert len([item for item in flat(render.draw(spec).items) if isinstance(item, Path)]) == 3


def test_an_arrow_that_ends_far_from_its_words_is_drawn_to_them() -> None:
    words = {"id": "w", "type": "text", "x": 300, "y": 5, "width": 140, "height": 50, "text": "A remark", "fontSize": 20}
    spec = board([shape("a", 0, 0), words, arrow("e", [(161, 30), (240, 30)], "a", "w")])
    assert spec.edges[0].points == () and not render.check(spec)


def test_free_words_that_an_arrow_ends_at_get_no_box_and_stay_free() -> None:
    words = {"id": "w", "type": "text", "x": 300, "y": 16, "width": 60, "height": 25, "text": "A remark", "fontSize": 20}
    spec = board([shape("a", 0, 0), words, arrow("e", [(161, 30), (298, 30)], "a", "w")])
    for one in (spec, excalidraw.read(excalidraw_write.write_page(Page((spec,), style())).decode())):
        drawing = render.draw(one)
        around = next(item for item in flat(drawing.items) if isinstance(item, Box) and item.name == "A remark")
        assert (around.fill, around.stroke) == (None, None)
        assert not checker.check(drawing)


def test_an_arrow_tied_to_words_in_a_box_is_tied_to_the_box_and_one_whose_tie_is_gone_to_what_it_touches() -> None:
    boxes = [shape("a", 0, 0), label("t", "a", "Start"), shape("b", 300, 0), label("u", "b", "End")]
    spec = board([*boxes, arrow("e", [(161, 30), (298, 30)], "t", "gone")])
    assert [(edge.start, edge.end) for edge in spec.edges] == [("Start", "End")]


def test_a_hatched_filling_is_as_light_as_it_looks() -> None:
    spec = board([shape("a", 0, 0, backgroundColor="#7950f2", fillStyle="hachure"), label("t", "a", "Dark on it")])
    assert contrast("#7950f2", "#ffffff") > contrast(spec.nodes[0].fill, "#ffffff") > 1.5
    assert not render.check(spec)
    solid = board([shape("a", 0, 0, backgroundColor="#7950f2", fillStyle="solid")])
    assert solid.nodes[0].fill == "#7950f2"


def test_a_sliver_of_a_shape_is_written_too() -> None:
    spec = board([shape("a", 0, 0), shape("b", 300, 0, width=1.2)])
    assert len(excalidraw.read(excalidraw_write.write_page(Page((spec,), style())).decode()).nodes) == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", ["PERFORMANCE", "Load\nbalancers"])
def test_words_whose_type_there_was_narrower_stay_whole(words: str) -> None:
    free = {"id": "w", "type": "text", "x": 40, "y": 100, "width": 90, "height": 25 * len(words.split()), "text": words, "fontSize": 20}
    drawing = render.draw(board([shape("a", 0, 0), free]))
    (text,) = [item for item in flat(drawing.items) if isinstance(item, Text)]
    assert ([line.text for line in text.lines], text.size) == (words.split("\n"), 20.0)
    assert not checker.check(drawing)


def test_a_stale_arrow_is_drawn_from_border_to_border_again() -> None:
    spec = board([shape("a", 0, 0), shape("b", 300, 200), arrow("e", [(0, 0), (10, 10)], "a", "b")])
    assert spec.edges[0].points == ()
    assert not checker.check(render.draw(spec))


def test_frames_and_rectangles_around_others_become_groups() -> None:
    spec = board(
        [
            {"id": "f", "type": "frame", "x": -20, "y": -20, "width": 220, "height": 120, "name": "Edge"}, shape("big", 280, -40,
            width=240, height=300),
            label("tbig", "big", "Core"), shape("a", 0, 0), shape("b", 300, 0), shape("c", 300, 120),
        ]
    )  # fmt: skip
    assert [(group.name, group.label) for group in spec.groups] == [("Edge", "Edge"), ("Core", "Core")]
    assert [(node.name, node.group) for node in spec.nodes] == [("*a", "Edge"), ("*b", "Core"), ("*c", "Core")]
    assert not render.check(spec)


def test_deleted_elements_are_left_out() -> None:
    assert [node.name for node in board([shape("a", 0, 0), shape("b", 0, 100, isDeleted=True)]).nodes] == ["*a"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[1]", "an Excalidraw file is a JSON object, not list"),
        ('{"type": "excalidraw"}', "the Excalidraw file has no list of `elements`; give a file saved by Excalidraw"),
        ("{", "this is not JSON"),
    ],
)
def test_what_is_no_excalidraw_file_is_told_so(text: str, told: str) -> None:
    with pytest.raises(SpecProblem, match=told.replace("[", r"\[")):
        excalidraw.read(text)


@pytest.mark.parametrize(
    "element",
    [
        {"type": "rectangle"}, {"id": 3, "type": "text", "x": "a", "y": 0}, {"id": "a", "type": "arrow", "x": 0, "y": 0, "width": 0,
        "height": 0},
        {"id": "a", "type": "line", "x": 0, "y": 0, "width": 0, "height": 0, "points": [[0], "x", [1, None]]}, {"id": "z",
        "type": "unheard-of"}, 7,
        {"id": "a", "type": "rectangle", "x": 0, "y": 0, "width": -5, "height": 1e300, "groupIds": 4, "customData": "x",
        "boundElements": None},
    ],
)  # fmt: skip
def test_broken_elements_are_survived_or_told_of(element: Any) -> None:
    try:
        spec = excalidraw.read_values({"elements": [element, shape("ok", 0, 0)]})
    except SpecProblem as problem:
        assert str(problem)
    else:
        assert render.draw(spec).items


# Drawn over by a person


def drawn_over(name: str, change: Any) -> Whiteboard:
    """The example as it is once a person did `change` to the elements of its file."""
    spec = read(assets.text(name))
    assert isinstance(spec, Whiteboard) and FORM.redrawn is not None
    value = written(name)
    change(value["elements"])
    made = FORM.redrawn(spec, json.dumps(value))
    assert isinstance(made, Whiteboard)
    return made


def card_of(elements: list[dict[str, Any]], part: str) -> dict[str, Any]:
    found = [e for e in elements if (e.get("customData") or {}).get("flipchart", {}).get("part") == part]
    return next(e for e in found if e["customData"]["flipchart"]["role"] == "card")


SERVICES = "examples/whiteboard/shop-services.json"


def test_a_moved_box_stays_there_and_its_arrow_finds_a_way() -> None:
    def move(elements: list[dict[str, Any]]) -> None:
        box = card_of(elements, "node6")
        box["y"] += 200
        for e in elements:
            if e["type"] == "arrow" and (e["endBinding"] or {}).get("elementId") == box["id"]:
                e["points"][-1][1] += 200

    before, after = read(assets.text(SERVICES)), drawn_over(SERVICES, move)
    assert isinstance(before, Whiteboard)
    assert (after.id, after.title, after.lang, after.version) == (before.id, before.title, before.lang, before.version + 1)
    assert [(n.id, n.name, n.label) for n in after.nodes] == [(n.id, n.name, n.label or n.name) for n in before.nodes]
    assert [(e.id, e.start, e.end, e.label) for e in after.edges] == [(e.id, e.start, e.end, e.label) for e in before.edges]
    assert [bool(e.points) for e in after.edges] == [True, True, True, True, False]
    lowest = max(after.nodes, key=lambda node: node.y or 0)
    assert lowest.id == "node6" and not render.check(after)


@pytest.mark.parametrize("between", [1, 2, 4])
def test_an_arrow_whose_way_is_blocked_runs_round_the_boxes(between: int) -> None:
    names = ["first", *(f"wall {n}" for n in range(between)), "last"]
    for dx, dy in ((0, 90), (150, 0), (150, 90)):
        nodes = [{"name": name, "x": n * dx, "y": n * dy, "w": 110, "h": 50} for n, name in enumerate(names)]
        drawing = render.draw(Whiteboard.model_validate({"nodes": nodes, "edges": [{"start": "first", "end": "last"}]}), width=960.0)
        boxes = [item for item in flat(drawing.items) if isinstance(item, Box) and item.name.startswith("wall")]
        (line,) = (item for item in flat(drawing.items) if isinstance(item, Connector))
        assert len(boxes) == between
        for (px, py), (qx, qy) in pairwise(line.points):
            for b in boxes:
                assert not (min(px, qx) < b.x + b.w and max(px, qx) > b.x and min(py, qy) < b.y + b.h and max(py, qy) > b.y)
        assert not checker.check(drawing)


def test_a_copy_of_a_box_is_a_box_of_its_own() -> None:
    def copy(elements: list[dict[str, Any]]) -> None:
        elements.append({**card_of(elements, "node1"), "id": "copy", "y": 600, "boundElements": [], "groupIds": []})
        elements.append({**label("words", "copy", "Second door"), "fontFamily": 6})

    after = drawn_over(SERVICES, copy)
    assert len({node.id for node in after.nodes}) == len({node.name for node in after.nodes}) == 7
    assert after.nodes[-1].label == "Second door"


def test_a_head_turned_and_a_shape_changed_by_hand_are_kept() -> None:
    def turn(elements: list[dict[str, Any]]) -> None:
        arrow = next(e for e in elements if e["type"] == "arrow")
        arrow["startArrowhead"], arrow["endArrowhead"] = "arrow", None
        card_of(elements, "node1")["type"] = "ellipse"

    after = drawn_over(SERVICES, turn)
    assert (after.edges[0].head, after.edges[0].tail, after.nodes[0].shape) == ("none", "arrow", "circle")


def test_what_a_person_arranged_survives_what_a_model_writes_next() -> None:
    arranged = drawn_over(SERVICES, lambda elements: card_of(elements, "node4").update(x=900, y=700))
    words = {"title": "With a cache", "edges": [{"start": e.start, "end": e.end, "label": e.label} for e in arranged.edges]}
    nodes = [{"name": n.name, "label": n.label, "shape": n.shape} for n in arranged.nodes]
    written_anew = Whiteboard.model_validate(words | {"nodes": [*nodes, {"name": "cache", "label": "Cache"}]})
    more = written_anew.model_copy(update={"edges": (*written_anew.edges, Edge(start="api", end="cache", id="new"))})
    after = FORM.carried(arranged, more)
    assert isinstance(after, Whiteboard)
    assert [(n.x, n.y) for n in after.nodes[:6]] == [(n.x, n.y) for n in arranged.nodes]
    drawing = render.draw(after)
    assert not checker.check(drawing)
    assert any(isinstance(item, Box) and item.name == "cache" for item in flat(drawing.items))


def test_what_a_person_drew_by_hand_is_written_and_comes_back() -> None:
    sketch = {"id": "s", "type": "freedraw", "x": 10, "y": 20, "points": [[0, 0], [5, 5], [9, 2]], "strokeColor": "#e03131"}
    spec = board([shape("a", 0, 100), sketch, {**sketch, "id": "l", "type": "line", "strokeColor": "#1e1e1e"}])
    back = excalidraw.read(excalidraw_write.write_page(Page((spec,), style())).decode())
    assert isinstance(back, Whiteboard)
    assert [(len(stroke.points), stroke.ink) for stroke in back.strokes] == [(3, "#e03131"), (3, style().ink.lower())]
    assert len(back.nodes) == 1


def test_no_words_are_lost_with_an_arrow_that_leads_nowhere_or_an_area_s_second_text() -> None:
    loose = [arrow("e", [(300, 0), (400, 0)]), label("t", "e", "to nowhere")]
    inner = [shape("b", 20, 220), shape("c", 20, 320)]
    area = [shape("big", 0, 180, width=400, height=300, groupIds=["g"]), *inner]
    words = [
        {"id": id, "type": "text", "x": 220, "y": y, "width": 90, "height": 20, "text": text, "fontSize": 16, "groupIds": ["g"]}
        for id, y, text in (("h", 190, "Area"), ("i", 430, "Fine print"))
    ]
    spec = board([*loose, *area, *words])
    assert {note.text for note in spec.notes} == {"to nowhere", "Fine print"}
    assert [group.label for group in spec.groups] == ["Area"]


@pytest.mark.parametrize("words", ["   ", "\n", "\u200b"])
def test_a_free_text_that_says_nothing_is_no_fault(words: str) -> None:
    blank = {"id": "w", "type": "text", "x": 40, "y": 100, "width": 90, "height": 25, "text": words, "fontSize": 20}
    assert render.draw(board([shape("a", 0, 0), blank])).items


def test_a_free_text_that_was_never_measured_is_as_wide_as_its_words() -> None:
    words = "A sentence that is far longer than the width it came with"
    spec = board(
        [shape("a", 0, 0), {"id": "w", "type": "text", "x": 0, "y": 200, "width": 10, "height": 20, "text": words, "fontSize": 16}]
    )
    back = json.loads(excalidraw_write.write_page(Page((spec,), style())))
    assert [e["originalText"] for e in back["elements"] if e["type"] == "text"] == [words]
    assert not [finding for finding in render.check(spec) if finding.code == "cut"]


def rect_of(drawing: Drawing, words: str) -> tuple[float, float, float, float]:
    found = next(item for item in flat(drawing.items) if isinstance(item, Text) and item.words == words)
    return found.x, found.y, found.w, found.h


def apart(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] + a[2] <= b[0] + 1 or b[0] + b[2] <= a[0] + 1 or a[1] + a[3] <= b[1] + 1 or b[1] + b[3] <= a[1] + 1


def test_words_on_a_short_arrow_stand_beside_the_boxes_it_joins() -> None:
    close = [shape("a", 0, 0), label("ta", "a", "Client"), shape("b", 190, 0), label("tb", "b", "Server")]
    spec = board([*close, arrow("e", [(160, 30), (190, 30)], "a", "b"), label("te", "e", "POST /orders")])
    drawing = render.draw(spec)
    cards = [(b.x, b.y, b.w, b.h) for b in flat(drawing.items) if isinstance(b, Box) and b.name in {"Client", "Server"}]
    assert len(cards) == 2 and all(apart(rect_of(drawing, "POST /orders"), card) for card in cards)


def test_a_heading_leaves_the_corner_where_words_stand_already() -> None:
    inner = [shape("b", 20, 120), shape("c", 220, 120)]
    area = {**shape("f", 0, 0, width=420, height=240), "type": "frame", "name": "What the frame is called"}
    words = {"id": "w", "type": "text", "x": 10, "y": 8, "width": 120, "height": 24, "text": "Two lanes", "fontSize": 20}
    drawing = render.draw(board([area, *inner, words]))
    assert apart(rect_of(drawing, "Two lanes"), rect_of(drawing, "What the frame is called"))
    assert not [one for one in checker.check(drawing) if one.level == "error"]


def test_an_arrow_tied_at_one_end_stays_an_arrow_whose_other_end_is_free() -> None:
    free = [
        arrow("e", [(161, 30), (260, 90)], "a", "", strokeColor="#e03131"),
        arrow("f", [(40, 200), (60, 61)], "", "a"),
        label("w", "e", "out"),
    ]
    spec = board([shape("a", 0, 0), label("t", "a", "Start"), *free])
    for one in (spec, excalidraw.read(excalidraw_write.write_page(Page((spec,), style())).decode())):
        assert [(edge.start, edge.end, edge.label) for edge in one.edges] == [("Start", "", "out"), ("", "Start", "")]  # type: ignore[attr-defined]
        assert not one.strokes and not one.notes and not render.check(one)  # type: ignore[attr-defined]
        assert [edge.ink for edge in one.edges] == ["#e03131", ""]  # type: ignore[attr-defined]
        drawn = [item for item in flat(render.draw(one).items) if isinstance(item, Connector)]
        assert [(line.start, line.end, line.heads) for line in drawn] == [("Start", "", "end"), ("", "Start", "end")]
        assert all(line.points[0] != line.points[-1] for line in drawn)
    whole = spec.edges[0].points
    assert (whole[0], whole[-1]) == ((161, 30), (260, 90))
    assert mermaid.write(spec) == 'flowchart TD\n  Start["Start"]\n'
