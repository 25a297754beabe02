"""A board open in Excalidraw's own editor, on a page of its own; its faces are the shipped ones: type is as wide as it was drawn."""

from functools import cache
from html import escape
from typing import Any

from flipchart.gui import frames
from flipchart.renderers.problem import Problem
from flipchart.renderers.style import style
from flipchart.renderers.typeset import Font, fonts
from flipchart.renderers.words import say

WORDS = ("done", "cancel", "discard", "saved", "slow")
# What the editor calls its faces, and what stands for them.
FACES = {
    "Excalifont": "Shantell Sans",
    "Virgil": "Shantell Sans",
    "Nunito": "Inter",
    "Lilita One": "Inter",
    "Liberation Sans": "Arimo",
    "Comic Shanns": "JetBrains Mono",
    "Cascadia": "JetBrains Mono",
}
# The editor's languages, by ours.
LANGUAGES = {"es": "es-ES", "pt": "pt-BR", "fr": "fr-FR", "de": "de-DE", "zh": "zh-CN", "ja": "ja-JP", "hi": "hi-IN", "ar": "ar-SA"}


def page(view: dict[str, Any]) -> str:
    """The editor over a visual, whose view it gets; raises Problem where the visual is not drawn by hand."""
    if not view["drawable"]:
        raise Problem(f"a {view['form']} is not drawn by hand; change its words where they stand")
    if view["status"] == "growing":
        raise Problem("this board is still being drawn; open it again in a moment")
    lang = view["lang"]
    title = view["title"] or say("frame.board", lang)
    state = {
        "id": view["id"],
        "n": view["n"],
        "title": title,
        "dark": style(view["theme"]).dark,
        "editor": LANGUAGES.get(lang.split("-")[0], "en"),
        "words": {word: say(f"frame.{word}", lang) for word in WORDS},
        "faces": list(FACES),
    }
    return (
        f'<!doctype html>\n<html lang="{escape(lang, quote=True)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f'<link rel="stylesheet" href="{frames.address("fonts.css")}"><link rel="stylesheet" href="{frames.address("web/page.css")}">'
        f'<link rel="stylesheet" href="{frames.address("web/board/editor.css")}">'
        f'<link rel="stylesheet" href="{frames.address("web/board/page.css")}"><style>{_faces()}:root{{{view["style"]}}}</style>'
        f'<script src="{frames.address("web/board/editor.js")}" type="module"></script></head><body class="editing">'
        f'<main id="board"></main><script type="application/json" id="state">{frames.inlined(state)}</script></body></html>\n'
    )


@cache
def _faces() -> str:
    shipped = {font.family: font for font in sorted(fonts(), key=_heavier)}
    return "".join(frames.renamed(shipped[family], name) for name, family in FACES.items())


def _heavier(font: Font) -> int:
    return -font.weight
