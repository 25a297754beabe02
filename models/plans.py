"""Plans told in full, task by task with its dates, drawn at once without a language model: all of the message is read, or none."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flipchart.models import amend
from flipchart.models.events import Drawn, Event, Planned, Request
from flipchart.models.language import detect
from flipchart.models.router import plain
from flipchart.models.sources import sourced
from flipchart.renderers import times
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec
from flipchart.renderers.words import say

KIND = "chart"
LONGEST = 2000  # characters of a message that is looked at
MOST = 40  # tasks of a plan
_ASKED = re.compile(
    r"gantt|\b(?:project |work |release |launch )?(?:plan|schedule)\b|zeitplan|projektplan|terminplan|ablaufplan|cronograma|calendario"
    r"|planificacion|planejamento|planning|calendrier|日程|計画|计划|甘特|ガント|योजना|خطة|جدول زمني"
)
_LINE = re.compile(
    r"\b(?:road ?map|time ?line|milestones|zeitstrahl|zeitleiste|fahrplan|meilensteine|hoja de ruta|linea (?:de|del) tiempo|cronologia"
    r"|feuille de route|frise|chronologie|linha do tempo|roteiro)\b|年表|ロードマップ|时间线|路线图|समयरेखा|خارطة طريق"
)
_STAGE = re.compile(
    r"(?P<when>(?:[QT][1-4]|[HS][12])(?:[ /'’-]?(?:20)?\d\d)?|(?:(?P<month>[^\W\d_]{3,})\.?\s+)?(?:19|20)\d\d|(?P<alone>[^\W\d_]{3,})\.?)"
    r"(?:\s*[:–—-]\s*|\s+)(?P<what>\S.*)",
    re.I | re.S,
)
_MONTH = r"[^\W\d_]{3,}\.?"
_DATE = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\.\d{{1,2}}\.?(?:\d{{4}})?|\d{{1,2}}(?:st|nd|rd|th|er)?\.?\s+(?:de\s+|of\s+)?{_MONTH}(?:,?\s+(?:de\s+)?\d{{4}})?"
    rf"|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+\d{{4}})?)"
)
_TO = r"(?:to|until|till|through|–|—|-|bis(?:\s+zum)?|a|al|hasta(?:\s+el)?|até|au|jusqu['’]au)"
_TASK = re.compile(
    rf"(?P<name>[^:;,\d][^:;,]*?)\s*[:(]?\s*(?:\b(?:from|vom|von|del?|du|on|am|el)\s+)?(?P<start>{_DATE})(?:\s*{_TO}\s*(?P<end>{_DATE}))?\s*\)?",
    re.I,
)
_WISH = r"^(?:please |can you |could you )?(?:draw|make|create|show|give)(?: me| us)? (?:an? |the )?"
_TO_PLAN = re.compile(r"(?:please )?plan (?:an?|my|our|the)\b", re.I)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SMALL = re.compile(r"(?<=\d)(?:st|nd|rd|th|er)\b|\b(?:de|of)\s+", re.I)


def answer(request: Request) -> Iterator[Event] | None:
    """The plan as a Gantt chart or a timeline, or None where a model has to be asked."""
    if request.files or (request.form is None and request.autonomy < 2):
        return None
    if request.history and request.history[-1].visuals and amend.meant(request.text):
        return None  # it is about what is there
    spec = read(request.text, request.lang)
    return _drawn(spec) if spec is not None and request.form in (None, spec.kind) else None


def _drawn(spec: Spec) -> Iterator[Event]:
    yield Planned(spec.kind, ((spec.kind, 1.0), ("text", 0.3)), say("reason.described", spec.lang or "en"), 0.1)
    yield Drawn(spec, "done")


def read(text: str, lang: str = "") -> Spec | None:
    """The plan that `text` tells in full: as bars where tasks have spans, as a timeline where each thing has its quarter, month or year."""
    return _bars(text, lang) or _stages(text, lang)


def _stages(text: str, lang: str) -> Spec | None:
    """The timeline of what `text` tells for each quarter, half, month or year; what else is told for one is a point of it. None where any
    of it was not understood."""
    text = text.strip()
    lead, colon, rest = text.partition(":")
    if len(text) > LONGEST or not colon or len(lead) > 80 or not (_LINE.search(plain(lead)) or _ASKED.search(plain(lead))):
        return None
    items: list[dict[str, Any]] = []
    for part in re.split(r"[,;\n]|\s(?:and|und|y|e|et)\s(?=[QT][1-4]\b)", rest):
        words = part.strip(" .-*•\t")
        found = _STAGE.fullmatch(words)
        month = found and (found["month"] or found["alone"])
        if found and (not month or times.bare_month(month)):
            items.append({"when": found["when"].strip(), "label": _capital(found["what"]), "children": []})
        elif words and items:
            items[-1]["children"].append({"label": _capital(re.sub(r"^(?:and|und|et)\s+", "", words))})
        elif words:
            return None
    if not 2 <= len(items) <= MOST:
        return None
    told = lang or detect(text)
    title = _capital(re.sub(_WISH, "", lead.strip(), flags=re.I))
    return sourced(
        form("infographic").spec.model_validate({"lang": told, "title": title, "family": "timeline", "items": items}), [text], told
    )


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _bars(text: str, lang: str) -> Spec | None:
    """The Gantt chart of the tasks that `text` tells with their dates; None where any of it was not understood, or two tasks have no span.

    A date without a year is of the one that is told, else of this year, and never before the start of its task.
    """
    text = text.strip()
    lead, colon, rest = text.partition(":")
    if (
        len(text) > LONGEST
        or not colon
        or not _ASKED.search(plain(lead))
        or _TO_PLAN.match(lead)
        or re.search(_DATE, lead)
        or len(lead) > 80
    ):
        return None
    found = [
        _TASK.fullmatch(part.strip(" .-*•"))
        for part in re.split(r"[;\n]|,(?!\s*\d{4})|\s+(?:and|und|y|e|et)\s+(?=[^\W\d_])", rest)
        if part.strip(" .-*•")
    ]
    tasks = [one for one in found if one is not None]
    if len(tasks) != len(found) or not 2 <= len(tasks) <= MOST or sum(bool(one["end"]) for one in tasks) < 2:
        return None
    years = _YEAR.findall(text)
    year = int(years[-1]) if years else date.today().year
    spans: list[tuple[datetime, datetime]] = []
    for one in tasks:
        start = _moment(one["start"], year)
        end = _moment(one["end"] or one["start"], year)
        if start is not None and end is not None and end < start and not _YEAR.search(one["end"]):
            end = end.replace(year=end.year + 1)  # from November to February
        if start is None or end is None or end < start:
            return None
        spans.append((start, end))
    told = lang or detect(text)
    names = [one["name"].strip() for one in tasks]
    ends = [
        {"name": say(f"chart.{end}", told), "values": [span[at].date().isoformat() for span in spans]}
        for at, end in enumerate(("start", "end"))
    ]
    first, last = (times.written(end(span[at] for span in spans), "day", told) for at, end in ((0, min), (1, max)))
    title = _title(lead) or say("chart.lasts", told, start=first, end=last)
    fields = {
        "mark": "gantt",
        "lang": told,
        "title": title,
        "labels": [_capital(name) for name in names],
        "series": ends,
    }
    made = form(KIND).spec.model_validate(fields)
    return sourced(form(KIND).settled(made), [text], told)


def _moment(words: str, year: int) -> datetime | None:
    """The day that `words` name, in `year` where they name none."""
    bare = _SMALL.sub("", words).strip(" .")
    for said in (bare, f"{bare} {year}", f"{bare}.{year}"):
        found = times.read(said)
        if found is not None and found.grain == "day":
            return found.at
    return None


def _title(lead: str) -> str:
    """What the plan is called, where the lead says more than that one is wished."""
    bare = re.sub(_WISH, "", lead.strip(), flags=re.I)
    named = re.sub(
        r"\b(?:chart|diagram|project|for|of|an?|the|my|our|de|do|del|du|proyecto|projeto|projet)\b|[\s,.-]+",
        "",
        _ASKED.sub("", plain(bare)),
    )
    return _capital(bare) if named else ""
