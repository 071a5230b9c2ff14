"""The parts of the site that are made of the code: commands, algorithms, protocols, Python names.

A line `<!-- reference NAME -->` in a page stands for one of `PARTS`, which is Markdown.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any

import typer

import readalike
from readalike import evaluation, predictors
from readalike.algorithms import ALGORITHMS, DEFAULT
from readalike.algorithms.settings import Settings, describe
from readalike.cli.app import COMMANDS, command_of
from readalike.cli.app import app as program
from readalike.errors import ReadalikeError

GROUPS = {
    "training": "Learning and answering",
    "recommend": "Learning and answering",
    "model_folder": "Learning and answering",
    "keras_import": "Learning and answering",
    "libraries": "A reader's own library",
    "data": "Reading data",
    "tables": "Reading data",
    "datasets": "Reading data",
    "algorithms": "Algorithms",
    "predictors": "Algorithms",
    "evaluation": "Measuring",
    "report": "Measuring",
    "tuning": "Measuring",
}
"""Heading under which the names of a package stand; all others come last."""

REST = "Everything else"


def cell(text: str) -> str:
    """Text for a cell of a table: one line, nothing in it read as markup but code."""
    one_line = " ".join(text.split()).replace("|", "\\|")
    return re.sub(r"([<>*\[\]])", r"\\\1", one_line)


def table(header: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; nothing where there are no rows."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) if rows else ""


def commands() -> str:
    """Every command with its arguments and options."""
    group: Any = typer.main.get_command(program)
    parts = [_options(group, "readalike")]
    for name, command in ((name, command_of(name)) for name in sorted(COMMANDS)):
        context = group.context_class(group, info_name="readalike")
        inner = command.context_class(command, info_name=name, parent=context)
        usage = " ".join(command.collect_usage_pieces(inner))
        parts += [
            f"## readalike {name}",
            inspect.cleandoc(command.help or ""),
            f"```text\nreadalike {name} {usage}\n```",
            _options(command, name),
        ]
    return "\n\n".join(part for part in parts if part)


def _options(command: Any, name: str) -> str:
    rows = []
    for parameter in command.params:
        argument = parameter.param_type_name == "argument"
        names = [parameter.metavar or parameter.name.upper()] if argument else parameter.opts
        shown = ", ".join(f"`{option}`" for option in names)
        takes = "" if argument or parameter.is_flag else f" `{_takes(parameter)}`"
        default = parameter.default
        told = default not in (None, False, ()) and not callable(default) and not argument
        rows.append([shown + takes, cell(parameter.help or ""), f"`{default}`" if told else ""])
    return table([name if name == "readalike" else "option", "what it does", "default"], rows)


def _takes(option: Any) -> str:
    return str(option.metavar or getattr(option.type, "name", "text").upper())


def algorithms() -> str:
    """Every algorithm with its settings."""
    return _settings(ALGORITHMS, DEFAULT)


def star_forecasts() -> str:
    """Every predictor with its settings."""
    return _settings(predictors.PREDICTORS, predictors.DEFAULT)


def _settings(known: Mapping[str, type[Settings[Any]]], default_name: str) -> str:
    parts = []
    for name, algorithm in known.items():
        rows = [
            [f"`{setting}`", cell(str(wanted)), f"`{default}`", cell(help_text)]
            for setting, wanted, default, help_text, *_ in describe(algorithm)
        ]
        first = " ".join(inspect.cleandoc(algorithm.__doc__ or "").split("\n\n")[0].split())
        title = f"## {name}" + (", the default" if name == default_name else "")
        made = table(["setting", "must be", "default", "what it does"], rows)
        parts += [title, cell(first), made or "It has no settings."]
    return "\n\n".join(parts)


def protocols() -> str:
    """What each protocol does, in its own words."""
    parts = []
    for kind in _protocols():
        needed = [
            field.name
            for field in dataclasses.fields(kind)
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        ]
        words = inspect.cleandoc(kind.__doc__ or "") if needed else kind().describe()
        text = words.split("\n\nAttributes:")[0]
        parts += [f"`{kind.name}`\n: {cell(text)}"]
    return "\n\n".join(parts)


def _protocols() -> list[Any]:
    exported = [getattr(evaluation, name) for name in evaluation.__all__]
    return [
        thing
        for thing in exported
        if isinstance(thing, type)
        and issubclass(thing, evaluation.Protocol)
        and thing is not evaluation.Protocol
    ]


def python_names() -> str:
    """Every public name, grouped by where it lives, for autodoc."""
    groups: dict[str, list[str]] = {title: [] for title in [*GROUPS.values(), REST]}
    seen: set[int] = set()
    for owner in (readalike, evaluation):
        for name in owner.__all__:
            thing = getattr(owner, name)
            if not inspect.isroutine(thing) and not isinstance(thing, type):
                continue
            if thing.__module__ == "readalike.errors":  # which have a page of their own
                continue
            if id(thing) not in seen:
                seen.add(id(thing))
                package = f"{thing.__module__}.".split(".")[1]
                groups[GROUPS.get(package, REST)].append(_autodoc(thing))
    return "\n\n".join(
        "\n\n".join([f"## {title}", *sorted(names)]) for title, names in groups.items() if names
    )


def _autodoc(thing: Any) -> str:
    path = f"{thing.__module__}.{thing.__qualname__}"
    if inspect.isroutine(thing):
        return f"```{{eval-rst}}\n.. autofunction:: {path}\n```"
    return f"```{{eval-rst}}\n.. autoclass:: {path}\n   :members:\n```"


def errors() -> str:
    """Every error that a person can mend."""
    kinds = [ReadalikeError, *_derived(ReadalikeError)]
    names = dict.fromkeys(f"{kind.__module__}.{kind.__qualname__}" for kind in kinds)
    return "\n\n".join(f"```{{eval-rst}}\n.. autoexception:: {name}\n```" for name in names)


def _derived(kind: type) -> list[type]:
    return [each for child in kind.__subclasses__() for each in (child, *_derived(child))]


PARTS: dict[str, Callable[[], str]] = {
    "commands": commands,
    "algorithms": algorithms,
    "predictors": star_forecasts,
    "protocols": protocols,
    "python": python_names,
    "errors": errors,
}


def filled(text: str) -> str:
    """A page with its generated parts in place.

    Raises:
        KeyError: No such part.
    """
    return re.sub(
        r"^<!-- reference ([\w-]+) -->$", lambda m: PARTS[m[1]](), text, flags=re.MULTILINE
    )


def escaped(lines: list[str]) -> list[str]:
    r"""Docstring lines in which a formula, such as |x|, a*b or \sum, is left as it is."""
    return [re.sub(r"(?<!`)([|*\\])", r"\\\1", line) for line in lines]


def setup(app: Any) -> None:
    """Fills pages as they are read, and escapes docstrings before they are parsed."""
    app.connect("source-read", _fill)
    app.connect("autodoc-process-docstring", _escape, priority=100)


def _fill(app: Any, name: str, source: list[str]) -> None:
    source[0] = filled(source[0])


def _escape(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    lines[:] = escaped(lines)
