"""Readers held out of training altogether, most of each history given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.evaluation.protocols import Protocol, refuse_below, refuse_no_share
from readalike.evaluation.questions import Task
from readalike.evaluation.splits import canonical, divided, drawn_order, held_count


@dataclass(frozen=True)
class StrongGeneralisation(Protocol):
    """Some of the table's own readers as strangers [Marlin 2004; Liang et al. 2018].

    Readers, and the books of each, are drawn in the order of their ids: rows in any order give
    the same figures, bit by bit. Other names draw other readers unless they sort alike;
    figures then move as they do with another seed.

    Attributes:
        reader_share: Share of the readers held out of training.
        given_share: Share of each one's books that the model is told.
        seed: Draws the readers, and which of their books are told.
    """

    name: ClassVar[str] = "strong"

    reader_share: float = 0.1
    given_share: float = 0.8
    seed: int = 0

    def __post_init__(self) -> None:
        refuse_no_share("reader_share", self.reader_share)
        refuse_no_share("given_share", self.given_share)
        refuse_below("seed", self.seed, 0)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return (
            f"Strong generalisation: {self.reader_share:.0%} of the readers are drawn at random "
            f"(seed {self.seed}) and held out; every model learns from the others and has seen "
            f"nothing of them. Of each, the model is told {self.given_share:.0%} of the books, "
            "drawn at random, rounded down but at least one. Right is a book of the rest that "
            "the reader liked; all books that were not told are ranked, and readers with no "
            "right answer are counted and left out of the means. Stars are forecast for every "
            "pair of the rest that has them. It answers how well a model serves readers who are "
            "not in its table, without a second table of readers. It cannot answer what comes "
            "next, nor how the first few books fare: the books told are drawn without regard to "
            "time, so that books read right before and after them are among the answers, which "
            "is easier than finding later ones, and histories are as long as they are. Equal "
            "scores are listed in an order drawn by the seed of the evaluation."
        )

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """Draws the readers and the books that are told.

        Raises:
            InputError: Too few readers, or no book to find was liked.
        """
        everybody = canonical(ratings)
        count = held_count(len(everybody.users), self.reader_share, "readers")
        strangers = np.zeros(len(everybody.users), np.bool_)
        draw = np.random.default_rng(self.seed)
        strangers[draw.permutation(len(everybody.users))[:count]] = True
        histories = drawn_order(everybody.histories, draw)
        pairs = Ratings(histories, everybody.users, everybody.items, everybody.scale)
        lengths = histories.lengths
        given = np.maximum(np.floor(lengths * self.given_share + 1e-9), 1)
        told = histories.places < np.repeat(given, lengths)
        stranger = np.repeat(strangers, lengths)
        return divided(
            pairs,
            catalogue,
            ~stranger,
            stranger & told,
            stranger & ~told,
            {"fewer than 2 books": int((strangers & (lengths < 2)).sum())},
            {"readers held out of training": count},
        )
