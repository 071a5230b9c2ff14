"""What a report says, as values to draw and print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readalike.numerics.intervals import Interval


@dataclass(frozen=True)
class Segment:
    """What an algorithm reached for some of the readers, or of the forecasts.

    Attributes:
        by: What divides them, such as `history length`.
        name: Which of them these are.
        readers: How many they are.
        measures: Means with intervals, by name.
    """

    by: str
    name: str
    readers: int
    measures: Mapping[str, Interval]


@dataclass(frozen=True)
class Step:
    """Forecasts of about as many stars, beside the stars that readers gave.

    Attributes:
        forecast: Mean of the forecasts.
        stars: Mean of the stars.
        rows: How many there are.
    """

    forecast: float
    stars: float
    rows: int


@dataclass(frozen=True)
class Entry:
    """One algorithm's result for one set of questions.

    Attributes:
        algorithm: The name it was measured under.
        settings: Its settings.
        given: How many books of each reader it was told, where that is fixed.
        readers: How many readers count.
        measures: Means with intervals, by name; what has no number is left out.
        catalogue: What all lists together are like, by name.
        segments: The same for some of the readers, in the order of the report.
        left_out: Readers who do not count, by reason.
        told: Other things to know, with their numbers.
        fit_seconds: Time of learning.
        rank_seconds: Time of scoring and listing.
        forecasts: How many stars were forecast, by what is counted.
        calibration: Forecasts beside stars, where the report has them.
        star_segments: Errors of some of the forecasts, in the order of the report.
    """

    algorithm: str
    settings: Mapping[str, object]
    given: int | None
    readers: int
    measures: Mapping[str, Interval]
    catalogue: Mapping[str, float]
    segments: tuple[Segment, ...]
    left_out: Mapping[str, int]
    told: Mapping[str, int]
    fit_seconds: float
    rank_seconds: float
    forecasts: Mapping[str, int]
    calibration: tuple[Step, ...]
    star_segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Content:
    """One report.

    Attributes:
        protocol: Name of the protocol.
        description: What was done, in one paragraph.
        data: Fingerprints by what they are of.
        seed: Drew the order of equal scores and the intervals.
        version: The library that measured, where the report says so.
        per_reader: Name and SHA-256 of the file of each reader's values, where there is one.
        entries: One for each algorithm and given length; at least one.
    """

    protocol: str
    description: str
    data: Mapping[str, str]
    seed: int
    version: str | None
    per_reader: Mapping[str, str]
    entries: tuple[Entry, ...]

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Each once, in the order of the report."""
        return tuple(dict.fromkeys(entry.algorithm for entry in self.entries))

    @property
    def lengths(self) -> tuple[int | None, ...]:
        """How many books were told, ascending; None where that is not fixed."""
        return tuple(
            sorted({entry.given for entry in self.entries}, key=lambda h: -1 if h is None else h)
        )

    @property
    def middle(self) -> int | None:
        """The length that stands for all where only one can be shown."""
        return self.lengths[len(self.lengths) // 2]

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of all measures, in the order of the report."""
        return tuple(dict.fromkeys(name for entry in self.entries for name in entry.measures))

    @property
    def forecasters(self) -> tuple[Entry, ...]:
        """One entry of each algorithm that forecasts stars, which no length changes."""
        first: dict[str, Entry] = {}
        for entry in self.entries:
            if "rmse" in entry.measures:
                first.setdefault(entry.algorithm, entry)
        return tuple(first.values())

    def at(self, given: int | None) -> tuple[Entry, ...]:
        """The entries of one length."""
        return tuple(entry for entry in self.entries if entry.given == given)
