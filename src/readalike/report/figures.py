"""What each figure of a page shows: curves, costs, and bars for kinds of readers and forecasts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from readalike.report.definitions import definition, headline
from readalike.report.drawing import (
    FAINT,
    FONT,
    INK,
    Line,
    Picture,
    Point,
    Style,
    draw_lines,
    draw_points,
    picture,
)
from readalike.report.wording import decimals_of, history_of, joined, number
from readalike.tables.account import counted

if TYPE_CHECKING:
    from readalike.evaluation import Report, Result, Segment

    Segments = Mapping[str, Sequence[Segment]]
    """The segments of each algorithm."""

Styles = Mapping[str, Style]
"""How each algorithm is drawn."""

CURVE = (7.4, 3.9)
COST = (5.2, 3.7)
WIDTH = 9.6
MARGIN = 0.95
BAR = 0.21
"""Inches: of a curve, of a figure of costs, of bars and their frame, of one bar with its gap."""
LEAST_STEPS = 2
SHORTEST = 0.001
"""Seconds: less than this is drawn as this."""
HISTORY_LENGTH = "history length"
"""The segments that are steps of a curve: `LENGTH` of `readalike.evaluation.segments`."""


def learning_curve(key: str, report: Report, measure: str, styles: Styles) -> Picture | None:
    """A measure by the number of books known; None where there are not several lengths."""
    lengths = [given for given in report.lengths if given is not None]
    if len(lengths) < LEAST_STEPS:
        return None
    lines = []
    for name in report.algorithms:
        reached = {
            given: result.estimates[measure]
            for given in lengths
            for result in report.at(given)
            if result.algorithm == name and measure in result.estimates
        }
        if reached:
            means = [interval.mean for interval in reached.values()]
            lines.append(Line(styles[name], [*reached], means, [*reached.values()]))
    label, ticks = definition(measure).label, [str(given) for given in lengths]
    return _curve(
        key,
        lines,
        title=f"{label} by the number of books told",
        what=f"with a mark at {joined(ticks)} books told. The figures are those of the table of "
        "accuracy.",
        axis_labels=("books that the model was told of each reader", label),
        prepare=lambda axes: axes.set_xticks(lengths, ticks),
    )


def star_curve(key: str, report: Report, styles: Styles) -> Picture | None:
    """RMSE of forecasts by the length of the history; None where there are not several lengths."""
    parts = {
        result.algorithm: {
            part.segment: part
            for part in result.star_segments
            if part.by == HISTORY_LENGTH and "rmse" in part.measures
        }
        for result in report.forecasters
    }
    # the longest list has the order of the lengths; what others lack does not change it
    readers = {
        name: part.readers
        for own in sorted(parts.values(), key=len, reverse=True)
        for name, part in own.items()
    }
    if len(readers) < LEAST_STEPS:
        return None
    lines = []
    for algorithm, own in parts.items():
        steps = [step for step, name in enumerate(readers) if name in own]
        reached = [own[name].measures["rmse"] for name in readers if name in own]
        if reached:
            lines.append(Line(styles[algorithm], steps, [each.mean for each in reached], reached))
    label = definition("rmse").label
    ticks = [f"{name}\n{counted(n, 'reader')}" for name, n in readers.items()]
    return _curve(
        key,
        lines,
        title=f"{label} by {HISTORY_LENGTH}",
        what=f"with a mark at each of: {'; '.join(readers)}.",
        axis_labels=("history that the model was told of each reader", label),
        prepare=lambda axes: axes.set_xticks(range(len(ticks)), ticks),
    )


def calibration(key: str, report: Report, styles: Styles) -> Picture | None:
    """Stars given by stars forecast; None where the report has no such figures."""
    lines = []
    for result in report.forecasters:
        steps = result.errors.steps() if result.errors else []
        steps = sorted(steps, key=lambda step: step["forecast"])
        if steps:
            x, y = ([step[key] for step in steps] for key in ("forecast", "stars"))
            lines.append(Line(styles[result.algorithm], x, y))
    every = [value for line in lines for value in (*line.x, *line.y)]
    ends = [min(every, default=0), max(every, default=0)]
    return _curve(
        key,
        lines,
        title="Stars given by stars forecast",
        what="beside the diagonal on which forecasts are right on average.",
        axis_labels=("stars forecast (mean of about equal forecasts)", "stars given (mean)"),
        prepare=lambda axes: axes.plot(ends, ends, color=FAINT, linewidth=4, zorder=1),
    )


def _curve(
    key: str,
    lines: Sequence[Line],
    *,
    title: str,
    what: str,
    axis_labels: tuple[str, str],
    prepare: Callable[[Axes], object],
) -> Picture | None:
    """Lines on axes that were prepared, and what can be seen there; None without a line."""
    if not lines:
        return None

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot(xlabel=axis_labels[0], ylabel=axis_labels[1])
        prepare(axes)
        draw_lines(figure, axes, lines)

    description = f"A line for each of {len(lines)} algorithms, {what}"
    return picture(key, title=title, description=description, size=CURVE, draw=draw)


def by_time(key: str, report: Report, measure: str, styles: Styles) -> Picture | None:
    """A measure by the time of learning; None where nothing has the measure."""
    points = _points(report, measure, styles, lambda result: max(result.fit_seconds, SHORTEST))
    if not points:
        return None

    def scale(axes: Axes) -> None:
        costs = [point.cost for point in points]
        low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
        axes.set_xscale("log")
        axes.set_xlim(10.0**low * 0.8, 10.0 ** max(high, low + 1) * 1.25)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda seconds, _: f"{seconds:g}"))
        axes.set_xlabel("seconds of learning (each line: ten times as long)")

    return _costs(key, report, measure, points, by="the time of learning", scale=scale)


def by_coverage(key: str, report: Report, measure: str, styles: Styles) -> Picture | None:
    """A measure by the share of the catalogue in any list; None where it was not measured."""
    names = (name for result in report.results for name in result.catalogue)
    coverage = next((name for name in names if name.partition("@")[0] == "coverage"), None)
    if coverage is None:
        return None
    points = _points(report, measure, styles, lambda result: result.catalogue.get(coverage))
    if not points:
        return None

    def scale(axes: Axes) -> None:
        axes.set_xlim(0, 1.08 * max(point.cost for point in points) or 1)
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g} %"))
        axes.set_xlabel(f"books in any list ({definition(coverage).label})")

    by = "the share of the catalogue shown"
    return _costs(key, report, measure, points, by=by, scale=scale)


def segments(key: str, report: Report, styles: Styles) -> tuple[Picture, ...]:
    """A figure for each way to divide the readers, with a field for each of its segments.

    A way that leaves all readers together says nothing that the tables do not say.
    """
    parts = {result.algorithm: result.segments for result in report.at(_middle(report))}
    return _bars(key, parts, styles, _where(report))


def star_segments(key: str, report: Report, styles: Styles) -> tuple[Picture, ...]:
    """The same of forecasts, but for history length, whose figure is the curve of forecasts."""
    parts = {
        result.algorithm: [each for each in result.star_segments if each.by != HISTORY_LENGTH]
        for result in report.forecasters
    }
    return _bars(key, parts, styles)


def draw_segment(
    axes: Axes, parts: Segments, segment: tuple[str, str], measure: str, styles: Styles
) -> None:
    """Draws the bars of one segment (what divides, and which), each with its figure."""
    of_segment = {
        algorithm: part
        for algorithm, own in parts.items()
        for part in own
        if (part.by, part.segment) == segment
    }
    values = {
        algorithm: part.measures[measure]
        for algorithm, part in of_segment.items()
        if measure in part.measures
    }
    readers = max((part.readers for part in of_segment.values()), default=0)
    decimals = min(decimals_of(value.mean for value in values.values()), 3)
    for row, algorithm in enumerate(parts):
        if algorithm not in values:
            continue
        value = values[algorithm]
        axes.barh(row, value.mean, height=0.74, color=styles[algorithm].colour, alpha=0.55)
        axes.plot([value.low, value.high], [row, row], color=INK, linewidth=1.1)
        axes.annotate(
            number(value.mean, decimals),
            xy=(max(value.high, 0), row),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks(range(len(parts)), [styles[algorithm].label for algorithm in parts])
    axes.set_ylim(len(parts) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.16)
    axes.set_title(f"{segment[1]}\n{counted(readers, 'reader')}")


def _middle(report: Report) -> int | None:
    """The length that stands for all where only one can be shown."""
    return report.lengths[len(report.lengths) // 2]


def _where(report: Report) -> str:
    history = history_of(_middle(report))
    return f", {history}" if history else ""


def _points(
    report: Report, measure: str, styles: Styles, cost: Callable[[Result], float | None]
) -> list[Point]:
    return [
        Point(styles[result.algorithm], at, result.estimates[measure])
        for result in report.at(_middle(report))
        if measure in result.estimates and (at := cost(result)) is not None
    ]


def _costs(
    key: str,
    report: Report,
    measure: str,
    points: Sequence[Point],
    *,
    by: str,
    scale: Callable[[Axes], None],
) -> Picture:
    label, where = definition(measure).label, _where(report)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        scale(axes)
        axes.set_ylabel(f"{label}{where}")
        draw_points(figure, axes, points)

    return picture(
        key,
        title=f"{label} by {by}{where}",
        description=f"A point with its interval for each of {len(points)} algorithms.",
        size=COST,
        draw=draw,
    )


def _bars(key: str, parts: Segments, styles: Styles, where: str = "") -> tuple[Picture, ...]:
    """A figure for each way to divide readers or forecasts into more than one segment."""
    names = dict.fromkeys((part.by, part.segment) for own in parts.values() for part in own)
    ways = [way for way, fields in Counter(way for way, _ in names).items() if fields > 1]
    return tuple(
        _bars_by(f"{key}-{k}", parts, way, styles, where) for k, way in enumerate(ways, start=1)
    )


def _bars_by(key: str, parts: Segments, way: str, styles: Styles, where: str) -> Picture:
    divided = {
        algorithm: own
        for algorithm, every in parts.items()
        if (own := [part for part in every if part.by == way])
    }
    every = [part for own in divided.values() for part in own]
    names = list(dict.fromkeys(part.segment for part in every))
    measured = tuple(dict.fromkeys(name for part in every for name in part.measures))
    measure = headline(measured) or (measured[0] if measured else "")
    label = definition(measure).label

    def draw(figure: Figure) -> None:
        fields = figure.subplots(1, len(names), sharex=True, sharey=True, squeeze=False)[0]
        for field, name in zip(fields, names, strict=True):
            draw_segment(field, divided, (way, name), measure, styles)
        figure.supxlabel(f"{label}{where}", fontsize=FONT)

    return picture(
        key,
        title=f"{label} by {way}{where}",
        description=f"Bars with intervals for each of {len(divided)} algorithms, in a field for "
        f"each of: {'; '.join(names)}.",
        size=(WIDTH, MARGIN + BAR * len(divided)),
        draw=draw,
    )
