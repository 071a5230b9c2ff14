"""What `train` learns: an algorithm or a rater, by its name and settings or by a file with both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readalike.cli.settings import parse_settings
from readalike.errors import SettingError
from readalike.tuning.found import read_found
from readalike.tuning.trials import Kind

PREFIX: Mapping[Kind, str] = {"algorithm": "--", "rater": "--rater-"}
"""What the options of each kind begin with, before `set` and `settings`."""


@dataclass(frozen=True)
class Chosen:
    """What was chosen.

    Attributes:
        name: Of an algorithm or a rater.
        settings: Its settings by name.
        how: How they were found, where they were searched.
    """

    name: str
    settings: Mapping[str, object]
    how: Mapping[str, Any] | None = None


def chosen(
    kind: Kind, default: str, name: str | None, given: list[str] | None, found: Path | None
) -> Chosen:
    """What the options say.

    Args:
        kind: Which options.
        default: The name where none is given.
        name: The name, where it is given.
        given: Settings of the form name=value.
        found: The file of found settings.

    Raises:
        SettingError: They contradict each other, or one cannot be.
    """
    prefix = PREFIX[kind]
    if found is None:
        settings = parse_settings(given, f"{prefix}set ")
        return Chosen(default if name is None else name, settings)
    if given:
        raise SettingError(
            f"{prefix}set and {prefix}settings do not go together: {found} holds every setting, "
            "and the card would tell of settings that nobody tried; leave one of them out"
        )
    there = read_found(found)
    if there.kind != kind:
        raise SettingError(
            f"{prefix}settings must be what was found for the {kind}, but {found} is of the "
            f"{there.kind} {there.name}; give it with {PREFIX[there.kind]}settings"
        )
    if name not in (None, there.name):
        raise SettingError(
            f"--{kind} must be {there.name}, whose settings {found} holds, got {name!r}; leave "
            "it out or tune that one"
        )
    return Chosen(there.name, there.settings, there.how)
