"""What a person attaches: told by its bytes, never by its name, bounded, and kept under an id of ours."""

import zipfile
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from flipchart.gui import documents, pictures
from flipchart.gui.store import FileKind, Kept, Store
from flipchart.models.events import File
from flipchart.renderers.problem import Missing, Problem, SpecProblem
from flipchart.renderers.table_pasted import standing
from flipchart.renderers.typeset import clean
from flipchart.renderers.words import number, say

LARGEST = 20_000_000  # bytes of one file
LARGEST_TABLE = 600_000_000
LONGEST_NAME = 120  # characters
# Of an office file, which is a zip archive: members, bytes of one, bytes of all, and how well they may be packed.
MEMBERS, MEMBER, UNPACKED, PACKED = 2000, 50_000_000, 200_000_000, 100

PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
TABLES = (".csv", ".tsv", ".tab")
PERHAPS = (".json", ".jsonl", ".ndjson")  # a table where it holds one, else a text
PAGES = (".html", ".htm", ".xhtml")
# An archive by what is in it: the reader of such a document.
ARCHIVES = {"word/document.xml": "docx", "ppt/presentation.xml": "pptx", "content.xml": "odt"}

ODT = b"application/vnd.oasis.opendocument.text"


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
    about: dict[str, Any] = {}
    if kind == "picture":
        content = pictures.redrawn(content)
    elif kind == "text" and (reader := _reader(name, content)):
        document = documents.opened(name, content, reader)
        content, about = document.text.encode(), _paged(document, lang)
    blob = store.keep(content)
    if kind == "table":
        try:
            table = _table(name, store.path(blob))
            about = {"columns": [column.name for column in table.columns], "rows": table.rows, "notes": table.said(lang)}
        except SpecProblem:
            if not name.lower().endswith(PERHAPS):
                raise
            kind = "text"
    if kind == "text":
        about |= _tables_in(store, name, content.decode("utf-8", "replace"), about, lang)
    return store.attach(name, kind, blob, about)


def _paged(document: documents.Document, lang: str) -> dict[str, Any]:
    """How long a document is, and whether it was read to its end."""
    pages = {"pages": document.pages} if document.pages else {}
    if document.read == document.pages:
        return pages
    return pages | {"notes": [say("file.partly", lang, read=number(document.read, lang), pages=number(document.pages, lang))]}


def _tables_in(store: Store, name: str, text: str, about: dict[str, Any], lang: str) -> dict[str, Any]:
    """The tables that stand in a text, each kept as a file of its own, and that there are some."""
    kept: list[str] = []
    for above, lines in standing(text):
        blob = store.keep(lines.encode())
        called = f"{name}: {above or say('file.inner', lang, n=len(kept) + 1)}"
        try:
            table = _table(called, store.path(blob))
        except SpecProblem:
            continue
        columns = [column.name for column in table.columns]
        kept.append(store.attach(called, "table", blob, {"columns": columns, "rows": table.rows, "notes": table.said(lang)}).id)
    if not kept:
        return {}
    return {"tables": kept, "notes": [*about.get("notes", ()), say("file.holds", lang, count=len(kept))]}


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
        if _reader(name, content):
            return "text"
        raise Problem(f"{name!r} is a kind of archive that is not read; attach a table (.xlsx, .csv), a document, a text or a picture")
    if content.startswith(b"%PDF"):
        return "text"
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Problem(f"{name!r} is of an old office format, which is not read; save it as .docx, .xlsx or .pptx, then attach that")
    if b"\x00" in content[:4096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Problem(f"{name!r} is neither a table, a document, a text nor a picture; attach one of those")
    return "table" if name.lower().endswith(TABLES + PERHAPS) else "text"


def _reader(name: str, content: bytes) -> str:
    """Which of documents.READERS opens it; empty for what is a text already."""
    if content.startswith(b"%PDF"):
        return "pdf"
    if content.startswith(b"PK\x03\x04"):
        members = _members(name, content)
        return next((reader for member, reader in ARCHIVES.items() if member in members and (reader != "odt" or ODT in content[:200])), "")
    return "html" if name.lower().endswith(PAGES) else ""


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
