"""What the colours and sizes of a Vega-Lite spec's panels stand for, over all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from flipchart.renderers.axis import moment_at
from flipchart.renderers.layered import INK, QUIET, Measure
from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_channels import Channel, sorted_keys, unit_of
from flipchart.renderers.vega_colours import grey, named, painted, shades
from flipchart.renderers.vega_looks import Token
from flipchart.renderers.vega_rows import Record, called, figure, mapping, value_at
from flipchart.renderers.vega_units import Unit


class Colours:
    """Which place among the colours each key and each plain colour has."""

    def __init__(self, units: Sequence[Unit], signals: Record, config: Record) -> None:
        found: dict[str, list[str]] = {}
        channels: dict[str, tuple[Unit, Channel]] = {}
        plain: list[str] = []
        every = [(one, made) for one in units for made in one.made]
        for one, made in every:
            if made.colour[0] == "key":
                found.setdefault(made.colour[1], [])
                if made.colour[2] not in found[made.colour[1]]:
                    found[made.colour[1]].append(made.colour[2])
                if (given := one.every.get("color")) is not None:
                    channels.setdefault(made.colour[1], (one, given))
            elif made.colour[0] == "plain" and made.colour[1] not in plain:
                plain.append(made.colour[1])
        self.tokens: dict[Token, int] = {}
        self.names: list[str] = []
        self.paints: list[str] = []
        for title, names in found.items():
            ordered = self._sorted(title, names, channels)
            own: dict[str, str] = {}
            if title in channels:
                domain = mapping(channels[title][1].scale).get("domain")
                own = named(
                    channels[title][1], ordered, [called(one) for one in domain] if isinstance(domain, list) else [], signals, config
                )
            for name in ordered:
                self.tokens["key", title, name] = len(self.names)
                self.names.append(name)
                self.paints.append(own.get(name, ""))
        told = [channel for _, channel in channels.values()]
        self.ordered = (
            len(found) == 1
            and bool(told)
            and (told[0].kind == "ordinal" or bool(told[0].bin))
            and len(self.names) > 2
            and not any(self.paints)
        )
        self.unkeyed = bool(told) and all(not _legend(held) for held in channels.values())
        titles = [title for title in found if title and _legend(channels.get(title))]
        self.title = titles[0] if len(found) == 1 and titles else ""
        ranks = {colour: _shade_of(colour) for colour in plain}
        colourful = [colour for colour in plain if ranks[colour] == 0]
        for colour in plain:
            self.tokens["plain", colour] = ranks[colour] or len(self.names) + colourful.index(colour)
        self.paints += [painted(colour) for colour in colourful]
        while self.paints and not self.paints[-1]:
            self.paints.pop()

    @staticmethod
    def _sorted(title: str, names: list[str], channels: Mapping[str, tuple[Unit, Channel]]) -> list[str]:
        if title not in channels:
            return names
        one, given = channels[title]
        domain = mapping(given.scale).get("domain")
        if isinstance(domain, list) and domain and not given.bin:
            listed_ = [called(each) for each in domain]
            return sorted(names, key=lambda name: listed_.index(name) if name in listed_ else len(listed_))
        values: dict[str, Any] = {}
        for row in one.rows:
            values.setdefault(called(value_at(row, given.field)), value_at(row, given.field))
        keys = sorted_keys(given, [values.get(name, name) for name in names], one.rows, dict(one.every))
        return [called(key) for key in keys]

    def place(self, token: Token) -> int:
        """The place of a colour."""
        return self.tokens.get(token, 0)


def _legend(held: tuple[Unit, Channel] | None) -> bool:
    return held is None or held[1].axis is not None


def _shade_of(colour: str) -> int:
    """Ink, quiet grey, or 0 for a colour."""
    return {"ink": INK, "grey": QUIET}.get(grey(colour), 0)


def darkness(colour: str) -> float:
    """How strong a grey is: 1 for a middle one, less for a light one."""
    level = int((painted(colour) or "#f5f5f5")[1:3], 16)
    return min(1.0, max(0.15, (255 - level) / 127))


def measure(units: Sequence[Unit], name: str, left_out: list[str], signals: Record, config: Record) -> Measure | None:
    """What a shade or a size stands for, over all panels."""
    found: list[tuple[Channel, list[float]]] = []
    for one in units:
        values = [v for made in one.made for v in (made.shade if name == "color" else made.size) if v is not None]
        if values and (given := one.every.get(name)) is not None:
            found.append((given, values))
    if not found:
        return None
    titles = list(dict.fromkeys(given.titled() for given, _ in found))
    if len(titles) > 1 and name == "color":
        raise SpecProblem(
            f"Vega-Lite's colours by several amounts ({', '.join(titles)[:60]}) in one picture are not drawn; give one spec for each"
        )
    given = found[0][0]
    told = mapping(given.scale)
    values = [v for _, own in found for v in own]
    low, high = min(values), max(values)
    domain = told.get("domain")
    if isinstance(domain, list) and len(domain) >= 2 and all(figure(one) is not None for one in domain):
        low, high = figure(domain[0]) or 0.0, figure(domain[-1]) or 0.0
    middle = figure(told.get("domainMid"))
    scheme = told.get("scheme")
    scheme = str(mapping(scheme).get("name") if isinstance(scheme, Mapping) else scheme or "").lower()
    if middle is None and low < 0 < high and (scheme in _DIVERGING or name == "color"):
        middle = 0.0
    if told.get("type") in {"quantize", "quantile", "threshold", "bin-ordinal"}:
        left_out.append(f"encoding.{name}.scale.type {told['type']} (shaded evenly)")
    elif told.get("type") in {"log", "sqrt", "pow", "symlog"}:
        left_out.append(f"encoding.{name}.scale.type {told['type']}")
    unit_, factor = unit_of(given.format)
    time = given.kind == "temporal"
    if time:
        moment_at(low)
    title = "" if name == "color" and given.axis is None else given.titled()
    paints = shades(given, signals, config) if name == "color" else ()
    if paints and figure(told.get("domainMid")) is None:
        middle = figure(domain[1]) if isinstance(domain, list) and len(domain) == len(paints) == 3 else None
    if low > high:
        paints = paints[::-1]
    return Measure(
        title=title, low=min(low, high), high=max(low, high), unit=unit_ if factor == 1.0 else "", middle=middle, time=time, paints=paints
    )


_DIVERGING = {
    "blueorange",
    "brownbluegreen",
    "purplegreen",
    "pinkyellowgreen",
    "purpleorange",
    "redblue",
    "redgrey",
    "redyellowblue",
    "redyellowgreen",
    "spectral",
}
