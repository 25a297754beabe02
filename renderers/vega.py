"""Vega-Lite in: its views drawn as charts, each feature that is not drawn named and never silently dropped.

What labels and series can say becomes a plain chart (`vega_plain`), which offices and designs know; all else is drawn as layers on panels
(`vega_views`). What would change the figures is refused by name; what only adds to them (choosing with a pointer, curves) is left out
and said. Colours, sizes and fonts follow the theme.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flipchart.renderers.chart_spec import MOST_BARS, MOST_CELLS, Chart, shown
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.spec import explain, parse_json
from flipchart.renderers.vega_data import Source
from flipchart.renderers.vega_plain import Plain, one_layer
from flipchart.renderers.vega_rows import Record
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
    view = dict(given)
    if "vega-lite" not in str(view.get("$schema", "vega-lite")):
        raise SpecProblem("this is Vega, not Vega-Lite; give a Vega-Lite spec")
    source = Source(view, folder)
    try:
        return _plain(view, source) or _layered(view, source)
    except ValidationError as error:
        raise SpecProblem(f"this Vega-Lite spec gives no chart: {explain(error)}") from None
    except SpecProblem as problem:
        raise SpecProblem(" ".join(str(problem).split())) from None  # names in it may hold line breaks
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError) as error:
        # A value of a kind that Vega-Lite's schema does not allow where it stands; one that it allows has its own sentence.
        words = " ".join(str(error).split())[:120]
        raise SpecProblem(f"this Vega-Lite spec holds a value of the wrong kind ({words}); check it against the schema") from None


def _plain(view: Record, source: Source) -> Chart | None:
    """The view as a plain chart; None where one cannot say it."""
    left_out: list[str] = []
    try:
        if any(key in view for key in (*JOINED, "repeat", "facet")) or any(name in (view.get("encoding") or {}) for name in FACETS):
            return None
        one = one_layer(view) if "layer" in view else view
        made = Plain(one, source, left_out).chart()
        chart = _titled(view, made, left_out)
    except (SpecProblem, ValidationError, TypeError):
        if mark_of(view) == "arc":
            raise
        return None
    if chart.mark in {"pie", "donut"}:
        return chart
    drawn = shown(chart)
    cut = (
        len(chart.labels) > MOST_BARS
        if chart.mark in {"bar", "column"}
        else chart.mark == "heatmap" and max(len(chart.labels), len(chart.series)) > MOST_CELLS
    )
    return None if cut or ((drawn.mark, drawn.stack) != (chart.mark, chart.stack) and drawn.mark != "number") else chart


def _layered(view: Record, source: Source) -> Chart:
    """The view as layers on panels."""
    views = Views(source)
    layers = views.layered(view)
    first = next((layer.mark for layer in layers.layers if layer.mark in _NEAREST), "point")
    mark = "heatmap" if any(layer.mark == "bar" and layer.shade for layer in layers.layers) else _NEAREST[first]
    return _titled(view, {"mark": mark, "layers": layers}, views.left_out)


def _titled(view: Record, made: Record, left_out: list[str]) -> Chart:
    title = view.get("title")
    note = ""
    if isinstance(title, Mapping):
        note = _joined(title.get("subtitle"))
        title = title.get("text")
    if left_out:
        made["said"] = [f"Vega-Lite features left out: {', '.join(dict.fromkeys(left_out))}."]
    return Chart.model_validate({"title": _joined(title), "note": note, **made})


def _joined(words: Any) -> str:
    return " ".join(str(line) for line in words) if isinstance(words, list) else words if isinstance(words, str) else ""
