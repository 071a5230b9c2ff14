"""The figures that are bars: what is reached for which readers, and for which forecasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from readalike.evaluation.segments import LENGTH
from readalike.pages.content import Content, Segment
from readalike.pages.definitions import definition, headline
from readalike.pages.figure import FONT, INK, Picture, picture
from readalike.pages.looks import Look
from readalike.pages.verdict import told
from readalike.pages.wording import number, places
from readalike.tables.account import counted

WIDTH = 9.6
MARGIN = 0.95
BAR = 0.21
"""Inches of a bar and its gap."""

Parts = Mapping[str, Sequence[Segment]]
"""The segments of each algorithm."""


def segments(key: str, content: Content, looks: dict[str, Look]) -> tuple[Picture, ...]:
    """A figure for each way to divide the readers, with a field for each of its segments.

    A way that leaves all readers together says nothing that the tables do not say.

    Args:
        key: What the names of the figures in the page begin with.
        content: The report.
        looks: How each algorithm is drawn.
    """
    parts = {entry.algorithm: entry.segments for entry in content.at(content.middle)}
    where = f", {told(content.middle)}" if content.middle is not None else ""
    return _figures(key, parts, _ways(parts), where, looks)


def star_segments(key: str, content: Content, looks: dict[str, Look]) -> tuple[Picture, ...]:
    """The same of forecasts, but for history length, whose figure is the curve of forecasts.

    Args:
        key: What the names of the figures in the page begin with.
        content: The report.
        looks: How each algorithm is drawn.
    """
    parts = {entry.algorithm: entry.star_segments for entry in content.forecasters}
    return _figures(key, parts, [way for way in _ways(parts) if way != LENGTH], "", looks)


def _ways(parts: Parts) -> list[str]:
    """What divides readers or forecasts into more than one segment."""
    names = dict.fromkeys((part.by, part.name) for found in parts.values() for part in found)
    return [way for way, fields in Counter(way for way, _ in names).items() if fields > 1]


def _figures(
    key: str, parts: Parts, shown: Sequence[str], where: str, looks: dict[str, Look]
) -> tuple[Picture, ...]:
    return tuple(_of_one(f"{key}-{k + 1}", parts, way, where, looks) for k, way in enumerate(shown))


def _of_one(key: str, parts: Parts, way: str, where: str, looks: dict[str, Look]) -> Picture:
    found = {
        algorithm: own
        for algorithm, every in parts.items()
        if (own := [part for part in every if part.by == way])
    }
    every = [part for own in found.values() for part in own]
    names = tuple(dict.fromkeys(part.name for part in every))
    there = tuple(dict.fromkeys(name for part in every for name in part.measures))
    measure = headline(there) or (there[0] if there else "")
    label = definition(measure).label

    def draw(figure: Figure) -> None:
        fields = figure.subplots(1, len(names), sharex=True, sharey=True, squeeze=False)[0]
        for field, name in zip(fields, names, strict=True):
            draw_segment(field, found, (way, name), measure, looks)
        figure.supxlabel(f"{label}{where}", fontsize=FONT)

    return picture(
        key,
        f"{label} by {way}{where}",
        f"Bars with intervals for each of {len(found)} algorithms, in a field for each of: "
        f"{'; '.join(names)}.",
        (WIDTH, MARGIN + BAR * len(found)),
        draw,
    )


def draw_segment(
    axes: Axes,
    parts: Parts,
    segment: tuple[str, str],
    measure: str,
    looks: dict[str, Look],
) -> None:
    """Draws the bars of one segment, one below the other, each with its figure.

    Args:
        axes: Where to draw.
        parts: The segments of each algorithm.
        segment: What divides, and which of them to draw.
        measure: Name of the measure.
        looks: How each algorithm is drawn.
    """
    found: list[Segment | None] = [
        next((part for part in own if (part.by, part.name) == segment), None)
        for own in parts.values()
    ]
    values = [None if part is None else part.measures.get(measure) for part in found]
    readers = max((part.readers for part in found if part is not None), default=0)
    decimals = min(places(value.mean for value in values if value is not None), 3)
    for row, (algorithm, value) in enumerate(zip(parts, values, strict=True)):
        if value is None:
            continue
        look = looks[algorithm]
        axes.barh(row, value.mean, height=0.74, color=look.colour, alpha=0.55)
        axes.plot([value.low, value.high], [row, row], color=INK, linewidth=1.1)
        axes.annotate(
            number(value.mean, decimals),
            xy=(max(value.high, 0), row),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    axes.set_yticks(range(len(parts)), [looks[algorithm].label for algorithm in parts])
    axes.set_ylim(len(parts) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.16)
    axes.set_title(f"{segment[1]}\n{counted(readers, 'reader')}")
