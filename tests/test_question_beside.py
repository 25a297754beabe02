"""Rows told by those of another table that point to them, and people whose names stand in two columns."""

import contextlib
import sqlite3
from pathlib import Path

import pytest

from flipchart.models import tables
from flipchart.models.events import File, Request, Said
from flipchart.renderers import question
from flipchart.renderers.database import Table
from flipchart.renderers.problem import NoRows, SpecProblem
from flipchart.renderers.query import Query, run
from flipchart.renderers.table import read
from flipchart.renderers.table_large import large

SCHEMA = """
CREATE TABLE Pupil (pupil_id INTEGER PRIMARY KEY, first_name TEXT, last_name TEXT, home_town TEXT);
CREATE TABLE Club (club_id INTEGER PRIMARY KEY, club_name TEXT, weekday TEXT);
CREATE TABLE ClubPupil (club_id INTEGER REFERENCES Club(club_id), pupil_id INTEGER REFERENCES Pupil(pupil_id), joined TEXT);
CREATE TABLE Loan (loan_id INTEGER PRIMARY KEY, pupil_id INTEGER REFERENCES Pupil(pupil_id), book_id INTEGER, lent TEXT,
  FOREIGN KEY (book_id) REFERENCES Book(book_id));
CREATE TABLE Book (book_id INTEGER PRIMARY KEY, title TEXT, genre TEXT);
"""
TOWNS, GENRES = ("Oslo", "Bergen", "Tromso"), ("Crime", "Poetry", "Travel")
PEOPLE = (
    "Ada Moe",
    "Bo Moe",
    "Cato Lie",
    "Dina Lie",
    "Eli Dahl",
    "Finn Dahl",
    "Gro Ruud",
    "Hans Ruud",
    "Ida Berg",
    "Jon Berg",
    "Kari Aas",
    "Lars Aas",
)


@pytest.fixture(scope="session")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("school") / "school.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.executescript(SCHEMA)
        base.executemany("INSERT INTO Pupil VALUES (?, ?, ?, ?)", [(n, *name.split(), TOWNS[n % 3]) for n, name in enumerate(PEOPLE, 1)])
        base.executemany("INSERT INTO Club VALUES (?, ?, ?)", [(1, "Chess", "Monday"), (2, "Choir", "Tuesday"), (3, "Robots", "Friday")])
        base.executemany("INSERT INTO ClubPupil VALUES (?, ?, ?)", [(1 + n % 2, 1 + n * 5 % 9, f"2024-0{1 + n % 8}-03") for n in range(14)])
        base.executemany("INSERT INTO Book VALUES (?, ?, ?)", [(n, f"Book {'ABCDEFGHIJKLMN'[n]}", GENRES[n % 5 % 3]) for n in range(1, 13)])
        lent = [(n, 1 + n * 7 % 10, 1 + n * 3 % 11, f"202{3 + n % 2}-0{1 + n % 9}-11") for n in range(1, 41)]
        base.executemany("INSERT INTO Loan VALUES (?, ?, ?, ?)", lent)
        base.commit()
    return path


@pytest.fixture(scope="session")
def school(path: Path) -> Table:
    return read(path)


NAME = "first_name || ' ' || last_name"
LENT = "SELECT pupil_id FROM Loan JOIN Book USING (book_id) WHERE genre = "


@pytest.mark.parametrize(
    ("words", "sql"),
    [
        ("Which pupils have borrowed both Crime and Poetry books?",
         f"SELECT {NAME} FROM Pupil WHERE pupil_id IN ({LENT}'Crime') AND pupil_id IN ({LENT}'Poetry')"),
        ("List the names of the pupils who borrowed Crime as well as Travel",
         f"SELECT {NAME} FROM Pupil WHERE pupil_id IN ({LENT}'Crime') AND pupil_id IN ({LENT}'Travel')"),
        ("Which pupils have borrowed both Crime, Poetry and Travel books?",
         f"SELECT {NAME} FROM Pupil WHERE pupil_id IN ({LENT}'Crime') AND pupil_id IN ({LENT}'Poetry') AND pupil_id IN ({LENT}'Travel')"),
        ("Pupils who borrowed Crime but never Poetry",
         f"SELECT {NAME} FROM Pupil WHERE pupil_id IN ({LENT}'Crime') AND pupil_id NOT IN ({LENT}'Poetry')"),
        ("Which pupils borrowed both Crime and Poetry books in 2023?",
         (f"SELECT {NAME} FROM Pupil WHERE pupil_id IN ({LENT}'Crime' AND lent < '2024')"
         f" AND pupil_id IN ({LENT}'Poetry' AND lent < '2024')")),
        ("How many pupils have borrowed both Crime and Travel books?",
         f"SELECT count(*) FROM Pupil WHERE pupil_id IN ({LENT}'Crime') AND pupil_id IN ({LENT}'Travel')"),
        ("Which pupils have no club?", f"SELECT {NAME} FROM Pupil WHERE pupil_id NOT IN (SELECT pupil_id FROM ClubPupil)"),
        ("Find the club that has no pupils at all", "SELECT club_name FROM Club WHERE club_id NOT IN (SELECT club_id FROM ClubPupil)"),
        ("pupils who never borrowed a book", f"SELECT {NAME} FROM Pupil WHERE pupil_id NOT IN (SELECT pupil_id FROM Loan)"),
        ("Oslo pupils without loans in 2024",
         f"SELECT {NAME} FROM Pupil WHERE home_town = 'Oslo' AND pupil_id NOT IN (SELECT pupil_id FROM Loan WHERE lent LIKE '2024%')"),
        ("Are there any books that have never been borrowed by a pupil? List their titles.",
         "SELECT title FROM Book WHERE book_id NOT IN (SELECT book_id FROM Loan)"),
        ("Pupils with the most loans", f"SELECT {NAME} FROM Loan JOIN Pupil USING (pupil_id) GROUP BY 1"),
    ],
)  # fmt: skip
def test_rows_are_told_by_those_that_point_to_them(school: Table, path: Path, words: str, sql: str) -> None:
    reading = question.read(words, {"school.sqlite": school})
    assert reading is not None and reading.sure, reading
    got = run(reading.query, {"school.sqlite": school})
    with contextlib.closing(sqlite3.connect(path)) as base:
        right = [row[0] for row in base.execute(sql)]
    assert right
    if "count(*)" in sql:
        assert got.series[0][1] == (float(right[0]),)
    else:
        assert sorted(got.labels) == sorted(right)


@pytest.mark.parametrize(
    "words",
    [
        "Which books were borrowed both by Oslo and by Bergen pupils on a Monday evening?",
        "Pupils who borrowed Crime but never Poetry while they were ill",
        "Which pupils have not borrowed both Crime and Poetry?",
        "Pupils who borrowed Crime in 2023 but never Poetry",
        "Pupils who borrowed Crime in 2023 but not Poetry in 2024",
    ],
)
def test_what_is_not_told_whole_is_left_open(school: Table, words: str) -> None:
    reading = question.read(words, {"school.sqlite": school})
    assert reading is None or not reading.sure


def test_a_query_is_told_with_the_rows_that_there_must_be(school: Table) -> None:
    asked = Query.model_validate(
        {"table": "Pupil", "with": [{"table": "Book", "where": [{"column": "genre", "value": "Crime"}]}], "measures": [{"take": "count"}]}
    )
    found = run(asked, {"school.sqlite": school})
    assert "with Book (genre = Crime)" in found.detail
    assert Query.model_validate_json(asked.model_dump_json()) == asked
    with pytest.raises(SpecProblem, match=r"query\.with: no rows of `Club` point to Book"):
        wrong = {"table": "Book", "with": [{"table": "Club"}], "measures": [{"take": "count"}]}
        run(Query.model_validate(wrong), {"school.sqlite": school})


@pytest.mark.parametrize(
    ("names", "whole"),
    [
        ("first_name,last_name,pay", "name"),
        ("EmpFname,EmpLname,pay", "emp name"),
        ("Vorname,Nachname,pay", "vollständiger name"),
        ("prénom,nom,pay", "nom complet"),
        ("nombre,apellidos,pay", "nombre completo"),
        ("first_name,last_name,name", ""),
        ("first_name,surname,pay", "name"),
        ("title,last_name,pay", ""),
    ],
)
def test_first_and_last_names_are_read_together(names: str, whole: str) -> None:
    table = read(f"{names}\nAda,Moe,3\nBo,,4\nBo,Lie,5\n", "staff.csv")
    added = [column.name for column in table.columns][3:]
    assert added == ([whole] if whole else [])
    if whole:
        assert table.cells[3] == ("Ada Moe", "Bo", "Bo Lie") and any(whole in note for note in table.notes)


def test_first_and_last_names_of_a_large_file_are_read_together(tmp_path: Path) -> None:
    path = tmp_path / "staff.csv"
    path.write_text("first_name,last_name,pay\n" + "".join(f"Ada{n % 7},Moe{n % 11},{n}\n" for n in range(4000)))
    found = run(
        Query.model_validate({"group": ["name"], "measures": [{"column": "pay"}], "limit": 100}), {"staff.csv": large(path, "staff.csv")}
    )
    assert len(found.labels) == 77 and "Ada3 Moe5" in found.labels


def test_where_no_row_fits_that_is_the_answer_and_no_model_is_asked(school: Table) -> None:
    file = File("f", "school.sqlite", "table", Path("school.sqlite"), "", (), 0, (), school)
    told = list(tables.answer(Request("Which pupils borrowed both Travel and Crime books in 2021?", files=(file,))) or ())
    said = "".join(one.delta for one in told if isinstance(one, Said))
    assert said.startswith("None: no row fits.") and "with Loan (genre = Travel" in said


STAFF = """Name,Team,Salary,Manager,Paid?
Ada Stone,Board,90000,,Yes
Ben Carter,Care,52000,Ada Stone,yes
Cy Dahl,Care,40000,Ben Carter,Y
Di Eck,Lab,41000,Ben Carter,No
Ed Fox,Lab,43000,Ada Stone,n
"""


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        ("who reports to Ben Carter?", ["Cy Dahl", "Di Eck"]),
        ("list everyone managed by Ada Stone", ["Ben Carter", "Ed Fox"]),
        ("unpaid salary by team", ["Lab"]),
    ],
)
def test_who_is_under_whom_and_yes_in_any_spelling(words: str, labels: list[str]) -> None:
    over = {"staff.csv": read(STAFF, "staff.csv")}
    reading = question.read(words, over)
    assert reading is not None and reading.sure
    assert sorted(run(reading.query, over).labels) == labels


def test_growth_from_one_column_to_another_is_of_their_sums() -> None:
    over = {"t.csv": read("shop,city,Q1,Q4\na,Oslo,10,20\nb,Oslo,30,40\nc,Bergen,5,6\n", "t.csv")}
    reading = question.read("growth from Q1 to Q4 by city", over)
    assert reading is not None and reading.sure
    found = run(reading.query, over)
    assert dict(zip(found.labels, found.series[0][1], strict=True)) == pytest.approx({"Oslo": 50.0, "Bergen": 20.0}) and found.unit == "%"


GRID = "day,zone,measure,value\n" + "".join(
    f"2024-0{1 + n % 2}-{n % 9 + 10},{zone},{measure},{(n + 1) * size}\n"
    for n in range(12)
    for zone, size in (("North", 1), ("South", 2))
    for measure, size in (("wind_mwh", 10 * size), ("price_eur", size))
)


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        ("total wind by zone", {"North": 780.0, "South": 1560.0}),
        ("price by zone", {"North": 6.5, "South": 13.0}),
        ("average price per zone in January 2024", {"North": 6.0, "South": 12.0}),
    ],
)
def test_figures_of_several_kinds_in_one_column_are_told_apart(words: str, rows: dict[str, float]) -> None:
    over = {"grid.csv": read(GRID, "grid.csv")}
    reading = question.read(words, over)
    assert reading is not None and reading.sure
    found = run(reading.query, over)
    assert dict(zip(found.labels, found.series[0][1], strict=True)) == pytest.approx(rows)


@pytest.mark.parametrize("words", ["total value by zone", "On which day, and in which zone, was the highest price recorded?"])
def test_figures_of_several_kinds_or_one_of_all_pairs_are_left_open(words: str) -> None:
    reading = question.read(words, {"grid.csv": read(GRID, "grid.csv")})
    assert reading is None or not reading.sure


def test_lowest_and_highest_are_both_told() -> None:
    over = {"grid.csv": read(GRID, "grid.csv")}
    for words in ("lowest and highest price per zone", "shortest and longest ride by city"):
        tables_ = over if "price" in words else {"r.csv": read("city,ride_minutes\na,3\na,9\nb,4\nb,5\n", "r.csv")}
        reading = question.read(words, tables_)
        assert reading is not None and [one.take for one in reading.query.measures] == ["min", "max"]


@pytest.mark.parametrize(
    ("words", "lang", "where"),
    [
        ("How many guests from Germany?", "en", "Allemagne"),
        ("Wie viele guests aus Deutschland?", "de", "Allemagne"),
        ("guests from Spain or Italy by month", "en", "Espagne, Italie"),
    ],
)
def test_a_country_is_known_by_its_name_in_the_language_of_the_question(words: str, lang: str, where: str) -> None:
    rows = "".join(f"{n},{land},2024-0{1 + n % 6}-11\n" for n, land in enumerate(("Allemagne", "Espagne", "Italie", "France") * 6))
    reading = question.read(words, {"guests.csv": read(f"guest_id,pays,arrival\n{rows}", "guests.csv")}, lang)
    assert reading is not None and [", ".join(map(str, one.value)) for one in reading.query.where] == [where]


def test_names_without_vowels_are_short_for_words() -> None:
    over = {"T_FLT.csv": read("FLT_ID,MDL,DLY_MIN\n1,A320,5\n2,A320,15\n3,B737,8\n", "T_FLT.csv")}
    reading = question.read("average delay by model", over)
    assert reading is not None and reading.query.group == ("MDL",) and reading.query.measures[0].column == "DLY_MIN"


def test_the_name_of_a_thing_is_of_that_thing(tmp_path: Path) -> None:
    path = tmp_path / "shows.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.executescript(
            "CREATE TABLE Hall (hall_id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE Sponsor (sponsor_id INTEGER PRIMARY KEY, name TEXT);"
            "CREATE TABLE Event (event_id INTEGER PRIMARY KEY, hall_id INTEGER REFERENCES Hall(hall_id),"
            " sponsor_id INTEGER REFERENCES Sponsor(sponsor_id), held TEXT);"
        )
        base.executemany("INSERT INTO Hall VALUES (?, ?)", [(1, "Red"), (2, "Blue")])
        base.executemany("INSERT INTO Sponsor VALUES (?, ?)", [(1, "Acme"), (2, "Zeta"), (3, "Orbit")])
        base.executemany("INSERT INTO Event VALUES (?, ?, ?, ?)", [(n, 1 + n % 2, 1 + n % 3, f"2024-0{1 + n % 6}-02") for n in range(18)])
        base.commit()
    over = {"shows.sqlite": read(path)}
    reading = question.read("number of events by name of the sponsor", over)
    assert reading is not None and sorted(run(reading.query, over).labels) == ["Acme", "Orbit", "Zeta"]


def test_a_figure_of_no_row_is_none_and_not_zero(school: Table) -> None:
    asked = {"table": "Loan", "where": [{"column": "lent", "value": "1999"}], "measures": [{"column": "loan_id", "take": "max"}]}
    with pytest.raises(NoRows):
        run(Query.model_validate(asked), {"school.sqlite": school})


def test_one_of_two_is_no_both_and_no_figure_is_no_name(school: Table) -> None:
    reading = question.read("Which pupils also borrowed Crime or Poetry?", {"school.sqlite": school})
    assert reading is None or not reading.query.with_
    towns = {"t.csv": read("town,waste,tonnes\nA,Glass,3\nB,Glass,4\nC,Paper,5\n", "t.csv")}
    reading = question.read("Which towns have no glass figure?", towns)
    assert reading is None or all(one.column != "town" for one in reading.query.where)
