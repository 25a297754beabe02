"""Answers that are several things, put together by rule: a report on a table (words, charts, a deck), a lesson with its quiz."""

import re
from collections.abc import Sequence
from dataclasses import replace

from flipchart.models.events import File, Request
from flipchart.renderers.registry import form
from flipchart.renderers.spec import Spec, dump
from flipchart.renderers.words import say

CHARTS = 3
_REPORT = re.compile(
    r"\breports?\b|\boverview of (?:this|the|my)\b|\binforme\b|\brelatório\b|\brapport\b|\bcompte rendu\b|\bbericht\b|\breporte\b"
    r"|报告|报表|レポート|報告|रिपोर्ट|تقرير",
    re.I,
)
_LESSON = re.compile(
    r"\b(?:teach|lesson|lección|clase|aula|lição|leçon|cours|lektion|unterricht|lernen|enséñame|ensine|apprends|lehre)\b"
    r"|课程|教我|一课|授業|教えて|レッスン|पाठ|सिखाओ|सिखाएँ|درس|علمني",
    re.I,
)
_THEN_QUIZ = re.compile(
    r"\b(?:then|and|y|e|et|und|luego|depois|puis|dann)\b[^.?!]{0,40}\b(?:quiz(?: me)?|test me|cuestionario|questionário|questionnaire)\b"
    r"|(?:然后|再)[^。]{0,12}(?:测验|测试)|(?:その後|そして)[^。]{0,12}クイズ|(?:फिर|और)[^।]{0,20}(?:क्विज़|प्रश्नोत्तरी)|ثم[^.؟]{0,30}اختبار",
    re.I,
)


def reported(request: Request) -> File | None:
    """The table that a report is asked for on; None where none is."""
    tables = [file for file in request.files if file.table is not None]
    return tables[-1] if tables and not request.form and request.autonomy and _REPORT.search(request.text) else None


def quizzed(request: Request) -> Request | None:
    """The quiz that goes with a lesson, as a question of its own: where it is asked for, or at autonomy 3. None where it does not."""
    asked = _THEN_QUIZ.search(request.text)
    if request.form or not request.autonomy or not (asked or (request.autonomy == 3 and _LESSON.search(request.text))):
        return None
    subject = request.text[: asked.start()].strip(" ,;.") if asked and asked.start() > 8 else request.text
    return replace(request, text=say("lesson.quiz", request.lang or "en", subject=subject), form="app")


def report(file: File, lang: str) -> tuple[str, tuple[Spec, ...], Spec]:
    """What stands out in a table, in Markdown; its charts; and a deck of them. Every figure is a query's over the table itself."""
    from flipchart.renderers.chart_tables import rule_charts

    charts = [
        chart.model_copy(update={"id": f"chart{n}", "title": chart.title[:1].upper() + chart.title[1:]})
        for n, chart in enumerate(rule_charts(file.table, lang)[:CHARTS], 1)
    ]
    told = [chart.title for chart in charts if chart.title and chart.mark != "table"] or [chart.title for chart in charts]
    about = say("report.about", lang, rows=f"{file.rows or file.table.rows:,}", columns=len(file.columns or file.table.columns))
    lines = [f"**{file.name}** · {about}", "", *(f"- {line}" for line in told)]
    return "\n".join(lines) + "\n\n", tuple(charts), _deck(file.name, about, charts, told, lang)


def _deck(name: str, about: str, charts: Sequence[Spec], told: Sequence[str], lang: str) -> Spec:
    shown = [{"type": "picture", "heading": chart.title, "visual": dump(form("chart").untitled(chart))} for chart in charts]
    closing = {"type": "points", "heading": say("report.closing", lang), "items": [{"text": line} for line in told]}
    slides = [*shown, *([closing] if len(told) > 1 else [])]
    title = re.sub(r"[_-]+", " ", name.rsplit(".", 1)[0]).strip()
    return form("slides").spec.model_validate({"title": title[:1].upper() + title[1:], "subtitle": about, "lang": lang, "slides": slides})
