"""What figures say, told without a model, and what may be said of their unit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flipchart.renderers import cells
from flipchart.renderers.figures import figures
from flipchart.renderers.words import listed

SCALES = {
    1e3: r"thousands?|1,?000s?|k|miles|milhares|milliers|tausend|tsd",
    1e6: r"millions?|millones|milh(?:õ|o)es|millionen|mio",
}
MONEY = {*cells.CURRENCY_SIGNS, *cells.CURRENCIES.values()}
_MONEY_SAID = re.compile(
    rf"[{re.escape(cells.CURRENCY_SIGNS)}]|\b(?:{'|'.join(map(re.escape, cells.CURRENCIES.keys() - {'try'}))}|d[oó]lar(?:es)?|"
    r"pesos?|bucks|cents?|pounds?|pfund|libras?|livres?|yen|rupees?|rupias?|francs?|franken|rea(?:l|is))\b|[円元]|ドル|ユーロ|欧|रुप|डॉलर|यूरो|دولار|يورو|ريال|درهم|جنيه",
    re.I,
)
Rows = Sequence[tuple[str, Sequence[float | None]]]


@dataclass(frozen=True, slots=True)
class Point:
    """One figure: its series and label by place."""

    series: int
    label: int
    value: float


@dataclass(frozen=True, slots=True)
class Facts:
    """Extremes over all series, and each series' change from first to last in percent (None where it cannot be told)."""

    highest: Point | None
    lowest: Point | None
    changes: tuple[float | None, ...]


def unscaled(title: str, largest: float, said: str) -> str:
    """What an axis measures, without an "in thousands" that its figures (as large as `largest`) contradict and nobody `said`."""
    for scale, words in SCALES.items():
        found = re.search(rf"\s*[,(（]?\s*\b(?:in|en|em|nach)\s+(?:{words})\b\.?\s*[)）]?", title, re.I)
        if found and largest >= 10 * scale and not re.search(rf"\b(?:{words})\b", said, re.I):
            return (title[: found.start()] + title[found.end() :]).strip()
    return title


def measures(title: str, lang: str) -> bool:
    """Whether an axis' name says what its figures measure: "amount" says nothing."""
    return title.casefold().strip(" .:") not in listed("chart.nameless", lang)


def claimed(unit: str, values: Sequence[float | None], said: str, lang: str) -> bool:
    """Whether `unit` may stand at the values: a currency of figures that were `said` has to have been said with them."""
    if unit not in MONEY:
        return True
    told = {figure.value: figure.unit for figure in figures(said, lang)}
    own = [value for value in values if value is not None]
    return not own or any(value not in told or told[value] for value in own) or _MONEY_SAID.search(said) is not None


def told(labels: Sequence[str], rows: Rows, ordered: bool) -> Facts:
    """The facts of a table of figures."""
    points = [Point(s, i, value) for s, (_, values) in enumerate(rows) for i, value in enumerate(values) if value is not None]
    if not points:
        return Facts(None, None, ())
    changes = tuple(_change([v for v in values if v is not None]) if ordered else None for _, values in rows)
    return Facts(max(points, key=lambda p: p.value), min(points, key=lambda p: p.value), changes)


def _change(values: Sequence[float]) -> float | None:
    """Percent from the first to the last."""
    if len(values) < 2 or values[0] == 0:
        return None
    return (values[-1] - values[0]) / abs(values[0]) * 100
