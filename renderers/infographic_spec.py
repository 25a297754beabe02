"""What an infographic is as data: items with labels, texts, figures and dates, and how they belong together."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import Field, FiniteFloat, JsonValue, model_validator

from flipchart.renderers import cells
from flipchart.renderers.illustration import Art
from flipchart.renderers.infographic_panel import Entry
from flipchart.renderers.spec import Ours, Part, Spec
from flipchart.renderers.typeset import clean
from flipchart.renderers.words import number

Family = Literal["list", "steps", "timeline", "compare", "stats", "hierarchy", "quadrant", "cycle", "funnel", "quote", "overlap", "places"]

MOST = 400  # points in one infographic, children counted
MEANS: dict[str, JsonValue] = {"tips": "list", "steps": "steps", "timeline": "timeline", "compare": "compare"}
"""By what a question names first, how the items belong together beyond doubt."""
ORDERED = ("steps", "timeline", "cycle", "funnel")
JOINED = ("/", "°", "+", "×", "x", "'", "′", "″")  # units that are written against their figure
SIGNS = "%‰$€£¥₹₩₽₺₴₪฿"


class Leaf(Part):
    """A point inside an item."""

    label: str = Field(min_length=1)
    text: str = ""
    value: FiniteFloat | None = None
    unit: str = ""
    when: Annotated[str, Ours] = ""
    icon: Annotated[str, Ours] = ""
    children: Annotated[tuple["Leaf", ...], Ours] = ()

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        """A bare word is a label; a figure written in words ("120k", "12 %") is a figure and its unit; what is none is text."""
        if isinstance(given, str):
            return {"label": given}
        if not isinstance(given, dict):
            return given
        out = dict(given)
        if isinstance(out.get("value"), str):
            said = out.pop("value").strip()
            read = cells.read(said, loose=True)
            if read:
                out |= {"value": read.value, "unit": out.get("unit") or read.unit}
            elif said and not cells.blank(said):
                out["text"] = out.get("text") or said
        if not out.get("label") and isinstance(out.get("text"), str) and out["text"]:
            out |= {"label": out["text"], "text": ""}
        return out


class Branch(Leaf):
    """A point that may hold points."""

    children: tuple[Leaf, ...] = ()


class Item(Branch):
    """One item."""

    label: str = Field(min_length=1, description="A few words.")
    text: str = Field(default="", description="One short sentence, if it adds something.")
    value: FiniteFloat | None = Field(default=None, json_schema_extra={"given": True}, description="Its figure, if it has one.")
    unit: str = Field(default="", json_schema_extra={"given": True}, description="Unit of the figure.")
    when: str = Field(default="", json_schema_extra={"dated": True}, description="Its date, if it has one.")
    side: str = Field(default="", description="The side it is on, where sides are compared.")
    icon: str = Field(default="", description="One English word for a picture of it.")
    children: tuple[Branch, ...] = Field(default=(), description="Points it holds: of a group, level or option.")


class Infographic(Spec):
    """A digest in one picture: facts, tips, steps, dates, two sides, key figures, levels or parts."""

    kind: Literal["infographic"] = "infographic"
    subtitle: str = Field(default="", json_schema_extra={"strong": True}, description="One more sentence, if needed.")
    family: Family = Field(default="list", json_schema_extra={"means": MEANS}, description="How the items belong together.")
    items: tuple[Item, ...] = Field(min_length=1, description="The points, most important or first one first.")
    art: Annotated[Art | None, Ours] = None
    """The illustration beside its title."""

    @model_validator(mode="after")
    def _fold(self) -> Self:
        """Items that name their sides become one item a side, which holds them; their ids stay."""
        count = sum(1 for _ in every(self.items))
        if count > MOST:
            raise ValueError(f"{count} points are too many for one picture; keep it under {MOST}")
        names = list(dict.fromkeys(item.side.strip() for item in self.items))
        if not all(names) or not 2 <= len(names) < len(self.items) or len(names) > 8 or self.family in ORDERED:
            return self
        folded = []
        for n, name in enumerate(names, 1):
            own = tuple(
                Branch(
                    id=item.id, label=item.label, text=item.text, value=item.value, unit=item.unit, when=item.when, icon=item.icon,
                    children=item.children,
                )
                for item in self.items
                if item.side.strip() == name
            )  # fmt: skip
            folded.append(Item(id=f"side{n}", label=name, children=own))
        object.__setattr__(self, "items", tuple(folded))
        return self


def every(leaves: Sequence[Leaf]) -> list[Leaf]:
    """The leaves and all below them, in reading order."""
    out: list[Leaf] = []
    for leaf in leaves:
        out.append(leaf)
        out += every(leaf.children)
    return out


def entries(spec: Infographic, lang: str, icons: Mapping[str, str] = MappingProxyType({})) -> tuple[Entry, ...]:
    """The items as they are shown in `lang`, with the icons that are given by their ids."""

    def entry(leaf: Leaf, n: int) -> Entry:
        shown, unit = figure(leaf, lang)
        label, text = clean(leaf.label).strip(), clean(leaf.text).strip()
        text = "" if text.casefold().strip(" .") == label.casefold().strip(" .") else text
        kids = tuple(entry(child, i) for i, child in enumerate(leaf.children, 1))
        return Entry(leaf.id, n, label, text, leaf.value, shown, unit, clean(leaf.when).strip(), icons.get(leaf.id, ""), kids)

    return tuple(entry(item, n) for n, item in enumerate(spec.items, 1))


def figure(leaf: Leaf, lang: str) -> tuple[str, str]:
    """The figure as `lang` writes it with its sign, and the unit that stands beside it in small type."""
    if leaf.value is None:
        return "", ""
    value, unit = leaf.value, clean(leaf.unit).strip()
    # Round millions are shortened; a figure given with up to three decimals is shown as it was given.
    large = abs(value) >= 1e12 or (abs(value) >= 1e6 and round(value / 1e5) * 1e5 == value)
    places = len(f"{value:.4f}".rstrip("0").split(".")[1])
    digits = None if large or abs(value) >= 1e9 or (abs(value) < 0.01 and places == 4) else places if places < 4 else 2
    joined = bool(unit) and (unit in SIGNS or (unit.startswith(JOINED) and len(unit) <= 6))
    shown = number(value, lang, unit if joined and unit in SIGNS else "", compact=large, digits=digits)
    return (shown if unit in SIGNS else shown + unit, "") if joined else (shown, unit)
