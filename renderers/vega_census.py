"""What a Vega-Lite spec says that is not drawn: every property that is not read here is named, so that nothing is dropped in silence."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flipchart.renderers.vega_channels import POSITIONS, unit_of
from flipchart.renderers.vega_colours import ranged
from flipchart.renderers.vega_config import KEPT, NESTED
from flipchart.renderers.vega_rows import Record, listed, mapping

Known = Callable[[str, Any], bool]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


VIEW = _words(
    "$schema data datasets mark encoding transform layer hconcat vconcat concat repeat facet spec columns title params selection resolve "
    "config name description usermeta background"
)
CHANNEL = _words(
    "field type aggregate bin timeUnit sort stack scale axis legend header title format datum value condition impute bandPosition "
    "columns test param selection empty"
)
AXIS = _words("title labels values labelExpr grid format")
HEADER = _words("title labelExpr")
LEGEND = _words("title")
SCALE = _words("domain domainMin domainMax domainMid type zero nice reverse range scheme")
MARK = _words("type color fill stroke invalid style tooltip aria description")
MARKS = {
    "bar": _words("orient opacity fillOpacity size clip"),
    "rect": _words("opacity fillOpacity clip"),
    "line": _words("orient opacity strokeDash strokeWidth interpolate point clip"),
    "area": _words("orient opacity fillOpacity interpolate point line clip"),
    "trail": _words("orient opacity clip"),
    "rule": _words("orient opacity strokeDash strokeWidth size clip"),
    "tick": _words("orient opacity clip"),
    "text": _words("text dx dy align baseline angle"),
    "arc": _words("innerRadius"),
    "boxplot": _words("orient extent"),
    "errorbar": _words("orient extent ticks center"),
    "errorband": _words("orient extent borders center"),
    **{name: _words("opacity fillOpacity clip") for name in ("point", "circle", "square")},
}
PLAIN = {
    "view": VIEW, "channel": CHANNEL - {"bandPosition", "impute"}, "axis": AXIS - {"labelExpr", "values", "grid", "format"},
    "scale": SCALE - {"domainMin", "domainMax", "domainMid", "zero", "nice"},
}  # fmt: skip
"""What is read where a plain chart says it all."""
DATA = _words("url values name format sequence type parse property delimiter")
STEPS = _words(
    "filter calculate aggregate joinaggregate window stack impute pivot lookup regression loess density quantile sample "
    "extent fold flatten timeUnit bin groupby as op field fields sort frame ignorePeers param params offset key keyvals "
    "method value limit from data default on order bandwidth steps maxsteps cumulative counts probs step"
)
CONFIG = _words("mark axis axisX axisY scale style range background") | MARKS.keys()
_LOOK = re.compile(
    r"(?i)(color|font|width|height|size|padding|offset|dash|cap|join|miter|radius|angle|align|baseline|opacity|anchor|limit|orient|"
    r"direction|extent|spacing|ticks?|domain|grid|zindex|stroke|fill|fontstyle|weight|background|autosize|bounds|center|band|flush|"
    r"overlap|filled|thickness|shape|line|frame|symbol\w*|columns|position|round|step|view|cursor|tickcount|labels)$"
)


def census(view: Record, *, plain: bool) -> tuple[list[str], list[str]]:
    """What is not drawn of a spec, and which of its looks are the theme's; each in the order it is met."""
    features: list[str] = []
    looks: list[str] = []
    for name in dict.fromkeys([*_view(view, plain, 0), *_config(mapping(view.get("config")))]):
        (looks if _LOOK.search(name.split(" (")[0]) else features).append(name)
    return features, looks


def _unread(kind: str, told: Record, known: frozenset[str]) -> Iterator[str]:
    yield from (f"{kind}.{key}" if kind else key for key, value in told.items() if key not in known and value is not None)


def _view(view: Record, plain: bool, depth: int) -> Iterator[str]:
    if depth > 30:
        return
    yield from _unread("", view, VIEW)
    title = mapping(view.get("title"))
    yield from _unread("title", title, frozenset({"text", "subtitle"}))
    for kind, held in mapping(view.get("resolve")).items():
        yield from _unread(f"resolve.{kind}", mapping(held), frozenset(POSITIONS) if kind == "scale" else frozenset())
    yield from _data(mapping(view.get("data")))
    for step in map(mapping, listed(view.get("transform"))):
        yield from _unread("transform", step, STEPS)
    if "mark" in view:
        yield from _mark(view["mark"], plain)
    yield from _encoding(view, plain)
    for part in map(mapping, (one for key in NESTED for one in listed(view.get(key)))):
        yield from _view(part, plain, depth + 1)
    if isinstance(view.get("spec"), Mapping):
        yield from _view(mapping(view["spec"]), plain, depth + 1)


def _data(told: Record) -> Iterator[str]:
    yield from _unread("data", told, DATA | {"name"})
    yield from _unread("data.format", mapping(told.get("format")), DATA)


def _mark(given: Any, plain: bool) -> Iterator[str]:
    told = mapping(given) if isinstance(given, Mapping) else {"type": given}
    name = str(told.get("type", ""))
    own = MARKS.get(name, frozenset())
    if plain and name != "text":  # words that a plain chart sets by itself stand where it sets them
        own &= {"innerRadius", "orient", "interpolate", "clip"} | ({"point"} if name == "line" else set())
    yield from _unread("mark", told, MARK | own)
    for over in ("point", "line", "borders"):
        yield from _unread(f"mark.{over}", mapping(told.get(over)), MARK | MARKS["line" if over != "point" else "point"])


def _encoding(view: Record, plain: bool) -> Iterator[str]:
    mark = view.get("mark")
    name_of = str(mark.get("type", "")) if isinstance(mark, Mapping) else str(mark or "")
    for name, given in mapping(view.get("encoding")).items():
        for one in listed(given):
            told = mapping(one)
            yield from _unread(f"encoding.{name}", told, CHANNEL)
            if isinstance(told.get("scale"), Mapping):
                yield from _scale(name, mapping(told["scale"]), plain, name_of)
            axis = mapping(told.get("axis"))
            known = PLAIN["axis"] if plain else AXIS
            if plain and (str(axis.get("format")) in {"d", ",", ",d"} or unit_of(str(axis.get("format", ""))) != ("", 1.0)):
                known |= {"format"}
            yield from _unread("axis", axis, known)
            legend = mapping(told.get("legend"))
            yield from _unread("legend", legend, LEGEND | ({"format"} if unit_of(str(legend.get("format", ""))) != ("", 1.0) else set()))
            yield from _unread("header", mapping(told.get("header")), HEADER)
            for condition in map(mapping, listed(told.get("condition"))):
                yield from _unread(f"encoding.{name}.condition", condition, CHANNEL)


def _scale(name: str, told: Record, plain: bool, mark: str) -> Iterator[str]:
    known = PLAIN["scale"] if plain else SCALE
    if plain and ((mark in {"bar", "area"} and told.get("zero") is True) or mark in {"point", "circle", "square"}):
        known |= {"zero"}
    if plain and told.get("nice") is True:
        known |= {"nice"}
    yield from _unread("scale", told, known)
    for key in ("range", "scheme"):
        if told.get(key) is not None and (name not in {"color", "fill", "stroke"} or not ranged(told, {})):
            yield f"encoding.{name}.scale.{key}"


def _config(config: Record) -> Iterator[str]:
    for name, held in config.items():
        if name not in CONFIG:
            if isinstance(held, Mapping):
                yield from (f"config.{name}.{key}" for key in held)
            else:
                yield f"config.{name}"
        elif name == "scale":
            yield from _unread("config.scale", mapping(held), frozenset(KEPT))
        elif name == "range":
            yield from _unread("config.range", mapping(held), frozenset({"category", "ordinal", "ramp", "heatmap"}))
        elif name == "style":
            for style, told in mapping(held).items():
                yield from _unread(f"config.style.{style}", mapping(told), MARK | frozenset().union(*MARKS.values()))
        elif name.startswith("axis"):
            yield from _unread(f"config.{name}", mapping(held), AXIS | {"disable"})
        elif name != "background":
            own = MARKS.get(name) or frozenset().union(*MARKS.values())
            yield from _unread(f"config.{name}", mapping(held), MARK | own)
