"""A board that is too full for a slide goes on over several: each box stands on one of them, each arrow, and all of it can be read."""

import random
from itertools import pairwise

import pytest

from flipchart.renderers import check as checker
from flipchart.renderers import pptx
from flipchart.renderers.drawing import Box, Connector, Drawing, Group, Text, flat
from flipchart.renderers.registry import form
from flipchart.renderers.render import Page
from flipchart.renderers.spec import Spec
from flipchart.renderers.whiteboard_spec import Whiteboard


def slides(spec: Spec) -> list[Drawing]:
    return list(pptx.slides_of(Page((spec,))))


def board(names: list[str], arrows: list[tuple[int, int]], **more: object) -> Whiteboard:
    edges = [{"start": names[a], "end": names[b]} for a, b in arrows]
    groups = [f"Team {n * 4 // len(names)}" for n in range(len(names))] if more.pop("grouped", False) else [""] * len(names)
    nodes = [{"name": name, "group": group} for name, group in zip(names, groups, strict=True)]
    return Whiteboard.model_validate({"title": "Who works with whom", "nodes": nodes, "edges": edges} | more)


def chain(count: int, **more: object) -> Whiteboard:
    return board([f"Station {n + 1}" for n in range(count)], [(n, n + 1) for n in range(count - 1)], **more)


def web(count: int, **more: object) -> Whiteboard:
    chance = random.Random(count)
    arrows = [(n, min(count - 1, n + chance.randint(1, 6))) for n in range(count - 1)]
    return board([f"Service {n + 1}" for n in range(count)], arrows, **more)


def tree(branches: int, leaves: int, **more: object) -> Whiteboard:
    arrows, names = [], ["City"]
    for b in range(branches):
        names.append(f"Quarter {b + 1}")
        top = len(names) - 1
        arrows.append((0, top))
        for n in range(leaves):
            names.append(f"Street {b + 1}.{n + 1}")
            arrows.append((top, len(names) - 1))
    return board(names, arrows, **more)


FULL = {
    "chain": chain(40), "web": web(36), "groups": web(40, grouped=True), "lanes": web(32, grouped=True, design="lanes"),
    "mindmap": tree(9, 5, design="mindmap"), "loose": board([f"Idea {n}" for n in range(90)], []),
    "sequence": board(["Browser", "Server", "Store"], [(n % 3, (n + 1) % 3) for n in range(90)], design="sequence"),
}  # fmt: skip


@pytest.mark.parametrize("name", FULL)
def test_a_full_board_can_be_read_on_its_slides(name: str) -> None:
    spec = FULL[name]
    drawn = slides(spec)
    assert 1 < len(drawn) <= 12
    for drawing in drawn:
        assert min(item.size for item in flat(drawing.items) if isinstance(item, Text) and item.lines) >= 11.95
        assert not checker.check(drawing)
    shown = [{item.part for item in flat(drawing.items) if isinstance(item, Group)} for drawing in drawn]
    assert {node.id for node in spec.nodes} <= set().union(*shown)
    arrows = {item.part for drawing in drawn for item in flat(drawing.items) if isinstance(item, Connector)}
    assert {edge.id for edge in spec.edges} <= arrows


@pytest.mark.parametrize("name", [name for name in FULL if name not in {"mindmap", "sequence"}])
def test_each_box_stands_on_one_page_and_elsewhere_only_at_the_end_of_an_arrow(name: str) -> None:
    spec = FULL[name]
    pair = form("whiteboard").halves(spec)
    assert pair
    halves = [half for half in pair if isinstance(half, Whiteboard)]
    own = [{node.name for node in half.nodes if not node.away} for half in halves]
    assert own[0] | own[1] == {node.name for node in spec.nodes}
    assert not own[0] & own[1]
    for half, mine in zip(halves, own, strict=True):
        ends = {end for edge in half.edges for end in (edge.start, edge.end)}
        assert {node.name for node in half.nodes if node.away} == ends - mine
        assert all({edge.start, edge.end} & mine for edge in half.edges)


@pytest.mark.parametrize("spec", [web(24, grouped=True), web(40, grouped=True), chain(24, grouped=True)], ids=["web", "large web", "chain"])
def test_groups_keep_their_frames_on_every_slide(spec: Whiteboard) -> None:
    group = {node.id: node.group for node in spec.nodes}
    drawn = slides(spec)
    assert 1 < len(drawn) <= 6
    hues: dict[str, str | None] = {}
    for drawing in drawn:
        frames = [item for item in flat(drawing.items) if isinstance(item, Box) and item.name.startswith("section:")]
        cards = [(item.part, item.items[0]) for item in flat(drawing.items) if isinstance(item, Group) and item.part in group]
        for part, card in cards:
            assert isinstance(card, Box)
            around = {
                f.name for f in frames if f.x < card.x and f.y < card.y and card.x + card.w < f.x + f.w and card.y + card.h < f.y + f.h
            }
            assert around == (set() if card.dash else {f"section:{group[part]}"})
        for frame in frames:
            assert hues.setdefault(frame.name, frame.fill) == frame.fill
        heads = [item.words for item in flat(drawing.items) if isinstance(item, Text)]
        assert all(heads.count(frame.name.removeprefix("section:")) >= 1 for frame in frames)
        assert not checker.check(drawing)
    assert len(set(hues.values())) == len(hues) > 1


def test_a_board_that_fits_stays_on_one_slide() -> None:
    assert len(slides(chain(12))) == len(slides(web(9))) == 1


def test_lanes_too_long_for_a_slide_go_on_over_several_and_are_never_cut_in_pieces() -> None:
    names = ["Claim comes in", "Read the policy", "Check the damage", "Ask for photos", "Write the report", "Approve it", "Pay", "Close"]
    nodes = [{"name": name, "group": f"Team {n % 3}"} for n, name in enumerate(names)]
    edges = [{"start": a, "end": b, "label": "then"} for a, b in pairwise(names)]
    drawn = slides(Whiteboard.model_validate({"title": "A claim", "design": "lanes", "nodes": nodes, "edges": edges}))
    for drawing in drawn:
        lanes = [item.name for item in flat(drawing.items) if isinstance(item, Box) and item.name.startswith("section:")]
        assert lanes and len(lanes) == len(set(lanes))
