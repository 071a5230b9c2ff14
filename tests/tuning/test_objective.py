"""What settings are judged by: what is held out of training, and the figures over readers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from readalike.data.catalogue import Catalogue
from readalike.errors import InputError, ModelError, SettingError
from readalike.evaluation import (
    HeldOut,
    Measure,
    NewReaders,
    Report,
    Result,
    StrongGeneralisation,
    evaluate,
)
from readalike.evaluation.forecast_errors import StarErrors
from readalike.evaluation.questions import Task
from readalike.numerics.intervals import Interval
from readalike.predictors.baseline import Baseline
from readalike.predictors.mf import Mf
from readalike.tables.dataset import Dataset, read
from readalike.tuning import PROTOCOLS, validation
from readalike.tuning.objective import (
    GIVEN,
    LISTS,
    MOST_RATINGS,
    MOST_READERS,
    RATING_SHARE,
    READER_SHARE,
    Accuracy,
    ForecastError,
    share_of,
)
from tuning.searching import NDCG, RMSE, sample, shuffled

each = pytest.mark.parametrize("protocol", LISTS)


def task(protocol: str, dataset: Dataset, seed: int = 0) -> Task:
    return validation(protocol, dataset, seed).task


def whole_task(protocol: str) -> Task:
    """What the protocol itself makes of the sample: lists and stars."""
    dataset = sample()
    same = HeldOut() if protocol == "held-out" else StrongGeneralisation(0.2)
    return same.prepare(dataset.ratings, dataset.catalogue, dataset.rows)


@each
def test_nobody_who_is_asked_is_in_training(protocol: str) -> None:
    dataset = sample()
    made = task(protocol, dataset)
    tested = {reader for queries in made.questions for reader in queries.readers}
    assert tested
    assert not tested & set(made.training.users.ids)
    assert len(made.training.users) == 120, "a fifth of 150 readers is held out"


@each
def test_the_seed_draws_the_readers(protocol: str) -> None:
    dataset = sample()
    prints = [task(protocol, dataset, seed).fingerprint() for seed in (0, 0, 1)]
    assert prints[0] == prints[1] != prints[2]


@each
def test_rows_in_another_order_ask_the_same(protocol: str) -> None:
    dataset, other = sample(), shuffled(sample())
    one = task(protocol, dataset)
    two = task(protocol, other)
    for queries, again in zip(one.questions, two.questions, strict=True):
        assert queries.readers == again.readers
        for mine, theirs in zip(
            (queries.histories, queries.relevant), (again.histories, again.relevant), strict=True
        ):
            ids = [dataset.ratings.items.ids[item] for item in mine.items]
            assert ids == [other.ratings.items.ids[item] for item in theirs.items]


def test_most_of_each_history_is_told_by_strong_generalisation() -> None:
    (queries,) = task("strong", sample()).questions
    share = queries.histories.lengths / (queries.histories.lengths + queries.relevant.lengths)
    assert queries.given is None
    assert np.all(queries.histories.lengths >= 1)
    assert 0.75 < share.mean() < 0.95


def test_few_books_are_told_of_new_readers_and_not_by_the_order_of_the_rows() -> None:
    dataset = sample()
    made = task("new-readers", dataset)
    assert [queries.given for queries in made.questions] == list(GIVEN)
    for queries in made.questions:
        assert set(queries.histories.lengths) == {queries.given}
    first = made.questions[0]
    whole = dataset.ratings
    in_order = [
        set(whole.histories.row(int(user))[0][:5]) == set(first.histories.row(row)[0])
        for row, user in enumerate(whole.users.indices(first.readers))
    ]
    assert np.mean(in_order) < 0.2


@pytest.mark.parametrize(("n", "tested"), [(5, 1), (100, 20), (10_000, 2000), (53_424, 2000)])
def test_a_share_is_held_out_but_at_most_so_many(n: int, tested: int) -> None:
    assert n * share_of(n, 0.2, 2000) == pytest.approx(tested)
    assert (READER_SHARE, MOST_READERS) == (0.2, 2000)
    assert (RATING_SHARE, MOST_RATINGS) == (0.1, 100_000)


def test_new_readers_who_read_too_little_are_refused_with_the_other_protocol() -> None:
    ids = [f"r{reader}" for reader in range(10) for _ in range(20)]
    books = [f"b{book}" for _ in range(10) for book in range(20)]
    short = read({"user_id": ids, "book_id": books, "rating": [5] * 200})
    with pytest.raises(InputError, match="got at most 20 books; hold out by --protocol strong"):
        validation("new-readers", short, 0)
    assert validation("strong", short, 0).protocol == "strong"


@pytest.mark.parametrize("name", ["notebook-split", "", "weak"])
def test_an_unknown_protocol_is_refused_and_the_known_ones_named(name: str) -> None:
    with pytest.raises(
        SettingError, match="must be one of strong, new-readers, held-out, got"
    ) as told:
        validation(name, sample(), 0)
    assert repr(name) in str(told.value)


@pytest.mark.parametrize(
    ("protocol", "left_out", "asks"),
    [
        ("strong", {"star_questions": None}, "lists of books. Strong generalisation: 20% of the "),
        ("held-out", {"questions": ()}, "stars. Held out: of all pairs of a reader and a book, "),
    ],
)
def test_every_trial_has_the_task_of_the_protocol_without_what_is_not_asked_for(
    protocol: str, left_out: dict[str, Any], asks: str
) -> None:
    dataset = sample()
    held_out = validation(protocol, dataset, 0)
    assert held_out.protocol == protocol
    wanted = replace(whole_task(protocol), **left_out)
    assert held_out.task.fingerprint() == wanted.fingerprint() != whole_task(protocol).fingerprint()
    assert held_out.prepare(dataset.ratings, dataset.catalogue, dataset.rows) is held_out.task
    assert held_out.prepare(dataset.ratings, Catalogue.of(dataset.ratings.items)) is held_out.task
    assert held_out.describe().startswith(f"Every trial is asked for the same {asks}")


def test_new_readers_are_asked_for_lists_only() -> None:
    assert task("new-readers", sample()).star_questions is None
    assert NewReaders.name in PROTOCOLS


def test_a_tenth_of_the_ratings_is_held_out_of_training_and_forecast() -> None:
    dataset = sample()
    made = task("held-out", dataset)
    assert made.star_questions is not None
    queries = made.star_questions
    pairs = {
        (queries.readers[row], dataset.ratings.items.ids[item])
        for row, item in zip(queries.rows, queries.items, strict=True)
    }
    learnt = {
        (made.training.users.ids[row], made.training.items.ids[item])
        for row, item in zip(
            made.training.histories.rows, made.training.histories.items, strict=True
        )
    }
    assert not pairs & learnt
    assert len(learnt) == len(dataset.ratings) - len(dataset.ratings) // 10
    assert task("held-out", dataset, 1).fingerprint() != made.fingerprint()
    other = task("held-out", shuffled(dataset)).star_questions
    assert other is not None
    assert other.readers == queries.readers
    assert np.array_equal(other.stars, queries.stars)


def test_the_share_that_is_held_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "10% are drawn" in validation("held-out", sample(), 0).describe()
    monkeypatch.setattr("readalike.tuning.objective.MOST_RATINGS", 50)
    few = validation("held-out", sample(), 0)
    assert f" {5000 / len(sample().ratings):.3g}% are drawn" in few.describe()
    assert few.task.star_questions is not None
    assert 45 <= len(few.task.star_questions.stars) <= 50


def test_where_nobody_gave_stars_no_forecast_can_be_judged() -> None:
    shelves = read(
        {
            "user_id": [f"r{reader}" for reader in range(10) for _ in range(10)],
            "book_id": [f"b{book}" for _ in range(10) for book in range(10)],
            "rating": [0] * 99 + [5],
        },
        empty_rating="read",
    )
    with pytest.raises(InputError):
        validation("held-out", shelves, 0)


# Figures

each_error = pytest.mark.parametrize("error", ForecastError.measures)


@pytest.fixture(scope="module")
def report() -> Report:
    dataset = sample()
    predictors = {"mf": Mf(), "baseline": Baseline()}
    return evaluate(dataset, predictors, validation("held-out", dataset, 0), seed=4)


@each_error
def test_the_figures_of_forecasts_are_those_of_an_evaluation(error: str, report: Report) -> None:
    objective = ForecastError.of(error)
    first, second = (objective.values([report.result(name)]) for name in ("mf", "baseline"))
    estimate = report.result("mf").estimate(error)
    assert objective.value(first) == pytest.approx(estimate.mean, abs=1e-12)
    assert objective.interval(first, 4) == pytest.approx(estimate, abs=1e-12)
    gain = objective.difference(first, second, 0)
    assert gain.difference.mean == pytest.approx(objective.value(first) - objective.value(second))
    assert gain.wins == np.mean(first[:, 0] < second[:, 0])


def result_of(errors: StarErrors) -> Result:
    return Result(algorithm="a", settings={}, fit_seconds=0.0, errors=errors)


def test_a_rating_without_a_forecast_is_a_failure_and_does_not_flatter(report: Report) -> None:
    errors = report.result("mf").errors
    assert errors is not None
    with pytest.raises(ModelError, match="no stars are forecast for 3 of the ratings"):
        RMSE.values([result_of(replace(errors, without=3))])


def test_negative_log_likelihood_needs_the_chance_of_every_star(report: Report) -> None:
    errors = report.result("mf").errors
    assert errors is not None
    with pytest.raises(ModelError, match="how likely each star is"):
        ForecastError.of("negative_log_likelihood").values(
            [result_of(replace(errors, sums=errors.sums[:, :4]))]
        )


def test_readers_count_by_their_ratings() -> None:
    values = np.array([[1.0, 1.0], [0.0, 3.0]])
    assert ForecastError.of("mae").value(values) == 0.25
    assert RMSE.value(values) == math.sqrt(0.25)
    assert isinstance(RMSE.interval(values, 0), Interval)


@pytest.mark.parametrize("name", ["ndcg@10", "rmse@10", "rmse_clipped", "interval_coverage_80", ""])
def test_only_errors_of_forecasts_can_be_searched_for(name: str) -> None:
    with pytest.raises(
        SettingError, match="for a predictor must be one of rmse, mae, negative_log_likelihood, got"
    ):
        ForecastError.of(name)


@pytest.mark.parametrize(
    "name", ["novelty@10", "long_tail_share@10", "coverage@10", "rmse", "ndcg", ""]
)
def test_only_what_is_better_the_higher_it_is_is_searched_for_in_lists(name: str) -> None:
    with pytest.raises(SettingError):
        Accuracy.of(name)


def test_a_name_is_taken_in_any_case() -> None:
    assert str(ForecastError.of(" RMSE ")) == "rmse"
    assert Accuracy.of(" Recall@20") == Accuracy.of(Measure.of("recall@20"))


def list_result(readers: tuple[str, ...], values: list[float], given: int) -> Result:
    measures = (Measure.of("ndcg@10"),)
    return Result(
        algorithm="a",
        settings={},
        fit_seconds=0.0,
        given=given,
        readers=readers,
        measures=measures,
        values=np.array(values)[:, None],
    )


def test_a_reader_who_was_asked_twice_counts_once_with_the_mean() -> None:
    results = [list_result(("b", "a"), [0.25, 1.0], 5), list_result(("c", "b"), [0.5, 0.75], 20)]
    values = NDCG.values(results)
    assert values.tolist() == [1.0, 0.5, 0.5]
    assert NDCG.value(values) == pytest.approx(2 / 3)
