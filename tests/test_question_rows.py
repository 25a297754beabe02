"""Questions that set columns of one row against each other, ask for another unit, or count what has several rows."""

import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta

import duckdb
import pytest

from flipchart.renderers import question
from flipchart.renderers.database import Table
from flipchart.renderers.query import run
from flipchart.renderers.table import read

_DAY = date(1987, 3, 1)
_LINES = [
    (
        f"A-{n // 3:03d}",
        ("Ann", "Bo", "Cy", "Di", "Ed")[n // 3 % 5],
        ("North", "South")[n % 2],
        _DAY + timedelta(days=n * 97),
        _DAY + timedelta(days=n * 97 + n % 7),
        _DAY + timedelta(days=n * 97 + 4),
        n * 37 % 211 + 5,
        n * 53 % 190 + 5,
        0.1 * (n % 5),
        60_000 + n * 7_919 % 200_000,
        900 + n * 11 % 700,
    )
    for n in range(240)
]
_HEADS = ("Order ID", "Customer Name", "Region", "Order Date", "Ship Date", "Due Date", "Sales", "Cost", "Discount", "Call Milliseconds")
_NAMES = ("oid", "who", "region", "ordered", "shipped", "due", "sales", "cost", "discount", "ms", "weight")


@pytest.fixture(scope="module")
def lines() -> Mapping[str, Table]:
    """Orders, each line of one a row."""
    rows = [",".join((*_HEADS, "Parcel Weight (g)")), *(",".join(map(str, row)) for row in _LINES)]
    return {"orders.csv": read("\n".join(rows).encode(), "orders.csv")}


@pytest.fixture(scope="module")
def gold() -> duckdb.DuckDBPyConnection:
    """The same, to be asked in SQL."""
    base = duckdb.connect()
    kinds = ("TEXT", "TEXT", "TEXT", "DATE", "DATE", "DATE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE", "DOUBLE")
    base.execute(f"CREATE TABLE t({', '.join(f'{name} {kind}' for name, kind in zip(_NAMES, kinds, strict=True))})")
    base.executemany(f"INSERT INTO t VALUES({', '.join('?' * len(_NAMES))})", _LINES)
    return base


@pytest.mark.parametrize(
    ("asked", "sql"),
    [
        ("how many orders were shipped later than the due date, by region",
         "SELECT region, count(DISTINCT oid) FROM t WHERE shipped > due GROUP BY 1"),
        ("total sales by region where the cost is higher than the sales", "SELECT region, sum(sales) FROM t WHERE cost > sales GROUP BY 1"),
        ("what percentage of orders has a discount above 20 %", None),
        ("how many orders per region?", "SELECT region, count(DISTINCT oid) FROM t GROUP BY 1"),
        ("orders per decade", "SELECT (year(ordered) // 10 * 10)::TEXT || 's', count(DISTINCT oid) FROM t GROUP BY 1"),
        ("average sales by decade", "SELECT (year(ordered) // 10 * 10)::TEXT || 's', avg(sales) FROM t GROUP BY 1"),
        ("average sales per order", "SELECT 'All', avg(s) FROM (SELECT sum(sales) AS s FROM t GROUP BY oid)"),
        ("top 3 customers by sales", "SELECT who, sum(sales) FROM t GROUP BY 1 ORDER BY 2 DESC LIMIT 3"),
        ("average call milliseconds in minutes by region", "SELECT region, avg(ms) / 60000 FROM t GROUP BY 1"),
        ("total parcel weight in kg by customer name", "SELECT who, sum(weight) / 1000 FROM t GROUP BY 1"),
        ("total sales of orders with a discount above 20 %", "SELECT 'All', sum(sales) FROM t WHERE discount > 0.2001"),
        ("total sales by region with a discount of at least 30 percent",
         "SELECT region, sum(sales) FROM t WHERE discount >= 0.2999 GROUP BY 1"),
        ("customers with 48 orders or more", None),
        ("how many days pass on average between ordering and shipping, per region",
         "SELECT region, avg(shipped - ordered) FROM t GROUP BY 1"),
        ("a typical sale by region, by the median of sales", "SELECT region, median(sales) FROM t GROUP BY 1"),
    ],
)  # fmt: skip
def test_the_figures_are_those_of_sql(lines: Mapping[str, Table], gold: duckdb.DuckDBPyConnection, asked: str, sql: str | None) -> None:
    reading = question.read(asked, lines)
    if sql is None:
        assert reading is None or not reading.sure
        return
    assert reading is not None and reading.sure, reading
    found = run(reading.query, lines)
    assert dict(zip(found.labels, found.series[0][1], strict=True)) == pytest.approx(dict(gold.execute(sql).fetchall()))


def test_a_unit_that_is_asked_for_is_told(lines: Mapping[str, Table]) -> None:
    reading = question.read("average parcel weight in kg per region", lines)
    assert reading is not None and reading.sure
    found = run(reading.query, lines)
    assert (found.unit, found.measure) == ("kg", "mean Parcel Weight")
    unknown = question.read("average sales in kg per region", lines)
    assert unknown is None or not unknown.sure  # of what has no weight


def test_the_rows_that_have_most_are_listed_where_no_name_tells_them_apart() -> None:
    rows = "name,weight,power\nAlfa,900,80\nBeta,1500,95\nAlfa,1700,70\nGamma,1100,120\nBeta,1300,60\n"
    cars = {"cars.csv": read(rows.encode(), "cars.csv")}
    for asked, names in (
        ("the three heaviest cars", [("Alfa", 1700), ("Beta", 1500), ("Beta", 1300)]),
        ("Which car is the heaviest?", [("Alfa", 1700)]),
        ("2 cars with the lowest power", [("Beta", 60), ("Alfa", 70)]),
    ):
        reading = question.read(asked, cars)
        assert reading is not None and reading.sure, asked
        found = run(reading.query, cars)
        assert list(zip(found.labels, found.series[0][1], strict=True))[: len(names)] == names


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Table]:
    """Who works where, with the days on which they were hired and began in a department."""
    path = tmp_path_factory.mktemp("rows") / "staff.sqlite"
    with sqlite3.connect(path) as staff:
        staff.executescript(
            "CREATE TABLE employee(emp_no INTEGER PRIMARY KEY, name TEXT, hire_date DATE);"
            "CREATE TABLE product(code TEXT PRIMARY KEY, name TEXT, label TEXT);"
            "CREATE TABLE dept_emp(emp_no INTEGER REFERENCES employee, dept TEXT, from_date DATE);"
            "CREATE TABLE sold(line INTEGER PRIMARY KEY, code TEXT REFERENCES product, pieces INTEGER);"
        )
        staff.executemany(
            "INSERT INTO employee VALUES(?,?,?)", [(n, f"Person {n}", f"{2015 + n % 4}-0{n % 9 + 1}-11") for n in range(1, 41)]
        )
        staff.executemany("INSERT INTO dept_emp VALUES(?,?,?)", [(n % 40 + 1, f"D{n % 5}", f"{2019 + n % 3}-02-03") for n in range(60)])
        staff.executemany("INSERT INTO product VALUES(?,?,?)", [(f"p{n}", f"Thing {n}", ("red", "blue")[n % 2]) for n in range(9)])
        staff.executemany("INSERT INTO sold VALUES(?,?,?)", [(n, f"p{n % 8}", n % 4 + 1) for n in range(70)])
    return {path.name: read(path)}


def test_what_happened_is_told_by_the_table_that_dates_it(base: Mapping[str, Table]) -> None:
    reading = question.read("line chart of the number of people hired each year", base)
    assert reading is not None and reading.sure and (reading.query.table, reading.query.group) == ("employee", ("hire_date",))


def test_nobody_is_none(base: Mapping[str, Table]) -> None:
    reading = question.read("Is there any product nobody has ever sold?", base)
    assert reading is not None and reading.sure
    assert run(reading.query, base).labels == ("Thing 8",)


@pytest.mark.parametrize(
    ("said", "meant"),
    [("highst", "highest"), ("ther", "there"), ("decmber", "December"), ("dolars", "dollars")],
)
def test_slips_of_small_words_are_put_right(base: Mapping[str, Table], said: str, meant: str) -> None:
    from flipchart.renderers.question_spelling import respelt

    readers = [reader for _, reader in question._readers(question.every(base), "en")]
    assert respelt(f"people hired {said} 5", readers)[0] == f"people hired {meant} 5"


def test_the_worst_hour_is_the_one_with_most_of_what_nobody_wants() -> None:
    rows = [f"2024-05-{n // 24 + 1:02d} {n % 24:02d}:00,{(n % 24) * 3 + n % 2},{n % 24 + 1}" for n in range(240)]
    air = {"air.csv": read(("when,NO2 (µg/m³),country rank\n" + "\n".join(rows)).encode(), "air.csv")}
    for asked, first in (("At what hour of the day is NO2 worst?", "23:00"), ("At what hour of the day is NO2 best?", "0:00")):
        reading = question.read(asked, air)
        assert reading is not None and reading.sure, asked
        assert run(reading.query, air).labels[0] == first
    assert reading is not None and reading.query.measures[0].take == "mean"  # nobody adds up what is in the air
    hours = question.read("In how many hours was NO2 above 50?", air)
    assert hours is None or not hours.sure


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("Durchschnittliche Lebenserwartung je Kontinent", "de"),
        ("Wie groß ist die durchschnittliche Lebenserwartung je Kontinent?", "de"),
        ("Quelle est l’espérance de vie moyenne par continent ?", "fr"),
        ("¿Cuál es la esperanza de vida media por continente?", "es"),
        ("Expectativa de vida média por continente", "pt"),
        ("各大洲的平均预期寿命", "zh"),
    ],
)
def test_what_a_table_calls_in_english_is_asked_for_in_other_languages(asked: str, lang: str) -> None:
    rows = "".join(f"Land {n},{('Asia', 'Europe', 'Africa')[n % 3]},{60 + n % 17}\n" for n in range(30))
    world = {"world.csv": read(f"Country,Continent,LifeExpectancy\n{rows}".encode(), "world.csv")}
    reading = question.read(asked, world, lang)
    assert reading is not None and reading.sure, reading
    assert reading.query.group == ("Continent",) and [(m.column, m.take) for m in reading.query.measures] == [("LifeExpectancy", "mean")]
    assert len(reading.said) == 1 or lang == "zh"  # a continent is one in most of them
    assert any("life expectancy" in sentence for sentence in reading.said)


def test_a_land_is_a_country_where_there_are_states_too() -> None:
    rows = "".join(f"Firma {n},{('BW', 'NY', 'CA')[n % 3]},{('Germany', 'USA', 'USA')[n % 3]}\n" for n in range(30))
    table = {"customers.csv": read(f"name,state,country\n{rows}".encode(), "customers.csv")}
    reading = question.read("Wie viele Kunden haben wir pro Land?", table, "de")
    assert reading is not None and reading.sure and reading.query.group == ("country",)
