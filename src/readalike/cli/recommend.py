"""`readalike recommend`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike import bundle
from readalike.cli.app import app
from readalike.cli.forecast import show_forecasts
from readalike.cli.listing import name_of, show_list
from readalike.cli.output import Json, N, console, print_json, say, watched
from readalike.cli.shelf import HistoryFile, Reader, shelf_of
from readalike.data.search import find
from readalike.errors import SettingError
from readalike.lists import write_lists
from readalike.told import History


@app.command()
def recommend(
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    reader: Reader = None,
    history: HistoryFile = None,
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
    at_least: Annotated[
        float | None,
        typer.Option(metavar="STARS", help="Only books that would get so many stars or more."),
    ] = None,
    sure: Annotated[
        float | None,
        typer.Option(metavar="P", help="With this probability; by default 0.8."),
    ] = None,
    avoid: Annotated[
        bool, typer.Option("--avoid", help="Popular books that would get few stars, instead.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Recommends the next books to a reader, and says why.

    Give one of --reader, --history, --like (as often as you like) or --all. The order is by what
    is read next; the stars beside it are a forecast of their own.
    """
    asked = [reader is not None, history is not None, bool(like), everybody]
    if sum(asked) != 1:
        raise SettingError("give one of --reader ID, --history FILE, --like TITLE or --all")
    if everybody != (out is not None):
        raise SettingError("--all and --out FILE.parquet must be given together")
    if everybody and exclude:
        raise SettingError("--exclude goes with one reader, not with --all")
    if everybody and (avoid or at_least is not None):
        raise SettingError("--at-least and --avoid go with one reader, not with --all")
    if avoid and (at_least is not None or exclude):
        raise SettingError("--avoid goes without --at-least and --exclude")
    if sure is not None and at_least is None:
        raise SettingError("--sure P goes with --at-least STARS")
    recommender = bundle.load(
        model, histories=reader is not None or everybody, forecasts=not everybody
    )
    if out is not None:
        with watched("ranking", as_json) as progress:
            lists = write_lists(recommender, out, n, progress)
        if as_json:
            print_json(lists.as_dict())
        else:
            say(console(), f"Wrote {lists}.")
        return
    liked = [find(recommender.catalogue, title) for title in like or []]
    ids = recommender.catalogue.books.ids
    told: History | None = None
    if reader is None:
        best = {ids[index]: recommender.scale.highest for index in liked}
        told = best if history is None else shelf_of(history, recommender)
    if avoid:
        warned = recommender.avoid(told, n, reader=reader)
        if as_json:
            print_json({"avoid": [each.as_dict() for each in warned]})
        else:
            show_forecasts(console(), warned, "Popular books that would likely disappoint")
        return
    wish = {} if sure is None else {"sure": sure}
    answer = recommender.recommend(
        told, n, reader=reader, exclude=exclude or [], at_least=at_least, **wish
    )
    if as_json:
        print_json(answer.as_dict())
        return
    after = " and ".join(name_of(recommender.catalogue.book(index)) for index in liked)
    show_list(
        console(), answer, f"What to read next after {after}" if after else "What to read next"
    )
