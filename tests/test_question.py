"""Questions in plain words over tables, read as queries without a model: the rows are those that SQL written by hand finds."""

import contextlib
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flipchart.gui import exam_data
from flipchart.models.language import detect
from flipchart.renderers import question
from flipchart.renderers.database import Table
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.query import Query, run
from flipchart.renderers.table import read

SHOP = "date,region,channel,revenue,cost,units,returned\n" + "".join(
    f"{year}-{month:02d}-15,{region},{channel},{month * 10 + n * year % 7},{month * 6},{n + 1},{'yes' if (month + n) % 4 == 0 else 'no'}\n"
    for year in (2023, 2024)
    for month in range(1, 13)
    for n, (region, channel) in enumerate((("North", "Online"), ("South", "Store"), ("East", "Online")))
)

MISSPELT = [
    ("avrage revenu by regoin", "average revenue by region", "“avrage” is read as “average”."),
    ("totl revenue per chanel in 2024", "total revenue per channel in 2024", "“chanel” is read as “channel”."),
    ("Annteil der Regionen am revenue", "Anteil der Regionen am revenue", "„Annteil“ ist als „anteil“ gelesen."),
    ("reveneu of the Nroth by month", "revenue of the North by month", "“Nroth” is read as “north”."),
]
WORDS = (
    "revenue region by per top 5 which most least North not except 2023 between and growth share average count last 3 month days over time"
    " compare returned units"
)


@pytest.fixture(scope="module")
def shop() -> Table:
    return read(SHOP, "sales.csv")


@pytest.mark.parametrize(
    ("words", "wide"),
    [("histogram of revenue with bins of 20", 20.0), ("distribution of cost in 5-euro bins", 5.0),
     ("histogram of cost, bin width 2.5", 2.5), ("histogram of revenue", 0.0)],
)  # fmt: skip
def test_a_histogram_is_asked_for_with_bins_of_a_width(shop: Table, words: str, wide: float) -> None:
    found = question.read(words, {"sales.csv": shop})
    assert found and found.sure and (found.mark, found.bin) == ("histogram", wide)


@pytest.mark.parametrize("words", ["histogram of revenue in 20 bins", "how many rows in bins of 10", "number of rows, bin width 5"])
def test_bins_that_are_not_drawn_are_not_passed_over(shop: Table, words: str) -> None:
    """A number of bins is no width, and rows that are counted are not spread along anything."""
    found = question.read(words, {"sales.csv": shop})
    assert found is None or not found.sure


@pytest.mark.parametrize(("wrong", "right", "said"), MISSPELT)
def test_words_that_are_spelt_wrong_are_read_as_they_are_meant(shop: Table, wrong: str, right: str, said: str) -> None:
    found, meant = (question.read(one, {"sales.csv": shop}, detect(right)) for one in (wrong, right))
    assert found and meant and found.sure and found.query == meant.query
    assert said in found.said and not meant.said


def test_a_word_before_a_formula_is_not_passed_over(shop: Table) -> None:
    plain, more = (
        question.read(words, {"sales.csv": shop}) for words in ("revenue minus cost by region", "gallant revenue minus cost by region")
    )
    assert plain and plain.sure
    assert more is None or not more.sure


def test_a_word_that_is_no_slip_is_left_alone() -> None:
    """Trips are no tips, and a name that is in no cell is no other name."""
    taxi = {"rides.csv": read("day,tips,driver\n2024-01-01,3,Mario\n2024-01-02,5,Lena\n2024-01-03,4,Mario\n", "rides.csv")}
    for ask in ("trips by driver", "tips of Marco", "tips by diver", "stips by"):
        found = question.read(ask, taxi)
        assert found is None or not found.sure or not any("read as" in one for one in found.said), ask


@pytest.fixture(scope="module")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A database of three tables: sales point to goods and to branches."""
    path = tmp_path_factory.mktemp("kiosk") / "kiosk.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.executescript(
            """CREATE TABLE branches (branch_id INTEGER PRIMARY KEY, branch_name TEXT, town TEXT, rent INTEGER);
            CREATE TABLE goods (goods_id INTEGER PRIMARY KEY, label TEXT, shelf TEXT, price REAL);
            CREATE TABLE sales (sale_id INTEGER PRIMARY KEY, goods_id INTEGER REFERENCES goods, branch_id INTEGER REFERENCES branches,
                day DATE, pieces INTEGER);
            INSERT INTO branches VALUES (1, 'Quay', 'Bergen', 900), (2, 'Square', 'Bergen', 700), (3, 'Station', 'Oslo', 800);
            INSERT INTO goods VALUES (1, 'Tea', 'drinks', 2.5), (2, 'Juice', 'drinks', 3), (3, 'Bun', 'food', 1.5);
            INSERT INTO sales VALUES (1, 1, 1, '2024-01-05', 4), (2, 2, 1, '2024-01-09', 1), (3, 3, 2, '2024-02-02', 6),
                (4, 1, 3, '2024-02-20', 2), (5, 3, 3, '2024-03-01', 5), (6, 2, 3, '2024-03-15', 3);"""
        )
    return read(path)


def found(words: str, over: dict[str, Table], lang: str = "en") -> dict[str, float | None] | None:
    """What a question finds, by label; None where it is left to a model."""
    reading = question.read(words, over, lang)
    if reading is None or not reading.sure:
        return None
    result = run(reading.query, over)
    return dict(zip(result.labels, result.series[0][1], strict=True))


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("number of sales by town", {"Oslo": 3, "Bergen": 3}),
        ("total pieces per shelf", {"food": 11, "drinks": 10}),
        ("revenue by town", {"Bergen": 22.0, "Oslo": 21.5}),
        ("branches per town", {"Bergen": 2, "Oslo": 1}),
        ("average rent by town", {"Bergen": 800, "Oslo": 800}),
        ("pieces of drinks sold in Oslo by branch", {"Station": 5}),
        ("sales per month for food", {"2024-02": 1, "2024-03": 1}),
        ("which branch sold the most pieces?", {"Station": 10, "Square": 6, "Quay": 5}),
    ],
)
def test_tables_of_a_database_are_read_as_one_by_their_keys(kiosk: Table, words: str, rows: dict[str, float]) -> None:
    assert found(words, {"kiosk.sqlite": kiosk}) == pytest.approx(rows)


def test_a_column_of_letters_for_words_is_read_beside_other_tables() -> None:
    staff = read("id,team,gender\n1,7,f\n2,7,m\n3,8,f\n", "staff.csv")
    teams = read("team,called\n7,Red\n8,Blue\n", "teams.csv")
    assert found("number of women in staff", {"staff.csv": staff, "teams.csv": teams}) == {"All": 2.0}


@pytest.mark.parametrize("words", ["average rent by shelf", "total rent by goods"])
def test_a_figure_that_a_join_would_repeat_is_left_to_a_model(kiosk: Table, words: str) -> None:
    assert found(words, {"kiosk.sqlite": kiosk}) is None


def test_keys_that_no_one_declared_are_found_by_name_and_by_what_they_hold() -> None:
    trips = read("trip,stop_id,minutes\n" + "".join(f"T{n},{n % 3 + 1},{n}\n" for n in range(12)), "trips.csv")
    stops = read("id,stop_name,zone\n1,Hill,A\n2,Lake,B\n3,Dock,A\n", "stops.csv")
    assert found("total minutes by zone", {"trips.csv": trips, "stops.csv": stops}) == {"A": 44.0, "B": 22.0}


DESK = "day,desk,clerk,amount\n2024-01-03,East,Ada,10\n2024-01-20,East,Bo,30\n2024-02-02,West,Ada,50\n2024-02-09,East,Ada,6\n"


@pytest.mark.parametrize(
    ("words", "lang", "rows"),
    [
        ("average monthly amount", "en", {"All": 48}),
        ("average of the monthly amount per desk", "en", {"West": 50, "East": 23}),
        ("average daily amount by month", "en", {"2024-01": 20, "2024-02": 28}),
        ("median monthly amount in January 2024", "en", {"All": 40}),
        ("average number of rows per clerk", "en", {"All": 2}),
        ("average total amount per clerk", "en", {"All": 48}),
        ("average amount per month by clerk", "en", {"Ada": 33, "Bo": 30}),
        ("durchschnittlicher monatlicher amount", "de", {"All": 48}),
        ("promedio mensual de amount", "es", {"All": 48}),
        ("média mensal de amount", "pt", {"All": 48}),
        ("amount mensuel moyen", "fr", {"All": 48}),
        ("amount 月平均", "zh", {"All": 48}),
        ("amount の月平均", "ja", {"All": 48}),
        ("औसत मासिक amount", "hi", {"All": 48}),
        ("متوسط amount الشهري", "ar", {"All": 48}),
        # A mean of rows where nothing is said to be added up.
        ("average amount by desk", "en", {"West": 50, "East": 46 / 3}),
        ("average amount per month", "en", {"2024-01": 20, "2024-02": 28}),
    ],
)
def test_a_mean_is_taken_of_what_is_added_up_first(words: str, lang: str, rows: dict[str, float]) -> None:
    assert found(words, {"takings.csv": read(DESK, "takings.csv")}, lang) == pytest.approx(rows)


def test_what_a_mean_is_taken_over_is_said_and_only_where_it_can_be() -> None:
    over = {"takings.csv": read(DESK, "takings.csv")}
    query = Query.model_validate({"measures": [{"column": "amount", "take": "mean"}], "each": "month"})
    assert run(query, over).series[0][0] == "mean amount per month"
    assert run(query.model_copy(update={"each": "clerk"}), over).series[0][1] == (48.0,)
    for odd in ({"each": "moon"}, {"each": "month", "measures": [{"column": "amount", "take": "share"}]}):
        with pytest.raises(SpecProblem, match=r"each"):
            run(Query.model_validate(query.model_dump() | odd), over)


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("amount in January 2024 compared to February 2024", {"2024-01": 40, "2024-02": 56}),
        ("how many rows who are at the East desk", {"All": 3}),
        ("largest amount in each desk", {"West": 50, "East": 30}),
    ],
)
def test_what_is_said_decides_what_is_told_apart(words: str, rows: dict[str, float]) -> None:
    assert found(words, {"takings.csv": read(DESK, "takings.csv")}) == rows


@pytest.mark.parametrize(
    ("words", "value"),
    [("cost in Q1 and Q2 2024 by region", ["Q1 2024", "Q2 2024"]), ("cost from March to June 2024 by region", ["2024-03", "2024-06"])],
)
def test_a_year_holds_for_all_that_is_listed_before_it(shop: Table, words: str, value: list[str]) -> None:
    reading = question.read(words, {"sales.csv": shop})
    assert reading is not None and reading.sure and list(reading.query.where[0].value) == value


@pytest.mark.parametrize(("words", "count"), [("2 seconds", 1), ("1500 ms", 2), ("0.015 minutes", 2)])
def test_numbers_are_compared_in_the_unit_of_their_column(words: str, count: int) -> None:
    over = {"calls.csv": read("call,duration_ms\na,900\nb,1800\nc,2400\n", "calls.csv")}
    assert found(f"how many calls took longer than {words}", over) == {"All": count}


def test_a_column_is_meant_though_its_name_asks_for_a_count() -> None:
    over = {"orders.csv": read("order_id,kind,quantity\n1,toys,4\n2,toys,6\n3,tools,1\n", "orders.csv")}
    assert found("quantity of toys", over) == {"All": 10.0}


@pytest.fixture(scope="module")
def freight(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A database in which two keys point to the same table, and one to its own."""
    path = tmp_path_factory.mktemp("freight") / "freight.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.executescript(
            """CREATE TABLE ports (port_id INTEGER PRIMARY KEY, port_name TEXT, land TEXT);
            CREATE TABLE crew (crew_id INTEGER PRIMARY KEY, called TEXT, boss_id INTEGER REFERENCES crew(crew_id), pay INTEGER);
            CREATE TABLE loads (load_id INTEGER PRIMARY KEY, origin_port_id INTEGER REFERENCES ports(port_id),
                destination_port_id INTEGER REFERENCES ports(port_id), tons INTEGER);
            INSERT INTO ports VALUES (1, 'Kiel', 'Germany'), (2, 'Riga', 'Latvia'), (3, 'Bremen', 'Germany');
            INSERT INTO crew VALUES (1, 'Ann', NULL, 9), (2, 'Bob', 1, 5), (3, 'Cem', 1, 6), (4, 'Dee', 2, 4);
            INSERT INTO loads VALUES (1, 1, 2, 10), (2, 1, 2, 20), (3, 2, 3, 40), (4, 3, 2, 80);"""
        )
    return read(path)


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("tons by destination port", {"Riga": 110, "Bremen": 40}),
        ("total tons per origin land", {"Germany": 110, "Latvia": 40}),
        ("number of loads from Kiel to Riga", {"All": 2}),
        ("tons departing from each land", {"Germany": 110, "Latvia": 40}),
        ("tons arriving in each land", {"Latvia": 110, "Germany": 40}),
        ("number of crew per boss", {"Ann": 2, "Bob": 1}),
        ("average pay by boss", {"Ann": 5.5, "Bob": 4}),
    ],
)
def test_a_table_that_is_pointed_to_twice_is_read_in_both_roles(freight: Table, words: str, rows: dict[str, float]) -> None:
    assert found(words, {"freight.sqlite": freight}) == rows


def test_of_two_roles_one_is_taken_said_and_the_other_offered(freight: Table) -> None:
    reading = question.read("tons by land", {"freight.sqlite": freight})
    assert reading is not None and reading.sure and reading.query.group == ("origin port land",)
    assert "destination port land" in reading.said[0] and reading.others == ("tons by destination port land",)


CLUB = "member,E-mail,phone,town,visits\nAda,a@x.org,07123,Hull,3\nBo,,07124,York,9\nCy,c@x.org,,Hull,7\nDee,,,Hull,\n"


@pytest.mark.parametrize(
    ("words", "lang", "rows"),
    [
        ("how many members have no email?", "en", {"All": 2}),
        ("members without an email address by town", "en", {"York": 1, "Hull": 1}),
        ("how many members are missing a phone number", "en", {"All": 2}),
        ("how many members have a phone number", "en", {"All": 2}),
        ("what percentage of members have given us their phone number?", "en", {"All": 50}),
        ("how many members have no visits", "en", {"All": 1}),
        ("wie viele member haben keine E-Mail", "de", {"All": 2}),
        ("cuántos member sin phone", "es", {"All": 2}),
        ("quantos member sem phone", "pt", {"All": 2}),
        ("combien de member sans phone", "fr", {"All": 2}),
        ("有多少member没有phone", "zh", {"All": 2}),
        ("phone がない member の件数", "ja", {"All": 2}),
        ("बिना phone के कितने member", "hi", {"All": 2}),
        ("كم عدد member بدون phone", "ar", {"All": 2}),
        ("how many members not in Hull", "en", {"All": 1}),
    ],
)
def test_what_is_missing_is_counted(words: str, lang: str, rows: dict[str, float]) -> None:
    assert found(words, {"members.csv": read(CLUB, "members.csv")}, lang) == rows


def test_none_and_nothing_told_are_not_the_same() -> None:
    over = {"orders.csv": read("order,discount\na,0\nb,5\nc,\n", "orders.csv")}
    assert found("how many orders have no discount", over) is None


@pytest.mark.parametrize(
    ("words", "lang", "place", "label"),
    [
        ("which town has the second most visits", "en", 2, "York"),
        ("second highest visits by member", "en", 2, "Cy"),
        ("the third lowest visits by member", "en", 3, "Bo"),
        ("welcher town hat die zweithöchsten visits", "de", 2, "York"),
        ("el segundo town con más visits", "es", 2, "York"),
        ("o segundo town com mais visits", "pt", 2, "York"),
        ("quel town a le deuxième plus grand visits", "fr", 2, "York"),
        ("visits第二高的town", "zh", 2, "York"),
        ("visits が2番目に多い town", "ja", 2, "York"),
        ("दूसरा सबसे अधिक visits वाला town", "hi", 2, "York"),
        ("ثاني أكثر town حسب visits", "ar", 2, "York"),
    ],
)
def test_the_place_asked_for_is_stressed_and_told(words: str, lang: str, place: int, label: str) -> None:
    from flipchart.models import tables

    over = {"members.csv": read(CLUB, "members.csv")}
    reading = question.read(words, over, lang)
    assert reading is not None and reading.sure and reading.query.place == place
    spec = tables.drawn(reading, over, lang)
    assert spec.highlight == label == spec.labels[place - 1] and label in spec.title and str(place) in spec.title


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("average cost by region from low to high", {"sort": "up"}),
        ("average cost by region in descending order of region", {"sort": "label down"}),
        ("total cost per channel, alphabetically", {"sort": "label"}),
        ("units by region sorted by units ascending", {"sort": "up"}),
        ("rows with units below 2 or above 2 by region", {"where": [{"column": "units", "is": "outside", "value": [2, 2]}]}),
        ("regions whose average cost exceeds 30", {"having": [{"value": 30}]}),
        ("cost by channel in the first half of 2024", {"where": [{"column": "date", "is": "between", "value": ["2024-01", "2024-06"]}]}),
        ("revenue by channel for regions starting with S", {"where": [{"column": "region", "is": "starts", "value": "S"}]}),
        ("scatter of cost against revenue coloured by region", {"select": ["revenue", "cost", "region"]}),
    ],
)
def test_orders_bounds_and_letters_have_their_effect(shop: Table, words: str, query: dict[str, object]) -> None:
    reading = question.read(words, {"sales.csv": shop})
    assert reading is not None and reading.sure
    assert reading.query.model_dump(include=set(query)) == Query.model_validate(query).model_dump(include=set(query))


@pytest.mark.parametrize(
    "words",
    [
        "difference between the highest and lowest cost by region",
        "how many elephants per region",
        "revenue in winter 2024 by region",
        "cost by region or revenue above 20",
        "longest revenue by region",
        "cost of cost per quarter hour",
        "weighted revenue by region",
        "revenue by region without tax",
        "rows over 10 or in the North",
    ],
)
def test_a_word_without_effect_leaves_the_question_to_a_model(shop: Table, words: str) -> None:
    reading = question.read(words, {"sales.csv": shop})
    assert reading is None or not reading.sure


@pytest.mark.parametrize(
    ("words", "lang", "rows"),
    [
        ("durchschnittliche points je Fach, absteigend", "de", {"Art": 8, "Bio": 6}),
        ("moyenne des points par Fach en ordre croissant", "fr", {"Bio": 6, "Art": 8}),
        ("promedio de points por Fach de mayor a menor", "es", {"Art": 8, "Bio": 6}),
        ("média de points por Fach do menor para o maior", "pt", {"Bio": 6, "Art": 8}),
        ("各Fach的平均points从低到高", "zh", {"Bio": 6, "Art": 8}),
        ("Fach別の平均points 高い順", "ja", {"Art": 8, "Bio": 6}),
        ("Fach के अनुसार औसत points", "hi", {"Art": 8, "Bio": 6}),
        ("متوسط points حسب Fach", "ar", {"Art": 8, "Bio": 6}),
    ],
)
def test_orders_and_means_are_read_in_every_language(words: str, lang: str, rows: dict[str, float]) -> None:
    table = read("Fach,points\nArt,9\nArt,7\nBio,4\nBio,8\n", "Klasse.csv")
    got = found(words, {"Klasse.csv": table}, lang)
    assert got == rows and got is not None and list(got) == list(rows)


def test_months_without_a_year_give_one_row_each_and_keep_their_order() -> None:
    over = {"costs.csv": read("item,group,Jan,Feb,Mar,Apr\nRent,fixed,4,4,4,5\nFood,daily,3,1,2,9\n", "costs.csv")}
    assert any("months" in note for note in over["costs.csv"].notes)
    got = found("total costs per month", over)
    assert got is not None and list(got.items()) == [("Jan", 7), ("Feb", 5), ("Mar", 6), ("Apr", 14)]
    assert found("food from February to April", over) == {"Feb": 1, "Mar": 2, "Apr": 9}
    assert found("running total of costs by month", over) == {"Jan": 7, "Feb": 12, "Mar": 18, "Apr": 32}


def test_months_that_do_not_follow_one_another_stay_columns() -> None:
    assert [column.name for column in read("item,Jan,May,Mar\na,1,2,3\nb,4,5,6\n", "t.csv").columns] == ["item", "Jan", "May", "Mar"]


def test_columns_past_the_last_that_is_read_are_named() -> None:
    wide = ",".join(f"c{n}" for n in range(230)) + "\n" + (",".join("1" * 230) + "\n") * 3
    table = read(wide, "wide.csv")
    assert len(table.columns) == 200
    assert "200" in table.notes[0] and "230" in table.notes[0]


def test_of_the_latest_questions_most_are_right_and_few_wrong_though_sure() -> None:
    grades = []
    for one in exam_data.asked()[::3]:
        if one.set in {"third", "fourth"}:
            over = exam_data.tables(one.tables)
            grades.append(exam_data.graded(one, question.read(one.ask, over, detect(one.ask)), over))
    assert grades.count("right") >= 0.65 * len(grades)
    assert grades.count("wrong") <= 0.05 * len(grades)


@pytest.mark.parametrize(
    "one", [one for n, one in enumerate(exam_data.asked()) if n % 8 == 0 and one.set != "third"], ids=lambda one: one.ask[:40]
)
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
    shop = read(SHOP, "sales.csv")
    reading = question.read(words, {"sales.csv": shop})
    if reading is not None:
        try:
            run(reading.query, {"sales.csv": shop})
        except SpecProblem as problem:
            assert "\n" not in str(problem)


def test_a_model_is_told_of_every_table_and_can_name_no_other_column(kiosk: Table) -> None:
    from flipchart.models import columns, compose, context
    from flipchart.models.events import File, Request

    file = File("f", "kiosk.sqlite", "table", Path("kiosk.sqlite"), "", (), 6, (), kiosk)
    request = Request("longest running sale?", files=(file,))
    told = context.context(request)
    assert all(words in told for words in ("branches: 3 rows", "shelf", "branch_id of sales is branch_id of branches"))
    scope = compose.Scope(table=True, strong=False, given=True)
    schema = columns.held(compose.narrowed("chart", scope=scope), request)
    query = schema["properties"]["query"]["properties"]
    assert "query" in schema["required"] and query["table"]["enum"] == ["sales", "branches", "goods"]
    assert set(query["group"]["items"]["enum"]) >= {"town", "shelf", "pieces"}


def test_an_x_is_a_word_where_words_are() -> None:
    assert read("kind,n\nF,1\nM,2\nX,3\n", "t.csv").columns[0].values == ("F", "M", "X")


def test_a_small_models_query_keeps_to_what_the_question_says(shop: Table) -> None:
    from flipchart.models import columns
    from flipchart.models.events import File, Request
    from flipchart.renderers.chart_spec import Chart

    file = File("f", "sales.csv", "table", Path("sales.csv"), "", (), 72, (), shop)
    written = {
        "where": [{"column": "date", "value": ["2024-03-31"]}, {"column": "region", "value": "East"}],
        "group": "channel",
        "measures": [{"column": "cost"}, {}],
        "limit": 10,
    }
    spec = Chart.model_validate({"mark": "bar", "query": written})
    kept = columns.mended(spec, Request("how bleak is cost by channel in the North?", files=(file,)))
    assert isinstance(kept, Chart) and kept.query is not None
    assert [(one.column, one.value) for one in kept.query.where] == [("region", ("North",))]
    assert [one.column for one in kept.query.measures] == ["cost"] and kept.query.limit == 0
    same = columns.mended(spec, Request("the 10 bleakest costs by channel in March 2024, eastern branch", files=(file,)))
    assert isinstance(same, Chart) and same.query is not None and same.query.limit == 10
    assert {one.column for one in same.query.where} == {"date", "region"}


def test_marks_are_averaged_where_a_small_model_says_nothing() -> None:
    from flipchart.models import columns
    from flipchart.models.events import File, Request
    from flipchart.renderers.chart_spec import Chart

    file = File("f", "m.csv", "table", Path("m.csv"), "", (), 2, (), read("pupil,mark\nA,3\nB,5\n", "m.csv"))
    spec = Chart.model_validate({"mark": "bar", "query": {"group": "pupil", "measures": [{"column": "mark"}]}})
    for words, take in (("whose marks shine by pupil?", "mean"), ("total of shining marks by pupil", "sum")):
        kept = columns.mended(spec, Request(words, files=(file,)))
        assert isinstance(kept, Chart) and kept.query is not None and kept.query.measures[0].take == take


def test_a_number_in_a_name_is_part_of_it() -> None:
    table = read("id,room,co2_ppm\n1,A,600\n2,A,900\n3,B,800\n", "air.csv")
    assert found("rows with CO2 over 700 per room", {"air.csv": table}) == {"A": 1.0, "B": 1.0}


def test_a_date_in_a_value_is_the_value() -> None:
    table = read("season,team,goals\n2022/23,A,1\n2023/24,A,4\n2023/24,B,2\n", "t.csv")
    assert found("goals by team in 2023/24", {"t.csv": table}) == {"A": 4.0, "B": 2.0}


def test_points_are_coloured_by_what_tells_a_few_kinds_of_them_apart(shop: Table) -> None:
    from flipchart.models import tables

    over = {"sales.csv": shop}
    reading = question.read("scatter of cost against revenue coloured by region", over)
    spec = tables.drawn(reading, over, "en")
    assert spec.mark == "scatter" and [one.name for one in spec.series] == ["North", "South", "East"]
    assert sum(len(one.x) for one in spec.series) == shop.rows
