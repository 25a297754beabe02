"""Pictures: painted once and kept, honest about who painted them; a real diffusion pipeline at a tiny size."""

import io
from pathlib import Path

import pytest
from PIL import Image as Pixels

from flipchart.gui.gallery import examples, page_of
from flipchart.models.painter import Chain, open_painter
from flipchart.models.painter_diffusers import Diffusers
from flipchart.renderers import render
from flipchart.renderers.image import Image, markdown, paint
from flipchart.renderers.painter import Wish
from flipchart.renderers.problem import Missing, ModelProblem, SpecProblem

FOX = Image(title="A fox", prompt="a red fox in a forest at night", subjects=("fox", "tree"))


def test_the_same_wish_gives_the_same_pixels() -> None:
    painter = open_painter("icons")
    first, second = paint(FOX, painter), paint(FOX, painter)
    assert first[0].blob == second[0].blob
    assert Pixels.open(io.BytesIO(next(iter(first[1].values())))).size == (960, 640)


def test_icons_are_named_and_never_pass_for_diffusion() -> None:
    spec, _ = paint(FOX, open_painter("icons"))
    assert spec.facts["ai_generated"] is False
    assert "seed" not in spec.facts
    assert all(":" in name for name in spec.facts["icons"])
    assert "not generated" in markdown(spec)


def test_a_wish_nothing_fits_is_refused_in_a_sentence() -> None:
    with pytest.raises(ModelProblem, match="no shipped picture fits"):
        open_painter("icons").paint(Wish("qzxv wlkj"))


def test_an_unknown_painter_is_named() -> None:
    with pytest.raises(Missing, match="no painter 'crayon'"):
        open_painter("crayon")


@pytest.mark.parametrize("name", examples("image"))
def test_examples_carry_their_pixels_into_every_output(name: str) -> None:
    page = page_of("image", name)
    assert render.check(page.main) == []
    for ending in ("svg", "png", "html", "md"):
        assert render.write(page, ending)[0]


def test_a_picture_that_is_lost_is_said_to_be() -> None:
    spec, _ = paint(FOX, open_painter("icons"))
    with pytest.raises(SpecProblem, match="not stored"):
        render.write(render.Page((spec,)), "svg")


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real Stable Diffusion pipeline of the smallest size, saved as safetensors."""
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import CLIPTextConfig, CLIPTextModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        block_out_channels=(8, 16), layers_per_block=1, sample_size=8, in_channels=4, out_channels=4, norm_num_groups=4,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"), up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=16, attention_head_dim=4,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(8, 16), in_channels=3, out_channels=3, latent_channels=4, norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
    )  # fmt: skip
    config = CLIPTextConfig(
        hidden_size=16, intermediate_size=32, num_attention_heads=2, num_hidden_layers=2, vocab_size=64, bos_token_id=0, eos_token_id=1
    )
    words = {"<s>": 0, "</s>": 1, "<unk>": 2, **{word: i for i, word in enumerate("a red fox in flat style , blue cat".split(), 3)}}
    plain = Tokenizer(models.WordLevel(words, unk_token="<unk>"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=plain, bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="</s>", model_max_length=16
    )
    pipeline = StableDiffusionPipeline(
        vae=vae, text_encoder=CLIPTextModel(config), tokenizer=tokenizer, unet=unet, scheduler=DDIMScheduler(),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tiny")
    pipeline.save_pretrained(folder, safe_serialization=True)
    return folder


@pytest.mark.filterwarnings("ignore")  # diffusers and transformers warn of each other's deprecations
def test_a_real_pipeline_paints_tells_its_steps_and_keeps_its_seed(tiny: Path) -> None:
    painter = Diffusers(str(tiny), steps=3, guidance=1.0)
    steps: list[tuple[int, int]] = []
    wish = Wish("a red fox", 32, 32, seed=7)
    painting = painter.paint(wish, lambda step, of, preview: not steps.append((step, of)))
    assert steps == [(1, 3), (2, 3), (3, 3)]
    picture = Pixels.open(io.BytesIO(painting.png))
    assert picture.size == (32, 32)
    assert picture.text["ai_generated"] == "true"
    assert "fox" not in str(picture.text)
    assert painting.facts["seed"] == 7
    assert painter.paint(wish).png == painting.png
    assert painter.paint(Wish("a red fox", 32, 32, seed=8)).png != painting.png


@pytest.mark.filterwarnings("ignore")
def test_painting_stops_when_asked(tiny: Path) -> None:
    seen: list[int] = []

    def stop(step: int, of: int, preview: bytes | None) -> bool:
        seen.append(step)
        return False

    with pytest.raises(ModelProblem, match="stopped"):
        Diffusers(str(tiny), steps=9, guidance=1.0).paint(Wish("a red fox", 32, 32), stop)
    assert len(seen) < 9


def test_where_a_model_cannot_be_loaded_icons_paint_and_say_why(tmp_path: Path) -> None:
    painting = Chain(Diffusers(str(tmp_path)), open_painter("icons")).paint(Wish("a red fox", subjects=("fox",)))
    assert painting.painter == "icons"
    assert "cannot be loaded" in painting.facts["instead_of"][0]
