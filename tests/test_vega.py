"""Vega-Lite in and out: the same figures, and what is not drawn is named."""

import json
from importlib import import_module, resources
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipchart.renderers import vega
from flipchart.renderers.chart import MARKS, Chart, shown
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.render import Page, check, write
from flipchart.renderers.style import style

ROWS = [
    {"city": "B", "year": 2021, "kind": "x", "n": 3},
    {"city": "A", "year": 2021, "kind": "y", "n": 5},
    {"city": "A", "year": 2022, "kind": "x", "n": 2},
    {"city": "C", "year": 2022, "kind": "y", "n": 9},
]
LABEL = {"field": "city", "type": "nominal"}
FIGURE = {"field": "n", "type": "quantitative"}


def spec(mark: Any, encoding: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"$schema": vega.SCHEMA, "data": {"values": ROWS}, "mark": mark, "encoding": encoding, **more}


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
        (spec("boxplot", {"x": LABEL, "y": FIGURE}), "mark `boxplot`"),
        (spec("bar", {"x": LABEL, "y": FIGURE, "row": LABEL}), "encoding `row`"),
        (spec("bar", {"x": LABEL, "y": FIGURE, "y2": FIGURE}), "encoding `y2`"),
        (spec("point", {"x": FIGURE, "y": FIGURE, "size": FIGURE}), "encoding `size`"),
        (spec("bar", {"x": LABEL, "y": {**FIGURE, "aggregate": "stdev"}}), "aggregate `stdev`"),
        (spec("bar", {"x": LABEL, "y": {**FIGURE, "scale": {"type": "log"}}}), "scale.type `log`"),
        (spec("bar", {"x": LABEL, "y": FIGURE, "color": {"condition": {"test": "1", "value": "red"}}}), "encoding.color.condition"),
        (spec("bar", {"x": {**LABEL, "timeUnit": "milliseconds"}, "y": FIGURE}), "timeUnit `milliseconds`"),
        (spec("bar", {"x": LABEL, "y": FIGURE}, transform=[{"window": [{"op": "rank", "as": "r"}]}]), "transform `window`"),
        (spec("bar", {"x": LABEL, "y": FIGURE}, transform=[{"calculate": "sqrt(datum.n)", "as": "r"}]), "expression 'sqrt(datum.n)'"),
        (spec("bar", {"x": LABEL, "y": FIGURE}, transform=[{"filter": "window.alert(1)"}]), "expression"),
        (spec("line", {"x": LABEL, "y": FIGURE}), "aggregate them"),
        (spec("bar", {"x": LABEL, "y": {**FIGURE, "stack": None}, "color": {"field": "kind"}}), "stack: null"),
        ({"data": {"url": "https://example.org/cars.json"}, "mark": "point", "encoding": {"x": FIGURE, "y": FIGURE}}, "data.url"),
        ({"hconcat": []}, "`hconcat`"),
        ({"data": {"values": ROWS}, "layer": [{"mark": "bar"}, {"mark": "line"}], "encoding": {"x": LABEL, "y": FIGURE}}, "`layer`"),
        ({"$schema": "https://vega.github.io/schema/vega/v6.json", "marks": []}, "this is Vega, not Vega-Lite"),
        (spec("bar", {"x": {"field": "city", "type": "temporal"}, "y": FIGURE}), "'B' is no date"),
        (spec("bar", {"x": LABEL, "y": {"aggregate": "sum", **FIGURE}, "tooltip": {"field": "year"}}), "encoding.tooltip"),
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
    assert made.said == ("Vega-Lite features left out: layer: text, params.",)


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
    st.sampled_from(["x", "y", "color", "theta", "size", "detail", "order", "tooltip", "xOffset"]),
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
@given(st.sampled_from(["bar", "line", "area", "point", "arc", "rect", "tick"]), channels, st.lists(json_values, max_size=3))
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
    for theme in ("light", "dark"):
        content, mime = write(Page((made,), style(theme)), "vl.json")
        assert mime == "application/vnd.vegalite.v6+json"
        assert [fault.message for fault in official.iter_errors(json.loads(content))] == []


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
    back = vega.read(vega.write(made, style()).decode())
    assert (back.mark, back.labels, back.stack) == (made.mark, made.labels, made.stack)
    assert [one.values for one in back.series] == [one.values for one in made.series]


def test_a_scatter_and_a_histogram_come_back() -> None:
    made = Chart.model_validate(
        {"mark": "scatter", "series": [{"name": "a", "values": [1, 2], "x": [3, 4]}, {"name": "b", "values": [5], "x": [6]}]}
    )
    back = vega.read(vega.write(made, style()).decode())
    assert [(one.name, one.x, one.values) for one in back.series] == [("a", (3, 4), (1, 2)), ("b", (6,), (5,))]
    spread = Chart.model_validate({"mark": "histogram", "series": [{"name": "v", "values": [1, 2, 2, 9]}]})
    assert sum(v or 0 for v in vega.read(vega.write(spread, style()).decode()).series[0].values) == 4
