"""Kinds of arrays by the numbers in them; shapes stand in the docstrings."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Floats = npt.NDArray[np.floating[Any]]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
Indices = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]
