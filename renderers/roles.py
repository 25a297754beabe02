"""What a table's columns are for: which are amounts to be summed, rates to be averaged, yes or no, names of things, marks of identity."""

import re
from datetime import datetime
from typing import Literal

from flipchart.renderers import times
from flipchart.renderers.database import Column, Table

_NOT_SUMMED = re.compile(
    r"\b(?:delays?|lateness|prices?|salar(?:y|ies)|wages?|marks?|rates?|ratios?|percent\w*|pct|shares?|average|avg|mean|median|ages?|temperature|temp|scores?|ratings?|rated|stars?|index|lat|lon"
    r"|per|density|speed|humidity|pressure|height|weight|gpa|grade|duration|latency|efficiency|mpg|level|satisfaction|nps|quality|confidence|probability|concentration|voltage|expectancy|elevation|altitude|depth"
    r"|length|width|thickness|diameter|mass|horsepower|acceleration|displ|displacement|mileage|hwy|cty|bmi|carat"
    r"|life exp(?:ect)?|percap(?:ita)?|fertility|mortality|odds|winds?|direction|dir|rank(?:ing)?|seed|position|degrees"
    r")\b|%"
    r"|gehalt|\blohn\b|salario|salário|salaire|sueldo|工资|薪|給料|वेतन|راتب|preis|quote|anteil|\balter\b|\bnote\b|temperatur|\bprix|\btaux|\bâge|température|precio|\btasa|\bedad|temperatura|preço|\btaxa|\bidade|\bnota\b"
    r"|分数|成绩|अंक|点数|料金|价格|单价|率|比例|年龄|温度|评分|価格|単価|割合|年齢|気温|評価|दर|मूल्य|आयु|तापमान|سعر|نسبة|معدل|عمر|درجة",
    re.IGNORECASE,
)
_WEIGHT = re.compile(r"(?<!body )(?<!birth )\bweight\b", re.IGNORECASE)
_TONNES = re.compile(r"\b(?:t|tons?|tonnes?)\b", re.IGNORECASE)
_IDENTITY = re.compile(
    r"(^|[\W_])(id|no|nr|num|code|status|index|zip|plz|postcode|phone|row|#|key|uuid|isbn|ean|sku)($|[\W_])|[a-z](?:Id|ID|Number)$|[\W_]number$|[a-zäöü]{3}(?:nr|nummer)\.?$|编号$|番号$|订单号$|单号$|号码$",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"revenue|sales|turnover|income|amount|\bamt\b|total|profit|gross|umsatz|erl[öo]s|betrag|ventas|ingreso|importe|vendas|receita|valor|chiffre|montant|recette"
    r"|销售额|收入|金额|売上|金額|बिक्री|राशि|مبيعات|إيرادات|المبلغ",
    re.IGNORECASE,
)
_STEP = re.compile(r"day|month|quarter|week|hour|weekday|tag|monat|quartal|woche|stunde|mes|mês|mois", re.IGNORECASE)
_QUOTED = re.compile(r"open|high|low|close|adj\.? ?close", re.IGNORECASE)  # of a share on a day
_STEP_OF = re.compile(r"(?:date|day|week|month|hour|quarter) of (?:the )?(?:day|week|month|quarter|year)", re.IGNORECASE)
_MEASURING = re.compile(
    r"(?:measure|metric|variable|indicator|parameter|kpi)s?(?: name)?|kennzahl|indicador|indicateur|messgröße|指标|指標", re.IGNORECASE
)
_HEAT = re.compile(r"temperatur|\btemp(?:s|erature)?\b|température|气温|温度|気温|तापमान|حرارة", re.IGNORECASE)
YES = {"yes", "y", "true", "t", "1", "ja", "oui", "sí", "si", "sim", "да", "是", "はい", "हाँ", "نعم", "x", "✓"}
LONG = 40  # characters, from which on words are sentences (as many as samples are kept of)
SPREAD = 8  # rows, of which fewer are no spread to look at
NO = {"no", "n", "false", "f", "0", "nein", "non", "não", "нет", "否", "いいえ", "नहीं", "لا", "✗"}


# What is measured in the air, by its sign alone; tonnes of it are emitted, and summed.
_IN_THE_AIR = re.compile(
    r"^(?:co|no[x2]|so2|o3|pm ?(?:10|2[.,]?5?)|nmhc)(?:\s*[(\[].*)?$|concentration|\bppm\b|\bppb\b|µg/m", re.IGNORECASE
)


def taken(column: Column) -> Literal["sum", "mean"]:
    """How a column's figures are put together: amounts are summed; prices, rates, ages and temperatures averaged."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column.name).replace("_", " ")
    if step(column) or (_WEIGHT.search(words) and (column.low == 0.0 or _TONNES.search(f"{words} {column.unit}"))):
        return "mean" if step(column) else "sum"  # what was loaded or picked; nobody weighs nothing, or is weighed in tonnes
    rated = (
        (bool(_QUOTED.fullmatch(words)) and not column.whole)
        or column.unit in {"%", "°C", "°F", "°", "°c"}
        or _NOT_SUMMED.search(words)
        or _IN_THE_AIR.search(words)
        or years(column)
        or _fraction(column)
        or _deviation(column)
    )
    return "mean" if rated else "sum"


def _fraction(column: Column) -> bool:
    """True for shares and chances: figures from nought to one with what lies between."""
    low, high = column.low, column.high
    return isinstance(low, float) and isinstance(high, float) and 0 <= low < high <= 1 and not column.whole


def _deviation(column: Column) -> bool:
    """True for figures that say how far something is off, either way: neither money nor counted."""
    low, high = column.low, column.high
    return isinstance(low, float) and isinstance(high, float) and low < 0 < high and not column.whole and not money(column)


def step(column: Column) -> bool:
    """True for numbers of months, days or hours, which are no amounts."""
    words = column.name.strip().replace("_", " ")
    return column.kind == "number" and bool(_STEP.fullmatch(words) or _STEP_OF.fullmatch(words))


def scaled(column: Column) -> bool:
    """True for figures whose nought is no none, which are told apart by how much and not by what part: temperatures."""
    return heat(column.name, column.unit)


def heat(name: str, unit: str) -> bool:
    """Whether figures of that name and unit are temperatures."""
    return unit.startswith("°") or bool(_HEAT.search(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ")))


def years(column: Column) -> bool:
    """True for figures that are years."""
    low, high = column.low, column.high
    return column.kind == "number" and column.whole and isinstance(low, float) and isinstance(high, float) and 1500 <= low <= high <= 2150


def identity(column: Column) -> bool:
    """True for numbers and words that only tell rows apart: ids, codes, postcodes."""
    return bool(_IDENTITY.search(column.name)) or (column.kind == "number" and bool(re.search(r"[a-z]{3}no$", column.name)))


def unique(column: Column, table: Table) -> bool:
    """True where each row has a value of its own."""
    filled = table.rows - column.empty
    return filled > 1 and column.distinct >= 0.98 * filled


def calendar(column: Column) -> bool:
    """True for words that are months without a year."""
    return column.kind == "text" and 2 < len(column.values) <= 60 and all(times.bare_month(value) for value in column.values)


def rate(column: Column) -> bool:
    """True for figures that are already for one of something: a price per night, an average."""
    return bool(re.search(r"(?:^|[\W_])(?:per|avg|average|mean|rate|ratio|pro|por|par)(?:$|[\W_])|%", column.name, re.IGNORECASE))


def unwelcome(column: Column | str) -> bool:
    """True for figures of which less is better, by their name: delays, costs, errors."""
    return bool(
        re.search(
            r"delay|\blate\b|wait|cost|expens|error|defect|complain|bounce|churn|absen|fault|loss|verspät|kosten|fehl|retras|espera|attente|延误|遅"
            r"|pollut|emission|\b(?:co2?|no[x2]|so2|pm\s?10|pm\s?2)(?![a-z])|crime|death|\bdead|injur|victim|accident|waste|debt|unemploy|poverty|mortality|infection",
            column if isinstance(column, str) else column.name,
            re.IGNORECASE,
        )
    )


def money(column: Column) -> bool:
    """True for figures that are sums of money, by their name or their unit."""
    return column.kind == "number" and (
        column.unit in {"$", "€", "£", "¥", "₹"}
        or bool(
            _MONEY.search(column.name)
            or re.search(
                r"price|cost|fee|salar|pay|fare|preis|prix|precio|preço|usd|eur|料金|価格|价格|费|سعر|تكلفة|मूल्य", column.name, re.IGNORECASE
            )
        )
    )


def measuring(table: Table) -> Column | None:
    """The column that says what each figure is of, where all stand in one column: "wind_mwh", "price_eur"; None where none does."""
    figures = [c for c in table.columns if c.kind == "number" and not identity(c)]
    found = [c for c in table.columns if c.kind == "text" and 1 < c.distinct <= 60 and _MEASURING.fullmatch(c.name.strip())]
    return found[0] if len(found) == 1 and len(figures) == 1 and table.join is None else None


def naming(table: Table) -> Column | None:
    """The column of words that calls each row by a name of its own; None where there is none."""
    named = [c for c in table.columns if c.kind == "text" and c.distinct > 1 and not identity(c) and not answer(c) and unique(c, table)]
    whole = {value for note in table.remarks if note.key == "named" for key, value in note.values if key == "name"}
    rows = re.sub(r"[\W_]+", "", table.sheet or table.name.rpartition(".")[0]).casefold()
    own = {f"{one}{word}" for one in {rows, rows.removesuffix("s")} for word in ("name", "title")}  # customerName of customers
    return min(
        named,
        key=lambda c: (
            re.sub(r"[\W_]+", "", c.name).casefold() not in own,
            c.name not in whole,
            not re.search(r"name|title|titel|nom|名|नाम|اسم", c.name, re.IGNORECASE),
        ),
        default=None,
    )


def answer(column: Column) -> tuple[str, str] | None:
    """The words for yes and no, where the column holds nothing else; "" for one that never occurs."""
    if column.kind == "number":
        return ("1", "0") if column.whole and column.low == 0 and column.high == 1 else None
    if column.kind != "text" or not 1 <= column.distinct <= 2 or len(column.samples) != column.distinct:
        return None
    yes = [word for word in column.samples if word.casefold() in YES]
    no = [word for word in column.samples if word.casefold() in NO]
    if len(yes) + len(no) != column.distinct or len(yes) > 1 or len(no) > 1:
        return None
    return (yes[0] if yes else "", no[0] if no else "")


def figured(table: Table) -> list[Column]:
    """Columns of figures worth showing, amounts first."""
    found = [
        c for c in table.columns if c.kind == "number" and not identity(c) and c.low != c.high and not answer(c) and not _coordinate(c)
    ]
    found = [c for c in found if not (c.whole and unique(c, table) and _counting(c, table))] or found
    found = [c for c in found if not (years(c) or step(c))] or found
    return sorted(found, key=lambda c: (taken(c) != "sum", not _MONEY.search(c.name), not c.unit, c.empty > table.rows * 0.3))


def _coordinate(column: Column) -> bool:
    return bool(re.fullmatch(r"(lat|lon|lng|latitude|longitude)", column.name.strip(), re.IGNORECASE))


def _counting(column: Column, table: Table) -> bool:
    """True for row numbers: 1, 2, 3 … without a gap."""
    low, high = column.low, column.high
    return isinstance(low, float) and isinstance(high, float) and low in (0.0, 1.0) and high - low + 1 == table.rows


def dated(table: Table) -> list[Column]:
    """Columns of dates that differ, the one of the event before those of birth, change or delivery, and that of whole dates before the
    years of the same."""
    found = [c for c in table.columns if c.kind == "time" and c.low != c.high]
    late = re.compile(r"birth|dob|updat|modif|ship|deliver|due|end|close|return", re.IGNORECASE)
    spans = {_years_of(c) for c in found if c.grain != "year" and not late.search(c.name)}
    return sorted(found, key=lambda c: (bool(late.search(c.name)), c.grain == "year" and _years_of(c) in spans))


def _years_of(column: Column) -> tuple[int, int]:
    """The years that its dates lie in."""
    return (column.low.year, column.high.year) if isinstance(column.low, datetime) and isinstance(column.high, datetime) else (0, 0)


def grouped(table: Table) -> list[Column]:
    """Columns of words worth grouping by, those with a handful of values first."""
    found = [c for c in table.columns if c.kind == "text" and 2 <= c.distinct <= max(12, min(60, table.rows // 2)) and not identity(c)]
    found = [c for c in found if not _prose(c)] or found
    found.sort(key=lambda c: (c.distinct > 12, answer(c) is not None, abs(c.distinct - 6)))
    return found or [c for c in table.columns if c.kind == "text" and c.distinct > 1 and not _prose(c)][:1]


def _prose(column: Column) -> bool:
    """True for words that are whole sentences: remarks and answers, which group nothing."""
    return sum(len(word) >= LONG for word in column.samples) > len(column.samples) / 2
