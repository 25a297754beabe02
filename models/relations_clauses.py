"""Clauses that say who does what to whom, read into relations: all of a text, in the only way it can be read, or not at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from flipchart.models.relations_words import Frame, Lexicon, Name, Phrase, Token, Verb, ends, tokens

MOST_READINGS = 400  # ways through one sentence that are followed; one that has more is not sure
MOST_WORDS = 90  # words and signs of a sentence that is looked at
_LONGEST = 4  # words of a name
_NUMBERED = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Relation:
    """One arrow: from where, to where, what it says; `rank` as a verb's."""

    start: Name
    end: Name
    label: str = ""
    rank: str = ""
    head: bool = True
    tail: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What was read so far, and what the next words may go on from."""

    relations: tuple[Relation, ...] = ()
    subject: tuple[Name, ...] = ()
    who: str = "one"
    """Whether the subject is "one", "many", or by its words "either"."""
    ends: tuple[Name, ...] = ()
    """What the last clause led to."""
    number: str = "one"
    """The same of the last of `ends`."""
    thing: Name | None = None
    """What was sent, handed or stored last."""
    things: tuple[Name, ...] = ()
    related: int = 0
    """1: the last clause is a relative one, 2: further verbs of it followed."""
    moving: str | None = None
    """What goes on from the last of `ends` ("" where nothing is named), or None where nothing moves."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Names side by side; `number` as in State."""

    names: tuple[Name, ...]
    number: str


def read(text: str, lexis: Lexicon, state: State) -> State | None:
    """`state` with what one sentence says; None where not all of it is read, or it can be read in two ways."""
    row = tokens(text, lexis)
    if not row or len(row) > MOST_WORDS:
        return None
    reader = _Reader(row, text, lexis)
    found: dict[tuple[object, ...], State] = {}
    for count, one in enumerate(islice(reader.sentence(state), MOST_READINGS + 1), 1):
        keyed = [(r.start.key(lexis.lang), r.end.key(lexis.lang), r.label, r.rank) for r in one.relations]
        found.setdefault(tuple(sorted(keyed)), one)
        if len(found) > 1 or count > MOST_READINGS:
            return None
    return next(iter(found.values()), None)


class _Reader:
    """All readings of one sentence. Each method yields where what it reads may end, with what was read."""

    def __init__(self, row: tuple[Token, ...], text: str, lexis: Lexicon) -> None:
        self.row, self.text, self.lexis, self.size = row, text, lexis, len(row)

    def low(self, i: int) -> str:
        return self.row[i].low if i < self.size else ""

    def skip(self, use: str, i: int) -> list[int]:
        """Where one may go on from `i` where words of a use may stand or not."""
        return [*self.lexis.at(use, self.row, i), i]

    # ---- names ----

    def name(self, i: int, *, later: bool = False) -> Iterator[tuple[int, Name, str]]:
        """A name with or without its article; `later`: one that goes on a list."""
        for j, number in self._articles(i):
            led = j > i
            most = min(1 if not led and self._led(self.low(j)) else _LONGEST if led else 3, self.size - j)
            for k in range(j + 1, j + most + 1):
                if not self._content(k - 1, inner=k - 1 > j):
                    break
                if self._sound(j, k, led, later):
                    words = self.text[self.row[j].start : self.row[k - 1].end]
                    article = self.text[self.row[i].start : self.row[j].start].strip() if led else ""
                    yield k, Name(words, j == 0 and words[:1].isupper(), article), number or self._number(k - 1)

    def _articles(self, i: int) -> Iterator[tuple[int, str]]:
        """Where the noun may begin, and the number its article tells ("" where none does)."""
        for j in self.lexis.at("between", self.row, i):
            yield from self._articles(j)
        one, many = set(self.lexis.at("one", self.row, i)), set(self.lexis.at("many", self.row, i))
        for j in one | many:
            yield j, "" if j in one and j in many else "one" if j in one else "many"
        token = self.row[i] if i < self.size else None
        if token and (not (one | many) or (len(token.low) == 1 and self.text[token.start].isupper())):
            yield i, "one" if one and len(token.low) == 1 else ""

    def _content(self, i: int, *, inner: bool) -> bool:
        """Whether the word may be part of a name."""
        token = self.row[i]
        if not token.word:
            return False
        lexis = self.lexis
        if inner and lexis.has("of", token.low):
            return True
        if (
            len(token.low) == 1
            and self.text[token.start].isupper()
            and not inner
            and (self._led(token.low) or not lexis.has("stop", token.low))
        ):
            return True
        if lexis.has("stop", token.low) or lexis.has("times", token.low) or lexis.has("and", token.low) or (inner and self._led(token.low)):
            return False
        return not (lexis.lang == "en" and token.low.endswith("ly") and not lexis.has("adverbs", token.low))

    def _led(self, low: str) -> bool:
        return self.lexis.has("one", low) or self.lexis.has("many", low)

    def _sound(self, j: int, k: int, led: bool, later: bool) -> bool:
        """Whether the words from `j` to `k` can be a name and hide no verb."""
        lows = [token.low for token in self.row[j:k]]
        lexis = self.lexis
        inner = [n for n, low in enumerate(lows) if lexis.has("of", low) and n]
        if inner and (inner[-1] == len(lows) - 1 or len(inner) > 1 or not lows[inner[0] + 1][0].isalpha()):
            return False
        if lows[0][0].isdigit() or any(_NUMBERED.match(low) and n < len(lows) - 1 for n, low in enumerate(lows)):
            return False
        plain = len(lows) - 2 * len(inner)
        if plain == 1:
            return True
        capital = all(self.text[token.start].isupper() or token.low[0].isdigit() for token in self.row[j:k])
        if lexis.lang != "en" and any(low in lexis.ones for low in lows[1:]):
            return False
        if lexis.lang != "en":
            return capital or _NUMBERED.match(lows[-1]) is not None or (led and plain == 2 and lows[0] not in lexis.ones)
        if not led and lows[0] in lexis.ones:
            return False
        if any(low.endswith(("s", "ed")) and not low.endswith("ss") for low in lows[1:-1]):
            return False
        ended = lexis.has("heads", lows[-1]) or _NUMBERED.match(lows[-1]) is not None
        if later and not led:
            return ended or (capital and not lows[0].endswith("s"))
        return ended or not lows[0].endswith("s") or lows[0].endswith("ss")

    def _number(self, i: int) -> str:
        low = self.row[i].low
        plural = low.endswith("s") and not low.endswith("ss") and len(low) > 2
        return "either" if plural or self.lexis.lang == "de" or self.lexis.has("either", low) else "one"

    def names(self, i: int) -> Iterator[tuple[int, _Group]]:
        """One name, or several: "a", "a and b", "a, b and c", "a, b, c"."""
        for j, name, number in self.name(i):
            yield from self._more(j, (name,), number)

    def _more(self, i: int, names: tuple[Name, ...], number: str) -> Iterator[tuple[int, _Group]]:
        yield i, _Group(names, "many" if len(names) > 1 else number)
        if len(names) > 12:
            return
        for j in self._joined(i):
            for k, name, _ in self.name(j, later=True):
                if not self._idle(names, name, k == self.size):
                    yield from self._more(k, (*names, name), "many")

    def _idle(self, names: tuple[Name, ...], name: Name, last: bool) -> bool:
        """Whether the second of two may be a verb that nothing follows: "reads the queue and retries"."""
        alone = len(names) == 1 and last and not name.article and " " not in name.words
        return self.lexis.lang == "en" and alone and bool(names[0].article) and name.words.islower() and name.words.endswith("s")

    def _joined(self, i: int) -> list[int]:
        """Where an "and" or a comma that stands at `i` ends."""
        comma = i + 1 if self.low(i) == "," else i
        return list(dict.fromkeys([*self.lexis.at("and", self.row, comma), *([comma] if comma > i else [])]))

    def _under(self, i: int, lead: str) -> Iterator[tuple[int, _Group]]:
        """Names that a word leads, which may be said again: "to a and to b"."""
        for j, group in self.names(i):
            yield j, group
            for k in self._joined(j):
                if lead and self.low(k) == lead:
                    for end, more in self._under(k + 1, lead):
                        yield end, _Group(group.names + more.names, "many")

    # ---- verbs and what follows them ----

    def verb(self, i: int, number: str) -> Iterator[tuple[int, Verb, bool]]:
        for j in ends(self.lexis.finite, self.row, i):
            for verb, many in self.lexis.finite[self._form(i, j)]:
                if number == "either" or many == (number == "many"):
                    yield j, verb, many

    def _form(self, i: int, j: int) -> Phrase:
        return tuple(token.low for token in self.row[i:j])

    def said(self, i: int, subject: _Group, state: State) -> Iterator[tuple[int, State]]:
        """What the subject does: "reads b", "reads and writes b", "sends c to b"."""
        for begin in self.skip("also", i):
            for at in self._clitics(begin, state):
                for j, verb, many in self.verb(at[0], subject.number):
                    yield from self._followed(j, [(verb, many, "")], subject, state, at[1])

    def _clitics(self, i: int, state: State) -> list[tuple[int, bool]]:
        """Where the verb may begin, and whether "it" stands before it, as in "les transmet"."""
        before = [(j, True) for j in self.lexis.at("before", self.row, i)] if state.thing else []
        return [*before, (i, False)]

    def _followed(
        self, i: int, heads: list[tuple[Verb, bool, str]], subject: _Group, state: State, held: bool
    ) -> Iterator[tuple[int, State]]:
        """What follows a verb: the things it is done to, or another verb that shares them."""
        verb, many, _ = heads[-1]
        for frame in verb.frames:
            if frame.thing and frame.lead:
                if len(heads) == 1:
                    yield from self._given(i, heads, frame, subject, state, held)
            elif not held and (frame.thing or self.low(i) == frame.lead):
                for j, group in self._under(i if frame.thing else i + 1, frame.lead):
                    yield from self._told(j, heads, frame, group, subject, state, None)
        if len(heads) < 3 and not held and not verb.tail:
            for at, lead in self._own(i, verb):
                for j in self.lexis.at("and", self.row, at):
                    for k, other, _ in self.verb(j, "many" if many else "one"):
                        if not other.tail:
                            yield from self._followed(k, [*heads[:-1], (verb, many, lead), (other, many, "")], subject, state, held)

    def _own(self, i: int, verb: Verb) -> list[tuple[int, str]]:
        """A verb's own lead before "and": "reads from and writes to"."""
        led = [(i + 1, frame.lead) for frame in verb.frames if not frame.thing and frame.lead and self.low(i) == frame.lead]
        return [*led, (i, "")]

    def _given(
        self, i: int, heads: list[tuple[Verb, bool, str]], frame: Frame, subject: _Group, state: State, held: bool
    ) -> Iterator[tuple[int, State]]:
        """ "sends c to b", "sends it to b": what is sent is said on the arrow."""
        given = [(i, _Group((state.thing,), "one"))] if held and state.thing else list(self.names(i))
        if state.thing and not held:
            given += [(j, _Group((state.thing,), "one")) for j in self.lexis.at("them", self.row, i)]
        for j, things in given:
            if len(things.names) > 2 or self.low(j) != frame.lead:
                continue
            for k, group in self._under(j + 1, frame.lead):
                yield from self._told(k, heads, frame, group, subject, state, things)

    def _told(
        self,
        i: int,
        heads: list[tuple[Verb, bool, str]],
        frame: Frame,
        group: _Group,
        subject: _Group,
        state: State,
        things: _Group | None,
    ) -> Iterator[tuple[int, State]]:
        """The relations of a clause that ends here, its verb's tail read too."""
        verb = heads[-1][0]
        if verb.tail:
            if self.low(i) != verb.tail:
                return
            i += 1
        if any(not self._shares(one, lead, frame) for one, _, lead in heads[:-1]):
            return
        label = self._label(heads, frame, things)
        yield i, self._with(state, subject, group, verb, label, things)

    def _shares(self, verb: Verb, lead: str, frame: Frame) -> bool:
        """Whether a verb before "and" can be done to what follows the last one."""
        return (
            any(not one.thing and one.lead == lead for one in verb.frames)
            if lead
            else Frame(True, "") in verb.frames or frame in verb.frames
        )

    def _label(self, heads: list[tuple[Verb, bool, str]], frame: Frame, things: _Group | None) -> str:
        if heads[-1][0].rank == "~":
            return ""
        said = [" ".join(filter(None, (verb.form(many), lead))) for verb, many, lead in heads]
        conjunction = {"en": "and", "es": "y", "de": "und", "fr": "et", "pt": "e"}[self.lexis.lang]
        thing = f" {conjunction} ".join(f"{name.article} {name.words}".strip() for name in things.names) if things else ""
        return " ".join(filter(None, (f" {conjunction} ".join(said), thing, heads[-1][0].tail, frame.lead)))

    def _with(self, state: State, subject: _Group, group: _Group, verb: Verb, label: str, things: _Group | None) -> State:
        made = tuple(Relation(a, b, label, verb.rank if verb.rank != "~" else "") for a in subject.names for b in group.names)
        sent = things.names if things else ()
        thing = sent[0] if len(sent) == 1 else None
        return replace(
            state, relations=state.relations + made, subject=subject.names, who=subject.number, ends=group.names,
            number=group.number, thing=thing, things=state.things + sent, moving="" if verb.rank == "~" else None,
        )  # fmt: skip

    # ---- clauses ----

    def clause(self, i: int, state: State) -> Iterator[tuple[int, State]]:
        """One clause with a subject of its own."""
        for begin in self.skip("also", i):
            for j, subject in self.names(begin):
                yield from self._predicate(j, subject, replace(state, related=0))
                for k in self._relative(j):
                    for at, inner in self.said(k, subject, state):
                        for end in [at + 1] if self.low(at) == "," and self.low(j) == "," else [] if self.low(j) == "," else [at]:
                            yield from self._predicate(end, subject, replace(inner, related=0))
            for use, number in (("it", "one"), ("they", "many")):
                for j in self.lexis.at(use, self.row, begin):
                    if state.subject and not state.related and state.who in {number, "either"}:
                        yield from self._predicate(j, _Group(state.subject, number), replace(state, related=0))
            # Two ways at least: "from Monday to Friday" is a time.
            yield from ((j, new) for j, new in self._way(begin, "", state) if len(new.relations) > len(state.relations) + 1)

    def _predicate(self, i: int, subject: _Group, state: State) -> Iterator[tuple[int, State]]:
        yield from self.said(i, subject, state)
        yield from self._passive(i, subject, state)
        if len(subject.names) == 1:
            for j in ends(self.lexis.finite, self.row, i):
                if any(verb.rank == "~" for verb, _ in self.lexis.finite[self._form(i, j)]):
                    yield from self._way(j, self._small(subject.names[0]), state)

    def _small(self, name: Name) -> str:
        """A name as it stands amid words."""
        common = name.begins and self.lexis.lang != "de" and name.words[1:].islower()
        return name.words.lower() if common else name.words

    def _way(self, i: int, moved: str, state: State) -> Iterator[tuple[int, State]]:
        """ "from a to b to c"; `moved`: what goes that way."""
        for j in self.lexis.at("from", self.row, i):
            for k, start, _ in self.name(j):
                things = (*state.things, Name(moved)) if moved else state.things
                yield from self._on(k, start, moved, replace(state, related=0, things=things))

    def _on(self, i: int, start: Name, moved: str, state: State) -> Iterator[tuple[int, State]]:
        joined = [i, *self._joined(i)] if state.ends and state.ends[-1] == start else [i]
        for begin in joined:
            for at in self.skip("then", begin):
                for j in self.lexis.at("to", self.row, at):
                    for k, end, number in self.name(j):
                        made = Relation(start, end, moved)
                        new = replace(
                            state, relations=(*state.relations, made), subject=(start,), who="one", ends=(end,), number=number, thing=None,
                            moving=moved,
                        )  # fmt: skip
                        yield k, new
                        yield from self._on(k, end, moved, new)

    def _passive(self, i: int, subject: _Group, state: State) -> Iterator[tuple[int, State]]:
        """ "b is called by a", "c is stored in b"."""
        uses = {"one": ("is",), "many": ("are",), "either": ("is", "are")}[subject.number]
        for j in (j for use in uses for j in self.lexis.at(use, self.row, i)):
            if self.lexis.lang == "de":
                yield from self._passive_last(j, subject, state)
                continue
            for k in ends(self.lexis.done, self.row, j):
                for verb in self.lexis.done[self._form(j, k)]:
                    for at in self.lexis.at("by", self.row, k) if verb.done_to else ():
                        for end, group in self.names(at):
                            yield end, self._by(group, subject, verb, state)
                    for frame in verb.frames:
                        if frame.lead and self.low(k) == frame.lead:
                            for end, group in self.names(k + 1):
                                label = f"{self.text[self.row[j].start : self.row[k - 1].end].lower()} {frame.lead}"
                                yield end, self._with(state, subject, group, verb, label, None)

    def _passive_last(self, i: int, subject: _Group, state: State) -> Iterator[tuple[int, State]]:
        """The same where the verb comes last: "b wird von a aufgerufen"."""
        for use, lead in (("by", ""), *(("", lead) for lead in ("in", "an", "aus"))):
            begins = self.lexis.at(use, self.row, i) if use else [i + 1] if self.low(i) == lead else []
            for at in begins:
                for j, group in self.names(at):
                    for k in ends(self.lexis.done, self.row, j):
                        for verb in self.lexis.done[self._form(j, k)]:
                            if use and verb.done_to:
                                yield k, self._by(group, subject, verb, state)
                            elif not use and any(frame.lead == lead for frame in verb.frames):
                                yield k, self._with(state, subject, group, verb, f"{verb.done} {lead}", None)

    def _by(self, doers: _Group, done: _Group, verb: Verb, state: State) -> State:
        label = " ".join(filter(None, (verb.form(len(doers.names) > 1 or doers.number == "many"), verb.tail)))
        new = self._with(state, doers, done, verb, label, None)
        return replace(new, subject=done.names, who=done.number, ends=doers.names, number=doers.number)

    def _relative(self, i: int) -> list[int]:
        """Where a "which" ends that stands at `i`, after a comma or not."""
        return self.lexis.at("relative", self.row, i + 1 if self.low(i) == "," else i)

    def _related(self, i: int, state: State) -> Iterator[tuple[int, State]]:
        """ "…, which reads c": of the last name, or of all of a list where the verb is of many."""
        if not state.ends or state.moving is not None:
            return
        last = _Group(state.ends[-1:], "one" if len(state.ends) > 1 else state.number)
        groups = [last] if len(state.ends) == 1 else [last, _Group(state.ends, "many")]
        for j in self._relative(i):
            for group in groups:
                for k, new in self.said(j, group, state):
                    yield k, replace(new, related=1)
                yield from self._verb_last(j, group, state)

    def _verb_last(self, i: int, subject: _Group, state: State) -> Iterator[tuple[int, State]]:
        """A relative clause whose verb comes last: "der sie an c weiterleitet"."""
        if self.lexis.lang != "de":
            return
        given: list[tuple[int, _Group | None]] = [(i, None)]
        if state.thing:
            given += [(j, _Group((state.thing,), "one")) for j in self.lexis.at("them", self.row, i)]
        given += [(j, group) for j, group in self.names(i) if len(group.names) == 1]
        for j, things in given:
            for lead in (self.low(j), ""):
                for k, group in self.names(j + 1 if lead else j):
                    for at in ends(self.lexis.final, self.row, k):
                        for verb, many in self.lexis.final[self._form(k, at)]:
                            agrees = subject.number == "either" or many == (subject.number == "many")
                            frame = Frame(things is not None or not lead, lead)
                            if agrees and frame in verb.frames:
                                label = self._label([(verb, many, "")], frame, things)
                                yield at, replace(self._with(state, subject, group, verb, label, things), related=1)

    # ---- sentences ----

    def sentence(self, state: State) -> Iterator[State]:
        """Every way to read all of the sentence."""
        for i, new in self.clause(0, state):
            yield from self._rest(i, new)
        if state.subject and not state.related:
            # "Then it goes …" is read above; "Reads from c" goes on with the subject there was.
            for i, new in self.said(0, _Group(state.subject, state.who), state):
                yield from self._rest(i, new)
        for i, new in self._steps(0, state):
            yield from self._rest(i, new)
        if not state.relations:
            yield from self._chain()

    def _rest(self, i: int, state: State) -> Iterator[State]:
        if i == self.size:
            yield state
            return
        for j, new in self._related(i, state):
            yield from self._rest(j, new)
        comma = self.low(i) == ","
        for j in [*self._joined(i), *([i + 1] if self.low(i) == ";" else []), *self._turned(i)]:
            for k, new in self.clause(j, state):
                yield from self._rest(k, new)
            further = self._goes_on(state, comma=comma, joined=j > i + comma)
            if state.subject and further is not None:
                subject = _Group(state.subject, state.who)
                for k, new in (*self.said(j, subject, state), *self._passive(j, subject, state)):
                    yield from self._rest(k, replace(new, related=further))
        if not state.related:
            for j, new in self._steps(i, state):
                yield from self._rest(j, new)

    def _goes_on(self, state: State, *, comma: bool, joined: bool) -> int | None:
        """Whether a verb without a subject goes on from the last one: after ", which reads b, and" it is unclear whose verb it is."""
        if state.related == 1:
            return None if comma and joined else 2
        return state.related

    def _turned(self, i: int) -> list[int]:
        """Where a "while" ends that begins another clause, after a comma or not."""
        return self.lexis.at("turn", self.row, i + 1 if self.low(i) == "," else i)

    def _steps(self, i: int, state: State) -> Iterator[tuple[int, State]]:
        """ ", then to c": from where the last clause led."""
        if state.moving is None or len(state.ends) != 1:
            return
        for comma in dict.fromkeys((i + 1 if self.low(i) == "," else i, i)):
            for j in self.lexis.at("then", self.row, comma):
                for k in self.skip("to", j):
                    for end, name, number in self.name(k):
                        made = Relation(state.ends[0], name, state.moving)
                        yield end, replace(state, relations=(*state.relations, made), ends=(name,), number=number)

    def _chain(self) -> Iterator[State]:
        """ "a, then b, then c": names alone, one after the other."""
        for first in self.skip("also", 0):
            for i, start, _ in self.name(first):
                for j, new in self._steps(i, State(ends=(start,), moving="")):
                    # Three at least: "a cat, then a dog" are two wishes.
                    yield from (done for done in self._linked(j, new) if len(done.relations) > 1)

    def _linked(self, i: int, state: State) -> Iterator[State]:
        if i == self.size:
            yield state
        for j, new in self._steps(i, state):
            yield from self._linked(j, new)
