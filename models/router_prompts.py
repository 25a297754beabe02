"""The prompts written for the router, in `assets/router/prompts`: read, varied as people type, set into conversations.

`train.*.txt` are trained on; `held`, `final`, `wild`, `blind`, `hard` and `street` are voices of their own, never trained on. A block is
`== form form5 …` (the digit: how many tenths of people accept that form; none: all of them; `same`: the form of the last answer),
then a prompt a line, with `[one|other]`, `{slot}`, ` << last answer`, ` ++ kind name: columns` and `\\n` for a new line. What
follows a block's forms, such as ` << last answer`, holds for each of its prompts.
"""

import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from flipchart import assets
from flipchart.models import router
from flipchart.models.router import FORMS, Attachment, Query

VOICES = ("held", "final", "wild", "blind", "hard", "street")  # never trained on
EACH = 14  # prompts made of one line with choices
TOLD = 3  # times a line written out counts
PLAIN = 1.3  # what a prompt counts that wants nothing but words: a needless picture is the worse mistake
PROMPTS = assets.path("router/prompts")


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt with what people accept."""

    query: Query
    accepted: tuple[float, ...]  # by form
    language: str
    block: str  # "train.en 12": rows of a block are written alike and never parted between folds
    weight: float = 1.0

    @property
    def voice(self) -> str:
        """The number of the training voice: "2" of "train.en.2"; "1" of "train.en"."""
        parts = self.block.split()[0].split(".")
        return parts[2] if len(parts) > 2 else "1"

    @property
    def forms(self) -> set[str]:
        """The forms that count as right."""
        return {form for form, share in zip(FORMS, self.accepted, strict=True) if share >= 0.5}


def rows(voice: str) -> list[Row]:
    """Every prompt of a voice, choices drawn; the same each time."""
    return [row for place in sorted(PROMPTS.glob(f"{voice}.*.txt")) for row in _read(place)]


def _read(place: Path) -> Iterator[Row]:
    language = place.name.split(".")[1]
    slots: dict[str, list[str]] = {}
    shares: list[str] = []
    block, after = 0, ""
    lines = place.read_text("utf-8").splitlines()
    for line in lines:
        if match := re.fullmatch(r"\{([^{}\s]+)\} = (.*)", line):
            slots[match[1]] = [part.strip() for part in match[2].split(" | ")]
    in_code = False
    for line in lines:
        if line.startswith("== "):
            head, after = re.fullmatch(r"(.*?)((?: (?:<<|\+\+) .*)?)", line[3:]).groups()  # type: ignore[union-attr]  # it always matches
            shares, block = head.split(), block + 1
        elif line.strip() and not re.fullmatch(r"\{[^{}\s]+\} = .*", line):
            in_code ^= line.count("```") % 2 == 1
            if in_code or line.startswith("```") or not shares:
                continue
            mixed = "[" in line or "{" in line
            made = _drawn(line + after, slots) if mixed else [line + after]
            for text in made:
                query = _query(text)
                accepted = _accepted([router.last_form(query.history) or "text"] if shares == ["same"] else shares)
                weight = 1.0 if mixed else float(TOLD)
                weight *= PLAIN if accepted[1:] == (0.0,) * (len(FORMS) - 1) else 1.0
                yield Row(query, accepted, language, f"{place.stem} {block}", weight)


def _accepted(names: Sequence[str]) -> tuple[float, ...]:
    shares = dict.fromkeys(FORMS, 0.0)
    for name in names:
        form, digit = (name[:-1], int(name[-1]) / 10) if name[-1].isdigit() else (name, 1.0)
        shares[form]  # an unknown form is a mistake in the file
        shares[form] = digit
    return tuple(shares.values())


def _drawn(line: str, slots: dict[str, list[str]]) -> list[str]:
    rng = random.Random(line)
    made: set[str] = set()
    for _ in range(EACH * 3):
        text = re.sub(r"\[([^\[\]]*\|[^\[\]]*)\]", lambda m: rng.choice(m[1].split("|")), line)
        text = re.sub(r"\{([^{}\s]+)\}", lambda m: rng.choice(slots[m[1]]) if m[1] in slots else m[0], text)
        text = re.sub(r"\{([^{}\s]+)\}", lambda m: rng.choice(slots[m[1]]) if m[1] in slots else m[0], text)
        made.add(re.sub(" {2,}", " ", text).strip())
        if len(made) == EACH:
            break
    return sorted(made)


def _query(text: str) -> Query:
    text, _, file = text.replace("\\n", "\n").partition(" ++ ")
    text, _, history = text.partition(" << ")
    files: tuple[Attachment, ...] = ()
    if file:
        kind, _, rest = file.partition(" ")
        name, _, columns = rest.partition(": ")
        split = tuple(column.strip() for column in columns.split(",") if column.strip())
        files = (Attachment(name, kind, split),)
    history = history.strip().replace("<", "[").replace(">", "]")  # [chart: …] is how we tell of a visual; [ is taken here
    return Query(text.strip(), history or None, files)


def frames() -> dict[str, list[str]]:
    """What people put before and after what they want, by language."""
    found: dict[str, list[str]] = {}
    for line in assets.text("router/prompts/frames.txt").splitlines():
        language, _, told = line.partition(": ")
        if not line.startswith("#"):
            found[language] = [frame.strip() for frame in told.split(" | ")]
    return found


def roughened(row: Row, around: dict[str, list[str]]) -> Row:
    """The prompt as another person would type it: framed, small letters, no accents, a slip of the finger."""
    text = row.query.text
    rng = random.Random(f"rough {text}")
    if rng.random() < 0.3 and len(text) > 8:
        text = rng.choice(around.get(row.language, ["_"])).replace("_", text)
    if rng.random() < 0.35:
        text = text.lower()
    elif rng.random() < 0.2:
        text = text[:1].upper() + text[1:]
    if rng.random() < 0.3:
        text = text.rstrip("?.!？。！ ")
    elif rng.random() < 0.1:
        text += rng.choice([".", "!", "...", "?"])
    if rng.random() < 0.08:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
        text = unicodedata.normalize("NFC", text)
    if rng.random() < 0.15 and len(text) > 12:
        at = rng.randrange(1, len(text) - 2)
        slip = rng.choice(["drop", "swap", "double"])
        pair = text[at : at + 2]
        text = text[:at] + {"drop": pair[1:], "swap": pair[::-1], "double": pair[0] + pair}[slip] + text[at + 2 :]
    return replace(row, query=replace(row.query, text=text))


def varied(clean: Sequence[Row]) -> list[Row]:
    """The prompts as they stand, then each as another person would type it, many of them within a conversation."""
    around = frames()
    alone = {language: [row for row in clean if row.language == language and not row.query.history] for language in around}
    told = [row for row in clean if row.weight >= TOLD]  # what is drawn from choices is varied enough as it is typed
    return [*told, *(resumed(roughened(row, around), alone) for row in clean)]


def resumed(row: Row, by_language: dict[str, list[Row]]) -> Row:
    """The prompt in the middle of a conversation: a follow-up told of as the planner tells it, a subject of its own after another."""
    rng = random.Random(f"resumed {row.query}")
    text, history = row.query.text, row.query.history
    if history:
        form = router.last_form(history)
        if "\n" in history or rng.random() < 0.5:
            return row
        title = history.strip("[]").partition(": ")[2] or history
        return replace(row, query=replace(row.query, history=_told(title, form or "text", title)))
    if row.query.files or rng.random() < 0.6 or not _stands_alone(text, row.language):
        return row
    others = by_language[row.language]
    turns = []
    for other in rng.sample(others, 1 if rng.random() < 0.8 else 2):
        form = FORMS[int(np.argmax(other.accepted))]
        question = other.query.text[:100]
        turns.append(_told(question, form, question[:50]) if rng.random() < 0.7 else f"{form.capitalize()}: {question[:50]}")
    # A table given with an earlier question stays with the conversation, whatever is asked next.
    files = (Attachment("data.csv", "table", ("date", "name", "value")),) if "chart" not in row.forms and rng.random() < 0.2 else ()
    return replace(row, query=replace(row.query, history="\n".join(turns), files=files))


def _told(question: str, form: str, title: str) -> str:
    return f"Person: {question}\nYou: " + (f"{title} …" if form == "text" else f"[{form}: {title}]")


LEANS = {"this", "edit", "restyle", "colour", "into", "thanks"}  # concepts by which a message leans on what came before


def _stands_alone(text: str, language: str) -> bool:
    names = router.lexicon().names
    plain = router.plain(text)
    size = len(router.LETTERS.findall(plain)) + 2 * len(router.DENSE.findall(plain))
    return size >= 18 and not LEANS & {names[number] for _, number, _ in router.concepts(plain, language)}
