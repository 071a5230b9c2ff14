from __future__ import annotations

from typing import Any


def figure(mean: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.01}


def row(name: str, seed: int, mean: float) -> dict[str, Any]:
    return {
        "algorithm": name, "seed": seed, "ndcg@10": figure(mean), "recall@100": figure(2 * mean),
        "places": 0.125,
    }  # fmt: skip


def test_the_table_has_the_first_draw_with_its_interval_and_the_means_of_the_others(
    scripts: Any,
) -> None:
    rows = [row(name, seed, 0.1 + seed / 100) for seed in range(3) for name in ("blend", "content")]
    leads = [{"over": "content", "seed": seed, **figure(0.02)} for seed in range(3)]
    found = scripts.cold_tables.cold({"cold_books": {"rows": rows, "leads": leads}}).splitlines()
    assert len(found) == 4
    assert found[2].startswith("| **blend** | 0.1000 (0.090 to 0.110) | 0.1100, 0.1200 | 0.2000 |")
    assert found[2].endswith("| 12% |  |")
    assert found[3].endswith("| +0.0200 (+0.010 to +0.030) |")


def test_what_it_costs_is_told_of_each_protocol(scripts: Any) -> None:
    warm = [
        {"protocol": name, "given": given, "ndcg@10": figure(0.3), "difference": figure(0.0)}
        for name, given in (("new-readers", 5), ("notebook-split", None))
    ]
    found = scripts.cold_tables.warm({"cold_books": {"warm": warm}}).splitlines()
    assert found[2].startswith("| new readers after 5 books | 0.3000")
    assert found[3].startswith("| the notebook's split | 0.3000")
    assert found[3].endswith("| +0.0000 (-0.010 to +0.010) |")


def test_those_asked_are_the_default_and_what_it_is_compared_with(scripts: Any) -> None:
    compared = scripts.cold_books.compared()
    assert compared[scripts.cold_books.DEFAULT].as_dict()["few_readers"] > 0
    assert compared[scripts.cold_books.ALONE].as_dict()["few_readers"] == 0
    assert {"content", "popularity"} <= set(compared)


def test_slow_ones_are_among_those_asked(scripts: Any) -> None:
    assert set(scripts.cold_books.SLOW) < set(scripts.cold_books.compared())
