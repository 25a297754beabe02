"""Painting by diffusion: real pipelines of several families at the smallest size, alone and among others, stopped, changed, out of room."""

import inspect
import io
import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pixels

from flipchart.models import painter_models, painter_pipeline
from flipchart.models.painter import Chain, open_painter
from flipchart.models.painter_diffusers import Diffusers
from flipchart.models.painter_pipeline import OutOfMemory, Pipeline
from flipchart.models.painter_safety import Refused
from flipchart.models.painter_worker import Order, Stopped, Worker
from flipchart.renderers.painter import Painting, Wish
from flipchart.renderers.problem import Missing, ModelProblem

pytestmark = pytest.mark.filterwarnings("ignore")  # diffusers and transformers warn of each other's deprecations

WORDS = "a red fox in flat style , blue cat make it night user system assistant".split()
CHAT = "{% for message in messages %}{{ message['content'] }} {% endfor %}"


def tokenizer(length: int = 16) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    words = {"<s>": 0, "</s>": 1, "<unk>": 2, **{word: i for i, word in enumerate(WORDS, 3)}}
    plain = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    return PreTrainedTokenizerFast(
        tokenizer_object=plain, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="</s>", model_max_length=length,
        chat_template=CHAT,
    )  # fmt: skip


def clip(projected: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(
        hidden_size=16, intermediate_size=32, num_attention_heads=2, num_hidden_layers=2, vocab_size=64, bos_token_id=0, eos_token_id=1,
        projection_dim=16,
    )  # fmt: skip
    return CLIPTextModelWithProjection(config) if projected else CLIPTextModel(config)


def qwen(layers: int) -> Any:
    from transformers import Qwen3Config, Qwen3ForCausalLM

    return Qwen3ForCausalLM(
        Qwen3Config(
            hidden_size=16, intermediate_size=32, num_hidden_layers=layers, num_attention_heads=2, num_key_value_heads=2, head_dim=8,
            vocab_size=64,
        )
    )  # fmt: skip


def autoencoder(channels: int = 4, **more: Any) -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8, 16), in_channels=3, out_channels=3, latent_channels=channels, norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, **more,
    )  # fmt: skip


def unet(**more: Any) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=8, in_channels=4, out_channels=4, norm_num_groups=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=4, **more,
    )  # fmt: skip


def stable_diffusion() -> Any:
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    return StableDiffusionPipeline(
        vae=autoencoder(), text_encoder=clip(), tokenizer=tokenizer(), unet=unet(cross_attention_dim=16), scheduler=DDIMScheduler(),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def stable_diffusion_xl() -> Any:
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    big = unet(cross_attention_dim=32, addition_embed_type="text_time", addition_time_embed_dim=8, projection_class_embeddings_input_dim=64)
    return StableDiffusionXLPipeline(
        vae=autoencoder(), text_encoder=clip(), text_encoder_2=clip(projected=True), tokenizer=tokenizer(), tokenizer_2=tokenizer(),
        unet=big, scheduler=EulerDiscreteScheduler(timestep_spacing="trailing"),
    )  # fmt: skip


def flux(paired: int = 1) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel
    from transformers import T5Config, T5EncoderModel

    transformer = FluxTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=paired, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=16, pooled_projection_dim=16, axes_dims_rope=(4, 4, 8),
    )  # fmt: skip
    reader = T5EncoderModel(T5Config(vocab_size=64, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2))
    return FluxPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(), vae=autoencoder(scaling_factor=0.5, shift_factor=0.1), text_encoder=clip(),
        tokenizer=tokenizer(), text_encoder_2=reader, tokenizer_2=tokenizer(), transformer=transformer,
    )  # fmt: skip


def z_image() -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler, ZImagePipeline, ZImageTransformer2DModel

    transformer = ZImageTransformer2DModel(
        in_channels=4, dim=32, n_layers=1, n_refiner_layers=1, n_heads=2, n_kv_heads=2, cap_feat_dim=16, axes_dims=[4, 4, 8],
        axes_lens=[256, 64, 64],
    )  # fmt: skip
    return ZImagePipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(), vae=autoencoder(scaling_factor=0.5, shift_factor=0.1), text_encoder=qwen(3),
        tokenizer=tokenizer(32), transformer=transformer,
    )  # fmt: skip


def flux2_klein() -> Any:
    from diffusers import AutoencoderKLFlux2, FlowMatchEulerDiscreteScheduler, Flux2KleinPipeline, Flux2Transformer2DModel

    transformer = Flux2Transformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=48, axes_dims_rope=(4, 4, 4, 4), timestep_guidance_channels=16, guidance_embeds=False,
    )  # fmt: skip
    decoder = AutoencoderKLFlux2(
        block_out_channels=(8, 16), latent_channels=4, norm_num_groups=4, down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2, sample_size=32,
    )  # fmt: skip
    return Flux2KleinPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(), vae=decoder, text_encoder=qwen(28), tokenizer=tokenizer(64), transformer=transformer,
        is_distilled=True,
    )  # fmt: skip


SIGNS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]


def qwen_tokenizer() -> Any:
    """Reads bytes, and the signs that stand around what is said and shown."""
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import Qwen2Tokenizer

    return Qwen2Tokenizer({one: i for i, one in enumerate([*SIGNS, *sorted(ByteLevel.alphabet())])}, [], extra_special_tokens=SIGNS[1:])


def qwen_image(kind: str = "") -> Any:
    import diffusers
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    vision = {
        "depth": 1, "hidden_size": 16, "intermediate_size": 32, "num_heads": 2, "out_hidden_size": 16, "fullatt_block_indexes": [0],
    }  # fmt: skip
    words = {
        "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2,
        "vocab_size": 270, "rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10000.0},
    }  # fmt: skip
    sees = Qwen2_5_VLConfig(text_config=words, vision_config=vision, image_token_id=5, video_token_id=6, vision_start_token_id=3)
    transformer = diffusers.QwenImageTransformer2DModel(
        in_channels=16, out_channels=4, num_layers=1, attention_head_dim=16, num_attention_heads=2, joint_attention_dim=16,
        axes_dims_rope=(8, 4, 4),
    )  # fmt: skip
    vae = diffusers.AutoencoderKLQwenImage(
        base_dim=8, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1, latents_mean=[0.1] * 4, latents_std=[2.0] * 4
    )
    named = getattr(diffusers, f"QwenImage{kind}Pipeline")
    return named(
        scheduler=diffusers.FlowMatchEulerDiscreteScheduler(), vae=vae, text_encoder=Qwen2_5_VLForConditionalGeneration(sees),
        tokenizer=qwen_tokenizer(), transformer=transformer, **{"processor": None} if kind else {},
    )  # fmt: skip


def sana_sprint() -> Any:
    from diffusers import AutoencoderDC, SanaSprintPipeline, SanaTransformer2DModel, SCMScheduler
    from transformers import Gemma2Config, Gemma2Model

    transformer = SanaTransformer2DModel(
        in_channels=4, out_channels=4, num_layers=1, num_attention_heads=2, attention_head_dim=8, num_cross_attention_heads=2,
        cross_attention_head_dim=8, cross_attention_dim=16, caption_channels=16, sample_size=32, guidance_embeds=True,
        qk_norm="rms_norm_across_heads",
    )  # fmt: skip
    vae = AutoencoderDC(
        latent_channels=4, encoder_block_out_channels=(8,) * 6, decoder_block_out_channels=(8,) * 6, encoder_layers_per_block=(1,) * 6,
        decoder_layers_per_block=(1,) * 6, encoder_qkv_multiscales=((),) * 6, decoder_qkv_multiscales=((),) * 6,
        encoder_block_types="ResBlock", decoder_block_types="ResBlock", scaling_factor=0.41,
    )  # fmt: skip
    reader = Gemma2Config(
        hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=2, head_dim=8, vocab_size=64,
    )  # fmt: skip
    return SanaSprintPipeline(
        tokenizer=tokenizer(2000), text_encoder=Gemma2Model(reader), vae=vae, transformer=transformer,
        scheduler=SCMScheduler(prediction_type="trigflow", sigma_data=0.5),
    )  # fmt: skip


def ernie_image() -> Any:
    import torch
    from diffusers import AutoencoderKLFlux2, ErnieImagePipeline, ErnieImageTransformer2DModel, FlowMatchEulerDiscreteScheduler
    from transformers import Mistral3Config, Mistral3Model

    transformer = ErnieImageTransformer2DModel(
        hidden_size=32, num_attention_heads=2, num_layers=1, ffn_hidden_size=64, in_channels=16, out_channels=16, text_in_dim=16,
        rope_axes_dim=(4, 6, 6),
    )  # fmt: skip
    torch.nn.init.normal_(transformer.final_linear.weight, std=0.1)  # it begins as nothing
    decoder = AutoencoderKLFlux2(
        block_out_channels=(8, 16), latent_channels=4, norm_num_groups=4, down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D",) * 2, sample_size=32,
    )  # fmt: skip
    sizes = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "head_dim": 8}
    reader = Mistral3Config(
        text_config={"model_type": "mistral", "num_key_value_heads": 2, "vocab_size": 64, **sizes},
        vision_config={"model_type": "pixtral", "image_size": 28, "patch_size": 14, **sizes},
    )
    return ErnieImagePipeline(
        transformer=transformer, vae=decoder, text_encoder=Mistral3Model(reader), tokenizer=tokenizer(32),
        scheduler=FlowMatchEulerDiscreteScheduler(),
    )  # fmt: skip


PAINTING: dict[str, Callable[[], Any]] = {
    "sd": stable_diffusion, "sdxl": stable_diffusion_xl, "flux": flux, "z-image": z_image, "flux2-klein": flux2_klein,
    "qwen-image": qwen_image, "sana-sprint": sana_sprint, "ernie-image": ernie_image,
}  # fmt: skip
EDITORS = {f"qwen-image-{kind}": partial(qwen_image, kind) for kind in ("Edit", "EditPlus")}
FAMILIES = PAINTING | EDITORS
SMALLER = {"flux-single": partial(flux, 0)}  # blocks of one kind only: each kind is compiled for itself
CHANGING = [family for family in FAMILIES if family != "ernie-image"]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A family's pipeline with random weights, saved as safetensors."""
    import torch

    home = tmp_path_factory.mktemp("pipelines")

    def folder(family: str) -> Path:
        place = home / family
        if not place.exists():
            torch.manual_seed(0)
            (FAMILIES | SMALLER)[family]().save_pretrained(place, safe_serialization=True)
            if family in EDITORS:
                looks(place)
        return place

    return folder


def looks(place: Path) -> None:
    """Gives the pipeline the part that shows it pictures: its class of transformers cannot be made without torchvision."""
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    Qwen2VLImageProcessorPil().save_pretrained(place / "processor")
    qwen_tokenizer().save_pretrained(place / "processor")
    index(processor=["transformers", "Qwen2VLProcessor"])(place)


@pytest.fixture(autouse=True)
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qwen's editors look at a million pixels, whatever they are shown; here at few."""
    from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit as one
    from diffusers.pipelines.qwenimage import pipeline_qwenimage_edit_plus as plus

    monkeypatch.setattr(one, "calculate_dimensions", lambda area, ratio: (64, 64, None))
    monkeypatch.setattr(plus, "calculate_dimensions", lambda area, ratio: (64, 64))


@pytest.fixture(scope="module")
def tiny(saved: Callable[[str], Path]) -> Path:
    return saved("sd")


def pixels(png: bytes) -> Any:
    return np.asarray(Pixels.open(io.BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("family", PAINTING)
def test_every_family_paints_tells_its_steps_shows_itself_and_keeps_its_seed(saved: Callable[[str], Path], family: str) -> None:
    painter = Diffusers(str(saved(family)), steps=3, guidance=1.0)
    told: list[tuple[int, int]] = []
    previews: list[bytes] = []

    def watch(step: int, of: int, preview: bytes | None) -> bool:
        told.append((step, of))
        previews.extend([preview] if preview else [])
        return True

    wish = Wish("a red fox", 64, 32, seed=7)
    painting = painter.paint(wish, watch)
    assert [one for one in dict.fromkeys(told) if one[0]] == [(1, 3), (2, 3), (3, 3)]
    assert [Pixels.open(io.BytesIO(one)).size for one in previews] == [(64, 32)] * 3
    picture = Pixels.open(io.BytesIO(painting.png))
    assert picture.size == (64, 32)
    assert picture.text["ai_generated"] == "true"
    assert picture.text["seed"] == "7"
    assert "fox" not in str(picture.text)
    assert painting.facts["steps"] == 3
    again = Diffusers(str(saved(family)), steps=3, guidance=1.0)
    assert again.paint(wish).png == painting.png
    assert again.paint(Wish("a red fox", 64, 32, seed=8)).png != painting.png


@pytest.mark.parametrize("family", ["sd", "sdxl", "flux", "qwen-image", "sana-sprint", "ernie-image"])
def test_a_seed_gives_the_same_bits_alone_and_among_others(saved: Callable[[str], Path], family: str) -> None:
    painter = Diffusers(str(saved(family)), steps=2, guidance=1.0, batch=4)
    pipeline = Pipeline(painter.model, painter_models.opened(painter.model), "cpu", 4)

    def painted(*wishes: Wish) -> list[Any]:
        orders = [Order("", wish, lambda orders: [], 2) for wish in wishes]
        return [np.asarray(one) for one in pipeline.paint(orders, 2, 1.0)]

    wishes = [Wish("a red fox", 32, 32, 1), Wish("blue cat", 32, 32, 2), Wish("a fox", 32, 32, 3), Wish("night", 32, 32, 4)]
    together = painted(*wishes)
    for wish, one in zip(wishes, together, strict=True):
        assert np.array_equal(painted(wish)[0], one)


def test_many_at_once_all_get_their_own_picture(tiny: Path) -> None:
    painter = Diffusers(str(tiny), steps=2, guidance=1.0, batch=4)
    with ThreadPoolExecutor(16) as pool:
        paintings = list(pool.map(lambda seed: painter.paint(Wish("a red fox", 32, 32, seed)), range(16)))
    alone = Diffusers(str(tiny), steps=2, guidance=1.0, batch=4)
    assert [one.png for one in paintings] == [alone.paint(Wish("a red fox", 32, 32, seed)).png for seed in range(16)]


@pytest.mark.parametrize("family", FAMILIES)
def test_painting_stops_when_asked(saved: Callable[[str], Path], family: str) -> None:
    seen: list[int] = []

    def watch(step: int, of: int, preview: bytes | None) -> bool:
        seen.append(step)
        return not step

    painter = Diffusers(str(saved(family)), steps=50, guidance=1.0)
    wish = Wish("a red fox", 32, 32, source=png("blue") if family in EDITORS else b"", change="make it red")
    with pytest.raises(Stopped):
        painter.paint(wish, watch)
    assert max(seen) == 1
    assert painter.paint(replace(wish, seed=3)).facts["seed"] == 3


def test_nobody_paints_what_was_stopped(tiny: Path) -> None:
    with pytest.raises(Stopped):
        Chain(Diffusers(str(tiny), steps=9), open_painter("icons")).paint(Wish("a red fox", 32, 32), lambda *_: False)


def test_a_full_line_says_that_the_painter_is_busy() -> None:
    worker, free = Worker("nowhere", longest=2), threading.Event()
    begun = threading.Event()

    def work(orders: Any) -> list[str]:
        begun.set()
        free.wait()
        return ["done"]

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(worker.wait, Order(1, None, work, 1))
        begun.wait()
        rest = [pool.submit(worker.wait, Order(key, None, work, 1)) for key in (2, 3)]
        while worker.waiting < 2:
            pass
        with pytest.raises(ModelProblem, match="busy"):
            worker.wait(Order(4, None, work, 1))
        free.set()
        assert [one.result() for one in (first, *rest)] == ["done"] * 3


def test_where_memory_runs_out_more_is_spared_until_it_does(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    painter = Diffusers(str(tiny), steps=2, guidance=1.0, batch=2)
    painter.paint(Wish("a red fox", 32, 32, seed=9))  # what others left in the line is over
    whole, failures = Pipeline.paint, [3]

    def short(self: Pipeline, *given: Any) -> Any:
        if failures[0]:
            failures[0] -= 1
            raise OutOfMemory
        return whole(self, *given)

    monkeypatch.setattr(Pipeline, "paint", short)
    painting = painter.paint(Wish("a red fox", 32, 32))
    assert painting.facts["spared"] == ["memory freed", "decoded in tiles", "one at a time"]
    failures[0] = 99
    below = Chain(painter, open_painter("icons")).paint(Wish("a red fox", 32, 32, seed=5, subjects=("fox",)))
    assert below.painter == "icons"
    assert "memory ran out, even memory freed" in below.facts["instead_of"][0]
    failures[0] = 0
    assert painter.paint(Wish("a red fox", 32, 32, seed=6)).facts["ai_generated"]


def test_torch_running_out_is_noticed(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch
    from diffusers import UNet2DConditionModel

    painter = Diffusers(str(tiny), steps=2, guidance=1.0)
    painter.paint(Wish("a red fox", 32, 32, seed=9))
    whole, failures = UNet2DConditionModel.forward, [1]

    def short(self: Any, *given: Any, **named: Any) -> Any:
        if failures[0]:
            failures[0] -= 1
            raise torch.OutOfMemoryError("CUDA out of memory")
        return whole(self, *given, **named)

    monkeypatch.setattr(UNet2DConditionModel, "forward", short)
    assert painter.paint(Wish("a fox", 32, 32)).facts["spared"] == ["memory freed"]


@settings(max_examples=40)
@given(
    prompt=st.one_of(
        st.text(), st.text(min_size=100).map(lambda s: (s * 200)[:10_000]), st.sampled_from(["", "\ud800", "\x00", "<s>" * 3000])
    )
)
def test_any_words_give_a_picture_or_a_sentence(tiny_painter: Diffusers, prompt: str) -> None:
    try:
        painting = tiny_painter.paint(Wish(prompt, 32, 32))
    except ModelProblem as problem:
        assert str(problem)
        assert not isinstance(problem, Stopped)
    else:
        assert pixels(painting.png).shape == (32, 32, 3)


@pytest.fixture(scope="module")
def tiny_painter(tiny: Path) -> Diffusers:
    return Diffusers(str(tiny), steps=1, guidance=1.0)


@pytest.mark.parametrize(("family", "rungs"), [("sdxl", ["channels-last", "qkv", "cudnn"]), ("flux-single", ["qkv", "compile"])])
def test_what_makes_it_faster_leaves_the_picture_and_is_told(
    saved: Callable[[str], Path], family: str, rungs: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    # Without vector instructions: to find out which there are, a file is compiled for each.
    monkeypatch.setattr("torch._inductor.cpu_vec_isa.valid_vec_isa_list", list)
    monkeypatch.setattr("torch.cpu._is_avx512_bf16_supported", lambda: False)  # in half precision other sums are rounded otherwise
    lacking = {"cudnn"} if shutil.which("g++") or shutil.which("c++") else {"cudnn", "compile"}
    plain = Diffusers(str(saved(family)), steps=2, guidance=1.0).paint(Wish("a fox", 32, 32))
    painter = Diffusers(str(saved(family)), steps=2, guidance=1.0, rungs=rungs)
    fast = painter.paint(Wish("a fox", 32, 32))
    assert fast.facts["rungs"] == [rung for rung in rungs if rung not in lacking]
    assert np.abs(pixels(fast.png).astype(int) - pixels(plain.png)).max() <= 2
    with pytest.raises(Stopped):
        painter.paint(Wish("a fox", 32, 32, seed=4), lambda step, *_: step < 1)


def test_a_rung_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIPCHART_PAINTER_RUNGS", "qkv, jet")
    with pytest.raises(Missing, match="names 'jet'"):
        open_painter("diffusers:fast")


# -- which models there are -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", painter_models.models())
def test_each_known_model_names_a_pipeline_that_diffusers_has(name: str) -> None:
    import diffusers

    model = painter_models.models()[name]
    assert model.guided_by in inspect.signature(getattr(diffusers, model.pipeline).__call__).parameters


def test_a_model_that_is_not_here_is_not_fetched_but_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(Missing, match="flipchart models pull diffusers:flux2-klein-4b"):
        painter_models.opened(painter_models.find("fast"))
    with pytest.raises(Missing, match="flipchart models pull diffusers:someone/thing"):
        painter_models.opened(painter_models.find("someone/thing"))


def test_unknown_names_are_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(Missing, match="fast, edit"):
        painter_models.find("brush")
    with pytest.raises(Missing, match="no folder"):
        painter_models.opened(painter_models.find(str(tmp_path / "away")))


def broken(tiny: Path, place: Path, change: Callable[[Path], object]) -> painter_models.Model:
    shutil.copytree(tiny, place)
    change(place)
    return painter_models.find(str(place))


def index(**parts: Any) -> Callable[[Path], object]:
    def change(place: Path) -> object:
        file = place / "model_index.json"
        return file.write_text(json.dumps(json.loads(file.read_text()) | parts))

    return change


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda place: (place / "model_index.json").unlink(), "not a diffusers pipeline"),
        (lambda place: (place / "model_index.json").write_text("{"), "cannot be read"),
        (index(_class_name=["pipeline.py", "Mine"]), "never run"),
        (index(unet=["my_unet", "Mine"]), "never run"),
        (index(unet=["../unet", "Mine"]), "never run"),
        (lambda place: next((place / "unet").glob("*.safetensors")).rename(place / "unet" / "weights.bin"), "can hold code"),
        (lambda place: (place / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n"), "forbids commercial use"),
        (lambda place: (place / "README.md").write_text("---\nlicense: other\nlicense_name: x-research-1\n---\n"), "forbids"),
        (lambda place: next((place / "unet").glob("*.safetensors")).write_bytes(b"junk"), "cannot be loaded"),
    ],
)
def test_what_cannot_or_must_not_be_loaded_is_refused(tiny: Path, tmp_path: Path, change: Callable[[Path], object], told: str) -> None:
    model = broken(tiny, tmp_path / "model", change)
    with pytest.raises(ModelProblem, match=told):
        Diffusers(model.repository, steps=1).paint(Wish("a fox", 32, 32))


def test_a_licence_is_told_with_what_it_asks(tiny: Path, tmp_path: Path) -> None:
    model = broken(tiny, tmp_path / "model", lambda place: (place / "README.md").write_text("---\nlicense: cc-by-nc-4.0\n---\n"))
    facts = Diffusers(model.repository, steps=1, guidance=1.0, restricted=True).paint(Wish("a fox", 32, 32)).facts
    assert facts["licence"] == "cc-by-nc-4.0"
    assert "conditions" in facts["licence_warning"]
    assert painter_models.opened(painter_models.find(str(tiny))).warning == "its licence is not known"


def test_only_safe_files_are_fetched_and_only_where_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    class Sibling:
        def __init__(self, rfilename: str, size: int) -> None:
            self.rfilename, self.size = rfilename, size

    files = [
        Sibling(*one)
        for one in [
            ("model_index.json", 1), ("unet/diffusion_pytorch_model.safetensors", 10), ("unet/diffusion_pytorch_model.bin", 10),
            ("unet/diffusion_pytorch_model.fp16.safetensors", 5), ("whole.safetensors", 20), ("code.py", 1), ("README.md", 1),
        ]
    ]  # fmt: skip
    fetched: list[str] = []
    monkeypatch.setattr(huggingface_hub.HfApi, "model_info", lambda self, *_, **__: SimpleNamespace(siblings=files))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub, "snapshot_download", lambda name, **how: fetched.extend(how.get("allow_patterns", [])) or tmp_path)
    with pytest.raises(ModelProblem, match="not a diffusers pipeline"):
        painter_models.pull(painter_models.find("someone/thing"))
    assert fetched == ["model_index.json", "unet/diffusion_pytorch_model.safetensors", "README.md"]
    files[1].size = 1 << 60
    with pytest.raises(ModelProblem, match="make room"):
        painter_models.pull(painter_models.find("someone/thing"))
    with pytest.raises(ModelProblem, match="forbids commercial"):
        painter_models.pull(painter_models.find("flux2-klein-9b"))


# -- changing what is painted -------------------------------------------------------------------------------------------------------


def png(colour: str, side: int = 64, mode: str = "RGB") -> bytes:
    out = io.BytesIO()
    Pixels.new(mode, (side, side), colour).save(out, "PNG")
    return out.getvalue()


def halved(side: int = 64) -> bytes:
    """A mask that leaves the left half as it is."""
    out = io.BytesIO()
    mask = Pixels.new("L", (side, side), 0)
    mask.paste(255, (side // 2, 0, side, side))
    mask.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("family", CHANGING)
def test_every_family_changes_a_picture_by_the_same_seed(saved: Callable[[str], Path], family: str) -> None:
    painter = Diffusers(str(saved(family)), steps=4, guidance=1.0)
    before = png("red") if family in EDITORS else painter.paint(Wish("a red fox", 64, 64, seed=2)).png
    wish = Wish("a red fox", 64, 64, seed=2, source=before, change="make it night")
    after = painter.paint(wish)
    assert after.png != before
    assert after.facts["edited"] is True
    assert Diffusers(str(saved(family)), steps=4, guidance=1.0).paint(wish).png == after.png
    other = Wish("a red fox", 64, 64, seed=2, source=png("blue"), change="make it night")
    assert painter.paint(other).png != after.png


@pytest.mark.parametrize("family", CHANGING)
def test_outside_a_mask_every_pixel_stays(saved: Callable[[str], Path], family: str) -> None:
    painter = Diffusers(str(saved(family)), steps=2, guidance=1.0)
    wish = Wish("a red fox", 64, 64, source=png("#2040c0", 96), mask=halved(96), change="a blue cat")
    seen = pixels(painter.paint(wish).png)
    assert seen.shape == (96, 96, 3), "as large as it was, whatever size it is painted in"
    assert (seen[:, :48] == (0x20, 0x40, 0xC0)).all()
    assert not (seen[:, 48:] == (0x20, 0x40, 0xC0)).all()


def test_what_a_model_cannot_do_with_pictures_it_says(saved: Callable[[str], Path]) -> None:
    for mask in (b"", halved()):
        with pytest.raises(ModelProblem, match="'ernie-image' cannot change pictures; use one that edits"):
            Diffusers(str(saved("ernie-image")), steps=2).paint(Wish("a fox", 32, 32, source=png("red"), mask=mask, change="night"))
    for family in EDITORS:
        with pytest.raises(ModelProblem, match="only changes pictures; have another paint one"):
            Diffusers(str(saved(family)), steps=2).paint(Wish("a fox", 32, 32))


def test_a_model_that_takes_no_mask_looks_at_the_marked_place_alone(saved: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from diffusers import QwenImageEditPlusPipeline

    shown: list[Any] = []
    whole = QwenImageEditPlusPipeline.__call__

    @wraps(whole)
    def call(self: Any, *given: Any, **named: Any) -> Any:
        shown.append(named["image"])
        return whole(self, *given, **named)

    monkeypatch.setattr(QwenImageEditPlusPipeline, "__call__", call)
    place = Pixels.new("L", (64, 64))
    place.paste(255, (48, 48, 60, 60))
    picture = Pixels.new("RGB", (64, 64), "blue")
    picture.paste("red", (32, 32, 64, 64))
    out = [io.BytesIO(), io.BytesIO()]
    picture.save(out[0], "PNG")
    place.save(out[1], "PNG")
    wish = Wish("", 64, 64, source=out[0].getvalue(), mask=out[1].getvalue(), change="make it blue")
    seen = pixels(Diffusers(str(saved("qwen-image-EditPlus")), steps=2).paint(wish).png)
    assert shown[0].size == (64, 64)
    assert np.asarray(shown[0]).reshape(-1, 3).tolist() == [[255, 0, 0]] * 64 * 64, "of the whole it would see blue too"
    changed = np.argwhere((seen != np.asarray(picture)).any(-1))
    assert changed.min() >= 48 and changed.max() < 60


def test_what_is_to_go_from_a_marked_place_is_not_named_to_a_model_that_takes_no_instructions() -> None:
    read = painter_pipeline.words
    wish = Wish("a fox in snow", source=png("red"), mask=halved(), change="remove the fox", style="flat")
    assert "fox" not in read(wish, filling=True) and "flat" in read(wish, filling=True)
    assert read(replace(wish, change="a blue hat"), filling=True).startswith("a blue hat, a fox in snow")
    assert read(wish).startswith("a fox in snow, remove the fox")
    assert read(wish, instructed=True, filling=True) == "remove the fox"


def test_what_is_no_picture_is_not_changed(tiny: Path) -> None:
    with pytest.raises(ModelProblem, match="cannot be read"):
        Diffusers(str(tiny), steps=2, guidance=1.0).paint(Wish("a fox", 32, 32, source=b"junk", change="night"))


def test_no_other_painter_paints_a_change(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="diffusers pipeline"):
        Chain(Diffusers(str(tmp_path)), open_painter("icons")).paint(
            Wish("a fox", 32, 32, subjects=("fox",), source=png("red"), change="x")
        )


class Slowly:
    """Paints in three steps, each seen; remembers what was wished."""

    name = "slowly"
    anew = marks = True

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        self.steps = 0

    def paint(self, wish: Wish, progress: Any = None) -> Painting:
        self.wishes.append(wish)
        for self.steps in (1, 2, 3):
            if progress and not progress(self.steps, 3, png("#%02x0000" % (self.steps * 60))):
                raise Stopped("painting was stopped")
        return Painting(png("blue", 16 + len(self.wishes)), self.name, {"ai_generated": True, "seed": wish.seed})


FOX = {"title": "A fox", "prompt": "a red fox in snow", "subjects": ["fox", "tree"]}


@pytest.fixture
def session(tmp_path: Path) -> Any:
    from flipchart.gui.minds import always
    from flipchart.gui.session import Session
    from flipchart.gui.store import Store
    from flipchart.models.llm_scripted import Line, Scripted
    from flipchart.models.planner import Planner

    painter = Slowly()
    planner = Planner(Scripted([Line.model_validate({"answer": FOX})]), painter)
    opened = Session(Store(tmp_path / "home"), always(planner), painter=painter)
    yield opened
    opened.close(0.0)


def blobs(session: Any) -> set[str]:
    return {f"sha256:{file.parent.name}{file.name}" for file in (session.store.home / "blobs").glob("*/*")}


def test_a_picture_is_seen_while_it_forms_and_only_the_last_is_kept(session: Any) -> None:
    from flipchart.gui.asked import Asked
    from flipchart.models.events import Drawn
    from flipchart.renderers.image import told

    seen: list[Any] = []
    answer = session.ask(Asked(text="a picture of a fox", form="image"), on_event=seen.append)
    steps = [event.payload for event in session.store.events(answer.run) if event.type.startswith("ACTIVITY")]
    assert any("step" in json.dumps(payload) for payload in steps)
    (spec,) = answer.visuals
    assert told(spec) == "Painted by AI: slowly"
    assert blobs(session) == {spec.blob}
    assert any(isinstance(event, Drawn) for event in seen)


def test_pictures_are_changed_by_talking_from_the_original_and_undone(session: Any) -> None:
    from flipchart.gui.asked import Asked
    from flipchart.gui.session import spec_of

    first = session.ask(Asked(text="a picture of a fox", form="image"))
    (before,) = first.visuals
    id = session.store.visuals(first.conversation)[0].id
    for wish in ("make it night", "remove the tree from it"):
        session.ask(Asked(text=wish), first.conversation)
    painter = session.painter
    assert [wish.change for wish in painter.wishes] == ["", "make it night", "make it night, remove the tree from it"]
    assert [wish.source for wish in painter.wishes[1:]] == [session.store.path(before.blob).read_bytes()] * 2
    assert {wish.seed for wish in painter.wishes} == {before.seed}
    now = spec_of(session.store.visual(id))
    assert now.changes == ("make it night", "remove the tree from it")
    assert spec_of(session.undo(id)).changes == ("make it night",)
    assert spec_of(session.undo(id)).blob == before.blob
    assert spec_of(session.redo(id)).changes == ("make it night",)


def test_a_marked_place_is_changed_alone_and_again_where_the_whole_is_changed(session: Any) -> None:
    from flipchart.gui.asked import Asked
    from flipchart.gui.session import spec_of

    first = session.ask(Asked(text="a picture of a fox", form="image"))
    original = first.visuals[0].blob
    id = session.store.visuals(first.conversation)[0].id
    for words in ("a blue hat", "remove this"):
        session.ask(Asked(text=words, about=session.mark(id, halved())), first.conversation)
    assert session.store.runs(first.conversation)[1].request["about"]["words"] == "the marked place in “A fox”"
    wishes, path = session.painter.wishes, session.store.path
    marked = spec_of(session.store.visual(id)).marked
    assert [one.words for one in marked] == ["a blue hat", "remove this"]
    assert [one.under for one in marked] == [original, spec_of(session.undo(id)).blob]
    session.redo(id)
    assert [(wish.change, wish.source) for wish in wishes[1:]] == [(one.words, path(one.under).read_bytes()) for one in marked]
    mask = Pixels.open(io.BytesIO(wishes[1].mask))
    assert mask.size == Pixels.open(path(original)).size and set(mask.getdata()) == {0, 255}
    assert wishes[1].strength > Wish("").strength, "around it nothing changes: it may go far"
    session.ask(Asked(text="make it night"), first.conversation)
    assert [wish.change for wish in wishes[3:]] == ["make it night", "a blue hat", "remove this"]
    assert [bool(wish.mask) for wish in wishes[3:]] == [False, True, True]
    assert wishes[3].source == path(original).read_bytes(), "from the original"
    assert "make it night" in wishes[4].prompt
    assert {wish.seed for wish in wishes} == {first.visuals[0].seed}
    for _ in range(3):
        last = session.undo(id)
    assert spec_of(last).blob == original and not spec_of(last).marked
    session.store.forget(first.conversation)
    assert blobs(session) == set(), "the masks go with the conversation"


def test_a_question_about_a_marked_place_changes_nothing(session: Any) -> None:
    from flipchart.gui.asked import Asked

    first = session.ask(Asked(text="a picture of a fox", form="image"))
    id = session.store.visuals(first.conversation)[0].id
    session.ask(Asked(text="what is this?", form="text", about=session.mark(id, halved())), first.conversation)
    assert len(session.painter.wishes) == 1


def test_a_place_is_marked_from_python(session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flipchart.gui import session as line
    from flipchart.renderers.problem import Problem

    monkeypatch.setattr(line, "mine", lambda: session)
    first = line.ask("a picture of a fox", form="image")
    (tmp_path / "mask.png").write_bytes(halved())
    after = line.ask("a blue hat", conversation=first.conversation, mask=tmp_path / "mask.png")
    assert [one.change for one in session.painter.wishes] == ["", "a blue hat"]
    assert session.painter.wishes[1].mask and after.errors == ()
    with pytest.raises(Problem, match="no picture in this conversation"):
        line.ask("a blue hat", mask=tmp_path / "mask.png")


def test_what_is_no_marked_place_is_refused_in_a_sentence(session: Any) -> None:
    from flipchart.gui.asked import About, Asked
    from flipchart.renderers.problem import Problem

    first = session.ask(Asked(text="a picture of a fox", form="image"))
    id = session.store.visuals(first.conversation)[0].id
    wide = io.BytesIO()
    Pixels.new("L", (64, 32), 255).save(wide, "PNG")
    for mask, told in (
        (png("black"), "nothing is marked"),
        (png("#00000000", mode="RGBA"), "nothing is marked"),
        (wide.getvalue(), "other proportions than the picture; make it 17 by 17 px"),
        (b"junk", "no picture that can be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(64), "can"),
    ):
        with pytest.raises(Problem, match=told):
            session.mark(id, mask)
    about = session.mark(id, halved())
    file = session.attach("fox.png", png("white"))
    for wrong in (file.id, "nothing"):
        with pytest.raises(Problem):
            session.start(Asked(text="a hat", about=About(visual=id, part=about.part, mask=wrong)), first.conversation)
    session.painter = open_painter("icons")
    with pytest.raises(Problem, match="put together from icons cannot be changed in a marked place alone"):
        session.mark(id, halved())


def test_a_changed_title_is_no_change_of_the_picture(session: Any) -> None:
    from flipchart.gui.asked import Asked

    first = session.ask(Asked(text="a picture of a fox", form="image"))
    session.ask(Asked(text="make the title shorter"), first.conversation)
    assert [wish.change for wish in session.painter.wishes[1:]] == [""] * len(session.painter.wishes[1:])


def test_icons_change_what_they_can_and_say_what_they_cannot() -> None:
    painter = open_painter("icons")
    wish = Wish("a red fox by a tree", 320, 320, subjects=("fox", "tree"))
    plain = painter.paint(wish)
    night = painter.paint(replace(wish, change="make it night"))
    assert pixels(night.png).mean() < pixels(plain.png).mean() - 40
    assert len(painter.paint(replace(wish, change="remove the tree")).facts["icons"]) == 1
    with pytest.raises(ModelProblem, match="painter with weights"):
        painter.paint(replace(wish, change="in the style of a woodcut"))
    for name in ("icons", "embedded"):
        with pytest.raises(ModelProblem, match="in a marked place alone"):
            open_painter(name).paint(replace(wish, source=plain.png, mask=halved(320), change="make it night"))


@pytest.mark.parametrize(
    ("change", "where"),  # left, top, right, bottom: what may look otherwise, in hundredths of the picture
    [
        ("make the fox blue", (30, 30, 70, 100)), ("mach den Fuchs grün", (30, 30, 70, 100)), ("把狐狸变成蓝色", (30, 30, 70, 100)),
        ("make it purple, please", (30, 30, 70, 100)), ("make the tree red", (8, 40, 33, 85)), ("remove the tree", (8, 40, 33, 85)),
        ("without the moon", (65, 5, 95, 45)), ("sans la lune", (65, 5, 95, 45)), ("add a dog", (65, 40, 95, 85)),
        ("füge einen Hund hinzu", (65, 40, 95, 85)), ("add a dog, remove the dog", None),
        ("木を追加して", (65, 40, 95, 85)), ("make the fox red, remove the tree", (8, 30, 70, 100)),
    ],
)  # fmt: skip
def test_icons_change_the_thing_that_is_named_and_nothing_else(change: str, where: tuple[int, int, int, int] | None) -> None:
    painter = open_painter("icons")
    wish = Wish("a fox by a tree under the moon", 300, 200, subjects=("red fox", "tree", "moon"))
    plain, after = (pixels(painter.paint(one).png) for one in (wish, replace(wish, change=change)))
    rows, columns = np.nonzero((plain != after).any(-1))
    assert bool(len(rows)) == (where is not None)
    if where:
        left, top, right, bottom = where
        assert left * 3 <= columns.min() and columns.max() < right * 3 and top * 2 <= rows.min() and rows.max() < bottom * 2


@pytest.mark.parametrize("change", ["make the dragon red", "a red hat on the fox", "remove the fox, remove the tree, remove the moon"])
def test_icons_leave_what_they_do_not_understand(change: str) -> None:
    with pytest.raises(ModelProblem, match="in its things, their colours and its ground only"):
        open_painter("icons").paint(Wish("a fox", 300, 200, subjects=("fox", "tree", "moon"), change=change))


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("make the fox red", True), ("without the tree", True), ("make it blue", True), ("add a dog", True), ("ohne den Baum", True),
        ("draw a red fox", False), ("why is the fox red?", False), ("show sales in red", False),
    ],
)  # fmt: skip
def test_words_about_what_is_in_a_picture_change_the_picture(session: Any, words: str, changes: bool) -> None:
    from flipchart.gui.asked import Asked

    first = session.ask(Asked(text="a picture of a fox", form="image"))
    session.ask(Asked(text=words), first.conversation)
    assert [wish.change for wish in session.painter.wishes if wish.source] == [words] * changes
    assert (len(session.store.visuals(first.conversation)) == 1 and session.store.visuals(first.conversation)[0].n > 1) == changes


# -- what is not painted --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    ["hentai of a dragon", "a pornographic poster", "una escena de sexo", "ein pornografisches Bild, pornografisch", "色情图片", "ポルノ"],
)
def test_sexual_pictures_are_refused_unless_allowed_and_it_says_why(said: str) -> None:
    painter = Slowly()
    with pytest.raises(Refused, match="FLIPCHART_PAINTER_ADULT"):
        Chain(painter).paint(Wish(said))
    assert painter.wishes == []
    assert Chain(painter, adult=True).paint(Wish(said)).painter == "slowly"


@pytest.mark.parametrize(
    "said", ["a naked child", "PORN with teens", "nackte Kinder", "裸の少女", "un niño desnudo", "ｎａｋｅｄ little girl"]
)
def test_sexual_pictures_of_children_are_refused_always(said: str) -> None:
    with pytest.raises(Refused, match="never painted"):
        Chain(Slowly(), adult=True).paint(Wish(said))


@pytest.mark.parametrize(
    "said",
    [
        "a child reading",
        "a nude lipstick on a table",
        "Essex in autumn",
        "a naked mole rat",
        "Kinder im Park",
        "the statue of David",
        "少年在读书",
    ],
)
def test_harmless_pictures_are_painted(said: str) -> None:
    assert Chain(Slowly()).paint(Wish(said)).painter == "slowly"


def test_a_picture_that_the_models_own_checker_withholds_is_not_shown_black(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from diffusers import StableDiffusionPipeline

    def checked(self: Any, images: Any, *_: Any) -> Any:
        return images * 0, [True] * len(images)

    monkeypatch.setattr(StableDiffusionPipeline, "run_safety_checker", checked)
    with pytest.raises(Refused, match="withheld"):
        Chain(Diffusers(str(tiny), steps=1, guidance=1.0), open_painter("icons")).paint(Wish("a fox", 32, 32, subjects=("fox",)))


def test_a_refused_picture_is_answered_with_the_reason() -> None:
    from flipchart.models.events import Failed, Request
    from flipchart.models.llm_scripted import Line, Scripted
    from flipchart.models.planner import Planner

    wished = {"title": "A poster", "prompt": "a pornographic poster", "subjects": ["poster"]}
    planner = Planner(Scripted([Line.model_validate({"answer": wished})]), Chain(Slowly()))
    (failed,) = [event for event in planner.answer(Request("a poster", form="image")) if isinstance(event, Failed)]
    assert "asks for a sexual picture" in failed.message


def test_a_picture_asked_for_in_python_can_be_rendered(session: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import flipchart
    from flipchart.gui import session as doors
    from flipchart.renderers import render
    from flipchart.renderers.problem import SpecProblem

    keepers: list[Any] = []
    for module in (render, doors):
        monkeypatch.setattr(module, "KEEPERS", keepers)
    monkeypatch.setattr(doors, "Session", lambda *_, **__: session)
    monkeypatch.setattr(doors, "Store", lambda _: None)
    doors.mine.cache_clear()
    try:
        (spec,) = flipchart.ask("a picture of a fox", form="image").visuals
    finally:
        doors.mine.cache_clear()
    assert b"data:image/png;base64," in flipchart.render(spec).bytes("svg")
    assert flipchart.render(spec).save(tmp_path / "fox.pptx").stat().st_size
    keepers.clear()
    with pytest.raises(SpecProblem, match="not stored"):
        flipchart.render(spec).bytes("svg")


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("a red fox, snowy forest", "snow"),
        ("a tree by the river", "sea"),
        ("a busy street", "city"),
        ("a glass of juice", ""),
        ("a sandwich", ""),
    ],
)
def test_the_ground_is_what_the_words_call_for(said: str, ground: str) -> None:
    from flipchart.models.painter_icons import GROUNDS, _called

    meant = next((tuple(colours) for words, *colours in GROUNDS if ground and ground in words), None)
    assert _called(said) == meant


def test_a_small_model_names_what_is_in_a_picture() -> None:
    from flipchart.models.compose import Scope, narrowed

    assert "subjects" in narrowed("image", question="a cat on a skateboard")["required"]
    assert "subjects" not in narrowed("image", scope=Scope(strong=True))["required"]


@pytest.mark.parametrize(
    ("thing", "picture"),
    [("a cozy cabin", "hut"), ("cabin", "hut"), ("red cottage", "house-with-garden"), ("hut", "hut"), ("a happy village", "")],
)
def test_a_thing_without_a_picture_is_shown_by_one_of_its_kind(thing: str, picture: str) -> None:
    from flipchart.models import painter_icons

    assert (painter_icons._pictured(thing) or "").removeprefix("fluent-emoji-flat:") == picture
