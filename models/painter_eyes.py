"""How a model that changes pictures is shown one with the instruction.

The class of transformers for it would need torchvision, for films that nobody shows it.
"""

import re
from pathlib import Path
from typing import Any

SIGN = "<|image_pad|>"  # stands in the words for a picture, once for each of its patches


class Eyes:
    """Words and pictures as Qwen2.5-VL reads them."""

    def __init__(self, folder: Path) -> None:
        from transformers import Qwen2Tokenizer
        from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

        self._words: Any = Qwen2Tokenizer.from_pretrained(folder, local_files_only=True)
        self._pictures: Any = Qwen2VLImageProcessorPil.from_pretrained(folder, local_files_only=True)

    def __call__(self, text: list[str], images: Any = None, padding: bool = True, return_tensors: str = "pt") -> Any:
        """Tokens with their mask, and the pictures' patches with how many there are of each."""
        from transformers import BatchFeature

        seen = self._pictures(images=images, return_tensors=return_tensors) if images is not None else {}
        patches = iter([int(grid.prod()) // self._pictures.merge_size**2 for grid in seen.get("image_grid_thw", ())])
        told = [re.sub(re.escape(SIGN), lambda _: SIGN * next(patches, 1), words) for words in text]
        return BatchFeature({**self._words(told, padding=padding, return_tensors=return_tensors), **seen})
