from __future__ import annotations

from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference
from readalike.numerics.row_solver import (
    CHUNKS,
    WORTHWHILE,
    Entries,
    _bounds,
    _threads,
    _work,
    draw_rows,
    forecast_rows,
    padded,
    products,
    solve_rows,
)
from strategies import same_bits
from threads import MOST, on_threads

F64 = npt.NDArray[np.float64]


def problem(seed: int, n: int = 30, m: int = 12, k: int = 5) -> tuple[Entries, Any, Any]:
    random = np.random.default_rng(seed)
    lengths = random.integers(0, m, n)
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    columns = np.concatenate([random.permutation(m)[:length] for length in lengths])
    weights = random.uniform(0, 3, len(columns)).astype(np.float32)
    targets = random.normal(size=len(columns)).astype(np.float32)
    factors = random.normal(size=(m, k)).astype(np.float32)
    base = (factors.T @ factors + 2 * np.eye(k)).astype(np.float32)
    return Entries(indptr, columns.astype(np.int32), weights, targets), factors, base


def posteriors(entries: Entries, factors: Any, base: Any, start: Any) -> list[tuple[F64, F64]]:
    return [
        reference.row_posterior(
            factors.astype(float),
            entries.columns[span].tolist(),
            entries.weights[span].tolist(),
            entries.targets[span].tolist(),
            base.astype(float),
            start[row].astype(float),
        )
        for row in range(len(entries.indptr) - 1)
        for span in [slice(entries.indptr[row], entries.indptr[row + 1])]
    ]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 40))
def test_each_row_agrees_with_the_slow_twin(seed: int, k: int, n: int) -> None:
    entries, factors, base = problem(seed, n=n, k=k)
    random = np.random.default_rng(seed)
    start = random.normal(size=(n, k)).astype(np.float32)
    solved = solve_rows(entries, padded(factors), base, start)
    for row, (mean, _) in enumerate(posteriors(entries, factors, base, start)):
        assert solved[row] == pytest.approx(mean, abs=2e-4)


def test_without_a_start_every_right_hand_side_starts_from_zero() -> None:
    entries, factors, base = problem(3)
    start = np.zeros((30, 5), np.float32)
    assert same_bits(
        solve_rows(entries, padded(factors), base),
        solve_rows(entries, padded(factors), base, start),
    )


def test_noise_adds_a_draw_of_the_posterior() -> None:
    entries, factors, base = problem(4, n=3)
    start, draws = np.zeros((3, 5), np.float32), 4000
    random = np.random.default_rng(0)
    drawn = np.array(
        [
            draw_rows(
                entries, padded(factors), base, start, random.standard_normal((3, 5), np.float32)
            )[1]
            for _ in range(draws)
        ]
    )
    for row, (mean, covariance) in enumerate(posteriors(entries, factors, base, start)):
        scale = np.sqrt(np.diag(covariance))
        assert drawn[:, row].mean(axis=0) == pytest.approx(mean, abs=5 * scale.max() / 60)
        off = np.abs(np.cov(drawn[:, row].T) - covariance) / np.outer(scale, scale)
        assert off.max() < 0.1


def test_a_draw_of_no_noise_is_the_mean() -> None:
    entries, factors, base = problem(5)
    zero = np.zeros((30, 5), np.float32)
    means, drawn = draw_rows(entries, padded(factors), base, None, zero)
    assert same_bits(means, drawn)
    assert same_bits(means, solve_rows(entries, padded(factors), base))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 20))
def test_forecasts_have_the_mean_and_variance_of_the_posterior(seed: int, k: int) -> None:
    entries, factors, base = problem(seed, n=9, k=k)
    random = np.random.default_rng(seed)
    counts = random.integers(0, 4, 9)
    asked = random.integers(0, 12, counts.sum()).astype(np.int32)
    asked_ptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    start = random.normal(size=(len(asked), k)).astype(np.float32)
    targets = random.normal(size=factors.shape).astype(np.float32)
    known, wanted = padded(factors), padded(targets)
    means, variances = forecast_rows(
        entries, known, wanted, base=base, start=start, asked=(asked_ptr, asked)
    )
    for e, row in enumerate(np.repeat(np.arange(9), counts)):
        own = np.tile(start[e], (9, 1))
        mean, covariance = posteriors(entries, factors, base, own)[row]
        f = targets[asked[e]].astype(float)
        assert means[e] == pytest.approx(f @ mean, abs=1e-3)
        assert variances[e] == pytest.approx(f @ covariance @ f, rel=1e-3)


def test_a_row_without_entries_is_the_priors_mean() -> None:
    nothing = Entries(
        np.array([0, 0]), np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.float32)
    )
    factors, start = np.ones((2, 3), np.float32), np.array([[2, 4, 6]], np.float32)
    solved = solve_rows(nothing, padded(factors), 2 * np.eye(3, dtype=np.float32), start)
    assert solved[0] == pytest.approx([1.0, 2.0, 3.0])


def test_a_row_that_is_hardly_positive_definite_is_solved_all_the_same() -> None:
    factors = np.array([[1e4, 1e4], [1e4, 1e4]], np.float32)
    entries = Entries(
        np.array([0, 2]), np.array([0, 1], np.int32), np.ones(2, np.float32),
        np.ones(2, np.float32),
    )  # fmt: skip
    solved = solve_rows(entries, padded(factors), 1e-6 * np.eye(2, dtype=np.float32))
    assert np.isfinite(solved).all()
    assert solved.sum() == pytest.approx(1e-4, rel=0.01)


def test_products_are_those_of_each_entry() -> None:
    entries, factors, _ = problem(6)
    rows = np.random.default_rng(1).normal(size=(30, 5)).astype(np.float32)
    found = products(entries, padded(rows), padded(factors))
    of_row = np.repeat(np.arange(30), np.diff(entries.indptr))
    assert found == pytest.approx((rows[of_row] * factors[entries.columns]).sum(axis=1), abs=1e-5)


def test_entries_that_must_not_be_written_are_read_all_the_same() -> None:
    entries, factors, base = problem(8)
    before = solve_rows(entries, padded(factors), base)
    entries.columns.setflags(write=False)
    assert same_bits(solve_rows(entries, padded(factors), base), before)


def test_padding_adds_zeros_up_to_whole_registers() -> None:
    rows = padded(np.ones((2, 9)))
    assert rows.dtype == np.float32
    assert rows.shape == (2, 16)
    assert rows.sum(axis=1).tolist() == [9.0, 9.0]


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=200))
def test_chunks_hold_every_row_once_whatever_the_lengths(lengths: list[int]) -> None:
    indptr = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    bounds = _bounds(_work(indptr, 8))
    assert len(bounds) == CHUNKS + 1
    assert bounds[0] == 0
    assert bounds[-1] == len(lengths)
    assert (np.diff(bounds) >= 0).all()


def test_one_thread_or_two_give_the_same_bits() -> None:
    entries, factors, base = problem(7, n=200)
    random = np.random.default_rng(2)
    start, noise = random.standard_normal((2, 200, 5), np.float32)
    with on_threads(2):
        both = draw_rows(entries, padded(factors), base, start, noise)
    with on_threads(1):
        one = draw_rows(entries, padded(factors), base, start, noise)
    assert all(map(same_bits, one, both))


@pytest.mark.parametrize(
    ("multiplications", "threads"), [(0, 1), (WORTHWHILE - 1, 1), (WORTHWHILE, 2), (10**15, 2)]
)
def test_threads_are_waited_for_only_where_they_have_enough_to_do(
    multiplications: int, threads: int
) -> None:
    before = numba.get_num_threads()
    numba.set_num_threads(min(2, MOST))
    with _threads(multiplications):
        assert numba.get_num_threads() == min(threads, MOST)
    assert numba.get_num_threads() == min(2, MOST)
    numba.set_num_threads(before)
