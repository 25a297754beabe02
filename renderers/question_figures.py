"""Which figures a question asks for, and how they are put together."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flipchart.renderers import roles
from flipchart.renderers.database import Column
from flipchart.renderers.question_each import PER
from flipchart.renderers.question_filters import TOGETHER
from flipchart.renderers.question_groups import Groups
from flipchart.renderers.question_words import SCALES, SECONDS, Item, clock, fold, qualities, stem
from flipchart.renderers.words import say

_STEPS = ("day", "week", "month", "quarter", "year")
_ARTICLES = {"the", "der", "die", "das", "den", "dem", "el", "la", "los", "las", "le", "les", "o", "a", "os", "as"}
_INSIDE = {
    "in",
    "for",
    "at",
    "within",
    "on",
    "among",
    "amongst",
    "en",
    "em",
    "no",
    "na",
    "fur",
    "im",
    "dans",
    "a",
    "entre",
    "bei",
    "unter",
    "من",
}
_ADJECTIVES_LAST = {"es", "pt", "fr"}
_RATES = {"rate", "rates", "quote", "tasa", "taxa", "taux", "margin", "margins", "marge", "margen", "margem"}
_QUANTITY = re.compile(r"(?:amount|quantity|volume)\b", re.IGNORECASE)
_OF_IT = {"as a percentage of", "as a share of", "as a fraction of"}
_BECAME = {"became", "become", "turned", "turn", "into", "converted", "convert", "resulted", "led"}
_IN = {"in", "en", "em"}
_SHORT = {"gram": "g", "gramm": "g", "kilo": "kg", "kilogram": "kg", "kilogramm": "kg", "tonn": "t", "meter": "m", "metr": "m"} | {
    f"{long}meter": f"{short}m" for long, short in (("milli", "m"), ("centi", "c"), ("kilo", "k"))
}
TAKES = ("distinct", "median", "mean", "max", "min", "sum")


@dataclass
class Figures(Groups):
    """Finds the measures of a question."""

    into: tuple[str, float, str] | None = None
    """The column that is wanted in another unit, what its figures are multiplied by for it, and what that is called."""

    def bind_unit(self) -> None:
        """ "average length in minutes" of a column of milliseconds, "how many hours": the unit that figures are wanted in."""
        for n, item in enumerate(self.items):
            word = stem(fold(item.words))
            counted = self.at(n - 1).says("count") and fold(self.at(n - 1).words) == "how many"
            if (
                item.kind == "value"
                or not (counted or fold(self.at(n - 1).words) in _IN)
                or not (clock(word) or word in SCALES)
                or len(item.words.split()) > 1
            ):
                continue
            said = {c.name for m, one in enumerate(self.items) if m != n for c in one.columns}
            said |= {c.name for word in self.superlatives() if self.has(word) for c in self.reader.similar(qualities()[word][0])}
            figures = [c for c in self.reader.columns if c.kind == "number" and not roles.identity(c)]
            sizes = {c.name: size for c in figures if (counted or c.name in said) and (size := self.size(c, word)) not in {None, 1.0}}
            if len(sizes) != 1:
                figured = [c for c in figures if c.name in said and not (c.unit or clock(*self.reader.names[c.name]))]
                self.assumed = self.assumed or bool(figured and not counted and not self.has("count"))  # in which unit is it now?
                continue
            name, size = next(iter(sizes.items()))
            self.into = (name, size or 1.0, _SHORT.get(word, clock(word) or word))
            self.used |= set() if counted else {n}
            self.items[n] = Item("used", item.words, item.at, item.to)
            if counted:
                summed = not self.has("mean", "median", "max", "min", *self.superlatives())
                self.items[n - 1] = replace(self.items[n - 1], concepts=frozenset({"sum" if summed else "stop"}))
                self.items[n] = Item("column", item.words, item.at, item.to, (self.column(name),), sure=False)
            self.concepts = frozenset(concept for one in self.items for concept in one.concepts)
            return

    def bare(self, name: str) -> str:
        """What the figures of a column are called where they are told in another unit than its own: as they were said, else without it."""
        said = [one.words for one in self.items if one.kind == "column" and not one.sure and one.columns[0].name == name]
        plain = re.sub(r"[(\[].*?[)\]]", " ", name)
        parts = [word for word in re.split(r"[\W_]+", plain) if word and not clock(stem(fold(word))) and stem(fold(word)) not in SCALES]
        called = next((words for words in said if not clock(stem(fold(words)))), " ".join(parts)) or name
        return called if called not in self.reader.names else f"{called} ({self.into[2] if self.into else ''})"

    def size(self, column: Column, word: str) -> float | None:
        """By what the figures of a column are multiplied to be told in a unit; None where they are of another kind."""
        least = "min" in self.reader.names[column.name] and any("max" in name for name in self.reader.names.values())  # no minutes
        own, told = "" if least else clock(*self.reader.names[column.name], column.unit), clock(word)
        if own and told:
            return SECONDS[own] / SECONDS[told]
        kind, size = SCALES.get(column.unit or self.reader.names[column.name][-1], ("", 1.0))
        return size / SCALES[word][1] if word in SCALES and kind == SCALES[word][0] else None

    def measures(self, group: Sequence[str]) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        """The figures asked for, and what has to be computed for them first."""
        before = set(self.used)
        found, derive = self.measured_by(group)
        names = {str(one.get(key, "")) for one in found for key in ("column", "over")} | set(group)
        for n in self.used - before:
            # A column named and not used is left over.
            if (
                self.items[n].kind == "column"
                and not any(c.name in names for c in self.items[n].columns)
                and not self.is_noun(self.items[n])
                and not (self.counted(n) and not self.items[n].sure and stem(fold(self.items[n].words)) in self.reader.noun)
            ):
                self.used.discard(n) if not derive else None
        if (lines := self.lines_of()) is not None and not self.each:
            self.assumed = self.assumed or any(
                one.get("take") == "share" and not one.get("column") for one in found
            )  # of orders, or lines?
            for one in found:
                if one.get("take") == "count" and not one.get("column"):
                    one |= {"column": lines.name, "take": "distinct"}
        if self.into is not None and (told := [one for one in found if one.get("column") == self.into[0]]):
            name, size, unit = self.into
            called = self.bare(name)
            derive.append({"name": called, "formula": f"`{name}` " + (f"/ {round(1 / size)}" if size < 1 else f"* {size:g}"), "unit": unit})
            for one in told:
                one["column"] = called
        return found, derive

    def measured_by(self, group: Sequence[str]) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
        """The same, with every column named on the way taken for used."""
        derive: list[dict[str, str]] = []
        if self.span is not None:
            figure, reckoned = self.lasted()
            self.dated_by(list(group))
            ends = self.extreme() if self.has("longest", "shortest", "fastest", "slowest") and not group else None
            return [figure | ({"take": "max" if ends == "most" else "min"} if ends else {})], [reckoned]
        if rate := self.rate(derive) or self.grown(derive):
            return [rate], derive
        if made := self.spelt_out(derive):
            return [made], derive
        if self.against is not None:
            self.used |= {n for n, item in enumerate(self.items) if item.columns[:1] == (self.against,)}
            return [{"column": self.against.name, "take": roles.taken(self.against)}], derive
        named: list[tuple[int, Column]] = []
        for n, item in enumerate(self.items):
            if item.kind != "column" or n in self.used or (self.is_noun(item) and not self.has("max", "min")):
                continue
            figures = [
                c
                for c in item.columns
                if c.kind == "number" and not roles.identity(c) and not (roles.answer(c) and c.name in self.answered)
            ]
            if figures:
                if len(figures) > 1 and not self.settled(item, figures):
                    self.doubt(item, figures)
                named.append((n, figures[0]))
                self.used.add(n)
        for n, _ in named:
            near = self.before(n, 1)
            if near and self.is_noun(near[0]) and self.reader.counts(self.items[n].words):
                return [{"take": "count"}], derive  # "订单数量"
        for quality in self.superlatives():
            n = self.place(quality)
            meant = [c for c in self.reader.similar(qualities()[quality][0]) if c.kind == "number" and not roles.identity(c)]
            column = meant[0] if n >= 0 and meant else None
            if column is not None and not named:
                if quality in {"selling", "unsold"}:
                    other = next((c.name for c in self.reader.similar("quantity") if c.kind == "number" and c is not column), "")
                    words = self.items[n].words.replace(" - ", "-")
                    if other:
                        self.said.append(say("question.taken", self.lang, words=words, column=column.name, other=other))
                        self.others += [f"{self.question.rstrip('?. ')} by {other}"] if self.lang == "en" else []
                named.append((n, column))
                self.used.add(n)
        wanted = [(n, column) for n, column in named if column.name not in group]
        if self.nth() and self.single(group) and not wanted and (amounts := roles.figured(self.table)):
            self.assumed = self.assumed or (len(amounts) > 1 and not roles.money(amounts[0]))
            return [{"column": amounts[0].name, "take": "sum"}], derive
        if self.each and self.each_counted and not wanted:
            return [{"take": "count"}], derive
        counted = self.place("count", "distinct")
        how_much = counted >= 0 and self.at(counted - 1).says("sum") and bool(_QUANTITY.match(self.items[counted].words))
        self.assumed = self.assumed or (how_much and not wanted)  # "the total quantity of parts": how many rows, or how much in them?
        self.assumed = self.assumed or (len(wanted) > 1 and not TOGETHER.isdisjoint(fold(item.words) for item in self.items))
        if counted >= 0 and (measure := self.count(counted, wanted, group)):
            return [measure], derive
        if self.most_of >= 0 and not wanted:
            self.used.add(self.most_of)
            return [{"column": self.items[self.most_of].columns[0].name, "take": "distinct"}], derive
        if self.largest_row and not (wanted and self.single(group)) and (amounts := [c for _, c in wanted] or roles.figured(self.table)):
            self.assumed = self.assumed or (not wanted and len(amounts) > 1 and not roles.money(amounts[0]))  # the best in what?
            return [{"column": amounts[0].name, "take": "max" if self.extreme() == "most" else "min"}], derive
        if self.has("common") and wanted and roles.taken(wanted[0][1]) == "sum":
            return [{"column": wanted[0][1].name, "take": "sum"}], derive
        if not wanted and (whole := self.total_of_rows()) is not None:
            return [{"column": whole.name, "take": "sum"}], derive
        if self.has("common") or (self.most_rows and not wanted):
            return [self.rows_figure()], derive
        only = self.parts(group)
        if only is not None and self.has("share"):
            amount = [c for _, c in wanted if roles.taken(c) == "sum"]
            worded = all(one["column"] in self.reader.names and self.column(one["column"]).kind == "text" for one in only)
            if not amount and worded and not self.answered and not any(self.is_noun(item) for item in self.items):
                amount = [c for c in roles.figured(self.table) if roles.taken(c) == "sum"]  # "share of solar by country"
                self.assumed = self.assumed or len(amount) > 1
            return [{"column": amount[0].name if amount else "", "take": "share", "only": only}], derive
        if wanted and all(fold(near[0].words) in PER for n, _ in wanted if (near := self.before(n, 1))) and (made := self.computed(derive)):
            return [made], derive  # "profit per employee"
        if ratio := self.ratio(wanted):
            return [ratio], derive
        out: list[dict[str, Any]] = []
        for n, column in dict(reversed([(c.name, (n, c)) for n, c in wanted])).values():
            takes = self.takes(n) if len(wanted) == 1 else []
            for take in reversed(takes if len(takes) > 1 else [self.take(n, column, group)]):
                out.insert(0, {"column": column.name, "take": take})
        out = sorted(out, key=lambda one: [c.name for _, c in wanted].index(str(one["column"])))
        told = [near[0].says("by") for n, _ in wanted if (near := self.before(n, 1))]
        self.assumed = self.assumed or (not group and len(out) > 1 and any(told))  # "delay by departure time": along it, or beside it?
        weight = self.place("weighted")
        if weight >= 0 and len(out) == 2:
            out = [{"column": out[0]["column"], "take": "mean", "over": out[1]["column"]}]
        if not out:
            out = self.unnamed(group, derive)
        return out[:6], derive

    def total_of_rows(self) -> Column | None:
        """What rows that are sums of money come to, where their total is asked for: "the highest total payments"."""
        root = self.table.join.tables[0] if self.table.join is not None else self.table
        said = any(
            self.is_noun(item) and self.reader.sums(item.words) and any(fold(one.words) == "total" for one in self.before(n, 1))
            for n, item in enumerate(self.items)
        )
        amounts = [c for c in root.columns if said and roles.money(c) and roles.taken(c) == "sum" and not roles.identity(c)]
        return amounts[0] if len(amounts) == 1 else None

    def rows_figure(self) -> dict[str, Any]:
        """How many rows there are; what they add up to where each is one figure, and nothing to be counted."""
        turned = self.reader.turned
        return {"column": turned.name, "take": roles.taken(turned)} if turned is not None else {"take": "count"}

    def takes(self, n: int) -> list[str]:
        """Several ways to put the same figures together: "highest and lowest salary", "mean and median"."""
        said = [item for item in self.items[max(0, n - 9) : n] if item.kind == "concept" and item.concepts != {"stop"}]
        found = [next((t for t in ("median", "mean", "max", "min") if item.says(t)), "") for item in said if not item.says("and")]
        ways = [
            "max" if item.says("most") or self.way(item) == "most" else "min" if item.says("least") or self.way(item) == "least" else take
            for item, take in zip([i for i in said if not i.says("and")], found, strict=True)
        ]
        return list(dict.fromkeys(ways)) if all(ways) and len(said) > len(ways) else []

    @staticmethod
    def way(item: Item) -> str:
        """Which end an adjective asks for: "most" of the longest, "least" of the shortest; "" where it is none."""
        return next((way for word, (_, way) in qualities().items() if item.says(word)), "")

    def settled(self, item: Item, figures: Sequence[Column]) -> bool:
        """Whether the first of the columns is meant beyond doubt: its name is all that was said."""
        return self.reader.names[figures[0].name] != () and len(self.reader.names[figures[0].name]) == item.to - item.at and (
            len(self.reader.names[figures[1].name]) > item.to - item.at
        )  # fmt: skip

    def count(self, n: int, wanted: Sequence[tuple[int, Column]], group: Sequence[str]) -> dict[str, Any] | None:
        """ "how many …": rows, different values of a column, or a column of amounts that is a number of things."""
        m = self.next(n, over=frozenset({"stop", "verb", "sum"}))
        while self.at(m).says("distinct", "mean") or self.at(m).kind == "value":
            m = self.next(m)
        item = self.at(m)
        time = next(iter(roles.dated(self.table)), None)
        if time is not None and item.kind == "concept" and item.says(time.grain):
            self.used.add(m)
            return {"take": "count"} if roles.unique(time, self.table) else {"column": time.name, "take": "distinct"}
        if item.kind == "column" and not item.sure and any(stem(fold(word)) in self.reader.noun for word in item.words.split()):
            self.used.add(m)
            return {"take": "count"}  # "number of sales": rows, not amounts
        if item.entity:
            self.used.add(m)
            return {"take": "count"} if item.columns[0].name in group else {"column": item.columns[0].name, "take": "distinct"}
        if item.kind == "column" and (
            (m in self.used and all(m != k for k, _ in wanted)) or (self.is_noun(item) and not self.has("distinct"))
        ):
            return {"take": "count"}
        if item.kind == "column":
            amounts = [c for c in item.columns if c.kind == "number" and not roles.identity(c) and not roles.answer(c)]
            if item.says(*_STEPS) and not self.has("distinct"):
                self.items[m] = replace(item, kind="concept", columns=(), concepts=frozenset({"stop"}))
                return {"take": "count"}  # "number of days", where there is the day of the month
            averaged = any(one.says("mean") for one in self.before(n, 1))
            if amounts and roles.money(amounts[0]) and not averaged and len(self.reader.names[amounts[0].name]) > item.to - item.at:
                self.used.add(m)
                return {"take": "count"}  # "number of bills" of total_bill
            if amounts and not self.has("distinct") and (roles.taken(amounts[0]) == "sum" or averaged):
                self.used.add(m)
                return {"column": amounts[0].name, "take": "mean" if averaged else "sum"}
            if item.columns[0].name in self.answered:
                return {"take": "count"}
            column = next((c for c in item.columns if c.kind == "text" or roles.identity(c)), item.columns[0])
            if column.name in group and not self.has("distinct"):
                return {"take": "count"}
            self.used.add(m)
            self.assumed = self.assumed or not (item.sure or roles.unique(column, self.table))  # "cars", where there are models
            if self.has("distinct") or (not roles.unique(column, self.table) and column.kind == "text"):
                return {"column": column.name, "take": "distinct"}
            return {"take": "count"}
        if self.has("distinct") and not self.has("count"):
            return None
        if item.kind == "unknown" and self.is_noun(item):
            self.used |= {m} if m == self.next(n) else set()
            amounts = [c for _, c in wanted if roles.taken(c) == "sum" and not self.where]
            if amounts and not self.is_noun(item):
                return {"column": amounts[0].name, "take": "sum"}
        if wanted and item.kind in {"end", "concept"} and not item.says("by") and roles.taken(wanted[0][1]) == "sum":
            return {"column": wanted[0][1].name, "take": "sum"}
        return {"take": "count"}

    def parts(self, group: Sequence[str]) -> Sequence[Mapping[str, Any]] | None:
        """Filters that only some rows of each group meet, where a share of them is asked for: "percent of orders that were returned"."""
        if not self.has("share"):
            return None
        if self.took:
            kept, self.took = self.took, []
            return kept
        kept = [one for one in self.where if one["column"] in self.answered]
        if kept and group and any(fold(one.words) in {"among", "amongst"} for one in self.items):
            return None  # "share of each genre among explicit songs"
        if not kept:
            # Where a value is the share itself: "what share of revenue comes from online?"
            kept = [one for one in self.where if one["column"] in self.valued and one["column"] not in group]
            if len(kept) > 1:
                start = self.place("share")
                after = [n for n, item in enumerate(self.items) if item.kind == "value" and n > start]
                last = self.items[after[-1]] if after else None
                kept = [one for one in kept if last and one["column"] in last.value] or kept[-1:]
            if kept and not any(self.items[n].kind == "value" for n in range(self.place("share") + 1, len(self.items))) and group:
                return None
            if kept and group and not any(one["column"] in self.answered for one in kept) and self.inside(kept):
                return None
        if not kept:
            kept = [one for one in self.where if self.column(one["column"]).kind == "number"] if not self.named_amount() else []
        for one in kept:
            self.where.remove(one)
        return kept or None

    def inside(self, kept: Sequence[Mapping[str, Any]]) -> bool:
        """Whether the value only says where: "share of revenue by product in the North"."""
        n = max(n for n, item in enumerate(self.items) if item.kind == "value")
        near = next((one for one in reversed(self.items[:n]) if fold(one.words) not in _ARTICLES), self.items[n])
        owned = fold(near.words) in {"de", "d", "du"} and self.lang in _ADJECTIVES_LAST
        inside = fold(near.words) in _INSIDE or (owned and not self.at(self.items.index(near) - 1).says("share"))
        return inside or (bool(kept) and self.has("only"))

    def rate(self, derive: list[dict[str, str]]) -> dict[str, Any] | None:
        """ "conversion rate from visits to leads", "what share of visits became leads", "profit margin": one in percent of another."""
        words = [fold(item.words) for item in self.items]
        converted = {n for n, word in enumerate(words) if word.startswith(("conversion", "konversion", "conversao"))}
        spoken = converted | {n for n, word in enumerate(words) if word in _RATES}
        if not spoken and not self.has("share"):
            return None
        amounts = {
            n: item.columns[0] for n, item in enumerate(self.items) if item.kind == "column" and item.columns[0].kind == "number"
            and not roles.identity(item.columns[0]) and roles.taken(item.columns[0]) == "sum"
        }  # fmt: skip
        for n, whole in amounts.items():
            end = n + 1
            while words[end : end + 1] and (words[end] in _BECAME or self.at(end).says("stop")):
                end += 1
            became = not _BECAME.isdisjoint(words[n + 1 : end]) or (bool(spoken) and any(one.says("to") for one in self.items[n + 1 : end]))
            if end in amounts and amounts[end] is not whole and became:
                self.used |= {*spoken, *range(n, end + 1)} | {k for k in (n - 1,) if self.at(k).says("since", "between")}
                return {"column": amounts[end].name, "take": "ratio", "over": whole.name, "percent": True}
        margin = any(words[n].startswith("marg") for n in spoken)
        if amounts or not (margin or converted):
            return None
        ends = [self.one_of(names) for names in (("revenue", "cost") if margin else ("visit", "conversion"))]
        if not margin and ends[1] is None:
            ends[1] = self.one_of("order") or self.one_of("sale")
        whole_, part = ends
        if whole_ is None or part is None or whole_ is part:
            return None
        self.used |= spoken | {n for n, word in enumerate(words) if word == "profit"}
        formula = f"({whole_.name} - {part.name}) / {whole_.name}" if margin else f"{part.name} / {whole_.name}"
        name = " ".join(self.items[n].words for n in sorted(spoken | {n for n, word in enumerate(words) if word == "profit"}))
        self.said.append(say("question.computed", self.lang, name=name, formula=formula))
        if margin:
            derive.append({"name": "profit", "formula": f"`{whole_.name}` - `{part.name}`"})
        return {"column": "profit" if margin else part.name, "take": "ratio", "over": whole_.name, "percent": True}

    def grown(self, derive: list[dict[str, str]]) -> dict[str, Any] | None:
        """Growth from one column of figures to another, in percent of the first: "which product grew most from Q1 to Q4"."""
        named = [n for n, item in enumerate(self.items) if item.kind == "column" and item.sure and item.columns[0].kind == "number"]
        if not self.has("growth") or roles.dated(self.table) or len(named) != 2:
            return None
        first, last = (self.items[n].columns[0] for n in named)
        between = self.items[named[0] + 1 : named[1]]
        opened = any(one.says("since", "between") or fold(one.words) in {"from", "von", "de", "desde"} for one in self.before_all(named[0]))
        closed = any(one.says("to", "and") for one in between)
        if not (opened and closed) or roles.identity(first) or roles.identity(last) or first.unit != last.unit:
            return None
        self.used |= {*named} | {n for n, item in enumerate(self.items) if item.says("growth", "since", "between", "to")}
        name = f"{last.name} − {first.name}"
        derive.append({"name": name, "formula": f"`{last.name}` - `{first.name}`"})
        return {"column": name, "take": "ratio", "over": first.name, "percent": True}

    def before_all(self, n: int) -> Sequence[Item]:
        """The two things said right before, small words too."""
        return self.items[max(0, n - 2) : n]

    def one_of(self, name: str) -> Column | None:
        """The one column of amounts that is called so, or means the same."""
        found = [c for c in self.reader.similar(name) if c.kind == "number" and not roles.identity(c) and roles.taken(c) == "sum"]
        return found[0] if len(found) == 1 else None

    def named_amount(self) -> bool:
        return any(
            item.kind == "column"
            and item.columns[0].kind == "number"
            and not roles.identity(item.columns[0])
            and not any(one["column"] == item.columns[0].name for one in self.where)
            and roles.taken(item.columns[0]) == "sum"
            for item in self.items
        )

    def ratio(self, wanted: Sequence[tuple[int, Column]]) -> dict[str, Any] | None:
        """ "revenue per unit", "cost divided by sales": one column over another."""
        for n, column in wanted:
            m = self.next(n)
            over = self.at(self.next(m))
            rows = self.is_noun(over) and not over.entity and all(c.kind == "number" for c in over.columns[:1])
            if self.at(m).words.lower() in PER and rows and not self.counted(n):
                self.used |= {m, self.next(m)}
                if (lines := self.lines_of()) is not None and roles.taken(column) == "sum":
                    self.each = lines.name
                    return {"column": column.name, "take": "sum"}
                return {"column": column.name, "take": "mean"}  # "amount per order"
            if (
                self.at(m).words.lower() in _OF_IT
                and over.kind == "column"
                and over.columns[0].kind == "number"
                and over.columns[0] != column
            ):
                return {"column": column.name, "take": "ratio", "over": over.columns[0].name, "percent": True}
            if self.at(m).words.lower() not in {*PER, "divided by", "over", "to", "/"} or over.kind != "column":
                continue
            if self.at(m).words.lower() in {"to", "over"} and not self.has("ratio"):
                continue
            divisor = next((c for c in over.columns if c.kind == "number" and roles.taken(c) == "sum"), over.columns[0])
            if divisor.kind == "number" and not (roles.identity(divisor) or roles.step(divisor)) and divisor.name != column.name:
                self.assumed = self.assumed or roles.rate(column)
                return {"column": column.name, "take": "ratio", "over": divisor.name}
        return None

    def take(self, n: int, column: Column, group: Sequence[str]) -> str:
        """How a column's figures are put together here: as the words before it say, else as such figures are."""
        near = [self.items[m] for m in range(max(0, n - 4), n)]
        if self.has("growth") and not self.has("time", "percent", "change") and roles.dated(self.table) and not self.timed(group):
            return "growth"
        if self.has("share") and roles.taken(column) == "sum" and not self.has("ratio", "percent", "change", "ago"):
            return "share"
        for item in reversed(near):
            if item.kind == "column" and item.columns[0].kind == "number":
                break
            for take in TAKES:
                if item.says(take) and not (take in {"max", "min"} and item.says("most", "least") and group):
                    return take
        after = self.at(self.next(n))
        if after.kind == "concept" and self.lang in _ADJECTIVES_LAST:
            told = next((take for take in TAKES if after.says(take)), "")
            if told and not after.says("most", "least"):
                return told
            if after.says("most", "least") and roles.taken(column) == "mean":
                return "max" if after.says("most") else "min"
        for take in ("median", "mean"):
            if self.has(take):
                return take
        if (told := self.of_kind()) and not self.extreme():
            return told
        if self.has("ever") and self.extreme():
            return "max" if self.extreme() == "most" else "min"
        extreme = self.extreme()
        cyclic = self.has("hour of day", "weekday", "month of year")  # many rows in each, however their dates tell them apart
        if extreme and not group:
            return {"most": "max", "least": "min"}[extreme]
        if (
            extreme
            and group
            and self.has("by")
            and not (cyclic or self.has("which", "who", "rank", "when"))
            and not (self.numbered_first() or self.nth())
            and any(item.says("most", "least", *self.superlatives()) for item in [*near[-2:], self.items[n]])
        ):
            return {"most": "max", "least": "min"}[extreme]
        if self.has("max") and not self.has("most"):
            return "max"
        if roles.taken(column) == "mean" and extreme and not self.has("mean") and group and self.single(group) and not cyclic:
            return "max" if extreme == "most" else "min"
        if roles.taken(column) == "mean" and not self.items[n].sure and self.reader.earned(stem(fold(self.items[n].words))):
            self.said.append(say("question.computed", self.lang, name=self.items[n].words, formula=f"Σ {column.name}"))
            return "sum"  # revenue of bookings that have a price
        return roles.taken(column)

    def of_kind(self) -> str:
        """How the figures of one kind are put together, where all stand in one column: prices are averaged; "" where that is not told."""
        column = self.reader.measuring
        kinds = [one["value"] for one in self.where if column is not None and one["column"] == column.name]
        said = kinds[0][0] if kinds and isinstance(kinds[0], list) and len(kinds[0]) == 1 else ""
        return roles.taken(Column(said, "number")) if said else ""

    def computed(self, derive: list[dict[str, str]]) -> dict[str, Any] | None:
        """An amount that two columns make, where it has none of its own: profit of revenue and cost."""
        unknown = {stem(fold(item.words)): n for n, item in enumerate(self.items) if item.kind == "unknown"}
        computed = (("profit", "revenue", "-", "cost"), ("revenue", "price", "*", "quantity"), ("sale", "price", "*", "quantity"))
        for name, left, sign, right in computed:
            ones = [next((c for c in self.reader.similar(word) if c.kind == "number"), None) for word in (left, right)]
            if stem(name) in unknown and ones[0] and ones[1] and ones[0] != ones[1]:
                formula = f"`{ones[0].name}` {sign} `{ones[1].name}`"
                derive.append({"name": name, "formula": formula})
                self.said.append(say("question.computed", self.lang, name=name, formula=formula.replace("`", "")))
                self.used.add(unknown[stem(name)])
                per = self.next(unknown[stem(name)])
                over = self.at(self.next(per)).columns[:1]
                if fold(self.at(per).words) in PER and over and over[0].kind == "number" and roles.taken(over[0]) == "sum":
                    self.used |= {per, self.next(per)}
                    return {"column": name, "take": "ratio", "over": over[0].name}  # "profit per employee"
                return {"column": name, "take": "mean" if self.has("mean") else "sum"}
        return None

    def spelt_out(self, derive: list[dict[str, str]]) -> dict[str, Any] | None:
        """An amount whose formula is said: "unit price minus unit cost", "quantity times price", "difference between price and cost"."""
        for n, item in enumerate(self.items):
            divided = item.says("ratio") and fold(item.words) == "divided by"
            if not (item.says("minus", "times") or divided) or n in self.used:
                continue
            left, right = n - 1, self.next(n, over=frozenset({"stop", "verb", "sum"}))
            if item.says("minus") and self.at(self.next(right)).says("and") and not self.figure(left):
                left, right = right, self.next(self.next(right))
            one, other = self.figure(left), self.figure(right)
            if one is None or other is None or one is other:
                continue
            if divided:
                self.used |= {*range(left, right + 1)}
                self.used |= {
                    m for m, other_ in enumerate(self.items[:left]) if {one, other} & set(other_.columns[:1]) or other_.says("sum")
                }
                return {"column": one.name, "take": "ratio", "over": other.name}
            sign, shown = ("-", "−") if item.says("minus") else ("*", "×")
            named = [m for m in range(left) if self.items[m].kind == "unknown" and self.reader.earned(stem(fold(self.items[m].words)))]
            self.used |= {*named}  # the "sales" of "sales (price times quantity)"
            name = f"{one.name} {shown} {other.name}"
            derive.append({"name": name, "formula": f"`{one.name}` {sign} `{other.name}`"})
            self.used |= {*range(min(left, n), right + 1)}
            taken = "sum" if sign == "*" or roles.taken(one) == roles.taken(other) == "sum" else "mean"
            return {"column": name, "take": next((take for take in TAKES if self.has(take)), taken)}
        return None

    def figure(self, n: int) -> Column | None:
        """The column of figures named at a place."""
        column = self.at(n).columns[:1] if self.at(n).kind == "column" else ()
        return column[0] if column and column[0].kind == "number" and not roles.identity(column[0]) else None

    def unnamed(self, group: Sequence[str], derive: list[dict[str, str]]) -> list[dict[str, Any]]:
        """The figure meant where none is named: rows counted, an amount computed from two columns, or the main amount."""
        if made := self.computed(derive):
            return [made]
        if self.has("which", "who") and not self.ranked() and not (self.where or self.took or self.having):
            self.assumed = True  # "which region?"
        if self.has("mark.pie", "mark.donut") and group and not self.has("sum", "mean", "share") and self.column(group[0]).kind == "text":
            return [{"take": "count"}]  # "pie of the grades"
        best = self.best_named()
        nouns = any(self.is_noun(item) for item in self.items) or (best is not None and roles.unique(best, self.table))
        if self.has("share") and not self.has("count"):
            amounts = [c for c in roles.figured(self.table) if roles.taken(c) == "sum"]
            self.assumed = self.assumed or (not nouns and len(amounts) > 1 and not roles.money(amounts[0]))
            return [{"take": "share"} | ({"column": amounts[0].name} if amounts and not nouns else {})]
        if self.has("most", "least") and any(item.words.lower() in {"best", "worst"} for item in self.items):
            figures = [c for c in roles.figured(self.table) if c.name not in group]
            if figures and group:
                main = self.main(figures)
                self.assumed = self.assumed or (bool(self.reader.others) and not self.apart)  # best by the figures of another table?
                return [{"column": main.name, "take": roles.taken(main)}]
        spoken = any(self.is_noun(item) for item in self.items)
        if not spoken and (group or self.where) and any(self.is_day(n) and n not in self.used for n in range(len(self.items))):
            return [{"take": "count"}]  # "sunny days by month"
        if self.has("count", "common", "spread") or (nouns and group) or (spoken and (self.where or self.has("sum"))):
            self.used |= {n for n, item in enumerate(self.items) if self.is_noun(item)}
            return [{"take": "count"}]
        figures = [c for c in roles.figured(self.table) if c.name not in group]
        if not group and not self.has("sum", "mean"):
            return []
        if group and any(isinstance(self.column(one["column"]).low, float) for one in self.where) and not self.has("mean", "sum"):
            self.assumed = True  # "matches with 3 goals or more by team": more likely how many than how much
            return [{"take": "count"}]
        if self.reader.turned is not None and group:
            return [self.rows_figure()]
        if not figures or (roles.taken(figures[0]) == "mean" and not self.has("mean")):
            return [{"take": "count"}] if group else []
        main = self.main(figures)
        return [{"column": main.name, "take": roles.taken(main) if not self.has("mean") else "mean"}]

    def main(self, figures: Sequence[Column]) -> Column:
        """The figure that the best of each are told by where nobody says which: what comes in, if that is one, and it is said so."""
        comes_in = [c for c in figures if roles.money(c) and roles.taken(c) == "sum" and not roles.unwelcome(c)]
        best = next((item for item in self.items if item.says("best", "top") and not item.says("bottom")), None)
        if len(figures) > 1 and best is not None and self.apart and len(comes_in) == 1:
            other = next(c for c in figures if c is not comes_in[0])
            self.said.append(say("question.taken", self.lang, words=best.words, column=comes_in[0].name, other=other.name))
            self.others += [f"{self.question.rstrip('?. ')} by {other.name}"] if self.lang == "en" else []
            return comes_in[0]
        self.assumed = self.assumed or len(figures) > 1
        return figures[0]
