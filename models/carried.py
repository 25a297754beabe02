"""What a request is about that names a form and no subject of its own ("slides for the lesson", "a quiz about it"): the subject of the
conversation goes with it."""

import json
import re
from dataclasses import replace
from functools import cache

from flipchart import assets
from flipchart.models import amend
from flipchart.models.addressed import names
from flipchart.models.events import Request
from flipchart.models.language import detect
from flipchart.models.mend import Brief, titled
from flipchart.models.restyle import leftover, spelt
from flipchart.renderers.skeleton import begun

LONGEST = 120  # characters of such a request


def carried(request: Request) -> Request:
    """The request with the subject of the conversation before its words, where they name none; else as it is."""
    if not request.history or request.files or request.about or not subjectless(request.text):
        return request
    about = subject(request)
    return replace(request, text=f"{about}: {request.text}", lang=request.lang or detect(request.text)) if about else request


def subjectless(words: str) -> bool:
    """True where `words` wish a form of visual and say nothing of what it is to be about, or only point back."""
    low = " ".join(words.lower().split())
    if len(low) > LONGEST or not _forms().search(low):
        return False
    for said in (_forms(), _back(), _AUDIENCE, _parts()):
        low = said.sub(" ", low)
    return not leftover(amend.unverbed(low))


def subject(request: Request) -> str:
    """What the conversation is about: the last question that says so, else the title of what was drawn last; empty where nothing does."""
    for turn in reversed(request.history):
        if subjectless(turn.question) or amend.points(turn.question) or amend.leans(turn.question):
            continue
        shown = [request.earlier[id].title for id in turn.visuals if id in request.earlier]
        asked = begun(_OF.sub("", titled(turn.question, Brief(turn.question, detect(turn.question)))))
        return next(filter(None, reversed(shown)), asked) if re.search(r"[.!?]\s+\w", turn.question) else asked
    return next((spec.title for spec in reversed([*request.earlier.values()]) if spec.title), "")


_OF = re.compile(
    r"^(?:[^\W\d_]+\s+){1,3}?(?:about|of|on|über|von|sobre|de|sur)\s+(?=(?:the|an?|how|why|what|der|die|das|el|la|los|le|les)\b)", re.I
)


_AUDIENCE = re.compile(
    r"\b(?:for|para|pour|für|with|mit|con|avec|in)\s+(?:(?:my|the|our|a|meine[nr]?|mi|mis|mes|mon|ma)\s+)?(?:class|kids|children|pupils|students|parents|"
    r"grandma|team|boss|school|klasse|kinder|schüler|eltern|niños|clase|alumnos|padres|enfants|élèves|parents|classe)\b", re.I
)  # fmt: skip


@cache
def _forms() -> re.Pattern[str]:
    return spelt([name for some in names().values() for name in some])


@cache
def _parts() -> re.Pattern[str]:
    """What the parts of a visual are called."""
    return spelt([name for some in json.loads(assets.text("edits.json"))["parts"].values() for name in some])


@cache
def _back() -> re.Pattern[str]:
    """What points back to what was spoken of."""
    return spelt(json.loads(assets.text("edits.json"))["spoken"])
