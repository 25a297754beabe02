"""Wishes about the boxes and arrows of a board, carried out by rule: a step between two others, a branch, an arrow back, one less,
another name. Arrows go where the words say; what is not wholly understood is left to others."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache

from pydantic import ValidationError

from flipchart import assets
from flipchart.models.restyle import RENAMED, TITLE, leftover, understood
from flipchart.renderers.skeleton import begun
from flipchart.renderers.whiteboard_names import resolved
from flipchart.renderers.whiteboard_spec import Edge, Node, Whiteboard, fold, shape_of, shown

LONGEST = 240  # characters of a wish that a rule understands
MOST = 60  # characters of a new box's name, and of what stands on an arrow
STEM = 3  # letters that two forms of a word have in common, at least
TYPED = 0.8  # how alike a name and a box's words are where letters are mixed up

_ANY = "\"'“”„«»‘’‚「」"
_QUOTED = re.compile(r"[\"“„«「]\s*([^\"”“»」]+?)\s*[\"”“»」]|(?<!\w)['‘‚](.+?)['’](?!\w)")
_SIDES = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1)}
BESIDE, ROOM = 60.0, 20.0  # px between where a box stood and where it is moved to, and to the boxes there at least
_KIN = {"tree", "mindmap"}  # designs in which what comes after stands beside, under the same box


_Doing = Callable[[Whiteboard, Mapping[str, str]], tuple[Whiteboard, str] | None]
_Placing = Callable[[Whiteboard, Mapping[str, str], Node | None], tuple[Whiteboard, str] | None]


def rewired(spec: object, words: str, part: str = "") -> Whiteboard | None:
    """`spec`, a board, with the boxes and arrows that `words` wish; None where they wish something else, or more than rules understand.
    `part` is the id of the box that "it" and "this" mean."""
    line = " ".join(words.split())
    if not isinstance(spec, Whiteboard) or spec.design == "sequence" or not line or len(line) > LONGEST:
        return None
    try:
        read = _read(_tied(spec), line, next((node.name for node in spec.nodes if node.id == part), ""))
        made = Whiteboard.model_validate(read[0].model_dump(mode="json") | {"version": spec.version + 1}) if read else None
    except ValidationError:
        return None
    return made if made is not None and made != spec.model_copy(update={"version": made.version}) else None


# ---- what is wished ----


@cache
def _any(use: str) -> str:
    """A pattern for any of the words of one use."""
    said = json.loads(assets.text("edits.json"))["board"][use]
    either = "|".join(re.escape(one).replace(r"\ ", r"\s+") for one in sorted(said, key=len, reverse=True))
    return rf"(?<!\w)(?:{either})(?:(?<=['’])|(?!\w))"


@cache
def _cue(pattern: str) -> re.Pattern[str]:
    """`pattern` with any of its words for "<use>", and any room between words for a blank."""
    return re.compile(re.sub(r"(?<!P)<(\w+)>", lambda found: _any(found[1]), pattern.replace(" ", r"\s+")), re.I)


_ONES = r"(?:<article>\s*|<one>\s+)*"
_NEW = rf"(?P<new>(?:{_ONES}<step>|[{_ANY}]).+)"
_LINE = rf"{_ONES}<line>"
_SAYS = r"(?:,? <says>\s*:?\s*(?P<says>.+)|\s*:\s*(?P<says2>.+)|,? (?P<says3><if> .+))?"
_LATE = r"(?:,? <called>:? (?P<late>.+)|\s*:\s*(?P<late2>.+))?"


@cache
def _ways() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """How each wish may be said, in the order in which they are tried; names as short, and then as long, as they can be."""
    ways = [
        ("unbind", rf"<remove> {_LINE} (?:<from>|<between>) {{a}} (?:<to>|<and>) {{b}}"),
        ("unbind", r"<part> {a} <off> {b}"),
        ("bind", rf"<add> {_LINE}(?: (?:<from>|<between>) {{a}})? (?:<to>|<and>) {{b}}{_SAYS}"),
        ("bind", rf"<connect> {{a}} <with> {{b}}{_SAYS}"),
        ("bind", rf"<let> {{a}} <lead> {{b}}{_SAYS}"),
        ("back", r"<back> {b}"),
        ("branch", rf"<add> {_LINE} <from> {{a}}(?:\s*:|,? <says>) (?P<new>.+)"),
    ]
    places = {
        "between": "<between> {a} <and> {b}",
        "after": "<after> {a}",
        "before": "<before> {a}",
        "branch": "<under> {a}",
        "member": "<into> {a}",
    }
    for what, place in places.items():
        ways += [(what, rf"(?:<add> )?{place},? <add> (?P<new>.+)"), (what, rf"(?:<add> )?{place},? {_NEW}")]
        ways += [(what, rf"<add> {{new}} {place}{_LATE}"), (what, rf"{_NEW} {place}")]
    ways.append(("last", rf"<add> (?P<new>{_ONES}(?:<flowing>|<step>(?: <says>|\s*[:{_ANY}])|[{_ANY}]).+?)(?:,? <ending>)?"))
    ways.append(("remove", "<remove> {a}"))
    ways += [(f"moved {what}", rf"<move> {{c}} {place}") for what, place in places.items() if "moved " + what in _DONE]
    ways += [(side, rf"<move> {{a}}(?: a (?:bit|little))? <{side}>") for side in _SIDES]
    named = [(what, re.sub(r"\{(\w+)\}", rf"(?P<\1>{some})", way)) for what, way in ways for some in (".+?", ".+")]
    return tuple((what, _cue(way)) for what, way in named)


def _read(board: Whiteboard, line: str, it: str = "") -> tuple[Whiteboard, str] | None:
    """The board as `line` wishes it, in one wish or in two, and the box that was spoken of last; `it`: the one spoken of before."""
    if done := _once(board, line, it):
        return done
    for end in _cue(r",? <then> |[.;] (?=\w)").finditer(line):
        if (first := _once(board, line[: end.start()], it)) and (second := _once(first[0], line[end.end() :], first[1])):
            return second
    return None


def _once(board: Whiteboard, line: str, it: str) -> tuple[Whiteboard, str] | None:
    """The board with one wish fulfilled."""
    case = ""
    line = _tidy(line)
    if found := _cue(r"<if> (?P<case>.+?)\s*[?,:;.] (?P<rest>.+)").fullmatch(line):
        case, line = found["case"], _tidy(found["rest"])
    if renamed := _renamed(board, line, it):
        return renamed
    for what, way in _ways():
        if (found := way.fullmatch(line)) and (done := _DONE[what](board, _said(found) | {"case": case, "it": it})):
            return done
    return None


def _tidy(line: str) -> str:
    """`line` without what is only polite, names the whole, or ends a clause in German."""
    line = re.sub(r"[\s.!?…,]+$", "", line.strip(" ¿¡"))
    line = _cue(r"^(?:<polite>[,\s]*)+|[,\s]+<polite>$").sub("", line)
    line = _cue(r",?\s*<whole>(?=,|\s|$),?").sub("", line).strip()
    return _cue(r"\s+<over>$").sub("", line)


def _said(found: re.Match[str]) -> dict[str, str]:
    """What was named, a late name ("… after B called C") as the new one."""
    told = {name: words.strip() for name, words in found.groupdict().items() if words}
    new = told.get("late") or told.get("late2")
    says = told.get("says") or told.get("says2") or told.get("says3", "")
    return told | {"says": says} | ({"new": f"{told.get('new', '')} {new}"} if new else {})


# ---- what is meant ----


def _box(board: Whiteboard, said: str, it: str = "") -> str:
    """The name of the one box that `said` means; empty where none does, or several may."""
    said = said.strip(f" .,:{_ANY}")
    bare = _cue(rf"^{_ONES}(?:<step>\s+(?:<called>\s*)?)?[{_ANY}]*| <step>$").sub("", said).strip(f" {_ANY}") or said
    labels = {node.name: node.label.strip() or shown(node.name) for node in board.nodes}
    for words in (said, bare):
        for name, label in labels.items():
            if fold(words) and fold(words) in {fold(label), fold(name)}:
                return name
    if it and _cue("<it>").fullmatch(bare):
        return it
    place = _place(said)
    if place and len(board.nodes) >= abs(place):
        ends = {edge.end for edge in board.edges}, {edge.start for edge in board.edges}
        free = [node.name for node in board.nodes if node.name not in ends[place < 0]] if abs(place) == 1 else []
        return (free or list(labels))[place if place < 0 else (place - 1 if not free else 0)]
    return _likely(labels, bare)


def _place(said: str) -> int:
    """The place in the list that `said` names and nothing else, from 1, or -1 for the last; 0 for none."""
    for use, place in (("begin", 1), ("end", -1)):
        if _cue(rf"(?:<article>\s*)?<{use}>(?: <step>)?").fullmatch(said):
            return place
    wish = understood(said)
    return 0 if wish.rest or wish.named or wish.colour else wish.place or wish.number


def _likely(labels: Mapping[str, str], said: str) -> str:
    """The one box whose words hold those of `said`, or are held by them, or are nearly them."""
    words = _words(said)
    for alike in (str.__eq__, akin):
        within = {name: _shared(words, _words(label), alike) for name, label in labels.items()}
        hits = [name for name, share in within.items() if words and share == len(words)]
        whole = [name for name in hits if len(_words(labels[name])) == len(words)]
        if len(hits) == 1 or len(whole) == 1:
            return (whole or hits)[0]
        if hits:
            return ""
        held = []
        for name, label in labels.items():
            own = _words(label)
            rest = [word for word in words if not any(alike(word, one) for one in own)]
            if own and _shared(own, words, alike) == len(own) and not leftover(" ".join(rest)):
                held.append(name)
        if len(held) == 1:
            return held[0]
    folded = {fold(label): name for name, label in labels.items() if fold(label)}
    part = [name for label, name in folded.items() if len(fold(said)) > 1 and fold(said) in label]
    near = get_close_matches(fold(said), folded, 2, TYPED)
    return part[0] if len(part) == 1 else folded[near[0]] if len(near) == 1 else ""


def _words(said: str) -> list[str]:
    found = re.findall(r"\w+", _cue("<article>").sub(" ", said.casefold()))
    return found or re.findall(r"\w+", said.casefold())


def _shared(some: Sequence[str], others: Sequence[str], alike: Callable[[str, str], bool]) -> int:
    return sum(any(alike(word, other) for other in others) for word in some)


def akin(one: str, other: str) -> bool:
    """Whether two words are forms of the same one, as far as their beginnings tell ("pays", "payment")."""
    same = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return same >= max(STEM, min(len(one), len(other)) - 2) and max(len(one), len(other)) - same <= STEM + 1


def _new(board: Whiteboard, said: str) -> Node | None:
    """The box that `said` names; None where it names none."""
    led = _cue(rf"^(?:(?:<article>\s*|<one>\s+)+<step>|<step>(?=\s*[:{_ANY}]| <called>)|<named>)(?!\w)\s*,?\s*(?:<called>)?\s*:?\s*").match(
        said
    )
    quoted = _QUOTED.search(said)
    if quoted:
        words = quoted[1] or quoted[2]
        if leftover(_cue("<step>|<called>|<one>").sub(" ", said.replace(quoted[0], " ").lower())):
            return None
    else:
        words = said[led.end() :] if led else _cue(r"^<article>\s*").sub("", said)
    words = words.strip(f" .,:{_ANY}")
    if quoted is None and _cue(r"<after>|<before>|<between>|<connect>|^(?:that|which|where|who)\b").search(words):
        return None  # more is wished than a box of that name
    if quoted is None and _cue(rf"{_LINE}\b.*").fullmatch(said):
        return None
    if not words or len(words) > MOST or _box(board, words) in {node.name for node in board.nodes if fold(words) == fold(node.name)}:
        return None
    upper = sum((node.label or node.name)[:1].isupper() for node in board.nodes)
    asks = led is not None and _cue("<decision>").search(led[0]) is not None
    name = begun(words) if 2 * upper > len(board.nodes) else words
    return Node(name=name, shape="decision" if asks else shape_of(name))


# ---- what is done ----


def _tied(spec: Whiteboard) -> Whiteboard:
    """The board with the ends of its arrows called just as the boxes that they mean."""
    links = {link.part: link for link in resolved(spec).links if link.around_start < 0 and link.around_end < 0}
    many = len(spec.nodes)

    def tied(edge: Edge) -> Edge:
        link = links.get(edge.id)
        ends = {} if link is None else {end: spec.nodes[at].name for end, at in (("start", link.start), ("end", link.end)) if at < many}
        return edge.model_copy(update=ends)

    return spec.model_copy(update={"edges": tuple(map(tied, spec.edges))})


def _with(board: Whiteboard, new: Node, beside: str, edges: Sequence[Edge], *, ahead: bool = False) -> tuple[Whiteboard, str]:
    """The board with a box more, after (or before) the one it stands `beside` and in its group, and with these arrows."""
    at = next(n for n, node in enumerate(board.nodes) if node.name == beside)
    new = new.model_copy(update={"group": board.nodes[at].group})
    at += not ahead
    return board.model_copy(update={"nodes": (*board.nodes[:at], new, *board.nodes[at:]), "edges": tuple(edges)}), new.name


def _arrow(board: Whiteboard, start: str, end: str, label: str = "") -> Edge:
    """A new arrow, as those of the board are."""
    bare = bool(board.edges) and all(edge.head == "none" for edge in board.edges)
    return Edge(start=start, end=end, label=label, head="none" if bare else "arrow")


def _halved(edge: Edge, name: str) -> tuple[Edge, Edge]:
    """An arrow that now passes through a box: what it says stays at its beginning."""
    straight = {"points": ()}
    return (
        edge.model_copy(update=straight | {"end": name, "near_end": ""}),
        edge.model_copy(update=straight | {"start": name, "near_start": "", "label": "", "id": ""}),
    )


def _through(board: Whiteboard, edge: Edge, new: Node, beside: str, *, ahead: bool = False) -> tuple[Whiteboard, str]:
    edges = [half for one in board.edges for half in (_halved(one, new.name) if one is edge else (one,))]
    return _with(board, new, beside, edges, ahead=ahead)


def _between(board: Whiteboard, said: Mapping[str, str], moved: Node | None = None) -> tuple[Whiteboard, str] | None:
    new, a, b = moved or _new(board, said["new"]), _box(board, said["a"], said["it"]), _box(board, said["b"], said["it"])
    if new is None or not a or not b or a == b:
        return None
    for start, end in ((a, b), (b, a)):
        if edge := next((edge for edge in board.edges if (edge.start, edge.end) == (start, end)), None):
            return _through(board, edge, new, start)
    edges = (*board.edges, _arrow(board, a, new.name), _arrow(board, new.name, b)) if board.edges else ()
    return _with(board, new, a, edges)


def _after(board: Whiteboard, said: Mapping[str, str], moved: Node | None = None) -> tuple[Whiteboard, str] | None:
    return _beside(board, said, moved, ahead=False)


def _before(board: Whiteboard, said: Mapping[str, str], moved: Node | None = None) -> tuple[Whiteboard, str] | None:
    return _beside(board, said, moved, ahead=True)


def _beside(board: Whiteboard, said: Mapping[str, str], moved: Node | None, *, ahead: bool) -> tuple[Whiteboard, str] | None:
    """A box right after another, or before it: what led on from there (or to it) passes through the new one."""
    new, a = moved or _new(board, said["new"]), _box(board, said["a"], said["it"])
    if new is None or not a:
        return None
    into = [edge for edge in board.edges if edge.end == a]
    if not board.edges or board.design in _KIN:
        kin = [_arrow(board, edge.start, new.name) for edge in into[:1]] or ([_arrow(board, a, new.name)] if board.edges else [])
        return _with(board, new, a, (*board.edges, *kin), ahead=ahead)
    passing = into if ahead else [edge for edge in board.edges if edge.start == a]
    if len(passing) == 1:
        return _through(board, passing[0], new, a, ahead=ahead)
    own = _arrow(board, new.name, a) if ahead else _arrow(board, a, new.name)
    if not ahead and any(edge.label for edge in passing):  # ways that part: one more of them
        passing = []
    end = "end" if ahead else "start"
    led = [edge.model_copy(update={end: new.name, "points": ()}) if edge in passing else edge for edge in board.edges]
    return _with(board, new, a, (*led, own), ahead=ahead)


def _last(board: Whiteboard, said: Mapping[str, str]) -> tuple[Whiteboard, str] | None:
    """A step more at the end of a flow that has one end."""
    ends = [node.name for node in board.nodes if all(edge.start != node.name for edge in board.edges)]
    return _after(board, {**said, "a": ends[0]}) if board.edges and len(ends) == 1 and board.design not in _KIN else None


def _branch(board: Whiteboard, said: Mapping[str, str]) -> tuple[Whiteboard, str] | None:
    new, a = _new(board, said["new"]), _box(board, said["a"], said["it"])
    if new is None or not a:
        return None
    return _with(board, new, a, (*board.edges, _arrow(board, a, new.name, _label(said))))


def _member(board: Whiteboard, said: Mapping[str, str]) -> tuple[Whiteboard, str] | None:
    """Someone or something more in what a tree shows ("add Bo to the web team")."""
    return _branch(board, said) if board.design in _KIN else None


def _back(board: Whiteboard, said: Mapping[str, str]) -> tuple[Whiteboard, str] | None:
    """The way back that a case takes."""
    return _bind(board, said) if said["case"] else None


def _bind(board: Whiteboard, said: Mapping[str, str]) -> tuple[Whiteboard, str] | None:
    """An arrow more; where it is not said from which box, from the one that the case is about, else from the last."""
    b = _box(board, said["b"], said["it"])
    told = said.get("a") or ("" if said["case"] else "last")
    a = _box(board, told, said["it"]) if told else _concerned(board, said["case"], b)
    if not b and a and said["b"][:1] in _ANY:
        return _branch(board, {**said, "new": said["b"], "a": a})
    if not a or not b or a == b:
        return None
    label = _label(said)
    there = next((edge for edge in board.edges if (edge.start, edge.end) == (a, b)), None)
    if there is None:
        return board.model_copy(update={"edges": (*board.edges, _arrow(board, a, b, label))}), b
    if not label:
        return None
    return board.model_copy(update={"edges": tuple(e.model_copy(update={"label": label}) if e is there else e for e in board.edges)}), b


def _label(said: Mapping[str, str]) -> str:
    """What stands on an arrow: what the words say of it, or in which case it is gone."""
    words = (said.get("says") or said["case"]).strip(f" .,:{_ANY}")
    words = _cue(r"^(?:<if> )?(?:<article>\s*)?").sub("", words)
    return words if len(words) <= MOST else ""


def _concerned(board: Whiteboard, case: str, other: str) -> str:
    """The box that a case is about: the one that shares most words with it."""
    words = _words(case)
    for alike in (str.__eq__, akin):
        shares = {node.name: _shared(words, _words(node.label or node.name), alike) for node in board.nodes if node.name != other}
        most = max(shares.values(), default=0)
        best = [name for name, share in shares.items() if share == most]
        if most and len(best) == 1:
            return best[0]
    return ""


def _unbind(board: Whiteboard, said: Mapping[str, str]) -> tuple[Whiteboard, str] | None:
    a, b = _box(board, said["a"], said["it"]), _box(board, said["b"], said["it"])
    kept = tuple(edge for edge in board.edges if {edge.start, edge.end} != {a, b})
    return (board.model_copy(update={"edges": kept}), b) if a and b and len(kept) < len(board.edges) else None


def _remove(board: Whiteboard, said: Mapping[str, str]) -> tuple[Whiteboard, str] | None:
    """A box less: where one arrow led to it and one on from it, they are one."""
    a = _box(board, said["a"], said["it"])
    if not a or len(board.nodes) < 2:
        return None
    into, out = ([edge for edge in board.edges if getattr(edge, end) == a] for end in ("end", "start"))
    joined: list[Edge] = []
    if len(into) == 1 and (len(out) == 1 or board.design in _KIN):
        there = {(edge.start, edge.end) for edge in board.edges}
        lead = into[0].model_copy(update={"points": (), "id": ""})
        joined = [
            lead.model_copy(update={"end": edge.end, "near_end": edge.near_end, "label": lead.label or edge.label})
            for edge in out
            if lead.start != edge.end and (lead.start, edge.end) not in there
        ]
    edges = [
        one for edge in board.edges for one in (joined if into and edge is into[0] else () if a in (edge.start, edge.end) else (edge,))
    ]
    nodes = tuple(node for node in board.nodes if node.name != a)
    return board.model_copy(update={"nodes": nodes, "edges": tuple(edges)}), ""


def _renamed(board: Whiteboard, line: str, it: str) -> tuple[Whiteboard, str] | None:
    """A box under another name, at the ends of its arrows too."""
    found = next((match for pattern in RENAMED if (match := pattern.match(line))), None)
    if found is None or found[1].casefold() in TITLE:
        return None
    a, new = _box(board, found[1], it), found[2].strip(f" .,{_ANY}")
    if (
        not a
        or not new
        or len(new) > MOST
        or understood(new).colour
        or any(fold(node.name) == fold(new) != fold(a) for node in board.nodes)
    ):
        return None

    def called(node: Node) -> Node:
        return node.model_copy(update={"name": new, "label": ""}) if node.name == a else node

    def led(edge: Edge) -> Edge:
        return edge.model_copy(update={end: new for end in ("start", "end") if getattr(edge, end) == a})

    return board.model_copy(update={"nodes": tuple(map(called, board.nodes)), "edges": tuple(map(led, board.edges))}), new


def _moved(placing: _Placing) -> _Doing:
    """How a box goes to another place of the flow: what led through it leads on, and what leads there goes through it."""

    def moved(board: Whiteboard, said: Mapping[str, str]) -> tuple[Whiteboard, str] | None:
        c = _box(board, said["c"], said["it"])
        ends = {name: _box(board, said[name], said["it"]) for name in ("a", "b") if name in said}
        gone = _remove(board, {"a": c, "it": ""}) if c and c not in ends.values() and all(ends.values()) else None
        node = next((node for node in board.nodes if node.name == c), None)
        return placing(gone[0], {**said, **ends}, node.model_copy(update={"x": None, "y": None})) if gone and node else None

    return moved


def _shifted(side: str) -> _Doing:
    """How a box that a person gave a place goes to a `side` of it, past what stands there; where boxes find their places it does not."""
    dx, dy = _SIDES[side]

    def shifted(board: Whiteboard, said: Mapping[str, str]) -> tuple[Whiteboard, str] | None:
        a = _box(board, said["a"], said["it"])
        at = {
            node.name: (node.x, node.y, node.w or 0.0, node.h or 0.0) for node in board.nodes if node.x is not None and node.y is not None
        }
        if a not in at or len(at) < len(board.nodes):
            return None
        x, y, w, h = at.pop(a)
        for _ in range(len(at) + 1):
            x, y = x + dx * (w + BESIDE), y + dy * (h + BESIDE)
            if all(max(ox - x - w, x - ox - ow, oy - y - h, y - oy - oh) >= ROOM for ox, oy, ow, oh in at.values()):
                break
        nodes = tuple(node.model_copy(update={"x": x, "y": y}) if node.name == a else node for node in board.nodes)
        edges = tuple(edge.model_copy(update={"points": ()}) if a in (edge.start, edge.end) else edge for edge in board.edges)
        return board.model_copy(update={"nodes": nodes, "edges": edges}), a

    return shifted


def shoved(spec: object, words: str, part: str = "") -> str:
    """What the box of `spec`, a board, is called that `words` wish moved to a side; empty where they wish no such thing."""
    if not isinstance(spec, Whiteboard) or len(words) > LONGEST:
        return ""
    line, it = _tidy(" ".join(words.split())), next((node.name for node in spec.nodes if node.id == part), "")
    for what, way in _ways():
        if what in _SIDES and (found := way.fullmatch(line)) and (name := _box(spec, found["a"], it)):
            return next(node.label or shown(node.name) for node in spec.nodes if node.name == name)
    return ""


_DONE: Mapping[str, _Doing] = {
    "between": _between, "after": _after, "before": _before, "branch": _branch, "member": _member,
    "last": _last, "bind": _bind, "back": _back, "unbind": _unbind, "remove": _remove,
    "moved between": _moved(_between), "moved after": _moved(_after), "moved before": _moved(_before),
    **{side: _shifted(side) for side in _SIDES},
}  # fmt: skip
