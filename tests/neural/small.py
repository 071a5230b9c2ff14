"""Small settings and worlds for neural models: a fit is a second, most of it compiling."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from algorithms.worlds import ratings_of
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.ratings import Ratings

SMALL: dict[str, dict[str, object]] = {
    "mlp": {
        "factors": 4, "hidden": 16, "layers": 1, "learning_rate": 0.02, "batch_size": 64,
        "epochs": 60, "patience": 60, "validation": 0.0,
    },
    "neumf": {
        "factors": 2, "hidden": 4, "layers": 1, "learning_rate": 0.02, "batch_size": 256,
        "epochs": 20, "patience": 20, "validation": 0.0, "regularization": 0.03,
        "fold_in_regularization": 3.0,
    },
    "two-tower": {
        "factors": 8, "hidden": 8, "learning_rate": 0.01, "batch_size": 32, "epochs": 40,
        "patience": 40, "validation": 0.0, "history": 12,
    },
}  # fmt: skip
"""Settings that suit the checkerboard of 40 readers."""


def subjects_world(
    n_users: int = 200, n_items: int = 60, n_subjects: int = 4, seed: int = 0
) -> tuple[Ratings, Catalogue, npt.NDArray[np.int64]]:
    """Readers who read one subject each, mostly; tags tell the subject of a book.

    The last books, one of each subject, nobody has read. Returns the subject of each reader too.
    """
    draw = np.random.default_rng(seed)
    subject = np.arange(n_items) % n_subjects
    cold = np.arange(n_items - n_subjects, n_items)
    rows = []
    taste = np.arange(n_users) % n_subjects
    for user in range(n_users):
        likely = np.where(subject == taste[user], 1.0, 0.05)
        likely[cold] = 0
        read = draw.choice(n_items, int(draw.integers(4, 10)), False, likely / likely.sum())
        rows.append({int(book): float(draw.integers(4, 6)) for book in read})
    ratings = ratings_of(rows, n_items)
    # three tags for each subject, each on most of its books, and some that say nothing
    tags = np.zeros((n_items, 3 * n_subjects + 8), np.float32)
    for tag in range(3 * n_subjects):
        of_it = np.flatnonzero(subject == tag // 3)
        tags[of_it, tag] = draw.integers(5, 60, len(of_it))
    for tag in range(3 * n_subjects, tags.shape[1]):
        tags[draw.choice(n_items, 8, False), tag] = draw.integers(1, 20, 8)
    names = tuple(f"t{tag}" for tag in range(tags.shape[1]))
    catalogue = Catalogue.of(ratings.items, tags=Tags(names, sp.csr_array(tags)))
    return ratings, catalogue, taste
