"""Every algorithm's settings: each does something, comes back, and refuses what cannot be."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

import numpy as np
import pytest

from algorithms.worlds import described, world
from readalike.algorithms import ALGORITHMS, DEFAULT, algorithm_of
from readalike.algorithms.settings import Algorithm, Range, describe, searched
from readalike.errors import SettingError
from readalike.models import Ranker
from strategies import same_bits

AT_ONCE = ("popularity",)
"""Where there is nothing to wait for."""
BASE: dict[str, dict[str, object]] = {
    "als": {"factors": 5, "iterations": 2},
    "content": {"most_books": 0.6},
    "notebook": {"epochs": 2, "batch_size": 16, "regularization": 0.5},
    "mlp": {
        "factors": 3,
        "hidden": 6,
        "layers": 1,
        "batch_size": 64,
        "epochs": 8,
        "patience": 1,
        "learning_rate": 0.4,
        "validation": 0.2,
    },
    "neumf": {
        "factors": 3,
        "hidden": 6,
        "layers": 1,
        "batch_size": 256,
        "epochs": 8,
        "patience": 1,
        "learning_rate": 0.03,
        "validation": 0.2,
        "negatives": 2,
    },
    "two-tower": {
        "factors": 4,
        "hidden": 6,
        "batch_size": 32,
        "epochs": 12,
        "patience": 1,
        "learning_rate": 0.03,
        "validation": 0.2,
        "history": 4,
        "subjects": 4,
    },
}
"""Where the defaults would be slow, or have nothing to change."""

CHANGED: dict[str, dict[str, object]] = {
    "blend": {
        "neighbours": 4,
        "regularization": 1.0,
        "content": 0.5,
        "wide_neighbours": 4,
        "wide_share": 2.0,
        "half_length": 3.0,
        "least_common": 1,
        "star_slope": 0.0,
        "liked": 0.0,
        "few_readers": 3,
        "content_neighbours": 1,
        "correction": False,
        "target_correction": 0.9,
        "source_correction": 0.9,
    },
    "ridge": {"neighbours": 4, "regularization": 1.0, "least_common": 1, "star_slope": 0.0},
    "cosine": {"neighbours": 4, "least_common": 1, "star_slope": 0.0},
    "content": {
        "neighbours": 2,
        "tags": 0.3,
        "authors": 0.1,
        "series": 0.0,
        "titles": 1.0,
        "languages": 1.0,
        "years": 1.0,
        "fewest_books": 5,
        "most_books": 0.06,
        "star_slope": 0.0,
    },
    "popularity": {"counts": "training"},
    "ease": {"regularization": 3.0, "star_slope": 0.8},
    "als": {
        "factors": 3,
        "regularization": 3.0,
        "alpha": 40.0,
        "iterations": 3,
        "star_slope": 0.0,
        "seed": 1,
    },
    "notebook": {
        "factors": 3,
        "optimizer": "sgd",
        "learning_rate": 0.05,
        "batch_size": 8,
        "epochs": 3,
        "biases": True,
        "regularization": 5.0,
        "fold_in_regularization": 9.0,
        "seed": 7,
    },
    "mlp": {
        "factors": 4,
        "hidden": 5,
        "layers": 2,
        "regularization": 0.5,
        "learning_rate": 0.05,
        "batch_size": 32,
        "epochs": 1,
        "patience": 8,
        "validation": 0.1,
        "fold_in_regularization": 9.0,
        "seed": 1,
    },
    "neumf": {
        "factors": 4,
        "hidden": 5,
        "layers": 2,
        "negatives": 3,
        "regularization": 0.05,
        "learning_rate": 0.05,
        "batch_size": 128,
        "epochs": 1,
        "patience": 8,
        "validation": 0.1,
        "star_slope": 0.0,
        "fold_in_regularization": 9.0,
        "seed": 1,
    },
    "two-tower": {
        "factors": 5,
        "hidden": 5,
        "subjects": 2,
        "words": 0,
        "id_dropout": 0.5,
        "history": 2,
        "temperature": 0.5,
        "learning_rate": 0.05,
        "batch_size": 16,
        "epochs": 1,
        "patience": 8,
        "validation": 0.1,
        "star_slope": 0.0,
        "target_correction": 0.0,
        "seed": 1,
    },
}

SETTINGS = [
    (name, field.name)
    for name, algorithm in ALGORITHMS.items()
    for field in dataclasses.fields(algorithm)
]
every_setting = pytest.mark.parametrize(("name", "setting"), SETTINGS)
everyone = pytest.mark.parametrize("name", ALGORITHMS)


def changed(name: str) -> dict[str, object]:
    """Another value for each setting: that of the table above, else one that a search tries."""
    given = dict(CHANGED.get(name, {}))
    for setting, where in searched(ALGORITHMS[name]).items():
        if setting not in given:
            default = algorithm_of(name).as_dict()[setting]
            values = (where.low, where.high) if isinstance(where, Range) else tuple(where)
            given[setting] = next(value for value in values if value != default)
    return given


def fitted(name: str, **changes: object) -> Ranker:
    ratings, catalogue = described()
    return algorithm_of(name, BASE.get(name, {}) | changes).fit(ratings, catalogue)


@pytest.fixture(scope="module")
def plain() -> dict[str, Ranker]:
    return {name: fitted(name) for name in ALGORITHMS}


def same_arrays(one: Ranker, other: Ranker) -> bool:
    before, after = one.arrays(), other.arrays()
    return (
        before.keys() == after.keys()
        and all(same_bits(before[key], after[key]) for key in before)
        and dict(one.settings()) == dict(other.settings())
    )


@everyone
def test_without_a_change_the_model_is_the_same(name: str, plain: dict[str, Ranker]) -> None:
    assert same_arrays(fitted(name), plain[name])


@every_setting
def test_a_setting_that_is_changed_changes_the_model(
    name: str, setting: str, plain: dict[str, Ranker]
) -> None:
    given: dict[str, Any] = {setting: changed(name)[setting]}
    assert algorithm_of(name, BASE.get(name, {}) | given) != algorithm_of(name, BASE.get(name, {}))
    assert not same_arrays(fitted(name, **given), plain[name]), f"{name} {given} does nothing"


@everyone
def test_settings_come_back_from_their_own_dictionary_from_words_and_from_json(name: str) -> None:
    algorithm = algorithm_of(name, changed(name))
    kept = algorithm.as_dict()
    assert list(kept) == [field.name for field in dataclasses.fields(algorithm)]
    assert type(algorithm).of(kept) == algorithm
    assert type(algorithm).of(json.loads(json.dumps(kept))) == algorithm
    assert type(algorithm).of({key: str(value) for key, value in kept.items()}) == algorithm
    assert type(algorithm).of({}).as_dict() == {
        field.name: field.default for field in dataclasses.fields(algorithm)
    }


@every_setting
def test_a_value_that_cannot_be_is_refused_in_words(name: str, setting: str) -> None:
    algorithm = ALGORITHMS[name]
    field = next(f for f in dataclasses.fields(algorithm) if f.name == setting)
    kind: Any = type(field.default)
    wrong: list[object] = ["many", "", None, [1], math.nan, math.inf, -math.inf]
    if field.metadata["low"] is not None:
        wrong.append(kind(field.metadata["low"] - 1))
    if field.metadata["high"] is not None:
        wrong.append(kind(field.metadata["high"] + 1))
    if kind is int:
        wrong += [2.5, "2.5", True]
    if kind is float:
        wrong += ["nan", "inf", True]
    for value in wrong:
        with pytest.raises(SettingError, match=f"^{setting} must be .*, got ") as told:
            algorithm.of({setting: value})
        assert "\n" not in str(told.value)
        if not isinstance(value, str):
            with pytest.raises(SettingError, match=f"^{setting} must be .*, got "):
                algorithm(**{setting: value})


@everyone
def test_an_unknown_setting_is_refused_and_the_known_ones_named(name: str) -> None:
    with pytest.raises(SettingError, match="unknown setting 'neighbors': must be one of") as told:
        algorithm_of(name, {"neighbors": 3})
    assert all(setting in str(told.value) for of, setting in SETTINGS if of == name)


def test_an_unknown_algorithm_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(SettingError, match="unknown algorithm 'svd': must be one of blend, ridge"):
        algorithm_of("svd")


def test_the_default_stands_in_the_table_under_its_own_name() -> None:
    assert ALGORITHMS[DEFAULT].name == DEFAULT
    assert all(algorithm.name == name for name, algorithm in ALGORITHMS.items())


@pytest.mark.parametrize(
    ("given", "value"),
    [("yes", True), ("TRUE", True), ("1", True), ("no", False), ("False", False), (" 0 ", False)],
)
def test_yes_and_no_are_understood(given: str, value: bool) -> None:
    assert algorithm_of("blend", {"correction": given}).as_dict()["correction"] is value


def test_a_whole_number_is_a_number_and_ends_are_included() -> None:
    assert algorithm_of("blend", {"regularization": 9}).as_dict()["regularization"] == 9.0
    ends = {"target_correction": 1.0, "source_correction": 0.0}
    assert algorithm_of("blend", ends).as_dict().items() >= ends.items()
    assert algorithm_of("als", {"factors": "512"}).as_dict()["factors"] == 512


@everyone
def test_each_setting_is_described_by_what_it_must_be_its_default_and_a_line_of_help(
    name: str,
) -> None:
    told = describe(ALGORITHMS[name])
    assert [setting for setting, _, _, _ in told] == [s for of, s in SETTINGS if of == name]
    for _, wanted, default, line in told:
        assert wanted.startswith(("a whole number", "a number", "true or false", "one of ", "text"))
        assert default is not None
        assert 10 < len(line) < 160
        assert "\n" not in line


@everyone
def test_settings_are_frozen(name: str) -> None:
    algorithm: Algorithm = algorithm_of(name)
    for of, setting in SETTINGS:
        if of == name:
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(algorithm, setting, 1)


@everyone
def test_progress_comes_to_its_end_and_never_goes_back(name: str) -> None:
    told: list[tuple[str, int, int]] = []
    ratings, catalogue = world()
    algorithm = algorithm_of(name, BASE.get(name, {}))
    algorithm.fit(ratings, catalogue, lambda *step: told.append(step))
    assert bool(told) == (name not in AT_ONCE), "name there what needs no progress"
    if name in AT_ONCE:
        return
    assert told[-1][1] == told[-1][2] > 0
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
    assert all(step and 0 <= done <= total for step, done, total in told)


@everyone
def test_a_fitted_model_is_frozen(name: str, plain: dict[str, Ranker]) -> None:
    model = plain[name]
    assert dataclasses.is_dataclass(model)
    for field in dataclasses.fields(model):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(model, field.name, np.zeros(1))
