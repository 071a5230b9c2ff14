"""What a search is of: an algorithm that ranks, or a rater."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from readalike import algorithms, predictors
from readalike.algorithms.settings import Settings, named
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.evaluation import Measure, Protocol
from readalike.tuning import accuracy, forecasterror
from readalike.tuning.accuracy import Accuracy
from readalike.tuning.aim import Aim
from readalike.tuning.forecasterror import ForecastError
from readalike.tuning.trials import Kind
from readalike.tuning.validation import LISTS, STARS, Maker, validation


@dataclass(frozen=True)
class Subject:
    """A table of settings, and how they are judged.

    Attributes:
        kind: What options and files call it.
        known: The settings by name.
        default: The name where none is given.
        measure: The measure where none is given.
        aim: The aim of a measure's name.
        protocols: How what is asked can be held out, by name; the first where none is given.
    """

    kind: Kind
    known: Mapping[str, type[Settings[Any]]]
    default: str
    measure: str
    aim: Callable[[str | Measure], Aim]
    protocols: Mapping[str, Maker]

    def protocol(self, name: str | None, ratings: Ratings, seed: int) -> Protocol:
        """The protocol of a name, which holds something out of the training table.

        Raises:
            SettingError: No such protocol.
            InputError: Nobody has read enough to be asked as a new reader.
        """
        meant = next(iter(self.protocols)) if name is None else name
        return validation(meant, ratings, seed, self.protocols)


RANKERS = Subject(
    "algorithm",
    algorithms.ALGORITHMS,
    algorithms.DEFAULT,
    accuracy.DEFAULT,
    Accuracy.of,
    LISTS,
)
FORECASTERS = Subject(
    "rater",
    predictors.PREDICTORS,
    predictors.DEFAULT,
    forecasterror.DEFAULT,
    ForecastError.of,
    STARS,
)


def subject_of(algorithm: str | None, rater: str | None) -> tuple[Subject, type[Settings[Any]]]:
    """What is searched, by its name; the default algorithm where neither is given.

    Raises:
        SettingError: Both are given, or the name is unknown.
    """
    if algorithm is not None and rater is not None:
        raise SettingError(
            "--algorithm and --rater do not go together: a search is of one of them, "
            f"got {algorithm!r} and {rater!r}; leave one out"
        )
    subject = RANKERS if rater is None else FORECASTERS
    given = (algorithm, rater, subject.default)
    name = next(each for each in given if each is not None)
    return subject, type(named(subject.known, subject.kind, name, None))
