"""The last answer as another form, at once: "as slides", "put it on a board". What it says stays; no model is asked."""

import json
import re
from dataclasses import replace
from functools import cache

from flipchart import assets
from flipchart.models import amend, outlines
from flipchart.models.context import said
from flipchart.models.events import Request
from flipchart.models.language import detect
from flipchart.models.mend import Brief, mended, titled
from flipchart.models.restyle import leftover, spelt
from flipchart.renderers.content import Content
from flipchart.renderers.problem import Problem
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec

LONGEST = 60  # characters of a wish that names a form and nothing else
REMARKS = re.compile(r"(?:\n\n\*[^*\n]+\*[^\n]*)+\s*$")
INTRODUCED = re.compile(r"[^\n:：]*[:：](?=\s*\n|\s+[^\s\n])")  # what leads up to a list or a row of names and holds none of it
MARKED = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s|^\s*\|", re.MULTILINE)  # a list or a table
MOST = 0.5  # share of an answer's letters that its list or table must hold to stand for it


def wished(words: str) -> str:
    """The form that `words` name and nothing else, as in "show that as slides"; "" where they say more."""
    low = " ".join(words.split()).lower()
    kinds = [kind for kind, names in _forms().items() if names.search(low)] if len(low) <= LONGEST else []
    if len(kinds) != 1:
        return ""
    return "" if leftover(amend.softened(_forms()[kinds[0]].sub(" ", low))) else kinds[0]


@cache
def _forms() -> dict[str, re.Pattern[str]]:
    """By form, what it is called in many languages."""
    return {kind: spelt(names) for kind, names in json.loads(assets.text("edits.json"))["forms"].items()}


def reshaped(request: Request) -> Spec | None:
    """The last answer as the form that is wished, in words or by asking the same again as that form.

    None where something else is asked, or where that form does not hold what was said.
    """
    if not request.history or request.about or request.files or not (request.autonomy or request.form):
        return None
    last = request.history[-1]
    shown = next((request.earlier[id] for id in reversed(last.visuals) if id in request.earlier), None)
    same = request.form if request.text.strip() == last.question.strip() and shown is None else None
    kind = same or (wished(request.text) if request.form is None else "")
    if not kind or (shown is not None and kind == shown.kind):
        return None
    if shown is None and outlines.agreed(replace(request, text=last.question)) is not None:  # that was an outline: it is to be written out
        return None
    content = _said(last.answer) if shown is None else form(shown.kind).content(shown)
    if content is not None and not content.title.strip():
        content = replace(content, title=titled(last.question, Brief(last.question, content.lang or detect(last.question))))
    maker = form(kind).from_content
    try:
        made = maker(content) if content is not None and maker is not None else None
    except Problem:
        return None
    if made is None or (shown is None and content is not None and _bare(last.answer, content) and not _linked(made)):
        return None
    lang = made.lang or (shown.lang if shown is not None else "") or detect(last.question)
    made = made.model_copy(update={"lang": lang})
    return made if shown is not None else mended(made, Brief(last.question, lang, tuple(said(request))))


def _bare(answer: str, content: Content) -> bool:
    """Whether prose only names things: enough for a drawing that joins them, and for no other, which a model has more to say in."""
    told = any(thing.text or thing.value is not None or thing.children for thing in content.things)
    return not (told or content.rows or MARKED.search(answer))


def _linked(made: Spec) -> bool:
    content = form(made.kind).content
    shared = content(made) if content is not None else None
    return shared is not None and bool(shared.links or any(thing.children for thing in shared.things))


def _said(answer: str) -> Content | None:
    """What an answer in words holds, where that is most of it; what we remarked below it is none of it."""
    prose, answer = form("text"), REMARKS.sub("", answer)
    content = prose.content(prose.spec.model_validate({"markdown": answer, "lang": detect(answer)}))
    if content is None or prose.from_content is None:
        return None
    told = prose.from_content(content)
    answer = INTRODUCED.sub("", answer.strip())
    letters = [sum(map(str.isalnum, words)) for words in (prose.markdown(told) if told else "", answer)]
    return content if letters[0] >= MOST * letters[1] else None
