"""How a process runs, step by step: things on a stage, and in each step something that goes from one to another.

Not covered: filmed motion (video by diffusion) and charts that change over time.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from html import escape
from io import BytesIO
from typing import Literal

from pydantic import Field

from flipchart import assets
from flipchart.renderers.animation_skeletons import skeleton
from flipchart.renderers.check import Finding
from flipchart.renderers.content import Content, Link, Thing
from flipchart.renderers.drawing import Box, Connector, Drawing, Group, Icon, Item, Text, moved
from flipchart.renderers.registry import Form
from flipchart.renderers.shapes import border, toward
from flipchart.renderers.sheet import Room, finish, foot, head
from flipchart.renderers.spec import Part, Spec
from flipchart.renderers.style import Style, mix, readable
from flipchart.renderers.typeset import place
from flipchart.renderers.words import say

HOLD_MS = 2600  # how long a step of an exported film stays


class Actor(Part):
    """One thing on the stage."""

    name: str = Field(description="One short word that steps refer to it by.")
    label: str = Field(description="What stands under it, one to three words.")
    icon: str = Field(default="", description="What its symbol shows, in English, one or two words.")


class Step(Part):
    """What happens next."""

    start: str = Field(description="Name of the thing it starts at.")
    end: str = Field(description="Name of the thing it goes to.")
    text: str = Field(description="What happens, in one short sentence.")


class Animation(Spec):
    """How a process runs or a cycle turns, shown in moving steps: things, and what goes from one to the other, in order."""

    kind: Literal["animation"] = "animation"
    things: tuple[Actor, ...] = Field(min_length=1, max_length=10, description="Two to eight things.")
    steps: tuple[Step, ...] = Field(min_length=1, max_length=16, description="Three to ten steps, in order.")


def _initial(label: str, labels: Sequence[str]) -> str:
    """The letter that stands for `label` among `labels`: of the first word in which those that begin like it differ."""
    words = label.split()
    like = [other.split() for other in labels if other != label]
    at = 0
    while at + 1 < len(words) and any(other[: at + 1] == words[: at + 1] for other in like):
        at += 1
    return words[at][0].upper() if words else ""


def _named(spec: Animation, name: str) -> Actor | None:
    """The thing a step means by `name`: its name, its label, or what is spelled nearly so."""
    words = {thing.name.casefold(): thing for thing in spec.things} | {thing.label.casefold(): thing for thing in spec.things}
    wanted = name.casefold().strip()
    near = get_close_matches(wanted, words, 1, 0.75)
    return words.get(wanted) or (words[near[0]] if near else None)


def findings(spec: Animation) -> list[Finding]:
    """Steps from or to a thing that is not there."""
    return [
        Finding("dangling", f"{step.id}.{field}", f"`{name}` is none of the things", f"use one of {', '.join(t.name for t in spec.things)}")
        for step in spec.steps
        for field, name in (("start", step.start), ("end", step.end))
        if _named(spec, name) is None
    ]


class _Stage:
    """Where things stand, and the ways between them, in px."""

    def __init__(self, spec: Animation, style: Style, room: Room) -> None:
        self.spec, self.style, self.room = spec, style, room
        count = len(spec.things)
        self.wide = room.w >= 520
        first, last = _named(spec, spec.steps[0].start), _named(spec, spec.steps[-1].end)
        ring = count > 4 or (count > 2 and first is not None and first is last)
        self.label_size = style.size(1 if self.wide else 0, room.w)
        if ring:
            self.disc = max(34.0, min(84.0, room.w / (count * 0.9 + 2.4)))
            tall = room.h or (room.w * (0.52 if self.wide else 1.05))
            self.disc = min(self.disc, tall * 0.19)
            self.h = tall
            rx, ry = room.w / 2 - max(self.disc, 70.0 if self.wide else 52.0), tall / 2 - self.disc * 0.5 - 34
            turn = -math.pi / 2
            self.middles = [
                (
                    room.x + room.w / 2 + rx * math.cos(turn + math.tau * i / count),
                    room.y + tall / 2 + ry * math.sin(turn + math.tau * i / count),
                )
                for i in range(count)
            ]
        elif self.wide:
            self.disc = min(92.0, room.w / (count * 2.2))
            self.h = room.h or self.disc * 2.6 + 30
            cell = room.w / count
            self.middles = [(room.x + cell * (i + 0.5), room.y + self.h / 2 - 12) for i in range(count)]
        else:
            self.disc = 60.0
            cell = 140.0 if room.h is None else room.h / count
            self.disc = min(self.disc, cell * 0.5)
            self.h = cell * count
            self.middles = [(room.x + room.w / 2, room.y + cell * (i + 0.5) - 14) for i in range(count)]
        self.ring = ring
        self.above = [ring and self._from_below(i, y) for i, (_, y) in enumerate(self.middles)]
        self.label_width = (room.w / max(3.0, count * 0.62)) if ring else (room.w / count - 12 if self.wide else room.w)

    def _from_below(self, i: int, y: float) -> bool:
        """True where the ways of thing `i`, at height `y`, lead down more than up: its label then stands above it."""
        ends = [(_named(self.spec, step.start), _named(self.spec, step.end)) for step in self.spec.steps]
        things, own = self.spec.things, self.spec.things[i]
        others = [b if a is own else a for a, b in ends if (a is own) != (b is own)]
        drops = [self.middles[things.index(other)][1] - y for other in others if other is not None]
        middle = self.room.y + self.h / 2
        lean = sum(drops)
        if lean and abs(y - middle) < self.disc / 2:
            return lean > 0
        return y < middle - 1

    def box(self, i: int) -> Box:
        """The disc of thing `i`."""
        x, y = self.middles[i]
        thing = self.spec.things[i]
        return Box(x - self.disc / 2, y - self.disc / 2, self.disc, self.disc, shape="ellipse", part=thing.id, name=thing.id)

    def actor(self, i: int, live: bool, step: int) -> Item:
        """Thing `i`: its disc, symbol and label."""
        from flipchart.renderers import icons

        style, thing = self.style, self.spec.things[i]
        x, y = self.middles[i]
        ground = style.accent if live else (style.soft if style.fills else style.sheet)
        ink = style.on_accent if live else readable(style.accent, ground)
        disc = replace(
            self.box(i), fill=ground, stroke=style.accent if live or not style.fills else None, stroke_width=style.line, step=step
        )
        name = icons.find(thing.icon or thing.label)
        size = self.disc * 0.5
        symbol: Item
        if name:
            symbol = Icon(x - size / 2, y - size / 2, size, name, ink, part=thing.id, step=step)
        else:
            letter = _initial(thing.label, [one.label for one in self.spec.things]) or "•"
            symbol = place(
                letter, x - self.disc / 2, y - self.disc / 2, self.disc, self.disc, size=max(14.0, size * 0.8), fill=ink, weight=style.bold,
                family=style.heading, align="middle", valign="middle", step=step,
            )  # fmt: skip
        label = self._label(thing, x, y, live, step)
        left, wide = min(line.x for line in label.lines), max(line.width for line in label.lines)
        # A way that passes behind a label is interrupted, not crossed out.
        clearing = Box(left - 4, label.y, wide + 8, label.h, fill=style.sheet, radius=4, step=step)
        return Group((clearing, label, disc, symbol), part=thing.id, step=step, label=thing.label)

    def _label(self, thing: Actor, x: float, y: float, live: bool, step: int) -> Text:
        """The label, on the side of the disc where no way runs: outside of a ring, beside a column, else below."""
        style, room = self.style, self.room
        beside = not self.ring and not self.wide
        wide = max(60.0, min(self.label_width, 2 * (x - room.x) + 2, 2 * (room.x + room.w - x) + 2))
        left = min(max(x - wide / 2, room.x), room.x + room.w - wide)
        top = y + self.disc / 2 + 6
        if beside:
            left, wide, top = x + self.disc / 2 + 12, room.x + room.w - x - self.disc / 2 - 12, y - self.label_size * 0.7
        label = place(
            thing.label, left, top, wide, size=self.label_size, smallest=11, most_lines=2, fill=style.ink, family=style.sans,
            weight=style.bold if live else 400, align="start" if beside else "middle", part=thing.id, field="label", step=step, leading=1.2,
        )  # fmt: skip
        if self.above[self.spec.things.index(thing)]:
            lifted = moved(label, 0, -(self.disc + 12 + label.h))
            assert isinstance(lifted, Text)
            return lifted
        return label

    def way(self, step: Step, colour: str, width: float, order: int) -> Connector | None:
        """The line of a step, bulging to its left, so that there and back are two lines; None where an end is not there."""
        ends = [_named(self.spec, name) for name in (step.start, step.end)]
        if ends[0] is None or ends[1] is None:
            return None
        i, j = (self.spec.things.index(end) for end in ends if end is not None)
        if i == j:
            x, y = self.middles[i]
            r = self.disc / 2
            points = ((x + r * 0.7, y - r * 0.7), (x + r * 1.7, y - r * 1.3), (x + r * 1.9, y - r * 0.1), (x + r, y))
            return Connector(points, colour, ends[0].id, ends[0].id, width, curved=True, part=step.id, step=order)
        a, b = self.middles[i], self.middles[j]
        dx, dy = b[0] - a[0], b[1] - a[1]
        bulge = 0.14 if math.hypot(dx, dy) < self.room.w * 0.6 else 0.1
        middle = ((a[0] + b[0]) / 2 - dy * -bulge, (a[1] + b[1]) / 2 - dx * bulge)
        start = toward(border(self.box(i), middle), middle, 3)
        end = toward(border(self.box(j), middle), middle, 5)
        return Connector((start, middle, end), colour, ends[0].id, ends[1].id, width, curved=True, part=step.id, step=order)

    def badge(self, way: Connector, n: int, live: bool, order: int) -> Item:
        """The number of a step on its line."""
        style = self.style
        x, y = way.points[len(way.points) // 2]
        size = 22.0
        ground = style.accent if live else style.sheet
        disc = Box(x - size / 2, y - size / 2, size, size, fill=ground, stroke=style.accent, stroke_width=1.5, shape="ellipse", step=order)
        ink = style.on_accent if live else readable(style.accent, ground)
        words = place(
            str(n), x - size / 2, y - size / 2, size, size, size=12, smallest=11, fill=ink, weight=style.bold, family=style.sans,
            align="middle", valign="middle", step=order,
        )  # fmt: skip
        return Group((disc, words), step=order)


def layout(spec: Animation, style: Style, width: float, height: float | None = None) -> Drawing:
    """The key frame: every thing, every way numbered in order, and below what happens in each step."""
    items, room, below = head(spec, style, width, height)
    listed, listed_h = _captions(spec, style, room.x, 0.0, room.w)
    if height is not None and room.h is not None and room.h - listed_h < 150:
        listed, listed_h = [], 0.0
    stage = _Stage(spec, style, Room(room.x, room.y, room.w, None if room.h is None else room.h - listed_h - 8))
    quiet = mix(style.accent, style.sheet, 0.55)
    ways = [way for i, step in enumerate(spec.steps, 1) if (way := stage.way(step, quiet, style.line, i))]
    numbers: list[Item] = []
    seen: dict[tuple[float, float], int] = {}
    for i, step in enumerate(spec.steps, 1):
        way = stage.way(step, quiet, style.line, i)
        if way:
            # A second step on the same way has its number beside the first.
            spot = (round(way.points[1][0]), round(way.points[1][1]))
            shift = 26.0 * seen.get(spot, 0)
            seen[spot] = seen.get(spot, 0) + 1
            numbers.append(moved(stage.badge(way, i, False, i), shift, 0))
    actors = [stage.actor(i, False, 0) for i in range(len(spec.things))]
    end = room.y + stage.h + 8
    captions = [moved(item, 0, end) for item in listed]
    items += [*ways, *actors, *numbers, *captions]
    if height is None:
        below, height = foot(spec, style, width, end + listed_h)
    return finish(spec, style, width, height, [*items, *below], alt(spec))


def _captions(spec: Animation, style: Style, x: float, y: float, w: float) -> tuple[list[Item], float]:
    """What happens in each step, numbered, in one or two columns."""
    columns = 2 if w >= 560 and len(spec.steps) > 3 else 1
    gap = 32.0
    wide = (w - gap * (columns - 1)) / columns
    each = math.ceil(len(spec.steps) / columns)
    size = style.size(1, w) - 1
    out: list[Item] = []
    tallest = 0.0
    for c in range(columns):
        top = y
        for i, step in enumerate(spec.steps[c * each : (c + 1) * each], c * each + 1):
            left = x + c * (wide + gap)
            mark = place(
                str(i), left, top, 26, size=size, weight=style.bold, fill=readable(style.accent, style.sheet), family=style.sans, step=i
            )
            words = place(
                step.text, left + 28, top, wide - 28, size=size, fill=style.ink, family=style.sans, part=step.id, field="text", step=i
            )
            out += [mark, words]
            top += words.h + 10
        tallest = max(tallest, top - y)
    return out, tallest


def pages(spec: Animation, style: Style, width: float) -> list[Drawing]:
    """A frame for each step: what moves now is lit, what has moved stays as a trace, and the step is told below."""
    tall = 0.0
    frames = []
    for n, step in enumerate(spec.steps, 1):
        items, room, _ = head(spec, style, width)
        stage = _Stage(spec, style, Room(room.x, room.y, room.w, None))
        now = stage.way(step, style.accent, style.line + 1.5, 0)
        trace = mix(style.accent, style.sheet, 0.35)
        past = {(s.start, s.end): s for s in spec.steps[: n - 1] if (s.start, s.end) != (step.start, step.end)}
        traces = [way for s in past.values() if (way := stage.way(s, trace, style.line, 0))]
        lit = {actor.id for name in (step.start, step.end) if (actor := _named(spec, name))}
        actors = [stage.actor(i, thing.id in lit, 0) for i, thing in enumerate(spec.things)]
        top = room.y + stage.h + 12
        told = place(
            step.text, room.x + 34, top, room.w - 34, size=style.size(2 if stage.wide else 1, width), fill=style.ink, family=style.sans,
            weight=style.bold, part=step.id, field="text", leading=1.25,
        )  # fmt: skip
        count = place(
            str(n),
            room.x,
            top,
            30,
            size=told.size,
            fill=readable(style.accent, style.sheet),
            weight=style.bold,
            family=style.sans,
            leading=1.25,
        )
        items += [*traces, *([now] if now else []), *actors, count, told]
        tall = max(tall, told.y + told.h)
        frames.append(items)
    below, tall = foot(spec.model_copy(update={"sources": {}}), style, width, tall)
    return [finish(spec, style, width, tall, [*items, *below], step.text) for items, step in zip(frames, spec.steps, strict=True)]


def alt(spec: Animation) -> str:
    """The title and how it begins and ends."""
    return f"{spec.title}: {spec.steps[0].text} … {spec.steps[-1].text}" if len(spec.steps) > 1 else f"{spec.title}: {spec.steps[0].text}"


def markdown(spec: Animation) -> str:
    """The steps as a numbered list."""
    return f"# {spec.title}\n\n" + "\n".join(f"{i}. {step.text}" for i, step in enumerate(spec.steps, 1))


def page(spec: Animation, style: Style, blobs: Mapping[str, bytes]) -> str:
    """A player: one frame a step, a dot that travels, play, scrubber and keys; still where reduced motion is asked for."""
    from flipchart.renderers import svg

    lang = spec.lang or style.lang
    drawn = [svg.write(drawing, blobs, fonts=False, live=True) for drawing in pages(spec, style, 720.0)]
    frames = "".join(
        f'<div class="frame" data-moves="{escape(step.id)}"{" hidden" if i else ""}>{picture}</div>'
        for i, (step, picture) in enumerate(zip(spec.steps, drawn, strict=True))
    )
    words = {key: escape(say(f"animation.{key}", lang), quote=True) for key in ("play", "pause", "step")}
    return (
        f"<style>{assets.text('web/animation.css')}</style>"
        f'<div class="player" data-player data-play="{words["play"]}" data-pause="{words["pause"]}"><div class="stage">{frames}</div>'
        f'<div class="controls"><button type="button" class="play" aria-label="{words["play"]}"></button>'
        f'<input type="range" min="1" max="{len(spec.steps)}" value="1" step="1" aria-label="{words["step"]}">'
        f"<output>1 / {len(spec.steps)}</output></div></div><script>{assets.text('web/animation.js')}</script>"
    )


def gif(spec: Animation, style: Style, blobs: Mapping[str, bytes]) -> bytes:
    """The frames as an animated GIF, 720 px wide."""
    from PIL import Image

    from flipchart.renderers import png

    frames = [Image.open(BytesIO(png.write(drawing, blobs, scale=1.0))).convert("RGB") for drawing in pages(spec, style, 720.0)]
    out = BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=HOLD_MS, loop=0, optimize=True)
    return out.getvalue()


def content(spec: Animation) -> Content | None:
    """The steps as an ordered list, and the things as a graph."""
    ids = {thing.id for thing in spec.things}
    links = tuple(
        Link(a.id, b.id, step.text)
        for step in spec.steps
        if (a := _named(spec, step.start)) and (b := _named(spec, step.end)) and a.id in ids
    )
    things = tuple(Thing(thing.label, icon=thing.icon, id=thing.id) for thing in spec.things)
    return Content(spec.title, things, links, lang=spec.lang)


def from_content(given: Content) -> Animation | None:
    """A graph whose links are steps, or a list whose things hand over to each other."""
    if given.rows or not 2 <= len(given.things) <= 10:
        return None
    names = {thing.id or f"t{i}": f"t{i}" for i, thing in enumerate(given.things)}
    things = tuple(Actor(name=f"t{i}", label=thing.label, icon=thing.icon) for i, thing in enumerate(given.things))
    if given.links:
        steps = tuple(
            Step(start=names[link.start], end=names[link.end], text=link.label or _arrow(given, names, link))
            for link in given.links[:16]
            if link.start in names and link.end in names
        )
    elif given.ordered:
        steps = tuple(
            Step(start=f"t{max(0, i - 1)}", end=f"t{i}", text=re.sub(r"\s+", " ", thing.text or thing.label))
            for i, thing in enumerate(given.things)
        )[1:]
    else:
        return None
    return Animation(title=given.title, lang=given.lang, things=things, steps=steps) if steps else None


def _arrow(given: Content, names: Mapping[str, str], link: Link) -> str:
    labels = {names[thing.id or f"t{i}"]: thing.label for i, thing in enumerate(given.things)}
    return f"{labels[names[link.start]]} → {labels[names[link.end]]}"


FORM = Form(
    spec=Animation, layout=layout, pages=pages, markdown=markdown, alt=alt, content=content, from_content=from_content,
    findings=findings, page=page, skeleton=skeleton, writes={"gif": ("image/gif", gif)},
)  # fmt: skip
