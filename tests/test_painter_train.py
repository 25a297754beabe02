"""Training the embedded painter: what it learns from, that it learns, goes on where it was stopped, and is written as a pipeline."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from flipchart.models.painter_pictures import Picture, caption, colours, held_out, paired, recoloured

pytestmark = pytest.mark.filterwarnings("ignore")

SHADES = {"red": (220, 30, 30), "blue": (30, 60, 220), "yellow": (250, 220, 40), "green": (40, 160, 60)}


def picture(colour: str, shape: str, side: int = 32) -> Picture:
    pixels = np.zeros((side, side, 4), np.uint8)
    rows, columns = np.mgrid[:side, :side]
    whole = (rows - side / 2) ** 2 + (columns - side / 2) ** 2 < (side / 3) ** 2 if shape == "ball" else (rows > 6) & (columns > 6)
    pixels[whole] = (*SHADES[colour], 255)
    return Picture(pixels, f"{shape}", "flat", ("toy",), colours(pixels), turns=True)


PICTURES = [picture(colour, shape) for colour in SHADES for shape in ("ball", "box")]


def test_colours_are_named_as_people_name_them() -> None:
    for colour in SHADES:
        assert picture(colour, "ball").colours == (colour,)


def test_a_recoloured_picture_is_told_by_its_new_colour() -> None:
    chance = random.Random(0)
    others = [other for _ in range(20) if (other := recoloured(picture("red", "ball"), chance))]
    assert others
    for other in others:
        assert other.colours != ("red",)
        assert other.colours[0] in caption(other, chance, colour=True)


def test_two_pictures_stand_where_the_caption_says() -> None:
    pixels, words = paired(picture("red", "ball"), replace(picture("blue", "box"), label="box"), random.Random(1))
    assert words.startswith("ball") and words.endswith("box")
    left, right = (Picture(half, "", "", (), colours(half), turns=False) for half in (pixels[:, :16], pixels[:, 16:]))
    assert (left.colours[0], right.colours[0]) == ("red", "blue")


def test_few_labels_are_held_out_and_always_the_same() -> None:
    labels = [f"thing {i}" for i in range(2000)]
    kept = [label for label in labels if held_out(label)]
    assert 60 < len(kept) < 140
    assert kept == [label for label in labels if held_out(label)]


def test_held_out_labels_are_never_learnt_from() -> None:
    from flipchart.models.painter_train import PRESETS, samples

    secret = next(f"thing {i}" for i in range(2000) if held_out(f"thing {i}"))
    hidden = [replace(one, label=secret) for one in PICTURES]
    with_them, without = (samples(of, PRESETS["tiny"], "cpu") for of in ([*PICTURES, *hidden], PICTURES))
    assert len(with_them.of) == len(without.of)
    assert torch.equal(with_them.pixels, without.pixels)


@pytest.mark.parametrize(("name", "millions"), [("nano", 4), ("small", 25)])
def test_each_size_is_as_large_as_it_is_said_to_be(name: str, millions: int) -> None:
    from flipchart.models.painter_train import PRESETS

    with torch.device("meta"):
        model = PRESETS[name].model()
    assert round(sum(p.numel() for p in model.parameters()) / 1e6) == millions


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[float]]:
    """A folder with what seconds of training leave, and how far the model was off before and after."""
    from flipchart.models.painter_train import PRESETS, Run, distilling, learning, samples, written

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("trained")
    preset = PRESETS["tiny"]
    on = samples(PICTURES, preset, "cpu")
    run = Run(folder / "tiny.pt", preset, "cpu").opened("learn")
    off = []
    for minutes in (0.03, 0.06):  # the second time it goes on
        off.append(float(learning(run, on)(torch.Generator().manual_seed(1))))
        run.train("learn", minutes, learning(run, on))
        run = Run(folder / "tiny.pt", preset, "cpu").opened("learn")
    off.append(float(learning(run, on)(torch.Generator().manual_seed(1))))
    run = Run(folder / "tiny.pt", preset, "cpu").opened("distil")
    run.train("distil", 0.02, distilling(run, on))
    again = Run(folder / "tiny.pt", preset, "cpu").opened("distil")
    assert again.steps == run.steps and again.steps["learn"] > 3
    written(again.mean, preset, folder / "tiny")
    return folder, off


def test_it_learns_and_goes_on_where_it_was_stopped(trained: tuple[Path, list[float]]) -> None:
    before, between, after = trained[1]
    assert before > between > after


def test_the_stock_pipeline_paints_what_was_written(trained: tuple[Path, list[float]]) -> None:
    from diffusers import PRXPixelPipeline

    from flipchart.models.painter_text import text_parts

    encoder, tokenizer = text_parts(torch.float32)
    pipe = PRXPixelPipeline.from_pretrained(
        trained[0] / "tiny", text_encoder=encoder, tokenizer=tokenizer, dtype=torch.float32, local_files_only=True
    )
    pipe.set_progress_bar_config(disable=True)

    def paint(words: str) -> Any:
        chance = torch.Generator().manual_seed(3)
        return pipe(words, num_inference_steps=4, guidance_scale=1.0, use_resolution_binning=False, generator=chance).images[0]

    image = paint("red ball")
    assert (image.mode, image.size) == ("RGBA", (32, 32))
    assert pipe.scheduler.sigmas.tolist() == [1.0, 0.75, 0.5, 0.25, 0.0]
    assert image.tobytes() == paint("red ball").tobytes() != paint("blue box").tobytes()
