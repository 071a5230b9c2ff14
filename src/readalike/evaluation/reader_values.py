"""Every reader's values of a report, as a Parquet file.

A row for each result and reader: `algorithm`, `given` (NULL where it is not fixed), `reader_id`
and one column a measure, NULL of a reader who was asked for stars only. Where stars were
forecast, five more columns hold the number of a reader's forecasts and the sums of their
errors, NULL of a reader who was asked for none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from readalike.data.parquet import write_parquet
from readalike.evaluation.forecasts import StarErrors
from readalike.evaluation.measures import Measure
from readalike.evaluation.report import Report, Result

STARS = (
    "forecasts",
    "squared_error",
    "squared_error_clipped",
    "absolute_error",
    "absolute_error_clipped",
)
"""Columns that `StarErrors` is made of, sums over a reader's forecasts."""

Columns = Mapping[str, npt.NDArray[Any]]


def write_values(report: Report, path: Path) -> None:
    """Writes the values of all results, reader by reader.

    Raises:
        OSError: It cannot be written.
    """
    measures = list(dict.fromkeys(m for result in report.results for m in result.measures))
    stars = STARS if any(result.errors for result in report.results) else ()
    types = {"algorithm": "VARCHAR", "given": "INTEGER", "reader_id": "VARCHAR"}
    types |= dict.fromkeys([*map(str, measures), *stars], "DOUBLE")
    tables = [_table(result, measures, stars) for result in report.results]
    columns = {name: np.concatenate([table[name] for table in tables]) for name in types}
    write_parquet(path, columns, types)


def _table(result: Result, measures: Sequence[Measure], stars: Sequence[str]) -> Columns:
    """One row a reader; sorted by id where some were asked for stars only."""
    errors = result.errors
    readers = result.readers
    if errors:
        readers = tuple(sorted({*readers, *errors.readers}))
    place = {reader: row for row, reader in enumerate(readers)}
    columns: dict[str, npt.NDArray[Any]] = {
        "algorithm": np.full(len(readers), result.algorithm, dtype=object),
        "given": np.full(len(readers), result.given, dtype=object),
        "reader_id": np.array(readers, dtype=object),
    }
    for name in (*map(str, measures), *stars):
        columns[name] = np.full(len(readers), np.nan)
    asked = [place[reader] for reader in result.readers]
    for measure in result.measures:
        columns[str(measure)][asked] = result.column(measure)
    if errors:
        rows = [place[reader] for reader in errors.readers]
        sums = np.column_stack([errors.rows, errors.squared, errors.absolute])
        for name, column in zip(STARS, sums.T, strict=True):
            columns[name][rows] = column
    return columns


@dataclass(frozen=True, eq=False)
class ReaderValues:
    """The values of one result as they were written.

    Attributes:
        columns: All columns of the file.
        rows: Numbers of the result's rows.
    """

    columns: Columns
    rows: npt.NDArray[np.int64]

    @classmethod
    def of(cls, columns: Columns, algorithm: str, given: int | None) -> Self:
        """The rows of one result among all columns of a file."""
        told = columns["given"]
        same = np.ma.getmaskarray(told) if given is None else np.ma.filled(told == given, False)
        return cls(columns, np.flatnonzero(same & (columns["algorithm"] == algorithm)))

    def measured(
        self, measures: Sequence[Measure]
    ) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
        """The readers asked for books, and their values; shape (readers, measures)."""
        return self._readers_and(list(map(str, measures)))

    def errors(self, without: int) -> StarErrors:
        """The errors of the forecasts; `without` rows had none."""
        readers, sums = self._readers_and(STARS)
        return StarErrors(readers, sums[:, 0], sums[:, 1:3], sums[:, 3:], without)

    def _readers_and(self, names: Sequence[str]) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
        rows = self.rows[~np.ma.getmaskarray(self.columns[names[0]])[self.rows]]
        numbers = np.ma.column_stack([self.columns[name][rows] for name in names])
        if np.ma.is_masked(numbers):
            raise ValueError("a reader's value is missing")
        return tuple(self.columns["reader_id"][rows].tolist()), np.ma.getdata(numbers)
