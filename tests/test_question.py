"""Questions in plain words over tables, read as queries without a model: the rows are those that SQL written by hand finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipchart.gui import exam_data
from flipchart.models.language import detect
from flipchart.renderers import question
from flipchart.renderers.database import Table
from flipchart.renderers.query import Query, run
from flipchart.renderers.table import read

SHOP = "date,region,channel,revenue,cost,units,returned\n" + "".join(
    f"{year}-{month:02d}-15,{region},{channel},{month * 10 + n * year % 7},{month * 6},{n + 1},{'yes' if (month + n) % 4 == 0 else 'no'}\n"
    for year in (2023, 2024)
    for month in range(1, 13)
    for n, (region, channel) in enumerate((("North", "Online"), ("South", "Store"), ("East", "Online")))
)

WORDS = (
    "revenue region by per top 5 which most least North not except 2023 between and growth share average count last 3 month days over time"
    " compare returned units"
)


@pytest.fixture(scope="module")
def shop() -> Table:
    return read(SHOP, "sales.csv")


@pytest.mark.parametrize("one", [one for n, one in enumerate(exam_data.asked()) if n % 8 == 0], ids=lambda one: one.ask[:40])
def test_an_answer_is_what_sql_finds(one: exam_data.Asked) -> None:
    over = exam_data.tables(one.tables)
    reading = question.read(one.ask, over, detect(one.ask))
    assert reading is not None
    assert exam_data.right(one, reading.query, over) or not reading.sure


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("revenue by region", {"group": ["region"], "measures": [{"column": "revenue"}], "sort": "down"}),
        ("average revenue per channel", {"group": ["channel"], "measures": [{"column": "revenue", "take": "mean"}], "sort": "down"}),
        (
            "monthly cost in 2024 for South",
            {
                "where": [{"column": "date", "value": "2024"}, {"column": "region", "value": "South"}],
                "group": ["date"],
                "every": "month",
                "measures": [{"column": "cost"}],
            },
        ),
        (
            "share of returned orders by region",
            {"group": ["region"], "measures": [{"take": "share", "only": [{"column": "returned", "value": "yes"}]}], "sort": "down"},
        ),
        (
            "revenue per unit by region",
            {"group": ["region"], "measures": [{"column": "revenue", "take": "ratio", "over": "units"}], "sort": "down"},
        ),
    ],
)
def test_words_find_their_place_in_the_query(shop: Table, words: str, query: dict[str, object]) -> None:
    reading = question.read(words, {"sales.csv": shop})
    assert reading is not None
    assert reading.query.model_copy(update={"table": ""}) == Query.model_validate(query)


@pytest.mark.parametrize(
    "words", ["tell me a joke", "revenue by flavour", "how will the moon affect revenue?", "make slides about revenue"]
)
def test_what_is_not_understood_whole_is_left_to_a_model(shop: Table, words: str) -> None:
    reading = question.read(words, {"sales.csv": shop})
    assert reading is None or not reading.sure


def test_of_two_columns_one_is_taken_said_and_the_other_offered() -> None:
    table = read("region,gross revenue,net revenue\nN,3,2\nS,5,4\n", "s.csv")
    reading = question.read("revenue by region", {"s.csv": table})
    assert reading is not None and reading.query.measures[0].column == "gross revenue"
    assert "net revenue" in reading.said[0] and reading.others == ("net revenue by region",)


def test_two_tables_are_joined_by_the_key_they_share(shop: Table) -> None:
    people = read("region,manager\nNorth,Ada\nSouth,Bo\nEast,Cy\n", "people.csv")
    over = {"sales.csv": shop, "people.csv": people}
    reading = question.read("total units by manager", over)
    assert reading is not None and reading.sure
    found = run(reading.query, over)
    assert dict(zip(found.labels, found.series[0][1], strict=True)) == {"Ada": 24.0, "Bo": 48.0, "Cy": 72.0}


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ({"then": "running"}, (3.0, 8.0, 18.0)),
        ({"then": "change"}, (None, 2.0, 5.0)),
        ({"then": "percent"}, (None, 200 / 3, 100.0)),
        ({"then": "index"}, (100.0, 500 / 3, 1000 / 3)),
        ({"then": "average"}, (3.0, 4.0, 6.0)),
        ({"then": "rank"}, (3.0, 2.0, 1.0)),
    ],
)
def test_figures_follow_from_those_before(query: dict[str, object], values: tuple[float | None, ...]) -> None:
    table = read("year,v\n2020,1\n2020,2\n2021,5\n2022,10\n", "t.csv")
    found = run(Query.model_validate({"group": "year", "measures": [{"column": "v"}], **query}), {"t.csv": table})
    assert found.series[0][1] == pytest.approx(values)


def test_what_is_past_the_limit_is_added_up(shop: Table) -> None:
    found = run(Query.model_validate({"group": "region", "measures": [{"column": "units"}], "limit": 1, "rest": True}), {"s": shop})
    assert (found.labels, found.series[0][1]) == (("East", "Others (2)"), (72.0, 72.0))


def test_last_months_count_back_from_the_last_date(shop: Table) -> None:
    where = [{"column": "date", "value": "last 3 months"}]
    found = run(Query.model_validate({"group": "date", "every": "month", "measures": [{"take": "count"}], "where": where}), {"s": shop})
    assert found.labels == ("2024-10", "2024-11", "2024-12") and "last date" in found.said[0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_words_are_read_or_not_but_never_fail(words: str) -> None:
    question.read(words, {"t.csv": read("day,name,v\n2024-01-01,Ann,1\n2024-01-02,Bob,2\n", "t.csv")})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join))
def test_any_order_of_known_words_makes_a_query_that_runs_or_a_sentence(words: str) -> None:
    from flipchart.renderers.problem import SpecProblem

    shop = read(SHOP, "sales.csv")
    reading = question.read(words, {"sales.csv": shop})
    if reading is not None:
        try:
            run(reading.query, {"sales.csv": shop})
        except SpecProblem as problem:
            assert "\n" not in str(problem)
