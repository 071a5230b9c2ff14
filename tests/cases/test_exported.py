"""What public tools and readers' own spreadsheets export: scale, stars and status of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from libraries.exports import write
from readalike.libraries.reading import read_library
from readalike.tables.dataset import read

FILES = Path(__file__).resolve().parent / "exported"
STARS = {
    "babelio": "0.5 to 5 in steps of 0.5 (found from 3 ratings, the highest 5)",
    "barcode": "",
    "bookbuddy": "0.5 to 5 in steps of 0.5 (found from 1 rating, the highest 4.5)",
    "bookmeter": "1 to 5 in steps of 1 (read off how they are written: drawn stars)",
    "clz": "1 to 10 in steps of 1 (found from 3 ratings, the highest 9)",
    "douban": "1 to 5 in steps of 1 (found from 2 ratings, the highest 5)",
    "dutch": "0.5 to 5 in steps of 0.5 (found from 2 ratings, the highest 4.5)",
    "fractions": "1 to 10 in steps of 1 (read off how they are written: as in 9/10)",
    "hardcover": "0.5 to 5 in steps of 0.5 (as Hardcover has them)",
    "jelu": "1 to 10 in steps of 1 (found from 2 ratings, the highest 9)",
    "kindle": "",
    "libation": "1 to 5 in steps of 1 (found from 2 ratings, the highest 5)",
    "libib": "0.5 to 5 in steps of 0.5 (found from 2 ratings, the highest 4.5)",
    "notion": "1 to 5 in steps of 1 (read off how they are written: drawn stars)",
    "percent": "1 to 100 in steps of 1 (read off how they are written: percents)",
    "polish": "1 to 10 in steps of 1 (found from 3 ratings, the highest 9)",
    "readinglist": "0.5 to 5 in steps of 0.5 (found from 1 rating, the highest 4.5)",
    "russian": "1 to 5 in steps of 1 (found from 3 ratings, the highest 5)",
    "sheet_ten": (
        "1 to 10 in steps of 1 (read off how they are written: the column is called 'Rating (out "
        "of 10)')"
    ),
    "spanish": "1 to 10 in steps of 1 (found from 3 ratings, the highest 10)",
    "thumbs": "1 to 5 in steps of 1 (read off how they are written: thumbs, up as 5 and down as 1)",
    "words": "1 to 5 in steps of 1 (read off how they are written: words, as Goodreads has them)",
}
ROWS = {
    "babelio": "5 read, 2.5 read, - to-read, - to-read, 1 unfinished",
    "barcode": "- read, - unfinished",
    "bookbuddy": "4.5 read, - to-read, - reading",
    "bookmeter": "5 read, 3 read, - to-read",
    "clz": "9 read, 7 read, - to-read, 3 read",
    "douban": "5 read, - to-read, 4 reading",
    "dutch": "4.5 read, 3 reading, - to-read",
    "fractions": "9 read, 8 read, 3 read, - to-read",
    "hardcover": "4.5 read, - reading, - to-read, 3 unfinished",
    "jelu": "9 read, 8 unfinished, - to-read, - reading",
    "kindle": "- unknown, - unknown",
    "libation": "5 read, - unknown, 2 read",
    "libib": "4.5 read, - reading, - to-read, 2 unfinished",
    "notion": "5 read, 3 read, - to-read, 1 unfinished",
    "percent": "95 read, 80 read, 30 read",
    "polish": "9 read, 6 read, - to-read, 3 unfinished",
    "readinglist": "4.5 read, - reading, - unknown",
    "russian": "5 read, 2 read, - to-read, 1 unfinished",
    "sheet_ten": "5 read, 4 read, - to-read",
    "spanish": "10 read, 7 read, - to-read, 2 unfinished",
    "thumbs": "5 read, 1 read, - to-read",
    "words": "5 read, 2 read",
}


@pytest.mark.parametrize("name", ROWS)
def test_stars_and_status_of_an_export(name: str) -> None:
    library = read_library(FILES / f"{name}.csv")
    rows = [
        f"{'-' if entry.stars is None else f'{entry.stars:g}'} {entry.status or 'unknown'}"
        for entry in library.entries
    ]
    assert ", ".join(rows) == ROWS[name]
    assert str(library.scale or "") == (f"stars are from {STARS[name]}" if STARS[name] else "")
    assert not library.rejected
    assert all(entry.title for entry in library.entries)
    assert library.lines()[0].startswith("columns: ")


def test_every_export_is_tried() -> None:
    assert {path.stem for path in FILES.glob("*.csv")} == set(ROWS) == set(STARS)


TABLES: dict[str, tuple[str, dict[str, Any]]] = {
    "Amazon 2023, with names": (
        "user_id,parent_asin,rating,timestamp\nA,B00B7NPRY8,5.0,1588687728923\n"
        "B,B00EMXBDMA,4.0,1588687728924\n",
        {"users": {"A", "B"}, "books": {"B00B7NPRY8", "B00EMXBDMA"}, "scale": "1 to 5"},
    ),
    "Amazon 2014, reader first": (
        "A2R5SCOGTNTBC1,0340839937,5.0,1356998400\nAFVQZQ8PW0L,0060853980,4.0,1357084800\n",
        {"users": {"A2R5SCOGTNTBC1", "AFVQZQ8PW0L"}, "books": {"0340839937", "0060853980"}},
    ),
    "time before the rating": (
        "u1,b1,1356998400,5\nu2,b2,1356998401,3\n",
        {"users": {"u1", "u2"}, "books": {"b1", "b2"}, "scale": "1 to 5", "time": True},
    ),
    "times and no rating": (
        "u1,b1,1356998400\nu2,b2,1356998401\n",
        {"users": {"u1", "u2"}, "books": {"b1", "b2"}, "scale": "", "time": True},
    ),
    "books that were only put aside": (
        "user_id,book_id,is_read,rating\nu1,b1,1,4\nu1,b2,0,0\nu2,b1,1,0\n",
        {"users": {"u1", "u2"}, "books": {"b1"}, "left": {"it says that the book was not read": 1}},
    ),
    "ISBN without their zeros": (
        "reader,isbn,score\nu1,340839937,7\nu2,60853980,9\nu1,804139024,8\n",
        {"users": {"u1", "u2"}, "books": {"0340839937", "0060853980", "0804139024"}},
    ),
    "ISBN that became numbers": (
        "reader,isbn,score\nu1,9.78034E+12,7\nu2,0060853980,9\n",
        {"users": {"u2"}, "left": {"a spreadsheet has made a number of the book's ISBN": 1}},
    ),
    "German, of 20 points": (
        "Leser;Buch;Bewertung\n1;a;18/20\n1;b;12/20\n2;a;9/20\n",
        {"users": {"1", "2"}, "books": {"a", "b"}, "scale": "1 to 20"},
    ),
    "Russian, drawn": (
        "Пользователь,Книга,Рейтинг\n1,a,★★★★☆\n1,b,★★½\n",
        {"users": {"1"}, "books": {"a", "b"}, "scale": "0.5 to 5"},
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_ratings(tmp_path: Path, name: str) -> None:
    content, expected = TABLES[name]
    dataset = read(write(tmp_path / "ratings.csv", content))
    users = {*dataset.ratings.users}
    assert users == expected["users"]
    assert {*dataset.ratings.items} == expected.get("books", {*dataset.ratings.items})
    assert (dataset.rows.times is not None) >= expected.get("time", False)
    scale = f"stars are from {expected.get('scale', '')}"
    assert dataset.intake.scale.startswith(scale) or not (
        expected.get("scale") or dataset.intake.scale
    )
    left = {left.reason: left.count for left in dataset.intake.left_out}
    assert left == expected.get("left", {})
    assert any("columns: " in note for file in dataset.intake.files for note in file.notes)
