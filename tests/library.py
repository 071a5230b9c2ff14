"""A table of books of fifteen subjects, four of each, and readers who keep to some of them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

SUBJECTS = tuple(f"subject {chr(97 + at)}" for at in range(15))
EACH = 4
N = EACH * len(SUBJECTS)
READERS = 300
COLUMNS = ("book_id", "title", "authors", "tags")


def subject_of(book: int) -> int:
    return book // EACH


def rows_of_books() -> list[tuple[str, str, str, str]]:
    """Two books of each author, both of one subject; ids are even numbers."""
    return [
        (str(2 * book), f"Book {book}", f"Author {book // 2}", SUBJECTS[subject_of(book)])
        for book in range(N)
    ]


def write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(columns)
        out.writerows(rows)
    return path


def write_library(folder: Path) -> Path:
    """Ratings and books: every reader reads of three subjects, and likes the first of them best."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(0)
    rows = []
    for reader in range(READERS):
        for place, subject in enumerate(random.choice(len(SUBJECTS), 3, False).tolist()):
            for book in random.choice(EACH, 3, False).tolist():
                stars = 5 if place == 0 else int(random.integers(2, 5))
                rows.append((str(reader), str(2 * (EACH * subject + book)), str(stars)))
    write(folder / "ratings.csv", ("user_id", "book_id", "rating"), rows)
    write(folder / "books.csv", COLUMNS, rows_of_books())
    return folder


def write_new(path: Path, *rows: Sequence[str]) -> Path:
    """A table of new books."""
    return write(path, COLUMNS, rows)
