"""The text encoder of the embedded painter: the project's own MiniLM, as the classes of transformers that a pipeline is made of."""

from typing import Any

from flipchart.models import weights
from flipchart.renderers.problem import Missing

LONGEST = 24  # word pieces of a prompt; what is longer is cut
WIDTH = 384


def text_parts(dtype: Any) -> tuple[Any, Any]:
    """(text encoder, tokenizer); raises Missing where the weights are not here."""
    import transformers

    folder = weights.path("minilm")
    if folder is None:
        raise Missing("The sentence embeddings are not on this machine yet; run `flipchart models pull minilm`.")
    library: Any = transformers  # it has few types
    library.utils.logging.disable_progress_bar()
    encoder = library.BertModel.from_pretrained(folder, dtype=dtype, local_files_only=True, use_safetensors=True)
    tokenizer = library.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]", unk_token="[UNK]"
    )
    return encoder.eval(), tokenizer
