"""What a model folder holds, looked at before it is used: nobody vouches for a folder.

Compiled code trusts its arrays, so that an index beyond an array would write into foreign memory.
Every shape of model takes its arrays and settings through here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.errors import ModelError

LARGEST = 1e15
"""No number of a model is larger: its square, summed over all books, is still a float32."""


SMALLEST = float(np.finfo(np.float32).tiny)
"""No number that must be above 0 is smaller."""

T = TypeVar("T")


@dataclass(frozen=True)
class StoredArrays:
    """Arrays by name.

    Attributes:
        found: As they were read; nothing is known of them.
    """

    found: Mapping[str, npt.NDArray[Any]]

    def __contains__(self, name: str) -> bool:
        return name in self.found

    def numbers(
        self,
        name: str,
        *shape: int | None,
        kinds: tuple[Any, ...] = (np.float32,),
        lowest: float = -LARGEST,
        highest: float = LARGEST,
    ) -> npt.NDArray[Any]:
        """An array of numbers, NaN not among them.

        Args:
            name: Of the array.
            shape: Its shape, None where a length may be any.
            kinds: The types that it may have.
            lowest: The least number.
            highest: The greatest.

        Raises:
            ModelError: It is missing or something else.
        """
        array = self.array(name, shape, *kinds)
        # NaN passes no comparison
        if array.size and not (array.max() <= highest and array.min() >= lowest):
            raise wrong(name, f"numbers from {lowest:g} to {highest:g}", "others")
        return array

    def array(self, name: str, shape: tuple[int | None, ...], *kinds: Any) -> npt.NDArray[Any]:
        """An array of some shape and one of some types.

        Raises:
            ModelError: It is missing or something else.
        """
        array = self.found.get(name)
        wanted = " or ".join(np.dtype(kind).name for kind in kinds)
        lengths = ", ".join("any" if length is None else str(length) for length in shape)
        what = f"{wanted} of the shape ({lengths})"
        if array is None:
            raise wrong(name, what, "nothing")
        fits = len(array.shape) == len(shape) and all(
            want in (None, length) for want, length in zip(shape, array.shape, strict=True)
        )
        if not fits or array.dtype not in [np.dtype(kind) for kind in kinds]:
            raise wrong(name, what, f"{array.dtype.name} of the shape {array.shape}")
        return array

    def rows(self, prefix: str, columns: int, rows: int | None = None) -> sp.csr_array:
        """A sparse matrix out of its data, indices and index pointers, which scipy does not check.

        Args:
            prefix: Before the three names.
            columns: Number of columns.
            rows: Number of rows; any where none is given.

        Raises:
            ModelError: One is missing, or they make no matrix.
        """
        data = self.numbers(f"{prefix}data", None, kinds=(np.float32, np.float64))
        name = f"{prefix}indices"
        indices = self.array(name, (len(data),), np.int32, np.int64)
        if indices.size and not (indices.min() >= 0 and indices.max() < columns):
            got = f"{indices.min()} to {indices.max()}"
            raise wrong(name, f"indices from 0 to {columns - 1}", got)
        starts = self._pointers(f"{prefix}indptr", len(data), rows)
        return sp.csr_array((data, indices, starts), (len(starts) - 1, columns))

    def _pointers(self, name: str, entries: int, rows: int | None = None) -> npt.NDArray[Any]:
        """Where each row begins and the last one ends; they rise from 0 to the entries' number."""
        starts = self.array(name, (None if rows is None else rows + 1,), np.int32, np.int64)
        rising = len(starts) and starts[0] == 0 and starts[-1] == entries
        if not rising or (starts[1:] < starts[:-1]).any():
            raise wrong(name, f"numbers that rise from 0 to {entries}", "others")
        return starts


def wrong(name: str, wanted: str, got: str) -> ModelError:
    """The error of an array that cannot be."""
    return ModelError(f"array {name!r} must be {wanted}, got {got}")


@dataclass(frozen=True)
class StoredSettings:
    """Scalars by name, out of a card.

    Attributes:
        found: As they were read.
    """

    found: Mapping[str, Any]

    def number(self, name: str, low: float = -LARGEST, high: float = LARGEST) -> float:
        """A number from low to high.

        Raises:
            ModelError: It is missing or something else.
        """
        return _number(name, self._of(name), low, high)

    def whole(self, name: str, low: int = 0, high: int = 1 << 62) -> int:
        """A whole number from low to high.

        Raises:
            ModelError: It is missing or something else.
        """
        found = self._of(name)
        if type(found) is not int or not low <= found <= high:
            raise _no_setting(name, f"a whole number from {low} to {high}", found)
        return found

    def above_zero(self, name: str) -> float:
        """A number above 0.

        Raises:
            ModelError: It is missing or something else.
        """
        return self.number(name, low=SMALLEST)

    def numbers(self, name: str) -> tuple[float, ...]:
        """One number or more.

        Raises:
            ModelError: It is missing or something else.
        """
        found = self._of(name)
        if not isinstance(found, list | tuple) or not found:
            raise _no_setting(name, "a list of numbers", found)
        return tuple(_number(name, each, -LARGEST, LARGEST) for each in found)

    def words(self, name: str) -> str:
        """A text.

        Raises:
            ModelError: It is missing or something else.
        """
        return self._of_type(name, str, "a text")

    def part(self, name: str) -> StoredSettings:
        """The settings of a part.

        Raises:
            ModelError: It is missing or something else.
        """
        return StoredSettings(self._of_type(name, dict, "settings by name"))

    def _of_type(self, name: str, kind: type[T], what: str) -> T:
        found = self._of(name)
        if not isinstance(found, kind):
            raise _no_setting(name, what, found)
        return found

    def _of(self, name: str) -> Any:
        if name not in self.found:
            raise _no_setting(name, "there", "nothing")
        return self.found[name]


def _number(name: str, found: object, low: float, high: float) -> float:
    fits = isinstance(found, int | float) and not isinstance(found, bool)
    if not fits or not low <= found <= high:  # type: ignore[operator]
        raise _no_setting(name, f"a number from {low:g} to {high:g}", found)
    return found  # type: ignore[return-value]


def _no_setting(name: str, wanted: str, got: object) -> ModelError:
    plain = isinstance(got, str | int | float | None)
    shown = repr(got)[:60] if plain else f"a {type(got).__name__}"
    return ModelError(f"setting {name!r} must be {wanted}, got {shown}")
