"""What figures say, told without a model; and claims in a title or remark, computed again."""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from flipchart.renderers import cells
from flipchart.renderers.figures import figures
from flipchart.renderers.words import listed, number, say

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


# Claims, computed again

Called = Sequence[tuple[str, frozenset[str]]]
"""Each label, and how it may be called in a sentence, in lower case."""


@dataclass(frozen=True, slots=True)
class _Change:
    """A change that follows from the figures: percent, and from where to where."""

    percent: float
    start: int
    end: int


def wrong(sentence: str, called: Called, series: Rows, unit: str, lang: str, ordered: bool) -> list[tuple[str, str]]:
    """Claims in `sentence` that the figures contradict: (the words, what is right). What cannot be told is let be.

    Percentages, amounts, directions ("fell"), "doubled", "halved" and superlatives are computed again, each for the labels its clause
    names.
    """
    out = _Clause(sentence, called, series, unit, lang, ordered).portions()
    for clause in _clauses(sentence, lang):
        found = _Clause(clause, called, series, unit, lang, ordered)
        told = found.percents() + found.amounts()
        out += told or found.multiples() or found.directions() or found.superlatives()
    return out


def _clauses(sentence: str, lang: str) -> list[str]:
    """The sentence cut where one claim ends and another begins."""
    joins = "|".join(re.escape(word) for word in say("claims.and", lang).split())
    spaced = rf"\s(?:{joins})\s" if lang.split("-")[0] not in {"zh", "ja"} else rf"(?:{joins})"
    return [part for part in re.split(rf"[;.!?:—]\s|,\s|[；。，、！？：]|{spaced}", sentence) if part.strip()]


# What languages count large figures in beside thousands and millions: 万 and 億, lakh and crore.
_COUNTED_IN = {**dict.fromkeys(("zh", "ja", "ko"), (1e4, 1e8)), "hi": (1e5, 1e7)}


class _Clause:
    """One clause and what its figures are compared with."""

    def __init__(self, words: str, called: Called, series: Rows, unit: str, lang: str, ordered: bool) -> None:
        self.words, self.unit, self.lang, self.ordered, self.called = words, unit, lang, ordered, called
        low = words.casefold()
        self.labels = [at for at, (_, names) in enumerate(called) if any(_holds(low, name) for name in names)]
        named = [row for row, (name, _) in enumerate(series) if len(series) > 1 and name and _holds(low, name.casefold())]
        self.rows = [series[row] for row in named] or list(series)
        self.every = list(series)
        self.alone = len(self.rows) == 1
        self.way = (1 if self._says("up") else 0) - (1 if self._says("down") else 0)

    def _says(self, what: str) -> bool:
        low = self.words.casefold()
        for lang in dict.fromkeys((self.lang, "en")):
            for stem in say(f"claims.{what}", lang).casefold().split():
                spaced = bool(re.match(r"[a-zà-ɏ]", stem))
                pattern = (r"(?<!\w)" if spaced else "") + re.escape(stem) + (r"(?!\w)" if spaced and len(stem) <= 3 else "")
                if re.search(pattern, low):
                    return True
        return False

    def changes(self) -> list[_Change]:
        """Changes that the clause may speak of, the likeliest first."""
        out: list[_Change] = []
        for _, values in self.rows:
            good = [at for at, value in enumerate(values) if value is not None]
            if len(good) < 2:
                continue
            pairs: list[tuple[int, int]] = []
            if len(self.labels) >= 2:
                ends = sorted(self.labels)
                pairs += [(ends[0], ends[-1]), (ends[-1], ends[0])]
            for label in self.labels:
                before = [at for at in good if at < label]
                pairs += ([(before[-1], label)] if before else []) + [(good[0], label), (label, good[-1])]
            if not self.labels:
                pairs.append((good[0], good[-1]))
                pairs += list(itertools.pairwise(good))
                lowest, highest = min(good, key=lambda at: values[at] or 0.0), max(good, key=lambda at: values[at] or 0.0)
                pairs += [
                    (lowest, highest),
                    (highest, lowest),
                    (highest, good[-1]),
                    (lowest, good[-1]),
                    (good[0], highest),
                    (good[0], lowest),
                ]
            for start, end in pairs:
                if start < len(values) and end < len(values) and start != end and values[start] and values[end] is not None:
                    first, last = values[start] or 0.0, values[end] or 0.0
                    out.append(_Change((last - first) / abs(first) * 100, start, end))
        return out

    def percents(self) -> list[tuple[str, str]]:
        """Claims in percent that nothing in the figures comes to."""
        out = []
        for figure in figures(self.words, self.lang):
            if figure.unit not in {"%", "٪", "％", "percent", "pct", "prozent"}:
                continue
            changes = self.changes() if self.ordered or len(self.labels) == 2 else []
            fitting = [change for change in changes if not self.way or change.percent * self.way >= 0]
            known = [abs(change.percent) for change in fitting] + self._shares() + (self._amounts() if self.unit == "%" else [])
            if not known or any(_near(abs(figure.value), value, self.words[figure.start : figure.end]) for value in known):
                continue
            out.append((self.words[figure.start : figure.end].strip(), self._right(changes)))
        return out

    def _right(self, changes: Sequence[_Change]) -> str:
        if self.unit == "%" and self.labels and self.alone:
            value = self.rows[0][1][self.labels[0]]
            return f"{self._name(self.labels[0])} is {_said(value)}" if value is not None else "leave it out"
        if not changes:
            return "leave it out, or give the share that the figures show"
        first = changes[0]
        verb = "rose" if first.percent >= 0 else "fell"
        amount = number(abs(first.percent), self.lang, "%", digits=0 if abs(first.percent) >= 10 else 1)
        return f"from {self._name(first.start)} to {self._name(first.end)} it {verb} {amount}"

    def _name(self, label: int) -> str:
        return self.called[label][0] if label < len(self.called) else str(label + 1)

    def _shares(self) -> list[float]:
        """Each figure as percent of its series' sum and of its label's sum."""
        out = []
        for _, values in self.rows:
            whole = math.fsum(value for value in values if value is not None)
            if whole > 0:
                out += [
                    value / whole * 100 for at, value in enumerate(values) if value is not None and (not self.labels or at in self.labels)
                ]
                if len(self.labels) > 1:
                    out.append(math.fsum(values[at] or 0.0 for at in self.labels if at < len(values)) / whole * 100)
        return out

    def _amounts(self) -> list[float]:
        """Figures that the clause may name: values, sums, means and differences."""
        out: list[float] = []
        for _, values in self.every if self.labels else self.rows:
            good = [value for value in values if value is not None]
            near = [value for at in self.labels if at < len(values) and (value := values[at]) is not None]
            out += near or good
            if good:
                out += [
                    math.fsum(good),
                    math.fsum(good) / len(good),
                    max(good) - min(good),
                    good[-1] - good[0],
                    float(len(good)),
                    max(good),
                    min(good),
                ]
            out += [b - a for a, b in itertools.pairwise(good)]
            if len(near) > 1:
                out += [math.fsum(near), max(near) - min(near)]
        return [abs(value) for value in out if math.isfinite(value)]

    def amounts(self) -> list[tuple[str, str]]:
        """Amounts with a unit that are no figure of the chart, nor a sum, mean or difference of them."""
        out = []
        known = self._amounts()
        for figure in figures(self.words, self.lang):
            words = self.words[figure.start : figure.end].strip()
            percent = figure.unit in {"%", "٪", "％", "percent", "pct", "prozent"}
            if (
                not figure.measured
                or percent
                or _counted(figure.unit)
                or any(_holds(name, words.casefold()) for _, names in self.called for name in names)
            ):
                continue
            scales = (1.0, 1e3, 1e6, 1e9, 1e-3, 1e-6, *_COUNTED_IN.get(self.lang.split("-")[0], ()))
            if known and not any(_near(abs(figure.value), value * scale, words, scale_of(words)) for value in known for scale in scales):
                values = self.rows[0][1]
                right = (
                    f"{self._name(self.labels[0])} is {_said(values[self.labels[0]])}"
                    if self.labels and self.alone and self.labels[0] < len(values)
                    else "use a figure of the chart"
                )
                out.append((words, right))
        return out

    def portions(self) -> list[tuple[str, str]]:
        """ "More than half" said of labels that together are not."""
        if not self.labels or not self.alone or self.way or not self._says("half") or not self._says("over"):
            return []
        values = self.rows[0][1]
        whole = math.fsum(value for value in values if value is not None)
        if whole <= 0 or min((value for value in values if value is not None), default=-1.0) < 0:
            return []
        share = math.fsum(values[at] or 0.0 for at in self.labels if at < len(values)) / whole * 100
        if share >= 50:
            return []
        names = ", ".join(self._name(at) for at in self.labels)
        return [(self.words.strip(), f"{names}: {number(share, self.lang, '%', digits=0)} of the whole")]

    def multiples(self) -> list[tuple[str, str]]:
        """ "Doubled", "tripled" and "halved" where nothing did."""
        out = []
        for what, low, high in (("twice", 80.0, 130.0), ("thrice", 170.0, 240.0), ("half", -58.0, -42.0)):
            changes = self.changes()
            if not changes or not self.ordered or not self._says(what) or (what == "half" and self.way >= 0):
                continue
            if not any(low <= change.percent <= high or (what != "half" and change.percent > high) for change in changes):
                out.append((self.words.strip(), self._right(changes)))
        return out

    def directions(self) -> list[tuple[str, str]]:
        """ "Grew" or "fell" where no figure did."""
        changes = self.changes() if self.ordered and self.alone else []
        if not self.way or not changes or self._says("most") or self._says("least"):
            return []
        if any(change.percent * self.way >= 0 for change in changes):
            return []
        return [(self.words.strip(), self._right(changes))]

    def superlatives(self) -> list[tuple[str, str]]:
        """ "Highest" or "lowest" said of a label that is not."""
        if len(self.labels) != 1 or not self.alone or self.way or any(self._says(what) for what in ("half", "third", "than")):
            return []
        values = self.rows[0][1]
        good = [(value, at) for at, value in enumerate(values) if value is not None]
        if len(good) < 2 or self.labels[0] >= len(values) or values[self.labels[0]] is None:
            return []
        most, least = self._says("most"), self._says("least")
        if most == least:
            return []
        best = max(good)[0] if most else min(good)[0]
        if values[self.labels[0]] == best:
            return []
        right = next(at for value, at in good if value == best)
        return [(self.words.strip(), f"the {'highest' if most else 'lowest'} is {self._name(right)} with {_said(best)}")]


def _holds(sentence: str, word: str) -> bool:
    """True where `sentence` holds `word` as a word."""
    if len(word) < 2:
        return False
    at = sentence.find(word)
    while at >= 0:
        around = sentence[max(0, at - 1) : at] + sentence[at + len(word) : at + len(word) + 1]
        if not (word.isascii() and any(c.isalnum() for c in around)):
            return True
        at = sentence.find(word, at + 1)
    return False


def _near(claimed: float, value: float, words: str, scale: float = 1.0) -> bool:
    """True where `value` rounds to what was claimed, at the precision it was written with."""
    digits = re.search(r"\d[\d.,]*", words)
    decimals = 0
    if digits and (part := re.search(r"[.,](\d{1,2})$", digits[0])):
        decimals = len(part[1])
    return abs(claimed - value) <= 0.5 * 10.0**-decimals * scale + abs(value) * 0.006 + 1e-9


def scale_of(words: str) -> float:
    """What the last digit of a figure in words counts: a thousand for "120k"."""
    found = figures(words)
    digits = re.search(r"\d[\d.,]*", words)
    if not found or not digits:
        return 1.0
    bare = float(re.sub(r"[^\d.]", "", digits[0].replace(",", "")) or 0) or 1.0
    return max(1.0, 10.0 ** round(math.log10(abs(found[0].value) / bare))) if found[0].value else 1.0


def _counted(unit: str) -> bool:
    """True for units of time: "in 3 years" is no claim about the figures."""
    return unit.casefold().rstrip(".") in _TIMES


_TIMES = set(
    """h hr hrs hour hours min mins minute minutes s sec second seconds day days week weeks month months year years stunden stunde minuten
    minute sekunden tage tag wochen woche monate jahre jahr heures heure jours jour semaines mois ans horas hora minutos días día semanas
    meses años dias anos 小时 分钟 秒 天 周 个月 年 時間 分 日 週間 ヶ月 घंटे मिनट दिन ساعة ساعات دقيقة دقائق يوم أيام""".split()
)


def _said(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.6g}"
