"""A table written or pasted into a message, told apart from the words around it."""

import re
from collections.abc import Sequence
from itertools import groupby

from flipchart.renderers import cells

FIGURED = 0.6  # share of a column's cells that are figures, where commas alone part the cells
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
        return len(widths) == 1 and (len(body) < len(rows) or rows[0].strip().startswith("|") or _figured(parts))
    return len(widths) == 1 and max(len(cell) for row in parts for cell in row) <= 60 and _figured(parts)


def _figured(parts: Sequence[Sequence[str]]) -> bool:
    """Whether a column is of figures below its name."""
    columns = list(zip(*parts[1:], strict=True))
    figured = [sum(cells.read(cell) is not None for cell in column) >= FIGURED * len(column) for column in columns]
    return any(found and cells.read(name) is None for found, name in zip(figured, parts[0], strict=True))
