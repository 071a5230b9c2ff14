from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from readalike.numerics.alternating import alternate, mean_square
from readalike.numerics.gibbs import GibbsSide, Rated, Sampler, residuals, wishart
from readalike.numerics.row_solver import one_blas_thread
from strategies import same_bits
from threads import on_threads

F32 = npt.NDArray[np.float32]


def table(seed: int, n: int = 60, m: int = 40, k: int = 2) -> tuple[Rated, Rated, Any]:
    """Planted factors and biases, their ratings with a little noise, by both sides."""
    random = np.random.default_rng(seed)
    rows = [random.normal(0, 0.7, (count, k + 1)) for count in (n, m)]
    known = np.argwhere(random.random((n, m)) < 0.5)
    users, items = known[:, 0], known[:, 1].astype(np.int32)
    truth = (rows[0][users, :k] * rows[1][items, :k]).sum(axis=1)
    truth += rows[0][users, k] + rows[1][items, k]
    stars = (truth + random.normal(0, 0.2, len(truth))).astype(np.float32)
    return *both(users, items, stars, n, m), truth


def both(users: Any, items: Any, stars: F32, n: int, m: int) -> tuple[Rated, Rated]:
    order = np.argsort(items, kind="stable")
    ones = np.ones(len(stars), np.float32)

    def pointers(index: Any, count: int) -> Any:
        return np.concatenate([[0], np.cumsum(np.bincount(index, minlength=count))]).astype(
            np.int64
        )

    return (
        Rated(pointers(users, n), items, stars, ones.copy()),
        Rated(pointers(items, m), users[order].astype(np.int32), stars[order], ones.copy()),
    )


def chain(by_user: Rated, by_item: Rated, k: int = 2, seed: int = 0, **more: Any) -> Sampler:
    random = np.random.default_rng(seed)
    n, m = len(by_user.indptr) - 1, len(by_item.indptr) - 1
    one = np.ones((n, 1), np.float32)
    start = random.standard_normal((m, k + 1), np.float32) / np.float32(10)
    items = GibbsSide(start, np.ones((m, 1), np.float32), **more)
    return Sampler(
        GibbsSide(np.zeros((n, k + 1), np.float32), one), items, by_user, by_item, random
    )


def test_planted_ratings_are_found_again() -> None:
    by_user, by_item, truth = table(1)
    drawn = chain(by_user, by_item)
    total, kept = np.zeros(len(truth)), 0
    for sweep in range(120):
        drawn.sweep()
        if sweep >= 40:
            left = residuals(drawn.users, drawn.items, by_user)
            total, kept = total + by_user.stars - left, kept + 1
    assert np.sqrt(np.mean((total / kept - truth) ** 2)) < 0.15
    assert 1 / np.sqrt(drawn.noise) == pytest.approx(0.2, rel=0.15)


def test_ratings_that_do_not_count_are_not_looked_at() -> None:
    by_user, by_item, _ = table(2)
    hidden = by_user.columns % 3 == 0
    by_user.weights[hidden] = 0
    by_item.weights[np.repeat(np.arange(40), np.diff(by_item.indptr)) % 3 == 0] = 0
    one, other = (chain(by_user, by_item) for _ in range(2))
    one.sweep()
    by_user.stars[hidden] = 99
    by_item.stars[np.repeat(np.arange(40), np.diff(by_item.indptr)) % 3 == 0] = 99
    other.sweep()
    assert same_bits(one.users.rows, other.users.rows)
    assert same_bits(one.items.rows, other.items.rows)
    assert one.noise == other.noise


def test_the_same_seed_draws_the_same_bits_on_one_thread_or_two() -> None:
    by_user, by_item, _ = table(3)
    found = []
    for count in (2, 1):
        drawn = chain(by_user, by_item, seed=5)
        with on_threads(count):
            for _ in range(3):
                drawn.sweep()
        found.append(drawn.items.rows)
    assert same_bits(*found)
    other = chain(by_user, by_item, seed=6)
    other.sweep()
    assert not np.array_equal(found[0], other.items.rows)


def test_wishart_draws_have_the_mean_of_the_distribution() -> None:
    random = np.random.default_rng(0)
    root = random.normal(size=(3, 3))
    scatter = root @ root.T + np.eye(3)
    drawn = np.array([wishart(scatter, 9.0, random) for _ in range(20_000)])
    assert drawn.mean(axis=0) == pytest.approx(9 * np.linalg.inv(scatter), rel=0.05, abs=0.02)
    # Var W_ij = degrees (V_ij^2 + V_ii V_jj)
    V = np.linalg.inv(scatter)
    variance = 9 * (V**2 + np.outer(np.diag(V), np.diag(V)))
    assert drawn.var(axis=0) == pytest.approx(variance, rel=0.1)


def side(n: int, seed: int) -> tuple[GibbsSide, Any, Any]:
    """Rows that are a regression on two features, and groups' effects, with a little scatter."""
    random = np.random.default_rng(seed)
    features = np.column_stack([np.ones(n), random.standard_normal((n, 2))]).astype(np.float32)
    B = np.array([[0.5, -0.3], [0.2, 0.1], [0.0, -0.4]])
    groups = np.where(np.arange(n) % 5 == 0, -1, np.arange(n) % 8)
    effects = random.normal(0, 0.3, (8, 2))
    rows = features @ B + effects[groups] * (groups >= 0)[:, None]
    rows += random.normal(0, 0.1, (n, 2))
    return GibbsSide(rows.astype(np.float32), features, groups), B, effects


def test_a_prior_is_the_regression_of_the_rows_on_what_is_known_of_them() -> None:
    made, B, effects = side(4000, 1)
    random = np.random.default_rng(0)
    found, group, scatter = [], [], []
    for sweep in range(300):
        start = made.draw_prior(random)
        assert made.precision is not None
        assert made.coefficients is not None
        if sweep >= 100:
            means = start @ np.linalg.inv(made.precision)
            found.append(made.coefficients)
            scatter.append(np.linalg.inv(made.precision))
            group.append(means[8 + 1] - made.features[8 + 1] @ made.coefficients)
    # a constant can move between the intercept and the groups
    assert np.mean(found, axis=0)[1:] == pytest.approx(B[1:], abs=0.02)
    assert np.mean(scatter, axis=0) == pytest.approx(0.01 * np.eye(2), abs=0.004)
    level = np.mean(found, axis=0)[0] + np.mean(group, axis=0)
    assert level == pytest.approx(B[0] + effects[1], abs=0.05)


def test_a_row_in_no_group_has_no_effect_of_one() -> None:
    made, _, _ = side(200, 2)
    start = made.draw_prior(np.random.default_rng(0))
    assert made.precision is not None
    assert made.coefficients is not None
    means = start @ np.linalg.inv(made.precision)
    alone = np.flatnonzero(made.groups == -1)
    assert means[alone] == pytest.approx((made.features @ made.coefficients)[alone], abs=1e-3)
    grouped = np.flatnonzero(made.groups == 1)
    assert np.abs(means[grouped] - (made.features @ made.coefficients)[grouped]).min() > 1e-3


def test_the_chain_has_the_distribution_of_the_model() -> None:
    """Joint draws of parameters and ratings agree with the prior's [Geweke 2004].

    The successive-conditional chain alternates a sweep with ratings drawn anew from the
    parameters; the marginal distribution of every parameter must then be its prior.
    """
    random = np.random.default_rng(0)
    n = m = 4
    users, items = np.divmod(np.arange(n * m), m)
    stars = np.zeros(n * m, np.float32)
    by_user, by_item = both(users, items.astype(np.int32), stars, n, m)
    drawn = chain(by_user, by_item, k=1)
    drawn.random = random
    drawn.noise = 1.0
    order = np.argsort(items, kind="stable")
    logs = []
    with one_blas_thread():
        for sweep in range(6000):
            forecast = by_user.stars - residuals(drawn.users, drawn.items, by_user)
            noisy = forecast + random.standard_normal(n * m) / np.sqrt(drawn.noise)
            by_user.stars[:] = noisy
            by_item.stars[:] = noisy[order]
            drawn.sweep()
            if sweep >= 200:
                logs.append(np.log(drawn.noise))
    # tau's prior is the gamma distribution of shape 1 and rate 1/2
    prior = np.log(random.gamma(1.0, 2.0, 100_000))
    assert np.mean(logs) == pytest.approx(prior.mean(), abs=0.25)
    assert np.std(logs) == pytest.approx(prior.std(), rel=0.2)


def objective(
    users: GibbsSide, items: GibbsSide, by_user: Rated, penalties: tuple[F32, F32]
) -> float:
    left = residuals(users, items, by_user).astype(np.float64)
    whole = left @ left
    for one, penalty in zip((users, items), penalties, strict=True):
        whole += float((one.rows.astype(np.float64) ** 2 @ penalty).sum())
    return float(whole)


def test_alternating_ends_where_no_small_step_is_better() -> None:
    by_user, by_item, _ = table(4, n=20, m=15)
    penalties = np.array([2, 2, 1], np.float32), np.array([3, 3, 0.5], np.float32)
    start = chain(by_user, by_item)
    users, items = start.users, start.items
    before = objective(users, items, by_user, penalties)
    done: list[int] = []
    alternate(
        users,
        items,
        by_user,
        by_item=by_item,
        penalties=penalties,
        iterations=300,
        progress=done.append,
    )
    least = objective(users, items, by_user, penalties)
    assert done == list(range(1, 301))
    assert least < before
    random = np.random.default_rng(0)
    for size in (1e-2, 1e-3):
        for one in (users, items):
            kept = one.rows
            for _ in range(10):
                step = size * random.standard_normal(kept.shape)
                one.rows = (kept + step).astype(np.float32)
                assert objective(users, items, by_user, penalties) > least - 1e-3
            one.rows = kept


def test_the_mean_square_is_of_the_ratings_by_their_weights() -> None:
    by_user, by_item, _ = table(5)
    start = chain(by_user, by_item)
    left = residuals(start.users, start.items, by_user)
    by_user.weights[::2] = 0
    by_user.weights[1::2] = np.arange(len(left) // 2) % 3 + 1
    expected = np.average(left**2, weights=by_user.weights)
    assert mean_square(start.users, start.items, by_user) == pytest.approx(expected, rel=1e-4)
    by_user.weights[:] = 0
    assert mean_square(start.users, start.items, by_user) == 0.0
