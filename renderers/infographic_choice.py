"""The list of designs, and which of them suit a content: told from how many points it has, how long, and of what kind they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from flipchart.renderers import infographic_compare as compare
from flipchart.renderers import infographic_list as lists
from flipchart.renderers import infographic_map as maps
from flipchart.renderers import infographic_rounds as rounds
from flipchart.renderers import infographic_shape as shapes
from flipchart.renderers import infographic_stats as stats
from flipchart.renderers import infographic_steps as steps
from flipchart.renderers import infographic_tiles as tiles
from flipchart.renderers import infographic_views as views
from flipchart.renderers import infographic_ways as ways
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
    def flat(self) -> bool:
        """True where no item holds points."""
        return not self.nested

    @cached_property
    def uneven(self) -> float:
        """1 where the items do not fill a grid of equal cells, a little less where they do."""
        return 1.0 if self.count in (5, 7) else 0.96

    @cached_property
    def bare(self) -> bool:
        """True where there are labels and nothing else."""
        return self.flat and not self.dated and not self.counted and not any(item.text.strip() for item in self.spec.items)

    @cached_property
    def brief(self) -> float:
        """A little over 1 where a row holds the items and they say little, so that a column would leave the page empty; else 1."""
        return 1.05 if self.count <= 5 and self.chars <= 80 and self.flat else 1.0

    @cached_property
    def many(self) -> float:
        """1 where a row does not hold the items, less where it does."""
        return 1.0 if self.count > 5 else 0.8

    @cached_property
    def depth(self) -> int:
        """Levels of the deepest item, 1 where it holds nothing."""

        def deep(leaf: Leaf) -> int:
            return 1 + max((deep(child) for child in leaf.children), default=0)

        return max(deep(item) for item in self.spec.items)

    @cached_property
    def asked(self) -> bool:
        """True where the labels are questions."""
        return all(item.label.rstrip().endswith(("?", "？", "؟", "՞", ";")) for item in self.spec.items)

    @cached_property
    def fields(self) -> bool:
        """True for four fields that hold points, or that were meant as such."""
        return self.nested >= 0.75 or self.spec.family == "quadrant"

    @cached_property
    def countries(self) -> bool:
        """True where each item is another country."""
        return self.count <= 12 and bool(maps.codes([item.label for item in self.spec.items], self.spec.lang or "en"))

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
    def scored(self) -> bool:
        """True where every figure is out of something: a percentage, or points of a known most."""
        return all(rounds.full(entry) is not None for entry in entries(self.spec, "en"))

    @cached_property
    def descends(self) -> bool:
        """True where the figures can be set against each other and the largest comes first."""
        values = [item.value or 0.0 for item in self.spec.items]
        return self.ranks and self.nested == 0 and all(a >= b for a, b in pairwise(values))

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
            "overlap": 2 <= self.count <= 3,
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
        if self.asked:
            out["faq"] = 1.0
        seen["compare"] = self.shared or (self.count == 2 and self.nested == 1.0)
        for family, true in seen.items():
            if true:
                out[family] = max(out.get(family, 0.0), 1.1 if hint == "list" else 0.7)
        if self.nested and not self.shared:
            out.setdefault("hierarchy", 0.4)
        if "stats" in out and self.ranks and self.count >= 4:
            out["ranking"] = 1.05 * out["stats"]
        labels, lang = [item.label for item in self.spec.items], self.spec.lang
        ends = [labels[0], labels[-1]]
        named = {
            "change": compare.changes(labels, lang),
            "depth": compare.sinks(labels, lang),
            "solution": self.count <= 3 and compare.solves(ends, lang),
        }
        out |= {family: 1.2 for family, true in named.items() if true}
        if self.dated == 1.0 and self.nested >= 0.5 and self.count > 1:
            out["plan"] = 1.0
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
    when: Callable[[Outline], float] = lambda shape: True
    """How far this content is of the kind it shows, 0-1."""

    def score(self, shape: Outline) -> float:
        """How well it suits, 0 (not at all) to about 1."""
        fits = self.when(shape) if self.least <= shape.count <= self.most else 0.0
        if not fits:
            return 0.0
        kin = max((weight * shape.leanings.get(family, 0.0) for family, weight in self.suits.items()), default=0.0)
        long = shape.chars / self.chars
        return kin * fits * (1.0 if long <= 1 else max(0.3, 1.0 / long))


# A design is one function and one line here.
DESIGNS: tuple[Design, ...] = (
    Design("cards", lists.cards, {"list": 1.0, "stats": 0.3, "hierarchy": 0.5}, most=12, chars=150),
    Design("rows", lists.rows, {"list": 0.9, "steps": 0.4, "stats": 0.35, "compare": 0.4, "quadrant": 0.4, "hierarchy": 0.3}, chars=500),
    Design("rail", lists.rail, {"list": 0.8, "compare": 0.3, "quadrant": 0.5, "hierarchy": 0.4}, least=2, most=12, chars=220),
    Design("checklist", lists.checklist, {"list": 0.7, "steps": 0.45, "quote": 0.3}, least=2, most=20, chars=130),
    Design("index", lists.index, {"list": 0.97}, least=7, chars=60),
    Design("quote", lists.quote, {"quote": 1.0}, most=8, chars=260),
    Design("bento", tiles.bento, {"list": 1.02, "hierarchy": 0.4}, 3, 9, chars=110, when=lambda s: s.flat * s.uneven),
    Design("numerals", tiles.numerals, {"list": 0.85, "steps": 0.5}, least=2, most=12, chars=140, when=lambda s: s.flat),
    Design("alternating", tiles.alternating, {"list": 0.9, "steps": 0.5}, least=3, most=9, chars=160, when=lambda s: s.flat),
    Design("faq", tiles.faq, {"list": 0.6, "faq": 1.2}, most=16, chars=400, when=lambda s: s.asked),
    Design("honeycomb", tiles.honeycomb, {"list": 1.05}, least=5, most=19, chars=24, when=lambda s: s.bare),
    Design("puzzle", tiles.puzzle, {"list": 0.84, "steps": 0.3}, least=3, most=6, chars=90, when=lambda s: s.flat),
    Design("groups", tiles.groups, {"compare": 0.8, "list": 1.0, "hierarchy": 0.85}, 2, 12, chars=900, when=lambda s: s.nested > 0.5),
    Design("path", steps.path, {"steps": 1.0, "timeline": 0.3, "cycle": 0.4}, least=2, chars=400),
    Design("track", steps.track, {"steps": 0.97, "timeline": 0.35}, least=3, most=8, chars=110, when=lambda s: s.brief),
    Design("chevrons", steps.chevrons, {"steps": 0.93, "funnel": 0.4}, least=2, most=8, chars=90, when=lambda s: s.label <= 36),
    Design("ladder", steps.ladder, {"steps": 0.85, "hierarchy": 0.3}, least=3, most=6, chars=80),
    Design("snake", steps.snake, {"steps": 0.88, "cycle": 0.3}, least=5, most=16, chars=80, when=lambda s: s.flat),
    Design("timeline", steps.timeline, {"timeline": 1.0}, least=2, chars=220, when=lambda s: s.dated >= 0.5),
    Design("milestones", steps.milestones, {"timeline": 0.98}, least=3, most=10, chars=80, when=lambda s: s.dated >= 0.5),
    Design("dates", steps.dates, {"timeline": 0.9}, chars=500, when=lambda s: s.dated >= 0.5),
    Design("winding", ways.winding, {"steps": 1.02, "timeline": 0.5}, 4, 16, chars=80, when=lambda s: s.flat * s.many),
    Design("climb", ways.climb, {"steps": 0.8, "hierarchy": 0.2}, least=3, most=6, chars=80, when=lambda s: s.flat),
    Design("journey", ways.journey, {"steps": 0.84, "timeline": 0.7}, least=3, most=8, chars=80, when=lambda s: s.flat),
    Design("roadmap", ways.roadmap, {"timeline": 0.92, "plan": 1.1}, least=2, most=12, chars=400, when=lambda s: s.dated == 1.0),
    Design("places", ways.places, {"timeline": 0.6, "places": 1.1}, least=2, most=14, chars=200, when=lambda s: s.flat),
    Design("map", maps.atlas, {"places": 1.25, "list": 0.7, "stats": 0.4}, 2, 12, chars=140, when=lambda s: s.flat * s.countries),
    Design("versus", compare.versus, {"compare": 1.0}, least=2, most=3, chars=900, when=lambda s: s.nested > 0.5),
    Design("table", compare.table, {"compare": 1.05, "list": 0.5}, least=2, most=7, chars=900, when=lambda s: s.shared),
    Design("sides", compare.sides, {"compare": 0.95, "list": 0.7}, least=2, most=2, chars=400),
    Design("before-after", compare.before_after, {"compare": 0.25, "change": 1.0}, least=2, most=2, chars=400),
    Design("quadrant", compare.quadrant, {"quadrant": 1.0, "list": 0.6}, least=4, most=4, chars=400, when=lambda s: s.fields),
    Design("figures", stats.figures, {"stats": 1.0, "funnel": 0.3}, most=12, chars=110, when=lambda s: s.counted >= 0.5),
    Design("bars", stats.bars, {"stats": 0.95, "ranking": 1.0, "funnel": 0.45}, least=2, most=24, chars=120, when=lambda s: s.ranks),
    Design("share", stats.share, {"stats": 1.15}, least=2, most=8, chars=110, when=lambda s: s.whole),
    Design("waffle", stats.waffle, {"stats": 1.05}, most=4, chars=110, when=lambda s: s.percents),
    Design("kpi", rounds.kpi, {"stats": 0.99}, most=12, chars=90, when=lambda s: s.counted >= 0.5 and s.flat),
    Design("rings", rounds.rings, {"stats": 1.02}, most=8, chars=90, when=lambda s: s.scored and s.flat),
    Design("gauges", rounds.gauges, {"stats": 0.98}, most=6, chars=90, when=lambda s: s.scored and s.flat),
    Design("donut", rounds.donut, {"stats": 1.1}, least=2, most=8, chars=90, when=lambda s: s.whole),
    Design("columns", rounds.columns, {"stats": 0.85, "ranking": 0.9}, least=3, most=12, chars=30, when=lambda s: s.ranks),
    Design("podium", rounds.podium, {"stats": 0.6, "ranking": 0.92}, least=3, most=10, chars=60, when=lambda s: s.descends),
    Design("pictogram", rounds.pictogram, {"stats": 1.0}, most=6, chars=90, when=lambda s: s.percents),
    Design("bubbles", rounds.bubbles, {"stats": 0.8, "ranking": 0.8}, least=2, most=6, chars=50, when=lambda s: s.ranks and s.flat),
    Design("cloud", rounds.cloud, {"stats": 0.7}, least=6, most=60, chars=24, when=lambda s: s.ranks and s.flat),
    Design("tree", shapes.tree, {"hierarchy": 1.0}, chars=600, when=lambda s: s.nested > 0),
    Design("outline", shapes.outline, {"hierarchy": 0.8, "list": 0.45}, chars=4000, when=lambda s: s.nested > 0),
    Design("pyramid", shapes.pyramid, {"hierarchy": 0.94, "funnel": 0.3, "steps": 0.2}, 3, 7, chars=120, when=lambda s: s.levels),
    Design("funnel", shapes.funnel, {"funnel": 1.0}, least=2, most=8, chars=120),
    Design("layers", views.layers, {"hierarchy": 0.92, "list": 0.3}, 3, 7, chars=120, when=lambda s: s.levels),
    Design("target", views.target, {"hierarchy": 0.7, "list": 0.2}, 3, 6, chars=120, when=lambda s: s.levels),
    Design("mindmap", views.mindmap, {"hierarchy": 0.95, "list": 0.5}, chars=400, when=lambda s: s.nested > 0 and s.depth <= 3),
    Design("hub", views.hub, {"list": 0.88, "cycle": 0.4}, least=3, most=8, chars=110, when=lambda s: s.flat),
    Design("fan", views.fan, {"list": 0.86}, least=3, most=8, chars=110, when=lambda s: s.flat),
    Design("venn", views.venn, {"overlap": 1.1, "compare": 0.6, "list": 0.3}, 2, 3, chars=60),
    Design("iceberg", views.iceberg, {"depth": 1.2, "compare": 0.3}, 2, 6, chars=400, when=lambda s: s.count == 2 or s.flat),
    Design("bridge", views.bridge, {"solution": 1.2, "change": 0.9, "compare": 0.3}, 2, 3, chars=300),
    Design("ring", shapes.ring, {"cycle": 1.0, "steps": 0.2}, least=3, most=8, chars=130),
)  # fmt: skip
BY_NAME = {design.name: design for design in DESIGNS}


def ranked(spec: Infographic, share: float = 0.3) -> list[Design]:
    """The designs that suit the content at least `share` as well as the best, best first; one that a person flipped to comes first."""
    shape = Outline(spec)
    scores = {design.name: design.score(shape) for design in DESIGNS}
    best = max(scores.values())
    order = sorted((d for d in DESIGNS if scores[d.name] >= share * best and scores[d.name] > 0), key=lambda d: -scores[d.name])
    chosen = BY_NAME.get(spec.look.design)
    return [chosen, *(d for d in order if d is not chosen)] if chosen else order
