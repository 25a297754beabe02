"""Relations written with signs, in any language: arrows between names, and lists of what each thing leads to."""

import re
from collections.abc import Sequence

from flipchart.models import relations_clauses
from flipchart.models.relations_clauses import Relation, State
from flipchart.models.relations_words import Lexicon, Name, tokens

_LABELLED = r"-{1,2}\s*\[?\s*(?P<label>[^\W\d_][\w ]{0,30}?)\s*\]?\s*-{1,2}>"
_BARE = r"<-{1,2}>|<=>|[↔⇄⟷]|-{1,3}>|={1,2}>|[→⟶➔➜➡⇒]\ufe0f?|<-{1,2}|[←⟵⇐]"
_ARROW = re.compile(rf"\s*(?:{_LABELLED}|(?P<sign>{_BARE})(?:\s*\|(?P<pipe>[^|\n]{{1,30}})\|)?)\s*")
_COMMA = re.compile(r"\s*[,，、]\s*")
_NAME = re.compile(r"[^\W_](?:[\w .&/'’#@-]*[\w#])?\+{0,2}")
_WORDS = 6  # of a name between arrows: a step may be a short sentence
_ITEM = re.compile(r"\s*(?:[-*•–]|\d+[.)])\s+")


def arrowed(text: str) -> bool:
    """Whether arrows are drawn in `text`."""
    return _ARROW.search(text) is not None


def read(text: str, lexis: Lexicon | None) -> tuple[Relation, ...] | None:
    """The relations of a line of arrows; None where one of its names is none. `lexis`: of the language, where its words are known."""
    if len(parts := [part for part in re.split("[;；]", text) if part.strip()]) > 1:
        lines = [read(part, lexis) for part in parts]
        return None if None in lines else tuple(one for line in lines if line for one in line)
    pieces = [piece for piece in _COMMA.split(text.strip()) if piece]
    several = [piece for piece in pieces if arrowed(piece)]
    if len(several) > 1:
        if len(several) < len(pieces):
            return None
        chains = [_chain(piece, lexis, plain=True) for piece in pieces]
        return None if None in chains else tuple(one for chain in chains if chain for one in chain)
    return _chain(text.strip(), lexis, plain=len(pieces) > 1)


def _chain(text: str, lexis: Lexicon | None, *, plain: bool) -> tuple[Relation, ...] | None:
    signs = list(_ARROW.finditer(text))
    cells = [text[a:b] for a, b in zip([0, *(s.end() for s in signs)], [*(s.start() for s in signs), len(text)], strict=True)]
    words = ""
    if len(signs) == 1 and (colon := re.match(r"([^:：]+)[:：]\s*(\w[\w ]{0,40})$", cells[1])):
        cells[1], words = colon[1], colon[2]
    groups = [_names(cell, lexis, plain=plain) for cell in cells]
    if any(group is None for group in groups):
        return None
    out: list[Relation] = []
    for sign, before, after in zip(signs, groups, groups[1:], strict=False):
        label = sign["label"] or (sign["pipe"] or "").strip() or words
        mark = sign["sign"] or "->"
        both = mark[0] in "↔⇄⟷" or (mark[0] == "<" and mark[-1] == ">")
        back = not both and mark[0] in "<←⟵⇐"
        pairs = [(a, b) for a in before or () for b in after or ()]
        out += [Relation(b, a, label) if back else Relation(a, b, label, tail=both) for a, b in pairs]
    return tuple(out)


def _names(cell: str, lexis: Lexicon | None, *, plain: bool) -> tuple[Name, ...] | None:
    """The names in a cell, each a whole one; `plain`: none of them may be a sentence."""
    parts = [part for piece in _COMMA.split(cell.strip()) for part in _conjoined(piece, lexis)]
    names = [name(part, lexis, plain=plain) for part in parts]
    return tuple(one for one in names if one) if names and None not in names else None


def _conjoined(piece: str, lexis: Lexicon | None) -> Sequence[str]:
    """The two names that an "and" joins; more than single words are left together, for `name` to refuse."""
    words = piece.split()
    if lexis and words and lexis.has("and", words[0].casefold()):
        words = words[1:]
    if lexis and len(words) == 3 and lexis.has("and", words[1].casefold()):
        return words[0], words[2]
    return (" ".join(words),)


def name(words: str, lexis: Lexicon | None, *, plain: bool) -> Name | None:
    """What stands in one place, without its article; None where that is no name."""
    words = words.strip().strip('*`"“”„«»').rstrip(".").strip()
    if lexis:
        first, _, rest = words.partition(" ")
        if rest and (lexis.has("one", first.casefold()) or lexis.has("many", first.casefold())):
            words = rest
    if not _NAME.fullmatch(words) or len(words) > 48 or len(words.split()) > _WORDS or re.match(r"\d[\d.,]*\s", words):
        return None
    if lexis and len(row := tokens(words, lexis)) > 1:
        if plain and lexis.lang == "en" and row[0].low.endswith("s") and not lexis.has("heads", row[-1].low):
            return None  # "pings b"
        for n, token in enumerate(row):
            refused = lexis.has("stop", token.low) and not lexis.has("small", token.low) and not lexis.has("one", token.low)
            if refused or lexis.has("and", token.low) or (plain and n and token.low in lexis.ones and not lexis.has("heads", token.low)):
                return None
    return Name(words)


def listed(lines: Sequence[str], lexis: Lexicon | None) -> tuple[Relation, ...] | None:
    """The relations of lines such as "- a: b, c", where some thing stands on both sides or on two lines; else None."""
    out: list[Relation] = []
    lang = lexis.lang if lexis else ""
    for line in lines:
        head, colon, items = bare(line).partition(":" if ":" in line else "：")
        start, ends = name(head, lexis, plain=True), _names(items.strip().rstrip(".;"), lexis, plain=True) if items.strip() else None
        if not colon or start is None:
            return None
        told = relations_clauses.read(f"{head.strip()} {items.strip().rstrip('.;')}", lexis, State()) if lexis else None
        if told is None and ends is None:
            return None
        out += told.relations if told else [Relation(start, end) for end in ends or ()]
    starts = {one.start.key(lang) for one in out}
    reached = [key for key, _ in {(one.end.key(lang), one.start.key(lang)) for one in out}]
    return tuple(out) if starts & set(reached) or len(reached) > len(set(reached)) else None


def bare(line: str) -> str:
    """A line without what marks it as an item."""
    return _ITEM.sub("", line, count=1).strip() if _ITEM.match(line) else line.strip()
