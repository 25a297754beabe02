"""What makes a diffusion model faster, each a switch of its own: number format, layout, attention, fused and compiled blocks, a tiny
decoder, CUDA graphs, eight-bit floats.

A rung changes a model's parts in place and raises Unfit where the device or the model does not have it; nothing is changed then.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LARGEST_E4M3 = 448.0  # the largest number that torch.float8_e4m3fn holds
FEWEST = 256  # features from which on a layer gains by eight bits; below, the conversion costs more


class Unfit(Exception):
    """The rung is not for this device or model; says why."""


@dataclass(slots=True)
class Parts:
    """What removes the noise and what decodes, on one device; `call` is the denoiser's forward, which a graph may stand in for."""

    denoiser: Any
    decoder: Any
    device: str
    call: Callable[..., Any] | None = None
    tiny: Callable[[], Any] | None = None
    """A tiny decoder for the same latents."""
    flops: float = 0.0
    """Of one call of the denoiser, counted before anything was changed."""


def bf16(parts: Parts) -> None:
    """Everything in bfloat16."""
    import torch

    if parts.device == "cpu" and not torch.cpu._is_avx512_bf16_supported():
        raise Unfit("this processor has no bfloat16 arithmetic")
    for part in (parts.denoiser, parts.decoder):
        if part is not None:
            part.to(torch.bfloat16)


def channels_last(parts: Parts) -> None:
    """Convolutions with their channels innermost."""
    import torch

    found = [part for part in (parts.denoiser, parts.decoder) if part is not None and _has(part, torch.nn.Conv2d)]
    if not found:
        raise Unfit("it has no convolutions")
    for part in found:
        part.to(memory_format=torch.channels_last)


def cudnn(parts: Parts) -> None:
    """Attention by cuDNN, inside torch."""
    if not parts.device.startswith("cuda"):
        raise Unfit("it needs a CUDA device")
    try:
        parts.denoiser.set_attention_backend("_native_cudnn")
    except (AttributeError, ValueError, RuntimeError) as error:
        raise Unfit(str(error).splitlines()[0]) from None


def qkv(parts: Parts) -> None:
    """Query, key and value by one multiplication."""
    if not hasattr(parts.denoiser, "fuse_qkv_projections"):
        raise Unfit("its attention cannot be fused")
    try:
        parts.denoiser.fuse_qkv_projections()
    except (AttributeError, ValueError):
        raise Unfit("its attention cannot be fused") from None


def compiled(parts: Parts) -> None:
    """Repeated blocks compiled once, kept on disk for the next start."""
    from flipchart.models.weights import home

    if not parts.device.startswith("cuda") and shutil.which("c++") is None and shutil.which("g++") is None:
        raise Unfit("it needs a C++ compiler on a CPU")
    if not getattr(parts.denoiser, "_repeated_blocks", None):
        raise Unfit("diffusers names no repeated blocks of it")
    import torch

    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(home() / "compiled"))
    # The numbers in a block are constants; taken for variables, it would be compiled twice.
    torch._dynamo.config.specialize_float = True
    parts.denoiser.compile_repeated_blocks(fullgraph=True, dynamic=True)


def uncompiled(parts: Parts) -> None:
    """Takes the compiled blocks back."""
    for block in parts.denoiser.modules():
        block._compiled_call_impl = None


def tiny_decoder(parts: Parts) -> None:
    """A decoder of a tenth of the arithmetic; it is another decoder, so the picture differs a little."""
    if parts.tiny is None:
        raise Unfit("there is no tiny decoder for its latents" if parts.decoder is not None else "it needs no decoder")
    parts.decoder = parts.tiny()


def graphs(parts: Parts) -> None:
    """The denoiser recorded once as a CUDA graph for one shape and replayed: no time between kernels."""
    if not parts.device.startswith("cuda"):
        raise Unfit("it needs a CUDA device")
    parts.call = Graph(parts.call or parts.denoiser)


def fp8(parts: Parts) -> None:
    """Large linear layers in eight-bit floats, scaled by row; lossy, so never by default."""
    import torch

    if parts.device.startswith("cuda") and torch.cuda.get_device_capability() < (8, 9):
        raise Unfit("this GPU has no eight-bit floats")
    if not parts.device.startswith("cuda"):
        raise Unfit("it needs a CUDA device")
    if not eightbit(parts.denoiser):
        raise Unfit("it has no linear layer large enough")


RUNGS: dict[str, Callable[[Parts], None]] = {
    "bf16": bf16,
    "channels-last": channels_last,
    "cudnn": cudnn,
    "qkv": qkv,
    "compile": compiled,
    "tiny-vae": tiny_decoder,
    "graphs": graphs,
    "fp8": fp8,
}
# The rungs that a person may set: a tiny decoder needs weights of its own, and a graph holds for one shape only.
PAINTING = tuple(rung for rung in RUNGS if rung not in ("tiny-vae", "graphs"))


def eightbit(model: Any) -> int:
    """Turns the large linear layers of `model` into eight-bit ones; how many."""
    import torch

    count = 0
    for parent in list(model.modules()):
        for name, layer in list(parent.named_children()):
            large = type(layer) is torch.nn.Linear and min(layer.weight.shape) >= FEWEST
            if large and not any(side % 16 for side in layer.weight.shape):
                setattr(parent, name, _float8_linear(layer))
                count += 1
    return count


def _float8_linear(layer: Any) -> Any:
    """The layer with its weights in eight bits, a scale for each output, and a scale for each row it is given."""
    import torch

    class Float8Linear(torch.nn.Module):
        weight: torch.Tensor
        scale: torch.Tensor

        def __init__(self) -> None:
            super().__init__()
            weight = layer.weight.detach().float()
            scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / LARGEST_E4M3
            self.register_buffer("weight", (weight / scale).to(torch.float8_e4m3fn))
            self.register_buffer("scale", scale.t().contiguous())
            self.bias = layer.bias

        def forward(self, given: Any) -> Any:
            rows = given.reshape(-1, given.shape[-1])
            scale = rows.abs().amax(1, keepdim=True).float().clamp(min=1e-12) / LARGEST_E4M3
            small = (rows.float() / scale).to(torch.float8_e4m3fn)
            made = torch._scaled_mm(small, self.weight.t(), scale_a=scale, scale_b=self.scale, out_dtype=torch.bfloat16)
            made = made if self.bias is None else made + self.bias
            return made.to(given.dtype).reshape(*given.shape[:-1], -1)

    return Float8Linear()


class Graph:
    """A forward recorded as a CUDA graph when it is first called; later calls of the same shapes replay it on copies of their inputs."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call
        self._graph: Any = None
        self._inputs: list[Any] = []
        self._output: Any = None

    def __call__(self, *given: Any, **named: Any) -> Any:
        """The output, copied out: the next replay would overwrite it."""
        import torch

        tensors = _tensors((given, named))
        if self._graph is None:
            side: Any = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(3):
                    self._call(*given, **named)
            torch.cuda.current_stream().wait_stream(side)
            self._inputs = tensors
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph):
                self._output = self._call(*given, **named)
        for held, fresh in zip(self._inputs, tensors, strict=True):
            if held is not fresh:
                held.copy_(fresh)
        self._graph.replay()
        return tuple(one.clone() if torch.is_tensor(one) else one for one in self._output)


def _tensors(value: Any) -> list[Any]:
    import torch

    if torch.is_tensor(value):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [tensor for one in value for tensor in _tensors(one)] if isinstance(value, list | tuple) else []


def _has(part: Any, kind: type) -> bool:
    return any(isinstance(one, kind) for one in part.modules())
