"""A Vega-Lite spec with what its `config` says written where it holds: on marks, axes and scales that say nothing else."""

from collections.abc import Mapping
from typing import Any

from flipchart.renderers.vega_rows import Record, listed, mapping

NESTED = ("layer", "hconcat", "vconcat", "concat")
AXES = ("axis", "axisX", "axisY")
KEPT = ("zero", "nice")
"""What `config.scale` says that is read."""


def configured(view: Record) -> Record:
    """The spec with its config in its views."""
    config = mapping(view.get("config"))
    return _told(view, config, 0) if config else view


def _told(view: Record, config: Record, depth: int) -> Record:
    out = dict(view)
    for key in NESTED:
        if key in out and depth < 30:
            out[key] = [_told(mapping(one), config, depth + 1) for one in listed(out[key])]
    if isinstance(out.get("spec"), Mapping) and depth < 30:
        out["spec"] = _told(mapping(out["spec"]), config, depth + 1)
    if "mark" in out:
        out["mark"] = _mark(out["mark"], config)
    if isinstance(out.get("encoding"), Mapping):
        out["encoding"] = {name: _channel(name, given, config) for name, given in out["encoding"].items()}
    return out


def _mark(given: Any, config: Record) -> Any:
    """A mark with what holds for all marks, for those of its type, and for its style."""
    told = mapping(given) if isinstance(given, Mapping) else {"type": given}
    styles = mapping(config.get("style"))
    around: Record = {}
    for one in (config.get("mark"), config.get(str(told.get("type"))), *(styles.get(str(name)) for name in listed(told.get("style")))):
        around |= mapping(one)
    for own in ("fill", "stroke"):  # a colour of its own outdoes one that is set for all
        if own in told:
            around.pop("color", None)
    return {**around, **told} if around else given


def _channel(name: str, given: Any, config: Record) -> Any:
    if not isinstance(given, Mapping) or name not in {"x", "y"} or "value" in given:
        return given
    out, around = dict(given), dict[str, Any]()
    for key in ("axis", f"axis{name.upper()}"):
        around |= mapping(config.get(key))
    if around.pop("disable", False):
        out.setdefault("axis", None)
    elif around and out.get("axis", {}) not in (None, False):
        out["axis"] = {**around, **mapping(out.get("axis"))}
    scale = {key: value for key, value in mapping(config.get("scale")).items() if key in KEPT}
    if scale and out.get("scale", {}) not in (None, False):
        out["scale"] = {**scale, **mapping(out.get("scale"))}
    return out
