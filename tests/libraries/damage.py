"""Rows of made-up libraries whose right answer is known: a catalogue's books, damaged like exports.

Each way of damaging takes a book and gives the row that a reader's file would have, or None where
the book does not lend itself to it. What must be found and what must not is known beforehand, by
rules of this file alone, not by those of the library.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.isbn import isbn_texts, to_isbn10, valid_isbn13
from readalike.bibliography.people import divided_by_commas, written_anyhow
from readalike.data.catalogue import Book, Catalogue
from readalike.libraries.entry import Entry, Library
from readalike.libraries.matches import Match
from readalike.libraries.matching import match


@dataclass(frozen=True)
class Labelled:
    """A row with its answer.

    Attributes:
        kind: How it was damaged.
        entry: The row.
        book: The book that it is; None where it is none of the catalogue.
        matchable: Whether enough is left to find the book by.
    """

    kind: str
    entry: Entry
    book: str | None
    matchable: bool


class World:
    """A catalogue and what the damages ask of it."""

    def __init__(self, catalogue: Catalogue, seed: int) -> None:
        self.catalogue = catalogue
        self.random = random.Random(seed)
        self.books = [catalogue.book(at) for at in range(len(catalogue))]
        self.books = [book for book in self.books if book.title and book.authors]
        self.names = {plain(part) for book in self.books for part in title_parts(book.title)}
        words = {word for book in self.books for word in re.findall(r"[a-z]+", book.title.lower())}
        self.words = sorted(word for word in words if len(word) > 4)
        self.known = set(words)
        self.begun = Counter(short_title(book.title) for book in self.books)
        self.divided = {plain(bare(b.title)) for b in self.books if "part" in b.title.lower()}
        self.called = Counter(plain(bare(book.title)) for book in self.books)
        self.series = {plain(book.series) for book in self.books if book.series}
        self.by_goodreads = {book.goodreads_id: book for book in self.books if book.goodreads_id}

    def stands_alone(self, short: str) -> bool:
        """Whether a short title begins one book only, and is no series."""
        text = plain(short)
        return len(short) > 3 and self.begun[text] == 1 and text not in self.series

    def is_title(self, title: str) -> bool:
        return plain(bare(title)) in self.names


Damage = Callable[[World, Book], Entry | None]


def row(title: str, authors: str, **more: object) -> Entry:
    """A row as `read_library` would make it of a table."""
    entry = Entry(row=1, line=2, title=" ".join(title.split()), authors=written_anyhow(authors))
    return replace(entry, **more)  # type: ignore[arg-type]


def isbn(cell: str) -> dict[str, object]:
    """The ISBN fields of an entry, read from a cell."""
    given = isbn_texts(cell)
    return {"isbn_given": given, "isbn13": tuple(v for t in given if (v := valid_isbn13(t)))}


def bare(title: str) -> str:
    """The title without what stands in brackets at its end."""
    return re.sub(r"\s*\([^()]*(\([^()]*\)[^()]*)*\)\s*$", "", title)


def title_parts(title: str) -> Iterator[str]:
    """All that a title may be called."""
    short = bare(title)
    yield title
    yield short
    yield from re.split(r"[:;/]| - ", short)


def short_title(title: str) -> str:
    """What stands before a colon, dash or semicolon, as it is compared."""
    return plain(re.split(r"[:;]| - ", bare(title))[0])


def plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


def first_author(book: Book) -> str:
    return divided_by_commas(book.authors)[0]


# --- what must be found -----------------------------------------------------------------------


def as_it_is(world: World, book: Book) -> Entry | None:
    return row(book.title, book.authors)


def own_id(world: World, book: Book) -> Entry | None:
    if not book.goodreads_id:
        return None
    return row(book.title, first_author(book), ids={"goodreads": book.goodreads_id})


def translated_with_id(world: World, book: Book) -> Entry | None:
    """Another language's title, the id of the book: only the author bears the id out."""
    if not book.goodreads_id:
        return None
    title = "Le " + "".join(chr(ord("a") + (ord(c) - 80) % 26) for c in plain(bare(book.title)))
    return row(title, first_author(book), ids={"goodreads": book.goodreads_id})


def isbn_without_zeros(world: World, book: Book) -> Entry | None:
    ten = to_isbn10(book.isbn13) if book.isbn13 else None
    return row(bare(book.title), first_author(book), **isbn(ten.lstrip("0"))) if ten else None


def isbn_dressed_up(world: World, book: Book) -> Entry | None:
    if not book.isbn13:
        return None
    cell = f'="{book.isbn13}"' if world.random.random() < 0.5 else f"[{book.isbn13}]"
    return row("", "", **isbn(cell))


def id_of_another_edition(world: World, book: Book) -> Entry | None:
    ids = {"goodreads": str(world.random.randrange(10**8, 10**9))}
    return row(book.title, first_author(book), ids=ids)


def without_series(world: World, book: Book) -> Entry | None:
    return row(bare(book.title), first_author(book))


def series_in_a_column(world: World, book: Book) -> Entry | None:
    if not book.series:
        return None
    return row(bare(book.title), first_author(book), series=book.series, volume=f"{book.volume}.0")


def shouted(world: World, book: Book) -> Entry | None:
    return row(bare(book.title).upper(), first_author(book).upper())


def decomposed(world: World, book: Book) -> Entry | None:
    title, author = (unicodedata.normalize("NFD", t) for t in (book.title, first_author(book)))
    return row(title, author)


def without_accents(world: World, book: Book) -> Entry | None:
    texts = (unicodedata.normalize("NFKD", t) for t in (book.title, first_author(book)))
    title, author = ("".join(c for c in t if not unicodedata.combining(c)) for t in texts)
    return row(title.replace("’", "'"), author)


def other_apostrophes(world: World, book: Book) -> Entry | None:
    if "'" not in book.title and "’" not in book.title:
        return None
    return row(book.title.replace("’", "\0").replace("'", "’").replace("\0", "'"), book.authors)


def last_name_first(world: World, book: Book) -> Entry | None:
    given, _, last = first_author(book).rpartition(" ")
    if not given or last.rstrip(".").casefold() in ("jr", "sr", "ii", "iii"):
        return None
    return row(book.title, f"{last}, {given}")


def names_swapped(world: World, book: Book) -> Entry | None:
    given, _, last = first_author(book).rpartition(" ")
    return row(book.title, f"{last} {given}") if given else None


def authors_reversed(world: World, book: Book) -> Entry | None:
    names = divided_by_commas(book.authors)
    return row(book.title, "; ".join(names[::-1])) if len(names) > 1 else None


def initials(world: World, book: Book) -> Entry | None:
    given, _, last = first_author(book).rpartition(" ")
    words = re.findall(r"[^\W\d_][\w'’]*", given)
    if not words or last.rstrip(".").casefold() in ("jr", "sr", "ii", "iii"):
        return None
    joint = world.random.choice(["", " "])
    return row(book.title, f"{joint.join(f'{word[0]}.' for word in words)} {last}")


def article_behind(world: World, book: Book) -> Entry | None:
    article, _, title = bare(book.title).partition(" ")
    return row(f"{title}, {article}", first_author(book)) if article in ("The", "A", "An") else None


def printed_as(world: World, book: Book) -> Entry | None:
    remarks = ("Penguin Classics", "50th Anniversary Edition", "Kindle Edition", "Movie Tie-In")
    return row(f"{bare(book.title)} ({world.random.choice(remarks)})", first_author(book))


def a_novel(world: World, book: Book) -> Entry | None:
    title = bare(book.title)
    return None if ":" in title else row(f"{title}: A Novel", first_author(book))


def ampersand(world: World, book: Book) -> Entry | None:
    title = bare(book.title)
    return row(title.replace(" and ", " & "), first_author(book)) if " and " in title else None


NUMBERS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "twelve": "12", "thirteen": "13", "nineteen eighty-four": "1984",
}  # fmt: skip


def other_numbers(world: World, book: Book) -> Entry | None:
    title = bare(book.title)
    for word, digits in NUMBERS.items():
        for one, other in ((word, digits), (digits, word)):
            changed = re.sub(rf"(?<![\w.#]){one}(?![\w.])", other, title, flags=re.IGNORECASE)
            if changed != title:
                return row(changed, first_author(book))
    return None


def without_subtitle(world: World, book: Book) -> Entry | None:
    """Only where no other book begins so, and nothing says that it is one of several."""
    short, colon, rest = bare(book.title).partition(": ")
    speaks = re.search(r"\d$|vol|part|book|set|collect|guide|companion|trilogy|omnibus", rest, re.I)
    if not colon or speaks or not world.stands_alone(short):
        return None
    return row(short, first_author(book))


def with_subtitle(world: World, book: Book) -> Entry | None:
    title = bare(book.title)
    if short_title(title) != plain(title) or not world.stands_alone(title):
        return None
    return row(f"{title}: The Story of a Winter Abroad", first_author(book))


def behind_its_series(world: World, book: Book) -> Entry | None:
    if not book.series or ":" in book.title or ":" in book.series:
        return None
    return row(f"{book.series}: {bare(book.title)}", first_author(book))


def misspelt(world: World, book: Book) -> Entry | None:
    """Two letters of a long word change places."""
    words = bare(book.title).split(" ")
    long = [at for at, word in enumerate(words) if len(word) > 6 and word.isalpha()]
    if len(words) < 2 or not long:
        return None
    at = world.random.choice(long)
    k = world.random.randrange(1, len(words[at]) - 2)
    word = words[at]
    words[at] = word[:k] + word[k + 1] + word[k] + word[k + 2 :]
    if words[at] == word or words[at].lower() in world.known:
        return None
    return row(" ".join(words), first_author(book))


def id_of_the_catalogue(world: World, book: Book) -> Entry | None:
    """A column book_id that may be anybody's; the title says whose."""
    return row(bare(book.title), first_author(book), ids={"book": book.book_id})


def id_of_another_book(world: World, book: Book) -> Entry | None:
    """The catalogue's own id where Goodreads' should be: by chance some other book's."""
    other = world.by_goodreads.get(book.book_id)
    if other is None or first_author(other) == first_author(book):
        return None
    return row(bare(book.title), first_author(book), ids={"goodreads": book.book_id})


def isbn_of_another_book(world: World, book: Book) -> Entry | None:
    other = world.random.choice(world.books)
    if not other.isbn13 or first_author(other) == first_author(book):
        return None
    return row(bare(book.title), first_author(book), **isbn(other.isbn13))


def original_title(world: World, book: Book) -> Entry | None:
    """Another title that no other book of the author has."""
    return _called_otherwise(world, book, lambda text: not text.isascii())


def british_title(world: World, book: Book) -> Entry | None:
    """Another title in the same letters, as a British edition may have."""
    return _called_otherwise(world, book, str.isascii)


def _called_otherwise(world: World, book: Book, fits: Callable[[str], bool]) -> Entry | None:
    at = world.catalogue.books.index(book.book_id)
    assert at is not None
    titles = [t for t in world.catalogue.other_titles[at].split(" | ") if t and fits(t)]
    own = plain(bare(book.title))
    for title in titles:
        text = plain(bare(title))
        if text and not own.startswith(text) and text not in world.series | world.names:
            return row(title, first_author(book))
    return None


# --- what must not be found ---------------------------------------------------------------------


def same_title_by_a_stranger(world: World, book: Book) -> Entry | None:
    names = ("Ottoline Vance", "Bram Hollister", "Ines Quarrington", "Tobias Fenwick-Ashe")
    return row(bare(book.title), world.random.choice(names))


def title_of_another_author(world: World, book: Book) -> Entry | None:
    other = world.random.choice(world.books)
    mine, theirs = plain(book.authors), plain(other.authors)
    last = plain(first_author(other).split()[-1])
    if last in mine or plain(first_author(book).split()[-1]) in theirs:
        return None
    alone = world.called[plain(bare(book.title))] == 1
    return row(bare(book.title), first_author(other)) if alone else None


def another_of_the_series(world: World, book: Book) -> Entry | None:
    """ "Harry Potter and the ..." something else."""
    words = bare(book.title).split(" ")
    if len(words) < 4:
        return None
    words[-1] = world.random.choice(world.words).capitalize()
    title = " ".join(words)
    return None if world.is_title(title) else row(title, first_author(book))


def one_word_another(world: World, book: Book) -> Entry | None:
    words = bare(book.title).split(" ")
    places = [at for at, word in enumerate(words) if len(word) > 4]
    if len(words) < 2 or not places:
        return None
    at = world.random.choice(places)
    mine = plain(words[at])
    near = [w for w in world.words if w[0] == mine[:1] and w[:-2] not in mine and mine not in w]
    if not near:
        return None
    words[at] = world.random.choice(near).capitalize()
    title = " ".join(words)
    return None if world.is_title(title) else row(title, first_author(book))


def another_volume(world: World, book: Book) -> Entry | None:
    if not book.series or not book.volume.isdigit():
        return None
    title = f"{bare(book.title)} ({book.series}, #{int(book.volume) + 40})"
    return row(title, first_author(book))


def a_part_of_it(world: World, book: Book) -> Entry | None:
    if not book.series or not book.volume or plain(bare(book.title)) in world.divided:
        return None
    title = f"{bare(book.title)} ({book.series}, #{book.volume}: Part 1 of 2)"
    return row(title, first_author(book))


def several_in_one(world: World, book: Book) -> Entry | None:
    title = bare(book.title)
    forms = (
        f"{title} Boxed Set", f"{title}: The Complete Trilogy", f"{title} / The Other One",
        f"The {title} Omnibus", f"{title}: Books 1-3",
    )  # fmt: skip
    chosen = world.random.choice(forms)
    return None if world.is_title(chosen) else row(chosen, first_author(book))


def a_book_about_it(world: World, book: Book) -> Entry | None:
    title = bare(book.title)
    forms = (
        f"{title}: The Graphic Novel", f"{title} (Official Movie Companion)", f"Summary of {title}",
        f"{title}: A Companion to the Films", f"{title} Colouring Book",
        f"{title} (Graphic Novel)",
    )  # fmt: skip
    chosen = world.random.choice(forms)
    return None if world.is_title(chosen) else row(chosen, first_author(book))


def unknown_book(world: World, book: Book) -> Entry | None:
    title = " ".join(w.capitalize() for w in world.random.sample(world.words, 3))
    return None if world.is_title(title) else row(title, "Ottoline Vance")


def unknown_book_of_the_author(world: World, book: Book) -> Entry | None:
    title = " ".join(w.capitalize() for w in world.random.sample(world.words, 2))
    return None if world.is_title(title) else row(title, first_author(book))


def volume_behind_the_series(world: World, book: Book) -> Entry | None:
    """The series and a title that is not there, as in "Star Wars: Something New"."""
    if not book.series:
        return None
    title = f"{book.series}: {' '.join(world.random.sample(world.words, 2)).title()}"
    return None if world.is_title(title.partition(": ")[2]) else row(title, first_author(book))


FOUND: tuple[Damage, ...] = (
    as_it_is, own_id, translated_with_id, isbn_without_zeros, isbn_dressed_up,
    id_of_another_edition, without_series, series_in_a_column, shouted, decomposed,
    without_accents, other_apostrophes, last_name_first, names_swapped, authors_reversed, initials,
    article_behind, printed_as, a_novel, ampersand, other_numbers, without_subtitle, with_subtitle,
    behind_its_series, misspelt, id_of_the_catalogue, id_of_another_book, isbn_of_another_book,
    original_title, british_title,
)  # fmt: skip
NOT_FOUND: tuple[Damage, ...] = (
    same_title_by_a_stranger, title_of_another_author, another_of_the_series, one_word_another,
    another_volume, a_part_of_it, several_in_one, a_book_about_it, unknown_book,
    unknown_book_of_the_author, volume_behind_the_series,
)  # fmt: skip


def labelled(catalogue: Catalogue, each: int, seed: int = 0) -> list[Labelled]:
    """So many rows of each kind, or as many as the catalogue has books for."""
    world = World(catalogue, seed)
    rows: list[Labelled] = []
    for damages, is_there in ((FOUND, True), (NOT_FOUND, False)):
        for damage in damages:
            books = world.random.sample(world.books, len(world.books))
            made = ((book, damage(world, book)) for book in books)
            some = [(book, entry) for book, entry in _first(made, each) if entry is not None]
            rows += [
                Labelled(damage.__name__, entry, book.book_id if is_there else None, is_there)
                for book, entry in some
            ]
    return [replace(r, entry=replace(r.entry, row=at, line=at + 1)) for at, r in enumerate(rows, 1)]


def _first(
    made: Iterable[tuple[Book, Entry | None]], n: int
) -> Iterator[tuple[Book, Entry | None]]:
    for book, entry in made:
        if n == 0:
            return
        if entry is not None:
            n -= 1
            yield book, entry


@dataclass(frozen=True)
class Score:
    """How rows were matched.

    Attributes:
        rows: How many there were.
        matchable: How many of them can be found.
        found: How many of these were.
        wrong: Rows that were matched with another book, or with one where there is none.
        missed: How many of each kind were not found, of how many.
    """

    rows: int
    matchable: int
    found: int
    wrong: tuple[tuple[Labelled, Match], ...]
    missed: Mapping[str, tuple[int, int]]

    @property
    def recall(self) -> float:
        return self.found / self.matchable


def score(rows: list[Labelled], catalogue: Catalogue) -> Score:
    """Matches the rows; another edition of the same work is right."""
    library = Library(
        file="labelled",
        format="made up",
        rows=len(rows),
        entries=tuple(r.entry for r in rows),
    )
    index = BookIndex(catalogue)
    matches, works = match(library, index).each, index.works

    def work(outside: str | None) -> int | None:
        book = None if outside is None else catalogue.books.index(outside)
        return None if book is None else int(works[book])

    wrong, found, missed = [], 0, dict[str, tuple[int, int]]()
    for each, given in zip(rows, matches, strict=True):
        taken = given.state == "matched"
        right = taken and each.book is not None and work(given.book_id) == work(each.book)
        if taken and not right:
            wrong.append((each, given))
        if each.matchable:
            found += right
            not_found, of = missed.get(each.kind, (0, 0))
            missed[each.kind] = not_found + (not right), of + 1
    return Score(len(rows), sum(r.matchable for r in rows), found, tuple(wrong), missed)
