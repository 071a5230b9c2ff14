"""The demonstration: the main job on the books that come with the package."""

from __future__ import annotations

import json
import socket
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.running import in_subprocess
from readalike.datasets.sample import read_sample
from readalike.demonstration import BOOK, COMPARED, GIVEN, READER, Demo, demo
from readalike.model_folder import card as modelcard
from readalike.model_folder import store
from readalike.training import train


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "model"


@pytest.fixture(scope="module")
def shown(folder: Path) -> Demo:
    """Run once, where nothing can reach a network."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("the demonstration must not use the network")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", refuse)
        patched.setattr(socket, "getaddrinfo", refuse)
        return demo(folder)


def test_the_shelf_is_the_readers_own_best_first(shown: Demo) -> None:
    data = read_sample()
    items, stars = data.ratings.histories.row(data.ratings.users.ids.index(READER))
    assert {book.book_id for book, _ in shown.shelf} == {data.catalogue.books.ids[i] for i in items}
    given = [s for _, s in shown.shelf if s is not None]
    assert given == sorted((float(s) for s in stars if not np.isnan(s)), reverse=True)
    assert [s for _, s in shown.shelf][len(given) :] == [None] * (len(shown.shelf) - len(given))


def test_the_recommendations_are_personal_unread_and_explained(shown: Demo) -> None:
    read = {book.book_id for book, _ in shown.shelf}
    assert shown.recommended.source == "personal"
    assert len(shown.recommended) == 8
    for item in shown.recommended:
        assert item.book.book_id not in read
        assert item.reasons
        assert {reason.book.book_id for reason in item.reasons} <= read


def test_books_like_dune_are_of_its_kind(shown: Demo) -> None:
    assert len(shown.similar) == 5
    assert BOOK not in [item.book.title for item in shown.similar]
    assert "Frank Herbert" in shown.similar.items[0].book.authors


def test_the_default_beats_popularity_by_a_margin_and_not_by_a_cheat(shown: Demo) -> None:
    """Two-sided: simulated tastes can be learnt, but nobody can foresee what is drawn."""
    for given in GIVEN:
        means = {
            name: shown.report.result(name, given).estimates["ndcg@10"].mean for name in COMPARED
        }
        assert 1.5 * means["popularity"] < means["blend"] < 4 * means["popularity"]
        assert 0.15 < means["blend"] < 0.40
        assert means["blend"] > means["notebook"]
        surely = shown.report.compare("blend", "popularity", given=given)
        assert surely.difference.low > 0, "no chance of the draw"


def test_the_readers_judged_are_a_tenth_kept_from_training(shown: Demo) -> None:
    assert shown.report.protocol == "new-readers"
    for result in shown.report.results:
        assert len(result.readers) + sum(result.left_out.values()) == 300
        assert {int(reader.removeprefix("reader-")) % 10 for reader in result.readers} == {1}


def test_it_says_that_the_readers_are_simulated(shown: Demo) -> None:
    assert any("readers are simulated" in line for line in shown.trained.dataset.intake.lines())


def test_the_model_is_there_to_be_tried(shown: Demo, folder: Path) -> None:
    assert not shown.trained.loaded
    assert modelcard.read_card(folder).algorithm == COMPARED[0]
    answer = store.load(folder).recommend(reader=READER, n=8).as_dict()
    assert answer == shown.recommended.as_dict()


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_times(v) for k, v in value.items() if not k.endswith("seconds")}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def test_the_same_output_in_another_process(shown: Demo, tmp_path: Path) -> None:
    words = ("demo", "--model", tmp_path / "m", "--json")
    other = in_subprocess(*words, env={"PYTHONHASHSEED": "7"}).json
    mine = json.loads(json.dumps(shown.as_dict()))
    assert without_times(other) == without_times(mine)


def test_nothing_is_saved_where_no_folder_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("readalike.demonstration.evaluate", lambda *args, **kwargs: None)
    monkeypatch.setattr("readalike.demonstration.train", partial(train, predictor=None))
    demo()
    assert list(tmp_path.iterdir()) == []
