"""The order in which the letters of a line stand when scripts of both directions meet (UAX #9).

Not covered: explicit embeddings and overrides (they are cleaned away), isolates, and the pairing of brackets (rule N0).
"""

import unicodedata
from collections.abc import Iterator

_NEUTRAL = {"B", "S", "WS", "ON", "BN"}


def runs(line: str, backwards: bool) -> list[tuple[int, int, bool]]:
    """The line in pieces of one direction, from left to right as they are seen: (start, end, right to left)."""
    levels = _levels(line, 1 if backwards else 0)
    pieces: list[tuple[int, int, int]] = []
    start = 0
    for i in range(1, len(line) + 1):
        if i == len(line) or levels[i] != levels[start]:
            pieces.append((start, i, levels[start]))
            start = i
    # Rule L2: from the highest level down, what is at that level or above turns round.
    for level in range(max((piece[2] for piece in pieces), default=0), 0, -1):
        out: list[tuple[int, int, int]] = []
        held: list[tuple[int, int, int]] = []
        for piece in [*pieces, (0, 0, -1)]:
            if piece[2] >= level:
                held.append(piece)
            else:
                out += held[::-1]
                held = []
                out.append(piece)
        pieces = out[:-1]
    return [(start, end, level % 2 == 1) for start, end, level in pieces]


def _levels(line: str, base: int) -> list[int]:
    """The embedding level of each character: even reads to the right, odd to the left."""
    side = "R" if base else "L"
    kinds = [unicodedata.bidirectional(c) or "L" for c in line]
    _weak(kinds, side)
    for start, end in _spans(kinds):
        before = side if start == 0 else "L" if kinds[start - 1] == "L" else "R"
        after = side if end == len(kinds) else "L" if kinds[end] == "L" else "R"
        kinds[start:end] = [before if before == after else side] * (end - start)
    if base:
        levels = [2 if kind in {"L", "EN", "AN"} else 1 for kind in kinds]
    else:
        levels = [1 if kind == "R" else 2 if kind in {"EN", "AN"} else 0 for kind in kinds]
    # Rule L1: spaces at the end of a line stand on its own side.
    for i in range(len(line) - 1, -1, -1):
        if not line[i].isspace():
            break
        levels[i] = base
    return levels


def _weak(kinds: list[str], side: str) -> None:
    """Rules W1 to W7: marks, numbers and what stands in them."""
    strong = before = side
    for i, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[i] = before
        before = kinds[i]
    for i, kind in enumerate(kinds):
        if kind in {"L", "R", "AL"}:
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[i] = "AN"
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]
    for i in range(1, len(kinds) - 1):
        around = kinds[i - 1], kinds[i + 1]
        if (kinds[i] in {"ES", "CS"} and around == ("EN", "EN")) or (kinds[i] == "CS" and around == ("AN", "AN")):
            kinds[i] = around[0]
    for i, kind in enumerate(kinds):
        if kind == "ET":
            end = next((j for j in range(i, len(kinds)) if kinds[j] != "ET"), len(kinds))
            touches = (i > 0 and kinds[i - 1] == "EN") or (end < len(kinds) and kinds[end] == "EN")
            kinds[i:end] = ["EN" if touches else "ON"] * (end - i)
    strong = side
    for i, kind in enumerate(kinds):
        if kind in {"ES", "CS"}:
            kinds[i] = "ON"
        elif kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[i] = "L"


def _spans(kinds: list[str]) -> Iterator[tuple[int, int]]:
    """Where neutral characters stand together."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > start:
            yield start, end
        start = max(end, start + 1)
