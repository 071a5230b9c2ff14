"""Piles of books that were marked to be read, and what a ranking makes of them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.rankers import FIVE_STARS, Scored
from readalike.algorithms import algorithm_of
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, ModelError
from readalike.evaluation import run as ranking
from readalike.models import Ranker
from readalike.tables.dataset import read

with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "benchmarks"))
    piles_script: Any = importlib.import_module("piles")
any_others, as_often_marked = piles_script.any_others, piles_script.as_often_marked
areas, areas_of_marks = piles_script.areas, piles_script.areas_of_marks
piles_of, read_marks = piles_script.piles_of, piles_script.read_marks
auc, tied = piles_script.auc, piles_script.tied

N = 30
FLAT = np.zeros(N, np.float32)

Rows = list[tuple[list[int], list[int], list[int]]]


def table(rows: list[list[int]], n_items: int = N) -> Ratings:
    """Readers r00, r01, ... who read, or marked, books by number."""
    pairs = [(row, [4.0] * len(row)) for row in ([*dict.fromkeys(r)] for r in rows)]
    readers = Vocabulary.of(f"r{n:03}" for n in range(len(rows)))
    books = Vocabulary.of(f"b{n:03}" for n in range(n_items))
    return Ratings(Histories.of_rows(pairs, n_items), readers, books, FIVE_STARS)


def rows_of(piles: Any) -> Rows:
    """What each reader read, marked, and the others."""
    return [
        (
            piles.histories.row(at)[0].tolist(),
            piles.marked.row(at)[0].tolist(),
            piles.others.row(at)[0].tolist(),
        )
        for at in range(len(piles))
    ]


def by_history(score: npt.NDArray[np.float32]) -> Ranker:
    """Scores alike whatever the history."""
    return Scored(len(score), lambda shown: np.tile(score, (len(shown), 1)))  # type: ignore[return-value]


def auc_of(model: Ranker, piles: Any) -> float:
    return float(areas(model, piles, np.zeros(len(piles.marks), np.float32)).auc.mean())


# --- the marks, and the area under the curve --------------------------------------------------


def test_marks_of_known_books_are_read(tmp_path: Path) -> None:
    (tmp_path / "ratings.csv").write_text("user_id,book_id,rating\n1,7,5\n1,8,4\n")
    (tmp_path / "to_read.csv").write_text("user_id,book_id\n9,7\n9,99\n1,8\n")
    ratings = read(tmp_path).ratings
    marks = read_marks(tmp_path / "to_read.csv", ratings)
    assert marks.users.ids == ("1", "9")
    assert marks.items is ratings.items
    assert marks.histories.items.tolist() == [1, 0]


scored = st.lists(
    st.tuples(st.sampled_from([-1.5, 0.0, 0.25, 3.0]), st.booleans()), min_size=2, max_size=15
).filter(lambda rows: 0 < sum(right for _, right in rows) < len(rows))


@given(scored)
def test_it_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[float, bool]]) -> None:
    scores, right = np.array([s for s, _ in rows]), np.array([r for _, r in rows])
    pairs = [
        1.0 if one > other else 0.5 if one == other else 0.0
        for one in scores[right]
        for other in scores[~right]
    ]
    assert auc(scores, right) == pytest.approx(sum(pairs) / len(pairs))


@given(scored)
def test_ties_are_the_share_of_pairs_that_are_equal(rows: list[tuple[float, bool]]) -> None:
    scores, right = np.array([s for s, _ in rows]), np.array([r for _, r in rows])
    pairs = [one == other for one in scores[right] for other in scores[~right]]
    assert tied(scores, right) == pytest.approx(sum(pairs) / len(pairs))


@given(scored)
def test_scores_the_other_way_round_give_the_rest(rows: list[tuple[float, bool]]) -> None:
    scores, right = np.array([s for s, _ in rows]), np.array([r for _, r in rows])
    assert auc(-scores, right) == pytest.approx(1 - auc(scores, right))


def test_what_is_not_known_at_all_is_below_all_else_and_equal_to_its_like() -> None:
    scores, right = np.array([-np.inf, 0.0, -np.inf]), np.array([True, False, False])
    assert auc(scores, right) == 0.25
    assert tied(scores, right) == 0.5


@pytest.mark.parametrize("measure", [auc, tied])
def test_what_cannot_be_judged_is_refused(measure: Callable[..., float]) -> None:
    with pytest.raises(ValueError, match="got 2 and 0"):
        measure(np.zeros(2), np.ones(2, np.bool_))
    with pytest.raises(ValueError, match="got 0 and 2"):
        measure(np.zeros(2), np.zeros(2, np.bool_))
    with pytest.raises(ValueError, match="got NaN"):
        measure(np.array([1.0, np.nan]), np.array([True, False]))


# --- how piles are drawn --------------------------------------------------------------------

books = st.lists(st.integers(0, N - 1), max_size=12)
world = st.lists(st.tuples(books, books), min_size=1, max_size=6)
either = st.sampled_from([as_often_marked, any_others])


@settings(max_examples=80, deadline=None)
@given(world, either, st.integers(0, 3))
def test_others_are_neither_read_nor_marked_and_each_stands_once(
    readers: list[tuple[list[int], list[int]]], others: Any, seed: int
) -> None:
    piles = piles_of(
        table([r for r, _ in readers]), table([m for _, m in readers]), others, 9, seed
    )
    for name, (shown, marked, beside) in zip(piles.readers, rows_of(piles), strict=True):
        read, meant = (set(each) for each in readers[int(name[1:])])
        assert set(shown) == read
        assert set(marked) == meant - read
        assert set(beside).isdisjoint(read | meant)
        assert len(set(beside)) == len(beside) == len(marked) > 0
    judged = [(set(r), set(m)) for r, m in readers if r and set(m) - set(r)]
    assert len(piles) == sum(N - len(r | m) >= len(m - r) for r, m in judged)


@settings(max_examples=80, deadline=None)
@given(world, st.integers(0, 3))
def test_no_book_left_over_is_marked_more_alike_than_the_one_that_was_taken(
    readers: list[tuple[list[int], list[int]]], seed: int
) -> None:
    marks = table([m for _, m in readers])
    piles = piles_of(table([r for r, _ in readers]), marks, as_often_marked, 9, seed)
    for name, (shown, marked, beside) in zip(piles.readers, rows_of(piles), strict=True):
        own = set(readers[int(name[1:])][1])
        left_over = set(range(N)) - set(shown) - own - set(beside)
        for book, other in zip(marked, beside, strict=True):
            by_others = sum(book in m for n, (_, m) in enumerate(readers) if f"r{n:03}" != name)
            distance = abs(marks.item_counts[other] - by_others)
            assert all(abs(marks.item_counts[b] - by_others) >= distance for b in left_over)


def test_the_readers_own_mark_is_not_counted() -> None:
    marks = table([[0], [0, 1], [0, 1, 2], [2], [3, 1]])
    assert marks.item_counts[:4].tolist() == [3, 3, 2, 1]
    piles = piles_of(table([[9]]), marks, as_often_marked, 1, 0)
    assert rows_of(piles) == [([9], [0], [2])], "two others marked book 0, as they did book 2"
    assert areas_of_marks(piles).tolist() == [0.5]


@pytest.mark.parametrize("others", [as_often_marked, any_others])
def test_a_sample_is_the_same_for_the_same_seed(others: Any) -> None:
    draw = np.random.default_rng(1)
    read = table([draw.integers(0, N, 4).tolist() for _ in range(50)])
    marks = table([draw.integers(0, N, 4).tolist() for _ in range(50)])
    one, again, other = (piles_of(read, marks, others, 10, seed) for seed in (0, 0, 1))
    assert len(one) == 10
    assert rows_of(one) == rows_of(again)
    assert rows_of(one) != rows_of(other)
    assert piles_of(read, marks, any_others, 10, 0).readers == one.readers


def test_a_row_may_stand_anywhere_in_a_history() -> None:
    marks = table([[12, 20, 3], [4, 12]])
    turned = table([[3, 20, 12], [12, 4]])
    first = piles_of(table([[0, 1], [7, 8]]), marks, as_often_marked, 2, 0)
    other = piles_of(table([[1, 0], [8, 7]]), turned, as_often_marked, 2, 0)
    assert [row[1:] for row in rows_of(first)] == [row[1:] for row in rows_of(other)]


def test_marks_of_what_was_read_and_of_strangers_are_left_aside() -> None:
    read = table([[0, 1], [5], [8]])
    marks = table([[1, 2], [6], [8], [7]])
    piles = piles_of(read, marks, as_often_marked, 10, 0)
    assert piles.read_since == 1, "the third reader, who read all that was marked, has no pile"
    assert sorted(marked for _, marked, _ in rows_of(piles)) == [[2], [6]]


@pytest.mark.parametrize("others", [as_often_marked, any_others])
def test_who_marked_half_of_the_rest_is_judged_by_the_other_half(others: Any) -> None:
    piles = piles_of(table([list(range(20))]), table([list(range(20, 25))]), others, 5, 0)
    ((_, marked, beside),) = rows_of(piles)
    assert (marked, sorted(beside)) == (list(range(20, 25)), list(range(25, N)))


@pytest.mark.parametrize("others", [as_often_marked, any_others])
def test_who_marked_all_the_rest_cannot_be_judged(others: Any) -> None:
    piles = piles_of(table([list(range(20))]), table([list(range(20, N))]), others, 5, 0)
    assert len(piles) == 0
    assert areas(by_history(FLAT), piles, FLAT).auc.shape == areas_of_marks(piles).shape == (0,)


def test_marks_of_other_books_are_refused() -> None:
    with pytest.raises(InputError, match="marks must be of the books of the ratings"):
        piles_of(table([[0]]), table([[1]], N + 1), as_often_marked, 5, 0)


# --- what a ranking makes of them -----------------------------------------------------------


def test_who_knows_the_marks_has_an_area_of_one_and_who_hates_them_of_nought() -> None:
    piles = piles_of(table([[0], [1]]), table([[2, 3, 4]] * 2), as_often_marked, 2, 0)
    wanted = np.isin(np.arange(N), [2, 3, 4]).astype(np.float32)
    for scores, area, tied in ((wanted, 1.0, 0.0), (-wanted, 0.0, 0.0), (FLAT, 0.5, 1.0)):
        found = areas(by_history(scores), piles, FLAT)
        assert found.auc.tolist() == found.listed.tolist() == [area, area]
        assert found.tied.tolist() == [tied, tied]


def test_in_a_list_equal_scores_are_told_apart_by_popularity_and_no_others() -> None:
    piles = piles_of(table([[0]]), table([[2, 3]]), as_often_marked, 1, 0)
    others = rows_of(piles)[0][2]
    scores, popular = FLAT.copy(), FLAT.copy()
    scores[[2, others[0]]] = 2.0, 1.0
    popular[others] = 7.0
    popular[3] = 8.0
    found = areas(by_history(scores), piles, popular)
    # book 2 is above both, book 3 equal to one other and below the one that is more than it
    assert (found.auc[0], found.listed[0], found.tied[0]) == (2.5 / 4, 3 / 4, 1 / 4)


def test_readers_tell_their_first_books_and_piles_stay_as_they_are() -> None:
    piles = piles_of(table([[5, 1, 3], [2]]), table([[7], [8]]), as_often_marked, 2, 0)
    short = piles.shown(2)
    assert sorted(shown for shown, _, _ in rows_of(short)) == [[2], [5, 1]]
    assert [row[1:] for row in rows_of(short)] == [row[1:] for row in rows_of(piles)]


def test_batches_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(2)
    read = table([draw.integers(0, N, 4).tolist() for _ in range(7)])
    marks = table([draw.integers(0, N, 4).tolist() for _ in range(7)])
    piles = piles_of(read, marks, any_others, 7, 0)
    own = Scored(N, lambda shown: shown.matrix().toarray() @ draw_of(3))
    at_once = areas(own, piles, FLAT).auc
    monkeypatch.setattr(ranking, "ENTRIES", 2 * N)
    assert areas(own, piles, FLAT).auc.tolist() == at_once.tolist()


def draw_of(seed: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).random((N, N), np.float32)


def test_a_score_for_each_reader_and_book_is_needed() -> None:
    piles = piles_of(table([[0]]), table([[2]]), as_often_marked, 1, 0)
    with pytest.raises(ModelError, match="must score"):
        areas(by_history(np.zeros(N - 1, np.float32)), piles, FLAT)


# --- worlds in which it is known what a ranking can know -------------------------------------

HALF = 100


def two_tastes(faithful: bool) -> tuple[Ratings, Ratings]:
    """Readers of one half of the books or of the other, who mark by taste or anything.

    Of each half the first books are marked most.
    """
    draw = np.random.default_rng(4)
    chances = 1 / np.arange(10, HALF + 10)
    read, marked = [], []
    for reader in range(400):
        half = HALF * (reader % 2)
        read.append((half + draw.choice(HALF, 12, replace=False)).tolist())
        wanted = draw.choice(HALF, 5, replace=False, p=chances / chances.sum())
        marked.append((wanted + (half if faithful else HALF * draw.integers(0, 2, 5))).tolist())
    return table(read, 2 * HALF), table(marked, 2 * HALF)


@pytest.mark.parametrize(("faithful", "low", "high"), [(True, 0.7, 0.8), (False, 0.47, 0.53)])
def test_who_knows_the_taste_tells_marks_of_taste_and_no_others(
    faithful: bool, low: float, high: float
) -> None:
    """By taste alone half of the others are of the right half too: (1 + 1/2) / 2."""
    read, marks = two_tastes(faithful)
    piles = piles_of(read, marks, as_often_marked, 400, 0)
    knowing = algorithm_of("cosine").fit(read, Catalogue.of(read.items))
    assert low < auc_of(knowing, piles) < high


def test_fame_tells_marks_from_any_others_and_not_from_those_marked_as_often() -> None:
    read, marks = two_tastes(True)
    famous = by_history(marks.item_counts.astype(np.float32))
    matched, plain = (
        piles_of(read, marks, others, 400, 0) for others in (as_often_marked, any_others)
    )
    assert abs(areas_of_marks(matched).mean() - 0.5) < 0.02
    assert areas_of_marks(plain).mean() > 0.6
    assert auc_of(famous, plain) > 0.6
    chance = by_history(np.random.default_rng(5).random(2 * HALF, np.float32))
    assert abs(auc_of(chance, matched) - 0.5) < 0.03


@pytest.mark.real_data
def test_real_marks_are_told_by_taste_and_by_fame_only_where_it_is_not_matched(
    real_data: Path,
) -> None:
    dataset = read(real_data / "goodbooks-10k")
    marks = read_marks(real_data / "goodbooks-10k" / "to_read.csv", dataset.ratings)
    assert len(marks) == 912_705
    matched, plain = (
        piles_of(dataset.ratings, marks, others, 500, 0) for others in (as_often_marked, any_others)
    )
    assert len(matched) == 500
    content = algorithm_of("content").fit(dataset.ratings, dataset.catalogue)
    assert 0.58 < auc_of(content, matched) < 0.70
    assert abs(areas_of_marks(matched).mean() - 0.5) < 0.02
    assert 0.75 < areas_of_marks(plain).mean() < 0.85
