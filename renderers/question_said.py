"""What a question says, as things in a row, and what can be told from them at a glance."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal

from flipchart.renderers import roles, times
from flipchart.renderers.database import Column
from flipchart.renderers.question_words import ID, SCALES, Item, Reader, clock, fold, qualities, stem

_ROWS = "row record entry person transaction reading observation measurement instance zeile registro ligne linha".split()
_MONEY = set("€ eur euro euros dollar dollars usd $ £ pounds 円 元 块 रुपये يورو دولار".split())
PEOPLE = {
    stem(word)
    for word in "people person persons everyone everybody individuals personen leute menschen personas gente personnes gens pessoas".split()
}
_PLAIN_UNITS = (
    _MONEY
    | {*SCALES}
    | set(
        "kg g l m mm cm km grams kilos kilograms meters metres degree degrees celsius grad grados graus degrés ° "
        "岁 歳 分 jahre jahren anos ans years % percent".split()
    )
)
_UNITS = _PLAIN_UNITS | set("seconds second sec secs minutes minute min mins hours hour mm sqft mph kwh ℃ °c".split())
_BOUNDS = ("gt", "ge", "lt", "le", "longer", "briefer")
WITHIN = {"within", "inside", "innerhalb", "binnen"}
_ONES = set("a an one ein eine einer einem einen eines un una uno uma um une".split())
_PERCENT = {"%", "percent", "per cent", "prozent", "por ciento", "por cento", "pour cent", "％"}
_HALVES = {"half", "halb", "halbe", "halben", "media", "medio", "meia", "meio", "demi"}
PLACES = range(2, 6)
Way = Literal["most", "least"]


@dataclass
class Sentence:
    """What a question says over one table, and how far it has been understood."""

    reader: Reader
    question: str
    items: list[Item]
    used: set[int] = field(default_factory=set)
    """Places, among the items, of those that have their place in the query."""
    where: list[dict[str, Any]] = field(default_factory=list)
    having: list[dict[str, Any]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    loose: list[times.Moment] = field(default_factory=list)
    relatives: set[int] = field(default_factory=set)
    valued: dict[str, int] = field(default_factory=dict)
    answered: list[str] = field(default_factory=list)
    spans: set[str] = field(default_factory=set)
    """Columns of months of which a span is meant: "March to June"."""
    most_rows: bool = False
    most_of: int = -1
    """Place of the rows of another table of which the most are asked for."""
    largest_row: bool = False
    clocks: dict[int, str] = field(default_factory=dict)
    """Units of time of numbers, by their places among the words."""
    scales: dict[int, str] = field(default_factory=dict)
    """Their units of weight or length."""
    percents: set[int] = field(default_factory=set)
    """Places, among the words, of numbers said in percent."""
    money: set[int] = field(default_factory=set)
    """Places, among the words, of numbers that are sums of money."""
    assumed: bool = False
    order: tuple[str, str] = ("", "")
    """Which way the labels are to run, and along what: a column, "labels" or "figures"; empty where nobody says."""

    def __post_init__(self) -> None:
        self.table = self.reader.table
        self.items = list(self.told_in_words())
        self.items = list(self.bare_of_units())
        for n, (item, follows) in enumerate(pairwise(self.items)):
            if fold(item.words) in {"over", "against"} and follows.kind == "column" and follows.columns[0].kind == "time":
                self.items[n] = replace(item, concepts=frozenset({"by"}))  # "orders over order_date"
        self.concepts = frozenset(concept for item in self.items for concept in item.concepts)
        self.lang = self.reader.lang

    def told_in_words(self) -> Iterator[Item]:
        """The items with "a week" and "half an hour" as numbers, where something is compared with them."""
        half = False
        for n, item in enumerate(self.items):
            word, unit = fold(item.words), self.items[n + 1] if n + 1 < len(self.items) else None
            later = self.items[n + 2] if n + 2 < len(self.items) else None
            compared = half or any(one.says(*_BOUNDS) or fold(one.words) in WITHIN for one in self.items[max(0, n - 1) : n])
            if word in _HALVES and compared and unit and any(one and clock(stem(fold(one.words))) for one in (unit, later)):
                half = True
                if fold(unit.words) not in _ONES:
                    yield Item("number", item.words, item.at, item.to, value=0.5)
            elif word in _ONES and compared and unit and clock(stem(fold(unit.words))):
                yield Item("number", item.words, item.at, item.to, value=0.5 if half else 1.0)
                half = False
            else:
                yield item

    def bare_of_units(self) -> Iterator[Item]:
        """The items without the units of their numbers: "205 cm", "300 seconds", "20000円"."""
        units = {part for column in self.table.columns for part in (*self.reader.names[column.name], fold(column.unit)) if part}
        for n, item in enumerate(self.items):
            before = self.items[n - 1] if n else None
            bound = item.words.lower().split()
            if item.says("ge", "le") and bound[0] in {"or", "and"} and self.items[n + 1 : n + 2] and self.items[n + 1].kind == "number":
                yield replace(item, words=bound[0], to=item.at + 1, concepts=frozenset({bound[0]}))
                yield replace(item, words=bound[1], at=item.at + 1, concepts=frozenset({"gt" if item.says("ge") else "lt"}))
                continue  # "below 2 or above 5"
            near = self.items[max(0, n - 3) : n]
            compared = any(one.says("gt", "ge", "lt", "le", *qualities()) or fold(one.words) in WITHIN for one in near)
            if before is not None and before.kind == "number" and before.value < 150 and compared and item.says("year"):
                continue  # "mayores de 40 años"
            if before is not None and before.kind == "number" and fold(item.words) in _MONEY:
                self.money.add(before.at)
            unit = item.kind == "unknown" or (item.kind == "column" and not item.entity and len(item.words) <= 8)
            if before is not None and before.kind == "number" and clock(stem(fold(item.words))):
                self.clocks[before.at] = clock(stem(fold(item.words)))
            if before is not None and before.kind == "number" and compared and fold(item.words) in _PERCENT:
                self.percents.add(before.at)
                continue  # "a discount above 20 %" asks for no share
            if before is not None and before.kind == "number" and stem(fold(item.words)) in SCALES:
                self.scales[before.at] = stem(fold(item.words))
            best = any(one.says(*self.superlatives()) for one in near)  # "hottest 5 days"
            if before is not None and before.at in self.clocks and compared and not best and item.kind == "concept":
                yield replace(item, concepts=frozenset({"stop"}))  # "more than 2 hours"
                continue
            if before is not None and before.kind == "number" and unit and fold(item.words) in _UNITS:
                if (
                    item.kind == "column"
                    or stem(fold(item.words)) in units
                    or any(self.reader.means(stem(fold(item.words)), u) for u in units)
                    or (clock(stem(fold(item.words))) and clock(*units))
                ):
                    continue
                if fold(item.words) in _PLAIN_UNITS:
                    continue
            yield item

    def has(self, *concepts: str) -> bool:
        """Whether the question says one of these."""
        return not self.concepts.isdisjoint(concepts)

    def place(self, *concepts: str) -> int:
        """Where the first of these is said; -1 where none is."""
        return next((n for n, item in enumerate(self.items) if item.says(*concepts)), -1)

    def before(self, n: int, far: int = 2) -> list[Item]:
        """The things said right before, the nearest first, small words passed over."""
        out: list[Item] = []
        for m in range(n - 1, -1, -1):
            if self.items[m].concepts and self.items[m].concepts <= {"stop", "verb"}:
                continue
            out.append(self.items[m])
            if len(out) == far:
                break
        return out

    def next(self, n: int, *, over: frozenset[str] = frozenset({"stop", "verb"})) -> int:
        """The place of the next thing that is no small word; the number of things where there is none."""
        n += 1
        while n < len(self.items) and self.items[n].kind == "concept" and self.items[n].concepts <= over:
            n += 1
        return n

    def at(self, n: int) -> Item:
        """The thing at a place; an empty one past the end."""
        return self.items[n] if 0 <= n < len(self.items) else Item("end", "", 0, 0)

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(column for column in self.table.columns if column.name == name)

    def denied(self, n: int) -> bool:
        """Whether "not", "except" or "without" goes before."""
        near = [one for one in reversed(self.items[:n]) if (not one.says("stop") or one.says("not")) and one.words != "-"][:2]
        if any(one.says("not") for one in near[:1]):
            return True
        item, column = self.items[n], near[0].columns[:1] if near else ()
        told = column and (column[0] in item.columns if item.kind == "value" else item.kind != "date" or column[0].kind == "time")
        return len(near) > 1 and near[1].says("not") and bool(told)  # "not in region North", and not "without rain in May"

    def is_noun(self, item: Item) -> bool:
        """Whether it is what a row of the table is: an order, a ticket, a person."""
        if item.kind not in {"unknown", "column"}:
            return False
        stems = [stem(fold(word)) for word in item.words.split()]
        if item.kind == "column" and len(stems) > 2 and stems[-2] in {"of", "von", "de"}:
            stems = stems[:-2]  # kinds of bike are kinds
        if item.kind == "column" and not item.sure and any(self.reader.calls(word) for word in stems):
            return item.columns[0].kind != "number"
        if item.kind == "column":
            column = item.columns[0]
            if column.kind == "number" and not roles.identity(column):
                return False
            own = self.table.join is None or not item.entity
            called = self.reader.noun if len(stems) == 1 else self.reader.noun - self.reader.happened
            alike = [
                c for c in self.table.columns if roles.identity(c) and self.reader.names[c.name][0] == self.reader.names[column.name][0]
            ]
            single = any(roles.unique(c, self.table) for c in alike)  # flights, by their ids, whatever their numbers
            numbers = own and roles.identity(column) and (single or stems[-1] in self.reader.noun)
            return numbers or roles.unique(column, self.table) or stems[-1] in called
        return any(self.reader.calls(word) or word in _ROWS or (word in PEOPLE and self.reader.peopled) for word in stems)

    def lines_of(self) -> Column | None:
        """The numbers of what the rows are said to be, where each has several rows: orders of which each line is a row; else None."""
        said = {stem(fold(item.words)) for item in self.items if self.is_noun(item) and len(item.words.split()) == 1}
        root = self.table.join.tables[0] if self.table.join is not None else self.table
        own = [c for c in root.columns if roles.identity(c) and c.name in self.reader.names and len(self.reader.names[c.name]) == 2]
        own = [c for c in own if self.reader.names[c.name][0] in said and self.reader.names[c.name][1] in ID]
        return own[0] if own and not any(roles.unique(c, root) for c in own) else None

    def is_day(self, n: int) -> bool:
        """Whether the thing at `n` is what a row is, where each row is one day, or one month: "sunny days"."""
        item, near = self.items[n], self.before(n, 1)
        dated = [c for c in roles.dated(self.table) if item.says(c.grain) and roles.unique(c, self.table)]
        return (
            bool(dated)
            and len(item.words.split()) == 1
            and not (near and (near[0].kind == "number" or near[0].says("by", "which", "last", "time")))
        )

    def best_named(self) -> Column | None:
        """The column that names the rows."""
        named = [c for c in self.reader.columns if c.kind == "text" and c.distinct > 1 and not roles.identity(c) and not roles.answer(c)]
        named = named or [c for c in self.reader.columns if c.kind == "text" and roles.unique(c, self.table)]  # numbers of invoices
        named.sort(key=lambda c: (not roles.unique(c, self.table), not re.search(r"name|title|titel|nom|名", c.name, re.IGNORECASE)))
        return named[0] if named else None

    def ranked(self) -> bool:
        """Whether an order of things is asked for."""
        return self.has("top", "bottom", "most", "least", "rank", "common", *self.superlatives())

    @staticmethod
    def superlatives() -> list[str]:
        """Qualities that rank: heaviest, cheapest."""
        return [name for name, (_, way) in qualities().items() if way in {"most", "least"}]

    def extreme(self) -> Way | None:
        """Whether the most or the least is asked for."""
        ways = [way for name, (_, way) in qualities().items() if self.has(name) and way in {"most", "least"}]
        if ways:
            return "most" if ways[0] == "most" else "least"
        if (self.has("least", "bottom") and not self.has("most", "top")) or self.has("shrank"):
            return "least"
        return "most" if self.has("most", "top", "common") else None

    def nth(self) -> int:
        """Which place of a ranking is asked for: 2 for "second largest"; 0 where the first, or none, is."""
        return next((n for n in PLACES if self.has(f"place.{n}") and self.ranked()), 0)

    def timed(self, group: Sequence[str]) -> bool:
        return any(self.column(name).kind == "time" for name in group)

    def numbered_first(self) -> bool:
        """Whether so many of the best are asked for: "top 5"."""
        return any(
            item.kind == "number" and (self.at(n - 1).says("top", "bottom") or self.at(n + 1).says("top", "bottom"))
            for n, item in enumerate(self.items)
        )

    def single(self, group: Sequence[str]) -> bool:
        """Whether each group is one row."""
        return any(roles.unique(self.column(name), self.table) for name in group)
