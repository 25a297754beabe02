"""Who leads whom, said in full in English: people with their titles, teams with who is in them, as the boxes of an org chart. All of a
text is read, or nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from flipchart.renderers.skeleton import begun

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]*"
_NAME = rf"{_CAPITAL}(?:\s+{_CAPITAL}){{0,2}}"
_ROLE = (
    r"(?:head|chief|director|manager|lead|leader|engineer|designer|developer|assistant|president|founder|boss|owner|officer|analyst|accountant|"
    r"secretary|principal|teacher|nurse|doctor|chair|chairman|supervisor|coordinator|intern|scientist|architect|editor|researcher|consultant|"
    r"specialist|partner|dean|captain|foreman|chef|cook|buyer|trainer|writer|recruiter)"
)  # fmt: skip
_BEFORE = (
    r"(?:senior|junior|vice|deputy|assistant|general|managing|technical|product|project|sales|marketing|finance|financial|data|software|art|"
    r"creative|executive|operations|operating|engineering|design|office|account|lead|team|web|security|quality|support|hr|it|shift|store|chief|"
    r"head|research|technology|medical|personal|freelance|external|interim|part-time|regional|human|resources)"
)  # fmt: skip
_OF = r"(?:\s+(?:of|for)\s+(?:the\s+)?[\w&-]+(?:\s+(?!(?:and|who|reports?|leads?|is|are)\b)[a-z]+)?)"
_TITLE = rf"(?:(?:[A-Z]{{2,4}}|(?i:(?:{_BEFORE}[\s-]+){{0,2}}{_ROLE})){_OF}?)"
_PERSON = rf"(?:{_NAME}(?:\s*\([^()]+\))?|(?i:he|she|they)\b)"
_ABOVE, _ABOVE_MANY = ("leads|heads|manages|runs|supervises|oversees|directs", "lead|head|manage|run|supervise|oversee|direct")
_BELOW, _BELOW_MANY = r"reports\s+to|works\s+for|works\s+under|answers\s+to", r"report\s+to|work\s+for|work\s+under|answer\s+to"
_ONE, _MANY = rf"(?:is|{_ABOVE}|{_BELOW})\b", rf"(?:are|{_ABOVE_MANY}|{_BELOW_MANY})\b"
_AND = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)"
_PEOPLE = rf"{_PERSON}(?:{_AND}{_PERSON})+"
_TEAM = r"(?:the|our|an?|her|his)\s+(?P<team>(?:[\w&-]+\s+){1,3}?(?:team|group|department|unit|division|squad|crew|desk|office))\b"
_WITH = r"(?:\s*,?\s*(?:with|which\s+has|which\s+includes|made\s+up\s+of|consisting\s+of)\s+|\s*[:(]\s*)"

_APPOSED = re.compile(rf"({_NAME}),\s*(?:the|our|an?)\s+({_TITLE})(?=,|\s+and\b|\s*[.;]|\s*$),?")
_TITLED = re.compile(rf"(?:\b(?i:the|our|my)\s+)?(?<![\w(])({_TITLE})\s+({_NAME})")
_CLAUSE = re.compile(rf"(?P<who>{_PERSON})\s+(?P<does>{_ONE}.+)|(?P<all>{_PEOPLE})\s+(?P<do>{_MANY}.+)")
_NEXT = re.compile(rf"(?:{_AND}|,?\s+while\s+|,?\s+whereas\s+)(?={_PERSON}\s+{_ONE}|{_PEOPLE}\s+{_MANY})")
_DOES = re.compile(rf"(?:\s*,?\s+(?:and|who)\s+|\s*,\s*)(?={_ONE}|{_MANY})")
_IN = re.compile(rf"(?:on|in|part\s+of|a\s+member\s+of)\s+{_TEAM}")


@dataclass
class Staff:
    """What was read: each box with its title, and who or what stands right under whom."""

    titles: dict[str, str] = field(default_factory=dict)
    under: list[tuple[str, str]] = field(default_factory=list)
    teams: set[str] = field(default_factory=set)

    def fields(self) -> dict[str, object]:
        """The board's fields."""
        under = list(dict.fromkeys(self.under))
        one = len({below for _, below in under}) == len(under)
        nodes = [{"name": name, "note": title} for name, title in self.titles.items()]
        return {"design": "tree" if one else "flow", "nodes": nodes, "edges": [{"start": a, "end": b} for a, b in under]}


class _Unread(Exception):
    """Some of the words are none that are known here."""


def read(text: str) -> Staff | None:
    """Who leads whom by `text`; None where any of it is not understood, or it names neither titles nor teams."""
    staff = Staff()
    reader = _Reader(staff)
    try:
        for sentence in re.split(r"(?<=[\w)][\w)])\.(?:\s+|$)|[;\n]", text.strip().rstrip(".!")):
            for clause in _clauses(_plain(sentence.strip(" ,"))):
                reader.clause(clause)
    except _Unread:
        return None
    told = staff.teams or any(staff.titles.values())
    pairs = {(b, a) for a, b in staff.under}
    return staff if told and len(staff.under) > 1 and pairs.isdisjoint(staff.under) else None


def _plain(sentence: str) -> str:
    """A sentence in which each title stands in brackets behind its name."""
    sentence = _APPOSED.sub(r"\1 (\2)", sentence)
    return _TITLED.sub(lambda found: found[0] if re.fullmatch("[A-Z]{2,4}", found[2]) else f"{found[2]} ({found[1]})", sentence)


def _clauses(sentence: str) -> Iterator[str]:
    """A sentence cut where another subject has a verb of its own."""
    begun_at = 0
    for found in _NEXT.finditer(sentence):
        if re.search(rf"\b(?:{_ONE}|{_MANY})", sentence[begun_at : found.start()]):
            yield sentence[begun_at : found.start()]
            begun_at = found.end()
    if sentence[begun_at:].strip():
        yield sentence[begun_at:]


class _Reader:
    """Reads clause by clause; remembers who "he" and "him" are."""

    def __init__(self, staff: Staff) -> None:
        self.staff = staff
        self.subject, self.other = "", ""

    def clause(self, clause: str) -> None:
        clause = re.sub(r"^(?:and|then|also)\s+", "", clause.strip(" ,"))
        found = _CLAUSE.fullmatch(clause)
        if found is None:
            raise _Unread
        subjects = self.people(found["who"] or found["all"])
        if subjects[0] != self.subject:
            self.other, self.subject = self.subject, subjects[0]
        for done in _DOES.split(found["does"] or found["do"]):
            verb = re.match(rf"{_ONE}|{_MANY}", done)
            if verb is None:
                raise _Unread
            self.done(subjects, verb[0], done[verb.end() :].strip(" ,"))

    def done(self, subjects: list[str], verb: str, rest: str) -> None:
        if verb in {"is", "are"}:
            self.being(subjects, rest)
        elif re.fullmatch(f"{_BELOW}|{_BELOW_MANY}", verb):
            (above,) = self.people(rest, most=1)
            self.staff.under += [(above, one) for one in subjects]
        else:
            (above,) = subjects if len(subjects) == 1 else (self.fail(),)
            self.staff.under += [(above, one) for one in self.led(rest)]

    def being(self, subjects: list[str], rest: str) -> None:
        if found := re.fullmatch(rf"(?:(?:the|our|an?)\s+)?({_TITLE})", rest):
            for one in subjects:
                self.staff.titles[one] = begun(found[1])
        elif found := re.fullmatch(rf"(?:(?:the|our|an?)\s+)?(?P<title>{_TITLE})\s+{_IN.pattern}", rest):
            self.being(subjects, found["title"])
            self.staff.under += [(self.team(found["team"]), one) for one in subjects]
        elif found := _IN.fullmatch(rest):
            self.staff.under += [(self.team(found["team"]), one) for one in subjects]
        elif found := re.fullmatch(r"(?:led|managed|headed|supervised|run)\s+by\s+(.+)", rest):
            (above,) = self.people(found[1], most=1)
            self.staff.under += [(above, one) for one in subjects]
        else:
            self.fail()

    def led(self, rest: str) -> list[str]:
        """Who and what is led: people, and teams with who is in them."""
        starts = list(re.finditer(rf"(?:^|{_AND}){_TEAM}", rest))
        if not starts:
            return self.people(rest)
        out = self.people(rest[: starts[0].start()]) if starts[0].start() else []
        for found, end in zip(starts, [*(one.start() for one in starts[1:]), len(rest)], strict=True):
            team, after = self.team(found["team"]), rest[found.end() : end]
            out.append(team)
            if joined := re.match(_WITH, after):
                self.staff.under += [(team, one) for one in self.people(after[joined.end() :].strip(" )"))]
            elif joined := re.match(_AND, after):
                out += self.people(after[joined.end() :])
            elif after.strip(" )"):
                self.fail()
        return out

    def team(self, words: str) -> str:
        name = begun(" ".join(words.split()))
        self.staff.teams.add(name)
        self.staff.titles.setdefault(name, "")
        return name

    def people(self, words: str, most: int = 40) -> list[str]:
        parts = re.split(_AND, words.strip())
        return [self.person(part) for part in parts] if 0 < len(parts) <= most else [self.fail()]

    def person(self, words: str) -> str:
        low = words.casefold()
        if low in {"he", "she", "they", "him", "her", "them"}:
            known = self.subject if low in {"he", "she", "they"} else self.other or self.subject
            return known or self.fail()
        found = re.fullmatch(rf"({_NAME})(?:\s*\(([^()]+)\))?", words.strip())
        if found is None or re.fullmatch("[A-Z]{2,4}", found[1]):
            return self.fail()
        name = self.known(found[1])
        self.staff.titles[name] = begun(found[2].strip()) if found[2] else self.staff.titles.get(name, "")
        return name

    def known(self, name: str) -> str:
        """The name as it was said first: "Ann" may be "Ann Lee" again."""
        alike = [one for one in self.staff.titles if one == name or one.startswith(f"{name} ")]
        return alike[0] if len(alike) == 1 else name

    def fail(self) -> str:
        raise _Unread
