"""Piles of books that were marked to be read, and what a ranking makes of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.evaluation.piles import Piles, areas, piles_of
from readalike.models import ItemScores

N = 30
BOOKS = Vocabulary.of(f"b{n:02}" for n in range(N))
FAME = np.arange(N, 0, -1).astype(np.float32)


def table(rows: list[list[int]], first: int = 0) -> Ratings:
    pairs = [(sorted(set(row)), [4.0] * len(set(row))) for row in rows]
    names = Vocabulary.of(f"r{first + n:02}" for n in range(len(rows)))
    return Ratings(Histories.of_rows(pairs, N), names, BOOKS, RatingScale(1, 5, 1))


def rows_of(piles: Piles) -> list[tuple[list[int], list[int], list[int]]]:
    """What each reader read, marked, and the others."""
    spans = zip(piles.marked.indptr, piles.marked.indptr[1:], strict=False)
    return [
        (
            piles.histories.row(at)[0].tolist(),
            piles.marked.items[start:stop].tolist(),
            piles.others[start:stop].tolist(),
        )
        for at, (start, stop) in enumerate(spans)
    ]


books = st.lists(st.integers(0, N - 1), min_size=0, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(books, books), min_size=1, max_size=6), st.booleans())
def test_others_are_neither_read_nor_marked_and_each_stands_once(
    readers: list[tuple[list[int], list[int]]], matched: bool
) -> None:
    read, marks = table([r for r, _ in readers]), table([m for _, m in readers])
    piles = piles_of(read, marks, FAME if matched else None, 100, 0)
    found = rows_of(piles)
    known = {tuple(sorted(set(r))): set(m) for r, m in readers}
    for told, marked, others in found:
        assert told
        assert set(marked).isdisjoint(told)
        assert len(set(others)) == len(others) == len(marked) > 0
        assert set(others).isdisjoint({*told, *marked})
        if len({tuple(sorted(set(r))) for r, _ in readers}) == len(readers):
            assert set(others).isdisjoint(known[tuple(told)])
    judged = [(set(r), set(m)) for r, m in readers if r and set(m) - set(r)]
    judged = [(r, m) for r, m in judged if N - len(r | m) >= len(m - r)]
    assert len(found) == len(judged)


def test_the_other_is_the_nearest_by_fame_that_is_free() -> None:
    piles = piles_of(table([[0, 10, 11]]), table([[12, 20]]), FAME, 1, 0)
    ((_, marked, others),) = rows_of(piles)
    assert marked == [12, 20]
    assert others[0] == 13, "11 is read"
    assert others[1] in (19, 21)


def test_fame_tells_nothing_of_others_that_are_as_known() -> None:
    draw = np.random.default_rng(0)
    read = table([draw.integers(0, N, 3).tolist() for _ in range(300)])
    marks = table([draw.integers(8, N - 8, 2).tolist() for _ in range(300)])
    famous = ItemScores(FAME, "readers")
    matched = areas(famous, piles_of(read, marks, FAME, 300, 0))
    assert abs(matched.mean() - 0.5) < 0.06


class Reads:
    """Scores as it was told to, whatever the history."""

    n_items = N

    def __init__(self, scores: npt.NDArray[np.float32]) -> None:
        self.scores = scores

    def score(self, histories: Histories) -> npt.NDArray[np.float32]:
        return np.tile(self.scores, (len(histories), 1))


def test_who_knows_the_marks_has_an_area_of_one_and_who_hates_them_of_nought() -> None:
    read, marks = table([[0], [1]]), table([[2, 3, 4], [2, 3, 4]])
    piles = piles_of(read, marks, FAME, 2, 0)
    wanted = np.isin(np.arange(N), [2, 3, 4]).astype(np.float32)
    assert areas(Reads(wanted), piles).tolist() == [1.0, 1.0]  # type: ignore[arg-type]
    assert areas(Reads(-wanted), piles).tolist() == [0.0, 0.0]  # type: ignore[arg-type]
    assert areas(Reads(0 * wanted), piles).tolist() == [0.5, 0.5]  # type: ignore[arg-type]


def test_marks_of_what_was_read_and_of_strangers_are_left_aside() -> None:
    read = table([[0, 1], [5]])
    marks = table([[1, 2], [6], [7]])
    piles = piles_of(read, marks, FAME, 10, 0)
    assert piles.read_since == 1
    assert sorted(marked for _, marked, _ in rows_of(piles)) == [[2], [6]]


def test_a_sample_is_the_same_for_the_same_seed() -> None:
    draw = np.random.default_rng(1)
    read = table([draw.integers(0, N, 4).tolist() for _ in range(50)])
    marks = table([draw.integers(0, N, 4).tolist() for _ in range(50)])
    one, again, other = (piles_of(read, marks, FAME, 10, seed) for seed in (0, 0, 1))
    assert len(one) == 10
    assert rows_of(one) == rows_of(again)
    assert rows_of(one) != rows_of(other)


def test_nobody_has_no_pile() -> None:
    piles = piles_of(table([[0]]), table([[]]), FAME, 5, 0)
    assert len(piles) == 0
    assert areas(ItemScores(FAME, "readers"), piles).shape == (0,)


@pytest.mark.parametrize("matched", [True, False])
def test_who_marked_all_the_rest_cannot_be_judged(matched: bool) -> None:
    piles = piles_of(
        table([list(range(20))]), table([list(range(20, N))]), FAME if matched else None, 5, 0
    )
    assert len(piles) == 0
