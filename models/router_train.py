"""Trains the router's head on the prompts in `assets/router/prompts` and reports how well it does.

    python -m flipchart.models.router_train            train, write assets/router/head.npz and REPORT.md
    python -m flipchart.models.router_train --check    report only, with the head that is there

Needs torch (the extra `images`) and the weights `minilm`. Prompts are written for this program: `train.*.txt` in one voice,
`held.*.txt` in another, which is never trained on. In both a block is `== form form5 …` (the digit: how many tenths of people
accept that form; none: all of them), then a prompt a line, with `[one|other]`, `{slot}`, ` << last answer` and ` ++ kind name: columns`.
"""

import argparse
import random
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flipchart import assets
from flipchart.models import router
from flipchart.models.router import FORMS, Attachment, Floats, Query

SEED = 7
EACH = 14  # prompts made of one line with choices
TOLD = 3  # times a line written out counts
FOLDS = 5
HIDDEN = 64
EPOCHS = 8
HEADS = 3
PLAIN = 1.3  # what a prompt counts that wants nothing but words: a needless picture is the worse mistake
PROMPTS = assets.path("router/prompts")


@dataclass(frozen=True, slots=True)
class Row:
    """A prompt with what people accept."""

    query: Query
    accepted: tuple[float, ...]  # by form
    language: str
    block: str  # "train.en 12": rows of a block are written alike and never parted between folds
    weight: float = 1.0

    @property
    def forms(self) -> set[str]:
        """The forms that count as right."""
        return {form for form, share in zip(FORMS, self.accepted, strict=True) if share >= 0.5}


# ---- prompts ----


def rows(voice: str) -> list[Row]:
    """Every prompt of a voice ("train" or "held"), choices drawn; the same each time."""
    return [row for place in sorted(PROMPTS.glob(f"{voice}.*.txt")) for row in _read(place)]


def _read(place: Path) -> Iterator[Row]:
    language = place.name.split(".")[1]
    slots: dict[str, list[str]] = {}
    accepted: tuple[float, ...] = ()
    block, after = 0, ""
    lines = place.read_text("utf-8").splitlines()
    for line in lines:
        if match := re.fullmatch(r"\{([^{}\s]+)\} = (.*)", line):
            slots[match[1]] = [part.strip() for part in match[2].split(" | ")]
    in_code = False
    for line in lines:
        if line.startswith("== "):
            head, plus, files = line[3:].partition(" ++ ")
            accepted, block, after = _accepted(head.split()), block + 1, f"{plus}{files}"
        elif line.strip() and not re.fullmatch(r"\{[^{}\s]+\} = .*", line):
            in_code ^= line.count("```") % 2 == 1
            if in_code or line.startswith("```") or not accepted:
                continue
            whole = line + after
            mixed = "[" in line or "{" in line
            made = _drawn(whole, slots) if mixed else [whole]
            for text in made:
                weight = 1.0 if mixed else float(TOLD)
                weight *= PLAIN if accepted[1:] == (0.0,) * (len(FORMS) - 1) else 1.0
                yield Row(_query(text), accepted, language, f"{place.stem} {block}", weight)


def _accepted(names: Sequence[str]) -> tuple[float, ...]:
    shares = dict.fromkeys(FORMS, 0.0)
    for name in names:
        form, digit = (name[:-1], int(name[-1]) / 10) if name[-1].isdigit() else (name, 1.0)
        shares[form]  # an unknown form is a mistake in the file
        shares[form] = digit
    return tuple(shares.values())


def _drawn(line: str, slots: dict[str, list[str]]) -> list[str]:
    rng = random.Random(line)
    made: set[str] = set()
    for _ in range(EACH * 3):
        text = re.sub(r"\[([^\[\]]*\|[^\[\]]*)\]", lambda m: rng.choice(m[1].split("|")), line)
        text = re.sub(r"\{([^{}\s]+)\}", lambda m: rng.choice(slots[m[1]]) if m[1] in slots else m[0], text)
        text = re.sub(r"\{([^{}\s]+)\}", lambda m: rng.choice(slots[m[1]]) if m[1] in slots else m[0], text)
        made.add(re.sub(" {2,}", " ", text).strip())
        if len(made) == EACH:
            break
    return sorted(made)


def _query(text: str) -> Query:
    text, _, file = text.partition(" ++ ")
    text, _, history = text.partition(" << ")
    files: tuple[Attachment, ...] = ()
    if file:
        kind, _, rest = file.partition(" ")
        name, _, columns = rest.partition(": ")
        split = tuple(column.strip() for column in columns.split(",") if column.strip())
        files = (Attachment(name, kind, split),)  # type: ignore[arg-type]
    history = history.strip().replace("<", "[").replace(">", "]")  # [chart: …] is how we tell of a visual; [ is taken here
    return Query(text.strip(), history or None, files)


def _frames() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in assets.text("router/prompts/frames.txt").splitlines():
        language, _, frames = line.partition(": ")
        if not line.startswith("#"):
            found[language] = [frame.strip() for frame in frames.split(" | ")]
    return found


def roughened(row: Row, frames: dict[str, list[str]]) -> Row:
    """The prompt as another person would type it: framed, small letters, no accents, a slip of the finger."""
    text = row.query.text
    rng = random.Random(f"rough {text}")
    if rng.random() < 0.3 and len(text) > 8:
        text = rng.choice(frames.get(row.language, ["_"])).replace("_", text)
    if rng.random() < 0.35:
        text = text.lower()
    elif rng.random() < 0.2:
        text = text[:1].upper() + text[1:]
    if rng.random() < 0.3:
        text = text.rstrip("?.!？。！ ")
    elif rng.random() < 0.1:
        text += rng.choice([".", "!", "...", "?"])
    if rng.random() < 0.08:
        text = "".join(c for c in unicodedata.normalize("NFD", text) if not "\u0300" <= c <= "\u036f")
        text = unicodedata.normalize("NFC", text)
    if rng.random() < 0.15 and len(text) > 12:
        at = rng.randrange(1, len(text) - 2)
        slip = rng.choice(["drop", "swap", "double"])
        pair = text[at : at + 2]
        text = text[:at] + {"drop": pair[1:], "swap": pair[::-1], "double": pair[0] + pair}[slip] + text[at + 2 :]
    return replace(row, query=replace(row.query, text=text))


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
            self.pieces = nn.EmbeddingBag(router.BUCKETS, forms, mode="sum", sparse=True)
            nn.init.zeros_(self.pieces.weight)
            self.drop = nn.Dropout(0.25)

        def forward(self, facts: Any, bag: Any, at: Any, shares: Any, senses: Any) -> Any:
            inner = self.drop(torch.relu(self.facts(facts) + self.senses(senses)))
            return self.out(inner) + self.straight(facts) + self.pieces(bag, at, per_sample_weights=shares)

    head = Head()
    slow = [parameter for name, parameter in head.named_parameters() if name != "pieces.weight"]
    size = 128
    rounds = EPOCHS * -(-count // size)
    quick = torch.optim.SparseAdam([head.pieces.weight], lr=1e-2)
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
            told = head(facts[pick], bag, at, shares, senses[pick] * there)
            loss = (loss_of(told, goal[pick]).mean(1) * weight[pick]).sum() / weight[pick].sum()
            best.zero_grad()
            quick.zero_grad()
            loss.backward()
            best.step()
            quick.step()  # type: ignore[no-untyped-call]
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


def _folds(of: Sequence[Row]) -> list[list[int]]:
    """Row numbers in FOLDS parts; a block is never parted."""
    blocks = sorted({row.block for row in of})
    random.Random(SEED).shuffle(blocks)
    part = {block: index % FOLDS for index, block in enumerate(blocks)}
    return [[i for i, row in enumerate(of) if part[row.block] == fold] for fold in range(FOLDS)]


def calibration(of: Sequence[Row], on: Seen) -> tuple[Floats, Floats]:
    """Platt's numbers without and with sentence embeddings, from blocks the head that judges them was not trained on."""
    plain, sensed = (np.zeros((len(of), len(FORMS)), np.float32) for _ in range(2))
    for fold in _folds(of):
        held = set(fold)
        weights = train(on.of([i for i in range(len(of)) if i not in held]), heads=1)
        plain[fold] = scores(weights, on.of(fold), senses=False)
        sensed[fold] = scores(weights, on.of(fold), senses=True)
        print(".", end="", file=sys.stderr, flush=True)
    return fitted(plain, on.accepted, on.weight), fitted(sensed, on.accepted, on.weight)


@dataclass(frozen=True, slots=True)
class Exam:
    """How the head did on rows."""

    rows: list[Row]
    likely: Floats  # (n, forms)

    def right(self, keep: Sequence[Row] | None = None) -> float:
        """The share of rows (of `keep`) whose highest form is accepted."""
        ids = None if keep is None else {id(row) for row in keep}
        hits = [
            FORMS[int(chance.argmax())] in row.forms
            for row, chance in zip(self.rows, self.likely, strict=True)
            if ids is None or id(row) in ids
        ]
        return float(np.mean(hits)) if hits else float("nan")

    def error(self) -> float:
        """Expected calibration error over all chances of all forms, in ten bins."""
        accepted = np.array([[form in row.forms for form in FORMS] for row in self.rows])
        bins = np.minimum((self.likely * 10).astype(int), 9)
        gaps = [
            abs(self.likely[bins == b].mean() - accepted[bins == b].mean()) * (bins == b).mean() for b in range(10) if (bins == b).any()
        ]
        return float(sum(gaps))


def examined(of: list[Row], senses: bool) -> Exam:
    """The head on disk on rows, as `route` would see them."""
    router._head.cache_clear()
    return Exam(of, np.stack([router.chances(row.query, senses=senses) for row in of]))


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *lines])


def _share(value: float) -> str:
    return "–" if value != value else f"{value:.1%}"


def report(unseen: dict[str, float]) -> str:
    """The Markdown of REPORT.md: what was trained on, and how well it does on other voices and languages."""
    parts = [
        "# How well the router routes",
        (
            "Made by `python -m flipchart.models.router_train`. A prompt counts as right where the highest form is among those "
            "accepted. The voices `held` and `final` were written apart from the training prompts and never trained on; `held` "
            "was looked at while the training prompts grew, `final` was not. “Alone” is the head without sentence embeddings."
        ),
    ]
    trained = rows("train")
    seen_by = Counter(row.language for row in trained)
    parts.append(
        f"Trained on {len(trained)} prompts of {len({row.block for row in trained})} blocks: "
        + ", ".join(f"{language} {count}" for language, count in seen_by.most_common())
        + "."
    )
    for voice in ("held", "final"):
        of = rows(voice)
        full, alone = examined(of, senses=True), examined(of, senses=False)
        parts.append(f"## Voice `{voice}`: {len(of)} prompts")
        english = [row for row in of if row.language == "en"]
        others = [row for row in of if row.language != "en"]
        lines = [["English", *_line(english, full, alone)], ["other languages", *_line(others, full, alone)]]
        plain = [row for row in of if row.forms == {"text"}]
        lines.append(["needs no visual (kept as text)", *_line(plain, full, alone)])
        parts.append(_table(["", "prompts", "right", "alone"], lines))
        parts.append(f"Calibration error {full.error():.3f}, alone {alone.error():.3f}.")
        groups = defaultdict(list)
        for row in of:
            groups["only " + next(iter(row.forms)) if len(row.forms) == 1 else "several"].append(row)
        by_form = [[name, *_line(groups[name], full, alone)] for name in sorted(groups)]
        parts.append(_table(["accepted", "prompts", "right", "alone"], by_form))
        tongues = sorted({row.language for row in of})
        titles = ["language", "prompts", "right", "alone"] + ["right, never trained on"] * (voice == "held")
        by_language = []
        for tongue in tongues:
            spoken = [row for row in of if row.language == tongue]
            line = [tongue, *_line(spoken, full, alone)]
            if voice == "held":
                line.append(_share(unseen.get(tongue, float("nan")) if tongue in seen_by else full.right(spoken)))
            by_language.append(line)
        parts.append(_table(titles, by_language))
    return "\n\n".join(parts) + "\n"


def _line(of: list[Row], full: Exam, alone: Exam) -> list[str]:
    return [str(len(of)), _share(full.right(of)), _share(alone.right(of))]


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
    options.add_argument("--quick", action="store_true", help="do not train again without each language")
    chosen = options.parse_args()
    if not chosen.check:
        frames = _frames()
        clean = rows("train")
        of = clean + [roughened(row, frames) for row in clean]
        on = seen(of)
        weights = train(on)
        weights["platt"], weights["platt_senses"] = calibration(of, on)
        np.savez_compressed(assets.path("router/head.npz"), **kept(weights))  # type: ignore[arg-type]
        unseen = {} if chosen.quick else unseen_languages(of, on)
        assets.data.cache_clear()
    else:
        unseen = {}
    told = report(unseen)
    if not chosen.check:
        assets.path("router/REPORT.md").write_text(told, "utf-8")
    print(told)


if __name__ == "__main__":
    main()
