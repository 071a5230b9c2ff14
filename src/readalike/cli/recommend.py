"""`readalike recommend`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike import bundle
from readalike.cli.app import app
from readalike.cli.listing import show_list
from readalike.cli.output import Json, console, print_json, watched
from readalike.data.history_file import read_history
from readalike.data.search import find
from readalike.errors import SettingError
from readalike.lists import write_lists
from readalike.recommendations import Recommendations
from readalike.recommender import Recommender


@app.command()
def recommend(
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    reader: Annotated[
        str | None, typer.Option(help="Id of a reader of the training table.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(help="CSV (book_id,rating) or JSON of what was read.")
    ] = None,
    like: Annotated[
        list[str] | None, typer.Option(help="Title or id of a book that was liked; repeatable.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(help="Id of a book that is not wanted; repeatable.")
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Lists for all readers of the training table.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Parquet file for the lists of --all.")
    ] = None,
    n: Annotated[int, typer.Option("-n", help="How many books.")] = 10,
    as_json: Json = False,
) -> None:
    """Recommends the next books to a reader, with the reasons."""
    asked = [reader is not None, history is not None, bool(like), everybody]
    if sum(asked) != 1:
        raise SettingError("give one of --reader ID, --history FILE, --like TITLE or --all")
    if everybody != (out is not None):
        raise SettingError("--all and --out FILE.parquet must be given together")
    recommender = bundle.load(model, histories=reader is not None or everybody)
    if out is not None:
        with watched(as_json) as progress:
            lists = write_lists(recommender, out, n, progress)
        if as_json:
            print_json(lists.as_dict())
        else:
            console().print(f"Wrote {lists}.", soft_wrap=True)
        return
    answer = _answer(recommender, reader, history, like or [], exclude or [], n)
    if as_json:
        print_json(answer.as_dict())
    else:
        show_list(console(), answer, "What to read next")


def _answer(
    recommender: Recommender,
    reader: str | None,
    history: Path | None,
    like: list[str],
    exclude: list[str],
    n: int,
) -> Recommendations:
    if reader is not None:
        return recommender.recommend(reader=reader, n=n, exclude=exclude)
    if history is not None:
        return recommender.recommend(read_history(history), n=n, exclude=exclude)
    ids = recommender.catalogue.books.ids
    liked = {ids[find(recommender.catalogue, title)]: recommender.scale.highest for title in like}
    return recommender.recommend(liked, n=n, exclude=exclude)
