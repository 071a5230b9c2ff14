"""Catalogues to look in, and small libraries."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.people import written_anyhow
from readalike.bibliography.titles import Title
from readalike.data.catalogue import Catalogue
from readalike.data.vocabulary import Vocabulary
from readalike.datasets.sample import read_sample
from readalike.libraries.entry import Entry, Library
from readalike.libraries.matches import Match
from readalike.libraries.matching import match
from readalike.tables.dataset import read

HERE = Path(__file__).resolve().parent
CASES = HERE / "cases"
DATA_CASES = HERE.parent / "data" / "cases"


@cache
def goodbooks() -> Catalogue:
    """44 rows of goodbooks-10k, with Goodreads ids, work ids and ISBN."""
    return read(
        DATA_CASES / "ratings_dups_kaggle.csv", books=DATA_CASES / "books_kaggle_mini.csv"
    ).catalogue


@cache
def sample() -> Catalogue:
    """The books that the library ships; their ids are words, and they have no ISBN."""
    return read_sample(readers=200).catalogue


def catalogue_of(*books: tuple[str, str], **columns: Sequence[object]) -> Catalogue:
    """A catalogue of titles and authors; the ids are 1, 2 ..., the first is the best known."""
    titles = tuple(title for title, _ in books)
    parsed = list(map(Title, titles))
    known: dict[str, object] = {
        "titles": titles,
        "authors": tuple(authors for _, authors in books),
        "series": tuple(title.series for title in parsed),
        "volumes": tuple(title.volume for title in parsed),
        "counts": np.arange(len(books), 0, -1).astype(np.float64),
    }
    known |= {name: tuple(column) for name, column in columns.items()}
    return Catalogue.of(Vocabulary.of(range(1, len(books) + 1)), **known)


def entry(title: str = "", authors: str = "", **more: object) -> Entry:
    return Entry(row=1, line=2, title=title, authors=written_anyhow(authors), **more)  # type: ignore[arg-type]


def library(*entries: Entry) -> Library:
    return Library(file="made up", format="table", rows=len(entries), entries=entries)


def found(catalogue: Catalogue, one: Entry) -> Match:
    """What one entry is."""
    return match(library(one), BookIndex(catalogue)).each[0]


def meant(catalogue: Catalogue, title: str, authors: str = "", **more: object) -> str | None:
    """The id of the book that is meant; None where it is ambiguous or none."""
    return found(catalogue, entry(title, authors, **more)).book_id
