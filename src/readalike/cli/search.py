"""`readalike search`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike.bibliography.book_index import BookIndex
from readalike.bibliography.search import search as search_catalogue
from readalike.cli.app import app
from readalike.cli.output import Json, N, cell, console, print_json, table_of
from readalike.data.catalogue import display_year
from readalike.model_folder import store


@app.command()
def search(
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    text: Annotated[
        str, typer.Argument(help="Words of a title or author, an id or an ISBN.", metavar="TEXT")
    ],
    n: N = 10,
    as_json: Json = False,
) -> None:
    """Finds books of the catalogue and their ids."""
    catalogue = store.load_catalogue(model)
    books = [catalogue.book(index) for index in search_catalogue(BookIndex(catalogue), text, n)]
    if as_json:
        keys = ("book_id", "title", "authors", "year")
        print_json({"books": [{key: getattr(book, key) for key in keys} for book in books]})
        return
    out = console()
    if not books:
        out.say(f"No book is called anything like {text!r}.")
        return
    table = table_of("id", "title", "authors", "year")
    for book in books:
        cells = (book.book_id, book.title, book.authors, display_year(book.year))
        table.add_row(*map(cell, cells))
    out.show(table)
    out.say_next("similar", model, books[0].book_id)
