from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.rankers import books_of, chance, popular_world, popularity, ratings_of
from pages.reports import content, full, interval, report, result, segment
from readalike.errors import InputError
from readalike.evaluation import NewReaders, evaluate
from readalike.numerics.intervals import Interval
from readalike.pages.content import Segment, Step
from readalike.pages.reading import content_of


def test_what_an_evaluation_gives_is_read_as_it_is() -> None:
    old = ratings_of(popular_world(60, 60, "old", 0), books_of(60))
    new = ratings_of(popular_world(40, 60, "new", 1), books_of(60))
    found = evaluate(
        old, {"popular": popularity(), "chance": chance()}, NewReaders(new, (5, 20)), seed=1
    )
    read = content_of(json.loads(json.dumps(found.as_dict())))
    assert (read.protocol, read.description, read.seed) == (
        found.protocol, found.description, 1
    )  # fmt: skip
    assert read.data == found.data
    for entry, whole in zip(read.entries, found.results, strict=True):
        assert (entry.algorithm, entry.given) == (whole.algorithm, whole.given)
        assert entry.measures == whole.estimates
        assert entry.readers == len(whole.readers)
        assert entry.left_out == whole.left_out
        assert entry.fit_seconds == whole.fit_seconds


def test_everything_that_may_stand_in_a_report_is_read() -> None:
    read = content_of(full())
    assert read.version == "0.1.0"
    assert read.per_reader == {"file": "report.parquet", "sha256": "ef" * 32}
    first = read.entries[0]
    assert first.catalogue == {"coverage@10": 0.6, "gini@10": 0.7}
    assert first.calibration == (Step(4.6, 4.5, 40), Step(2.5, 3.0, 10))
    assert first.forecasts == {"rows": 1234, "readers": 190, "rows_without_forecast": 3}
    part = first.segments[0]
    assert part == Segment("history length", "6 to 20 books", 60, part.measures)
    assert part.measures["ndcg@10"].mean == pytest.approx(0.285)
    (curve, _, _, mild) = first.star_segments
    assert curve == Segment("history length", "1 to 5 books", 60, curve.measures)
    assert mild.name == "mildest third"
    assert mild.measures["rmse"].mean == pytest.approx(1.0)
    assert first.settings == {"neighbours": 80, "correction": True, "counts": "catalogue"}


def test_an_old_report_without_segments_and_catalogue_is_read() -> None:
    entry = content(result("blend", 0.2)).entries[0]
    assert (entry.segments, entry.catalogue, entry.calibration) == ((), {}, ())
    assert entry.star_segments == ()


def test_a_measure_without_a_number_is_left_out_and_the_others_stay() -> None:
    nothing = {"mean": None, "low": None, "high": None}
    unlike = {"mean": float("nan"), "low": float("nan"), "high": float("nan")}
    read = content(result("blend", 0.2, measures={"alike@10": nothing, "lift@10": unlike}))
    assert read.entries[0].measures == {"ndcg@10": Interval(0.2, 0.19, 0.21000000000000002)}


def test_lengths_are_in_order_and_the_middle_one_stands_for_all() -> None:
    read = content(*(result("a", 0.2, given) for given in (50, 5, 20)))
    assert (read.lengths, read.middle) == ((5, 20, 50), 20)
    assert [entry.given for entry in read.at(20)] == [20]
    assert content(result("a", 0.2)).middle is None


def test_algorithms_and_measures_are_told_once_in_the_order_of_the_report() -> None:
    read = content(
        result("b", 0.2, 5), result("b", 0.2, 9), result("a", 0.1, 5, measures={"p@1": interval(1)})
    )
    assert read.algorithms == ("b", "a")
    assert read.measures == ("ndcg@10", "p@1")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": "readalike-model"}, "must be the JSON of an evaluation"),
        ({"format_version": 2}, "version 1 or older, got 2: a newer Readalike wrote it; pip"),
        ({"format_version": "new"}, "version 1 or older, got 'new'"),
        ({"results": []}, "at least one result, got none; write it anew with readalike evaluate"),
        ({"results": None}, "'results' must be a list of results, got None"),
        ({"results": [3]}, "must hold a table of values, got 3"),
        ({"results": [result("a", 0.1)] * 2}, "must hold each result once, got a twice"),
        ({"seed": True}, "'seed' must be a whole number, got True"),
        ({"data": "x"}, "'data' must be fingerprints, got 'x'"),
        ({"library_version": 1}, "'library_version' must be text, got 1"),
        ({"results": [result("a", 0.1) | {"given": "5"}]}, "'given' must be a whole number or nul"),
        ({"results": [result("a", 0.1) | {"fit_seconds": -1}]}, "must be a number of seconds, got"),
        ({"results": [result("a", 0.1, half=-0.1)]}, "ndcg@10 must lie in its interval, got"),
        ({"results": [result("a", 0.1, measures={"p@1": {"mean": 2, "low": 0, "high": 1}})]}, "p@"),
        ({"results": [result("a", 0.1, measures={"p@1": {"mean": "x"}})]}, "p@1 must be a mean w"),
        ({"results": [result("a", 0.1) | {"told": {"x": 1.5}}]}, "'x' must be a whole number, go"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        content_of(report(result("a", 0.1)) | change)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("foreign", [None, [], "text", 3])
def test_what_is_no_report_at_all_is_refused(foreign: object) -> None:
    with pytest.raises(InputError, match="must be the JSON of an evaluation; write it anew"):
        content_of(foreign)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a report."""
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value[:2]))
    return [path] * bool(path) + [p for key, each in inner for p in places(each, (*path, key))]


def refusal(spoilt: object) -> str:
    """What a report is refused with; nothing where it is read."""
    try:
        content_of(spoilt)
    except InputError as refused:
        return str(refused)
    return ""


GARBAGE = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 10**20), st.floats(), st.text(max_size=3),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(max_size=2), st.integers()),
)  # fmt: skip
TO_DO = ("write it anew", "newer Readalike")


@given(st.sampled_from(places(full())), GARBAGE)
def test_whatever_stands_in_a_report_it_is_read_or_refused_in_words(
    place: tuple[Any, ...], garbage: object
) -> None:
    spoilt = copy.deepcopy(full())
    inner: Any = spoilt
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = garbage
    told = refusal(spoilt)
    assert not told or any(words in told for words in TO_DO)


@given(st.sampled_from(places(full())))
def test_whatever_is_missing_in_a_report_it_is_read_or_refused_in_words(
    place: tuple[Any, ...],
) -> None:
    spoilt = copy.deepcopy(full())
    inner: Any = spoilt
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    told = refusal(spoilt)
    assert not told or TO_DO[0] in told


def test_what_every_report_must_have_is_refused_where_it_is_missing() -> None:
    for key in ("protocol", "description", "data", "seed", "results"):
        spoilt = full()
        del spoilt[key]
        assert f"'{key}' must be" in refusal(spoilt)


def test_a_segment_must_be_whole() -> None:
    part = segment("history length", "6 to 20 books", 0.1)
    del part["segment"]
    with pytest.raises(InputError, match="'segment' must be text, got None"):
        content(result("a", 0.1, segments=[part]))
