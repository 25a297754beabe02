"""An answer on someone else's page: `<script src=…/widget.js></script> <flip-chart ask="…"></flip-chart>`.

The script only puts a frame there. What the frame shows is `/embed`, which asks and shows the answer, or a visual's own page. Which
sites may frame them is FLIPCHART_EMBED_ORIGINS; a visual's static copy (`/v/{id}.html`) needs no server at all.
"""

from collections.abc import Mapping
from html import escape

from flipchart import assets
from flipchart.gui.frames import address, inlined
from flipchart.gui.session import Session
from flipchart.models.language import detect
from flipchart.renderers.html import variables
from flipchart.renderers.style import themes
from flipchart.renderers.typeset import reads_rtl
from flipchart.renderers.words import say

WORDS = ("ask", "working", "nothing", "slow")


def script() -> bytes:
    """The script that defines `<flip-chart>`."""
    return assets.data("web/widget.js")


def page(given: Mapping[str, str], session: Session) -> str:
    """The page behind `/embed?ask=…` (also `form`, `theme`, `lang`), which asks once a browser and shows the answer."""
    question = given.get("ask", "")[:2000]
    theme = given.get("theme", "light")
    look = session.style(theme if theme in themes() else "light")
    lang = given.get("lang", "")[:20] or detect(question)
    state = {
        "ask": question,
        "form": given.get("form", ""),
        "theme": look.name,
        "lang": given.get("lang", "")[:20],
        "words": {word: say(f"embed.{word}", lang) for word in WORDS},
    }
    return (
        f'<!doctype html>\n<html lang="{escape(lang, quote=True)}" dir="{"rtl" if reads_rtl(lang) else "ltr"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{escape(question[:80]) or 'Flipchart'}</title>"
        f'<link rel="stylesheet" href="{address("fonts.css")}"><link rel="stylesheet" href="{address("web/page.css")}">'
        f'<link rel="stylesheet" href="{address("web/embed.css")}"><style>:root{{{variables(look)}}}</style>'
        f'<script src="{address("web/embed.js")}" defer></script></head><body class="embed"><main id="answer"></main>'
        f'<script type="application/json" id="state">{inlined(state)}</script></body></html>\n'
    )
