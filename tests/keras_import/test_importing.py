"""An imported model is a model like any other, and it is told how it meets the table."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import readalike
from cases.speaking import ids
from keras_import.kerasfiles import (
    BOOKS,
    READERS,
    dense_model,
    dot_model,
    headed,
    layer,
    ratings_table,
    stack,
    tables,
    write_grouped,
)
from readalike import import_keras
from readalike.data.histories import Histories
from readalike.errors import ModelError, SettingError
from readalike.keras_import.importing import Imported
from readalike.model_folder.card import read_card
from readalike.models import EmbeddingModel, NetworkModel


def dot_file(path: Path) -> Path:
    return write_grouped(path / "regression_model.h5", dot_model(), tables())


def dense_file(path: Path) -> Path:
    weights = tables() | stack(6, 5, 1)
    return write_grouped(path / "dense.h5", dense_model("tanh", "linear"), weights)


FILES = pytest.mark.parametrize("write", [dot_file, dense_file])


@FILES
@pytest.mark.parametrize("predictor", [None, "baseline"])
def test_it_is_a_model_folder_like_any_other(
    write: Callable[[Path], Path], predictor: str | None, tmp_path: Path
) -> None:
    file, folder = write(tmp_path), tmp_path / "model"
    imported = import_keras(file, ratings_table(), folder, predictor=predictor)
    before, after = imported.recommender, readalike.load(folder)
    questions: list[dict[str, Any]] = [
        {"reader": 3}, {"history": {"1": 5, "2": 1}}, {"history": {}}
    ]  # fmt: skip
    for asked in questions:
        answer = after.recommend(n=4, **asked)
        assert answer.as_dict() == before.recommend(n=4, **asked).as_dict()
        assert len(answer) >= 1
    for item in after.recommend({"1": 5, "2": 1}, n=3):
        parts = sum(reason.amount for reason in item.reasons) + item.base
        assert parts == pytest.approx(item.score, rel=1e-5)
    assert len(after.similar("2", 3)) == 3
    assert len(after.recommend_many(n=3)) == READERS - 1
    card = read_card(folder)
    assert (card.algorithm, card.settings["file"]) == ("keras", file.name)
    assert card.data["readers"] == READERS - 1
    if predictor is None:
        with pytest.raises(ModelError, match="forecasts no stars"):
            after.forecast(["1"], reader=3)
    else:
        assert 1 <= after.forecast(["1"], reader=3)[0].stars <= 5


def test_the_file_is_not_needed_any_more(tmp_path: Path) -> None:
    file = dense_file(tmp_path)
    import_keras(file, ratings_table(), tmp_path / "model")
    file.unlink()
    assert ids(readalike.load(tmp_path / "model").recommend(reader=3))


@FILES
def test_ids_without_a_row_are_left_out_or_answered_as_new(
    write: Callable[[Path], Path], tmp_path: Path
) -> None:
    none = "9" * 5000
    readers, books = [*range(1, READERS + 2), "x7", none], [*range(1, BOOKS + 2), "007", none]
    imported = import_keras(write(tmp_path), ratings_table(readers, books))
    assert (imported.readers_without_row, imported.books_without_row) == (4, 4)
    assert imported.rows_without_book == 0
    recommender = imported.recommender
    known = [str(i) for i in range(1, BOOKS)]
    assert list(recommender.catalogue.books) == known
    assert recommender.readers is not None
    for reader in ("9", "10", "x7", none):
        index = recommender.readers.users.index(reader)
        assert index is not None
        model, row = recommender.model, recommender.readers.histories.take([index])
        assert isinstance(model, EmbeddingModel | NetworkModel)
        scores = model.score_users(np.array([index]))
        assert scores == pytest.approx(model.score(row), rel=1e-5, abs=1e-6)
        assert set(ids(recommender.recommend(reader=reader, n=99))) <= set(known)


def test_rows_without_a_book_are_counted_and_row_0_is_none(tmp_path: Path) -> None:
    imported = import_keras(dot_file(tmp_path), ratings_table(books=[1, 2, 5]))
    assert imported.rows_without_book == 3
    assert imported.recommender.model.n_items == 3


def test_ids_from_0_use_row_0(tmp_path: Path) -> None:
    imported = import_keras(dot_file(tmp_path), ratings_table(range(3), range(3)))
    model, weights = imported.recommender.model, tables()
    assert isinstance(model, EmbeddingModel)
    assert (model.item_factors == weights["Book-Embedding"]["embeddings"][:3]).all()


def test_biases_are_those_of_the_embedding_and_the_network_of_neither(tmp_path: Path) -> None:
    extra = [
        layer("Embedding", "user_bias", "User-Input"),
        layer("Embedding", "book_bias", "Book-Input"),
        layer("Flatten", "ub", "user_bias"),
        layer("Flatten", "bb", "book_bias"),
        layer("Dot", "dot", "Flatten-Book", "Flatten-User", axes=[1, 1]),
    ]
    draw = np.random.default_rng(4)
    weights = tables() | {
        "user_bias": {"embeddings": draw.normal(size=(READERS, 1)).astype("f4")},
        "book_bias": {"embeddings": draw.normal(size=(BOOKS, 1)).astype("f4")},
    }
    both = headed(*extra, layer("Add", "sum", "bb", "dot", "ub"))
    one = headed(*extra, layer("Add", "sum", "dot", "ub"))
    for config, shape in ((both, "embedding"), (one, "network")):
        imported = import_keras(write_grouped(tmp_path / "m.h5", config, weights), ratings_table())
        model = imported.recommender.model
        assert model.kind == shape
        assert isinstance(model, EmbeddingModel | NetworkModel)
        product = (
            weights["User-Embedding"]["embeddings"] @ weights["Book-Embedding"]["embeddings"].T
        )
        expected = product + weights["user_bias"]["embeddings"]
        if config is both:
            expected = expected + weights["book_bias"]["embeddings"].T
        scores = model.score_users(np.arange(READERS - 1))
        assert scores == pytest.approx(expected[1:, 1:], rel=1e-5, abs=1e-6)


def test_more_ids_with_a_row_decide_where_names_do_not(tmp_path: Path) -> None:
    config = dot_model(book="one", reader="two")
    file = write_grouped(tmp_path / "m.h5", config, tables(book="one", reader="two"))
    found = import_keras(file, ratings_table()).found
    assert found["book"]["input"] == "one-Input"
    assert found["assumed"] == [
        "one-Input takes the book, since more ids have a row that way round"
    ]


@pytest.mark.parametrize("names", [("movie", "member"), ("item_id", "uid"), ("x", "customer")])
def test_names_decide_where_they_tell(names: tuple[str, str], tmp_path: Path) -> None:
    book, reader = names
    config = dot_model(book=book, reader=reader)
    file = write_grouped(tmp_path / "m.h5", config, tables(book=book, reader=reader))
    found = import_keras(file, ratings_table(range(1, 5), range(1, 5))).found
    assert (found["book"]["input"], found["assumed"]) == (f"{book}-Input", [])


def test_a_folder_of_something_else_and_an_unknown_predictor_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    with pytest.raises(ModelError, match="holds other files"):
        import_keras(dot_file(tmp_path), ratings_table(), tmp_path / "mine")
    with pytest.raises(SettingError, match="predictor"):
        import_keras(dot_file(tmp_path), ratings_table(), predictor="stars")


# How it stands


def popular_or_not(tmp_path: Path, way: int) -> Imported:
    """60 readers of 40 books, the first the most read, and scores that go up or down with it."""
    draw = np.random.default_rng(0)
    chances = np.arange(40, 0, -1) ** 1.5
    rows = [
        (reader, int(book) + 1)
        for reader in range(1, 61)
        for book in draw.choice(40, 12, replace=False, p=chances / chances.sum())
    ]
    book = np.linspace(3, 5, 41)[::-way, None].astype("f4")
    weights = {
        "Book-Embedding": {"embeddings": book},
        "User-Embedding": {"embeddings": np.ones((61, 1), "f4")},
    }
    table = {
        "user_id": [reader for reader, _ in rows],
        "book_id": [each for _, each in rows],
        "rating": [round(float(book[each, 0])) for _, each in rows],
    }
    return import_keras(write_grouped(tmp_path / "m.h5", dot_model(), weights), table)


def test_a_model_that_lists_little_read_books_is_told_of(tmp_path: Path) -> None:
    imported = popular_or_not(tmp_path, -1)
    (warning,) = imported.warnings
    assert "lists little-read books: mean popularity percentile" in warning
    assert imported.standing is not None
    assert imported.standing.listed < 0.4 < 0.5 < imported.standing.read
    assert imported.standing.error < 0.4


def test_a_model_that_lists_much_read_books_is_not(tmp_path: Path) -> None:
    imported = popular_or_not(tmp_path, 1)
    assert imported.warnings == []
    assert imported.standing is not None
    assert imported.standing.listed > 0.6
    assert imported.standing.error < imported.standing.error_of_mean
    assert imported.standing.readers == 60


def test_scores_that_are_not_the_stars_of_this_table_are_told_of(tmp_path: Path) -> None:
    weights = {name: {"embeddings": -t["embeddings"]} for name, t in tables().items()}
    weights["User-Embedding"] = {"embeddings": -weights["User-Embedding"]["embeddings"]}
    imported = import_keras(write_grouped(tmp_path / "m.h5", dot_model(), weights), ratings_table())
    assert any("is this the table it was trained on" in each for each in imported.warnings)


def test_the_error_is_that_of_the_readers_stars(tmp_path: Path) -> None:
    imported = import_keras(dot_file(tmp_path), ratings_table())
    book, reader = (each["embeddings"] for each in tables().values())
    table = ratings_table()
    missed = [float(reader[u] @ book[i]) - r for u, i, r in zip(*table.values(), strict=True)]
    assert imported.standing is not None
    assert imported.standing.error == pytest.approx(np.sqrt(np.mean(np.square(missed))))
    spread = np.std(np.array(table["rating"], dtype=float))
    assert imported.standing.error_of_mean == pytest.approx(spread)
    json.dumps(imported.as_dict())


def test_of_readers_without_rows_nothing_is_measured(tmp_path: Path) -> None:
    imported = import_keras(dot_file(tmp_path), ratings_table(readers=["a", "b", "c"]))
    assert imported.standing is None
    assert imported.warnings == []
    assert imported.as_dict()["standing"] is None
    assert ids(imported.recommender.recommend({"1": 5}))


def test_rows_without_stars_are_no_error(tmp_path: Path) -> None:
    table = ratings_table()
    imported = import_keras(dot_file(tmp_path), {k: table[k] for k in ("user_id", "book_id")})
    assert imported.standing is not None
    assert np.isnan(imported.standing.error)


def test_a_history_of_unknown_books_is_answered_by_popularity(tmp_path: Path) -> None:
    recommender = import_keras(dense_file(tmp_path), ratings_table()).recommender
    answer = recommender.recommend({"99": 5}, n=3)
    assert answer.source == "popular"
    assert isinstance(recommender.model.score(Histories.of_rows([([], [])], BOOKS - 1)), np.ndarray)
