"""Synthetic data whose right answer is known: a checkerboard with its diagonal withheld."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue, Tags
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary

SIZE = 40


def checkerboard(size: int = SIZE, shuffled: int | None = None) -> tuple[Ratings, Catalogue]:
    """Reader i gives 5 stars to every book of the same parity but book i.

    A third of the books of the other parity get 1 star. So book i is the one unread book
    that reader i would like. The ids run against the indices, so that no rule that favours
    low ids finds it.
    """
    rows = []
    for user in range(size):
        for item in range(size):
            if (user + item) % 2 == 0:
                if user != item:
                    rows.append((user, item, 5.0))
            elif (user * 7 + item * 3) % 9 < 3:
                rows.append((user, item, 1.0))
    if shuffled is not None:
        rows = [rows[i] for i in np.random.default_rng(shuffled).permutation(len(rows))]
    table = np.array(rows)
    books = Vocabulary.of(f"b{size - item:03}" for item in range(size))
    ratings = Ratings.of_rows(
        table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2],
        Vocabulary.of(f"r{user:03}" for user in range(size)), books, RatingScale(1, 5, 1),
    )  # fmt: skip
    parity = np.arange(size) % 2
    counts = sp.csr_array(np.stack([parity == 0, parity == 1], axis=1).astype(np.float32) * 10)
    titles = tuple(f"Book {item}" for item in range(size))
    tags = Tags(("even", "odd"), counts)
    return ratings, Catalogue.of(books, titles=titles, tags=tags)
