"""A model of forecasts with random parameters."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from readalike.models.readembedding import ReadEmbedding
from readalike.models.readerspread import ReaderSpread
from readalike.models.starfactors import RATED, StarFactors
from readalike.numerics.ordinal import CutPoints

N, K, D, S = 8, 2, 3, 4
FIVE = np.arange(1.0, 6.0)


def model(seed: int = 0, d: int = D) -> StarFactors:
    random = np.random.default_rng(seed)

    def small(*shape: int) -> npt.NDArray[np.float32]:
        return (0.4 * random.standard_normal(shape)).astype(np.float32)

    roots = small(S, K + 1, K + 1)
    stars = random.uniform(0.05, 1, (N, 5))
    embedding = ReadEmbedding(
        small(N, d), 4.0, 2.0, small(d), random.uniform(0.5, 2, d).astype(np.float32)
    )
    return StarFactors(
        drawn=small(S, N, K + 1),
        expected=small(S, N, K + 1),
        precision=roots @ roots.transpose(0, 2, 1) + 2 * np.eye(K + 1, dtype=np.float32),
        coefficients=small(S, 1 + d, K + 1),
        noise=random.uniform(1, 2, S).astype(np.float32),
        embedding=embedding if d else ReadEmbedding.nothing(N),
        known=np.full(N, RATED, np.uint8),
        book_stars=(stars / stars.sum(axis=1, keepdims=True)).astype(np.float32),
        levels=FIVE,
        cuts=CutPoints(np.array([1.6, 2.5, 3.4, 4.4]), np.array([-0.1, 0.5, 0.4, 0.2])),
        mean=3.7,
        reader_spread=ReaderSpread(random.uniform(3, 4, N).astype(np.float32), 0.8, 5.0, 0.5),
    )
