"""Figures that are first added up for each of something: "average monthly sales", "average number of orders per customer"."""

from dataclasses import dataclass

from flipchart.renderers import roles
from flipchart.renderers.database import Column
from flipchart.renderers.query import Every
from flipchart.renderers.question_averages import Averages
from flipchart.renderers.question_words import Item, fold

GRAINS: tuple[Every, ...] = ("year", "quarter", "month", "week", "day", "hour", "weekday", "hour of day", "month of year", "decade")
PER = {"per", "pro", "por", "par"}
_LOOSE = ("es", "pt", "fr", "ar", "zh", "ja")  # adjectives follow what they are said of, or are one word with it


@dataclass
class Each(Averages):
    """Finds what a mean is taken over, where that is no row of the table."""

    each: str = ""
    """A step of time or a column; empty where rows are."""
    each_counted: bool = False
    """Whether rows are counted for each, rather than an amount added up."""

    counted_each: bool = False
    """Whether it is asked how many of them have so much, or so many."""

    def bind_having(self, group: list[str]) -> list[str]:
        """The groups but for the one of which it is asked how many have so much: "how many students have had at least 20 lessons"."""
        n = self.place("count")
        m = self.next(n) if n >= 0 else -1
        while self.at(m).says("distinct"):
            m = self.next(m)
        named = self.at(m).columns[:1]
        if not self.having or not named or named[0].name not in group or m > self.place("gt", "ge", "lt", "le") or self.each:
            return group
        self.each, self.counted_each = named[0].name, True
        self.used |= {n, m} | {k for k, item in enumerate(self.items) if item.says("distinct")}
        return [name for name in group if name != named[0].name]

    def bind_each(self) -> None:
        """Find what figures are added up for each of before their mean is taken."""
        mean = self.place("mean", "median")
        if (
            mean < 0
            or self.span is not None
            or self.has("time", "when", "change", "percent", "running", "average3", "growth", "relation", "share")
        ):
            return
        if not self.periodic(mean):
            self.per(mean)

    def periodic(self, mean: int) -> bool:
        """ "average monthly sales": a step of time said of an amount."""
        found = next((n for n, item in enumerate(self.items) if item.kind == "concept" and item.says("periodic")), -1)
        if found < 0 or (found < mean and self.lang not in _LOOSE) or not self.added_up():
            return False
        step = self.step(found)
        if not step or any(n != found and n not in self.used and item.says(step) for n, item in enumerate(self.items)):
            return False
        self.each = step
        self.used |= {mean, found}
        return True

    def added_up(self) -> bool:
        """Whether what the mean is of can be added up: amounts, or rows."""
        named = [
            c for n, item in enumerate(self.items) if n not in self.used and item.kind == "column" for c in item.columns[:1]
            if c.kind == "number" and not roles.identity(c)
        ]  # fmt: skip
        if named:
            return all(roles.taken(c) == "sum" for c in named)
        return self.has("count") or any(self.is_noun(item) for item in self.items) or bool(roles.figured(self.table))

    def step(self, n: int) -> str:
        """The step of time said at `n`, as a query names it; empty where the table is not that finely dated."""
        grain = next((g for g in reversed(GRAINS) if self.items[n].says(g)), "")
        time = next(iter(roles.dated(self.table)), None)
        if grain and time is not None and self.fine(time, grain):
            return grain
        months = next((c for c in self.table.columns if roles.calendar(c)), None)
        return months.name if grain == "month" and time is None and months is not None else ""

    def fine(self, column: Column, grain: str) -> bool:
        """Whether the dates are written finely enough for this step."""
        order = ("year", "quarter", "month", "week", "day", "minute")
        needed = {"weekday": "day", "hour of day": "minute", "hour": "minute", "month of year": "month", "decade": "year"}.get(grain, grain)
        return order.index(needed) <= order.index(column.grain) or (needed == "week" and column.grain in {"day", "minute"})

    def per(self, mean: int) -> None:
        """ "average number of orders per customer", "average spending per month by category"."""
        counted = self.counted_after(mean)
        for n in range(mean + 1, len(self.items)):
            item, near = self.items[n], self.before(n, 1)
            opened = bool(near) and near[0].says("by")
            if n in self.used:
                continue
            if item.kind == "concept" and item.says(*GRAINS) and (opened or len(item.words.split()) > 1 or self.lang in {"zh", "ja"}):
                per = fold(near[0].words if opened else item.words).split()[0] in PER
                found = self.step(n) if counted or (per and self.added_up() and self.told_apart(n)) else ""
            elif opened and fold(near[0].words) in PER and self.is_noun(item) and (lines := self.lines_of()) is not None:
                found = lines.name  # "average sales per order", of which each line is a row
            elif counted and opened and item.kind == "column" and not self.is_noun(item):
                found = next((c.name for c in item.columns if c.kind == "text" or roles.identity(c) or item.entity), "")
            else:
                continue
            if found:
                self.each = found
                self.used |= {mean, n}
                return

    def counted_after(self, mean: int) -> bool:
        """Whether the mean is one of counts or of totals: "average number of orders", "average total", "average orders"."""
        n = self.next(mean)
        if self.at(n).says("sum"):
            return True
        if not self.at(n).says("count", "distinct"):
            figure = self.at(self.next(n)).columns[:1]  # "average stock price per symbol"
            self.each_counted = self.is_noun(self.at(n)) and self.at(n).kind == "unknown" and not (figure and figure[0].kind == "number")
            return self.each_counted
        while self.at(n).says("count", "distinct", "stop", "new") or self.at(n).kind == "value" or self.spare(self.at(n)):
            n += 1
        amount = self.at(n).kind == "column" and any(c.kind == "number" and not roles.identity(c) for c in self.at(n).columns)
        return not amount or self.at(n).entity

    def spare(self, item: Item) -> bool:
        """Whether a word says nothing of which rows are meant."""
        return item.kind == "unknown" and not self.is_noun(item)

    def told_apart(self, step: int) -> bool:
        """Whether something else than the step of time opens groups."""
        return any(
            n != step and item.kind == "column" and item.columns[0].kind == "text" and near and near[0].says("by")
            for n, item in enumerate(self.items) for near in [self.before(n, 1)]
        )  # fmt: skip
