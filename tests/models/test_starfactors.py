from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.starmodels import FIVE, N, S, model
from readalike.data.histories import Histories
from readalike.errors import ModelError
from readalike.models import starfactors
from readalike.models.starfactors import UNKNOWN, StarFactors
from readalike.models.stars import StarDistribution
from shapes import stored_again
from strategies import histories, same_bits


def slow(made: StarFactors, items: list[int], stars: list[float], item: int) -> tuple[float, float]:
    """Mean and variance over the samples, each by the formula and explicit sums."""
    also = 0 if item in items else 1
    histories = Histories.of_rows(
        [([*items, item][: len(items) + also], [np.nan] * (len(items) + also))], N
    )
    z = np.concatenate([[1.0], made.embedding.of(histories)[0]])
    own = float(made.reader_spread.weights(Histories.of_rows([(items, stars)], N))[0])
    means, variances = [], []
    for s in range(S):
        f, asked = made.drawn[s].astype(float), made.expected[s, item].astype(float)
        biases, bias = f[:, -1].copy(), asked[-1]
        f[:, -1] = asked[-1] = 1
        A = made.precision[s].astype(float)
        b = A @ (made.coefficients[s].astype(float).T @ z)
        for i, r in zip(items, stars, strict=True):
            if not np.isnan(r):
                A = A + own * made.noise[s] * np.outer(f[i], f[i])
                b = b + own * made.noise[s] * f[i] * (r - made.mean - biases[i])
        inverse = np.linalg.inv(A)
        means.append(made.mean + bias + asked @ inverse @ b)
        variances.append(asked @ inverse @ asked)
    return float(np.mean(means)), float(np.mean(variances) + np.var(means))


@pytest.mark.parametrize("few", [0, 100], ids=["many histories", "a few"])
@settings(max_examples=50, deadline=None)
@given(read=histories(n_items=N, min_rows=1), data=st.data())
def test_mean_and_variance_are_those_of_the_slow_twin(
    few: int, read: Histories, data: st.DataObject
) -> None:
    made = model()
    rows = np.sort(np.array(data.draw(st.lists(st.integers(0, len(read) - 1), max_size=6)), int))
    items = np.array([data.draw(st.integers(0, N - 1)) for _ in rows], int)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starfactors, "FEW", few)
        means, variances = made.latent(read, rows, items)
    for at, (row, item) in enumerate(zip(rows, items, strict=True)):
        histories, stars = read.row(row)
        expected = slow(made, histories.tolist(), stars.tolist(), int(item))
        assert (means[at], variances[at]) == pytest.approx(expected, abs=1e-4)


@settings(max_examples=50, deadline=None)
@given(histories(n_items=N, min_rows=1, max_rows=1))
def test_the_shares_add_up_to_the_forecast(read: Histories) -> None:
    made = model(1)
    unread = np.setdiff1d(np.arange(N), read.items)
    forecast = made.forecast(read, np.zeros(len(unread), int), unread)
    shares = made.explain(read, unread, forecast)
    assert shares.total == pytest.approx(forecast, abs=1e-9)
    if len(read.items):
        means, _ = made.latent(read, np.zeros(len(unread), int), unread)
        latent = shares.book + shares.reader + shares.by_book.sum(axis=1)
        assert latent == pytest.approx(means, abs=1e-4)
        assert shares.scale == pytest.approx(forecast - means, abs=1e-4)


def test_the_share_of_a_book_is_what_the_model_makes_of_its_stars_and_of_its_having_been_read() -> (
    None
):
    """Of one sample each number by the formula in the docstring, [q, b] and x in two parts."""
    plain = model(9)
    made = replace(
        plain,
        **{
            name: getattr(plain, name)[:1]
            for name in ("drawn", "expected", "precision", "coefficients", "noise")
        },
    )
    read, asked = Histories.of_rows([([0, 2, 3], [5.0, np.nan, 2.0])], N), np.array([6])
    own = float(made.reader_spread.weights(read)[0]) * float(made.noise[0])
    L, B = made.precision[0].astype(float), made.coefficients[0].astype(float)
    q = made.drawn[0, [0, 3]].astype(float)
    f = np.column_stack([q[:, :-1], [1, 1]])
    inverse = np.linalg.inv(L + own * f.T @ f)
    wanted = made.expected[0, 6].astype(float)
    parts = made.embedding.parts(np.array([0, 2, 3]), asked)[0]
    moved = (inverse @ L @ B[1:].T @ parts.T).T  # what each book's having been read moves x by
    y = np.array([5.0, 2.0]) - made.mean - q[:, -1] - f @ B[0]
    moved[[0, 2]] += own * y[:, None] * (f @ inverse)
    own_part, moved = moved[3], moved[:3]
    f_asked = np.array([*wanted[:-1], 1.0])
    found = made.explain(read, asked, np.array([4.0]))
    assert found.by_book[0] == pytest.approx(moved[:, :-1] @ wanted[:-1], rel=1e-5)
    assert found.reader == pytest.approx([moved[:, -1].sum()], rel=1e-5)
    usual = made.mean + wanted[-1] + f_asked @ B[0]
    assert found.book == pytest.approx([usual + f_asked @ own_part], rel=1e-5)
    assert found.total == pytest.approx([4.0])


def test_spreads_are_logarithms_of_the_standard_deviations_of_forecast_reader_and_book() -> None:
    made = model(10)
    made.book_stars[3] = [0, 0, 1, 0, 0]
    read = Histories.of_rows([([0, 1], [5.0, 1.0]), ([2], [4.0])], N)
    rows, items, variances = np.array([0, 0, 1]), np.array([4, 3, 4]), np.array([0.2, 0.3, 0.4])
    found = made.spreads(read, rows, items, variances)
    noise = 1 / made.noise.astype(float).mean()
    assert found[:, 0] == pytest.approx(np.log(np.sqrt(variances + noise)))
    assert found[:, 1] == pytest.approx(np.log(np.sqrt(made.reader_spread.relative(read)[rows])))
    stars = made.book_stars[4].astype(float)
    spread = np.sqrt(stars @ FIVE**2 - (stars @ FIVE) ** 2)
    assert found[:, 2] == pytest.approx(np.log([spread, 1e-3, spread]), rel=1e-5)


def test_a_forecast_is_what_the_cut_points_make_of_mean_variance_and_spreads() -> None:
    made = model(11)
    read = Histories.of_rows([([0, 1], [5.0, 1.0]), ([2], [4.0])], N)
    asked = np.array([0, 1, 1]), np.array([4, 3, 7])
    means, variances = made.latent(read, *asked)
    wanted = made.cuts.probabilities(means, made.spreads(read, *asked, variances))
    found = made.distribution(read, *asked)
    assert same_bits(found.probabilities, wanted)
    assert made.forecast(read, *asked) == pytest.approx(wanted @ FIVE)


def test_of_more_readers_than_eight_all_are_solved_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def compiled(*_: object) -> None:
        raise AssertionError("compiled")

    monkeypatch.setattr(StarFactors, "_latent_of_many", compiled)
    made = model()
    eight, nine = (np.arange(n) for n in (8, 9))
    read = Histories.of_rows([([0], [3.0])] * 9, N)
    made.latent(read, eight, np.full(8, 4))
    with pytest.raises(AssertionError, match="compiled"):
        made.latent(read, nine, np.full(9, 4))


def test_many_items_are_forecast_in_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    made, read = model(12), Histories.of_rows([([0, 5], [3.0, 4.0])], N)
    asked = np.zeros(N, int), np.arange(N)
    whole = made.latent(read, *asked)
    monkeypatch.setattr(starfactors, "ITEMS", 3)
    for once, spans in zip(whole, made.latent(read, *asked), strict=True):
        assert spans == pytest.approx(once, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("drawn", lambda a: a[:0], r"at least one draw of at least one number, got \(0, 8, 3\)"),
        ("drawn", lambda a: a[:, :, :0], r"at least one draw .*got \(4, 8, 0\)"),
        ("drawn", lambda a: a[0], "'drawn'"),
        ("expected", lambda a: a[:, :-1], "'expected'"),
        ("coefficients", lambda a: a[:, :-1], "'coefficients'"),
        ("noise", lambda a: 0 * a, "'noise'"),
        ("levels", lambda a: a[[0, 1, 1, 3, 4]], "'levels' must be numbers that rise, got others"),
        ("levels", lambda a: a[::-1], "'levels' must be numbers that rise"),
        ("cuts", lambda a: a[[0, 1, 1, 3]], "'cuts' must be numbers that rise, got others"),
        ("cuts", lambda a: a[:-1], "'cuts'"),
        ("spread", lambda a: a[:-1], "'spread'"),
        ("book_stars", lambda a: 1.002 * a, "'book_stars' must be rows that add up to 1"),
        ("book_stars", lambda a: a - np.array([2, -2, 0, 0, 0], np.float32), "'book_stars'"),
        ("known", lambda a: a + 1, "'known'"),
        ("precision", lambda a: -a, "'precision' must be positive definite matrices, got others"),
        (
            "precision",
            lambda a: a + np.triu(np.full_like(a, 0.1), 1),
            "'precision' must be symmetric matrices, got others",
        ),
    ],
)
def test_arrays_that_are_no_model_are_refused(
    name: str, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]], told: str
) -> None:
    arrays = dict(model().arrays())
    arrays[name] = change(arrays[name])
    with pytest.raises(ModelError, match=told):
        stored_again(model(), arrays)


def test_rounding_makes_no_model_of_it_a_wrong_one() -> None:
    arrays = dict(model().arrays())
    arrays["book_stars"] = 1.0005 * arrays["book_stars"]
    arrays["precision"] = arrays["precision"] + np.triu(np.full((S, 3, 3), 1e-4, np.float32), 1)
    assert stored_again(model(), arrays).n_items == N


def test_a_book_without_a_part_in_a_forecast_has_no_share() -> None:
    made = model(2, d=0)
    read = Histories.of_rows([([0, 1, 2], [5.0, np.nan, 1.0])], N)
    shares = made.explain(read, np.array([4, 5]), np.zeros(2))
    assert (shares.by_book[:, 1] == 0).all(), "no stars, and nothing looks at what is read"
    assert (shares.by_book[:, [0, 2]] != 0).all()


def test_a_reader_who_likes_everything_has_a_way_of_rating() -> None:
    made = model(3, d=0)
    high = Histories.of_rows([([0, 1, 2, 3], [5.0] * 4)], N)
    low = Histories.of_rows([([0, 1, 2, 3], [1.0] * 4)], N)
    asked = np.array([5])
    up, down = (made.explain(read, asked, np.zeros(1)) for read in (high, low))
    assert up.reader[0] > 0.3
    assert down.reader[0] < -0.3
    assert up.book == pytest.approx(down.book)


def test_of_nobody_the_forecast_is_the_books_own_stars() -> None:
    made = model(4)
    read = Histories.of_rows([([], []), ([2], [5.0])], N)
    found = made.distribution(read, np.array([0, 1]), np.array([3, 3]))
    assert found.probabilities[0] == pytest.approx(made.book_stars[3], abs=1e-7)
    assert not np.allclose(found.probabilities[1], found.probabilities[0])
    (shares,) = [made.explain(read.take([0]), np.array([3]), found.mean[:1])]
    assert shares.book == pytest.approx(found.mean[:1])
    assert shares.reader.tolist() == shares.scale.tolist() == [0.0]


def test_one_more_high_rating_moves_the_forecast_up_without_training() -> None:
    made = model(5, d=0)
    before = made.forecast(Histories.of_rows([([0], [3.0])], N), np.array([0]), np.array([4]))
    rated = Histories.of_rows([([0, 4], [3.0, 5.0])], N)
    assert made.forecast(rated, np.array([0]), np.array([4])) > before


def test_a_reader_of_one_rating_everywhere_is_forecast_more_surely() -> None:
    made = model(6, d=0)
    books = [0, 1, 2, 3]
    calm = Histories.of_rows([(books, [4.0] * 4)], N)
    wild = Histories.of_rows([(books, [1.0, 5.0, 1.0, 5.0])], N)
    asked = np.array([0]), np.array([5])
    assert made.distribution(calm, *asked).spread < made.distribution(wild, *asked).spread


@settings(max_examples=20, deadline=None)
@given(histories(n_items=N, min_rows=2))
def test_a_batch_is_forecast_as_its_rows_alone(read: Histories) -> None:
    made = model(7)
    rows = np.repeat(np.arange(len(read)), N)
    items = np.tile(np.arange(N), len(read))
    whole = made.distribution(read, rows, items).probabilities
    for row in range(len(read)):
        alone = made.distribution(read.take([row]), np.zeros(N, int), np.arange(N))
        assert alone.probabilities == pytest.approx(whole[rows == row], abs=1e-6)


def test_it_is_the_same_from_its_arrays_again() -> None:
    made = model(8)
    made.known[3] = UNKNOWN
    again = stored_again(made)
    read = Histories.of_rows([([0, 1], [5.0, 2.0]), ([], [])], N)
    asked = np.repeat([0, 1], N), np.tile(np.arange(N), 2)
    one, other = made.distribution(read, *asked), again.distribution(read, *asked)
    assert same_bits(one.probabilities, other.probabilities)
    assert again.known.tolist() == made.known.tolist()
    assert isinstance(one, StarDistribution)
