"""Curves fitted to points, as Vega's statistics fit them: regression, loess, kernel density."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from flipchart.renderers.problem import SpecProblem
from flipchart.renderers.vega_rows import quantile

Pair = tuple[float, float]
_ORDERS = {"linear": 1, "quad": 2, "log": 1, "exp": 1, "pow": 1}
STEPS = 60


def regression(pairs: Sequence[Pair], method: str, order: int, extent: Sequence[float | None], params: bool) -> Iterator[tuple[Any, ...]]:
    """Points of the curve that fits best (least squares), or its coefficients and R² as one point."""
    import numpy as np

    if method not in {*_ORDERS, "poly"}:
        raise SpecProblem(f"Vega-Lite's regression `{method[:20]}` is not computed; use linear, log, exp, pow, quad or poly")
    xs, ys = np.array([x for x, _ in pairs]), np.array([y for _, y in pairs])
    if method in {"log", "pow"}:
        ys, xs = ys[xs > 0], xs[xs > 0]
    if method in {"exp", "pow"}:
        xs, ys = xs[ys > 0], ys[ys > 0]
    degree = _ORDERS.get(method, max(1, min(order, 12)))
    if len(xs) <= degree or len(set(xs.tolist())) <= 1:
        return
    along = np.log(xs) if method in {"log", "pow"} else xs
    up = np.log(ys) if method in {"exp", "pow"} else ys
    weights = np.sqrt(ys) if method == "exp" else None  # Vega weighs an exponential fit by the figures
    middle, spread = float(along.mean()), float(along.std()) or 1.0
    fit = np.polynomial.Polynomial(np.polynomial.polynomial.polyfit((along - middle) / spread, up, degree, w=weights))

    def at(x: Any) -> Any:
        value = fit(((np.log(x) if method in {"log", "pow"} else x) - middle) / spread)
        return np.exp(value) if method in {"exp", "pow"} else value

    if params:
        left = float(((ys - at(xs)) ** 2).sum())
        whole = float(((ys - ys.mean()) ** 2).sum())
        plain = np.polynomial.polynomial.polyfit(along, up, degree)
        coefficients = [float(np.exp(plain[0])), float(plain[1])] if method in {"exp", "pow"} else [float(one) for one in plain]
        yield coefficients, 1 - left / whole if whole else 0.0
        return
    low = extent[0] if len(extent) == 2 and extent[0] is not None else float(xs.min())
    high = extent[1] if len(extent) == 2 and extent[1] is not None else float(xs.max())
    for x in np.linspace(low, high, 2 if method == "linear" else STEPS):
        y = float(at(x))
        if math.isfinite(y):
            yield float(x), y


def loess(pairs: Sequence[Pair], bandwidth: float) -> Iterator[Pair]:
    """A smooth line through the points: locally weighted, twice made robust against outliers."""
    import numpy as np

    ordered = sorted(pairs)
    count = len(ordered)
    if count < 2:
        return
    xs, ys = np.array([x for x, _ in ordered]), np.array([y for _, y in ordered])
    mean_x, mean_y = xs.mean(), ys.mean()
    xs, ys = xs - mean_x, ys - mean_y
    span = min(count, max(2, int(bandwidth * count)))
    robust, fitted = np.ones(count), np.zeros(count)
    for turn in range(3):
        low, high = 0, span - 1
        for i in range(count):
            x = xs[i]
            edge = low if x - xs[low] > xs[high] - x else high
            near = slice(low, high + 1)
            share = np.abs(x - xs[near]) / (abs(xs[edge] - x) or 1.0)
            weights = np.clip(1 - share**3, 0, None) ** 3 * robust[near]
            total = weights.sum() or 1.0
            ux, uy = (weights * xs[near]).sum() / total, (weights * ys[near]).sum() / total
            uxy, uxx = (weights * xs[near] * ys[near]).sum() / total, (weights * xs[near] ** 2).sum() / total
            delta = uxx - ux * ux
            slope = 0.0 if abs(delta) < 1e-24 else (uxy - ux * uy) / delta
            fitted[i] = uy - slope * ux + slope * x
            if i + 1 < count:
                right = high + 1
                while right < count and i + 1 > low and xs[right] - xs[i + 1] <= xs[i + 1] - xs[low]:
                    low, high, right = low + 1, right, right + 1
        if turn == 2:
            break
        off = np.abs(ys - fitted)
        middle = float(np.median(off))
        if middle < 1e-12:
            break
        share = off / (6 * middle)
        robust = np.where(share >= 1, 1e-12, (1 - share**2) ** 2)
    held: dict[float, list[float]] = {}
    for x, y in zip(xs, fitted, strict=True):
        held.setdefault(float(x + mean_x), []).append(float(y + mean_y))
    for place, found in held.items():
        yield place, sum(found) / len(found)


def density(
    values: Sequence[float], low: float, high: float, count: int, bandwidth: float, cumulative: bool, counts: bool
) -> Iterator[Pair]:
    """How densely the values lie between `low` and `high`, by a normal kernel."""
    import numpy as np

    if not values or not high > low:
        return
    data = np.array(sorted(values))
    if bandwidth <= 0:
        deviation = float(data.std(ddof=1)) if len(data) > 1 else 0.0
        quarter, three = quantile(list(data), 0.25), quantile(list(data), 0.75)
        spread = min(deviation, (three - quarter) / 1.34) or deviation or abs(quarter) or 1.0
        bandwidth = float(1.06 * spread * len(data) ** -0.2)
    factor = len(data) if counts else 1
    for x in np.linspace(low, high, count + 1):
        off = (x - data) / bandwidth
        if cumulative:
            value = float(np.mean([0.5 * (1 + math.erf(one / math.sqrt(2))) for one in off]))
        else:
            value = float(np.exp(-0.5 * off**2).sum() / (len(data) * bandwidth * math.sqrt(2 * math.pi)))
        yield float(x), value * factor
