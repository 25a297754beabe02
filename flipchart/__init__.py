"""The graphical interface for large language models.

    import flipchart
    answer = flipchart.ask("7 tips for better sleep")      # .text .visuals .plan; shows itself in a notebook
    flipchart.render(spec).save("deck.pptx")               # a spec, a dict, or Vega-Lite, Mermaid, Marp, AntV, Excalidraw text
    flipchart.brand("logo.svg")                            # or "#0b5678,#c9772b", or a .pptx: what every answer wears; None: nothing

What cannot be drawn or answered raises `flipchart.Problem`, whose message is one plain sentence.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Problem", "__version__", "ask", "brand", "check", "render"]

if TYPE_CHECKING:
    from flipchart.gui.session import ask, brand
    from flipchart.renderers.problem import Problem
    from flipchart.renderers.render import check, render

_DOORS = {
    "ask": "flipchart.gui.session",
    "brand": "flipchart.gui.session",
    "Problem": "flipchart.renderers.problem",
    "render": "flipchart.renderers.render",
    "check": "flipchart.renderers.render",
}


def __getattr__(name: str) -> Any:
    """Each door opens when it is first used, so that `import flipchart` costs nothing."""
    if name not in _DOORS:
        raise AttributeError(f"module 'flipchart' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_DOORS[name]), name)
