"""What a model is told of a table: a few lines, never its rows."""

from datetime import datetime

from flipchart.renderers import times
from flipchart.renderers.database import Table


def profile(table: Table) -> str:
    """The table in a few lines for a prompt: names, what is in them, ranges and samples; never its rows."""
    out = [f"{table.name}: {table.rows:,} rows"]
    for column in table.columns[:40]:
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
    if len(table.columns) > 40:
        out.append(f"- and {len(table.columns) - 40} more columns")
    return "\n".join(out)


def _short(value: object) -> str:
    return f"{value:,.6g}" if isinstance(value, float) else "?"
