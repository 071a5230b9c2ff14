"""`readalike forecast`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readalike.bibliography.search import find
from readalike.cli.app import app
from readalike.cli.output import (
    Json,
    Screen,
    cell,
    console,
    name_of,
    print_json,
    stars_of,
    table_of,
)
from readalike.cli.shelf import HistoryFile, Reader, history_of_file
from readalike.errors import SettingError
from readalike.model_folder import store
from readalike.recommend.request import History
from readalike.recommend.results import Forecast

MOST_REASONS = 4

BASES = {
    "book": "Nothing is known of this reader: these are the books' own ratings.",
    "content": (
        "Nothing is known of this reader, and a book has no ratings: what the catalogue says of it "
        "counts."
    ),
    "mean": "Nothing is known of this reader nor of a book: that is the mean of all ratings.",
}


@app.command()
def forecast(
    model: Annotated[Path, typer.Argument(help="The model folder.", metavar="DIR")],
    books: Annotated[list[str], typer.Argument(help="Titles or ids of books.", metavar="BOOK...")],
    reader: Reader = None,
    history: HistoryFile = None,
    as_json: Json = False,
) -> None:
    """Forecasts a reader's stars, how surely, and why.

    Give one of --reader and --history; without either, it is what anybody would give.
    """
    if reader is not None and history is not None:
        raise SettingError("give one of --reader ID and --history FILE, not both")
    recommender = store.load(model, histories=reader is not None)
    ids = [recommender.catalogue.books.ids[find(recommender.index, book)] for book in books]
    known: History = {} if history is None else history_of_file(history, recommender)
    whose = {"history": known} if reader is None else {"reader": reader}
    found = recommender.forecast(ids, **whose)
    if as_json:
        print_json({"forecasts": [each.as_dict() for each in found]})
        return
    show_forecasts(console(), found, "How many stars")


def show_forecasts(out: Screen, found: tuple[Forecast, ...], heading: str) -> None:
    """Prints forecasts with what they are the sum of."""
    figures = ("stars", "80 % between", "likeliest")
    table = table_of("book", *figures, "made of", right=figures, title=cell(heading))
    for each in found:
        chance, level = max((chance, level) for level, chance in each.chances.items())
        between = f"{each.low:.1f} and {each.high:.1f}"
        likeliest = f"{level:g} ({chance:.0%})"
        cells = (name_of(each.book), stars_of(each), between, likeliest, made_of(each))
        table.add_row(*map(cell, cells))
    out.show(table)
    for basis in dict.fromkeys(each.basis for each in found):
        if basis in BASES:
            out.say(BASES[basis])


def made_of(found: Forecast) -> str:
    """The parts of a forecast in words, the largest reasons only."""
    if found.basis != "personal":
        return ""
    shown = found.reasons[:MOST_REASONS]
    rest = sum(reason.stars for reason in found.reasons[MOST_REASONS:]) + found.scale
    parts = [f"{found.usual:.2f} from anybody", f"{found.reader:+.2f} this reader's way"]
    parts += [f"{reason.stars:+.2f} {reason.book.name}" for reason in shown]
    if abs(rest) >= 0.005:
        parts.append(f"{rest:+.2f} all else")
    return ", ".join(parts)
