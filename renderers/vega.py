"""Vega-Lite in: its views drawn as charts, each feature that is not drawn named and never silently dropped.

What labels and series can say becomes a plain chart (`vega_plain`), which offices and designs know; all else is drawn as layers on panels
(`vega_views`). What would change the figures is refused by name; what only adds to them (choosing with a pointer, curves) is left out
and said.
Colours that the spec gives are its own; sizes, fonts and all other looks follow the theme, and are named as well.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.chart_spec import MOST_BARS, MOST_CELLS, Chart, shown
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import explain, parse_json
from flipchart.renderers.style import luminance
from flipchart.renderers.vega_census import census
from flipchart.renderers.vega_colours import painted
from flipchart.renderers.vega_config import configured
from flipchart.renderers.vega_data import Source
from flipchart.renderers.vega_plain import Plain, one_layer
from flipchart.renderers.vega_rows import Record, mapping
from flipchart.renderers.vega_units import mark_of
from flipchart.renderers.vega_views import FACETS, JOINED, Views

_NEAREST = {"bar": "column", "line": "line", "area": "area", "point": "scatter"}


def read(text: str, folder: Path | None = None) -> Chart:
    """The chart that Vega-Lite JSON describes, its data beside it in `folder`.

    Raises SpecProblem, naming the feature, for what is not drawn.
    """
    value = parse_json(text)
    if not isinstance(value, dict):
        raise SpecProblem(f"a Vega-Lite spec is a JSON object, not {type(value).__name__}")
    return read_values(value, folder)


def read_values(given: Mapping[str, Any], folder: Path | None = None) -> Chart:
    """The same from JSON values."""
    view = configured(dict(given))
    if "vega-lite" not in str(view.get("$schema", "vega-lite")):
        raise SpecProblem("this is Vega, not Vega-Lite; give a Vega-Lite spec")
    source = Source(view, folder)
    try:
        made = _plain(view, source)
        return _titled(given, *made, plain=True) if made else _titled(given, *_layered(view, source), plain=False)
    except ValidationError as error:
        raise SpecProblem(f"this Vega-Lite spec gives no chart: {explain(error)}") from None
    except SpecProblem as problem:
        raise SpecProblem(" ".join(str(problem).split())) from None  # names in it may hold line breaks
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        # A value of a kind that Vega-Lite's schema does not allow where it stands; one that it allows has its own sentence.
        words = " ".join(str(error).split())[:120]
        raise SpecProblem(f"this Vega-Lite spec holds a value of the wrong kind ({words}); check it against the schema") from None


Made = tuple[Record, list[str]]
"""A chart's values, and what is left out."""


def _plain(view: Record, source: Source) -> Made | None:
    """The view as a plain chart; None where one cannot say it."""
    left_out: list[str] = []
    try:
        if any(key in view for key in (*JOINED, "repeat", "facet")) or any(name in (view.get("encoding") or {}) for name in FACETS):
            return None
        one = one_layer(view) if "layer" in view else view
        made = Plain(one, source, mapping(view.get("config")), left_out).chart()
        chart = Chart.model_validate(made)
    except (SpecProblem, ValidationError, TypeError):
        if mark_of(view) == "arc":
            raise
        return None
    if chart.mark in {"pie", "donut"}:
        return made, left_out
    drawn = shown(chart)
    cut = (
        len(chart.labels) > MOST_BARS
        if chart.mark in {"bar", "column"}
        else chart.mark == "heatmap" and max(len(chart.labels), len(chart.series)) > MOST_CELLS
    )
    return None if cut or ((drawn.mark, drawn.stack) != (chart.mark, chart.stack) and drawn.mark != "number") else (made, left_out)


def _layered(view: Record, source: Source) -> Made:
    """The view as layers on panels."""
    views = Views(source, mapping(view.get("config")))
    layers = views.layered(view)
    first = next((layer.mark for layer in layers.layers if layer.mark in _NEAREST), "point")
    mark = "heatmap" if any(layer.mark == "bar" and layer.shade for layer in layers.layers) else _NEAREST[first]
    return {"mark": mark, "layers": layers}, views.left_out


def _titled(view: Mapping[str, Any], made: Record, left_out: list[str], *, plain: bool) -> Chart:
    title = view.get("title")
    note = ""
    if isinstance(title, Mapping):
        note = _joined(title.get("subtitle"))
        title = title.get("text")
    features, looks = census(dict(view), plain=plain)
    made["said"] = [
        f"{words}: {', '.join(dict.fromkeys(names))}."
        for words, names in (("Vega-Lite features left out", [*left_out, *features]), ("Sizes and looks that follow the page", looks))
        if names
    ]
    ground = painted(str(view.get("background") or mapping(view.get("config")).get("background") or ""))
    if ground and ground != "#ffffff":
        dark = {"theme": "dark"} if luminance(ground) < 0.18 else {}
        made["look"] = mapping(made.get("look")) | {"sheet": ground} | dark
    return Chart.model_validate({"title": _joined(title), "note": note, **made})


def _joined(words: Any) -> str:
    return " ".join(str(line) for line in words) if isinstance(words, list) else words if isinstance(words, str) else ""
