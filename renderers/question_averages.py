"""What is above or below an average, or another figure of the same row: "shops that sell more than average", "sold below cost"."""

from dataclasses import dataclass, replace
from typing import Literal

from flipchart.renderers import roles
from flipchart.renderers.database import Column
from flipchart.renderers.question_filters import Filters
from flipchart.renderers.question_words import Item, fold

_WAYS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_WHEN = {"after": ">", "before": "<"}
_MORE = {"more": ">", "higher": ">", "less": "<", "fewer": "<", "lower": "<", "mehr": ">", "weniger": "<"}
_THAN = {"than", "as", "que", "als", "de"}
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

    def bind_columns(self) -> None:
        """ "films whose budget is higher than their gross", "shipped later than required": one column of a row against another."""
        for n, item in enumerate(self.items):
            sign, m = next((_WAYS[way] for way in self.ways(item)), next((_WHEN[way] for way in _WHEN if item.says(way)), "")), self.next(n)
            left = next((k for k in range(n - 1, max(-1, n - 6), -1) if self.items[k].kind in {"column", "value", "number"}), -1)
            if fold(item.words) in _MORE and self.at(m).kind == "column":
                sign, left, m = _MORE[fold(item.words)], m, self.next(m)  # "more away goals than home goals"
                m = self.next(m) if fold(self.at(m).words) in _THAN else m
            while fold(self.at(m).words) in _THAN or self.at(m).says("verb"):
                m = self.next(m)
            other = self.compares(m)
            one = self.compares(left) or (self.event(left) if other is not None and other.kind == "time" else None)
            if not sign or item.says("to") or n in self.used or one is None or other is None or one is other or one.kind != other.kind:
                continue
            name = f"{one.name} − {other.name}"
            self.took.append({"column": name, "is": sign, "value": [0]})
            self.reckoned.append({"name": name, "formula": f"`{one.name}` - `{other.name}`", "unit": one.unit})
            self.assumed = self.assumed or one.unit != other.unit
            self.items[n] = replace(item, concepts=frozenset({"stop"}))
            self.used |= {left, n, m}
            self.events = {k: column for k, column in self.events.items() if k not in {left, m}}
            self.concepts = frozenset(concept for one in self.items for concept in one.concepts)

    def compares(self, n: int) -> Column | None:
        """The figures, or the dates, named at a place, which one row may have more of than of others; None where none are."""
        column = next(iter(self.at(n).columns), None) if self.at(n).kind == "column" and n not in self.used else None
        figure = column is not None and column.kind == "number" and not roles.identity(column) and not roles.answer(column)
        return column if column is not None and (figure or column.kind == "time") else None

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
