"""Outlines of decks, agreed on before they are written: told in words where a person wants to be asked first, and kept to afterwards."""

import re
from collections.abc import Mapping
from typing import Any

from flipchart.models.events import Planned, Request
from flipchart.renderers.registry import form
from flipchart.renderers.words import say

LIKELY = 0.5  # chance of a form, from which on its outline is what is offered
_TOLD = re.compile(r"\*\*(?P<title>[^*\n]+)\*\*\n\n(?P<lines>(?:\d+\. [^\n]+\n)+)\n\*")


def offered(planned: Planned, request: Request) -> str:
    """The form whose outline answers first, where the person wants to be asked before anything is drawn; else ""."""
    if request.autonomy != 1 or request.form:
        return ""
    kind = next((kind for kind, chance in planned.forms if kind != "text" and chance >= LIKELY), "text")
    return kind if form(kind).outlined is not None else ""


def told(settled: Mapping[str, Any], kind: str, lang: str) -> str:
    """The outline as Markdown, with what can be done with it."""
    headings = [part["heading"] for value in settled.values() if isinstance(value, list) for part in value]
    lines = "\n".join(f"{n}. {heading}" for n, heading in enumerate(headings, 1))
    title = settled["title"].replace("*", "∗")  # "A* search" would end the bold letters
    return f"**{title}**\n\n{lines}\n\n*{say('outline.offer', lang, form=say(f'form.{kind}', lang))}*"


def agreed(request: Request) -> dict[str, Any] | None:
    """The title and the outline that the last answer told, where this question is the same again, its subject perhaps before it; else
    None."""
    if not request.history or not request.text.strip().endswith(request.history[-1].question.strip()):
        return None
    found = _TOLD.match(request.history[-1].answer)
    if found is None:
        return None
    return {"title": found["title"], "outline": [line.partition(". ")[2] for line in found["lines"].splitlines()]}
