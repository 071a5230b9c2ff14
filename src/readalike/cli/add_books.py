"""`readalike add-books`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike.cli.app import app
from readalike.cli.output import Json, cell, console, like, name_of, print_json, table_of, watched
from readalike.model_folder import new_books as newbooks
from readalike.tables.account import counted

SHOWN = 20
"""Books that are printed one by one."""


@app.command()
def add_books(
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="Table of the new books: book_id, title, authors, tags ..."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Adds new books to a model without training it again.

    A new book is placed like well-read books of the same subjects and authors, until the model is
    trained on ratings of it. Subjects stand in a column tags or genres, with |, ; or , between
    them, or as a list. A book that is there already is not added again.
    """
    with watched("placing the books", as_json):
        added = newbooks.add_books(model, file)
    if as_json:
        print_json(added.as_dict())
        return
    out = console()
    for left in added.left_out:
        out.say(f"Left out {left.count:,}: {left.reason}.")
    if added.known:
        out.say(f"In the model already, and left as they are: {_some(added.known)}.")
    if added.same:
        rows = tuple(f"{each.book_id} (the same as {each.same_as})" for each in added.same)
        out.say(f"There already under another id, and not added: {_some(rows)}.")
    if added.clashes:
        rows = tuple(f"{each.book_id} ({', '.join(each.said)})" for each in added.clashes)
        out.say(
            "Not added, because the Goodreads id or ISBN is that of another book (in brackets): "
            f"{_some(rows)}. Correct them in the file, or leave them out."
        )
    if added.unknown_tags:
        out.say(
            "No book of the model has these tags, so they count for nothing: "
            f"{_some(added.unknown_tags)}."
        )
    table = table_of("id", "book", "placed like")
    for each in added.books[:SHOWN]:
        near = each.content_neighbours
        placed = like(near[0]) if near else "nothing: it will not be listed"
        table.add_row(*map(cell, (each.book.book_id, name_of(each.book), placed)))
    if added.books:
        out.show(table)
    if len(added.books) > SHOWN:
        out.say(f"... and {counted(len(added.books) - SHOWN, 'book')} more.")
    alone = sum(not each.content_neighbours for each in added.books)
    if alone:
        out.say(
            f"Nothing is known of {counted(alone, 'book')} that a well-read book of the model has "
            "too; give authors or tags."
        )
    out.say(f"Added {counted(len(added.books), 'book')} to {model}.")
    if added.books:
        out.say_next("similar", model, added.books[0].book.book_id)


def _some(names: tuple[str, ...]) -> str:
    """The first names, and how many there are more."""
    shown = ", ".join(names[:SHOWN])
    return f"{shown} and {len(names) - SHOWN:,} more" if len(names) > SHOWN else shown
