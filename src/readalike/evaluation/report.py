"""What came out, reader by reader: as values, as files, and two compared."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from readalike.data.frames import data_frame
from readalike.errors import InputError, SettingError
from readalike.evaluation.forecast_errors import MEASURES, OF_NUMBERS, StarErrors
from readalike.evaluation.metrics import ListValues, Measure
from readalike.evaluation.segments import Segment
from readalike.files import PRIVATE, read_file, refuse_target, replace_file, sha256, unwritable
from readalike.numerics.arrays import F64
from readalike.numerics.intervals import Interval, Paired, paired
from readalike.report import write_page
from readalike.tables.parquet import read_parquet, write_parquet
from readalike.version import __version__, other_format

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False, kw_only=True)
class Result:
    """One algorithm's answers to one set of questions; a predictor has no lists but their defaults.

    Attributes:
        algorithm: The name it was given.
        settings: Its settings.
        fit_seconds: Time of the fit; the same fit serves every `given`.
        given: How many books of each reader it was told, where the protocol fixes that.
        readers: Outside ids of the readers who count.
        measures: What was measured of each reader's list.
        values: One value a reader and measure; shape (readers, measures).
        left_out: Readers who do not count, by reason.
        notes: Other things to know, with their numbers.
        rank_seconds: Time of scoring and listing.
        errors: Errors of the forecasts of stars, where there are any.
        seed: Draws the intervals.
        catalogue: What was measured of all lists together, by name.
        segments: What was measured for the readers of one kind.
        star_segments: What was measured for forecasts of one kind.
    """

    algorithm: str
    settings: Mapping[str, object]
    fit_seconds: float
    given: int | None = None
    readers: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    values: F64 = field(default_factory=lambda: np.empty((0, 0)))
    left_out: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    rank_seconds: float = 0.0
    errors: StarErrors | None = None
    seed: int = 0
    catalogue: Mapping[str, float] = field(default_factory=dict)
    segments: tuple[Segment, ...] = ()
    star_segments: tuple[Segment, ...] = ()

    def column(self, measure: Measure | str) -> F64:
        """One value a reader; shape (readers,).

        Raises:
            SettingError: It was not measured.
        """
        wanted = measure if isinstance(measure, Measure) else Measure.of(measure)
        if wanted not in self.measures:
            raise SettingError(
                f"{wanted} was not measured: must be one of {', '.join(map(str, self.measures))}"
            )
        return self.values[:, self.measures.index(wanted)]

    @cached_property
    def estimates(self) -> dict[str, Interval]:
        """The mean of each measure with its 95 % interval; then rmse and mae of forecasts."""
        lists = ListValues(self.readers, self.measures, self.values).estimates(self.seed)
        return lists | (self.errors.estimates(self.seed) if self.errors else {})

    def estimate(self, measure: Measure | str) -> Interval:
        """The mean of a measure with its 95 % interval; of forecasts by name, such as "rmse".

        Raises:
            SettingError: It was not measured.
        """
        if str(measure) in self.estimates:
            return self.estimates[str(measure)]
        wanted = measure if isinstance(measure, Measure) else Measure.of(measure)
        self.column(wanted)
        return self.estimates[str(wanted)]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        plain: dict[str, Any] = {
            "algorithm": self.algorithm,
            "settings": dict(self.settings),
            "given": self.given,
            "readers": len(self.readers),
            "left_out": dict(self.left_out),
            "notes": dict(self.notes),
            "measures": {name: interval._asdict() for name, interval in self.estimates.items()},
            "catalogue": dict(self.catalogue),
            "segments": [segment.as_dict() for segment in self.segments],
            "fit_seconds": self.fit_seconds,
            "rank_seconds": self.rank_seconds,
        }
        if self.errors:
            plain["forecasts"] = {
                "rows": int(self.errors.rows.sum()),
                "readers": len(self.errors.readers),
                "rows_without_forecast": self.errors.without,
                "calibration": self.errors.steps(),
                "segments": [segment.as_dict() for segment in self.star_segments],
            }
        return plain


@dataclass(frozen=True, eq=False, kw_only=True)
class Report:
    """The results of one evaluation; at least one, and one only of an algorithm and a length.

    Attributes:
        protocol: Name of the protocol.
        description: What was done, in one paragraph.
        data: SHA-256 of the data set (`ratings`) and of what was learnt and asked (`task`).
        seed: Drew the order of equal scores and the intervals.
        results: One for each algorithm and given length, in the order asked for.
        version: The library that measured, of a report read from a file.
        per_reader: Name and SHA-256 of the file of each reader's values, of a report read from one.
    """

    protocol: str
    description: str
    data: Mapping[str, str]
    seed: int
    results: tuple[Result, ...]
    version: str | None = None
    per_reader: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [(result.algorithm, result.given) for result in self.results]
        if not names:
            raise SettingError("a report must hold at least one result, got none")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise SettingError(f"a report must hold each result once, got {twice[0]!r} twice")

    @property
    def algorithms(self) -> tuple[str, ...]:
        """Each once, in the order of the results."""
        return tuple(dict.fromkeys(result.algorithm for result in self.results))

    @property
    def lengths(self) -> tuple[int | None, ...]:
        """How many books the models were told, ascending; None where that is not fixed."""
        given = {result.given for result in self.results}
        return tuple(sorted(given, key=lambda length: -1 if length is None else length))

    @property
    def measures(self) -> tuple[str, ...]:
        """Names of all that has an interval, each once, in the order of the results."""
        return tuple(dict.fromkeys(name for result in self.results for name in result.estimates))

    @property
    def forecasters(self) -> tuple[Result, ...]:
        """One result of each algorithm that forecasts stars, which no length changes."""
        first: dict[str, Result] = {}
        for result in self.results:
            if result.errors:
                first.setdefault(result.algorithm, result)
        return tuple(first.values())

    def at(self, given: int | None) -> tuple[Result, ...]:
        """The results of one length."""
        return tuple(result for result in self.results if result.given == given)

    def result(self, algorithm: str, given: int | None = None) -> Result:
        """The result of an algorithm; `given` may be left out where there is one length only.

        Raises:
            SettingError: There is none, or more than one.
        """
        found = [
            result
            for result in self.results
            if result.algorithm == algorithm and given in (None, result.given)
        ]
        if len(found) != 1:
            there = ", ".join(f"{r.algorithm} given {r.given}" for r in self.results)
            raise SettingError(
                f"one result must be meant, got {algorithm!r} given {given}: must be of {there}"
            )
        return found[0]

    def compare(
        self, first: str, second: str, measure: Measure | str = "ndcg@10", given: int | None = None
    ) -> Paired:
        """The first algorithm less the second, reader by reader."""
        one, other = self.result(first, given), self.result(second, given)
        return paired(one.column(measure), other.column(measure), self.seed)

    def curve(self, algorithm: str, measure: Measure | str = "ndcg@10") -> dict[int, Interval]:
        """The learning curve: what is reached by how many books the model is told, fewest first.

        Raises:
            SettingError: No result of the algorithm has a given length, or the measure is none
                of those measured.
        """
        points = [r for r in self.results if r.algorithm == algorithm and r.given is not None]
        if not points:
            there = sorted({r.algorithm for r in self.results if r.given is not None})
            raise SettingError(
                "a learning curve needs an algorithm that was told given lengths, got "
                f"{algorithm!r}: must be one of {', '.join(there) or 'none in this report'}"
            )
        found = {r.given: r.estimate(measure) for r in points if r.given is not None}
        return dict(sorted(found.items()))

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "protocol": self.protocol,
            "description": self.description,
            "data": dict(self.data),
            "seed": self.seed,
            "results": [result.as_dict() for result in self.results],
        }

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each result and measure.

        Columns: `algorithm`; `given`, missing where it is not fixed; `measure`; `value`; `low` and
        `high`, the ends of its 95 % interval, missing of what was measured of all lists together;
        and `readers`, how many the value is of.

        Raises:
            MissingExtra: pandas is not installed.
        """
        rows = [row for result in self.results for row in _rows(result)]
        columns = ("algorithm", "given", "measure", "value", "low", "high", "readers")
        return data_frame(rows, columns).astype({"given": "Int64"})

    def to_html(self, path: Path | str, *, made: str | None = None) -> None:
        """Writes a page of tables, plots and a verdict; `readalike.write_page` takes several.

        Args:
            path: The file, which needs nothing else: no script, no font, no network.
            made: When the evaluation was made, as it is to be printed.

        Raises:
            InputError: The file cannot be written.
            MissingExtra: What draws the page is not installed.
        """
        write_page(self, path, made=made)


def _rows(result: Result) -> Iterator[tuple[object, ...]]:
    of_lists = set(map(str, result.measures))
    forecast = result.errors.readers if result.errors else ()
    for name, interval in result.estimates.items():
        readers = result.readers if name in of_lists else forecast
        yield (result.algorithm, result.given, name, *interval, len(readers))
    for name, value in result.catalogue.items():
        yield (result.algorithm, result.given, name, value, nan, nan, len(result.readers))


FORMAT = "readalike-evaluation"
FORMAT_VERSION = 2
WANTED = "must be a report of evaluate"
DAMAGED = (LookupError, TypeError, ValueError, AttributeError, OverflowError, SettingError)
"""What reading raises where something in a report cannot be."""

T = TypeVar("T")

FORECASTS = "forecasts"
"""The column of how many forecasts a reader has; sums over them stand in those of `MEASURES`."""

Columns = Mapping[str, npt.NDArray[Any]]


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


def write_values(report: Report, path: Path) -> None:
    """Writes the values of all results, reader by reader."""
    tables = [_table(result) for result in report.results]
    known = {name for table in tables for name in table}
    measures = dict.fromkeys(str(each) for result in report.results for each in result.measures)
    numbers = [name for name in (*measures, FORECASTS, *MEASURES.values()) if name in known]
    types = {"algorithm": "VARCHAR", "given": "INTEGER", "reader_id": "VARCHAR"}
    types |= dict.fromkeys(numbers, "DOUBLE")

    def column(name: str) -> npt.NDArray[Any]:
        nothing = (np.full(len(table["reader_id"]), np.nan) for table in tables)
        return np.concatenate([t.get(name, n) for t, n in zip(tables, nothing, strict=True)])

    write_parquet(path, {name: column(name) for name in types}, types)


def _table(result: Result) -> Columns:
    """One row a reader; sorted by id where some were asked for stars only."""
    errors, readers = result.errors, result.readers
    if errors:
        readers = tuple(sorted({*readers, *errors.readers}))
    columns: dict[str, npt.NDArray[Any]] = {
        "algorithm": np.full(len(readers), result.algorithm, dtype=object),
        "given": np.full(len(readers), result.given, dtype=object),
        "reader_id": np.array(readers, dtype=object),
    }
    parts = [([*map(str, result.measures)], result.readers, result.values)]
    if errors:
        sums = np.column_stack([errors.rows, errors.sums])
        parts.append(([FORECASTS, *MEASURES.values()], errors.readers, sums))
    row = {reader: at for at, reader in enumerate(readers)}
    for names, of, values in parts:
        rows = [row[reader] for reader in of]
        for name, column in zip(names, values.T, strict=False):
            columns[name] = np.full(len(readers), np.nan)
            columns[name][rows] = column
    return columns


def _text(report: Report, per_reader: Mapping[str, str]) -> str:
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "library_version": __version__}
    plain = {**head, **report.as_dict(), "per_reader": per_reader}
    return json.dumps(plain, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def refuse_report(path: Path) -> None:
    """Looks, before the long work, whether a report can be written there."""
    if path.suffix != ".json":
        raise SettingError(f"a report must be a file whose name ends in .json, got {str(path)!r}")
    refuse_target(path, "must be a file for the report")
    refuse_target(path.with_suffix(".parquet"), "must be a file for each reader's values")


def read_report(path: Path | str) -> Report:
    """Reads what `write_report` wrote; means and intervals are made anew of the values.

    Raises:
        InputError: A file is missing, damaged, foreign, of another format, or not the one that
            belongs to the other.
    """
    path = Path(path)
    plain = _plain(path)
    try:
        named = plain["per_reader"]
        values = path.with_name(Path(named["file"]).name)
        if not values.is_file():
            raise InputError(
                f"the values of each reader must lie beside the report, in {values.name}, which is "
                "missing; put it there or evaluate again",
                file=path,
            )
        if sha256(values) != named["sha256"]:
            raise InputError(
                f"{values.name} must be the file that was written with the report, and is not; "
                "evaluate again",
                file=path,
            )
        columns, seed = read_parquet(values), _count(plain["seed"])
        return Report(
            protocol=_string(plain["protocol"]),
            description=_string(plain["description"]),
            data=_by_name(plain["data"], _string),
            seed=seed,
            results=tuple(_result(each, columns, seed) for each in plain["results"]),
            version=_string(plain["library_version"]),
            per_reader=_by_name(named, _string),
        )
    except DAMAGED as error:
        raise InputError(f"damaged report ({error}); evaluate again", file=path) from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error


def _result(plain: Mapping[str, Any], columns: Columns, seed: int) -> Result:
    algorithm, given = _string(plain["algorithm"]), plain["given"]
    lengths, given = columns["given"], None if given is None else _count(given)
    same = np.ma.getmaskarray(lengths) if given is None else np.ma.filled(lengths == given, False)
    rows = same & (columns["algorithm"] == algorithm)
    own = {name: column[rows] for name, column in columns.items()}
    measures = tuple(Measure.of(name) for name in plain["measures"] if "@" in name)
    readers, values = _values(own, list(map(str, measures)))
    if len(readers) != plain["readers"]:
        raise ValueError(f"{plain['readers']} readers in one file, {len(readers)} in the other")
    forecasts = plain.get("forecasts", {})
    return Result(
        algorithm=algorithm,
        settings=_by_name(plain["settings"], lambda value: value),
        fit_seconds=_number(plain["fit_seconds"], least=0),
        given=given,
        readers=readers,
        measures=measures,
        values=values,
        left_out=_by_name(plain["left_out"], _count),
        notes=_by_name(plain["notes"], _count),
        rank_seconds=_number(plain["rank_seconds"], least=0),
        errors=_errors(forecasts, own) if forecasts else None,
        seed=seed,
        catalogue=_by_name(plain["catalogue"], _number),
        segments=tuple(map(_segment, plain["segments"])),
        star_segments=tuple(map(_segment, forecasts.get("segments", ()))),
    )


def _errors(plain: Mapping[str, Any], own: Columns) -> StarErrors:
    losses = own.get("negative_log_likelihood")
    certain = losses is None or np.ma.getmaskarray(losses).all()
    readers, values = _values(own, [FORECASTS, *(OF_NUMBERS if certain else MEASURES).values()])
    steps = [
        [step["rows"], step["forecast"] * step["rows"], step["stars"] * step["rows"]]
        for step in (_by_name(each, _number) for each in plain.get("calibration", ()))
    ]
    return StarErrors(
        readers=readers,
        rows=values[:, 0],
        sums=values[:, 1:],
        without=_count(plain["rows_without_forecast"]),
        calibration=np.array(steps, np.float64) if steps else None,
    )


def _values(own: Columns, names: Sequence[str]) -> tuple[tuple[str, ...], F64]:
    """The readers who have the first of some columns, and their numbers in all of them."""
    if not names:
        return (), np.empty((0, 0))
    there = ~np.ma.getmaskarray(own[names[0]])
    numbers = np.ma.column_stack([own[name][there] for name in names])
    if np.ma.is_masked(numbers):
        raise ValueError("a reader's value is missing")
    return tuple(own["reader_id"][there].tolist()), np.ma.getdata(numbers)


def _segment(plain: Mapping[str, Any]) -> Segment:
    return Segment(
        by=_string(plain["by"]),
        segment=_string(plain["segment"]),
        readers=_count(plain["readers"]),
        measures=_by_name(plain["measures"], _interval),
        rows=_count(plain["rows"]) if "rows" in plain else None,
    )


def _interval(value: Mapping[str, object]) -> Interval:
    interval = Interval(**_by_name(value, _number))
    if not interval.low <= interval.mean <= interval.high:
        raise ValueError(f"a mean must lie in its interval, got {interval}")
    return interval


def _by_name(value: Mapping[str, Any], read: Callable[[Any], T]) -> dict[str, T]:
    return {name: read(each) for name, each in value.items()}


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be text, got {value!r:.40}")
    return value


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(f"must be a whole number, at least 0, got {value!r:.40}")
    return value


def _number(value: object, least: float = -math.inf) -> float:
    if type(value) not in (int, float) or not math.isfinite(number := cast(float, value)):
        raise ValueError(f"must be a number, got {value!r:.40}")
    if number < least:
        raise ValueError(f"must be at least {least:g}, got {number:g}")
    return number


def _plain(path: Path) -> dict[str, Any]:
    try:
        plain = json.loads(read_file(path, wanted=WANTED))
    except (ValueError, RecursionError) as error:
        raise InputError("must be JSON as evaluate writes it, and is not", file=path) from error
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise InputError(f"{WANTED}, and is something else", file=path)
    version = plain.get("format_version")
    if version != FORMAT_VERSION:
        written_by = plain.get("library_version")
        found = other_format(version, written_by, FORMAT_VERSION, "evaluate again")
        raise InputError(f"has report {found}", file=path)
    return plain


def compare_reports(
    one: Report,
    other: Report,
    first: str,
    second: str | None = None,
    *,
    measure: Measure | str = "ndcg@10",
    given: int | None = None,
) -> Paired:
    """An algorithm of one report less an algorithm of the other.

    Args:
        one: The report of the first algorithm; its seed draws the interval.
        other: The report of the second, of the same questions.
        first: Name of the algorithm in the one report.
        second: Name of the algorithm in the other; `first` where it is the same.
        measure: One that both reports have.
        given: How many books the models were told, where there are several lengths.

    Raises:
        InputError: The reports do not answer the same questions.
        SettingError: No such algorithm, length or measure in one of them.
    """
    refuse_other_questions(one, other)
    ours = one.result(first, given)
    theirs = other.result(first if second is None else second, given)
    if (ours.given, ours.readers) != (theirs.given, theirs.readers):
        raise InputError(
            f"the results compared must be of the same readers, got {len(ours.readers)} told "
            f"{_lengths(ours.given)} and {len(theirs.readers)} told {_lengths(theirs.given)}; "
            "measure both with the same protocol and the same split"
        )
    return paired(ours.column(measure), theirs.column(measure), one.seed)


def refuse_other_questions(one: Report, other: Report) -> None:
    """Looks whether two reports can be compared."""
    tasks = [report.data.get("task", "none") for report in (one, other)]
    if tasks[0] != tasks[1] or tasks[0] == "none":
        raise InputError(
            f"the reports compared must have the same task fingerprint, got {tasks[0][:12]} "
            f"({one.protocol}) and {tasks[1][:12]} ({other.protocol}): other training ratings, "
            "other readers or other right answers; measure both with the same protocol on the "
            "same data"
        )


def _lengths(given: int | None) -> str:
    return "all they are known by" if given is None else f"{given} books"
