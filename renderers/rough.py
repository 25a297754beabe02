"""The hand-drawn look: each stroke drawn twice, slightly off, the same way each time."""

import math
import random

from flipchart.renderers.drawing import Command

WOBBLE = 1.3  # px, how far a stroke strays at roughness 1


def strokes(d: tuple[Command, ...], roughness: float, key: str, twice: bool = True) -> tuple[Command, ...]:
    """`d` as a hand would draw it; the same `key` gives the same strokes."""
    chance = random.Random(key)
    out: list[Command] = []
    for _ in range(2 if twice else 1):
        out += _once(d, roughness, chance)
    return tuple(out)


def _once(d: tuple[Command, ...], roughness: float, chance: random.Random) -> list[Command]:
    def off(n: float, share: float = 1.0) -> float:
        return n + chance.uniform(-WOBBLE, WOBBLE) * roughness * share

    out: list[Command] = []
    here = first = (0.0, 0.0)
    for command, places in d:
        if command == "M":
            here = first = (places[0], places[1])
            out.append(("M", (off(places[0], 0.5), off(places[1], 0.5))))
        elif command in {"L", "Z"}:
            end = first if command == "Z" else (places[0], places[1])
            long = math.dist(here, end)
            if long > 0.5:
                bow = min(1.6, long / 90) * roughness * chance.uniform(-1, 1)
                nx, ny = -(end[1] - here[1]) / long * bow, (end[0] - here[0]) / long * bow
                c1 = (
                    off(here[0] + (end[0] - here[0]) * 0.35 + nx, 0.4),
                    off(here[1] + (end[1] - here[1]) * 0.35 + ny, 0.4),
                )
                c2 = (
                    off(here[0] + (end[0] - here[0]) * 0.7 + nx, 0.4),
                    off(here[1] + (end[1] - here[1]) * 0.7 + ny, 0.4),
                )
                out.append(("C", (*c1, *c2, off(end[0], 0.6), off(end[1], 0.6))))
            here = end
        else:
            out.append(("C", tuple(off(n, 0.6) for n in places)))
            here = (places[4], places[5])
    return out
