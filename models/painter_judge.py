"""Measures the embedded painter: by a judge of its own that learns which caption goes with which picture, by colours, by likeness.

    python -m flipchart.models.painter_judge --preset nano      after `painter_train`; writes metrics.json and sheet.png beside the model

The judge is another kind of network than the painter, learns from real pictures only, and never from those of held-out labels. All
figures are for pictures of these icon sets; none can be compared with figures of other judges.
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from flipchart.models.painter_pictures import COLOURS, Picture, colours, pictures
from flipchart.models.painter_text import WIDTH
from flipchart.models.painter_train import EDGES, GUIDANCE, PRESETS, Preset, Run, encoded, stepped

CANDIDATES = 500  # labels among which a picture's own is looked for
MANY = 16  # steps of the teacher
THINGS = "car heart flower ball house bird cup hat bag fish book balloon".split()
SHADES = [colour for colour in COLOURS if colour not in ("grey", "white", "teal")]
BESIDE = (
    "rocket|red car|blue heart|house|cat face|grinning face|green tree|"
    "sun|purple flower|pizza|fish|book|cup of coffee|a yellow star|robot|"
    "bird|blue teapot, flat style|pink rocket, gradient style|mountain|crown"
)  # what a sheet shows


class Judge(nn.Module):
    """Puts pictures and captions in one space, and tells in which look a picture is."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inner, outer in ((4, 32), (32, 64), (64, 128), (128, 192)):
            layers += [nn.Conv2d(inner, outer, 3, 2, 1, bias=False), nn.BatchNorm2d(outer), nn.GELU()]
            layers += [nn.Conv2d(outer, outer, 3, 1, 1, bias=False), nn.BatchNorm2d(outer), nn.GELU()] if outer > 64 else []
        self.sees = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(192 * 4, 192))
        self.reads = nn.Sequential(nn.Linear(WIDTH, 256), nn.GELU(), nn.Linear(256, 192))
        self.look = nn.Linear(192, looks)
        self.sharp = nn.Parameter(torch.tensor(2.5))

    def seen(self, images: Any) -> Any:
        """The pictures' places, of length 1; pictures from -1 to 1."""
        return nn.functional.normalize(self.sees(images), dim=1)

    def read(self, means: Any) -> Any:
        """The captions' places, of length 1."""
        return nn.functional.normalize(self.reads(means), dim=1)


def as_images(of: Sequence[Picture], device: str) -> Any:
    """The pictures from -1 to 1, (pictures, 4, side, side)."""
    return torch.from_numpy(np.stack([one.pixels for one in of])).permute(0, 3, 1, 2).float().to(device) / 127.5 - 1


def meant(texts: list[str], device: str) -> Any:
    """The captions' meanings: the means of their pieces' states."""
    states, lengths = encoded(texts, device)
    return states.float().sum(1) / lengths[:, None]


def taught(of: list[Picture], looks: list[str], device: str, minutes: float) -> Judge:
    """A judge that has learnt from the pictures that are not held out."""
    torch.manual_seed(11)
    chance = random.Random(11)
    learnt = [one for one in of if not one.held_out]
    by_label: dict[str, list[int]] = {}
    for i, one in enumerate(learnt):
        by_label.setdefault(one.label, []).append(i)
    labels = sorted(by_label)
    means = meant(labels, device)
    images = as_images(learnt, device)
    told = torch.tensor([looks.index(one.look) for one in learnt], device=device)
    judge = Judge(len(looks)).to(device).train()
    optimizer = torch.optim.AdamW(judge.parameters(), lr=2e-3, weight_decay=0.02)
    start = time.perf_counter()
    while (done := (time.perf_counter() - start) / (60 * minutes)) < 1:
        optimizer.param_groups[0]["lr"] = 2e-3 * (1 - done)
        drawn = chance.sample(range(len(labels)), min(192, len(labels)))
        index = torch.tensor([chance.choice(by_label[labels[i]]) for i in drawn], device=device)
        shown = images[index]
        if chance.random() < 0.5:
            shown = shown.flip(3)
        shown = torch.roll(shown, (chance.randint(-3, 3), chance.randint(-3, 3)), (2, 3)) + 0.1 * torch.randn_like(shown)
        seen = judge.seen(shown)
        alike = seen @ judge.read(means[torch.tensor(drawn, device=device)]).T * judge.sharp.exp()
        own = torch.arange(len(drawn), device=device)
        loss = nn.functional.cross_entropy(alike, own) + nn.functional.cross_entropy(alike.T, own)
        loss = loss + 0.3 * nn.functional.cross_entropy(judge.look(seen) * 10, told[index])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return judge.eval()


@torch.no_grad()
def found(judge: Judge, images: Any, own: Sequence[int], means: Any) -> tuple[float, float]:
    """The shares of the pictures whose own caption is the nearest, and among the ten nearest."""
    alike = judge.seen(images) @ judge.read(means).T
    right = alike.gather(1, torch.tensor(own, device=alike.device)[:, None])
    rank = (alike > right).sum(1)
    return float((rank < 1).float().mean()), float((rank < 10).float().mean())


Paints = Callable[[list[str]], Any]


def painting(model: Any, preset: Preset, device: str, steps: int, guidance: float) -> Paints:
    """What paints captions with the model, the same noise for the same place in the list."""
    edges = torch.linspace(1, 0, steps + 1) if steps != len(EDGES) - 1 else torch.tensor(EDGES)
    model = model.eval()

    @torch.no_grad()
    def paint(texts: list[str]) -> Any:
        states, lengths = encoded(["", *texts], device)
        mask = torch.arange(states.shape[1], device=device)[None] < lengths[:, None]
        longest = int(lengths.max())
        states, mask = states[:, :longest].float(), mask[:, :longest]
        made = []
        for part in batches(torch.arange(len(texts))):
            noise = torch.stack([torch.randn(4, preset.side, preset.side, generator=torch.Generator().manual_seed(int(i))) for i in part])
            shares = edges[:, None].expand(-1, len(part)).to(device)
            at = (part + 1).to(device)
            made.append(stepped(model, noise.to(device), shares, states[at], mask[at], (states[:1], mask[:1]), guidance))
        return torch.cat(made).clamp(-1, 1)

    return paint


def batches(of: Any) -> Any:
    """A tensor in parts that memory has room for."""
    return of.split(64)


def as_bytes(images: Any) -> Any:
    """Premultiplied RGBA, (pictures, side, side, 4)."""
    return ((images.movedim(1, 3) + 1) * 127.5).round().byte().cpu().numpy()


def coloured(paint: Paints) -> float:
    """The share of pictures of things in a colour that was asked for, which is then one of their two main ones."""
    asked = [(shade, f"{shade} {thing}") for thing in THINGS for shade in SHADES]
    made = as_bytes(paint([words for _, words in asked]))
    right = [shade in colours(image) for (shade, _), image in zip(asked, made, strict=True)]
    return float(np.mean(right))


@torch.no_grad()
def looked(judge: Judge, paint: Paints, looks: list[str], labels: Sequence[str]) -> float:
    """The share of pictures in the look that was asked for, as the judge sees it."""
    asked = [(place, f"{label}, {look} style") for label in labels[:24] for place, look in enumerate(looks)]
    made = judge.look(judge.seen(paint([words for _, words in asked]))).argmax(1).tolist()
    right = [place == other for (place, _), other in zip(asked, made, strict=True)]
    return float(np.mean(right))


def nearest(images: Any, among: Any) -> list[float]:
    """How far each picture is from the most alike one: the root of the mean squared difference, 0 to 1."""
    flat, others = images.flatten(1), among.flatten(1)
    both = torch.cat([others, among.flip(3).flatten(1)])
    return [float(one) for part in batches(flat) for one in torch.cdist(part, both).min(1).values / 2 / flat.shape[1] ** 0.5]


def sheet(rows: Sequence[Any], place: Path) -> None:
    """The pictures in rows on white."""
    from PIL import Image

    side = rows[0].shape[1] * (2 if rows[0].shape[1] <= 64 else 1)
    whole = Image.new("RGB", (max(map(len, rows)) * (side + 6), len(rows) * (side + 6)), "white")
    for y, row in enumerate(rows):
        for x, image in enumerate(row):
            shown = shown_from(image).resize((side, side), Image.Resampling.BICUBIC)
            whole.paste(shown, (x * (side + 6) + 3, y * (side + 6) + 3), shown)
    whole.save(place)


def shown_from(image: Any) -> Any:
    """Premultiplied RGBA bytes as a picture."""
    from PIL import Image

    image = np.concatenate([np.minimum(image[..., :3], image[..., 3:]), image[..., 3:]], axis=2)
    return Image.frombytes("RGBa", (image.shape[1], image.shape[0]), image.tobytes()).convert("RGBA")


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(
        prog="python -m flipchart.models.painter_judge", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--preset", choices=PRESETS, default="nano")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--minutes", type=float, default=4.0, help="for which the judge learns")
    parser.add_argument("--folder", type=Path, default=Path("build/painter"))
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    preset, device = PRESETS[given.preset], given.device
    of = pictures(preset.sets, preset.side, given.folder / "pictures", given.threads)
    looks = sorted({one.look for one in of})
    place = given.folder / f"{given.preset}-judge.pt"
    judge = Judge(len(looks)).to(device).eval()
    if place.exists():
        judge.load_state_dict(torch.load(place, map_location=device, weights_only=True))
    else:
        judge = taught(of, looks, device, given.minutes)
        torch.save(judge.state_dict(), place)

    chance = random.Random(5)
    one_of: dict[str, Picture] = {}
    for one in chance.sample(of, len(of)):
        one_of.setdefault(one.label, one)
    unseen = sorted(label for label, one in one_of.items() if one.held_out)
    known = sorted(chance.sample(sorted(label for label, one in one_of.items() if not one.held_out), CANDIDATES - len(unseen)))
    means = meant([*known, *unseen], device)
    groups = {"learnt": (known, range(len(known))), "held out": (unseen, range(len(known), CANDIDATES))}
    told: dict[str, Any] = {"candidates": CANDIDATES, "chance": [1 / CANDIDATES, 10 / CANDIDATES], "real": {}}
    for name, (labels, own) in groups.items():
        told["real"][name] = found(judge, as_images([one_of[label] for label in labels], device), own, means)

    run = Run(given.folder / f"{given.preset}.pt", preset, device).opened("distil")
    ways = {
        "many steps": painting(run.teacher, preset, device, MANY, GUIDANCE),
        "four steps": painting(run.mean, preset, device, len(EDGES) - 1, 1.0),
    }
    rows = []
    learnt = as_images([one for one in of if not one.held_out], device)
    for way, paint in ways.items():
        start = time.process_time()
        made = {name: paint(labels) for name, (labels, _) in groups.items()}
        told[way] = {name: found(judge, made[name], own, means) for name, (_, own) in groups.items()}
        told[way]["CPU seconds a picture"] = (time.process_time() - start) / CANDIDATES
        told[way]["colour"] = coloured(paint)
        told[way]["look"] = looked(judge, paint, looks, known)
        told[way]["nearest"] = spread(nearest(made["learnt"][:200], learnt))
        rows += [as_bytes(paint(BESIDE.split("|"))), as_bytes(made["held out"][:20]), as_bytes(made["learnt"][:20])]
    told["real"]["nearest"] = spread(nearest(as_images([one for one in of if one.held_out][:200], device), learnt))
    rows += [np.stack([one_of[label].pixels for label in labels[:20]]) for labels in (unseen, known)]
    out = given.folder / given.preset
    out.mkdir(exist_ok=True)
    (out / "metrics.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    sheet(rows, out / "sheet.png")
    print(json.dumps(told, indent=1))


def spread(distances: Sequence[float]) -> dict[str, float]:
    """The smallest, a tenth's, and the middle distance."""
    return {name: float(np.quantile(distances, at)) for name, at in (("least", 0.0), ("tenth", 0.1), ("median", 0.5))}


if __name__ == "__main__":
    main()
