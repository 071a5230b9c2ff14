"""What the measures beyond accuracy need to know of the books."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.data.catalogue import Catalogue
from readalike.data.codes import Codes, codes, first_authors
from readalike.data.ratings import Ratings
from readalike.numerics.features import tag_features
from readalike.numerics.listing import ratings_above, self_information

HEAD_SHARE = 0.8
"""Share of the training ratings held by the most-read books; all others are the long tail."""

FEWEST_BOOKS = 3
MOST_BOOKS = 0.1
"""Tags that compare books stand on three books at least and on a tenth of all at most."""


@dataclass(frozen=True, eq=False)
class BookFacts:
    """Columns of what is known of each book; position i is the book of item index i.

    How known a book is, is counted in the training rows: where those were cut to so many readers
    a book, as Kaggle's goodbooks-10k was, books look more alike than they are in the world.

    Attributes:
        counts: Training readers who read each book; shape (books,).
        readers: Training readers.
        tags: Unit rows of the books' tags, None where there are none; shape (books, tags).
        authors: A number for each first author, -1 unknown; None where no author is known;
            shape (books,).
        series: A number for each series, -1 of a book in none; None where no book is in one;
            shape (books,).
    """

    counts: npt.NDArray[np.int64]
    readers: int
    tags: sp.csr_array | None = None
    authors: Codes | None = None
    series: Codes | None = None

    @classmethod
    def of(cls, training: Ratings, catalogue: Catalogue) -> Self:
        """Counts the training ratings and looks up the rest; `readalike.data` finds series."""
        tags = None
        if catalogue.tags is not None:
            tags = tag_features(catalogue.tags.counts, FEWEST_BOOKS, MOST_BOOKS)
        return cls(
            training.item_counts,
            len(training.users),
            tags if tags is not None and tags.nnz else None,
            _where_any(first_authors(catalogue.authors)),
            _where_any(codes(catalogue.series)),
        )

    @property
    def share(self) -> npt.NDArray[np.float64]:
        """Share of the training readers who read each book; shape (books,)."""
        return self.counts / max(self.readers, 1)

    @cached_property
    def information(self) -> npt.NDArray[np.float64]:
        """-log2 of the share, in bits; shape (books,)."""
        return self_information(self.counts, self.readers)

    @cached_property
    def tail(self) -> npt.NDArray[np.bool_]:
        """Which books are in the long tail; shape (books,)."""
        return self.above >= HEAD_SHARE

    @cached_property
    def above(self) -> npt.NDArray[np.float64]:
        """Share of the training ratings held by books that are read more; shape (books,)."""
        return ratings_above(self.counts)


def _where_any(found: Codes) -> Codes | None:
    return found if (found >= 0).any() else None
