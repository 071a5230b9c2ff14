"""The figures that are bars: what is reached for which readers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from readalike.data.intake import counted
from readalike.pages.content import Content, Entry, Segment
from readalike.pages.definitions import definition, headline
from readalike.pages.figure import FONT, INK, Picture, picture
from readalike.pages.looks import Look
from readalike.pages.verdict import told
from readalike.pages.wording import number, places

WIDTH = 9.6
MARGIN = 0.95
BAR = 0.21
"""Inches of a bar and its gap."""


def segments(key: str, content: Content, looks: dict[str, Look]) -> tuple[Picture, ...]:
    """A figure for each way to divide the readers, with a field for each of its segments.

    A way that leaves all readers together says nothing that the tables do not say.

    Args:
        key: What the names of the figures in the page begin with.
        content: The report.
        looks: How each algorithm is drawn.
    """
    entries = content.at(content.middle)
    names = dict.fromkeys((part.by, part.name) for entry in entries for part in entry.segments)
    found = Counter(way for way, _ in names)
    ways = [way for way, fields in found.items() if fields > 1]
    return tuple(_of_one(f"{key}-{k + 1}", content, way, looks) for k, way in enumerate(ways))


def _of_one(key: str, content: Content, way: str, looks: dict[str, Look]) -> Picture:
    entries = tuple(
        entry
        for entry in content.at(content.middle)
        if any(part.by == way for part in entry.segments)
    )
    parts = [part for entry in entries for part in entry.segments if part.by == way]
    names = tuple(dict.fromkeys(part.name for part in parts))
    there = tuple(dict.fromkeys(name for part in parts for name in part.measures))
    measure = headline(there) or (there[0] if there else "")
    label = definition(measure).label
    where = f", {told(content.middle)}" if content.middle is not None else ""

    def draw(figure: Figure) -> None:
        fields = figure.subplots(1, len(names), sharex=True, sharey=True, squeeze=False)[0]
        for field, name in zip(fields, names, strict=True):
            draw_segment(field, entries, (way, name), measure, looks)
        figure.supxlabel(f"{label}{where}", fontsize=FONT)

    return picture(
        key,
        f"{label} by {way}{where}",
        f"Bars with intervals for each of {len(entries)} algorithms, in a field for each of: "
        f"{'; '.join(names)}.",
        (WIDTH, MARGIN + BAR * len(entries)),
        draw,
    )


def draw_segment(
    axes: Axes,
    entries: Sequence[Entry],
    segment: tuple[str, str],
    measure: str,
    looks: dict[str, Look],
) -> None:
    """Draws the bars of one segment, one below the other, each with its figure.

    Args:
        axes: Where to draw.
        entries: An algorithm's result each.
        segment: What divides the readers, and which of them these are.
        measure: Name of the measure.
        looks: How each algorithm is drawn.
    """
    found: list[Segment | None] = [
        next((part for part in entry.segments if (part.by, part.name) == segment), None)
        for entry in entries
    ]
    values = [None if part is None else part.measures.get(measure) for part in found]
    readers = max((part.readers for part in found if part is not None), default=0)
    decimals = min(places(value.mean for value in values if value is not None), 3)
    for row, (entry, value) in enumerate(zip(entries, values, strict=True)):
        if value is None:
            continue
        look = looks[entry.algorithm]
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
    axes.set_yticks(range(len(entries)), [looks[entry.algorithm].label for entry in entries])
    axes.set_ylim(len(entries) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.margins(x=0.16)
    axes.set_title(f"{segment[1]}\n{counted(readers, 'reader')}")
