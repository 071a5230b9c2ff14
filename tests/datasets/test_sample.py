"""The embedded sample: the facts about its books, and the simulation of its readers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from readalike.datasets.sample import (
    SHELVES,
    SUBJECTS,
    SampleBooks,
    SimulatedRatings,
    read_books,
    sample_tables,
    simulate_ratings,
)
from readalike.errors import SettingError

Matrix = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def books() -> SampleBooks:
    return read_books()


@pytest.fixture(scope="module")
def simulated(books: SampleBooks) -> SimulatedRatings:
    return simulate_ratings(books)


def position(books: SampleBooks, book_id: str) -> int:
    return books.book_id.index(book_id)


def read_matrix(
    reader: npt.NDArray[np.int64], book: npt.NDArray[np.int64], shape: tuple[int, int]
) -> Matrix:
    matrix = np.zeros(shape)
    matrix[reader, book] = 1.0
    return matrix


def cosines(read: Matrix) -> Matrix:
    together = read.T @ read
    norms = np.sqrt(np.maximum(np.diag(together), 1.0))
    similarity: Matrix = together / np.outer(norms, norms)
    np.fill_diagonal(similarity, 0.0)
    return similarity


def ndcg_at_10(scores: Matrix, known: Matrix, withheld: Matrix) -> float:
    masked = np.where(known > 0.0, -np.inf, scores)
    top = np.argsort(-masked, axis=1, kind="stable")[:, :10]
    discount = 1.0 / np.log2(np.arange(2.0, 12.0))
    gain = (np.take_along_axis(withheld, top, axis=1) * discount).sum(axis=1)
    wanted = np.minimum(withheld.sum(axis=1), 10.0).astype(np.int64)
    return float(np.mean(gain / np.cumsum(discount)[wanted - 1]))


class TestBooks:
    def test_there_are_about_five_hundred(self, books: SampleBooks) -> None:
        assert 480 <= len(books) <= 540
        columns = (books.title, books.authors, books.series, books.subjects, books.language)
        assert {len(column) for column in columns} == {len(books)}
        assert books.year.shape == books.volume.shape == books.fame.shape == (len(books),)

    def test_ids_are_unique_sorted_slugs(self, books: SampleBooks) -> None:
        assert len(set(books.book_id)) == len(books)
        assert [i for i in books.book_id if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", i)] == []
        assert list(books.book_id) == sorted(books.book_id)

    def test_no_text_is_empty_or_padded(self, books: SampleBooks) -> None:
        texts = [*books.title, *(name for names in books.authors for name in names)]
        assert [text for text in texts if not text or text != " ".join(text.split())] == []
        assert [series for series in books.series if series != series.strip()] == []

    def test_no_book_stands_twice(self, books: SampleBooks) -> None:
        known = Counter(
            (title.casefold(), names)
            for title, names in zip(books.title, books.authors, strict=True)
        )
        assert [book for book, times in known.items() if times > 1] == []

    def test_years_are_plausible(self, books: SampleBooks) -> None:
        assert -1500 <= books.year.min() < -500
        assert 2015 <= books.year.max() <= 2024
        assert not np.any(books.year == 0)

    def test_volumes_belong_to_series_and_to_one_book_each(self, books: SampleBooks) -> None:
        volumes = [
            (series, int(volume))
            for series, volume in zip(books.series, books.volume, strict=True)
            if series or volume
        ]
        assert all(series and volume >= 1 for series, volume in volumes)
        assert len(set(volumes)) == len(volumes)

    def test_at_least_thirty_series_have_several_volumes(self, books: SampleBooks) -> None:
        sizes = Counter(series for series in books.series if series)
        assert sum(size > 1 for size in sizes.values()) >= 30

    def test_a_series_shares_an_author(self, books: SampleBooks) -> None:
        writers: dict[str, set[str]] = {}
        for series, names in zip(books.series, books.authors, strict=True):
            if series:
                writers[series] = writers.get(series, set(names)) & set(names)
        assert [series for series, names in writers.items() if not names] == []

    def test_subjects_come_from_the_vocabulary_and_are_all_used(self, books: SampleBooks) -> None:
        uses = Counter(term for terms in books.subjects for term in terms)
        assert set(uses) == set(SUBJECTS)
        assert {term: times for term, times in uses.items() if times < 3} == {}
        assert {len(terms) for terms in books.subjects} <= {3, 4, 5, 6}
        assert all(len(set(terms)) == len(terms) for terms in books.subjects)

    def test_each_subject_stands_on_one_shelf(self) -> None:
        assert len(set(SUBJECTS)) == len(SUBJECTS) == sum(map(len, SHELVES.values()))

    def test_languages_are_codes_of_three_letters(self, books: SampleBooks) -> None:
        assert all(re.fullmatch("[a-z]{3}", code) for code in books.language)
        assert len(set(books.language)) >= 20

    def test_fame_uses_the_whole_range_and_the_famous_are_few(self, books: SampleBooks) -> None:
        assert set(books.fame.tolist()) == {1, 2, 3, 4, 5}
        assert np.mean(books.fame == 5) < 0.1

    @pytest.mark.parametrize("title", ["Nemesis", "Legend", "Life After Life", "The Power"])
    def test_one_title_may_be_two_books(self, books: SampleBooks, title: str) -> None:
        holders = [i for i, known in enumerate(books.title) if known == title]
        assert len({books.authors[i] for i in holders}) == 2

    @pytest.mark.parametrize(
        ("book_id", "title", "author", "year"),
        [
            ("1984", "1984", "George Orwell", 1949),
            ("salems-lot", "'Salem's Lot", "Stephen King", 1975),
            ("eat-pray-love", "Eat, Pray, Love", "Elizabeth Gilbert", 2006),
            (
                "one-hundred-years-of-solitude",
                "One Hundred Years of Solitude",
                "Gabriel García Márquez",
                1967,
            ),
            ("les-miserables", "Les Misérables", "Victor Hugo", 1862),
            ("the-odyssey", "The Odyssey", "Homer", -725),
        ],
    )
    def test_awkward_text_survives_the_file(
        self, books: SampleBooks, book_id: str, title: str, author: str, year: int
    ) -> None:
        i = position(books, book_id)
        assert (books.title[i], books.authors[i], books.year[i]) == (title, (author,), year)

    def test_several_authors_are_told_apart(self, books: SampleBooks) -> None:
        assert books.authors[position(books, "good-omens")] == ("Terry Pratchett", "Neil Gaiman")

    def test_the_numbers_are_read_only(self, books: SampleBooks) -> None:
        with pytest.raises(ValueError, match="read-only"):
            books.year[0] = 1


class TestSimulation:
    def test_a_seed_gives_the_same_bits_and_another_seed_others(self, books: SampleBooks) -> None:
        first, again, other = (simulate_ratings(books, readers=200, seed=s) for s in (3, 3, 4))
        for column in ("reader", "book", "stars"):
            assert getattr(first, column).tobytes() == getattr(again, column).tobytes()
            assert getattr(first, column).tobytes() != getattr(other, column).tobytes()
        assert first.reader_ids == again.reader_ids

    def test_no_readers_are_refused_in_words(self, books: SampleBooks) -> None:
        with pytest.raises(SettingError, match="readers must be at least 1, got 0"):
            simulate_ratings(books, readers=0)

    def test_too_few_books_are_refused_in_words(self, books: SampleBooks) -> None:
        few = replace(books, book_id=books.book_id[:120])
        with pytest.raises(SettingError, match="books must be more than 120, got 120"):
            simulate_ratings(few)

    def test_the_columns_fit_together(
        self, books: SampleBooks, simulated: SimulatedRatings
    ) -> None:
        assert simulated.reader.shape == simulated.book.shape == simulated.stars.shape
        assert simulated.reader_ids[0] == "reader-0001"
        assert simulated.reader_ids[-1] == "reader-3000"
        assert len(set(simulated.reader_ids)) == 3000
        assert np.all(np.diff(simulated.reader) >= 0)
        assert set(simulated.book.tolist()) == set(range(len(books)))

    def test_nobody_reads_a_book_twice(self, simulated: SimulatedRatings) -> None:
        pairs = set(zip(simulated.reader.tolist(), simulated.book.tolist(), strict=True))
        assert len(pairs) == simulated.book.size

    def test_histories_are_short_for_most_and_long_for_a_few(
        self, simulated: SimulatedRatings
    ) -> None:
        lengths = np.bincount(simulated.reader, minlength=3000)
        assert lengths.min() == 5
        assert lengths.max() == 120
        assert 23.0 < lengths.mean() < 30.0
        assert np.median(lengths) < 0.8 * lengths.mean()
        assert np.mean(lengths == 120) < 0.03

    def test_stars_look_like_stars(self, simulated: SimulatedRatings) -> None:
        given = simulated.stars[~np.isnan(simulated.stars)]
        shares = [float(np.mean(given == star)) for star in range(1, 6)]
        assert sum(shares) == pytest.approx(1.0)
        assert min(shares) > 0.005
        assert 3.75 < given.mean() < 3.95
        assert np.argmax(shares) == 3
        assert 0.07 < np.mean(np.isnan(simulated.stars)) < 0.09

    def test_readers_and_books_differ_in_stars_by_more_than_noise(
        self, simulated: SimulatedRatings
    ) -> None:
        given = ~np.isnan(simulated.stars)
        stars = simulated.stars[given]
        shuffled = np.random.default_rng(0).permutation(stars)
        for labels in (simulated.reader[given], simulated.book[given]):
            counts = np.bincount(labels)
            often = counts >= 20
            spread, chance = (
                np.std((np.bincount(labels, weights=values) / np.maximum(counts, 1))[often])
                for values in (stars, shuffled)
            )
            assert spread > 1.5 * chance

    def test_popularity_has_a_long_tail_that_follows_fame_not_position(
        self, books: SampleBooks, simulated: SimulatedRatings
    ) -> None:
        counts = np.bincount(simulated.book, minlength=len(books))
        by_rank = np.sort(counts)[::-1]
        assert by_rank[: len(books) // 5].sum() > 0.4 * counts.sum()
        assert np.corrcoef(counts, books.fame)[0, 1] > 0.6
        assert abs(np.corrcoef(counts, np.arange(len(books)))[0, 1]) < 0.2

    @pytest.mark.parametrize(("shared", "margin"), [("series", 2.5), ("author", 1.9)])
    def test_books_that_belong_together_are_read_together(
        self, books: SampleBooks, simulated: SimulatedRatings, shared: str, margin: float
    ) -> None:
        """Pairs of different books in one list that share a series, or an author and no series.

        The baseline deals the same rows out anew, so that each book keeps its number of readers
        and each list its length. Taste alone, without the pulls, gives 1.9 and 1.7 times as many.
        """
        groups = self.groups(books, shared)
        dealt = np.random.default_rng(0).permutation(simulated.book)

        def pairs(book: npt.NDArray[np.int64]) -> int:
            rows = groups[book] >= 0
            reader, book = simulated.reader[rows], book[rows]

            def equal(labels: npt.NDArray[np.int64]) -> int:
                sizes = np.unique(reader * len(books) + labels, return_counts=True)[1]
                return int((sizes * (sizes - 1) // 2).sum())

            return equal(groups[book]) - equal(book)

        assert pairs(simulated.book) > margin * pairs(dealt)

    def test_one_volume_leads_to_the_next(
        self, books: SampleBooks, simulated: SimulatedRatings
    ) -> None:
        """Volumes of a series are read in a row more often than in a shuffled order of each list.

        Without the pulls the quotient is at most 1.2: the best known and best liked books come
        early in a list.
        """
        groups = self.groups(books, "series")
        order = np.lexsort((np.random.default_rng(0).random(simulated.book.size), simulated.reader))

        def in_a_row(book: npt.NDArray[np.int64]) -> int:
            series = groups[book]
            same_reader = simulated.reader[1:] == simulated.reader[:-1]
            return int(np.sum(same_reader & (series[1:] == series[:-1]) & (series[1:] >= 0)))

        assert in_a_row(simulated.book) > 1.4 * in_a_row(simulated.book[order])

    @staticmethod
    def groups(books: SampleBooks, shared: str) -> npt.NDArray[np.int64]:
        """Equal numbers for books that share a series or an author, -1 for those of no group."""
        names = [
            series if shared == "series" else ("" if series else authors[0])
            for series, authors in zip(books.series, books.authors, strict=True)
        ]
        numbers = {name: i for i, name in enumerate(sorted(set(names) - {"", "Anonymous"}))}
        return np.array([numbers.get(name, -1) for name in names], dtype=np.int64)

    def test_similar_books_are_of_the_same_kind(
        self, books: SampleBooks, simulated: SimulatedRatings
    ) -> None:
        read = read_matrix(simulated.reader, simulated.book, (3000, len(books)))
        similarity = cosines(read)
        nearest = np.argsort(-similarity, axis=1)[:, :5]
        subjects = [set(terms) for terms in books.subjects]
        overlap = np.array([[len(a & b) for b in subjects] for a in subjects])
        near = np.take_along_axis(overlap, nearest, axis=1).mean()
        assert near > 2.5 * overlap.mean()
        for first, second in [
            ("wolf-hall", "bring-up-the-bodies"),
            ("dune", "dune-messiah"),
            ("the-murder-at-the-vicarage", "the-body-in-the-library"),
            ("my-brilliant-friend", "the-story-of-a-new-name"),
        ]:
            assert position(books, second) in nearest[position(books, first)]

    def test_a_list_made_for_the_reader_beats_popularity_but_not_by_magic(
        self, books: SampleBooks, simulated: SimulatedRatings
    ) -> None:
        withheld = np.random.default_rng(1).random(simulated.book.size) < 0.2
        known, wanted = (
            read_matrix(simulated.reader[rows], simulated.book[rows], (3000, len(books)))
            for rows in (~withheld, withheld)
        )
        judged = (known.sum(axis=1) > 0.0) & (wanted.sum(axis=1) > 0.0)
        known, wanted = known[judged], wanted[judged]

        popularity = np.broadcast_to(known.sum(axis=0), known.shape)
        similarity = cosines(known)
        weakest_kept = np.sort(similarity, axis=1)[:, -50, np.newaxis]
        neighbours = np.where(similarity >= weakest_kept, similarity, 0.0)
        noise = np.random.default_rng(2).random(known.shape)

        by_popularity = ndcg_at_10(popularity, known, wanted)
        by_neighbours = ndcg_at_10(known @ neighbours.T, known, wanted)
        assert by_popularity > 3.0 * ndcg_at_10(noise, known, wanted)
        assert by_neighbours > 1.5 * by_popularity
        assert by_neighbours < 0.4


class TestTables:
    def test_ratings_are_the_simulation_in_outside_ids(
        self, books: SampleBooks, simulated: SimulatedRatings
    ) -> None:
        ratings = sample_tables().ratings
        assert list(ratings) == ["reader_id", "book_id", "rating"]
        row = simulated.book.size // 2
        assert ratings["reader_id"][row] == simulated.reader_ids[simulated.reader[row]]
        assert ratings["book_id"][row] == books.book_id[simulated.book[row]]
        np.testing.assert_array_equal(ratings["rating"], simulated.stars)

    def test_settings_reach_the_simulation(self) -> None:
        few, other = sample_tables(readers=20), sample_tables(readers=20, seed=1)
        assert set(few.ratings["reader_id"]) == {f"reader-{n:04d}" for n in range(1, 21)}
        assert few.ratings["book_id"].tolist() != other.ratings["book_id"].tolist()

    def test_books_are_the_columns_of_the_file(self, books: SampleBooks) -> None:
        table = sample_tables(readers=5).books
        assert {column.shape for column in table.values()} == {(len(books),)}
        i = position(books, "good-omens")
        assert table["authors"][i] == "Terry Pratchett, Neil Gaiman"
        assert table["subjects"][i] == "; ".join(books.subjects[i])
        assert np.isnan(table["volume"][i])
        assert table["volume"][position(books, "tehanu")] == 4.0
        assert isinstance(table["title"][i], str)
