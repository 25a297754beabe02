"""Tables from files: messy CSV, TSV, XLSX, JSON, JSON lines, Parquet or a pasted Markdown table, read well and said so.

Delimiter, encoding and header are found; figures are read in several locales; blank rows and total rows are left out and named in
`notes`. Large CSV and Parquet files stay where they are: `query` runs over the file. Not covered: formulas without stored results, and
tables side by side.
"""

from pathlib import Path

from flipchart.renderers.database import Note, Table
from flipchart.renderers.problem import Missing, SpecProblem
from flipchart.renderers.table_books import sqlite, workbook
from flipchart.renderers.table_large import large, parquet
from flipchart.renderers.table_rows import decoded, delimiter_of, ending_of, lines_of, records
from flipchart.renderers.table_tidy import tidied

SQLITE = b"SQLite format 3\x00"
LARGE = 4 << 20  # bytes: from here on a CSV is queried where it lies
MOST_BYTES = 64 << 20  # of a file read into memory


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
            return parquet(given, name)
        if size > LARGE and not start.startswith((b"PK", b"SQLite f")) and ending_of(name) not in {"xlsx", "xlsm", "json"}:
            return large(given, name)
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
        return workbook(given, name)
    if given.startswith(SQLITE):
        return sqlite(given, name)
    if given[:4] == b"PAR1":
        raise SpecProblem(f"{name} is Parquet; give the file itself, not its bytes")
    if given[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise SpecProblem(f"{name} is an old or locked Excel file; save it as .xlsx without a password")
    words, encoding = decoded(given)
    notes = [Note("encoding", (("name", encoding),))] if encoding not in {"utf-8", "utf-16"} else []
    rows = records(words, ending_of(name)) or lines_of(words)
    return tidied(rows, name, notes, points=delimiter_of(words) == ";")


read_table = read
