"""The embedded painter: shipped small, paints offline, gives way to icons where they fit, and says which of the two it was."""

import io
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pixels

from flipchart import assets
from flipchart.models.painter import Chain
from flipchart.models.painter_embedded import Embedded, paints
from flipchart.models.painter_icons import Icons
from flipchart.renderers import image
from flipchart.renderers.painter import Painting, Wish
from flipchart.renderers.problem import ModelProblem

pytestmark = pytest.mark.filterwarnings("ignore")  # diffusers and transformers warn of each other's deprecations

ASKED = (
    "paint it", "píntala", "pinte-a", "peins-la", "mal es", "把它画出来", "これを描いて", "इसे पेंट करो", "ارسمها",
)  # fmt: skip


def opened(painting: Painting) -> Any:
    return Pixels.open(io.BytesIO(painting.png))


class Blobs:
    """A painter that notes what it is asked for."""

    name = "blobs"
    anew = marks = True

    def __init__(self) -> None:
        self.wishes: list[Wish] = []

    def paint(self, wish: Wish, progress: Callable[[int, int, bytes | None], bool] | None = None) -> Painting:
        self.wishes.append(wish)
        if progress is not None:
            progress(4, 4, b"")
        out = io.BytesIO()
        Pixels.new("RGBA", (wish.width, wish.height), "#ff00ff").save(out, "PNG")
        return Painting(out.getvalue(), self.name, {"ai_generated": True, "model": "blobs", "seed": wish.seed, "licence": "MIT"})


def test_where_icons_fit_they_are_the_picture_and_never_pass_for_diffusion() -> None:
    blobs = Blobs()
    wish = Wish("a fox by a tree", 320, 240, seed=5, subjects=("fox", "tree"))
    painting = Embedded(blobs).paint(wish)
    assert blobs.wishes == []
    assert painting.png == Icons().paint(wish).png
    assert painting.facts["ai_generated"] is False
    assert "seed" not in painting.facts
    assert len(painting.facts["icons"]) == 2


def test_the_painted_variant_is_on_offer_and_comes_when_asked_for() -> None:
    blobs = Blobs()
    spec, pixels = image.paint(image.Image(title="A fox", prompt="a fox", subjects=("fox",)), Embedded(blobs))
    assert "not generated" in image.told(spec)
    assert "paint it" in image.told(spec)
    again, _ = image.paint(image.retouched(spec, "paint it"), Embedded(blobs), lambda blob: pixels[blob])
    assert [wish.prompt for wish in blobs.wishes] == ["fox"]
    assert again.facts["ai_generated"] and again.facts["painted"] == ["fox"]
    assert image.told(again) == "Painted by AI: embedded"


@pytest.mark.parametrize("said", ASKED)
def test_asking_for_it_is_understood(said: str) -> None:
    from flipchart.models import amend

    assert paints(said)
    assert amend.meant(said) and amend.refers(said)


def test_other_changes_do_not_ask_for_it() -> None:
    assert not any(paints(said) for said in ("make it night", "paint the car red", "remove the tree", "ein Bild malen", ""))


def test_what_has_no_icon_is_painted_beside_what_has_one() -> None:
    blobs = Blobs()
    steps: list[tuple[int, int]] = []

    def progress(step: int, of: int, preview: bytes | None) -> bool:
        steps.append((step, of))
        return True

    wish = Wish("a zorbleflux and a qwirx by a tree", 320, 240, seed=7, subjects=("zorbleflux", "tree", "qwirx"))
    painting = Embedded(blobs).paint(wish, progress)
    assert [(one.prompt, one.seed, one.transparent) for one in blobs.wishes] == [("zorbleflux", 7, True), ("qwirx", 8, True)]
    assert steps == [(4, 8), (8, 8)]
    assert painting.facts["painted"] == ["zorbleflux", "qwirx"]
    assert len(painting.facts["icons"]) == 1
    assert painting.facts["ai_generated"] and painting.facts["seed"] == 7
    told = opened(painting).text
    assert told["painter"] == "embedded" and told["ai_generated"] == "true" and len(told["prompt_sha256"]) == 64
    assert (np.asarray(opened(painting).convert("RGB")) == (255, 0, 255)).all(2).mean() > 0.05


class Broken:
    name = "broken"
    anew = marks = True

    def paint(self, wish: Wish, progress: Callable[[int, int, bytes | None], bool] | None = None) -> Painting:
        raise ModelProblem("memory ran out")


def test_the_way_down_ends_on_it() -> None:
    painting = Chain(Broken(), Icons(), Embedded(Blobs())).paint(Wish("qzxv wlkj", 320, 240))
    assert painting.painter == "embedded"
    assert painting.facts["instead_of"][0] == "broken: memory ran out"
    assert "no shipped picture fits" in painting.facts["instead_of"][1]


# -- made large ---------------------------------------------------------------------------------------------------------------------


def ball(side: int = 64) -> Any:
    """A red ball as a model gives it: colours multiplied by alpha, a little too bright at the rim."""
    rows, columns = np.mgrid[:side, :side] + 0.5
    alpha = np.clip(20 - np.hypot(rows - side / 2, columns - side / 2) + 0.5, 0, 1)
    planes = np.stack([np.clip(alpha * 200 + 4, 0, 255), alpha * 20, alpha * 30, alpha * 255], axis=2)
    return Pixels.fromarray(planes.astype(np.uint8), "RGBA")


def test_small_pictures_are_made_large_and_crisp() -> None:
    from flipchart.models.painter_enlarge import enlarged

    large = np.asarray(enlarged(ball(), 640, 512))
    assert large.shape == (512, 640, 4)
    alpha = large[..., 3]
    assert (alpha[:, :64] == 0).all() and (alpha[:, -64:] == 0).all()
    assert ((alpha > 8) & (alpha < 247)).mean() < 0.01  # hardly a soft edge
    solid = large[alpha > 247][:, :3].astype(int)
    assert abs(len(solid) / (np.pi * 160**2) - 1) < 0.05
    assert (abs(solid - (200, 20, 30)) < 30).all(1).mean() > 0.97


# -- the shipped model --------------------------------------------------------------------------------------------------------------


def test_what_is_shipped_is_small_and_holds_no_code() -> None:
    files = [file for file in assets.path("painter").rglob("*") if file.is_file()]
    assert {file.suffix for file in files} <= {".json", ".safetensors", ".md", ".png"}
    assert all(file.stat().st_size <= 20e6 for file in files)
    assert sum(file.stat().st_size for file in files) <= 50e6


@pytest.fixture(scope="module")
def painter() -> Any:
    from flipchart.models.painter_diffusers import Diffusers

    return Diffusers("embedded", devices=("cpu",))


def test_it_paints_without_a_network_and_says_what_it_is(painter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise AssertionError("it calls out")

    monkeypatch.setattr(socket.socket, "connect", closed)
    seen: list[tuple[int, int]] = []
    painting = painter.paint(Wish("red heart", 320, 256, seed=3), lambda step, of, preview: seen.append((step, of)) is None)
    shown = opened(painting)
    assert (shown.mode, shown.size) == ("RGBA", (320, 256))
    corners = np.asarray(shown)[[0, 0, -1, -1], [0, -1, 0, -1], 3]
    assert (corners == 0).all()
    assert (4, 4) in seen
    assert shown.text["model"] == painting.facts["model"] == "embedded-nano"
    assert shown.text["seed"] == "3" and shown.text["ai_generated"] == "true"


def test_the_same_seed_gives_the_same_bytes_alone_and_among_others(painter: Any) -> None:
    from flipchart.models.painter_diffusers import Diffusers

    wishes = [Wish("blue car", 128, 128, seed=1), Wish("blue car", 128, 128, seed=2), Wish("yellow face", 128, 128, seed=1)]
    alone = [painter.paint(wish).png for wish in wishes]
    others = Diffusers("embedded", devices=("cpu",))
    with ThreadPoolExecutor(3) as threads:
        among = [painting.png for painting in threads.map(others.paint, wishes)]
    assert alone == among
    assert len(set(alone)) == len(alone)


def test_colours_that_are_asked_for_are_seen(painter: Any) -> None:
    from flipchart.models.painter_pictures import colours

    seen = 0
    for shade in ("red", "blue", "yellow", "green"):
        for seed in range(3):
            shown = np.asarray(opened(painter.paint(Wish(f"{shade} ball", 128, 128, seed=seed))))
            seen += shade in colours(shown)
    assert seen >= 8  # of 12
