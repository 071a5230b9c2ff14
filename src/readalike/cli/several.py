"""A list for several readers on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from readalike.cli.library import TO_READ, owned, source_of
from readalike.cli.listing import name_of
from readalike.cli.output import cell, remarks, say, show
from readalike.recommender import Recommender
from readalike.rules import Rules
from readalike.together import Place, Together


def together_of(
    recommender: Recommender,
    libraries: Sequence[Path],
    n: int,
    exclude: Sequence[str] | None,
    only: str | None,
    rules: Rules,
) -> tuple[Together, dict[str, Any]]:
    """The list for the readers of some libraries, and what was found in these as JSON.

    `to-read` are the piles of all of them.

    Raises:
        InputError: A file cannot be read.
    """
    catalogue, scale = recommender.catalogue, recommender.scale
    found = {
        name: owned(file, None, catalogue, scale)
        for name, file in zip(names_of(libraries), libraries, strict=True)
    }
    account: dict[str, Any] = {"libraries": {name: each.as_dict() for name, each in found.items()}}
    given_up = [book for each in found.values() for book in each.shelves.given_up]
    among: tuple[str, ...] | None = None
    told = [line for each in found.values() for line in each.remarks()]
    if only == TO_READ:
        piles = [each.shelves.pile for each in found.values()]
        among = tuple(dict.fromkeys(book for pile in piles for book in pile))
        account["from"] = {"books": len(among)}
    elif only is not None:
        source = source_of(only, None, catalogue)
        among, account["from"] = source.books, source.told
        told.append(source.account)
    answer = recommender.together(
        {name: each.shelves.read for name, each in found.items()},
        n,
        exclude=[*(exclude or ()), *given_up],
        among=among,
        rules=rules,
    )
    for line in told:
        say(remarks(), line)
    return answer, account


def names_of(files: Sequence[Path]) -> list[str]:
    """A name for each file: without its folder and ending where that tells them apart."""
    stems = [file.stem for file in files]
    if len(set(stems)) == len(stems):
        return stems
    return [f"{number}. {file.name}" for number, file in enumerate(files, start=1)]


def show_together(out: Console, answer: Together) -> None:
    """Prints the books with their place for each reader, and whose the list is."""
    table = Table(
        title="What to read next together", title_justify="left", box=None, padding=(0, 1)
    )
    table.add_column("", justify="right")
    table.add_column("book", overflow="fold")
    for name in answer.shares:
        table.add_column(cell(f"place for {name}"), overflow="fold")
    for item in answer.items:
        cells = (str(item.rank), name_of(item.book), *map(_place, item.places))
        table.add_row(*map(cell, cells))
    if answer.items:
        show(out, table)
        shares = ", ".join(f"{name} {share:.0%}" for name, share in answer.shares.items())
        say(out, f"Whose list it is: {shares}.")
    ignored = dict.fromkeys(book for ids in answer.ignored.values() for book in ids)
    if ignored:
        say(out, f"Not in the catalogue, so left aside: {', '.join(ignored)}")
    if answer.note:
        say(out, f"{answer.note[0].upper()}{answer.note[1:]}.")
    say(out, answer.rule, style="dim")


def _place(place: Place) -> str:
    """A place with the book that speaks for it most."""
    best = next((reason for reason in place.reasons if reason.amount > 0), None)
    because = "" if best is None else f", {best.book.name} ({best.share:.0%})"
    return f"{place.rank:,}{because}"
