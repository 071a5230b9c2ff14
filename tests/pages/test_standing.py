from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.reports import Comparing, content, entries, interval, result, stars
from readalike.numerics.intervals import Interval
from readalike.pages.standing import Standing, overlap, standing, standings


def order_of(found: Standing | None) -> list[str]:
    assert found is not None
    return [found.first.algorithm, *(rival.entry.algorithm for rival in found.rivals)]


def test_the_best_of_a_measure_of_which_more_is_better_has_most() -> None:
    found = standing(entries(result("a", 0.1), result("b", 0.3), result("c", 0.2)), "ndcg@10", None)
    assert order_of(found) == ["b", "c", "a"]


def test_the_best_of_a_measure_of_which_less_is_better_has_least() -> None:
    of = entries(result("a", 0.1, measures=stars(0.9)), result("b", 0.3, measures=stars(1.1)))
    assert order_of(standing(of, "rmse", None)) == ["a", "b"]


def test_a_measure_that_is_better_neither_way_orders_nothing() -> None:
    of = entries(result("a", 0.1, measures={"novelty@10": interval(9.0)}))
    assert standing(of, "novelty@10", None) is None
    assert standing(of, "recall@20", None) is None, "nobody has it"


def test_without_a_comparison_two_are_tied_where_their_intervals_overlap() -> None:
    found = standing(
        entries(result("a", 0.30), result("b", 0.285), result("c", 0.27)), "ndcg@10", None
    )
    assert found is not None
    assert found.tied == {"b"}
    assert found.leading == {"a", "b"}


def test_a_comparison_reader_by_reader_decides_over_the_intervals() -> None:
    compare = Comparing({("a", "b"): (0.015, 0.01, 0.02), ("a", "c"): (0.1, -0.001, 0.2)})
    found = standing(
        entries(result("a", 0.30, 5), result("b", 0.285, 5), result("c", 0.2, 5)),
        "ndcg@10",
        compare,
    )
    assert found is not None
    assert found.tied == {"c"}
    assert compare.asked == [("a", "b", "ndcg@10", 5), ("a", "c", "ndcg@10", 5)]
    assert found.rivals[0].paired == compare("a", "b", "ndcg@10", 5)


def test_of_equal_ones_the_first_of_the_report_is_first_and_the_other_tied() -> None:
    found = standing(entries(result("b", 0.3), result("a", 0.3)), "ndcg@10", None)
    assert order_of(found) == ["b", "a"]
    assert found is not None
    assert found.tied == {"a"}


def test_there_is_a_standing_for_each_length() -> None:
    of = content(result("a", 0.1, 20), result("a", 0.1, 5), result("b", 0.2, 5))
    assert [(each.given, order_of(each)) for each in standings(of, None)] == [
        (5, ["b", "a"]), (20, ["a"])
    ]  # fmt: skip


def test_forecasts_are_not_compared_reader_by_reader() -> None:
    compare = Comparing({})
    of = content(
        result("a", 0.1, measures=stars(0.9)) | {"measures": stars(0.9)},
        result("b", 0.1) | {"measures": stars(1.1)},
    )
    (found,) = standings(of, compare)
    assert (found.measure, order_of(found), compare.asked) == ("rmse", ["a", "b"], [])


def test_a_report_of_nothing_that_is_better_one_way_has_no_standing() -> None:
    of = content(result("a", 0.1) | {"measures": {"novelty@10": interval(9.0)}})
    assert standings(of, None) == ()


ENDS = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted)


@given(ENDS, ENDS)
def test_intervals_overlap_where_a_number_is_in_both(one: list[int], other: list[int]) -> None:
    common = set(range(one[0], one[1] + 1)) & set(range(other[0], other[1] + 1))
    found = overlap(Interval(one[0], *one), Interval(other[0], *other))
    assert found == bool(common)
    assert found == overlap(Interval(other[0], *other), Interval(one[0], *one))


@given(st.permutations(["a", "b", "c", "d"]))
def test_the_order_does_not_depend_on_that_of_the_report(names: list[str]) -> None:
    means = {"a": 0.1, "b": 0.3, "c": 0.2, "d": 0.25}
    of = entries(*(result(name, means[name]) for name in names))
    assert order_of(standing(of, "ndcg@10", None)) == ["b", "d", "c", "a"]


def test_an_interval_that_only_touches_is_a_tie() -> None:
    of = entries(
        result("a", 0.5, measures={"p@1": {"mean": 0.5, "low": 0.4, "high": 0.6}}),
        result("b", 0.3, measures={"p@1": {"mean": 0.3, "low": 0.2, "high": 0.4}}),
    )
    found = standing(of, "p@1", None)
    assert found is not None
    assert found.tied == {"b"}
    assert found.first.measures["p@1"].mean == pytest.approx(0.5)
