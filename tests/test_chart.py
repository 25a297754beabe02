"""Charts: right figures, readable at any data, the same everywhere."""

import csv
import io
import json
import math
import subprocess
import sys
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flipchart import assets
from flipchart.renderers import check as checker
from flipchart.renderers import svg
from flipchart.renderers.chart import FORM, MARKS, Chart, check_claims, facts, headline, shown, steps
from flipchart.renderers.chart_decided import bins
from flipchart.renderers.drawing import Box, ChartFrame, Drawing, Group, Path, TableFrame, Text, flat
from flipchart.renderers.read import read
from flipchart.renderers.registry import form
from flipchart.renderers.render import Page, check, draw, draw_within, write
from flipchart.renderers.spec import dump, patch, read_prefix, written_schema
from flipchart.renderers.style import luminance, style, themes

EXAMPLES = assets.names("examples/chart", ".json")
SALES = {
    "title": "Sales",
    "labels": ["Jan", "Feb", "March", "April"],
    "series": [{"name": "Sales", "values": ["120k", "135k", "90k", "160k"]}],
}


def chart(**given: object) -> Chart:
    return Chart.model_validate(SALES | given)


def texts(drawing: Drawing) -> list[Text]:
    return [item for item in flat(drawing.items) if isinstance(item, Text)]


def words(drawing: Drawing) -> str:
    return " ".join(text.words for text in texts(drawing))


def bars(drawing: Drawing) -> dict[str, Box]:
    return {item.tip: item for item in flat(drawing.items) if isinstance(item, Box) and item.tip}


# The figures


def test_written_figures_become_numbers() -> None:
    made = chart(series=[{"values": ["120k", "€1,5 Mio", None, "(2,000)"]}])
    assert made.series[0].values == (120_000.0, 1_500_000.0, None, -2_000.0)
    assert made.unit == "€"
    assert chart(series=[{"values": ["12 %", "8%", "n/a", 3]}]).unit == "%"


def test_what_is_no_figure_is_refused_by_name() -> None:
    with pytest.raises(ValidationError, match=r"series\[0\].values: 'many' is not a number"):
        chart(series=[{"values": [1, 2, "many", 4]}])
    with pytest.raises(ValidationError, match="5 values for 4 labels"):
        chart(series=[{"values": [1, 2, 3, 4, 5]}])


def test_words_are_columns_of_a_table() -> None:
    made = chart(mark="table", series=[{"name": "Size", "values": ["small", "12", "large", None]}])
    assert made.series[0].texts == ("small", "12", "large", "")
    assert "small" in words(draw(made))
    assert Chart.model_validate(dump(made)) == made


def test_infinite_and_missing_figures_are_gaps() -> None:
    made = chart(series=[{"values": [math.nan, math.inf, None, 10**400]}])
    assert made.series[0].values == (None, None, None, None)
    assert "No figures yet" in words(draw(made))


def test_bars_are_as_long_as_their_figures() -> None:
    found = bars(draw(chart()))
    high = {tip.split(": ")[0]: box.h for tip, box in found.items()}
    assert set(high) == {"Jan", "Feb", "March", "April"}
    for name, value in (("Jan", 120), ("Feb", 135), ("March", 90)):
        assert high[name] / high["April"] == pytest.approx(value / 160, rel=1e-6)
    assert len({round(box.y + box.h, 3) for box in found.values()}) == 1


def test_lying_bars_run_from_zero_both_ways() -> None:
    drawing = draw(chart(mark="bar", series=[{"values": [10, -5, 20, 0]}]))
    found = {tip.split(": ")[0]: box for tip, box in bars(drawing).items()}
    zero = found["Jan"].x
    assert found["Feb"].x + found["Feb"].w == pytest.approx(zero)
    assert found["April"].w == pytest.approx(0)
    assert found["March"].w == pytest.approx(2 * found["Jan"].w)
    assert found["Feb"].w == pytest.approx(found["Jan"].w / 2)


def test_stacked_columns_stand_on_one_another() -> None:
    two = {
        "labels": ["a", "b", "c"],
        "series": [{"name": "x", "values": [1, 2, 3]}, {"name": "y", "values": [3, 2, 1]}],
        "stack": "stacked",
    }
    found = bars(draw(Chart.model_validate(two)))
    for label in "abc":
        lower, upper = found[f"x, {label}: {' 123'['abc'.index(label) + 1]}"], found[f"y, {label}: {'321'['abc'.index(label)]}"]
        assert upper.y + upper.h == pytest.approx(lower.y)


def test_shares_fill_the_whole_and_read_as_percent() -> None:
    two = {"labels": ["a", "b"], "series": [{"name": "x", "values": [1, 30]}, {"name": "y", "values": [3, 10]}], "stack": "share"}
    found = bars(draw(Chart.model_validate(two)))
    assert set(found) == {"x, a: 25%", "y, a: 75%", "x, b: 75%", "y, b: 25%"}


def test_slices_turn_as_far_as_their_share() -> None:
    from flipchart.renderers.shapes import toward

    drawing = draw(Chart.model_validate({"mark": "pie", "labels": ["a", "b"], "series": [{"values": [1, 3]}]}))
    slices = [item for item in flat(drawing.items) if isinstance(item, Path) and item.tip]
    assert [one.tip for one in slices] == ["b: 3 (75%)", "a: 1 (25%)"]
    quarter = next(one for one in slices if one.tip.startswith("a"))
    start, end = quarter.d[0][1], quarter.d[-2][1][-2:] if quarter.d[-2][0] == "L" else quarter.d[-1][1]
    assert start != end and toward((0, 0), (1, 0), 1) == (1, 0)


def test_lines_pass_through_their_figures() -> None:
    drawing = draw(Chart.model_validate({"mark": "line", "labels": ["2020", "2022", "2030"], "series": [{"values": [0, 5, 10]}]}))
    line = next(item for item in flat(drawing.items) if isinstance(item, Path) and item.part == "series1" and item.stroke_width > 2)
    (x1, y1), (x2, y2), (x3, y3) = (places for _, places in line.d)
    assert y1 - y2 == pytest.approx(y2 - y3, rel=0.01)
    assert (x3 - x1) / (x2 - x1) == pytest.approx(5.0, rel=0.01)


@pytest.mark.parametrize("width", [390.0, 720.0, 1280.0])
def test_no_line_is_without_a_name_of_its_own(width: float) -> None:
    names = ["Munich", "Berlin", "Hamburg", "Cologne", "Frankfurt", "Stuttgart", "Leipzig", "Dresden", "Bremen", "Essen", "Hanover"]
    series = [{"name": name, "values": [9 + n / 3, 10 + n / 2, 11 + n / 2]} for n, name in enumerate(names)]
    many = chart(mark="line", labels=["2019", "2020", "2021"], series=series)
    assert {text.words for text in texts(draw(many, width=width))} >= set(names)
    assert check(many) == []


def _runs_through(text: Text, line: Path) -> bool:
    """True where a line crosses the words' middle half."""
    left, right = text.lines[0].x, text.lines[0].x + text.lines[0].width
    places = [place[-2:] for _, place in line.d]
    for (x1, y1), (x2, y2) in pairwise(places):
        for x in (left + (right - left) * n / 8 for n in range(9)):
            if (
                x1 <= x <= x2
                and x1 < x2
                and abs(y1 + (y2 - y1) * (x - x1) / (x2 - x1) - (text.lines[0].y - text.size * 0.35)) < text.size * 0.3
            ):
                return True
    return False


@pytest.mark.parametrize("width", [390.0, 720.0, 1280.0])
def test_figures_keep_off_every_line(width: float) -> None:
    data = {"Coal": [43, 40, 36, 24], "Gas": [9, 12, 13, 17], "Wind": [9, 13, 17, 23], "Biomass": [8, 8, 8, 8], "Solar": [6, 6, 7, 31]}
    series = [{"name": name, "values": values} for name, values in data.items()]
    drawing = draw(
        chart(
            title="Solar grew fourfold in two years", highlight="Solar", mark="line", labels=["2014", "2016", "2018", "2020"], series=series
        ),
        width=width,
    )
    lines = [item for item in flat(drawing.items) if isinstance(item, Path) and item.fill is None and item.part]
    figures = [text for text in texts(drawing) if text.field.startswith("values")]
    assert len(lines) == 5 and figures
    assert [text.words for text in figures if any(_runs_through(text, line) for line in lines)] == []


def test_a_figure_wider_than_its_column_stays_off_the_neighbours() -> None:
    values = [4100000.5, 3950000.5, 4400000.5, 4620000.5] * 6
    drawing = draw(chart(labels=[str(2001 + n) for n in range(24)], series=[{"values": values}], unit="$"), width=390.0)
    columns = [item for item in flat(drawing.items) if isinstance(item, Box) and item.tip]
    for text in (text for text in texts(drawing) if text.role == "value"):
        line = text.lines[0]
        under = [c for c in columns if c.x + 1 < line.x + line.width and c.x + c.w - 1 > line.x and c.y < line.y]
        assert all(c.y >= line.y - 1 for c in under)


def test_gaps_stay_gaps() -> None:
    drawing = draw(Chart.model_validate({"mark": "line", "labels": list("abcde"), "series": [{"values": [1, 2, None, 4, 5]}]}))
    line = next(item for item in flat(drawing.items) if isinstance(item, Path) and item.part == "series1" and item.stroke_width > 2)
    assert [command for command, _ in line.d] == ["M", "L", "M", "L"]


def test_a_waterfall_adds_up() -> None:
    made = chart(mark="waterfall", labels=["2023", "New", "Lost", "2024"], series=[{"values": [100, 50, -20, 130]}])
    assert [(step.start, step.end, step.total) for step in steps(made)] == [
        (0, 100, False),
        (100, 150, False),
        (150, 130, False),
        (0, 130, True),
    ]
    open_ended = chart(mark="waterfall", labels=["2023", "New", "Lost"], series=[{"values": [100, 50, -20]}])
    assert [(step.label, step.end) for step in steps(open_ended)][-1] == ("Total", 130)
    assert "130" in words(draw(open_ended))


@pytest.mark.parametrize(("wide", "counts"), [(10.0, [2.0, 0.0, 3.0, 1.0]), (20.0, [2.0, 4.0]), (1e-9, None)])
def test_a_histogram_has_bins_as_wide_as_is_asked(wide: float, counts: list[float] | None) -> None:
    given = {"mark": "histogram", "bin": wide, "series": [{"values": [1, 9.9, 20, 25, 29.99, 30]}]}
    labels, found = bins(Chart.model_validate(given), "en")
    assert found == tuple(counts) if counts else len(found) < 30 and sum(filter(None, found)) == 6  # too many are drawn as fits
    assert counts is None or labels[0].startswith("0 – ")


@pytest.mark.parametrize(
    ("pairs", "title"),
    [
        ([(n, n * 2 + n % 3) for n in range(12)], "Price rises with age (r = 0.99)"),
        ([(n, 40 - n * 3 + n % 4) for n in range(12)], "Price falls as age rises (r = −0.99)"),
        ([(n, n * 7 % 5) for n in range(20)], "Price hardly depends on age (r = 0.12)"),
        ([(1, 2), (2, 4), (3, 6)], ""),  # so few may go together by chance
        ([(n, 5) for n in range(12)], ""),
    ],
)
def test_a_scatter_says_how_two_figures_go_together(pairs: list[tuple[float, float]], title: str) -> None:
    xs, ys = zip(*pairs, strict=True)
    given = {"mark": "scatter", "x_title": "age", "y_title": "price", "series": [{"name": "price", "x": xs, "values": ys}]}
    told = headline(Chart.model_validate(given))
    assert told == title
    assert not title or round(float(np.corrcoef(xs, ys)[0, 1]), 2) == float(title.rsplit(" ", 1)[1].rstrip(")").replace("−", "-"))


@pytest.mark.parametrize(("mark", "stack"), [("column", "stacked"), ("column", "share"), ("bar", "share"), ("treemap", "")])
def test_parts_whose_sum_is_past_all_figures_are_drawn(mark: str, stack: str) -> None:
    for values in ([9e307, 9e307], [1.0, 7e166]):
        series = [{"name": name, "values": [value, 1]} for name, value in zip("ab", values, strict=True)]
        made = Chart.model_validate({"mark": mark, "stack": stack, "labels": ["x", "y"], "series": series})
        assert [one for one in check(made, style(), (720.0,)) if one.level == "error"] == []


@pytest.mark.parametrize("huge", [1e308, 1e200, 1e-320])
def test_a_scatter_of_figures_at_the_ends_of_what_can_be_written_has_a_title(huge: float) -> None:
    given = {
        "mark": "scatter",
        "x_title": "a",
        "y_title": "b",
        "series": [{"x": [huge * n / 9 for n in range(10)], "values": list(range(10))}],
    }
    assert headline(Chart.model_validate(given)) in {"B rises with a (r = 1)", ""}


def test_a_correlation_that_the_points_do_not_have_is_refused() -> None:
    points = {"x": list(range(10)), "values": [90, 81, 75, 60, 62, 48, 40, 33, 21, 5]}
    right, wrong = (
        Chart.model_validate({"mark": "scatter", "title": f"It falls (r = {r})", "series": [points]}) for r in ("−0.99", "−0.93")
    )
    assert check_claims(right) == []
    assert [(one.code, one.do) for one in check_claims(wrong)] == [("spec", "r = −0.99")]


def test_a_title_begins_with_a_capital_where_a_name_in_the_data_does_not() -> None:
    def told(first: str) -> str:
        return headline(Chart.model_validate({"mark": "bar", "labels": [first, "b"], "series": [{"values": [9, 2]}]}))

    assert told("electric") == "Electric leads with 9" and told("iPhone") == "iPhone leads with 9"


def test_a_histogram_says_along_the_axis_what_is_spread() -> None:
    drawing = draw(Chart.model_validate({"mark": "histogram", "unit": "years", "series": [{"name": "Age", "values": [20, 31, 33, 47]}]}))
    along = [text for text in texts(drawing) if text.words.startswith("Age")]
    assert len(along) == 1 and along[0].y > drawing.height / 2


def test_a_histogram_counts_each_figure_once() -> None:
    values = [1, 2, 2, 3, 7, 9, 10, 10, 12, 19, 20]
    drawing = draw(Chart.model_validate({"mark": "histogram", "series": [{"values": values}]}))
    assert sum(int(tip.rsplit(": ")[1]) for tip in bars(drawing)) == len(values)


def test_a_scatter_reads_x_and_y_however_written() -> None:
    two = {"mark": "scatter", "series": [{"name": "Age", "values": [1, 2, 3]}, {"name": "Height", "values": [80, 90, 99]}]}
    made = shown(Chart.model_validate(two))
    assert (made.series[0].x, made.series[0].values) == ((1, 2, 3), (80, 90, 99))
    assert (made.x_title, made.y_title) == ("Age", "Height")
    labelled = shown(Chart.model_validate({"mark": "scatter", "labels": ["1", "2.5", "4"], "series": [{"values": [3, 2, 1]}]}))
    assert labelled.series[0].x == (1, 2.5, 4)


def test_a_pie_that_misleads_becomes_bars() -> None:
    assert shown(chart(mark="pie")).mark == "pie"
    assert shown(chart(mark="pie", series=[{"values": [1, -2, 3, 4]}])).mark == "bar"
    assert shown(chart(mark="donut", labels=list("abcdefg"), series=[{"values": [1] * 7}])).mark == "bar"
    assert shown(chart(mark="pie", series=[{"values": [0, 0, 0, 0]}])).mark == "bar"
    assert shown(chart(mark="pie", unit="%", series=[{"values": [48, 35, 31, 22]}])).mark == "bar"
    assert shown(chart(mark="pie", unit="%", series=[{"values": [48, 25, 20, 7]}])).mark == "pie"


def test_long_names_lie_down() -> None:
    long = [f"A department with quite a long name, number {n}" for n in range(5)]
    drawing = draw(Chart.model_validate({"labels": long, "series": [{"values": [3, 1, 4, 1, 5]}]}), width=390)
    frame = next(item for item in drawing.items if isinstance(item, ChartFrame))
    assert frame.chart.mark == "bar"
    assert all(name in words(drawing) for name in long)


LONG = [f"{n} A label that goes on and on until it is as long as eighty characters in all, no less"[:80] for n in range(8)]


@pytest.mark.parametrize("mark", ["radar", "heatmap", "table"])
def test_names_of_eighty_characters_stand_whole_beside_each_other(mark: str) -> None:
    wide = {"labels": LONG, "series": [{"name": "n", "values": [8, 7, 6, 5, 4, 3, 2, 1]}]}
    tall = {"labels": ["2021", "2022", "2023"], "series": [{"name": name, "values": [1, 2, 3]} for name in LONG[:3]]}
    assert check(chart(mark=mark, title="T", **(wide if mark == "radar" else tall))) == []


@pytest.mark.parametrize("mark", ["bar", "lollipop", "funnel", "donut", "waterfall", "diverging", "dumbbell"])
def test_thousands_of_labels_are_no_endless_page(mark: str) -> None:
    for labels in ([f"Cat {n}" for n in range(3000)], [f"{n * 7919 % 3001} things" for n in range(3000)]):
        made = chart(mark=mark, labels=labels, series=[{"name": "v", "values": [n % 97 + 1 for n in range(3000)]}])
        assert draw(made).height < 1600


# What is stressed and said


def test_the_label_the_title_names_is_stressed() -> None:
    look = style("light")
    fills = {tip.split(": ")[0]: box.fill for tip, box in bars(draw(chart(title="March fell by a third"))).items()}
    assert fills["March"] == look.accent.lower()
    assert len({fills["Jan"], fills["Feb"], fills["April"]}) == 1 and fills["Jan"] != fills["March"]
    assert {box.fill for box in bars(draw(chart(title="A good year"))).values()} == {look.accent.lower()}


@pytest.mark.parametrize(
    ("title", "right"),
    [
        ("March fell 33 % after the outage", None),
        ("March fell 40% after the outage", "from Feb to March it fell 33%"),
        ("March rose 33 %", "from Feb to March it fell 33%"),
        ("Sales grew 33 % from Jan to April", None),
        ("Sales grew 50%", "from Jan to April it rose 33%"),
        ("Sales reached 160k in April", None),
        ("Sales reached 170k in April", "April is 160,000"),
        ("April was the highest month", None),
        ("March was the highest month", "the highest is April with 160,000"),
        ("Sales more than doubled", "from Jan to April it rose 33%"),
        ("March fell a third; April rose 90 %", "from March to April it rose 78%"),
        ("505k in all, in 4 months", None),
        ("Sales fell in April", "from March to April it rose 78%"),
        ("A good start", None),
        ("Feb and April make up more than half", None),
        ("Feb alone is more than half", "Feb: 27% of the whole"),
    ],
)
def test_claims_are_computed_again(title: str, right: str | None) -> None:
    assert [finding.do for finding in check_claims(chart(title=title))] == ([right] if right else [])


SHARED: dict[str, Any] = {"mark": "bar", "labels": ["North", "South", "East", "West"], "series": [{"values": [50, 30, 15, 5]}], "unit": "€"}
ALONG: dict[str, Any] = {
    "mark": "line", "labels": ["2022", "2023", "2024"],
    "series": [{"name": "Shop", "values": [10, 20, 40]}, {"name": "Online", "values": [40, 30, 20]}],
}  # fmt: skip
ONE: dict[str, Any] = {
    "mark": "line",
    "labels": ["2021", "2022", "2023", "2024"],
    "series": [{"name": "Sales", "values": [100, 120, 90, 133]}],
}


@pytest.mark.parametrize(
    ("given", "lang", "true", "false"),
    [
        (SHARED, "en", "North brings in half of revenue", "South brings in half of revenue"),
        (SHARED, "en", "Almost a third of revenue comes from South", "A quarter of revenue comes from South"),
        (SHARED, "en", "East and West make 20% together", "East and West make 40% together"),
        (SHARED, "en", "North outsells South", "South outsells North"),
        (SHARED, "en", "South and West make less than North", "South makes more than North"),
        (SHARED, "en", "North earns ten times as much as West", "North earns three times as much as West"),
        (SHARED, "de", "North ist größer als South", "North ist kleiner als South"),
        (SHARED, "zh", "North比South多", "South比North多"),
        (ALONG, "en", "Shop overtook Online", "Online overtook Shop"),
        (ALONG, "en", "Online was ahead of Shop in 2022", "Shop was ahead of Online in 2022"),
        (ALONG, "en", "Shop quadrupled, Online halved", "Online doubled"),
        (ONE, "en", "Sales fell after 2022", "Sales fell over the years"),
        (ONE, "en", "Sales grew by a third", "Sales fell by half"),
        (ONE, "en", "2023 was the weakest year", "2022 was the weakest year"),
        (ONE, "en", "After a dip, sales rose", "Sales fell"),
    ],
)
def test_shares_comparisons_and_courses_are_claims_too(given: dict[str, Any], lang: str, true: str, false: str) -> None:
    assert check_claims(Chart.model_validate({**given, "lang": lang, "title": true})) == []
    assert len(check_claims(Chart.model_validate({**given, "lang": lang, "title": false}))) == 1


@pytest.mark.parametrize(
    ("lang", "labels", "true", "false"),
    [
        ("de", ["Jan", "Feb", "März", "April"], "Im März fiel der Umsatz um 33 %", "Im März fiel der Umsatz um 43 %"),
        ("es", ["enero", "febrero", "marzo", "abril"], "En marzo cayeron un 33 %", "En marzo cayeron un 3 %"),
        ("zh", ["1月", "2月", "3月", "4月"], "3月下降33%，4月增长78%", "3月下降33%，4月增长87%"),
        ("hi", ["जनवरी", "फरवरी", "मार्च", "अप्रैल"], "मार्च में बिक्री 33% गिरी", "मार्च में बिक्री 53% गिरी"),
        ("ar", ["يناير", "فبراير", "مارس", "أبريل"], "انخفضت المبيعات في مارس بنسبة 33%", "انخفضت المبيعات في مارس بنسبة 50%"),
    ],
)
def test_claims_are_computed_in_other_languages(lang: str, labels: list[str], true: str, false: str) -> None:
    assert check_claims(chart(title=true, labels=labels, lang=lang)) == []
    assert len(check_claims(chart(title=false, labels=labels, lang=lang))) == 1


def test_figures_in_ten_thousands_are_the_same_in_full() -> None:
    given = {"lang": "zh", "unit": "万元", "labels": ["第一季度", "第二季度"], "series": [{"name": "销售额", "values": [120, 150]}]}
    assert check_claims(chart(title="第二季度以150万元领先", **given)) == []
    assert len(check_claims(chart(title="第二季度以170万元领先", **given))) == 1


def test_what_is_no_amount_is_told_from_which_to_which() -> None:
    cold = chart(unit="", labels=["Jan", "Feb", "Mar"], series=[{"name": "temperature", "values": [-4, 1, 16]}], title="")
    assert headline(cold) == "Temperature rose from −4 in Jan to 16 in Mar"
    week = chart(unit="", labels=["Mon", "Tue", "Wed"], series=[{"name": "visitors", "values": [320, 900, 410]}], title="")
    assert headline(week) == "Tue leads with 900"


def test_what_goes_through_time_stands_upright_unless_lying_is_wished_for() -> None:
    said = "12 bugs in Q1, 30 in Q2, 9 in Q3"
    lying = chart(mark="bar", labels=["Q1", "Q2", "Q3"], series=[{"name": "Bugs", "values": [12, 30, 9]}])
    assert FORM.corrected(lying, said).mark == "column"
    assert FORM.corrected(lying, f"{said}, as horizontal bars").mark == "bar"
    assert FORM.corrected(chart(mark="bar", labels=["Ann", "Bo", "Cy", "Di"]), said).mark == "bar"


def test_facts_and_headlines_come_from_the_figures() -> None:
    found = facts(chart())
    assert found.highest is not None and found.lowest is not None
    assert (found.highest.label, found.lowest.label) == (3, 2)
    assert found.changes[0] == pytest.approx(100 / 3)
    assert headline(chart(title="")) == "Sales grew 33% from Jan to April"
    assert FORM.alt(chart()) == "Sales. Column chart. Highest: April 160,000; lowest: March 90,000."


# The drawing


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_sound_in_every_theme_and_width(name: str) -> None:
    spec = read(json.loads(assets.text(name)))
    assert form("chart").findings(spec) == []
    assert check(spec, style("light"), (390.0, 720.0, 960.0, 1280.0)) == []
    for theme in themes():
        assert check(spec, style(theme), (390.0,)) == []


# What each mark needs to be drawn as itself.
CARRIED: dict[str, dict[str, object]] = {
    "dumbbell": {"labels": ["a", "b"], "series": [{"name": "x", "values": [1, 4]}, {"name": "y", "values": [3, 2]}]},
    "slope": {"labels": ["2020", "2024"], "series": [{"name": n, "values": [i, 5 - i]} for i, n in enumerate("pqrst")]},
    "box": {"series": [{"name": "x", "values": [1, 2, 3, 4, 50]}, {"name": "y", "values": [4, 5, 6, 7]}]},
    "violin": {"series": [{"name": "x", "values": [1, 2, 3, 3, 3, 4, 5, 9]}]},
    "density": {"series": [{"name": "x", "values": [1, 2, 3, 3, 3, 4, 5, 9]}, {"name": "y", "values": [4, 5, 6, 6, 7, 7, 7, 8]}]},
    "funnel": {"labels": ["a", "b", "c"], "series": [{"values": [9, 4, 1]}]},
    "treemap": {"labels": ["a", "b", "c"], "series": [{"name": "x", "values": [9, 4, 1]}, {"name": "y", "values": [2, 2, None]}]},
    "bubble": {"labels": ["a", "b"], "series": [{"name": "x", "x": [1, 2], "values": [3, 4], "size": [5, 20]}]},
    "radar": {"labels": ["a", "b", "c", "d"], "series": [{"name": "x", "values": [1, 2, 3, 4]}, {"name": "y", "values": [4, 3, 2, 1]}]},
    "gantt": {
        "labels": ["a", "b"],
        "series": [{"name": "Start", "values": ["2025-01-06", "2025-02-01"]}, {"name": "End", "values": ["2025-01-31", "2025-02-01"]}],
    },
    "candlestick": {
        "labels": ["2025-01-06", "2025-01-07"],
        "series": [{"name": n, "values": v} for n, v in (("O", [1, 2]), ("H", [4, 5]), ("L", [0.5, 1]), ("C", [2, 1.5]))],
    },
    "diverging": {"labels": ["a", "b"], "series": [{"name": n, "values": [1, 2]} for n in "pqr"]},
    "map": {"labels": ["Deutschland", "France", "PL"], "series": [{"name": "x", "values": [1, 2, 3]}]},
    "multiples": {"labels": ["2020", "2021", "2022"], "series": [{"name": n, "values": [1, 3, 2]} for n in "pqrs"]},
    "sparklines": {"labels": ["2020", "2021", "2022"], "series": [{"name": n, "values": [1, 3, 2]} for n in "pqrs"]},
}


@pytest.mark.parametrize("mark", CARRIED)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_marks_are_drawn_as_themselves(mark: str, lang: str) -> None:
    made = Chart.model_validate({"title": "T", "mark": mark, "lang": lang, **CARRIED[mark]})
    assert shown(made).mark == mark
    for width, height in ((390.0, None), (720.0, None), (1280.0, None), (640.0, 300.0)):
        drawing = draw(made, width=width, height=height)
        assert checker.check(drawing) == []
        assert any(getattr(item, "tip", "") for item in flat(drawing.items)), "each mark says what it is"
        assert {item.part for item in flat(drawing.items)} >= {one.id for one in made.series} or mark in {"candlestick", "gantt"}


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_east_is_on_the_right_whoever_reads(lang: str) -> None:
    made = Chart.model_validate({"mark": "map", "lang": lang, "labels": ["US", "CN"], "series": [{"values": [3, 1]}]})
    at = {item.tip[:2]: item.d[0][1][0] for item in flat(draw(made).items) if isinstance(item, Path) and item.tip}
    assert at["US"] < at["CN"]


def test_a_line_that_never_moves_is_told_once_and_from_zero() -> None:
    drawing = draw(chart(mark="line", unit="€", labels=["2020", "2021", "2022", "2023"], series=[{"values": [5, 5, 5, 5]}]), style(), 720.0)
    assert [text.words for text in texts(drawing) if text.role == "value"] == ["€5"]
    assert "€0" in words(drawing).split()


def test_of_many_dots_only_the_outer_ones_are_named() -> None:
    at = [(7 * n) % 41 + 1.0 for n in range(40)]
    up = [(11 * n) % 43 + 1.0 for n in range(40)]
    many = chart(mark="scatter", labels=[f"Flat {n}" for n in range(40)], series=[{"x": at, "values": up}])
    named = {text.words for text in texts(draw(many, style(), 720.0)) if text.words.startswith("Flat")}
    outer = {f"Flat {one.index(pick(one))}" for one in (at, up) for pick in (min, max)}
    assert named <= outer and len(named) >= 2
    few = chart(mark="scatter", labels=many.labels[:12], series=[{"x": at[:12], "values": up[:12]}])
    assert len({text.words for text in texts(draw(few, style(), 720.0)) if text.words.startswith("Flat")}) == 12


@pytest.mark.parametrize("height", [None, 300.0])
def test_tiles_too_small_for_their_names_are_told_below(height: float | None) -> None:
    names = ["Social affairs", "Defence", "Health", "Education", "Agriculture", "Parliament"]
    drawing = draw(chart(mark="treemap", unit="€", labels=names, series=[{"values": [120, 51, 40, 33, 2, 1]}]), style(), 720.0, height)
    told = next(text for text in texts(drawing) if text.words.startswith("Too small for a name"))
    assert "Agriculture €2" in told.words and "Parliament €1" in told.words and "Health" not in told.words
    assert told.y + told.h <= drawing.height and not checker.check(drawing)


@pytest.mark.parametrize(
    ("labels", "said", "mark"),
    [
        (["London", "Rome", "Paris"], "which capital is largest?", "column"),
        (["A", "B", "C", "D", "E", "F", "G"], "show me", "bar"),
        (["London", "Rome", "Paris"], "a line chart of the capitals", "line"),
        (["London", "Rome", "Paris"], "un gráfico de líneas, por favor", "line"),
        (["2019", "2020", "2021"], "show me", "line"),
    ],
)
def test_no_line_leads_between_things_without_an_order_unasked(labels: list[str], said: str, mark: str) -> None:
    drafted = chart(mark="line", lang="es", labels=labels, series=[{"values": list(range(len(labels)))}])
    assert FORM.corrected(drafted, said).mark == mark


def test_no_two_series_have_one_colour() -> None:
    for name in themes():
        assert len({style(name).hue(place) for place in range(20)}) == 20
    rows = [{"name": f"Source {n}", "values": [n + 1, 12 - n]} for n in range(12)]
    drawn = bars(draw(chart(stack="stacked", labels=["2020", "2021"], series=rows), style(), 720.0))
    assert len({box.fill for box in drawn.values()}) == 12


def test_a_trend_is_the_line_by_least_squares() -> None:
    from flipchart.renderers.chart_trend import carried_on, trend

    found = trend([1, 2, 3, 4], [2, 4, 6, 8])
    assert found is not None and (found.slope, found.share, found.at(5)) == (2, 1, 10)
    # Student's t at three degrees of freedom: nine of ten lie below 1.638.
    rough = trend([1, 2, 3, 4, 5], [3, 5, 4, 5, 5.5])
    assert rough is not None and rough.slope == pytest.approx(0.5)
    assert rough.reach(3) / (rough.off * math.sqrt(1.2)) == pytest.approx(1.638, rel=0.01)
    seasonal = [10 + n + (5 if n % 4 == 0 else 0) for n in range(16)]
    ahead = carried_on([float(v) for v in seasonal], 4, 4)
    assert ahead[0][0] - ahead[1][0] > 3 and all(low < y < high or low == y == high for y, low, high in ahead)
    assert carried_on([1.0, 2.0], 3, 0) == []


def test_a_forecast_is_dashed_with_its_band_and_said() -> None:
    made = chart(mark="line", trend="forecast", labels=[str(2014 + n) for n in range(9)], series=[{"values": [1, 3, 2, 4, 6, 5, 7, 9, 8]}])
    drawing = draw(made)
    assert "the trend carried on" in words(drawing) and "2024" in words(drawing)
    assert any(isinstance(item, Path) and item.dash and item.part == "series1" for item in flat(drawing.items))
    assert made.series[0].values == (1, 3, 2, 4, 6, 5, 7, 9, 8)


RISING = {"name": "a", "values": [1, 3, 2, 4, 6, 5, 7, 9, 8]}


@pytest.mark.parametrize(
    ("asked", "said", "dashed"),
    [
        ({"trend": "line", "series": [RISING]}, "it explains 90", 1),
        ({"trend": "line", "series": [RISING, {"name": "b", "values": [9, 1, 8, 2, 7, 3, 6, 4, 5]}]}, "Trends: straight lines", 2),
        # what cannot be drawn is said, not left out
        ({"trend": "line", "series": [{"values": [1, 2]}], "labels": ["2014", "2015"]}, "No trend is drawn", 0),
        ({"trend": "forecast", "series": [{"values": [1, 2, 3]}], "labels": ["2014", "2015", "2016"]}, "No trend is drawn", 0),
        ({"trend": "forecast", "series": [RISING, RISING | {"name": "b"}]}, "No trend is drawn", 0),
        ({"trend": "line", "series": [{"values": [10**n for n in range(9)]}]}, "No trend is drawn", 0),
    ],
)
def test_a_trend_is_drawn_as_it_is_said(asked: dict[str, Any], said: str, dashed: int) -> None:
    drawing = draw(chart(**{"mark": "line", "labels": [str(2014 + n) for n in range(9)]} | asked))
    assert said in words(drawing)
    assert sum(isinstance(item, Path) and bool(item.dash) for item in flat(drawing.items)) == dashed


@pytest.mark.parametrize("trend", ["line", "forecast"])
def test_no_figure_stands_on_a_trend(trend: str) -> None:
    months = [f"{2023 + at // 12}-{at % 12 + 1:02d}" for at in range(20)]
    values = [900 + at * 37 + (at * 53) % 190 for at in range(20)]
    drawing = draw(chart(mark="line", trend=trend, labels=months, series=[{"values": values}]))
    ((dashed,),) = [[item for item in flat(drawing.items) if isinstance(item, Path) and item.dash]]
    places = [place[-2:] for _, place in dashed.d]
    figures = [text.lines[0] for text in texts(drawing) if text.role == "value"]
    assert figures
    for line in figures:
        for (x1, y1), (x2, y2) in pairwise(places):
            for step in range(101):
                x, y = x1 + (x2 - x1) * step / 100, y1 + (y2 - y1) * step / 100
                assert not (line.x < x < line.x + line.width and line.y - 9 < y < line.y)


def test_a_trend_explains_as_much_as_the_line_that_is_drawn() -> None:
    """Along uneven dates: against numpy's fit over the days."""
    dates, values = ["2024-01-01", "2024-01-02", "2024-01-03", "2024-06-30"], [1.0, 5.0, 3.0, 4.0]
    days = [0.0, 1.0, 2.0, 181.0]
    share = round(100 * float(np.corrcoef(days, values)[0, 1]) ** 2)
    drawing = draw(chart(mark="line", trend="line", labels=dates, series=[{"values": values}]))
    assert f"it explains {share}%" in words(drawing)


def test_ranges_are_whiskers_as_long_as_they_say() -> None:
    made = chart(labels=["a", "b"], series=[{"values": [10, 20], "low": [8, 15], "high": [12, 30]}])
    drawing = draw(made)
    scale = bars(drawing)["b: 20"].h / 20
    ink = style("light").ink.lower()
    lines = [item.d for item in flat(drawing.items) if isinstance(item, Path) and item.stroke == ink and item.stroke_width == 1.4]
    tall = [abs(d[1][1][1] - d[0][1][1]) for d in lines if d[0][1][0] == d[1][1][0]]
    assert sorted(tall) == pytest.approx([4 * scale, 15 * scale], rel=1e-6)
    with pytest.raises(ValidationError, match="give one for each value"):
        chart(labels=["a", "b"], series=[{"values": [10, 20], "low": [8]}])


def test_every_figure_of_a_long_line_can_be_pointed_at() -> None:
    days = [f"2024-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(200)]
    made = chart(mark="line", labels=days, series=[{"values": [n % 17 for n in range(200)]}])
    tips = [item.tip for item in flat(draw(made).items) if isinstance(item, Path | Box) and ": " in item.tip]
    assert len(tips) == len(set(tips)) == 200


def test_three_decades_are_drawn_by_powers_of_ten_and_said() -> None:
    values = [0.06, 0.5, 2, 8, 25, 60, 200]
    steep = chart(mark="line", labels=[str(1998 + 4 * n) for n in range(7)], series=[{"values": values}])
    assert "ten times as much" in words(draw(steep)) and "0.06" in words(draw(steep))
    assert "ten times as much" not in words(draw(chart(mark="column", labels=list("abcdefg"), series=[{"values": values}])))
    assert "ten times as much" not in words(draw(chart(mark="line")))


@pytest.mark.parametrize("words", ["Japan", "日本", "JPN", "जापान", "اليابان", "Japón", "japan", "JP"])
def test_countries_are_found_in_nine_languages(words: str) -> None:
    from flipchart.renderers.places import code

    assert code(words) == "JP" and code("Atlantis") == ""


def test_a_map_shades_countries_and_says_what_is_not_on_it() -> None:
    made = Chart.model_validate({"mark": "map", "labels": ["USA", "Brazil", "Atlantis"], "series": [{"values": [3, 1, 9]}]})
    drawing = draw(made)
    fills = {item.tip.split(":")[0]: item.fill for item in flat(drawing.items) if isinstance(item, Path) and item.tip}
    assert set(fills) == {"USA", "Brazil"} and fills["USA"] != fills["Brazil"]
    assert "Not on the map: Atlantis." in words(drawing)
    assert shown(made.model_copy(update={"labels": ("one", "two", "three")})).mark == "bar"


@pytest.mark.parametrize("mark", MARKS)
def test_an_office_file_gets_one_live_chart(mark: str) -> None:
    two = {"labels": ["a", "b", "c"], "series": [{"name": "x", "values": [1, 2, 3], "x": [1, 2, 4]}]}
    made = Chart.model_validate(two | {"mark": mark})
    frames = [item for item in draw(made).items if isinstance(item, ChartFrame)]
    if mark == "table":
        assert sum(isinstance(item, TableFrame) for item in flat(draw(made).items)) == 1
    elif mark != "number":
        assert [type(item) for item in frames[0].items] == [Group]
        assert frames[0].chart.series[0].values == (1, 2, 3)
    assert len(frames) == (0 if mark in {"table", "number"} else 1)


def test_figures_can_be_edited_where_they_stand() -> None:
    shown_values = {text.field: text.words for text in texts(draw(chart())) if text.part == "series1"}
    assert shown_values["values.2"] == "90,000"
    changed = patch(chart(), [{"id": "series1", "set": {"values.2": "95k"}}])
    assert changed.series[0].values == (120_000, 135_000, 95_000, 160_000)
    assert changed.sources["series1.values.2"].kind == "edited"
    names = {text.field: text.words for text in texts(draw(chart())) if text.part == "chart1"}
    assert names["labels.2"] == "March"


def test_figures_from_memory_are_marked() -> None:
    made = chart(sources={"series1.values.1": {"kind": "model"}})
    drawing = draw(made)
    assert sum(isinstance(item, Path) and item.dash == (0.1, 3.0) for item in flat(drawing.items)) == 1
    assert "From the model’s memory, not checked" in words(drawing)
    whole = chart(sources={"series1.values": {"kind": "model"}})
    assert sum(isinstance(item, Path) and item.dash == (0.1, 3.0) for item in flat(draw(whole).items)) == 4


def test_a_given_height_is_kept() -> None:
    for mark in MARKS:
        made = Chart.model_validate({"mark": mark, "labels": list("abc"), "series": [{"values": [1, 2, 3], "x": [1, 2, 4]}]})
        assert draw(made, width=640, height=360).height == 360


def test_right_to_left_mirrors_the_axes() -> None:
    left = bars(draw(chart()))
    right = bars(draw(chart(lang="ar")))
    assert next(iter(left.values())).x < next(iter(reversed(left.values()))).x
    assert next(iter(right.values())).x > next(iter(reversed(right.values()))).x


def test_a_hand_drawn_bar_has_a_stroke_and_paper_little_ink() -> None:
    assert all(box.stroke for box in bars(draw(chart(), style("chalk"))).values())
    assert all(box.stroke for box in bars(draw(chart(), style("print"))).values())


def test_ten_thousand_names_are_cut_and_said() -> None:
    many = {
        "labels": [f"Name {n} of many" for n in range(10_000)],
        "series": [{"values": [float(n * 7919 % 10007) for n in range(10_000)]}],
    }
    drawing = draw(Chart.model_validate(many))
    assert len(bars(drawing)) == 30
    assert "The 30 largest of 10,000." in words(drawing)
    assert checker.check(drawing) == []


NAUGHTY: dict[str, dict[str, object]] = {
    "all equal": {"series": [{"values": [5, 5, 5, 5]}]},
    "all zero": {"series": [{"values": [0, 0, 0, 0]}]},
    "one row": {"labels": ["a"], "series": [{"values": [3]}]},
    "empty": {"labels": [], "series": []},
    "no values": {"series": [{"values": []}]},
    "huge": {"series": [{"values": [1e308, -1e308, 5e307, 1]}]},
    "tiny": {"series": [{"values": [1e-308, 2e-308, 0, 1e-300]}]},
    "old dates": {"labels": ["0850-01-01", "1492-10-12", "1776-07-04", "1899-12-31"]},
    "many series": {"series": [{"name": f"Series {n}", "values": [n, n + 1, n * 2, 3]} for n in range(30)]},
    "long names": {"labels": ["x" * 80, "A label of eighty characters that goes on and on and on until it is quite long", "c", "d"]},
    "scripts": {"labels": ["القاهرة", "北京", "दिल्ली", "Москва"], "title": "مدن 城市"},
    "emoji": {"labels": ["🚀", "👩‍👩‍👧", "é", "\u202eabc\u0007"], "title": "\u0000\ud800 ok"},
    "same labels": {"labels": ["a", "a", "a", "a"]},
    "negative": {"series": [{"values": [-1, -2, -3, -4]}]},
    "few values": {"series": [{"values": [1]}]},
}


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("name", NAUGHTY)
def test_naughty_data_draws(mark: str, name: str) -> None:
    made = chart(**{"mark": mark, **NAUGHTY[name]})
    # What is drawn as another mark is looked at there.
    for width in (390, 1280) if shown(made).mark == mark else (390,):
        drawing = draw(made, width=width)
        assert [finding for finding in checker.check(drawing) if finding.code not in {"glyph"}] == []
        svg.write(drawing, fonts=False)
    assert FORM.markdown(made) is not None and FORM.alt(made)


labels = st.lists(st.text(max_size=24), max_size=14)
figure = st.one_of(
    st.none(), st.floats(allow_nan=True, allow_infinity=True), st.integers(-(10**20), 10**20), st.sampled_from(["12k", "3 %", "€5", "n/a"])
)


@st.composite
def specs(pick: st.DrawFn) -> dict[str, object]:
    names = pick(labels)
    series = [
        {"name": pick(st.text(max_size=16)), "values": pick(st.lists(figure, max_size=len(names)))} for _ in range(pick(st.integers(0, 5)))
    ]
    return {
        "title": pick(st.text(max_size=60)),
        "mark": pick(st.sampled_from(MARKS)),
        "labels": names,
        "series": series,
        "unit": pick(st.sampled_from(["", "$", "%", "people", "km"])),
        "stack": pick(st.sampled_from(["", "stacked", "share"])),
        "highlight": pick(st.sampled_from(["", *names[:1]])),
        "note": pick(st.text(max_size=30)),
        "lang": pick(st.sampled_from(["", "en", "de", "hi", "ar", "zh"])),
    }


@settings(max_examples=120, deadline=None)
@given(specs(), st.sampled_from(["light", "dark", "chalk", "print", "contrast"]), st.sampled_from([390.0, 720.0, 1280.0]))
def test_any_chart_draws_the_same_twice_and_stays_on_its_page(given_spec: dict[str, object], theme: str, width: float) -> None:
    made = Chart.model_validate(given_spec)
    assert Chart.model_validate(dump(made)) == made
    drawing = draw(made, style(theme), width)
    faults = [finding for finding in checker.check(drawing) if finding.code not in {"glyph"}]
    # The title is the sheet's: a word wider than the page is cut there.
    assert [fault for fault in faults if "title" not in fault.where] == []
    assert svg.write(drawing, fonts=False) == svg.write(draw(made, style(theme), width), fonts=False)
    for design in FORM.designs(made):
        draw(made.model_copy(update={"look": made.look.model_copy(update={"design": design})}), width=width)
    content = FORM.content(made)
    if content is not None and FORM.from_content is not None:
        FORM.from_content(content)


@settings(max_examples=60, deadline=None)
@given(specs())
def test_every_prefix_of_a_stream_draws(given_spec: dict[str, object]) -> None:
    stream = json.dumps({k: v for k, v in given_spec.items() if k != "lang"}, default=str)
    for end in range(0, len(stream), max(1, len(stream) // 12)):
        made = read_prefix(stream[:end], Chart)
        if made is not None:
            draw(made, width=390)


# What else it is


def test_content_goes_to_other_forms_and_back() -> None:
    made = chart(sources={"series1.values": {"kind": "quoted", "detail": "120k"}})
    found = FORM.content(made)
    assert found is not None and FORM.from_content is not None
    assert [(thing.label, thing.value) for thing in found.things][2] == ("March", 90_000)
    assert found.things[0].sources[0][1].kind == "quoted"
    back = FORM.from_content(found)
    assert isinstance(back, Chart) and back.series[0].values == made.series[0].values


def test_designs_flip_and_a_table_is_always_one() -> None:
    assert FORM.designs(chart())[0] == "column" and "table" in FORM.designs(chart())
    flipped = chart(look={"design": "line"})
    assert shown(flipped).mark == "line" and "line" in FORM.designs(flipped)
    assert shown(chart(look={"design": "no such"})).mark == "column"


def test_csv_runs_no_formula() -> None:
    evil = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "\t=2", "＝1", "-5", "ok\n=3"]
    made = Chart.model_validate({"labels": evil, "series": [{"name": "=x", "values": [-1, 2, 3, 4, 5, 6, 7.5]}]})
    content, mime = write(Page((made,)), "csv")
    assert mime == "text/csv; charset=utf-8" and content.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert table[0][1] == "'=x"
    assert [row[1] for row in table[1:]] == ["-1", "2", "3", "4", "5", "6", "7.5"]
    for row in table[1:]:
        for line in row[0].split("\n"):
            assert not line.strip().startswith(("=", "@", "+", "＝")) or line == "-5"


def test_markdown_is_the_title_and_the_table() -> None:
    made = FORM.markdown(chart(title="A | B", unit="$"))
    assert made.splitlines()[0] == "## A | B"
    assert "| March | $90,000 |" in made


def test_a_model_is_asked_for_few_fields() -> None:
    schema = json.dumps(written_schema(Chart))
    assert '"said"' not in schema and '"sources"' not in schema and '"texts"' not in schema


def test_matplotlib_draws_without_pyplot_and_leaves_its_settings_alone() -> None:
    code = (
        "import sys; from flipchart.renderers.chart import Chart; from flipchart.renderers.render import draw;"
        "assert 'matplotlib' not in sys.modules and 'duckdb' not in sys.modules;"
        "draw(Chart.model_validate({'labels': ['a', 'b'], 'series': [{'values': [1, 2]}]}));"
        "heavy = {'matplotlib.pyplot', 'matplotlib.text', 'matplotlib.backend_bases', 'matplotlib.font_manager', 'duckdb', 'pptx'};"
        "import matplotlib; assert not heavy & set(sys.modules), heavy & set(sys.modules);"
        "assert matplotlib.rcParams == matplotlib.rcParamsDefault or matplotlib.rcParams['backend']"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def test_gridlines_lie_where_their_figures_are() -> None:
    values = [round(-0.4 + n * 0.055, 2) for n in range(30)]
    drawing = draw(Chart.model_validate({"labels": [str(1990 + n) for n in range(30)], "series": [{"values": values}], "unit": "°C"}))
    zero = next(text for text in texts(drawing) if text.words == "0.0\u00a0°C")
    middle = zero.lines[0].y - zero.size * 0.38
    tall = next(box for tip, box in bars(drawing).items() if tip.startswith("2019"))
    assert middle == pytest.approx(tall.y + tall.h, abs=2.0)
    one = next(text for text in texts(drawing) if text.words == "1.0\u00a0°C")
    assert (tall.h / values[-1]) == pytest.approx(zero.lines[0].y - one.lines[0].y, rel=0.001)


def test_what_has_no_room_is_counted() -> None:
    made = Chart.model_validate(
        {"mark": "bar", "labels": [f"Country number {n}" for n in range(14)], "series": [{"values": list(range(14))}]}
    )
    drawing = draw(made, width=480, height=220)
    left = 14 - len(bars(drawing))
    assert left > 0 and f"{left} more not shown." in words(drawing)
    assert checker.check(drawing) == []


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("a bar chart of coffee 40, tea 25", ""),
        ("coffee 40 dollars, tea 25 dollars", "$"),
        ("coffee $40, tea $25", "$"),
        ("in euros: coffee 40, tea 25", "$"),
        ("what coffee and tea cost", "$"),
    ],
)
def test_figures_that_were_said_have_no_currency_that_nobody_said(said: str, unit: str) -> None:
    made = {
        "kind": "chart",
        "mark": "bar",
        "labels": ["coffee", "tea"],
        "series": [{"name": "amounts", "values": [40, 25]}],
        "unit": "$",
        "y_title": "Amount",
    }
    done = form("chart").corrected(form("chart").spec.model_validate(made), said).model_dump()
    assert (done["unit"], done["y_title"], done["series"][0]["name"]) == (unit, "", "")


@pytest.mark.parametrize(
    ("title", "largest", "said", "kept"),
    [
        ("Rent in thousands", 14_000, "rent was 12k in May and 14k in June", "Rent"),
        ("Umsatz (in Tausend)", 14_000, "Mai 12000, Juni 14000", "Umsatz"),
        ("Rent in thousands", 14_000, "rent in thousands: 12000 in May, 14000 in June", "Rent in thousands"),
        ("Rent in thousands", 14, "12k in May, 14k in June", "Rent in thousands"),
        ("Rent in euros", 14_000, "12k in May, 14k in June", "Rent in euros"),
    ],
)
def test_an_axis_is_in_thousands_only_where_its_figures_are(title: str, largest: float, said: str, kept: str) -> None:
    made = {"kind": "chart", "mark": "line", "labels": ["May", "June"], "series": [{"values": [1, largest]}], "y_title": title}
    done = form("chart").corrected(form("chart").spec.model_validate(made), said)
    assert done.model_dump()["y_title"] == kept


@pytest.mark.parametrize("value", [0.0, 7.0, -3e-300, 2.230885264332134e16, 1.7e308])
def test_a_sparkline_that_does_not_move_stays_on_its_row(value: float) -> None:
    spec = Chart.model_validate({"mark": "sparklines", "labels": ["a", "b"], "series": [{"name": "S", "values": [value, value]}]})
    for width in (390.0, 720.0):
        assert [fault for fault in checker.check(FORM.layout(spec, style(), width, None)) if fault.level == "error"] == []


def test_no_gridline_lies_far_above_all_figures() -> None:
    values = [[43, 40, 36, 24], [9, 12, 13, 17]]
    data = {"mark": "line", "labels": ["2014", "2016", "2018", "2020"], "unit": "%", "series": [{"values": one} for one in values]}
    said = {text.words for text in texts(draw(chart(**data), width=720.0))}
    assert "40%" in said and "50%" not in said


def test_greys_beside_each_other_differ() -> None:
    series = [{"name": name, "values": [24, 26]} for name in ("Pump", "District", "Gas", "Other")]
    drawing = draw(chart(mark="bar", stack="share", labels=["A", "B"], series=series, highlight="Gas"), width=720.0)
    greys = [luminance(box.fill or "") for box in flat(drawing.items) if isinstance(box, Box) and ", A: " in box.tip]
    assert len(greys) == 4
    greys.pop(2)
    assert all(b - a > 0.15 for a, b in pairwise(greys))


def test_a_stressed_sparkline_has_the_accent() -> None:
    series = [{"name": name, "values": [1, 2, 3 + n]} for n, name in enumerate(("North", "South"))]
    drawing = draw(chart(mark="sparklines", labels=["2020", "2021", "2022"], series=series, highlight="North"), width=720.0)
    strokes = {item.part: item.stroke for item in flat(drawing.items) if isinstance(item, Path) and item.part and item.stroke}
    assert strokes["series1"].upper() == style().accent != strokes["series2"].upper()


def test_a_plan_on_a_phone_tells_every_task_s_dates_and_crosses_no_name() -> None:
    names = ["User research and interviews", "Design of all the pages", "Build the first version", "Launch"]
    starts, ends = ["2025-01-06", "2025-01-20", "2025-03-03", "2025-03-17"], ["2025-01-24", "2025-02-14", "2025-03-21", "2025-03-28"]
    drawing = draw(
        chart(mark="gantt", labels=names, series=[{"name": "Start", "values": starts}, {"name": "End", "values": ends}]), width=390
    )
    assert all(dates in words(drawing) for dates in ("Jan 6 – Jan 24", "Jan 20 – Feb 14", "Mar 3 – Mar 21", "Mar 17 – Mar 28"))
    named = [text for text in texts(drawing) if text.lines[0].text in names]
    lines = [[place for _, place in item.d] for item in flat(drawing.items) if isinstance(item, Path) and len(item.d) == 2]
    upright = [(x1, y1, y2) for (x1, y1), (x2, y2) in lines if x1 == x2]
    assert len(named) == 4 and upright
    assert not any(text.x < x < text.x + text.lines[0].width and y1 < text.y + text.h / 2 < y2 for text in named for x, y1, y2 in upright)


@pytest.mark.parametrize("names", [["North America", "Latin America", "Middle East", "Sub-Saharan Africa"], ["0⺀%0000000", "", "", ""]])
def test_labels_of_several_lines_have_room_under_a_line_chart(names: list[str]) -> None:
    series = [{"name": f"series {n}", "values": [1e5, 2, 3e4, 5e4]} for n in range(2)]
    made = Chart.model_validate({"mark": "line", "labels": names, "series": series, "x_title": "Region", "note": "A note below."})
    for width in (390.0, 520.0, 720.0):
        drawing = draw(made, width=width)
        assert [finding for finding in checker.check(drawing) if finding.code != "glyph"] == []
        words = [item for item in flat(drawing.items) if isinstance(item, Text)]
        under = max((line.y for item in words if item.field.startswith("labels.") for line in item.lines), default=0.0)
        title = next(item for item in words if item.field == "x_title")
        assert under < title.lines[0].y, "the labels end above what they are called"


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_chart_is_seen_whole_in_a_low_room_where_it_reads_as_well(name: str) -> None:
    spec = read(assets.text(name))
    natural = draw(spec, None, 920.0)
    tall = round(0.75 * natural.height)
    drawn = draw_within(spec, None, 920.0, tall)
    assert drawn.height == (tall if form("chart").elastic(spec) else natural.height)
    assert checker.check(drawn) == []
    title, source = (
        [item.x for item in flat(drawn.items) if isinstance(item, Text) and item.role == role] for role in ("title", "caption")
    )
    assert spec.lang == "ar" or not source or source[-1] == title[0], "what stands below has the margin of what stands above"
    assert draw_within(spec, None, 920.0, 0.3 * natural.height).height == natural.height


@pytest.mark.parametrize("mark", ["line", "column", "area"])
@pytest.mark.parametrize("values", [[2, 2, 1, 1], [3, 4, 4, 6]])
def test_a_handful_of_things_counted_has_whole_ticks_from_zero_and_no_percent(mark: str, values: list[int]) -> None:
    spec = chart(title="", mark=mark, labels=["2012", "2013", "2014", "2015"], series=[{"name": "People", "values": values}])
    drawn = draw(spec, None, 390.0)
    words = [line.text for item in flat(drawn.items) if isinstance(item, Text) for line in item.lines]
    assert not [one for one in words if "." in one], words
    assert mark == "column" or "0" in words
    rose = values[-1] > values[0]
    assert headline(spec) == f"People {'rose' if rose else 'fell'} from {values[0]} in 2012 to {values[-1]} in 2015"
    assert "%" in headline(chart(title="", labels=["2012", "2013"], series=[{"name": "People", "values": [20, 10]}]))


@pytest.mark.parametrize(
    ("said", "lang", "stressed", "title"),
    [
        ("We had 120 visitors in June, 190 in July and 148 in August. Which month did best?", "en", "July", "July leads with 190"),
        ("Besucher: June 120, July 190, August 148. Welcher Monat war am schlechtesten?", "de", "June", "Am niedrigsten: June, 120"),
        ("Visitors: June 120, July 190, August 148", "en", "", "Visitors grew 23% from June to August"),
    ],
)
def test_a_question_for_the_best_is_answered_by_name(said: str, lang: str, stressed: str, title: str) -> None:
    from flipchart.renderers.chart import corrected

    spec = chart(title="", lang=lang, labels=["June", "July", "August"], series=[{"name": "visitors", "values": [120, 190, 148]}])
    asked = corrected(spec, said)
    assert (asked.highlight, headline(asked)) == (stressed, title)


@pytest.mark.parametrize("height", [None, 440.0])
def test_the_month_that_is_stressed_is_named_and_its_year_keeps_off_the_source(height: float | None) -> None:
    months = [f"2024-{month:02d}" for month in range(1, 13)]
    given = {
        "labels": months,
        "series": [{"name": "P", "values": [*range(20, 32)]}],
        "sources": {"chart1": {"kind": "data", "detail": "t.csv"}},
    }
    for at, word in ((0, "Jan"), (5, "Jun")):
        drawn = draw(chart(mark="column", highlight=months[at], **given), None, 360.0, height)
        texts = [item for item in flat(drawn.items) if isinstance(item, Text)]
        assert any(word in item.words for item in texts)
        assert max(item.y + item.h for item in texts if item.role == "label") <= texts[-1].y
        assert checker.check(drawn) == []


def test_nobody_leads_where_all_are_even() -> None:
    spec = chart(title="", mark="bar", labels=["Admin", "Nursing"], series=[{"name": "People", "values": [4, 4]}])
    assert headline(spec) == "All have the same: 4"


def test_few_bars_grow_to_fill_a_page_of_a_given_size() -> None:
    spec = Chart.model_validate(
        {"mark": "bar", "title": "A leads", "labels": ["A", "B", "C"], "series": [{"name": "n", "values": [9, 7, 4]}]}
    )
    low, tall = (max(item.y for item in flat(draw(spec, style(), 1080, height).items) if isinstance(item, Text)) for height in (None, 1080))
    assert tall > 1.6 * low
