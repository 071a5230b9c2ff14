"""Numbers for names, so that books of the same author or series can be told together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]


def codes(names: Sequence[str]) -> Codes:
    """A number for each name, whatever its case and blanks; -1 of an empty one."""
    folded = [" ".join(name.split()).casefold() for name in names]
    number = {name: at for at, name in enumerate(sorted({*folded} - {""}))}
    return np.array([number.get(name, -1) for name in folded], np.int64)


def first_authors(authors: Sequence[str]) -> Codes:
    """A number for the first author of each book; -1 where none is known."""
    return codes([names.partition(", ")[0] for names in authors])


def shared_codes(found: Codes, fewest: int) -> Codes:
    """The codes that so many books share, numbered anew from 0; -1 of all other books."""
    shared = np.bincount(found[found >= 0], minlength=1) >= fewest
    numbers = np.append(np.where(shared, np.cumsum(shared) - 1, -1), -1)  # the last is that of -1
    return np.asarray(numbers[found], np.int64)
