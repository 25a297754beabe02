"""What a model is told of a table: a few lines, never its rows."""

from collections.abc import Mapping
from datetime import datetime

from flipchart.renderers import times
from flipchart.renderers.database import Table
from flipchart.renderers.joins import every, key

MOST = 40  # columns told of a table alone, and a third of it where there are several


def profile(table: Table) -> str:
    """A file's table, or its tables, in a few lines for a prompt: names, what is in them, ranges and samples; never its rows."""
    return "\n".join(_told(one, MOST // 3 if table.beside else MOST) for one in (table, *table.beside))


def keys(tables: Mapping[str, Table]) -> str:
    """How the tables belong together, in a line for each key; empty where they do not."""
    known = every(tables)
    out = []
    for name, left in known.items():
        for other, right in known.items():
            if left is not right and (places := key(left, right)):
                out.append(f"{left.columns[places[0]].name} of {name} is {right.columns[places[1]].name} of {other}")
    return f"Columns of these tables may be used together: {'; '.join(out)}." if out else ""


def _told(table: Table, most: int) -> str:
    out = [f"{table.sheet or table.name}: {table.rows:,} rows"]
    for column in table.columns[:most]:
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
    if len(table.columns) > most:
        out.append(f"- and {len(table.columns) - most} more columns")
    return "\n".join(out)


def _short(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else "?"
