"""Tables that stand among words: one written or pasted into a message, those of a document."""

import re
from collections.abc import Sequence
from itertools import groupby

from flipchart.renderers import cells

FIGURED = 0.6  # share of a column's cells that are figures, where commas alone part the cells
MOST = 12  # tables of a document
LEAST = 3  # lines of one, its head among them
NAMED = 80  # characters of a line that may be a table's name
_YEAR = re.compile(r"(?:19|20)\d\d")
_PAGE = re.compile(r"\[\w+ \d+\]")
_RULE = re.compile(r"[\s|:+-]*-{2,}[\s|:+-]*")


def parted(text: str) -> tuple[str, str] | None:
    """The words of a message and the lines of the table in it; None where it holds none, or more than one."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) < 2 or "```" in text:
        return None
    found: list[tuple[int, int, str]] = []
    for sign in ("\t", "|", ";", ","):
        at = 0
        for cut, group in groupby(sign in line.strip() for line in lines):
            size = len(list(group))
            rows = lines[at : at + size]
            if cut and _is_table(rows, sign):
                found.append((at, at + size, sign))
            at += size
        if found:
            break
    if len(found) != 1:
        return None
    start, end, _ = found[0]
    words = " ".join(" ".join(line.split()) for line in (*lines[:start], *lines[end:]) if line.strip())
    return words, "\n".join(lines[start:end])


def standing(text: str) -> list[tuple[str, str]]:
    """The Markdown tables of figures in a document, the first MOST: the line above each, empty where it names nothing, and its lines."""
    out: list[tuple[str, str]] = []
    above = ""
    for piped, group in groupby(text.split("\n"), lambda line: line.strip().startswith("|")):
        lines = list(group)
        if not piped:
            named = [line.strip(" #*_:") for line in lines if line.strip(" #*_:-")]
            above = named[-1] if named and len(named[-1]) <= NAMED and not _PAGE.fullmatch(named[-1]) else ""
            continue
        body = [line for line in lines if not _RULE.fullmatch(line)]
        parts = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in body]
        if len(parts) >= LEAST and len(set(map(len, parts))) == 1 and figured(parts):
            out.append((above, "\n".join(lines)))
    return out[:MOST]


def _is_table(rows: Sequence[str], sign: str) -> bool:
    """Whether lines are rows: cut alike, with a column of figures where the sign is one of prose too."""
    body = [row for row in rows if not _RULE.fullmatch(row)]
    parts = [[cell.strip() for cell in row.strip().strip("|" if sign == "|" else "").split(sign)] for row in body]
    if len(parts) < 2 or (sign in ",;" and len(parts) < 3):
        return False
    widths = {len(row) for row in parts}
    if sign == "\t":
        return max(widths) > 1
    if sign == "|":
        return len(widths) == 1 and (len(body) < len(rows) or rows[0].strip().startswith("|") or figured(parts))
    return len(widths) == 1 and max(len(cell) for row in parts for cell in row) <= 60 and figured(parts)


def figured(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a column is of figures below its name; each row has as many cells."""
    columns = list(zip(*rows[1:], strict=True))
    found = [sum(cells.read(cell) is not None for cell in column) >= FIGURED * len(column) for column in columns]
    return any(many and (cells.read(name) is None or _YEAR.fullmatch(name)) for many, name in zip(found, rows[0], strict=True))
