"""The stars of an export: their scale, and cells that are no stars."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from readalike.data.cells import number
from readalike.data.intake import counted
from readalike.data.scale import RatingScale
from readalike.libraries.sheet import Sheet


def scale_of(sheet: Sheet) -> RatingScale | None:
    """The scale of a file's stars; None where it has none.

    It is the source's, with a finer step where the file has one. Where a quarter of the stars or
    more lies beyond its end, the file is of another scale, which is found from the stars: all of
    them are of that scale, never some of each.
    """
    given = np.array([s for cell in _cells(sheet) if (s := number(cell) or 0) > 0], np.float64)
    usual = sheet.source.scale
    if given.size == 0:
        return usual
    found = RatingScale.of(given)
    if usual is None or found.highest > usual.highest:
        return found
    return RatingScale(min(usual.lowest, found.lowest), usual.highest, min(usual.step, found.step))


def stars_of(cell: str, scale: RatingScale | None) -> float | None:
    """The stars in a cell; None where there are none: empty, 0, or not on the scale."""
    given = number(cell)
    if given is None or scale is None or not 0 < given <= scale.highest:
        return None
    return given


def words_on_stars(sheet: Sheet, scale: RatingScale | None) -> Iterator[str]:
    """What is to be said of the scale, and of cells that are no stars."""
    usual = sheet.source.scale
    if scale is None:
        return
    if usual is not None and scale.highest > usual.highest:
        yield (
            f"{sheet.source.name} has {usual.highest:g} stars, but more stand in it: all are taken "
            f"as of {scale.highest:g}, so that {0.9 * scale.highest:g} is {0.9 * usual.highest:g} "
            f"of {usual.highest:g}"
        )
    bad = [
        (row.line, cell)
        for row in sheet.rows
        if (cell := row.cells.get("stars", ""))
        and stars_of(cell, scale) is None
        and number(cell) != 0
    ]
    if bad:
        (line, cell), cells = bad[0], counted(len(bad), "cell")
        yield (
            f"{cells} of stars that are none on the scale {scale}; these books are kept without "
            f"stars; first in line {line}: {cell[:20]!r}"
        )


def _cells(sheet: Sheet) -> Iterator[str]:
    return (row.cells.get("stars", "") for row in sheet.rows)
