"""Boards as a browser sets them: words inside their shapes and apart from one another, nothing off the page."""

import math
import random
from typing import Any

import pytest

from flipchart import assets
from flipchart.gui import frames
from flipchart.renderers import render, shapes, svg
from flipchart.renderers.drawing import Box, mirrored
from flipchart.renderers.style import style
from flipchart.renderers.whiteboard_spec import Whiteboard

WORDS = (
    "api", "Postgres primary", "Очередь заданий", "缓存服务器", "खाता सत्यापन", "خادم التطبيق", "Donaudampfschifffahrt", "naïve café",
    "日本語のとても長いラベルがここに入ります", "check the order and send a receipt", "ใบเสร็จรับเงิน", "€ 1,200", "한국어 라벨",
)  # fmt: skip
SHAPES = ("box", "box", "start", "decision", "store", "queue", "person", "cloud", "document", "note", "circle", "hexagon", "input", "table")
DESIGNS = ("flow", "lanes", "tree", "mindmap", "sequence", "network", "board", "flow")
# Boxes of lines overlap by their leading: what counts is more than half a line.
MEASURE = """() => { const out = [], page = document.querySelector('svg').getBoundingClientRect();
const texts = [...document.querySelectorAll('g[data-field]')].map(g => ({ name: `${g.dataset.part}.${g.dataset.field}`, g,
  lines: [...g.querySelectorAll('text')].map(line => line.getBoundingClientRect()) }));
for (const { name, lines } of texts) for (const b of lines)
  if (b.left < page.left - 1 || b.right > page.right + 1 || b.top < page.top - 1 || b.bottom > page.bottom + 1)
    out.push(`${name} is off the page`);
texts.forEach((one, i) => texts.slice(i + 1).forEach(two => one.lines.forEach(a => two.lines.forEach(b => {
  const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (w > 1.5 && h > Math.min(a.height, b.height) / 2) out.push(`${one.name} lies on ${two.name}`);
}))));
for (const { name, g, lines } of texts) {
  const shape = /^node/.test(name) && g.parentElement.querySelector(':scope > rect, :scope > path, :scope > ellipse, :scope > g > path');
  const s = shape && shape.getBoundingClientRect();
  if (s) for (const b of lines) if (b.left < s.left - 1.5 || b.right > s.right + 1.5) out.push(`${name} leaves its shape`);
}
return [texts.length, out]; }"""


def board(chance: random.Random, design: str) -> Whiteboard:
    names = [f"{chance.choice(WORDS)} {n}" for n in range(chance.randrange(4, 18))]
    groups = [f"{chance.choice(WORDS)} G{n}" for n in range(3)] if design in {"lanes", "board"} else []
    nodes = [
        {"name": name, "shape": chance.choice(SHAPES), "note": chance.choice(("", chance.choice(WORDS))),
         "group": chance.choice(groups) if groups else ""}
        for name in names
    ]  # fmt: skip
    said = ("", chance.choice(WORDS)) if design not in {"tree", "mindmap"} else ("",)
    edges = [{"start": chance.choice(names[:n]), "end": names[n], "label": chance.choice(said)} for n in range(1, len(names))]
    return Whiteboard.model_validate(
        {"title": "T", "design": design, "lang": chance.choice(("en", "ar", "ja")), "groups": [{"name": group} for group in groups],
         "nodes": nodes, "edges": [] if design == "board" else edges}
    )  # fmt: skip


def test_a_browser_sets_any_board_as_it_was_laid_out(browser: Any) -> None:
    tab = browser.new_page(viewport={"width": 1300, "height": 900})
    page = f"<!doctype html><style>body{{margin:0}}{frames.font_css()}</style><div></div>"

    def answer(route: Any) -> None:
        name = route.request.url.partition("/assets/")[2].partition("?")[0]
        body, kind = (assets.data(name), "font/ttf") if name else (page, "text/html; charset=utf-8")
        route.fulfill(body=body, content_type=kind)

    tab.route("**/*", answer)
    tab.goto("http://board.test/")
    told = 0
    for seed, design in enumerate(DESIGNS):
        chance = random.Random(seed)
        drawing = render.draw(
            board(chance, design), style(chance.choice(("light", "dark", "chalk"))), chance.choice((390.0, 720.0, 1280.0))
        )
        tab.evaluate("drawn => { document.querySelector('div').innerHTML = drawn }", svg.write(drawing, fonts=False, live=True))
        tab.evaluate("async () => { document.body.getBoundingClientRect(); await document.fonts.ready }")
        count, faults = tab.evaluate(MEASURE)
        told += count
        assert not faults, (seed, design)
    assert told > 60
    tab.close()


def test_an_arrow_to_a_sheet_ends_on_its_outline_whichever_corner_is_folded() -> None:
    for sheet in (Box(40.0, 30.0, 120.0, 60.0, shape="note"), Box(40.0, 30.0, 120.0, 60.0, shape="note", flip=True)):
        for degree in range(0, 360, 3):
            way = math.radians(degree)
            point = shapes.border(sheet, (100.0 + 500 * math.cos(way), 60.0 + 500 * math.sin(way)))
            assert min(_off(point, a, b) for a, b in shapes.sides(sheet)) < 0.01


@pytest.mark.parametrize("shape", ["note", "parallelogram", "chevron", "diamond", "cylinder", "cloud"])
def test_a_shape_reads_from_right_to_left_as_in_a_mirror(shape: Any) -> None:
    box = Box(40.0, 30.0, 120.0, 60.0, shape=shape)
    turned = mirrored(box, 300.0)
    assert isinstance(turned, Box)
    seen = [(300.0 - x, y) for (x, y), _ in shapes.sides(box)]
    for x, y in seen:
        assert min(_off((x, y), a, b) for a, b in shapes.sides(turned)) < 0.01
    assert mirrored(turned, 300.0) == box


def _off(point: tuple[float, float], a: tuple[float, float], b: tuple[float, float]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / (dx * dx + dy * dy)
    along = min(1.0, max(0.0, along))
    return math.hypot(point[0] - a[0] - along * dx, point[1] - a[1] - along * dy)
