"""The search as a whole: what is found, how it goes on, how it ends.

What holds of an algorithm and of a predictor alike is asked of both.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from cli.running import in_subprocess
from readalike import train
from readalike.algorithms import algorithm_of
from readalike.algorithms.cosine import Cosine
from readalike.algorithms.settings import Range, Settings, setting
from readalike.errors import InputError, MissingExtra, ModelError, SettingError
from readalike.evaluation import evaluate
from readalike.numerics.intervals import paired
from readalike.predictors import PREDICTORS, predictor_of
from readalike.predictors.baseline import Baseline
from readalike.predictors.bayes import Bayes
from readalike.progress import silent
from readalike.tables.dataset import read
from readalike.tuning import Tuned, read_tuned, tune, validation
from readalike.tuning.objective import Kind
from readalike.tuning.search import MINUTES, Budget
from tuning.searching import NAMES, same_trials, sample, searched, shuffled, twelve

SETTINGS: dict[Kind, type[Settings[Any]]] = {"algorithm": Cosine, "predictor": Baseline}
both = pytest.mark.parametrize("kind", NAMES)


def spied(
    monkeypatch: pytest.MonkeyPatch, kind: Kind, before: Callable[[Any, Any], object]
) -> None:
    """Does something before each fit, with the settings and the ratings."""
    fit = SETTINGS[kind].fit

    def watched(self: Any, ratings: Any, catalogue: Any, progress: Any = silent) -> Any:
        before(self, ratings)
        return fit(self, ratings, catalogue, progress)

    monkeypatch.setattr(SETTINGS[kind], "fit", watched)


# What is found


@both
def test_the_first_trial_is_of_the_defaults_and_nothing_worse_is_found(kind: Kind) -> None:
    tuned = twelve(kind)
    assert (tuned.kind, tuned.name, tuned.stopped) == (kind, NAMES[kind], "trials")
    assert [trial.number for trial in tuned.trials] == list(range(12))
    assert {**tuned.kept, **tuned.defaults.tried} == SETTINGS[kind]().as_dict()
    better = max if kind == "algorithm" else min
    assert tuned.best.value == better(trial.value for trial in tuned.trials)
    assert tuned.gain.difference.mean * (1 if kind == "algorithm" else -1) >= 0


@pytest.mark.parametrize(
    ("kind", "protocol", "measure"),
    [("algorithm", "strong", "ndcg@10"), ("predictor", "held-out", "rmse")],
)
def test_the_values_are_those_of_an_evaluation_by_the_same_protocol(
    kind: Kind, protocol: str, measure: str
) -> None:
    dataset, tuned = sample(), twelve(kind)
    assert (tuned.protocol, tuned.measure) == (protocol, measure)
    settings = {"before": SETTINGS[kind](), "after": SETTINGS[kind].of(tuned.settings)}
    measures = [measure] if kind == "algorithm" else []
    report = evaluate(dataset, settings, validation(protocol, dataset, 0), measures=measures)
    before, after = report.results
    assert tuned.interval(tuned.defaults) == pytest.approx(before.estimate(measure), abs=1e-12)
    assert tuned.best.value == pytest.approx(after.estimate(measure).mean, abs=1e-12)
    assert tuned.data == report.data
    if kind == "algorithm":
        assert tuned.defaults.value == before.estimates[measure].mean, "to the last bit"
        assert tuned.gain == paired(after.column(measure), before.column(measure), 0)


def test_new_readers_are_judged_over_all_given_lengths() -> None:
    tuned = searched(trials=1, protocol="new-readers")
    dataset = sample()
    report = evaluate(
        dataset, {"a": Cosine()}, validation("new-readers", dataset, 0), measures=["ndcg@10"]
    )
    by_reader: dict[str, list[float]] = {}
    for each in report.results:
        for reader, value in zip(each.readers, each.column("ndcg@10"), strict=True):
            by_reader.setdefault(reader, []).append(float(value))
    assert {len(v) for v in by_reader.values()} == {1, 2}
    slow = [sum(by_reader[r]) / len(by_reader[r]) for r in sorted(by_reader)]
    assert tuned.defaults.values.tolist() == slow


def test_the_held_out_readers_and_ratings_are_in_no_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learnt: list[Any] = []
    spied(monkeypatch, "algorithm", lambda _, ratings: learnt.append(set(ratings.users.ids)))
    tuned = searched(trials=3)
    held_out = set(validation("strong", sample(), 0).task.questions[0].readers)
    assert len(held_out) == len(tuned.best.values)
    assert len(learnt) == 3
    assert not any(readers & held_out for readers in learnt)
    learnt.clear()
    spied(monkeypatch, "predictor", lambda _, ratings: learnt.append(len(ratings)))
    searched("predictor", 2)
    n = len(sample().ratings)
    assert learnt == [n - n // 10] * 2


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


@pytest.mark.parametrize("measure", ["rmse", "mae", "negative_log_likelihood"])
def test_a_setting_that_is_known_to_be_bad_loses(
    monkeypatch: pytest.MonkeyPatch, measure: str
) -> None:
    monkeypatch.setitem(PREDICTORS, "poor", Poor)
    tuned = searched("predictor", 8, predictor="poor", measure=measure)
    assert tuned.better
    assert tuned.best.value < tuned.defaults.value
    assert tuned.gain.difference.mean == pytest.approx(tuned.best.value - tuned.defaults.value)
    assert tuned.gain.wins > tuned.gain.losses
    assert min(float(value) for value in tuned.best.tried.values()) < 500
    assert tuned.ranked(99)[-1].value == max(trial.value for trial in tuned.trials)


@pytest.mark.parametrize("name", ["recall@20", "p@5", "hit@3", "mrr@10", "map@10"])
def test_any_measure_of_accuracy_can_be_searched_for(name: str) -> None:
    tuned = searched(trials=1, measure=name)
    assert tuned.measure == name
    assert tuned.defaults.value != twelve("algorithm").defaults.value


@pytest.mark.parametrize("name", PREDICTORS)
def test_every_predictor_can_be_searched(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fit = Bayes.fit

    def short(self: Bayes, *given: Any) -> Any:
        return fit(replace(self, sweeps=4, samples=2, burn_in=1), *given)

    monkeypatch.setattr(Bayes, "fit", short)
    tuned = searched("predictor", 2, predictor=name)
    assert set(tuned.settings) == set(PREDICTORS[name]().as_dict())
    assert tuned.trials[1].value != tuned.defaults.value


# The same seed


@both
def test_the_order_of_rows_makes_no_difference(kind: Kind) -> None:
    one, other = (searched(kind, 3, dataset=shuffled(sample(), seed)) for seed in (3, 8))
    assert same_trials(one.trials, other.trials)
    if kind == "predictor":
        assert same_trials(one.trials, twelve(kind).trials[:3])


@both
def test_another_seed_holds_out_others_and_draws_other_settings(kind: Kind) -> None:
    other = searched(kind, 2, seed=1)
    assert other.data["task"] != twelve(kind).data["task"]
    assert other.trials[0].tried == twelve(kind).trials[0].tried
    assert other.trials[1].tried != twelve(kind).trials[1].tried


@both
def test_a_search_in_several_runs_is_the_search_in_one(kind: Kind, tmp_path: Path) -> None:
    for trials in (1, 4, 11, 12):
        tuned = searched(kind, trials, out=tmp_path / "found.json")
        assert len(tuned.trials) == trials
    assert same_trials(tuned.trials, twelve(kind).trials)
    assert [t.value for t in tuned.trials] == [t.value for t in twelve(kind).trials]
    assert tuned.settings == twelve(kind).settings
    assert {p.name for p in tmp_path.iterdir()} == {"found.json", "found.trials"}


def test_a_search_can_run_beside_the_main_thread() -> None:
    found: list[Tuned] = []
    thread = threading.Thread(target=lambda: found.append(searched(trials=3)))
    thread.start()
    thread.join()
    assert same_trials(found[0].trials, twelve("algorithm").trials[:3])


# The files


def test_a_search_whose_trials_are_done_fits_nothing_and_again_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "f.json"
    first = searched(trials=4, out=out)

    def never(*_: Any) -> None:
        raise AssertionError("nothing is to be fitted")

    with monkeypatch.context() as patch:
        spied(patch, "algorithm", never)
        for trials in (4, 2):
            again = searched(trials=trials, out=out)
            assert same_trials(again.trials, first.trials), "what is known is not forgotten"
    assert len(searched(trials=2, out=out, seed=1, again=True).trials) == 2


def test_another_search_does_not_go_on_from_these_trials(tmp_path: Path) -> None:
    out = tmp_path / "f.json"
    searched(trials=2, out=out)
    before = out.read_bytes()
    changes: list[tuple[Kind, dict[str, Any], str]] = [
        ("algorithm", {"seed": 1}, "seed 0, now 1"),
        ("algorithm", {"measure": "p@5"}, "measure ndcg@10, now p@5"),
        ("algorithm", {"protocol": "new-readers"}, "protocol strong, now new-readers"),
        ("algorithm", {"algorithm": "ridge"}, "algorithm cosine, now ridge"),
        ("algorithm", {"dataset": shuffled(sample())}, "another search (other data)"),
        (
            "predictor",
            {},
            "predictor none, now baseline; measure ndcg@10, now rmse; protocol strong, now",
        ),
    ]
    for kind, change, told in changes:
        with pytest.raises(SettingError, match="another search") as refused:
            searched(kind, 2, out=out, **change)
        assert told in str(refused.value)
    assert out.read_bytes() == before


@both
def test_the_found_settings_are_written_whole_and_train_a_model_whose_card_says_how(
    kind: Kind, tmp_path: Path
) -> None:
    out = tmp_path / "f.json"
    tuned = searched(kind, 3, out=out)
    found = read_tuned(out)
    how = json.loads(json.dumps(tuned.how()))
    assert (found.kind, found.name, found.settings) == (kind, NAMES[kind], tuned.settings)
    assert set(found.settings) == set(SETTINGS[kind]().as_dict())
    assert found.how == how
    algorithm: dict[str, Any] = {"algorithm": "popularity", "predictor": None}
    if kind == "algorithm":
        assert algorithm_of(found.name, found.settings).as_dict() == found.settings
        algorithm |= {kind: found.name, "settings": found.settings, "tuned": found.how}
    else:
        assert predictor_of(found.name, found.settings).as_dict() == found.settings
        algorithm |= {kind: found.name, "predictor_settings": found.settings}
        algorithm |= {"predictor_tuned": found.how}
    for loaded in (False, True):
        trained = train(sample(), tmp_path / "m", **algorithm)
        assert trained.loaded is loaded
        ranker = (trained.card.tuned, trained.card.predictor_tuned)
        assert ranker == ((how, None) if kind == "algorithm" else (None, how))
    if kind == "predictor":
        assert trained.card.predictor == {"name": "baseline", "settings": tuned.settings}


def test_without_a_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    searched(trials=2)
    assert list(tmp_path.iterdir()) == []


# The end


def at(number: int, do: Callable[[], None]) -> Callable[[Any, Any], None]:
    """What is done at the fit of this number."""
    fits: list[int] = []

    def counted(*_: Any) -> None:
        fits.append(1)
        if len(fits) == number:
            do()

    return counted


def interrupt() -> None:
    raise KeyboardInterrupt


@both
def test_an_interrupted_search_keeps_what_it_found_and_goes_on(
    kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "f.json"
    with monkeypatch.context() as patch:
        spied(patch, kind, at(4, interrupt))
        tuned = searched(kind, 12, out=out)
    assert tuned.stopped == "interrupted"
    assert same_trials(tuned.trials, twelve(kind).trials[:3])
    assert read_tuned(out).how["trials"] == 3
    assert same_trials(searched(kind, 5, out=out).trials, twelve(kind).trials[:5])


def test_a_search_interrupted_before_its_first_trial_is_just_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spied(monkeypatch, "algorithm", at(1, interrupt))
    with pytest.raises(KeyboardInterrupt):
        searched(trials=3, out=tmp_path / "f.json")
    assert not (tmp_path / "f.json").exists()
    assert len(searched(trials=2, out=tmp_path / "f.json").trials) == 2


def hidden_interrupt(becomes: Exception | None) -> Callable[[], None]:
    """An interrupt that becomes another error on its way, or none."""

    def hide() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            if becomes:
                raise becomes from None

    return hide


@pytest.mark.parametrize("becomes", [SystemError("returned a result with an exception set"), None])
def test_an_interrupt_that_a_fit_hides_ends_the_search_too_without_its_trial(
    monkeypatch: pytest.MonkeyPatch, becomes: Exception | None
) -> None:
    """A fit may end early and say nothing; its answers are not those of its settings."""
    before = signal.getsignal(signal.SIGINT)
    spied(monkeypatch, "algorithm", at(3, hidden_interrupt(becomes)))
    tuned = searched(trials=12)
    assert tuned.stopped == "interrupted"
    assert same_trials(tuned.trials, twelve("algorithm").trials[:2])
    assert signal.getsignal(signal.SIGINT) is before


def test_interrupts_that_others_handle_are_left_to_them(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    try:
        spied(monkeypatch, "algorithm", at(3, hidden_interrupt(None)))
        assert searched(trials=4).stopped == "trials"
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [signal.SIGINT]


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
from readalike.datasets.sample import read_sample
from readalike.tuning import tune
tune(read_sample(readers=150), algorithm="cosine", trials=12, out=sys.argv[1])
"""


def test_a_search_that_was_killed_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    out = tmp_path / "f.json"
    env = {"PYTHONPATH": os.pathsep.join(sys.path)}
    assert in_subprocess(out, before=KILLED, env=env).code == 9
    assert not out.exists()
    assert same_trials(searched(trials=5, out=out).trials, twelve("algorithm").trials[:5])


def test_minutes_end_a_search_after_the_trial_that_is_running() -> None:
    tuned = tune(sample(), algorithm="cosine", minutes=1e-6)
    assert tuned.stopped == "minutes"
    assert [trial.number for trial in tuned.trials] == [0]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "monotonic", made)
    return made


def test_trials_or_minutes_end_it_whichever_are_spent_first(clock: Clock) -> None:
    trials, minutes, either = Budget(trials=3), Budget(minutes=2), Budget(minutes=2, trials=4)
    clock.now += 119.9
    assert [trials.spent(done) for done in range(5)] == [None, None, None, "trials", "trials"]
    assert minutes.spent(7) is None
    assert (either.spent(3), either.spent(4)) == (None, "trials")
    clock.now += 0.1
    assert minutes.spent(7) == either.spent(3) == "minutes"
    assert minutes.spent(0) is None, "not before the defaults were tried"
    clock.now += 1e6
    assert (trials.spent(2), trials.spent(3)) == (None, "trials")


def test_without_either_it_is_ten_minutes() -> None:
    assert Budget().minutes == MINUTES == 10
    assert Budget(trials=5).minutes is None


def test_progress_is_of_what_comes_to_its_end_first(clock: Clock) -> None:
    both = Budget(minutes=2, trials=10)
    clock.now += 30
    assert both.progress(1) == (30, 120)
    assert both.progress(5) == (5, 10)
    assert Budget(trials=4).progress(1) == (1, 4)
    late = Budget(minutes=0.001)
    clock.now += 30
    assert late.progress(1) == (1, 1), "never more than all"
    assert both.progress(12) == (10, 10)


# What fails, and what is refused


@pytest.mark.parametrize(
    ("kind", "setting"), [("algorithm", "neighbours"), ("predictor", "book_shrinkage")]
)
def test_settings_that_fail_are_counted_and_told_and_the_search_goes_on(
    kind: Kind, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = {"neighbours": 100, "book_shrinkage": 5}[setting]

    def fails(settings: Any, _: Any) -> None:
        if getattr(settings, setting) > most:
            raise ModelError("too much of it today")

    spied(monkeypatch, kind, fails)
    tuned = searched(kind, 6)
    failed = [t for t in tuned.trials if t.failure]
    assert 0 < tuned.failed == len(failed) < 6
    assert {t.failure for t in failed} == {"too much of it today"}
    assert all(float(t.tried[setting]) > most and math.isnan(t.value) for t in failed)
    assert float(tuned.settings[setting]) <= most
    assert len(tuned.as_dict()["failures"]) == tuned.failed
    assert json.dumps(tuned.as_dict(), allow_nan=False)


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

    spied(monkeypatch, "algorithm", broken)
    with pytest.raises(ZeroDivisionError):
        searched(trials=3)


@pytest.mark.parametrize("protocol", ["strong", "new-readers"])
def test_readers_too_few_to_hold_out_are_told_before_anything_is_fitted(protocol: str) -> None:
    one = read({"user_id": ["a", "a"], "book_id": ["x", "y"], "rating": [5, 4]})
    with pytest.raises(InputError):
        tune(one, algorithm="cosine", trials=2, protocol=protocol)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"algorithm": "popularity"}, "popularity has no setting to search"),
        ({"algorithm": "svd"}, "unknown algorithm 'svd'"),
        ({"predictor": "svd"}, "unknown predictor 'svd': must be one of bayes, mf, baseline"),
        ({"algorithm": "cosine", "predictor": "mf"}, "do not go together"),
        ({"measure": "novelty@10"}, "for an algorithm must be one of ndcg, "),
        ({"measure": "rmse"}, "such as ndcg@10, got 'rmse'"),
        (
            {"predictor": "mf", "measure": "ndcg@10"},
            "must be one of rmse, mae, negative_log_likelihood, got 'ndcg@10'",
        ),
        ({"protocol": "held-out"}, "must be one of strong, new-readers, got 'held-out'"),
        ({"predictor": "mf", "protocol": "strong"}, "must be one of held-out, got 'strong'"),
        ({"minutes": 0.0}, "minutes must be a number above 0, got 0"),
        ({"minutes": -1.0}, "minutes must be a number above 0, got -1"),
        ({"minutes": math.inf}, "minutes must be a number above 0, got inf"),
        ({"minutes": math.nan}, "minutes must be a number above 0, got nan"),
        ({"trials": 0}, "trials must be at least 1, got 0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingError) as refused:
        tune(sample(), **({"trials": 1} | wrong))
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_without_optuna_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(MissingExtra, match=r"^tuning needs .*pip install 'readalike\[tune\]'$"):
        searched(trials=1)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        ("algorithm", "counting common readers", "ranking"),
        ("predictor", None, "forecasting"),
    ],
)
def test_progress_tells_the_trial_the_best_so_far_and_how_much_is_spent(
    kind: Kind, first: str | None, last: str
) -> None:
    told: list[tuple[str, int, int]] = []
    tuned = searched(kind, 3, progress=lambda *step: told.append(step))
    assert {total for _, _, total in told} == {3}
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert told[0][0].startswith(f"trial 1: {first or ''}")
    best = (max if kind == "algorithm" else min)(t.value for t in tuned.trials[:2])
    assert told[-1][0] == (
        f"trial 3, best {tuned.measure} {best:.4f} (defaults {tuned.defaults.value:.4f}): {last}"
    )
