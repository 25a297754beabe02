"""How long things take, by two columns of dates: "average days from order to delivery", "how long do repairs take by workshop"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flipchart.renderers import roles
from flipchart.renderers.database import Column
from flipchart.renderers.question_dates import Dates
from flipchart.renderers.question_said import WITHIN
from flipchart.renderers.question_words import SECONDS, clock, fold
from flipchart.renderers.words import say

_PARTS: Mapping[str, float] = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30.44, "year": 365.25}
"""Days in each unit; a month and a year as they are on average."""
_TIME = {"time", "times", "zeit", "tiempo", "temps", "tempo"}
TAKE = set(
    "take takes took taken pass passes passed elapse elapses elapsed "
    "last lasts lasted need needed dauern dauert dauerte dauerten gedauert brauchten tardan tarda tardaron tardó "
    "duraron demoran demoraron tardaram demoraram levaram duraram durent dure duré prennent pris".split()
)


_SIGNS = {("gt", "longer"): ">", ("ge",): ">=", ("lt", "briefer"): "<", ("le",): "<="}


def _follows(first: Column, last: Column) -> bool:
    """Whether one date may be the end of what begins on the other: neither its first nor its last day is before that one's."""
    low, high = (first.low, last.low), (first.high, last.high)
    return all(isinstance(a, datetime) and isinstance(b, datetime) and a <= b for a, b in (low, high))


@dataclass
class Spans(Dates):
    """Finds what is asked of the time between two dates of a row."""

    span: tuple[str, str, str] | None = None
    """The columns of dates that it lies between, and its unit."""

    reckoned: list[dict[str, str]] = field(default_factory=list)
    took: list[dict[str, object]] = field(default_factory=list)
    """Filters on the time between two dates, each with how that is reckoned."""

    def bind_took(self) -> None:
        """ "took longer than 2 hours", "more than 20 days to deliver", "delivered within a week": the time between two dates."""
        for n, item in enumerate(self.items):
            way = next((sign for words, sign in _SIGNS.items() if item.says(*words)), "<=" if fold(item.words) in WITHIN else "")
            m = self.next(n)
            number = m if self.at(m).kind == "number" else n - 1 if item.says("ge", "le") and self.at(n - 1).kind == "number" else -1
            unit = self.clocks.get(self.at(number).at, "") if number >= 0 else ""
            if not way or not unit:
                continue
            ends = self.ends_of(n, number)
            if ends is None:
                continue
            first, last, places = ends
            dated = {first.grain, last.grain}
            self.assumed = self.assumed or bool(dated & {"month", "year"}) or (unit not in {"d", "w"} and "minute" not in dated)
            name, long = f"{first.name} → {last.name}", "hour" if unit in {"h", "min", "s"} else "day"
            value = self.at(number).value * SECONDS[unit] / 86400.0 * (24 if long == "hour" else 1)  # in the very steps of SQL
            reckoned = f"`{last.name}` - `{first.name}`"
            self.took.append({"column": name, "is": way, "value": [value]})
            self.reckoned = [
                {
                    "name": name,
                    "formula": f"({reckoned}) * 24" if long == "hour" else reckoned,
                    "unit": say(f"query.unit.{long}", self.lang),
                }
            ]
            self.used |= {n, number, *places}
            self.used |= {k for k, one in enumerate(self.items) if fold(one.words) in TAKE | _TIME}
            self.events = {k: column for k, column in self.events.items() if k not in places}

    def ends_of(self, n: int, number: int) -> tuple[Column, Column, set[int]] | None:
        """From which date to which something takes so long: to what is said to happen beside it, else from the one date to the other."""
        root = self.table.join.tables[0].columns if self.table.join is not None else self.table.columns
        usual, dated = self.usual(), [c for c in self.table.columns[: len(root)] if c.kind == "time"]
        if usual not in dated or usual is None or len(dated) < 2:
            return None
        for k in (*range(number + 1, number + 4), *range(n - 1, max(-1, n - 4), -1)):
            last = self.events.get(k)
            if last is not None and last is not usual:
                return usual, last, {k}
        takes = any(fold(one.words) in TAKE for one in self.items) or self.items[n].says("longer", "briefer")
        long = self.at(number).value * SECONDS[self.clocks[self.at(number).at]]
        own = [c for c in self.reader.similar("duration") if c.kind == "number" and not roles.unwelcome(c) and self.reaches(c, long)]
        last = next(c for c in dated if c is not usual)
        whole = len(dated) == 2 and not own and _follows(usual, last)
        return (usual, last, set()) if takes and whole else None

    def reaches(self, column: Column, seconds: float) -> bool:
        """Whether something in the column may be so long: ten days are no matter of a column of up to 190 minutes."""
        unit = clock(*self.reader.names[column.name], column.unit)
        return not unit or not isinstance(column.high, float) or column.high * SECONDS[unit] >= seconds

    def bind_spans(self) -> None:
        """Find from which date to which a time is asked for, and in which unit."""
        units = [n for n, item in enumerate(self.items) if self.unit_of(n) and not self.at(n - 1).says("last")]
        lasting = self.place("lasting")
        if self.took:
            return
        found = self.ends_said() or self.ends_meant(units[0] if units else -1, lasting)
        if found is None or not (units or lasting >= 0 or self.timed_event() >= 0 or self.has("longest", "shortest", "fastest", "slowest")):
            return
        first, last, places = found
        unit = self.unit_of(units[0]) if units else "day"
        if unit == "hour" and "minute" not in {first.grain} & {last.grain}:
            self.assumed = True
        if self.has("share", "growth", "running", "relation", "ratio", "gt", "ge", "lt", "le") or {first.grain, last.grain} & {
            "month",
            "year",
        }:
            self.assumed = True
        self.span = (first.name, last.name, unit)
        self.events = {n: column for n, column in self.events.items() if n not in places}
        self.used |= {*places, *units[:1], *({lasting} - {-1})}
        self.used |= {n for n, item in enumerate(self.items) if fold(item.words) in _TIME | TAKE | {"long", "until"}}
        self.used |= {n for n, item in enumerate(self.items) if item.says("longest", "shortest", "fastest", "slowest", "count")}

    def dated_by(self, group: list[str]) -> None:
        """Say by which of the two dates a year or a month is told, where nobody does: those ordered, or those delivered in 2024."""
        if self.span is None or self.events:
            return
        first, last, _ = self.span
        dates = [item.words for item in self.items if item.kind in {"date", "range"} or item.says("year", "quarter", "month", "week")]
        usual = self.usual()
        told = usual is not None and (usual.name in group or any(one["column"] == usual.name for one in self.where))
        if dates and usual is not None and told and usual.name in {first, last}:
            other = last if usual.name == first else first
            self.said.append(say("question.taken", self.lang, words=dates[0], column=usual.name, other=other))

    def unit_of(self, n: int) -> str:
        """The unit of time named at `n`, where it counts rather than tells steps: "days", not "per day"."""
        item, near = self.items[n], self.before(n, 1)
        if item.kind != "concept" or (near and near[0].says("by", "which", "last")) or len(item.words.split()) > 1:
            return ""
        return next((unit for unit in _PARTS if item.says(unit) or (unit == "hour" and item.says("hour of day"))), "")

    def event(self, n: int) -> Column | None:
        """The column of dates of what is said to happen at `n`, the rows' own coming to be among it: "order", "delivery"."""
        if n in self.events:
            return self.events[n]
        told = self.reader.events(self.at(n).words) if self.at(n).kind in {"unknown", "column", "value"} else frozenset()
        dated = [c for c in self.table.columns if c.kind == "time" and self.reader.happens(c) & told]
        return dated[0] if len(dated) == 1 else None

    def ends_said(self) -> tuple[Column, Column, set[int]] | None:
        """ "from order to delivery", "between received and finished"; "to" alone where a time goes before."""
        for n in range(len(self.items)):
            m = self.next(n)
            end = self.next(m)
            first, last = self.event(n), self.event(end)
            joined = self.at(m).says("to", "and") or fold(self.at(m).words) in {"until", "bis"}
            if first is None or last is None or first is last or not joined:
                continue
            opened = [k for k in range(max(0, n - 3), n) if self.items[k].says("since", "between", "lasting")]
            opened += [k for k in range(max(0, n - 3), n) if fold(self.items[k].words) in {"from", "von", "de", "desde", "between"}]
            if opened:
                return first, last, {n, m, end, *opened}
        return None

    def ends_meant(self, unit: int, lasting: int) -> tuple[Column, Column, set[int]] | None:
        """ "delivery time", "days to deliver", "how long do repairs take": from what comes first to what is named, or to the only other."""
        dated = [c for c in self.table.columns if c.kind == "time"]
        usual, timed = self.usual(), self.timed_event()
        if usual is None or len(dated) < 2 or self.reader.similar("duration"):
            return None
        after = (
            next((n for n in sorted(self.events) if max(unit, lasting) < n <= max(unit, lasting) + 4), -1)
            if max(unit, lasting) >= 0
            else -1
        )
        at = timed if timed >= 0 else after
        last = self.events.get(at) if at >= 0 else None
        if last is not None and last is not usual and self.at(at - 1).kind != "date":
            return usual, last, {at}
        counted = unit >= 0 and self.has("count") and self.has("mean", "median", "max", "min")  # "how many days on average does it take"
        whole = lasting >= 0 or counted or self.has("longest", "shortest", "fastest", "slowest")
        takes = any(fold(item.words) in TAKE for item in self.items) or (
            lasting >= 0 and not fold(self.items[lasting].words).startswith("how")
        )
        if whole and takes and len(dated) == 2 and not self.events and self.ordered(usual, dated):
            return usual, next(c for c in dated if c is not usual), set()
        return None

    def ordered(self, first: Column, dated: list[Column]) -> bool:
        """Whether rows begin on one of the dates and end on the other, and no end is open on most of them."""
        last = next(c for c in dated if c is not first)
        begun = all(self.reader.begins(part) for part in self.reader.names[first.name]) and self.reader.happens(first)
        return bool(begun and self.reader.happens(last) and 4 * last.empty <= self.table.rows)

    def timed_event(self) -> int:
        """The place of what is named right before "time": "delivery time"."""
        return next((n for n in self.events if self.events[n] is not None and fold(self.at(n + 1).words) in _TIME), -1)

    def lasted(self) -> tuple[dict[str, object], dict[str, str]]:
        """The figure asked of the time between two dates, and how it is reckoned."""
        assert self.span is not None
        first, last, unit = self.span
        days = _PARTS[unit]
        name = f"{first} → {last}"
        reckoned = (
            f"`{last}` - `{first}`"
            if days == 1
            else f"(`{last}` - `{first}`) * 24"
            if unit == "hour"
            else f"(`{last}` - `{first}`) / {days}"
        )
        ways = [take for take in ("median", "mean", "max", "min") if self.has(take)]
        take = ways[0] if ways else "mean"
        return {"column": name, "take": take}, {"name": name, "formula": reckoned, "unit": say(f"query.unit.{unit}", self.lang)}
