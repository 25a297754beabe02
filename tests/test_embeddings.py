import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from flipchart.models import weights
from flipchart.models.embeddings import WIDTH, embed, token_states
from flipchart.renderers.problem import Missing

TEXTS = [
    "7 tips for better sleep",
    "How do our services connect? nginx proxies to api, api reads and writes postgres.",
    "hi",
    "",
    "Umsätze im März: 120 000 €, danach fiel der Server aus",
    "词云 和 数据 표 हिन्दी",
    "word " * 400,
]


@pytest.fixture(scope="module", autouse=True)
def folder() -> Iterator[Path]:
    yield weights.pull("minilm")


def test_the_states_are_those_of_the_reference(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import torch
    from transformers import AutoTokenizer, BertConfig, BertModel
    from transformers.utils import logging

    logging.disable_progress_bar()
    reference = BertModel.from_pretrained(folder, config=BertConfig.from_pretrained(folder)).eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        asked = tokenizer(text, return_tensors="pt", truncation=True, max_length=256)
        with torch.no_grad():
            states = reference(**asked).last_hidden_state[0].numpy()
        mean = states.mean(0) / np.linalg.norm(states.mean(0))
        assert np.abs(token_states(text) - states).max() < 1e-4, text[:40]
        assert np.abs(embed([text])[0] - mean).max() < 1e-4, text[:40]


def test_a_text_has_one_embedding_alone_or_in_company() -> None:
    together = embed(TEXTS)
    assert together.shape == (len(TEXTS), WIDTH) and together.dtype == np.float32
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.abs(together - np.concatenate([embed([text]) for text in TEXTS])).max() < 1e-5
    assert embed([]).shape == (0, WIDTH)


def test_what_means_the_same_lies_closer() -> None:
    sleep, rest, servers = embed(["7 tips for better sleep", "advice on resting at night", "nginx proxies to the api"])
    assert sleep @ rest > sleep @ servers + 0.3


def test_a_sentence_takes_milliseconds() -> None:
    sentence = "please show me how our services talk to each other and where the cache sits today, thanks"
    embed([sentence])
    took = []
    for _ in range(20):
        began = time.perf_counter()
        embed([sentence])
        took.append(time.perf_counter() - began)
    assert min(took) < 0.3, "the weights are read once"


def test_missing_weights_say_how_to_get_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIPCHART_HOME", str(tmp_path))
    with pytest.raises(Missing, match="run `flipchart models pull minilm`"):
        embed(["hi"])
