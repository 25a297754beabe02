"""Figures that stand for no value, as sensors and old programs write them: -200, -999, -9999."""

import re
from collections import Counter
from collections.abc import Sequence

from flipchart.renderers.database import Cell, Column, Note
from flipchart.renderers.table_columns import told_of

FEWEST = 3  # times that such a figure stands in a column
LEAST = 90.0  # how far below zero it is at least
_NINES = re.compile(r"-9{2,6}(?:\.0)?")


def without_marks(found: Sequence[tuple[Column, list[Cell]]]) -> tuple[list[tuple[Column, list[Cell]]], list[Note]]:
    """The columns with nothing where a figure marks that nothing is there, and a note that says which figure, and how often.

    Such a figure is the same in several columns, or all nines; it stands several times, far below all others of its column.
    """
    lows = [_far_low(column, values) for column, values in found]
    shared = Counter(low for low in lows if low is not None)
    marks = {low for low, columns in shared.items() if columns > 1 or _NINES.fullmatch(f"{low:.1f}")}
    out, voided = [], Counter[float]()
    for (column, values), low in zip(found, lows, strict=True):
        if low is None or low not in marks:
            out.append((column, values))
            continue
        kept: list[Cell] = [None if value == low else value for value in values]
        voided[low] += sum(value == low for value in values)
        out.append((told_of(column, kept), kept))
    return out, [Note("void", (("value", f"{low:g}"), ("count", count))) for low, count in voided.items()]


def _far_low(column: Column, values: Sequence[Cell]) -> float | None:
    """The lowest figure of a column, where it is far below all others and stands several times; else None."""
    low = column.low
    if column.kind != "number" or not isinstance(low, float) or low > -LEAST or not low.is_integer():
        return None
    others = [value for value in values if isinstance(value, float) and value != low]
    if not others or min(others) < low / 2:
        return None
    return low if sum(value == low for value in values) >= FEWEST else None
