"""The roster, the split to choose settings on, and the tables."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from readalike.data.ratings import Ratings
from readalike.data.vocabulary import Vocabulary

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def test_every_peer_of_the_roster_is_in_its_adapter_and_the_other_way_round(
    scripts: Any,
) -> None:
    listed: dict[str, set[str]] = {}
    for entry in scripts.roster.ROSTER:
        listed.setdefault(entry.adapter, set()).add(entry.peer)
    files = {path.stem for path in (BENCHMARKS / "peers").glob("*.py")} - {"harness"}
    assert set(listed) == files
    for adapter in files - {"keras_model"}:  # it sets variables of the process when imported
        assert set(getattr(scripts, adapter).PEERS) == listed[adapter]


def test_every_default_of_a_search_is_a_setting_of_its_peer(scripts: Any) -> None:
    for adapter in ("implicit_rankers", "skrecsys_rankers", "surprise_predictors", "cmfrec_models"):
        for name, peer in getattr(scripts, adapter).PEERS.items():
            assert peer.defaults, name
            assert all(len(values) > 0 for values in peer.grid.values())
            assert inspect.getdoc(peer.fit), name


def ratings(users: Sequence[str], pairs: Sequence[tuple[int, int]]) -> Ratings:
    rows, items = (np.array(column) for column in zip(*pairs, strict=True))
    stars = np.full(len(rows), 4.0)
    return Ratings.of_rows(rows, items, stars, Vocabulary(tuple(users)), Vocabulary.of(range(4)))


def test_settings_are_chosen_on_rows_that_everybody_trains_on(scripts: Any) -> None:
    everything = ratings("abc", [(0, 0), (0, 1), (1, 1), (1, 2), (2, 3)])
    without_a = ratings("bc", [(0, 1), (0, 2), (1, 3)])
    without_b2 = ratings("abc", [(0, 0), (0, 1), (1, 1), (2, 3)])
    found = scripts.splits.common(everything, [without_a, without_b2])
    assert found.users.ids == ("b", "c")
    assert found.histories.items.tolist() == [1, 3]
    assert found.items == everything.items


def board(lead: float, low: float, high: float) -> dict[str, Any]:
    def row(name: str, mean: float, behind: dict[str, float]) -> dict[str, Any]:
        figure = {"mean": mean, "low": mean - 0.01, "high": mean + 0.01}
        sets = [{"given": 5, "measures": {"ndcg@10": figure, "recall@20": figure}}]
        sets[0]["behind"] = behind
        costs = {"fit_seconds": 1.5, "everybody_seconds": None, "peak_mb": 10.0, "threaded": True}
        split = {"sets": sets, "stars": None, "2": costs, "1": {"failed": "over the limit of 9 s"}}
        return {
            "row": name,
            "peer": name,
            "splits": {"new-readers": split},
            "version": "1",
            "installed_mb": 3.0,
            "lines": 4,
        }

    none = {"mean": 0.0, "low": 0.0, "high": 0.0}
    behind = {"mean": lead, "low": low, "high": high}
    rows = [row("other", 0.3 - lead, behind), row("ours", 0.3, none)]
    lost = {"row": "gone", "failed": "could not be installed here: no compiler", "splits": {}}
    lists = {"places": 20, "one_thread_every": 5}
    return {"leaderboard": {"default": "ours", "lists": lists, "rows": [*rows, lost]}}


def test_rows_of_a_later_run_take_the_place_of_their_own(scripts: Any) -> None:
    before = {"splits": {"a": 1}, "rows": [{"row": "x", "n": 1}, {"row": "y", "n": 1}]}
    again = {"splits": {"a": 1}, "rows": [{"row": "y", "n": 2}, {"row": "z", "n": 2}]}
    found = scripts.leaderboard.added(before, again)
    assert found["rows"] == [{"row": "x", "n": 1}, {"row": "y", "n": 2}, {"row": "z", "n": 2}]
    assert found["later"] == ["y", "z"]
    with pytest.raises(SystemExit, match="of other splits"):
        scripts.leaderboard.added(before, {**again, "splits": {"a": 2}})


def test_the_page_says_which_rows_are_of_a_later_run(scripts: Any) -> None:
    found = board(0.02, 0.01, 0.03)
    run = {"machine": "m", "python": "3", "seconds": 60.0, "trials": 4}
    found["leaderboard"] |= {**run, "limits": {"run": 300, "search": 140}}
    assert "later" not in scripts.leaderboard_tables.the_run(found)
    found["leaderboard"]["later"] = ["two-tower"]
    assert scripts.leaderboard_tables.the_run(found).endswith(
        "Of a later run on such a machine: two-tower."
    )


@pytest.mark.parametrize(
    ("lead", "words"),
    [
        ((0.02, 0.01, 0.03), "`ours` is first, ahead of the next (other) by +0.0200"),
        ((-0.02, -0.03, -0.01), "other is first; `ours` is behind, by -0.0200"),
        ((0.01, -0.01, 0.03), "`ours` and other are tied"),
    ],
)
def test_the_page_says_who_wins_and_by_how_much(
    scripts: Any, lead: tuple[float, float, float], words: str
) -> None:
    assert words in scripts.leaderboard_tables.winners(board(*lead))


def test_the_best_comes_first_and_the_default_is_in_bold(scripts: Any) -> None:
    lines = scripts.leaderboard_tables.new_readers(board(-0.02, -0.03, -0.01)).splitlines()
    assert lines[2].startswith("| other | 0.3200 (0.310 to 0.330)")
    assert lines[3].startswith("| **ours** |")


def test_who_is_missing_has_a_line_with_the_reason(scripts: Any) -> None:
    found = board(0.02, 0.01, 0.03)
    found["leaderboard"]["rows"][0]["splits"]["notebook"] = {"failed": "over the limit of 9 s"}
    said = scripts.leaderboard_tables.missing(found)
    assert "- gone: could not be installed here: no compiler" in said
    assert "- other, notebook: over the limit of 9 s" in said


def test_costs_show_both_threads_and_what_failed(scripts: Any) -> None:
    line = scripts.leaderboard_tables.costs(board(0.02, 0.01, 0.03)).splitlines()[2]
    over = "over the limit of 9 s"
    assert line == f"| other | 1 | {over} | 1.5 s | {over} |  | 10 MB | 3 MB | 4 |"


def test_the_default_with_other_settings_is_not_its_own_rival(scripts: Any) -> None:
    found = board(0.02, 0.01, 0.03)
    searched = dict(found["leaderboard"]["rows"][1], row="ours, searched")
    found["leaderboard"]["rows"].append(searched)
    assert "searched" not in scripts.leaderboard_tables.winners(found)


def test_only_settings_that_are_not_the_defaults_are_shown(scripts: Any) -> None:
    found = board(0.02, 0.01, 0.03)
    search = {"trials": 5, "measure": "rmse", "before": 0.9, "best": 0.8}
    search |= {"defaults": {"a": 1, "b": 2}, "settings": {"a": 1, "b": 3, "c": 4}}
    found["leaderboard"]["rows"][0]["search"] = search
    found["leaderboard"]["rows"][1]["search"] = {"failed": "no time", "trials": 0}
    lines = scripts.leaderboard_tables.searched(found).splitlines()
    assert lines[2:] == [
        "| other | 5 | rmse 0.9000 | 0.8000 | b 3, c 4 |",
        "| ours | 0 |  |  | no time |",
    ]


def test_the_defaults_are_taken_where_nothing_better_was_found(scripts: Any) -> None:
    taken = scripts.leaderboard.taken
    assert taken(None) is None
    assert taken({"failed": "no time"}) is None
    assert taken({"defaults": {"a": 1}, "settings": {"a": 1}}) is None
    assert taken({"defaults": {"a": 1}, "settings": {"a": 2}}) == {"a": 2}


def test_costs_are_those_of_the_split_with_lists_for_everybody(scripts: Any) -> None:
    of = scripts.leaderboard_tables.cost_split
    assert of({"splits": {"notebook": {"2": {}}, "stars": {"2": {}}}}) == "notebook"
    assert of({"splits": {"notebook": {"failed": "it did"}, "stars": {"2": {}}}}) == "stars"
    assert of({"splits": {"stars": {"failed": "it did"}}}) is None


def test_how_lists_were_timed_is_told_of_the_run_that_was_measured(scripts: Any) -> None:
    found = board(0.1, 0.05, 0.15)
    assert "top 20 of all, 1 thread" in scripts.leaderboard_tables.costs(found)
    said = scripts.leaderboard_tables.listing(found)
    assert said.startswith("Lists are of 20 books for all readers; on one thread one reader in 5")
    found["leaderboard"]["lists"] = {"places": 10, "one_thread_every": 1}
    assert "top 10 of all, 1 thread" in scripts.leaderboard_tables.costs(found)
    assert scripts.leaderboard_tables.listing(found) == "Lists are of 10 books for all readers."
