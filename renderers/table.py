"""Tables from files: messy CSV, TSV, XLSX, JSON, JSON lines, Parquet or a pasted Markdown table, read well and said so.

Delimiter, encoding and header are found; figures are read in several locales; blank rows and total rows are left out and named in
`notes`. Large CSV and Parquet files stay where they are: `query` runs over the file. Not covered: formulas without stored results, and
tables side by side.
"""

import contextlib
import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from flipchart.renderers import cells, times
from flipchart.renderers.database import MOST_VALUES, Cell, Column, Note, Table, described, ranges
from flipchart.renderers.problem import Missing, SpecProblem
from flipchart.renderers.spec import parse_json
from flipchart.renderers.typeset import clean

SQLITE = b"SQLite format 3\x00"
LARGE = 4 << 20  # bytes: from here on a CSV is queried where it lies
MOST_BYTES = 64 << 20  # of a file read into memory
MOST_COLUMNS = 200
MOST_CELLS = 4_000_000
HEADER_WITHIN = 30  # rows
PLACES, PIECE = 40, 12 << 10  # of a large file, where it is looked into, and bytes read at each
SAMPLE = 3000  # rows of a large file by which its columns are understood
UNPACKED = 400 << 20  # bytes a zipped workbook may unpack to
LONGEST_CELL = 500  # characters kept of one cell

_TOTALS = (
    "total totals sum summe gesamt gesamtsumme insgesamt zwischensumme somme suma soma итого всего 合计 合計 总计 總計 小计 計 小計 कुल योग"
    " الإجمالي المجموع"
).split()
_TOTAL = re.compile(rf"^(grand\s+|sub[- ]?)?totals?\b|^({'|'.join(_TOTALS)})\s*[:：]?$", re.IGNORECASE)
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_PLAIN = re.compile(r"^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$")


def read(given: Path | str | bytes, name: str = "") -> Table:
    """The table in a file (a path), in its bytes, or in pasted text; raises SpecProblem, one sentence, where there is none.

    `name` is what it is called and tells the format by its ending; of a workbook the fullest sheet is read.
    """
    if isinstance(given, Path):
        if not given.exists():
            raise Missing(f"there is no file {given}; check the name")
        name = name or given.name
        size = given.stat().st_size
        with given.open("rb") as file:
            start = file.read(8)
        if start.startswith(b"PAR1"):
            return _parquet(given, name)
        if size > LARGE and not start.startswith((b"PK", b"SQLite f")) and _ending(name) not in {"xlsx", "xlsm", "json"}:
            return _large(given, name)
        if size > MOST_BYTES:
            raise SpecProblem(
                f"{name} has {size >> 20} MB; at most {MOST_BYTES >> 20} MB are read of this format; save it as CSV or Parquet"
            )
        given = given.read_bytes()
    name = name or "table"
    if isinstance(given, str):
        given = given.encode("utf-8", "replace")
    if len(given) > MOST_BYTES:
        raise SpecProblem(f"{name} has {len(given) >> 20} MB; at most {MOST_BYTES >> 20} MB are read; give a file in place of its bytes")
    if given[:4] == b"PK\x03\x04":
        return _workbook(given, name)
    if given.startswith(SQLITE):
        return _sqlite(given, name)
    if given[:4] == b"PAR1":
        raise SpecProblem(f"{name} is Parquet; give the file itself, not its bytes")
    if given[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise SpecProblem(f"{name} is an old or locked Excel file; save it as .xlsx without a password")
    words, encoding = decoded(given)
    notes = [Note("encoding", (("name", encoding),))] if encoding not in {"utf-8", "utf-16"} else []
    rows = _records(words, _ending(name)) or _lines(words)
    return _tidied(rows, name, notes, points=_delimiter(words) == ";")


read_table = read


def _ending(name: str) -> str:
    return name.lower().rpartition(".")[2]


# Text in any encoding


def decoded(given: bytes) -> tuple[str, str]:
    """The text of `given` and the name of its encoding: UTF-8 and UTF-16 by their form, others by which letters make sense."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if given.startswith(mark):
            return given.decode("utf-8-sig" if name == "utf-8" else name, "replace"), name
    if given[:400].count(0) > len(given[:400]) // 3:
        little = given[1:400:2].count(0) > given[0:400:2].count(0)
        return given.decode("utf-16-le" if little else "utf-16-be", "replace"), "utf-16"
    try:
        return given.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    best, words, name = -1.0, "", "cp1252"
    for tried, letters in _LETTERS.items():
        try:
            found = given[: 1 << 20].decode(tried, "ignore" if len(given) > 1 << 20 else "strict")
        except UnicodeDecodeError:
            continue
        foreign = [c for c in found if not c.isascii()]
        good = sum(bool(re.match(letters, c)) for c in foreign) / (len(foreign) or 1)
        if good > best + 0.02:
            best, words, name = good, found, tried
    return (words if len(given) <= 1 << 20 else given.decode(name, "replace")) if words else given.decode("cp1252", "replace"), name


_LETTERS = {
    "cp1252": "[À-ÖØ-öø-ÿœŒŠšŽž€£°§«»“”‘’–—·²³µ\u00a0ºª¿¡%]",
    "cp1251": "[а-яёА-ЯЁ№«»–— \u00a0]",
    "shift_jis": "[ぁ-んァ-ヶ一-龠、。ー々（）：・]",
    "euc-kr": "[가-힣]",
    "gb18030": "[\u4e00-\u9fa5，。、：（）％￥]",
    "cp1256": "[\u0621-\u0652،؛؟\u00a0]",
    "cp1250": "[ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽáéíúýäöüßÄÖÜőűŐŰ€–—]",
}


# Rows of words


def _records(words: str, ending: str) -> list[list[Any]]:
    """Rows of JSON or JSON lines, names of fields first; empty where it is neither."""
    bare = words.lstrip()
    if ending not in {"json", "jsonl", "ndjson"} and not bare.startswith(("[{", '{"')):
        return []
    if ending in {"jsonl", "ndjson"} or (bare.startswith("{") and re.search(r"\}\s*\n\s*\{", bare[:100_000])):
        found = [parse_json(line) for line in bare.splitlines() if line.strip()]
    else:
        whole = parse_json(bare)
        if isinstance(whole, dict):
            columns = {str(k): v for k, v in whole.items() if isinstance(v, list)}
            if (
                columns
                and all(not isinstance(x, dict) for v in columns.values() for x in v)
                and len({len(v) for v in columns.values()}) == 1
            ):
                return [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]
            whole = max(_lists(whole), key=len, default=[whole])
        found = whole if isinstance(whole, list) else []
    if found and all(isinstance(row, list) for row in found):
        return [list(row) for row in found]
    flat_rows = [_flat(row) for row in found if isinstance(row, dict)]
    names = list(dict.fromkeys(key for row in flat_rows for key in row))[:MOST_COLUMNS]
    return [names, *([row.get(name) for name in names] for row in flat_rows)] if names else []


def _lists(given: dict[str, Any], depth: int = 3) -> Iterator[list[Any]]:
    """The lists of rows in nested JSON."""
    for value in given.values():
        if isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
            yield value
        elif isinstance(value, dict) and depth:
            yield from _lists(value, depth - 1)


def _flat(row: dict[str, Any], before: str = "") -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict) and not before.count("."):
            out |= _flat(value, f"{before}{key}.")
        else:
            out[f"{before}{key}"] = value if not isinstance(value, list | dict) else str(value)
    return out


def _lines(words: str) -> list[list[str]]:
    """Rows of a Markdown table, or of delimited text."""
    lines = [line for line in words.splitlines() if line.strip()]
    if any(_RULE.match(line) and "|" in line for line in lines[:40]) or (lines and lines[0].strip().startswith("|")):
        return [_piped(line) for line in lines if "|" in line and not _RULE.match(line)]
    if said := re.match(r"\ufeff?sep=(.)\r?\n", words):
        words, delimiter = words[said.end() :], said[1]
    else:
        delimiter = _delimiter(words)
    try:
        return list(islice(csv.reader(io.StringIO(words, newline=""), delimiter=delimiter), MOST_CELLS))
    except csv.Error:
        return [line.split(delimiter) for line in words.splitlines()]


def _piped(line: str) -> list[str]:
    bare = line.strip()
    parts = re.split(r"(?<!\\)\|", bare.removeprefix("|").removesuffix("|") if bare.startswith("|") else bare)
    return [part.strip().replace("\\|", "|").strip("*") for part in parts]


def _delimiter(words: str) -> str:
    """The character that cuts most lines into the same number of cells."""
    head = words[:60_000]
    lines = head.splitlines()[:80]
    best, chosen = 0.0, ","
    for tried in (",", ";", "\t", "|"):
        try:
            widths = [len(row) for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=tried) if row]
        except csv.Error:
            continue
        wide, often = Counter(width for width in widths if width > 1).most_common(1)[0] if any(w > 1 for w in widths) else (1, 0)
        score = often / (len(widths) or 1) * (1 + min(wide, 12) / 100) if wide > 1 else 0.0
        if score > best + 1e-9:
            best, chosen = score, tried
    return chosen


def _workbook(given: bytes, name: str) -> Table:
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
    chosen = max(sheets, key=lambda sheet: (sheet.max_row or 0) * (sheet.max_column or 0))
    rows = [list(row[:MOST_COLUMNS]) for row in islice(chosen.iter_rows(values_only=True), MOST_CELLS // MOST_COLUMNS * 10)]
    for area in getattr(chosen, "merged_cells", None) or ():
        _spread(rows, area.min_row - 1, area.max_row, area.min_col - 1, area.max_col)
    notes = [Note("sheet", (("name", clean(str(chosen.title))), ("count", len(sheets))))] if len(sheets) > 1 else []
    return _tidied(rows, name, notes)


def _stacked(sheets: Sequence[Any], name: str) -> Table | None:
    """Sheets with the same names of columns (a month or a branch each) as one table, with a column that says which; else None."""
    found: list[tuple[str, list[list[Any]]]] = []
    for sheet in sheets:
        rows = [[_bare(cell) for cell in row[:MOST_COLUMNS]] for row in islice(sheet.iter_rows(values_only=True), 100_000)]
        rows = [row for row in rows if any(cell not in (None, "") for cell in row)]
        if len(rows) > 1:
            header, titled = _header(rows)
            found.append((clean(str(sheet.title)), rows[header:]) if titled else ("", []))
    same = [one for one in found if one[1] and one[1][0] == found[0][1][0]] if found and found[0][1] else []
    if len(same) < 2 or len(same) < len(found):
        return None
    rows = [["sheet", *same[0][1][0]], *([title, *row] for title, body in same for row in body[1:])]
    return _tidied(rows, name, [Note("sheets", (("count", len(same)),))])


def _sqlite(given: bytes, name: str) -> Table:
    """The fullest table of an SQLite file."""
    import sqlite3

    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        try:
            base.deserialize(given)
            base.execute("PRAGMA trusted_schema = OFF")
            base.execute("PRAGMA query_only = ON")
            found = base.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
            quoted = {str(row[0]): '"' + str(row[0]).replace('"', '""') + '"' for row in found}
            counts = {table: base.execute(f"SELECT count(*) FROM {sql}").fetchone()[0] for table, sql in quoted.items()}
            if not any(counts.values()):
                raise SpecProblem(f"{name} has no table with rows; put one in it")
            chosen = max(counts, key=lambda table: counts[table])
            asked = base.execute(f"SELECT * FROM {quoted[chosen]} LIMIT {MOST_CELLS // 10}")
            rows = [[column[0] for column in asked.description][:MOST_COLUMNS], *(list(row[:MOST_COLUMNS]) for row in asked)]
        except sqlite3.Error as error:
            raise SpecProblem(f"{name} cannot be read as SQLite ({str(error)[:80]}); export its table as CSV") from None
    notes = [Note("sheet", (("name", clean(chosen)), ("count", len(counts))))] if len(counts) > 1 else []
    return _tidied(rows, name, notes)


def _spread(rows: list[list[Any]], top: int, bottom: int, left: int, right: int) -> None:
    """A merged cell's value in each cell it covers, but not along a line of title."""
    if top >= len(rows) or left >= len(rows[top]) or (right - left > 3 and top < 3):
        return
    for row in rows[top:bottom]:
        for place in range(left, min(right, len(row))):
            row[place] = rows[top][left]


# From rows of cells to a table


def _tidied(rows: list[list[Any]], name: str, notes: list[Note], *, points: bool = False) -> Table:
    """Columns with their kinds; what was left out is noted. `points`: 1.200 may be twelve hundred, as where semicolons part cells."""
    rows = [[_bare(cell) for cell in row] for row in rows]
    filled = [row for row in rows if any(cell not in (None, "") for cell in row)]
    while filled and all(cell in (None, "") for row in filled for cell in row[-1:]) and max(len(row) for row in filled) > 1:
        wide = max(len(row) for row in filled)
        if any(len(row) == wide and row[-1] not in (None, "") for row in filled):
            break
        filled = [row[: wide - 1] for row in filled]
    if not filled:
        raise SpecProblem(f"{name} has no rows; give a table with a line of names and lines of values")
    header, titled = _header(filled)
    wide = Counter(len(row) for row in filled[header : header + 200]).most_common(1)[0][0]
    wide = min(max(wide, len(filled[header]) if titled else wide), MOST_COLUMNS)
    if header:
        notes.append(Note("above", (("count", header),)))
    line, begins = _joined(filled, header) if titled else ([], header)
    names = _names([*line, *[None] * wide][:wide] if titled else [None] * wide)
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
    totals = [row for row in body if _is_total(row)]
    if totals and len(totals) < len(body):
        body = [row for row in body if not _is_total(row)]
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
    found = [_column(names[c], [row[c] for row in body], points=points) for c in kept_columns]
    table = Table(name, tuple(column for column, _ in found), len(body), cells=tuple(tuple(values) for _, values in found))
    for column, values in found:
        spoiled = sum(1 for value, row in zip(values, body, strict=True) if value is None and not _blank(row[names.index(column.name)]))
        if spoiled and column.kind != "text":
            notes.append(Note("unread", (("count", spoiled), ("column", column.name))))
    return _long(replace(table, remarks=tuple(notes)))


def _bare(cell: Any) -> Any:
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


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and cells.blank(cell))


def _figure_like(cell: Any) -> bool:
    return isinstance(cell, float | datetime) or (isinstance(cell, str) and (cells.read(cell) is not None or times.read(cell) is not None))


def _header(rows: list[list[Any]]) -> tuple[int, bool]:
    """The place of the line of names among the first rows, and whether there is one."""
    counts = Counter(len([c for c in row if not _blank(c)]) for row in rows[:200])
    wide = max((count for count, often in counts.items() if often >= 2 or len(counts) == 1), default=max(counts))
    for at, row in enumerate(rows[: min(HEADER_WITHIN, len(rows))]):
        named = [cell for cell in row if not _blank(cell)]
        if len(named) < max(1, round(wide * 0.6)):
            continue
        if all(isinstance(cell, str) and not _figure_like(cell) for cell in named):
            return _fuller(rows, at, len(named)), True
        below = rows[at + 1 : at + 6]
        periods = [cell for cell in named if _period(cell)]
        if len(periods) >= 2 and len(periods) >= len(named) - 4 and below and isinstance(named[0], str) and not _period(named[0]):
            return at, True
        return at, False
    return 0, False


def _fuller(rows: list[list[Any]], at: int, named: int) -> int:
    """The place of a line of words with more of them, below lines of title and above the first figures; else `at`."""
    for place, row in enumerate(rows[at + 1 : HEADER_WITHIN], at + 1):
        filled = [cell for cell in row if not _blank(cell)]
        if any(_figure_like(cell) for cell in filled):
            periods = filled and isinstance(filled[0], str) and all(_period(cell) for cell in filled)
            if len(filled) > named or not periods:
                return at
        elif len(filled) > named:
            return place
    return at


def _joined(rows: list[list[Any]], header: int) -> tuple[list[Any], int]:
    """The line of names, with the line above or below it where names go over two lines, and where the rows begin."""
    names = rows[header]
    filled = [str(cell).casefold() for cell in names if not _blank(cell)]
    twice = len(set(filled)) < len(filled)
    above = rows[header - 1] if header else []
    if twice and 1 < sum(not _blank(cell) for cell in above) < len(filled):
        return [_both(over, cell) for over, cell in zip(_onwards(above, len(names)), names, strict=True)], header + 1
    below = rows[header + 1] if header + 2 < len(rows) else []
    words = [cell for cell in below if not _blank(cell)]
    spans = twice or any(_blank(cell) for cell in names[1 : len(below)])
    figures = [cell for row in rows[header + 2 : header + 6] for cell in row if _figure_like(cell)]
    if spans and len(words) > 1 and figures and all(isinstance(cell, str) and not _figure_like(cell) for cell in words):
        wide = max(len(names), len(below))
        return [_both(o, c) for o, c in zip(_onwards(names, wide), [*below, *[None] * wide], strict=False)], header + 2
    return names, header + 1


def _onwards(row: Sequence[Any], wide: int) -> list[Any]:
    """The row with each cell repeated over the blank ones after it, as a heading over several columns."""
    out: list[Any] = []
    for cell in [*row, *[None] * wide][:wide]:
        out.append(out[-1] if _blank(cell) and out else cell)
    return out


def _both(over: Any, cell: Any) -> Any:
    """Two lines of one name: "2023" over "Units" is "2023 Units"."""
    first, second = (_names([part])[0] if not _blank(part) else "" for part in (over, cell))
    return first if not second or first == second else f"{first} {second}".strip()


def _period(cell: Any) -> bool:
    """True for a year, month or quarter that may name a column."""
    if isinstance(cell, float):
        return cell.is_integer() and 1900 <= cell <= 2100
    return isinstance(cell, datetime) or (
        isinstance(cell, str) and ((found := times.read(cell)) is not None and found.grain in {"year", "quarter", "month"})
    )


def _names(row: Sequence[Any]) -> list[str]:
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
    return isinstance(row[0], str) and not _blank(row[0]) and all(_blank(cell) for cell in row[1:])


def _is_total(row: Sequence[Any]) -> bool:
    first = next((cell for cell in row if cell not in (None, "")), None)
    return isinstance(first, str) and bool(_TOTAL.match(first))


def _column(name: str, given: list[Any], *, points: bool = False) -> tuple[Column, list[Cell]]:
    """A column understood by what most of its cells are."""
    filled = [cell for cell in given if not _blank(cell)]
    words = [cell for cell in filled if isinstance(cell, str)]
    empty = len(given) - len(filled)
    if filled and sum(isinstance(cell, datetime) for cell in filled) >= 0.9 * len(filled):
        values: list[Cell] = [cell if isinstance(cell, datetime) else None for cell in given]
        return _told(Column(name, "time", grain=_grain(values), empty=empty), values), values
    if not _codes(words) and (decimal := _decimal(words, points=points)) is not None:
        numbers = [_number(cell, decimal) for cell in given]
        hits = sum(found is not None for found in numbers)
        if filled and hits >= 0.85 * len(filled):
            if _years(name, numbers):
                values = [None if found is None else datetime(int(found[0]), 1, 1) for found in numbers]
                return _told(Column(name, "time", grain="year", empty=empty), values), values
            if _serial(name, numbers):
                values = [None if found is None else datetime(1899, 12, 30) + timedelta(days=int(found[0])) for found in numbers]
                return _told(Column(name, "time", grain=_grain(values), empty=empty), values), values
            numbers = _alike(numbers)
            values = [None if found is None else found[0] for found in numbers]
            units = Counter(found[1] for found in numbers if found and found[1])
            unit = units.most_common(1)[0][0] if units else _named_unit(name)
            return _told(Column(name, "number", unit, empty=empty), values), values
    order = times.order_of(words[:2000])
    moments = [times.read(cell, order) if isinstance(cell, str) else _moment(cell) for cell in given]
    if filled and sum(found is not None for found in moments) >= 0.9 * len(filled):
        values = [None if found is None else found.at for found in moments]
        grain = times.finest([found for found in moments if found])
        return _told(Column(name, "time", grain=grain if grain != "day" else _grain(values), empty=empty), values), values
    values = [None if _blank(cell) else _worded(cell) for cell in given]
    return _told(Column(name, "text", empty=empty), values), values


def _moment(cell: Any) -> times.Moment | None:
    return times.Moment(cell, "day") if isinstance(cell, datetime) else None


def _worded(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return times.written(cell, "day", "en") if isinstance(cell, datetime) else str(cell)


def _codes(words: Sequence[str]) -> bool:
    """True for postcodes, classes, telephone and part numbers: digits that begin with zero, or too many of them."""
    lettered = [word for word in words[:2000] if re.fullmatch(r"\d{1,3}[A-Z]", word)]
    if len(lettered) > 0.9 * len(words[:2000]) > 0 and not {word[-1] for word in lettered} <= set("KMB"):
        return True  # classes and seats: 7A, 12C
    digits = [word for word in words[:2000] if word.isdigit()]
    return bool(digits) and (
        sum(word.startswith("0") and len(word) > 1 for word in digits) > 0.02 * len(digits) or all(len(w) > 15 for w in digits)
    )


def _decimal(words: Sequence[str], *, points: bool = False) -> cells.Decimal | None:
    """The decimal mark of a column's figures: the one that is proved, else a point."""
    dotted = [word for word in words[:3000] if "." in word]
    if points and len(dotted) > 1 and all(re.fullmatch(r"\D*\d{1,3}(\.\d{3})+\D*", word) for word in dotted):
        return ","
    comma = point = 0
    for word in words[:3000]:
        bare = word.strip().rstrip("%€$£¥ ")
        if re.search(r"\d,\d{1,2}$|\d,\d{4,}$|\.\d{3},", bare):
            comma += 1
        elif re.search(r"\d\.\d{1,2}$|\d\.\d{4,}$|,\d{3}\.", bare):
            point += 1
    return "," if comma > point else "."


def _number(cell: Any, decimal: cells.Decimal) -> tuple[float, str] | None:
    if isinstance(cell, float):
        return cell, ""
    if not isinstance(cell, str):
        return None
    if decimal == "." and _PLAIN.match(cell):
        return float(cell), ""
    found = cells.read(cell, decimal)
    return (found.value, found.unit) if found else None


def _years(name: str, numbers: Sequence[tuple[float, str] | None]) -> bool:
    """True for whole numbers that are years, by their range and their column's name."""
    found = [one[0] for one in numbers if one]
    if not found or not all(value.is_integer() and 1500 <= value <= 2150 for value in found):
        return False
    called = bool(re.search(r"year|yr\b|jahr|année|annee|año|ano\b|anno|год|年|वर्ष|साल|سنة|عام|date|period", name, re.IGNORECASE))
    return called or (
        max(found) - min(found) < 130
        and len(set(found)) > 1
        and min(found) >= 1900
        and max(found) <= 2060
        and len(found) == len(set(found))
    )


def _serial(name: str, numbers: Sequence[tuple[float, str] | None]) -> bool:
    """True for a spreadsheet's dates written as numbers of days: 45292 is the first of January 2024."""
    found = [one[0] for one in numbers if one]
    called = re.search(r"date|datum|fecha|\bdata\b|\bday\b|日期|日付|तारीख|تاريخ", name, re.IGNORECASE)
    return bool(called and found) and all(value.is_integer() and 20_000 <= value <= 80_000 for value in found)


_IN = {  # what a unit is in the first of its kind
    "g": ("g", 1.0),
    "kg": ("g", 1e3),
    "t": ("g", 1e6),
    "mg": ("g", 1e-3),
    "lb": ("g", 453.59237),
    "oz": ("g", 28.349523125),
    "m": ("m", 1.0),
    "km": ("m", 1e3),
    "cm": ("m", 1e-2),
    "mm": ("m", 1e-3),
    "mi": ("m", 1609.344),
    "ft": ("m", 0.3048),
    "kb": ("b", 1.0),
    "mb": ("b", 1e3),
    "gb": ("b", 1e6),
    "tb": ("b", 1e9),
    "l": ("l", 1.0),
    "ml": ("l", 1e-3),
    "kwh": ("wh", 1.0),
    "mwh": ("wh", 1e3),
    "gwh": ("wh", 1e6),
    "twh": ("wh", 1e9),
}


def _alike(numbers: Sequence[tuple[float, str] | None]) -> list[tuple[float, str] | None]:
    """Figures of one kind in one unit, the most frequent: 1.5 t among kilograms is 1500 kg."""
    units = Counter(one[1].lower() for one in numbers if one and one[1])
    if len(units) < 2 or len({_IN[unit][0] if unit in _IN else "" for unit in units}) > 1 or not set(units) <= set(_IN):
        return list(numbers)
    unit = units.most_common(1)[0][0]
    shown = next(one[1] for one in numbers if one and one[1].lower() == unit)
    return [(one[0] * _IN[one[1].lower()][1] / _IN[unit][1], shown) if one and one[1] else one for one in numbers]


def _named_unit(name: str) -> str:
    """The unit that a column's name carries: "Price (€)", "Weight [kg]", "Share %"."""
    found = re.search(r"[(\[]\s*([^()\[\]]{1,12})\s*[)\]]\s*$|\s(%|€|\$|£)$", name)
    if not found:
        return ""
    unit = cells.unit((found[1] or found[2]).strip())
    return unit if cells.read(f"1 {unit}") else ""


def _grain(values: Sequence[Cell]) -> times.Grain:
    """How finely dates run: yearly where all are a first of January, monthly where all are a first."""
    found = [value for value in values if isinstance(value, datetime)]
    if not found:
        return "day"
    if any((v.hour, v.minute) != (0, 0) for v in found):
        return "minute"
    if all((v.month, v.day) == (1, 1) for v in found) and len({v.year for v in found}) > 1:
        return "year"
    ends = all(v.day >= 28 for v in found) and len({(v.year, v.month) for v in found}) == len({v.date() for v in found})
    if ends or all(v.day == 1 for v in found):
        quarterly = {v.month for v in found} <= {1, 4, 7, 10} or {v.month for v in found} <= {3, 6, 9, 12}
        return "quarter" if quarterly and len({(v.year, v.month) for v in found}) > 2 else "month"
    return "day"


def _told(column: Column, values: Sequence[Cell]) -> Column:
    """The column with its range, its number of different values, and samples."""
    filled = [value for value in values if value is not None]
    counted = Counter(filled)
    often = counted.most_common(8)
    changes: dict[str, Any] = {"distinct": len(counted), "empty": len(values) - len(filled)}
    if column.kind == "text":
        changes["samples"] = tuple(str(value)[:40] for value, _ in often)
        changes["values"] = tuple(str(value) for value, _ in counted.most_common()) if len(counted) <= MOST_VALUES else ()
    elif filled:
        changes |= {"low": min(filled), "high": max(filled)}
        changes["whole"] = column.kind == "number" and all(isinstance(value, float) and value.is_integer() for value in filled)
    return replace(column, **changes)


def _long(table: Table) -> Table:
    """A table with a column for each year or month, turned so that each row has one figure."""
    wide = [c for c, column in enumerate(table.columns) if column.kind == "number" and _period(column.name)]
    kept = [c for c in range(len(table.columns)) if c not in wide and not (len(wide) > 2 and _TOTAL.match(table.columns[c].name))]
    if len(wide) < 3 or not kept or not any(table.columns[c].kind == "text" for c in kept):
        return table
    moments = [found.at for c in wide if (found := times.read(table.columns[c].name))]
    grain = times.finest([found for c in wide if (found := times.read(table.columns[c].name))])
    columns: list[tuple[Column, list[Cell]]] = []
    for c in kept:
        values = [value for value in table.cells[c] for _ in wide]
        columns.append((_told(table.columns[c], values), values))
    periods: list[Cell] = [at for _ in range(table.count) for at in moments]
    figures: list[Cell] = [table.cells[c][row] for row in range(table.count) for c in wide]
    unit = next((table.columns[c].unit for c in wide if table.columns[c].unit), "")
    columns += [
        (_told(Column("period", "time", grain=grain), periods), periods),
        (_told(Column("value", "number", unit), figures), figures),
    ]
    note = Note("turned", (("count", len(wide)), ("first", table.columns[wide[0]].name), ("last", table.columns[wide[-1]].name)))
    return Table(table.name, tuple(c for c, _ in columns), len(periods), (*table.remarks, note), tuple(tuple(v) for _, v in columns))


# Files that stay where they are


def _large(path: Path, name: str) -> Table:
    """A large delimited file: understood by its first rows, read by DuckDB where it lies."""
    with path.open("rb") as file:
        start = file.read(1 << 20)
    words, encoding = decoded(start[: start.rfind(b"\n") + 1] or start)
    if encoding not in {"utf-8", "utf-16", "cp1252"}:
        raise SpecProblem(f"{name} is large and not UTF-8 (it looks like {encoding}); save it as UTF-8")
    if _records(words[: words.find("\n")], "") or _ending(name) in {"jsonl", "ndjson"}:
        raise SpecProblem(f"{name} has {path.stat().st_size >> 20} MB of JSON; save it as CSV or Parquet")
    delimiter = _delimiter(words)
    rows = list(islice(csv.reader(io.StringIO(words, newline=""), delimiter=delimiter), SAMPLE))
    wide = Counter(len(row) for row in rows).most_common(1)[0][0]
    sampled = [*rows, *_spread_rows(path, encoding, delimiter, wide)]
    small = _tidied(sampled, name, [])
    filled = [at for at, row in enumerate(rows) if any(cell.strip() for cell in row)]
    header, titled = _header([[_bare(cell) for cell in rows[at]] for at in filled[:200]])
    skip = filled[header] + (1 if titled else 0)
    names = (
        _names([*[_bare(cell) for cell in rows[filled[header]]]])
        if titled
        else [f"column {n + 1}" for n in range(len(rows[filled[header]]))]
    )
    columns = []
    count = max(1, _lines_in(path) - skip)
    for column in small.columns:
        if column.distinct >= 0.9 * (small.rows - column.empty):
            column = replace(column, distinct=count, values=())
        column = replace(column, empty=round(column.empty / small.rows * count))
        if column.name not in names:
            raise SpecProblem(f"{name} is large and has a column for each period; save it with one row for each figure")
        c = names.index(column.name)
        columns.append(replace(column, sql=_cast(column, f"c{c}", [row[c] for row in sampled[skip:] if c < len(row)])))
    types = ", ".join(f"'c{c}': 'VARCHAR'" for c in range(len(names)))
    ragged = any(row and len(row) != wide for row in sampled[skip:])
    called = {"cp1252": "latin-1"}.get(encoding, encoding)
    relation = (
        f"read_csv(?, delim='{delimiter}', quote='\"', escape='\"', header=false, skip={skip}, columns={{{types}}},"
        f" null_padding={str(ragged).lower()}, ignore_errors=true, auto_detect=false, parallel=true, encoding='{called}')"
    )
    first = "lower(trim(coalesce(c0, '')))"
    named_totals = ", ".join(f"'{word}'" for word in _TOTALS)
    totals = any(_is_total([_bare(cell) for cell in row[:1]]) for row in sampled)
    relation += (
        ""
        if not totals
        else (
            f" WHERE NOT ({first} IN ({named_totals}) OR {first} LIKE 'total %' OR {first} LIKE 'grand total%' OR {first} LIKE 'subtotal%')"
        )
    )
    notes = tuple(note for note in small.remarks if note.key in {"above", "unnamed"})
    return Table(name, tuple(columns), -1 if totals else count, notes, file=path.resolve(), relation=relation)


def _spread_rows(path: Path, encoding: str, delimiter: str, wide: int) -> list[list[str]]:
    """Rows from places all over a large file, by which its columns are understood; those cut in the middle are left out."""
    out: list[list[str]] = []
    size = path.stat().st_size
    with path.open("rb") as file:
        for n in range(PLACES):
            file.seek((size - PIECE) * n // (PLACES - 1))
            piece = file.read(PIECE)
            whole = piece[piece.find(b"\n") + 1 : piece.rfind(b"\n") + 1]
            with contextlib.suppress(csv.Error):
                found = csv.reader(io.StringIO(whole.decode(encoding, "replace"), newline=""), delimiter=delimiter)
                out += [row for row in found if len(row) == wide]
    return out


def _lines_in(path: Path) -> int:
    """How many lines a file has."""
    with path.open("rb") as file:
        lines, last = 0, b"\n"
        while piece := file.read(4 << 20):
            lines += piece.count(b"\n")
            last = piece[-1:]
    return lines + (last != b"\n")


def _cast(column: Column, field: str, sample: Sequence[str]) -> str:
    """SQL that reads a column of words as what it is."""
    padded = any(cell != cell.strip() for cell in sample)
    trimmed = f"nullif(trim({field}), '')" if padded else field  # an empty cell is none already
    if column.kind == "text":
        return trimmed
    shown = [cell.strip() for cell in sample if not cells.blank(cell)]
    if column.kind == "number":
        if all(_PLAIN.match(cell) or re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", cell) for cell in shown):
            return f"try_cast({field} AS DOUBLE)"
        decimal = _decimal(shown)
        group = "." if decimal == "," else ","
        digits = f"replace(replace({trimmed}, '{group}', ''), '{decimal}', '.')"
        sign = f"CASE WHEN {trimmed} LIKE '(%)' THEN -1 ELSE 1 END"
        scale = f"CASE WHEN regexp_matches({trimmed}, '\\d\\s*[kK]\\b') THEN 1e3"
        scale += f" WHEN regexp_matches({trimmed}, '\\d\\s*(M|m|Mio|mn)\\b\\.?') THEN 1e6"
        scale += f" WHEN regexp_matches({trimmed}, '\\d\\s*(B|bn|Mrd)\\b\\.?') THEN 1e9 ELSE 1 END"
        return f"try_cast(regexp_replace(replace({digits}, '−', '-'), '[^0-9.eE-]', '', 'g') AS DOUBLE) * {sign} * {scale}"
    if column.grain == "year" and all(re.fullmatch(r"\d{4}", cell) for cell in shown):
        return f"make_timestamp(try_cast({trimmed} AS BIGINT), 1, 1, 0, 0, 0)"
    for shape, layout in _STRPTIME:
        if all(re.fullmatch(shape, cell) for cell in shown):
            if "%d/%m" in layout or "%d.%m" in layout or "%d-%m" in layout:
                layout = layout if times.order_of(shown) == "dmy" else layout.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")
            return f"try_strptime({trimmed}, '{layout}')"
    return f"try_cast({trimmed} AS TIMESTAMP)"


_STRPTIME = (
    (r"\d{4}-\d{2}", "%Y-%m"),
    (r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d"),
    (r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y"),
    (r"\d{1,2}/\d{1,2}/\d{2}", "%d/%m/%y"),
    (r"[A-Z][a-z]{2} \d{4}", "%b %Y"),
    (r"[A-Z][a-z]{2}-\d{2}", "%b-%y"),
)


def _parquet(path: Path, name: str) -> Table:
    """A Parquet file, read by DuckDB where it lies."""
    columns = []
    for called, kind in described(path, name)[:MOST_COLUMNS]:
        quoted = '"' + called.replace('"', '""') + '"'
        if re.match(r"(U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|UINTEGER|FLOAT|DOUBLE|DECIMAL)", kind):
            columns.append(Column(called[:60], "number", _named_unit(called), sql=f"CAST({quoted} AS DOUBLE)"))
        elif re.match(r"DATE|TIMESTAMP", kind):
            columns.append(
                Column(called[:60], "time", grain="minute" if kind.startswith("TIMESTAMP") else "day", sql=f"CAST({quoted} AS TIMESTAMP)")
            )
        else:
            columns.append(Column(called[:60], "text", sql=f"CAST({quoted} AS VARCHAR)"))
    if not columns:
        raise SpecProblem(f"{name} has no columns")
    return _ranged(Table(name, tuple(columns), -1, file=path.resolve(), relation="read_parquet(?)"))


def _ranged(table: Table) -> Table:
    """A table in a file with the ranges and samples of its columns, found by one pass over it."""
    return ranges(table)


# What a model is told, and what needs no model


def profile(table: Table) -> str:
    """The table in a few lines for a prompt: names, what is in them, ranges and samples; never its rows."""
    out = [f"{table.name}: {table.rows:,} rows"]
    for column in table.columns[:40]:
        match column.kind:
            case "number":
                said = f"numbers {_short(column.low)} to {_short(column.high)}" + (f", in {column.unit}" if column.unit else "")
            case "time":
                low, high = (
                    times.written(at, "day" if column.grain == "minute" else column.grain, "en") if isinstance(at, datetime) else "?"
                    for at in (column.low, column.high)
                )
                said = f"dates {low} to {high}, by {column.grain}"
            case _:
                shown = ", ".join(sample[:24] for sample in column.samples[:6])
                said = f"words, {column.distinct:,} different: {shown}" + (", …" if column.distinct > 6 else "")
        out.append(f"- {column.name}: {said}" + (f"; {column.empty:,} empty" if column.empty else ""))
    if len(table.columns) > 40:
        out.append(f"- and {len(table.columns) - 40} more columns")
    return "\n".join(out)


def _short(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else "?"
