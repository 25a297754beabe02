"""Mermaid's sequences, states, classes and entities, read as boards."""

import re

from flipchart.renderers.mermaid_text import LOOKS, Graph, Source, beside, board, joined, words_of
from flipchart.renderers.spec import Spec

_WAY = r"<<-->>|<<->>|-->>|->>|--x|-x|--\)|-\)|-->|->|--?(?:\|\\|\|/|//|\\\\)|(?:/\||\\\||//|\\\\)--?"
_MESSAGE = re.compile(
    rf"^(?P<a>.+?)\s*(?:\(\))?(?P<line>{_WAY})(?:\(\))?\s*(?P<on>[+-]?)\s*(?P<b>[^:+-][^:]*?)\s*(?::\s*(?P<words>.*))?$", re.DOTALL
)
BLOCKS = ("loop", "alt", "opt", "par_over", "par", "critical", "break", "rect")
PARTS = ("else", "and", "option")


def sequence(source: Source) -> Spec:
    graph = Graph()
    edges = graph.edges
    numbered = 0
    boxes = 0
    for number, line in source.lines:
        words = line.strip().rstrip(";")
        found = re.match(r"(?:create\s+)?(participant|actor)\s+(.+?)(?:\s+as\s+(.+))?$", words)
        if found:
            name = found[2].strip()
            typed = re.match(r"(.+?)@\{(.*)\}$", name)
            name = typed[1].strip() if typed else name
            person = found[1] == "actor" or bool(typed and "actor" in typed[2])
            store = bool(typed and "database" in typed[2])
            graph.node(name, label=words_of(found[3]) if found[3] else "", shape="person" if person else "store" if store else "")
            continue
        if re.match(r"(activate|deactivate|destroy|link|links|properties|details)\b", words) or LOOKS.match(words):
            continue
        if re.match(r"autonumber\b", words):
            numbered = 0 if "off" in words else 1
            continue
        found = re.match(r"title\s*:?\s*(.+)$", words)
        if found:
            source.title = words_of(found[1])
            continue
        if re.match(r"box\b", words):
            boxes += 1
            continue
        if words == "end":
            if graph.open_:
                graph.open_.pop()
            elif boxes:
                boxes -= 1
            else:
                source.fail(number, words, "nothing is open")
            continue
        found = re.match(rf"({'|'.join(BLOCKS)}|{'|'.join(PARTS)})\b\s*(.*)$", words)
        if found:
            if found[1] in PARTS and graph.open_:
                graph.open_.pop()
            label = found[1] if found[1] == "rect" else " ".join(part for part in (found[1], words_of(found[2])) if part)
            graph.group(f"{found[1]}{len(graph.groups) + 1}", label)
            continue
        found = re.match(r"note\s+(?:(right of|left of|over))\s+([^:]+):\s*(.*)$", words, re.IGNORECASE | re.DOTALL)
        if found:
            ends = [end.strip() for end in found[2].split(",")]
            for end in ends:
                _actor(graph, end)
            edges.append(
                {"start": ends[0], "end": ends[-1], "label": words_of(found[3]), "head": "none", "spoken": False, "group": _inner(graph)}
            )
            continue
        found = _MESSAGE.match(words)
        if found:
            a, b, way = found["a"].strip(), found["b"].strip(), found["line"]
            _actor(graph, a)
            _actor(graph, b)
            label = words_of(found["words"] or "")
            if numbered:
                label, numbered = f"{numbered}. {label}".strip(), numbered + 1
            # Half an arrow is one, at its own end.
            turned = bool(re.match(r"[/\\]", way))
            head = "none" if way in {"->", "-->"} or turned else "cross" if way.endswith("x") else "arrow"
            edges.append(
                {
                    "start": a, "end": b, "label": label, "dashed": "--" in way, "head": head, "tail": "arrow" if turned or way[0] == "<"
                    else "none",
                    "group": _inner(graph),
                }
            )  # fmt: skip
            continue
        source.fail(number, words)
    for node in graph.nodes.values():
        node.pop("group", None)
    return board(source, design="sequence", groups=graph.groups, nodes=list(graph.nodes.values()), edges=edges)


def _inner(graph: Graph) -> str:
    return graph.open_[-1] if graph.open_ else ""


def _actor(graph: Graph, name: str) -> None:
    graph.nodes.setdefault(name, {"name": name})


def states(source: Source) -> Spec:
    graph = Graph()
    design = ""
    note: tuple[str, list[str]] | None = None
    for number, line in source.lines:
        words = line.strip().rstrip(";")
        if note is not None:
            if re.match(r"end\s*note$", words, re.IGNORECASE):
                beside(graph, note[0], "\n".join(note[1]))
                note = None
            else:
                note[1].append(words)
            continue
        found = re.match(r"direction\s+(\w+)", words)
        if found:
            design = design or ("flow-right" if found[1] in {"LR", "RL"} else "flow-down")
            continue
        if LOOKS.match(words) or words in {"--", "hide empty description"} or re.match(r"scale\s", words):
            continue
        found = re.match(r"note\s+(?:right|left)\s+of\s+([^:\s]+)\s*(?::\s*(.*))?$", words, re.IGNORECASE)
        if found:
            if found[2]:
                beside(graph, found[1], found[2])
            else:
                note = (found[1], [])
            continue
        if words == "}":
            if graph.open_:
                graph.open_.pop()
            else:
                source.fail(number, words, "nothing is open")
            continue
        found = re.match(r'state\s+"([^"]+)"\s+as\s+([^\s{:]+)\s*(?:(\{)|:\s*(.+))?$', words)
        if found:
            if found[3]:
                graph.group(found[2], words_of(found[1]))
            else:
                graph.node(found[2], label=words_of(found[1]), **({"note": words_of(found[4])} if found[4] else {}))
            continue
        found = re.match(r"state\s+([^\s{<]+)\s*(?:<<(\w+)>>|\[\[(\w+)\]\])?\s*(\{?)(\}?)$", words)
        if found:
            kind = found[2] or found[3]
            if found[4] and not found[5]:
                graph.group(found[1], words_of(found[1]))
            elif kind == "choice":
                graph.node(found[1], shape="decision")
            else:
                graph.node(found[1], shape="hexagon" if kind else "")
            continue
        found = re.match(r"(\[\*\]|[^\s:]+?)(?::::?\w+)?\s*-->\s*(\[\*\]|[^\s:]+?)(?::::\w+)?\s*(?::\s*(.*))?$", words)
        if found:
            start, end = _state(graph, found[1], "start"), _state(graph, found[2], "end")
            graph.edges.append({"start": start, "end": end, "label": words_of(found[3] or "")})
            continue
        found = re.match(r"([^\s:]+)\s*:\s*(.+)$", words)
        if found:
            node = graph.node(found[1])
            if node.get("label"):
                node["note"] = "\n".join(part for part in (node.get("note", ""), words_of(found[2])) if part)
            else:
                node["label"] = words_of(found[2])
            continue
        if re.match(r"^[^\s:]+(:::\w+)?$", words):
            graph.node(words.split(":::")[0])
            continue
        source.fail(number, words)
    for group in graph.groups:  # what is said of a composite state is its heading
        said = graph.nodes.pop(group["name"], {})
        words = "\n".join(part for part in (said.get("label", ""), said.get("note", "")) if part)
        group["label"] = words if words and group["label"] == group["name"] else group["label"]
    return board(source, design="flow", look={"design": design}, **graph.fields())


def _state(graph: Graph, name: str, shape: str) -> str:
    if name != "[*]":
        if name not in {group["name"] for group in graph.groups}:
            graph.node(name)
        return name
    fresh = f"*{shape}" + (f" {graph.open_[-1]}" if graph.open_ else "")
    graph.node(fresh, shape=shape)
    return fresh


BLANK = "\ue000"  # stands for a space in a name
_LEFT = {"<|": "triangle", "*": "diamond", "o": "hollow", "<": "arrow", "": "none", "()": "circle"}
_RIGHT = {"|>": "triangle", "*": "diamond", "o": "hollow", ">": "arrow", "": "none", "()": "circle"}
_RELATION = re.compile(
    r'^(?P<a>[^\s"<|*]+?)\s*(?:"(?P<na>[^"]*)")?\s*(?P<l><\||\*|o|<|\(\))?(?P<line>--|\.\.)(?P<r>\|>|\*|o|>|\(\))?\s*(?:"(?P<nb>[^"]*)")?\s*(?P<b>[^\s":|>*]+)'
    r"\s*(?::\s*(?P<words>.*))?$"
)


def classes(source: Source) -> Spec:
    graph = Graph()
    design, notes = "", 0
    inside = ""
    for number, line in source.lines:
        # A name in backticks may hold spaces.
        words = re.sub(r"`([^`]*)`", lambda m: m[1].replace(" ", BLANK), line.strip().rstrip(";"))
        if inside:
            if words == "}":
                inside = ""
            else:
                _member(graph, inside, words)
            continue
        found = re.match(r"direction\s+(\w+)", words)
        if found:
            design = "flow-right" if found[1] in {"LR", "RL"} else "flow-down"
            continue
        found = re.match(
            r"class\s+([^\s{\[:<]+)\s*(?:\[(\"[^\"]*\"|[^\"\]]*)\])?\s*(?:<<([^<>]+)>>)?\s*(?::::?\s*[\w-]+)?\s*(\{)?\s*(.*?)\s*(\})?$",
            words,
        )
        if found and not re.match(r"class\s+[\w,\s-]+\s+\w+$", words):
            name = _class(graph, found[1], words_of(found[2] or ""))
            if found[3]:
                _member(graph, name, f"<<{found[3]}>>")
            for member in re.split(r"\s*;\s*", found[5] or ""):
                _member(graph, name, member)
            inside = name if found[4] and not found[6] else ""
            continue
        if LOOKS.match(words) or re.match(r"cssClass|callback|link\s", words):
            continue
        found = re.match(r"namespace\s+([^\s{\[]+)\s*(?:\[(\"[^\"]*\"|[^\"\]]*)\])?\s*\{$", words)
        if found:
            graph.group(found[1], words_of(found[2] or found[1]))
            continue
        if words == "}":
            if graph.open_:
                graph.open_.pop()
            else:
                source.fail(number, words, "nothing is open")
            continue
        found = re.match(r"<<([^<>]+)>>\s+(\S+)$", words)
        if found:
            _member(graph, _class(graph, found[2]), f"<<{found[1]}>>")
            continue
        found = re.match(r'note\s+for\s+(\S+)\s+"([^"]*)"$', words)
        if found:
            beside(graph, _class(graph, found[1]), found[2])
            continue
        found = re.match(r'note\s+"([^"]*)"$', words)
        if found:
            notes += 1
            graph.node(f"note {notes}", label=words_of(found[1]), shape="note")
            continue
        found = _RELATION.match(words)
        if found:
            edge = {
                "start": _class(graph, found["a"]), "end": _class(graph, found["b"]), "label": words_of(found["words"] or ""),
                "dashed": found["line"] == "..", "tail": _LEFT[found["l"] or ""], "head": _RIGHT[found["r"] or ""],
                "near_start": words_of(found["na"] or ""), "near_end": words_of(found["nb"] or ""),
            }  # fmt: skip
            graph.edges.append(edge)
            continue
        found = re.match(r"([^\s:]+)\s*:\s*(.+)$", words)
        if found:
            _member(graph, _class(graph, found[1]), found[2])
            continue
        if re.match(r"^[^\s:{}]+$", words):
            _class(graph, words)
            continue
        source.fail(number, words)
    return board(source, design="flow", look={"design": design}, **graph.fields())


def _class(graph: Graph, name: str, label: str = "") -> str:
    bare = name.split(":::")[0].strip("`")
    generic = re.match(r"(.+?)~(.+)~$", bare)
    bare, shown = (generic[1], f"{generic[1]}<{generic[2].replace('~', '<', 1).replace('~', '>')}>") if generic else (bare, "")
    graph.node(bare, shape="table", label=label or shown or (bare.replace(BLANK, " ") if BLANK in bare else ""))
    return bare


def _member(graph: Graph, name: str, words: str) -> None:
    words = words.strip().rstrip(";")
    if not words:
        return
    words = re.sub(r"~([^~]+)~", r"<\1>", words)
    words = re.sub(r"<<([^<>]+)>>", r"«\1»", words)
    node = graph.node(name, shape="table")
    node["note"] = "\n".join(part for part in (node.get("note", ""), words) if part)


_ENDS = {
    "|o": "maybe", "||": "one", "}o": "any", "}|": "some", "o|": "maybe", "o{": "any", "|{": "some", "one or zero": "maybe",
    "zero or one": "maybe",
    "one or more": "some", "one or many": "some", "many(1)": "some", "1+": "some", "zero or more": "any", "zero or many": "any",
    "many(0)": "any",
    "0+": "any", "only one": "one", "1": "one", "u": "one",
}  # fmt: skip
_ENTITY = r"(?:\"[^\"]+\"|[^\s\"{}\[\]:|]+)"
_END = "|".join(re.escape(end) for end in sorted(_ENDS, key=len, reverse=True))
_TIED = re.compile(
    rf"^({_ENTITY})(?::::[\w,-]+)?\s*({_END})\s*(--|\.\.|\.-|-\.|optionally to|to)\s*({_END})\s*({_ENTITY})(?::::[\w,-]+)?\s*(?::\s*(.*))?$"
)


_HEAD = rf"({_ENTITY})\s*(?:\[\s*(\"[^\"]*\"|[^\"\]]+)\s*\])?\s*(?::::\s*[\w,-]+)?\s*"
_ATTRIBUTE = re.compile(r"(\S+)\s+([^\s\"]+)\s*((?:PK|FK|UK)\b(?:\s*,\s*(?:PK|FK|UK))*)?\s*(?:\"([^\"]*)\")?")


def entities(source: Source) -> Spec:
    graph = Graph()
    inside = ""
    design = ""
    for number, line in joined(source.lines):
        words = line.strip()
        opened = re.match(rf"{_HEAD}\s*\{{\s*(.*)$", words) if not inside else None
        if opened:
            inside = opened[1].strip('"')
            graph.node(inside, shape="table", label=words_of(opened[2] or ""))
            words = opened[3]
        if inside:
            node = graph.nodes[inside]
            inside, words = ("", words[:-1]) if words.endswith("}") else (inside, words)
            if _ATTRIBUTE.sub("", words).strip():
                source.fail(number, words)
                continue
            for kind, name, keys, told in _ATTRIBUTE.findall(words):
                row = " ".join(part for part in (f"{name}: {kind}", keys and f"({keys})") if part) + (f" – {told}" if told else "")
                node["note"] = "\n".join(part for part in (node.get("note", ""), row) if part)
            continue
        found = re.match(r"direction\s+(\w+)", words)
        if found:
            design = "flow-right" if found[1] in {"LR", "RL"} else "flow-down"
            continue
        if LOOKS.match(words):
            continue
        found = re.match(r"title\s+(.+)$", words)
        if found and not _TIED.match(words):
            source.title = words_of(found[1])
            continue
        found = _TIED.match(words)
        if found:
            a, b = found[1].strip('"'), found[5].strip('"')
            graph.node(a, shape="table")
            graph.node(b, shape="table")
            graph.edges.append(
                {
                    "start": a,
                    "end": b,
                    "label": words_of(found[6] or ""),
                    "dashed": found[3] not in {"--", "to"},
                    "tail": _ENDS[found[2]],
                    "head": _ENDS[found[4]],
                }
            )
            continue
        found = re.match(rf"{_HEAD}$", words)
        if found:
            graph.node(found[1].strip('"'), shape="table", label=words_of(found[2] or ""))
            continue
        source.fail(number, words)
    return board(source, design="flow", look={"design": design}, **graph.fields())
