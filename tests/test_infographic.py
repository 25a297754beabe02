"""An infographic is set in a design that holds it: nothing overflows, overlaps or is lost, in any script, at any width."""

import itertools
import json
import struct
import unicodedata
from collections.abc import Sequence
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flipchart import assets
from flipchart.renderers import check as checker
from flipchart.renderers import icons, render, shapes, svg
from flipchart.renderers.content import Content, Link, Thing
from flipchart.renderers.drawing import Box, Connector, Drawing, Group, Icon, Path, Text, flat
from flipchart.renderers.infographic import FORM, designs
from flipchart.renderers.infographic_choice import BY_NAME, DESIGNS, ranked
from flipchart.renderers.infographic_spec import Family, Infographic
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.spec import Source, dump, patch, walk, written_schema
from flipchart.renderers.style import style, themes
from flipchart.renderers.typeset import clean

EXAMPLES = assets.names("examples/infographic", ".json")
WIDTHS = (390.0, 720.0, 960.0, 1280.0)


def example(name: str) -> Infographic:
    spec = read(json.loads(assets.text(name)))
    assert isinstance(spec, Infographic)
    return spec


def flipped(spec: Infographic, design: str) -> Infographic:
    return spec.model_copy(update={"look": spec.look.model_copy(update={"design": design})})


def texts(drawing: Drawing) -> list[Text]:
    return [item for item in flat(drawing.items) if isinstance(item, Text)]


def said(drawing: Drawing) -> str:
    return "\n".join(text.words for text in texts(drawing))


def of(labels: str, **more: object) -> Infographic:
    """An infographic of items with these labels, one a word."""
    return Infographic.model_validate({"title": "A title", "items": [{"label": label} for label in labels.split()], **more})


# Geometry: an oracle of its own, stricter than the checker


def crossings(drawing: Drawing) -> list[str]:
    """Type that crosses the border of a shape, lies on an icon, or is struck through by a line."""
    borders: list[tuple[tuple[float, float, float, float], list[tuple[tuple[float, float], tuple[float, float]]], bool]] = []
    before: dict[int, int] = {}
    solid: list[tuple[float, float, float, float]] = []
    lines: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for item in flat(drawing.items):
        if isinstance(item, Box) and item.w > 1 and item.h > 1:
            borders.append(((item.x, item.y, item.x + item.w, item.y + item.h), shapes.sides(item), bool(item.fill)))
        elif isinstance(item, Icon):
            solid.append((item.x, item.y, item.x + item.size, item.y + item.size))
        elif isinstance(item, Path) and item.fill:
            sides = pieces(item)
            xs, ys = [p[0] for side in sides for p in side], [p[1] for side in sides for p in side]
            borders.append(((min(xs), min(ys), max(xs), max(ys)), sides, item.opacity == 1.0))
        elif isinstance(item, Connector):
            lines += itertools.pairwise(item.points)
        elif isinstance(item, Text):
            before[id(item)] = len(borders)
    out = []
    for text in texts(drawing):
        for left, top, right, bottom in checker.ink(text):
            if right <= left:
                continue
            foot = bottom - 0.22 * text.size if text.words.isdecimal() else bottom  # figures have no descenders
            inner = (left + 1.5, top + 2.5, right - 1.5, foot - 2.5)
            for x0, y0, x1, y1 in solid:
                if inner[0] < x1 and inner[2] > x0 and inner[1] < y1 and inner[3] > y0:
                    out.append(f"{text.words[:30]!r} lies on an icon at ({x0:.0f}, {y0:.0f})")
            # What an opaque shape under the words covers is not seen.
            under = [n for n, (room, sides, full) in enumerate(borders[: before[id(text)]]) if full and holds(room, sides, inner)]
            for (x0, y0, x1, y1), sides, _ in borders[max(under, default=0) :]:
                near = inner[0] < x1 and inner[2] > x0 and inner[1] < y1 and inner[3] > y0
                if near and any(meets(inner, a, b) for a, b in sides):
                    out.append(f"{text.words[:30]!r} crosses ({x0:.0f}, {y0:.0f}, {x1:.0f}, {y1:.0f})")
            for a, b in lines:
                if meets(inner, a, b):
                    out.append(f"{text.words[:30]!r} is struck through at ({a[0]:.0f}, {a[1]:.0f})")
    return out


def holds(
    room: tuple[float, float, float, float],
    sides: list[tuple[tuple[float, float], tuple[float, float]]],
    inner: tuple[float, float, float, float],
) -> bool:
    """True where `inner` lies within a convex outline whose bounds are `room`."""
    within = room[0] <= inner[0] and room[1] <= inner[1] and room[2] >= inner[2] and room[3] >= inner[3]
    return within and not any(meets(inner, a, b) for a, b in sides)


def pieces(path: Path) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The outline of a path as straight pieces, curves in eight."""
    out: list[tuple[tuple[float, float], tuple[float, float]]] = []
    here = first = (0.0, 0.0)
    for command, p in path.d:
        if command == "M":
            here = first = (p[0], p[1])
            continue
        ends = [first] if command == "Z" else [(p[0], p[1])]
        if command == "C":
            ends = [
                tuple(  # type: ignore[misc]
                    (1 - t) ** 3 * here[k] + 3 * (1 - t) ** 2 * t * p[k] + 3 * (1 - t) * t * t * p[2 + k] + t**3 * p[4 + k] for k in (0, 1)
                )
                for t in (n / 8 for n in range(1, 9))
            ]
        for end in ends:
            out.append((here, end))
            here = end
    return out


def meets(room: tuple[float, float, float, float], a: tuple[float, float], b: tuple[float, float]) -> bool:
    """True where the line from a to b runs through the room (Liang-Barsky)."""
    low, high = 0.0, 1.0
    dx, dy = b[0] - a[0], b[1] - a[1]
    for step, gap in ((-dx, a[0] - room[0]), (dx, room[2] - a[0]), (-dy, a[1] - room[1]), (dy, room[3] - a[1])):
        if step == 0:
            if gap < 0:
                return False
        elif step < 0:
            low = max(low, gap / step)
        else:
            high = min(high, gap / step)
    return low < high


def faults(drawing: Drawing) -> list[str]:
    return [f"{f.code} {f.where}: {f.found}" for f in checker.check(drawing)] + crossings(drawing)


# Any content

SCRIPTS = {
    "en": "the quick brown fox jumps over a lazy dog while responsibilities need careful thought every single day ",
    "de": "Rechtsschutzversicherungsgesellschaften und der Bundesausbildungsförderungsantrag sind lange Wörter ",
    "ru": "каждый платёж приближает к своей квартире и ко всем достопримечательностям города ",
    "ar": "تسخّن الشمس مياه البحار والأنهار فتتحول إلى بخار يرتفع في السماء ",
    "he": "לפני שיוצאים לטיול צריך לבדוק את מזג האוויר ואת המפה ",
    "hi": "भारत ने अपने ही रॉकेट से रोहिणी उपग्रह को कक्षा में स्थापित किया ",
    "zh": "水温和时间比茶叶的价格更重要我们需要在早晨做好准备然后开始一天的工作",
    "ja": "東京から大阪へ速さなら新幹線安さならバス夜に出れば朝に着く",
    "ko": "대한민국의 수도는 서울이며 인구가 가장 많은 도시입니다 ",
    "th": "การเรียนรู้ภาษาไทยเป็นเรื่องที่น่าสนใจและสนุกสนานมาก",
}
NAUGHTY = [
    "W" * 120,
    "🎉🎊👩‍👩‍👧‍👦",
    "\u202eevil\u202c\x07",
    "<script>alert(1)</script>",
    "a\nb",
    "1 — 2 × 3 ≥ 4",
    "שלום world 123",
    " x ",
    "ß",
    "…",
]


@st.composite
def contents(draw: st.DrawFn) -> Infographic:
    lang = draw(st.sampled_from(sorted(SCRIPTS)))
    count = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 17, 25, 40]))
    long = draw(st.sampled_from([1, 8, 20, 40, 120, 400]))
    told = draw(st.sampled_from([0, 0, 40, 120, 400]))
    kids = draw(st.sampled_from([0, 0, 0, 2, 4]))
    dated, counted = draw(st.booleans()), draw(st.booleans())
    unit = draw(st.sampled_from(["", "%", "€", "km", "people per square metre", "/10", "m²"]))
    values = draw(st.lists(st.floats(-1e9, 1e9) | st.floats(0, 100), min_size=count, max_size=count)) if counted else [None] * count
    odd = draw(st.none() | st.sampled_from(NAUGHTY))

    def words(size: int, at: int) -> str:
        tape = SCRIPTS[lang] * (2 + size // len(SCRIPTS[lang]))
        start = (at * 7) % len(SCRIPTS[lang])
        cut = tape[start : start + max(1, size)].strip()
        return cut.lstrip("".join(c for c in cut if unicodedata.combining(c))) or "a"  # a mark does not stand alone

    items = [
        {
            "label": odd if odd and n == 0 else words(long - n % 3, n),
            "text": words(told, n + 3) if told else "",
            "when": draw(st.sampled_from(["1975", "3 March 1999", "the year after that"])) if dated else "",
            "value": values[n],
            "unit": unit if counted else "",
            "children": [{"label": words(24, n + i), "text": words(18, i) if i % 2 else ""} for i in range(kids)],
        }
        for n in range(count)
    ]
    return Infographic.model_validate(
        {
            "title": words(draw(st.sampled_from([8, 40])), 1),
            "lang": lang,
            "family": draw(st.sampled_from(get_args(Family))),
            "items": items,
            "look": {"design": draw(st.sampled_from(["", *BY_NAME]))},
        }
    )


LOOSE = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@LOOSE
@given(contents(), st.sampled_from((320.0, *WIDTHS)), st.sampled_from(themes()))
def test_nothing_overflows_overlaps_or_leaves_the_page(spec: Infographic, width: float, theme: str) -> None:
    assert faults(render.draw(spec, style(theme), width)) == []


@LOOSE
@given(contents(), st.sampled_from(WIDTHS))
def test_every_word_is_on_the_page(spec: Infographic, width: float) -> None:
    drawing = render.draw(spec, width=width)
    shown = {(text.part, text.field) for text in texts(drawing)}
    for part in walk(spec):
        for field in ("title",) if part is spec else ("label", "text", "when", "value"):
            value = getattr(part, field)
            repeats = field == "text" and clean(value).casefold().strip(" .") == clean(part.label).casefold().strip(" .")  # type: ignore[attr-defined]
            if value not in ("", None) and clean(str(value)).strip() and not repeats:
                assert (part.id, field) in shown or clean(str(value)).strip() in said(drawing), f"{part.id}.{field} is lost"


@LOOSE
@given(contents(), st.sampled_from([(960.0, 540.0), (1080.0, 1080.0), (540.0, 960.0), (600.0, 280.0)]))
def test_a_given_height_is_kept(spec: Infographic, size: tuple[float, float]) -> None:
    drawing = render.draw(spec, style(), *size)
    assert (drawing.width, drawing.height) == size
    told = [finding for finding in checker.check(drawing) if "do not fit" not in finding.found]
    assert told == [], told[0]


@LOOSE
@given(contents())
def test_a_spec_comes_back_from_json_and_draws_the_same_bytes(spec: Infographic) -> None:
    again = read(json.loads(json.dumps(dump(spec))))
    assert again == spec
    first, second = (svg.write(render.draw(one), fonts=False) for one in (spec, again))
    assert first == second
    assert "<script" not in first


@LOOSE
@given(contents())
def test_what_is_said_is_also_in_words(spec: Infographic) -> None:
    words = " ".join(FORM.markdown(spec).split())
    for item in spec.items:
        assert " ".join(clean(item.label).split()) in words.replace("\\|", "|")
    assert FORM.alt(spec)


# Shipped examples and designs


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_sound_at_every_width_in_every_theme(name: str) -> None:
    at = EXAMPLES.index(name)
    for n, theme in enumerate(themes()):
        # Layout differs with the faces of a theme, not with its colours: each theme at one width, the first at all.
        for width in WIDTHS if theme == "light" else (WIDTHS[(at + n) % len(WIDTHS)],):
            assert faults(render.draw(example(name), style(theme), width)) == [], (theme, width)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_fits_a_slide_a_square_and_a_story(name: str) -> None:
    for size in ((960.0, 540.0), (1080.0, 1080.0), (540.0, 960.0)):
        assert faults(render.draw(example(name), style(), *size)) == [], size


@pytest.mark.parametrize(
    ("name", "wide", "high"), [("landscape", 1920, 1080), ("square", 1080, 1080), ("portrait", 1080, 1350), ("story", 1080, 1920)]
)
def test_a_size_gives_a_picture_of_its_pixels(name: str, wide: int, high: int) -> None:
    page = render.Page((SHAPES["bento"],)).sized(name)
    png, _ = render.write(page, "png")
    assert struct.unpack(">II", png[16:24]) == (wide, high)
    drawing = render.draw(page.main, page.style, page.width, page.height)
    assert faults(drawing) == []
    # The words are as large as a phone or a slide needs them.
    assert min(text.size for text in texts(drawing)) * page.scale >= 20


def test_an_unknown_size_is_refused_with_those_there_are() -> None:
    with pytest.raises(SpecProblem, match="landscape, square, portrait, story"):
        render.Page((SHAPES["bento"],)).sized("poster")


def test_the_examples_speak_six_scripts_and_show_half_the_designs() -> None:
    specs = [example(name) for name in EXAMPLES]
    assert {"en", "zh", "ar", "hi", "ru", "ja", "he"} <= {spec.lang for spec in specs}
    assert len({designs(spec)[0] for spec in specs}) >= 12


@pytest.mark.parametrize("name", EXAMPLES)
def test_three_to_eight_designs_hold_an_example(name: str) -> None:
    names = designs(example(name))
    assert 3 <= len(names) <= 8
    assert len(set(names)) == len(names)
    pictures = {svg.write(render.draw(flipped(example(name), design), width=720), fonts=False) for design in names}
    assert len(pictures) == len(names), "two designs draw the same picture"


@pytest.mark.parametrize("design", [design.name for design in DESIGNS])
def test_each_design_is_the_best_for_some_content_or_can_be_flipped_to(design: str) -> None:
    assert any(design in designs(spec) for spec in [*map(example, EXAMPLES), *SHAPES.values()]), design


SHAPES: dict[str, Infographic] = {
    "cards": of("Sun Rain Wind Snow"),
    "index": of(" ".join(f"Town{n}" for n in range(24))),
    "path": Infographic.model_validate(
        {"family": "steps", "items": [{"label": n, "text": "It is done in the open, and who asked for it looks on. " * 2} for n in "AB"]}
    ),
    "track": of("Plan Build Test Ship", family="steps"),
    "timeline": Infographic.model_validate({"items": [{"label": "Founded", "when": "1999"}, {"label": "Sold", "when": "2010"}]}),
    "bars": Infographic.model_validate({"items": [{"label": f"City {n}", "value": n * 3, "unit": "km"} for n in range(1, 7)]}),
    "figures": Infographic.model_validate({"items": [{"label": "Orders", "value": 12}, {"label": "Margin", "value": 8.5, "unit": "%"}]}),
    "share": Infographic.model_validate({"items": [{"label": n, "value": v, "unit": "%"} for n, v in (("A", 60), ("B", 30), ("C", 10))]}),
    "waffle": Infographic.model_validate({"family": "stats", "items": [{"label": "of adults own a bicycle", "value": 73, "unit": "%"}]}),
    "versus": Infographic.model_validate({"items": [{"label": x, "children": [{"label": "one"}]} for x in ("Pros", "Cons")]}),
    "before-after": of("Before After"),
    "ring": of("Sow Grow Reap Rest", family="cycle"),
    "funnel": of("Seen Asked Bought", family="funnel"),
    "pyramid": of("Self Esteem Love Safety Food", family="hierarchy"),
    "sides": of("Cats Dogs", family="compare"),
    "tree": Infographic.model_validate(
        {"items": [{"label": "Root", "children": [{"label": "A", "children": [{"label": "a"}]}, {"label": "B"}]}]}
    ),
    "honeycomb": of("Oak Elm Ash Birch Pine Beech Lime"),
    "bento": Infographic.model_validate({"items": [{"label": f"Habit {n}", "text": "Why it helps, in a few words."} for n in range(5)]}),
    "faq": of("Why? How? When? Where?"),
    "winding": of("Plant Pick Wash Dry Mill Roast Grind Brew", family="steps"),
    "roadmap": Infographic.model_validate(
        {"family": "timeline", "items": [{"label": n, "when": n, "children": [{"label": "do"}]} for n in ("Q1", "Q2", "Q3")]}
    ),
    "places": of("Bergen Oslo Bodø", family="places"),
    "map": of("Brazil Ethiopia Vietnam", family="places"),
    "venn": of("Art Code Craft", family="overlap"),
    "iceberg": Infographic.model_validate(
        {"items": [{"label": x, "children": [{"label": "a"}, {"label": "b"}]} for x in ("Visible", "Hidden")]}
    ),
    "bridge": of("Problem Solution"),
    "quote": Infographic.model_validate({"family": "quote", "items": [{"label": "A proverb", "text": "Slow and steady wins the race."}]}),
}  # fmt: skip


@pytest.mark.parametrize("design", SHAPES)
def test_the_design_follows_the_shape_of_the_content(design: str) -> None:
    assert ranked(SHAPES[design])[0].name == design


def test_a_family_that_the_items_do_not_bear_out_is_not_followed() -> None:
    assert ranked(of("One Two Three", family="timeline"))[0].name == "track"
    for spec in (of("One Two Three", family="stats"), of("One Two Three Four Five", family="quadrant")):
        assert ranked(spec)[0].suits["list"] > 0.9


def test_a_design_that_was_flipped_to_is_drawn() -> None:
    spec = SHAPES["cards"]
    assert any(item.radius and item.w > 100 for item in flat(render.draw(spec).items) if isinstance(item, Box))
    rows = render.draw(flipped(spec, "rows"))
    assert not any(item.w > 100 for item in flat(rows.items) if isinstance(item, Box))
    assert "rows" in designs(flipped(spec, "rows"))


def test_a_label_too_long_for_its_design_takes_another() -> None:
    short = of("Plan Build Test Ship", family="steps", look={"design": "track"})
    long = of("Donaudampfschifffahrtsgesellschaftskapitänsmütze " * 4, family="steps", look={"design": "track"})
    tops = [[round(text.y) for text in texts(render.draw(spec, width=720)) if text.field == "label"] for spec in (short, long)]
    assert len(set(tops[0])) == 1
    assert len(set(tops[1])) == 4
    assert not any(text.cut for text in texts(render.draw(long, width=720)))


def test_the_same_content_is_laid_out_for_each_width() -> None:
    spec = example("examples/infographic/sleep-tips.json")
    phone, desk = (render.draw(spec, width=width) for width in (390, 1280))
    left = {round(item.x) for item in flat(phone.items) if isinstance(item, Box) and item.name.endswith(".card")}
    assert len(left) == 1
    assert len({round(item.x) for item in flat(desk.items) if isinstance(item, Box) and item.name.endswith(".card")}) > 2


def test_right_to_left_pages_are_mirrored() -> None:
    drawing = render.draw(example("examples/infographic/hike-checklist.json"), width=720)
    first, second = (next(t for t in texts(drawing) if (t.part, t.field) == (f"item{n}", "label")) for n in (1, 2))
    assert first.lines[0].x > second.lines[0].x


def test_print_has_no_fill_larger_than_a_card() -> None:
    for name in EXAMPLES:
        for item in flat(render.draw(example(name), style("print"), 960).items):
            if isinstance(item, Box) and item.fill:
                assert item.w * item.h < 40_000, (name, item)


def test_where_one_item_has_no_icon_none_has() -> None:
    assert icons.find("sun")
    drawing = render.draw(of("Sun Qwrtzxp Vbnmlkj Fghjdsa"))
    assert not any(isinstance(item, Icon) for item in flat(drawing.items))
    assert {text.words for text in texts(drawing)} >= {"01", "02", "03", "04"}


# What a model writes


def test_sides_become_groups_and_keep_their_ids() -> None:
    said = [("Warm", "Pros"), ("Costly", "Cons"), ("Quiet", "Pros")]
    spec = Infographic.model_validate({"family": "compare", "items": [{"label": label, "side": side} for label, side in said]})
    assert [(item.id, item.label) for item in spec.items] == [("side1", "Pros"), ("side2", "Cons")]
    assert [(leaf.id, leaf.label) for leaf in spec.items[0].children] == [("item1", "Warm"), ("item3", "Quiet")]
    assert read(json.loads(json.dumps(dump(spec)))) == spec


def test_a_point_that_a_side_names_twice_is_in_no_table() -> None:
    point = [{"label": "Upgrade", "text": text} for text in ("first thing", "second thing")]
    twice = Infographic.model_validate({"family": "compare", "items": [{"label": side, "children": point} for side in ("A", "B", "C")]})
    assert said(render.draw(twice, style("light"), 900.0)).count("second thing") == 3


@pytest.mark.parametrize("roots", [1, 3])
@pytest.mark.parametrize("depth", [3, 4])
@pytest.mark.parametrize("design", BY_NAME)
def test_no_design_leaves_out_what_is_nested_deep(design: str, depth: int, roots: int) -> None:
    def grown(name: str, below: int) -> dict[str, object]:
        return {"label": name, "children": [grown(f"{name}{letter}", below - 1) for letter in "xy"] if below else []}

    spec = Infographic.model_validate({"family": "hierarchy", "items": [grown(f"Q{n}", depth - 1) for n in range(roots)]})
    shown = {text.words for text in texts(render.draw(flipped(spec, design), width=960.0))}
    assert {part.label for part in walk(spec) if part is not spec} <= shown  # type: ignore[attr-defined]


def test_a_figure_in_words_is_a_figure() -> None:
    spec = Infographic.model_validate({"items": [{"label": "Sales", "value": "120k"}, {"label": "Share", "value": "12 %"}, "Bare words"]})
    assert [(item.value, item.unit) for item in spec.items[:2]] == [(120_000.0, ""), (12.0, "%")]
    assert spec.items[2].label == "Bare words"


def test_an_edit_of_a_figure_is_known_as_one() -> None:
    spec = patch(SHAPES["figures"], [{"id": "item1", "set": {"value": 14}}, {"id": "item2", "add_after": {"label": "Returns", "value": 3}}])
    assert spec.sources["item1.value"] == Source(kind="edited", old="12.0")
    assert [item.label for item in spec.items] == ["Orders", "Margin", "Returns"]


def test_figures_are_written_as_the_language_writes_them() -> None:
    spec = Infographic.model_validate(
        {"lang": "de", "items": [{"label": "Umsatz", "value": 1284.5, "unit": "€"}, {"label": "Quote", "value": -2}]}
    )
    words = {text.words for text in texts(render.draw(spec)) if text.field == "value"}
    assert words == {"1.284,5\u00a0€", "−2"}


def test_too_many_points_are_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="too many for one picture"):
        Infographic.model_validate({"items": [{"label": "x"}] * 401})


def test_the_schema_a_model_writes_under_stays_small() -> None:
    schema = json.dumps(written_schema(Infographic))
    assert len(schema) < 2400
    assert '"family"' in schema
    assert '"sources"' not in schema


# What other forms take and give


def test_content_comes_back_with_its_ids_and_sources() -> None:
    spec = SHAPES["bars"].model_copy(update={"sources": {"item2.value": Source(kind="quoted", detail="6 km")}})
    told = FORM.content(spec)
    assert told is not None
    assert told.things[1].sources == (("value", Source(kind="quoted", detail="6 km")),)
    back = FORM.from_content(told) if FORM.from_content else None
    assert isinstance(back, Infographic)
    assert back.items[1].id == "item2"
    assert back.sources == spec.sources
    assert [(item.label, item.value, item.unit) for item in back.items] == [(i.label, i.value, i.unit) for i in spec.items]


def test_a_table_becomes_figures_or_columns() -> None:
    assert FORM.from_content
    one = FORM.from_content(Content("Rain", columns=("City", "mm"), rows=(("Bergen", 220.0), ("Oslo", 90.0))))
    assert isinstance(one, Infographic)
    assert [(item.label, item.value, item.unit) for item in one.items] == [("Bergen", 220.0, "mm"), ("Oslo", 90.0, "mm")]
    many = FORM.from_content(Content("Cars", columns=("", "Red", "Blue"), rows=(("Seats", 4.0, 5.0), ("Fuel", "gas", "none"))))
    assert isinstance(many, Infographic)
    assert ranked(many)[0].name == "table"


def test_a_chain_of_links_becomes_steps_and_a_web_does_not_fit() -> None:
    assert FORM.from_content
    things = tuple(Thing(name, id=name) for name in ("b", "a", "c"))
    chain = FORM.from_content(Content("Flow", things, (Link("a", "b"), Link("b", "c")), ordered=True))
    assert isinstance(chain, Infographic)
    assert [item.label for item in chain.items] == ["a", "b", "c"]
    assert FORM.from_content(Content("Web", things, (Link("a", "b"), Link("b", "c"), Link("a", "c")))) is None
    assert FORM.from_content(Content("Loop", things, (Link("a", "b"), Link("b", "c"), Link("c", "a")))) is None


# What equals look like


def _laid(items: Sequence[dict[str, object]], design: str, width: float = 720.0, **more: object) -> Drawing:
    spec = Infographic.model_validate({"items": list(items), "look": {"design": design}, **more})
    return render.draw(spec, width=width)


def _set(drawing: Drawing, field: str) -> list[Text]:
    return [item for item in flat(drawing.items) if isinstance(item, Text) and item.field == field and item.lines]


@pytest.mark.parametrize("design", ["rings", "gauges", "venn", "places", "faq", "layers", "roadmap", "groups"])
def test_labels_of_equals_are_of_one_size(design: str) -> None:
    labels = ["Read it", "Read the first paragraph to its end", "Share it"]
    labels = [f"{label}?" for label in labels] if design == "faq" else labels
    children = [{"label": "One thing"}] if design in {"roadmap", "groups"} else []
    items = [{"label": n, "when": f"Q{i}", "value": 20 + i, "unit": "%", "children": children} for i, n in enumerate(labels)]
    if design in {"venn", "layers", "faq"}:
        items = [{"label": item["label"]} for item in items]
    drawing = _laid(items, design, 960.0)
    assert len({text.size for text in _set(drawing, "label") if text.words in labels}) == 1


@pytest.mark.parametrize("design", ["roadmap", "before-after", "sides"])
def test_a_list_stands_off_its_heading_further_than_its_points_from_each_other(design: str) -> None:
    items = [{"label": n, "when": n, "children": [{"label": f"{n} one"}, {"label": f"{n} two"}]} for n in ("Now", "Then")]
    tops = {text.words: text.y for text in _set(_laid(items, design), "label")}
    heights = {text.words: text.h for text in _set(_laid(items, design), "label")}
    under = tops["Now one"] - tops["Now"] - heights["Now"]
    between = tops["Now two"] - tops["Now one"] - heights["Now one"]
    assert under > between


def test_marks_of_a_row_of_cards_stand_on_one_line() -> None:
    said = "The minimum goes up in January, and contracts below it are amended by law."
    told = {"coin": said, "clock": said * 3, "mail": said, "shield": said}
    items = [{"label": f"Rule {n}", "text": text, "icon": icon} for n, (icon, text) in enumerate(told.items())]
    drawing = _laid(items, "cards")
    rows = [item.y for item in flat(drawing.items) if isinstance(item, Icon)]
    assert len(rows) == 4 and rows[0] == rows[1] and rows[2] == rows[3]


def test_a_last_phase_alone_fills_its_row() -> None:
    items = [{"label": "Phase", "when": f"Q{n}", "children": [{"label": "A thing"}]} for n in (1, 2, 3)]
    cards = [item for item in flat(_laid(items, "roadmap", 390.0).items) if isinstance(item, Box) and item.name.endswith(".card")]
    assert cards[2].w == pytest.approx(cards[1].x + cards[1].w - cards[0].x)


def test_four_shares_stand_two_by_two() -> None:
    items = [{"label": f"Part {n}", "value": 20 + n, "unit": "%"} for n in range(4)]
    tops = [round(text.y) for text in _set(_laid(items, "waffle"), "value")]
    assert tops[0] == tops[1] < tops[2] == tops[3]


def test_what_others_said_is_no_list_to_tick() -> None:
    said = [{"label": "Anna", "text": "The quietest room I have had in a city."}, {"label": "Joel", "text": "I slept until noon for once."}]
    drawing = _laid(said, "quote", family="quote")
    boxes = [item for item in flat(drawing.items) if isinstance(item, Box)]
    assert boxes == []
    tops = {text.words: text.y for text in (*_set(drawing, "label"), *_set(drawing, "text"))}
    assert tops["I slept until noon for once."] < tops["Joel"]


@pytest.mark.parametrize("width", [390.0, 720.0, 1280.0])
def test_words_under_a_label_are_smaller_than_it(width: float) -> None:
    items = [{"label": f"Keep the same hours {n}", "text": "Go to bed and get up at the same time every day."} for n in range(5)]
    drawing = _laid(items, "bento", width)
    labels, bodies = _set(drawing, "label"), _set(drawing, "text")
    assert labels[0].size > bodies[0].size


def test_a_few_short_steps_run_across_a_wide_page() -> None:
    items = [{"label": label, "text": "Slow circles until it is full."} for label in ("Grind", "Bloom", "Pour", "Serve")]
    spec = Infographic.model_validate({"family": "steps", "items": items})
    wide, narrow = (_set(render.draw(spec, width=width), "label") for width in (720.0, 390.0))
    assert len({round(text.y) for text in wide}) == 1
    assert len({round(text.x) for text in narrow}) == 1


@pytest.mark.parametrize("count", [5, 7, 11])
@pytest.mark.parametrize("design", ["cards", "numerals", "figures", "kpi", "groups"])
def test_no_row_of_a_grid_ends_in_a_hole(design: str, count: int) -> None:
    items = [{"label": f"Point {n}", "value": n + 1 if design in {"figures", "kpi"} else None} for n in range(count)]
    if design == "groups":
        items = [item | {"children": ["one", "two"]} for item in items]
    spec = Infographic.model_validate({"title": "A title", "items": items, "look": {"design": design}})
    drawing = render.draw(spec, width=1280.0)
    ends: dict[int, float] = {}
    for cell in drawing.items:
        if isinstance(cell, Group):
            shapes_in = [item for item in flat((cell,)) if isinstance(item, Box | Connector)]
            lines = [item.points for item in shapes_in if isinstance(item, Connector)]
            boxes = [((item.x, item.y), (item.x + item.w, item.y)) for item in shapes_in if isinstance(item, Box)]
            top = round(min(y for line in (*lines, *boxes) for _, y in line))
            ends[top] = max(ends.get(top, 0.0), *(x for line in (*lines, *boxes) for x, _ in line))
    assert ends
    assert max(ends.values()) - min(ends.values()) < 2


@pytest.mark.parametrize("design", ["share", "track", "chevrons", "snake", "winding", "roadmap", "rings"])
def test_rows_of_unlike_counts_all_fill_their_width(design: str) -> None:
    for count in range(3, 13):
        more = {"value": 100 / count, "unit": "%"} if design in {"share", "rings"} else {"when": "2031"} if design == "roadmap" else {}
        drawing = _laid([{"label": f"Point {n}", **more} for n in range(count)], design)
        rows: dict[int, list[float]] = {}
        for cell in drawing.items:
            if isinstance(cell, Group) and cell.part:
                label = next(item for item in flat((cell,)) if isinstance(item, Text) and item.field == "label")
                rows.setdefault(round(label.y / 8), []).append(label.x + (label.w / 2 if label.align == "middle" else 0.0))
        assert max(map(len, rows.values())) - min(map(len, rows.values())) <= 1, count
        if design == "rings":  # dials of one size, in the middle
            continue
        for places in rows.values():
            step = 648.0 / len(places)
            assert all(abs(b - a - step) < step * 0.12 for a, b in itertools.pairwise(sorted(places))), (count, places)


def test_short_names_of_branches_leave_the_room_to_what_they_hold() -> None:
    said = "Agree on the aim and who does what."
    items = [{"label": name, "text": said, "children": ["one", "two"]} for name in ("Plan", "Draft", "Review", "Share")]
    texts = _set(_laid(items, "mindmap"), "text")
    assert len(texts) == 4 and all(len(text.lines) <= 2 for text in texts)


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_a_climb_fills_a_square_page_in_large_type(count: int) -> None:
    items = [{"label": f"Quick step {n}", "text": "Write a first version quickly."} for n in range(count)]
    spec = Infographic.model_validate({"title": "A title", "items": items, "look": {"design": "climb"}})
    square = render.draw(spec, width=1080.0, height=1080.0)
    assert min(text.size for text in _set(square, "label")) > style().size(1, 1080.0)
    tops = [item.y for item in flat(square.items) if isinstance(item, Box) and item.name.endswith(".card")]
    assert tops == sorted(tops, reverse=True) and tops[0] - tops[-1] > 540.0
    assert not checker.check(square) and not faults(square)


def test_dates_run_across_a_wide_page_and_down_a_narrow_one() -> None:
    items = [{"label": f"Event number {n}", "when": str(1990 + 5 * n)} for n in range(7)]
    spec = Infographic.model_validate({"title": "A title", "family": "timeline", "items": items, "look": {"design": "timeline"}})
    for width, across in ((1280.0, True), (720.0, False), (390.0, False)):
        discs = [item for item in flat(render.draw(spec, width=width).items) if isinstance(item, Box) and item.shape == "ellipse"]
        assert len(discs) == 7
        assert (len({round(disc.y) for disc in discs}) == 1) == across
        assert (len({round(disc.x) for disc in discs}) == 7) == across


def test_an_outline_stands_in_columns_on_a_wide_page() -> None:
    items = [{"label": f"Branch {n}", "children": ["one", "two", "three"]} for n in range(6)]
    spec = Infographic.model_validate({"title": "A title", "family": "hierarchy", "items": items, "look": {"design": "outline"}})
    wide, narrow = render.draw(spec, width=1280.0), render.draw(spec, width=390.0)
    assert wide.height < 0.6 * narrow.height
    assert not checker.check(wide)
    steps = [item.step for item in flat(wide.items) if isinstance(item, Group)]
    assert steps == sorted(set(steps))


@pytest.mark.parametrize("count", [3, 5])
def test_a_few_steps_fill_a_story_in_type_of_full_size(count: int) -> None:
    items = [{"label": label, "text": "What is done there, in a few words."} for label in ("Plan it", "Book it", "Pack it", "Go", "Enjoy")]
    drawing = render.draw(Infographic.model_validate({"family": "steps", "title": "A trip", "items": items[:count]}), style(), 450.0, 800.0)
    lines = [line for text in _set(drawing, "label") for line in checker.ink(text)]
    assert max(bottom for _, _, _, bottom in lines) - min(top for _, top, _, _ in lines) > 0.45 * 800
    assert min(text.size for text in _set(drawing, "label")) >= style().size(1, 450.0)


@pytest.mark.parametrize("design", ["ring", "hub"])
def test_words_round_a_picture_are_no_narrow_columns(design: str) -> None:
    items = [{"label": f"Book {place}", "text": "Trains are cheapest eight weeks ahead."} for place in ("a train", "a room", "a table")]
    drawing = render.draw(
        Infographic.model_validate({"title": "A trip", "items": items, "family": "cycle", "look": {"design": design}}),
        style(),
        720.0,
        720.0,
    )
    assert all(len(text.lines) == 1 for text in _set(drawing, "label"))
    assert all(len(text.lines) <= 3 for text in _set(drawing, "text"))


def test_a_comb_is_as_tall_as_its_page() -> None:
    items = [{"label": label} for label in "Dark Cool Quiet Walk Light Tea Bed Book Breath".split()]
    spec = Infographic.model_validate({"title": "Sleep", "items": items, "look": {"design": "honeycomb"}})
    drawing = render.draw(spec, style(), 450.0, 800.0)
    ys = [text.lines[0].y for text in _set(drawing, "label")]
    assert len(ys) == 9 and max(ys) - min(ys) > 0.5 * drawing.height


@pytest.mark.parametrize("size", [(390.0, None), (960.0, None), (960.0, 540.0), (450.0, 800.0)])
def test_the_words_of_a_cloud_are_as_large_as_their_figures_and_each_shows_its_own(size: tuple[float, float | None]) -> None:
    counts = [90, 64, 50, 40, 33, 28, 22, 16, 12]
    items = [{"label": f"word{n}", "value": count} for n, count in enumerate(counts)]
    spec = Infographic.model_validate({"title": "Words", "items": items, "look": {"design": "cloud"}})
    drawing = render.draw(spec, style(), *size)
    sizes = {text.part: text.size for text in _set(drawing, "label")}
    ordered = [sizes[item.id] for item in spec.items]
    assert ordered == sorted(ordered, reverse=True) and ordered[0] > 2 * ordered[-1]
    assert [text.words for text in sorted(_set(drawing, "value"), key=lambda text: text.part)] == [str(count) for count in counts]
    assert faults(drawing) == []


def test_a_topic_that_says_a_lot_stays_on_its_page() -> None:
    items = [{"label": "What the sun does to the water of seas and rivers, again and again. " * 6, "children": ["one", "two"]}]
    spec = Infographic.model_validate({"title": "Water", "items": items, "look": {"design": "mindmap"}})
    assert not [finding for finding in checker.check(render.draw(spec, style(), 960.0, 540.0)) if finding.code == "off-page"]


@pytest.mark.parametrize("design", ["track", "milestones", "roadmap"])
def test_what_runs_across_stands_in_no_band_of_narrow_columns_on_a_story(design: str) -> None:
    items = [{"label": f"Step {n}", "when": str(1950 + 10 * n), "text": "What was done then, in a few words."} for n in range(9)]
    spec = Infographic.model_validate({"title": "Years", "family": "timeline", "items": items, "look": {"design": design}})
    drawing = render.draw(spec, style(), 450.0, 800.0)
    tops = [text.y for text in _set(drawing, "label")]
    assert max(tops) - min(tops) > 0.5 * drawing.height
    assert all(len(text.lines) <= 3 for text in _set(drawing, "text"))


def test_whoever_is_named_first_what_others_said_is_no_list_to_tick() -> None:
    said = [{"label": "The quietest room I have had in a city.", "text": name} for name in ("Anna", "Joel", "Mia")]
    drawing = _laid(said, "quote", family="quote")
    assert not [item for item in flat(drawing.items) if isinstance(item, Box)]
    assert len(_set(drawing, "label")) == len(_set(drawing, "text")) == 3


@pytest.mark.parametrize(("design", "many"), [("iceberg", 2), ("iceberg", 5), ("venn", 2), ("venn", 3)])
def test_a_picture_higher_than_a_wide_page_is_made_smaller_not_given_up(design: str, many: int) -> None:
    items = [{"label": label, "text": "Seen by few."} for label in ("Pay", "Travel", "Team", "Hours", "Health")[:many]]
    drawing = render.draw(
        Infographic.model_validate({"title": "What a job is", "items": items, "look": {"design": design}}), style(), 960.0, 540.0
    )
    curved = [item for item in flat(drawing.items) if isinstance(item, Path) and item.d[0][0] == "M"]
    water = [item for item in flat(drawing.items) if isinstance(item, Box) and item.name == "iceberg.water"]
    assert water if design == "iceberg" else len(curved) >= many
    assert not checker.check(drawing)


def test_rails_leave_no_hole_where_an_odd_one_is_left() -> None:
    labels = _set(_laid([{"label": f"Point {n}", "text": "Why it matters."} for n in range(5)], "rail"), "label")
    assert [round(text.y) == round(labels[0].y) for text in labels] == [True, False, False, False, False]
    assert len({round(text.y) for text in labels}) == 3


def test_steps_on_a_road_that_runs_back_are_numbered_even_where_icons_fit() -> None:
    labels = ("Coffee", "Train", "Bread", "Camera", "Umbrella", "Bicycle", "Apple")
    drawing = _laid([{"label": label} for label in labels], "winding", family="steps")
    assert [str(n) for n in range(1, 8)] == [text.words for text in texts(drawing) if text.words.isdigit()]


def test_dates_on_a_square_page_are_no_thin_band() -> None:
    items = [{"label": f"Step {n}", "when": str(1950 + 10 * n), "text": "What was done then."} for n in range(5)]
    spec = Infographic.model_validate({"title": "Years", "family": "timeline", "items": items, "look": {"design": "milestones"}})
    tops = [text.y for text in _set(render.draw(spec, style(), 720.0, 720.0), "label")]
    assert max(tops) - min(tops) > 300


@pytest.mark.parametrize("size", [(390.0, None), (960.0, 540.0), (450.0, 800.0)])
@pytest.mark.parametrize("words", ["屋顶下储存热量让冬天变得更短更便宜" * 6, "Storing heat under the roof makes every winter shorter " * 7])
def test_a_title_as_long_as_a_paragraph_is_not_cut(words: str, size: tuple[float, float | None]) -> None:
    spec = Infographic.model_validate({"title": words, "items": [{"label": "Roof"}, {"label": "Wall"}, {"label": "Floor"}]})
    drawing = render.draw(spec, style(), *size)
    (title,) = [text for text in texts(drawing) if text.field == "title"]
    assert not title.cut and not checker.check(drawing)


@pytest.mark.parametrize("size", [(960.0, None), (960.0, 540.0), (720.0, 900.0), (390.0, None)])
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_countries_stand_on_a_map_where_they_are(lang: str, size: tuple[float, float | None]) -> None:
    names = {"en": ("Portugal", "Germany", "Poland", "Greece"), "ar": ("البرتغال", "ألمانيا", "بولندا", "اليونان")}[lang]
    spec = Infographic.model_validate({"title": "T", "lang": lang, "family": "places", "items": [{"label": name} for name in names]})
    drawing = render.draw(spec, style(), *size)
    numbers = [item for item in flat(drawing.items) if isinstance(item, Text) and item.words.isdigit()]
    west, north, east, south = [next(item.lines[0] for item in numbers if item.words == str(n)) for n in (1, 2, 3, 4)]
    assert west.x < north.x < east.x and south.y > max(north.y, east.y)
    assert not checker.check(drawing)


def test_an_outline_of_one_root_stands_in_columns_under_it() -> None:
    branches = [{"label": f"Team {n}", "children": [{"label": f"Group {n}.{k}"} for k in range(3)]} for n in range(4)]
    drawing = _laid([{"label": "Firm", "children": branches}], "outline", 960.0)
    left = {text.words: round(text.x) for text in _set(drawing, "label")}
    assert left["Firm"] == left["Team 0"] < left["Team 3"]
    assert len(_set(drawing, "label")) == 17


@pytest.mark.parametrize("design", ["sides", "before-after"])
def test_two_sides_stand_one_above_the_other_on_a_page_higher_than_wide(design: str) -> None:
    items = [{"label": side, "children": ["Moves within three months", "Pays every repair"]} for side in ("Before", "After")]
    spec = Infographic.model_validate({"title": "T", "family": "compare", "items": items, "look": {"design": design}})
    tops = [[box.y for box in flat(render.draw(spec, style(), 720.0, high).items) if isinstance(box, Box) and box.name.endswith(".side")]
            for high in (900.0, 500.0)]  # fmt: skip
    assert tops[0][0] < tops[0][1] and tops[1][0] == tops[1][1]


def test_discs_with_their_words_stand_in_the_middle_of_a_square_page() -> None:
    items = [{"label": f"Land {n}", "value": 9.0 - n, "unit": "t"} for n in range(5)]
    spec = Infographic.model_validate({"title": "T", "family": "stats", "items": items, "look": {"design": "bubbles"}})
    drawing = render.draw(spec, style(), 720.0, 720.0)
    places = [x for item in flat(drawing.items) if isinstance(item, Path) for _, at in item.d for x in at[::2]]
    assert min(places) > 150


@pytest.mark.parametrize("size", [(960.0, 540.0), (720.0, 720.0)])
def test_nothing_is_cut_while_the_smallest_type_leaves_half_the_page_free(size: tuple[float, float]) -> None:
    text = "Rechtsschutzversicherungsgesellschaften beraten jeden, der im Winter friert"
    items = [{"label": f"Wärme im Haus {n}", "text": text} for n in range(33)]
    drawing = render.draw(Infographic.model_validate({"title": "Wärme", "lang": "de", "items": items}), style(), *size)
    assert not checker.check(drawing)
    assert said(drawing).count("Wärme im Haus") == 33
