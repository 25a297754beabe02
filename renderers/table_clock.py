"""A column of days and one of times of the day as moments: the Date and the Time of a measurement."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from flipchart.renderers.database import Cell, Column, Note
from flipchart.renderers.table_columns import told_of

_DAY = {"date", "day", "datum", "tag", "fecha", "data", "jour", "日期", "日付"}
_TIME = {"time", "uhrzeit", "zeit", "hora", "heure", "时间", "時刻"}
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:.h]([0-5]\d)(?:[:.]([0-5]\d))?(?:\.0+)?\s*([ap]\.?m\.?)?", re.IGNORECASE)


def with_times(found: Sequence[tuple[Column, list[Cell]]]) -> tuple[list[tuple[Column, list[Cell]]], list[Note]]:
    """The columns with the days as moments, where one other column holds their times, and a note that says so; else as they are."""
    days = [n for n, (column, _) in enumerate(found) if column.kind == "time" and column.grain == "day" and _called(column, _DAY)]
    clocks = [n for n, (column, _) in enumerate(found) if column.kind in {"text", "time"} and _called(column, _TIME)]
    if len(days) != 1 or len(clocks) != 1:
        return list(found), []
    (day, dates), (clock, times) = found[days[0]], found[clocks[0]]
    moments = [_moment(date, time) for date, time in zip(dates, times, strict=True)]
    told = [moment for date, moment in zip(dates, moments, strict=True) if date is not None]
    if not told or any(moment is None for moment in told) or len(set(moments)) <= day.distinct:
        return list(found), []
    out = list(found)
    out[days[0]] = (told_of(replace(day, grain="minute"), moments), moments)
    return out, [Note("clock", (("column", day.name), ("other", clock.name)))]


def _called(column: Column, names: set[str]) -> bool:
    return column.name.strip().casefold() in names


def _moment(date: Cell, time: Cell) -> Cell:
    """The day with the time of it; None where either is not there, or is none."""
    if not isinstance(date, datetime):
        return None
    if isinstance(time, datetime):
        return date + timedelta(hours=time.hour, minutes=time.minute, seconds=time.second)
    read = _CLOCK.fullmatch(str(time).strip()) if time is not None else None
    if read is None:
        return None
    half = (read[4] or "")[:1].casefold()
    hour = int(read[1]) % 12 + (12 if half == "p" else 0) if half else int(read[1])
    return date + timedelta(hours=hour, minutes=int(read[2]), seconds=int(read[3] or 0))
