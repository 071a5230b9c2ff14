"""`--protocol NAME:KEY=VALUE,...`: how an evaluation divides the data."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from readalike.cli.settings import parse_settings
from readalike.data.ratings import Ratings
from readalike.errors import SettingError
from readalike.evaluation import (
    ByTime,
    ColdBooks,
    HeldOut,
    KFold,
    LeaveLast,
    NewReaders,
    NotebookSplit,
    Protocol,
    SplitFiles,
    StrongGeneralisation,
)

KINDS: dict[str, type[Protocol]] = {
    kind.name: kind
    for kind in (
        NotebookSplit,
        NewReaders,
        HeldOut,
        KFold,
        LeaveLast,
        ByTime,
        StrongGeneralisation,
        ColdBooks,
    )
}
PROTOCOLS = tuple(KINDS)
GIVEN = (5, 20, 50)
APART = ("readers", "given")
"""Fields of new-readers that have options of their own."""

Chosen = Annotated[
    str | None,
    typer.Option(
        "--protocol",
        metavar="NAME[:KEY=VALUE,...]",
        help=f"One of {', '.join(PROTOCOLS)}, with settings, as in held-out:test_share=0.2,seed=1. "
        f"By default {NotebookSplit.name}.",
    ),
]
Strangers = Annotated[
    Path | None,
    typer.Option(
        "--readers",
        metavar="FILE",
        help="new-readers: complete histories, in reading order, kept from training.",
    ),
]
Given = Annotated[
    str | None,
    typer.Option(
        "--given",
        metavar="H,...",
        help="new-readers: how many first books the model is told; by default "
        f"{','.join(map(str, GIVEN))}.",
    ),
]
Split = Annotated[
    Path | None,
    typer.Option(
        "--split", metavar="DIR", help="Ask what these split files say, instead of a protocol."
    ),
]

Making = Callable[[Ratings | None], Protocol]
"""Makes the protocol, once the new readers are read."""


def protocol_of(
    text: str | None, readers: Path | None, given: str | None, split: Path | None
) -> Making:
    """What makes the protocol that the options ask for; refuses those that do not go together.

    Raises:
        SettingError: No such protocol or setting, or options that do not go together.
    """
    if split is not None:
        for option, value in (("--protocol", text), ("--readers", readers), ("--given", given)):
            if value is not None:
                raise SettingError(f"{option} does not go with --split, which says it all")
        return lambda _: SplitFiles(split)
    name, _, pairs = (text or NotebookSplit.name).partition(":")
    if name not in KINDS:
        raise SettingError(f"--protocol must be one of {', '.join(PROTOCOLS)}, got {name!r}")
    kind = KINDS[name]
    settings = _settings(kind, pairs)
    if kind is not NewReaders:
        for option, value in (("--readers", readers), ("--given", given)):
            if value is not None:
                raise SettingError(f"{option} goes with --protocol {NewReaders.name}")
        made = kind(**settings)
        return lambda _: made
    if readers is None:
        raise SettingError(f"--protocol {name} needs --readers FILE, complete histories")
    lengths = _lengths(given)

    def of_strangers(strangers: Ratings | None) -> Protocol:
        assert strangers is not None, "readers were named"
        return NewReaders(strangers, lengths, **settings)

    return of_strangers


def _settings(kind: type[Protocol], pairs: str) -> dict[str, Any]:
    """The settings, each of the type of its default."""
    fields = {
        field.name: field
        for field in dataclasses.fields(kind)  # type: ignore[arg-type]
        if field.name not in APART
    }
    option = f"--protocol {kind.name}:"
    found: dict[str, Any] = {}
    for name, value in parse_settings(pairs.split(",") if pairs else None, option).items():
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise SettingError(f"{option}{name} is no setting: must be one of {known}")
        wanted: type = float if isinstance(fields[name].default, float) else int
        try:
            found[name] = wanted(str(value))
        except ValueError:
            what = "a number" if wanted is float else "a whole number"
            raise SettingError(f"{option}{name} must be {what}, got {value!r}") from None
    return found


def _lengths(given: str | None) -> tuple[int, ...]:
    if given is None:
        return GIVEN
    try:
        lengths = tuple(int(length) for length in given.split(","))
    except ValueError:
        lengths = (-1,)
    if min(lengths) < 0 or len(set(lengths)) < len(lengths):
        raise SettingError(
            f"--given must be different whole numbers such as 5,20,50, got {given!r}"
        )
    return lengths
