"""Some of the books held out altogether, as if they were new."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.evaluation.protocols import Protocol, refuse_below, refuse_no_share
from readalike.evaluation.questions import Task
from readalike.evaluation.splits import Marks, canonical, divided, held_count, id_ranks


@dataclass(frozen=True)
class ColdBooks(Protocol):
    """Books that nobody has rated yet: who would like them?

    Books are drawn in the order of their ids: rows in any order give the same figures, bit by
    bit. Other names draw other books unless they sort alike.

    Attributes:
        book_share: Share of the rated books whose ratings are all held out.
        seed: Draws the books.
    """

    name: ClassVar[str] = "cold-books"

    book_share: float = 0.1
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_no_share("book_share", self.book_share)
        refuse_below("seed", self.seed, 0)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return (
            f"Cold books: of the books with a rating, {self.book_share:.0%} are drawn at random "
            f"(seed {self.seed}) and all ratings of them are held out; every model learns from "
            "those of the other books. What the world's readers think of the drawn books is taken "
            "out of the catalogue too: how many rated them, their mean stars, the share who liked "
            "them. Titles, authors, years and tags stay. The model is told all that a reader read "
            "of the other books. Right is a drawn book that the reader liked; all books but the "
            "reader's training rows are ranked, the drawn ones among all others, so that a model "
            "that cannot place a book without ratings scores 0; readers with no right answer are "
            "counted and left out of the means. Stars are forecast for every rating of a drawn "
            "book. It answers whether a new book finds its readers. It cannot answer how good a "
            "list is as a whole: every book but the drawn ones counts as wrong, so that a model "
            "gains by listing new books too often. Equal scores are listed in an order drawn by "
            "the seed of the evaluation."
        )

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Draws the books.

        Raises:
            InputError: Too few books, or no drawn book was liked.
        """
        pairs = canonical(ratings)
        rated = np.flatnonzero(pairs.item_counts)
        by_id = rated[np.argsort(id_ranks(pairs.items)[rated])]
        count = held_count(len(rated), self.book_share, "books")
        drawn = np.random.default_rng(self.seed).permutation(len(rated))[:count]
        cold = np.zeros(len(pairs.items), np.bool_)
        cold[by_id[drawn]] = True
        held = cold[pairs.histories.items]
        nothing = len(pairs.users) - len(np.unique(pairs.histories.rows[held]))
        return divided(
            pairs,
            unrated(catalogue, cold),
            ~held,
            ~held,
            held,
            {"no held-out book": nothing},
            {"books without a rating in training": count},
        )


def unrated(catalogue: Catalogue, books: Marks) -> Catalogue:
    """The catalogue without what the world's readers think of some books; marks (n_items,)."""
    return replace(
        catalogue,
        counts=np.where(books, np.nan, catalogue.counts),
        means=np.where(books, np.nan, catalogue.means),
        liked=np.where(books, np.nan, catalogue.liked),
    )
