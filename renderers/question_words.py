"""The words of a question, told apart over a table: names of columns, values in them, numbers, dates, and words that say what to do."""

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from flipchart import assets
from flipchart.renderers import cells, roles, times
from flipchart.renderers.database import Column, Table
from flipchart.renderers.places import country_names, located
from flipchart.renderers.skeleton import stands
from flipchart.renderers.table_columns import named_unit

LONGEST = 7  # words of one name
_BRIEF = range(3, 6)  # letters of a name without vowels that may be short for a word
_TOKEN = re.compile(
    r"[A-Za-z]+['’]s\b|[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9d]|\d[\d.,]*(?:[kKmM]\b|bn\b)?|[^\W\d_\u3040-\u30ff\u3400-\u9fff]+[\u0900-\u097f\u0300-\u036f]*"
    r"(?:[\u0900-\u097f]+)*|[<>]=?|[≥≤%&×*–,-]"
)
_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_MONTH_WORDS = r"[^\W\d_]{3,12}\.?"
_DATES = re.compile(
    rf"(?:\d{{4}}-\d{{1,2}}(?:-\d{{1,2}})?|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}|\d{{4}}\s*年(?:\s*\d{{1,2}}\s*月(?:\s*\d{{1,2}}\s*日)?)?|[QT][1-4][\s-]*(?:of\s+|de\s+)?(?:20|19)\d\d"
    rf"|(?:20|19)\d\d[\s-]*Q[1-4]|{_MONTH_WORDS}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:20|19)\d\d|\d{{1,2}}\.?(?:st|nd|rd|th)?\s+(?:of\s+|de\s+)?{_MONTH_WORDS},?\s+(?:de\s+)?(?:20|19)\d\d"
    rf"|{_MONTH_WORDS}(?:\s+(?:of|de|in))?\s+(?:20|19)\d\d|\b(?:1[5-9]|20|21)\d\d\b)(?!\d|[.,]\d)",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"(?:\b(?:above|over|under|below|exceed\w*|at least|at most|up to|more than|less than|fewer than|greater than|higher than|lower than|"
    r"(?:cheap|dear|pric|costl|small|larg|bigg|heavi|light|long|short|fast|slow)\w*er than|expensive than|über|unter|mehr als|weniger als|"
    r"mindestens|höchstens|plus de|moins de|más de|menos de|mais de|al menos|au moins|pelo menos)|[<>]=?)\s*[€$£]?\s*$",
    re.IGNORECASE,
)
_HALF = re.compile(r"\b(?:(H[12])|(first|second) half(?: of)?(?: the year)?)\s+((?:19|20)\d\d)\b", re.IGNORECASE)
_EASTERN_QUARTER = re.compile(r"((?:19|20)\d\d)\s*年?の?\s*第?([一二三四1-4])\s*(?:季度|四半期)")
_CLOCK: Mapping[str, set[str]] = {
    "ms": {"ms", "msec", "millisecond", "milli"},
    "s": {"sec", "second", "secs"},
    "min": {"min", "minute", "minut", "mins"},
    "h": {"hour", "hr", "hrs", "stund", "hora", "heur"},
    "d": {"day", "tag", "tage", "dia", "jour"},
    "w": {"week", "woch", "seman", "semain"},
}
_STEPS = {"year", "quarter", "month", "week", "day", "hour", "hour of day"}
_FIGURED = {"cost", "earn", "earned", "spend", "spent", "weigh", "score", "scored", "pay"}
_SHOWERY = re.compile(r"^([a-z]+?([b-df-hj-np-tv-z]))(?:\2)?y$")
_WHEN = (
    "date day month year week quarter time hour minute timestamp period stamp at on of datum tag monat jahr fecha dia mes año data mês "
    "ano jour mois année"
)
_PERSONAL = {
    "gender", "sex", "age", "birth", "dob", "geschlecht", "alter", "sexo", "edad", "idad", "ag", "性别", "性別",
    "salary", "manager", "boss", "supervisor", "gehalt", "salari", "salair", "surnam", "nachnam", "apellid",
}  # fmt: skip
_NATIONS = set("country nation nationality origin land herkunft herkunftsland pais pay paya nacionalidad nationalitat 国家 国 国籍".split())
_OF = {"of", "of the", "von", "der", "des", "de", "del", "do", "da", "du"}
_OF_YEAR = {
    "model",
    "production",
    "build",
    "built",
    "construction",
    "manufacture",
    "release",
    "publication",
    "calendar",
    "fiscal",
    "school",
}
_KINDS = {"type", "kind", "category", "typ", "tipo", "tip"}
ID = {"id", "no", "nr", "num", "number", "code", "key", "uuid", "index", "row"}
_BARE = re.compile(r"\bQ([1-4])\b|\b(?:first|second|third|fourth)\s+quarter\b", re.IGNORECASE)
_FINAL = re.compile(
    r"\b(?:last|final|letzte[nms]?|ultimo|último|dernier)\s+(?:quarter|quartal|trimestre)\s+(?:(?:of|in|von|de)\s+)?((?:19|20)\d\d)\b",
    re.IGNORECASE,
)


def _countries(column: Column, lang: str) -> bool:
    """Whether a column holds countries, by what it is called and what is in it."""
    told = column.kind == "text" and 1 < len(column.values) <= 250 and not _NATIONS.isdisjoint(name_parts(column.name))
    return told and located(column.values, lang)


@dataclass(frozen=True, slots=True)
class Token:
    """One word, folded and without its ending, and where it stands."""

    words: str
    folded: str
    stem: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing a question says: `kind` is column, value, number, date, concept or unknown."""

    kind: str
    words: str
    at: int
    to: int
    columns: tuple[Column, ...] = ()
    """The columns it may name, the best first; for a value, the columns that hold it."""
    value: Any = None
    concepts: frozenset[str] = frozenset()
    sure: bool = True
    """False where it names a column by a word that only means something like it."""
    entity: bool = False
    """True where it names what the rows of another table are: the customers of orders."""

    def says(self, *concepts: str) -> bool:
        """Whether it is one of these."""
        return not self.concepts.isdisjoint(concepts)


def fold(words: str) -> str:
    """Words as they are compared: small, without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFD", words.casefold()) if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", plain).replace("’", "'").replace("\u093c", "")


_SHORT: Mapping[str, str] = {
    "amt": "amount", "qty": "quantity", "dt": "date", "typ": "type", "meth": "method", "stat": "status", "hrs": "hours",
    "descr": "description", "desc": "description", "cst": "cost", "cust": "customer", "emp": "employee", "dept": "department",
    "mgr": "manager", "addr": "address", "acct": "account", "pmt": "payment", "cnt": "count", "avg": "average", "yr": "year",
    "mth": "month", "wk": "week", "bal": "balance", "txn": "transaction", "loc": "location", "vend": "vendor", "suppl": "supplier",
    "prod": "product", "curr": "currency", "dob": "birthday", "crt": "created", "upd": "updated", "tot": "total", "disc": "discount",
    "inv": "invoice", "whse": "warehouse", "deliv": "delivery",
}  # fmt: skip
"""What columns of databases are called for short."""
_LONGER = {"cat": ("category",), "fname": ("first", "name"), "lname": ("last", "name")}
"""The same where the short name is also a word."""


@cache
def stem(folded: str) -> str:
    """A word without its ending, alike for its singular and its plural in the languages spoken here."""
    return _stem(_SHORT.get(folded, folded))


@cache
def _stem(folded: str) -> str:
    """The same of words that are written in full, as what stands in a table is."""
    word = folded.removesuffix("'s")
    if re.search(r"[\u0600-\u06ff]", word):
        word = re.sub(r"^(?:و|ب|ل)?ال(?=..)", "", word)
        return re.sub(r"(?:ات|ون|ين|ة|ه)$", "", word) if len(word) > 3 else word
    if re.search(r"[\u0900-\u097f]", word):
        return re.sub(r"[ािीुूेैोौंँ]+$", "", word) or word
    if not word.isascii() or len(word) <= 3:
        return (
            word[:-1] if len(word) == 3 and word.endswith("s") and word not in {"gas", "bus", "was", "has", "yes", "its", "his"} else word
        )
    if word.endswith(("ies", "ie")) and len(word) > 4:
        return word[: word.rindex("ie")] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) <= 4 or not word.endswith(("e", "n", "a", "o")) or word.endswith(("tion", "sion")):
        return word
    if word.endswith("ien"):
        return word[:-3] + "y"  # Kategorien
    return word[:-2] if len(word) > 5 and word.endswith("en") else word[:-1]  # Ausgaben


def _shortened(name: Sequence[str], said: Sequence[str]) -> bool:
    """Whether a name is the words that are said without the end: "GDP per capita" of gdpPercap."""
    short, whole = "".join(name), "".join(said)
    return len(said) > 2 and whole.startswith(short) and len("".join(said[:-1])) + 2 < len(short)


@cache
def _cut(word: str, part: str) -> bool:
    """Whether a part of a name is no word, but the beginning of one: the indep of IndepYear, of "independence"."""
    if len(part) <= 4 or not word.startswith(part):
        return False
    from flipchart.renderers import icons

    return not any(icons.spoken(one) for one in (part, f"{part}e", f"{part}s", f"{part}y"))


@cache
def _root(word: str) -> str:
    """An English word without the endings that make other words of it."""
    return re.sub(r"(?:ations?|ions?|ings?|ed|al|or|ment|ance|ence|est|d|e)$", "", word) if len(word) > 4 else word


SECONDS: Mapping[str, float] = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
SCALES: Mapping[str, tuple[str, float]] = {
    "mg": ("g", 0.001), "g": ("g", 1.0), "gram": ("g", 1.0), "gramm": ("g", 1.0), "kg": ("g", 1000.0), "kilo": ("g", 1000.0),
    "kilogram": ("g", 1000.0), "kilogramm": ("g", 1000.0), "tonn": ("g", 1e6), "mm": ("m", 0.001), "millimeter": ("m", 0.001),
    "cm": ("m", 0.01), "centimeter": ("m", 0.01), "m": ("m", 1.0), "meter": ("m", 1.0), "metr": ("m", 1.0), "km": ("m", 1000.0),
    "kilometer": ("m", 1000.0), "kilometr": ("m", 1000.0),
}  # fmt: skip
"""Units of weight and length by their stems: of which kind, and how many of the plain one."""


def _unit(word: str) -> bool:
    """Whether a word is short for a unit: "mwh", "eur"."""
    return bool(stem(word) in SCALES or clock(stem(word)) or ((named := named_unit(f"x ({word})")) and named != "x"))


def clock(*stems: str) -> str:
    """The unit of time among the words: "ms", "s", "min", "h" or "d"; empty where there is none."""
    ends = {name for one in stems for names in _CLOCK.values() for name in names if len(name) > 4 and one.endswith(name)}
    return next((unit for unit, names in _CLOCK.items() if not names.isdisjoint({*stems, *ends})), "")


def tokens(words: str) -> list[Token]:
    """The words of a sentence; of scripts without spaces each letter is one."""
    out = []
    for found in _TOKEN.finditer(words):
        folded = fold(found[0])
        out.append(Token(found[0], folded, stem(folded), found.start(), found.end()))
    return out


_ASIDE = re.compile(r"[(\[]([^()\[\]]*)[)\]]")


def _aside(name: str) -> tuple[str, ...]:
    """The stems of what stands in parentheses in a column's name: a unit, or what is short for it."""
    return tuple(token.stem for part in _ASIDE.findall(name) for token in tokens(_parted(part)))


def name_parts(name: str) -> tuple[str, ...]:
    """The stems of a column's name: "unitPrice_eur (€)" is unit, price, eur."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    bare = _ASIDE.sub(" ", spaced)
    spaced = bare if bare.strip() else spaced
    return tuple(part for token in tokens(_parted(spaced)) for part in _LONGER.get(token.folded, (token.stem,))) or (fold(name),)


def _parted(name: str) -> str:
    """A name with spaces for its signs and before its capitals; the vowel signs of Devanagari are part of its words."""
    return re.sub(r"(?:_|[^\w\u0900-\u0963])+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))


def noun(table: Table) -> frozenset[str]:
    """What a row of the table may be called: as the table is, or as what its ids, or its dates, are of."""
    root = table.join.tables[0] if table.join is not None else table
    if _turned(root):
        return frozenset()  # each row is one figure, by whose name the file is called
    found = {*_called(table)}
    marks = [
        {part for part in name_parts(column.name) if part not in ID} for column in root.columns
        if roles.identity(column) and roles.unique(column, root) and not ID.isdisjoint(name_parts(column.name))
    ]  # fmt: skip
    repeated = {name_parts(c.name) for c in root.columns if c.kind == "text" and not roles.unique(c, root)}
    found = {
        word for word in found if (word,) not in repeated or word == _head_of(root)
    } or found  # restaurant_inspections are inspections where a column is restaurant
    own = [mark for mark in marks if mark & found]  # where fines have a fine_id, their loan_id is of something else
    return frozenset(found.union(*(own or marks), _happened(root)))


def _head_of(table: Table) -> str:
    """The last word of a table's name, which says what its rows are where there are several."""
    words = [token.stem for token in tokens(_parted(table.sheet or table.name.rpartition(".")[0] or table.name))]
    return words[-1] if len(words) > 1 else ""


def _called(table: Table) -> frozenset[str]:
    """The words of a table's name."""
    root = table.join.tables[0] if table.join is not None else table
    called = root.sheet or root.name.rpartition(".")[0] or root.name
    words = tokens(_parted(called))
    found = {token.stem for token in words if not (token.stem.isdecimal() or _EASTERN.match(token.stem))}
    return frozenset(found | ({fold(called)} if any(_EASTERN.match(token.stem) for token in words) else set()))


def _turned(table: Table) -> bool:
    """Whether a column for each period was made a row for each."""
    return any(note.key.startswith("turned") for note in table.remarks)


def _happened(table: Table) -> frozenset[str]:
    """What the only dates of a table are of: a row with a death_date is a death."""
    dated = [column.name for column in table.columns if column.kind == "time"]
    when = {stem(fold(word)) for word in _WHEN.split()}
    return frozenset(part for part in name_parts(dated[0]) if part not in when and not part.isdecimal()) if len(dated) == 1 else frozenset()


@cache
def _told() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(assets.text("questions.json"))
    return found


@cache
def _concepts(lang: str) -> Mapping[str, list[tuple[tuple[str, ...], str]]]:
    """Phrases by their first letter: their words (a star ends one that may go on) and what they say, in English and in `lang`."""
    out: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for concept, spoken in _told()["concepts"].items():
        for one in dict.fromkeys(("en", lang.split("-")[0])):
            for phrase in filter(None, spoken.get(one, "").split("|")):
                parts = tuple(_pattern(phrase))
                if not parts:
                    continue
                if one == "en" and phrase in _OTHERWISE.get(lang, ()):
                    continue
                out.setdefault(parts[0][0], []).append((parts, concept))
    return out


_OTHERWISE = {"pt": {"no"}}
"""English words that are others in a language: "no valor" is "in the value"."""


_COINS = ("dollars", "euros", "pounds")


@cache
def vocabulary(lang: str) -> frozenset[str]:
    """The words that say what to do with a table, in English and in `lang`."""
    spoken = [spoken.get(one, "") for spoken in _told()["concepts"].values() for one in ("en", lang.split("-")[0])]
    phrases = [phrase for one in spoken for phrase in one.split("|")] + [word for group in _told()["alike"] for word in group.split()]
    months = [name.title() for number in range(1, 13) for name in times.month_names(number)]
    return frozenset(word for phrase in (*phrases, *months, *_COINS) for word in phrase.split() if word.isalpha())


def mark_named(words: str, lang: str) -> str:
    """The kind of chart that `words` ask for by its name, in English or in `lang`; empty where they name none."""
    said = fold(words)
    for name, spoken in _told()["concepts"].items():
        phrases = [phrase for one in dict.fromkeys(("en", lang.split("-")[0])) for phrase in spoken.get(one, "").split("|") if phrase]
        if name.startswith("mark.") and any(stands(phrase, said) for phrase in phrases):
            return str(name.removeprefix("mark."))
    return ""


@cache
def _spoken(key: str, lang: str) -> frozenset[str]:
    """Small words of a kind, in English and in `lang`."""
    told = _told()[key]
    return frozenset(fold(word) for one in ("en", lang.split("-")[0]) for word in told.get(one, "").split("|") if word)


def _pattern(phrase: str) -> Iterator[str]:
    for part in phrase.split():
        found = [token.folded for token in tokens(part.rstrip("*"))] if part not in {"*", "%", "–", "-"} else [part]
        yield from found[:-1]
        if found:
            yield found[-1] + ("*" if part.endswith("*") and len(part) > 1 else "")


def qualities() -> Mapping[str, tuple[str, str]]:
    """What an adjective measures, and which way: "heaviest" is the most weight."""
    return {word: (column, way) for word, (column, way) in _told()["qualities"].items()}


@cache
def _alike() -> Mapping[str, frozenset[int]]:
    out: dict[str, set[int]] = {}
    for place, group in enumerate(_told()["alike"]):
        for word in group.split():
            out.setdefault("".join(t.stem for t in tokens(word)), set()).add(place)
    return {word: frozenset(places) for word, places in out.items()}


_AMOUNTS = frozenset({0, 1, 2, 3, 4, 9, 28, 37, 38, 39, 83, 132, 133, 134, 135, 136, 209})
"""Places of the groups of like words that are all of sums and quantities."""


@cache
def _alike_tail(part: str) -> frozenset[int]:
    """The groups of words of a part of a name, or of what a German compound ends with: Rechnungsbetrag is a Betrag."""
    tails = [part, *(part[n:] for n in range(4, len(part) - 4))] if len(part) >= 10 else [part]
    return next((_alike()[tail] for tail in tails if tail in _alike()), frozenset())


@cache
def _halves(word: str) -> tuple[str, ...]:
    """The two words that a German compound is made of, where both are known: Zimmertyp is of Zimmer and Typ."""
    known = _alike().keys() | _KINDS
    for n in range(4, len(word) - 2):
        for left in (word[:n], word[:n].removesuffix("s")):
            if stem(left) in known and word[n:] in known:
                return stem(left), word[n:]
    return ()


def _skeleton(word: str, short: str) -> bool:
    """Whether a name without vowels is short for a word: FLT of flight, MFR of manufacturer."""
    if set(short) & set("aeiou") or not short.isalpha() or word[:1] != short[:1] or word[-1:] != short[-1:]:
        return False
    rest = iter(word)
    return all(letter in rest for letter in short)


def _dated(word: str) -> bool:
    """Whether a word begins a date."""
    return word[:1].isdigit() or bool(times.bare_month(word))


@cache
def _events() -> Mapping[str, frozenset[int]]:
    out: dict[str, set[int]] = {}
    for place, group in enumerate(_told()["events"]):
        for word in group.lstrip("+").split():
            out.setdefault(stem(fold(word)), set()).add(place)
    return {word: frozenset(places) for word, places in out.items()}


def _keys(table: Table) -> set[str]:
    """Columns of a join that only tie rows together: both ends of each key, and the ids of the tables pointed to."""
    join, columns = table.join, table.columns
    if join is None:
        return set()
    starts, out = [0], set()
    for one in join.tables:
        starts.append(starts[-1] + len(one.columns))
    for n, (at, c, m) in enumerate(join.links, 1):
        out |= {columns[starts[at] + c].name, columns[starts[n] + m].name}
        out |= {column.name for column in columns[starts[n] : starts[n + 1]] if column.kind == "number" and roles.identity(column)}
    named = {column.name for column in _entities(table).values() if column.kind == "text"}
    return out - named


def _numbers(table: Table) -> set[str]:
    """Whole numbers that are called what one row is, where rows are told apart by them: the order of orders, the flight of flights."""
    root = table.join.tables[0] if table.join is not None else table
    called = [token.folded for token in tokens(_parted(root.sheet or root.name.rpartition(".")[0] or root.name))][-1:]
    return {
        column.name for column in root.columns if column.kind == "number" and column.whole and roles.taken(column) == "sum"
        and called and fold(column.name) != called[0] and name_parts(column.name) == (stem(called[0]),)
        and (roles.unique(column, root) or column.distinct > min(100, root.rows / 10))
    }  # fmt: skip


def _entities(table: Table) -> dict[tuple[str, ...], Column]:
    """What the rows of the tables that a join points to are called, and the column that names these rows, or tells them apart."""
    join, columns = table.join, table.columns
    if join is None:
        return {}
    starts, out = [0], dict[tuple[str, ...], Column]()
    for one in join.tables:
        starts.append(starts[-1] + len(one.columns))
    for n, (at, c, _) in enumerate(join.links, 1):
        one = join.tables[n]
        named = roles.naming(one)
        told = named is not None and not named.empty  # rows without a name would be one
        column = columns[starts[n] + one.columns.index(named)] if named is not None and told else columns[starts[at] + c]
        role = join.called[n - 1] if join.called else ""
        called = role or one.sheet or one.name.rpartition(".")[0] or one.name
        out.setdefault(tuple(token.stem for token in tokens(_parted(called))), column)
    return out


_OWN = frozenset({"name", "titl", "title", "label", "code"})
_BOTH_NAMES = {
    f"{first} {last}{s}"
    for first, last in (("first and", "last name"), ("first name and", "last name"), ("full", "name"), ("vor und", "nachname"))
    for s in ("", "s", "n")
} | {"nombre y apellido", "nombre completo", "nome e sobrenome", "nome completo", "prenom et nom", "nom complet"}


def _roled(table: Table) -> dict[str, frozenset[str]]:
    """By the column that names them, what the rows are that a join calls by their part in it: the origins of flights are airports."""
    join = table.join
    if join is None or not any(join.called):
        return {}
    named = _entities(table)
    roles_of = {
        tuple(token.stem for token in tokens(_parted(role))): one for role, one in zip(join.called, join.tables[1:], strict=True) if role
    }
    return {named[role].name: _called(one) for role, one in roles_of.items() if role in named}


class Reader:
    """Reads the words of questions over one table."""

    def __init__(self, table: Table, lang: str, others: Collection[Table] = (), pointers: Collection[str] = ()) -> None:
        """`others` are tables beside it, whose rows it does not tell of; `pointers` its columns that only point to them."""
        self.table, self.lang, self.others = table, lang, others
        self.names = {column.name: name_parts(column.name) for column in table.columns}
        self.entities = _entities(table)
        self.roled = _roled(table)
        hidden = {*pointers, *_keys(table), *_numbers(table)}
        self.columns = tuple(column for column in table.columns if column.name not in hidden)
        self.values: dict[tuple[str, ...], list[tuple[Column, str]]] = {}
        self.nations = {column.name for column in self.columns if _countries(column, lang)}
        for column in self.columns:
            if column.kind != "text" or roles.answer(column):
                continue
            for value in column.values:
                if len(value) <= 60 and (key := tuple(_stem(token.folded) for token in tokens(value))):
                    self.values.setdefault(key, []).append((column, value))
                    spoken = _told()["values"].get(value.casefold(), ()) if len(column.values) <= 4 else ()
                    months = times.month_names(times.bare_month(value)) if roles.calendar(column) else ()
                    nations = country_names(value, lang) if column.name in self.nations else ()
                    for word in (*months, *spoken, *nations, *_told()["peoples"].get(fold(value), ())):
                        self.values.setdefault(tuple(_stem(token.folded) for token in tokens(word)), []).append((column, value))
        self.measuring = roles.measuring(table)
        """The column that says what each figure is of."""
        if (kinds := self.measuring) is not None:
            for value in kinds.values:
                bare = tuple(_stem(token.folded) for token in tokens(_parted(value)) if not _unit(token.folded))
                if bare and bare not in self.values:
                    self.values[bare] = [(kinds, value)]
        self.happened = _happened(table.join.tables[0] if table.join is not None else table)
        self.named = any(note.key == "named" for one in (table.join.tables if table.join else [table]) for note in one.remarks)
        self.peopled = self.named or any(not _PERSONAL.isdisjoint(name) for name in self.names.values())
        self.turned = next((c for c in reversed(table.columns) if c.kind == "number"), None) if _turned(table) else None
        """What the file is of, where each row is one figure of it."""
        own, called = noun(table), _called(table)
        self.called = called
        foreign = frozenset(stem for other in others for stem in noun(other) if noun(other) != own)
        foreign -= called if len(called) == 1 else frozenset()  # books are books, whatever book_authors are
        pointed = [_called(one) for one in table.join.tables[1:]] if table.join is not None else []
        own = own.difference(*(one for one in pointed if len(one) == 1)) or own  # rows of CountryLanguage are languages
        self.noun, self.foreign = own - foreign or own, foreign - own  # orders are orders, whatever order_items are
        self.dated = any(column.kind == "time" for column in table.columns)
        self.stepped = {
            self.names[c.name] for c in self.columns
            if (c.kind == "text" and not roles.calendar(c)) or (c.kind == "number" and c.whole and c.distinct <= 53)
        }  # fmt: skip

    def words(self) -> Iterator[str]:
        """The words of its names and values."""
        for name in (*self.names, *(value for column in self.columns if column.kind == "text" for value in column.values)):
            yield from (token.folded for token in tokens(_parted(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))))
        yield from self.noun

    def strange(self, question: str) -> frozenset[str]:
        """The words of the question that say nothing over this table."""
        said = [item for item in self.items(question) if item.kind == "unknown"]
        return frozenset(item.words for item in said if not any(self.calls(token.stem) for token in tokens(item.words)))

    def items(self, question: str) -> list[Item]:
        """What the question says, in order, every word of it in one item."""
        words = tokens(question)
        taken: dict[int, Item] = {}

        def take(item: Item) -> None:
            if all(n not in taken for n in range(item.at, item.to)):
                taken.update(dict.fromkeys(range(item.at, item.to), item))

        for at in range(len(words)):
            # "2023/24" is no year where a column holds it.
            for to in range(min(len(words), at + LONGEST), at + 1, -1):
                span = words[at:to]
                if any(word.words[:1].isdigit() for word in span) and (named := self._valued(span, at)):
                    take(named)
        for at in range(len(words)):
            # In a script without spaces a name may run into the word before it: 年级 of 各年级.
            for to in range(min(len(words), at + LONGEST), at + 1, -1):
                letters = tuple(word.stem for word in words[at:to])
                if _EASTERN.match(words[at].words) and letters in self.names.values() and (named := self._item(words, at, to)):
                    take(named)
        if self.dated:
            for item in self._dates(question, words):
                take(item)
        for length in range(min(LONGEST, len(words)), 0, -1):
            for at in range(len(words) - length + 1):
                if any(n in taken for n in range(at, at + length)):
                    continue
                if found := self._item(words, at, at + length):
                    take(found)
        out: list[Item] = []
        n = 0
        while n < len(words):
            item = taken.get(n) or Item("unknown", words[n].words, n, n + 1)
            if out and out[-1].entity and item.kind == "column" and (own := self._within(out[-1], item)):
                item = replace(item, words=f"{out[-1].words} {item.words}", at=out.pop().at, columns=own)
            if out and (own := self._called_by(out[-1], item)):
                item = replace(item, words=f"{out[-1].words} {item.words}", at=out.pop().at, columns=own)
            self._owned(out, item)
            if out and self._own(out[-1]) and item.kind == "column" and not item.entity and item.at == out[-1].to:
                item = replace(item, words=f"{out[-1].words} {item.words}", at=out.pop().at)  # "lesson status"
            if item.kind != "value" and out and out[-1].kind == "column" and words[item.at].stem in _aside(out[-1].columns[0].name):
                n = item.to  # the GT of "CO(GT)", a column's whole name
                continue
            if item.kind == "value" and item.at and "(" in question[words[item.at - 1].end : words[item.at].start]:
                while out and out[-1].kind == "unknown":
                    out.pop()  # the California of "California (CA)"
            kind = item.to - item.at == 1 and words[item.at].stem in _KINDS - self.foreign and (item.kind == "unknown" or not item.sure)
            if item.kind == "unknown" and out and out[-1].entity and words[item.at].stem in self.roled.get(out[-1].columns[0].name, ()):
                n = item.to
                continue  # the airport of "origin airport"
            if not (kind and out and out[-1].kind == "column" and out[-1].columns[0].kind == "text"):
                out.append(item)  # the type of "membership type" is no column of its own
            n = item.to
        return out

    def _owned(self, out: list[Item], entity: Item) -> None:
        """Make the column said before "of" one of the rows named after it: the name of the promotion, not that of the venue."""
        at = len(out) - 1
        while at >= 0 and out[at].concepts and out[at].concepts <= {"stop"}:
            at -= 1
        if not entity.entity or at < 0 or at == len(out) - 1 or fold(out[at + 1].words) not in _OF or out[at].kind != "column":
            return
        if not out[at].entity and (own := self._within(entity, out[at])):
            out[at] = replace(out[at], columns=own)

    def _own(self, item: Item) -> bool:
        """Whether a word only calls the rows, and they have a number by that name."""
        return item.kind == "column" and not item.entity and item.words.islower() and stem(fold(item.words)) in self.noun and (
            roles.identity(item.columns[0])
        )  # fmt: skip

    def _within(self, entity: Item, item: Item) -> tuple[Column, ...]:
        """The columns meant that are of the rows just named: the country of "author country"."""
        join = self.table.join
        if join is None or item.entity:
            return ()
        at = join.place(self.table.columns.index(entity.columns[0]))[0]
        return tuple(column for column in item.columns if join.place(self.table.columns.index(column))[0] == at)

    def _called_by(self, before: Item, item: Item) -> tuple[Column, ...]:
        """The column of one of several tables that the word right before tells: the company of shippers for "shipping company"."""
        join = self.table.join
        if (
            join is None
            or item.kind != "column"
            or len(item.columns) < 2
            or before.at + 1 != item.at
            or before.kind not in {"column", "unknown"}
        ):
            return ()
        word = stem(fold(before.words))
        if len(word) < 4:
            return ()
        tables = {c.name: join.tables[join.place(self.table.columns.index(c))[0]] for c in item.columns}
        called = {name: _called(table) for name, table in tables.items()}
        own = tuple(c for c in item.columns if word in called[c.name])
        own = own or tuple(c for c in item.columns if any(word[:4] == part[:4] for part in called[c.name]))
        return own if len({id(tables[c.name]) for c in own}) == 1 and len(own) < len(item.columns) else ()

    def _item(self, words: Sequence[Token], at: int, to: int) -> Item | None:
        """What the words from `at` to `to` are together."""
        span = words[at:to]
        shown = "".join(w.words for w in span) if all(_EASTERN.match(w.words) for w in span) else " ".join(w.words for w in span)
        stems = tuple(word.stem for word in span)
        whole = tuple(
            c for c in self.columns
            if self.names[c.name] == stems
            or "".join(self.names[c.name]) == "".join(stems).replace("-", "")
            or _shortened(self.names[c.name], stems)
            or (len(span) == 3 and span[1].folded in _OF and self.names[c.name] in {(stems[0], stems[2]), (stems[2], stems[0])})
        )  # fmt: skip
        if not whole and len(stems) == 2 and stems[1] == "year" and stems[0] in _OF_YEAR and ("year",) in self.names.values():
            whole = tuple(c for c in self.columns if self.names[c.name] == ("year",))  # "model year"
        if both := self._whole_name(span):
            return Item("column", shown, at, to, both)
        if (stems in self.entities or not whole) and (column := self._entity(stems)):
            return Item("column", shown, at, to, (column,), entity=True)
        valued = self._valued(span, at)
        if valued is not None and len(stems) == 1 and stems[0] in self.happened and fold(shown) not in map(fold, valued.value.values()):
            valued = None  # "deaths" are what the rows are, and not those of one kind that is called Death
        if valued is not None and len(stems) == 1 and stems[0] in self.called and fold(shown) not in map(fold, valued.value.values()):
            valued = None  # nor is the driver called Driver meant by "drivers"
        concepts = self._says(span)
        if (
            concepts & {"order"}
            and len(span) > 1
            and at
            and words[at - 1].folded in {"per", "of", "pro", "the"}
            and span[0].stem == "order"
        ):
            return None  # "cost per order by channel"
        if concepts & {"order"} and len(span) > 1 and self.events(span[0].words) and to < len(words) and _dated(words[to].words):
            return None  # "ordered in May"
        if len(span) > 1 and concepts & _STEPS and not self.dated and (stems[-1:] in self.stepped or stems in self.stepped):
            return None  # "by day" of a column of weekdays, where there are no dates
        if "hour of day" in concepts and (
            hours := tuple(c for c in self.columns if self.names[c.name] in {("hour",), ("stund",), ("hora",)})
        ):
            return Item("column", shown, at, to, hours)
        if (
            len(span) > 1
            and concepts == {"stop"}
            and span[-1].folded == "of"
            and any(self.names[c.name] == stems[:1] for c in self.columns)
        ):
            return None  # "type of occupation", where there is a type
        plural = len(span) == 1 and span[0].folded != span[0].stem and stems[0] in self.noun | self.foreign
        if plural and concepts == {"stop"}:
            return None  # the shows of a festival
        eastern = bool(_EASTERN.match(span[0].words))
        if whole and not (
            len(span) == 1 and concepts & {"sum", "mean", "count", "share", "most", "and", "by"} and self._named_next(words, to)
        ):
            return Item("column", shown, at, to, whole, concepts=concepts & {"year", "quarter", "month", "week", "day"})
        if valued and (
            not concepts - {"verb", "new"}
            or len(span) > 1
            or (concepts <= {"verb", "stop", "time", "rank", "relation"} and len(shown) > 3)
            or (span[0].words[:1].isupper() and at > 0)
        ):
            return valued
        if (
            len(span) > 1
            and concepts & {"count", "sum"}
            and any(self.names[c.name] in {stems[:1], stems[1:2]} for c in self.columns if c.kind == "number")
        ):
            return None  # "quantity of toys" where there is a quantity
        if "verb" in concepts and stems[0] in _FIGURED and not (self._partly(span, stems) or self._similar(stems[0])):
            return None
        if "verb" in concepts and (meant := self._done(span, stems)):
            return Item("column", shown, at, to, meant, sure=False)
        if concepts == {"lasting"} and (own := [c for c in self._partly(span, stems) or self.similar("duration") if c.kind == "number"]):
            return Item("column", shown, at, to, tuple(own), sure=False)  # told by a column of its own
        if concepts == {"stop"} and len(span) == 1 and (totals := self._totals(stems[0])):
            return Item("column", shown, at, to, totals, sure=False)
        if len(span) == 1 and concepts <= {"verb", "stop"} and span[0].folded == stems[0] in self.foreign:
            return None  # the ship of "ship type" is none of these rows
        if concepts:
            return Item("concept", shown, at, to, concepts=concepts if concepts != {"verb"} else frozenset({"stop", "verb"}))
        if valued:
            return valued
        if number := self._number(span):
            return Item("number", shown, at, to, value=number)
        part = self._partly(span, stems)
        if part and len(stems) == 1 and (stems[0] in self.noun or (self.calls(stems[0]) and not self._heads(stems[0], part[0]))):
            # Orders are no dates on which they were ordered, nor what they cost, unless it is "the average order".
            put = bool(at) and self._says(words[at - 1 : at]) & {"sum", "mean", "median", "max", "min", "most", "least"}
            part = tuple(c for c in part if c.kind == "text" or roles.identity(c) or (c.kind == "number" and put))
        like = self._similar(stems[0]) if len(span) == 1 and {stems[0]} != self.called else ()  # countries are no heads of state
        if part and like and not self._heads(stems[0], part[0]):
            part = tuple(dict.fromkeys([*(c for c in like if self._heads_alike(stems[0], c)), *part]))
        if part or like:
            return Item("column", shown, at, to, part or like, sure=bool(part))
        if len(span) == 1 and len(unit := self._measured(stems[0])) == 1:
            return Item("column", shown, at, to, unit)
        if (
            len(span) == 1
            and span[0].folded.startswith("un")
            and (denied := [c for c in self._partly(span, (stem(span[0].folded[2:]),)) if roles.answer(c) or c.empty])
        ):
            return Item("column", shown, at, to, tuple(denied))
        if len(span) > 1 and eastern and all(_EASTERN.match(w.words) for w in span) and (like := self._similar("".join(stems))):
            return Item("column", shown, at, to, like, sure=False)
        return None

    def _entity(self, stems: tuple[str, ...]) -> Column | None:
        """The column that names the rows of another table, where the words call these."""
        if stems in self.entities:
            return self.entities[stems]
        own = self.noun | {part for column in self.columns for part in self.names[column.name]}
        alike = [column for (word, *more), column in self.entities.items() if not more and len(stems) == 1 and self.means(stems[0], word)]
        return alike[0] if len(alike) == 1 and not any(self.means(stems[0], word) for word in own) else None

    def _done(self, span: Sequence[Token], stems: tuple[str, ...]) -> tuple[Column, ...]:
        """The columns that a verb means: figures, dates, and words called by it alone: who directed, not where it was billed."""
        meant = self._partly(span, stems) or self._similar(stems[0])
        return tuple(c for c in meant if c.kind != "text" or len(self.names[c.name]) == 1 or self._heads(stems[-1], c))

    def _totals(self, word: str) -> tuple[Column, ...]:
        """The one column of sums, where a word like "amount" calls it: Total of "invoice amount"."""
        said = _alike().get(word, frozenset()) & _alike()["total"]
        found = tuple(c for c in self.columns if said and c.kind == "number" and said & _alike_tail(self._head(c)))
        return found if len(found) == 1 else ()

    def _whole_name(self, span: Sequence[Token]) -> tuple[Column, ...]:
        """The first and the last name as one, where both are asked for."""
        if not self.named or " ".join(word.folded for word in span) not in _BOTH_NAMES:
            return ()
        return tuple(c for c in self.columns if c.kind == "text" and self.names[c.name] == ("name",))[:1]

    def _named_next(self, words: Sequence[Token], to: int) -> bool:
        return any(
            tuple(w.stem for w in words[to : to + n]) == name or self._partly(words[to : to + n], tuple(w.stem for w in words[to : to + n]))
            for n in (1, 2)
            for name in self.names.values()
            if to + n <= len(words)
        )

    def _measured(self, word: str) -> tuple[Column, ...]:
        """Columns of figures told in a unit, or called by what is short for them in parentheses: "kilograms", the FTE of "Staff (FTE)"."""
        figures = [c for c in self.columns if c.kind == "number" and not roles.identity(c)]
        aside = tuple(c for c in figures if len(word) > 1 and word in _aside(c.name) and stem(fold(c.unit)) != word)
        return aside or tuple(c for c in figures if word in SCALES and SCALES.get(c.unit or self.names[c.name][-1]) == SCALES[word])

    def _valued(self, span: Sequence[Token], at: int) -> Item | None:
        found = self.values.get(tuple(_stem(word.folded) for word in span), [])
        if not found and len(span) == 1 and (bare := _SHOWERY.sub(r"\1", span[0].folded)) != span[0].folded:
            found = [one for one in self.values.get((_stem(bare),), []) if fold(one[1]) == bare]  # "snowy", "foggy" of snow and fog
        if len(span) == 1 and len(span[0].words) <= 2 and not _EASTERN.match(span[0].words):
            found = [
                (column, value)
                for column, value in found
                if value == span[0].words or (value.casefold() == span[0].folded and at > 0 and value.isupper() and span[0].words.isupper())
            ]
        if len(span) == 1:
            found = [one for one in found if len(one[1]) > 3 or not one[1].isupper() or fold(one[1]) == span[0].folded]  # wins are no WIN
        if not found:
            return None
        columns = tuple(dict.fromkeys(column.name for column, _ in found))
        known = {column.name: column for column, _ in found}
        shown = " ".join(word.words for word in span)
        return Item(
            "value", shown, at, at + len(span), tuple(known[name] for name in columns), value={c.name: v for c, v in reversed(found)}
        )

    def _says(self, span: Sequence[Token]) -> frozenset[str]:
        said = set()
        for parts, concept in _concepts(self.lang).get(span[0].folded[:1], ()):
            if len(parts) == len(span) and all(
                word.folded.startswith(part[:-1]) if part.endswith("*") and len(part) > 1 else word.folded == part
                for word, part in zip(span, parts, strict=True)
            ):
                said.add(concept)
        return frozenset(said)

    def _number(self, span: Sequence[Token]) -> float | None:
        if len(span) == 1 and span[0].words[:1].isdigit():
            found = cells.read(span[0].words.rstrip(".,"))
            return found.value if found else None
        if len(span) == 1:
            return COUNTS.get(span[0].folded)
        return None

    def _partly(self, span: Sequence[Token], stems: tuple[str, ...]) -> tuple[Column, ...]:
        """Columns whose names hold all these words, those with the fewest others first."""
        if len(span) > 1 and any(self._says([end]) & {"stop", "by", "and", "or", "minus", "times"} for end in (span[0], span[-1])):
            return ()
        if (
            len(stems) > 4
            or any(len(one) < 2 and not (one.isdigit() or _EASTERN.match(one)) for one in stems)
            or (len(stems) == 1 and stems[0].isdigit())
        ):
            return ()
        scored = []
        for column in self.columns:
            name = self.names[column.name]
            halves = _halves(name[0]) if len(stems) == 2 and len(name) == 1 else ()
            if halves and all(self.means(one, half) or {one, half} <= _KINDS for one, half in zip(stems, halves, strict=True)):
                scored.append((1.0, column))
            if len(stems) == 1 and stems[0] in self.foreign:
                other = span[0].folded != stems[0] and not set(name) - {stems[0]} <= ID | _OWN
                if stems[0] not in name or other:
                    continue  # a shipper is no name to ship to, nor are products product lines
            if all(any(self._is(one, part) or (len(stems) > 1 and self.means(one, part)) for part in name) for one in stems):
                if len(stems) == 1 and _EASTERN.match(stems[0]):
                    continue
                last = self._is(stems[-1], name[-1])
                meant = len(stems) > 1 and not any(self._is(one, part) for one in stems for part in name)
                if meant and not any(self.means(one, self._head(column)) for one in stems):
                    continue  # "quantity sold" is no unit price
                marks = column.kind == "number" and roles.identity(column)  # the product of "product_id" is rather its name
                scored.append((len(stems) / len(name) + 0.3 * last - 0.5 * marks, column))
        scored.sort(key=lambda one: -one[0])
        return tuple(column for _, column in scored)

    def _is(self, one: str, part: str) -> bool:
        return one == part or self._longer(one, part)

    @staticmethod
    def _longer(one: str, part: str) -> bool:
        """True for forms of one word: survival and survived, rating and rated, Umsatz and Umsatzes; class and pclass, flight and flt."""
        shared = min(len(one), len(part))
        if len(part) in _BRIEF and len(one) > len(part) and _skeleton(one, part):
            return True
        if shared >= 4 and (one.startswith(part) or part.startswith(one)) and (abs(len(one) - len(part)) <= 3 or _cut(one, part)):
            return True
        return (len(one) >= 5 and part.endswith(one) and len(part) - len(one) <= 3) or (_root(one) == _root(part) and shared >= 4)

    def _heads(self, word: str, column: Column) -> bool:
        """Whether the word is what the column's name is about: price of unit_price."""
        return self._is(word, self._head(column))

    def _heads_alike(self, word: str, column: Column) -> bool:
        return bool(_alike().get(word, frozenset()) & _alike().get(self._head(column), frozenset()))

    def _head(self, column: Column) -> str:
        """The word that says what a column holds: its last that is no unit."""
        return next((part for part in reversed(self.names[column.name]) if part not in SCALES and part != column.unit), "")

    def heads(self, words: str) -> bool:
        """Whether a word only says what kind of thing the name before it is of: the number of "phone number"."""
        return fold(words) in _spoken("heads", self.lang)

    def had(self, words: str) -> bool:
        """Whether a word says that something is there: "with", "have"."""
        return fold(words) in _spoken("had", self.lang)

    def verb(self, words: str) -> bool:
        """Whether a word says what is done."""
        return "verb" in self._says(tokens(words))

    def events(self, words: str) -> frozenset[int]:
        """What a word says that happens, as places among the kinds of it: paying for "paid", "unpaid" and "payment"."""
        word = stem(fold(words))
        return _events().get(word) or _events().get(word.removeprefix("un"), frozenset())

    def happens(self, column: Column) -> frozenset[int]:
        """What happens on the dates of a column."""
        return frozenset(one for part in self.names[column.name] for one in self.events(part))

    def begins(self, words: str) -> bool:
        """Whether a word tells how rows come to be: orders are placed, people hired."""
        return any(_told()["events"][one].startswith("+") for one in self.events(words))

    def counts(self, words: str) -> bool:
        """Whether the words of a column's name also ask how many there are."""
        return "count" in self._says(tokens(words))

    def calls(self, word: str) -> bool:
        """Whether a stem means what the rows of the table are, and is not what those of another table are called."""
        groups = _alike().get(word, frozenset())
        return word not in self.foreign and any(
            self.means(word, other) or self._is(word, other) or groups & _alike_tail(other) for other in self.noun
        )

    def means(self, word: str, other: str) -> bool:
        """Whether two stems may mean the same."""
        return word == other or bool(_alike().get(word, frozenset()) & _alike().get(other, frozenset()))

    def _similar(self, word: str) -> tuple[Column, ...]:
        """Columns that are called something that means the same."""
        groups = _alike().get(word, frozenset())
        if not groups:
            return ()
        found = []
        first = {stem(_told()["alike"][place].split()[0]) for place in groups}
        for column in self.columns:
            name = self.names[column.name]
            if column.kind == "number" and roles.identity(column):
                continue
            if (own := clock(*name)) and (said := clock(word)) and own != said:
                continue  # minutes are no seconds
            near = [part for part in (*name, "".join(name)) if groups & _alike_tail(part)]
            if column.kind != "number" and groups <= _AMOUNTS and near[:1] != [name[-1]]:
                continue  # what was billed is no billing address
            if near:
                found.append((near[0] == name[-1], near[0] in first, 1 / len(name), column))
        found.sort(key=lambda one: (-one[0], -one[1], -one[2]))  # a land is rather a country than a state
        if not found and self.dated and self.earned(word) and not self._similar("quantity"):
            paid = tuple(c for c in self.columns if roles.money(c) and not roles.identity(c))
            return paid if len(paid) == 1 else ()
        return tuple(column for *_, column in found)

    @staticmethod
    def earned(word: str) -> bool:
        """Whether a stem is one for what comes in: revenue, turnover."""
        return 0 in _alike().get(word, frozenset()) and word not in {"sold", "sell"}

    @staticmethod
    def sums(words: str) -> bool:
        """Whether a word calls things that are sums of money by themselves: payments, sales, expenses."""
        places = _alike().get(stem(fold(words)), frozenset())
        return bool(places & (_AMOUNTS | _alike()["payment"]))

    def similar(self, word: str) -> tuple[Column, ...]:
        """Columns that hold what `word` means."""
        known = tuple(
            column for column in self.columns
            if stem(fold(word)) in self.names[column.name] and not (column.kind == "number" and roles.identity(column))
        )  # fmt: skip
        return known or self._similar(stem(fold(word)))

    def _dates(self, question: str, words: Sequence[Token]) -> Iterator[Item]:
        """Dates written out: 2023, March 2024, Q1 2024, 2024-03-31."""
        for found in _HALF.finditer(question):
            inside = [n for n, word in enumerate(words) if word.end > found.start() and word.start < found.end()]
            first = "1" in (found[1] or "") or (found[2] or "").lower() == "first"
            year = int(found[3])
            if inside:
                span = (
                    times.Moment(datetime(year, 1 if first else 7, 1), "month"),
                    times.Moment(datetime(year, 6 if first else 12, 1), "month"),
                )
                yield Item("range", found[0], inside[0], inside[-1] + 1, value=span)
        for found in _EASTERN_QUARTER.finditer(question):
            inside = [n for n, word in enumerate(words) if word.end > found.start() and word.start < found.end()]
            quarter = "一二三四".find(found[2]) + 1 or int(found[2])
            if inside:
                yield Item(
                    "date", found[0], inside[0], inside[-1] + 1, value=times.Moment(datetime(int(found[1]), quarter * 3 - 2, 1), "quarter")
                )
        for found in _FINAL.finditer(question):
            inside = [n for n, word in enumerate(words) if word.end > found.start() and word.start < found.end()]
            yield Item("date", found[0], inside[0], inside[-1] + 1, value=times.Moment(datetime(int(found[1]), 10, 1), "quarter"))
        for found in _DATES.finditer(question):
            bare = re.sub(r"\s+(of|de|in)\s+", " ", found[0])
            moment = times.read(bare) or times.read(re.sub(r"^[^\W\d_]+\s+(?=\d{4}$)", "", bare))
            if moment is None:
                continue
            start = found.start() if times.read(bare) else found.end() - 4
            if moment.grain == "year" and self._compared(question, start, moment.at.year):
                continue
            inside = [n for n, word in enumerate(words) if word.end > start and word.start < found.end()]
            if inside:
                yield Item("date", question[start : found.end()], inside[0], inside[-1] + 1, value=moment)
        for n, word in enumerate(words):
            moments = self._month(word)
            if moments:
                yield Item("date", word.words, n, n + 1, value=moments)
        for found in _BARE.finditer(question):
            inside = [n for n, word in enumerate(words) if word.end > found.start() and word.start < found.end()]
            quarter = int(found[1]) if found[1] else 1 + ["first", "second", "third", "fourth"].index(found[0].split()[0].lower())
            moments = self._every("quarter", quarter)
            if inside and moments:
                yield Item("date", found[0], inside[0], inside[-1] + 1, value=moments)

    def _compared(self, question: str, start: int, year: int) -> bool:
        """Whether four digits are no year but a figure that something is compared with: "price above 2000"."""
        if re.match(r"\s*(?:[€$£%]|(?:euros?|dollars?|eur|usd|km|kg|units?|people|m²|miles)\b)", question[start + 4 :], re.IGNORECASE):
            return True
        if not (found := _BOUND.search(question[:start])):
            return False
        dated = [c for c in self.table.columns if isinstance(c.low, datetime) and isinstance(c.high, datetime)]
        near = tokens(question[: found.start()])[-3:]
        said = [tuple(word.stem for word in near[n:m]) for n in range(len(near)) for m in range(n + 1, len(near) + 1)]
        named = any(c.kind == "number" and (self.names[c.name] in said or self._head(c) in {one[-1] for one in said}) for c in self.columns)
        return named or not any(c.low.year - 1 <= year <= c.high.year + 1 for c in dated)  # type: ignore[union-attr]

    def _month(self, word: Token) -> tuple[times.Moment, ...]:
        """The months that a bare name means: those of it that the data spans."""
        if len(word.words) < 3 or (not word.words[:1].isupper() and word.words.isascii()):
            return ()
        found = times.read(f"{word.words} 2000")
        return self._every("month", found.at.month) if found and found.grain == "month" else ()

    def _every(self, grain: times.Grain, number: int) -> tuple[times.Moment, ...]:
        time = next(iter(roles.dated(self.table)), None)
        if time is None or not isinstance(time.low, datetime) or not isinstance(time.high, datetime):
            return ()
        month = number if grain == "month" else number * 3 - 2
        every = [
            times.Moment(datetime(year, month, 1), grain) for year in range(time.low.year, min(time.high.year, time.low.year + 200) + 1)
        ]
        return tuple(one for one in every if one.at <= time.high and times.after(one) > time.low)


COUNTS: Mapping[str, float] = {word: float(n) for n, word in enumerate("two three four five six seven eight nine ten".split(), 2)} | {
    "zwei": 2.0, "drei": 3.0, "vier": 4.0, "funf": 5.0, "zehn": 10.0, "dos": 2.0, "tres": 3.0, "cinco": 5.0, "diez": 10.0,
    "deux": 2.0, "trois": 3.0, "cinq": 5.0, "dix": 10.0, "dez": 10.0, "twenty": 20.0,
    "zero": 0.0, "null": 0.0, "cero": 0.0, "fifty": 50.0, "hundred": 100.0, "fifteen": 15.0, "eleven": 11.0, "twelve": 12.0, "thirty": 30.0,
    "sechs": 6.0, "sieben": 7.0, "acht": 8.0, "neun": 9.0, "seis": 6.0, "siete": 7.0, "ocho": 8.0, "nueve": 9.0, "cuatro": 4.0,
    "quatro": 4.0, "quatre": 4.0, "six": 6.0, "sept": 7.0, "huit": 8.0, "neuf": 9.0, "sete": 7.0, "oito": 8.0, "nove": 9.0,
    "四": 4.0, "六": 6.0, "七": 7.0, "八": 8.0, "九": 9.0,
    "一": 1.0, "二": 2.0, "三": 3.0, "五": 5.0, "十": 10.0,
}  # fmt: skip
