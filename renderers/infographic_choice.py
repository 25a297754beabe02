"""The list of designs, and which of them suit a content: told from how many points it has, how long, and of what kind they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from flipchart.renderers import infographic_compare as compare
from flipchart.renderers import infographic_list as lists
from flipchart.renderers import infographic_shape as shapes
from flipchart.renderers import infographic_stats as stats
from flipchart.renderers import infographic_steps as steps
from flipchart.renderers.infographic_panel import Panel
from flipchart.renderers.infographic_spec import MOST, ORDERED, Infographic, Leaf, entries, every


@dataclass(frozen=True)
class Outline:
    """The shape of a content: all that the choice of a design may look at."""

    spec: Infographic

    @cached_property
    def count(self) -> int:
        """How many items there are."""
        return len(self.spec.items)

    @cached_property
    def chars(self) -> float:
        """Mean length of what an item says, its list included."""
        return sum(len(leaf.label) + len(leaf.text) for leaf in every(self.spec.items)) / self.count

    @cached_property
    def label(self) -> int:
        """Length of the longest label of an item."""
        return max(len(item.label) for item in self.spec.items)

    @cached_property
    def dated(self) -> float:
        """Share of the items that have a date."""
        return sum(1 for item in self.spec.items if item.when.strip()) / self.count

    @cached_property
    def counted(self) -> float:
        """Share of the items that have a figure."""
        return sum(1 for item in self.spec.items if item.value is not None) / self.count

    @cached_property
    def one_unit(self) -> bool:
        """True where all figures are of one kind, so that their lengths may be compared."""
        return len({item.unit for item in self.spec.items if item.value is not None}) == 1

    @cached_property
    def ranks(self) -> bool:
        """True where every item has a figure, and they can be set against each other."""
        return self.counted == 1.0 and self.one_unit

    @cached_property
    def nested(self) -> float:
        """Share of the items that hold points."""
        return sum(1 for item in self.spec.items if item.children) / self.count

    @cached_property
    def depth(self) -> int:
        """Levels of the deepest item, 1 where it holds nothing."""

        def deep(leaf: Leaf) -> int:
            return 1 + max((deep(child) for child in leaf.children), default=0)

        return max(deep(item) for item in self.spec.items)

    @cached_property
    def fields(self) -> bool:
        """True for four fields that hold points, or that were meant as such."""
        return self.nested >= 0.75 or self.spec.family == "quadrant"

    @cached_property
    def levels(self) -> bool:
        """True where the items may be levels, one above the other."""
        return self.nested == 0 or (self.depth < 3 and self.spec.family == "hierarchy")

    @cached_property
    def shared(self) -> bool:
        """True where the items answer to the same points, as the columns of a table do."""
        return bool(compare.shared_rows(entries(self.spec, "en")))

    @cached_property
    def whole(self) -> bool:
        """True where the figures are shares that make a whole."""
        values = [item.value for item in self.spec.items]
        total = sum(value or 0.0 for value in values)
        return self.counted == 1.0 and self.one_unit and self.spec.items[0].unit.strip() in ("%", "") and 98.5 <= total <= 101.5

    @cached_property
    def percents(self) -> bool:
        """True where every figure is a percentage up to 100."""
        return self.counted == 1.0 and all(item.unit.strip() == "%" and 0 <= (item.value or 0) <= 100 for item in self.spec.items)

    @cached_property
    def leanings(self) -> dict[str, float]:
        """How much the content asks for each family: what the model said, where the items bear it out, and what the items show."""
        out: dict[str, float] = {"list": 0.5}
        hint = self.spec.family
        borne = {
            "timeline": self.dated >= 0.5,
            "stats": self.counted >= 0.5,
            "compare": self.count == 2 or self.shared or (self.count == 3 and self.nested > 0.5),
            "quadrant": self.count == 4,
            "hierarchy": self.nested > 0 or 3 <= self.count <= 7,
            "cycle": 3 <= self.count <= 8,
            "funnel": 2 <= self.count <= 8,
        }
        spare = {"timeline": "steps", "cycle": "steps", "funnel": "steps"}
        out[hint if borne.get(hint, True) else spare.get(hint, "list")] = 1.0
        if hint in ORDERED:
            out.setdefault("steps", 0.6)
        seen = {
            "timeline": self.dated >= 0.8 and self.count > 1,
            "stats": self.counted == 1.0,
            "quadrant": self.count == 4 and self.nested >= 0.75 and not self.shared,
            "hierarchy": self.depth > 2 or (self.count == 1 and self.nested > 0),
        }
        seen["compare"] = self.shared or (self.count == 2 and self.nested == 1.0)
        for family, true in seen.items():
            if true:
                out[family] = max(out.get(family, 0.0), 1.1 if hint == "list" else 0.7)
        if self.nested and not self.shared:
            out.setdefault("hierarchy", 0.4)
        if "stats" in out and self.ranks and self.count >= 4:
            out["ranking"] = 1.05 * out["stats"]
        if self.count == 2 and compare.changes([item.label for item in self.spec.items], self.spec.lang):
            out["change"] = 1.2
        return out


Draw = Callable[[Panel], float | None]


@dataclass(frozen=True, slots=True)
class Design:
    """One structure: the function that draws it, and the contents it suits."""

    name: str
    draw: Draw
    suits: Mapping[str, float]
    """By family, 0-1."""
    least: int = 1
    most: int = MOST
    chars: float = 200
    """Mean length of an item up to which it looks its best."""
    when: Callable[[Outline], bool] = lambda shape: True

    def score(self, shape: Outline) -> float:
        """How well it suits, 0 (not at all) to about 1."""
        if not self.least <= shape.count <= self.most or not self.when(shape):
            return 0.0
        kin = max((weight * shape.leanings.get(family, 0.0) for family, weight in self.suits.items()), default=0.0)
        long = shape.chars / self.chars
        return kin * (1.0 if long <= 1 else max(0.3, 1.0 / long))


# A design is one function and one line here.
DESIGNS: tuple[Design, ...] = (
    Design("cards", lists.cards, {"list": 1.0, "stats": 0.3, "hierarchy": 0.5}, most=12, chars=150),
    Design("rows", lists.rows, {"list": 0.9, "steps": 0.4, "stats": 0.35, "compare": 0.4, "quadrant": 0.4, "hierarchy": 0.3}, chars=500),
    Design("rail", lists.rail, {"list": 0.8, "compare": 0.3, "quadrant": 0.5, "hierarchy": 0.4}, least=2, most=12, chars=220),
    Design("checklist", lists.checklist, {"list": 0.7, "steps": 0.45, "quote": 0.3}, least=2, most=20, chars=130),
    Design("index", lists.index, {"list": 0.97}, least=7, chars=60),
    Design("quote", lists.quote, {"quote": 1.0}, most=8, chars=260),
    Design("path", steps.path, {"steps": 1.0, "timeline": 0.3, "cycle": 0.4}, least=2, chars=400),
    Design("track", steps.track, {"steps": 0.97, "timeline": 0.35}, least=3, most=8, chars=110),
    Design("chevrons", steps.chevrons, {"steps": 0.93, "funnel": 0.4}, least=2, most=8, chars=90, when=lambda s: s.label <= 36),
    Design("ladder", steps.ladder, {"steps": 0.85, "hierarchy": 0.3}, least=3, most=6, chars=80),
    Design("snake", steps.snake, {"steps": 0.88, "cycle": 0.3}, least=5, most=16, chars=80, when=lambda s: s.nested == 0),
    Design("timeline", steps.timeline, {"timeline": 1.0}, least=2, chars=220, when=lambda s: s.dated >= 0.5),
    Design("milestones", steps.milestones, {"timeline": 0.98}, least=3, most=10, chars=80, when=lambda s: s.dated >= 0.5),
    Design("dates", steps.dates, {"timeline": 0.9}, chars=500, when=lambda s: s.dated >= 0.5),
    Design("versus", compare.versus, {"compare": 1.0}, least=2, most=3, chars=900, when=lambda s: s.nested > 0.5),
    Design("table", compare.table, {"compare": 1.05, "list": 0.5}, least=2, most=7, chars=900, when=lambda s: s.shared),
    Design("sides", compare.sides, {"compare": 0.95, "list": 0.7}, least=2, most=2, chars=400),
    Design("before-after", compare.before_after, {"compare": 0.25, "change": 1.0}, least=2, most=2, chars=400),
    Design("quadrant", compare.quadrant, {"quadrant": 1.0, "list": 0.6}, least=4, most=4, chars=400, when=lambda s: s.fields),
    Design("figures", stats.figures, {"stats": 1.0, "funnel": 0.3}, most=12, chars=110, when=lambda s: s.counted >= 0.5),
    Design("bars", stats.bars, {"stats": 0.95, "ranking": 1.0, "funnel": 0.45}, least=2, most=24, chars=120, when=lambda s: s.ranks),
    Design("share", stats.share, {"stats": 1.15}, least=2, most=8, chars=110, when=lambda s: s.whole),
    Design("waffle", stats.waffle, {"stats": 1.05}, most=4, chars=110, when=lambda s: s.percents),
    Design("tree", shapes.tree, {"hierarchy": 1.0}, chars=600, when=lambda s: s.nested > 0),
    Design("outline", shapes.outline, {"hierarchy": 0.8, "list": 0.45}, chars=4000, when=lambda s: s.nested > 0),
    Design("pyramid", shapes.pyramid, {"hierarchy": 0.9, "funnel": 0.3, "steps": 0.2}, 3, 7, chars=120, when=lambda s: s.levels),
    Design("funnel", shapes.funnel, {"funnel": 1.0}, least=2, most=8, chars=120),
    Design("ring", shapes.ring, {"cycle": 1.0, "steps": 0.2}, least=3, most=8, chars=130),
)  # fmt: skip
BY_NAME = {design.name: design for design in DESIGNS}


def ranked(spec: Infographic) -> list[Design]:
    """The designs that suit the content, best first; one that a person flipped to comes first."""
    shape = Outline(spec)
    scores = {design.name: design.score(shape) for design in DESIGNS}
    best = max(scores.values())
    order = sorted((d for d in DESIGNS if scores[d.name] >= 0.3 * best and scores[d.name] > 0), key=lambda d: -scores[d.name])
    chosen = BY_NAME.get(spec.look.design)
    return [chosen, *(d for d in order if d is not chosen)] if chosen else order
