"""What a person attaches: told by its bytes, never by its name, bounded, and kept under an id of ours."""

import zipfile
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flipchart.gui import pictures
from flipchart.gui.store import FileKind, Kept, Store
from flipchart.models.events import File
from flipchart.renderers.problem import Missing, Problem, SpecProblem
from flipchart.renderers.typeset import clean

LARGEST = 20_000_000  # bytes of one file
LARGEST_TABLE = 600_000_000
LONGEST_NAME = 120  # characters
# Of an office file, which is a zip archive: members, bytes of one, bytes of all, and how well they may be packed.
MEMBERS, MEMBER, UNPACKED, PACKED = 2000, 50_000_000, 200_000_000, 100

PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
TABLES = (".csv", ".tsv", ".tab")
PERHAPS = (".json", ".jsonl", ".ndjson")  # a table where it holds one, else a text


def read(file: Path) -> bytes:
    """The bytes of a file on this machine; raises Problem where it cannot be attached."""
    if not file.exists():
        raise Missing(f"there is no file {file}; check the name")
    if file.is_dir():
        raise Problem(f"{file} is a directory; attach a file")
    try:
        if file.stat().st_size > LARGEST_TABLE:
            raise Problem(_too_large(file.name, file.stat().st_size, LARGEST_TABLE))
        return file.read_bytes()
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror or error}; check its permissions") from None


def kept(store: Store, name: str, content: bytes, lang: str = "en") -> Kept:
    """The file, checked and stored, what there is to know of it said in `lang`; raises Problem, naming it, where it cannot be used."""
    name = clean(name).replace("/", "∕").replace("\\", "∖").replace("\n", " ").strip()[-LONGEST_NAME:] or "file"
    if not content:
        raise Problem(f"{name!r} is empty; attach another")
    kind = sniffed(name, content)
    most = LARGEST_TABLE if kind == "table" else LARGEST
    if len(content) > most:
        raise Problem(_too_large(name, len(content), most))
    if kind == "picture":
        content = pictures.redrawn(content)
    blob = store.keep(content)
    about: dict[str, Any] = {}
    if kind == "table":
        try:
            table = _table(name, store.path(blob))
            about = {"columns": [column.name for column in table.columns], "rows": table.rows, "notes": table.said(lang)}
        except SpecProblem:
            if not name.lower().endswith(PERHAPS):
                raise
            kind = "text"
    return store.attach(name, kind, blob, about)


def opened(file: Kept, path: Path) -> File:
    """The stored file as a planner sees it."""
    table = _table(file.name, path) if file.kind == "table" else None
    columns, notes = tuple(file.about.get("columns", ())), tuple(file.about.get("notes", ()))
    return File(file.id, file.name, file.kind, path, file.blob, columns, file.about.get("rows"), notes, table)


def sniffed(name: str, content: bytes) -> FileKind:
    """What the bytes are: "picture", "table" or "text"; raises Problem for anything else."""
    if content.startswith(PICTURES) or (content.startswith(b"RIFF") and content[8:12] == b"WEBP"):
        return "picture"
    if content.startswith((b"PAR1", b"SQLite format 3\x00")):
        return "table"
    if content.startswith(b"PK\x03\x04"):
        if "xl/workbook.xml" in _members(name, content):
            return "table"
        raise Problem(f"{name!r} is a kind of archive that is not read; attach a table (.xlsx, .csv), a text or a picture")
    if content.startswith(b"%PDF"):
        raise Problem(f"{name!r} is a PDF, which is not read; copy its words into a text file, or its table into a .csv")
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Problem(f"{name!r} is neither a table, a text nor a picture; attach one of those")
    return "table" if name.lower().endswith(TABLES + PERHAPS) else "text"


def _members(name: str, content: bytes) -> set[str]:
    """The names in an archive, after a look at its directory: nothing is unpacked that would not fit."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Problem(f"{name!r} is damaged; save it again, then attach that") from None
    whole = sum(info.file_size for info in infos)
    if len(infos) > MEMBERS or any(info.file_size > MEMBER for info in infos) or whole > min(UNPACKED, PACKED * len(content)):
        raise Problem(f"{name!r} unpacks to far more than it should; save it again, then attach that")
    return {info.filename for info in infos}


@lru_cache(maxsize=32)
def _table(name: str, path: Path) -> Any:
    """The table in the file, read once."""
    from flipchart.renderers.table import read_table

    return read_table(path, name)


def _too_large(name: str, size: int, most: int) -> str:
    return f"{name!r} has {size / 1e6:.0f} MB; at most {most / 1e6:.0f} MB are read, so attach the part that matters"
