"""The command line application that the commands register with."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from readalike.cli.process import LEARNING, refuse_little_space
from readalike.version import __version__

app = typer.Typer(
    name="readalike",
    help="Learns from a table of ratings and tells a reader what to read next, and why.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

UsageError: Any = typer.BadParameter.__mro__[1]
"""What a command line that cannot be understood raises; Typer exports only what derives from it."""

COMPILING = ("demo", "evaluate", "import-keras", "train", "tune")
"""Commands that may load the compiler, which needs much more room than answers do."""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"readalike {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Learns from a table of ratings and tells a reader what to read next, and why.

    Without data of your own, begin with: readalike demo
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)
    if context.invoked_subcommand in COMPILING:
        refuse_little_space(LEARNING)
