from __future__ import annotations

from pathlib import Path

import pytest

from readalike.bibliography.folding import fold_tag
from readalike.tables.dataset import read
from readalike.tables.tag_table import MIN_BOOKS, subject


@pytest.mark.parametrize(
    "shelf",
    [
        "to-read", "currently-reading", "favorites", "favourites", "all-time-favorites",
        "books-i-own", "owned", "owned-books", "i-own", "own-it", "my-books", "my-library",
        "kindle", "library", "default", "audiobook", "audio-books", "ebook", "e-book", "e-books",
        "to-buy", "wish-list", "re-read", "read-in-2015", "read-2016", "2015-reads", "2015",
        "abandoned", "dnf", "did-not-finish", "didn-t-finish", "5-stars", "4-stars", "tbr",
        "maybe", "reviewed", "have", "book-club", "bookclub", "shelfari-favorites", "unfinished",
        "on-my-shelf", "paperback", "stand-alone", "first-in-series", "part-of-a-series",
        "on-hold", "arc", "books", "series", "--1-", "-", "",
        "\uff46\uff41\uff56\uff4f\uff52\uff49\uff54\uff45\uff53", "To Read",
    ],
)  # fmt: skip
def test_what_speaks_of_the_owner_is_no_subject(shelf: str) -> None:
    assert subject(shelf) is None


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("young-adult", "young adult"), ("sci-fi", "sci fi"), ("star-wars", "star wars"),
        ("children-s", "children s"), ("19th-century", "19th century"), ("1920s", "1920s"),
        ("stephen-king", "stephen king"), ("time-travel", "time travel"),
        ("own-voices", "own voices"),
        ("made-me-cry", "made me cry"), ("cómics", "cómics"), ("SF_Fantasy", "sf fantasy"),
        ("\uff46\uff41\uff4e\uff54\uff41\uff53\uff59", "fantasy"), ("1001-books", "1001 books"),
        ("magical-realism", "magical realism"), ("日本", "日本"),
    ],
)  # fmt: skip
def test_what_speaks_of_the_book_is_a_subject(tag: str, words: str) -> None:
    assert subject(tag) == words


def test_folding_twice_is_folding_once() -> None:
    for tag in ("Ｆan-tasy", "İstanbul", "ﬁction", "a__b"):
        assert fold_tag(fold_tag(tag)) == fold_tag(tag)


def test_tags_are_joined_by_goodreads_id_and_counted(tmp_path: Path) -> None:
    n = MIN_BOOKS
    (tmp_path / "ratings.csv").write_text("book_id,user_id,rating\n1,1,5\n")
    rows = "".join(f"{i},{100 + i},{i},Book {i}\n" for i in range(1, n + 1))
    (tmp_path / "books.csv").write_text("id,book_id,best_book_id,title\n" + rows)
    (tmp_path / "tags.csv").write_text("tag_id,tag_name\n1,fantasy\n2,to-read\n3,Fantasy\n4,rare\n")
    tags = "".join(f"{100 + i},1,{10 * i}\n" for i in range(1, n + 1))
    tags += "101,1,3\n101,3,5\n101,2,9999\n102,3,-1\n101,4,7\n101,9,7\n999,1,4\n"
    (tmp_path / "book_tags.csv").write_text("goodreads_book_id,tag_id,count\n" + tags)

    dataset = read(tmp_path)

    found = dataset.catalogue.tags
    assert found is not None
    assert found.names == ("fantasy",)
    # 10 (the larger of the repeated rows) and 5 of the tag in other letters
    assert found.counts.toarray()[:, 0].tolist() == [15.0, *(10.0 * i for i in range(2, n + 1))]
    left = {
        left.reason: left.count
        for left in dataset.intake.left_out
        if left.file.endswith("book_tags.csv")
    }
    assert left == {
        "the book is not in the table of books": 1,
        "the tag has no name": 1,
        "the tag speaks of its owner, not of the book": 1,
        "the count is no number of readers, 1 or more": 1,
        "the book has the tag in another row": 1,
    }
    assert any("1 of 2 subjects are left out" in note for note in dataset.intake.notes)
