"""Damaged files: cut, shuffled, re-encoded, with broken quotes and renamed columns.

Never a traceback but the library's own errors, and never a row lost without a word.
"""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libraries import exports
from libraries.exports import goodreads, librarything_json, table
from libraries.worlds import goodbooks
from readalike.bibliography.book_index import BookIndex
from readalike.errors import InputError
from readalike.libraries.entry import Library
from readalike.libraries.match_report import as_dict, csv_text, json_text
from readalike.libraries.matching import match
from readalike.libraries.reading import read_library

ROWS = 12
DAMAGED = 2_000


def goodreads_text() -> str:
    rows = [
        goodreads(
            title,
            author,
            Book_Id=k + 1,
            ISBN='="0140283331"',
            My_Rating=k % 6,
            Exclusive_Shelf=("read", "to-read", "dnf", "mine")[k % 4],
            My_Review='First "line", and\nsecond<br/>' if k % 5 == 0 else "",
        )
        for k, (title, author) in enumerate(exports.books(ROWS))
    ]
    return table(exports.GOODREADS, *rows)


def storygraph_text() -> str:
    rows = [
        {
            "Title": title,
            "Authors": f"{author}, Ann Onym",
            "ISBN/UID": "9780439023481",
            "Read Status": "read",
            "Star Rating": 3.75,
            "Dates Read": "2023/05/23-2023/06/07",
        }
        for title, author in exports.books(ROWS)
    ]
    return table(exports.STORYGRAPH, *rows)


def librarything_text() -> str:
    rows = [
        {
            "Book Id": k,
            "Title": title,
            "Primary Author": f"Família{k}, {author}",
            "Rating": "4.5",
            "Collections": "Your library",
            "ISBN": "[0596101996]",
            "Entry Date": "[2021-07-30]",
        }
        for k, (title, author) in enumerate(exports.books(ROWS))
    ]
    return table(exports.LIBRARYTHING, *rows, separator="\t")


def json_text_of_librarything() -> str:
    return librarything_json(
        *(
            {"books_id": k, "title": title, "primaryauthor": author, "isbn": {"0": "0140283331"}}
            for k, (title, author) in enumerate(exports.books(ROWS))
        )
    )


def any_text() -> str:
    lines = [
        f"{title},{author},,{k % 6},read" for k, (title, author) in enumerate(exports.books(ROWS))
    ]
    return "\n".join(["title,author,isbn,rating,shelf", *lines, ""])


WHOLE = {
    "Goodreads": goodreads_text(),
    "StoryGraph": storygraph_text(),
    "LibraryThing": librarything_text(),
    "JSON": json_text_of_librarything(),
    "table": any_text(),
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1")


def cut(text: str, draw: random.Random) -> str:
    return text[: draw.randrange(len(text) + 1)]


def shuffled_lines(text: str, draw: random.Random) -> str:
    head, *lines = text.split("\n")
    draw.shuffle(lines)
    return "\n".join([head, *lines])


def shuffled_letters(text: str, draw: random.Random) -> str:
    at, length = draw.randrange(len(text)), draw.randrange(60)
    piece = list(text[at : at + length])
    draw.shuffle(piece)
    return text[:at] + "".join(piece) + text[at + length :]


def broken_quotes(text: str, draw: random.Random) -> str:
    for _ in range(draw.randrange(1, 4)):
        at = draw.randrange(len(text))
        text = text[:at] + draw.choice(['"', '""', '",', '\n"', "'", '="']) + text[at:]
    return text


def quotes_gone(text: str, draw: random.Random) -> str:
    return text.replace('"', "", draw.randrange(1, 8))


def renamed_columns(text: str, draw: random.Random) -> str:
    head, end, rest = text.partition("\n")
    names = head.split(",")
    names[draw.randrange(len(names))] = draw.choice(["", "x", "Title", "title ", "ISBN"])
    return ",".join(names) + end + rest


def columns_out_of_order(text: str, draw: random.Random) -> str:
    head, end, rest = text.partition("\n")
    names = head.split(",")
    draw.shuffle(names)
    return ",".join(names) + end + rest


def another_separator(text: str, draw: random.Random) -> str:
    return text.replace(",", draw.choice([";", "\t", "|", ",,", ", "]))


def odd_letters(text: str, draw: random.Random) -> str:
    at = draw.randrange(len(text))
    return (
        text[:at] + draw.choice(["\u2028", "\x0b", "\ufeff", "\x85", "é", "\r", "\x1a"]) + text[at:]
    )


def lines_twice(text: str, draw: random.Random) -> str:
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    return "\n".join([*lines[:at], *[lines[at]] * 3, *lines[at:]])


DAMAGES = (
    cut,
    shuffled_lines,
    shuffled_letters,
    broken_quotes,
    quotes_gone,
    renamed_columns,
    columns_out_of_order,
    another_separator,
    odd_letters,
    lines_twice,
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    text = WHOLE[draw(st.sampled_from(sorted(WHOLE)))]
    chance = random.Random(draw(st.integers(0, 2**32)))
    for damage in draw(st.lists(st.sampled_from(DAMAGES), max_size=3)):
        text = damage(text, chance) if text else text
    content = text.encode(draw(st.sampled_from(ENCODINGS)), "replace")
    if draw(st.integers(0, 9)) == 0:
        content = content[: chance.randrange(len(content) + 1)]
    if draw(st.integers(0, 9)) == 0 and content:
        at = chance.randrange(len(content))
        content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
    return content


def read_bytes(content: bytes) -> Library | None:
    """What is read of a file; None where it is refused, which must name the file and a reason."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        path.write_bytes(content)
        refused = ""
        library = None
        try:
            library = read_library(path)
        except InputError as error:
            refused = str(error)
        assert [p.name for p in Path(folder).iterdir()] == ["export.csv"]
    assert library is not None or re.match(rf"{re.escape(str(path))}(, line \d+)?: \S", refused)
    return library


@given(damaged())
@settings(max_examples=DAMAGED, deadline=None)
def test_a_damaged_export_is_read_or_refused_and_no_row_is_lost(content: bytes) -> None:
    library = read_bytes(content)
    if library is None:
        return
    assert len(library.entries) + len(library.merged) + len(library.rejected) == library.rows
    rows = [e.row for e in library.entries] + [m.row for m in library.merged]
    assert len(set(rows)) == len(rows)
    assert all(0 < row <= library.rows for row in rows)
    assert all(rejected.why and rejected.line > 0 for rejected in library.rejected)
    assert {m.into for m in library.merged} <= {e.row for e in library.entries}
    for entry in library.entries:
        assert entry.title or entry.ids or entry.isbn13
        if entry.stars is not None:
            assert entry.scale is not None
            assert 0 < entry.stars <= entry.scale.highest
        assert entry.opinion is None or entry.status != "to-read"
    matches = match(library, BookIndex(goodbooks()))
    told = as_dict(matches)
    assert len(told["entries"]) + len(told["rejected"]) == told["rows"]
    assert json_text(matches)
    assert csv_text(matches).count("\n") >= library.rows


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_whole_file_is_read_whole(name: str, encoding: str) -> None:
    library = read_bytes(WHOLE[name].encode(encoding, "replace"))
    assert library is not None
    assert library.rows == ROWS
    assert len(library.entries) == ROWS
    assert library.rejected == ()


@given(st.integers(0, 10**6))
@settings(max_examples=100, deadline=None)
def test_what_stands_before_a_cut_is_kept(at: int) -> None:
    text = goodreads_text()
    head = text.index("\n") + 1
    short = text[: head + at % (len(text) - head)]
    library = read_bytes(short.encode())
    whole = read_bytes(text.encode())
    assert whole is not None
    kept = () if library is None else library.entries
    assert len(kept) >= sum(text.index(e.title) + 200 < len(short) for e in whole.entries) - 1
    assert [e.title for e in kept[:-1]] == [e.title for e in whole.entries[: max(len(kept) - 1, 0)]]


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    library = read_bytes(content)
    assert library is None or library.rows > 0


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text_behind_names_of_columns(rest: str) -> None:
    library = read_bytes(f"title,author,isbn,rating\n{rest}".encode("utf-8", "replace"))
    if library is not None:
        taken = len(library.entries) + len(library.merged) + len(library.rejected)
        assert taken == library.rows
        assert library.rows <= rest.count("\n") + rest.count("\r") + 1
