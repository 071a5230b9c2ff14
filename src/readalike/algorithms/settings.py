"""How an algorithm declares its settings: once, on the field itself.

The command line, the model card, the documentation and the checks all read them here.
"""

from __future__ import annotations

import dataclasses
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Self, TypeVar

from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.models.interface import Ranker
from readalike.models.starfactors import StarFactors
from readalike.progress import Progress, silent

Value = bool | int | float | str
Model = TypeVar("Model", covariant=True)


@dataclass(frozen=True)
class Range:
    """Numbers worth trying for a setting, both ends included."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.log and self.low <= 0):
            raise SettingError(
                f"a range must go up{' from above 0' if self.log else ''}, "
                f"got {self.low:g} to {self.high:g}"
            )

    def __str__(self) -> str:
        return f"{self.low:g} to {self.high:g}"


Search = Range | tuple[Value, ...]
"""Where values worth trying are looked for: a range of numbers, or the values themselves."""


def setting(
    default: Value,
    help: str,  # noqa: A002 - the word the command line shows
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    search: Search | None = None,
) -> Any:
    """A hyperparameter: its default, one line of help, what it may be, where to look for better.

    The type of the default is that of the setting. `readalike tune` leaves one without a search
    alone.
    """
    return dataclasses.field(
        default=default,
        metadata={"help": help, "low": low, "high": high, "choices": choices, "search": search},
    )


def star_slope(default: float) -> Any:
    """How much the stars of a reader's books count, as several algorithms declare it."""
    return setting(
        default,
        "change of a history book's weight a star (of five) above the mean",
        low=0.0,
        search=Range(0.0, 1.5),
    )


def fold_in(default: float) -> Any:
    """How far a new reader is held to the usual one, as several algorithms declare it."""
    return setting(
        default,
        "ridge penalty on the vector of a reader who was not in training",
        low=1e-6,
        search=Range(0.1, 50.0, log=True),
    )


@dataclass(frozen=True)
class Settings(ABC, Generic[Model]):
    """Frozen hyperparameters, each checked against its declaration; holds no data."""

    name: ClassVar[str]

    @abstractmethod
    def fit(self, ratings: Ratings, catalogue: Catalogue, progress: Progress = silent) -> Model:
        """Learns from the ratings and what is known of the books; returns a new, frozen model."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            _check(field, getattr(self, field.name))

    @classmethod
    def of(cls, given: Mapping[str, object]) -> Self:
        """Makes the settings of words or values by name, as `--set name=value` gives them."""
        known = {field.name: field for field in dataclasses.fields(cls)}
        for name in given:
            if name not in known:
                raise SettingError(
                    f"unknown setting {name!r}: must be one of {', '.join(known) or 'none'}"
                )
        return cls(**{name: _parse(known[name], value) for name, value in given.items()})

    def as_dict(self) -> dict[str, Value]:
        """The values by name, plain JSON."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}


Algorithm = Settings[Ranker]
"""The settings of what ranks books."""
StarAlgorithm = Settings[StarFactors]
"""The settings of what forecasts stars."""


def named(
    known: Mapping[str, type[Settings[Model]]],
    kind: str,
    name: str,
    settings: Mapping[str, object] | None,
) -> Settings[Model]:
    """One of a table of settings by its name, with the values given."""
    if name not in known:
        raise SettingError(f"unknown {kind} {name!r}: must be one of {', '.join(known)}")
    return known[name].of(settings or {})


def _parse(field: dataclasses.Field[Any], value: Any) -> Any:
    kind: type = type(field.default)
    if not isinstance(value, str):
        if kind is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        if type(value) is not kind:
            raise SettingError(f"{field.name} must be {_wanted(field)}, got {value!r}")
        return value
    if kind is str:
        return value
    if kind is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if value.strip().lower() in words:
            return words[value.strip().lower()]
    else:
        try:
            return kind(value)
        except ValueError:
            pass
    raise SettingError(f"{field.name} must be {_wanted(field)}, got {value!r}")


def _check(field: dataclasses.Field[Any], value: Any) -> None:
    if not field.metadata:
        return
    low, high, choices = (field.metadata.get(k) for k in ("low", "high", "choices"))
    wrong = (
        not _is_of(type(field.default), value)
        or (low is not None and not value >= low)
        or (high is not None and not value <= high)
        or (choices and value not in choices)
    )
    if wrong:
        raise SettingError(f"{field.name} must be {_wanted(field)}, got {value!r}")


def _is_of(kind: type, value: Any) -> bool:
    """Whether a value is of this type; a whole number is a number, and infinity is none."""
    if kind is float:
        return type(value) is int or (isinstance(value, float) and math.isfinite(value))
    return type(value) is kind


def _wanted(field: dataclasses.Field[Any]) -> str:
    low, high, choices = (field.metadata.get(k) for k in ("low", "high", "choices"))
    if choices:
        return "one of " + ", ".join(choices)
    kind = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}[
        type(field.default)
    ]
    if low is not None and high is not None:
        return f"{kind} from {low:g} to {high:g}"
    if low is not None:
        return f"{kind}, at least {low:g}"
    if high is not None:
        return f"{kind}, at most {high:g}"
    return kind


def describe(algorithm: type[Settings[Any]]) -> list[tuple[str, str, Any, str]]:
    """Each setting of an algorithm: name, what it must be, default, help."""
    return [
        (field.name, _wanted(field), field.default, field.metadata["help"])
        for field in dataclasses.fields(algorithm)
    ]


def tried(search: Search | None) -> str:
    """Where better values are looked for, in words; "" where they are not."""
    if search is None or isinstance(search, Range):
        return str(search or "")
    return ", ".join(str(value).lower() for value in search)


def searched(algorithm: type[Settings[Any]]) -> dict[str, Search]:
    """Where better values of the settings are looked for, by name."""
    return {
        field.name: field.metadata["search"]
        for field in dataclasses.fields(algorithm)
        if field.metadata.get("search") is not None
    }
