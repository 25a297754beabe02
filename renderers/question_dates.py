"""Which dates a question means, and of what: of orders that were placed, paid and delivered, those paid in May."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flipchart.renderers import roles, times
from flipchart.renderers.database import Column
from flipchart.renderers.question_said import Sentence
from flipchart.renderers.question_words import Item, fold, name_parts, stem

_MONTH = re.compile(r"\d{4}-(\d\d)")
STEPS = ("year", "quarter", "month", "week", "day")


@dataclass
class Dates(Sentence):
    """Finds the dates of a question, and the columns that they are of."""

    events: dict[int, Column | None] = field(default_factory=dict)
    """By the places of words for something that happens ("paid"), the column of its dates; None where the table has none."""

    def bind_events(self) -> None:
        """Find what is said to happen: a column of dates by its name, or by a word for the same."""
        for n, item in enumerate(self.items):
            if item.columns and item.columns[0].kind == "time":
                self.events[n] = item.columns[0]
            elif item.kind == "unknown" and stem(fold(item.words)) in self.reader.foreign and item.words.endswith("s"):
                continue  # flights are rows of another table
            elif (item.kind == "unknown" or item.says("verb")) and not self.is_noun(item) and (told := self.reader.events(item.words)):
                dated = [c for c in self.table.columns if c.kind == "time" and self.reader.happens(c) & told]
                self.events[n] = dated[0] if len(dated) == 1 else None

    def bind_open(self) -> None:
        """ "open tickets": those of which no end is written down."""
        for n, item in enumerate(self.items):
            if fold(item.words) == "open" and n not in self.used and item.kind in {"unknown", "column", "concept"} and self.events.get(n):
                ended = [
                    c for c in self.table.columns if c.kind == "time" and c.empty and self.reader.happens(c) & self.reader.events("closed")
                ]
                self.assumed = self.assumed or len(ended) != 1
                self.where += [{"column": c.name, "is": "empty"} for c in ended[:1]]
                del self.events[n]
                self.used.add(n)

    def usual(self) -> Column | None:
        """The column of dates that is meant where nothing is said to happen: of what the rows are, else the first."""
        dated = roles.dated(self.table) or [c for c in self.table.columns if c.kind == "time"]
        if self.table.join is not None and (near := [c for c in dated if c in self.table.join.tables[0].columns]):
            dated = near  # of what the rows tell, not of what they point to
        finer = [c for c in dated if c.grain != "year"]
        told = frozenset(one for item in self.items if self.is_noun(item) for one in self.reader.events(item.words))
        own = [c for c in dated if not self.reader.noun.isdisjoint(self.reader.names[c.name])]
        own += [c for c in dated if self.reader.happens(c) & told]
        return next(iter([*(c for c in own if c in finer), *finer, *own, *dated]), None)

    def occasion(self, n: int) -> Column | None:
        """The column that the date, or the step of time, at `n` is of: what is said to happen right after, else last before, else next."""
        dates = [m for m, item in enumerate(self.items) if item.kind in {"date", "range"}]
        late = bool(dates) and not any(m < dates[0] for m in self.events)  # "in May paid, in June delivered"
        before = [m for m in sorted(self.events, reverse=True) if m < n]
        after = [m for m in sorted(self.events) if m > n]
        close = [m for m in after if m == self.next(n)] if self.items[n].kind not in {"date", "range"} or late else []
        at = next(iter([*close, *before, *after]), None)
        if at is None:
            return self.usual()
        self.used.add(at)
        column, usual = self.events[at], self.usual()
        if column is None and usual is not None:
            # "delivered in May", where there is only the day of the order.
            told, own = self.reader.events(self.items[at].words), self.reader.happens(usual)
            begun = self.reader.begins(self.items[at].words)
            others = sum(c.kind == "time" for c in self.table.columns) > 1
            self.assumed = self.assumed or not (told & own or (begun and not own) or not (own or others))
            self.assumed = self.assumed or self.dated_elsewhere(told)
        return column or usual

    def dated_elsewhere(self, told: frozenset[int]) -> bool:
        """Whether a table beside this one has the dates of what is said to happen."""
        dated = [c for other in self.reader.others for c in other.columns if c.kind == "time"]
        return any(self.reader.events(part) & told for c in dated for part in name_parts(c.name))

    def bind_done(self) -> None:
        """What is said to have happened, and not when: "paid orders", "not yet delivered"."""
        if self.has("time", "when"):
            return
        for n, column in self.events.items():
            near = self.before(n, 1)
            if n in self.used or (near and near[0].says("by", "which", "compare", "and", "top")):
                continue
            ranked, figures = self.at(self.next(n)), self.at(self.next(self.next(n))).columns[:1]
            if column is None and ranked.says("most", "least") and figures and figures[0].kind == "number":
                continue  # "has paid the most freight": how much, not that it was paid
            if column is None:
                own = self.reader.happens(usual) if (usual := self.usual()) is not None else frozenset()
                self.assumed = self.assumed or (bool(own) and not self.reader.begins(self.items[n].words))
                self.assumed = self.assumed or self.dated_elsewhere(self.reader.events(self.items[n].words))
            elif column.empty and not any(one["column"] == column.name for one in self.where):
                self.where.append({"column": column.name, "is": "empty" if self.undone(n) else "filled"})
                self.answered.append(column.name)
                self.used.add(n)
                paid_by = self.at(self.next(n)).says("by") and self.at(self.next(self.next(n))).kind == "value"
                self.assumed = self.assumed or (self.has("share") and paid_by)  # of all orders, or of those paid?
            elif any(m in self.used and self.at(self.next(min(n, m))).says("and") for m in self.events):
                self.assumed = True  # "hired and left in 2024"
            elif column is not self.usual() and all(column is not other for m, other in self.events.items() if m in self.used):
                self.assumed = True

    def undone(self, n: int, column: Column | None = None) -> bool:
        """Whether it is said not to have happened, or not to be so: "unpaid", where there is a column of what was paid."""
        own = column is not None and not any(part.startswith("un") for part in self.reader.names[column.name])
        return self.denied(n) or (fold(self.items[n].words).startswith("un") and (self.items[n].kind == "unknown" or own))

    def within_reach(self, n: int) -> bool:
        """Whether a step of time follows "last", or a number of them."""
        m = self.next(n)
        return self.at(self.next(m) if self.at(m).kind == "number" else m).says(*STEPS)

    def bind_dates(self) -> None:
        """Dates as filters: "in 2023", "since March", "between 2020 and 2022", "last 3 months"."""
        self.bind_years()
        loose: dict[str, list[times.Moment]] = {}
        last = -1
        for n, item in enumerate(self.items):
            column = self.usual()
            if n in self.used or column is None:
                continue
            if item.kind in {"range", "date"} or (item.says("last") and self.within_reach(n)):
                column = self.occasion(n) or column
            if item.says("last") and (relative := self.relative(n)):
                self.where.append({"column": column.name, "value": relative})
                continue
            if item.kind == "range":
                self.used.add(n)
                self.where.append({"column": column.name, "is": "between", "value": [_written(one) for one in item.value]})
                continue
            if item.kind != "date":
                continue
            moments = item.value if isinstance(item.value, tuple) else (item.value,)
            self.used.add(n)
            near = self.before(n, 1)
            opener = near[0] if near else Item("end", "", 0, 0)
            m = self.next(n)
            end = self.next(m)
            if len(moments) == 1 and self.at(end).kind == "date" and self.at(m).says("and", "to") and (
                (self.at(m).says("to") and not self.at(m).says("and")) or opener.says("between")
            ):  # fmt: skip
                later = self.at(end).value
                later = later[-1] if isinstance(later, tuple) else later
                self.where.append({"column": column.name, "is": "between", "value": [_written(moments[0]), _written(later)]})
                self.used |= {end, m} | {k for k in range(n) if self.items[k] is opener and opener.says("between", "since")}
                last = end
                continue
            sign = (
                "<"
                if opener.says("before", "older")
                else ">"
                if opener.says("after", "younger")
                else ">="
                if (opener.says("since") and not self.inward(n)) or self.at(m).says("onwards")
                else ""
            )
            if sign:
                self.used |= {k for k in range(n) if self.items[k] is opener} | ({m} if self.at(m).says("onwards") else set())
                years = [c for c in self.table.columns if c.kind == "time" and c.grain == "year"]
                if len(years) == 1 and moments[0].grain == "year" and " " in opener.words and not self.events:
                    column = years[0]  # "newer than 2015": of the year they are of, not the day they were listed
                self.where.append({"column": column.name, "is": sign, "value": _written(moments[0])})
            elif self.denied(n):
                self.where.append({"column": column.name, "is": "not in", "value": [_written(one) for one in moments]})
            else:
                loose.setdefault(column.name, []).extend(moments)
            last = n
        self.assumed = self.assumed or (bool(self.relatives) and sum(item.kind == "date" for item in self.items) > 1)
        for name, ones in loose.items():
            whole = [one for one in ones if one.grain == "year"]
            finer = [one for one in ones if one.grain != "year"]
            if whole and finer and last >= 0:
                # "March … 2023": of the bare months those of that year.
                ones = [one for one in finer if one.at.year in {year.at.year for year in whole}] or ones
            self.loose = ones if len(loose) == 1 else []
            self.where.append({"column": name, "is": "in" if len(ones) > 1 else "=", "value": [_written(one) for one in ones]})
        if (own := self.part_of_year("month")) is not None:
            self.where = [self.of_month(one, own) for one in self.where]

    def of_month(self, test: dict[str, Any], own: Column) -> dict[str, Any]:
        """A filter on months by the rows' own numbers of them."""
        values = test["value"] if isinstance(test["value"], list) else [test["value"]]
        found = [_MONTH.fullmatch(str(value)) for value in values]
        return test | {"column": own.name, "value": [int(one[1]) for one in found if one]} if all(found) else test

    def part_of_year(self, grain: str) -> Column | None:
        """The rows' own numbers of months or days, where all are of one year: more to be trusted than a moment told in another zone."""
        root = self.table.join.tables[0] if self.table.join is not None else self.table
        years = [c for c in root.columns if self.reader.names.get(c.name) == ("year",)]
        if grain != "month" or not years or years[0].low != years[0].high:
            return None
        own = (c for c in root.columns if c.kind == "number" and c.whole and self.reader.names.get(c.name) == (grain,))
        return next(own, None)

    def bind_years(self) -> None:
        """Bare months and quarters in the year of the one they are listed with: "Q1 and Q2 2024", "March to June 2024"."""
        for n in range(len(self.items) - 1, -1, -1):
            item, m = self.items[n], self.next(n, over=frozenset({"stop", "verb", "and", "to", "or", "compare"}))
            after = self.at(m)
            if item.kind != "date" or not isinstance(item.value, tuple) or after.kind != "date" or isinstance(after.value, tuple):
                continue
            if item.value[0].grain == after.value.grain:
                at = item.value[0].at.replace(year=after.value.at.year)
                self.items[n] = replace(item, value=times.Moment(at, after.value.grain))

    def inward(self, n: int) -> bool:
        """True for "from" that only says where something is from: "sales from 2023"."""
        near = self.before(n, 1)
        return bool(near) and near[0].words.lower() in {"from", "de", "von", "से", "من", "の"}

    def relative(self, n: int) -> str:
        """ "last 3 months" as a query says it; empty where no step of time follows."""
        m = self.next(n)
        count = 0
        if self.at(m).kind == "number":
            count, m = int(self.at(m).value), self.next(m)
        unit = next((g for g in ("year", "quarter", "month", "week", "day") if self.at(m).says(g)), "")
        if not unit or (self.at(m).kind == "column" and not self.at(m).says(unit)):
            return ""
        self.used |= {n, m, *([m - 1] if count else [])}
        self.relatives.add(m)
        self.items[n] = replace(self.items[n], concepts=frozenset({"last"}))  # not the last of a ranking
        self.concepts = frozenset(concept for item in self.items for concept in item.concepts)
        way = "previous" if self.items[n].words.lower() == "previous" and not count else "last"
        return f"{way} {count} {unit}s" if count else f"{way} {unit}"


def _written(moment: times.Moment) -> str:
    """A moment as a query writes it."""
    at: datetime = moment.at
    match moment.grain:
        case "year":
            return f"{at.year:04d}"
        case "quarter":
            return f"Q{(at.month + 2) // 3} {at.year:04d}"
        case "month":
            return f"{at.year:04d}-{at.month:02d}"
        case _:
            return str(at.date())
