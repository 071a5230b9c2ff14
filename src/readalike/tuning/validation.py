"""What of the training table the settings are judged on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import RatingRows, Ratings
from readalike.errors import InputError, SettingError
from readalike.evaluation.protocols import HeldOut, NewReaders, Protocol, StrongGeneralisation
from readalike.evaluation.questions import Task
from readalike.tables.dataset import Dataset
from readalike.tuning import heldstars
from readalike.tuning.aim import Aim
from readalike.tuning.heldstars import HeldOutStars

READER_SHARE = 0.2
MOST_READERS = 2000
"""Enough to tell settings apart by a hundredth; more would only make each trial slower."""

GIVEN = (5, 20)
"""How many books of new readers are told, each on its own."""

Maker = Callable[[Ratings, int], Protocol]
"""Of a training table and a seed."""


def strong(ratings: Ratings, seed: int) -> StrongGeneralisation:
    """A fifth of the readers, at most 2,000, told most of what each has read."""
    return StrongGeneralisation(share_of(len(ratings.users)), seed=seed)


def new_readers(ratings: Ratings, seed: int) -> NewReaders:
    """As many readers, told 5 and 20 books: for settings that matter to short histories.

    Raises:
        InputError: Nobody has read enough.
    """
    share = share_of(len(ratings.users))
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


def held_out(ratings: Ratings, seed: int) -> HeldOutStars:
    """A tenth of the ratings, at most 100,000."""
    return HeldOutStars(HeldOut(heldstars.share_of(len(ratings)), seed))


def share_of(readers: int) -> float:
    """The share of so many readers that is held out."""
    return READER_SHARE if readers * READER_SHARE <= MOST_READERS else MOST_READERS / readers


LISTS: Mapping[str, Maker] = {StrongGeneralisation.name: strong, NewReaders.name: new_readers}
"""What holds readers out, to be asked for lists of books."""
STARS: Mapping[str, Maker] = {HeldOutStars.name: held_out}
"""What holds ratings out, to be forecast."""
PROTOCOLS: Mapping[str, Maker] = {**LISTS, **STARS}


def validation(
    name: str, ratings: Ratings, seed: int, known: Mapping[str, Maker] = PROTOCOLS
) -> Protocol:
    """The protocol that holds something out of the training table.

    Args:
        name: One of `PROTOCOLS`.
        ratings: The training table.
        seed: Draws what is held out, and which books of a reader are told.
        known: The protocols that can be meant, by name.

    Raises:
        SettingError: No such protocol.
        InputError: Nobody has read enough to be asked as a new reader.
    """
    if name not in known:
        raise SettingError(
            f"the protocol of a search must be one of {', '.join(known)}, got {name!r}"
        )
    return known[name](ratings, seed)


@dataclass(frozen=True, eq=False)
class Prepared(Protocol):
    """A protocol that has divided its data set already: every trial is asked the same.

    Attributes:
        protocol: What divided it.
        task: What came of it, with the questions that the aim says something of.
        asks: What every trial is asked for, in words.
    """

    name: ClassVar[str] = "prepared"

    protocol: Protocol
    task: Task
    asks: str

    @classmethod
    def of(cls, protocol: Protocol, dataset: Dataset, aim: Aim) -> Prepared:
        """Divides the data set.

        Raises:
            InputError: It cannot be divided like this.
        """
        task = protocol.prepare(dataset.ratings, dataset.catalogue, dataset.rows)
        return cls(protocol, aim.questions(task), aim.asks)

    def describe(self) -> str:
        """What is done, in one paragraph."""
        return f"Every trial is asked for the same {self.asks}. {self.protocol.describe()}"

    def prepare(
        self, ratings: Ratings, catalogue: Catalogue, rows: RatingRows | None = None
    ) -> Task:
        """The task that was made of this data set."""
        return self.task
