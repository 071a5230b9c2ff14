"""`readalike explain`."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from readalike.cli.app import app
from readalike.cli.options import Exclude, From, dials_of, rules_of, takes
from readalike.cli.output import Json, N, Screen, console, name_of, print_json
from readalike.cli.shelf import LibraryReading, Who, library_of, source_of, who_of
from readalike.errors import SettingError
from readalike.model_folder import store
from readalike.recommend.dials import Dials
from readalike.recommend.explanation import Explanation
from readalike.recommend.results import Reason
from readalike.recommend.rules import Rules

MOST_REASONS = 5


@app.command()
@takes(who=who_of, how=library_of, rules=rules_of, dials=dials_of)
def explain(
    *,
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    book: Annotated[str, typer.Argument(help="Title or id of the book.", metavar="BOOK")],
    who: Who,
    how: LibraryReading,
    n: N = 10,
    exclude: Exclude = None,
    only: From = None,
    rules: Callable[[bool], Rules],
    dials: Dials,
    as_json: Json = False,
) -> None:
    """Says why a book is in a list or not, and what if.

    Give one of --reader, --history, --like or --library, and the rules and dials that the list
    was made by.
    """
    who.require_one()
    who.refuse_reading(how)
    if len(who.libraries) > 1:
        raise SettingError(f"explain is for one reader, got {len(who.libraries)} libraries")
    if who.corrections is not None and not who.libraries:
        raise SettingError("--corrections FILE goes with --library FILE, whose rows it decides")
    recommender = store.load(model, histories=who.reader is not None, forecasts=False)
    shelf = who.shelf(recommender, how)
    source = None if only is None else source_of(only, shelf.owned, recommender.index)
    found = recommender.explain(
        book,
        n=n,
        exclude=[*(exclude or ()), *shelf.unlisted],
        among=source.books if source else None,
        rules=rules(bool(who.libraries)),
        dials=dials,
        **shelf.who,
    )
    shelf.remark(source)
    if as_json:
        account = {} if shelf.owned is None else {"library": shelf.owned.as_dict()}
        print_json(found.as_dict() | account)
        return
    show_explanation(console(), found, n)


def show_explanation(out: Screen, found: Explanation, n: int) -> None:
    """Prints where a book stands, why, and what if."""
    name = name_of(found.book)
    if found.place is not None:
        out.say(f"{name} is {ordinal(found.place)} in the list.")
    elif found.rank is None:
        out.say(f"{name} is not listed: {found.why}.")
    elif found.rank <= n:
        out.say(
            f"{name} is {ordinal(found.rank)} by score, but not listed: dials, or a limit of books "
            "by one author, put others before it."
        )
    else:
        place = f"{ordinal(found.rank)} of {found.among:,}"
        out.say(f"{name} is not among the first {n}: it is {place}.")
    helped = [reason for reason in found.reasons if reason.amount > 0][:MOST_REASONS]
    if helped:
        out.say(f"For it: because {_list(helped)}.")
    worth_naming = (r for r in reversed(found.reasons) if r.amount < 0 and round(abs(r.share), 2))
    hindered = list(islice(worth_naming, MOST_REASONS))
    if hindered:
        out.say(f"Against it: {_list(hindered)}.")
    for each in found.without:
        out.say(f"Without {each.book.name} it would be {ordinal(each.rank)}.")
    if found.rank is not None:
        out.say(f"The place is {found.why}.", style="dim")


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th, 1,214th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{'th' if number % 100 in (11, 12, 13) else ending}"


def _list(reasons: list[Reason]) -> str:
    return ", and ".join(_in_words(reason) for reason in reasons)


def _in_words(reason: Reason) -> str:
    share = f"({reason.share:.0%})"
    if reason.stars is None:
        return f"you read {reason.book.name} {share}"
    plural = "" if reason.stars == 1 else "s"
    return f"you gave {reason.book.name} {reason.stars:g} star{plural} {share}"
