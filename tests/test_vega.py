"""Vega-Lite in and out: the same figures, and what is not drawn is named."""

import json
import statistics
import time
from datetime import datetime
from importlib import import_module, resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipchart.renderers import vega, vega_write
from flipchart.renderers.chart import MARKS, Chart, shown
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.render import Page, check, write
from flipchart.renderers.style import style
from flipchart.renderers.vega_data import Source
from flipchart.renderers.vega_transforms import transformed

ROWS = [
    {"city": "B", "year": 2021, "kind": "x", "n": 3},
    {"city": "A", "year": 2021, "kind": "y", "n": 5},
    {"city": "A", "year": 2022, "kind": "x", "n": 2},
    {"city": "C", "year": 2022, "kind": "y", "n": 9},
]
LABEL = {"field": "city", "type": "nominal"}
FIGURE = {"field": "n", "type": "quantitative"}


def spec(mark: Any, encoding: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"$schema": vega_write.SCHEMA, "data": {"values": ROWS}, "mark": mark, "encoding": encoding, **more}


def figures(chart: Chart) -> dict[str, dict[str, float | None]]:
    return {one.name: dict(zip(chart.labels, one.values, strict=True)) for one in chart.series}


# In


def test_bars_are_sorted_and_summed_as_vega_does() -> None:
    made = vega.read_values(spec("bar", {"x": LABEL, "y": {"aggregate": "sum", **FIGURE}}, title="Cities"))
    assert (made.mark, made.title, made.labels, made.y_title) == ("column", "Cities", ("A", "B", "C"), "Sum of n")
    assert made.series[0].values == (7, 3, 9)
    lying = vega.read_values(spec("bar", {"y": {**LABEL, "sort": "-x"}, "x": {"aggregate": "mean", **FIGURE}}))
    assert (lying.mark, lying.labels, lying.series[0].values) == ("bar", ("C", "A", "B"), (9, 3.5, 3))


@pytest.mark.parametrize(
    ("sort", "labels"),
    [
        (None, ("B", "A", "C")),
        ("descending", ("C", "B", "A")),
        (["C", "B"], ("C", "B", "A")),
        ({"field": "n", "op": "max"}, ("B", "A", "C")),
    ],
)
def test_sorting_follows_the_spec(sort: Any, labels: tuple[str, ...]) -> None:
    made = vega.read_values(spec("bar", {"x": {**LABEL, "sort": sort}, "y": {"aggregate": "sum", **FIGURE}}))
    assert made.labels == labels


def test_colour_stacks_and_offsets_group() -> None:
    colour = {"field": "kind", "type": "nominal"}
    stacked = vega.read_values(spec("bar", {"x": LABEL, "y": {"aggregate": "sum", **FIGURE}, "color": colour}))
    assert stacked.stack == "stacked"
    assert figures(stacked) == {"x": {"A": 2, "B": 3, "C": None}, "y": {"A": 5, "B": None, "C": 9}}
    share = vega.read_values(spec("bar", {"x": LABEL, "y": {**FIGURE, "stack": "normalize"}, "color": colour}))
    assert share.stack == "share"
    grouped = vega.read_values(spec("bar", {"x": LABEL, "y": FIGURE, "xOffset": colour, "color": colour}))
    assert grouped.stack == "" and len(grouped.series) == 2


def test_lines_points_slices_and_cells_are_read() -> None:
    line = vega.read_values(spec("line", {"x": {"field": "year", "type": "temporal"}, "y": {"aggregate": "sum", **FIGURE}}))
    assert (line.mark, line.labels, line.series[0].values) == ("line", ("2021", "2022"), (8, 11))
    points = vega.read_values(spec("point", {"x": {"field": "year", "type": "quantitative"}, "y": FIGURE, "color": {"field": "kind"}}))
    assert [(one.name, one.x, one.values) for one in points.series] == [("x", (2021, 2022), (3, 2)), ("y", (2021, 2022), (5, 9))]
    slices = vega.read_values(spec({"type": "arc", "innerRadius": 40}, {"theta": {"aggregate": "count"}, "color": LABEL}))
    assert (slices.mark, slices.labels, slices.series[0].values) == ("donut", ("A", "B", "C"), (2, 1, 1))
    cells = vega.read_values(spec("rect", {"x": {"field": "year", "type": "ordinal"}, "y": LABEL, "color": {"aggregate": "max", **FIGURE}}))
    assert cells.mark == "heatmap" and figures(cells)["A"] == {"2021": 5, "2022": 2}


def test_bins_and_time_units_are_vegas() -> None:
    values = [{"v": value} for value in (1, 2, 3, 10, 20, 22, 35, 36, 47)]
    binned = vega.read_values(
        {"data": {"values": values}, "mark": "bar", "encoding": {"x": {"bin": True, "field": "v"}, "y": {"aggregate": "count"}}}
    )
    assert binned.labels == ("0–5", "5–10", "10–15", "15–20", "20–25", "25–30", "30–35", "35–40", "40–45", "45–50")
    assert binned.series[0].values == (3, 0, 1, 0, 2, 0, 0, 2, 0, 1)
    days = [{"d": f"2020-{month:02d}-{day:02d}", "p": month * day} for month in (1, 2, 3) for day in (1, 15)]
    monthly = {"x": {"timeUnit": "yearmonth", "field": "d"}, "y": {"aggregate": "mean", "field": "p"}}
    made = vega.read_values({"data": {"values": days}, "mark": "line", "encoding": monthly})
    assert (made.labels, made.series[0].values) == (("2020-01", "2020-02", "2020-03"), (8, 16, 24))


@pytest.mark.parametrize(
    ("transform", "found"),
    [
        ([{"filter": "datum.n > 2 && datum.city !== 'C'"}], {"A": 5, "B": 3}),
        ([{"filter": {"field": "city", "oneOf": ["A"]}}], {"A": 7}),
        ([{"filter": {"not": {"field": "n", "range": [3, 9]}}}], {"A": 2}),
        ([{"calculate": "datum.n * 10 + (datum.kind == 'x' ? 1 : 0)", "as": "n"}], {"A": 71, "B": 31, "C": 90}),
        ([{"aggregate": [{"op": "max", "field": "n", "as": "n"}], "groupby": ["city"]}], {"A": 5, "B": 3, "C": 9}),
    ],
)
def test_transforms_are_computed(transform: list[Any], found: dict[str, float]) -> None:
    made = vega.read_values(spec("bar", {"x": LABEL, "y": {"aggregate": "sum", **FIGURE}}, transform=transform))
    assert figures(made)["Sum of n"] == found


@pytest.mark.parametrize(
    ("given_spec", "named"),
    [
        (spec("image", {"x": LABEL, "y": FIGURE}), "mark `image`"),
        (spec("geoshape", {}), "maps"),
        (spec("point", {"longitude": FIGURE, "latitude": FIGURE}), "maps"),
        (spec("bar", {"x": LABEL, "y": FIGURE, "time": LABEL}), "encoding `time`"),
        (spec("bar", {"x": LABEL, "y": {**FIGURE, "aggregate": "exponential"}}), "aggregate `exponential`"),
        (spec("point", {"x": {**FIGURE, "scale": {"type": "quantize"}}, "y": FIGURE}), "scale.type `quantize`"),
        (spec("bar", {"x": {**LABEL, "timeUnit": "milliseconds"}, "y": FIGURE}), "timeUnit `milliseconds`"),
        (spec("bar", {"x": LABEL, "y": FIGURE}, transform=[{"cluster": 3}]), "transform `cluster`"),
        (spec("bar", {"x": LABEL, "y": FIGURE}, transform=[{"calculate": "now()", "as": "r"}]), "expression 'now()'"),
        (spec("bar", {"x": LABEL, "y": FIGURE}, transform=[{"filter": "window.alert(1)"}]), "expression"),
        (spec("arc", {"theta": FIGURE}), "needs theta"),
        (
            {"data": {"url": "https://example.org/cars.json"}, "mark": "point", "encoding": {"x": FIGURE, "y": FIGURE}},
            "put the file beside",
        ),
        ({"data": {"url": "cars.json"}, "mark": "point", "encoding": {"x": FIGURE, "y": FIGURE}}, "render the spec as a file"),
        ({"data": {"values": ROWS, "format": {"type": "topojson"}}, "mark": "geoshape"}, "maps"),
        ({"hconcat": []}, "no rows"),
        ({"$schema": "https://vega.github.io/schema/vega/v6.json", "marks": []}, "this is Vega, not Vega-Lite"),
        (spec("bar", {"x": {"field": "city", "type": "temporal"}, "y": FIGURE}), "'B' is no date"),
    ],
)
def test_what_is_not_drawn_is_named(given_spec: dict[str, Any], named: str) -> None:
    with pytest.raises(SpecProblem) as problem:
        vega.read_values(given_spec)
    assert named in str(problem.value) and "\n" not in str(problem.value)


def test_what_only_adds_is_left_out_and_said() -> None:
    layered = {
        "data": {"values": ROWS},
        "params": [{"name": "pick", "select": "point"}],
        "encoding": {"x": LABEL, "y": {"aggregate": "sum", **FIGURE}},
        "layer": [{"mark": "bar"}, {"mark": {"type": "text", "dy": -5}, "encoding": {"text": {"aggregate": "sum", "field": "n"}}}],
    }
    made = vega.read_values(layered)
    assert made.series[0].values == (7, 3, 9)  # the figures that the text writes stand at our bars anyway
    assert made.said == ("Vega-Lite features left out: interaction.",)


# Layers and panels


def ends(chart: Chart, mark: str, *names: str) -> list[tuple[float | None, ...]]:
    """Where the marks of a kind lie, on all panels."""
    assert chart.layers is not None
    return [
        tuple(getattr(layer, name)[at] for name in names)
        for layer in chart.layers.layers
        if layer.mark == mark
        for at in range(max(len(layer.x), len(layer.y)))
    ]


def test_bars_that_lie_on_each_other_and_ranges_are_drawn_where_they_are() -> None:
    over = vega.read_values(spec("bar", {"x": LABEL, "y": {**FIGURE, "stack": None}, "color": {"field": "kind"}}))
    assert sorted(ends(over, "bar", "y", "y2")) == [(2, 0), (3, 0), (5, 0), (9, 0)]
    tasks = [{"task": "A", "start": 1, "end": 3}, {"task": "B", "start": 3, "end": 8}]
    encoding = {"y": {"field": "task"}, "x": {"field": "start", "type": "quantitative"}, "x2": {"field": "end"}}
    gantt = vega.read_values({"data": {"values": tasks}, "mark": "bar", "encoding": encoding})
    assert ends(gantt, "bar", "x", "x2") == [(1, 3), (3, 8)]
    assert gantt.layers is not None and gantt.layers.panels[0].y.names == ("A", "B")


def test_a_log_axis_a_domain_and_sizes_are_kept() -> None:
    scale = {"type": "log"}
    made = vega.read_values(
        spec("point", {"x": {**FIGURE, "scale": scale}, "y": {**FIGURE, "scale": {"domain": [0, 20]}}, "size": FIGURE, "color": FIGURE})
    )
    assert made.layers is not None
    panel = made.layers.panels[0]
    assert (panel.x.scale, panel.y.low, panel.y.high, panel.y.fixed) == ("log", 0, 20, True)
    assert sorted(ends(made, "point", "x", "y", "size", "shade")) == [(2, 2, 2, 2), (3, 3, 3, 3), (5, 5, 5, 5), (9, 9, 9, 9)]


def test_facets_share_their_axes_and_bins() -> None:
    rows = [{"v": value, "g": group} for group, values in (("a", (1, 2, 3)), ("b", (7, 8, 95))) for value in values]
    encoding = {"x": {"bin": True, "field": "v"}, "y": {"aggregate": "count"}, "row": {"field": "g"}}
    made = vega.read_values({"data": {"values": rows}, "mark": "bar", "encoding": encoding})
    assert made.layers is not None and [panel.title for panel in made.layers.panels] == ["a", "b"]
    assert made.layers.panels[0].x == made.layers.panels[1].x
    assert ends(made, "bar", "x", "x2", "y") == [(0, 10, 3), (0, 10, 2), (90, 100, 1)]


def test_concatenated_and_repeated_views_are_panels() -> None:
    both = vega.read_values(
        {"data": {"values": ROWS}, "hconcat": [{"mark": "bar", "encoding": {"x": LABEL, "y": {"aggregate": "count"}}}] * 2}
    )
    assert both.layers is not None and [(panel.row, panel.column) for panel in both.layers.panels] == [(0, 0), (0, 1)]
    inner = {"mark": "point", "encoding": {"x": {"field": {"repeat": "column"}, "type": "quantitative"}, "y": FIGURE}}
    made = vega.read_values({"data": {"values": ROWS}, "repeat": {"column": ["n", "year"]}, "spec": inner})
    assert made.layers is not None and [panel.x.title for panel in made.layers.panels] == ["n", "year"]


def test_two_axes_are_two_panels_and_said() -> None:
    layers = [
        {"mark": "bar", "encoding": {"y": {"aggregate": "sum", "field": "n"}}},
        {"mark": "line", "encoding": {"y": {"aggregate": "count"}}},
    ]
    made = vega.read_values(
        {"data": {"values": ROWS}, "encoding": {"x": LABEL}, "layer": layers, "resolve": {"scale": {"y": "independent"}}}
    )
    assert made.layers is not None and len(made.layers.panels) == 2
    assert "two y axes" in made.said[0]


def test_a_rule_and_a_band_lie_where_they_are_computed() -> None:
    values = [{"x": x, "y": y} for x in ("a", "b") for y in (1, 2, 3, 10)]
    encoding = {"x": {"field": "x"}, "y": {"field": "y", "type": "quantitative"}}
    layers = [{"mark": {"type": "errorbar", "extent": "stdev"}, "encoding": encoding}, {"mark": "rule", "encoding": {"y": {"datum": 7}}}]
    made = vega.read_values({"data": {"values": values}, "layer": layers})
    deviation = statistics.stdev([1, 2, 3, 10])
    bars = [pair for pair in ends(made, "rule", "y") if pair != (7,)]
    assert made.layers is not None and bars[0][0] == pytest.approx(4 - deviation)
    assert made.layers.layers[-1].y[0] == 7 and made.layers.layers[-1].x == ()


def test_a_box_plot_is_tukeys() -> None:
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 40.0]
    made = vega.read_values(
        {"data": {"values": [{"v": v} for v in values]}, "mark": "boxplot", "encoding": {"y": {"field": "v", "type": "quantitative"}}}
    )
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    assert ends(made, "bar", "y", "y2") == [(low, high)]
    assert made.layers is not None
    assert [layer.y[0] for layer in made.layers.layers if layer.mark == "tick"] == [middle]
    assert [layer.y for layer in made.layers.layers if layer.mark == "point"] == [(40.0,)]
    assert (1.0, 3.0) in [(layer.y[0], layer.y2[0]) for layer in made.layers.layers if layer.mark == "rule"]


def test_a_line_of_least_squares_is_the_textbooks() -> None:
    xs, ys = [1.0, 2.0, 4.0, 7.0], [2.0, 3.0, 7.0, 8.0]
    slope, intercept = statistics.linear_regression(xs, ys)
    points = [{"x": x, "y": y} for x, y in zip(xs, ys, strict=True)]
    encoding = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}
    layers = [{"mark": "point"}, {"mark": "line", "transform": [{"regression": "y", "on": "x"}]}]
    made = vega.read_values({"data": {"values": points}, "encoding": encoding, "layer": layers})
    assert sorted(ends(made, "line", "x", "y")) == [
        (1, pytest.approx(intercept + slope)),
        (7, pytest.approx(intercept + slope * 7)),
    ]


@pytest.mark.parametrize(
    ("transform", "found"),
    [
        ([{"window": [{"op": "rank", "as": "r"}], "sort": [{"field": "n", "order": "descending"}]}, {"filter": "datum.r <= 2"}], [9, 5]),
        ([{"window": [{"op": "sum", "field": "n", "as": "n"}], "sort": [{"field": "n"}], "frame": [None, 0]}], [2, 5, 10, 19]),
        ([{"joinaggregate": [{"op": "mean", "field": "n", "as": "m"}], "groupby": ["city"]}, {"filter": "datum.n > datum.m"}], [5]),
        ([{"fold": ["n", "year"], "as": ["k", "n"]}, {"filter": "datum.k == 'year'"}], [2021, 2021, 2022, 2022]),
        ([{"filter": {"timeUnit": "year", "field": "date", "equal": 2022}}], [2, 9]),
        ([{"calculate": "year(datum.date) - 2000 + (indexof('xy', datum.kind) > 0 ? 0.5 : 0)", "as": "n"}], [21, 21.5, 22, 22.5]),
        ([{"calculate": "format(datum.n, '.1f') + upper(datum.city)", "as": "w"}, {"filter": "datum.w === '5.0A'"}], [5]),
        ([{"pivot": "kind", "value": "n", "groupby": ["city"]}, {"calculate": "datum.x + datum.y", "as": "n"}], [3, 7, 9]),
        ([{"impute": "n", "key": "year", "groupby": ["city"], "value": 0}, {"filter": "datum.n == 0"}], [0, 0]),
        ([{"lookup": "city", "from": {"data": {"values": [{"a": "A"}]}, "key": "a"}, "as": "z"}, {"filter": "datum.z"}], [5, 2]),
        ([{"quantile": "n", "probs": [0.5], "as": ["p", "n"]}], [4]),
        ([{"stack": "n", "groupby": ["city"], "as": ["low", "n"], "sort": [{"field": "year"}]}], [3, 5, 7, 9]),
    ],
)  # fmt: skip
def test_more_transforms_are_computed(transform: list[Any], found: list[float]) -> None:
    rows = [row | {"date": f"{row['year']}-03-04"} for row in ROWS]
    made = transformed([dict(row) for row in rows], transform, Source({}, None), {})
    assert sorted(row["n"] or 0 for row in made) == sorted(found)


# Data beside the spec


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "specs" / "data").mkdir(parents=True)
    (tmp_path / "specs" / "data" / "cities.csv").write_text("city,n,when\nB,3,2024-01-05\nA,5,2024-02-05\n")
    (tmp_path / "specs" / "data" / "cities.json").write_text('{"rows": [{"city": "B", "n": 3}, {"city": "A", "n": 5}]}')
    (tmp_path / "secret.csv").write_text("city,n\nX,1\n")
    (tmp_path / "specs" / "data" / "out.csv").symlink_to(tmp_path / "secret.csv")
    return tmp_path / "specs"


def beside(folder: Path, data: dict[str, Any]) -> Chart:
    file = folder / "bars.vl.json"
    file.write_text(json.dumps({"data": data, "mark": "bar", "encoding": {"x": {"field": "city"}, "y": FIGURE}}))
    made = read(file)
    assert isinstance(made, Chart)
    return made


@pytest.mark.parametrize(
    "data", [{"url": "data/cities.csv"}, {"url": "data/cities.json", "format": {"property": "rows"}}, {"url": "./data/../data/cities.csv"}]
)
def test_a_file_beside_the_spec_is_read(folder: Path, data: dict[str, Any]) -> None:
    made = beside(folder, data)
    assert (made.labels, made.series[0].values) == (("A", "B"), (5, 3))


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://example.org/cities.csv", "not fetched"),
        ("file:///etc/passwd", "not fetched"),
        ("//example.org/cities.csv", "not fetched"),
        ("/etc/passwd", "put the file beside the spec"),
        ("../secret.csv", "put the file beside the spec"),
        ("data/out.csv", "put the file beside the spec"),
        ("data/none.csv", "is not there"),
        ("data/\0.csv", "cannot be read"),
        ("data", "is not there"),
    ],
)
def test_nothing_else_is_read(folder: Path, url: str, named: str) -> None:
    with pytest.raises(SpecProblem, match=named):
        beside(folder, {"url": url})


def test_a_format_tells_how_fields_are_read() -> None:
    values = [{"d": "04.03.2024", "n": "7"}]
    parse = {"parse": {"d": "date:'%d.%m.%Y'", "n": "number"}}
    made = Source({}, None).rows({"values": values, "format": parse})
    assert made == [{"d": datetime(2024, 3, 4), "n": 7}]
    assert len(Source({}, None).rows({"sequence": {"start": 0, "stop": 5, "step": 0.5, "as": "x"}})) == 10
    assert Source({"datasets": {"all": [1, 2]}}, None).rows({"name": "all"}) == [{"data": 1}, {"data": 2}]


def test_a_megabyte_is_read_in_a_second() -> None:
    rows = [{"city": f"city {i % 30}", "n": i * 7919 % 1000, "note": "some words that fill the line"} for i in range(16_000)]
    text = json.dumps({"data": {"values": rows}, "mark": "bar", "encoding": {"x": LABEL, "y": {"aggregate": "sum", **FIGURE}}})
    start = time.process_time()
    vega.read(text)
    assert len(text) > 1_000_000 and time.process_time() - start < 1.5


def test_formats_of_percent_and_money_are_kept() -> None:
    rate = [{"a": "x", "v": 0.25}, {"a": "y", "v": 0.5}]
    percent = {
        "data": {"values": rate},
        "mark": "bar",
        "encoding": {"x": {"field": "a"}, "y": {"field": "v", "type": "quantitative", "axis": {"format": ".0%"}}},
    }
    assert (vega.read_values(percent).unit, vega.read_values(percent).series[0].values) == ("%", (25, 50))


def test_json_without_a_kind_is_known_as_vega() -> None:
    made = read(json.dumps(spec("bar", {"x": LABEL, "y": {"aggregate": "sum", **FIGURE}})))
    assert isinstance(made, Chart) and check(made) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
channels = st.dictionaries(
    st.sampled_from(["x", "y", "x2", "color", "theta", "size", "detail", "order", "tooltip", "xOffset", "text", "row", "shape"]),
    st.dictionaries(
        st.sampled_from(["field", "type", "aggregate", "bin", "timeUnit", "sort", "stack", "title", "scale", "axis"]),
        st.sampled_from(["city", "n", "year", "quantitative", "nominal", "temporal", "sum", "count", "yearmonth", "-y", True, None])
        | json_values,
        max_size=4,
    )
    | json_values,
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["bar", "line", "area", "point", "arc", "rect", "tick", "rule", "text", "trail", "boxplot", "errorbar", "errorband"]),
    channels,
    st.lists(json_values, max_size=3),
)
def test_any_spec_is_a_chart_or_one_sentence(mark: str, encoding: dict[str, Any], transform: list[Any]) -> None:
    try:
        made = vega.read_values(spec(mark, encoding, transform=transform))
    except SpecProblem as problem:
        assert "\n" not in str(problem)
    else:
        assert isinstance(made, Chart)


# Out


@pytest.fixture(scope="module")
def official() -> Any:
    """Checks against Vega-Lite's own schema."""
    jsonschema = import_module("jsonschema")
    schema = resources.files("altair") / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"
    return jsonschema.Draft7Validator(json.loads(schema.read_text("utf-8")))


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("several", [False, True])
def test_what_is_written_is_vega_lite(official: Any, mark: str, several: bool) -> None:
    series = [{"name": "a", "values": [1, None, 3], "x": [1, 2, 3]}, {"name": "b", "values": [4, 5, 6], "x": [1, 2, 3]}]
    made = Chart.model_validate(
        {"title": "T", "mark": mark, "labels": ["2024-01", "2024-02", "2024-03"], "series": series[: 1 + several], "unit": "€"}
    )
    if shown(made).mark in {"treemap", "radar", "map"}:
        with pytest.raises(SpecProblem, match=f"no {mark}"):
            vega_write.write(shown(made), style())
        return
    for theme in ("light", "dark"):
        content, mime = write(Page((made,), style(theme)), "vl.json")
        assert mime == "application/vnd.vegalite.v6+json"
        assert [fault.message for fault in official.iter_errors(json.loads(content))] == []


MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
RISING = [1, 3, 2, 4, 6, 5, 7, 9, 8, 10, 12, 11]


@pytest.mark.parametrize(
    ("asked", "layers"),
    [
        ({"mark": "line", "trend": "line", "series": [{"name": "a", "values": RISING}, {"name": "b", "values": RISING[::-1]}]}, 2),
        ({"mark": "line", "trend": "line", "labels": list("abcdefghijkl"), "series": [{"values": RISING}]}, 2),
        ({"mark": "line", "trend": "forecast", "series": [{"values": RISING}]}, 3),
        ({"mark": "line", "trend": "line", "labels": ["2024-01"], "series": [{"values": [1]}]}, 0),
        ({"mark": "scatter", "trend": "line", "series": [{"x": [1, 2, 3], "values": [2, 4, 9]}]}, 2),
        ({"mark": "bubble", "trend": "line", "series": [{"x": [1, 2, 3], "values": [2, 4, 9], "size": [1, 2, 3]}]}, 2),
    ],
)
def test_a_trend_is_written_as_it_is_drawn(official: Any, asked: dict[str, Any], layers: int) -> None:
    made = Chart.model_validate({"title": "T", "labels": MONTHS if asked["mark"] == "line" else [], **asked})
    out = json.loads(vega_write.write(shown(made), style()))
    assert [fault.message for fault in official.iter_errors(out)] == []
    assert len(out.get("layer", [])) == layers
    assert read(out).kind == "chart"


def test_the_ends_of_a_written_trend_are_those_of_the_fit(official: Any) -> None:
    made = Chart.model_validate({"mark": "scatter", "trend": "line", "series": [{"x": [1, 2, 4], "values": [2, 4, 9]}]})
    rows = json.loads(vega_write.write(shown(made), style()))["layer"][-1]["data"]["values"]
    slope, height = np.polyfit([1, 2, 4], [2, 4, 9], 1)
    assert [(row["x"], row["y"]) for row in rows] == [(x, pytest.approx(slope * x + height)) for x in (1, 4)]


LAYERED = [
    spec("point", {"x": LABEL, "y": FIGURE, "color": {"field": "kind"}}),
    spec("bar", {"x": LABEL, "xOffset": {"field": "kind"}, "y": {**FIGURE, "scale": {"domain": [0, 20]}}, "color": {"field": "kind"}}),
    spec("boxplot", {"x": LABEL, "y": FIGURE}),
    spec("rect", {"x": {"bin": True, "field": "n"}, "y": LABEL, "color": {"aggregate": "count"}}),
    spec("bar", {"x": {"bin": True, "field": "n"}, "y": {"aggregate": "count"}, "row": {"field": "kind"}}),
    spec("line", {"x": {"field": "year", "type": "temporal"}, "y": FIGURE, "detail": LABEL, "size": {"value": 3}}),
    spec("text", {"x": FIGURE, "y": FIGURE, "text": LABEL}),
    spec("bar", {"y": LABEL, "x": FIGURE, "x2": {"field": "year"}}),
    spec("point", {"x": {**FIGURE, "scale": {"type": "log"}}, "y": FIGURE, "size": FIGURE, "color": FIGURE}),
]


@pytest.mark.parametrize("given_spec", LAYERED)
def test_layers_are_written_and_come_back(official: Any, given_spec: dict[str, Any]) -> None:
    made = vega.read_values(given_spec)
    assert check(made) == []
    words = vega_write.write(made, style()).decode()
    assert [fault.message for fault in official.iter_errors(json.loads(words))] == []
    back = vega.read(words)
    names = ("x", "x2", "y", "y2", "shade", "size")
    for mark in ("bar", "point", "line", "rule", "text") if made.layers else ():
        assert set(padded(made, mark, names)) == set(padded(back, mark, names))


def padded(chart: Chart, mark: str, names: tuple[str, ...]) -> list[tuple[float | None, ...]]:
    """Where the marks of a kind lie, None where they have no such end."""
    assert chart.layers is not None
    out = []
    for layer in chart.layers.layers:
        for at in range(max(len(layer.x), len(layer.y)) if layer.mark == mark else 0):
            held = [getattr(layer, name) for name in names]
            out.append(tuple(round(one[at], 6) if at < len(one) and one[at] is not None else None for one in held))
    return out


PLAN = [{"values": ["2024-01-01", "2024-02-01"]}, {"values": ["2024-01-31", "2024-03-01"]}]
SPECIAL = [
    {"mark": "bubble", "series": [{"name": "a", "x": [1, 2, 3], "values": [4, 5, 6], "size": [7, 8, 9]}]},
    {"mark": "gantt", "labels": ["plan", "build"], "series": PLAN},
    {"mark": "candlestick", "labels": ["2024-01-01", "2024-01-02"], "series": [{"values": v} for v in ([1, 2], [4, 5], [0, 1], [3, 1.5])]},
    {"mark": "box", "series": [{"name": "a", "values": [1, 2, 3, 9]}, {"name": "b", "values": [2, 4, 6, 8]}]},
    {"mark": "dumbbell", "labels": ["x", "y"], "series": [{"name": "then", "values": [1, 2]}, {"name": "now", "values": [3, 5]}]},
    {"mark": "lollipop", "labels": ["x", "y"], "series": [{"values": [3, 5]}]},
    {"mark": "column", "labels": ["x", "y"], "series": [{"values": [3, 5], "low": [2, 4], "high": [4, 6]}]},
]


@pytest.mark.parametrize("given_chart", SPECIAL, ids=lambda one: str(one["mark"]))
def test_marks_without_a_plain_equal_are_layered(official: Any, given_chart: dict[str, Any]) -> None:
    made = shown(Chart.model_validate(given_chart))
    assert made.mark == given_chart["mark"]
    words = vega_write.write(made, style()).decode()
    assert [fault.message for fault in official.iter_errors(json.loads(words))] == []
    back = vega.read(words)
    assert back.layers is not None and check(back) == []
    held = {v for layer in back.layers.layers for one in (layer.x, layer.x2, layer.y, layer.y2, layer.size) for v in one}
    told = {v for one in made.series for v in (*one.values, *one.size, *one.low, *one.high) if v is not None}
    if made.mark == "box":
        told = {v for one in made.series for v in statistics.quantiles([v for v in one.values if v], n=4, method="inclusive")}
    assert told <= held


finite = st.none() | st.floats(-1e9, 1e9, allow_nan=False)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(["column", "bar", "line", "area", "pie", "donut", "heatmap"]),
    st.lists(st.sampled_from(["north", "south", "east", "west", "2021", "a b"]), min_size=2, max_size=6, unique=True),
    st.integers(1, 3),
    st.sampled_from(["", "stacked", "share"]),
    st.data(),
)
def test_what_is_written_is_read_back(mark: str, labels: list[str], rows: int, stack: str, data: st.DataObject) -> None:
    series = [{"name": f"s{n}", "values": data.draw(st.lists(finite, min_size=len(labels), max_size=len(labels)))} for n in range(rows)]
    made = shown(Chart.model_validate({"mark": mark, "labels": labels, "series": series, "stack": stack}))
    if made.mark in {"number", "table"} or not any(value is not None for one in made.series for value in one.values):
        return
    back = vega.read(vega_write.write(made, style()).decode())
    assert (back.mark, back.labels, back.stack) == (made.mark, made.labels, made.stack)
    assert [one.values for one in back.series] == [one.values for one in made.series]


def test_what_is_stressed_and_stacked_is_written_as_it_is_drawn(official: Any) -> None:
    look = style()
    given = {"title": "Bonn leads", "mark": "bar", "labels": ["Rome", "Bonn", "Lyon"], "series": [{"name": "n", "values": [2, 5, 3]}]}
    one = json.loads(vega_write.write(Chart.model_validate(given), look))
    paint = one["encoding"]["color"]["scale"]
    assert dict(zip(paint["domain"], paint["range"], strict=True)) == {"Rome": look.muted, "Bonn": look.accent, "Lyon": look.muted}
    stack = [{"name": name, "values": [n, 2 * n]} for n, name in enumerate(("Solar", "Wind", "Coal"), 1)]
    years = {"title": "Coal goes", "mark": "column", "stack": "stacked", "labels": ["2023", "2024"], "series": stack}
    several = json.loads(vega_write.write(Chart.model_validate(years), look))
    hues = dict(zip(several["encoding"]["color"]["scale"]["domain"], several["encoding"]["color"]["scale"]["range"], strict=True))
    assert hues["Coal"] == look.accent and len(set(hues.values())) == 3
    assert [row["place"] for row in several["data"]["values"] if row["label"] == "2023"] == [0, 1, 2]
    for written in (one, several):
        official.validate(written)
        back = vega.read_values(written)
        assert [one.name for one in back.series] in (["n"], ["Solar", "Wind", "Coal"]) and back.layers is None


def test_a_scatter_and_a_histogram_come_back() -> None:
    made = Chart.model_validate(
        {"mark": "scatter", "series": [{"name": "a", "values": [1, 2], "x": [3, 4]}, {"name": "b", "values": [5], "x": [6]}]}
    )
    back = vega.read(vega_write.write(made, style()).decode())
    assert [(one.name, one.x, one.values) for one in back.series] == [("a", (3, 4), (1, 2)), ("b", (6,), (5,))]
    spread = Chart.model_validate({"mark": "histogram", "series": [{"name": "v", "values": [1, 2, 2, 9]}]})
    assert sum(v or 0 for v in vega.read(vega_write.write(spread, style()).decode()).series[0].values) == 4
