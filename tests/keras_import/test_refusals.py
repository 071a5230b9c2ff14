"""What cannot be imported is refused in one line that names the file, never with a traceback."""

from __future__ import annotations

import builtins
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_import.kerasfiles import (
    Layer,
    dense_model,
    dot_model,
    headed,
    layer,
    model,
    ratings_table,
    sides,
    stack,
    tables,
    write_archive,
    write_grouped,
)
from readalike import import_keras
from readalike.errors import InputError, MissingExtra, SettingError

GOLDEN = Path(__file__).parents[1] / "golden" / "keras_models"
FLAT = ("Flatten-Book", "Flatten-User")


def refusal(file: Path, **more: Any) -> str:
    with pytest.raises(InputError) as caught:
        import_keras(file, ratings_table(), **more)
    assert caught.value.file == str(file)
    assert len(str(caught.value)) < 600
    return str(caught.value)


def grouped(path: Path, config: Layer | None, **weights: Any) -> Path:
    return write_grouped(path / "m.h5", config, tables() | weights)


# No file of Keras


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"", "an empty file"),
        (b"book_id,user_id,rating\n1,1,5\n", "neither HDF5 nor a zip archive"),
        (b"\x80\x04\x95\x10", "neither HDF5 nor a zip archive"),
    ],
)
def test_another_file(content: bytes, got: str, tmp_path: Path) -> None:
    file = tmp_path / "m.h5"
    file.write_bytes(content)
    told = refusal(file)
    assert f"must be a model saved by Keras (.h5, .keras or .weights.h5), got {got}" in told
    assert "model.save('model.keras')" in told


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "there is no such file" in refusal(tmp_path / "m.h5")
    (tmp_path / "saved_model.pb").touch()
    assert "got a folder" in refusal(tmp_path)


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("ratings.csv", "1,1,5")
    assert "got a zip archive without config.json and model" in refusal(tmp_path / "m.keras")


def test_hdf5_of_something_else(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "m.h5", "w") as root:
        root.create_dataset("temperatures", data=np.arange(5))
    assert "got an HDF5 file without layers" in refusal(tmp_path / "m.h5")


def test_without_h5py_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = grouped(tmp_path, dot_model())
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "h5py":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"pip install 'readalike\[neural\]'"):
        import_keras(file, ratings_table())


# Damage

WHOLE = {path.name: path.read_bytes() for path in sorted(GOLDEN.glob("*-*"))}


@given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1, exclude_max=True))
def test_a_file_that_was_cut_off_is_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, share: float
) -> None:
    file = tmp_path_factory.mktemp("cut") / name
    file.write_bytes(WHOLE[name][: int(share * len(WHOLE[name]))])
    told = refusal(file)
    assert "must be a model saved by Keras" in told
    assert "\n" not in told.strip()


@pytest.mark.parametrize(
    "config",
    [
        b"{",
        b"[]",
        b"3",
        b'{"class_name": "Model"}',
        b'{"class_name": "Model", "config": {"layers": [{}]}}',
        b'{"class_name": "Model", "config": {"layers": [{"class_name": "Dense"}]}}',
        b"[" * 100_000,
    ],
)
def test_an_architecture_that_is_none(config: bytes, tmp_path: Path) -> None:
    file = write_archive(
        tmp_path / "m.keras", dot_model(), {"embedding": {"a": np.ones((3, 2), "f4")}}
    )
    parts = {}
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in (parts | {"config.json": config}).items():
            archive.writestr(name, content)
    assert "damaged or cut off" in refusal(file)


def test_an_archive_that_swells(tmp_path: Path) -> None:
    file = write_archive(tmp_path / "m.keras", dot_model(), {})
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", bytes(100 << 20))
    assert "unpacks to 104,857,602 bytes, where 67,108,864 are the most" in refusal(file)


def test_arrays_that_swell(tmp_path: Path) -> None:
    """Of a value that every cell has, HDF5 keeps one."""
    file = write_grouped(tmp_path / "m.h5", dot_model(), tables())
    with h5py.File(file, "r+") as root:
        group = root["model_weights/Book-Embedding"]
        (name,) = (each.decode() for each in group.attrs["weight_names"])
        del group[name]
        group.create_dataset(name, (1 << 24, 3), "f4", chunks=(1 << 16, 3), compression="gzip")
    assert "unpacks to 201,326,592 bytes, where 67,108,864 are the most" in refusal(file)


def test_a_layer_that_takes_itself(tmp_path: Path) -> None:
    config = headed(layer("Dropout", "drop", "drop"))
    assert "damaged or cut off" in refusal(grouped(tmp_path, config))


@pytest.mark.parametrize("kind", ["external", "soft", "stored elsewhere"])
def test_numbers_of_another_file_are_not_read(kind: str, tmp_path: Path) -> None:
    file = grouped(tmp_path, dot_model())
    secret = tmp_path / "secret"
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["x"] = np.ones((7, 3), "f4")
    secret.write_bytes(np.ones((7, 3), "f4").tobytes())
    name = "model_weights/Book-Embedding/Book-Embedding/embeddings:0"
    with h5py.File(file, "r+") as root:
        del root[name]
        if kind == "external":
            root[name] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/x")
        elif kind == "soft":
            root[name] = h5py.SoftLink("/model_weights/User-Embedding")
        else:
            root.create_dataset(name, (7, 3), "f4", external=[(str(secret), 0, 84)])
    assert "damaged" in refusal(file)


# A model of another kind


def test_a_lambda_layer_is_never_run(tmp_path: Path) -> None:
    config = headed(
        layer("Dot", "dot", *FLAT, axes=1), layer("Lambda", "times", "dot", function=["4wEA", None])
    )
    told = refusal(grouped(tmp_path, config))
    assert "layer 'times' must be one of Embedding, Dot, Dense" in told
    assert "got Lambda, which holds Python code, which is never run" in told
    assert "readalike train" in told


@pytest.mark.parametrize("kind", ["LSTM", "Custom>Attention", "TFOpLambda"])
def test_a_layer_that_is_not_read(kind: str, tmp_path: Path) -> None:
    told = refusal(grouped(tmp_path, headed(layer(kind, "odd", *FLAT))))
    assert f"layer 'odd' must be one of Embedding, Dot, Dense" in told  # noqa: F541
    assert f"got {kind}, which is not read" in told


UNREAD: dict[str, Layer] = {
    "has the activation 'softmax'": layer(
        "Activation", "odd", "Flatten-Book", activation="softmax"
    ),
    "is no plain relu": layer("ReLU", "odd", "Flatten-Book", negative_slope=0.1),
    "joins along another axis": layer("Concatenate", "odd", *FLAT, axis=0),
    "multiplies along another axis": layer(
        "Dot", "odd", "Book-Embedding", "User-Embedding", axes=1
    ),
    "makes the shape (3, 1) of 3": layer("Reshape", "odd", "Flatten-Book", target_shape=[3, 1]),
    "takes ids as numbers": layer("Concatenate", "odd", "Flatten-Book", "User-Input", axis=-1),
    "looks up what is no id": layer("Embedding", "Book-Embedding", "Flatten-Book"),
}


@pytest.mark.parametrize("what", UNREAD)
def test_a_use_of_a_layer_that_is_not_read(what: str, tmp_path: Path) -> None:
    config = headed(UNREAD[what])
    if what.startswith("looks up"):
        config["config"]["layers"][1]["name"] = "first"
        config["config"]["layers"][2]["inbound_nodes"] = [[["User-Embedding", 0, 0, {}]]]
    told = refusal(grouped(tmp_path, config))
    assert what in told
    assert "which is not read" in told


def test_batches_normalised_along_another_axis(tmp_path: Path) -> None:
    config = headed(layer("BatchNormalization", "norm", "Flatten-Book", axis=[0], epsilon=0.001))
    norm = {str(i): np.ones(3, "f4") for i in range(4)}
    assert "normalises along another axis" in refusal(grouped(tmp_path, config, norm=norm))


def test_a_model_of_more_numbers_than_one(tmp_path: Path) -> None:
    file = grouped(tmp_path, dense_model("relu", "sigmoid"), **stack(6, 4, 5))
    assert "must be a model that gives one number, got one that gives 5" in refusal(file)


def test_a_class_of_its_own(tmp_path: Path) -> None:
    config = {"class_name": "RecommenderNet", "config": {"num_users": 9}}
    file = write_archive(tmp_path / "m.keras", config, {"embedding": {"a": np.ones((3, 2), "f4")}})
    told = refusal(file)
    assert "got the class RecommenderNet" in told
    assert ".weights.h5" in told


def test_an_input_of_several_numbers(tmp_path: Path) -> None:
    config = dot_model()
    config["config"]["layers"][0]["config"]["batch_input_shape"] = [None, 4]
    assert "got the input 'Book-Input' of 4 numbers" in refusal(grouped(tmp_path, config))


def test_one_side_or_three(tmp_path: Path) -> None:
    config = model([*sides(), layer("Dot", "dot", *FLAT[:1] * 2, axes=1)], ["Book-Input"], "dot")
    assert "got 1 (Book-Input)" in refusal(grouped(tmp_path, config))
    lone = model(
        [sides()[0], layer("Flatten", "flat", "Book-Input"), layer("Dense", "dense_1", "flat")],
        ["Book-Input"],
        "dense_1",
    )
    assert "takes ids as numbers" in refusal(grouped(tmp_path, lone, **stack(1, 1)))


def test_a_layer_without_its_weights(tmp_path: Path) -> None:
    told = refusal(grouped(tmp_path, dense_model("relu", "linear"), **stack(6, 4)))
    assert "layer 'dense_2' must have weights, got none" in told


@pytest.mark.parametrize(
    ("weights", "got"),
    [
        ({"odd": {"a": np.ones((3, 2)), "b": np.ones(2), "c": np.ones(2)}}, "the layer odd of 3"),
        ({"Third": {"embeddings": np.ones((4, 3))}}, "3 embeddings (Book-Embedding, User-"),
        ({"Book-Embedding": {"embeddings": np.ones((7, 2))}}, "embeddings of 2 and 3 numbers"),
        (stack(5, 1), "a dense layer of 5 after 6 numbers"),
        (stack(6, 2), "a last layer of 2 numbers"),
    ],
)
def test_weights_alone_that_do_not_tell(weights: Any, got: str, tmp_path: Path) -> None:
    told = refusal(grouped(tmp_path, None, **weights))
    assert got in told
    assert "save the whole model" in told


def test_weights_without_embeddings(tmp_path: Path) -> None:
    file = write_grouped(tmp_path / "m.h5", None, stack(6, 1))
    assert "got no embedding" in refusal(file)


# Names and ids


def unnamed(tmp_path: Path) -> Path:
    config = dot_model(book="one", reader="two")
    same = {
        name: {"embeddings": np.ones((9, 2), "f4")} for name in ("one-Embedding", "two-Embedding")
    }
    return write_grouped(tmp_path / "m.h5", config, same)


def test_sides_that_nothing_tells_apart(tmp_path: Path) -> None:
    told = refusal(unnamed(tmp_path))
    assert "which of one-Input and two-Input takes the book; name it with --book-layer" in told


@pytest.mark.parametrize("name", ["two-Input", "two-Embedding"])
def test_sides_that_are_named(name: str, tmp_path: Path) -> None:
    found = import_keras(unnamed(tmp_path), ratings_table(), book_layer=name).found
    assert found["book"]["input"] == "two-Input"
    with pytest.raises(SettingError, match="--book-layer must be one of one-Input, one-Embedding"):
        import_keras(unnamed(tmp_path), ratings_table(), book_layer="three")


def test_a_table_of_other_ids(tmp_path: Path) -> None:
    file = grouped(tmp_path, dot_model())
    with pytest.raises(InputError) as caught:
        import_keras(file, ratings_table(books=["isbn1", "isbn2", "007", "7"]))
    assert "which must be whole numbers below 7, got ids such as '007'" in str(caught.value)


def test_a_file_is_refused_before_the_ratings_are_read(tmp_path: Path) -> None:
    (tmp_path / "m.h5").write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match=r"m\.h5"):
        import_keras(tmp_path / "m.h5", tmp_path / "nothing.csv")


def test_archives_are_read_in_memory_alone(tmp_path: Path) -> None:
    weights = io.BytesIO()
    with h5py.File(weights, "w") as root:
        root["layers/embedding/vars/0"] = np.ones((7, 2), "f4")
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Model", "config": {}}))
        archive.writestr("model.weights.h5", weights.getvalue())
    before = sorted(tmp_path.iterdir())
    refusal(tmp_path / "m.keras")
    assert sorted(tmp_path.iterdir()) == before
