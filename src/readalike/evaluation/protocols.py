"""What every way of asking has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.data.rows import RatingRows
from readalike.evaluation.questions import Task


class Protocol(ABC):
    """Divides a data set into what is learnt from and what is asked.

    All books of the catalogue that a reader has not read are candidates. Ranking the right
    answer among a few sampled books is not offered: it puts models into another order
    [Krichene and Rendle 2020].
    """

    name: ClassVar[str]

    @abstractmethod
    def describe(self) -> str:
        """What is done, in one paragraph."""

    def parts(self) -> tuple[Protocol, ...]:
        """The protocols whose tasks make up the evaluation: itself, unless it says otherwise."""
        return (self,)

    @abstractmethod
    def prepare(self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None) -> Task:
        """The table to learn from and the questions.

        Args:
            ratings: The data set, one rating a pair.
            catalogue: What is known of its books.
            rows: The rows it was made of, where they are kept.

        Raises:
            InputError: The data set cannot be divided like this.
        """
