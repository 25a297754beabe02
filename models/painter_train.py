"""Trains the embedded painter on openly licensed icons and writes it as a diffusers pipeline.

    python -m flipchart.models.painter_train                                     the nano tier on one CPU core, 75 minutes
    python -m flipchart.models.painter_train --preset small --device cuda        the small tier on a GPU, 25 minutes

It goes on where it was stopped. Needs the extra `images`, the weights `minilm`, and npm for the pictures. First it learns to take
noise from pictures, guided by captions; then a copy learns to do in four steps, without guidance, what the first does in many with it.
`python -m flipchart.models.painter_judge` measures what came of it.
"""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from flipchart.models.painter_pictures import MORE, SETS, Picture, Set, caption, paired, pictures, recoloured
from flipchart.models.painter_text import LONGEST, WIDTH, text_parts

STEPS = 4
EDGES = (1.0, 0.75, 0.5, 0.25, 0.0)  # shares of noise between the four steps
LEAST = 0.15  # share of noise below which a mistake weighs no more: four steps never go there
UNTOLD = 0.12  # of the samples are learnt without their caption, so that captions can be made to count for more
GUIDANCE = 3.0
SAVE_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Preset:
    """A size of the model, what it learns from, and for how long."""

    side: int
    patch: int
    width: int
    depth: int
    heads: int
    batch: int
    minutes: float
    distil_minutes: float
    sets: tuple[Set, ...] = SETS
    captions: int = 3
    pairs: float = 0.0
    """Scenes of two pictures for each picture."""

    def model(self) -> Any:
        """The model, untrained."""
        from diffusers import PRXTransformer2DModel

        each = self.width // self.heads // 2
        return PRXTransformer2DModel(
            in_channels=4,
            patch_size=self.patch,
            context_in_dim=WIDTH,
            hidden_size=self.width,
            mlp_ratio=2.67,
            num_heads=self.heads,
            depth=self.depth,
            axes_dim=[each, each],
        )


PRESETS = {
    "tiny": Preset(side=32, patch=8, width=32, depth=1, heads=2, batch=16, minutes=0.05, distil_minutes=0.02, captions=1),  # for tests
    "nano": Preset(side=64, patch=8, width=192, depth=5, heads=3, batch=48, minutes=60, distil_minutes=9),
    "small": Preset(128, 8, 384, 8, 6, batch=1024, minutes=17, distil_minutes=4, sets=(*SETS, *MORE), captions=4, pairs=0.4),
}


@dataclass(slots=True)
class Samples:
    """Pictures and captions on the device, and which caption tells of which picture; caption 0 says nothing."""

    pixels: Any  # (pictures, 4, side, side) uint8
    turns: Any  # (pictures,) bool
    states: Any  # (captions, LONGEST, WIDTH)
    lengths: Any  # (captions,)
    of: Any  # (captions,) the picture of each; the first is of none

    def batch(self, size: int, chance: Any) -> tuple[Any, Any, Any]:
        """(pictures from -1 to 1, states, mask) of captions drawn at random, cut to the longest."""
        device = self.pixels.device
        told = torch.randint(1, len(self.of), (size,), generator=chance)
        silent = torch.rand(size, generator=chance) < UNTOLD
        turned = torch.rand(size, generator=chance) < 0.5
        told, silent, turned = told.to(device), silent.to(device), turned.to(device)
        picture = self.of[told]
        clean = self.pixels[picture].float() / 127.5 - 1
        turned &= self.turns[picture]
        clean = torch.where(turned[:, None, None, None], clean.flip(3), clean)
        return clean, *self.texts(torch.where(silent, 0, told))

    def texts(self, told: Any) -> tuple[Any, Any]:
        """The captions' states and mask, as long as the longest of them."""
        lengths = self.lengths[told]
        longest = int(lengths.max()) if lengths.device.type == "cpu" else LONGEST  # what is compiled wants one shape
        mask = torch.arange(longest, device=lengths.device)[None] < lengths[:, None]
        return self.states[told, :longest].float(), mask


def samples(of: list[Picture], preset: Preset, device: str) -> Samples:
    """What is learnt from the pictures: each under several captions, recoloured, and in pairs."""
    chance = random.Random(1)
    learnt = [one for one in of if not one.held_out]
    shown: list[tuple[Any, bool]] = []
    said: list[tuple[str, int]] = []
    for one in learnt:
        said += [(words, len(shown)) for words in dict.fromkeys(caption(one, chance) for _ in range(preset.captions))]
        shown.append((one.pixels, one.turns))
        other = recoloured(one, chance)
        if other is not None and chance.random() < 0.35:
            said.append((caption(other, chance, colour=True), len(shown)))
            shown.append((other.pixels, other.turns))
    for _ in range(int(preset.pairs * len(learnt))):
        pixels, words = paired(chance.choice(learnt), chance.choice(learnt), chance)
        said.append((words, len(shown)))
        shown.append((pixels, False))
    states, lengths = encoded(["", *(words for words, _ in said)], device)
    stacked = torch.stack([torch.from_numpy(image).permute(2, 0, 1) for image, _ in shown])
    return Samples(
        stacked.contiguous().to(device),
        torch.tensor([turns for _, turns in shown], device=device),
        states,
        lengths,
        torch.tensor([0, *(picture for _, picture in said)], device=device),
    )


@torch.no_grad()
def encoded(texts: list[str], device: str) -> tuple[Any, Any]:
    """The states of the texts' word pieces, (texts, LONGEST, WIDTH) in half precision, and how many each has."""
    encoder, tokenizer = text_parts(torch.float32)
    encoder = encoder.to(device)
    asked = tokenizer(texts, padding="max_length", max_length=LONGEST, truncation=True, return_tensors="pt")
    lengths = asked["attention_mask"].sum(1)
    states = torch.zeros(len(texts), LONGEST, WIDTH, dtype=torch.float16, device=device)
    order = lengths.argsort()
    for part in order.split(256):
        longest = int(lengths[part].max())
        ids, mask = (asked[name][part, :longest].to(device) for name in ("input_ids", "attention_mask"))
        states[part.to(device), :longest] = encoder(input_ids=ids, attention_mask=mask).last_hidden_state.half()
    return states, lengths.to(device)


def asked(model: Any, noisy: Any, noise: Any, states: Any, mask: Any) -> Any:
    """What the model takes for the clean pictures."""
    with torch.autocast(noisy.device.type, torch.bfloat16):
        clean = model(hidden_states=noisy, timestep=noise, encoder_hidden_states=states, attention_mask=mask, return_dict=False)[0]
    return clean.float()


def guided(model: Any, noisy: Any, noise: Any, states: Any, mask: Any, silent: tuple[Any, Any], guidance: float) -> Any:
    """The same, away from what it would take any picture for."""
    told = asked(model, noisy, noise, states, mask)
    if guidance == 1:
        return told
    count = len(noisy)
    untold = asked(model, noisy, noise, silent[0].expand(count, -1, -1), silent[1].expand(count, -1))
    return untold + guidance * (told - untold)


def stepped(model: Any, noisy: Any, edges: Any, *how: Any) -> Any:
    """The pictures at the last of the edges, (edges, pictures) shares of noise, by Euler's steps from the first."""
    for i in range(len(edges) - 1):
        clean = guided(model, noisy, edges[i], *how)
        share = (edges[i + 1] / edges[i])[:, None, None, None]
        noisy = clean + share * (noisy - clean)
    return noisy


@dataclass(slots=True)
class Run:
    """A training as far as it has come; kept in `place`, so that it can go on."""

    place: Path
    preset: Preset
    device: str
    model: Any = None
    mean: Any = None
    """The running mean of the model's weights, which is what is used."""
    teacher: Any = None
    seconds: dict[str, float] = field(default_factory=lambda: {"learn": 0.0, "distil": 0.0})
    steps: dict[str, int] = field(default_factory=lambda: {"learn": 0, "distil": 0})
    optimizers: list[Any] = field(default_factory=list)

    def opened(self, phase: str) -> "Run":
        """Ready for the phase, with whatever was kept of it."""
        torch.manual_seed(0)
        kept = torch.load(self.place, map_location=self.device, weights_only=True) if self.place.exists() else None
        self.model, self.mean = (self.preset.model().to(self.device) for _ in range(2))
        if kept is None:
            self.mean.load_state_dict(self.model.state_dict())
        else:
            self.seconds, self.steps = kept["seconds"], kept["steps"]
            self.model.load_state_dict(kept["model"])
            self.mean.load_state_dict(kept["mean"])
        if phase == "distil":
            self.teacher = self.preset.model().to(self.device).requires_grad_(False)
            started = kept is not None and "teacher" in kept
            self.teacher.load_state_dict(kept["teacher"] if kept is not None and started else self.mean.state_dict())
            if not started:
                self.model.load_state_dict(self.teacher.state_dict())
        if self.device.startswith("cuda"):
            torch._dynamo.config.suppress_errors = True  # what cannot be compiled runs as it is
            for one in filter(None, (self.model, self.teacher)):
                one.compile()
        self.optimizers = list(optimizers(self.model, phase))
        same = kept is not None and ("teacher" in kept) == (phase == "distil")
        if kept is not None and same:
            for optimizer, state in zip(self.optimizers, kept["optimizers"], strict=True):
                optimizer.load_state_dict(state)
        self.mean.requires_grad_(False)
        return self

    def keep(self) -> None:
        """Write it down, whole or not at all."""
        held: dict[str, Any] = {"seconds": self.seconds, "steps": self.steps}
        held |= {"model": self.model.state_dict(), "mean": self.mean.state_dict()}
        held["optimizers"] = [one.state_dict() for one in self.optimizers]
        if self.teacher is not None:
            held["teacher"] = self.teacher.state_dict()
        self.place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.place.with_suffix(".new")
        torch.save(held, unfinished)
        unfinished.replace(self.place)

    def train(self, phase: str, minutes: float, loss_of: Callable[[Any], Any]) -> None:
        """The phase, until its minutes are over. `loss_of` draws its samples with the random numbers that it is given."""
        saved = told = time.perf_counter()
        last, losses = saved, []
        chance = torch.Generator().manual_seed(1000 * self.steps["learn"] + self.steps["distil"])
        while (done := self.seconds[phase] / (60 * minutes)) < 1:
            warm = min(1.0, (self.steps[phase] + 1) / (100 if phase == "learn" else 20))
            for optimizer in self.optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = group.setdefault("initial_lr", group["lr"]) * warm * (0.02 + 0.98 * math.cos(math.pi / 2 * done) ** 2)
            loss = loss_of(chance)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            for optimizer in self.optimizers:
                optimizer.step()
                optimizer.zero_grad(set_to_none=True)
            self.steps[phase] += 1
            decay = min(0.998, (1 + self.steps[phase]) / (10 + self.steps[phase]))
            with torch.no_grad():
                torch._foreach_lerp_(list(self.mean.parameters()), list(self.model.parameters()), 1 - decay)
            losses.append(loss.item())
            now = time.perf_counter()
            self.seconds[phase] += now - last
            last = now
            if now - told > 30:
                rate = len(losses) * self.preset.batch / (now - told)
                print(
                    f"{phase} {self.seconds[phase] / 60:6.1f} min, step {self.steps[phase]}, loss {sum(losses) / len(losses):.4f}, "
                    f"{rate:.0f} samples/s",
                    flush=True,
                )
                told, losses = now, []
            if now - saved > SAVE_SECONDS:
                self.keep()
                saved = now
        self.keep()


def optimizers(model: Any, phase: str) -> Iterator[Any]:
    """What moves the weights: Muon the blocks' matrices, AdamW the rest; in the second phase, gently."""
    matrices = [p for name, p in model.named_parameters() if name.startswith("blocks.") and p.ndim == 2 and ".modulation" not in name]
    own = {id(p) for p in matrices}
    rest = [p for p in model.parameters() if id(p) not in own]
    rate = 2e-3 if phase == "learn" else 3e-4
    yield torch.optim.Muon(matrices, lr=rate, weight_decay=0.01, momentum=0.95, adjust_lr_fn="match_rms_adamw")
    yield torch.optim.AdamW(rest, lr=rate, betas=(0.9, 0.95), weight_decay=0.0)


def learning(run: Run, on: Samples) -> Callable[[Any], Any]:
    """The loss of the first phase: how far what the model takes for the clean picture is from it, in the noise's measure."""

    def loss(chance: Any) -> Any:
        clean, states, mask = on.batch(run.preset.batch, chance)
        share = torch.sigmoid(torch.randn(len(clean), generator=chance) + 0.4).to(run.device)
        noise = torch.randn(clean.shape, generator=chance).to(run.device)
        noisy = torch.lerp(clean, noise, share[:, None, None, None])
        apart = (asked(run.model, noisy, share, states, mask) - clean).square().mean((1, 2, 3))
        return (apart / share.clamp(min=LEAST).square()).mean()

    return loss


def distilling(run: Run, on: Samples, finer: int = 2) -> Callable[[Any], Any]:
    """The loss of the second phase: how far one step of the model is from `finer` guided ones of its teacher, over one of the quarters."""
    silent = on.texts(torch.zeros(1, dtype=torch.long, device=run.device))

    def loss(chance: Any) -> Any:
        clean, states, mask = on.batch(run.preset.batch // 2, chance)  # a step costs twice as much, and steps count for more
        quarter = torch.randint(STEPS, (len(clean),), generator=chance)
        start, end = (torch.tensor(EDGES)[quarter + more].to(run.device) for more in (0, 1))
        noise = torch.randn(clean.shape, generator=chance).to(run.device)
        noisy = torch.lerp(clean, noise, start[:, None, None, None])
        with torch.no_grad():
            edges = torch.stack([torch.lerp(start, end, i / finer) for i in range(finer + 1)])
            after = stepped(run.teacher, noisy, edges, states, mask, silent, GUIDANCE)
            # What it has to take for the clean picture so that one step leads there.
            aim = noisy - (noisy - after) * (start / (start - end))[:, None, None, None]
        return (asked(run.model, noisy, start, states, mask) - aim).square().mean()

    return loss


def written(model: Any, preset: Preset, folder: Path) -> None:
    """The model as a diffusers pipeline of safetensors in half precision; its text encoder is the project's, and not in it."""
    import diffusers

    model.half().save_pretrained(folder / "transformer", safe_serialization=True, max_shard_size="14MB")
    # The last step starts from a quarter of noise.
    diffusers.FlowMatchEulerDiscreteScheduler(shift_terminal=EDGES[-2]).save_pretrained(folder / "scheduler")
    index = {
        "_class_name": "PRXPixelPipeline",
        "_diffusers_version": diffusers.__version__,
        "default_sample_size": preset.side,
        "noise_scale": 1.0,
        "prompt_max_tokens": LONGEST,
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "BertModel"],
        "tokenizer": ["transformers", "PreTrainedTokenizerFast"],
        "transformer": ["diffusers", "PRXTransformer2DModel"],
    }
    (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n", "utf-8")


def main() -> None:
    """Trains."""
    parser = argparse.ArgumentParser(
        prog="python -m flipchart.models.painter_train", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--preset", choices=PRESETS, default="nano")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--minutes", type=float, help="of the first phase")
    parser.add_argument("--distil-minutes", type=float)
    parser.add_argument("--folder", type=Path, default=Path("build/painter"), help="where pictures, the training and its result are kept")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    preset = PRESETS[given.preset]
    minutes = preset.minutes if given.minutes is None else given.minutes
    distil_minutes = preset.distil_minutes if given.distil_minutes is None else given.distil_minutes
    torch.set_num_threads(given.threads)
    of = pictures(preset.sets, preset.side, given.folder / "pictures", given.threads)
    print(f"{len(of)} pictures", file=sys.stderr)
    on = samples(of, preset, given.device)
    print(f"{len(on.of) - 1} captions", file=sys.stderr)
    run = Run(given.folder / f"{given.preset}.pt", preset, given.device)
    distilled = run.place.exists() and torch.load(run.place, weights_only=True).get("teacher") is not None
    if not distilled:
        run.opened("learn").train("learn", minutes, learning(run, on))
    run.opened("distil").train("distil", distil_minutes, distilling(run, on))
    written(run.mean, preset, given.folder / given.preset)


if __name__ == "__main__":
    main()
