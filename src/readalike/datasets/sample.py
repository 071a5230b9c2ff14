"""A small data set that is always there: real books, simulated readers.

The books are real and their facts are written for this project (`books.csv`); the readers are drawn
from a seed by the model stated below. A figure measured on it says how well a method finds the
tastes that were put in, nothing about real people.

Books. Book i has the subjects s(i) and the fame f_i in 1..5 of `books.csv`, an appeal
F_i = 0.75 f_i + N(0, 0.35^2) and a quality q_i ~ N(0, 0.32^2).

Readers. Reader u has
- a taste over shelves, t_u ~ Dirichlet(0.12, ..., 0.12): a few favourites, the rest near zero;
- inside a shelf a leaning per subject, g_us ~ Gamma(1, 1), and so the weight
  w_us = t_u,shelf(s) g_us of each subject;
- a match with each book, m_ui = M_ui / max_j M_uj with M_ui = sum_{s in s(i)} w_us / sqrt(|s(i)|);
- a harshness h_u ~ N(0, 0.35^2);
- a number of books read, n_u = min(5 + floor(exp(N(2.6, 1))), 120).

Reading. Reader u picks n_u books one after another. Of the books not yet read, i comes next with
probability proportional to

    exp(F_i + 4.2 m_ui + 1.6 [a book of its series was read] + 0.6 [one of its author's was read])

so that a list is part fame, part taste, part "and what happens next". "Anonymous" is nobody's
author.

Stars. With m_u the reader's mean match over the books read,

    stars_ui = clip(round(3.92 + q_i + (m_ui - m_u) - h_u + N(0, 0.85^2)), 1, 5)

and in 8 of 100 cases the book was read without stars. Nothing makes a well-known book better or
worse than another.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib import resources
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from readalike.errors import SettingError
from readalike.numerics.arrays import F64, I64, Bools
from readalike.tables.dataset import Dataset, read

SHELVES: Final = {
    shelf: tuple(subjects.split(", "))
    for shelf, subjects in {
        "science fiction": (
            "science fiction, space opera, dystopia, cyberpunk, post-apocalyptic, time travel"
        ),
        "fantasy": "fantasy, epic fantasy, urban fantasy, magic school",
        "crime": "mystery, detective, cosy crime, noir, nordic",
        "suspense": "thriller, espionage, true crime",
        "dark": "horror, gothic, vampires",
        "love": "romance, regency, victorian",
        "past": "historical fiction, war, adventure, western, family saga",
        "laughter": "humour, satire",
        "literature": "literary fiction, modernism, short stories, irish, coming of age",
        "canon": "classic, drama, poetry, ancient world, mythology retelling",
        "europe": "russian, french, italian, german, central european",
        "world": "latin american, magical realism, african, indian, middle eastern",
        "east asia": "japanese, chinese, korean",
        "lives": "memoir, biography, holocaust, travel, food, art, essays",
        "ideas": "philosophy, psychology, religion, history, politics, economics, business",
        "nature": "science, nature, environment, medicine",
        "children": "children's, picture book, animals",
        "young adult": "young adult, graphic novel",
        "justice": "feminism, race, lgbtq",
    }.items()
}
"""The subjects of the books, grouped by what a taste is about."""
SUBJECTS: Final = tuple(chain.from_iterable(SHELVES.values()))

FEWEST_BOOKS: Final = 5
MOST_BOOKS: Final = 120
UNRATED_SHARE: Final = 0.08

Columns = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class SampleTables:
    """Two tables, each a column of equal length by name; text columns hold `str` objects.

    `ratings` has `reader_id`, `book_id` and `rating` (float64, NaN for read without stars), readers
    in order and each one's books in reading order. `books` has the columns of `books.csv`, with
    `volume` as float64, NaN where the book is in no series.
    """

    ratings: Columns
    books: Columns


def sample_tables(*, readers: int = 3000, seed: int = 20) -> SampleTables:
    """The ratings of so many simulated readers, and the books."""
    books = read_books()
    simulated = simulate_ratings(books, readers=readers, seed=seed)
    book_id = _texts(books.book_id)
    return SampleTables(
        ratings={
            "reader_id": _texts(simulated.reader_ids)[simulated.reader],
            "book_id": book_id[simulated.book],
            "rating": simulated.stars,
        },
        books={
            "book_id": book_id,
            "title": _texts(books.title),
            "authors": _texts(", ".join(names) for names in books.authors),
            "original_publication_year": books.year,
            "series": _texts(books.series),
            "volume": np.where(books.volume > 0, books.volume, np.nan),
            "subjects": _texts("; ".join(terms) for terms in books.subjects),
            "language_code": _texts(books.language),
            "fame": books.fame,
        },
    )


def read_sample(*, readers: int = 3000, seed: int = 20) -> Dataset:
    """Reads the embedded books and the readers simulated for them."""
    tables = sample_tables(readers=readers, seed=seed)
    dataset = read(tables.ratings, books=tables.books, empty_rating="read")
    note = f"the books are real, the {readers:,} readers are simulated (seed {seed})"
    return replace(dataset, intake=replace(dataset.intake, notes=(*dataset.intake.notes, note)))


def read_books() -> SampleBooks:
    """Reads the books that come with the package."""
    source = resources.files("readalike.datasets").joinpath("books.csv")
    with source.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, strict=True))
    column = {name: tuple(row[name] for row in rows) for name in rows[0]}
    return SampleBooks(
        book_id=column["book_id"],
        title=column["title"],
        authors=tuple(tuple(names.split(", ")) for names in column["authors"]),
        year=_whole_numbers(column["original_publication_year"]),
        series=column["series"],
        volume=_whole_numbers(volume or "0" for volume in column["volume"]),
        subjects=tuple(tuple(terms.split("; ")) for terms in column["subjects"]),
        language=column["language_code"],
        fame=_whole_numbers(column["fame"]),
    )


def _texts(values: Iterable[str]) -> npt.NDArray[np.object_]:
    return np.array(list(values), dtype=np.object_)


def _whole_numbers(texts: Iterable[str]) -> I64:
    numbers = np.array([int(text) for text in texts], dtype=np.int64)
    numbers.setflags(write=False)
    return numbers


@dataclass(frozen=True, eq=False, kw_only=True)
class SampleBooks:
    """Columns of the sample's books; position i of each is the same book.

    The order is that of the ids, so that a book's position says nothing about how well it is known.
    Volumes count the novels of a series in the order in which readers number them, which is not
    always that of publication; 0 is none. Years before 1 AD are negative. Languages are ISO 639-2/B
    codes of the original. Fame is from 1 (known to those who read such books) to 5 (known to nearly
    every reader), a judgement, not a measurement. Arrays have the shape (n,), int64.
    """

    book_id: tuple[str, ...]
    title: tuple[str, ...]
    authors: tuple[tuple[str, ...], ...]
    year: I64
    series: tuple[str, ...]
    volume: I64
    subjects: tuple[tuple[str, ...], ...]
    language: tuple[str, ...]
    fame: I64

    def __len__(self) -> int:
        return len(self.book_id)


@dataclass(frozen=True, eq=False)
class SimulatedRatings:
    """One row a book that a reader read: readers in order, each one's books in reading order.

    `reader` and `book` are positions in the ids and the books; stars are NaN where there are none.
    """

    reader_ids: tuple[str, ...]
    reader: I64
    book: I64
    stars: F64


def simulate_ratings(
    books: SampleBooks, *, readers: int = 3000, seed: int = 20
) -> SimulatedRatings:
    """Draws readers and what they read; the same books, number and seed give the same bits."""
    if readers < 1:
        raise SettingError(f"readers must be at least 1, got {readers}")
    if len(books) <= MOST_BOOKS:
        raise SettingError(f"books must be more than {MOST_BOOKS}, got {len(books)}")
    random = np.random.default_rng(seed)
    appeal = 0.75 * books.fame + random.normal(0.0, 0.35, len(books))
    quality = random.normal(0.0, 0.32, len(books))
    match = _matches(books, readers, random)
    harshness = random.normal(0.0, 0.35, readers)
    extra = np.floor(np.exp(random.normal(2.6, 1.0, readers)))
    lengths = np.minimum(FEWEST_BOOKS + extra, MOST_BOOKS).astype(np.int64)

    picks = _picks(books, appeal + 4.2 * match, lengths, random)
    reader = np.repeat(np.arange(readers), lengths)
    book = picks[picks >= 0]

    liking = match[reader, book]
    mean_liking = np.bincount(reader, weights=liking, minlength=readers) / lengths
    opinion = 3.92 + quality[book] + (liking - mean_liking[reader]) - harshness[reader]
    stars = np.clip(np.rint(opinion + random.normal(0.0, 0.85, book.size)), 1.0, 5.0)
    stars[random.random(book.size) < UNRATED_SHARE] = np.nan
    return SimulatedRatings(
        reader_ids=tuple(f"reader-{number:04d}" for number in range(1, readers + 1)),
        reader=reader,
        book=book,
        stars=stars,
    )


def _matches(books: SampleBooks, readers: int, random: np.random.Generator) -> F64:
    """How well each book suits each reader, the best of each reader being 1; (readers, books)."""
    shelf_of = np.repeat(np.arange(len(SHELVES)), [len(terms) for terms in SHELVES.values()])
    taste = random.dirichlet(np.full(len(SHELVES), 0.12), readers)
    weights = taste[:, shelf_of] * random.gamma(1.0, 1.0, (readers, len(SUBJECTS)))

    position = {subject: column for column, subject in enumerate(SUBJECTS)}
    described = np.zeros((len(SUBJECTS), len(books)))
    for column, terms in enumerate(books.subjects):
        described[[position[term] for term in terms], column] = len(terms) ** -0.5
    match: F64 = weights @ described
    best: F64 = match.max(axis=1, keepdims=True)
    return match / best


def _picks(books: SampleBooks, attraction: F64, lengths: I64, random: np.random.Generator) -> I64:
    """The books of each reader in reading order, -1 after the last; (readers, longest)."""
    weight = np.exp(attraction - attraction.max(axis=1, keepdims=True))
    same_series = _sharing([(name,) if name else () for name in books.series])
    same_author = _sharing(
        [tuple(name for name in names if name != "Anonymous") for names in books.authors]
    )
    series_seen = np.zeros(weight.shape, dtype=np.bool_)
    author_seen = np.zeros(weight.shape, dtype=np.bool_)
    picks = np.full((len(lengths), int(lengths.max())), -1, dtype=np.int64)
    for step in range(picks.shape[1]):
        active = np.flatnonzero(lengths > step)
        pull = np.exp(1.6 * series_seen[active] + 0.6 * author_seen[active])
        reach = np.cumsum(weight[active] * pull, axis=1)
        aim = random.random((active.size, 1)) * reach[:, -1:]
        chosen = np.argmax(reach > aim, axis=1)
        picks[active, step] = chosen
        weight[active, chosen] = 0.0
        series_seen[active] |= same_series[chosen]
        author_seen[active] |= same_author[chosen]
    return picks


def _sharing(names: list[tuple[str, ...]]) -> Bools:
    """Which books share a name with which; (books, books)."""
    holders: dict[str, list[int]] = {}
    for position, mine in enumerate(names):
        for name in mine:
            holders.setdefault(name, []).append(position)
    shared = np.zeros((len(names), len(names)), dtype=np.bool_)
    for positions in holders.values():
        shared[np.ix_(positions, positions)] = True
    return shared
