"""How a small model writes an animation: the stages of a process, each with what happens there; what moves goes from one to the next."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from flipchart.renderers.skeleton import Asked, Skeleton, counted, holder, objects, phrase, sentence, text, written


def skeleton(asked: Asked) -> Skeleton:
    """The stages of what `asked` wants to see moving; what turns in a circle comes back to the first."""
    stage = holder(
        label=phrase(asked.lang, 3, "The thing or place where it happens, 1 to 3 words, no two alike."),
        text=sentence("What happens there, in one short sentence."),
    )
    schema = written(asked.lang, stages=counted(asked.count, 3, 6, stage, "In order, from where it begins to where it ends."))
    turns = asked.says("skeleton.cycle")

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        told = {text(one.get("label")): text(one.get("text")) for one in objects(so_far.get("stages")) if text(one.get("label"))}
        names = list(told)
        ways = [*pairwise(names), (names[-1], names[0])] if turns and len(names) > 2 else list(pairwise(names))
        return {
            "title": text(so_far.get("title")),
            "things": [{"name": name, "label": name} for name in names],
            "steps": [{"start": start, "end": end, "text": told[start] or start} for start, end in ways]
            + ([{"start": names[-1], "end": names[-1], "text": told[names[-1]]}] if ways and not turns and told[names[-1]] else []),
        }

    return Skeleton(schema, read)
