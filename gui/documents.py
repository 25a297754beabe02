"""A person's documents as Markdown, read where a faulty reader can do no harm: in a process of its own with little memory and time.

This file run as a script is that process: bytes in, JSON out. Only words and tables are taken; pictures, macros, scripts and whatever a
document refers to outside itself are left. Each page or slide begins with its number, so that what is said of it can be found again.
"""

import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

from flipchart.renderers.problem import Problem
from flipchart.renderers.table_pasted import figured

READERS = ("pdf", "docx", "pptx", "odt", "html")
MEMORY = 3 << 29  # bytes of address space
SECONDS = 40
MOST = 600_000  # characters; a longer document is read up to there
SPARSE = 12  # characters a page below which it holds pictures of words, not words
ROWS = 3  # lines of cells one below the other that are a table
WIDEST = 60  # characters of a cell
HEADED = 3  # pages from which a line at each one's edge is a running head

Rows = list[list[str]]
_LEADER = re.compile(r"(?:\s?\.){4,}\s*")
_FIGURE = re.compile(r"(?<!\w)[-+(€$£]*\d[\d.,]*%?")
_CELL = re.compile(r"\s{2,}")


@dataclass(frozen=True, slots=True)
class Document:
    """What was read: Markdown, of how many pages or slides, and how many there are (0 where it has none)."""

    text: str
    read: int
    pages: int


def opened(name: str, content: bytes, reader: str) -> Document:
    """The document's words, by one of READERS; raises Problem, naming the file, where there are none to be had."""
    command = [sys.executable, "-I", str(Path(__file__)), reader]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS + 10, check=False, env={})
    except subprocess.TimeoutExpired:
        raise Problem(f"{name!r} takes too long to read; attach the pages that matter, or its words as a text") from None
    if done.returncode == 2:
        raise Problem(f"{name!r} {done.stderr.decode('utf-8', 'replace').strip()}")
    if done.returncode != 0 or not done.stdout:
        raise Problem(f"{name!r} cannot be read; save it again, or attach its words as a text")
    return Document(**json.loads(done.stdout))


def main() -> None:
    """Read a document from standard input, write it as JSON; exit code 2 with the end of a sentence where it is refused."""
    import resource
    import warnings

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore")
    content = sys.stdin.buffer.read()
    pages = {"pdf": _pdf, "docx": _docx, "pptx": _pptx, "odt": _odt, "html": _html}[sys.argv[1]]
    try:
        told = _within(*pages(content))
    except MemoryError:
        _refuse("is too large to read; attach the pages that matter")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError, zipfile.BadZipFile, SyntaxError):
        _refuse("is damaged; save it again, then attach that")
    if not told["text"].strip():
        _refuse("holds no words that can be read")
    sys.stdout.write(json.dumps(told))


def _within(texts: Iterable[str], pages: int) -> dict[str, Any]:
    """The pages one behind the other, as many as MOST characters hold."""
    out: list[str] = []
    held = 0
    for text in texts:
        if out and held + len(text) > MOST:
            break
        out.append(text[:MOST])
        held += len(text)
    return {"text": re.sub(r"\n{3,}", "\n\n", "\n\n".join(out)).strip(), "read": len(out) if pages else 0, "pages": pages}


# -- PDF ------------------------------------------------------------------------------------------------------------------


def _pdf(content: bytes) -> tuple[Iterable[str], int]:
    import logging

    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PdfReadError

    logging.disable(logging.CRITICAL)
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            _refuse("is locked by a password; save it without one, then attach that")
        count = len(reader.pages)
        texts: list[list[str]] = []
        tables: list[list[tuple[str, Rows]]] = []
        held = 0
        for page in reader.pages:
            words = page.extract_text()
            texts.append([_LEADER.sub(" … ", line.rstrip()) for line in words.splitlines() if line.strip()])
            figured = sum(len(_FIGURE.findall(line)) > 1 for line in texts[-1]) >= ROWS or len(_CELL.findall(words)) >= 2 * ROWS
            tables.append(aligned(page.extract_text(extraction_mode="layout")) if figured else [])
            held += len(words)
            if held > MOST:
                break
    except (PdfReadError, DependencyError):
        _refuse("is damaged or locked; save it again as a PDF, then attach that")
    if held < SPARSE * len(texts):
        _refuse("holds pictures of its words, not the words: it was scanned; run it through text recognition, then attach that")
    running = _running(texts)
    bare = [[line for at, line in enumerate(lines) if not (_edge(at, lines) and _shape(line) in running)] for lines in texts]
    return [_paged(n, lines, found) for n, (lines, found) in enumerate(zip(bare, tables, strict=True), 1)], count


def _paged(n: int, lines: Sequence[str], tables: Sequence[tuple[str, Rows]]) -> str:
    """A page's words, then its tables, each below the line it stands under and no more among the words."""
    rows = {" ".join(" ".join(row).split()) for _, table in tables for row in table}
    words = flowed([line for line in lines if " ".join(line.split()) not in rows])
    return "\n\n".join([f"[page {n}]\n{words}", *(f"{above}\n\n{tabled(table)}" for above, table in tables)])


def aligned(layout: str) -> list[tuple[str, Rows]]:
    """The tables of a page whose words stand where they are printed: lines of cells one below the other, with the line above."""
    out: list[tuple[str, Rows]] = []
    block: list[str] = []
    above = before = ""
    for line in [*layout.splitlines(), "end"]:
        if not line.strip():
            continue
        if len(_CELL.split(line.strip())) > 1:
            block.append(line.rstrip())
            continue
        if len(block) >= ROWS and (rows := _columns(block)) and figured(rows):
            out.append((above, rows))
        block, before = [], line.strip()
        above = before
    return out


def _columns(lines: Sequence[str]) -> Rows:
    """The cells of lines that stand one below the other, each in its column; empty where a cell stands across two of them."""
    cells = [[(one.start(), one.end(), one[0]) for one in re.finditer(r"\S+(?: \S+)*", line)] for line in lines]
    usual = Counter(map(len, cells)).most_common(1)[0][0]
    full = [row for row in cells if len(row) == usual]
    spans = [(min(cell[0] for cell in column), max(cell[1] for cell in column)) for column in zip(*full, strict=True)]
    if usual < 2 or len(full) < ROWS or any(one[1] > other[0] for one, other in pairwise(spans)):
        return []
    rows: Rows = []
    for row in cells:
        placed = [""] * usual
        for start, end, words in row:
            at = [n for n, span in enumerate(spans) if start < span[1] and end > span[0]]
            if len(at) != 1 or placed[at[0]] or len(words) > WIDEST:
                return []
            placed[at[0]] = words
        rows.append(placed)
    return rows


def _edge(at: int, lines: Sequence[str]) -> bool:
    return at < 2 or at >= len(lines) - 2


def _shape(line: str) -> str:
    """A line with its figures made alike: "Page 3 of 9" is "Page 0 of 0"."""
    return re.sub(r"\d+", "0", line.strip())


def _running(pages: Sequence[Sequence[str]]) -> set[str]:
    """The heads and feet that most pages bear."""
    if len(pages) < HEADED:
        return set()
    seen = Counter(shape for lines in pages for shape in {_shape(line) for at, line in enumerate(lines) if _edge(at, lines)})
    return {shape for shape, n in seen.items() if n > len(pages) / 2}


def flowed(lines: Sequence[str]) -> str:
    """A page's lines as paragraphs: a full line runs on into the next, and a word parted at its end is one again."""
    full = sorted(map(len, lines))[int(0.9 * len(lines))] * 0.7 if lines else 0
    out: list[str] = []
    before = ""
    for line in lines:
        line = line.strip()
        runs_on = bool(out) and len(before) >= full and not re.search(r"[.!?:。！？]['\"”’)]?$", before)
        starts_anew = re.match(r"[-•*–▪\uf000-\uf0ff]\s|(?:\d+\.)+\d*\s|\d+\)\s|#", line)
        if out and re.search(r"[^\W\d_]{2}-$", before) and line[:1].islower():
            out[-1] = out[-1][:-1] + line
        elif runs_on and not starts_anew and (line[:1].islower() or len(before) >= full / 0.7 * 0.85):
            out[-1] += f" {line}"
        else:
            out.append(re.sub(r"^[•▪\uf000-\uf0ff]\s*", "- ", line))
        before = line
    return "\n".join(out)


# -- office files ---------------------------------------------------------------------------------------------------------


def _docx(content: bytes) -> tuple[Iterable[str], int]:
    from docx import Document as Opened
    from docx.table import Table

    def blocks() -> Iterator[str]:
        for block in Opened(io.BytesIO(content)).iter_inner_content():
            if isinstance(block, Table):
                yield tabled([[cell.text for cell in row.cells] for row in block.rows])
            elif block.text.strip():
                style = (block.style.name or "") if block.style else ""
                level = re.match(r"Heading (\d)|Title$", style)
                sign = "#" * int(level[1] or 1) + " " if level else "- " if style.startswith("List") or _listed(block) else ""
                yield f"{sign}{' '.join(block.text.split())}"

    return blocks(), 0


def _listed(paragraph: Any) -> bool:
    properties = paragraph._p.pPr
    return properties is not None and properties.numPr is not None


def _pptx(content: bytes) -> tuple[Iterable[str], int]:
    from pptx import Presentation

    deck = Presentation(io.BytesIO(content))

    def slides() -> Iterator[str]:
        for n, slide in enumerate(deck.slides, 1):
            title = slide.shapes.title
            lines = [f"[slide {n}]"]
            if title is not None and title.text_frame.text.strip():
                lines.append(f"# {' '.join(title.text_frame.text.split())}")
            lines += [line for shape in slide.shapes if shape != title for line in _shaped(shape)]
            if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None and frame.text.strip():
                lines.append(f"Notes: {' '.join(frame.text.split())}")
            yield "\n".join(lines)

    return slides(), len(deck.slides)


def _shaped(shape: Any) -> Iterator[str]:
    """A shape's words: its paragraphs, its table, or its chart's figures."""
    if hasattr(shape, "shapes"):
        for child in shape.shapes:
            yield from _shaped(child)
    elif getattr(shape, "has_table", False):
        yield f"\n{tabled([[cell.text for cell in row.cells] for row in shape.table.rows])}\n"
    elif getattr(shape, "has_chart", False):
        plot = shape.chart.plots[0]
        series = [(one.name or "", list(one.values)) for one in plot.series]
        names = [str(name) for name in plot.categories]
        rows = [[name, *(_figure(values[at]) if at < len(values) else "" for _, values in series)] for at, name in enumerate(names)]
        yield f"\n{tabled([['', *(name for name, _ in series)], *rows])}\n"
    elif getattr(shape, "has_text_frame", False):
        yield from (f"- {line}" for one in shape.text_frame.paragraphs if (line := " ".join(one.text.split())))


def _figure(value: object) -> str:
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


def _odt(content: bytes) -> tuple[Iterable[str], int]:
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("content.xml"), etree.XMLParser(resolve_entities=False, no_network=True))

    def said(node: Any) -> str:
        return " ".join("".join(node.itertext()).split())

    def blocks(node: Any) -> Iterator[str]:
        for child in node.iterchildren(tag=etree.Element):
            tag = etree.QName(child).localname
            if tag == "h":
                level = next((value for name, value in child.attrib.items() if name.endswith("outline-level")), "1")
                yield f"{'#' * int(level)} {said(child)}"
            elif tag == "table":
                rows = [row for row in child.iter() if etree.QName(row).localname == "table-row"]
                yield tabled([[said(cell) for cell in row] for row in rows])
            elif tag == "list":
                yield "\n".join(f"- {said(item)}" for item in child)
            elif tag == "p":
                yield said(child)
            else:
                yield from blocks(child)

    body = next(node for node in root.iter() if etree.QName(node).localname == "body")
    return (block for block in blocks(body) if block.strip()), 0


def _html(content: bytes) -> tuple[Iterable[str], int]:
    from lxml import html

    root = html.document_fromstring(content)
    for node in root.xpath("//script|//style|//noscript|//template|//svg|//head|//nav|//comment()"):
        node.drop_tree()

    def blocks(node: Any) -> Iterator[str]:
        held = node.text or ""
        for child in node:
            if child.tag in _BLOCKS:
                yield held
                held = ""
                words = " ".join(child.text_content().split())
                if child.tag == "table":
                    yield tabled([[cell.text_content() for cell in row.xpath("./td|./th")] for row in child.xpath(".//tr")])
                elif child.tag == "pre":
                    yield f"```\n{child.text_content()}\n```"
                elif child.tag[0] == "h" and child.tag[1:].isdigit():
                    yield f"{'#' * int(child.tag[1:])} {words}"
                elif child.tag == "li":
                    yield f"- {words}"
                elif child.tag == "p":
                    yield words
                else:
                    yield from blocks(child)
                held = child.tail or ""
            else:
                held += f"{child.text_content()}{' ' if child.tag == 'br' else ''}{child.tail or ''}"
        yield held

    return (block if "\n" in block else " ".join(block.split()) for block in blocks(root) if block.strip()), 0


_BLOCKS = frozenset(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header html li"
    " main ol p pre section summary table tbody ul".split()
)


def tabled(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table, the first its head; empty where there is none."""
    cut = [[" ".join(cell.split()).replace("|", "∣") for cell in row] for row in rows]
    cut = [row for row in cut if any(row)]
    wide = max(map(len, cut), default=0)
    if not wide:
        return ""
    lines = [f"| {' | '.join([*row, *[''] * (wide - len(row))])} |" for row in cut]
    return "\n".join([lines[0], f"|{' --- |' * wide}", *lines[1:]])


def _refuse(words: str) -> NoReturn:
    sys.stderr.write(words)
    sys.exit(2)


if __name__ == "__main__":
    main()
