"""The figures that are points: what accuracy costs in time, and in variety."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from readalike.pages.content import Content, Entry
from readalike.pages.definitions import definition
from readalike.pages.figure import Picture, picture
from readalike.pages.looks import Look
from readalike.pages.points import Point, draw_points
from readalike.pages.verdict import told

SIZE = (5.2, 3.7)
SHORTEST = 0.001
"""Seconds: less than this is drawn as this."""


def by_time(key: str, content: Content, measure: str, looks: dict[str, Look]) -> Picture | None:
    """A measure by the time of learning; None where nothing has the measure.

    Args:
        key: Name of the figure in the page.
        content: The report.
        measure: Name of the measure.
        looks: How each algorithm is drawn.
    """
    found = _points(content, measure, looks, lambda entry: max(entry.fit_seconds, SHORTEST))
    if not found:
        return None

    def scale(axes: Axes) -> None:
        costs = [point.cost for point in found]
        low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
        axes.set_xscale("log")
        axes.set_xlim(10.0**low * 0.8, 10.0 ** max(high, low + 1) * 1.25)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: f"{seconds:g}"))
        axes.set_xlabel("seconds of learning (each line: ten times as long)")

    return _picture(key, content, measure, found, "the time of learning", scale)


def by_coverage(key: str, content: Content, measure: str, looks: dict[str, Look]) -> Picture | None:
    """A measure by the share of the catalogue in any list; None where it was not measured.

    Args:
        key: Name of the figure in the page.
        content: The report.
        measure: Name of the measure.
        looks: How each algorithm is drawn.
    """
    names = [name for entry in content.entries for name in entry.catalogue]
    coverage = next((name for name in names if name.partition("@")[0] == "coverage"), None)
    if coverage is None:
        return None
    found = _points(content, measure, looks, lambda entry: entry.catalogue.get(coverage))
    if not found:
        return None

    def scale(axes: Axes) -> None:
        axes.set_xlim(0, 1.08 * max(point.cost for point in found) or 1)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))
        axes.set_xlabel(f"books in any list ({definition(coverage).label})")

    return _picture(key, content, measure, found, "the share of the catalogue shown", scale)


def _points(
    content: Content,
    measure: str,
    looks: dict[str, Look],
    cost: Callable[[Entry], float | None],
) -> list[Point]:
    return [
        Point(looks[entry.algorithm], at, entry.measures[measure])
        for entry in content.at(content.middle)
        if measure in entry.measures and (at := cost(entry)) is not None
    ]


def _picture(
    key: str,
    content: Content,
    measure: str,
    found: Sequence[Point],
    what: str,
    scale: Callable[[Axes], None],
) -> Picture:
    label = definition(measure).label
    where = f", {told(content.middle)}" if content.middle is not None else ""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        scale(axes)
        axes.set_ylabel(f"{label}{where}")
        draw_points(figure, axes, found)

    return picture(
        key,
        f"{label} by {what}{where}",
        f"A point with its interval for each of {len(found)} algorithms.",
        SIZE,
        draw,
    )
