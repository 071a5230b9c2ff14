"""`--set name=value`, as often as needed."""

from __future__ import annotations

from typing import Annotated

import typer

from readalike.errors import SettingError

Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A setting of the algorithm; 'readalike algorithms' lists them.",
    ),
]


def parse_settings(given: list[str] | None, option: str = "--set ") -> dict[str, object]:
    """Settings by name.

    Args:
        given: Pairs of the form name=value.
        option: How each was given, for messages.

    Raises:
        SettingError: Not of the form name=value, or a name given twice.
    """
    settings: dict[str, object] = {}
    for pair in given or []:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise SettingError(
                f"{option}NAME=VALUE must name a setting and its value, got {pair!r}; "
                "'readalike algorithms' lists them"
            )
        if name.strip() in settings:
            raise SettingError(f"{option}{name.strip()} must be given once, got it twice")
        settings[name.strip()] = value.strip()
    return settings
