"""Makes `countries.json` from a world-atlas TopoJSON file (npm `world-atlas`, countries-50m.json, thinned by `toposimplify -P 0.2 -f`).

    python assets/maps/build.py countries-50m.json

Borders are kept once, as arcs of whole numbers, each point told as the step from the one before; a country is rings of arcs (a negative
number is an arc walked backwards). Countries are named by their two-letter code (ISO 3166-1; XK for Kosovo).
"""

import json
import sys
from pathlib import Path

from babel.core import get_global


def build(atlas: dict) -> dict:  # type: ignore[type-arg]
    """The countries of `atlas` in our form."""
    codes = {number: found[0] for number, found in get_global("territory_aliases").items() if number.isdigit()}
    shapes: dict[str, list[list[int]]] = {}
    for one in atlas["objects"]["countries"]["geometries"]:
        code = codes.get(one.get("id", "")) or {"Kosovo": "XK"}.get(one["properties"]["name"])
        if code is None or "arcs" not in one:
            continue
        polygons = [one["arcs"]] if one["type"] == "Polygon" else one["arcs"]
        shapes.setdefault(code, []).extend(ring for polygon in polygons for ring in polygon)
    # Islands too small to see on any page are left out, but no country's largest.
    for code, rings in shapes.items():
        least = min(0.5, max(_reach(atlas, ring) for ring in rings))
        shapes[code] = [ring for ring in rings if _reach(atlas, ring) >= least]
    used = {at if at >= 0 else ~at for rings in shapes.values() for ring in rings for at in ring}
    for at in range(len(atlas["arcs"])):
        if at not in used:
            atlas["arcs"][at] = [[0, 0]]
    return {"scale": atlas["transform"]["scale"], "start": atlas["transform"]["translate"], "arcs": atlas["arcs"], "shapes": shapes}


def _reach(atlas: dict, ring: list[int]) -> float:  # type: ignore[type-arg]
    """How far a ring reaches, in degrees."""
    spans: list[float] = []
    for axis in (0, 1):
        places: list[float] = []
        for at in ring:
            place = 0
            for step in atlas["arcs"][at if at >= 0 else ~at]:
                place += step[axis]
                places.append(place * atlas["transform"]["scale"][axis])
        spans.append(max(places) - min(places))
    return max(spans)


if __name__ == "__main__":
    made = build(json.loads(Path(sys.argv[1]).read_text("utf-8")))
    (Path(__file__).parent / "countries.json").write_text(json.dumps(made, separators=(",", ":")) + "\n", "utf-8")
