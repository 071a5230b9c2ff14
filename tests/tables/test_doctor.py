from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from readalike.tables.dataset import read
from readalike.tables.doctor import Diagnosis, examine

CASES = Path(__file__).parents[1] / "data" / "cases"


def names(diagnosis: Diagnosis, severity: str | None = None) -> set[str]:
    return {f.name for f in diagnosis.findings if severity in (None, f.severity)}


def test_a_healthy_table() -> None:
    diagnosis = examine(read(CASES / "ml_ratings.dat", books=CASES / "ml_movies.dat"))
    assert diagnosis.healthy
    assert not names(diagnosis, "warning")
    assert diagnosis.figures["history_lengths"] == {"min": 1, "median": 1.5, "mean": 1.5, "max": 2}
    assert diagnosis.figures["stars"] == {"3": 1, "4": 1, "5": 1}
    json.dumps(diagnosis.as_dict())
    assert len(diagnosis.lines()) == len(diagnosis.findings)


def test_repeats_and_left_out_rows_are_told() -> None:
    diagnosis = examine(read(CASES / "ratings_dups_kaggle.csv"))
    assert "repeats" in names(diagnosis, "warning")
    assert diagnosis.figures["exact_repeats"] == 4
    assert diagnosis.figures["conflicting_pairs"] == 2
    bad = examine(read(CASES / "ratings_bad_values.csv"))
    assert any("first in line 9" in line for line in bad.lines())


def test_one_of_a_thing_is_told_as_one() -> None:
    frame = pl.DataFrame({"user_id": ["a", "a"], "book_id": ["x", ""], "rating": [5, 4]})
    lines = examine(read(frame)).lines()
    assert "1 rating by 1 reader of 1 book." in lines
    assert not [line for line in lines if " 1 rows" in line or " 1 books" in line]
    assert any(": 1 row (" in line for line in lines)


def test_the_wrong_id_column_is_found() -> None:
    """Ratings by Goodreads id beside a table whose own id is the row number."""
    ratings = pl.DataFrame({"user_id": [1, 1, 2], "book_id": [2767052, 5470, 2767052], "rating": 5})
    dataset = read(ratings, books=CASES / "books_kaggle_mini.csv")
    assert "those of the column 'book_id' (100% of the rated books" in dataset.intake.notes[0]
    assert set(dataset.catalogue.titles) >= {"The Hunger Games (The Hunger Games, #1)"}
    assert "wrong_id_column" not in names(examine(dataset))
    right = examine(read(CASES / "ratings_dups_kaggle.csv", books=CASES / "books_kaggle_mini.csv"))
    assert right.healthy
    assert "wrong_id_column" not in names(right)


def test_a_cap_is_found_and_a_long_tail_is_not_one() -> None:
    draw = np.random.default_rng(5)
    capped = [(u, b) for b in range(50) for u in draw.choice(400, 30, replace=False).tolist()]
    tail = [(u, b) for b in range(50) for u in range(max(1, 300 // (b + 1)))]
    for rows, found in ((capped, True), (tail, False)):
        users, books = zip(*rows, strict=True)
        frame = pl.DataFrame({"user_id": users, "book_id": books, "rating": 4})
        assert ("capped" in names(examine(read(frame)))) is found


def test_no_stars_at_all() -> None:
    diagnosis = examine(read(pl.DataFrame({"user_id": [1, 2], "book_id": [1, 1]})))
    assert "scale" in names(diagnosis, "warning")
    assert "short_histories" in names(diagnosis, "warning")
