"""Icons found by meaning: what each shipped icon says, as MiniLM's embeddings made beforehand, set against some words.

`python -m flipchart.models.icon_meanings` makes `assets/icons/meanings.npz` anew (minutes).
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipchart import assets
from flipchart.models.embeddings import embed
from flipchart.renderers import icons
from flipchart.renderers.problem import Missing
from flipchart.renderers.registry import form
from flipchart.renderers.spec import S

FILE = "icons/meanings.npz"
TAGS = 8  # of an icon's words, the first so many
# Marks for programs and special cases of an icon say nothing about the world; a fox stands for no other animal.
_MARKS = re.compile(
    r"lucide|tabler:(?:brand-|letter-|number-|circle-(?:letter|number)|square-(?:letter|number|rounded-(?:letter|number))|hexagon-(?:letter|number)|"
    r"align-|border-|layout-|arrow|caret|chevron|corner-|columns|box-align|box-model|box-multiple|row-|table-|text-|h-\d|multiplier|"
    r"time-duration|rewind-|player-|grid-|a-b|zodiac|axis|alphabet|category|section|template|space|menu|dots|grip|currency|bold|loader|"
    r"database-)|-(?:off|plus|minus|x|check|cancel|cog|code|edit|down|up|left|right|pause|pin|share|search|exclamation|question|bolt|dollar|"
    r"discount|bitcoin|filled|spark|\d+)$"
)


def illustrated(spec: S) -> S:
    """`spec` with icons named for its parts where its form takes some and MiniLM is on disk; else the same. MiniLM reads English: words
    in another language find icons as words alone."""
    one = form(spec.kind)
    if one.illustrate is None or not known():
        return spec
    read = scores if spec.lang.partition("-")[0] in {"", "en"} else _unknown
    return one.illustrate(spec, read)  # type: ignore[return-value]


def _unknown(words: str) -> Mapping[str, float]:
    return {}


@cache
def known() -> bool:
    """True where meanings can be judged: the model's weights are on disk."""
    try:
        scores("known")
    except Missing:
        return False
    return True


@lru_cache(maxsize=1024)
def scores(words: str) -> Mapping[str, float]:
    """How much each icon means `words`, -1 to 1, by its name; raises Missing where MiniLM is not on disk."""
    names, vectors = _index()
    alike = vectors @ embed([words])[0]
    return dict(zip(names, alike.tolist(), strict=True))


@cache
def _index() -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """The icons' names and embeddings."""
    with np.load(assets.path(FILE), allow_pickle=False) as held:
        names = tuple(str(held["names"]).split("\n"))
        return names, held["vectors"].astype(np.float32) * float(held["scale"])


def packed(names: list[str], vectors: NDArray[Any]) -> dict[str, Any]:
    """The arrays of the file: embeddings in one byte a number, and what one step of them is worth."""
    scale = float(np.abs(vectors).max()) / 127
    return {"names": np.array("\n".join(names)), "vectors": np.round(vectors / scale).astype(np.int8), "scale": np.float32(scale)}


def main() -> None:
    """Embed every icon's name, and its name with its first words; the mean of both is what it means."""
    shown = [(name, words) for name, words in icons.catalogue() if not _MARKS.search(name)]
    labels = [words.partition(": ")[0] for _, words in shown]
    told = [", ".join([label, *words.partition(": ")[2].split(", ")[:TAGS]]) for label, (_, words) in zip(labels, shown, strict=True)]
    np.savez_compressed(assets.path(FILE), **packed([name for name, _ in shown], (embed(labels) + embed(told)) * np.float32(0.5)))


if __name__ == "__main__":
    main()
