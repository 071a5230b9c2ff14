"""Draws one figure into SVG: the same bytes each time, legible in print and without colours."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure

INK = "#222222"
FAINT = "#c8c8c8"
FONT = 9.5
"""Points, of which an inch has 72."""

STYLE: Any = {  # no version of matplotlib names the type that all take
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


@dataclass(frozen=True)
class Picture:
    """A figure of a page.

    Attributes:
        key: Its name in the page.
        title: Said to people who cannot see it, with the description.
        description: What can be seen in it, in words.
        svg: The drawing.
    """

    key: str
    title: str
    description: str
    svg: str


@contextmanager
def style() -> Iterator[None]:
    """Our settings and nobody else's while something is drawn."""
    with mpl.rc_context(), warnings.catch_warnings():
        # text stays text, so that the browser's fonts have the letters which matplotlib's lack
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        mpl.rcdefaults()
        with mpl.rc_context(STYLE):
            yield


def picture(
    key: str,
    title: str,
    description: str,
    size: tuple[float, float],
    draw: Callable[[Figure], None],
) -> Picture:
    """Draws a figure.

    Args:
        key: Its name in the page, which its parts' names begin with.
        title: Said to people who cannot see it.
        description: What can be seen in it, in words.
        size: Width and height in inches.
        draw: Draws into the empty figure.
    """
    file = io.StringIO()
    with style():
        figure = Figure(size, layout="constrained")
        draw(figure)
        figure.savefig(file, format="svg", metadata=dict.fromkeys(_UNSAID))
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
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        told = ElementTree.Element(tag, id=f"{key}-{'title' if tag == 'title' else 'description'}")
        told.text = text
        root.insert(place, told)
    return ElementTree.tostring(root, encoding="unicode")


_UNSAID = ("Creator", "Date", "Format", "Type")
_REFERENCE = re.compile(r"^(#|url\(#)")
