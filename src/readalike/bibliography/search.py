"""Finding books by what people type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from readalike.bibliography.folding import fold
from readalike.bibliography.isbn import to_isbn13
from readalike.bibliography.titles import bare_title
from readalike.data.catalogue import Catalogue
from readalike.errors import AmbiguousBook, UnknownBook

CLOSE = 80.0
"""Texts less alike than this (rapidfuzz, of 100) are not called close."""


def like(text: str, names: Sequence[str], most: int, close: float) -> list[str]:
    """The names most like a text, the nearest first.

    Args:
        text: What was meant to be one of them.
        names: All that there are.
        most: So many at most.
        close: How alike they must be (rapidfuzz's `ratio`, of 100).
    """
    from rapidfuzz import fuzz, process

    found = process.extract(text, names, scorer=fuzz.ratio, limit=most, score_cutoff=close)
    return [name for name, _, _ in found]


@dataclass(frozen=True, eq=False)
class _Folded:
    """The searchable columns of a catalogue, folded once."""

    titles: tuple[str, ...]
    bare: tuple[str, ...]
    authors: tuple[str, ...]
    everything: tuple[str, ...]
    by_title: dict[str, list[int]]
    by_isbn: dict[str, int]


_CACHE: WeakKeyDictionary[Catalogue, _Folded] = WeakKeyDictionary()


def _folded(catalogue: Catalogue) -> _Folded:
    found = _CACHE.get(catalogue)
    if found is not None:
        return found
    titles = tuple(map(fold, catalogue.titles))
    bare = tuple(fold(bare_title(title)) for title in catalogue.titles)
    authors = tuple(map(fold, catalogue.authors))
    by_title: dict[str, list[int]] = {}
    for index, names in enumerate(zip(titles, bare, strict=True)):
        for name in dict.fromkeys(names):
            if name:
                by_title.setdefault(name, []).append(index)
    by_isbn: dict[str, int] = {}
    for index, isbn in enumerate(catalogue.isbn13):
        if isbn:
            by_isbn.setdefault(isbn, index)
    for index, outside in enumerate(catalogue.books):
        isbn13 = to_isbn13(outside) if len(outside) >= 10 else None
        if isbn13:
            by_isbn.setdefault(isbn13, index)
    everything = tuple(
        f" {title} {author} {outside.casefold()}"
        for title, author, outside in zip(titles, authors, catalogue.books, strict=True)
    )
    folded = _Folded(titles, bare, authors, everything, by_title, by_isbn)
    _CACHE[catalogue] = folded
    return folded


def search(catalogue: Catalogue, text: str, n: int = 10) -> list[int]:
    """Indices of the books that answer to a text, best first.

    First the id and the ISBN, then the exact title, titles that begin so, books in whose title,
    authors and id each word begins a word. Where there is none of these, texts that are close.
    Inside each kind, books known to more people go first, then those with a smaller index.
    """
    folded = _folded(catalogue)
    wanted = fold(text)
    found: dict[int, None] = {}
    if n <= 0:
        return []
    exact = catalogue.books.index(text)
    if exact is not None:
        found[exact] = None
    isbn = to_isbn13(text)
    if isbn in folded.by_isbn:
        found[folded.by_isbn[isbn]] = None
    if not wanted:
        return list(found)[:n]
    title, _, author = (fold(part) for part in text.partition(" / "))
    if author:
        _add(
            found,
            catalogue,
            [i for i in folded.by_title.get(title, ()) if author in folded.authors[i]],
        )
    _add(found, catalogue, folded.by_title.get(wanted, []))
    _add(found, catalogue, [i for i, t in enumerate(folded.titles) if t.startswith(wanted)])
    words = [f" {word}" for word in wanted.split()]
    _add(
        found, catalogue, [i for i, t in enumerate(folded.everything) if all(w in t for w in words)]
    )
    if not found and len(wanted) > 3:
        found |= dict.fromkeys(_close(folded, wanted, n))
    return list(found)[:n]


def find(catalogue: Catalogue, text: str) -> int:
    """Index of the one book that is meant by an id, an ISBN, a title or `title / author`.

    Raises:
        AmbiguousBook: Several books have this title.
        UnknownBook: None has.
    """
    exact = catalogue.books.index(text)
    if exact is not None:
        return exact
    folded = _folded(catalogue)
    isbn = to_isbn13(text)
    if isbn in folded.by_isbn:
        return folded.by_isbn[isbn]
    candidates = _named(folded, folded.titles, fold(text)) or _named(
        folded, folded.bare, fold(text)
    )
    if not candidates and "/" in text:
        title, _, author = text.rpartition("/")
        names = fold(author).split()
        candidates = [
            index
            for index in folded.by_title.get(fold(title), [])
            if set(names) <= set(folded.authors[index].split())
        ]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise AmbiguousBook(text, tuple(_shown(catalogue, index) for index in candidates[:10]))
    near = search(catalogue, text, 3)
    raise UnknownBook(text, tuple(_shown(catalogue, index) for index in near))


def _named(folded: _Folded, column: tuple[str, ...], name: str) -> list[int]:
    return [index for index in folded.by_title.get(name, ()) if column[index] == name]


def _shown(catalogue: Catalogue, index: int) -> str:
    book = catalogue.book(index)
    return f"{book.name!r} / {book.authors or 'unknown'} (id {book.book_id})"


def _add(found: dict[int, None], catalogue: Catalogue, indices: list[int]) -> None:
    """Adds books to those found, the ones known to more people first."""
    chosen = np.array(indices, np.int64)
    counts = np.nan_to_num(catalogue.counts[chosen], nan=-1.0)
    found |= dict.fromkeys(chosen[np.lexsort((chosen, -counts))].tolist())


def _close(folded: _Folded, wanted: str, n: int) -> list[int]:
    from rapidfuzz import fuzz, process

    near = process.extract(
        wanted, folded.everything, scorer=fuzz.partial_ratio, limit=n, score_cutoff=CLOSE
    )
    return [int(index) for _, _, index in near]
