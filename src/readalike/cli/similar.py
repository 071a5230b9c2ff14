"""`readalike similar`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike.bibliography.search import find
from readalike.cli.app import app
from readalike.cli.output import Json, N, console, name_of, print_json, show_list
from readalike.model_folder import store


@app.command()
def similar(
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    book: Annotated[str, typer.Argument(help="Id or title of a book.", metavar="BOOK")],
    n: N = 10,
    as_json: Json = False,
) -> None:
    """Shows books like one book."""
    recommender = store.load(model, histories=False, forecasts=False)
    meant = recommender.catalogue.book(find(recommender.index, book))
    answer = recommender.similar(meant.book_id, n)
    if as_json:
        print_json(answer.as_dict())
    else:
        show_list(console(), answer, f"Books like {name_of(meant)}")
