"""Workbooks, JSON, and packed files of one table; lines that a spreadsheet put in quotes."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from libraries.exports import write
from readalike.errors import InputError
from readalike.libraries.entry import Library
from readalike.libraries.reading import read_library
from readalike.tables.dataset import Dataset, read

TABLE = "user,book,rating\n1,a,5\n2,b,4\n"
OBJECTS = [{"user": 1, "book": "a", "rating": 5}, {"user": 2, "book": "b", "rating": 4.5}]


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def zipped(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def rows(dataset: Dataset) -> set[tuple[str, str]]:
    ratings = dataset.ratings
    users, items = ratings.histories.rows.tolist(), ratings.histories.items.tolist()
    pairs = zip(users, items, strict=True)
    return {(ratings.users.ids[u], ratings.items.ids[i]) for u, i in pairs}


# --- workbooks


def test_a_workbook_is_read_as_the_table_that_it_shows(tmp_path: Path) -> None:
    day = datetime.datetime(2021, 5, 4)
    path = workbook(
        tmp_path / "library.xlsx",
        Empty=[],
        Books=[
            ["Title", "Author", "ISBN", "My Rating", "Date Read", "Status"],
            ["Dune", "Frank Herbert", 9780340839935, 5.0, day, "read"],
            [1984, "George Orwell", "0451524934", 4.5, None, "read"],
            [],
            ["Line\nbreak", "Ann", None, None, None, "to-read"],
        ],
        Notes=[["something else"]],
    )
    library = read_library(path)
    dune, orwell, third = library.entries
    assert (dune.title, dune.isbn13, dune.stars) == ("Dune", ("9780340839935",), 5)
    assert dune.read_on == day.date()
    assert (orwell.title, orwell.stars, orwell.line) == ("1984", 4.5, 3)
    assert (third.title, third.line) == ("Line break", 5)
    assert "read from the sheet 'Books'" in library.notes
    assert "not used: the other sheets 'Notes'" in library.notes


def test_a_workbook_of_ratings(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", R=[["user", "book", "rating"], [1, "a", 5], [2, "b", 4]])
    dataset = read(path)
    assert rows(dataset) == {("1", "a"), ("2", "b")}
    assert "read from the sheet 'R'" in dataset.intake.files[0].notes


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_damaged_workbook_is_refused_in_words(tmp_path: Path, share: float) -> None:
    path = workbook(tmp_path / "r.xlsx", R=[["user", "book", "rating"], [1, "a", 5]])
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    for reading in (read, read_library):
        with pytest.raises(InputError, match="damaged") as caught:
            reading(path)
        assert caught.value.file == str(path)


def test_a_workbook_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="every sheet of it is empty"):
        read_library(workbook(tmp_path / "x.xlsx", One=[], Two=[]))


# --- JSON


@pytest.mark.parametrize(
    "content",
    [
        "".join(f"{json.dumps(each)}\n" for each in OBJECTS),
        json.dumps(OBJECTS),
        json.dumps(OBJECTS, indent=2),
        "\n".join(map(json.dumps, OBJECTS)),
    ],
    ids=["lines", "array", "indented", "no end"],
)
def test_json_of_objects_is_a_table(tmp_path: Path, content: str) -> None:
    path = write(tmp_path / "r.json", content)
    assert rows(read(path)) == {("1", "a"), ("2", "b")}
    with gzip.open(tmp_path / "r.json.gz", "wt") as out:
        out.write(content)
    assert rows(read(tmp_path / "r.json.gz")) == {("1", "a"), ("2", "b")}


def test_a_line_that_is_no_json_is_counted_with_its_line(tmp_path: Path) -> None:
    lines = [json.dumps(OBJECTS[0]), "{broken", json.dumps(OBJECTS[1]), "[1, 2]"]
    dataset = read(write(tmp_path / "r.jsonl", "\n".join(lines) + "\n"))
    assert rows(dataset) == {("1", "a"), ("2", "b")}
    (left,) = dataset.intake.left_out
    assert (left.count, left.first_line) == (2, 2)
    assert "no JSON object: {broken" in left.example


def test_nested_values_and_names_that_come_late_are_kept_as_text(tmp_path: Path) -> None:
    many: list[dict[str, Any]] = [
        {"title": f"Book {at}", "author": "Ann", "tags": ["a", {"b": 1}]} for at in range(1_001)
    ]
    many.append({"title": "Late", "author": "Ann", "pages": 5})
    library = read_library(
        write(tmp_path / "b.json", "".join(f"{json.dumps(each)}\n" for each in many))
    )
    assert library.rows == 1_002
    assert library.entries[0].title == "Book 0"


def test_one_object_of_books_is_still_librarything(tmp_path: Path) -> None:
    books = {"1": {"books_id": "1", "title": "Dune", "rating": 5}}
    library = read_library(write(tmp_path / "l.json", json.dumps(books)))
    assert library.format == "LibraryThing"


# --- packed


def test_a_zip_file_of_one_table(tmp_path: Path) -> None:
    path = zipped(tmp_path / "r.zip", ratings__csv=TABLE, README__txt="read me")
    dataset = read(path)
    assert rows(dataset) == {("1", "a"), ("2", "b")}
    assert "read out of the zip file: ratings.csv" in dataset.intake.files[0].notes
    assert "not used of the zip file: README.txt" in dataset.intake.files[0].notes
    books = zipped(tmp_path / "b.zip", books__csv="title,author\nDune,Frank Herbert\n")
    assert read_library(books).entries[0].title == "Dune"


def test_a_library_in_gzip(tmp_path: Path) -> None:
    path = tmp_path / "b.csv.gz"
    path.write_bytes(gzip.compress(b"title,author\nDune,Frank Herbert\n"))
    assert read_library(path).entries[0].title == "Dune"


def test_a_zip_file_of_several_tables_is_refused_by_their_names(tmp_path: Path) -> None:
    path = zipped(tmp_path / "r.zip", ratings__csv=TABLE, books__csv="id,title\n1,A\n")
    with pytest.raises(InputError, match=r"got a zip file with ratings\.csv, books\.csv; unpack"):
        read(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook (.xls); save it as .xlsx or CSV"),
        (b"%PDF-1.7\n", "a PDF; export the table as CSV"),
        (b"SQLite format 3\0", "a database of SQLite"),
        (b"BZh91AY", "a bzip2 file; unpack it first"),
    ],
)
def test_files_of_other_programs_are_refused_in_words(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    for reading in (read, read_library):
        with pytest.raises(InputError) as caught:
            reading(path)
        assert why in str(caught.value)


def test_a_document_of_openoffice_is_refused_in_words(tmp_path: Path) -> None:
    path = zipped(tmp_path / "b.ods", mimetype="application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(InputError, match="save the table as CSV"):
        read_library(path)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path, out = tmp_path / "r.zip", io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ratings.csv", b"0" * (80 << 20))
    path.write_bytes(out.getvalue())
    with pytest.raises(InputError, match="must unpack to at most"):
        read_library(path)


# --- quotes, separators, entities


def quoted(text: str) -> str:
    lines = text.splitlines()
    return "".join('"' + line.replace('"', '""') + '"\n' for line in lines)


def test_lines_that_were_quoted_whole_are_read_again_inside(tmp_path: Path) -> None:
    inside = 'title,author,rating\n"One, two",Ann,5\nThree,"Bob ""B"" C",4\n'
    library: Library = read_library(write(tmp_path / "b.csv", quoted(inside)))
    assert [entry.title for entry in library.entries] == ["One, two", "Three"]
    assert library.entries[1].authors == ('Bob "B" C',)
    assert any("each line was one cell in quotes" in note for note in library.notes)
    dataset = read(write(tmp_path / "r.csv", quoted(TABLE)))
    assert rows(dataset) == {("1", "a"), ("2", "b")}
    assert any("each line was one cell" in note for note in dataset.intake.files[0].notes)


def test_a_line_that_names_the_separator_is_no_row(tmp_path: Path) -> None:
    library = read_library(write(tmp_path / "b.csv", "sep=;\ntitle;author\nDune;Frank Herbert\n"))
    assert [(entry.title, entry.line) for entry in library.entries] == [("Dune", 3)]
    assert rows(read(write(tmp_path / "r.csv", "sep=;\nuser;book;rating\n1;a;5\n"))) == {("1", "a")}


def test_an_entity_divides_no_line(tmp_path: Path) -> None:
    content = "title;author;rating\nTom &amp; Jerry;Ann &#8211; B;5\n&quot;Q&quot;;C;4\n"
    library = read_library(write(tmp_path / "b.csv", content))
    assert [entry.title for entry in library.entries] == ["Tom & Jerry", "Q"]
    assert [entry.stars for entry in library.entries] == [5, 4]


def test_quotes_that_come_late_in_a_long_table_are_quotes(tmp_path: Path) -> None:
    plain = "".join(f"{at},book {at},5\n" for at in range(9_000))
    path = write(tmp_path / "r.csv", f'user,book,rating\n{plain}x,"one, two",4\n')
    dataset = read(path)
    assert ("x", "one, two") in rows(dataset)
    assert not dataset.intake.left_out
