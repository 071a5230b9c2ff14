"""The search of a rater: the lowest error wins, and all else is as with an algorithm."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from readalike import train
from readalike.algorithms.settings import Range, setting
from readalike.errors import ModelError, SettingError
from readalike.evaluation import evaluate
from readalike.predictors import PREDICTORS, predictor_of
from readalike.predictors.baseline import Baseline
from readalike.predictors.bayes import Bayes
from readalike.progress import silent
from readalike.tuning import Tuned, read_found, tune, validation
from tuning.searching import same_trials, sample, shuffled


def searched(trials: int = 4, rater: str = "baseline", **more: Any) -> Tuned:
    return tune(sample(), rater=rater, trials=trials, **more)


@pytest.fixture(scope="module")
def twelve() -> Tuned:
    return searched(12)


def test_the_first_trial_is_of_the_defaults_and_the_lowest_error_is_the_best(
    twelve: Tuned,
) -> None:
    assert dict(twelve.defaults.tried) == {"reader_shrinkage": 4.0, "book_shrinkage": 4.0}
    assert (twelve.kind, twelve.name, twelve.measure) == ("rater", "baseline", "rmse")
    assert twelve.best.value == min(trial.value for trial in twelve.trials)
    assert twelve.gain.difference.mean <= 0


def test_the_errors_are_those_of_an_evaluation_by_the_same_protocol(twelve: Tuned) -> None:
    dataset = sample()
    raters = {"before": Baseline(), "after": Baseline.of(twelve.settings)}
    asked = validation("held-out", dataset.ratings, 0)
    before, after = evaluate(dataset, raters, asked).results
    assert twelve.interval(twelve.defaults) == pytest.approx(before.estimate("rmse"), abs=1e-12)
    assert twelve.best.value == pytest.approx(after.estimate("rmse").mean, abs=1e-12)
    assert twelve.data["ratings"] == dataset.ratings.fingerprint()


@dataclass(frozen=True)
class Poor(Baseline):
    """A baseline whose default nobody would want: all readers and books are alike."""

    name: ClassVar[str] = "poor"

    reader_shrinkage: float = setting(
        3000.0, "too much", low=1e-6, search=Range(1.0, 3000.0, log=True)
    )
    book_shrinkage: float = setting(
        3000.0, "too much", low=1e-6, search=Range(1.0, 3000.0, log=True)
    )


@pytest.mark.parametrize("measure", ["rmse", "mae", "nll"])
def test_a_setting_that_is_known_to_be_bad_loses(
    monkeypatch: pytest.MonkeyPatch, measure: str
) -> None:
    monkeypatch.setitem(PREDICTORS, "poor", Poor)
    tuned = searched(12, "poor", measure=measure)
    assert tuned.better
    assert tuned.best.value < tuned.defaults.value
    assert tuned.gain.difference.mean == pytest.approx(tuned.best.value - tuned.defaults.value)
    assert tuned.gain.wins > tuned.gain.losses
    assert min(float(value) for value in tuned.best.tried.values()) < 500
    assert tuned.ranked(99)[-1].value == max(trial.value for trial in tuned.trials)


def test_the_held_out_ratings_are_in_no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    fit, learnt = Baseline.fit, []

    def watched(self: Baseline, ratings: Any, catalogue: Any, progress: Any = silent) -> Any:
        learnt.append(len(ratings))
        return fit(self, ratings, catalogue, progress)

    monkeypatch.setattr(Baseline, "fit", watched)
    searched(2)
    n = len(sample().ratings)
    assert learnt == [n - n // 10] * 2


def test_the_same_seed_finds_the_same_whatever_the_order_of_rows(twelve: Tuned) -> None:
    assert same_trials(searched(12).trials, twelve.trials)
    other = tune(shuffled(sample()), rater="baseline", trials=3)
    assert same_trials(other.trials, twelve.trials[:3])


def test_another_seed_holds_out_other_ratings(twelve: Tuned) -> None:
    other = searched(2, seed=1)
    assert other.data["task"] != twelve.data["task"]
    assert other.trials[1].tried != twelve.trials[1].tried


@pytest.mark.parametrize("steps", [(1, 12), (4, 11, 12)])
def test_a_search_in_several_runs_is_the_search_in_one(
    steps: tuple[int, ...], twelve: Tuned, tmp_path: Path
) -> None:
    for trials in steps:
        tuned = searched(trials, out=tmp_path / "f.json")
    assert same_trials(tuned.trials, twelve.trials)
    assert [t.value for t in tuned.trials] == [t.value for t in twelve.trials]
    assert len(searched(1, out=tmp_path / "f.json", again=True).trials) == 1


def test_a_search_that_was_interrupted_goes_on_as_if_it_had_not_been(
    twelve: Tuned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit, fits = Baseline.fit, []

    def stopped(self: Baseline, *given: Any) -> Any:
        fits.append(1)
        if len(fits) == 4:
            raise KeyboardInterrupt
        return fit(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(Baseline, "fit", stopped)
        tuned = searched(12, out=tmp_path / "f.json")
    assert tuned.stopped == "interrupted"
    assert read_found(tmp_path / "f.json").how["trials"] == 3
    assert same_trials(searched(12, out=tmp_path / "f.json").trials, twelve.trials)


def test_trials_of_an_algorithm_and_of_a_rater_are_not_mixed(tmp_path: Path) -> None:
    searched(2, out=tmp_path / "f.json")
    with pytest.raises(SettingError, match="another search") as refused:
        tune(sample(), algorithm="cosine", trials=2, out=tmp_path / "f.json")
    assert "algorithm none, now cosine" in str(refused.value)
    assert "rater baseline, now none" in str(refused.value)
    assert "measure rmse, now ndcg@10" in str(refused.value)
    with pytest.raises(SettingError, match="measure rmse, now mae"):
        searched(2, out=tmp_path / "f.json", measure="mae")
    assert searched(2, out=tmp_path / "f.json").stopped == "trials"


def test_the_found_settings_train_a_model_and_its_card_says_how(
    twelve: Tuned, tmp_path: Path
) -> None:
    searched(12, out=tmp_path / "f.json")
    found = read_found(tmp_path / "f.json")
    assert (found.kind, found.name, found.settings) == ("rater", "baseline", twelve.settings)
    assert predictor_of(found.name, found.settings).as_dict() == found.settings
    told: dict[str, Any] = {
        "rater": found.name,
        "rater_settings": found.settings,
        "rater_tuned": found.how,
    }
    first = train(sample(), tmp_path / "m", algorithm="popularity", **told)
    assert first.card.rater == {"name": "baseline", "settings": twelve.settings}
    assert first.card.rater_tuned == found.how
    assert first.card.tuned is None
    again = train(sample(), tmp_path / "m", algorithm="popularity", **told)
    assert again.loaded
    assert again.card.rater_tuned == json.loads(json.dumps(found.how))


def test_settings_that_fail_are_told_and_the_search_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fit = Baseline.fit

    def fails(self: Baseline, *given: Any) -> Any:
        if self.book_shrinkage > 5:
            raise ModelError("too much shrinkage today")
        return fit(self, *given)

    monkeypatch.setattr(Baseline, "fit", fails)
    tuned = searched(12)
    assert 0 < tuned.failed < 12
    assert all(math.isnan(t.value) for t in tuned.trials if t.failure)
    assert float(tuned.settings["book_shrinkage"]) <= 5
    assert json.dumps(tuned.as_dict(), allow_nan=False)


@pytest.mark.parametrize("name", PREDICTORS)
def test_every_rater_can_be_searched(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = Bayes.fit

    def short(self: Bayes, *given: Any) -> Any:
        return fit(replace(self, sweeps=4, samples=2, burn_in=1), *given)

    monkeypatch.setattr(Bayes, "fit", short)
    tuned = searched(2, name)
    assert set(tuned.settings) == set(PREDICTORS[name]().as_dict())
    assert tuned.trials[1].value != tuned.defaults.value


def test_an_algorithm_and_a_rater_are_not_searched_together() -> None:
    with pytest.raises(SettingError, match="do not go together") as refused:
        tune(sample(), algorithm="cosine", rater="mf", trials=1)
    assert "\n" not in str(refused.value)


def test_an_unknown_rater_and_a_measure_of_lists_are_refused() -> None:
    with pytest.raises(SettingError, match="unknown rater 'svd': must be one of bayes, mf, base"):
        searched(1, "svd")
    with pytest.raises(SettingError, match="for a rater must be one of rmse, mae, nll, got 'ndcg"):
        searched(1, measure="ndcg@10")
    with pytest.raises(SettingError, match=r"for an algorithm must be one of ndcg, .*, got 'rmse'"):
        tune(sample(), algorithm="cosine", trials=1, measure="rmse")
    with pytest.raises(SettingError, match="must be one of held-out, got 'strong'"):
        searched(1, protocol="strong")
    with pytest.raises(SettingError, match="must be one of strong, new-readers, got 'held-out'"):
        tune(sample(), algorithm="cosine", trials=1, protocol="held-out")


def test_progress_tells_the_lowest_error_so_far() -> None:
    told: list[str] = []
    tuned = searched(3, progress=lambda step, *_: told.append(step))
    best = min(t.value for t in tuned.trials[:2])
    assert told[0].startswith("trial 1: ")
    assert told[-1] == (
        f"trial 3, best rmse {best:.4f} (defaults {tuned.defaults.value:.4f}): forecasting"
    )
