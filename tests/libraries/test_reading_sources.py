"""A made-up file of every shape that exports were seen in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from libraries import exports
from libraries.exports import goodreads, table, write
from readalike.errors import InputError
from readalike.libraries.entry import Entry, Library
from readalike.libraries.reading import read_library
from readalike.libraries.sources import SOURCES, recognise_source
from readalike.tables.layouts import key


def one(library: Library) -> Entry:
    (entry,) = library.entries
    return entry


def of(tmp_path: Path, header: str, **cells: object) -> Entry:
    """The entry of a file of one row; `_` in a name stands for a blank."""
    row = {name.replace("_", " "): value for name, value in cells.items()}
    return one(read_library(write(tmp_path / "export", table(header, row))))


# --- Goodreads ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [exports.GOODREADS, exports.GOODREADS_31, exports.GOODREADS_32],
    ids=["24", "31", "32"],
)
def test_goodreads(tmp_path: Path, header: str) -> None:
    row = goodreads(
        "The Raven King (The Raven Cycle, #4)",
        "Maggie Stiefvater",
        Book_Id=17378527,
        Additional_Authors="Adam S. Doyle, Ann Onym",
        ISBN='="0545424984"',
        ISBN13='="9780545424981"',
        My_Rating=4,
        Date_Read="2016/05/01",
        Date_Added="2016/04/26",
        Bookshelves="fantasy, to-read",
        Bookshelves_with_positions="fantasy (#4), to-read (#123)",
        Read_Count=2,
        My_Review='So<br/>good, "really"',
    )
    library = read_library(write(tmp_path / "g.csv", table(header, row)))
    assert (library.format, library.rows, library.rejected) == ("Goodreads", 1, ())
    entry = one(library)
    assert (entry.row, entry.line) == (1, 2)
    assert entry.title == "The Raven King (The Raven Cycle, #4)"
    assert entry.authors == ("Maggie Stiefvater", "Adam S. Doyle", "Ann Onym")
    assert entry.ids == {"goodreads": "17378527"}
    assert entry.isbn_given == ("0545424984", "9780545424981")
    assert entry.isbn13 == ("9780545424981",)
    assert entry.stars == 4
    assert entry.scale is not None
    assert (entry.scale.lowest, entry.scale.highest, entry.scale.step) == (1, 5, 1)
    assert entry.status == "read"
    assert (entry.read_on, entry.added_on) == (date(2016, 5, 1), date(2016, 4, 26))
    assert entry.shelves == ("fantasy", "to-read")


@pytest.mark.parametrize("header", [exports.GOODREADS, exports.GOODREADS_31], ids=["24", "31"])
def test_goodreads_without_names_of_columns(tmp_path: Path, header: str) -> None:
    rows = [
        goodreads(title, author, Book_Id=k + 7, ISBN="140283331", My_Rating=k + 3, Read_Count=1)
        for k, (title, author) in enumerate(exports.books(2))
    ]
    library = read_library(write(tmp_path / "g.csv", table(header, *rows, names=False)))
    assert library.format == "Goodreads"
    assert [(e.row, e.line, e.ids["goodreads"], e.stars) for e in library.entries] == [
        (1, 1, "7", 3),
        (2, 2, "8", 4),
    ]
    assert library.entries[0].isbn13 == ("9780140283334",)
    assert any("no names of columns" in note for note in library.notes)


def test_goodreads_saved_by_a_spreadsheet(tmp_path: Path) -> None:
    """Bare ISBN without zeros, ISBN-13 as a float, dates the American way."""
    rows = [
        goodreads("One", "Ann", ISBN="140283331", ISBN13="9.78014E+12", Date_Read="6/20/2017"),
        goodreads("Two", "Bob", ISBN="", ISBN13="9,78014E+12", Date_Read="6/7/2017"),
    ]
    library = read_library(write(tmp_path / "g.csv", table(exports.GOODREADS, *rows)))
    first, second = library.entries
    assert first.isbn13 == ("9780140283334",)
    assert first.isbn_given == ("140283331", "9.78014E+12")
    assert second.isbn13 == ()
    assert second.isbn_given == ("9,78014E+12",)
    assert any(
        note.startswith("2 ISBN that a spreadsheet made a number of") for note in library.notes
    )
    assert (first.read_on, second.read_on) == (date(2017, 6, 20), date(2017, 6, 7))


def test_dates_that_may_be_of_two_days_are_not_read(tmp_path: Path) -> None:
    entry = of(tmp_path, exports.GOODREADS, Title="One", Date_Read="6/7/2017", Date_Added="")
    assert entry.read_on is None


def test_an_isbn_field_with_text_or_a_wrong_number(tmp_path: Path) -> None:
    rows = [
        goodreads("One", "Ann", ISBN='="AuthorName"', ISBN13='="978014028333"'),
        goodreads("Two", "Bob", ISBN='="0140283332"', ISBN13='="9790140283334"'),
    ]
    library = read_library(write(tmp_path / "g.csv", table(exports.GOODREADS, *rows)))
    assert [entry.isbn13 for entry in library.entries] == [(), ()]
    assert any(note.startswith("4 cells of ISBN hold no valid one") for note in library.notes)


@pytest.mark.parametrize(
    "title", ["Der Vorleser", "Et dukkehjem", "こころ", "El Aleph", "Ünder &amp; Över"]
)
def test_titles_of_all_languages(tmp_path: Path, title: str) -> None:
    assert of(tmp_path, exports.GOODREADS, Title=title).title == title.replace("&amp;", "&")


# --- StoryGraph -----------------------------------------------------------------------------------


def test_storygraph(tmp_path: Path) -> None:
    cells = {
        "Title": "Piranesi",
        "Authors": "Susanna Clarke, Ann Onym",
        "Contributors": "Chiwetel E.",
        "ISBN/UID": "9781526622433",
        "Format": "audio",
        "Read Status": "read",
        "Date Added": "2023/05/20",
        "Last Date Read": "2023/06/07",
        "Dates Read": "2021/01/02-2021/01/20, 2023/05/23-2023/06/07",
        "Read Count": 2,
        "Star Rating": "3.75",
        "Tags": "owned, weird",
    }
    text = table(exports.STORYGRAPH, cells)
    library = read_library(write(tmp_path / "s.csv", text, line_end="\r\n"))
    entry = one(library)
    assert library.format == "StoryGraph"
    assert entry.authors == ("Susanna Clarke", "Ann Onym"), "who only reads it aloud is no author"
    assert entry.isbn13 == ("9781526622433",)
    assert entry.stars == 3.75
    assert entry.scale is not None
    assert (entry.scale.lowest, entry.scale.step) == (0.25, 0.25)
    assert (entry.status, entry.read_on) == ("read", date(2023, 6, 7))
    assert entry.added_on == date(2023, 5, 20)
    assert entry.shelves == ("owned", "weird")


@pytest.mark.parametrize(
    ("header", "names"),
    [(exports.STORYGRAPH_8, ("Authors", "ISBN/UID")), (exports.STORYGRAPH_OLD, ("Author", "ISBN"))],
    ids=["eight columns", "old names"],
)
def test_other_columns_of_storygraph(tmp_path: Path, header: str, names: tuple[str, str]) -> None:
    cells = {
        "Title": "Emma",
        names[0]: "Jane Austen",
        names[1]: "0140283331",
        "Read Status": "read",
    }
    library = read_library(write(tmp_path / "s.csv", table(header, cells)))
    assert library.format == "StoryGraph"
    entry = one(library)
    assert (entry.authors, entry.isbn13, entry.stars) == (
        ("Jane Austen",),
        ("9780140283334",),
        None,
    )
    assert any("no column of stars" in n for n in library.notes) == (header == exports.STORYGRAPH_8)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("read", "read"),
        ("to-read", "to-read"),
        ("currently-reading", "reading"),
        ("did-not-finish", "unfinished"),
        ("dnf", "unfinished"),
        ("current", "reading"),
        ("my own", None),
    ],
)
def test_statuses_of_storygraph(tmp_path: Path, word: str, status: str | None) -> None:
    assert of(tmp_path, exports.STORYGRAPH, Title="One", Read_Status=word).status == status


@pytest.mark.parametrize(
    ("cell", "isbn13"),
    [
        ("", ()),
        ("9780439023481", ("9780439023481",)),
        ("439023483", ("9780439023481",)),
        ("B00B7NPRY8", ()),
        ("9.78E+12", ()),
        ("7120451", ("9780007120451",)),
    ],
)
def test_what_stands_for_an_isbn_in_storygraph(
    tmp_path: Path, cell: str, isbn13: tuple[str, ...]
) -> None:
    entry = one(
        read_library(
            write(
                tmp_path / "s.csv",
                table(
                    exports.STORYGRAPH, {"Title": "One", "ISBN/UID": cell, "Read Status": "read"}
                ),
            )
        )
    )
    assert entry.isbn13 == isbn13


# --- LibraryThing ---------------------------------------------------------------------------------

THING = {
    "Book Id": 9001,
    "Title": "Cien años de soledad",
    "Primary Author": "García Márquez, Gabriel",
    "Secondary Author": "Rabassa, Gregory|Nadie, Ana",
    "Rating": "4.5",
    "Date Read": "[2007-05-08]",
    "Entry Date": "[2021-07-30]",
    "Collections": "Your library",
    "ISBN": "[2070291340]",
    "ISBNs": "2070291340, 9782070291342",
    "Work id": 42,
    "Tags": "roman,espagnol",
}


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_librarything_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    text = table(exports.LIBRARYTHING, THING, separator="\t")
    library = read_library(write(tmp_path / "t.tsv", text, encoding))
    entry = one(library)
    assert library.format == "LibraryThing"
    assert entry.title == "Cien años de soledad"
    assert entry.authors == ("Gabriel García Márquez", "Gregory Rabassa", "Ana Nadie")
    assert entry.isbn_given == ("2070291340", "9782070291342")
    assert entry.isbn13 == ("9782070291342",), "both are one number"
    assert (entry.stars, entry.status, entry.read_on) == (4.5, "read", date(2007, 5, 8))
    assert entry.ids == {"librarything": "9001"}, "its work id is not Goodreads'"
    assert ("read as cp1252" in library.notes) == (encoding in ("latin-1", "cp1252"))


@pytest.mark.parametrize(
    ("collections", "rating", "status"),
    [
        ("Your library", "", None),
        ("Your library", "3", "read"),
        ("Wishlist", "", "to-read"),
        ("To read", "", "to-read"),
        ("Your library, To read", "", "to-read"),
        ("Read but unowned", "", "read"),
        ("Currently reading", "", "reading"),
        ("Your library,Did not finish", "2", "unfinished"),
    ],
)
def test_collections_of_librarything(
    tmp_path: Path, collections: str, rating: str, status: str | None
) -> None:
    row = THING | {"Collections": collections, "Rating": rating, "Date Read": ""}
    text = table(exports.LIBRARYTHING, row, separator="\t")
    assert one(read_library(write(tmp_path / "t.tsv", text))).status == status


JSON_BOOK = {
    "books_id": "123",
    "title": "Emma",
    "primaryauthor": "Austen, Jane",
    "rating": 4,
    "isbn": ["0140283331", "9780140283334"],
    "collections": ["Your library"],
    "tags": ["classic"],
}


@pytest.mark.parametrize(
    "isbn",
    [
        ["0140283331"],
        {"0": "0140283331", "2": "9780140283334"},
        ["", None, {"x": "1"}, ["2"], "0140283331"],
        "0140283331",
        None,
    ],
    ids=["list", "object", "odd list", "text", "absent"],
)
def test_librarything_json(tmp_path: Path, isbn: object) -> None:
    book = dict(JSON_BOOK)
    if isbn is None:
        del book["isbn"]
        book["originalisbn"] = "0140283331"
    else:
        book["isbn"] = isbn
    library = read_library(write(tmp_path / "t.json", exports.librarything_json(book)))
    entry = one(library)
    assert (library.format, entry.title, entry.authors) == (
        "LibraryThing",
        "Emma",
        ("Jane Austen",),
    )
    assert entry.isbn13 == ("9780140283334",)
    assert set(entry.isbn_given) <= {"0140283331", "9780140283334"}
    assert (entry.stars, entry.status, entry.shelves) == (4, "read", ("classic",))
    assert entry.line == 2


def test_two_objects_glued_together(tmp_path: Path) -> None:
    other = JSON_BOOK | {"books_id": "9", "title": "Persuasion", "isbn": []}
    text = exports.librarything_json(JSON_BOOK) + exports.librarything_json(other)
    assert "}{" in text
    library = read_library(write(tmp_path / "t.json", text))
    assert [entry.title for entry in library.entries] == ["Emma", "Persuasion"]
    assert (library.rows, library.rejected) == (2, ())


def test_json_that_breaks_off(tmp_path: Path) -> None:
    other = JSON_BOOK | {"books_id": "9", "title": "Persuasion", "isbn": []}
    text = exports.librarything_json(JSON_BOOK, other)
    cut = text[: text.index("Persuasion")]
    library = read_library(write(tmp_path / "t.json", cut))
    assert [entry.title for entry in library.entries] == ["Emma"]
    (rejected,) = library.rejected
    assert library.rows == 2
    assert rejected.line == 1 + cut.count("\n", 0, cut.index('"9": {'))
    assert "no JSON from here on" in rejected.why


@pytest.mark.parametrize("text", ["{}", "[]", '{"1": 5}', '{"a": {"b": 1}}', "[[[[", '{"1":', "{"])
def test_json_of_something_else(tmp_path: Path, text: str) -> None:
    told = r"must be an export of .*JSON of something else"
    with pytest.raises(InputError, match=told) as caught:
        read_library(write(tmp_path / "t.json", text))
    assert caught.value.line == 1


# --- others ---------------------------------------------------------------------------------------


def test_bookwyrm(tmp_path: Path) -> None:
    entry = of(
        tmp_path,
        exports.BOOKWYRM.replace("_", " "),
        title="Solaris",
        author_text="Stanisław Lem, Bill Johnston",
        openlibrary_key="OL1M",
        goodreads_key="95558",
        isbn_10="0156027607",
        rating="3.5",
        finish_date="2024-02-03",
        shelf="read",
        shelf_name="Read",
        shelf_date="2024-02-04",
    )
    assert entry.authors == ("Stanisław Lem", "Bill Johnston")
    assert entry.ids == {"goodreads": "95558", "openlibrary": "OL1M"}
    assert entry.isbn13 == ("9780156027601",)
    assert (entry.stars, entry.status, entry.read_on) == (3.5, "read", date(2024, 2, 3))


@pytest.mark.parametrize(
    ("shelf", "status"),
    [
        ("to-read", "to-read"),
        ("reading", "reading"),
        ("stopped-reading", "unfinished"),
        ("my-own-shelf", None),
    ],
)
def test_shelves_of_bookwyrm(tmp_path: Path, shelf: str, status: str | None) -> None:
    header = exports.BOOKWYRM
    text = table(header, {"title": "One", "author_text": "Ann", "shelf": shelf})
    assert one(read_library(write(tmp_path / "b.csv", text))).status == status


def test_hardcover(tmp_path: Path) -> None:
    entry = of(
        tmp_path,
        exports.HARDCOVER,
        Title="2666",
        Author="Roberto Bolaño, Natasha Wimmer (Translator)",
        Series="2666 (#1.0)",
        Status="Want to Read",
        Hardcover_Book_ID=75726,
        ISBN_10="0374100144",
        ISBN_13="9780374100148",
        Rating="4.5",
        Lists="Owned",
    )
    assert entry.authors == ("Roberto Bolaño",)
    assert (entry.series, entry.volume) == ("2666", "1")
    assert entry.isbn13 == ("9780374100148",)
    assert (entry.stars, entry.status) == (4.5, "to-read")
    assert entry.opinion is None, "stars of what is still to be read"


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Read", "read"),
        ("Currently Reading", "reading"),
        ("Stopped", "unfinished"),
        ("Did Not Finish", "unfinished"),
    ],
)
def test_statuses_of_hardcover(tmp_path: Path, word: str, status: str) -> None:
    assert of(tmp_path, exports.HARDCOVER, Title="One", Status=word).status == status


def test_calibre(tmp_path: Path) -> None:
    cells = {
        "title": "Soul Music",
        "authors": "Terry Pratchett & King| Stephen",
        "author_sort": "x",
        "rating": 4,
        "identifiers": "goodreads:39077187,isbn:9780756411800,amazon:B0",
        "series": "Discworld",
        "series_index": "16.0",
        "tags": "Fantasy, Death",
        "timestamp": "2020-01-02T03:04:05+00:00",
    }
    library = read_library(write(tmp_path / "c.csv", table(exports.CALIBRE, cells)))
    entry = one(library)
    assert library.format == "Calibre"
    assert entry.authors == ("Terry Pratchett", "Stephen King")
    assert entry.ids == {"goodreads": "39077187"}
    assert entry.isbn13 == ("9780756411800",)
    assert (entry.series, entry.volume, entry.stars) == ("Discworld", "16", 4)
    assert entry.status is None, "stars may have come with the book"
    assert entry.added_on == date(2020, 1, 2)
    unrated = table(exports.CALIBRE, cells | {"rating": "", "series": "", "series_index": "1.0"})
    entry = one(read_library(write(tmp_path / "c.csv", unrated)))
    assert (entry.status, entry.volume) == (None, "")


def test_openlibrary_of_ids_only(tmp_path: Path) -> None:
    text = "Work Id,Edition Id,Bookshelf\nOL1W,OL2M,Already Read\nOL3W,,Want to Read\nOL1W,OL9M,\n"
    library = read_library(write(tmp_path / "o.csv", text))
    assert library.format == "Open Library"
    assert [(e.title, e.ids["openlibrary"], e.status) for e in library.entries] == [
        ("", "OL1W", "read"),
        ("", "OL3W", "to-read"),
    ]
    assert [(row.row, row.into) for row in library.merged] == [(3, 1)]


def test_openlibrary_with_titles(tmp_path: Path) -> None:
    entry = of(
        tmp_path,
        exports.OPENLIBRARY_LONG,
        Work_ID="OL1W",
        Title="The Left Hand of Darkness",
        Authors="Ursula K. Le Guin",
        Bookshelf="Already Read",
        My_Ratings=5,
    )
    assert (entry.title, entry.authors) == ("The Left Hand of Darkness", ("Ursula K. Le Guin",))
    assert (entry.stars, entry.status) == (5, "read")


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("planned", "to-read"),
        ("finished", "read"),
        ("in_progress", "reading"),
        ("abandoned", "unfinished"),
    ],
)
def test_openreads(tmp_path: Path, word: str, status: str) -> None:
    cells = {
        "title": "Maus",
        "subtitle": "A Survivor's Tale",
        "author": "Art Spiegelman",
        "status": word,
        "favourite": "false",
        "deleted": "false",
        "rating": "4.5",
        "isbn": "9780394747231",
        "olid": "OL7M",
    }
    gone = cells | {"title": "Gone", "deleted": "true"}
    library = read_library(write(tmp_path / "o.csv", table(exports.OPENREADS, cells, gone)))
    entry = one(library)
    assert library.format == "Openreads"
    assert entry.title == "Maus: A Survivor's Tale"
    assert (entry.stars, entry.status) == (4.5, status)
    assert entry.ids == {"openlibrary edition": "OL7M"}
    assert [(row.line, row.why) for row in library.rejected] == [(3, "deleted by its reader")]


def test_inventaire(tmp_path: Path) -> None:
    cells = {
        "Item URL": "https://inventaire.io/items/1",
        "Edition ISBN-13": "978-2-07-036822-8",
        "Edition ISBN-10": "2-07-036822-X",
        "Edition title": "1984",
        "Works labels": "1984",
        "Authors labels": "George Orwell",
        "Item created": "2020-03-04",
    }
    library = read_library(write(tmp_path / "i.csv", table(exports.INVENTAIRE, cells)))
    entry = one(library)
    assert library.format == "Inventaire"
    assert (entry.title, entry.authors) == ("1984", ("George Orwell",))
    assert entry.isbn13 == ("9782070368228",)
    assert (entry.stars, entry.scale, entry.status) == (None, None, None), "it keeps no account"


# --- any table ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "title,author,isbn,rating,shelf\nEmma,Jane Austen,0140283331,4,read\n",
        "SHELF;Rating;Isbn;AUTHOR;Title\r\nread;4;0140283331;Jane Austen;Emma\r\n",
        "author\tTitle\trating\tisbn\nAusten, Jane\tEmma\t4,0\t978-0-14-028333-4\n",
        "\ufeffTitle|Authors|Stars|ISBN13|x\nEmma|Jane Austen|4|9780140283334\n",
        "\n\ntitle,author,isbn,rating\n\nEmma,Jane Austen,0140283331,4\n\n\n",
    ],
)
def test_any_table(tmp_path: Path, text: str) -> None:
    library = read_library(write(tmp_path / "books.csv", text))
    entry = one(library)
    assert library.format == "table"
    assert (entry.title, entry.authors, entry.stars) == ("Emma", ("Jane Austen",), 4)
    assert entry.isbn13 == ("9780140283334",)
    assert entry.status == "read"
    assert library.rejected == ()


def test_ragged_rows_of_a_table(tmp_path: Path) -> None:
    text = (
        "title,author,isbn,rating,shelf\n"
        "Emma,Jane Austen\n"
        "Dune,Frank Herbert,,5,read,,\n"
        "Eats, Shoots & Leaves,Lynne Truss,,4,read\n"
        ",,,,\n"
        "title,author,isbn,rating,shelf\n"
        "Faust\n"
    )
    library = read_library(write(tmp_path / "books.csv", text))
    assert [(e.row, e.line, e.title, e.stars) for e in library.entries] == [
        (1, 2, "Emma", None),
        (2, 3, "Dune", 5),
        (6, 7, "Faust", None),
    ]
    assert [(row.line, row.why.partition(";")[0]) for row in library.rejected] == [
        (4, "6 cells instead of 5"),
        (5, "no title, no id and no valid ISBN"),
        (6, "the names of the columns once more"),
    ]
    assert library.rows == 6


def test_a_row_must_reach_title_status_and_stars(tmp_path: Path) -> None:
    header = "Title,Authors,Star Rating,Read Status,Tags"
    text = f"{header}\nA,Z,4,read\nB,Z,4\nC,Z\nD,Z,4,read,x\n"
    library = read_library(write(tmp_path / "s.csv", text))
    assert [e.title for e in library.entries] == ["A", "D"]
    assert [(row.line, row.why) for row in library.rejected] == [
        (3, "3 cells instead of 5: it was cut off"),
        (4, "2 cells instead of 5: it was cut off"),
    ]


def test_a_book_that_is_called_like_a_column_is_one(tmp_path: Path) -> None:
    text = "title,author,rating\ntitle,Ann,4\nTitle,author,rating\n"
    library = read_library(write(tmp_path / "b.csv", text))
    assert [(e.title, e.authors) for e in library.entries] == [
        ("title", ("Ann",)),
        ("Title", ("author",)),
    ]


def test_stars_that_are_none_are_counted_and_the_first_is_shown(tmp_path: Path) -> None:
    text = f"title,author,rating\nA,Z,4\nB,Z,\nC,Z,0\nD,Z,{'x' * 30}\nE,Z,-1\n"
    library = read_library(write(tmp_path / "b.csv", text))
    assert [e.stars for e in library.entries] == [4, None, None, None, None]
    assert library.notes[1:] == (
        "2 cells of stars that are none on the scale 1 to 5 in steps of 1; these books are kept "
        f"without stars; first in line 5: '{'x' * 20}'",
    )


def test_isbn_that_are_lost_and_isbn_that_are_wrong_are_counted_apart(tmp_path: Path) -> None:
    text = "title,isbn,isbn13\nA,9.78E+12,0140283331\nB,0140283332,9.78E+12\nC,x,9780140283334\n"
    library = read_library(write(tmp_path / "b.csv", text))
    assert [note.partition(" ISBN")[0] for note in library.notes if "ISBN" in note] == [
        "2",
        "2 cells of",
    ]


def test_more_stars_than_a_source_has_are_of_another_scale(tmp_path: Path) -> None:
    rows = [goodreads(f"B{n}", "Ann", Book_Id=n, My_Rating=n) for n in (2, 4, 8, 10)]
    library = read_library(write(tmp_path / "g.csv", table(exports.GOODREADS, *rows)))
    assert {e.scale.highest for e in library.entries if e.scale} == {10}
    assert library.notes == (
        "Goodreads has 5 stars, but more stand in it: all are taken as of 10, so that 9 is 4.5 of "
        "5",
    )


def test_of_many_columns_two_hundred_letters_are_shown(tmp_path: Path) -> None:
    names = [f"c{n}" for n in range(90)]
    for told, before in (("got the columns ", []), ("do, got ", ["Book Id", "Exclusive Shelf"])):
        path = write(tmp_path / "x.csv", ",".join([*before, *names]) + "\n")
        shown = ", ".join(map(repr, [*before, *names]))[:200]
        with pytest.raises(InputError) as caught:
            read_library(path)
        assert str(caught.value).partition(told)[2].removesuffix(".").startswith(shown)
        assert ", ".join(map(repr, [*before, *names]))[:201] not in str(caught.value)


def test_of_what_is_no_json_forty_letters_are_shown(tmp_path: Path) -> None:
    text = '{"1": {"title": "Emma", "primaryauthor": "Austen, Jane"}, ' + "x" * 60 + "}"
    library = read_library(write(tmp_path / "t.json", text))
    (rejected,) = library.rejected
    assert rejected.why == f"no JSON from here on: ', {'x' * 38}'"


def test_ids_whose_giver_is_not_said(tmp_path: Path) -> None:
    text = "book_id,title,author,goodreads_id\n7,Emma,Jane Austen,6969\n"
    assert one(read_library(write(tmp_path / "b.csv", text))).ids == {
        "book": "7",
        "goodreads": "6969",
    }


def test_a_list_of_isbn(tmp_path: Path) -> None:
    library = read_library(write(tmp_path / "b.csv", "ISBN\n0140283331\nx\n9780140283334\n"))
    assert [e.isbn13 for e in library.entries] == [("9780140283334",)]
    assert (library.rows, len(library.merged), len(library.rejected)) == (3, 1, 1)


# --- recognition ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", exports.HEADERS)
def test_every_source_is_known_by_its_columns(name: str) -> None:
    columns = exports.HEADERS[name].split(",")
    for names in (columns, columns[::-1], [f" {c.upper()} " for c in columns]):
        source = recognise_source(names)
        assert source is not None
        assert source.name == name


def test_scales_of_the_sources() -> None:
    assert {source.name: str(source.scale) for source in SOURCES if source.scale} == {
        "StoryGraph": "0.25 to 5 in steps of 0.25",
        "LibraryThing": "0.5 to 5 in steps of 0.5",
        "BookWyrm": "0.5 to 5 in steps of 0.5",
        "Hardcover": "0.5 to 5 in steps of 0.5",
        "Openreads": "0.5 to 5 in steps of 0.5",
        "Open Library": "1 to 5 in steps of 1",
        "Goodreads": "1 to 5 in steps of 1",
        "Calibre": "1 to 5 in steps of 1",
    }


def test_every_source_is_tried_here() -> None:
    assert {source.name for source in SOURCES} == {*exports.HEADERS, "table"}


@pytest.mark.parametrize("name", [n for n in exports.HEADERS if n != "Open Library"])
def test_a_missing_title_is_named(tmp_path: Path, name: str) -> None:
    header = exports.HEADERS[name].replace("Works labels", "W")
    (source,) = (each for each in SOURCES if each.name == name)
    titles = source.columns["title"]
    columns = [column for column in header.split(",") if key(column) not in titles]
    path = write(tmp_path / "x.csv", ",".join(columns) + "\n" + "," * (len(columns) - 1) + "\n")
    with pytest.raises(
        InputError, match=f"must have a column '({'|'.join(titles)})', .* {name} do"
    ) as e:
        read_library(path)
    assert e.value.line == 1
    assert e.value.file == str(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "got an empty file"),
        (b" \n\n", "got an empty file"),
        (b"\xef\xbb\xbf", "got an empty file"),
        (b"colour,size\nred,4\n", "got the columns 'colour', 'size'"),
        (b"book_id,user_id,rating\n1,2,3\n", "--history FILE"),
        (b"PK\x03\x04rest", "must be a whole zip file, and is damaged"),
        (b"\x1f\x8b\x08rest", "must be a whole gzip file, and is damaged"),
        (b"Title,Author\nA\0B,C\n", "zero byte"),
        (b"Title,Author\n", "got names of columns and no row"),
        (b"Title,Author\n,\n", "none can be made of 1 row: no title"),
    ],
)
def test_what_is_no_export(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_library(path)
    assert why in str(caught.value)
    assert caught.value.file == str(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.csv: there is no such file"):
        read_library(tmp_path / "no.csv")
    with pytest.raises(InputError, match="got a folder"):
        read_library(tmp_path)


def test_a_day_of_finishing_says_that_a_book_was_read(tmp_path: Path) -> None:
    rows = "Emma,Jane Austen,2020-01-02\nFaust,Goethe,\n"
    library = read_library(write(tmp_path / "t.csv", f"title,author,date finished\n{rows}"))
    assert [entry.status for entry in library.entries] == ["read", None]
