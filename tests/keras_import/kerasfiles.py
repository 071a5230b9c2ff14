"""Files as Keras lays them out, written by h5py alone."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Weights = Mapping[str, Mapping[str, Floats]]
Layer = dict[str, Any]
READERS, BOOKS = 9, 7
"""Rows of the tables: ids 1 to 8 and 1 to 6, and the row 0 that nobody uses."""


def layer(kind: str, name: str, *inputs: str, **settings: Any) -> Layer:
    """A layer that takes the first outcome of others, as Keras 2 writes it."""
    nodes = [[[each, 0, 0, {}] for each in inputs]] if inputs else []
    config = {"name": name, **settings}
    return {"class_name": kind, "name": name, "config": config, "inbound_nodes": nodes}


def input_layer(name: str, *shape: int) -> Layer:
    return layer("InputLayer", name, batch_input_shape=[None, *shape])


def model(layers: Sequence[Layer], inputs: Sequence[str], output: str, name: str = "m") -> Layer:
    return {
        "class_name": "Model",
        "name": name,
        "config": {
            "name": name,
            "layers": list(layers),
            "input_layers": [[each, 0, 0] for each in inputs],
            "output_layers": [[output, 0, 0]],
        },
    }


def sides(book: str = "Book", reader: str = "User") -> list[Layer]:
    """Inputs, embeddings and flattened vectors of both, called as the notebook calls them."""
    found = []
    for name in (book, reader):
        found += [
            input_layer(f"{name}-Input", 1),
            layer("Embedding", f"{name}-Embedding", f"{name}-Input", input_dim=0, mask_zero=False),
            layer("Flatten", f"Flatten-{name}", f"{name}-Embedding"),
        ]
    return found


def headed(*head: Layer, book: str = "Book", reader: str = "User") -> Layer:
    """A model of both sides and what follows `Flatten-Book` and `Flatten-User`."""
    inputs = (f"{reader}-Input", f"{book}-Input")
    return model([*sides(book, reader), *head], inputs, head[-1]["name"])


def dot_model(**settings: Any) -> Layer:
    names = {name: settings.pop(name) for name in ("book", "reader") if name in settings}
    flat = [f"Flatten-{names.get('book', 'Book')}", f"Flatten-{names.get('reader', 'User')}"]
    told = {"axes": 1, "normalize": False} | settings
    return headed(layer("Dot", "Dot-Product", *flat, **told), **names)


def dense_model(*activations: str) -> Layer:
    """Concatenate, book first, and a dense layer for each activation."""
    head = [layer("Concatenate", "concatenate_1", "Flatten-Book", "Flatten-User", axis=-1)]
    for place, activation in enumerate(activations):
        settings = {"activation": activation, "use_bias": True}
        head.append(layer("Dense", f"dense_{place + 1}", head[-1]["name"], **settings))
    return headed(*head)


def tables(
    width: int = 3,
    *,
    book: str = "Book",
    reader: str = "User",
    rows: tuple[int, int] = (BOOKS, READERS),
) -> dict[str, dict[str, Floats]]:
    """The weights of both embeddings, around the square root of 3.5 / width."""
    draw, centre = np.random.default_rng(0), np.sqrt(3.5 / width)
    return {
        f"{name}-Embedding": {"embeddings": draw.normal(centre, 0.3, (n, width)).astype("f4")}
        for name, n in zip((book, reader), rows, strict=True)
    }


def stack(*widths: int, seed: int = 1) -> dict[str, dict[str, Floats]]:
    """The weights of dense layers from the first width to the last."""
    draw = np.random.default_rng(seed)
    return {
        f"dense_{place + 1}": {
            "kernel": draw.normal(0, 0.5, (widths[place], widths[place + 1])).astype("f4"),
            "bias": draw.normal(0, 0.5, widths[place + 1]).astype("f4"),
        }
        for place in range(len(widths) - 1)
    }


def write_grouped(
    path: Path,
    config: Layer | None,
    weights: Weights,
    *,
    suffix: str = "",
    version: str = "2.2.4",
    pieces: bool = False,
) -> Path:
    """The `.h5` of Keras 2: `Book-Embedding/Book-Embedding_1/embeddings:0`, with an optimizer."""
    with h5py.File(path, "w") as root:
        group = root
        if config is not None:
            root.attrs["keras_version"] = version.encode()
            root.attrs["model_config"] = json.dumps(config).encode()
            optimizer = {"class_name": "Adam", "config": {"lr": 0.001, "decay": 0.0}}
            root.attrs["training_config"] = json.dumps({"optimizer_config": optimizer}).encode()
            root.create_dataset("optimizer_weights/training/Adam/Variable:0", data=np.zeros(3))
            group = root.create_group("model_weights")
        names = [n["name"] for n in config["config"]["layers"]] if config else list(weights)
        listed = np.array([name.encode() for name in names])
        if pieces:
            group.attrs["layer_names0"], group.attrs["layer_names1"] = listed[:2], listed[2:]
        else:
            group.attrs["layer_names"] = listed
        for name in names:
            inner = group.create_group(name)
            found = [(f"{name}{suffix}/{v}:0", a) for v, a in weights.get(name, {}).items()]
            inner.attrs["weight_names"] = np.array([v.encode() for v, _ in found])
            for variable, array in found:
                inner.create_dataset(variable, data=array)
    return path


def write_nested(target: Any, groups: Mapping[str, Mapping[str, Floats]]) -> None:
    """The weights of Keras 3, by the names of their groups."""
    with h5py.File(target, "w") as root:
        for name, arrays in groups.items():
            for place, array in enumerate(arrays.values()):
                root.create_dataset(f"layers/{name}/vars/{place}", data=array)
        root.create_dataset("optimizer/vars/0", data=np.zeros(3))


def write_archive(path: Path, config: Layer, groups: Mapping[str, Mapping[str, Floats]]) -> Path:
    """A `.keras` archive: the architecture, and the weights by the names of their groups."""
    weights = io.BytesIO()
    write_nested(weights, groups)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.0.0"}))
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("model.weights.h5", weights.getvalue())
    return path


def ratings_table(
    readers: Sequence[object] = range(1, READERS), books: Sequence[object] = range(1, BOOKS)
) -> dict[str, list[object]]:
    """Most pairs of these ids, with stars; the last books are the most read."""
    pairs = [
        (i, j) for i in range(len(readers)) for j in range(len(books)) if (i + 1) % (j + 2) or j > 2
    ]
    return {
        "user_id": [readers[i] for i, _ in pairs],
        "book_id": [books[j] for _, j in pairs],
        "rating": [1 + (i * 3 + j) % 5 for i, j in pairs],
    }
