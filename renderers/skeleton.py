"""What a question settles of a visual before a word of it is written, for models too small to choose a structure and fill it too."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flipchart.renderers.words import LATIN, listed

Schema = dict[str, Any]

DENSE = {"zh", "ja", "th", "lo", "km", "my"}  # written without blanks: what is short is told by its signs
_BEGIN = r'[^ "\\\n\t0-9.,;:!?>#*()\[\]{}<=+/_-]'  # a word begins with a letter: no bullet, no number of a list
# A model that may not write what it is about to write loses its thread, or goes on without blanks where it may have no more words: so
# there is room for twice what is asked for, and behind a comma there is a blank.
_WORD = r'(?:[^ ,;"\\\n\t]|,[0-9])+[,;]?'
_LATIN_WORD = r"(?:[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e\u00a1-\u024f\u1e00-\u1eff\u2010-\u2027\u20a0-\u20bf]|,[0-9])+[,;]?"
_SENTENCE = rf'^{_BEGIN}[^"\\\n\t.!?;]+[.!?。！？।؟]?$'


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as a form sees it: its words, its language, the concepts it mentions, how many points were wished for, and whether figures
    came with it."""

    question: str
    lang: str = "en"
    concepts: tuple[str, ...] = ()
    count: int | None = None
    given: bool = False

    def says(self, key: str) -> bool:
        """Whether one of the sayings listed under `key` stands in the question."""
        said = " ".join(self.question.casefold().replace("-", " ").split())  # sayings are listed without hyphens
        return any(stands(phrase, said) for phrase in listed(key, self.lang))


@dataclass(frozen=True, slots=True)
class Skeleton:
    """How the rest of a visual is written, and how that is read."""

    schema: Schema
    read: Callable[[Mapping[str, Any]], dict[str, Any]]
    """What has been written so far -> fields of the spec; whatever may be missing in it."""
    spare: str = ""
    """The list of the spec that is written with one more than was wished for, since one may turn out to say what another says."""
    worded: bool = True
    """False where it has but names and figures: nothing that is better thought in English first."""

    def fields(self, so_far: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of the spec from what has been written so far, without the ends of phrases that ran into their limit."""
        return self.read(clipped(so_far, self.schema))


ROOM = 6  # words more than are asked for that a phrase may have
_LIMIT = re.compile(r"\{0,(\d+)\}\$$")


def clipped(value: Any, schema: Schema) -> Any:
    """`value` with each phrase that is as long as its schema lets it be cut to its first clause, else to the words it was asked for."""
    if isinstance(value, Mapping):
        known = schema.get("properties", {})
        return {name: clipped(inner, known.get(name, {})) for name, inner in value.items()}
    if isinstance(value, list):
        return [clipped(inner, schema.get("items", {})) for inner in value]
    limit = _LIMIT.search(schema.get("pattern", ""))
    if not isinstance(value, str) or limit is None or len(value.split()) <= int(limit[1]):
        return value
    asked = value.split()[: int(limit[1]) + 1 - ROOM]
    first = re.split(r"[,;:–—(]\s*", value, maxsplit=1)[0]
    return _HANGING.sub("", (first if 1 < len(first.split()) <= len(asked) else " ".join(asked)).rstrip(" ,;:"))


_HANGING = re.compile(
    r"(?:\s+(?:the|an?|of|and|or|with|to|in|on|for|by|from|at|as|that|which|is|are|can|will|may|el|la|los|las|un|una|de|del|y|o|con|en|para|"
    r"por|que|os?|as|do|da|dos|das|e|com|em|le|les|des|du|et|ou|avec|pour|der|die|das|den|dem|ein|eine|und|oder|mit|zu|von|für))+$", re.I,
)  # fmt: skip


def varied(lines: list[str]) -> list[str]:
    """Lines without the words that most of them begin with: "The process can …", "The process can …"."""
    heads = Counter(" ".join(line.split()[:n]) for line in lines for n in range(3, len(line.split())))
    most = max((head for head, count in heads.items() if count >= max(3, 0.6 * len(lines))), key=len, default="")
    return [begun(line.removeprefix(most).strip()) if most and line.startswith(f"{most} ") else line for line in lines]


def begun(words: str) -> str:
    """`words` with a capital first, but for a name such as iPhone."""
    return words if words[1:2].isupper() else words[:1].upper() + words[1:]


def stands(phrase: str, said: str) -> bool:
    """True where `phrase` stands in `said` as words; in scripts without spaces, anywhere."""
    spaced = all(letter < "\u0900" for letter in phrase) and not any("\u0600" <= letter < "\u0700" for letter in phrase)
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", said) is not None if spaced else phrase in said


def phrase(lang: str, most: int, about: str = "") -> Schema:
    """A string of at most `most` words that begins with a letter and ends before a sentence does."""
    told = {"description": about} if about else {}
    word = _LATIN_WORD if lang.split("-")[0] in LATIN else _WORD
    if lang.split("-")[0] in DENSE:
        return {"type": "string", "minLength": 1, "maxLength": 3 * most + ROOM} | told
    return {"type": "string", "pattern": rf"^{_BEGIN}({word})?( {word}){{0,{most + ROOM - 1}}}$"} | told


def sentence(about: str = "One short sentence that adds a fact.") -> Schema:
    """A string of one sentence."""
    return {"type": "string", "pattern": _SENTENCE, "description": about}


def holder(**fields: Schema) -> Schema:
    """An object of fields that all have to be there."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def many(least: int, most: int, of: Schema, about: str = "") -> Schema:
    """A list of so many."""
    return {"type": "array", "items": of, "minItems": least, "maxItems": most} | ({"description": about} if about else {})


def counted(count: int | None, least: int, most: int, of: Schema, about: str = "", spare: int = 0) -> Schema:
    """A list of as many as were wished for and some to spare, else of so many."""
    return many(count + spare, count + spare, of, about) if count else many(least, most, of, about)


def written(lang: str, **fields: Schema) -> Schema:
    """The whole: a title, then `fields`."""
    return holder(title=phrase(lang, 6, "A heading of 3 to 6 words, not a sentence."), **fields)


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list of which anything may have come so far."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def strings(value: Any) -> list[str]:
    """The words of a list of which anything may have come so far."""
    return [words for one in value if (words := text(one))] if isinstance(value, list) else []


def text(value: Any) -> str:
    """Words that may not have come yet, without a comma or marks of emphasis they begin or end with."""
    return value.strip(" ,;:*，、；：،؛") if isinstance(value, str) else ""
