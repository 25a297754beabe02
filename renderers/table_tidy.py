"""Rows of cells as a table: the line of names found, blank, total and other odd rows left out and named, wide periods turned."""

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flipchart.renderers import cells, roles, times
from flipchart.renderers.database import Cell, Column, Note, Table
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.table_clock import with_times
from flipchart.renderers.table_columns import column_of, is_blank, told_of
from flipchart.renderers.table_missing import without_marks
from flipchart.renderers.typeset import clean

MOST_COLUMNS = 200
MOST_CELLS = 4_000_000

TOTALS = (
    "total totals sum summe gesamt gesamtsumme insgesamt zwischensumme somme suma soma итого всего 合计 合計 总计 總計 小计 計 小計 कुल योग"
    " الإجمالي المجموع"
).split()
TOTAL = re.compile(rf"^(grand\s+|sub[- ]?)?totals?\b|^({'|'.join(TOTALS)})\s*[:：]?$", re.IGNORECASE)
_TOTAL_ALONE = re.compile(
    rf"^(?:(?:grand\s+|sub[- ]?)?totals?\s*[:：]?$|grand total\b|sub[- ]?total\b|(?:{'|'.join(TOTALS)})\s*[:：]?$)", re.IGNORECASE
)
MOST_PARTS = 2000  # rows before one that it may be the total of
_NAMES = (
    ("f ?name|first ?names?|given ?names?|forenames?", "l ?name|last ?names?|surnames?|family ?names?", "name"),
    ("vornamen?", "nachnamen?|familiennamen?|zunamen?|namen?", "vollständiger name"),
    ("prénoms?|prenoms?", "noms?|noms? de famille", "nom complet"),
    ("nombres?", "apellidos?", "nombre completo"),
    ("nomes?|primeiro nome", "sobrenomes?|apelidos?|último nome", "nome completo"),
)
"""How first and last names are called as columns, and what both are together."""
HEADER_WITHIN = 30  # rows
LONGEST_CELL = 500  # characters kept of one cell
_PLAIN = set(
    "a by of per and the in data dataset table tables sheet export report file book test wide monthly months month yearly years year annual"
    " quarterly quarters quarter final copy new old tabelle daten datei bericht monat monate jahr jahre tabla datos mes meses tableau"
    " mois".split()
)


def tidied(rows: list[list[Any]], name: str, notes: list[Note], *, points: bool = False, turned: bool = True) -> Table:
    """Columns with their kinds; what was left out is noted. `points`: 1.200 may be twelve hundred, as where semicolons part cells."""
    rows = [[bare(cell) for cell in row] for row in rows]
    filled = [row for row in rows if any(cell not in (None, "") for cell in row)]
    while filled and all(cell in (None, "") for row in filled for cell in row[-1:]) and max(len(row) for row in filled) > 1:
        wide = max(len(row) for row in filled)
        if any(len(row) == wide and row[-1] not in (None, "") for row in filled):
            break
        filled = [row[: wide - 1] for row in filled]
    if not filled:
        raise SpecProblem(f"{name} has no rows; give a table with a line of names and lines of values")
    header, titled = header_of(filled)
    wide = Counter(len(row) for row in filled[header : header + 200]).most_common(1)[0][0]
    all_wide = max(wide, len(filled[header]) if titled else wide)
    wide = min(all_wide, MOST_COLUMNS)
    if all_wide > wide:
        notes.append(Note("columns", (("shown", wide), ("count", all_wide))))
    line, begins = _joined(filled, header) if titled else ([], header)
    above = header - (begins == header + 1 and line is not filled[header])  # a line that is part of the names is not left out
    if above:
        notes.append(Note("above", (("count", above),)))
    names = names_of([*line, *[None] * wide][:wide] if titled else [None] * wide)
    if not titled:
        notes.append(Note("unnamed"))
    body = [[*row, *[None] * wide][:wide] for row in filled[begins:]]
    body = [row for row in body if [str(c) for c in row] != [str(c) for c in filled[header][:wide]]] if titled else body
    blank = sum(1 for row in rows[: len(rows)] if not any(cell not in (None, "") for cell in row))
    if blank > 1:
        notes.append(Note("blank", (("count", blank),)))
    below = len(body)
    while below > 1 and wide > 2 and _remark(body[below - 1]):
        below -= 1
    if below < len(body) and not all(_remark(row) for row in body[:below]):
        notes.append(Note("below", (("count", len(body) - below),)))
        body = body[:below]
    totals = set(_totals(body))
    if totals and len(totals) < len(body):
        body = [row for at, row in enumerate(body) if at not in totals]
        notes.append(Note("totals", (("count", len(totals)),)))
    if len(body) * wide > MOST_CELLS:
        kept = MOST_CELLS // wide
        notes.append(Note("cut", (("count", len(body) - kept),)))
        body = body[:kept]
    if not body:
        raise SpecProblem(f"{name} has names but no rows of values; add rows below its first line")
    kept_columns = [c for c in range(wide) if any(row[c] not in (None, "") for row in body)]
    if not kept_columns:
        raise SpecProblem(f"{name} has names but no values; add rows below its first line")
    found = [column_of(names[c], [row[c] for row in body], points=points) for c in kept_columns]
    unread = [values for _, values in found]
    found, voided = without_marks(found)
    found, timed = with_times(found)
    notes += [*voided, *timed]
    table = Table(name, tuple(column for column, _ in found), len(body), cells=tuple(tuple(values) for _, values in found))
    for (column, _), values in zip(found, unread, strict=True):
        spoiled = sum(1 for value, row in zip(values, body, strict=True) if value is None and not is_blank(row[names.index(column.name)]))
        if spoiled and column.kind != "text":
            notes.append(Note("unread", (("count", spoiled), ("column", column.name))))
        if respelt := _respelt([row[names.index(column.name)] for row in body], values) if column.kind == "text" else ():
            notes.append(Note("spelt", (("column", column.name), ("one", respelt[0]), ("other", respelt[1]))))
    table = replace(table, remarks=tuple(notes))
    return _long(_named(table)) if turned else table


def _respelt(given: Sequence[Any], values: Sequence[Cell]) -> tuple[str, str] | tuple[()]:
    """A word and the other spelling, in small or capital letters, that it is read as; empty where there is none."""
    for before, after in zip(given, values, strict=True):
        if isinstance(before, str) and isinstance(after, str) and before.strip() != after and before.strip().casefold() == after.casefold():
            return before.strip(), after
    return ()


def bare(cell: Any) -> Any:
    """A cell as words, figure or date, without control characters."""
    if isinstance(cell, str):
        words = clean(cell[:LONGEST_CELL]).strip()
        return words[1:] if words[:1] == "'" and words[1:2].isdigit() else words  # a spreadsheet's mark for "this is text"
    if isinstance(cell, bytes):
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, int | float):
        try:
            value = float(cell)
        except OverflowError:
            return None
        return value if value == value and abs(value) != float("inf") else None
    return cell if cell is None else clean(str(cell)[:LONGEST_CELL]).strip()


def figure_like(cell: Any) -> bool:
    return isinstance(cell, float | datetime) or (isinstance(cell, str) and (cells.read(cell) is not None or times.read(cell) is not None))


def header_of(rows: list[list[Any]]) -> tuple[int, bool]:
    """The place of the line of names among the first rows, and whether there is one."""
    counts = Counter(len([c for c in row if not is_blank(c)]) for row in rows[:200])
    wide = max((count for count, often in counts.items() if often >= 2 or len(counts) == 1), default=max(counts))
    for at, row in enumerate(rows[: min(HEADER_WITHIN, len(rows))]):
        named = [cell for cell in row if not is_blank(cell)]
        if len(named) < max(1, round(wide * 0.6)):
            continue
        if all(isinstance(cell, str) and not figure_like(cell) for cell in named):
            return _fuller(rows, at, len(named)), True
        below = rows[at + 1 : at + 6]
        periods = [cell for cell in named if is_period(cell)]
        if len(periods) >= 2 and len(periods) >= len(named) - 4 and below and isinstance(named[0], str) and not is_period(named[0]):
            return at, True
        return (at + 1, True) if _headed(rows, at) else (at, _named_by_years(rows, at))
    return 0, False


def _named_by_years(rows: list[list[Any]], at: int) -> bool:
    """Whether words and a year or two name columns whose figures are no years: "state, 2022" over "Alaska, -14.6"."""
    periods = [c for c, cell in enumerate(rows[at]) if is_period(cell)]
    words = [cell for cell in rows[at] if not is_blank(cell) and not is_period(cell)]
    below = [row[c] for row in rows[at + 1 : at + 40] for c in periods if c < len(row) and not is_blank(row[c])]
    named = bool(periods and words) and all(isinstance(cell, str) and not figure_like(cell) for cell in words)
    figures = [cell for cell in below if figure_like(cell)]
    return named and len(below) > 1 and len(figures) >= 0.9 * len(below) and sum(map(_year, below)) < 0.2 * len(below)


def _year(cell: Any) -> bool:
    """True for a figure that may be a year, or a date."""
    if isinstance(cell, str) and (found := cells.read(cell)) is not None:
        cell = found.value
    return is_period(cell) or (isinstance(cell, str) and times.read(cell) is not None)


def _headed(rows: list[list[Any]], at: int) -> bool:
    """Whether a line of periods stands over one of words, as headings over several columns each: 2023 over "Units" and "Revenue"."""
    over, under = ([cell for cell in row if not is_blank(cell)] for row in (rows[at], rows[at + 1] if at + 2 < len(rows) else []))
    words = len(under) > len(over) and all(isinstance(cell, str) and not figure_like(cell) for cell in under)
    return words and is_blank(rows[at][0]) and all(is_period(cell) for cell in over)


def _fuller(rows: list[list[Any]], at: int, named: int) -> int:
    """The place of a line of words with more of them, below lines of title and above the first figures; else `at`."""
    for place, row in enumerate(rows[at + 1 : HEADER_WITHIN], at + 1):
        filled = [cell for cell in row if not is_blank(cell)]
        if any(figure_like(cell) for cell in filled):
            periods = filled and isinstance(filled[0], str) and all(is_period(cell) for cell in filled)
            if len(filled) > named or not periods:
                return at
        elif len(filled) > named:
            return place
    return at


def _joined(rows: list[list[Any]], header: int) -> tuple[list[Any], int]:
    """The line of names, with the line above or below it where names go over two lines, and where the rows begin."""
    names = rows[header]
    filled = [str(cell).casefold() for cell in names if not is_blank(cell)]
    twice = len(set(filled)) < len(filled)
    above = rows[header - 1] if header else []
    if twice and 1 < sum(not is_blank(cell) for cell in above) < len(filled):
        return [_both(over, cell) for over, cell in zip(_onwards(above, len(names)), names, strict=True)], header + 1
    below = rows[header + 1] if header + 2 < len(rows) else []
    words = [cell for cell in below if not is_blank(cell)]
    spans = twice or any(is_blank(cell) for cell in names[1 : len(below)])
    figures = [cell for row in rows[header + 2 : header + 6] for cell in row if figure_like(cell)]
    if spans and len(words) > 1 and figures and all(isinstance(cell, str) and not figure_like(cell) for cell in words):
        wide = max(len(names), len(below))
        return [_both(o, c) for o, c in zip(_onwards(names, wide), [*below, *[None] * wide], strict=False)], header + 2
    return names, header + 1


def _onwards(row: Sequence[Any], wide: int) -> list[Any]:
    """The row with each cell repeated over the blank ones after it, as a heading over several columns."""
    out: list[Any] = []
    for cell in [*row, *[None] * wide][:wide]:
        out.append(out[-1] if is_blank(cell) and out else cell)
    return out


def _both(over: Any, cell: Any) -> Any:
    """Two lines of one name: "2023" over "Units" is "2023 Units"."""
    first, second = (names_of([part])[0] if not is_blank(part) else "" for part in (over, cell))
    return first if not second or first == second else f"{first} {second}".strip()


def is_period(cell: Any) -> bool:
    """True for a year, month or quarter that may name a column."""
    if isinstance(cell, float):
        return cell.is_integer() and 1900 <= cell <= 2100
    return isinstance(cell, datetime) or (
        isinstance(cell, str) and ((found := times.read(cell)) is not None and found.grain in {"year", "quarter", "month"})
    )


def names_of(row: Sequence[Any]) -> list[str]:
    """Names of columns: never empty, never twice, at most 60 characters."""
    out: list[str] = []
    for at, cell in enumerate(row):
        words = (
            times.written(cell, "month", "en")
            if isinstance(cell, datetime)
            else str(int(cell))
            if isinstance(cell, float)
            else str(cell or "")
        )
        words = " ".join(words.split())[:60] or f"column {at + 1}"
        taken, n = words, 2
        while taken.casefold() in {name.casefold() for name in out}:
            taken, n = f"{words} {n}", n + 1
        out.append(taken)
    return out


def _remark(row: Sequence[Any]) -> bool:
    """True for a line of words in the first cell alone, as notes below a table are."""
    return isinstance(row[0], str) and not is_blank(row[0]) and all(is_blank(cell) for cell in row[1:])


def whole_name(names: Sequence[str]) -> tuple[str, int, int] | None:
    """What to call the whole names of people whose names stand in two columns, and the places of these; None where none do."""
    plain = [re.sub(r"[\W_]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).strip().casefold() for name in names]
    for first, last, whole in _NAMES:
        ends = [(re.fullmatch(rf"(.* )?(?:{one})", name), n) for one in (first, last) for n, name in enumerate(plain)]
        found = [(match[1] or "", n) for match, n in ends if match]
        if len(found) == 2 and found[0][0] == found[1][0] and f"{found[0][0]}{whole}" not in plain:
            return f"{found[0][0]}{whole}", found[0][1], found[1][1]
    return None


def _named(table: Table) -> Table:
    """The table with a column of whole names, where first and last names stand apart."""
    found = whole_name([column.name for column in table.columns])
    if found is None or any(table.columns[n].kind != "text" for n in found[1:]):
        return table
    name, first, last = found
    whole: list[Cell] = [
        " ".join(str(part) for part in pair if part) or None for pair in zip(table.cells[first], table.cells[last], strict=True)
    ]
    note = Note("named", (("first", table.columns[first].name), ("last", table.columns[last].name), ("name", name)))
    columns = (*table.columns, told_of(Column(name, "text"), whole))
    return replace(table, columns=columns, cells=(*table.cells, tuple(whole)), remarks=(*table.remarks, note))


def is_total(row: Sequence[Any]) -> bool:
    """Whether a row says that it is the total, and of nothing by name."""
    return bool(_TOTAL_ALONE.match(_first(row)))


def _first(row: Sequence[Any]) -> str:
    return next((cell if isinstance(cell, str) else "" for cell in row if cell not in (None, "")), "")


def _totals(body: Sequence[Sequence[Any]]) -> list[int]:
    """Places of rows that are totals: called so, or "Total North" and adding up what goes before; "Total Recall" is a film."""
    out: list[int] = []
    for at, row in enumerate(body):
        if is_total(row) or (
            TOTAL.match(_first(row)) and _adds_up(at, [n for n in range(max(0, at - MOST_PARTS), at) if n not in out], body)
        ):
            out.append(at)
    return out


def _adds_up(at: int, before: Sequence[int], body: Sequence[Sequence[Any]]) -> bool:
    """Whether a figure of the row is the sum of those of two or more rows right before it."""
    for c, cell in enumerate(body[at]):
        whole = cells.read(str(cell)) if cell not in (None, "") else None
        if whole is None:
            continue
        summed = 0.0
        for far, n in enumerate(reversed(before), 1):
            part = cells.read(str(body[n][c])) if body[n][c] not in (None, "") else None
            summed += part.value if part is not None else 0.0
            if far > 1 and math.isclose(summed, whole.value, rel_tol=1e-6, abs_tol=1e-9) and summed:
                return True
    return False


def _long(table: Table) -> Table:
    """A table with a column for each year or month, turned so that each row has one figure."""
    wide = [c for c, column in enumerate(table.columns) if column.kind == "number" and is_period(column.name)]
    bare = [] if wide else _bare_months(table)
    wide = wide or bare
    kept = [c for c in range(len(table.columns)) if c not in wide and not (len(wide) > 2 and TOTAL.match(table.columns[c].name))]
    if len(wide) < 3 or not kept or not any(table.columns[c].kind == "text" for c in kept):
        return table
    yearly = next((c for c in kept if bare and table.columns[c].kind == "time" and table.columns[c].grain == "year"), None)
    names, years = [table.columns[c].name for c in wide], _years(table, yearly) if bare else [""] * table.count
    read = {(name, year): times.read(f"{name} {year}".rstrip()) for year in dict.fromkeys(years) for name in names}
    moments = [one for one in read.values() if one is not None]
    dated = len(moments) == len(read)
    columns: list[tuple[Column, list[Cell]]] = []
    for c in kept:
        column = table.columns[c]
        # What is told of all periods together stands with the first of them, so that it is added up once.
        once = column.kind == "number" and not roles.identity(column) and roles.taken(column) == "sum"
        values = [None if once and n else value for value in table.cells[c] for n in range(len(wide))]
        columns += [(replace(told_of(column, values), once=once), values)] if not (dated and c == yearly) else []
    periods: list[Cell] = [one.at if dated and (one := read[name, year]) else name for year in years for name in names]
    called = {column.name.casefold() for column, _ in columns}
    period = (
        Column("period", "time", grain=times.finest(moments)) if dated else Column("month" if "month" not in called else "period", "text")
    )
    figures: list[Cell] = [table.cells[c][row] for row in range(table.count) for c in wide]
    unit = next((table.columns[c].unit for c in wide if table.columns[c].unit), "")
    columns += [
        (told_of(period, periods), periods),
        (told_of(Column(_figure_name(table, called | {period.name}), "number", unit), figures), figures),
    ]
    note = Note(
        "turned" if dated else "turned_months",
        (("count", len(wide)), ("first", table.columns[wide[0]].name), ("last", table.columns[wide[-1]].name)),
    )
    return Table(table.name, tuple(c for c, _ in columns), len(periods), (*table.remarks, note), tuple(tuple(v) for _, v in columns))


def _years(table: Table, yearly: int | None) -> list[str]:
    """The year of each row: as a column tells, else the one in the table's name; "" where there is none."""
    if yearly is not None:
        return [str(cell.year) if isinstance(cell, datetime) else "" for cell in table.cells[yearly]]
    named = set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", table.name))
    return [named.pop() if len(named) == 1 else ""] * table.count


def _figure_name(table: Table, called: set[str]) -> str:
    """What the figures of turned columns are: visitors in museum_visitors.csv, where a column is the museum; "value" where no word says."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", table.name.rpartition(".")[0] or table.name).casefold())
    words = [
        word
        for word in words
        if word not in _PLAIN and not times.bare_month(word) and not any(word in {name, f"{name}s"} for name in called)
    ]
    return words[0] if len(words) == 1 and words[0] not in called else "value"


def _bare_months(table: Table) -> list[int]:
    """The places of columns of figures that are called as months without a year, one after another; empty where that is not sure."""
    found = [(c, times.bare_month(column.name)) for c, column in enumerate(table.columns) if column.kind == "number"]
    found = [(c, month) for c, month in found if month]
    run = [month for _, month in found]
    sure = len(run) > 2 and all(after == before % 12 + 1 for before, after in itertools.pairwise(run)) and len(set(run)) == len(run)
    return [c for c, _ in found] if sure else []
