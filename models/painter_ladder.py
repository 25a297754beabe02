"""How fast a diffusion model is on this machine, rung by rung beside plain diffusers in the same run, with random weights.

Time, memory and arithmetic do not depend on the weights; quality does, and is not spoken of. What the device does not have is named
as not run.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flipchart.models.painter_rungs import RUNGS, Parts, Unfit, uncompiled
from flipchart.renderers.problem import Missing, ModelProblem

RUNS = 5
PEAK_SIDE = {"cuda": 8192, "cpu": 2048}  # rows of the square matrices that the peak is measured with
SLOW = 4.0  # times as long as in float32, past which products in bfloat16 are not timed


@dataclass(frozen=True, slots=True)
class Arch:
    """A model's shape: how it is built, what it is given for a picture of so many px, and how many steps that takes."""

    denoiser: str
    config: dict[str, Any]
    tiny: dict[str, Any]
    """What differs where only the ladder itself is tried out."""
    given: Callable[[Any, int, Any], dict[str, Any]]
    """(denoiser's config, px, random tensors by shape) -> what its forward takes."""
    steps: int
    size: int
    latents: int = 0
    """Channels that its decoder takes; 0: it paints pixels."""


def _unet(config: Any, px: int, noise: Any) -> dict[str, Any]:
    width = config.cross_attention_dim
    pooled = config.projection_class_embeddings_input_dim - 6 * config.addition_time_embed_dim
    more = {"text_embeds": noise(1, pooled), "time_ids": noise(1, 6)}
    return {
        "sample": noise(1, 4, px // 8, px // 8),
        "timestep": noise(1),
        "encoder_hidden_states": noise(1, 77, width),
        "added_cond_kwargs": more,
    }


def _flux(config: Any, px: int, noise: Any) -> dict[str, Any]:
    tokens, text = (px // 16) ** 2, 256 if "pooled_projection_dim" in config else 512
    axes = len(config.axes_dims_rope)
    asked = {
        "hidden_states": noise(1, tokens, config.in_channels),
        "encoder_hidden_states": noise(1, text, config.joint_attention_dim),
        "timestep": noise(1),
        "img_ids": noise(tokens, axes),
        "txt_ids": noise(text, axes),
    }
    return asked | ({"pooled_projections": noise(1, config.pooled_projection_dim)} if "pooled_projection_dim" in config else {})


def _z_image(config: Any, px: int, noise: Any) -> dict[str, Any]:
    return {"x": [noise(config.in_channels, 1, px // 8, px // 8)], "t": noise(1), "cap_feats": [noise(128, config.cap_feat_dim)]}


def _prx(config: Any, px: int, noise: Any) -> dict[str, Any]:
    return {
        "hidden_states": noise(1, config.in_channels, px, px),
        "timestep": noise(1),
        "encoder_hidden_states": noise(1, 24, config.context_in_dim),
    }


_SMALL_ROPE = {"attention_head_dim": 16, "num_attention_heads": 2, "num_layers": 1, "num_single_layers": 1, "joint_attention_dim": 32}

ARCHS = {
    "sdxl": Arch(
        "UNet2DConditionModel",
        {
            "sample_size": 128, "block_out_channels": (320, 640, 1280), "transformer_layers_per_block": (1, 2, 10),
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), "cross_attention_dim": 2048,
            "attention_head_dim": (5, 10, 20), "use_linear_projection": True, "addition_embed_type": "text_time",
            "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816,
        },
        {
            "block_out_channels": (8, 16, 16), "transformer_layers_per_block": 1, "cross_attention_dim": 16, "attention_head_dim": 4,
            "norm_num_groups": 4, "addition_time_embed_dim": 8, "projection_class_embeddings_input_dim": 64,
        },
        _unet, 4, 1024, 4,
    ),
    "flux1-schnell": Arch(
        "FluxTransformer2DModel", {}, _SMALL_ROPE | {"pooled_projection_dim": 16, "axes_dims_rope": (4, 4, 8)}, _flux, 4, 1024, 16
    ),
    "flux2-klein-4b": Arch(
        "Flux2Transformer2DModel",
        {
            "num_layers": 5, "num_single_layers": 20, "num_attention_heads": 24, "joint_attention_dim": 7680, "guidance_embeds": False,
        },
        _SMALL_ROPE | {"axes_dims_rope": (4, 4, 4, 4), "timestep_guidance_channels": 16},
        _flux, 4, 1024, 32,
    ),
    "z-image-turbo": Arch(
        "ZImageTransformer2DModel", {},
        {
            "dim": 32, "n_layers": 1, "n_refiner_layers": 1, "n_heads": 2, "n_kv_heads": 2, "cap_feat_dim": 16, "axes_dims": [4, 4, 8],
        },
        _z_image, 8, 1024, 16,
    ),
    "pixels": Arch(
        "PRXTransformer2DModel",
        {
            "in_channels": 4, "patch_size": 16, "context_in_dim": 384, "hidden_size": 384, "mlp_ratio": 2.67, "num_heads": 6, "depth": 8,
            "axes_dim": [32, 32], "bottleneck_size": 128,
        },
        {"hidden_size": 32, "num_heads": 2, "depth": 1, "axes_dim": [8, 8], "context_in_dim": 16, "bottleneck_size": 16},
        _prx, 4, 256,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rung:
    """One line of the table; `why` says why it was not run."""

    name: str
    seconds: float = 0.0
    """For one picture, the median."""
    flops: float = 0.0
    why: str = ""


def measured(arch: str, rungs: Sequence[str] = tuple(RUNGS), *, ladder: bool = True, tiny: bool = False, size: int = 0) -> str:
    """The table: plain diffusers in float32, then each rung on top of those before it (`ladder`), or all of them together.

    Milliseconds for a picture (all steps and the decoder), TFLOP/s, the share of the peak that plain matrix products reach
    here, and how many times as fast as plain diffusers.
    """
    if arch not in ARCHS:
        raise Missing(f"there is no shape {arch!r}; there are {', '.join(ARCHS)}")
    unknown = [rung for rung in rungs if rung not in RUNGS]
    if unknown:
        raise Missing(f"there is no rung {unknown[0]!r}; there are {', '.join(RUNGS)}")
    try:
        import torch
    except ImportError:
        raise Missing("this bench needs torch and diffusers; pip install 'flipchart[images]'") from None
    device = "cuda" if torch.cuda.is_available() else "cpu"
    peak = _peak(device)
    px = size or (64 if tiny else ARCHS[arch].size)
    lines = [
        (
            f"{arch}{' (tiny)' if tiny else ''}, {px} px, {ARCHS[arch].steps} steps, random weights, {_name(device)}, "
            f"torch {torch.__version__}"
        ),
        f"{'rung':<18}{'ms':>10}{'TFLOP/s':>10}{'of peak':>9}{'faster':>9}",
    ]
    stock = 0.0
    for rung in _climbed(arch, rungs, device, px, ladder=ladder, tiny=tiny):
        if rung.why:
            lines.append(f"{rung.name:<18}  not run: {rung.why}")
            continue
        stock = stock or rung.seconds
        rate = rung.flops / rung.seconds
        lines.append(f"{rung.name:<18}{1000 * rung.seconds:>10.1f}{rate / 1e12:>10.3f}{rate / peak:>9.1%}{stock / rung.seconds:>8.2f}x")
    lines.append(f"{'peak (measured)':<18}{'':>10}{peak / 1e12:>10.3f}")
    return "\n".join(lines)


def _climbed(arch: str, rungs: Sequence[str], device: str, px: int, *, ladder: bool, tiny: bool) -> Iterator[Rung]:
    import torch

    shape = ARCHS[arch]
    try:
        parts = _built(shape, device, tiny)
        with torch.inference_mode():
            given, _ = _inputs(parts, shape, px)
            parts.flops = _flops(lambda: parts.denoiser(**given))
            yield _timed("plain diffusers", parts, shape, px)
            names = []
            for name in rungs:
                try:
                    RUNGS[name](parts)
                except Unfit as unfit:
                    yield Rung(f"+ {name}", why=str(unfit))
                    continue
                names.append(name)
                if ladder:
                    yield _timed(f"+ {name}", parts, shape, px)
            if not ladder and names:
                yield _timed(" + ".join(names), parts, shape, px)
    except (torch.OutOfMemoryError, MemoryError):
        raise ModelProblem(f"{arch} does not fit into the memory of this {device}; take a smaller shape, or --tiny") from None


def _built(shape: Arch, device: str, tiny: bool) -> Parts:
    """The model and its decoder with random weights, in float32."""
    import diffusers
    import torch

    torch.manual_seed(0)
    wide = (8, 16) if tiny else (128, 256, 512, 512)
    with torch.device(device):
        denoiser = getattr(diffusers, shape.denoiser)(**shape.config | (shape.tiny if tiny else {})).eval()
        decoder = None
        if shape.latents:
            decoder = diffusers.AutoencoderKL(
                latent_channels=shape.latents, block_out_channels=wide, layers_per_block=2, norm_num_groups=4 if tiny else 32,
                down_block_types=("DownEncoderBlock2D",) * len(wide), up_block_types=("UpDecoderBlock2D",) * len(wide),
            ).eval()  # fmt: skip

    def small() -> Any:
        with torch.device(device):
            channels = (8,) * 4 if tiny else (64,) * 4
            made = diffusers.AutoencoderTiny(
                latent_channels=shape.latents, encoder_block_out_channels=channels, decoder_block_out_channels=channels
            ).eval()
        return torch.nn.Module.to(made, next(denoiser.parameters()).dtype)

    return Parts(denoiser, decoder, device, tiny=small if shape.latents in (4, 16) else None)


def _timed(name: str, parts: Parts, shape: Arch, px: int) -> Rung:
    """How long a picture takes, and how much arithmetic that is."""
    import torch

    given, latents = _inputs(parts, shape, px)

    def picture(steps: int) -> None:
        for _ in range(steps):
            (parts.call or parts.denoiser)(**given)
        if parts.decoder is not None:
            parts.decoder.decode(latents, return_dict=False)
        if parts.device == "cuda":
            torch.cuda.synchronize()

    times = []
    try:
        for _ in range(2):
            picture(1)
        for _ in range(RUNS):
            start = time.perf_counter()
            picture(shape.steps)
            times.append(time.perf_counter() - start)
    except (torch._dynamo.exc.TorchDynamoException, torch._inductor.exc.InductorError) as error:
        uncompiled(parts)
        return Rung(name, why=f"it cannot be compiled here ({type(error).__name__})")
    decoding = _flops(lambda: parts.decoder.decode(latents)) if parts.decoder is not None else 0.0
    return Rung(name, statistics.median(times), shape.steps * parts.flops + decoding)


def _inputs(parts: Parts, shape: Arch, px: int) -> tuple[dict[str, Any], Any]:
    """Random numbers in the model's format: what the denoiser takes, and the decoder's latents."""
    import torch

    dtype = next(parts.denoiser.parameters()).dtype
    chance = torch.Generator().manual_seed(0)

    def noise(*sides: int) -> Any:
        return torch.randn(*sides, generator=chance).to(parts.device, dtype)

    given = shape.given(parts.denoiser.config, px, noise) | {"return_dict": False}
    return given, noise(1, shape.latents, px // 8, px // 8) if shape.latents else None


def _flops(once: Callable[[], Any]) -> float:
    """Floating point operations, two for a multiplication with addition."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        once()
    return float(counter.get_total_flops())


def _peak(device: str) -> float:
    """FLOP/s of plain matrix products on random numbers, in float32 or bfloat16, whichever is faster; the best of several."""
    import torch

    def seconds(side: int, dtype: torch.dtype) -> float:
        a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            a @ b
            if device == "cuda":
                torch.cuda.synchronize()
            best = min(best, time.perf_counter() - start)
        return best

    # A processor without bfloat16 takes a hundred times as long; small products tell which it is.
    side, small = PEAK_SIDE[device], PEAK_SIDE[device] // 8
    swift = seconds(small, torch.bfloat16) <= SLOW * seconds(small, torch.float32)
    return 2.0 * side**3 / min(seconds(side, dtype) for dtype in ((torch.float32, torch.bfloat16) if swift else (torch.float32,)))


def _name(device: str) -> str:
    import torch

    return torch.cuda.get_device_name() if device == "cuda" else f"CPU ({torch.get_num_threads()} threads)"
