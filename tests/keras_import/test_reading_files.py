"""Every layout that Keras has had, against what Keras made of it and against plain loops."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from keras_import.kerasfiles import (
    BOOKS,
    READERS,
    Layer,
    dense_model,
    dot_model,
    headed,
    input_layer,
    layer,
    model,
    ratings_table,
    stack,
    tables,
    write_archive,
    write_grouped,
    write_nested,
)
from readalike import import_keras
from readalike.keras_import.importing import Imported
from readalike.models import EmbeddingModel, NetworkModel

GOLDEN = Path(__file__).parents[1] / "golden" / "keras_models"
MADE = sorted(path.name for path in GOLDEN.glob("*-*"))
EVERY_READER, EVERY_BOOK = 21, 11


def scores_of(imported: Imported) -> npt.NDArray[np.float32]:
    fitted = imported.recommender.model
    assert isinstance(fitted, EmbeddingModel | NetworkModel)
    assert imported.recommender.readers is not None
    return fitted.score_users(np.arange(len(imported.recommender.readers.users)))


@pytest.mark.parametrize("name", MADE)
def test_what_keras_saved_scores_as_keras_did(name: str) -> None:
    which, _, file = name.partition("-")
    with np.load(GOLDEN / f"{which}.npz", allow_pickle=False) as kept:
        expected = kept[file.split(".")[0]]
    table = ratings_table(range(EVERY_READER), range(EVERY_BOOK))
    imported = import_keras(GOLDEN / name, table, book_layer=BOOK_OF.get(name))
    assert scores_of(imported) == pytest.approx(expected, rel=1e-5, abs=2e-6)
    assert imported.readers_without_row == imported.books_without_row == 0
    shape = "embedding" if file.split(".")[0] in ("dot", "nested") else "network"
    assert imported.recommender.model.kind == shape


BOOK_OF = {"keras2-dot.weights.h5": "embedding"}
"""What a file without names cannot tell."""


def test_models_of_both_kerases_and_of_every_layout_are_among_them() -> None:
    for part in ("keras2-", "keras3-", ".keras", ".weights.h5", "nested", "dense", "neumf"):
        assert any(part in name for name in MADE), part


DOT = dot_model()


def doubled(path: Path) -> Path:
    return write_grouped(path / "m.h5", DOT, tables(), suffix="_1", version="2.2.2")


def plain(path: Path) -> Path:
    return write_grouped(path / "m.h5", DOT, tables(), version="2.15.0")


def in_pieces(path: Path) -> Path:
    return write_grouped(path / "m.h5", DOT, tables(), pieces=True)


def archived(path: Path) -> Path:
    book, reader = tables().values()
    return write_archive(path / "m.keras", DOT, {"embedding": book, "embedding_1": reader})


def old_weights(path: Path) -> Path:
    return write_grouped(path / "m.h5", None, tables())


def new_weights(path: Path) -> Path:
    book, reader = tables().values()
    write_nested(path / "m.weights.h5", {"embedding": reader, "embedding_1": book})
    return path / "m.weights.h5"


@pytest.mark.parametrize("write", [doubled, plain, in_pieces, archived, old_weights, new_weights])
def test_every_layout_holds_the_same_product(write: Callable[[Path], Path], tmp_path: Path) -> None:
    imported = import_keras(write(tmp_path), ratings_table())
    book, reader = (each["embeddings"].astype(np.float64) for each in tables().values())
    expected = [[sum(reader[u] * book[i]) for i in range(1, BOOKS)] for u in range(1, READERS)]
    assert scores_of(imported) == pytest.approx(np.array(expected), rel=1e-6)
    assert imported.recommender.model.kind == "embedding"
    assert ("the optimizer's state" in imported.found["ignored"]) == (write is not old_weights)
    assumed = write in (old_weights, new_weights)
    assert ("a plain product of the two embeddings" in imported.found["assumed"]) == assumed


PLAIN: dict[str, Callable[[float], float]] = {
    "linear": lambda z: z,
    "relu": lambda z: max(z, 0.0),
    "relu6": lambda z: min(max(z, 0.0), 6.0),
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "selu": lambda z: 1.05070098 * (z if z > 0 else 1.67326324 * (math.exp(z) - 1)),
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "softsign": lambda z: z / (1 + abs(z)),
    "exponential": math.exp,
    "silu": lambda z: z / (1 + math.exp(-z)),
    "swish": lambda z: z / (1 + math.exp(-z)),
}


def dense_twin(
    weights: dict[str, dict[str, npt.NDArray[np.float32]]], activations: tuple[str, ...], u: int,
    i: int,
) -> float:  # fmt: skip
    """One score of a dense stack, number by number."""
    x = [*weights["Book-Embedding"]["embeddings"][i], *weights["User-Embedding"]["embeddings"][u]]
    for place, activation in enumerate(activations):
        kernel, bias = weights[f"dense_{place + 1}"].values()
        x = [
            PLAIN[activation](
                sum(float(x[a]) * float(kernel[a, b]) for a in range(len(x))) + float(bias[b])
            )
            for b in range(len(bias))
        ]
    return float(x[0])


@pytest.mark.parametrize("activation", PLAIN)
def test_a_dense_stack_is_its_slow_twin(activation: str, tmp_path: Path) -> None:
    activations = (activation, "relu", activation)
    weights = tables() | stack(6, 5, 4, 1)
    file = write_grouped(tmp_path / "m.h5", dense_model(*activations), weights, suffix="_1")
    imported = import_keras(file, ratings_table())
    expected = [
        [dense_twin(weights, activations, u, i) for i in range(1, BOOKS)] for u in range(1, READERS)
    ]
    assert scores_of(imported) == pytest.approx(np.array(expected), rel=1e-4, abs=1e-5)


def test_weights_of_a_stack_alone_are_taken_in_their_order(tmp_path: Path) -> None:
    weights = tables() | stack(6, 4, 1)
    file = write_grouped(tmp_path / "m.h5", None, weights)
    imported = import_keras(file, ratings_table())
    expected = dense_twin(weights, ("relu", "linear"), 3, 2)
    assert scores_of(imported)[2, 1] == pytest.approx(expected, rel=1e-5)
    (assumed,) = imported.found["assumed"]
    assert "Book-Embedding before User-Embedding, relu in every dense layer but the last" in assumed


def test_the_layers_of_a_model_inside_a_model_are_found(tmp_path: Path) -> None:
    inner = model(
        [
            input_layer("inner", 1),
            layer("Embedding", "Book-Embedding", "inner"),
            layer("Reshape", "shaped", "Book-Embedding", target_shape=[-1]),
        ],
        ["inner"],
        "shaped",
        "tower",
    )
    inner["inbound_nodes"] = [[["Book-Input", 0, 0, {}]]]
    outer = dot_model()["config"]["layers"]
    outer[1:3] = [inner, layer("Dropout", "Flatten-Book", "tower", rate=0.5)]
    # Keras 2 counts the uses of a model from 1
    outer[2]["inbound_nodes"] = [[["tower", 1, 0, {}]]]
    config = model(outer, ["User-Input", "Book-Input"], "Dot-Product")
    book, reader = tables().values()
    groups = {"model/layers/embedding": book, "embedding": reader}
    file = write_archive(tmp_path / "m.keras", config, groups)
    imported = import_keras(file, ratings_table())
    assert imported.found["book"]["embeddings"] == {"tower/Book-Embedding": [BOOKS, 3]}
    expected = reader["embeddings"][1:] @ book["embeddings"][1:].T
    assert scores_of(imported) == pytest.approx(expected, rel=1e-6)


def ending(*head: Layer) -> Layer:
    return headed(layer("Multiply", "product", "Flatten-Book", "Flatten-User"), *head)


def test_what_is_added_and_normalised_after_a_product(tmp_path: Path) -> None:
    config = ending(
        layer("BatchNormalization", "norm", "product", axis=[-1], epsilon=0.001),
        layer("ReLU", "cut", "norm", max_value=6.0, negative_slope=0.0, threshold=0.0),
        layer("Add", "sum", "cut", "Flatten-Book"),
        layer("Dense", "dense_1", "sum", activation="linear"),
    )
    draw = np.random.default_rng(3)
    norm = {
        name: draw.uniform(0.5, 1.5, 3).astype("f4")
        for name in ("gamma", "beta", "moving_mean", "moving_variance")
    }
    weights = tables() | {"norm": norm} | stack(3, 1)
    imported = import_keras(write_grouped(tmp_path / "m.h5", config, weights), ratings_table())
    book = weights["Book-Embedding"]["embeddings"][1:].astype(np.float64)
    reader = weights["User-Embedding"]["embeddings"][1:, None].astype(np.float64)
    gamma, beta, mean, variance = norm.values()
    x = np.clip((reader * book - mean) / np.sqrt(variance + 0.001) * gamma + beta, 0, 6) + book
    expected = (x @ weights["dense_1"]["kernel"] + weights["dense_1"]["bias"])[..., 0]
    assert scores_of(imported) == pytest.approx(expected, rel=1e-5, abs=1e-5)
