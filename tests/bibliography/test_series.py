from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.series import Volumes
from readalike.bibliography.titles import Title
from readalike.data.catalogue import Catalogue
from readalike.data.histories import Histories
from readalike.data.vocabulary import Vocabulary
from readalike.numerics.masks import BatchMask
from readalike.tables.dataset import read

ME = "A. Writer"


def catalogue(*books: str | tuple[str, str]) -> Catalogue:
    """Books by titles, or titles and authors; columns as the reader of tables fills them."""
    pairs = [(book, ME) if isinstance(book, str) else book for book in books]
    parsed = [Title(title) for title, _ in pairs]
    return Catalogue.of(
        Vocabulary.of(range(len(books))),
        titles=tuple(title for title, _ in pairs),
        authors=tuple(author for _, author in pairs),
        series=tuple(title.series for title in parsed),
        volumes=tuple(title.volume for title in parsed),
    )


def volumes(*books: str | tuple[str, str]) -> Volumes:
    return BookIndex(catalogue(*books)).volumes


def known_to(found: Volumes, *readers: Collection[int]) -> BatchMask:
    rows = [(sorted(books), [4.0] * len(books)) for books in readers]
    return found.known(Histories.of_rows(rows, len(found.series)))


def known(found: Volumes, *read_books: int) -> list[int]:
    return np.flatnonzero(known_to(found, read_books).dense(1)).tolist()


def entries(found: Volumes, *read_books: int) -> list[int]:
    waiting = found.not_next(known_to(found, read_books)).dense(1)
    return np.flatnonzero(~waiting).tolist()


# --- what a title says ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "series", "first", "last"),
    [
        ("Emma", None, None, None),
        ("The Hunger Games (The Hunger Games, #1)", "The Hunger Games", 1, 1),
        ("Mort (Discworld, #4; Death, #1)", "Discworld", 4, 4),
        ("Raising Steam (Discworld, #40, Moist von Lipwig #3 )", "Discworld", 40, 40),
        ("Night Play (Dark-Hunter #5, Were-Hunter #1)", "Dark-Hunter", 5, 5),
        ("Fairest (The Lunar Chronicles, #3.5)", "The Lunar Chronicles", 3.5, 3.5),
        ("A Touch of Dead (Sookie Stackhouse, #4.1, #4.3, #8.1)", "Sookie Stackhouse", 4.1, 8.1),
        ("The Twilight Saga (Twilight, #1-4 + 3.5)", "Twilight", 1, 4),
        ("Moonlight Mile (Kenzie & Gennaro,#6)", "Kenzie & Gennaro", 6, 6),
        ("Beyond Exile (Day by Day Armageddon,# 2)", "Day by Day Armageddon", 2, 2),
        ("Fables, Vol. 1: Legends in Exile", "Fables", 1, 1),
        ("Bleach, Volume 15", "Bleach", 15, 15),
        ("The Talisman (Volume 1): The Road of Trials", "The Talisman", 1, 1),
        ("The Absolute Sandman, Volume One", "The Absolute Sandman", 1, 1),
        ("A Life: Sherlock and I, Volume II", "A Life: Sherlock and I", 2, 2),
        ("Conversations with God, Book 3", "Conversations with God", 3, 3),
        ("Batman: The Dark Knight Returns #1", "Batman: The Dark Knight Returns", 1, 1),
        ("Nancy Drew: #1-64", "Nancy Drew", 1, 64),
        ("The History of the Hobbit, Part One: Mr. Baggins", "The History of the Hobbit", 1, 1),
        ("The Illuminatus! Trilogy", "Illuminatus!", 1, 3),
    ],
)
def test_series_and_volumes_of_one_book(
    title: str, series: str | None, first: float | None, last: float | None
) -> None:
    found = volumes(title)
    assert found.names == (() if series is None else (series,))
    assert found.series.tolist() == [-1 if series is None else 0]
    np.testing.assert_equal(found.first, [np.nan if first is None else first])
    np.testing.assert_equal(found.last, [np.nan if last is None else last])


@pytest.mark.parametrize(
    "title",
    [
        "#GIRLBOSS",
        "Heart-Shaped Box",
        "The Book of Three",
        "Part-Time Indian",
        "A Tale of Two Cities",
        "The Firm (Penguin Readers, Level 5)",
        "2666",
        "The Complete Poems",
        "My Horizontal Life: A Collection of One-Night Stands",
        "The Qur'an / القرآن الكريم",
        "The 22 Immutable Laws of Marketing",
        "Earth (The Book): A Visitor's Guide",
        "On Suzanne Collins: Essays on the Hunger Games Trilogy",
        "",
    ],
)
def test_a_title_that_names_no_series(title: str) -> None:
    found = volumes(title)
    assert found.series.tolist() == [-1]
    assert not found.is_set.any()
    assert not found.is_part.any()
    assert np.isnan(found.first).all()


def test_the_columns_go_before_the_title() -> None:
    books = Catalogue.of(
        Vocabulary.of(range(2)), titles=("Fables, Vol. 1", "Second"), authors=(ME, ME),
        series=("Tales", "The Tales Series"), volumes=("7", "VIII"),
    )  # fmt: skip
    found = BookIndex(books).volumes
    assert found.series.tolist() == [0, 0]
    assert found.first.tolist() == [7, 8]


def test_what_no_number_can_be_read_of_is_of_the_series_all_the_same() -> None:
    found = BookIndex(
        Catalogue.of(
            Vocabulary.of(range(2)), titles=("A", "B"), series=("S", "S"), volumes=("", "last")
        )
    ).volumes
    assert found.series.tolist() == [0, 0]
    assert np.isnan(found.first).all()
    assert entries(found) == [0, 1]


@pytest.mark.parametrize(
    ("title", "is_set", "is_part"),
    [
        ("The Complete Maus (Maus, #1-2)", True, False),
        ("Wool Omnibus (Silo, #1)", False, False),
        ("The Assassin's Blade (Throne of Glass, #0.1-0.5)", False, False),
        ("Classics Boxed Set", True, False),
        ("A 4-Book Boxed Set: Many Things", True, False),
        ("Steel and Snow (A Song, #3: Part 1 of 2)", False, True),
        ("Order (Harry, #5, Part 1)", False, True),
        ("To the Tower, Part 2 (Memory, #3; Part 2)", False, True),
        ("The Fifth Dominion (Imajica Part #1/2)", False, True),
        ("Never: Part Two (Never, #2)", False, False),
        ("King Henry IV, Part 1 (Wars of the Roses, #2)", False, False),
    ],
)
def test_sets_and_parts(title: str, is_set: bool, is_part: bool) -> None:
    found = volumes(title)
    assert (found.is_set.tolist(), found.is_part.tolist()) == ([is_set], [is_part])


# --- what books say of each other -----------------------------------------------------------


def test_names_of_one_series_differ_in_articles_case_and_kind() -> None:
    found = volumes(
        "A (The Eye, #1)", "B (Eye, #2)", "C (the eye trilogy, #3)", "D (The Eye Saga, #4)"
    )
    assert found.series.tolist() == [0, 0, 0, 0]


def test_two_series_of_one_name_are_told_apart_by_the_volume_that_both_claim() -> None:
    found = volumes(("A (Immortals, #1)", "Noel"), ("B (Immortals, #1)", "Pierce"))
    assert found.series.tolist() == [0, 1]
    found = volumes(("A (Immortals, #1-3)", "Noel"), ("B (Immortals, #2)", "Pierce"))
    assert found.series.tolist() == [0, 1]


def test_a_series_that_several_authors_share_is_one() -> None:
    found = volumes(
        ("A (39 Clues, #1)", "Riordan"), ("B (39 Clues, #2)", "Korman"),
        ("C (39 Clues, #3)", "Lerangis"), ("C (39 Clues, #3)", "Lerangis, Watson"),
    )  # fmt: skip
    assert found.series.tolist() == [0, 0, 0, 0]


def test_ways_of_writing_one_name_are_one_series() -> None:
    found = volumes(
        "A (Kane & Abel, #1)", "B (Kane and Abel, #2)", "C (The 39 Clues, #1)",
        "D (Thirty-Nine Clues, #2)", "E (Abel and Kane, #1)",
    )  # fmt: skip
    assert found.series.tolist() == [0, 0, 1, 1, 2]
    assert found.names == ("Kane & Abel", "The 39 Clues", "Abel and Kane")


def test_a_name_in_brackets_counts_where_its_author_has_such_a_series() -> None:
    found = volumes(
        "A (Malloreon, #1)", "Polgara (Malloreon)", ("Guide (Malloreon)", "Somebody"), "B (Icon)"
    )
    assert found.series.tolist() == [0, 0, -1, -1]
    assert np.isnan(found.first[1])


def test_a_trilogy_is_a_set_of_the_series_of_that_name() -> None:
    found = volumes("A (Earthsea Cycle, #1)", "The Earthsea Trilogy", "The Great Earthsea Trilogy")
    assert found.series.tolist() == [0, 0, 0]
    assert found.is_set.tolist() == [False, True, True]
    assert (found.first[1], found.last[1]) == (1, 3)


def test_the_complete_series_is_all_volumes_that_the_catalogue_has() -> None:
    found = volumes("Bone, Vol. 1", "Bone, Vol. 4", "Bone: The Complete Edition", "Bone Box Set")
    assert found.is_set.tolist() == [False, False, True, True]
    assert found.first.tolist() == [1, 4, 1, 1]
    assert found.last.tolist() == [1, 4, 4, 4]


def test_a_title_that_lists_books_of_its_author_is_a_set_of_them() -> None:
    found = volumes(
        "Animal Farm", "1984", "Animal Farm / 1984", "Two Novels: Animal Farm and 1984",
        "Three: Animal Farm, Essays", ("Animal Farm / 1984", "Another"), "Coraline",
        "Coraline (Illustrated/Graphic)",
    )  # fmt: skip
    assert np.flatnonzero(found.is_set).tolist() == [2]
    assert known(found, 2) == [0, 1, 2]
    assert known(found, 0) == [0]
    assert known(found, 0, 1) == [0, 1, 2]


def test_a_part_by_its_title_is_a_part_where_the_whole_is_there() -> None:
    found = volumes(
        "The Mile", "The Mile, Part 1: Girls", "The Mile, Part 2: Mouse", "Other, Part 1"
    )
    assert found.is_part.tolist() == [False, True, True, False]
    assert known(found, 0) == [0, 1, 2]
    assert known(found, 1) == [0, 1]


# --- where to go on -------------------------------------------------------------------------

GAMES = (
    "Games (Games, #1)",
    "Fire (Games, #2)",
    "Jay (Games, #3)",
    "Games Boxset (Games, #1-3)",
    "Novella (Games, #1.5)",
    "Emma",
)


def test_only_the_next_volume_is_an_entry() -> None:
    found = volumes(*GAMES)
    assert entries(found) == [0, 3, 5]
    assert entries(found, 0) == [1, 5]
    assert entries(found, 2) == [0, 3, 5]
    assert entries(found, 1, 2) == [0, 3, 5]
    assert entries(found, 5) == [0, 3]


def test_once_all_whole_numbers_are_read_the_novellas_may_come() -> None:
    found = volumes(*GAMES)
    assert known(found, 0, 1, 2) == [0, 1, 2, 3]
    assert entries(found, 0, 1, 2) == [4, 5]
    assert entries(found, *range(6)) == []


def test_who_read_a_set_read_what_it_binds() -> None:
    found = volumes(*GAMES)
    assert known(found, 3) == [0, 1, 2, 3]
    assert entries(found, 3) == [4, 5]
    larger = volumes(*GAMES, "Fourth (Games, #4)")
    assert entries(larger, 3) == [5, 6]


def test_a_set_is_not_read_before_the_volume_that_the_catalogue_lacks() -> None:
    found = volumes("A (S, #1)", "B (S, #2)", "Box (S, #1-3)")
    assert known(found, 0, 1) == [0, 1]
    assert known(found, 0, 1, 2) == [0, 1, 2]


def test_a_set_of_which_a_part_is_known_waits_until_the_others_are_read() -> None:
    found = volumes("A (S, #1)", "B (S, #2)", "Box (S, #1-3)")
    assert entries(found) == [0, 2]
    assert entries(found, 0) == [1]
    assert entries(found, 0, 1) == [2]


def test_a_set_stands_in_for_volumes_that_the_catalogue_lacks() -> None:
    found = volumes("All Creatures (Creatures, #1-2)", "Bright (Creatures, #3)", "Box (X, #1-2)")
    assert found.stands_in.tolist() == [True, False, True]
    assert entries(found) == [0, 2]
    assert entries(found, 0) == [1, 2]
    assert not volumes(*GAMES).stands_in.any()


def test_a_zeroth_volume_is_a_prequel_and_not_the_beginning() -> None:
    found = volumes("New Spring (Wheel, #0)", "Eye (Wheel, #1)")
    assert entries(found) == [1]
    assert entries(found, 1) == [0]


def test_a_part_read_makes_its_volume_known_but_not_the_other_part() -> None:
    found = volumes(
        "Swords (Song, #3)", "Steel (Song, #3: Part 1 of 2)", "Gold (Song, #3: Part 2 of 2)",
        "Crows (Song, #4)",
    )  # fmt: skip
    assert not found.stands_in.any()
    assert known(found, 1) == [0, 1]
    assert known(found, 0) == [0, 1, 2]
    assert entries(found, 1) == [2, 3]
    assert entries(found, 0) == [3]


def test_parts_of_which_there_is_no_whole_follow_each_other() -> None:
    found = volumes("Tower, Part 1 (M, #3; Part 1)", "Tower, Part 2 (M, #3; Part 2)", "D (M, #4)")
    assert found.stands_in.tolist() == [True, True, False]
    assert entries(found) == [0]
    assert entries(found, 0) == [1]
    assert entries(found, 0, 1) == [2]


def test_another_edition_of_a_volume_is_that_volume() -> None:
    found = volumes("A (S, #1)", "A (S, #1)", "A: The Graphic Novel (S, #1)", "B (S, #2)")
    assert entries(found) == [0, 1, 2]
    assert entries(found, 1) == [3]


def test_an_empty_catalogue() -> None:
    found = volumes()
    assert found.names == ()
    assert entries(found) == []
    assert known(found) == []


# --- the slow twin --------------------------------------------------------------------------

BOOK = st.tuples(
    st.sampled_from(["S", "T", ""]),
    st.sampled_from(["0", "0.5", "1", "2", "3", "1-2", "2-4", "1.5", "0.1-0.4", "1,3", ""]),
)


def slow_entries(books: Sequence[tuple[str, str]], read_books: set[int]) -> list[int]:
    """By the words of the docstring, book by book; titles are all different."""

    def wholes(book: int) -> set[int]:
        series, volume = books[book]
        found: set[int] = set()
        for piece in volume.split(",") if series and volume else ():
            low, _, high = piece.partition("-")
            inside = [n for n in range(1, 10) if float(low) <= n <= float(high or low)]
            found |= set(inside)
        return found

    every = range(len(books))
    singles = {(books[b][0], min(wholes(b))) for b in every if len(wholes(b)) == 1}
    seen = {(books[b][0], number) for b in read_books for number in wholes(b)}
    is_known = [
        b in read_books or (bool(wholes(b)) and all((books[b][0], n) in seen for n in wholes(b)))
        for b in every
    ]
    lowest: dict[str, int] = {}
    for b in every:
        series, numbers = books[b][0], wholes(b)
        bound = len(numbers) > 1
        if not numbers or is_known[b] or (bound and (series, min(numbers)) in singles):
            continue
        lowest[series] = min(lowest.get(series, 99), min(numbers))
    found = []
    for b in every:
        series, numbers = books[b][0], wholes(b)
        if is_known[b]:
            continue
        waits = series in lowest and (not numbers or min(numbers) != lowest[series])
        if not series or not waits:
            found.append(b)
    return found


@given(st.lists(BOOK, max_size=9), st.sets(st.integers(0, 8)))
def test_entries_agree_with_the_slow_twin(
    books: list[tuple[str, str]], read_books: set[int]
) -> None:
    read_books = {book for book in read_books if book < len(books)}
    found = BookIndex(
        Catalogue.of(
            Vocabulary.of(range(len(books))),
            titles=tuple(f"Title {chr(97 + at)}" for at in range(len(books))),
            authors=(ME,) * len(books),
            series=tuple(series for series, _ in books),
            volumes=tuple(volume if series else "" for series, volume in books),
        )
    ).volumes
    assert entries(found, *read_books) == slow_entries(books, read_books)


TITLES = [
    "A (S, #1)", "B (S, #2)", "C (S, #3)", "Box (S, #1-3)", "Box (S, #2-4)", "D (S, #0.5)",
    "B: One (S, #2: Part 1 of 2)", "B: Two (S, #2: Part 2 of 2)", "E (S)", "The Complete S",
    "A / B", "A", "T, Part 1", "T, Part 2", "T", "U, Vol. 1", "U Box Set",
]  # fmt: skip


@given(st.lists(st.sampled_from(TITLES)), st.data())
def test_who_reads_what_comes_next_comes_to_the_end(titles: list[str], data: st.DataObject) -> None:
    found = volumes(*titles)
    read: set[int] = set()
    while len(before := known(found, *read)) < len(titles):
        following = entries(found, *read)
        assert following, [titles[book] for book in {*range(len(titles))}.difference(before)]
        assert not {*following} & {*before}
        read.add(data.draw(st.sampled_from(following)))
        assert {*before} <= {*known(found, *read)}
    assert not entries(found, *read)


def slow_known(found: Volumes, read: Collection[int]) -> set[int]:
    """One reader, book by book."""
    needs, gives, works = found.needs, found.gives, found.works
    every = range(len(works))
    books = {book for book in every if works[book] in {works[one] for one in read}}
    units = {
        unit
        for book in books
        for unit in gives.indices[gives.indptr[book] : gives.indptr[book + 1]]
    }
    books |= {
        book
        for book in every
        if {*needs.indices[needs.indptr[book] : needs.indptr[book + 1]]} <= units
    }
    return {book for book in every if works[book] in {works[one] for one in books}}


def slow_next(found: Volumes, known_books: Collection[int]) -> set[int]:
    """One reader, series by series."""
    following = set()
    for series in range(-1, len(found.names)):
        books = np.flatnonzero(found.series == series).tolist()
        alone = [
            b for b in books if not (found.is_set[b] or found.is_part[b]) or found.stands_in[b]
        ]
        lowest = min(
            (r for b in alone if b not in known_books and (r := found.ranks[b]) == r),
            default=math.inf,
        )
        for book in books:
            rank, part = found.ranks[book], found.is_part[book] and not found.stands_in[book]
            if series < 0 or lowest == math.inf or rank == lowest or (part and rank <= lowest):
                following.add(book)
    return following - {*known_books}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(TITLES), max_size=12),
    st.lists(st.sets(st.integers(0, 60)), max_size=6),
)
def test_each_of_many_readers_is_told_what_one_alone_is(
    titles: list[str], readers: list[set[int]]
) -> None:
    found = volumes(*titles)
    readers = [{book for book in books if book < len(titles)} for books in readers]
    known_books = known_to(found, *readers)
    waiting = found.not_next(known_books).dense(len(readers))
    for books, of_known, of_waiting in zip(
        readers, known_books.dense(len(readers)), waiting, strict=True
    ):
        expected = slow_known(found, books)
        assert np.flatnonzero(of_known).tolist() == sorted(expected)
        assert np.flatnonzero(~of_waiting).tolist() == sorted(slow_next(found, expected))


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=10))
def test_no_text_breaks_it(title: str, series: str, volume: str) -> None:
    found = BookIndex(
        Catalogue.of(Vocabulary.of([1]), titles=(title,), series=(series,), volumes=(volume,))
    ).volumes
    assert (found.series[0] >= 0) or np.isnan(found.first[0])
    assert entries(found) in ([], [0])
    assert known(found, 0) == [0]


# --- the real catalogue ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(real_data: Path) -> Catalogue:
    return read(real_data / "goodbooks-10k").catalogue


@pytest.mark.real_data
def test_real_series_begin_at_their_beginning(real: Catalogue) -> None:
    found = BookIndex(real).volumes
    ids = real.books.indices

    def listed(*read_ids: object) -> set[str]:
        return {real.books.ids[book] for book in entries(found, *ids(read_ids).tolist())}

    nothing = listed()
    assert {"1", "2", "349"} <= nothing
    assert not {"17", "20", "18", "21", "23", "24", "25", "27"} & nothing
    assert "17" in listed("1")
    assert not {"1", "17", "20", "507"} & listed("507")
    assert 4_500 < (found.series >= 0).sum() < 4_800
    salems_lot = known(found, *ids(["349"]).tolist())
    assert ids(["1292"])[0] in salems_lot
