"""Where each figure of a spec is from: matched against what the person said, recomputed from it, or else a model's memory.

Never asked of the model. A figure is a numeric `value`/`values` field, a quantity with a unit in words, or a year in a field of dates.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from flipchart.renderers.figures import Figure, figures
from flipchart.renderers.spec import Part, S, Source, Spec, walk

NUMERIC = ("value", "values")
_YEAR = re.compile(r"1\d{3}|20\d\d")
STEM = 3  # letters by which a word of a label is known again
FEW = 16  # given numbers, at most, of which pairs are computed


def sourced(spec: S, said: Iterable[str], lang: str = "en") -> S:
    """`spec` with a source for each figure that has none: quoted from the texts in `said`, computed from those, or the model's."""
    said = list(said)
    quoted = [(figure, text[figure.start : figure.end]) for text in said for figure in figures(text, lang)]
    computed = dict(_computed([figure.value for figure, _ in quoted]))
    sources, strange = dict(spec.sources), _strange(tuple(getattr(spec, "labels", ())), said)
    own: list[float] = []
    # Numeric fields first: what words say may follow from them.
    for place, value, shown in sorted(_figures(spec, lang), key=lambda figure: figure[2] is not None):
        known = next(
            (source for key, source in sources.items() if place == key or place.startswith(f"{key}.") or key.startswith(f"{place}@")), None
        )
        if shown is not None and own:
            computed = dict(_computed(own)) | dict.fromkeys(own, "a figure shown") | computed
            own = []
        source = known or _source(value, shown, quoted, computed)
        if source.kind == "quoted" and shown is None and place.rpartition(".")[2] in strange and ".values." in place:
            source = Source(kind="model")  # a figure that was given, of something that was not
        if shown is None and source.kind != "model":
            own.append(value)
        if known is None:
            sources[place] = source
    return spec.model_copy(update={"sources": sources})


def _strange(labels: Sequence[str], said: Sequence[str]) -> frozenset[str]:
    """The places of labels of which no word was said, where others were: what figures of the person's are shown of, and are not."""
    told = {word[:STEM] for text in said for word in re.findall(r"[^\W\d_]{3,}", text.casefold())}
    words = [[word[:STEM] for word in re.findall(r"[^\W\d_]{3,}", str(label).casefold())] for label in labels]
    unsaid = {n for n, own in enumerate(words) if own and told.isdisjoint(own)}
    return frozenset(map(str, unsaid)) if any(own for n, own in enumerate(words) if n not in unsaid) else frozenset()


def _source(value: float, shown: Figure | None, quoted: list[tuple[Figure, str]], computed: dict[float, str]) -> Source:
    for figure, words in quoted:
        # "33 %" and 0.33 are the same figure.
        if _same(value, figure.value, shown) or (figure.unit in {"%", "٪"} and shown is None and _same(value, figure.value / 100, None)):
            return Source(kind="quoted", detail=words)
    for candidate, formula in computed.items():
        if _same(value, candidate, shown) or (candidate < 0 and _same(value, -candidate, shown)):
            return Source(kind="computed", detail=formula)
    return Source(kind="model")


def _same(value: float, other: float, shown: Figure | None) -> bool:
    """Equal, or equal as far as it is written out ("33 %" for 33.3 %)."""
    if value == other:
        return True
    if shown is not None and not shown.measured:
        return False  # a year is no figure that is rounded
    if shown is None:
        return abs(value - other) <= 1e-6 * max(abs(value), abs(other))
    rounding = 0.5 if value == int(value) and shown.unit in {"%", "٪"} else 0.05 if shown.unit in {"%", "٪"} else 0.004 * abs(value)
    return abs(value - other) <= rounding


def _computed(given: list[float]) -> Iterator[tuple[float, str]]:
    """Figures that follow from the given ones, each with its formula."""
    values = list(dict.fromkeys(given))
    if len(given) < 2 or len(values) > FEW:
        return
    yield sum(given), "sum of the figures given"
    yield sum(given) / len(given), "mean of the figures given"
    yield max(given), "highest of the figures given"
    yield min(given), "lowest of the figures given"
    for a, b in permutations(values, 2):
        yield b - a, f"{b:g} − {a:g}"
        if a:
            yield (b - a) / a * 100, f"({b:g} − {a:g}) / {a:g}"
            yield b / a * 100, f"{b:g} / {a:g}"
            yield b / a, f"{b:g} / {a:g}"
    whole = sum(given)
    if whole:
        for a in values:
            yield a / whole * 100, f"{a:g} / {whole:g}"


def _figures(spec: Spec, lang: str) -> Iterator[tuple[str, float, Figure | None]]:
    """Each figure of the spec: its place ("item2.value", "series1.values.3", "item2.text@4:9"), its value, and how it is written."""
    for part in walk(spec):
        for name, value in _written(part):
            if isinstance(value, str):
                dated = _dated(part, name)
                for figure in figures(value, lang):
                    if figure.measured or (dated and _YEAR.fullmatch(value[figure.start : figure.end])):
                        yield f"{part.id}.{name}@{figure.start}:{figure.end}", figure.value, figure
            elif name in NUMERIC and isinstance(value, int | float) and not isinstance(value, bool):
                yield f"{part.id}.{name}", float(value), None
            elif name in NUMERIC and isinstance(value, list | tuple):
                for i, one in enumerate(value):
                    if isinstance(one, int | float):
                        yield f"{part.id}.{name}.{i}", float(one), None


def _dated(part: Part, name: str) -> bool:
    """Whether a field tells when something was, so that the years in it are figures too."""
    extra = type(part).model_fields[name].json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("dated"))


def _written(part: Part) -> Iterator[tuple[str, object]]:
    for name, field in type(part).model_fields.items():
        extra = field.json_schema_extra
        if name != "kind" and not (isinstance(extra, dict) and (extra.get("ours") or extra.get("figure") is False)):
            yield name, getattr(part, name)
