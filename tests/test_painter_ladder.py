"""The ladder: what it times is what it says, what the device lacks is named, and a rung changes speed, not the picture."""

import pytest

from flipchart.models.painter_ladder import ARCHS, _built, _flops, _inputs, measured
from flipchart.models.painter_rungs import RUNGS, Parts, eightbit
from flipchart.renderers.problem import Missing

pytestmark = pytest.mark.filterwarnings("ignore")  # diffusers and transformers warn of each other's deprecations


@pytest.mark.parametrize("arch", ARCHS)
def test_every_shape_runs_and_names_what_is_not_here(arch: str) -> None:
    import torch

    table = measured(arch, ["bf16", "channels-last", "cudnn", "qkv", "tiny-vae", "graphs"], tiny=True)
    lines = table.splitlines()
    assert lines[2].startswith("plain diffusers")
    assert lines[2].endswith("1.00x")
    assert len(lines) == 10
    for line in lines:
        if line.startswith(("+ cudnn", "+ graphs")) and not torch.cuda.is_available():
            assert line.endswith("not run: it needs a CUDA device")


def test_unknown_shapes_and_rungs_are_told_what_there_is() -> None:
    with pytest.raises(Missing, match="flux1-schnell"):
        measured("vast")
    with pytest.raises(Missing, match="channels-last"):
        measured("pixels", ["jet"], tiny=True)


# TFLOP of one call at the size and with the words that the models are made for.
@pytest.mark.parametrize(
    ("arch", "published"), [("sdxl", 6.76), ("flux1-schnell", 69.5), ("z-image-turbo", 58.5), ("flux2-klein-4b", 34.8)]
)
def test_the_shapes_are_those_of_the_real_models(arch: str, published: float) -> None:
    import diffusers
    import torch

    shape = ARCHS[arch]
    with torch.device("meta"):
        denoiser = getattr(diffusers, shape.denoiser)(**shape.config)
    given, _ = _inputs(Parts(denoiser, None, "meta"), shape, shape.size)
    assert _flops(lambda: denoiser(**given)) / 1e12 == pytest.approx(published, rel=0.05)


@pytest.mark.parametrize("rung", ["channels-last", "qkv"])
@pytest.mark.parametrize("arch", ["sdxl", "flux1-schnell"])
def test_a_rung_leaves_the_numbers_as_they_are(arch: str, rung: str) -> None:
    import torch

    parts = _built(ARCHS[arch], "cpu", tiny=True)
    given, _ = _inputs(parts, ARCHS[arch], 64)
    with torch.inference_mode():
        before = parts.denoiser(**given)[0]
        RUNGS[rung](parts)
        after = parts.denoiser(**given)[0]
    assert torch.allclose(before, after, atol=1e-4)


def test_eight_bit_layers_stay_near_the_exact_product() -> None:
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(256, 512), torch.nn.Linear(512, 8))
    given = torch.randn(2, 5, 256)
    with torch.inference_mode():
        exact = model[0](given)
        assert eightbit(model) == 1  # the small last layer is left
        near = model[0](given)
    assert near.shape == exact.shape
    assert ((near - exact).norm() / exact.norm()).item() < 0.06
    assert model[0].weight.dtype == torch.float8_e4m3fn
