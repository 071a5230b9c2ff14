"""The figures that are lines: what is reached by what is told, and forecasts beside stars."""

from __future__ import annotations

from matplotlib.figure import Figure

from readalike.evaluation.segments import LENGTH
from readalike.pages.content import Content
from readalike.pages.definitions import definition
from readalike.pages.figure import FAINT, Picture, picture
from readalike.pages.lines import Line, draw_lines
from readalike.pages.looks import Look
from readalike.pages.wording import listed
from readalike.tables.account import counted

SIZE = (7.4, 3.9)
LEAST_STEPS = 2


def learning_curve(
    key: str, content: Content, measure: str, looks: dict[str, Look]
) -> Picture | None:
    """A measure by how many books were told; None where there are not several lengths.

    Args:
        key: Name of the figure in the page.
        content: The report.
        measure: Name of the measure.
        looks: How each algorithm is drawn.
    """
    lengths = tuple(given for given in content.lengths if given is not None)
    if len(lengths) < LEAST_STEPS:
        return None
    found = []
    for name in content.algorithms:
        reached = {
            entry.given: entry.measures[measure]
            for entry in content.entries
            if entry.algorithm == name and entry.given is not None and measure in entry.measures
        }
        if reached:
            order = tuple(sorted(reached))
            intervals = tuple(reached[given] for given in order)
            found.append(Line(looks[name], order, tuple(i.mean for i in intervals), intervals))
    if not found:
        return None
    label = definition(measure).label

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.set_xlabel("books that the model was told of each reader")
        axes.set_ylabel(label)
        axes.set_xticks(lengths, [str(given) for given in lengths])
        draw_lines(figure, axes, found)

    lengths_told = listed([str(given) for given in lengths])
    return picture(
        key,
        f"{label} by the number of books told",
        f"A line for each of {len(found)} algorithms, with a mark at {lengths_told} books told. "
        "The figures are those of the table of accuracy.",
        SIZE,
        draw,
    )


def star_curve(key: str, content: Content, looks: dict[str, Look]) -> Picture | None:
    """RMSE of forecasts by the length of the history; None where there are not several lengths.

    Args:
        key: Name of the figure in the page.
        content: The report.
        looks: How each algorithm is drawn.
    """
    parts = {
        entry.algorithm: {
            part.name: part
            for part in entry.star_segments
            if part.by == LENGTH and "rmse" in part.measures
        }
        for entry in content.forecasters
    }
    # of who lacks a length, the others stand in the order of who has it
    readers = {
        name: part.readers
        for own in sorted(parts.values(), key=len, reverse=True)
        for name, part in own.items()
    }
    if len(readers) < LEAST_STEPS:
        return None
    found = []
    for algorithm, own in parts.items():
        places = tuple(place for place, name in enumerate(readers) if name in own)
        reached = tuple(own[name].measures["rmse"] for name in readers if name in own)
        if reached:
            found.append(Line(looks[algorithm], places, tuple(i.mean for i in reached), reached))
    label = definition("rmse").label

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.set_xlabel("history that the model was told of each reader")
        axes.set_ylabel(label)
        ticks = [f"{name}\n{counted(n, 'reader')}" for name, n in readers.items()]
        axes.set_xticks(range(len(ticks)), ticks)
        draw_lines(figure, axes, found)

    return picture(
        key,
        f"{label} by {LENGTH}",
        f"A line for each of {len(found)} algorithms, with a mark at each of: "
        f"{'; '.join(readers)}.",
        SIZE,
        draw,
    )


def calibration(key: str, content: Content, looks: dict[str, Look]) -> Picture | None:
    """Stars given by stars forecast; None where the report has no such figures.

    Args:
        key: Name of the figure in the page.
        content: The report.
        looks: How each algorithm is drawn.
    """
    steps = {e.algorithm: e.calibration for e in reversed(content.entries) if e.calibration}
    found = []
    for name in content.algorithms:
        order = sorted(steps.get(name, ()), key=lambda step: step.forecast)
        if order:
            places = tuple(step.forecast for step in order)
            found.append(Line(looks[name], places, tuple(step.stars for step in order)))
    if not found:
        return None
    every = [value for line in found for value in (*line.places, *line.values)]
    low, high = min(every), max(every)

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        axes.set_xlabel("stars forecast (mean of about equal forecasts)")
        axes.set_ylabel("stars given (mean)")
        axes.plot([low, high], [low, high], color=FAINT, linewidth=4, zorder=1)
        draw_lines(figure, axes, found)

    return picture(
        key,
        "Stars given by stars forecast",
        f"A line for each of {len(found)} algorithms, beside the diagonal on which forecasts are "
        "right on average.",
        SIZE,
        draw,
    )
