"""Tables that stay in their file: large delimited text, understood by its rows from here and there, and Parquet."""

import contextlib
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from flipchart.renderers import cells, times
from flipchart.renderers.database import Column, Table, described, ranges
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.table_columns import PLAIN, decimal_of, named_unit
from flipchart.renderers.table_rows import decoded, delimiter_of, ending_of, records
from flipchart.renderers.table_tidy import MOST_COLUMNS, TOTALS, bare, header_of, is_total, names_of, tidied, whole_name

PLACES, PIECE = 40, 12 << 10  # of a large file, where it is looked into, and bytes read at each
SAMPLE = 3000  # rows of a large file by which its columns are understood


def large(path: Path, name: str) -> Table:
    """A large delimited file: understood by its first rows, read by DuckDB where it lies."""
    with path.open("rb") as file:
        start = file.read(1 << 20)
    words, encoding = decoded(start[: start.rfind(b"\n") + 1] or start)
    if encoding not in {"utf-8", "utf-16", "cp1252"}:
        raise SpecProblem(f"{name} is large and not UTF-8 (it looks like {encoding}); save it as UTF-8")
    if records(words[: words.find("\n")], "") or ending_of(name) in {"jsonl", "ndjson"}:
        raise SpecProblem(f"{name} has {path.stat().st_size >> 20} MB of JSON; save it as CSV or Parquet")
    delimiter = delimiter_of(words)
    rows = list(islice(csv.reader(io.StringIO(words, newline=""), delimiter=delimiter), SAMPLE))
    wide = Counter(len(row) for row in rows).most_common(1)[0][0]
    sampled = [*rows, *_spread_rows(path, encoding, delimiter, wide)]
    small = tidied(sampled, name, [])
    filled = [at for at, row in enumerate(rows) if any(cell.strip() for cell in row)]
    header, titled = header_of([[bare(cell) for cell in rows[at]] for at in filled[:200]])
    skip = filled[header] + (1 if titled else 0)
    names = (
        names_of([*[bare(cell) for cell in rows[filled[header]]]])
        if titled
        else [f"column {n + 1}" for n in range(len(rows[filled[header]]))]
    )
    columns: list[Column] = []
    count = max(1, _lines_in(path) - skip)
    whole = next((whole_name(names) for note in small.remarks if note.key == "named"), None)
    for column in small.columns:
        if column.distinct >= 0.9 * (small.rows - column.empty):
            column = replace(column, distinct=count, values=())
        column = replace(column, empty=round(column.empty / small.rows * count))
        if whole is not None and column.name == whole[0]:
            columns.append(replace(column, sql=f"nullif(concat_ws(' ', {columns[whole[1]].sql}, {columns[whole[2]].sql}), '')"))
            continue
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
    named_totals = ", ".join(f"'{word}'" for word in TOTALS)
    totals = any(is_total([bare(cell) for cell in row[:1]]) for row in sampled)
    relation += (
        "" if not totals else (f" WHERE NOT ({first} IN ({named_totals}) OR {first} LIKE 'grand total%' OR {first} LIKE 'subtotal%')")
    )
    notes = tuple(note for note in small.remarks if note.key in {"above", "unnamed", "named"})
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
        if all(PLAIN.match(cell) or re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", cell) for cell in shown):
            return f"try_cast({field} AS DOUBLE)"
        decimal = decimal_of(shown)
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


def parquet(path: Path, name: str) -> Table:
    """A Parquet file, read by DuckDB where it lies."""
    columns = []
    for called, kind in described(path, name)[:MOST_COLUMNS]:
        quoted = '"' + called.replace('"', '""') + '"'
        if re.match(r"(U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|UINTEGER|FLOAT|DOUBLE|DECIMAL)", kind):
            columns.append(Column(called[:60], "number", named_unit(called), sql=f"CAST({quoted} AS DOUBLE)"))
        elif re.match(r"DATE|TIMESTAMP", kind):
            columns.append(
                Column(called[:60], "time", grain="minute" if kind.startswith("TIMESTAMP") else "day", sql=f"CAST({quoted} AS TIMESTAMP)")
            )
        else:
            columns.append(Column(called[:60], "text", sql=f"CAST({quoted} AS VARCHAR)"))
    if not columns:
        raise SpecProblem(f"{name} has no columns")
    return ranges(Table(name, tuple(columns), -1, file=path.resolve(), relation="read_parquet(?)"))
