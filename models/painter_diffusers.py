"""Painting by diffusion, with any text-to-image pipeline of diffusers: from a path, the hub, or an alias.

Weights are safetensors only and bring no code. One thread paints at a time. Not covered: editing pictures, and compiled pipelines.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flipchart.renderers.painter import Painting, Wish
from flipchart.renderers.problem import Missing, ModelProblem


@dataclass(frozen=True, slots=True)
class Alias:
    """A model by a short name: where it is, how it is run well, and under which licence."""

    repository: str
    steps: int
    guidance: float
    licence: str


ALIASES = {
    "fast": Alias("black-forest-labs/FLUX.1-schnell", 4, 0.0, "Apache-2.0"),
    "quality": Alias("Qwen/Qwen-Image", 30, 4.0, "Apache-2.0"),
}


class Diffusers:
    """Paints with one pipeline, loaded when it is first needed; on a GPU where there is one, else on the CPU."""

    def __init__(self, model: str, *, steps: int | None = None, guidance: float | None = None) -> None:
        alias = ALIASES.get(model)
        self._where = alias.repository if alias else model
        self._steps = steps or (alias.steps if alias else 20)
        self._guidance = guidance if guidance is not None else (alias.guidance if alias else 4.0)
        self._licence = alias.licence if alias else ""
        self._lock = threading.Lock()
        self._pipeline: Any = None
        self.name = f"diffusers:{Path(self._where).name}"

    def _load(self) -> Any:
        if self._pipeline is not None:
            return self._pipeline
        try:
            import torch
            from diffusers import DiffusionPipeline
        except ImportError:
            raise Missing("painting by diffusion needs torch and diffusers; pip install 'flipchart[images]'") from None
        on_gpu = torch.cuda.is_available()
        try:
            pipeline = DiffusionPipeline.from_pretrained(
                self._where,
                dtype=torch.bfloat16 if on_gpu else torch.float32,
                use_safetensors=True,
                trust_remote_code=False,
                local_files_only=Path(self._where).exists(),
            )
        except (OSError, ValueError) as error:
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ModelProblem(f"the picture model {Path(self._where).name!r} cannot be loaded: {first[:200]}") from None
        pipeline.set_progress_bar_config(disable=True)
        self._pipeline = pipeline.to("cuda" if on_gpu else "cpu")
        return self._pipeline

    def paint(self, wish: Wish, progress: Callable[[int, int, bytes | None], bool] | None = None) -> Painting:
        """The picture after all steps; the same seed gives the same picture. Raises ModelProblem where it is stopped or memory is out."""
        import io

        with self._lock:
            pipeline = self._load()
            import torch

            def each(pipe: Any, step: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
                if progress is not None and not progress(step + 1, self._steps, None):
                    pipe._interrupt = True
                return values

            asked: dict[str, Any] = {
                "prompt": f"{wish.prompt}, {wish.style} style" if wish.style else wish.prompt,
                "width": wish.width // 16 * 16,
                "height": wish.height // 16 * 16,
                "num_inference_steps": self._steps,
                "guidance_scale": self._guidance,
                "generator": torch.Generator("cpu").manual_seed(wish.seed),
            }
            if _takes(pipeline, "callback_on_step_end"):
                asked["callback_on_step_end"] = each
            if wish.negative and _takes(pipeline, "negative_prompt"):
                asked["negative_prompt"] = wish.negative
            try:
                with torch.inference_mode():
                    picture = pipeline(**asked).images[0]
            except torch.OutOfMemoryError:
                torch.cuda.empty_cache()
                raise ModelProblem("the GPU ran out of memory; choose a smaller model or picture") from None
            if getattr(pipeline, "_interrupt", False):
                pipeline._interrupt = False
                raise ModelProblem("painting was stopped")
        kept = io.BytesIO()
        picture.save(kept, "PNG", pnginfo=_provenance(self.name, wish))
        facts = {
            "model": self._where if not Path(self._where).exists() else Path(self._where).name,
            "seed": wish.seed,
            "steps": self._steps,
        }
        return Painting(kept.getvalue(), self.name, facts | {"guidance": self._guidance, "licence": self._licence, "ai_generated": True})


def _takes(pipeline: Any, name: str) -> bool:
    import inspect

    return name in inspect.signature(pipeline.__call__).parameters


def _provenance(painter: str, wish: Wish) -> Any:
    """What the PNG itself says of how it came to be; the wish only as a hash, since words may be private."""
    import hashlib

    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("ai_generated", "true")
    info.add_text("painter", painter)
    info.add_text("seed", str(wish.seed))
    info.add_text("prompt_sha256", hashlib.sha256(wish.prompt.encode()).hexdigest())
    return info
