"""Opens a file that Keras saved: HDF5, or a zip archive with HDF5 in it. Nothing is executed."""

from __future__ import annotations

import contextlib
import io
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from readalike.errors import InputError, MissingExtra
from readalike.files import most_unpacked, open_file
from readalike.numerics.arrays import F32

Names = tuple[str, ...]
Weights = tuple[F32, ...]

OPTIMIZER = "the optimizer's state"
TRAINING = "how it was trained"


@dataclass(frozen=True, eq=False)
class Stored:
    """The parts of a file, without what they mean."""

    file: Path
    version: str  # of the Keras that wrote it; empty where the file does not say
    config: Mapping[str, Any] | None
    """The architecture as Keras writes it; None where there is none."""
    weights: Mapping[Names, Weights]
    """The arrays of each layer, in Keras's order, by the names of the models it lies in and its."""
    ignored: tuple[str, ...]


def grouped_weights(group: Any, read: Callable[[Any, str], F32]) -> dict[Names, Weights]:
    """The arrays of each layer by name, of the group with `layer_names`.

    An array is called `layer/kernel:0`, where `layer` may have got a number behind it, or other
    names before it. So a layer is known by its group; and in the group of a model, which holds
    the arrays of all its layers, by the name before the last, with and without the number.
    """
    found: dict[Names, Weights] = {}
    for layer in _names(group, "layer_names"):
        inner: dict[Names, Weights] = {}
        for name in _names(group[layer], "weight_names"):
            parent = name.split("/")[-2] if "/" in name else layer
            array = read(group[layer], name)
            inner[(layer, parent)] = (*inner.get((layer, parent), ()), array)
        if not inner:
            continue
        if len(inner) == 1:
            found[(layer,)] = next(iter(inner.values()))
        for names, arrays in inner.items():
            found[names] = arrays
            found.setdefault((layer, re.sub(r"_\d+$", "", names[1])), arrays)
    return found


def _names(group: Any, attribute: str) -> list[str]:
    """A list of names; a long one is in pieces, numbered from 0, since an attribute is short."""
    attributes = group.attrs
    pieces = [attributes[attribute]] if attribute in attributes else []
    while attribute not in attributes and f"{attribute}{len(pieces)}" in attributes:
        pieces.append(attributes[f"{attribute}{len(pieces)}"])
    names = [name for piece in pieces for name in np.asarray(piece).tolist()]
    return [name.decode("utf-8") if isinstance(name, bytes) else str(name) for name in names]


CONTAINERS = ("layers", "_layer_checkpoint_dependencies")
"""Groups that hold a model's layers; the second is how Keras 2.12 called it."""
NO_LAYERS = ("optimizer", "metrics", "vars")


def nested_weights(
    root: Any, config: Mapping[str, Any] | None, read: Callable[[Any, str], F32]
) -> dict[Names, Weights]:
    """The arrays of each layer by name, of a whole file.

    A group is called like the kind of its layer, numbered in the order of the architecture:
    `embedding`, `embedding_1`. Newer files hold the layer's own name beside. Without both the
    name of the group stands for that of the layer.
    """
    found: dict[Names, Weights] = {}

    def visit(group: Any, config: Mapping[str, Any] | None, above: Names) -> None:
        for key in sorted(group, key=_numbered):
            if key in CONTAINERS:
                known = _called(config)
                for inner in sorted(group[key], key=_numbered):
                    layer(group[key][inner], inner, known.get(inner), above)
            elif key not in NO_LAYERS and hasattr(group[key], "keys"):
                layer(group[key], key, None, above)

    def layer(group: Any, key: str, config: Mapping[str, Any] | None, above: Names) -> None:
        variables = group.get("vars", {})
        said = variables.attrs.get("name") if variables else None
        name = str(said or (config or {}).get("config", {}).get("name") or key)
        if len(variables):
            places = sorted(variables, key=int)
            found[(*above, name)] = tuple(read(variables, place) for place in places)
        visit(group, config, (*above, name))

    visit(root, config, ())
    return found


def layers_of(config: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """The layers of a model's architecture; Keras 2.2 wrote a sequential model as a bare list."""
    inner = (config or {}).get("config", {})
    return list(inner if isinstance(inner, list) else inner.get("layers", ()))


def _called(config: Mapping[str, Any] | None) -> dict[str, Mapping[str, Any]]:
    """The layers of a model by the names of their groups.

    `BatchNormalization` is `batch_normalization`, by the expressions that Keras uses.
    """
    times: Counter[str] = Counter()
    called = {}
    for layer in layers_of(config):
        kind = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", str(layer["class_name"])))
        kind = re.sub(r"([a-z])([A-Z])", r"\1_\2", kind).lower()
        called[f"{kind}_{times[kind]}" if times[kind] else kind] = layer
        times[kind] += 1
    return called


def _numbered(name: str) -> tuple[str, int]:
    """A name and the number behind it: `dense_2` comes before `dense_10`."""
    stem, _, number = name.rpartition("_")
    return (stem, int(number)) if stem and number.isdecimal() else (name, 0)


HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
TO_DO = "save it in Keras with model.save('model.keras')"
MUST = "must be a model saved by Keras (.h5, .keras or .weights.h5)"


def read_stored(file: Path | str) -> Stored:
    """The parts of a file of Keras 2.2 to 3."""
    path = Path(file)
    with open_file(path, MUST) as stream:
        start = stream.read(len(HDF5))
    if not start:
        raise InputError(f"{MUST}, got an empty file; {TO_DO}", file=path)
    if start != HDF5 and not start.startswith(ZIP):
        raise InputError(f"{MUST}, got neither HDF5 nor a zip archive; {TO_DO}", file=path)
    try:
        import h5py  # noqa: F401
    except ImportError as error:
        raise MissingExtra("reading a model of Keras", "neural") from error
    with damage_reported(path):
        return _of_hdf5(path, path, None, "") if start == HDF5 else _of_archive(path)


@contextlib.contextmanager
def damage_reported(path: Path) -> Iterator[None]:
    """Tells in one line, by an `InputError`, of whatever in a file is not as Keras writes it."""
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

    def array(group: Any, name: str) -> F32:
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
