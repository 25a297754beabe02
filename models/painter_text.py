"""The text encoder of the embedded painter: the project's own MiniLM, as the classes of transformers that a pipeline is made of."""

from typing import Any

from flipchart.models import weights
from flipchart.renderers.problem import Missing

LONGEST = 24  # word pieces of a prompt; what is longer is cut
WIDTH = 384


def text_parts(dtype: Any) -> tuple[Any, Any]:
    """(text encoder, tokenizer); raises Missing where the weights are not here."""
    from transformers import BertModel, PreTrainedTokenizerFast

    folder = weights.path("minilm")
    if folder is None:
        raise Missing("The sentence embeddings are not on this machine yet; run `flipchart models pull minilm`.")
    encoder = BertModel.from_pretrained(folder, dtype=dtype, local_files_only=True, use_safetensors=True, add_pooling_layer=False)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]"
    )
    return encoder.eval(), tokenizer
