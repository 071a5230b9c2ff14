"""`readalike recommend`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from readalike.cli.app import app
from readalike.cli.forecast import show_forecasts
from readalike.cli.options import Exclude, From, dials_of, rules_of, takes
from readalike.cli.output import (
    Json,
    N,
    Screen,
    cell,
    console,
    name_of,
    print_json,
    remarks,
    show_list,
    table_of,
    typed,
    watched,
)
from readalike.cli.shelf import (
    TO_READ,
    LibraryReading,
    Shelf,
    Who,
    library_of,
    owned,
    source_of,
    who_of,
)
from readalike.errors import SettingError
from readalike.files import refuse_target
from readalike.model_folder import store
from readalike.recommend.dials import Dials
from readalike.recommend.group import GroupRecommendations, MemberRank
from readalike.recommend.recommender import Recommender
from readalike.recommend.request import unlisted_of
from readalike.recommend.rules import BOOK_SENSE, Rules
from readalike.tables.account import counted


def group_of(
    recommender: Recommender,
    libraries: Sequence[Path],
    n: int,
    exclude: Sequence[str] | None,
    only: str | None,
    rules: Rules,
    how: LibraryReading,
) -> tuple[GroupRecommendations, dict[str, Any]]:
    """The list for the readers of some libraries, and what was found in these as JSON.

    `to-read` are the piles of all of them.
    """
    index, scale = recommender.index, recommender.scale
    found = {
        name: owned(file, None, index, scale, how)
        for name, file in zip(names_of(libraries), libraries, strict=True)
    }
    account: dict[str, Any] = {"libraries": {name: each.as_dict() for name, each in found.items()}}
    unlisted = [book for each in found.values() for book in unlisted_of(each.shelves, how.unknown)]
    among: tuple[str, ...] | None = None
    notices = [line for each in found.values() for line in each.remarks()]
    if only == TO_READ:
        piles = [each.shelves.pile for each in found.values()]
        among = tuple(dict.fromkeys(book for pile in piles for book in pile))
        account["from"] = {"books": len(among)}
    elif only is not None:
        source = source_of(only, None, index)
        among, account["from"] = source.books, source.summary
        notices.append(source.account)
    answer = recommender.recommend_group(
        {name: each.shelves.read for name, each in found.items()},
        n,
        exclude=[*(exclude or ()), *unlisted],
        among=among,
        rules=rules,
    )
    for line in notices:
        remarks().say(line)
    return answer, account


def names_of(files: Sequence[Path]) -> list[str]:
    """A name for each file: without its folder and ending where that tells them apart."""
    stems = [file.stem for file in files]
    if len(set(stems)) == len(stems):
        return stems
    return [f"{number}. {file.name}" for number, file in enumerate(files, start=1)]


def show_group(out: Screen, answer: GroupRecommendations) -> None:
    """Prints the books with their place for each reader, and whose the list is."""
    places = (f"place for {name}" for name in answer.shares)
    table = table_of("", "book", *places, right=("",), title="What to read next together")
    for item in answer.items:
        cells = (str(item.rank), name_of(item.book), *map(_place, item.places))
        table.add_row(*map(cell, cells))
    if answer.items:
        out.show(table)
        shares = ", ".join(f"{name} {share:.0%}" for name, share in answer.shares.items())
        out.say(f"Whose list it is: {shares}.")
    ignored = dict.fromkeys(book for ids in answer.ignored.values() for book in ids)
    if ignored:
        out.say(f"Not in the catalogue, so left aside: {', '.join(ignored)}")
    if answer.note:
        out.say(f"{answer.note[0].upper()}{answer.note[1:]}.")
    out.say(answer.rule, style="dim")


def _place(place: MemberRank) -> str:
    """A place with the book that speaks for it most."""
    best = next((reason for reason in place.reasons if reason.amount > 0), None)
    because = "" if best is None else f", {best.book.name} ({best.share:.0%})"
    return f"{place.rank:,}{because}"


INSTEAD = "Instead of one list"
SURE = 0.8
UNEXPLAINED = ("at_least", "sure", "avoid", "everybody", "out", "as_json")
"""Parameters that `explain` does not have."""


@app.command()
@takes(who=who_of, how=library_of, rules=rules_of, dials=dials_of)
def recommend(
    *,
    context: typer.Context,
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    who: Who,
    how: LibraryReading,
    n: N = 10,
    at_least: Annotated[
        float | None, typer.Option(metavar="STARS", help="Only books that would get so many stars.")
    ] = None,
    sure: Annotated[
        float | None, typer.Option(metavar="P", help="With this probability, by default 0.8.")
    ] = None,
    exclude: Exclude = None,
    only: From = None,
    rules: Callable[[bool], Rules],
    dials: Dials,
    avoid: Annotated[
        bool,
        typer.Option("--avoid", help="Popular books of few likely stars.", rich_help_panel=INSTEAD),
    ] = False,
    everybody: Annotated[
        bool, typer.Option("--all", help="Lists for all readers.", rich_help_panel=INSTEAD)
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Parquet file for --all.", rich_help_panel=INSTEAD),
    ] = None,
    as_json: Json = False,
) -> None:
    """Recommends the next books to a reader, and says why.

    The order is by what is read next; the stars beside it are a forecast of their own. A library
    is read, and nothing of it is kept.
    """
    who.require_one(all=everybody)
    who.refuse_reading(how)
    several, library = len(who.libraries) > 1, bool(who.libraries)
    chosen, usual = rules(library), BOOK_SENSE if library else Rules()
    _check(everybody, out, avoid, len(who.libraries), {
        "--exclude": bool(exclude), "--from": only is not None, "--at-least": at_least is not None,
        "--avoid": avoid, "a dial": not dials.neutral, "a rule": chosen != usual,
    })  # fmt: skip
    if sure is not None and at_least is None:
        raise SettingError("--sure P goes with --at-least STARS")
    if who.corrections is not None and len(who.libraries) != 1:
        raise SettingError("--corrections FILE goes with one --library FILE, whose rows it decides")
    recommender = store.load(
        model,
        histories=who.reader is not None or everybody,
        forecasts=not everybody and not several,
    )
    if out is not None:
        _write_all(recommender, out, n, chosen, as_json)
        return
    if several:
        answer, account = group_of(
            recommender, who.libraries, n, exclude, only, rules=chosen, how=how
        )
        if as_json:
            print_json({**answer.as_dict(), **account})
        else:
            show_group(console(), answer)
        return
    shelf = who.shelf(recommender, how)
    if avoid:
        _warn(recommender, shelf, n, as_json)
        return
    source = None if only is None else source_of(only, shelf.owned, recommender.index)
    found = recommender.recommend(
        n=n,
        exclude=[*(exclude or ()), *shelf.unlisted],
        among=source.books if source else None,
        at_least=at_least,
        sure=SURE if sure is None else sure,
        rules=chosen,
        dials=dials,
        **shelf.who,
    )
    shelf.remark(source)
    if as_json:
        account = {} if shelf.owned is None else {"library": shelf.owned.as_dict()}
        if source is not None:
            account["from"] = source.summary
        print_json({**found.as_dict(), **account})
        return
    after = f" after {shelf.after}" if shelf.after else ""
    show_list(console(), found, f"What to read next{after}")
    if shelf.owned is not None and len(found):
        first = found[0].book.book_id
        console().say_next("explain", model, first, *typed(context, but=UNEXPLAINED))


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
    refuse_target(out, "must be a file for the lists")
    with watched("ranking", as_json) as progress:
        lists = recommender.recommend_many(n=n, rules=rules, progress=progress)
        progress("writing", 0, 0)
        lists.to_parquet(out)
    if as_json:
        counts = {"readers": len(lists), "rows": lists.rows, "short": lists.short}
        counts["not_personal"] = lists.unfounded
        print_json({"file": str(out), **counts})
    else:
        short = f"; {lists.short} readers have no more unread books" if lists.short else ""
        if lists.unfounded:
            short += f"; {counted(lists.unfounded, 'list')} rest on none of the reader's books"
        written = f"{lists.rows:,} rows for {len(lists):,} readers to {out}{short}"
        console().say(f"Wrote {written}.")


def _warn(recommender: Recommender, shelf: Shelf, n: int, as_json: bool) -> None:
    warned = recommender.avoid(n=n, **shelf.who)
    shelf.remark(None)
    if as_json:
        print_json({"avoid": [each.as_dict() for each in warned]})
    else:
        show_forecasts(console(), warned, "Popular books that would likely disappoint")
