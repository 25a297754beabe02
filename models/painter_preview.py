"""What a picture looks like while it forms: the latents of each step turned into colours by a few multiplications.

The colours are found once for each model: pictures of known colours go through its own encoder, and a straight line is laid through
what comes out (least squares). Where a model works on pixels, they are shown as they are.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

SIDE = 128  # px of the pictures that colours are learned from
LARGEST = 256  # px of a preview's longer side


class Preview:
    """The previews of one pipeline. It follows the scheduler for what each step believes the finished picture to be."""

    def __init__(self, pipe: Any) -> None:
        self._vae: Any = getattr(pipe, "vae", None)
        self._map: Any = None
        self._believed: Any = None

    @contextmanager
    def following(self, pipe: Any) -> Iterator[None]:
        """While inside, each step's estimate of the clean picture is noted."""
        scheduler = pipe.scheduler
        step = scheduler.step

        @wraps(step)  # pipelines look at its signature for whether it takes their generator
        def noted(output: Any, timestep: Any, sample: Any, *rest: Any, **named: Any) -> Any:
            made = step(output, timestep, sample, *rest, **named)
            self._believed = _clean(scheduler, output, sample, made)
            return made

        scheduler.step = noted
        try:
            yield
        finally:
            del scheduler.step
            self._believed = None

    def pngs(self, pipe: Any, latents: Any, size: tuple[int, int], count: int) -> list[bytes]:
        """A small PNG of each of the first `count` pictures as it is now; none where the latents cannot be read."""
        import torch

        known = self._believed if self._believed is not None and latents is not None and self._believed.shape == latents.shape else latents
        if known is None:
            return []
        with torch.inference_mode():
            planes = self._planes(pipe, known[:count].detach(), size)
            colours = self._colours(planes) if planes is not None else None
        return [] if colours is None else [_png(one, size) for one in colours]

    def _planes(self, pipe: Any, latents: Any, size: tuple[int, int]) -> Any:
        """The latents as (pictures, channels, rows, columns) in the encoder's own scale, on the CPU; None where they cannot be told."""
        if hasattr(pipe, "_unpatchify_latents"):
            if latents.ndim == 3:
                rows = size[1] // (2 * pipe.vae_scale_factor)
                latents = latents.reshape(len(latents), rows, -1, latents.shape[-1]).movedim(-1, 1)
            norm = self._vae.bn
            spread = (norm.running_var + self._vae.config.batch_norm_eps).sqrt()
            latents = pipe._unpatchify_latents(latents * spread.view(1, -1, 1, 1) + norm.running_mean.view(1, -1, 1, 1))
        elif latents.ndim == 3 and hasattr(pipe, "_unpack_latents"):
            latents = pipe._unpack_latents(latents, size[1], size[0], pipe.vae_scale_factor)
        if latents.ndim == 5:  # one frame of a film
            latents = latents[:, :, 0]
        if latents.ndim != 4:
            return None
        latents = latents.float().cpu()
        config = getattr(self._vae, "config", {})
        if config.get("latents_mean"):
            shape = (1, -1, 1, 1)
            return latents * _tensor(config["latents_std"]).view(shape) + _tensor(config["latents_mean"]).view(shape)
        return latents / (config.get("scaling_factor") or 1.0) + (config.get("shift_factor") or 0.0)

    def _colours(self, planes: Any) -> Any:
        """Red, green and blue (0-1) of each place."""
        if self._vae is None:
            shades = planes / 2 + 0.5
            bare = 1 - shades[:, 3:4] if shades.shape[1] == 4 else 0.0  # see-through: shown on white
            return (shades[:, :3] + bare).clamp(0, 1)
        if self._map is None:
            self._map = self._learned()
        if self._map is None or planes.shape[1] + 1 != self._map.shape[0]:
            return None
        weights = self._map
        return (planes.movedim(1, -1) @ weights[:-1] + weights[-1]).clamp(0, 1).movedim(-1, 1)

    def _learned(self) -> Any:
        """(channels + 1, 3): what each channel, and a constant, adds to red, green and blue."""
        import torch
        import torch.nn.functional as nn

        chance = torch.Generator().manual_seed(0)
        shades = nn.interpolate(torch.rand(4, 3, 8, 8, generator=chance), size=(SIDE, SIDE), mode="bilinear")
        given = (shades * 2 - 1).to(self._vae.device, self._vae.dtype)
        if type(self._vae).__name__ in ("AutoencoderKLQwenImage", "AutoencoderKLWan"):
            given = given.unsqueeze(2)
        made = self._vae.encode(given)
        held = getattr(made, "latent_dist", None)
        latents = held.mode() if held is not None else getattr(made, "latent", getattr(made, "latents", None))
        if latents is None:
            return None
        latents = (latents[:, :, 0] if latents.ndim == 5 else latents).float().cpu()
        seen = latents.movedim(1, -1).reshape(-1, latents.shape[1])
        colours = nn.interpolate(shades, size=latents.shape[-2:], mode="area").movedim(1, -1).reshape(-1, 3)
        return torch.linalg.lstsq(torch.cat([seen, torch.ones(len(seen), 1)], 1), colours, driver="gelsd").solution


def _clean(scheduler: Any, output: Any, sample: Any, made: Any) -> Any:
    """The finished picture as this step believes it to be; None where the scheduler does not tell."""
    told = made[1] if isinstance(made, tuple) and len(made) > 1 else getattr(made, "pred_original_sample", None)
    if told is not None and getattr(told, "shape", None) == sample.shape:
        return told
    if "FlowMatch" in type(scheduler).__name__ and getattr(scheduler, "step_index", None):
        return sample - scheduler.sigmas[scheduler.step_index - 1].to(sample.device) * output
    return None


def _tensor(values: Any) -> Any:
    import torch

    return torch.tensor(values, dtype=torch.float32)


def _png(colours: Any, size: tuple[int, int]) -> bytes:
    from PIL import Image

    pixels = (colours.movedim(0, -1) * 255).round().byte().numpy()
    share = min(1.0, LARGEST / max(size))
    shown = Image.fromarray(pixels).resize((max(1, round(size[0] * share)), max(1, round(size[1] * share))), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    shown.save(out, "PNG", compress_level=1)
    return out.getvalue()
