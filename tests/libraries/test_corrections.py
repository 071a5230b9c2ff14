"""What a reader decided by hand is kept, and counts before everything else."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.worlds import catalogue_of, entry, library
from readalike.bibliography.book_index import BookIndex
from readalike.errors import InputError
from readalike.libraries.corrections import (
    Correction,
    correction_of,
    read_corrections,
    with_undecided,
    write_corrections,
)
from readalike.libraries.matching import match

BOOKS = catalogue_of(
    ("Arcadia", "Lauren Groff"), ("Arcadia", "Tom Stoppard"), ("Emma", "Jane Austen")
)
ARCADIA = entry("Arcadia", ids={"goodreads": "77"})
EMMA = entry("Emma", "Jane Austen")


def test_a_correction_counts_before_everything_else() -> None:
    wrong = correction_of(EMMA, "1")
    (given,) = match(library(EMMA), BookIndex(BOOKS), [wrong]).each
    assert (given.state, given.book_id, given.how, given.confidence) == (
        "matched", "1", "correction", 1.0,
    )  # fmt: skip
    assert match(library(EMMA), BookIndex(BOOKS), [wrong]).notes == ()
    (given,) = match(library(EMMA), BookIndex(BOOKS), [correction_of(EMMA, "none")]).each
    assert (given.state, given.book_id) == ("unmatched", None)
    assert "a correction says" in given.why


@pytest.mark.parametrize(
    "changed",
    [
        Correction("emma", "JANE AUSTEN", "", "2"),
        Correction(" Emma ", "Jane  Austen", "", "2"),
        Correction("Émma", "Jané Austen", "", "2"),
    ],
)
def test_case_blanks_and_accents_do_not_count(changed: Correction) -> None:
    assert match(library(EMMA), BookIndex(BOOKS), [changed]).each[0].book_id == "2"


@pytest.mark.parametrize(
    "other",
    [
        Correction("Emma", "Jane Austen", "5", "2"), Correction("Emma", "", "", "2"),
        Correction("Emma 2", "Jane Austen", "", "2"), Correction("Emma", "Jane Austen", "", ""),
    ],
)  # fmt: skip
def test_a_correction_of_another_entry_changes_nothing(other: Correction) -> None:
    matches = match(library(EMMA), BookIndex(BOOKS), [other])
    assert matches.each[0].book_id == "3"
    told = [n for n in matches.notes if "1 correction of entries that are not in this file" in n]
    assert len(told) == bool(other.book_id)


def test_the_last_of_several_corrections_counts() -> None:
    several = [correction_of(EMMA, "1"), correction_of(EMMA, "2"), correction_of(EMMA)]
    assert match(library(EMMA), BookIndex(BOOKS), several).each[0].book_id == "2"


def test_a_book_that_is_not_there_is_refused() -> None:
    with pytest.raises(
        InputError, match="must be the id of a book of the model, or 'none', got '9'"
    ) as e:
        match(library(EMMA), BookIndex(BOOKS), [Correction("Emma", "", "", "9", line=4)])
    assert (e.value.line, e.value.column) == (4, "book_id")


def test_ambiguous_entries_are_offered_and_decided(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    matches = match(library(ARCADIA, EMMA), BookIndex(BOOKS))
    write_corrections(with_undecided((), matches), path)
    assert path.read_text(encoding="utf-8") == (
        "title,author,source_id,book_id,candidates\n"
        "Arcadia,,77,,1 = Arcadia / Lauren Groff; 2 = Arcadia / Tom Stoppard\n"
    )
    text = path.read_text(encoding="utf-8").replace(",77,,", ",77,2,")
    path.write_text(text, encoding="utf-8")
    decided = read_corrections(path)
    again = match(library(ARCADIA, EMMA), BookIndex(BOOKS), decided)
    assert [m.book_id for m in again.each] == ["2", "3"]
    write_corrections(with_undecided(decided, again), path)
    assert read_corrections(path) == decided, "what was decided is kept"
    other = match(library(EMMA), BookIndex(BOOKS), decided)
    write_corrections(with_undecided(decided, other), path)
    assert read_corrections(path) == decided, "also where another file is imported"


@pytest.mark.parametrize("title", ["=SUM(1)", "-30-", "'=x", "+1"])
def test_a_title_that_a_spreadsheet_would_compute_is_decided_like_any_other(
    tmp_path: Path, title: str
) -> None:
    path = tmp_path / "corrections.csv"
    books = catalogue_of((title, "Ann"), (title, "-Bea"))
    doubtful = library(entry(title, ids={"goodreads": "=77"}))
    write_corrections(with_undecided((), match(doubtful, BookIndex(books))), path)
    (_, row) = csv.reader(path.read_text(encoding="utf-8").splitlines())
    assert [row[0], row[2]] == [f"'{title}", "'=77"]
    (open_,) = read_corrections(path)
    assert (open_.title, open_.source_id) == (title, "=77")
    decided = [replace(open_, book_id="-2"), replace(open_, title="Another", book_id="none")]
    write_corrections(decided, path)
    assert [row.split(",")[3] for row in path.read_text().splitlines()[1:]] == ["'-2", "none"]
    back = read_corrections(path)
    assert [each.book_id for each in back] == ["-2", "none"]
    assert match(doubtful, BookIndex(books), [replace(back[0], book_id="2")]).each[0].book_id == "2"
    path.write_text(f'title,author,source_id,book_id\n"{title}",,=77,2\n')
    if not title.startswith("'"):
        assert read_corrections(path)[0].title == title, "as a person types it"


CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=10).map(str.strip)


@given(st.lists(st.builds(Correction, CELL, CELL, CELL, CELL, CELL), max_size=5))
def test_what_is_written_comes_back(corrections: list[Correction]) -> None:
    import tempfile

    from readalike.data.cells import trimmed_id

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "c.csv"
        write_corrections(corrections, path)
        back = read_corrections(path)
    given_ = [
        replace(c, source_id=trimmed_id(c.source_id), book_id=trimmed_id(c.book_id))
        for c in corrections
        if any([c.title, c.author, c.source_id, c.book_id, c.candidates])
    ]
    assert [
        replace(c, line=None)
        for c in back
        if any([c.title, c.author, c.source_id, c.book_id, c.candidates])
    ] == given_


@pytest.mark.parametrize(
    "text",
    [
        "Title;Author;Source ID;Book ID\r\nEmma;Jane Austen;;2.0\r\n",
        "\ufeffbook_id,source_id,author,title,x\n2,,Jane Austen,Emma,\n",
        'title\tauthor\tsource_id\tbook_id\n"Emma"\tJane Austen\t\t2\n',
    ],
)
def test_a_file_that_a_spreadsheet_saved(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c.csv"
    path.write_text(text, encoding="utf-8", newline="")
    assert match(library(EMMA), BookIndex(BOOKS), read_corrections(path)).each[0].book_id == "2"


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        ("", "must be corrections: .*, got an empty file", None),
        ("title,author\nEmma,Jane\n", "must have the columns title, author, source_id, book_id", 1),
        ('title,author,source_id,book_id\nEmma,"a "b, c" d",2,3,4\n', "a quote in it", 2),
    ],
)
def test_a_file_that_holds_no_corrections(
    tmp_path: Path, text: str, why: str, line: int | None
) -> None:
    path = tmp_path / "c.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=why) as caught:
        read_corrections(path)
    assert (caught.value.file, caught.value.line) == (str(path), line)
