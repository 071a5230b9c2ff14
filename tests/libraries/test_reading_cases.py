"""Field cases of imports (CASES.md, 25 to 43): what went wrong for people, and what is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from libraries import exports
from libraries.exports import goodreads, table, write
from libraries.worlds import CASES
from readalike.data.scale import RatingScale
from readalike.errors import InputError
from readalike.libraries.entry import Library, stars_on
from readalike.libraries.reading import read_library


def case(name: str) -> Library:
    return read_library(CASES / name)


@pytest.mark.parametrize(
    "written",
    [
        "034545104X",
        "034545104x",
        "0-345-45104-X",
        "9780345451040",
        " 978-0-345-45104-0 ",
        "34545104X",
    ],
)
def test_25_one_number_however_it_is_written(tmp_path: Path, written: str) -> None:
    path = write(tmp_path / "b.csv", f"title,author,isbn\nOne,Ann,{written}\n")
    (entry,) = read_library(path).entries
    assert entry.isbn13 == ("9780345451040",)


def test_25_a_number_of_979_has_no_isbn_10(tmp_path: Path) -> None:
    path = write(tmp_path / "b.csv", "title,author,isbn\nOne,Ann,979-10-90636-07-1\n")
    (entry,) = read_library(path).entries
    assert entry.isbn13 == ("9791090636071",)


def test_30_stars_written_with_a_fraction() -> None:
    library = case("goodreads_decimal_rating.csv")
    assert [entry.stars for entry in library.entries] == [5, 4, None]
    assert {entry.status for entry in library.entries} == {"read"}
    assert library.entries[0].scale == RatingScale(1, 5, 1)


def test_23_31_32_33_the_library_of_24_columns() -> None:
    library = case("goodreads_24col.csv")
    assert (library.rows, library.rejected, library.merged) == (9, (), ())
    told = {entry.ids["goodreads"]: (entry.stars, entry.status) for entry in library.entries}
    assert told == {
        "8695": (5, "read"), "11": (5, "read"), "8699986": (4, "read"), "5107": (None, "read"),
        "999000111": (3, "read"), "25587599": (None, "unfinished"), "320": (5, "to-read"),
        "234225": (5, "reading"), "7126": (1, "read"),
    }  # fmt: skip
    assert all(entry.read_on is None for entry in library.entries), "no date is made up"
    by_title = {entry.title: entry for entry in library.entries}
    assert by_title["Bridget Jones’s Diary"].isbn13 == ("9780140280098",)
    assert by_title["Bridget Jones’s Diary"].authors == ("Helen Fielding",)
    assert 'The Count, of "Monte" Cristo' in by_title


@pytest.mark.parametrize(
    ("shelf", "rating", "reads", "status"),
    [
        ("unfinished", 0, "0", "unfinished"), ("did-not-finish", 4, "1", "unfinished"),
        ("dropped", 0, "", "unfinished"), ("dnf-2020", 0, "", "unfinished"),
        ("leseliste-2020", 0, "0", None), ("leseliste-2020", 0, "", None),
        ("leseliste-2020", 0, "1", "read"), ("leseliste-2020", 3, "0", "read"),
        ("", 2, "", "read"), ("", 0, "2", "read"), ("", 0, "", None),
        ("to-read", 0, "0", "to-read"), ("currently-reading", 0, "1", "reading"),
        ("read", 0, "", "read"),
    ],
)  # fmt: skip
def test_31_32_shelves_of_ones_own(
    tmp_path: Path, shelf: str, rating: int, reads: str, status: str | None
) -> None:
    row = goodreads("One", "Ann", Exclusive_Shelf=shelf, My_Rating=rating, Read_Count=reads)
    library = read_library(write(tmp_path / "g.csv", table(exports.GOODREADS, row)))
    (entry,) = library.entries
    assert entry.status == status
    told = [note for note in library.notes if "shelves whose names do not say" in note]
    assert len(told) == (shelf == "leseliste-2020" and reads != "1")


def test_31_a_book_that_was_given_up_is_never_a_like(tmp_path: Path) -> None:
    rows = [
        goodreads(f"Number {stars}", "Ann", Exclusive_Shelf="dnf", My_Rating=stars)
        for stars in range(6)
    ]
    library = read_library(write(tmp_path / "g.csv", table(exports.GOODREADS, *rows)))
    assert [entry.stars for entry in library.entries] == [None, 1, 2, 3, 4, 5]
    assert [entry.opinion for entry in library.entries] == [None, 1, 2, None, None, None]


def test_33_rows_without_an_isbn_are_kept(tmp_path: Path) -> None:
    rows = [
        goodreads(title, author, Book_Id=k + 1)
        for k, (title, author) in enumerate(exports.books(473))
    ]
    library = read_library(write(tmp_path / "g.csv", table(exports.GOODREADS, *rows)))
    assert len(library.entries) == 473


def test_34_both_generations_of_columns_are_read_alike() -> None:
    old, new = case("goodreads_31col.csv"), case("goodreads_24col.csv")
    assert old.entries == new.entries[: len(old.entries)]
    assert len(old.entries) == 4
    old, new = case("storygraph_old_header.csv"), case("storygraph_new_header.csv")
    assert old.entries == new.entries[: len(old.entries)]
    assert len(old.entries) == 2


def test_34_names_of_columns_in_any_case_and_with_blanks(tmp_path: Path) -> None:
    text = (CASES / "goodreads_24col.csv").read_text(encoding="utf-8")
    head, _, rest = text.partition("\n")
    changed = ",".join(f" {name.upper()} " for name in head.split(","))
    library = read_library(write(tmp_path / "g.csv", f"{changed}\n{rest}"))
    assert library.entries == case("goodreads_24col.csv").entries


def test_36_several_readings_are_one_book() -> None:
    library = case("storygraph_two_reads.csv")
    assert [(e.title, e.stars, str(e.read_on)) for e in library.entries] == [
        ("The Iliad", 5, "2023-06-07"), ("Animal Farm", 4, "2022-03-01"),
    ]  # fmt: skip
    assert str(library.entries[0].added_on) == "2023-05-20", "which is no day of reading"
    new = case("storygraph_new_header.csv")
    assert [(e.stars, e.status) for e in new.entries] == [
        (4.25, "read"), (4.5, "read"), (1, "unfinished"), (None, "to-read"),
    ]  # fmt: skip
    assert new.entries[0].read_on is None


def test_38_ten_points_in_a_file_of_five_stars() -> None:
    library = case("tenpoint_goodreads.csv")
    assert [entry.stars for entry in library.entries] == [9, 10, 4]
    (scale,) = {entry.scale for entry in library.entries}
    assert scale is not None
    assert scale.highest == 10
    five = RatingScale(1, 5, 1)
    assert [stars_on(e.stars or 0, scale, five) for e in library.entries] == [4.5, 5, 2]
    (note,) = library.notes
    assert "all are taken as of 10, so that 9 is 4.5 of 5" in note


def test_38_one_slip_does_not_make_another_scale(tmp_path: Path) -> None:
    rows = [goodreads(f"Number {k}", "Ann", My_Rating=k % 5 + 1) for k in range(20)]
    rows += [goodreads("A slip", "Ann", My_Rating=55), goodreads("None", "Ann", My_Rating="x")]
    library = read_library(write(tmp_path / "g.csv", table(exports.GOODREADS, *rows)))
    assert [e.stars for e in library.entries] == [*(k % 5 + 1 for k in range(20)), None, None]
    assert library.entries[0].scale == RatingScale(1, 5, 1)
    assert any(
        note.startswith("2 cells of stars") and "first in line 22: '55'" in note
        for note in library.notes
    )


def test_39_librarything_in_latin_1() -> None:
    library = case("librarything_latin1.tsv")
    assert library.format == "LibraryThing"
    assert [(e.title, e.authors, e.stars, e.status) for e in library.entries] == [
        (
            "Cien años de soledad",
            ("Gabriel García Márquez", "Gregory Rabassa", "Ana Nadie"),
            4.5,
            "read",
        ),
        ("Cat's Cradle", ("Kurt Vonnegut",), None, "to-read"),
        ("No isbn book", ("Nobody",), 5, "read"),
    ]
    assert library.entries[0].isbn_given == ("2070291340", "9782070291342")
    assert library.entries[2].isbn_given == ()


def test_41_a_review_of_several_lines() -> None:
    library = case("goodreads_bom_crlf_multiline.csv")
    assert [(e.row, e.line, e.stars) for e in library.entries] == [(1, 2, 5), (2, 6, 5)]
    assert (library.rows, library.rejected) == (2, ())


def test_43_a_privacy_dump_is_refused_by_what_is_expected() -> None:
    with pytest.raises(InputError, match="must be an export of BookWyrm, Calibre, Goodreads"):
        case("goodreads_privacy_dump.json")


def test_47_the_same_title_by_two_authors_is_two_books(tmp_path: Path) -> None:
    rows = [goodreads("Arcadia", "Lauren Groff", My_Rating=5), goodreads("Arcadia", "Tom Stoppard")]
    library = read_library(write(tmp_path / "g.csv", table(exports.GOODREADS, *rows)))
    assert [entry.authors for entry in library.entries] == [("Lauren Groff",), ("Tom Stoppard",)]
