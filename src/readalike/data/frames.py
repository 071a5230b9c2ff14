"""Rows made into a table of pandas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from readalike.errors import MissingExtra

if TYPE_CHECKING:
    import pandas


def data_frame(rows: Sequence[tuple[object, ...]], columns: Sequence[str]) -> pandas.DataFrame:
    """A table of pandas, which is loaded here only; MissingExtra where it is not installed."""
    try:
        import pandas
    except ImportError as error:
        raise MissingExtra("a table of pandas", "pandas") from error
    return pandas.DataFrame(rows, columns=list(columns))
