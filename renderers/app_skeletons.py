"""How a small model writes a quiz: each question with its right answer first, for it is poor at saying which of four it meant."""

import re
import zlib
from collections.abc import Mapping
from typing import Any

from flipchart.renderers.skeleton import Asked, Skeleton, counted, holder, many, objects, phrase, sentence, strings, text, written

WRONG = 3  # wrong answers to each question


def quiz(asked: Asked, cue: str) -> Skeleton | None:
    """A quiz where `cue` (a pattern) stands in the question; None where it asks for something else."""
    if not re.search(cue, asked.question, re.I):
        return None
    asks = {"type": "string", "pattern": r'^[^ "\\\n\t][^"\\\n\t]{8,}$', "description": "A question, no two alike."}
    one = holder(
        question=asks,
        right=phrase(asked.lang, 6, "The right answer, 1 to 5 words."),
        wrong=many(WRONG, WRONG, phrase(asked.lang, 6), "Wrong answers that one could believe."),
        why=sentence("Why it is right, in one short sentence."),
    )
    schema = written(asked.lang, questions=counted(asked.count, 5, 5, one))

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "title": text(so_far.get("title")),
            "questions": [found for one in objects(so_far.get("questions")) if (found := _read(one))],
        }

    return Skeleton(schema, read)


def _read(one: Mapping[str, Any]) -> dict[str, Any]:
    """A question with its answers mixed, the same way each time; empty while it is not whole, or where a wrong answer is the right one."""
    question, right, wrong = text(one.get("question")), text(one.get("right")), strings(one.get("wrong"))
    if len({answer.casefold() for answer in (right, *wrong)}) != WRONG + 1 or not question or "why" not in one:
        return {}
    at = zlib.crc32(question.encode()) % (WRONG + 1)
    return {"question": question, "options": [*wrong[:at], right, *wrong[at:]], "answer": at + 1, "why": text(one.get("why"))}
