"""The search as a whole: what is found, how it goes on, how it ends."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.running import in_subprocess
from readalike.algorithms import algorithm_of
from readalike.algorithms.cosine import Cosine
from readalike.algorithms.settings import silent
from readalike.errors import InputError, ModelError, SettingError
from readalike.evaluation import Measure, Result, evaluate
from readalike.numerics.intervals import paired
from readalike.tables.dataset import read
from readalike.tuning import Tuned, read_found, tune, validation
from readalike.tuning.search import trials_beside
from tuning.searching import NDCG, same_trials, sample, shuffled

Fit = Callable[..., Any]


def searched(trials: int = 4, **more: Any) -> Tuned:
    return tune(sample(), algorithm="cosine", trials=trials, **more)


def spied(monkeypatch: pytest.MonkeyPatch, before: Callable[[Cosine, Any], None]) -> None:
    """Does something before each fit of the cosine."""
    fit: Fit = Cosine.fit

    def watched(self: Cosine, ratings: Any, catalogue: Any, progress: Any = silent) -> Any:
        before(self, ratings)
        return fit(self, ratings, catalogue, progress)

    monkeypatch.setattr(Cosine, "fit", watched)


@pytest.fixture(scope="module")
def twelve() -> Tuned:
    """A search long enough for the estimator to have had its say."""
    return searched(12)


def test_the_first_trial_is_of_the_defaults(twelve: Tuned) -> None:
    assert twelve.defaults.number == 0
    assert dict(twelve.defaults.tried) == Cosine().as_dict()
    assert len(twelve.trials) == 12
    assert twelve.stopped == "trials"


def test_what_is_found_is_never_worse_than_the_defaults(twelve: Tuned) -> None:
    assert twelve.best.value == max(trial.value for trial in twelve.trials)
    assert twelve.best.value >= twelve.defaults.value
    assert twelve.gain.difference.mean >= 0


def test_the_values_are_those_of_an_evaluation_by_the_same_protocol(twelve: Tuned) -> None:
    dataset = sample()
    report = evaluate(
        dataset,
        {"before": Cosine(), "after": Cosine.of(twelve.settings)},
        validation("strong", dataset.ratings, 0),
        measures=["ndcg@10"],
    )
    before, after = report.results
    assert twelve.defaults.value == before.estimates["ndcg@10"].mean
    assert twelve.best.value == after.estimates["ndcg@10"].mean
    assert twelve.gain == paired(after.column("ndcg@10"), before.column("ndcg@10"), 0)
    assert twelve.data["ratings"] == report.data["ratings"]


def test_the_held_out_readers_are_in_no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[set[str]] = []
    spied(monkeypatch, lambda _, ratings: learnt.append(set(ratings.users.ids)))
    tuned = searched(3)
    dataset = sample()
    asked = validation("strong", dataset.ratings, 0).prepare(
        dataset.ratings, dataset.catalogue, None
    )
    held = set(asked.questions[0].readers)
    assert len(held) == len(tuned.best.values)
    assert len(learnt) == 3
    assert not any(readers & held for readers in learnt)


def test_the_same_seed_and_number_of_trials_find_the_same_whatever_the_order_of_rows(
    twelve: Tuned,
) -> None:
    assert same_trials(searched(12).trials, twelve.trials)
    other = tune(shuffled(sample()), algorithm="cosine", trials=3)
    plain = tune(shuffled(sample(), 8), algorithm="cosine", trials=3)
    assert same_trials(other.trials, plain.trials)


def test_another_seed_draws_other_readers_and_settings(twelve: Tuned) -> None:
    other = searched(3, seed=1)
    assert other.data["task"] != twelve.data["task"]
    assert other.trials[1].tried != twelve.trials[1].tried
    assert other.trials[0].tried == twelve.trials[0].tried


def test_more_trials_begin_like_fewer(twelve: Tuned) -> None:
    assert same_trials(searched(5).trials, twelve.trials[:5])


@pytest.mark.parametrize("steps", [(1, 12), (4, 5, 12), (11, 12)])
def test_a_search_in_several_runs_is_the_search_in_one(
    steps: tuple[int, ...], twelve: Tuned, tmp_path: Path
) -> None:
    out = tmp_path / "found.json"
    for trials in steps:
        tuned = searched(trials, out=out)
        assert len(tuned.trials) == trials
    assert same_trials(tuned.trials, twelve.trials)
    assert tuned.settings == twelve.settings
    assert {p.name for p in tmp_path.iterdir()} == {"found.json", "found.trials"}


def test_a_search_whose_trials_are_done_fits_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = searched(4, out=tmp_path / "f.json")

    def never(*_: Any) -> None:
        raise AssertionError("nothing is to be fitted")

    spied(monkeypatch, never)
    again = searched(4, out=tmp_path / "f.json")
    fewer = searched(2, out=tmp_path / "f.json")
    assert same_trials(again.trials, first.trials)
    assert same_trials(fewer.trials, first.trials), "what is known is not forgotten"


def test_again_begins_anew(tmp_path: Path) -> None:
    searched(4, out=tmp_path / "f.json")
    assert len(searched(2, out=tmp_path / "f.json", again=True).trials) == 2
    assert len(searched(3, out=tmp_path / "f.json", seed=1, again=True).trials) == 3


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": 1}, "seed 0, now 1"),
        ({"measure": "p@5"}, "measure ndcg@10, now p@5"),
        ({"protocol": "new-readers"}, "protocol strong, now new-readers"),
        ({"algorithm": "ridge"}, "algorithm cosine, now ridge"),
    ],
)
def test_another_search_does_not_go_on_from_these_trials(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    out = tmp_path / "f.json"
    same: dict[str, Any] = {"algorithm": "cosine", "trials": 2, "out": out}
    tune(sample(), **same)
    before = out.read_bytes()
    with pytest.raises(SettingError, match="another search") as refused:
        tune(sample(), **(same | change))
    assert told in str(refused.value)
    assert out.read_bytes() == before


def test_nor_does_a_search_of_other_ratings(tmp_path: Path) -> None:
    searched(2, out=tmp_path / "f.json")
    with pytest.raises(SettingError, match=r"another search \(other data\)"):
        tune(shuffled(sample()), algorithm="cosine", trials=2, out=tmp_path / "f.json")


def test_the_found_settings_are_written_whole(tmp_path: Path) -> None:
    tuned = searched(6, out=tmp_path / "f.json")
    found = read_found(tmp_path / "f.json")
    assert found.settings == tuned.settings
    assert set(found.settings) == set(Cosine().as_dict())
    assert algorithm_of(found.name, found.settings).as_dict() == found.settings
    assert found.how == json.loads(json.dumps(tuned.how()))
    assert trials_beside(tmp_path / "f.json").is_file()


def test_without_a_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    searched(2)
    assert list(tmp_path.iterdir()) == []


def interrupted_at(monkeypatch: pytest.MonkeyPatch, trial: int) -> None:
    fits: list[int] = []

    def stop(_: Cosine, __: Any) -> None:
        fits.append(1)
        if len(fits) == trial:
            raise KeyboardInterrupt

    spied(monkeypatch, stop)


def test_an_interrupted_search_keeps_what_it_found_and_goes_on(
    twelve: Tuned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "f.json"
    with monkeypatch.context() as patch:
        interrupted_at(patch, 4)
        tuned = searched(12, out=out)
    assert tuned.stopped == "interrupted"
    assert same_trials(tuned.trials, twelve.trials[:3])
    assert read_found(out).how["trials"] == 3
    assert same_trials(searched(12, out=out).trials, twelve.trials)


def test_a_search_interrupted_before_its_first_trial_is_just_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted_at(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt):
        searched(3, out=tmp_path / "f.json")
    assert not (tmp_path / "f.json").exists()
    assert len(searched(2, out=tmp_path / "f.json").trials) == 2


def interrupted_inside(monkeypatch: pytest.MonkeyPatch, becomes: Exception | None) -> None:
    """An interrupt in the third fit that becomes another error on its way, or none."""
    fits: list[int] = []

    def stop(_: Cosine, __: Any) -> None:
        fits.append(1)
        if len(fits) == 3:
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                if becomes:
                    raise becomes from None

    spied(monkeypatch, stop)


@pytest.mark.parametrize("becomes", [SystemError("returned a result with an exception set"), None])
def test_an_interrupt_that_a_fit_hides_ends_the_search_too_without_its_trial(
    twelve: Tuned, monkeypatch: pytest.MonkeyPatch, becomes: Exception | None
) -> None:
    """A fit may end early and say nothing; its answers are not those of its settings."""
    before = signal.getsignal(signal.SIGINT)
    interrupted_inside(monkeypatch, becomes)
    tuned = searched(12)
    assert tuned.stopped == "interrupted"
    assert same_trials(tuned.trials, twelve.trials[:2])
    assert signal.getsignal(signal.SIGINT) is before


def test_interrupts_that_others_handle_are_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        interrupted_inside(monkeypatch, None)
        assert searched(4).stopped == "trials"
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]


def test_a_search_can_run_beside_the_main_thread(twelve: Tuned) -> None:
    found: list[Tuned] = []
    thread = threading.Thread(target=lambda: found.append(searched(3)))
    thread.start()
    thread.join()
    assert same_trials(found[0].trials, twelve.trials[:3])


KILLED = """
import os
from readalike.algorithms.cosine import Cosine
fit, fits = Cosine.fit, []
def dying(self, *given):
    fits.append(1)
    if len(fits) == 4:
        os._exit(9)
    return fit(self, *given)
Cosine.fit = dying
from readalike.data.sample.dataset import read_sample
from readalike.tuning import tune
tune(read_sample(readers=150), algorithm="cosine", trials=12, out=sys.argv[1])
"""


def test_a_search_that_was_killed_goes_on_as_if_it_had_not_been(
    twelve: Tuned, tmp_path: Path
) -> None:
    out = tmp_path / "f.json"
    assert in_subprocess(out, before=KILLED).code == 9
    assert not out.exists()
    assert same_trials(searched(12, out=out).trials, twelve.trials)


def test_minutes_end_a_search_after_the_trial_that_is_running() -> None:
    tuned = tune(sample(), algorithm="cosine", minutes=1e-6)
    assert tuned.stopped == "minutes"
    assert [trial.number for trial in tuned.trials] == [0]


def test_settings_that_fail_are_counted_and_told_and_the_search_goes_on(
    twelve: Tuned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(algorithm: Cosine, _: Any) -> None:
        if algorithm.neighbours > 100:
            raise ModelError("too many neighbours today")

    spied(monkeypatch, fails)
    tuned = searched(12)
    failed = [t for t in tuned.trials if t.failure]
    assert 0 < tuned.failed == len(failed) < 12
    assert {t.failure for t in failed} == {"too many neighbours today"}
    assert all(int(t.tried["neighbours"]) > 100 for t in failed)
    assert int(tuned.settings["neighbours"]) <= 100
    assert len(tuned.as_dict()["failures"]) == tuned.failed


def test_defaults_that_fail_end_the_search() -> None:
    ratings = read(
        {"user_id": list("aabbccddee"), "book_id": list("xyxyxyxyxy"), "rating": [5] * 10}
    )
    with pytest.raises(SettingError, match="content needs tags"):
        tune(ratings, algorithm="content", trials=3)


def test_a_bug_is_not_taken_for_settings_that_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(algorithm: Cosine, _: Any) -> None:
        if algorithm != Cosine():
            raise ZeroDivisionError

    spied(monkeypatch, broken)
    with pytest.raises(ZeroDivisionError):
        searched(3)


def test_readers_too_few_to_hold_out_are_told_before_anything_is_fitted() -> None:
    one = read({"user_id": ["a", "a"], "book_id": ["x", "y"], "rating": [5, 4]})
    for protocol in ("strong", "new-readers"):
        with pytest.raises(InputError):
            tune(one, algorithm="cosine", trials=2, protocol=protocol)


@pytest.mark.parametrize("name", ["novelty@10", "tail@10", "coverage@10", "rmse", "ndcg"])
def test_only_what_is_better_the_higher_it_is_is_searched_for(name: str) -> None:
    with pytest.raises(SettingError):
        searched(2, measure=name)


@pytest.mark.parametrize("name", ["recall@20", "p@5", "hit@3", "mrr@10", "map@10"])
def test_any_measure_of_accuracy_can_be_searched_for(name: str, twelve: Tuned) -> None:
    tuned = searched(1, measure=name)
    assert tuned.measure == name
    assert tuned.defaults.value != twelve.defaults.value
    assert same_trials(searched(1, measure=Measure.of(name)).trials, tuned.trials)


def test_an_algorithm_without_ranges_is_refused() -> None:
    with pytest.raises(SettingError, match="popularity has no setting to search"):
        tune(sample(), algorithm="popularity", trials=1)


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(SettingError, match="unknown algorithm 'svd'"):
        tune(sample(), algorithm="svd", trials=1)


def test_progress_tells_the_trial_the_best_so_far_and_how_much_is_spent() -> None:
    told: list[tuple[str, int, int]] = []
    tuned = searched(3, progress=lambda *step: told.append(step))
    assert {total for _, _, total in told} == {3}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[0][0] == "trial 1: counting common readers"
    default = f"{tuned.defaults.value:.4f}"
    assert told[-1][0] == (
        f"trial 3, best ndcg@10 {max(t.value for t in tuned.trials[:2]):.4f} "
        f"(defaults {default}): ranking"
    )


def result(readers: tuple[str, ...], values: list[float], given: int) -> Result:
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
    results = [result(("b", "a"), [0.25, 1.0], 5), result(("c", "b"), [0.5, 0.75], 20)]
    values = NDCG.values(results)
    assert values.tolist() == [1.0, 0.5, 0.5]


def test_new_readers_are_judged_over_all_given_lengths() -> None:
    tuned = searched(1, protocol="new-readers")
    dataset = sample()
    report = evaluate(
        dataset,
        {"a": Cosine()},
        validation("new-readers", dataset.ratings, 0),
        measures=["ndcg@10"],
    )
    by_reader: dict[str, list[float]] = {}
    for each in report.results:
        for reader, value in zip(each.readers, each.column("ndcg@10"), strict=True):
            by_reader.setdefault(reader, []).append(float(value))
    assert {len(v) for v in by_reader.values()} == {1, 2}
    slow = [sum(by_reader[r]) / len(by_reader[r]) for r in sorted(by_reader)]
    assert tuned.defaults.values.tolist() == slow
