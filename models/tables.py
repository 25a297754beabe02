"""Answers over tables that need no language model: questions that were understood whole, and a file that comes without one."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flipchart.models import amend, requery
from flipchart.models.events import Drawn, Event, Noted, Offered, Planned, Request, Said
from flipchart.models.language import detect
from flipchart.models.restyle import leftover, restyled
from flipchart.renderers import render
from flipchart.renderers.database import Table
from flipchart.renderers.joins import every
from flipchart.renderers.problem import NoRows, SpecProblem
from flipchart.renderers.question_words import fold, tokens
from flipchart.renderers.registry import form
from flipchart.renderers.skeleton import stands
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import style
from flipchart.renderers.words import LANGUAGES, listed, number, say

LEFT = {"chart": 0.34, "text": 0.2}  # share of a question's words that may be left over, by the form that is planned
SHOWN = 12  # columns that are named where a question was not understood
WAYS = 3  # to read a question, that are offered
TITLE = 90  # characters of a question that stands over the list that answers it
_LOOK = re.compile(
    r"(?:please\s+)?(?:what(?:'s| is) (?:in|this)\b.{0,40}|(?:give me |show me )?(?:an? |the )?(?:overview|summary)\b.{0,40}"
    r"|(?:summari[sz]e|describe|explore|look at|analy[sz]e)\b.{0,40})",
    re.IGNORECASE,
)


def answer(request: Request) -> Iterator[Event] | None:
    """The answer without a language model, or None where one has to be asked."""
    if any(file.tables for file in request.files):
        request = replace(request, files=tuple(one for file in request.files for one in file.tables or (file,)))
        if _looks(request):
            return None  # at the document
    tables = _tables(request)
    if not tables or request.form not in (None, "chart", "text") or any(file.kind != "table" for file in request.files):
        return None
    last = list(request.earlier.values())[-1:] if request.history and request.history[-1].visuals else []
    if last and restyled(last[0], request.text) is not None:
        return None
    lang = request.lang or detect(request.text)
    if _looks(request):
        return _look(request, tables, lang)
    again = requery.followed(last[0], request.text, tables, lang) if last else None
    if again is not None:  # of a few words the language is hard to tell
        again = replace(again, trend=getattr(last[0], "trend", "")) if again.mark == getattr(last[0], "mark", "") else again
        return _answered(request, again, tables, (len(request.text.split()) <= requery.FEW and last[0].lang) or lang)
    reading = read(request)
    shown = getattr(last[0], "query", None) if last else None
    strange = reading is None or (
        not reading.sure and any(word.isdecimal() or leftover(amend.unverbed(word.lower())) for word in reading.missed)
    )
    if shown is not None and strange and amend.entered(request.text, lang):
        return _filed(shown.table or list(tables)[-1], lang)
    if reading is None or not reading.sure or (request.history and not reading.query.measures and not reading.query.select):
        return None
    return _answered(request, reading, tables, lang)


def _filed(name: str, lang: str) -> Iterator[Event]:
    """That figures of a table are not added to, or changed, by words."""
    yield Planned("text", (("text", 1.0), ("chart", 0.3)), say("reason.computed", lang), 0.0)
    yield Said(say("edit.filed", lang, name=name))


def guessed(request: Request, chosen: str) -> Iterator[Event] | None:
    """The answer of a reading that leaves words over, which are named under it; None where a model has to be asked.

    A small model, told of the reading, repeats it at best: of 26 such questions it was right on seven, all read right, and spoilt two more.
    """
    if chosen not in LEFT or request.form is not None or request.effort == "deep" or any(file.kind != "table" for file in request.files):
        return None
    reading = read(request)
    if reading is None or not (reading.query.measures or reading.query.select) or (reading.assumed and reading.missed):
        return None
    lang, said = request.lang or detect(request.text), fold(request.text)
    reasons = any(stands(fold(word), said) for word in listed("question.why", lang))  # what no figure answers
    if reasons or len(reading.missed) > LEFT[chosen] * len(tokens(request.text)):
        return None
    left = ", ".join(dict.fromkeys(f"“{word}”" for word in reading.missed))
    ways = () if left else reading.others or _ways(reading, _tables(request), lang)
    told = (say("question.left", lang, words=left),) if left else (say("question.assumed", lang),) if ways else ()
    return _answered(request, replace(reading, said=(*told, *reading.said), others=ways), _tables(request), lang)


def _ways(reading: Any, tables: dict[str, Table], lang: str) -> tuple[str, ...]:
    """Other things that a question can mean, each in words that are read whole: another amount, its sum for its average, how many."""
    from flipchart.renderers import question, roles

    table = every(tables).get(reading.query.table)
    if table is None or len(reading.query.measures) != 1:
        return ()
    one, out = reading.query.measures[0], []
    amounts = [column.name for column in roles.figured(table)]
    others = [one.model_copy(update={"take": "sum" if one.take == "mean" else "mean"})] if one.column in amounts else []
    others += [one.model_copy(update={"column": name, "take": one.take if one.column else "sum"}) for name in amounts if name != one.column]
    others += [type(one)(take="count")] if one.column else []
    for other in others:
        query = reading.query.model_copy(update={"measures": (other,)})
        words = _worded(query, tables, lang)
        again = question.read(words, tables, lang)
        if again is not None and again.sure and (again.query.measures, again.query.group, again.query.where) == (
            query.measures, query.group, query.where
        ):  # fmt: skip
            out.append(words[:1].upper() + words[1:])
    return tuple(out[:WAYS])


def _worded(query: Any, tables: dict[str, Table], lang: str) -> str:
    """What a query over one of the tables finds, in words: "sum of revenue by region"; empty where it is over another."""
    from flipchart.renderers.query_rows import described_query

    table = every(tables).get(query.table)
    return described_query(query, replace(table, name="", sheet=""), lang).removeprefix(": ") if table is not None else ""


def read(request: Request) -> Any:
    """The question as a reading over the attached tables; None where nothing of it is about them."""
    from flipchart.renderers import question

    tables = _tables(request)
    return question.read(request.text, tables, request.lang or detect(request.text)) if tables else None


def hint(request: Request) -> str:
    """What was understood of the question, for a model to go on from; empty where that is nothing."""
    reading = read(request)
    if reading is None:
        return ""
    understood = reading.query.model_dump_json(exclude_defaults=True)
    missed = f". It leaves out what is meant by: {', '.join(reading.missed)}" if reading.missed else ""
    return f"A first reading of the question, which may be wrong: mark {reading.mark}, query {understood}{missed}"


def drawn(reading: Any, tables: dict[str, Table], lang: str) -> Spec:
    """The chart of a reading, its query run. Raises SpecProblem where that finds nothing."""
    one = form("chart")
    written = {
        "mark": reading.mark,
        "trend": reading.trend,
        "bin": reading.bin,
        "query": reading.query.model_dump(mode="json", exclude_defaults=True),
        "lang": lang,
    }
    spec = one.spec.model_validate(written)
    assert one.resolve is not None
    spec = one.resolve(spec, tables)
    if reading.said:
        spec = spec.model_copy(update={"said": (*reading.said, *getattr(spec, "said", ()))})
    return spec if spec.title or one.headline is None else spec.model_copy(update={"title": one.headline(spec)})


def _tables(request: Request) -> dict[str, Table]:
    return {file.name: file.table for file in request.files if file.table is not None}


def _answered(request: Request, reading: Any, tables: dict[str, Table], lang: str) -> Iterator[Event] | None:
    begun = time.monotonic()
    try:
        spec = drawn(reading, tables, lang)
    except NoRows as found:
        return _none(request, found, lang) if reading.sure else None
    except SpecProblem:
        return None
    asked = " ".join(request.text.split()) if not reading.query.group else _worded(reading.query, tables, lang)
    if reading.mark == "table" and not spec.title and 0 < len(asked) <= TITLE:
        spec = spec.model_copy(update={"title": asked[:1].upper() + asked[1:]})
    return _told(request, reading, spec, lang, time.monotonic() - begun)


def _none(request: Request, found: NoRows, lang: str) -> Iterator[Event]:
    """That no row fits, where nothing of the question was left out: no model is asked to make one up."""
    yield Planned("text", (("text", 1.0), ("chart", 0.3)), say("reason.computed", lang), 0.0)
    yield Said(say("question.none", lang, query=found.query))


def _told(request: Request, reading: Any, spec: Spec, lang: str, seconds: float) -> Iterator[Event]:
    worded = request.form == "text" or (request.form is None and request.autonomy < 2)
    chosen = "text" if worded else "chart"
    yield Planned(chosen, ((chosen, 1.0), ("text" if chosen == "chart" else "chart", 0.5)), say("reason.computed", lang), round(seconds, 1))
    if worded:
        yield Said("\n\n".join([form("chart").markdown(spec), *reading.said]))
    else:
        yield Drawn(spec, "done")
        if findings := [*form("chart").findings(spec), *render.check(spec, style(), (720.0,))]:
            yield Noted(tuple(findings), spec.id)
    if reading.others:
        yield Offered(reading.others)


def unanswered(request: Request, lang: str) -> Iterator[Event] | None:
    """That a question to a table was not understood, and what can be asked; None where no table is attached.

    What a model remembers would be no answer to it.
    """
    tables = _tables(request)
    return _unanswered(list(tables.values())[-1], lang) if tables else None


def _unanswered(table: Table, lang: str) -> Iterator[Event]:
    from flipchart.renderers.chart import questions

    names = ", ".join(column.name for column in table.columns[:SHOWN])
    yield Said(say("fallback.table", lang, name=table.name, columns=names))
    yield Offered(tuple(questions(table, lang)))


def _looks(request: Request) -> bool:
    """Whether a file is only to be looked at: no words, or those that ask for nothing else."""
    text = " ".join(request.text.split())
    asked = {say("chat.look", lang, name=file.name) for file in request.files for lang in LANGUAGES}
    return not text or text in asked or (bool(_LOOK.fullmatch(text.rstrip("?.! "))) and read(request) is None)


def _look(request: Request, tables: dict[str, Table], lang: str) -> Iterator[Event]:
    """What the last file is, what was left out, three charts by rule, four questions."""
    from flipchart.renderers.chart import questions, rule_charts

    table = list(tables.values())[-1]
    yield Planned("chart", (("chart", 1.0), ("text", 0.5)), say("reason.look", lang), 1.0)
    yield Said(described(table, lang) + "\n\n")
    if request.autonomy:
        for n, spec in enumerate(rule_charts(table, lang), 1):
            if request.cancel.is_set():
                return
            yield Drawn(spec.model_copy(update={"id": f"chart{n}"}), "done")
    yield Offered(tuple(questions(table, lang)))


def described(table: Table, lang: str) -> str:
    """What a table is and what was left out of it, as Markdown."""
    lines = [say("question.about", lang, name=table.name, rows=number(table.rows, lang), columns=number(len(table.columns), lang))]
    shown = [f"**{column.name}** ({say(f'question.kind.{column.kind}', lang)})" for column in table.columns[:12]]
    lines.append(", ".join(shown) + (", …" if len(table.columns) > 12 else "") + ".")
    if notes := table.said(lang):
        lines.append(" ".join(notes))
    return "\n\n".join(lines)
