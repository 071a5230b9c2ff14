"""What commands print: tables for people, JSON for programs, progress for whoever waits."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from readalike.algorithms.settings import Progress as Told
from readalike.algorithms.settings import silent
from readalike.cli.visible import typeable, visible, visible_json
from readalike.errors import SettingError

WIDTH = 110
"""Columns of a table that is printed into a file or pipe, where COLUMNS does not say otherwise."""

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


def console() -> Console:
    """Where results go."""
    plain = Console(highlight=False)
    if plain.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return plain
    return Console(highlight=False, width=WIDTH)


def remarks() -> Console:
    """Where everything goes that is no result: remarks, warnings, progress."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def cell(text: object) -> Text:
    """A cell or heading of a table, or a part of a line: as it is, nothing in it steers."""
    return Text(visible(str(text)))


def say(out: Console, text: str | Text, style: str | None = None) -> None:
    """Prints one line: wrapped between words on a terminal, whole elsewhere."""
    line = cell(text) if isinstance(text, str) else text
    out.print(line, style=style, soft_wrap=not out.is_terminal)


def say_command(out: Console, before: str, *command: str | Path) -> None:
    """Prints a command to type, whole, so that it can be copied.

    Args:
        out: Where to.
        before: What stands before it in the line.
        command: Its words, without the name of the program.
    """
    words = " ".join([program(), *(typeable(str(word)) for word in command)])
    out.print(Text(f"{before}{words}"), soft_wrap=True)


def say_next(out: Console, *command: str | Path) -> None:
    """Prints the command to type next."""
    say_command(out, "Next: ", *command)


def typed(context: typer.Context, but: Collection[str] = ()) -> list[str]:
    """The options that a command was given, as they can be typed again.

    Args:
        context: Of the command.
        but: Names of parameters that are left out.
    """
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


def show(out: Console, table: Table) -> None:
    """Prints a table, without blanks at the ends of lines where it goes into a file."""
    if out.is_terminal:
        out.print(table)
        return
    with out.capture() as captured:
        out.print(table)
    lines = captured.get().splitlines()
    out.print(Text("\n".join(line.rstrip() for line in lines)), soft_wrap=True)


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
def watched(step: str, quiet: bool = False) -> Iterator[Told]:
    """A progress bar on the error stream, where somebody sees it; else the silent progress.

    Args:
        step: What is done until somebody tells more.
        quiet: Whether nobody is to see it.
    """
    stream = remarks()
    if quiet or not stream.is_terminal:
        yield silent
        return
    with Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), TimeRemainingColumn(),
        console=stream, transient=True,
    ) as bar:  # fmt: skip
        task: TaskID = bar.add_task(visible(step), total=None)

        def tell(step: str, done: int, total: int) -> None:
            bar.update(task, description=visible(step), completed=done, total=total or None)

        yield tell
