"""`readalike evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from readalike import bundle
from readalike.algorithms import ALGORITHMS, DEFAULT, algorithm_of
from readalike.algorithms.popularity import Popularity
from readalike.algorithms.settings import Algorithm
from readalike.cli.app import app
from readalike.cli.output import Json, console, print_json, remarks, watched
from readalike.cli.reading import (
    BookColumn,
    Books,
    RatingColumn,
    Repeats,
    Scale,
    Separator,
    Strict,
    UserColumn,
    reading,
)
from readalike.cli.settings import parse_settings
from readalike.data.load import read
from readalike.errors import SettingError
from readalike.evaluation import NewReaders, NotebookSplit, Protocol, Report
from readalike.evaluation import evaluate as evaluate_all
from readalike.training import card_of

PROTOCOLS = (NotebookSplit.name, NewReaders.name)
SHOWN = ("ndcg@10", "p@10", "recall@20", "rmse", "mae")


@app.command()
def evaluate(
    path: Annotated[Path, typer.Argument(help="A file or folder of ratings.")],
    algorithm: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[:KEY=VALUE,...]",
            help=f"One of {', '.join(ALGORITHMS)}, with settings; repeatable. "
            f"By default {DEFAULT} and {Popularity.name}.",
        ),
    ] = None,
    protocol: Annotated[
        str, typer.Option(help=f"One of {', '.join(PROTOCOLS)}.")
    ] = NotebookSplit.name,
    readers: Annotated[
        Path | None,
        typer.Option(help="new-readers: complete histories, in reading order, kept from training."),
    ] = None,
    given: Annotated[
        str, typer.Option(help="new-readers: how many first books the model is told.")
    ] = "5,20,50",
    seed: Annotated[int, typer.Option(help="Draws the order of ties and the intervals.")] = 0,
    model: Annotated[
        Path | None,
        typer.Option(help="Write the first algorithm's figures into the card of this model."),
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
    """Measures algorithms on held-out ratings, each with its 95 % interval."""
    chosen = _algorithms(algorithm or [DEFAULT, Popularity.name])
    how = reading(
        user_column, book_column, rating_column, separator, scale, repeats, strict
    )
    asked = _protocol(protocol, readers, given, how)
    dataset = read(path, books=books, **how)
    with watched(as_json) as progress:
        report = evaluate_all(dataset, chosen, asked, seed=seed, progress=progress)
    if model is not None:
        first = next(iter(chosen))
        measured = [r.as_dict() for r in report.results if r.algorithm == first]
        figures = {"protocol": report.protocol, "results": measured}
        bundle.record(model, card_of(dataset, chosen[first]), figures)
    if as_json:
        print_json(report.as_dict())
        return
    show_report(console(), report)
    if model is not None:
        remarks().print(f"Wrote the figures into {escape(str(model))}.")


def _algorithms(given: list[str]) -> dict[str, Algorithm]:
    """Algorithms by the text they were asked for by."""
    chosen: dict[str, Algorithm] = {}
    for text in given:
        name, _, settings = text.partition(":")
        pairs = parse_settings(settings.split(",") if settings else None)
        if text in chosen:
            raise SettingError(f"--algorithm {text} must be given once, got it twice")
        chosen[text] = algorithm_of(name, pairs)
    return chosen


def _protocol(
    name: str, readers: Path | None, given: str, how: dict[str, Any]
) -> Protocol:
    if name not in PROTOCOLS:
        raise SettingError(f"--protocol must be one of {', '.join(PROTOCOLS)}, got {name!r}")
    if name == NotebookSplit.name:
        if readers is not None:
            raise SettingError("--readers goes with --protocol new-readers")
        return NotebookSplit()
    if readers is None:
        raise SettingError("--protocol new-readers needs --readers FILE, complete histories")
    try:
        lengths = tuple(int(length) for length in given.split(","))
    except ValueError:
        raise SettingError(
            f"--given must be whole numbers such as 5,20,50, got {given!r}"
        ) from None
    return NewReaders(read(readers, **how).ratings, lengths)


def show_report(out: Console, report: Report) -> None:
    """Prints what was done, the table, and who did not count."""
    out.print(escape(report.description), style="dim", soft_wrap=True)
    out.print()
    measures = [m for m in SHOWN if any(m in r.estimates for r in report.results)]
    table = Table(box=None, padding=(0, 1))
    for column in ("algorithm", "given", "readers", *measures, "fit"):
        table.add_column(column, justify="left" if column == "algorithm" else "right")
    for result in report.results:
        cells = [
            f"{found.mean:.4f} [dim]{found.low:.3f} to {found.high:.3f}[/dim]"
            if (found := result.estimates.get(measure))
            else ""
            for measure in measures
        ]
        table.add_row(
            escape(result.algorithm),
            "" if result.given is None else str(result.given),
            f"{len(result.readers):,}",
            *cells,
            f"{result.fit_seconds:.1f} s",
        )
    out.print(table)
    for given, why in dict.fromkeys(
        (result.given, f"{count:,} readers do not count: {reason}")
        for result in report.results
        for reason, count in result.left_out.items()
        if count
    ):
        out.print(why if given is None else f"given {given}: {why}", style="dim", soft_wrap=True)
