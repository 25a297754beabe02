"""One diffusers pipeline on one device: it paints several wishes at once, tells its steps with previews, and stops within one.

Only the thread that owns the device calls it.
"""

import gc
import inspect
import io
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from flipchart.models.painter_enlarge import enlarged
from flipchart.models.painter_eyes import Eyes
from flipchart.models.painter_models import Found, Model
from flipchart.models.painter_preview import Preview
from flipchart.models.painter_rungs import RUNGS, Parts, Unfit
from flipchart.models.painter_text import text_parts
from flipchart.models.painter_things import removes
from flipchart.models.painter_worker import Order, Stopped
from flipchart.renderers.painter import Wish
from flipchart.renderers.problem import Missing, ModelProblem

SIDES = (64, 2048)  # px
GRAIN = 16  # px that a picture's sides are multiples of, unless a model wants coarser ones
EMPTY = "nothing there, the plain background around it"  # what is painted in place of what goes
CLOSEST = 0.25  # of a picture's sides: as close as a model looks at what it is to change
SEAM = 3  # px over which a changed place passes into what is around it
AILING = {"QwenImageEditInpaintPipeline"}  # of diffusers 0.42: fails at every size but its own
BROKEN = (
    RuntimeError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OSError,
    AssertionError,
    ImportError,
    ArithmeticError,
    NameError,
)


class OutOfMemory(Exception):
    """The device has no room left; a cheaper way may do."""


class Pipeline:
    """A loaded pipeline. `batch` wishes are painted in one go, always as many (the rest are copies): a picture's bits do not depend
    on whether it was painted alone."""

    def __init__(self, model: Model, found: Found, device: str, batch: int = 1, rungs: Sequence[str] = ()) -> None:
        self.model, self.found, self.device, self.batch = model, found, device, batch
        self.spared: list[str] = []  # what was done to make room
        self._orders: Sequence[Order] = ()
        self._pipe = self._loaded()
        self._by_task: dict[str, Any] = {"": self._pipe} if _paints_anew(self._pipe) else {}
        self._preview = Preview(self._pipe)
        self.rungs = [rung for rung in rungs if self._climbed(rung)]
        for block in _heeding(self._pipe, whole="compile" in self.rungs):
            block.register_forward_pre_hook(lambda *_: self._heed())

    def _loaded(self) -> Any:
        try:
            import torch
            from diffusers import DiffusionPipeline
            from diffusers.utils import logging as diffusers_says
        except ImportError:
            raise Missing("painting by diffusion needs torch and diffusers; pip install 'flipchart[images]'") from None
        import psutil

        name = self.model.name
        on_cpu = self.device == "cpu"
        dtype = torch.float32 if on_cpu and not torch.cpu._is_avx512_bf16_supported() else torch.bfloat16
        if self.device == "mps":
            dtype = torch.float16
        needed = self.found.size * (2 if dtype == torch.float32 else 1)
        if on_cpu and needed > (free := psutil.virtual_memory().available):
            raise ModelProblem(
                f"the picture model {name!r} needs about {needed / 1e9:.0f} GB of memory, and {free / 1e9:.0f} GB are free; "
                "choose a smaller one"
            )
        diffusers_says.disable_progress_bar()
        parts: dict[str, Any] = dict(zip(("text_encoder", "tokenizer"), text_parts(dtype), strict=True)) if self.model.text else {}
        looking = "processor" in self.found.parts
        try:
            parts |= {"processor": None} if looking else {}
            pipe = DiffusionPipeline.from_pretrained(
                self.found.folder, dtype=dtype, use_safetensors=True, local_files_only=True, trust_remote_code=False, **parts
            )
            if looking:
                pipe.processor = Eyes(self.found.folder / "processor")
        except BROKEN as error:
            raise ModelProblem(f"the picture model {name!r} cannot be loaded: {_line(error)}") from None
        pipe.set_progress_bar_config(disable=True)
        with _memory():
            return pipe.to(self.device)

    def _climbed(self, rung: str) -> bool:
        """True where the rung fits this model and device, and is climbed."""
        try:
            RUNGS[rung](Parts(_denoiser(self._pipe), getattr(self._pipe, "vae", None), self.device))
        except Unfit:
            return False
        return True

    @property
    def edits(self) -> bool:
        """True where the pipeline takes a picture and an instruction."""
        return "image" in _takes(self._pipe) and "strength" not in _takes(self._pipe)

    def steps(self, wish: Wish, steps: int | None) -> int:
        """The steps a picture takes: those asked for, else the model's own."""
        default = _takes(self._pipe)["num_inference_steps"].default if "num_inference_steps" in _takes(self._pipe) else 1
        return int(steps or self.model.steps or default or 1)

    def paint(self, orders: Sequence[Order], steps: int | None, guidance: float | None) -> list[Any]:
        """A picture (PIL) for each order, None where the model's own checker withheld it. Raises OutOfMemory, Stopped where all were
        stopped, ModelProblem where the pipeline fails."""
        if len(orders) > 1 and self._at_once(orders[0].wish) == 1:
            return [picture for order in orders for picture in self.paint([order], steps, guidance)]
        import torch

        self._orders = orders
        wish = orders[0].wish
        pipe = self._for(wish)
        try:
            small = bool(self.model.side) and self.device == "cpu"
            with _memory(), torch.inference_mode(), self._preview.following(pipe), _one_thread() if small else nullcontext():
                asked = self._asked(pipe, [order.wish for order in orders], self.steps(wish, steps), guidance)
                made = pipe(**asked)
                withheld = getattr(made, "nsfw_content_detected", None) or []
                pictures = [None if any(withheld[i : i + 1]) else picture for i, picture in enumerate(made.images[: len(orders)])]
        except BROKEN as error:
            raise ModelProblem(f"the picture model {self.model.name!r} could not paint this: {_line(error)}") from None
        finally:
            self._orders = ()
            if hasattr(pipe, "maybe_free_model_hooks"):
                pipe.maybe_free_model_hooks()
        if self.model.side:
            return [enlarged(picture, *size(order.wish)) for picture, order in zip(pictures, orders, strict=True)]
        close = pipe is self._pipe
        return [picture and within(picture, order.wish, close=close) for picture, order in zip(pictures, orders, strict=True)]

    def _size(self, wish: Wish) -> tuple[int, int]:
        """Width and height in px that it is painted in."""
        grain = max(GRAIN, getattr(self._pipe, "vae_scale_factor", GRAIN))
        return (self.model.side, self.model.side) if self.model.side else size(wish, grain)

    def _at_once(self, wish: Wish) -> int:
        """How many are painted in one go; of pictures that are changed one, since several would be taken for references."""
        return 1 if wish.source else self.batch

    def _for(self, wish: Wish) -> Any:
        """The pipeline for the wish's task, of the same weights."""
        task = ("Inpaint" if wish.mask else "Img2Img") if wish.source else ""
        if task not in self._by_task:
            self._by_task[task] = self._made(task)
        return self._by_task[task]

    def _made(self, task: str) -> Any:
        """The family's pipeline for the task; for a mask, to which a picture is held in any case, else the one that changes the whole."""
        import diffusers

        if not task:
            raise ModelProblem(f"the picture model {self.model.name!r} only changes pictures; have another paint one, then change that")
        name = type(self._pipe).__name__
        for kind in ("Inpaint", "Img2Img") if task == "Inpaint" else ("Img2Img",):
            if kind == "Img2Img" and self.edits:
                return self._pipe
            named = getattr(diffusers, own := name.replace("Pipeline", f"{kind}Pipeline"), None)
            if named is None or own in AILING:
                continue
            parts, options = named._get_signature_keys(named)
            given = {part: self._pipe.components.get(part) for part in parts}
            made = named(**given | {option: self._pipe.config[option] for option in options if option in self._pipe.config})
            made.set_progress_bar_config(disable=True)
            return made
        raise ModelProblem(f"the picture model {self.model.name!r} cannot change pictures; use one that edits")

    def _asked(self, pipe: Any, wishes: Sequence[Wish], steps: int, guidance: float | None) -> dict[str, Any]:
        """What the pipeline is called with: only what it takes."""
        import torch

        wish, takes = wishes[0], _takes(pipe)
        padded = [*wishes, *[wish] * (self._at_once(wish) - len(wishes))]
        width, height = self._size(wish)
        asked: dict[str, Any] = {
            "prompt": [words(one, instructed=self.edits, filling=bool(one.mask)) for one in padded],
            "width": width,
            "height": height,
            "num_inference_steps": steps,
            "generator": [torch.Generator("cpu").manual_seed(one.seed % 2**63) for one in padded],
            "use_resolution_binning": False,
            "clean_caption": False,
            "use_pe": False,  # has another model reword the prompt by chance, so that no seed would hold
            "callback_on_step_end": self._each(steps),
        }
        strongest = guidance if guidance is not None else self.model.guidance
        if strongest is not None:
            asked[self.model.guided_by] = strongest
        if any(one.negative for one in padded) or self.model.negative:
            asked["negative_prompt"] = [one.negative or self.model.negative for one in padded]
        if wish.source:
            asked["image"] = [opened_picture(one.source, (width, height)) for one in padded]
            if wish.mask and pipe is self._pipe:  # it takes no mask, but what it is shown it changes
                mask = opened_picture(wish.mask, (width, height), "L")
                asked["image"] = [asked["image"][0].crop(framed(mask)).resize((width, height))]
            elif wish.mask:
                asked["mask_image"] = [opened_picture(one.mask, (width, height), "L") for one in padded]
            if "strength" in takes:
                asked["strength"] = min(1.0, max(0.05, wish.strength))
                asked["num_inference_steps"] = max(steps, math.ceil(1 / asked["strength"]))
        if asked["num_inference_steps"] != 2:
            asked["intermediate_timesteps"] = None  # is meant for two steps, and fails with more
        if len(padded) == 1:
            asked |= {name: value[0] for name, value in asked.items() if isinstance(value, list)}
        return {name: value for name, value in asked.items() if name in takes}

    def _each(self, steps: int) -> Callable[..., dict[str, Any]]:
        def each(pipe: Any, step: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
            self._heed()
            of = int(getattr(pipe, "num_timesteps", None) or steps)
            wanted = any(order.watched and not order.stop.is_set() for order in self._orders)
            seen = self._preview.pngs(pipe, values.get("latents"), self._size(self._orders[0].wish), len(self._orders)) if wanted else []
            for i, order in enumerate(self._orders):
                order.tell(min(step + 1, of), of, seen[i] if i < len(seen) else None)
            return values

        return each

    def _heed(self) -> None:
        """Ends the painting where nobody waits for it any more; asked before each block, so within a step."""
        if self._orders and all(order.stop.is_set() for order in self._orders):
            raise Stopped("painting was stopped")

    def spare(self) -> bool:
        """One thing more done to make room, each slower than the one before; False where nothing is left to do."""
        import torch

        vae: Any = getattr(self._pipe, "vae", None)
        rungs: list[tuple[str, Callable[[], object], bool]] = [
            ("memory freed", lambda: None, True),
            ("decoded in tiles", lambda: vae.enable_tiling(), hasattr(vae, "enable_tiling")),
            ("one at a time", lambda: setattr(self, "batch", 1), self.batch > 1),
            ("parts loaded in turn", lambda: self._pipe.enable_model_cpu_offload(device=self.device), self.device.startswith("cuda")),
            ("painted on the CPU", self._to_cpu, self.device != "cpu"),
        ]
        for name, act, fits in rungs:
            if name not in self.spared and fits:
                self.spared.append(name)
                gc.collect()
                if torch.cuda.is_available():
                    torch.cuda.empty_cache()
                act()
                return True
        return False

    def _to_cpu(self) -> None:
        self._pipe.remove_all_hooks()
        self._pipe.to("cpu")
        self.device = "cpu"


def words(wish: Wish, *, instructed: bool = False, filling: bool = False) -> str:
    """The wish as the model reads it: for one that takes instructions only what is to change, else the whole picture.

    For one that fills a marked place (`filling`) what comes there stands first; where something is to go, only what is left is said.
    """
    if instructed and wish.source and wish.change:
        return wish.change
    palette = f"in the colours {', '.join(wish.palette[:4])}" if wish.palette else ""
    look = f"{wish.style} style" if wish.style else ""
    said = [wish.prompt, wish.change]
    if filling:
        said = [EMPTY] if removes(wish.change) else [wish.change, wish.prompt]
    return ", ".join(part for part in (*said, look, palette) if part)


def size(wish: Wish, grain: int = GRAIN) -> tuple[int, int]:
    """Width and height in px that a pipeline takes: multiples of `grain`, within bounds."""
    width, height = (min(SIDES[1], max(grain, side)) // grain * grain for side in (wish.width, wish.height))
    return width, height


def opened_picture(png: bytes, size: tuple[int, int] | None = None, mode: str = "RGB") -> Any:
    """The picture, or mask ("L"), at this size; raises ModelProblem where it is none."""
    from PIL import Image, UnidentifiedImageError

    try:
        opened = Image.open(io.BytesIO(png)).convert(mode)
        return opened.resize(size, Image.Resampling.NEAREST if mode == "L" else Image.Resampling.LANCZOS) if size else opened
    except (UnidentifiedImageError, OSError, ValueError):
        raise ModelProblem("the picture that is to be changed cannot be read; use a PNG") from None


def within(picture: Any, wish: Wish, *, close: bool = False) -> Any:
    """The picture with everything outside its mask as it was, to the pixel; the seam is softened inside of it. `close`: it shows no
    more than what `framed` cuts out."""
    if not (wish.source and wish.mask):
        return picture
    from PIL import Image, ImageChops, ImageFilter

    before = opened_picture(wish.source)
    mask = opened_picture(wish.mask, before.size, "L")
    left, top, right, bottom = framed(mask) if close else (0, 0, *before.size)
    after = before.copy()
    after.paste(picture.convert("RGB").resize((right - left, bottom - top), Image.Resampling.LANCZOS), (left, top))
    return Image.composite(after, before, ImageChops.darker(mask, mask.filter(ImageFilter.GaussianBlur(SEAM))))


def framed(mask: Any) -> tuple[int, int, int, int]:
    """(left, top, right, bottom) of the marked place with as much again around it, in the proportions of the whole."""
    left, top, right, bottom = mask.getbbox() or (0, 0, *mask.size)
    share = min(1.0, max(CLOSEST, 2 * (right - left) / mask.width, 2 * (bottom - top) / mask.height))
    width, height = round(mask.width * share), round(mask.height * share)
    x = min(max(0, (left + right - width) // 2), mask.width - width)
    y = min(max(0, (top + bottom - height) // 2), mask.height - height)
    return x, y, x + width, y + height


def _paints_anew(pipe: Any) -> bool:
    """False for a pipeline that diffusers lists among those that change pictures alone."""
    from diffusers.pipelines import auto_pipeline

    changing, painting = auto_pipeline.AUTO_IMAGE2IMAGE_PIPELINES_MAPPING, auto_pipeline.AUTO_TEXT2IMAGE_PIPELINES_MAPPING
    return type(pipe) not in changing.values() or type(pipe) in painting.values()


def _takes(pipe: Any) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(pipe.__call__).parameters)


def _denoiser(pipe: Any) -> Any:
    return getattr(pipe, "transformer", None) or getattr(pipe, "unet", None)


def _heeding(pipe: Any, *, whole: bool) -> Iterator[Any]:
    """The parts before which it is asked whether to go on: each block of what removes the noise; all of it where they are compiled."""
    denoiser = _denoiser(pipe)
    if whole:
        yield denoiser
        return
    for part in denoiser.children() if denoiser is not None else ():
        if type(part).__name__ == "ModuleList":
            yield from part


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keeps torch to one thread: for a small model, beside a busy process, threads that wait for each other take twenty times as long."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _memory() -> Iterator[None]:
    """Tells memory that ran out, on any device, from everything else."""
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, MemoryError):
        raise OutOfMemory from None
    except RuntimeError as error:
        if "allocate memory" in str(error) or "out of memory" in str(error):
            raise OutOfMemory from None
        raise


def _line(error: BaseException) -> str:
    told = str(error).strip().splitlines()
    return (told[0] if told else type(error).__name__)[:200]
