"""The colours that a Vega-Lite spec gives itself: names, ranges and schemes, as "#rrggbb"."""

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any

from flipchart.renderers.style import mix
from flipchart.renderers.vega_channels import Channel
from flipchart.renderers.vega_rows import Record, figure, listed, mapping

STEPS = 17  # colours by which a run of colours is told
_SETS = {
    "category10": "tab10", "category20": "tab20", "category20b": "tab20b", "category20c": "tab20c", "accent": "Accent", "dark2": "Dark2",
    "paired": "Paired", "pastel1": "Pastel1", "pastel2": "Pastel2", "set1": "Set1", "set2": "Set2", "set3": "Set3",
}  # fmt: skip
_RUNS = {
    **{name: name for name in ("viridis", "magma", "inferno", "plasma", "cividis", "turbo", "rainbow")},
    **{name.lower(): name for name in ("Blues", "Greens", "Greys", "Oranges", "Purples", "Reds")},
    "bluegreen": "BuGn", "bluepurple": "BuPu", "greenblue": "GnBu", "orangered": "OrRd", "purplebluegreen": "PuBuGn", "purpleblue": "PuBu",
    "purplered": "PuRd", "redpurple": "RdPu", "yellowgreenblue": "YlGnBu", "yellowgreen": "YlGn", "yelloworangebrown": "YlOrBr",
    "yelloworangered": "YlOrRd", "brownbluegreen": "BrBG", "purplegreen": "PRGn", "pinkyellowgreen": "PiYG", "purpleorange": "PuOr_r",
    "redblue": "RdBu", "redgrey": "RdGy", "redyellowblue": "RdYlBu", "redyellowgreen": "RdYlGn", "spectral": "Spectral",
}  # fmt: skip


@lru_cache(maxsize=2048)
def painted(words: str) -> str:
    """A CSS colour as "#rrggbb"; "" where it is none."""
    bare = words.strip().lower()
    if re.fullmatch(r"#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})", bare):
        return "#" + ("".join(digit * 2 for digit in bare[1:]) if len(bare) == 4 else bare[1:7])
    if found := re.fullmatch(r"rgba?\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*(?:,.*)?\)", bare):
        return "#" + "".join(f"{min(255, int(part)):02x}" for part in found.groups())
    if re.fullmatch(r"[a-z]{3,22}", bare):
        from PIL.ImageColor import getrgb  # knows the names of CSS

        with suppress(ValueError):
            return "#" + "".join(f"{part:02x}" for part in getrgb(bare)[:3])
    return ""


def grey(words: str) -> str:
    """ "ink" for what is nearly black, "grey" for other colours without a hue and for none at all, "" for the rest."""
    if words.strip().lower() in {"transparent", "none"}:
        return "grey"
    found = painted(words)
    if not found:
        return ""
    parts = [int(found[at : at + 2], 16) for at in (1, 3, 5)]
    if max(parts) - min(parts) >= 12:
        return ""
    return "ink" if max(parts) <= 0x33 else "grey"


def ranged(scale: Any, signals: Record) -> tuple[str, ...]:
    """The colours of a scale's own range or scheme, in order; empty where it gives none that are known."""
    from flipchart.renderers.vega_expression import constant

    told = mapping(scale)
    given = constant(told.get("range"), signals)
    if isinstance(given, list):
        found = [painted(str(constant(one, signals))) for one in given]
        return tuple(found) if found and all(found) else ()
    return schemed(told.get("scheme"))


@lru_cache(maxsize=64)
def _scheme(name: str, count: int) -> tuple[str, ...]:
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    bare = name.lower().split("-")[0]
    if bare in _SETS:
        return tuple(to_hex(one) for one in getattr(colormaps[_SETS[bare]], "colors", ()))
    if bare in _RUNS:
        run = colormaps[_RUNS[bare]]
        return tuple(to_hex(run(at / (count - 1))) for at in range(count))
    return ()


def schemed(given: Any) -> tuple[str, ...]:
    """The colours of a scheme by its name; empty where it is not known."""
    told = mapping(given)
    return _scheme(str(told.get("name") or given or ""), STEPS)


def is_run(scale: Any) -> bool:
    """True where a scale's scheme runs from colour to colour, so that names take colours all along it."""
    scheme = mapping(scale).get("scheme")
    return str(mapping(scheme).get("name") or scheme or "").lower().split("-")[0] in _RUNS


def along(colours: Sequence[str], share: float) -> str:
    """The colour at a share (0 to 1) of a run of colours."""
    place = min(1.0, max(0.0, share)) * (len(colours) - 1)
    low = min(int(place), len(colours) - 1)
    high = min(low + 1, len(colours) - 1)
    return mix(colours[high], colours[low], place - low)


def shades(one: Channel, signals: Record, around: Record) -> tuple[str, ...]:
    """What a figure's shades run through, evenly from its lowest to its highest (three: on each side of the middle one).

    Empty where the theme's are to be used.
    """
    scale = mapping(one.scale)
    found = ranged(scale, signals)
    if not found and "scheme" not in scale and "range" not in scale:
        held = mapping(around.get("range"))
        given = held.get("ramp") or held.get("heatmap")
        found = ranged({"range": given} if isinstance(given, list) else given, signals)
    if len(found) < 2:
        return ()
    stops = [figure(each) for each in listed(scale.get("domain"))]
    if len(stops) == len(found) > 3 and None not in stops:
        found = _even(found, [stop or 0.0 for stop in stops])
    turned = bool(scale.get("reverse")) != (one.sort == "descending")
    return found[::-1] if turned else found


def _even(colours: Sequence[str], stops: Sequence[float]) -> tuple[str, ...]:
    """Colours at places of their own as colours at even places."""
    low, high = stops[0], stops[-1]
    if low == high:
        return tuple(colours)
    made = []
    for step in range(STEPS):
        value = low + (high - low) * step / (STEPS - 1)
        at = max((at for at in range(len(stops) - 1) if (value - stops[at]) * (high - low) >= -1e-9), default=0)
        width = stops[at + 1] - stops[at]
        made.append(along(colours[at : at + 2], (value - stops[at]) / width if width else 0.0))
    return tuple(made)


def named(one: Channel, names: Sequence[str], domain: Sequence[str], signals: Record, around: Record) -> dict[str, str]:
    """The colour of each name, where the spec gives them."""
    found = ranged(one.scale, signals)
    if not found and not {"scheme", "range"} & set(mapping(one.scale)):
        held = mapping(around.get("range")).get("ordinal" if one.kind == "ordinal" else "category")
        found = ranged({"range": held} if isinstance(held, list) else held, signals)
    if not found:
        return {}
    order = [*domain, *(name for name in names if name not in domain)]
    if mapping(one.scale).get("reverse"):
        order = order[::-1]
    if is_run(one.scale) or (one.bin and len(found) != len(order)):
        return {name: along(found, at / max(1, len(order) - 1)) for at, name in enumerate(order)}
    return {name: found[at % len(found)] for at, name in enumerate(order)}
