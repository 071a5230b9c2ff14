"""Keeps the labels of a plot apart, so that no legend is needed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

Floats = npt.NDArray[np.float64]

DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
REACH = 8
"""How many times its own height a label may move away from its point."""


CLEAR = 0.8
"""Heights of a label that are left between it and its point."""


def spread(heights: Floats, gap: float, low: float, high: float) -> Floats:
    """The heights nearest to those wanted, in squares, that are `gap` apart and within bounds.

    Moved by their rank times the gap, heights that are far enough apart are heights that do
    not fall, and those nearest to given ones are the isotonic regression.

    Args:
        heights: Wanted; shape (labels,). Of equal ones the earlier comes below.
        gap: Least distance of two labels; less where the bounds leave no room.
        low: Lowest allowed.
        high: Highest allowed.
    """
    n = len(heights)
    if n == 0:
        return heights
    gap = min(gap, (high - low) / max(n - 1, 1))
    order = np.argsort(heights, kind="stable")
    steps = gap * np.arange(n)
    moved = isotonic_regression(heights[order] - steps).x
    found = np.empty(n)
    found[order] = np.clip(moved, low, high - steps[-1]) + steps
    return found


def beside(points: Floats, sizes: Floats, frame: Floats, taken: Floats) -> Floats:
    """Centres of labels near their points: the first free place, ever farther off.

    Where no place is free, the one is taken that covers least.

    Args:
        points: Where the labels belong; shape (labels, 2).
        sizes: Width and height of each; shape (labels, 2).
        frame: left, bottom, right, top, which no label leaves; shape (4,).
        taken: Boxes to keep clear, in the same order of sides; shape (boxes, 4).
    """
    centres = np.empty_like(points)
    boxes = taken
    for label, (point, size) in enumerate(zip(points, sizes, strict=True)):
        covered = np.inf
        for place in _places(point, size):
            box = np.concatenate([place - size / 2, place + size / 2])
            if (box[:2] < frame[:2]).any() or (box[2:] > frame[2:]).any():
                continue
            over = overlap(box, boxes)
            if over < covered:
                covered, centres[label] = over, place
            if covered == 0:
                break
        else:
            if covered == np.inf:  # nothing is inside: a label wider than the plot
                centres[label] = point
        half = sizes[label] / 2
        boxes = np.vstack([boxes, [*(centres[label] - half), *(centres[label] + half)]])
    return centres


def overlap(box: Floats, boxes: Floats) -> float:
    """Area that a box shares with others; box (4,), boxes (n, 4)."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    return float(np.prod(np.clip(high - low, 0, None), axis=1).sum())


def _places(point: Floats, size: Floats) -> Floats:
    height = size[1]
    steps = np.arange(1, 1 + REACH, 0.5)[:, None, None]
    directions = np.array(DIRECTIONS)
    places: Floats = point + directions * (size / 2 + height * CLEAR * steps)
    return places.reshape(-1, 2)
