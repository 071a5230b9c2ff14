"""A report as two files: JSON with all figures, and beside it each reader's values.

The JSON is `Report.as_dict()` with `format`, `format_version` and `library_version` before it
and `per_reader` behind, which names the Parquet file of `readalike.evaluation.reader_values`
and its SHA-256, so that figures and values cannot be mixed up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from readalike.data.parquet import read_parquet
from readalike.errors import InputError, SettingError
from readalike.evaluation.measures import Measure
from readalike.evaluation.reader_values import Columns, ReaderValues, write_values
from readalike.evaluation.report import Report, Result
from readalike.evaluation.segments import Segment
from readalike.evaluation.starsegments import StarSegment
from readalike.files import PRIVATE, read_file, refuse_target, replace_file, unwritable
from readalike.modelfiles import sha256
from readalike.numerics.intervals import Interval
from readalike.version import __version__

FORMAT = "readalike-evaluation"
FORMAT_VERSION = 1
MOST = 256 << 20
"""Bytes of the JSON of a report."""
WANTED = "must be a report of evaluate"


def write_report(report: Report, path: Path | str) -> None:
    """Writes the JSON file and, under the same name, the Parquet file of each reader's values.

    Both are written aside first and then renamed. The values tell who has read what, and are for
    the file's owner alone.

    Raises:
        SettingError: The name does not end in .json.
        InputError: The files cannot be written.
    """
    path = Path(path)
    refuse_report(path)
    values = path.with_suffix(".parquet")

    def write_both(part: Path) -> None:
        """Both are there aside before the values are put in place, and the report after them."""

        def write_first(values_part: Path) -> None:
            write_values(report, values_part)
            per_reader = {"file": values.name, "sha256": sha256(values_part)}
            part.write_text(_text(report, per_reader), encoding="utf-8")

        replace_file(values, write_first, PRIVATE)

    try:
        replace_file(path, write_both)
    except OSError as error:
        raise unwritable(path, error) from error


def _text(report: Report, per_reader: Mapping[str, str]) -> str:
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "library_version": __version__}
    plain = {**head, **report.as_dict(), "per_reader": per_reader}
    return json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def refuse_report(path: Path) -> None:
    """Looks, before the long work, whether a report can be written there.

    Raises:
        SettingError: The name does not end in .json.
        InputError: There can be no file of that name, or none of the values beside it.
    """
    if path.suffix != ".json":
        raise SettingError(f"a report must be a file whose name ends in .json, got {str(path)!r}")
    refuse_target(path, "must be a file for the report")
    refuse_target(path.with_suffix(".parquet"), "must be a file for each reader's values")


def read_report(path: Path | str) -> Report:
    """Reads what `write_report` wrote; means and intervals are made anew of the values.

    Raises:
        InputError: A file is missing, damaged, foreign, of a newer format, or not the one that
            belongs to the other.
    """
    path = Path(path)
    plain = _plain(path)
    try:
        named = plain["per_reader"]
        values = path.with_name(Path(named["file"]).name)
        if not values.is_file():
            raise InputError(
                f"the values of each reader must lie beside the report, in {values.name}, which "
                "is missing; put it there or evaluate again",
                file=path,
            )
        if sha256(values) != named["sha256"]:
            raise InputError(
                f"{values.name} must be the file that was written with the report, and is not; "
                "evaluate again",
                file=path,
            )
        columns, seed = read_parquet(values), int(plain["seed"])
        results = tuple(_result(each, columns, seed) for each in plain["results"])
        return Report(plain["protocol"], plain["description"], plain["data"], seed, results)
    except (LookupError, TypeError, ValueError, AttributeError, SettingError) as error:
        raise InputError(f"damaged report ({error}); evaluate again", file=path) from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error


def _result(plain: Mapping[str, Any], columns: Columns, seed: int) -> Result:
    values = ReaderValues.of(columns, plain["algorithm"], plain["given"])
    measures = tuple(Measure.of(name) for name in plain["measures"] if "@" in name)
    readers, numbers = values.measured(measures)
    if len(readers) != plain["readers"]:
        raise ValueError(f"{plain['readers']} readers in one file, {len(readers)} in the other")
    errors = None
    forecasts = plain.get("forecasts", {})
    if forecasts:
        errors = values.errors(forecasts["rows_without_forecast"], forecasts.get("calibration", ()))
    return Result(
        plain["algorithm"],
        plain["settings"],
        plain["given"],
        readers,
        measures,
        numbers,
        plain["left_out"],
        plain["told"],
        plain["fit_seconds"],
        plain["rank_seconds"],
        errors,
        seed,
        plain["catalogue"],
        tuple(map(_segment, plain["segments"])),
        tuple(map(_star_segment, forecasts.get("segments", ()))),
    )


def _segment(plain: Mapping[str, Any]) -> Segment:
    return Segment(plain["by"], plain["segment"], plain["readers"], _intervals(plain))


def _star_segment(plain: Mapping[str, Any]) -> StarSegment:
    return StarSegment(
        plain["by"], plain["segment"], plain["readers"], plain["rows"], _intervals(plain)
    )


def _intervals(plain: Mapping[str, Any]) -> dict[str, Interval]:
    return {name: Interval(**found) for name, found in plain["measures"].items()}


def _plain(path: Path) -> dict[str, Any]:
    try:
        plain = json.loads(read_file(path, MOST, WANTED))
    except (ValueError, RecursionError) as error:
        raise InputError("must be JSON as evaluate writes it, and is not", file=path) from error
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise InputError(f"{WANTED}, and is something else", file=path)
    if plain.get("format_version") != FORMAT_VERSION:
        raise InputError(
            f"has report format {plain.get('format_version')} (written by readalike "
            f"{plain.get('library_version')}), this is readalike {__version__} which reads format "
            f"{FORMAT_VERSION}; install a newer readalike or evaluate again",
            file=path,
        )
    return plain
