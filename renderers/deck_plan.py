"""A deck's plan, which a small model writes first (a title and a heading for each slide), as the deck it is then to fill."""

import re
from collections.abc import Mapping
from typing import Any

from flipchart.renderers.deck import Slide, Slides
from flipchart.renderers.words import listed, say


def outlined(plan: Mapping[str, Any], question: str, lang: str) -> dict[str, Any]:
    """What `plan` ({"title", "outline"}) settles of the deck that answers `question`: its title, its subtitle, and for each slide its
    heading and the type that fits it; headings that come twice or say the title again are left out. Empty where nothing was planned."""
    title, subtitle = titled(str(plan.get("title", "")), question)
    lines = plan.get("outline")
    told = [_ORDINAL.sub("", line).strip(" .:;,–—-") for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    headings = list(
        {words.casefold().strip("?？ "): words for words in reversed(told) if words and words.casefold() != title.casefold()}.values()
    )
    if not headings:
        return {}
    naming = any(_says(subtitle.casefold(), phrase) for phrase in listed("compose.forms", lang))
    slides = [_slide(heading, lang, last=heading is headings[0]) for heading in reversed(headings)]
    return {"title": title, "subtitle": "" if naming else subtitle, "slides": slides}


_ORDINAL = re.compile(r"^\s*(?:\(?\d{1,2}[.):]|[-•*])\s*")


def _slide(heading: str, lang: str, *, last: bool) -> dict[str, str]:
    generic = heading.casefold() in listed("compose.generic", lang)
    return {"type": fitting(heading, lang, last=last), "heading": say("slides.remember", lang) if last and generic else _begun(heading)}


def corrected(spec: Slides, said: str) -> Slides:
    """The deck with points that look alike: where a name on a slide is a question, comes twice or says the heading again, all points
    there are statements alone."""
    slides = tuple(_alike(slide, spec.lang) for slide in spec.slides)
    return spec if slides == spec.slides else spec.model_copy(update={"slides": slides})


def _alike(slide: Slide, lang: str) -> Slide:
    named = [item for item in slide.items if item.detail]
    asks = any(item.text.casefold().split()[:1] and item.text.casefold().split()[0] in listed("slides.asking", lang) for item in named)
    names = [item.text.casefold() for item in named]
    again = len(set(names)) < len(names) or slide.heading.casefold() in names
    if slide.type not in {"points", "steps"} or not named or (len(named) == len(slide.items) and not asks and not again):
        return slide
    items = tuple(item.model_copy(update={"text": item.detail or item.text, "detail": ""}) for item in slide.items)
    return slide.model_copy(update={"items": items})


def titled(title: str, question: str) -> tuple[str, str]:
    """`title` without what is a subtitle of its own: what follows a colon, or the audience that `question` names at its end."""
    first, _, rest = (part.strip() for part in title.partition(": "))
    if len(first.split()) >= 2 and rest:
        return first, _begun(rest)
    audience = re.search(r"\b(?:for|para|pour|für)\s+[^,.:;?!]{3,40}$", question.strip(" .!?"), re.I)
    if audience and title.casefold().endswith(audience[0].casefold()) and len(title) - len(audience[0]) > 6:
        return title[: -len(audience[0])].strip(" ,–—-"), _begun(title[-len(audience[0]) :])
    return title, ""


def fitting(heading: str, lang: str, *, last: bool = False) -> str:
    """The type of slide that a heading asks for: steps for how something is done, two sides for what is set against each other, a
    closing for what is to be kept in mind at the end, else points."""
    said = heading.casefold()
    if last and any(_says(said, phrase) for phrase in (*listed("slides.last", lang), *listed("compose.generic", lang))):
        return "closing"
    if any(_says(said, phrase) for phrase in listed("slides.sides", lang)):
        return "compare"
    if any(_says(said, phrase) for phrase in listed("slides.how", lang)):
        return "steps"
    return "points"


def _says(said: str, phrase: str) -> bool:
    """True where `phrase` stands in `said` as words; scripts without spaces anywhere."""
    spaced = all(letter < "\u3000" for letter in phrase)
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", said) is not None if spaced else phrase in said


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]
