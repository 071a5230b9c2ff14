"""Arrays of a safetensors file, mapped and not copied.

What a reader's list does not look at is never read from the disk, the memory is shared by all
processes that serve one model, and a model of any size is loaded at once. The library `safetensors`
would copy all of it. The format: the length of a header in 8 bytes, the header in JSON, the arrays.
"""

from __future__ import annotations

import json
import math
import mmap
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from readalike.errors import ModelError

TYPES = {
    "BOOL": np.bool_, "U8": np.uint8, "I8": np.int8, "I16": np.int16, "I32": np.int32,
    "I64": np.int64, "F16": np.float16, "F32": np.float32, "F64": np.float64,
}  # fmt: skip


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a file by name; they cannot be written to.

    A file that is replaced or removed meanwhile stays as it was for whoever has mapped it.

    Raises:
        ModelError: It is no such file.
    """
    try:
        with path.open("rb") as file:
            held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        start = 8 + int.from_bytes(held[:8], "little")
        header = json.loads(held[8:start])
        header.pop("__metadata__", None)
        return {name: _array(held, start, told) for name, told in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} must be a file of arrays (safetensors), and is not") from error


def _array(held: mmap.mmap, start: int, told: dict[str, Any]) -> npt.NDArray[Any]:
    shape, (first, _) = told["shape"], told["data_offsets"]
    found: npt.NDArray[Any] = np.frombuffer(
        held, TYPES[told["dtype"]], math.prod(shape), start + first
    )
    return found.reshape(shape)
