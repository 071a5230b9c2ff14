"""`readalike recommend`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike import bundle
from readalike.cli.app import app
from readalike.cli.listing import name_of, show_list
from readalike.cli.output import Json, N, console, print_json, remarks, say, watched
from readalike.data.history_file import read_history_file
from readalike.data.search import find
from readalike.errors import InputError, SettingError
from readalike.lists import write_lists
from readalike.recommendations import Recommendations
from readalike.recommender import Recommender


@app.command()
def recommend(
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    reader: Annotated[
        str | None, typer.Option(metavar="ID", help="Id of a reader of the training table.")
    ] = None,
    history: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV (book_id,rating) or JSON of what was read."),
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Option(metavar="TITLE", help="Title or id of a book that was liked; repeatable."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Id of a book that is not wanted; repeatable."),
    ] = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Lists for all readers of the training table.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Parquet file for the lists of --all.")
    ] = None,
    n: N = 10,
    as_json: Json = False,
) -> None:
    """Recommends the next books to a reader, and says why.

    Give one of --reader, --history, --like (as often as you like) or --all.
    """
    asked = [reader is not None, history is not None, bool(like), everybody]
    if sum(asked) != 1:
        raise SettingError("give one of --reader ID, --history FILE, --like TITLE or --all")
    if everybody != (out is not None):
        raise SettingError("--all and --out FILE.parquet must be given together")
    if everybody and exclude:
        raise SettingError("--exclude goes with one reader, not with --all")
    recommender = bundle.load(model, histories=reader is not None or everybody)
    if out is not None:
        with watched("ranking", as_json) as progress:
            lists = write_lists(recommender, out, n, progress)
        if as_json:
            print_json(lists.as_dict())
        else:
            say(console(), f"Wrote {lists}.")
        return
    liked = [find(recommender.catalogue, title) for title in like or []]
    answer = _answer(recommender, reader, history, liked, exclude or [], n)
    if as_json:
        print_json(answer.as_dict())
        return
    after = " and ".join(name_of(recommender.catalogue.book(index)) for index in liked)
    show_list(
        console(), answer, f"What to read next after {after}" if after else "What to read next"
    )


def _answer(
    recommender: Recommender,
    reader: str | None,
    history: Path | None,
    liked: list[int],
    exclude: list[str],
    n: int,
) -> Recommendations:
    if reader is not None:
        return recommender.recommend(reader=reader, n=n, exclude=exclude)
    if history is not None:
        return _from_file(recommender, history, exclude, n)
    ids = recommender.catalogue.books.ids
    stars = {ids[index]: recommender.scale.highest for index in liked}
    return recommender.recommend(stars, n=n, exclude=exclude)


def _from_file(
    recommender: Recommender, history: Path, exclude: list[str], n: int
) -> Recommendations:
    read = read_history_file(history)
    if read.repeated:
        books = ", ".join(read.repeated)
        say(remarks(), f"readalike: {history}: the last row counts of what is repeated: {books}")
    try:
        return recommender.recommend(read.books, n=n, exclude=exclude)
    except InputError as error:
        raise InputError(error.why, file=history) from error
