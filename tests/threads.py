"""On how many threads compiled loops run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numba
import pytest

from readalike.numerics import row_solver

MOST: int = numba.config.NUMBA_NUM_THREADS  # type: ignore[attr-defined]


@contextmanager
def on_threads(count: int) -> Iterator[None]:
    """So many threads (or as many as there are), however little there is to do."""
    before = numba.get_num_threads()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(row_solver, "WORTHWHILE", 1)
        numba.set_num_threads(min(count, MOST))
        try:
            yield
        finally:
            numba.set_num_threads(before)
