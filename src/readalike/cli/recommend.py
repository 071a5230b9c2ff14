"""`readalike recommend`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from readalike import bundle
from readalike.cli.app import app
from readalike.cli.forecast import show_forecasts
from readalike.cli.library import source_of
from readalike.cli.listing import show_list
from readalike.cli.output import Json, N, console, print_json, say, say_next, typed, watched
from readalike.cli.several import show_together, together_of
from readalike.cli.shelf import (
    Corrections,
    HistoryFile,
    LibraryFile,
    Like,
    Reader,
    Shelf,
    one_of,
    shelf_of,
)
from readalike.cli.wishes import (
    Adventure,
    ByAuthor,
    Editions,
    Exclude,
    From,
    Gems,
    Language,
    Less,
    Mood,
    More,
    Series,
    Sets,
    Since,
    Tag,
    Until,
    WithoutTag,
    dials_of,
    rules_of,
)
from readalike.errors import SettingError
from readalike.lists import write_lists
from readalike.recommender import Recommender
from readalike.rules import BOOK_SENSE, Rules

UNEXPLAINED = ("at_least", "sure", "avoid", "everybody", "out", "as_json")
"""Parameters that `explain` does not have."""


@app.command()
def recommend(
    context: typer.Context,
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    reader: Reader = None,
    history: HistoryFile = None,
    like: Like = None,
    library: LibraryFile = None,
    corrections: Corrections = None,
    everybody: Annotated[
        bool, typer.Option("--all", help="Lists for all readers of the training table.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Parquet file for the lists of --all.")
    ] = None,
    n: N = 10,
    exclude: Exclude = None,
    only: From = None,
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
    editions: Editions = True,
    series: Series = None,
    sets: Sets = None,
    by_author: ByAuthor = 0,
    language: Language = None,
    since: Since = None,
    until: Until = None,
    tag: Tag = None,
    without_tag: WithoutTag = None,
    gems: Gems = 0.0,
    adventure: Adventure = 0.0,
    more: More = None,
    less: Less = None,
    mood: Mood = None,
    as_json: Json = False,
) -> None:
    """Recommends the next books to a reader, and says why.

    Give one of --reader, --history, --like, --library or --all. The order is by what is read
    next; the stars beside it are a forecast of their own. A library is read, and nothing of it
    is kept.
    """
    libraries = library or []
    one_of(reader, history, like, libraries, all=everybody)
    rules = rules_of(
        bool(libraries), editions, series, sets, by_author, language, since, until, tag, without_tag
    )
    usual = BOOK_SENSE if libraries else Rules()
    dials = dials_of(gems, adventure, more, less, mood)
    _check(everybody, out, avoid, len(libraries), {
        "--exclude": bool(exclude), "--from": only is not None, "--at-least": at_least is not None,
        "--avoid": avoid, "a dial": not dials.neutral, "a rule": rules != usual,
    })  # fmt: skip
    if sure is not None and at_least is None:
        raise SettingError("--sure P goes with --at-least STARS")
    if corrections is not None and len(libraries) != 1:
        raise SettingError("--corrections FILE goes with one --library FILE, whose rows it decides")
    recommender = bundle.load(
        model,
        histories=reader is not None or everybody,
        forecasts=not everybody and len(libraries) < 2,
    )
    if out is not None:
        _write_all(recommender, out, n, rules, as_json)
        return
    if len(libraries) > 1:
        answer, account = together_of(recommender, libraries, n, exclude, only, rules)
        if as_json:
            print_json({**answer.as_dict(), **account})
        else:
            show_together(console(), answer)
        return
    shelf = shelf_of(recommender, reader, history, like, next(iter(libraries), None), corrections)
    if avoid:
        _warn(recommender, shelf, n, as_json)
        return
    wish: dict[str, Any] = {"exclude": [*(exclude or ()), *shelf.given_up]}
    account = {} if shelf.owned is None else {"library": shelf.owned.as_dict()}
    source = None if only is None else source_of(only, shelf.owned, recommender.catalogue)
    if source is not None:
        wish["among"], account["from"] = source.books, source.told
    if sure is not None:
        wish["sure"] = sure
    found = recommender.recommend(
        n=n, at_least=at_least, rules=rules, dials=dials, **wish, **shelf.who
    )
    shelf.remark(source)
    if as_json:
        print_json({**found.as_dict(), **account})
        return
    after = f" after {shelf.after}" if shelf.after else ""
    show_list(console(), found, f"What to read next{after}")
    if shelf.owned is not None and len(found):
        first = found.items[0].book.book_id
        say_next(console(), "explain", model, first, *typed(context, but=UNEXPLAINED))


def _check(
    everybody: bool, out: Path | None, avoid: bool, libraries: int, given: dict[str, bool]
) -> None:
    """Refuses options that do not go together."""
    if everybody != (out is not None):
        raise SettingError("--all and --out FILE.parquet must be given together")
    if everybody:
        _refuse(given, "goes with one reader, not with --all", "a rule")
    elif libraries > 1:
        _refuse(given, "goes with one reader, not with several", "--exclude", "--from", "a rule")
    elif avoid:
        _refuse(given, "goes without --avoid", "--avoid")


def _refuse(given: dict[str, bool], why: str, *but: str) -> None:
    for option, there in given.items():
        if there and option not in but:
            raise SettingError(f"{option} {why}")


def _write_all(recommender: Recommender, out: Path, n: int, rules: Rules, as_json: bool) -> None:
    with watched("ranking", as_json) as progress:
        lists = write_lists(recommender, out, n, progress, rules)
    if as_json:
        print_json(lists.as_dict())
    else:
        say(console(), f"Wrote {lists}.")


def _warn(recommender: Recommender, shelf: Shelf, n: int, as_json: bool) -> None:
    warned = recommender.avoid(n=n, **shelf.who)
    shelf.remark(None)
    if as_json:
        print_json({"avoid": [each.as_dict() for each in warned]})
    else:
        show_forecasts(console(), warned, "Popular books that would likely disappoint")
