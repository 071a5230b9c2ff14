"""One entry a book: which rows are of one, and which of them counts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries import exports
from libraries.exports import goodreads, table, write
from libraries.worlds import entry
from readalike.libraries.entry import Entry
from readalike.libraries.reading import merged, read_library


def rows(*entries: Entry) -> list[Entry]:
    from dataclasses import replace

    return [replace(e, row=at, line=at + 1) for at, e in enumerate(entries, 1)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("Emma", "Jane Austen"), entry("EMMA ", "Austen, Jane")),
        (
            entry("Emma", "Jane Austen", ids={"goodreads": "7"}),
            entry("Emma", ids={"goodreads": "7"}),
        ),
        (
            entry("Emma", "J. A.", ids={"goodreads": "7"}),
            entry("Ema", "J. A.", ids={"goodreads": "7"}),
        ),
        (entry("", ids={"openlibrary": "OL1W"}), entry("", ids={"openlibrary": "OL1W"})),
        (entry("Emma", isbn13=("1",)), entry("Emma", isbn13=("2", "1"))),
        (entry("Saga", "B", volume="1"), entry("Saga (Saga, #1)", "B")),
    ],
)
def test_rows_of_one_book(one: Entry, other: Entry) -> None:
    kept, gone = merged(rows(one, other))
    assert (len(kept), len(gone)) == (1, 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (entry("Arcadia", "Lauren Groff"), entry("Arcadia", "Tom Stoppard")),
        (entry("Arcadia"), entry("Arcadia")),
        (entry("Saga", "B", volume="1"), entry("Saga", "B", volume="2")),
        (entry("Saga (Saga, #1)", "B"), entry("Saga (Saga, #2)", "B")),
        (
            entry("Emma", "Ann", ids={"book": "1"}),
            entry("Dune", "Ann", ids={"book": "1"}),
        ),
        (entry("Emma", "Ann", isbn13=("1",)), entry("Dune", "Ann", isbn13=("1",))),
        (
            entry("Emma", "Ann", ids={"goodreads": "1"}),
            entry("Dune", "Bob", ids={"goodreads": "1"}),
        ),
        (entry("Emma", "Ann", ids={"goodreads": "1"}), entry("Emma", ids={"librarything": "1"})),
    ],
)
def test_rows_of_two_books(one: Entry, other: Entry) -> None:
    kept, gone = merged(rows(one, other))
    assert (len(kept), len(gone)) == (2, 0)


def book(**more: object) -> Entry:
    return entry("Emma", "Jane Austen", **more)


@pytest.mark.parametrize(
    ("counts", "other"),
    [
        (book(status="read"), book(status="to-read", stars=5.0, read_on=date(2024, 1, 1))),
        (book(status="read"), book(status="unfinished")),
        (book(status="unfinished"), book(status="reading")),
        (book(status="reading"), book(status="to-read")),
        (book(status="to-read"), book(status=None, stars=4.0)),
        (book(status="read", stars=2.0), book(status="read", read_on=date(2024, 1, 1))),
        (
            book(status="read", stars=2.0, read_on=date(2024, 1, 1)),
            book(status="read", stars=5.0, read_on=date(2023, 1, 1)),
        ),
        (
            book(status="read", stars=2.0, read_on=date(1999, 1, 1)),
            book(status="read", stars=5.0),
        ),
    ],
)
def test_the_row_that_counts_is_the_same_in_any_order(counts: Entry, other: Entry) -> None:
    for order in ((counts, other), (other, counts)):
        numbered = rows(*order)
        ((kept,), (gone,)) = merged(numbered)
        assert (kept.status, kept.stars, kept.read_on) == (
            counts.status, counts.stars, counts.read_on,
        )  # fmt: skip
        assert {kept.row, gone.row} == {1, 2}
        assert gone.into == kept.row


def test_among_equals_the_last_row_counts() -> None:
    ((kept,), gone) = merged(rows(book(stars=1.0), book(stars=2.0), book(stars=3.0)))
    assert (kept.stars, kept.row) == (3, 3)
    assert [(row.row, row.line, row.into) for row in gone] == [(1, 2, 3), (2, 3, 3)]


def test_ids_and_isbn_of_the_other_rows_are_kept() -> None:
    first = book(ids={"goodreads": "1"}, isbn13=("9780140283334",), isbn_given=("0140283331",))
    second = book(
        ids={"goodreads": "2", "openlibrary": "OL1W"}, status="read",
        isbn13=("9780345451040",), isbn_given=("034545104X",),
    )  # fmt: skip
    ((kept,), _) = merged(rows(first, second))
    assert kept.ids == {"goodreads": "2", "openlibrary": "OL1W"}
    assert kept.source_id == "2"
    assert kept.isbn13 == ("9780345451040", "9780140283334")
    assert kept.isbn_given == ("034545104X", "0140283331")


def test_a_chain_of_rows_is_one_book() -> None:
    """The first and the last have nothing in common but the one between."""
    chain = rows(
        entry("Emma", "Jane Austen", ids={"goodreads": "1"}),
        entry("Emma (Illustrated Edition)", "Jane Austen", ids={"goodreads": "2"}),
        entry("Ema", "Jane Austen", ids={"goodreads": "2"}),
    )
    kept, gone = merged(chain)
    assert (len(kept), len(gone)) == (1, 2)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.integers(0, 5))))
def test_no_row_is_lost_and_order_changes_no_group(books: list[tuple[str, str, int]]) -> None:
    entries = rows(*(entry(t, a, stars=float(s) or None) for t, a, s in books))
    kept, gone = merged(entries)
    assert len(kept) + len(gone) == len(entries)
    assert {(e.title, e.authors) for e in kept} == {(t, (a,)) for t, a, _ in books}
    assert [e.row for e in kept] == sorted(e.row for e in kept)
    back, _ = merged(entries[::-1])
    assert {e.row for e in back} == {e.row for e in kept}


def test_what_was_merged_is_told(tmp_path: Path) -> None:
    twice = [
        goodreads("Emma", "Jane Austen", Book_Id=1, My_Rating=3),
        goodreads("Dune", "Frank Herbert", Book_Id=2),
        goodreads("Emma", "Jane Austen", Book_Id=5),
    ]
    library = read_library(write(tmp_path / "g.csv", table(exports.GOODREADS, *twice)))
    assert [e.title for e in library.entries] == ["Emma", "Dune"]
    assert [(row.row, row.line, row.into) for row in library.merged] == [(3, 4, 1)]
    assert any(
        note.startswith("1 row of books that stand in another row") for note in library.notes
    )
