"""The countries on a flat page: the world, or the part of it that some of them are in, every country as large as it is."""

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from flipchart.renderers import places

FINEST = 0.7  # px, points of an outline that are nearer than this are one
WIDE, TALL = 100.0, 62.0  # degrees; countries that lie within are shown near
Bounds = tuple[float, float, float, float]


def view(codes: Sequence[str]) -> tuple[Callable[[Any], Any], Bounds, bool]:
    """How places are put on the page, which part of it is shown, and whether that is a part of the world."""
    main = [max(places.outlines()[code], key=_spread) for code in codes]
    if main:
        whole = np.concatenate(main)
        # The middle is the mean direction, so that the Pacific is no gap.
        turn = np.radians(np.array([ring[:, 0].mean() for ring in main]))
        middle = math.degrees(math.atan2(float(np.sin(turn).mean()), float(np.cos(turn).mean())))
        lons = (whole[:, 0] - middle + 180) % 360 - 180
        if np.ptp(lons) <= WIDE and np.ptp(whole[:, 1]) <= TALL:
            lat = float(whole[:, 1].max() + whole[:, 1].min()) / 2
            near = _equal_area(middle + float(lons.max() + lons.min()) / 2, lat)
            flat = near(whole)
            low, high = flat.min(axis=0), flat.max(axis=0)
            edge = float((high - low).max()) * 0.05
            return near, (low[0] - edge, low[1] - edge, high[0] + edge, high[1] + edge), True
    large = [ring for code, rings in world().items() if code != "AQ" for ring in rings if _spread(ring) > 0.002]
    low, high = np.min([ring.min(axis=0) for ring in large], axis=0), np.max([ring.max(axis=0) for ring in large], axis=0)
    return _equal_earth, (low[0], low[1], high[0], high[1]), False


def _spread(ring: Any) -> float:
    return float(np.ptp(ring[:, 0]) * np.ptp(ring[:, 1]))


def _equal_earth(ring: Any) -> Any:
    """The Equal Earth projection (Šavrič, Patterson, Jenny 2018); y grows downwards."""
    turn, lat = np.radians(ring[:, 0]), np.radians(ring[:, 1])
    a, b, c, d = 1.340264, -0.081106, 0.000893, 0.003796
    slant = np.arcsin(math.sqrt(3) / 2 * np.sin(lat))
    square = slant * slant
    sixth = square**3
    x = 2 * math.sqrt(3) * turn * np.cos(slant) / (3 * (9 * d * sixth * square + 7 * c * sixth + 3 * b * square + a))
    return np.column_stack([x, -slant * (d * sixth * square + c * sixth + b * square + a)])


def _equal_area(lon: float, lat: float) -> Callable[[Any], Any]:
    """Lambert's azimuthal equal-area projection about a place; rings that reach its far side are not a number."""
    sine, cosine = math.sin(math.radians(lat)), math.cos(math.radians(lat))

    def project(ring: Any) -> Any:
        turn, up = np.radians(ring[:, 0] - lon), np.radians(ring[:, 1])
        toward = sine * np.sin(up) + cosine * np.cos(up) * np.cos(turn)
        if toward.min() < -0.6:
            return np.full_like(ring, math.nan)
        k = np.sqrt(2 / (1 + toward))
        return np.column_stack([k * np.cos(up) * np.sin(turn), -k * (cosine * np.sin(up) - sine * np.cos(up) * np.cos(turn))])

    return project


@cache
def world() -> dict[str, list[Any]]:
    """Every country's rings on the map of the world."""
    return {code: [_equal_earth(part) for ring in rings for part in _cut(ring)] for code, rings in places.outlines().items()}


def within(rings: list[Any], fit: tuple[float, float, float, float, float], frame: Bounds) -> list[Any]:
    """The projected rings of a country in px, cut at the frame, without specks and points too near to tell apart."""
    low_x, low_y, left, top, scale = fit
    out: list[Any] = []
    for flat in rings:
        low, high = flat.min(axis=0), flat.max(axis=0)
        if math.isnan(float(low[0])) or (out and float((high - low).max()) * scale < 1.0):
            continue
        px = (flat - (low_x, low_y)) * scale + (left, top)
        low, high = (low - (low_x, low_y)) * scale + (left, top), (high - (low_x, low_y)) * scale + (left, top)
        if high[0] < frame[0] or low[0] > frame[2] or high[1] < frame[1] or low[1] > frame[3]:
            continue
        px = px[np.append(True, np.abs(np.diff(np.floor(px / FINEST), axis=0)).sum(axis=1) > 0)]
        if low[0] < frame[0] or high[0] > frame[2] or low[1] < frame[1] or high[1] > frame[3]:
            px = _clipped(px, frame)
        if len(px):
            out.append(px)
    return out


def _cut(ring: Any) -> list[Any]:
    """A ring in two where it crosses the line opposite Greenwich."""
    lons = np.degrees(np.unwrap(np.radians(ring[:, 0])))
    if lons.min() >= -180.001 and lons.max() <= 180.001:
        return [ring]
    whole = np.column_stack([lons, ring[:, 1]])
    out = []
    for turn in (-360.0, 0.0, 360.0):
        part = _clipped(whole + np.array([turn, 0.0]), (-180.0, -91.0, 180.0, 91.0))
        if len(part) > 2:
            out.append(part)
    return out


def _clipped(ring: Any, frame: Bounds) -> Any:
    """A ring cut at the frame (Sutherland, Hodgman)."""
    points = [(float(x), float(y)) for x, y in ring]
    for side, edge, sign in ((0, frame[0], 1), (0, frame[2], -1), (1, frame[1], 1), (1, frame[3], -1)):
        kept: list[tuple[float, float]] = []
        for before, point in zip([points[-1], *points[:-1]] if points else [], points, strict=True):
            inside, was = (point[side] - edge) * sign >= 0, (before[side] - edge) * sign >= 0
            if inside != was:
                share = (edge - before[side]) / (point[side] - before[side])
                kept.append((before[0] + (point[0] - before[0]) * share, before[1] + (point[1] - before[1]) * share))
            if inside:
                kept.append(point)
        points = kept
    return np.array(points) if points else np.empty((0, 2))
