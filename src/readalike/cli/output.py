"""What commands print: tables for people, JSON for programs, progress for whoever waits."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from readalike.cli.visible import typeable, visible, visible_json
from readalike.data.catalogue import Book, display_year
from readalike.errors import SettingError
from readalike.progress import Progress, silent
from readalike.recommend.results import ContentNeighbour, Forecast, Recommendation, Recommendations

WIDTH = 110
"""Columns of a table that is printed into a file or pipe, where COLUMNS does not say otherwise."""

HEADING = 13
"""Letters of a line of a column's heading; a name that is longer is divided behind `_`."""
Heading = str | Text

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def whole(option: str, least: int) -> Callable[[object], int]:
    """Reads the value of an option that is a whole number."""

    def read(text: object) -> int:
        try:
            number = int(str(text))
        except ValueError:
            number = least - 1
        if number < least:
            raise SettingError(
                f"{option} must be a whole number, at least {least}, got {str(text)!r}"
            )
        return number

    return read


N = Annotated[int, typer.Option("-n", parser=whole("-n", 1), metavar="N", help="How many books.")]


class Screen(Console):
    """A stream for people, on which nothing that is printed steers."""

    def say(self, text: str | Text, style: str | None = None) -> None:
        """Prints one line: wrapped between words on a terminal, whole elsewhere."""
        line = cell(text) if isinstance(text, str) else text
        self.print(line, style=style, soft_wrap=not self.is_terminal)

    def say_command(self, before: str, *command: str | Path) -> None:
        """Prints a command to type, of its words but the program's, whole so that it is copied."""
        words = " ".join([program(), *(typeable(str(word)) for word in command)])
        self.print(Text(f"{before}{words}"), soft_wrap=True)

    def say_next(self, *command: str | Path) -> None:
        """Prints the command to type next."""
        self.say_command("Next: ", *command)

    def show(self, table: Table) -> None:
        """Prints a table, without blanks at the ends of lines where it goes into a file."""
        if self.is_terminal:
            self.print(table)
            return
        with self.capture() as captured:
            self.print(table)
        lines = captured.get().splitlines()
        self.print(Text("\n".join(line.rstrip() for line in lines)), soft_wrap=True)


def console() -> Screen:
    """Where results go."""
    plain = Screen(highlight=False)
    if plain.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return plain
    return Screen(highlight=False, width=WIDTH)


def remarks() -> Screen:
    """Where everything goes that is no result: remarks, warnings, progress."""
    return Screen(stderr=True, highlight=False, soft_wrap=True)


def cell(text: object) -> Text:
    """A cell or heading of a table, or a part of a line: as it is, nothing in it steers."""
    return Text(visible(str(text)))


def typed(context: typer.Context, but: Collection[str] = ()) -> list[str]:
    """The options that a command was given, as they can be typed again, but for some parameters."""
    words: list[str] = []
    for option in context.command.params:
        name = option.name or ""
        source = context.get_parameter_source(name)
        given = source is not None and source.name == "COMMANDLINE"
        if not given or name in but or option.param_type_name != "option":
            continue
        value = context.params[name]
        if isinstance(value, bool):
            words.append((option.opts if value else option.secondary_opts)[0])
        else:
            every = value if isinstance(value, list | tuple) else (value,)
            words += (word for each in every for word in (option.opts[0], str(each)))
    return words


def program() -> str:
    """What to type for this program: its name where the shell finds it, else where it lies."""
    called = Path(sys.argv[0])
    if called.stem != "readalike" or shutil.which("readalike"):
        return "readalike"
    try:
        return typeable(os.path.relpath(called))
    except FileNotFoundError:  # the folder that we are in was removed meanwhile
        return typeable(str(called))


def heading(name: str) -> Text:
    """A name in lines that are hardly wider than a figure with its interval."""
    lines = [""]
    for part in re.findall("[^_]*_|[^_]+", name):
        if lines[-1] and len(lines[-1] + part) > HEADING:
            lines.append("")
        lines[-1] += part
    return Text("\n".join(lines))


def table_of(
    *columns: Heading, right: Collection[Heading] = (), title: str | Text | None = None
) -> Table:
    """An empty table without lines; columns of figures stand to the right, text is folded."""
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1))
    for column in columns:
        shown = cell(column) if isinstance(column, str) else column
        if column in right:
            table.add_column(shown, justify="right")
        else:
            table.add_column(shown, overflow="fold")
    return table


def print_json(value: object) -> None:
    """Prints a value as JSON; NaN and infinity, which JSON lacks, as null."""
    text = json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False)
    typer.echo(visible_json(text))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, float) and value - value != 0:
        return None
    return value


@contextmanager
def watched(step: str, quiet: bool = False) -> Iterator[Progress]:
    """A progress bar on the error stream, where somebody sees it; else the silent progress."""
    stream = remarks()
    if quiet or not stream.is_terminal:
        yield silent
        return
    from rich import progress

    what = progress.TextColumn("{task.description}", markup=False)
    columns = (what, progress.BarColumn(), progress.TimeRemainingColumn())
    with progress.Progress(*columns, console=stream, transient=True) as bar:
        task = bar.add_task(visible(step), total=None)

        def tell(step: str, done: int, total: int) -> None:
            bar.update(task, description=visible(step), completed=done, total=total or None)

        yield tell


MOST_REASONS = 3
STARS = "stars: how many the reader would give, and how far from that a rating usually is"


def show_list(out: Screen, answer: Recommendations, heading: str, *, ids: bool = True) -> None:
    """Prints the books with their reasons, then what a reader should know of the list."""
    forecast = any(item.forecast for item in answer)
    reasons = any(item.reasons for item in answer) and answer.source != "similar"
    there = {"id": ids, "stars": forecast, "because of": reasons}
    every = ("", "book", "id", "score", "stars", "because of")
    columns = [column for column in every if there.get(column, True)]
    table = table_of(*columns, right=("", "score", "stars"), title=cell(heading))
    shown = _alike([item.score for item in answer])
    for item in answer:
        cells = {
            "": str(item.rank),
            "book": name_of(item.book),
            "id": item.book.book_id,
            "score": shown(item.score),
            "stars": stars_of(item.forecast),
            "because of": because(item),
        }
        table.add_row(*(cell(cells[column]) for column in columns))
    if len(answer):
        out.show(table)
    if answer.ignored:
        out.say(f"Not in the catalogue, so left aside: {', '.join(answer.ignored)}")
    if answer.note:
        out.say(f"{answer.note[0].upper()}{answer.note[1:]}.")
    if len(answer):
        out.say(f"score: {answer.score_means}", style="dim")
        if forecast:
            out.say(STARS, style="dim")


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
    parts = [", ".join(f"{reason.book.name} ({reason.share:.0%})" for reason in shown)]
    if item.content_neighbours:
        parts.append(f"few readers yet, so placed like {like(item.content_neighbours[0])}")
    return "; ".join(part for part in parts if part)


def like(near: ContentNeighbour) -> str:
    """A book that another is placed like, with what both have in common."""
    return f"{near.book.name} ({', '.join(near.common)})" if near.common else near.book.name
