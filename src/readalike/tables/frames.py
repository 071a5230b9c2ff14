"""Columns as data frames, for people who work with pandas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from readalike.errors import MissingExtra

if TYPE_CHECKING:
    import pandas


def data_frame(columns: Mapping[str, Any]) -> pandas.DataFrame:
    """A DataFrame of columns of one length.

    Raises:
        MissingExtra: pandas is not installed.
    """
    try:
        import pandas
    except ImportError as error:
        raise MissingExtra("a DataFrame", "pandas") from error
    return pandas.DataFrame(dict(columns))
