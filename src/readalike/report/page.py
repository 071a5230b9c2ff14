"""The page of some reports: what its template shows of each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from readalike.report.definitions import definition, headline
from readalike.report.drawing import LONGEST, styles_of
from readalike.report.figures import (
    Styles,
    by_coverage,
    by_time,
    calibration,
    learning_curve,
    segments,
    star_curve,
    star_segments,
)
from readalike.report.tables import accuracy_table, lists_table, pairs_table, stars_table
from readalike.report.verdict import rankings_of, verdict
from readalike.report.wording import history_of

if TYPE_CHECKING:
    from readalike.evaluation import Report, Result

TITLE = "How good the recommendations are"

_ENVIRONMENT = Environment(
    loader=PackageLoader("readalike.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters["pieces"] = re.compile("[^,:]*[,:]?").findall
"""Where a long name may go on in the next line."""


class Count(NamedTuple):
    """A number to know: what was counted, and with how many books known, in words."""

    history: str
    what: str
    number: int


def page_of(reports: Sequence[Report], made: str | None) -> str:
    """The page of at least one report, with the date to print."""
    algorithms = tuple(dict.fromkeys(name for report in reports for name in report.algorithms))
    styles = styles_of(algorithms)
    measures = (
        name
        for report in reports
        for result in report.results
        for name in (*result.estimates, *result.catalogue)
    )
    page = _ENVIRONMENT.get_template("page.html").render(
        title=TITLE,
        made=made,
        sections=[section(f"report-{k}", each, styles) for k, each in enumerate(reports, start=1)],
        definitions={name: definition(name) for name in measures},
        numbers={name: f"#{k}" for k, name in enumerate(algorithms, 1) if len(name) > LONGEST},
    )
    return f"{page}\n"


def section(key: str, report: Report, styles: Styles) -> dict[str, Any]:
    """What the template shows of one report, by the names it uses; None is left out."""
    rankings = rankings_of(report)
    measure = headline(report.measures)
    curve, costs = None, []
    if measure is not None:
        curve = learning_curve(f"{key}-curve", report, measure, styles)
        costs = [
            by_time(f"{key}-time", report, measure, styles),
            by_coverage(f"{key}-coverage", report, measure, styles),
        ]
    return {
        "key": key,
        "report": report,
        "verdict": verdict(report, rankings),
        "curve": curve,
        "accuracy": accuracy_table(report, rankings),
        "pairs": pairs_table(rankings),
        "costs": [picture for picture in costs if picture is not None],
        "segments": [
            *segments(f"{key}-segments", report, styles),
            *star_segments(f"{key}-star-segments", report, styles),
        ],
        "lists": lists_table(report),
        "star_curve": star_curve(f"{key}-star-curve", report, styles),
        "stars": stars_table(report),
        "calibration": calibration(f"{key}-calibration", report, styles),
        "left_out": list(_counts(report, lambda result: result.left_out)),
        "notes": list(_counts(report, lambda result: result.notes)),
        "settings": {result.algorithm: result.settings for result in report.results},
    }


def _counts(report: Report, of: Callable[[Result], Mapping[str, int]]) -> Iterator[Count]:
    """The numbers of each length, once where all algorithms have the same."""
    for given in report.lengths:
        found = dict.fromkeys(item for result in report.at(given) for item in of(result).items())
        yield from (Count(history_of(given), what, number) for what, number in found if number)
