"""One figure of two groups: "the difference between the average pay of men and women", "ratio of wins to losses"."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flipchart.renderers import roles
from flipchart.renderers.question_periods import Periods
from flipchart.renderers.question_words import fold

_EXCEEDS = {"exceed", "exceeds", "exceeded"}
_LOOSE = {"difference", "gap", "ratio", "how much", "how large", "large", "big"}
_TAKES = {"sum", "mean", "median", "min", "max", "count", "distinct"}


@dataclass
class Contrasts(Periods):
    """Finds what is told of two groups as one figure."""

    def contrast(self, group: list[str], measures: list[dict[str, Any]]) -> tuple[list[str], list[dict[str, Any]]]:
        """The groups but for the one whose two are set against each other, and the figure of both, with that of each if alone."""
        said = [
            n for n, item in enumerate(self.items)
            if n not in self.used and (item.says("minus", "ratio") or fold(item.words) in _EXCEEDS | {"difference", "gap"})
        ]  # fmt: skip
        if not said or len(measures) != 1 or self.each or measures[0].get("take", "sum") not in _TAKES or measures[0].get("only"):
            return group, measures
        name, sides = self.sides()
        if not name:
            return group, measures
        parted = any(self.items[n].says("ratio") for n in said)
        self.where = [one for one in self.where if one["column"] != name]
        for n in said:
            self.items[n] = replace(self.items[n], kind="concept", concepts=frozenset({"stop"}))  # nothing else is compared by it
        self.used |= {*said} | {n for n, item in enumerate(self.items) if fold(item.words) in _LOOSE}
        one, other = ([{"column": name, "value": [value]}] for value in sides)
        both = measures[0] | {"only": one, "per" if parted else "minus": other}
        rest = [column for column in group if column != name]
        return rest, [both] if rest else [both, measures[0] | {"only": one}, measures[0] | {"only": other}]

    def sides(self) -> tuple[str, Sequence[str]]:
        """The column that two values are said of, and these in the order they are said; "" where there is not one such column."""
        found = [(one["column"], one["value"]) for one in self.where if one.get("is") == "in" and len(one["value"]) == 2]
        for name, count in self.valued.items():
            answers = roles.answer(self.column(name)) if name in self.reader.names else None
            if count == 2 and answers and all(answers) and all(one["column"] != name for one in self.where):
                found.append((name, answers))
        return found[0] if len(found) == 1 and self.column(found[0][0]).kind != "time" else ("", ())
