"""Puts a page together: reports in, HTML out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from readalike.pages.bars import segments, star_segments
from readalike.pages.cells import Table
from readalike.pages.content import Content
from readalike.pages.costs import by_coverage, by_time
from readalike.pages.curves import calibration, learning_curve, star_curve
from readalike.pages.definitions import Definition, definition, headline
from readalike.pages.figure import Picture
from readalike.pages.looks import LONGEST, Look, looks
from readalike.pages.standing import Compare, standings
from readalike.pages.tables import accuracy, lists, pairs, stars
from readalike.pages.verdict import Verdict, told, verdict

TITLE = "How good the recommendations are"

_ENVIRONMENT = Environment(
    loader=PackageLoader("readalike.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["pieces"] = re.compile("[^,:]*[,:]?").findall
"""Where a long name may go on in the next line."""


@dataclass(frozen=True)
class Count:
    """A number to know, with what it is of.

    Attributes:
        given: How many books were told, in words; empty where that is not fixed.
        what: What was counted.
        number: How many there are.
    """

    given: str
    what: str
    number: int


@dataclass(frozen=True)
class Section:
    """All that a page shows of one report.

    Attributes:
        key: Its name in the page.
        content: The report.
        verdict: What came out.
        accuracy: How well right answers were found, where it was measured.
        pairs: The best against the others, where they were compared.
        lists: What the lists are like, where it was measured.
        stars: How far forecasts are off, where there are some.
        curve: The learning curve, where there are several lengths.
        costs: What accuracy costs.
        segments: Whom it is good for, and which forecasts are.
        star_curve: The learning curve of forecasts, where histories are of several lengths.
        calibration: Forecasts beside stars, where the report has them.
        left_out: Readers who do not count, by reason.
        told: Other things to know.
    """

    key: str
    content: Content
    verdict: Verdict
    accuracy: Table | None
    pairs: Table | None
    lists: Table | None
    stars: Table | None
    curve: Picture | None
    costs: tuple[Picture, ...]
    segments: tuple[Picture, ...]
    star_curve: Picture | None
    calibration: Picture | None
    left_out: tuple[Count, ...]
    told: tuple[Count, ...]

    @property
    def settings(self) -> dict[str, Mapping[str, object]]:
        """Settings of each algorithm."""
        return {entry.algorithm: entry.settings for entry in self.content.entries}


def page_of(contents: Sequence[Content], compare: Compare | None, made: str | None) -> str:
    """The page of some reports.

    Args:
        contents: At least one.
        compare: Compares two algorithms of the first report reader by reader.
        made: When, as it is to be printed.
    """
    names = tuple(dict.fromkeys(name for content in contents for name in content.algorithms))
    drawn = looks(names)
    sections = [
        section(f"report-{k + 1}", content, compare if k == 0 else None, drawn)
        for k, content in enumerate(contents)
    ]
    page = _ENVIRONMENT.get_template("page.html").render(
        title=TITLE,
        made=made,
        sections=sections,
        definitions=_definitions(contents),
        numbers={name: f"#{k + 1}" for k, name in enumerate(names) if len(name) > LONGEST},
    )
    return f"{page}\n"


def section(key: str, content: Content, compare: Compare | None, drawn: dict[str, Look]) -> Section:
    """What a page shows of one report.

    Args:
        key: Its name in the page.
        content: The report.
        compare: Compares two of its algorithms reader by reader.
        drawn: How each algorithm is drawn.
    """
    found = standings(content, compare)
    measure = headline(content.measures)
    curve, costs = None, []
    if measure is not None:
        curve = learning_curve(f"{key}-curve", content, measure, drawn)
        costs = [
            by_time(f"{key}-time", content, measure, drawn),
            by_coverage(f"{key}-coverage", content, measure, drawn),
        ]
    return Section(
        key,
        content,
        verdict(content, found),
        accuracy(content, found),
        pairs(found),
        lists(content),
        stars(content),
        curve,
        tuple(picture for picture in costs if picture is not None),
        (
            *segments(f"{key}-segments", content, drawn),
            *star_segments(f"{key}-star-segments", content, drawn),
        ),
        star_curve(f"{key}-star-curve", content, drawn),
        calibration(f"{key}-calibration", content, drawn),
        tuple(_counts(content, "left_out")),
        tuple(_counts(content, "told")),
    )


def _counts(content: Content, kind: str) -> Iterator[Count]:
    """The numbers of each length, once where all algorithms have the same."""
    for given in content.lengths:
        found = dict.fromkeys(
            item for entry in content.at(given) for item in getattr(entry, kind).items()
        )
        yield from (Count(told(given), what, number) for what, number in found if number)


def _definitions(contents: Sequence[Content]) -> dict[str, Definition]:
    names = (
        name
        for content in contents
        for entry in content.entries
        for name in (*entry.measures, *entry.catalogue)
    )
    return {name: definition(name) for name in names}
