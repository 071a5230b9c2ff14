"""One contract that every algorithm of the table passes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from checkerboard import SIZE, checkerboard
from neural.small import SMALL as NEURAL
from readalike.algorithms import ALGORITHMS, algorithm_of
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.settings import Algorithm
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import SettingError
from readalike.model_folder import store
from readalike.models import Ranker
from readalike.models.interface import KnowsUsers
from readalike.recommend.card import Card
from readalike.recommend.recommender import Recommender
from strategies import same_bits
from threads import on_threads

SMALL: dict[str, dict[str, object]] = {
    "notebook": {"epochs": 400, "learning_rate": 0.02, "biases": True, "regularization": 2.0},
    "als": {"factors": 4, "regularization": 1.0},
    "ease": {"regularization": 20.0, "star_slope": 0.8},
    "content": {"most_books": 0.6},
    **NEURAL,
}
"""Settings that suit a table of 40 readers; the others do with their defaults."""

PERSONAL = [name for name in ALGORITHMS if name != "popularity"]
everyone = pytest.mark.parametrize("name", ALGORITHMS)
personal = pytest.mark.parametrize("name", PERSONAL)

Scored = Callable[[str], tuple[Algorithm, Ratings, Catalogue, Ranker]]


@pytest.fixture(scope="module")
def fitted() -> Scored:
    """Fits an algorithm to the checkerboard, once."""
    made: dict[str, tuple[Algorithm, Ratings, Catalogue, Ranker]] = {}

    def fit(name: str) -> tuple[Algorithm, Ratings, Catalogue, Ranker]:
        if name not in made:
            algorithm = algorithm_of(name, SMALL.get(name, {}))
            ratings, catalogue = checkerboard()
            made[name] = algorithm, ratings, catalogue, algorithm.fit(ratings, catalogue)
        return made[name]

    return fit


def unread_first(model: Ranker, histories: Histories) -> npt.NDArray[np.int64]:
    scores = model.score(histories)
    scores[histories.rows, histories.items] = -np.inf
    best: npt.NDArray[np.int64] = np.argmax(scores, axis=1).astype(np.int64)
    return best


@personal
def test_it_finds_the_withheld_square(name: str, fitted: Scored) -> None:
    _, ratings, _, model = fitted(name)
    found = unread_first(model, ratings.histories)
    assert np.mean(found == np.arange(SIZE)) >= 0.9, "popularity and chance find under a tenth"


def test_popularity_does_not_find_it(fitted: Scored) -> None:
    _, ratings, _, model = fitted("popularity")
    assert np.mean(unread_first(model, ratings.histories) == np.arange(SIZE)) < 0.2


@everyone
def test_scores_are_float32_numbers_for_every_item(name: str, fitted: Scored) -> None:
    _, ratings, _, model = fitted(name)
    scores = model.score(ratings.histories)
    assert scores.dtype == np.float32
    assert scores.shape == (SIZE, SIZE)
    assert model.n_items == SIZE
    assert np.isfinite(scores).all()


@everyone
def test_a_batch_is_its_rows(name: str, fitted: Scored) -> None:
    _, ratings, _, model = fitted(name)
    whole = model.score(ratings.histories)
    for row in (0, 1, SIZE - 1):
        single = model.score(ratings.histories.slice(row, row + 1))[0]
        assert single == pytest.approx(whole[row], rel=1e-4, abs=1e-5)


@everyone
def test_the_order_of_rows_does_not_matter(name: str, fitted: Scored) -> None:
    algorithm, ratings, _, model = fitted(name)
    shuffled, catalogue = checkerboard(shuffled=5)
    again = algorithm.fit(shuffled, catalogue)
    assert again.score(ratings.histories) == pytest.approx(
        model.score(ratings.histories), rel=1e-3, abs=1e-4
    )


@everyone
def test_what_goes_in_is_not_changed(name: str, fitted: Scored) -> None:
    algorithm, _, _, _ = fitted(name)
    ratings, catalogue = checkerboard()
    before = ratings.fingerprint(), catalogue.fingerprint()
    model = algorithm.fit(ratings, catalogue)
    model.score(ratings.histories)
    model.explain(ratings.histories.slice(0, 1), np.arange(3))
    assert (ratings.fingerprint(), catalogue.fingerprint()) == before


@everyone
def test_the_same_seed_gives_the_same_bits_on_one_thread_or_two(name: str, fitted: Scored) -> None:
    algorithm, ratings, catalogue, model = fitted(name)
    with on_threads(2):
        again = algorithm.fit(ratings, catalogue)
    before, after = model.arrays(), again.arrays()
    assert before.keys() == after.keys()
    assert all(same_bits(before[key], after[key]) for key in before)


@everyone
def test_saved_and_loaded_it_gives_the_same_bits(name: str, fitted: Scored, tmp_path: Path) -> None:
    algorithm, ratings, catalogue, model = fitted(name)
    popularity = Popularity().fit(ratings, catalogue)
    card = Card(algorithm=name, settings=algorithm.as_dict(), data={})
    before = Recommender(
        model=model,
        catalogue=catalogue,
        scale=ratings.scale,
        popularity=popularity,
        readers=ratings,
        card=card,
    )
    after = store.load(before.save(tmp_path / "model"))
    assert same_bits(after.model.score(ratings.histories), model.score(ratings.histories))
    assert after.card is not None
    assert type(algorithm).of(after.card.settings) == algorithm
    for reader in ("r000", "r017"):
        assert after.recommend(reader=reader).as_dict() == before.recommend(reader=reader).as_dict()


@everyone
def test_a_known_reader_and_a_stranger_with_the_same_books_are_answered_alike(
    name: str, fitted: Scored
) -> None:
    _, ratings, catalogue, model = fitted(name)
    popularity = Popularity().fit(ratings, catalogue)
    recommender = Recommender(
        model=model,
        catalogue=catalogue,
        scale=ratings.scale,
        popularity=popularity,
        readers=ratings,
    )
    items, stars = ratings.histories.row(3)
    history = {catalogue.books.ids[i]: float(s) for i, s in zip(items, stars, strict=True)}
    known = recommender.recommend(reader="r003", n=5)
    stranger = recommender.recommend(history, n=5)
    if isinstance(model, KnowsUsers):
        # The notebook keeps a vector for each reader it was trained on, as the notebook does.
        assert known.items[0].book == stranger.items[0].book
    else:
        assert known.as_dict() == stranger.as_dict()


@personal
def test_books_like_one_book_are_of_its_colour(name: str, fitted: Scored) -> None:
    _, _, _, model = fitted(name)
    scores = model.similar(7)
    assert scores.shape == (SIZE,)
    assert scores.dtype == np.float32
    others = [item for item in np.argsort(-scores, kind="stable") if item != 7]
    assert {int(item) % 2 for item in others[:5]} == {1}


@everyone
def test_books_are_compared_where_the_model_says_so(name: str, fitted: Scored) -> None:
    _, _, _, model = fitted(name)
    differ = not np.array_equal(model.similar(7), model.similar(8))
    assert model.compares_items == differ == (name != "popularity")


@everyone
def test_an_empty_history_has_finite_scores(name: str, fitted: Scored) -> None:
    _, _, _, model = fitted(name)
    assert np.isfinite(model.score(Histories.of_rows([([], [])], SIZE))).all()


@everyone
def test_reasons_add_up_to_the_score(name: str, fitted: Scored) -> None:
    _, ratings, _, model = fitted(name)
    for row in (0, 11):
        history = ratings.histories.slice(row, row + 1)
        items = np.array([0, 5, 38])
        shares = model.explain(history, items)
        assert shares.by_book.shape == (3, len(history.items))
        assert shares.total == pytest.approx(model.score(history)[0, items], rel=1e-3, abs=1e-4)


def table(rows: list[tuple[int, int, float]], users: int, items: int) -> tuple[Ratings, Catalogue]:
    columns = np.array(rows, dtype=np.float64).reshape(-1, 3)
    books = Vocabulary.of(f"b{i}" for i in range(items))
    ratings = Ratings.of_rows(
        columns[:, 0].astype(np.int32), columns[:, 1].astype(np.int32), columns[:, 2],
        Vocabulary.of(f"r{u}" for u in range(users)), books, RatingScale(1, 5, 1),
    )  # fmt: skip
    return ratings, Catalogue.of(books)


@everyone
@pytest.mark.parametrize(
    ("rows", "users", "items"),
    [
        ([(0, 0, 4.0)], 1, 1),
        ([(0, 0, 4.0), (0, 1, 2.0)], 1, 2),
        ([(0, 0, 4.0), (1, 0, 2.0)], 2, 1),
        ([(0, 0, np.nan), (1, 1, np.nan)], 2, 3),
        ([], 1, 2),
        ([], 0, 0),
    ],
)
def test_the_smallest_tables_are_handled_or_refused_in_words(
    name: str, rows: list[tuple[int, int, float]], users: int, items: int
) -> None:
    ratings, catalogue = table(rows, users, items)
    algorithm = algorithm_of(name, SMALL.get(name, {}))
    if name == "content":  # nothing is known of these books
        with pytest.raises(SettingError, match="content needs tags"):
            algorithm.fit(ratings, catalogue)
        return
    model = algorithm.fit(ratings, catalogue)
    scores = model.score(ratings.histories)
    assert scores.shape == (users, items)
    assert not np.isnan(scores).any()


@personal
def test_a_one_star_book_never_lifts_its_neighbours(name: str, fitted: Scored) -> None:
    _, _, _, model = fitted(name)
    history = {0: 5.0, 2: 5.0, 4: 4.0}
    hated = 6
    without = model.score(Histories.of_rows([(list(history), list(history.values()))], SIZE))[0]
    more = history | {hated: 1.0}
    with_it = model.score(Histories.of_rows([(list(more), list(more.values()))], SIZE))[0]
    neighbours = list(range(8, SIZE, 2))
    assert (with_it[neighbours] <= without[neighbours] + 1e-4).all()


@personal
def test_readers_of_disjoint_taste_share_few_books(name: str, fitted: Scored) -> None:
    _, ratings, catalogue, model = fitted(name)
    popularity = Popularity().fit(ratings, catalogue)
    recommender = Recommender(
        model=model, catalogue=catalogue, scale=ratings.scale, popularity=popularity
    )
    even, odd = (
        {item.book.book_id for item in recommender.recommend({f"b{SIZE - i:03}": 5 for i in read})}
        for read in ((0, 2, 4, 6), (1, 3, 5, 7))
    )
    assert len(even & odd) <= 2
