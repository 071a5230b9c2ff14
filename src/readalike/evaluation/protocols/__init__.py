"""What every way of asking has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.errors import SettingError
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


def refuse_below(name: str, value: int, least: int) -> None:
    """Refuses a setting of a protocol that is less than the least it may be.

    Raises:
        SettingError: It is.
    """
    if value < least:
        raise SettingError(f"{name} must be a whole number, at least {least}, got {value}")


def refuse_no_share(name: str, value: float) -> None:
    """Refuses a share that would leave nothing on one of two sides.

    Raises:
        SettingError: It is not between 0 and 1.
    """
    if not 0 < value < 1:
        raise SettingError(f"{name} must be between 0 and 1, got {value:g}")
