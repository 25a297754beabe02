"""Sentence embeddings: MiniLM-L6 in numpy, read from its safetensors; no torch.

Texts in the same language and sense lie close together. It knows English best; what is longer than 256 word
pieces is cut.
"""

import json
import math
import struct
import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipchart.models import weights
from flipchart.renderers.problem import Missing, ModelProblem

WIDTH = 384  # numbers an embedding
LONGEST = 256  # word pieces
BATCH = 32  # texts at a time

Floats = NDArray[np.float32]


def embed(texts: Sequence[str]) -> Floats:
    """The embeddings, (len(texts), 384) float32, each of length 1; raises Missing where the weights are not here."""
    model = _loaded()
    found = np.empty((len(texts), WIDTH), np.float32)
    pieces = [model.pieces(text) for text in texts]
    by_length = sorted(range(len(texts)), key=lambda index: len(pieces[index]))
    with model.one_thread():
        for start in range(0, len(texts), BATCH):
            batch = by_length[start : start + BATCH]
            states, mask = model.states([pieces[index] for index in batch])
            mean = (states * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
            found[batch] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return found


def token_states(text: str) -> Floats:
    """The last hidden state of each word piece, (pieces, 384) float32, the marks of begin and end included."""
    model = _loaded()
    with model.one_thread():
        states, _ = model.states([model.pieces(text)])
    first: Floats = states[0]
    return first


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer's matrices, each (in, out), and vectors."""

    qkv: Floats  # (384, 3 * 384), the queries scaled already
    qkv_bias: Floats
    mix: Floats
    mix_bias: Floats
    mix_norm: tuple[Floats, Floats]
    widen: Floats  # (384, 1536)
    widen_bias: Floats
    narrow: Floats  # (1536, 384)
    narrow_bias: Floats
    narrow_norm: tuple[Floats, Floats]


class _MiniLM:
    def __init__(self, folder: Path) -> None:
        from threadpoolctl import ThreadpoolController
        from tokenizers import Tokenizer

        self.blas = ThreadpoolController().select(user_api="blas")
        config = json.loads((folder / "config.json").read_text("utf-8"))
        self.heads: int = config["num_attention_heads"]
        self.epsilon: float = config["layer_norm_eps"]
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)
        tensors = _safetensors(folder / "model.safetensors")
        self.words = tensors["embeddings.word_embeddings.weight"]
        # Every text is of the first of two kinds, and begins at place 0.
        kind = tensors["embeddings.token_type_embeddings.weight"][0]
        self.places: Floats = tensors["embeddings.position_embeddings.weight"] + kind
        self.norm = (tensors["embeddings.LayerNorm.weight"], tensors["embeddings.LayerNorm.bias"])
        self.layers = [self._layer(tensors, number) for number in range(config["num_hidden_layers"])]

    def _layer(self, tensors: Mapping[str, Floats], number: int) -> _Layer:
        def tensor(name: str) -> Floats:
            return tensors[f"encoder.layer.{number}.{name}"]

        def matrix(name: str) -> Floats:
            return np.ascontiguousarray(tensor(name).T)  # multiplies a third faster than a transposed view

        scale = np.float32(1 / math.sqrt(WIDTH // self.heads))
        three = [f"attention.self.{name}" for name in ("query", "key", "value")]
        qkv = np.concatenate([tensor(f"{name}.weight") for name in three]).T
        bias = np.concatenate([tensor(f"{name}.bias") for name in three])
        columns = np.ones(3 * WIDTH, np.float32)
        columns[:WIDTH] = scale
        return _Layer(
            qkv=np.ascontiguousarray(qkv * columns),
            qkv_bias=bias * columns,
            mix=matrix("attention.output.dense.weight"),
            mix_bias=tensor("attention.output.dense.bias"),
            mix_norm=(tensor("attention.output.LayerNorm.weight"), tensor("attention.output.LayerNorm.bias")),
            widen=matrix("intermediate.dense.weight"),
            widen_bias=tensor("intermediate.dense.bias"),
            narrow=matrix("output.dense.weight"),
            narrow_bias=tensor("output.dense.bias"),
            narrow_norm=(tensor("output.LayerNorm.weight"), tensor("output.LayerNorm.bias")),
        )

    def one_thread(self) -> AbstractContextManager[Any]:
        """Keeps numpy to one thread: beside a busy process, threads that wait for each other take ten times as long."""
        limited: AbstractContextManager[Any] = self.blas.limit(limits=1)
        return limited

    def pieces(self, text: str) -> list[int]:
        """The numbers of the text's word pieces."""
        return list(self.tokenizer.encode(text).ids)

    def states(self, batch: Sequence[list[int]]) -> tuple[Floats, Floats]:
        """The last hidden states (texts, pieces, 384), and 1 where there is a piece, 0 where a shorter text is
        filled up (texts, pieces)."""
        longest = max(len(ids) for ids in batch)
        ids = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros((len(batch), longest), np.float32)
        for row, text in enumerate(batch):
            ids[row, : len(text)] = text
            mask[row, : len(text)] = 1
        away = (mask[:, None, None, :] - 1) * np.float32(1e9)
        x = self._normed(self.words[ids] + self.places[:longest], self.norm)
        for layer in self.layers:
            mixed = self._attended(x, layer, away) @ layer.mix + layer.mix_bias
            x = self._normed(x + mixed, layer.mix_norm)
            wide = _gelu(x @ layer.widen + layer.widen_bias)
            x = self._normed(x + (wide @ layer.narrow + layer.narrow_bias), layer.narrow_norm)
        return x, mask

    def _attended(self, x: Floats, layer: _Layer, away: Floats) -> Floats:
        texts, length, _ = x.shape
        parts = (x @ layer.qkv + layer.qkv_bias).reshape(texts, length, 3, self.heads, -1)
        query, key, value = parts.transpose(2, 0, 3, 1, 4)  # each (texts, heads, pieces, 32)
        scores = query @ key.transpose(0, 1, 3, 2) + away
        scores -= scores.max(-1, keepdims=True)
        share = np.exp(scores)
        share /= share.sum(-1, keepdims=True)
        attended: Floats = (share @ value).transpose(0, 2, 1, 3).reshape(texts, length, WIDTH)
        return attended

    def _normed(self, x: Floats, norm: tuple[Floats, Floats]) -> Floats:
        x = x - x.mean(-1, keepdims=True)
        spread = np.sqrt(np.square(x).mean(-1, keepdims=True) + np.float32(self.epsilon))
        normed: Floats = x / spread * norm[0] + norm[1]
        return normed


def _gelu(x: Floats) -> Floats:
    """x · Φ(x), the error function after Abramowitz and Stegun 7.1.26 (to 1.5e-7)."""
    z = np.abs(x) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    tail = t * np.float32(1.061405429) - np.float32(1.453152027)
    for factor in (1.421413741, -0.284496736, 0.254829592):
        tail = tail * t + np.float32(factor)
    tail = tail * t * np.exp(-z * z) * np.float32(0.5)  # Φ(-|x|)
    gelu: Floats = x * np.where(x < 0, tail, 1 - tail)
    return gelu


def _safetensors(file: Path) -> dict[str, Floats]:
    """The float32 tensors of the file by name, mapped and not copied; others are left out."""
    raw = np.memmap(file, np.uint8, "r")
    (length,) = struct.unpack("<Q", raw[:8].tobytes())
    header: dict[str, Any] = json.loads(raw[8 : 8 + length].tobytes())
    tensors = {}
    for name, told in header.items():
        if name != "__metadata__" and told["dtype"] == "F32":
            begin, end = (8 + length + offset for offset in told["data_offsets"])
            tensors[name] = np.asarray(raw[begin:end]).view(np.float32).reshape(told["shape"])
    return tensors


_lock = threading.Lock()
_ready: dict[Path, _MiniLM] = {}


def _loaded() -> _MiniLM:
    folder = weights.path("minilm")
    if folder is None:
        raise Missing("The sentence embeddings are not on this machine yet; run `flipchart models pull minilm`.")
    with _lock:
        if folder not in _ready:
            try:
                _ready[folder] = _MiniLM(folder)
            except (KeyError, ValueError, struct.error) as error:
                raise ModelProblem(
                    f"The sentence embeddings in {str(folder)!r} cannot be read ({error}); "
                    "remove the folder and run `flipchart models pull minilm`."
                ) from None
        return _ready[folder]
