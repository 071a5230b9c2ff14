from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

import readalike
from evaluation.rankers import ratings_of
from readalike.data.catalogue import Catalogue, Tags
from readalike.data.ratings import Ratings
from readalike.evaluation.metrics import BookFacts

BOOKS = ["b0", "b1", "b2", "b3"]
ROWS = [("ann", "b0", 5.0), ("ann", "b1", 2.0), ("bob", "b0", 4.0), ("cid", "b0", 1.0)]


def training() -> Ratings:
    return ratings_of(ROWS, BOOKS)


def facts_of(**columns: object) -> BookFacts:
    ratings = training()
    return BookFacts.of(ratings, Catalogue.of(ratings.items, **columns))


def test_popularity_is_counted_in_the_training_ratings() -> None:
    facts = facts_of(counts=np.array([1.0, 1e6, 1e6, 1e6]))
    assert facts.counts.tolist() == [3, 1, 0, 0]
    assert facts.readers == 3
    assert facts.information == pytest.approx([0, np.log2(3), np.log2(3), np.log2(3)])


def test_the_long_tail_is_what_the_most_read_books_leave() -> None:
    """b0 holds three quarters of the ratings, so that b1 still belongs to the 80 %."""
    facts = facts_of()
    assert facts.above == pytest.approx([0, 0.75, 1, 1])
    assert facts.long_tail.tolist() == [False, False, True, True]


def test_a_catalogue_that_knows_nothing_says_so() -> None:
    facts = facts_of()
    assert (facts.tags, facts.authors, facts.series) == (None, None, None)


def test_the_first_author_counts_whatever_the_case_and_the_blanks() -> None:
    authors = facts_of(
        authors=("Terry Pratchett, Neil Gaiman", "Neil Gaiman", "terry  pratchett", "")
    ).authors
    assert authors is not None
    assert authors[0] == authors[2] != authors[1]
    assert authors[3] == -1
    assert authors.min(initial=9, where=authors >= 0) == 0


def test_books_of_a_series_share_a_number_and_others_have_none() -> None:
    series = facts_of(series=("Dune", "", "Discworld", "Dune")).series
    assert series is not None
    assert series.tolist() == [1, -1, 0, 1]


def test_the_series_in_a_title_is_found_when_a_table_is_read() -> None:
    """goodbooks-10k has no column of series: the title in print holds it."""
    dataset = readalike.read(
        {"user_id": ["a", "a", "b"], "book_id": ["1", "2", "3"], "rating": [5, 4, 3]},
        books={
            "book_id": ["1", "2", "3"],
            "title": ["Hunger (Games, #1)", "Fire (Games, #2)", "Emma"],
            "authors": ["S. Collins", "S. Collins, Somebody Else", "Jane Austen"],
        },
    )
    facts = BookFacts.of(dataset.ratings, dataset.catalogue)
    assert facts.series is not None
    assert facts.authors is not None
    assert facts.series.tolist() == [0, 0, -1]
    assert facts.authors.tolist() == [1, 1, 0]


def tags_of(counts: list[list[float]]) -> Tags:
    table = np.array(counts, np.float32)
    return Tags(tuple(f"t{i}" for i in range(table.shape[1])), sp.csr_array(table))


def test_tags_are_unit_rows_and_a_book_without_any_is_an_empty_one() -> None:
    ratings = ratings_of([("ann", f"b{i}", 5.0) for i in range(40)])
    counts = [[float(i % 10 == tag) for tag in range(10)] for i in range(39)] + [[0.0] * 10]
    facts = BookFacts.of(ratings, Catalogue.of(ratings.items, tags=tags_of(counts)))
    assert facts.tags is not None
    lengths = np.sqrt(facts.tags.multiply(facts.tags).sum(axis=1))
    assert lengths == pytest.approx([1.0] * 39 + [0.0])
    assert (facts.tags[[0]] @ facts.tags[[10]].T).toarray() == pytest.approx(np.ones((1, 1)))


def test_tags_on_too_few_books_or_on_nearly_all_are_as_good_as_none() -> None:
    rare, everywhere = [[1.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]], [[0.0, 1.0]] * 4
    assert facts_of(tags=tags_of(rare)).tags is None
    assert facts_of(tags=tags_of(everywhere)).tags is None


def test_numbers_of_authors_do_not_depend_on_the_order_of_the_books() -> None:
    names = ("Zola", "Austen", "Mann", "Austen")
    plain = facts_of(authors=names).authors
    turned = facts_of(authors=names[::-1]).authors
    assert plain is not None
    assert turned is not None
    assert plain.tolist() == turned[::-1].tolist() == [2, 0, 1, 0]
