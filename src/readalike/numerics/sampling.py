"""What the training rows say wrongly of the world, where the world's counts are known."""

from __future__ import annotations

import numpy as np

from readalike.numerics.arrays import F64


def sampling_ratio(world: F64, trained: F64, shrinkage: float = 5.0) -> F64:
    """How much rarer each item is in the training rows than it should be; median 1.

    (world + s rho) / (trained + s) with rho = total world / total trained: the ratio of both
    counts, drawn towards the mean ratio by s imagined readers. Constant, so that it corrects
    nothing, where the training rows are a fair sample. True counts are NaN where unknown; shapes
    (n_items,).
    """
    known = ~np.isnan(world) & (world > 0)
    if not known.any() or trained[known].sum() == 0:
        return np.ones(len(world))
    level = world[known].sum() / trained[known].sum()
    counts = np.where(known, world, trained * level)
    ratio = (counts + shrinkage * level) / (trained + shrinkage)
    return np.asarray(ratio / np.median(ratio))


def liked_share(liked: F64, rated: F64, shrinkage: float = 10.0) -> F64:
    """Share of its raters that liked each item, drawn towards that of all by imagined raters."""
    total = rated.sum()
    if total == 0:
        return np.ones(len(rated))
    return np.asarray((liked + shrinkage * liked.sum() / total) / (rated + shrinkage))
