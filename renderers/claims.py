"""What figures say, told without a model; and claims in a title or remark, computed again."""

from collections.abc import Sequence
from dataclasses import dataclass

Rows = Sequence[tuple[str, Sequence[float | None]]]


@dataclass(frozen=True, slots=True)
class Point:
    """One figure: its series and label by place."""

    series: int
    label: int
    value: float


@dataclass(frozen=True, slots=True)
class Facts:
    """Extremes over all series, and each series' change from first to last in percent (None where it cannot be told)."""

    highest: Point | None
    lowest: Point | None
    changes: tuple[float | None, ...]


def told(labels: Sequence[str], rows: Rows, ordered: bool) -> Facts:
    """The facts of a table of figures."""
    points = [Point(s, i, value) for s, (_, values) in enumerate(rows) for i, value in enumerate(values) if value is not None]
    if not points:
        return Facts(None, None, ())
    changes = tuple(_change([v for v in values if v is not None]) if ordered else None for _, values in rows)
    return Facts(max(points, key=lambda p: p.value), min(points, key=lambda p: p.value), changes)


def _change(values: Sequence[float]) -> float | None:
    """Percent from the first to the last."""
    if len(values) < 2 or values[0] == 0:
        return None
    return (values[-1] - values[0]) / abs(values[0]) * 100
