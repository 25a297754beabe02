"""Whether a query does all that a question says: each word that asks for something must have had its effect."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from flipchart.renderers import roles
from flipchart.renderers.chart_trend import trends
from flipchart.renderers.question_said import PLACES, Sentence
from flipchart.renderers.question_words import Item, qualities

_GRAINS = ("year", "quarter", "month", "week", "day", "hour", "weekday", "hour of day", "month of year", "decade")
_COMPARED = {"<": 1, "<=": 1, ">": 1, ">=": 1, "between": 2, "outside": 2}
_DENIED = {"!=", "not in", "not contains", "empty"}


class Effects:
    """What a query does, as far as words ask for it."""

    def __init__(self, query: Mapping[str, Any], mark: str, timed: bool) -> None:
        self.timed = timed
        self.query, self.mark = query, mark
        self.measures: Sequence[Mapping[str, Any]] = query.get("measures", ())
        self.takes = {str(one.get("take", "sum")) for one in self.measures}
        self.each = bool(query.get("each"))
        self.then, self.sort = query.get("then", ""), query.get("sort", "")
        only = [test for one in self.measures for test in one.get("only") or ()]
        self.filters: list[Mapping[str, Any]] = [*query.get("where", ()), *only]
        self.parted = any(one.get("percent") for one in self.measures)
        self.selected = len(query.get("select", ()))

    def compares(self) -> int:
        """How many comparisons with a figure or a date it makes."""
        return sum(_COMPARED.get(str(one.get("is", "=")), 0) for one in self.filters) + len(self.query.get("having", ()))

    def denied(self) -> int:
        """How many values it leaves out."""
        out = 0
        for one in self.filters:
            value = one.get("value", "")
            out += (len(value) if isinstance(value, list) else 1) if one.get("is", "=") in _DENIED else 0
        return out


def _placed(n: int, effects: Effects) -> bool:
    return effects.query.get("place") == n


_ASKED: Mapping[str, Callable[[Effects], bool]] = {
    "mean": lambda e: bool(e.takes & {"mean", "ratio"}) or e.then == "average",
    "median": lambda e: "median" in e.takes,
    "max": lambda e: "max" in e.takes or e.sort == "down",
    "min": lambda e: "min" in e.takes or e.sort == "up",
    "sum": lambda e: e.each or (bool(e.takes & {"sum", "count", "share", "ratio", "distinct", "growth"}) and bool(e.measures)),
    "count": lambda e: e.each or (bool(e.takes & {"count", "distinct", "sum", "share", "ratio", "growth"}) and bool(e.measures)),
    "distinct": lambda e: e.each or "distinct" in e.takes,
    "share": lambda e: bool(e.takes & {"share", "ratio"}) or e.then == "percent",
    "growth": lambda e: "growth" in e.takes or e.then in {"percent", "change"} or e.timed or e.parted,
    "shrank": lambda e: "growth" in e.takes or e.then in {"percent", "change"} or e.timed,
    "running": lambda e: e.then == "running",
    "percent": lambda e: e.then == "percent",
    "change": lambda e: e.then == "change",
    "average3": lambda e: e.then == "average",
    "fitted": lambda e: "line" in trends(e.mark, 1),
    "foreseen": lambda e: "forecast" in trends(e.mark, len(e.measures) * len(e.query.get("group", ()))),
    "lasting": lambda _: False,  # told of two dates where it is understood
    "ago": lambda e: bool(e.query.get("ago")),
    "rank": lambda e: bool(e.sort) or e.then == "rank",
    "rising": lambda e: e.sort in {"up", "label"},
    "falling": lambda e: e.sort in {"down", "label down"},
    "alphabet": lambda e: e.sort in {"label", "label down"},
    "spread": lambda e: e.mark == "histogram" or bool(e.query.get("group")),
    "relation": lambda e: e.selected >= 2,
    "list": lambda e: e.selected > 0 or e.each or bool(e.query.get("group")),
    **{f"place.{n}": partial(_placed, n) for n in PLACES},
    "lacking": lambda e: e.denied() > 0,
    "new": lambda e: e.timed or e.each or bool(e.filters),
    "colour": lambda e: e.selected == 3 or len(e.query.get("group", ())) == 2,
    "ratio": lambda e: "ratio" in e.takes,
    "minus": lambda e: bool(e.query.get("derive")) or e.then == "change",
    "times": lambda e: bool(e.query.get("derive")),
    "weighted": lambda e: any(one.get("over") for one in e.measures),
    "most": lambda e: e.sort == "down" or bool(e.takes & {"max", "growth"}) or bool(e.sort and e.then),
    "least": lambda e: e.sort == "up" or bool(e.takes & {"min", "growth"}),
    "worst": lambda e: bool(e.sort) or bool(e.takes & {"max", "min"}),
    "best": lambda e: bool(e.sort) or bool(e.takes & {"max", "min"}),
    "common": lambda e: bool(e.sort),
    "starts": lambda e: any(one.get("is") == "starts" for one in e.filters),
    "contains": lambda e: any(one.get("is") == "contains" for one in e.filters),
}
"""What must hold of a query where the words say so; of a word that says several things one is enough."""

_SAME = (
    "most",
    "least",
    "top",
    "bottom",
    "max",
    "min",
    "common",
    "list",
    "only",
    "rank",
    "time",
    "compare",
    "others",
    "which",
    "last",
    "to",
)


def unspent(said: Sentence, query: Mapping[str, Any], mark: str) -> list[str]:
    """The words that ask for something the query does not do."""
    effects = Effects(query, mark, said.timed(query.get("group", ())))
    out = [item.words for n, item in enumerate(said.items) if item.kind == "concept" and not _done(said, n, item, effects)]
    compared = [item for item in said.items if item.says("gt", "ge", "lt", "le", *_comparatives()) and not item.says("stop")]
    if len(compared) > effects.compares():
        out += [item.words for item in compared]
    denied = [item for item in said.items if item.says("not")]
    if denied and len(denied) > effects.denied() + _answered(said, effects):
        out += [item.words for item in denied]
    return [*out, *_either(said, effects)]


def _done(said: Sentence, n: int, item: Item, effects: Effects) -> bool:
    """Whether the word at `n` had its effect, or asks for nothing."""
    if item.says("stop", "verb", "by") or n in said.used or n in said.relatives or said.is_day(n):
        return True
    if item.says("count") and any(column.name == one.get("column") for column in said.at(said.next(n)).columns for one in effects.measures):
        return True  # "the average number of guests"
    asked = [concept for concept in item.concepts if concept in _ASKED]
    if "minus" in asked:
        return _ASKED["minus"](effects) or any(isinstance(one.get("value"), list) and len(one["value"]) > 1 for one in effects.filters)
    if asked:
        return any(_ASKED[concept](effects) for concept in asked) or any(item.says(other) for other in _SAME if other not in _ASKED)
    superlatives = [concept for concept in item.concepts if concept in said.superlatives()]
    if superlatives:
        return _by_quality(said, superlatives[0], effects)
    return not item.says("before", "after", "since", "between", *_GRAINS) or said.has("compare", "relation")


def _by_quality(said: Sentence, quality: str, effects: Effects) -> bool:
    """Whether what the adjective measures is what is ranked: "longest" by a length."""
    meant = {column.name for column in said.reader.similar(qualities()[quality][0])}
    n = said.next(said.place(quality), over=frozenset({"stop", "verb", "sum", "mean", "max", "min"}))
    meant |= {column.name for column in said.at(n).columns[:1] if column.kind == "number" and not roles.money(column)}  # "longest distance"
    meant |= {one["name"] for one in effects.query.get("derive", ()) if any(f"`{name}`" in one["formula"] for name in meant)}
    return any(one.get("column") in meant for one in effects.measures) and bool(effects.sort or effects.takes & {"max", "min"})


def _comparatives() -> list[str]:
    return [name for name, (_, way) in qualities().items() if way in {"gt", "lt"}]


def _answered(said: Sentence, effects: Effects) -> int:
    """How many columns of yes and no are asked to be no."""
    return sum(one["column"] in said.answered and not _affirmed(said, one) for one in effects.filters)


def _affirmed(said: Sentence, test: Mapping[str, Any]) -> bool:
    """Whether a column of yes and no is asked to be yes, or to be filled."""
    answers = roles.answer(said.column(test["column"]))
    return test.get("is") == "filled" or (answers is not None and test.get("value") in (answers[0], [answers[0]]))


def _either(said: Sentence, effects: Effects) -> Iterator[str]:
    """An "or" between things that the query does not take as alternatives of one column."""
    for n, item in enumerate(said.items):
        if not item.says("or") or item.says("stop"):
            continue
        after = said.at(said.next(n))
        before = (said.before(n, 1) or [Item("end", "", 0, 0)])[0]
        several = [one for one in effects.filters if isinstance(one.get("value"), list) and len(one["value"]) > 1]
        values = after.kind == before.kind and after.kind in {"value", "date"}
        if not (several and (values or any(one.get("is") == "outside" for one in several))):
            yield item.words
