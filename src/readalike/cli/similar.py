"""`readalike similar`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike import bundle
from readalike.cli.app import app
from readalike.cli.listing import name_of, show_list
from readalike.cli.output import Json, N, console, print_json
from readalike.data.search import find


@app.command()
def similar(
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    book: Annotated[str, typer.Argument(help="Id or title of a book.", metavar="BOOK")],
    n: N = 10,
    as_json: Json = False,
) -> None:
    """Shows books like one book."""
    recommender = bundle.load(model, histories=False, forecasts=False)
    meant = recommender.catalogue.book(find(recommender.catalogue, book))
    answer = recommender.similar(meant.book_id, n)
    if as_json:
        print_json(answer.as_dict())
    else:
        show_list(console(), answer, f"Books like {name_of(meant)}")
