"""How a small model writes a quiz: each question with its right answer first, for it is poor at saying which of four it meant."""

import re
import zlib
from collections.abc import Mapping
from typing import Any

from flipchart.renderers.skeleton import Asked, Skeleton, counted, holder, many, objects, phrase, sentence, strings, text

WRONG = 3  # wrong answers to each question


def quiz(asked: Asked, cue: str) -> Skeleton | None:
    """A quiz where `cue` (a pattern) stands in the question; None where it asks for something else."""
    if not re.search(cue, asked.question, re.I):
        return None
    said = {"type": "string", "pattern": r'^[^ "\\\n\t.,;:!?-]([^ "\\\n\t]+)?( [^ "\\\n\t]+){0,4}$'}
    asks = {"type": "string", "pattern": r'^[^ "\\\n\t][^"\\\n\t]{8,}$', "description": "A question, no two alike."}
    one = holder(
        question=asks,
        right=said | {"description": "The right answer: a name, a number or 1 to 3 words, never a sentence."},
        wrong=many(WRONG, WRONG, said, "Wrong answers of the same kind."),
        why=sentence("Why it is right, in one short sentence."),
    )
    about = counted(asked.count, 5, 5, phrase(asked.lang, 2), "Different things to ask about, 1 or 2 words each, no two alike.", 1)
    questions = counted(asked.count, 5, 5, one, "One question on each of the topics.", 1)
    schema = holder(title=phrase(asked.lang, 3, "The subject of the quiz, 1 to 3 words."), topics=about, questions=questions)

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "title": text(so_far.get("title")),
            "questions": [found for one in objects(so_far.get("questions")) if (found := _read(one))],
        }

    return Skeleton(schema, read, "questions")


def _read(one: Mapping[str, Any]) -> dict[str, Any]:
    """A question with its answers mixed, the same way each time; empty while it is not whole, or where a wrong answer is the right one."""
    question, right, wrong = text(one.get("question")), text(one.get("right")), strings(one.get("wrong"))
    if len({answer.casefold() for answer in (right, *wrong)}) != WRONG + 1 or not question or "why" not in one:
        return {}
    at = zlib.crc32(question.encode()) % (WRONG + 1)
    return {"question": question, "options": [*wrong[:at], right, *wrong[at:]], "answer": at + 1, "why": text(one.get("why"))}
