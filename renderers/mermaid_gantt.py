"""Mermaid's plans, read as charts of bars, or as timelines where only hours are told: tasks with what is told or follows from others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flipchart.renderers.mermaid_lists import titled, visual
from flipchart.renderers.mermaid_text import Source, words_of
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import Spec

_LONG = {
    "ms": timedelta(milliseconds=1), "s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1),
    "d": timedelta(days=1), "w": timedelta(days=7), "M": timedelta(days=30), "y": timedelta(days=365),
}  # fmt: skip
_LOOKS = re.compile(r"(axisFormat|tickInterval|todayMarker|inclusiveEndDates|topAxis|weekday|displayMode|click)\b")
_TAGS = {"done", "active", "crit", "milestone", "vert", ""}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TOKENS = (
    ("YYYY", "y", r"\d{4}"), ("YY", "yy", r"\d{2}"), ("MM", "m", r"\d{1,2}"), ("DD", "d", r"\d{1,2}"), ("HH", "H", r"\d{2}"),
    ("hh", "H", r"\d{2}"), ("mm", "M", r"\d{2}"), ("ss", "S", r"\d{2}"), ("SSS", "", r"\d{3}"), ("M", "m", r"\d{1,2}"),
    ("D", "d", r"\d{1,2}"), ("H", "H", r"\d{1,2}"), ("h", "H", r"\d{1,2}"),
)  # fmt: skip
FURTHEST = 4000  # days that a task is moved on over days that do not count


@dataclass(slots=True)
class _Plan:
    """What a plan has said so far."""

    pattern: str = "YYYY-MM-DD"
    weekend: str = "saturday"
    free: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    starts: dict[str, datetime] = field(default_factory=dict)
    ends: dict[str, datetime] = field(default_factory=dict)

    def at(self, words: str) -> datetime | None:
        """The moment that `words` are: a date, or the end of other tasks, or where they begin."""
        found = re.match(r"(after|until)\s+(.+)$", words)
        if found:
            known = [(self.ends if found[1] == "after" else self.starts)[name] for name in found[2].split() if name in self.ends]
            return (max if found[1] == "after" else min)(known) if known else None
        if self.pattern in {"x", "X"} and re.fullmatch(r"\d{1,15}", words):
            return datetime(1970, 1, 1) + timedelta(seconds=int(words) / (1000 if self.pattern == "x" else 1))
        return _dated(words, self.pattern) or (_dated(words, "YYYY-MM-DD") if "-" in words else _dated(words, "YYYY"))

    def end(self, words: str, start: datetime | None) -> datetime | None:
        """Where a task ends: so long after its start, days that do not count left out, or at a moment."""
        found = re.match(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w|M|y)$", words)
        if not found or start is None:
            return self.at(words)
        end = start + float(found[1]) * _LONG[found[2]]
        day, most = start + timedelta(days=1), start + timedelta(days=FURTHEST)
        while day <= end < most:
            end += timedelta(days=1) if self.skipped(day.date()) else timedelta()
            day += timedelta(days=1)
        return end

    def skipped(self, day: date) -> bool:
        """True for a day on which nothing is done."""
        if day.isoformat() in self.kept:
            return False
        rest = {4, 5} if self.weekend == "friday" else {5, 6}
        return day.isoformat() in self.free or _DAYS[day.weekday()] in self.free or ("weekends" in self.free and day.weekday() in rest)

    def dates(self, fields: Sequence[str], before: datetime | None) -> tuple[str, datetime | None, datetime | None]:
        """A task's name, start and end from what stands behind its colon: `name, start, end`, each but the last left out at will."""
        rest = list(fields)
        name = rest.pop(0) if len(rest) > 2 or (len(rest) == 2 and self.at(rest[0]) is None) else ""
        start = self.at(rest[0]) if len(rest) == 2 else before
        end = self.end(rest[-1], start) if rest else None
        return name, end if len(rest) == 1 and start is None else start, end


def gantt(source: Source) -> Spec:
    """Tasks with their dates as bars; a timeline where only hours are told."""
    tasks: list[tuple[int, str, str, str, list[str]]] = []  # line, words, label, section, dates
    section, plan = "", _Plan()
    for number, line in source.lines:
        words = line.strip()
        if titled(source, words) or _LOOKS.match(words):
            continue
        found = re.match(r"(dateFormat|section|excludes|includes|weekend)\s+(.+)$", words)
        if found:
            said = found[2].strip()
            match found[1]:
                case "section":
                    section = words_of(said)
                case "dateFormat":
                    plan.pattern = said
                case "weekend":
                    plan.weekend = said.lower()
                case which:
                    (plan.free if which == "excludes" else plan.kept).update(re.split(r"[\s,]+", said.lower()))
            continue
        found = re.match(r"(.+?)\s*:\s*(.*)$", words)
        if found:
            fields = [part for part in (field.strip() for field in found[2].split(",")) if part not in _TAGS]
            tasks.append((number, words, words_of(found[1]), section, fields))
        else:
            source.fail(number, words)
    made: list[tuple[datetime, datetime, str, str]] = []
    # A task may wait for one that stands below it: the dates are worked out twice.
    for last in (False, True):
        made, before = [], None
        for number, words, label, part, fields in tasks:
            try:
                name, start, end = plan.dates(fields, before)
            except OverflowError:
                name, start, end = "", None, None
            if start is None or end is None:
                if last:
                    source.fail(number, words, "its dates")
                continue
            if name:
                plan.ends[name], plan.starts[name] = end, start
            before = end
            made.append((start, end, label, part))
    if not made:
        source.done()
        raise SpecProblem("this gantt has no task with its dates; write one as `Dig : 2024-01-01, 30d`")
    timed = bool(set("HhmxX") & set(plan.pattern))
    hours = timed and any(at.time() != datetime.min.time() for start, end, *_ in made for at in (start, end))
    if not hours or any(token in plan.pattern for token in ("Y", "D", "x", "X")):
        return visual(source, "chart", mark="gantt", **_bars(made, hours))
    items = [{"when": _hours(start, end), "label": label, "text": part} for start, end, label, part in sorted(made, key=lambda one: one[0])]
    return visual(source, "infographic", family="timeline", items=items)


def _bars(made: Sequence[tuple[datetime, datetime, str, str]], hours: bool) -> dict[str, Any]:
    """The tasks of dated plans as a chart's labels and series; a section is a label without dates over its tasks."""
    rows: list[tuple[str, str, str]] = []
    section = ""
    for start, end, label, part in made:
        if part != section:
            section = part
            rows += [(part, "", "")] if part else []
        last = end if hours or end <= start else end - timedelta.resolution
        first, final = (f"{at:%Y-%m-%d %H:%M}" if hours else at.date().isoformat() for at in (start, last))
        rows.append((label, first, final))
    labels, starts, ends = zip(*rows, strict=True)
    return {"labels": labels, "series": [{"name": "Start", "values": starts}, {"name": "End", "values": ends}]}


def _hours(start: datetime, end: datetime) -> str:
    """When a task is of which no day is told."""
    return f"{start:%H:%M}" if end <= start else f"{start:%H:%M} – {end:%H:%M}"


def _dated(words: str, pattern: str) -> datetime | None:
    expression, at, seen = "", 0, set[str]()
    while at < len(pattern):
        for token, name, digits in _TOKENS:
            if pattern.startswith(token, at):
                expression += f"(?P<{name}>{digits})" if name and name not in seen else digits
                seen.add(name)
                at += len(token)
                break
        else:
            expression += "[AaPp][Mm]" if pattern[at] in "Aa" else re.escape(pattern[at])
            at += 1
    match = re.fullmatch(expression, words)
    if not match:
        return None
    got = match.groupdict()
    try:
        year = int(got.get("y") or (2000 + int(got["yy"]) if got.get("yy") else 2000))
        hour = int(got.get("H") or 0) + (12 if re.search(r"[Pp][Mm]$", words) and int(got.get("H") or 0) < 12 else 0)
        return datetime(year, int(got.get("m") or 1), int(got.get("d") or 1), hour, int(got.get("M") or 0), int(got.get("S") or 0))
    except ValueError:
        return None
