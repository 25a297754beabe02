"""By what a question groups: columns that give labels and series, and the step of time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flipchart.renderers import roles
from flipchart.renderers.database import Column
from flipchart.renderers.query import Every
from flipchart.renderers.query_plan import CYCLES
from flipchart.renderers.question_each import GRAINS, PER, Each
from flipchart.renderers.question_filters import FEW, TOGETHER
from flipchart.renderers.question_words import Item, fold, stem
from flipchart.renderers.words import say

_THAT = {"that", "which", "who", "the", "die", "que", "qui"}
_ALL = {"all", "the", "alle", "aller", "allen", "todos", "todas", "tous", "toutes"}
_OF = {"of", "von", "de"}
_MOST = {"most", "the most", "fewest", "the fewest"}
_PARTED = {"stacked", "stack", "grouped", "split", "colored", "coloured", "divided", "broken", "separated", "sorted", "shown"}
_HOW_MANY = {"how many", "number of", "wie viele", "cuantos", "cuantas", "quantos", "quantas", "combien de"}
_BARE = {f"{word}{s}" for word in ("decade", "year", "quarter", "month", "week", "day") for s in ("", "s")}


@dataclass
class Groups(Each):
    """Finds the groups of a question."""

    apart: bool = False
    """Whether the best of each group are asked for, rather than the best of all."""

    def groups(self) -> tuple[list[str], Every]:
        """The columns that give labels and series, and the step of time."""
        found: list[tuple[int, Column]] = []
        every: Every = ""
        time = self.stepped()
        self.bind_done()
        months = next((c for c in self.table.columns if roles.calendar(c)), None)
        for n, item in enumerate(self.items):
            if n in self.used or n in self.relatives:
                continue
            grain: Every = next((g for g in reversed(GRAINS) if item.says(g)), "") if item.kind == "concept" or time in item.columns else ""
            if grain and any(one.says("count") and fold(one.words) in _HOW_MANY for one in self.before(n, 1)):
                self.assumed = self.assumed or grain != getattr(time, "grain", "")  # "in how many hours": of rows, or of hours?
                continue  # "how many days"
            if grain and (own := self.part_of_year(grain)) is not None:
                opened = (
                    any(one.says("by", "which", "over") for one in self.before(n, 2))
                    or len(item.words.split()) > 1
                    or item.kind == "column"
                )
                if opened or item.words.endswith("ly"):
                    found.append((n, own))
                    self.used.add(n)
                continue
            if grain == "month" and time is None and months is not None and item.kind == "concept":
                found.append((n, months))
                self.used.add(n)
            elif grain and time is not None and not (item.kind == "column" and item.columns[0].kind == "text"):
                if self.has("last") and self.at(n - 1).kind == "number":
                    continue
                if not self.fine(time, grain):
                    continue
                opener = next((one for one in self.before(n, 2) if all(one is not self.items[m] for m in self.events)), item)
                listed = opener.says("and") and len(self.before(n, 2)) > 1 and self.before(n, 2)[1].kind == "column"
                if (
                    item.words.lower() in _BARE
                    and not listed
                    and self.against is None
                    and not opener.says("by", "which", "compare", "most", "least", "top", *self.superlatives())
                    and not (opener.kind == "number" and self.has(*self.superlatives()))
                ):
                    continue  # "the summer months"
                every = grain if not every or grain in CYCLES else every
                found.append((n, time))
                self.used.add(n)
            elif item.kind == "column":
                column = self.grouping(n, item)
                if column and (self.all_as_one(n) or self.kind_of(n, column)):
                    self.used.add(n)
                elif column:
                    found.append((n, column))
                    self.used.add(n)
        ranking = self.has("which", "who") and bool(self.extreme()) and not self.has("growth", "when")
        if ranking:
            self.used |= {n for n, item in enumerate(self.items) if item.says("time")}  # "which is the largest over the year?"
        elif time is None and months is not None and self.has("time", "when", "change", "percent", "running", "average3"):
            found.insert(0, (-1, months))
            self.used |= {n for n, item in enumerate(self.items) if item.says("time", "when")}
        if (time is not None and self.has("time", "when") and not ranking) or (
            time is not None and self.has("change", "percent", "running", "average3", "ago") and not every
        ):
            if all(column != time for _, column in found):
                found.insert(0, (-1, time))
            self.used |= {n for n, item in enumerate(self.items) if item.says("time", "when")}
        if time is not None and not every and self.has("percent", "change"):
            steps: tuple[Every, ...] = ("year", "quarter", "month")
            every = next((g for g in steps if re.search(rf"{g}|{g[0]}o{g[0]}", self.question, re.IGNORECASE)), "")
        # Values told apart: "compare A and B", "A vs B".
        asked = self.has("compare") or any(
            item.says("and") or (item.says("or") and not self.has("count") and not found) for item in self.items
        )
        for name, count in self.valued.items():
            if (
                count > 1
                and (asked or name in self.spans)
                and all(column.name != name for _, column in found)
                and not (self.has("share") and not self.has("compare"))
            ):
                found.append((len(self.items), self.column(name)))
        periods = {one.at for one in self.loose}
        told_apart = len(periods) > 1 and not self.has("growth") and self.has("compare", "and") and not self.monthly()
        if time is not None and told_apart and all(column != time for _, column in found):
            every = self.loose[0].grain if self.loose[0].grain != "minute" else every
            found.append((len(self.items) + 1, time))
        if not found:
            found = self.entity()
        self.largest_row = self.largest_row or (self.has("by") and any(self.largest(n) for n in range(len(self.items))))
        if pair := self.best_of_each(found):
            self.apart = True
            return [column.name for column in pair], every
        columns = list(dict.fromkeys(column.name for _, column in found))
        if time is not None and time.name in columns and len(columns) > 1 and (periods == set() or len(periods) < 2 or self.has("time")):
            columns = [time.name, *(name for name in columns if name != time.name)]
        return columns[:2], every

    def all_as_one(self, n: int) -> bool:
        """Whether things are said to be put together: "visitors of all museums together"."""
        near = [fold(one.words) for one in self.items[max(0, n - 2) : n]]
        after = [fold(one.words) for one in self.items[n + 1 : n + 3]]
        return not _ALL.isdisjoint(near) and not TOGETHER.isdisjoint(after)

    def kind_of(self, n: int, column: Column) -> bool:
        """Whether a column only says what the kinds are of that rows are grouped by: the museum of "each category of museum"."""
        kind = self.at(n - 2).columns[:1]
        single = self.items[n].words.casefold() == self.items[n].words and stem(fold(self.items[n].words)) == fold(self.items[n].words)
        grouped = n - 2 in self.used and any(one.says("by") for one in self.before(n - 2, 1))
        return fold(self.at(n - 1).words) in _OF and grouped and single and kind != () and kind[0].distinct < column.distinct

    def stepped(self) -> Column | None:
        """The column of dates that labels are steps of: of what happens beside the step of time, else of all that is said to happen."""
        steps = [
            n for n, item in enumerate(self.items) if n not in self.used and n not in self.relatives
            and item.says(*GRAINS) and not (item.columns and item.columns[0].kind == "text")
        ]  # fmt: skip
        if steps:
            named = self.items[steps[0]].columns[:1]
            return named[0] if named and named[0].kind == "time" else self.occasion(steps[0])
        told = [column for column in self.events.values() if column is not None]
        return next(iter(told), self.usual())

    def bind_roles(self) -> None:
        """Words for a column of a table that is there twice: of which of the two it is meant."""
        for n in range(len(self.items)):
            item = self.items[n]
            if item.kind == "column" and n not in self.used and (pair := self.twins(item)):
                own = self.meant(n, pair)
                self.items[n] = replace(item, columns=(own, *(one for one in item.columns if one is not own)))

    def twins(self, item: Item) -> list[Column]:
        """The columns that a word may mean of a table that is there twice: the cities where flights begin and end."""
        join, columns = self.table.join, self.table.columns
        if join is None or not any(join.called):
            return []
        found = []
        for one in item.columns:
            at, n = join.place(columns.index(one))
            if at and join.called[at - 1]:
                found.append((join.tables[at], n, one))
        own = next(((table, n) for table, n, one in found if one is item.columns[0]), None)
        alike = [one for table, n, one in found if own is not None and table is own[0] and n == own[1]]
        return alike if len(alike) > 1 else []

    def meant(self, n: int, pair: list[Column]) -> Column:
        """That of the columns which words before tell: "departing from each city"; else the first, and the others are offered."""
        for m in range(n - 1, max(-1, n - 5), -1):
            word = stem(fold(self.items[m].words))
            told = [one for one in pair if any(self.reader.means(word, part) for part in self.reader.names[one.name][:-1])]
            if len(told) == 1 and (self.items[m].kind in {"unknown", "concept"} or not self.items[m].sure):
                self.used.add(m)
                return told[0]
        self.doubt(self.items[n], pair)
        return pair[0]

    def doubt(self, item: Item, figures: Sequence[Column]) -> None:
        """Say which of several columns was taken, and offer the question with the others."""
        self.said.append(say("question.taken", self.lang, words=item.words, column=figures[0].name, other=figures[1].name))
        for other in figures[1:3]:
            self.others.append(re.sub(re.escape(item.words), other.name, self.question, count=1))

    def monthly(self) -> bool:
        """True where one bare month stands for that month of several years."""
        return (
            any(item.kind == "date" and isinstance(item.value, tuple) for item in self.items)
            and len({one.at.month for one in self.loose}) == 1
            and self.loose[0].grain == "month"
            and len(self.loose) > 1
            and not self.has("and")
        )

    def grouping(self, n: int, item: Item) -> Column | None:
        """The column that something said groups by, or None where it names figures."""
        near = self.before(n, 2)
        first = near[0] if near else Item("end", "", 0, 0)
        if self.lang == "ja" and first.says("by") and first.words[0] not in "各毎":
            first = replace(first, concepts=first.concepts - {"by"})  # of what goes before it
        asked = first.kind == "value" and len(near) > 1 and near[1].says("which")  # "which European country"
        opened = (
            asked
            or first.says("by", "which", "compare", "top")
            or (
                ((len(near) > 1 and first.says("and", "number")) or first.kind == "number")
                and len(near) > 1
                and near[1].says("by", "top", "bottom", "compare", "most", "least", "which")
            )
        )
        words = [c for c in item.columns if c.kind == "text" and not (roles.answer(c) and not opened)]
        words.sort(key=roles.identity)  # customers by their names
        figures = [c for c in item.columns if c.kind == "number"]
        dates = [c for c in item.columns if c.kind == "time"]
        if not opened and not item.entity and self.has("count") and self.at(n + 1).kind == "unknown" and self.is_noun(self.at(n + 1)):
            self.used.add(n)
            return None  # "how many day-and-zone readings"
        if dates and not opened and not first.says("and") and len(self.reader.names[dates[0].name]) > item.to - item.at:
            return None  # "orders" of order_date
        if dates and (opened or (not words and not figures)) and not words:
            return (
                dates[0] if opened or first.says("and") or (not self.has("since", "before", "after", "last") and not self.loose) else None
            )
        follows = self.at(self.next(n))
        if (
            not first.says("by", "which")
            and follows.kind == "value"
            and any(c in follows.columns for c in item.columns)
            and not item.entity
        ):
            self.used.add(n)
            return None  # "region North"
        if not opened and self.at(n + 1).says("verb") and fold(self.at(n - 1).words) in _THAT:
            self.used.add(n)
            return None  # "stars that critics gave"
        if first.says("which") and self.is_noun(item) and not item.entity and not words and not dates:
            return None  # "which teachers": what they are called, not their numbers
        if first.words.lower() in PER and self.is_noun(item) and not item.entity and self.has("mean"):
            self.used.add(n)
            return None  # "average streams per song"
        done = self.at(n - 2).says("verb") or (self.at(n - 2).kind == "column" and not self.at(n - 2).sure)
        if opened and first.words == "by" and done and figures and not words:
            self.assumed = True  # "booked by guests"
            return None
        joint = self.at(n - 1) is first or (self.lang in {"hi", "ja", "zh"} and all(one.says("stop") for one in self.items[n - 1 : n]))
        joint = joint and not (self.at(self.next(n)).says("by") and self.lang in {"hi", "ja", "zh"})
        if not opened and first.kind == "value" and joint and (item.entity or item.columns[0].kind == "text"):
            self.used.add(n)
            return None  # "lighting products"
        if (
            item.entity
            and first.says("by")
            and (placed := self.at(n - 2 if self.at(n - 1).says("by") else n - 3)).says("verb", "stop")
            and fold(placed.words) not in _PARTED
            and first.words == "by"
        ):
            self.used.add(n)
            return None  # "loans made by members"
        if (
            item.entity
            and not opened
            and not first.says("and", "or", "count", "distinct", "most", "least", "top", "number", "not")
            and self.against is None
            and not self.at(self.next(n)).says("most", "least")  # "pupils with the most loans"
            and self.subject(n)
        ):
            self.used.add(n)
            return None  # "loans of books"
        if item.entity and not opened and first.says("most", "least") and not first.says("top", "bottom"):
            self.most_of = n  # "the most customers"
            return None
        if item.entity:
            if self.counted(n) and not opened and not self.having:
                return None  # "number of territories"
            told = roles.identity(item.columns[0]) and not (self.having and self.counted(n))
            self.assumed = self.assumed or told  # only a number tells them apart
            return item.columns[0] if opened or self.ranked() or self.having else None
        if figures and (not words or item.columns[0].kind == "number"):
            column = figures[0]
            if self.ranked() and first.says("by") and roles.taken(column) == "sum":
                return None  # "top 5 products by quantity"
            if first.says("which") and not self.at(n - 1).says("which"):
                return None  # "what is the total quantity"
            measured = len(near) > 1 and near[1].kind == "column" and near[1].columns[0].kind == "number"
            if first.words.lower() in PER and measured and not roles.step(column):
                return None  # "revenue per unit"
            if first.words.lower() in PER and len(near) > 1 and stem(fold(near[1].words)) in {"profit", "revenue", "sale"}:
                return None  # "profit per employee"
            ranked = self.has("top", "bottom", "most", "least", "rank") and not first.says("which", "top")
            small = column.distinct <= FEW and (column.whole or roles.answer(column))
            if first.says("by", "which", "spread") and small and not first.says("spread") and not (ranked and column.distinct > 12):
                return column
            if (
                first.says("and")
                and len(near) > 1
                and near[1].kind == "column"
                and (small or column.distinct <= 12)
                and near[1].columns[0].kind != "number"
            ):
                return column
            if not words or (item.sure and item.columns[0].kind == "number"):
                return None
        if not words:
            return None
        if self.counted(n) and not first.says("by", "which"):
            return None
        plural = stem(fold(item.words)) != fold(item.words) and self.reader.names[words[0].name] == (stem(fold(item.words)),)
        if fold(first.words) in _MOST and plural and self.most_of < 0:
            if self.is_noun(item):
                self.most_rows = True  # "the most languages", where each row is one
            else:
                self.most_of = n
            return None
        if self.is_noun(item) and first.says("most", "least") and first.says("top", "bottom") and self.has("by"):
            self.largest_row = True  # "the largest order per region"
            return None
        if self.is_noun(item) and first.says("most", "least") and not first.says("top", "bottom"):
            self.most_rows = True  # "the most tickets"
            return None
        if self.is_noun(item) and not (first.says("by", "which", "compare") or (self.ranked() and self.best_named() == words[0])):
            return None
        whole = item.entity or any(len(self.reader.names[c.name]) == item.to - item.at for c in words[:1]) or not item.sure
        postposed = self.lang in {"hi", "ja", "zh"} and self.at(self.next(n)).says("by")
        if not opened and not whole and not first.says("and", *self.superlatives()) and not postposed:
            return None  # "goals at home" of home_team
        return words[0]

    def best_of_each(self, found: Sequence[tuple[int, Column]]) -> list[Column] | None:
        """What there is a best of, and what that best is: "the two best-selling products in each region", "top earner per team"."""
        if not self.ranked() or self.has("by") == self.has("growth") or len(found) > 2:
            return None
        figures = [(n, c) for n, c in found if c.kind == "number"]  # "top 2 people by salary in each team"
        found = [one for one in found if one not in figures]
        opened = [(n, c) for n, c in found if 0 <= n < len(self.items) and self.each_of(n)]
        steps = {n for n, _ in found}
        chosen = [n for n, item in enumerate(self.items) if self.chosen(n) and (self.is_noun(item) or item.kind == "column" or n in steps)]
        if len(opened) != 1 or not (chosen or self.has("who", "paid") or len(found) > 1):
            return None
        whole, named = opened[0][1], self.best_named()
        best = [
            c
            for n, c in found
            if n != opened[0][0] and (n in chosen or self.has("which")) and (c.kind == "text" or self.items[n].kind == "concept")
        ]
        best += [
            c for n in chosen for c in self.items[n].columns[:1]
            if c.kind == "text" and not self.each_of(n) and c not in self.at(self.next(n)).columns  # not of "in discipline A"
        ]  # fmt: skip
        if (
            named is not None
            and roles.unique(named, self.table)
            and (self.has("who", "paid") or any(self.is_noun(self.items[n]) for n in chosen))
        ):
            best.append(named)
        if not best or best[0] == whole or "number" in {best[0].kind, whole.kind}:
            return None
        self.used |= {n for n in chosen if best[0] in self.items[n].columns or self.is_noun(self.items[n])}
        self.used -= {n for n, _ in figures}
        plain = bool(self.before(opened[0][0], 1)) and fold(self.before(opened[0][0], 1)[0].words) == "by"
        self.assumed = self.assumed or (plain and any(item.kind == "number" for item in self.items))  # of each, or of all?
        return [whole, best[0]]

    def largest(self, n: int) -> bool:
        """Whether one row is meant by its size: the largest order."""
        near = self.before(n, 1)
        return self.is_noun(self.items[n]) and bool(near) and near[0].says("most", "least") and near[0].says("top", "bottom")

    def each_of(self, n: int) -> bool:
        """Whether the thing at `n` opens groups: "in each region", "per year"."""
        near, item = self.before(n, 1), self.items[n]
        return (bool(near) and near[0].says("by")) or (item.kind == "concept" and len(item.words.split()) > 1)

    def chosen(self, n: int) -> bool:
        """Whether the best of the things at `n` are asked for: "best products", "which product", "products with the most"."""
        near = [*self.before(n, 2), self.at(self.next(n))]
        return any(
            one.says("top", "bottom", "most", "least", "which", "common", *self.superlatives()) for one in near if not one.says("by")
        )

    def subject(self, n: int) -> bool:
        """Whether something other than the thing at `n` is what is counted or measured."""
        others = [one for m, one in enumerate(self.items) if m != n]
        return any(self.is_noun(one) or (one.kind == "column" and one.columns[0].kind == "number" and not one.entity) for one in others)

    def counted(self, n: int) -> bool:
        """Whether it is what is counted: "how many customers", "number of different products"."""
        near = self.before(n, 2)
        return bool(near) and (
            near[0].says("count", "distinct") or (near[0].kind in {"value", "unknown"} and len(near) > 1 and near[1].says("count"))
        )

    def entity(self) -> list[tuple[int, Column]]:
        """What is ranked where it is only called by the table's own noun: "which movie …", "who earns most", "top 5 cars"."""
        noun = next((n for n, item in enumerate(self.items) if self.is_noun(item) and n not in self.used), -1)
        asked = self.place("who", "which")
        ranked = self.ranked()
        follows = self.at(self.next(asked)) if asked >= 0 else Item("end", "", 0, 0)
        if not ranked and not (asked >= 0 and (self.where or self.having)):
            return []
        leading = self.next(-1) == self.place("who")  # not the "who" of "members who …"
        if self.has("count") and not self.has("which") and not leading:
            return []
        quality = self.has(*self.superlatives()) and not self.has("which")
        if noun < 0 and not self.has("who") and not quality:
            return []
        named = self.best_named()
        words = [c for c in self.reader.columns if c.kind == "text" and not roles.answer(c)]
        if named is None or (not roles.unique(named, self.table) and not leading and (len(words) > 1 or not self.has("which"))):
            return []
        if (
            noun >= 0
            and not roles.unique(named, self.table)
            and self.has(*self.superlatives())
            and not self.has("selling", "unsold", "paid")
        ):
            return []  # the heaviest car, of several with one name
        self.used |= {n for n in (noun, self.next(asked) if self.is_noun(follows) else -1) if n >= 0}
        return [(0, named)]
