from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data_sets import (
    data_of,
    known_pairs,
    liked,
    pairs_of,
    raw_rows,
    right,
    starred,
    stars_of_queries,
)
from evaluation.rankers import Making, Scored, popularity, ratings_of
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import InputError, SettingError
from readalike.evaluation import StrongGeneralisation, evaluate
from readalike.evaluation.questions import Task


def task_of(ratings: Ratings, protocol: StrongGeneralisation) -> Task:
    return protocol.prepare(ratings, Catalogue.of(ratings.items))


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    readers=st.sampled_from([0.2, 0.3, 0.5]),
    given_share=st.sampled_from([0.2, 0.5, 0.8]),
)
def test_strangers_are_told_their_share_and_asked_for_the_rest(
    seed: int, readers: float, given_share: float
) -> None:
    ratings, _ = raw_rows(seed, n_rows=1500).merged()
    every = pairs_of(ratings)
    made = task_of(ratings, StrongGeneralisation(readers, given_share, seed))
    learnt = pairs_of(made.training)
    strangers = set(ratings.users) - set(made.training.users)
    assert len(strangers) == int(len(ratings.users) * readers + 1e-9)
    assert learnt.keys() == {pair for pair in every if pair[0] not in strangers}
    queries = made.questions[0]
    assert set(queries.readers) <= strangers
    assert set(queries.users) == {-1}
    shown = known_pairs(made, queries)
    for reader in queries.readers:
        mine = {pair: stars for pair, stars in every.items() if pair[0] == reader}
        known = {pair for pair in shown if pair[0] == reader}
        assert len(known) == max(1, int(len(mine) * given_share + 1e-9))
        rest = {pair: stars for pair, stars in mine.items() if pair not in known}
        assert {p: s for p, s in right(made, queries).items() if p[0] == reader} == liked(rest)
        assert {p: s for p, s in stars_of_queries(made).items() if p[0] == reader} == starred(rest)


def test_which_books_are_told_is_drawn_and_not_the_first() -> None:
    rows = [(f"r{reader:02}", f"b{book}", 5.0) for reader in range(40) for book in range(10)]
    ratings = ratings_of(rows)
    made = task_of(ratings, StrongGeneralisation(0.5, 0.5))
    queries = made.questions[0]
    times = np.bincount(queries.histories.items, minlength=10)
    assert times.sum() == 20 * 5
    assert times.min() >= 4
    assert times.max() <= 16


def test_another_seed_draws_other_readers_and_books() -> None:
    ratings, _ = raw_rows(0).merged()
    one, other = (task_of(ratings, StrongGeneralisation(0.3, seed=seed)) for seed in (0, 1))
    assert one.training.users != other.training.users


def test_more_given_books_keep_the_readers() -> None:
    ratings, _ = raw_rows(0).merged()
    few, many = (task_of(ratings, StrongGeneralisation(0.3, share)) for share in (0.2, 0.9))
    assert few.training.users == many.training.users
    assert len(few.questions[0].histories.items) < len(many.questions[0].histories.items)


def test_a_stranger_of_one_book_is_counted_and_left_out() -> None:
    rows = [(f"r{reader:02}", "b0", 5.0) for reader in range(20)]
    rows += [(f"r{reader:02}", "b1", 5.0) for reader in range(0, 20, 2)]
    made = task_of(ratings_of(rows), StrongGeneralisation(0.5))
    queries = made.questions[0]
    short = 10 - len(queries)
    assert 0 < short < 10
    assert queries.left_out == {"fewer than 2 books": short, "no liked book held out": 0}
    assert queries.notes["readers held out of training"] == 10


def test_models_learn_from_nothing_of_the_strangers() -> None:
    seen: list[Ratings] = []

    def make(ratings: Ratings) -> Scored:
        seen.append(ratings)
        return Scored(len(ratings.items), lambda h: np.zeros((len(h), h.n_items), np.float32))

    data = data_of(raw_rows(3))
    result = evaluate(data, {"it": Making(make)}, StrongGeneralisation(0.4)).result("it")
    assert len(result.readers) > 2
    assert not set(result.readers) & set(seen[0].users)


def test_popularity_is_that_of_the_others() -> None:
    data = data_of(raw_rows(3))
    made = task_of(data.ratings, StrongGeneralisation(0.4))
    counts = made.training.item_counts
    result = evaluate(
        data, {"p": popularity()}, StrongGeneralisation(0.4), measures=["hit@1"]
    ).result("p")
    queries = made.questions[0]
    for row in range(len(queries)):
        free = np.setdiff1d(np.arange(len(counts)), queries.histories.row(row)[0])
        best = free[counts[free] == counts[free].max()]
        if len(best) == 1:  # no tie to break
            assert result.values[row, 0] == float(best[0] in queries.relevant.row(row)[0])


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, float("nan")])
def test_shares_that_cannot_be_are_refused(share: float) -> None:
    with pytest.raises(SettingError, match="reader_share must be between 0 and 1"):
        StrongGeneralisation(share)
    with pytest.raises(SettingError, match="given_share must be between 0 and 1"):
        StrongGeneralisation(given_share=share)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SettingError, match="seed must be a whole number"):
        StrongGeneralisation(seed=-1)


def test_too_few_readers_are_refused() -> None:
    few = ratings_of([("ann", "b1", 5), ("ann", "b2", 5), ("bob", "b1", 5), ("bob", "b2", 5)])
    with pytest.raises(InputError, match=r"a share of 0\.1 must leave readers .* got 2 in all"):
        task_of(few, StrongGeneralisation())
    assert task_of(few, StrongGeneralisation(0.5)).questions[0].readers in (("ann",), ("bob",))


def test_what_is_done_says_how_many_readers_and_books() -> None:
    text = StrongGeneralisation(0.25, 0.6, 7).describe()
    for words in ("25% of the readers", "told 60% of the books", "seed 7", "not in its table"):
        assert words in text
