"""Which book an entry is, and when it is rather none."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from libraries.worlds import CASES, catalogue_of, entry, found, goodbooks, library, meant, sample
from readalike.bibliography.book_index import BookIndex
from readalike.data.catalogue import Catalogue
from readalike.libraries.matches import CONFIDENCE, SURE, Match
from readalike.libraries.matching import match, misspelt
from readalike.libraries.reading import read_library

# --- field cases ----------------------------------------------------------------------------------


def by_goodreads_id(name: str) -> dict[str, Match]:
    read = read_library(CASES / name)
    matches = match(read, BookIndex(goodbooks()))
    return {one.ids["goodreads"]: given for one, given in matches.pairs()}


def test_68_69_73_82_a_library_of_goodreads() -> None:
    given = by_goodreads_id("goodreads_24col.csv")
    told = {outside: (m.state, m.book_id, m.how) for outside, m in given.items()}
    assert told == {
        "8695": ("matched", "599", "goodreads id"),
        "11": ("matched", "54", "goodreads id"),
        "8699986": ("matched", "297", "title and author"),
        "5107": ("unmatched", None, ""),
        "999000111": ("matched", "75", "isbn"),
        "25587599": ("unmatched", None, ""),
        "320": ("matched", "94", "goodreads id"),
        "234225": ("matched", "126", "goodreads id"),
        "7126": ("unmatched", None, ""),
    }
    assert not given["320"].why, "its title is the original title of the book"
    assert not given["320"].doubtful
    assert given["8695"].confidence == CONFIDENCE["goodreads id"]
    assert given["5107"].why == "the catalogue has no such title"


@pytest.mark.parametrize("title", ["Ice World", "Transcendence", "The Ice", "World"])
def test_68_unknown_short_titles_are_never_the_nearest(title: str) -> None:
    assert found(goodbooks(), entry(title, "Nobody Known")) == Match(
        "unmatched", why="the catalogue has no such title"
    )
    assert meant(sample(), title, "Nobody Known") is None


def test_25_27_an_isbn_however_it_is_written() -> None:
    for given in ("0439023483", "9780439023481"):
        isbn13 = ("9780439023481",)
        match_ = found(goodbooks(), entry("", isbn_given=(given,), isbn13=isbn13))
        assert (match_.book_id, match_.how) == ("1", "isbn")
        assert match_.why == "there is no title or author to check it by"
    assert meant(goodbooks(), "The Hunger Games", isbn13=("9780439023481",)) == "1"


def test_69_the_isbn_of_another_edition() -> None:
    given = found(
        goodbooks(), entry("The Hunger Games", "Suzanne Collins", isbn13=("9780545310581",))
    )
    assert (given.book_id, given.how) == ("1", "title and author")


def test_72_a_subtitle_on_one_side() -> None:
    given = found(goodbooks(), entry("Good Omens", "Neil Gaiman; Terry Pratchett"))
    assert (given.book_id, given.how) == ("283", "short title and author")
    assert given.doubtful
    long = "Good Omens: The Nice and Accurate Prophecies of Agnes Nutter, Witch"
    assert found(goodbooks(), entry(long, "Terry Pratchett")).how == "title and author"
    assert meant(goodbooks(), f"{long} Revisited", "Terry Pratchett") is None
    assert meant(goodbooks(), "Good Omens: The Nice Prophecies", "Terry Pratchett") == "283"
    assert meant(goodbooks(), "Good Omens: A Radio Play", "Terry Pratchett") is None
    assert meant(goodbooks(), "Good Omens", "Nobody Known") is None


def test_47_one_title_two_authors() -> None:
    assert meant(goodbooks(), "Arcadia", "Lauren Groff") == "6105"
    assert meant(goodbooks(), "arcadia", "Stoppard, Tom") == "6481"
    alone = found(goodbooks(), entry("Arcadia"))
    assert alone.state == "ambiguous"
    assert set(alone.candidates) == {"6105", "6481"}
    assert alone.why == "no author is named to tell it by"
    other = found(goodbooks(), entry("Arcadia", "Iain Pears"))
    assert other.state == "unmatched"
    assert other.why == "the title is there only by Lauren Groff / Tom Stoppard"


def test_47_one_title_twice_by_one_author_is_one_work() -> None:
    """The better known edition is meant, whichever apostrophes it has."""
    assert meant(goodbooks(), "’Salem’s Lot", "Stephen King") == "349"


@pytest.mark.parametrize(
    ("title", "author", "book"),
    [
        ("1984", "George Orwell", "13"),
        ("Nineteen Eighty-Four", "George Orwell", "13"),
        ("1776", "David McCullough", "687"),
        ("2312", "Kim Stanley Robinson", "8169"),
        ("300", "Frank Miller", "2426"),
        ("11/22/63", "Stephen King", "295"),
        ("1985", "George Orwell", None),
        ("1777", "David McCullough", None),
        ("84", "George Orwell", None),
        ("I, Robot", "Isaac Asimov", "432"),
        ("I Robot", "Isaac Asimov", "432"),
    ],
)
def test_titles_made_of_digits(title: str, author: str, book: str | None) -> None:
    assert meant(goodbooks(), title, author) == book


@pytest.mark.parametrize(
    ("title", "book"),
    [
        ("Harry Potter and the Sorcerer's Stone", "2"),
        ("Harry Potter and the Order of the Phoenix", "21"),
        ("Harry Potter and the Order of the Phoenix (Harry Potter, #5)", "21"),
        ("Harry Potter and the Chamber of Secrets (Harry Potter #2)", "23"),
        ("harry potter and the goblet of fire", "24"),
        ("Harry Potter and the Philosopher's Stone", "2"),
        ("Harry Potter and the Cursed Child", None),
        ("Harry Potter and the Chamber of Secrets, Part Two", None),
        ("Harry Potter", None),
        ("Harry Potter: The Complete Collection (Harry Potter, #1-7)", None),
        ("Harry Potter and the Half-Blood Price", "27"),
        ("Harry Potter and the Goblit of Fire", "24"),
        ("Harry Potter and the Goblet of Ice", None),
    ],
)
def test_titles_that_begin_alike(title: str, book: str | None) -> None:
    assert meant(goodbooks(), title, "J.K. Rowling") == book


def test_a_part_of_a_divided_volume() -> None:
    whole = "Harry Potter and the Order of the Phoenix (Harry Potter, #5)"
    part = whole.replace("#5)", "#5, Part 1)")
    assert meant(goodbooks(), part, "J.K. Rowling") == "6141"
    assert meant(goodbooks(), part.replace("1)", "2)"), "J.K. Rowling") is None


# --- ids that lie ---------------------------------------------------------------------------------


def test_an_id_that_disagrees_with_title_and_author() -> None:
    """goodbooks' own id 13 is Orwell's; Goodreads' 13 is not."""
    given = found(goodbooks(), entry("1984", "George Orwell", ids={"goodreads": "2767052"}))
    assert (given.state, given.book_id, given.how) == ("matched", "13", "title and author")
    assert given.why.startswith("its goodreads id says another book")
    given = found(goodbooks(), entry("Unheard Of", "Nobody Known", ids={"goodreads": "2767052"}))
    assert (given.state, given.candidates) == ("ambiguous", ("1",))


def test_an_id_of_another_book_by_the_same_author_is_not_chosen() -> None:
    """Small ids are of Harry Potter everywhere: Goodreads' 2 is the fifth, goodbooks' the first."""
    title = "Harry Potter and the Sorcerer's Stone (Harry Potter, #1)"
    given = found(goodbooks(), entry(title, "J.K. Rowling", ids={"goodreads": "2"}))
    assert (given.state, set(given.candidates)) == ("ambiguous", {"2", "21"})
    assert given.why == "goodreads id says one book, title and author another"


def test_an_id_with_the_title_of_a_book_by_somebody_else() -> None:
    ids = {"goodreads": "11866694"}  # Groff's Arcadia
    given = found(goodbooks(), entry("Arcadia", "Tom Stoppard", ids=ids))
    assert (given.state, set(given.candidates)) == ("ambiguous", {"6105", "6481"})
    given = found(goodbooks(), entry("Arcadia", "Ed Itor", ids=ids))
    assert (given.book_id, given.why) == ("6105", "the author is another one")


def test_an_id_and_an_isbn_that_disagree() -> None:
    ids, isbn13 = {"goodreads": "2767052"}, ("9780451524935",)
    given = found(goodbooks(), entry("", ids=ids, isbn13=isbn13))
    assert (given.state, set(given.candidates)) == ("ambiguous", {"1", "13"})
    assert given.why == "its goodreads id and its isbn say different books"
    given = found(goodbooks(), entry("1984", "George Orwell", ids=ids, isbn13=isbn13))
    assert (given.book_id, given.how) == ("13", "isbn")


def test_ids_whose_giver_is_not_said_need_the_title() -> None:
    hunger = ("The Hunger Games", "Suzanne Collins")
    assert found(goodbooks(), entry(*hunger, ids={"book": "1"})).how == "catalogue id"
    assert found(goodbooks(), entry(*hunger, ids={"book": "2767052"})).how == "goodreads id"
    potter = "Harry Potter and the Order of the Phoenix"
    given = found(goodbooks(), entry(potter, "J.K. Rowling", ids={"book": "2"}))
    assert (given.book_id, given.how) == ("21", "goodreads id"), "2 is the catalogue's of another"
    assert found(goodbooks(), entry(*hunger, ids={"book": "13"})).how == "title and author"
    assert meant(goodbooks(), "Unheard Of", "Suzanne Collins", ids={"book": "1"}) is None
    alone = found(goodbooks(), entry(ids={"book": "13"}))
    assert (alone.book_id, alone.how) == ("13", "catalogue id")


def test_ids_of_another_giver_in_a_whole_file_are_not_believed() -> None:
    """A file with the catalogue's ids where Goodreads' should be."""
    books = goodbooks()
    wrong = [
        entry(title, authors, ids={"goodreads": other})
        for title, authors, other in zip(
            books.titles[:12], books.authors[:12], books.goodreads_ids[20:32], strict=True
        )
    ]
    translated = entry("Los juegos del hambre", "Suzanne Collins", ids={"goodreads": "2767052"})
    matches = match(library(*wrong, translated), BookIndex(books))
    assert any("Goodreads ids are not believed" in note for note in matches.notes)
    assert matches.each[-1].state == "unmatched"
    assert [m.book_id for m in matches.each[:-1]].count(None) <= 2
    for one, given in list(matches.pairs())[:-1]:
        assert (
            given.book_id is None or books.titles[books.books.ids.index(given.book_id)] == one.title
        )
    assert match(library(translated), BookIndex(books)).each[0].book_id == "1"


def test_work_ids_and_ids_of_open_library() -> None:
    books = catalogue_of(
        ("Emma", "Jane Austen"),
        ("Dune", "Frank Herbert"),
        work_ids=("OL1W", "77"),
        goodreads_ids=("5", "6"),
    )
    assert found(books, entry(ids={"openlibrary": "/works/OL1W"})).how == "open library id"
    assert found(books, entry("Dune", "Frank Herbert", ids={"work": "77"})).how == "work id"
    assert meant(books, "", "", ids={"openlibrary": "77"}) is None, "no id of Open Library's"
    assert meant(books, "", "", ids={"librarything": "77"}) is None


# --- titles and authors ---------------------------------------------------------------------------

SHELF = catalogue_of(
    ("The Fellowship of the Ring (The Lord of the Rings, #1)", "J.R.R. Tolkien"),
    ("The Two Towers (The Lord of the Rings, #2)", "J.R.R. Tolkien"),
    ("The Lord of the Rings (The Lord of the Rings, #1-3)", "J.R.R. Tolkien"),
    ("Mistborn : The Final Empire (Mistborn, #1)", "Brandon Sanderson"),
    ("Star Wars: Heir to the Empire (Star Wars, #1)", "Timothy Zahn"),
    ("The Walking Dead, Vol. 1: Days Gone Bye", "Robert Kirkman, Tony Moore"),
    ("The Walking Dead: Compendium One", "Robert Kirkman, Tony Moore"),
    ("Sapiens: A Brief History of Humankind", "Yuval Noah Harari"),
    ("The Girl with the Dragon Tattoo (Millennium, #1)", "Stieg Larsson, Reg Keeland"),
    ("Selected Poems", "Federico García Lorca, Ann Translator"),
    ("Watership Down (Watership Down, #1)", "Richard Adams"),
    ("Fifty Shades Darker (Fifty Shades, #2)", "E.L. James"),
    ("The Lightning Thief (Percy Jackson and the Olympians, #1)", "Rick Riordan"),
    ("Beowulf", "Unknown, Seamus Heaney"),
    ("The Poky Little Puppy", ""),
    ("A Storm of Swords (A Song of Ice and Fire, #3)", "George R.R. Martin"),
    (
        "A Storm of Swords: Blood and Gold (A Song of Ice and Fire, #3: Part 2 of 2)",
        "George R.R. Martin",
    ),
)


@pytest.mark.parametrize(
    ("title", "author", "book", "how"),
    [
        (
            "The Lord of the Rings: The Two Towers",
            "Tolkien, J.R.R.",
            "2",
            "series, title and author",
        ),
        (
            "Lord of the Rings 2: The Two Towers",
            "J. R. R. Tolkien",
            "2",
            "series, title and author",
        ),
        ("The Final Empire", "Brandon Sanderson", "4", "series, title and author"),
        ("Percy Jackson: The Lightning Thief", "Rick Riordan", "13", "series, title and author"),
        ("Mistborn: The Final Empire", "Brandon Sanderson", "4", "title and author"),
        ("The Walking Dead, Volume 01: Days Gone Bye", "Robert Kirkman", "6", "title and author"),
        ("Sapiens", "Harari", "8", "short title and author"),
        (
            "Sapiens: A Brief History of Humankind (Movie Tie-In)",
            "Y. N. Harari",
            "8",
            "title and author",
        ),
        ("Sapiens: Brief History", "Yuval Noah Harari", "8", "short title and author"),
        ("Fellowship of the Ring, The", "TOLKIEN J R R", "1", "title and author"),
        ("The Felowship of the Ring", "J.R.R. Tolkien", "1", "title nearly and author"),
        ("Water Ship Down", "Richard Adams", "11", "title nearly and author"),
        ("The Girl with the Dragon Tattoo", "Larsson, Stieg", "9", "title and author"),
        ("A Storm of Swords", "George R. R. Martin", "16", "title and author"),
        ("Beowulf", "Seamus Heaney", "14", "title and author"),
    ],
)
def test_what_is_found_and_how(title: str, author: str, book: str, how: str) -> None:
    given = found(SHELF, entry(title, author))
    assert (given.state, given.book_id, given.how) == ("matched", book, how)
    assert given.confidence == CONFIDENCE[how]
    assert given.why == ""


@pytest.mark.parametrize(
    ("title", "author", "candidates", "why"),
    [
        (
            "The Lord of the Rings: The Return of the King",
            "J.R.R. Tolkien",
            ("3",),
            "name of a series",
        ),
        (
            "The Lord of the Rings: Official Movie Companion",
            "J.R.R. Tolkien",
            ("3",),
            "a book about it",
        ),
        ("Star Wars", "Timothy Zahn", ("5",), "name of a series"),
        ("Star Wars: Dark Force Rising", "Timothy Zahn", ("5",), "the subtitle is another one"),
        ("The Walking Dead", "Robert Kirkman", ("7",), "of several books, of a part"),
        ("Sapiens: The Graphic Novel", "Yuval Noah Harari", ("8",), "another one"),
        (
            "A Storm of Swords: Steel and Snow",
            "George R.R. Martin",
            ("16",),
            "name of a series|answer|another",
        ),
        (
            "The Two Towers (The Lord of the Rings, #7)",
            "J.R.R. Tolkien",
            ("2",),
            "another volume or part",
        ),
        (
            "The Girl with the Dragon Tattoo",
            "Denise Mina",
            ("9",),
            "the title is there, but by Stieg",
        ),
        ("The Poky Little Puppy", "Janette Lowrey", ("15",), "no author is named"),
        (
            "The Fellowship of the Kings",
            "J.R.R. Tolkien",
            ("1",),
            "titles of the same author that are like",
        ),
        ("Watership Town", "Richard Adams", ("11",), "like"),
    ],
)
def test_what_is_only_worth_a_question(
    title: str, author: str, candidates: tuple[str, ...], why: str
) -> None:
    import re

    given = found(SHELF, entry(title, author))
    assert given.state == "ambiguous", given
    assert (given.book_id, given.confidence, given.how) == (None, None, "")
    assert set(candidates) <= set(given.candidates)
    assert re.search(why, given.why)
    assert given.doubtful


@pytest.mark.parametrize(
    ("title", "author"),
    [
        ("Fifty Shades Freed", "Somebody Else"),
        ("Selected Poems", "Pablo Neruda; Ann Translator"),
        ("The Two Towers", "Stephen King"),
        ("Summary of Sapiens", "Yuval Noah Harari"),
        ("Dune", "Frank Herbert"),
        ("", ""),
        ("!!!", "J.R.R. Tolkien"),
        ("Beowulf", "J.R.R. Tolkien"),
        ("The Hobbit (Graphic Novel)", "J.R.R. Tolkien"),
    ],
)
def test_what_is_none_of_the_books(title: str, author: str) -> None:
    given = found(SHELF, entry(title, author))
    assert given.state == "unmatched", given
    assert given.candidates == ()
    assert given.why


def test_a_word_that_is_a_word_is_no_slip() -> None:
    """`Freed` could be `Feed` misspelt, were it not a title's word."""
    assert meant(SHELF, "Fifty Shades Drker", "E.L. James") == "12"
    assert meant(SHELF, "Fifty Shades Dorker", "E.L. James") == "12"
    more = catalogue_of(
        ("Fifty Shades Darker (Fifty Shades, #2)", "E.L. James"), ("Dorker", "Ann Onym")
    )
    assert meant(more, "Fifty Shades Dorker", "E.L. James") is None
    assert meant(SHELF, "Fifty Shades Barker", "E.L. James") is None, "it begins otherwise"


@pytest.mark.parametrize(
    ("text", "right", "slip"),
    [
        ("abcd xyzzy", "abce xyzzy", True),
        ("abc xyzzy", "abd xyzzy", False),
        ("abcdefghij xyzzy", "abcdefghkl xyzzy", True),
        ("abcdefghi xyzzy", "abcdefgkl xyzzy", False),
        ("abcdefghij xyzzy", "abcdefgklm xyzzy", False),
        ("abcdefgh", "abcdefgk", False),
        ("abcdefghi", "abcdefghk", True),
        ("abcd efgh ijkl", "abcx efgx ijkl", True),
        ("abcd efgh ijkl", "abcx efgx ijkx", False),
        ("abcd xyzzy", "abcd xyzzy", False),
        ("ab cd", "abcd", True),
        ("abcd efgh x", "abcd efgh", False),
        ("abcd1 xyzzy", "abcd2 xyzzy", False),
        ("kbcd xyzzy", "abcd xyzzy", False),
        ("word xyzzy", "worm xyzzy", False),
    ],
)
def test_slips_of_the_pen_are_few_and_short(text: str, right: str, slip: bool) -> None:
    assert misspelt(text, right, BookIndex(catalogue_of(("Word", "Ann")))) is slip


@pytest.mark.parametrize(
    ("wrong", "checked", "told"), [(3, 5, True), (4, 4, False), (3, 6, False), (4, 6, True)]
)
def test_goodreads_ids_of_which_most_are_wrong_are_not_believed(
    wrong: int, checked: int, told: bool
) -> None:
    titles = [f"{word} of the House" for word in ("Lord", "Maid", "Cook", "Dogs", "Cats", "Mice")]
    books = catalogue_of(
        *((title, f"Ann {title[:4]}") for title in titles), goodreads_ids=list("123456")
    )
    said = [
        ("Nothing like it", "Zoe") if n < wrong else (title, f"Ann {title[:4]}")
        for n, title in enumerate(titles[:checked])
    ]
    rows = [entry(*each, ids={"goodreads": str(n)}) for n, each in enumerate(said, 1)]
    matches = match(library(*rows), BookIndex(books))
    note = f"its Goodreads ids are not believed: {wrong} of the {checked} that can be checked"
    assert any(each.startswith(note) for each in matches.notes) is told
    assert matches.states()["matched"] == checked - wrong
    assert matches.states()["ambiguous"] == (0 if told else wrong)
    assert matches.ways() == ({"goodreads id": checked - wrong} if wrong < checked else {})


def test_a_title_of_four_words_is_worth_a_question_whoever_wrote_it() -> None:
    books = catalogue_of(("Lord of a House", "Ann Onym"), ("Lord a House", "Ann Onym"))
    assert found(books, entry("Lord of a House", "Bob")).state == "ambiguous"
    assert found(books, entry("Lord a House", "Bob")).state == "unmatched"


def test_what_stands_before_a_subtitle_has_three_letters_at_least() -> None:
    books = catalogue_of(("Ox: Memories of a Farm", "Ann"), ("Cow: Memories of a Barn", "Bob"))
    assert found(books, entry("Ox", "Ann")).why == "what stands before the subtitle is too short"
    assert found(books, entry("Cow", "Bob")).how == "short title and author"


def test_a_number_in_a_subtitle_makes_another_book() -> None:
    books = catalogue_of(("Oxen: The Farm Years 1980", "Ann"), ("Cows: My Farm Years", "Ann"))
    numbered = found(books, entry("Oxen: The Farm Years", "Ann"))
    assert (numbered.state, numbered.why) == ("ambiguous", "the subtitle is another one")
    assert found(books, entry("Cows: Farm Years", "Ann")).how == "short title and author"


def test_titles_that_are_nearly_the_same() -> None:
    """As many letters of a hundred are the same as the numbers say: 90, 89, 86 and 83."""
    titles = ("Rosemarine", "Tangerine", "Orchids", "Lilies")
    books = catalogue_of(*((title, "Ann") for title in titles), goodreads_ids=list("1234"))
    by_id = [
        found(books, entry(f"x{title[1:]}", "Ann", ids={"goodreads": str(n)})).confidence
        for n, title in enumerate(titles[:2], 1)
    ]
    assert by_id == [0.99, 0.87]
    assert found(books, entry("Orchidx", "Ann")).candidates == ("3",)
    assert found(books, entry("Liliex", "Ann")).state == "unmatched"


def test_five_books_are_offered_where_more_are_meant() -> None:
    books = catalogue_of(*(("Emma", f"Author {letter}") for letter in "ABCDEFG"))
    assert found(books, entry("Emma")).candidates == ("1", "2", "3", "4", "5")


def test_an_author_behind_the_first_is_trusted_less() -> None:
    given = found(SHELF, entry("Selected Poems", "Ann Translator"))
    assert given.state == "matched"
    assert given.confidence is not None
    assert given.confidence < SURE


def test_two_works_of_one_title_by_one_author() -> None:
    two = catalogue_of(
        ("Emma (Emma, #1)", "Ann Onym"), ("Emma (Emma, #2)", "Ann Onym"), ("Emma", "Jane Austen")
    )
    given = found(two, entry("Emma", "Ann Onym"))
    assert (given.state, given.candidates) == ("ambiguous", ("1", "2"))
    assert meant(two, "Emma", "Ann Onym", series="Emma", volume="2.0") == "2"
    assert meant(two, "Emma", "Jane Austen") == "3"


def test_a_retelling_is_not_what_is_retold() -> None:
    two = catalogue_of(("Emma", "Val McDermid, Jane Austen"), ("Emma", "Jane Austen"))
    assert meant(two, "Emma", "Jane Austen") == "2"
    assert meant(two, "Emma", "Val McDermid") == "1"


def test_a_catalogue_without_anything() -> None:
    bare = Catalogue.of(goodbooks().books)
    assert found(bare, entry("Emma", "Jane Austen")).state == "unmatched"
    assert found(bare, entry("Emma", "Jane Austen", ids={"book": "13"})).book_id == "13"


# --- properties -----------------------------------------------------------------------------------


@pytest.mark.parametrize("books", [goodbooks, sample], ids=["goodbooks", "sample"])
def test_every_book_of_a_catalogue_is_itself(books: object) -> None:
    assert callable(books)
    catalogue = books()
    for at, outside in enumerate(catalogue.books.ids):
        book = catalogue.book(at)
        series = {"series": book.series, "volume": book.volume}
        given = found(catalogue, entry(book.title, book.authors, **series))
        if book.authors in ("Anonymous", "Unknown", ""):
            assert outside in (given.book_id, *given.candidates), "the title alone is not enough"
        elif given.book_id != outside:
            other = catalogue.book(catalogue.books.ids.index(given.book_id or ""))
            assert other.authors.split(",")[0] == book.authors.split(",")[0]
            assert other.title.lower()[:12] == book.title.lower()[:12]


def test_the_order_of_rows_does_not_matter() -> None:
    books = goodbooks()
    rows = [
        entry(title, authors, ids={"goodreads": goodreads})
        for title, authors, goodreads in zip(
            books.titles, books.authors, books.goodreads_ids[::-1], strict=True
        )
    ]
    first = match(library(*rows), BookIndex(books))
    told = {one.title + one.source_id: given for one, given in first.pairs()}
    for seed in range(3):
        random.Random(seed).shuffle(rows)
        again = match(library(*rows), BookIndex(books))
        assert {one.title + one.source_id: given for one, given in again.pairs()} == told
        assert again.notes == first.notes


@drawn(st.text(max_size=30), st.text(max_size=20), st.text(max_size=10), st.text(max_size=4))
def test_any_text_has_an_answer(title: str, author: str, series: str, volume: str) -> None:
    given = found(SHELF, entry(title, author, series=series, volume=volume))
    assert given.state in ("matched", "ambiguous", "unmatched")
    assert (
        (given.book_id is not None) == (given.state == "matched") == (given.confidence is not None)
    )
    assert bool(given.candidates) == (given.state == "ambiguous")
    assert given.state == "matched" or given.why
    assert len(given.candidates) <= 5


def test_counts_and_ways() -> None:
    matches = match(
        library(
            entry("Sapiens", "Yuval Noah Harari"),
            entry("The Two Towers", "J.R.R. Tolkien"),
            entry("Two Towers, The", "Tolkien"),
            entry("Dune", "Frank Herbert"),
            entry("Beowulf"),
        ),
        BookIndex(SHELF),
    )
    assert matches.states() == {"matched": 3, "ambiguous": 1, "unmatched": 1}
    assert matches.ways() == {"title and author": 2, "short title and author": 1}
    assert list(matches.ways()) == ["title and author", "short title and author"]
    assert [one.title for one, _ in matches.doubtful()] == ["Sapiens", "Beowulf"]
    assert any("1 book of the catalogue" in note for note in matches.notes)


def test_a_file_is_matched_as_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text("title,author\nSapiens,Yuval Noah Harari\n")
    matches = match(read_library(path), BookIndex(SHELF))
    assert matches.each[0].book_id == "8"
    assert [p.name for p in tmp_path.iterdir()] == ["books.csv"], "nothing is left behind"
