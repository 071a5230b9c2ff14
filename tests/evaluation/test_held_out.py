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
from evaluation.rankers import Forecasting, Making, books_of, ratings_of
from readalike.data.catalogue import Catalogue
from readalike.data.ratings import Ratings
from readalike.errors import InputError, SettingError
from readalike.evaluation import HeldOut, evaluate
from readalike.evaluation.questions import Task
from readalike.numerics import ranking_metrics as metrics


def task_of(ratings: Ratings, protocol: HeldOut) -> Task:
    return protocol.prepare(ratings, Catalogue.of(ratings.items))


def drawn_pairs(ratings: Ratings, share: float, seed: int) -> set[tuple[str, str]]:
    """Worked out by hand: pairs by book and reader, whole numbers by value, then permuted."""
    every = sorted(pairs_of(ratings), key=lambda pair: (int(pair[1]), int(pair[0])))
    order = np.random.default_rng(seed).permutation(len(every))
    return {every[place] for place in order[: int(len(every) * share + 1e-9)]}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_the_task_is_as_worked_out_pair_by_pair(seed: int, share: float) -> None:
    ratings, _ = raw_rows(seed).merged()
    every = pairs_of(ratings)
    test = drawn_pairs(ratings, share, seed)
    learnt = {pair: stars for pair, stars in every.items() if pair not in test}
    held_out = {pair: stars for pair, stars in every.items() if pair in test}
    made = task_of(ratings, HeldOut(share, seed))
    assert pairs_of(made.training) == pytest.approx(learnt, nan_ok=True)
    assert right(made, made.questions[0]) == liked(held_out)
    assert stars_of_queries(made) == starred(held_out)
    readers = made.questions[0].readers
    assert readers == tuple(sorted({reader for reader, _ in liked(held_out)}))
    assert known_pairs(made, made.questions[0]).keys() == {p for p in learnt if p[0] in readers}


def test_readers_are_left_out_for_the_reason_that_holds() -> None:
    ratings, _ = raw_rows(2).merged()
    test = drawn_pairs(ratings, 0.1, 0)
    queries = task_of(ratings, HeldOut()).questions[0]
    with_one = {reader for reader, _ in test}
    assert queries.left_out == {
        "no held-out book": len(ratings.users) - len(with_one),
        "no liked book held out": len(with_one) - len(queries),
    }
    assert min(queries.left_out.values()) > 0


def test_a_tenth_is_held_out_unless_said_otherwise() -> None:
    ratings, _ = raw_rows(0).merged()
    made = task_of(ratings, HeldOut())
    assert len(made.training) == len(ratings) - len(ratings) // 10
    assert len(task_of(ratings, HeldOut(0.5)).training) == len(ratings) - len(ratings) // 2


def test_another_seed_holds_out_others() -> None:
    ratings, _ = raw_rows(0).merged()
    one, other = (stars_of_queries(task_of(ratings, HeldOut(seed=seed))).keys() for seed in (0, 1))
    assert one != other


def test_a_share_that_floats_miss_by_a_hair_is_the_share_meant() -> None:
    rows = [(f"r{reader:02}", f"b{book:03}", 5.0) for reader in range(10) for book in range(10)]
    ratings = ratings_of(rows, books_of(10))
    assert 100 * 0.29 < 29
    assert len(stars_of_queries(task_of(ratings, HeldOut(0.29)))) == 29


def test_repeated_rows_are_never_on_both_sides() -> None:
    rows = raw_rows(4)
    ratings, merge = rows.merged()
    assert merge.repeated_pairs > 50
    made = HeldOut(0.5).prepare(ratings, Catalogue.of(ratings.items), rows)
    assert len(made.training) + len(stars_of_queries(made)) < merge.pairs  # some have no stars
    assert not stars_of_queries(made).keys() & pairs_of(made.training).keys()


def test_the_rule_used_when_reading_says_which_stars_a_repeated_pair_has() -> None:
    rows = raw_rows(4)
    first, last = (
        stars_of_queries(task_of(rows.merged(rule)[0], HeldOut(0.5))) for rule in ("first", "last")
    )
    assert first.keys() == last.keys()
    assert first != last


def test_a_constant_forecast_has_the_errors_of_all_held_out_stars() -> None:
    data = data_of(raw_rows(6))
    stars = np.array(list(stars_of_queries(task_of(data.ratings, HeldOut())).values()))
    three = Making(
        lambda r: Forecasting(len(r.items), lambda h: np.full((len(h), h.n_items), 3, np.float32))
    )
    result = evaluate(data, {"three": three}, HeldOut()).result("three")
    assert result.estimates["rmse"].mean == pytest.approx(
        metrics.rmse(np.full(len(stars), 3.0), stars)
    )
    assert result.as_dict()["forecasts"]["rows"] == len(stars)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, 1.5, float("nan")])
def test_a_share_that_cannot_be_is_refused(share: float) -> None:
    with pytest.raises(SettingError, match="test_share must be between 0 and 1"):
        HeldOut(share)


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SettingError, match="seed must be a whole number, at least 0, got -1"):
        HeldOut(seed=-1)


def test_too_few_ratings_are_refused() -> None:
    few = ratings_of([("ann", "b1", 5), ("bob", "b1", 5), ("bob", "b2", 5)])
    with pytest.raises(InputError, match=r"a share of 0\.1 must leave ratings .* got 3 in all"):
        task_of(few, HeldOut())


def test_ratings_that_nobody_liked_are_refused() -> None:
    sour = ratings_of([(f"r{r}", f"b{b}", 1) for r in range(5) for b in range(5)])
    with pytest.raises(InputError, match=r"no reader is left to be asked: .* with no liked book"):
        task_of(sour, HeldOut())
    unstarred = ratings_of([(f"r{r}", f"b{b}", np.nan) for r in range(5) for b in range(5)])
    with pytest.raises(InputError, match="no reader is left to be asked"):
        task_of(unstarred, HeldOut())


def test_what_is_done_says_how_much_and_which_rule_of_repeats() -> None:
    text = HeldOut(0.25, seed=9).describe()
    for words in ("25% are", "seed 9", "the first row unless said otherwise", "last row"):
        assert words in text
