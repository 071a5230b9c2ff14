"""Field cases of saved tutorial models (section a), on the real files: what is right in each."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import readalike
from cases.speaking import ids, spoken
from readalike import import_keras
from readalike.keras_import.importing import Imported
from readalike.models import EmbeddingModel, NetworkModel
from readalike.tables.dataset import Dataset

MODELS = ("keras-2.2.4-dot", "keras-2.2.2-dot", "keras-2.2.4-dense")


@pytest.fixture(scope="module")
def kaggle(real_data: Path) -> Dataset:
    return readalike.read(real_data / "goodbooks-10k")


@pytest.fixture(scope="module")
def imported(
    real_data: Path, kaggle: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Imported]:
    """The three real models, saved in folders of their names."""
    found = {}
    for name in MODELS:
        file = real_data / "notebook-models" / f"{name}.h5"
        if not file.is_file():
            pytest.skip(f"{file} is not there")
        folder = tmp_path_factory.mktemp("imported") / name
        found[name] = import_keras(file, kaggle, folder)
    return found


def score(imported: Imported, reader: str, book: str) -> float:
    recommender = imported.recommender
    assert recommender.readers is not None
    user, item = recommender.readers.users.index(reader), recommender.catalogue.books.index(book)
    assert isinstance(recommender.model, EmbeddingModel | NetworkModel)
    return float(recommender.model.predict(np.array([user]), np.array([item]))[0])


@pytest.mark.real_data
def test_case_01_the_file_of_keras_2_2_is_read_without_its_optimizer(
    imported: dict[str, Imported],
) -> None:
    """Keras 3 stopped at the optimizer's `lr`; right: the two tables, and Keras's own score."""
    found = imported["keras-2.2.4-dot"]
    assert found.found["keras_version"] == "2.2.4"
    assert found.found["book"]["embeddings"] == {"Book-Embedding": [10001, 5]}
    assert found.found["reader"]["embeddings"] == {"User-Embedding": [53425, 5]}
    assert found.found["ignored"] == ["how it was trained", "the optimizer's state"]
    assert score(found, "1", "1") == pytest.approx(3.2292, abs=5e-5)
    assert found.books_without_row == found.readers_without_row == 0


@pytest.mark.real_data
def test_case_04_tables_under_a_suffixed_name_are_scored_with_the_dense_layers(
    imported: dict[str, Imported], real_data: Path
) -> None:
    """Hard-coded paths read nothing, or took the dot product; right: relu, relu, linear."""
    import h5py

    found = imported["keras-2.2.4-dense"]
    assert found.recommender.model.kind == "network"
    assert found.found["head"] == [
        "Concatenate", "Dense 128", "relu", "Dense 32", "relu", "Dense 1"
    ]  # fmt: skip
    with h5py.File(real_data / "notebook-models" / "keras-2.2.4-dense.h5") as root:
        weights = root["model_weights"]
        books = weights["Book-Embedding/Book-Embedding_1/embeddings:0"]
        readers = weights["User-Embedding/User-Embedding_1/embeddings:0"]
        for reader, book in ((1, 1), (314, 7), (53424, 10000)):
            x = [float(number) for number in (*books[book], *readers[reader])]
            for name in ("dense_1", "dense_2", "dense_3"):
                kernel = weights[f"{name}/{name}/kernel:0"][()].astype(float)
                bias = weights[f"{name}/{name}/bias:0"][()].astype(float)
                x = [
                    sum(a * b for a, b in zip(x, kernel[:, out], strict=True)) + bias[out]
                    for out in range(len(bias))
                ]
                x = x if name == "dense_3" else [max(number, 0.0) for number in x]
            assert score(found, str(reader), str(book)) == pytest.approx(x[0], rel=1e-5)


@pytest.mark.real_data
def test_case_05_the_highest_ids_have_no_row_and_the_others_are_ranked(
    imported: dict[str, Imported],
) -> None:
    """Id 10000 of 10,000 rows crashed; right: unknown, said once, and 9,999 are ranked."""
    found = imported["keras-2.2.2-dot"]
    assert (found.books_without_row, found.readers_without_row) == (1, 1)
    recommender = found.recommender
    assert recommender.model.n_items == 9_999
    assert "10000" not in recommender.catalogue.books
    for reader in ("1", "53424"):
        assert len(recommender.recommend(reader=reader, n=10)) == 10
    assert recommender.recommend({"10000": 5, "7": 4}).ignored == ("10000",)


@pytest.mark.real_data
def test_case_05_the_command_says_so_once(real_data: Path, tmp_path: Path) -> None:
    """The author did not notice; right: one line for the book, one for the reader."""
    file = real_data / "notebook-models" / "keras-2.2.2-dot.h5"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    ratings = real_data / "goodbooks-10k"
    told = spoken("import-keras", file, "--ratings", ratings, "--model", tmp_path / "m")
    assert len(re.findall("without a row", told)) == 2
    assert "never listed: 1 of 10,000." in told
    assert "from their books: 1 of 53,424." in told


@pytest.mark.real_data
def test_case_07_and_12_the_published_list_by_its_ids(imported: dict[str, Imported]) -> None:
    """Positions were printed as ids, and 5.342 as stars; right: 4943 first, called a score."""
    answer = imported["keras-2.2.2-dot"].recommender.recommend(reader="1", n=5)
    assert ids(answer) == ["4943", "7639", "8854", "9080", "9842"]
    assert answer.items[0].book.title == "Kürk Mantolu Madonna"
    assert [round(item.score, 3) for item in answer] == [5.342, 5.160, 4.997, 4.972, 4.904]
    assert not re.search(r"\b(stars?|ratings?)\b", answer.score_means)


@pytest.mark.real_data
@pytest.mark.parametrize("name", MODELS)
def test_case_14_no_imported_model_lists_what_was_rated(
    name: str, imported: dict[str, Imported]
) -> None:
    """130 of 2,000 readers got a book they had rated; right: none, and 10 books each."""
    recommender = imported[name].recommender
    assert recommender.readers is not None
    for reader in recommender.readers.users.ids[:40]:
        user = recommender.readers.users.index(reader)
        assert user is not None
        read = recommender.readers.histories.row(user)[0]
        listed = recommender.catalogue.books.indices(ids(recommender.recommend(reader=reader)))
        assert len(listed) == 10
        assert not set(listed.tolist()) & set(read.tolist())


@pytest.mark.real_data
def test_case_16_an_imported_folder_alone_answers_with_ids_and_titles(
    imported: dict[str, Imported], tmp_path: Path, real_data: Path, kaggle: Dataset
) -> None:
    """A saved model without ids or data failed; right: the folder answers as the import did."""
    found = imported["keras-2.2.4-dense"]
    file = real_data / "notebook-models" / "keras-2.2.4-dense.h5"
    import_keras(file, kaggle, tmp_path / "m")
    answer = readalike.load(tmp_path / "m").recommend(reader="314")
    assert answer.as_dict() == found.recommender.recommend(reader="314").as_dict()
    assert all(item.book.title for item in answer)


@pytest.mark.real_data
def test_both_products_list_little_read_books_and_are_told_of(
    imported: dict[str, Imported],
) -> None:
    for name in ("keras-2.2.4-dot", "keras-2.2.2-dot"):
        found = imported[name]
        assert "lists little-read books" in " ".join(found.warnings)
        assert found.standing is not None
        assert found.standing.listed < found.standing.read
        assert found.standing.error < found.standing.error_of_mean
