"""Tables read from messy files, and questions answered from them: the figures equal what SQL over the file says."""

import csv
import io
import json
import random
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipchart.renderers import cells, database, roles, times
from flipchart.renderers.chart import Chart, check_claims, questions, resolve, rule_charts
from flipchart.renderers.database import Table
from flipchart.renderers.drawing import Text, flat
from flipchart.renderers.problem import Missing, SpecProblem
from flipchart.renderers.query import Query, run
from flipchart.renderers.registry import form
from flipchart.renderers.render import check, draw
from flipchart.renderers.spec import patch
from flipchart.renderers.style import style
from flipchart.renderers.table import read, read_table
from flipchart.renderers.table_profile import profile

SHOP = """Shop report
made by the till

Date;Region;Product;Revenue;Units
01.01.2023;North;Tea;1.200,50 €;12
15.01.2023;South;Coffee;2.300,00 €;20
03.02.2023;North;Coffee;900,00 €;8
20.03.2023;East;Tea;1.100,00 €;10
11.06.2023;West;Tea;3.100,00 €;31
12.10.2023;South;Tea;700,00 €;9
09.12.2023;East;Coffee;1.000,00 €;9
10.01.2024;North;Tea;2.600,00 €;25
14.02.2024;South;Coffee;2.500,00 €;24
20.05.2024;East;Tea;2.900,00 €;n/a
;;;;
01.08.2024;West;Tea;3.000,00 €;30
28.12.2024;East;Coffee;1.400,00 €;13

Total;;;22.700,50 €;
"""


@pytest.fixture(scope="module")
def shop() -> Table:
    return read(SHOP, "shop.csv")


def asked(shop: Table, **query: object) -> dict[str, float | None]:
    found = run(Query.model_validate(query), {"shop.csv": shop})
    return dict(zip(found.labels, found.series[0][1], strict=True))


# One cell


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("120k", 120_000, ""),
        ("1.2M", 1_200_000, ""),
        ("€3,4 Mio", 3_400_000, "€"),
        ("12 %", 12, "%"),
        ("(1,234.50)", -1234.5, ""),
        ("१,२०,०००", 120_000, ""),
        ("3.2亿", 320_000_000, ""),
        ("1.234,5", 1234.5, ""),
        ("R$ 1.200,50", 1200.5, "R$"),
        ("US$5bn", 5e9, "$"),
        ("12 m", 12, "m"),
        ("12m", 12_000_000, ""),
        ("−5", -5, ""),
        ("1 234 567", 1_234_567, ""),
        ("1'234.5", 1234.5, ""),
        ("CHF 20", 20, "CHF"),
        ("2,5 mil millones", 2.5e9, ""),
        ("٣٫٥", 3.5, ""),
        (".5", 0.5, ""),
        ("1e308", 1e308, ""),
        ("£2.3m", 2_300_000, "£"),
    ],
)
def test_a_cell_is_read_as_its_figure(words: str, value: float, unit: str) -> None:
    found = cells.read(words)
    assert found is not None and found.value == pytest.approx(value) and found.unit == unit


@pytest.mark.parametrize("words", ["2024-01-02", "1.2.3", "12 Main St", "Q1", "10-20", "12:30", "", "abc", "1e999", "1,2,3", "x" * 100])
def test_a_cell_that_is_no_figure_is_none(words: str) -> None:
    assert cells.read(words) is None


@settings(deadline=None)
@given(st.floats(-1e12, 1e12, allow_nan=False))
def test_a_figure_written_plainly_is_read_back(value: float) -> None:
    found = cells.read(f"{value:.6f}")
    assert found is not None and found.value == pytest.approx(value, abs=1e-6)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_words_are_read_or_not_but_never_fail(words: str) -> None:
    cells.read(words)
    cells.read(words, loose=True)
    times.read(words)


@pytest.mark.parametrize(
    ("words", "at", "grain"),
    [
        ("2024-03-05", datetime(2024, 3, 5), "day"),
        ("05.03.2024", datetime(2024, 3, 5), "day"),
        ("3/25/2024", datetime(2024, 3, 25), "day"),
        ("March 5, 2024", datetime(2024, 3, 5), "day"),
        ("5. Januar 2024", datetime(2024, 1, 5), "day"),
        ("Jan-24", datetime(2024, 1, 1), "month"),
        ("Q3 2024", datetime(2024, 7, 1), "quarter"),
        ("2024-W05", datetime(2024, 1, 29), "week"),
        ("2024年3月5日", datetime(2024, 3, 5), "day"),
        ("янв. 2024", datetime(2024, 1, 1), "month"),
        ("5 फरवरी 2024", datetime(2024, 2, 5), "day"),
        ("يناير 2024", datetime(2024, 1, 1), "month"),
        ("1492-10-12", datetime(1492, 10, 12), "day"),
        ("2024-03-05T10:20:00Z", datetime(2024, 3, 5, 10, 20), "minute"),
        ("December 17, 1995 03:00:00", datetime(1995, 12, 17, 3), "minute"),
    ],
)
def test_dates_are_read_in_many_styles(words: str, at: datetime, grain: str) -> None:
    found = times.read(words)
    assert found is not None and (found.at, found.grain) == (at, grain)


# Whole files


def test_a_messy_file_is_read_and_what_was_left_out_is_said(shop: Table) -> None:
    assert [(c.name, c.kind) for c in shop.columns] == [
        ("Date", "time"),
        ("Region", "text"),
        ("Product", "text"),
        ("Revenue", "number"),
        ("Units", "number"),
    ]
    assert shop.rows == 12
    assert shop.columns[3].unit == "€"
    assert shop.cells[3][:2] == (1200.5, 2300.0)
    assert shop.cells[4][9] is None
    assert "Total rows left out: 1." in shop.notes and "Lines above the names of columns left out: 2." in shop.notes
    assert "Summenzeilen ausgelassen: 1." in shop.said("de")


def test_a_profile_says_what_is_there_and_no_rows(shop: Table) -> None:
    told = profile(shop)
    assert "Region: words, 4 different" in told and "Revenue: numbers 700 to 3,100, in €" in told
    assert "1200" not in told and len(told) < 500


ROWS = [["month", "sales", "city"], ["2024-01", "1200.5", "Köln"], ["2024-02", "900", "Łódź"], ["2024-03", "1500", "東京"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings_are_found(delimiter: str, encoding: str) -> None:
    words = "\n".join(delimiter.join(row) for row in ROWS)
    found = read(words.encode(encoding), "a.csv")
    assert [c.kind for c in found.columns] == ["time", "number", "text"]
    assert found.cells[2] == ("Köln", "Łódź", "東京")


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1252", "Größe;Maß\nklein;1\ngroß;2\nüblich;3"),
        ("cp1251", "Город;Число\nМосква;1\nКазань;2\nТула;3"),
        ("shift_jis", "都市,数\n東京,1\nさっぽろ,2\n大阪,3"),
        ("gb18030", "城市,数量\n北京,1\n上海,2\n广州,3"),
        ("euc-kr", "도시,수\n서울,1\n부산,2\n대구,3"),
    ],
)
def test_old_encodings_are_told_by_their_letters(encoding: str, words: str) -> None:
    found = read(words.encode(encoding), "a.csv")
    assert found.columns[0].name == words.split("\n")[0].split(";" if ";" in words else ",")[0]
    assert found.cells[1] == (1.0, 2.0, 3.0)


def test_json_lines_markdown_and_pasted_tables_are_read() -> None:
    objects = [dict(zip(ROWS[0], row, strict=True)) for row in ROWS[1:]]
    shapes = {
        "a.json": json.dumps(objects),
        "b.json": json.dumps({"data": objects}),
        "c.json": json.dumps({name: [row[i] for row in ROWS[1:]] for i, name in enumerate(ROWS[0])}),
        "d.jsonl": "\n".join(json.dumps(one) for one in objects),
        "e.md": "\n".join("| " + " | ".join(row) + " |" for row in [ROWS[0], ["---"] * 3, *ROWS[1:]]),
        "": "\n".join("\t".join(row) for row in ROWS),
    }
    for name, words in shapes.items():
        found = read(words, name)
        assert (found.columns[1].name, found.cells[1]) == ("sales", (1200.5, 900.0, 1500.0)), name


def test_a_workbook_is_read_from_its_fullest_sheet() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "Cover"  # type: ignore[union-attr]
    sheet = book.create_sheet("Figures")
    for row in [
        ["Report", None, None],
        [None, None, None],
        ["Day", "Amount", "Kind"],
        [datetime(2024, 1, 1), 3.5, "a"],
        [datetime(2024, 1, 2), "=1+1", "b"],
        ["Total", 3.5, None],
    ]:
        sheet.append(row)
    held = io.BytesIO()
    book.save(held)
    found = read(held.getvalue(), "book.xlsx")
    assert [c.kind for c in found.columns] == ["time", "number", "text"]
    assert found.rows == 2
    assert any("Figures" in note for note in found.notes)


def test_columns_of_months_are_turned_into_rows() -> None:
    found = read("Region,Jan 2024,Feb 2024,Mar 2024\nNorth,1,2,3\nSouth,4,5,6\n", "wide.csv")
    assert [c.name for c in found.columns] == ["Region", "period", "value"]
    assert found.rows == 6
    assert asked_of(found, group="Region", measures=[{"column": "value"}]) == {"South": 15.0, "North": 6.0}


def asked_of(given_table: Table, **query: object) -> dict[str, float | None]:
    found = run(Query.model_validate(query), {given_table.name: given_table})
    return dict(zip(found.labels, found.series[0][1], strict=True))


def test_postcodes_stay_words_and_years_become_dates() -> None:
    found = read("zip,year,visits\n01067,2021,5\n01069,2022,6\n80331,2023,7\n", "a.csv")
    assert [c.kind for c in found.columns] == ["text", "time", "number"]
    assert found.cells[0][0] == "01067"


@pytest.mark.parametrize(
    "given_bytes", [b"", b"\n\n\n", b"a,b\n", b"{}", b"[]", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", b"PAR1"]
)
def test_what_is_no_table_is_one_plain_sentence(given_bytes: bytes) -> None:
    with pytest.raises(SpecProblem) as told:
        read(given_bytes, "x.csv")
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(Missing, match="nowhere"):
        read(Path("/nowhere/at/all.csv"))


def test_a_zip_bomb_is_not_unpacked() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    with pytest.raises(SpecProblem, match="unpacks"):
        read(held.getvalue(), "bomb.xlsx")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), max_size=12))
def test_any_rows_are_a_table_or_a_plain_refusal(rows: list[list[str]]) -> None:
    held = io.StringIO()
    csv.writer(held).writerows(rows)
    try:
        found = read(held.getvalue(), "any.csv")
    except SpecProblem:
        return
    profile(found)
    for made in rule_charts(found):
        draw(made, width=390)


def test_names_over_two_lines_and_notes_around_a_table_are_understood() -> None:
    found = read(
        "Table 12.3: Population\nSource: Office\n\n;2021;;2022;\nRegion;Men;Women;Men;Women\nNorth;1.200;1.300;1.250;1.340\n"
        "South;2.100;2.220;2.150;2.260\nTotal;3.300;3.520;3.400;3.600\n\n1) provisional\nNote: revised in March\n",
        "population.csv",
    )
    assert [column.name for column in found.columns] == ["Region", "2021 Men", "2021 Women", "2022 Men", "2022 Women"]
    assert found.cells[1] == (1200.0, 2100.0)
    assert {note.key for note in found.remarks} == {"above", "below", "blank", "totals"}


def test_headings_over_several_columns_of_a_workbook_are_joined() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Report"],
        [],
        ["Region", "2023", None, "2024", None],
        [None, "Units", "Revenue", "Units", "Revenue"],
        ["N", 1, 10.5, 2, 20],
    ):
        sheet.append(row)
    for area in ("A1:E1", "B3:C3", "D3:E3", "A3:A4"):
        sheet.merge_cells(area)
    held = io.BytesIO()
    book.save(held)
    found = read(held.getvalue(), "report.xlsx")
    assert [column.name for column in found.columns] == ["Region", "2023 Units", "2023 Revenue", "2024 Units", "2024 Revenue"]


def test_sheets_that_are_alike_become_one_table() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for name, factor in (("Jan", 1), ("Feb", 2)):
        sheet = book.create_sheet(name)
        for row in (["Region", "Sales"], ["North", 3 * factor], ["South", 4 * factor]):
            sheet.append(row)
    del book["Sheet"]
    held = io.BytesIO()
    book.save(held)
    found = read(held.getvalue(), "year.xlsx")
    assert found.cells == (("Jan", "Jan", "Feb", "Feb"), ("North", "South", "North", "South"), (3.0, 4.0, 6.0, 8.0))


def test_an_sqlite_file_is_read_from_its_fullest_table(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "a.db")) as base:
        base.execute("CREATE TABLE few (t TEXT)")
        base.execute("CREATE TABLE many (day TEXT, amount REAL)")
        base.executemany("INSERT INTO many VALUES (?, ?)", [("2024-01-05", 1.5), ("2024-02-05", 2.5)])
        base.commit()
    found = read(tmp_path / "a.db")
    assert [(column.name, column.kind) for column in found.columns] == [("day", "time"), ("amount", "number")]
    with pytest.raises(SpecProblem, match="cannot be read as SQLite"):
        read(b"SQLite format 3\x00" + b"x" * 200, "broken.db")


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("thing,weight\nA,12 kg\nB,1.5 t\nC,900 kg\n", (12.0, 1500.0, 900.0)),
        ("Date,v\n45292,1\n45293,2\n", (1.0, 2.0)),
        ("sep=;\na;b\n1;2\n3;4\n", (2.0, 4.0)),
        ("k,v\na,'500\nb,'700\n", (500.0, 700.0)),
        ('{"meta": {"n": 2}, "data": {"items": [{"id": "a", "v": 1}, {"id": "b", "v": 2}]}}', (1.0, 2.0)),
        ("class,n\n7A,1\n7B,2\n", (1.0, 2.0)),
    ],
)
def test_what_programs_export_is_read(words: str, values: tuple[float, ...]) -> None:
    found = read(words, "export.json" if words.startswith("{") else "export.csv")
    assert found.cells[-1] == values
    assert found.columns[0].kind == ("time" if words.startswith("Date") else "number" if words.startswith("sep") else "text")


# Questions


def sql(statement: str) -> list[tuple[object, ...]]:
    """What DuckDB itself says over the same rows."""
    base = duckdb.connect()
    base.execute("CREATE TABLE shop (d DATE, region VARCHAR, product VARCHAR, revenue DOUBLE, units DOUBLE)")
    for line in SHOP.splitlines():
        parts = line.split(";")
        if len(parts) == 5 and "." in parts[0]:
            revenue = float(parts[3].replace(" €", "").replace(".", "").replace(",", "."))
            units = None if parts[4] == "n/a" else float(parts[4])
            base.execute(
                "INSERT INTO shop VALUES (?, ?, ?, ?, ?)", [datetime.strptime(parts[0], "%d.%m.%Y"), parts[1], parts[2], revenue, units]
            )
    return base.execute(statement).fetchall()


@pytest.mark.parametrize(
    ("query", "statement"),
    [
        ({"group": "region", "measures": [{"column": "revenue"}]}, "SELECT region, sum(revenue) FROM shop GROUP BY 1"),
        ({"group": "Region", "measures": [{"column": "Revenue", "take": "mean"}]}, "SELECT region, avg(revenue) FROM shop GROUP BY 1"),
        ({"group": "Product", "measures": [{"column": "Units", "take": "median"}]}, "SELECT product, median(units) FROM shop GROUP BY 1"),
        ({"group": "region", "measures": [{"take": "count"}]}, "SELECT region, count(*) FROM shop GROUP BY 1"),
        (
            {"group": "region", "measures": [{"column": "product", "take": "distinct"}]},
            "SELECT region, count(DISTINCT product) FROM shop GROUP BY 1",
        ),
        (
            {"group": "region", "measures": [{"column": "revenue", "take": "share"}], "where": [{"column": "date", "value": "2024"}]},
            "SELECT region, 100 * sum(revenue) / sum(sum(revenue)) OVER () FROM shop WHERE year(d) = 2024 GROUP BY 1",
        ),
        (
            {"group": "region", "measures": [{"column": "revenue", "take": "growth"}]},
            "SELECT region, 100 * (sum(revenue) FILTER (year(d) = 2024) / sum(revenue) FILTER (year(d) = 2023) - 1) FROM shop GROUP BY 1",
        ),
        (
            {
                "group": "region",
                "derive": [{"name": "price", "formula": "Revenue / Units"}],
                "measures": [{"column": "price", "take": "max"}],
            },
            "SELECT region, max(revenue / units) FROM shop GROUP BY 1",
        ),
        (
            {
                "group": "date",
                "every": "year",
                "measures": [{"column": "revenue"}],
                "where": [{"column": "region", "is": "in", "value": ["north", "EAST"]}],
            },
            "SELECT CAST(year(d) AS VARCHAR), sum(revenue) FROM shop WHERE region IN ('North', 'East') GROUP BY 1",
        ),
        (
            {
                "group": "product",
                "measures": [{"column": "units", "take": "sum"}],
                "where": [{"column": "date", "is": ">=", "value": "2023-06"}, {"column": "revenue", "is": "<", "value": "2.9k"}],
            },
            "SELECT product, sum(units) FROM shop WHERE d >= '2023-06-01' AND revenue < 2900 GROUP BY 1",
        ),
    ],
)
def test_answers_equal_what_sql_says(shop: Table, query: dict[str, object], statement: str) -> None:
    right = {str(label): value for label, value in sql(statement)}
    found = asked(shop, **query)
    assert set(found) == set(right)
    for label, value in right.items():
        assert found[label] == (pytest.approx(value) if value is not None else None)


def test_which_region_grew_most(shop: Table) -> None:
    made = resolve(
        Chart.model_validate({"mark": "bar", "query": {"group": "region", "measures": [{"column": "revenue", "take": "growth"}]}}),
        {"shop.csv": shop},
    )
    assert made.labels[0] == "East" and made.series[0].values[0] == pytest.approx(100 * (4300 / 2100 - 1))
    assert made.title == "East grew most: +105%" and made.unit == "%"
    assert made.sources["series1.values"].kind == "data"
    assert made.sources["series1.values"].detail == "shop.csv: growth of revenue by region"
    assert "From 2023 to 2024." in made.said and "Total rows left out: 1." in made.said
    assert check(made) == [] and check_claims(made) == []


def test_two_groups_make_series_and_dates_stay_in_order(shop: Table) -> None:
    found = run(
        Query.model_validate({"group": ["Date", "Region"], "every": "year", "measures": [{"column": "Revenue"}]}), {"shop.csv": shop}
    )
    assert found.labels == ("2023", "2024")
    assert dict(found.series)["East"] == (2100.0, 4300.0)


def test_rows_can_be_taken_as_they_are(shop: Table) -> None:
    pairs = resolve(Chart.model_validate({"mark": "scatter", "query": {"select": ["Units", "Revenue"]}}), {"shop.csv": shop})
    assert pairs.series[0].x[:2] == (12.0, 20.0) and pairs.series[0].values[:2] == (1200.5, 2300.0)
    listed = resolve(
        Chart.model_validate({"mark": "line", "query": {"select": ["Product", "Units", "Region"], "limit": 2}}), {"shop.csv": shop}
    )
    assert listed.mark == "table" and listed.series[1].texts == ("North", "South")


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"group": "regin", "measures": [{"column": "turnover"}]}, "has no column `turnover`; it has Date, Region"),
        ({"group": "colour"}, "has no column `colour`"),
        ({"group": "region", "measures": [{"column": "Product"}]}, "`Product` holds words, not figures"),
        ({"group": "region", "where": [{"column": "region", "value": "Mars"}]}, "never 'Mars'; it has"),
        ({"group": "region", "where": [{"column": "date", "value": "soon"}]}, "holds dates"),
        ({"group": "region", "derive": [{"name": "x", "formula": "Revenue; drop table t"}], "measures": [{"column": "x"}]}, "query.derive"),
        (
            {"group": "region", "derive": [{"name": "x", "formula": "read_csv('/etc/passwd')"}], "measures": [{"column": "x"}]},
            "query.derive",
        ),
        ({"group": "region", "derive": [{"name": "x", "formula": "("}], "measures": [{"column": "x"}]}, "query.derive"),
        ({"group": "region", "where": [{"column": "units", "is": ">", "value": 9999}]}, "no row"),
        ({"table": "other.csv", "group": "region"}, "no column"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_can(shop: Table, query: dict[str, object], told: str) -> None:
    if "table" in query:
        with pytest.raises(SpecProblem, match=r"there is no table `other\.csv`; there are shop\.csv, two"):
            run(Query.model_validate(query), {"shop.csv": shop, "two": shop})
        return
    with pytest.raises(SpecProblem) as problem:
        run(Query.model_validate(query), {"shop.csv": shop})
    assert told in str(problem.value) and "\n" not in str(problem.value)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_nothing_written_in_a_query_reaches_sql(column: str, value: str, formula: str) -> None:
    given_table = read("a,b\nx,1\ny,2\n", "t.csv")
    query = {
        "group": "a",
        "where": [{"column": column, "value": value}],
        "derive": [{"name": "d", "formula": formula}],
        "measures": [{"column": "d"}],
    }
    with pytest.raises(SpecProblem):
        run(Query.model_validate(query), {"t.csv": given_table})
        raise SpecProblem("it was a fair question")


def test_the_database_reaches_no_file_no_network_and_no_setting(shop: Table, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    for statement in (
        f"SELECT * FROM read_csv('{tmp_path}/secret.csv')",
        f"COPY t TO '{tmp_path}/out.csv'",
        "INSTALL httpfs",
        "SET enable_external_access=true",
        "SET memory_limit='100GB'",
        f"ATTACH '{tmp_path}/x.db'",
    ):
        with pytest.raises(SpecProblem), database.opened(shop) as held:
            held.execute(statement)
    assert list(tmp_path.iterdir()) == [tmp_path / "secret.csv"]


def test_a_query_that_takes_too_long_is_stopped(shop: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "SECONDS", 0.3)
    with pytest.raises(SpecProblem, match=r"takes more than 0\.3 seconds"), database.opened(shop) as held:
        database.fetched(held, "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range % 7 = b.range % 5", {}, "shop.csv")


def test_a_large_file_is_queried_where_it_lies(tmp_path: Path) -> None:
    chance = random.Random(4)
    file = tmp_path / "large.csv"
    right: dict[str, float] = {}
    with file.open("w") as out:
        out.write("day;region;amount;note\n")
        for n in range(120_000):
            region, amount = ("North", "South", "East")[n % 3], chance.randint(1, 99_999) / 100
            right[region] = right.get(region, 0.0) + amount
            out.write(f"{n % 28 + 1:02d}.{n % 12 + 1:02d}.2024;{region};{amount:.2f} €;{'x' * 12}\n".replace(".", ",", 0))
        out.write("Total;;1;\n")
    found = read_table(file)
    assert found.file == file and found.cells == () and found.rows == 120_000
    assert [c.kind for c in found.columns] == ["time", "text", "number", "text"]
    totals = asked_of(found, group="region", measures=[{"column": "amount"}])
    assert totals == {name: pytest.approx(value, rel=1e-9) for name, value in right.items()}
    assert "region: words, 3 different" in profile(found)


def test_parquet_is_queried_where_it_lies(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    duckdb.connect().execute(
        f"COPY (SELECT range AS n, 'g' || range % 3 AS g, DATE '2024-01-01' + CAST(range AS INT) AS d FROM range(90)) TO '{file}'"
    )
    found = read_table(file)
    assert [(c.name, c.kind) for c in found.columns] == [("n", "number"), ("g", "text"), ("d", "time")]
    assert asked_of(found, group="g", measures=[{"column": "n", "take": "mean"}]) == {"g0": 43.5, "g1": 44.5, "g2": 45.5}


def test_what_a_person_typed_over_stays_when_the_query_runs_again(shop: Table) -> None:
    tables = {"shop.csv": shop}
    made = resolve(Chart.model_validate({"mark": "bar", "query": {"group": "region", "measures": [{"column": "revenue"}]}}), tables)
    typed = resolve(patch(made, [{"id": "series1", "set": {"values.1": 7000}}]), tables)
    assert typed.series[0].values[1] == 7000 and typed.sources["series1.values.1"].kind == "edited"
    assert typed.series[0].values[0] == made.series[0].values[0]


def test_a_chart_without_a_query_comes_back_as_it_is() -> None:
    made = Chart.model_validate({"labels": ["a"], "series": [{"values": [1]}]})
    assert resolve(made, {}) is made


# Without a model


def test_three_charts_and_four_questions_need_no_model(shop: Table) -> None:
    made = rule_charts(shop)
    assert [one.mark for one in made] == ["line", "bar", "line"]
    for one in made:
        assert one.title and check(one) == [] and check_claims(one) == []
    for lang in ("en", "es", "pt", "fr", "de", "zh", "ja", "hi", "ar"):
        assert len(questions(shop, lang)) == 4
    assert questions(shop)[1] == "Which Region grew most?"


def test_any_small_table_gets_its_charts() -> None:
    figures_only = read("a,b\n1,2\n3,4\n5,9\n", "n.csv")
    words_only = read("name,colour\nx,red\ny,blue\nz,red\n", "w.csv")
    assert {one.mark for one in rule_charts(figures_only)} >= {"scatter", "histogram"}
    assert rule_charts(words_only)
    assert len(questions(figures_only)) == 4 and questions(words_only)


def test_months_and_weekdays_are_called_what_the_world_s_calendars_call_them() -> None:
    from flipchart.renderers.words import locale

    for lang in ("en", "es", "pt", "fr", "de", "it", "nl", "ru", "hi", "ar", "tr", "pl", "sv", "zh", "ja"):
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in locale(lang).months[context][width].items():
                    assert times.bare_month(str(name)) == number or lang not in {"en", "de", "zh", "ja"}, (lang, name)
                    assert times.bare_month(str(name)), (lang, name)
        for width in ("wide", "abbreviated"):
            week = [str(name) for _, name in sorted(locale(lang).days["format"][width].items())]
            assert times.in_order(week), (lang, week)


def test_a_column_for_each_month_beside_one_of_years_gives_dates_and_is_called_by_the_file() -> None:
    words = (
        "Museum,Year,Jan,Feb,Mar,Ticket,Staff\nNorth,2023,1,2,3,5,10\nNorth,2024,4,5,6,6,12\nSouth,2023,7,8,,7,20\nSouth,2024,9,9,9,7,22\n"
    )
    found = read(words, "museum_visitors.csv")
    assert [(c.name, c.kind) for c in found.columns][-2:] == [("period", "time"), ("visitors", "number")]
    assert "Year" not in [c.name for c in found.columns]
    assert asked_of(found, group="period", every="year", measures=[{"column": "visitors"}]) == {"2023": 21.0, "2024": 42.0}
    assert asked_of(found, group="Museum", measures=[{"column": "Staff"}]) == {"South": 42.0, "North": 22.0}, (
        "once for each row of the file"
    )
    assert asked_of(found, group="Museum", measures=[{"column": "Ticket", "take": "max"}]) == {"South": 7.0, "North": 6.0}
    for wrong in ({"where": [{"column": "Staff", "is": ">", "value": 10}]}, {"derive": [{"name": "x", "formula": "visitors * Staff"}]}):
        with pytest.raises(SpecProblem, match="told once for all periods"):
            asked_of(found, group="Museum", measures=[{"column": "x" if "derive" in wrong else "visitors"}], **wrong)
    with pytest.raises(SpecProblem, match="told once for all periods"):
        run(Query(select=("Staff", "visitors")), {"museum_visitors.csv": found})
    assert len(run(Query(select=("Ticket", "Staff")), {"museum_visitors.csv": found}).series[0][1]) > 0
    assert [c.name for c in read(words, "data.csv").columns][-1] == "value"
    assert [c.name for c in read(words, "visitors_march_2024.csv").columns][-1] == "visitors", "as in the file of another month"


def test_words_that_differ_in_case_alone_are_one_and_that_is_said_where_it_matters(tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    rows = "".join(f"{('North', 'north ', 'South', 'NORTH')[n % 4]},{('Card', 'card')[n % 2]},R{n}x,{n}\n" for n in range(24))
    file.write_text("Region,Paid by,Code,Amount\n" + rows + "South,card,r0X,1\n")
    table = read(file)
    assert [column.values for column in table.columns[:2]] == [("North", "South"), ("Card",)]
    assert len(set(table.cells[2])) == 25, "codes are each row's own"
    assert any("“north” is read as “North”" in note for note in table.notes)
    chart = resolve(Chart.model_validate({"query": {"group": ["Region"], "measures": [{"column": "Amount"}]}}), {"sales.csv": table})
    assert [note for note in chart.said if "is read as" in note] == ["Region: “north” is read as “North”."]


def test_a_month_that_the_data_only_begin_is_told_and_nothing_is_concluded_from_it(tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    days = [date(2025, 1, 2) + timedelta(days=n) for n in range(304)]  # to 1 November
    file.write_text("day,amount\n" + "".join(f"{day},{100 + day.month}\n" for day in days))
    chart = resolve(
        Chart.model_validate({"query": {"group": ["day"], "every": "month", "measures": [{"column": "amount"}]}}), {"s": read(file)}
    )
    assert chart.labels[-1] == "2025-11" and "Nov 2025 is not complete." in chart.said
    assert "to Oct 2025" in chart.title
    worst = {"group": ["day"], "every": "month", "measures": [{"column": "amount"}], "sort": "up", "limit": 12, "place": 1}
    chart = resolve(Chart.model_validate({"query": worst}), {"s": read(file)})
    assert chart.highlight == "2025-02" and "Feb 2025" in chart.title, "not the first of November alone"
    whole = tmp_path / "whole.csv"
    whole.write_text("day,amount\n" + "".join(f"{day},{100 + day.month}\n" for day in days[:-1]))
    chart = resolve(
        Chart.model_validate({"query": {"group": ["day"], "every": "month", "measures": [{"column": "amount"}]}}), {"s": read(whole)}
    )
    assert not any("complete" in note for note in chart.said)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1251", "Город;Население\nМосква;13104177\nСанкт-Петербург;5600044\n"),
        ("koi8-r", "Город;Население\nМосква;13104177\nКазань;1314685\n"),
        ("cp1253", "Πόλη;Πληθυσμός\nΑθήνα;664046\nΘεσσαλονίκη;325182\n"),
        ("cp1254", "Şehir;Nüfus\nİstanbul;15655924\nIğdır;101\nŞanlıurfa;2\n"),
        ("cp1250", "Město;Počet\nPlzeň;3\nČeské Budějovice;4\nÚstí nad Labem;5\n"),
        ("cp1252", "Ville;Été\nSaint-Étienne;1\nNîmes;2\nAimée-créée;3\n"),
        ("cp1252", "Staður;Íbúar\nÞórshöfn;2\nHöfuðborg;9\n"),
    ],
)
def test_encodings_are_told_by_where_their_letters_stand(encoding: str, words: str) -> None:
    table = read(words.encode(encoding), "places.csv")
    assert [column.name for column in table.columns] == words.split("\n")[0].split(";")
    assert table.cells[0][0] == words.split("\n")[1].split(";")[0]


def test_years_over_names_are_part_of_the_names() -> None:
    table = read(",2023,,2024,\nProduct,Units,Revenue,Units,Revenue\nA,10,100.5,12,130\nB,11,101.5,13,131\n", "t.csv")
    assert [column.name for column in table.columns] == ["Product", "2023 Units", "2023 Revenue", "2024 Units", "2024 Revenue"]
    assert [column.kind for column in table.columns] == ["text", *["number"] * 4] and table.notes == ()


def _resolved(words: str, query: dict[str, Any], **more: Any) -> Chart:
    """The chart of a query over a table written as CSV."""
    return resolve(Chart.model_validate({"mark": "bar", "lang": "en", "query": query, **more}), {"t.csv": read(words, "t.csv")})


SHOPS = "region,product,revenue\nNorth,Tea,10\nNorth,Cocoa,20\nSouth,Tea,30\nEast,Cocoa,40\n"


def test_a_share_of_one_label_is_of_all_and_one_figure_leads_nobody() -> None:
    north = [{"column": "region", "is": "=", "value": ["north"]}]
    share = _resolved(SHOPS, {"group": ["region"], "measures": [{"column": "revenue", "take": "share"}], "where": north})
    assert share.series[0].values == (30.0,) and share.title == "North: 30%"
    tea = [{"column": "product", "is": "=", "value": ["Tea"]}]
    within = _resolved(SHOPS, {"group": ["region", "product"], "measures": [{"column": "revenue", "take": "share"}], "where": tea})
    assert [round(value or 0.0, 1) for value in within.series[0].values] == [100.0, 33.3]
    assert _resolved(SHOPS, {"group": ["region"], "measures": [{"column": "revenue"}], "where": north}).title == "North: 30"


def test_a_list_that_is_cut_says_of_how_many_rows(tmp_path: Path) -> None:
    words = "name,city\n" + "".join(f"C{n},{'Rome Bonn'.split()[n % 2]}\n" for n in range(600))
    rome = [{"column": "city", "is": "=", "value": ["Rome"]}]
    assert "200 of 300 rows." in _resolved(words, {"select": ["name"], "where": rome, "limit": 200}, mark="table").said
    assert not any("of" in note for note in _resolved(words, {"select": ["name"], "where": rome, "limit": 300}, mark="table").said)


def test_titles_tell_ties_dates_and_names_as_people_write_them() -> None:
    most = {"group": ["region"], "measures": [{"column": "revenue"}], "sort": "down"}
    assert _resolved(SHOPS, most).title == "East leads with 40"
    assert _resolved(SHOPS.replace("20", "30"), most).title == "East, North share the lead: 40"
    days = "day,visits\n2025-03-20,7\n2025-03-21,5\n2025-03-22,9\n"
    ranked = _resolved(days, {"group": ["day"], "measures": [{"column": "visits"}], "sort": "down"})
    assert ranked.title == "Mar 22, 2025 leads with 9"
    drawn = draw(ranked)
    assert "Mar 22, 2025" in {text.words for text in flat(drawn.items) if isinstance(text, Text)}
    paid = "team,median_pay\nA,10\nA,20\nB,40\n"
    assert (
        _resolved(paid, {"group": ["team"], "measures": [{"column": "median_pay", "take": "mean"}], "sort": "down"}).title
        == "B has the highest mean median pay: 40"
    )
    answered = "member,spent\nyes,10\nno,40\n"
    assert _resolved(answered, {"group": ["member"], "measures": [{"column": "spent"}], "sort": "down"}).title == "Member: no leads with 40"


def test_a_course_that_ends_where_it_began_did_not_grow_nothing() -> None:
    rates = "year,jobless_rate\n2022,4%\n2023,6%\n2024,5%\n"
    course = {"group": ["year"], "measures": [{"column": "jobless_rate", "take": "mean"}]}
    assert _resolved(rates, course, mark="line").title == "Mean jobless rate rose from 4% in 2022 to 5% in 2024", "no percent of percent"
    assert _resolved(rates.replace("5%", "4%"), course, mark="line").title == "Mean jobless rate peaked at 6% (2023)"


def test_words_and_a_year_can_be_the_names_of_columns() -> None:
    lean = read("state,2022\nAlabama,-29.2\nAlaska,-14.6\nHawaii,31.1\n", "lean.csv")
    assert ([column.name for column in lean.columns], lean.rows) == (["state", "2022"], 3), "2022 is no figure of a state called state"
    built = read("Tower,1889\nBridge,1937\nDam,1936\n", "built.csv")
    assert built.rows == 3, "years below a year are figures alike"


def test_moments_counted_by_computers_are_dates() -> None:
    seconds = read("Timestamp,Price\n" + "".join(f"{1517558400 - n * 86400},{n}\n" for n in range(9)), "p.csv")
    thousandths = read("time,mag\n" + "".join(f"{1517558400000 - n * 86400000},{n}\n" for n in range(9)), "q.csv")
    for table in (seconds, thousandths):
        assert table.columns[0].kind == "time" and table.columns[0].high == datetime(2018, 2, 2, 8)
    assert read("item,amount\na,1517558400\nb,1517472000\n", "r.csv").columns[1].kind == "number"


def test_columns_of_one_kind_stand_beside_one_another_in_the_first_chart() -> None:
    days = "".join(f"2017-09-{day:02d},{day % 7},{day * 3 % 11},{day * 5 % 13}\n" for day in range(1, 29))
    first = rule_charts(read(f"Date,Harvey,Irma,Maria\n{days}", "m.csv"))[0]
    assert [one.name for one in first.series] == ["Harvey", "Irma", "Maria"] and first.mark == "line"
    alone = "".join(f"2017-09-{day:02d},{day * 3 % 11 if day > 1 else 0}\n" for day in range(1, 29))
    one = rule_charts(read(f"Date,Harvey\n{alone}", "o.csv"))[0]
    assert len(one.series) == 1 and "peaked at" in one.title, "from nought nothing grows in percent"


def test_what_is_off_either_way_and_numbers_of_things_are_not_added_up() -> None:
    table = read("day,pollno,error,profit\n2024-01-01,7,-1.5,-10.5\n2024-01-02,9,2.5,20.5\n2024-01-02,11,0.5,3\n", "e.csv")
    assert [(c.name, roles.taken(c)) for c in roles.figured(table)] == [("profit", "sum"), ("error", "mean")]
    share = read("date,open,high,low,close,volume\n2024-01-02,10.5,12.1,9.5,11.2,500\n2024-01-03,11.2,13.5,10.1,12.4,700\n", "s.csv")
    assert next((c.name, roles.taken(c)) for c in roles.figured(share)) == ("volume", "sum")
    assert {roles.taken(c) for c in roles.figured(share)[1:]} == {"mean"}, "a share's prices of a year make no sum"


def test_a_survey_is_asked_about_by_its_short_names_first() -> None:
    heads = "How do you typically check the weather?,If you had a smartwatch how likely would you be to use it,Age,Region"
    rows = "".join(f"{'app web tv'.split()[n % 3]},{'yes maybe never'.split()[n % 3]},{20 + n % 4}-29,{'NSEW'[n % 4]}\n" for n in range(40))
    asked = questions(read(f"{heads}\n{rows}", "survey.csv"))
    assert "Age" in asked[0] and "Region" in asked[1] and not asked[0].endswith("??")


def test_first_charts_keep_months_in_order_and_show_what_differs() -> None:
    months = rule_charts(read("month\tsales\nJan\t100\nFeb\t120\nMar\t90\n", "m.tsv"))
    assert months[0].labels == ("Jan", "Feb", "Mar")
    chances = "team,region,win\n" + "".join(f"T{n},{'NSEW'[n % 4]},0.{n % 9 + 1}\n" for n in range(24))
    assert rule_charts(read(chances, "c.csv"))[0].series[0].name == "mean win", "chances do not add up"
    names = "title,tree\n" + "".join(f"S{n},{n % 2}\n" for n in range(30))
    assert len(set(rule_charts(read(names, "n.csv"))[0].series[0].values)) > 1, "one row for each name tells nothing"


def test_a_month_is_whole_where_its_rows_reach_as_far_as_they_mostly_do(tmp_path: Path) -> None:
    def concluded(step: int, days: int) -> Chart:
        file = tmp_path / f"every{step}.csv"
        dates = [date(2025, 1, 1) + timedelta(days=n) for n in range(0, days, step)]
        file.write_text("day,amount\n" + "".join(f"{day},{100 + day.month}\n" for day in dates))
        return resolve(
            Chart.model_validate({"query": {"group": ["day"], "every": "month", "measures": [{"column": "amount"}]}}), {"s": read(file)}
        )

    daily = concluded(1, 269)  # to 26 September
    assert "Sep 2025 is not complete." in daily.said and "to Aug 2025" in daily.title
    weekly = concluded(7, 269)  # to 24 September
    assert not any("complete" in note for note in weekly.said) and "to Sep 2025" in weekly.title


def test_dates_are_believed_before_the_years_they_lie_in(tmp_path: Path) -> None:
    file = tmp_path / "work.csv"
    months = [(year, month) for year in (2023, 2024, 2025) for month in range(1, 13)][:-10]
    file.write_text("year,month,count,date\n" + "".join(f"{y},{m},{500 + m},{y}-{m:02d}-01\n" for y, m in months))
    first = rule_charts(read(file))[0]
    assert first.labels[-1] == "2025-02" and "fell" not in first.title, "two months of a year are no fall from the year before"


def test_digits_with_letters_that_are_no_units_are_codes(tmp_path: Path) -> None:
    seeds = ["1", "2", "16a", "16b", "11a", "11b", *map(str, range(3, 11))]
    table = read(f"team,seed\n{''.join(f'T{n},{seed}' + chr(10) for n, seed in enumerate(seeds))}", "draw.csv")
    assert table.columns[1].kind == "text", "no 16 billion"
    sizes = read("shop,sales\nA,900k\nB,2m\nC,1b\n", "shops.csv")
    assert list(sizes.cells[1]) == [900e3, 2e6, 1e9]


def test_what_a_query_finds_and_no_chart_can_hold_is_a_problem_of_the_query(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,letter\n" + "".join(f"P{n},{('yes', 'no')[n % 2]}\n" for n in range(6)))
    wish = {"mark": "scatter", "query": {"select": ["letter", "name"]}}
    with pytest.raises(SpecProblem, match="query"):
        resolve(Chart.model_validate(wish), {"people.csv": read(file)})


def test_a_saved_table_names_its_labels_and_holds_sums_without_what_adding_up_leaves(tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("city,amount\n" + "".join(f"{'AB'[n % 2]},{0.1 * n:.2f}\n" for n in range(40)))
    chart = resolve(Chart.model_validate({"query": {"group": ["city"], "measures": [{"column": "amount"}]}}), {"sales.csv": read(file)})
    saved = form("chart").writes["csv"][1](chart, style(), {}).decode("utf-8-sig").splitlines()
    assert saved == ["city,amount", "B,40", "A,38"]


def test_figures_that_stand_for_no_value_are_left_out_and_said() -> None:
    rows = [
        f"2024-05-{n + 1:02d},{-200 if n % 5 == 0 else n},{-200 if n % 4 == 0 else -n % 9},{-999 if n % 6 == 0 else n - 20},{-n * 10}"
        for n in range(28)
    ]
    table = read(("day,co,temperature,level,debt\n" + "\n".join(rows)).encode(), "air.csv")
    lows = {column.name: (column.low, column.empty) for column in table.columns[1:]}
    assert lows == {"co": (1.0, 6), "temperature": (0.0, 7), "level": (-19.0, 5), "debt": (-270.0, 0)}
    assert [(dict(note.values)["value"], dict(note.values)["count"]) for note in table.remarks if note.key == "void"] == [
        ("-200", 13),
        ("-999", 5),
    ]
    once = read(("day,profit\n" + "\n".join(f"2024-05-{n + 1:02d},{-250 if n in (3, 9, 12) else n}" for n in range(28))).encode(), "p.csv")
    assert once.columns[1].low == -250 and not once.remarks  # losses, as far as anybody knows


@pytest.mark.parametrize(
    ("head", "cells"),
    [("Date,Time", "{day},{hour:02d}:30"), ("Datum;Uhrzeit", "{day};{hour}.30.00"), ("time,day", "{half}:30 {m},{day}")],
)
def test_days_and_times_are_read_as_moments(head: str, cells: str) -> None:
    rows = [
        cells.format(day=f"2024-05-{n // 24 + 1:02d}", hour=n % 24, half=n % 12 or 12, m="pm" if n % 24 > 11 else "am") + f"{head[4:5]}{n}"
        for n in range(72)
    ]
    mark = ";" if ";" in head else ","
    rows = [row.replace(head[4:5], mark) if head[4:5] not in {",", ";"} else row for row in rows]
    table = read(f"{head}{mark}level\n".encode() + "\n".join(rows).encode(), "log.csv")
    day = next(column for column in table.columns if column.kind == "time" and column.grain == "minute")
    assert day.distinct == 72 and (day.low, day.high) == (datetime(2024, 5, 1, 0, 30), datetime(2024, 5, 3, 23, 30))
    assert [note.key for note in table.remarks] == ["clock"]
