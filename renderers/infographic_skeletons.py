"""How a small model writes an infographic: the structure that the question asks for, with only its words left to fill in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flipchart.renderers.skeleton import (
    Asked,
    Schema,
    Skeleton,
    begun,
    counted,
    holder,
    many,
    objects,
    phrase,
    sentence,
    strings,
    text,
    written,
)
from flipchart.renderers.words import locale, say

# Sides that go by names of their own: the saying that asks for them, how they belong together, and the sides.
_NAMED = (
    ("skeleton.swot", "quadrant", ("strengths", "weaknesses", "opportunities", "threats")),
    ("skeleton.pros_cons", "compare", ("pros", "cons")),
    ("skeleton.before_after", "compare", ("before", "after")),
    ("skeleton.dos_donts", "compare", ("dos", "donts")),
)
_FAMILIES = ("cycle", "funnel", "hierarchy")
"""Families that are asked for by a saying and hold plain points."""
_SPOKEN = ("en", "es", "pt", "fr", "de", "zh", "ja", "hi", "ar")  # languages we have names of sides in
_DAYS = re.compile(
    r"(?<!\w)(\d|[^\W\d_]+)[\s-]*(?:days?|tage?n?|d[ií]as?|jours?|giorni|dagen|दिन|أيام)(?!\w)"
    r"|(?<![\d一二两三四五六七八九十])([\d一二两三四五六七])\s?(?:天|日间|日間)"
)


def skeleton(asked: Asked) -> Skeleton | None:
    """What `asked` settles; None where the model had better choose for itself."""
    if asked.says("skeleton.overlap"):
        return None
    for key, family, sides in _NAMED:
        if asked.says(key) and asked.lang.split("-")[0] in _SPOKEN:
            return _sided(asked, family, sides)
    named = compared(asked.question)
    if named and ("compare" in asked.concepts or asked.says("skeleton.compare")):
        return _compared(asked, named)
    days = _days(asked)
    if days:
        return _daily(asked, days)
    family = next((one for one in _FAMILIES if asked.says(f"skeleton.{one}")), "")
    if family:
        return _pointed(asked, family)
    order = [concept for concept in asked.concepts if concept in {"timeline", "steps", "how_to", "tips"}]
    if order[:1] == ["timeline"]:
        return _dated(asked)
    return _pointed(asked, "steps" if order[:1] in (["steps"], ["how_to"]) else "list")


def _point(lang: str, name: str = "Its name, 2 to 5 words.") -> Schema:
    return holder(label=phrase(lang, 6, name), text=sentence())


def _items(value: Any) -> list[dict[str, Any]]:
    return [one for one in objects(value) if text(one.get("label"))]


def _pointed(asked: Asked, family: str) -> Skeleton:
    """Points one after the other: tips, steps, levels."""
    if family == "hierarchy":
        return _layered(asked)
    naming = "What to do, 2 to 6 words, no two alike." if family == "steps" else "Its name, 2 to 5 words, no two alike."
    name = "steps" if family == "steps" else "points"
    spare = family == "list"  # of steps the last one matters
    schema = written(asked.lang, **{name: counted(asked.count, 4, 7, _point(asked.lang, naming), spare=spare)})
    return Skeleton(schema, lambda so_far: _spec(so_far, family, _items(so_far.get(name))), "items" if spare else "")


def _layered(asked: Asked) -> Skeleton:
    """Layers one on another, which are told from the ground up, as they are learnt, and drawn with the ground at the bottom."""
    layers = counted(asked.count, 3, 6, _point(asked.lang), "From the broadest at the ground up to the top, no two alike.")
    schema = written(asked.lang, layers=layers)
    return Skeleton(schema, lambda so_far: _spec(so_far, "hierarchy", _items(so_far.get("layers"))[::-1]))


def _dated(asked: Asked) -> Skeleton:
    """Events by their dates."""
    when = {"type": "string", "pattern": r'^[^"\\\n\t.,;:!?]{0,12}[0-9]+[^"\\\n\t.,;:!?0-9]{0,9}$', "description": "Its year or date."}
    event = holder(when=when, label=phrase(asked.lang, 8, "What happened, 2 to 8 words."))
    schema = written(asked.lang, events=counted(asked.count, 4, 7, event, "The most important ones alone, the earliest first."))
    return Skeleton(schema, lambda so_far: _spec(so_far, "timeline", _items(so_far.get("events"))))


def _sided(asked: Asked, family: str, sides: Sequence[str]) -> Skeleton:
    """Sides whose names are known."""
    each = counted(asked.count, 2, 3 if len(sides) > 2 else 4, _point(asked.lang))
    schema = written(asked.lang, **dict.fromkeys(sides, each))

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        begun = [side for side in sides if side in so_far]
        return _spec(so_far, family, [{"label": say(f"skeleton.{side}", asked.lang), "children": _items(so_far[side])} for side in begun])

    return Skeleton(schema, read)


def _compared(asked: Asked, sides: Sequence[str]) -> Skeleton:
    """Things that the question names, set against each other row by row."""
    short = "What is so about it, 2 to 10 words."
    row = holder(
        label=phrase(asked.lang, 3, "A property that both have, 1 to 3 words, no two alike."),
        **{side: phrase(asked.lang, 11, short) for side in sides},
    )
    schema = written(asked.lang, rows=counted(asked.count, 3, 5, row))

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        own = {side.casefold() for side in sides}
        rows = [row for row in _items(so_far.get("rows")) if text(row["label"]).casefold() not in own]
        return _spec(
            so_far,
            "compare",
            [
                {"label": side, "children": [{"label": row["label"], "text": row[side]} for row in rows if text(row.get(side))]}
                for side in sides
                if any(text(row.get(side)) for row in rows)
            ],
        )

    return Skeleton(schema, read)


def _daily(asked: Asked, days: Sequence[str]) -> Skeleton:
    """A plan by days."""
    each = many(3, 3, sentence("What is done that day, in order, 3 to 8 words each."))
    schema = written(asked.lang, **dict.fromkeys(days, each))

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        plans = [(day, [told for one in strings(so_far.get(day)) if (told := _undated(one, day))]) for day in days]
        return _spec(so_far, "list", [{"label": day, "children": [{"label": one} for one in plan]} for day, plan in plans if plan])

    return Skeleton(schema, read)


def _undated(words: str, day: str) -> str:
    """A line of a day's plan without the day's name before it and the full stop behind."""
    return re.sub(rf"^{re.escape(day)}\b[\s:,–—-]*", "", words.strip(), flags=re.I).rstrip(" .。।")


def _spec(so_far: Mapping[str, Any], family: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": text(so_far.get("title")), "family": family, "items": items}


def _days(asked: Asked) -> list[str]:
    """The days that a plan is asked for."""
    if "plan" not in asked.concepts and not asked.says("skeleton.trip"):
        return []
    if asked.says("skeleton.week"):
        names = locale(asked.lang).days["stand-alone"]["wide"]
        return [names[n][:1].upper() + names[n][1:] for n in range(7)]
    found = _DAYS.search(asked.question.casefold())
    count = 0
    if found and asked.lang.split("-")[0] in _SPOKEN:
        many = found[1] or found[2]
        count = int(many) if many.isdecimal() else "一二三四五六七".find(many) + 1 or _worded(many, asked.lang)
    return [say("skeleton.day", asked.lang, n=n) for n in range(1, count + 1)] if 2 <= count <= 7 else []


def _worded(word: str, lang: str) -> int:
    """The number a word is for, 0 where it is none."""
    told = say("skeleton.numbers", lang).split()
    return told.index(word) + 2 if word in told else 0


_LEADING = re.compile(
    r"^.*?(?<!\w)(?:(?:side[ -]by[ -]side )?compar(?:e|ing|ison)(?: (?:of|between))?|differences? between|"
    r"vergleich(?:e|en)?(?: (?:von|zwischen))?|"
    r"unterschied(?:e)? zwischen|compar(?:a|ar|e|er|ez|ación|ação|aison)(?: (?:de|entre))?|diferen[cç](?:ia|a)s? (?:entre|de)|"
    r"différences? entre|confronta|сравни(?:те|ть)?)(?!\w)\s*:?\s*|^(?:请)?(?:比较|对比)(?:一下)?\s*|^قارن\s+(?:بين\s+)?",
    re.I,
)
_TRAILING = re.compile(
    r"\s*(?:的?(?:区别|比较|不同|对比|优缺点).*|の?(?:比較|違い).*|\s+(?:की|के|में)\s+(?:तुलना|अंतर|फ़र्क|फर्क).*)$|"
    r"\s+(?:for|in terms of|regarding|as|when|on|side by side|para|für|pour|bei|in a|in one|by|according|based)\s+.*$|[.!?。？！؟]+.*$",
    re.I,
)
_BETWEEN = re.compile(
    r"\s+(?:and|or|vs\.?|versus|with|to|against|y|e|o|con|com|et|ou|avec|und|oder|mit|и|или|और|बनाम|مع|أو)\s+|"
    r"\s*[,،、]\s*(?:and\s+|y\s+|et\s+|und\s+)?|\s*[和与與跟]\s*|(?<=[\u3040-\u9fff])と(?=\S)|(?<=\w)と(?=[A-Za-z])|\s+و\s*",
    re.I,
)
_ARTICLE = re.compile(r"^(?:the|a|an|el|la|los|las|o|a|os|as|le|les|l'|der|die|das|il|lo)\s+", re.I)


def compared(question: str) -> list[str]:
    """The two to four things that a question sets against each other; empty where it cannot be told."""
    said = " ".join(question.split())
    core = _TRAILING.sub("", _LEADING.sub("", said, count=1)).strip(" ?.!:,")
    sides = [_ARTICLE.sub("", side.strip(" \"'“”«»")) for side in _BETWEEN.split(core)]
    sides = list(dict.fromkeys(begun(side) for side in sides if side))
    fit = 2 <= len(sides) <= 4 and all(len(side.split()) <= 4 and len(side) <= 32 for side in sides)
    return sides if fit else []
