"""A deck's plan, which a small model writes first (a title and a heading for each slide), as the deck it is then to fill."""

import re
from collections.abc import Mapping
from typing import Any

from flipchart.renderers.deck import Slide, Slides
from flipchart.renderers.skeleton import Schema, holder, many, phrase, sentence, varied
from flipchart.renderers.words import listed, say

LEAST = 2  # points on a slide
LONGEST = 6  # words of a name; longer ones say what the sentence after them says
MOST = 6  # slides after the cover, where nobody said how many


def outlined(plan: Mapping[str, Any], question: str, lang: str, count: int | None = None) -> dict[str, Any]:
    """What `plan` ({"title", "outline"}) settles of the deck that answers `question`: its title, its subtitle, and for each slide its
    heading and the type that fits it; headings that come twice, say the title again or speak of slides are left out. It ends with what
    to remember, where `count` slides leave room for that. Empty where nothing was planned."""
    title, subtitle = titled(str(plan.get("title", "")), question)
    lines = plan.get("outline")
    told = [_ORDINAL.sub("", line).strip(" .:;,–—-") for line in lines if isinstance(line, str)] if isinstance(lines, list) else []
    headings: dict[str, str] = {}
    for words in told:
        if words and not _empty(words.casefold(), title, lang):
            headings.setdefault(words.casefold().strip("?？ "), words)
    ends = bool(told) and told[-1].casefold() in listed("compose.generic", lang)
    if not headings:
        return {}
    slides = [_slide(heading, lang, last=not ends and heading == told[-1]) for heading in headings.values()]
    if ends or (slides[-1]["type"] != "closing" and len(slides) < (count or MOST)):
        slides.append({"type": "closing", "heading": say("slides.remember", lang)})
    naming = any(_says(subtitle.casefold(), phrase) for phrase in listed("compose.forms", lang))
    return {"title": title, "subtitle": "" if naming else subtitle, "slides": slides}


_ORDINAL = re.compile(r"^\s*(?:\(?\d{1,2}[.):]|[-•*]|[^\W\d_]{4,12}\s\d{1,2}:)\s*|\s*\([^()]*\)\s*$")


def planning(lang: str) -> str:
    """Headings as they should be, where there are examples in the language: those in another one are taken up as they stand."""
    told = say("slides.headings", lang)
    return told if lang.split("-")[0] == "en" or told != say("slides.headings", "en") else ""


def filling(part: Mapping[str, Any], lang: str) -> Schema:
    """The schema under which a small model writes what stands on one slide of a plan."""
    name, side = phrase(lang, 4, "What it is about, 1 to 4 words, no two alike."), phrase(lang, 3, "Its name, 1 to 3 words.")
    each = holder(label=name, text=sentence("One short sentence that tells a fact about it."))
    match part["type"]:
        case "compare":
            held = holder(heading=side, items=many(2, 3, phrase(lang, 9)))
            return holder(sides=many(2, 2, held, "The two sides, each with 2 or 3 short points."))
        case "closing":
            return holder(items=many(2, 3, sentence("What to remember or do."), "2 or 3 short sentences."))
        case "steps":
            done = each | {"properties": each["properties"] | {"label": phrase(lang, 4, "What happens, 1 to 4 words, no number.")}}
            return holder(items=many(3, 4, done, "3 or 4 steps, in order."))
    return holder(items=many(3, 3, each, "3 points that answer the heading."))


def _empty(said: str, title: str, lang: str) -> bool:
    """Whether a heading says the title again, nothing at all ("The Basics"), or speaks of the deck itself: "A talk in 5 slides"."""
    return said in {title.casefold(), *listed("compose.generic", lang)} or any(
        _says(said, phrase) for phrase in listed("slides.own_names", lang)
    )


def _slide(heading: str, lang: str, *, last: bool) -> dict[str, str]:
    return {"type": fitting(heading, lang, last=last), "heading": _begun(heading)}


def corrected(spec: Slides, said: str) -> Slides:
    """The deck with points that look alike, nothing named twice in it: where a name on a slide is a question or says the heading again,
    all points there are statements alone."""
    told: set[str] = set()
    slides = tuple(_alike(_once(slide, told), spec.lang) for slide in spec.slides)
    return spec if slides == spec.slides else spec.model_copy(update={"slides": slides})


def _once(slide: Slide, told: set[str]) -> Slide:
    """The slide without points that are called as one before, as long as two are left; `told` grows by their names."""
    fresh = []
    for item in slide.items:
        name = item.text.casefold().strip(" .")
        if name not in told:
            fresh.append(item)
        told.add(name)
    return slide if len(fresh) == len(slide.items) or len(fresh) < LEAST else slide.model_copy(update={"items": tuple(fresh)})


def _alike(slide: Slide, lang: str) -> Slide:
    if slide.type not in {"points", "steps"} or not any(item.detail for item in slide.items):
        return slide
    names = varied([item.text.rstrip(" .") for item in slide.items])
    asks = any(name.casefold().split()[:1] and name.casefold().split()[0] in listed("slides.asking", lang) for name in names)
    again = len({name.casefold() for name in names}) < len(names) or slide.heading.casefold() in map(str.casefold, names)
    long = any(len(name.split()) > LONGEST for name in names)
    if not asks and not again and not long and all(item.detail for item in slide.items):
        items = tuple(item.model_copy(update={"text": name}) for item, name in zip(slide.items, names, strict=True))
    else:
        items = tuple(item.model_copy(update={"text": item.detail or item.text, "detail": ""}) for item in slide.items)
    return slide if items == slide.items else slide.model_copy(update={"items": items})


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
