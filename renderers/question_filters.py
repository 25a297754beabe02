"""Which rows a question means: comparisons with numbers, dates, words that stand in the table, yes and no."""

import re
from dataclasses import dataclass, replace

from flipchart.renderers import roles, times
from flipchart.renderers.database import Column
from flipchart.renderers.question_spans import TAKE, Spans
from flipchart.renderers.question_words import SCALES, SECONDS, Item, clock, fold, qualities, stem

FEW = 40  # different figures that can be a group
TOGETHER = {"together", "combined", "altogether", "zusammen", "juntos", "juntas", "reunis", "reunies", "ensemble"}
_IN_ALL = TOGETHER | {"in total", "in all", "overall", "insgesamt", "en total", "no total", "au total"}
_ONE = {"one", "a single", "single", "einen", "einem", "un seul", "solo un", "um só"}
_OTHER = {"other", "others", "the others", "all other", "rest", "andere", "anderen", "autres", "otros", "otras", "outros", "outras"}
_UNDER = re.compile(
    r"\b(?:report\w*(?: directly)? to|managed by|supervised by|led by|work\w* (?:for|under)|under|berichte\w* an|unterstellt"
    r"|reporta\w* a|a cargo de|depende\w* de|responde\w* a|rend\w* compte a|sous la direction de)\b"
)
_ORDINALS = {word: float(n) for n, word in enumerate("first second third fourth fifth sixth".split(), 1)}


@dataclass
class Filters(Spans):
    """Finds the filters of a question."""

    def bind_numbers(self) -> None:
        """Comparisons with a number: "price above 100", "more than 20 orders", "older than 60"."""
        for n, item in enumerate(self.items):
            way = next((w for w in ("ge", "le", "gt", "lt") if item.says(w)), "")
            quality = next((q for q in qualities() if item.says(q) and qualities()[q][1] in {"gt", "lt"}), "")
            if quality:
                way = qualities()[quality][1]
            between = item.says("between") or item.says("since")
            if (not way and not between) or n in self.used:
                continue
            m = self.next(n)
            if between:
                end = self.next(self.next(m))
                if self.at(m).kind == self.at(end).kind == "number" and self.at(self.next(m)).says("and", "to"):
                    column = self.numbered(n, end)
                    if column:
                        self.where.append({"column": column.name, "is": "between", "value": [self.at(m).value, self.at(end).value]})
                        self.used |= {n, m, self.next(m), end}
                continue
            one = m - 1 if fold(self.at(m - 1).words) in _ONE else m
            row = self.at(one + 1)
            if way == "ge" and (one < m or self.at(m).value == 1.0) and (row.entity or self.is_noun(row)):
                self.used |= {n, one} | (set() if row.entity else {one + 1})  # "at least one order": that there is a row of it
                self.items[n] = replace(item, concepts=frozenset({"stop"}))
                continue
            number = m if self.at(m).kind == "number" else -1
            if number < 0 and way in {"ge", "le"}:
                number = next(
                    (k for k in (n - 1, n - 2) if self.at(k).kind == "number" and k not in self.used), -1
                )  # "50 customers or more"
                number = number if number == n - 1 or self.is_noun(self.at(n - 1)) or self.at(n - 1).kind == "column" else -1
            if number < 0:
                continue
            sign = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}[way]
            value = self.at(number).value
            if not quality and re.search(r"older|younger|älter|jünger", item.words, re.IGNORECASE):
                quality = "older"
            meant = (
                [c for c in self.reader.similar(qualities()[quality][0]) if c.kind == "number" and not roles.answer(c)] if quality else []
            )
            if self.at(number).at in self.clocks:  # "longer than 20 minutes"
                meant.sort(key=lambda c: not clock(*self.reader.names[c.name], c.unit))
                self.used |= {k for k, one in enumerate(self.items) if fold(one.words) in TAKE}
            column = next(iter(meant), None)
            named = self.at(self.next(number)).kind == "column" and self.at(self.next(number)).columns[0].kind == "number"
            timed = self.at(number).at in self.clocks
            if quality and column is None and not (quality in {"longer", "briefer"} and (timed or named)):
                continue
            again = self.repeated(n, number)
            column = column or (again[0] if again else self.numbered(n, number))
            self.used |= {n, number}
            if again and again[1] and again[0] is not None:
                self.either(again[0], sign, value)
                continue
            if column is not None and roles.taken(column) == "sum" and self.in_all(number):
                self.having.append({"is": sign, "value": value})  # "scored more than 300 points altogether"
                self.used -= {k for k, one in enumerate(self.items) if column in one.columns[:1]}
                continue
            if column is not None and (m := self.of_groups(n)) >= 0:
                self.used.discard(m)
                self.having.append({"is": sign, "value": value})
                continue
            amounts = [c for c in roles.figured(self.table) if roles.taken(c) == "sum"]
            follows = n - 1 if number == n - 2 else self.next(max(n, number))  # "four or more customers"
            ages = [c for c in self.reader.similar("age") if c.kind == "number"]
            near = self.before(n, 1)
            if column is None and ages and value <= 120 and near and self.is_noun(near[0]) and not self.is_noun(self.at(follows)):
                column = ages[0]  # "patients under 18"
            if column is None and not self.is_noun(self.at(follows)) and amounts and any(self.is_noun(one) for one in self.before(n, 1)):
                column = amounts[0]  # "orders over 1000"
                self.assumed = self.assumed or (len(amounts) > 1 and not roles.money(amounts[0]))
            if column is None and not self.is_noun(self.at(follows)):
                # "below 60" of the only figures there are, else of which cannot be told.
                figures = [c for c in roles.figured(self.table) if not roles.identity(c)]
                column = figures[0] if len(figures) == 1 else None
                self.assumed = self.assumed or (column is None and self.at(follows).kind != "end")
            if column is None:
                # Of groups: "with more than 100 orders".
                rows = self.is_noun(self.at(follows))
                # Of the countries that have a capital in a table of cities none has 20 of these.
                self.assumed = self.assumed or (
                    self.at(follows).entity and any(self.is_noun(one) and not one.entity for one in self.items[:n])
                )
                self.having.append({"is": self.denying(n, sign), "value": value, "rows": rows})
                self.used |= {follows} if rows else set()
                self.most_rows = self.most_rows or rows
            else:
                self.where.append({"column": column.name, "is": sign, "value": [value]})
        for n, item in enumerate(self.items):
            # "first class"
            column = self.at(n + 1).columns[0] if self.at(n + 1).kind == "column" else None
            if (
                item.words.lower() in _ORDINALS
                and column is not None
                and column.kind == "number"
                and column.whole
                and column.distinct <= FEW
            ):
                self.where.append({"column": column.name, "value": _ORDINALS[item.words.lower()]})
                self.items[n] = Item("used", item.words, item.at, item.to)
                self.concepts = frozenset(concept for one in self.items for concept in one.concepts)
                self.used |= {n, n + 1}
        for n, item in enumerate(self.items):
            # "with 2 guests"
            before, counted = self.at(n - 1).words.lower(), self.at(n + 1)
            column = counted.columns[0] if counted.kind == "column" else None
            whole = column is not None and column.kind == "number" and column.whole and column.distinct <= FEW
            if (
                (item.kind == "number" or fold(item.words) in _ONE)
                and n not in self.used
                and (before in {"with", "exactly", "having", "have", "has", "had"} or self.at(n - 1).says("only"))
                and column is not None
                and whole
            ):
                self.where.append({"column": column.name, "value": 1.0 if fold(item.words) in _ONE else item.value})
                self.used |= {n, n + 1} | ({n - 1} if self.at(n - 1).says("only") else set())
        for n, item in enumerate(self.items):
            # "class 3", "store 12": a number right after the name of what it numbers.
            numbered = self.at(n + 1)
            if item.kind == "column" and item.columns[0].kind == "number" and numbered.kind == "number" and n + 1 not in self.used:
                column = item.columns[0]
                if column.whole and (column.distinct <= FEW or roles.identity(column)):
                    self.where.append({"column": column.name, "is": "!=" if self.denied(n) else "=", "value": numbered.value})
                    self.used |= {n, n + 1}

    def bind_clocks(self) -> None:
        """Numbers in the unit of the column they are compared with: 2 seconds of a column of milliseconds, 20 % of one of shares."""
        shares = {self.items[n].value for n in range(len(self.items)) if self.items[n].at in self.percents}
        for one in self.where:
            high = self.column(one["column"]).high
            if isinstance(high, float) and abs(high) <= 1 and isinstance(one["value"], list):
                one["value"] = [
                    round(value / 100, 9) if value in shares else value for value in one["value"]
                ]  # 20 % where it is told as 0.2
        said = {self.items[n].value: self.clocks[self.items[n].at] for n in range(len(self.items)) if self.items[n].at in self.clocks}
        for one in self.where:
            own = clock(*self.reader.names[one["column"]], self.column(one["column"]).unit)
            if own and isinstance(one["value"], list):
                one["value"] = [round(value * SECONDS[said[value]] / SECONDS[own], 9) if value in said else value for value in one["value"]]
            kind, size = SCALES.get(self.column(one["column"]).unit or self.reader.names[one["column"]][-1], ("", 1.0))
            if kind and isinstance(one["value"], list):
                one["value"] = [self.scaled(value, kind, size) for value in one["value"]]

    def scaled(self, value: float, kind: str, size: float) -> float:
        """A number said with a unit of weight or length, in that of the column it is compared with: 5 kg of a column of grams."""
        known = {item.at: item.value for item in self.items}
        said = next((SCALES[unit] for at, unit in self.scales.items() if known.get(at) == value), None)
        return round(value * said[1] / size, 9) if said is not None and said[0] == kind else value

    def bind_missing(self) -> None:
        """What is not there, or there: "members without a phone number", "how many orders have no ship date", "customers with an email"."""
        for n, item in enumerate(self.items):
            if item.kind != "column" or n in self.used or any(stem(fold(word)) in self.reader.noun for word in item.words.split()):
                continue
            column, near, m = item.columns[0], self.before(n, 1), self.next(n)
            if column.kind != "text" and self.reader.heads(self.at(m).words):
                m = self.next(m)
            elif self.reader.heads(self.at(m).words):
                self.used.add(m)
                m = self.next(m)
            after = self.at(m)
            had = after.says("not") or (after.says("lacking") and self.reader.had(after.words.split()[0]))
            follows = self.at(self.next(m)).kind
            ahead = had and follows in {"column", "unknown", "value"}  # "cars without accidents"
            lacking = next((one for one in (*near, *(() if ahead else (after,))) if one.says("lacking")), None)
            dated = after.kind in {"date", "range"} and not (column.kind == "number" and lacking in near)
            if (
                dated
                or after.kind == "number"
                or (after.kind == "value" and column in after.columns)
                or after.says("gt", "ge", "lt", "le", "between")
            ):
                continue
            undone = fold(item.words).startswith("un") and not any(part.startswith("un") for part in self.reader.names[column.name])
            free = roles.answer(column) if self.reader.names[column.name][-1] == "free" else None
            if lacking is not None and free:
                self.where.append({"column": column.name, "value": free[0]})  # "cars without accidents" of accident_free
            elif lacking is not None and lacking in near and self.left_out(n):
                self.where = [one for one in self.where if one["column"] != column.name]
                self.where.append({"column": column.name, "is": "filled"})  # "leave out those without a mentor"
            elif undone and column.empty and not roles.answer(column):
                self.where.append({"column": column.name, "is": "empty"})  # "unrated"
            elif lacking is not None and (column.kind != "number" or column.empty) and not roles.answer(column):
                self.where.append({"column": column.name, "is": "empty"})
                told = self.reader.heads(self.at(self.next(n)).words)  # "no rainfall value"
                self.assumed = self.assumed or (column.kind == "number" and column.low == 0 and not told)  # none, or nothing told?
            elif lacking is not None and column.low == 0 and not roles.answer(column):
                self.where.append({"column": column.name, "value": 0})  # "days without rain"
            elif column.kind != "number" and column.empty and self.given(n):
                self.where.append({"column": column.name, "is": "filled"})
            else:
                continue
            self.answered.append(column.name)
            self.used |= {n} | {k for k, one in enumerate(self.items) if one is lacking}
            if self.reader.heads(self.at(self.next(n)).words):
                self.used.add(self.next(n))

    def denying(self, n: int, sign: str) -> str:
        """The comparison at `n` turned round where the groups that meet it are to be left out: "leaving out those with fewer than 3"."""
        for m in range(n - 1, max(-1, n - 5), -1):
            if self.items[m].says("not") and any(item.kind in {"column", "unknown"} for item in self.items[m + 1 : n]):
                self.used.add(m)
                self.items[m] = replace(self.items[m], concepts=frozenset({"stop"}))
                return {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}[sign]
        return sign

    def in_all(self, number: int) -> bool:
        """Whether what a number is compared with is said to be put together, as what each of some has in all of its rows."""
        after = [fold(one.words) for one in self.items[number + 1 : number + 4]]
        return not _IN_ALL.isdisjoint(after) and any(one.entity for one in self.items[:number])

    def left_out(self, n: int) -> bool:
        """Whether rows that lack what is at `n` are to be left out."""
        said = " ".join(fold(one.words) for one in self.items[max(0, n - 6) : n])
        found = re.search(r"\b(?:leav(?:e|ing) out|left out|exclud(?:e|ing)|omit(?:ting)?|ignor(?:e|ing)|skip(?:ping)?)\b", said)
        for m in range(max(0, n - 6), n) if found else ():
            if self.items[m].says("not", "lacking"):
                self.used.add(m)
                self.items[m] = replace(self.items[m], concepts=frozenset({"stop"}))  # twice denied
        return found is not None

    def given(self, n: int) -> bool:
        """Whether the thing at `n` is said to be had: "with an email", "have a phone"."""
        for item in reversed(self.items[max(0, n - 5) : n]):
            if self.reader.had(item.words):
                return True
            if not item.concepts or not item.concepts <= {"stop", "verb"}:
                return False
        return False

    def repeated(self, n: int, number: int) -> tuple[Column | None, bool] | None:
        """The column of the comparison right before, joined by "or" or "and": "under 18 or over 65"; and whether it is "or"."""
        near = self.before(n, 2)
        follows = self.at(self.next(number))
        if len(near) < 2 or not near[0].says("or", "and") or near[1].kind != "number" or not self.where:
            return None
        if follows.kind == "column" and follows.sure and follows.columns[0].kind == "number":
            return None
        before = self.where[-1]
        if before.get("is") not in {"<", "<=", ">", ">="} or not isinstance(before["value"], list) or before["value"][0] != near[1].value:
            return None
        return self.column(before["column"]), near[0].says("or")

    def either(self, column: Column, sign: str, value: float) -> None:
        """Two comparisons of one column as what lies outside of both."""
        before = self.where[-1]
        if {before["is"], sign} == {"<", ">"}:
            low, high = sorted((before["value"][0], value))
            self.where[-1] = {"column": column.name, "is": "outside", "value": [low, high]}
            self.used |= {m for m, item in enumerate(self.items) if item.says("or")}
        else:
            self.assumed = True

    def of_groups(self, n: int) -> int:
        """Where the figure of each group is that a comparison is about: "whose average salary exceeds …"; -1 where it is about rows."""
        m = n - 1
        while m >= 0 and self.items[m].says("stop"):
            m -= 1
        said = ("mean", "sum", "median", "max", "min")
        return m if m > 0 and self.items[m].kind == "column" and any(one.says(*said) for one in self.before(m, 1)) else -1

    def numbered(self, n: int, number: int) -> Column | None:
        """The column of figures that a comparison is about: named after the number, before the comparison, or by the number's unit."""
        far = self.next(number) if n < number or not self.is_noun(self.at(self.next(n))) else self.next(n)
        follows = self.at(far)
        if self.is_noun(follows):
            near = self.before(min(n, number), 1)
            named = [c for one in near if one.kind == "column" for c in one.columns[:1] if c.kind == "number" and not roles.identity(c)]
            self.used |= {m for m, one in enumerate(self.items) if named and one is near[0]}
            return named[0] if named else None
        if follows.kind == "column" and follows.columns[0].kind == "number" and follows.sure and not roles.identity(follows.columns[0]):
            self.used.add(far)
            return follows.columns[0]
        if number in self.paid():
            return self.sum_of_money()
        start = min(n, number)
        for m in range(start - 1, max(-1, start - 5), -1):
            item = self.items[m]
            if item.kind == "column" and item.columns[0].kind == "number" and not roles.identity(item.columns[0]):
                if not self.has("by") or not self.at(m - 1).says("by"):
                    self.used.add(m)
                return item.columns[0]
            if item.kind in {"column", "value", "number"} or item.says("with_"):
                break
        if follows.kind == "column" and follows.columns[0].kind == "number" and not roles.identity(follows.columns[0]):
            self.used.add(far)
            return follows.columns[0]
        return self.measured_in(self.at(number))

    def measured_in(self, number: Item) -> Column | None:
        """The one column of figures with the unit of the kind that a number is said with: dogs of more than 20 kg."""
        kind = SCALES.get(self.scales.get(number.at, ""), ("", 0.0))[0]
        figures = [c for c in self.table.columns if c.kind == "number" and not roles.identity(c)]
        found = [
            c for c in figures
            if (kind and SCALES.get(c.unit or self.reader.names[c.name][-1], ("", 0.0))[0] == kind)
            or (number.at in self.clocks and clock(*self.reader.names[c.name], c.unit))
        ]  # fmt: skip
        return found[0] if len(found) == 1 else None

    def paid(self) -> set[int]:
        """Places of numbers that are sums of money, where no column of figures is named right before."""
        return {
            n for n, item in enumerate(self.items) if item.at in self.money and not any(
                one.kind == "column" and one.columns[0].kind == "number" for one in self.before(n, 3))
        }  # fmt: skip

    def sum_of_money(self) -> Column | None:
        """The one column that holds money; None where several may be meant."""
        found = [c for c in roles.figured(self.table) if roles.money(c)]
        self.assumed = self.assumed or len(found) != 1
        return found[0] if found else None

    def bind_values(self) -> None:
        """Words that stand in the table as filters; several of one column are alternatives."""
        by_column: dict[str, list[tuple[int, str]]] = {}
        for n, item in enumerate(self.items):
            if item.kind != "value" or n in self.used:
                continue
            named = [c for c in item.columns if any(c in other.columns for other in self.items if other.kind == "column")]
            shared = [c for c in item.columns if c.name in by_column]
            ends = self.ends(n, item)
            own = [c for c in item.columns if self.table.join and self.table.join.place(self.table.columns.index(c))[0] == 0]
            over = self.over(n, item)
            column = (over or ends or named or shared or own or list(item.columns))[0]
            if self.table.join is not None and len(item.columns) > 1 and not (over or ends or named or shared or own):
                self.assumed = True
            by_column.setdefault(column.name, []).append((n, item.value[column.name]))
            self.used.add(n)
        for name, found in by_column.items():
            found = self.onwards(name, found)
            apart = {False: [v for n, v in found if not self.excluded(n)], True: [v for n, v in found if self.excluded(n)]}
            for denied, values in apart.items():
                if values:
                    how = ("not in" if denied else "in") if len(values) > 1 else ("!=" if denied else "=")
                    self.where.append({"column": name, "is": how, "value": list(dict.fromkeys(values))})
        self.valued = {name: len([1 for n, _ in found if not self.excluded(n)]) for name, found in by_column.items()}

    def onwards(self, name: str, found: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Months from one to another with those between them."""
        if (
            not roles.calendar(self.column(name))
            or len(found) != 2
            or not any(self.items[n].says("to") for n in range(found[0][0], found[1][0]))
        ):
            return found
        self.spans.add(name)
        own = times.ordered(self.column(name).values) or []
        first, last = (own.index(value) for _, value in found)
        self.used |= {n for n in range(found[0][0], found[1][0]) if self.items[n].says("to")}
        return [(found[0][0], value) for value in own[first : last + 1]] or found

    def bind_letters(self) -> None:
        """Words that a name starts with or holds: "whose name starts with A", "title contains 'Garden'"."""
        for n, item in enumerate(self.items):
            how = "starts" if item.says("starts") else "contains" if item.says("contains") else ""
            if not how:
                continue
            m = n + 1
            while self.at(m).kind == "concept" and self.at(m).words.lower() in {"the", "word", "letter", "substring"}:
                m += 1
            named = next((one.columns for one in self.before(n, 2) if one.kind == "column"), ())
            column = next((c for c in named if c.kind == "text"), None) or (None if named else self.best_named())
            if column is None or self.at(m).kind == "end":
                continue
            words = self.at(m).words.replace("'s", "")
            self.where.append({"column": column.name, "is": how, "value": words})
            self.used |= {n, m}
            self.used |= {k for k in range(max(0, n - 2), n) if column in self.items[k].columns}
            self.items[m] = Item("used", words, self.at(m).at, self.at(m).to)

    def ends(self, n: int, item: Item) -> list[Column]:
        """Of columns with the same values the one where something begins or ends: "from JFK to LAX"."""
        opener = self.at(n - 1).words.lower()
        names = {"from": r"from|origin|source|start|depart|sender|home", "to": r"\bto\b|dest|target|end|arriv|receiver|away"}.get(
            opener, ""
        )
        return [c for c in item.columns if re.search(names, c.name, re.IGNORECASE)] if names and len(item.columns) > 1 else []

    def over(self, n: int, item: Item) -> list[Column]:
        """Of columns with the same values the one of who is over others: "who reports to Ada", "people managed by Ada"."""
        said = " ".join(fold(one.words) for one in self.items[max(0, n - 4) : n])
        if len(item.columns) < 2 or not _UNDER.search(said):
            return []
        self.used |= {m for m in range(max(0, n - 4), n) if self.items[m].kind == "unknown" and _UNDER.search(fold(self.items[m].words))}
        return [c for c in item.columns if any(self.reader.means("manager", part) for part in self.reader.names[c.name])]

    def excluded(self, n: int) -> bool:
        """Whether a value is among those a "not" goes before: "except A and B"."""
        while n >= 0:
            if self.denied(n):
                return True
            near = [m for m in range(n - 1, -1, -1) if self.items[m].concepts != {"stop"}][:2]
            if len(near) == 2 and self.items[near[0]].says("and", "or") and self.items[near[1]].kind == "value":
                n = near[1]
                continue
            return False
        return False

    def bind_answers(self) -> None:
        """Columns of yes and no: "returned orders", "who did not survive", "is a member"."""
        for n, item in enumerate(self.items):
            column = item.columns[0] if item.columns else None
            answers = roles.answer(column) if item.kind == "column" and column else None
            if column is None or answers is None or n in self.used:
                continue
            near = self.before(n, 1)
            other = next((one for one in self.where if one["column"] == column.name), None)
            follows = self.at(self.next(n))
            if follows.says("compare") and fold(self.at(self.next(self.next(n))).words) in _OTHER:  # "gluten free versus other products"
                self.valued[column.name] = 2
                self.used |= {n, self.next(self.next(n))}
                continue
            if other is not None and near and near[0].says("compare") and self.undone(n, column):  # "covered vs uncovered"
                self.where.remove(other)
                self.valued[column.name] = 2
                self.used.add(n)
                continue
            if near and (
                (near[0].says("by", "which") and fold(near[0].words) not in {"among", "amongst"})
                or (near[0].says("compare", "mean") and not self.has("share"))
            ):
                continue
            self.used.add(n)
            if fold(self.at(n + 1).words) in {"rate", "rates", "quote", "tasa", "taxa", "taux"}:
                self.used.add(n + 1)
                self.concepts |= {"share"}
            told = answers[1] if (self.denied(n) or self.undone(n, column)) and answers[1] else answers[0]
            other = next((one for one in self.where if one["column"] == column.name and one.get("value") != told), None)
            if other is not None:  # "smokers and non-smokers"
                self.where.remove(other)
                self.valued[column.name] = 2
                self.items = [replace(one, concepts=frozenset({"stop"})) if one.says("not") else one for one in self.items]
                continue
            self.where.append({"column": column.name, "is": "=", "value": told})
            self.answered.append(column.name)
