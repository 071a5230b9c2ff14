"""The figures and tables of piles."""

from __future__ import annotations

from typing import Any


def figure(mean: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.01}


def row(ranker: str, mean: float, **known: object) -> dict[str, Any]:
    told = {"listed": figure(mean + 0.02), "tied": 0.25} if "marks" not in ranker else {}
    return {"ranker": ranker, "auc": figure(mean), "behind": figure(0.1), **told, **known}


def measured() -> dict[str, Any]:
    names = (("blend", 0.6), ("content", 0.55), ("marks of other readers", 0.5))
    known = [row(n, m + a, others=o) for o, a in (("marked as often", 0), ("any", 0.1))
             for n, m in names]  # fmt: skip
    new = [row(n, m, given=h) for h in (5, 20, None) for n, m in names]
    size = {"readers": 2000, "marked": 30_000, "read_since": 7, "median_history": 8.0}
    return {
        "to_read": {
            **size,
            "rows": known,
            "new_readers": {**size, "median_history": 111.0, "rows": new},
            "read_after_all": {"readers": 1200, "marked": 0.003, "others": 0.044},
        }
    }


def test_known_readers_have_both_kinds_of_others(scripts: Any) -> None:
    lines = scripts.to_read_tables.known(measured()).splitlines()
    assert lines[2].startswith("| **blend** | 0.6000 (0.590 to 0.610) | 0.6200 (0.610 to 0.630) |")
    assert "| 25% |  | 0.7000 (0.690 to 0.710) |" in lines[2]
    assert "| 25% | +0.1000 (+0.090 to +0.110) | 0.6500" in lines[3]
    assert lines[4].startswith("| marks of other readers | 0.5000 (0.490 to 0.510) |  |  | +0.1000")
    assert "30,000 marked books of 2,000 readers" in lines[-1]
    assert "4.4% of the others after all, and 0.3% of the marked" in lines[-1]


def test_new_readers_have_a_column_for_each_length(scripts: Any) -> None:
    lines = scripts.to_read_tables.new(measured()).splitlines()
    assert lines[0].startswith("| AUC | h = 5 | h = 20 | all they read | blend less this one")
    assert lines[2].startswith("| **blend** | 0.6000 (0.590 to 0.610) | 0.6000")
    assert lines[3].endswith("| +0.1000 (+0.090 to +0.110) |")
    assert "half of whom read 111 books or more" in lines[-1]


def test_the_default_and_popularity_are_among_those_asked(scripts: Any) -> None:
    assert {scripts.to_read.DEFAULT, "popularity"} <= set(scripts.to_read.NAMES)
