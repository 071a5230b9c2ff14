"""The field cases about tables, each with its right value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from readalike.data.scale import RatingScale
from readalike.errors import InputError
from readalike.tables.dataset import Dataset, read

CASES = Path(__file__).parents[1] / "data" / "cases"


def pairs(dataset: Dataset) -> dict[tuple[str, str], float]:
    ratings = dataset.ratings
    histories = ratings.histories
    return {
        (ratings.users.ids[user], ratings.items.ids[item]): float(stars)
        for user, item, stars in zip(histories.rows, histories.items, histories.stars, strict=True)
    }


def test_17_repeated_rows() -> None:
    dataset = read(CASES / "ratings_dups_kaggle.csv")
    assert len(dataset.rows) == 12
    assert pairs(dataset) == {
        ("7", "1"): 5, ("7", "2"): 3, ("7", "13"): 4, ("8", "13"): 5, ("9", "1"): 5, ("9", "2"): 1,
    }  # fmt: skip
    told = "\n".join(dataset.intake.lines())
    assert "12 rows became 6 ratings" in told
    assert "the first row counts" in told
    assert pairs(read(CASES / "ratings_dups_kaggle.csv", repeats="last"))["8", "13"] == 4


def test_18_and_24_book_crossing_books() -> None:
    dataset = read(CASES / "bx_ratings.csv", books=CASES / "bx_books.csv")
    catalogue = dataset.catalogue
    titles = dict(zip(catalogue.books, catalogue.titles, strict=True))
    assert titles["1111111111"] == 'He said "no"; then "yes"'
    assert titles["0000000000"] == "A title; with a semicolon"
    assert titles["2222222222"] == "Cien años de soledad"
    years = dict(zip(catalogue.books, catalogue.years, strict=True))
    assert years["2222222222"] is None
    assert years["3333333333"] is None
    assert years["0195153448"] == 2002
    taken = [f for f in dataset.intake.files if f.holds == "books"]
    assert [(f.rows, f.taken, f.notes) for f in taken] == [(6, 6, ("read as cp1252",))]


def test_20_entities_do_not_split_a_row() -> None:
    dataset = read(CASES / "bx_ratings.csv", books=CASES / "bx_books_unquoted_amp.csv")
    titles = dict(zip(dataset.catalogue.books, dataset.catalogue.titles, strict=True))
    assert titles["0743200000"] == "Cats & Dogs"
    assert titles["0393045218"] == "The Mummies of Urumchi"
    assert not dataset.intake.left_out


def test_21_ratings_without_a_book_row_are_kept_and_told() -> None:
    dataset = read(CASES / "bx_ratings.csv", books=CASES / "bx_books.csv")
    assert "0679781587" in dataset.ratings.items
    assert any("are not in the table of books" in note for note in dataset.intake.notes)
    index = dataset.catalogue.books.index("0679781587")
    assert index is not None
    assert dataset.catalogue.book(index).name == "0679781587"
    assert dataset.catalogue.books is dataset.ratings.items


def test_23_and_25_zero_is_no_stars_and_isbns_are_one_book() -> None:
    dataset = read(CASES / "bx_ratings.csv")
    assert dataset.ratings.scale == RatingScale(1, 10, 1)
    found = pairs(dataset)
    assert np.isnan(found["276725", "034545104X"])
    assert np.isnan(found["276730", "0155061224"])
    assert found["276728", "034545104X"] == 9
    assert found["276729", "034545104X"] == 7
    assert found["276731", "not an isbn"] == 6
    assert dataset.intake.without_stars == 2
    assert dataset.ratings.mean == pytest.approx((5 + 8 + 9 + 7 + 6) / 5)


def test_27_and_44_isbn_and_years() -> None:
    for layout in ("kaggle", "github"):
        books = CASES / f"books_{layout}_mini.csv"
        catalogue = read(CASES / "ratings_dups_kaggle.csv", books=books).catalogue
        first = catalogue.book(0)
        assert (first.book_id, first.goodreads_id) == ("1", "2767052")
        assert first.isbn13 == "9780439023481"
        assert (first.series, first.volume) == ("The Hunger Games", "1")
        assert first.title == "The Hunger Games (The Hunger Games, #1)"
        assert first.work_id == "2792775"
        assert catalogue.counts[0] == 4780653
        assert catalogue.means[0] == 4.34
        assert catalogue.liked[0] == pytest.approx((1481305 + 2706317) / 4942365, rel=1e-3)
        assert min(year for year in catalogue.years if year) < 0
        assert 0 not in catalogue.years


def test_48_movielens() -> None:
    dataset = read(CASES / "ml_ratings.dat", books=CASES / "ml_movies.dat")
    assert pairs(dataset) == {("1", "1193"): 5, ("1", "661"): 3, ("2", "1193"): 4}
    assert dataset.rows.times is not None
    assert dataset.rows.times.tolist() == [978300760, 978302109, 978298413]
    assert dataset.catalogue.titles[1] == "Misérables, Les"
    assert dataset.catalogue.years == (1995, 1995)
    assert dataset.catalogue.tags is not None
    assert dataset.catalogue.tags.names == ("adventure", "drama", "musical", "sci fi")
    header = read(CASES / "ratings_header_ml.csv")
    assert pairs(header) == {("1", "1"): 4, ("1", "193609"): 0.5, ("610", "1"): 5}
    assert header.ratings.scale == RatingScale(0.5, 5, 0.5)


def test_48_blanks_around_ids_do_not_count() -> None:
    dataset = read(CASES / "ratings_tab_stray_space.data")
    assert dataset.ratings.items.ids == ("104000100150", "104000100187")
    assert len(dataset.ratings) == 3


def test_6_sparse_ids() -> None:
    dataset = read(CASES / "ratings_sparse_ids.csv")
    assert dataset.ratings.users.ids == ("12", "614998", "644108")
    assert dataset.ratings.items.ids == ("3", "114530", "9000001")


def test_50_bad_cells() -> None:
    dataset = read(CASES / "ratings_bad_values.csv")
    assert pairs(dataset) == {("1", "1"): 5, ("3", "1"): 4.5, ("3", "2"): 4.5, ("4", "1"): 3}
    left = {l.reason: (l.count, l.first_line) for l in dataset.intake.left_out}  # noqa: E741
    assert left == {
        "no rating": (2, 3),
        "the rating cannot be read": (1, 4),
        "the rating is not on the scale 0.5 to 5 in steps of 0.5": (2, 5),
        "no reader id": (1, 9),
        "no book id": (1, 10),
    }


def test_50_strict_fails_at_the_first_bad_row() -> None:
    with pytest.raises(InputError, match="no rating") as caught:
        read(CASES / "ratings_bad_values.csv", strict=True)
    assert caught.value.line == 3


def test_43_json_is_no_table() -> None:
    with pytest.raises(
        InputError, match="must be a table such as CSV, Parquet or JSON lines, got JSON"
    ):
        read(CASES / "goodreads_privacy_dump.json")


def test_67_wrong_columns_are_named() -> None:
    with pytest.raises(
        InputError, match=r"'User-ID', 'Location', 'Age'; name them with --user-col"
    ):
        read(CASES / "bx_users.csv")
    with pytest.raises(InputError, match="must have columns for the id and the title"):
        read(CASES / "ratings_header_ml.csv", books=CASES / "bx_users.csv")
