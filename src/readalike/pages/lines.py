"""Lines with bands, each named at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from readalike.numerics.intervals import Interval
from readalike.pages.figure import FONT, INK
from readalike.pages.labels import spread
from readalike.pages.looks import Look

GAP = 1.35
"""Distance of labels, in heights of their letters."""


@dataclass(frozen=True)
class Line:
    """What one algorithm reached at each place of the axis.

    Attributes:
        look: How it is drawn.
        places: Ascending.
        values: One for each place.
        intervals: Drawn as a band; empty where there are none.
    """

    look: Look
    places: tuple[float, ...]
    values: tuple[float, ...]
    intervals: tuple[Interval, ...] = ()


def draw_lines(figure: Figure, axes: Axes, lines: Sequence[Line]) -> None:
    """Draws lines with bands, each named at its right end.

    Args:
        figure: Where the axes are.
        axes: Where to draw.
        lines: What to draw.
    """
    for line in lines:
        look = line.look
        if line.intervals:
            axes.fill_between(
                line.places,
                [interval.low for interval in line.intervals],
                [interval.high for interval in line.intervals],
                color=look.colour,
                alpha=0.1,
                linewidth=0,
            )
        axes.plot(
            line.places,
            line.values,
            color=look.colour,
            marker=look.marker,
            linestyle=look.dashes,
            linewidth=1.7,
            markersize=6.5,
            markeredgecolor="white",
            markeredgewidth=0.6,
            zorder=3,
        )
    figure.draw_without_rendering()
    ends = axes.transData.transform([(line.places[-1], line.values[-1]) for line in lines])
    height = axes.bbox.height
    wanted = (ends[:, 1] - axes.bbox.y0) / height
    letters = FONT * figure.dpi / 72
    heights = spread(np.asarray(wanted, np.float64), GAP * letters / height, 0.0, 1.0)
    for line, end in zip(lines, heights, strict=True):
        axes.annotate(
            line.look.label,
            xy=(line.places[-1], line.values[-1]),
            xytext=(1.04, end),
            textcoords="axes fraction",
            va="center",
            color=INK,
            arrowprops={
                "arrowstyle": "-",
                "color": line.look.colour,
                "linewidth": 0.8,
                "shrinkA": 2,
                "shrinkB": 5,
            },
        )
