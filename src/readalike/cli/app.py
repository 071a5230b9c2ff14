"""The command line application; a command is loaded where it is called."""

from __future__ import annotations

import importlib
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from readalike.cli.process import LEARNING, refuse_little_space
from readalike.version import __version__

COMMANDS = {
    "add-books": "Adds new books to a model without training it again.",
    "algorithms": "Lists the algorithms and their settings.",
    "compare": "Compares two evaluations reader by reader.",
    "demo": "Does the whole job on the books that come with Readalike.",
    "doctor": "Says what ratings hold, or whether a model folder is whole.",
    "download": "Downloads the real goodbooks-10k from Kaggle.",
    "evaluate": "Measures algorithms on held-out ratings.",
    "explain": "Says why a book is in a list or not, and what if.",
    "forecast": "Forecasts a reader's stars, how surely, and why.",
    "import-keras": "Makes a model folder of what Keras saved.",
    "import": "Finds the books of your own library in a model.",
    "recommend": "Recommends the next books to a reader, and says why.",
    "search": "Finds books of the catalogue and their ids.",
    "similar": "Shows books like one book.",
    "train": "Learns from ratings and saves a model folder.",
    "tune": "Searches better settings of an algorithm, or of a predictor.",
}
"""Every command with the first line of its help, which is all that is known before it is loaded."""
MODULES = {"import": "import_library"}
"""The modules of commands whose names Python keeps for itself."""
COMPILING = ("demo", "evaluate", "import-keras", "train", "tune")
"""Commands that may load the compiler, which needs much more room than answers do."""

UsageError: Any = typer.BadParameter.__mro__[1]
"""What a command line that cannot be understood raises; Typer exports only what derives from it."""


class _Commands(TyperGroup):
    """The commands as their names and first lines of help, until one of them is called."""

    def __init__(self, **attributes: Any) -> None:
        stubs = {name: TyperCommand(name, help=line) for name, line in COMMANDS.items()}
        super().__init__(**attributes | {"commands": stubs})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, stub, rest = super().resolve_command(ctx, args)
        return name, stub and command_of(str(stub.name)), rest


class Command(TyperCommand):
    """A command whose help has its options under headings: arguments and common ones first."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Writes the options under their headings."""
        rows: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
        for option in self.get_params(ctx):
            row = option.get_help_record(ctx)
            if row is not None:
                usual = "Arguments" if option.param_type_name == "argument" else "Options"
                heading = getattr(option, "rich_help_panel", None) or usual
                rows.setdefault(heading, []).append(row)
        for heading, records in rows.items():
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)


app = typer.Typer(
    name="readalike",
    cls=_Commands,
    help="Learns from a table of ratings and tells a reader what to read next, and why.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def command_of(name: str) -> Any:
    """A command with its options: the module that registers it with `app` is loaded."""
    home = f"readalike.cli.{MODULES.get(name, name.replace('-', '_'))}"
    importlib.import_module(home)
    info = next(each for each in app.registered_commands if each.callback.__module__ == home)
    info.cls = Command
    return typer.main.get_command_from_info(
        info, pretty_exceptions_short=True, rich_markup_mode=None
    )


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"readalike {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
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
