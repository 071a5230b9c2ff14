from __future__ import annotations

import math
import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.works import Editions, with_editions
from readalike.data.catalogue import Catalogue
from readalike.data.vocabulary import Vocabulary

WORDS = st.sampled_from(["", "Emma", "emma ", "Dune", "Dune (Dune, #1)", "It’s", "Its"])
AUTHORS = st.sampled_from(["", "Jane Austen", "jane austen, A. Painter", "Frank Herbert"])


def catalogue(*books: tuple[str, str, str, str]) -> Catalogue:
    """Books of (title, authors, volume, work id)."""
    titles, authors, volumes, works = zip(*books, strict=True) if books else ((),) * 4
    return Catalogue.of(
        Vocabulary.of(range(len(books))),
        titles=titles, authors=authors, volumes=volumes, work_ids=works,
    )  # fmt: skip


def together(*books: tuple[str, str, str, str]) -> bool:
    return len(set(BookIndex(catalogue(*books)).works.tolist())) == 1


def test_the_same_title_volume_and_first_author_are_one_work() -> None:
    assert together(
        ("'Salem's Lot", "Stephen King", "", "1"), ("’Salem’s lot", "Stephen King, J. U.", "", "2")
    )
    assert together(
        ("Dune (Dune, #1)", "Frank Herbert", "1", ""), ("Dune", "Frank Herbert", "1", "")
    )


def test_another_author_volume_or_title_is_another_work() -> None:
    assert not together(("Arcadia", "Lauren Groff", "", ""), ("Arcadia", "Tom Stoppard", "", ""))
    assert not together(
        ("Saga (Saga, #1)", "B. Vaughan", "1", ""), ("Saga (Saga, #2)", "B. Vaughan", "2", "")
    )
    assert not together(("Emma", "Jane Austen", "", ""), ("Persuasion", "Jane Austen", "", ""))


def test_a_title_without_an_author_says_too_little() -> None:
    assert not together(("Poems", "", "", ""), ("Poems", "", "", ""))
    assert not together(("", "Jane Austen", "", ""), ("", "Jane Austen", "", ""))


def test_a_work_id_joins_titles_that_differ_and_joins_chains() -> None:
    assert together(("Emma", "Jane Austen", "", "7"), ("Эмма", "Джейн Остин", "", "7"))
    assert together(
        ("Emma", "Jane Austen", "", "7"),
        ("Эмма", "Джейн Остин", "", "7"),
        ("EMMA", "Jane Austen", "", "8"),
    )


def test_an_empty_catalogue_has_no_work() -> None:
    assert BookIndex(catalogue()).works.shape == (0,)
    assert with_editions(BookIndex(catalogue()).works, np.array([], np.int64)).tolist() == []


@given(
    st.lists(
        st.tuples(WORDS, AUTHORS, st.sampled_from(["", "1"]), st.sampled_from(["", "a"])),
        max_size=9,
    )
)
def test_works_agree_with_the_slow_twin(books: list[tuple[str, str, str, str]]) -> None:
    """Join what has an equal key until nothing changes."""

    def keys(book: tuple[str, str, str, str]) -> set[object]:
        title, authors, volume, work = book
        plain = title.split(" (")[0].replace("’", "").strip().lower()
        named = {(plain, authors.split(",")[0].lower(), volume)} if title and authors else set()
        return named | ({work} if work else set())

    number = list(range(len(books)))
    for _ in books:
        for i, one in enumerate(books):
            for j, other in enumerate(books):
                if keys(one) & keys(other):
                    number[i] = number[j] = min(number[i], number[j])
    found = BookIndex(catalogue(*books)).works
    for i in range(len(books)):
        for j in range(len(books)):
            assert (found[i] == found[j]) == (number[i] == number[j])
        editions = with_editions(found, np.array([i]))
        assert editions.tolist() == [j for j in range(len(books)) if found[j] == found[i]]


@given(
    st.lists(st.integers(0, 4), max_size=9),
    st.integers(0, 3),
    st.randoms(use_true_random=False),
)
def test_of_each_work_the_first_of_the_best_is_kept(
    works: list[int], rows: int, chance: random.Random
) -> None:
    n = len(works)
    scores = np.array(
        [[chance.choice([-math.inf, 0.0, 1.0, 2.0]) for _ in works] for _ in range(rows)],
        np.float32,
    ).reshape(rows, n)
    order = list(range(n))
    chance.shuffle(order)
    editions = Editions.of(np.array(works, np.int32), np.array(order, np.int64))
    found = set(zip(*(part.tolist() for part in editions.lesser(scores)), strict=True))
    wanted = set()
    for row in range(rows):
        for work in {work for work in works if works.count(work) > 1}:
            books = [book for book in order if works[book] == work]
            best = max(books, key=lambda book: scores[row, book])
            wanted |= {(row, book) for book in books if book != best}
    assert found == wanted
