"""Which readers of the training table the settings are judged on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.load import Dataset
from readalike.data.ratings import Ratings
from readalike.data.rows import RatingRows
from readalike.errors import InputError, SettingError
from readalike.evaluation.new_readers import NewReaders
from readalike.evaluation.protocols import Protocol
from readalike.evaluation.questions import Task
from readalike.evaluation.strong import StrongGeneralisation

READER_SHARE = 0.2
MOST_READERS = 2000
"""Enough to tell settings apart by a hundredth; more would only make each trial slower."""

GIVEN = (5, 20)
"""How many books of new readers are told, each on its own."""

PROTOCOLS = (StrongGeneralisation.name, NewReaders.name)


def validation(name: str, ratings: Ratings, seed: int) -> Protocol:
    """The protocol that holds out some of the readers, a fifth of them but at most 2,000.

    By strong generalisation the model is told most of what each has read; as new readers only
    5 and 20 books, drawn by the seed, which is for settings that matter to short histories.

    Args:
        name: One of `PROTOCOLS`.
        ratings: The training table.
        seed: Draws the readers and which of their books are told.

    Raises:
        SettingError: No such protocol.
        InputError: Nobody has read enough to be asked as a new reader.
    """
    if name not in PROTOCOLS:
        raise SettingError(
            f"the protocol of a search must be one of {', '.join(PROTOCOLS)}, got {name!r}"
        )
    share = share_of(len(ratings.users))
    if name == StrongGeneralisation.name:
        return StrongGeneralisation(share, seed=seed)
    by_id = np.array(sorted(range(len(ratings.users)), key=ratings.users.ids.__getitem__), int)
    drawn = np.random.default_rng(seed).permutation(by_id)[: max(1, int(share * len(by_id)))]
    readers = ratings.take(drawn)
    longest = int(readers.histories.lengths.max(initial=0))
    if longest <= max(GIVEN):
        raise InputError(
            f"a reader of more than {max(GIVEN)} books must be among the {len(drawn)} held out, "
            f"got at most {longest} books; hold out by --protocol {StrongGeneralisation.name}"
        )
    return NewReaders(readers, GIVEN, seed)


def share_of(readers: int) -> float:
    """The share of so many readers that is held out."""
    return READER_SHARE if readers * READER_SHARE <= MOST_READERS else MOST_READERS / readers


@dataclass(frozen=True, eq=False)
class Prepared(Protocol):
    """A protocol that has divided its data set already: every trial is asked the same.

    Attributes:
        protocol: What divided it.
        task: What came of it, without the questions for stars.
    """

    name: ClassVar[str] = "prepared"

    protocol: Protocol
    task: Task

    @classmethod
    def of(cls, protocol: Protocol, dataset: Dataset) -> Prepared:
        """Divides the data set.

        Raises:
            InputError: It cannot be divided like this.
        """
        task = protocol.prepare(dataset.ratings, dataset.catalogue, dataset.rows)
        return cls(protocol, replace(task, star_questions=None))

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return f"Every trial is asked for the same lists of books. {self.protocol.describe()}"

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """The task that was made of this data set."""
        return self.task
