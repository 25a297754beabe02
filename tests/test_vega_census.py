"""Vega-Lite in: what a spec says is drawn, or named; what is claimed to be read changes the drawing."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageColor

from flipchart.renderers import vega, vega_census, vega_write
from flipchart.renderers.chart import Chart
from flipchart.renderers.drawing import Box, Drawing, Path, Text, flat
from flipchart.renderers.render import draw
from flipchart.renderers.style import style
from flipchart.renderers.vega_colours import grey, painted

ROWS = [{"place": place, "kind": kind, "n": n, "day": f"2024-0{n}-01"} for place, kind, n in (("A", "x", 2), ("B", "y", 7), ("C", "x", 4))]
NAME = {"field": "place", "type": "nominal"}
FIGURE = {"field": "n", "type": "quantitative"}
DATE = {"field": "day", "type": "temporal"}
KIND = {"field": "kind", "type": "nominal"}


def spec(mark: Any, encoding: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"data": {"values": ROWS}, "mark": mark, "encoding": encoding, **more}


def drawn(given_spec: dict[str, Any]) -> tuple[Chart, Drawing]:
    chart = vega.read_values(given_spec)
    return chart, draw(chart, style(), 720)


def texts(drawing: Drawing) -> list[str]:
    return [item.words for item in flat(drawing.items) if isinstance(item, Text)]


def paints(drawing: Drawing) -> set[str]:
    return {colour.lower() for item in flat(drawing.items) if isinstance(item, Box | Path) for colour in (item.fill, item.stroke) if colour}


def put(given_spec: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The spec with a value at a path."""
    out = copy.deepcopy(given_spec)
    *steps, last = path.split(".")
    node = out
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node.setdefault(step, {})
    node[last] = value
    return out


POINTS = spec({"type": "point"}, {"x": dict(FIGURE), "y": dict(FIGURE)})
LINES = spec({"type": "line"}, {"x": {**FIGURE, "axis": {"grid": False}}, "y": {**FIGURE, "scale": {"domain": [0, 5]}}})
BARS = spec({"type": "bar"}, {"x": dict(NAME), "y": dict(FIGURE), "y2": {"datum": 1}})
WORDS = spec({"type": "text"}, {"x": dict(FIGURE), "y": dict(FIGURE), "text": {"field": "place"}})
AREAS = spec({"type": "area"}, {"x": dict(FIGURE), "y": {**FIGURE, "stack": None}, "color": dict(KIND)})
RULES = spec({"type": "rule"}, {"x": dict(NAME), "y": dict(FIGURE)})
BOXES = spec({"type": "boxplot"}, {"y": dict(FIGURE)})
ERRORS = spec({"type": "errorbar"}, {"y": dict(FIGURE)})
BANDS = spec({"type": "errorband"}, {"x": dict(NAME), "y": dict(FIGURE)})
TICKS = spec({"type": "tick"}, {"x": dict(FIGURE), "y": {**FIGURE, "scale": {"domain": [0, 5]}}})
SLICES = spec({"type": "arc"}, {"theta": dict(FIGURE), "color": dict(NAME)})
GAPS = put(put(LINES, "data.values", [{"i": 1, "n": 1}, {"i": 2, "n": None}, {"i": 3, "n": 3}]), "encoding.x.field", "i")
CELLS = spec({"type": "rect"}, {"x": dict(NAME), "y": dict(KIND), "color": dict(FIGURE)})

FAR = [{"n": n, "day": "2024-01-01"} for n in (71.2, 74, 78.3)]
OTHER = {"field": "m", "type": "quantitative"}
TURNED = put(put(LINES, "data.values", [{"n": n, "m": m} for n, m in ((1, 5), (1, 4), (2, 3), (3, 4))]), "encoding.y", OTHER)
READ: list[tuple[str, dict[str, Any], str, Any]] = [
    ("mark", POINTS, "mark.type", "square"),  # the same dots: told apart below
    ("mark", POINTS, "mark.color", "#aa00aa"),
    ("mark", BARS, "mark.fill", "#aa00aa"),
    ("mark", LINES, "mark.stroke", "#aa00aa"),
    ("mark", GAPS, "mark.invalid", "show"),
    ("mark", put(POINTS, "config.style.loud", {"color": "#aa00aa"}), "mark.style", "loud"),
    ("bar", put(TURNED, "mark.type", "bar"), "mark.orient", "horizontal"),
    ("bar", BARS, "mark.opacity", 0.4),
    ("bar", BARS, "mark.fillOpacity", 0.4),
    ("bar", put(BARS, "encoding.color", FIGURE), "mark.size", 3),
    ("rect", put(CELLS, "encoding.color", {"value": "red"}), "mark.opacity", 0.4),
    ("rect", put(CELLS, "encoding.color", {"value": "red"}), "mark.fillOpacity", 0.4),
    ("line", TURNED, "mark.orient", "horizontal"),
    ("line", LINES, "mark.opacity", 0.3),
    ("line", LINES, "mark.strokeDash", [4, 2]),
    ("line", LINES, "mark.strokeWidth", 6),
    ("line", LINES, "mark.interpolate", "step-after"),
    ("line", LINES, "mark.point", True),
    ("line", LINES, "mark.clip", True),
    ("area", AREAS, "mark.orient", "horizontal"),
    ("area", AREAS, "mark.opacity", 0.3),
    ("area", AREAS, "mark.fillOpacity", 0.3),
    ("area", AREAS, "mark.interpolate", "step-after"),
    ("area", AREAS, "mark.point", True),
    ("area", AREAS, "mark.line", True),
    ("trail", put(put(TURNED, "mark.type", "trail"), "encoding.size", FIGURE), "mark.orient", "horizontal"),
    ("trail", put(put(LINES, "mark.type", "trail"), "encoding.size", FIGURE), "mark.opacity", 0.3),
    ("rule", RULES, "mark.orient", "horizontal"),
    ("rule", RULES, "mark.opacity", 0.3),
    ("rule", RULES, "mark.strokeDash", [4, 2]),
    ("rule", RULES, "mark.strokeWidth", 6),
    ("rule", RULES, "mark.size", 6),
    ("tick", put(TICKS, "encoding.x", NAME), "mark.orient", "vertical"),
    ("tick", TICKS, "mark.opacity", 0.3),
    ("text", put(WORDS, "encoding.text", {"condition": []}), "mark.text", "Hi"),
    ("text", WORDS, "mark.dx", 9),
    ("text", WORDS, "mark.dy", -9),
    ("text", WORDS, "mark.align", "left"),
    ("text", WORDS, "mark.baseline", "bottom"),
    ("point", put(POINTS, "encoding.x.scale", {"zero": False}), "mark.opacity", 0.3),
    ("point", put(POINTS, "encoding.x.scale", {"zero": False}), "mark.fillOpacity", 0.3),
    ("arc", SLICES, "mark.innerRadius", 40),
    ("boxplot", put(BOXES, "data.values", [{"n": n} for n in (1, 2, 3, 4, 40)]), "mark.extent", "min-max"),
    ("boxplot", put(TURNED, "mark.type", "boxplot"), "mark.orient", "horizontal"),
    ("errorbar", ERRORS, "mark.extent", "stdev"),
    ("errorbar", ERRORS, "mark.ticks", True),
    ("errorbar", put(TURNED, "mark.type", "errorbar"), "mark.orient", "horizontal"),
    ("errorband", put(BANDS, "data.values", [*ROWS, {"place": "A", "n": 9}]), "mark.extent", "iqr"),
    ("errorband", BANDS, "mark.borders", True),
    ("axis", POINTS, "encoding.y.axis", {"title": "T"}),
    ("axis", LINES, "encoding.y.axis", {"labels": False}),
    ("axis", LINES, "encoding.y.axis", {"values": [0, 4]}),
    ("axis", LINES, "encoding.y.axis", {"labelExpr": "datum.label + '!'"}),
    ("axis", LINES, "encoding.y.axis", {"grid": False}),
    ("axis", LINES, "encoding.y.axis", {"format": ".3f"}),
    ("header", put(POINTS, "encoding.row", KIND), "encoding.row.header", {"labelExpr": "upper(datum.label)"}),
    ("legend", put(AREAS, "encoding.color", KIND), "encoding.color.legend", {"title": "L"}),
    ("scale", LINES, "encoding.y.scale.domain", [0, 9]),
    ("scale", LINES, "encoding.x.scale", {"domainMin": -3}),
    ("scale", LINES, "encoding.x.scale", {"domainMax": 30}),
    ("scale", LINES, "encoding.x.scale", {"type": "log"}),
    ("scale", put(LINES, "data.values", FAR), "encoding.x.scale", {"zero": True}),
    ("scale", put(LINES, "data.values", FAR), "encoding.x.scale", {"nice": False}),
    ("scale", LINES, "encoding.x.scale", {"reverse": True}),
    ("scale", AREAS, "encoding.color.scale", {"range": ["#aa00aa", "#00aaaa"]}),
    ("scale", AREAS, "encoding.color.scale", {"scheme": "set1"}),
    ("scale", CELLS, "encoding.color.scale", {"domainMid": 4}),
    ("config.mark", POINTS, "config.mark", {"color": "#aa00aa"}),
    ("config.bar", BARS, "config.bar", {"color": "#aa00aa"}),
    ("config.axis", LINES, "config.axis", {"labels": False}),
    ("config.axisY", LINES, "config.axisY", {"labelExpr": "datum.label + '!'"}),
    ("config.axisX", put(LINES, "encoding.x", DATE), "config.axisX", {"disable": True}),
    ("config.scale", put(LINES, "data.values", FAR), "config.scale", {"zero": True}),
    ("config.range", AREAS, "config.range", {"category": ["#aa00aa", "#00aaaa"]}),
    ("config.background", POINTS, "config.background", "#fff8e0"),
    ("background", POINTS, "background", "#202020"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "given_spec", "path", "value"), READ, ids=[f"{one[0]}:{one[2]}:{str(one[3])[:24]}" for one in READ])
def test_what_is_said_to_be_read_changes_the_drawing(kind: str, given_spec: dict[str, Any], path: str, value: Any) -> None:
    told = put(given_spec, path, value)
    before, after = drawn(given_spec), drawn(told)
    assert not any(path.split(".")[-1] in said for said in after[0].said), after[0].said
    if path == "mark.type":
        return
    strip = {"said": ()}
    assert before[0].model_copy(update=strip) != after[0].model_copy(update=strip)
    if path != "mark.clip":
        kept = [texts(one) + [repr(item) for item in one.items] for _, one in (before, after)]
        assert kept[0] != kept[1], "the drawing is the same"


@pytest.mark.parametrize("name", sorted(vega_census.MARKS))
def test_each_property_of_a_mark_that_is_claimed_is_tried(name: str) -> None:
    tried = {one[2].split(".")[-1] for one in READ if one[0] in {name, "mark"} or (name in {"circle", "square"} and one[0] == "point")}
    same = {"clip", "angle", "center", "point", "orient"}  # what is only cut off, is named by its reader, or follows from its extent
    assert vega_census.MARKS[name] - tried <= same | {"line"}


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("encoding.x.axis", {"tickCount": 3}, "axis.tickCount"),
        ("encoding.x.scale", {"clamp": True}, "scale.clamp"),
        ("encoding.color", {**KIND, "legend": {"orient": "left"}}, "legend.orient"),
        ("mark.cornerRadius", 4, "mark.cornerRadius"),
        ("mark.tension", 4, "mark.tension"),
        ("config.view", {"stroke": None, "fill": "red"}, "config.view.fill"),
        ("config.mark", {"cursor": "pointer"}, "config.mark.cursor"),
        ("config.font", "Papyrus", "config.font"),
        ("config.axisBand", {"grid": True}, "config.axisBand.grid"),
        ("width", 90, "width"),
        ("resolve", {"legend": {"color": "independent"}}, "resolve.legend.color"),
        ("encoding.x.axis", {"labelExpr": "warp(datum.label)"}, "axis.labelExpr (warp(datum.label))"),
        ("encoding.size", {**FIGURE, "scale": {"range": [1, 9]}}, "encoding.size.scale.range"),
        ("encoding.color", {**FIGURE, "scale": {"scheme": "made-up"}}, "encoding.color.scale.scheme"),
        ("title", {"text": "T", "anchor": "end"}, "title.anchor"),
        ("wholly_new", 1, "wholly_new"),
    ],
)
@pytest.mark.parametrize("plain", [False, True])
def test_what_is_not_read_is_named(path: str, value: Any, named: str, plain: bool) -> None:
    around = POINTS if not plain else spec({"type": "bar"}, {"x": dict(NAME), "y": dict(FIGURE)})
    if plain and (path in {"encoding.color", "encoding.size"} or "labelExpr" in str(value)):
        around = put(around, "encoding.x", FIGURE)
    made = vega.read_values(put(around, path, value))
    assert any(named in said for said in made.said), made.said


@given(st.dictionaries(st.sampled_from(["axis", "scale", "legend", "mark", "config"]), st.text("abcz", min_size=3, max_size=6), min_size=1))
def test_any_unknown_property_is_named(words: dict[str, str]) -> None:
    made = copy.deepcopy(AREAS)
    for kind, name in words.items():
        home: Any = {"mark": made["mark"], "config": made.setdefault("config", {})}.get(kind)
        if home is None:
            home = made["encoding"]["color" if kind == "legend" else "x"].setdefault(kind, {})
        home[f"q{name}"] = 1
    said = " ".join(vega.read_values(made).said)
    assert all(f"{kind}.q{name}" in said for kind, name in words.items())


def test_a_spec_without_looks_says_nothing() -> None:
    for one in (POINTS, spec("bar", {"x": NAME, "y": FIGURE}), AREAS, SLICES, CELLS):
        assert vega.read_values(one).said == ()


# Colours


def test_names_have_the_colours_that_the_spec_gives() -> None:
    own = {**KIND, "scale": {"domain": ["y", "x"], "range": ["#aa00aa", "rgb(0, 170, 170)"]}}
    layered = vega.read_values(spec("point", {"x": NAME, "y": FIGURE, "color": own}))
    assert layered.layers is not None
    assert dict(zip([key.name for key in layered.layers.keys], layered.layers.paints, strict=True)) == {"y": "#aa00aa", "x": "#00aaaa"}
    plain = vega.read_values(spec("bar", {"x": NAME, "y": FIGURE, "color": own}))
    assert plain.layers is None
    assert dict(zip([one.name for one in plain.series], plain.look.series, strict=True)) == {"y": "#aa00aa", "x": "#00aaaa"}
    assert {"#aa00aa", "#00aaaa"} <= paints(draw(plain)) & paints(draw(layered))


def test_a_person_s_wish_for_a_colour_outdoes_a_plain_chart_s_own() -> None:
    made = vega.read_values(spec({"type": "bar", "color": "#aa00aa"}, {"x": NAME, "y": FIGURE}))
    wished = made.model_copy(update={"look": made.look.model_copy(update={"accent": "#00aa00", "series": ("#00aa00",)})})
    assert "#aa00aa" in paints(draw(made)) and "#aa00aa" not in paints(draw(wished))


def test_shades_run_through_the_spec_s_colours() -> None:
    made = vega.read_values(put(CELLS, "encoding.color.scale", {"range": ["#000000", "#ff0000"]}))
    assert made.layers is not None and made.layers.shade is not None
    assert made.layers.shade.paints == ("#000000", "#ff0000")
    found = paints(draw(made))
    assert {"#000000", "#ff0000", "#660000"} <= found  # 2, 7, and 4 between them
    uneven = vega.read_values(put(CELLS, "encoding.color.scale", {"domain": [2, 6, 7], "range": ["#000000", "#ffffff", "#ff0000"]}))
    assert "#808080" in paints(draw(uneven))  # 4 is half-way to 6


def test_colours_are_read_as_css_has_them() -> None:
    assert [painted(words) for words in ("Tomato", "#abc", "#AABBCC80", "rgba(1, 2, 300, 0.5)", "url(x)", "none", "")] == [
        "#ff6347", "#aabbcc", "#aabbcc", "#0102ff", "", "", "",
    ]  # fmt: skip
    assert [grey(words) for words in ("black", "#222", "gray", "#eee", "white", "transparent", "navy", "nonsense")] == [
        "ink", "ink", "grey", "grey", "grey", "grey", "", "",
    ]  # fmt: skip


def test_a_colour_that_pillow_has_kept_as_numbers_is_read_too() -> None:
    ImageColor.getrgb("teal")  # from here on its table holds the numbers
    painted.cache_clear()
    assert painted("teal") == "#008080"


def test_own_colours_are_written_and_read_again() -> None:
    for given_spec in (
        spec("point", {"x": NAME, "y": FIGURE, "color": {**KIND, "scale": {"range": ["#aa00aa", "#00aaaa"]}}}),
        put(CELLS, "encoding.color.scale", {"scheme": "viridis"}),
        put(CELLS, "encoding.color.scale", {"domainMid": 4, "range": ["#aa0000", "#eeeeee", "#0000aa"]}),
        put(LINES, "encoding.y.axis", {"labelExpr": "datum.label + '!'", "values": [0, 4], "grid": False, "format": ".2f"}),
    ):
        made = vega.read_values(given_spec)
        back = vega.read(vega_write.write(made, style()).decode())
        assert paints(draw(back)) == paints(draw(made))
        assert sorted(set(texts(draw(back))) - set(back.said)) == sorted(set(texts(draw(made))) - set(made.said))


# Axes, clipping, what has no figure


def test_words_along_an_axis_are_the_spec_s() -> None:
    short = vega.read_values(put(BARS, "encoding.x.axis", {"labelExpr": "datum.index == 0 ? 'first' : datum.value[0]"}))
    assert [word for word in texts(draw(short)) if word in {"first", "A", "B", "C"}] == ["first", "B", "C"]
    months = put(put(LINES, "encoding.x", DATE), "encoding.x.axis", {"labelExpr": "[timeFormat(datum.value, '%b'), '!']"})
    words = texts(draw(vega.read_values(months)))
    assert any(word.startswith("Mar") and "!" in word for word in words), words
    chosen = texts(draw(vega.read_values(put(LINES, "encoding.y.axis", {"values": [0, 2.5, 99], "format": ".1f"}))))
    assert "2.5" in chosen and "0.0" in chosen and "99.0" not in chosen


def test_lines_end_at_the_edge_of_their_plot() -> None:
    rows = [{"i": i, "n": n} for i, n in enumerate((0, 10, 0))]
    encoding = {"x": {"field": "i", "type": "quantitative"}, "y": {**FIGURE, "scale": {"domain": [0, 5]}}}
    for mark in ("line", "area"):
        drawing = drawn({"data": {"values": rows}, "mark": {"type": mark, "clip": True}, "encoding": encoding})[1]
        rules = [item for item in flat(drawing.items) if isinstance(item, Path) and len(item.d) == 2 and item.d[0][1][1] == item.d[1][1][1]]
        top, bottom = min(rule.d[0][1][1] for rule in rules), max(rule.d[0][1][1] for rule in rules)
        lines = [item for item in flat(drawing.items) if isinstance(item, Path) and item not in rules and item.part.startswith("layer")]
        ys = [point[1] for line in lines for _, point in line.d if point]
        assert ys and min(ys) >= top - 1 and max(ys) <= bottom + 1
        assert min(ys) < top + 2  # it goes on as far as the edge


def test_a_line_runs_over_what_has_no_figure_or_falls_to_zero() -> None:
    rows = [{"i": i, "n": n} for i, n in enumerate((3, None, 5))]
    encoding = {"x": {"field": "i", "type": "quantitative"}, "y": FIGURE}

    def line(invalid: Any) -> tuple[float | None, ...]:
        made = vega.read_values(
            {"data": {"values": rows}, "mark": {"type": "line", "invalid": invalid, "clip": True}, "encoding": encoding}
        )
        assert made.layers is not None
        return made.layers.layers[0].y

    assert line("break-paths-show-path-domains") == (3, None, 5)
    assert line("filter") == (3, 5)
    assert line("show") == line(None) == (3, 0, 5)
