"""How a small model writes a chart from memory: each figure right behind what it is of.

In two lists it leaves out the names, or counts on.
"""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from flipchart.renderers import times
from flipchart.renderers.chart_tables import apart
from flipchart.renderers.question_words import mark_named
from flipchart.renderers.skeleton import Asked, Schema, Skeleton, counted, holder, objects, phrase, text, written

COUNTED = 4  # so many figures that rise by the same step each time are not remembered
_PERCENT = re.compile(r"^(?:per\s?cent|percentages?|pct\.?|porcentaje|porcentagem|pourcentage|pour cent|por ciento|prozent)$", re.I)
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


def skeleton(asked: Asked) -> Skeleton | None:
    """Names, or years, with their figures; None where the figures were given."""
    if asked.given:
        return None
    timed = bool(_YEAR.search(asked.question)) or asked.says("skeleton.time")
    name: Schema = {"type": "string", "pattern": "^(1[5-9]|20)[0-9][0-9]$", "description": "A year."} if timed else {
        "type": "string", "pattern": r'^[^ "\\\n\t][^"\\\n\t]{1,40}$', "description": "The name of one, no two alike."
    }  # fmt: skip
    figure = holder(name=name, value={"type": "number", "description": "Its true figure, in full."})
    schema = written(
        asked.lang,
        measured=phrase(asked.lang, 3, "What the figures measure, 1 to 3 words."),
        unit={"type": "string", "pattern": r'^[^"\\\n\t]{0,12}$', "description": "Their unit, such as m, people, $ or %."},
        figures=counted(asked.count, 4 if timed else 3, 8, figure, "From the earliest to the latest." if timed else "The largest first."),
    )
    named = mark_named(asked.question, asked.lang)

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        told = {text(one.get("name")): one.get("value") for one in objects(so_far.get("figures")) if text(one.get("name"))}
        found = {label: value for label, value in told.items() if isinstance(value, int | float)}
        if timed:
            found = dict(sorted(found.items()))
        elif not times.in_order(tuple(found)):
            found = dict(sorted(found.items(), key=lambda one: -one[1]))
        if not found or _counts_on(list(found.values())):
            return {}
        measured = text(so_far.get("measured"))
        return {
            "title": text(so_far.get("title")),
            "mark": named or ("line" if timed else apart(len(found))),
            "labels": list(found),
            "series": [{"name": measured, "values": list(found.values())}],
            "unit": _PERCENT.sub("%", text(so_far.get("unit"))),
            "y_title": measured,
        }

    return Skeleton(schema, read, worded=False)


def _counts_on(values: list[float]) -> bool:
    """True where most figures are the one before and the same step: nobody remembers that, it was made up."""
    steps = Counter(round(b - a, 6) for a, b in pairwise(values))
    return len(values) >= COUNTED and max(steps.values()) >= max(COUNTED - 1, 0.6 * (len(values) - 1))
