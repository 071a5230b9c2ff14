from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readalike.evaluation import Report, Result
from readalike.numerics.intervals import Interval
from readalike.report.verdict import Ranking, Verdict, overlap, rank, rankings_of, verdict
from report.reports import Differences, MadeUpReport, interval, report, result


def ranked(*results: Result, measure: str = "ndcg@10", of: Report | None = None) -> Ranking:
    found = rank(results, measure, of.compare if of else None)
    assert found is not None
    return found


def judged(*results: Result, differences: Differences | None = None) -> Verdict:
    read = report(*results, differences=differences or {})
    return verdict(read, rankings_of(read))


# The order


def test_the_best_has_most_or_least_as_the_measure_asks() -> None:
    results = [result("a", 0.1, rmse=0.9), result("b", 0.3, rmse=1.1), result("c", 0.2, rmse=1.0)]
    assert ranked(*results).names == ("b", "c", "a")
    assert ranked(*results, measure="rmse").names == ("a", "c", "b")


def test_a_measure_that_is_better_neither_way_or_that_nobody_has_orders_nothing() -> None:
    one = result("a", None, measures={"novelty@10": interval(9.0)})
    assert rank([one], "novelty@10") is None
    assert rank([one], "recall@20") is None
    assert rankings_of(report(one)) == ()


def test_without_a_comparison_two_are_tied_where_their_intervals_overlap() -> None:
    results = [result("a", 0.30), result("b", 0.285), result("c", 0.27)]
    assert ranked(*results).tied == {"b"}
    touching = [
        result("a", None, measures={"p@1": Interval(0.5, 0.4, 0.6)}),
        result("b", None, measures={"p@1": Interval(0.3, 0.2, 0.4)}),
    ]
    assert ranked(*touching, measure="p@1").tied == {"b"}


def test_a_comparison_reader_by_reader_decides_over_the_intervals() -> None:
    differences = {("a", "b"): (0.015, 0.01, 0.02), ("a", "c"): (0.1, -0.001, 0.2)}
    results = [result("a", 0.30, 5), result("b", 0.285, 5), result("c", 0.2, 5)]
    read = report(*results, differences=differences)
    found = ranked(*results, of=read)
    assert found.tied == {"c"}
    assert read.compared == [("a", "b", "ndcg@10", 5), ("a", "c", "ndcg@10", 5)]
    assert found.rivals[0].paired == read.compare("a", "b", "ndcg@10", 5)


def test_of_equal_ones_the_first_of_the_report_is_first_and_the_other_tied() -> None:
    found = ranked(result("b", 0.3), result("a", 0.3))
    assert found.names == ("b", "a")
    assert found.tied == {"a"}


def test_there_is_a_ranking_for_each_length() -> None:
    read = report(result("a", 0.1, 20), result("a", 0.1, 5), result("b", 0.2, 5))
    found = [(ranking.first.given, ranking.names) for ranking in rankings_of(read)]
    assert found == [(5, ("b", "a")), (20, ("a",))]


def test_forecasts_are_not_compared_reader_by_reader() -> None:
    read = report(result("a", None, rmse=0.9), result("b", None, rmse=1.1))
    (found,) = rankings_of(read)
    assert (found.measure, found.names, read.compared) == ("rmse", ("a", "b"), [])


ENDS = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted)


@given(ENDS, ENDS)
def test_intervals_overlap_where_a_number_is_in_both(one: list[int], other: list[int]) -> None:
    common = set(range(one[0], one[1] + 1)) & set(range(other[0], other[1] + 1))
    found = overlap(Interval(one[0], *one), Interval(other[0], *other))
    assert found == bool(common)
    assert found == overlap(Interval(other[0], *other), Interval(one[0], *one))


# The sentences


def test_it_says_who_is_best_and_by_how_much() -> None:
    found = judged(result("cosine", 0.20), result("blend", 0.25), result("popularity", 0.1))
    assert found.lead == (
        "blend is best with nDCG@10 0.2500 (95 % interval 0.240 to 0.260); it is ahead of cosine "
        "by 0.0500 (paired 95 % interval 0.0300 to 0.0700), 25 % more."
    )
    assert found.details == ()


def test_ties_are_not_called_victories() -> None:
    found = judged(result("a", 0.25), result("b", 0.245), result("c", 0.24), result("d", 0.1))
    assert found.lead.startswith(
        "a is first with nDCG@10 0.2500 (95 % interval 0.240 to 0.260), not surely ahead of b and "
        "c; it is ahead of d by 0.1500"
    )
    assert "best" not in found.lead
    all_tied = judged(result("a", 0.25), result("b", 0.245))
    assert all_tied.lead.endswith("not surely ahead of b.")


def test_one_algorithm_alone_is_said_to_be_alone() -> None:
    assert judged(result("a", 0.25)).lead.endswith("; nothing was measured beside it.")
    several = judged(result("a", 0.25, 5), result("a", 0.3, 20))
    assert several.lead == "Only a was measured, so there is nothing to compare."


@pytest.mark.parametrize(
    ("means", "lead"),
    [
        ({"a": (0.3, 0.4), "b": (0.2, 0.2)}, "a is best by nDCG@10, however many books it is "
         "told."),
        ({"a": (0.3, 0.4), "b": (0.29, 0.2)}, "a has the highest nDCG@10, however many books it is "
         "told, but not always by more than chance."),
        ({"a": (0.3, 0.39), "b": (0.2, 0.4)}, "a is first or tied first by nDCG@10 at every "
         "length."),
        ({"a": (0.3, 0.2), "b": (0.2, 0.3)}, "Which algorithm is best by nDCG@10 depends on how "
         "many books it is told."),
        ({"a": (0.3, 0.29), "b": (0.29, 0.3)}, "a and b are first or tied first by nDCG@10 at "
         "every length."),
        ({"a": (0.2, 0.3, 0.29), "b": (0.21, 0.31, 0.28)}, "b and a are first or tied first by "
         "nDCG@10 at every length."),
    ],
)  # fmt: skip
def test_over_several_lengths_it_says_whether_one_is_always_best(
    means: dict[str, tuple[float, ...]], lead: str
) -> None:
    lengths = (5, 20, 50)[: len(means["a"])]
    results = [
        result(name, mean, given)
        for name, reached in means.items()
        for given, mean in zip(lengths, reached, strict=True)
    ]
    found = judged(*results)
    assert found.lead == lead
    assert [detail.partition(":")[0] for detail in found.details] == [
        f"Told {given} books" for given in lengths
    ]


def test_several_lengths_say_how_far_ahead_the_best_is_at_each() -> None:
    found = judged(
        result("a", 0.3, 5), result("b", 0.2, 5), result("a", 0.3, 20), result("b", 0.5, 20),
        differences={("a", "b"): (0.1, 0.05, 0.15), ("b", "a"): (0.2, 0.1, 0.3)},
    )  # fmt: skip
    assert found.details == (
        "Told 5 books: a is best with nDCG@10 0.3000 (95 % interval 0.290 to 0.310); it is ahead "
        "of b by 0.1000 (paired 95 % interval 0.0500 to 0.1500), 50 % more.",
        "Told 20 books: b is best with nDCG@10 0.5000 (95 % interval 0.490 to 0.510); it is ahead "
        "of a by 0.2000 (paired 95 % interval 0.1000 to 0.3000), 67 % more.",
    )


def test_a_length_at_which_an_algorithm_was_not_measured_leaves_it_out() -> None:
    found = judged(result("a", 0.3, 5), result("b", 0.2, 5), result("b", 0.25, 20))
    assert found.details[1].endswith("; nothing was measured beside it.")
    assert found.lead == "Which algorithm is best by nDCG@10 depends on how many books it is told."


def test_forecasts_of_stars_are_judged_beside_the_lists() -> None:
    forecasting = [result("a", 0.3, rmse=1.2), result("b", 0.2, rmse=0.9), result("c", 0.1)]
    found = judged(*forecasting)
    assert found.lead.startswith("a is best with nDCG@10")
    assert found.details == (
        "Stars: b is best with RMSE 0.9000 (95 % interval 0.890 to 0.910); it is ahead of a by "
        "0.3000 (their intervals do not overlap).",
    )


def test_stars_alone_are_judged_once() -> None:
    found = judged(result("a", None, rmse=1.2), result("b", None, rmse=0.9))
    assert found.lead.startswith("b is best with RMSE 0.9000")
    assert found.details == ()


def test_where_no_measure_judges_nobody_is_judged() -> None:
    found = judged(result("a", None, measures={"novelty@10": interval(9.0)}))
    assert found.lead == "None of these measures says which algorithm is better."


def test_no_share_is_told_beside_next_to_nothing() -> None:
    assert "more" not in judged(result("a", 0.3), result("b", 0.001, half=0.0001)).lead
    assert "more" not in judged(result("a", 0.3), result("b", 0.0, half=0.0)).lead


@given(st.lists(st.integers(0, 12), min_size=1, max_size=5))
def test_nobody_is_called_best_who_is_not_far_ahead(means: list[int]) -> None:
    """A slow twin: intervals reach a little over half a hundredth to each side."""
    found = judged(*(result(f"a{k}", mean / 100, half=0.006) for k, mean in enumerate(means)))
    first = means.index(max(means))
    assert found.lead.startswith(f"a{first} ")
    near = [k for k, mean in enumerate(means) if k != first and max(means) - mean <= 1]
    far = [k for k, mean in enumerate(means) if max(means) - mean > 1]
    if len(means) > 1:
        assert (f"a{first} is best with" in found.lead) == (not near)
    tied = found.lead.partition("not surely ahead of ")[2].partition(";")[0]
    assert all((f"a{k}" in tied) == (k in near) for k in range(len(means)))
    assert ("; it is ahead of " in found.lead) == bool(far)


@given(st.permutations(range(4)))
def test_order_and_verdict_do_not_depend_on_the_order_of_the_report(order: list[int]) -> None:
    results = [result(name, mean) for name, mean in zip("abcd", (0.3, 0.29, 0.2, 0.1), strict=True)]
    shuffled = [results[k] for k in order]
    assert ranked(*shuffled).names == ("a", "b", "c", "d")
    assert judged(*shuffled) == judged(*results)


def test_a_made_up_report_compares_as_intervals_do() -> None:
    """What the tests above rest on."""
    read: MadeUpReport = report(result("a", 0.3), result("b", 0.285), result("c", 0.1))
    assert not read.compare("a", "b").certain
    assert read.compare("a", "c").certain
