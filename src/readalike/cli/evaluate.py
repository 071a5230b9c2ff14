"""`readalike evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from readalike import bundle
from readalike.algorithms import ALGORITHMS, DEFAULT, algorithm_of
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.settings import Algorithm
from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json, remarks, say, show, watched, whole
from readalike.cli.reading import (
    BookColumn,
    Books,
    RatingColumn,
    Ratings,
    Repeats,
    Scale,
    Separator,
    Strict,
    UserColumn,
    account,
    reading,
)
from readalike.cli.settings import parse_settings
from readalike.data.load import read
from readalike.errors import SettingError
from readalike.evaluation import NewReaders, NotebookSplit, Protocol, Report
from readalike.evaluation import evaluate as evaluate_all
from readalike.training import card_of

PROTOCOLS = (NotebookSplit.name, NewReaders.name)
GIVEN = (5, 20, 50)
SHOWN = ("ndcg@10", "p@10", "recall@10", "recall@20", "hit@10", "rmse", "mae")


@app.command()
def evaluate(
    path: Ratings,
    algorithm: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:KEY=VALUE,...]",
            help=f"One of {', '.join(ALGORITHMS)}, with settings; repeatable. "
            f"By default {DEFAULT}. {Popularity.name} is measured beside them always.",
        ),
    ] = None,
    protocol: Annotated[
        str, typer.Option(metavar="NAME", help=f"One of {', '.join(PROTOCOLS)}.")
    ] = NotebookSplit.name,
    readers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="new-readers: complete histories, in reading order, kept from training.",
        ),
    ] = None,
    given: Annotated[
        str | None,
        typer.Option(
            metavar="H,...",
            help="new-readers: how many first books the model is told; by default "
            f"{','.join(map(str, GIVEN))}.",
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            parser=whole("--seed", 0),
            metavar="N",
            help="Draws the order of ties and the intervals.",
        ),
    ] = 0,
    model: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write the first algorithm's figures into the card of this model."
        ),
    ] = None,
    books: Books = None,
    user_column: UserColumn = None,
    book_column: BookColumn = None,
    rating_column: RatingColumn = None,
    separator: Separator = None,
    scale: Scale = None,
    repeats: Repeats = "first",
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Measures algorithms on held-out ratings.

    Each figure comes with its 95 % interval.
    """
    chosen = _algorithms(algorithm or [DEFAULT])
    if not any(isinstance(asked, Popularity) for asked in chosen.values()):
        chosen[Popularity.name] = Popularity()
    how = reading(user_column, book_column, rating_column, separator, scale, repeats, strict)
    lengths = _checked(protocol, readers, given)
    with watched("reading", as_json) as progress:
        strangers = None if readers is None else read(readers, **how)
        dataset = read(path, books=books, **how)
        asked: Protocol = NotebookSplit()
        if strangers is not None:
            asked = NewReaders(strangers.ratings, lengths)
        first, settings = next(iter(chosen.items()))
        card = card_of(dataset, settings)
        if model is not None:  # whether it can be written is known before the long work
            bundle.record(model, card, bundle.read_card(model).measured)
        report = evaluate_all(dataset, chosen, asked, seed=seed, progress=progress)
    if model is not None:
        measured = [r.as_dict() for r in report.results if r.algorithm == first]
        bundle.record(model, card, {"protocol": report.protocol, "results": measured})
    told = [(dataset.intake, path)]
    if strangers is not None and readers is not None:
        told.append((strangers.intake, readers))
    if as_json:
        print_json(report.as_dict() | {"intake": [intake.as_dict() for intake, _ in told]})
        return
    out = console()
    for intake, file in told:
        for line in account(intake, file):
            say(out, line, style="dim")
    show_report(out, report)
    if model is not None:
        say(remarks(), f"Wrote the figures into {model}.")


def _algorithms(given: list[str]) -> dict[str, Algorithm]:
    """Algorithms by the text they were asked for by."""
    chosen: dict[str, Algorithm] = {}
    for text in given:
        name, _, settings = text.partition(":")
        pairs = parse_settings(settings.split(",") if settings else None, f"--algorithm {name}:")
        if text in chosen:
            raise SettingError(f"--algorithm {text} must be given once, got it twice")
        chosen[text] = algorithm_of(name, pairs)
    return chosen


def _checked(protocol: str, readers: Path | None, given: str | None) -> tuple[int, ...]:
    """How many books the new readers give; refuses options that do not go together."""
    if protocol not in PROTOCOLS:
        raise SettingError(f"--protocol must be one of {', '.join(PROTOCOLS)}, got {protocol!r}")
    if protocol == NotebookSplit.name:
        for option, value in (("--readers", readers), ("--given", given)):
            if value is not None:
                raise SettingError(f"{option} goes with --protocol {NewReaders.name}")
        return ()
    if readers is None:
        raise SettingError(f"--protocol {NewReaders.name} needs --readers FILE, complete histories")
    if given is None:
        return GIVEN
    try:
        lengths = tuple(int(length) for length in given.split(","))
    except ValueError:
        lengths = (-1,)
    if min(lengths) < 0 or len(set(lengths)) < len(lengths):
        raise SettingError(
            f"--given must be different whole numbers such as 5,20,50, got {given!r}"
        )
    return lengths


def show_report(out: Console, report: Report) -> None:
    """Prints the table, who did not count, and what was done."""
    measures = [m for m in SHOWN if any(m in r.estimates for r in report.results)]
    lengths = any(result.given is not None for result in report.results)
    table = Table(box=None, padding=(0, 1))
    table.add_column("algorithm", overflow="fold")
    for column in (*(["given"] if lengths else []), "readers", *measures, "fit"):
        table.add_column(column, justify="right")
    for result in report.results:
        cells = [
            f"{found.mean:.4f}\n[dim]{found.low:.3f}-{found.high:.3f}[/dim]"
            if (found := result.estimates.get(measure))
            else ""
            for measure in measures
        ]
        table.add_row(
            escape(result.algorithm),
            *([str(result.given)] if lengths else []),
            f"{len(result.readers):,}",
            *cells,
            f"{result.fit_seconds:.1f} s",
        )
    out.print()
    show(out, table)
    for given, why in dict.fromkeys(
        (result.given, f"{_readers(count)} not count: {reason}")
        for result in report.results
        for reason, count in result.left_out.items()
        if count
    ):
        say(out, why if given is None else f"given {given}: {why}", style="dim")
    out.print()
    say(out, report.description, style="dim")


def _readers(count: int) -> str:
    return "1 reader does" if count == 1 else f"{count:,} readers do"
