from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.starmodels import N, model
from readalike.data.histories import Histories
from readalike.data.ratings import kept
from readalike.data.scale import RatingScale
from readalike.models.readerspread import ReaderSpread
from readalike.models.starfactors import StarFactors
from readalike.predictors.calibration import (
    BOOK_PRIOR,
    MOST,
    SHARE,
    book_stars,
    by_book,
    calibrated,
    kept_aside,
    levels_of,
    reader_spread,
    sides,
    tilted,
)
from strategies import histories

FIVE = np.arange(1.0, 6.0)


@pytest.mark.parametrize(
    ("scale", "count"), [((1, 5, 1), 5), ((0.5, 5, 0.5), 10), ((1, 10, 1), 10), ((0, 100, 1), 21)]
)
def test_levels_are_those_of_the_scale_or_a_few_for_very_many(
    scale: tuple[float, float, float], count: int
) -> None:
    levels = levels_of(RatingScale(*scale))
    assert (levels[0], levels[-1], len(levels)) == (scale[0], scale[1], count)
    assert np.ptp(np.diff(levels)) == pytest.approx(0)


def test_so_many_ratings_are_kept_aside_and_the_same_for_a_seed() -> None:
    assert kept_aside(1000, 3).sum() == int(SHARE * 1000)
    assert kept_aside(10_000_000, 3).sum() == MOST
    assert kept_aside(10, 3).sum() == 0
    assert (kept_aside(1000, 3) == kept_aside(1000, 3)).all()
    assert (kept_aside(1000, 3) != kept_aside(1000, 4)).any()


def of_stars(read: Histories) -> Histories:
    return kept(read, ~np.isnan(read.stars))


@given(histories(n_items=N))
def test_entries_by_book_are_the_same_entries(read: Histories) -> None:
    made = by_book(read)
    for row in range(len(read)):
        items, stars = made.row(row)
        assert (np.diff(items) > 0).all()
        before = dict(zip(*(part.tolist() for part in read.row(row)), strict=True))
        assert dict(zip(items.tolist(), stars.tolist(), strict=True)).keys() == before.keys()


@given(histories(n_items=N, min_rows=1), st.data())
def test_both_sides_hold_the_same_ratings(read: Histories, data: st.DataObject) -> None:
    rated = of_stars(by_book(read))
    n = len(rated.items)
    aside = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), np.bool_)
    spread = ReaderSpread(np.full(N, 3.5, np.float32), 0.8, 5.0, 0.5)
    by_user, by_item = sides(rated, 3.0, aside, spread)
    users, items = rated.rows, rated.items
    there = {
        (int(u), int(i), float(s), float(w))
        for u, i, s, w in zip(users, items, by_user.stars, by_user.weights, strict=True)
    }
    of_item = np.repeat(np.arange(N), np.diff(by_item.indptr))
    back = {
        (int(u), int(i), float(s), float(w))
        for u, i, s, w in zip(by_item.columns, of_item, by_item.stars, by_item.weights, strict=True)
    }
    assert back == there
    assert ((by_user.weights == 0) == aside).all()
    assert by_user.stars == pytest.approx(rated.stars - 3.0)


def test_a_books_stars_are_its_own_and_what_is_expected() -> None:
    rows = [([0], [5.0])] * 30 + [([0], [4.0])] * 10 + [([1], [1.0])]
    rated = Histories.of_rows(rows, 3)
    found = book_stars(rated, FIVE, np.array([4.0, 4.0, 2.0]))
    assert found.sum(axis=1) == pytest.approx(1)
    assert found[0] @ FIVE == pytest.approx((30 * 5 + 10 * 4 + BOOK_PRIOR * 4) / (40 + BOOK_PRIOR))
    assert found[1] @ FIVE == pytest.approx((1 + BOOK_PRIOR * 4) / (1 + BOOK_PRIOR))
    assert found[2] @ FIVE == pytest.approx(2.0, abs=1e-3)


@given(st.lists(st.floats(1.2, 4.8), min_size=1, max_size=5))
def test_tilting_gives_the_mean_that_is_wanted(means: list[float]) -> None:
    shares = np.array([0.05, 0.1, 0.2, 0.4, 0.25])
    found = tilted(shares, FIVE, np.array(means))
    assert found @ FIVE == pytest.approx(means, abs=1e-6)
    assert found.sum(axis=1) == pytest.approx(1)


def test_a_mean_beyond_the_scale_is_moved_into_it() -> None:
    found = tilted(np.full(5, 0.2), FIVE, np.array([-3.0, 99.0]))
    assert np.isfinite(found).all()
    assert found @ FIVE == pytest.approx([1.08, 4.92], abs=1e-3)


def test_readers_spread_is_what_their_ratings_vary_around_the_books_means() -> None:
    random = np.random.default_rng(0)
    books = random.normal(3.5, 0.5, 50)
    rows = []
    for _ in range(400):
        items = random.choice(50, 20, False)
        rows.append(
            (
                items.tolist(),
                (books[items] + random.normal(0, 0.6, 20) + random.normal(0, 1)).tolist(),
            )
        )
    rated = Histories.of_rows(rows, 50)
    found = reader_spread(rated, float(rated.stars.mean()), 0.5)
    assert found.usual == pytest.approx(0.36, rel=0.05), "not the readers' own levels"
    assert np.corrcoef(found.means, books)[0, 1] > 0.95


def test_cut_points_do_not_see_what_was_kept_aside_in_the_history(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A model that knew the rating it is asked for would be told to be surer than it is."""
    random = np.random.default_rng(1)
    rows = []
    for _ in range(60):
        items, stars = random.permutation(N)[:5], random.integers(1, 6, 5).astype(float)
        stars[0] = np.nan
        rows.append((items.tolist(), stars.tolist()))
    read = by_book(Histories.of_rows(rows, N))
    rated = of_stars(read)
    aside = np.zeros(len(rated.items), np.bool_)
    aside[::5] = True
    asked: list[tuple[Histories, Any, Any]] = []
    real = StarFactors.latent

    def latent(self: StarFactors, *pairs: Any) -> Any:
        asked.append(pairs)
        return real(self, *pairs)

    monkeypatch.setattr(StarFactors, "latent", latent)
    cuts = calibrated(model(), read, rated, aside)
    ((histories, of, items),) = asked
    hidden = set(zip(rated.rows[aside].tolist(), rated.items[aside].tolist(), strict=True))
    assert set(zip(of.tolist(), items.tolist(), strict=True)) == hidden
    shown = set(zip(histories.rows.tolist(), histories.items.tolist(), strict=True))
    every = set(zip(read.rows.tolist(), read.items.tolist(), strict=True))
    assert shown == every - hidden, "what was read without stars is told"
    assert len(cuts.cuts) == 4
