"""What is above or below an average: "which shops sell more than average", "how many people earn less than the median"."""

from dataclasses import dataclass, replace
from typing import Literal

from flipchart.renderers import roles
from flipchart.renderers.database import Column
from flipchart.renderers.question_filters import Filters
from flipchart.renderers.question_words import Item, fold

_WAYS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_MORE = {"more": ">", "higher": ">", "less": "<", "fewer": "<", "lower": "<", "mehr": ">", "weniger": "<"}
_OF = {"of", "for", "in", "within", "among", "von", "des", "der", "im", "de", "del", "du", "da", "do"}
_WHOLE = {"all", "overall", "the", "every", "alle", "aller", "todos", "todas", "tous", "toutes"}


@dataclass
class Averages(Filters):
    """Finds comparisons with an average: of rows where rows are counted or listed, else of groups."""

    against: Column | None = None
    """The column whose figures are compared with the average of all groups; None where none are."""

    def bind_averages(self) -> None:
        """Find what is compared with a mean or a median."""
        for n, item in enumerate(self.items):
            sign = next((_WAYS[way] for way in self.ways(item)), "")
            m = self.next(n)
            while fold(self.at(m).words) == "-":
                m = self.next(m)
            if fold(item.words) in _MORE and self.at(m).kind == "column":
                sign, m = _MORE[fold(item.words)], self.next(m)  # "more visits than average"
            way: Literal["mean", "median"] = "median" if self.at(m).says("median") else "mean"
            if not sign or not self.at(m).says(way):
                continue
            column, place = self.compared(m)
            self.assumed = self.assumed or any(fold(one.words) in {"per", "pro", "por", "par"} for one in self.items[max(0, n - 3) : n])
            if column is None or self.narrowed(m) or self.has("share", "growth", "change", "percent", "running", "each"):
                self.assumed = True
                continue
            self.used |= {n, m}
            self.items[m] = replace(self.items[m], concepts=frozenset({"stop"}))  # nobody asks for the mean itself
            self.concepts = frozenset(concept for one in self.items for concept in one.concepts)
            if self.of_rows():
                self.where.append({"column": column.name, "is": sign, "value": way})
                self.used.add(place)
                self.assumed = self.assumed or len(self.where) > 1  # the average of which rows?
            else:
                self.against = column
                self.having.append({"is": sign, "than": way})
                self.assumed = self.assumed or len(self.having) > 1 or any(self.column(one["column"]).kind != "time" for one in self.where)

    def ways(self, item: Item) -> list[str]:
        """Which way something compares."""
        said = [way for way in _WAYS if item.says(way)]
        return said or [way for quality, way in (("dearer", "gt"), ("cheaper", "lt")) if item.says(quality)]

    def compared(self, m: int) -> tuple[Column | None, int]:
        """The column of figures that is compared: named after the average, else before the comparison, else the only or main one."""
        after = m + 1
        while self.at(after).says("stop") or fold(self.at(after).words) in _OF:
            after += 1
        for k in (after, *range(m - 1, -1, -1), *range(after + 1, len(self.items))):
            figures = [c for c in self.at(k).columns[:1] if c.kind == "number" and not roles.identity(c) and not roles.answer(c)]
            if figures:
                return figures[0], k
        amounts = roles.figured(self.table)
        self.assumed = self.assumed or bool(self.reader.others) or (len(amounts) > 1 and not roles.money(amounts[0]))
        return (amounts[0] if amounts else None), -1

    def narrowed(self, m: int) -> bool:
        """Whether the average is one of other rows: "than the average of their team"."""
        named = self.at(m + 1).columns[:1]
        m += 1 if named and named[0].kind == "number" else 0
        words = fold(self.at(m + 1).words)
        column = self.at(self.next(m)).columns[:1]
        return words in _OF and fold(self.at(m + 2).words) not in _WHOLE and not (column and column[0].kind == "number")

    def of_rows(self) -> bool:
        """Whether rows are compared, to be counted or put together, rather than groups to be shown."""
        named = [c for item in self.items for c in item.columns[:1] if c.kind == "text" and roles.unique(c, self.table)]
        rows = bool(named) or self.has("who") or any(self.is_noun(item) for item in self.items)
        return rows and self.has("count", "by", "list")
