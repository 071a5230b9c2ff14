from __future__ import annotations

import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from evaluation.data_sets import sample
from evaluation.rankers import (
    Making,
    Scored,
    books_of,
    chance,
    popular_world,
    popularity,
    ratings_of,
)
from readalike.data.ratings import Ratings
from readalike.errors import MissingExtra, SettingError
from readalike.evaluation import Measure, NewReaders, NotebookSplit, Report, evaluate
from readalike.evaluation.run import tie_order_by_id

N_BOOKS = 100
OLD = ratings_of(popular_world(100, N_BOOKS, "old", 0), books_of(N_BOOKS))
NEW = ratings_of(popular_world(80, N_BOOKS, "new", 1), books_of(N_BOOKS))


@pytest.fixture(scope="module")
def report() -> Report:
    return evaluate(
        OLD, {"popular": popularity(), "chance": chance()}, NewReaders(NEW, (5, 20)), seed=1
    )


def test_the_plain_form_has_every_result(report: Report) -> None:
    plain = json.loads(json.dumps(report.as_dict()))
    assert plain["protocol"] == "new-readers"
    assert [(r["algorithm"], r["given"]) for r in plain["results"]] == [
        ("popular", 5), ("popular", 20), ("chance", 5), ("chance", 20)
    ]  # fmt: skip
    first = plain["results"][0]
    assert list(first["measures"]) == [
        "ndcg@10", "p@10", "recall@10", "recall@20", "hit@10", "mrr@10", "map@10",
        "novelty@10", "lift@10", "long_tail_share@10",
    ]  # fmt: skip
    assert list(first["catalogue"]) == ["coverage@10", "gini@10"]
    assert {each["by"] for each in first["segments"]} == {
        "history length", "popularity of the right answers", "stars given"
    }  # fmt: skip
    assert set(first["segments"][0]) == {"by", "segment", "readers", "measures"}
    assert set(first["measures"]["ndcg@10"]) == {"mean", "low", "high"}
    assert first["readers"] + sum(first["left_out"].values()) == 80
    assert first["fit_seconds"] >= 0
    assert "forecasts" not in first


def test_means_are_of_the_values_of_each_reader(report: Report) -> None:
    result = report.result("popular", 5)
    mean, low, high = result.estimates["p@10"]
    assert mean == pytest.approx(result.column("p@10").mean())
    assert mean == pytest.approx(result.column(Measure("p", 10)).mean())
    assert low < mean < high
    assert result.values.shape == (len(result.readers), 10)
    assert list(result.readers) == sorted(result.readers)


def test_two_algorithms_are_compared_reader_by_reader(report: Report) -> None:
    found = report.compare("popular", "chance", "p@10", given=5)
    one, other = report.result("popular", 5), report.result("chance", 5)
    difference = one.column("p@10") - other.column("p@10")
    assert found.difference.mean == pytest.approx(difference.mean())
    assert found.wins == pytest.approx(np.mean(difference > 0))
    assert found.certain
    back = report.compare("chance", "popular", "p@10", given=5)
    assert back.difference.mean == pytest.approx(-found.difference.mean)
    assert (back.wins, back.losses) == (found.losses, found.wins)


def test_a_result_that_is_not_there_or_not_one_is_refused(report: Report) -> None:
    with pytest.raises(SettingError, match="must be of popular given 5, popular given 20"):
        report.result("ease", 5)
    with pytest.raises(SettingError, match="one result must be meant"):
        report.result("popular")
    with pytest.raises(SettingError, match=r"ndcg@7 was not measured: must be one of ndcg@10"):
        report.result("popular", 5).column("ndcg@7")


def test_a_report_knows_its_algorithms_lengths_and_measures(report: Report) -> None:
    one, other = report.results[0], report.results[3]
    assert report.algorithms == ("popular", "chance")
    assert report.lengths == (5, 20)
    assert report.at(20) == (report.result("popular", 20), report.result("chance", 20))
    assert report.measures == tuple(one.estimates)
    assert report.forecasters == ()
    odd = [replace(one, given=None), replace(one, given=0), replace(other, measures=())]
    assert replace(report, results=(*odd[::-1],)).lengths == (None, 0, 20)


def test_a_report_holds_each_result_once_and_at_least_one(report: Report) -> None:
    with pytest.raises(SettingError, match="at least one result, got none"):
        replace(report, results=())
    with pytest.raises(SettingError, match="each result once, got 'popular' twice"):
        replace(report, results=(*report.results, report.results[1]))


def test_a_table_of_pandas_has_a_row_for_each_result_and_measure(report: Report) -> None:
    table = report.to_pandas()
    assert list(table) == ["algorithm", "given", "measure", "value", "low", "high", "readers"]
    assert len(table) == sum(len(r.estimates) + len(r.catalogue) for r in report.results)
    rows = {(r["algorithm"], r["given"], r["measure"]): r for r in table.to_dict("records")}
    result = report.result("chance", 20)
    accuracy, gini = (rows["chance", 20, name] for name in ("ndcg@10", "gini@10"))
    assert [accuracy[end] for end in ("value", "low", "high")] == [*result.estimates["ndcg@10"]]
    assert gini["value"] == result.catalogue["gini@10"]
    assert np.isnan([gini["low"], gini["high"]]).all()
    assert accuracy["readers"] == gini["readers"] == len(result.readers)
    assert [str(kind) for kind in table.dtypes[["given", "value", "low"]]] == [
        "Int64", "float64", "float64"
    ]  # fmt: skip


def test_without_pandas_the_extra_is_named(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"a table of pandas needs .*readalike\[pandas\]"):
        report.to_pandas()


def test_the_data_is_known_by_its_fingerprint(report: Report) -> None:
    assert report.data["ratings"] == OLD.fingerprint()
    other = evaluate(OLD, {"popular": popularity()}, NewReaders(NEW, (5,)))
    assert report.data["task"] != other.data["task"]
    assert report.data["ratings"] == other.data["ratings"]


def test_each_algorithm_is_fitted_once_and_progress_is_told() -> None:
    fits: list[int] = []
    notes: list[tuple[str, int, int]] = []

    def make(ratings: Ratings) -> Scored:
        fits.append(1)
        return Scored(N_BOOKS, lambda h: np.zeros((len(h), N_BOOKS), np.float32))

    evaluate(
        OLD,
        {"it": Making(make)},
        NewReaders(NEW, (1, 2, 3)),
        progress=lambda step, done, total: notes.append((step, done, total)),
    )
    assert len(fits) == 1
    assert notes[0] == ("it: making", 1, 1)
    steps = [step for step, done, total in notes[1:] if done == total]
    assert steps == [f"it: ranking given {h}" for h in (1, 2, 3)]


def test_measures_asked_for_are_those_measured() -> None:
    found = evaluate(OLD, {"p": popularity()}, NewReaders(NEW, (5,)), measures=["hit@1", "mrr@50"])
    assert list(found.results[0].estimates) == ["hit@1", "mrr@50"]
    assert list(found.results[0].catalogue) == ["coverage@10", "gini@10"]
    both = ["gini@3", "hit@1"]
    found = evaluate(OLD, {"p": popularity()}, NewReaders(NEW, (5,)), measures=both)
    assert list(found.results[0].estimates) == ["hit@1"]
    assert list(found.results[0].catalogue) == ["gini@3"]
    with pytest.raises(SettingError, match="must be one of ndcg"):
        evaluate(OLD, {"p": popularity()}, NewReaders(NEW, (5,)), measures=["auc"])


def test_popularity_gives_exactly_these_figures(report: Report) -> None:
    """Those of a loop over readers: the ruler is checked before it is trusted."""
    drawn = tie_order_by_id(OLD.items, seed=1)
    order = drawn[np.argsort(-OLD.item_counts[drawn], kind="stable")]
    found = []
    for row in range(len(NEW.users)):
        books, stars = NEW.histories.row(row)
        liked = set(books[5:][stars[5:] >= 4].tolist())
        listed = [int(book) for book in order if book not in books[:5]]
        if liked:
            found.append(len(liked & set(listed[:20])) / len(liked))
    assert report.result("popular", 5).estimates["recall@20"].mean == pytest.approx(
        np.mean(found), abs=1e-12
    )


def test_how_long_lists_are_does_not_change_a_figure(report: Report) -> None:
    """Lists are as long as the longest cut; a shorter one looks at their beginning only."""
    queries = ["ndcg@10", "novelty@10", "coverage@10", "recall@99"]
    long = evaluate(
        OLD, {"popular": popularity()}, NewReaders(NEW, (5, 20)), measures=queries, seed=1
    )
    for name in ("ndcg@10", "novelty@10"):
        one, other = long.result("popular", 5), report.result("popular", 5)
        assert np.array_equal(one.column(name), other.column(name))
    assert long.result("popular", 5).catalogue["coverage@10"] == other.catalogue["coverage@10"]


def test_popularity_lists_what_is_known_and_little_else(report: Report) -> None:
    """It is the extreme of every measure of popularity; chance is far from it."""
    popular, drawn = report.result("popular", 5), report.result("chance", 5)
    for name in ("novelty@10", "long_tail_share@10"):
        assert popular.estimates[name].high < drawn.estimates[name].low
    assert popular.estimates["lift@10"].low > 0 > drawn.estimates["lift@10"].high
    assert popular.catalogue["coverage@10"] < 0.2 < 0.9 < drawn.catalogue["coverage@10"]
    assert drawn.catalogue["gini@10"] < 0.5 < 0.8 < popular.catalogue["gini@10"] < 1


def test_novelty_of_popularity_is_that_of_a_loop_over_readers(report: Report) -> None:
    drawn = tie_order_by_id(OLD.items, seed=1)
    order = drawn[np.argsort(-OLD.item_counts[drawn], kind="stable")]
    result = report.result("popular", 5)
    listed_books = set()
    for at, reader in enumerate(result.readers):
        index = NEW.users.index(reader)
        assert index is not None
        notes = NEW.histories.row(index)[0][:5]
        listed = [int(book) for book in order if book not in notes][:10]
        listed_books |= set(listed)
        bits = [-np.log2(max(OLD.item_counts[book], 1) / len(OLD.users)) for book in listed]
        assert result.column("novelty@10")[at] == pytest.approx(np.mean(bits))
        counts, theirs = OLD.item_counts[listed].mean(), OLD.item_counts[notes].mean()
        assert result.column("lift@10")[at] == pytest.approx((counts - theirs) / theirs)
    assert result.catalogue["coverage@10"] == len(listed_books) / N_BOOKS


def test_a_measure_of_unknown_authors_is_refused_before_anything_is_fitted() -> None:
    def make(ratings: Ratings) -> Scored:
        raise AssertionError("fitted")

    with pytest.raises(SettingError, match="same_author@5 needs authors of the books"):
        evaluate(OLD, {"it": Making(make)}, NewReaders(NEW, (5,)), measures=["same_author@5"])


def test_a_data_set_with_authors_series_and_tags_is_measured_by_all() -> None:
    found = evaluate(sample(), {"popular": popularity()}, NotebookSplit(), seed=2)
    result = found.result("popular")
    for name in ("intra_list_similarity@10", "same_series@10", "same_author@10"):
        assert 0 < result.estimates[name].mean < 1
    drawn = evaluate(sample(), {"chance": chance()}, NotebookSplit(), seed=2).result("chance")
    for name in ("intra_list_similarity@10", "same_author@10"):
        assert drawn.estimates[name].mean < result.estimates[name].mean


def test_a_learning_curve_is_by_what_the_model_was_told(report: Report) -> None:
    curve = report.curve("popular", "recall@20")
    assert list(curve) == [5, 20]
    assert curve[20] == report.result("popular", 20).estimates["recall@20"]
    backwards = evaluate(OLD, {"popular": popularity()}, NewReaders(NEW, (20, 5)), seed=1)
    assert backwards.curve("popular", " Recall@20 ") == curve
    assert list(backwards.curve("popular")) == [5, 20]


def test_a_curve_that_is_not_there_is_refused(report: Report) -> None:
    with pytest.raises(SettingError, match="got 'ease': must be one of chance, popular"):
        report.curve("ease")
    with pytest.raises(SettingError, match="ndcg@7 was not measured"):
        report.curve("popular", "ndcg@7")
    split = evaluate(sample(), {"popular": popularity()}, NotebookSplit())
    with pytest.raises(SettingError, match="must be one of none in this report"):
        split.curve("popular")


def test_one_estimate_is_asked_for_by_name(report: Report) -> None:
    result = report.result("popular", 5)
    assert result.estimate("p@10") == result.estimates["p@10"]
    assert result.estimate(" P@10") == result.estimate(Measure("p", 10))
    with pytest.raises(SettingError, match="a measure must be one of"):
        result.estimate("rmse")
