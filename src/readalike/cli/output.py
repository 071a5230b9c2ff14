"""What commands print: tables for people, JSON for programs, progress for whoever waits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from readalike.algorithms.settings import Progress as Told
from readalike.algorithms.settings import silent

WIDTH = 110
"""Columns of a table that is printed into a file or pipe."""

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def console() -> Console:
    """Where results go."""
    plain = Console(highlight=False)
    return plain if plain.is_terminal else Console(highlight=False, width=WIDTH)


def remarks() -> Console:
    """Where everything goes that is no result: remarks, warnings, progress."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """Prints a value as JSON; NaN and infinity, which JSON lacks, as null."""
    typer.echo(json.dumps(_finite(value), ensure_ascii=False, indent=2, allow_nan=False))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, float) and value - value != 0:
        return None
    return value


@contextmanager
def watched(quiet: bool = False) -> Iterator[Told]:
    """A progress bar on the error stream, where somebody sees it; else the silent progress."""
    stream = remarks()
    if quiet or not stream.is_terminal:
        yield silent
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(),
        console=stream, transient=True,
    ) as bar:  # fmt: skip
        task: TaskID | None = None

        def tell(step: str, done: int, total: int) -> None:
            nonlocal task
            if task is None:
                task = bar.add_task(step, total=total)
            bar.update(task, description=step, completed=done, total=total)

        yield tell
