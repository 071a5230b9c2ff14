"""How a list of books is shown to a person."""

from __future__ import annotations

import math
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from readalike.cli.output import cell, say, show
from readalike.data.catalogue import Book, display_year
from readalike.forecasts import Forecast
from readalike.recommendations import Kin, Reason, Recommendation, Recommendations

MOST_REASONS = 3
STARS = "stars: how many the reader would give, and how far from that a rating usually is"


def show_list(out: Console, answer: Recommendations, heading: str, *, ids: bool = True) -> None:
    """Prints the books with their reasons, then what a reader should know of the list."""
    table = Table(title=cell(heading), title_justify="left", box=None, padding=(0, 1))
    table.add_column("", justify="right")
    table.add_column("book", overflow="fold")
    if ids:
        table.add_column("id", overflow="fold")
    table.add_column("score", justify="right")
    forecast = any(item.forecast for item in answer)
    if forecast:
        table.add_column("stars", justify="right")
    reasons = any(item.reasons for item in answer) and answer.source != "similar"
    if reasons:
        table.add_column("because of", overflow="fold")
    shown = _alike([item.score for item in answer])
    for item in answer:
        cells = [str(item.rank), name_of(item.book), shown(item.score)]
        if ids:
            cells.insert(2, item.book.book_id)
        if forecast:
            cells.append(stars_of(item.forecast))
        table.add_row(*map(cell, cells), *([cell(because(item))] if reasons else []))
    if len(answer):
        show(out, table)
    if answer.ignored:
        say(out, f"Not in the catalogue, so left aside: {', '.join(answer.ignored)}")
    if answer.note:
        say(out, f"{answer.note[0].upper()}{answer.note[1:]}.")
    if len(answer):
        say(out, f"score: {answer.score_means}", style="dim")
        if forecast:
            say(out, STARS, style="dim")


def _alike(scores: list[float]) -> Callable[[float], str]:
    """How to print scores: all with the decimals that show four digits of the greatest."""
    size = max((abs(score) for score in scores), default=0.0)
    whole = all(score == round(score) for score in scores)
    decimals = 0 if whole else min(max(3 - math.floor(math.log10(size)), 0), 6)
    return lambda score: f"{score:,.{decimals}f}"


def name_of(book: Book) -> str:
    """Title, authors and year in one line."""
    parts = [book.name]
    if book.authors:
        parts.append(f"by {book.authors}")
    if book.year is not None:
        parts.append(f"({display_year(book.year)})")
    return " ".join(parts)


def stars_of(forecast: Forecast | None) -> str:
    """A forecast in a few letters: its mean and its spread."""
    return "" if forecast is None else f"{forecast.stars:.1f} ± {forecast.spread:.1f}"


def because(item: Recommendation) -> str:
    """The strongest reasons in words, with their part of the score, and what it is placed like."""
    shown = [reason for reason in item.reasons if reason.amount > 0][:MOST_REASONS]
    parts = [", ".join(_reason(reason) for reason in shown)]
    if item.kin:
        parts.append(f"few readers yet, so placed like {like(item.kin[0])}")
    return "; ".join(part for part in parts if part)


def like(kin: Kin) -> str:
    """A book that another is placed like, with what both have in common."""
    return f"{kin.book.name} ({', '.join(kin.common)})" if kin.common else kin.book.name


def _reason(reason: Reason) -> str:
    return f"{reason.book.name} ({reason.share:.0%})"
