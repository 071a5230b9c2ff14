"""goodbooks-10k, as Kaggle and as GitHub lay it out.

In both, a rating's `book_id` is the row number 1 to 10000, which the books table calls `id`
(Kaggle, where `book_id` is Goodreads') or `book_id` (GitHub, beside `goodreads_book_id`).
"""

from __future__ import annotations

from collections.abc import Sequence

from readalike.data.layout import Layout, positions, roles

NAME = "goodbooks"

BOOKS = {
    "title": ("title",),
    "authors": ("authors",),
    "year": ("originalpublicationyear",),
    "language": ("languagecode",),
    "isbn": ("isbn",),
    "work_id": ("workid",),
    # isbn13 is float text there that has lost its check digit; isbn says the same
    "count": ("ratingscount",),
    "mean": ("averagerating",),
    **{f"stars_{n}": (f"ratings{n}",) for n in range(1, 6)},
}


def recognise(first: Sequence[str], stem: str) -> Layout | None:
    """The layout, where the first line is that of a goodbooks table."""
    have = positions(first)
    names = set(have)
    if have == {"bookid": 0, "userid": 1, "rating": 2}:
        return Layout("ratings", "goodbooks (Kaggle)", {"item": 0, "user": 1, "rating": 2})
    if {"id", "bookid", "bestbookid", "title"} <= names:
        return _books(first, "id", "bookid", "goodbooks (Kaggle)")
    if {"bookid", "goodreadsbookid", "title"} <= names:
        return _books(first, "bookid", "goodreadsbookid", "goodbooks (GitHub)")
    if names == {"tagid", "tagname"}:
        return Layout("tags", NAME, {"tag": have["tagid"], "name": have["tagname"]})
    if {"goodreadsbookid", "tagid", "count"} == names:
        columns = {"goodreads_id": "goodreadsbookid", "tag": "tagid", "count": "count"}
        return Layout("book_tags", NAME, {role: have[name] for role, name in columns.items()})
    if names == {"userid", "bookid"} and "read" in stem:
        return Layout("to_read", NAME, {"user": have["userid"], "item": have["bookid"]})
    return None


def _books(first: Sequence[str], item: str, goodreads: str, name: str) -> Layout:
    columns = {"item": (item,), "goodreads_id": (goodreads,), **BOOKS}
    return Layout("books", name, roles(first, columns))
