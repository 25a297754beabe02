"""Questions that rules answer, over tables of our own: each finds what SQL written by hand finds, or is left to a model."""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flipchart.renderers import question, times
from flipchart.renderers.database import Table
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.query import Filter, Query, run
from flipchart.renderers.table import read

START = date(2023, 1, 9)
TYPES = {"funnel": {"month": "VARCHAR"}}


def _csv(head: str, rows: list[tuple[object, ...]]) -> str:
    return head + "\n" + "".join(",".join("" if one is None else str(one) for one in row) + "\n" for row in rows)


def _day(days: int) -> date:
    return START + timedelta(days=days)


TABLES = {
    "orders": _csv(
        "order_id,customer_id,region,channel,method,amount,ordered,paid,delivered,returned",
        [
            (
                1000 + n, f"C{(n * 7) % 6 + 1:02d}", ("North", "South", "East")[n * n % 3], ("Online", "Store")[n // 3 % 2],
                ("card", "cash", "invoice")[n % 3], 20 + n * 37 % 300, _day(n * 8), None if n % 9 == 4 else _day(n * 8 + n * 5 % 45),
                None if n % 13 == 7 else _day(n * 8 + 2 + n * 11 % 29), ("no", "no", "yes", "no", "no")[n % 5],
            )
            for n in range(88)
        ],
    ),
    "customers": _csv(
        "customer_id,customer,city",
        [
            (f"C{n:02d}", name, ("Bergen", "Oslo", "Tromso")[n % 3])
            for n, name in enumerate("Ada Bo Cy Dee Eli Fay Gus Hedda".split(), 1)
        ],
    ),
    "repairs": _csv(
        "repair,workshop,vehicle,received,finished,cost",
        [
            (
                f"R{n}", ("Harbour", "Mill", "Station")[n * 5 % 7 % 3], ("bike", "scooter")[n % 2], date(2024, n % 12 + 1, n % 27 + 1),
                None if n % 10 == 3 else date(2024, n % 12 + 1, n % 27 + 1) + timedelta(days=1 + n * 7 % 40), 20 + n * 53 % 280,
            )
            for n in range(66)
        ],
    ),
    "staff": _csv(
        "name,team,hired,left,salary",
        [
            (name, ("Sales", "IT", "Office")[n % 3], date(2015 + n * 3 % 10, n % 12 + 1, 5),
             date(2024, n % 12 + 1, 9) if n % 3 == 1 else None, 30000 + n * 7000 % 48000)
            for n, name in enumerate("Ann Bob Cem Dia Eve Fin Gil Hal Ida Jon Kay Lea Max Nia Oto Pia".split())
        ],
    ),
    "products": _csv(
        "product_id,product,category,price",
        [("P1", "Tea", "drinks", 3), ("P2", "Juice", "drinks", 4), ("P3", "Bun", "food", 2), ("P4", "Cake", "food", 6),
         ("P5", "Mug", "goods", 9), ("P6", "Tray", "goods", 14), ("P7", "Spoon", "goods", 2)],
    ),
    "sales": _csv(
        "sale_id,date,product_id,region,units,revenue",
        [
            (n, _day(n * n % 700), f"P{n * n % 5 + n % 2 + 1}" if n % 6 else "P5", ("North", "South", "West")[n * 7 % 11 % 3],
             n * 5 % 12 + 1, (n * 5 % 12 + 1) * (n % 4 + 2))
            for n in range(1, 121)
        ],
    ),
    "takings": _csv(  # months without a row: February 2023, May and June 2024
        "day,stall,amount",
        [
            (day, ("East", "West")[n % 2], 5 + n * 17 % 90)
            for n, day in enumerate(date(2023, 1, 3) + timedelta(days=6 * k) for k in range(121))
            if (day.year, day.month) not in {(2023, 2), (2024, 5), (2024, 6)}
        ],
    ),
    "tickets": _csv(
        "ticket_id,agent,opened_at,closed_at,rating,effort",
        [
            (n, ("Ann", "Bob", "Cem")[n % 3], f"2024-05-{n % 28 + 1:02d} 09:00",
             None if n % 4 == 1 else f"2024-06-{n * 5 % 28 + 1:02d} 16:30",
             n * 7 % 5 + 1, n * 3 % 7)
            for n in range(40)
        ],
    ),
    "shops": _csv(
        "shop,city,sales,cost,employees",
        [("Quay", "Bergen", 900, 500, 4), ("Square", "Bergen", 400, 300, 3), ("Station", "Oslo", 1200, 700, 6), 
         ("Mall", "Oslo", 300, 280, 2), ("Pier", "Tromso", 650, 400, 5), ("Hill", "Tromso", 150, 140, 1), ("Park", "Oslo", 800, 390, 4)],
    ),
    "skies": _csv(
        "date,station,sky,rain_mm,temp_max,temp_min",
        [
            (_day(n), ("Cape", "Ridge")[n % 2], ("hail", "mist", "sun")[n * n % 7 % 3], n * 11 % 23, 8 + n % 17, n % 9 - 3)
            for n in range(90)
        ],
    ),
    "parcels": _csv(
        "parcel,day,depot,kind,weight_g,parcel_fee,insured",
        [
            (n, ("Mon", "Tue", "Wed")[n * 5 % 7 % 3], ("East", "West")[n % 2], ("box", "tube")[n % 3 % 2], 200 + n * 731 % 9000, 3 + n % 6,
             ("yes", "no", "no")[n % 3])
            for n in range(1, 61)
        ],
    ),
    "register": _csv(
        "closure_date,town,cause",
        [(_day(n * 5), ("Ely", "Diss", "Holt")[n * n % 5 % 3], ("Closure", "Fire", "Sale")[n % 3]) for n in range(50)],
    ),
    "quotes": _csv("fund_name,date,price", [(("AX", "BY", "CZ")[n % 3], _day(n // 3 * 7), 10 + n * 29 % 90) for n in range(60)]),
    "members": _csv("member_id,member,town", [(n, f"Name{n}", ("Ely", "Diss")[n % 2]) for n in range(1, 13)]),
    "books": _csv("book_id,title,genre", [(n, f"Title{n}", ("crime", "poems", "travel")[n % 3]) for n in range(1, 16)]),
    "loans": _csv("loan_id,member_id,book_id,lent_on", [(n, n * 7 % 11 + 1, n * n % 14 + 1, _day(n * 3)) for n in range(1, 81)]),
    "fines": _csv("fine_id,loan_id,charge", [(n, n * 2, n * 3 % 17 + 1) for n in range(1, 31)]),
    "shows": _csv(
        "show_id,band,hall,starts,ends,set_minutes,weight_kg,covered",
        [
            (n, f"Band {n * 7 % 20}", ("Barn", "Lake")[n % 2], f"2024-07-{n % 9 + 1:02d} {12 + n % 9}:00",
             f"2024-07-{n % 9 + 1 + n % 3:02d} {12 + n % 9}:00", 20 + n * 13 % 70, 90 + n * 31 % 400, ("yes", "no", "no")[n * n % 7 % 3])
            for n in range(1, 61)
        ],
    ),
    "doses": _csv(
        "plot,kind,dose,Month,Day,Temp,pages",
        [(f"P{n}", ("oat", "rye")[n % 2], (0.5, 1.5, 3)[n * n % 7 % 3], 4 + n % 3, n % 28 + 1, 50 + n * 7 % 41, n) for n in range(60)],
    ),
    "funnel": _csv(
        "month,channel,visits,leads,orders,spend",
        [
            (f"{2023 + n // 36}-{n // 3 % 12 + 1:02d}", ("Email", "Search", "Social")[n % 3], 200 + n * 137 % 700, 60 + n * 31 % 90,
             10 + n * 17 % 45, 400 + n * 211 % 900)
            for n in range(72)
        ],
    ),
}  # fmt: skip


@cache
def _table(name: str) -> Table:
    return read(TABLES[name], f"{name}.csv")


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same tables in a database of their own, read by it and not by us."""
    path, base = tmp_path_factory.mktemp("rules"), duckdb.connect()
    base.execute("CREATE MACRO ym(day) AS strftime(day, '%Y-%m')")
    for name, words in TABLES.items():
        (path / f"{name}.csv").write_text(words)
        base.execute(f"CREATE TABLE {name} AS FROM read_csv('{path}/{name}.csv', header=true, types={TYPES.get(name, {})})")
    return base


def _asked(names: str, words: str, lang: str = "en") -> dict[str, float | None] | None:
    """What a question finds, by label; None where it is left to a model."""
    over = {f"{name}.csv": _table(name) for name in names.split()}
    reading = question.read(words, over, lang)
    if reading is None or not reading.sure:
        return None
    try:
        found = run(reading.query, over)
    except SpecProblem:
        return None
    if len(found.series) > 1 and found.pivoted:
        return {
            f"{label} {name}": values[n] for name, values in found.series for n, label in enumerate(found.labels) if values[n] is not None
        }
    if not found.series:
        return dict.fromkeys(found.labels)
    return dict(zip(found.labels or found.texts.get(0, ()), found.series[0][1], strict=True))


def _same(base: Any, sql: str, got: dict[str, float | None] | None) -> None:
    rows = base.execute(sql).fetchall()
    gold = {" ".join(str(one) for one in row[:-1]) or "All": None if row[-1] is None else float(row[-1]) for row in rows}
    assert got is not None and {key: value for key, value in got.items() if value or key in gold} == pytest.approx(gold)


@pytest.mark.parametrize(
    ("names", "words", "lang", "sql"),
    [
        ("orders", "how many orders were paid in May?", "en", "SELECT count(*) FROM orders WHERE month(paid) = 5"),
        ("orders", "total amount paid in May 2024", "en", "SELECT sum(amount) FROM orders WHERE ym(paid) = '2024-05'"),
        ("orders", "amount of orders delivered in March 2024", "en", "SELECT sum(amount) FROM orders WHERE ym(delivered) = '2024-03'"),
        ("orders", "number of orders paid between June and August 2024", "en",
         "SELECT count(*) FROM orders WHERE paid >= '2024-06-01' AND paid < '2024-09-01'"),
        ("orders", "amount delivered in the last quarter of 2023", "en",
         "SELECT sum(amount) FROM orders WHERE delivered >= '2023-10-01' AND delivered < '2024-01-01'"),
        ("orders", "number of orders ordered in 2023 and paid in 2024", "en",
         "SELECT count(*) FROM orders WHERE year(ordered) = 2023 AND year(paid) = 2024"),
        ("orders", "how many orders were ordered in December 2023 but delivered in January 2024?", "en",
         "SELECT count(*) FROM orders WHERE ym(ordered) = '2023-12' AND ym(delivered) = '2024-01'"),
        ("orders", "amount by payment month", "en", "SELECT ym(paid), sum(amount) FROM orders WHERE paid IS NOT NULL GROUP BY 1"),
        ("orders", "number of orders delivered per month", "en",
         "SELECT ym(delivered), count(*) FROM orders WHERE delivered IS NOT NULL GROUP BY 1"),
        ("orders", "how many orders are not yet paid", "en", "SELECT count(*) FROM orders WHERE paid IS NULL"),
        ("orders", "how many unpaid orders by region", "en", "SELECT region, count(*) FROM orders WHERE paid IS NULL GROUP BY 1"),
        ("orders", "how many orders were paid in 2023 but not delivered", "en",
         "SELECT count(*) FROM orders WHERE year(paid) = 2023 AND delivered IS NULL"),
        ("orders", "amount paid by region", "en", "SELECT region, sum(amount) FROM orders WHERE paid IS NOT NULL GROUP BY 1"),
        ("orders", "share of orders delivered by region", "en",
         "SELECT region, 100.0 * count(delivered) / count(*) FROM orders GROUP BY 1"),
        ("orders", "amount last month", "en", "SELECT sum(amount) FROM orders WHERE ym(ordered) = (SELECT ym(max(ordered)) FROM orders)"),
        ("orders", "wie viele orders wurden im Mai 2024 bezahlt?", "de", "SELECT count(*) FROM orders WHERE ym(paid) = '2024-05'"),
        ("orders", "cuántos pedidos pagados en mayo de 2024", "es", "SELECT count(*) FROM orders WHERE ym(paid) = '2024-05'"),
        ("orders", "combien de commandes payées en mai 2024", "fr", "SELECT count(*) FROM orders WHERE ym(paid) = '2024-05'"),
        ("repairs", "cost of repairs completed in May by workshop", "en",
         "SELECT workshop, sum(cost) FROM repairs WHERE month(finished) = 5 AND year(finished) = 2024 GROUP BY 1"),
        ("repairs", "cost of repairs finished between June and August", "en",
         "SELECT sum(cost) FROM repairs WHERE finished >= '2024-06-01' AND finished < '2024-09-01'"),
        ("repairs", "cost by month of receipt", "en", "SELECT ym(received), sum(cost) FROM repairs GROUP BY 1"),
        ("repairs", "how many repairs were received in May and finished in June", "en",
         "SELECT count(*) FROM repairs WHERE month(received) = 5 AND month(finished) = 6"),
        ("staff", "how many people were hired before 2020?", "en", "SELECT count(*) FROM staff WHERE hired < '2020-01-01'"),
        ("staff", "people hired between 2016 and 2018 by team", "en",
         "SELECT team, count(*) FROM staff WHERE year(hired) BETWEEN 2016 AND 2018 GROUP BY 1"),
        ("staff", "average salary of people hired since 2019", "en", "SELECT avg(salary) FROM staff WHERE year(hired) >= 2019"),
        ("staff", "how many people left in May 2024", "en", "SELECT count(*) FROM staff WHERE ym(\"left\") = '2024-05'"),
    ],
)  # fmt: skip
def test_a_date_is_of_what_is_said_to_happen(base: Any, names: str, words: str, lang: str, sql: str) -> None:
    _same(base, sql, _asked(names, words, lang))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("orders", "amount of orders shipped in May 2024"),
        ("orders", "how many orders were cancelled in 2024"),
        ("orders", "what percentage of orders were paid by card?"),
        ("staff", "hired vs left per year"),
        ("repairs", "how many repairs were paid in May"),
    ],
)
def test_what_happens_on_no_date_of_the_table_is_left_to_a_model(names: str, words: str) -> None:
    assert _asked(names, words) is None


BEST = """SELECT a, b, v FROM (SELECT *, rank() OVER (PARTITION BY a ORDER BY v DESC) AS r FROM
    (SELECT {a} || ':' AS a, {b} AS b, {v} AS v FROM {over} GROUP BY ALL)) WHERE r <= {n}"""
SOLD = {"over": "sales JOIN products USING (product_id)", "b": "product", "v": "sum(revenue)"}


@pytest.mark.parametrize(
    ("names", "words", "lang", "meant"),
    [
        ("sales products", "the two best-selling products in each region", "en", SOLD | {"a": "region", "n": 2}),
        ("sales products", "top 3 products by revenue in each region", "en", SOLD | {"a": "region", "n": 3}),
        ("sales products", "the best product in each region", "en", SOLD | {"a": "region", "n": 1}),
        ("sales products", "top 2 products in each region", "en", SOLD | {"a": "region", "n": 2}),
        ("sales products", "which product sells most in each region?", "en", SOLD | {"a": "region", "n": 1}),
        ("sales products", "the two products with the highest revenue per category", "en", SOLD | {"a": "category", "n": 2}),
        ("sales products", "the 2 products with the most units in each region", "en", SOLD | {"a": "region", "n": 2, "v": "sum(units)"}),
        ("sales products", "die zwei meistverkauften Produkte je region", "de", SOLD | {"a": "region", "n": 2}),
        ("sales products", "los 2 productos más vendidos en cada region", "es", SOLD | {"a": "region", "n": 2}),
        ("sales products", "les deux produits les plus vendus par region", "fr", SOLD | {"a": "region", "n": 2}),
        ("sales", "best month in each region by revenue", "en", SOLD | {"a": "region", "b": "ym(date)", "n": 1}),
        ("staff", "the two highest paid people in each team", "en", {"over": "staff", "a": "team", "b": "name", "v": "salary", "n": 2}),
        ("staff", "top earner in each team", "en", {"over": "staff", "a": "team", "b": "name", "v": "salary", "n": 1}),
        ("staff", "who earns most in each team?", "en", {"over": "staff", "a": "team", "b": "name", "v": "salary", "n": 1}),
        ("staff", "top 2 people by salary in each team", "en", {"over": "staff", "a": "team", "b": "name", "v": "salary", "n": 2}),
        ("shops", "largest shop by sales in each city", "en", {"over": "shops", "a": "city", "b": "shop", "v": "sales", "n": 1}),
        ("shops", "the 2 smallest shops per city by sales", "en", {"over": "shops", "a": "city", "b": "shop", "v": "-sales", "n": 2}),
        ("funnel", "best channel in each year by orders", "en",
         {"over": "funnel", "a": "left(month, 4)", "b": "channel", "v": "sum(orders)", "n": 1}),
        ("orders", "top method in each region by amount", "en",
         {"over": "orders", "a": "region", "b": "method", "v": "sum(amount)", "n": 1}),
    ],
)  # fmt: skip
def test_the_best_of_each_group_are_found_within_it(base: Any, names: str, words: str, lang: str, meant: dict[str, Any]) -> None:
    got = _asked(names, words, lang)
    _same(base, BEST.format(**meant), got and {key: -v if v and str(meant["v"])[0] == "-" else v for key, v in got.items()})


def test_by_what_the_best_of_each_are_told_is_said_where_nobody_asks() -> None:
    over = {f"{name}.csv": _table(name) for name in ("sales", "products")}
    reading = question.read("the best product in each region", over)
    assert reading is not None
    assert "revenue" in reading.said[0] and reading.others[0].endswith("by units")


@pytest.mark.parametrize("words", ["best products", "top 2 shops by sales by city", "worst-selling product per category"])
def test_best_of_what_is_not_told_is_left_to_a_model(words: str) -> None:
    assert _asked("sales products" if "product" in words else "shops", words) is None


def test_one_row_by_its_size_is_found_in_each_group(base: Any) -> None:
    _same(base, "SELECT region, max(amount) FROM orders GROUP BY 1", _asked("orders", "largest order per region"))


DELIVERY = "date_diff('day', ordered, delivered)"
REPAIR = "date_diff('day', received, finished)"


@pytest.mark.parametrize(
    ("names", "words", "lang", "sql"),
    [
        ("orders", "average days from order to delivery", "en", f"SELECT avg({DELIVERY}) FROM orders"),
        ("orders", "how long does delivery take on average?", "en", f"SELECT avg({DELIVERY}) FROM orders"),
        ("orders", "average delivery time by region", "en", f"SELECT region, avg({DELIVERY}) FROM orders GROUP BY 1"),
        ("orders", "average number of days between ordered and delivered by channel", "en",
         f"SELECT channel, avg({DELIVERY}) FROM orders GROUP BY 1"),
        ("orders", "how many days from ordered to paid by method", "en",
         "SELECT method, avg(date_diff('day', ordered, paid)) FROM orders GROUP BY 1"),
        ("orders", "median days between order and payment", "en", "SELECT median(date_diff('day', ordered, paid)) FROM orders"),
        ("orders", "longest time from order to delivery", "en", f"SELECT max({DELIVERY}) FROM orders"),
        ("orders", "how long did it take from order to delivery in 2024 by region", "en",
         f"SELECT region, avg({DELIVERY}) FROM orders WHERE year(ordered) = 2024 GROUP BY 1"),
        ("orders", "delivery time of orders paid in May 2024", "en", f"SELECT avg({DELIVERY}) FROM orders WHERE ym(paid) = '2024-05'"),
        ("repairs", "how long do repairs take by workshop?", "en", f"SELECT workshop, avg({REPAIR}) FROM repairs GROUP BY 1"),
        ("repairs", "average repair duration per workshop in days", "en", f"SELECT workshop, avg({REPAIR}) FROM repairs GROUP BY 1"),
        ("repairs", "average weeks from received to finished by vehicle", "en",
         f"SELECT vehicle, avg({REPAIR} / 7) FROM repairs GROUP BY 1"),
        ("repairs", "which workshop takes longest", "en", f"SELECT workshop, avg({REPAIR}) FROM repairs GROUP BY 1"),
        ("repairs", "turnaround time by month", "en",
         f"SELECT ym(received), avg({REPAIR}) FROM repairs GROUP BY 1"),
        ("repairs", "durchschnittliche Tage von received bis finished je workshop", "de",
         f"SELECT workshop, avg({REPAIR}) FROM repairs GROUP BY 1"),
        ("repairs", "promedio de días entre received y finished por workshop", "es",
         f"SELECT workshop, avg({REPAIR}) FROM repairs GROUP BY 1"),
        ("repairs", "nombre moyen de jours entre received et finished par workshop", "fr",
         f"SELECT workshop, avg({REPAIR}) FROM repairs GROUP BY 1"),
        ("staff", "average years between hired and left", "en", "SELECT avg(date_diff('day', hired, \"left\") / 365.25) FROM staff"),
    ],
)  # fmt: skip
def test_the_time_between_two_dates_is_told(base: Any, names: str, words: str, lang: str, sql: str) -> None:
    _same(base, sql, _asked(names, words, lang))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("orders", "how many orders took more than 3 hours to deliver?"),  # of which only the days are known
        ("repairs", "repairs over 20 days by workshop"),
        ("orders", "average hours from order to delivery"),
        ("orders", "how long do orders take?"),
        ("staff", "average tenure by team"),
        ("staff", "how long do people stay by team"),
    ],
)
def test_a_time_that_no_two_dates_tell_is_left_to_a_model(names: str, words: str) -> None:
    assert _asked(names, words) is None


def test_a_date_less_a_date_is_days_and_no_other_arithmetic_is_done_with_it() -> None:
    over = {"repairs.csv": _table("repairs")}
    for formula in ("finished", "finished + received", "finished * 2", "-finished", "finished - 2"):
        with pytest.raises(SpecProblem, match="date"):
            run(Query.model_validate({"derive": [{"name": "d", "formula": formula}], "measures": [{"column": "d"}]}), over)
    found = run(
        Query.model_validate({"derive": [{"name": "d", "formula": "finished - received", "unit": "days"}], "select": ["repair", "d"]}), over
    )
    assert found.series[0][1][0] == 1.0


def test_by_which_of_two_dates_a_year_is_told_is_said() -> None:
    reading = question.read("average delivery time in 2024", {"orders.csv": _table("orders")})
    assert reading is not None and reading.sure and "delivered" in reading.said[0]


@pytest.mark.parametrize(
    ("names", "words", "lang", "sql"),
    [
        ("shops", "which shops sell more than average?", "en",
         "SELECT shop, sales FROM shops WHERE sales > (SELECT avg(sales) FROM shops)"),
        ("shops", "shops below the average sales", "en", "SELECT shop, sales FROM shops WHERE sales < (SELECT avg(sales) FROM shops)"),
        ("shops", "which shops have above-average cost?", "en", "SELECT shop, cost FROM shops WHERE cost > (SELECT avg(cost) FROM shops)"),
        ("shops", "how many shops have sales above the mean", "en",
         "SELECT count(*) FROM shops WHERE sales > (SELECT avg(sales) FROM shops)"),
        ("shops", "cities with above average sales", "en",
         "SELECT city, sum(sales) AS v FROM shops GROUP BY 1 QUALIFY v > avg(v) OVER ()"),
        ("shops", "welche shops liegen über dem Durchschnitt bei sales?", "de",
         "SELECT shop, sales FROM shops WHERE sales > (SELECT avg(sales) FROM shops)"),
        ("shops", "shops con ventas por encima del promedio", "es",
         "SELECT shop, sales FROM shops WHERE sales > (SELECT avg(sales) FROM shops)"),
        ("shops", "shops avec sales au-dessus de la moyenne", "fr",
         "SELECT shop, sales FROM shops WHERE sales > (SELECT avg(sales) FROM shops)"),
        ("sales", "months below the mean", "en", "SELECT ym(date), sum(revenue) AS v FROM sales GROUP BY 1 QUALIFY v < avg(v) OVER ()"),
        ("sales", "months with above average units", "en",
         "SELECT ym(date), sum(units) AS v FROM sales GROUP BY 1 QUALIFY v > avg(v) OVER ()"),
        ("sales products", "which products sell more than average", "en",
         "SELECT product, sum(revenue) AS v FROM sales JOIN products USING (product_id) GROUP BY 1 QUALIFY v > avg(v) OVER ()"),
        ("orders customers", "customers who spent more than average", "en",
         "SELECT customer, sum(amount) AS v FROM orders JOIN customers USING (customer_id) GROUP BY 1 QUALIFY v > avg(v) OVER ()"),
        ("staff", "who earns more than the average salary?", "en",
         "SELECT name, salary FROM staff WHERE salary > (SELECT avg(salary) FROM staff)"),
        ("staff", "staff with salary above the median", "en",
         "SELECT name, salary FROM staff WHERE salary > (SELECT median(salary) FROM staff)"),
        ("staff", "how many people earn less than average", "en",
         "SELECT count(*) FROM staff WHERE salary < (SELECT avg(salary) FROM staff)"),
        ("repairs", "number of repairs above average cost by workshop", "en",
         "SELECT workshop, count(*) FROM repairs WHERE cost > (SELECT avg(cost) FROM repairs) GROUP BY 1"),
        ("funnel", "which channels have more visits than average", "en",
         "SELECT channel, sum(visits) AS v FROM funnel GROUP BY 1 QUALIFY v > avg(v) OVER ()"),
    ],
)  # fmt: skip
def test_what_is_above_or_below_an_average_is_found(base: Any, names: str, words: str, lang: str, sql: str) -> None:
    _same(base, sql, _asked(names, words, lang))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("staff", "who earns more than the average of their team?"),
        ("shops", "shops with above average sales in Oslo"),
        ("shops", "average cost of shops with sales above average"),
        ("shops", "employees in shops with above average sales"),
        ("repairs", "how many repairs in May cost more than average"),
    ],
)
def test_an_average_of_it_cannot_be_told_what_is_left_to_a_model(names: str, words: str) -> None:
    assert _asked(names, words) is None


def test_the_average_that_others_are_compared_with_is_said() -> None:
    reading = question.read("which shops sell more than average?", {"shops.csv": _table("shops")})
    assert reading is not None
    assert "629" in run(reading.query, {"shops.csv": _table("shops")}).said[0]


FUNNEL = "(SELECT month, sum({}) AS v FROM funnel GROUP BY 1)"
TAKINGS = """(SELECT ym(m) AS month, coalesce(v, 0) AS v FROM
    (SELECT unnest(generate_series(DATE '2023-01-01', DATE '2024-12-01', INTERVAL 1 MONTH)) AS m) LEFT JOIN
    (SELECT date_trunc('month', day) AS m, sum(amount) AS v FROM takings GROUP BY 1) USING (m))"""


@pytest.mark.parametrize(
    ("names", "words", "lang", "sql"),
    [
        ("funnel", "running total of orders by month", "en",
         f"SELECT month, sum(v) OVER (ORDER BY month) FROM {FUNNEL.format('orders')}"),
        ("funnel", "orders year to date", "en",
         f"SELECT month, sum(v) OVER (ORDER BY month) FROM {FUNNEL.format('orders')} WHERE month >= '2024'"),
        ("funnel", "change in orders against the month before", "en",
         f"SELECT month, v - lag(v) OVER (ORDER BY month) FROM {FUNNEL.format('orders')}"),
        ("funnel", "orders compared to the previous month", "en",
         f"SELECT month, v - lag(v) OVER (ORDER BY month) FROM {FUNNEL.format('orders')}"),
        ("funnel", "month over month growth of visits in percent", "en",
         f"SELECT month, 100.0 * v / lag(v) OVER (ORDER BY month) - 100 FROM {FUNNEL.format('visits')}"),
        ("funnel", "visits compared with the same month last year", "en",
         f"SELECT month, v - lag(v, 12) OVER (ORDER BY month) AS d FROM {FUNNEL.format('visits')} QUALIFY d IS NOT NULL"),
        ("funnel", "year over year growth by month of visits", "en",
         f"SELECT month, 100.0 * v / lag(v, 12) OVER (ORDER BY month) - 100 AS d FROM {FUNNEL.format('visits')} QUALIFY d IS NOT NULL"),
        ("funnel", "orders gegenüber dem Vormonat", "de",
         f"SELECT month, 100.0 * v / lag(v) OVER (ORDER BY month) - 100 FROM {FUNNEL.format('orders')}"),
        ("funnel", "3-month moving average of visits", "en",
         f"SELECT month, avg(v) OVER (ORDER BY month ROWS 2 PRECEDING) FROM {FUNNEL.format('visits')}"),
        ("funnel", "moving average of orders over 6 months", "en",
         f"SELECT month, avg(v) OVER (ORDER BY month ROWS 5 PRECEDING) FROM {FUNNEL.format('orders')}"),
        ("takings", "running total of amount by month", "en", f"SELECT month, sum(v) OVER (ORDER BY month) FROM {TAKINGS}"),
        ("takings", "amount acumulado por mes", "es", f"SELECT month, sum(v) OVER (ORDER BY month) FROM {TAKINGS}"),
        ("takings", "cumul de amount par mois", "fr", f"SELECT month, sum(v) OVER (ORDER BY month) FROM {TAKINGS}"),
        ("takings", "change in amount against the month before", "en",
         f"SELECT month, v - lag(v) OVER (ORDER BY month) FROM {TAKINGS}"),
        ("takings", "4 month moving average of amount", "en",
         f"SELECT month, avg(v) OVER (ORDER BY month ROWS 3 PRECEDING) FROM {TAKINGS}"),
        ("takings", "amount growth from 2023 to 2024", "en",
         "SELECT 100.0 * sum(amount) FILTER (year(day) = 2024) / sum(amount) FILTER (year(day) = 2023) - 100 FROM takings"),
        ("takings", "monthly amount against the same month of the previous year", "en",
         f"SELECT month, v - lag(v, 12) OVER (ORDER BY month) AS d FROM {TAKINGS} QUALIFY d IS NOT NULL"),
    ],
)  # fmt: skip
def test_figures_are_put_beside_those_of_the_periods_meant(base: Any, names: str, words: str, lang: str, sql: str) -> None:
    _same(base, sql, _asked(names, words, lang))


@pytest.mark.parametrize("words", ["7-day moving average of visits", "visits a year ago", "which month rose the most?"])
def test_other_periods_that_are_not_told_are_left_to_a_model(words: str) -> None:
    assert _asked("funnel", words) is None


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("running total of orders by month", f"Orders, added up: {sum(10 + n * 17 % 45 for n in range(72)):,}"),
        ("months with above average orders", "share the lead"),
        ("months with below average orders", "Lowest: Mar 2023, Jun 2024, 72"),
        ("change in orders against the month before", "share the lead"),
        ("which month had the largest increase in visits", "Feb 2023 grew most: +1,233"),
        ("when did visits fall the most?", "Mar 2023 fell most: −867"),
        ("which channel has the fewest orders", "Lowest: "),
    ],
)
def test_a_title_tells_no_trend_of_what_is_none(words: str, title: str) -> None:
    from flipchart.models import tables

    over = {"funnel.csv": _table("funnel")}
    assert title in tables.drawn(question.read(words, over), over, "en").title


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("which month had the most orders?", "share the lead"),
        ("which month had the fewest orders", "Lowest: "),
        ("second best month for orders", "Number 2: "),
    ],
)
def test_the_best_of_what_follows_one_on_another_stands_among_its_neighbours(words: str, title: str) -> None:
    from flipchart.models import tables

    over = {"funnel.csv": _table("funnel")}
    made = tables.drawn(question.read(words, over), over, "en")
    assert made.mark == "column" and title in made.title
    assert list(made.labels) == sorted(made.labels) and len(made.labels) == 24
    at = made.labels.index(made.highlight)
    assert made.series[0].values[at] == sorted(made.series[0].values, reverse="fewest" not in words)["second" in words]
    assert times.written(made.moments[at].at, "month", "en") in made.title


def test_months_told_in_words_stand_in_their_order_with_the_best_one_stressed() -> None:
    from flipchart.models import tables

    over = {"t.csv": read("Month,Tips\nJanuary,5\nFebruary,9\nMarch,22\nApril,17\n", "t.csv")}
    made = tables.drawn(question.read("which month had the most tips?", over), over, "en")
    assert (made.mark, made.labels, made.highlight) == ("column", ("January", "February", "March", "April"), "March")
    assert made.title == "March leads with 22"


def test_the_best_of_too_many_days_is_told_by_rank() -> None:
    from flipchart.models import tables

    days = "day,tips\n" + "".join(f"2024-{month:02d}-{day:02d},{month * day % 37}\n" for month in (1, 3, 5) for day in range(1, 32))
    over = {"tips.csv": read(days, "tips.csv")}
    made = tables.drawn(question.read("which day had the most tips?", over), over, "en")
    assert made.mark == "bar" and made.highlight == made.labels[0] and "share the lead: 36" in made.title


@pytest.mark.parametrize(
    ("words", "lang", "mark"),
    [
        ("make it a table by channel", "en", "table"), ("table: orders by channel", "en", "table"),
        ("orders nach channel in einer Tabelle", "de", "table"), ("orders par channel dans un tableau", "fr", "table"),
        ("orders por channel en una tabla", "es", "table"), ("orders por channel em tabela", "pt", "table"),
        ("orders by channel as a donut", "en", "donut"), ("orders nach channel als Ringdiagramm", "de", "donut"),
        ("channel orders 环形图", "zh", "donut"), ("orders by channel as a pie", "en", "pie"),
    ],
)  # fmt: skip
def test_the_mark_that_is_asked_for_is_taken(words: str, lang: str, mark: str) -> None:
    found = question.read(words, {"funnel.csv": _table("funnel")}, lang)
    assert found is not None and found.mark == mark and found.query.group == ("channel",)


def test_a_table_that_guests_sit_at_is_no_chart() -> None:
    found = question.read("which table had the most guests", {"t.csv": read("table,guests\n1,4\n2,3\n3,8\n1,5\n", "t.csv")})
    assert found is not None and (found.mark, found.query.group) == ("bar", ("table",))


@pytest.mark.parametrize(
    ("names", "words", "lang", "sql"),
    [
        ("funnel", "conversion rate by channel", "en", "SELECT channel, 100.0 * sum(orders) / sum(visits) FROM funnel GROUP BY 1"),
        ("funnel", "conversion rate from visits to leads by channel", "en",
         "SELECT channel, 100.0 * sum(leads) / sum(visits) FROM funnel GROUP BY 1"),
        ("funnel", "what share of visits became leads by channel?", "en",
         "SELECT channel, 100.0 * sum(leads) / sum(visits) FROM funnel GROUP BY 1"),
        ("funnel", "what percentage of leads turned into orders in 2024", "en",
         "SELECT 100.0 * sum(orders) / sum(leads) FROM funnel WHERE month >= '2024'"),
        ("funnel", "lead to order rate by channel", "en", "SELECT channel, 100.0 * sum(orders) / sum(leads) FROM funnel GROUP BY 1"),
        ("funnel", "Konversionsrate nach channel", "de", "SELECT channel, 100.0 * sum(orders) / sum(visits) FROM funnel GROUP BY 1"),
        ("funnel", "tasa de conversión por channel", "es", "SELECT channel, 100.0 * sum(orders) / sum(visits) FROM funnel GROUP BY 1"),
        ("funnel", "taux de conversion par channel", "fr", "SELECT channel, 100.0 * sum(orders) / sum(visits) FROM funnel GROUP BY 1"),
        ("funnel", "cost per order by channel", "en", "SELECT channel, sum(spend) / sum(orders) FROM funnel GROUP BY 1"),
        ("shops", "revenue per employee by city", "en", "SELECT city, sum(sales) / sum(employees) FROM shops GROUP BY 1"),
        ("shops", "profit per employee by city", "en", "SELECT city, sum(sales - cost) / sum(employees) FROM shops GROUP BY 1"),
        ("shops", "profit margin by city", "en", "SELECT city, 100.0 * sum(sales - cost) / sum(sales) FROM shops GROUP BY 1"),
        ("shops", "cost as a percentage of sales by city", "en", "SELECT city, 100.0 * sum(cost) / sum(sales) FROM shops GROUP BY 1"),
        ("shops", "Umsatz pro Mitarbeiter je city", "de", "SELECT city, sum(sales) / sum(employees) FROM shops GROUP BY 1"),
        ("shops", "ventas por empleado por city", "es", "SELECT city, sum(sales) / sum(employees) FROM shops GROUP BY 1"),
        ("orders", "what share of orders was returned?", "en", "SELECT 100.0 * count(*) FILTER (returned) / count(*) FROM orders"),
        ("orders", "return rate by channel", "en", "SELECT channel, 100.0 * count(*) FILTER (returned) / count(*) FROM orders GROUP BY 1"),
        ("orders", "what share of amount was returned by region", "en",
         "SELECT region, 100.0 * sum(amount) FILTER (returned) / sum(amount) FROM orders GROUP BY 1"),
        ("orders", "amount per order by channel", "en", "SELECT channel, avg(amount) FROM orders GROUP BY 1"),
    ],
)  # fmt: skip
def test_shares_and_ratios_are_of_sums(base: Any, names: str, words: str, lang: str, sql: str) -> None:
    _same(base, sql, _asked(names, words, lang))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("shops", "conversion rate by city"),
        ("orders", "refund rate by region"),
        ("funnel", "profit margin by channel"),
        ("funnel", "bounce rate by channel"),
        ("funnel", "rate by channel"),
    ],
)
def test_a_rate_of_what_is_not_there_is_left_to_a_model(names: str, words: str) -> None:
    assert _asked(names, words) is None


@pytest.mark.parametrize(
    ("words", "name"),
    [("what share of orders was returned?", "share of returned"), ("what share of orders came from the North?", "share of North")],
)
def test_a_share_is_called_as_a_person_would_call_it(words: str, name: str) -> None:
    over = {"orders.csv": _table("orders")}
    reading = question.read(words, over)
    assert reading is not None
    assert [one for one, _ in run(reading.query, over).series] == [name]


CUSTOMERS = "SELECT {what} FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND {which}) {by}"
PRODUCTS = "SELECT {what} FROM products p WHERE NOT EXISTS (SELECT 1 FROM sales s WHERE s.product_id = p.product_id AND {which}) {by}"


def _none(sql: str, what: str, which: str = "true", by: str = "") -> str:
    return sql.format(what=what, which=which, by=by)


@pytest.mark.parametrize(
    ("names", "words", "lang", "sql"),
    [
        ("customers orders", "which customers have no orders?", "en", _none(CUSTOMERS, "customer")),
        ("customers orders", "customers without orders", "en", _none(CUSTOMERS, "customer")),
        ("customers orders", "list the customers who never placed an order", "en", _none(CUSTOMERS, "customer")),
        ("customers orders", "how many customers have never ordered?", "en", _none(CUSTOMERS, "count(*)")),
        ("customers orders", "number of customers without any orders by city", "en",
         _none(CUSTOMERS, "city, count(*)", by="GROUP BY 1")),
        ("customers orders", "which customers did not order in October 2024?", "en",
         _none(CUSTOMERS, "customer", "ym(ordered) = '2024-10'")),
        ("customers orders", "which customers have no orders in the South", "en", _none(CUSTOMERS, "customer", "region = 'South'")),
        ("customers orders", "how many customers placed no orders since November 2024", "en",
         _none(CUSTOMERS, "count(*)", "ordered >= '2024-11-01'")),
        ("customers orders", "welche Kunden haben keine Bestellungen?", "de", _none(CUSTOMERS, "customer")),
        ("customers orders", "clientes sin pedidos", "es", _none(CUSTOMERS, "customer")),
        ("customers orders", "quels clients n'ont pas de commandes ?", "fr", _none(CUSTOMERS, "customer")),
        ("products sales", "products never sold", "en", _none(PRODUCTS, "product")),
        ("products sales", "how many products have no sales?", "en", _none(PRODUCTS, "count(*)")),
        ("products sales", "products without sales by category", "en", _none(PRODUCTS, "category, count(*)", by="GROUP BY 1")),
        ("products sales", "which products have not been sold in the West?", "en", _none(PRODUCTS, "product", "region = 'West'")),
        ("products sales", "which products didn't sell in March 2024?", "en", _none(PRODUCTS, "product", "ym(date) = '2024-03'")),
        ("products sales", "nie verkaufte Produkte", "de", _none(PRODUCTS, "product")),
        ("products sales", "produits jamais vendus", "fr", _none(PRODUCTS, "product")),
    ],
)  # fmt: skip
def test_what_has_no_row_in_another_table_is_found(base: Any, names: str, words: str, lang: str, sql: str) -> None:
    got = _asked(names, words, lang)
    if "count" in sql:
        _same(base, sql, got)
    else:
        assert got is not None and sorted(got) == sorted(str(row[0]) for row in base.execute(sql).fetchall()) != []


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("customers orders", "customers with no returned orders"),
        ("customers orders", "share of customers without orders"),
        ("products sales", "products never sold at a discount"),
        ("products sales", "which customers never bought a product"),
    ],
)
def test_what_is_lacking_and_not_told_whole_is_left_to_a_model(names: str, words: str) -> None:
    assert _asked(names, words) is None


def test_a_table_that_does_not_point_is_named_where_rows_without_it_are_asked_for() -> None:
    over = {"customers.csv": _table("customers"), "sales.csv": _table("sales")}
    with pytest.raises(SpecProblem, match=r"sales\.csv.*point"):
        run(Query.model_validate({"table": "customers.csv", "without": [{"table": "sales.csv"}], "select": ["customer"]}), over)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("staff", "who was hired last"),
        ("staff", "who was hired first in each team"),
        ("staff", "newest hire in each team"),
        ("staff", "how many people were hired and left in 2024"),
        ("staff", "people with the two lowest salaries per team"),
        ("shops", "sales per employee above average by shop"),
        ("funnel", "visits in March compared with March last year"),
        ("tickets", "how long do tickets last by agent"),
        ("tickets", "best ticket by agent"),
        ("orders", "number of open orders by region"),
    ],
)
def test_what_would_be_answered_with_another_figure_is_left_to_a_model(names: str, words: str) -> None:
    assert _asked(names, words) is None


@pytest.mark.parametrize(
    ("words", "sql"),
    [
        ("total amount of orders not delivered by channel", "SELECT channel, sum(amount) FROM orders WHERE delivered IS NULL GROUP BY 1"),
        ("amount in March last year", "SELECT sum(amount) FROM orders WHERE ym(ordered) = '2024-03'"),
    ],
)
def test_an_amount_that_is_named_is_added_up(base: Any, words: str, sql: str) -> None:
    _same(base, sql, _asked("orders", words))


def test_how_long_is_told_by_a_column_of_its_own_where_there_is_one() -> None:
    over = {"trips.csv": read("trip,city,begun,ended,trip_duration\n" + "".join(
        f"T{n},{'AB'[n % 2]},2024-01-{n + 1:02d},2024-02-{n + 1:02d},{n}\n" for n in range(9)), "trips.csv")}  # fmt: skip
    for words in ("average duration by city", "how long do trips take on average by city"):
        reading = question.read(words, over)
        assert reading is not None and reading.sure and reading.query.measures[0].column == "trip_duration"


def test_what_is_open_has_no_end_yet_and_hours_are_told_where_dates_have_them(base: Any) -> None:
    _same(
        base, "SELECT agent, count(*) FROM tickets WHERE closed_at IS NULL GROUP BY 1", _asked("tickets", "number of open tickets by agent")
    )
    hours = "SELECT agent, avg(epoch(closed_at) - epoch(opened_at)) / 3600 FROM tickets GROUP BY 1"
    _same(base, hours, _asked("tickets", "average hours from opened to closed by agent"))


def test_lengths_and_other_traits_are_not_added_up() -> None:
    over = {
        "moths.csv": read(
            "kind,wing_length_mm,bodyMass,lifeExp\n" + "".join(f"{'ab'[n % 2]},{n + 9},{n},{n}\n" for n in range(9)), "moths.csv"
        )
    }
    for words in ("wing length by kind", "body mass by kind", "life expectancy by kind"):
        reading = question.read(words, over)
        assert reading is not None and [one.take for one in reading.query.measures] == ["mean"]


def test_who_did_something_is_a_list_and_not_a_chart_of_ones() -> None:
    reading = question.read("who left in May 2024", {"staff.csv": _table("staff")})
    assert reading is not None and reading.sure and reading.mark == "table" and reading.query.select == ("name", "left")


def test_over_a_list_stands_the_question_that_it_answers() -> None:
    from flipchart.models import tables
    from flipchart.models.events import Drawn, File, Request

    files = tuple(File(name, f"{name}.csv", "table", Path(f"{name}.csv"), "", (), 0, (), _table(name)) for name in ("customers", "orders"))
    told = tables.answer(Request("which customers have no orders?", files=files))
    drawn = [one.spec for one in told or () if isinstance(one, Drawn)]
    assert [(one.title, getattr(one, "mark", "")) for one in drawn] == [("Which customers have no orders?", "table")]


@pytest.mark.parametrize(
    ("names", "words", "lang", "sql"),
    [
        ("orders", "how many orders took more than 20 days to deliver?", "en", f"SELECT count(*) FROM orders WHERE {DELIVERY} > 20"),
        ("orders", "share of orders delivered within a week by channel", "en",
         f"SELECT channel, 100.0 * count(*) FILTER ({DELIVERY} <= 7) / count(*) FROM orders GROUP BY 1"),
        ("orders", "average amount of orders delivered in less than two weeks", "en",
         f"SELECT avg(amount) FROM orders WHERE {DELIVERY} < 14"),
        ("orders", "orders that took at least 10 days to pay by region", "en",
         "SELECT region, count(*) FROM orders WHERE date_diff('day', ordered, paid) >= 10 GROUP BY 1"),
        ("repairs", "repairs that took longer than two weeks by workshop", "en",
         f"SELECT workshop, count(*) FROM repairs WHERE {REPAIR} > 14 GROUP BY 1"),
        ("repairs", "wie viele repairs dauerten länger als 10 Tage?", "de", f"SELECT count(*) FROM repairs WHERE {REPAIR} > 10"),
        ("repairs", "cuántos repairs tardaron más de 10 días", "es", f"SELECT count(*) FROM repairs WHERE {REPAIR} > 10"),
        ("repairs", "combien de repairs ont duré plus d'une semaine ?", "fr", f"SELECT count(*) FROM repairs WHERE {REPAIR} > 7"),
        ("shows", "shows that lasted longer than a day by hall", "en",
         "SELECT hall, count(*) FROM shows WHERE epoch(ends) - epoch(starts) > 86400 GROUP BY 1"),
        ("shows", "shows that lasted longer than 50 minutes by hall", "en",
         "SELECT hall, count(*) FROM shows WHERE set_minutes > 50 GROUP BY 1"),
        ("tickets", "tickets that took more than 31.5 hours by agent", "en",
         "SELECT agent, count(*) FROM tickets WHERE epoch(closed_at) - epoch(opened_at) > 31.5 * 3600 GROUP BY 1"),
    ],
)  # fmt: skip
def test_rows_are_chosen_by_how_long_they_took(base: Any, names: str, words: str, lang: str, sql: str) -> None:
    _same(base, sql, _asked(names, words, lang))


@pytest.mark.parametrize(
    ("words", "title"),
    [("how many orders were paid in May?", "Number of orders"), ("number of people by region", "number of rows")],
)
def test_what_is_counted_is_called_as_the_person_calls_it(words: str, title: str) -> None:
    over = {"orders.csv": _table("orders")}
    reading = question.read(words, over)
    assert reading is not None
    assert run(reading.query, over).series[0][0] == title.lower()


LENT = "FROM loans JOIN members USING (member_id) JOIN books USING (book_id)"


@pytest.mark.parametrize(
    ("names", "words", "lang", "sql"),
    [
        ("skies", "how many misty days were there?", "en", "SELECT count(*) FROM skies WHERE sky = 'mist'"),
        ("skies", "sunny days by month", "en", "SELECT ym(date), count(*) FROM skies WHERE sky = 'sun' GROUP BY 1"),
        ("skies", "average maximum temperature by station", "en", "SELECT station, avg(temp_max) FROM skies GROUP BY 1"),
        ("skies", "which station is the rainiest?", "en", "SELECT station, sum(rain_mm) FROM skies GROUP BY 1"),
        ("skies", "days without any rain in February 2023 by station", "en",
         "SELECT station, count(*) FROM skies WHERE rain_mm = 0 AND ym(date) = '2023-02' GROUP BY 1"),
        ("skies", "how many days were warmer than 20 degrees", "en", "SELECT count(*) FROM skies WHERE temp_max > 20"),
        ("skies", "mean of the rain at Ridge (Ridge) by sky type", "en",
         "SELECT sky, avg(rain_mm) FROM skies WHERE station = 'Ridge' GROUP BY 1"),
        ("shows", "how many shows in each hall?", "en", "SELECT hall, count(*) FROM shows GROUP BY 1"),
        ("shows", "shows by hour of day", "en", "SELECT hour(starts) || ':00', count(*) FROM shows GROUP BY 1"),
        ("shows", "shows of more than 250 kg by hall", "en", "SELECT hall, count(*) FROM shows WHERE weight_kg > 250 GROUP BY 1"),
        ("shows", "number of covered vs uncovered shows", "en",
         "SELECT CASE WHEN covered THEN 'yes' ELSE 'no' END, count(*) FROM shows GROUP BY 1"),
        ("shows", "average set minutes no hall Lake", "pt", "SELECT avg(set_minutes) FROM shows WHERE hall = 'Lake'"),
        ("parcels", "number of parcels per day", "en", "SELECT day, count(*) FROM parcels GROUP BY 1"),
        ("parcels", "parcels heavier than 4.5 kg by depot", "en", "SELECT depot, count(*) FROM parcels WHERE weight_g > 4500 GROUP BY 1"),
        ("parcels", "number of uninsured parcels by kind", "en",
         "SELECT kind, count(*) FROM parcels WHERE NOT insured GROUP BY 1"),
        ("parcels", "average weight of insured vs non-insured parcels", "en",
         "SELECT CASE WHEN insured THEN 'yes' ELSE 'no' END, avg(weight_g) FROM parcels GROUP BY 1"),
        ("parcels", "wie viele parcels sind schwerer als 2 kg je depot", "de",
         "SELECT depot, count(*) FROM parcels WHERE weight_g > 2000 GROUP BY 1"),
        ("doses", "average temp per month", "en", "SELECT Month, avg(Temp) FROM doses GROUP BY 1"),
        ("doses", "hottest temperature in each month", "en", "SELECT Month, max(Temp) FROM doses GROUP BY 1"),
        ("doses", "number of days with Temp above 70", "en", "SELECT count(*) FROM doses WHERE Temp > 70"),
        ("doses", "average temp by kind of plot", "en", "SELECT kind, avg(Temp) FROM doses GROUP BY 1"),
        ("doses", "average temp by kind and dose", "en",
         "SELECT kind, CASE dose WHEN 3 THEN '3' ELSE dose::VARCHAR END, avg(Temp) FROM doses GROUP BY ALL"),
        ("doses", "plots longer than 20 pages by kind", "en", "SELECT kind, count(*) FROM doses WHERE pages > 20 GROUP BY 1"),
        ("skies", "rain per month with a separate line for each station", "en",
         "SELECT ym(date) || ' ' || station, sum(rain_mm) FROM skies GROUP BY ym(date), station"),
        ("parcels", "total parcel fee under each depot", "en", "SELECT depot, sum(parcel_fee) FROM parcels GROUP BY 1"),
        ("parcels", "I would be most grateful if you could show me the average weight by kind. Thank you very much!", "en",
         "SELECT kind, avg(weight_g) FROM parcels GROUP BY 1"),
        ("parcels", "number of parcels with a weight above 2000 by depot", "en",
         "SELECT depot, count(*) FROM parcels WHERE weight_g > 2000 GROUP BY 1"),
        ("parcels", "insured versus other parcels: how many", "en",
         "SELECT CASE WHEN insured THEN 'yes' ELSE 'no' END, count(*) FROM parcels GROUP BY 1"),
        ("parcels", "smallest, mean and largest weight of parcels", "en", "SELECT min(weight_g) FROM parcels"),
        ("shops", "for each city the total of sales minus cost", "en", "SELECT city, sum(sales - cost) FROM shops GROUP BY 1"),
        ("shops", "the difference between sales and cost by shop", "en", "SELECT shop, sales - cost FROM shops"),
        ("shops", "sales per city (total sales divided by total employees)", "en",
         "SELECT city, sum(sales) / sum(employees) FROM shops GROUP BY 1"),
        ("members books loans fines", "how many members have had at least 10 loans?", "en",
         f"SELECT count(*) FROM (SELECT member_id {LENT} GROUP BY 1 HAVING count(*) >= 10)"),
        ("skies", "Hi, any idea how many sunny days there were? Kind regards", "en", "SELECT count(*) FROM skies WHERE sky = 'sun'"),
        ("skies", "how many days were below eight degrees temp min?", "en", "SELECT count(*) FROM skies WHERE temp_min < 8"),
        ("parcels", "Stacked bar chart: X is the depot, Y the count of parcels, and color by kind", "en",
         "SELECT depot || ' ' || kind, count(*) FROM parcels GROUP BY depot, kind"),
        ("register", "pie cause", "en", "SELECT cause, count(*) FROM register GROUP BY 1"),
        ("tickets", "tickets over opened_at, binned by month", "en", "SELECT ym(opened_at), count(*) FROM tickets GROUP BY 1"),
        ("members books loans fines", "how many different members have taken at least one loan of a crime book?", "en",
         f"SELECT count(DISTINCT member_id) {LENT} WHERE genre = 'crime'"),
        ("register", "closures by town", "en", "SELECT town, count(*) FROM register GROUP BY 1"),
        ("register", "towns with more than 12 closures", "en", "SELECT town, count(*) FROM register GROUP BY 1 HAVING count(*) > 12"),
        ("quotes", "average fund price by fund", "en", "SELECT fund_name, avg(price) FROM quotes GROUP BY 1"),
        ("quotes", "which fund had the lowest price ever?", "en", "SELECT fund_name, min(price) FROM quotes GROUP BY 1"),
        ("members books loans fines", "number of loans by genre", "en", f"SELECT genre, count(*) {LENT} GROUP BY 1"),
        ("members books loans fines", "loans in March 2023 by town", "en",
         f"SELECT town, count(*) {LENT} WHERE ym(lent_on) = '2023-03' GROUP BY 1"),
        ("members books loans fines", "which books have never been lent?", "en",
         "SELECT title, NULL FROM books WHERE book_id NOT IN (SELECT book_id FROM loans)"),
        ("members books loans fines", "what is the most popular genre in each town?", "en",
         f"SELECT town || ':', arg_max(genre, n), max(n) FROM (SELECT town, genre, count(*) n {LENT} GROUP BY ALL) GROUP BY 1"),
    ],
)  # fmt: skip
def test_words_are_read_as_what_the_table_calls_them(base: Any, names: str, words: str, lang: str, sql: str) -> None:
    got = _asked(names, words, lang)
    if "NULL" in sql:
        assert got is not None and sorted(got) == sorted(str(row[0]) for row in base.execute(sql).fetchall()) != []
    else:
        _same(base, sql, got)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("members books loans fines", "the most popular genre"),  # of books there are, or of loans?
        ("parcels", "which person sent the heaviest parcel?"),
        ("skies", "how many mystery days were there?"),
    ],
)
def test_what_no_word_of_the_table_means_is_left_to_a_model(names: str, words: str) -> None:
    assert _asked(names, words) is None


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("list the parcels whose kind is tube", "SELECT parcel FROM parcels WHERE kind = 'tube'"),
        ("list parcels whose depot is West", "SELECT parcel FROM parcels WHERE depot = 'West'"),
    ],
)
def test_a_list_of_what_shares_a_value_is_no_chart_of_that_value(base: Any, words: str, names: str) -> None:
    reading = question.read(words, {"parcels.csv": _table("parcels")})
    assert reading is not None and reading.sure and reading.mark == "table"
    found = run(reading.query, {"parcels.csv": _table("parcels")})
    assert len(found.labels or found.series[0][1]) == len(base.execute(names).fetchall())


@pytest.mark.parametrize(
    ("words", "select"),
    [
        ("weight vs parcel fee by kind", ["parcel_fee", "weight_g", "kind"]),
        ("parcel fee versus weight per depot", ["weight_g", "parcel_fee", "depot"]),
    ],
)
def test_figures_that_share_no_axis_are_set_against_each_other(words: str, select: list[str]) -> None:
    reading = question.read(words, {"parcels.csv": _table("parcels")})
    assert reading is not None and reading.sure and (reading.mark, list(reading.query.select)) == ("scatter", select)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("parcels", "average fee of the insured, not the rest"),
        ("sales", "revenue by region with a trend line"),  # nothing to fit one to
        ("sales", "revenue by month and region with a forecast"),
    ],
)
def test_a_no_or_a_trend_that_no_query_says_is_left_to_a_model(names: str, words: str) -> None:
    assert _asked(names, words) is None


TURNED = {
    "museum_visitors.csv": read(
        "Museum,City,Year,Jan,Feb,Mar,Staff (FTE)\n"
        + "".join(
            f"M{n},{'Oslo' if n < 4 else 'Bergen'},{2022 + k},{n * 9 + k},{n + 40},{n * n},{n + 3}\n" for n in range(7) for k in range(3)
        ),
        "museum_visitors.csv",
    )
}


@pytest.mark.parametrize(
    ("words", "group", "column", "take"),
    [
        ("visitors by city in 2023", ("City",), "visitors", "sum"),
        ("Draw a line with the monthly visitors of all museums together in 2023", ("period",), "visitors", "sum"),
        ("What was the busiest month of each museum in 2024?", ("Museum", "period"), "visitors", "sum"),
        ("average FTE by city", ("City",), "Staff (FTE)", "mean"),
    ],
)
def test_what_a_file_of_wide_months_is_called_by_is_its_figure(words: str, group: tuple[str, ...], column: str, take: str) -> None:
    reading = question.read(words, TURNED)
    assert reading is not None and reading.sure and reading.query.group == group
    assert [(one.column, one.take) for one in reading.query.measures] == [(column, take)]


def test_short_names_of_databases_are_read_in_full() -> None:
    over = {
        "jobs.csv": read(
            "job_id,typ,stat,meth,amt,hrs\n"
            + "".join(f"{n},{'ab'[n % 2]}x,{'on' if n % 3 else 'off'}ly,c{n % 4},{n * 2},{n % 7}\n" for n in range(30)),
            "jobs.csv",
        )
    }
    for words, group, column in (
        ("total amount by status", "stat", "amt"),
        ("average hours by type", "typ", "hrs"),
        ("amount per method", "meth", "amt"),
    ):
        reading = question.read(words, over)
        assert reading is not None and reading.sure and reading.query.group == (group,), words
        assert reading.query.measures[0].column == column, words


def test_weight_that_is_loaded_or_picked_is_added_up() -> None:
    rows = "".join(f"2024-0{1 + n % 9}-01,{'Apple' if n % 2 else 'Pear'},{n * 7 % 50}\n" for n in range(40))
    over = {"harvests.csv": read("Harvest Date,Crop,Weight (kg)\n" + rows, "harvests.csv")}
    reading = question.read("weight by crop", over)
    assert reading is not None and reading.query.measures[0].take == "sum"


def test_rows_of_a_german_file_are_called_in_english() -> None:
    rows = "".join(
        f"HB-{n},0{1 + n % 9}.03.2024,{'Suite' if n % 3 else 'Einzelzimmer'},{'ja' if n % 4 == 0 else 'nein'}\n" for n in range(40)
    )
    over = {"hotelbuchungen.csv": read("Buchungsnr,Anreisedatum,Zimmertyp,Storniert\n" + rows, "hotelbuchungen.csv")}
    reading = question.read("How many bookings were cancelled?", over, "en")
    assert reading is not None and reading.sure
    assert reading.query.model_dump(exclude_defaults=True)["where"] == ({"column": "Storniert", "value": ("ja",)},)
    reading = question.read("number of bookings that were not cancelled by room type", over, "en")
    assert reading is not None and reading.sure and reading.query.where[0].value == ("nein",)


SIDES = {
    "staff.csv": read(
        "name,gender,insured,pay,team\n"
        + "".join(f"P{n},{'male' if n % 3 else 'female'},{'yes' if n % 2 else 'no'},{1000 + n * 37 % 200},T{n % 4}\n" for n in range(48)),
        "staff.csv",
    )
}


@pytest.mark.parametrize(
    ("words", "how", "column", "value", "other"),
    [
        ("difference between the average pay of male and female staff", "minus", "gender", "male", "female"),
        ("What is the gap between the total pay of insured and uninsured staff?", "minus", "insured", "yes", "no"),
        ("By how much does the average pay of male staff exceed that of female staff?", "minus", "gender", "male", "female"),
        ("ratio of female to male staff", "per", "gender", "female", "male"),
    ],
)
def test_two_groups_are_set_against_each_other_as_one_figure(words: str, how: str, column: str, value: str, other: str) -> None:
    reading = question.read(words, SIDES)
    assert reading is not None and reading.sure and not reading.query.where and not reading.query.group
    found = reading.query.measures
    assert found[0].only == (Filter(column=column, value=(value,)),) and getattr(found[0], how) == (Filter(column=column, value=(other,)),)
    result = run(reading.query, SIDES)
    both, one, two = (series[1][0] for series in result.series)
    assert both is not None and one is not None and two is not None
    assert both == pytest.approx(one - two if how == "minus" else one / two)
    assert (" − " in result.detail) == (how == "minus")


def test_two_groups_are_set_against_each_other_within_each_of_others() -> None:
    reading = question.read("difference in average pay between male and female staff by team", SIDES)
    assert reading is not None and reading.sure and reading.query.group == ("team",) and len(reading.query.measures) == 1
    result = run(reading.query, SIDES)
    rows = range(48)
    for label, value in zip(result.labels, result.series[0][1], strict=True):
        paid = {
            sex: [1000 + n * 37 % 200 for n in range(len(rows)) if f"T{n % 4}" == label and (n % 3 == 0) == sex] for sex in (True, False)
        }
        assert value == pytest.approx(sum(paid[False]) / len(paid[False]) - sum(paid[True]) / len(paid[True]))


@pytest.mark.parametrize(
    ("words", "column", "is_", "value"),
    [
        ("how meny people earn mor than 1100", "pay", ">", (1100.0,)),
        ("how many people hav pay below 1050?", "pay", "<", (1050.0,)),
    ],
)
def test_the_smallest_words_are_put_right_by_their_consonants(words: str, column: str, is_: str, value: tuple[float, ...]) -> None:
    reading = question.read(words, SIDES)
    assert reading is not None and reading.sure and [one.take for one in reading.query.measures] == ["count"]
    assert reading.query.where == (Filter.model_validate({"column": column, "is": is_, "value": value}),)


def test_rows_that_lack_something_may_be_left_out() -> None:
    over = {
        "coaches.csv": read("coach,mentor,pay\n" + "".join(f"C{n},{f'C{n - 1}' if n % 3 else ''},{n}\n" for n in range(12)), "coaches.csv")
    }
    reading = question.read("List each coach with the mentor; leave out those without a mentor", over)
    assert reading is not None and reading.query.where == (Filter.model_validate({"column": "mentor", "is": "filled"}),)


def test_a_list_is_no_single_figure() -> None:
    reading = question.read("List the names of the staff who are paid more than 1100", SIDES)
    assert reading is None or not reading.sure or reading.query.select or reading.query.group


def test_one_hour_bins_are_one_wide() -> None:
    over = {"jobs.csv": read("job,hours\n" + "".join(f"J{n},{n % 9 + 0.5}\n" for n in range(40)), "jobs.csv")}
    reading = question.read("Histogram of hours with one-hour bins", over)
    assert reading is not None and reading.mark == "histogram" and reading.bin == 1.0


def test_what_stands_in_a_table_is_no_short_name() -> None:
    rows = "".join(f"P{n},{('HR', 'IT', 'INV', 'prod')[n % 4]},{n % 9 + 30},{n % 5}\n" for n in range(40))
    over = {"staff.csv": read("name,dept,hours,errors\n" + rows, "staff.csv")}
    reading = question.read("average hours by department", over)
    assert reading is not None and reading.sure and not reading.query.where and reading.query.group == ("dept",)
    reading = question.read("total errors in HR", over)
    assert reading is not None and reading.sure and reading.query.where == (Filter(column="dept", value=("HR",)),)
    for words in ("errors per product", "how many invoices"):
        reading = question.read(words, over)
        assert reading is None or not reading.query.where, words


@pytest.mark.parametrize(
    ("words", "ways"),
    [
        ("best channel", ("Mean visits by channel", "Sum of orders by channel", "Sum of spend by channel")),
        ("best channel last month", ()),
    ],
)
def test_other_ways_to_read_a_question_are_named_and_read_whole(words: str, ways: tuple[str, ...]) -> None:
    from flipchart.models import tables
    from flipchart.models.events import Drawn, File, Offered, Request

    figures = "month,channel,visits,orders,spend\n2024-01,A,5,2,9\n2024-01,B,15,4,19\n2024-02,A,7,1,8\n2024-02,B,25,7,29\n"
    held = read(figures, "f.csv")
    file = File("f", "f.csv", "table", Path("f.csv"), "", (), 0, (), held)
    told = list(tables.guessed(Request(words, files=(file,)), "chart") or ())
    assert [one.questions for one in told if isinstance(one, Offered)] == ([ways] if ways else [])
    said = [words for one in told if isinstance(one, Drawn) for words in getattr(one.spec, "said", ())]
    assert any("other ways" in words for words in said) == bool(ways)
    for way in ways:
        again = question.read(way, {"f.csv": held})
        assert again is not None and again.sure


def test_over_a_table_of_groups_stands_what_it_tells() -> None:
    from flipchart.models import tables
    from flipchart.models.events import Drawn, File, Request

    file = File("f", "f.csv", "table", Path("f.csv"), "", (), 0, (), read("team,pay\nA,3\nB,5\nB,4\n", "f.csv"))
    told = tables.answer(Request("pay by team as a table", files=(file,)))
    assert [one.spec.title for one in told or () if isinstance(one, Drawn)] == ["Sum of pay by team"]
