"""A deck in fewer slides, by rule: neighbours that list things share a slide, side by side under their own headings; where that does not
fit, what says least is left out. The cover stays, and so does the end where there is room for it."""

from collections.abc import Callable

from flipchart.renderers.deck import Side, Slide, Slides, count, shown_as
from flipchart.renderers.spec import walk

ABREAST = 4  # slides that share one at most


def fewer(deck: Slides, many: int, fits: Callable[[Slide], bool]) -> Slides | None:
    """The deck in `many` slides, its cover counted; None where it has no more than that. `fits` tells what stands on one page."""
    if not 2 <= many < count(deck):
        return None
    cover = deck.slides[: len(deck.slides) - (count(deck) - 1)]
    rest = deck.slides[len(cover) :]
    while (dealt := _dealt(rest, many - 1, fits)) is None:
        ends = [many > 2 and slide.type == "closing" for slide in rest]
        least = min(range(len(rest)), key=lambda at: (ends[at], _said(rest[at])))
        rest = rest[:least] + rest[least + 1 :]
    made = deck.model_copy(update={"slides": (*cover, *dealt)})
    made = Slides.model_validate(made.model_dump(mode="json"))
    there = {part.id for part in walk(made)}
    return made.model_copy(update={"sources": {place: one for place, one in made.sources.items() if place.split(".")[0] in there}})


def _dealt(slides: tuple[Slide, ...], room: int, fits: Callable[[Slide], bool]) -> tuple[Slide, ...] | None:
    """The slides on `room` of them, in order, each about as full as the next; None where they do not all go there."""
    ways: dict[int, tuple[int, tuple[Slide, ...]]] = {0: (0, ())}  # how full, and the slides, by how many are dealt out
    held = {
        (i, i + n): one
        for i in range(len(slides))
        for n in range(1, ABREAST + 1)
        if i + n <= len(slides) and (one := slides[i] if n == 1 else _shared(slides[i : i + n], fits))
    }
    for _ in range(room):
        more: dict[int, tuple[int, tuple[Slide, ...]]] = {}
        for (start, end), one in held.items():
            if start in ways:
                full = ways[start][0] + sum(map(_said, slides[start:end])) ** 2
                more[end] = min(more.get(end, (full + 1, ())), (full, (*ways[start][1], one)), key=lambda way: way[0])
        ways = more
    return ways[len(slides)][1] if len(slides) in ways else None


def _shared(slides: tuple[Slide, ...], fits: Callable[[Slide], bool]) -> Slide | None:
    """Slides that list things as one, without their details where it is too full with them; None where they cannot be."""
    lists = all(slide.type in {"points", "steps"} and shown_as(slide) == slide.type and slide.heading for slide in slides)
    if not lists or len(slides) > ABREAST or any(item.value is not None for slide in slides for item in slide.items):
        return None
    notes = " ".join(slide.notes for slide in slides if slide.notes)
    for bare in (False, True):
        sides = [
            Side(
                id=slide.id,  # so that what is known of its words stays known
                heading=slide.heading,
                items=tuple(item.model_copy(update={"icon": "", **({"detail": ""} if bare else {})}) for item in slide.items),
            )
            for slide in slides
        ]
        one = Slide(type="compare", sides=tuple(sides), notes=notes)
        if fits(one):
            return one
    return None


def _said(slide: Slide) -> int:
    """How much a slide says, in characters; a visual says more than any words."""
    drawn = slide.visual is not None or bool(slide.blob or slide.values or slide.rows)
    words = sum(len(getattr(part, name, "")) for part in walk(slide) for name in ("heading", "text", "detail"))
    return words + 10_000 * drawn
