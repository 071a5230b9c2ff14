"""What a model folder holds, looked at before it is used: nobody vouches for a folder.

Compiled code trusts its arrays, so that an index beyond an array would write into foreign memory.
Every kind of model takes its arrays and settings through here. Tables of which an answer needs a
few rows are only mapped: a row of them is looked at where it is used. Whatever is missing, or
something else than it must be, is a `ModelError` that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from readalike.errors import ModelError
from readalike.numerics.arrays import F32, I64

LARGEST = 1e15
"""No number of a model is larger: its square, summed over all books, is still a float32."""
SMALLEST = float(np.finfo(np.float32).tiny)
"""No number that must be above 0 is smaller."""

T = TypeVar("T")
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class StoredArrays:
    """Arrays by name, of which nothing is known; `verify` looks at every number at once."""

    found: Mapping[str, Array]
    verify: bool = False

    def __contains__(self, name: str) -> bool:
        return name in self.found

    def below(self, prefix: str) -> StoredArrays:
        """Those whose names begin so, without that beginning."""
        parts = {n.removeprefix(prefix): a for n, a in self.found.items() if n.startswith(prefix)}
        return StoredArrays(parts, self.verify)

    def array(self, name: str, shape: tuple[int | None, ...], *kinds: Any) -> Array:
        """An array of some shape, None where a length may be any, and one of some types."""
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

    def numbers(
        self,
        name: str,
        *shape: int | None,
        kinds: tuple[Any, ...] = (np.float32,),
        lowest: float = -LARGEST,
        highest: float = LARGEST,
    ) -> Array:
        """An array of numbers from lowest to highest, NaN not among them."""
        return believable(name, self.array(name, shape, *kinds), lowest, highest)

    def table(self, name: str, *shape: int | None) -> F32:
        """A table of numbers that are not read here; `believable` looks at them where they are."""
        array = self.array(name, shape, np.float32)
        return believable(name, array) if self.verify else array

    def rows(self, prefix: str, columns: int, rows: int | None = None) -> sp.csr_array:
        """A sparse matrix, looked at as a whole; its arrays have the prefix before their names."""
        return replace(self, verify=True).mapped_rows(prefix, columns, rows)

    def mapped_rows(self, prefix: str, columns: int, rows: int | None = None) -> sp.csr_array:
        """A sparse matrix whose entries are not read here; `refuse_entries` looks at them.

        Only where rows begin and end is looked at, which scipy does not do.
        """
        data = self.array(f"{prefix}data", (None,), np.float32, np.float64)
        indices = self.array(f"{prefix}indices", (len(data),), np.int32, np.int64)
        name, length = f"{prefix}indptr", None if rows is None else rows + 1
        starts = self.array(name, (length,), np.int32, np.int64)
        rising = len(starts) and starts[0] == 0 and starts[-1] == len(data)
        if not rising or (starts[1:] < starts[:-1]).any():
            raise wrong(name, f"numbers that rise from 0 to {len(data)}", "others")
        matrix = sp.csr_array((data, indices, starts), (len(starts) - 1, columns))
        if self.verify:
            refuse_entries(matrix, slice(None), prefix)
        return matrix


def believable(
    name: str, array: Array, lowest: float = -LARGEST, highest: float = LARGEST
) -> Array:
    """The array, or some rows of one, whose numbers must lie between two others; NaN does not."""
    # NaN passes no comparison
    if array.size and not (array.max() <= highest and array.min() >= lowest):
        raise wrong(name, f"numbers from {lowest:g} to {highest:g}", "others")
    return array


def refuse_entries(matrix: sp.csr_array, entries: slice | I64, prefix: str = "") -> None:
    """Looks at some entries of a sparse matrix, of which scipy believes every index."""
    believable(f"{prefix}data", matrix.data[entries])
    indices, columns = matrix.indices[entries], matrix.shape[1]
    if indices.size and not (indices.min() >= 0 and indices.max() < columns):
        got = f"{indices.min()} to {indices.max()}"
        raise wrong(f"{prefix}indices", f"indices from 0 to {columns - 1}", got)


def wrong(name: str, wanted: str, got: str) -> ModelError:
    """The error of an array that cannot be."""
    return ModelError(f"array {name!r} must be {wanted}, got {got}")


@dataclass(frozen=True)
class StoredSettings:
    """Scalars by name, out of a card."""

    found: Mapping[str, Any]

    def number(self, name: str, low: float = -LARGEST, high: float = LARGEST) -> float:
        """A number from low to high."""
        return _number(name, self._of(name), low, high)

    def above_zero(self, name: str) -> float:
        """A number above 0."""
        return self.number(name, low=SMALLEST)

    def numbers(self, name: str) -> tuple[float, ...]:
        """One number or more."""
        found = self._of(name)
        if not isinstance(found, list | tuple) or not found:
            raise _no_setting(name, "a list of numbers", found)
        return tuple(_number(name, each, -LARGEST, LARGEST) for each in found)

    def whole(self, name: str, low: int = 0, high: int = 1 << 62) -> int:
        """A whole number from low to high."""
        found = self._of(name)
        if type(found) is not int or not low <= found <= high:
            raise _no_setting(name, f"a whole number from {low} to {high}", found)
        return found

    def words(self, name: str) -> str:
        """A text."""
        return self._of_type(name, str, "a text")

    def part(self, name: str) -> StoredSettings:
        """The settings of a part."""
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


def _number(name: str, found: Any, low: float, high: float) -> float:
    fits = isinstance(found, int | float) and not isinstance(found, bool)
    if not fits or not low <= found <= high:
        raise _no_setting(name, f"a number from {low:g} to {high:g}", found)
    return found  # type: ignore[no-any-return]


def _no_setting(name: str, wanted: str, got: object) -> ModelError:
    plain = isinstance(got, str | int | float | None)
    shown = repr(got)[:60] if plain else f"a {type(got).__name__}"
    return ModelError(f"setting {name!r} must be {wanted}, got {shown}")
