"""`readalike demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from readalike.cli.app import app
from readalike.cli.output import (
    Json,
    Screen,
    cell,
    console,
    name_of,
    print_json,
    show_list,
    watched,
)
from readalike.demonstration import BOOK, READER
from readalike.demonstration import demo as run_demo
from readalike.evaluation import Report

SHELF = 10
ABOUT = (
    "Readalike comes with 540 real books. Its readers are simulated: 3,000 of them, with tastes "
    "drawn at random. So what follows shows how it works; how well it works for real people only "
    "real ratings can tell (see the end)."
)
MEASURED = (
    "Measured on every tenth reader, kept from training: told their first books, how well are "
    "the later ones that they liked ranked among all 540? (NDCG@10 with its 95 % interval; 1 is "
    "perfect.)"
)


@app.command()
def demo(
    model: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the demonstration's model.")
    ] = Path("readalike-demo"),
    as_json: Json = False,
) -> None:
    """Does the whole job on the books that come with Readalike."""
    out = console()
    if not as_json:
        about = cell(ABOUT)
        about.highlight_words(["simulated"], "bold")
        out.say(about)
    with watched("simulating", as_json) as progress:
        shown = run_demo(model, progress)
    if as_json:
        print_json(shown.as_dict())
        return
    trained = shown.trained
    did = (
        f"{model} holds the model already."
        if trained.loaded
        else f"Learnt from {trained.card.data['ratings']:,} ratings in {trained.seconds:.1f} s "
        f"(the first run on a machine compiles first); saved in {model}."
    )
    out.print()
    out.say(did)
    out.print()
    shelf = Table(
        title=f"What {READER} read (the {SHELF} best liked of {len(shown.shelf)})",
        title_justify="left",
        box=None,
        show_header=False,
        padding=(0, 1),
    )
    for book, stars in shown.shelf[:SHELF]:
        shelf.add_row("" if stars is None else "*" * round(stars), cell(name_of(book)))
    out.show(shelf)
    out.print()
    show_list(out, shown.recommended, f"What {READER} should read next", ids=False)
    out.print()
    show_list(out, shown.similar, f"Books like {BOOK}", ids=False)
    out.print()
    out.say(MEASURED)
    out.show(_curve(shown.report))
    _show_what_next(out, model)


def _show_what_next(out: Screen, model: Path) -> None:
    """Prints what can be asked of the demonstration's model, and how to go on with real readers."""
    data = "goodbooks-10k"
    out.print()
    out.say("Try it:")
    out.say_command("  ", "recommend", model, "--like", "Dune", "--like", "Emma")
    out.say_command("  ", "similar", model, "The Hobbit")
    out.say_command("  ", "forecast", model, "Dune", "--reader", READER)
    out.say_command("  ", "search", model, "tolkien")
    out.print()
    out.say("With real readers (goodbooks-10k, 981,756 ratings, from Kaggle):")
    out.say_command("  ", "download", data)
    out.say_command("  ", "train", data, "--model", "model")
    out.say_command("  ", "recommend", "model", "--like", "The Hobbit")


def _curve(report: Report) -> Table:
    """One row an algorithm, one column a number of given books."""
    lengths = sorted({result.given for result in report.results if result.given is not None})
    table = Table(box=None, padding=(0, 1))
    table.add_column("algorithm")
    for length in lengths:
        table.add_column(f"after {length} books", justify="right")
    for name in dict.fromkeys(result.algorithm for result in report.results):
        found = [report.result(name, length).estimates["ndcg@10"] for length in lengths]
        cells = (f"{e.mean:.3f} [dim]{e.low:.3f} to {e.high:.3f}[/dim]" for e in found)
        table.add_row(name, *cells)
    return table
