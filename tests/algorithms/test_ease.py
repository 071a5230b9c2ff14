from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import reference
from algorithms.worlds import F64, dense, layers, ratings_of, world
from readalike.algorithms import ease
from readalike.algorithms.ease import Ease
from readalike.data.catalogue import Catalogue
from readalike.errors import SettingError


@pytest.mark.parametrize("regularization", [1.0, 30.0])
def test_the_closed_form_is_the_regression_of_each_column(regularization: float) -> None:
    ratings, catalogue = world()
    (found,) = layers(Ease(regularization=regularization).fit(ratings, catalogue))
    assert found.diagonal().tolist() == [0.0] * len(catalogue)
    assert found == pytest.approx(reference.ease(dense(ratings), regularization), abs=1e-4)


def test_no_small_step_off_the_diagonal_lowers_the_loss() -> None:
    ratings, catalogue = world()
    X = dense(ratings)

    def loss(B: F64) -> float:
        return float(((X - X @ B) ** 2).sum() + 10.0 * (B**2).sum())

    (B,) = layers(Ease(regularization=10.0).fit(ratings, catalogue))
    random = np.random.default_rng(0)
    for _ in range(50):
        step = random.normal(size=B.shape)
        np.fill_diagonal(step, 0)
        assert loss(B + 0.05 * step / np.linalg.norm(step)) > loss(B)
    free = B + 0.05 * np.eye(len(B))
    assert loss(free) < loss(B), "without the diagonal held at 0 it would copy each book"


def test_more_books_than_a_dense_matrix_can_hold_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ratings, catalogue = world()
    monkeypatch.setattr(ease, "MOST_ITEMS", 49)
    with pytest.raises(SettingError, match="at most 49 books, got 50; use --algorithm ridge"):
        Ease().fit(ratings, catalogue)


def test_more_books_than_there_is_memory_for_are_refused_with_the_figure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ratings, catalogue = world()
    monkeypatch.setattr(ease, "free_memory", lambda: 19_999)
    monkeypatch.setattr(ease, "gram", lambda read: pytest.fail("it must be refused before"))
    with pytest.raises(SettingError, match=r"memory for all pairs of 50 books, and 0\.0 GB"):
        Ease().fit(ratings, catalogue)
    monkeypatch.setattr(ease, "free_memory", lambda: 3_200_000_000)
    with pytest.raises(
        SettingError,
        match=r"needs 5\.0 GB of memory for all pairs of 24,915 books, and 3\.2 GB are free; use",
    ):
        ease.refuse_too_many(24_915)


@pytest.mark.parametrize("free", [20_000, None])
def test_what_fits_or_may_fit_is_fitted(free: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    ratings, catalogue = world()
    monkeypatch.setattr(ease, "free_memory", lambda: free)
    assert Ease().fit(ratings, catalogue).n_items == 50


def test_free_memory_is_the_least_of_what_the_system_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    files = {
        "/proc/meminfo": "MemTotal: 900 kB\nMemAvailable:      800 kB\n",
        "/sys/fs/cgroup/memory.max": "700000\n",
        "/sys/fs/cgroup/memory.current": "300000\n",
        "/sys/fs/cgroup/memory.stat": "anon 1\ninactive_file 100000\n",
        "/proc/self/status": "VmPeak: 9 kB\nVmSize:\t  200 kB\n",
    }

    def read_text(path: Path) -> str:
        if str(path) not in files:
            raise FileNotFoundError(str(path))
        return files[str(path)]

    monkeypatch.setattr(Path, "read_text", read_text)
    monkeypatch.setattr(resource, "getrlimit", lambda what: (600_000, -1))
    assert ease.free_memory() == 600_000 - 200 * 1024
    monkeypatch.setattr(resource, "getrlimit", lambda what: (resource.RLIM_INFINITY, -1))
    assert ease.free_memory() == 700_000 - 300_000 + 100_000
    files["/sys/fs/cgroup/memory.max"] = "max\n"
    assert ease.free_memory() == 800 * 1024
    files.clear()
    assert ease.free_memory() is None


def test_nothing_but_the_finished_weights_is_held_at_the_peak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A dense matrix, in whose place the weights come to stand, and their columns."""
    monkeypatch.setattr(ease, "AT_ONCE", 20_000)
    random = np.random.default_rng(0)
    read = [dict.fromkeys(map(int, random.permutation(1000)[:20]), 4.0) for _ in range(1000)]
    ratings = ratings_of(read, 1000)
    catalogue = Catalogue.of(ratings.items)
    tracemalloc.start()
    try:
        model = Ease().fit(ratings, catalogue)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.15 * ease.BYTES * 1000**2
    assert len(model.arrays()["data"]) == 1000 * 999


def test_a_matrix_that_cannot_be_inverted_is_refused_in_words() -> None:
    """Two books that nobody tells apart, and a lambda that is lost in rounding."""
    ratings = ratings_of([dict.fromkeys(range(9), 5.0)] * 300, 9)
    with pytest.raises(SettingError, match=r"^regularization must be larger, got 1e-06"):
        Ease(regularization=1e-6).fit(ratings, Catalogue.of(ratings.items))
