"""Opens a file that Keras saved: HDF5, or a zip archive with HDF5 in it. Nothing is executed."""

from __future__ import annotations

import contextlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from readalike.errors import InputError, MissingExtra
from readalike.files import most_unpacked, open_file
from readalike.keras_models.grouped import grouped_weights
from readalike.keras_models.nested import nested_weights
from readalike.keras_models.stored import OPTIMIZER, TRAINING, Floats, Stored

HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
TO_DO = "save it in Keras with model.save('model.keras')"
MUST = "must be a model saved by Keras (.h5, .keras or .weights.h5)"


def read_stored(file: Path | str) -> Stored:
    """The parts of a file of Keras 2.2 to 3.

    Raises:
        InputError: It is missing, damaged or something else.
        MissingExtra: h5py is not installed.
    """
    path = Path(file)
    with open_file(path, MUST) as stream:
        start = stream.read(len(HDF5))
    if not start:
        raise InputError(f"{MUST}, got an empty file; {TO_DO}", file=path)
    if start != HDF5 and not start.startswith(ZIP):
        raise InputError(f"{MUST}, got neither HDF5 nor a zip archive; {TO_DO}", file=path)
    _require_h5py()
    with damage_told(path):
        return _of_hdf5(path, path, None, "") if start == HDF5 else _of_archive(path)


@contextlib.contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Tells in one line of whatever in a file is not as Keras writes it.

    Raises:
        InputError: Something is.
    """
    try:
        yield
    except (
        OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError,
        EOFError, MemoryError, OverflowError, zipfile.BadZipFile, zlib.error,
    ) as error:  # fmt: skip
        raise InputError(
            f"{MUST}, got one that is damaged or cut off ({str(error) or type(error).__name__}); "
            "copy it again, or save it again",
            file=path,
        ) from error


def _require_h5py() -> None:
    try:
        import h5py  # noqa: F401
    except ImportError as error:
        raise MissingExtra("reading a model of Keras", "neural") from error


def _of_archive(path: Path) -> Stored:
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if not {CONFIG, WEIGHTS} <= names:
            raise InputError(
                f"{MUST}, got a zip archive without {CONFIG} and {WEIGHTS}; {TO_DO}", file=path
            )
        read = [archive.getinfo(name) for name in (CONFIG, METADATA, WEIGHTS) if name in names]
        _refuse_more(path, sum(member.file_size for member in read))
        config = json.loads(archive.read(CONFIG))
        version = ""
        if METADATA in names:
            version = str(json.loads(archive.read(METADATA)).get("keras_version", ""))
        weights = io.BytesIO(archive.read(WEIGHTS))
    return _of_hdf5(path, weights, config, version)


def _refuse_more(path: Path, unpacked: int) -> None:
    most = most_unpacked(path.stat().st_size)
    if unpacked > most:
        raise InputError(
            f"{MUST}, got one that unpacks to {unpacked:,} bytes, where {most:,} are the most for "
            "its size",
            file=path,
        )


def _of_hdf5(
    path: Path, source: Path | io.BytesIO, config: Mapping[str, Any] | None, version: str
) -> Stored:
    import h5py

    done = 0

    def array(group: Any, name: str) -> Floats:
        nonlocal done
        found = _dataset(group, name)
        done += found.nbytes
        _refuse_more(path, done)
        return np.asarray(found[()], dtype=np.float32)

    with h5py.File(source, "r") as root:
        ignored = []
        if config is not None:
            ignored = [TRAINING] if config.get("compile_config") else []
        elif "model_config" in root.attrs:
            config = json.loads(_text(root.attrs["model_config"]))
        if "training_config" in root.attrs:
            ignored.append(TRAINING)
        if "optimizer_weights" in root or len(root.get("optimizer", ())):
            ignored.append(OPTIMIZER)
        group = root.get("model_weights", root)
        version = version or _text(root.attrs.get("keras_version", ""))
        version = version or _text(group.attrs.get("keras_version", ""))
        if any(name.startswith("layer_names") for name in group.attrs):
            weights = grouped_weights(group, array)
        else:
            weights = nested_weights(root, config, array)
    if not weights:
        raise InputError(f"{MUST}, got an HDF5 file without layers; {TO_DO}", file=path)
    return Stored(path, version, config, weights, tuple(ignored))


def _dataset(group: Any, name: str) -> Any:
    """A set of numbers of the file itself; HDF5 can name other files, which are not opened."""
    import h5py

    where, _, last = name.rpartition("/")
    within = group[where] if where else group
    link = within.get(last, getlink=True)
    if not isinstance(link, h5py.HardLink):
        raise ValueError(f"{name} is a link")  # noqa: TRY004 - of the file, not of the caller
    found = within[last]
    if not isinstance(found, h5py.Dataset) or found.external or found.is_virtual:
        raise ValueError(f"{name} holds no numbers")
    return found


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)
