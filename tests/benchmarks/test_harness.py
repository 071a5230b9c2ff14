"""What runs in a peer's environment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PEERS = Path(__file__).resolve().parents[2] / "benchmarks" / "peers"


def table_of(scripts: Any, rows: list[tuple[int, int]], n_users: int, n_items: int) -> Any:
    users, items = (np.array(column, np.int32) for column in zip(*rows, strict=True))
    stars = np.full(len(rows), 4.0, np.float32)
    return scripts.harness.Table(
        users, items, stars, n_users=n_users, n_items=n_items, folder=Path(), threads=1
    )


def queries_of(scripts: Any, users: list[int], told: list[list[int]], n_items: int) -> Any:
    indptr = np.cumsum([0, *map(len, told)])
    items = np.array([item for row in told for item in row], np.int32)
    stars = np.full(len(items), 5.0, np.float32)
    return scripts.harness.Queries(np.array(users), indptr, items, stars, n_items)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 3), min_size=9, max_size=9), min_size=1, max_size=4),
    st.sets(st.integers(0, 8), max_size=4),
    st.integers(1, 5),
)
def test_the_best_are_those_of_the_slow_way(
    scripts: Any, scores: list[list[int]], told: set[int], n: int
) -> None:
    read = sp.csr_matrix(([1.0] * len(told), ([0] * len(told), sorted(told))), (len(scores), 9))
    found = scripts.harness.best(np.array(scores, np.float32), read, n)
    ties = np.random.default_rng(0).permutation(9)
    for row, of in enumerate(scores):
        candidates = [i for i in range(9) if row > 0 or i not in told]
        ranked = sorted(candidates, key=lambda item: (-of[item], ties[item]))[:n]
        assert found[row].tolist() == ranked + [-1] * (n - len(ranked))


def test_equal_scores_are_not_listed_in_the_order_of_the_ids(scripts: Any) -> None:
    none = sp.csr_matrix((1, 1000))
    found = scripts.harness.best(np.zeros((1, 1000)), none, 10)[0]
    assert found.max() > 100
    assert found.tolist() != sorted(found.tolist())


def test_the_first_trial_is_the_defaults_and_no_trial_comes_twice(scripts: Any) -> None:
    peer = scripts.harness.Peer(
        fit=lambda table, chosen: None,
        defaults={"a": 1, "c": "kept"},
        grid={"a": (1, 2, 3), "b": (10, 20)},
    )
    tried = scripts.harness.trials(peer, 5)
    assert tried[0] == {"a": 1, "c": "kept"}
    assert len(tried) == 5
    assert all(each["c"] == "kept" and each["b"] in (10, 20) for each in tried[1:])
    assert len({json.dumps(each, sort_keys=True) for each in tried}) == 5
    assert tried == scripts.harness.trials(peer, 5)


def test_a_peer_without_a_grid_has_one_trial(scripts: Any) -> None:
    peer = scripts.harness.Peer(fit=lambda table, chosen: None, defaults={"a": 1})
    assert scripts.harness.trials(peer, 5) == [{"a": 1}]


def test_lines_are_counted_without_docstring_comments_and_blanks(scripts: Any) -> None:
    source = '''
    def fit(table):
        """Says what it does

        at length.
        """
        # why
        one = table

        return (
            one
        )
    '''
    assert scripts.harness.statement_lines(source) == 4


def test_a_stranger_becomes_a_training_row_where_a_peer_cannot_fold_in(scripts: Any) -> None:
    table = table_of(scripts, [(0, 0), (1, 1)], 2, 5)
    queries = queries_of(scripts, [-1, 1, -1], [[2, 3], [1], []], 5)
    more, placed = scripts.harness.with_histories(table, queries)
    assert placed.users.tolist() == [2, 1, -1]
    assert more.n_users == 3
    assert more.users.tolist() == [0, 1, 2, 2]
    assert more.items.tolist() == [0, 1, 2, 3]
    assert more.stars.tolist() == [4.0, 4.0, 5.0, 5.0]
    assert table.n_users == 2


def test_a_reader_whom_a_peer_cannot_place_keeps_an_empty_list(scripts: Any) -> None:
    seen = []

    def lists(model: Any, queries: Any, n: int) -> Any:
        seen.append((queries.users.tolist(), queries.indptr.tolist(), queries.items.tolist()))
        return np.tile(np.arange(n), (len(queries.users), 1))

    peer = scripts.harness.Peer(lambda table, chosen: None, lists, folds_in=False)
    queries = queries_of(scripts, [1, -1, 0], [[4], [3, 2], [1]], 5)
    found = scripts.harness.listed(peer, None, queries, 2)
    assert found.tolist() == [[0, 1], [-1, -1], [0, 1]]
    assert seen == [([1, 0], [0, 1, 2], [4, 1])]


def test_everybody_is_each_reader_with_all_their_books(scripts: Any) -> None:
    table = table_of(scripts, [(2, 0), (0, 1), (2, 3)], 3, 5)
    everybody = scripts.harness.everybody(table)
    assert everybody.users.tolist() == [0, 1, 2]
    assert everybody.matrix().toarray().tolist() == table.matrix().toarray().tolist()


def test_popularity_lists_the_most_read_that_were_not_told(scripts: Any) -> None:
    rows = [(u, i) for i, count in enumerate([5, 1, 3, 2]) for u in range(count)]
    table = table_of(scripts, rows, 5, 4)
    peer = scripts.baselines.PEERS["popularity"]
    queries = queries_of(scripts, [-1, -1], [[0], []], 4)
    assert peer.lists(peer.fit(table, {}), queries, 3).tolist() == [[2, 3, 1], [0, 2, 3]]


def test_exact_ease_is_the_one_of_the_library(scripts: Any) -> None:
    draw = np.random.default_rng(3)
    rows = sorted({(int(u), int(i)) for u, i in draw.integers(0, 12, (60, 2))})
    table = table_of(scripts, rows, 12, 12)
    found = scripts.baselines.ease(table, {"regularization": 2.0})
    gram = table.matrix().toarray().T @ table.matrix().toarray() + 2.0 * np.eye(12)
    inverse = np.linalg.inv(gram)
    for i in range(12):
        for j in range(12):
            wanted = 0.0 if i == j else -inverse[i, j] / inverse[j, j]
            assert found[i, j] == pytest.approx(wanted, abs=1e-5)


def test_mean_and_offsets_of_a_stranger_are_the_books(scripts: Any) -> None:
    table = table_of(scripts, [(0, 0), (1, 0), (1, 1)], 2, 2)
    object.__setattr__(table, "stars", np.array([5.0, 3.0, 1.0], np.float32))
    peer = scripts.baselines.PEERS["mean and offsets"]
    model = peer.fit(table, {"book_shrinkage": 0.0, "reader_shrinkage": 0.0})
    found = peer.stars(model, np.array([-1, -1, 0]), np.array([0, 1, 0]))
    assert found.tolist() == pytest.approx([4.0, 1.0, 5.0])


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    draw = np.random.default_rng(0)
    users, items = np.nonzero(draw.random((40, 30)) < 0.3)
    told = np.arange(6)
    np.savez(
        tmp_path / "arrays.npz",
        users=users.astype(np.int32),
        items=items.astype(np.int32),
        stars=draw.integers(1, 6, len(users)).astype(np.float32),
        shape=np.array([40, 30]),
        sets=np.array(1),
        everybody=np.array(True),
        queries0_users=np.array([-1, -1]),
        queries0_indptr=np.array([0, 2, 6]),
        queries0_items=told,
        queries0_stars=np.ones(6, np.float32),
        star_users=np.array([0, -1]),
        star_items=np.array([3, 4]),
    )
    return tmp_path / "arrays.npz"


def harness(arrays: Path, peer: str, *options: str) -> Path:
    out = arrays.with_name("out")
    command = [sys.executable, "harness.py", "baselines", peer, str(arrays), str(out), *options]
    subprocess.run(command, cwd=PEERS, check=True, capture_output=True)
    return out


def test_a_run_writes_lists_seconds_and_memory(arrays: Path) -> None:
    out = harness(arrays, "popularity")
    told = json.loads(out.with_name("out.json").read_text())
    with np.load(out.with_name("out.npz")) as answers:
        assert answers["lists0"].shape == (2, 20)
        assert not set(answers["lists0"][1].tolist()) & {2, 3, 4, 5}
    assert told["fits"] == 1
    assert told["fit_seconds"] >= 0
    assert told["everybody_seconds"] > 0
    assert told["peak_mb"] > 10
    assert told["lines"] > 1
    assert told["version"] == np.__version__


def test_a_timing_lists_every_fifth_reader_and_counts_the_time_for_all(
    scripts: Any, arrays: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = []

    def lists(model: object, readers: Any, n: int) -> Any:
        queries.append(readers.users.tolist())
        return np.zeros((len(readers.users), n), np.int32)

    with np.load(arrays) as stored:
        given = dict(stored)
    given |= {
        "queries0_users": np.arange(11),
        "queries0_indptr": np.arange(12),
        "queries0_items": np.arange(11),
        "queries0_stars": np.ones(11, np.float32),
    }
    table = scripts.harness.table_of(given, arrays.parent, 1)
    clock = iter(range(100))
    monkeypatch.setattr(scripts.harness.time, "perf_counter", lambda: float(next(clock)))
    peer = scripts.harness.Peer(lambda rows, settings: None, lists)
    seconds, _ = scripts.harness.run(peer, table, given, {}, "time")
    assert queries == [[0, 5, 10]]
    assert seconds["everybody"] == pytest.approx(40 / 3)
    queries.clear()
    seconds, _ = scripts.harness.run(peer, table, given, {}, "lists")
    assert queries == [list(range(11))]
    assert seconds["everybody"] == pytest.approx(40 / 11)


def test_some_of_the_asked_keep_their_books(scripts: Any) -> None:
    queries = queries_of(scripts, [4, -1, 2], [[4], [3, 2], [1]], 5)
    some = queries.take(np.array([1, 2]))
    assert some.users.tolist() == [-1, 2]
    assert some.indptr.tolist() == [0, 2, 3]
    assert some.items.tolist() == [3, 2, 1]


def test_a_search_writes_each_trial_with_its_settings(arrays: Path) -> None:
    out = harness(arrays, "mean and offsets", "--job", "tune", "--trials", "3")
    found = [json.loads(path.read_text()) for path in sorted(out.parent.glob("out-*.json"))]
    assert found[0]["settings"] == {"book_shrinkage": 5.0, "reader_shrinkage": 5.0}
    assert len({json.dumps(each["settings"]) for each in found}) == 3


def test_a_search_starts_no_trial_after_its_time(arrays: Path) -> None:
    out = harness(arrays, "mean and offsets", "--job", "tune", "--trials", "3", "--seconds", "0")
    assert [path.name for path in out.parent.glob("out-*.json")] == ["out-0.json"]


def test_a_peer_without_settings_is_not_searched(arrays: Path) -> None:
    out = harness(arrays, "popularity", "--job", "tune", "--trials", "3")
    assert not list(out.parent.glob("out-*.json"))
    assert out.with_name("out.json").is_file()


def test_settings_that_are_given_are_those_used(arrays: Path) -> None:
    before = forecasts(harness(arrays, "mean and offsets"))
    given_these = '{"book_shrinkage": 1e9, "reader_shrinkage": 1e9}'
    after = forecasts(harness(arrays, "mean and offsets", "--settings", given_these))
    assert after[0] == pytest.approx(after[1], abs=1e-5)
    assert before[0] != pytest.approx(before[1], abs=1e-3)


def forecasts(out: Path) -> Any:
    with np.load(out.with_name("out.npz")) as answers:
        return answers["forecasts"]
