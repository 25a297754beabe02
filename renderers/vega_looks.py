"""What a Vega-Lite mark looks like: what its colour stands for, its size, its words."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flipchart.renderers.vega_channels import Channel, channel, prepared
from flipchart.renderers.vega_expression import constant
from flipchart.renderers.vega_format import figured, timed
from flipchart.renderers.vega_rows import (
    Key,
    Record,
    called,
    figure,
    hashed,
    listed,
    mapping,
    moment,
    sort_key,
    unit,
    value_at,
)

Token = tuple[str, ...]
"""What a colour stands for: ("key", title, name), ("plain", CSS colour) or ("shade",)."""


class Looks:
    """The looks of one view's marks, row by row."""

    mark: str
    told: Record
    signals: Record
    left_out: list[str]
    every: dict[str, Channel]
    rows: list[Record]
    values: dict[str, Any]
    conditions: dict[str, list[tuple[Callable[[Record], bool], Any]]]

    def _colour(self, row: Record) -> tuple[Token | None, float | None]:
        """What a row's colour stands for, and its shade; None where it has none and is not drawn."""
        for name in ("color", "fill", "stroke"):
            for test, given in self.conditions.get(name, ()):
                if test(row):
                    told = mapping(given) if isinstance(given, Mapping) else {"value": given}
                    if "field" in told:
                        return self._coloured(prepared([row], channel("color", told, self.signals)), row)
                    return ("plain", str(constant(told.get("value"), self.signals))), None
        one = self.every.get("color")
        if one is None:
            value = next((self.values[name] for name in ("color", "fill", "stroke") if self.values.get(name)), None)
            names = ("color", "fill") if self.mark in {"bar", "area", "rect", "circle", "square"} else ("color", "stroke", "fill")
            value = value or next((self.told[name] for name in names if isinstance(self.told.get(name), str)), "")
            return ("plain", str(value or "")), None
        return self._coloured(one, row)

    def _coloured(self, one: Channel, row: Record) -> tuple[Token | None, float | None]:
        value = one.datum if one.datum is not None and not one.field else value_at(row, one.field)
        if one.scale is None and isinstance(value, str):
            return ("plain", value), None
        if (one.kind == "quantitative" and not one.bin) or (
            one.kind == "temporal" and not (one.unit and isinstance(value, Key) and not unit(one.unit).runs)
        ):
            if isinstance(value, Key):
                value = days_of(value.order) if isinstance(value.order, datetime) else value.order
            elif one.kind == "temporal":
                value = days_of(at) if (at := moment(value)) else None
            return ("shade",), figure(value)
        domain = mapping(one.scale).get("domain")
        if (
            isinstance(domain, list)
            and domain
            and not one.bin
            and one.kind != "quantitative"
            and called(value) not in {called(each) for each in domain}
        ):
            return ("plain", "gray"), None
        return ("key", one.titled(), called(value)), None

    def _colour_title(self) -> str:
        return self.every["color"].titled()

    def _size(self, row: Record) -> float | None:
        one = self.every.get("size")
        if one is None:
            return None
        value = value_at(row, one.field)
        if isinstance(value, Key):
            return float(value.order) + value.wide / 2 if not isinstance(value.order, datetime) else None
        if one.discrete:
            names = sorted({hashed(value_at(each, one.field)) for each in self.rows}, key=sort_key)
            return float(names.index(hashed(value)) + 1)
        return figure(value)

    def _looks(self) -> dict[str, Any]:
        """What the mark itself says of its looks."""
        told, out = self.told, dict[str, Any]()
        opacity = figure(constant(self.values.get("opacity", told.get("opacity", told.get("fillOpacity"))), self.signals))
        if opacity is not None:
            out["strong"] = min(1.0, max(0.0, opacity))
        if (
            listed(told.get("strokeDash"))
            and len(listed(told.get("strokeDash"))) > 1
            and any(figure(one) for one in listed(told["strokeDash"]))
        ):
            out["dashed"] = True
        thick = figure(constant(told.get("strokeWidth", self.values.get("strokeWidth")), self.signals))
        if thick and self.mark in {"line", "rule", "trail"}:
            out["thick"] = min(12.0, max(0.5, thick))
        size = figure(constant(told.get("size", self.values.get("size")), self.signals))
        if self.mark == "rule" and size:
            out["thick"] = min(12.0, max(0.5, size))
        if self.mark == "bar" and size:
            out["thick"] = min(40.0, max(1.0, size))
        if str(told.get("interpolate", "")).startswith("step"):
            out["stepped"] = True
        elif told.get("interpolate") and told["interpolate"] != "linear":
            self.left_out.append("mark.interpolate (lines are straight)")
        if self.mark == "text":
            out["beside"] = self._beside()
            if told.get("angle"):
                self.left_out.append("mark.angle")
        if told.get("clip"):
            out["clipped"] = True
        return out

    def _beside(self) -> str:
        """Where a text stands by its place."""
        told = {key: constant(self.told.get(key), self.signals) for key in ("dx", "dy", "align", "baseline")}
        dx, dy = figure(told["dx"]) or 0.0, figure(told["dy"]) or 0.0
        if told["align"] in {"left", "right"}:
            inward = (told["align"] == "left" and dx < -2) or (told["align"] == "right" and dx > 2)
            return "" if inward else "after" if told["align"] == "left" else "before"
        if dy < -3 or told["baseline"] in {"bottom", "alphabetic", "line-bottom"}:
            return "above"
        if dy > 3 or told["baseline"] in {"top", "line-top"}:
            return "below"
        return "after" if dx > 3 else "before" if dx < -3 else ""

    def _text(self, row: Record) -> str:
        for test, given in self.conditions.get("text", ()):
            if test(row):
                return called(mapping(given).get("value", ""))
        one = self.every.get("text")
        if one is None:
            value = self.values.get("text", constant(self.told.get("text"), self.signals))
            return " ".join(called(part) for part in listed(value)) if value is not None else ""
        return said(one, value_at(row, one.field) if one.field else one.datum)

    def _tip(self, row: Record) -> str:
        parts = []
        for key, one in self.every.items():
            if key.split("\0")[0] == "tooltip":
                title = one.titled()
                parts.append(f"{title}: {said(one, value_at(row, one.field))}" if title else said(one, value_at(row, one.field)))
        return ", ".join(parts)[:300]


def said(one: Channel, value: Any) -> str:
    """A value as a channel's format writes it."""
    if value is None:
        return "" if one.name == "text" else "null"
    if isinstance(value, list):
        return " ".join(called(each) for each in value)
    if isinstance(value, Key) and not (one.format and isinstance(value.order, datetime)):
        return value.words
    if one.kind == "temporal" or ("%" in one.format and re.search(r"%[-A-Za-z]", one.format)):
        at = moment(value)
        return timed(at, one.format) if at else called(value)
    number = figure(value) if isinstance(value, int | float) and (one.format or not one.discrete) else None
    if number is None:
        return called(value)
    return figured(number, one.format) if one.format else f"{number:,.6g}" if abs(number) < 1e6 else f"{number:,.0f}"


def days_of(at: Any) -> float:
    """A moment in days since the start of the calendar."""
    return float(at.toordinal() + (at.hour * 3600 + at.minute * 60 + at.second + at.microsecond / 1e6) / 86400)
