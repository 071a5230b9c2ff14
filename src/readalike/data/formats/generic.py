"""Any table whose columns have common names, and ratings without names."""

from __future__ import annotations

from collections.abc import Sequence

from readalike.data.cells import number
from readalike.data.layout import Layout, roles

NAME = "table"

RATINGS = {
    "user": (
        "userid", "user", "readerid", "reader", "customerid", "memberid", "member", "accountid",
        "reviewerid", "userindex", "username",
    ),
    "item": (
        "bookid", "book", "itemid", "item", "movieid", "isbn", "isbn13", "asin", "productid",
        "goodreadsbookid", "workid", "title", "booktitle",
    ),
    "rating": ("rating", "stars", "bookrating", "starrating", "score", "myrating", "overall"),
    "time": ("timestamp", "unixtime", "unixreviewtime", "time"),
}  # fmt: skip
BOOKS = {
    "item": ("bookid", "id", "itemid", "isbn", "isbn13", "asin", "goodreadsbookid"),
    "title": ("title", "booktitle", "name", "bookname"),
    "authors": ("authors", "author", "bookauthor", "authorname"),
    "year": (
        "originalpublicationyear", "year", "publicationyear", "yearofpublication",
        "yearpublished", "published",
    ),
    "language": ("languagecode", "language", "lang"),
    "isbn": ("isbn", "isbn10"),
    "isbn13": ("isbn13",),
    "series": ("series", "seriesname"),
    "volume": ("volume", "seriesnumber"),
    "work_id": ("workid", "work"),
    "goodreads_id": ("goodreadsbookid", "goodreadsid"),
    "count": ("ratingscount", "worldcount"),
    "mean": ("averagerating", "meanrating"),
    "tags": ("subjects", "genres", "tags", "categories"),
}  # fmt: skip


def recognise(first: Sequence[str], stem: str) -> Layout | None:
    """The layout, where columns have common names, or three or four have numbers for stars."""
    found = roles(first, RATINGS)
    if {"user", "item", "rating"} <= set(found):
        return Layout("ratings", NAME, found)
    books = roles(first, BOOKS)
    if {"item", "title"} <= set(books) and "user" not in found:
        return Layout("books", NAME, books)
    if {"user", "item"} <= set(found) and len(first) <= 3:
        columns = {role: found[role] for role in ("user", "item")}
        return Layout("to_read" if "to_read" in stem else "ratings", NAME, found or columns)
    if found or books:
        return None
    if len(first) in (3, 4) and number(first[2]) is not None:
        columns = {"user": 0, "item": 1, "rating": 2}
        return Layout("ratings", NAME, columns | ({"time": 3} if len(first) == 4 else {}), False)
    return None
