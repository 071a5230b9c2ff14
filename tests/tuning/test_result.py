"""What a search says of its trials, and the file of the settings that were found."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from readalike.algorithms.settings import Range
from readalike.errors import SettingError
from readalike.numerics.intervals import mean_interval, paired
from readalike.tuning import read_tuned, write_tuned
from readalike.tuning.result import SHOWN, plain
from readalike.version import __version__
from tuning.searching import NDCG, RMSE, trial, tuned_of


def test_the_value_of_accuracy_is_the_mean_over_its_readers() -> None:
    assert NDCG.value(np.array([0.0, 0.5, 1.0])) == 0.5
    assert math.isnan(trial(1, {}, None).value)


def test_the_best_is_the_highest_and_the_earliest_of_equals() -> None:
    tuned = tuned_of(0.2, 0.3, None, 0.4, 0.4)
    assert tuned.best.number == 3
    assert tuned.better
    assert tuned.settings == {"least_common": 2, "star_slope": 0.6, "neighbours": 103}
    assert tuned.changed == {"neighbours": 103}
    assert tuned.failed == 1


def test_the_defaults_win_a_tie() -> None:
    tuned = tuned_of(0.4, 0.4, 0.1)
    assert not tuned.better
    assert tuned.best is tuned.defaults
    assert tuned.changed == {}
    assert tuned.settings["neighbours"] == 100
    assert tuned.gain.difference == (0.0, 0.0, 0.0)


def test_the_gain_is_paired_over_readers() -> None:
    random = np.random.default_rng(0)
    first, second = random.random(50), random.random(50) + 0.2
    pair = tuple(
        replace(trial(number, {"neighbours": 100 + number}, NDCG.value(values)), values=values)
        for number, values in enumerate((first, second))
    )
    tuned = replace(tuned_of(), trials=pair, seed=4)
    assert tuned.gain == paired(second, first, 4)
    how = tuned.how()
    assert how["gain"]["mean"] == pytest.approx(np.mean(second - first))
    assert how["gain"]["wins"] == np.mean(second > first)
    assert how["value"] == mean_interval(second, 4)._asdict()
    assert how["defaults"] == mean_interval(first, 4)._asdict()
    assert (how["trials"], how["trial"], how["readers"], how["better"]) == (2, 1, 50, True)


def test_trials_are_ranked_best_first_without_the_failed_ones() -> None:
    tuned = tuned_of(0.2, None, 0.5, 0.3, 0.5)
    assert [t.number for t in tuned.ranked(9)] == [2, 4, 3, 0]
    assert [t.number for t in tuned.ranked(2)] == [2, 4]


def test_the_lower_error_is_the_better_and_the_defaults_win_a_tie() -> None:
    tuned = tuned_of(0.9, 0.8, None, 0.7, 0.7, 0.95, objective=RMSE)
    assert tuned.best.number == 3
    assert [t.number for t in tuned.ranked(9)] == [3, 4, 1, 0, 5]
    assert tuned_of(0.8, 0.8, 0.9, objective=RMSE).better is False


def test_everything_is_plain_json() -> None:
    tuned = tuned_of(*[0.01 * n for n in range(30)], None, importance={"neighbours": 1.0})
    told = json.loads(json.dumps(tuned.as_dict(), allow_nan=False))
    assert told["algorithm"] == "cosine"
    assert told["settings"]["neighbours"] == 129
    assert told["searched"] == {"neighbours": {"low": 20, "high": 1000, "log": True}}
    assert told["importance"] == {"neighbours": 1.0}
    assert [t["trial"] for t in told["best_trials"]] == list(range(29, 29 - SHOWN, -1))
    assert told["failures"] == [{"trial": 30, "tried": {"neighbours": 130}, "why": "it went wrong"}]
    assert told["found"]["failed"] == 1
    assert told["found"]["seconds"] == pytest.approx(31 * 0.5)
    assert told["found"]["data"] == {"ratings": "ab", "task": "cd"}


def test_where_was_looked_is_plain_too() -> None:
    assert plain(Range(1.0, 2.0)) == {"low": 1.0, "high": 2.0, "log": False}
    assert plain((False, True)) == [False, True]


# The file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "found.json"
    write_tuned(tuned_of(0.2, 0.3), path)
    return path


def changed(file: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    text = json.loads(file.read_text())
    change(text)
    file.write_text(json.dumps(text))
    return file


def test_what_is_written_is_read(file: Path) -> None:
    tuned = tuned_of(0.2, 0.3)
    found = read_tuned(file)
    assert (found.kind, found.name) == ("algorithm", "cosine")
    assert found.settings == tuned.settings
    assert found.how == tuned.how()


def test_the_file_says_what_it_is_and_who_wrote_it(file: Path) -> None:
    text = json.loads(file.read_text())
    assert (text["format"], text["format_version"]) == ("readalike-tuning", 2)
    assert text["library_version"] == __version__
    assert text.items() >= tuned_of(0.2, 0.3).as_dict().items()


def test_a_newer_search_replaces_it_and_leaves_nothing_beside_it(file: Path) -> None:
    write_tuned(tuned_of(0.2, 0.1, 0.5), file)
    assert read_tuned(file).settings["neighbours"] == 102
    assert [p.name for p in file.parent.iterdir()] == ["found.json"]


def test_a_failed_write_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = file.read_bytes()

    def full(path: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(SettingError, match=r"found\.json: cannot be written \(No space left"):
        write_tuned(tuned_of(0.2, 0.1, 0.5), file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    ["user_id,book_id\n1,2\n", "[]", '{"format": "readalike-model"}', "[" * 100_000],
)
def test_another_file_is_neither_read_nor_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "precious.csv"
    path.write_text(text)
    with pytest.raises(SettingError, match="must be a file of found settings"):
        read_tuned(path)
    with pytest.raises(SettingError, match="must be a file of found settings"):
        write_tuned(tuned_of(0.2), path)
    assert path.read_text() == text


def test_a_file_that_is_not_there_is_told_with_the_command_that_writes_it(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"none\.json: there is no such .*'readalike tune PATH"):
        read_tuned(tmp_path / "none.json")
    with pytest.raises(SettingError, match="must be a file of found settings, got a folder"):
        read_tuned(tmp_path)


def test_a_folder_that_is_not_there_is_told_before_the_search(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="must be a folder that is there"):
        write_tuned(tuned_of(0.2), tmp_path / "none" / "found.json")


def test_a_newer_format_is_refused_in_words(file: Path) -> None:
    changed(file, lambda text: text.update(format_version=3, library_version="9.9"))
    wanted = r"has format 3 \(written by readalike 9\.9\).* install a newer .* tune again"
    with pytest.raises(SettingError, match=wanted):
        read_tuned(file)


def test_of_the_format_before_it_is_said_to_tune_again_into_another_file(file: Path) -> None:
    """It calls a predictor `rater`, and a setting of blend `kin`."""
    changed(file, lambda text: text.update(format_version=1))
    wanted = r"has format 1 .* reads format 2; tune again with another --out FILE\.json$"
    for use in (read_tuned, lambda path: write_tuned(tuned_of(0.2), path)):
        with pytest.raises(SettingError, match=wanted):
            use(file)


@pytest.mark.parametrize("part", ["algorithm", "settings", "found"])
@pytest.mark.parametrize("value", [None, 3])
def test_a_damaged_file_is_refused_in_words(file: Path, part: str, value: object) -> None:
    changed(file, lambda text: text.update({part: value}))
    with pytest.raises(SettingError, match="damaged file of found settings"):
        read_tuned(file)
