"""Questions to databases as shops and airports keep them: each finds what SQL written by hand finds."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flipchart.renderers import question
from flipchart.renderers.database import Table
from flipchart.renderers.query import Query, run
from flipchart.renderers.table import read

_SHOP = """
CREATE TABLE Shippers(ShipperID INTEGER PRIMARY KEY, CompanyName TEXT);
CREATE TABLE Customers(CustomerID INTEGER PRIMARY KEY, CompanyName TEXT, City TEXT);
CREATE TABLE Staff(StaffID INTEGER PRIMARY KEY, FirstName TEXT, LastName TEXT);
CREATE TABLE Genres(GenreID INTEGER PRIMARY KEY, Name TEXT);
CREATE TABLE Tracks(TrackID INTEGER PRIMARY KEY, Title TEXT, GenreID INTEGER REFERENCES Genres, Milliseconds INTEGER);
CREATE TABLE Orders(OrderID INTEGER PRIMARY KEY, CustomerID INTEGER REFERENCES Customers, StaffID INTEGER REFERENCES Staff, OrderDate DATE,
  ShippedDate DATE, ShipVia INTEGER REFERENCES Shippers(ShipperID), Freight NUMERIC, ShipName TEXT, BillingAddress TEXT, Total NUMERIC);
CREATE TABLE OrderLines(LineID INTEGER PRIMARY KEY, OrderID INTEGER REFERENCES Orders, TrackID INTEGER REFERENCES Tracks, UnitPrice NUMERIC,
  Quantity INTEGER);
"""
_TILL = """
CREATE TABLE customer(customer_id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE payment(payment_id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer, amount NUMERIC);
CREATE TABLE customer_language(customer_id INTEGER REFERENCES customer, language TEXT);
CREATE TABLE player(player_id INTEGER PRIMARY KEY, ref TEXT, code TEXT, nation TEXT);
"""
_SHIPPED = "FROM Orders JOIN Shippers s ON ShipVia=ShipperID GROUP BY 1"
_AIR = """
CREATE TABLE airports(faa TEXT PRIMARY KEY, name TEXT);
CREATE TABLE flights(year INTEGER, month INTEGER, day INTEGER, dep_delay INTEGER, flight INTEGER, origin TEXT REFERENCES airports(faa),
  dest TEXT REFERENCES airports(faa), distance INTEGER, time_hour DATETIME);
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop's database and an airport's."""
    made = tmp_path_factory.mktemp("bases")
    with sqlite3.connect(made / "shop.sqlite") as shop:
        shop.executescript(_SHOP)
        shop.executemany("INSERT INTO Shippers VALUES(?,?)", [(1, "Fast Fret"), (2, "Sea Lane"), (3, "Hill Post")])
        shop.executemany("INSERT INTO Customers VALUES(?,?,?)", [(n, f"Firm {n}", ("Oslo", "Bergen")[n % 2]) for n in range(1, 15)])
        shop.executemany("INSERT INTO Staff VALUES(?,?,?)", [(1, "Ann", "Berg"), (2, "Bo", "Lund"), (3, "Cy", "Dahl")])
        shop.executemany("INSERT INTO Genres VALUES(?,?)", [(1, "Rock"), (2, "Jazz"), (3, "Folk")])
        shop.executemany(
            "INSERT INTO Tracks VALUES(?,?,?,?)",
            [(n, f"Song {n}", (1, 1, 2, 1, 3)[n % 5], 120_000 + n * 7_919 % 200_000) for n in range(1, 61)],
        )
        for n in range(1, 121):
            shipped = None if n % 11 == 0 else f"2024-{n % 12 + 1:02d}-{n % 20 + 5:02d}"
            row = (n, n * n % 14 + 1, (1, 2, 1, 3)[n % 4], f"2024-{n % 12 + 1:02d}-{n % 20 + 1:02d}", shipped, n % 3 + 1, n * 13 % 97 + 0.5,
                   f"Quay {n % 9}", f"{n % 30} Main St", n * 17 % 211 + 0.25)  # fmt: skip
            shop.execute("INSERT INTO Orders VALUES(?,?,?,?,?,?,?,?,?,?)", row)
        shop.executemany(
            "INSERT INTO OrderLines VALUES(?,?,?,?,?)", [(n, n % 120 + 1, n * 7 % 60 + 1, 1 + n % 4, n % 5 + 1) for n in range(1, 301)]
        )
    with sqlite3.connect(made / "air.sqlite") as air:
        air.executescript(_AIR)
        air.executemany("INSERT INTO airports VALUES(?,?)", [("AAA", "Alpha Field"), ("BBB", "Beta Field"), ("CCC", "Gamma Field")])
        for n in range(600):
            month, day = n % 12 + 1, n % 28 + 1
            moment = (
                f"2013-{month:02d}-{day:02d} {n % 24:02d}:00:00" if n % 40 else f"2013-{month % 12 + 1:02d}-01 03:00:00"
            )  # another zone's
            row = (
                2013,
                month,
                day,
                n * 31 % 90 - 20,
                n * 7 % 311,
                ("AAA", "BBB")[n % 2],
                ("CCC", "AAA", "BBB")[n % 3],
                100 + n * 37 % 2400,
                moment,
            )
            air.execute("INSERT INTO flights VALUES(?,?,?,?,?,?,?,?,?)", row)
    with sqlite3.connect(made / "till.sqlite") as till:
        till.executescript(_TILL)
        till.executemany("INSERT INTO customer VALUES(?,?)", [(n, f"Name {n}") for n in range(1, 7)])
        till.executemany("INSERT INTO payment VALUES(?,?,?)", [(n, n * n % 6 + 1, n * 13 % 47 + 0.5) for n in range(1, 60)])
        till.executemany("INSERT INTO customer_language VALUES(?,?)", [(n % 6 + 1, f"L{n * n % 11}") for n in range(40)])
        till.executemany(
            "INSERT INTO player VALUES(?,?,?,?)",
            [(n, ("player", "berg", "lund")[n % 3] + str(n), ("WIN", "BER", "LUN")[n % 3], ("Chad", "Peru")[n % 2]) for n in range(1, 22)],
        )
    return made


@pytest.fixture(scope="module")
def bases(folder: Path) -> Iterator[dict[str, tuple[dict[str, Table], sqlite3.Connection]]]:
    """Each database as tables, and as itself."""
    found = {}
    for name in ("shop", "air", "till"):
        file = folder / f"{name}.sqlite"
        found[name] = ({file.name: read(file)}, sqlite3.connect(file))
    yield found
    for _, base in found.values():
        base.close()


def _figures(query: Query, tables: dict[str, Table]) -> list[float]:
    """Every figure that the query finds, the smallest first."""
    return sorted(value for _, values in run(query, tables).series for value in values if value is not None)


@pytest.mark.parametrize(
    ("name", "words", "sql"),
    [
        ("shop", "total freight by shipper", f"SELECT s.CompanyName, sum(Freight) {_SHIPPED}"),
        ("shop", "Pie chart of orders by shipping company", f"SELECT s.CompanyName, count(*) {_SHIPPED}"),
        (
            "shop", "bar chart of the average number of days between order date and shipped date for each shipper",
            f"SELECT s.CompanyName, avg(julianday(ShippedDate)-julianday(OrderDate)) {_SHIPPED}",
        ),
        ("shop", "Line chart of the total order amount by month", "SELECT substr(OrderDate,1,7), sum(Total) FROM Orders GROUP BY 1"),
        ("shop", "Plot the total order amount for each shipper", f"SELECT s.CompanyName, sum(Total) {_SHIPPED}"),
        (
            "shop", "Pie chart of revenue by genre",
            "SELECT g.Name, sum(UnitPrice*Quantity) FROM OrderLines JOIN Tracks USING(TrackID) JOIN Genres g USING(GenreID) GROUP BY 1",
        ),
        (
            "shop", "For every genre that has more than 12 tracks, show the average milliseconds in a bar chart",
            "SELECT g.Name, avg(Milliseconds) FROM Tracks JOIN Genres g USING(GenreID) GROUP BY 1 HAVING count(*)>12",
        ),
        (
            "shop", "Show staff who handled more than 35 orders and the average freight of their orders, as bars by last name",
            "SELECT LastName, avg(Freight) FROM Orders JOIN Staff USING(StaffID) GROUP BY 1 HAVING count(*)>35",
        ),
        (
            "shop", "Number of orders per customer, leaving out customers with fewer than 9 orders",
            "SELECT CompanyName, count(*) FROM Orders JOIN Customers USING(CustomerID) GROUP BY 1 HAVING count(*)>=9",
        ),
        (
            "shop", "Average freight for each customer in a bar chart, from the most expensive to the cheapest",
            "SELECT CompanyName, avg(Freight) FROM Orders JOIN Customers USING(CustomerID) GROUP BY 1",
        ),
        (
            "shop", "For each employee, show the number of orders in a bar chart; use first and last name",
            "SELECT FirstName||' '||LastName, count(*) FROM Orders JOIN Staff USING(StaffID) GROUP BY 1",
        ),
        ("shop", "Pie of the orders by shipper", f"SELECT s.CompanyName, count(*) {_SHIPPED}"),
        (
            "shop", "Average freight by shipper, for shippers with 40 or more orders",
            f"SELECT s.CompanyName, avg(Freight) {_SHIPPED} HAVING count(*)>=40",
        ),
        ("shop", "Number of tracks per genre", "SELECT g.Name, count(*) FROM Tracks JOIN Genres g USING(GenreID) GROUP BY 1"),
        (
            "shop", "How many days go by on average between an order and its shipment?",
            "SELECT 1, avg(julianday(ShippedDate)-julianday(OrderDate)) FROM Orders",
        ),
        (
            "till", "Plot the customers with the highest total payments as bars",
            "SELECT c.name, sum(amount) FROM payment JOIN customer c USING(customer_id) GROUP BY 1",
        ),
        ("till", "Which customers have the most languages?", "SELECT customer_id, count(*) FROM customer_language GROUP BY 1"),
        ("till", "number of players for each nation", "SELECT nation, count(*) FROM player GROUP BY 1"),
        ("air", "Number of flights for each origin airport", "SELECT name, count(*) FROM flights JOIN airports ON origin=faa GROUP BY 1"),
        ("air", "Line chart of the average departure delay by month", "SELECT month, avg(dep_delay) FROM flights GROUP BY 1"),
        (
            "air", "Stacked bar chart of flights per month, stacked by origin airport",
            "SELECT month, name, count(*) FROM flights JOIN airports ON origin=faa GROUP BY 1,2",
        ),
    ],
)  # fmt: skip
def test_a_question_finds_what_sql_finds(bases: Any, name: str, words: str, sql: str) -> None:
    tables, base = bases[name]
    reading = question.read(words, tables)
    assert reading is not None and reading.sure, reading and reading.missed
    assert _figures(reading.query, tables) == pytest.approx(sorted(row[-1] for row in base.execute(sql) if row[-1] is not None))


def test_what_a_file_is_called_by_is_no_reason_to_drop_a_group(tmp_path: Path) -> None:
    file = tmp_path / "two_city_weather.csv"
    file.write_text(
        "place_code,date,weather\n"
        + "".join(f"{'AB'[n % 2]}1,2024-{n % 12 + 1:02d}-{n % 28 + 1:02d},{('sun', 'snow')[n % 3 % 2]}\n" for n in range(90))
    )
    reading = question.read("How many days of snow did each city get?", {file.name: read(file)})
    assert reading is None or not reading.sure or reading.query.group == ("place_code",)


def test_how_something_changed_is_how_it_went(tmp_path: Path) -> None:
    file = tmp_path / "panel.csv"
    file.write_text(
        "land,continent,year,life\n"
        + "".join(f"L{n},{('Asia', 'Europe')[n % 2]},{1952 + 5 * y},{40 + n + y}\n" for n in range(8) for y in range(12))
    )
    reading = question.read("How has life changed on each continent since 1952?", {file.name: read(file)})
    assert reading is not None and reading.sure and reading.query.group == ("year", "continent")
    reading = question.read("By how much has life changed on each continent since 1952?", {file.name: read(file)})
    assert reading is None or not reading.sure or reading.query.measures[0].take == "growth"


def test_a_row_is_a_total_only_where_it_adds_up(tmp_path: Path) -> None:
    films = tmp_path / "films.csv"
    films.write_text("title,budget\nHome Alone,18\nTotal Recall,65\nTotal Eclipse,8\nFargo,7\n")
    assert read(films).rows == 4
    sales = tmp_path / "sales.csv"
    sales.write_text("shop,sold\nNorth A,10\nNorth B,20\nTotal North,30\nSouth A,5\nSouth B,6\nTotal South,11\nTotal,41\n")
    assert read(sales).rows == 4 and "Total rows left out: 3." in read(sales).notes


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("till", "Which players have the most wins?"),  # no player is called so
        ("till", "Who won the 2020 cup?"),
        ("shop", "Where is the freight lowest?"),
        ("shop", "Who does Ann Berg report to?"),
    ],
)
def test_what_the_tables_do_not_tell_is_left_to_a_model(bases: Any, name: str, words: str) -> None:
    tables, _ = bases[name]
    reading = question.read(words, tables)
    assert reading is None or not reading.sure
