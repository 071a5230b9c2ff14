"""How many stars: the library's answers to one reader."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from models.starmodels import N, model
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.ratings import Ratings
from readalike.data.scale import RatingScale
from readalike.data.vocabulary import Vocabulary
from readalike.errors import InputError, ModelError, SettingError, UnknownBook, UnknownReader
from readalike.model_folder import store
from readalike.model_folder.card import read_card
from readalike.models import ItemItem, ItemScores, StarFactors
from readalike.models.starfactors import DESCRIBED, RATED, UNKNOWN
from readalike.recommend.card import Card
from readalike.recommend.dials import Dials
from readalike.recommend.recommender import Recommender
from readalike.recommend.request import Constraints
from readalike.recommend.results import Forecast, Forecaster
from readalike.recommend.rules import Rules
from shapes import edit_card
from strategies import same_bits

IDS = tuple(f"b{i}" for i in range(N))
FIVE = RatingScale(1, 5, 1)
CARD = Card(algorithm="ridge", settings={}, data={})


def recommender(predictor: StarFactors | None = None, **columns: object) -> Recommender:
    books = Vocabulary.of(IDS)
    catalogue = Catalogue.of(books, titles=tuple(f"Book {i}" for i in range(N)), **columns)
    links = np.random.default_rng(1).random((N, N)).astype(np.float32)
    readers = Ratings(
        Histories.of_rows([([0, 1], [5, 2]), ([], [])], N),
        Vocabulary.of(["ann", "new"]),
        books,
        FIVE,
    )
    return Recommender(
        model=ItemItem.of_layers([sp.csr_array(links)]),
        catalogue=catalogue,
        scale=FIVE,
        popularity=ItemScores(np.arange(N, 0, -1).astype(np.float32), "readers"),
        readers=readers,
        forecaster=Forecaster(predictor or model(), catalogue, FIVE),
        card=CARD,
    )


def assert_same(one: Forecast, other: Forecast) -> None:
    assert one.book == other.book
    assert (one.stars, one.low, one.high) == pytest.approx((other.stars, other.low, other.high))
    assert one.chances == pytest.approx(other.chances)


def test_forecasts_are_the_models_in_the_order_asked() -> None:
    found = recommender().forecast(["b6", "b3"], {"b0": 5, "b1": 2})
    row = Histories.of_rows([([0, 1], [5.0, 2.0])], N)
    expected = model().distribution(row, np.zeros(2, int), np.array([6, 3]))
    assert [each.book.book_id for each in found] == ["b6", "b3"]
    assert [each.stars for each in found] == pytest.approx(expected.mean.tolist())
    assert list(found[0].chances.values()) == pytest.approx(expected.probabilities[0].tolist())
    low, high = expected.interval(0.8)
    assert [each.low for each in found] == pytest.approx(np.clip(low, 1, 5).tolist())
    assert [each.high for each in found] == pytest.approx(np.clip(high, 1, 5).tolist())


def test_a_stored_reader_is_the_reader_with_that_history() -> None:
    made = recommender()
    for stored, told in zip(
        made.forecast(IDS[2:], reader="ann"),
        made.forecast(IDS[2:], {"b0": 5, "b1": 2}),
        strict=True,
    ):
        assert_same(stored, told)


def test_the_parts_add_up_to_the_stars() -> None:
    for each in recommender().forecast(IDS, {"b0": 5, "b1": 2, "b2": None}):
        parts = each.usual + each.reader + sum(r.stars for r in each.reasons) + each.scale
        assert parts == pytest.approx(each.stars)
        assert each.basis == "personal"
        sizes = [abs(reason.stars) for reason in each.reasons]
        assert sizes == sorted(sizes, reverse=True)


def test_a_book_that_adds_no_stars_is_no_reason() -> None:
    made = recommender(model(2, d=0))
    (found,) = made.forecast(["b4"], {"b0": 5, "b1": None, "b2": 1})
    assert {reason.book.book_id for reason in found.reasons} == {"b0", "b2"}


def test_a_book_that_was_rated_is_forecast_as_if_it_had_not_been() -> None:
    made = recommender()
    (with_it,) = made.forecast(["b0"], {"b0": 1, "b1": 2})
    (without,) = made.forecast(["b0"], {"b1": 2})
    assert_same(with_it, without)
    assert "b0" not in {reason.book.book_id for reason in with_it.reasons}


def test_rating_one_more_book_moves_the_forecast() -> None:
    made = recommender(model(5, d=0))
    (before,) = made.forecast(["b4"], {"b0": 3})
    for stars, moved in ((5, 1), (1, -1)):
        (after,) = made.forecast(["b4"], {"b0": 3, "b1": stars, "b2": stars, "b3": stars})
        assert math.copysign(1, after.reader - before.reader) == moved


def test_of_a_stranger_it_is_said_what_the_forecast_comes_from() -> None:
    predictor = model()
    predictor.known[:3] = RATED, DESCRIBED, UNKNOWN
    found = recommender(predictor).forecast(["b0", "b1", "b2"], {})
    assert [each.basis for each in found] == ["book", "content", "mean"]
    for each, chances in zip(found, predictor.book_stars, strict=False):
        assert list(each.chances.values()) == pytest.approx(chances.tolist())
        assert each.reasons == ()
        assert each.usual == pytest.approx(each.stars)


def test_the_chance_of_so_many_stars_and_the_spread() -> None:
    (found,) = recommender().forecast(["b3"], {"b0": 5})
    assert found.at_least(4) == pytest.approx(found.chances[4.0] + found.chances[5.0])
    assert found.at_least(1) == pytest.approx(1)
    mean = sum(level * chance for level, chance in found.chances.items())
    variance = sum(chance * (level - mean) ** 2 for level, chance in found.chances.items())
    assert found.spread == pytest.approx(math.sqrt(variance))


def test_what_cannot_be_forecast_is_refused() -> None:
    made = recommender()
    with pytest.raises(UnknownBook, match="zzz"):
        made.forecast(["b0", "zzz"], {})
    with pytest.raises(UnknownReader):
        made.forecast(["b0"], reader="zoe")
    with pytest.raises(InputError, match="from 1 to 5"):
        made.forecast(["b0"], {"b1": 6})
    with pytest.raises(SettingError, match="one of the two"):
        made.forecast(["b0"])


def test_a_model_without_a_predictor_says_so() -> None:
    made = replace(recommender(), forecaster=None)
    for ask in (
        lambda: made.forecast(["b0"], {}),
        lambda: made.avoid({}),
        lambda: made.recommend({"b0": 5}, at_least=4),
    ):
        with pytest.raises(ModelError, match="forecasts no stars"):
            ask()
    assert made.recommend({"b0": 5}, 2).items[0].forecast is None


def test_a_list_shows_forecasts_and_keeps_its_own_order() -> None:
    made = recommender()
    with_stars = made.recommend({"b0": 5}, 5)
    without = replace(made, forecaster=None).recommend({"b0": 5}, 5)
    assert [i.book for i in with_stars] == [i.book for i in without]
    assert [i.score for i in with_stars] == [i.score for i in without]
    alone = made.forecast([i.book.book_id for i in with_stars], {"b0": 5})
    for item, forecast in zip(with_stars, alone, strict=True):
        assert item.forecast is not None
        assert_same(item.forecast, forecast)


def test_only_books_that_would_likely_get_so_many_stars() -> None:
    made = recommender()
    every = made.recommend({"b0": 5}, N)
    chances = {i.book.book_id: i.forecast.at_least(4) for i in every if i.forecast}
    sure = sorted(chances.values())[len(chances) // 2]
    found = made.recommend({"b0": 5}, N, at_least=4, sure=sure)
    kept = [i.book.book_id for i in every if chances[i.book.book_id] >= sure]
    assert [i.book.book_id for i in found] == kept
    assert 0 < len(kept) < len(chances)
    assert f"4 stars or more with {sure:.0%} probability" in found.note


def test_so_many_stars_are_sure_with_a_chance_of_eight_of_ten() -> None:
    made = recommender()
    told = made.recommend({"b0": 5}, N, at_least=3)
    assert told.as_dict() == made.recommend({"b0": 5}, N, at_least=3, sure=0.8).as_dict()
    assert "80% probability" in told.note
    assert Constraints.of(made.index).sure == 0.8
    nobody = np.zeros(0, np.int64)
    assert Constraints(excluded=nobody, rules=Rules(), dials=Dials().placed(made.index)).sure == 0.8
    every = made.recommend({"b0": 5}, N, at_least=1, sure=0)
    assert len(every) == N - 1
    assert len(made.recommend({"b0": 5}, N, at_least=5, sure=1)) == 0


def test_a_wish_that_cannot_be_is_refused() -> None:
    made = recommender()
    with pytest.raises(SettingError, match=r"sure must be a probability from 0 to 1, got 1\.5"):
        made.recommend({"b0": 5}, at_least=4, sure=1.5)
    with pytest.raises(InputError, match="from 1 to 5"):
        made.recommend({"b0": 5}, at_least=9)


def test_books_to_avoid_are_popular_unread_and_forecast_low() -> None:
    made = recommender()
    stars = {each.book.book_id: each.stars for each in made.forecast(IDS, {"b0": 5})}
    # popularity falls with the number of the book
    found = made.avoid({"b0": 5}, 3, among=5)
    expected = sorted((f"b{i}" for i in range(1, 6)), key=stars.__getitem__)[:3]
    assert [each.book.book_id for each in found] == expected
    every = made.avoid(reader="ann", n=100)
    assert {each.book.book_id for each in every} == set(IDS) - {"b0", "b1"}
    with pytest.raises(SettingError, match="at least 1"):
        made.avoid({"b0": 5}, 0)


def test_other_editions_of_a_read_work_are_not_warned_of() -> None:
    works = tuple("w" if i in (0, 3) else "" for i in range(N))
    found = recommender(work_ids=works).avoid({"b0": 5}, N)
    assert "b3" not in {each.book.book_id for each in found}


def test_a_saved_predictor_forecasts_the_same(tmp_path: Path) -> None:
    made = recommender()
    card = replace(CARD, predictor={"name": "bayes", "settings": {"sweeps": 3}})
    folder = replace(made, card=card).save(tmp_path / "m")
    loaded = store.load(folder)
    assert loaded.forecaster is not None
    assert made.forecaster is not None
    for name, array in made.forecaster.model.arrays().items():
        assert same_bits(array, loaded.forecaster.model.arrays()[name])
    assert loaded.forecast(IDS, {"b0": 5}) == made.forecast(IDS, {"b0": 5})
    assert read_card(folder).predictor == {"name": "bayes", "settings": {"sweeps": 3}}


def test_a_folder_without_a_predictor_has_none(tmp_path: Path) -> None:
    made = replace(recommender(), forecaster=None)
    folder = made.save(tmp_path / "m")
    assert store.load(folder).forecaster is None
    assert read_card(folder).predictor is None
    assert not list(folder.glob("predictor*"))


def test_a_predictor_is_saved_whatever_the_card_says_of_it(tmp_path: Path) -> None:
    made = recommender()
    loaded = store.load(made.save(tmp_path / "m"))
    assert loaded.forecast(IDS, {"b0": 5}) == made.forecast(IDS, {"b0": 5})


def test_who_wants_no_forecasts_need_not_load_them(tmp_path: Path) -> None:
    folder = recommender().save(tmp_path / "m")
    (predictor,) = folder.glob("predictor*")
    predictor.unlink()
    loaded = store.load(folder, forecasts=False)
    assert loaded.forecaster is None
    assert loaded.readers is not None
    with pytest.raises(ModelError, match="is missing"):
        store.load(folder)


def test_a_predictor_that_is_replaced_leaves_no_file(tmp_path: Path) -> None:
    folder = recommender().save(tmp_path / "m")
    (first,) = folder.glob("predictor*")
    recommender(model(9)).save(folder)
    (second,) = folder.glob("predictor*")
    assert first.name != second.name
    second.write_bytes(b"")
    with pytest.raises(ModelError, match=r"predictor.* is not what was saved"):
        store.load(folder)


def test_a_model_of_format_1_is_replaced_with_all_its_files(
    tmp_path: Path,
) -> None:
    folder = recommender().save(tmp_path / "m")
    (file,) = folder.glob("predictor*")
    old = file.rename(file.with_name(file.name.replace("predictor", "rater")))
    files = json.loads((folder / "card.json").read_text())["files"]
    files["rater"] = files.pop("predictor") | {"name": old.name}
    edit_card(folder, files=files, format_version=1)
    with pytest.raises(ModelError, match=r"model format 1 .* train it again$"):
        store.load(folder)
    recommender().save(folder)
    assert not old.exists()
    assert store.load(folder).forecaster is not None


def test_json_says_everything() -> None:
    (found,) = recommender().forecast(["b3"], {"b0": 5, "b1": 2})
    plain = found.as_dict()
    assert plain["book_id"] == "b3"
    assert plain["chances"].keys() == {"1", "2", "3", "4", "5"}
    assert plain["basis"] == "personal"
    assert [reason["book_id"] for reason in plain["reasons"]] == [
        reason.book.book_id for reason in found.reasons
    ]
