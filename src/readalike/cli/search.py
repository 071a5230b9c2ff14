"""`readalike search`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from readalike import bundle
from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json
from readalike.data.catalogue import display_year
from readalike.data.search import search as search_catalogue


@app.command()
def search(
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    text: Annotated[str, typer.Argument(help="Words of a title or author, an id or an ISBN.")],
    n: Annotated[int, typer.Option("-n", help="How many books.", min=1)] = 10,
    as_json: Json = False,
) -> None:
    """Finds books of the catalogue and their ids."""
    catalogue = bundle.load_catalogue(model)
    books = [catalogue.book(index) for index in search_catalogue(catalogue, text, n)]
    if as_json:
        keys = ("book_id", "title", "authors", "year")
        print_json({"books": [{key: getattr(book, key) for key in keys} for book in books]})
        return
    if not books:
        console().print(f"No book is called anything like {escape(repr(text))}.", soft_wrap=True)
        return
    table = Table("id", "title", "authors", "year", box=None, padding=(0, 1))
    for book in books:
        table.add_row(
            *map(escape, (book.book_id, book.title, book.authors, display_year(book.year)))
        )
    console().print(table)
