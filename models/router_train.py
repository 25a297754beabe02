"""Trains the router's head on the prompts in `assets/router/prompts` and reports how well it does.

    python -m flipchart.models.router_train            train, write assets/router/head.npz and docs/routing.md
    python -m flipchart.models.router_train --check    report only, with the head that is there

Needs torch (the extra `images`) and the weights `minilm`.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipchart import assets
from flipchart.models import router
from flipchart.models.router import FORMS, Floats
from flipchart.models.router_exam import Exam, report
from flipchart.models.router_prompts import Row, rows, varied

SEED = 7
HIDDEN = 128
EPOCHS = 16
HEADS = 3
FOLDS = 4  # of whole voices, for the calibration


# ---- training ----


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows as numbers."""

    facts: Floats  # (n, facts)
    pieces: list[NDArray[np.int64]]
    senses: Floats  # (n, 384) sentence embeddings
    accepted: Floats  # (n, forms)
    weight: Floats  # (n,)

    def of(self, keep: Sequence[int]) -> "Seen":
        """Some of the rows."""
        index = np.asarray(keep, dtype=np.int64)
        return Seen(
            self.facts[index],
            [self.pieces[i] for i in keep],
            self.senses[index],
            self.accepted[index],
            self.weight[index],
        )


def seen(of: Sequence[Row]) -> Seen:
    """What the head sees of rows."""
    views = [router.look(row.query) for row in of]
    senses = _embedded([router.sensible(row.query.text) for row in of])
    return Seen(
        np.stack([view.facts for view in views]),
        [view.pieces for view in views],
        senses,
        np.array([row.accepted for row in of], np.float32),
        np.array([row.weight for row in of], np.float32),
    )


def _embedded(texts: list[str]) -> Floats:
    """Sentence embeddings, kept under build/ between runs, for they take minutes."""
    from flipchart.models.embeddings import embed

    place = Path("build/router/senses.npz")
    known: dict[str, Any] = {}
    if place.exists():
        with np.load(place) as kept:
            known = dict(zip(kept["texts"].tolist(), kept["senses"], strict=True))
    known[""] = np.zeros(384, np.float32)
    new = sorted({text for text in texts if text not in known}, key=len)
    for start in range(0, len(new), 64):
        part = new[start : start + 64]
        known |= dict(zip(part, embed(part), strict=True))
        print(f"\rembedding {start + len(part)} of {len(new)}", end="", file=sys.stderr)
    if new:
        place.parent.mkdir(parents=True, exist_ok=True)
        names = sorted(known)
        np.savez(place, texts=np.array(names), senses=np.stack([known[name] for name in names]).astype(np.float16))
    return np.stack([known[text] for text in texts]).astype(np.float32)


def train(on: Seen, heads: int = HEADS) -> dict[str, Floats]:
    """The head's weights: see `router.weigh` for what they mean. Several are trained and made one that says their mean."""
    trained = [_trained(on, SEED + index) for index in range(heads)]
    whole: dict[str, Floats] = {name: np.stack([head[name] for head in trained]).mean(0) for name in trained[0]}
    for name in ("facts_weight", "facts_bias", "senses_weight"):
        whole[name] = np.concatenate([head[name] for head in trained])
    whole["out_weight"] = np.concatenate([head["out_weight"] / heads for head in trained], axis=1)
    return whole


def _trained(on: Seen, seed: int) -> dict[str, Floats]:
    import torch
    from torch import nn

    torch.manual_seed(seed)
    count, width = on.facts.shape
    forms = len(FORMS)

    class Head(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.facts = nn.Linear(width, HIDDEN)
            self.senses = nn.Linear(on.senses.shape[1], HIDDEN, bias=False)
            self.out = nn.Linear(HIDDEN, forms)
            self.straight = nn.Linear(width, forms, bias=False)
            self.pieces = nn.EmbeddingBag(router.BUCKETS, forms, mode="sum")
            nn.init.zeros_(self.pieces.weight)
            self.drop = nn.Dropout(0.4)

        def forward(self, facts: Any, bag: Any, at: Any, shares: Any, senses: Any) -> Any:
            inner = self.drop(torch.relu(self.facts(facts) + self.senses(senses)))
            return self.out(inner) + self.straight(facts) + self.pieces(bag, at, per_sample_weights=shares)

    head = Head()
    slow = [parameter for name, parameter in head.named_parameters() if name != "pieces.weight"]
    size = 256
    rounds = EPOCHS * -(-count // size)
    quick = torch.optim.Adam([head.pieces.weight], lr=2e-2, fused=True)
    best = torch.optim.AdamW(slow, lr=2e-3, weight_decay=2e-2)
    pace = torch.optim.lr_scheduler.OneCycleLR(best, 4e-3, total_steps=rounds, pct_start=0.15)
    slower = torch.optim.lr_scheduler.LinearLR(quick, 1.0, 0.1, total_iters=rounds)
    facts, senses = torch.from_numpy(on.facts), torch.from_numpy(on.senses)
    goal, weight = torch.from_numpy(on.accepted) * 0.96 + 0.02, torch.from_numpy(on.weight)
    loss_of = nn.BCEWithLogitsLoss(reduction="none")
    for _ in range(EPOCHS):
        order = torch.randperm(count)
        for start in range(0, count, size):
            pick = order[start : start + size]
            chosen = [on.pieces[int(i)] for i in pick]
            bag, at, shares = _bag(chosen, torch)
            # half of the rows are seen as where the embeddings' weights are not on disk
            there = (torch.rand(len(pick), 1) < 0.6).float()
            # now and then the spelling is not looked at, for other languages spell otherwise
            spelt = (torch.rand(len(pick)) < 0.6).float()
            shares = shares * spelt.repeat_interleave(torch.tensor([len(part) for part in chosen]))
            known = facts[pick] * (torch.rand(len(pick), width) > 0.15)  # nor is every concept found
            told = head(known, bag, at, shares, senses[pick] * there)
            loss = (loss_of(told, goal[pick]).mean(1) * weight[pick]).sum() / weight[pick].sum()
            best.zero_grad()
            quick.zero_grad()
            loss.backward()
            best.step()
            quick.step()
            pace.step()
            slower.step()
    head.eval()
    return {name.replace(".", "_"): value.detach().numpy().astype(np.float32) for name, value in head.named_parameters()}


def _bag(pieces: list[NDArray[np.int64]], torch: Any) -> tuple[Any, Any, Any]:
    """(numbers, where each row begins, each number's share) for an EmbeddingBag."""
    sizes = np.array([len(part) for part in pieces])
    at = np.concatenate([[0], sizes.cumsum()[:-1]])
    shares = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    return torch.from_numpy(np.concatenate(pieces)), torch.from_numpy(at), torch.from_numpy(shares)


def scores(weights: dict[str, Floats], of: Seen, senses: bool) -> Floats:
    """The head's logits, (n, forms), with or without sentence embeddings."""
    return np.stack(
        [router.weigh(weights, router.View(of.facts[i], of.pieces[i]), of.senses[i] if senses else None) for i in range(len(of.pieces))]
    )


def fitted(logits: Floats, accepted: Floats, weight: Floats) -> Floats:
    """Platt's slope and offset by form, (2, forms), such that sigmoid(slope · logit + offset) is the share who accept."""
    import torch

    slope = torch.ones(len(FORMS), requires_grad=True)
    offset = torch.zeros(len(FORMS), requires_grad=True)
    best = torch.optim.LBFGS([slope, offset], max_iter=100)
    x, y, w = torch.from_numpy(logits), torch.from_numpy(accepted), torch.from_numpy(weight)[:, None]

    def closure() -> Any:
        best.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(x * slope + offset, y, weight=w.expand_as(y))
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    best.step(closure)  # type: ignore[no-untyped-call]
    return np.stack([slope.detach().numpy(), offset.detach().numpy()])


def kept(weights: dict[str, Floats]) -> dict[str, NDArray[Any]]:
    """The weights as they are stored: float16, the pieces as int8 with a scale by form."""
    small: dict[str, NDArray[Any]] = {
        name: value.astype(np.float32 if name.startswith("platt") else np.float16)
        for name, value in weights.items()
        if name != "pieces_weight"
    }
    scale = np.abs(weights["pieces_weight"]).max(0) / 127
    small["pieces_weight"] = np.round(weights["pieces_weight"] / scale).astype(np.int8)
    small["pieces_scale"] = scale.astype(np.float32)
    return small


# ---- calibration, examination, report ----


def calibrated(weights: dict[str, Floats], of: Sequence[Row], on: Seen) -> dict[str, Floats]:
    """The head with Platt's numbers, without and with sentence embeddings, from what heads say of voices they were not trained on."""
    ways = (("platt", False), ("platt_senses", True))
    logits = {name: np.zeros_like(on.accepted) for name, _ in ways}
    part = np.array([int(row.voice) % FOLDS for row in of])
    for fold in range(FOLDS):
        head = train(on.of(np.flatnonzero(part != fold).tolist()), heads=1)
        left = np.flatnonzero(part == fold)
        for name, senses in ways:
            logits[name][left] = scores(head, on.of(left.tolist()), senses)
        print(".", end="", file=sys.stderr, flush=True)
    return weights | {name: fitted(told, on.accepted, on.weight) for name, told in logits.items()}


def unseen_languages(of: Sequence[Row], on: Seen) -> dict[str, float]:
    """How many prompts of the voice `held` come right in each language when none of its prompts is trained on."""
    held = rows("held")
    found: dict[str, float] = {}
    for language in sorted({row.language for row in of if row.language != "en"}):
        weights = train(on.of([i for i, row in enumerate(of) if row.language != language]), heads=1)
        exam = [row for row in held if row.language == language]
        found[language] = Exam(exam, scores(weights, seen(exam), senses=True)).right()
        print(",", end="", file=sys.stderr, flush=True)
    return found


def main() -> None:
    """Trains, calibrates, stores and reports; see the module's docstring."""
    options = argparse.ArgumentParser(prog="python -m flipchart.models.router_train", description="Train the router's head.")
    options.add_argument("--check", action="store_true", help="report only")
    options.add_argument("--quick", action="store_true", help="do not train again without each language, nor report in docs/")
    chosen = options.parse_args()
    if not chosen.check:
        of = varied(rows("train"))
        on = seen(of)
        weights = calibrated(train(on), of, on)
        np.savez_compressed(assets.path("router/head.npz"), **kept(weights))  # type: ignore[arg-type]
        unseen = {} if chosen.quick else unseen_languages(of, on)
        assets.data.cache_clear()
    else:
        unseen = {}
    told = report(unseen)
    if not chosen.quick:
        assets.ROOT.resolve().parent.joinpath("docs/routing.md").write_text(told, "utf-8")
    print(told)


if __name__ == "__main__":
    main()
