"""Finding books by what people type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.folding import fold
from readalike.bibliography.isbn import to_isbn13
from readalike.errors import AmbiguousBook, UnknownBook

CLOSE = 80.0
"""Texts less alike than this (rapidfuzz, of 100) are not called close."""
SHOWN = 10
"""So many books of one title are named."""


def like(text: str, names: Sequence[str], most: int, close: float) -> list[str]:
    """The names most like a text, the nearest first; `close` is rapidfuzz's `ratio`, of 100."""
    from rapidfuzz import fuzz, process

    found = process.extract(text, names, scorer=fuzz.ratio, limit=most, score_cutoff=close)
    return [name for name, _, _ in found]


def search(index: BookIndex, text: str, n: int = 10) -> list[int]:
    """Indices of the books that answer to a text, best first.

    First the id and the ISBN, then `title / author`, the exact title, an exact other title, titles
    that begin so, books in whose titles, authors and id each word begins a word. Where there is
    none of these, texts that are close. Inside each kind, books known to more people go first, then
    those with a smaller index.
    """
    wanted = fold(text)
    found = dict.fromkeys(_by_number(index, text))
    if n <= 0 or not wanted:
        return list(found)[: max(n, 0)]

    def add(books: Iterable[int]) -> None:
        found.update(dict.fromkeys(index.best_known(books)))

    add(_by_title_and_author(index, text))
    add(index.called(wanted))
    add(index.also_called(wanted))
    add(index.beginning(wanted))
    words = [f" {word}" for word in wanted.split()]
    add(at for at, known in enumerate(index.everything) if all(word in known for word in words))
    if found or len(wanted) <= 3:
        return list(found)[:n]
    from rapidfuzz import fuzz, process

    near = process.extract(
        wanted, index.everything, scorer=fuzz.partial_ratio, limit=n, score_cutoff=CLOSE
    )
    return [int(at) for _, _, at in near]


def find(index: BookIndex, text: str) -> int:
    """Index of the one book that is meant by an id, an ISBN, a title or `title / author`.

    Raises:
        AmbiguousBook: Several books have this title.
        UnknownBook: None has.
    """
    for book in _by_number(index, text):
        return book
    wanted = fold(text)
    named = index.called(wanted) if wanted else []
    whole = [book for book in named if index.folded_titles[book] == wanted]
    candidates = whole or named or _by_title_and_author(index, text) or index.also_called(wanted)
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise AmbiguousBook(text, _shown(index, candidates[:SHOWN]))
    raise UnknownBook(text, _shown(index, search(index, text, 3)))


def _by_number(index: BookIndex, text: str) -> Iterable[int]:
    if (exact := index.catalogue.books.index(text)) is not None:
        yield exact
    yield from index.by_isbn.get(to_isbn13(text) or "", [])[:1]


def _by_title_and_author(index: BookIndex, text: str) -> list[int]:
    """The books that `title / author` says: all words behind the last stroke are of the authors."""
    title, stroke, author = text.rpartition("/")
    names = set(fold(author).split())
    if not stroke or not names:
        return []
    wanted = fold(title)
    named = [*index.called(wanted), *index.also_called(wanted)] if wanted else []
    return [
        book for book in dict.fromkeys(named) if names <= set(index.folded_authors[book].split())
    ]


def _shown(index: BookIndex, books: Iterable[int]) -> tuple[str, ...]:
    each = map(index.catalogue.book, books)
    return tuple(f"{b.name!r} / {b.authors or 'unknown'} (id {b.book_id})" for b in each)
