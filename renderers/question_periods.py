"""Figures beside those of other periods: moving averages of so many, the same month of the year before, a year to date."""

import re
from dataclasses import dataclass, replace
from typing import Any

from flipchart.renderers import roles
from flipchart.renderers.query import Every
from flipchart.renderers.question_each import GRAINS
from flipchart.renderers.question_order import Order
from flipchart.renderers.question_words import fold

_TO_DATE = {"year to date", "ytd"}
_YEARLY = re.compile(r"year|yoy|annual|jahr|interanual|año|ano|an\b|同比|前年", re.IGNORECASE)


@dataclass
class Periods(Order):
    """Finds which other periods figures are put beside."""

    periods: int = 0
    """How many a moving average is of."""
    ago: bool = False
    """Whether figures are told against those of the year before, period by period."""
    pace: Every = ""
    """The step of time that is said by the way: "7-day moving average"."""

    def bind_periods(self) -> None:
        """Find what of other periods is asked for."""
        self.year_before()
        if any(fold(item.words) in _TO_DATE for item in self.items) and (column := self.usual()) is not None:
            self.assumed = self.assumed or any(self.column(one["column"]).kind == "time" for one in self.where)
            self.where.append({"column": column.name, "value": "last year"})
            self.used |= {n for n, item in enumerate(self.items) if fold(item.words) in _TO_DATE}

    def bind_moving(self) -> None:
        """ "3-month moving average", "moving average over 6 weeks"."""
        for n, item in enumerate(self.items if self.has("average3") else ()):
            m = self.next(n)
            while fold(self.at(m).words) == "-":
                m = self.next(m)
            last = fold(self.at(m).words).removeprefix("- ")
            step: Every = next((g for g in GRAINS[:5] if self.at(m).says(g) or last == g), "")
            if item.kind == "number" and n not in self.used and step and 2 <= item.value <= 366 and float(item.value).is_integer():
                self.periods, self.pace = int(item.value), step
                self.used |= {*range(n, m + 1)}
                if self.at(n - 1).says("gt"):
                    self.items[n - 1] = replace(self.items[n - 1], concepts=frozenset({"stop"}))  # "over 6 months"
                    self.used.add(n - 1)
                time = self.usual()
                self.assumed = self.assumed or time is None or not self.fine(time, step)
                return

    def year_before(self) -> None:
        """ "against the same month last year", "year over year growth by month"."""
        said = self.place("ago")
        steps = [g for item in self.items for g in GRAINS[1:5] if item.says(g)]
        if said >= 0:
            told = self.items[said].words.lower()
            self.pace = (
                "month" if re.search(r"month|monat|mes|mês|mois", told) else "quarter" if re.search(r"quarter|quartal|trim", told) else ""
            )
            self.pace = self.pace or next((g for g in GRAINS[1:5] if g in steps), "year")
            self.assumed = (
                self.assumed or not self.has("compare", "relation", "change", "growth", "percent", "minus") or self.pace in {"week", "day"}
            )
            self.used |= {said} | {n for n, item in enumerate(self.items) if item.says("relation", "compare")}
        percent = next((item for item in self.items if item.says("percent")), None)
        yearly = percent is not None and bool(_YEARLY.search(percent.words)) and bool(steps)
        self.ago = (said >= 0 or yearly) and (self.pace or steps[0]) != "year"

    def then(self) -> str:
        """What is told of each figure along with those before it."""
        if self.place("ago") >= 0:
            return "percent" if self.has("percent", "share") else "change"
        return next((t for t in ("percent", "change", "running") if self.has(t)), "average" if self.has("average3") else "")

    def between(self) -> Every:
        """The step of time from the first to the last of which something grew: years where it is from 2023 to 2024."""
        spans: list[Any] = [one["value"] for one in self.where if one.get("is") == "between" and self.column(one["column"]).kind == "time"]
        ends = {
            "year" if re.fullmatch(r"\d{4}", one) else "quarter" if one.startswith("Q") else "month" for one in (spans[0] if spans else ())
        }
        dated = roles.dated(self.table)
        return "year" if ends == {"year"} and dated else "month" if ends == {"month"} else "quarter" if ends == {"quarter"} else ""
