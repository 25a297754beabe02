"""Pictures: what is to be seen, painted by whoever can, kept as pixels. Words and figures are never painted: they are set as type."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from flipchart.renderers.content import Content, Thing
from flipchart.renderers.drawing import Box, Drawing, Item, Picture
from flipchart.renderers.painter import Painter, Wish
from flipchart.renderers.registry import Form, Pixels
from flipchart.renderers.sheet import finish, foot, head, margin
from flipchart.renderers.spec import Spec
from flipchart.renderers.style import Style
from flipchart.renderers.typeset import place
from flipchart.renderers.words import say

SIZES = {"square": (768, 768), "landscape": (960, 640), "portrait": (640, 896)}  # px
LONGEST = 240  # characters of a change
MOST = 8  # changes that are still told; the oldest are let go first
FREE = 0.9  # 0-1: how far a marked place may go from what is there; around it nothing changes


class Marked(BaseModel):
    """A change of a marked place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: str
    mask: str
    """Content hash of a PNG of the picture's size, white where it may change."""
    under: str = ""
    """The picture that it is painted over; empty: not yet known."""


class Image(Spec):
    """A picture of a scene, an object or a mood. Not for figures, words or diagrams."""

    model_config = ConfigDict(json_schema_extra={"weak": {"required": ["prompt", "subjects"]}})

    kind: Literal["image"] = "image"
    prompt: str = Field(description="What is to be seen, in English: subject, place, light, mood. No words in the picture.", min_length=1)
    subjects: tuple[str, ...] = Field(
        default=(), max_length=4, description="The one to four things in it, in English, the main one first.",
        json_schema_extra={"weak": {"minItems": 1}},
    )  # fmt: skip
    style: Literal["flat", "photo", "watercolour", "line", "3d"] = "flat"
    aspect: Literal["square", "landscape", "portrait"] = "landscape"
    blob: Annotated[str, Field(json_schema_extra={"ours": True})] = ""
    """Content hash of the PNG, "sha256:…"; empty until it is painted."""
    original: Annotated[str, Field(json_schema_extra={"ours": True})] = ""
    """The picture before any change, which each further change starts from again: changed pictures of changed pictures decay."""
    changes: Annotated[tuple[str, ...], Field(json_schema_extra={"ours": True})] = ()
    """What was wished to be different since, in the person's words, oldest first."""
    marked: Annotated[tuple[Marked, ...], Field(json_schema_extra={"ours": True})] = ()
    """Changes of marked places, oldest first, painted over what `changes` made of the whole."""
    painter: Annotated[str, Field(json_schema_extra={"ours": True})] = ""
    facts: Annotated[dict[str, Any], Field(json_schema_extra={"ours": True})] = Field(default_factory=dict)
    """How it was painted: model, steps, seed, licence, icons."""


def paint(spec: Image, painter: Painter, pixels: Pixels = lambda blob: b"") -> tuple[Image, Mapping[str, bytes]]:
    """The spec with its picture painted once and kept, and the PNGs that this took by their hashes; always by the same seed.

    The whole is changed from its original; a marked place in the picture as it is, of which nothing else changes.
    """
    width, height = SIZES[spec.aspect]
    words = ", ".join(dict.fromkeys([*spec.subjects, spec.prompt]))
    wish = Wish(words, width, height, spec.seed, spec.style, subjects=spec.subjects or (spec.prompt,))
    made: dict[str, bytes] = {}

    def painted(wish: Wish) -> Image:
        painting = painter.paint(wish)
        blob = f"sha256:{hashlib.sha256(painting.png).hexdigest()}"
        made[blob] = painting.png
        return spec.model_copy(update={"blob": blob, "painter": painting.painter, "facts": painting.facts})

    left = [at for at, one in enumerate(spec.marked) if not one.under]
    if left or not spec.marked:
        source = pixels(spec.original) if spec.original else b""
        spec = painted(replace(wish, source=source, change=", ".join(spec.changes)))
    wish = replace(wish, prompt=", ".join([words, *spec.changes]), strength=FREE)
    for at in left or range(len(spec.marked))[-1:]:
        one = spec.marked[at]
        under = one.under or spec.blob
        spec = painted(replace(wish, source=made.get(under) or pixels(under), change=one.words, mask=pixels(one.mask)))
        marked = (*spec.marked[:at], one.model_copy(update={"under": under}), *spec.marked[at + 1 :])
        spec = spec.model_copy(update={"marked": marked})
    return spec, made


def forming(spec: Image, preview: bytes, step: int, steps: int) -> tuple[Image, Mapping[str, bytes]]:
    """The picture as far as it is."""
    blob = f"sha256:{hashlib.sha256(preview).hexdigest()}"
    return spec.model_copy(update={"blob": blob, "facts": {"step": step, "steps": steps}}), {blob: preview}


def retouched(spec: Image, words: str, mask: str = "") -> Image:
    """The picture with one change more: of the place that `mask` (a hash) is white in, or of the whole, painted from its original."""
    words = " ".join(words.split())[:LONGEST]
    if mask:
        kept = [*spec.marked, Marked(words=words, mask=mask, under=spec.blob)]
        fields: dict[str, Any] = {"marked": tuple(kept[-MOST:])}
    else:
        kept = [one.model_copy(update={"under": ""}) for one in spec.marked]
        fields = {"changes": (*spec.changes, words)[-MOST:], "marked": tuple(kept)}
    return spec.model_copy(update=fields | {"original": spec.original or spec.blob, "blob": "", "version": spec.version + 1})


def told(spec: Image) -> str:
    """Who painted it, in the language of its words."""
    lang = spec.lang or "en"
    if not spec.blob:
        return say("image.waiting", lang)
    if "step" in spec.facts:
        return say("image.painting", lang, step=spec.facts["step"], steps=spec.facts["steps"])
    if spec.facts.get("ai_generated"):
        return say("image.generated", lang, painter=spec.painter)
    composed = say("image.composed", lang, painter=spec.painter)
    return f"{composed}. {say('image.variant', lang)}" if spec.facts.get("variant") else composed


def layout(spec: Image, style: Style, width: float, height: float | None = None) -> Drawing:
    """The picture under its title, and the quiet line that says who painted it."""
    items, room, below = head(spec, style, width, height, level=2)
    w, h = SIZES[spec.aspect]
    wide = room.w if spec.aspect == "landscape" else min(room.w, 560.0)
    tall = wide * h / w
    if room.h is not None:
        tall = max(40.0, min(tall, room.h - 28))
        wide = min(room.w, tall * w / h)
    x = (width - wide) / 2
    picture: Item
    if spec.blob:
        picture = Picture(x, room.y, wide, tall, spec.blob, alt(spec), radius=style.radius, part=spec.id, step=1)
    else:
        picture = Box(x, room.y, wide, tall, fill=style.soft if style.fills else None, stroke=style.rule, radius=style.radius, part=spec.id)
    note = place(
        told(spec), margin(width, height), room.y + tall + 10, width - 2 * margin(width, height), size=style.size(0, width),
        fill=style.quiet, family=style.sans, align="middle", role="caption",
    )  # fmt: skip
    if not spec.blob:
        words = place(
            spec.prompt, x + 24, room.y, wide - 48, tall, size=style.size(1, width), smallest=11, fill=style.quiet, family=style.sans,
            align="middle", valign="middle", part=spec.id, field="prompt",
        )  # fmt: skip
        items.append(picture)
        picture = words
    if height is None:
        below, height = foot(spec, style, width, note.y + note.h)
    return finish(spec, style, width, height, [*items, picture, note, *below], alt(spec))


def alt(spec: Image) -> str:
    """What is to be seen."""
    return spec.prompt


def markdown(spec: Image) -> str:
    """The title, what is to be seen, and who painted it."""
    return f"# {spec.title}\n\n*{spec.prompt}*\n\n{told(spec)}" if spec.title else f"*{spec.prompt}*\n\n{told(spec)}"


def content(spec: Image) -> Content | None:
    """What is in it."""
    return Content(spec.title, tuple(Thing(subject) for subject in spec.subjects), lang=spec.lang) if len(spec.subjects) > 1 else None


FORM = Form(spec=Image, layout=layout, markdown=markdown, alt=alt, content=content, paint=paint, forming=forming, retouched=retouched)
