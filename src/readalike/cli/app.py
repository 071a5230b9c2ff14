"""The command line application that the commands register with."""

from __future__ import annotations

from typing import Annotated

import typer

import readalike

app = typer.Typer(
    name="readalike",
    help="Learns from a table of ratings and tells a reader what to read next, and why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"readalike {readalike.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Learns from a table of ratings and tells a reader what to read next, and why."""
