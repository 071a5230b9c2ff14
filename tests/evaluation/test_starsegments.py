from __future__ import annotations

import dataclasses
import json
import math
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.data_sets import data_of, raw_rows, sample
from evaluation.rankers import FIVE_STARS, Forecasting, Making, WithUsers, popularity
from readalike.algorithms.settings import Algorithm, StarAlgorithm
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.evaluation import HeldOut, KFold, Report, Segment, evaluate
from readalike.evaluation.forecast_errors import StarErrors, added, star_errors
from readalike.evaluation.metrics import BookFacts
from readalike.evaluation.questions import RatingQueries
from readalike.evaluation.segments import (
    HARSHNESS,
    LENGTH,
    SEGMENTS,
    STAR_POPULARITY,
    Key,
    segments_of,
    star_members,
)
from readalike.numerics.arrays import F64
from readalike.predictors.baseline import Baseline

N_BOOKS = 60
COUNTS = np.repeat([12, 6, 3], [5, 10, 45])
STAR_MEASURES = (
    "rmse",
    "mae",
    "negative_log_likelihood",
    "interval_coverage_50",
    "interval_coverage_80",
    "interval_coverage_95",
)
WAYS = (LENGTH, STAR_POPULARITY, HARSHNESS)


def queries_of(seed: int, readers: int = 12) -> tuple[RatingQueries, F64]:
    """Readers told of up to 55 books, some without stars, and forecasts, some no number."""
    random = np.random.default_rng(seed)
    histories = []
    for n in random.choice([0, 1, 5, 6, 20, 21, 50, 51, 55], readers):
        stars = random.integers(1, 6, n).astype(float)
        stars[random.random(n) < (0.2 if n > 1 else 0.6)] = math.nan
        histories.append((random.permutation(N_BOOKS)[:n].tolist(), stars.tolist()))
    rows = np.repeat(np.arange(readers), random.integers(1, 6, readers))
    n = len(rows)
    means = random.uniform(0.5, 5.5, n)
    means[1:][random.random(n - 1) < 0.1] = math.nan
    queries = RatingQueries(
        readers=tuple(f"r{row:02}" for row in range(readers)),
        users=np.full(readers, -1),
        histories=Histories.of_rows(histories, N_BOOKS),
        rows=rows,
        items=random.integers(0, N_BOOKS, n).astype(np.int32),
        stars=random.integers(1, 6, n).astype(np.float32),
    )
    return queries, np.column_stack([means, np.rint(means), random.random((n, 4))])


def found_in(queries: RatingQueries, found: F64) -> dict[Key, StarErrors]:
    return star_members(found, queries, FIVE_STARS, BookFacts(COUNTS, 12))


# The slow twin: one forecast after the other, by the words of the documentation.


def length_named(books: int) -> str:
    if books == 0:
        return "no book"
    if books <= 5:
        return "1 to 5 books"
    if books <= 20:
        return "6 to 20 books"
    return "21 to 50 books" if books <= 50 else "more than 50 books"


def third_named(item: int) -> str:
    share = sum(int(n) for n in COUNTS if n > COUNTS[item]) / int(COUNTS.sum())
    if share < 1 / 3:
        return "most-read third"
    return "middle third" if share < 2 / 3 else "least-read third"


def harshness_named(queries: RatingQueries) -> list[str]:
    means = []
    for row in range(len(queries.readers)):
        stars = [float(s) for s in queries.histories.row(row)[1] if not math.isnan(s)]
        means.append(sum(stars) / len(stars) if stars else None)
    there = [mean for mean in means if mean is not None]
    low, high = np.quantile(there, (1 / 3, 2 / 3)) if there else (0, 0)
    return [
        "no stars" if mean is None
        else "harshest third" if mean < low
        else "mildest third" if mean > high
        else "middle third"
        for mean in means
    ]  # fmt: skip


Sums = dict[str, np.ndarray]


def slow_sums(queries: RatingQueries, found: F64) -> dict[tuple[str, str], Sums]:
    """By segment and reader: forecasts, squared and absolute errors, and the four chances."""
    harsh = harshness_named(queries)
    sums: dict[tuple[str, str], Sums] = {}
    for pair, row in enumerate(queries.rows):
        mean, median, *chances = found[pair]
        if math.isnan(mean):
            continue
        given = float(queries.stars[pair])
        one = [1.0, (mean - given) ** 2, abs(median - given)]
        length = len(queries.histories.row(row)[0])
        for segment in (
            (LENGTH, length_named(length)),
            (STAR_POPULARITY, third_named(int(queries.items[pair]))),
            (HARSHNESS, harsh[row]),
        ):
            of = sums.setdefault(segment, {})
            reader = queries.readers[row]
            of[reader] = of.get(reader, np.zeros(7)) + np.array([*one, *chances])
    return sums


def sums_of(members: dict[Key, StarErrors]) -> dict[tuple[str, str], Sums]:
    sums = {}
    for segment, errors in members.items():
        columns = [errors.rows, *errors.sums.T[[0, 2, 4, 5, 6, 7]]]
        sums[segment] = dict(zip(errors.readers, np.column_stack(columns), strict=True))
    return sums


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), readers=st.integers(1, 15))
def test_sums_are_those_of_a_loop_over_forecasts(seed: int, readers: int) -> None:
    queries, found = queries_of(seed, readers)
    fast, slow = sums_of(found_in(queries, found)), slow_sums(queries, found)
    assert fast.keys() == slow.keys()
    for segment, by_reader in slow.items():
        assert list(fast[segment]) == sorted(by_reader)
        for reader, sums in by_reader.items():
            assert fast[segment][reader] == pytest.approx(sums)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_segments_of_one_division_add_up_to_the_total(seed: int) -> None:
    queries, found = queries_of(seed)
    whole = star_errors(found, queries, FIVE_STARS)
    members = found_in(queries, found)
    for way in WAYS:
        parts = [errors for (by, _), errors in members.items() if by == way]
        assert sum(part.rows.sum() for part in parts) == whole.rows.sum()
        for name in ("sums", "calibration"):
            total = np.sum([getattr(part, name).sum(axis=0) for part in parts], axis=0)
            assert total == pytest.approx(getattr(whole, name).sum(axis=0))


def test_a_segment_counts_only_the_readers_who_are_in_it() -> None:
    """Whoever has no forecast of it would widen its intervals."""
    queries, found = queries_of(3)
    for errors in found_in(queries, found).values():
        assert (errors.rows > 0).all()
        assert errors.without == 0


def test_a_forecast_that_is_no_number_is_in_no_segment() -> None:
    queries, found = queries_of(5)
    found[queries.items >= 5, 0] = math.nan
    found[0, 0], queries.items[0] = 3.0, 0
    members = found_in(queries, found)
    assert {name for by, name in members if by == STAR_POPULARITY} == {"most-read third"}


def test_segments_are_told_in_one_order_with_intervals_and_numbers() -> None:
    queries, found = queries_of(1, 40)
    members = found_in(queries, found)
    backwards = dict(reversed(list(members.items())))
    segments = segments_of([backwards], added, seed=3)
    assert [(each.by, each.segment) for each in segments] == [s for s in SEGMENTS if s in members]
    for each in segments:
        errors = members[each.by, each.segment]
        assert (each.readers, each.rows) == (len(errors.readers), errors.rows.sum())
        assert tuple(each.measures) == STAR_MEASURES
        assert each.measures == {name: errors.estimates(3)[name] for name in STAR_MEASURES}
        assert each.measures["rmse"].low < each.measures["rmse"].high
    plain = json.loads(json.dumps(segments[0].as_dict()))
    assert list(plain) == ["by", "segment", "readers", "rows", "measures"]
    assert set(plain["measures"]["negative_log_likelihood"]) == {"mean", "low", "high"}


def test_a_model_without_chances_has_rmse_and_mae_in_every_segment() -> None:
    queries, found = queries_of(1)
    for each in segments_of([found_in(queries, found[:, :2])], added, 0):
        assert list(each.measures) == ["rmse", "mae"]


def test_of_several_parts_errors_are_added_up_reader_by_reader() -> None:
    parts = [queries_of(seed, 9) for seed in (0, 1, 2)]
    wanted: dict[tuple[str, str], Sums] = {}
    for part in parts:
        for segment, by_reader in slow_sums(*part).items():
            of = wanted.setdefault(segment, {})
            for reader, sums in by_reader.items():
                of[reader] = of.get(reader, np.zeros(7)) + sums
    segments = segments_of([found_in(*part) for part in parts], added, 0)
    assert {(each.by, each.segment) for each in segments} == wanted.keys()
    for each in segments:
        by_reader = wanted[each.by, each.segment]
        rows, squared, absolute, losses, *_ = np.sum(list(by_reader.values()), axis=0)
        assert (each.readers, each.rows) == (len(by_reader), rows)
        assert each.measures["rmse"].mean == pytest.approx(math.sqrt(squared / rows))
        assert each.measures["mae"].mean == pytest.approx(absolute / rows)
        assert each.measures["negative_log_likelihood"].mean == pytest.approx(losses / rows)


def three_stars() -> Making:
    def make(ratings: Ratings) -> Forecasting:
        return Forecasting(
            len(ratings.items), lambda h: np.full((len(h), h.n_items), 3, np.float32)
        )

    return Making(make)


def rows_of(segment: Segment) -> int:
    assert segment.rows is not None
    return segment.rows


def rows_by_way(segments: tuple[Segment, ...]) -> Mapping[str, int]:
    return {way: sum(rows_of(each) for each in segments if each.by == way) for way in WAYS}


def test_folds_are_pooled_as_their_total_is() -> None:
    data = data_of(raw_rows(2))
    result = evaluate(data, {"three": three_stars()}, KFold(4), seed=5).result("three")
    assert result.errors is not None
    stars = data.ratings.histories.stars
    stars = stars[~np.isnan(stars)]
    assert rows_by_way(result.star_segments) == dict.fromkeys(WAYS, len(stars))
    for way in WAYS:
        own = [each for each in result.star_segments if each.by == way]
        squared = sum(rows_of(each) * each.measures["rmse"].mean ** 2 for each in own)
        assert squared == pytest.approx(np.sum((stars - 3.0) ** 2))
    harsh, mild = (
        next(each for each in result.star_segments if each.segment == name)
        for name in ("harshest third", "mildest third")
    )
    assert harsh.readers + mild.readers > len(result.errors.readers) / 2


@pytest.fixture(scope="module")
def report() -> Report:
    algorithms: dict[str, Algorithm | StarAlgorithm] = {"base": Baseline(), "pop": popularity()}
    return evaluate(sample(), algorithms, HeldOut(), seed=2)


def test_a_known_reader_counts_with_the_training_history() -> None:
    """Also where the model looks readers up in a table of its own, and is told nothing."""
    data = data_of(raw_rows(2))

    def make(ratings: Ratings) -> WithUsers:
        table = np.full((len(ratings.users), len(ratings.items)), 3, np.float32)
        return WithUsers(len(ratings.items), lambda h: table[: len(h)], table)

    task = HeldOut().prepare(data.ratings, data.catalogue)
    assert task.star_questions is not None
    users = task.training.users.indices(task.star_questions.readers)
    learnt = np.where(users < 0, 0, task.training.histories.lengths[users])
    result = evaluate(data, {"it": Making(make)}, HeldOut()).result("it")
    counted = {each.segment: each.readers for each in result.star_segments if each.by == LENGTH}
    assert counted == Counter(map(length_named, learnt.tolist()))
    assert len(counted) > 1


def test_a_result_with_forecasts_has_their_segments_in_its_plain_form(report: Report) -> None:
    plain = json.loads(json.dumps(report.as_dict()))
    base, pop = plain["results"]
    found = base["forecasts"]["segments"]
    assert {each["by"] for each in found} == set(WAYS)
    assert all(list(each["measures"]) == list(STAR_MEASURES) for each in found)
    assert "forecasts" not in pop
    assert report.result("pop").star_segments == ()


def test_a_curve_of_forecasts_is_by_what_the_model_was_told(report: Report) -> None:
    """No protocol of ours asks for stars at given lengths, yet a report may hold them."""
    base = report.result("base")
    assert base.errors is not None
    half = dataclasses.replace(base.errors, sums=base.errors.sums / 4)
    results = (
        dataclasses.replace(base, given=20, errors=half),
        dataclasses.replace(base, given=5),
    )
    curve = dataclasses.replace(report, results=results).curve("base", "rmse")
    assert list(curve) == [5, 20]
    assert curve[5] == base.estimates["rmse"]
    assert curve[20].mean == pytest.approx(base.estimates["rmse"].mean / 2)
