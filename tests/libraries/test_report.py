"""What is told of the matches: JSON, CSV and a page."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from libraries.worlds import catalogue_of, entry
from readalike.bibliography.book_index import BookIndex
from readalike.data.scale import RatingScale
from readalike.libraries.entry import Library, Merged, Rejected
from readalike.libraries.match_report import (
    as_dict,
    csv_text,
    html_text,
    json_text,
    without_entry,
)
from readalike.libraries.matches import Matches
from readalike.libraries.matching import match
from readalike.libraries.reading import read_library

BOOKS = catalogue_of(
    ("Arcadia", "Lauren Groff"), ("Arcadia", "Tom Stoppard"), ("<b>Emma</b> & Co", "Jane Austen")
)


def numbered(*entries: object) -> tuple[object, ...]:
    return tuple(replace(e, row=at, line=at + 1) for at, e in enumerate(entries, 1))  # type: ignore[type-var]


ENTRIES = numbered(
    entry("Arcadia"),
    entry(
        "<b>Emma</b> & Co", "Jane Austen", stars=4.5, scale=RatingScale(0.5, 5, 0.5), status="read"
    ),
    entry("<script>Dune</script>", "Frank Herbert, Ann Onym", status="to-read"),
)


def matches() -> Matches:
    library = Library(
        file="my <books>.csv",
        format="StoryGraph",
        rows=6,
        entries=ENTRIES,  # type: ignore[arg-type]
        merged=(Merged(5, 6, 2),),
        rejected=(Rejected(5, "no <title>"), Rejected(7, "cut off")),
        notes=("read as cp1252",),
    )
    return match(library, BookIndex(BOOKS))


def test_the_form_of_the_json() -> None:
    told = as_dict(matches())
    assert json.loads(json_text(matches())) == told
    assert json_text(matches()).startswith('{\n  "format": "StoryGraph",\n')
    assert list(told) == ["format", "rows", "columns", "scale", "notes", "entries", "rejected"]
    assert (told["format"], told["rows"]) == ("StoryGraph", 6)
    for one in told["entries"]:
        assert list(one) == ["row", "title", "authors", "stars", "scale", "status", "match"]
        assert list(one["match"]) == ["state", "book_id", "how", "confidence", "candidates", "why"]
    first, second, third = told["entries"]
    assert first["match"] == {
        "state": "ambiguous",
        "book_id": None,
        "how": None,
        "confidence": None,
        "candidates": ["1", "2"],
        "why": "no author is named to tell it by",
    }
    assert second == {
        "row": 2,
        "title": "<b>Emma</b> & Co",
        "authors": "Jane Austen",
        "stars": 4.5,
        "scale": {"lowest": 0.5, "highest": 5, "step": 0.5},
        "status": "read",
        "match": {
            "state": "matched",
            "book_id": "3",
            "how": "title and author",
            "confidence": 0.95,
            "candidates": [],
            "why": None,
        },
    }
    assert third["authors"] == "Frank Herbert, Ann Onym"
    assert (third["stars"], third["scale"], third["match"]["state"]) == (None, None, "unmatched")
    assert told["rejected"] == [
        {"line": 5, "why": "no <title>"},
        {"line": 6, "why": "the same book as row 2"},
        {"line": 7, "why": "cut off"},
    ]
    assert len(told["entries"]) + len(told["rejected"]) == told["rows"]


def test_the_csv_has_a_row_for_each_row() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(matches()))))
    assert len(rows) == 6
    assert [row["state"] for row in rows] == [
        "ambiguous",
        "matched",
        "unmatched",
        "rejected",
        "rejected",
        "rejected",
    ]
    assert rows[0]["candidates"] == "1; 2"
    assert (rows[1]["book_id"], rows[1]["book_title"]) == ("3", "<b>Emma</b> & Co")
    assert (rows[1]["stars"], rows[1]["confidence"], rows[0]["stars"]) == ("4.5", "0.95", "")
    assert (rows[3]["line"], rows[3]["why"], rows[3]["row"]) == ("5", "no <title>", "")


class Page(HTMLParser):
    """Tags and texts, and whether all that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "onclick", "style"}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_page_needs_nothing_else_and_shows_text_as_text() -> None:
    text = html_text(matches())
    page = Page(text)
    assert page.open == []
    assert not page.tags & {"script", "link", "img", "b", "iframe", "books"}
    assert text.startswith("<!DOCTYPE html>\n")
    assert "http" not in text
    shown = " ".join(page.texts)
    for words in (
        "StoryGraph library: what was matched",
        "my <books>.csv",
        "read as cp1252",
        "<b>Emma</b> & Co by Jane Austen (3)",
        "Arcadia by Lauren Groff (1) or Arcadia by Tom",
        "<script>Dune</script> by Frank Herbert, Ann Onym",
        "no <title>",
        "the same book as row 2",
        "title and author",
        "the catalogue has no such title",
        "4.5",
        "0.95",
        "--corrections FILE",
    ):
        assert words in shown, words
    assert html_text(matches()) == text
    assert text.count("<caption>") == 2
    assert "<caption>Counts</caption>" in text
    doubtful, rest = text.split("<h2>Doubtful</h2>")[1].split("<h2>Matched</h2>")
    found, rest = rest.split("<h2>Not matched</h2>")
    lost, gone = rest.split("<h2>Rows that are no entry</h2>")
    assert [
        title in part
        for part, title in (
            (doubtful, "Arcadia"),
            (found, "&amp; Co by Jane"),
            (lost, "Dune"),
            (gone, "cut off"),
        )
    ] == [True] * 4
    assert [part.count("<tr>") for part in (doubtful, found, lost, gone)] == [2, 2, 2, 4]


def test_the_page_of_a_library_without_faults() -> None:
    library = Library(file="b.csv", format="table", rows=1234, entries=ENTRIES[1:2])  # type: ignore[arg-type]
    page = Page(html_text(match(library, BookIndex(BOOKS))))
    assert {"1,234", "4.5", "0.95"} <= {*page.texts}
    assert page.texts.count("None.") == 3, "nothing doubtful, unmatched or rejected"


def test_counts_say_what_became_of_the_rows() -> None:
    assert matches().library.counts() == {
        "rows": 6,
        "books": 3,
        "with stars": 1,
        "read": 1,
        "to-read": 1,
        "not said whether read": 1,
        "merged into another row of the same book": 1,
        "rejected": 2,
    }
    assert [row.line for row in without_entry(matches())] == [5, 6, 7]


ODD = ("=SUM(1)", "-30-", "'=x", "''+1", "@home", "'Tis", "+ou-")


def odd_matches(*titles: str) -> Matches:
    """A library of books of these titles by one author, and their catalogue."""
    entries = numbered(*(entry(title, "-Ann Onym") for title in titles))
    library = Library(
        file="b.csv",
        format="table",
        rows=len(titles),
        entries=entries,  # type: ignore[arg-type]
        rejected=(Rejected(99, "-no"),),
    )
    return match(library, BookIndex(catalogue_of(*((title, "-Ann Onym") for title in titles))))


def test_no_text_of_the_csv_is_a_formula_and_numbers_stay_numbers() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(odd_matches(*ODD)))))
    assert [row["title"] for row in rows] == [
        "'=SUM(1)", "'-30-", "''=x", "'''+1", "'@home", "'Tis", "'+ou-", "",
    ]  # fmt: skip
    assert rows[0]["authors"] == rows[0]["book_authors"] == "'-Ann Onym"
    assert rows[0]["book_title"] == "'=SUM(1)"
    assert rows[-1]["why"] == "'-no"
    assert not [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r")]
    below_nought = replace(odd_matches("x").library.entries[0], stars=-1.5)
    library = Library(file="b.csv", format="table", rows=1, entries=(below_nought,))
    (row,) = csv.DictReader(io.StringIO(csv_text(match(library, BookIndex(BOOKS)))))
    assert row["stars"] == "-1.5"


def test_the_csv_can_be_read_as_a_library_again(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    path.write_text(csv_text(odd_matches(*ODD)), encoding="utf-8", newline="")
    again = read_library(path)
    assert again.format == "Readalike"
    assert [each.title for each in again.entries] == list(ODD)
    assert {each.authors for each in again.entries} == {("-Ann Onym",)}
    before = odd_matches(*ODD)
    assert [m.book_id for m in match(again, BookIndex(before.catalogue)).each] == [
        m.book_id for m in before.each
    ]
    other = tmp_path / "other.csv"
    other.write_text("title,author\n'=x,Ann\n")
    assert read_library(other).entries[0].title == "'=x", "nobody but we put it there"
