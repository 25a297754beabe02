"""A deck opens in an office without repair, looks as it was drawn, and stays editable: real layouts, native charts, glued arrows."""

import io
import json
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
import pptx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image
from pptx.util import Emu

from flipchart import assets
from flipchart.renderers import pptx as output
from flipchart.renderers import render
from flipchart.renderers.drawing import Box, Connector, Drawing, Group, Icon, Path, Picture, TableFrame, Text, flat
from flipchart.renderers.pptx_theme import zipped
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.read import read
from flipchart.renderers.render import Page
from flipchart.renderers.slides import pages
from flipchart.renderers.style import style, themes
from flipchart.renderers.typeset import measure, place

KINDS = ("animation", "app", "chart", "image", "infographic", "slides", "whiteboard")
EXAMPLES = [name for kind in KINDS for name in assets.names(f"examples/{kind}", ".json")]
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
PX = 12700  # EMU


def spec(name: str) -> Any:
    return read(json.loads(assets.text(name)))


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def opened(content: bytes) -> Any:
    return pptx.Presentation(io.BytesIO(content))


def deck(*slides: dict[str, Any], theme: str = "light", **more: Any) -> bytes:
    return render.render({"kind": "slides", "title": "A talk", "slides": list(slides), **more}, theme).bytes("pptx")


def drawn(*items: Any, **more: Any) -> bytes:
    return output.write([Drawing(960.0, 540.0, items, "#FFFFFF", **more)], style().for_office(), more.pop("blobs", {}))


def shapes(content: bytes, slide: int = 0) -> list[Any]:
    def inner(holder: Any) -> Iterator[Any]:
        for shape in holder:
            yield shape
            if shape.shape_type == 6:
                yield from inner(shape.shapes)

    return list(inner(opened(content).slides[slide].shapes))


def faults(content: bytes) -> list[str]:
    """What an office would want to repair."""
    held = parts(content)
    out = []
    types = etree.fromstring(held["[Content_Types].xml"])
    named = {one.get("PartName") for one in types if one.tag.endswith("Override")}
    endings = {one.get("Extension") for one in types if one.tag.endswith("Default")}
    out += [f"{name} is listed but not there" for name in named if name[1:] not in held]
    for name, body in held.items():
        if name != "[Content_Types].xml" and f"/{name}" not in named and name.rpartition(".")[2] not in endings:
            out.append(f"{name} has no type")
        if name.endswith(".rels"):
            folder = posixpath.dirname(posixpath.dirname(name))
            for one in etree.fromstring(body):
                target = one.get("Target")
                full = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                if one.get("TargetMode") != "External" and full not in held:
                    out.append(f"{name} points at {full}")
        if re.match(r"ppt/slides/slide\d+\.xml", name):
            tree = etree.fromstring(re.sub(rb"<mc:Fallback>.*?</mc:Fallback>", b"", body, flags=re.DOTALL))
            ids = [one.get("id") for one in tree.iter(f"{P}cNvPr")]
            out += [f"{name} has the id {id} twice" for id in {id for id in ids if ids.count(id) > 1}]
            out += [f"{name} glues to {one.get('id')}" for one in tree.iter(f"{A}stCxn", f"{A}endCxn") if one.get("id") not in ids]
            relations = set(re.findall(rb'r:(?:id|embed)="(rId\d+)"', body))
            known = set(re.findall(rb'Id="(rId\d+)"', held[f"ppt/slides/_rels/{posixpath.basename(name)}.rels"]))
            out += [f"{name} uses {one!r}" for one in relations - known]
    return out


# The package


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_opens_without_repair(name: str) -> None:
    content = render.render(json.loads(assets.text(name))).bytes("pptx")
    assert faults(content) == []
    assert len(opened(content).slides) >= 1


@pytest.mark.parametrize("theme", themes())
def test_a_deck_opens_in_every_theme(theme: str) -> None:
    content = render.render(spec("examples/slides/release-review.json"), theme).bytes("pptx")
    assert faults(content) == []


def test_the_same_deck_is_the_same_bytes_and_holds_no_time() -> None:
    first, second = (render.render(spec("examples/slides/release-review.json")).bytes("pptx") for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert re.findall(rb"20[12]\d-\d\d-\d\dT", b"".join(parts(first).values())) == []


def test_pages_are_sixteen_to_nine() -> None:
    found = opened(deck())
    assert (found.slide_width, found.slide_height) == (Emu(12192000), Emu(6858000))


def test_layouts_are_called_what_people_look_for() -> None:
    names = [layout.name for layout in opened(deck()).slide_layouts]
    assert names == ["Title Slide", "Section Header", "Title and Content", "Two Content", "Title Only", "Closing", "Blank"]


def test_the_theme_is_the_style_s() -> None:
    theme = parts(deck())["ppt/theme/theme1.xml"].decode()
    assert re.findall(r'<a:accent1><a:srgbClr val="(\w+)"', theme) == [style().accent[1:]]
    assert re.findall(r'<a:latin typeface="(\w+)"', theme) == ["Arial", "Arial"]


@pytest.mark.parametrize(("theme", "background", "ink"), [("light", "lt1", "dk1"), ("dark", "dk1", "lt1")])
def test_dark_styles_map_dark_colours_to_the_ground(theme: str, background: str, ink: str) -> None:
    held = parts(deck(theme=theme))
    mapped = etree.fromstring(held["ppt/slideMasters/slideMaster1.xml"]).find(f"{P}clrMap")
    assert (mapped.get("bg1"), mapped.get("tx1")) == (background, ink)
    ground = re.findall(rf'<a:{background}><a:srgbClr val="(\w+)"', held["ppt/theme/theme1.xml"].decode())
    assert ground == [style(theme).sheet[1:].upper()]


# Slides


def test_headings_stand_in_title_placeholders_on_fitting_layouts() -> None:
    content = deck(
        {"type": "section", "heading": "Part one"},
        {"type": "points", "heading": "Three points", "items": ["a", "b", "c"]},
        {"type": "table", "heading": "Rows", "columns": ["x", "y"], "rows": [["1", "2"]]},
        {"type": "points", "heading": "", "items": ["alone", "and free"]},
        {"type": "closing", "heading": "Thanks"},
    )
    slides = opened(content).slides
    assert [slide.slide_layout.name for slide in slides] == [
        "Title Slide",
        "Section Header",
        "Title Only",
        "Title and Content",
        "Blank",
        "Closing",
    ]
    assert [slide.shapes.title.text_frame.text if slide.shapes.title is not None else None for slide in slides] == [
        "A talk",
        "Part one",
        "Three points",
        "Rows",
        None,
        "Thanks",
    ]


def test_a_long_title_is_one_paragraph() -> None:
    heading = "A heading that is so long that it has to be broken into two lines on the slide, whatever one does about it"
    found = opened(deck({"type": "points", "heading": heading, "items": ["a", "b"]})).slides[1].shapes.title
    assert found.text_frame.text.replace("\v", " ") == heading
    assert len(found.text_frame.paragraphs) == 1


def test_notes_numbers_and_footers_are_real() -> None:
    slide = opened(deck({"type": "points", "heading": "h", "items": ["a", "b"], "notes": "Say this"})).slides[1]
    assert slide.notes_slide.notes_text_frame.text == "Say this"
    kinds = {str(shape.placeholder_format.type).split(" ")[0]: shape for shape in slide.placeholders}
    assert kinds["FOOTER"].text_frame.text == "A talk"
    assert 'type="slidenum"' in etree.tostring(kinds["SLIDE_NUMBER"]._element).decode()


def test_notes_masters_are_listed_where_there_are_notes() -> None:
    listed = parts(deck({"type": "points", "heading": "h", "items": ["a"], "notes": "n"}))["ppt/presentation.xml"]
    assert listed.count(b"<p:notesMasterId ") == 1
    assert b"notesMasterId" not in parts(deck())["ppt/presentation.xml"]


def test_nothing_fits_itself() -> None:
    content = deck({"type": "points", "heading": "h", "items": ["a", "b"]}, {"type": "quote", "heading": "", "text": "Words", "by": "Me"})
    slides = b"".join(body for name, body in parts(content).items() if name.startswith("ppt/slides/slide"))
    assert b"normAutofit" not in slides and b"spAutoFit" not in slides


def test_right_to_left_paragraphs_say_so() -> None:
    content = deck({"type": "points", "heading": "عنوان", "items": ["نقطة أولى", "نقطة ثانية"]}, lang="ar", title="عرض")
    title = opened(content).slides[1].shapes.title._element
    assert [one.get("rtl") for one in title.iter(f"{A}pPr")] == ["1"]
    assert [one.get("algn") for one in title.iter(f"{A}pPr")] == ["r"]
    assert b'lang="ar-SA"' in parts(content)["ppt/slides/slide2.xml"]


def test_several_visuals_become_one_numbered_deck() -> None:
    page = Page(
        (spec("examples/slides/vaccines.json"), spec("examples/infographic/sleep-tips.json")),
        text="Some words.\n\n- one\n- two",
        title="All of it",
    )
    slides = list(opened(render.write(page, "pptx")[0]).slides)
    assert slides[0].shapes.title.text_frame.text.replace("\v", " ") == "All of it"
    numbers = [
        shape.text_frame.text for slide in slides for shape in slide.placeholders if "SLIDE_NUMBER" in str(shape.placeholder_format.type)
    ]
    assert [int(number.split(" ")[0]) for number in numbers] == sorted(int(number.split(" ")[0]) for number in numbers)
    assert int(numbers[-1].split(" ")[0]) == len(slides)


def test_an_answer_without_visuals_is_typeset() -> None:
    content = render.write(Page((), text="## Boil an egg\n\nPut it in **boiling** water.\n\n## Then\n\n1. Wait\n2. Eat"), "pptx")[0]
    found = [slide.shapes.title.text_frame.text for slide in opened(content).slides]
    assert found == ["Boil an egg", "Then"]
    assert faults(content) == []


def test_prose_stands_in_the_content_placeholder() -> None:
    slide = opened(render.write(Page((), text="## A head\n\nOne paragraph of words."), "pptx")[0]).slides[0]
    assert [shape.text_frame.text for shape in slide.placeholders if shape.placeholder_format.idx == 1] == ["One paragraph of words."]


# What stays alive


def test_charts_are_native_with_their_workbook() -> None:
    content = deck({"type": "chart", "heading": "h", "labels": ["Jan", "Feb"], "values": ["120k", 90000], "unit": "$"})
    frame = next(shape for shape in shapes(content, 1) if shape.has_chart)
    assert [list(series.values) for series in frame.chart.plots[0].series] == [[120000.0, 90000.0]]
    assert list(frame.chart.plots[0].categories) == ["Jan", "Feb"]
    book = openpyxl.load_workbook(io.BytesIO(frame.chart.part.chart_workbook.xlsx_part.blob))
    assert [[cell.value for cell in row] for row in book.active.iter_rows(min_row=2)] == [["Jan", 120000], ["Feb", 90000]]
    assert frame.is_placeholder
    assert frame._element.nvGraphicFramePr.cNvPr.get("descr")


def _native(**given: Any) -> Any:
    """The native chart of a chart slide."""
    content = render.render({"kind": "chart", "lang": "en", **given}).bytes("pptx")
    return next(shape.chart for shape in shapes(content) if shape.has_chart)


def test_what_a_title_stresses_stays_stressed_in_the_native_chart() -> None:
    made = _native(title="Bonn leads", mark="column", labels=["Rome", "Bonn", "Lyon"], series=[{"name": "n", "values": [2.0, 5.0, 3.0]}])
    series = made.plots[0].series[0]
    points = {point.find("{*}idx").get("val") for point in series._element.findall("{*}dPt")}
    assert points == {"1"}, "one bar in another colour than the rest"
    assert not series.data_labels.font.bold and series.points[1].data_label.font.bold
    assert series.data_labels.number_format == "#,##0"


def test_a_slope_tells_its_ends_with_their_names_where_these_have_room() -> None:
    lines = {"Rome": [20, 40], "Bonn": [35, 30], "Lyon": [50, 10]}
    given = {"mark": "slope", "labels": ["2010", "2020"], "series": [{"name": name, "values": ends} for name, ends in lines.items()]}
    made = _native(**given)
    told = [one._element.findall("{*}dLbls/{*}dLbl") for one in made.plots[0].series]
    assert [[label.find("{*}showSerName").get("val") for label in labels] for labels in told] == [["0", "1"]] * 3
    assert not made.has_legend
    crowded = [{"name": f"City {n}", "values": [20 + n / 100, 40 - n / 100]} for n in range(4)]
    made = _native(**given | {"series": crowded})
    assert sum(len(one._element.findall("{*}dLbls/{*}dLbl")) for one in made.plots[0].series) < 8 and made.has_legend


def test_a_line_with_a_forecast_has_the_colour_it_was_drawn_in() -> None:
    months = [f"{2022 + n // 12}-{n % 12 + 1:02d}" for n in range(36)]
    values = [100 + 3 * n + n * 37 % 11 for n in range(36)]
    made = _native(mark="line", trend="forecast", labels=months, series=[{"name": "Sales", "values": values}])
    hues = {str(series.format.line.color.rgb) for series in made.plots[0].series}
    assert len(made.plots[0].series) == 4 and hues == {"2F5BD8"}, "not the white of what is only there to be pointed at"


def test_shares_and_changes_are_written_as_they_are_drawn() -> None:
    ring = _native(mark="donut", labels=["Rent", "Food"], unit="€", series=[{"values": [900, 600]}]).plots[0]
    assert ring.data_labels.show_percentage and not ring.data_labels.show_value
    assert [list(series.values) for series in ring.series] == [[900, 600]]
    stack = [{"name": "Yes", "values": [60, 45]}, {"name": "No", "values": [40, 55]}]
    shares = _native(mark="bar", stack="share", labels=["Young", "Old"], series=stack).plots[0]
    assert {series.data_labels.number_format for series in shares.series} == {'#,##0"%"'}
    steps = _native(mark="waterfall", labels=["Sales", "Costs", "Grants"], series=[{"values": [9, -4, 2]}]).plots[0].series
    told = {
        series.name: (series.data_labels.number_format, str(series.format.fill.fore_color.rgb)) for series in steps if series.name.strip()
    }
    assert {name: shown[0] for name, shown in told.items()} == {"Total": "#,##0", "Increase": '"+"#,##0', "Decrease": '"−"#,##0'}
    assert len({shown[1] for shown in told.values()}) == 3


def test_words_in_a_chart_s_workbook_stay_words() -> None:
    words = ['=HYPERLINK("http://far.example","x")', "+1+1", "http://far.example/", "mailto:a@far.example", "{=1}", "internal:Sheet1!A1"]
    for mark in ("column", "scatter"):
        given = {"kind": "chart", "mark": mark, "labels": words, "series": [{"name": words[0], "values": [1] * 6, "x": [1, 2, 3, 4, 5, 6]}]}
        content = output.write_page(Page((read(given),)))
        frame = next(shape for shape in shapes(content) if shape.has_chart)
        book = parts(frame.chart.part.chart_workbook.xlsx_part.blob)
        assert not [name for name, part in book.items() if re.search(rb"<f[ >]|<hyperlink|External", part)]
        assert words[0] in [cell.value for row in openpyxl.load_workbook(io.BytesIO(zipped(book))).active.iter_rows() for cell in row]


def test_a_title_longer_than_a_file_s_own_is_cut() -> None:
    assert opened(deck(title="ever so long " * 30, lang="en")).core_properties.title == ("ever so long " * 30)[:255]


CHARTS: dict[str, tuple[dict[str, Any], str]] = {
    "column": ({"mark": "column", "labels": ["a", "b"], "series": [{"values": [1, 2]}]}, "COLUMN_CLUSTERED"),
    "stacked": (
        {
            "mark": "bar",
            "stack": "stacked",
            "labels": ["a", "b"],
            "series": [{"name": "x", "values": [1, 2]}, {"name": "y", "values": [3, 4]}],
        },
        "BAR_STACKED",
    ),
    "line": ({"mark": "line", "labels": ["2020", "2021", "2022"], "series": [{"values": [1, None, 2]}]}, "LINE"),
    "area": ({"mark": "area", "labels": ["2020", "2021", "2022"], "series": [{"values": [1, 3, 2]}]}, "AREA"),
    "pie": ({"mark": "pie", "labels": ["a", "b"], "series": [{"values": [1, 2]}]}, "PIE"),
    "donut": ({"mark": "donut", "labels": ["a", "b"], "series": [{"values": [1, 2]}]}, "DOUGHNUT"),
    "scatter": ({"mark": "scatter", "series": [{"x": [1, 2, 3], "values": [2, 4, 5]}]}, "XY_SCATTER"),
    "waterfall": ({"mark": "waterfall", "labels": ["in", "out"], "series": [{"values": [5, -2]}]}, "COLUMN_STACKED"),
    "lollipop": ({"mark": "lollipop", "labels": ["a", "b"], "series": [{"values": [1, 2]}]}, "BAR_CLUSTERED"),
    "slope": (
        {"mark": "slope", "labels": ["a", "b"], "series": [{"name": "x", "values": [1, 2]}, {"name": "y", "values": [2, 1]}]},
        "LINE_MARKERS",
    ),
    "histogram": ({"mark": "histogram", "series": [{"values": [1, 2, 2, 3, 9]}]}, "COLUMN_CLUSTERED"),
    "bubble": ({"mark": "bubble", "series": [{"x": [1, 2], "values": [2, 4], "size": [3, 9]}]}, "BUBBLE"),
    "radar": ({"mark": "radar", "labels": list("abc"), "series": [{"values": [1, 2, 3]}]}, "RADAR_MARKERS"),
    "funnel": ({"mark": "funnel", "labels": list("abc"), "series": [{"values": [9, 4, 1]}]}, "BAR_STACKED"),
    "diverging": ({"mark": "diverging", "labels": ["a"], "series": [{"name": n, "values": [2]} for n in "xyz"]}, "BAR_STACKED"),
}


@pytest.mark.parametrize("name", CHARTS)
def test_marks_become_the_office_s_own_charts(name: str) -> None:
    data, kind = CHARTS[name]
    content = render.render({"kind": "chart", "title": "T", **data}).bytes("pptx")
    assert [str(shape.chart.chart_type).split(" ")[0] for shape in shapes(content) if shape.has_chart] == [kind]


def test_every_task_of_a_long_plan_is_named() -> None:
    starts, ends = ([f"2027-{month:02d}-{day:02d}" for month in range(1, 10) for day in days] for days in ((1, 11), (10, 20)))
    series = [{"name": "Start", "values": starts}, {"name": "End", "values": ends}]
    data = {"kind": "chart", "mark": "gantt", "labels": [f"Task {n}" for n in range(18)], "series": series}
    found = shapes(render.render(data | {"labels": [f"Task {n} of the plan" for n in range(18)]}).bytes("pptx"))
    assert not any("not shown" in shape.text_frame.text for shape in found if shape.has_text_frame)
    chart = next(shape for shape in found if shape.has_chart).chart
    assert 'tickLblSkip val="1"' in chart.category_axis._element.xml
    assert chart.category_axis.tick_labels.font.size < chart.font.size  # where they stand too close, offices leave some out


@pytest.mark.parametrize(
    ("values", "lowest", "form"),
    [([16033.5, 19032, 21128, 17774], 16000.0, "#,##0"), ([450.25, 9800, 1600], None, "#,##0"), ([1.25, 1.5, 1.75], 1.2, "#,##0.00")],
)
def test_a_line_s_axis_begins_where_it_is_drawn_and_its_steps_are_as_whole_as_they_are(
    values: list[float], lowest: float | None, form: str
) -> None:
    labels = [f"2025-0{month}" for month in range(1, len(values) + 1)]
    content = render.render({"kind": "chart", "mark": "line", "labels": labels, "series": [{"values": values}]}).bytes("pptx")
    axis = next(shape for shape in shapes(content) if shape.has_chart).chart.value_axis
    assert axis.minimum_scale == (None if lowest is None else pytest.approx(lowest))
    assert axis.tick_labels.number_format == form
    assert (max(values) - (lowest or 0.0)) / axis.major_unit < 8


def test_candles_are_a_stock_chart_with_the_very_figures() -> None:
    four = {"Open": [1, 2], "High": [4, 5], "Low": [0.5, 1], "Close": [2, 1.5]}
    series = [{"name": name, "values": values} for name, values in four.items()]
    content = render.render({"kind": "chart", "mark": "candlestick", "labels": ["2025-01-06", "2025-01-07"], "series": series}).bytes(
        "pptx"
    )
    assert faults(content) == []
    chart = next(shape.chart for shape in shapes(content) if shape.has_chart)
    stock = chart._chartSpace.find(".//{*}stockChart")
    assert [child.tag.rsplit("}")[-1] for child in stock] == ["ser"] * 4 + ["hiLowLines", "upDownBars", "axId", "axId"]
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert [[cell.value for cell in row][1:] for row in book.active.iter_rows()] == [list(four), [1, 4, 0.5, 2], [2, 5, 1, 1.5]]


@pytest.mark.parametrize(("last", "lang", "place"), [(28, "en", "r"), (28, "ar", "l"), (51, "en", "")])
def test_lines_are_named_at_their_ends_where_these_lie_apart(last: float, lang: str, place: str) -> None:
    series = [{"name": "Gas", "values": [10, 30, 50]}, {"name": "Pump", "values": [20, 24, last]}]
    data = {"kind": "chart", "mark": "line", "lang": lang, "labels": ["2020", "2021", "2022"], "series": series}
    content = render.render(data).bytes("pptx")
    assert faults(content) == []
    chart = next(shape.chart for shape in shapes(content) if shape.has_chart)
    assert chart.has_legend is not bool(place)
    told = [
        (one.find("{*}idx").get("val"), one.find("{*}showSerName").get("val"), one.find("{*}dLblPos").get("val"))
        for one in chart._chartSpace.iter("{*}dLbl")
    ]
    assert told == ([("2", "1", place)] * 2 if place else [])


def test_ranges_and_trends_are_the_office_s_own() -> None:
    series = [{"values": [10, 20, 15], "low": [8, 15, 14], "high": [12, 30, 16]}]
    content = render.render({"kind": "chart", "mark": "column", "labels": ["a", "b", "c"], "series": series}).bytes("pptx")
    bars = next(shape.chart for shape in shapes(content) if shape.has_chart)._chartSpace.find(".//{*}errBars")
    assert [one.text for one in bars.find("{*}plus").iter("{*}v")] == ["2.0", "10.0", "1.0"]
    data = {"mark": "scatter", "trend": "line", "series": [{"x": [1, 2, 3], "values": [2, 4, 5]}]}
    content = render.render({"kind": "chart", **data}).bytes("pptx")
    assert faults(content) == []
    assert next(shape.chart for shape in shapes(content) if shape.has_chart)._chartSpace.find(".//{*}trendline") is not None


def test_a_plan_is_bars_on_hidden_dates() -> None:
    series = [{"name": "Start", "values": ["2025-01-06", "2025-01-10"]}, {"name": "End", "values": ["2025-01-08", "2025-01-10"]}]
    content = render.render({"kind": "chart", "mark": "gantt", "labels": ["a", "b"], "series": series}).bytes("pptx")
    chart = next(shape.chart for shape in shapes(content) if shape.has_chart)
    # Offices count 6 January 2025 as day 45663.
    assert [list(one.values) for one in chart.plots[0].series] == [[45663.0, 45667.0], [3.0, 1.0]]


def test_what_offices_cannot_chart_stays_shapes() -> None:
    data = {
        "kind": "chart",
        "title": "T",
        "mark": "heatmap",
        "labels": ["a", "b"],
        "series": [{"name": "x", "values": [1, 2]}, {"name": "y", "values": [3, 4]}],
    }
    content = render.render(data).bytes("pptx")
    assert [shape for shape in shapes(content) if shape.has_chart] == []
    assert len(shapes(content)) > 6


def test_a_waterfall_hangs_on_hidden_columns() -> None:
    content = render.render({"kind": "chart", "title": "T", **CHARTS["waterfall"][0]}).bytes("pptx")
    chart = next(shape.chart for shape in shapes(content) if shape.has_chart)
    assert [list(series.values) for series in chart.plots[0].series] == [
        [0.0, 3.0, 0.0],
        [5.0, None, 3.0],
        [None, 2.0, None],
    ]


def test_tables_stay_tables_with_their_words() -> None:
    content = deck({"type": "table", "heading": "h", "columns": ["Name", "n"], "rows": [["a", "1"], ["b", "22"]]})
    table = next(shape.table for shape in shapes(content, 1) if shape.has_table)
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["Name", "n"], ["a", "1"], ["b", "22"]]
    assert sum(column.width for column in table.columns) == pytest.approx(856 * PX, abs=10)


def test_a_table_s_rows_are_as_tall_as_they_were_drawn() -> None:
    rows = [["a", "b"], ["c", "d"], ["e", "f"]]
    texts = [
        place(words, 10 + 100 * c, 20 + tall, 80, size=16, fill="#000000", family="Arimo")
        for words, c, tall in (("a", 0, 0), ("b", 1, 0), ("c", 0, 60), ("d", 1, 60), ("e", 0, 100), ("f", 1, 100))
    ]
    lines = [Box(0, y, 200, 1, fill="#CCCCCC") for y in (70, 110, 150)]
    frame = TableFrame(0, 10, 200, 141, tuple(map(tuple, rows)), (100, 100), ("start", "start"), (*texts, *lines))
    table = next(shape.table for shape in shapes(drawn(frame)) if shape.has_table)
    assert [row.height / PX for row in table.rows] == pytest.approx([61, 40, 40], abs=1)


# Every primitive, by hand


def said(words: str, x: float, y: float, w: float, **more: Any) -> Text:
    return place(words, x, y, w, size=more.pop("size", 18), fill="#1C1B1F", family="Arimo", **more)


def test_a_box_and_the_words_in_it_are_one_shape() -> None:
    box = Box(100, 100, 200, 80, fill="#E9EEFB", radius=12, name="b")
    words = said("Inside it", 110, 100, 180, h=80, align="middle", valign="middle", inside="b")
    found = [shape for shape in shapes(drawn(box, words)) if shape.has_text_frame and shape.text_frame.text]
    assert [(shape.text_frame.text, shape.auto_shape_type.name, shape.left, shape.width) for shape in found] == [
        ("Inside it", "ROUNDED_RECTANGLE", 100 * PX, 200 * PX)
    ]


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("rect", "RECTANGLE"),
        ("ellipse", "OVAL"),
        ("diamond", "DIAMOND"),
        ("cylinder", "CAN"),
        ("hexagon", "HEXAGON"),
        ("parallelogram", "PARALLELOGRAM"),
        ("cloud", "CLOUD"),
        ("note", "FOLDED_CORNER"),
        ("chevron", "CHEVRON"),
        ("stadium", "ROUNDED_RECTANGLE"),
    ],
)
def test_shapes_are_the_office_s_own(shape: Any, name: str) -> None:
    found = shapes(drawn(Box(100, 100, 200, 80, fill="#E9EEFB", stroke="#000000", shape=shape)))
    assert [one.auto_shape_type.name for one in found] == [name]


def test_lines_break_where_they_were_measured_and_stay_one_paragraph() -> None:
    words = "Words that are long enough to be broken into several lines in a narrow room"
    text = said(words, 100, 100, 220)
    found = shapes(drawn(text))[0]
    assert found.text_frame.text == words
    assert found.text_frame.word_wrap
    widths = [line.width for line in text.lines]
    after = [
        line.width + measure(" " + following.text.split(" ")[0], 18, "Arimo")
        for line, following in zip(text.lines, text.lines[1:], strict=False)
    ]
    assert max(widths) < found.width / PX < min(after)


def test_type_is_in_points_and_exact() -> None:
    found = shapes(drawn(said("Words", 10, 10, 300, size=21.5)))[0]
    assert found.text_frame.paragraphs[0].runs[0].font.size.pt == 21.5


def test_turned_words_turn_about_their_start() -> None:
    text = said("Turned", 200, 200, 300)
    turned = Text(**{name: getattr(text, name) for name in text.__slots__} | {"rotate": -90.0})
    found = shapes(drawn(turned))[0]
    assert found.rotation == 270.0
    middle = found.left + found.width / 2, found.top + found.height / 2
    assert middle[0] / PX == pytest.approx(text.lines[0].x - 18 * 0.22, abs=5)
    assert middle[1] / PX == pytest.approx(text.lines[0].y - text.lines[0].width / 2, abs=3)


def test_straight_arrows_hold_on_to_their_boxes() -> None:
    one, two = Box(100, 100, 100, 60, stroke="#000000", name="one"), Box(400, 100, 100, 60, stroke="#000000", name="two")
    found = {shape.name: shape for shape in shapes(drawn(one, two, Connector(((200, 130), (400, 130)), "#000000", "one", "two")))}
    line = found["Line 1"]
    glue = [(end.get("id"), end.get("idx")) for end in line._element.iter(f"{A}stCxn", f"{A}endCxn")]
    assert glue == [(str(found["Shape 1"].shape_id), "3"), (str(found["Shape 2"].shape_id), "1")]
    assert (line.begin_x, line.begin_y, line.end_x, line.end_y) == (200 * PX, 130 * PX, 400 * PX, 130 * PX)


def test_an_elbow_in_the_middle_is_a_native_connector() -> None:
    one, two = Box(100, 100, 100, 60, stroke="#000000", name="one"), Box(400, 300, 100, 60, stroke="#000000", name="two")
    bent = Connector(((200, 130), (300, 130), (300, 330), (400, 330)), "#000000", "one", "two")
    line = next(shape for shape in shapes(drawn(one, two, bent)) if shape.name == "Connector 1")
    assert b'prst="bentConnector3"' in etree.tostring(line._element)
    assert (line.begin_x, line.begin_y, line.end_x, line.end_y) == (200 * PX, 130 * PX, 400 * PX, 330 * PX)


def test_an_elbow_that_starts_upright_is_a_lying_one_turned() -> None:
    one, two = Box(400, 50, 100, 60, stroke="#000000", name="one"), Box(100, 300, 100, 60, stroke="#000000", name="two")
    bent = Connector(((450, 110), (450, 205), (150, 205), (150, 300)), "#000000", "one", "two")
    line = next(shape for shape in shapes(drawn(one, two, bent)) if shape.name == "Connector 1")
    frame = line._element.spPr.find(f"{A}xfrm")
    assert frame.get("rot") == "5400000"
    # Turned by a quarter, its height is its breadth.
    assert (line.width / PX, line.height / PX) == (190, 300)
    assert ((line.left + line.width / 2) / PX, (line.top + line.height / 2) / PX) == (300, 205)


def test_other_routes_are_glued_for_powerpoint_and_drawn_for_the_rest() -> None:
    one, two = Box(100, 100, 100, 60, stroke="#000000", name="one"), Box(400, 300, 100, 60, stroke="#000000", name="two")
    bent = Connector(((200, 130), (220, 130), (220, 330), (400, 330)), "#000000", "one", "two")
    xml = parts(drawn(one, two, bent))["ppt/slides/slide1.xml"].decode()
    choice = re.findall(r"<mc:Choice[^>]*>(.*?)</mc:Choice><mc:Fallback>(.*?)</mc:Fallback>", xml, re.DOTALL)
    assert len(choice) == 1
    assert 'fmla="val 10000"' in choice[0][0] and "stCxn" in choice[0][0]
    assert "custGeom" in choice[0][1] and "tailEnd" in choice[0][1]


def test_arrows_that_end_off_a_site_get_one_there() -> None:
    one, two = Box(100, 100, 200, 60, stroke="#000000", radius=8, name="one"), Box(100, 300, 200, 60, stroke="#000000", name="two")
    xml = parts(drawn(one, two, Connector(((120, 160), (120, 300)), "#000000", "one", "two")))["ppt/slides/slide1.xml"].decode()
    assert f'<a:pos x="{20 * PX}" y="{60 * PX}"/>' in xml
    assert re.findall(r'<a:(?:st|end)Cxn id="\d+" idx="(\d)"/>', xml) == ["4", "4"]


def test_groups_stay_groups_unless_arrows_hold_on_inside() -> None:
    pair = Group((Box(10, 10, 50, 50, fill="#000000", name="a"), Box(100, 10, 50, 50, fill="#000000", name="b")), label="Two boxes")
    assert [shape.shape_type for shape in opened(drawn(pair)).slides[0].shapes] == [6]
    held = Group((*pair.items, Connector(((60, 35), (100, 35)), "#000000", "a", "b")))
    assert [shape.shape_type == 6 for shape in opened(drawn(held)).slides[0].shapes] == [False, False, False]


def test_free_shapes_keep_their_curves() -> None:
    path = Path((("M", (10, 10)), ("C", (60, 10, 110, 60, 110, 110)), ("L", (10, 110)), ("Z", ())), fill="#2F5BD8", opacity=0.5)
    xml = etree.tostring(shapes(drawn(path))[0]._element).decode()
    points = [(int(x) / PX, int(y) / PX) for x, y in re.findall(r'<a:pt x="(\d+)" y="(\d+)"/>', xml)]
    assert points == [(0, 0), (50, 0), (100, 50), (100, 100), (0, 100)]
    assert '<a:alpha val="50000"/>' in xml


def test_icons_are_shapes_with_a_name_in_words() -> None:
    found = shapes(drawn(Icon(100, 100, 48, "tabler:rocket", "#2F5BD8")))
    assert len(found) >= 1
    assert found[0]._element.xpath(".//p:cNvPr")[0].get("descr") == "rocket"


def picture(wide: int, tall: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (wide, tall), "#2F5BD8").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pictures_cover_their_room_and_tell_what_they_show(kind: str) -> None:
    item = Picture(100, 100, 200, 200, "sha256:x", alt="A blue square")
    content = output.write([Drawing(960.0, 540.0, (item,), "#FFFFFF")], style().for_office(), {"sha256:x": picture(400, 200, kind)})
    found = shapes(content)[0]
    assert (found.crop_left, found.crop_right, found.crop_top) == (0.25, 0.25, 0.0)
    assert found._element.nvPicPr.cNvPr.get("descr") == "A blue square"
    assert faults(content) == []


def test_a_picture_that_is_not_stored_is_named() -> None:
    with pytest.raises(SpecProblem, match="sha256:missing"):
        output.write([Drawing(960.0, 540.0, (Picture(0, 0, 10, 10, "sha256:missing", "A hole"),), "#FFFFFF")], style().for_office())


def test_ornaments_are_passed_over_by_screen_readers_and_the_rest_is_told() -> None:
    content = drawn(Box(10, 10, 100, 4, fill="#2F5BD8"), Box(10, 50, 100, 100, fill="#2F5BD8", tip="Forty per cent"))
    bare, told = (shape._element.xpath(".//p:cNvPr")[0] for shape in shapes(content))
    assert "decorative" in etree.tostring(bare).decode()
    assert told.get("descr") == "Forty per cent"


def test_hand_drawn_boxes_are_one_shape_that_arrows_hold_on_to() -> None:
    one, two = Box(100, 100, 100, 60, "#FFFFFF", "#000000", name="one"), Box(400, 100, 100, 60, "#FFFFFF", "#000000", name="two")
    content = drawn(one, two, Connector(((200, 130), (400, 130)), "#000000", "one", "two"), rough=1.0)
    xml = parts(content)["ppt/slides/slide1.xml"].decode()
    assert xml.count("<a:custGeom>") == 2
    assert re.findall(r'<a:(?:st|end)Cxn id="\d+" idx="(\d)"/>', xml) == ["3", "1"]


def test_the_theme_s_colours_are_written_by_name() -> None:
    xml = parts(drawn(Box(0, 0, 10, 10, fill=style().accent), Box(0, 0, 10, 10, fill="#123456")))["ppt/slides/slide1.xml"].decode()
    assert 'schemeClr val="accent1"' in xml and 'srgbClr val="123456"' in xml


def test_a_slide_stays_where_it_was_drawn() -> None:
    look = style().for_office()
    page = pages(spec("examples/slides/vaccines.json"), look, 960.0)[1]
    cards = [item for item in flat(page.items) if isinstance(item, Box) and item.name.startswith("card")]
    found = [shape for shape in shapes(output.write([page], look)) if shape.shape_type == 1 and shape.height > 50 * PX]
    assert [(shape.left, shape.top, shape.width) for shape in found] == [
        (round(card.x * PX), round(card.y * PX), round(card.w * PX)) for card in cards
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=80), min_size=1, max_size=4), st.sampled_from(["", "ar", "zh"]))
def test_any_words_make_a_deck_that_opens(words: list[str], lang: str) -> None:
    items = [{"text": one, "detail": one[::-1]} for one in words]
    content = deck(
        {"type": "points", "heading": words[0], "items": items, "notes": words[-1]},
        {"type": "steps", "heading": "", "items": items},
        lang=lang,
    )
    assert faults(content) == []
    assert opened(content).slides[0].shapes.title.text_frame.text == "A talk"
