"""The verdict of a report: who is best, by how much, and who cannot be told from the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from readalike.numerics.intervals import Interval, Paired
from readalike.report.definitions import STARS, definition, headline
from readalike.report.wording import decimals_of, history_of, joined, number, span

if TYPE_CHECKING:
    from readalike.evaluation import Report, Result

Compare = Callable[[str, str, str, int | None], Paired]
"""First less second algorithm, by a measure, given a length: `Report.compare`."""


@dataclass(frozen=True)
class Rival:
    """One that is not first."""

    result: Result
    tied: bool
    paired: Paired | None


@dataclass(frozen=True)
class Ranking:
    """The order of the algorithms by one measure."""

    measure: str
    first: Result
    rivals: tuple[Rival, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All algorithms, best first."""
        return (self.first.algorithm, *(rival.result.algorithm for rival in self.rivals))

    @property
    def tied(self) -> frozenset[str]:
        """Names of those that cannot be told from the first."""
        return frozenset(rival.result.algorithm for rival in self.rivals if rival.tied)

    @property
    def interval(self) -> Interval:
        """What the first reaches."""
        return self.first.estimates[self.measure]

    @property
    def prefix(self) -> str:
        """Begins a sentence with how many books were known, where that is fixed."""
        history = history_of(self.first.given).capitalize()
        return f"{history}: " if history else ""


@dataclass(frozen=True)
class Verdict:
    """What came out."""

    lead: str
    details: tuple[str, ...]


def rank(results: Sequence[Result], measure: str, compare: Compare | None = None) -> Ranking | None:
    """Orders results of one length by a measure; None where none has it.

    Two are tied where the paired interval of their difference holds 0, or, where they are not
    compared reader by reader, where their intervals overlap.
    """
    better = definition(measure).better
    order = sorted(
        (result for result in results if measure in result.estimates),
        key=lambda result: -better * result.estimates[measure].mean,
    )
    if not order or not better:
        return None
    first, *others = order
    best = first.estimates[measure]
    rivals = []
    for other in others:
        paired = None
        tied = overlap(best, other.estimates[measure])
        if compare is not None:
            paired = compare(first.algorithm, other.algorithm, measure, other.given)
            tied = not paired.certain
        rivals.append(Rival(other, tied, paired))
    return Ranking(measure, first, tuple(rivals))


def rankings_of(report: Report) -> tuple[Ranking, ...]:
    """The order at each length, by the measure that the verdict goes by.

    Forecasts are not compared reader by reader: their errors are means over rows.
    """
    measure = headline(report.measures)
    if measure is None:
        return ()
    compare = None if definition(measure).group == STARS else report.compare
    found = (rank(report.at(given), measure, compare) for given in report.lengths)
    return tuple(ranking for ranking in found if ranking is not None)


def overlap(one: Interval, other: Interval) -> bool:
    """Whether two intervals have a value in common."""
    return one.low <= other.high and other.low <= one.high


def verdict(report: Report, rankings: Sequence[Ranking]) -> Verdict:
    """Says who is best by the measure of the rankings, and by how much."""
    if not rankings:
        return Verdict("None of these measures says which algorithm is better.", ())
    details = [f"{ranking.prefix}{_sentence(ranking)}" for ranking in rankings]
    lead = _overall(rankings) if len(details) > 1 else details.pop()
    if definition(rankings[0].measure).group != STARS:
        stars = rank(report.forecasters, "rmse")
        details += [f"Stars: {_sentence(stars)}"] if stars else []
    return Verdict(lead, tuple(details))


def _overall(rankings: Sequence[Ranking]) -> str:
    first = rankings[0]
    label = definition(first.measure).label
    alone = {None if ranking.tied else ranking.first.algorithm for ranking in rankings}
    firsts = {ranking.first.algorithm for ranking in rankings}
    leading = (ranking.tied | {ranking.first.algorithm} for ranking in rankings)
    always = frozenset.intersection(*leading)
    if not first.rivals:
        return f"Only {first.first.algorithm} was measured, so there is nothing to compare."
    if len(alone) == 1 and None not in alone:
        return f"{first.first.algorithm} is best by {label}, however many books it is told."
    if len(firsts) == 1:
        return (
            f"{first.first.algorithm} has the highest {label}, however many books it is told, "
            "but not always by more than chance."
        )
    if always:
        places = {name: sum(each.names.index(name) for each in rankings) for name in always}
        names = sorted(always, key=lambda name: (places[name], name))
        is_or_are = "is" if len(names) == 1 else "are"
        return f"{joined(names)} {is_or_are} first or tied first by {label} at every length."
    return f"Which algorithm is best by {label} depends on how many books it is told."


def _sentence(ranking: Ranking) -> str:
    label = definition(ranking.measure).label
    value = ranking.interval
    decimals = decimals_of([value.mean])
    name = ranking.first.algorithm
    reached = f"{label} {number(value.mean, decimals)} (95 % interval {span(value, decimals - 1)})"
    if not ranking.rivals:
        return f"{name} reaches {reached}; nothing was measured beside it."
    tied = [rival.result.algorithm for rival in ranking.rivals if rival.tied]
    if tied:
        text = f"{name} is first with {reached}, not surely ahead of {joined(tied)}"
    else:
        text = f"{name} is best with {reached}"
    after = next((rival for rival in ranking.rivals if not rival.tied), None)
    if after is None:
        return f"{text}."
    other = after.result.estimates[ranking.measure].mean
    if after.paired is not None:
        gap = after.paired.difference
        how = f"{number(gap.mean, decimals)} (paired 95 % interval {span(gap, decimals)})"
    else:
        how = f"{number(abs(value.mean - other), decimals)} (their intervals do not overlap)"
    return f"{text}; it is ahead of {after.result.algorithm} by {how}{_share(value.mean, other)}."


def _share(first: float, other: float) -> str:
    """How much better, of a measure of which more is better and that is not next to nothing."""
    if not 0 < other < first or first > 10 * other:
        return ""
    return f", {first / other - 1:.0%} more".replace("%", " %")
