"""The verdict of a report, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from readalike.pages.content import Content
from readalike.pages.definitions import STARS, definition
from readalike.pages.standing import Standing, standing
from readalike.pages.wording import listed, number, places, span
from readalike.tables.account import counted


@dataclass(frozen=True)
class Verdict:
    """What came out.

    Attributes:
        lead: Who is best and by how much, in one sentence or two.
        details: One sentence for each length, where there are several.
    """

    lead: str
    details: tuple[str, ...]


def verdict(content: Content, found: Sequence[Standing]) -> Verdict:
    """Says who is best by the measure that counts, and by how much.

    Args:
        content: The report.
        found: Who is best at each length by the measure that counts.
    """
    if not found:
        return Verdict("None of these measures says which algorithm is better.", ())
    forecasts = _forecasts(content) if definition(found[0].measure).group != STARS else ()
    if len(found) == 1:
        return Verdict(_of_one(found[0]), forecasts)
    return Verdict(_overall(found), (*(_of_one(each) for each in found), *forecasts))


def told(given: int | None) -> str:
    """How many books the models knew of each reader."""
    return f"told {counted(given, 'book')}" if given is not None else ""


def _overall(found: Sequence[Standing]) -> str:
    label = definition(found[0].measure).label
    alone = {each.first.algorithm if not each.tied else None for each in found}
    firsts = {each.first.algorithm for each in found}
    always = frozenset.intersection(*(each.leading for each in found))
    if len(found[0].leading | {r.entry.algorithm for r in found[0].rivals}) == 1:
        return f"Only {found[0].first.algorithm} was measured, so there is nothing to compare."
    if len(alone) == 1 and None not in alone:
        return f"{found[0].first.algorithm} is best by {label}, however many books it is told."
    if len(firsts) == 1:
        return (
            f"{found[0].first.algorithm} has the highest {label}, however many books it is told, "
            "but not always by more than chance."
        )
    if always:
        names = sorted(always, key=lambda name: _mean_rank(name, found))
        is_or_are = "is" if len(names) == 1 else "are"
        return f"{listed(names)} {is_or_are} first or tied first by {label} at every length."
    return f"Which algorithm is best by {label} depends on how many books it is told."


def _mean_rank(name: str, found: Sequence[Standing]) -> tuple[int, str]:
    ranks = [
        [each.first.algorithm, *(rival.entry.algorithm for rival in each.rivals)].index(name)
        for each in found
    ]
    return sum(ranks), name


def _of_one(found: Standing) -> str:
    label = definition(found.measure).label
    value = found.first.measures[found.measure]
    decimals = places([value.mean])
    name = found.first.algorithm
    start = f"{told(found.given).capitalize()}: " if found.given is not None else ""
    own = f"{label} {number(value.mean, decimals)} (95 % interval {span(value, decimals - 1)})"
    if not found.rivals:
        return f"{start}{name} reaches {own}; nothing was measured beside it."
    after = next((rival for rival in found.rivals if not rival.tied), None)
    if found.tied:
        tied = [rival.entry.algorithm for rival in found.rivals if rival.tied]
        text = f"{start}{name} is first with {own}, not surely ahead of {listed(tied)}"
    else:
        text = f"{start}{name} is best with {own}"
    if after is None:
        return f"{text}."
    other = after.entry.measures[found.measure].mean
    if after.paired is not None:
        gap = after.paired.difference
        how = f"{number(gap.mean, decimals)} (paired 95 % interval {span(gap, decimals)})"
    else:
        how = f"{number(abs(value.mean - other), decimals)} (their intervals do not overlap)"
    return f"{text}; it is ahead of {after.entry.algorithm} by {how}{_share(value.mean, other)}."


def _share(first: float, other: float) -> str:
    """How much better, of a measure of which more is better and that is not next to nothing."""
    if not 0 < other < first or first > 10 * other:
        return ""
    return f", {first / other - 1:.0%} more".replace("%", " %")


def _forecasts(content: Content) -> tuple[str, ...]:
    """A sentence on stars, where rankings come first."""
    found = standing(content.forecasters, "rmse", None)
    return () if found is None else (f"Stars: {_of_one(replace(found, given=None))}",)
