"""Who is best, by how much, and who cannot be told from the best."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from readalike.numerics.intervals import Interval, Paired
from readalike.pages.content import Content, Entry
from readalike.pages.definitions import STARS, definition, headline

Compare = Callable[[str, str, str, int | None], Paired]
"""First less second algorithm, by a measure, given a length: `Report.compare`."""


@dataclass(frozen=True)
class Rival:
    """One that is not first.

    Attributes:
        entry: Its result.
        tied: Whether it cannot be told from the first.
        paired: The first less this one, reader by reader, where they were compared.
    """

    entry: Entry
    tied: bool
    paired: Paired | None


@dataclass(frozen=True)
class Standing:
    """The order of the algorithms by one measure.

    Attributes:
        measure: Its name.
        given: How many books were told, where that is fixed.
        first: The best.
        rivals: The others, best first.
    """

    measure: str
    given: int | None
    first: Entry
    rivals: tuple[Rival, ...]

    @property
    def tied(self) -> frozenset[str]:
        """Names of those that cannot be told from the first."""
        return frozenset(rival.entry.algorithm for rival in self.rivals if rival.tied)

    @property
    def leading(self) -> frozenset[str]:
        """Names of the first and of those that cannot be told from it."""
        return self.tied | {self.first.algorithm}


def standing(entries: Iterable[Entry], measure: str, compare: Compare | None) -> Standing | None:
    """Orders entries of one length by a measure; None where fewer than one has it.

    Two are tied where the paired interval of their difference holds 0, or, where they were not
    compared reader by reader, where their intervals overlap.

    Args:
        entries: Results for the same questions.
        measure: Its name; one that is better neither way orders nothing.
        compare: Compares two of them reader by reader.
    """
    better = definition(measure).better
    order = sorted(
        (entry for entry in entries if measure in entry.measures),
        key=lambda entry: -better * entry.measures[measure].mean,
    )
    if not order or not better:
        return None
    first = order[0]
    best = first.measures[measure]
    rivals = []
    for entry in order[1:]:
        paired = None
        if compare is not None:
            paired = compare(first.algorithm, entry.algorithm, measure, entry.given)
        tied = overlap(best, entry.measures[measure]) if paired is None else not paired.certain
        rivals.append(Rival(entry, tied, paired))
    return Standing(measure, first.given, first, tuple(rivals))


def standings(content: Content, compare: Compare | None) -> tuple[Standing, ...]:
    """One for each length, by the measure that the verdict goes by.

    Forecasts are not compared reader by reader: their errors are means over rows.
    """
    measure = headline(content.measures)
    if measure is None:
        return ()
    if definition(measure).group == STARS:
        compare = None
    found = (standing(content.at(given), measure, compare) for given in content.lengths)
    return tuple(each for each in found if each is not None)


def overlap(one: Interval, other: Interval) -> bool:
    """Whether two intervals have a value in common."""
    return one.low <= other.high and other.low <= one.high
