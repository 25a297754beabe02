"""Wishes about a visual that is there, carried out by rule: colour, order, top five, direction, as a table, shorter, without the third,
another name. No language model; what is not wholly understood is left to one.

Ids and the person's own edits stay; figures keep their sources.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import ValidationError

from flipchart import assets
from flipchart.models.language import WORDS
from flipchart.models.wishes import EASTERN, WORDED, asked_count
from flipchart.renderers import times
from flipchart.renderers.chart_trend import trends
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Part, S, Spec, patch, walk

LONGEST = 160  # characters of a wish that a rule understands
MARKS = ("bar", "column", "line", "area", "pie", "donut", "table")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_NAME = r"[\"“„«'‘「]?(.+?)[\"”“»'’」]?"
RENAMED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"^(?:please\s+)?(?:rename|relabel|change|call)\s+{_NAME}\s+(?:to|into|as|->|→)\s+{_NAME}[.!]?$",
        rf"^(?:por favor\s+)?(?:renombra|cambia|llama|renomeie|mude|troque|altere)\s+{_NAME}\s+(?:a|por|como|para)\s+{_NAME}[.!]?$",
        rf"^(?:renomme|change|remplace)\s+{_NAME}\s+(?:en|par)\s+{_NAME}[.!]?$",
        rf"^(?:bitte\s+)?(?:benenne|nenne|ändere)\s+{_NAME}\s+(?:in|zu|auf)\s+{_NAME}(?:\s+um)?[.!]?$",
        r"^[把将]?(.+?)(?:改名为|改名|改成|改为|换成)(.+?)[。!！]?$",
        r"^(.+?)を(.+?)(?:に変えて|に変更|にして|に改名)(?:ください)?[。]?$",
    )
)
_ADDED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"^(?:please\s+)?(?:add|insert|put)\s+{_NAME}\s+(?:after|behind|below)\s+{_NAME}[.!]?$",
        rf"^(?:añade|agrega|inserta|adicione|insira|ajoute|insère)\s+{_NAME}\s+(?:después de|tras|depois de|após|après)\s+{_NAME}[.!]?$",
        rf"^(?:füge|setze)\s+{_NAME}\s+(?:nach|hinter)\s+{_NAME}(?:\s+(?:ein|hinzu))?[.!]?$",
    )
)
_SWAPPED = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"^(?:please\s+)?(?:swap|switch|exchange)\s+{_NAME}\s+(?:and|with|for)\s+{_NAME}[.!]?$",
        rf"^(?:por favor\s+)?(?:intercambia|troque|troca)\s+{_NAME}\s+(?:y|con|e|com)\s+{_NAME}[.!]?$",
        rf"^(?:échange|inverse|permute)\s+{_NAME}\s+(?:et|avec)\s+{_NAME}[.!]?$",
        rf"^(?:bitte\s+)?(?:ver)?tausche\s+{_NAME}\s+(?:und|mit|gegen)\s+{_NAME}(?:\s+aus)?[.!]?$",
    )
)
TITLE = {
    "title", "the title", "heading", "el título", "o título", "le titre", "titre", "den titel", "titel", "标题",
    "タイトル", "शीर्षक", "العنوان",
}  # fmt: skip
# Small words that make a question of a wish, or its opposite.
ASKING = set(
    """no not don't never what why how who when where which is are does do did can't qué que cómo quién cuándo dónde cuál es por-qué não quê
    quem quando onde qual é quoi pourquoi comment qui où quel quelle est-ce was wie warum wer wann wo welche welcher ist kein nicht nein
    क्या क्यों कैसे कौन कब कहाँ नहीं ما ماذا لماذا كيف من متى أين لا هل""".split()
)


TWO = dict.fromkeys("two dos duas dois deux zwei दो شريحتين شريحتان".split(), 2)
COUNTS = WORDED | TWO | dict(zip("ثلاث أربع خمس ست سبع ثماني تسع عشر".split(), range(3, 11), strict=True))
_DENSE = dict(zip("二三四五六七八九十", range(2, 11), strict=True)) | {"两": 2, "兩": 2}


@dataclass(slots=True)
class _Wish:
    """What was understood: concepts named, a colour, a place counted from 1 (-1: the last), a number, and what is left over."""

    named: set[str] = field(default_factory=set)
    colour: str = ""
    place: int = 0
    number: int = 0
    rest: list[str] = field(default_factory=list)


def restyled(spec: S, words: str) -> Spec | None:
    """`spec` as `words` wish it; None where they wish something else, or more than rules understand."""
    line = " ".join(words.split())
    if not line or len(line) > LONGEST:
        return None
    try:
        changed = _renamed(spec, line) or _added(spec, line) or _swapped(spec, line) or _changed(spec, understood(line), line)
    except (SpecProblem, ValidationError):
        return None
    if changed is None or changed == spec:
        return None
    return changed.model_copy(update={"version": spec.version + 1, "lang": spec.lang})


# -- understanding ----------------------------------------------------------------------------------------------------------------


@cache
def _vocabulary() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """(pattern, concept, value), the longest sayings first."""
    data = json.loads(assets.text("edits.json"))
    said = [(word, "colour", colour) for colour, words in data["colours"].items() for word in words]
    said += [(word, "named", concept) for concept, words in data["words"].items() for word in words]
    said += [(word, "place", place) for place, words in data["ordinals"].items() for word in words]
    return tuple((_pattern(word), what, value) for word, what, value in sorted(said, key=lambda one: -len(one[0])))


@cache
def _small() -> tuple[frozenset[str], re.Pattern[str]]:
    """Small words that say nothing by themselves: as words, and as runs in languages without spaces."""
    words = json.loads(assets.text("edits.json"))["small"]
    unspaced = sorted((word for word in words if _UNSPACED.search(word)), key=len, reverse=True)
    spaced = frozenset(word for word in words if not _UNSPACED.search(word))
    return spaced.union(*WORDS.values()) - ASKING, re.compile("|".join(map(re.escape, unspaced)))


def _pattern(word: str) -> re.Pattern[str]:
    whole = re.escape(word)
    return re.compile(whole if _UNSPACED.search(word) else rf"(?<!\w){whole}(?![\w\u0900-\u097f])")


def understood(line: str) -> _Wish:
    found, low = _Wish(), line.lower()
    for pattern, what, value in _vocabulary():
        if not pattern.search(low):
            continue
        low = pattern.sub(" ", low)
        match what:
            case "colour":
                found.colour = found.colour or value
            case "named":
                found.named.add(value)
            case _:
                found.place = int(value)
    numbers = re.findall(r"\d+", low)
    if len(numbers) == 1:
        found.number = int(numbers[0])
    elif not numbers:
        found.number = asked_count(line) or 0
    found.rest = leftover(low)
    return found


def leftover(low: str) -> list[str]:
    """The words of `low` (in lower case) that say something by themselves; numbers do not."""
    spaced, runs = _small()
    low = runs.sub(" ", low) if _UNSPACED.search(low) else low
    return [w for w in re.findall(r"[^\W\d_][\w\u0900-\u097f'’-]*", low) if w not in spaced and w not in COUNTS]


def spelt(sayings: Collection[str]) -> re.Pattern[str]:
    """Any of `sayings` (in lower case), the longest first, as whole words where their script has blanks."""
    return re.compile("|".join(_pattern(saying).pattern for saying in sorted(sayings, key=len, reverse=True)))


# -- carrying out -----------------------------------------------------------------------------------------------------------------


def _counted(spec: Spec, wish: _Wish, line: str) -> Spec | None:
    """The visual in as many of its parts as `line` says: right before what they are called, or at its end without a name."""
    low = line.lower().translate(EASTERN)
    parts, number = parts_of(spec.kind), rf"(?:(?<![A-Za-z\d.,])(\d{{1,2}}|{'|'.join(COUNTS)})|([{''.join(_DENSE)}]))"
    found = re.search(rf"{number}[\s-]*(?:{parts.pattern})", low) or (None if parts.search(low) else re.search(rf"{number}\W*$", low))
    if found is None or any(parts.sub("", word).strip("".join(_DENSE)) for word in wish.rest):
        return None
    said = found[1] or found[2]
    return form(spec.kind).fewer(spec, int(said) if said.isdecimal() else (COUNTS | _DENSE)[said])


@cache
def parts_of(kind: str) -> re.Pattern[str]:
    """What the parts of a form are called that a person counts; never matches where they are not counted."""
    names = json.loads(assets.text("edits.json"))["parts"].get(kind, ())
    return spelt(names) if names else re.compile(r"(?!)")


def _changed(spec: Spec, wish: _Wish, line: str) -> Spec | None:
    named = wish.named
    if named <= {"fewer", "shorter"} and not wish.place and not wish.colour and (fewer := _counted(spec, wish, line)) is not None:
        return fewer
    if {"trend", "forecast"} & named:
        return None if wish.rest else _fitted(spec, "" if "remove" in named else "forecast" if "forecast" in named else "line")
    if "remove" in named:
        return _removed(spec, wish, line)
    if wish.rest:
        return None
    done: Spec | None = None
    if {"top"} & named or (wish.place == 1 and wish.number):
        done = _first(spec, wish.number) if wish.number else None
    elif {"sort", "up", "down", "label"} & named and not {"table"} & named:
        order = "label" if "label" in named else "up" if "up" in named else "down"
        done = _sorted(spec, order)
    elif wish.number or wish.place:
        return None  # a number that no rule accounts for
    elif mark := next((mark for mark in MARKS if mark in named), ""):
        done = _marked(done or spec, mark, sideways="horizontal" in named)
    elif {"horizontal", "vertical"} & named:
        done = _turned(spec, "horizontal" in named)
    elif "shorter" in named:
        done = shorter(spec)
    elif "flip" in named:
        designs = form(spec.kind).designs(spec)
        at = designs.index(spec.look.design) if spec.look.design in designs else 0
        done = looking(spec, design=designs[(at + 1) % len(designs)]) if len(designs) > 1 else None
    if wish.colour:
        done = looking(done or spec, accent=wish.colour, series=(wish.colour,))
    elif {"dark", "light"} & named:
        done = looking(done or spec, theme="dark" if "dark" in named else "light")
    return done


def looking(spec: Spec, **look: Any) -> Spec:
    return spec.model_copy(update={"look": spec.look.model_copy(update=look)})


def listed(spec: Spec) -> tuple[str, tuple[Part, ...]]:
    """The main list: its field's name and what is in it."""
    for name in type(spec).model_fields:
        value = getattr(spec, name)
        if isinstance(value, tuple) and value and isinstance(value[0], Part):
            return name, value
    return "", ()


def _charted(spec: Spec) -> bool:
    """True for figures over labels that are there, or come from a query."""
    return hasattr(spec, "mark") and hasattr(spec, "labels") and bool(getattr(spec, "labels", ()))


def _asked(spec: Spec, **query: Any) -> Spec:
    """A chart's query with this changed; it is to be run again, and what single figures looked like is let go."""
    parts = {place: colour for place, colour in spec.look.parts.items() if ".values." not in place}
    return looking(spec, parts=parts).model_copy(update={"query": spec.query.model_copy(update=query)})  # type: ignore[attr-defined]


def _swapped(spec: Spec, line: str) -> Spec | None:
    """The visual with two parts in each other's place; days of the week stay, and what they hold is exchanged."""
    found = next((match for pattern in _SWAPPED if (match := pattern.match(line))), None)
    if found is None:
        return None
    charted = _charted(spec) and getattr(spec, "query", None) is None
    name, parts = listed(spec)
    labels = list(spec.labels) if charted else [_called(part) for part in parts]  # type: ignore[attr-defined]
    low = [label.casefold() for label in labels]
    wanted = [words.strip().casefold() for words in found.groups()]
    if wanted[0] == wanted[1] or any(low.count(words) != 1 for words in wanted):
        return None
    a, b = (low.index(words) for words in wanted)
    order = [b if at == a else a if at == b else at for at in range(len(labels))]
    if charted:
        return reordered(spec, order)
    new = [parts[at] for at in order]
    if times.weekdays([labels[a], labels[b]]):
        for at in (a, b):
            new[at] = new[at].model_copy(update={"label": labels[at]})
    return spec.model_copy(update={name: tuple(new)})


def _called(part: Part) -> str:
    """What a part is called."""
    return next((words for name in ("label", "heading", "name", "question") if (words := getattr(part, name, ""))), "")


def _sorted(spec: Spec, order: str) -> Spec | None:
    if _charted(spec):
        if getattr(spec, "query", None) is not None:
            return _asked(spec, sort=order)
        labels: tuple[str, ...] = spec.labels  # type: ignore[attr-defined]
        if order == "label":
            return reordered(spec, sorted(range(len(labels)), key=lambda at: labels[at].casefold()))
        values = spec.series[0].values  # type: ignore[attr-defined]
        return reordered(spec, _ranked(list(values) + [None] * (len(labels) - len(values)), order))
    name, parts = listed(spec)
    label = next((one for one in ("label", "name", "heading") if parts and hasattr(parts[0], one)), "")
    if order == "label" and label:
        return spec.model_copy(update={name: tuple(sorted(parts, key=lambda part: getattr(part, label).casefold()))})
    figures = [getattr(part, "value", None) for part in parts]
    if len(parts) < 2 or None in figures or hasattr(spec, "inputs"):
        return None
    return spec.model_copy(update={name: tuple(parts[at] for at in _ranked(figures, order))})


def _ranked(values: list[float | None], order: str) -> list[int]:
    """Places by value, those without one last."""
    sign = 1 if order == "up" else -1
    return sorted(range(len(values)), key=lambda at: (values[at] is None, sign * (values[at] or 0.0)))


def reordered(spec: Spec, places: list[int]) -> Spec:
    """A chart with its labels in this order, some perhaps left out; every figure keeps its source."""
    data = spec.model_dump(mode="json")
    moved = {old: new for new, old in enumerate(places)}
    data["labels"] = [data["labels"][at] for at in places]
    for series in data["series"]:
        for name in ("values", "texts", "x"):
            if series.get(name):
                series[name] = [series[name][at] if at < len(series[name]) else None for at in places]
    colours = _moved(data["look"]["parts"], moved)
    return type(spec).model_validate(data | {"sources": _moved(data["sources"], moved), "look": data["look"] | {"parts": colours}})


def _moved(held: Mapping[str, Any], moved: Mapping[int, int]) -> dict[str, Any]:
    """What is held by place, each under the place that its label has moved to; of labels left out nothing."""
    out = {}
    for place, one in held.items():
        part, _, at = place.rpartition(".")
        if not part.endswith((".values", ".x", ".labels")) or not at.isdecimal():
            out[place] = one
        elif int(at) in moved:
            out[f"{part}.{moved[int(at)]}"] = one
    return out


def _first(spec: Spec, many: int) -> Spec | None:
    """The `many` largest, or the first where there are no figures."""
    if many < 1:
        return None
    if _charted(spec):
        if getattr(spec, "query", None) is not None:
            return _asked(spec, sort="down", limit=many)
        labels, values = spec.labels, list(spec.series[0].values)  # type: ignore[attr-defined]
        return reordered(spec, _ranked(values + [None] * (len(labels) - len(values)), "down")[:many])
    ranked = _sorted(spec, "down") or spec
    name, parts = listed(ranked)
    if not name or len(parts) <= many or not hasattr(parts[0], "label") or hasattr(spec, "edges") or hasattr(spec, "inputs"):
        return None
    return ranked.model_copy(update={name: parts[:many]})


def _marked(spec: Spec, mark: str, *, sideways: bool) -> Spec | None:
    """A chart under another mark; anything else as a table of what it holds."""
    if hasattr(spec, "mark") and hasattr(spec, "series"):
        return type(spec).model_validate(spec.model_dump(mode="json") | {"mark": "bar" if sideways and mark == "column" else mark})
    chart = form("chart")
    content = form(spec.kind).content(spec)
    if mark != "table" or content is None or chart.from_content is None:
        return None
    made = chart.from_content(content)
    return None if made is None else type(made).model_validate(made.model_dump(mode="json") | {"mark": "table", "lang": spec.lang})


def _fitted(spec: Spec, trend: str) -> Spec | None:
    """A chart with a trend through its points, or carried on; columns of dates become a line. None where nothing can be fitted."""
    mark = getattr(spec, "mark", "")
    if mark in {"column", "area"} and getattr(spec, "moments", None) and trend:
        mark = "line"
    if (trend or "line") not in trends(mark, len(getattr(spec, "series", ()))):
        return None
    return type(spec).model_validate(spec.model_dump(mode="json") | {"mark": mark, "trend": trend})


def _turned(spec: Spec, sideways: bool) -> Spec | None:
    now = getattr(spec, "mark", "")
    turned = {("column", True): "bar", ("bar", False): "column"}.get((now, sideways))
    return spec.model_copy(update={"mark": turned}) if turned else None


_SHORT = ("text", "detail", "note", "why")


def shorter(spec: Spec, only: Part | None = None) -> Spec | None:
    """Each remark (of one part, or of all) by its first sentence; where all were that short, without those that stand beside a label."""
    cut: dict[str, dict[str, str]] = {}
    bare: dict[str, dict[str, str]] = {}
    for part in walk(only or spec):
        for name in _SHORT:
            words = getattr(part, name, "")
            if not isinstance(words, str) or not words:
                continue
            first = re.split(r"(?<=[.!?;。！？।])\s*", words, maxsplit=1)[0]
            if len(first) < len(words):
                cut.setdefault(part.id, {})[name] = first
            if getattr(part, "label", "") or getattr(part, "heading", "") or (name == "detail" and getattr(part, "text", "")):
                bare.setdefault(part.id, {})[name] = ""
    labels = [label for part in walk(only or spec) if part.id in bare and (label := str(getattr(part, "label", "")).casefold())]
    if not cut and len(set(labels)) < len(labels):  # of sides that are compared the remarks are what is told
        return None if only else _fewer(spec)
    edits = cut or bare
    return patch(spec, [{"id": id, "set": fields} for id, fields in edits.items()], "computed") if edits else None


def _fewer(spec: Spec) -> Spec | None:
    """Things that are compared without their last row, where more than two are left."""
    name, sides = listed(spec)
    rows = [getattr(side, "children", ()) for side in sides]
    if len({len(cells) for cells in rows}) != 1 or len(rows[0]) < 3:
        return None
    return spec.model_copy(
        update={name: tuple(side.model_copy(update={"children": cells[:-1]}) for side, cells in zip(sides, rows, strict=True))}
    )


def _removed(spec: Spec, wish: _Wish, line: str) -> Spec | None:
    """The visual without the part that is meant: by its place, or by its words."""
    name, parts = listed(spec)
    place = wish.place or wish.number
    if place and not wish.rest:
        if _charted(spec) and getattr(spec, "query", None) is None:
            many = len(spec.labels)  # type: ignore[attr-defined]
            at = many - 1 if place < 0 else place - 1
            return reordered(spec, [i for i in range(many) if i != at]) if 0 <= at < many > 1 else None
        at = len(parts) - 1 if place < 0 else place - 1 - type(spec).UNCOUNTED
        return without(spec, parts[at]) if name and 0 <= at < len(parts) and len(parts) > 1 else None
    low = line.casefold()
    if _charted(spec) and getattr(spec, "query", None) is None:
        labels: tuple[str, ...] = spec.labels  # type: ignore[attr-defined]
        meant = [i for i, label in enumerate(labels) if label and re.search(rf"(?<!\w){re.escape(label.casefold())}(?!\w)", low)]
        return reordered(spec, [i for i in range(len(labels)) if i not in meant]) if meant and len(meant) < len(labels) else None
    found = _meant(spec, " ".join(wish.rest) or low)
    return without(spec, found) if found is not None else None


def without(spec: Spec, part: Part) -> Spec:
    """The visual without `part`, and without the arrows that hang on it."""
    name = getattr(part, "name", None)
    hanging = [other.id for other in walk(spec) if name and name in (getattr(other, "start", None), getattr(other, "end", None))]
    return patch(spec, [{"id": id, "remove": True} for id in (*hanging, part.id)])


def _meant(spec: Spec, words: str) -> Part | None:
    """The one part whose label `words` name; None where none or several do."""
    wanted = words.casefold().strip(" .!?\"'“”„«»「」‘’")
    names = [(part, str(called(part)[1]).casefold()) for part in walk(spec) if part is not spec and called(part)[1]]
    for fits in (lambda name: name == wanted, lambda name: wanted in name, lambda name: name in wanted and len(name) > 2):
        hits = [part for part, name in names if fits(name)]
        if len(hits) == 1:
            return hits[0]
        if hits:
            return None
    return None


def called(part: Part) -> tuple[str, str]:
    """The field a part is called by, and its words."""
    for name in ("label", "heading", "question", "text", "name"):
        words = getattr(part, name, "")
        if isinstance(words, str) and words:
            return name, words
    return "", ""


def _renamed(spec: Spec, line: str) -> Spec | None:
    for pattern in RENAMED:
        found = pattern.match(line)
        if not found:
            continue
        old, new = found[1].strip(), found[2].strip()
        if old.casefold() in TITLE:
            return patch(spec, [{"id": spec.id, "set": {"title": new}}])
        labels = getattr(spec, "labels", ())
        if old in labels and getattr(spec, "query", None) is None:
            return patch(spec, [{"id": spec.id, "set": {f"labels.{labels.index(old)}": new}}])
        part = _meant(spec, old)
        if part is None or understood(new).colour:
            return None
        name, words = called(part)
        edits: list[Mapping[str, Any]] = [{"id": part.id, "set": {name: new}}]
        if name == "name":
            edits += [
                {"id": other.id, "set": {end: new}}
                for other in walk(spec)
                for end in ("start", "end")
                if getattr(other, end, None) == words
            ]
        return patch(spec, edits)
    return None


def _added(spec: Spec, line: str) -> Spec | None:
    """A part with these words after the one that is named, where parts of its kind are no more than a label."""
    for pattern in _ADDED:
        found = pattern.match(line)
        if not found:
            continue
        after = _meant(spec, found[2])
        if after is None:
            return None
        name, _ = called(after)
        alike = next((held for _, held in _lists(spec) if any(part is after for part in held)), ())
        told = [one for part in alike for one in _SHORT if getattr(part, one, "")]
        if not alike or told or name in {"heading", "question"}:
            return None  # the others say more than a label: that is for the model to write
        words = found[1].strip()
        return patch(spec, [{"id": after.id, "add_after": {name: words[:1].upper() + words[1:]}}])
    return None


def _lists(spec: Spec) -> list[tuple[str, tuple[Part, ...]]]:
    return [
        (name, value)
        for part in walk(spec)
        for name in type(part).model_fields
        if isinstance(value := getattr(part, name), tuple) and value and isinstance(value[0], Part)
    ]
