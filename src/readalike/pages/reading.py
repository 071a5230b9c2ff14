"""Reads the plain JSON of an evaluation, and refuses what is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeGuard, cast

from readalike.errors import InputError
from readalike.numerics.intervals import Interval
from readalike.pages.content import Content, Entry, Segment, Step

FORMAT = "readalike-evaluation"
VERSION = 1
REMEDY = "write it anew with readalike evaluate"

Plain = Mapping[str, Any]


def content_of(report: object) -> Content:
    """Reads what `Report.as_dict` gives, or what a report file holds.

    Raises:
        InputError: It is no report, one of a newer format, or something in it cannot be.
    """
    if not isinstance(report, Mapping) or report.get("format", FORMAT) != FORMAT:
        raise InputError(f"a report must be the JSON of an evaluation; {REMEDY}")
    format_version = report.get("format_version", VERSION)
    if type(format_version) is not int or format_version > VERSION:
        raise InputError(
            f"a report must be of format version {VERSION} or older, got {format_version!r:.40}: "
            "a newer Readalike wrote it; pip install --upgrade readalike"
        )
    results = _wanted(report, "results", list | tuple, "a list of results")
    if not results:
        raise InputError(f"a report must hold at least one result, got none; {REMEDY}")
    entries = tuple(_entry(result) for result in results)
    named = [(entry.algorithm, entry.given) for entry in entries]
    if len(set(named)) < len(named):
        twice = next(name for name in named if named.count(name) > 1)
        raise InputError(f"a report must hold each result once, got {twice[0]} twice; {REMEDY}")
    version = report.get("library_version")
    if version is not None and not isinstance(version, str):
        raise InputError(f"'library_version' must be text, got {version!r:.40}; {REMEDY}")
    return Content(
        _wanted(report, "protocol", str, "a name"),
        _wanted(report, "description", str, "text"),
        {str(k): str(v) for k, v in _wanted(report, "data", Mapping, "fingerprints").items()},
        _wanted(report, "seed", int, "a whole number"),
        version,
        {str(k): str(v) for k, v in _optional(report, "per_reader", Mapping, "a file").items()},
        entries,
    )


def _entry(result: object) -> Entry:
    table = _table(result)
    given = table.get("given")
    if given is not None and type(given) is not int:
        raise InputError(f"'given' must be a whole number or null, got {given!r:.40}; {REMEDY}")
    forecasts = dict(_optional(table, "forecasts", Mapping, "numbers by name"))
    steps = forecasts.pop("calibration", None) or ()
    of_stars = _segments(forecasts)
    forecasts.pop("segments", None)
    return Entry(
        _wanted(table, "algorithm", str, "a name"),
        _wanted(table, "settings", Mapping, "settings by name"),
        given,
        _wanted(table, "readers", int, "a whole number"),
        _intervals(table),
        {
            str(name): float(value)
            for name, value in _optional(table, "catalogue", Mapping, "numbers by name").items()
            if _is_number(value)
        },
        _segments(table),
        _counts(_wanted(table, "left_out", Mapping, "readers by reason")),
        _counts(_wanted(table, "told", Mapping, "numbers by name")),
        _seconds(table, "fit_seconds"),
        _seconds(table, "rank_seconds"),
        _counts(forecasts),
        tuple(map(_step, steps if isinstance(steps, list | tuple) else [steps])),
        of_stars,
    )


def _segments(table: Plain) -> tuple[Segment, ...]:
    return tuple(map(_segment, _optional(table, "segments", list | tuple, "a list of segments")))


def _segment(part: object) -> Segment:
    table = _table(part)
    return Segment(
        _wanted(table, "by", str, "text"),
        _wanted(table, "segment", str, "text"),
        _wanted(table, "readers", int, "a whole number"),
        _intervals(table),
    )


def _step(part: object) -> Step:
    table = _table(part)
    rows = _wanted(table, "rows", int, "a whole number")
    forecast, stars = (_wanted(table, key, int | float, "stars") for key in ("forecast", "stars"))
    return Step(float(forecast), float(stars), rows)


def _intervals(table: Plain) -> dict[str, Interval]:
    """Means with intervals; one that has no number is left out."""
    found = {}
    for name, value in _wanted(table, "measures", Mapping, "means by measure").items():
        bounds = [_table(value).get(key) for key in Interval._fields]
        numbers = [float(bound) for bound in bounds if _is_number(bound)]
        if len(numbers) == len(bounds):
            mean, low, high = numbers
            if not low <= mean <= high:
                raise InputError(f"{name} must lie in its interval, got {value!r:.80}; {REMEDY}")
            found[str(name)] = Interval(mean, low, high)
        elif any(bound is not None and not isinstance(bound, float) for bound in bounds):
            raise InputError(f"{name} must be a mean with an interval, got {value!r:.80}; {REMEDY}")
    return found


def _counts(table: Plain) -> dict[str, int]:
    for name, value in table.items():
        if type(value) is not int:
            raise InputError(f"{name!r:.40} must be a whole number, got {value!r:.40}; {REMEDY}")
    return {str(name): value for name, value in table.items()}


def _seconds(table: Plain, key: str) -> float:
    value = _wanted(table, key, int | float, "a number of seconds")
    if not 0 <= value < math.inf:
        raise InputError(f"{key!r} must be a number of seconds, got {value!r}; {REMEDY}")
    return float(value)


def _table(value: object) -> Plain:
    if not isinstance(value, Mapping):
        raise InputError(f"a report must hold a table of values, got {value!r:.40}; {REMEDY}")
    return value


def _optional(table: Plain, key: str, kind: Any, what: str) -> Any:
    return {} if table.get(key) is None else _wanted(table, key, kind, what)


def _wanted(table: Plain, key: str, kind: Any, what: str) -> Any:
    value = table.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InputError(f"{key!r} must be {what}, got {value!r:.40}; {REMEDY}")
    return value


def _is_number(value: object) -> TypeGuard[float]:
    return type(value) in (int, float) and math.isfinite(cast(float, value))
