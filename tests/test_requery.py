"""Follow-ups to a chart of a table, by rule: the same question of other rows, other groups, another figure."""

from pathlib import Path
from typing import Any

import pytest

from flipchart.models import requery, tables
from flipchart.models.events import Drawn, File, Request, Said, Turn
from flipchart.models.llm_scripted import Line, Scripted
from flipchart.models.planner import Planner
from flipchart.models.restyle import restyled
from flipchart.renderers.chart import Chart
from flipchart.renderers.registry import form
from flipchart.renderers.table import read

ROWS = """date,shop,product,units,revenue
2023-11-05,North,Lamp,1,10
2024-01-10,North,Lamp,2,20
2024-01-20,South,Chair,3,90
2024-02-11,North,Chair,1,30
2024-02-15,South,Lamp,4,40
2024-04-02,South,Chair,2,60
"""


@pytest.fixture
def file(tmp_path: Path) -> File:
    place = tmp_path / "sales.csv"
    place.write_text(ROWS)
    return File("f1", "sales.csv", "table", place, "sha256:aa", table=read(place))


def asked(file: File, words: str, before: Chart | None = None) -> Chart | None:
    earlier: dict[str, Any] = {"v1": before} if before else {}
    history = (Turn("before", "", ("v1",)),) if before else ()
    events = tables.answer(Request(words, history=history, files=(file,), earlier=earlier))
    drawn = [event.spec for event in events or () if isinstance(event, Drawn)]
    assert not drawn or isinstance(drawn[-1], Chart)
    return drawn[-1] if drawn else None  # type: ignore[return-value]


def told(chart: Chart | None) -> dict[str, list[float | None]]:
    assert chart is not None
    return {row.name if len(chart.series) > 1 else "": list(row.values) for row in chart.series} | {"labels": list(chart.labels)}  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("words", "labels", "values"),
    [
        ("only the north", ["2023-11", "2023-12", "2024-01", "2024-02"], [10, None, 20, 30]),
        ("and in 2024 only", ["2024-01", "2024-02", "2024-03", "2024-04"], [110, 70, None, 60]),
        ("excluding the south", ["2023-11", "2023-12", "2024-01", "2024-02"], [10, None, 20, 30]),
        ("what about units?", ["2023-11", "2023-12", "2024-01", "2024-02", "2024-03", "2024-04"], [1, None, 5, 5, None, 2]),
        ("by product instead", ["Chair", "Lamp"], [180, 70]),
        ("yearly instead", ["2023", "2024"], [10, 240]),
    ],
)
def test_a_few_words_change_the_last_question(file: File, words: str, labels: list[str], values: list[float | None]) -> None:
    first = asked(file, "revenue by month")
    assert first is not None and first.mark == "line"
    chart = asked(file, words, first)
    assert chart is not None and list(chart.labels) == labels
    # a month without rows is none, or nothing sold: either is told as a gap or as zero
    assert [value or None for value in chart.series[0].values] == [value or None for value in values]


def test_what_the_chart_is_split_by_comes_beside_what_it_was_by(file: File) -> None:
    first = asked(file, "revenue by month")
    split = asked(file, "split by shop", first)
    assert split is not None and {row.name for row in split.series} == {"North", "South"} and len(split.labels) == 6
    monthly = asked(file, "per month", asked(file, "revenue by shop"))
    assert monthly is not None and monthly.mark == "line" and {row.name for row in monthly.series} == {"North", "South"}
    again = asked(file, "only lamps", split)
    assert again is not None and sum(value or 0 for row in again.series for value in row.values) == 70, "one follow-up builds on another"


@pytest.mark.parametrize(("first", "mark"), [("how many units were sold?", "number"), ("scatter of units vs revenue", "scatter")])
def test_other_rows_leave_the_mark_as_it_is(file: File, first: str, mark: str) -> None:
    before = asked(file, first)
    north = asked(file, "only the north", before)
    assert before is not None and north is not None and (before.mark, north.mark) == (mark, mark)


def test_a_filter_that_is_spoken_of_again_gives_way(file: File) -> None:
    north = asked(file, "only the north", asked(file, "revenue by product"))
    south = asked(file, "and for the south?", north)
    assert told(south) == {"labels": ["Chair", "Lamp"], "": [150, 40]}


def test_the_figure_that_was_is_taken_otherwise(file: File) -> None:
    assert told(asked(file, "average instead", asked(file, "units by shop"))) == {
        "labels": ["South", "North"],
        "": [3, pytest.approx(4 / 3)],
    }
    share = asked(file, "as percent", asked(file, "units by shop"))
    assert share is not None and share.lang == "en" and sum(value or 0 for value in share.series[0].values) == pytest.approx(100)


@pytest.mark.parametrize("words", ["units by product", "total units", "how many rows are there?", "thanks!", "why?", "a poem about lamps"])
def test_a_question_of_its_own_is_not_a_follow_up(file: File, words: str) -> None:
    first = asked(file, "revenue by month")
    assert first is not None and requery.followed(first, words, {"sales.csv": file.table}, "en") is None


def test_a_title_says_which_rows_it_is_of(file: File) -> None:
    by_product = asked(file, "revenue by product")
    north = asked(file, "only the north", by_product)
    assert north is not None and north.title.startswith("North: ") and by_product is not None and ":" not in by_product.title
    later = asked(file, "and in 2024 only", north)
    assert later is not None and later.title.startswith("North, 2024: ")
    assert not form("chart").findings(later), "what the title claims still holds"
    south = asked(file, "excluding the north", by_product)
    assert south is not None and ":" not in south.title


@pytest.mark.parametrize(
    ("words", "mark", "trend"),
    [
        ("revenue vs units with a trend line", "scatter", "line"), ("revenue by month with a forecast", "line", "forecast"),
        ("revenue by year with a trendline", "line", "line"), ("revenue per month, add a trend line", "line", "line"),
        ("revenue por mes con línea de tendencia", "line", "line"), ("Umsatz pro Monat mit Prognose", "line", "forecast"),
        ("revenue par mois avec une courbe de tendance", "line", "line"), ("revenue by month", "line", ""),
    ],
)  # fmt: skip
def test_a_trend_is_drawn_where_it_is_asked_for(file: File, words: str, mark: str, trend: str) -> None:
    chart = asked(file, words)
    assert chart is not None and (chart.mark, chart.trend) == (mark, trend)


def test_a_trend_comes_and_goes_as_a_follow_up_and_stays_with_other_rows(file: File) -> None:
    plain = asked(file, "revenue by month")
    assert plain is not None
    for words in (
        *("add a trend line", "with a trendline please", "añade una línea de tendencia", "adicione uma linha de tendência"),
        *(
            "ajoute une courbe de tendance",
            "füge eine Trendlinie hinzu",
            "加趋势线",
            "トレンドラインを追加して",
            "रुझान रेखा जोड़ें",
            "أضف خط الاتجاه",
        ),
    ):
        fitted = restyled(plain, words)
        assert isinstance(fitted, Chart) and fitted.trend == "line" and fitted.series == plain.series
    ahead = restyled(fitted, "with a forecast")
    assert isinstance(ahead, Chart) and ahead.trend == "forecast"
    bare = restyled(ahead, "remove the forecast")
    assert isinstance(bare, Chart) and bare.trend == ""
    north = asked(file, "only the north", fitted)
    assert north is not None and north.trend == "line"
    by_shop = asked(file, "revenue by shop")
    assert by_shop is not None and restyled(by_shop, "add a trend line") is None
    assert restyled(plain, "what is the forecast for May?") is None


@pytest.mark.parametrize(
    "words",
    [
        "add Toasters: 300, 420",
        "Please add a bar for Toasters with 300",
        "add Toasters: units 300, revenue 420",
        "add a row for Toasters",
        "füge Toaster hinzu: 300, 420",
        "añade Tostadoras: 300, 420",
        "ajoute Grille-pain : 300, 420",
        "acrescente Torradeiras: 300, 420",
        "添加烤面包机：300、420",
        "トースターを追加：300、420",
        "change Lamp to 500",
    ],
)
def test_what_is_not_in_the_table_is_not_added_to_its_chart(file: File, words: str) -> None:
    first = asked(file, "revenue by product")
    assert first is not None
    request = Request(words, history=(Turn("before", "", ("v1",)),), files=(file,), earlier={"v1": first})
    events = list(tables.answer(request) or ())
    assert "sales.csv" in "".join(event.delta for event in events if isinstance(event, Said))
    assert not [event for event in events if isinstance(event, Drawn)]


@pytest.mark.parametrize("words", ["add a forecast", "add the average", "only units over 2", "add a title", "rename Lamp to Light"])
def test_other_wishes_about_it_are_heard(file: File, words: str) -> None:
    first = asked(file, "revenue by product")
    assert first is not None
    request = Request(words, history=(Turn("before", "", ("v1",)),), files=(file,), earlier={"v1": first})
    assert not [event for event in tables.answer(request) or () if isinstance(event, Said)]


def test_a_model_tells_no_figure_of_its_own_of_a_tables_chart(file: File) -> None:
    first = asked(file, "revenue by product")
    assert first is not None
    edits = [{"id": first.id, "set": {"title": "Lamps lead with 45. 19%"}}]
    request = Request("correct it a little", history=(Turn("before", "", ("v1",)),), files=(file,), earlier={"v1": first}, lang="en")
    events = list(Planner(Scripted([Line(answer={"edits": edits})] * 3)).answer(request))
    assert not [event for event in events if isinstance(event, Drawn)]
    assert "sales.csv" in "".join(event.delta for event in events if isinstance(event, Said))
