"""How a small model writes a board: a map of ideas, a hierarchy, a process or a set of tables, told as plain lists; we draw the arrows."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from flipchart.renderers.skeleton import Asked, Skeleton, begun, counted, holder, many, objects, phrase, strings, text, varied, written
from flipchart.renderers.words import say

LOOSE = {"connect", "system", "arrows", "kin"}  # concepts of what is no process: things that are tied to each other
_JOINT = "\u2063"  # between a branch and what hangs on it, so that two branches may hold the same words


def skeleton(asked: Asked) -> Skeleton | None:
    """What `asked` settles; None where it is about things that are tied to each other, which arrows tell best."""
    if asked.says("skeleton.entities"):
        return _entities(asked)
    if asked.says("skeleton.orgchart"):
        return _people(asked, "reports_to", "role")
    if asked.says("skeleton.family"):
        return _people(asked, "parent")
    if asked.says("skeleton.mindmap"):
        return _branched(asked, "mindmap")
    if asked.says("skeleton.kanban"):
        return _columns(asked)
    if asked.says("skeleton.sequence"):
        return _messages(asked)
    if asked.says("skeleton.tree"):
        return _branched(asked, "tree")
    if asked.says("skeleton.flowchart") or "ifelse" in asked.concepts:
        return _process(asked, decides=True)
    return None if LOOSE & set(asked.concepts) else _process(asked, decides=False)


def _branched(asked: Asked, design: str) -> Skeleton:
    """A subject, its branches, and what hangs on each."""
    branch = holder(label=phrase(asked.lang, 4, "Its name, 1 to 4 words."), points=many(2, 4, phrase(asked.lang, 5)))
    branches = counted(asked.count, 4, 6, branch, "The sides of the subject, no two alike.")
    schema = written(asked.lang, subject=phrase(asked.lang, 4, "What it is all about, 1 to 4 words."), branches=branches)

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        subject = text(so_far.get("subject"))
        if not subject:
            return {}
        nodes, edges = [_node(subject, subject)], []
        seen = {subject.casefold()}
        for one in objects(so_far.get("branches")):
            label = text(one.get("label"))
            if not label or label.casefold() in seen:
                continue
            seen.add(label.casefold())
            nodes.append(_node(f"*{label}", label))
            edges.append({"start": subject, "end": f"*{label}"})
            for point in dict.fromkeys(strings(one.get("points"))):
                if point.casefold() in seen:
                    continue
                name = f"*{label}{_JOINT}{point}"
                nodes.append(_node(name, point))
                edges.append({"start": f"*{label}", "end": name})
        return _spec(so_far, design, nodes, edges)

    return Skeleton(schema, read)


def _people(asked: Asked, above: str, role: str = "") -> Skeleton:
    """Who is below whom; `above` names the field that says so, `role` the one that says what they are."""
    fields = {"name": phrase(asked.lang, 4, "The person or unit, each once.")}
    fields |= {role: phrase(asked.lang, 4, "What they are, 1 to 4 words.")} if role else {}
    person = holder(**fields, **{above: phrase(asked.lang, 4, "The name of the one above; for the top one: nobody.")})
    schema = written(asked.lang, people=counted(asked.count, 3, 14, person, "The top one first, then those below."))

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        people = {text(one.get("name")): one for one in reversed(objects(so_far.get("people"))) if text(one.get("name"))}
        people = dict(reversed(people.items()))
        names = {name.casefold(): name for name in people}
        notes = {name: "" if (said := text(one.get(role))).casefold() in _UNSAID else said for name, one in people.items()}
        nodes = [{"name": name, "label": name, "note": "" if notes[name] == name else notes[name], "shape": "box"} for name in people]
        over = {name: names.get(text(one.get(above)).casefold(), "") for name, one in people.items()}
        edges = [{"start": boss, "end": name, "head": "none"} for name, boss in over.items() if boss and not _round(name, over)]
        return _spec(so_far, "tree", nodes, edges)

    return Skeleton(schema, read)


_UNSAID = {"not specified", "unspecified", "not given", "unknown", "none", "n/a"}  # what a model writes for a role it was not told


def _round(name: str, over: Mapping[str, str]) -> bool:
    """True where one is, by way of others, above oneself."""
    seen, at = {name}, over.get(name, "")
    while at and at not in seen:
        seen.add(at)
        at = over.get(at, "")
    return at == name


def _process(asked: Asked, *, decides: bool) -> Skeleton:
    """Steps one after the other, and what is decided at their end."""
    step = phrase(asked.lang, 6, "One action, 2 to 5 words that begin with its verb, no two alike.")
    steps = counted(asked.count, 3, 4 if decides else 7, step, "The actions one after the other, the first to the last.")
    deciding = {
        "question": phrase(asked.lang, 7, "What is then decided: a yes-or-no question."),
        "yes": phrase(asked.lang, 6, "What is done if so."),
        "no": phrase(asked.lang, 6, "What is done if not."),
    }
    schema = written(asked.lang, steps=steps, **(deciding if decides else {}))

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        steps = [begun(step.rstrip(" .。")) for step in varied(strings(so_far.get("steps")))]
        told = [step for step in dict.fromkeys(steps) if step and not (decides and _answers(step, asked.lang))]
        nodes = [_node(step, step, "start" if n == 0 else "box") for n, step in enumerate(told)]
        edges = [{"start": before, "end": after} for before, after in itertools.pairwise(told)]
        question = text(so_far.get("question")).rstrip("?？؟")
        if told and question and question not in told:
            question += {"ar": "؟", "zh": "？", "ja": "？"}.get(asked.lang.split("-")[0], "?")
            nodes.append(_node(question, question, "decision"))
            edges.append({"start": told[-1], "end": question})
            for key in ("yes", "no"):
                done = text(so_far.get(key))
                if done and done != question:
                    if all(node["name"] != done for node in nodes):
                        nodes.append(_node(done, done, "end"))
                    edges.append({"start": question, "end": done, "label": say(f"skeleton.{key}", asked.lang)})
        elif len(told) > 2 and not decides:
            nodes[-1]["shape"] = "end"
        return _spec(so_far, "flow", nodes, edges)

    return Skeleton(schema, read)


def _answers(step: str, lang: str) -> bool:
    """True for a step that is the answer to a question: "Yes: offer a refund"."""
    head = step.casefold().split(":")[0].split("：")[0]
    return head != step.casefold() and head in {"question", *(say(f"skeleton.{key}", lang).casefold() for key in ("yes", "no"))}


def _entities(asked: Asked) -> Skeleton:
    """Tables with their fields, and how many of one belong to another."""
    field = phrase("en", 1, "One field, such as id or name.")
    table = holder(name=phrase(asked.lang, 2, "What it holds, one or two words."), fields=many(3, 5, field))
    link = holder(
        one=phrase(asked.lang, 2, "The table of which one"),
        label=phrase(asked.lang, 2, "has, writes, orders … (a verb)"),
        many=phrase(asked.lang, 2, "the table of which there are many for it."),
    )
    schema = written(asked.lang, tables=counted(asked.count, 2, 7, table), links=many(1, 8, link))

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        tables = [one for one in objects(so_far.get("tables")) if text(one.get("name"))]
        names = {_singular(text(one["name"])): text(one["name"]) for one in tables}
        nodes = [{"name": text(one["name"]), "shape": "table", "note": "\n".join(strings(one.get("fields")))} for one in tables]
        edges, tied = [], set()
        for link in objects(so_far.get("links")):
            one, other = (names.get(_singular(text(link.get(end)))) for end in ("one", "many"))
            if one and other and one != other and frozenset((one, other)) not in tied:
                tied.add(frozenset((one, other)))
                edges.append({"start": one, "end": other, "label": text(link.get("label")), "tail": "one", "head": "any"})
        return _spec(so_far, "flow", nodes, edges)

    return Skeleton(schema, read)


def _columns(asked: Asked) -> Skeleton:
    """Cards in columns."""
    column = holder(label=phrase(asked.lang, 3, "Its heading, 1 to 3 words."), cards=many(1, 4, phrase(asked.lang, 8)))
    schema = written(asked.lang, columns=counted(asked.count, 3, 4, column))

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        columns = [one for one in objects(so_far.get("columns")) if text(one.get("label"))]
        nodes = [
            {"name": f"*{text(one['label'])}{_JOINT}{card}", "label": card, "group": text(one["label"]), "shape": "note"}
            for one in columns
            for card in dict.fromkeys(strings(one.get("cards")))
        ]
        groups = [{"name": label} for label in dict.fromkeys(text(one["label"]) for one in columns)]
        return _spec(so_far, "board", nodes, []) | {"groups": groups}

    return Skeleton(schema, read)


def _messages(asked: Asked) -> Skeleton:
    """Who says what to whom, in order."""
    who = phrase(asked.lang, 2, "Who, one or two words.")
    message = holder(start=who, end=who, label=phrase(asked.lang, 5, "What is said or sent, 1 to 5 words."))
    schema = written(asked.lang, messages=counted(asked.count, 3, 9, message))

    def read(so_far: Mapping[str, Any]) -> dict[str, Any]:
        told = [one for one in objects(so_far.get("messages")) if text(one.get("start")) and text(one.get("end"))]
        edges = [{"start": text(one["start"]), "end": text(one["end"]), "label": text(one.get("label"))} for one in told]
        return {"title": text(so_far.get("title")), "design": "sequence", "edges": edges}

    return Skeleton(schema, read)


def _node(name: str, label: str, shape: str = "box") -> dict[str, Any]:
    return {"name": name, "label": label, "shape": shape}


def _spec(so_far: Mapping[str, Any], design: str, nodes: Sequence[Mapping[str, Any]], edges: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    unique = list({node["name"]: node for node in reversed(nodes)}.values())[::-1]
    return {"title": text(so_far.get("title")), "design": design, "nodes": unique, "edges": list(edges)} if unique else {}


def _singular(name: str) -> str:
    folded = name.casefold().strip()
    return folded[:-1] if folded.endswith("s") and len(folded) > 3 else folded
