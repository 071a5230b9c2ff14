"""Books that are added to a model without training."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from library import EACH, SUBJECTS, N, write, write_library, write_new
from readalike import add_books, train
from readalike.errors import InputError, ModelError
from readalike.libraries.entry import Entry, Library
from readalike.libraries.matching import match
from readalike.model_folder import store
from readalike.model_folder.card import read_card
from readalike.model_folder.new_books import Added
from readalike.model_folder.same_books import Clash, SameBook
from readalike.models import ItemItem
from readalike.models.starfactors import DESCRIBED, UNKNOWN
from shapes import edit_card

READ = {str(2 * book): 5 for book in range(2)}
"""Two books of the first subject, by the first author."""
NEW = ("7", "The New One", "Author 0", SUBJECTS[0])
OTHER = ("other", "Of Another Kind", "", SUBJECTS[9])
NOTHING = ("nothing", "Of Nothing", "Nobody Else", "unheard of")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the library, not to be changed."""
    folder = tmp_path_factory.mktemp("library")
    train(write_library(folder / "data"), folder / "model", predictor="baseline")
    return folder / "model"


@pytest.fixture
def model(trained: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    shutil.copytree(trained, folder)
    return folder


def test_a_new_book_is_listed_to_those_who_read_what_is_like_it(
    model: Path, tmp_path: Path
) -> None:
    before = store.load(model).recommend(READ, n=N)
    add_books(model, write_new(tmp_path / "new.csv", NEW, OTHER))
    after = store.load(model).recommend(READ, n=N)
    places = {item.book.book_id: item.rank for item in after}
    assert places["7"] <= EACH - len(READ) + 1
    assert places["7"] < places.get("other", N + 3)
    others = [item.book.book_id for item in after if item.book.book_id not in ("7", "other")]
    assert others[:20] == [item.book.book_id for item in before][:20]


def test_scores_of_the_other_books_are_as_they_were(model: Path, tmp_path: Path) -> None:
    before = store.load(model)
    add_books(model, write_new(tmp_path / "new.csv", NEW))
    after = store.load(model)
    old = {item.book.book_id: item.score for item in before.recommend(READ, n=N)}
    new = {item.book.book_id: item.score for item in after.recommend(READ, n=N)}
    del new["7"]
    assert new == {book: pytest.approx(score, rel=1e-6) for book, score in old.items()}
    stars = [each.stars for each in before.forecast(["20", "40"], READ)]
    assert [each.stars for each in after.forecast(["20", "40"], READ)] == pytest.approx(stars)


def test_it_is_said_what_a_new_book_is_placed_like_and_why(model: Path, tmp_path: Path) -> None:
    added = add_books(model, write_new(tmp_path / "new.csv", NEW))
    (new,) = added.books
    assert new.book.title == "The New One"
    assert [
        content_neighbours.book.book_id for content_neighbours in new.content_neighbours[:2]
    ] == ["0", "2"]
    assert new.content_neighbours[0].common == ("by Author 0", SUBJECTS[0])
    assert new.content_neighbours[2].common == (SUBJECTS[0],)
    assert sum(
        content_neighbours.share for content_neighbours in new.content_neighbours
    ) == pytest.approx(1)
    (item,) = [each for each in store.load(model).recommend(READ, n=5) if each.book == new.book]
    assert item.content_neighbours == new.content_neighbours
    assert {reason.book.book_id for reason in item.reasons} == set(READ)
    assert sum(reason.amount for reason in item.reasons) == pytest.approx(item.score, rel=1e-5)


def test_a_book_of_which_nothing_is_known_is_told_and_never_listed(
    model: Path, tmp_path: Path
) -> None:
    added = add_books(model, write_new(tmp_path / "new.csv", NOTHING))
    assert [each.content_neighbours for each in added.books] == [()]
    assert added.unknown_tags == ("unheard of",)
    after = store.load(model)
    listed = {item.book.book_id: item.score for item in after.recommend(READ, n=N)}
    assert listed.get("nothing", 0) == 0
    (forecast,) = after.forecast(["nothing"], {})
    assert forecast.basis == "mean"
    assert forecast.stars == pytest.approx(read_card(model).data["mean"], abs=0.05)


def test_a_new_book_is_forecast_like_its_neighbours(model: Path, tmp_path: Path) -> None:
    add_books(model, write_new(tmp_path / "new.csv", NEW))
    after = store.load(model)
    assert after.forecaster is not None
    (forecast,) = after.forecast(["7"], {})
    content_neighbours = [
        each.stars for each in after.forecast([str(2 * book) for book in range(EACH)], {})
    ]
    assert forecast.basis == "content"
    assert min(content_neighbours) <= forecast.stars <= max(content_neighbours)
    known = after.forecaster.model.known
    assert known[after.catalogue.books.index("7")] == DESCRIBED
    assert UNKNOWN not in known


def test_who_has_read_the_new_book_is_answered_by_it(model: Path, tmp_path: Path) -> None:
    add_books(model, write_new(tmp_path / "new.csv", NEW))
    answer = store.load(model).recommend({"7": 5}, n=EACH)
    assert answer.source == "personal"
    assert {int(item.book.book_id) // 2 // EACH for item in answer} == {0}


def test_stored_readers_are_answered_as_before(model: Path, tmp_path: Path) -> None:
    before = store.load(model).recommend(reader="5", n=10)
    add_books(model, write_new(tmp_path / "new.csv", OTHER))
    after = store.load(model).recommend(reader="5", n=11)
    shown = [item.book.book_id for item in after if item.book.book_id != "other"]
    assert shown[:10] == [item.book.book_id for item in before]


def test_books_that_are_there_are_left_as_they_are(model: Path, tmp_path: Path) -> None:
    files = sorted(path.name for path in model.iterdir())
    added = add_books(model, write_new(tmp_path / "new.csv", ("2", "Renamed", "X", "")))
    assert added.known == ("2",)
    assert added.books == ()
    assert sorted(path.name for path in model.iterdir()) == files
    assert store.load(model).catalogue.book(1).title == "Book 1"


def test_adding_at_once_is_adding_one_after_the_other(
    trained: Path, model: Path, tmp_path: Path
) -> None:
    add_books(model, write_new(tmp_path / "one.csv", NEW))
    add_books(model, write_new(tmp_path / "two.csv", OTHER))
    at_once = tmp_path / "at once"
    shutil.copytree(trained, at_once)
    add_books(at_once, write_new(tmp_path / "both.csv", OTHER, NEW))
    assert read_card(model).books_added == read_card(at_once).books_added == 2
    one, other = store.load(model), store.load(at_once)
    assert one.catalogue.books == other.catalogue.books
    for history in (READ, {"7": 5}, {"other": 4, "0": 1}):
        scores = {item.book.book_id: item.score for item in one.recommend(history, n=N)}
        again = {item.book.book_id: item.score for item in other.recommend(history, n=N)}
        assert scores == {book: pytest.approx(score, rel=0.05) for book, score in again.items()}


def test_rows_that_cannot_be_used_are_told(model: Path, tmp_path: Path) -> None:
    table = write_new(tmp_path / "new.csv", NEW, ("", "No id", "", ""), NEW)
    added = add_books(model, table)
    assert len(added.books) == 1
    assert {left.reason: left.count for left in added.left_out} == {
        "no book id": 1,
        "the book id stands in an earlier row": 1,
    }
    assert added.file.rows == 3
    assert added.file.taken == 1


def test_tables_in_memory_are_read_too(model: Path) -> None:
    added = add_books(model, {"book_id": ["7"], "title": ["The New One"], "tags": [SUBJECTS[0]]})
    assert [each.book.book_id for each in added.books] == ["7"]
    assert added.books[0].content_neighbours


def test_a_table_without_books_is_refused_and_nothing_is_changed(
    model: Path, tmp_path: Path
) -> None:
    card = (model / "card.json").read_bytes()
    table = write(tmp_path / "new.csv", ("a", "b"), [("1", "2")])
    with pytest.raises(InputError, match=r"must have columns for the id and the title of a book"):
        add_books(model, table)
    with pytest.raises(InputError, match="there is no such file"):
        add_books(model, tmp_path / "none.csv")
    assert (model / "card.json").read_bytes() == card


def test_a_model_in_which_books_do_not_point_to_books_is_refused(tmp_path: Path) -> None:
    data = write_library(tmp_path / "data")
    train(data, tmp_path / "model", algorithm="popularity", predictor=None)
    with pytest.raises(
        ModelError, match="this one is popularity; train it again with the new books"
    ):
        add_books(tmp_path / "model", write_new(tmp_path / "new.csv", NEW))


@pytest.mark.parametrize("algorithm", ["cosine", "ridge", "ease", "content"])
def test_it_works_for_every_algorithm_of_books_that_point_to_books(
    algorithm: str, tmp_path: Path
) -> None:
    data = write_library(tmp_path / "data")
    train(data, tmp_path / "model", algorithm=algorithm, predictor=None, histories=False)
    add_books(tmp_path / "model", write_new(tmp_path / "new.csv", NEW))
    after = store.load(tmp_path / "model")
    assert "7" in [item.book.book_id for item in after.recommend(READ, n=EACH)]
    assert after.forecaster is None
    assert after.readers is None


def test_training_again_makes_the_model_without_the_books(tmp_path: Path) -> None:
    data = write_library(tmp_path / "data")
    first = train(data, tmp_path / "model", algorithm="cosine", predictor=None)
    add_books(tmp_path / "model", write_new(tmp_path / "new.csv", NEW))
    assert read_card(tmp_path / "model").books_added == 1
    again = train(data, tmp_path / "model", algorithm="cosine", predictor=None)
    assert not again.loaded
    assert again.recommender.model.n_items == first.recommender.model.n_items == N
    assert read_card(tmp_path / "model").books_added == 0


def test_ids_of_any_kind_find_their_place(model: Path, tmp_path: Path) -> None:
    """Indices of old books move where a new id sorts before them."""
    old = store.load(model)
    assert isinstance(old.model, ItemItem)
    add_books(model, write_new(tmp_path / "new.csv", ("-5", "First", "Author 0", ""), NEW, OTHER))
    new = store.load(model)
    assert new.catalogue.books.ids[0] == "-5"
    assert new.catalogue.books.ids[-1] == "other"
    assert isinstance(new.model, ItemItem)
    places = new.catalogue.books.indices(old.catalogue.books.ids)
    layers = new.model.matrix.shape[0] // new.model.n_items
    for layer in range(layers):
        before = old.model.matrix[layer * N : (layer + 1) * N].toarray()
        whole = new.model.matrix[layer * (N + 3) : (layer + 1) * (N + 3)].toarray()
        assert np.array_equal(whole[np.ix_(places, places)], before)


@pytest.mark.parametrize(
    ("settings", "content_neighbours"),
    [({}, 5), ({"content_neighbours": 2}, 2), ({"content_neighbours": 9}, 9)],
)
def test_a_new_book_has_as_many_neighbours_as_books_of_few_readers_had_in_training(
    tmp_path: Path, settings: dict[str, object], content_neighbours: int
) -> None:
    model = tmp_path / "model"
    train(write_library(tmp_path / "data"), model, settings=settings, predictor=None)
    same = [("x", "X", "Author 0", f"{SUBJECTS[0]}|{SUBJECTS[1]}|{SUBJECTS[2]}")]
    (new,) = add_books(model, write_new(tmp_path / "new.csv", *same)).books
    assert len(new.content_neighbours) == content_neighbours


def test_a_new_book_has_as_many_neighbours_as_others_have_by_the_card(tmp_path: Path) -> None:
    entries = {}
    for neighbours in (1, 20):
        model = tmp_path / str(neighbours)
        settings: dict[str, object] = {"neighbours": neighbours}
        data = write_library(tmp_path / "data")
        train(data, model, algorithm="cosine", settings=settings, predictor=None)
        add_books(model, write_new(tmp_path / "new.csv", NEW))
        after = store.load(model)
        assert isinstance(after.model, ItemItem)
        column = after.model.matrix[:, [after.catalogue.books.index("7")]]
        entries[neighbours] = column.nnz
    assert entries[1] < entries[20]


def test_a_card_of_settings_that_cannot_be_is_refused(model: Path, tmp_path: Path) -> None:
    edit_card(model, algorithm={"name": "cosine", "settings": {"content_neighbours": "many"}})
    with pytest.raises(ModelError, match="setting 'content_neighbours' must be a whole number"):
        add_books(model, write_new(tmp_path / "new.csv", NEW))


COLUMNS = ("book_id", "title", "authors", "isbn13", "goodreads_id", "series", "volume", "tags")
DUNE = ("dune", "Dune", "Frank Herbert", "9780340839935", "234225", "", "", SUBJECTS[0])


def added_ids(model: Path, folder: Path, *rows: tuple[str, ...]) -> tuple[list[str], Added]:
    found = add_books(model, write(folder / "new.csv", COLUMNS, rows))
    return [each.book.book_id for each in found.books], found


@pytest.mark.parametrize(
    "other",
    [
        ("two", "Dune", "Frank Herbert", "9780340839935", "", "", "", ""),
        ("two", "Dune", "", "", "234225", "", "", ""),
        ("two", "DUNE", "Herbert, Frank", "", "", "", "", ""),
        ("two", "Dune", "Frank Herbert (Goodreads Author)", "9780441172719", "", "", "", ""),
    ],
)
def test_110_a_book_that_arrives_twice_is_added_once(
    model: Path, tmp_path: Path, other: tuple[str, ...]
) -> None:
    more = ("x", "The Lathe", "Ursula K. Le Guin", "", "", "", "", "")
    ids, found = added_ids(model, tmp_path, DUNE, other, more, ("y", *more[1:]))
    assert ids == ["dune", "x"]
    assert found.same == (SameBook("two", "dune"), SameBook("y", "x"))
    again, found = added_ids(model, tmp_path, other)
    assert again == []
    assert found.same == (SameBook("two", "dune"),)
    index = store.load(model).index
    dune = Entry(row=1, line=2, title="Dune", authors=("Frank Herbert",), isbn13=(DUNE[3],))
    library = Library(file="", format="", rows=1, entries=(dune,))
    assert match(library, index).each[0].book_id == "dune"


def test_a_book_that_the_model_has_is_not_added_under_another_id(
    model: Path, tmp_path: Path
) -> None:
    ids, found = added_ids(model, tmp_path, ("z", "Book 3", "Author 1", "", "", "", "", ""))
    assert (ids, found.same) == ([], (SameBook("z", "6"),))
    assert found.as_dict()["same"] == [{"book_id": "z", "same_as": "6"}]


def test_other_volumes_and_other_authors_are_other_books(model: Path, tmp_path: Path) -> None:
    rows = (
        ("a", "Naruto", "Masashi Kishimoto", "", "", "Naruto", "7", ""),
        ("b", "Naruto", "Masashi Kishimoto", "", "", "Naruto", "17", ""),
        ("c", "Book 3", "Somebody Else", "", "", "", "", ""),
        ("d", "Untold", "", "", "", "", "", ""),
        ("e", "Untold", "", "", "", "", "", ""),
    )
    ids, found = added_ids(model, tmp_path, *rows)
    assert ids == ["a", "b", "c", "d", "e"]
    assert not found.same
    assert not found.clashes


def test_numbers_of_another_book_are_told_and_the_row_is_not_added(
    model: Path, tmp_path: Path
) -> None:
    stranger = ("s", "Emma", "Jane Austen", DUNE[3], "", "", "", "")
    ids, found = added_ids(model, tmp_path, DUNE, stranger)
    assert ids == ["dune"]
    assert found.clashes == (Clash("s", ("dune",)),)
    again, found = added_ids(model, tmp_path, stranger)
    assert again == []
    assert found.clashes == (Clash("s", ("dune",)),)
    assert found.as_dict()["clashes"] == [{"book_id": "s", "said": ["dune"]}]
