"""Points with intervals, each named beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from readalike.numerics.intervals import Interval
from readalike.pages.figure import INK
from readalike.pages.labels import beside
from readalike.pages.looks import Look

PADDING = 6
"""Pixels that are kept free beside a label, since other letters may be wider."""
LOW = Interval._fields.index("low")
HIGH = Interval._fields.index("high")
FAR = 1.5
"""A label farther from its point, in heights of its letters, is joined to it by a line."""


@dataclass(frozen=True)
class Point:
    """Where one algorithm stands.

    Attributes:
        look: How it is drawn.
        cost: Along the axis.
        reached: The measure with its interval.
    """

    look: Look
    cost: float
    reached: Interval


def draw_points(figure: Figure, axes: Axes, points: Sequence[Point]) -> None:
    """Draws points with intervals, each named beside it.

    Args:
        figure: Where the axes are.
        axes: Where to draw.
        points: What to draw.
    """
    for point in points:
        value, low, high = point.reached
        axes.errorbar(
            point.cost,
            value,
            yerr=[[value - low], [high - value]],
            color=point.look.colour,
            marker=point.look.marker,
            markersize=7,
            markeredgecolor="white",
            markeredgewidth=0.6,
            linewidth=1.2,
        )
    axes.margins(y=0.12)
    figure.draw_without_rendering()
    texts = [axes.text(0, 0, point.look.label, color=INK) for point in points]
    extents = [text.get_window_extent() for text in texts]
    sizes = np.array([(extent.width + PADDING, extent.height) for extent in extents])
    lows, highs = (
        axes.transData.transform([(point.cost, point.reached[end]) for point in points])
        for end in (LOW, HIGH)
    )
    middles = axes.transData.transform([(point.cost, point.reached.mean) for point in points])
    around = sizes[:, 1:].max() * 0.45
    marks = np.hstack([middles - around, middles + around])
    bars = np.hstack([np.subtract(lows, (around / 4, 0)), np.add(highs, (around / 4, 0))])
    centres = beside(middles, sizes, axes.bbox.get_points().ravel(), np.vstack([marks, bars]))
    for text, point, middle, centre, size in zip(
        texts, points, middles, centres, sizes, strict=True
    ):
        text.set(position=axes.transAxes.inverted().transform(centre), transform=axes.transAxes)
        text.set(ha="center", va="center")
        edge = np.clip(middle, centre - size / 2, centre + size / 2)
        if np.linalg.norm(edge - middle) > FAR * size[1]:
            (start, end) = axes.transAxes.inverted().transform([middle, edge])
            axes.plot(
                *zip(start, end, strict=True),
                transform=axes.transAxes,
                color=point.look.colour,
                linewidth=0.7,
                zorder=1,
            )
