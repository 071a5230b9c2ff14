"""What a list must be beside the reader's best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from readalike.dials import Dials
from readalike.errors import SettingError
from readalike.rules import Rules


@dataclass(frozen=True)
class Wishes:
    """What whoever asks wishes of a list.

    Attributes:
        exclude: Ids of books that are not wanted.
        among: Ids of the only books that may be listed, such as a pile or the stock of a shop;
            None for all.
        at_least: Only books that this reader would give so many stars or more ...
        sure: ... with this probability.
        rules: What somebody who knows books would not list.
        dials: How known, how new, more and less of what, moods.
    """

    exclude: Iterable[object] = ()
    among: Iterable[object] | None = None
    at_least: float | None = None
    sure: float = 0.8
    rules: Rules = field(default_factory=Rules)
    dials: Dials = field(default_factory=Dials)

    def __post_init__(self) -> None:
        if not 0 <= self.sure <= 1:
            raise SettingError(f"sure must be a probability from 0 to 1, got {self.sure:g}")
