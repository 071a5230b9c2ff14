"""Every reader's values of a report, as a Parquet file.

A row for each result and reader: `algorithm`, `given` (NULL where it is not fixed), `reader_id`
and one column a measure, NULL of a reader who was asked for stars only. Where stars were
forecast, five more columns hold the number of a reader's forecasts and the sums of their
errors, NULL of a reader who was asked for none; and where the model says how likely each star
is, four more the sums of what `StarErrors.chances` holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from readalike.data.parquet import write_parquet
from readalike.evaluation.forecasts import StarErrors, held_name
from readalike.evaluation.measures import Measure
from readalike.evaluation.report import Report, Result
from readalike.evaluation.starforecasts import LEVELS

STARS = (
    "forecasts",
    "squared_error",
    "squared_error_clipped",
    "absolute_error",
    "absolute_error_clipped",
)
"""Columns that `StarErrors` is made of, sums over a reader's forecasts."""
CHANCES = ("surprise", *map(held_name, LEVELS))
"""More of them, of a model that says how likely each star is."""

Columns = Mapping[str, npt.NDArray[Any]]


def write_values(report: Report, path: Path) -> None:
    """Writes the values of all results, reader by reader.

    Raises:
        OSError: It cannot be written.
    """
    measures = list(dict.fromkeys(m for result in report.results for m in result.measures))
    errors = [result.errors for result in report.results if result.errors]
    chances = CHANCES if any(each.chances is not None for each in errors) else ()
    stars = (*STARS, *chances) if errors else ()
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
        if errors.chances is not None:
            for name, column in zip(CHANCES, errors.chances.T, strict=True):
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
        if not measures:
            return (), np.empty((0, 0))
        return self._readers_and(list(map(str, measures)))

    def errors(self, without: int, steps: Sequence[Mapping[str, float]]) -> StarErrors:
        """The errors of the forecasts.

        Args:
            without: Rows that had no forecast.
            steps: Stars given by stars forecast, as `StarErrors.steps` gives them.
        """
        readers, sums = self._readers_and(STARS)
        chances = None
        if CHANCES[0] in self.columns and not self._missing(CHANCES[0])[self.rows].all():
            chances = self._readers_and(CHANCES)[1]
        parts = [
            [step["rows"], step["forecast"] * step["rows"], step["stars"] * step["rows"]]
            for step in steps
        ]
        calibration = np.array(parts, np.float64) if parts else None
        return StarErrors(
            readers, sums[:, 0], sums[:, 1:3], sums[:, 3:], without, chances, calibration
        )

    def _missing(self, name: str) -> npt.NDArray[np.bool_]:
        return np.asarray(np.ma.getmaskarray(self.columns[name]))

    def _readers_and(self, names: Sequence[str]) -> tuple[tuple[str, ...], npt.NDArray[np.float64]]:
        rows = self.rows[~self._missing(names[0])[self.rows]]
        numbers = np.ma.column_stack([self.columns[name][rows] for name in names])
        if np.ma.is_masked(numbers):
            raise ValueError("a reader's value is missing")
        return tuple(self.columns["reader_id"][rows].tolist()), np.ma.getdata(numbers)
