"""Arrays in a safetensors file, mapped and not copied.

What a reader's list does not look at is never read from the disk, and the memory is shared by all
processes that serve one model. The library `safetensors` would copy all of it when reading, and
when writing puts another file in the place of the one that it is given. The format: the length of a
header in 8 bytes, the header in JSON, the arrays.
"""

from __future__ import annotations

import json
import math
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.errors import ModelError

TYPES = {
    "BOOL": np.bool_, "U8": np.uint8, "I8": np.int8, "I16": np.int16, "I32": np.int32,
    "I64": np.int64, "F16": np.float16, "F32": np.float32, "F64": np.float64,
}  # fmt: skip
NAMES = {np.dtype(kind): name for name, kind in TYPES.items()}
LONGEST_HEADER = 100_000_000
"""Bytes, as in the library."""


def write_arrays(path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
    """Writes arrays by name; the same arrays give the same bytes."""
    # the widest numbers first, so that each array begins at a multiple of its numbers' size
    order = sorted(arrays, key=lambda name: (-arrays[name].dtype.itemsize, name))
    header, start = {}, 0
    for name in order:
        array = arrays[name]
        header[name] = {
            "dtype": NAMES[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [start, start + array.nbytes],
        }
        start += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        for name in order:
            file.write(np.ascontiguousarray(arrays[name]).data)


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a file by name; they cannot be written to.

    A file that is replaced or removed meanwhile stays as it was for whoever has mapped it. Raises
    ModelError where it is no such file, or an array lies beyond its end.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = 8 + int.from_bytes(mapped[:8], "little")
        if start > min(len(mapped), 8 + LONGEST_HEADER):
            raise ValueError("it has no header")
        header = json.loads(mapped[8:start])
        header.pop("__metadata__", None)
        return {name: _array(mapped, start, found) for name, found in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(
            f"{path} must be a file of arrays (safetensors), and is not: {error}"
        ) from error


def _array(mapped: mmap.mmap, start: int, found: dict[str, Any]) -> npt.NDArray[Any]:
    kind, shape = np.dtype(TYPES[found["dtype"]]), found["shape"]
    first, last = found["data_offsets"]
    if not all(type(number) is int and number >= 0 for number in (*shape, first, last)):
        raise ValueError("a shape or place is no whole number from 0")
    count = math.prod(shape)
    if last - first != count * kind.itemsize or start + last > len(mapped):
        raise ValueError("an array does not lie where its shape says")
    if (start + first) % kind.itemsize:
        raise ValueError("an array does not begin at a multiple of its numbers' size")
    if not count:  # numpy refuses to begin at the end of a file
        return np.empty(shape, kind)
    return np.frombuffer(mapped, kind, count, start + first).reshape(shape)
