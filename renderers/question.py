"""A question in plain words, read over a table as a query, without a model.

What can be known for certain is decided here: which column is meant, what is summed and what averaged, which words are filters, which
step of time, which order. `Reading.sure` says whether every word of the question was understood; where not, the reading is a hint.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from flipchart.renderers import cells, roles, times
from flipchart.renderers.database import Table
from flipchart.renderers.joins import every, joined, pruned
from flipchart.renderers.query import STEPS, Every, Query, columns_of
from flipchart.renderers.question_beside import beside
from flipchart.renderers.question_check import unspent
from flipchart.renderers.question_contrast import Contrasts
from flipchart.renderers.question_each import PER
from flipchart.renderers.question_figures import TAKES
from flipchart.renderers.question_said import PEOPLE
from flipchart.renderers.question_spelling import alike, in_english, respelt
from flipchart.renderers.question_words import COUNTS, Item, Reader, clock, fold, qualities, stem, tokens
from flipchart.renderers.words import say

_LATIN = ("de", "es", "fr", "pt", "en")
_SURELY = {"en", "zh", "ja", "hi", "ar"}  # told by their letters, or asked first
SHORT = 80  # characters
_BINNED = r"bins?|bin (?:width|size)s?"
_STEPPED = (
    r"buckets?|intervals?|brackets?|steps?|klassen|schritten?|intervallen?|tranches|intervall?es|intervalos?|clases|classes|faixas|passos"
)
_WORDED = "|".join(["one", *COUNTS])
_BINS = re.compile(
    rf"\b(?:(?:{_BINNED})\s*(?:of|=|:)?|(?:{_STEPPED})\s+(?:of|von|de))\s*(\d[\d.,]*\d|\d|{_WORDED})"
    rf"(?:[\s-]+[a-zäöüéñãç²€$]+(?=\W*$|,| each))?"
    rf"|(\d[\d.,]*\d|\d|{_WORDED})(?:-|[\s-][a-zäöüéñãç²€$]+[\s-])(?:wide\s)?(?:{_BINNED}|{_STEPPED})\b",
    re.IGNORECASE,
)
_THEN = re.compile(r"\b(\w+er|more|less) then\b", re.IGNORECASE)  # "more then 5"
MANY = 12  # groups that a ranking shows where nobody says how many
_AGAINST = {"against", "versus", "vs", "gegen", "contra", "contre", "frente a", "plotted against"}
_FIRST = {"first", "zuerst", "primero", "primeros", "primeras", "primeiro", "primeiros", "d'abord"}
_OVER_WHOM = re.compile(
    r"\bwhom? (?:does|do|did) .{2,40} (?:report|answer)s?(?: directly)? to\b"
    r"|\bwho is .{2,40}(?:'s|’s) (?:manager|boss|supervisor|superior)\b",
    re.IGNORECASE,
)
_ABOVE = {("report", "to"), ("manager",), ("boss",), ("supervisor",), ("superior",), ("mgr",), ("chief",)}
_MOST_OF = re.compile(
    r"\bwhat (?:did|do|does|have|has|is it) (?:that )?(?:i|we|they|you|people|customers|clients|our customers|my customers)"
    r" (?:sell|sold|buy|bought|order|ordered) (?:the )?(most|least)(?: of)?\b",
    re.IGNORECASE,
)
_MORE_THAN_ANY = re.compile(r"\bmore (?:often|frequently|times) than any(?:thing|one|body)?(?: (?:other|else))?s?\b", re.IGNORECASE)
_PERCENT = re.compile(
    r"(?:(?:what|which|how many|how much|in|as a|by) )*(?:percent|percentages?|per cent|%)(?: of)?"
    r"|(?:wie viel |in )?prozent|en (?:porcentaje|pourcentage)|em porcentagem"
)
_WENT = {"changed", "change", "evolved", "developed", "how has"}
_BOTH = {"both", "beide", "beides", "ambos", "ambas"}
_WHOLE = {"company", "firm", "fleet", "business", "organisation", "organization"}  # who the table is of
_ENDMOST = {"first", "last", "newest", "latest", "earliest"}
_MADE = re.compile(r"built|birth|born|founded|established|dob|baujahr|geboren|geburt|fundad|nacimiento|nascimento|naissance", re.IGNORECASE)
FEW = 3  # best of each group, where nobody says how many
SLICES = 6


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it was understood."""

    query: Query
    mark: str
    sure: bool = True
    """True where each word has its place in the query."""
    missed: tuple[str, ...] = ()
    """Words that have none."""
    said: tuple[str, ...] = ()
    """What was chosen where two things could be meant, as sentences."""
    others: tuple[str, ...] = ()
    """The question again, with the other thing that could be meant."""
    likened: int = 0
    """How many words name a column only by meaning something like it."""
    joined: int = 1
    """How many tables it takes."""
    whole: int = 0
    """How many words, past the first of each, name columns in full: one of "quantity ordered"."""
    trend: str = ""
    """The chart's trend: "line", "forecast", or none."""
    assumed: bool = False
    """True where more than one thing can be meant, and one was taken."""
    bin: float = 0.0
    """How wide a histogram's bins are; 0 for as fits."""


def read(question: str, tables: Mapping[str, Table], lang: str = "en") -> Reading | None:
    """The question as a query over one of the tables, or over several of them joined; None where nothing of it is about them."""
    question = _MOST_OF.sub(r"which product sold the \1", _THEN.sub(r"\1 than", question[:600]))
    question = _MORE_THAN_ANY.sub("most often", question)
    tables = every(tables)
    found = beside(question, tables, lang) if len(tables) > 1 else None
    best = None if found and found[1] else _best(question, tables, lang)
    if found and (best is None or not best.sure):
        return Reading(
            Query.model_validate(found[0]), "bar" if found[0].get("group") else "number" if "measures" in found[0] else "table", found[1]
        )
    for other in _LATIN if lang not in _SURELY and len(question) <= SHORT and (best is None or not best.sure) else ():
        # Of few words the language is told badly.
        again = _best(question, tables, other) if other != lang else None
        if again is not None and again.sure and not again.likened:
            return again
    if lang != "en" and (best is None or not best.sure):
        spoken, words = in_english(question, lang)
        again = _best(spoken, tables, lang) if words else None
        if again is not None and again.sure:
            said = [
                say("question.spelt", lang, words=word, spelt=english) for word, english in words.items() if not alike(fold(word), english)
            ]
            return replace(again, said=(*said, *again.said))
    return _respelt(question, tables, lang, best)


def extreme(question: str, table: Table, lang: str) -> str:
    """Whether a question asks which one of the table's rows has the "most" or the "least"; empty where it asks neither."""
    reader = Reader(table, lang)
    sentence = _Sentence(reader, question, reader.items(question))
    return sentence.extreme() or "" if sentence.has("which", "when", "who") else ""


def _respelt(question: str, tables: Mapping[str, Table], lang: str, best: Reading | None) -> Reading | None:
    """What is understood where words that are spelt wrong are put right, and that it was; `best` where that is no better."""
    spelt, words = respelt(question, [reader for _, reader in _readers(tables, lang)])
    again = _best(spelt, tables, lang) if words else None
    if again is None or (best is not None and not again.sure and (best.sure or len(again.missed) >= len(best.missed))):
        return best
    said = [say("question.spelt", lang, words=word, spelt=right) for word, right in words.items()]
    return replace(again, said=(*said, *again.said))


def _readers(tables: Mapping[str, Table], lang: str) -> Iterator[tuple[str, Reader]]:
    """A reader for each of the tables, the last attached first, and for each with those that it points to."""
    for name, table in reversed(list(tables.items())):
        others = [other for other in tables.values() if other is not table]
        whole = joined(table, tables.values())
        yield name, Reader(table, lang, others, _pointers(whole))
        if whole is not None:
            yield name, Reader(whole, lang, [one for one in others if whole.join and one not in whole.join.tables])


def _best(question: str, tables: Mapping[str, Table], lang: str) -> Reading | None:
    """What is understood best, over any of the tables."""
    found = [_over(question, reader, name) for name, reader in _readers(tables, lang)]
    return min(
        (one for one in found if one),
        key=lambda one: (not one.sure, len(one.missed), one.assumed, one.likened, -one.whole, one.joined),
        default=None,
    )


def _pointers(whole: Table | None) -> list[str]:
    """Columns of the first table of a join that only point to others."""
    if whole is None or whole.join is None:
        return []
    pointing = [whole.columns[c] for at, c, _ in whole.join.links if at == 0]
    return [column.name for column in pointing if column.kind == "number" or roles.identity(column)]


def _over(question: str, reader: Reader, name: str) -> Reading | None:
    assembly = _Sentence(reader, question, reader.items(question))
    try:
        found = assembly.reading()
    except ValidationError:
        return None
    if found is None:
        return None
    rows = any(one.take == "count" and not one.column for one in found.query.measures)
    several = reader.others or reader.table.join is not None
    if rows and not found.query.each and _elsewhere(assembly, found.query):
        found = replace(found, sure=False)
    if rows and several and not any(assembly.is_noun(item) for item in assembly.items) and not _tied(reader, found.query):
        found = replace(found, sure=False)  # rows of which of the tables?
    used = pruned(reader.table, columns_of(found.query))
    named = [(item, reader.names[item.columns[0].name]) for item in assembly.items if item.kind == "column" and item.sure]
    whole = sum(max(0, sum(stem(fold(word)) in name for word in item.words.split()) - 1) for item, name in named)
    return replace(
        found,
        whole=whole,
        query=found.query.model_copy(update={"table": name}),
        joined=len(used.join.tables) if used.join is not None else 1,
    )


def _elsewhere(sentence: "_Sentence", query: Query) -> bool:
    """Whether all that is told of the rows stands in one other table, and nothing says that it is these which are counted."""
    join, names = sentence.table.join, [column.name for column in sentence.table.columns]
    if join is None:
        return False
    places = {join.place(names.index(name))[0] for name in columns_of(query) if name in names}
    said = {stem(fold(word)) for item in sentence.items for word in item.words.split()} - PEOPLE
    if any(item.entity and item.columns[0].name not in query.group for item in sentence.items):
        return False  # films in every category, where the rows tie both together
    if any(join.tables[place] is join.tables[0] for place in places):
        return False  # mentors are vets too
    return len(places) == 1 and 0 not in places and not any(sentence.reader.calls(word) for word in said)


def _tied(reader: Reader, query: Query) -> bool:
    """Whether the rows tie the groups together: loans, where the favourite genre of each town is asked for."""
    join, names = reader.table.join, [column.name for column in reader.table.columns]
    places = {join.place(names.index(name))[0] for name in query.group} if join is not None else set()
    return len(places) > 1 and 0 not in places


def _many(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


@dataclass
class _Sentence(Contrasts):
    """Puts what a question says together into a query."""

    def reading(self) -> Reading | None:
        """The query, or None where the question says nothing about the table."""
        self.bind_course()
        self.bind_told()
        self.bind_kind()
        self.bind_moving()
        self.bind_events()
        self.bind_columns()
        self.bind_took()
        self.bind_numbers()
        self.bind_clocks()
        self.bind_open()
        self.bind_spans()
        self.bind_dates()
        self.bind_missing()
        self.bind_values()
        self.bind_letters()
        self.bind_answers()
        self.bind_order()
        self.bind_roles()
        self.bind_unit()
        self.bind_periods()
        self.assumed = self.assumed or any(
            fold(item.words).endswith("same") and self.at(self.next(n)).kind in {"column", "unknown"} for n, item in enumerate(self.items)
        )  # "ended at the same station": two columns against each other
        self.bind_averages()
        self.bind_each()
        group, every = self.groups()
        group = self.bind_having(group)
        every = self.pace or every
        group = group or self.told_by()
        if self.against is not None and not group:
            return None
        measures, derive = self.measures(group)
        group, measures = self.contrast(group, measures)
        if not self.used and not group and not measures:
            return None
        if self.has("relation", "compare", "spread", "colour") or not group:
            pair = self.pair(group)
            if pair:
                return pair
        return self.made(group, every, measures, derive)

    def bind_told(self) -> None:
        """Words that only say how something else is told: "by what percentage did it grow", "a typical one, by the median"."""
        for n, item in enumerate(self.items):
            percent = (
                item.says("share") and _PERCENT.fullmatch(fold(item.words)) and self.has("growth") and not self.has("percent", "change")
            )
            if percent or (fold(item.words) == "typical" and self.has("median")):
                self.items[n] = replace(item, concepts=frozenset({"stop"}))
        self.concepts = frozenset(concept for one in self.items for concept in one.concepts)

    def bind_course(self) -> None:
        """ "How has it changed?": how it went, rather than by how much."""
        if not re.match(r"how (?:has|have|did|does|do)\b", self.question.strip(), re.IGNORECASE) or not roles.dated(self.table):
            return
        for n, item in enumerate(self.items):
            if item.says("growth") and fold(item.words) in _WENT:
                self.items[n] = replace(item, concepts=frozenset({"time"}))
        self.concepts = frozenset(concept for one in self.items for concept in one.concepts)

    def bind_kind(self) -> None:
        """What figures of one kind are called, where all stand in one column: a price is a figure of the rows that tell prices."""
        column = self.reader.measuring
        said = [n for n, item in enumerate(self.items) if item.kind == "value" and column in item.columns[:1]]
        if column is None or len({self.items[n].value[column.name] for n in said}) != 1:
            return
        figure = next(c for c in self.table.columns if c.kind == "number" and not roles.identity(c))
        self.where.append({"column": column.name, "is": "=", "value": [self.items[said[0]].value[column.name]]})
        for n in said:
            self.items[n] = replace(self.items[n], kind="column", columns=(figure,), value=None)

    def pair(self, group: Sequence[str]) -> Reading | None:
        """A scatter of two columns, or how the figures of one are spread."""
        named = [
            c for item in self.items if item.kind == "column" for c in item.columns[:1]
            if (c.kind == "number" and not roles.identity(c)) or (c.kind == "time" and c.grain == "year" and self.has("relation"))
        ]  # fmt: skip
        named = list(dict.fromkeys(named))
        ends = [n for n, item in enumerate(self.items) if item.columns[:1] and item.columns[0] in named]
        if len(named) == 2 and any(fold(item.words).rstrip(".") in _AGAINST for item in self.items[ends[0] : ends[-1]]):
            named.reverse()  # "price against mileage": the price goes up the page
        coloured = [name for name in group if self.column(name).kind == "text"]
        apart = self.has("compare") and [*map(roles.money, named)] in ([True, False], [False, True])  # they share no axis
        if len(named) == 2 and len(group) == len(coloured) == 1 and (apart or self.has("relation", "colour")) and not self.has(*TAKES):
            return self.told({"where": self.where, "select": [named[0].name, named[1].name, coloured[0]]}, "scatter")
        if (
            len(named) == 2
            and (not group or self.fixed(group[0]))
            and (self.has("relation") or (self.has("compare") and not self.has(*TAKES)))
        ):
            return self.told({"where": self.where, "select": [named[0].name, named[1].name]}, "scatter")
        wide = self.bin() if named and not group else 0.0
        if (self.has("spread") or wide) and not group and named:
            found = self.told({"where": self.where, "select": [named[0].name]}, "histogram")
            return replace(found, bin=wide)
        return None

    def bin(self) -> float:
        """How wide the bins are to be: "bins of 10 minutes", "10-year bins"; 0 where nobody says."""
        found = _BINS.search(self.question)
        if found is None:
            return 0.0
        said = next(filter(None, found.groups()))
        number = cells.read(said)
        wide = 1.0 if fold(said) == "one" else COUNTS.get(fold(said)) or (number.value if number is not None else 0.0)
        places = [n for n, token in enumerate(tokens(self.question)) if token.end > found.start() and token.start < found.end()]
        self.used |= {n for n, item in enumerate(self.items) if item.at in places}
        return float(max(0.0, wide))

    def made(self, group: list[str], every: Every, measures: list[dict[str, Any]], derive: list[dict[str, str]]) -> Reading | None:
        """The query and the mark that suits it."""
        if not measures and not group:
            return self.rows()
        counted = (
            not self.each and not self.has("count", "share") and all(m.get("take") == "count" and not m.get("column") for m in measures)
        )
        if counted and self.listing(measures) and all(self.fixed(name) for name in group):
            return self.rows()
        if (
            counted
            and not group
            and (self.where or self.took)
            and self.is_noun(self.at(self.next(-1)))
            and self.next(-1) not in self.relatives
        ):
            return self.rows()  # "products costing more than 10"
        if counted and not group and not measures[0].get("only"):
            self.assumed = True  # "people in QA": who, or how many?
        extreme = self.extreme()
        if self.apart:
            return self.best_of(group, every, measures, derive)
        named = len(group) == 1 and self.single(group) and self.column(group[0]).kind == "text"
        if named and all(m.get("take") == "count" and not m.get("column") for m in measures):
            if extreme or self.ordinal() or self.having:
                self.assumed = True  # "who was hired last?"
            elif self.where:
                return self.rows()
        self.assumed = self.assumed or self.ordinal()
        timed = bool(group) and self.column(group[0]).kind == "time"
        limit = self.limit()
        self.assumed = self.assumed or (bool(limit) and len(group) == 1 and self.within_each())
        ends = len(measures) == 1 and measures[0].get("take") in {"max", "min"} and (bool(limit) or self.has(*self.superlatives()))
        which = any(item.says("which") and self.is_noun(self.at(self.next(n))) for n, item in enumerate(self.items))
        if ends and not group and not derive and (limit or which):
            return self.rows(measures, limit or FEW)  # "the five heaviest cars", which no name tells apart
        self.assumed = self.assumed or (ends and not group and which)
        self.assumed = self.assumed or (bool(limit) and not group)  # the 5 highest of what?
        then = self.then()
        if timed and self.has("growth") and not then and any(m.get("take") == "growth" for m in measures):
            scale = [one for one in measures if roles.scaled(self.column(one["column"]))]
            then = "change" if scale else "percent"  # 20 °C are no tenth more than 18
        for one in measures:
            if one.get("take") == "growth" and timed:
                one["take"] = roles.taken(self.column(one["column"]))
        if self.has("growth") and not timed and not any(m.get("take") == "growth" for m in measures) and self.growing(measures):
            self.assumed = self.assumed or not any(m.get("column") for m in measures)
            for one in measures:
                one["take"] = "growth"
        if any(m.get("take") == "growth" for m in measures):
            every = every or self.between() or (self.loose[0].grain if self.loose and self.loose[0].grain != "minute" else "")
        if not group and not self.having and self.listing(measures):
            return self.rows(measures)
        self.assumed = self.assumed or (
            not group and bool(extreme) and bool(re.match(r"(?:and )?(?:where|who)\b", self.question, re.IGNORECASE))
        )
        sort = ""
        if not timed and group:
            sort = {"most": "down", "least": "up", None: "down"}[extreme]
            if (extreme is None and self.column(group[0]).kind == "number") or (extreme is None and self.lasting(group[0])):
                sort = "label" if extreme is None else sort
        bad = any(m.get("column") and roles.unwelcome(self.column(m["column"])) for m in measures if m.get("column") in self.reader.names)
        if bad and self.has("best", "worst"):
            extreme = "most" if self.has("worst") else "least"
            sort = {"most": "down", "least": "up"}[extreme] if sort in {"up", "down"} else sort
        ranking = (
            timed and len(group) == 1 and not then and bool(extreme) and self.has("which", "when", "best", "worst", *self.superlatives())
        )
        lasting = len(group) == 1 and (timed or self.lasting(group[0]) or roles.calendar(self.column(group[0])))
        alone = lasting and bool(extreme) and not (limit or then or self.having)  # "which month was best?"
        if ranking and not self.has("growth", "time"):
            sort = "down" if extreme == "most" else "up"
            limit = limit or MANY
        first = self.at(self.next(self.place("which")))
        chosen = (
            self.has("who")
            or any(item.words.lower() in {"top", "bottom"} for item in self.items)
            or (self.has("which") and first.kind == "column" and first.columns[0].name in group)
        )
        ends = any(m.get("take") in {"max", "min"} for m in measures) and not chosen
        firsts = self.firsts()
        if group and extreme and not timed and not limit and not ends and not firsts and self.column(group[0]).distinct > MANY:
            limit = MANY
        if not group and any(m.get("take") == "share" and not m.get("only") for m in measures):
            self.assumed = True  # all of all
        if any(m.get("take") == "growth" for m in measures) and self.single(group):
            self.assumed = True  # one row does not grow
        if timed and extreme and self.has("growth") and self.has("which", "when") and len(group) == 1 and not self.order[0]:
            then, limit = then or "change", 0  # "which month had the largest increase?"
            told = self.has("count") or bool(self.rows_called()) or any(m.get("column") for m in measures)
            self.assumed = self.assumed or not told  # what grew?
            sort = "up" if self.has("shrank") else "down"
        if len(group) == 2:
            twice = sum(item.says("which") for item in self.items) > 1
            self.assumed = self.assumed or (twice and bool(extreme))  # "on which day and in which zone was the highest price?"
            self.assumed = self.assumed or all(self.column(name).kind == "time" for name in group)  # "hired and left per year"
            self.assumed = self.assumed or len(measures) > 1
            measures = measures[:1]
        if self.against is not None and not timed:
            sort = "up" if self.having[0]["is"] in {"<", "<="} else "down"
        sort = self.sorting(group, sort)
        if self.nth() and limit:
            limit = max(limit, MANY)
        if timed and self.order[0] and sort in {"down", "up"}:
            limit = limit or 1000
        if self.counted_each:
            figures = [m.get("column", "") for m in measures[:1] if m.get("column") != self.each]
            measures = [{"column": figures[0] if figures else "", "take": "count"}]
        elif self.each:
            how = "median" if self.has("median") else "mean"
            measures = [{"column": m.get("column", ""), "take": how, "only": m.get("only", [])} for m in measures[:1]]
            self.assumed = self.assumed or (self.each in group and self.each not in STEPS) or bool(then)
        stepped = any(self.column(g).kind == "time" for g in group) or (measures and measures[0].get("take") == "growth")
        query: dict[str, Any] = {
            "where": self.where, "group": group, "every": every if stepped else "", "measures": measures, "derive": derive, "sort": sort,
            "limit": limit, "each": self.each, "place": (self.nth() or int(alone)) if len(group) == 1 and sort in {"down", "up"} else 0,
            "then": then if group else "", "span": self.periods or 3,
            "ago": "year" if self.ago and then in {"change", "percent"} else "",
            "having": self.kept(measures) if group or self.counted_each else [], "rest": bool(limit) and self.has("others"),
        }  # fmt: skip
        mark = self.mark(group, timed and (not sort or bool(then)), measures, then)
        return self.told(query, "column" if mark == "line" and self.against is not None else mark)

    def kept(self, measures: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """What the groups must have; how many rows, where another figure of them is shown: "genres with more than 50 tracks"."""
        counted = self.each or self.counted_each or (measures[0].get("take") == "count" and not measures[0].get("only"))
        return [one | {"rows": bool(one.get("rows")) and not counted} for one in self.having]

    def firsts(self) -> bool:
        """Whether the most is only to come first: "largest first", "busiest client first"."""
        ends = [n for n, item in enumerate(self.items) if fold(item.words) in _FIRST]
        return any(item.says("most", "least", *self.superlatives()) for n in ends for item in self.items[max(0, n - 3) : n])

    def best_of(self, group: list[str], every: Every, measures: list[dict[str, Any]], derive: list[dict[str, str]]) -> Reading | None:
        """So many of the best of each group, one after the other."""
        if len(measures) != 1 or self.nth():
            return None
        figure, column = measures[0], str(measures[0].get("column", ""))
        if figure["take"] in {"max", "min", "mean"} and column in self.reader.names and not self.has("mean"):
            figure = figure | {"take": "sum" if roles.unique(self.column(group[1]), self.table) else roles.taken(self.column(column))}
        self.assumed = self.assumed or self.ordinal() or (not column and roles.unique(self.column(group[1]), self.table))
        self.assumed = self.assumed or (self.has("unsold") and self.table.join is not None)  # what was never sold is in no row
        worst, bad = self.has("worst"), column in self.reader.names and roles.unwelcome(self.column(column))
        least = (worst != bad) if self.has("best", "worst") and bad else self.extreme() == "least"
        plural = any(c.name == group[1] and re.search(r"[^s]s$", item.words) for item in self.items for c in item.columns[:1])
        query = {
            "where": self.where, "group": group, "every": every, "measures": [figure], "derive": derive, "having": self.having,
            "sort": "up" if least else "down", "limit": self.limit() or (FEW if plural else 1), "apart": True,
        }  # fmt: skip
        return self.told(query, "bar")

    def ordinal(self) -> bool:
        """Whether the first or the last that something happened to are asked for, which no figure tells."""
        said = [n for n, item in enumerate(self.items) if fold(item.words) in _ENDMOST and n not in self.used | self.relatives]
        return bool(self.events) and any(self.at(n + 1).kind != "number" and self.at(n).says("top", "bottom", "newest") for n in said)

    def within_each(self) -> bool:
        """Whether so many of something are meant in each of the groups shown, not so many groups: "the two lowest salaries per team"."""
        return any(
            item.says("by") and fold(item.words) != "by" and self.at(self.next(n)).kind == "column"
            and any(one.kind == "number" for one in self.items[:n]) for n, item in enumerate(self.items)
        )  # fmt: skip

    def told_by(self) -> list[str]:
        """The column that tells rows apart, where the second largest, or those above average or a total, are asked for."""
        called = [item.columns[0].name for item in self.items if item.entity and item.columns[0].kind == "text"]
        if self.having and called and not self.counted_each and self.against is None:
            return called[:1]  # "players who scored more than 300 points altogether"
        asked = self.nth() or self.against is not None
        told = [c for c in self.table.columns if c.kind == "text" and roles.unique(c, self.table)] if asked else []
        return [min(told, key=lambda c: c is not self.best_named()).name] if told else []

    def growing(self, measures: Sequence[Mapping[str, Any]]) -> bool:
        """Whether growth is meant, and there are dates to tell it over."""
        return bool(roles.dated(self.table)) and all(m.get("take") in {"sum", "count", "mean"} for m in measures)

    def lasting(self, name: str) -> bool:
        """Whether a column's words have an order of their own: months, sizes by number."""
        column = self.column(name)
        return len(column.values) > 2 and times.ordered(column.values) is not None

    def limit(self) -> int:
        """How many are asked for: "top 5", "the three cheapest"; one stays open, so that the others can be compared."""
        for n, item in enumerate(self.items):
            if item.kind != "number" or n in self.used:
                continue
            near = [self.at(n - 1), self.at(self.next(n)), *self.before(n, 1)]
            if (
                float(item.value).is_integer()
                and 1 < item.value <= 1000
                and (any(one.says("top", "bottom", "most", "least", "common", *self.superlatives()) for one in near) or self.so_many(n))
            ):
                self.used.add(n)
                return int(item.value)
        return 0

    def so_many(self, n: int) -> bool:
        """Whether a number counts the things that have the most of something: "the 5 pupils with the most absences"."""
        m = self.next(n)
        named = self.at(m).kind == "column" and self.at(m).columns[0].kind == "text"
        if (named or self.is_noun(self.at(m))) and self.ranked() and any(one.says("which") for one in self.before(n, 1)):
            return True  # "which five ships have sailed the longest distance?"
        if not (named or self.is_noun(self.at(m))):
            return False
        k = self.next(m)
        while self.at(k).says("who", "which", "verb") or self.at(k).kind == "value":
            k = self.next(k)  # "the 5 customers in Berlin who placed the most orders"
        return self.at(k).says("most", "least", *self.superlatives())

    def fixed(self, name: str) -> bool:
        """Whether all rows that are left say the same in a column, so that it tells no groups apart: "whose city is Oslo"."""
        return any(one["column"] == name and one.get("is", "=") == "=" and len(_many(one["value"])) == 1 for one in self.where)

    def listing(self, measures: Sequence[Mapping[str, Any]]) -> bool:
        """Whether rows are wanted rather than one figure."""
        return (
            self.has("list")
            and not self.has("mean", "count", "sum")
            and not any(m.get("take") in {"share", "growth", "ratio"} for m in measures)
        )

    def rows(self, measures: Sequence[Mapping[str, Any]] = (), limit: int = 0) -> Reading | None:
        """Rows as they are, those that the filters leave, the first `limit` of them where there is one."""
        if not (self.where or self.took or limit) and not self.has("list", "mark.table"):
            return None
        named = [c.name for item in self.items if item.kind == "column" for c in item.columns[:1]]
        words = [c for c in self.table.columns if c.kind == "text" and not roles.identity(c)]
        words.sort(key=lambda c: not roles.unique(c, self.table))
        columns = list(dict.fromkeys([*(c.name for c in words[:1]), *named, *(str(m["column"]) for m in measures if m.get("column"))]))
        if len(columns) < 2:
            columns = list(dict.fromkeys([*columns, *(c.name for c in self.table.columns)]))[:6]
        columns = [*columns[:11], *(one["name"] for one in self.reckoned)]
        sort = ""
        way = self.order[0] or {"most": "down", "least": "up", None: ""}[self.extreme()]
        if way:
            along = [c.name for word in self.superlatives() if self.has(word) for c in self.reader.similar(qualities()[word][0])]
            along += [self.order[1], *named, *(str(one["column"]) for one in self.where)]
            along = [name for name in along if name in self.reader.names and self.column(name).kind == "number"][:1]
            sort = way if along else ""
            columns = [name for name in columns if name not in along] + along
        return self.told({"where": self.where, "select": columns[-12:], "limit": limit or 200, "sort": sort}, "table")

    def told(self, query: Mapping[str, Any], mark: str) -> Reading:
        """The reading, with what of the question has no place in it."""
        if _OVER_WHOM.search(self.question):
            above = [column for called, column in self.reader.entities.items() if called in _ABOVE]
            named = [one["column"] for one in query.get("where", ())]
            self.assumed = self.assumed or not above or not named or not query.get("select")
            if above and named and query.get("select"):
                query = {**query, "select": [named[0], above[0].name]}
        query = {**query, "where": [*query.get("where", ()), *self.took], "derive": [*query.get("derive", ()), *self.reckoned]}
        if any(one.get("take") == "count" and not one.get("column") for one in query.get("measures", ())):
            query["rows"] = self.rows_called()
        open_ = [item for n, item in enumerate(self.items) if n not in self.used and item.kind != "concept"]
        open_ = [item for item in open_ if item.sure or not self.reader.verb(item.words)]
        left = [item.words for item in open_ if item.kind != "column" or not self.redundant(item, query)]
        nouns = [n for n, item in enumerate(self.items) if self.is_noun(item) and not self.parting(n)]
        left = [words for words in left if not any(self.items[n].words == words for n in nouns)]
        left = [
            words
            for words in left
            if not re.search(rf"\b{re.escape(words)} (of|de|der|des|du) \w", self.question) or words not in self.loosely()
        ]
        left = [
            words
            for words in left
            if not re.fullmatch(r"[,&–*-]", words) and not self.owning(words) and words not in self.heads_of_amounts()
        ]
        if self.mixed(query):  # never drawn, not even as a guess
            left.append(self.reader.measuring.name if self.reader.measuring is not None else "")
            self.assumed = True
        self.assumed = self.assumed or self.misdated(query) or self.at_odds(query)
        if mark == "column" and query.get("every") and self.has("fitted", "foreseen"):
            mark = "line"
        left += [*unspent(self, query, mark), *self.multiplied(query)]
        return Reading(
            Query.model_validate(query),
            mark,
            not left and not self.assumed and not self.mistimed(query) and not self.contradicted(),
            tuple(left),
            tuple(self.said),
            tuple(dict.fromkeys(self.others)),
            sum(item.kind == "column" and not item.sure for item in self.items),
            trend="forecast" if self.has("foreseen") else "line" if self.has("fitted") else "",
            assumed=self.assumed,
        )

    def parting(self, n: int) -> bool:
        """Whether rows are told apart by the unknown thing at `n`: "each city", of a file that is called after cities."""
        near = self.before(n, 1)
        return self.items[n].kind == "unknown" and bool(near) and near[0].says("by") and fold(near[0].words) not in PER

    def owning(self, words: str) -> bool:
        """Whether words only say whose table it is: "in the company", "our whole fleet"."""
        whose = rf"\b(?:the|our|my|this|whole|entire|across|in)\s+{re.escape(words)}\b"
        return fold(words) in _WHOLE and bool(re.search(whose, self.question, re.IGNORECASE))

    def rows_called(self) -> str:
        """What the person calls the rows, where that is said in the plural; empty where it is not."""
        for n, item in enumerate(self.items):
            plural = len(item.words) <= 40 and (stem(fold(item.words)) != fold(item.words) or not item.words.isascii())
            if plural and (self.is_noun(item) or self.is_day(n)) and not item.entity:
                return item.words if self.lang == "de" or item.words.isupper() else item.words[:1].lower() + item.words[1:]
        return ""

    def mixed(self, query: Mapping[str, Any]) -> bool:
        """Whether figures of several kinds would be put together: megawatt hours and prices."""
        column = self.reader.measuring
        if column is None or not any(one.get("column") in self.reader.names for one in query.get("measures", ())):
            return False
        kept = [one for one in query["where"] if one["column"] == column.name and one.get("is", "=") == "="]
        return not any(len(_many(one["value"])) == 1 for one in kept) and column.name not in query.get("group", ())

    def at_odds(self, query: Mapping[str, Any]) -> bool:
        """Whether rows would be told apart by what they lack, or "both" is said of two columns: of one row, or of what has several?"""
        lacking = any(one.get("is") == "empty" and one["column"] in query.get("group", ()) for one in query["where"])
        both = any(fold(item.words) in _BOTH for item in self.items)
        return lacking or (both and sum(name in self.valued for name in {one["column"] for one in query["where"]}) > 1)

    def misdated(self, query: Mapping[str, Any]) -> bool:
        """Whether what happened is told by the year that something was built or born in, of which nothing is said."""
        said = {stem(fold(word)) for item in self.items for word in item.words.split()}
        tests = [one for one in query["where"] if one["column"] in self.reader.names and one.get("is", "=") in {"=", "in", "between"}]
        dated = [self.column(one["column"]) for one in tests]
        made = [c for c in dated if c.kind == "time" and _MADE.search(c.name)]
        return any(said.isdisjoint(self.reader.names[c.name]) and not self.events for c in made)

    def contradicted(self) -> bool:
        """Whether no row can meet the filters: under 25 and over 30."""
        below = {one["column"]: one["value"][0] for one in self.where if one.get("is") in {"<", "<="} and isinstance(one["value"], list)}
        above = {one["column"]: one["value"][0] for one in self.where if one.get("is") in {">", ">="} and isinstance(one["value"], list)}
        return any(below[name] <= above[name] for name in below.keys() & above.keys())

    def mistimed(self, query: Mapping[str, Any]) -> bool:
        """Whether a number of minutes is compared with a column that may hold anything else."""
        return bool(self.clocks) and any(
            not clock(*self.reader.names[one["column"]], self.column(one["column"]).unit) for one in query.get("where", ())
            if one["column"] in self.reader.names and self.column(one["column"]).kind == "number"
        )  # fmt: skip

    def multiplied(self, query: Mapping[str, Any]) -> list[str]:
        """Figures of a joined table that would count as often as rows point to them."""
        if self.table.join is None:
            return []
        own = {column.name for column in self.table.join.tables[0].columns}
        own |= {one["name"] for one in query.get("derive", ()) if set(re.findall(r"`([^`]+)`", one["formula"])) & own}
        firm = {"max", "min", "distinct"}
        measured = [str(m["column"]) for m in query.get("measures", ()) if m.get("column") and m.get("take", "sum") not in firm]
        shown = query.get("select", ())
        return [name for name in (*measured, *(shown if len(shown) > 1 else ())) if name not in own]

    def loosely(self) -> set[str]:
        """Unknown words that only say what kind of thing the column after them is: the port of "port of embarkation"."""
        return {
            item.words
            for n, item in enumerate(self.items)
            if item.kind == "unknown" and self.at(self.next(n)).kind == "column" and self.at(self.next(n)).columns[0].kind == "text"
        }

    def heads_of_amounts(self) -> set[str]:
        """Unknown words that only say what kind of amount the column before them holds: the income of "fee income"."""
        out = set()
        for before, item in pairwise(self.items):
            word = stem(fold(item.words))
            if item.kind == "unknown" and before.kind == "column" and before.columns[0].kind == "number":
                out |= {item.words} if self.reader.heads(word) or self.reader.earned(word) or self.reader.means(word, "cost") else set()
        return out

    def redundant(self, item: Item, query: Mapping[str, Any]) -> bool:
        """Whether a column named again is in the query already: the region of "the North region"."""
        names = {one["column"] for one in query.get("where", ())} | set(query.get("group", ())) | set(query.get("select", ()))
        names |= {one.get("column") for one in query.get("measures", ())}
        return any(column.name in names for column in item.columns) or item.columns[0].kind == "time"

    def mark(self, group: Sequence[str], timed: bool, measures: Sequence[Mapping[str, Any]], then: str) -> str:
        """The mark asked for, else the one that suits."""
        for name in ("donut", "pie", "line", "bar", "column", "area", "heatmap", "table", "number"):
            if self.has(f"mark.{name}"):
                return name
        if not group:
            return "number"
        if roles.calendar(self.column(group[0])) and not self.extreme():
            return "column" if then in {"percent", "change"} else "line"
        if timed:
            cyclic = any(item.says("weekday", "hour of day", "month of year") for item in self.items)
            return "column" if cyclic or then in {"percent", "change"} else "line"
        if measures and measures[0].get("take") == "share" and not measures[0].get("only") and len(group) == 1:
            return "pie" if self.column(group[0]).distinct <= SLICES else "bar"
        if len(group) == 2:
            return "column" if all(self.column(g).distinct <= 8 or self.column(g).kind == "time" for g in group) else "heatmap"
        return "bar"
