"""Arrays mapped from a file, against the library whose format it is."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hn
from safetensors.numpy import load_file, save_file

from readalike.errors import ModelError
from readalike.model_folder.arrays import TYPES, read_arrays

arrays = hn.arrays(
    st.sampled_from([np.dtype(kind) for kind in TYPES.values()]),
    hn.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=4),
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), arrays, max_size=5))
def test_what_was_saved_is_read_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, saved: dict[str, npt.NDArray[Any]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "some.safetensors"
    path.unlink(missing_ok=True)
    saved.pop("__metadata__", None)
    save_file({name: np.ascontiguousarray(array) for name, array in saved.items()}, path)
    found, wanted = read_arrays(path), load_file(path)
    assert found.keys() == wanted.keys() == saved.keys()
    for name, array in found.items():
        assert array.dtype == wanted[name].dtype
        assert array.shape == wanted[name].shape
        assert array.tobytes() == wanted[name].tobytes()


def test_it_cannot_be_written_to(tmp_path: Path) -> None:
    save_file({"a": np.zeros(3, np.float32)}, tmp_path / "a.safetensors")
    found = read_arrays(tmp_path / "a.safetensors")["a"]
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 1


@pytest.mark.skipif(os.name == "nt", reason="Windows does not remove what is mapped")
def test_a_file_that_is_removed_stays_for_whoever_has_it(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save_file({"a": np.arange(100_000)}, path)
    found = read_arrays(path)["a"]
    path.unlink()
    save_file({"a": np.zeros(100_000, np.int64)}, path)
    assert found[-1] == 99_999


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        b"\x80\x04\x95 a pickle, or anything else that is longer than its header says",
        b"\x02\0\0\0\0\0\0\0[]",
        b'\x08\0\0\0\0\0\0\0{"a":1} ',
        b'\x3a\0\0\0\0\0\0\0{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}    \0\0',
        b'\x3a\0\0\0\0\0\0\0{"a":{"dtype":"X99","shape":[1],"data_offsets":[0,4]}}     \0\0\0\0',
    ],
)
def test_a_foreign_or_damaged_file_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"a\.safetensors must be a file of arrays"):
        read_arrays(path)
