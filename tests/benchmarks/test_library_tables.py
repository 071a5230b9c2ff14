"""The tables of libraries and lists, out of made-up figures."""

from __future__ import annotations

from typing import Any


def figure(mean: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.01}


def test_matching_tells_wrong_ones_recall_time_and_memory(scripts: Any) -> None:
    each = {"books": 44, "rows": 1000, "wrong": 0, "recall": 0.995, "matchable": 800}
    seconds = {f"seconds_{part}": 0.5 for part in ("reading", "matching", "ranking")}
    large = {"rows": 5000, "matched": 2500, "seconds": 1.5, "mb_before": 140, "mb": 240, **seconds}
    lines = scripts.library_tables.matching({"library_matching": {"some": each}}).splitlines()
    assert lines[2] == "| some | 44 | 1,000 | 0 | 99.5% of 800 |"
    assert len(lines) == 3
    text = scripts.library_tables.matching({"library_matching": {"some": each, "library": large}})
    assert "5,000 rows, 2,500 of them matched, takes 1.50 s to its list" in text
    assert "from 140 to 240 MB at most" in text


def test_rules_have_their_cost_and_what_they_mend(scripts: Any) -> None:
    more = {"ndcg@10": figure(0.25), "edition": 0.02, "set": 0.03, "series": 0.61, "authors": 6.77}
    rows = [
        {"given": 5, "rules": "none", "difference": figure(0.0), **more},
        {"given": 5, "rules": "series", "difference": figure(-0.03), **more},
    ]
    lines = scripts.library_tables.book_sense({"book_sense": {"rows": rows}}).splitlines()
    assert lines[2] == "| 5 | none | 0.2500 (0.240 to 0.260) |  | 2% | 3% | 61% | 6.8 |"
    assert "| series | 0.2500 (0.240 to 0.260) | -0.0300 (-0.040 to -0.020) |" in lines[3]


def test_volumes_are_counted_in_both_samples(scripts: Any) -> None:
    one = {"right": 9, "found": 10, "true": 12}
    names = ("series", "series of this name", "volume", "set", "part")
    told = {sample: dict.fromkeys(names, one) for sample in ("all", "any")}
    lines = scripts.library_tables.volumes({"volumes": told}).splitlines()
    assert len(lines) == 2 + len(names)
    assert lines[2] == "| series | 9 of 10 / 9 of 12 | 9 of 10 / 9 of 12 |"


def test_a_dial_that_is_not_turned_stands_once(scripts: Any) -> None:
    more = {
        "ndcg@10": figure(0.25), "difference": figure(-0.02), "median_popularity_rank": 1806.0,
        "books_listed": 5038, "likeness": 0.2481, "authors": 6.7,
    }  # fmt: skip
    dials = {
        name: [{name: at, **more} for at in (-1.0, 0.0, 1.0)] for name in ("gems", "adventure")
    }
    lines = scripts.library_tables.dials({"dials": dials}).splitlines()
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| gems -1", "| none turned", "| gems +1", "| adventure -1", "| adventure +1",
    ]  # fmt: skip
    assert lines[4].endswith("| -0.0200 (-0.030 to -0.010) | 1,806 | 5,038 | 0.248 | 6.7 |")
    assert "0.2500 (0.240 to 0.260) |  | 1,806" in lines[3]


def test_moods_name_the_strongest_books(scripts: Any) -> None:
    mood = {"mood": "dark", "before": 0.04, "after": 0.77, "strongest": ["A", "B", "C", "D"]}
    lines = scripts.library_tables.moods({"dials": {"moods": [mood]}}).splitlines()
    assert lines[2] == "| dark | 4% | 77% | A, B, C |"
