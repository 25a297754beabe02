"""Charts of layers and panels as data: marks at places on axes, where no plain series can say what is drawn."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from flipchart.renderers.spec import COLOUR, Part
from flipchart.renderers.times import Grain

Places = Annotated[tuple[float | None, ...], Field(max_length=200_000, json_schema_extra={"figure": False})]
Paint = Annotated[str, Field(pattern=COLOUR)]
LayerMark = Literal["bar", "line", "area", "point", "tick", "rule", "text"]
QUIET, INK = -1, -2
"""Colours of what is not one of the keys: grey and ink."""


class Axis(BaseModel):
    """One axis of a panel: what it covers, and how it is written. Time is in days since year 1, names stand in bands of width 1."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    scale: Literal["linear", "log", "sqrt", "symlog", "time", "names"] = "linear"
    low: float = 0.0
    high: float = 1.0
    fixed: bool = False
    """True where it covers just this; else it runs on to the next round figure."""
    names: tuple[str, ...] = ()
    ordered: bool = False
    """True where the names have an order, so that some may be left out where there is no room."""
    grain: Grain = "day"
    title: str = ""
    unit: str = ""
    plain: bool = False
    """True where figures are written without separators (years)."""
    turned: bool = False
    """True where it runs from high to low."""
    parts: int = Field(default=1, ge=1)
    """How many marks lie beside each other in a name's band."""
    hidden: bool = False
    """True where neither names nor figures are written along it."""
    grid: bool = True
    """False where no lines are drawn across the plot."""
    at: tuple[float, ...] = ()
    """Where its ticks stand, where it is told."""
    shape: str = ""
    """The d3 format that its figures or dates are written in."""
    written: str = ""
    """An expression of datum.value and datum.label that its words are made by."""


class Panel(Part):
    """One plot of a chart, in its place of the grid."""

    title: str = ""
    row: int = 0
    column: int = 0
    x: Axis = Axis()
    y: Axis = Axis()


class Key(Part):
    """What one colour stands for."""

    name: str = ""


class Measure(Part):
    """What a shade or a size stands for."""

    title: str = ""
    low: float = 0.0
    high: float = 1.0
    unit: str = ""
    middle: float | None = None
    """Where two colours meet."""
    time: bool = False
    paints: tuple[Paint, ...] = ()
    """Colours of its own, evenly from low to high."""


class Layer(Part):
    """Marks of one kind and colour: the i-th of each list belong together; an empty list: the mark runs across."""

    mark: LayerMark = "point"
    panel: int = Field(default=0, ge=0)
    colour: int = Field(default=0, ge=INK)
    """Place of its key; a place past the keys has a colour but no name."""
    name: str = ""
    x: Places = ()
    x2: Places = ()
    y: Places = ()
    y2: Places = ()
    shade: Places = ()
    size: Places = ()
    texts: tuple[str, ...] = ()
    """The words of a text."""
    tips: tuple[str, ...] = ()
    """What is said of each mark, where the spec tells it."""
    thick: float = Field(default=0.0, ge=0, le=100)
    """Width of a line, or of a bar that has one end only, in px."""
    dashed: bool = False
    strong: float = Field(default=1.0, ge=0, le=1)
    """1 is solid; less is lighter."""
    turned: bool = False
    """True for lines and areas that run downwards."""
    clipped: bool = False
    """True where what lies past the axes is meant to be cut off."""
    stepped: bool = False
    """True for lines that go on level until the next figure."""
    beside: Literal["", "above", "below", "before", "after"] = ""
    """Where a text stands by its place."""


class Layered(Part):
    """Panels, the layers on them, and what their colours, shades and sizes stand for."""

    panels: tuple[Panel, ...] = Field(min_length=1, max_length=400)
    layers: tuple[Layer, ...] = Field(default=(), max_length=4000)
    keys: tuple[Key, ...] = Field(default=(), max_length=1000)
    paints: tuple[Paint | Literal[""], ...] = ()
    """Colours of its own, by place; "" where the theme's is drawn."""
    key_title: str = ""
    ordered: bool = False
    """True where the keys have an order: shades of one colour."""
    unkeyed: bool = False
    """True where the keys are named on the panels, or need no names."""
    shade: Measure | None = None
    size: Measure | None = None
    wrapped: bool = False
    """True where the panels only follow each other, and the grid is free."""

    def named(self, layer: Layer) -> str:
        """What a layer's colour stands for."""
        return self.keys[layer.colour].name if 0 <= layer.colour < len(self.keys) else layer.name


def table(chart: Layered, said: str) -> tuple[list[str], list[list[str | float | None]]]:
    """The rows behind the chart, one for each mark; `said` is the word for a label."""
    from flipchart.renderers.axis import moment_at
    from flipchart.renderers.times import written

    several = len(chart.panels) > 1
    marked = [layer for layer in chart.layers if layer.mark != "text"] or list(chart.layers)
    columns = [name for name in ("x", "x2", "y", "y2", "shade", "size") if any(getattr(layer, name) for layer in marked)]
    panels = chart.panels
    first = panels[0]
    titles = {
        "x": first.x.title or "x", "x2": f"{first.x.title or 'x'} 2", "y": first.y.title or "y", "y2": f"{first.y.title or 'y'} 2",
        "shade": chart.shade.title if chart.shade else "", "size": chart.size.title if chart.size else "",
    }  # fmt: skip
    heads = [*(["panel"] if several else []), chart.key_title or said, *(titles[name] or name for name in columns)]

    def cell(axis: Axis | None, value: float | None) -> str | float | None:
        if value is None or axis is None:
            return value
        if axis.scale == "names":
            return axis.names[int(value)] if 0 <= value < len(axis.names) else None
        return written(moment_at(value), "minute" if value % 1 else "day", "en") if axis.scale == "time" else value

    body: list[list[str | float | None]] = []
    for layer in marked:
        panel = panels[layer.panel]
        for at in range(max((len(getattr(layer, name)) for name in columns), default=0)):
            row: list[str | float | None] = [*([panel.title] if several else []), chart.named(layer)]
            for name in columns:
                held = getattr(layer, name)
                axis = panel.x if name.startswith("x") else panel.y if name.startswith("y") else None
                row.append(cell(axis, held[at] if at < len(held) else None))
            body.append(row)
    return heads, body
