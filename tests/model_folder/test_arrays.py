"""Arrays mapped from a file, against the library whose format it is."""

from __future__ import annotations

import json
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
from readalike.model_folder import arrays as module
from readalike.model_folder.arrays import TYPES, read_arrays, write_arrays

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


@given(st.dictionaries(st.text(min_size=1, max_size=5), arrays, max_size=5))
def test_what_is_written_is_read_by_the_library_and_lies_at_multiples_of_its_size(
    tmp_path_factory: pytest.TempPathFactory, given_arrays: dict[str, npt.NDArray[Any]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.safetensors"
    given_arrays.pop("__metadata__", None)
    path.unlink(missing_ok=True)  # what is mapped must not be written over
    write_arrays(path, given_arrays)
    content = path.read_bytes()
    found = load_file(path)
    assert found.keys() == given_arrays.keys()
    for name, array in given_arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()
    start = 8 + int.from_bytes(content[:8], "little")
    assert start % 8 == 0
    header = json.loads(content[8:start])
    for name, array in given_arrays.items():
        assert header[name]["data_offsets"][0] % array.dtype.itemsize == 0
    sizes = [given_arrays[name].dtype.itemsize for name in header]
    assert sizes == sorted(sizes, reverse=True)
    path.unlink()
    write_arrays(path, dict(reversed(given_arrays.items())))
    assert path.read_bytes() == content


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


def file_of(path: Path, data: bytes, **found: object) -> Path:
    """A file of one array, of which the header says something."""
    said = {"dtype": "I32", "shape": [2], "data_offsets": [0, 8], **found}
    header = json.dumps({"a": said})
    header += " " * (-len(header) % 8)
    path.write_bytes(len(header).to_bytes(8, "little") + header.encode() + data)
    return path


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"shape": [3]}, "an array does not lie where its shape says"),
        ({"shape": [1]}, "an array does not lie where its shape says"),
        ({"data_offsets": [4, 12]}, "an array does not lie where its shape says"),
        ({"shape": [-2]}, "a shape or place is no whole number from 0"),
        ({"shape": [2.0]}, "a shape or place is no whole number from 0"),
        ({"shape": [True, 2]}, "a shape or place is no whole number from 0"),
        ({"data_offsets": [-4, 4]}, "a shape or place is no whole number from 0"),
        (
            {"shape": [1], "data_offsets": [2, 6]},
            "an array does not begin at a multiple of its numbers' size",
        ),
    ],
)
def test_an_array_that_cannot_lie_there_is_refused(
    tmp_path: Path, found: dict[str, object], told: str
) -> None:
    whole = file_of(tmp_path / "whole.safetensors", b"\1\0\0\0\2\0\0\0")
    assert read_arrays(whole)["a"].tolist() == [1, 2]
    nothing = file_of(tmp_path / "none.safetensors", b"", shape=[0, 3], data_offsets=[0, 0])
    assert read_arrays(nothing)["a"].shape == (0, 3)
    with pytest.raises(ModelError, match=told):
        read_arrays(file_of(tmp_path / "a.safetensors", b"\0" * 8, **found))


def test_a_header_may_be_so_long_and_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(tmp_path / "a.safetensors", b"\1\0\0\0\2\0\0\0")
    length = int.from_bytes(path.read_bytes()[:8], "little")
    assert module.LONGEST_HEADER == 100_000_000
    monkeypatch.setattr(module, "LONGEST_HEADER", length)
    assert read_arrays(path)["a"].tolist() == [1, 2]
    monkeypatch.setattr(module, "LONGEST_HEADER", length - 1)
    with pytest.raises(ModelError, match="it has no header"):
        read_arrays(path)
