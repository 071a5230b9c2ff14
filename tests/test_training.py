"""From a table of ratings to a model folder, and back without either."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import readalike
from cli.running import SIZE, book_id, write_books, write_world
from readalike.errors import ModelError, SettingError
from readalike.model_folder import card as modelcard
from readalike.training import Trained, train
from shapes import edit_card


@pytest.fixture
def world(tmp_path: Path) -> Path:
    return write_world(tmp_path / "world")


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The algorithms that were fitted, in order."""
    fitted: list[str] = []
    real = readalike.training._fitted

    def fitting(dataset: Any, algorithm: Any, *others: Any) -> Any:
        fitted.append(algorithm.name)
        return real(dataset, algorithm, *others)

    monkeypatch.setattr("readalike.training._fitted", fitting)
    return fitted


def again(world: Path, folder: Path, **changes: Any) -> Trained:
    return train(world, folder, **{"algorithm": "cosine", "predictor": "baseline", **changes})


def answer(trained: Trained) -> dict[str, Any]:
    return trained.recommender.recommend({book_id(2): 5, book_id(4): 3}, n=5).as_dict()


def test_the_same_data_and_settings_load_instead_of_fitting(
    world: Path, tmp_path: Path, fits: list[str]
) -> None:
    first = again(world, tmp_path / "m")
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "m").iterdir()}
    second = again(world, tmp_path / "m")
    assert fits == ["cosine"]
    assert (first.loaded, second.loaded, second.seconds) == (False, True, 0.0)
    assert first.seconds > 0
    assert answer(second) == answer(first)
    assert second.card == first.card
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "m").iterdir()} == before


def test_the_order_of_rows_and_of_settings_is_no_change(
    world: Path, tmp_path: Path, fits: list[str]
) -> None:
    again(world, tmp_path / "m", settings={"neighbours": 9, "star_slope": 0.5})
    again(world, tmp_path / "m", settings={"star_slope": "0.5", "neighbours": "9"})
    assert fits == ["cosine"]


Change = Callable[[Path], Mapping[str, Any]]


def one_more_rating(world: Path) -> Mapping[str, Any]:
    with (world / "ratings.csv").open("a") as more:
        more.write("0,b01,2\n")
    return {}


def another_star(world: Path) -> Mapping[str, Any]:
    file = world / "ratings.csv"
    file.write_text(file.read_text().replace("0,b02,4", "0,b02,5"))
    return {}


def another_title(world: Path) -> Mapping[str, Any]:
    file = world / "books.csv"
    file.write_text(file.read_text("utf-8").replace("Emma", "Anna"), "utf-8")
    return {}


CHANGES: dict[str, Change] = {
    "one more rating": one_more_rating,
    "another star": another_star,
    "another title": another_title,
    "another scale": lambda _: {"scale": "0..5"},
    "another setting": lambda _: {"settings": {"neighbours": 9}},
    "another algorithm": lambda _: {"algorithm": "popularity"},
    "without histories": lambda _: {"histories": False},
    "retrain": lambda _: {"retrain": True},
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_differs_is_fitted_anew(
    world: Path, tmp_path: Path, fits: list[str], name: str
) -> None:
    again(world, tmp_path / "m")
    changes = CHANGES[name](world)
    assert not again(world, tmp_path / "m", **changes).loaded
    assert len(fits) == 2
    if name != "retrain":
        assert again(world, tmp_path / "m", **changes).loaded


def test_a_model_of_another_version_is_fitted_anew(
    world: Path, tmp_path: Path, fits: list[str]
) -> None:
    again(world, tmp_path / "m")
    edit_card(tmp_path / "m", library_version="0.0.0")
    assert not again(world, tmp_path / "m").loaded
    assert modelcard.read_card(tmp_path / "m").library_version == readalike.__version__
    assert len(fits) == 2


DAMAGE: dict[str, Callable[[Path], object]] = {
    "half a card": lambda m: (m / "card.json").write_text('{"format": '),
    "no card": lambda m: (m / "card.json").unlink(),
    "no arrays": lambda m: next(m.glob("arrays*")).unlink(),
    "other bytes": lambda m: next(m.glob("catalogue*")).write_bytes(b"PAR1"),
    "no histories": lambda m: next(m.glob("histories*")).unlink(),
    "another number": lambda m: flip(next(m.glob("arrays*"))),
}


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_folder_is_fitted_anew(
    world: Path, tmp_path: Path, fits: list[str], name: str
) -> None:
    first = again(world, tmp_path / "m")
    DAMAGE[name](tmp_path / "m")
    mended = again(world, tmp_path / "m")
    assert not mended.loaded
    assert fits == ["cosine"] * 2
    assert answer(mended) == answer(first)
    assert again(world, tmp_path / "m").loaded
    assert len(list((tmp_path / "m").iterdir())) == 5


def test_a_folder_of_something_else_is_refused_before_the_work(
    world: Path, tmp_path: Path, fits: list[str]
) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "thesis.tex").write_text("")
    with pytest.raises(ModelError, match=r"thesis\.tex"):
        again(world, tmp_path / "m")
    with pytest.raises(ModelError, match="is a file"):
        again(world, tmp_path / "m" / "thesis.tex")
    assert fits == []


def test_a_wrong_setting_is_told_before_the_data_is_read(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="neighbours"):
        train(tmp_path / "no such file", algorithm="cosine", settings={"neighbours": 0})


def test_nothing_is_saved_where_no_folder_is_given(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trained = train(world, algorithm="popularity")
    assert not trained.loaded
    assert trained.card.data["readers"] == SIZE
    assert [p.name for p in tmp_path.iterdir()] == ["world"]


FRAMES: dict[str, Callable[[Path], Any]] = {
    "pandas": pd.read_csv,
    "polars": pl.read_csv,
    "Arrow": lambda path: pa.table(pl.read_csv(path).to_dict(as_series=False)),
    "a dict of columns": lambda path: pd.read_csv(path).to_dict("list"),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_table_goes_in_as_it_is(world: Path, name: str) -> None:
    """The notebook's own first lines: read_csv, then learn."""
    frame, books = FRAMES[name](world / "ratings.csv"), FRAMES[name](world / "books.csv")
    from_frame = train(frame, books=books, algorithm="cosine", predictor="baseline")
    from_files = train(world, algorithm="cosine", predictor="baseline")
    assert answer(from_frame) == answer(from_files)
    assert from_frame.card.data == from_files.card.data
    assert from_frame.recommender.recommend(reader=7, n=1).items[0].book.book_id == book_id(7)


def test_a_saved_model_alone_answers_anywhere(world: Path, tmp_path: Path) -> None:
    """Case 16: on another machine there is neither the data nor the path it was trained at."""
    trained = again(world, tmp_path / "m")
    moved = tmp_path / "elsewhere" / "copy"
    shutil.copytree(tmp_path / "m", moved)
    shutil.rmtree(world)
    shutil.rmtree(tmp_path / "m")
    assert trained.recommender.readers is not None
    loaded = readalike.load(moved)
    for reader in (0, 7, 29):
        alone, before = (
            each.recommend(reader=reader, n=4).as_dict() for each in (loaded, trained.recommender)
        )
        assert alone == before
        assert alone["recommendations"][0]["book_id"] == book_id(reader)
    found = loaded.similar("emma", 1).items[0].book
    assert found.title.startswith(("Tales of Dale", "Émile", "Faust", "Zoë"))
    assert found.authors


def test_without_a_table_of_books_titles_are_ids(tmp_path: Path) -> None:
    world = write_world(tmp_path / "bare", books=False)
    trained = again(world, tmp_path / "m")
    assert trained.dataset.books is None, "what the command line makes its one remark of"
    for recommender in (trained.recommender, readalike.load(tmp_path / "m")):
        first = recommender.recommend(reader=7, n=1).items[0]
        assert (first.book.book_id, first.book.name) == (book_id(7), book_id(7))
        assert recommender.similar(book_id(2), 1).items[0].book.name.startswith("b")
    named = again(world, tmp_path / "m", books=write_books(tmp_path / "books.csv"))
    assert not named.loaded
    assert readalike.load(tmp_path / "m").similar("Emma", 3).items


def test_what_was_read_can_be_trained_on_twice(world: Path) -> None:
    dataset = readalike.read(world)
    one, two = (train(dataset, algorithm=name, predictor=None) for name in ("popularity", "cosine"))
    assert one.dataset is two.dataset is dataset
    assert one.card.data == two.card.data


def test_progress_is_told(world: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    train(
        world,
        algorithm="notebook",
        settings={"epochs": 2},
        predictor="mf",
        progress=lambda *step: steps.append(step),
    )
    assert steps
    assert all(0 <= done <= total for _, done, total in steps)
    assert steps[-1][1] == steps[-1][2]


def test_as_dict_is_what_json_needs(world: Path, tmp_path: Path) -> None:
    import json

    told = again(world, tmp_path / "m").as_dict()
    assert json.loads(json.dumps(told))["data"] == told["data"]
    assert told["intake"]["files"][0]["holds"] == "ratings"


def test_fit_save_and_load_are_three_lines(world: Path, tmp_path: Path) -> None:
    fitted = readalike.fit(world, algorithm="cosine", settings={"star_slope": 0.5}, predictor=None)
    fitted.save(tmp_path / "m")
    loaded = readalike.load(tmp_path / "m")
    assert loaded.card is not None
    assert loaded.card.algorithm == "cosine"
    assert loaded.card.settings["star_slope"] == 0.5
    assert loaded.recommend(reader=7).as_dict() == fitted.recommend(reader=7).as_dict()
    how = {"settings": {"star_slope": 0.5}, "predictor": None}
    assert again(world, tmp_path / "m", **how).loaded, "as train would have made it"
    assert readalike.save(fitted, tmp_path / "other", histories=False) == tmp_path / "other"
    assert readalike.load(tmp_path / "other").readers is None


def test_an_algorithm_is_named_or_given_with_its_settings(world: Path) -> None:
    given = readalike.algorithm_of("cosine", {"star_slope": 0.5})
    dataset = readalike.read(world)
    named = readalike.fit(dataset, algorithm="cosine", settings={"star_slope": 0.5}, predictor=None)
    assert readalike.fit(dataset, algorithm=given, predictor=None).card == named.card
    wrongs: tuple[dict[str, Any], ...] = (
        {"algorithm": given, "settings": {"star_slope": 1.0}},
        {"predictor": None},
    )
    for wrong in wrongs:
        with pytest.raises(SettingError, match="settings go with the name"):
            readalike.fit(dataset, **{"predictor_settings": {"sweeps": 3}, **wrong})
