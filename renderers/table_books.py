"""Tables out of workbooks and SQLite files."""

import contextlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from flipchart.renderers.database import Key, Note, Table
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.table_tidy import MOST_CELLS, MOST_COLUMNS, bare, header_of, tidied
from flipchart.renderers.typeset import clean

MOST_SHEETS = 20  # tables of one file that are read
UNPACKED = 400 << 20  # bytes a zipped workbook may unpack to


def workbook(given: bytes, name: str) -> Table:
    """The fullest sheet of a workbook."""
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(given)) as packed:
            sizes = [entry.file_size for entry in packed.infolist()]
            if len(sizes) > 2000 or sum(sizes) > UNPACKED or sum(sizes) > 150 * len(given) + (1 << 20):
                raise SpecProblem(f"{name} unpacks to {sum(sizes) >> 20} MB in {len(sizes)} parts; it is not read")
        book = openpyxl.load_workbook(io.BytesIO(given), data_only=True, read_only=len(given) > 6 << 20)
    except SpecProblem:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, EOFError) as error:
        raise SpecProblem(f"{name} cannot be read as a workbook ({type(error).__name__}); save it again as .xlsx") from None
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    if not sheets:
        raise SpecProblem(f"{name} has no sheet with cells")
    alike = _stacked(sheets, name) if 1 < len(sheets) <= 60 and not getattr(book, "read_only", False) else None
    if alike is not None:
        return alike
    sheets = sorted(sheets, key=lambda sheet: -(sheet.max_row or 0) * (sheet.max_column or 0))
    room = MOST_CELLS // MOST_COLUMNS * 10  # rows
    tables: list[Table] = []
    for sheet in sheets[:MOST_SHEETS]:
        rows = [list(row[:MOST_COLUMNS]) for row in islice(sheet.iter_rows(values_only=True), room)]
        room -= len(rows)
        for area in getattr(sheet, "merged_cells", None) or ():
            _spread(rows, area.min_row - 1, area.max_row, area.min_col - 1, area.max_col)
        try:
            table = tidied(rows, name, [])
        except SpecProblem:
            if not tables:
                raise
            continue  # a cover, notes
        if not tables or (table.rows > 1 and len(table.columns) > 1):
            tables.append(replace(table, sheet=clean(str(sheet.title)) if len(sheets) > 1 else ""))
    first, *others = tables
    note = [Note("sheet", (("name", first.sheet), ("count", len(sheets))))] if len(sheets) > 1 else []
    return replace(first, sheet=first.sheet if others else "", remarks=(*note, *first.remarks), beside=tuple(others))


def _stacked(sheets: Sequence[Any], name: str) -> Table | None:
    """Sheets with the same names of columns (a month or a branch each) as one table, with a column that says which; else None."""
    found: list[tuple[str, list[list[Any]]]] = []
    for sheet in sheets:
        rows = [[bare(cell) for cell in row[:MOST_COLUMNS]] for row in islice(sheet.iter_rows(values_only=True), 100_000)]
        rows = [row for row in rows if any(cell not in (None, "") for cell in row)]
        if len(rows) > 1:
            header, titled = header_of(rows)
            found.append((clean(str(sheet.title)), rows[header:]) if titled else ("", []))
    same = [one for one in found if one[1] and one[1][0] == found[0][1][0]] if found and found[0][1] else []
    if len(same) < 2 or len(same) < len(found):
        return None
    rows = [["sheet", *same[0][1][0]], *([title, *row] for title, body in same for row in body[1:])]
    return tidied(rows, name, [Note("sheets", (("count", len(same)),))])


def sqlite(given: bytes, name: str) -> Table:
    """The fullest table of an SQLite file, with the others beside it and the keys that are declared between them."""
    import sqlite3

    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        try:
            base.deserialize(given)
            base.execute("PRAGMA trusted_schema = OFF")
            base.execute("PRAGMA query_only = ON")
            found = [
                str(row[0]) for row in base.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
            ]
            counts = {table: int(base.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0]) for table in found}
            full = sorted((table for table in found if counts[table]), key=lambda table: -counts[table])[:MOST_SHEETS]
            if not full:
                raise SpecProblem(f"{name} has no table with rows; put one in it")
            tables, room = [], MOST_CELLS // 10
            for called in full:
                asked = base.execute(f"SELECT * FROM {_quoted(called)} LIMIT {room}")
                names, rows = [column[0] for column in asked.description], asked.fetchall()
                room -= len(rows)
                declared = base.execute(f"PRAGMA foreign_key_list({_quoted(called)})").fetchall()
                primary = {other: _primary(base, other) for other in found}
                keys = [Key(str(row[3]), str(row[2]), str(row[4] or primary.get(str(row[2]), ""))) for row in declared]
                table = tidied([names, *(list(row) for row in rows)], name, [])
                tables.append(replace(table, sheet=clean(called) if len(full) > 1 else "", keys=tuple(keys)))
                if room <= 0:
                    break
        except sqlite3.Error as error:
            raise SpecProblem(f"{name} cannot be read as SQLite ({str(error)[:80]}); export its table as CSV") from None
    first, *others = tables
    note = [Note("sheet", (("name", first.sheet), ("count", len(full))))] if len(full) > 1 else []
    return replace(first, remarks=(*note, *first.remarks), beside=tuple(others))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _primary(base: Any, table: str) -> str:
    """The column that tells a table's rows apart."""
    return next((str(row[1]) for row in base.execute(f"PRAGMA table_info({_quoted(table)})") if row[5] == 1), "")


def _spread(rows: list[list[Any]], top: int, bottom: int, left: int, right: int) -> None:
    """A merged cell's value in each cell it covers, but not along a line of title."""
    if top >= len(rows) or left >= len(rows[top]) or (right - left > 3 and top < 3):
        return
    for row in rows[top:bottom]:
        for place in range(left, min(right, len(row))):
            row[place] = rows[top][left]
