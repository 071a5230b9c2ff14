from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.reports import Comparing, Plain, content, interval, result, stars
from readalike.pages.standing import Compare, standings
from readalike.pages.verdict import Verdict, told, verdict


def judged(*results: Plain, compare: Compare | None = None) -> Verdict:
    read = content(*results)
    return verdict(read, standings(read, compare))


def test_it_says_who_is_best_and_by_how_much() -> None:
    found = judged(result("cosine", 0.20), result("blend", 0.25), result("popularity", 0.1))
    assert found.lead == (
        "blend is best with nDCG@10 0.2500 (95 % interval 0.240 to 0.260); it is ahead of cosine "
        "by 0.0500 (their intervals do not overlap), 25 % more."
    )
    assert found.details == ()


def test_the_paired_interval_is_told_where_there_is_one() -> None:
    compare = Comparing({("blend", "cosine"): (0.005, 0.0031, 0.0069)})
    found = judged(result("cosine", 0.245), result("blend", 0.25), compare=compare)
    assert found.lead.endswith(
        "it is ahead of cosine by 0.0050 (paired 95 % interval 0.0031 to 0.0069), 2 % more."
    )


def test_ties_are_not_called_victories() -> None:
    found = judged(result("a", 0.25), result("b", 0.245), result("c", 0.24), result("d", 0.1))
    assert found.lead.startswith(
        "a is first with nDCG@10 0.2500 (95 % interval 0.240 to 0.260), not surely ahead of b and "
        "c; it is ahead of d by 0.1500"
    )
    assert "best" not in found.lead


def test_where_all_are_tied_nobody_is_ahead() -> None:
    found = judged(result("a", 0.25), result("b", 0.245))
    assert found.lead.endswith("not surely ahead of b.")


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
    ],
)  # fmt: skip
def test_over_several_lengths_it_says_whether_one_is_always_best(
    means: dict[str, tuple[float, float]], lead: str
) -> None:
    results = [
        result(name, mean, given)
        for name, pair in means.items()
        for given, mean in zip((5, 20), pair, strict=True)
    ]
    found = judged(*results)
    assert found.lead == lead
    assert [detail.partition(":")[0] for detail in found.details] == [
        "Told 5 books", "Told 20 books"
    ]  # fmt: skip


def test_forecasts_of_stars_are_judged_beside_the_lists() -> None:
    found = judged(
        result("a", 0.3, measures=stars(1.2)),
        result("b", 0.2, measures=stars(0.9)),
        result("c", 0.1),
    )
    assert found.lead.startswith("a is best with nDCG@10")
    assert found.details == (
        "Stars: b is best with RMSE 0.9000 (95 % interval 0.890 to 0.910); it is ahead of a by "
        "0.3000 (their intervals do not overlap).",
    )


def test_stars_alone_are_judged_once() -> None:
    found = judged(*(result(n, 0) | {"measures": stars(s)} for n, s in (("a", 1.2), ("b", 0.9))))
    assert found.lead.startswith("b is best with RMSE 0.9000")
    assert found.details == ()


def test_where_no_measure_judges_nobody_is_judged() -> None:
    found = judged(result("a", 0.1) | {"measures": {"novelty@10": interval(9.0)}})
    assert found.lead == "None of these measures says which algorithm is better."


def test_no_share_is_told_beside_next_to_nothing() -> None:
    assert "more" not in judged(result("a", 0.3), result("b", 0.001, half=0.0001)).lead
    assert "more" not in judged(result("a", 0.3), result("b", 0.0, half=0.0)).lead


def test_one_book_is_one_book() -> None:
    assert (told(1), told(0), told(None)) == ("told 1 book", "told 0 books", "")


MEANS = st.lists(st.integers(0, 12), min_size=1, max_size=5)


@given(MEANS)
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
def test_the_verdict_does_not_depend_on_the_order_of_the_report(order: list[int]) -> None:
    results = [result(name, mean) for name, mean in zip("abcd", (0.3, 0.29, 0.2, 0.1), strict=True)]
    assert judged(*(results[k] for k in order)) == judged(*results)


def test_several_lengths_say_how_far_ahead_the_best_is_at_each() -> None:
    compare = Comparing({("a", "b"): (0.1, 0.05, 0.15), ("b", "a"): (0.2, 0.1, 0.3)})
    found = judged(
        result("a", 0.3, 5), result("b", 0.2, 5), result("a", 0.3, 20), result("b", 0.5, 20),
        compare=compare,
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
