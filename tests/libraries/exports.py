"""Writes files in the shape of every export, of made-up books."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

GOODREADS = (
    "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,"
    "Publisher,Binding,Number of Pages,Year Published,Original Publication Year,Date Read,"
    "Date Added,Bookshelves,Bookshelves with positions,Exclusive Shelf,My Review,Spoiler,"
    "Private Notes,Read Count,Owned Copies"
)
GOODREADS_31 = GOODREADS.replace(
    ",Owned Copies",
    ",Recommended For,Recommended By,Owned Copies,Original Purchase Date,"
    "Original Purchase Location,Condition,Condition Description,BCID",
)
GOODREADS_32 = GOODREADS_31.replace("Date Read,", "Date Started,Date Read,")
STORYGRAPH = (
    "Title,Authors,Contributors,ISBN/UID,Format,Read Status,Date Added,Last Date Read,Dates Read,"
    "Read Count,Moods,Pace,Character- or Plot-Driven?,Strong Character Development?,"
    "Loveable Characters?,Diverse Characters?,Flawed Characters?,Star Rating,Review,"
    "Content Warnings,Content Warning Description,Tags,Owned?"
)
STORYGRAPH_8 = ",".join(STORYGRAPH.split(",")[:8])
STORYGRAPH_OLD = STORYGRAPH.replace("Authors", "Author").replace("ISBN/UID", "ISBN")
LIBRARYTHING = (
    "Book Id,Title,Sort Character,Primary Author,Primary Author Role,Secondary Author,"
    "Secondary Author Roles,Publication,Date,Review,Rating,Comment,Private Comment,Summary,Media,"
    "Physical Description,Weight,Height,Thickness,Length,Dimensions,Page Count,LCCN,Acquired,"
    "Date Started,Date Read,Barcode,BCID,Tags,Collections,Languages,Original Languages,LC "
    "Classification,ISBN,ISBNs,Subjects,Dewey Decimal,Dewey Wording,Other Call Number,Copies,"
    "Source,Entry Date,From Where,OCLC,Work id,Lending Patron,Lending Status,Lending Start,"
    "Lending End"
)
BOOKWYRM = (
    "title,author_text,remote_id,openlibrary_key,finna_key,inventaire_id,librarything_key,"
    "goodreads_key,bnf_id,viaf,wikidata,asin,aasin,isfdb,isbn_10,isbn_13,oclc_number,start_date,"
    "finish_date,stopped_date,rating,review_name,review_cw,review_content,review_published,shelf,"
    "shelf_name,shelf_date"
)
HARDCOVER = (
    "Title,Author,Series,Status,Privacy,Hardcover Book ID,Hardcover Edition ID,ISBN 10,ISBN 13,"
    "ASIN,Media,Country Code,Language Code,Binding,Pages,Duration in Seconds,Publish Date,"
    "Publisher,Genres,Moods,Tags,Content Warnings,Lists,Date Added,Date Started,Date Finished,"
    "Rating,Review,Review Contains Spoilers,Sponsored Review,Review Date,Review URL,"
    "Review Media URL,Private Notes,Owned,Compilation,Review Slate"
)
CALIBRE = (
    "authors,author_sort,rating,comments,cover,formats,id,isbn,identifiers,library_name,pubdate,"
    "publisher,size,tags,series,series_index,languages,timestamp,title,title_sort,uuid"
)
OPENLIBRARY = "Work Id,Edition Id,Bookshelf"
OPENLIBRARY_LONG = (
    "Work ID,Title,Authors,First Publish Year,Edition ID,Edition Count,Bookshelf,My Ratings,"
    "Ratings Average,Ratings Count"
)
OPENREADS = (
    "title,subtitle,author,description,status,favourite,deleted,rating,start_date,finish_date,"
    "pages,publication_year,isbn,olid,tags,my_review,notes,book_type,date_added"
)
INVENTAIRE = (
    "Item URL,Item details,Item notes,Item shelves,Item created,Edition URL,Edition ISBN-13,"
    "Edition ISBN-10,Edition title,Edition subtitle,Works URLs,Works labels,"
    "Works Series labels,Authors URLs,Authors labels"
)
READALIKE = (
    "row,line,title,authors,stars,status,state,book_id,book_title,book_authors,how,confidence,"
    "candidates,why"
)
HEADERS = {
    "Goodreads": GOODREADS, "StoryGraph": STORYGRAPH, "LibraryThing": LIBRARYTHING,
    "BookWyrm": BOOKWYRM, "Hardcover": HARDCOVER, "Calibre": CALIBRE, "Open Library": OPENLIBRARY,
    "Openreads": OPENREADS, "Inventaire": INVENTAIRE, "Readalike": READALIKE,
}  # fmt: skip

Cells = Mapping[str, object]


def table(header: str, *rows: Cells, separator: str = ",", names: bool = True) -> str:
    """A file of some rows, each given by the names of the columns that are not empty in it."""
    columns = header.split(",")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    if names:
        writer.writerow(columns)
    for row in rows:
        assert set(row) <= set(columns), set(row) - set(columns)
        writer.writerow([row.get(name, "") for name in columns])
    return out.getvalue()


def write(path: Path, text: str, encoding: str = "utf-8", line_end: str = "\n") -> Path:
    path.write_bytes(text.replace("\n", line_end).encode(encoding))
    return path


def goodreads(title: str, author: str = "", **more: object) -> dict[str, object]:
    """A row as Goodreads writes it; other columns by names with _ for a blank."""
    row: dict[str, object] = {
        "Title": title, "Author": author, "ISBN": '=""', "ISBN13": '=""', "My Rating": 0,
        "Exclusive Shelf": "read",
    }  # fmt: skip
    return row | {name.replace("_", " "): value for name, value in more.items()}


def librarything_json(*books: Mapping[str, object]) -> str:
    return json.dumps({str(book["books_id"]): book for book in books}, indent=1)


def books(n: int) -> Sequence[tuple[str, str]]:
    """Titles and authors that no two are alike of."""
    return [(f"Book Number {k} of Many", f"Author{k} Family{k}") for k in range(n)]
