"""What is measured here is what a browser draws: each line of type as wide as it was set, on its page, in its box, clear of other lines."""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flipchart import assets
from flipchart.renderers import render, svg
from flipchart.renderers.drawing import Box, Drawing, Text, flat
from flipchart.renderers.infographic_choice import BY_NAME
from flipchart.renderers.infographic_spec import Infographic
from flipchart.renderers.style import style
from flipchart.renderers.typeset import fonts

SAYINGS = {
    "en": "Plan the week on Sunday evening and keep Friday free for what could not be foreseen by anybody",
    "de": "Rechtsschutzversicherungsgesellschaften prüfen jeden Antrag sorgfältig und antworten innerhalb weniger Tage",
    "ru": "Каждый платёж приближает семью к собственной квартире в тихом районе большого города",
    "el": "Το βράδυ γίνεται πιο σκοτεινό και πιο δροσερό από την ημέρα που πέρασε",
    "ar": "تسخّن الشمس مياه البحار والأنهار فتتحول إلى بخار يرتفع في السماء",
    "he": "לפני שיוצאים לטיול צריך לבדוק את מזג האוויר ואת המפה",
    "hi": "शाम जितनी शांत और ठंडी हो, नींद उतनी ही अच्छी होती है",
    "zh": "水温和时间比茶叶的价格更重要，我们需要在早晨做好准备，然后开始一天的工作",
    "ja": "東京から大阪へ、速さなら新幹線、安さなら夜行バス、朝には着いている",
    "ko": "저녁이 어둡고 시원하고 조용하면 잠이 더 깊어집니다",
    "th": "ผู้คนนอนหลับได้ดีขึ้นเมื่อตอนเย็นเงียบสงบและเย็นสบาย",
}
MEASURE = """() => [...document.querySelectorAll('svg')].map(svg =>
  [...svg.querySelectorAll('text')].map(text => { const box = text.getBBox(); return [box.x, box.width, +text.getAttribute('y')]; }))"""


def contents(count: int, seed: int) -> Iterator[tuple[Infographic, float]]:
    """Random infographics of any shape in any script, each with a page width."""
    chance = random.Random(seed)
    for _ in range(count):
        lang = chance.choice(sorted(SAYINGS))
        tape = SAYINGS[lang]
        spaced = " " in tape

        def words(most: int, tape: str = tape, spaced: bool = spaced) -> str:
            if not spaced:
                return tape[: chance.randint(1, most)]
            return " ".join(tape.split()[: max(1, chance.randint(1, most) // 6)])

        long, told, counted = chance.choice([8, 24, 60]), chance.choice([0, 30, 90]), chance.random() < 0.4
        items = [
            {
                "label": words(long),
                "text": words(told) if told else "",
                "when": "1975" if chance.random() < 0.2 else "",
                "value": chance.choice([7, 42.5, 1284, 66]) if counted else None,
                "unit": "%" if counted and chance.random() < 0.5 else "",
                "children": [words(20) for _ in range(chance.choice([0, 0, 0, 3]))],
            }
            for _ in range(chance.choice([1, 2, 3, 4, 5, 6, 7, 8, 12, 20]))
        ]
        design = chance.choice(["", *BY_NAME])
        spec = Infographic.model_validate({"title": words(30), "lang": lang, "items": items, "look": {"design": design}})
        yield spec, chance.choice([390.0, 720.0, 1280.0])


def faults(browser: Any, cases: list[tuple[Infographic, float]]) -> list[str]:
    """What is wrong with the type of the cases as the browser draws it."""
    drawings = [render.draw(spec, style(), width) for spec, width in cases]
    faces = "".join(
        f"@font-face{{font-family:'{font.family}';font-weight:{font.weight};src:url('{assets.path(f'fonts/{font.file}').as_uri()}')}}"
        for font in fonts()
    )
    page = browser.new_page()
    with tempfile.NamedTemporaryFile("w", suffix=".html", encoding="utf-8") as file:  # a page from a file may read fonts from files
        file.write(f"<!doctype html><style>{faces}</style>" + "".join(svg.write(drawing, fonts=False) for drawing in drawings))
        file.flush()
        page.goto(Path(file.name).as_uri())
    page.evaluate("() => document.fonts.ready.then(() => 0)")
    measured = page.evaluate(MEASURE)
    page.close()
    out: list[str] = []
    for (spec, width), drawing, lines in zip(cases, drawings, measured, strict=True):
        out += [f"{spec.look.design or 'auto'} {spec.lang} {width:.0f}: {fault}" for fault in _told(drawing, lines)]
    return out


def _told(drawing: Drawing, lines: list[list[float]]) -> Iterator[str]:
    boxes = {item.name: item for item in flat(drawing.items) if isinstance(item, Box) and item.name}
    texts = [item for item in flat(drawing.items) if isinstance(item, Text)]
    rooms: list[tuple[float, float, float, float, str]] = []
    for text in texts:
        for line in text.lines:
            # A line may be several runs, each an element of its own: all that stand on its baseline within it.
            runs = [r for r in lines if abs(r[2] - line.y) < 0.6 and r[0] > line.x - 12 and r[0] + r[1] < line.x + line.width + 12]
            if not line.text.strip():
                continue
            if not runs:
                yield f"{line.text!r} is not drawn where it was set"
                continue
            left, right = min(r[0] for r in runs), max(r[0] + r[1] for r in runs)
            if abs((right - left) - line.width) > max(2.0, line.width * 0.03):
                yield f"{line.text!r} is {right - left:.0f} px wide, set as {line.width:.0f}"
            if left < -1 or right > drawing.width + 1 or line.y > drawing.height:
                yield f"{line.text!r} leaves the page"
            box = boxes.get(text.inside)
            if box and (left < box.x - 1 or right > box.x + box.w + 1 or line.y > box.y + box.h + 1):
                yield f"{line.text!r} leaves its box {box.name}"
            rooms.append((left, line.y - text.size * 0.76, right, line.y + text.size * 0.22, line.text))
    rooms.sort(key=lambda room: room[1])
    for i, (left, top, right, bottom, words) in enumerate(rooms):
        for left2, top2, right2, bottom2, other in rooms[i + 1 :]:
            if top2 >= bottom - 1.5:
                break
            if left2 < right - 1.5 and right2 > left + 1.5 and bottom2 > top + 1.5:
                yield f"{words!r} runs into {other!r}"


def test_type_is_where_it_was_set(browser: Any) -> None:
    assert faults(browser, list(contents(80, seed=1))) == []
