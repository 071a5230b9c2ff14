"""What a download tells: on its way, and at its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from readalike.data.download.tables import TableFile

Progress = Callable[[str, int, int], None]
"""Told a step, how many bytes of it are done, and how many it has."""


@dataclass(frozen=True)
class Downloaded:
    """What a download did.

    Attributes:
        folder: Where the data set is.
        files: Its tables, each with size, rows and checksum.
        layout: Which edition: "kaggle" or "github", which name the books differently.
        already_there: Whether it was there, complete, and nothing was done.
        transferred: Bytes that came over the network.
        resumed_at: Bytes kept from an earlier, broken transfer.
        sha256: Checksum of the archive; None where none was read.
        left_out: Files of the archive that are no part of the data set.
        warnings: What the user should know besides.
    """

    folder: Path
    files: tuple[TableFile, ...]
    layout: str
    already_there: bool = False
    transferred: int = 0
    resumed_at: int = 0
    sha256: str | None = None
    left_out: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """Size of the tables."""
        return sum(file.bytes for file in self.files)

    @property
    def resumed(self) -> bool:
        """Whether an earlier, broken transfer was gone on with."""
        return self.resumed_at > 0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        plain = {**vars(self), "folder": str(self.folder)}
        return plain | {"files": [vars(file) for file in self.files]}


def silent(step: str, done: int, total: int) -> None:
    """The progress that nobody watches."""
