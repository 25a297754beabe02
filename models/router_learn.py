"""What a person's own choices teach the router on this machine: a small correction on top of the trained head.

The correction is linear in what the head sees, held small, and learned together with prompts on which the router must go on
as before; what makes it worse, on the person's own turns or on everybody's, is not kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flipchart.models import router
from flipchart.models.router import FORMS, Floats, Query
from flipchart.models.router_prompts import Row, rows
from flipchart.renderers.render import save

STEADY = "final"  # the voice on which the router is to go on as before
GUARD = "wild"  # the voice on which it may not get worse
ALLOWED = 0.01  # of the guard's prompts that may go wrong that went right before
FOLDS = 5
ROUNDS, PACE = 150, 0.03
SMALL = 0.002  # how much a weight costs, squared
STEADINESS = 4.0  # what the steady prompts count together, in lessons


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a person wanted (`yes`) and did not want (`no`) for a question, and how sure that is (0 to 1)."""

    query: Query
    yes: frozenset[str]
    no: frozenset[str] = frozenset()
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of it: shares that are right before and after, of the person's turns (each judged by what the others taught)
    and of the shipped prompts; `kept` is False where it was put aside for being worse."""

    lessons: int
    judged: int
    guarded: int
    own_before: float
    own_after: float
    all_before: float
    all_after: float
    kept: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """Questions as the correction sees them, with what everybody's head makes of them."""

    features: Floats  # (n, features), the last one always 1
    told: Floats  # (n, forms) log-odds

    def __len__(self) -> int:
        return len(self.told)


def learn(lessons: Sequence[Lesson]) -> Learned:
    """Learn from `lessons`; what is learned takes effect at once and replaces what was learned before (see `forget`)."""
    mine, steady = _seen([lesson.query for lesson in lessons]), _seen([row.query for row in rows(STEADY)])
    goal, weight = _goals(lessons)
    guarded = rows(GUARD)
    guard = _seen([row.query for row in guarded])
    judged = np.array([bool(lesson.yes) and lesson.weight == 1.0 for lesson in lessons])
    before, after = _hits(lessons, mine.told), _held_out(lessons, mine, goal, weight, steady)
    change = _fitted(mine, goal, weight, steady)
    all_before = _right(guarded, guard.told)
    while (all_after := _right(guarded, guard.told + guard.features @ change)) < all_before - ALLOWED:
        change *= 0.7
    fine = not judged.any() or float(after[judged].mean()) >= float(before[judged].mean())
    if fine:
        _keep(change)
    own = [float(hits[judged].mean()) if judged.any() else 0.0 for hits in (before, after)]
    return Learned(len(lessons), int(judged.sum()), len(guarded), own[0], own[1], all_before, all_after if fine else all_before, fine)


def forget() -> bool:
    """Go back to what was learned before the last time, or to the head as it came; False where nothing was learned."""
    place = router.taught()
    if not place.exists():
        return False
    earlier = place.with_suffix(".before.npz")
    if earlier.exists():
        earlier.replace(place)
    else:
        place.unlink()
    return True


def _keep(change: Floats) -> None:
    from io import BytesIO

    facts = change.shape[0] - 1 - _width()
    bytes_ = BytesIO()
    parts = {"facts": change[:facts].T, "senses": change[facts:-1].T, "bias": change[-1]}
    np.savez(bytes_, mark=np.int64(router.head_mark()), **{name: part.astype(np.float32) for name, part in parts.items()})
    place = router.taught()
    if place.exists():
        place.replace(place.with_suffix(".before.npz"))
    save(place, bytes_.getvalue())


def _width() -> int:
    from flipchart.models.embeddings import WIDTH

    return WIDTH


def _seen(queries: Sequence[Query]) -> _Seen:
    features, told = [], []
    for query in queries:
        view, meant = router.look(query), router.meaning(router.sensible(query.text))
        features.append(np.concatenate([view.facts, np.zeros(_width(), np.float32) if meant is None else meant, [1.0]]))
        told.append(router.leaning(view, meant))
    return _Seen(np.stack(features).astype(np.float32), np.stack(told))


def _goals(lessons: Sequence[Lesson]) -> tuple[Floats, Floats]:
    """(wanted, how much it counts), each (n, forms): forms of which the person said nothing do not count."""
    goal, weight = (np.zeros((len(lessons), len(FORMS)), np.float32) for _ in range(2))
    for i, lesson in enumerate(lessons):
        for form in lesson.yes | lesson.no:
            goal[i, FORMS.index(form)] = form in lesson.yes
            weight[i, FORMS.index(form)] = lesson.weight
    return goal, weight


def _fitted(mine: _Seen, goal: Floats, weight: Floats, steady: _Seen) -> Floats:
    """The correction, (features, forms), by Adam on the whole of it."""
    calm = _sigmoid(steady.told)
    change, mean, square = (np.zeros((mine.features.shape[1], len(FORMS)), np.float32) for _ in range(3))
    for step in range(1, ROUNDS + 1):
        wrong = weight * (_sigmoid(mine.told + mine.features @ change) - goal)
        drift = _sigmoid(steady.told + steady.features @ change) - calm
        slope = mine.features.T @ wrong + steady.features.T @ drift * (STEADINESS / len(steady)) + SMALL * change
        mean += 0.1 * (slope - mean)
        square += 0.01 * (slope * slope - square)
        change -= PACE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-6)
    return change


def _held_out(lessons: Sequence[Lesson], mine: _Seen, goal: Floats, weight: Floats, steady: _Seen) -> Floats:
    """Whether each lesson comes right by what the others taught, (n,)."""
    told = mine.told.copy()
    parts = [np.arange(start, len(mine), FOLDS) for start in range(min(FOLDS, len(mine)))]
    for part in parts if len(mine) > 1 else []:
        rest = np.setdiff1d(np.arange(len(mine)), part)
        change = _fitted(_Seen(mine.features[rest], mine.told[rest]), goal[rest], weight[rest], steady)
        told[part] += mine.features[part] @ change
    return _hits(lessons, told)


def _hits(lessons: Sequence[Lesson], told: Floats) -> Floats:
    return np.array([FORMS[router.chosen(_sigmoid(row))] in lesson.yes for row, lesson in zip(told, lessons, strict=True)], np.float32)


def _right(of: Sequence[Row], told: Floats) -> float:
    return float(np.mean([FORMS[router.chosen(_sigmoid(line))] in row.forms for row, line in zip(of, told, strict=True)]))


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)), np.float32)
