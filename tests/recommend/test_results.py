"""A list is a sequence, a data frame, a table in a notebook, and no more than is wanted."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from libraries.exports import GOODREADS, goodreads, table, write
from readalike.datasets.sample import read_sample
from readalike.errors import SettingError, UnknownBook
from readalike.libraries.reading import read_library
from readalike.models.interface import Shares
from readalike.recommend.recommender import Recommender
from readalike.recommend.results import Recommendations
from readalike.recommend.rules import BOOK_SENSE
from readalike.training import fit


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return fit(read_sample(readers=200), algorithm="cosine", predictor="baseline")


@pytest.fixture(scope="module")
def history(recommender: Recommender) -> dict[str, float]:
    return dict(zip(recommender.catalogue.books.ids, (5, 4, 2), strict=False))


@pytest.fixture(scope="module")
def listed(recommender: Recommender, history: dict[str, float]) -> Recommendations:
    return recommender.recommend(history, n=6)


def test_a_list_is_a_sequence(listed: Recommendations) -> None:
    assert isinstance(listed, Sequence)
    assert len(listed) == 6
    assert listed[0].rank == 1
    assert [item.rank for item in listed[1:3]] == [2, 3]
    assert listed[-1] is list(listed)[5]
    assert listed[2] in listed
    with pytest.raises(IndexError):
        listed[6]


def test_dicts_are_the_plain_json_of_the_books(listed: Recommendations) -> None:
    assert listed.to_dicts() == listed.as_dict()["recommendations"]
    assert json.loads(json.dumps(listed.to_dicts())) == listed.to_dicts()


def test_a_data_frame_has_a_row_a_book(listed: Recommendations) -> None:
    frame = listed.to_pandas()
    assert list(frame.columns) == [
        "rank", "book_id", "title", "authors", "year", "score", "stars", "because_of",
    ]  # fmt: skip
    assert frame["book_id"].tolist() == [item.book.book_id for item in listed]
    assert frame["score"].tolist() == [item.score for item in listed]
    forecasts = [item.forecast for item in listed]
    assert frame["stars"].tolist() == [each.stars for each in forecasts if each]
    assert frame["because_of"][0].split("; ")[0] == listed[0].reasons[0].book.name


def test_no_books_make_a_data_frame_without_rows(recommender: Recommender) -> None:
    empty = recommender.recommend({}, among=[])
    assert (len(empty), empty.to_pandas().shape) == (0, (0, 8))


def test_a_notebook_shows_a_table(listed: Recommendations) -> None:
    page = listed._repr_html_()
    assert page.count("<tr>") == 1 + len(listed)
    for item in listed:
        assert item.book.title.partition("'")[0].partition("&")[0] in page


def test_a_notebook_shows_stars_three_reasons_and_the_note(listed: Recommendations) -> None:
    first = listed[0]
    (reason, *_), forecast = first.reasons, first.forecast
    assert forecast is not None
    books = [replace(first.book, title=f"Because {n}") for n in range(4)]
    reasons = tuple(reason._replace(book=book) for book in books)
    page = replace(listed, items=(replace(first, reasons=reasons),), note="few")._repr_html_()
    cells = re.findall("<td>(.*?)</td>", page)
    assert cells[0] == "1"
    assert cells[3] == f"{forecast.stars:.1f}"
    assert cells[4] == "; ".join(book.name for book in books[:3])
    assert page.endswith("</table><p>few</p>")
    plain = replace(listed, items=(replace(first, forecast=None),), note="")._repr_html_()
    assert re.findall("<td>(.*?)</td>", plain)[3] == ""
    assert plain.endswith("</table>")


def test_a_text_ends_with_the_note_and_names_authors_where_there_are_some(
    listed: Recommendations,
) -> None:
    first = replace(listed[0], book=replace(listed[0].book, authors="Ann"))
    nobody = replace(listed[1], book=replace(listed[1].book, authors=""))
    text = str(replace(listed, items=(first, nobody), note="few"))
    assert text == f"  1. {first.book.name}, Ann\n  2. {nobody.book.name}\nfew"
    assert str(replace(listed, items=(nobody,), note="")) == f"  2. {nobody.book.name}"


def test_what_a_catalogue_says_is_no_markup_in_a_notebook(listed: Recommendations) -> None:
    item = replace(listed[0], book=replace(listed[0].book, title="<script>alert(1)</script>"))
    page = replace(listed, items=(item,), note="<b>")._repr_html_()
    assert not re.search("<script|<b>", page)
    assert "&lt;script&gt;" in page


def test_no_forecasts_are_made_where_none_are_wanted(
    recommender: Recommender, history: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise AssertionError("forecast")

    with_stars = recommender.recommend(history, n=4)
    monkeypatch.setattr("readalike.recommend.results.Forecaster.forecasts", fails)
    without = recommender.recommend(history, n=4, forecasts=False)
    assert [item.forecast for item in without] == [None] * 4
    assert [item.book for item in without] == [item.book for item in with_stars]
    assert [item.reasons for item in without] == [item.reasons for item in with_stars]
    with pytest.raises(AssertionError):
        recommender.recommend(history, n=4)


@pytest.mark.parametrize("most", [1, 2, 3, 10])
def test_the_strongest_reasons_are_kept_in_their_order(
    recommender: Recommender, listed: Recommendations, history: dict[str, float], most: int
) -> None:
    limited = recommender.recommend(history, n=6, reasons=most)
    for item, whole in zip(limited, listed, strict=True):
        strongest = sorted(whole.reasons, key=lambda reason: -abs(reason.amount))[:most]
        assert item.reasons == tuple(r for r in whole.reasons if r in strongest)
        assert item.base == whole.base


def test_no_scores_are_explained_where_no_reasons_are_wanted(
    recommender: Recommender, history: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> Shares:
        raise AssertionError("explained")

    monkeypatch.setattr(type(recommender.model), "explain", fails)
    items = recommender.recommend(history, n=3, reasons=0)
    assert [item.reasons for item in items] == [()] * 3
    assert all(math.isnan(item.base) for item in items)
    assert items.to_dicts()[0]["base"] is None
    with pytest.raises(AssertionError):
        recommender.recommend(history, n=3)


def test_fewer_than_no_reasons_are_refused(recommender: Recommender) -> None:
    with pytest.raises(SettingError, match="reasons must be a whole number, at least 0, got -1"):
        recommender.recommend({}, reasons=-1)


def test_books_are_searched_and_found_by_what_people_type(recommender: Recommender) -> None:
    book = recommender.catalogue.book(3)
    assert recommender.search(book.title)[0] == book
    assert recommender.search(book.title, 1) == (book,)
    assert recommender.find(book.book_id) == recommender.find(book.title) == book
    with pytest.raises(UnknownBook):
        recommender.find("no such book at all")


def test_a_matched_library_is_a_history(recommender: Recommender, tmp_path: Path) -> None:
    books = [recommender.catalogue.book(item) for item in (0, 9, 20, 31)]
    shelves = ("read", "read", "abandoned", "to-read")
    rows = [
        goodreads(book.title, book.authors, Exclusive_Shelf=shelf, My_Rating=stars)
        for book, shelf, stars in zip(books, shelves, (5, 0, 0, 0), strict=True)
    ]
    matches = recommender.match(read_library(write(tmp_path / "g.csv", table(GOODREADS, *rows))))
    assert matches.states()["matched"] == 4
    answer = recommender.recommend(matches, n=20)
    read = {books[0].book_id: 5.0, books[1].book_id: None}
    same = recommender.recommend(read, n=20, exclude=[books[2].book_id], rules=BOOK_SENSE)
    assert answer.as_dict() == same.as_dict()
    assert recommender.explain(books[2].book_id, matches).left_out == "excluded"
    assert recommender.forecast([books[3].book_id], matches) == recommender.forecast(
        [books[3].book_id], read
    )
    group = recommender.recommend_group({"me": matches, "you": {books[3].book_id: 4}}, n=5)
    assert not {book.book_id for book in books} & {item.book.book_id for item in group.items}
