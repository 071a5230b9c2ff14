"""Draws figures into SVG: the same bytes each time, legible in print and without colours."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.optimize import isotonic_regression

from readalike.numerics.arrays import F64
from readalike.numerics.intervals import Interval

Dashes = str | tuple[int, tuple[float, ...]]

INK = "#222222"
FAINT = "#c8c8c8"
FONT = 9.5
"""Points, of which an inch has 72."""

COLOURS = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#56B4E9", "#E69F00", "#663300"
)  # fmt: skip
"""Okabe and Ito's, which people who see no red or no green can distinguish; with a brown for the
yellow, which nobody sees on white paper."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "h")
DASHES: tuple[Dashes, ...] = (
    "solid",
    (0, (5, 1.5)),
    (0, (1.5, 1.2)),
    (0, (6, 1.5, 1.5, 1.5)),
    (0, (3, 1, 1, 1, 1, 1)),
)
LONGEST = 24
"""Letters of a label."""

DIRECTIONS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
REACH = 8
"""How many times its own height a label may move away from its point."""
CLEAR = 0.8
"""Heights of a label that are left between it and its point."""
FAR = 1.5
"""A label farther from its point, in heights of its letters, is joined to it by a line."""
GAP = 1.35
"""Distance of the labels of lines, in heights of their letters."""
PADDING = 6
"""Pixels that are kept free beside a label, since other letters may be wider."""

RC_PARAMS: Any = {  # no version of matplotlib names the type that all take
    "svg.fonttype": "none",
    "svg.hashsalt": "readalike",
    "font.family": ["DejaVu Sans"],
    "font.size": FONT,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlesize": FONT,
    "axes.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}
_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_REFERENCE = re.compile(r"^(#|url\(#)")


@dataclass(frozen=True)
class Style:
    """How an algorithm is drawn, in every figure of a page alike."""

    label: str
    colour: str
    marker: str
    dashes: Dashes


@dataclass(frozen=True)
class Line:
    """What one algorithm reached at each place of the axis."""

    style: Style
    x: Sequence[float]
    y: Sequence[float]
    intervals: Sequence[Interval] = ()


@dataclass(frozen=True)
class Point:
    """What one algorithm reached, and at which cost."""

    style: Style
    cost: float
    reached: Interval


@dataclass(frozen=True)
class Picture:
    """A figure of a page."""

    key: str
    title: str
    description: str
    svg: str


def styles_of(algorithms: Sequence[str]) -> dict[str, Style]:
    """A style for each algorithm; one with a long name is numbered, as its row in a table is."""
    return {
        name: Style(
            name if len(name) <= LONGEST else f"{name[: LONGEST - 6]}… #{k + 1}",
            COLOURS[k % len(COLOURS)],
            MARKERS[k % len(MARKERS)],
            DASHES[k % len(DASHES)],
        )
        for k, name in enumerate(algorithms)
    }


@contextmanager
def plain_settings() -> Iterator[None]:
    """Settings of matplotlib that are ours and nobody else's, while something is drawn."""
    with mpl.rc_context(), warnings.catch_warnings():
        # text stays text, so that the browser's fonts have the letters which matplotlib's lack
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        mpl.rcdefaults()
        with mpl.rc_context(RC_PARAMS):
            yield


def picture(
    key: str,
    *,
    title: str,
    description: str,
    size: tuple[float, float],
    draw: Callable[[Figure], None],
) -> Picture:
    """Draws a figure."""
    file = io.StringIO()
    with plain_settings():
        figure = Figure(size, layout="constrained")
        draw(figure)
        figure.savefig(file, format="svg", metadata=_METADATA)
    return Picture(key, title, description, _inline(file.getvalue(), key, title, description))


def _inline(document: str, key: str, title: str, description: str) -> str:
    """An SVG file as a part of a page: no ids of other figures, no size of its own, a name."""
    root = ElementTree.fromstring(document)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
    for part in root.iter():
        part.tag = part.tag.rpartition("}")[2]
        part.attrib = {
            name.rpartition("}")[2]: f"{key}-{value}"
            if name == "id"
            else _REFERENCE.sub(rf"\g<1>{key}-", value)
            for name, value in part.attrib.items()
        }
    root.attrib = {
        "viewBox": root.attrib["viewBox"],
        "role": "img",
        "aria-labelledby": f"{key}-title {key}-description",
    }
    texts = (("title", "title", title), ("desc", "description", description))
    for place, (tag, name, text) in enumerate(texts):
        element = ElementTree.Element(tag, id=f"{key}-{name}")
        element.text = text
        root.insert(place, element)
    return ElementTree.tostring(root, encoding="unicode")


def draw_lines(figure: Figure, axes: Axes, lines: Sequence[Line]) -> None:
    """Draws lines with bands into axes of the figure, each named at its right end."""
    for line in lines:
        style = line.style
        if line.intervals:
            axes.fill_between(
                line.x,
                [interval.low for interval in line.intervals],
                [interval.high for interval in line.intervals],
                color=style.colour,
                alpha=0.1,
                linewidth=0,
            )
        axes.plot(
            line.x,
            line.y,
            color=style.colour,
            marker=style.marker,
            linestyle=style.dashes,
            linewidth=1.7,
            markersize=6.5,
            markeredgecolor="white",
            markeredgewidth=0.6,
            zorder=3,
        )
    figure.draw_without_rendering()
    ends = axes.transData.transform([(line.x[-1], line.y[-1]) for line in lines])
    height = axes.bbox.height
    wanted = (ends[:, 1] - axes.bbox.y0) / height
    letters = FONT * figure.dpi / 72
    heights = spread_labels(np.asarray(wanted, np.float64), GAP * letters / height)
    for line, end in zip(lines, heights, strict=True):
        axes.annotate(
            line.style.label,
            xy=(line.x[-1], line.y[-1]),
            xytext=(1.04, end),
            textcoords="axes fraction",
            va="center",
            color=INK,
            arrowprops={
                "arrowstyle": "-",
                "color": line.style.colour,
                "linewidth": 0.8,
                "shrinkA": 2,
                "shrinkB": 5,
            },
        )


def draw_points(figure: Figure, axes: Axes, points: Sequence[Point]) -> None:
    """Draws points with intervals into axes of the figure, each named beside it."""
    for point in points:
        mean, low, high = point.reached
        axes.errorbar(
            point.cost,
            mean,
            yerr=[[mean - low], [high - mean]],
            color=point.style.colour,
            marker=point.style.marker,
            markersize=7,
            markeredgecolor="white",
            markeredgewidth=0.6,
            linewidth=1.2,
        )
    axes.margins(y=0.12)
    figure.draw_without_rendering()
    texts = [axes.text(0, 0, point.style.label, color=INK) for point in points]
    extents = [text.get_window_extent() for text in texts]
    sizes = np.array([(extent.width + PADDING, extent.height) for extent in extents])
    means, lows, highs = (
        axes.transData.transform([(p.cost, getattr(p.reached, end)) for p in points])
        for end in Interval._fields
    )
    around = sizes[:, 1:].max() * 0.45
    marks = np.hstack([means - around, means + around])
    bars = np.hstack([np.subtract(lows, (around / 4, 0)), np.add(highs, (around / 4, 0))])
    frame = axes.bbox.get_points().ravel()
    centres = place_labels(means, sizes, frame, np.vstack([marks, bars]))
    to_axes = axes.transAxes.inverted()
    for text, point, mean, centre, size in zip(texts, points, means, centres, sizes, strict=True):
        text.set(position=to_axes.transform(centre), transform=axes.transAxes)
        text.set(ha="center", va="center")
        edge = np.clip(mean, centre - size / 2, centre + size / 2)
        if np.linalg.norm(edge - mean) > FAR * size[1]:
            axes.plot(
                *to_axes.transform([mean, edge]).T,
                transform=axes.transAxes,
                color=point.style.colour,
                linewidth=0.7,
                zorder=1,
            )


def spread_labels(heights: F64, gap: float) -> F64:
    """The heights nearest to those wanted, in squares, that are `gap` apart, from 0 to 1.

    Moved by their rank times the gap, heights that are far enough apart are heights that do
    not fall, and those nearest to given ones are the isotonic regression. Of equal ones the
    earlier comes below; the gap is less where there is no room.
    """
    n = len(heights)
    if n == 0:
        return heights
    order = np.argsort(heights, kind="stable")
    steps = min(gap, 1 / max(n - 1, 1)) * np.arange(n)
    moved = isotonic_regression(heights[order] - steps).x
    spread = np.empty(n)
    spread[order] = np.clip(moved, 0, 1 - steps[-1]) + steps
    return spread


def place_labels(points: F64, sizes: F64, frame: F64, taken: F64) -> F64:
    """Centres of labels near their points: the first free place, ever farther off.

    Where no place is free, the one is taken that covers least. Points and sizes of the labels have
    the shape (labels, 2); the frame, which no label leaves, is left, bottom, right, top, and so are
    the boxes to keep clear, shape (boxes, 4).
    """
    steps = np.arange(1, 1 + REACH, 0.5)[:, None, None]
    centres = points.copy()  # where nothing fits into the frame, a label stays on its point
    boxes = taken
    for label, (point, size) in enumerate(zip(points, sizes, strict=True)):
        least = np.inf
        places = point + np.array(DIRECTIONS) * (size / 2 + size[1] * CLEAR * steps)
        for place in places.reshape(-1, 2):
            box = np.concatenate([place - size / 2, place + size / 2])
            if (box[:2] < frame[:2]).any() or (box[2:] > frame[2:]).any():
                continue
            covered = covered_area(box, boxes)
            if covered < least:
                least, centres[label] = covered, place
            if least == 0:
                break
        half = size / 2
        boxes = np.vstack([boxes, [*(centres[label] - half), *(centres[label] + half)]])
    return centres


def covered_area(box: F64, boxes: F64) -> float:
    """Area that a box shares with others; box (4,), boxes (n, 4)."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    return float(np.prod(np.clip(high - low, 0, None), axis=1).sum())
