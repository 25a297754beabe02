"""What is wrong with a visual's content as far as that can be told without a model, as data; what can be put right by rule is `mend`'s."""

import re
from collections.abc import Iterable, Iterator

from flipchart.models.alike import covered, likeness, subject
from flipchart.models.language import SCRIPTS, detect
from flipchart.models.mend import QUOTATION, SILENT, Brief
from flipchart.models.wishes import sentences_in
from flipchart.renderers.check import Finding
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Part, Spec, walk
from flipchart.renderers.words import LATIN, listed

ENOUGH = 24  # letters from which on a language can be told
LONG = 90  # characters past which a title is a paragraph


def critique(spec: Spec, brief: Brief) -> list[Finding]:
    """The faults of the content, the gravest first; an empty list where there is nothing to say against it."""
    return [
        *_language(spec, brief),
        *_counts(spec, brief),
        *_hollow(spec, brief),
        *_unfinished(spec),
        *_title(spec, brief),
        *_claimed(spec, brief),
    ]


def language_fault(words: str, lang: str) -> str:
    """The language `words` are written in, where that is not `lang`; else "". Only what is certain counts: scripts, and long Latin text."""
    letters = [sign for sign in words if sign.isalpha()]
    wanted = lang.split("-")[0]
    if len(letters) < ENOUGH:
        return ""
    latin = sum(sign.isascii() or sign < "\u0250" for sign in letters) / len(letters)
    if wanted not in LATIN and wanted in _SCRIPTED:
        return detect(words) if latin > 0.5 else ""
    found = detect(words)
    if found == wanted:
        return ""
    if latin < 0.5:
        return found
    # Of two Latin languages the detector is sure where many words speak, and English is what models fall back to.
    return found if len(words.split()) >= 12 and (found == "en" or len(words.split()) >= 40) else ""


_SCRIPTED = {lang for _, _, lang in SCRIPTS} | {"zh", "ja", "hi", "ar", "ru", "uk", "fa", "ur", "mr", "bg"}


def _language(spec: Spec, brief: Brief) -> Iterator[Finding]:
    found = language_fault(" ".join(words for _, words in told(spec)), brief.lang)
    if found:
        yield Finding("language", spec.id, f"the words are in `{found}`", f"write every word in `{brief.lang}`")


def told(spec: Spec) -> Iterator[tuple[str, str]]:
    """Each run of words a reader sees, with its place ("item2.label")."""
    for part in walk(spec):
        named = "label" in type(part).model_fields
        for name, field in type(part).model_fields.items():
            extra = field.json_schema_extra
            ours = isinstance(extra, dict) and extra.get("ours")
            if ours or (name in SILENT and not (name == "name" and not named)) or name in {"subjects", "markdown"}:
                continue
            value = getattr(part, name)
            if isinstance(value, str) and value:
                yield f"{part.id}.{name}", value
            elif isinstance(value, tuple) and value and isinstance(value[0], str):
                yield from ((f"{part.id}.{name}.{i}", one) for i, one in enumerate(value))


def main_list(spec: Spec) -> tuple[Part, ...]:
    """The list the form is about: its items, slides, boxes, questions."""
    for name in type(spec).model_fields:
        value = getattr(spec, name)
        if isinstance(value, tuple) and value and isinstance(value[0], Part):
            return value
    return ()


def _counts(spec: Spec, brief: Brief) -> Iterator[Finding]:
    if form(spec.kind).headline is not None:
        return
    many, wanted, most = len(main_list(spec)) + type(spec).UNCOUNTED, brief.wishes.count, brief.wishes.most
    if wanted and many != wanted and many:
        yield Finding("count", spec.id, f"it has {many} where {wanted} were asked for", f"write exactly {wanted - type(spec).UNCOUNTED}")
    elif most and many > most:
        yield Finding("count", spec.id, f"it has {many} where at most {most} were asked for", f"leave out {many - most}")


def _hollow(spec: Spec, brief: Brief) -> Iterator[Finding]:
    """Parts that say nothing: no words where some are needed, or a topic's name where a statement should stand."""
    generic = listed("compose.generic", brief.lang)
    grouped = any(getattr(part, "children", ()) for part in main_list(spec))
    for part in main_list(spec):
        held = [getattr(part, name) for name in ("items", "sides", "rows") if hasattr(part, name)]
        listing = getattr(part, "type", "") in {"points", "steps", "compare", "numbers", "table"}
        bare = not any(getattr(part, name, None) for name in ("visual", "text", "blob", "labels"))
        explained = any(getattr(item, "detail", "") for item in getattr(part, "items", ()))
        if listing and bare and not explained and max(map(len, held), default=0) < 2:
            yield Finding("hollow", part.id, "it holds fewer than two things", "say at least two things there that are said nowhere else")
        if grouped and hasattr(part, "children") and not any(getattr(part, name, None) for name in ("children", "text", "value", "when")):
            yield Finding(
                "hollow", part.id, "it holds nothing that is not said before", "say at least two things there that are said nowhere else"
            )
        heading = str(getattr(part, "heading", "") or "")
        if "heading" in type(part).model_fields and heading.casefold().strip(" .:!?") in generic:
            yield Finding("hollow", f"{part.id}.heading", f"{heading!r} says nothing", "say what this one shows", "warning")


def unfinished(spec: Spec, findings: Iterable[Finding]) -> bool:
    """True where `findings` say that `spec` as a whole is no answer yet: words serve better."""
    return any(one.code == "hollow" and one.where == spec.id for one in findings)


def _unfinished(spec: Spec) -> Iterator[Finding]:
    """Sides that are compared in one thing alone, and parts of one name where nothing tells them apart."""
    parts = main_list(spec)
    rows = [len(getattr(part, "children", ())) for part in parts]
    if getattr(spec, "family", "") == "compare" and max(rows, default=0) == 1:
        yield Finding("hollow", spec.id, "the sides are compared in one thing only", "compare at least three things in which they differ")
    named = ["" if _apart(part) else str(getattr(part, "label", "")).casefold().strip(" .:!?") for part in parts]
    again = [part for at, part in enumerate(parts) if named[at] and named[at] in named[:at]]
    if 2 * len(again) >= len(parts) > 1:
        yield Finding(
            "hollow",
            spec.id,
            f"its parts are called alike, {getattr(again[0], 'label', '')!r}",
            "say something of its own in each, under its own name",
        )
    else:
        yield from (
            Finding("hollow", part.id, "it is called as one before it", "say something else there, under a name of its own")
            for part in again
        )


def _apart(part: Part) -> bool:
    """Whether a part needs no name of its own: a figure, a date or a side tells it from others, or it is no thing that is told of."""
    told = {"label", "text", "children"} <= set(type(part).model_fields)
    return not told or any(getattr(part, name, None) not in (None, "") for name in ("value", "when", "side"))


def _title(spec: Spec, brief: Brief) -> Iterator[Finding]:
    if not main_list(spec):
        return
    if not spec.title:
        yield Finding("title", f"{spec.id}.title", "there is no title", "say in one line what it shows", "warning")
    elif len(spec.title) > LONG:
        yield Finding("title", f"{spec.id}.title", f"it has {len(spec.title)} characters", "make it at most ten words", "warning")


_SAID = re.compile(r"[“„«「\"]([^”“»」\"]{12,})[”“»」\"]")


def _claimed(spec: Spec, brief: Brief) -> Iterator[Finding]:
    """Quotations that nobody is known to have said."""
    for place, words in told(spec):
        for found in _SAID.finditer(words):
            if len(found[1].split()) >= QUOTATION and not brief.stands(found[1]):
                yield Finding("quoted", place, f"nobody is known to have said {found[1][:40]!r}", "say it in your own words")


def coverage(spec: Spec, brief: Brief) -> float:
    """0 to 1: how much of what the question is about the visual speaks of."""
    return covered(brief.question, " ".join(words for _, words in told(spec)), brief.lang) if subject(brief.question, brief.lang) else 1.0


def sameness(spec: Spec, lang: str) -> float:
    """0 to 1: how much the two likest entries of the main list say the same."""
    words = [" ".join(text for _, text in _of(part)) for part in main_list(spec)]
    return max((likeness(a, b, lang) for i, a in enumerate(words) for b in words[:i]), default=0.0)


def _of(part: Part) -> Iterator[tuple[str, str]]:
    for inner in walk(part):
        for name in type(inner).model_fields:
            value = getattr(inner, name)
            if isinstance(value, str) and value and name not in SILENT:
                yield f"{inner.id}.{name}", value


def text_findings(words: str, brief: Brief) -> list[Finding]:
    """The faults of an answer in words: its language, its length, addresses nobody gave."""
    out = []
    plain = re.sub(r"```.*?(?:```|\Z)", "", words, flags=re.S)
    found = language_fault(plain, brief.lang)
    if found and not re.search(r"translat|übersetz|tradu|翻译|訳|अनुवाद|ترجم", brief.question, re.I):
        out.append(Finding("language", "text", f"the words are in `{found}`", f"write every word in `{brief.lang}`"))
    asked = brief.wishes.sentences
    if asked and sentences_in(plain) > asked:
        out.append(
            Finding("count", "text", f"it has {sentences_in(plain)} sentences where {asked} were asked for", "shorten it", "warning")
        )
    out += [
        Finding("quoted", "text", f"the address {address[:60]!r} was not read", "leave it out", "warning")
        for address in re.findall(r"https?://[^\s)>\]]+", plain)
        if not brief.stands(address)
    ]
    return out
